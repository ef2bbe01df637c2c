"""Tests answer codes: each known one is in one class, and unknown ones are in none."""

import re
import unicodedata

import pytest

from separador.capacidades.sefaz.dominio import cstat as c
from tests.apoio.fora_do_repositorio import MANUAL, exigir

# codes by what is done on them, written by hand and not taken from the program's table
CLASSES = {
    "AUTORIZADO": ("AUTORIZADO", "100 150"),
    "CANCELADO": ("CANCELADO", "101"),
    "evento aceito": ("EVENTO_ACEITO", "134 135 136 155"),
    "consultar": ("CONSULTAR", "204 216 217 218 539 600 631 640 641"),
    "tentar depois": ("TENTAR_DEPOIS", "108 109 997 999"),
    "consumo indevido": ("CONSUMO_INDEVIDO", "678 656"),
    "certificado da conexão": ("CERTIFICADO", "280 281 282 283 284 285 286 296"),
    "denegado": ("DENEGADO", "110 205 301 302 303"),
    "rejeições de recepção": (
        "REJEICOES",
        (
            "236 410 513 252 247 515 516 517 203 209 229 230 231 585 214 215 239 243 244 402 404 598 599 579 580"
            " 290 291 292 293 294 295 297 298 213 212 228 1051 1052 1053"
        ),
    ),
    "rejeições de evento": (
        "REJEICOES",
        (
            "220 876 698 219 523 528 574 576 660 862 888 222 628 629 630 636 632 755 634 637 635 653 680 530 638 639"
            " 695 664 677 681 522 525 866 595 721 732 875"
        ),
    ),
}
CONJUNTOS = (
    "AUTORIZADO", "CANCELADO", "EVENTO_ACEITO", "CONSULTAR", "TENTAR_DEPOIS", "CONSUMO_INDEVIDO", "CERTIFICADO",
    "DENEGADO", "REJEICOES",
)  # fmt: skip


@pytest.mark.requisito("CTE-03", "CTE-04", "CTE-06")
@pytest.mark.parametrize("classe", sorted(CLASSES))
def test_codigos_da_secao_5(classe: str) -> None:
    conjunto, codigos = CLASSES[classe]
    for codigo in codigos.split():
        onde = [n for n in CONJUNTOS if codigo in getattr(c, n)]
        assert onde == [conjunto], codigo
        assert c.conhecido(codigo)


@pytest.mark.requisito("SEFAZ-03")
@pytest.mark.parametrize("codigo", "102 103 104 105 106 107 113 114 137 138 589".split())
def test_o_que_nao_e_de_documento_tem_linha_e_nao_decide_nada(codigo: str) -> None:
    """Codes of status, distribution and lot are never a rejection and never an authorisation."""
    assert c.TABELA[codigo].evento in (c.Evento.SERVICO, c.Evento.ANTIGO)
    assert not [n for n in CONJUNTOS if codigo in getattr(c, n)]


@pytest.mark.requisito("SEFAZ-03")
@pytest.mark.parametrize("codigo", "139 000 1 9999 1054 2000 600A".split())
def test_o_que_a_tabela_nao_tem_e_desconhecido(codigo: str) -> None:
    assert not c.conhecido(codigo)
    assert c.o_que_fazer(codigo) is None
    assert not [n for n in CONJUNTOS if codigo in getattr(c, n)]


def test_os_conjuntos_nao_se_cruzam() -> None:
    for i, a in enumerate(CONJUNTOS):
        for b in CONJUNTOS[i + 1 :]:
            assert not getattr(c, a) & getattr(c, b), (a, b)


@pytest.mark.parametrize("codigo", "204 216 218 539 600 631 640 108 109 678 999 280 281 282 283 284 285 286".split())
def test_codigos_que_nada_decidem_nunca_sao_rejeicao(codigo: str) -> None:
    """On these codes the service waits or consults; none of them may refuse or authorise a document."""
    assert codigo not in c.REJEICOES
    assert codigo not in c.AUTORIZADO


def do_manual(nome: str) -> dict[str, str]:
    """Returns rejection number → first words of its message, read from the manual's text: a rule's row, or what is left
    of one that the layout cut in two."""
    texto = exigir(MANUAL / nome, "a tabela de cStat com o manual").read_text(encoding="utf-8")
    comum = re.findall(r"(?:Obrig|Facult?)[.,]?\s+(\d{3,4})\s+Rej?\.?(.*)", texto)
    cortado = [(n, "") for n in re.findall(r"Rej\.\s+(\d{3,4})\s+(?:Obrig|Facul)", texto)]
    sozinho = [(n, "") for n in re.findall(r"^ {20,}(\d{3})\s+Rej\.", texto, re.MULTILINE)]
    return {numero: mensagem.strip() for numero, mensagem in (*sozinho, *cortado, *comum)}


@pytest.mark.requisito("SEFAZ-03")
@pytest.mark.parametrize(("nome", "ao_menos"), [("moc_anexo1.txt", 265), ("moc_visao_geral.txt", 120)])
def test_todos_os_codigos_do_manual_com_a_mensagem_dele(nome: str, ao_menos: int) -> None:
    achados = do_manual(nome)
    assert len(achados) >= ao_menos
    assert not [n for n in achados if n not in c.TABELA]
    for numero, mensagem in achados.items():
        palavras = _palavras(mensagem.partition("Rejeição")[2])[:4]
        if numero not in REDITOS and "xxxx" not in mensagem:
            assert palavras == _palavras(c.TABELA[numero].significado)[: len(palavras)], numero


REDITOS = frozenset({"108", "109", "113", "114", "528", "530", "741"})
"""Are codes whose words differ from the manual's: no rejections, words put right here (528, 741), or an instruction
there (530)."""


def _palavras(texto: str) -> list[str]:
    """Returns the words without what differs in writing only: CT-e and CTe, accents, punctuation, the fields in
    brackets."""
    plano = unicodedata.normalize("NFD", texto.partition("[")[0]).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plano.replace("-", "").replace("mal formado", "malformado"))


@pytest.mark.requisito("SEFAZ-03")
def test_cada_linha_diz_tudo_em_portugues() -> None:
    for codigo, linha in c.TABELA.items():
        assert re.fullmatch(r"\d{3,4}", codigo)
        assert linha.codigo == codigo
        assert linha.significado
        assert linha.fonte
        assert linha.o_que_fazer.endswith((".", "SEM VALOR FISCAL")), codigo
        assert " CTe " not in linha.significado
        assert len(linha.o_que_fazer) < 130, codigo


@pytest.mark.requisito("SEFAZ-03")
def test_cada_grupo_tem_codigo() -> None:
    usados = {id(linha.grupo) for linha in c.TABELA.values()}
    assert [n for n, g in c.GRUPOS.items() if id(g) not in usados] == []


@pytest.mark.requisito("SEFAZ-03")
def test_todo_codigo_das_regras_daqui_esta_na_tabela() -> None:
    from separador.fiscal.regras.motor import catalogo

    assert not {r.cstat for r in catalogo()} - set(c.TABELA)
