"""Remembers which notices of expiry were given."""

from separador.banco.conexao import Banco


def aviso_feito(banco: Banco, assunto: str, validade_ate: str, degrau: int, via: str) -> bool:
    """Says whether a notice of this step of this expiry was given this way."""
    return (
        banco.uma(
            "SELECT 1 FROM aviso_validade WHERE assunto = ? AND validade_ate = ? AND degrau = ? AND via = ?",
            *(assunto, validade_ate, degrau, via),
        )
        is not None
    )


def anotar_aviso(banco: Banco, assunto: str, validade_ate: str, degrau: int, via: str, quando: str) -> None:
    """Records that the notice was given, so that it is never given again."""
    banco.execute(
        "INSERT OR IGNORE INTO aviso_validade (assunto, validade_ate, degrau, via, feito_em) VALUES (?, ?, ?, ?, ?)",
        (assunto, validade_ate, degrau, via, quando),
    )


def esquecer(banco: Banco, assunto: str) -> None:
    """Forgets the notices of something that is no more: another may get its number."""
    banco.execute("DELETE FROM aviso_validade WHERE assunto = ?", (assunto,))
