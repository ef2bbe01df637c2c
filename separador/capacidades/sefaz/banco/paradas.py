"""What stands still until an instant, by scope: an authoriser, a service that blocked us, a certificate (SEFAZ-05)."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def parar(banco: Banco, escopo: str, causa: str, ate: str, motivo: str, quando: str) -> None:
    """Nothing to `escopo` until `ate`; how often in a row is counted (`tentativas`)."""
    banco.execute(
        "INSERT INTO parada (escopo, causa, desde, ate, tentativas, motivo) VALUES (?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (escopo) DO UPDATE SET causa = excluded.causa, ate = excluded.ate, motivo = excluded.motivo,"
        " tentativas = tentativas + 1",
        (escopo, causa, quando, ate, motivo),
    )


def soltar(banco: Banco, escopo: str) -> bool:
    """It works again. True when it stood."""
    return bool(banco.execute("DELETE FROM parada WHERE escopo = ?", (escopo,)).rowcount)


def uma(banco: Banco, escopo: str) -> Row | None:
    """Whether and since when it stands; its time may be over."""
    return banco.uma("SELECT * FROM parada WHERE escopo = ?", escopo)


def todas(banco: Banco) -> dict[str, Row]:
    """Everything that stands, by scope."""
    return {r["escopo"]: r for r in banco.todas("SELECT * FROM parada")}
