"""Removes what is older than the retention."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

from separador.motor.contexto import Contexto
from separador.nucleo import capacidade


def retencao(contexto: Contexto) -> int:
    """Removes originals and duplicates older than `retencao_dias`, and what capabilities keep by time.

    Never removes what lies in `fiscal/`, nor what has no outcome: only files with an outcome are ever moved there, so
    the folder's date is enough. Zero days keep everything. Returns how many files were removed.
    """
    if not contexto.config.retencao_dias:
        return 0
    limite = contexto.agora() - timedelta(days=contexto.config.retencao_dias)
    removidos = 0
    for pasta in sorted((contexto.dados / "arquivo").glob("[0-9]*/[0-9]*/[0-9]*")):
        dia = _dia(pasta)
        if dia is not None and dia < limite.date():
            removidos += sum(1 for p in pasta.rglob("*") if p.is_file())
            shutil.rmtree(pasta)
    removidos += _antigos(contexto.dados / "duplicados", limite)
    esquecidos = sum(esquecer(contexto, limite) for esquecer in capacidade.de_cada("retencao"))
    if removidos:
        contexto.log.info("originais além da retenção removidos", acao="retencao", quantos=removidos)
    if esquecidos:
        contexto.log.info("dados além da retenção esquecidos", acao="retencao", quantos=esquecidos)
    return removidos


def _dia(pasta: Path) -> date | None:
    try:
        return date(int(pasta.parts[-3]), int(pasta.parts[-2]), int(pasta.parts[-1]))
    except ValueError:
        return None


def _antigos(pasta: Path, limite: datetime) -> int:
    velhos = [p for p in pasta.iterdir() if p.lstat().st_ctime < limite.timestamp()] if pasta.is_dir() else []
    for velho in velhos:
        velho.unlink()
    return len(velhos)
