"""Reads what is said about a hundred documents with one fault each: what a person reads must stand alone."""

import re

import pytest

from separador.fiscal.mensagens.sugestoes import sugerir
from separador.fiscal.preparo import ContextoPreparo, preparar
from separador.nucleo.erro import Erro, Recusa
from tests.unidade.fiscal.gerador import cte
from tests.unidade.fiscal.mensagens.test_todos_os_tipos import INGLES

BASE = cte()
VALORES: dict[str, tuple[str, ...]] = {
    "proPred": (
        *("DIVER\u2028SOS", "DIVER\ufeffSOS", "DIVER\u200bSOS", "A\u0303O", "SAO \u2011 SP", "\u65e5\u672c", "\u03a9"),
        *("\ufb01m", "\U0001d400", "\u0131", "\U0001f600", " A", "A ", "", "  ", "A" * 61, "A" * 5000, "\t", "a\nb"),
        *("\u2018x\u2019", "\u2026", "\u2022", "\u2122"),
    ),
    "dhEmi": (
        *("2026-02-30T10:00:00-03:00", "20/11/2026", "2026-11-20", "", "2026-11-20T25:00:00-03:00", "hoje"),
        *("2036-11-20T10:00:00-03:00", "1999-11-20T10:00:00-03:00", "2026-11-20T10:00:00"),
    ),
    "vTPrest": ("1.000,00", "1000.0", "-1.00", "1e3", "R$ 10.00", "9" * 17 + ".00", "", "NaN", "\uff11\uff10.00"),
    "cMunEnv": ("3550309", "99", "355030\uff18", "", "SAO PAULO", "0000000"),
    "UFEnv": ("", "SPX", "sp", "XX", "S P"),
    "CNPJ": ("11222333000182", "11.222.333/0001-81", "1122233300018", "", "ABCDEFGHIJKLMN", "0" * 14, "1122233300018l"),
    "tpCTe": ("5", "", "x", "01"),
    "nCT": ("0", "1000000000", "", "-1", "1.5", "01"),
    "CFOP": ("", "00", "1001", "9999", "6.353"),
    "CEP": ("0100100", "01001-000", "", "ABCDEFGH"),
    "IE": ("110042490115", "", "ISENTO", "isento", "1"),
    "chave": ("", "123", "352611" + "1" * 38, "x" * 44),
    "modal": ("", "07", "1", "AEREO"),
    "qrCodCTe": ("", "http://x.y", "x"),
    "RNTRC": ("", "1234567", "ABC"),
}
DE_VALOR = [(tag, valor) for tag, valores in VALORES.items() for valor in valores]
PARTIDOS: dict[str, bytes] = {
    "vazio": b"",
    "so espaco": b" \n",
    "texto": b"isto nao e xml",
    "json": b'{"a": 1}',
    "corte no meio": BASE[:1500].encode(),
    "corte no fim": BASE[:-3].encode(),
    "corte na tag": BASE[:60].encode(),
    "lixo no fim": BASE.encode() + b"abc",
    "zero no fim": BASE.encode() + b"\0",
    "dois documentos": BASE.encode() * 2,
    "lixo antes": b"abc" + BASE.encode(),
    "linha antes": b"\n<?xml version='1.0'?>" + BASE.encode(),
    "tag trocada": BASE.replace("</ide>", "</Ide>").encode(),
    "tag aberta": BASE.replace("</xMunEnv>", "").encode(),
    "& solto": BASE.replace("DIVERSOS", "A & B").encode(),
    "< solto": BASE.replace("DIVERSOS", "A < B").encode(),
    "entidade": BASE.replace("DIVERSOS", "A &nbsp; B").encode(),
    "sem aspas": BASE.replace('versao="4.00"', "versao=4.00", 1).encode(),
    "atributo repetido": BASE.replace('versao="4.00"', 'versao="4.00" versao="4.00"', 1).encode(),
    "utf-16": ('<?xml version="1.0" encoding="UTF-16"?>' + BASE).encode("utf-16"),
    "latin-1": BASE.replace("DIVERSOS", "A\u00c7\u00c3O").encode("latin-1"),
    "codificacao inventada": ('<?xml version="1.0" encoding="BATATA"?>' + BASE).encode(),
    "declaracao ruim": ('<?xml versao="1.0"?>' + BASE).encode(),
    "controle": BASE.replace("DIVERSOS", "DIVER\x07SOS").encode(),
    "referencia": BASE.replace("DIVERSOS", "DIVER&#1;SOS").encode(),
    "comentario": BASE.replace("<ide>", "<!-- a -- b --><ide>").encode(),
    "prefixo": BASE.replace("<ide>", "<a:ide>").replace("</ide>", "</a:ide>").encode(),
    "sem raiz cheia": b'<CTe xmlns="http://www.portalfiscal.inf.br/cte"/>',
    "sem versao": BASE.replace(' versao="4.00"', "", 1).encode(),
    "sem Id": re.sub(r' Id="[^"]*"', "", BASE).encode(),
    "Id curto": re.sub(r' Id="[^"]*"', ' Id="CTe12"', BASE).encode(),
    "sem namespace": BASE.replace(' xmlns="http://www.portalfiscal.inf.br/cte"', "").encode(),
    "tag a mais": BASE.replace("<ide>", "<ide><foo>1</foo>").encode(),
    "fora de ordem": BASE.replace("<serie>1</serie><nCT>1</nCT>", "<nCT>1</nCT><serie>1</serie>").encode(),
    "falta emit": re.sub(r"<emit>.*</emit>", "", BASE).encode(),
    "texto solto": BASE.replace("<ide>", "<ide>oi").encode(),
    "modal errado": BASE.replace("<rodo><RNTRC>12345678</RNTRC></rodo>", "<aereo/>").encode(),
}


def recusa(dados: bytes, contexto: ContextoPreparo) -> tuple[Erro, ...]:
    feito = preparar(dados, contexto)
    assert isinstance(feito, Recusa), feito
    return feito.erros


def conferir_palavras(erro: Erro) -> None:
    dito = f"{erro.mensagem} {erro.o_que_fazer}"
    nosso = re.sub(r"«[^»]*»|<[^>]*>|XMLDSIG", "X", dito)
    assert not INGLES.search(nosso), dito
    assert not re.search(r"[\[\]^$\\]", nosso), dito
    assert not re.search(r" [.:,;]|\(\)|\.\.$|None", nosso), dito
    assert len(erro.o_que_fazer) > 10
    assert erro.mensagem.endswith((".", "»"))
    assert len(dito) < 1200


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize(("tag", "valor"), DE_VALOR, ids=[f"{t}-{i}" for i, (t, _) in enumerate(DE_VALOR)])
def test_um_valor_errado(tag: str, valor: str, contexto: ContextoPreparo) -> None:
    xml = re.sub(rf"<{tag}>[^<]*</{tag}>", lambda _: f"<{tag}>{valor}</{tag}>", BASE, count=1)
    erros = recusa(xml.encode(), contexto)
    for erro in erros:
        conferir_palavras(erro)
        assert re.match(r"[^:]+ \((tag|atributo) [\w()]+(, em [\w/()]+)?\): ", erro.mensagem), erro.mensagem
    do_campo = [e.mensagem for e in erros if f"(tag {tag}," in e.mensagem or f"(atributo {tag}," in e.mensagem]
    assert do_campo or tag == "dhEmi", erros  # a good date of another year breaks the key alone
    assert all("o valor" in m and "O certo: " in m for m in do_campo)


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", PARTIDOS)
def test_um_xml_quebrado_ou_fora_do_leiaute(caso: str, contexto: ContextoPreparo) -> None:
    for erro in recusa(PARTIDOS[caso], contexto):
        conferir_palavras(erro)


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize(
    ("valor", "forma", "sugerido"),
    [
        ("1000.0", r"\d+(\.\d\d)?", "1000.00"),
        ("1.234,5", r"\d+\.\d\d", "1234.50"),
        ("-1.00", r"\d+(\.\d\d)?", None),
        ("1.5", r"\d+", None),
        ("1,000.50", r"\d+\.\d+", None),
        ("01001-000", r"\d{8}", "01001000"),
    ],
)
def test_a_sugestao_nunca_e_outro_numero(valor: str, forma: str, sugerido: str | None) -> None:
    assert sugerir(valor, lambda s: re.fullmatch(forma, s) is not None) == sugerido


@pytest.mark.requisito("USO-01")
def test_o_grupo_que_falta_e_dito_em_vez_da_assinatura(contexto: ContextoPreparo) -> None:
    primeiro = recusa(PARTIDOS["sem raiz cheia"], contexto)[0]
    assert (primeiro.tag, primeiro.mensagem) == ("infCte", "CT-e (tag CTe): falta <infCte> (Informações do CT-e).")


@pytest.mark.requisito("USO-01")
def test_campos_errados_nao_dao_exemplo_de_chave(contexto: ContextoPreparo) -> None:
    """The key is made from the fields: made from 20/11/2026 it would be nonsense."""
    for emissao in ("hoje", "20/11/2026"):
        xml = BASE.replace("2026-11-20T10:00:00-03:00", emissao)
        dito = next(e.mensagem for e in recusa(xml.encode(), contexto) if e.codigo == "227")
        assert "Por exemplo" not in dito
