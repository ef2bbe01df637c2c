"""Keeps every origin that is read and the files found there, and chooses the next group to work on."""

from collections.abc import Collection, Iterator
from pathlib import Path

from separador.banco import arquivos, falhas, rotas
from separador.motor import pasta_com_falha
from separador.motor.contexto import Contexto
from separador.motor.desfecho import recuperacao
from separador.motor.desfecho.entrega import publicar_pendentes
from separador.motor.desfecho.grupo import Item
from separador.motor.entrada import falhas_da_origem, origem
from separador.motor.entrada.avisos_das_origens import AvisosDasOrigens
from separador.motor.entrada.despacho import GRUPO, Despacho
from separador.motor.entrada.lotes import rota_do_lote
from separador.motor.entrada.origem import Origem
from separador.motor.entrada.remessa_de_trabalho import item_do_tomado
from separador.motor.entrada.silencio import Silencio
from separador.motor.sinal import Sinal
from separador.nucleo import capacidade
from separador.nucleo.arquivo_completo import Motivo
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import atribuir_ids
from separador.nucleo.texto.quantidade import quantos
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta
from separador.pastas.tomada import Tomado

EXAME = 2 * GRUPO
"""Number of files examined at a time: the first groups are under way before a full folder is seen to its end."""


class Origens:
    """The origins, the notices of the system about them, and what the work folder still holds of them."""

    def __init__(self, contexto: Contexto, despacho: Despacho, sinal: Sinal, *, avisos: bool) -> None:
        self.contexto = contexto
        self.despacho = despacho
        self.origens: list[Origem] = []
        self._sinal = sinal
        self._com_avisos = avisos
        self._avisos: AvisosDasOrigens | None = None
        self._recuperados: set[Tomado] = set()
        self._surdas: set[str] = set()
        self._silencio = Silencio(contexto)

    def adotar_rotas(self) -> None:
        """Adopts the routes as configured now. Files of an origin that is not read any more are shown."""
        conhecidos = {i: r["assinatura"] for i, r in rotas.conhecidas(self.contexto.banco).items()}
        self.contexto.rotas = atribuir_ids(self.contexto.config.rotas, conhecidos)
        self._silencio.sondar()
        origem.conhecer(self.contexto, self.contexto.rotas)
        comuns = [r for r in self.contexto.rotas if not capacidade.regra(r.regra).pasta_propria]
        antigos, self.origens = self.origens, origem.montar(comuns, self.origens)
        for um in antigos:
            if all(um is not outro for outro in self.origens):
                self._deixar(um)
        falhas_da_origem.esquecer(self.contexto, self.origens)
        if self._avisos is not None:
            self._avisos.fechar()
        origens = [p.pasta for p in self.origens]
        self._avisos = AvisosDasOrigens(origens, self._sinal, desligada=not self._com_avisos)
        # The watch is set before the first listing, so that a file dropped between the two still gives a notice.
        self._avisos.armar()
        for um in self.origens:
            origem.conferir(self.contexto, um)

    def reexaminar(self) -> None:
        """Drops every tracker, because the quiet time changed. Each is made again at its next use."""
        for um in self.origens:
            um.varredura = None

    def ler_ja(self) -> None:
        """Makes every origin due at the next look."""
        for um in self.origens:
            um.proxima_leitura_s = 0.0

    def recuperar(self) -> int:
        """Takes up, after a start, what an earlier run left in the work folder. Returns the number of claims."""
        achados = recuperacao.recuperar(self.contexto)
        for trabalho, tomado in achados.soltos:
            self._readotar(trabalho, tomado)
        return len(achados.soltos)

    def _deixar(self, um: Origem) -> None:
        """Leaves an origin that no active route reads any more. Its files stay in the work folder and are shown."""
        for item in um.represados:
            self._sem_rota(item.tomado)
        for tomado in um.ainda_mudando.pendentes() if um.ainda_mudando is not None else ():
            self._sem_rota(tomado)

    def _readotar(self, trabalho: Path, tomado: Tomado) -> None:
        """Adopts a claim that a crash left.

        It settles first (its writer may have been cut too), then is worked on alone.
        """
        rota = rota_do_lote(self.contexto, tomado.lote)
        dono = next((p for p in self.origens if rota is not None and p.pasta == rota.origem), None)
        if dono is not None and dono.ainda_mudando is None:
            return  # its folder is not well, which the failures view shows; `_leitura` takes it up later
        if rota is None or dono is None or dono.ainda_mudando is None:
            self._sem_rota(tomado)
            return
        self._recuperados.add(tomado)
        dono.ainda_mudando.acolher(tomado, trabalho)
        if falhas.existem(self.contexto.banco):
            assunto = f"trabalho:{tomado.lote}:{mostrar(tomado.nome)}"
            with self.contexto.banco.transacao():
                falhas.encerrar(self.contexto.banco, assunto, self.contexto.quando(), "a rota voltou")

    def readotar_esquecidos(self) -> None:
        """Adopts claims of a route that was taken out and is back.

        Nobody has them in hand, but the work folder holds them.
        """
        em_maos = self._em_maos()
        em_maos |= {t for p in self.origens if p.ainda_mudando is not None for t in p.ainda_mudando.pendentes()}
        for trabalho, tomado in recuperacao.procurar_soltos(self.contexto).soltos:
            if tomado not in em_maos:
                self._readotar(trabalho, tomado)

    def _em_maos(self) -> set[Tomado]:
        return self.despacho.em_maos() | {i.tomado for p in self.origens for i in p.represados}

    def _sem_rota(self, tomado: Tomado) -> None:
        motivo, fazer = descrever("SEP-ROTA-AUSENTE", f"Lote {tomado.lote}.")
        falha = Falha(f"trabalho:{tomado.lote}:{mostrar(tomado.nome)}", "SEP-ROTA-AUSENTE", motivo, fazer)
        with self.contexto.banco.transacao():
            falhas.abrir(self.contexto.banco, falha, self.contexto.quando())

    def devolver_represados(self) -> None:
        """Gives files that a folder or the database held back to their origin, which sends them when it works again."""
        if self.despacho.duvidosos:
            publicar_pendentes(self.contexto)
            self.despacho.resolver()
        itens, self.despacho.represados = self.despacho.represados, []
        for item in itens:
            dono = next((p for p in self.origens if p.pasta == item.rota.origem), None)
            if dono is not None and item.inquieto and dono.ainda_mudando is not None:
                dono.ainda_mudando.acolher(item.tomado, item.trabalho)
            elif dono is not None:
                dono.represados.append(item)
            else:
                self._sem_rota(item.tomado)
        agora_s = self.contexto.relogio.monotonico()
        for um in self.origens:
            for rota in um.rotas:
                if rota.id in self.despacho.falharam:
                    um.recuar(rota.id, agora_s)
            um.descansar(agora_s)
        self.despacho.falharam.clear()

    def retidos_devidos(self) -> list[Item]:
        """Returns the held files whose time has come."""
        em_maos = self._em_maos()
        itens = []
        # Nothing is tried of an origin that is not well: its claims may lie on the share that is gone.
        ativas = [r.id for p in self.origens if not p.problemas for r in p.rotas if r.ativo and r.id is not None]
        for linha in arquivos.retidos(self.contexto.banco, self.contexto.quando(), ativas):
            tomado = Tomado(linha["lote"], bytes(linha["nome"]))
            rota = self.contexto.rota(linha["rota_id"])
            if rota is not None and tomado not in em_maos:
                itens.append(item_do_tomado(self.contexto, Path(linha["trabalho"]), tomado, rota))
        return itens

    def ler(self, agora_s: float) -> bool:
        """Does the readings that are due, and the looks that a notice of the system or a quiet time asks for.

        Returns True when an origin was read whole.
        """
        self._silencio.procurar(self.origens, agora_s)
        toques = {}
        if self._sinal.is_set() and self._avisos is not None:
            self._sinal.clear()
            toques = self._avisos.recolher()
        leu = False
        for um in self.origens:
            toque = toques.get(um.pasta)
            if agora_s >= um.proxima_leitura_s:
                self._leitura(um, agora_s)
                leu = True
            elif toque is not None:
                self._examinar(um, listar=toque.tudo, indicados=toque.nomes)
            elif um.proximo_exame_s is not None and agora_s >= um.proximo_exame_s and not um.prontos:
                self._examinar(um, listar=False, indicados=())
        if leu:
            self._depois_da_leitura()
        return leu

    def _leitura(self, um: Origem, agora_s: float) -> None:
        """Does one reading: checks the folders, lists the origin, brings the failures up to date."""
        um.proxima_leitura_s = agora_s + self.contexto.config.tempo_leitura_s
        ausente = bool(um.problemas) or um.ainda_mudando is None
        origem.conferir(self.contexto, um)
        if ausente and not um.problemas:
            # The share was not mounted, or the disk was full, when the service started. What it left there goes on now.
            self.readotar_esquecidos()
        if not um.problemas:
            self._examinar(um, listar=True, indicados=())
            um.ultima_leitura = self.contexto.quando()
        falhas_da_origem.atualizar(self.contexto, um)

    def _examinar(self, um: Origem, *, listar: bool, indicados: Collection[bytes]) -> None:
        if um.varredura is None or um.problemas:
            return
        try:
            leitura = um.examinar(um.varredura, self.contexto.agora(), EXAME, listar=listar, indicados=indicados)
        except FalhaDePasta as falha:
            um.falhou(falha)
            return
        um.proximo_exame_s = leitura.proximo_exame_s
        vistos = {c.nome for c in um.prontos}
        um.prontos += [c for c in leitura.prontos if c.nome not in vistos]
        for ignorado in leitura.ignorados:
            self.contexto.log.info(ignorado.motivo, acao="ignorado", arquivo=mostrar(ignorado.nome))

    def _depois_da_leitura(self) -> None:
        if self._avisos is not None:
            for surda in self._avisos.armar():
                if self._com_avisos and str(surda.pasta) not in self._surdas:
                    self._surdas.add(str(surda.pasta))
                    self.contexto.log.warning(
                        "sem avisos do sistema; só por leitura", acao="campainha", pasta=surda.pasta
                    )
        publicar_pendentes(self.contexto)
        esperam = [i.rota for um in self.origens for i in um.represados] + [i.rota for i in self.despacho.represados]
        pasta_com_falha.rever(self.contexto, esperam)

    def despachar_um_de_cada(self) -> bool:
        """Sends one group of each origin, so that a full folder does not starve the others."""
        houve = False
        for um in self.origens:
            if self.despacho.trabalhadores.alguma_vaga():
                houve |= self._de_um(um)
        return houve

    def _de_um(self, um: Origem) -> bool:
        """Sends one group of one origin: first what was held back, then what settled, then what is new."""
        if um.problemas:
            return False
        livres = [i for i in um.represados if self._pode_seguir(um, i)][:GRUPO]
        if livres:
            um.represados = type(um.represados)(i for i in um.represados if i not in livres)
            self.despacho.retomar(livres)
            return True
        self._assentar(um)
        return self.despacho.tomar(um)

    def _pode_seguir(self, um: Origem, item: Item) -> bool:
        """Says whether a file that was held back may go on, by its route as configured now."""
        rota = um.rota(item.rota_id)
        if rota is None or not rota.ativo or um.parada(item.rota_id) or not self.despacho.cabe(rota):
            return False
        item.rota = rota
        return True

    def _assentar(self, um: Origem) -> None:
        if um.ainda_mudando is None or not um.ainda_mudando.pendentes():
            return
        try:
            prontos = faixas.fazer(um.pasta, um.ainda_mudando.examinar, self.contexto.relogio.monotonico())
        except FalhaDePasta as falha:
            um.falhou(falha)
            return
        for trabalho, tomado in prontos:
            rota = rota_do_lote(self.contexto, tomado.lote)
            if rota is None:
                self._sem_rota(tomado)
                continue
            item = item_do_tomado(self.contexto, trabalho, tomado, rota)
            if tomado in self._recuperados:
                self._recuperados.discard(tomado)
                self.despacho.avulsos.append(item)
            else:
                um.represados.append(item)

    def prazos_s(self, agora_s: float) -> Iterator[float]:
        """Yields the instants at which something here must be looked at."""
        yield self._silencio.proxima_s
        for um in self.origens:
            yield um.proxima_leitura_s
            # An origin with ready files left to send is not examined earlier: that would only make the loop spin.
            if um.proximo_exame_s is not None and not um.problemas and not um.prontos:
                yield um.proximo_exame_s
        mudando = [p.ainda_mudando for p in self.origens if p.ainda_mudando is not None and not p.problemas]
        if any(m.assentando() for m in mudando):
            yield agora_s + 0.05

    def nada_a_mover(self) -> bool:
        """Says whether only a change from outside could move anything of the origins now (for `uma-vez`)."""
        return not self.retidos_devidos() and all(self._parado(um) for um in self.origens)

    def _parado(self, um: Origem) -> bool:
        if um.problemas or um.varredura is None:
            return True
        if um.ainda_mudando is not None and um.ainda_mudando.assentando():
            return False
        if um.prontos or any(self._pode_seguir(um, i) for i in um.represados):
            return False
        return not any(p.motivo in (Motivo.MUDANDO, Motivo.INACABADO) for p in um.varredura.pendencias())

    def mostrar_esperas(self) -> None:
        """Shows whatever still waits, however short the wait: `uma-vez` ends, and would not show it a minute later."""
        for um in self.origens:
            falhas_da_origem.atualizar(self.contexto, um, tolerancia_s=0.0)

    def fechar(self) -> None:
        """Stops listening."""
        if self._avisos is not None:
            self._avisos.fechar()

    def resumo(self) -> str:
        """Returns the text for the status line of systemd."""
        parados = sum(bool(p.problemas) for p in self.origens)
        feitos = quantos(self.despacho.concluidos, "arquivo concluído", "arquivos concluídos")
        texto = f"{feitos}, {quantos(len(self.origens), 'pasta lida', 'pastas lidas')}"
        return f"{texto}, {quantos(parados, 'parada', 'paradas')}" if parados else texto
