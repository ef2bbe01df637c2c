"""Answers what open pages ask every few seconds, and whether the panel is there at all."""

import hashlib

from separador.painel.base.moldura import falhas_abertas
from separador.painel.base.resposta import Dados, Resposta
from separador.painel.base.servico import estado
from separador.painel.base.visita import Visita


def saude(v: Visita) -> Resposta:
    """Says that the panel answers, and the state of the service; nothing else, because anybody may ask."""
    return Dados({"painel": True, "servico": estado(v)})


def vivo(v: Visita) -> Resposta:
    """Gives a version that changes when anything on a page may have changed."""
    servico, falhas = estado(v), falhas_abertas(v)
    versao = _versao(v, servico)
    return Dados({"versao": versao, "servico": servico, "falhas": falhas}, versao)


def _versao(v: Visita, servico: str) -> str:
    """Every commit writes to the log beside the database, and the service writes of itself at each reading."""
    marcas: list[object] = [servico]
    for nome in ("separador.db", "separador.db-wal", "estado.json"):
        try:
            visto = (v.dados / nome).stat()
        except OSError:
            continue
        marcas += [visto.st_mtime_ns, visto.st_size, visto.st_ino]
    return hashlib.sha256(repr(marcas).encode()).hexdigest()[:16]
