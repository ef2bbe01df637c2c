"""Tests whose a folder is: the sentinel with installation and epoch, the corner, another installation's folder."""

import json
import os
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from separador.nucleo.fuso import para_pessoas
from separador.pastas import provisorios, publicacao, saude
from separador.pastas.erros import PastaDeOutra, PastaSumiu, PerdiAPasta
from separador.pastas.posse import cantos, marca, plano
from separador.pastas.posse.cantos import Cantos
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import inicializar, ler_marca
from tests.apoio.posse import CANTO, OUTRA, QUEM, P

pytestmark = pytest.mark.requisito("FRO-01", "FRO-02")
AGORA = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def _antiga(pasta: Path) -> None:
    (pasta / ".separador").mkdir(parents=True)
    texto = json.dumps({"uuid": "u1", "criada_em": "2026-01-01T00:00:00+00:00", "rota": "rota 1"})
    (pasta / ".separador" / "marca").write_text(texto, encoding="utf-8")


def _conferir(pasta: Path, de: Cantos) -> list[str]:
    return [p.codigo for p in saude.conferir(pasta, "u1", escrita=True, cantos=de)]


def _arvore(pasta: Path) -> dict[str, tuple[int, int]]:
    """Returns every name below the folder with what a change would change."""
    return {str(p.relative_to(pasta)): (p.lstat().st_mtime_ns, p.lstat().st_ino) for p in [pasta, *pasta.rglob("*")]}


def test_marca_da_forma_antiga_e_adotada_uma_vez(tmp_path: Path) -> None:
    _antiga(tmp_path)
    nossos = Cantos(QUEM, lambda: AGORA)
    assert _conferir(tmp_path, nossos) == []
    lida = ler_marca(tmp_path)
    assert lida is not None
    assert (lida.uuid, lida.rota, lida.instalacao, lida.epoca, lida.maquina) == ("u1", "rota 1", "aa", 1, QUEM.maquina)
    assert nossos.nome(tmp_path) == CANTO
    assert (tmp_path / ".separador" / CANTO / "trabalho").is_dir()
    antes = _arvore(tmp_path / ".separador" / "marca")
    assert _conferir(tmp_path, nossos) == []
    assert _arvore(tmp_path / ".separador" / "marca") == antes
    assert _conferir(tmp_path, Cantos(OUTRA, lambda: AGORA)) == ["pasta-de-outra"]


def test_pasta_de_outra_nao_e_lida_nem_escrita_nem_sondada(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    marca.dar_sinal_de_vida(tmp_path, "bb-1", AGORA + timedelta(seconds=10))
    (tmp_path / "documento.txt").write_bytes(b"x")
    tmp_path.chmod(0o311)  # a listing would be refused
    antes = _arvore(tmp_path)
    (problema,) = saude.conferir(tmp_path, "u1", escrita=True, cantos=Cantos(QUEM, lambda: AGORA))
    assert problema.codigo == "pasta-de-outra"
    for parte in ("bb", "outra-maquina", f"{para_pessoas(AGORA):%d/%m/%Y %H:%M:%S}", "último sinal de vida"):
        assert parte in problema.mensagem
    assert "--assumir" in problema.o_que_fazer
    assert _arvore(tmp_path) == antes


def test_outra_marca_da_mesma_instalacao_continua_a_ser_marca_outra(tmp_path: Path) -> None:
    inicializar(tmp_path, "u9", AGORA, "rota 2", QUEM)
    assert _conferir(tmp_path, Cantos(QUEM)) == ["marca-outra"]


def test_inicializar_a_pasta_de_outra_nao_muda_nada(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    antes = _arvore(tmp_path / ".separador")
    assert inicializar(tmp_path, "u2", AGORA, "rota 7", QUEM).de_outra(QUEM)
    assert _arvore(tmp_path / ".separador") == antes


def test_sem_sinal_de_vida_e_dito(tmp_path: Path) -> None:
    posta = inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    assert "sem sinal de vida" in marca.de_outra(tmp_path, posta).mensagem


@pytest.mark.parametrize("antiga", [True, False])
def test_de_muitas_que_chegam_ao_mesmo_tempo_uma_fica_com_a_pasta(tmp_path: Path, antiga: bool) -> None:
    pasta = tmp_path / "x"
    if antiga:
        _antiga(pasta)
    partida = threading.Barrier(8)
    achadas: list[str] = []

    def chegar(n: int) -> None:
        quem = Quem(f"{n:x}" * 4, "m")
        partida.wait()
        achadas.append(inicializar(pasta, f"u{n}", AGORA, "rota 1", quem).instalacao)

    fios = [threading.Thread(target=chegar, args=(n,)) for n in range(8)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join()
    ficou = ler_marca(pasta)
    assert ficou is not None
    assert (pasta / ".separador" / ficou.canto).is_dir()
    # Whoever was told that it owns the folder owns it.
    assert ficou.instalacao in achadas
    assert not [p for p in (pasta / ".separador").iterdir() if p.name.startswith("marca.")]


def test_troca_interrompida_e_retomada_por_quem_a_comecou(tmp_path: Path) -> None:
    _antiga(tmp_path)
    propria = tmp_path / ".separador"
    (propria / CANTO).mkdir()
    (propria / "marca.troca").write_text(
        json.dumps({"uuid": "u1", "criada_em": "", "rota": "", "instalacao": "aa", "epoca": 1}), encoding="utf-8"
    )
    assert inicializar(tmp_path, "x", AGORA, "rota 1", OUTRA).instalacao == "aa", "quem começou ainda é a dona"
    assert inicializar(tmp_path, "x", AGORA, "rota 1", QUEM).instalacao == "aa"
    lida = ler_marca(tmp_path)
    assert lida is not None
    assert lida.instalacao == "aa"


@pytest.mark.parametrize("instalacao", ["../x", "A", "a" * 33, "a/b"])
def test_identificacao_que_nao_e_nome_nao_vale(tmp_path: Path, instalacao: str) -> None:
    (tmp_path / ".separador").mkdir()
    texto = json.dumps({"uuid": "u1", "criada_em": "", "rota": "", "instalacao": instalacao, "epoca": 1})
    (tmp_path / ".separador" / "marca").write_text(texto, encoding="utf-8")
    assert ler_marca(tmp_path) is None


_BOA = {"uuid": "u1", "criada_em": "", "rota": "", "instalacao": "bb", "epoca": 1}


def _com(**mudado: object) -> bytes:
    return json.dumps(_BOA | mudado).encode()


@pytest.mark.requisito("BORDA-01")
@pytest.mark.parametrize(
    "texto",
    [
        b"[" * 4000,
        b"[]",
        b"null",
        _com(epoca=1).replace(b": 1}", b": 1e999}"),
        _com(epoca=1).replace(b": 1}", b": NaN}"),
        _com(epoca=1).replace(b": 1}", b": " + b"9" * 3000 + b"}"),
        _com(epoca=10**12 + 1),
        _com(epoca=-1),
        _com(epoca=0),
        _com(epoca=1.5),
        _com(epoca="1"),
        _com(epoca=True),
        _com(uuid=7),
        _com(maquina="x" * 1001),
        _com(maquina="a\x1b[2J"),
        _com(desde=["x"]),
        _com(instalacao=5),
    ],
    ids=lambda t: t[:60].decode(),
)
def test_marca_malfeita_nao_diz_nada_e_nao_derruba_ninguem(tmp_path: Path, texto: bytes) -> None:
    (tmp_path / ".separador").mkdir()
    (tmp_path / ".separador" / "marca").write_bytes(_com())
    assert ler_marca(tmp_path) is not None
    (tmp_path / ".separador" / "marca").write_bytes(texto)
    assert ler_marca(tmp_path) is None
    assert _conferir(tmp_path, Cantos(QUEM)) == ["marca-sumiu"]


@pytest.mark.requisito("BORDA-01")
@pytest.mark.parametrize("desde", ["0001-01-01T00:00:00", "9999-12-31T23:59:59", "ontem"])
def test_data_que_nao_ha_e_desconhecida(tmp_path: Path, desde: str) -> None:
    (tmp_path / ".separador").mkdir()
    (tmp_path / ".separador" / "marca").write_bytes(_com(desde=desde))
    assert _conferir(tmp_path, Cantos(QUEM)) == ["pasta-de-outra"]


def test_o_que_se_encena_fica_no_canto_e_a_varredura_so_olha_nele(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", QUEM)
    (tmp_path / ".separador" / "alheio.e0").write_bytes(b"de uma versao anterior")
    publicacao.preparar(tmp_path, b"x", P + b"um.e0")
    marca.dar_sinal_de_vida(tmp_path, CANTO, AGORA)
    assert provisorios.listar_provisorios(tmp_path, CANTO) == [b"um.e0"]
    assert (tmp_path / ".separador" / CANTO / "um.e0").read_bytes() == b"x"


def test_pasta_do_mes_publica_do_canto_da_raiz(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", QUEM)
    nossos = Cantos(QUEM)
    assert _conferir(tmp_path, nossos) == []
    mes = tmp_path / "2026-08"
    mes.mkdir()
    provisorio = nossos.prefixo(mes) + b"um.s0"
    publicacao.preparar(mes, b"x", provisorio)
    assert publicacao.publicar(mes, provisorio, b"a.xml") == publicacao.Publicado(b"a.xml")
    assert sorted(os.listdir(mes)) == ["a.xml"]
    assert publicacao.publicar(mes, provisorio, b"a.xml") == publicacao.ProvisorioSumiu(provisorio)


def test_pasta_que_ninguem_conhece_nao_aceita_nada(tmp_path: Path) -> None:
    with pytest.raises(PastaSumiu):
        publicacao.preparar(tmp_path, b"x", Cantos(QUEM).prefixo(tmp_path) + b"um.e0")


def test_canto_que_sumiu_nao_prova_publicacao(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", QUEM)
    nossos = Cantos(QUEM)
    assert _conferir(tmp_path, nossos) == []
    (tmp_path / ".separador" / CANTO).rename(tmp_path / "longe")
    with pytest.raises(PerdiAPasta):
        publicacao.publicar(tmp_path, P + b"um.e0", b"a.xml")
    assert _conferir(tmp_path, nossos) == ["perdi-a-pasta"]
    assert nossos.nome(tmp_path) is None
    refeita = inicializar(tmp_path, "u1", AGORA, "rota 1", QUEM, refazer=True)
    assert refeita.epoca == 2
    with pytest.raises(PerdiAPasta):  # what lay in the corner that is gone was not published, whatever stands now
        publicacao.publicar(tmp_path, P + b"um.e0", b"a.xml")


def test_pasta_refeita_sem_marca_comeca_na_epoca_dada(tmp_path: Path) -> None:
    pasta = tmp_path / "x"
    inicializar(pasta, "u1", AGORA, "rota 1", QUEM)
    shutil.rmtree(pasta)
    assert inicializar(pasta, "u1", AGORA, "rota 1", QUEM, refazer=True, epoca=2).epoca == 2
    with pytest.raises(PerdiAPasta):  # what was staged in the folder that is gone was not published
        publicacao.publicar(pasta, P + b"um.e0", b"a.xml")
    assert inicializar(pasta, "u1", AGORA, "rota 1", QUEM, refazer=True, epoca=7).epoca == 2, "a marca que há fica"


def test_ausencia_em_pasta_que_ja_e_de_outra_nao_prova_publicacao(tmp_path: Path) -> None:
    posta = inicializar(tmp_path, "u1", AGORA, "rota 1", QUEM)
    outra = marca.Marca(posta.uuid, posta.criada_em, posta.rota, OUTRA.instalacao, 2, OUTRA.maquina, posta.desde)
    assert marca.trocar(tmp_path / ".separador", posta, outra) == outra
    with pytest.raises(PastaDeOutra):  # our corner is still there; the sentinel says more
        publicacao.publicar(tmp_path, P + b"um.e0", b"a.xml")
    with pytest.raises(PastaDeOutra):
        cantos.canto_nosso(tmp_path, QUEM.instalacao)


@pytest.mark.parametrize(("texto", "vale"), [("1", True), ("²", False), ("", False), ("-1", False), ("9" * 400, False)])
def test_o_numero_de_uma_epoca(texto: str, vale: bool) -> None:
    assert marca.e_epoca(texto) is vale


def test_nota_aninhada_sem_fim_nao_diz_nada() -> None:
    assert plano.interpretar(b"[" * 100_000 + b"\n") == {}
