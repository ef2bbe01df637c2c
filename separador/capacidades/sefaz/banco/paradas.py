"""Keeps what is stopped until an instant, by scope: an authoriser, a service that blocked us, a certificate."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def parar(banco: Banco, escopo: str, causa: str, ate: str, motivo: str, quando: str) -> None:
    """Stops `escopo` until `ate`. Counts how often in a row that happened (`tentativas`)."""
    banco.execute(
        "INSERT INTO parada (escopo, causa, desde, ate, tentativas, motivo) VALUES (?, ?, ?, ?, 1, ?)"
        " ON CONFLICT (escopo) DO UPDATE SET causa = excluded.causa, ate = excluded.ate, motivo = excluded.motivo,"
        " tentativas = tentativas + 1",
        (escopo, causa, quando, ate, motivo),
    )


def soltar(banco: Banco, escopo: str) -> bool:
    """Ends the stop, because it works again. Returns True when there was one."""
    return bool(banco.execute("DELETE FROM parada WHERE escopo = ?", (escopo,)).rowcount)


def uma(banco: Banco, escopo: str) -> Row | None:
    """Returns the stop of a scope, with its beginning. Its time may be over."""
    return banco.uma("SELECT * FROM parada WHERE escopo = ?", escopo)


def todas(banco: Banco) -> dict[str, Row]:
    """Returns every stop, by scope."""
    return {r["escopo"]: r for r in banco.todas("SELECT * FROM parada")}
