"""Tests that every order file gets its one answer, whatever is in it and whatever becomes of it."""

import json
from typing import Any

import pytest

from separador.capacidades.cte.servico import validacao
from separador.capacidades.cte.servico.evento import pedidos
from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.integracao.cte.test_eventos import CARTA, pedir, responder, tomar

CAMPOS = ["pedido", "chave", "resultado", "codigo", "mensagem", "situacao", "etapa", "quando", "retorno"]
EVENTO = b'"pedido":"evento","evento":"carta-correcao"'


def quebrar(*_: Any) -> None:
    raise RuntimeError("defeito de mentira")


def ate_a_quarentena(instalacao: Instalacao, nome: str) -> None:
    for _ in range(3):
        instalacao.passar(60)
    assert instalacao.desfecho(nome) == "quarentena"


@pytest.mark.requisito("BORDA-19", "NOM-02")
@pytest.mark.parametrize("corpo", [
    b'{"pedido":"cancelar","chave":"%s","motivo":"\\ud83d um motivo bem comprido"}', b'{"\\ud800":"%s"}',
    b'{"pedido":"\\udfff","chave":"%s"}', b'{"pedido":"consultar","chave":"\\udc80%s"}',
    b"{" + EVENTO + b',"chave":"%s","dados":{"correcoes":"\\ud800"}}', b"{" + EVENTO + b',"chave":"%s","\\ud800":1}',
    b'{"pedido":"evento","evento":"\\ud800","chave":"%s","dados":{}}',
    b'{"pedido":"cancelar","chave":"%s","motivo":"\xed\xa0\x80"}',
])  # fmt: skip
def test_texto_cortado_e_recusado_na_hora(instalacao: Instalacao, corpo: bytes) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(3, "p.json", corpo % e.chave.encode())
    resposta = instalacao.json(3, "p-ret.json")
    assert (resposta["resultado"], resposta["codigo"]) == ("recusado", "SEP-PEDIDO")
    assert instalacao.desfecho("p.json") == "recusado"
    assert instalacao.recortes("incidentes") == []


@pytest.mark.requisito("BORDA-19", "NOM-02")
def test_pedido_em_quarentena_tem_resposta(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    e = instalacao.autorizado(1)
    monkeypatch.setattr(pedidos, "por_arquivo", quebrar)
    instalacao.soltar(3, "p.json", ev.pedido("consultar", e.chave).dados)
    assert "p-ret.json" not in instalacao.nomes(3)
    ate_a_quarentena(instalacao, "p.json")
    resposta = instalacao.json(3, "p-ret.json")
    assert list(resposta) == CAMPOS
    assert (resposta["resultado"], resposta["codigo"], resposta["retorno"]) == ("recusado", "SEP-QUARENTENA", None)
    assert instalacao.falhas() == ["SEP-QUARENTENA"]
    assert instalacao.nomes(3).count("p-ret.json") == 1


@pytest.mark.requisito("BORDA-19", "NOM-02")
def test_validacao_e_exportacao_em_quarentena_tem_resposta(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    boa = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    monkeypatch.setattr(validacao, "validar", quebrar)
    monkeypatch.setattr("separador.capacidades.cte.servico.envio.receber", quebrar)
    instalacao.por(5, "v.xml", boa.dados)
    instalacao.soltar(1, "nota-cte.xml", boa.dados)
    ate_a_quarentena(instalacao, "v.xml")
    ate_a_quarentena(instalacao, "nota-cte.xml")
    assert instalacao.json(5, "v-ret.json")["codigo"] == "SEP-QUARENTENA"
    assert instalacao.json(2, "nota-cte.json")["codigo"] == "SEP-QUARENTENA"
    assert b"SEP-QUARENTENA" in instalacao.ler(2, "nota-cte.err")


@pytest.mark.requisito("BORDA-19", "SEP-08")
def test_arquivo_comum_e_retorno_em_quarentena_nao_tem(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    e = instalacao.enviado(1)
    monkeypatch.setattr("separador.capacidades.cte.servico.retornos.receber", quebrar)
    antes = instalacao.nomes(2)
    instalacao.rejeitar(e)
    for _ in range(3):
        instalacao.passar(60)
    assert instalacao.falhas() == ["SEP-QUARENTENA"]
    assert instalacao.nomes(2) == antes


@pytest.mark.requisito("BORDA-19", "NOM-02")
def test_pedido_grande_demais_tem_resposta(instalacao: Instalacao) -> None:
    instalacao.soltar(3, "p.json", b'{"' + b"x" * (11 * 1024 * 1024) + b'":""}')
    assert instalacao.nomes(3) == ["p-ret.json"], "a resposta a um pedido é uma só, e não um .err"
    assert instalacao.json(3, "p-ret.json")["codigo"] == "SEP-TAMANHO"


@pytest.mark.requisito("BORDA-19", "SEP-03")
def test_resposta_da_quarentena_espera_a_pasta(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service goes on without the folder of the answer, and answers when it is back."""
    e = instalacao.autorizado(1)
    monkeypatch.setattr(pedidos, "por_arquivo", quebrar)
    instalacao.soltar(3, "p.json", ev.pedido("consultar", e.chave).dados)
    instalacao.limpar(3)
    pasta = instalacao.destino(3)
    fora = pasta.with_name("fora")
    pasta.rename(fora)
    for _ in range(4):
        instalacao.passar(60)
    assert instalacao.desfecho("p.json") is None
    fora.rename(pasta)
    for _ in range(4):
        instalacao.passar(60)
    assert instalacao.desfecho("p.json") == "quarentena"
    assert instalacao.nomes(3) == ["p-ret.json"]


@pytest.mark.requisito("BORDA-24")
@pytest.mark.parametrize("corpo", ["{}", '{"pedido":"evento","evento":"carta-correcao"}'])
@pytest.mark.parametrize("onde", ["pedido", "dados"])
def test_cem_mil_campos_desconhecidos(instalacao: Instalacao, corpo: str, onde: str) -> None:
    lixo: dict[str, Any] = {f"campo{i}": "" for i in range(100_000)}
    inteiro = json.loads(corpo) | (lixo if onde == "pedido" else {"dados": lixo})
    instalacao.soltar(3, "p.json", json.dumps(inteiro).encode())
    assert len(instalacao.ler(3, "p-ret.json")) < 20_000
    assert instalacao.json(3, "p-ret.json")["resultado"] == "recusado"


@pytest.mark.requisito("BORDA-24")
def test_cem_mil_campos_desconhecidos_nos_dados_de_um_evento_bom(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    lixo = {f"campo{i}": "" for i in range(100_000)}
    resposta = pedir(instalacao, "carta-correcao", e.chave, CARTA | lixo)
    assert resposta["resultado"] == "recusado"
    assert len(json.dumps(resposta)) < 20_000
    assert "e mais 99.990: campos desconhecidos" in resposta["mensagem"]


@pytest.mark.requisito("BORDA-24")
def test_chave_em_blocos_de_quatro(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    blocos = " ".join(e.chave[i : i + 4] for i in range(0, 44, 4))
    assert instalacao.pedir("consultar", blocos)["resultado"] == "feito"
    resposta = pedir(instalacao, "carta-correcao", f"CTe{blocos}", CARTA)
    assert (resposta["resultado"], resposta["chave"]) == ("feito", e.chave)


@pytest.mark.requisito("BORDA-19", "NOM-02")
def test_a_resposta_diz_o_nome_do_retorno_da_sefaz(instalacao: Instalacao) -> None:
    """Each name that an answer promises is the name that comes."""
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    resposta = pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml)
    assert resposta["retorno"] == "evento001-eve.xml"
    assert resposta["retorno"] in instalacao.nomes(2)
    resposta = instalacao.pedir("consultar", e.chave)
    instalacao.consultado(e)
    assert resposta["retorno"] == f"{e.base}-sit.xml"
    assert resposta["retorno"] in instalacao.nomes(2)
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["retorno"] is None, "recusado: tem carta de correção"


@pytest.mark.requisito("BORDA-19", "NOM-02")
def test_o_nome_do_retorno_de_envio_e_de_cancelamento(instalacao: Instalacao) -> None:
    outro = instalacao.enviado(2)
    instalacao.rejeitar(outro)
    instalacao.limpar(2)
    resposta = instalacao.pedir("enviar", outro.chave)
    instalacao.pegar(1, outro.nome)
    instalacao.autorizar(outro)
    assert resposta["retorno"] == f"{outro.base}-pro-rec.xml"
    assert resposta["retorno"] in instalacao.nomes(2)
    c = instalacao.cancelando(3)
    assert instalacao.json(3, "pedido002-ret.json")["retorno"] == "pedido002-eve.xml"
    instalacao.responder_evento(c)
    assert "pedido002-eve.xml" in instalacao.nomes(2)
    assert instalacao.pedir("estornar", c.chave)["retorno"] is None
