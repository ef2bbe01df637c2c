"""Finds the document and the event that an answer belongs to: by chave, else by the name we published under."""

from dataclasses import dataclass, replace
from sqlite3 import Row

from separador.banco import publicacoes
from separador.banco.conexao import Banco
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.sefaz.dominio.cstat import EVENTO_REPETIDO
from separador.fiscal.evento.detalhe import digest_do_evento
from separador.fiscal.retornos import Resposta
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.nome_de_saida import base_do_retorno

ALHEIO = "a SEFAZ tem outro evento com este número (conteúdo diferente)"


@dataclass(frozen=True, slots=True)
class Achado:
    """The document and the event of an answer. At least one of the two is there."""

    chave: str
    doc: Row | None
    evento: Row | None = None


def achar(banco: Banco, nome: bytes, r: Resposta) -> Achado | None:
    """Returns the document or event of an answer; None when nothing here fits."""
    if r.chave is None:
        return pelo_nome(banco, nome)
    doc = documentos.por_chave(banco, r.chave)
    evento = _evento(banco, nome, r) if r.especie == "evento" else None
    return Achado(r.chave, doc, evento) if doc is not None or evento is not None else None


def exigir(banco: Banco, nome: bytes, r: Resposta) -> Achado:
    """Returns the same where it was found before. Raises LookupError."""
    achado = achar(banco, nome, r)
    if achado is None:
        raise LookupError("resposta sem documento nem evento")
    return achado


def _evento(banco: Banco, nome: bytes, r: Resposta) -> Row | None:
    if r.chave is not None and r.tp_evento is not None and r.n_seq is not None:
        return eventos.ultimo(banco, r.chave, r.tp_evento, r.n_seq)
    achado = pelo_nome(banco, nome)
    if achado is not None and achado.evento is not None:
        return achado.evento
    abertos = banco.todas("SELECT * FROM evento WHERE chave = ? AND estado = ?", r.chave, eventos.PUBLICADO)
    return abertos[0] if len(abertos) == 1 else None


def pelo_nome(banco: Banco, nome: bytes) -> Achado | None:
    """Finds it by file name alone: published as `<base>-cte.xml`, `<base>-ped-eve.xml` or `<base>-ped-sit.xml`."""
    base, sufixo = base_do_retorno(nome)
    finais = {
        b"-eve": (b"-ped-eve.xml",),
        b"-ped-eve": (b"-ped-eve.xml",),
        b"-sit": (b"-ped-sit.xml",),
        b"-ped-sit": (b"-ped-sit.xml",),
    }.get(sufixo.lower().rpartition(b".")[0], (b"-cte.xml", b"-ped-eve.xml", b"-ped-sit.xml"))
    for final in finais:
        dona = publicacoes.dona_do_nome(banco, base + final)
        if dona is not None:
            return _da_publicacao(banco, dona)
    return None


def _da_publicacao(banco: Banco, dona: Row) -> Achado | None:
    """Returns what a publication was about. None for a query about a key that is not ours."""
    evento = eventos.por_id(banco, dona["evento_id"]) if dona["evento_id"] is not None else None
    doc = documentos.por_id(banco, dona["documento_id"]) if dona["documento_id"] is not None else None
    linha = doc if doc is not None else evento
    if linha is None:
        return None
    return Achado(linha["chave"], doc, evento)


def com_evento(grupo: Grupo, achado: Achado, r: Resposta) -> Achado:
    """Returns the answer with its event, registered now when another system made it (the issuer's, the authority's)."""
    if achado.evento is not None or r.tp_evento is None or achado.doc is None:
        return achado
    novo = eventos.NovoEvento(
        chave=achado.chave,
        tp_evento=r.tp_evento,
        n_seq=r.n_seq or 1,
        digest="",
        dados=r.documento or b"",
        documento_id=achado.doc["id"],
        rota_id=achado.doc["rota_id"],
        base=f"{achado.chave}_{r.tp_evento}_{r.n_seq or 1:03d}".encode(),
    )
    evento_id = eventos.inserir(grupo.banco, novo, grupo.quando)
    return replace(achado, evento=eventos.por_id(grupo.banco, evento_id))


def separar_alheio(grupo: Grupo, r: Resposta) -> Row | None:
    """Returns our event when SEFAZ has another content under its number (631 about an event that is not ours).

    Ours was not registered, so it is refused. The other event is recorded as such, before the answer is applied.
    """
    if r.especie != "evento" or r.documento is None or r.chave is None or r.tp_evento is None:
        return None
    nosso = eventos.ultimo(grupo.banco, r.chave, r.tp_evento, r.n_seq or 1)
    if nosso is None or not nosso["digest"] or nosso["estado"] not in (eventos.PRONTO, eventos.PUBLICADO):
        return None
    digest = digest_do_evento(r.documento)
    if digest is None or digest == nosso["digest"]:
        return None
    eventos.marcar(grupo.banco, nosso["id"], eventos.RECUSADO, grupo.quando, cstat=EVENTO_REPETIDO, motivo=ALHEIO)
    novo = eventos.NovoEvento(
        chave=r.chave,
        tp_evento=r.tp_evento,
        n_seq=r.n_seq or 1,
        digest=digest,
        dados=r.documento,
        documento_id=nosso["documento_id"],
        rota_id=nosso["rota_id"],
        base=f"{r.chave}_{r.tp_evento}_{r.n_seq or 1:03d}".encode(),
    )
    eventos.inserir(grupo.banco, novo, grupo.quando)
    return nosso
