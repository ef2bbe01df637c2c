"""Tests which route takes a file, and what routes may not do to each other."""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from separador.nucleo.rota import (
    Rota,
    atribuir_ids,
    candidatas,
    conflitos,
    escolher,
    normalizar_sufixo,
    pasta_de_retorno,
)

DADOS = Path("/v/dados")


def rota(
    numero: int | None, origem: str, destino: str, *sufixos: str, regra: str = "mover", ativo: bool = True
) -> Rota:
    return Rota(numero, ativo, regra, Path(origem), Path(destino), sufixos or (".txt",))


@pytest.mark.requisito("SEP-06")
@pytest.mark.parametrize(
    ("nome", "esperada"),
    [
        (b"a.xml", 1),
        (b"A.XML", 1),
        (b"1-cte.xml", 2),
        (b"1-CTE.Xml", 2),
        (b"1-sim-cte.xml", 3),
        (b"a.xml.tmp", None),
        (b"axml", None),
        (b"nota_\xe7\xe3o.xml", 1),
        ("ação-ÇÃO.xml".encode(), 4),
        (unicodedata.normalize("NFD", "ação-ÇÃO.xml").encode(), 4),
    ],
)
def test_o_final_mais_longo_sem_olhar_maiusculas(nome: bytes, esperada: int | None) -> None:
    rotas = [
        rota(1, "/a", "/b", ".xml"),
        rota(2, "/a", "/c", ".csv", "-cte.xml"),
        rota(3, "/a", "/d", "-sim-cte.xml"),
        rota(4, "/a", "/e", normalizar_sufixo("-ção.xml")),
    ]
    escolhida = escolher(nome, rotas)
    assert (escolhida.id if escolhida else None) == esperada


@pytest.mark.requisito("SEP-01", "SEP-06")
def test_arquivo_de_rota_inativa_nao_vai_para_a_rota_mais_larga() -> None:
    inativa, larga = rota(1, "/a", "/b", "-cte.xml", ativo=False), rota(2, "/a", "/c", ".xml")
    assert escolher(b"1-cte.xml", [inativa, larga]) is None
    assert escolher(b"1.xml", [inativa, larga]) is larga
    assert candidatas(b"1-cte.xml", [larga, inativa]) == [inativa, larga]


def test_de_duas_iguais_vale_a_ativa() -> None:
    inativa, ativa = rota(1, "/a", "/b", ativo=False), rota(2, "/a", "/c")
    assert escolher(b"x.txt", [inativa, ativa]) is ativa


@pytest.mark.parametrize(
    ("texto", "esperado"), [("txt", ".txt"), ("*.TXT", ".txt"), (" -CTE.xml ", "-cte.xml"), ("_ok.x", "_ok.x")]
)
def test_normalizar_sufixo(texto: str, esperado: str) -> None:
    assert normalizar_sufixo(texto) == esperado


@pytest.mark.parametrize("texto", ["", "*", " ", "*.t*t", "a?b", "../x", "a\\b", "a\nb"])
def test_sufixo_que_nao_serve(texto: str) -> None:
    with pytest.raises(ValueError):
        normalizar_sufixo(texto)


@pytest.mark.requisito("SEP-06")
def test_regras_iguais_na_mesma_origem_so_entre_ativas() -> None:
    a, b = rota(1, "/a", "/b", ".txt", ".csv"), rota(2, "/a", "/c", ".csv")
    achados = conflitos([a, b], DADOS)
    assert [(c.posicao, "rota 1" in c.mensagem) for c in achados] == [(1, True)]
    assert conflitos([a, replace(b, ativo=False)], DADOS) == []
    assert conflitos([a, replace(b, sufixos=("-x.csv",))], DADOS) == []
    assert conflitos([a, replace(b, origem=Path("/z"))], DADOS) == []


@pytest.mark.requisito("SEP-01")
def test_id_repetido_mesmo_inativa() -> None:
    achados = conflitos([rota(1, "/a", "/b"), rota(1, "/c", "/d", ativo=False)], DADOS)
    assert [c.posicao for c in achados] == [1]


def test_um_marcador_por_origem() -> None:
    a, b = replace(rota(1, "/a", "/b"), marcador=".ok"), rota(2, "/a", "/c", ".csv")
    assert [c.posicao for c in conflitos([a, b], DADOS)] == [1]
    assert conflitos([a, replace(b, marcador=".ok")], DADOS) == []
    assert conflitos([a, replace(b, ativo=False)], DADOS) == []


@pytest.mark.parametrize("pasta", ["/v/dados", "/v/dados/trabalho", "/a/.separador", "/a/.separador/x"])
def test_pasta_de_uso_interno(pasta: str) -> None:
    assert "dentro" in conflitos([rota(1, pasta, "/b")], DADOS)[0].mensagem
    assert "dentro" in conflitos([rota(1, "/b", pasta)], DADOS)[0].mensagem
    assert conflitos([rota(1, pasta, "/b", ativo=False)], DADOS) == []


ENVIO = rota(1, "/envio", "/sefaz", "-cte.xml", "-ped-eve.xml", regra="cte-envio")
RETORNO = rota(2, "/retorno", "/wms", ".xml", ".err", regra="cte-retorno")
PEDIDO = rota(3, "/pedidos", "/wms", ".json", regra="pedido")


@pytest.mark.parametrize(
    "rotas",
    [
        [rota(1, "/a", "/a")],
        [rota(1, "/a", "/b"), rota(2, "/b", "/a")],
        [rota(1, "/a", "/b"), rota(2, "/b", "/c", ".txt"), rota(3, "/c", "/a", "-x.txt")],
        [replace(ENVIO, destino=Path("/envio"))],
        [replace(PEDIDO, destino=Path("/pedidos"))],
        [ENVIO, replace(RETORNO, destino=Path("/retorno"))],
        [replace(ENVIO, retorno=Path("/retorno")), RETORNO],
        [rota(9, "/v", "/v", ".xml", regra="cte-validar")],
    ],
)
def test_o_que_se_escreve_nao_volta_para_quem_escreveu(rotas: list[Rota]) -> None:
    achados = conflitos(rotas, DADOS)
    assert len(achados) == 1
    assert "sem fim" in achados[0].mensagem


@pytest.mark.parametrize(
    "rotas",
    [
        [ENVIO, RETORNO, PEDIDO],
        [rota(1, "/a", "/b"), rota(2, "/b", "/c")],
        [rota(1, "/a", "/b"), rota(2, "/b", "/a", ".csv")],
        [rota(1, "/a", "/b"), rota(2, "/b", "/a", ativo=False)],
        [rota(1, "/a", "/a/feitos")],
        [replace(ENVIO, retorno=Path("/envio")), replace(RETORNO, destino=Path("/wms"))],
    ],
)
def test_encadear_rotas_e_dividir_pastas_pode(rotas: list[Rota]) -> None:
    assert conflitos(rotas, DADOS) == []


def test_pasta_de_retorno() -> None:
    outra = replace(RETORNO, id=7, destino=Path("/wms2"))
    assert pasta_de_retorno(ENVIO, [ENVIO, RETORNO, outra]) == Path("/wms")
    assert pasta_de_retorno(ENVIO, [ENVIO, replace(RETORNO, ativo=False), outra]) == Path("/wms2")
    assert pasta_de_retorno(ENVIO, [ENVIO]) == Path("/sefaz")
    assert pasta_de_retorno(replace(ENVIO, retorno=Path("/r")), [ENVIO, RETORNO]) == Path("/r")
    assert pasta_de_retorno(outra, [RETORNO, outra]) == Path("/wms2")
    assert pasta_de_retorno(PEDIDO, [RETORNO, PEDIDO]) == Path("/wms")


@pytest.mark.requisito("SEP-01")
def test_ids_atribuidos_nunca_se_repetem() -> None:
    sem = rota(None, "/a", "/b")
    outra = rota(None, "/c", "/d")
    assert [r.id for r in atribuir_ids([rota(3, "/x", "/y"), sem, outra], {})] == [3, 4, 5]
    conhecidos = {4: sem.assinatura, 9: "mover /antiga .txt"}
    assert [r.id for r in atribuir_ids([rota(3, "/x", "/y"), outra, sem], conhecidos)] == [3, 10, 4]
    tomado = atribuir_ids([rota(4, "/x", "/y"), sem], conhecidos)
    assert [r.id for r in tomado] == [4, 10]
