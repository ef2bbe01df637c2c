"""Changes the text of a YAML file: what the edit changed and nothing else. Comments, order and alignment stay.

ruamel.yaml is imported only here and where values are made, when an edit is asked for.
"""

import difflib
import io
import re
from collections.abc import Callable
from typing import Any

from yaml.nodes import Node, SequenceNode

from separador.configuracao.tipos import ErroConfig
from separador.configuracao.yaml_seguro import compor

Documento = Any  # ruamel's CommentedMap; its own types say no more than this

_OUTRAS_QUEBRAS = ("\x85".encode(), "\u2028".encode(), "\u2029".encode())
"""Ends of lines for YAML alone: where one stands, lines cannot be counted."""
_CAMINHOS = ("origem", "destino", "retorno", "autorizados")
_DO_WINDOWS = re.compile(r"[A-Za-z]:(?:[\\/]|$)|\\")
"""A drive's letter, or a backslash at the start."""


class RecusadaError(Exception):
    """The edit does not apply to this file."""


def recusar_do_windows(chave: str, valor: object) -> None:
    """Raises RecusadaError for a path as Windows writes it: here it would be the name of a folder. What stands in a
    file is read all the same."""
    if chave in _CAMINHOS and isinstance(valor, str) and _DO_WINDOWS.match(valor.strip()):
        raise RecusadaError(
            f'"{valor.strip()}" é um caminho de Windows; diga o caminho como o servidor o vê, por exemplo /srv/notas'
        )


def mudado(conteudo: bytes, mudar: Callable[[Documento], None]) -> bytes:
    """Returns the text with the change and nothing else changed.

    Alignment and line ends are kept too, where that is possible.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 -- heavy, and only editing needs it
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        original = conteudo.decode("utf-8-sig")
    except UnicodeDecodeError as erro:
        raise RecusadaError("o arquivo não está em UTF-8; corrija-o antes") from erro
    quebra = "\r\n" if "\r\n" in original else "\n"
    original = original.replace("\r\n", "\n")
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    recuo = re.search(r"^(?:rotas|empresas):.*\n(?:[ ]*(?:#.*)?\n)*([ ]*)- ", original, re.MULTILINE)
    deslocamento = len(recuo[1]) if recuo else 2
    yaml.indent(mapping=2, sequence=deslocamento + 2, offset=deslocamento)
    try:
        documento = yaml.load(original)
    except YAMLError as erro:
        raise RecusadaError("o arquivo não é YAML válido; veja onde com: separador config conferir") from erro
    if not isinstance(documento, CommentedMap):
        raise RecusadaError("o arquivo deve ser uma lista de 'chave: valor'")
    antes = _texto(yaml, documento)
    mudar(documento)
    return _sobrepor(original, antes, _texto(yaml, documento)).replace("\n", quebra).encode()


def mudado_no_item(
    conteudo: bytes, lista: str, serve: Callable[[Node], bool], mudar: Callable[[Documento], None]
) -> bytes:
    """Returns what `mudado` does, for a change within one item of a list of the top level.

    Only the item's own lines are read and written as a document: that of thousands of companies takes half a minute.
    """
    achado = _linhas_do_item(conteudo, lista, serve)
    if achado is None:
        return mudado(conteudo, mudar)
    linhas, (inicio, fim) = conteudo.splitlines(True), achado
    novo = mudado(f"{lista}:\n".encode() + b"".join(linhas[inicio:fim]), mudar)
    return b"".join(linhas[:inicio]) + novo.partition(b"\n")[2] + b"".join(linhas[fim:])


def _linhas_do_item(conteudo: bytes, lista: str, serve: Callable[[Node], bool]) -> tuple[int, int] | None:
    """Returns the first line of the item and the one after its last; None where it has no lines of its own."""
    raiz = compor(conteudo)
    if isinstance(raiz, ErroConfig) or any(x in conteudo for x in _OUTRAS_QUEBRAS):
        return None
    chaves = [chave.start_mark.line for chave, _ in raiz.value]
    itens = next((no for chave, no in raiz.value if chave.value == lista), None)
    if not isinstance(itens, SequenceNode) or itens.flow_style:
        return None
    onde = next((i for i, no in enumerate(itens.value) if serve(no)), None)
    if onde is None:
        return None
    inicio = itens.value[onde].start_mark.line
    seguintes = [no.start_mark.line for no in itens.value[onde + 1 : onde + 2]] or [x for x in chaves if x > inicio]
    linhas = conteudo.splitlines(True)
    fim = min(seguintes, default=len(linhas))
    return (inicio, fim) if linhas[inicio].lstrip().startswith(b"- ") and fim > inicio else None


def _texto(yaml: Any, documento: Documento) -> str:
    saida = io.StringIO()
    yaml.dump(documento, saida)
    return saida.getvalue()


def _sobrepor(original: str, antes: str, depois: str) -> str:
    """Applies to `original` only the lines in which the two dumps differ.

    A dump normalises blanks in every line. Only the lines that the edit changed are taken from it, so that the
    operator's alignment of the others is kept. When the first dump has another number of lines than the file, the lines
    cannot be matched, and the whole new dump is used.
    """
    linhas, base, novas = original.splitlines(True), antes.splitlines(True), depois.splitlines(True)
    if len(linhas) != len(base):
        return depois
    if linhas and not linhas[-1].endswith("\n"):
        linhas[-1] += "\n"
    # Only what lies between the first and the last line that differ is compared: with the lines of thousands of
    # companies, which are alike, that would take minutes.
    inicio = _iguais(base, novas)
    fim = _iguais(base[inicio:][::-1], novas[inicio:][::-1])
    meio, outro = base[inicio : len(base) - fim], novas[inicio : len(novas) - fim]
    resultado = linhas[:inicio]
    for o_que, i1, i2, j1, j2 in difflib.SequenceMatcher(None, meio, outro, autojunk=False).get_opcodes():
        resultado += linhas[inicio + i1 : inicio + i2] if o_que == "equal" else outro[j1:j2]
    return "".join(resultado + linhas[len(linhas) - fim :])


def _iguais(umas: list[str], outras: list[str]) -> int:
    """Returns how many lines are the same at the beginning of both."""
    return next((i for i, (a, b) in enumerate(zip(umas, outras, strict=False)) if a != b), min(len(umas), len(outras)))
