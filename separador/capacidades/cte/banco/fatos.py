"""Gathers everything that is known of a document, for `cte ver` and its page."""

import sqlite3
from typing import Any

from separador.capacidades.cte.banco import leitura, rastro
from separador.nucleo.capacidade import registro_de
from separador.nucleo.erro import Recusa
from separador.nucleo.nome_de_arquivo import mostrar

DO_DOCUMENTO = (
    *("chave", "tipo", "situacao", "etapa", "modelo", "serie", "numero", "emitente", "tp_amb", "protocolo"),
    *("autorizado_em", "cstat", "motivo", "marca", "carga", "rota_id", "digest", "estornos", "enviado_em"),
    *("proxima_acao", "proxima_em", "criado_em", "atualizado_em"),
)
_CHAMADA = (
    *("servico", "autorizador", "estado", "tentativas", "resultado", "detalhe", "criada_em", "enviada_em"),
    *("respondida_em", "proxima_em"),
)


def fatos(banco: sqlite3.Connection, doc: sqlite3.Row) -> dict[str, Any]:
    """Returns the facts of a document (its row), with its history, events, calls and files."""
    chave = doc["chave"]
    todos: dict[str, Any] = {c: doc[c] for c in DO_DOCUMENTO} | _do_emitido(banco, doc)
    todos["historico"] = [
        {
            **{c: h[c] for c in ("quando", "de", "para", "causa", "quem", "cstat", "protocolo")},
            "arquivo": mostrar(bytes(h["arquivo"])) if h["arquivo"] is not None else None,
        }
        for h in rastro.historico_da_chave(banco, chave)
    ]
    todos["eventos"] = [
        {c: e[c] for c in ("tp_evento", "n_seq", "estado", "cstat", "motivo", "protocolo", "criado_em")}
        for e in rastro.eventos_da_chave(banco, chave)
    ]
    todos["transmissoes"] = [{c: t[c] for c in _CHAMADA} for t in rastro.transmissoes_da_chave(banco, chave)]
    todos["arquivos"] = [
        {
            **{c: a[c] for c in ("id", "regra", "desfecho", "tomado_em")},
            "arquivo": mostrar(bytes(a["nome"])),
            "guardado_em": mostrar(bytes(a["guardado_em"])) if a["guardado_em"] is not None else None,
        }
        for a in rastro.arquivos_da_chave(banco, chave)
    ]
    todos["entregues"] = [
        {
            **{c: p[c] for c in ("tipo", "pasta", "estado", "publicada_em")},
            "nome": mostrar(bytes(p["nome"])),
        }
        for p in rastro.publicados_da_chave(banco, chave)
    ]
    return todos


def _do_emitido(banco: sqlite3.Connection, doc: sqlite3.Row) -> dict[str, Any]:
    """Returns what is told besides of a document that was issued here: its taxes, and what the layout does not have."""
    guardado = registro_de(banco, doc["chave"])
    if guardado is None:
        return {}
    from separador.fiscal.emissao.xml.lidos import impostos_de  # noqa: PLC0415 -- lxml
    from separador.fiscal.leitura import ler  # noqa: PLC0415 -- lxml

    assinado = leitura.assinado(banco, doc["id"], doc["digest"])
    lido = ler(assinado) if assinado is not None else None
    impostos = impostos_de(lido.raiz) if lido is not None and not isinstance(lido, Recusa) else None
    return {"tp_emis": doc["chave"][34], "impostos": impostos, "registro": guardado["registro"]}
