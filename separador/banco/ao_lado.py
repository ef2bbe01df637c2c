"""Finds what lies beside the database in the data folder and the database does not know.

The database always learns of an original, or of a processed document, before the file stands in its final place. So a
file that it does not know says that the database is older than the files beside it: a copy was put back, or it was lost
and made anew.
"""

import heapq
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from separador.banco.conexao import Linhas
from separador.nucleo.nome_de_arquivo import mostrar, numerar
from separador.nucleo.texto.quantidade import milhar, quantos

CODIGO = "SEP-BANCO-ANTIGO"
NOMES = 500
"""Names looked up of the newest day, and of the newest month: a thousand in all."""
_DIAS = 10
_CHAVE = 44


@dataclass(frozen=True, slots=True)
class AoLado:
    """The facts. `arquivo`, `fiscal`: folder and unknown names. `selo`, `linhas`: rows of the audit trail as sealed,
    and as they are."""

    arquivo: tuple[str, tuple[str, ...]] = ("", ())
    fiscal: tuple[str, tuple[str, ...]] = ("", ())
    selo: int = 0
    linhas: int = 0


def indicios(visto: AoLado) -> tuple[str, ...]:
    """Returns what speaks for a database that is older than the files (Portuguese); empty when nothing does."""
    ditos = []
    for pasta, nomes in (visto.arquivo, visto.fiscal):
        if nomes:
            arquivos = quantos(len(nomes), "arquivo", "arquivos")
            ditos.append(f"em {pasta} há {arquivos} que ele não conhece (por exemplo {nomes[0]})")
    if visto.selo > visto.linhas:
        ditos.append(f"a auditoria já teve {quantos(visto.selo, 'linha', 'linhas')} e ele tem {milhar(visto.linhas)}")
    return tuple(ditos)


def vestigios(dados: Path, selo: tuple[int, float] | None) -> tuple[str, ...]:
    """Returns what a database that is not there any more had left (Portuguese); empty when there never was one."""
    pastas = (_dia_mais_novo(dados / "arquivo"), _mes_mais_novo(dados / "fiscal"))
    ditos = [f"arquivos em {_relativo(p, dados)}" for p in pastas if p is not None]
    if selo is not None and selo[0]:
        ditos.append(f"o selo de uma auditoria de {quantos(selo[0], 'linha', 'linhas')}")
    return tuple(ditos)


def olhar(c: Linhas, dados: Path, selo: tuple[int, float] | None) -> AoLado:
    """Returns the facts of now. `selo`: number of the row that was sealed last, and the time of the seal's file.

    What was there when a person dismissed the failure is known. It only reads, and looks up at most a thousand names.
    """
    desde_s = _dispensada_s(c)
    dia, mes = _dia_mais_novo(dados / "arquivo"), _mes_mais_novo(dados / "fiscal")
    linhas = int(c.execute("SELECT coalesce(max(id), 0) FROM auditoria").fetchone()[0])
    return AoLado(
        (_relativo(dia, dados), _novos(dia, fora_do_arquivo(c, _do_dia(dia)), desde_s) if dia is not None else ()),
        (_relativo(mes, dados), _novos(mes, fora_do_fiscal(c, _do_mes(mes)), desde_s) if mes is not None else ()),
        selo[0] if selo is not None and selo[1] > desde_s else 0,
        linhas,
    )


def _dispensada_s(c: Linhas) -> float:
    """Returns when a person last dismissed the failure; 0: never."""
    sql = (
        "SELECT coalesce(max(strftime('%s', encerrada_em)), 0) FROM falha"
        " WHERE codigo = ? AND encerrada_por LIKE 'dispensada por %'"
    )
    return float(c.execute(sql, (CODIGO,)).fetchone()[0])


def _relativo(pasta: Path | None, dados: Path) -> str:
    return str(pasta.relative_to(dados)) if pasta is not None else ""


def _novos(pasta: Path, nomes: Sequence[bytes], desde_s: float) -> tuple[str, ...]:
    """Returns those that came into the folder after an instant, as text."""
    achados = []
    for nome in nomes:
        try:
            veio_s = os.lstat(os.path.join(os.fsencode(pasta), nome)).st_ctime
        except OSError:
            continue
        if veio_s > desde_s:
            achados.append(mostrar(nome))
    return tuple(achados)


# --- the newest names --------------------------------------------------------------------------------------------


def _dia_mais_novo(arquivo: Path) -> Path | None:
    """Returns the newest folder by day that has a file in it."""
    dias = (d for ano in _numeradas(arquivo) for mes in _numeradas(ano) for d in _numeradas(mes))
    return next((d for _, d in zip(range(_DIAS), dias, strict=False) if any(True for _ in _arquivos(d))), None)


def _mes_mais_novo(fiscal: Path) -> Path | None:
    return next((m for m in _numeradas(fiscal) if any(True for _ in _arquivos(m))), None)


def _numeradas(pasta: Path) -> list[Path]:
    """Returns the folders whose name is a date or a part of one, newest first."""
    try:
        with os.scandir(pasta) as itens:
            nomes = [i.name for i in itens if i.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [pasta / n for n in sorted(nomes, reverse=True) if n.replace("-", "").isdecimal()]


def _arquivos(pasta: Path) -> Iterator[bytes]:
    try:
        with os.scandir(os.fsencode(pasta)) as itens:
            yield from (i.name for i in itens if not i.name.startswith(b".") and i.is_file(follow_symlinks=False))
    except OSError:
        return


def _do_dia(dia: Path | None) -> list[bytes]:
    """Returns the originals with the highest numbers: those that an older database cannot know."""
    return heapq.nlargest(NOMES, _arquivos(dia), key=lambda n: numero_do_original(n) or 0) if dia is not None else []


def _do_mes(mes: Path | None) -> list[bytes]:
    """Returns a spread sample of the processed documents; all of them while there are few."""
    nomes = sorted(_arquivos(mes)) if mes is not None else []
    return nomes[:: max(1, -(-len(nomes) // NOMES))]


def numero_do_original(nome: bytes) -> int | None:
    """Returns the number that the name of an archived original begins with; None when it has none."""
    cabeca, risco, _ = nome.partition(b"_")
    return int(cabeca) if risco and cabeca.isdigit() and len(cabeca) < 19 else None


# --- what the database knows of them -----------------------------------------------------------------------------


def fora_do_arquivo(c: Linhas, nomes: Sequence[bytes]) -> list[bytes]:
    """Returns the names of originals that the database does not know."""
    numeros = {n: numero_do_original(n) for n in nomes}
    ids = json.dumps([i for i in numeros.values() if i is not None])
    linhas = c.execute("SELECT id, nome, guardado_em FROM arquivo WHERE id IN (SELECT value FROM json_each(?))", (ids,))
    conhecidos = {int(r[0]): os.path.basename(bytes(r[2])) for r in linhas if r[2] is not None}
    return [n for n, i in numeros.items() if i is not None and not _o_mesmo(n, conhecidos.get(i))]


def _o_mesmo(nome: bytes, conhecido: bytes | None) -> bool:
    """Says whether the name is the recorded one, or the recorded one with the number of a taken name."""
    return conhecido is not None and any(nome == numerar(conhecido, n) for n in range(1, 10))


def fora_do_fiscal(c: Linhas, nomes: Sequence[bytes]) -> list[bytes]:
    """Returns the names of processed documents and events that the database does not know."""
    return [n for n in nomes if n[:_CHAVE].isalnum() and len(n) > _CHAVE and not _no_fiscal(c, n)]


def _no_fiscal(c: Linhas, nome: bytes) -> bool:
    chave = nome[:_CHAVE].decode("ascii", "replace")
    sql = (
        "SELECT 1 FROM publicacao p JOIN documento d ON d.id = p.documento_id"
        " WHERE d.chave = ?1 AND p.tipo = 'fiscal' AND p.nome = ?2 UNION ALL"
        " SELECT 1 FROM publicacao p JOIN evento e ON e.id = p.evento_id"
        " WHERE e.chave = ?1 AND p.tipo = 'fiscal' AND p.nome = ?2 LIMIT 1"
    )
    return c.execute(sql, (chave, nome)).fetchone() is not None
