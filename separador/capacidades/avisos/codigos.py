"""Sends the one-time code of a forgotten password by e-mail, when the panel was asked for it.

The order says only who; the code is made here, by the service, when the mail is about to go. So neither the panel nor
the table of orders ever holds it, and whoever asks learns nothing from the time that the answer takes.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from sqlite3 import Row

from separador.acesso.servico.usuarios import Codigo, pedir_codigo
from separador.banco import pedidos as tabela_de_pedidos
from separador.configuracao.senha import SenhaAusenteError
from separador.correio.servidor import CorreioError, Servidor, servidor_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.partes import Parte, Servico
from separador.nucleo.falha import como_negativa
from separador.nucleo.texto.razao import razao

PEDIDO = "senha"
_NOVIDADE = "senha:"
QUEM = "painel"
_PASSO_S = 0.05
_ASSUNTO = "separador: código para definir a senha"

Enviar = Callable[[Servidor, list[str], str, str, datetime], None]


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Leaves the e-mail to the part, which acts once this is committed. The answer is the same whoever was named."""
    negativa = como_negativa("SEP-SENHA-PEDIDA")
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.FEITA, negativa.codigo, negativa.mensagem, grupo.quando
    )
    grupo.contexto.novidades.add(f"{_NOVIDADE}{linha['chave']}")


def _enviar(servidor: Servidor, para: list[str], assunto: str, texto: str, agora: datetime) -> None:
    from separador.correio.envio import enviar_email  # noqa: PLC0415 -- smtplib, only to send

    enviar_email(servidor, para, assunto, texto, agora=agora)


class CodigosPorEmail(Parte):
    """Makes the codes that were asked for, and sends them in a thread of its own. `enviar` is the door to the network,
    for tests."""

    enviar: Enviar = staticmethod(_enviar)

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._executor: ThreadPoolExecutor | None = None
        self._andando: list[Future[None]] = []

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Takes up what orders left, and tells what became of the mails before."""
        self._recolher()
        pedidas = sorted(n for n in self.contexto.novidades if n.startswith(_NOVIDADE))
        for novidade in pedidas:
            self.contexto.novidades.discard(novidade)
            self._mandar(novidade.removeprefix(_NOVIDADE))
        return False

    def _mandar(self, email: str) -> None:
        try:
            servidor = servidor_de(self.contexto.config, self.servico.ambiente)
        except SenhaAusenteError as erro:
            self._nao_saiu(erro)
            return
        if servidor is None:  # taken out of the configuration in the meantime: an administrator gives the code
            return
        codigo = pedir_codigo(self.contexto.banco, email, quem=QUEM, agora=self.contexto.agora())
        if isinstance(codigo, Codigo):
            texto = codigo.texto(self.contexto.config.painel.url)
            self._executor = self._executor or ThreadPoolExecutor(1, thread_name_prefix="codigos")
            self._andando.append(
                self._executor.submit(self.enviar, servidor, [codigo.email], _ASSUNTO, texto, self.contexto.agora())
            )

    def _recolher(self) -> None:
        for futuro in [f for f in self._andando if f.done()]:
            self._andando.remove(futuro)
            erro = futuro.exception()
            if isinstance(erro, CorreioError):
                self._nao_saiu(erro)
            elif erro is not None:
                raise erro

    def _nao_saiu(self, erro: Exception) -> None:
        dito = f"Um código de senha não pôde ser enviado por e-mail: {razao(erro)}."
        self.contexto.log.warning(
            dito,
            acao="aviso",
            o_que_fazer="Confira a chave smtp da configuração; um administrador pode dar o código pelo painel.",
        )

    def pode_mover(self) -> bool:
        """Says whether a mail is on its way (`uma-vez` waits for it)."""
        return any(not f.done() for f in self._andando)

    def esperar(self) -> None:
        """Waits until every mail on its way has arrived or failed; for tests."""
        for futuro in self._andando:
            futuro.exception()

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:
        """Waits for the mails on their way while there is time, and ends their thread."""
        while self.pode_mover() and ha_tempo():
            wait(self._andando, _PASSO_S)
        self._recolher()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
