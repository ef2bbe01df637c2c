"""Tests what reading commands share: ages, the state of the service, and a database opened without a trace."""

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from separador.banco import leitura as leitura_do_banco
from separador.banco.conexao import abrir
from separador.banco.instante import texto_de
from separador.cli.base import autorizacao, leitura, pedidos
from separador.motor import trava

AGORA = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("segundos", "texto"),
    [(None, ""), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172800, "2 dias")],
)
def test_idade_por_extenso(segundos: int | None, texto: str) -> None:
    assert leitura.por_extenso(segundos) == texto


def test_idade_nunca_e_negativa() -> None:
    assert leitura.idade_s(texto_de(AGORA + timedelta(hours=1)), AGORA) == 0
    assert leitura.idade_s(texto_de(AGORA - timedelta(hours=1)), AGORA) == 3600
    assert leitura.idade_s(None, AGORA) is None


def test_servico_vivo_so_com_a_trava_e_a_palavra_dele(tmp_path: Path) -> None:
    (tmp_path / "estado.json").write_text(json.dumps({"pronto": True, "pid": os.getpid(), "desde": "x"}))
    assert not leitura.servico_vivo(tmp_path, AGORA).ativo  # left by a dead service
    (tmp_path / "estado.json").unlink()
    posse = trava.tomar(tmp_path, agora=AGORA)
    assert isinstance(posse, trava.Trava)
    with posse:
        vivo = leitura.servico_vivo(tmp_path, AGORA)
        assert vivo.iniciando
        assert vivo.pid == os.getpid()
        assert leitura.servico_vivo(tmp_path, AGORA + timedelta(minutes=1)).ativo  # it could not write the file
        rotas = {"1": {"esperando": 2}}
        (tmp_path / "estado.json").write_text(
            json.dumps({"pronto": True, "pid": os.getpid(), "desde": "d", "rotas": rotas})
        )
        vivo = leitura.servico_vivo(tmp_path, AGORA)
        assert (vivo.ativo, vivo.desde, vivo.rotas) == (True, "d", rotas)
    assert leitura.servico_vivo(tmp_path, AGORA).detentor is None
    assert leitura.servico_vivo(tmp_path / "nao-ha", AGORA).detentor is None


def test_leitura_nao_cria_nem_escreve(tmp_path: Path) -> None:
    assert leitura_do_banco.abrir_leitura(tmp_path) is None
    (tmp_path / leitura_do_banco.ARQUIVO).touch()
    assert leitura_do_banco.abrir_leitura(tmp_path) is None  # not migrated yet
    abrir(tmp_path).close()
    conexao = leitura_do_banco.abrir_leitura(tmp_path)
    assert conexao is not None
    with pytest.raises(sqlite3.OperationalError):
        conexao.execute("DELETE FROM falha")
    leitura_do_banco.fechar(conexao)


def test_banco_que_nao_se_le_e_frase_e_saida_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from click.exceptions import Exit

    (tmp_path / leitura_do_banco.ARQUIVO).write_bytes(b"nada de banco aqui" * 100)
    with pytest.raises(Exit) as saida, leitura.lendo(tmp_path):
        pass
    assert saida.value.exit_code == 1
    assert "separador verificar" in capsys.readouterr().err


def test_quem_por_tras_do_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setenv("SUDO_USER", "maria")
    assert autorizacao.quem() == "so:maria"
    monkeypatch.delenv("SUDO_USER")
    assert autorizacao.quem() == "so:root"
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000 // 2)
    assert autorizacao.quem() == "so:2000000000"


def test_sem_resposta_em_tempo_sai_com_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from click.exceptions import Exit

    abrir(tmp_path).close()
    monkeypatch.setattr(pedidos, "ESPERA_S", 0.0)
    posse = trava.tomar(tmp_path, agora=AGORA)
    assert isinstance(posse, trava.Trava)
    with posse, pytest.raises(Exit) as saida:
        pedidos.dar(tmp_path, [pedidos.NovoPedido("consultar", "x")])
    assert saida.value.exit_code == 3
    assert "não respondeu em" in capsys.readouterr().err
