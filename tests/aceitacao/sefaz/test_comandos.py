"""Tests `separador sefaz …` and the consultation of a key that is not ours, by command."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE, OUTRA_TRANSPORTADORA, REMETENTE_SP
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmFio

HORA_CHEIA = 3600


@pytest.fixture
def sefaz(tmp_path: Path) -> Iterator[SefazEmFio]:
    with SefazEmFio(tmp_path / "sefaz") as s:
        yield s


@pytest.fixture
def maquina(tmp_path: Path, sefaz: SefazEmFio) -> Iterator[Maquina]:
    secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca)}
    with Maquina(tmp_path, empresas=(EMITENTE, REMETENTE_SP), ambiente="simulado", sefaz=secao) as m:
        yield m


@pytest.mark.requisito("SEFAZ-05", "SEFAZ-01")
def test_status_pergunta_uma_vez_e_mostra_a_guardada(maquina: Maquina, sefaz: SefazEmFio) -> None:
    parado = maquina.cli("sefaz", "status")
    assert parado.returncode == 3
    assert "ainda não foi ligado" in parado.stderr
    maquina.executar()
    (primeiro,) = maquina.json("sefaz", "status")
    assert (primeiro["uf"], primeiro["cstat"], primeiro["em_operacao"], primeiro["guardada"]) == (
        "SP",
        "107",
        True,
        False,
    )
    (segundo,) = maquina.json("sefaz", "status", "--empresa", EMITENTE.cnpj)
    assert segundo | {"guardada": False} == primeiro
    assert segundo["guardada"]
    assert len(sefaz.chamadas("status")) == 1
    texto = maquina.exigir("sefaz", "status", "--uf", "sp").stdout
    assert "107" in texto
    assert "guardada" in texto
    assert maquina.cli("sefaz", "status", "--uf", "XX").returncode == 2
    maquina.parar()
    assert maquina.exigir("sefaz", "status").stdout == texto, "fresca, nem precisa do serviço"
    assert "está desligado" in maquina.exigir("sefaz", "status", "--uf", "RJ", codigo=3).stderr


@pytest.mark.requisito("SEFAZ-06")
def test_status_de_uma_sefaz_muda(maquina: Maquina, sefaz: SefazEmFio) -> None:
    maquina.executar()
    sefaz.parar()
    feito = maquina.cli("sefaz", "status")
    assert feito.returncode == 1
    assert "parada desde" in feito.stdout or "sem resposta" in feito.stdout


@pytest.mark.requisito("SEFAZ-07")
def test_distribuir_por_ordem_respeita_a_hora(maquina: Maquina, sefaz: SefazEmFio) -> None:
    maquina.executar()
    assert "Nenhuma busca ainda" in maquina.exigir("sefaz", "nsu").stdout
    agora = datetime.now(UTC)
    e = ex.cte(1, agora=agora, variante="uma-nota")
    maquina.soltar(1, e.nome, e.dados)
    maquina.esperar(lambda: sefaz.documento(e.chave), motivo="a SEFAZ não recebeu")
    assert "busca pedida" in maquina.exigir("sefaz", "distribuir", "--empresa", REMETENTE_SP.cnpj).stdout
    terceiros = maquina.pasta / "outbox/terceiros"
    maquina.esperar(lambda: list(terceiros.glob("*/*-procCTe.xml")), motivo="o documento não veio")
    maquina.esperar(lambda: maquina.json("sefaz", "nsu")[0]["ult_nsu"] > 0, motivo="o número não andou")
    (livro,) = maquina.json("sefaz", "nsu")
    assert (livro["cnpj"], livro["documentos"], livro["faltas"]) == (REMETENTE_SP.cnpj, 1, 0)
    assert livro["ult_nsu"] == livro["max_nsu"]
    recusada = maquina.cli("sefaz", "distribuir", "--empresa", REMETENTE_SP.cnpj)
    assert recusada.returncode == 1
    assert "uma hora" in recusada.stderr
    assert "não há empresa" in maquina.cli("sefaz", "distribuir", "--empresa", "1").stderr.lower()


def test_consultar_chave_de_terceiros(maquina: Maquina) -> None:
    maquina.executar()
    chave = ex.chave_cte(5, agora=datetime.now(UTC), emitente=OUTRA_TRANSPORTADORA)
    feito = maquina.exigir("cte", "consultar", chave)
    assert f"{chave}-sit.xml" in feito.stdout
    maquina.esperar(lambda: f"{chave}-sit.xml" in maquina.saida(2), motivo="a resposta não veio")
    assert b"<cStat>217</cStat>" in (maquina.destino(2) / f"{chave}-sit.xml").read_bytes()
    assert maquina.cli("cte", "consultar", chave[:-1] + "X").returncode != 0


@pytest.mark.requisito("SEP-09")
def test_rastrear_conta_o_que_foi_pela_rede(maquina: Maquina, sefaz: SefazEmFio) -> None:
    maquina.executar()
    e = ex.cte(1, agora=datetime.now(UTC), variante="uma-nota")
    maquina.soltar(1, e.nome, e.dados)
    maquina.esperar(lambda: sefaz.documento(e.chave), motivo="a SEFAZ não recebeu")
    maquina.exigir("sefaz", "distribuir", "--empresa", REMETENTE_SP.cnpj)
    maquina.esperar(lambda: maquina.json("sefaz", "nsu")[0]["ult_nsu"] > 0, motivo="o número não andou")
    passos = maquina.json("rastrear", e.chave)["passos"]
    ordem = [p["passo"] for p in passos]
    assert ordem.index("assinado") < ordem.index("transmitido") < ordem.index("distribuído")
    (distribuido,) = (p["detalhe"] for p in passos if p["passo"] == "distribuído")
    assert f"{e.chave}-procCTe.xml" in distribuido


@pytest.mark.requisito("SEFAZ-01")
def test_enderecos_em_uso_para_o_firewall(tmp_path: Path) -> None:
    with Maquina(tmp_path, ambiente="homologacao") as m:
        linhas = m.json("sefaz", "enderecos")
        assert {linha["autorizador"] for linha in linhas} == {"SP", "SVC-RS", "AN"}
        (recepcao,) = [x["url"] for x in linhas if (x["autorizador"], x["servico"]) == ("SP", "recepcao_cte")]
        assert recepcao == "https://homologacao.nfe.fazenda.sp.gov.br/CTeWS/WS/CTeRecepcaoSincV4.asmx"
        assert recepcao in m.exigir("sefaz", "enderecos").stdout
        assert len(m.json("sefaz", "enderecos", "--todos")) > len(linhas)
