"""A forgotten password asked for on the panel: the service makes the code and mails it; nobody else ever holds it."""

from collections.abc import Iterator
from typing import Any

import pytest

from separador.acesso.dominio import Nivel
from separador.acesso.servico import usuarios
from separador.capacidades.avisos.codigos import PEDIDO, CodigosPorEmail
from separador.correio.envio import CorreioError
from separador.pedidos import ordens
from separador.pedidos.ordens import NovoPedido
from tests.aceitacao.linha_de_comando import CODIGO
from tests.apoio.instalacao import Instalacao

ANA, INATIVO = "ana@x.com", "ivo@x.com"
SMTP = {"servidor": "smtp.exemplo.invalid", "porta": 587, "de": "separador@exemplo.invalid"}


@pytest.fixture
def instalacao(tmp_path: Any) -> Iterator[Instalacao]:
    with Instalacao(tmp_path, smtp=SMTP, painel={"url": "https://painel.exemplo"}) as i:
        for email, ativo in ((ANA, True), (INATIVO, False)):
            usuarios.incluir(
                i.banco, email, "Nome", Nivel.ADMINISTRADOR, None, quem="so:teste", agora=i.agora, ativo=ativo
            )
        yield i


def pedir(i: Instalacao, email: str) -> tuple[str, str]:
    """Orders the code, lets the service work, and returns how the order ended."""
    numero = ordens.registrar(i.dados, [NovoPedido(PEDIDO, email)], "painel", i.agora, acao="usuario recuperar")[0]
    i.rodar()
    i.ciclo.parte(CodigosPorEmail).esperar()
    i.rodar()
    linha = i.banco.uma("SELECT estado, mensagem FROM tarefa WHERE id = ?", numero)
    assert linha is not None
    return linha["estado"], linha["mensagem"]


@pytest.mark.requisito("PAINEL-01", "PROC-04")
def test_o_codigo_vai_so_por_email_e_a_resposta_nao_diz_quem_e_usuario(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    cartas: list[tuple[list[str], str]] = []
    monkeypatch.setattr(
        instalacao.ciclo.parte(CodigosPorEmail), "enviar", lambda _s, para, _a, texto, _q: cartas.append((para, texto))
    )
    respostas = {pedir(instalacao, email) for email in (ANA, INATIVO, "ninguem@x.com", "?")}
    assert len(respostas) == 1
    assert [para for para, _ in cartas] == [[ANA]]
    codigo = CODIGO.search(cartas[0][1])
    assert codigo is not None
    assert f"https://painel.exemplo/senha/definir#codigo={codigo.group()}" in cartas[0][1]
    guardado = b"".join(a.read_bytes() for a in instalacao.dados.rglob("*") if a.is_file())
    assert codigo.group().encode() not in guardado
    pedir(instalacao, ANA)
    assert len(cartas) == 1  # a young code is not annulled by who asks again
    instalacao.passar(301)
    pedir(instalacao, ANA)
    assert len(cartas) == 2


@pytest.mark.requisito("PROC-04")
def test_um_email_que_nao_sai_e_dito_no_log(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    def falhar(*_: object) -> None:
        raise CorreioError("o servidor não responde")

    monkeypatch.setattr(instalacao.ciclo.parte(CodigosPorEmail), "enviar", falhar)
    pedir(instalacao, ANA)
    assert any("o servidor não responde" in str(linha) for linha in instalacao.diario.linhas)
