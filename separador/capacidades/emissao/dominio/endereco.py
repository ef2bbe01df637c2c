"""Says where the page of a load is in the panel, and which load an address is of."""

CAMINHO = "/cargas"
_MARCA, _BARRA = "*", "~"
"""Signs that no load has in its name."""
_PALAVRAS = frozenset({"nova", "complementar", ".", ".."})


def da_carga(nome: str) -> str:
    """Returns the page of a load. A name that an address would read as something else is written in another way."""
    if _PALAVRAS.isdisjoint(nome.split("/")):
        return f"{CAMINHO}/{nome}"
    return f"{CAMINHO}/{_MARCA}{nome.replace('/', _BARRA)}"


def ler(parte: str) -> str:
    """Returns the name of the load that an address is of."""
    return parte[1:].replace(_BARRA, "/") if parte.startswith(_MARCA) else parte
