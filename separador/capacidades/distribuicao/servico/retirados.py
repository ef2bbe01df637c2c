"""Records what follows when it cannot be told whether a document of the distribution was filed."""

from sqlite3 import Row

from separador.capacidades.distribuicao.banco import nsu as tabela_de_nsu
from separador.motor.contexto import Contexto


def distribuido(contexto: Contexto, linha: Row, quando: str) -> str | None:  # noqa: ARG001 -- as every such function is called
    """Has the document asked for again under its number, as one that did not come. What stands in the folder is not
    filed twice. Returns what happens then (Portuguese)."""
    numeros = tabela_de_nsu.esquecer(contexto.banco, linha["sha256"])
    return f"nada a fazer: a SEFAZ é perguntada de novo (NSU {', '.join(map(str, numeros))})" if numeros else None
