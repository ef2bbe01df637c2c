"""Puts old documents in order while nothing else moves: what lists show of them, and the room that they take."""

import zlib
from sqlite3 import Row

from separador.banco import assinados
from separador.banco.conexao import Banco
from separador.capacidades.cte.banco import por_ler
from separador.capacidades.cte.dominio.colunas import SEM_COLUNAS, Colunas, colunas
from separador.fiscal.leitura import ler
from separador.fiscal.resumo import resumir
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte, Servico
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo

LIDOS = 100
"""Documents of one turn, about 30 ms of work: no file that arrives waits for longer. After an upgrade only."""
COMPACTADOS = 12
"""Rows of one turn, every two seconds: a third of a per cent of a processor, as long as there are any."""
OCIOSO_S = 2.0


class Arrumacao(Parte):
    """Does in idle time what nobody waits for: reads the columns of old documents, makes signed bytes small."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._escrito = -1
        self._parado_desde_s = 0.0
        self._em_dia = False

    def passo(self, agora_s: float) -> bool:
        """Does a little, once nothing was written for `OCIOSO_S`. It never says that something moved: the next turn is
        soon enough, and `uma-vez` does not wait for it."""
        escrito = self.contexto.banco.conn.total_changes
        if escrito != self._escrito:
            self._escrito, self._parado_desde_s, self._em_dia = escrito, agora_s, False
            return False
        if self._em_dia or agora_s - self._parado_desde_s < OCIOSO_S:
            return False
        feitos = ler_alguns(self.contexto) or assinados.compactar(self.contexto.banco, COMPACTADOS)
        self._em_dia, self._escrito = not feitos, self.contexto.banco.conn.total_changes
        return False


def ler_alguns(contexto: Contexto) -> int:
    """Reads a group of documents. Returns how many it was."""
    linhas = por_ler.proximos(contexto.banco, LIDOS)
    lidas = [(int(linha["id"]), _colunas(contexto.banco, linha)) for linha in linhas]
    if lidas:
        with contexto.banco.transacao():
            por_ler.guardar(contexto.banco, lidas)
    return len(lidas)


def _colunas(banco: Banco, linha: Row) -> Colunas:
    """Returns the columns; of bytes that are not there or cannot be read, those of a document that has none."""
    try:
        lido = ler(assinados.abrir(banco, linha)) if linha["dados"] is not None else None
    except (zlib.error, LookupError):
        return SEM_COLUNAS
    if lido is None or isinstance(lido, Recusa):
        return SEM_COLUNAS
    r = resumir(lido.raiz, Tipo(linha["tipo"]))
    return colunas(dh_emi=r.dh_emi, tomador=r.tomador, fim=r.fim, valor=r.valor)
