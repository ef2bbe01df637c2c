"""The first page: what fails, oldest first, with what to do; below it the progress of each route."""

import sqlite3
from typing import Any

from separador.painel.base.resposta import Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos import quadro

POR_PAGINA = 50


def inicio(v: Visita) -> Resposta:
    """Shows failures and progress."""
    filtro = {n: v.consulta.um(n).strip() for n in ("rota", "codigo", "texto")}
    linhas = falhas(v.banco, filtro, v.consulta.um("depois"))
    tudo = quadro.montar(v.configuracao, v.banco, v.agora, v.vivo())
    mais = linhas[POR_PAGINA - 1]["id"] if len(linhas) > POR_PAGINA else None
    total = sum(r["falhando"] for r in tudo["rotas"])
    valores: dict[str, Any] = {
        "linhas": linhas[:POR_PAGINA],
        "proximas": v.consulta.com(depois=str(mais), ordem=None).endereco("/") if mais is not None else None,
        "rotas": tudo["rotas"],
        "falhando": total,
        "filtro": filtro,
        "codigos": [r["codigo"] for r in v.banco.execute(_CODIGOS)],
        "ids": [r["id"] for r in tudo["rotas"]],
        "aqui": v.consulta.com(ordem=None).endereco("/"),
    }
    return Pagina("painel/inicio.html", "SEPARADOR DE ARQUIVOS", valores)


_CODIGOS = "SELECT DISTINCT codigo FROM falha WHERE encerrada_em IS NULL ORDER BY codigo"


def falhas(c: sqlite3.Connection, filtro: dict[str, str], depois: str) -> list[sqlite3.Row]:
    """Returns one page of the open failures and one more, oldest first. `depois`: the last one of the page before."""
    numero = int(depois) if depois.isascii() and depois.isdigit() and len(depois) < 19 else None
    rota = int(filtro["rota"]) if filtro["rota"].isascii() and filtro["rota"].isdigit() else None
    return c.execute(
        "SELECT f.id, f.arquivo, coalesce(f.rota_id, d.rota_id) AS rota, f.chave, f.codigo, f.motivo, f.desde,"
        " f.o_que_fazer FROM falha f LEFT JOIN documento d ON d.chave = f.chave WHERE f.encerrada_em IS NULL"
        " AND (?1 IS NULL OR (f.desde, f.id) > (SELECT desde, id FROM falha WHERE id = ?1))"
        " AND (?2 IS NULL OR coalesce(f.rota_id, d.rota_id) = ?2) AND (?3 = '' OR f.codigo = ?3)"
        " AND (?4 = '' OR instr(lower(coalesce(f.arquivo, '') || ' ' || f.motivo || ' ' || coalesce(f.chave, '')),"
        " lower(?4)) > 0) ORDER BY f.desde, f.id LIMIT ?5",
        (numero, rota, filtro["codigo"], filtro["texto"], POR_PAGINA + 1),
    ).fetchall()
