"""Walks the source: headers of tables and names of fields are written in one way, and every time is in `fuso`."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import separador
from separador.nucleo.texto.quantidade import milhar, quantos
from separador.nucleo.texto.rotulo import ACENTUADAS, SIGLAS, rotulo

RAIZ = Path(separador.__file__).parent
FONTES = sorted(RAIZ.rglob("*.py"))
TABELAS = {"mostrar_tabela", "tabela"}
DE_FORA = {"Comprovante de pag. e-CAC"}
"""Headers that the customer asked for, letter by letter (ECAC-03)."""


@cache
def _arvore(arquivo: Path) -> ast.Module:
    return ast.parse(arquivo.read_text("utf-8"))


def _cabecalhos(arquivo: Path) -> Iterator[tuple[str, ...]]:
    """Yields the header of each table that a file shows: given as a literal, or by a name assigned in that file."""
    if not re.search(r"tabela\(|cabecalho =", arquivo.read_text("utf-8")):
        return  # to parse all 700 files costs each process of the tests three seconds before its first test
    arvore = _arvore(arquivo)
    textos = {
        n.targets[0].id: n.value.value
        for n in ast.walk(arvore)
        if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name) and isinstance(n.value, ast.Constant)
    }
    for no in ast.walk(arvore):
        nome = ""
        if isinstance(no, ast.Call) and no.args:
            nome = no.func.id if isinstance(no.func, ast.Name) else getattr(no.func, "attr", "")
        alvo: ast.expr | None = no.args[0] if isinstance(no, ast.Call) and nome in TABELAS else None
        if isinstance(no, ast.Assign) and getattr(no.targets[0], "id", "") == "cabecalho":
            alvo = no.value
        if isinstance(alvo, ast.Tuple | ast.List):
            yield tuple(
                str(e.value) if isinstance(e, ast.Constant) else str(textos[getattr(e, "id", "")]) for e in alvo.elts
            )


CABECALHOS = [(f.relative_to(RAIZ).as_posix(), c) for f in FONTES for c in _cabecalhos(f)]


def test_ha_cabecalhos_que_percorrer() -> None:
    assert len(CABECALHOS) >= 20
    assert {"cli/situacao.py", "cli/rotas.py", "capacidades/cte/cli/cte.py"} <= {onde for onde, _ in CABECALHOS}


@pytest.mark.requisito("USO-03")
@pytest.mark.parametrize(("onde", "cabecalho"), CABECALHOS, ids=lambda v: v if isinstance(v, str) else "-".join(v))
def test_cabecalhos_em_minusculas_com_acentos_e_as_mesmas_palavras(onde: str, cabecalho: tuple[str, ...]) -> None:
    for coluna in set(cabecalho) - DE_FORA:
        assert coluna not in {"estado", "status"}, "a column of states is headed «situação»"
        for palavra in coluna.split():
            assert palavra == SIGLAS.get(palavra.lower(), palavra.lower()), (onde, coluna)
            assert palavra not in ACENTUADAS, (onde, coluna)


@pytest.mark.requisito("USO-03")
def test_nomes_de_campos_em_palavras() -> None:
    assert rotulo("situacao") == "situação"
    assert rotulo("periodo_ate") == "período até"
    assert rotulo("cnpj") == "CNPJ"
    assert rotulo("o_que_fazer") == "o que fazer"
    assert all(sem.isascii() and not com.isascii() for sem, com in ACENTUADAS.items())


@pytest.mark.requisito("USO-03")
def test_um_so_lugar_faz_palavras_de_nomes_de_campos() -> None:
    assert [str(f) for f in FONTES if re.search(r"echo\(.*replace\(.\_., . .\)", f.read_text("utf-8"))] == [], (
        "use separador.nucleo.texto.rotulo"
    )


@pytest.mark.requisito("USO-03")
def test_singular_e_plural() -> None:
    assert quantos(1, "falha", "falhas") == "1 falha"
    assert [quantos(n, "falha", "falhas") for n in (0, 2, 2000)] == ["0 falhas", "2 falhas", "2.000 falhas"]
    assert milhar(1_234_567) == "1.234.567"


_PLURAL = re.compile(
    r"\{[^{}]*\} (?:arquivos|certificados|dias|documentos|erros|eventos|falhas|guias|horas|itens|linhas|minutos|notas"
    r"|ordens|pastas|pedidos|regras|segredos|segundos)\b"
)


def _plurais(arquivo: Path) -> list[str]:
    return [
        m.group()
        for no in ast.walk(_arvore(arquivo))
        if isinstance(no, ast.JoinedStr)
        for m in _PLURAL.finditer(ast.unparse(no))
        if not re.match(r"\{(?:milhar\()?[A-Z_.]+\)?\}", m.group())
    ]


@pytest.mark.requisito("USO-03")
def test_nenhum_numero_seguido_de_um_plural_fixo() -> None:
    """A number of things goes through `quantos`. Limits of the program, which are never one, are written as names."""
    assert {str(f): p for f in FONTES if (p := _plurais(f))} == {}


# --- one clock ----------------------------------------------------------------------------------------------------

FORA = ("simulador", "demonstracao")
"""Play SEFAZ and SERPRO, whose answers have their own times."""
DO_RELOGIO = {"nucleo/fuso.py", "banco/instante.py"}
DA_CHAVE = {"configuracao/ecac.py": ["format f'%H:%M'"]}
"""The key `horario` is a time of day in `fuso`, not an instant."""


def _chamadas(arquivo: Path) -> Iterator[str]:
    for no in ast.walk(_arvore(arquivo)):
        if isinstance(no, ast.Call) and isinstance(no.func, ast.Attribute):
            formato = no.args[0].value if no.args and isinstance(no.args[0], ast.Constant) else None
            if no.func.attr == "astimezone" and not no.args:
                yield "astimezone() without a zone: that of the machine"
            elif no.func.attr == "now" and not no.args and not no.keywords:
                yield "now() without a zone"
            elif no.func.attr in {"fromtimestamp", "localtime", "ctime"} and len(no.args) < 2 and not no.keywords:
                yield f"{no.func.attr} without a zone"
            elif no.func.attr == "strftime" and "%d/%m" in str(formato):
                yield f"strftime({formato})"
        elif isinstance(no, ast.FormattedValue) and no.format_spec is not None:
            spec = ast.unparse(no.format_spec)
            if "%d/%m" in spec or "%H:%M" in spec:
                yield f"format {spec}"


@pytest.mark.requisito("USO-03")
def test_nenhuma_hora_e_escrita_fora_do_relogio_das_pessoas() -> None:
    achadas: dict[str, list[str]] = {}
    for arquivo in FONTES:
        onde = arquivo.relative_to(RAIZ).as_posix()
        ditas = [] if onde in DO_RELOGIO else list(_chamadas(arquivo))
        if onde.startswith(FORA):
            ditas = [d for d in ditas if "without" in d]
        if ditas:
            achadas[onde] = ditas
    assert achadas == DA_CHAVE


@pytest.mark.requisito("USO-03")
def test_nenhuma_frase_diz_utc() -> None:
    """Help texts may name UTC (of JSON); a sentence with a value in it may not, and nobody has a zone of his own."""
    for arquivo in FONTES:
        onde, texto = arquivo.relative_to(RAIZ).as_posix(), arquivo.read_text("utf-8")
        if onde in DO_RELOGIO:
            continue
        frases = [ast.unparse(no) for no in ast.walk(_arvore(arquivo)) if isinstance(no, ast.JoinedStr)]
        assert [f for f in frases if " UTC" in f] == [], onde
        assert not re.search(r"timezone\(timedelta\(hours=-3\)\)", texto), onde
