"""Keeps comments where they stand when a group gets another last key, or loses one.

ruamel hangs the lines of comment that stand below a value on that value. They mostly speak of what comes next: a key
that is added goes above them, and one that is taken out leaves them behind.
"""

from collections.abc import Callable
from typing import Any

No = Any  # ruamel's CommentedMap or CommentedSeq; its own types say no more than this


def mudando(grupo: No, mudar: Callable[[], None]) -> None:
    """Changes a group; what stands below its last value stands below the last value afterwards."""
    abaixo = _tirar(grupo)
    mudar()
    if abaixo:
        _por(grupo, abaixo)


def trocar(grupo: No, nome: str, valor: Any) -> None:
    """Puts a value in the place of another one."""
    antes = grupo.get(nome)
    abaixo = _tirar(antes) if _em_bloco(antes) else ""
    grupo[nome] = valor
    if abaixo:
        _pendurar(grupo, nome, abaixo)


def retirar(grupo: No, nome: str) -> None:
    """Takes a key out. The lines below it stay below the key before it."""
    if nome not in grupo:
        return
    nomes = list(grupo)
    onde = nomes.index(nome)
    abaixo = _tirar(grupo[nome]) if _em_bloco(grupo[nome]) else _despendurar(grupo, nome)
    del grupo[nome]
    grupo.ca.items.pop(nome, None)
    if abaixo and onde > 0:
        anterior = nomes[onde - 1]
        if _em_bloco(grupo[anterior]):
            _por(grupo[anterior], abaixo)
        else:
            _pendurar(grupo, anterior, abaixo)


def _em_bloco(no: No) -> bool:
    """Says whether a value is a group or a list with its parts on lines of their own."""
    return hasattr(no, "ca") and bool(no) and not no.fa.flow_style()


def _ultimo(no: No) -> tuple[No, Any]:
    """Returns the innermost last value: what it is in, and under which name or place."""
    while True:
        chave = list(no)[-1] if isinstance(no, dict) else len(no) - 1
        if not _em_bloco(no[chave]):
            return no, chave
        no = no[chave]


def _tirar(no: No) -> str:
    return _despendurar(*_ultimo(no)) if _em_bloco(no) else ""


def _por(no: No, abaixo: str) -> None:
    if _em_bloco(no):
        _pendurar(*_ultimo(no), abaixo)


def _lugar(no: No) -> int:
    return 2 if isinstance(no, dict) else 0


def _despendurar(no: No, chave: Any) -> str:
    """Takes the lines below a value off it, and returns them; the comment in its own line stays."""
    marcas, lugar = no.ca.items.get(chave), _lugar(no)
    if not marcas or len(marcas) <= lugar or marcas[lugar] is None:
        return ""
    na_linha, quebra, abaixo = str(marcas[lugar].value).partition("\n")
    if not abaixo:
        return ""
    if na_linha:
        marcas[lugar].value = na_linha + quebra
    else:
        marcas[lugar] = None
    return abaixo


def _pendurar(no: No, chave: Any, abaixo: str) -> None:
    from ruamel.yaml.error import CommentMark  # noqa: PLC0415 -- heavy, and only editing needs it
    from ruamel.yaml.tokens import CommentToken  # noqa: PLC0415

    lugar = _lugar(no)
    marcas = no.ca.items.setdefault(chave, [None, None, None, None] if lugar else [None, None])
    if marcas[lugar] is not None:
        marcas[lugar].value = str(marcas[lugar].value).rstrip("\n") + "\n" + abaixo
    else:
        marcas[lugar] = CommentToken("\n" + abaixo, CommentMark(0), None)
