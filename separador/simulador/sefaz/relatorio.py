"""Reads the ledger, chave by chave, while the server runs or after it."""

from pathlib import Path
from typing import Any

from separador.simulador.sefaz.razao import ARQUIVO, Razao

_DOCUMENTOS = """
SELECT d.*,
    (SELECT COUNT(*) FROM chamada c WHERE c.chave = d.chave AND c.servico = 'recepcao') AS recepcoes,
    (SELECT COUNT(*) FROM chamada c WHERE c.chave = d.chave AND c.servico = 'recepcao' AND c.decidido = '100') AS vezes,
    (SELECT COUNT(*) FROM chamada c WHERE c.chave = d.chave AND c.servico = 'consulta') AS consultas
FROM documento d ORDER BY d.dh_recbto, d.chave
"""
_RECUSADOS = """
SELECT chave, COUNT(*) AS recepcoes, GROUP_CONCAT(decidido, ' ') AS codigos FROM chamada
WHERE servico = 'recepcao' AND chave <> '' AND chave NOT IN (SELECT chave FROM documento) GROUP BY chave ORDER BY chave
"""


class SemRazaoError(LookupError):
    """There is no ledger in that folder."""


def ler(pasta: Path) -> dict[str, Any]:
    """Returns the whole ledger. `autorizacoes` of a document is never more than 1, or this SEFAZ is wrong."""
    if not (pasta / ARQUIVO).is_file():
        raise SemRazaoError(f"não há razão do simulador em {pasta}")
    razao = Razao(pasta, so_leitura=True)
    try:
        return {
            "documentos": [_documento(razao, dict(linha)) for linha in razao.todas(_DOCUMENTOS)],
            "nao_autorizados": [
                dict(linha) | {"codigos": linha["codigos"].split()} for linha in razao.todas(_RECUSADOS)
            ],
            "chamadas": _por_servico(razao),
        }
    finally:
        razao.fechar()


def _documento(razao: Razao, d: dict[str, Any]) -> dict[str, Any]:
    eventos = razao.todas("SELECT * FROM evento WHERE chave = ? ORDER BY id", d["chave"])
    return {
        "chave": d["chave"], "tipo": d["tipo"], "autorizador": d["autorizador"], "situacao": d["situacao"],
        "nprot": d["nprot"], "digest": d["digest"], "dh_recbto": d["dh_recbto"], "autorizacoes": d["vezes"],
        "recepcoes": d["recepcoes"], "consultas": d["consultas"],
        "eventos": [{k: e[k] for k in ("tp_evento", "n_seq", "cstat", "nprot", "quando")} for e in eventos],
    }  # fmt: skip


def _por_servico(razao: Razao) -> dict[str, Any]:
    linhas = razao.todas(
        "SELECT servico, COUNT(*) AS n, SUM(falha <> '') AS f FROM chamada GROUP BY servico ORDER BY 1"
    )
    return {linha["servico"]: {"total": linha["n"], "com_falha": linha["f"]} for linha in linhas}
