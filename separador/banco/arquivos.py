"""Keeps the files taken: one row per claim, with exactly one outcome."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.banco.publicacoes import PREPARADA
from separador.nucleo.etapa import Desfecho, Etapa


@dataclass(slots=True)
class Ficha:
    """The facts known about a claim. `nome` is as on disk, `tomado_em` as `texto_de` writes it, `notas` a JSON list of
    texts.

    `id` 0 means: not in the database yet. `resultado` is the decided outcome. It is final once the files about it are
    visible.
    """

    lote: str
    nome: bytes
    trabalho: str
    rota_id: int
    regra: str
    tomado_em: str
    id: int = 0
    nova: bool = True
    tamanho: int | None = None
    sha256: str | None = None
    chave: str | None = None
    notas: str | None = None
    etapa: Etapa = Etapa.RECEBIDO
    resultado: Desfecho | None = None
    codigo: str | None = None
    motivo: str | None = None
    espera_por: str | None = None
    proxima_em: str | None = None
    duplicado_de: int | None = None
    terminado_em: str | None = None
    guardado_em: bytes | None = None


def proximo_id(banco: Banco) -> int:
    """Returns the first id that no claim has. The service is the only writer, so it counts on from here by itself."""
    linha = banco.uma("SELECT coalesce(max(id), 0) + 1 AS proximo FROM arquivo")
    return int(linha["proximo"]) if linha else 1


def gravar(banco: Banco, f: Ficha) -> None:
    """Writes the row of a claim: one statement, with whatever is known. A row that has an outcome changes no more."""
    final = f.resultado.value if f.resultado is not None and f.terminado_em is not None else None
    valores = (
        *(f.tamanho, f.sha256, f.chave, f.notas, f.etapa.value, f.resultado.value if f.resultado else None, final),
        *(f.codigo, f.motivo, f.espera_por, f.proxima_em, f.duplicado_de, f.terminado_em, f.guardado_em),
    )
    if f.nova:
        banco.execute(_INSERIR, (*valores, f.id, f.lote, f.nome, f.trabalho, f.rota_id, f.regra, f.tomado_em))
        f.nova = False
    else:
        banco.execute(_ATUALIZAR, (*valores, f.id))


_CAMPOS = (
    *("tamanho", "sha256", "chave", "notas", "etapa", "resultado", "desfecho", "codigo", "motivo", "espera_por"),
    *("proxima_em", "duplicado_de", "terminado_em", "guardado_em"),
)
_CLAIM = ("id", "lote", "nome", "trabalho", "rota_id", "regra", "tomado_em")
_INSERIR = (
    f"INSERT INTO arquivo ({', '.join(_CAMPOS + _CLAIM)})"  # noqa: S608 - names of columns, above
    f" VALUES ({', '.join('?' * len(_CAMPOS + _CLAIM))})"
)
_ATUALIZAR = f"UPDATE arquivo SET {', '.join(f'{c} = ?' for c in _CAMPOS)} WHERE id = ?"  # noqa: S608 - the same


def terminar(banco: Banco, lugares: Iterable[tuple[int, bytes]], quando: str) -> None:
    """Makes the decided outcomes final, once. `lugares` gives for each id where the original goes next, relative to
    `dados`."""
    banco.conn.executemany(
        "UPDATE arquivo SET desfecho = resultado, etapa = ?, terminado_em = ?, guardado_em = ?, espera_por = NULL,"
        " proxima_em = NULL WHERE id = ? AND desfecho IS NULL",
        [(Etapa.CONCLUIDO.value, quando, guardado_em, i) for i, guardado_em in lugares],
    )


def trabalhos_abertos(banco: Banco) -> list[str]:
    """Returns the work folders in which files without outcome lie."""
    return [str(r["trabalho"]) for r in banco.todas("SELECT DISTINCT trabalho FROM arquivo WHERE desfecho IS NULL")]


def mudar_trabalho(banco: Banco, antes: str, agora: str) -> None:
    """Records that the files without outcome of one work folder lie in another now."""
    banco.execute("UPDATE arquivo SET trabalho = ? WHERE trabalho = ? AND desfecho IS NULL", (agora, antes))


def abertos_sem_publicacao(banco: Banco, trabalho: str) -> list[Row]:
    """Returns the files without outcome of a work folder of which nothing is recorded to be published."""
    return banco.todas(
        "SELECT * FROM arquivo a INDEXED BY arquivo_aberto WHERE a.desfecho IS NULL AND a.trabalho = ? AND NOT EXISTS"
        " (SELECT 1 FROM publicacao p WHERE p.arquivo_id = a.id AND p.estado = ?) ORDER BY a.id",
        *(trabalho, PREPARADA),
    )


def ha_a_publicar(banco: Banco, arquivo_id: int) -> bool:
    """Says whether something of a file is recorded to be published and not known to be."""
    sql = "SELECT 1 FROM publicacao WHERE arquivo_id = ? AND estado = ? LIMIT 1"
    return banco.uma(sql, arquivo_id, PREPARADA) is not None


def decidir_de_novo(banco: Banco, arquivo_id: int, resultado: Desfecho, codigo: str, motivo: str) -> None:
    """Replaces the decided outcome of a file that has none that is final."""
    banco.execute(
        "UPDATE arquivo SET resultado = ?, codigo = ?, motivo = ? WHERE id = ? AND desfecho IS NULL",
        (resultado.value, codigo, motivo, arquivo_id),
    )


def por_nome(banco: Banco, lote: str, nome: bytes) -> Row | None:
    """Returns the row of a claim, if it was registered."""
    return banco.uma("SELECT * FROM arquivo WHERE lote = ? AND nome = ?", lote, nome)


def contar_tentativa(banco: Banco, arquivo_id: int) -> int:
    """Counts one more try of a file that broke something. Returns how many there are now."""
    banco.execute("UPDATE arquivo SET tentativas = tentativas + 1 WHERE id = ?", (arquivo_id,))
    return int(por_id(banco, arquivo_id)["tentativas"])


def ha_retidos(banco: Banco) -> bool:
    """Says whether any file is held. One look per group is enough, so that the hot path asks no more."""
    sql = "SELECT 1 FROM arquivo WHERE desfecho IS NULL AND espera_por IS NOT NULL LIMIT 1"
    return banco.uma(sql) is not None


def retidos(banco: Banco, agora: str, rotas: Collection[int]) -> list[Row]:
    """Returns the held files of these routes whose time has come. Files of a route that does nothing would only hide
    the others."""
    devidos = banco.todas(
        # No ORDER BY: with it the planner walks the whole table by id, twice a second, and not just the few held rows.
        "SELECT * FROM arquivo WHERE desfecho IS NULL AND espera_por IS NOT NULL AND etapa = ? AND proxima_em <= ?",
        Etapa.RETIDO.value,
        agora,
    )
    return sorted((linha for linha in devidos if linha["rota_id"] in rotas), key=lambda r: r["id"])[:200]


def retidos_da_rota(banco: Banco, rota_id: int) -> list[Row]:
    """Returns the held files of a route, whatever they wait for."""
    return banco.todas(
        "SELECT * FROM arquivo INDEXED BY arquivo_aberto WHERE desfecho IS NULL AND etapa = ? AND rota_id = ?"
        " ORDER BY id",
        Etapa.RETIDO.value,
        rota_id,
    )


def soltar_retidos(banco: Banco, espera_por: str, agora: str) -> None:
    """Makes the files held for this reason due now, because what they waited for has come."""
    banco.execute(
        "UPDATE arquivo SET proxima_em = ? WHERE desfecho IS NULL AND espera_por = ?",
        (agora, espera_por),
    )


def esperam(banco: Banco, por: str) -> list[str]:
    """Returns what files wait for that begins so, without the beginning: `certificado:` gives the companies' bases."""
    sql = "SELECT DISTINCT espera_por FROM arquivo WHERE desfecho IS NULL AND espera_por >= ? AND espera_por < ?"
    return [str(r["espera_por"])[len(por) :] for r in banco.todas(sql, por, f"{por[:-1]}{chr(ord(por[-1]) + 1)}")]


def soltar_retido(banco: Banco, arquivo_id: int, agora: str) -> None:
    """Makes one held file due now."""
    sql = "UPDATE arquivo SET proxima_em = ? WHERE id = ? AND desfecho IS NULL AND espera_por IS NOT NULL"
    banco.execute(sql, (agora, arquivo_id))


def ultima_tomada(banco: Banco) -> str | None:
    """Returns the newest instant, as stored, at which a file was taken; None: never.

    Ids follow the time, but for a clock that was set back: the newest rows are looked at, and not one.
    """
    sql = "SELECT max(tomado_em) AS em FROM arquivo WHERE id > (SELECT max(id) FROM arquivo) - 100"
    linha = banco.uma(sql)
    return str(linha["em"]) if linha is not None and linha["em"] is not None else None


def por_id(banco: Banco, arquivo_id: int) -> Row:
    """Returns the file of an id that another row names. Raises LookupError when the database is broken."""
    linha = banco.uma("SELECT * FROM arquivo WHERE id = ?", arquivo_id)
    if linha is None:
        raise LookupError(f"arquivo {arquivo_id} não existe")
    return linha


def nome_de(banco: Banco, arquivo_id: int | None) -> bytes | None:
    """Returns the name of a file by id, if there is one."""
    linha = banco.uma("SELECT nome FROM arquivo WHERE id = ?", arquivo_id) if arquivo_id is not None else None
    return bytes(linha["nome"]) if linha is not None else None
