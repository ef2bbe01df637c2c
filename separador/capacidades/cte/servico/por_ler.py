"""Reads the columns of lists out of documents from before there were any, a few at a time while nothing else moves."""

import zlib
from sqlite3 import Row

from separador.capacidades.cte.banco import por_ler
from separador.capacidades.cte.dominio.colunas import SEM_COLUNAS, Colunas, colunas
from separador.fiscal.leitura import ler
from separador.fiscal.resumo import resumir
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte, Servico
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo

DE_CADA_VEZ = 100
"""About 30 ms of work: no file that arrives waits for longer."""
OCIOSO_S = 2.0


class DocumentosPorLer(Parte):
    """Reads old documents once nothing was written for `OCIOSO_S`, until there are no more."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._escrito = -1
        self._parado_desde_s = 0.0
        self._acabou = False

    def passo(self, agora_s: float) -> bool:
        """Reads a group. Returns True while there are more."""
        if self._acabou:
            return False
        escrito = self.contexto.banco.conn.total_changes
        if escrito != self._escrito:
            self._escrito, self._parado_desde_s = escrito, agora_s
        elif agora_s - self._parado_desde_s >= OCIOSO_S:
            self._acabou = ler_alguns(self.contexto) < DE_CADA_VEZ
            self._escrito = self.contexto.banco.conn.total_changes
            return not self._acabou
        return False


def ler_alguns(contexto: Contexto) -> int:
    """Reads a group of documents. Returns how many it was."""
    linhas = por_ler.proximos(contexto.banco, DE_CADA_VEZ)
    lidas = [(int(linha["id"]), _colunas(linha)) for linha in linhas]
    if lidas:
        with contexto.banco.transacao():
            por_ler.guardar(contexto.banco, lidas)
    return len(lidas)


def _colunas(linha: Row) -> Colunas:
    """Returns the columns; of bytes that are not there or cannot be read, those of a document that has none."""
    try:
        lido = ler(zlib.decompress(linha["dados"])) if linha["dados"] is not None else None
    except zlib.error:
        return SEM_COLUNAS
    if lido is None or isinstance(lido, Recusa):
        return SEM_COLUNAS
    r = resumir(lido.raiz, Tipo(linha["tipo"]))
    return colunas(dh_emi=r.dh_emi, tomador=r.tomador, fim=r.fim, valor=r.valor)
