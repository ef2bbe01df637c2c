"""Tests `make run` as shipped: service and local SEFAZ together. A CT-e dropped in the inbox comes back authorised."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.configuracao.emissao import modelos
from separador.demonstracao import cargas
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.treinamento import Titular, ja_ligada, por_cadastros, por_certificados
from separador.fiscal.certificado import Certificado
from separador.motor.trava import quem_detem
from tests.apoio.certificados import carregar_pfx

RAIZ = Path(__file__).parents[3]
CNPJ = "11222333000181"


def _porta_livre() -> int:
    with socket.socket() as tomada:
        tomada.bind(("127.0.0.1", 0))
        return int(tomada.getsockname()[1])


def _esperar(condicao: Callable[[], bool], o_que: Callable[[], str]) -> None:
    limite = time.monotonic() + 60
    while not condicao():
        assert time.monotonic() < limite, o_que()
        time.sleep(0.05)


def _instalacao(pasta: Path, porta: int, ambiente: str = "simulado") -> Path:
    """Writes the shipped configuration, on another port."""
    config = pasta / "config" / "separador.yaml"
    config.parent.mkdir()
    texto = (RAIZ / "config" / "separador.yaml").read_text(encoding="utf-8")
    texto += "\npainel: {escuta: '127.0.0.1:0'}\n"
    config.write_text(texto.replace(":8443", f":{porta}").replace("ambiente: simulado", f"ambiente: {ambiente}"))
    return config


def _separador(config: Path, *argumentos: str, saida: Path) -> "subprocess.Popen[bytes]":
    ambiente = {n: v for n, v in os.environ.items() if n != "SEPARADOR_SENHA"} | {"PYTHONUNBUFFERED": "1"}
    with saida.open("wb") as onde:
        return subprocess.Popen(
            [sys.executable, "-m", "separador", "--config", str(config), *argumentos],
            stdout=onde, stderr=subprocess.STDOUT, env=ambiente, start_new_session=True,
        )  # fmt: skip


@pytest.mark.requisito("CARGA-01")
def test_a_carga_de_treino_volta_como_tres_cte_autorizados(tmp_path: Path) -> None:
    """The shipped configuration, its empty registries filled for training, and the shipped example."""
    config = _instalacao(tmp_path, _porta_livre())
    log = tmp_path / "saida.log"
    assert _separador(config, "init", saida=log).wait(60) == 0, log.read_text()
    servico = _separador(config, "simulador", "executar", saida=log)
    dados = (RAIZ / "config" / "exemplos" / cargas.NOME_DE_TREINO).read_bytes()
    (tmp_path / "inbox" / "cargas" / "a.tmp").write_bytes(dados)
    (tmp_path / "inbox" / "cargas" / "a.tmp").rename(tmp_path / "inbox" / "cargas" / cargas.NOME_DE_TREINO)
    wms = tmp_path / "outbox" / "wms"
    _esperar(lambda: len(list(wms.glob("*-procCTe.xml"))) == 3 or servico.poll() is not None, log.read_text)
    servico.send_signal(signal.SIGTERM)
    assert servico.wait(60) == 0, log.read_text()
    assert json.loads((wms / "treino-ret.json").read_bytes())["resultado"] == "gerada"
    assert "Cadastro de treino, com pessoas inventadas" in log.read_text()


def test_os_cadastros_que_alguem_preencheu_ficam(tmp_path: Path) -> None:
    for arquivo in modelos.faltam(tmp_path):
        modelos.escrever(arquivo)
    (tmp_path / "empresas.yaml").write_text("empresas: []\n", encoding="utf-8")
    assert "empresas" not in [p.stem for p in por_cadastros(tmp_path)]
    assert (tmp_path / "empresas.yaml").read_text(encoding="utf-8") == "empresas: []\n"
    assert por_cadastros(tmp_path) == []


@pytest.mark.requisito("SEFAZ-09")
@pytest.mark.parametrize("sinal", [signal.SIGINT, signal.SIGTERM])
def test_um_cte_solto_volta_autorizado(tmp_path: Path, sinal: signal.Signals) -> None:
    porta = _porta_livre()
    config = _instalacao(tmp_path, porta)
    log = tmp_path / "saida.log"
    assert _separador(config, "init", saida=log).wait(60) == 0, log.read_text()
    servico = _separador(config, "simulador", "executar", saida=log)
    feito = ex.cte(1, agora=datetime.now(UTC))
    (tmp_path / "inbox" / "cte" / "meu.tmp").write_bytes(feito.dados)
    (tmp_path / "inbox" / "cte" / "meu.tmp").rename(tmp_path / "inbox" / "cte" / "meu-cte.xml")
    processado = tmp_path / "outbox" / "wms" / f"{feito.chave}-procCTe.xml"
    _esperar(lambda: processado.is_file() or servico.poll() is not None, log.read_text)
    assert processado.is_file(), log.read_text()
    # A terminal sends Ctrl+C to the whole group; the training SEFAZ runs apart from it.
    os.killpg(servico.pid, sinal) if sinal is signal.SIGINT else servico.send_signal(sinal)
    assert servico.wait(60) == 0, log.read_text()
    assert not ja_ligada(f"https://127.0.0.1:{porta}")
    dito = log.read_text()
    assert "Certificado de treino, sem valor" in dito
    assert f"{feito.chave}: 100 Autorizado" in dito
    assert "Traceback" not in dito


def test_em_outro_ambiente_so_o_servico(tmp_path: Path) -> None:
    porta = _porta_livre()
    config = _instalacao(tmp_path, porta, "homologacao")
    log = tmp_path / "saida.log"
    assert _separador(config, "init", saida=log).wait(60) == 0, log.read_text()
    servico = _separador(config, "simulador", "executar", saida=log)
    _esperar(lambda: "serviço pronto" in log.read_text() or servico.poll() is not None, log.read_text)
    assert not ja_ligada(f"https://127.0.0.1:{porta}")
    assert not (tmp_path / "config" / "certificado.pfx").exists()
    servico.send_signal(signal.SIGTERM)
    assert servico.wait(60) == 0, log.read_text()
    assert "só o serviço" in log.read_text()


@pytest.mark.requisito("PAINEL-01")
def test_o_painel_fica_quando_so_o_servico_e_desligado_e_o_liga_de_novo(tmp_path: Path) -> None:
    """As FINALIZAR and INICIAR SERVIÇO do: the holder of the lock is told to end, and another one is started."""
    config = _instalacao(tmp_path, _porta_livre(), "homologacao")
    log = tmp_path / "saida.log"
    assert _separador(config, "init", saida=log).wait(60) == 0, log.read_text()
    tudo = _separador(config, "simulador", "executar", saida=log)
    try:
        _esperar(lambda: "serviço pronto" in log.read_text() and "Painel em" in log.read_text(), log.read_text)
        endereco = next(linha for linha in log.read_text().splitlines() if linha.startswith("Painel em")).split()[-1]
        parada = tmp_path / "parada.log"
        assert _separador(config, "parar", saida=parada).wait(60) == 0, parada.read_text()
        _esperar(lambda: "O painel continua aqui" in log.read_text() or tudo.poll() is not None, log.read_text)
        assert tudo.poll() is None, log.read_text()
        assert ja_ligada(endereco)
        assert _separador(config, "iniciar", saida=parada).wait(60) in (0, 3), parada.read_text()  # 3: it takes long
        _esperar(lambda: quem_detem(tmp_path / "var") is not None, parada.read_text)
    finally:
        tudo.send_signal(signal.SIGTERM)
        codigo = tudo.wait(60)
    assert codigo == 0, log.read_text()
    assert quem_detem(tmp_path / "var") is None
    assert not ja_ligada(endereco)


def test_sefaz_que_ja_esta_la_e_usada(tmp_path: Path) -> None:
    with socket.socket() as ocupada:
        ocupada.bind(("127.0.0.1", 0))
        ocupada.listen()
        porta = int(ocupada.getsockname()[1])
        config = _instalacao(tmp_path, porta)
        log = tmp_path / "saida.log"
        assert _separador(config, "init", saida=log).wait(60) == 0
        servico = _separador(config, "simulador", "executar", saida=log)
        _esperar(lambda: "serviço pronto" in log.read_text() or servico.poll() is not None, log.read_text)
        servico.send_signal(signal.SIGTERM)
        assert servico.wait(60) == 0, log.read_text()
    assert f"Já há uma SEFAZ local em https://127.0.0.1:{porta}" in log.read_text()


class TestCertificadosDeTreino:
    AGORA = datetime(2026, 11, 20, tzinfo=UTC)

    def test_faz_o_que_falta_e_guarda_a_senha(self, tmp_path: Path) -> None:
        titular = Titular(CNPJ, "Transportadora Fictícia Ltda", tmp_path / "c.pfx", "SENHA_X")
        variaveis, feitos = por_certificados([titular], tmp_path / "senhas", {}, self.AGORA)
        assert feitos == [titular.arquivo]
        assert titular.arquivo.stat().st_mode & 0o077 == 0
        assert (tmp_path / "senhas" / "SENHA_X").stat().st_mode & 0o077 == 0
        lido = carregar_pfx(titular.arquivo.read_bytes(), variaveis["SENHA_X"].encode())
        assert isinstance(lido, Certificado)
        assert lido.cnpj == CNPJ
        assert por_certificados([titular], tmp_path / "senhas", {}, self.AGORA) == (variaveis, [])

    def test_o_que_ja_existe_nao_e_tocado(self, tmp_path: Path) -> None:
        (tmp_path / "c.pfx").write_bytes(b"o de verdade")
        titular = Titular(CNPJ, "Nome", tmp_path / "c.pfx", "SENHA_X")
        assert por_certificados([titular], tmp_path / "senhas", {}, self.AGORA) == ({}, [])
        assert (tmp_path / "c.pfx").read_bytes() == b"o de verdade"
        assert not (tmp_path / "senhas").exists()

    def test_a_senha_de_quem_a_da_vale(self, tmp_path: Path) -> None:
        titular = Titular(CNPJ, "Nome", tmp_path / "c.pfx", "SENHA_X")
        assert por_certificados([titular], tmp_path / "s", {"SENHA_X": "minha"}, self.AGORA) == ({}, [titular.arquivo])
        assert isinstance(carregar_pfx(titular.arquivo.read_bytes(), b"minha"), Certificado)
