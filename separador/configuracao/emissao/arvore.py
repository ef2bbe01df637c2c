"""Brings YAML and JSON to one tree of texts with lines: values are taken as written, numbers too.

A JSON number is never a float here, and a CNPJ without quotes keeps its zeros in both. JSON has no lines.
"""

import json
from dataclasses import dataclass, field

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from separador.configuracao.leitura import NULO
from separador.configuracao.tipos import ErroConfig
from separador.configuracao.yaml_seguro import PROFUNDIDADE_MAXIMA, compor, linha


@dataclass(frozen=True, slots=True)
class Folha:
    """A simple value. `texto` None: null."""

    texto: str | None
    linha: int | None = None


@dataclass(frozen=True, slots=True)
class Ramo:
    """A map. `repetidas`: keys that come again, each with its line; the first counts."""

    pares: dict[str, "Galho"]
    linha: int | None = None
    repetidas: list[tuple[str, int | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Serie:
    """A list."""

    itens: list["Galho"]
    linha: int | None = None


Galho = Folha | Ramo | Serie


def de_yaml(conteudo: bytes) -> Ramo | ErroConfig:
    """Returns the tree of a YAML text, or the one error that keeps it from being read."""
    if not conteudo.strip(b"\xef\xbb\xbf \t\r\n"):
        return ErroConfig("o arquivo está vazio")
    arvore = compor(conteudo)
    if isinstance(arvore, ErroConfig):
        return arvore
    galho = do_no(arvore)
    return galho if isinstance(galho, Ramo) else ErroConfig("o arquivo deve ser um grupo de 'chave: valor'", 1)


def do_no(no: Node) -> Galho:
    """Returns the tree of a YAML node."""
    if isinstance(no, ScalarNode):
        return Folha(None if no.tag == NULO else str(no.value), linha(no))
    if isinstance(no, SequenceNode):
        return Serie([do_no(item) for item in no.value], linha(no))
    ramo = Ramo({}, linha(no))
    if isinstance(no, MappingNode):
        for no_chave, no_valor in no.value:
            nome = str(no_chave.value) if isinstance(no_chave, ScalarNode) else "?"
            if nome in ramo.pares:
                ramo.repetidas.append((nome, linha(no_chave)))
            else:
                ramo.pares[nome] = do_no(no_valor)
    return ramo


class _FundaError(Exception):
    """The text has too many levels."""


def de_json(conteudo: bytes) -> Ramo | ErroConfig:
    """Returns the tree of a JSON text, or the one error that keeps it from being read."""
    try:
        texto = conteudo.decode("utf-8-sig")
        # Numbers stay as written. What JSON does not have (NaN) is refused as a value, with its field.
        lido = json.loads(texto, object_pairs_hook=_Pares, parse_float=str, parse_int=str, parse_constant=str)
        galho = _do_json(lido, 1)
    except UnicodeDecodeError:
        return ErroConfig("o arquivo não está em UTF-8; grave-o de novo nessa codificação")
    except json.JSONDecodeError as erro:
        return ErroConfig("isto não é JSON válido; confira vírgulas, aspas e chaves nesta linha", erro.lineno)
    except (_FundaError, RecursionError):
        return ErroConfig("níveis demais, um dentro do outro")
    return galho if isinstance(galho, Ramo) else ErroConfig("o arquivo deve ser um objeto JSON: { … }", 1)


class _Pares(list[tuple[str, object]]):
    """The pairs of a JSON object, in order, with repeated keys."""


def _do_json(lido: object, fundo: int) -> Galho:
    if fundo > PROFUNDIDADE_MAXIMA:
        raise _FundaError
    if isinstance(lido, _Pares):
        ramo = Ramo({})
        for nome, valor in lido:
            if nome in ramo.pares:
                ramo.repetidas.append((nome, None))
            else:
                ramo.pares[nome] = _do_json(valor, fundo + 1)
        return ramo
    if isinstance(lido, list):
        return Serie([_do_json(item, fundo + 1) for item in lido])
    if isinstance(lido, bool):
        return Folha("true" if lido else "false")
    return Folha(None if lido is None else str(lido))
