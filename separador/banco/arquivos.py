"""Files taken: one row per claim, exactly one outcome (SEP-08)."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.dominio.etapa import Desfecho, Etapa


@dataclass(slots=True)
class NovoArquivo:
    """What is known of a claim when it is registered. `nome` as on disk; `tomado_em` as `texto_de` writes it."""

    lote: str
    nome: bytes
    trabalho: str
    rota_id: int
    regra: str
    tomado_em: str
    etapa: Etapa
    tamanho: int | None = None
    sha256: str | None = None


def registrar(banco: Banco, a: NovoArquivo) -> int:
    """Row of a claim; the row that is there already (a claim met again by recovery) is kept. Returns its id."""
    achado = banco.uma("SELECT id FROM arquivo WHERE lote = ? AND nome = ?", a.lote, a.nome)
    if achado is not None:
        if a.sha256:
            banco.execute(
                "UPDATE arquivo SET tamanho = ?, sha256 = ? WHERE id = ?", (a.tamanho, a.sha256, achado["id"])
            )
        return int(achado["id"])
    cursor = banco.execute(
        "INSERT INTO arquivo (lote, nome, trabalho, rota_id, regra, tomado_em, etapa, tamanho, sha256)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (a.lote, a.nome, a.trabalho, a.rota_id, a.regra, a.tomado_em, a.etapa.value, a.tamanho, a.sha256),
    )
    return int(cursor.lastrowid or 0)


def anotar(banco: Banco, arquivo_id: int, *, chave: str | None, notas: str | None) -> None:
    """Which document the file is about, and what was noted while it was prepared (JSON list of texts)."""
    banco.execute("UPDATE arquivo SET chave = ?, notas = ? WHERE id = ?", (chave, notas, arquivo_id))


def desfazer(
    banco: Banco,
    arquivo_id: int,
    desfecho: Desfecho,
    *,
    codigo: str | None = None,
    motivo: str | None = None,
    duplicado_de: int | None = None,
) -> None:
    """Decide the outcome of a file that still has publications to make; `terminar` closes it."""
    banco.execute(
        "UPDATE arquivo SET etapa = ?, resultado = ?, codigo = ?, motivo = ?, duplicado_de = ? WHERE id = ?",
        (Etapa.PUBLICANDO.value, desfecho.value, codigo, motivo, duplicado_de, arquivo_id),
    )


def terminar(banco: Banco, arquivo_id: int, quando: str, guardado_em: bytes) -> None:
    """The decided outcome becomes final, once. `guardado_em`: where the original goes next, relative to `dados`."""
    banco.execute(
        "UPDATE arquivo SET desfecho = resultado, etapa = ?, terminado_em = ?, guardado_em = ?, espera_por = NULL,"
        " proxima_em = NULL WHERE id = ? AND desfecho IS NULL",
        (Etapa.CONCLUIDO.value, quando, guardado_em, arquivo_id),
    )


def reter(banco: Banco, arquivo_id: int, espera_por: str, proxima_em: str | None, motivo: str) -> None:
    """Keep a file without outcome until what it waits for is there (`documento:<chave>`, `certificado:<cnpj>` …)."""
    banco.execute(
        "UPDATE arquivo SET etapa = ?, espera_por = ?, proxima_em = ?, motivo = ? WHERE id = ?",
        (Etapa.RETIDO.value, espera_por, proxima_em, motivo, arquivo_id),
    )


def por_nome(banco: Banco, lote: str, nome: bytes) -> Row | None:
    """The row of a claim, if it was registered."""
    return banco.uma("SELECT * FROM arquivo WHERE lote = ? AND nome = ?", lote, nome)


def contar_tentativa(banco: Banco, a: NovoArquivo) -> int:
    """One more try of a claim that recovery found, committed before the try (C9). Returns how many there were."""
    arquivo_id = registrar(banco, a)
    banco.execute("UPDATE arquivo SET tentativas = tentativas + 1 WHERE id = ?", (arquivo_id,))
    linha = banco.uma("SELECT tentativas FROM arquivo WHERE id = ?", arquivo_id)
    return int(linha["tentativas"]) if linha else 0


def retidos(banco: Banco, agora: str) -> list[Row]:
    """Held files whose time has come."""
    return banco.todas(
        "SELECT * FROM arquivo WHERE desfecho IS NULL AND etapa = ? AND proxima_em <= ? ORDER BY id LIMIT 200",
        Etapa.RETIDO.value,
        agora,
    )


def soltar_retidos(banco: Banco, espera_por: str, agora: str) -> None:
    """What the held files waited for has come: look at them now."""
    banco.execute(
        "UPDATE arquivo SET proxima_em = ? WHERE desfecho IS NULL AND espera_por = ?",
        (agora, espera_por),
    )


def por_id(banco: Banco, arquivo_id: int) -> Row:
    """The file of an id that another row names. Raises LookupError when the database is broken."""
    linha = banco.uma("SELECT * FROM arquivo WHERE id = ?", arquivo_id)
    if linha is None:
        raise LookupError(f"arquivo {arquivo_id} não existe")
    return linha


def primeiro_retorno(banco: Banco, sha256: str, exceto: int) -> int | None:
    """The first return file with this content that reached an outcome or is held (identity: contratos.md)."""
    linha = banco.uma(
        "SELECT id FROM arquivo WHERE regra = 'cte-retorno' AND sha256 = ? AND id <> ?"
        " AND (desfecho IS NULL OR desfecho <> 'quarentena') ORDER BY id LIMIT 1",
        sha256,
        exceto,
    )
    return int(linha["id"]) if linha else None


def nome_de(banco: Banco, arquivo_id: int | None) -> bytes | None:
    """Name of a file by id, if there is one."""
    linha = banco.uma("SELECT nome FROM arquivo WHERE id = ?", arquivo_id) if arquivo_id is not None else None
    return bytes(linha["nome"]) if linha is not None else None
