"""Tests `--esperar`: an order that ends with SEFAZ's word, by folder and by network."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE, OUTRA_TRANSPORTADORA, REMETENTE_SP
from tests.aceitacao.cenario import MOTIVO, Cenario
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmFio
from tests.apoio.transmissor import Transmissor, autoriza_tudo, rejeita, silencio

CARTA = ("--correcao", "compl/xObs=CARGA REFRIGERADA", "--esperar", "30")


@pytest.fixture
def rede(tmp_path: Path) -> Iterator[tuple[Maquina, SefazEmFio]]:
    with SefazEmFio(tmp_path / "sefaz") as sefaz:
        secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca)}
        with Maquina(tmp_path, empresas=(EMITENTE, REMETENTE_SP), ambiente="simulado", sefaz=secao) as m:
            yield m, sefaz


@pytest.mark.requisito("BORDA-19")
def test_por_pasta(cenario: Cenario, tmp_path: Path) -> None:
    """The transmitter answers: 0 for what was wanted, 1 for what was not, 3 when nothing comes in time."""
    m = cenario.maquina
    m.executar()
    t = Transmissor(m.destino(1), m.origem(2), tmp_path / "guarda", veredito=rejeita("528"))
    with t:
        feito = m.exigir("cte", "cancelar", cenario.autorizado, "--motivo", MOTIVO, "--esperar", "30", codigo=1)
        assert "Cancelamento entregue" in feito.stdout
        assert "A SEFAZ recusou o evento: 528" in feito.stderr
        t.veredito = autoriza_tudo
        feito = m.exigir("cte", "enviar", cenario.rejeitado, "--esperar", "30")
        assert "O documento está AUTORIZADO PELA SEFAZ: protocolo " in feito.stdout
        assert "217" in m.exigir("cte", "consultar", cenario.enviado, "--esperar", "30", codigo=1).stderr
        m.exigir("cte", "cancelar", cenario.autorizado, "--motivo", MOTIVO, "--esperar", "30")
        assert m.json("cte", "ver", cenario.autorizado)["situacao"] == "CANCELADO"
        t.veredito = silencio
        feito = m.exigir("cte", "consultar", cenario.enviado, "--esperar", "1", codigo=3)
        assert "não veio em 1 s; a ordem continua" in feito.stderr


@pytest.mark.requisito("BORDA-19")
def test_pela_rede(rede: tuple[Maquina, SefazEmFio]) -> None:
    m, sefaz = rede
    m.executar()
    agora = datetime.now(UTC)
    um, dois = (ex.cte(n, agora=agora, variante="uma-nota") for n in (1, 2))
    for e in (um, dois):
        m.soltar(1, e.nome, e.dados)
    m.esperar(lambda: {d["situacao"] for d in m.json("cte", "listar")} == {"AUTORIZADO PELA SEFAZ"}, motivo="não foi")
    assert "registrou o evento" in m.exigir("cte", "evento", "carta-correcao", um.chave, *CARTA).stdout
    assert "respondeu 100" in m.exigir("cte", "consultar", um.chave, "--esperar", "30").stdout
    m.exigir("cte", "cancelar", dois.chave, "--motivo", MOTIVO, "--esperar", "30")
    assert m.json("cte", "ver", dois.chave)["situacao"] == "CANCELADO"
    alheia = ex.chave_cte(5, agora=agora, emitente=OUTRA_TRANSPORTADORA)
    assert "respondeu 217" in m.exigir("cte", "consultar", alheia, "--esperar", "30", codigo=1).stderr
    desacordo = ("--empresa", EMITENTE.cnpj, "--observacao", "O valor cobrado não é o contratado", "--esperar", "30")
    feito = m.exigir("cte", "evento", "desacordo", alheia, *desacordo, codigo=1)
    assert "recusou o evento: 217" in feito.stderr
    assert "217" in m.cli("falhas").stdout
    feito = m.exigir("sefaz", "distribuir", "--empresa", REMETENTE_SP.cnpj, "--esperar", "30")
    assert f"{REMETENTE_SP.cnpj}: 138" in feito.stdout
    sefaz.parar()
    m.exigir("cte", "consultar", um.chave, "--esperar", "1", codigo=3)


@pytest.mark.requisito("BORDA-19")
def test_com_o_servico_parado_nao_espera(cenario: Cenario) -> None:
    m = cenario.maquina
    feito = m.exigir("cte", "consultar", cenario.autorizado, "--esperar", "600", codigo=3)
    assert "O serviço está desligado. A ordem ficou registrada" in feito.stderr
    assert m.cli("cte", "consultar", cenario.autorizado, "--esperar", "0").returncode == 2
