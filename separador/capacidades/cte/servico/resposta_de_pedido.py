"""Publishes the answer to an order file, `<base>-ret.json`, whatever became of the order."""

import json
from sqlite3 import Row

from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.dominio.pedido import TipoDePedido
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.saidas import Saida
from separador.motor.resposta import Resposta
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import resposta_de_pedido, retorno
from separador.nucleo.rota import pasta_de_retorno
from separador.nucleo.situacao import Situacao

EVENTO = "evento"
"""The order for an event, which `evento.pedidos` carries out."""


def recusar(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Refuses an order file that was not even read (too large)."""
    responder(grupo, item, r)
    grupo.terminar(item, Desfecho.RECUSADO, codigo=r.erros[0].codigo, motivo=r.erros[0].mensagem)


def responder(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Publishes the answer to an order file that is refused unread, or given up."""
    erro = r.erros[0]
    resposta = Resposta("recusado", erro.codigo, f"{erro.mensagem} {erro.o_que_fazer}")
    publicar(grupo, item, em_json(grupo, None, None, resposta, item.base))


def publicar(grupo: Grupo, item: Item, dados: bytes) -> None:
    """Publishes `<base>-ret.json`, the one answer to an order file."""
    grupo.publicar(
        Saida(
            saidas.RESPOSTA,
            pasta_de_retorno(item.rota, grupo.contexto.rotas),
            resposta_de_pedido(item.nome),
            dados=dados,
            substitui=grupo.contexto.uninfe,
            arquivo_id=item.arquivo_id,
        )
    )


def em_json(
    grupo: Grupo,
    pedido: str | None,
    chave: str | None,
    resposta: Resposta,
    base: bytes,
    mais: dict[str, object] | None = None,
) -> bytes:
    """Returns the answer to an order, as docs/desenvolvimento/contratos.md defines it.

    `situacao` is as it will be once the order is carried out. `base`: of the order file's name. `mais`: fields that
    another kind of order adds.
    """
    doc = documentos.por_chave(grupo.banco, chave) if chave else None
    corpo: dict[str, object] = {
        "pedido": pedido,
        "chave": chave,
        "resultado": resposta.resultado,
        "codigo": resposta.codigo,
        "mensagem": resposta.mensagem,
        "situacao": _situacao_depois(doc, pedido, resposta),
        "etapa": doc["etapa"] if doc is not None else None,
        "quando": grupo.quando,
        "retorno": _retorno_que_segue(doc, pedido, chave, resposta, base),
    }
    return json.dumps(corpo | (mais or {}), ensure_ascii=False, indent=2).encode() + b"\n"


def _retorno_que_segue(
    doc: Row | None, pedido: str | None, chave: str | None, resposta: Resposta, base: bytes
) -> str | None:
    """Returns the name under which SEFAZ's word about the order will come. None: none follows."""
    if not resposta.feita or chave is None:
        return None
    do_documento = bytes(doc["base"]) if doc is not None else chave.encode()
    nome = {
        TipoDePedido.ENVIAR.value: (do_documento, "consulta" if resposta.codigo == "SEP-CONSULTA" else "autorizacao"),
        TipoDePedido.CONSULTAR.value: (do_documento, "consulta"),
        TipoDePedido.CANCELAR.value: (base, "evento"),
        EVENTO: (base, "evento"),
    }.get(pedido or "")
    return mostrar(retorno(*nome).inteiro) if nome is not None else None


def _situacao_depois(doc: Row | None, pedido: str | None, resposta: Resposta) -> str | None:
    """Returns the situação after the order. `enviar` changes it in the commit that follows the publication."""
    if doc is None:
        return None
    if pedido == TipoDePedido.ENVIAR and resposta.feita and resposta.codigo == "SEP-ENVIADO":
        return Situacao.AGUARDANDO_RETORNO.value
    return str(doc["situacao"])
