"""Keeps loads: one row each, and one row for each of its documents from the commit that takes its number."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from sqlite3 import Row
from typing import TYPE_CHECKING

from separador.nucleo.situacao import Situacao

if TYPE_CHECKING:
    from separador.banco.conexao import Banco, Linhas
    from separador.capacidades.emissao.dominio.conteudo import Conteudo
    from separador.capacidades.emissao.dominio.refeitos import CargaRefeita, Refeito
    from separador.capacidades.emissao.dominio.valores import Assinado, CargaJulgada

RETIDA, RESERVADA, GERADA = "retida", "reservada", "gerada"


@dataclass(frozen=True, slots=True)
class NovoDocumentoDeCarga:
    """A document with its number, which `chave` has too. `xml`: zlib of the unsigned document as it was judged, under a
    provisional number."""

    ordem: int
    campo: str
    chave: str
    emitente: str
    ambiente: str
    modelo: str
    serie: int
    numero: int
    xml: bytes
    resumo: str
    registro: str


def conteudo_de(linha: Row) -> "Conteudo":
    """Returns the content of a load."""
    return bytes(linha["conteudo"])


def por_nome(banco: "Banco", carga: str) -> Row | None:
    """Returns a load by its id in the file."""
    return banco.uma("SELECT * FROM carga WHERE carga = ?", carga)


def reservada_do_arquivo(banco: "Banco", arquivo_id: int) -> Row | None:
    """Returns the load of a claim whose numbers are taken and which is not issued yet."""
    return banco.uma("SELECT * FROM carga WHERE arquivo_id = ? AND situacao = ?", arquivo_id, RESERVADA)


def reservadas_sem_arquivo(banco: "Banco") -> list[Row]:
    """Returns the loads whose numbers are taken, and whose file ended without them: it was lost, or taken over."""
    return banco.todas(
        "SELECT c.id, c.carga FROM carga c JOIN arquivo a ON a.id = c.arquivo_id"
        # The first condition is that of the partial index: the planner does not see that it follows from the second.
        " WHERE c.situacao <> 'gerada' AND c.situacao = ? AND a.desfecho IS NOT NULL",
        RESERVADA,
    )


def gravar(banco: "Banco", c: "CargaJulgada", situacao: str, arquivo_id: int, quando: str) -> int:
    """Writes a load that is held or reserved; one that was held goes on. Returns its id.

    An older file of the load, which is held, is looked at again: a newer one takes its place, without what was ordered
    about the older.
    """
    from separador.banco import arquivos  # noqa: PLC0415 -- commands that read loads do without it

    antes = por_nome(banco, c.carga)
    if antes is not None and antes["arquivo_id"] != arquivo_id:
        arquivos.soltar_retido(banco, antes["arquivo_id"], quando)
        banco.execute("UPDATE carga SET complementos = '{}' WHERE id = ?", (antes["id"],))
    banco.execute(
        "INSERT INTO carga (carga, situacao, arquivo_id, recebida_em, conteudo, resumo) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (carga) DO UPDATE SET situacao = excluded.situacao, arquivo_id = excluded.arquivo_id,"
        " conteudo = excluded.conteudo, resumo = excluded.resumo",
        (c.carga, situacao, arquivo_id, quando, c.conteudo, json.dumps(_resumo(c))),
    )
    linha = por_nome(banco, c.carga)
    if linha is None:
        raise LookupError(f"a carga {c.carga} não foi gravada")
    return int(linha["id"])


def _resumo(c: "CargaJulgada") -> dict[str, object]:
    """Returns what a list of loads says of one that is not issued yet."""
    valores = (Decimal(str(d.resumo["valor"])) for d in c.documentos)
    return {
        "transportadoras": list(dict.fromkeys(d.emitente for d in c.documentos)),
        "notas": sum(int(str(d.resumo["notas"])) for d in c.documentos),
        "valor": f"{sum(valores, Decimal(0)):.2f}",
    }


def anotar(banco: "Banco", carga_id: int, avisos: str, terceiros: str) -> None:
    """Keeps the notices of a load, and the CT-e of third parties that it brings (JSON)."""
    banco.execute("UPDATE carga SET avisos = ?, terceiros = ? WHERE id = ?", (avisos, terceiros, carga_id))


def nome_do_arquivo(banco: "Banco", arquivo_id: int) -> str:
    """Returns the id of the load of a claim, held or reserved; empty when it is neither."""
    linha = banco.uma("SELECT carga FROM carga WHERE arquivo_id = ? AND situacao <> ?", arquivo_id, GERADA)
    return str(linha["carga"]) if linha is not None else ""


def retida_do_arquivo(banco: "Banco", arquivo_id: int) -> Row | None:
    """Returns the load of a claim that is held."""
    return banco.uma("SELECT * FROM carga WHERE arquivo_id = ? AND situacao = ?", arquivo_id, RETIDA)


def esquecer_retida(banco: "Banco", arquivo_id: int) -> None:
    """Removes the held load of a file that is given up."""
    banco.execute("DELETE FROM carga WHERE arquivo_id = ? AND situacao = ?", (arquivo_id, RETIDA))


def complementar(banco: "Banco", carga_id: int, complementos: str) -> None:
    """Keeps what was ordered about a held load (JSON, in the words of the file)."""
    banco.execute("UPDATE carga SET complementos = ? WHERE id = ?", (complementos, carga_id))


def o_que_faltava(banco: "Banco", arquivo_id: int) -> str:
    """Returns what its failure says that a held load lacked when it was last looked at."""
    sql = "SELECT motivo FROM falha WHERE assunto = ? AND codigo = ? AND encerrada_em IS NULL"
    linha = banco.uma(sql, f"retido:{arquivo_id}", "SEP-CARGA-COMPLEMENTAR")
    return str(linha["motivo"]).rpartition(": ")[2] if linha is not None else ""


def inserir_documentos(banco: "Banco", carga_id: int, documentos: Iterable[NovoDocumentoDeCarga]) -> None:
    """Writes the documents of a load with their numbers. A number that is taken raises IntegrityError."""
    banco.conn.executemany(
        "INSERT INTO carga_documento (carga_id, ordem, campo, chave, emitente, ambiente, modelo, serie, numero, xml,"
        " resumo, registro) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(carga_id, d.ordem, d.campo, d.chave, d.emitente, d.ambiente, d.modelo, d.serie, d.numero, d.xml),
                *(d.resumo, d.registro),
            )
            for d in documentos
        ],
    )


_DE_OUTRAS = (
    "SELECT v.value AS nfe, c.carga, cd.chave FROM json_each(?) v CROSS JOIN carga_nota n ON n.chave = v.value"
    " JOIN carga c ON c.id = n.carga_id"
    " JOIN carga_documento cd ON cd.carga_id = n.carga_id AND cd.ordem = n.ordem"
    " LEFT JOIN documento d ON d.id = cd.documento_id"
    " WHERE n.carga_id <> ? AND coalesce(d.situacao, '') <> ?"
)


def em_outras_cargas(banco: "Linhas", carga_id: int, nfes: Iterable[str]) -> dict[str, Row]:
    """Returns, for each of these NF-e that a CT-e of another load, not cancelled, has already, that load and the key
    of that CT-e."""
    linhas = banco.execute(_DE_OUTRAS, (json.dumps(list(nfes)), carga_id, Situacao.CANCELADO.value)).fetchall()
    return {linha["nfe"]: linha for linha in reversed(linhas)}


def inserir_notas(banco: "Banco", carga_id: int, notas: Iterable[tuple[int, str]]) -> None:
    """Notes which NF-e are in which document of a load: (order, key)."""
    banco.conn.executemany(
        "INSERT INTO carga_nota (carga_id, ordem, chave) VALUES (?, ?, ?)", [(carga_id, o, c) for o, c in notas]
    )


def a_assinar(banco: "Banco", carga_id: int, exceto: Sequence[int], limite: int) -> list[Row]:
    """Returns the next documents that are not signed, all of one company: order, key and unsigned document."""
    linhas = banco.todas(
        "SELECT ordem, chave, emitente, xml FROM carga_documento WHERE carga_id = ? AND digest IS NULL"
        " ORDER BY ordem LIMIT ?",
        carga_id,
        limite + len(exceto),
    )
    faltam = [r for r in linhas if r["ordem"] not in exceto]
    return [r for r in faltam if r["emitente"] == faltam[0]["emitente"]][:limite]


def assinar(banco: "Banco", carga_id: int, assinados: "Iterable[Assinado]") -> None:
    """Keeps signed documents, with the texts that lists show of them."""
    banco.conn.executemany(
        "UPDATE carga_documento SET tipo = ?, digest = ?, assinado = ?, colunas = ? WHERE carga_id = ? AND ordem = ?",
        [
            (a.preparado.tipo.value, a.preparado.digest, a.comprimido, json.dumps(a.colunas), carga_id, a.ordem)
            for a in assinados
        ],
    )


DOCUMENTOS = (
    "SELECT c.*, d.situacao AS doc_situacao, d.etapa AS doc_etapa FROM carga_documento c"
    " LEFT JOIN documento d ON d.id = c.documento_id WHERE c.carga_id = ? ORDER BY c.ordem"
)
"""The documents of a load, in their order, with the state of those that are registered."""


def documentos(banco: "Banco", carga_id: int) -> list[Row]:
    """Returns the documents of a load."""
    return banco.todas(DOCUMENTOS, carga_id)


def registrar_documentos(banco: "Banco", registrados: Iterable[tuple[int, int]]) -> None:
    """Notes which document each row became: (row, document). What the document keeps itself goes out."""
    sql = "UPDATE carga_documento SET documento_id = ?, xml = x'', assinado = NULL WHERE id = ?"
    banco.conn.executemany(sql, [(documento_id, linha_id) for linha_id, documento_id in registrados])


def gerar(banco: "Banco", carga_id: int, quando: str) -> None:
    """Notes that every document of a load is registered."""
    banco.execute(
        "UPDATE carga SET situacao = ?, gerada_em = coalesce(gerada_em, ?) WHERE id = ?", (GERADA, quando, carga_id)
    )


def desfazer(banco: "Banco", carga_id: int) -> list[Row]:
    """Removes a load that is given up before it was issued. Returns the documents whose numbers are free again."""
    linhas = banco.todas("SELECT * FROM carga_documento WHERE carga_id = ? AND documento_id IS NULL", carga_id)
    banco.execute("DELETE FROM carga_documento WHERE carga_id = ? AND documento_id IS NULL", (carga_id,))
    banco.execute("DELETE FROM carga_nota WHERE carga_id = ?", (carga_id,))
    banco.execute("DELETE FROM carga WHERE id = ?", (carga_id,))
    return linhas


def do_documento(banco: "Banco", chave: str) -> Row | None:
    """Returns the issued load that a CT-e came out of; its columns `documento_*` are of that CT-e."""
    return banco.uma(
        "SELECT c.*, d.ordem AS documento_ordem, d.campo AS documento_campo FROM carga c"
        " JOIN carga_documento d ON d.carga_id = c.id WHERE d.chave = ? AND c.situacao = ?",
        chave,
        GERADA,
    )


def emissoes(banco: "Banco", carga_id: int) -> list[Row]:
    """Returns the documents of an issued load, each with its instant of emission."""
    return banco.todas(
        "SELECT c.ordem, c.campo, c.chave, d.emitido_em FROM carga_documento c"
        " JOIN documento d ON d.id = c.documento_id WHERE c.carga_id = ? ORDER BY c.ordem",
        carga_id,
    )


def refazer_documento(banco: "Banco", carga_id: int, r: "Refeito", documento_id: int, assinado: "Assinado") -> None:
    """Notes which document a CT-e of a load is now."""
    p = assinado.preparado
    banco.execute(
        "UPDATE carga_documento SET chave = ?, documento_id = ?, tipo = ?, digest = ?, colunas = ?"
        " WHERE carga_id = ? AND ordem = ?",
        (r.chave, documento_id, p.tipo.value, p.digest, json.dumps(assinado.colunas), carga_id, r.ordem),
    )


def refazer(banco: "Banco", carga_id: int, c: "CargaRefeita") -> None:
    """Keeps what a load says now, and where its CT-e stand in it."""
    linhas = [
        (d.campo, json.dumps(d.resumo, ensure_ascii=False), json.dumps(d.registro, ensure_ascii=False), d.ordem)
        for d in c.documentos
    ]
    banco.conn.executemany(
        "UPDATE carga_documento SET campo = ?, resumo = ?, registro = ? WHERE ordem = ? AND carga_id = ?",
        [(*linha, carga_id) for linha in linhas],
    )
    ordens = {d.ordem for d in c.documentos}
    antes = {
        (int(linha["ordem"]), str(linha["chave"]))
        for linha in banco.todas("SELECT ordem, chave FROM carga_nota WHERE carga_id = ?", carga_id)
        if linha["ordem"] in ordens
    }
    agora = {(d.ordem, chave) for d in c.documentos for _, chave in d.nfes}
    banco.conn.executemany(
        "DELETE FROM carga_nota WHERE carga_id = ? AND ordem = ? AND chave = ?",
        [(carga_id, *nota) for nota in antes - agora],
    )
    inserir_notas(banco, carga_id, sorted(agora - antes))
    banco.execute("UPDATE carga SET conteudo = ? WHERE id = ?", (c.conteudo, carga_id))
    banco.execute(_SOMAR, {"id": carga_id})


_SOMAR = (
    "UPDATE carga SET resumo = json_set(resumo, '$.notas', s.notas, '$.valor', printf('%d.%02d', s.c / 100, s.c % 100))"
    " FROM (SELECT sum(json_extract(resumo, '$.notas')) AS notas,"
    " sum(CAST(round(json_extract(resumo, '$.valor') * 100) AS INTEGER)) AS c"
    " FROM carga_documento WHERE carga_id = :id) AS s WHERE id = :id"
)
"""What a list says of a load whose documents changed (`_resumo`)."""
