"""Tests the marker of a folder, its rights, space, kind of filesystem, and late collection."""

import errno
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from separador.pastas import sistema
from separador.pastas.erros import FalhaDePasta, PastaSumiu, SemEspaco, SomenteLeitura, classificar
from separador.pastas.lugar import abertos
from separador.pastas.saude import coleta_atrasada, conferir, inicializar, ler_marca
from tests.apoio.posse import QUEM

pytestmark = pytest.mark.requisito("SEP-02", "SEP-03")
AGORA = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)


def _codigos(pasta: Path, marca: str | None = "u1", **opcoes) -> list[str]:
    return [p.codigo for p in conferir(pasta, marca, **({"escrita": True} | opcoes))]


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    inicializar(tmp_path / "x" / "entrada", "u1", AGORA, "7", QUEM)
    return tmp_path / "x" / "entrada"


def test_inicializar_cria_pasta_e_marca(pasta: Path) -> None:
    assert json.loads((pasta / ".separador" / "marca").read_text()) == {
        "uuid": "u1",
        "criada_em": "2026-08-01T12:00:00+00:00",
        "rota": "7",
        "instalacao": "aa",
        "epoca": 1,
        "maquina": "maquina-de-teste",
        "desde": "2026-08-01T12:00:00+00:00",
    }
    assert _codigos(pasta) == []
    assert sorted(os.listdir(pasta / ".separador")) == ["aa-1", "marca"]


def test_inicializar_de_novo_guarda_a_primeira_marca(pasta: Path) -> None:
    assert inicializar(pasta, "u2", AGORA, "8", QUEM).uuid == "u1"


def test_pasta_que_nao_existe(tmp_path: Path) -> None:
    (problema,) = conferir(tmp_path / "nada", "u1", escrita=True)
    assert problema.codigo == "pasta-sumiu"
    assert "nada" in problema.mensagem
    assert problema.o_que_fazer.endswith("recriada sozinha.")
    assert not (tmp_path / "nada").exists()


@pytest.mark.parametrize(
    ("estrago", "codigo"),
    [
        (lambda m: m.unlink(), "marca-sumiu"),
        (lambda m: m.write_text("lixo"), "marca-sumiu"),
        (lambda m: m.write_text('{"uuid": "u9", "criada_em": "", "rota": "1"}'), "marca-outra"),
    ],
)
def test_marca_que_falta_ou_e_outra(pasta: Path, estrago, codigo: str) -> None:
    estrago(pasta / ".separador" / "marca")
    assert _codigos(pasta) == [codigo]
    assert _codigos(pasta, None) == []


def test_compartilhamento_que_cai_e_volta(disco_pequeno: Path, montar) -> None:
    inicializar(disco_pequeno, "u1", AGORA, "1", QUEM)
    antes = abertos.abrir(disco_pequeno).numeros
    assert _codigos(disco_pequeno) == []
    montar("guardado", "--bind", str(disco_pequeno))
    subprocess.run(["umount", str(disco_pequeno)], check=True)
    assert _codigos(disco_pequeno) == ["marca-sumiu"]
    assert abertos.abrir(disco_pequeno).numeros != antes
    montar("disco", "--bind", str(disco_pequeno.with_name("guardado")), ponto=disco_pequeno)
    assert _codigos(disco_pequeno) == []
    assert abertos.abrir(disco_pequeno).numeros == antes


def test_caminho_que_e_um_arquivo(tmp_path: Path) -> None:
    (tmp_path / "arq").touch()
    assert _codigos(tmp_path / "arq") == ["nao-e-pasta"]


def test_sem_leitura_e_sem_escrita(pasta: Path, outro_usuario) -> None:
    assert outro_usuario(lambda: _codigos(pasta, None)) == ["sem-permissao"]
    assert outro_usuario(lambda: _codigos(pasta, None, escrita=False)) == []
    pasta.chmod(0o700)
    assert outro_usuario(lambda: _codigos(pasta, None)) == ["sem-permissao"]


def test_somente_leitura(disco_pequeno: Path, montar) -> None:
    inicializar(disco_pequeno, "u1", AGORA, "1", QUEM)
    montar("disco", "-o", "remount,ro", ponto=disco_pequeno)
    assert _codigos(disco_pequeno) == ["somente-leitura"]


def test_reserva_de_espaco_antes_de_encher(disco_pequeno: Path) -> None:
    inicializar(disco_pequeno, "u1", AGORA, "1", QUEM)
    assert _codigos(disco_pequeno, reserva_bytes=100_000) == []
    (disco_pequeno / "cheio").write_bytes(b"x" * 200_000)
    assert _codigos(disco_pequeno, reserva_bytes=100_000) == ["sem-espaco"]
    (disco_pequeno / "cheio").unlink()
    assert _codigos(disco_pequeno, reserva_bytes=100_000) == []


def test_disco_cheio_de_todo(disco_pequeno: Path) -> None:
    inicializar(disco_pequeno, "u1", AGORA, "1", QUEM)
    with pytest.raises(OSError, match="No space"):
        (disco_pequeno / "cheio").write_bytes(b"x" * 400_000)
    assert _codigos(disco_pequeno) == ["sem-espaco"]
    assert "marca" in os.listdir(disco_pequeno / ".separador")


def test_sem_inodes(montar) -> None:
    pasta = montar("inodes", "-t", "tmpfs", "-o", "size=1m,nr_inodes=50", "tmpfs")
    inicializar(pasta, "u1", AGORA, "1", QUEM)
    assert _codigos(pasta) == ["sem-espaco"]


def test_pasta_propria_apagada_com_a_rota_ativa(pasta: Path) -> None:
    shutil.rmtree(pasta / ".separador")
    assert _codigos(pasta) == ["marca-sumiu"]
    assert _codigos(pasta, None) == ["pasta-sumiu"]


def test_marca_sem_acesso_e_erro(pasta: Path, outro_usuario) -> None:
    (pasta / ".separador").chmod(0o700)
    assert outro_usuario(lambda: _codigos(pasta)) == ["canto-alheio"]
    abertos.recomecar(os.geteuid())
    assert outro_usuario(lambda: _codigos(pasta)) == ["sem-permissao"]
    abertos.recomecar()


def test_ler_marca(pasta: Path, tmp_path: Path) -> None:
    marca = ler_marca(pasta)
    assert marca is not None
    assert (marca.uuid, marca.rota) == ("u1", "7")
    assert ler_marca(tmp_path) is None


def test_tipo_de_sistema(tmp_path: Path, montar, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sistema.tipo_de_sistema(montar("t", "-t", "tmpfs", "tmpfs")) == "tmpfs"
    assert not sistema.e_rede(tmp_path)
    assert sistema.tipo_de_sistema(Path("/proc")).startswith("0x")
    with pytest.raises(PastaSumiu):
        sistema.tipo_de_sistema(tmp_path / "nada")
    for tipo in ("nfs", "cifs", "smb", "fuse"):
        monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _, t=tipo: t)
        assert sistema.e_rede(tmp_path)


def test_coleta_atrasada_mostra_o_mais_antigo_primeiro(pasta: Path) -> None:
    for nome in ("a.xml", "b.xml", "c.part", "Thumbs.db"):
        (pasta / nome).touch()
    (pasta / "sub").mkdir()
    daqui_a_pouco = datetime.now(UTC) + timedelta(seconds=100)
    assert coleta_atrasada(pasta, 1000, daqui_a_pouco) == []
    atrasados = coleta_atrasada(pasta, 50, daqui_a_pouco)
    assert {nome for nome, _ in atrasados} == {b"a.xml", b"b.xml"}
    assert [i for _, i in atrasados] == sorted((i for _, i in atrasados), reverse=True)
    assert len(coleta_atrasada(pasta, 50, daqui_a_pouco, limite=1)) == 1


def test_coleta_com_relogio_que_voltou(pasta: Path) -> None:
    (pasta / "a.xml").touch()
    assert coleta_atrasada(pasta, 0, datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_erros_tem_codigo_texto_e_conselho() -> None:
    vistos = {}
    for numero in errno.errorcode:
        falha = classificar(OSError(numero, os.strerror(numero)), Path("/p"))
        assert isinstance(falha, FalhaDePasta)
        assert falha.errno == numero
        assert "/p" in falha.mensagem
        assert falha.o_que_fazer.endswith(".")
        vistos[numero] = type(falha)
    assert vistos[errno.ENOSPC] is vistos[errno.EDQUOT] is SemEspaco
    assert vistos[errno.EROFS] is SomenteLeitura
    assert vistos[errno.ESTALE] is PastaSumiu
    assert vistos[errno.EDOM] is FalhaDePasta
