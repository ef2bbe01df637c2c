"""Tests the copy of the database before a migration: whole, beside it, the last two kept; no migration without it."""

import os
import shutil
import sqlite3
import subprocess
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from separador import __version__
from separador.banco import conexao
from separador.banco.conexao import ARQUIVO, BancoRecusadoError, abrir
from separador.banco.migracoes.conjunto import nomes_das_migracoes
from separador.banco.versoes import copia
from separador.motor.systemd import Notificador
from tests.apoio import banco_anterior
from tests.apoio.banco_anterior import migracoes

pytestmark = [pytest.mark.requisito("OPS-02"), pytest.mark.usefixtures("banco_das_migracoes")]
NOME = f"{ARQUIVO}.antes-de-{__version__}"
TODAS = list(nomes_das_migracoes())
Uso = namedtuple("Uso", "total used free")


@pytest.fixture
def dados(tmp_path: Path) -> Path:
    banco_anterior.fazer(tmp_path / "var", "m0016_versoes")
    with closing(sqlite3.connect(tmp_path / "var" / ARQUIVO)) as c:
        c.executemany("INSERT INTO pasta VALUES (?, ?)", [(f"p{n}", "m" * 900) for n in range(300)])
        c.commit()
    return tmp_path / "var"


def inteira(arquivo: Path) -> bool:
    with closing(sqlite3.connect(f"{arquivo.as_uri()}?mode=ro", uri=True)) as c:
        (dito,) = c.execute("PRAGMA integrity_check").fetchone()
        (linhas,) = c.execute("SELECT count(*) FROM pasta").fetchone()
    return bool(dito == "ok" and linhas == 300)


def ao_lado(dados: Path) -> list[str]:
    return sorted(p.name for p in dados.iterdir() if not p.name.endswith(("-wal", "-shm")))


def test_a_copia_e_o_banco_de_antes_inteiro(dados: Path) -> None:
    os.chmod(dados / ARQUIVO, 0o640)
    passos: list[int] = []
    abrir(dados, andamento=lambda: passos.append(1)).close()
    assert ao_lado(dados) == [ARQUIVO, NOME]
    assert migracoes(dados / ARQUIVO) == TODAS
    assert migracoes(dados / NOME) == TODAS[: TODAS.index("m0016_versoes")]
    assert inteira(dados / NOME)
    assert (dados / NOME).stat().st_mode & 0o777 == 0o640
    assert passos  # systemd hears that the start goes on
    abrir(dados).close()
    assert ao_lado(dados) == [ARQUIVO, NOME]  # nothing to migrate: no other copy


def test_um_banco_que_nasce_nao_tem_copia(tmp_path: Path) -> None:
    abrir(tmp_path).close()
    assert ao_lado(tmp_path) == [ARQUIVO]


def test_o_que_esta_so_no_diario_vai_na_copia(dados: Path) -> None:
    leitor = sqlite3.connect(dados / ARQUIVO, isolation_level=None)
    leitor.execute("BEGIN")
    leitor.execute("SELECT count(*) FROM pasta").fetchone()  # the log cannot be copied back while this lasts
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        c.execute("UPDATE pasta SET marca = 'no diário' WHERE caminho = 'p7'")
        c.commit()
    abrir(dados).close()
    leitor.close()
    with closing(sqlite3.connect(dados / NOME)) as c:
        assert c.execute("SELECT marca FROM pasta WHERE caminho = 'p7'").fetchone() == ("no diário",)


def test_ficam_as_duas_mais_novas(dados: Path) -> None:
    for n, velha in enumerate(("0.0.7", "0.0.8", "0.0.9")):
        (dados / f"{ARQUIVO}.antes-de-{velha}").write_bytes(b"velha")
        os.utime(dados / f"{ARQUIVO}.antes-de-{velha}", (1_000_000 + n, 1_000_000 + n))
    (dados / f"{ARQUIVO}.antes-de-ontem").write_bytes(b"de outro")  # not one of ours: it stays
    abrir(dados).close()
    assert ao_lado(dados) == [
        ARQUIVO,
        f"{ARQUIVO}.antes-de-0.0.9",
        *sorted([NOME, f"{ARQUIVO}.antes-de-ontem"]),
    ]
    assert [c.antes_de for c in copia.copias(dados)] == [__version__, "0.0.9"]


def test_sem_espaco_nada_se_migra(dados: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    antes = migracoes(dados / ARQUIVO)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Uso(10**9, 10**9, 1000))
    with pytest.raises(BancoRecusadoError, match=r"não cabe em .* nada foi migrado"):
        abrir(dados)
    assert migracoes(dados / ARQUIVO) == antes
    assert ao_lado(dados) == [ARQUIVO]
    monkeypatch.undo()
    abrir(dados).close()  # with room it goes on
    assert migracoes(dados / ARQUIVO) == TODAS


def test_dois_processos_migram_uma_vez(dados: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one found the database to migrate, and waited for the lock while the first one did it."""
    verdadeiro, vezes = conexao._migrar, []

    def depois_do_outro(*args: object) -> None:
        if not vezes:
            vezes.append(1)
            abrir(dados).close()
            (dados / NOME).unlink()
        verdadeiro(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(conexao, "_migrar", depois_do_outro)
    abrir(dados).close()
    assert migracoes(dados / ARQUIVO) == TODAS
    assert ao_lado(dados) == [ARQUIVO]  # no copy of what was migrated already


@pytest.fixture
def montar() -> Iterator[Callable[[Path, str], None]]:
    """Mounts a small disk. Where that is not allowed, the test is skipped."""
    montados: list[Path] = []

    def fazer(ponto: Path, tamanho: str) -> None:
        ponto.mkdir(parents=True)
        feito = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={tamanho}", "tmpfs", str(ponto)], check=False)
        if feito.returncode != 0:
            pytest.skip("PULADO: este teste precisa montar um disco")
        montados.append(ponto)

    yield fazer
    for ponto in montados:
        subprocess.run(["umount", "-l", str(ponto)], check=False)


def test_disco_que_enche_no_meio_da_migracao_e_na_copia(
    dados: Path, tmp_path: Path, montar: Callable[[Path, str], None]
) -> None:
    """With every amount of room that is not enough, the database is as before, and the older program goes on."""
    origem = dados / ARQUIVO
    with closing(sqlite3.connect(origem)) as c:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    antes, ditos = migracoes(origem), set()
    disco = tmp_path / "disco"
    montar(disco, "4m")
    for livres in range(0, 2_000_000, 40_960):
        for resto in disco.iterdir():
            resto.unlink()
        shutil.copyfile(origem, disco / ARQUIVO)
        lastro = disco / "lastro"
        with lastro.open("wb") as aberto:
            aberto.write(b"\0" * max(0, shutil.disk_usage(disco).free - livres))
        try:
            abrir(disco).close()
        except BancoRecusadoError:
            ditos.add("cópia")
        except sqlite3.OperationalError as erro:
            nome = erro.sqlite_errorname
            ditos.add("migração" if nome == "SQLITE_FULL" or nome.startswith("SQLITE_IOERR") else nome)
        else:
            ditos.add("feita")
            break
        lastro.unlink()
        assert migracoes(disco / ARQUIVO) == antes
        with closing(sqlite3.connect(disco / ARQUIVO)) as c:  # as the older program finds it
            assert c.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert c.execute("SELECT count(*) FROM pasta").fetchone() == (300,)
            c.execute("INSERT INTO pasta VALUES ('da anterior', 'm')")
            c.commit()
    assert ditos == {"cópia", "migração", "feita"}


def test_systemd_ouve_que_a_partida_continua(monkeypatch: pytest.MonkeyPatch) -> None:
    ditos: list[str] = []
    monkeypatch.setattr(Notificador, "_enviar", lambda _, m: ditos.append(m) or True)
    assert Notificador("@x").comecando("trazendo o banco")
    assert ditos == ["EXTEND_TIMEOUT_USEC=120000000\nSTATUS=trazendo o banco"]
