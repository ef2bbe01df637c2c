"""Checks the rules of the event envelope that need no answer of SEFAZ (MOC 4.00, Visão Geral, 5.1.5, group N)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from separador.fiscal.evento.envelope import id_evento
from separador.fiscal.evento.tabela import EVENTOS
from separador.fiscal.nomes import INF_EVENTO, linha, q
from separador.nucleo.chave import chave_valida, cnpj_valido, cpf_valido, partes
from separador.nucleo.erro import Erro

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

    def erro(self, codigo: str, regra: str, tag: str, mensagem: str) -> Erro:
        alvo = self.inf.find(q(tag))
        fazer = "Corrija o evento no sistema emissor e gere o arquivo de novo."
        return Erro(codigo, regra, mensagem, fazer, linha(alvo if alvo is not None else self.inf), tag)


def verificar_evento(raiz: etree._Element, tp_amb: str, agora: datetime) -> list[Erro]:
    """Returns every breach in one eventoCTe, in the order of the manual. A tree that breaks the schema never raises.

    `tp_amb` is the configured environment ("1"/"2"); `agora` is aware.
    """
    inf = raiz.find(INF_EVENTO)
    if inf is None:
        return []
    campos = {str(f.tag).rpartition("}")[2]: f.text or "" for f in inf.iterchildren(etree.Element)}
    evento = _Evento(inf, campos, tp_amb, agora)
    return [erro for regra in (_ambiente, _orgao, _autor, _id, _chave, _emitente, _data) for erro in regra(evento)]


def _ambiente(e: _Evento) -> Iterator[Erro]:
    if e["tpAmb"] and e["tpAmb"] != e.tp_amb:
        yield e.erro("252", "N01", "tpAmb", f"O ambiente do evento é {e['tpAmb']}; o configurado é {e.tp_amb}.")


def _orgao(e: _Evento) -> Iterator[Erro]:
    """Checks 677: the receiving body is the UF of the key. Its code also goes to the SVC."""
    if e["cOrgao"] and len(e["chCTe"]) == 44 and e["cOrgao"] != e["chCTe"][:2]:
        yield e.erro("677", "N02", "cOrgao", f"O órgão do evento é {e['cOrgao']}; o da chave é {e['chCTe'][:2]}.")


def _autor(e: _Evento) -> Iterator[Erro]:
    if "CNPJ" in e.campos and not cnpj_valido(e["CNPJ"]):
        yield e.erro("627", "N04", "CNPJ", f"O CNPJ do autor do evento é inválido: {e['CNPJ']}.")
    if "CPF" in e.campos and not cpf_valido(e["CPF"]):
        yield e.erro("905", "N05", "CPF", f"O CPF do autor do evento é inválido: {e['CPF']}.")


def _id(e: _Evento) -> Iterator[Erro]:
    sequencia = e["nSeqEvento"]
    if not (sequencia.isascii() and sequencia.isdigit()):
        return  # the schema says so
    certo = id_evento(e["tpEvento"], e["chCTe"], int(sequencia))
    if e.inf.get("Id") != certo:
        mensagem = f"O Id do evento é {e.inf.get('Id')}; pelos campos deveria ser {certo}."
        yield Erro("628", "N06", mensagem, "Gere o evento de novo no sistema emissor.", linha(e.inf), "infEvento")


def _chave(e: _Evento) -> Iterator[Erro]:
    if not chave_valida(e["chCTe"]):
        yield e.erro("236", "N11", "chCTe", f"A chave {e['chCTe']} é inválida (formato ou dígito verificador).")
        return
    modelo = partes(e["chCTe"]).modelo
    aceitos, codigo, regra = _MODELOS_DO_EVENTO.get(e["tpEvento"], (MODELOS, "236", "N11"))
    if modelo not in aceitos:
        lista = " ou ".join(sorted(aceitos))
        yield e.erro(codigo, regra, "chCTe", f"A chave é do modelo {modelo}; este evento é só do modelo {lista}.")


def _emitente(e: _Evento) -> Iterator[Erro]:
    """Checks 632: an event of the emitter (110…) is authored by the one in the key."""
    autor = e["CNPJ"] or e["CPF"]
    if e["tpEvento"].startswith("110") and len(e["chCTe"]) == 44 and autor and f"{autor:0>14}" != e["chCTe"][6:20]:
        tag = "CNPJ" if e["CNPJ"] else "CPF"
        yield e.erro("632", "N17", tag, f"O autor do evento é {autor}; o emitente da chave é {e['chCTe'][6:20]}.")


def _data(e: _Evento) -> Iterator[Erro]:
    try:
        quando = datetime.fromisoformat(e["dhEvento"])
    except ValueError:
        return  # the schema says so
    if quando.tzinfo is not None and quando > e.agora + TOLERANCIA:
        yield e.erro("635", "N25", "dhEvento", f"A data do evento ({e['dhEvento']}) está no futuro; confira o relógio.")
