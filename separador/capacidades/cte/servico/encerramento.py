"""Closes the failures about a key that an outcome mends, by the table of `dominio.falhas_encerradas`."""

from sqlite3 import Row

from separador.banco import falhas
from separador.capacidades.cte.dominio.falhas_encerradas import Aberta, Acontecido, Remedio, encerra
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo import capacidade


def encerrar_por(
    grupo: Grupo, chave: str, remedio: Remedio, *, tp_evento: str | None = None, espera: bool = False
) -> None:
    """Closes what this outcome mends. `espera`: the document itself still waits for an answer of SEFAZ."""
    if not grupo.havia_falhas:
        return
    acontecido = Acontecido(remedio, tp_evento, espera)
    ids = [
        linha["id"]
        for linha in falhas.abertas_da_chave(grupo.banco, chave)
        if encerra(acontecido, _aberta(grupo.contexto, linha))
    ]
    if ids:
        falhas.encerrar_estas(grupo.banco, ids, grupo.quando, remedio.value)


def _aberta(contexto: Contexto, linha: Row) -> Aberta:
    """Returns the failure as the table takes it. A file of a route that is gone counts as one to be transmitted."""
    rota = contexto.rota(linha["rota_id"]) if linha["rota_id"] is not None else None
    regra = capacidade.regra(rota.regra) if rota is not None else None
    return Aberta(
        linha["assunto"],
        linha["codigo"],
        linha["chave"],
        de_envio=regra is None or regra.transmite,
        de_retorno=regra is not None and regra.recebe_retornos,
    )
