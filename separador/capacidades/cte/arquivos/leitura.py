"""Reads what SEFAZ or another program answered about a CT-e, in the worker or in the loop."""

import hashlib

from separador.fiscal import esquema
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.retornos import ErroTransmissor, Retorno, interpretar, interpretar_err
from separador.fiscal.verificacao import verificar
from separador.motor.trabalho.leitura import ArquivoATratar, Parecer
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import FAMILIAS, Tipo


def _retorno(arquivo: ArquivoATratar, dados: bytes) -> Retorno | ErroTransmissor | Recusa:
    if arquivo.nome.lower().endswith(b".err"):
        return interpretar_err(dados)
    retorno = interpretar(dados)
    if isinstance(retorno, Recusa):
        return retorno
    return _conferir_embutidos(retorno)


def entender_resposta(dados: bytes) -> Parecer:
    """What an answer says that came over the network: read and checked like one that came in a file."""
    retorno = interpretar(dados)
    conteudo = retorno if isinstance(retorno, Recusa) else _conferir_embutidos(retorno)
    inteiro = com_declaracao(dados)
    resumo = hashlib.sha256(inteiro).hexdigest()
    return Parecer(resumo, len(inteiro), conteudo, inteiro, retorno_valido=_valido(conteudo, dados))


_COM_ESQUEMA = frozenset({*(f.retorno for f in FAMILIAS.values()), Tipo.RET_EVENTO})


def _valido(retorno: Retorno | ErroTransmissor | Recusa, dados: bytes) -> bool:
    """Whether the official schema takes the answer as it came (here, so that the service need not ask)."""
    if not isinstance(retorno, Retorno) or retorno.tipo not in _COM_ESQUEMA:
        return False
    lido = ler(dados)
    return isinstance(lido, Lido) and lido.tipo is retorno.tipo and not esquema.validar(lido.raiz, lido.tipo)


def _conferir_embutidos(retorno: Retorno) -> Retorno | Recusa:
    """The signature of a document that comes inside an answer is verified before anything is believed (CTE-14)."""
    for resposta in retorno.respostas:
        if resposta.documento is None:
            continue
        lido = ler(resposta.documento)
        achado = verificar(resposta.documento) if not isinstance(lido, Recusa) else lido
        if isinstance(achado, Recusa):
            return Recusa(achado.erros, resposta.chave)
    return retorno
