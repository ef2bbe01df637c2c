"""Sample files pass: dropped where they belong, each is taken as what it is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.capacidades.ecac.arquivos.tabela_de_guias import ler
from separador.demonstracao import exemplos
from separador.demonstracao.cli.exemplo import _gravar
from separador.demonstracao.exemplos import PASSO
from separador.nucleo.erro import Recusa
from tests.aceitacao.cenario import Cenario, cenario
from tests.apoio.maquina import ROTAS, Maquina

__all__ = ["cenario"]
DOCUMENTOS = ("cte", "cte-os", "gtve", "simplificado")


def gravar(c: Cenario, especie: str, pasta: Path) -> Path:
    dito = c.maquina.exigir("exemplo", especie, "--em", str(pasta)).stdout
    return Path(dito.removeprefix("Gravado: ").strip())


@pytest.mark.requisito("USO-07")
def test_cada_exemplo_passa(cenario: Cenario, tmp_path: Path) -> None:
    m = cenario.maquina
    antes = {f["id"] for f in m.json("falhas")}
    gravados = [gravar(cenario, especie, m.origem(1)) for especie in DOCUMENTOS]
    gravar(cenario, "retorno", m.origem(2))
    evento = gravar(cenario, "evento", m.origem(1))
    assert evento.name.startswith(cenario.autorizado)
    m.uma_vez()
    for gravado in gravados:
        assert m.json("rastrear", gravado.name)["chave"] == gravado.name.removesuffix("-cte.xml")
        assert (m.destino(1) / gravado.name).is_file()
    assert m.json("cte", "ver", cenario.enviado)["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert [e["tp_evento"] for e in m.json("cte", "ver", cenario.autorizado)["eventos"]] == ["110110"]
    assert {f["id"] for f in m.json("falhas")} <= antes

    lidas = ler(gravar(cenario, "guia", tmp_path).read_bytes())
    assert not isinstance(lidas, Recusa)
    assert (len(lidas.guias), lidas.erros) == (1, ())
    assert "Não há a empresa" in m.exigir("exemplo", "cte", "--empresa", "9" * 14, codigo=1).stderr


@pytest.mark.requisito("USO-07")
def test_um_retorno_so_serve_onde_a_transmissao_e_por_pasta(tmp_path: Path) -> None:
    pela_rede = ROTAS[0] | {"transmissao": "rede"}
    m = Maquina(
        tmp_path, rotas=[pela_rede, *ROTAS[1:]], ambiente="simulado", sefaz={"simulador": "https://127.0.0.1:9"}
    )
    assert "por pasta" in m.exigir("exemplo", "retorno", "--em", str(tmp_path), codigo=1).stderr
    nenhuma = m.exigir("exemplo", "cte", "--em", str(tmp_path / "nenhuma"), codigo=2).stderr
    assert "nenhuma' não existe" in nenhuma


@pytest.mark.requisito("USO-07")
def test_sem_documento_a_espera_nao_ha_retorno_de_exemplo(cenario: Cenario, tmp_path: Path) -> None:
    m = cenario.maquina
    gravar(cenario, "retorno", m.origem(2))
    m.uma_vez()
    assert "solte antes um exemplo de cte" in m.exigir("exemplo", "retorno", "--em", str(tmp_path), codigo=1).stderr


@pytest.mark.requisito("USO-07")
def test_um_exemplo_nao_sobrepoe_outro(cenario: Cenario, tmp_path: Path) -> None:
    agora = datetime(2026, 11, 20, 12, tzinfo=UTC)
    feitos = [exemplos.documento("cte", agora=agora + n * PASSO, cnpj="11222333000181", nome="X") for n in range(3)]
    primeiro, segundo = (_gravar(tmp_path, feitos) for _ in range(2))
    assert primeiro.name != segundo.name
    assert primeiro.read_bytes() == feitos[0].dados
    gravar(cenario, "evento", tmp_path)
    ditos = cenario.maquina.exigir("exemplo", "evento", "--em", str(tmp_path), codigo=1).stderr
    assert "nada foi sobreposto" in ditos
