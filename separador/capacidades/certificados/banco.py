"""Keeps the installed certificates. Their keys are in the vault."""

import hashlib
from dataclasses import dataclass, field
from sqlite3 import Connection, Row

from separador.banco import arquivos, assinados
from separador.banco.conexao import Banco, Linhas


@dataclass(frozen=True, slots=True)
class Novo:
    """A certificate to be written. Instants are as `texto_de` writes them. `segredo_id`: A1. `token` (JSON): A3."""

    empresa: str
    apelido: str
    uso: str
    tipo: str
    der: bytes = field(repr=False)
    cadeia: bytes = field(repr=False)
    titular: str
    cnpj: str | None
    cpf: str | None
    validade_de: str
    validade_ate: str
    segredo_id: int | None
    token: str | None
    quem: str
    origem: str


def inserir(banco: Banco, n: Novo, quando: str) -> int:
    """Inserts a row, not the default yet. Returns its id. Raises sqlite3.IntegrityError when the nickname is in use."""
    cursor = banco.execute(
        "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, cnpj, cpf,"
        " validade_de, validade_ate, segredo_id, token, instalado_em, instalado_por, origem)"
        " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(n.empresa, n.apelido, n.uso, n.tipo, n.der, n.cadeia, hashlib.sha256(n.der).hexdigest(), n.titular),
            *(n.cnpj, n.cpf, n.validade_de, n.validade_ate, n.segredo_id, n.token, quando, n.quem, n.origem),
        ),
    )
    return int(cursor.lastrowid or 0)


def tornar_padrao(banco: Banco, certificado_id: int, quando: str) -> None:
    """Makes it the one default of its company, in one transaction. The index refuses a second default."""
    with banco.transacao():
        banco.execute(
            "UPDATE certificado SET padrao = 0 WHERE padrao = 1 AND id <> ?1"
            " AND empresa = (SELECT empresa FROM certificado WHERE id = ?1)",
            (certificado_id,),
        )
        banco.execute("UPDATE certificado SET padrao = 1, padrao_desde = ? WHERE id = ?", (quando, certificado_id))


def retirar(banco: Banco, certificado_id: int, quando: str) -> None:
    """Takes it out of use. The row stays, because documents signed with it exist. The caller deletes its secret."""
    banco.execute(
        "UPDATE certificado SET padrao = 0, removido_em = ?, segredo_id = NULL WHERE id = ?", (quando, certificado_id)
    )


_ATIVOS = (
    "SELECT * FROM certificado WHERE removido_em IS NULL AND (?1 IS NULL OR empresa = ?1)"
    " ORDER BY empresa, padrao DESC, validade_ate DESC, id"
)


def ativos(banco: Banco, empresa: str | None = None) -> list[Row]:
    """Returns the certificates in use (of a company), the default first, the one that lasts longest next."""
    return banco.todas(_ATIVOS, empresa)


def ativos_lidos(conexao: Connection, empresa: str | None = None) -> list[Row]:
    """Returns the same for a reading command; none in a database that is older than the vault."""
    if conexao.execute("SELECT 1 FROM sqlite_master WHERE name = 'certificado'").fetchone() is None:
        return []
    return list(conexao.execute(_ATIVOS, (empresa,)))


def nomes_lidos(conexao: Connection) -> list[Row]:
    """Returns company, nickname and holder of each in use, without their bytes: there may be thousands."""
    if conexao.execute("SELECT 1 FROM sqlite_master WHERE name = 'certificado'").fetchone() is None:
        return []
    sql = (
        "SELECT empresa, apelido, titular FROM certificado WHERE removido_em IS NULL ORDER BY empresa, padrao DESC, id"
    )
    return list(conexao.execute(sql))


def em_uso_lidos(conexao: Connection, a_partir_de: str, limite: int) -> tuple[list[Row], str | None]:
    """Returns those in use of the companies from a CNPJ on, all of a company or none, and the CNPJ of the next page.

    One company with more than so many is shown whole.
    """
    sql = "SELECT * FROM certificado WHERE removido_em IS NULL AND empresa >= ? ORDER BY empresa LIMIT ?"
    lidas = conexao.execute(sql, (a_partir_de, limite + 1)).fetchall()
    proxima = lidas[limite]["empresa"] if len(lidas) > limite else None
    if proxima is not None and lidas[0]["empresa"] == proxima:
        da_primeira = ativos_lidos(conexao, proxima)
        seguinte = "SELECT min(empresa) FROM certificado WHERE removido_em IS NULL AND empresa > ?"
        return da_primeira, conexao.execute(seguinte, (proxima,)).fetchone()[0]
    inteiras = sorted((r for r in lidas if r["empresa"] != proxima), key=lambda r: r["validade_ate"], reverse=True)
    return sorted(inteiras, key=lambda r: (r["empresa"], not r["padrao"])), proxima


def em_uso_lido(conexao: Connection, certificado_id: int) -> Row | None:
    """Returns the certificate of an id, when it is in use."""
    linha: Row | None = conexao.execute(
        "SELECT * FROM certificado WHERE id = ? AND removido_em IS NULL", (certificado_id,)
    ).fetchone()
    return linha


_TAMANHO_DO_CPF = 11


def ha_em_vigor(conexao: Linhas, pessoa: str, tipo: str, quando: str) -> bool:
    """Says whether a certificate of this CNPJ or CPF and type, installed for whatever use, is in force at an
    instant."""
    coluna = "cpf" if len(pessoa) == _TAMANHO_DO_CPF else "cnpj"
    sql = (
        f"SELECT 1 FROM certificado WHERE {coluna} = ?1 AND tipo = ?2 AND removido_em IS NULL AND validade_de <= ?3"  # noqa: S608 -- two words of our own
        " AND validade_ate >= ?3"
    )
    return conexao.execute(sql, (pessoa, tipo, quando)).fetchone() is not None


def instalado_desde(conexao: Linhas, pessoa: str, quando: str) -> bool:
    """Says whether a certificate of this CNPJ or CPF, still in use, was installed after an instant."""
    sql = "SELECT 1 FROM certificado WHERE ?1 IN (cnpj, cpf) AND removido_em IS NULL AND instalado_em > ?2"
    return conexao.execute(sql, (pessoa, quando)).fetchone() is not None


def por_apelido(banco: Banco, empresa: str, apelido: str) -> Row | None:
    """Returns the one in use under a nickname, in whatever case it is written."""
    return banco.uma(
        "SELECT * FROM certificado WHERE empresa = ? AND apelido = ? COLLATE NOCASE AND removido_em IS NULL",
        *(empresa, apelido),
    )


def por_id(banco: Banco, certificado_id: int) -> Row | None:
    """Returns the certificate of an id, in use or not."""
    return banco.uma("SELECT * FROM certificado WHERE id = ?", certificado_id)


def padroes(banco: Banco) -> list[Row]:
    """Returns the default certificate of each company, without its bytes (`por_id`): there may be thousands."""
    return banco.todas(
        "SELECT id, empresa, apelido, uso, tipo, sha256, segredo_id, validade_ate, padrao_desde, assinou_em,"
        " pin_recusado_em FROM certificado"
        " WHERE padrao = 1 AND removido_em IS NULL ORDER BY empresa"
    )


def que_nao_assinaram(banco: Banco, uso: str, quantos: int, desde: int) -> list[Row]:
    """Returns so many of the defaults for a use that have not signed yet, after the first `desde`."""
    return banco.todas(
        "SELECT id, empresa, padrao_desde FROM certificado WHERE padrao = 1 AND removido_em IS NULL AND uso = ?"
        " AND assinou_em IS NULL ORDER BY empresa LIMIT ? OFFSET ?",
        *(uso, quantos, desde),
    )


def com_padrao(banco: Banco) -> frozenset[str]:
    """Returns the companies that have a default."""
    return frozenset(
        r["empresa"] for r in banco.todas("SELECT empresa FROM certificado WHERE padrao = 1 AND removido_em IS NULL")
    )


def com_validade(banco: Banco) -> list[Row]:
    """Returns what expires: of each certificate in use, whose it is, what it is for, until when."""
    return banco.todas(
        "SELECT id, empresa, apelido, uso, padrao, validade_ate FROM certificado WHERE removido_em IS NULL"
    )


def igual(banco: Banco, empresa: str, uso: str, der: bytes) -> Row | None:
    """Returns the row of the same certificate, when it is in use already by the company for the same purpose."""
    return banco.uma(
        "SELECT * FROM certificado WHERE sha256 = ? AND empresa = ? AND uso = ? AND removido_em IS NULL",
        *(hashlib.sha256(der).hexdigest(), empresa, uso),
    )


def anotar_assinou(banco: Banco, certificado_id: int, quando: str) -> None:
    """Records that it has signed. The one before it is then no longer needed."""
    banco.execute("UPDATE certificado SET assinou_em = ? WHERE id = ? AND assinou_em IS NULL", (quando, certificado_id))


def recusar_pin(banco: Banco, certificado_id: int, quando: str | None) -> None:
    """Records that the token refused the PIN, which is not tried again by itself, even after a restart.

    `quando` None: a new PIN was given.
    """
    banco.execute("UPDATE certificado SET pin_recusado_em = ? WHERE id = ?", (quando, certificado_id))


def ultimo_registro(banco: Banco) -> str | None:
    """Returns the newest instant on record. It shows a clock that runs behind."""
    linha = banco.uma("SELECT max(instalado_em) AS em FROM certificado")
    instalado = str(linha["em"]) if linha is not None and linha["em"] is not None else None
    return max((em for em in (instalado, arquivos.ultima_tomada(banco)) if em is not None), default=None)


def ultimo_assinado(banco: Banco, base_do_cnpj: str, desde: str) -> bytes | None:
    """Returns the newest signed document of an emitter's CNPJ base since an instant. Looks at 20,000."""
    linha = banco.uma(
        "SELECT a.dados, a.dicionario FROM assinado a JOIN documento d ON d.id = a.documento_id"
        " WHERE a.rowid > (SELECT max(rowid) FROM assinado) - 20000 AND a.criado_em >= ?"
        " AND substr(d.emitente, 1, 8) = ? ORDER BY a.rowid DESC LIMIT 1",
        *(desde, base_do_cnpj),
    )
    return assinados.abrir(banco, linha) if linha is not None else None
