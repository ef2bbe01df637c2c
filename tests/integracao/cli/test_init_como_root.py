"""Tests `init` given by root: it follows nobody's link, and gives away nothing but what it made."""

import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.cli.base import pastas_de_troca
from separador.pastas import contas, criacao
from separador.programa import grupo
from tests.apoio.contas import OUTRO, SERVICO, TROCA, WMS, como, lugar, so_como_root

pytestmark = [so_como_root]


@pytest.fixture
def aqui(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of root's; the machine has the group of exchange; the data folder is the service's."""
    monkeypatch.setattr(contas, "gid_de_troca", lambda: TROCA)
    with lugar() as pasta:
        (pasta / "a.yaml").write_text(
            "dados: var\nreserva_disco_mb: 0\nrotas:\n"
            "  - {id: 1, regra: mover, origem: wms/saida, destino: wms/entrada, arquivo: .txt}\n",
            encoding="utf-8",
        )
        dono(pasta / "var", SERVICO, 0o750)
        yield pasta


def dono(pasta: Path, uid: int, modo: int, gid: int | None = None) -> Path:
    pasta.mkdir(exist_ok=True)
    os.chown(pasta, uid, uid if gid is None else gid)
    pasta.chmod(modo)
    return pasta


def init(aqui: Path, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(aqui / "a.yaml"), "init", *argumentos], catch_exceptions=False)


def direitos(caminho: Path) -> tuple[int, int, int]:
    visto = caminho.lstat()
    return visto.st_uid, visto.st_gid, stat.S_IMODE(visto.st_mode)


@pytest.mark.requisito("BORDA-03", "BORDA-02")
def test_o_que_init_faz_e_do_servico_e_da_troca(aqui: Path) -> None:
    feito = init(aqui)
    assert feito.exit_code == 0, feito.output
    assert direitos(aqui / "wms") == (SERVICO, TROCA, 0o2750)
    assert direitos(aqui / "wms" / "saida") == (SERVICO, TROCA, 0o3770)
    assert direitos(aqui / "wms" / "entrada") == (SERVICO, TROCA, 0o2770)
    assert direitos(aqui / "wms" / "saida" / ".separador") == (SERVICO, TROCA, 0o2750)
    assert direitos(aqui / "var") == (SERVICO, SERVICO, 0o750)
    assert direitos(aqui / "var" / "cofre" / "chave-mestra") == (SERVICO, SERVICO, 0o600)
    de_root = [p for raiz in ("wms", "var") for p in (aqui / raiz).rglob("*") if p.lstat().st_uid == 0]
    assert [p for p in de_root if p.name != "separador.db-journal"] == []
    assert os.geteuid() == 0
    assert os.getegid() == 0
    assert "Atenção" not in feito.stderr
    assert init(aqui).exit_code == 0


@pytest.mark.requisito("BORDA-03")
def test_a_pasta_de_dados_e_as_de_cima_sao_do_servico_e_fechadas(aqui: Path) -> None:
    (aqui / "a.yaml").write_text("dados: var/um/dois\n", encoding="utf-8")
    assert init(aqui).exit_code == 0
    for pasta in (aqui / "var" / "um", aqui / "var" / "um" / "dois"):
        assert direitos(pasta) == (SERVICO, SERVICO, 0o750)


@pytest.mark.requisito("BORDA-03")
def test_origem_que_tambem_e_destino_e_de_coleta(aqui: Path) -> None:
    texto = (aqui / "a.yaml").read_text(encoding="utf-8")
    texto += "  - {id: 2, regra: mover, origem: wms/entrada, destino: wms/fim, arquivo: .txt}\n"
    texto += "  - {id: 3, ativo: false, regra: mover, origem: x, destino: wms/saida, arquivo: .txt}\n"
    (aqui / "a.yaml").write_text(texto, encoding="utf-8")
    assert init(aqui).exit_code == 0
    assert direitos(aqui / "wms" / "saida")[2] == 0o3770
    assert direitos(aqui / "wms" / "entrada")[2] == 0o2770


def _link(caminho: Path, vitima: Path) -> None:
    caminho.symlink_to(vitima)


def _fifo(caminho: Path, _: Path) -> None:
    os.mkfifo(caminho)


def _soquete(caminho: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(caminho))


def _arquivo(caminho: Path, _: Path) -> None:
    caminho.write_text("x", encoding="utf-8")


def _pasta_de_outro(caminho: Path, vitima: Path) -> None:
    dono(caminho, WMS, 0o755)
    (caminho / "marca").symlink_to(vitima / "segredo")
    (caminho / "marca.nova").symlink_to(vitima / "segredo")


@pytest.mark.requisito("BORDA-02")
@pytest.mark.parametrize(
    "por",
    [_link, _fifo, _soquete, _arquivo, _pasta_de_outro],
    ids=lambda f: f.__name__.strip("_"),
)
@pytest.mark.parametrize("numero", [(), ("--rota", "1")], ids=["init", "rota"])
def test_separador_que_nao_e_nossa_e_recusada_pelo_nome(
    aqui: Path, por: Callable[[Path, Path], None], numero: tuple[str, ...]
) -> None:
    vitima = dono(aqui / "vitima", 0, 0o755)
    (vitima / "segredo").write_text("de root", encoding="utf-8")
    (vitima / "segredo").chmod(0o600)
    dono(aqui / "wms", 0, 0o755)
    origem = dono(aqui / "wms" / "saida", SERVICO, 0o3770, TROCA)
    por(origem / ".separador", vitima)
    antes = (direitos(origem / ".separador"), direitos(vitima), direitos(vitima / "segredo"))
    feito = init(aqui, *numero)
    assert feito.exit_code == 1
    assert "Rota 1:" in feito.stderr
    assert str(origem / ".separador") in feito.stderr
    assert "rm " not in feito.stderr
    assert f"sudo mv '{origem}/.separador'" in feito.stderr
    assert (direitos(origem / ".separador"), direitos(vitima), direitos(vitima / "segredo")) == antes
    assert (vitima / "segredo").read_text(encoding="utf-8") == "de root"
    assert [p.name for p in vitima.iterdir()] == ["segredo"]
    assert direitos(aqui / "wms" / "entrada") == (SERVICO, TROCA, 0o2770)  # the other folder is made all the same


@pytest.mark.requisito("BORDA-02")
@pytest.mark.parametrize("numero", [(), ("--rota", "1")], ids=["init", "rota"])
def test_separador_nossa_em_que_outros_gravam_e_acertada(aqui: Path, numero: tuple[str, ...]) -> None:
    """An administrator's `chmod -R g+w` on an origin with files in hand. What others put there meanwhile is left alone,
    and no link is followed."""
    assert init(aqui).exit_code == 0
    vitima = dono(aqui / "vitima", 0, 0o777)
    propria = aqui / "wms" / "saida" / ".separador"
    lote = next(propria.glob("*/trabalho")) / "1-x"
    dono(lote, SERVICO, 0o2750, TROCA)
    for nome, uid in (("nosso.txt", SERVICO), ("do-wms.txt", WMS)):
        (lote / nome).write_text(nome, encoding="utf-8")
        os.chown(lote / nome, uid, TROCA)
        (lote / nome).chmod(0o640)
    antes = {p: direitos(p) for p in (propria, *propria.rglob("*"))}
    for caminho in antes:
        caminho.chmod(caminho.stat().st_mode | 0o022)
    (propria / "link").symlink_to(vitima)
    feito = init(aqui, *numero)
    assert feito.exit_code == 0, feito.stderr
    do_wms = antes.pop(lote / "do-wms.txt")
    assert {p: direitos(p) for p in antes} == antes
    assert direitos(lote / "do-wms.txt") == (*do_wms[:2], 0o662)
    assert direitos(vitima) == (0, 0, 0o777)
    assert "Tirei esse direito (g-w,o-w)" in feito.stderr
    assert f"({len(antes)})" in feito.stderr
    assert "Tirei" not in init(aqui).stderr


@pytest.mark.requisito("BORDA-02")
def test_so_o_canto_que_outros_gravam_tambem_e_acertado(aqui: Path) -> None:
    assert init(aqui).exit_code == 0
    (trabalho,) = (aqui / "wms" / "saida" / ".separador").glob("*/trabalho")
    trabalho.chmod(0o2770)
    assert "Tirei" in init(aqui).stderr
    assert direitos(trabalho)[2] == 0o2750


@pytest.mark.requisito("BORDA-02")
def test_separador_de_dono_mudado_nao_se_manda_apagar(aqui: Path) -> None:
    assert init(aqui).exit_code == 0
    propria = aqui / "wms" / "saida" / ".separador"
    os.chown(propria, WMS, TROCA)
    feito = init(aqui)
    assert feito.exit_code == 1
    assert f"sudo chown -R {SERVICO} '{propria}'" in feito.stderr
    assert "Não o apague" in feito.stderr
    os.chown(propria, SERVICO, TROCA)
    assert init(aqui).exit_code == 0


@pytest.mark.requisito("BORDA-02")
def test_quem_se_enganou_de_conta_nao_fica_com_a_separador(aqui: Path) -> None:
    for pasta in (aqui, dono(aqui / "wms", OUTRO, 0o755), dono(aqui / "wms" / "saida", OUTRO, 0o755), aqui / "var"):
        os.chown(pasta, OUTRO, OUTRO)
    dono(aqui / "wms" / "saida" / ".separador", SERVICO, 0o755)
    feito = como(OUTRO, *_linha(aqui, "init"))
    assert feito.returncode == 1
    assert "dê o comando com a conta dele" in feito.stderr
    assert "chown" not in feito.stderr


@pytest.mark.requisito("BORDA-02")
def test_link_no_caminho_so_onde_ninguem_mais_grava(aqui: Path) -> None:
    disco = dono(aqui / "disco", 0, 0o755)
    (aqui / "wms").symlink_to(disco)
    assert init(aqui).exit_code == 0
    assert direitos(disco / "saida") == (SERVICO, TROCA, 0o3770)


@pytest.mark.requisito("BORDA-02")
@pytest.mark.parametrize("modo", [0o775, 0o757, 0o1777], ids=oct)
def test_link_no_caminho_onde_outros_gravam_e_recusado(aqui: Path, modo: int) -> None:
    disco = dono(aqui / "disco", 0, 0o755)
    aberta = dono(aqui / "aberta", 0, modo, TROCA)
    (aqui / "a.yaml").write_text(
        "dados: var\nrotas:\n  - {id: 1, regra: mover, origem: aberta/x/o, destino: aberta/d, arquivo: .txt}\n",
        encoding="utf-8",
    )
    (aberta / "x").symlink_to(disco)
    feito = init(aqui)
    assert feito.exit_code == 1
    assert "é um link" in feito.stderr
    assert list(disco.iterdir()) == []


@pytest.mark.requisito("BORDA-02")
def test_onde_outros_gravam_so_o_servico_cria(aqui: Path) -> None:
    """The folder of a WMS user: the service has no right there, so root makes nothing there for it."""
    dono(aqui / "wms", WMS, 0o755)
    feito = init(aqui)
    assert feito.exit_code == 1
    assert "Rota 1:" in feito.stderr
    assert list((aqui / "wms").iterdir()) == []
    (aqui / "wms").chmod(0o777)
    assert init(aqui).exit_code == 0
    assert direitos(aqui / "wms" / "saida") == (SERVICO, TROCA, 0o3770)


@pytest.mark.requisito("BORDA-02")
@pytest.mark.parametrize("troca", ["pasta-de-root", "pasta-do-wms", "link"])
def test_pasta_trocada_entre_criar_e_abrir(aqui: Path, monkeypatch: pytest.MonkeyPatch, troca: str) -> None:
    """Somebody who may rename there puts a thing of another's under the name that was just made."""
    vitima = dono(aqui / "vitima", WMS if troca == "pasta-do-wms" else 0, 0o700)
    (vitima / "dentro").write_text("x", encoding="utf-8")
    dono(aqui / "wms", 0, 0o755)
    de_verdade = os.mkdir

    def mkdir(nome: str, modo: int, *, dir_fd: int) -> None:
        de_verdade(nome, modo, dir_fd=dir_fd)
        if nome == "saida":
            os.rmdir(nome, dir_fd=dir_fd)
            if troca == "link":
                os.symlink(str(vitima), nome, dir_fd=dir_fd)
            else:
                os.rename(vitima, nome, dst_dir_fd=dir_fd)

    monkeypatch.setattr(criacao.os, "mkdir", mkdir)
    feito = init(aqui)
    assert feito.exit_code == 1
    ficou = vitima if troca == "link" else aqui / "wms" / "saida"
    assert direitos(ficou) == (WMS if troca == "pasta-do-wms" else 0,) * 2 + (0o700,)


@pytest.mark.requisito("BORDA-03")
def test_pasta_de_outro_fica_como_esta_e_a_diferenca_e_dita(aqui: Path) -> None:
    dono(aqui / "wms", 0, 0o755)
    dono(aqui / "wms" / "saida", WMS, 0o777)
    dono(aqui / "wms" / "entrada", SERVICO, 0o2770, TROCA)
    feito = init(aqui)
    assert feito.exit_code == 0, feito.stderr
    assert direitos(aqui / "wms" / "saida") == (WMS, WMS, 0o777)
    avisos = [linha for linha in feito.stderr.splitlines() if linha.startswith("Atenção")]
    assert len(avisos) == 1
    for parte in (f"dono {WMS}, e não {SERVICO}", f"grupo {WMS}, e não {TROCA}", "modo 0777, e não 3770"):
        assert parte in avisos[0]
    assert f"sudo chown {SERVICO}:{TROCA} '{aqui}/wms/saida' && sudo chmod 3770" in avisos[0]
    assert avisos[0].endswith("&& sudo separador init")
    visto = CliRunner().invoke(grupo, ["--config", str(aqui / "a.yaml"), "verificar"]).output
    assert "modo 0777, e não 3770" in visto
    assert f"'{aqui}/wms/saida' && sudo chmod 3770" in visto


@pytest.mark.requisito("BORDA-03")
def test_pasta_acertada_depois_leva_a_separador_no_init_seguinte(aqui: Path) -> None:
    """`init` first, then the commands that it gave: the group of `.separador` is behind, and that is named."""
    assert init(aqui).exit_code == 0
    propria = aqui / "wms" / "entrada" / ".separador"
    os.chown(propria, SERVICO, SERVICO)
    visto = CliRunner().invoke(grupo, ["--config", str(aqui / "a.yaml"), "verificar"]).output
    assert f"a .separador é do grupo {SERVICO}" in visto
    assert init(aqui).exit_code == 0
    assert direitos(propria) == (SERVICO, TROCA, 0o2750)
    assert "a .separador é" not in CliRunner().invoke(grupo, ["--config", str(aqui / "a.yaml"), "verificar"]).output


@pytest.mark.requisito("BORDA-03")
def test_separador_da_versao_anterior_vem_para_o_grupo(aqui: Path) -> None:
    """What is ours in it comes along; a link, another's file and a file with a second name do not."""
    dono(aqui / "wms", 0, 0o755)
    destino = dono(aqui / "wms" / "entrada", SERVICO, 0o2770, TROCA)
    propria = dono(destino / ".separador", SERVICO, 0o750)
    trabalho = dono(propria / "trabalho", SERVICO, 0o750)
    alheio = aqui / "alheio"
    for arquivo, uid in ((propria / "preparado", SERVICO), (trabalho / "do-wms", WMS), (alheio, SERVICO)):
        arquivo.write_text("x", encoding="utf-8")
        os.chown(arquivo, uid, uid)
    os.link(alheio, propria / "segundo-nome")
    (propria / "link").symlink_to(alheio)
    feito = init(aqui)
    assert feito.exit_code == 0, feito.stderr
    assert direitos(propria) == direitos(trabalho) == (SERVICO, TROCA, 0o2750)
    assert direitos(propria / "preparado")[1] == TROCA
    assert direitos(trabalho / "do-wms")[:2] == (WMS, WMS)
    assert direitos(alheio)[1] == SERVICO


@pytest.mark.requisito("BORDA-02")
def test_comando_de_root_nao_da_ao_servico_o_que_um_link_alcanca(aqui: Path) -> None:
    vitima = aqui / "vitima"
    vitima.write_text("de root", encoding="utf-8")
    assert init(aqui).exit_code == 0
    (aqui / "var" / "auditoria.selo").unlink(missing_ok=True)
    for nome in ("separador.db-shm", "auditoria.selo", ".auditoria.selo.novo"):
        (aqui / "var" / nome).symlink_to(vitima)
        criacao_antes = direitos(vitima)
        with pytest.raises(OSError):
            criacao.entregar(aqui / "var" / nome, aqui / "var")
        assert direitos(vitima) == criacao_antes
        (aqui / "var" / nome).unlink()
    os.link(vitima, aqui / "var" / "separador.db-shm")
    criacao.entregar(aqui / "var" / "separador.db-shm", aqui / "var")
    assert direitos(vitima)[:2] == (0, 0)


@pytest.mark.requisito("BORDA-02")
def test_quem_nao_e_root_nao_muda_modos(aqui: Path) -> None:
    os.chown(aqui, OUTRO, OUTRO)
    os.chown(aqui / "var", OUTRO, OUTRO)
    feito = como(OUTRO, *_linha(aqui, "init"))
    assert feito.returncode == 0, feito.stderr
    assert direitos(aqui / "wms" / "saida") == (OUTRO, OUTRO, 0o755)


def _linha(aqui: Path, *argumentos: str) -> list[str]:
    from tests.apoio.contas import separador

    return separador(aqui / "a.yaml", *argumentos)


@pytest.mark.requisito("BORDA-03")
def test_sem_o_grupo_de_troca_nada_e_dito(aqui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contas, "gid_de_troca", lambda: None)
    dono(aqui / "wms", 0, 0o755)
    dono(aqui / "wms" / "entrada", SERVICO, 0o755)
    feito = init(aqui)
    assert feito.exit_code == 0
    assert feito.stderr == ""
    assert direitos(aqui / "wms" / "saida") == (SERVICO, SERVICO, 0o3770)
    assert pastas_de_troca.MODO_DA_ORIGEM == 0o3770
