"""Lists the migrations of the state database, in order.

Each is a file of frozen SQL. Installed databases know them by the names of the functions below and by the set's name. A
migration that was delivered is never changed. When a table of the code changes that a trigger repeats, a new migration
makes the trigger anew. A test compares the triggers of a fresh database with the tables of the code.
"""

from importlib import import_module

from sqlite_utils import Database, Migrations

MIGRACOES = Migrations("separador")


def nomes_das_migracoes() -> tuple[str, ...]:
    """Returns the names of the migrations that this program knows, in order."""
    return tuple(m.name for m in MIGRACOES._migrations)


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
    """Makes the tables of routes, files, documents, events, publications, orders, history and failures."""
    _executar(banco, "m0001_inicial")


@MIGRACOES()
def m0002_cofre(banco: Database) -> None:
    """Makes the tables of the vault and the certificates."""
    _executar(banco, "m0002_cofre")


@MIGRACOES()
def m0003_acesso(banco: Database) -> None:
    """Makes the tables of offices, users, audit trail and powers of attorney."""
    _executar(banco, "m0003_acesso")


@MIGRACOES()
def m0004_transmissao(banco: Database) -> None:
    """Makes the tables of the queue of calls over the network, and of what stands still."""
    _executar(banco, "m0004_transmissao")


@MIGRACOES()
def m0005_distribuicao(banco: Database) -> None:
    """Makes the tables of the ledger of NSU and the documents that came."""
    _executar(banco, "m0005_distribuicao")


@MIGRACOES()
def m0006_ecac(banco: Database) -> None:
    """Makes the tables of guides, payments, receipts and occurrences of the e-CAC."""
    _executar(banco, "m0006_ecac")


@MIGRACOES()
def m0007_evento(banco: Database) -> None:
    """Adds the columns that an order for a fiscal event needs."""
    _executar(banco, "m0007_evento")


@MIGRACOES()
def m0008_dacte(banco: Database) -> None:
    """Makes the table of the DACTE to be printed."""
    _executar(banco, "m0008_dacte")


@MIGRACOES()
def m0009_instalacao(banco: Database) -> None:
    """Makes the row of the installation that owns the database."""
    _executar(banco, "m0009_instalacao")


@MIGRACOES()
def m0010_em_maos(banco: Database) -> None:
    """Records where files in hand lie, so that a program that would not find them refuses the database."""
    _executar(banco, "m0010_em_maos")


@MIGRACOES()
def m0011_impressao_de_evento(banco: Database) -> None:
    """Makes the table of the sheets of events to be printed."""
    _executar(banco, "m0011_impressao_de_evento")


@MIGRACOES()
def m0012_acessos(banco: Database) -> None:
    """Adds the organ and the uses of an access, and what the last import came to for each company."""
    _executar(banco, "m0012_acessos")


@MIGRACOES()
def m0013_emissao(banco: Database) -> None:
    """Makes the tables of loads, of their documents before they are registered, and of the numbers of each series."""
    _executar(banco, "m0013_emissao")


@MIGRACOES()
def m0014_listas(banco: Database) -> None:
    """Adds the columns of the lists, and the indexes that serve what people ask."""
    _executar(banco, "m0014_listas")


@MIGRACOES()
def m0015_painel(banco: Database) -> None:
    """Adds the one-time token of an order form, and the indexes of what the panel shows."""
    _executar(banco, "m0015_painel")


@MIGRACOES()
def m0016_versoes(banco: Database) -> None:
    """Records the version that wrote the database and the oldest that may open it; lets a document be rebuilt."""
    _executar(banco, "m0016_versoes")
