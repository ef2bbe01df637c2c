"""Reads loads for commands, without disturbing the service."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from sqlite3 import Row
from typing import TYPE_CHECKING, NamedTuple

from separador.capacidades.cte.banco.lista import CAMPOS, NOVOS
from separador.capacidades.emissao.banco import cargas
from separador.capacidades.emissao.dominio.complementares import informacoes_complementares
from separador.capacidades.emissao.dominio.conteudo import aberto

if TYPE_CHECKING:
    from separador.banco.conexao import Linhas

INFORMACOES, CERTIFICADO = "AGUARDANDO INFORMAÇÕES", "AGUARDANDO CERTIFICADO"
SITUACOES = ("GERADA", INFORMACOES, CERTIFICADO)
ULTIMA = 2**63 - 1
"""More than the id of any load."""
_DE_UMA_VEZ = 500
_ESPERA = "c.situacao <> 'gerada' AND instr(coalesce(a.espera_por, ''), 'complementar')"
_DAS = {None: "1", "GERADA": "c.situacao = 'gerada'", INFORMACOES: f"{_ESPERA} = 1", CERTIFICADO: f"{_ESPERA} <> 1"}
"""Situação, as people see it → the condition of its loads. It says what `_espera` says."""


class Pagina(NamedTuple):
    """Some loads of a list. `proxima`: the id before which the list goes on, None at the end."""

    cargas: list[dict[str, object]]
    proxima: int | None


def pagina(banco: "Linhas", situacao: str | None, limite: int, antes: int = ULTIMA) -> Pagina:
    """Returns loads, the newest first, in the shape of `carga listar`: those that came before the one of an id."""
    linhas = banco.execute(
        "SELECT c.*, a.nome AS arquivo_nome, a.espera_por FROM carga c LEFT JOIN arquivo a ON a.id = c.arquivo_id"  # noqa: S608 - constants
        f" WHERE {_DAS[situacao]} AND c.id < ? ORDER BY c.id DESC LIMIT ?",
        (antes, limite + 1),
    ).fetchall()
    mostradas = linhas[:limite]
    somas = _somas(banco, [linha["id"] for linha in mostradas])
    feitas = [_resumida(linha, somas.get(linha["id"], [])) for linha in mostradas]
    return Pagina(feitas, mostradas[-1]["id"] if len(linhas) > limite else None)


def todas(banco: "Linhas", situacao: str | None = None, limite: int | None = None) -> Iterator[dict[str, object]]:
    """Yields the same loads, however many there are, reading `_DE_UMA_VEZ` at a time."""
    feitas = 0
    antes: int | None = ULTIMA
    while antes is not None and (limite is None or feitas < limite):
        lida = pagina(banco, situacao, min(_DE_UMA_VEZ, limite - feitas) if limite is not None else _DE_UMA_VEZ, antes)
        yield from lida.cargas
        feitas, antes = feitas + len(lida.cargas), lida.proxima


def ver(banco: "Linhas", carga: str) -> dict[str, object] | None:
    """Returns one load with its documents; None when there is none of that name."""
    linha = banco.execute(
        "SELECT c.*, a.nome AS arquivo_nome, a.espera_por FROM carga c LEFT JOIN arquivo a ON a.id = c.arquivo_id"
        " WHERE c.carga = ?",
        (carga,),
    ).fetchone()
    if linha is None:
        return None
    itens = [{**documento_em_json(d), "registro": json.loads(d["registro"])} for d in documentos(banco, linha["id"])]
    terceiros = json.loads(linha["terceiros"])
    extras = {"informacoes_complementares": _complementares(linha), "itens": itens, "terceiros": terceiros}
    somas = _somas(banco, [linha["id"]]).get(linha["id"], [])
    return {**_resumida(linha, somas), **extras, "avisos": json.loads(linha["avisos"])}


_DA_LISTA = (
    "c.id, c.carga, c.situacao, c.arquivo_id, c.recebida_em, c.gerada_em, c.resumo, a.nome AS arquivo_nome,"
    " a.espera_por, (SELECT max(d.ordem) FROM carga_documento d WHERE d.carga_id = c.id) AS documentos"
)
"""What pages show of a load, without its content and without a look at each of its documents."""


def resumidas(banco: "Linhas", situacao: str | None, limite: int, antes: int = ULTIMA) -> Pagina:
    """Returns loads, the newest first, at a cost that the size of none of them changes."""
    indice = "INDEXED BY carga_situacao" if situacao in (INFORMACOES, CERTIFICADO) else ""
    linhas = banco.execute(
        f"SELECT {_DA_LISTA} FROM carga c {indice} LEFT JOIN arquivo a ON a.id = c.arquivo_id"  # noqa: S608 -- constants
        f" WHERE {_DAS[situacao]} AND c.id < ? ORDER BY c.id DESC LIMIT ?",
        (antes, limite + 1),
    ).fetchall()
    mostradas = [resumida(linha) for linha in linhas[:limite]]
    return Pagina(mostradas, linhas[limite - 1]["id"] if len(linhas) > limite else None)


def linha_de(banco: "Linhas", carga: str) -> Row | None:
    """Returns the row of a load, for `resumida`."""
    linha: Row | None = banco.execute(
        f"SELECT {_DA_LISTA} FROM carga c LEFT JOIN arquivo a ON a.id = c.arquivo_id WHERE c.carga = ?",  # noqa: S608 -- constants
        (carga,),
    ).fetchone()
    return linha


def resumida(linha: Row) -> dict[str, object]:
    """Returns a load as pages show it."""
    gerada = linha["situacao"] == cargas.GERADA
    return {
        "carga": linha["carga"],
        "situacao": "GERADA" if gerada else _espera(linha),
        "arquivo": linha["arquivo_nome"].decode("utf-8", "replace") if linha["arquivo_nome"] else None,
        "recebida_em": linha["recebida_em"],
        "gerada_em": linha["gerada_em"],
        "transportadoras": [],
        "notas": 0,
        "valor": "0.00",
        **json.loads(linha["resumo"]),
        "documentos": (linha["documentos"] or 0) if gerada else 0,
    }


class Documentos(NamedTuple):
    """Some documents of a load. `proxima`: the place after which the list goes on, None at the end."""

    linhas: list[Row]
    proxima: int | None


def registrados(banco: "Linhas", carga_id: int, limite: int, depois: int = 0) -> Documentos:
    """Returns registered documents of a load, in its order, with the columns of the list of documents: those after a
    place. A page costs the same, however many the load has."""
    campos = ", ".join(f"d.{n}" for n in (*CAMPOS, *NOVOS))
    linhas = banco.execute(
        f"SELECT c.ordem, {campos} FROM carga_documento c JOIN documento d ON d.id = c.documento_id"  # noqa: S608 - constants
        " WHERE c.carga_id = ? AND c.ordem > ? ORDER BY c.ordem LIMIT ?",
        (carga_id, depois, limite + 1),
    ).fetchall()
    return Documentos(linhas[:limite], linhas[limite - 1]["ordem"] if len(linhas) > limite else None)


def avisos(banco: "Linhas", carga_id: int, limite: int) -> tuple[list[dict[str, str]], int]:
    """Returns the first notices of a load, and how many there are."""
    sql = (
        "SELECT j.value, json_array_length(c.avisos) AS quantos FROM carga c, json_each(c.avisos) j WHERE c.id = ?"
        " LIMIT ?"
    )
    linhas = banco.execute(sql, (carga_id, limite)).fetchall()
    return [json.loads(r["value"]) for r in linhas], linhas[0]["quantos"] if linhas else 0


def o_que_espera(banco: "Linhas", arquivo_id: int) -> str:
    """Returns what the held file of a load waits for, as the failures say it; empty when none says."""
    sql = "SELECT motivo FROM falha WHERE assunto = ? AND encerrada_em IS NULL LIMIT 1"
    linha = banco.execute(sql, (f"retido:{arquivo_id}",)).fetchone()
    return str(linha["motivo"]) if linha is not None else ""


def complementares(banco: "Linhas", carga_id: int) -> tuple[dict[str, object], dict[str, object]]:
    """Returns the informações complementares of a load as they stand, and those of them that were ordered."""
    linha = banco.execute("SELECT conteudo, complementos FROM carga WHERE id = ?", (carga_id,)).fetchone()
    return _complementares(linha), json.loads(linha["complementos"])


def _complementares(linha: Row) -> dict[str, object]:
    ordenadas: dict[str, object] = json.loads(linha["complementos"])
    return informacoes_complementares(aberto(cargas.conteudo_de(linha)).items()) | ordenadas


def ultimo_arquivo(banco: "Linhas") -> int:
    """Returns the id of the last file that was taken."""
    return int(banco.execute("SELECT max(id) FROM arquivo").fetchone()[0] or 0)


def arquivo_solto(banco: "Linhas", nome: str, rota_id: int, depois: int) -> Row | None:
    """Returns the file of this name that a route took after the file of an id, with its load where it is known."""
    sql = (
        "SELECT a.*, c.carga FROM arquivo a LEFT JOIN carga c ON c.arquivo_id = a.id"
        " WHERE a.nome = ? AND +a.rota_id = ? AND a.id > ? ORDER BY a.id DESC LIMIT 1"
    )
    linha: Row | None = banco.execute(sql, (os.fsencode(nome), rota_id, depois)).fetchone()
    return linha


def documentos(banco: "Linhas", carga_id: int) -> list[Row]:
    """Returns the documents of a load, in their order, with the state of those that are registered."""
    return list(banco.execute(cargas.DOCUMENTOS, (carga_id,)))


def registro(banco: "Linhas", chave: str) -> dict[str, object] | None:
    """Returns what is kept of a CT-e that was issued here: its load, and what the layout has no place for."""
    sql = (
        "SELECT c.carga, d.registro FROM carga_documento d JOIN carga c ON c.id = d.carga_id"
        " WHERE d.chave = ? AND d.documento_id IS NOT NULL"
    )
    linha = banco.execute(sql, (chave,)).fetchone()
    return {"carga": linha["carga"], "registro": json.loads(linha["registro"])} if linha is not None else None


def documento_em_json(linha: Row) -> dict[str, object]:
    """Returns a document of a load in the shape of the contract, as it is now."""
    resumo = json.loads(linha["resumo"])
    return {
        "chave": linha["chave"],
        "modelo": linha["modelo"],
        "serie": linha["serie"],
        "numero": linha["numero"],
        **{n: v for n, v in resumo.items() if n != "campo"},
        "situacao": linha["doc_situacao"] or "NÃO ENVIADO",
        "etapa": linha["doc_etapa"],
        "campo": resumo.get("campo"),
    }


_SOMAS = (
    "SELECT c.carga_id, c.emitente, coalesce(d.situacao, 'NÃO ENVIADO') AS situacao, count(*) AS quantos,"
    " sum(json_extract(c.resumo, '$.notas')) AS notas,"
    " sum(CAST(round(json_extract(c.resumo, '$.valor') * 100) AS INTEGER)) AS centavos"
    " FROM carga_documento c LEFT JOIN documento d ON d.id = c.documento_id"
    " WHERE c.carga_id IN (SELECT value FROM json_each(?))"
    " GROUP BY c.carga_id, c.emitente, situacao ORDER BY c.carga_id, min(c.ordem)"
)
"""What the documents of each load sum up to, by issuer and state: one pass over the loads of a page."""


def _somas(banco: "Linhas", cargas_ids: list[int]) -> dict[int, list[Row]]:
    feitas: dict[int, list[Row]] = {}
    for linha in banco.execute(_SOMAS, (json.dumps(cargas_ids),)):
        feitas.setdefault(linha["carga_id"], []).append(linha)
    return feitas


def _resumida(linha: Row, somas: list[Row]) -> dict[str, object]:
    gerada = linha["situacao"] == cargas.GERADA
    dito = json.loads(linha["resumo"])  # of a load without documents yet
    por_situacao: Counter[str] = Counter()
    for soma in somas:
        por_situacao[soma["situacao"]] += soma["quantos"]
    return {
        "carga": linha["carga"],
        "situacao": "GERADA" if gerada else _espera(linha),
        "arquivo": linha["arquivo_nome"].decode("utf-8", "replace") if linha["arquivo_nome"] else None,
        "recebida_em": linha["recebida_em"],
        "gerada_em": linha["gerada_em"],
        "transportadoras": list(dict.fromkeys(s["emitente"] for s in somas)) or dito.get("transportadoras", []),
        "notas": sum(s["notas"] for s in somas) or dito.get("notas", 0),
        "documentos": sum(s["quantos"] for s in somas) if gerada else 0,
        "valor": f"{Decimal(sum(s['centavos'] for s in somas)) / 100:.2f}" if somas else dito.get("valor", "0.00"),
        "por_situacao": dict(por_situacao) if gerada else {},
    }


def _espera(linha: Row) -> str:
    return INFORMACOES if str(linha["espera_por"] or "").startswith("complementar") else CERTIFICADO
