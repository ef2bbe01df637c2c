"""Builds the progress of each route, as `separador situacao` and the first page of the panel show it."""

import os
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from separador.banco import leitura as leitura_do_banco
from separador.banco.instante import texto_de
from separador.banco.leitura import Progresso
from separador.nucleo.rota import Rota, atribuir_ids, escolher
from separador.pedidos.painel import endereco
from separador.pedidos.rotas import assinaturas
from separador.pedidos.tempo import idade_s, inicio_do_dia
from separador.pedidos.vivo import Vivo

if TYPE_CHECKING:
    from pathlib import Path

    from separador.configuracao import Configuracao


def montar(
    configuracao: "Configuracao",
    banco: sqlite3.Connection | None,
    agora: datetime,
    vivo: Vivo,
    contar: Callable[[sqlite3.Connection, list[int], str], Mapping[int, int]] = leitura_do_banco.feitos_desde,
) -> dict[str, Any]:
    """Returns the content of `situacao --json`. `banco` None: the service never started. `contar` counts what was done
    today."""
    rotas = atribuir_ids(configuracao.rotas, assinaturas(banco))
    ids = [r.id or 0 for r in rotas]
    meia_noite = texto_de(inicio_do_dia(agora))
    if banco is None:
        numeros = {i: Progresso() for i in ids}
    else:
        numeros = leitura_do_banco.progresso(banco, contar(banco, ids, meia_noite))
    ditos = vivo.rotas if vivo.detentor is not None else _nas_pastas(configuracao.dados, rotas, agora)
    return {
        "servico": {"ativo": vivo.ativo, "pid": vivo.pid, "desde": vivo.desde, "painel": endereco(configuracao.dados)},
        "rotas": [_rota(r, numeros[r.id or 0], ditos.get(str(r.id), {}), agora) for r in rotas],
    }


def _rota(rota: Rota, n: Progresso, dito: dict[str, Any], agora: datetime) -> dict[str, Any]:
    idades = [i for i in (dito.get("mais_antigo_s"), idade_s(n.mais_antigo, agora)) if i is not None]
    return {
        "id": rota.id,
        "ativo": rota.ativo,
        "regra": str(rota.regra),
        "origem": str(rota.origem),
        "destino": str(rota.destino),
        "esperando": int(dito.get("esperando", 0)) + n.retidos,
        "feitos": n.feitos,
        "falhando": n.falhando,
        "mais_antigo_s": max(idades, default=None),
        "ultima_leitura": dito.get("ultima_leitura"),
    }


def _nas_pastas(dados: "Path", rotas: tuple[Rota, ...], agora: datetime) -> dict[str, dict[str, Any]]:
    """Counts the files that lie in the origins now. With the service stopped nobody else counts them."""
    from separador.pastas import faixas  # noqa: PLC0415 -- only where the service does not run

    faixas.usar(dados)
    contados: dict[str, dict[str, Any]] = {}
    for origem in dict.fromkeys(r.origem for r in rotas if r.ativo):
        for rota, mtime in _na_origem(origem, [r for r in rotas if r.origem == origem]):
            dito = contados.setdefault(str(rota.id), {"esperando": 0, "mais_antigo_s": 0})
            dito["esperando"] += 1
            dito["mais_antigo_s"] = max(dito["mais_antigo_s"], int(agora.timestamp() - mtime))
    return contados


def _na_origem(origem: "Path", rotas: list[Rota]) -> list[tuple[Rota, float]]:
    from separador.pastas import faixas  # noqa: PLC0415 -- as above
    from separador.pastas.erros import SemResposta  # noqa: PLC0415

    try:
        return faixas.fazer(origem, _arquivos, origem, rotas)
    except SemResposta:
        return []


def _arquivos(origem: "Path", rotas: list[Rota]) -> list[tuple[Rota, float]]:
    """Returns the files that a route would take, with their times.

    A folder that cannot be read has none to show; `verificar` reports it.
    """
    achados = []
    try:
        with os.scandir(os.fsencode(origem)) as entradas:
            for entrada in entradas:
                rota = escolher(entrada.name, rotas) if entrada.is_file(follow_symlinks=False) else None
                if rota is not None:
                    achados.append((rota, entrada.stat(follow_symlinks=False).st_mtime))
    except OSError:
        return achados
    return achados
