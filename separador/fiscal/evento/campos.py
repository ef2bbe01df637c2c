"""Describes the fields of an event's content, and brings given values to the layout's form.

The same description makes the XML, the options of the command, the fields of the order file and the help.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timezone

from separador.fiscal.evento.leitores import Campo, Forma, Origem, certo_do_campo, ler_valor
from separador.nucleo.texto.enumeracao import enumerar
from separador.nucleo.texto.quantidade import milhar

Valores = dict[str, "str | list[Valores]"]
"""Values by the field's `nome`, in the form of the XML. A repeated group is a list of such dicts."""


AUTOMATICAS = frozenset({Origem.FIXO, Origem.PROTOCOLO})
"""An order never gives these."""


@dataclass(frozen=True, slots=True)
class Grupo:
    """A group of the XML. With `nome` it repeats and is a list in an order. Without, its fields stand with the others.

    `um_de`: names of fields of which exactly one must be there. `obrigatorio`: at least one occurrence. `opcao`: option
    of the command that gives one occurrence; without it only a file of data gives them.
    """

    tag: str
    itens: tuple["Campo | Grupo", ...]
    nome: str = ""
    texto: str = ""
    maximo: int = 1
    obrigatorio: bool = True
    um_de: tuple[str, ...] = ()
    opcao: str = ""

    @property
    def simples(self) -> Campo | None:
        """Returns the only field of a group that has one field: in an order a plain text stands for it.

        Else returns None.
        """
        unico = self.itens[0] if len(self.itens) == 1 else None
        return unico if isinstance(unico, Campo) else None


Item = Campo | Grupo


@dataclass(slots=True)
class Conferidos:
    """The values in the layout's form, and one sentence per mistake. Each sentence names its field."""

    valores: Valores = field(default_factory=dict)
    erros: list[str] = field(default_factory=list)


def informaveis(itens: tuple[Item, ...]) -> Iterator[Item]:
    """Yields the fields and lists that an order may give. Those of a group without name stand among the others."""
    for item in itens:
        if isinstance(item, Grupo) and not item.nome:
            yield from informaveis(item.itens)
        elif isinstance(item, Grupo) or item.origem not in AUTOMATICAS:
            yield item


def conferir(itens: tuple[Item, ...], dados: Mapping[str, object], fuso: timezone, onde: str = "") -> Conferidos:
    """Reads what an order gives. `fuso` is applied to a time without offset. Nothing is looked up or filled in here."""
    lidos = Conferidos()
    conhecidos = list(informaveis(itens))
    dados = _pelo_nome(lidos, conhecidos, dados, onde)
    for item in conhecidos:
        dado = dados.get(item.nome)
        if dado is None or dado in ("", []):
            if (item.pedido if isinstance(item, Campo) else item.obrigatorio) and _exigido(item, itens, dados):
                lidos.erros.append(f"{_quem(item, onde)}: falta{_certo(item)}.")
        elif isinstance(item, Campo):
            _um(lidos, item, dado, fuso, onde)
        else:
            _lista(lidos, item, dado, fuso, onde)
    _conferir_grupos(lidos, itens, onde)
    return lidos


def _pelo_nome(lidos: Conferidos, conhecidos: list[Item], dados: Mapping[str, object], onde: str) -> dict[str, object]:
    """Returns the values by our names. A field may also come under its tag, where only one field has that tag."""
    nomes = {i.nome for i in conhecidos}
    tags = Counter(i.tag for i in conhecidos)
    das_tags = {i.tag: i.nome for i in conhecidos if i.tag and tags[i.tag] == 1 and i.tag not in nomes}
    achados: dict[str, object] = {}
    estranhos: list[str] = []
    for dito, dado in dados.items():
        nome = dito if dito in nomes else das_tags.get(dito)
        if nome is None:
            estranhos.append(dito)
        elif nome in achados:
            lidos.erros.append(f"{onde}{nome}: veio duas vezes, com este nome e com o do leiaute.")
        else:
            achados[nome] = dado
    if estranhos:
        que = "campo desconhecido" if len(estranhos) == 1 else "campos desconhecidos"
        validos = ", ".join(i.nome for i in conhecidos)
        lidos.erros.append(f"{onde}{enumerar(estranhos)}: {que}. O certo: um destes: {validos}.")
    return achados


def _exigido(item: Item, itens: tuple[Item, ...], dados: Mapping[str, object]) -> bool:
    """Says whether a field is demanded. A field of an optional group without name is, only when the group is begun."""
    for grupo in itens:
        if isinstance(grupo, Grupo) and not grupo.nome and not grupo.obrigatorio and item in informaveis(grupo.itens):
            return any(dados.get(i.nome) is not None for i in informaveis(grupo.itens))
    return True


def _quem(item: Item, onde: str) -> str:
    """Returns the field's name in orders, what it is, and its tag in the layout."""
    tag = f"; no leiaute, {item.tag}" if item.tag else ""
    return f"{onde}{item.nome} ({item.texto.rstrip('.')}{tag})"


def _certo(item: Item) -> str:
    unico = item if isinstance(item, Campo) else item.simples
    if unico is not None:
        return f". O certo: {certo_do_campo(unico)}"
    return (
        f". O certo: um grupo com {', '.join(i.nome for i in informaveis(item.itens))}"
        if isinstance(item, Grupo)
        else ""
    )


_TIPOS = {bool: "sim ou não", list: "uma lista", dict: "um grupo de campos"}
"""What is said of a value that should have been a text."""


def _um(lidos: Conferidos, campo: Campo, dado: object, fuso: timezone, onde: str) -> None:
    if not isinstance(dado, str | int | float) or (isinstance(dado, bool) and campo.forma is not Forma.SIM):
        lidos.erros.append(f"{_quem(campo, onde)}: {_TIPOS.get(type(dado), 'outra coisa')} não serve{_certo(campo)}.")
        return
    texto = ("sim" if dado else "não") if isinstance(dado, bool) else str(dado)
    try:
        lidos.valores[campo.nome] = ler_valor(campo, texto, fuso)
    except ValueError as erro:
        lidos.erros.append(f"{_quem(campo, onde)}: {erro}")


def _lista(lidos: Conferidos, grupo: Grupo, dado: object, fuso: timezone, onde: str) -> None:
    ocorrencias = dado if isinstance(dado, list) else [dado]
    if len(ocorrencias) > grupo.maximo:
        lidos.erros.append(
            f"{_quem(grupo, onde)}: são {milhar(len(ocorrencias))}. O certo: até {milhar(grupo.maximo)}."
        )
        return
    lista: list[Valores] = []
    for i, ocorrencia in enumerate(ocorrencias, 1):
        aqui = f"{onde}{grupo.nome}[{i}]"
        unico = grupo.simples
        corpo = {unico.nome: ocorrencia} if unico is not None and isinstance(ocorrencia, str) else ocorrencia
        if not isinstance(corpo, dict):
            dentro = ", ".join(i.nome for i in informaveis(grupo.itens))
            lidos.erros.append(f"{aqui} ({grupo.texto}): não é um grupo de campos. O certo: um grupo com {dentro}.")
            continue
        um = conferir(grupo.itens, corpo, fuso, f"{aqui}.")
        lidos.erros += um.erros
        lista.append(um.valores)
    lidos.valores[grupo.nome] = lista


def _conferir_grupos(lidos: Conferidos, itens: tuple[Item, ...], onde: str) -> None:
    for grupo in itens:
        if isinstance(grupo, Grupo) and not grupo.nome and grupo.um_de:
            dados = [n for n in grupo.um_de if n in lidos.valores]
            if len(dados) != 1:
                nomes = " ou ".join(grupo.um_de)
                achado = "vieram os dois" if dados else "falta"
                lidos.erros.append(f"{onde}{nomes}: {achado}. O certo: um dos dois, e um só.")
