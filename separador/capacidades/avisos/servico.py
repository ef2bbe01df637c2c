"""Tells people which things expire soon: in the log, the failures view, by e-mail and by webhook.

Each step is told once by each way. The network is slow and may be down. So messages go out in a thread of their own,
and a message that could not be sent is tried again at a later look. Only a message that went out is remembered as told.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.avisos import banco as avisos
from separador.capacidades.avisos.dominio import DEPOIS, Validade, degrau, frase
from separador.capacidades.avisos.rede import CANAIS, Canal, Enviar
from separador.configuracao.senha import SenhaAusenteError
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte, Servico
from separador.nucleo import capacidade
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.texto.razao import razao

LOG = "log"
REPETIR_S = 300.0
"""Time until a message that did not go out is tried again."""
PREFIXO = "validade:"


@dataclass(frozen=True, slots=True)
class _Envio:
    """One step of one expiry, on its way out."""

    validade: Validade
    degrau: int
    via: str


@dataclass(slots=True)
class Avisador:
    """Sends the warnings; there is one per service. `enviar` and `chamar` reach the network; tests replace them."""

    canais: tuple[Canal, ...] = CANAIS
    _executor: ThreadPoolExecutor | None = None
    _andando: dict[_Envio, "Future[None]"] = field(default_factory=dict)
    _proximo_s: float = 0.0

    def conferir(self, contexto: Contexto, ambiente: Mapping[str, str], validades: Sequence[Validade]) -> None:
        """Makes one look: brings the failures view up to date and tells each new step once by each way."""
        self._recolher(contexto)
        agora = contexto.agora()
        alcancados = [(v, d) for v in validades if (d := degrau(v.ate, agora, contexto.config.avisos.dias)) is not None]
        _mostrar(contexto, alcancados, agora)
        for validade, passo in alcancados:
            if self._novo(contexto, validade, passo, LOG):
                nivel = contexto.log.error if passo == DEPOIS else contexto.log.warning
                nivel(frase(validade, agora), acao="validade", o_que_fazer=validade.como_renovar)
                self._anotar(contexto, validade, passo, LOG)
        if contexto.relogio.monotonico() >= self._proximo_s:
            self._mandar(contexto, ambiente, alcancados, agora)

    def _mandar(
        self, contexto: Contexto, ambiente: Mapping[str, str], alcancados: list[tuple[Validade, int]], agora: datetime
    ) -> None:
        for canal in self.canais:
            if not canal.usado(contexto.config):
                continue
            pendentes = [_Envio(v, d, canal.nome) for v, d in alcancados if self._novo(contexto, v, d, canal.nome)]
            novos = [e for e in pendentes if e not in self._andando]
            enviar = _preparado(contexto, ambiente, canal) if novos else None
            if enviar is None:
                continue
            for envio in novos:
                self._executor = self._executor or ThreadPoolExecutor(1, thread_name_prefix="avisos")
                self._andando[envio] = self._executor.submit(enviar, envio.validade, agora)

    def _recolher(self, contexto: Contexto) -> None:
        """Records the messages that went out. One that did not is shown in the failures view and tried again later."""
        for envio in [e for e, f in self._andando.items() if f.done()]:
            erro = self._andando.pop(envio).exception()
            assunto = f"aviso:{envio.via}"
            if erro is None:
                self._anotar(contexto, envio.validade, envio.degrau, envio.via)
                with contexto.banco.transacao():
                    falhas.encerrar(contexto.banco, assunto, contexto.quando(), "o aviso saiu")
                continue
            self._proximo_s = contexto.relogio.monotonico() + REPETIR_S
            detalhe = razao(erro)
            _falhar(contexto, assunto, f"Não consegui avisar por {envio.via}: {detalhe}.")

    def _novo(self, contexto: Contexto, validade: Validade, passo: int, via: str) -> bool:
        return not avisos.aviso_feito(contexto.banco, validade.assunto, texto_de(validade.ate), passo, via)

    def _anotar(self, contexto: Contexto, validade: Validade, passo: int, via: str) -> None:
        with contexto.banco.transacao():
            avisos.anotar_aviso(contexto.banco, validade.assunto, texto_de(validade.ate), passo, via, contexto.quando())

    def esperar(self) -> None:
        """Waits until every message on its way has arrived or failed; for tests and `uma-vez`."""
        for futuro in list(self._andando.values()):
            futuro.exception()

    def fechar(self) -> None:
        """Stops sending, without waiting for the messages on their way."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)


def _preparado(contexto: Contexto, ambiente: Mapping[str, str], canal: Canal) -> Enviar | None:
    """Returns what sends by a way. A secret that is missing is shown."""
    try:
        return canal.preparar(contexto.config, ambiente)
    except SenhaAusenteError as erro:
        _falhar(contexto, f"aviso:{canal.nome}", f"Não consegui avisar por {canal.nome}: {erro}.")
        return None


def _falhar(contexto: Contexto, assunto: str, motivo: str) -> None:
    _, fazer = descrever("SEP-AVISO")
    with contexto.banco.transacao():
        nova = falhas.abrir(contexto.banco, Falha(assunto, "SEP-AVISO", motivo, fazer), contexto.quando())
    if nova:
        contexto.log.warning(motivo, acao="aviso", o_que_fazer=fazer)


def _mostrar(contexto: Contexto, alcancados: list[tuple[Validade, int]], agora: datetime) -> None:
    """Shows one failure for each thing that expires, with today's text. Closes it once the thing was renewed."""
    atuais = {PREFIXO + v.assunto: (v, d) for v, d in alcancados}
    abertas = falhas.assuntos(contexto.banco, PREFIXO)
    if not atuais and not abertas:
        return
    quando = contexto.quando()
    codigos = {a: "SEP-VENCIDO" if d == DEPOIS else "SEP-VENCENDO" for a, (_, d) in atuais.items()}
    with contexto.banco.transacao():
        for assunto, (v, _) in atuais.items():
            falhas.abrir(contexto.banco, Falha(assunto, codigos[assunto], frase(v, agora), v.como_renovar), quando)
        for assunto, codigo in abertas:
            if codigos.get(assunto) != codigo:
                falhas.encerrar(contexto.banco, assunto, quando, "foi renovado, ou mudou de prazo", codigo)


class Avisos(Parte):
    """Looks at everything that expires, of all capabilities."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self.avisador = Avisador()
        self._proximo: datetime | None = None

    def vencer(self, agora_s: float) -> bool:
        """Makes a look at once when something that was seen ends: expired is called so at the second."""
        if self._proximo is not None and self.contexto.agora() >= self._proximo:
            return self.passo(agora_s)
        return False

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Makes one look."""
        vencem = [v for validades in capacidade.de_cada("validades") for v in validades(self.contexto)]
        agora = self.contexto.agora()
        self._proximo = min((v.ate for v in vencem if v.ate > agora), default=None)
        self.avisador.conferir(self.contexto, self.servico.ambiente, vencem)
        return False

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Ends the thread of the messages."""
        self.avisador.fechar()
