"""Finds documents and files for the field `Localizar`, and shows one file."""

import re
import sqlite3

from separador.capacidades.cte.banco import busca, rastro
from separador.nucleo.capacidade import Achado
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.nome_de_arquivo import mostrar
from separador.painel.base.resposta import NAO_HA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

_COLUNAS = ("numero", "carga", "protocolo")
_CNPJ = re.compile(r"[0-9A-Z]{12}[0-9]{2}")


def localizar(c: sqlite3.Connection, texto: str, limite: int) -> list[Achado]:
    """Returns documents by chave, number, carga, protocolo or CNPJ, and files by name; at most `limite` of each."""
    limpo = texto.strip()
    if not limpo:
        return []
    chave = limpar_chave(limpo)
    if FORMATO_CHAVE.fullmatch(chave):
        sql = "SELECT * FROM documento WHERE chave = ? LIMIT ?"
        return _documentos(c.execute(sql, (chave, limite)).fetchall())
    achados: dict[int, sqlite3.Row] = {}
    for coluna in _COLUNAS:
        sql = f"SELECT * FROM documento WHERE {coluna} = ? ORDER BY id DESC LIMIT ?"  # noqa: S608 -- own words
        achados |= {r["id"]: r for r in c.execute(sql, (limpo, limite))}
    cnpj = re.sub(r"[./-]", "", limpo).upper()
    if _CNPJ.fullmatch(cnpj):
        sql = "SELECT * FROM documento WHERE emitente = ? ORDER BY id DESC LIMIT ?"
        achados |= {r["id"]: r for r in c.execute(sql, (cnpj, limite))}
    return [*_documentos(list(achados.values())[:limite]), *_arquivos(c, limpo, limite)]


def _documentos(linhas: list[sqlite3.Row]) -> list[Achado]:
    return [
        Achado(
            "Documentos",
            f"CT-e {r['numero']} série {r['serie']}",
            f"{r['chave']}, {r['situacao']}",
            f"/cte/{r['chave']}",
        )
        for r in linhas
    ]


def _arquivos(c: sqlite3.Connection, texto: str, limite: int) -> list[Achado]:
    vidas = busca.procurar(c, texto) if not texto.isdigit() else []
    return [
        Achado("Arquivos", v["arquivo"] or "?", v["passos"][-1]["detalhe"], f"/arquivos/{v['id']}")
        for v in vidas[:limite]
        if v["id"] is not None
    ]


def arquivo(v: Visita) -> Resposta:
    """Shows the life of one file."""
    dito = v.partes["id"]
    linha = rastro.arquivo(v.banco, int(dito)) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    if linha is None:
        raise Erro(NAO_HA, "Não há arquivo com este número.")
    valores = {
        "linha": linha,
        "nome": mostrar(bytes(linha["nome"])),
        "passos": rastro.do_arquivo(v.banco, linha),
        "guardado_em": mostrar(bytes(linha["guardado_em"])) if linha["guardado_em"] is not None else None,
    }
    return Pagina("cte/arquivo.html", f"Arquivo {linha['id']}", valores)
