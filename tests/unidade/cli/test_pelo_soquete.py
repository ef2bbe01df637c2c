"""Tests which commands may be given by the service's socket, and how the files of a person travel."""

from pathlib import Path

import click
import pytest

from separador.acesso import sessao
from separador.acesso.dominio import Direito
from separador.cli.base import chamada
from separador.cli.base.arquivos import Anexo, ArquivoDeEntrada, ArquivoDeSaida
from separador.cli.base.chamada import Chamada
from separador.cli.base.espera import PELO_SOQUETE_S
from separador.cli.base.pedidos import ESPERA_S
from separador.cli.base.soquete import desvio
from separador.cli.base.soquete.passagem import SESSOES, Antes, passa, recusa
from separador.motor.soquete.ajudante import PRAZO_S
from separador.pedidos.acoes import direito_de
from tests.aceitacao.acesso.test_direitos import TODOS

pytestmark = pytest.mark.requisito("BORDA-05")
PALAVRAS_DE_CAMINHO = ("ARQ", "ARQUIVO", "PASTA", "CAMINHO", "DIRETÓRIO")
SO_NOMES = {"rotas testar"}
"""Commands whose text of this kind is compared with the configuration, and opened by nobody."""


def test_passam_os_de_ler_e_operar_e_nenhum_de_administrador() -> None:
    passam = {n for n in TODOS if recusa(TODOS[n], n, direito_de(n)) is None}
    assert {n for n in passam if direito_de(n) is Direito.ADMINISTRAR} == set()
    assert {n for n in passam if direito_de(n) is Direito.LIVRE} == set(SESSOES)
    assert {n for n in TODOS if passa(n, direito_de(n))} - passam == {"certificado token", "rotas soltar"}
    assert recusa(click.Command("novo"), "comando novo", direito_de("comando novo")) is not None


def test_o_que_passa_nao_abre_caminho_que_recebeu() -> None:
    """A parameter that looks like a path says whether the command reads or writes it: a text would be opened here."""
    for nome, comando in TODOS.items():
        if recusa(comando, nome, direito_de(nome)) is not None or nome in SO_NOMES:
            continue
        for p in comando.params:
            metavar = (p.metavar or "").strip("[].").upper()
            if metavar.startswith(PALAVRAS_DE_CAMINHO):
                assert isinstance(p.type, ArquivoDeEntrada | ArquivoDeSaida), (nome, p.name)


@pytest.fixture
def pedido(monkeypatch: pytest.MonkeyPatch) -> Chamada:
    feito = Chamada(1234, "ana", Path("/nao/ha.yaml"), anexos={"guias.csv": b"a;b\n"})
    monkeypatch.setattr(chamada, "_em_curso", [feito])
    return feito


def test_o_arquivo_que_veio_e_lido_e_o_que_nao_veio_nao_e_procurado(pedido: Chamada, tmp_path: Path) -> None:
    lido = ArquivoDeEntrada().convert("./guias.csv", None, None)
    assert isinstance(lido, Anexo)
    assert (lido.read_bytes(), lido.stat().st_size, lido.name) == (b"a;b\n", 4, "guias.csv")
    with lido.open("rb") as aberto:
        assert aberto.read(2) == b"a;"
    existe = tmp_path / "existe"
    existe.write_text("segredo")
    for caminho in (str(existe), "/proc/self/environ", "/nao/ha"):
        with pytest.raises(click.BadParameter, match="não veio com o pedido"):
            ArquivoDeEntrada().convert(caminho, None, None)


def test_o_arquivo_que_sai_nao_e_escrito_aqui(pedido: Chamada, tmp_path: Path) -> None:
    alvo = ArquivoDeSaida().convert(str(tmp_path / "x"), None, None)
    assert chamada.entregar(alvo, b"dados", modo=0o600)
    assert not (tmp_path / "x").exists()
    assert pedido.arquivos[str(alvo)].dados == b"dados"


def test_quem_pede_e_a_conta_da_outra_ponta(pedido: Chamada) -> None:
    assert (chamada.uid(), chamada.conta()) == (1234, "so:ana")


@pytest.mark.parametrize(
    "comando", ["cte enviar", "cte cancelar", "cte consultar", "cte evento carta-correcao", "sefaz distribuir"]
)
def test_a_espera_cabe_no_prazo_do_comando(comando: str, request: pytest.FixtureRequest) -> None:
    esperar = next(p for p in TODOS[comando].params if p.name == "esperar_s")
    ctx = click.Context(TODOS[comando])
    assert esperar.process_value(ctx, "3600") == 3600, "a própria conta espera o quanto quiser"
    request.getfixturevalue("pedido")
    assert esperar.process_value(ctx, "45") == 45
    assert PELO_SOQUETE_S + ESPERA_S < PRAZO_S
    with pytest.raises(click.BadParameter, match="nada foi registrado"):
        esperar.process_value(ctx, "46")


def test_fora_do_soquete_tudo_e_da_propria_conta(tmp_path: Path) -> None:
    arquivo = tmp_path / "x"
    arquivo.write_text("a")
    assert ArquivoDeEntrada().convert(str(arquivo), None, None) == arquivo
    assert not chamada.entregar(arquivo, b"")
    with pytest.raises(click.BadParameter):
        ArquivoDeEntrada().convert(str(tmp_path / "nao-ha"), None, None)


@pytest.mark.parametrize(("comando", "com_ficha"), [("ecac guias localizar", True), ("ecac guias listar", False)])
def test_o_que_muda_as_vezes_leva_a_sessao(comando: str, com_ficha: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessao, "ler", lambda _: "ficha-da-ana")
    ctx = click.Context(TODOS[comando])
    assert direito_de(comando) is Direito.LER
    pedido = desvio._pedido(ctx, Direito.LER, Antes())
    assert pedido["ficha"] == ("ficha-da-ana" if com_ficha else None)
