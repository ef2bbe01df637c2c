"""Keeps the registries and the key `emissao` in force: read whole, taken up when they change, never half."""

from pathlib import Path
from typing import TYPE_CHECKING

from separador.banco import arquivos, falhas
from separador.capacidades.emissao.dominio import EQUIPAMENTO
from separador.motor.contexto import Contexto
from separador.motor.partes import Mudanca, Parte, Servico
from separador.nucleo import capacidade
from separador.nucleo.falha import Falha, descrever

if TYPE_CHECKING:
    from separador.configuracao.emissao.cadastros import CadastrosLidos

ASSUNTO = ESPERA = "cadastros"
"""Subject of the failure; what a load waits for that came before the registries could be read."""
ALIQUOTAS, VIGENCIA = "aliquotas_ibscbs", "SEP-IBSCBS-VIGENCIA"


class Cadastros(Parte):
    """Gives the workers what they issue with. Where no route issues it does nothing, and loads nothing."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._assinatura: object = None
        self._lidos: CadastrosLidos | None = None
        self._equipar()

    def iniciar(self) -> None:
        """Shows what is wrong with the registries as they were read at the start, and with the rates."""
        self._mostrar()
        self.prazos(0.0)

    def mudou(self, o_que: Mudanca) -> None:
        """Takes up a changed configuration."""
        if o_que is Mudanca.CONFIGURACAO:
            self._equipar()
            self._mostrar()
            self.prazos(0.0)

    def prazos(self, agora_s: float) -> bool:  # noqa: ARG002
        """Shows, before loads are refused for it, that the rates of IBS and CBS end."""
        acabam = self._aliquotas_acabam()
        banco, quando = self.contexto.banco, self.contexto.quando()
        if not acabam:
            if falhas.assuntos(banco, ALIQUOTAS):
                with banco.transacao():
                    falhas.encerrar(banco, ALIQUOTAS, quando, "há alíquotas para as próximas semanas")
            return False
        fazer = "Preencha emissao.aliquotas_ibscbs na configuração, com as alíquotas que a lei der."
        with banco.transacao():
            falhas.abrir(banco, Falha(ALIQUOTAS, VIGENCIA, acabam, fazer), quando)
        return False

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Takes up changed registries. Returns False: a load that waits for them is tried again by itself."""
        if self._emite() and self._assinar() != self._assinatura:
            self._equipar()
            self._mostrar()
            self.servico.equipar()
        return False

    @property
    def _pasta(self) -> Path:
        return self.contexto.config.emissao.cadastros

    def _emite(self) -> bool:
        return any(r.ativo and capacidade.regra(r.regra).pede_transmissao for r in self.contexto.config.rotas)

    def _assinar(self) -> object:
        from separador.configuracao.emissao.cadastros import assinatura  # noqa: PLC0415 -- only where a route issues

        return assinatura(self._pasta)

    def _aliquotas_acabam(self) -> str:
        if EQUIPAMENTO not in self.contexto.equipamento:
            return ""
        from separador.capacidades.emissao.dominio.valores import Equipamento  # noqa: PLC0415 -- as above

        equipamento = self.contexto.equipamento[EQUIPAMENTO]
        if not isinstance(equipamento, Equipamento) or not equipamento.emite:
            return ""
        return equipamento.parametros.aliquotas_acabam(self.contexto.agora().date())

    def _equipar(self) -> None:
        """Puts what issuing needs into the context. Registries with errors leave the former ones in force."""
        self._lidos = None
        if not self._emite():
            self.contexto.equipamento.pop(EQUIPAMENTO, None)
            return
        from separador.capacidades.emissao.dominio.valores import Equipamento  # noqa: PLC0415 -- as above
        from separador.configuracao.emissao.cadastros import ler_cadastros  # noqa: PLC0415
        from separador.fiscal.emissao.ambiente import parametros_de  # noqa: PLC0415

        config = self.contexto.config
        self._assinatura = self._assinar()
        self._lidos = ler_cadastros(self._pasta)
        antes = self.contexto.equipamento.get(EQUIPAMENTO)
        cadastros = self._lidos.cadastros
        if cadastros is None and isinstance(antes, Equipamento):
            cadastros = antes.cadastros
        empresas = frozenset(e.cnpj for e in config.empresas)
        parametros = parametros_de(config.emissao.valores)
        self.contexto.equipamento[EQUIPAMENTO] = Equipamento(cadastros, parametros, empresas)

    def _mostrar(self) -> None:
        """Shows every error of the registries, or that they are in order."""
        banco, quando = self.contexto.banco, self.contexto.quando()
        achados = self._lidos.erros if self._lidos is not None else ()
        erros = [f"{e.arquivo}, linha {e.linha}: {e.mensagem}" for e in achados]
        with banco.transacao():
            falhas.encerrar(banco, ASSUNTO, quando, "os cadastros estão em ordem")
            if not erros:
                arquivos.soltar_retidos(banco, ESPERA, quando)
            if erros:
                from separador.configuracao.emissao.cadastros import CODIGO  # noqa: PLC0415 -- as above

                motivo, fazer = descrever(CODIGO, "; ".join(erros))
                falhas.abrir(banco, Falha(ASSUNTO, CODIGO, motivo, fazer), quando)
        if erros:
            self.contexto.log.error(motivo, acao="cadastros", o_que_fazer=fazer)
