"""Puts an event on paper: what was registered about a document, and what SEFAZ answered.

Annex II has no model of it; the sheet is plain: the document's key and its bar code, the event, its fields under the
names of the table of events, and the protocol.
"""

import contextlib
from datetime import datetime

from lxml import etree

from separador.capacidades.dacte.dominio.contingencia import orgao
from separador.capacidades.dacte.dominio.formas import chave_em_blocos, documento, imprimivel, momento
from separador.capacidades.dacte.papel import codigos
from separador.capacidades.dacte.papel.arvore import No, ler
from separador.capacidades.dacte.papel.conteudo import HOMOLOGACAO
from separador.capacidades.dacte.papel.faixas import Celula, Faixa, Risco, escrever, fila
from separador.capacidades.dacte.papel.fluxo import AR_MM, Bloco, Fluxo
from separador.capacidades.dacte.papel.medida import largura, linha
from separador.capacidades.dacte.papel.montagem import em_linhas
from separador.capacidades.dacte.papel.pagina import MARGEM, Papel
from separador.fiscal.evento.campos import Grupo, Item
from separador.fiscal.evento.leitores import Campo
from separador.fiscal.evento.tabela import POR_TIPO
from separador.fiscal.nomes import INF_EVENTO, q

_TITULOS = {
    "descEvento": "Descrição do evento",
    "nProt": "Protocolo da autorização do documento",
    "infCorrecao": "Correção",
    "xCondUso": "Condição de uso",
    "grupoAlterado": "Grupo",
    "campoAlterado": "Campo",
    "valorAlterado": "Valor novo",
    "nroItemAlterado": "Item",
}
_DATAS = ("dh", "d")


def desenhar(raiz: etree._Element) -> bytes | None:
    """Returns the PDF of a procEventoCTe; None when a part of it is missing."""
    pedido = raiz.find(f"{q('eventoCTe')}/{INF_EVENTO}")
    resposta = raiz.find(f"{q('retEventoCTe')}/{INF_EVENTO}")
    if pedido is None or resposta is None:
        return None
    return _Folha(ler(pedido), ler(resposta)).pdf()


class _Folha:
    def __init__(self, pedido: No, resposta: No) -> None:
        self.pedido = pedido
        self.resposta = resposta
        self.chave = pedido.valor("chCTe")
        evento = POR_TIPO.get(pedido.valor("tpEvento"))
        self.titulo = imprimivel(evento.titulo if evento else resposta.valor("xEvento") or "Evento").upper()
        self.titulos = (dict(_nomes(evento.itens)) if evento else {}) | _TITULOS
        self.lugares: list[tuple[float, float]] = []

    def pdf(self) -> bytes:
        papel = Papel(f"{self.titulo} {self.chave}")
        with contextlib.suppress(ValueError):
            papel.set_creation_date(datetime.fromisoformat(self.resposta.valor("dhRegEvento")))
        Fluxo(papel, self.comecar).por_todos(self.blocos(papel.util))
        for n, (x, y) in enumerate(self.lugares, 1):
            papel.voltar_a(n)
            papel.escrever(x, y, f"FOLHA {n}/{len(self.lugares)}", 7, True)
        return bytes(papel.output())

    def comecar(self, papel: Papel) -> float:
        """Draws title, key and bar code, on every sheet."""
        sem_valor = self.pedido.valor("tpAmb") != "1"
        papel.marcar("SEM VALOR FISCAL" if sem_valor else "")
        y = MARGEM + 1
        papel.escrever(MARGEM + 1, y, self.titulo, 11, True)
        self.lugares.append((MARGEM + papel.util - 20, y + 1))
        y += linha(11) + 1
        if self.chave:
            papel.barras(self.chave, MARGEM, y, codigos.ALTURA_MM)
            x = MARGEM + codigos.largura_das_barras(self.chave) + 2
            papel.escrever(x, y, "CHAVE DE ACESSO DO DOCUMENTO", 5)
            papel.escrever(x, y + linha(5), chave_em_blocos(self.chave), 7, True)
            y += codigos.ALTURA_MM + 2
        if sem_valor:
            papel.escrever(MARGEM + (papel.util - largura(HOMOLOGACAO, 8, True)) / 2, y, HOMOLOGACAO, 8, True)
            y += linha(8) + 0.5
        papel.moldura(MARGEM, MARGEM, papel.util, y - MARGEM)
        return y

    def blocos(self, util: float) -> list[Bloco]:
        """Returns the event, its fields, and the answer."""
        p, r = self.pedido, self.resposta
        situacao = f"{r.valor('cStat')} - {imprimivel(r.valor('xMotivo'))}"
        evento = fila(
            [
                Celula("TIPO DO EVENTO", p.valor("tpEvento"), 3, True),
                Celula("SEQUÊNCIA", p.valor("nSeqEvento"), 2, True),
                Celula("DATA E HORA DO EVENTO", momento(p.valor("dhEvento")), 6, True),
                Celula("AUTOR (CNPJ/CPF)", documento(p.valor("CNPJ") or p.valor("CPF")), 6, True),
                Celula("ÓRGÃO", orgao(p.valor("cOrgao")), 4, True),
            ],
            util,
        )
        registro = fila(
            [
                Celula("PROTOCOLO DO EVENTO", r.valor("nProt"), 5, True),
                Celula("REGISTRADO EM", momento(r.valor("dhRegEvento")), 6, True),
                Celula("RESPOSTA DA SEFAZ", situacao, 13),
            ],
            util,
        )
        tiras: list[Faixa] = []
        for detalhe in p.em("detEvento/*"):
            for n, texto in enumerate(self._ditos(detalhe)):
                linhas = em_linhas(texto, util, 8, 0.0)
                if n and linhas:
                    linhas[0].riscos.append(Risco(0, 0, util, 0, tracejado=True))
                tiras += linhas
        if not tiras:
            vazia = Faixa(linha(8))
            escrever(vazia, 0, 0, [], 8)
            tiras = [vazia]
        return [Bloco("EVENTO", [evento]), Bloco("CONTEÚDO", tiras, ar=AR_MM), Bloco("REGISTRO NA SEFAZ", [registro])]

    def _ditos(self, grupo: No) -> list[str]:
        """Returns one titled text for each field, and for each repeated group one with all of its fields."""
        ditos: list[str] = []
        for filho in grupo.filhos:
            if not filho.filhos:
                ditos.append(f"{self._titulo(filho)}: {_forma(filho)}")
                continue
            dentro = "; ".join(self._ditos(filho))
            nome = self._titulo(filho)
            ditos.append(f"{nome}: {dentro}" if nome != filho.nome else dentro)
        return ditos

    def _titulo(self, no: No) -> str:
        return imprimivel(self.titulos.get(no.nome, no.nome))


def _forma(no: No) -> str:
    """Returns dates as people write them, and every other text as it is."""
    return imprimivel(momento(no.texto) if no.nome.startswith(_DATAS) else no.texto)


def _nomes(itens: tuple[Item, ...]) -> list[tuple[str, str]]:
    """Returns tag and title of every field of an event."""
    achados: list[tuple[str, str]] = []
    for item in itens:
        if isinstance(item, Grupo):
            achados += [(item.tag, _curto(item.texto))] if item.texto else []
            achados += _nomes(item.itens)
        elif isinstance(item, Campo) and item.texto:
            achados.append((item.tag, _curto(item.texto)))
    return achados


def _curto(texto: str) -> str:
    """Returns the name of a field, without what its help says to whoever gives an order."""
    return texto.partition(";")[0]
