"""Tests `separador demo` as a person runs it: the real service, every outcome as promised, nothing left running."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from separador.motor.trava import quem_detem

DEMO = [sys.executable, "-m", "separador", "demo"]


@pytest.fixture(scope="module")
def feita(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    pasta = tmp_path_factory.mktemp("demo") / "demo"
    return pasta, subprocess.run([*DEMO, "--pasta", str(pasta)], capture_output=True, text=True, timeout=100)


@pytest.mark.requisito("SEP-08")
def test_tudo_como_se_esperava(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    _, feito = feita
    assert feito.returncode == 0, feito.stdout + feito.stderr
    assert "Tudo como se esperava" in feito.stdout
    assert "0 perdidos, 0 repetidos" in feito.stdout
    assert "Situações vistas: 7 de 7." in feito.stdout
    assert "cada um autorizado uma vez só, iguais aos nossos" in feito.stdout
    assert "✗" not in feito.stdout.partition("O que aconteceu")[2]
    assert feito.stderr == ""


def test_a_tabela_diz_a_verdade(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    """Each line of the table names a file that is there. A key is shown by its ends."""
    pasta, feito = feita
    linhas = re.findall(r"^ ✓ (\S+) .* (outbox/\S+)$", feito.stdout, re.MULTILINE)
    assert len(linhas) == 32
    for arquivo, onde in linhas:
        assert len(list(pasta.glob(onde.replace("…", "*")))) == 1, (arquivo, onde)


@pytest.mark.requisito("CARGA-03", "EMIS-16")
def test_as_cargas_dao_o_ct_e_os_e_o_corrigido(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    saida = feita[0] / "outbox" / "wms"
    da_os = json.loads((saida / "45873-ret.json").read_bytes())["documentos"][0]["chave"]
    xml = (saida / f"{da_os}-procCTe.xml").read_text("utf-8")
    guia = re.search(r"<infGTVe><chCTe>([0-9A-Z]{44})</chCTe>", xml)
    assert guia is not None
    assert "<nProt>" in (saida / f"{guia[1]}-procCTe.xml").read_text("utf-8")
    rejeitado, corrigido = (json.loads((saida / f"45872{x}-ret.json").read_bytes()) for x in ("", "-2"))
    chave = rejeitado["documentos"][0]["chave"]
    assert (corrigido["mensagem"], corrigido["documentos"][0]["chave"]) == ("1 CT-e refeito.", chave)
    assert (saida / f"{chave}-pro-rec.xml").is_file()
    assert "<cStat>100</cStat>" in (saida / f"{chave}-procCTe.xml").read_text("utf-8")


@pytest.mark.parametrize("codigo", ["215", "675", "252", "243", "SEP-MOTIVO"])
def test_os_ruins_sao_recusados_com_codigo(feita: tuple[Path, "subprocess.CompletedProcess[str]"], codigo: str) -> None:
    assert re.search(rf"^ ✓ \S+ +recusado \({codigo}", feita[1].stdout, re.MULTILINE)


def test_sem_terminal_nao_ha_cores(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    assert "\x1b" not in feita[1].stdout


def test_o_servico_da_demonstracao_foi_desligado(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    assert quem_detem(feita[0] / "var") is None
    porta = int(re.search(r"https://127\.0\.0\.1:(\d+)", feita[1].stdout).group(1))  # type: ignore[union-attr]
    with socket.socket() as tomada:
        assert tomada.connect_ex(("127.0.0.1", porta)) != 0, "a SEFAZ da demonstração continua ligada"


@pytest.mark.requisito("SEFAZ-09", "CTE-08")
def test_cancelado_negado_e_estornado_pela_rede(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    """One is rejected, one is cancelled, one is reversed while SEFAZ delays, and one cancellation is refused."""
    dito = feita[1].stdout
    caminhos = dict(re.findall(r"^ +(pedido-\d{4}) +(NÃO ENVIADO → .*)$", dito, re.MULTILINE))
    ultimas = {apelido: caminho.split(" → ")[-1] for apelido, caminho in caminhos.items()}
    assert ultimas == {
        "pedido-1006": "CANCELADO",
        "pedido-1007": "CANCELAMENTO REJEITADO",
        "pedido-1009": "AUTORIZADO PELA SEFAZ",
        "pedido-1011": "AUTORIZADO PELA SEFAZ",
    }
    assert "REJEITADO PELA SEFAZ" in caminhos["pedido-1009"]
    assert "AGUARDANDO RETORNO DE CANCELAMENTO" in caminhos["pedido-1011"]
    assert re.search(r"SEFAZ +⇄ consulta de pedido-1012", dito), "a resposta perdida é procurada pela chave"


@pytest.mark.requisito("ECAC-04", "ECAC-05", "ECAC-06", "ECAC-07")
def test_guias_baixadas_com_comprovante(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    pasta, feito = feita
    assert "e-CAC: 6 guias, 4 baixadas, cada uma com o seu comprovante arquivado." in feito.stdout
    assert "Acesso CERT ECAC: usado por Cliente do Escritório." in feito.stdout
    assert "Ocorrências: 1 pago sem guia · 1 sem procuração · 1 valor divergente" in feito.stdout
    assert "cobradas, as mesmas que o SERPRO contou" in feito.stdout
    assert re.search(r"SERPRO +⇄ comprovante \d{17} +HTTP 503", feito.stdout), "one fault on the way"
    assert len(list((pasta / "outbox" / "ecac").glob("*/*/*/*.pdf"))) == 4


@pytest.mark.requisito("SEFAZ-10")
def test_dacte_ao_lado_do_processado(feita: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    wms = feita[0] / "outbox" / "wms"
    processados = {p.name.removesuffix("-procCTe.xml") for p in wms.glob("*-procCTe.xml")}
    assert processados
    assert {p.name.removesuffix("-dacte.pdf") for p in wms.glob("*-dacte.pdf")} == processados
    eventos = {p.name.removesuffix("-procEventoCTe.xml") for p in wms.glob("*-procEventoCTe.xml")}
    assert {p.name.removesuffix("-evento.pdf") for p in wms.glob("*-evento.pdf")} == eventos


def test_pasta_alheia_nao_e_tocada(tmp_path: Path) -> None:
    (tmp_path / "meu.txt").write_text("importante")
    feito = subprocess.run([*DEMO, "--pasta", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert feito.returncode == 2
    assert "não está vazia" in feito.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["meu.txt"]


@pytest.mark.parametrize("sinal", [signal.SIGINT, signal.SIGTERM])
def test_interrompida_nao_deixa_servico_nem_pasta(tmp_path: Path, sinal: signal.Signals) -> None:
    ambiente = os.environ | {"TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(DEMO, env=ambiente, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as demo:
        assert demo.stdout is not None
        for linha in demo.stdout:
            if "serviço pronto" in linha:
                break
        pid = int(re.search(r"pid (\d+)", linha).group(1))  # type: ignore[union-attr]
        demo.send_signal(sinal)
        resto = demo.stdout.read()
        assert demo.wait(60) == 130, resto
    assert "interrompida" in resto
    assert list(tmp_path.iterdir()) == []
    _esperar_fim(pid)


def _esperar_fim(pid: int) -> None:
    limite = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < limite, f"o serviço {pid} continua vivo"
        time.sleep(0.02)
