"""Tests `iniciar`, `parar`, `reiniciar` without systemd. A stand-in for the service has the same lock and state
file."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from separador.cli.base.comum import Saida
from separador.configuracao import Configuracao, carregar
from separador.motor.trava import quem_detem
from separador.pedidos import processo

SERVICO = """
import json, os, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from separador.motor.trava import Detentor, tomar
dados, modo = Path(sys.argv[1]), sys.argv[2]
if modo == "quebra":
    print("um erro", file=sys.stderr)
    sys.exit(2)
trava = tomar(dados, agora=datetime.now(UTC))
if isinstance(trava, Detentor):
    sys.exit(4)
def parar(*_):
    raise SystemExit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if modo == "surdo" else parar)
if modo != "mudo":
    (dados / "estado.json").write_text(json.dumps({"pronto": True, "pid": os.getpid()}))
while True:
    time.sleep(0.05)
"""


@pytest.fixture
def configuracao(tmp_path: Path) -> Configuracao:
    (tmp_path / "a.yaml").write_text("dados: var\n", encoding="utf-8")
    (tmp_path / "var").mkdir()
    lida = carregar(tmp_path / "a.yaml")
    assert isinstance(lida, Configuracao)
    return lida


@pytest.fixture
def de_mentira(configuracao: Configuracao, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    filhos: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def preparar(modo: str) -> None:
        def abrir(_comando: list[str], **opcoes: object) -> "subprocess.Popen[bytes]":
            filho = popen([sys.executable, "-c", SERVICO, str(configuracao.dados), modo], **opcoes)  # type: ignore[call-overload]
            filhos.append(filho)
            return filho  # type: ignore[no-any-return]

        monkeypatch.setattr(subprocess, "Popen", abrir)

    yield preparar
    for filho in filhos:
        try:
            os.kill(filho.pid, signal.SIGKILL)
            os.waitpid(filho.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


@pytest.mark.requisito("SEP-04")
def test_ligar_de_novo_e_desligar(configuracao: Configuracao, de_mentira) -> None:  # type: ignore[no-untyped-def]
    de_mentira("normal")
    dados = configuracao.dados
    (dados / "estado.json").write_text(json.dumps({"pronto": True, "pid": 1}), encoding="utf-8")
    codigo, mensagem = processo.iniciar_solto(configuracao)
    assert (codigo, "Serviço ligado" in mensagem) == (Saida.FEITO, True)
    assert processo.pronto(dados)
    codigo, mensagem = processo.iniciar_solto(configuracao)
    assert (codigo, "Já está funcionando" in mensagem) == (Saida.FEITO, True)
    assert processo.parar_solto(dados)[0] == Saida.FEITO
    assert quem_detem(dados) is None
    assert not processo.pronto(dados)
    assert processo.parar_solto(dados) == (Saida.FEITO, "O serviço não está funcionando.")


def test_servico_que_nao_liga_diz_por_que(configuracao: Configuracao, de_mentira) -> None:  # type: ignore[no-untyped-def]
    de_mentira("quebra")
    assert processo.iniciar_solto(configuracao) == (2, "um erro")


def test_sem_resposta_no_tempo_sai_3(configuracao: Configuracao, de_mentira) -> None:  # type: ignore[no-untyped-def]
    de_mentira("mudo")
    assert processo.iniciar_solto(configuracao, espera_s=0.5)[0] == Saida.SEM_SERVICO


def test_servico_que_nao_para_no_tempo_sai_3(configuracao: Configuracao, de_mentira) -> None:  # type: ignore[no-untyped-def]
    de_mentira("surdo")
    assert processo.iniciar_solto(configuracao)[0] == Saida.FEITO
    assert processo.parar_solto(configuracao.dados, espera_s=0.3)[0] == Saida.SEM_SERVICO


def test_pasta_de_dados_de_outra_maquina_sai_4(configuracao: Configuracao, monkeypatch: pytest.MonkeyPatch) -> None:
    from separador.motor.trava import Detentor

    outra = Detentor("outra", "b", 7, "x", daqui=False)
    monkeypatch.setattr(processo, "quem_detem", lambda _: outra)
    assert processo.iniciar_solto(configuracao)[0] == Saida.OCUPADO
    assert processo.parar_solto(configuracao.dados)[0] == Saida.OCUPADO


def test_systemd_so_quando_a_unidade_e_desta_configuracao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    existe = Path.is_dir
    monkeypatch.setattr(Path, "is_dir", lambda p: str(p) == "/run/systemd/system" or existe(p))
    monkeypatch.setattr(processo.shutil, "which", lambda _: "/bin/systemctl")
    monkeypatch.setattr(processo, "PASTAS_DE_UNIDADES", (tmp_path,))
    assert not processo.do_systemd(Path("/etc/separador/separador.yaml"))
    (tmp_path / "separador.service").write_text("ExecStart=/x --config /etc/separador/separador.yaml executar\n")
    assert processo.do_systemd(Path("/etc/separador/separador.yaml"))
    assert not processo.do_systemd(Path("/srv/a.yaml"))
    (tmp_path / "separador.service.d").mkdir()
    (tmp_path / "separador.service.d" / "pastas.conf").write_text("ExecStart=/x --config /srv/a.yaml executar\n")
    assert processo.do_systemd(Path("/srv/a.yaml"))


def test_systemctl_que_falha_vira_frase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    falso = tmp_path / "systemctl"
    falso.write_text('#!/bin/sh\n[ "$1" = start ] && exit 0\necho negado >&2\nexit 4\n')
    falso.chmod(0o755)
    monkeypatch.setattr(processo.shutil, "which", lambda _: str(falso))
    assert processo.systemctl("start") == (Saida.FEITO, "")
    codigo, mensagem = processo.systemctl("stop")
    assert (codigo, "negado" in mensagem) == (Saida.SEM_SERVICO, True)
