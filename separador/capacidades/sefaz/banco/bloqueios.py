"""Keeps the limits of use that SEFAZ imposed (cStat 678; MOC 4.00, section 8.2) over restarts."""

from separador.banco.conexao import Banco

ENVIO, EVENTO, CONSULTA = "envio", "evento", "consulta"
"""The services that SEFAZ blocks apart from each other."""


def bloquear(banco: Banco, servico: str, ate: str, motivo: str) -> None:
    """Forbids calls to this service until `ate`."""
    banco.execute(
        "INSERT INTO bloqueio (servico, ate, motivo) VALUES (?, ?, ?)"
        " ON CONFLICT (servico) DO UPDATE SET ate = excluded.ate, motivo = excluded.motivo",
        (servico, ate, motivo),
    )


def do_envio(banco: Banco, quando: str) -> str | None:
    """Returns the instant until which nothing is handed on for transmission. It is the resource `limite_do_envio`."""
    return vigente(banco, ENVIO, quando)


def vigente(banco: Banco, servico: str, agora: str) -> str | None:
    """Returns the instant until which the service is blocked; None when it is not."""
    linha = banco.uma("SELECT ate FROM bloqueio WHERE servico = ? AND ate > ?", servico, agora)
    return str(linha["ate"]) if linha is not None else None
