"""Runs the loop: read, claim, work, conclude, wait. It only gives the order; other modules decide."""

from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.connection import wait
from typing import TypeVar

from separador.banco import falhas
from separador.banco.conexao import versao_dos_dados
from separador.configuracao import Configuracao, Invalida, carregar
from separador.configuracao.busca import assinatura as assinar
from separador.motor import estado, pedidos
from separador.motor.contexto import Contexto
from separador.motor.entrada.despacho import GRUPO, Despacho
from separador.motor.entrada.origens import Origens
from separador.motor.partes import Mudanca, Parte
from separador.motor.sinal import Sinal
from separador.motor.systemd import Notificador, SinalDeVida
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.trabalhador_local import TrabalhadorLocal
from separador.motor.trabalho.trabalhadores import Trabalhadores
from separador.motor.vigias import VigiaDoRelogio
from separador.nucleo import capacidade, fuso
from separador.nucleo.capacidade import Fase
from separador.nucleo.falha import Falha, descrever
from separador.pastas.lugar import abertos

PASSO_S = 0.5
"""Time between two looks for orders and a changed configuration. The contract says within one second."""
TURNO_S = 2.0
"""Longest time between two whole turns. A look at which nothing is new does no more than look: the queries of a whole
turn, twice a second, were two thirds of the processor's time of an idle service."""
RITMO_LENTO_S = 30.0
RITMO_DA_HORA_S = 3600.0

P = TypeVar("P", bound=Parte)


class Ciclo:
    """The loop of the service. It runs in one thread, the only one that decides what becomes of a file."""

    def __init__(
        self, contexto: Contexto, ambiente: Mapping[str, str], notificador: Notificador, *, avisos: bool
    ) -> None:
        self.contexto = contexto
        self.parar = False
        self.sinal = Sinal()
        self.ambiente = ambiente
        self._notificador = notificador
        self._assinatura = assinar(contexto.config.arquivo)
        self._ordens = pedidos.Ordens(self.contexto)
        self._lento_s = 0.0
        self._hora_s = contexto.relogio.monotonico() + RITMO_DA_HORA_S
        self._vida = SinalDeVida(notificador)
        self._passo_s = 0.0
        self._desde = contexto.quando()
        self._turno_s = 0.0
        self._soltar_s = 0.0
        self._visto: tuple[int, int] | None = None
        self._chamado = False
        self._relogio = VigiaDoRelogio(contexto)
        self._passos = capacidade.passos()
        # The parts are made before the workers, which get what the parts load (certificates). Making a part starts no
        # thread.
        self._partes = {r: self._fazer(r) for r in dict.fromkeys(p.parte for p in self._passos)}
        self.despacho = Despacho(contexto, self._contratar(contexto.config.trabalhadores))
        self.origens = Origens(contexto, self.despacho, self.sinal, avisos=avisos)

    def _fazer(self, referencia: str) -> Parte:
        parte: Parte = capacidade.resolver(referencia)(self.contexto, self)
        return parte

    def parte(self, tipo: type[P]) -> P:
        """Returns the part of a type. Raises LookupError when no capability of this program plugs it in."""
        achada = next((p for p in self._partes.values() if isinstance(p, tipo)), None)
        if achada is None:
            raise LookupError(f"nenhuma capacidade traz {tipo.__name__}")
        return achada

    def _contratar(self, quantos: int) -> Trabalhadores | TrabalhadorLocal:
        enviados = self._recursos_enviados()
        return Trabalhadores(quantos, enviados, self.contexto.relogio) if quantos else TrabalhadorLocal(enviados)

    def _recursos_enviados(self) -> RecursosEnviados:
        segredos = {c: x.segredo() for c, x in self.contexto.certificados.items()}
        c = self.contexto
        return RecursosEnviados(c.config.ambiente.tp_amb, segredos, c.inclusoes, dict(c.equipamento))

    def iniciar(self) -> None:
        """Recovers what an earlier run left, starts the parts, and tells systemd that the service is ready."""
        abertos.esquecer()
        abertos.manter()
        self.origens.adotar_rotas()
        recuperados = self.origens.recuperar()
        for parte in self._partes.values():
            parte.iniciar()
        self._gravar_estado()
        self._notificador.pronto(self.origens.resumo())
        abertos.soltar()
        ativas = sum(r.ativo for r in self.contexto.rotas)
        self.contexto.log.info("serviço pronto", acao="início", rotas=ativas, recuperados=recuperados)

    def _gravar_estado(self) -> None:
        estado.gravar(self.contexto, self.origens.origens, desde=self._desde, pronto=True)

    def passo(self) -> bool:
        """Does everything that can be done now. Returns True when something moved."""
        fica = False
        abertos.manter()
        try:
            moveu = self._passo()
            # While a worker has files in hand the next turn needs the same folders, in a moment.
            fica = moveu or (self.despacho.ocupado and self.contexto.relogio.monotonico() < self._soltar_s)
        finally:
            if not fica:
                self._soltar_s = self.contexto.relogio.monotonico() + PASSO_S
                abertos.soltar()
        return moveu

    def _passo(self) -> bool:
        agora_s = self.contexto.relogio.monotonico()
        self._vida.dar(agora_s)
        todos = agora_s >= self._passo_s
        visto = self._no_banco() if todos or self._visto is not None else None
        if visto is not None and self._nada_de_novo(agora_s, visto):
            self._passo_s = agora_s + PASSO_S
            return False
        self._visto = None  # also when the turn fails: the next look is a turn again, and its failures are counted
        moveu = self._turno(agora_s, todos=todos)
        if todos and not moveu and not self.despacho.trabalhadores.parado and self.nada_a_mover():
            # `visto` is of before the turn: what it wrote itself is new to the parts that it had asked before.
            self._visto = visto
        return moveu

    def _no_banco(self) -> tuple[int, int]:
        """Returns numbers that change when anybody, ourselves included, has written into the database."""
        return versao_dos_dados(self.contexto.banco), self.contexto.banco.conn.total_changes

    def _nada_de_novo(self, agora_s: float, visto: tuple[int, int]) -> bool:
        """Says whether a whole turn would find nothing: nobody called, nothing was written, no folder is due."""
        if (
            self._chamado
            or self.sinal.is_set()
            or agora_s >= self._turno_s
            or visto != self._visto
            or self.contexto.recebidos.ha
        ):
            return False
        if any(prazo_s <= agora_s for prazo_s in self.origens.prazos_s(agora_s)):
            return False
        return assinar(self.contexto.config.arquivo) == self._assinatura

    def _turno(self, agora_s: float, *, todos: bool) -> bool:
        """Does one turn. `todos`: also the steps that look for something new twice a second."""
        self._chamado = False
        self._relogio.olhar(agora_s)
        moveu = False
        if todos:
            self._passo_s, self._turno_s = agora_s + PASSO_S, agora_s + TURNO_S
            self._recarregar()
            moveu |= self._fase(Fase.ANTES_DOS_PEDIDOS, agora_s)
            moveu |= self._ordens.passo()
            moveu |= self._fase(Fase.DEPOIS_DOS_PEDIDOS, agora_s)
        if self.origens.ler(agora_s):
            self._gravar_estado()
            self._notificador.estado(self.origens.resumo())
        moveu |= self._despachar()
        moveu |= self.despacho.colher()
        moveu |= self._fase(Fase.DEPOIS_DA_COLHEITA, agora_s)
        if agora_s >= self._lento_s:
            self._lento_s = agora_s + RITMO_LENTO_S
            self._fase(Fase.CADA_30S, agora_s)
        if agora_s >= self._hora_s:
            self._hora_s = agora_s + RITMO_DA_HORA_S
            self._fase(Fase.CADA_HORA, agora_s)
        return moveu

    def _fase(self, fase: Fase, agora_s: float) -> bool:
        """Runs the steps of one phase, in their order."""
        moveu = False
        for passo in self._passos:
            if passo.fase is fase:
                moveu |= bool(getattr(self._partes[passo.parte], passo.metodo)(agora_s))
        return moveu

    def acordar(self) -> None:
        """Wakes the loop. Any thread may call it."""
        self.sinal.set()

    def mudou(self, o_que: Mudanca) -> None:
        """Tells every part of a change, and the workers what they need of it."""
        for parte in self._partes.values():
            parte.mudou(o_que)
        self._lento_s = 0.0  # so that warnings of expiry follow at once
        self.equipar()

    def equipar(self) -> None:
        """Gives the workers what they need, as it is now."""
        self.despacho.trabalhadores.equipar(self._recursos_enviados())

    def _recarregar(self) -> None:
        """Takes up a changed configuration, between two groups. With errors in it, they are shown and the old stays."""
        assinatura = assinar(self.contexto.config.arquivo)
        if assinatura != self._assinatura:
            self._assinatura = assinatura
            self._adotar()

    def _adotar(self) -> None:
        nova = carregar(self.contexto.config.arquivo)
        quando = self.contexto.quando()
        if isinstance(nova, Invalida):
            motivo, fazer = descrever("SEP-CONFIGURACAO", "; ".join(str(e) for e in nova.erros[:3]))
            with self.contexto.banco.transacao():
                falhas.abrir(self.contexto.banco, Falha("configuracao", "SEP-CONFIGURACAO", motivo, fazer), quando)
            self.contexto.log.error(motivo, acao="configuração", o_que_fazer=fazer)
            return
        with self.contexto.banco.transacao():
            falhas.encerrar(self.contexto.banco, "configuracao", quando, "a configuração está em ordem")
        self._aplicar(nova)

    def _aplicar(self, nova: Configuracao) -> None:
        antiga, self.contexto.config = self.contexto.config, nova
        fuso.usar(nova.fuso)
        if nova.dados != antiga.dados:
            self.contexto.log.warning("a pasta de dados só muda com o serviço reiniciado", acao="configuração")
            self.contexto.config = replace(nova, dados=antiga.dados)
        if nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self.origens.reexaminar()
        if nova.rotas != antiga.rotas or nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self.origens.adotar_rotas()
            self.origens.readotar_esquecidos()
        self.origens.ler_ja()
        self.mudou(Mudanca.CONFIGURACAO)
        self.contexto.log.info("configuração nova em uso", acao="configuração")

    def enviar_retidos(self) -> bool:
        """Sends a group of held files whose time has come. They are worked on again like any other file.

        Returns True when there was one.
        """
        # Only one group is sent: a worker's pipe holds only so much, and the loop must never wait for it.
        itens = self.origens.retidos_devidos()[:GRUPO] if self.despacho.trabalhadores.tem_vaga() else []
        if itens:
            self.despacho.enviar(itens)
        return bool(itens)

    def _despachar(self) -> bool:
        houve = False
        if self._relogio.suspeito:
            return houve
        if self.despacho.avulsos:
            # These go before anything new of their route (without workers, of any).
            houve = self.despacho.uns_avulsos()
            if isinstance(self.despacho.trabalhadores, TrabalhadorLocal):
                return houve
        # A file of many rounds keeps no other route waiting.
        houve = self.despacho.uma_rodada(alternada=True)
        while self.despacho.trabalhadores.alguma_vaga():
            if not self.origens.despachar_um_de_cada():
                break
            houve = True
            if isinstance(self.despacho.trabalhadores, TrabalhadorLocal):
                break
        return houve or self.despacho.uma_rodada()

    def esperar(self) -> None:
        """Sleeps until another thread wakes the loop, a worker answers, or something is due."""
        agora_s = self.contexto.relogio.monotonico()
        espera_s = max(0.0, min((self._passo_s, *self.origens.prazos_s(agora_s))) - agora_s)
        self._chamado = bool(wait([self.sinal.fileno(), *self.despacho.trabalhadores.fios()], timeout=espera_s))

    def nada_a_mover(self) -> bool:
        """Says whether only a change from outside could move anything now (for `uma-vez`)."""
        if self.despacho.trabalhadores.parado:
            return True
        if self.despacho.ocupado or self.despacho.represados or self._ordens.ha_mais:
            return False
        return not any(p.pode_mover() for p in self._partes.values()) and self.origens.nada_a_mover()

    def mostrar_esperas(self) -> None:
        """Shows whatever still waits in the failures view (for `uma-vez`)."""
        self.origens.mostrar_esperas()

    def encerrar(self) -> None:
        """Takes no more files, and finishes what the workers have. It waits up to a minute, also for calls in flight.

        The rest stays in the work folder for the next start.
        """
        self._notificador.parando("terminando o que está em andamento")
        self.origens.fechar()
        limite_s = self.contexto.relogio.monotonico() + 60
        trabalhadores = self.despacho.trabalhadores
        while self.despacho.em_andamento and not trabalhadores.parado and self.contexto.relogio.monotonico() < limite_s:
            wait([*self.despacho.trabalhadores.fios()], timeout=0.2)
            self.despacho.colher()
        self.despacho.trabalhadores.encerrar()
        for passo in sorted((p for p in self._passos if p.fim is not None), key=lambda p: p.fim or 0):
            self._partes[passo.parte].encerrar(lambda: self._ainda_ha_tempo(limite_s))
        abertos.soltar()
        self.sinal.fechar()
        estado.apagar(self.contexto.dados)

    def _ainda_ha_tempo(self, limite_s: float) -> bool:
        """Waits a moment for a call in flight. Returns False when the time to stop is over."""
        self._notificador.vivo()
        self.sinal.clear()
        wait([self.sinal.fileno()], timeout=0.2)
        return self.contexto.relogio.monotonico() < limite_s
