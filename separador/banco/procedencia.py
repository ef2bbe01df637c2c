"""Says whose database this is: the id of the installation that took it, once."""

from separador.banco.conexao import Banco, BancoRecusadoError


def exigir_a_mesma(banco: Banco, instalacao: str, quando: str) -> None:
    """Raises `BancoRecusadoError` when the database belongs to another installation. One that belongs to none is taken
    now."""
    dona = dono(banco)
    if dona is None:
        tomar(banco, instalacao, quando)
    elif dona != instalacao:
        raise BancoRecusadoError(
            f"O banco de dados é de outra instalação ({dona}; esta é {instalacao}). Devolva o banco desta instalação; "
            "se é este mesmo que deve ficar: separador banco adotar --motivo TEXTO"
        )


def dono(banco: Banco) -> str | None:
    """Returns the id of the installation that took the database; None: none did."""
    linha = banco.uma("SELECT id FROM instalacao")
    return str(linha["id"]) if linha is not None and linha["id"] is not None else None


def tomar(banco: Banco, instalacao: str, quando: str) -> None:
    """Records that the database is of this installation from now on."""
    with banco.transacao():
        banco.execute("UPDATE instalacao SET id = ?, adotada_em = ?", (instalacao, quando))
