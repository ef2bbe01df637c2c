"""Claims groups of files, gives them to the workers, and concludes them in order."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import arquivos
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.conclusao import TENTATIVAS, concluir, quarentena
from separador.motor.desfecho.grupo import Grupo, Item, nova_ficha
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.entrada.completado import Completado
from separador.motor.entrada.lotes import nome_do_lote
from separador.motor.entrada.origem import Origem
from separador.motor.pasta_com_falha import avisar_pasta
from separador.motor.trabalho.parecer import ArquivoATratar, Incidente, Parecer
from separador.motor.trabalho.trabalhadores import Morreu, Resultado, Trabalhadores, TrabalhadorLocal
from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Envio, Rota, Transmissao
from separador.pastas import tomada
from separador.pastas.erros import FalhaDePasta
from separador.pastas.tomada import Tomado

GRUPO = 128
"""Largest number of files in a group, which share one commit and one flush. A single file never waits for more."""


@dataclass(slots=True)
class Despacho:
    """The groups in hand, in the order in which they were sent.

    They are concluded in that order, so that an event never passes the document it belongs to.
    """

    contexto: Contexto
    trabalhadores: Trabalhadores | TrabalhadorLocal
    em_andamento: deque[tuple[int, list[Item]]] = field(default_factory=deque)
    resultados: dict[int, Resultado] = field(default_factory=dict)
    avulsos: deque[Item] = field(default_factory=deque)
    represados: list[Item] = field(default_factory=list)
    falharam: set[int] = field(default_factory=set)
    duvidosos: list[Item] = field(default_factory=list)
    concluidos: int = 0

    def em_maos(self) -> set[Tomado]:
        """Returns every claim that is being worked on, or waits to be."""
        enviados = (i for _, itens in self.em_andamento for i in itens)
        return {i.tomado for i in (*enviados, *self.avulsos, *self.represados, *self.duvidosos)}

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
        return bool(self.em_andamento or self.avulsos or self.duvidosos)

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
            feito = tomada.tomar(
                origem.pasta, escolhidos, origem.trabalho, lote, agora_s=agora_s, arrendar=origem.varredura.arrendar
            )
        except FalhaDePasta as falha:
            avisar_pasta(self.contexto, falha)
            origem.prontos.clear()
            return False
        origem.varredura.esquecer([t.nome for t in (*feito.tomados, *feito.ainda_mudando)] + list(feito.sumidos))
        for tomado in feito.ainda_mudando:
            origem.ainda_mudando.acolher(tomado)
        for recusado in feito.recusados:
            if origem.varredura.recusado(recusado.nome, recusado.motivo):
                self.contexto.log.warning(
                    recusado.motivo, acao="não tomado", arquivo=mostrar(recusado.nome), rota=rota.id
                )
        if feito.falha is not None:
            avisar_pasta(self.contexto, feito.falha)
        if feito.tomados:
            quando = self.contexto.quando()
            self.enviar([Item(t, origem.trabalho, rota, quando) for t in feito.tomados])
        return bool(feito.tomados)

    def _rota_da_vez(self, origem: Origem) -> Rota | None:
        while origem.prontos:
            numero = int(origem.prontos[0].rota or 0)
            rota = origem.rota(numero)
            if rota is not None and rota.ativo and not origem.parada(numero):
                return rota
            origem.prontos = [c for c in origem.prontos if c.rota != str(numero)]
        return None

    def enviar(self, itens: Sequence[Item]) -> None:
        """Sends a group to a worker, with a new provisional name for each file that will be staged."""
        prefixo = self.contexto.prefixo()
        a_tratar = []
        for i, item in enumerate(itens):
            # The route is taken as it is now: its destination may have changed while the file waited for the old one.
            item.rota = self.contexto.rota(item.rota_id) or item.rota
            item.pasta = _pasta_a_encenar(item.rota)
            item.provisorio = b"%b%b.e%d" % (self._canto(item.pasta), prefixo.encode(), i)
            a_tratar.append(_a_tratar(item))
        numero = self.trabalhadores.enviar(self.contexto.agora(), a_tratar)
        self.em_andamento.append((numero, list(itens)))

    def _canto(self, pasta: Path | None) -> bytes:
        return self.contexto.cantos.prefixo(pasta) if pasta is not None else b""

    def uns_avulsos(self) -> bool:
        """Works on what a crash left behind, or a dead worker had, while nothing else is in hand.

        Returns True when it did something.
        """
        if self.em_andamento or not self.avulsos:
            return False
        itens = self._proximos_avulsos()
        for item in itens:
            item.repetido = True
        # With workers, a file that breaks the program kills a worker (`_morreu`), and no file is blamed for the death
        # of the whole service. Without workers, the try is committed before it is made: it may be the last thing we do.
        if isinstance(self.trabalhadores, TrabalhadorLocal):
            self._contar(itens)
        if itens[0].tentativas >= TENTATIVAS:
            self._por_em_quarentena(itens[0], "")
        else:
            self.enviar(itens)
        return True

    def _proximos_avulsos(self) -> list[Item]:
        """Returns one file that may be the one that kills, alone; else a group of one route."""
        itens = [self.avulsos.popleft()]
        if isinstance(self.trabalhadores, TrabalhadorLocal) or itens[0].tentativas:
            return itens
        while (
            self.avulsos
            and len(itens) < GRUPO
            and not self.avulsos[0].tentativas
            and self.avulsos[0].rota_id == itens[0].rota_id
        ):
            itens.append(self.avulsos.popleft())
        return itens

    def _contar(self, itens: Sequence[Item]) -> None:
        """Counts one more try of each file, one that ended or may end in a death. The count is durable."""
        with self.contexto.banco.transacao():
            for item in itens:
                item.ficha = item.ficha or nova_ficha(self.contexto, item)
                arquivos.gravar(self.contexto.banco, item.ficha)
                item.tentativas = arquivos.contar_tentativa(self.contexto.banco, item.ficha.id)

    def colher(self) -> bool:
        """Concludes, in order, every group that is finished. Returns True when there was one."""
        for numero, resultado in self.trabalhadores.colher():
            self.resultados[numero] = resultado
        houve = False
        while self.em_andamento and self.em_andamento[0][0] in self.resultados:
            numero, itens = self.em_andamento.popleft()
            self._fechar(itens, self.resultados.pop(numero))
            houve = True
        return houve

    def _fechar(self, itens: list[Item], resultado: Resultado) -> None:
        if isinstance(resultado, Morreu):
            self._morreu(itens, resultado)
            return
        pronto = self._completar(itens, _pareceres(resultado, itens))
        itens = pronto.itens
        try:
            balanco = concluir(self.contexto, list(zip(itens, pronto.pareceres, strict=True)))
        except Exception:
            # Whether the group was committed is not known here: `resolver` asks the database before any second run.
            self.duvidosos += itens
            raise
        for item in balanco.represados:
            item.ficha, item.repetido = None, True
        self.concluidos += balanco.concluidos
        self.represados += balanco.represados
        self.falharam |= {i.rota_id for i in balanco.represados}
        for falha in {f.pasta: f for f in balanco.falhas}.values():
            avisar_pasta(self.contexto, falha)

    def _completar(self, itens: list[Item], pareceres: list[Parecer]) -> Completado:
        """Lets the rules of the group prepare again what the workers could not. What they put off is sent again."""
        pronto = Completado(itens, pareceres)
        for referencia in dict.fromkeys(capacidade.regra(i.rota.regra).completar for i in itens):
            if referencia is not None:
                completar = capacidade.resolver(referencia)
                pronto = completar(self.contexto, pronto.itens, pronto.pareceres, _a_tratar)
                for item in pronto.adiados:
                    item.ficha, item.repetido = None, True
                self.represados += pronto.adiados
        return pronto

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

        em_grupo(self.contexto, decidir)


def _a_tratar(item: Item) -> ArquivoATratar:
    """Returns the item in the form that a worker gets."""
    return ArquivoATratar(
        item.caminho, item.rota.regra, item.nome, item.pasta, item.provisorio, item.rota.tamanho_maximo_bytes
    )


def _pareceres(resultado: Resultado, itens: Sequence[Item]) -> list[Parecer]:
    if isinstance(resultado, Morreu) or len(resultado) != len(itens):
        raise ValueError("resposta de tamanho errado do processo de trabalho")
    return resultado


def _pasta_a_encenar(rota: Rota) -> Path | None:
    """Returns the folder where a worker may stage at once. None: a person decides, or there is nothing to stage."""
    regra = capacidade.regra(rota.regra)
    automatica = rota.envio is Envio.AUTOMATICO and rota.transmissao is Transmissao.PASTA
    return rota.destino if regra.encena or (regra.encena_se_automatica and automatica) else None


def item_do_tomado(contexto: Contexto, trabalho: Path, tomado: Tomado, rota: Rota) -> Item:
    """Returns an item for a claim that is in the work folder already."""
    linha = arquivos.por_nome(contexto.banco, tomado.lote, tomado.nome)
    quando = linha["tomado_em"] if linha is not None else contexto.quando()
    tentativas = linha["tentativas"] if linha is not None else 0
    return Item(tomado, trabalho, rota, quando, tentativas=tentativas, repetido=True)
