"""Gives the human form of a log line, in Portuguese.

It imports nothing heavy, because `separador log` must start quickly.
"""

import json
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from separador.nucleo.fuso import para_o_log

NIVEIS = {"debug": "detalhe", "info": "", "warning": "atenção", "error": "erro", "critical": "grave"}
_CORES = {"warning": "\x1b[33m", "error": "\x1b[31m", "critical": "\x1b[1;31m"}
_APAGADO, _NORMAL = "\x1b[2m", "\x1b[0m"
# These keys are shown first, in this order. The other keys of a line follow by name.
_PRIMEIRAS = ("rota", "arquivo", "id", "chave")
_PROPRIAS = frozenset({"quando", "nivel", "acao", "mensagem"})


def humano(evento: Mapping[str, Any], *, cores: bool = False, fuso: tzinfo | None = None) -> str:
    """Returns `2026-03-01 10:00:00  atenção: mensagem  (arquivo=… id=…)`. `fuso` None = that of people."""
    quando = _hora_local(str(evento.get("quando", "")), fuso)
    nivel = str(evento.get("nivel", "info"))
    rotulo = NIVEIS.get(nivel, nivel)
    mensagem = uma_linha(str(evento.get("mensagem", "")))
    texto = f"{rotulo}: {mensagem}" if rotulo else mensagem
    resto = _detalhes(evento)
    if not cores:
        return f"{quando}  {texto}{resto}"
    cor = _CORES.get(nivel, "")
    return f"{_APAGADO}{quando}{_NORMAL}  {cor}{texto}{_NORMAL if cor else ''}{_APAGADO}{resto}{_NORMAL}"


def humano_de_json(linha: str, *, cores: bool = False, fuso: tzinfo | None = None) -> str:
    """Returns the human form of one line of the file.

    A line that is not ours (cut by a full disk) comes back as it is.
    """
    try:
        evento = json.loads(linha)
    except ValueError:
        return uma_linha(linha)
    return humano(evento, cores=cores, fuso=fuso) if isinstance(evento, dict) else uma_linha(linha)


def uma_linha(texto: str) -> str:
    """Returns the text without control characters, because a file name could move the cursor or forge a line."""
    if texto.isprintable():
        return texto
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in texto)


def _detalhes(evento: Mapping[str, Any]) -> str:
    nomes = [n for n in _PRIMEIRAS if n in evento] + sorted(set(evento) - set(_PRIMEIRAS) - _PROPRIAS)
    partes = [f"{n}={uma_linha(str(evento[n]))}" for n in nomes if evento[n] is not None]
    return f"  ({' '.join(partes)})" if partes else ""


def _hora_local(texto: str, fuso: tzinfo | None) -> str:
    try:
        return para_o_log(datetime.fromisoformat(texto), fuso)
    except ValueError:
        return texto
