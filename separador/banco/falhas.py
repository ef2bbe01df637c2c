"""Keeps the failures view: everything that stops integration from succeeding, and nothing else."""

import json
from collections.abc import Collection
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.nucleo.falha import Falha


def abrir(banco: Banco, f: Falha, quando: str) -> bool:
    """Records a failure. The same subject and code is one failure; its text follows the newest cause. Returns True when
    it is new."""
    achada = banco.uma(
        "SELECT id, motivo FROM falha WHERE assunto = ? AND codigo = ? AND encerrada_em IS NULL", f.assunto, f.codigo
    )
    if achada is not None:
        if achada["motivo"] != f.motivo:
            banco.execute(
                "UPDATE falha SET motivo = ?, o_que_fazer = ? WHERE id = ?", (f.motivo, f.o_que_fazer, achada["id"])
            )
        return False
    banco.execute(
        "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, chave, desde)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (f.assunto, f.codigo, f.motivo, f.o_que_fazer, f.arquivo, f.rota, f.chave, quando),
    )
    return True


def encerrar(banco: Banco, assunto: str, quando: str, por: str, codigo: str | None = None) -> None:
    """Closes the failures of a subject (one code, or all), because the cause is gone."""
    banco.execute(
        "UPDATE falha SET encerrada_em = ?, encerrada_por = ? WHERE assunto = ? AND encerrada_em IS NULL"
        " AND (? IS NULL OR codigo = ?)",
        (quando, por, assunto, codigo, codigo),
    )


def encerrar_do_arquivo(banco: Banco, rota: int, arquivo: str, quando: str) -> None:
    """Closes the failures of a file name that has now succeeded. The failure of a held file stays until that file has
    an outcome of its own."""
    banco.execute(
        "UPDATE falha SET encerrada_em = ?, encerrada_por = 'o mesmo nome deu certo'"
        " WHERE rota_id = ? AND arquivo = ? AND encerrada_em IS NULL AND assunto NOT LIKE 'retido:%'",
        (quando, rota, arquivo),
    )


def encerrar_rejeicao(banco: Banco, chave: str, quando: str) -> None:
    """Closes the failure of a document that SEFAZ had refused, because it goes again."""
    encerrar(banco, f"rejeicao:{chave}", quando, "o documento seguiu")


def abertas_da_chave(banco: Banco, chave: str) -> list[Row]:
    """Returns the open failures about a key."""
    return banco.todas("SELECT * FROM falha WHERE chave = ? AND encerrada_em IS NULL", chave)


def encerrar_estas(banco: Banco, ids: Collection[int], quando: str, por: str) -> None:
    """Closes these failures, because the cause is gone."""
    banco.execute(
        "UPDATE falha SET encerrada_em = ?, encerrada_por = ? WHERE id IN (SELECT value FROM json_each(?))",
        (quando, por, json.dumps(sorted(ids))),
    )


def encerrar_recusas_do_arquivo(banco: Banco, rota: int, arquivo: str, quando: str) -> None:
    """Closes the refusals of a file name, whatever they were about, because a file of it was dropped again."""
    banco.execute(
        "UPDATE falha SET encerrada_em = ?, encerrada_por = 'o arquivo foi solto de novo'"
        " WHERE rota_id = ? AND arquivo = ? AND encerrada_em IS NULL AND assunto GLOB 'arquivo[:-]*'",
        (quando, rota, arquivo),
    )


def abertas(banco: Banco) -> list[Row]:
    """Returns the open failures, oldest first."""
    return banco.todas("SELECT * FROM falha WHERE encerrada_em IS NULL ORDER BY desde, id")


def assuntos(banco: Banco, prefixo: str) -> set[tuple[str, str]]:
    """Returns (subject, code) of the open failures whose subject begins so. A new look must confirm or close each of
    them."""
    return {
        (r["assunto"], r["codigo"])
        for r in banco.todas(
            "SELECT assunto, codigo FROM falha WHERE encerrada_em IS NULL AND substr(assunto, 1, ?) = ?",
            len(prefixo),
            prefixo,
        )
    }


def existem(banco: Banco) -> bool:
    """Says whether any failure is open. It is one cheap look, so that the hot path closes failures only where there are
    some."""
    return banco.uma("SELECT 1 FROM falha WHERE encerrada_em IS NULL LIMIT 1") is not None


def por_id(banco: Banco, falha_id: int) -> Row | None:
    """Returns one failure."""
    return banco.uma("SELECT * FROM falha WHERE id = ?", falha_id)
