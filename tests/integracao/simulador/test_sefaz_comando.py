"""Tests `separador simulador sefaz` as people and scripts use it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from separador.simulador.sefaz.falhas import Tipo
from separador.simulador.sefaz.local import agora_mesmo
from tests.apoio.cliente_soap import assinar, cliente_de
from tests.apoio.sefaz_local import SefazEmProcesso

pytestmark = pytest.mark.requisito("SEFAZ-09")


def _separador(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "separador", "simulador", "sefaz", *args], capture_output=True, text=True, timeout=60
    )


def test_liga_narra_conta_e_termina_com_zero(tmp_path: Path) -> None:
    with SefazEmProcesso(tmp_path / "s") as sefaz:
        cliente = cliente_de(sefaz.endereco, sefaz.ca)
        assert cliente.status().cstat == "107"
        cliente.fechar()
        assert sefaz.razao()["chamadas"] == {"status": {"total": 1, "com_falha": 0}}
        processo = sefaz._processo
        assert processo is not None
        processo.send_signal(signal.SIGINT)
        assert processo.wait(30) == 0
    linhas = [json.loads(x) for x in (tmp_path / "s" / "simulador.log").read_text().splitlines()]
    assert [x["evento"] for x in linhas] == ["pronto", "chamada"]
    assert (linhas[1]["servico"], linhas[1]["cstat"], linhas[1]["cnpj"]) == ("status", "107", "11222333000181")


def test_o_que_foi_autorizado_continua_depois_de_religar(tmp_path: Path) -> None:
    sefaz = SefazEmProcesso(tmp_path / "s")
    feito = ex.cte(77, agora=agora_mesmo())
    for _ in range(2):
        sefaz.ligar()
        cliente = cliente_de(sefaz.endereco, sefaz.ca)
        codigo = cliente.receber(assinar(feito.dados, agora=agora_mesmo())).cstat
        cliente.fechar()
        sefaz.parar(signal.SIGKILL)
    assert codigo == "204"
    lido = _separador("--razao", str(tmp_path / "s"), "--json")
    assert lido.returncode == 0
    (documento,) = json.loads(lido.stdout)["documentos"]
    assert (documento["chave"], documento["autorizacoes"], documento["recepcoes"]) == (feito.chave, 1, 2)
    dito = _separador("--razao", str(tmp_path / "s")).stdout
    assert f"{feito.chave} autorizado" in dito
    assert "recepcao: 2 chamadas" in dito


def test_erros_de_uso(tmp_path: Path) -> None:
    sem_razao = _separador("--razao", str(tmp_path))
    assert (sem_razao.returncode, "Traceback" in sem_razao.stderr) == (1, False)
    ruim = tmp_path / "f.yaml"
    for texto in ("falhas: [", "falhas: [{falha: explosao}]", "outra: 1"):
        ruim.write_text(texto)
        dito = _separador("--pasta", str(tmp_path / "s"), "--falhas", str(ruim))
        assert (dito.returncode, "Traceback" in dito.stderr) == (2, False), dito.stderr
        assert "roteiro" in dito.stderr
    with socket.socket() as ocupada:
        ocupada.bind(("127.0.0.1", 0))
        ocupada.listen()
        porta = str(ocupada.getsockname()[1])
        dito = _separador("--pasta", str(tmp_path / "s"), "--porta", porta)
    assert dito.returncode == 2
    assert porta in dito.stderr


def test_pasta_que_nao_pode_ser(tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_text("")
    dito = _separador("--pasta", str(tmp_path / "arquivo" / "s"), "--porta", "0")
    assert (dito.returncode, "Traceback" in dito.stderr) == (2, False), dito.stderr


def test_ajuda_das_falhas_lista_todas() -> None:
    dito = _separador("--ajuda-falhas").stdout
    assert all(str(t) in dito for t in Tipo)
