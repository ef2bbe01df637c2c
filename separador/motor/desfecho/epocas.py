"""Chooses the epoch in which a folder of ours is made anew."""

from pathlib import Path

from separador.banco.arquivos import trabalhos_abertos
from separador.banco.conexao import Banco
from separador.banco.publicacoes import pendentes
from separador.pastas.posse.cantos import canto_de, origem_do_trabalho


def epoca_livre(banco: Banco) -> int:
    """Returns an epoch later than that of every staged file that is not known to be published, and of every claim
    without outcome. A folder made anew gets it: in the corner of the former one, such a file would be absent, and so
    pass for published."""
    trabalhos = [Path(t) for t in trabalhos_abertos(banco)]
    cantos = [canto_de(bytes(linha["provisorio"] or b"")) for linha in pendentes(banco)]
    cantos += [t.parent.name for t in trabalhos if origem_do_trabalho(t) is not None]
    return 1 + max((int(c.rpartition("-")[2]) for c in cantos if c), default=0)
