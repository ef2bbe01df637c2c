"""Lists the migrations of the state database, in order.

Each is a file of frozen SQL. Installed databases know them by the names of the functions below and by the set's name. A
migration that was delivered is never changed. When a table of the code changes that a trigger repeats, a new migration
makes the trigger anew. A test compares the triggers of a fresh database with the tables of the code.
"""

from importlib import import_module

from sqlite_utils import Database, Migrations

MIGRACOES = Migrations("separador")


def _executar(banco: Database, modulo: str) -> None:
    """Runs the SQL of a module statement by statement: `executescript` would commit the migration's own transaction."""
    roteiro: str = import_module(f"{__package__}.{modulo}").ROTEIRO
    instrucao = ""
    for linha in roteiro.splitlines(keepends=True):
        instrucao += linha
        fim = instrucao.rstrip()
        aberto = "CREATE TRIGGER" in instrucao and not fim.endswith("END;")
        if fim.endswith(";") and not aberto:
            banco.execute(instrucao)
            instrucao = ""


@MIGRACOES()
def m0001_inicial(banco: Database) -> None:
    """Tables, indexes, guards."""
    _executar(banco, "m0001_inicial")


@MIGRACOES()
def m0002_cofre(banco: Database) -> None:
    """The vault and the certificates."""
    _executar(banco, "m0002_cofre")


@MIGRACOES()
def m0003_acesso(banco: Database) -> None:
    """Users, audit trail, powers of attorney."""
    _executar(banco, "m0003_acesso")


@MIGRACOES()
def m0004_transmissao(banco: Database) -> None:
    """The queue of calls over the network, and what stands still."""
    _executar(banco, "m0004_transmissao")


@MIGRACOES()
def m0005_distribuicao(banco: Database) -> None:
    """The ledger of NSU and the documents that came."""
    _executar(banco, "m0005_distribuicao")


@MIGRACOES()
def m0006_ecac(banco: Database) -> None:
    """Guides, payments, receipts and occurrences of the e-CAC."""
    _executar(banco, "m0006_ecac")


@MIGRACOES()
def m0007_evento(banco: Database) -> None:
    """What an order for a fiscal event says."""
    _executar(banco, "m0007_evento")


@MIGRACOES()
def m0008_dacte(banco: Database) -> None:
    """DACTE to be printed."""
    _executar(banco, "m0008_dacte")
