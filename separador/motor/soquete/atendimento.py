"""Serves one connection: reads the request, looks at who asks, has it carried out, answers.

Root and the service's own account may also hand in secrets (`capacidade.recebe`). Everybody else may only give
commands, and the process that runs them lets only those of reading and operating through.
"""

import json
import os
import socket
from collections.abc import Mapping
from typing import Any

from separador.motor.contexto import Contexto
from separador.motor.log.log import registrar_incidente
from separador.motor.recebidos import Recebido
from separador.motor.soquete import quadro
from separador.motor.soquete.ajudante import Ajudantes
from separador.motor.soquete.lugar import Lugar, Par
from separador.motor.soquete.quadro import Especie
from separador.motor.soquete.resposta import recusada, valor
from separador.motor.soquete.servidor import de_casa
from separador.nucleo import capacidade

PRAZO_DO_PEDIDO_S = 5.0
PRAZO_DA_RESPOSTA_S = 10.0
_SO_DE_CASA = "Só o administrador e a conta do serviço podem entregar PINs, senhas e certificados. Nada foi mudado."
_DE_FORA = "Este soquete é só da conta do serviço e do administrador. Nada foi registrado."


class Atendimento:
    """Serves the connections of one service. Each runs in a thread of its own."""

    def __init__(self, contexto: Contexto, ambiente: Mapping[str, str], onde: Lugar, ajudantes: Ajudantes) -> None:
        self._contexto = contexto
        self._ambiente = ambiente
        self._onde = onde
        self._ajudantes = ajudantes

    def atender(self, ponta: socket.socket, par: Par) -> None:
        """Serves one request. Nothing that a peer does goes beyond this call."""
        try:
            resposta = self._responder(ponta, par)
        except TimeoutError:
            resposta = recusada(3, f"O pedido não chegou inteiro em {PRAZO_DO_PEDIDO_S:.0f} s; nada foi registrado.")
        except quadro.QuadroError as erro:
            resposta = recusada(2, f"O pedido {erro}; nada foi registrado.")
        except OSError:
            return
        except Exception as erro:  # noqa: BLE001 -- around one connection
            resposta = self._incidente(erro, par)
        self._enviar(ponta, resposta)

    def _responder(self, ponta: socket.socket, par: Par) -> bytes:
        if self._onde.so_do_dono and not de_casa(par.uid):
            return recusada(1, _DE_FORA)
        especie, conteudo = quadro.receber(ponta, PRAZO_DO_PEDIDO_S)
        if especie is Especie.COMANDO:
            return self._ajudantes.executar(conteudo, par, self._contexto.config.arquivo)
        if especie is not Especie.ENTREGA:
            raise quadro.QuadroError("não é um pedido do separador")
        return self._entregar(conteudo) if de_casa(par.uid) else recusada(1, _SO_DE_CASA)

    def _entregar(self, conteudo: bytes) -> bytes:
        """Gives a secret to the capability that takes it. Only root and our own account come here."""
        nome, instalacao, dados = _entender(conteudo)
        if instalacao != os.path.realpath(self._contexto.dados):
            return recusada(4, "Este serviço é de outra pasta de dados. Nada foi mudado.")
        receber = capacidade.referencia("recebe", nome)
        if receber is None:
            return recusada(1, f"Este serviço não recebe {nome!r}. Nada foi mudado.")
        recebido: Recebido = receber(self._contexto, self._ambiente, dados)
        return valor(recebido.codigo, recebido.valor)

    def _incidente(self, erro: Exception, par: Par) -> bytes:
        contexto = self._contexto
        numero = registrar_incidente(contexto.dados, erro, {"soquete": f"uid {par.uid}"}, contexto.agora())
        contexto.log.error("um pedido pelo soquete não pôde ser atendido", acao="soquete", incidente=numero)
        return recusada(1, f"O serviço não conseguiu atender (incidente {numero}).")

    def _enviar(self, ponta: socket.socket, resposta: bytes) -> None:
        try:
            quadro.enviar(ponta, Especie.RESPOSTA, resposta, PRAZO_DA_RESPOSTA_S)
        except (OSError, quadro.QuadroError):  # the peer is gone, or does not read
            return


def _entender(conteudo: bytes) -> tuple[str, str, dict[str, Any]]:
    try:
        lido = json.loads(conteudo)
        return str(lido["entregar"]), str(lido["instalacao"]), dict(lido["dados"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise quadro.QuadroError("não se entende") from None
