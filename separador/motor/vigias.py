"""Watches what the service itself stands on: its database, its audit trail, its log, the clock."""

from collections.abc import Sequence

from separador.acesso.banco import auditoria
from separador.banco import ao_lado, arquivos, esquema, falhas
from separador.banco.conexao import Banco
from separador.banco.instante import instante_de
from separador.motor.contexto import Contexto
from separador.motor.log.arquivo import PASTA
from separador.motor.log.log import arquivo_em_uso
from separador.motor.partes import Parte, Servico
from separador.nucleo import relogio_saltou
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.relogio_saltou import MarchaDoRelogio

LOG = "log"
DIA_S = 86400.0
LINHAS_NO_INICIO, LINHAS_POR_PASSO = 5000, 2000


class VigiaDoBanco(Parte):
    """Shows, at the start, a database that is older than the files beside it, or not as its migrations made it.

    Neither failure ends by itself: a person looks, and dismisses it.
    """

    def iniciar(self) -> None:
        """Looks once. It costs a few milliseconds."""
        contexto = self.contexto
        visto = ao_lado.olhar(contexto.banco, contexto.dados, auditoria.selo_e_hora(contexto.dados))
        abrir_se_nova(contexto, "banco", ao_lado.CODIGO, ao_lado.indicios(visto))
        outras = esquema.comparar(contexto.banco).outras
        abrir_se_nova(contexto, "banco", "SEP-BANCO-ESQUEMA", [", ".join(outras[:10])] if outras else [])


class VigiaDaAuditoria(Parte):
    """Checks the whole chain of the audit trail at the start and every day, some rows at a time.

    A trail that does not add up is shown, and never sealed afresh by the service.
    """

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._conferencia: auditoria.Conferencia | None = None
        self._proxima_s = 0.0
        self._selo_visto: tuple[int, float] | None = None
        self._aberta = False

    def iniciar(self) -> None:
        """Begins at once: a trail of usual length is through before the first turn."""
        self._comecar(self.contexto.relogio.monotonico())
        self._seguir(LINHAS_NO_INICIO)

    def passo(self, agora_s: float) -> bool:
        """Looks at some more rows, or begins again when it is time, or when somebody sealed a trail that is shown."""
        if self._conferencia is not None:
            self._seguir(LINHAS_POR_PASSO)
        elif agora_s >= self._proxima_s or (self._aberta and self._selo_visto != self._selo()):
            self._comecar(agora_s)
        return False

    def pode_mover(self) -> bool:
        """Says whether a look is not over yet."""
        return self._conferencia is not None

    def _selo(self) -> tuple[int, float] | None:
        return auditoria.selo_e_hora(self.contexto.dados)

    def _comecar(self, agora_s: float) -> None:
        self._conferencia = auditoria.Conferencia(self.contexto.banco, self.contexto.dados)
        self._proxima_s, self._selo_visto = agora_s + DIA_S, self._selo()

    def _seguir(self, linhas: int) -> None:
        if self._conferencia is None or not self._conferencia.continuar(linhas):
            return
        problemas = self._conferencia.problemas
        self._aberta = bool(problemas)
        if problemas:
            mais = [f"e mais {len(problemas) - 3}"] if len(problemas) > 3 else []
            abrir_se_nova(
                self.contexto, auditoria.ASSUNTO, "SEP-AUDITORIA", [*(p.rstrip(".") for p in problemas[:3]), *mais]
            )
        else:
            encerrar(self.contexto, auditoria.ASSUNTO, "a auditoria confere")
        self._conferencia = None  # last: a failure that could not be written now is written at the next step


class VigiaDoLog(Parte):
    """Shows what happened to the log: moved, taken, or without a place to write to."""

    def iniciar(self) -> None:
        """Looks at once: what was wrong when the service began is known by now."""
        self.passo(0.0)

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Opens a failure for what happened, which a person dismisses, and one for lines that cannot be written, which
        ends by itself."""
        arquivo = arquivo_em_uso()
        if arquivo is None:
            return False
        if arquivo.acontecidos:
            abrir_se_nova(self.contexto, LOG, "SEP-LOG", [a.rstrip(".") for a in arquivo.acontecidos[-3:]])
            arquivo.acontecidos.clear()
        if arquivo.perdidas:
            dito = f"o log não pode ser gravado em {self.contexto.dados / PASTA}"
            abrir_se_nova(self.contexto, f"{LOG}:gravação", "SEP-LOG", [dito])
        else:
            encerrar(self.contexto, f"{LOG}:gravação", "o log é gravado de novo")
        return False


class VigiaDoRelogio:
    """Shows that the clock jumped, or that it is right again.

    A jump pauses the intake, so it is looked at in every turn before anything else. After a minute without another
    jump the new time is accepted.
    """

    def __init__(self, contexto: Contexto) -> None:
        self.contexto = contexto
        self._marcha = self._primeira()
        self._mostrado = False

    @property
    def suspeito(self) -> bool:
        """Says whether the clock cannot be trusted now."""
        return self._marcha.suspeito

    def olhar(self, agora_s: float) -> None:
        """Looks at the clock, and shows what changed."""
        self._marcha = relogio_saltou.olhar(self._marcha, self.contexto.agora(), agora_s)
        if self._marcha.suspeito == self._mostrado:
            return
        self._mostrado = self._marcha.suspeito
        quando = self.contexto.quando()
        motivo, fazer = descrever("SEP-RELOGIO", f"Diferença de {self._marcha.desvio}.")
        with self.contexto.banco.transacao():
            if self._marcha.suspeito:
                falhas.abrir(self.contexto.banco, Falha("relogio", "SEP-RELOGIO", motivo, fazer), quando)
            else:
                falhas.encerrar(self.contexto.banco, "relogio", quando, "o relógio anda certo")
        if self._marcha.suspeito:
            self.contexto.log.error(motivo, acao="relógio", o_que_fazer=fazer)
        else:
            self.contexto.log.info("o relógio anda certo; a leitura continua", acao="relógio")

    def _primeira(self) -> MarchaDoRelogio:
        tomada = arquivos.ultima_tomada(self.contexto.banco)
        ultimo = instante_de(tomada) if tomada is not None else None
        return relogio_saltou.primeiro(self.contexto.agora(), self.contexto.relogio.monotonico(), ultimo)


def encerrar(contexto: Contexto, assunto: str, por: str) -> None:
    """Closes the failures of a subject, when there are any."""
    if falhas.assuntos(contexto.banco, assunto):
        with contexto.banco.transacao():
            falhas.encerrar(contexto.banco, assunto, contexto.quando(), por)


def abrir_se_nova(contexto: Contexto, assunto: str, codigo: str, ditos: Sequence[str]) -> bool:
    """Opens a failure about the service itself, when there is something to say. Returns True when it is new.

    One that a person dismissed with these very words does not come back.
    """
    if not ditos:
        return False
    motivo, fazer = descrever(codigo, f"Visto: {'; '.join(ditos)}.")
    falha = Falha(assunto, codigo, motivo, fazer)
    if _dispensada(contexto.banco, falha):
        return False
    with contexto.banco.transacao():
        nova = falhas.abrir(contexto.banco, falha, contexto.quando())
    if nova:
        contexto.log.error(motivo, acao="vigia", codigo=codigo, o_que_fazer=fazer)
    return nova


def _dispensada(banco: Banco, falha: Falha) -> bool:
    sql = (
        "SELECT 1 FROM falha WHERE assunto = ? AND codigo = ? AND motivo = ? AND encerrada_por LIKE 'dispensada por %'"
    )
    return banco.uma(sql, falha.assunto, falha.codigo, falha.motivo) is not None
