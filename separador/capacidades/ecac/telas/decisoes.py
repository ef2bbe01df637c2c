"""What a person decides about one guide. Each page shows what will happen, and records it only when it is sent."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.banco.pedidos import COMPROVANTE
from separador.capacidades.ecac.dominio.arrecadacao import completo
from separador.capacidades.ecac.dominio.guia import nome_da_guia
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import decisoes
from separador.capacidades.ecac.servico.vista import guias as vista
from separador.capacidades.ecac.servico.vista.importar import SEM_A_CHAVE
from separador.capacidades.ecac.telas.guias import achar, comparada, titulo
from separador.painel.base import ordens
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, RECUSADA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

_DOS_CAMPOS = frozenset(
    {"SEP-MOTIVO", "SEP-PAGAMENTO-DESCONHECIDO", "SEP-PAGAMENTO-USADO", "SEP-GUIA-NUMERO", "SEP-GUIA-REPETIDA"}
)
"""Refusals about what was typed; the others are about the guide."""


@dataclass(frozen=True, slots=True)
class _Decisao:
    """One decision. `campo`: the name of what is asked for, with its label."""

    pedido: str
    titulo: str
    botao: str
    frases: tuple[str, ...]
    campo: tuple[str, str] | None = None


_LIGAR = _Decisao(
    decisoes.LIGAR,
    "Ligar guia",
    "Ligar",
    ("A guia fica baixada com este pagamento, pela sua palavra.", "O comprovante vem na próxima importação."),
    ("pagamento", "Número do documento pago"),
)
_DA_SUGESTAO = (decisoes.APROVAR, decisoes.RECUSAR)
"""Their order carries the payment that was seen."""
_APROVAR = _Decisao(
    decisoes.APROVAR,
    "Aprovar sugestão de baixa",
    "Aprovar",
    ("A guia fica baixada com este pagamento.", "O comprovante vem na próxima importação."),
)
_RECUSAR = _Decisao(
    decisoes.RECUSAR,
    "Recusar sugestão de baixa",
    "Recusar",
    ("Este pagamento não é proposto de novo para esta guia.",),
)
_REABRIR = _Decisao(
    decisoes.REABRIR,
    "Reabrir guia",
    "Reabrir",
    ("A baixa é desfeita, e este pagamento não baixa mais a guia sozinho.", "O comprovante arquivado fica."),
    ("motivo", "Motivo"),
)
_NUMERAR = _Decisao(
    decisoes.NUMERAR,
    "Informar número da guia",
    "Informar",
    ("Com o número, a guia é baixada sozinha quando o pagamento aparecer.",),
    ("numero", "Número do documento"),
)


def ligar(v: Visita) -> Resposta:
    """Links a payment by hand: that of the occurrence from which one comes, or one whose number is typed."""
    return _decidir(v, _LIGAR, _da_ocorrencia(v))


def aprovar(v: Visita) -> Resposta:
    """Approves the suggestion."""
    return _decidir(v, _APROVAR)


def recusar(v: Visita) -> Resposta:
    """Refuses the suggestion."""
    return _decidir(v, _RECUSAR)


def reabrir(v: Visita) -> Resposta:
    """Takes the settlement back."""
    return _decidir(v, _REABRIR)


def numerar(v: Visita) -> Resposta:
    """Gives the guide its number."""
    return _decidir(v, _NUMERAR)


def _da_ocorrencia(v: Visita) -> str | None:
    """Returns the payment of the occurrence that the address names. Raises Erro."""
    dita = v.consulta.um("ocorrencia")
    if not dita:
        return None
    numero = int(dita) if dita.isascii() and dita.isdigit() and len(dita) < 19 else 0
    o = ocorrencias.por_id(v.banco, numero)
    if o is None or o["pagamento"] is None or o["contribuinte"] != achar(v)["contribuinte"]:
        raise Erro(NAO_HA, f"A ocorrência {dita} não existe ou não é de um pagamento desta empresa.")
    return completo(o["pagamento"])


def _decidir(v: Visita, como: _Decisao, sabido: str | None = None) -> Resposta:
    """`sabido`: what the form need not ask for."""
    g = achar(v)
    da_sugestao = como.pedido in _DA_SUGESTAO
    dito = sabido or v.campos.um(como.campo[0] if como.campo is not None else "sugerido" if da_sugestao else "").strip()
    negativa = decisoes.avaliar(v.banco, como.pedido, str(g["id"]), dito)
    if negativa is None and v.enviada:
        return ordens.dar(v, [NovoPedido(como.pedido, str(g["id"]), dito)], f"/ecac/guias/{g['id']}")
    pede = como.campo if sabido is None else None
    if negativa is not None and not v.enviada and pede is not None and negativa.codigo in _DOS_CAMPOS:
        negativa = None  # nothing was typed yet
    estado = ACHADA
    if negativa is not None:
        estado = RECUSADA if negativa.codigo in _DOS_CAMPOS else CONFLITO
    numero = sabido or _sugerido(v, g, como)
    mais = {"pede": pede, "dito": dito, "lados": comparada(v, g, _canonico(numero))}
    mais["sugerido"] = numero if da_sugestao else None
    pode = negativa is None or (pede is not None and estado == RECUSADA)
    return _confirmar(v, g, como, estado, negativa.mensagem if negativa is not None else None, pode=pode, **mais)


def _canonico(numero: str | None) -> str | None:
    return numero.lstrip("0") if numero else None


def _sugerido(v: Visita, g: sqlite3.Row, como: _Decisao) -> str | None:
    if como.pedido not in _DA_SUGESTAO:
        return str(g["pagamento"]) if g["pagamento"] is not None else None
    sugerida = decisoes.sugestao(v.banco, g)
    return str(sugerida["pagamento"]) if sugerida is not None else None


def _confirmar(
    v: Visita, g: sqlite3.Row, como: _Decisao, estado: int, aviso: str | None, *, pode: bool, **mais: Any
) -> Pagina:
    fatos = vista.em_dicionario(g, Bases(v.dados, v.configuracao.raiz))
    dona = v.configuracao.empresa(g["contribuinte"])
    valores = {
        "como": como,
        "titulo_da_guia": titulo(g),
        "g": fatos,
        "nome": dona.nome if dona is not None else g["contribuinte"],
        "situacao": vista.situacao(fatos),
        "dia": vista.dia,
        "volta": v.volta(f"/ecac/guias/{g['id']}"),
        "pode": pode,
        "sugerido": None,
    }
    return Pagina("ecac/decisao.html", como.titulo, valores | mais, estado, (aviso,) if aviso is not None else ())


_COMPROVANTE = _Decisao(
    COMPROVANTE,
    "Gerar Comprovante",
    "Gerar Comprovante",
    (
        "A Receita é consultada agora sobre esta guia; a chamada pode ser cobrada.",
        "O que já está arquivado nunca é pedido de novo.",
    ),
)


def gerar_comprovante(v: Visita) -> Resposta:
    """Asks for the receipt of one guide."""
    g = achar(v)
    impede = _contra_comprovante(v, g)
    if v.enviada and impede is None:
        return ordens.dar(v, [NovoPedido(COMPROVANTE, str(g["id"]))], f"/ecac/guias/{g['id']}")
    estado = CONFLITO if impede else ACHADA
    mais: dict[str, Any] = {"pede": None, "dito": "", "lados": []}
    return _confirmar(v, g, _COMPROVANTE, estado, impede, pode=impede is None, **mais)


def _contra_comprovante(v: Visita, g: sqlite3.Row) -> str | None:
    if g["recibo_estado"] == "arquivado":
        return f"O comprovante da guia {nome_da_guia(g['id'], g['numero'])} já está arquivado."
    return SEM_A_CHAVE if v.configuracao.ecac is None else None
