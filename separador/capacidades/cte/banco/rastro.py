"""Puts the whole life of a file or document together from the rows, the newest step last. It only reads."""

import json
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from separador.capacidades.cte.banco import rastro_da_rede
from separador.fiscal.evento.nomes import rotular
from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import mostrar

_ROTULOS = {
    "documento": "documento assinado",
    "evento": "evento assinado",
    "consulta": "consulta da chave",
    "processado": "documento processado",
    "fiscal": "documento processado (cópia fiscal)",
    "retorno": "retorno",
    "recusa": "recusa",
    "resposta": "resposta ao pedido",
    "copia": "arquivo",
    "distribuido": "documento de terceiros",
    "apartado": "parte da resposta, guardada sem efeito",
}
# Steps of one commit have the same instant. Then this order puts a cause before its effects.
_TOMADO, _NOTA, _ASSINADO, _FALHA, _SITUACAO, _PUBLICADO, _ENTREGUE, _FIM, _GUARDADO = range(9)


@dataclass(frozen=True, slots=True, order=True)
class Passo:
    """One step. `quando` as stored; `ordem` among steps of the same instant."""

    quando: str
    ordem: float
    passo: str
    detalhe: str


def do_arquivo(c: sqlite3.Connection, linha: sqlite3.Row) -> list[Passo]:
    """Returns the life of one file. An export or event that was accepted is followed in its document."""
    passos = {*_proprios(c, linha), *_falhas_do_arquivo(c, linha)}
    passos.update(Passo(*p) for p in rastro_da_rede.do_arquivo(c, linha["id"]))
    chave, desde = linha["chave"], linha["tomado_em"]
    if chave and linha["regra"] == "cte-envio" and linha["desfecho"] in ("entregue", None):
        passos.update(p for p in da_chave(c, chave) if p.quando >= desde)
    elif chave:
        passos.update(_historico(c, chave, linha["id"]))
    else:
        passos.update(_da_carga(c, linha["id"]))
    return sorted(passos)


def da_chave(c: sqlite3.Connection, chave: str) -> list[Passo]:
    """Returns the life of a document, with every file that was about it."""
    passos = {p for linha in arquivos_da_chave(c, chave) for p in _proprios(c, linha)}
    doc = c.execute("SELECT id, carga, criado_em FROM documento WHERE chave = ?", (chave,)).fetchone()
    if doc is not None:
        if doc["carga"] is not None:
            passos.add(Passo(doc["criado_em"], _TOMADO, "emitido", f"da carga {doc['carga']}"))
        passos.update(_assinados(c, doc["id"]))
        passos.update(_publicados(c, "documento_id", doc["id"]))
    passos.update(_historico(c, chave))
    passos.update(_eventos(c, chave))
    passos.update(Passo(*p) for p in rastro_da_rede.da_chave(c, chave))
    passos.update(_pedidos(c, chave))
    passos.update(Passo(*p) for de_outra in capacidade.de_cada("rastro") for p in de_outra(c, chave))
    falhas = c.execute("SELECT * FROM falha WHERE chave = ?", (chave,)).fetchall()
    passos.update(p for f in falhas for p in da_falha(f))
    return sorted(passos)


def arquivo(c: sqlite3.Connection, arquivo_id: int) -> sqlite3.Row | None:
    """Returns one file."""
    linha: sqlite3.Row | None = c.execute("SELECT * FROM arquivo WHERE id = ?", (arquivo_id,)).fetchone()
    return linha


def arquivos_da_chave(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns every file about a document, oldest first."""
    return c.execute("SELECT * FROM arquivo WHERE chave = ? ORDER BY id", (chave,)).fetchall()


def arquivos_do_nome(c: sqlite3.Connection, nome: bytes) -> list[sqlite3.Row]:
    """Returns every file taken under this name, newest first."""
    return c.execute("SELECT * FROM arquivo WHERE nome = ? ORDER BY id DESC", (nome,)).fetchall()


def documentos_do_numero(c: sqlite3.Connection, numero: str) -> list[sqlite3.Row]:
    """Returns the documents of a number, newest first, at most 100: series and emitters each have their own numbers."""
    return c.execute(
        "SELECT * FROM documento WHERE numero = ? ORDER BY id DESC LIMIT 100", (numero.lstrip("0") or "0",)
    ).fetchall()


def publicadas_do_nome(c: sqlite3.Connection, nome: bytes) -> list[sqlite3.Row]:
    """Returns what was handed out under this name, newest first: (arquivo_id, chave). Either may be None."""
    return c.execute(
        "SELECT p.arquivo_id, d.chave FROM publicacao p LEFT JOIN documento d ON d.id = p.documento_id"
        " WHERE p.nome = ? ORDER BY p.id DESC",
        (nome,),
    ).fetchall()


def falhas_do_nome(c: sqlite3.Connection, nome: str) -> list[sqlite3.Row]:
    """Returns the failures that show this name. A file that waits where it was dropped has nothing else."""
    return c.execute("SELECT * FROM falha WHERE arquivo = ? ORDER BY id", (nome,)).fetchall()


def publicados_da_chave(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns what was handed out about a document, oldest first."""
    return c.execute(
        "SELECT p.* FROM publicacao p JOIN documento d ON d.id = p.documento_id WHERE d.chave = ? ORDER BY p.id",
        (chave,),
    ).fetchall()


def historico_da_chave(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns every change of situação of a document, oldest first, with the name of the file that caused it."""
    return c.execute(
        "SELECT h.*, a.nome AS arquivo FROM historico h JOIN documento d ON d.id = h.documento_id"
        " LEFT JOIN arquivo a ON a.id = h.arquivo_id WHERE d.chave = ? ORDER BY h.id",
        (chave,),
    ).fetchall()


def eventos_da_chave(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns the events of a document, oldest first."""
    return c.execute("SELECT * FROM evento WHERE chave = ? ORDER BY id", (chave,)).fetchall()


def copias_de_eventos(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns the kept processed events of a document, oldest first: where each lies, its kind and its number."""
    return c.execute(
        "SELECT p.pasta, p.nome, e.tp_evento, e.n_seq FROM publicacao p JOIN evento e ON e.id = p.evento_id"
        " WHERE e.chave = ? AND p.tipo = 'fiscal' ORDER BY p.id",
        (chave,),
    ).fetchall()


def copia_fiscal(c: sqlite3.Connection, chave: str) -> Path | None:
    """Returns the path of the newest processed document kept in `dados/fiscal`."""
    linhas = [p for p in publicados_da_chave(c, chave) if p["tipo"] == "fiscal" and p["evento_id"] is None]
    return Path(linhas[-1]["pasta"]) / os.fsdecode(bytes(linhas[-1]["nome"])) if linhas else None


def transmissoes_da_chave(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns the calls to SEFAZ about a document, oldest first."""
    return rastro_da_rede.chamadas(c, chave)


def _passo_da(nota: str) -> str:
    """Returns the name of the step of a note: what passed as it is was not changed."""
    return "anotado" if ": foi aceito" in nota else "normalizado"


def _proprios(c: sqlite3.Connection, a: sqlite3.Row) -> list[Passo]:
    """Returns the steps that the file's own row and its publications tell."""
    nome = mostrar(bytes(a["nome"]))
    tamanho = f", {a['tamanho']} bytes" if a["tamanho"] is not None else ""
    origem = f"arquivo {a['id']}: {nome}, rota {a['rota_id']} ({a['regra']}){tamanho}"
    passos = [Passo(a["tomado_em"], _TOMADO, "tomado", origem)]
    notas = json.loads(a["notas"]) if a["notas"] else []
    passos += [Passo(a["tomado_em"], _NOTA, _passo_da(nota), f"{nome}: {nota}") for nota in notas]
    passos += _publicados(c, "arquivo_id", a["id"])
    if a["desfecho"] is None and a["espera_por"] is not None:
        passos.append(Passo(a["tomado_em"], _FIM, "retido", f"{nome}: {a['motivo'] or a['espera_por']}"))
    if a["terminado_em"] is not None:
        passos += _fim(a, nome)
    return passos


def _fim(a: sqlite3.Row, nome: str) -> list[Passo]:
    porque = ": ".join(str(v) for v in (a["codigo"], a["motivo"]) if v)
    primeiro = f"igual ao arquivo {a['duplicado_de']}" if a["duplicado_de"] is not None else ""
    detalhe = "; ".join(v for v in (f"{nome}: {a['desfecho']}", porque, primeiro) if v)
    passos = [Passo(a["terminado_em"], _FIM, "concluído", detalhe)]
    if a["guardado_em"] is not None:
        onde = f"original em {mostrar(bytes(a['guardado_em']))}"
        passos.append(Passo(a["terminado_em"], _GUARDADO, "guardado", onde))
    return passos


def _publicados(c: sqlite3.Connection, coluna: str, valor: int) -> list[Passo]:
    passos = []
    sql = f"SELECT * FROM publicacao WHERE {coluna} = ? ORDER BY id"  # noqa: S608 - one of two constants
    for p in c.execute(sql, (valor,)):
        detalhe = f"{_ROTULOS.get(p['tipo'], p['tipo'])}: {mostrar(bytes(p['nome']))} em {p['pasta']}"
        if p["publicada_em"] is not None:
            passos.append(Passo(p["publicada_em"], _PUBLICADO, "publicado", detalhe))
        elif p["estado"] == "preparada":
            passos.append(Passo(p["criada_em"], _PUBLICADO, "à espera da pasta", detalhe))
    return passos


def _falhas_do_arquivo(c: sqlite3.Connection, a: sqlite3.Row) -> list[Passo]:
    """Returns the failures under the file's name, from its taking to the taking of the next file of this name."""
    proximo = c.execute(
        "SELECT min(tomado_em) FROM arquivo WHERE nome = ? AND +rota_id = ? AND id > ?",
        (a["nome"], a["rota_id"], a["id"]),
    ).fetchone()[0]
    linhas = c.execute(
        "SELECT * FROM falha WHERE rota_id = ?1 AND arquivo = ?2 AND assunto GLOB 'arquivo[:-]*' AND desde >= ?3"
        " AND (?4 IS NULL OR desde < ?4)",
        (a["rota_id"], mostrar(bytes(a["nome"])), a["tomado_em"], proximo),
    ).fetchall()
    return [p for f in linhas for p in da_falha(f)]


def da_falha(f: sqlite3.Row) -> list[Passo]:
    """Returns the opening of a failure and, when it is closed, its end."""
    passos = [Passo(f["desde"], _FALHA, "falha", f"{f['codigo']}: {f['motivo']}")]
    if f["encerrada_em"] is not None:
        passos.append(Passo(f["encerrada_em"], _FALHA, "falha encerrada", f"{f['codigo']}: {f['encerrada_por']}"))
    return passos


def _assinados(c: sqlite3.Connection, documento_id: int) -> list[Passo]:
    linhas = c.execute("SELECT digest, criado_em FROM assinado WHERE documento_id = ?", (documento_id,))
    return [Passo(r["criado_em"], _ASSINADO, "assinado", f"DigestValue {r['digest']}") for r in linhas]


def _historico(c: sqlite3.Connection, chave: str, arquivo_id: int | None = None) -> list[Passo]:
    passos = []
    for h in historico_da_chave(c, chave):
        if arquivo_id is not None and h["arquivo_id"] != arquivo_id:
            continue
        cstat = f"cStat {h['cstat']}" if h["cstat"] else None
        protocolo = f"protocolo {h['protocolo']}" if h["protocolo"] else None
        causa = ", ".join(v for v in (h["causa"], cstat, protocolo, h["quem"] and f"por {h['quem']}") if v)
        mudanca = f"{h['de']} → {h['para']}" if h["de"] else h["para"]
        # A document that is handed on changes after its file is visible, and because of that.
        ordem = _ENTREGUE if h["causa"] == "entregue para transmissão" else _SITUACAO
        passos.append(Passo(h["quando"], ordem, "situação", f"{mudanca} ({causa})"))
    return passos


def _da_carga(c: sqlite3.Connection, arquivo_id: int) -> list[Passo]:
    """Returns the documents that were issued from a load, each as it is now."""
    sql = (
        "SELECT d.chave, d.situacao, d.criado_em FROM carga c JOIN carga_documento e ON e.carga_id = c.id"
        " JOIN documento d ON d.id = e.documento_id WHERE c.arquivo_id = ? ORDER BY e.ordem"
    )
    linhas = c.execute(sql, (arquivo_id,))
    return [Passo(r["criado_em"], _ASSINADO, "emitido", f"{r['chave']}: {r['situacao']}") for r in linhas]


def _eventos(c: sqlite3.Connection, chave: str) -> list[Passo]:
    passos = []
    for e in eventos_da_chave(c, chave):
        qual = f"evento {rotular(e['tp_evento'])} nº {e['n_seq']}"
        passos.append(Passo(e["criado_em"], _ASSINADO, "evento", f"{qual} registrado"))
        passos += _publicados_do_evento(c, e)
        if e["estado"] not in ("pronto", "publicado"):
            resposta = f"{e['cstat']}: {e['motivo'] or ''}".rstrip(": ") if e["cstat"] else None
            protocolo = f"protocolo {e['protocolo']}" if e["protocolo"] else None
            detalhe = "; ".join(v for v in (f"{qual} {e['estado']}", resposta, protocolo) if v)
            passos.append(Passo(e["atualizado_em"], _ASSINADO, "evento", detalhe))
    return passos


def _publicados_do_evento(c: sqlite3.Connection, e: sqlite3.Row) -> list[Passo]:
    """Returns the publications of an event whose document is unknown, found by the file that it came in."""
    if e["documento_id"] is not None or e["arquivo_id"] is None:
        return []
    return _publicados(c, "arquivo_id", e["arquivo_id"])


def _pedidos(c: sqlite3.Connection, chave: str) -> list[Passo]:
    passos = []
    for t in c.execute("SELECT * FROM tarefa WHERE chave = ? ORDER BY id", (chave,)):
        motivo = f": {t['motivo']}" if t["motivo"] else ""
        qual = f" {json.loads(t['dados'])['evento']}" if t["pedido"] == "evento" and t["dados"] else ""
        passos.append(Passo(t["criada_em"], _TOMADO, "ordem", f"{t['pedido']}{qual}, por {t['quem']}{motivo}"))
        if t["terminada_em"] is not None:
            detalhe = f"{t['pedido']}: {t['mensagem']}"
            passos.append(Passo(t["terminada_em"], _FIM, f"ordem {t['estado']}", detalhe))
    return passos
