"""Checks the rules of the event envelope that need no answer of SEFAZ (MOC 4.00, Visão Geral, 5.1.5, group N)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.evento.envelope import id_evento
from separador.fiscal.evento.tabela import EVENTOS
from separador.fiscal.mensagens.regra import ATRIBUTO, descrever
from separador.fiscal.nomes import INF_EVENTO, linha, q
from separador.fiscal.regras.documentos_id import DIGITOS, motivo_cnpj
from separador.nucleo.chave import FORMATO_CHAVE, chave_valida, cnpj_valido, cpf_valido, dv11, partes
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import Tipo

TOLERANCIA = timedelta(minutes=5)
MODELOS = frozenset({"57", "64", "67"})

# The models that an event is restricted to, and the code that SEFAZ answers with (MOC rules N12, N13 and N15).
_MODELOS_DO_EVENTO = {e.tp: (e.modelos, *e.modelo_recusado) for e in EVENTOS} | {
    "110113": (frozenset({"57"}), "732", "N12")
}


@dataclass(frozen=True, slots=True)
class _Evento:
    """The infEvento as the rules see it: the element, the text of its children, the configured environment, and now."""

    inf: etree._Element
    campos: dict[str, str]
    tp_amb: str
    agora: datetime

    def __getitem__(self, nome: str) -> str:
        return self.campos.get(nome, "")


class _Achado(NamedTuple):
    """A breach: `tag` of infEvento, or `@Id`; see `mensagens.regra` for the others."""

    codigo: str
    regra: str
    tag: str
    detalhe: str
    certo: str | None
    descricao: str
    o_que_fazer: str = "Corrija o evento no sistema emissor e gere o arquivo de novo."


def verificar_evento(raiz: etree._Element, tp_amb: str, agora: datetime) -> list[Erro]:
    """Returns every breach in one eventoCTe, in the order of the manual. A tree that breaks the schema never raises.

    `tp_amb` is the configured environment ("1"/"2"); `agora` is aware.
    """
    inf = raiz.find(INF_EVENTO)
    if inf is None:
        return []
    campos = {str(f.tag).rpartition("}")[2]: f.text or "" for f in inf.iterchildren(etree.Element)}
    evento = _Evento(inf, campos, tp_amb, agora)
    achados = [a for regra in (_ambiente, _orgao, _autor, _id, _chave, _emitente, _data) for a in regra(evento)]
    return _erros(raiz, inf, achados) if achados else []


def _erros(raiz: etree._Element, inf: etree._Element, achados: list[_Achado]) -> list[Erro]:
    campos = esquema.campos(raiz, Tipo.EVENTO)
    erros = []
    for a in achados:
        no = inf.find(q(a.tag)) if not a.tag.startswith(ATRIBUTO) else None
        alvo = no if no is not None else inf
        mensagem = descrever(campos, alvo, a.tag, a.detalhe, a.certo, a.descricao)
        erros.append(Erro(a.codigo, a.regra, mensagem, a.o_que_fazer, linha(alvo), a.tag.removeprefix(ATRIBUTO)))
    return erros


def _ambiente(e: _Evento) -> Iterator[_Achado]:
    if e["tpAmb"] and e["tpAmb"] != e.tp_amb:
        yield _Achado(
            *("252", "N01", "tpAmb", f"o serviço está configurado para tpAmb={e.tp_amb}", e.tp_amb),
            "O ambiente do evento (tpAmb) é o mesmo em que o serviço foi configurado.",
        )


def _orgao(e: _Evento) -> Iterator[_Achado]:
    """Checks 677: the receiving body is the UF of the key. Its code also goes to the SVC."""
    if e["cOrgao"] and len(e["chCTe"]) == 44 and e["cOrgao"] != e["chCTe"][:2]:
        yield _Achado(
            *("677", "N02", "cOrgao", "não é a UF da chave", e["chCTe"][:2]),
            "O órgão do evento é a UF que começa a chave do documento.",
        )


def _autor(e: _Evento) -> Iterator[_Achado]:
    if "CNPJ" in e.campos and not cnpj_valido(e["CNPJ"]):
        yield _Achado(
            *("627", "N04", "CNPJ", motivo_cnpj(e["CNPJ"]), None),
            "O CNPJ do autor do evento tem os dígitos verificadores certos.",
        )
    if "CPF" in e.campos and not cpf_valido(e["CPF"]):
        yield _Achado(
            *("905", "N05", "CPF", DIGITOS, None), "O CPF do autor do evento tem os dígitos verificadores certos."
        )


def _id(e: _Evento) -> Iterator[_Achado]:
    sequencia = e["nSeqEvento"]
    if not (sequencia.isascii() and sequencia.isdigit()):
        return  # the schema says so
    certo = id_evento(e["tpEvento"], e["chCTe"], int(sequencia))
    if e.inf.get("Id") != certo:
        yield _Achado(
            *("628", "N06", "@Id", "os campos do evento dão outro", certo),
            "O Id do evento é «ID» seguido do tipo do evento, da chave e da sequência com 3 algarismos.",
            "Gere o evento de novo no sistema emissor.",
        )


def _chave(e: _Evento) -> Iterator[_Achado]:
    chave = e["chCTe"]
    if not chave_valida(chave):
        dv = f"o último algarismo não confere com os outros, que dão {dv11(chave[:43])}"
        yield _Achado(
            *("236", "N11", "chCTe", dv if FORMATO_CHAVE.fullmatch(chave) else "", None),
            "A chave do documento do evento é uma chave de acesso válida.",
        )
        return
    modelo = partes(chave).modelo
    aceitos, codigo, regra = _MODELOS_DO_EVENTO.get(e["tpEvento"], (MODELOS, "236", "N11"))
    if modelo not in aceitos:
        yield _Achado(
            *(codigo, regra, "chCTe", f"é de um documento do modelo {modelo}", ""),
            f"Este evento é só de documento do modelo {' ou '.join(sorted(aceitos))}.",
        )


def _emitente(e: _Evento) -> Iterator[_Achado]:
    """Checks 632: an event of the emitter (110…) is authored by the one in the key."""
    autor = e["CNPJ"] or e["CPF"]
    emitente = e["chCTe"][6:20]
    if e["tpEvento"].startswith("110") and len(e["chCTe"]) == 44 and autor and f"{autor:0>14}" != emitente:
        yield _Achado(
            *("632", "N17", "CNPJ" if e["CNPJ"] else "CPF", f"o emitente da chave é {emitente}", emitente),
            "O autor deste evento é o emitente do documento, cujo CNPJ ou CPF está na chave.",
        )


def _data(e: _Evento) -> Iterator[_Achado]:
    try:
        quando = datetime.fromisoformat(e["dhEvento"])
    except ValueError:
        return  # the schema says so
    if quando.tzinfo is not None and quando > e.agora + TOLERANCIA:
        agora = e.agora.astimezone(quando.tzinfo).isoformat(timespec="seconds")
        yield _Achado(
            *("635", "N25", "dhEvento", f"agora são {agora}", agora),
            "A data do evento não está no futuro (tolerância de 5 minutos).",
            "Acerte o relógio e o fuso do sistema emissor e gere o evento de novo.",
        )
