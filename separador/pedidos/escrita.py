"""Opens the database for writing, for a command or a page, and seals the audit trail after it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from separador.pedidos.dono import em_nome_do_dono

if TYPE_CHECKING:
    from separador.banco.conexao import Banco


@contextmanager
def escrevendo(dados: Path, *, migrar: bool = False) -> Generator["Banco", None, None]:
    """Yields the database for writing. With `migrar`, it is made or brought up to date.

    Raises sqlite3.Error; of it `BancoRecusadoError` for a database that must not be used here.
    """
    from separador.banco.conexao import abrir  # noqa: PLC0415 -- sqlite-utils, only to write

    if migrar:
        from separador.pastas.criacao import criar_nossas  # noqa: PLC0415

        criar_nossas(dados)
    with em_nome_do_dono(dados):
        banco = abrir(dados, migrar=migrar)
    try:
        with em_nome_do_dono(dados):
            _selar_se_ha(banco, dados)  # a new trail has its first seal before its first row
        yield banco
    finally:
        with em_nome_do_dono(dados):
            _selar_se_ha(banco, dados)
            banco.close()


def _selar_se_ha(banco: "Banco", dados: Path) -> None:
    from separador.acesso.banco import auditoria  # noqa: PLC0415 -- hashlib, only to write

    if auditoria.existe(banco):
        auditoria.selar(banco, dados)
