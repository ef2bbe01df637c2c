"""Tests how watched folders are opened: checked, by descriptor, and let go."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from separador.pastas import sistema
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import CaminhoInseguro, CantoAlheio, CantoTrocado
from separador.pastas.lugar import abertos, descritores
from separador.pastas.posse.marca import ler_marca
from separador.pastas.publicacao import preparar
from separador.pastas.saude import Problema, conferir, inicializar
from separador.pastas.tomada import limpar_lote
from tests.apoio.posse import CANTO, QUEM, P
from tests.integracao.pastas.conftest import AGORA

pytestmark = pytest.mark.requisito("BORDA-01")


@pytest.fixture
def pasta(tmp_path: Path) -> Iterator[Path]:
    inicializar(tmp_path / "p", "u1", AGORA, "rota 1", QUEM)
    yield tmp_path / "p"
    abertos.recomecar()


@pytest.fixture
def mantendo() -> Iterator[None]:
    abertos.manter()
    yield
    abertos.recomecar()
    abertos.soltar()


def _achado(pasta: Path) -> Problema | None:
    return next(iter(conferir(pasta, "u1", escrita=True)), None)


def _codigo(pasta: Path) -> str | None:
    achado = _achado(pasta)
    return achado.codigo if achado is not None else None


# --- what is not ours ------------------------------------------------------------------------------------------------


def _link(alvo: Path, outra: Path) -> None:
    alvo.symlink_to(outra)


def _fila(alvo: Path, _: Path) -> None:
    os.mkfifo(alvo)


def _arquivo(alvo: Path, _: Path) -> None:
    alvo.write_bytes(b"x")


def _gravavel(alvo: Path, _: Path) -> None:
    alvo.mkdir()
    alvo.chmod(0o777)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("por", [_link, _fila, _arquivo, _gravavel])
@pytest.mark.parametrize("onde", [".separador", f".separador/{CANTO}"])
def test_o_que_nao_e_nosso_nao_e_tocado(
    pasta: Path, tmp_path: Path, onde: str, por: Callable[[Path, Path], None]
) -> None:
    outra = tmp_path / "outra"
    outra.mkdir()
    (outra / "marca").write_bytes((pasta / ".separador/marca").read_bytes())
    (pasta / onde).rename(tmp_path / "tirada")
    por(pasta / onde, outra)
    antes = sorted(os.listdir(outra)), (outra / "marca").stat().st_atime_ns
    achado = _achado(pasta) if onde == ".separador" else None
    if achado is not None:
        assert achado.codigo == "canto-alheio", achado
        with pytest.raises(CantoAlheio):
            ler_marca(pasta)
    with pytest.raises(CantoAlheio):
        preparar(pasta, b"x", P + b"p1")
    assert (sorted(os.listdir(outra)), (outra / "marca").stat().st_atime_ns) == antes
    assert (pasta / onde).is_symlink() or not (pasta / onde).is_dir() or os.listdir(pasta / onde) == []


def test_pasta_de_outro_usuario(pasta: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("PULADO: só root dá pastas a outro dono")
    os.chown(pasta / ".separador", 61002, 61002)
    achado = _achado(pasta)
    assert achado is not None
    assert (achado.codigo, "dono: 61002" in achado.mensagem) == ("canto-alheio", True)
    os.chown(pasta / ".separador", 0, 0)
    assert _codigo(pasta) is None


def test_root_age_no_que_e_da_conta_dos_dados(pasta: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("PULADO: só root dá pastas a outro dono")
    for nivel in (pasta / ".separador", *(pasta / ".separador").rglob("*")):
        os.chown(nivel, 61001, 61001)
    assert _codigo(pasta) == "canto-alheio"
    abertos.recomecar(61001)
    assert _codigo(pasta) is None


def test_outro_disco(pasta: Path, montar: Callable[..., Path]) -> None:
    marca = (pasta / ".separador/marca").read_bytes()
    montar("disco", "-t", "tmpfs", "-o", "size=64k,mode=0750", "tmpfs", ponto=pasta / ".separador")
    (pasta / ".separador/marca").write_bytes(marca)
    achado = _achado(pasta)
    assert achado is not None
    assert (achado.codigo, "outro disco" in achado.mensagem) == ("canto-alheio", True)


def test_na_rede_os_modos_nao_param(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pasta / ".separador").chmod(0o777)
    assert _codigo(pasta) == "canto-alheio"
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: "nfs")
    assert _codigo(pasta) is None


@pytest.mark.parametrize("tipo", ["vfat", "exfat"])
def test_onde_os_modos_sao_da_montagem_nao_param(pasta: Path, monkeypatch: pytest.MonkeyPatch, tipo: str) -> None:
    (pasta / ".separador").chmod(0o777)
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: tipo)
    assert _codigo(pasta) is None
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: "overlay")
    assert _codigo(pasta) == "canto-alheio"


@pytest.fixture
def numeros_firmes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the tests may be an overlay, where a swap cannot be told from a number that changed."""
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: "ext4")


# --- identity --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("numeros_firmes")
def test_trocada_por_outra_nossa_com_o_servico_ligado(pasta: Path) -> None:
    assert _codigo(pasta) is None
    subprocess.run(["cp", "-a", pasta / ".separador", pasta / "outra"], check=True)
    (pasta / ".separador").rename(pasta / "x")
    (pasta / "outra").rename(pasta / ".separador")
    assert _codigo(pasta) == "canto-trocado"
    with pytest.raises(CantoTrocado):
        ler_marca(pasta)
    (pasta / ".separador").rename(pasta / "outra")
    (pasta / "x").rename(pasta / ".separador")
    assert _codigo(pasta) is None, "devolvida, segue"


@pytest.mark.parametrize("tipo", ["overlay", "vfat", "exfat", "fuse", "nfs"])
def test_onde_os_numeros_mudam_nao_e_troca(pasta: Path, monkeypatch: pytest.MonkeyPatch, tipo: str) -> None:
    """The number of a folder changes when the kernel forgets it: played by a copy. It is noted anew."""
    assert _codigo(pasta) is None
    subprocess.run(["cp", "-a", pasta / ".separador", pasta / "outra"], check=True)
    (pasta / ".separador").rename(pasta / "x")
    (pasta / "outra").rename(pasta / ".separador")
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: tipo)
    assert _codigo(pasta) is None
    monkeypatch.undo()
    assert _codigo(pasta) is None
    if tipo == "overlay":
        (pasta / ".separador").chmod(0o777)
        assert _codigo(pasta) == "canto-alheio"


@pytest.mark.usefixtures("numeros_firmes")
def test_canto_trocado(pasta: Path) -> None:
    abertos.abrir(pasta / ".separador" / CANTO)
    subprocess.run(["cp", "-a", pasta / ".separador" / CANTO, pasta / "outro"], check=True)
    (pasta / ".separador" / CANTO).rename(pasta / "x")
    (pasta / "outro").rename(pasta / ".separador" / CANTO)
    with pytest.raises(CantoTrocado):
        preparar(pasta, b"x", P + b"p1")


def test_refeita_depois_de_sumir_e_aceita(pasta: Path) -> None:
    assert _codigo(pasta) is None
    subprocess.run(["cp", "-a", pasta / ".separador", pasta / "outra"], check=True)
    (pasta / ".separador").rename(pasta / "x")
    assert _codigo(pasta) == "marca-sumiu"
    (pasta / "outra").rename(pasta / ".separador")
    assert _codigo(pasta) is None


def test_a_que_nos_mesmos_refazemos_nao_e_troca(pasta: Path) -> None:
    """A watched folder that was removed and made again may have its inode of before, and no `.separador`."""
    assert _codigo(pasta) is None
    (pasta / ".separador").rename(pasta / "x")
    inicializar(pasta, "u1", AGORA, "rota 1", QUEM)
    assert _codigo(pasta) is None


def test_outra_pasta_no_lugar_da_vigiada_nao_e_troca_do_canto(pasta: Path) -> None:
    assert _codigo(pasta) is None
    subprocess.run(["cp", "-a", pasta, pasta.with_name("q")], check=True)
    pasta.rename(pasta.with_name("x"))
    pasta.with_name("q").rename(pasta)
    assert _codigo(pasta) is None


# --- the way ---------------------------------------------------------------------------------------------------------


def test_link_no_caminho_onde_so_nos_gravamos(pasta: Path, tmp_path: Path) -> None:
    (tmp_path / "ligada").symlink_to(pasta)
    (tmp_path / "relativa").symlink_to("p")
    (tmp_path / "longe").symlink_to(tmp_path)
    for caminho in ("ligada", "relativa", "longe/longe/p"):
        assert _codigo(tmp_path / caminho) is None, caminho


def test_link_no_caminho_onde_outros_gravam(pasta: Path, tmp_path: Path) -> None:
    aberta = tmp_path / "aberta"
    aberta.mkdir()
    aberta.chmod(0o777)
    (aberta / "ligada").symlink_to(pasta)
    (aberta / "dentro").mkdir()
    inicializar(aberta / "dentro", "u1", AGORA, "rota 1", QUEM)
    (tmp_path / "por-fora").symlink_to(aberta / "dentro")
    assert _codigo(aberta / "dentro") is None, "sem link, o caminho é o que é"
    for caminho in (aberta / "ligada", tmp_path / "por-fora"):
        assert _codigo(caminho) == "caminho-inseguro"
        with pytest.raises(CaminhoInseguro):
            ler_marca(caminho)


def test_nada_se_cria_atras_de_um_link_de_outros(tmp_path: Path) -> None:
    (tmp_path / "fora").mkdir()
    (tmp_path / "aberta").mkdir()
    (tmp_path / "aberta").chmod(0o777)
    (tmp_path / "aberta/x").symlink_to(tmp_path / "fora")
    with pytest.raises(CaminhoInseguro):
        inicializar(tmp_path / "aberta/x/a/b", "u1", AGORA, "rota 1", QUEM)
    assert os.listdir(tmp_path / "fora") == []


def test_links_que_dao_voltas(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(CaminhoInseguro, match="voltas"):
        abertos.abrir(tmp_path / "a")


def test_abaixo_da_pasta_nenhum_link(pasta: Path, tmp_path: Path) -> None:
    (tmp_path / "fora").mkdir()
    (pasta / "202611").symlink_to(tmp_path / "fora")
    with pytest.raises(CantoAlheio):
        abertos.em(pasta / "202611", b"a.xml", pasta)
    (pasta / "202612").mkdir()
    assert os.path.samestat(os.stat(abertos.em(pasta / "202612", b"", pasta)), (pasta / "202612").stat())


# --- life of the descriptors -----------------------------------------------------------------------------------------


def _abertas() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_sem_manter_nada_fica_aberto(pasta: Path) -> None:
    antes = _abertas()
    preparar(pasta, b"x", P + b"p1")
    assert _codigo(pasta) is None
    assert _abertas() == antes


@pytest.mark.usefixtures("mantendo")
def test_mantida_ate_soltar(pasta: Path) -> None:
    abertos.soltar()
    abertos.manter()
    antes = _abertas()
    preparar(pasta, b"x", P + b"p1")
    preparar(pasta, b"x", P + b"p2")
    assert _abertas() == antes + 3, "a pasta, a .separador e o canto"
    abertos.soltar()
    assert _abertas() == antes


@pytest.mark.usefixtures("mantendo")
def test_guardam_se_poucas_e_a_mais_antiga_se_fecha(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descritores, "MAXIMO", 3)
    antes = len(os.listdir("/proc/self/fd"))
    for n in range(20):
        (tmp_path / f"p{n}").mkdir()
        abertos.abrir(tmp_path / f"p{n}")
    assert len(os.listdir("/proc/self/fd")) == antes + 3
    assert list(abertos._abertos) == [str(tmp_path / f"p{n}") for n in (17, 18, 19)]


_SEM_SOBRA = """
import os, resource, sys
from pathlib import Path
from separador.pastas.lugar import abertos, descritores
raiz = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 80))
assert descritores.de_pastas() == 16
abertos.manter()
for n in range(40):
    (raiz / f"p{n}").mkdir()
    abertos.abrir(raiz / f"p{n}")
assert len(abertos._abertos) == 16
presos = []
try:
    while True:
        presos.append(os.open("/", os.O_PATH))
except OSError:
    pass
assert abertos.existe(raiz / "p3") and not abertos.existe(raiz / "nada")
assert len(abertos._abertos) == 1, abertos._abertos
abertos.abrir(raiz / "p3")
descritores.alargar()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (80, 80)
"""


def test_poucos_descritores_bastam(tmp_path: Path) -> None:
    """A quarter of them is for open folders; when there is none left for another, those that are kept are let go."""
    feito = subprocess.run([sys.executable, "-c", _SEM_SOBRA, tmp_path], capture_output=True, text=True)
    assert feito.returncode == 0, feito.stderr


@pytest.mark.usefixtures("mantendo")
def test_a_pasta_de_um_grupo_terminado_se_fecha(pasta: Path) -> None:
    trabalho = pasta / ".separador" / CANTO / "trabalho"
    abertos.abrir(trabalho)
    antes = len(os.listdir("/proc/self/fd"))
    for n in range(20):
        (trabalho / f"lote{n}").mkdir()
        abertos.abrir(trabalho / f"lote{n}")
        assert limpar_lote(trabalho, f"lote{n}")
    assert len(os.listdir("/proc/self/fd")) == antes


def test_quem_trabalha_numa_pasta_a_segura(pasta: Path, tmp_path: Path) -> None:
    onde = abertos.em(pasta, b"a.txt")
    abertos.soltar()
    pasta.rename(tmp_path / "q")
    with open(onde, "wb") as arquivo:
        arquivo.write(b"x")
    assert (tmp_path / "q/a.txt").read_bytes() == b"x"


@pytest.mark.usefixtures("mantendo")
def test_o_que_estava_aberto_segue_na_pasta_certa(pasta: Path, tmp_path: Path) -> None:
    """Between two readings a swap leads nobody astray: what is open is the folder that was checked."""
    preparar(pasta, b"x", P + b"p1")
    (tmp_path / "isca").mkdir()
    (pasta / ".separador").rename(pasta / ".x")
    (pasta / ".separador").symlink_to(tmp_path / "isca")
    preparar(pasta, b"x", P + b"p2")
    assert sorted(p.name for p in (pasta / ".x" / CANTO).iterdir()) == ["p1", "p2", "trabalho"]
    assert os.listdir(tmp_path / "isca") == []
    assert _codigo(pasta) == "canto-alheio"
    with pytest.raises(CantoAlheio):
        preparar(pasta, b"x", P + b"p3")


@pytest.mark.usefixtures("mantendo")
def test_o_que_se_guarda_vale_por_pouco_tempo(pasta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    preparar(pasta, b"x", P + b"p1")
    (pasta / ".separador").rename(pasta / ".x")
    monkeypatch.setattr(abertos.time, "monotonic", lambda: 1e9)
    with pytest.raises(Exception, match="acess"):
        preparar(pasta, b"x", P + b"p2")


@pytest.mark.usefixtures("mantendo")
def test_outra_conta_do_mesmo_processo_usa_o_caminho(pasta: Path) -> None:
    """`init` as root works under the account of the service: /proc/self/fd must lead there too."""
    if os.geteuid() != 0:
        pytest.skip("PULADO: precisa de root")
    codigo = (
        "import os, sys; from pathlib import Path; from separador.pastas.lugar import abertos;"
        "os.seteuid(61001); abertos.manter(); "
        "l = abertos.abrir(Path('/')); print(len(os.listdir(l.base)) > 0)"
    )
    feito = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True)
    assert feito.stdout.strip() == "True", feito.stderr


def test_pasta_que_nao_e_vigiada_sincroniza_pelo_nome(tmp_path: Path) -> None:
    sincronizar_pasta(tmp_path)
    with pytest.raises(OSError, match=os.strerror(errno.ENOENT)):
        abertos.abrir(tmp_path / "nada")
