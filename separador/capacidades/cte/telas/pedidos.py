"""The orders on documents: each shows what will happen, and records it only when that page is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from separador.acesso.dominio import Direito
from separador.acesso.servico.autorizacao import Autor, usuario_com
from separador.banco.instante import instante_de
from separador.capacidades.cte.banco import leitura
from separador.capacidades.cte.dominio.pedido import (
    MOTIVO_MAXIMO,
    MOTIVO_MINIMO,
    PEDE_SENHA,
    PRAZO_CANCELAMENTO,
    PRAZO_CANCELAMENTO_GTVE,
    TipoDePedido,
)
from separador.capacidades.cte.servico import juizo
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.negativa import Negativa
from separador.nucleo.texto.quantidade import quantos
from separador.painel.base import ordens
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, RECUSADA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.entrada import conferir
from separador.pedidos.ordens import NovoPedido

_LISTA = "/cte"
_MAXIMO = 200
_MOTIVO_QUALQUER = "x" * MOTIVO_MINIMO


@dataclass(frozen=True, slots=True)
class _Confirmacao:
    """What the confirmation of an order says. `perigo`: in production it stands out."""

    titulo: str
    botao: str
    frases: tuple[str, ...]
    perigo: bool = False


def enviar(v: Visita) -> Resposta:
    """Hands documents on for transmission; one or several, each with its own result."""
    chaves = _chaves(v)
    como = _Confirmacao(
        "ENVIAR CT-e",
        "Enviar",
        (
            f"Para transmissão à SEFAZ: {quantos(len(chaves), 'documento', 'documentos')}.",
            "De um CANCELAMENTO REJEITADO nada é retransmitido: a SEFAZ é consultada pela chave.",
            "Depois de autorizado, um documento só deixa de valer por cancelamento.",
        ),
        perigo=True,
    )
    return _varios(v, TipoDePedido.ENVIAR, chaves, como)


def consultar(v: Visita) -> Resposta:
    """Asks SEFAZ what it has of one or several keys."""
    chaves = _chaves(v)
    como = _Confirmacao(
        "Consultar na SEFAZ",
        "Consultar",
        (
            f"A SEFAZ será consultada sobre {quantos(len(chaves), 'documento', 'documentos')}.",
            "A resposta é aplicada ao documento quando chegar.",
        ),
    )
    return _varios(v, TipoDePedido.CONSULTAR, chaves, como)


def _chaves(v: Visita) -> list[str]:
    ditas = [limpar_chave(c) for c in (v.campos if v.enviada else v.consulta).todos("chave")]
    chaves = [c for c in ditas if FORMATO_CHAVE.fullmatch(c)]
    if not chaves or len(chaves) < len(ditas) or len(chaves) > _MAXIMO:
        raise Erro(RECUSADA, f"Selecione de 1 a {_MAXIMO} documentos na lista.", "Selecione os documentos")
    estranha = next((c for c in chaves if leitura.documento(v.banco, c) is None), None)
    if estranha is not None:
        raise Erro(NAO_HA, f"Não há documento com a chave {estranha}.")
    return chaves


def _varios(v: Visita, pedido: TipoDePedido, chaves: Sequence[str], como: _Confirmacao) -> Resposta:
    negativas = juizo.julgar(v.dados, pedido, chaves, v.agora)
    aceitas = [c for c in chaves if c not in negativas]
    if v.enviada and aceitas and not negativas:
        return ordens.dar(v, [NovoPedido(pedido, c) for c in aceitas], _LISTA)
    avisos = [f"{c}: {n.mensagem}" for c, n in negativas.items()]
    return _confirmar(v, como, chaves, aceitas, CONFLITO if v.enviada or not aceitas else ACHADA, avisos)


def _confirmar(
    v: Visita,
    como: _Confirmacao,
    chaves: Sequence[str],
    aceitas: Sequence[str],
    estado: int,
    avisos: Sequence[str],
    **mais: Any,
) -> Pagina:
    valores = {
        "como": como,
        "documentos": [d for c in chaves if (d := leitura.documento(v.banco, c)) is not None],
        "aceitas": aceitas,
        "volta": v.volta(_LISTA),
    }
    return Pagina("cte/confirmar.html", como.titulo, valores | _NADA | mais, estado, tuple(avisos))


_NADA = {
    "motivo": None,
    "resta": None,
    "pede_senha": False,
    "email": "",
    "minimo": MOTIVO_MINIMO,
    "maximo": MOTIVO_MAXIMO,
}


def cancelar(v: Visita) -> Resposta:
    """Asks for the reason, and for the cancellation."""
    chave = _chave(v)
    motivo = v.campos.um("motivo")
    como = _Confirmacao(
        "MOTIVO DO CANCELAMENTO",
        "Pedir o cancelamento",
        (
            "O cancelamento será pedido à SEFAZ com este motivo, que fica no evento.",
            "Cancelado pela SEFAZ, o documento não volta a valer.",
        ),
        perigo=True,
    )
    doc = leitura.documento(v.banco, chave)
    mais = {
        "motivo": motivo,
        "resta": _resta(doc["modelo"], doc["autorizado_em"], v.agora) if doc is not None else None,
    }
    negativa = _contra(v, TipoDePedido.CANCELAR, chave, _MOTIVO_QUALQUER)
    if negativa is not None:
        return _confirmar(v, como, [chave], [], CONFLITO, [negativa.mensagem], **mais)
    if not v.enviada:
        return _confirmar(v, como, [chave], [chave], ACHADA, [], **mais)
    negativa = _contra(v, TipoDePedido.CANCELAR, chave, motivo)
    if negativa is not None:
        return _confirmar(v, como, [chave], [chave], RECUSADA, [negativa.mensagem], **mais)
    return ordens.dar(v, [NovoPedido(TipoDePedido.CANCELAR, chave, motivo.strip())], f"{_LISTA}/{chave}")


def _resta(modelo: str, autorizado_em: str | None, agora: datetime) -> str | None:
    """Returns how much is left of the term for a cancellation."""
    if autorizado_em is None:
        return None
    prazo = PRAZO_CANCELAMENTO_GTVE if modelo == "64" else PRAZO_CANCELAMENTO
    horas = int((instante_de(autorizado_em) + prazo - agora).total_seconds() // 3600)
    total = int(prazo.total_seconds() // 3600)
    return f"Restam {horas} h de {total} h para cancelar." if horas >= 0 else None


def estornar(v: Visita) -> Resposta:
    """Takes a cancel order back. From the second time on it asks for a password, at once and for this order only."""
    chave = _chave(v)
    como = _Confirmacao(
        "ESTORNAR SOLICITAÇÃO DE CANCELAMENTO",
        "Estornar",
        (
            "O pedido de cancelamento é retirado, se ainda não foi levado à SEFAZ.",
            "Se já foi levado, a palavra da SEFAZ vale.",
        ),
    )
    negativa = _contra(v, TipoDePedido.ESTORNAR, chave)
    pede_senha = negativa is not None and negativa.codigo == PEDE_SENHA
    email = v.campos.um("email")
    mais = {"pede_senha": pede_senha, "email": email}
    if negativa is not None and not pede_senha:
        return _confirmar(v, como, [chave], [], CONFLITO, [negativa.mensagem], **mais)
    if not v.enviada:
        return _confirmar(v, como, [chave], [chave], ACHADA, [], **mais)
    por = None
    if pede_senha:
        achado = conferir(v, email, v.campos.um("senha"), v.tela.muda or "")
        if isinstance(achado, Autor) and not usuario_com(v.banco, achado.quem, Direito.OPERAR):
            achado = Negativa("SEP-ACESSO-NIVEL", f"{achado.quem} não tem nível para estornar. Nada foi mudado.")
        if not isinstance(achado, Autor):
            return _confirmar(v, como, [chave], [chave], RECUSADA, [achado.mensagem], **mais)
        por = achado.quem
    return ordens.dar(v, [NovoPedido(TipoDePedido.ESTORNAR, chave, confirmada_por=por)], f"{_LISTA}/{chave}")


def _chave(v: Visita) -> str:
    chave = limpar_chave(v.partes["chave"])
    if not FORMATO_CHAVE.fullmatch(chave):
        raise Erro(NAO_HA, "Não há documento com esta chave.")
    if leitura.documento(v.banco, chave) is None:
        raise Erro(NAO_HA, f"Não há documento com a chave {chave}.")
    return chave


def _contra(v: Visita, pedido: TipoDePedido, chave: str, motivo: str = "") -> Negativa | None:
    return juizo.julgar(v.dados, pedido, [chave], v.agora, motivo=motivo).get(chave)
