"""Tests the unit as systemd itself judges it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from separador.cli.ajuste_systemd import texto_do_ajuste
from separador.configuracao import Configuracao, carregar
from separador.pastas.contas import GRUPO_DE_TROCA, UMASK
from separador.pastas.criacao import MODO_DOS_DADOS
from separador.pedidos.ajuste import pastas_do_servico

PASTA = Path(__file__).parents[3] / "systemd"
UNIDADE = PASTA / "separador.service"
precisa_do_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="SEM systemd-analyze: a unidade NÃO foi conferida pelo systemd"
)


def ajustes() -> dict[str, list[str]]:
    """Returns the keys of the unit, each with all its values."""
    lidos: dict[str, list[str]] = {}
    for linha in UNIDADE.read_text(encoding="utf-8").splitlines():
        if "=" in linha and not linha.startswith("#"):
            nome, valor = linha.split("=", 1)
            lidos.setdefault(nome, []).append(valor)
    return lidos


@precisa_do_systemd
@pytest.mark.requisito("BORDA-03")
def test_exposicao_no_maximo_1_5() -> None:
    feito = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIDADE)], capture_output=True, text=True
    )
    nota = re.search(r"Overall exposure level for separador.service: ([0-9.]+)", feito.stdout)
    assert nota is not None, feito.stderr
    assert float(nota[1]) <= 1.5


@precisa_do_systemd
def test_o_systemd_le_a_unidade_sem_reclamar(tmp_path: Path) -> None:
    copia = tmp_path / "separador.service"
    texto = UNIDADE.read_text(encoding="utf-8").replace("/opt/separador/bin/separador", sys.executable)
    copia.write_text(texto, encoding="utf-8")
    feito = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copia)], capture_output=True, text=True)
    assert "separador.service" not in feito.stderr, feito.stderr


@precisa_do_systemd
def test_o_systemd_entende_o_ajuste_com_nomes_dificeis(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        'dados: "/srv/dados $x"\n'
        'rotas:\n  - {regra: mover, origem: "/srv/com espaço", destino: "/srv/50%", arquivo: .x}\n',
        encoding="utf-8",
    )
    lida = carregar(tmp_path / "a.yaml")
    assert isinstance(lida, Configuracao)
    (tmp_path / "separador.service.d").mkdir()
    texto = texto_do_ajuste(lida, pastas_do_servico(lida))
    (tmp_path / "separador.service.d" / "pastas.conf").write_text(texto, encoding="utf-8")
    (tmp_path / "separador.service").write_text(UNIDADE.read_text(encoding="utf-8"), encoding="utf-8")
    feito = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "separador.service")], capture_output=True, text=True
    )
    assert "separador.service" not in feito.stderr, feito.stderr
    assert "pastas.conf" not in feito.stderr, feito.stderr


@pytest.mark.requisito("SEP-04")
def test_o_que_o_servico_exige_da_unidade() -> None:
    lidos = ajustes()
    assert lidos["Type"] == ["notify"]
    assert lidos["AmbientCapabilities"] == lidos["CapabilityBoundingSet"] == ["CAP_LEASE"]
    assert "PrivateUsers" not in lidos
    assert "ProcSubset" not in lidos  # the lock reads boot_id
    assert int(lidos["WatchdogSec"][0]) > 0
    assert int(lidos["TimeoutStopSec"][0]) >= 90
    assert lidos["Restart"] == ["on-failure"]
    assert set(lidos["RestartPreventExitStatus"][0].split()) == {"2", "4"}
    assert "StartLimitBurst" in lidos
    assert lidos["WantedBy"] == ["multi-user.target"]


@pytest.mark.requisito("BORDA-03")
def test_contas_e_mascara_da_unidade() -> None:
    lidos = ajustes()
    assert lidos["User"] == lidos["Group"] == ["separador"]
    assert lidos["SupplementaryGroups"] == [GRUPO_DE_TROCA]
    assert [int(v, 8) for v in lidos["UMask"]] == [UMASK]
    assert lidos["StateDirectoryMode"] == [f"{MODO_DOS_DADOS:04o}"]
    assert lidos["RestrictSUIDSGID"] == ["yes"]  # only `init` as root makes setgid folders
    sysusers = (PASTA / "separador.sysusers.conf").read_text(encoding="utf-8")
    assert re.search(rf"^g {GRUPO_DE_TROCA} ", sysusers, re.MULTILINE)
    assert re.search(rf"^m separador {GRUPO_DE_TROCA}$", sysusers, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="SEM systemd-sysusers: NÃO conferido")
def test_sysusers(tmp_path: Path) -> None:
    comando = ["systemd-sysusers", f"--root={tmp_path}", "--dry-run", str(PASTA / "separador.sysusers.conf")]
    feito = subprocess.run(comando, capture_output=True, text=True)
    if "unrecognized option" in feito.stderr:  # --dry-run came with systemd 250
        pytest.skip("systemd-sysusers antigo, sem --dry-run: NÃO conferido")
    assert feito.returncode == 0, feito.stderr


def test_tmpfiles_tem_as_pastas_da_unidade() -> None:
    texto = (PASTA / "separador.tmpfiles.conf").read_text(encoding="utf-8")
    assert re.search(r"^d /var/lib/separador +0750 separador separador", texto, re.MULTILINE)
    assert re.search(r"^d /etc/separador +0750 root +separador", texto, re.MULTILINE)


def test_o_leiame_cita_os_arquivos_que_existem() -> None:
    texto = (PASTA / "LEIAME.md").read_text(encoding="utf-8")
    for nome in re.findall(r"systemd/(separador\.[a-z.]+)", texto):
        assert (PASTA / nome).is_file(), nome


@pytest.mark.requisito("BORDA-05")
def test_a_pasta_do_soquete_e_dos_operadores_e_um_comando_deles_nao_derruba_o_servico() -> None:
    """The service itself gives nothing away: systemd's own step, as root, makes the folder hand its group on."""
    lidos = ajustes()
    assert lidos["RuntimeDirectory"] == ["separador"]
    preparo = "-+/usr/bin/install -d -o separador -g separador-operador -m 2750 /run/separador"
    assert lidos["ExecStartPre"] == [preparo]
    assert lidos["OOMPolicy"] == ["continue"]
    assert "g separador-operador -" in (PASTA / "separador.sysusers.conf").read_text(encoding="utf-8").splitlines()


@precisa_do_systemd
@pytest.mark.requisito("PAINEL-01")
def test_o_painel_tem_uma_unidade_tao_fechada_quanto_a_do_servico(tmp_path: Path) -> None:
    unidade = PASTA / "separador-painel.service"
    feito = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unidade)], capture_output=True, text=True
    )
    nota = re.search(r"Overall exposure level for separador-painel.service: ([0-9.]+)", feito.stdout)
    assert nota is not None, feito.stderr
    assert float(nota[1]) <= 2.0
    copia = tmp_path / unidade.name
    texto = unidade.read_text(encoding="utf-8").replace("/opt/separador/bin/separador", sys.executable)
    copia.write_text(texto, encoding="utf-8")
    visto = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copia)], capture_output=True, text=True)
    assert unidade.name not in visto.stderr, visto.stderr
    assert "Requires=" not in texto
    assert "SocketBindAllow=tcp:8090" in texto


@precisa_do_systemd
@pytest.mark.requisito("OPS-08")
def test_a_copia_tem_um_relogio_e_uma_unidade_mais_fechada_que_a_do_servico(tmp_path: Path) -> None:
    unidade, relogio = PASTA / "separador-copia.service", PASTA / "separador-copia.timer"
    feito = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unidade)], capture_output=True, text=True
    )
    nota = re.search(r"Overall exposure level for separador-copia.service: ([0-9.]+)", feito.stdout)
    assert nota is not None, feito.stderr
    assert float(nota[1]) <= 1.2
    for arquivo in (unidade, relogio):
        texto = arquivo.read_text(encoding="utf-8").replace("/opt/separador/bin/separador", sys.executable)
        (tmp_path / arquivo.name).write_text(texto, encoding="utf-8")
    visto = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / relogio.name), str(tmp_path / unidade.name)],
        capture_output=True,
        text=True,
    )
    assert "separador-copia" not in visto.stderr, visto.stderr
    hora = re.search(r"^OnCalendar=(.+)$", relogio.read_text(encoding="utf-8"), re.MULTILINE)
    assert hora is not None
    assert subprocess.run(["systemd-analyze", "calendar", hora[1]], capture_output=True).returncode == 0
