"""Starts the service: `executar` runs until told to stop, `uma_vez` until nothing can move."""

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from separador.banco import falhas
from separador.banco.conexao import Banco, BancoRecusadoError
from separador.configuracao import Configuracao, Invalida, carregar
from separador.motor import trava
from separador.motor.abertura_do_banco import abrir_para_servir
from separador.motor.log.log import configurar, registrador, registrar_incidente
from separador.motor.relogio import Relogio, da_maquina
from separador.motor.systemd import do_ambiente
from separador.motor.trabalho import servidor
from separador.motor.trabalho.coletor import poupar_coletor
from separador.motor.trabalho.sem_despejo import sem_despejo
from separador.nucleo import capacidade, fuso
from separador.nucleo.texto.razao import razao
from separador.pastas import faixas, sistema
from separador.pastas.contas import UMASK
from separador.pastas.criacao import criar_nossas
from separador.pastas.erros import FalhaDePasta
from separador.pastas.lugar import descritores
from separador.pastas.posse import instalacao
from separador.pastas.quem_tem_aberto import preparar_processo

if TYPE_CHECKING:
    from separador.motor.ciclo import Ciclo

FEITO, COM_FALHAS, CONFIGURACAO, OCUPADO = 0, 1, 2, 4
FALHAS_SEGUIDAS = 20
"""Number of unexpected errors of the loop in a row after which the process ends, for systemd to start it afresh."""

SEM_AVISOS = "SEPARADOR_SEM_AVISOS"
"""Environment variable that turns the notices of the system off, to measure the polling alone."""


def executar(arquivo: Path) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit code.

    0: done. 1: the loop failed too often. 2: the configuration or the data folder cannot be used. 4: another service
    holds the data folder.
    """
    return _com_servico(arquivo, _ate_parar)


def uma_vez(arquivo: Path) -> int:
    """Makes one pass: waits out quiet times, and ends when nothing can move.

    Returns 0, or 1 when failures are open at the end; 2 and 4 as `executar`.
    """
    return _com_servico(arquivo, _ate_acabar)


def _com_servico(arquivo: Path, viver: Callable[["Ciclo"], int]) -> int:
    config = carregar(arquivo)
    if isinstance(config, Invalida):
        for erro in config.erros:
            _dizer(str(erro))
        return CONFIGURACAO
    fuso.usar(config.fuso)
    relogio = da_maquina()
    try:
        os.umask(os.umask(UMASK) | UMASK)
        criar_nossas(config.dados)
        if sistema.e_rede(config.dados):
            _dizer(f"A pasta de dados {config.dados} está na rede; ela deve ficar em um disco local.")
            return CONFIGURACAO
        faixas.usar(config.dados)
        posse = trava.tomar(config.dados, agora=relogio.agora())
    except (OSError, FalhaDePasta) as erro:
        _dizer(f"Não consegui usar a pasta de dados {config.dados}: {razao(erro)}")
        return CONFIGURACAO
    if isinstance(posse, trava.Detentor):
        _dizer(f"A pasta de dados já está em uso: {posse}.")
        return OCUPADO
    # The folder where it was started may be one that its user cannot enter, or a disk that somebody wants to unmount.
    os.chdir("/")
    with posse:
        recusa = _outra_instalacao(config.dados, relogio)
        if recusa is not None:
            _dizer(recusa)
            return CONFIGURACAO
        codigo, abandonou = _servir(config, relogio, viver)
    if abandonou:
        # The end of the interpreter waits for every child, and one that hangs on a disk may never end.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codigo)
    return codigo


def _outra_instalacao(dados: Path, relogio: Relogio) -> str | None:
    """Returns why the service must not run on this data folder (Portuguese); None when it is the one it was.

    A data folder of a former version gets its id here, once.
    """
    try:
        difere = instalacao.diferenca(dados, instalacao.adotar(dados, relogio.agora()))
    except instalacao.Ilegivel:
        return f"{instalacao.ilegivel(dados)} {instalacao.SAIDA}"
    except OSError as erro:
        return f"Não consegui usar {dados / instalacao.ARQUIVO}: {razao(erro)}"
    if difere is None:
        return None
    return f"{instalacao.estranha(dados, difere)} {instalacao.SAIDA}"


def _dizer(frase: str) -> None:
    """Writes to the person or the journal that started us, because there is no log yet."""
    sys.stderr.write(frase + "\n")


def _servir(config: Configuracao, relogio: Relogio, viver: Callable[["Ciclo"], int]) -> tuple[int, bool]:
    """Returns the exit code, and whether a worker that hangs on a disk had to be left behind."""
    preparar_processo()
    sem_despejo()
    descritores.alargar()
    if config.trabalhadores:
        servidor.adiantar()
    arquivo_de_log = configurar(config.dados, saida=sys.stdout, agora=relogio.agora)
    try:
        banco = abrir_para_servir(config.dados, relogio.agora(), lambda: _adiantar(config), _andamento)
    except BancoRecusadoError as erro:
        _dizer(str(erro))
        return CONFIGURACAO, False
    except sqlite3.Error as erro:
        _dizer(f"Não consegui abrir o banco em {config.dados}: {razao(erro)}")
        return CONFIGURACAO, False
    try:
        ciclo = _fazer_ciclo(config, banco, relogio)
        _sinais(ciclo)
        try:
            ciclo.iniciar()
            poupar_coletor()
            codigo = viver(ciclo)
        finally:
            ciclo.encerrar()
            ciclo.contexto.log.info("serviço encerrado", acao="fim")
        return codigo, bool(ciclo.despacho.trabalhadores.abandonados)
    finally:
        banco.close()
        if arquivo_de_log is not None:
            arquivo_de_log.fechar()


def _andamento() -> None:
    """Tells systemd that the start goes on while a large database is copied and brought up to date."""
    do_ambiente(os.environ, os.getpid()).comecando("trazendo o banco de dados à versão nova")


def _adiantar(config: Configuracao) -> None:
    """Imports the loop and its parts, which takes half a second, and lets each part start what takes long."""
    for referencia in dict.fromkeys(p.parte for p in capacidade.passos()):
        capacidade.resolver(referencia).adiantar(config)
    from separador.motor import ciclo  # noqa: F401, PLC0415 -- beside the look at the database


def _fazer_ciclo(config: Configuracao, banco: Banco, relogio: Relogio) -> "Ciclo":
    from separador.motor.ciclo import Ciclo  # noqa: PLC0415 -- see `_adiantar`
    from separador.motor.contexto import Contexto  # noqa: PLC0415

    contexto = Contexto(config, banco, relogio, registrador())
    return Ciclo(contexto, os.environ, do_ambiente(os.environ, os.getpid()), avisos=SEM_AVISOS not in os.environ)


def _sinais(ciclo: "Ciclo") -> None:
    """Sets the signals: the first SIGTERM or SIGINT stops in good order, the second ends at once."""

    def parar(numero: int, _quadro: FrameType | None) -> None:
        ciclo.parar = True
        ciclo.sinal.set()
        signal.signal(numero, signal.SIG_DFL)

    signal.signal(signal.SIGTERM, parar)
    signal.signal(signal.SIGINT, parar)


def _ate_parar(ciclo: "Ciclo") -> int:
    falhas_seguidas = 0
    while not ciclo.parar:
        try:
            if not ciclo.passo():
                ciclo.esperar()
            falhas_seguidas = 0
        except Exception as erro:  # noqa: BLE001 - around one turn of the loop
            falhas_seguidas += 1
            _registrar_falha(ciclo, erro, falhas_seguidas)
            if falhas_seguidas >= FALHAS_SEGUIDAS:
                return COM_FALHAS
    return FEITO


def _registrar_falha(ciclo: "Ciclo", erro: Exception, vezes: int) -> None:
    """Records that the loop itself failed (for example a database that cannot write), and waits before the next try."""
    contexto = ciclo.contexto
    numero = registrar_incidente(contexto.dados, erro, {"vezes": vezes}, contexto.agora())
    contexto.log.critical(
        "o serviço tropeçou e vai continuar", acao="incidente", incidente=numero, erro=razao(erro)[:200]
    )
    time.sleep(min(0.2 * 2**vezes, 10.0))


def _ate_acabar(ciclo: "Ciclo") -> int:
    while not ciclo.parar:
        moveu = ciclo.passo()
        if not moveu and ciclo.nada_a_mover():
            ciclo.mostrar_esperas()
            break
        if not moveu:
            ciclo.esperar()
    return COM_FALHAS if falhas.existem(ciclo.contexto.banco) else FEITO
