"""The loop: read, claim, work, conclude, wait (SEP-03, SEP-04; B5, W7, W11). It sequences; others decide."""

from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.connection import wait

from separador.banco import arquivos, falhas
from separador.banco import pedidos as tarefas
from separador.banco.conexao import esvaziar_diario, versao_dos_dados
from separador.banco.instante import instante_de
from separador.capacidades.avisos.servico import Avisador
from separador.capacidades.certificados.servico import em_uso, validades
from separador.capacidades.certificados.servico.entrada_de_pin import Boca
from separador.capacidades.certificados.servico.pasta_de_certificados import PastaVigiada
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
from separador.motor import estado, retencao
from separador.motor import pedidos as agenda
from separador.motor.contexto import Casa
from separador.motor.entrada.despacho import GRUPO, Despacho
from separador.motor.entrada.origens import Patio
from separador.motor.sinal import Despertador
from separador.motor.systemd import Notificador
from separador.motor.trabalho.leitura import Equipamento
from separador.motor.trabalho.trabalhadores import Equipe, EquipeLocal
from separador.nucleo import relogio_saltou
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.relogio_saltou import Compasso

PASSO_S = 0.5
"""Orders and a changed configuration are noticed this often (contratos.md: within 1 s)."""
RITMO_LENTO_S = 30.0
RETENCAO_S = 3600.0


class Ciclo:
    """The service at work. One thread, the only writer of the database but for recorded orders."""

    def __init__(self, casa: Casa, ambiente: Mapping[str, str], notificador: Notificador, *, avisos: bool) -> None:
        self.casa = casa
        self.parar = False
        self.despertador = Despertador()
        self._ambiente = ambiente
        self._notificador = notificador
        self._assinatura = assinar(casa.config.arquivo)
        self._pfx: tuple[object, ...] = ()
        self._versao = -1
        self._lento_s = 0.0
        self._retencao_s = casa.relogio.monotonico() + RETENCAO_S
        self._vivo_s = 0.0
        self._passo_s = 0.0
        self._desde = casa.quando()
        self._compasso = self._primeiro_compasso()
        self._relogio_avisado = False
        casa.tokens.travas = casa.dados / chave_mestra.PASTA
        self._boca = Boca(casa.dados)
        self._vigiada = PastaVigiada()
        self._avisador = Avisador()
        em_uso.atualizar(casa, ambiente)
        inclusoes.atualizar(casa, ambiente)
        self._pfx = em_uso.assinatura_dos_arquivos(casa)
        self.despacho = Despacho(casa, self._contratar(casa.config.trabalhadores))
        self.transmissao = Transmissao(casa, self.despertador.set)
        self.ecac = Ecac(casa, self.despertador.set, ambiente)
        self.impressora = Impressora(casa, self.despertador.set)
        self._patio = Patio(casa, self.despacho, self.despertador, avisos=avisos)

    def _contratar(self, quantos: int) -> Equipe | EquipeLocal:
        equipamento = self._equipamento()
        return Equipe(quantos, equipamento, self.casa.relogio) if quantos else EquipeLocal(equipamento)

    def _equipamento(self) -> Equipamento:
        segredos = {c: x.segredo() for c, x in self.casa.certificados.items()}
        return Equipamento(self.casa.config.ambiente.tp_amb, segredos, self.casa.inclusoes)

    def iniciar(self) -> None:
        """Recover, then be ready."""
        self._patio.adotar_rotas()
        recuperados = self._patio.recuperar()
        self._acordar_por_certificado()
        self.transmissao.iniciar()
        self.ecac.iniciar()
        self._gravar_estado()
        self._notificador.pronto(self._patio.resumo())
        ativas = sum(r.ativo for r in self.casa.rotas)
        self.casa.log.info("serviço pronto", acao="início", rotas=ativas, recuperados=recuperados)

    def _gravar_estado(self) -> None:
        estado.gravar(self.casa, self._patio.postos, desde=self._desde, pronto=True)

    def passo(self) -> bool:
        """Everything that can be done now. True when something moved."""
        agora_s = self.casa.relogio.monotonico()
        self._cumprimentar(agora_s)
        self._conferir_relogio(agora_s)
        moveu = False
        if agora_s >= self._passo_s:
            self._passo_s = agora_s + PASSO_S
            self._recarregar()
            moveu |= self._ordens()
            self._patio.devolver_represados()
            self._vigiada.ler(self.casa, self._ambiente, agora_s)
            moveu |= self._retidos()
            moveu |= distribuicao_agenda.passo(self.casa)
        if self._patio.ler(agora_s):
            self._gravar_estado()
            self._notificador.estado(self._patio.resumo())
        moveu |= self._despachar()
        moveu |= self.despacho.colher()
        moveu |= self.transmissao.passo(agora_s)
        moveu |= self.ecac.passo(agora_s)
        moveu |= self.impressora.passo(agora_s)
        if agora_s >= self._lento_s:
            self._lento_s = agora_s + RITMO_LENTO_S
            cte_agenda.prazos(self.casa)
            agenda.selo(self.casa)
            em_uso.notar_assinaturas(self.casa)
            vencem = [*validades.de_certificados(self.casa), *procuracoes.validades(self.casa)]
            self._avisador.conferir(self.casa, self._ambiente, vencem)
            if em_uso.vencidos_agora(self.casa) or inclusoes.mudou(self.casa, self._ambiente):
                self._trocar_certificados()
            if not self.despacho.ocupado:
                esvaziar_diario(self.casa.banco)
        if agora_s >= self._retencao_s:
            self._retencao_s = agora_s + RETENCAO_S
            retencao.retencao(self.casa)
            self._patio.readotar_esquecidos()
        return moveu

    def _primeiro_compasso(self) -> Compasso:
        linha = self.casa.banco.uma("SELECT max(tomado_em) AS ultimo FROM arquivo")
        ultimo = instante_de(linha["ultimo"]) if linha is not None and linha["ultimo"] else None
        return relogio_saltou.primeiro(self.casa.agora(), self.casa.relogio.monotonico(), ultimo)

    def _conferir_relogio(self, agora_s: float) -> None:
        """A clock that jumped pauses the intake, is shown, and is believed again after a minute (F8)."""
        antes = self._compasso
        self._compasso = relogio_saltou.olhar(antes, self.casa.agora(), agora_s)
        if self._compasso.suspeito == self._relogio_avisado:
            return
        self._relogio_avisado = self._compasso.suspeito
        quando = self.casa.quando()
        motivo, fazer = descrever("SEP-RELOGIO", f"Diferença de {self._compasso.desvio}.")
        with self.casa.banco.transacao():
            if self._compasso.suspeito:
                falhas.abrir(self.casa.banco, Falha("relogio", "SEP-RELOGIO", motivo, fazer), quando)
            else:
                falhas.encerrar(self.casa.banco, "relogio", quando, "o relógio anda certo")
        if self._compasso.suspeito:
            self.casa.log.error(motivo, acao="relógio", o_que_fazer=fazer)
        else:
            self.casa.log.info("o relógio anda certo; a leitura continua", acao="relógio")

    def _cumprimentar(self, agora_s: float) -> None:
        """The watchdog is fed by progress of this loop and by nothing else (B5)."""
        intervalo_s = self._notificador.intervalo_cao_s
        if intervalo_s is not None and agora_s >= self._vivo_s:
            self._vivo_s = agora_s + intervalo_s / 2
            self._notificador.vivo()

    def _ordens(self) -> bool:
        versao = versao_dos_dados(self.casa.banco)
        feitas = 0
        if versao != self._versao:
            feitas = agenda.ordens(self.casa)
            # As many as one look takes: there may be more, and our own commits do not change the number.
            self._versao = versao if feitas < tarefas.LIMITE else -1
        return bool(feitas + cte_agenda.vencidos(self.casa))

    def _recarregar(self) -> None:
        """A changed configuration is taken up between two groups; a bad one is told, and the old one goes on."""
        assinatura = assinar(self.casa.config.arquivo)
        if assinatura != self._assinatura:
            self._assinatura = assinatura
            self._adotar()
        pins = [self.casa.tokens.receber_pin(p.certificado_id, p.pin) for p in self._boca.recolher()]
        pfx = em_uso.assinatura_dos_arquivos(self.casa)
        if pfx != self._pfx or any(pins) or self.casa.tokens.devidos(self.casa.relogio.monotonico()):
            self._pfx = pfx
            self._trocar_certificados()

    def _adotar(self) -> None:
        nova = carregar(self.casa.config.arquivo)
        quando = self.casa.quando()
        if isinstance(nova, Invalida):
            motivo, fazer = descrever("SEP-CONFIGURACAO", "; ".join(str(e) for e in nova.erros[:3]))
            with self.casa.banco.transacao():
                falhas.abrir(self.casa.banco, Falha("configuracao", "SEP-CONFIGURACAO", motivo, fazer), quando)
            self.casa.log.error(motivo, acao="configuração", o_que_fazer=fazer)
            return
        with self.casa.banco.transacao():
            falhas.encerrar(self.casa.banco, "configuracao", quando, "a configuração está em ordem")
        self._aplicar(nova)

    def _aplicar(self, nova: Configuracao) -> None:
        antiga, self.casa.config = self.casa.config, nova
        if nova.dados != antiga.dados:
            self.casa.log.warning("a pasta de dados só muda com o serviço reiniciado", acao="configuração")
            self.casa.config = replace(nova, dados=antiga.dados)
        if nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self._patio.reexaminar()
        if nova.rotas != antiga.rotas or nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self._patio.adotar_rotas()
            self._patio.readotar_esquecidos()
        self._patio.ler_ja()
        self._pfx = em_uso.assinatura_dos_arquivos(self.casa)
        self._trocar_certificados()
        self.casa.log.info("configuração nova em uso", acao="configuração")

    def _trocar_certificados(self) -> None:
        em_uso.atualizar(self.casa, self._ambiente)
        inclusoes.atualizar(self.casa, self._ambiente)
        self._lento_s = 0.0  # warnings of expiry follow at once
        self.despacho.equipe.equipar(self._equipamento())
        self.transmissao.reequipar()
        self._acordar_por_certificado()

    def _acordar_por_certificado(self) -> None:
        """Documents that waited for a certificate that is here now."""
        with self.casa.banco.transacao():
            for cnpj in (*self.casa.certificados, *self.casa.tokens.empresas()):
                arquivos.soltar_retidos(self.casa.banco, f"certificado:{cnpj[:8]}", self.casa.quando())

    def _retidos(self) -> bool:
        """Held files whose time has come: looked at again, like any."""
        # One group, not one for each: a worker's pipe holds only so much, and the loop must never wait for it.
        itens = self._patio.retidos_devidos()[:GRUPO] if self.despacho.equipe.tem_vaga() else []
        if itens:
            self.despacho.enviar(itens)
        return bool(itens)

    def _despachar(self) -> bool:
        houve = False
        if self._compasso.suspeito:
            return houve
        if self.despacho.avulsos:
            # Before anything new, which under a steady load would never leave them the workers to themselves.
            return self.despacho.uns_avulsos()
        while self.despacho.equipe.tem_vaga():
            if not self._patio.despachar_um_de_cada():
                break
            houve = True
            if isinstance(self.despacho.equipe, EquipeLocal):
                break
        return houve

    def esperar(self) -> None:
        """Sleep until something rings, a worker answers, or a clock runs out."""
        agora_s = self.casa.relogio.monotonico()
        espera_s = max(0.0, min((self._passo_s, *self._patio.prazos_s(agora_s))) - agora_s)
        wait([self.despertador.fileno(), *self.despacho.equipe.fios()], timeout=espera_s)

    def nada_a_mover(self) -> bool:
        """Whether only a change from outside could move anything now (`uma-vez`)."""
        if em_uso.assinatura_dos_arquivos(self.casa) != self._pfx:
            return False
        if self._vigiada.pendente or self.despacho.ocupado or self.despacho.represados or self._versao == -1:
            return False
        if self.transmissao.pode_mover() or distribuicao_agenda.pode_mover(self.casa) or self.ecac.pode_mover():
            return False
        if self.impressora.pode_mover():
            return False
        return self._patio.nada_a_mover()

    def mostrar_esperas(self) -> None:
        """Whatever still waits, for the failures view (`uma-vez`)."""
        self._patio.mostrar_esperas()

    def encerrar(self) -> None:
        """Stop taking; finish what is in the workers' hands; leave the rest in the work folder for the next start."""
        self._notificador.parando("terminando o que está em andamento")
        self._patio.fechar()
        limite_s = self.casa.relogio.monotonico() + 60
        while self.despacho.em_obra and self.casa.relogio.monotonico() < limite_s:
            wait([*self.despacho.equipe.fios()], timeout=0.2)
            self.despacho.colher()
        self.despacho.equipe.encerrar()
        self.ecac.encerrar(lambda: self._ainda_ha_tempo(limite_s))
        self.impressora.encerrar()
        self.transmissao.encerrar(lambda: self._ainda_ha_tempo(limite_s))
        self.casa.tokens.fechar()
        self._boca.fechar()
        self._avisador.fechar()
        self.despertador.fechar()
        estado.apagar(self.casa.dados)

    def _ainda_ha_tempo(self, limite_s: float) -> bool:
        """Wait a moment for a call in flight; False when the time to stop is over."""
        self._notificador.vivo()
        self.despertador.clear()
        wait([self.despertador.fileno()], timeout=0.2)
        return self.casa.relogio.monotonico() < limite_s
