"""Reads exports, orders, queries and returns: bytes in, values out. It runs in a worker, or in the loop."""

import hashlib
from dataclasses import dataclass, replace

from separador.fiscal import esquema
from separador.fiscal.consultas import e_consulta, ler_consulta
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Rascunho, iniciar
from separador.fiscal.retornos import ErroTransmissor, Resposta, Retorno, interpretar, interpretar_err
from separador.fiscal.verificacao import verificar
from separador.motor.trabalho.parecer import ArquivoATratar, ComDados, Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import FAMILIAS, Tipo


@dataclass(frozen=True, slots=True)
class PedidoLido:
    """An order file, not yet judged."""

    dados: bytes


def envio(_arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> object:
    """Reads an export. A query among them is known by its root, never by its name."""
    conteudo = iniciar(dados, contexto)
    if not isinstance(conteudo, Rascunho) and e_consulta(conteudo):
        return ler_consulta(dados, contexto.tp_amb)
    return conteudo


def validar(_arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> object:
    """Reads a document that is only to be checked."""
    return iniciar(dados, contexto)


def consulta(_arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> object:
    """Reads a query to SEFAZ."""
    return ler_consulta(dados, contexto.tp_amb)


def pedido(_arquivo: ArquivoATratar, dados: bytes, _contexto: ContextoPreparo) -> PedidoLido:
    """Keeps the bytes of an order: the loop judges them."""
    return PedidoLido(dados)


def retorno(arquivo: ArquivoATratar, dados: bytes, _contexto: ContextoPreparo) -> ComDados:
    """Reads a return, and the failure that a transmitter writes in its place."""
    lido = _retorno(arquivo, dados)
    return ComDados(lido, _valido(lido, dados))


def _retorno(arquivo: ArquivoATratar, dados: bytes) -> Retorno | ErroTransmissor | Recusa:
    if arquivo.nome.lower().endswith(b".err"):
        return interpretar_err(dados)
    lido = interpretar(dados)
    return lido if isinstance(lido, Recusa) else _conferir_embutidos(lido)


def entender_resposta(dados: bytes) -> Parecer:
    """Reads an answer that came over the network, and checks it like one that came in a file."""
    lido = interpretar(dados)
    conteudo = lido if isinstance(lido, Recusa) else _conferir_embutidos(lido)
    inteiro = com_declaracao(dados)
    resumo = hashlib.sha256(inteiro).hexdigest()
    return Parecer(resumo, len(inteiro), conteudo, inteiro, retorno_valido=_valido(conteudo, dados))


_COM_ESQUEMA = frozenset({*(f.retorno for f in FAMILIAS.values()), Tipo.RET_EVENTO})


def _valido(lido: Retorno | ErroTransmissor | Recusa, dados: bytes) -> bool:
    """Says whether the official schema takes the answer as it came (here, so that the loop need not ask)."""
    if not isinstance(lido, Retorno) or lido.tipo not in _COM_ESQUEMA:
        return False
    inteiro = ler(dados)
    return isinstance(inteiro, Lido) and inteiro.tipo is lido.tipo and not esquema.validar(inteiro.raiz, inteiro.tipo)


def _conferir_embutidos(lido: Retorno) -> Retorno:
    """Verifies the signature of every document that comes inside an answer, before anything is believed.

    One that cannot be verified is marked. Whoever applies the answer decides what follows for it, and for the others.
    """
    return replace(lido, respostas=tuple(_conferida(x) for x in lido.respostas))


def _conferida(x: Resposta) -> Resposta:
    if x.documento is None:
        return x
    achado = verificar(x.documento)
    return replace(x, defeito=achado.erros[0]) if isinstance(achado, Recusa) else x
