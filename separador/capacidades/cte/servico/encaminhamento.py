"""Hands a registered document on: to SEFAZ by network, to a transmitter's folder, or to nobody for now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.etapa import Etapa
from separador.nucleo.nome_de_saida import Nome, documento_assinado
from separador.nucleo.rota import Envio, Rota


@dataclass(frozen=True, slots=True)
class Remetido:
    """One document to hand on. `rota`: the route it belongs to; `envio`: whether a person sends it."""

    documento_id: int
    chave: str
    base: bytes
    rota: Rota
    envio: Envio
    quem: str
    arquivo_id: int


def encaminhar(grupo: Grupo, r: Remetido, saida: Callable[[Nome], Saida]) -> str | None:
    """Hands a document on, unless a person sends it or SEFAZ blocks the service (678).

    Returns why nothing went out at once, if so. `saida` makes the file for a transmitter's folder.
    """
    if r.envio is Envio.MANUAL:
        documentos.definir_etapa(grupo.banco, r.documento_id, Etapa.PRONTO)
        return "registrado; aguarda a ordem de envio"
    encerrar_por(grupo, r.chave, Remedio.ENTREGUE)
    if fila_da_rede.pela_rede(grupo.contexto, r.rota.id or 0):
        fila_da_rede.enfileirar_documento(grupo, r.documento_id, r.quem, arquivo_id=r.arquivo_id)
        return "na fila de transmissão"
    ate = grupo.bloqueado_ate
    if ate is not None:
        documentos.definir_etapa(grupo.banco, r.documento_id, Etapa.PRONTO)
        documentos.agendar(grupo.banco, r.documento_id, "enviar", ate)
        return "registrado; aguarda o fim do bloqueio (678)"
    documentos.definir_etapa(grupo.banco, r.documento_id, Etapa.PUBLICANDO)
    grupo.publicar(saida(documento_assinado(r.chave, r.base, uninfe=grupo.contexto.uninfe)))
    return None


def deixar_a_encaminhar(grupo: Grupo, documento_ids: Sequence[int], envio: Envio) -> None:
    """Leaves documents that are registered together to be handed on after the commit, some at a time (`agenda`), unless
    a person sends them."""
    if envio is Envio.MANUAL:
        for documento_id in documento_ids:
            documentos.definir_etapa(grupo.banco, documento_id, Etapa.PRONTO)
    else:
        documentos.deixar_a_encaminhar(grupo.banco, documento_ids, grupo.quando)
