"""Writes `dados/estado.json`: the state of the service for commands that must not disturb it.

It need not be durable.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from separador.motor.contexto import Casa
from separador.motor.entrada.origem import Posto

ARQUIVO = "estado.json"


def gravar(casa: Casa, postos: Sequence[Posto], *, desde: str, pronto: bool) -> None:
    """Writes the present state, and replaces the earlier one in one step. A full disk only leaves the file old."""
    estado = {
        "pronto": pronto,
        "pid": os.getpid(),
        "desde": desde,
        "rotas": {str(r.id): _rota(casa, p, r.id or 0) for p in postos for r in p.rotas},
    }
    novo = casa.dados / f".{ARQUIVO}.novo"
    try:
        novo.write_text(json.dumps(estado, ensure_ascii=False), encoding="utf-8")
        novo.replace(casa.dados / ARQUIVO)
    except OSError as erro:
        casa.log.warning("estado.json não pôde ser gravado", acao="estado", motivo=os.strerror(erro.errno or 0))


def _rota(casa: Casa, posto: Posto, rota_id: int) -> dict[str, object]:
    esperas = [p for p in posto.vigia.pendencias() if p.rota == str(rota_id)] if posto.vigia is not None else []
    desde = min((p.desde for p in esperas), default=None)
    return {
        "esperando": len(esperas) + sum(c.rota == str(rota_id) for c in posto.prontos),
        "mais_antigo_s": int((casa.agora() - desde).total_seconds()) if desde is not None else None,
        "ultima_leitura": posto.ultima_leitura,
    }


def apagar(dados: Path) -> None:
    """Removes the file when the service ends."""
    (dados / ARQUIVO).unlink(missing_ok=True)
