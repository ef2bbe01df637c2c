"""Tests that the catalogue misses no rule of the manual's own tables, nor of an independent summary of them."""

import re
from collections import Counter

from separador.fiscal.regras.modelo import EstadoRegra
from separador.fiscal.regras.motor import catalogo
from tests.apoio.fora_do_repositorio import MANUAL, RESUMO, exigir


def _secao_8() -> str:
    texto = exigir(RESUMO, "o catálogo de regras com o resumo do manual").read_text("utf-8")
    return texto[texto.index("\n## 8.") : texto.index("\n## 9.")]


def _ids(texto: str) -> set[str]:
    achados = set(re.findall(r"\b([GHI][0-9]{2,3}[a-c]?)\b", texto))
    for letra, de, ate in re.findall(r"\b([GHI])([0-9]{2,3})\s*–\s*[GHI]([0-9]{2,3})\b", texto):
        achados |= {f"{letra}{n:0{len(de)}d}" for n in range(int(de), int(ate) + 1)}
    return achados


def _codigos(texto: str) -> set[str]:
    """Returns every three-digit number that can be a cStat. "800–804" is five of them; the reserved series 890–899
    gives none."""
    texto = texto.replace("890–899", "")
    achados = set(re.findall(r"(?<![0-9,.A-Z])([2-9][0-9]{2})(?![0-9]|[,.][0-9])", texto))
    for de, ate in re.findall(r"(?<![0-9A-Z])([2-9][0-9]{2})–([2-9][0-9]{2})(?![0-9])", texto):
        achados |= {str(n) for n in range(int(de), int(ate) + 1)}
    return achados


def test_toda_regra_e_todo_codigo_do_resumo_estao_no_catalogo() -> None:
    secao = _secao_8()
    regras = catalogo()
    assert _ids(secao) - {r.id for r in regras} == set()
    codigos = _codigos(secao)
    assert len(codigos) > 220
    assert codigos - {r.cstat for r in regras} == set()


def test_toda_regra_do_manual_esta_no_catalogo_com_o_seu_codigo() -> None:
    manual = exigir(MANUAL / "moc_anexo1.txt", "o catálogo de regras com o manual")
    linhas = manual.read_text("utf-8").split("\n")
    regras = {r.id: r for r in catalogo()}
    inicio = re.compile(r"(G[0-9]{3}[a-c]?|H[0-9]{3}|I[0-9]{2}) ")
    assert {m[1] for linha in linhas if (m := inicio.match(linha))} == regras.keys()
    codigo = re.compile(r"(G[0-9]{3}[a-c]?|H[0-9]{3}|I[0-9]{2}) .*?\s(?:Obrig|Facult?)[.,]*\s+([0-9]{3})\s")
    lidos = {m[1]: m[2] for linha in linhas if (m := codigo.match(linha))}
    assert len(lidos) > 350
    assert {i: c for i, c in lidos.items() if regras[i].cstat != c} == {}


def test_cada_regra_uma_vez_e_na_ordem_do_manual() -> None:
    ids = [r.id for r in catalogo()]
    assert max(Counter(ids).values()) == 1
    assert ids[:3] == ["G001", "G002", "G003"]
    assert ids.index("G111") + 1 == ids.index("G111a")
    assert ids[-1] == "I75"


def test_o_que_nao_e_verificado_diz_por_que() -> None:
    for regra in catalogo():
        verificada = regra.estado is EstadoRegra.VERIFICADA
        assert (regra.verificar is not None) is verificada
        assert (regra.motivo == "") is verificada
        assert regra.descricao.endswith((".", "."))
        assert regra.o_que_fazer
        assert regra.tipos


def test_epec_terminou_e_nao_se_aplica() -> None:
    estados = {r.cstat: r.estado for r in catalogo()}
    for codigo in ("720", "641", "642", "643", "644", "645", "697", "756"):
        assert estados[codigo] is EstadoRegra.NAO_SE_APLICA
