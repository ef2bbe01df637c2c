"""Runs the workers: processes that prepare groups, supervised one by one.

A worker that dies, or hangs, costs only the groups it had begun, and is replaced at once. A group that takes long costs
only its own route: what waited behind it goes to another worker, one more than usual when all are held up. Groups that
use other devices than ours leave one worker free of them; one that waits for a device that does not answer is replaced.
Workers are started by a fork server that has the schemas loaded, never by a fork of the service, which has threads.
"""

import contextlib
import fcntl
from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from separador.motor.relogio import Relogio
from separador.motor.trabalho import mortes, servidor
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Morreu, Preso, Resultado
from separador.motor.trabalho.processo import Entrega, Pronto, Vivo, viver
from separador.motor.trabalho.um_trabalhador import PRAZO_INICIO_S, Grupo, Trabalhador, que_podem
from separador.motor.trabalho.vez import Vez
from separador.nucleo import capacidade
from separador.nucleo.texto.razao import razao
from separador.pastas import faixas

TUBO_BYTES = 1024 * 1024
"""Size of a pipe. It takes the answer of a whole group, so that the worker goes on while the service commits."""

ESPERA_DO_FIM_S = 2.0
"""Time in which a killed worker ends, unless it waits for a disk that hangs."""

EXTRAS = 8
"""Number of workers beyond the configured ones, at the most, while slow groups hold those."""


class Trabalhadores:
    """A number of workers. `enviar` numbers the groups; `colher` returns what is finished, in any order."""

    def __init__(self, quantos: int, enviados: RecursosEnviados, relogio: Relogio) -> None:
        self._recursos_enviados = enviados
        self._relogio = relogio
        self._contexto = servidor.contexto()
        self._quantos = quantos
        self._numero = self._ultima_vez = 0
        self._espera: deque[Grupo] = deque()
        self._mortes = mortes.SAUDAVEL
        self._azares: list[str] = []
        self._trabalhadores: list[Trabalhador] = []
        self._ha_fora = False
        self.abandonados: list[ForkServerProcess] = []
        """Killed workers that did not end: a call on a device that hangs may take no signal at all."""
        self._completar()

    # --- who there is --------------------------------------------------------------------------------------------

    def _completar(self) -> None:
        """Hires until there are as many as configured, unless too many died at once."""
        while len(self._trabalhadores) < self._quantos and not self.parado:
            self._contratar()

    def _contratar(self) -> None:
        entrada, envio = self._contexto.Pipe(duplex=False)
        retorno, saida = self._contexto.Pipe(duplex=False)
        vez = Vez()
        for ponta in (envio, saida):
            with contextlib.suppress(OSError):  # over the user's limit the pipe stays small, which is only slower
                fcntl.fcntl(ponta.fileno(), fcntl.F_SETPIPE_SZ, TUBO_BYTES)
        argumentos = (entrada, saida, vez.ponta_do_trabalhador(), self._recursos_enviados)
        processo = self._contexto.Process(target=viver, args=argumentos, daemon=True)
        try:
            processo.start()
        except (OSError, EOFError) as erro:  # no process can be made, or the fork server does not stand
            envio.close()
            retorno.close()
            vez.fechar()
            self._azar(f"não consegui iniciar um processo de trabalho: {razao(erro)}")
        else:
            agora_s = self._relogio.monotonico()
            self._trabalhadores.append(Trabalhador(processo, envio, retorno, vez, agora_s, tem=self._recursos_enviados))
        finally:
            entrada.close()
            saida.close()

    def _azar(self, motivo: str) -> None:
        """Counts a death that no file explains."""
        self._azares.append(motivo)
        self._mortes = mortes.depois_de_uma(self._mortes, self._relogio.monotonico())

    def azares(self) -> list[str]:
        """Returns the deaths that no file explains, since the last call."""
        vistos, self._azares = self._azares, []
        return vistos

    @property
    def doente(self) -> bool:
        """Says whether workers die for a reason that lies in no file."""
        return self._mortes.doente

    @property
    def parado(self) -> bool:
        """Says whether nothing is sent for a while, because workers died without having opened a file."""
        return self._mortes.parado(self._relogio.monotonico())

    def fios(self) -> list[Connection]:
        """Returns the pipes to wait on."""
        return [o.retorno for o in self._trabalhadores]

    def equipar(self, enviados: RecursosEnviados) -> None:
        """Takes up new certificates, or another environment, for every group sent from now on."""
        if enviados == self._recursos_enviados:
            return
        self._recursos_enviados = enviados
        for trabalhador in self._trabalhadores:
            trabalhador.equipar(enviados)

    # --- what is sent --------------------------------------------------------------------------------------------

    def tem_vaga(self, fora: Collection[Path] = ()) -> bool:
        """Says whether a worker can take another group now. `fora`: its folders on other devices than ours."""
        self._ha_fora |= bool(fora)
        if self.parado or (self.doente and not any(o.pronto for o in self._trabalhadores)):
            return False
        lentas = self.lentas()
        # What waits for a worker of other devices does not keep the free one from the rest.
        if any(g.rota not in lentas and (fora or not g.fora) for g in self._espera):
            return False
        return any(o.tem_lugar() for o in que_podem(fora, self._ageis(), todos=len(self._trabalhadores)))

    def alguma_vaga(self) -> bool:
        """Says whether there is any group that a worker could take now."""
        return self.tem_vaga() or (self._ha_fora and self.tem_vaga((Path(),)))

    def _ageis(self) -> list[Trabalhador]:
        """Returns the workers that nothing holds up."""
        agora_s = self._relogio.monotonico()
        return [o for o in self._trabalhadores if not o.lento(agora_s)]

    def lentas(self) -> set[int]:
        """Returns the routes of groups that take long. They hold as many workers as they have, and get no more."""
        agora_s = self._relogio.monotonico()
        return {g.rota for o in self._trabalhadores if o.lento(agora_s) for g in o.fila.values()}

    def enviar(
        self,
        agora: datetime,
        a_tratar: Sequence[ArquivoATratar],
        fora: Collection[Path] = (),
        *,
        rota: int = 0,
        sozinho: bool = False,
    ) -> int:
        """Sends a group of one route, as soon as a worker can take it. Returns the group's number.

        `fora`: its folders on other devices than ours.
        """
        self._numero += 1
        self._ha_fora |= bool(fora)
        prazo_s = max((capacidade.regra(a.regra).prazo_s for a in a_tratar), default=PRAZO_INICIO_S)
        self._espera.append(Grupo(self._numero, agora, list(a_tratar), rota, sozinho, prazo_s, tuple(fora)))
        self._distribuir()
        return self._numero

    def _distribuir(self) -> None:
        """Sends what waits, in order. A group that is to be alone keeps a worker from getting more until it is free."""
        if self.parado:
            return
        ageis, lentas = self._ageis(), self.lentas()
        ficam: deque[Grupo] = deque()
        while self._espera:
            grupo = self._espera.popleft()
            todos = len(self._trabalhadores)
            podem = que_podem(grupo.fora, ageis, todos=todos) if grupo.rota not in lentas else []
            livres = [o for o in podem if o.cabe(grupo)]
            if livres:
                self._dar(min(livres, key=lambda o: len(o.fila)), grupo)
                continue
            ficam.append(grupo)
            if grupo.sozinho and podem:
                ageis.remove(min(podem, key=lambda o: len(o.fila)))
        self._espera = ficam

    def _dar(self, trabalhador: Trabalhador, grupo: Grupo) -> None:
        self._ultima_vez += 1
        if not trabalhador.fila:
            trabalhador.vivo_s = trabalhador.desde_s = self._relogio.monotonico()
        trabalhador.dizer_novos()
        trabalhador.fila[self._ultima_vez] = grupo
        trabalhador.dizer(Entrega(self._ultima_vez, grupo.numero, grupo.agora, grupo.a_tratar))
        trabalhador.vez.dar(self._ultima_vez)

    # --- what comes back -----------------------------------------------------------------------------------------

    def colher(self) -> list[tuple[int, Resultado]]:
        """Returns the finished groups, those whose worker died, and those that a device without an answer holds."""
        prontos: list[tuple[int, Resultado]] = []
        for trabalhador in list(self._trabalhadores):
            try:
                self._ouvir(trabalhador, prontos)
            except (EOFError, ConnectionResetError):
                prontos += self._perder(trabalhador, "o processo de trabalho morreu")
                continue
            agora_s = self._relogio.monotonico()
            if trabalhador.preso(agora_s):
                prontos += self._prender(trabalhador)
            elif trabalhador.vencido(agora_s):
                prontos += self._perder(trabalhador, "o processo de trabalho parou de responder")
            elif trabalhador.lento(agora_s):
                self._aliviar(trabalhador)
        ha_pronto = any(o.pronto for o in self._trabalhadores)
        self._mortes = mortes.com_o_tempo(self._mortes, self._relogio.monotonico(), ha_pronto=ha_pronto)
        prontos += self._calados()
        self._completar()
        self._ajustar()
        self._distribuir()
        return prontos

    def _ouvir(self, trabalhador: Trabalhador, prontos: list[tuple[int, Resultado]]) -> None:
        """Reads what a worker says. Answers are added to `prontos`. Raises EOFError when it is dead."""
        while trabalhador.retorno.poll():
            recado = trabalhador.retorno.recv()
            trabalhador.vivo_s = self._relogio.monotonico()
            if isinstance(recado, Vivo):
                continue
            if isinstance(recado, Pronto):
                trabalhador.pronto, trabalhador.desde_s = True, trabalhador.vivo_s
                continue
            numero, pareceres = recado
            vez = next(v for v, g in trabalhador.fila.items() if g.numero == numero)
            del trabalhador.fila[vez]
            trabalhador.lidos = (trabalhador.lidos | trabalhador.vez.lidos()) - {vez}
            trabalhador.desde_s = trabalhador.vivo_s
            self._mortes = mortes.depois_de_um_grupo(self._mortes)
            prontos.append((numero, pareceres))

    def _aliviar(self, trabalhador: Trabalhador) -> None:
        """Takes back the groups that a worker did not begin, because the one in its hands takes long."""
        retirados = trabalhador.vez.retirar()
        for vez in sorted(retirados, reverse=True):
            self._espera.appendleft(trabalhador.fila.pop(vez))

    def _perder(self, trabalhador: Trabalhador, motivo: str) -> list[tuple[int, Resultado]]:
        """Gives a worker up. The groups that it had opened are returned as dead; the others wait for another worker."""
        self._matar(trabalhador)
        lidos = trabalhador.lidos | trabalhador.vez.lidos()
        self._soltar(trabalhador)
        mortos = [g.numero for v, g in trabalhador.fila.items() if v in lidos]
        for vez in sorted(trabalhador.fila.keys() - lidos, reverse=True):
            self._espera.appendleft(trabalhador.fila[vez])
        if not mortos:
            self._azar(f"{motivo} sem ter aberto arquivo")
        return [(numero, Morreu(motivo)) for numero in mortos]

    def _prender(self, trabalhador: Trabalhador) -> list[tuple[int, Resultado]]:
        """Gives up a worker that waits for a device that does not answer. No file is to blame, nor the service.

        Its groups are returned as held; those that it had not begun wait for another worker.
        """
        self._matar(trabalhador)
        lidos = trabalhador.lidos | trabalhador.vez.lidos()
        self._soltar(trabalhador)
        for vez in sorted(trabalhador.fila.keys() - lidos, reverse=True):
            self._espera.appendleft(trabalhador.fila[vez])
        return [(g.numero, Preso(g.fora)) for v, g in trabalhador.fila.items() if v in lidos]

    def _calados(self) -> list[tuple[int, Resultado]]:
        """Takes the groups of devices that do not answer out of the queue."""
        presos = {g.numero: g.fora for g in self._espera if any(faixas.presa(p) for p in g.fora)}
        if presos:
            self._espera = deque(g for g in self._espera if g.numero not in presos)
        return [(numero, Preso(fora)) for numero, fora in presos.items()]

    def _matar(self, trabalhador: Trabalhador) -> None:
        """Kills a worker. One that hangs in a call to a disk may take no signal: it is not waited for."""
        trabalhador.processo.kill()
        trabalhador.processo.join(ESPERA_DO_FIM_S)
        if trabalhador.processo.is_alive():
            self.abandonados.append(trabalhador.processo)

    def _soltar(self, trabalhador: Trabalhador) -> None:
        trabalhador.envio.close()
        trabalhador.retorno.close()
        trabalhador.vez.fechar()
        self._trabalhadores.remove(trabalhador)

    def _ajustar(self) -> None:
        """Keeps one worker that is not held up, and another where there are other devices: one stays free of these.

        Lets the extra ones go when they are not needed any more.
        """
        ageis = self._ageis()
        livres = [o for o in ageis if not o.fora]
        ha_lento = len(ageis) < len(self._trabalhadores)
        precisos = 2 if ha_lento and self._ha_fora else 1
        faltam = len(ageis) < precisos or (ha_lento and not livres)
        if faltam and len(self._trabalhadores) < self._quantos + EXTRAS and not self.parado:
            self._contratar()
        sobram = min(len(ageis) - max(self._quantos, precisos), len(livres) - 1)
        for trabalhador in [o for o in livres if not o.fila and o.pronto][: max(0, sobram)]:
            self._matar(trabalhador)
            self._soltar(trabalhador)

    def encerrar(self) -> None:
        """Closes the pipes. A worker that does not end by itself is killed; its group is in no commit."""
        todos, limite_s = list(self._trabalhadores), 5.0
        for trabalhador in todos:
            self._soltar(trabalhador)
        for trabalhador in todos:
            trabalhador.processo.join(limite_s)
            if trabalhador.processo.is_alive():
                self._matar(trabalhador)
                limite_s = 0.1  # the others had the same five seconds
