"""Is the process that opens .pfx files for the service (`python -m`).

It takes (bytes, passwords) from standard input and gives back what came out, until the input ends.
"""

import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.connection import Connection

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.motor.trabalho.sem_despejo import sem_despejo
from separador.nucleo import capacidade
from separador.nucleo.erro import Recusa
from separador.nucleo.falha import como_erro

CPU_S = 40
"""Time on the processor for one file: it also ends a process whose service died in the middle."""
PRONTO, OUTRA_SENHA, ABERTO, RECUSADO, ERRO = "pronto", "outra senha", "aberto", "recusado", "erro"


def abrir_com_uma(dados: bytes, senhas: Sequence[bytes], tentando: Callable[[], None]) -> Aberto | Recusa:
    """Opens the file with the first password that fits. `tentando` is called before each."""
    ultima = Recusa((como_erro("SEP-CERT-SEM-SENHA"),))
    for senha in senhas:
        tentando()
        aberto = abrir_pfx(dados, senha)
        if isinstance(aberto, Aberto) or aberto.erros[0].codigo != "SEP-CERT-SENHA":
            return aberto
        ultima = aberto
    return ultima


def _responder(saida: Connection, dados: bytes, senhas: Sequence[bytes]) -> None:
    try:
        feito = abrir_com_uma(dados, senhas, lambda: saida.send((OUTRA_SENHA,)))
    except Exception as erro:  # noqa: BLE001 - around one file
        saida.send((ERRO, type(erro).__name__, traceback.format_exc()))
        return
    if isinstance(feito, Recusa):
        saida.send((RECUSADO, feito))
        return
    c = feito.certificado
    pkcs8 = c.chave.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    saida.send((ABERTO, c.der, pkcs8, feito.cadeia))


def principal() -> None:
    """Answers request after request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sem_despejo()
    entrada, saida = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    nada = os.open(os.devnull, os.O_RDWR)
    os.dup2(nada, 0)
    os.dup2(nada, 1)
    capacidade.registrar(import_module("separador.capacidades").NOMES)
    saida.send((PRONTO,))
    while True:
        try:
            dados, senhas = entrada.recv()
        except EOFError:
            return
        gasto = int(time.process_time()) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (gasto + CPU_S, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        _responder(saida, dados, senhas)


if __name__ == "__main__":
    principal()
