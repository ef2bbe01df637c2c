"""Keeps the events signed here or handed in. An event is known by chave + tpEvento + nSeqEvento."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.capacidades.sefaz.banco import brutos

PRONTO, PUBLICADO, ACEITO, RECUSADO = "pronto", "publicado", "aceito", "recusado"
RETIRADO, ESTORNADO = "retirado", "estornado"


@dataclass(slots=True)
class NovoEvento:
    """A signed event. `documento_id` is None for a document that is not known here."""

    chave: str
    tp_evento: str
    n_seq: int
    digest: str
    dados: bytes
    documento_id: int | None
    rota_id: int
    base: bytes
    arquivo_id: int | None = None
    tarefa_id: int | None = None


def inserir(banco: Banco, e: NovoEvento, quando: str) -> int:
    """Registers a signed event. Raises sqlite3.IntegrityError when one with this identity is open or accepted."""
    cursor = banco.execute(
        "INSERT INTO evento (chave, tp_evento, n_seq, digest, dados, estado, documento_id, rota_id, base, arquivo_id,"
        " tarefa_id, criado_em, atualizado_em) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(
                e.chave,
                e.tp_evento,
                e.n_seq,
                e.digest,
                brutos.fechar(e.dados),
                PRONTO,
                e.documento_id,
                e.rota_id,
                e.base,
            ),
            *(e.arquivo_id, e.tarefa_id, quando, quando),
        ),
    )
    return int(cursor.lastrowid or 0)


def vigente(banco: Banco, chave: str, tp_evento: str, n_seq: int) -> Row | None:
    """Returns the event of this identity that is open or accepted, if any."""
    return banco.uma(
        "SELECT * FROM evento WHERE chave = ? AND tp_evento = ? AND n_seq = ? AND estado IN (?, ?, ?)",
        *(chave, tp_evento, n_seq, PRONTO, PUBLICADO, ACEITO),
    )


def ultimo(banco: Banco, chave: str, tp_evento: str, n_seq: int | None = None) -> Row | None:
    """Returns the newest event of this kind, in whatever state it is."""
    return banco.uma(
        "SELECT * FROM evento WHERE chave = ? AND tp_evento = ? AND (? IS NULL OR n_seq = ?) ORDER BY id DESC LIMIT 1",
        *(chave, tp_evento, n_seq, n_seq),
    )


def em_vigor(banco: Banco, chave: str) -> list[Row]:
    """Returns every event of a key that is open or accepted, in the order in which they were registered."""
    return banco.todas(
        "SELECT * FROM evento WHERE chave = ? AND estado IN (?, ?, ?) ORDER BY id",
        *(chave, PRONTO, PUBLICADO, ACEITO),
    )


def sem_retorno_desde(banco: Banco, limite: str, exceto: str) -> list[Row]:
    """Returns the events handed on before `limite` that still await their answer, except those of the type `exceto`."""
    return banco.todas(
        "SELECT * FROM evento WHERE estado = 'publicado' AND atualizado_em < ? AND tp_evento <> ? LIMIT 500",
        *(limite, exceto),
    )


def por_id(banco: Banco, evento_id: int) -> Row:
    """Returns the event of an id that another row names. Raises LookupError when the database is broken."""
    linha = banco.uma("SELECT * FROM evento WHERE id = ?", evento_id)
    if linha is None:
        raise LookupError(f"evento {evento_id} não existe")
    return linha


def marcar(
    banco: Banco,
    evento_id: int,
    estado: str,
    quando: str,
    *,
    cstat: str | None = None,
    motivo: str | None = None,
    protocolo: str | None = None,
) -> None:
    """Sets the state of an event. None keeps what is there."""
    banco.execute(
        "UPDATE evento SET estado = ?, atualizado_em = ?, proxima_em = NULL, cstat = coalesce(?, cstat),"
        " motivo = coalesce(?, motivo), protocolo = coalesce(?, protocolo) WHERE id = ?",
        (estado, quando, cstat, motivo, protocolo, evento_id),
    )


def contar_tentativa(banco: Banco, evento_id: int) -> int:
    """Counts one more try after 108/109/999. Returns how many there were before."""
    linha = por_id(banco, evento_id)
    banco.execute("UPDATE evento SET tentativas = tentativas + 1 WHERE id = ?", (evento_id,))
    return int(linha["tentativas"])


def agendar(banco: Banco, evento_id: int, quando: str | None) -> None:
    """Notes that the same bytes go again at this instant; None = nothing is due."""
    banco.execute("UPDATE evento SET proxima_em = ? WHERE id = ?", (quando, evento_id))


def devidos(banco: Banco, agora: str) -> list[Row]:
    """Returns the events to be handed on again."""
    return banco.todas("SELECT * FROM evento WHERE proxima_em <= ? ORDER BY proxima_em LIMIT 200", agora)
