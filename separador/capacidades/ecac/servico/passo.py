"""Runs the e-CAC in the loop, by the clock and by order, with its network work in a thread of its own.

The thread has a database connection of its own and writes by short IMMEDIATE transactions. The loop starts it, hears
how it ended, and makes receipts visible that files brought. What only the thread needs is loaded when there is one.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from sqlite3 import Row
from typing import TYPE_CHECKING

from separador.banco import falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco, abrir
from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import empresas
from separador.capacidades.ecac.banco import pedidos as ecac_tarefas
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import comprovantes, recuperacao
from separador.configuracao import ConfigEcac
from separador.configuracao.ecac import REGRA_DOS_COMPROVANTES
from separador.configuracao.uso_do_ecac import Modo
from separador.motor.contexto import Contexto
from separador.motor.log.log import registrar_incidente
from separador.motor.partes import Parte, Servico
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.horario import devida

if TYPE_CHECKING:
    from separador.capacidades.ecac.integra.porta import Porta
    from separador.capacidades.ecac.servico.acessos import Acessos
    from separador.capacidades.ecac.servico.execucao import Execucao
    from separador.capacidades.ecac.servico.livro_de_chamadas import LivroDeChamadas
    from separador.fiscal.certificado import Certificado

OLHAR_S = 0.5
JITTER_S = 600.0
"""A run by the clock begins up to this much later, so that not every installation calls at the same minute. The delay
is drawn once per start of the service."""
_INTERROMPIDA = "SEP-ECAC-INTERROMPIDA"


class Recados:
    """Carries log lines from the thread to the loop."""

    def __init__(self) -> None:
        self._fila: SimpleQueue[tuple[str, str, dict[str, object]]] = SimpleQueue()

    def info(self, event: str, **campos: object) -> None:
        """See `execucao.Registro`."""
        self._fila.put(("info", event, campos))

    def warning(self, event: str, **campos: object) -> None:
        """See `execucao.Registro`."""
        self._fila.put(("warning", event, campos))

    def escrever(self, contexto: Contexto) -> None:
        """Writes them. Runs in the loop's thread."""
        while not self._fila.empty():
            nivel, event, campos = self._fila.get()
            getattr(contexto.log, nivel)(event, **campos)


@dataclass(frozen=True, slots=True)
class Terminou:
    """The thread's last word. `incidente`: number of the record of an unexpected error."""

    tarefa_id: int | None
    feita: bool
    codigo: str
    mensagem: str
    incidente: str | None = None


Fabrica = Callable[[ConfigEcac, "Acessos", "LivroDeChamadas"], "Porta"]


def destinos(contexto: Contexto) -> list[Path]:
    """Returns the destination of the receipts: it has our corner and its sign of life, also when it is no route's."""
    return [contexto.config.ecac.destino] if contexto.config.ecac is not None else []


class Ecac(Parte):
    """The e-CAC of the service, one per service. Only the loop's thread calls its public methods."""

    def __init__(
        self,
        contexto: Contexto,
        servico: Servico,
        fabrica: Fabrica | None = None,
    ) -> None:
        """Prepares it. `fabrica`: a double of the client, for tests."""
        super().__init__(contexto, servico)
        self.fabrica: Fabrica = fabrica or self._cliente
        self._acordar, self._ambiente = servico.acordar, servico.ambiente
        self._fio: threading.Thread | None = None
        self._fins: SimpleQueue[Terminou] = SimpleQueue()
        self._recados = Recados()
        self._parar = threading.Event()
        self._olhar_s = 0.0
        self._retomar = False
        self._atraso_s = contexto.relogio.sorteio() * JITTER_S

    # --- life ----------------------------------------------------------------------------------------------------

    def iniciar(self) -> None:
        """Takes up the runs that a dead process left. Answers the orders whose outcome cannot be known."""
        with self.contexto.banco.transacao():
            cortadas = empresas.interrompidas(self.contexto.banco, self.contexto.quando())
            recuperacao.recuperar(self.contexto.banco, self.contexto.quando())
            comprovantes.reescrever_raizes(self.contexto.banco, self._bases())
        self._retomar = any(not linha["a3"] and linha["tarefa_id"] is None for linha in cortadas)
        self._arquivar()
        self._varrer()

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:
        """Stops between two calls, and waits for the one in flight while there is time (`ha_tempo` waits a moment).

        A call that is not waited for is in the ledger as unanswered. Its order is taken up at the next start; an order
        for a new guide is then answered with "outcome unknown".
        """
        self._parar.set()
        while self._fio is not None and self._fio.is_alive() and ha_tempo():
            self._colher()
        self._colher()

    def pode_mover(self) -> bool:
        """Says whether something is under way, or can begin now (`uma-vez`)."""
        return (
            self._fio is not None
            or self._retomar
            or bool(tabela_de_pedidos.aceitas(self.contexto.banco, ecac_tarefas.LONGOS))
            or self._na_hora()
        )

    # --- one turn ------------------------------------------------------------------------------------------------

    def passo(self, agora_s: float) -> bool:
        """Does everything that can be done now. Returns True when something moved."""
        moveu = self._colher()
        if agora_s < self._olhar_s:
            return moveu
        self._olhar_s = agora_s + OLHAR_S
        moveu |= self._arquivar()
        if self._fio is None and not self._parar.is_set():
            moveu |= self._comecar()
        return moveu

    def _arquivar(self) -> bool:
        """Makes receipts visible that files brought, or that waited for a folder."""
        return bool(comprovantes.arquivar_pendentes(self.contexto.banco, self._bases(), self.contexto.agora()))

    def _bases(self) -> Bases:
        return Bases(self.contexto.dados, self.contexto.config.raiz)

    def _varrer(self) -> None:
        """Removes staged receipts that no record knows of: a crash came before they were recorded."""
        config = self.contexto.config.ecac
        destinos = [r.destino for r in self.contexto.rotas if r.regra == REGRA_DOS_COMPROVANTES]
        raizes = [*destinos, *([config.destino] if config is not None else [])]
        comprovantes.varrer(self.contexto.banco, self.contexto.dados, raizes)

    def _comecar(self) -> bool:
        tarefa = next(iter(tabela_de_pedidos.aceitas(self.contexto.banco, ecac_tarefas.LONGOS)), None)
        if tarefa is not None:
            self._lancar(tarefa)
            return True
        if self._retomar or self._na_hora():
            self._retomar = False
            self._lancar(None)
            return True
        return False

    def _na_hora(self) -> bool:
        config = self.contexto.config.ecac
        if config is None or not any(e.ecac.modo is Modo.AUTOMATICO for e in self.contexto.config.empresas):
            return False
        from separador.capacidades.ecac.servico.importacao import AGENDA  # noqa: PLC0415 -- where it imports by itself

        linha = self.contexto.banco.uma(
            "SELECT max(iniciada_em) AS ultima FROM ecac_importacao WHERE motivo = ?", AGENDA
        )
        ultima = para_pessoas(instante_de(linha["ultima"])) if linha is not None and linha["ultima"] else None
        agora = para_pessoas(self.contexto.agora())
        atraso_s = min(self._atraso_s, config.repetir_s / 4)
        return devida(agora, ultima, config.horario, config.repetir_s, atraso_s)

    def _colher(self) -> bool:
        self._recados.escrever(self.contexto)
        try:
            fim = self._fins.get_nowait()
        except Empty:
            return False
        if self._fio is not None:
            self._fio.join()
        self._fio = None
        self._responder(fim)
        return True

    def _responder(self, fim: Terminou) -> None:
        nivel = self.contexto.log.info if fim.feita else self.contexto.log.warning
        nivel(fim.mensagem, acao="e-CAC", codigo=fim.codigo)
        if fim.codigo == _INTERROMPIDA:
            return
        with self.contexto.banco.transacao():
            self._mostrar(fim)
            if fim.tarefa_id is not None:
                estado = tabela_de_pedidos.FEITA if fim.feita else tabela_de_pedidos.RECUSADA
                quando = self.contexto.quando()
                tabela_de_pedidos.encerrar(self.contexto.banco, fim.tarefa_id, estado, fim.codigo, fim.mensagem, quando)

    def _mostrar(self, fim: Terminou) -> None:
        """Opens a failure for a run that could not go on, until one ends well."""
        quando = self.contexto.quando()
        if fim.codigo == "SEP-ECAC-IMPORTADO":
            falhas.encerrar(self.contexto.banco, "ecac", quando, "a importação foi até o fim")
        elif fim.codigo in ("SEP-ECAC-PARADA", "SEP-ECAC-ACESSO", "SEP-ECAC-INCIDENTE"):
            _, fazer = descrever(fim.codigo)
            falhas.abrir(self.contexto.banco, Falha("ecac", fim.codigo, fim.mensagem, fazer), quando)

    # --- the thread ----------------------------------------------------------------------------------------------

    def _lancar(self, tarefa: Row | None) -> None:
        config = self.contexto.config.ecac
        tarefa_id = tarefa["id"] if tarefa is not None else None
        if config is None:
            self._responder(
                Terminou(tarefa_id, False, "SEP-ECAC-ACESSO", "Falta a chave ecac na configuração (separador.yaml).")
            )
            return
        certificados = dict(self.contexto.certificados)
        self._fio = threading.Thread(
            target=self._viver, args=(config, certificados, tarefa_id), name="ecac", daemon=True
        )
        self._fio.start()

    def _viver(self, config: ConfigEcac, certificados: Mapping[str, "Certificado"], tarefa_id: int | None) -> None:
        """Runs the thread from beginning to end. Never raises, and always reports how it ended."""
        from separador.capacidades.ecac.servico.acessos import SemAcessoError  # noqa: PLC0415

        try:
            banco = abrir(self.contexto.dados, migrar=False)
            try:
                fim = self._trabalhar(banco, config, certificados, tarefa_id)
            finally:
                banco.close()
        except SemAcessoError as erro:
            fim = Terminou(tarefa_id, False, "SEP-ECAC-ACESSO", f"e-CAC: {erro}.")
        except Exception as erro:  # noqa: BLE001 - around one thread
            numero = registrar_incidente(self.contexto.dados, erro, {"tarefa": tarefa_id}, self.contexto.agora())
            mensagem = f"A importação do e-CAC parou por um erro inesperado (incidente {numero})."
            fim = Terminou(tarefa_id, False, "SEP-ECAC-INCIDENTE", mensagem, numero)
        self._fins.put(fim)
        self._acordar()

    def _trabalhar(
        self, banco: Banco, config: ConfigEcac, certificados: Mapping[str, "Certificado"], tarefa_id: int | None
    ) -> Terminou:
        from separador.capacidades.ecac.servico.acessos import Acessos  # noqa: PLC0415
        from separador.capacidades.ecac.servico.livro_de_chamadas import LivroDeChamadas  # noqa: PLC0415

        acessos = Acessos(banco, self.contexto.dados, self._ambiente, certificados)
        livro = LivroDeChamadas(banco, config)
        porta = self.fabrica(config, acessos, livro)
        try:
            execucao = self._execucao(banco, porta, config, livro)
            return self._cumprir(execucao, acessos, tarefa_id)
        finally:
            fechar = getattr(porta, "fechar", None)
            if fechar is not None:
                fechar()

    def _cliente(self, config: ConfigEcac, acessos: "Acessos", livro: "LivroDeChamadas") -> "Porta":
        from separador.capacidades.ecac.servico.acessos import montar_cliente  # noqa: PLC0415

        return montar_cliente(config, acessos, livro, agora=self.contexto.agora)

    def _execucao(self, banco: Banco, porta: "Porta", config: ConfigEcac, livro: "LivroDeChamadas") -> "Execucao":
        from separador.capacidades.ecac.servico.execucao import Execucao  # noqa: PLC0415

        return Execucao(
            banco=banco,
            porta=porta,
            config=config,
            empresas={e.cnpj: e for e in self.contexto.config.empresas},
            bases=self._bases(),
            agora=self.contexto.agora,
            sorteio=self.contexto.relogio.sorteio,
            dormir=lambda s: not self._parar.wait(s),
            parar=self._parar,
            log=self._recados,
            livro=livro,
        )

    def _cumprir(self, execucao: "Execucao", acessos: "Acessos", tarefa_id: int | None) -> Terminou:
        from separador.capacidades.ecac.servico import pedidos as pedidos_do_ecac  # noqa: PLC0415
        from separador.capacidades.ecac.servico.importacao import COMANDO, PedidoImportacao, executar  # noqa: PLC0415

        def certificado_de(pessoa: str) -> "Certificado | None":
            achado = acessos.certificado(pessoa, self.contexto.agora())
            return achado[0] if achado is not None else None

        linha = tabela_de_pedidos.por_id(execucao.banco, tarefa_id) if tarefa_id is not None else None
        if linha is not None and linha["pedido"] != ecac_tarefas.IMPORTAR:
            r = pedidos_do_ecac.cumprir(execucao, linha, certificado_de)
            parando = self._parar.is_set() and not r.feita and linha["pedido"] != ecac_tarefas.GERAR
            return Terminou(tarefa_id, r.feita, _INTERROMPIDA if parando else r.codigo, r.mensagem)
        pedido = PedidoImportacao() if linha is None else pedidos_do_ecac.pedido_de(linha, COMANDO)
        fim = executar(execucao, pedido, certificado_de)
        return Terminou(tarefa_id, fim.concluida, fim.codigo, fim.mensagem)
