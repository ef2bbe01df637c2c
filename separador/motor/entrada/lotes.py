"""Names groups of claims. A lote names its route, so that a claim found after a crash says where it came from."""

from separador.motor.contexto import Casa
from separador.nucleo.rota import Rota


def nome_do_lote(rota: Rota, prefixo: str) -> str:
    """Returns `<route id>-<unique prefix>`."""
    return f"{rota.id}-{prefixo}"


def rota_do_lote(casa: Casa, lote: str) -> Rota | None:
    """Returns the route that claimed a lote, or None when it is no longer configured."""
    numero = lote.partition("-")[0]
    return casa.rota(int(numero)) if numero.isdigit() else None
