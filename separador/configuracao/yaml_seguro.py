"""Turns YAML text into a tree of nodes with line numbers, and refuses size, depth, aliases and repeated keys.

The loader reads the tree, not Python objects. The tree keeps the line of every value and its text exactly as written:
a CNPJ without quotes does not become a number and lose its zeros.
"""

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from separador.configuracao.tipos import ErroConfig
from separador.nucleo.texto.razao import razao

TAMANHO_MAXIMO = 8 * 1024 * 1024
"""Thousands of companies fit: each takes a few hundred bytes."""
PROFUNDIDADE_MAXIMA = 20
_SEM_APELIDO = "apelidos do YAML (*nome) não são aceitos; repita o valor"
_SEM_FUNDO = "níveis demais, um dentro do outro"


class _RecusadoError(Exception):
    """The text is YAML, but of a kind that a configuration does not need."""

    def __init__(self, mensagem: str, linha: int) -> None:
        super().__init__(mensagem)
        self.erro = ErroConfig(mensagem, linha)


class _Compositor(yaml.SafeLoader):
    """Composes nodes and never constructs objects.

    Refuses aliases and deep nesting (billion laughs, stack overflow).
    """

    profundidade = 0

    def compose_node(self, parent: Node | None, index: object) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise _RecusadoError(_SEM_APELIDO, _linha_do_evento(self))
        self.profundidade += 1
        if self.profundidade > PROFUNDIDADE_MAXIMA:
            raise _RecusadoError(_SEM_FUNDO, _linha_do_evento(self))
        no: Node | None = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.profundidade -= 1
        return no


def _linha_do_evento(leitor: _Compositor) -> int:
    evento = leitor.peek_event()  # type: ignore[no-untyped-call]
    return int(evento.start_mark.line) + 1


def linha(no: Node) -> int:
    """Returns the line where the node begins, 1-based."""
    return int(no.start_mark.line) + 1


def ler_bytes(arquivo: Path) -> bytes | ErroConfig:
    """Returns the file's bytes, or why it cannot be read.

    Only a regular file is opened (a FIFO would block for ever).
    """
    try:
        if arquivo.exists() and not arquivo.is_file():
            return ErroConfig(f"{arquivo} não é um arquivo")
        with arquivo.open("rb") as aberto:
            conteudo = aberto.read(TAMANHO_MAXIMO + 1)
    except FileNotFoundError:
        return ErroConfig(f"o arquivo de configuração {arquivo} não existe; crie um com: separador init")
    except OSError as erro:
        return ErroConfig(f"não consegui ler {arquivo}: {razao(erro)}")
    if len(conteudo) > TAMANHO_MAXIMO:
        return ErroConfig(f"{arquivo} tem mais de 8 MiB; isto não é uma configuração")
    return conteudo


def compor(conteudo: bytes) -> MappingNode | ErroConfig:
    """Returns the top-level mapping, or the first error that keeps the text from being one."""
    try:
        texto = conteudo.decode("utf-8-sig")
    except UnicodeDecodeError as erro:
        onde = conteudo.count(b"\n", 0, erro.start) + 1
        return ErroConfig("o arquivo não está em UTF-8; grave-o de novo nessa codificação", onde)
    try:
        raiz = _compor(texto)
    except _RecusadoError as recusado:
        return recusado.erro
    except yaml.YAMLError as erro:
        return _de_yaml(erro)
    if raiz is None:
        return ErroConfig("o arquivo está vazio; crie um com: separador init")
    if not isinstance(raiz, MappingNode):
        return ErroConfig("o arquivo deve ser uma lista de 'chave: valor'", linha(raiz))
    return raiz


def _compor(texto: str) -> Node | None:
    """Composes by libyaml where PyYAML has it (7 times faster, with thousands of companies).

    Both ways refuse the same texts.
    """
    if not hasattr(yaml, "CSafeLoader"):
        return yaml.compose(texto, Loader=_Compositor)
    _vigiar(texto)
    return yaml.compose(texto, Loader=yaml.CSafeLoader)


def _vigiar(texto: str) -> None:
    """Refuses aliases and deep nesting in the events, before any node is made of them."""
    fundo = 0
    for evento in yaml.parse(texto, Loader=yaml.CSafeLoader):
        linha_ = int(evento.start_mark.line) + 1 if evento.start_mark is not None else 1
        if isinstance(evento, yaml.events.AliasEvent):
            raise _RecusadoError(_SEM_APELIDO, linha_)
        if isinstance(evento, yaml.events.CollectionStartEvent):
            fundo += 1
        elif isinstance(evento, yaml.events.CollectionEndEvent):
            fundo -= 1
        if fundo + isinstance(evento, yaml.events.ScalarEvent) > PROFUNDIDADE_MAXIMA:
            raise _RecusadoError(_SEM_FUNDO, linha_)


def _de_yaml(erro: yaml.YAMLError) -> ErroConfig:
    """Returns the line and the usual causes. PyYAML's own explanation is in English."""
    marca = getattr(erro, "problem_mark", None) or getattr(erro, "context_mark", None)
    return ErroConfig(
        "isto não é YAML válido; confira, nesta linha e na anterior, o alinhamento (espaços, nunca TAB), "
        "as aspas e os colchetes",
        marca.line + 1 if marca is not None else None,
    )


@dataclass(slots=True)
class Mapa:
    """A mapping node read key by key. `caminho` is the prefix of its keys in messages ("rotas[2]")."""

    linha: int
    caminho: str
    nos: dict[str, Node] = field(default_factory=dict)

    def chave(self, nome: str) -> str:
        """Returns the key as messages show it."""
        return f"{self.caminho}.{nome}" if self.caminho else nome


def mapear(no: MappingNode, caminho: str, erros: list[ErroConfig]) -> Mapa:
    """Returns the keys of one mapping.

    A key that is no text, or comes twice, is an error (the first one counts).
    """
    mapa = Mapa(linha(no), caminho)
    for no_chave, no_valor in no.value:
        if not isinstance(no_chave, ScalarNode):
            erros.append(ErroConfig("a chave deve ser um nome simples", linha(no_chave), caminho or None))
            continue
        nome = str(no_chave.value)
        if nome in mapa.nos:
            primeira = linha(mapa.nos[nome])
            erros.append(ErroConfig(f"chave repetida (já está na linha {primeira})", linha(no_chave), mapa.chave(nome)))
            continue
        mapa.nos[nome] = no_valor
    return mapa
