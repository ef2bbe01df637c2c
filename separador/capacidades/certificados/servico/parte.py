"""Defines the parts of the certificates in the loop: those in use with their PINs, and the folder of new ones."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from separador.banco import arquivos
from separador.capacidades.certificados.leitura.abridor import Abridor
from separador.capacidades.certificados.servico import em_uso
from separador.capacidades.certificados.servico.aberturas import Aberturas
from separador.capacidades.certificados.servico.carregados import Carregados
from separador.capacidades.certificados.servico.configurados import Configurados
from separador.capacidades.certificados.servico.nomes import PIN
from separador.capacidades.certificados.servico.pasta.pasta_de_certificados import PastaDeCertificados
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.cofre import chave_mestra
from separador.configuracao import Configuracao
from separador.fiscal.certificado import Certificado
from separador.motor.contexto import Contexto
from separador.motor.partes import Mudanca, Parte, Servico

AO_LIGAR = 8
"""Files of the configuration that are opened before the service is ready: as many as most installations have."""
PORCAO = 400
"""Work of one turn of the loop, in hundreds of microseconds."""
AVISAR_S = 5.0
"""Time between two times that the other parts hear of what was loaded, while nobody waits for it."""
_ESPERA = "certificado:"


class CertificadosEmUso(Parte):
    """Keeps the certificates of the companies loaded, and lets files go on that waited for one."""

    _abridor: ClassVar[Abridor] = Abridor()
    _avisando = False
    _avisado_s = 0.0

    @classmethod
    def adiantar(cls, config: Configuracao) -> None:
        """Starts the process that opens the files of the configuration, if it names any."""
        if config.trabalhadores and any(e.certificado is not None for e in config.empresas):
            cls._abridor.adiantar()

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self.tokens = tokens_de(contexto)
        self.tokens.travas = contexto.dados / chave_mestra.PASTA
        ao_lado = contexto.config.trabalhadores != 0
        self._configurados = Configurados(em_processo=ao_lado, abridor=self._abridor)
        self._carregados = Carregados(ao_lado=ao_lado, acordar=servico.acordar)
        self._novos: set[str] = set()
        self._notados = 0
        self._lugares = em_uso.Lugares()
        self._arquivos = self._lugares.assinatura(contexto)
        self._rever()
        self._carregados.primeiros(AO_LIGAR)
        self._descansar()
        em_uso.mostrar(contexto, self._carregados)
        contexto.ao_precisar = self._precisar

    def _precisar(self, raiz: str) -> None:
        """Loads the certificates of a base for an order or a call, which cannot wait for a turn of the loop."""
        novos = self._carregados.agora(raiz)
        self._novos |= novos
        achados = self._carregados.achados()
        self.contexto.certificados |= {c: a for c in novos if isinstance(a := achados[c], Certificado)}
        self.contexto.certificados_por_abrir -= {raiz}

    def iniciar(self) -> None:
        """Lets files go on that waited for a certificate that is here now."""
        self._acordar(self.contexto.certificados)

    def passo(self, agora_s: float) -> bool:
        """Takes the PINs that were given. Looks again when a file, the vault or a token is not as it was, else goes on
        with what is to be loaded."""
        pins = [self.tokens.receber_pin(p.certificado_id, p.pin) for p in self.contexto.recebidos.tirar(PIN)]
        arquivos_agora = self._lugares.assinatura(self.contexto)
        if arquivos_agora != self._arquivos or any(pins) or self.tokens.devidos(agora_s):
            self.servico.mudou(Mudanca.CERTIFICADOS)
        elif self._carregados.pendentes or self._novos:
            self._continuar(agora_s)
        return False

    def _continuar(self, agora_s: float) -> None:
        """Loads a portion. The other parts hear of it when somebody waits, when all is there, and now and then."""
        esperadas = {a[:8] for a in arquivos.esperam(self.contexto.banco, _ESPERA)}
        self._carregados.adiantar(esperadas)
        self._novos |= self._carregados.continuar(PORCAO)
        self._descansar()
        chegou = any(c[:8] in esperadas for c in self._novos)
        if self._novos and (chegou or not self._carregados.pendentes or agora_s >= self._avisado_s + AVISAR_S):
            self._avisado_s = agora_s
            self._avisando = True
            try:
                self.servico.mudou(Mudanca.CERTIFICADOS)
            finally:
                self._avisando = False

    def notar_assinaturas(self, agora_s: float) -> bool:  # noqa: ARG002
        """Notes which default certificates have signed."""
        self._notados = em_uso.notar_assinaturas(self.contexto, self._notados)
        return False

    def notar_vencidos(self, agora_s: float) -> bool:  # noqa: ARG002
        """Reloads when a certificate in hand went out of force."""
        if em_uso.vencidos_agora(self.contexto):
            self.servico.mudou(Mudanca.CERTIFICADOS)
        return False

    def pode_mover(self) -> bool:
        """Says whether a file or the vault changed since they were read, or something is to be loaded."""
        falta = bool(self._novos) or self._carregados.pendentes
        return falta or self._lugares.assinatura(self.contexto) != self._arquivos

    def mudou(self, o_que: Mudanca) -> None:  # noqa: ARG002
        """Takes into use what was loaded; looks again where they come from, unless that is what the change was."""
        if not self._avisando:
            self._arquivos = self._lugares.assinatura(self.contexto)
            self._rever()
            self._novos |= self._carregados.continuar(PORCAO)
        em_uso.mostrar(self.contexto, self._carregados)
        novos, self._novos = self._novos, set()
        self._acordar(novos if self._avisando else self.contexto.certificados)

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Closes the tokens, and ends what is being loaded."""
        if self._carregados.pendentes:
            abridor, CertificadosEmUso._abridor = self._abridor, Abridor()
            abridor.interromper()
        self._carregados.encerrar()
        self._configurados.terminar()
        self.tokens.fechar()

    def _descansar(self) -> None:
        """Ends the process that opens files while there is none to open: it held a key."""
        if not self._carregados.pendentes:
            self._configurados.terminar()

    def _rever(self) -> None:
        em_uso.rever(self.contexto, self.servico.ambiente, self._carregados, self._configurados.abrir)

    def _acordar(self, novos: Iterable[str]) -> None:
        """Lets files go on that waited for these companies, or for one with a token."""
        esperadas = set(arquivos.esperam(self.contexto.banco, _ESPERA))
        raizes = {c[:8] for c in (*novos, *self.tokens.empresas())} & esperadas
        if not raizes:
            return
        with self.contexto.banco.transacao():
            for raiz in sorted(raizes):
                arquivos.soltar_retidos(self.contexto.banco, f"{_ESPERA}{raiz}", self.contexto.quando())


class Pasta(Parte):
    """Reads the folders where certificates are dropped."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        ao_lado = contexto.config.trabalhadores != 0
        self._pasta = PastaDeCertificados(Aberturas(contexto.dados, ao_lado=ao_lado, acordar=servico.acordar))

    def passo(self, agora_s: float) -> bool:
        """Takes in what was opened, and reads them when it is time."""
        self._pasta.ler(self.contexto, self.servico.ambiente, agora_s)
        return False

    def pode_mover(self) -> bool:
        """Says whether a file was seen and not judged yet."""
        return self._pasta.pendente

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Ends the process that opens what was dropped. The next run sees it again."""
        self._pasta.aberturas.encerrar()
