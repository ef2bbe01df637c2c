"""The loop: read, claim, work, conclude, wait (SEP-03, SEP-04; B5, W7, W11). It sequences; others decide."""

import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path

from separador.banco import arquivos, falhas, publicacoes, rotas, tarefas
from separador.banco.conexao import esvaziar_diario, versao_dos_dados
from separador.banco.instante import instante_de
from separador.cofre import chave_mestra
from separador.configuracao import Configuracao, Invalida, carregar
from separador.configuracao.busca import assinatura as assinar
from separador.dominio import compasso
from separador.dominio.compasso import Compasso
from separador.dominio.falha import Falha, descrever
from separador.dominio.nome import mostrar
from separador.dominio.quietude import Motivo
from separador.dominio.rota import Regra, atribuir_ids, pasta_de_retorno
from separador.pastas import saude
from separador.pastas.campainha import Campainha
from separador.pastas.erros import FalhaDePasta
from separador.pastas.saude import Problema
from separador.pastas.tomada import Tomado
from separador.servico import agenda, chaveiro, estado, posto, procuracoes, recuperacao, validades
from separador.servico.avisador import Avisador
from separador.servico.boca import Boca
from separador.servico.casa import Casa
from separador.servico.conclusao import publicar_pendentes
from separador.servico.despacho import GRUPO, Despacho, item_do_tomado
from separador.servico.equipe import Equipe, EquipeLocal
from separador.servico.lotes import rota_do_lote
from separador.servico.notificacao import Notificador
from separador.servico.obra import Item
from separador.servico.operario import Equipamento
from separador.servico.posto import Posto
from separador.servico.vigiada import PastaVigiada

PASSO_S = 0.5
"""Orders and a changed configuration are noticed this often (contratos.md: within 1 s)."""
RITMO_LENTO_S = 30.0
RETENCAO_S = 3600.0
EXAME = 8 * GRUPO


class Despertador(threading.Event):
    """An event that a `select` can wait on too: the doorbell's thread sets it, the loop sleeps on it."""

    def __init__(self) -> None:
        super().__init__()
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """For `wait`."""
        return self._fd

    def set(self) -> None:
        """Wake the loop."""
        super().set()
        os.eventfd_write(self._fd, 1)

    def clear(self) -> None:
        """Heard."""
        super().clear()
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return

    def fechar(self) -> None:
        """Give the descriptor back."""
        os.close(self._fd)


class Ciclo:
    """The service at work. One thread, the only writer of the database but for recorded orders."""

    def __init__(self, casa: Casa, ambiente: Mapping[str, str], notificador: Notificador, *, avisos: bool) -> None:
        self.casa = casa
        self.parar = False
        self.despertador = Despertador()
        self._ambiente = ambiente
        self._notificador = notificador
        self._avisos = avisos
        self._assinatura = assinar(casa.config.arquivo)
        self._pfx: tuple[object, ...] = ()
        self._postos: list[Posto] = []
        self._campainha: Campainha | None = None
        self._recuperados: set[Tomado] = set()
        self._versao = -1
        self._lento_s = 0.0
        self._retencao_s = casa.relogio.monotonico() + RETENCAO_S
        self._vivo_s = 0.0
        self._passo_s = 0.0
        self._desde = casa.quando()
        self._parados: set[str] = set()
        self._compasso = self._primeiro_compasso()
        self._relogio_avisado = False
        casa.tokens.travas = casa.dados / chave_mestra.PASTA
        self._boca = Boca(casa.dados)
        self._vigiada = PastaVigiada()
        self._avisador = Avisador()
        chaveiro.atualizar(casa, ambiente)
        self._pfx = chaveiro.assinatura_dos_arquivos(casa)
        self.despacho = Despacho(casa, self._contratar(casa.config.trabalhadores))

    def _contratar(self, quantos: int) -> Equipe | EquipeLocal:
        equipamento = self._equipamento()
        return Equipe(quantos, equipamento, self.casa.relogio) if quantos else EquipeLocal(equipamento)

    def _equipamento(self) -> Equipamento:
        segredos = {c: x.segredo() for c, x in self.casa.certificados.items()}
        return Equipamento(self.casa.config.ambiente.tp_amb, segredos)

    def iniciar(self) -> None:
        """Recover, then be ready."""
        self._adotar_rotas()
        achados = recuperacao.recuperar(self.casa)
        for trabalho, tomado in achados.soltos:
            self._readotar(trabalho, tomado)
        self._acordar_por_certificado()
        estado.gravar(self.casa, self._postos, desde=self._desde, pronto=True)
        self._notificador.pronto(self._resumo())
        self.casa.log.info(
            "serviço pronto",
            acao="início",
            rotas=sum(r.ativo for r in self.casa.rotas),
            recuperados=len(achados.soltos),
        )

    def _adotar_rotas(self) -> None:
        conhecidos = {i: r["assinatura"] for i, r in rotas.conhecidas(self.casa.banco).items()}
        self.casa.rotas = atribuir_ids(self.casa.config.rotas, conhecidos)
        posto.conhecer(self.casa, self.casa.rotas)
        comuns = [r for r in self.casa.rotas if r.regra is not Regra.CERTIFICADO]
        antigos, self._postos = self._postos, posto.montar(comuns, self._postos)
        for um in antigos:
            if all(um is not outro for outro in self._postos):
                self._deixar(um)
        if self._campainha is not None:
            self._campainha.fechar()
        origens = [p.origem for p in self._postos]
        self._campainha = Campainha(origens, self.despertador, desligada=not self._avisos)
        # Before the first listing, so that what is dropped between the two still rings (B2).
        self._campainha.armar()
        for um in self._postos:
            posto.conferir(self.casa, um)

    def _deixar(self, um: Posto) -> None:
        """An origin that no active route reads any more: what it held stays in the work folder, and is shown."""
        for item in um.represados:
            self._sem_rota(item.tomado)
        for tomado in um.assentamento.pendentes() if um.assentamento is not None else ():
            self._sem_rota(tomado)

    def _readotar(self, trabalho: Path, tomado: Tomado) -> None:
        """A claim that a crash left: it settles first (its writer may have been cut too), then is worked on alone."""
        rota = rota_do_lote(self.casa, tomado.lote)
        dono = next((p for p in self._postos if rota is not None and p.origem == rota.origem), None)
        if dono is not None and dono.assentamento is None:
            return  # its folder is not well, which the failures view says; looked for again when it is (`_leitura`)
        if rota is None or dono is None or dono.assentamento is None or dono.assentamento.trabalho != trabalho:
            self._sem_rota(tomado)
            return
        self._recuperados.add(tomado)
        dono.assentamento.acolher(tomado)
        if falhas.existem(self.casa.banco):
            assunto = f"trabalho:{tomado.lote}:{mostrar(tomado.nome)}"
            with self.casa.banco.transacao():
                falhas.encerrar(self.casa.banco, assunto, self.casa.quando(), "a rota voltou")

    def _readotar_esquecidos(self) -> None:
        """Claims of a route that was taken out and is back: in nobody's hands, but still in the work folder."""
        em_maos = self.despacho.em_maos() | {i.tomado for p in self._postos for i in p.represados}
        em_maos |= {t for p in self._postos if p.assentamento is not None for t in p.assentamento.pendentes()}
        for trabalho, tomado in recuperacao.procurar_soltos(self.casa).soltos:
            if tomado not in em_maos:
                self._readotar(trabalho, tomado)

    def _sem_rota(self, tomado: Tomado) -> None:
        motivo, fazer = descrever("SEP-ROTA-AUSENTE", f"Lote {tomado.lote}.")
        falha = Falha(f"trabalho:{tomado.lote}:{mostrar(tomado.nome)}", "SEP-ROTA-AUSENTE", motivo, fazer)
        with self.casa.banco.transacao():
            falhas.abrir(self.casa.banco, falha, self.casa.quando())

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
            self._devolver_represados()
            self._vigiada.ler(self.casa, self._ambiente, agora_s)
            moveu |= self._retidos()
        self._ler(agora_s)
        moveu |= self._despachar()
        moveu |= self.despacho.colher()
        if agora_s >= self._lento_s:
            self._lento_s = agora_s + RITMO_LENTO_S
            agenda.prazos(self.casa)
            agenda.selo(self.casa)
            chaveiro.notar_assinaturas(self.casa)
            vencem = [*validades.de_certificados(self.casa), *procuracoes.validades(self.casa)]
            self._avisador.conferir(self.casa, self._ambiente, vencem)
            if chaveiro.vencidos_agora(self.casa):
                self._trocar_certificados()
            if not self.despacho.ocupado:
                esvaziar_diario(self.casa.banco)
        if agora_s >= self._retencao_s:
            self._retencao_s = agora_s + RETENCAO_S
            agenda.retencao(self.casa)
            self._readotar_esquecidos()
        return moveu

    def _primeiro_compasso(self) -> Compasso:
        linha = self.casa.banco.uma("SELECT max(tomado_em) AS ultimo FROM arquivo")
        ultimo = instante_de(linha["ultimo"]) if linha is not None and linha["ultimo"] else None
        return compasso.primeiro(self.casa.agora(), self.casa.relogio.monotonico(), ultimo)

    def _conferir_relogio(self, agora_s: float) -> None:
        """A clock that jumped pauses the intake, is shown, and is believed again after a minute (F8)."""
        antes = self._compasso
        self._compasso = compasso.olhar(antes, self.casa.agora(), agora_s)
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
        return bool(feitas + agenda.vencidos(self.casa))

    def _recarregar(self) -> None:
        """A changed configuration is taken up between two groups; a bad one is told, and the old one goes on."""
        assinatura = assinar(self.casa.config.arquivo)
        if assinatura != self._assinatura:
            self._assinatura = assinatura
            self._adotar()
        pins = [self.casa.tokens.receber_pin(p.certificado_id, p.pin) for p in self._boca.recolher()]
        pfx = chaveiro.assinatura_dos_arquivos(self.casa)
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
            for um in self._postos:
                um.vigia = None
        if nova.rotas != antiga.rotas or nova.tempo_quieto_s != antiga.tempo_quieto_s:
            self._adotar_rotas()
            self._readotar_esquecidos()
        for um in self._postos:
            um.proxima_leitura_s = 0.0
        self._pfx = chaveiro.assinatura_dos_arquivos(self.casa)
        self._trocar_certificados()
        self.casa.log.info("configuração nova em uso", acao="configuração")

    def _trocar_certificados(self) -> None:
        chaveiro.atualizar(self.casa, self._ambiente)
        self._lento_s = 0.0  # warnings of expiry follow at once
        self.despacho.equipe.equipar(self._equipamento())
        self._acordar_por_certificado()

    def _acordar_por_certificado(self) -> None:
        """Documents that waited for a certificate that is here now."""
        with self.casa.banco.transacao():
            for cnpj in (*self.casa.certificados, *self.casa.tokens.empresas()):
                arquivos.soltar_retidos(self.casa.banco, f"certificado:{cnpj[:8]}", self.casa.quando())

    def _devolver_represados(self) -> None:
        """Files that a folder or the database held back go to their post; they are sent when it works again."""
        if self.despacho.duvidosos:
            publicar_pendentes(self.casa)
            self.despacho.resolver()
        itens, self.despacho.represados = self.despacho.represados, []
        for item in itens:
            dono = next((p for p in self._postos if p.origem == item.rota.origem), None)
            if dono is not None:
                dono.represados.append(item)
            else:
                self._sem_rota(item.tomado)
        agora_s = self.casa.relogio.monotonico()
        for um in self._postos:
            for rota in um.rotas:
                if rota.id in self.despacho.falharam:
                    um.recuar(rota.id, agora_s)
            um.descansar(agora_s)
        self.despacho.falharam.clear()

    def _retidos(self) -> bool:
        """Held files whose time has come: looked at again, like any."""
        # One group, not one for each: a worker's pipe holds only so much, and the loop must never wait for it.
        itens = self._retidos_devidos()[:GRUPO] if self.despacho.equipe.tem_vaga() else []
        if itens:
            self.despacho.enviar(itens)
        return bool(itens)

    def _retidos_devidos(self) -> list[Item]:
        em_maos = self.despacho.em_maos() | {i.tomado for p in self._postos for i in p.represados}
        itens = []
        # Of an origin that is not well nothing is tried: its claims may lie on the very share that is gone (B6).
        ativas = [r.id for p in self._postos if not p.problemas for r in p.rotas if r.ativo and r.id is not None]
        for linha in arquivos.retidos(self.casa.banco, self.casa.quando(), ativas):
            tomado = Tomado(linha["lote"], bytes(linha["nome"]))
            rota = self.casa.rota(linha["rota_id"])
            if rota is not None and tomado not in em_maos:
                itens.append(item_do_tomado(self.casa, Path(linha["trabalho"]), tomado, rota))
        return itens

    def _ler(self, agora_s: float) -> None:
        toques = {}
        if self.despertador.is_set() and self._campainha is not None:
            self.despertador.clear()
            toques = self._campainha.recolher()
        leu = False
        for um in self._postos:
            toque = toques.get(um.origem)
            if agora_s >= um.proxima_leitura_s:
                self._leitura(um, agora_s)
                leu = True
            elif toque is not None:
                self._examinar(um, listar=toque.tudo, indicados=toque.nomes)
            elif um.proximo_exame_s is not None and agora_s >= um.proximo_exame_s and not um.prontos:
                self._examinar(um, listar=False, indicados=())
        if leu:
            self._depois_da_leitura()

    def _leitura(self, um: Posto, agora_s: float) -> None:
        """One reading: folders checked, origin listed, failures brought up to date (SEP-03)."""
        um.proxima_leitura_s = agora_s + self.casa.config.tempo_leitura_s
        ausente = bool(um.problemas) or um.assentamento is None
        posto.conferir(self.casa, um)
        if ausente and not um.problemas:
            # The share was not mounted, or the disk was full, when the service started: what it left there goes on now.
            self._readotar_esquecidos()
        if not um.problemas:
            self._examinar(um, listar=True, indicados=())
            um.ultima_leitura = self.casa.quando()
        posto.mostrar_falhas(self.casa, um)

    def _examinar(self, um: Posto, *, listar: bool, indicados: Collection[bytes]) -> None:
        if um.vigia is None or um.problemas:
            return
        try:
            leitura = um.vigia.examinar(self.casa.agora(), limite=EXAME, listar=listar, indicados=indicados)
        except FalhaDePasta as falha:
            um.problemas = [Problema(falha.codigo, falha.mensagem, falha.o_que_fazer)]
            return
        um.proximo_exame_s = leitura.proximo_exame_s
        vistos = {c.nome for c in um.prontos}
        um.prontos += [c for c in leitura.prontos if c.nome not in vistos]
        for ignorado in leitura.ignorados:
            self.casa.log.info(ignorado.motivo, acao="ignorado", arquivo=mostrar(ignorado.nome))

    def _depois_da_leitura(self) -> None:
        if self._campainha is not None:
            for surda in self._campainha.armar():
                if self._avisos and str(surda.pasta) not in self._parados:
                    self._parados.add(str(surda.pasta))
                    self.casa.log.warning("sem avisos do sistema; só por leitura", acao="campainha", pasta=surda.pasta)
        publicar_pendentes(self.casa)
        self._rever_pastas()
        estado.gravar(self.casa, self._postos, desde=self._desde, pronto=True)
        self._notificador.estado(self._resumo())

    def _rever_pastas(self) -> None:
        """A folder that failed in the middle of something and works again: its line goes.

        Not while something still cannot be published there, however well the folder looks.
        """
        presas = {linha["pasta"] for linha in publicacoes.pendentes(self.casa.banco)}
        esperam = [i.rota for um in self._postos for i in um.represados] + [i.rota for i in self.despacho.represados]
        presas |= {str(p) for r in esperam for p in (*r.pastas(), pasta_de_retorno(r, self.casa.rotas))}
        for assunto, codigo in falhas.assuntos(self.casa.banco, "pasta:"):
            pasta = Path(assunto.removeprefix("pasta:"))
            reserva = self.casa.config.reserva_disco_mb * 2**20
            if str(pasta) not in presas and not saude.conferir(pasta, None, escrita=False, reserva_bytes=reserva):
                with self.casa.banco.transacao():
                    falhas.encerrar(self.casa.banco, assunto, self.casa.quando(), "a pasta voltou", codigo)

    def _despachar(self) -> bool:
        houve = False
        if self._compasso.suspeito:
            return houve
        if self.despacho.avulsos:
            # Before anything new, which under a steady load would never leave them the workers to themselves.
            return self.despacho.uns_avulsos()
        while self.despacho.equipe.tem_vaga():
            if not self._uma_volta():
                break
            houve = True
            if isinstance(self.despacho.equipe, EquipeLocal):
                break
        return houve

    def _uma_volta(self) -> bool:
        """One group of each post, so that a full folder does not starve the others."""
        houve = False
        for um in self._postos:
            if self.despacho.equipe.tem_vaga():
                houve |= self._de_um(um)
        return houve

    def _de_um(self, um: Posto) -> bool:
        """One group of one post: what was held back first, then what settled, then what is new."""
        if um.problemas:
            return False
        livres = [i for i in um.represados if self._pode_seguir(um, i)][:GRUPO]
        if livres:
            um.represados = type(um.represados)(i for i in um.represados if i not in livres)
            self.despacho.enviar(livres)
            return True
        self._assentar(um)
        return self.despacho.tomar(um)

    def _pode_seguir(self, um: Posto, item: Item) -> bool:
        """Whether a file that was held back may go on: by its route as it is configured now."""
        rota = um.rota(item.rota_id)
        if rota is None or not rota.ativo or um.parada(item.rota_id):
            return False
        item.rota = rota
        return True

    def _assentar(self, um: Posto) -> None:
        if um.assentamento is None or not um.assentamento.pendentes():
            return
        for tomado in um.assentamento.examinar(self.casa.relogio.monotonico()):
            rota = rota_do_lote(self.casa, tomado.lote)
            if rota is None:
                self._sem_rota(tomado)
                continue
            item = item_do_tomado(self.casa, um.assentamento.trabalho, tomado, rota)
            if tomado in self._recuperados:
                self._recuperados.discard(tomado)
                self.despacho.avulsos.append(item)
            else:
                um.represados.append(item)

    def esperar(self) -> None:
        """Sleep until something rings, a worker answers, or a clock runs out."""
        agora_s = self.casa.relogio.monotonico()
        prazos = [self._passo_s, *(p.proxima_leitura_s for p in self._postos)]
        # A post that still has ready files to hand out is not examined before: its clock would only make the loop spin.
        prazos += [
            p.proximo_exame_s
            for p in self._postos
            if p.proximo_exame_s is not None and not p.problemas and not p.prontos
        ]
        if any(p.assentamento is not None and p.assentamento.pendentes() for p in self._postos):
            prazos.append(agora_s + 0.05)
        espera_s = max(0.0, min(prazos) - agora_s)
        wait([self.despertador.fileno(), *self.despacho.equipe.fios()], timeout=espera_s)

    def nada_a_mover(self) -> bool:
        """Whether only a change from outside could move anything now (`uma-vez`)."""
        if chaveiro.assinatura_dos_arquivos(self.casa) != self._pfx:
            return False
        if (
            self._vigiada.pendente
            or self.despacho.ocupado
            or self.despacho.represados
            or self._versao == -1
            or self._retidos_devidos()
        ):
            return False
        for um in self._postos:
            if um.problemas or um.vigia is None:
                continue
            if um.assentamento is not None and um.assentamento.pendentes():
                return False
            if any(self._pode_seguir(um, i) for i in um.represados) or um.prontos:
                return False
            if any(p.motivo in (Motivo.MUDANDO, Motivo.INACABADO) for p in um.vigia.pendencias()):
                return False
        return True

    def encerrar(self) -> None:
        """Stop taking; finish what is in the workers' hands; leave the rest in the work folder for the next start."""
        self._notificador.parando("terminando o que está em andamento")
        if self._campainha is not None:
            self._campainha.fechar()
        limite_s = self.casa.relogio.monotonico() + 60
        while self.despacho.em_obra and self.casa.relogio.monotonico() < limite_s:
            wait([*self.despacho.equipe.fios()], timeout=0.2)
            self.despacho.colher()
        self.despacho.equipe.encerrar()
        self.casa.tokens.fechar()
        self._boca.fechar()
        self._avisador.fechar()
        self.despertador.fechar()
        estado.apagar(self.casa.dados)

    def _resumo(self) -> str:
        parados = sum(bool(p.problemas) for p in self._postos)
        texto = f"{self.despacho.concluidos} arquivos concluídos, {len(self._postos)} pastas lidas"
        return f"{texto}, {parados} paradas" if parados else texto
