"""Writes `dados/estado.json`: the state of the service for commands that must not disturb it.

It need not be durable.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from separador.motor.contexto import Contexto
from separador.motor.entrada.origem import Origem
from separador.nucleo.texto.razao import do_sistema

ARQUIVO = "estado.json"


def gravar(contexto: Contexto, origens: Sequence[Origem], *, desde: str, pronto: bool) -> None:
    """Writes the present state, and replaces the earlier one in one step. A full disk only leaves the file old."""
    estado = {
        "pronto": pronto,
        "pid": os.getpid(),
        "desde": desde,
        "rotas": {str(r.id): _rota(contexto, p, r.id or 0) for p in origens for r in p.rotas},
    }
    novo = contexto.dados / f".{ARQUIVO}.novo"
    try:
        novo.write_text(json.dumps(estado, ensure_ascii=False), encoding="utf-8")
        novo.replace(contexto.dados / ARQUIVO)
    except OSError as erro:
        contexto.log.warning("estado.json não pôde ser gravado", acao="estado", motivo=do_sistema(erro.errno))


def _rota(contexto: Contexto, origem: Origem, rota_id: int) -> dict[str, object]:
    esperas = (
        [p for p in origem.varredura.pendencias() if p.rota == str(rota_id)]
        if origem.varredura is not None and origem.exame_atrasado is None
        else []
    )
    desde = min((p.desde for p in esperas), default=None)
    return {
        "esperando": len(esperas) + sum(c.rota == str(rota_id) for c in origem.prontos),
        "mais_antigo_s": int((contexto.agora() - desde).total_seconds()) if desde is not None else None,
        "ultima_leitura": origem.ultima_leitura,
    }


def apagar(dados: Path) -> None:
    """Removes the file when the service ends."""
    (dados / ARQUIVO).unlink(missing_ok=True)
