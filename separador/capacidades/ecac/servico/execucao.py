"""Holds what the steps of an import share: surroundings, how an answer is read, when the whole run has to stop."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar

from separador.banco.conexao import Banco, texto_de
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import guias, ocorrencias
from separador.capacidades.ecac.dominio.autoria import Autoria
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.integra.porta import (
    Desconhecido,
    Impedido,
    Indisponivel,
    Motivo,
    Porta,
    Recusado,
    Resultado,
)
from separador.capacidades.ecac.integra.valores import Partes
from separador.capacidades.ecac.servico import autoria
from separador.capacidades.ecac.servico.livro_de_chamadas import LivroDeChamadas, hoje
from separador.configuracao import ConfigEcac, Empresa

T = TypeVar("T")
TENTATIVAS = 3
CALADAS = 3
"""Companies in a row without any answer after which the other side counts as unavailable."""
LEMBRANCA = timedelta(hours=24)
_DE_TODOS = frozenset({Motivo.CREDENCIAL, Motivo.CERTIFICADO, Motivo.LIMITE})


class ParadaError(Exception):
    """The run cannot go on; the text (Portuguese) says why. What was done stays, and the next run goes on from
    there."""

    def __init__(self, motivo: str, especie: Especie | None = None, codigo: str = "SEP-ECAC-PARADA") -> None:
        super().__init__(motivo)
        self.motivo, self.especie, self.codigo = motivo, especie, codigo


class Registro(Protocol):
    """The receiver of log lines. The import's thread does not write them itself: the log belongs to the loop."""

    def info(self, event: str, **campos: object) -> object:
        """Notes something that went as it should."""

    def warning(self, event: str, **campos: object) -> object:
        """Notes something that somebody may have to look at."""


@dataclass(slots=True)
class Execucao:
    """One run's surroundings, in the thread that owns `banco`. `dormir` waits, and says whether to go on."""

    banco: Banco
    porta: Porta
    config: ConfigEcac
    empresas: dict[str, Empresa]
    bases: Bases
    agora: Callable[[], datetime]
    sorteio: Callable[[], float]
    dormir: Callable[[float], bool]
    parar: threading.Event
    log: Registro
    livro: LivroDeChamadas | None = None
    importacao_id: int = 0
    autores_recusados: dict[str, str] = field(default_factory=dict)
    """Authors whose termo was refused in this run → why."""
    autorizados: set[str] = field(default_factory=set)
    caladas: int = 0

    @property
    def dados(self) -> Path:
        """Returns the data folder."""
        return self.bases.dados

    @property
    def quando(self) -> str:
        """Returns now, as stored."""
        return texto_de(self.agora())

    @property
    def hoje(self) -> str:
        """Returns today in Brasília."""
        return hoje(self.agora()).isoformat()

    def autoria(self, empresa: Empresa) -> Autoria:
        """Returns by whose authority a company is asked about at this moment."""
        return autoria.de(self.banco, empresa, self.config.contratante, self.agora())

    def situar(self, cnpj: str, situacao: Consulta, detalhe: str, autor: str | None = None) -> None:
        """Notes what this run came to with a company, in its own transaction. `autor`: who could not ask."""
        with self.banco.transacao():
            self.anotar_situacao([cnpj], situacao, detalhe, autor)

    def anotar_situacao(self, cnpjs: Iterable[str], situacao: Consulta, detalhe: str, autor: str | None = None) -> None:
        """Notes the same of several, inside a transaction."""
        ecac_empresas.situar(
            self.banco, cnpjs, situacao.value, detalhe,
            quando=self.quando, importacao_id=self.importacao_id, autor=autor,
        )  # fmt: skip

    def vivo(self) -> None:
        """Raises ParadaError when the service is stopping. Call it between two steps."""
        if self.parar.is_set():
            raise ParadaError("o serviço está parando")

    def perguntar(self, chamar: Callable[[], Resultado[T]]) -> Resultado[T]:
        """Asks a question that may be asked again: up to three times while the other side is unavailable."""
        for tentativa in range(TENTATIVAS):
            self.vivo()
            resultado = chamar()
            if not isinstance(resultado, Indisponivel) or tentativa == TENTATIVAS - 1:
                return resultado
            espera_s = resultado.espera_s or 2.0**tentativa * (0.5 + self.sorteio())
            if espera_s > 60 or not self.dormir(espera_s):
                return resultado
        raise AssertionError

    def ocorrencia(
        self, especie: Especie, contribuinte: str, assunto: str, detalhe: str, guia: int | None = None
    ) -> None:
        """Opens one irregularity, in its own transaction."""
        with self.banco.transacao():
            ocorrencias.abrir(self.banco, Ocorrencia(especie, contribuinte, assunto, detalhe, guia), self.quando)

    def progredir(self, fase: str, total: int, feitas: int) -> None:
        """Notes the progress for the bar, and now and then in the log."""
        with self.banco.transacao():
            ecac_empresas.progredir(
                self.banco, self.importacao_id, fase=fase, total=total, feitas=feitas, quando=self.quando
            )
        if feitas == 0 or feitas == total or feitas % 50 == 0:
            self.log.info("importação do e-CAC em andamento", acao="e-CAC", fase=fase, feitas=feitas, total=total)

    def contar(self, **quantos: int) -> None:
        """Adds to the totals of what the run has done."""
        with self.banco.transacao():
            ecac_empresas.contar(self.banco, self.importacao_id, **quantos)

    def falhou(self, partes: Partes, assunto: str, r: Recusado | Indisponivel | Desconhecido | Impedido) -> None:
        """Remembers and shows a question about a company that got no usable answer. It is never taken for "not paid".

        Raises ParadaError when nothing else will work either.
        """
        self.parar_se_for_de_todos(r)
        if isinstance(r, Recusado):
            self._recusada(partes, assunto, r)
            return
        if isinstance(r, Impedido) and r.memoria is not None:
            self._negar(partes, r.memoria, r.ate)
            return
        cnpj = partes.contribuinte
        texto = r.motivo if isinstance(r, Impedido) else _frase(r)
        with self.banco.transacao():
            ecac_empresas.errar(self.banco, cnpj, texto)
            self.anotar_situacao([cnpj], Consulta.SEM_RESPOSTA, f"{texto}; será consultada de novo")
        self.ocorrencia(Especie.INCONCLUSIVO, cnpj, assunto, f"{texto}. Será consultado de novo.")
        self.caladas = self.caladas + 1 if isinstance(r, Indisponivel) else 0
        if self.caladas >= CALADAS:
            raise ParadaError(f"o Integra Contador não responde ({texto}); a próxima importação continua daqui")

    def parar_se_for_de_todos(self, r: Recusado | Indisponivel | Desconhecido | Impedido) -> None:
        """Raises ParadaError for a result that concerns every company: budget, credentials, a daily limit."""
        if isinstance(r, Impedido) and r.memoria is None:
            raise ParadaError(r.motivo, Especie.ORCAMENTO)
        if isinstance(r, Recusado) and r.motivo in _DE_TODOS:
            especie = None if r.motivo is Motivo.LIMITE else Especie.CREDENCIAL
            raise ParadaError(f"{r.mensagem} ({r.codigo})", especie)

    def _recusada(self, partes: Partes, assunto: str, r: Recusado) -> None:
        if r.motivo is Motivo.SEM_PROCURACAO:
            self._negar(partes, r, r.lembrada_ate)
            return
        especie = Especie.ACESSO_VENCIDO if r.motivo is Motivo.TERMO else Especie.INCONCLUSIVO
        ate = texto_de(r.lembrada_ate or self.agora() + LEMBRANCA)
        cnpj, texto = partes.contribuinte, f"{r.mensagem} ({r.codigo})"
        with self.banco.transacao():
            ecac_empresas.negar(self.banco, cnpj, ate, texto, partes.autor)
            self.anotar_situacao([cnpj], Consulta.BLOQUEADA, texto, partes.autor)
        self.ocorrencia(especie, cnpj, assunto, texto)

    def _negar(self, partes: Partes, r: Recusado, ate: datetime | None) -> None:
        """Notes a 403. It is charged, so the company is not asked about again for a day; the guides say why they stand
        still."""
        limite = texto_de(ate or self.agora() + LEMBRANCA)
        cnpj, texto = partes.contribuinte, f"{r.mensagem} ({r.codigo})"
        semana = r.motivo is Motivo.SEM_PROCURACAO
        with self.banco.transacao():
            ecac_empresas.negar(self.banco, cnpj, limite, texto, partes.autor)
            guias.marcar_sem_procuracao(self.banco, cnpj, semana, self.quando)
            self.anotar_situacao([cnpj], Consulta.BLOQUEADA, texto, partes.autor)
        especie = Especie.SEM_PROCURACAO if semana else Especie.INCONCLUSIVO
        self.ocorrencia(especie, cnpj, "empresa", f"{texto}. Não será consultada de novo por 24 horas.")


def _frase(r: Indisponivel | Desconhecido) -> str:
    http = f" (HTTP {r.http})" if r.http else ""
    return f"{r.motivo}{http}"
