"""Claims groups of files, gives them to the workers, and concludes them, those of one route in their order."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from separador.banco import arquivos
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.conclusao import TENTATIVAS, concluir, quarentena
from separador.motor.desfecho.grupo import Grupo, Item, nova_ficha
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.entrada.lotes import nome_do_lote
from separador.motor.entrada.mal_dos_trabalhadores import MalDosTrabalhadores
from separador.motor.entrada.origem import Origem
from separador.motor.entrada.recusados import mostrar_recusados
from separador.motor.entrada.remessa_de_trabalho import a_tratar, de_fora, pareceres, pasta_a_encenar, primeiros
from separador.motor.entrada.rodadas import Rodadas
from separador.motor.pasta_com_falha import avisar_pasta
from separador.motor.trabalho.parecer import Incidente, Morreu, Parecer, Preso, Resultado
from separador.motor.trabalho.trabalhador_local import TrabalhadorLocal
from separador.motor.trabalho.trabalhadores import Trabalhadores
from separador.nucleo import capacidade
from separador.nucleo.rota import Rota
from separador.pastas import faixas, tomada
from separador.pastas.erros import FalhaDePasta, SemResposta
from separador.pastas.tomada import Tomado

GRUPO = 128
"""Largest number of files in a group, which share one commit and one flush. A single file never waits for more."""

PACIENCIA_S = 1.0
"""An order waits so long for what was sent before it on other routes: it may be about one of those documents."""


@dataclass(frozen=True, slots=True)
class EmCurso:
    """A group of one route that a worker has. `enviado_s`: monotonic clock."""

    numero: int
    itens: list[Item]
    rota: Rota
    enviado_s: float


@dataclass(slots=True)
class Despacho:
    """The groups in hand, in the order in which they were sent.

    Those of one route are concluded in that order, so that an event never passes the document it belongs to. A slow one
    holds up no other route.
    """

    contexto: Contexto
    trabalhadores: Trabalhadores | TrabalhadorLocal
    em_andamento: deque[EmCurso] = field(default_factory=deque)
    resultados: dict[int, Resultado] = field(default_factory=dict)
    avulsos: deque[Item] = field(default_factory=deque)
    represados: list[Item] = field(default_factory=list)
    falharam: set[int] = field(default_factory=set)
    duvidosos: list[Item] = field(default_factory=list)
    concluidos: int = 0
    mal: MalDosTrabalhadores = field(default_factory=MalDosTrabalhadores)
    rodadas: Rodadas = field(default_factory=Rodadas)

    def em_maos(self) -> set[Tomado]:
        """Returns every claim that is being worked on, or waits to be."""
        enviados = (i for um in self.em_andamento for i in um.itens)
        esperam = (*self.avulsos, *self.represados, *self.duvidosos, *self.rodadas.seguintes)
        return {i.tomado for i in (*enviados, *esperam)}

    def resolver(self) -> None:
        """Sorts the files of a group in whose middle the loop failed, by what the database knows of them.

        What was committed goes on from the database. The rest is run again. No decided file is decided twice.
        """
        linhas = [arquivos.por_nome(self.contexto.banco, i.tomado.lote, i.nome) for i in self.duvidosos]
        for item, linha in zip(self.duvidosos, linhas, strict=True):
            if linha is None or (linha["resultado"] is None and linha["espera_por"] is None):
                item.ficha, item.repetido = None, True
                self.represados.append(item)
        self.duvidosos.clear()

    @property
    def ocupado(self) -> bool:
        """Says whether anything is in hand or waits to be."""
        return bool(self.em_andamento or self.avulsos or self.duvidosos or self.rodadas.seguintes)

    def tomar(self, origem: Origem) -> bool:
        """Claims one group of an origin and sends it. Returns True when something was claimed."""
        rota = self._rota_da_vez(origem)
        if rota is None or origem.varredura is None or origem.trabalho is None or origem.ainda_mudando is None:
            return False
        escolhidos = [c for c in origem.prontos if c.rota == str(rota.id)][:GRUPO]
        levados = {c.nome for c in escolhidos}
        origem.prontos = [c for c in origem.prontos if c.nome not in levados]
        lote = nome_do_lote(rota, self.contexto.prefixo())
        agora_s = self.contexto.relogio.monotonico()
        try:
            arrendar, trabalho = origem.varredura.arrendar, origem.trabalho
            feito = faixas.fazer(
                origem.pasta, tomada.tomar, origem.pasta, escolhidos, trabalho, lote, agora_s=agora_s, arrendar=arrendar
            )
        except SemResposta as falha:
            # What the overdue call still claims, nobody has in hand: the first good reading adopts it.
            origem.nao_respondeu(falha)
            return False
        except FalhaDePasta as falha:
            avisar_pasta(self.contexto, falha)
            origem.prontos.clear()
            return False
        origem.varredura.esquecer([t.nome for t in (*feito.tomados, *feito.ainda_mudando)] + list(feito.sumidos))
        for tomado in feito.ainda_mudando:
            origem.ainda_mudando.acolher(tomado)
        mostrar_recusados(self.contexto, origem.varredura, rota, feito.recusados)
        if feito.falha is not None:
            avisar_pasta(self.contexto, feito.falha)
        if feito.tomados:
            quando = self.contexto.quando()
            self.enviar([Item(t, origem.trabalho, rota, quando) for t in feito.tomados])
        return bool(feito.tomados)

    def cabe(self, rota: Rota) -> bool:
        """Says whether a group of the route may be sent now. None is while a device of its folders is silent."""
        fora = de_fora([(rota.origem, rota.destino)])
        return self.trabalhadores.tem_vaga(fora) and not any(faixas.presa(p) for p in fora)

    def _rota_da_vez(self, origem: Origem) -> Rota | None:
        """Returns the route of the first ready file that may be claimed. Files of routes that stand still are dropped.

        Nothing is claimed of a route whose group takes long, or that still has files from before.
        """
        impedidas = self.trabalhadores.lentas() | {i.rota_id for i in self.avulsos}
        paradas: set[str] = set()
        escolhida = None
        for numero in dict.fromkeys(c.rota for c in origem.prontos):
            rota = origem.rota(int(numero or 0))
            if rota is None or not rota.ativo or origem.parada(int(numero or 0)):
                paradas.add(str(numero))
            elif rota.id not in impedidas and self.cabe(rota):
                escolhida = rota
                break
        if paradas:
            origem.prontos = [c for c in origem.prontos if str(c.rota) not in paradas]
        return escolhida

    def enviar(self, itens: Sequence[Item], *, sozinhos: bool = False) -> None:
        """Sends files to the workers, those of each route as a group of its own.

        Each file that will be staged gets a new provisional name. `sozinhos`: the group may kill its worker, so it gets
        one that has nothing else.
        """
        por_rota: dict[int, list[Item]] = {}
        for item in itens:
            # The route is taken as it is now: its destination may have changed while the file waited for the old one.
            item.rota = self.contexto.rota(item.rota_id) or item.rota
            por_rota.setdefault(item.rota_id, []).append(item)
        for numero_da_rota, grupo in por_rota.items():
            prefixo = self.contexto.prefixo()
            for i, item in enumerate(grupo):
                item.pasta = pasta_a_encenar(item.rota)
                canto = faixas.prefixo(self.contexto.cantos, item.pasta)
                item.provisorio = b"%b%b.e%d" % (canto, prefixo.encode(), i)
            fora = de_fora((i.trabalho, i.pasta) for i in grupo)
            agora_s = self.contexto.relogio.monotonico()
            numero = self.trabalhadores.enviar(
                self.contexto.agora(), list(map(a_tratar, grupo)), fora, rota=numero_da_rota, sozinho=sozinhos
            )
            self.em_andamento.append(EmCurso(numero, grupo, grupo[0].rota, agora_s))

    def uma_rodada(self, *, alternada: bool = False) -> bool:
        """Sends files that a rule goes on with. `alternada`: not twice running. Returns True when it did."""
        proxima = None if alternada and self.rodadas.passou else self.rodadas.proxima()
        self.rodadas.passou = proxima is not None and self.cabe(proxima)
        if proxima is not None and self.rodadas.passou:
            self.enviar(self.rodadas.tirar(proxima), sozinhos=True)
        return self.rodadas.passou

    def retomar(self, itens: Sequence[Item]) -> None:
        """Sends files that were held back. One that was there when a worker died is tried alone, as before."""
        suspeitos = [i for i in itens if i.tentativas] if isinstance(self.trabalhadores, Trabalhadores) else []
        self.avulsos.extend(suspeitos)
        self.enviar([i for i in itens if i not in suspeitos])

    def uns_avulsos(self) -> bool:
        """Works on what a crash left behind, or a dead worker had: of each route that has nothing else in hand.

        Returns True when it did something.
        """
        em_curso = {um.rota.id for um in self.em_andamento}
        if isinstance(self.trabalhadores, TrabalhadorLocal) and em_curso:
            return False
        houve = False
        for rota in dict.fromkeys(i.rota_id for i in self.avulsos):
            if rota in em_curso:
                continue
            self._avulsos_de(rota)
            houve = True
            if isinstance(self.trabalhadores, TrabalhadorLocal):
                break
        return houve

    def _avulsos_de(self, rota: int) -> None:
        itens = self._proximos_avulsos(rota)
        for item in itens:
            item.repetido = True
        # With workers, a file that breaks the program kills a worker (`_morreu`), and no file is blamed for the death
        # of the whole service. Without workers, the try is committed before it is made: it may be the last thing we do.
        if isinstance(self.trabalhadores, TrabalhadorLocal):
            self._contar(itens)
        if itens[0].tentativas >= TENTATIVAS:
            self._por_em_quarentena(itens[0], "")
        else:
            self.enviar(itens, sozinhos=itens[0].tentativas > 0)

    def _proximos_avulsos(self, rota: int) -> list[Item]:
        um_a_um = isinstance(self.trabalhadores, TrabalhadorLocal)
        itens = primeiros([i for i in self.avulsos if i.rota_id == rota], 1 if um_a_um else GRUPO)
        levados = {id(i) for i in itens}
        self.avulsos = deque(i for i in self.avulsos if id(i) not in levados)
        return itens

    def _contar(self, itens: Sequence[Item]) -> None:
        """Counts one more try of each file, one that ended or may end in a death. The count is durable."""
        with self.contexto.banco.transacao():
            for item in itens:
                item.ficha = item.ficha or nova_ficha(self.contexto, item)
                arquivos.gravar(self.contexto.banco, item.ficha)
                item.tentativas = arquivos.contar_tentativa(self.contexto.banco, item.ficha.id)

    def colher(self) -> bool:
        """Concludes every group that is finished, those of one route in order. Returns True when there was one."""
        for numero, resultado in self.trabalhadores.colher():
            self.resultados[numero] = resultado
        self.mal.mostrar(self.contexto, self.trabalhadores)
        houve = False
        agora_s = self.contexto.relogio.monotonico()
        esperam: set[int | None] = set()
        recentes = False
        for um in list(self.em_andamento):
            pedido = recentes and capacidade.regra(um.rota.regra).um_a_um
            if um.numero not in self.resultados or um.rota.id in esperam or pedido:
                esperam.add(um.rota.id)
                recentes |= agora_s - um.enviado_s < PACIENCIA_S
                continue
            self.em_andamento.remove(um)
            self._fechar(um.itens, self.resultados.pop(um.numero))
            houve = True
        return houve

    def _fechar(self, itens: list[Item], resultado: Resultado) -> None:
        if isinstance(resultado, Morreu):
            self._morreu(itens, resultado)
            return
        if isinstance(resultado, Preso):
            self._nao_respondeu(itens, resultado)
            return
        try:
            pronto = self.rodadas.completar(self.contexto, itens, pareceres(resultado, itens))
            self.represados += pronto.adiados
            itens = pronto.itens
            balanco = concluir(self.contexto, list(zip(itens, pronto.pareceres, strict=True)))
        except Exception:
            # Whether the group was committed is not known here: `resolver` asks the database before any second run.
            self.duvidosos += [i for i in itens if i not in self.rodadas.seguintes]
            raise
        for item in balanco.represados:
            item.ficha, item.repetido = None, True
        self.concluidos += balanco.concluidos
        self.represados += balanco.represados
        self.falharam |= {i.rota_id for i in balanco.represados if not i.inquieto}
        for falha in {f.pasta: f for f in balanco.falhas}.values():
            avisar_pasta(self.contexto, falha)

    def _nao_respondeu(self, itens: list[Item], preso: Preso) -> None:
        """Holds the files of a group for a device that does not answer. No try is counted. They go on when it does.

        What was staged, or still will be, no record names: recovery removes it.
        """
        for item in itens:
            item.ficha, item.repetido = None, True
        self.represados += itens
        motivo = "um disco não responde; o processo de trabalho que esperava por ele foi trocado"
        self.contexto.log.warning(motivo, acao="processo de trabalho", arquivos=len(itens))
        for pasta in preso.pastas:
            self.falharam |= {i.rota_id for i in itens}
            if not faixas.responde(pasta):
                avisar_pasta(self.contexto, SemResposta(pasta))

    def _morreu(self, itens: list[Item], morreu: Morreu) -> None:
        """Sets apart the files of a group whose worker died. They are tried alone, and so the one that kills is found.

        A file that was there when a worker died for the third time goes to quarantine.
        """
        self.contexto.log.error(morreu.motivo, acao="processo de trabalho", arquivos=len(itens))
        for item in itens:
            if item.pasta is not None:
                saidas.descartar(item.pasta, item.provisorio)
            item.repetido = True
        self._contar(itens)
        for item in itens:
            if item.tentativas >= TENTATIVAS:
                self._por_em_quarentena(item, "")
            else:
                self.avulsos.append(item)

    def _por_em_quarentena(self, item: Item, detalhe: str) -> None:
        def decidir(grupo: Grupo) -> None:
            grupo.registrar(item, Parecer("", 0, Incidente("", "")))
            quarentena(grupo, item, detalhe)

        try:
            em_grupo(self.contexto, decidir)
        except FalhaDePasta as falha:  # of the answer's folder: the file waits for it, and its tries stay counted
            item.ficha, item.repetido = None, True
            self.represados.append(item)
            self.falharam.add(item.rota_id)
            avisar_pasta(self.contexto, falha)
