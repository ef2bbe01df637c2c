"""The table of addresses that the configuration in use stands for."""

import functools
from pathlib import Path

from separador.capacidades.sefaz.rede.enderecos import Enderecos
from separador.capacidades.sefaz.rede.porta import Servico
from separador.configuracao import Ambiente
from separador.motor.contexto import Casa


def tabela(casa: Casa) -> Enderecos:
    """Loaded once for each configuration. Raises EnderecosError: the file of the configuration cannot be used."""
    sefaz = casa.config.sefaz
    simulador = sefaz.simulador if casa.config.ambiente is Ambiente.SIMULADO else None
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


def autorizador(casa: Casa, chave: str, *, normal: bool = False) -> str:
    """Who authorises the document of this key; with `normal`, who does when there is no contingency."""
    enderecos = tabela(casa)
    return enderecos.autorizador(chave[:2]) if normal else enderecos.autorizador_de(chave)


def svc(casa: Casa, uf: str) -> str:
    """The contingency authoriser of a state (IBGE code)."""
    return tabela(casa).svc(uf)


def url(casa: Casa, servico: str, nome: str, tp_amb: str) -> str | None:
    """None when the authoriser does not offer the service there."""
    return tabela(casa).url(Servico(servico), nome, tp_amb)
