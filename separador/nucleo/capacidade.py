"""Defines what a capability plugs into the program, and keeps the list of the registered ones.

A capability is described by one frozen `Capacidade` of strings and data, in its `capacidade.py`. Nothing registers
itself by being imported: `registrar` gets the list of modules, once, at start. A reference is the text
`"module:name"`. It is resolved at its first use, so that a command imports only what it runs, and so that it can
travel to a worker process.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

Referencia = str
"""`"module:name"`."""

RECUSAS = (".err", ".json")
"""Endings of the names of the files that refuse a file."""

LIMITE_BYTES = 20 * 1024 * 1024
"""Largest file of a rule that states no limit of its own."""


class NaoRegistradaError(Exception):
    """Somebody asked for the capabilities before they were registered, or for one that is not there."""


class Fase(IntEnum):
    """The points of the loop where steps run, in their order."""

    ANTES_DOS_PEDIDOS = 1
    DEPOIS_DOS_PEDIDOS = 2
    DEPOIS_DA_COLHEITA = 3
    CADA_30S = 4
    CADA_HORA = 5


@dataclass(frozen=True, slots=True)
class RegraDeRota:
    """One value of the key `regra` of a route: how its files are read, decided and refused.

    `lugar`: its place in lists. `ler` runs in a worker: `(arquivo, dados, contexto) -> conteúdo`
    (`motor.trabalho.leitura`); None: the file is copied byte by byte. `decidir(grupo, item, parecer)` runs in the
    group's transaction. `recusar(grupo, item, recusa)` takes the place of the common refusal. `responder(grupo, item,
    recusa)` publishes the answer to a file that is given up (quarantine), where that is not the common `.err`.
    `completar` may prepare again, in the loop's process, what a worker could not (`motor.entrada.rodadas`).
    `seguir(contexto, item, parecer)` runs in the loop before the decision, outside of any transaction: what it returns
    goes to a worker with the file, in one more round (`ArquivoATratar.material`); None: the file is decided.
    `limite` in bytes; None: no limit unless the route states one. `prazo_s`: a worker that does nothing for so long,
    with a file of the rule in hand, hangs.

    `encena`: a worker may stage its output in `destino`; `encena_se_automatica`: only on a route that hands on by
    itself through a folder. `um_a_um`: each file must find visible what the one before it ordered. `pasta_propria`:
    the origin is read by the capability itself, and holds nothing else. `repetivel`: another installation makes the
    same of the file, so that it may begin anew with one that it takes over. `transmite`: documents of the route go to
    SEFAZ, and the route says through what. `pede_transmissao`: what it makes goes by such a route.
    `recebe_retornos`: `destino` is where the returns of the transmitting routes go.

    `grava`: endings of the names that are written in `destino`; `mesmo_nome`: the file's own ending too.
    `grava_no_retorno`: endings that go to the folder of returns (by default `grava`, where the route names that
    folder); `grava_no_retorno_pela_rede`: the same on a route that transmits by network.
    """

    nome: str
    lugar: int
    decidir: Referencia | None = None
    ler: Referencia | None = None
    recusar: Referencia | None = None
    responder: Referencia | None = None
    completar: Referencia | None = None
    seguir: Referencia | None = None
    limite: int | None = LIMITE_BYTES
    prazo_s: float = 60.0
    encena: bool = False
    encena_se_automatica: bool = False
    um_a_um: bool = False
    pasta_propria: bool = False
    repetivel: bool = True
    transmite: bool = False
    recebe_retornos: bool = False
    pede_transmissao: bool = False
    grava: tuple[str, ...] = ()
    mesmo_nome: bool = False
    grava_no_retorno: tuple[str, ...] = ()
    grava_no_retorno_pela_rede: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comando:
    """One word of the command `separador`, and its place in the help.

    `com_a_ultima_boa`: with a mistake in the configuration it works with what the running service goes on with.
    """

    nome: str
    comando: Referencia
    lugar: int
    com_a_ultima_boa: bool = False


@dataclass(frozen=True, slots=True)
class Tela:
    """One page of the panel.

    `pagina` is `(painel.base.visita.Visita) -> painel.base.resposta.Resposta`, for GET and POST alike. `acao` and
    `muda` name the actions (`pedidos.acoes`) whose right GET and POST ask for; None: the page has no such method.
    `menu`: the text of its link in the navigation, at `lugar`. `com_sessao`: about the person, whatever the right.
    `arquivos`: `(Casa) -> painel.base.envio.Guarda`, where the files of its form go; None: its form has none.
    `existe`: `(Configuracao) -> bool`, whether an installation has the page; None: every one has.
    """

    caminho: str
    pagina: Referencia
    acao: str | None = None
    muda: str | None = None
    menu: str | None = None
    lugar: int = 0
    com_sessao: bool = False
    arquivos: Referencia | None = None
    existe: Referencia | None = None


@dataclass(frozen=True, slots=True)
class Achado:
    """A hit of `localizar`. `grupo`: its kind in plural; `por`: what of it fits; `titulo` and `detalhe`: what it is;
    `chave`: the document that it is about; `ver`: the words of the command that shows it; `caminho`: the page."""

    grupo: str
    por: str
    titulo: str
    detalhe: str
    chave: str | None
    quando: str
    ver: str
    caminho: str | None


@dataclass(frozen=True, slots=True)
class Passo:
    """One step of the loop.

    `parte` makes its `motor.partes.Parte`, one per service; steps that name the same one share it. `metodo` is the
    part's method that the step calls. `lugar`: its place in the phase. `fim`: the place of the part when the service
    ends, None when it has nothing to end.
    """

    parte: Referencia
    fase: Fase
    lugar: int
    metodo: str = "passo"
    fim: int | None = None


@dataclass(frozen=True, slots=True)
class Recuperacao:
    """The facts that the recovery at start must know of a capability.

    `pastas(contexto)` returns folders, beside those of the routes, below which files may be staged. `poupa(contexto,
    provisorio)` says whether a staged file that no publication names must stay.
    """

    pastas: Referencia | None = None
    poupa: Referencia | None = None


@dataclass(frozen=True, slots=True)
class PastaDaSecao:
    """A folder that a capability's own section of the configuration names, where others collect what it publishes.

    `secao` is its name on the command line (`init --secao`); `nome` begins the messages about it. `criada_no_init`:
    `separador init` makes and marks it; without that the capability makes it at its first use.
    """

    pasta: Path
    secao: str
    nome: str
    criada_no_init: bool = False


@dataclass(frozen=True, slots=True)
class Capacidade:
    """The description of one capability. It has only what it needs.

    `direitos`: right ("livre", "ler", "operar") → commands, each by all its words; a command that nobody names needs an
    administrator. `contam`: commands whose own transaction writes the audit row. In both, `group *` names the commands
    of a group; in `direitos` the name of a command itself comes first. `pedidos`: kind of order → `(grupo, linha) ->
    None`. `pedidos_livres`: those that need no right; they give nothing to who gives them.
    `recursos`: name of a resource of `motor.contexto` → what makes it. `retencao`: `(contexto, limite) -> int`,
    hourly. `entregas`: kind of output → `(contexto, linha, quando) -> situação | None`, when a file of that kind is
    visible. `retiradas`: kind of output → `(contexto, linha, quando) -> ordem | None`, when it is given up because it
    cannot be told whether it was published; the order (Portuguese) puts it out again. `chamadas`: kind of call to
    SEFAZ → its `TipoDeChamada`. `rastro`: `(conexão, chave) -> tuples`, the steps that it adds to the life of a key.
    `desfechos`: `(banco, ids of files) -> None`, in the commit in which these files have their outcome. `movimentos`:
    name → the description of rows that count in the summary (the capability that keeps it defines the form).
    `recebe`: kind of secret that root or the service's account hands in by the socket → `(contexto, ambiente, dados) ->
    motor.recebidos.Recebido`, in a thread of its own. `validades`: `(contexto) -> list[Validade]`, what expires.
    `usos_de_acesso`: `(conexão, Configuracao, agora) -> list[UsoDeAcesso]`, what goes by an office's access now.
    `verificacoes`: `(Exame) -> Iterator[Constatacao]`. `conferencias`: `(Configuracao, agora) ->
    Iterator[Constatacao]`, what is wrong with the files that its keys of the configuration name. `falhas`: code →
    (reason, what to do). `significado`: `(code) -> text | None`, what a code says that others answer with.
    `pastas`: `(Configuracao) -> list[PastaDaSecao]`. `unicas`: kinds of output for which an equal file under the
    same name counts as published. `numeros`: `(banco, emitente, tp_amb, modelo, serie, numero)
    -> chave | None`, the key that a number was given to before its document is registered. `registro`: `(conexão,
    chave) -> {"carga", "registro"} | None`, what is kept of a document that the layout has no place for. `copia`:
    tables that a copy of the vault brings, in the order in which they may be written. `perdas`: table → words for one
    row and for several, of what people lose when an older database takes its place. `de_fora`: `(conexão,
    Configuracao) -> Iterator[(Path, str)]`, the files outside of the data folder that a copy of the installation
    brings: a folder, and a path below it. `telas`: the pages of the panel. `localizar`: `(conexão, text, limit of
    each place) -> list[Achado]`, by indexes. `remedios`: code of a failure → (action, words of its button, page
    with `{chaves}` for `chave=…&chave=…`), what may help against it. `paginas_de_validade`: first word of what expires
    (`Validade.assunto`) → the page that renews it. `cargas`: `(conexão, Configuracao, names) -> {name: path}`, the
    pages of those of these loads that have one.
    """

    nome: str
    comandos: tuple[Comando, ...] = ()
    direitos: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    contam: tuple[str, ...] = ()
    regras: tuple[RegraDeRota, ...] = ()
    pedidos: Mapping[str, Referencia] = field(default_factory=dict)
    pedidos_livres: tuple[str, ...] = ()
    passos: tuple[Passo, ...] = ()
    recursos: Mapping[str, Referencia] = field(default_factory=dict)
    retencao: Referencia | None = None
    entregas: Mapping[str, Referencia] = field(default_factory=dict)
    retiradas: Mapping[str, Referencia] = field(default_factory=dict)
    chamadas: Mapping[str, Referencia] = field(default_factory=dict)
    recuperacao: Recuperacao | None = None
    rastro: Referencia | None = None
    desfechos: Referencia | None = None
    movimentos: Mapping[str, Referencia] = field(default_factory=dict)
    recebe: Mapping[str, Referencia] = field(default_factory=dict)
    validades: Referencia | None = None
    usos_de_acesso: Referencia | None = None
    verificacoes: Referencia | None = None
    conferencias: Referencia | None = None
    falhas: Referencia | None = None
    significado: Referencia | None = None
    pastas: Referencia | None = None
    unicas: tuple[str, ...] = ()
    numeros: Referencia | None = None
    registro: Referencia | None = None
    copia: tuple[str, ...] = ()
    perdas: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    de_fora: Referencia | None = None
    telas: tuple[Tela, ...] = ()
    localizar: Referencia | None = None
    remedios: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    paginas_de_validade: Mapping[str, str] = field(default_factory=dict)
    cargas: Referencia | None = None


_registradas: dict[str, Capacidade] = {}


def registrar(modulos: Iterable[str]) -> None:
    """Registers the `CAPACIDADE` of each module, in this order, after those that are registered.

    Repeating it is harmless.
    """
    for modulo in modulos:
        if modulo not in _registradas:
            _registradas[modulo] = import_module(modulo).CAPACIDADE
            _por_nome.cache_clear()


def todas() -> tuple[Capacidade, ...]:
    """Returns the registered capabilities, in order. Raises NaoRegistradaError before there are any."""
    if not _registradas:
        raise NaoRegistradaError("nenhuma capacidade foi registrada neste processo")
    return tuple(_registradas.values())


@cache
def resolver(referencia: Referencia) -> Any:
    """Returns what a reference names. Raises ImportError or AttributeError when it names nothing."""
    modulo, _, nome = referencia.partition(":")
    return getattr(import_module(modulo), nome)


@cache
def _por_nome(campo: str) -> dict[str, Any]:
    """Returns the entries of one field of all capabilities. A name that two bear raises ValueError."""
    juntas: dict[str, Any] = {}
    for capacidade in todas():
        valor = getattr(capacidade, campo)
        itens = {r.nome: r for r in valor} if isinstance(valor, tuple) else dict(valor)
        repetidos = juntas.keys() & itens.keys()
        if repetidos:
            raise ValueError(f"{campo}: {', '.join(sorted(repetidos))} já é de outra capacidade")
        juntas.update(itens)
    return juntas


def regras() -> dict[str, RegraDeRota]:
    """Returns the rules of routes by name, in the order of lists."""
    return dict(sorted(_por_nome("regras").items(), key=lambda par: par[1].lugar))


def regra(nome: str) -> RegraDeRota:
    """Returns a rule. Raises NaoRegistradaError when no capability has it."""
    achada: RegraDeRota | None = _por_nome("regras").get(nome)
    if achada is None:
        raise NaoRegistradaError(f"a regra {nome} não existe nesta instalação")
    return achada


def referencia(campo: str, nome: str) -> Any | None:
    """Returns what the capabilities registered under a name in a field that maps names."""
    achada = _por_nome(campo).get(nome)
    return resolver(achada) if achada is not None else None


def nomes(campo: str) -> tuple[str, ...]:
    """Returns the names registered in a field, in order."""
    return tuple(_por_nome(campo))


def de_cada(campo: str) -> Iterator[Any]:
    """Yields the value of a field of every capability that has one; a reference is resolved."""
    for capacidade in todas():
        valor = getattr(capacidade, campo)
        if valor is not None:
            yield resolver(valor) if isinstance(valor, str) else valor


def comandos() -> list[Comando]:
    """Returns the commands of all capabilities, in the order of the help. A name that two bear raises ValueError."""
    return sorted(_por_nome("comandos").values(), key=lambda c: c.lugar)


def passos() -> list[Passo]:
    """Returns the steps of all capabilities, by phase and place."""
    return sorted((p for c in todas() for p in c.passos), key=lambda p: (p.fase, p.lugar))


def telas() -> list[Tela]:
    """Returns the pages of all capabilities, a fixed word of a path before a part that varies, and a longer path before
    the one that it begins with: a part with slashes (`{x:path}`) would take the rest, too."""
    return sorted(
        (t for c in todas() for t in c.telas),
        key=lambda t: [*((p.startswith("{"), p) for p in t.caminho.split("/")), (2, "")],
    )


def pastas_das_secoes(config: Any) -> list[PastaDaSecao]:
    """Returns the folders that the sections of capabilities name in a `configuracao.Configuracao`."""
    return [pasta for achar in de_cada("pastas") for pasta in achar(config)]


def registro_de(conexao: Any, chave: str) -> Mapping[str, Any] | None:
    """Returns what is kept of a document that the layout has no place for: `carga`, `registro`. None: nothing is."""
    lidos = (ler(conexao, chave) for ler in de_cada("registro"))
    return next((lido for lido in lidos if lido is not None), None)


def pastas_de_encenados(contexto: Any) -> list[Path]:
    """Returns the folders of capabilities, beside those of the routes, below which files may be staged. `contexto` is
    the `motor.contexto.Contexto` of a service."""
    referencias = [r.pastas for r in de_cada("recuperacao") if r.pastas is not None]
    return [pasta for referencia in referencias for pasta in resolver(referencia)(contexto)]
