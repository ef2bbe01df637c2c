"""Holds the address table that belongs to the configuration in use."""

import functools
from pathlib import Path

from separador.capacidades.sefaz.rede.enderecos import Enderecos
from separador.capacidades.sefaz.rede.porta import Servico
from separador.configuracao import Ambiente
from separador.motor.contexto import Contexto


def tabela(contexto: Contexto) -> Enderecos:
    """Returns the table, loaded once for each configuration. Raises EnderecosError when its file cannot be used."""
    sefaz = contexto.config.sefaz
    simulador = sefaz.simulador if contexto.config.ambiente is Ambiente.SIMULADO else None
    return _carregar(sefaz.enderecos, simulador, _mudanca(sefaz.enderecos))


@functools.lru_cache(maxsize=4)
def _carregar(arquivo: Path | None, simulador: str | None, _mudou: int) -> Enderecos:
    return Enderecos.carregar(arquivo, simulador=simulador)


def _mudanca(arquivo: Path | None) -> int:
    if arquivo is None:
        return 0
    try:
        return arquivo.stat().st_mtime_ns
    except OSError:
        return 0


def autorizador(contexto: Contexto, chave: str, *, normal: bool = False) -> str:
    """Returns the authoriser of the document of this key. `normal`: the one when there is no contingency."""
    enderecos = tabela(contexto)
    return enderecos.autorizador(chave[:2]) if normal else enderecos.autorizador_de(chave)


def svc(contexto: Contexto, uf: str) -> str:
    """Returns the contingency authoriser of a state (IBGE code)."""
    return tabela(contexto).svc(uf)


def url(contexto: Contexto, servico: str, nome: str, tp_amb: str) -> str | None:
    """Returns the address, or None when the authoriser does not offer the service there."""
    return tabela(contexto).url(Servico(servico), nome, tp_amb)
