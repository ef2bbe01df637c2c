"""Judges orders on documents at once, for commands and pages, by the function that the service uses too."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from separador.acesso.servico.autorizacao import aval
from separador.banco.conexao import ARQUIVO, abrir
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.dominio.pedido import TipoDePedido, avaliar
from separador.capacidades.cte.servico.cancelamento import fatos_do_pedido
from separador.capacidades.cte.servico.evento.registro import reunir
from separador.fiscal.evento.plano import Plano, planejar
from separador.fiscal.evento.tabela import EventoFiscal
from separador.nucleo.chave import chave_valida
from separador.nucleo.negativa import Negativa


def julgar(
    dados: Path,
    pedido: TipoDePedido,
    chaves: Sequence[str],
    agora: datetime,
    *,
    motivo: str = "",
    por: str | None = None,
) -> dict[str, Negativa]:
    """Returns the reason against the order, by chave. A chave whose order may be carried out is not in it.

    `por`: the user who gave the password for this very order. Raises sqlite3.Error.
    """
    if not (dados / ARQUIVO).is_file():
        return {c: sem_documento(c) for c in chaves}
    negativas: dict[str, Negativa] = {}
    with closing(abrir(dados, migrar=False)) as banco:
        for chave in chaves:
            doc = documentos.por_chave(banco, chave)
            if doc is None and pedido is TipoDePedido.CONSULTAR and chave_valida(chave):
                continue  # SEFAZ may be asked about a key that is not ours, too
            negativa = (
                avaliar(pedido, fatos_do_pedido(banco, doc), agora=agora, motivo=motivo, aval=aval(banco, por))
                if doc is not None
                else sem_documento(chave)
            )
            if negativa is not None:
                negativas[chave] = negativa
    return negativas


def sem_documento(chave: str) -> Negativa:
    """Returns the refusal for a key that is not known here."""
    return Negativa("SEP-CHAVE-DESCONHECIDA", f"Não há documento com a chave {chave}.")


def julgar_evento(
    dados: Path,
    evento: EventoFiscal,
    chave: str,
    campos: Mapping[str, object],
    empresas: tuple[str, ...],
    agora: datetime,
) -> list[Negativa]:
    """Returns the reasons against an order for an event; none when it may be carried out. Raises sqlite3.Error."""
    if not (dados / ARQUIVO).is_file():
        mensagem = "O serviço ainda não foi ligado nesta instalação: não há documento nem onde registrar a ordem."
        return [Negativa("SEP-CHAVE-DESCONHECIDA", f"{mensagem} Ligue-o antes: separador iniciar")]
    with closing(abrir(dados, migrar=False)) as banco:
        plano = planejar(evento, campos, reunir(banco, chave, evento, agora, empresas))
    return [] if isinstance(plano, Plano) else plano
