"""Tests a disk that is full, read-only or gone, with real small mounted filesystems."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.casa_de_teste import CasaDeTeste

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


def boa(casa: CasaDeTeste, numero: int = 1) -> Exportacao:
    return ex.cte(numero, agora=casa.agora, variante="uma-nota")


def encher(pasta: Path, deixar: int = 0) -> Path:
    """Writes a file that leaves `deixar` bytes free."""
    lastro = pasta / "lastro.bin"
    with lastro.open("wb") as f:
        estado = os.statvfs(pasta)
        falta = estado.f_bavail * estado.f_frsize - deixar
        f.write(b"\0" * max(falta, 0))
    return lastro


@pytest.mark.requisito("SEP-02", "SEP-03", "SEP-05")
def test_D5_destino_cheio_para_so_a_sua_rota_e_volta(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/sefaz", "-o", "size=512k")
    with CasaDeTeste(tmp_path) as casa:
        lastro = encher(casa.destino(1))
        e = boa(casa)
        casa.por(1, "a-cte.xml", e.dados)
        casa.por(4, "a.txt", b"x")
        casa.passar(5)
        assert casa.nomes(1) == ["lastro.bin"]
        assert [p.name for p in (casa.destino(1) / ".separador").iterdir()] == ["marca"], "nada pela metade"
        assert casa.nomes(4) == ["a.txt"]
        assert casa.falhas() != []
        assert str(casa.destino(1)) in casa.falha(casa.falhas()[0])["motivo"]
        lastro.unlink()
        casa.passar(5)
        assert casa.nomes(1) == [f"{e.chave}-cte.xml"]
        assert casa.falhas() == []
        assert casa.desfecho("a-cte.xml") == "entregue"


@pytest.mark.requisito("SEP-05", "SEP-08")
def test_D5_reserva_de_disco_para_a_tomada(tmp_path: Path, montar: Montar) -> None:
    """With less than the reserve left on the data disk, nothing more is taken, and a failure says so."""
    montar(tmp_path / "var", "-o", "size=8m")
    with CasaDeTeste(tmp_path, reserva_disco_mb=4) as casa:
        lastro = encher(tmp_path / "var", 1_000_000)
        casa.por(4, "a.txt", b"x")
        casa.passar(5)
        assert casa.nomes(casa.origem(4)) == ["a.txt"]
        assert casa.falhas() != []
        lastro.unlink()
        casa.passar(5)
        assert casa.nomes(4) == ["a.txt"]
        assert casa.falhas() == []


@pytest.mark.requisito("SEP-08")
def test_D5_D6_dados_cheios_de_verdade_nada_se_perde_nem_se_repete(tmp_path: Path, montar: Montar) -> None:
    """The database cannot write (no reserve is configured). The loop stumbles, holds what it has, and goes on."""
    montar(tmp_path / "var", "-o", "size=2m")
    casa = CasaDeTeste(tmp_path)
    with casa:
        lastro = encher(tmp_path / "var", 60_000)
        documentos = [boa(casa, n) for n in range(1, 31)]
        for i, e in enumerate(documentos):
            casa.por(1, f"{i}-cte.xml", e.dados)
        tropecos = 0
        motivos: list[str] = []
        for _ in range(20):
            casa.ponteiros.passar(1.1)
            try:
                casa.ciclo.passo()
            except Exception as erro:  # as the service's own loop does
                tropecos += 1
                motivos.append(str(erro))
        assert all("full" in m or "space" in m.lower() or "disk" in m for m in motivos), motivos
        assert tropecos or casa.falhas(), "o disco não encheu: o teste não prova nada"
        lastro.unlink()
        for _ in range(4):
            casa.passar(60)
        assert casa.nomes(1) == sorted(f"{e.chave}-cte.xml" for e in documentos)
        assert {casa.situacao(e.chave) for e in documentos} == {"AGUARDANDO RETORNO"}
        contados = casa.banco.todas("SELECT desfecho, count(*) AS n FROM arquivo GROUP BY desfecho")
        assert [(r["desfecho"], r["n"]) for r in contados] == [("entregue", 30)]
        casa.reabrir()
        casa.passar(60)
        assert casa.recortes("trabalho") == []
        assert len(casa.recortes("arquivo")) == 30


@pytest.mark.requisito("SEP-02", "SEP-05")
def test_D5_destino_so_de_leitura(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/wms", "-o", "size=2m")
    with CasaDeTeste(tmp_path) as casa:
        e = casa.enviado(1)
        remontar(casa.destino(2), "ro")
        casa.autorizar(e)
        assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
        assert casa.nomes(2) == []
        assert casa.falhas() != []
        assert casa.nomes(casa.origem(2)) != [] or casa.recortes("trabalho") != []
        remontar(casa.destino(2), "rw")
        casa.passar(5)
        assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
        assert len(casa.nomes(2)) == 2
        assert casa.falhas() == []


@pytest.mark.requisito("SEP-02")
def test_B6_montagem_que_cai_e_volta_no_destino_e_na_origem(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "outbox/sefaz", "-o", "size=2m")
    montar(tmp_path / "inbox/cte", "-o", "size=2m")
    with CasaDeTeste(tmp_path) as casa:
        e = casa.enviado(1)
        assert (casa.origem(1) / ".separador/trabalho").is_dir(), "outro dispositivo: a tomada fica na própria origem"
        for lado in (casa.destino(1), casa.origem(1)):
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(lado)], check=True)
            try:
                (lado / "intruso-cte.xml").write_bytes(boa(casa, 7).dados)
                if lado == casa.destino(1):
                    casa.por(1, "novo-cte.xml", boa(casa, 2).dados)
                casa.passar(5)
                assert casa.falhas() != []
                assert sorted(p.name for p in lado.iterdir()) == ["intruso-cte.xml"], "a pasta debaixo não é adotada"
            finally:
                subprocess.run(["umount", str(lado)], check=True)
            casa.passar(5)
            assert casa.falhas() == []
        assert casa.desfecho("novo-cte.xml") == "entregue"
        assert e.chave
        assert not casa.banco.uma("SELECT 1 FROM arquivo WHERE nome = ?", b"intruso-cte.xml")


@pytest.mark.requisito("SEP-08")
def test_D10_origem_em_outro_dispositivo_faz_a_volta_inteira_e_se_recupera(tmp_path: Path, montar: Montar) -> None:
    montar(tmp_path / "inbox/cte", "-o", "size=2m")
    with CasaDeTeste(tmp_path) as casa:
        e = boa(casa)
        casa.por(1, "a-cte.xml", e.dados)
        original = type(casa.ciclo.despacho).enviar
        type(casa.ciclo.despacho).enviar = lambda *_: None  # type: ignore[method-assign, assignment]
        casa.ponteiros.passar(1.1)
        casa.ciclo.passo()
        type(casa.ciclo.despacho).enviar = original  # type: ignore[method-assign]
        assert [p.name for p in (casa.origem(1) / ".separador/trabalho").rglob("*.xml")] == ["a-cte.xml"]
        casa.reabrir()
        casa.passar(5)
        assert casa.nomes(1) == [f"{e.chave}-cte.xml"]
        assert [p.read_bytes() for p in casa.recortes("arquivo")] == [e.dados]
        assert list((casa.origem(1) / ".separador/trabalho").iterdir()) == []


@pytest.mark.requisito("SEP-02", "SEP-05")
def test_D5_D6_quase_cheio_que_passa_no_exame_e_falha_na_gravacao(tmp_path: Path, montar: Montar) -> None:
    """The folder looks well and refuses the file, as with a quota or a few free blocks. One failure stays open, the
    tries come further and further apart, and all of it is done once there is room."""
    montar(tmp_path / "outbox/sefaz", "-o", "size=512k")
    with CasaDeTeste(tmp_path) as casa:
        lastro = encher(casa.destino(1), 4096)
        e = boa(casa)
        casa.por(1, "a-cte.xml", e.dados)
        casa.rodar()
        assert casa.nomes(1) == ["lastro.bin"]
        assert casa.falhas() == ["SEP-SEM-ESPACO"]
        desde = casa.falha("SEP-SEM-ESPACO")["desde"]
        casa.diario.linhas.clear()
        for _ in range(600):
            casa.ponteiros.passar(1.0)
            casa.ciclo.passo()
        assert casa.falha("SEP-SEM-ESPACO")["desde"] == desde, "a mesma falha, desde quando começou"
        assert len(casa.diario.linhas) <= 2, casa.diario.linhas[:5]
        tentativas = casa.ciclo.contexto.sequencia
        for _ in range(300):
            casa.ponteiros.passar(1.0)
            casa.ciclo.passo()
        assert casa.ciclo.contexto.sequencia - tentativas < 60, "não se repete a cada volta"
        lastro.unlink()
        casa.passar(70)
        casa.passar(2)
        assert casa.nomes(1) == [f"{e.chave}-cte.xml"]
        assert casa.falhas() == []
        assert casa.desfecho("a-cte.xml") == "entregue"
