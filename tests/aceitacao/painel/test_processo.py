"""The process: where it listens, how it ends, what it says when it cannot begin; the first access."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aceitacao.linha_de_comando import Cli, cli
from tests.aceitacao.painel.conftest import desligar, ligar

__all__ = ["cli"]
pytestmark = pytest.mark.requisito("PAINEL-01")


@pytest.fixture
def porta_ocupada() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as tomada:
        yield tomada.getsockname()[1]


def test_um_endereco_ocupado_e_uma_frase_e_saida_1(cli: Cli, porta_ocupada: int) -> None:
    dito = cli.exigir("painel", "--escuta", f"127.0.0.1:{porta_ocupada}", codigo=1)
    assert f"127.0.0.1:{porta_ocupada}" in dito


@pytest.mark.parametrize("escuta", ["0.0.0.0:8090", "192.0.2.1:1", "sem porta", "127.0.0.1:99999"])
def test_fora_da_maquina_sem_tls_e_o_que_nao_e_endereco_saem_com_2(cli: Cli, escuta: str) -> None:
    cli.exigir("painel", "--escuta", escuta, codigo=2)


def test_a_chave_painel_e_conferida_com_o_arquivo(cli: Cli) -> None:
    cli.configurar(painel={"escuta": "0.0.0.0:8090"})
    assert "painel.escuta" in cli.exigir("config", "conferir", codigo=2)
    cli.configurar(painel={"escuta": "127.0.0.1:8091", "url": "ftp://x", "proxy": ["nome"]})
    dito = cli.exigir("config", "conferir", codigo=2)
    assert "painel.url" in dito
    assert "painel.proxy" in dito
    cli.configurar(painel={"escuta": "127.0.0.1:8091", "url": "https://painel.exemplo", "proxy": ["127.0.0.1"]})
    assert "https://painel.exemplo" in cli.exigir("config", "conferir")


class _SoEste:
    """What `ligar` needs of a scenario."""

    def __init__(self, config: Path) -> None:
        self.maquina = self
        self.config = config
        self.env: dict[str, str] | None = None


def test_antes_do_primeiro_usuario_so_ha_o_primeiro_acesso_e_o_fim_e_0(cli: Cli) -> None:
    painel = ligar(_SoEste(cli.config))  # type: ignore[arg-type]
    try:
        n = painel.navegador()
        assert n.abrir("/cte").para == "/primeiro-acesso"
        pagina = n.abrir("/primeiro-acesso").texto
        assert "usuario incluir" in pagina
        assert "usuario recuperar" in pagina
        assert str(cli.config) in pagina
        assert "<form" not in pagina
        assert json.loads(cli.exigir("situacao", "--json"))["servico"]["painel"] == painel.linha.split()[-1]
        assert n.abrir("/saude").texto == '{"painel": true, "servico": "desligado"}'
    finally:
        assert desligar(painel) == 0
    assert json.loads(cli.exigir("situacao", "--json"))["servico"]["painel"] is None
