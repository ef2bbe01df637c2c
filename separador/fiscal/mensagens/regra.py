"""Says in plain Portuguese what a rule of the manual finds in a document: which field, which value, what is right."""

from lxml import etree

from separador.fiscal.mensagens.campos import Campos
from separador.fiscal.mensagens.dicionario import Campo
from separador.fiscal.mensagens.lugares import local
from separador.fiscal.mensagens.valor import dito_do_valor, exemplo

ATRIBUTO = "@"
"""What the name of an attribute begins with, where a tag or an attribute may be meant."""


def descrever(
    campos: Campos, no: etree._Element, tag: str | None, detalhe: str, certo: str | None, descricao: str
) -> str:
    """Returns the message about a breach.

    `tag`: the child of `no` that is missing, or an attribute of it (`@Id`). `certo`: a value that would be right; None
    stands for one of the field's type, "" for none. `descricao`: what the rule asks for, as a sentence.
    """
    if tag is not None and tag.startswith(ATRIBUTO):
        nome = tag.removeprefix(ATRIBUTO)
        valor = no.get(nome) or ""
        dito = f"{campos.quem(no, nome)}: {_do_valor(valor, certo, detalhe)}"
        return f"{dito}. O certo: {_minuscula(descricao)}{_por_exemplo(certo, campos.campo(no, nome), valor)}"
    if tag is not None and tag != local(no):
        dito = f"{campos.quem_falta(no, tag)}: falta esta tag{f' ({detalhe})' if detalhe else ''}"
        return f"{dito}. O certo: {_minuscula(descricao)}{_na_tag(tag, certo, campos.filho(no, tag))}"
    campo, texto = campos.campo(no), (no.text or "").strip()
    if len(no) or (campo.tipo is None and not texto):
        dito = f"{campos.quem(no)}: {detalhe or 'não cabe neste documento'}"
        return f"{dito}. O certo: {_minuscula(descricao)}{_por_exemplo(certo or '', campo, '')}"
    dito = f"{campos.quem(no)}: {_do_valor(texto, certo, detalhe)}"
    return f"{dito}. O certo: {_minuscula(descricao)}{_por_exemplo(certo, campo, texto)}"


def _do_valor(valor: str, certo: str | None, detalhe: str) -> str:
    dito = f"{dito_do_valor(valor, _onde(valor, certo or valor))} não é aceito"
    return f"{dito}: {detalhe}" if detalhe else dito


def _onde(valor: str, certo: str) -> int:
    """Returns the first place where two values differ: of a long one, the part there is shown."""
    return next((i for i, (a, b) in enumerate(zip(valor, certo, strict=False)) if a != b), min(len(valor), len(certo)))


def _por_exemplo(certo: str | None, campo: Campo, valor: str) -> str:
    if certo is None and campo.tipo is not None:
        certo = exemplo(campo.tipo)
    return f" Por exemplo: «{certo}»." if certo and certo != valor else ""


def _na_tag(tag: str, certo: str | None, campo: Campo) -> str:
    if certo is None and campo.tipo is not None:
        certo = exemplo(campo.tipo)
    return f" Por exemplo: <{tag}>{certo}</{tag}>." if certo else ""


def _minuscula(frase: str) -> str:
    """Returns a sentence as it goes on after a colon. One that begins with letters such as NF-e stays as it is."""
    return frase if frase[1:2].isupper() else frase[:1].lower() + frase[1:]
