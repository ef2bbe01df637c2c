"""Lays blocks out over as many sheets as they need. Nothing is cut: what does not fit goes on, and it is said where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from separador.capacidades.dacte.papel.faixas import Faixa
from separador.capacidades.dacte.papel.medida import largura, linha
from separador.capacidades.dacte.papel.pagina import MARGEM, Papel

TITULO_PT = 6.0
TITULO_MM = 3.0
_AVISO_PT = 6.0
_AVISO_MM = 3.0
_FOLGA = 0.01
AR_MM = 0.2
"""Space that keeps accents and tails off the frame, where a strip may begin or end a sheet in the middle of a text."""


@dataclass(slots=True)
class Bloco:
    """A titled box. `cabeca`: repeated over each of its `vezes` columns. `minima`: its height when it is all blank.

    `ar`: space above and below the strips.
    """

    titulo: str
    tiras: list[Faixa]
    cabeca: Faixa | None = None
    vezes: int = 1
    elastico: bool = False
    minima: float = 0.0
    ar: float = 0.0
    continua: bool = field(default=False)

    @property
    def topo(self) -> float:
        """Returns the height of what stands above the strips."""
        return (TITULO_MM if self.titulo else 0.0) + (self.cabeca.altura if self.cabeca else 0.0)

    def altura(self) -> float:
        """Returns the height of the whole block on one sheet, however high."""
        _, usada, _ = repartir(self.tiras, self.vezes, float("inf"))
        return self.topo + max(usada + 2 * self.ar, self.minima)

    def resto(self, tomadas: int) -> "Bloco":
        """Returns what goes on with the next sheet when so many strips were taken."""
        return replace(self, tiras=self.tiras[tomadas:], elastico=False, minima=0.0, continua=True)


def repartir(tiras: Sequence[Faixa], vezes: int, espaco: float) -> tuple[list[list[Faixa]], float, int]:
    """Returns the strips of each column, the height that they use, and how many strips were taken."""
    total = sum(t.altura for t in tiras)
    if vezes == 1 or total > vezes * espaco:
        return _encher(tiras, vezes, espaco)
    maior = max((_do_grupo(tiras, i, espaco) for i in range(len(tiras))), default=0.0)
    alvo = max(total / vezes, maior) + _FOLGA
    while True:
        colunas, usada, tomadas = _encher(tiras, vezes, min(alvo, espaco))
        if tomadas == len(tiras) or alvo >= espaco:
            return colunas, usada, tomadas
        alvo += maior / 2 + _FOLGA


def _encher(tiras: Sequence[Faixa], vezes: int, espaco: float) -> tuple[list[list[Faixa]], float, int]:
    colunas: list[list[Faixa]] = [[]]
    usada, altura = 0.0, 0.0
    for i, tira in enumerate(tiras):
        pede = _do_grupo(tiras, i, espaco)
        if altura + pede > espaco + _FOLGA:
            if len(colunas) == vezes or not colunas[-1]:
                return colunas, max(usada, altura), i
            usada, altura = max(usada, altura), 0.0
            colunas.append([])
            if tira.altura > espaco + _FOLGA:
                return colunas, usada, i
        colunas[-1].append(tira)
        altura += tira.altura
    return colunas, max(usada, altura), len(tiras)


def _do_grupo(tiras: Sequence[Faixa], i: int, espaco: float) -> float:
    """Returns the height of a strip with those that stay with it; of itself only, where all would not fit together."""
    altura = tiras[i].altura
    if tiras[i].junto:
        return altura
    for seguinte in tiras[i + 1 :]:
        if not seguinte.junto:
            break
        if altura + seguinte.altura > espaco:
            return tiras[i].altura
        altura += seguinte.altura
    return altura


class Fluxo:
    """Puts blocks on the sheets of a document, one below another."""

    def __init__(self, papel: Papel, comecar: Callable[[Papel], float]) -> None:
        """Begins the first sheet. `comecar` draws the head of a sheet and returns where the blocks begin."""
        self.papel = papel
        self._comecar = comecar
        self.fundo = float(papel.h) - MARGEM - _AVISO_MM
        self._nova_folha()

    def _nova_folha(self) -> None:
        self.papel.nova_folha()
        self.topo = self.y = self._comecar(self.papel)

    def por_todos(self, blocos: Sequence[Bloco]) -> None:
        """Puts all blocks. The elastic one takes the space that the others leave on the first sheet."""
        resto: Bloco | None = None
        for i, bloco in enumerate(blocos):
            if bloco.elastico and self.papel.page == 1:
                livre = self.fundo - self.y - sum(b.altura() + _FOLGA for b in blocos[i + 1 :])
                if livre >= min(bloco.altura(), bloco.topo + 25.0):
                    resto = self._esticar(bloco, livre)
                    continue
            self._por(bloco)
        if resto is not None:
            self._avisar(resto.titulo)
            self._nova_folha()
            self._por(resto)

    def _esticar(self, bloco: Bloco, livre: float) -> Bloco | None:
        """Draws the elastic block in exactly that height. Returns what is left of it."""
        espaco = livre - bloco.topo - 2 * bloco.ar
        colunas, _, tomadas = repartir(bloco.tiras, bloco.vezes, espaco)
        sobra = tomadas < len(bloco.tiras)
        if sobra:
            colunas, _, tomadas = repartir(bloco.tiras, bloco.vezes, espaco - _AVISO_MM)
        self._desenhar(bloco, colunas, livre - bloco.topo)
        if not sobra:
            return None
        aviso = f"CONTINUA NA FOLHA {self.papel.page + 1}"
        x = MARGEM + self.papel.util - largura(aviso, _AVISO_PT, True) - 1
        self.papel.escrever(x, self.y - linha(_AVISO_PT) - 0.2, aviso, _AVISO_PT, True)
        return bloco.resto(tomadas)

    def _por(self, bloco: Bloco) -> None:
        while True:
            tiras = bloco.tiras
            livre = self.fundo - self.y - bloco.topo - 2 * bloco.ar
            colunas, usada, tomadas = repartir(tiras, bloco.vezes, livre)
            cheia = self.y > self.topo + _FOLGA
            if (not tomadas and tiras) or (not tiras and bloco.minima > livre + 2 * bloco.ar + _FOLGA):
                if not cheia:
                    colunas, usada, tomadas = [[tiras[0]]], tiras[0].altura, 1  # higher than a sheet: it runs over
                else:
                    self._avisar(bloco.titulo if bloco.continua else "")
                    self._nova_folha()
                    continue
            self._desenhar(bloco, colunas, max(usada + 2 * bloco.ar, bloco.minima))
            if tomadas == len(tiras):
                return
            self._avisar(bloco.titulo)
            self._nova_folha()
            bloco = bloco.resto(tomadas)

    def _avisar(self, titulo: str) -> None:
        """Says at the foot of the sheet that it goes on, and what."""
        aviso = f"{titulo + ': ' if titulo else ''}CONTINUA NA FOLHA {self.papel.page + 1}"
        x = MARGEM + self.papel.util - largura(aviso, _AVISO_PT, True) - 1
        self.papel.escrever(x, self.fundo + 0.3, aviso, _AVISO_PT, True)

    def _desenhar(self, bloco: Bloco, colunas: list[list[Faixa]], altura: float) -> None:
        papel, util, y = self.papel, self.papel.util, self.y
        cada = util / bloco.vezes
        if bloco.titulo:
            papel.fundo(MARGEM, y, util, TITULO_MM, 228)
            titulo = bloco.titulo + (" (CONTINUAÇÃO)" if bloco.continua else "")
            x = MARGEM + (util - largura(titulo, TITULO_PT, True)) / 2
            papel.escrever(x, y + 0.25, titulo, TITULO_PT, True)
            y += TITULO_MM
            papel.riscar(MARGEM, y, MARGEM + util, y)
        if bloco.cabeca is not None:
            for i in range(bloco.vezes):
                papel.por(bloco.cabeca, MARGEM + i * cada, y)
            y += bloco.cabeca.altura
        for i, coluna in enumerate(colunas):
            em = y + bloco.ar
            for n, tira in enumerate(coluna):
                papel.por(tira if n else tira.sem_separador(), MARGEM + i * cada, em)
                em += tira.altura
        for i in range(1, bloco.vezes):
            x = MARGEM + i * cada
            papel.riscar(x, self.y + (TITULO_MM if bloco.titulo else 0.0), x, y + altura)
        papel.moldura(MARGEM, self.y, util, y + altura - self.y)
        self.y = y + altura
