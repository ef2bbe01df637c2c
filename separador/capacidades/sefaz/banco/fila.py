"""Keeps what goes to SEFAZ over the network: one row per call to be made, from its intent to its applied answer.

States: `pendente` -> `enviando` (intent committed, the call may begin) -> `respondida` (raw answer stored) ->
`aplicada`. A row with unknown outcome is `desconhecida` until consultations (rows that name it in `de_id`) resolve it.
It then becomes `aplicada`, or `pendente` again when SEFAZ does not have it. `retirada`: withdrawn before it ever left.
"""

import zlib
from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.capacidades.sefaz.banco import brutos

PENDENTE, ENVIANDO, RESPONDIDA, APLICADA = "pendente", "enviando", "respondida", "aplicada"
DESCONHECIDA, RETIRADA = "desconhecida", "retirada"
ABERTAS = (PENDENTE, ENVIANDO, RESPONDIDA, DESCONHECIDA)
EM_ABERTO = "estado IN ('pendente', 'enviando', 'respondida', 'desconhecida')"
"""The condition of the index `transmissao_fila`, word for word: a statement that has it reads what is open,
however many calls there were."""

DOCUMENTO, EVENTO, CONSULTA, STATUS = "documento", "evento", "consulta", "status"
"""Kinds (`alvo`) whose envelope is built from other rows. A row of any other kind brings its own in `pedido`."""


@dataclass(slots=True)
class NovaTransmissao:
    """A call to be made.

    `servico`: value of `rede.porta.Servico`. `fila`: calls of one value go one at a time and in order. `cnpj`: the
    company whose certificate is used. `pedido`: the whole envelope, for kinds that this module does not know. `base`:
    the name under which the return of a consultation or status is published; None = nobody asked for it. `de_id`: the
    transmission with unknown outcome that this consultation is for. `proxima_em`: the call does not go before this
    instant (as stored). `ambiente`: the environment of the configuration that it is for, because the local SEFAZ and
    homologation share one tpAmb.
    """

    alvo: str
    servico: str
    autorizador: str
    cnpj: str
    tp_amb: str
    fila: str
    quem: str
    chave: str | None = None
    digest: str | None = None
    documento_id: int | None = None
    evento_id: int | None = None
    tarefa_id: int | None = None
    arquivo_id: int | None = None
    rota_id: int | None = None
    de_id: int | None = None
    base: bytes | None = None
    pedido: bytes | None = None
    proxima_em: str | None = None
    ambiente: str = ""


def inserir(banco: Banco, n: NovaTransmissao, quando: str) -> int:
    """Queues a call. Nothing leaves before its intent is committed (`intencao`). Returns its id."""
    cursor = banco.execute(
        "INSERT INTO transmissao (alvo, servico, autorizador, cnpj, tp_amb, fila, quem, chave, digest, documento_id,"
        " evento_id, tarefa_id, arquivo_id, rota_id, de_id, base, pedido, proxima_em, estado, criada_em, ambiente)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(n.alvo, n.servico, n.autorizador, n.cnpj, n.tp_amb, n.fila, n.quem, n.chave, n.digest, n.documento_id),
            *(n.evento_id, n.tarefa_id, n.arquivo_id, n.rota_id, n.de_id, n.base),
            *(zlib.compress(n.pedido, 1) if n.pedido is not None else None, n.proxima_em, PENDENTE, quando),
            n.ambiente,
        ),
    )
    return int(cursor.lastrowid or 0)


def por_id(banco: Banco, transmissao_id: int) -> Row:
    """Returns one row. Raises LookupError when the database is broken."""
    linha = banco.uma("SELECT * FROM transmissao WHERE id = ?", transmissao_id)
    if linha is None:
        raise LookupError(f"transmissão {transmissao_id} não existe")
    return linha


def com_estado(banco: Banco, estado: str, limite: int = -1) -> list[Row]:
    """Returns every row in a state (or `limite` of them), oldest first."""
    return banco.todas("SELECT * FROM transmissao WHERE estado = ? ORDER BY id LIMIT ?", estado, limite)


def abertas_do_documento(banco: Banco, documento_id: int, alvo: str | None = None) -> list[Row]:
    """Returns what is under way for a document (its events and consultations too, unless `alvo` names one kind)."""
    return banco.todas(
        "SELECT * FROM transmissao WHERE documento_id = ? AND estado IN (?, ?, ?, ?) AND (? IS NULL OR alvo = ?)"
        " ORDER BY id",
        *(documento_id, *ABERTAS, alvo, alvo),
    )


def aberta_do_evento(banco: Banco, evento_id: int) -> Row | None:
    """Returns the transmission of an event that is under way."""
    sql = "SELECT * FROM transmissao WHERE evento_id = ? AND alvo = ? AND estado IN (?, ?, ?, ?) ORDER BY id DESC"
    return banco.uma(sql, evento_id, EVENTO, *ABERTAS)


def recusas_iguais(banco: Banco, documento_id: int, digest: str, cstat: str) -> int:
    """Returns how often these very bytes were refused with this code. SEFAZ limits that (MOC rule CI01)."""
    linha = banco.uma(
        "SELECT count(*) AS n FROM transmissao WHERE documento_id = ? AND alvo = ? AND digest = ? AND resultado = ?",
        *(documento_id, DOCUMENTO, digest, cstat),
    )
    return int(linha["n"]) if linha is not None else 0


def do_evento(banco: Banco, evento_id: int) -> Row | None:
    """Returns the newest transmission of an event, in whatever state it is."""
    sql = "SELECT * FROM transmissao WHERE evento_id = ? AND alvo = ? ORDER BY id DESC LIMIT 1"
    return banco.uma(sql, evento_id, EVENTO)


def consultas_abertas(banco: Banco, de_id: int) -> bool:
    """Says whether a look-up for this unknown outcome is under way."""
    sql = "SELECT 1 FROM transmissao WHERE de_id = ? AND estado IN (?, ?, ?, ?)"
    return banco.uma(sql, de_id, *ABERTAS) is not None


def retirar_pendentes(banco: Banco, documento_id: int, alvo: str, quando: str) -> int:
    """Withdraws what has not left yet (another version takes its place). Returns how many."""
    cursor = banco.execute(
        "UPDATE transmissao SET estado = ?, aplicada_em = ? WHERE documento_id = ? AND alvo = ? AND estado = ?",
        (RETIRADA, quando, documento_id, alvo, PENDENTE),
    )
    return int(cursor.rowcount)


def retirar(banco: Banco, transmissao_id: int, quando: str) -> bool:
    """Withdraws one call, if it has not left. An unknown outcome is never withdrawn. Returns True when it was
    withdrawn."""
    cursor = banco.execute(
        "UPDATE transmissao SET estado = ?, aplicada_em = ? WHERE id = ? AND estado = ?",
        (RETIRADA, quando, transmissao_id, PENDENTE),
    )
    return bool(cursor.rowcount)


# --- what was asked already ------------------------------------------------------------------------------------


def consultas_desde(banco: Banco, chave: str, desde: str) -> list[str]:
    """Returns the instants of the look-ups of a key since `desde`, oldest first. SEFAZ allows ten in an hour (MOC rule
    CI02)."""
    linhas = banco.todas(
        "SELECT enviada_em FROM transmissao WHERE chave = ? AND enviada_em >= ? AND alvo = ? ORDER BY enviada_em",
        *(chave, desde, CONSULTA),
    )
    return [str(r["enviada_em"]) for r in linhas]


def ultimo_status(banco: Banco, autorizador: str, fila: str) -> str | None:
    """Returns when the status was last asked, or queued to be asked. Calls of one `fila` go in order: the newest row is
    looked at."""
    linha = banco.uma(
        "SELECT coalesce(enviada_em, criada_em) AS em FROM transmissao WHERE fila = ? AND alvo = 'status'"
        " AND autorizador = ? ORDER BY id DESC LIMIT 1",
        *(fila, autorizador),
    )
    return str(linha["em"]) if linha is not None else None


# --- from state to state ----------------------------------------------------------------------------------------


def intencao(banco: Banco, transmissao_id: int, corpo_sha256: str, quando: str) -> None:
    """Records the intent: the call may begin once this is committed. A look-up that goes again leaves a row about its
    earlier call, because each call counts for the key's hour."""
    banco.execute(
        "INSERT INTO transmissao (alvo, servico, autorizador, cnpj, tp_amb, fila, quem, chave, estado, tentativas,"
        " criada_em, enviada_em, aplicada_em, resultado, detalhe, ambiente) SELECT alvo, servico, autorizador, cnpj,"
        " tp_amb, fila, quem, chave, ?, 1, criada_em, enviada_em, ?, resultado, detalhe, ambiente FROM transmissao"
        " WHERE id = ? AND alvo = ? AND enviada_em IS NOT NULL",
        (APLICADA, quando, transmissao_id, CONSULTA),
    )
    banco.execute(
        "UPDATE transmissao SET estado = ?, enviada_em = ?, corpo_sha256 = ?, tentativas = tentativas + 1,"
        " proxima_em = NULL, respondida_em = NULL, bruto = NULL, xml = NULL, http = NULL WHERE id = ?",
        (ENVIANDO, quando, corpo_sha256, transmissao_id),
    )


def guardar_resposta(
    banco: Banco, transmissao_id: int, bruto: bytes, duracao_ms: float, quando: str, http: int = 200
) -> None:
    """Stores the raw answer before anybody reads it, so that an answer which cannot be read is not lost."""
    banco.execute(
        "UPDATE transmissao SET estado = ?, respondida_em = ?, duracao_ms = ?, bruto = ?, xml = NULL, http = ?"
        " WHERE id = ?",
        (RESPONDIDA, quando, duracao_ms, brutos.fechar(bruto), http, transmissao_id),
    )


def nao_saiu(banco: Banco, transmissao_id: int, motivo: str, detalhe: str, proxima_em: str | None) -> None:
    """Records that nothing left the machine: the call waits again, and counts as never asked."""
    banco.execute(
        "UPDATE transmissao SET estado = ?, enviada_em = NULL, proxima_em = ?, resultado = ?, detalhe = ? WHERE id = ?",
        (PENDENTE, proxima_em, motivo, detalhe, transmissao_id),
    )


def nao_comecou(banco: Banco, transmissao_id: int) -> None:
    """Takes back an intent that was committed when the call never began. The row is as if it had not been chosen."""
    banco.execute(
        "UPDATE transmissao SET estado = ?, enviada_em = NULL, tentativas = tentativas - 1 WHERE id = ?",
        (PENDENTE, transmissao_id),
    )


def de_novo(banco: Banco, transmissao_id: int, resultado: str | None, detalhe: str, proxima_em: str | None) -> None:
    """Records an answer which says that SEFAZ recorded nothing: the same bytes wait for another turn."""
    banco.execute(
        "UPDATE transmissao SET estado = ?, proxima_em = ?, resultado = coalesce(?, resultado), detalhe = ?"
        " WHERE id = ?",
        (PENDENTE, proxima_em, resultado, detalhe, transmissao_id),
    )


def desconhecer(
    banco: Banco,
    transmissao_id: int,
    motivo: str,
    quando: str,
    *,
    detalhe: str = "",
    bruto: bytes | None = None,
    http: int | None = None,
) -> None:
    """Records that the outcome is not known. What did arrive is kept."""
    comprimido = brutos.fechar(bruto) if bruto is not None else None
    banco.execute(
        "UPDATE transmissao SET estado = ?, respondida_em = ?, resultado = ?, detalhe = ?, http = coalesce(?, http),"
        " bruto = coalesce(?, bruto) WHERE id = ?",
        (DESCONHECIDA, quando, motivo, detalhe, http, comprimido, transmissao_id),
    )


def aplicar(banco: Banco, transmissao_id: int, resultado: str | None, detalhe: str, quando: str) -> None:
    """Records that the answer, or a look-up, has decided. The raw answer stays until `esquecer_brutos`, and holds the
    payload (`servico.conteudo`)."""
    banco.execute(
        "UPDATE transmissao SET estado = ?, aplicada_em = ?, resultado = coalesce(?, resultado), detalhe = ?,"
        " xml = NULL WHERE id = ?",
        (APLICADA, quando, resultado, detalhe, transmissao_id),
    )


def esquecer_brutos(banco: Banco, antes_de: str, limite: int = 5000) -> int:
    """Drops the raw answers of what was applied before an instant; the rows stay. Returns how many."""
    cursor = banco.execute(
        "UPDATE transmissao SET bruto = NULL, xml = NULL WHERE id IN (SELECT id FROM transmissao"
        " WHERE bruto IS NOT NULL AND aplicada_em < ? LIMIT ?)",
        (antes_de, limite),
    )
    return int(cursor.rowcount)


def contar_consulta(banco: Banco, transmissao_id: int) -> int:
    """Counts one more look-up for an unknown outcome. Returns how many there were before."""
    antes = int(por_id(banco, transmissao_id)["consultas"])
    banco.execute("UPDATE transmissao SET consultas = consultas + 1 WHERE id = ?", (transmissao_id,))
    return antes


def contar_ausencia(banco: Banco, transmissao_id: int) -> int:
    """Counts an answer which says that SEFAZ does not have the document (217). Returns how many there are now."""
    banco.execute("UPDATE transmissao SET ausencias = ausencias + 1 WHERE id = ?", (transmissao_id,))
    return int(por_id(banco, transmissao_id)["ausencias"])


def zerar_ausencias(banco: Banco, transmissao_id: int) -> None:
    """Forgets those answers when the same bytes go again: what SEFAZ did not have before says nothing from here on."""
    banco.execute("UPDATE transmissao SET ausencias = 0 WHERE id = ?", (transmissao_id,))


def xml(linha: Row) -> bytes:
    """Returns the payload of a stored answer that a former version kept apart; empty for all others."""
    return zlib.decompress(linha["xml"]) if linha["xml"] is not None else b""


def pedido(linha: Row) -> bytes:
    """Returns the envelope that the row brought."""
    return zlib.decompress(linha["pedido"]) if linha["pedido"] is not None else b""
