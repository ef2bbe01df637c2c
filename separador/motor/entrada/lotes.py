"""Names groups of claims. A lote names its route, so that a claim found after a crash says where it came from."""

from separador.motor.contexto import Contexto
from separador.nucleo.rota import Rota


def nome_do_lote(rota: Rota, prefixo: str) -> str:
    """Returns `<route id>-<unique prefix>`."""
    return f"{rota.id}-{prefixo}"


def rota_do_lote(contexto: Contexto, lote: str) -> Rota | None:
    """Returns the route that claimed a lote, or None when it is no longer configured."""
    numero = lote.partition("-")[0]
    return contexto.rota(int(numero)) if numero.isdigit() else None
