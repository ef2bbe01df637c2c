"""Makes the blocks of a document out of the tables box → tags and its tree."""

from collections.abc import Callable, Iterator, Sequence

from separador.capacidades.dacte.dominio import blocos as tabelas
from separador.capacidades.dacte.dominio import caixas as cx
from separador.capacidades.dacte.dominio.cargas import TITULOS, nos_quadros
from separador.capacidades.dacte.dominio.formas import imprimivel
from separador.capacidades.dacte.papel.arvore import No, frase, valor
from separador.capacidades.dacte.papel.conteudo import Conteudo
from separador.capacidades.dacte.papel.faixas import (
    RECUO,
    ROTULO_PT,
    VALOR_PT,
    Celula,
    Faixa,
    Risco,
    escrever,
    fila,
    fila_ao_lado,
    juntar,
)
from separador.capacidades.dacte.papel.fluxo import AR_MM, Bloco
from separador.capacidades.dacte.papel.medida import linha, quebrar
from separador.nucleo.tipo import Tipo

_LISTA_PT = 6.5
_DETALHE_PT = 6.0
_ALTA_MM = 90.0
"""A row higher than this would not fit on every sheet: it becomes lines, which can be divided."""
_NADA = No("", "", [])
_DE_QUEM = {"0": "rem", "1": "exped", "2": "receb", "3": "dest"}


def montar(conteudo: Conteudo, blocos: Sequence[cx.Bloco], util: float) -> list[Bloco]:
    """Returns the blocks that have something to say, or that the manual's model always has, in order."""
    return list(_Montador(conteudo, util).todos(blocos))


class _Montador:
    def __init__(self, conteudo: Conteudo, util: float) -> None:
        self.conteudo = conteudo
        self.inf = conteudo.inf
        self.util = util

    def todos(self, blocos: Sequence[cx.Bloco]) -> Iterator[Bloco]:
        for bloco in blocos:
            if isinstance(bloco, cx.Quadro):
                yield from self.quadro(bloco, self.inf)
            elif isinstance(bloco, cx.Par):
                yield from self.par(bloco)
            elif isinstance(bloco, cx.Lista):
                yield from self.lista(bloco)
            elif isinstance(bloco, cx.Corrido):
                yield from self.corrido(bloco)
            else:
                yield from self.calculado(bloco)

    def quadro(self, quadro: cx.Quadro, pai: No) -> Iterator[Bloco]:
        nos = pai.em(quadro.onde)
        if not nos and quadro.sempre:
            nos = [_NADA]
        for no in nos:
            tiras, dito = _filas(quadro, no, self.util)
            if tiras and (dito or quadro.sempre):
                yield Bloco(quadro.titulo, tiras, ar=_ar(quadro))

    def par(self, par: cx.Par) -> Iterator[Bloco]:
        ha = [q for q in (par.esquerda, par.direita) if self.inf.em(q.onde)]
        if len(ha) == 1:
            tiras, _ = _filas(ha[0], self.inf.em(ha[0].onde)[0], self.util)
            yield Bloco(ha[0].titulo if not ha[0].sempre else "", tiras, ar=_ar(ha[0]))
        if len(ha) < 2:
            return
        meia = self.util / 2
        lados = [_filas(q, self.inf.em(q.onde)[0], meia)[0] for q in ha]
        junta = Faixa(max(sum(f.altura for f in lado) for lado in lados) + 2 * AR_MM)
        for x, lado in zip((0.0, meia), lados, strict=True):
            y = AR_MM
            for faixa in lado:
                juntar(junta, faixa, x, y)
                y += faixa.altura
        junta.riscos.append(Risco(meia, 0, meia, junta.altura))
        titulo = "" if par.esquerda.sempre else f"{par.esquerda.titulo} E {par.direita.titulo}"
        yield Bloco(titulo, [junta])

    def lista(self, lista: cx.Lista) -> Iterator[Bloco]:
        cada = self.util / lista.vezes
        itens = list(self._itens(lista, cada))
        if not itens and not lista.sempre:
            return
        if any(len(i) > 1 or i[0].altura > linha(_LISTA_PT) + 0.8 for i in itens):
            for item in itens[1:]:
                item[0].riscos.append(Risco(0, 0, cada, 0, tracejado=True))
        titulos = [Celula("", t, w, tamanho=ROTULO_PT) for t, w in lista.colunas]
        cabeca = fila(titulos, cada, com_rotulo=False)
        cabeca.riscos.clear()
        minima = linha(_LISTA_PT) + 0.4 if lista.sempre else 0.0
        tiras = [t for i in itens for t in i]
        yield Bloco(lista.titulo, tiras, cabeca, lista.vezes, lista.elastica, minima=minima, ar=AR_MM)

    def _itens(self, lista: cx.Lista, cada: float) -> Iterator[list[Faixa]]:
        """Yields the strips of each line; over the first of a group, what the group is."""
        for fonte in lista.fontes:
            anterior = ""
            for no in self.inf.em(fonte.onde):
                item = _item(fonte, no, lista, cada)
                grupo = frase(no, (fonte.grupo,)) if fonte.grupo is not None else ""
                if grupo != anterior:
                    item[0].junto = True
                    item = [*em_linhas(grupo, cada, _DETALHE_PT, 0.0), *item]
                anterior = grupo
                yield item

    def corrido(self, corrido: cx.Corrido) -> Iterator[Bloco]:
        paragrafos = [
            f"{caixa.rotulo}: {dito}" if caixa.rotulo else dito
            for no in self.inf.em(corrido.onde)
            for caixa in corrido.caixas
            if (dito := valor(no, caixa))
        ]
        if paragrafos or corrido.sempre:
            yield self.texto(corrido.titulo, paragrafos)

    def texto(self, titulo: str, paragrafos: Sequence[str]) -> Bloco:
        tiras: list[Faixa] = []
        for i, paragrafo in enumerate(paragrafos):
            linhas = em_linhas(paragrafo, self.util, VALOR_PT, 0.0)
            if i:
                linhas[0].riscos.append(Risco(0, 0, self.util, 0, tracejado=True))
            tiras += linhas
        return Bloco(titulo, tiras, minima=linha(VALOR_PT) + 0.4, ar=AR_MM)

    def calculado(self, bloco: cx.Calculado) -> Iterator[Bloco]:
        feitos: dict[str, Callable[[cx.Calculado], Iterator[Bloco]]] = {
            "pesos": self._pesos,
            "tomador": self._tomador,
            "fora": self._fora,
            "demais": self._demais,
        }
        yield from feitos[bloco.nome](bloco)

    def _pesos(self, bloco: cx.Calculado) -> Iterator[Bloco]:
        medidas = [
            (n.valor("cUnid"), n.valor("tpMed"), n.valor("qCarga"))
            for n in self.inf.em(bloco.tags[0].rpartition("/")[0])
        ]
        valores = nos_quadros(medidas)
        yield Bloco("", [fila([Celula(t, v, 1) for t, v in zip(TITULOS, valores, strict=True)], self.util)])

    def _tomador(self, bloco: cx.Calculado) -> Iterator[Bloco]:  # noqa: ARG002 -- one of several
        no = next((n for onde in ("ide/toma4", "ide/tomaTerceiro") for n in self.inf.em(onde)), None)
        if no is None:
            codigo = self.inf.valor("ide/toma3/toma") or self.inf.valor("ide/toma/toma")
            da_gtve = self.conteudo.tipo is Tipo.GTVE and codigo == "1"
            no = next(iter(self.inf.em("dest" if da_gtve else _DE_QUEM.get(codigo, "?"))), _NADA)
        tiras, _ = _filas(cx.Quadro("", tabelas.TOMADOR), no, self.util)
        yield Bloco("", tiras)

    def _fora(self, bloco: cx.Calculado) -> Iterator[Bloco]:  # noqa: ARG002 -- one of several
        e = self.conteudo.extras
        ditos = ["DOCUMENTO CANCELADO"] if e.cancelado else []
        if e.lotacao:
            ditos.append("LOTAÇÃO")
            for p in e.pedagios:
                pagante = f", pagante {p.pagante}" if p.pagante else ""
                ditos.append(
                    f"VALE-PEDÁGIO: fornecedor {p.fornecedor}, comprovante {p.comprovante}, R$ {p.valor}{pagante}"
                )
            do_xml = [n.texto for n in self.inf.folhas() if n.nome == "nLacre"]
            lacres = list(dict.fromkeys((*do_xml, *e.lacres)))
            if lacres:
                ditos.append("LACRES: " + "\\".join(lacres))
        if ditos:
            yield self.texto("INFORMAÇÕES FORA DO CT-E", [imprimivel(d) for d in ditos])

    def _demais(self, bloco: cx.Calculado) -> Iterator[Bloco]:  # noqa: ARG002 -- one of several
        ditos = [f"{no.nome}: {imprimivel(no.texto)}" for no in sem_dono(self.inf)]
        if ditos:
            yield self.texto("DEMAIS CAMPOS DO DOCUMENTO", ditos)


def sem_dono(no: No) -> Iterator[No]:
    """Yields the texts that nobody asked for, besides those that are never printed."""
    if no.nome in tabelas.NAO_IMPRESSAS:
        return
    if no.texto and not no.lido:
        yield no
    for filho in no.filhos:
        yield from sem_dono(filho)


def _ar(quadro: cx.Quadro) -> float:
    """Returns the space around rows without rules between them; those of boxes have theirs inside."""
    return AR_MM if quadro.ao_lado else 0.0


def _filas(quadro: cx.Quadro, no: No, espaco: float) -> tuple[list[Faixa], bool]:
    """Returns the rows of a block for one element, and whether any box has a value."""
    tiras: list[Faixa] = []
    algum = False
    for caixas in quadro.linhas:
        com = [(c, valor(no, c)) for c in caixas]
        cheias = [(c, v) for c, v in com if v or c.fixa]
        algum = algum or any(v for _, v in com)
        if not cheias or not (any(v for _, v in com) or quadro.sempre or any(c.fixa for c in caixas)):
            continue
        celulas = [Celula(c.rotulo, v, c.largura) for c, v in cheias]
        faixa = fila_ao_lado(celulas, espaco) if quadro.ao_lado else fila(celulas, espaco)
        if faixa.altura > _ALTA_MM:
            tiras += [t for c in celulas for t in em_linhas(f"{c.rotulo}: {c.valor}", espaco, VALOR_PT, 0.0)]
            continue
        if tiras and not quadro.ao_lado:
            faixa.riscos.append(Risco(0, 0, espaco, 0))
        faixa.junto = bool(tiras)
        tiras.append(faixa)
    return tiras, algum


def _item(fonte: cx.Fonte, no: No, lista: cx.Lista, espaco: float) -> list[Faixa]:
    """Returns the strips of one line of a list: its columns, then what is written below them."""
    larguras = [w for _, w in lista.colunas]
    faltam = len(larguras) - len(fonte.celulas)
    if faltam:
        larguras = [*larguras[: len(fonte.celulas) - 1], sum(larguras[len(fonte.celulas) - 1 :])]
    celulas = [Celula("", valor(no, c), w, tamanho=_LISTA_PT) for c, w in zip(fonte.celulas, larguras, strict=True)]
    faixa = fila(celulas, espaco, com_rotulo=False)
    faixa.riscos.clear()
    if faixa.altura > _ALTA_MM:
        tiras = [t for c in celulas for t in em_linhas(c.valor, espaco, _LISTA_PT, 0.0)]
    else:
        tiras = [faixa]
    if fonte.detalhe:
        detalhe = frase(no, fonte.detalhe)
        abaixo = em_linhas(detalhe, espaco, _DETALHE_PT, 3.0) if detalhe else []
        for tira in abaixo:
            tira.junto = True
        tiras += abaixo
    return tiras


def em_linhas(texto: str, espaco: float, tamanho: float, recuo: float) -> list[Faixa]:
    """Returns one strip for each line."""
    tiras: list[Faixa] = []
    linhas = quebrar(texto, espaco - 2 * RECUO - recuo, tamanho)
    for i, dita in enumerate(linhas):
        primeira, ultima = i == 0, i == len(linhas) - 1
        faixa = Faixa(linha(tamanho) + (0.2 if primeira else 0.0) + (0.2 if ultima else 0.0))
        escrever(faixa, RECUO + recuo, 0.2 if primeira else 0.0, [dita], tamanho)
        tiras.append(faixa)
    return tiras
