"""Measures the room that the database takes, and how soon the disk is full."""

import sqlite3
from dataclasses import dataclass
from itertools import pairwise

_AMOSTRA = 1_000
"""Newest files whose size stands for that of the others."""


@dataclass(frozen=True, slots=True)
class Crescimento:
    """What came since an instant: files, and the bytes that each takes in the database and beside it."""

    arquivos: int
    no_banco: float
    ao_lado: float

    def dias_ate_encher(self, livres: int, dias: int) -> int | None:
        """Returns the days until so many bytes are used, at the pace of the last `dias`; None when nothing grows."""
        por_dia = self.arquivos * (self.no_banco + self.ao_lado) / dias
        return int(livres / por_dia) if por_dia else None


def por_tabela(c: sqlite3.Connection) -> dict[str, tuple[int, int]] | None:
    """Returns table → (bytes of its rows, bytes of its indexes), the largest first; it reads the whole database. None
    when this SQLite does not measure."""
    try:
        linhas = c.execute(
            "SELECT m.tbl_name, sum(iif(m.type = 'table', s.pgsize, 0)), sum(iif(m.type = 'table', 0, s.pgsize))"
            " FROM dbstat s JOIN sqlite_master m ON m.name = s.name WHERE s.aggregate = 1 GROUP BY 1"
        ).fetchall()
    except sqlite3.OperationalError:
        return None
    tamanhos = {str(nome): (int(linhas_), int(indices)) for nome, linhas_, indices in linhas}
    return dict(sorted(tamanhos.items(), key=lambda par: -sum(par[1])))


def total(c: sqlite3.Connection) -> tuple[int, int]:
    """Returns the bytes of the file, and of those the bytes that nothing uses."""
    pagina, paginas, livres = (
        int(c.execute(f"PRAGMA {nome}").fetchone()[0]) for nome in ("page_size", "page_count", "freelist_count")
    )
    return pagina * paginas, pagina * livres


def crescimento(c: sqlite3.Connection, desde: str) -> Crescimento:
    """Returns what came since an instant as stored. Ids follow the time, so the first file since then is found by
    halving."""
    ultimo = int(c.execute("SELECT coalesce(max(id), 0) FROM arquivo").fetchone()[0])
    tamanho = c.execute("SELECT avg(tamanho) FROM arquivo WHERE id > ?", (ultimo - _AMOSTRA,)).fetchone()[0]
    todo, livre = total(c)
    # Beside the database lie the original and, of a document, what came of it, about as large.
    return Crescimento(ultimo - _antes_de(c, desde, ultimo), (todo - livre) / max(ultimo, 1), 2 * float(tamanho or 0))


def por_mes(c: sqlite3.Connection, inicios: list[str]) -> list[int]:
    """Returns the files taken between each instant and the next; the last one until now."""
    ultimo = int(c.execute("SELECT coalesce(max(id), 0) FROM arquivo").fetchone()[0])
    marcas = [*(_antes_de(c, inicio, ultimo) for inicio in inicios), ultimo]
    return [depois - antes for antes, depois in pairwise(marcas)]


def _antes_de(c: sqlite3.Connection, instante: str, ultimo: int) -> int:
    """Returns the id of the last file taken before an instant."""
    baixo, alto = 0, ultimo
    while baixo < alto:
        meio = (baixo + alto + 1) // 2
        linha = c.execute("SELECT tomado_em FROM arquivo WHERE id >= ? ORDER BY id LIMIT 1", (meio,)).fetchone()
        if linha is not None and str(linha[0]) < instante:
            baixo = meio
        else:
            alto = meio - 1
    return baixo
