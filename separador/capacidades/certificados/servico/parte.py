"""Defines the parts of the certificates in the loop: those in use with their PINs, and the folder of new ones."""

from collections.abc import Callable
from typing import ClassVar

from separador.banco import arquivos
from separador.capacidades.certificados.leitura.abridor import Abridor
from separador.capacidades.certificados.servico import em_uso
from separador.capacidades.certificados.servico.aberturas import Aberturas
from separador.capacidades.certificados.servico.configurados import Configurados
from separador.capacidades.certificados.servico.pasta_de_certificados import PastaDeCertificados
from separador.capacidades.certificados.servico.recebimento import PIN
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.cofre import chave_mestra
from separador.configuracao import Configuracao
from separador.motor.contexto import Contexto
from separador.motor.partes import Mudanca, Parte, Servico


class CertificadosEmUso(Parte):
    """Keeps the certificates of the companies loaded, and lets files go on that waited for one."""

    _abridor: ClassVar[Abridor] = Abridor()

    @classmethod
    def adiantar(cls, config: Configuracao) -> None:
        """Starts the process that opens the files of the configuration, if it names any."""
        if config.trabalhadores and any(e.certificado is not None for e in config.empresas):
            cls._abridor.adiantar()

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self.tokens = tokens_de(contexto)
        self.tokens.travas = contexto.dados / chave_mestra.PASTA
        self._configurados = Configurados(em_processo=contexto.config.trabalhadores != 0, abridor=self._abridor)
        self._atualizar()
        self._arquivos = em_uso.assinatura_dos_arquivos(contexto)

    def iniciar(self) -> None:
        """Lets files go on that waited for a certificate that is here now."""
        self._acordar()

    def passo(self, agora_s: float) -> bool:
        """Takes the PINs that were given. Loads all again when a file, the vault or a token is not as it was."""
        pins = [self.tokens.receber_pin(p.certificado_id, p.pin) for p in self.contexto.recebidos.tirar(PIN)]
        arquivos_agora = em_uso.assinatura_dos_arquivos(self.contexto)
        if arquivos_agora != self._arquivos or any(pins) or self.tokens.devidos(agora_s):
            self.servico.mudou(Mudanca.CERTIFICADOS)
        return False

    def notar_assinaturas(self, agora_s: float) -> bool:  # noqa: ARG002
        """Notes which default certificates have signed."""
        em_uso.notar_assinaturas(self.contexto)
        return False

    def notar_vencidos(self, agora_s: float) -> bool:  # noqa: ARG002
        """Reloads when a certificate in hand went out of force."""
        if em_uso.vencidos_agora(self.contexto):
            self.servico.mudou(Mudanca.CERTIFICADOS)
        return False

    def pode_mover(self) -> bool:
        """Says whether a file or the vault changed since they were read."""
        return em_uso.assinatura_dos_arquivos(self.contexto) != self._arquivos

    def mudou(self, o_que: Mudanca) -> None:  # noqa: ARG002
        """Loads them again."""
        self._arquivos = em_uso.assinatura_dos_arquivos(self.contexto)
        self._atualizar()
        self._acordar()

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Closes the tokens."""
        self.tokens.fechar()

    def _atualizar(self) -> None:
        try:
            em_uso.atualizar(self.contexto, self.servico.ambiente, self._configurados.abrir)
        finally:
            self._configurados.terminar()

    def _acordar(self) -> None:
        with self.contexto.banco.transacao():
            for cnpj in (*self.contexto.certificados, *self.tokens.empresas()):
                arquivos.soltar_retidos(self.contexto.banco, f"certificado:{cnpj[:8]}", self.contexto.quando())


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
