"""Keeps documents and their versions. It is the only module that changes a situação."""

from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Row

from separador.banco import assinados, falhas
from separador.banco.conexao import Banco
from separador.capacidades.cte.dominio.colunas import SEM_COLUNAS, Colunas
from separador.capacidades.cte.dominio.retorno import Documento
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Causa, Situacao, permitida

ENCAMINHAR = "encaminhar"
"""What is to be done with a document that was registered with many others: to be handed on for the first time."""


class TransicaoProibidaError(Exception):
    """A change of situação that the table does not have: a programming error, stopped before the database stops it."""


@dataclass(slots=True)
class NovoDocumento:
    """An accepted export."""

    chave: str
    tipo: str
    modelo: str
    serie: str
    numero: str
    emitente: str
    tp_amb: str
    digest: str
    carga: str | None
    rota_id: int
    base: bytes
    arquivo_id: int
    colunas: Colunas = SEM_COLUNAS


def inserir(banco: Banco, d: NovoDocumento, comprimido: bytes, quando: str, quem: str) -> int:
    """Registers an accepted export as NÃO ENVIADO, with its signed bytes. Returns its id."""
    cursor = banco.execute(
        "INSERT INTO documento (chave, tipo, modelo, serie, numero, emitente, tp_amb, situacao, etapa, digest, carga,"
        " rota_id, base, arquivo_id, causa, causa_quem, causa_arquivo, criado_em, atualizado_em, emitido_em, tomador,"
        " fim, valor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(d.chave, d.tipo, d.modelo, d.serie, d.numero, d.emitente, d.tp_amb),
            *(Situacao.NAO_ENVIADO.value, Etapa.ASSINADO.value, d.digest, d.carga, d.rota_id, d.base, d.arquivo_id),
            *(Causa.EXPORTACAO.value, quem, d.arquivo_id, quando, quando, *d.colunas),
        ),
    )
    documento_id = int(cursor.lastrowid or 0)
    guardar_versao(banco, documento_id, d.digest, comprimido, quando)
    return documento_id


@dataclass(frozen=True, slots=True)
class Achado:
    """What is found of a document that the database lost: how it stands at SEFAZ, as far as the files tell."""

    situacao: Situacao
    cstat: str | None = None
    motivo: str | None = None
    protocolo: str | None = None
    autorizado_em: str | None = None


def reconstruir(banco: Banco, d: NovoDocumento, a: Achado, comprimido: bytes, quando: str, quem: str) -> int:
    """Registers a document again from its files, with its signed bytes. Returns its id."""
    etapa = Etapa.ASSINADO if a.situacao is Situacao.NAO_ENVIADO else Etapa.CONCLUIDO
    cursor = banco.execute(
        "INSERT INTO documento (chave, tipo, modelo, serie, numero, emitente, tp_amb, situacao, etapa, digest, rota_id,"
        " base, arquivo_id, causa, causa_quem, causa_arquivo, causa_cstat, causa_protocolo, cstat, motivo, protocolo,"
        " autorizado_em, criado_em, atualizado_em, emitido_em, tomador, fim, valor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(d.chave, d.tipo, d.modelo, d.serie, d.numero, d.emitente, d.tp_amb, a.situacao.value, etapa.value),
            *(d.digest, d.rota_id, d.base, d.arquivo_id, Causa.RECONSTRUCAO.value, quem, d.arquivo_id),
            *(a.cstat, a.protocolo, a.cstat, a.motivo, a.protocolo, a.autorizado_em, quando, quando, *d.colunas),
        ),
    )
    documento_id = int(cursor.lastrowid or 0)
    guardar_versao(banco, documento_id, d.digest, comprimido, quando)
    return documento_id


def guardar_versao(banco: Banco, documento_id: int, digest: str, comprimido: bytes, quando: str) -> None:
    """Keeps a signed version with its digest. Every one is kept before anything leaves: the answer is joined by digest.

    `comprimido`: zlib of the signed bytes. Level 1 costs 33 µs and saves 60 % of what each commit has to flush.
    """
    banco.execute(
        "INSERT INTO assinado (documento_id, digest, dados, criado_em) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (documento_id, digest) DO NOTHING",
        (documento_id, digest, comprimido, quando),
    )


def trocar_versao(banco: Banco, documento_id: int, d: NovoDocumento, comprimido: bytes, quando: str) -> None:
    """Puts a corrected export in the place of the earlier one. The caller makes the transition."""
    guardar_versao(banco, documento_id, d.digest, comprimido, quando)
    banco.execute(
        "UPDATE documento SET digest = ?, tipo = ?, carga = ?, rota_id = ?, base = ?, arquivo_id = ?, etapa = ?,"
        " emitido_em = ?, tomador = ?, fim = ?, valor = ? WHERE id = ?",
        (
            *(d.digest, d.tipo, d.carga, d.rota_id, d.base, d.arquivo_id, Etapa.ASSINADO.value),
            *(*d.colunas, documento_id),
        ),
    )


def trocar_chave(banco: Banco, linha: Row, marca: str, quando: str) -> None:
    """Marks a document whose number went to another key: nothing is done with it any more."""
    falhas.encerrar_rejeicao(banco, linha["chave"], quando)
    banco.execute(
        "UPDATE documento SET marca = ?, proxima_acao = NULL, proxima_em = NULL WHERE id = ?", (marca, linha["id"])
    )


def por_chave(banco: Banco, chave: str) -> Row | None:
    """Returns the document of a key."""
    return banco.uma("SELECT * FROM documento WHERE chave = ?", chave)


def por_id(banco: Banco, documento_id: int) -> Row:
    """Returns the document of an id that another row names. Raises LookupError when the database is broken."""
    linha = banco.uma("SELECT * FROM documento WHERE id = ?", documento_id)
    if linha is None:
        raise LookupError(f"documento {documento_id} não existe")
    return linha


def assinado(banco: Banco, documento_id: int, digest: str) -> bytes | None:
    """Returns the signed bytes of one version."""
    linha = banco.uma("SELECT * FROM assinado WHERE documento_id = ? AND digest = ?", documento_id, digest)
    return assinados.abrir(banco, linha) if linha is not None else None


def digests(banco: Banco, documento_id: int) -> frozenset[str]:
    """Returns the digests of all versions signed here."""
    return frozenset(
        r["digest"] for r in banco.todas("SELECT digest FROM assinado WHERE documento_id = ?", documento_id)
    )


def fatos(banco: Banco, linha: Row) -> Documento:
    """Returns the row as the value that the core works with."""
    return Documento(
        situacao=Situacao(linha["situacao"]),
        digest=linha["digest"],
        tp_amb=linha["tp_amb"],
        protocolo=linha["protocolo"],
        cstat=linha["cstat"],
        estornos=linha["estornos"],
        outros_digests=digests(banco, linha["id"]),
        contestado=_contestado(banco, linha["chave"]),
    )


def _contestado(banco: Banco, chave: str) -> bool:
    """Says whether an answer about another content is still unresolved. While it is, an answer without digest proves
    nothing."""
    sql = "SELECT 1 FROM falha WHERE assunto = ? AND codigo = 'SEP-RET-DIGEST' AND encerrada_em IS NULL"
    return banco.uma(sql, f"doc:{chave}") is not None


def renomear_base(banco: Banco, documento_id: int, base: bytes, rota_id: int, arquivo_id: int) -> None:
    """Notes that the same content was dropped again: the answer goes by the newest name."""
    banco.execute(
        "UPDATE documento SET base = ?, rota_id = ?, arquivo_id = ? WHERE id = ?",
        (base, rota_id, arquivo_id, documento_id),
    )


@dataclass(slots=True)
class Mudanca:
    """One transition and the values stored with it. `cstat` and `protocolo` are the cause's own.

    None in `cstat`, `motivo`, `etapa` leaves the document's as they are.
    """

    causa: Causa
    para: Situacao
    quando: str
    quem: str
    arquivo_id: int | None = None
    etapa: Etapa | None = None
    cstat: str | None = None
    motivo: str | None = None
    protocolo: str | None = None


def transitar(banco: Banco, linha: Row, m: Mudanca) -> None:
    """Writes one transition. Raises TransicaoProibidaError when the table lacks it."""
    de = Situacao(linha["situacao"])
    if not permitida(de, m.causa, m.para):
        raise TransicaoProibidaError(f"{de} -> {m.para} por {m.causa}")
    if de in (Situacao.REJEITADO, Situacao.CANCELAMENTO_REJEITADO):
        falhas.encerrar_rejeicao(banco, linha["chave"], m.quando)
    banco.execute(
        "UPDATE documento SET situacao = ?, causa = ?, causa_quem = ?, causa_arquivo = ?, atualizado_em = ?,"
        " causa_cstat = ?, causa_protocolo = ?, etapa = coalesce(?, etapa), cstat = coalesce(?, cstat),"
        " motivo = coalesce(?, motivo) WHERE id = ?",
        (
            *(m.para.value, m.causa.value, m.quem, m.arquivo_id, m.quando, m.cstat, m.protocolo),
            *(m.etapa.value if m.etapa else None, m.cstat, m.motivo, linha["id"]),
        ),
    )


def autorizar(banco: Banco, documento_id: int, protocolo: str | None, em: str | None, digest: str) -> None:
    """Stores the protocol, the instant (as stored) and the version of the authorisation."""
    banco.execute(
        "UPDATE documento SET protocolo = coalesce(?, protocolo), autorizado_em = coalesce(?, autorizado_em),"
        " digest = ? WHERE id = ?",
        (protocolo, em, digest, documento_id),
    )


def anotar_resposta(banco: Banco, documento_id: int, cstat: str, motivo: str, marca: str | None) -> None:
    """Remembers an answer that changes no situação."""
    banco.execute(
        "UPDATE documento SET cstat = ?, motivo = ?, marca = coalesce(?, marca) WHERE id = ?",
        (cstat, motivo, marca, documento_id),
    )


def contar_tentativa(banco: Banco, documento_id: int) -> int:
    """Counts one more try after 108/109/999. Returns how many there were before."""
    linha = por_id(banco, documento_id)
    banco.execute("UPDATE documento SET tentativas = tentativas + 1 WHERE id = ?", (documento_id,))
    return int(linha["tentativas"])


def definir_etapa(banco: Banco, documento_id: int, etapa: Etapa) -> None:
    """Notes where the machine is with the document; the situação stays."""
    banco.execute("UPDATE documento SET etapa = ? WHERE id = ?", (etapa.value, documento_id))


def enviado(banco: Banco, documento_id: int, quando: str, quem: str, arquivo_id: int | None) -> None:
    """Notes that the signed bytes were handed on: the return is awaited from now.

    From NÃO ENVIADO or REJEITADO this is a transition. The same bytes handed on once more (108) change no situação.
    """
    comuns = (quando, Etapa.PUBLICADO.value)
    mudanca = (Situacao.AGUARDANDO_RETORNO.value, Causa.ENVIO.value, quem, arquivo_id, quando)
    if not banco.execute(_ENVIAR, (*comuns, *mudanca, documento_id)).rowcount:
        banco.execute(f"UPDATE documento SET {_ENVIADO} WHERE id = ?", (*comuns, documento_id))  # noqa: S608


_ENVIADO = "enviado_em = ?, etapa = ?, proxima_acao = NULL, proxima_em = NULL"
_ENVIAVEIS = ", ".join(f"'{s}'" for s in Situacao if permitida(s, Causa.ENVIO, Situacao.AGUARDANDO_RETORNO))
_ENVIAR = (
    f"UPDATE documento SET {_ENVIADO}, situacao = ?, causa = ?, causa_quem = ?, causa_arquivo = ?,"  # noqa: S608 - constants
    " causa_cstat = NULL, causa_protocolo = NULL, atualizado_em = ?"
    f" WHERE id = ? AND situacao IN ({_ENVIAVEIS})"
)


def aguardar_desde(banco: Banco, documento_id: int, quando: str) -> None:
    """Notes that an event or a consultation was handed on: the deadline of its return counts from now."""
    banco.execute(
        "UPDATE documento SET enviado_em = ?, etapa = iif(etapa = ?, ?, etapa) WHERE id = ?",
        (quando, Etapa.PUBLICANDO.value, Etapa.PUBLICADO.value, documento_id),
    )


def agendar(banco: Banco, documento_id: int, acao: str | None, quando: str | None) -> None:
    """Notes what is to be done with the document, and when (`reenviar`); None clears it."""
    banco.execute("UPDATE documento SET proxima_acao = ?, proxima_em = ? WHERE id = ?", (acao, quando, documento_id))


def deixar_a_encaminhar(banco: Banco, documento_ids: Iterable[int], quando: str) -> None:
    """Notes that registered documents are to be handed on, some at a time (`a_encaminhar`)."""
    sql = "UPDATE documento SET etapa = ?, proxima_acao = ?, proxima_em = ? WHERE id = ?"
    banco.conn.executemany(sql, [(Etapa.PRONTO.value, ENCAMINHAR, quando, i) for i in documento_ids])


def a_encaminhar(banco: Banco, agora: str, limite: int) -> list[Row]:
    """Returns the next documents to be handed on, in the order in which they were registered."""
    sql = "SELECT * FROM documento WHERE proxima_em <= ? AND proxima_acao = ? ORDER BY proxima_em, id LIMIT ?"
    return banco.todas(sql, agora, ENCAMINHAR, limite)


def na_agenda(banco: Banco, agora: str) -> list[Row]:
    """Returns the documents with something due, but for those that are handed on some at a time."""
    sql = "SELECT * FROM documento WHERE proxima_em <= ? AND proxima_acao <> ? ORDER BY proxima_em LIMIT 200"
    return banco.todas(sql, agora, ENCAMINHAR)


def sem_retorno_desde(banco: Banco, limite: str) -> list[Row]:
    """Returns the documents handed on before `limite` that still await their return."""
    return banco.todas(
        "SELECT * FROM documento INDEXED BY documento_a_espera WHERE situacao IN ('AGUARDANDO RETORNO',"
        " 'AGUARDANDO RETORNO DE CANCELAMENTO') AND enviado_em < ? LIMIT 500",
        limite,
    )


def outros_no_numero(banco: Banco, chave: str, emitente: str, modelo: str, serie: str, numero: str) -> list[Row]:
    """Returns the documents of the same number under other keys. A number sent under one key is not sent under another
    while nobody knows the outcome."""
    return banco.todas(
        "SELECT * FROM documento WHERE emitente = ? AND modelo = ? AND serie = ? AND numero = ? AND chave <> ?",
        *(emitente, modelo, serie, numero, chave),
    )


def primeiro_retorno(banco: Banco, sha256: str, exceto: int) -> int | None:
    """Returns the id of the first return file with this content that reached an outcome or is held. A return file is
    known by its sha256."""
    linha = banco.uma(
        "SELECT id FROM arquivo WHERE regra = 'cte-retorno' AND sha256 = ? AND id <> ?"
        " AND (desfecho IS NULL OR desfecho <> 'quarentena') ORDER BY id LIMIT 1",
        sha256,
        exceto,
    )
    return int(linha["id"]) if linha else None
