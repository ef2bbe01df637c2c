"""The loop: read, claim, work, conclude, wait (SEP-03, SEP-04; B5, W7, W11). It sequences; others decide."""

from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.connection import wait

from separador.banco import arquivos, falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import esvaziar_diario, versao_dos_dados
from separador.banco.instante import instante_de
from separador.capacidades.avisos.servico import Avisador
from separador.capacidades.certificados.servico import em_uso, validades
from separador.capacidades.certificados.servico.entrada_de_pin import EntradaDePin
from separador.capacidades.certificados.servico.pasta_de_certificados import PastaDeCertificados
from separador.capacidades.cte.servico import agenda as cte_agenda
from separador.capacidades.cte.servico import inclusoes
from separador.capacidades.dacte.servico import Impressora
from separador.capacidades.distribuicao.servico import agenda as distribuicao_agenda
from separador.capacidades.ecac.servico.passo import Ecac
from separador.capacidades.procuracoes.servico import procuracoes
from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.cofre import chave_mestra
from separador.configuracao import Configuracao, Invalida, carregar
from separador.configuracao.busca import assinatura as assinar
from separador.motor import estado, pedidos, retencao
from separador.motor.contexto import Contexto
from separador.motor.entrada.despacho import GRUPO, Despacho
from separador.motor.entrada.origens import Origens
from separador.motor.sinal import Sinal
from separador.motor.systemd import Notificador
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.trabalhadores import Trabalhadores, TrabalhadorLocal
from separador.nucleo import relogio_saltou
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.relogio_saltou import MarchaDoRelogio

PASSO_S = 0.5
"""Orders and a changed configuration are noticed this often (contratos.md: within 1 s)."""
RITMO_LENTO_S = 30.0
RETENCAO_S = 3600.0


class Ciclo:
    """The service at work. One thread, the only writer of the database but for recorded orders."""

    def __init__(
        self, contexto: Contexto, ambiente: Mapping[str, str], notificador: Notificador, *, avisos: bool
    ) -> None:
        self.contexto = contexto
        self.parar = False
        self.sinal = Sinal()
        self._ambiente = ambiente
        self._notificador = notificador
        self._assinatura = assinar(contexto.config.arquivo)
        self._pfx: tuple[object, ...] = ()
        self._versao = -1
        self._lento_s = 0.0
        self._retencao_s = contexto.relogio.monotonico() + RETENCAO_S
        self._vivo_s = 0.0
        self._passo_s = 0.0
        self._desde = contexto.quando()
        self._marcha = self._primeira_marcha()
        self._relogio_avisado = False
        contexto.tokens.travas = contexto.dados / chave_mestra.PASTA
        self._entrada_de_pin = EntradaDePin(contexto.dados)
        self._pasta_de_certificados = PastaDeCertificados()
        self._avisador = Avisador()
        em_uso.atualizar(contexto, ambiente)
        inclusoes.atualizar(contexto, ambiente)
        self._pfx = em_uso.assinatura_dos_arquivos(contexto)
        self.despacho = Despacho(contexto, self._contratar(contexto.config.trabalhadores))
        self.transmissao = Transmissao(contexto, self.sinal.set)
        self.ecac = Ecac(contexto, self.sinal.set, ambiente)
        self.impressora = Impressora(contexto, self.sinal.set)
        self._origens = Origens(contexto, self.despacho, self.sinal, avisos=avisos)

    def _contratar(self, quantos: int) -> Trabalhadores | TrabalhadorLocal:
        enviados = self._recursos_enviados()
        return Trabalhadores(quantos, enviados, self.contexto.relogio) if quantos else TrabalhadorLocal(enviados)

    def _recursos_enviados(self) -> RecursosEnviados:
        segredos = {c: x.segredo() for c, x in self.contexto.certificados.items()}
        return RecursosEnviados(self.contexto.config.ambiente.tp_amb, segredos, self.contexto.inclusoes)

    def iniciar(self) -> None:
        """Recover, then be ready."""
        self._origens.adotar_rotas()
        recuperados = self._origens.recuperar()
        self._acordar_por_certificado()
        self.transmissao.iniciar()
        self.ecac.iniciar()
        self._gravar_estado()
        self._notificador.pronto(self._origens.resumo())
        ativas = sum(r.ativo for r in self.contexto.rotas)
        self.contexto.log.info("serviço pronto", acao="início", rotas=ativas, recuperados=recuperados)

    def _gravar_estado(self) -> None:
        estado.gravar(self.contexto, self._origens.origens, desde=self._desde, pronto=True)

    def passo(self) -> bool:
        """Everything that can be done now. True when something moved."""
        agora_s = self.contexto.relogio.monotonico()
        self._cumprimentar(agora_s)
        self._conferir_relogio(agora_s)
        moveu = False
        if agora_s >= self._passo_s:
            self._passo_s = agora_s + PASSO_S
            self._recarregar()
            moveu |= self._pedidos()
            self._origens.devolver_represados()
            self._pasta_de_certificados.ler(self.contexto, self._ambiente, agora_s)
            moveu |= self._retidos()
            moveu |= distribuicao_agenda.passo(self.contexto)
        if self._origens.ler(agora_s):
            self._gravar_estado()
            self._notificador.estado(self._origens.resumo())
        moveu |= self._despachar()
        moveu |= self.despacho.colher()
        moveu |= self.transmissao.passo(agora_s)
        moveu |= self.ecac.passo(agora_s)
        moveu |= self.impressora.passo(agora_s)
        if agora_s >= self._lento_s:
            self._lento_s = agora_s + RITMO_LENTO_S
            cte_agenda.prazos(self.contexto)
            pedidos.selo(self.contexto)
            em_uso.notar_assinaturas(self.contexto)
            vencem = [*validades.de_certificados(self.contexto), *procuracoes.validades(self.contexto)]
            self._avisador.conferir(self.contexto, self._ambiente, vencem)
            if em_uso.vencidos_agora(self.contexto) or inclusoes.mudou(self.contexto, self._ambiente):
                self._trocar_certificados()
            if not self.despacho.ocupado:
                esvaziar_diario(self.contexto.banco)
        if agora_s >= self._retencao_s:
            self._retencao_s = agora_s + RETENCAO_S
            retencao.retencao(self.contexto)
            self._origens.readotar_esquecidos()
        return moveu

    def _primeira_marcha(self) -> MarchaDoRelogio:
        linha = self.contexto.banco.uma("SELECT max(tomado_em) AS ultimo FROM arquivo")
        ultimo = instante_de(linha["ultimo"]) if linha is not None and linha["ultimo"] else None
        return relogio_saltou.primeiro(self.contexto.agora(), self.contexto.relogio.monotonico(), ultimo)

    def _conferir_relogio(self, agora_s: float) -> None:
        """A clock that jumped pauses the intake, is shown, and is believed again after a minute (F8)."""
        antes = self._marcha
        self._marcha = relogio_saltou.olhar(antes, self.contexto.agora(), agora_s)
        if self._marcha.suspeito == self._relogio_avisado:
            return
        self._relogio_avisado = self._marcha.suspeito
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

    def _cumprimentar(self, agora_s: float) -> None:
        """The watchdog is fed by progress of this loop and by nothing else (B5)."""
        intervalo_s = self._notificador.intervalo_cao_s
        if intervalo_s is not None and agora_s >= self._vivo_s:
            self._vivo_s = agora_s + intervalo_s / 2
            self._notificador.vivo()

    def _pedidos(self) -> bool:
        versao = versao_dos_dados(self.contexto.banco)
        feitas = 0
        if versao != self._versao:
            feitas = pedidos.ordens(self.contexto)
            # As many as one look takes: there may be more, and our own commits do not change the number.
            self._versao = versao if feitas < tabela_de_pedidos.LIMITE else -1
        return bool(feitas + cte_agenda.vencidos(self.contexto))

    def _recarregar(self) -> None:
        """A changed configuration is taken up between two groups; a bad one is told, and the old one goes on."""
        assinatura = assinar(self.contexto.config.arquivo)
        if assinatura != self._assinatura:
            self._assinatura = assinatura
            self._adotar()
        pins = [self.contexto.tokens.receber_pin(p.certificado_id, p.pin) for p in self._entrada_de_pin.recolher()]
        pfx = em_uso.assinatura_dos_arquivos(self.contexto)
        if pfx != self._pfx or any(pins) or self.contexto.tokens.devidos(self.contexto.relogio.monotonico()):
            self._pfx = pfx
            self._trocar_certificados()

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
        if nova.dados != antiga.dados:
            self.contexto.log.warning("a pasta de dados só muda com o serviço reiniciado", acao="configuração")
            self.contexto.config = replace(nova, dados=antiga.dados)
        if nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self._origens.reexaminar()
        if nova.rotas != antiga.rotas or nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self._origens.adotar_rotas()
            self._origens.readotar_esquecidos()
        self._origens.ler_ja()
        self._pfx = em_uso.assinatura_dos_arquivos(self.contexto)
        self._trocar_certificados()
        self.contexto.log.info("configuração nova em uso", acao="configuração")

    def _trocar_certificados(self) -> None:
        em_uso.atualizar(self.contexto, self._ambiente)
        inclusoes.atualizar(self.contexto, self._ambiente)
        self._lento_s = 0.0  # warnings of expiry follow at once
        self.despacho.trabalhadores.equipar(self._recursos_enviados())
        self.transmissao.reequipar()
        self._acordar_por_certificado()

    def _acordar_por_certificado(self) -> None:
        """Documents that waited for a certificate that is here now."""
        with self.contexto.banco.transacao():
            for cnpj in (*self.contexto.certificados, *self.contexto.tokens.empresas()):
                arquivos.soltar_retidos(self.contexto.banco, f"certificado:{cnpj[:8]}", self.contexto.quando())

    def _retidos(self) -> bool:
        """Held files whose time has come: looked at again, like any."""
        # One group, not one for each: a worker's pipe holds only so much, and the loop must never wait for it.
        itens = self._origens.retidos_devidos()[:GRUPO] if self.despacho.trabalhadores.tem_vaga() else []
        if itens:
            self.despacho.enviar(itens)
        return bool(itens)

    def _despachar(self) -> bool:
        houve = False
        if self._marcha.suspeito:
            return houve
        if self.despacho.avulsos:
            # Before anything new, which under a steady load would never leave them the workers to themselves.
            return self.despacho.uns_avulsos()
        while self.despacho.trabalhadores.tem_vaga():
            if not self._origens.despachar_um_de_cada():
                break
            houve = True
            if isinstance(self.despacho.trabalhadores, TrabalhadorLocal):
                break
        return houve

    def esperar(self) -> None:
        """Sleep until something rings, a worker answers, or a clock runs out."""
        agora_s = self.contexto.relogio.monotonico()
        espera_s = max(0.0, min((self._passo_s, *self._origens.prazos_s(agora_s))) - agora_s)
        wait([self.sinal.fileno(), *self.despacho.trabalhadores.fios()], timeout=espera_s)

    def nada_a_mover(self) -> bool:
        """Whether only a change from outside could move anything now (`uma-vez`)."""
        if em_uso.assinatura_dos_arquivos(self.contexto) != self._pfx:
            return False
        if (
            self._pasta_de_certificados.pendente
            or self.despacho.ocupado
            or self.despacho.represados
            or self._versao == -1
        ):
            return False
        if self.transmissao.pode_mover() or distribuicao_agenda.pode_mover(self.contexto) or self.ecac.pode_mover():
            return False
        if self.impressora.pode_mover():
            return False
        return self._origens.nada_a_mover()

    def mostrar_esperas(self) -> None:
        """Whatever still waits, for the failures view (`uma-vez`)."""
        self._origens.mostrar_esperas()

    def encerrar(self) -> None:
        """Stop taking; finish what is in the workers' hands; leave the rest in the work folder for the next start."""
        self._notificador.parando("terminando o que está em andamento")
        self._origens.fechar()
        limite_s = self.contexto.relogio.monotonico() + 60
        while self.despacho.em_andamento and self.contexto.relogio.monotonico() < limite_s:
            wait([*self.despacho.trabalhadores.fios()], timeout=0.2)
            self.despacho.colher()
        self.despacho.trabalhadores.encerrar()
        self.ecac.encerrar(lambda: self._ainda_ha_tempo(limite_s))
        self.impressora.encerrar()
        self.transmissao.encerrar(lambda: self._ainda_ha_tempo(limite_s))
        self.contexto.tokens.fechar()
        self._entrada_de_pin.fechar()
        self._avisador.fechar()
        self.sinal.fechar()
        estado.apagar(self.contexto.dados)

    def _ainda_ha_tempo(self, limite_s: float) -> bool:
        """Wait a moment for a call in flight; False when the time to stop is over."""
        self._notificador.vivo()
        self.sinal.clear()
        wait([self.sinal.fileno()], timeout=0.2)
        return self.contexto.relogio.monotonico() < limite_s
