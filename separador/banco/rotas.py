"""What is remembered of routes: ids never reused, and the sentinels that tell a lost mount (SEP-01, SEP-02, B6)."""

from sqlite3 import Row

from separador.banco.conexao import Banco


def conhecidas(banco: Banco) -> dict[int, Row]:
    """All routes ever read, by id."""
    return {r["id"]: r for r in banco.todas("SELECT * FROM rota")}


def lembrar(
    banco: Banco, rota_id: int, assinatura: str, marca_origem: str | None, marca_destino: str | None, quando: str
) -> None:
    """Remember a route and the sentinels of its folders."""
    banco.execute(
        "INSERT INTO rota (id, assinatura, marca_origem, marca_destino, conhecida_em) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET assinatura = excluded.assinatura, marca_origem = excluded.marca_origem,"
        " marca_destino = excluded.marca_destino",
        (rota_id, assinatura, marca_origem, marca_destino, quando),
    )


def marcas(banco: Banco) -> dict[str, str]:
    """Folder → uuid of the sentinel it had when it was first read. A folder in here is never re-created (SEP-02)."""
    return {r["caminho"]: r["marca"] for r in banco.todas("SELECT caminho, marca FROM pasta")}


def marcar(banco: Banco, caminho: str, marca: str) -> None:
    """Remember the sentinel of a folder."""
    banco.execute(
        "INSERT INTO pasta (caminho, marca) VALUES (?, ?) ON CONFLICT (caminho) DO UPDATE SET marca = excluded.marca",
        (caminho, marca),
    )
