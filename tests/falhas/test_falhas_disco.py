"""Tests a disk that is full, read-only or gone, with real small mounted filesystems."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.instalacao import Instalacao
from tests.apoio.posse import canto, restos

Montar = Callable[..., None]


@pytest.fixture
def montar() -> Iterator[Montar]:
    """Returns a function that mounts a filesystem on a folder. Where that is not allowed, the test is skipped."""
    montados: list[Path] = []

    def fazer(ponto: Path, *opcoes: str, tipo: str = "tmpfs") -> None:
        ponto.mkdir(parents=True, exist_ok=True)
        feito = subprocess.run(["mount", "-t", tipo, *opcoes, tipo, str(ponto)], capture_output=True, text=True)
        if feito.returncode != 0:
            pytest.skip(f"PULADO: este teste precisa montar um disco ({feito.stderr.strip()})")
        montados.append(ponto)

    yield fazer
    for ponto in reversed(montados):
        subprocess.run(["umount", "-l", str(ponto)], check=False, capture_output=True)


def remontar(ponto: Path, opcao: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{opcao}", str(ponto)], check=True)


def boa(instalacao: Instalacao, numero: int = 1) -> Exportacao:
    return ex.cte(numero, agora=instalacao.agora, variante="uma-nota")


def encher(pasta: Path, deixar: int = 0) -> Path:
    """Writes a file that leaves `deixar` bytes free."""
    lastro = pasta / "lastro.bin"
    with lastro.open("wb") as f:
        estado = os.statvfs(pasta)
        falta = estado.f_bavail * estado.f_frsize - deixar
        f.write(b"\0" * max(falta, 0))
    return lastro


@pytest.mark.requisito("SEP-02", "SEP-03", "SEP-05")
def test_destino_cheio_para_so_a_sua_rota_e_volta(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/sefaz", "-o", "size=512k")
    with Instalacao(tmp_path) as instalacao:
        lastro = encher(instalacao.destino(1))
        e = boa(instalacao)
        instalacao.por(1, "a-cte.xml", e.dados)
        instalacao.por(4, "a.txt", b"x")
        instalacao.passar(5)
        assert instalacao.nomes(1) == ["lastro.bin"]
        assert restos(instalacao.destino(1)) == [], "nada pela metade"
        assert instalacao.nomes(4) == ["a.txt"]
        assert instalacao.falhas() != []
        assert str(instalacao.destino(1)) in instalacao.falha(instalacao.falhas()[0])["motivo"]
        lastro.unlink()
        instalacao.passar(5)
        assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]
        assert instalacao.falhas() == []
        assert instalacao.desfecho("a-cte.xml") == "entregue"


@pytest.mark.requisito("SEP-05", "SEP-08")
def test_reserva_de_disco_para_a_tomada(tmp_path: Path, montar: Montar) -> None:
    """With less than the reserve left on the data disk, nothing more is taken, and a failure says so."""
    montar(tmp_path / "var", "-o", "size=8m")
    with Instalacao(tmp_path, reserva_disco_mb=4) as instalacao:
        lastro = encher(tmp_path / "var", 1_000_000)
        instalacao.por(4, "a.txt", b"x")
        instalacao.passar(5)
        assert instalacao.nomes(instalacao.origem(4)) == ["a.txt"]
        assert instalacao.falhas() != []
        lastro.unlink()
        instalacao.passar(5)
        assert instalacao.nomes(4) == ["a.txt"]
        assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-08")
def test_dados_cheios_de_verdade_nada_se_perde_nem_se_repete(tmp_path: Path, montar: Montar) -> None:
    """The database cannot write (no reserve is configured). The loop stumbles, holds what it has, and goes on."""
    montar(tmp_path / "var", "-o", "size=4m")  # what the database and thirty documents take, and a little
    instalacao = Instalacao(tmp_path)
    with instalacao:
        lastro = encher(tmp_path / "var", 60_000)
        documentos = [boa(instalacao, n) for n in range(1, 31)]
        for i, e in enumerate(documentos):
            instalacao.por(1, f"{i}-cte.xml", e.dados)
        erros = 0
        motivos: list[str] = []
        for _ in range(20):
            instalacao.ponteiros.passar(1.1)
            try:
                instalacao.ciclo.passo()
            except Exception as erro:  # as the service's own loop does
                erros += 1
                motivos.append(str(erro))
        assert all("full" in m or "space" in m.lower() or "disk" in m for m in motivos), motivos
        assert erros or instalacao.falhas(), "o disco não encheu: o teste não prova nada"
        lastro.unlink()
        for _ in range(4):
            instalacao.passar(60)
        assert instalacao.nomes(1) == sorted(f"{e.chave}-cte.xml" for e in documentos)
        assert {instalacao.situacao(e.chave) for e in documentos} == {"AGUARDANDO RETORNO"}
        contados = instalacao.banco.todas("SELECT desfecho, count(*) AS n FROM arquivo GROUP BY desfecho")
        assert [(r["desfecho"], r["n"]) for r in contados] == [("entregue", 30)]
        instalacao.reabrir()
        instalacao.passar(60)
        assert instalacao.recortes("trabalho") == []
        assert len(instalacao.recortes("arquivo")) == 30


@pytest.mark.requisito("SEP-02", "SEP-05")
def test_destino_so_de_leitura(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/wms", "-o", "size=2m")
    with Instalacao(tmp_path) as instalacao:
        e = instalacao.enviado(1)
        remontar(instalacao.destino(2), "ro")
        instalacao.autorizar(e)
        assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
        assert instalacao.nomes(2) == []
        assert instalacao.falhas() != []
        assert instalacao.nomes(instalacao.origem(2)) != [] or instalacao.recortes("trabalho") != []
        remontar(instalacao.destino(2), "rw")
        instalacao.passar(5)
        assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
        assert len(instalacao.nomes(2)) == 2
        assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_montagem_que_cai_e_volta_no_destino_e_na_origem(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/sefaz", "-o", "size=2m")
    montar(tmp_path / "inbox/cte", "-o", "size=2m")
    with Instalacao(tmp_path) as instalacao:
        e = instalacao.enviado(1)
        assert (canto(instalacao.origem(1)) / "trabalho").is_dir(), "outro dispositivo: a tomada fica na própria origem"
        for lado in (instalacao.destino(1), instalacao.origem(1)):
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(lado)], check=True)
            try:
                (lado / "intruso-cte.xml").write_bytes(boa(instalacao, 7).dados)
                if lado == instalacao.destino(1):
                    instalacao.por(1, "novo-cte.xml", boa(instalacao, 2).dados)
                instalacao.passar(5)
                assert instalacao.falhas() != []
                assert sorted(p.name for p in lado.iterdir()) == ["intruso-cte.xml"], "a pasta debaixo não é adotada"
            finally:
                subprocess.run(["umount", str(lado)], check=True)
            instalacao.passar(5)
            assert instalacao.falhas() == []
        assert instalacao.desfecho("novo-cte.xml") == "entregue"
        assert e.chave
        assert not instalacao.banco.uma("SELECT 1 FROM arquivo WHERE nome = ?", b"intruso-cte.xml")


@pytest.mark.requisito("SEP-08")
def test_origem_em_outro_dispositivo_faz_a_volta_inteira_e_se_recupera(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "inbox/cte", "-o", "size=2m")
    with Instalacao(tmp_path) as instalacao:
        e = boa(instalacao)
        instalacao.por(1, "a-cte.xml", e.dados)
        original = type(instalacao.ciclo.despacho).enviar
        type(instalacao.ciclo.despacho).enviar = lambda *_: None  # type: ignore[method-assign, assignment]
        instalacao.ponteiros.passar(1.1)
        instalacao.ciclo.passo()
        type(instalacao.ciclo.despacho).enviar = original  # type: ignore[method-assign]
        assert [p.name for p in (canto(instalacao.origem(1)) / "trabalho").rglob("*.xml")] == ["a-cte.xml"]
        instalacao.reabrir()
        instalacao.passar(5)
        assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]
        assert [p.read_bytes() for p in instalacao.recortes("arquivo")] == [e.dados]
        assert list((canto(instalacao.origem(1)) / "trabalho").iterdir()) == []


@pytest.mark.requisito("SEP-02", "SEP-05")
@pytest.mark.parametrize("voltas", [150, pytest.param(600, marks=pytest.mark.longo)])
def test_quase_cheio_que_passa_no_exame_e_falha_na_gravacao(tmp_path: Path, montar: Montar, voltas: int) -> None:
    """The folder looks well and refuses the file, as with a quota or a few free blocks. One failure stays open, the
    tries come further and further apart, and all of it is done once there is room."""
    montar(tmp_path / "outbox/sefaz", "-o", "size=512k")
    with Instalacao(tmp_path) as instalacao:
        lastro = encher(instalacao.destino(1), 4096)
        e = boa(instalacao)
        instalacao.por(1, "a-cte.xml", e.dados)
        instalacao.rodar()
        assert instalacao.nomes(1) == ["lastro.bin"]
        assert instalacao.falhas() == ["SEP-SEM-ESPACO"]
        desde = instalacao.falha("SEP-SEM-ESPACO")["desde"]
        instalacao.diario.linhas.clear()
        for _ in range(voltas):
            instalacao.ponteiros.passar(1.0)
            instalacao.ciclo.passo()
        assert instalacao.falha("SEP-SEM-ESPACO")["desde"] == desde, "a mesma falha, desde quando começou"
        assert len(instalacao.diario.linhas) <= 2, instalacao.diario.linhas[:5]
        tentativas = instalacao.ciclo.contexto.sequencia
        for _ in range(voltas // 2):
            instalacao.ponteiros.passar(1.0)
            instalacao.ciclo.passo()
        assert instalacao.ciclo.contexto.sequencia - tentativas < voltas // 10, "não se repete a cada volta"
        lastro.unlink()
        instalacao.passar(70)
        instalacao.passar(2)
        assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]
        assert instalacao.falhas() == []
        assert instalacao.desfecho("a-cte.xml") == "entregue"
