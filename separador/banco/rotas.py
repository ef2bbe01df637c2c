"""Remembers the routes: ids, which are never reused, and the sentinels of their folders, which reveal a lost mount."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def conhecidas(banco: Banco) -> dict[int, Row]:
    """Returns all routes ever read, by id."""
    return {r["id"]: r for r in banco.todas("SELECT * FROM rota")}


def lembrar(
    banco: Banco, rota_id: int, assinatura: str, marca_origem: str | None, marca_destino: str | None, quando: str
) -> None:
    """Remembers a route and the sentinels of its folders."""
    banco.execute(
        "INSERT INTO rota (id, assinatura, marca_origem, marca_destino, conhecida_em) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET assinatura = excluded.assinatura, marca_origem = excluded.marca_origem,"
        " marca_destino = excluded.marca_destino",
        (rota_id, assinatura, marca_origem, marca_destino, quando),
    )


def marcas(banco: Banco) -> dict[str, str]:
    """Returns folder → uuid of the sentinel that it had when it was first read. A folder in here is never created
    again."""
    return {r["caminho"]: r["marca"] for r in banco.todas("SELECT caminho, marca FROM pasta")}


def marcar(banco: Banco, caminho: str, marca: str) -> None:
    """Remembers the sentinel of a folder."""
    banco.execute(
        "INSERT INTO pasta (caminho, marca) VALUES (?, ?) ON CONFLICT (caminho) DO UPDATE SET marca = excluded.marca",
        (caminho, marca),
    )
