"""Transmits by network, as a step of the loop: turns, intents, calls, raw answers, and what the answers decide.

The effects have this order, and every crash test relies on it (docs/desenvolvimento/confiabilidade.md, section 5):
  1. commit: the intent (many rows; and the raw answers that came meanwhile)
  2. the calls, by threads that do nothing else
  3. commit: the raw answers (many; and the intents of the calls that take their places)
  4. commit: what the answers decide, and the files to be published   5. renames, folders flushed   6. commit: published
A row found `enviando` at start may have been processed: its key is consulted before anything else is sent for it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco import paradas as tabela_de_paradas
from separador.capacidades.sefaz.dominio import cstat
from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, NaoEnviada, Porta, Respondida
from separador.capacidades.sefaz.servico import paradas, vez
from separador.capacidades.sefaz.servico.chamadores import ChamadaAFazer, Chamadores, Entregue
from separador.capacidades.sefaz.servico.cliente_em_uso import ClienteEmUso
from separador.capacidades.sefaz.servico.fila import NOVIDADE
from separador.capacidades.sefaz.servico.sem_sinal import SemSinal
from separador.capacidades.sefaz.servico.tipos_de_chamada import tipo_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho.conclusao import TENTATIVAS
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.transacao import decidido, em_grupo, finalizar
from separador.motor.log.log import registrar_incidente
from separador.motor.partes import Mudanca, Parte, Servico
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo import capacidade
from separador.nucleo.falha import Falha, descrever
from separador.pastas.erros import FalhaDePasta

OLHAR_S = 0.5
GRUPO = 32
"""Number of answers applied together, with one commit and one flush for all of them."""
REPETIR_S, RECUO_S = 2.0, 60.0
"""Time until answers are tried again whose folder failed, or that broke the program.

For folders it doubles each time, up to the second value.
"""
_MANDAM_PARAR = tuple(f">{codigo}<".encode() for codigo in sorted(cstat.MANDAM_PARAR))
_DO_SERVIDOR = "certificado-da-sefaz"
"""The server's certificate is bad, not ours: the authoriser stands still for all companies, and no other one does."""
_NEGADOS = frozenset({"acesso-negado", "endereco-errado"})


class Transmissao(Parte):
    """The work of the queue. It runs in the loop's thread only."""

    def __init__(self, contexto: Contexto, servico: Servico, porta: Porta | None = None) -> None:
        """Makes the part. `porta`: a double for tests; None = the client of the configuration."""
        super().__init__(contexto, servico)
        self._linha = ClienteEmUso(contexto, porta)
        self._chamadores = Chamadores(servico.acordar, contexto.agora)
        self._voos: dict[int, tuple[str, str]] = {}
        self._recebidos: list[Entregue] = []
        self._sem_sinal = SemSinal()
        self._incidentes: Counter[int] = Counter()
        self._ha_respostas = True
        self._aplicar_s = 0.0
        self._presas: set[int] = set()
        self._presas_s = 0.0
        self._recuo_s = 0.0
        self._olhar_s = 0.0
        self._parando = False

    # --- life ----------------------------------------------------------------------------------------------------

    def iniciar(self) -> None:
        """Takes up the calls that an earlier run had in flight, before anything is sent."""
        quantas = em_grupo(self.contexto, _retomar)
        if quantas:
            self.contexto.log.warning("transmissões em andamento na parada", acao="recuperação", quantas=quantas)

    def mudou(self, o_que: Mudanca) -> None:  # noqa: ARG002
        """Takes up changed certificates or configuration. Calls in flight end with the old ones. Waiting calls go."""
        self._linha.reequipar()
        em_grupo(self.contexto, _soltar)
        self.contexto.novidades.add(NOVIDADE)

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:
        """Sends nothing more, and waits for the calls in flight while there is time (`ha_tempo` waits a moment)."""
        self._parando = True
        self._chamadores.recuar()
        while self._chamadores.em_voo and ha_tempo():
            self.passo(self.contexto.relogio.monotonico())
        self.passo(self.contexto.relogio.monotonico())
        self._chamadores.encerrar()
        self._linha.fechar()

    # --- one turn ------------------------------------------------------------------------------------------------

    @property
    def em_voo(self) -> int:
        """Returns the number of calls whose result is not stored yet."""
        return self._chamadores.em_voo + len(self._recebidos)

    def pode_mover(self) -> bool:
        """Says whether anything goes on without waiting for a clock or for somebody else (for `uma-vez`)."""
        return bool(self.em_voo or self._a_aplicar() or self._escolher())

    def passo(self, agora_s: float) -> bool:
        """Does everything that can be done now. Returns True when something moved."""
        self._recolher()
        moveu = False
        if self._recebidos or NOVIDADE in self.contexto.novidades or agora_s >= self._olhar_s:
            self._olhar_s = agora_s + OLHAR_S
            self.contexto.novidades.discard(NOVIDADE)
            moveu = self._trocar()
        return self._aplicar(agora_s) or moveu

    def _recolher(self) -> None:
        """Collects the results. After a bad one, calls that have not begun are taken back until it is understood."""
        self._recebidos += self._chamadores.recolher()
        if any(_manda_parar(e) for e in self._recebidos):
            self._chamadores.recuar()
            self._recebidos += self._chamadores.recolher()

    def _escolher(self) -> list[Row]:
        """Returns the rows whose turn it is, with room in flight for each."""
        if self._parando:
            return []
        chegadas = {e.transmissao_id for e in self._recebidos}
        voando = [grupo for i, grupo in self._voos.items() if i not in chegadas]
        return vez.escolher(self.contexto, voando, self._chamadores.vagas)

    def _trocar(self) -> bool:
        """Commits what came and what goes: raw answers, before anybody reads them, and the intents of the next calls.

        Both are in one commit. After it, these calls begin in the places of the answered ones. Applying comes after
        that, so that no place stays empty meanwhile. Returns True when something moved.
        """
        if not self._parando:
            vez.sondar(self.contexto)
        if not self._recebidos and not self._escolher():
            return False
        grupo, chamadas = decidido(self.contexto, self._guardar_e_escolher)
        # Only now: had the commit failed, the answers would be needed again, and nothing might be called.
        for entregue in self._recebidos:
            self._voos.pop(entregue.transmissao_id, None)
        self._ha_respostas |= bool(self._recebidos)
        self._recebidos.clear()
        for linha, chamada in chamadas:
            self._voos[linha["id"]] = (linha["cnpj"], linha["autorizador"])
            a_fazer = ChamadaAFazer(linha["id"], self._voos[linha["id"]], self._linha.porta, chamada)
            self._chamadores.dar(a_fazer, self.contexto.config.sefaz.em_voo)
        finalizar(self.contexto, grupo)
        return True

    def _guardar_e_escolher(self, grupo: Grupo) -> list[tuple[Row, Chamada]]:
        for entregue in self._recebidos:
            self._guardar(grupo, entregue)
        return [] if any(_manda_parar(e) for e in self._recebidos) else self._intencoes(grupo)

    def _intencoes(self, grupo: Grupo) -> list[tuple[Row, Chamada]]:
        escolhidas = self._escolher()
        if escolhidas:
            self._linha.preparar()  # before any intent: if no client can be made, no intent must be committed
        pares = [(linha, vez.intencao(grupo, linha, self._linha)) for linha in escolhidas]
        return [(linha, chamada) for linha, chamada in pares if chamada is not None]

    # --- in ------------------------------------------------------------------------------------------------------

    def _guardar(self, grupo: Grupo, entregue: Entregue) -> None:
        linha = tabela.por_id(grupo.banco, entregue.transmissao_id)
        resultado = entregue.resultado
        if entregue.erro is not None:
            registrar_incidente(self.contexto.dados, entregue.erro, {"transmissao": linha["id"]}, grupo.agora)
        if resultado is None:
            tabela.nao_comecou(grupo.banco, linha["id"])
            tipo_de(linha).de_volta(grupo, linha)
        elif isinstance(resultado, Respondida):
            self._sem_sinal.respondeu(linha["autorizador"])
            _guardar_resposta(grupo, linha, resultado, texto_de(entregue.em))
        elif isinstance(resultado, NaoEnviada):
            self._nao_saiu(grupo, linha, resultado)
        else:
            self._sem_desfecho(grupo, linha, resultado)

    def _nao_saiu(self, grupo: Grupo, linha: Row, n: NaoEnviada) -> None:
        tipo_de(linha).nao_saiu(grupo, linha, n)
        tipo_de(linha).de_volta(grupo, linha)
        if n.definitivo and n.motivo != _DO_SERVIDOR:
            paradas.certificado(grupo, linha, n.detalhe)
        else:
            paradas.fora_do_ar(grupo, linha, n.detalhe)

    def _sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida) -> None:
        detalhe = f"{d.detalhe or d.motivo}" + (f" (HTTP {d.http})" if d.http is not None else "")
        tipo_de(linha).sem_desfecho(grupo, linha, d, detalhe)
        if d.motivo in _NEGADOS:
            paradas.servico_negado(grupo, linha, detalhe)
        elif d.definitivo:
            paradas.certificado(grupo, linha, detalhe)
        if self._sem_sinal.calada(linha, d):
            paradas.fora_do_ar(grupo, linha, detalhe)
        elif self._sem_sinal.barrada(linha["autorizador"]):
            paradas.fora_do_ar(grupo, linha, detalhe, curta=True)

    # --- applied -------------------------------------------------------------------------------------------------

    def _aplicar(self, agora_s: float) -> bool:
        """Applies stored answers, one group of them. Returns True when there were any.

        Those whose folder fails stay stored, and are tried again; others pass them.
        """
        if not self._ha_respostas or agora_s < self._aplicar_s:
            return False
        if agora_s >= self._presas_s:
            self._presas.clear()
        linhas = self._a_aplicar()
        if not linhas:
            self._ha_respostas = bool(self._presas)
            self._recuo_s = self._recuo_s if self._presas else 0.0
            return False
        try:
            self._grupo(linhas)
        except FalhaDePasta:
            for linha in linhas:
                self._sozinha(linha, agora_s)
        return True

    def _a_aplicar(self) -> list[Row]:
        """Returns a group of stored answers, without those that wait for a folder."""
        linhas = tabela.com_estado(self.contexto.banco, tabela.RESPONDIDA, GRUPO + len(self._presas))
        return [r for r in linhas if r["id"] not in self._presas][:GRUPO]

    def _sozinha(self, linha: Row, agora_s: float) -> None:
        """Applies one answer of a group that could not be staged. Only those that need the failed folder wait."""
        try:
            self._grupo([linha])
        except FalhaDePasta as falha:
            if not self._presas:
                avisar_pasta(self.contexto, falha)
                self._recuo_s = min(max(2 * self._recuo_s, REPETIR_S), RECUO_S)
            self._presas.add(linha["id"])
            self._presas_s = agora_s + self._recuo_s

    def _grupo(self, linhas: Sequence[Row]) -> None:
        def decidir(grupo: Grupo) -> None:
            for linha in linhas:
                self._uma(grupo, linha)

        em_grupo(self.contexto, decidir)

    def _uma(self, grupo: Grupo, linha: Row) -> None:
        marca, linhas = grupo.remessa.marca(), len(grupo.linhas)
        try:
            with grupo.banco.ponto():
                tipo_de(linha).aplicar(grupo, linha)
        except FalhaDePasta:
            raise
        except Exception as erro:  # noqa: BLE001 - around one answer
            grupo.remessa.voltar(marca)
            del grupo.linhas[linhas:]
            self._incidente(grupo, linha, erro)

    def _incidente(self, grupo: Grupo, linha: Row, erro: Exception) -> None:
        """Counts an answer that broke the program. It is tried again soon; the third time it is left to a person."""
        numero = registrar_incidente(self.contexto.dados, erro, {"transmissao": linha["id"]}, grupo.agora)
        self._incidentes[linha["id"]] += 1
        self._aplicar_s = self.contexto.relogio.monotonico() + REPETIR_S
        if self._incidentes[linha["id"]] < TENTATIVAS:
            return
        tabela.aplicar(grupo.banco, linha["id"], "incidente", f"incidente {numero}", grupo.quando)
        assunto = f"doc:{linha['chave']}" if linha["chave"] else f"transmissao:{linha['id']}"
        motivo, fazer = descrever("SEP-SEM-DESFECHO", f"Incidente {numero}.")
        grupo.falhar(Falha(assunto, "SEP-SEM-DESFECHO", motivo, fazer, None, linha["rota_id"], linha["chave"]))


def _guardar_resposta(grupo: Grupo, linha: Row, r: Respondida, em: str) -> None:
    tabela.guardar_resposta(grupo.banco, linha["id"], r.bruto, r.duracao_ms, em, r.http)
    if r.notas:
        grupo.linhas.append(
            {"event": "resposta fora da forma usual, lida assim mesmo", "acao": "transmissão", "nivel": "warning",
             "chave": linha["chave"], "servico": linha["servico"], "notas": "; ".join(r.notas)}
        )  # fmt: skip


def _retomar(grupo: Grupo) -> int:
    """Takes up the calls that were in flight when an earlier run ended. Returns how many."""
    linhas = tabela.com_estado(grupo.banco, tabela.ENVIANDO)
    for linha in linhas:
        # A call of a capability that this program does not have stays as it is until that one is back.
        if linha["alvo"] in capacidade.nomes("chamadas"):
            tipo_de(linha).interrompida(grupo, linha)
    return len(linhas)


def _soltar(grupo: Grupo) -> None:
    """Tries again what stood still because of a certificate or an address."""
    for escopo in tabela_de_paradas.todas(grupo.banco):
        if escopo.startswith(paradas.CERTIFICADOS):
            autorizador, _, cnpj = escopo.removeprefix(paradas.CERTIFICADOS).rpartition(":")
            paradas.certificado_voltou(grupo, cnpj, autorizador)
        paradas.soltar_negado(grupo, escopo)


def _manda_parar(entregue: Entregue) -> bool:
    """Says whether nothing more may go before the result is understood: no answer, or one of 108, 109, 203, 678."""
    resultado = entregue.resultado
    if isinstance(resultado, Respondida):
        return any(c in resultado.xml for c in _MANDAM_PARAR)
    return resultado is not None
