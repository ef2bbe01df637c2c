"""Tests envelopes in the varied forms of real answers, and the verdict on each code."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.integra import envelope as env
from separador.capacidades.ecac.integra.codigos_de_resposta import OutroTermo, OutroToken, esperar_s, julgar
from separador.capacidades.ecac.integra.envelope import Defeito, Envelope, FormaError, Ni, abrir, montar
from separador.capacidades.ecac.integra.guias import DAS
from separador.capacidades.ecac.integra.pagamentos import COMPROVANTE, PAGAMENTOS
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Motivo, Recusado
from separador.capacidades.ecac.integra.transporte import Bruta

pytestmark = pytest.mark.requisito("ECAC-07")
AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def resposta(**mudar: Any) -> dict[str, Any]:
    base = {
        "contratante": {"numero": "11222333000181", "tipo": 2},
        "contribuinte": {"numero": "77000000000116", "tipo": 2},
        "pedidoDados": {"dados": "{}"},
        "status": 200,
        "dados": "[]",
        "mensagens": [{"codigo": "Sucesso-PAGTOWEB-00000", "texto": "ok"}],
    }
    return base | mudar


def bruta(http: int, corpo: Any = b"", **cabecalhos: str) -> Bruta:
    bytes_ = corpo if isinstance(corpo, bytes) else json.dumps(corpo, ensure_ascii=False).encode()
    return Bruta(http, {k.replace("_", "-"): v for k, v in cabecalhos.items()}, bytes_, 1.0)


def test_o_pedido_e_codificado_duas_vezes() -> None:
    corpo = json.loads(montar(PAGAMENTOS, "11222333000181", "52998224725", Ni.de("77000000000116"), {"a": "ção"}))
    assert corpo["contratante"] == {"numero": "11222333000181", "tipo": 2}
    assert corpo["autorPedidoDados"] == {"numero": "52998224725", "tipo": 1}
    assert corpo["contribuinte"] == {"numero": "77000000000116", "tipo": 2}
    assert corpo["pedidoDados"]["dados"] == '{"a":"ção"}'
    assert corpo["pedidoDados"]["versaoSistema"] == "1.0"
    vazio = json.loads(montar(PAGAMENTOS, "11222333000181", "52998224725", Ni.de("77000000000116"), None))
    assert vazio["pedidoDados"]["dados"] == ""


@pytest.mark.parametrize(
    ("mudanca", "dados"),
    [
        ({"dados": '[{"a": 1.10}]'}, [{"a": Decimal("1.10")}]),
        ({"dados": '{"a": null}'}, {"a": None}),
        ({"dados": '"1"'}, "1"),
        ({"dados": "1"}, 1),
        ({"dados": ""}, None),
        ({"dados": None}, None),
        ({"dados": [{"a": 1}]}, [{"a": 1}]),
        ({"dados": {"a": 1}}, {"a": 1}),
    ],
)
def test_dados_em_todas_as_formas(mudanca: dict[str, Any], dados: object) -> None:
    lido = abrir(json.dumps(resposta(**mudanca)).encode())
    assert isinstance(lido, Envelope)
    assert lido.dados == dados


@pytest.mark.parametrize(("valor", "lido"), [(200, 200), ("200", 200), (None, None), ("ok", None), (True, None)])
def test_status_numero_ou_texto(valor: object, lido: int | None) -> None:
    aberto = abrir(json.dumps(resposta(status=valor)).encode())
    assert isinstance(aberto, Envelope)
    assert aberto.status == lido


@pytest.mark.parametrize("mensagens", [None, [], "x", [None], [{}]])
def test_mensagens_nulas_ou_tortas(mensagens: object) -> None:
    aberto = abrir(json.dumps(resposta(mensagens=mensagens)).encode())
    assert isinstance(aberto, Envelope)
    assert aberto.codigo == ""


def test_codigos_com_e_sem_colchetes() -> None:
    for texto in ("[Aviso-PGMEI-MSG_23018]", "Aviso-PGMEI-MSG_23018", " [ Aviso-PGMEI-MSG_23018 ] "):
        aberto = abrir(json.dumps(resposta(mensagens=[{"codigo": texto, "texto": " x "}])).encode())
        assert isinstance(aberto, Envelope)
        assert aberto.codigo == "Aviso-PGMEI-MSG_23018"


def test_marca_de_ordem_de_bytes_e_aceita() -> None:
    assert isinstance(abrir(b"\xef\xbb\xbf" + json.dumps(resposta()).encode()), Envelope)


@pytest.mark.parametrize(
    "corpo",
    [b"", b"<html>", b"null", b"[]", b"1", b'"x"', b"{}", b'{"a":1}', b"\xff\xfe", b"[" * 100_000, b'{"status":NaN}',
     b"9" * 5000],
)  # fmt: skip
def test_o_que_nao_e_resposta(corpo: bytes) -> None:
    assert abrir(corpo) is None


def test_defeitos_do_gateway() -> None:
    assert abrir(b'{"code":"900901","message":"Invalid Credentials"}') == Defeito("900901", "Invalid Credentials")
    assert abrir(b'{"fault":{"code":900800,"message":"x"}}') == Defeito("900800", "x")
    assert abrir(b"<ams:fault><ams:code>900902</ams:code><ams:message>Oi</ams:message></ams:fault>") == Defeito(
        "900902", "Oi"
    )


@given(st.binary(max_size=300))
def test_quaisquer_bytes_tem_um_veredito(corpo: bytes) -> None:
    for http in (200, 204, 302, 400, 401, 403, 404, 429, 500, 503):
        assert julgar(bruta(http, corpo), PAGAMENTOS, AGORA) is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(
        ["status", "dados", "mensagens", "codigo", "texto", "pedidoDados", "pdf", "numeroDocumento", "tipo", "code"]
    ), x, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(JSON, st.sampled_from([200, 400, 403, 500]))
def test_qualquer_json_tem_um_veredito(valor: object, http: int) -> None:
    assert julgar(bruta(http, json.dumps(valor).encode()), COMPROVANTE, AGORA) is not None


# --- verdicts --------------------------------------------------------------------------------------------------------


def com_codigo(codigo: str, status: int = 200) -> dict[str, Any]:
    return resposta(status=status, dados="", mensagens=[{"codigo": codigo, "texto": "texto"}])


@pytest.mark.parametrize(
    ("http", "codigo", "motivo"),
    [
        (403, "[AcessoNegado-ICGERENCIADOR-022]", Motivo.SEM_PROCURACAO),
        (403, "[AcessoNegado-ICGERENCIADOR-032]", Motivo.SEM_PROCURACAO),
        (403, "[AcessoNegado-ICGERENCIADOR-019]", Motivo.TERMO),
        (403, "[AcessoNegado-ICGERENCIADOR-053]", Motivo.TERMO),
        (403, "[AcessoNegado-ICGERENCIADOR-054]", Motivo.TERMO),
        (403, "[AcessoNegado-ICGERENCIADOR-016]", Motivo.CREDENCIAL),
        (403, "[AcessoNegado-ICGERENCIADOR-018]", Motivo.CREDENCIAL),
        (403, "[AcessoNegado-ICGERENCIADOR-017]", Motivo.DEFEITO),
        (403, "[AcessoNegado-ICGERENCIADOR-999]", Motivo.NEGADO),
        (403, "[AcessoNegado-NOVO-001]", Motivo.NEGADO),
        (400, "[EntradaIncorreta-ICGERENCIADOR-008]", Motivo.ENTRADA),
        (400, "[EntradaIncorreta-ICGERENCIADOR-010]", Motivo.CREDENCIAL),
        (400, "[EntradaIncorreta-ICGERENCIADOR-052]", Motivo.DEFEITO),
        (400, "[EntradaIncorreta-ICGERENCIADOR-055]", Motivo.DESCONTINUADO),
        (500, "[Erro-ICGERENCIADOR-001]", Motivo.DEFEITO),
        (400, "EntradaIncorreta-PAGTOWEB-00001", Motivo.ENTRADA),
        (200, "EntradaIncorreta-PAGTOWEB-00002", Motivo.DE_OUTRO),
        (400, "EntradaIncorreta-PAGTOWEB-00002", Motivo.DE_OUTRO),
        (429, "Aviso-EVENTOSATUALIZACAO-004", Motivo.LIMITE),
        (200, "EntradaIncorreta-PGMEI-MSG_23008", Motivo.ENTRADA),
        (500, "EntradaIncorreta-PAGTOWEB-00001", Motivo.ENTRADA),
        (400, "[EntradaIncorreta-AUTENTICAPROCURADOR-017]", Motivo.TERMO),
        (403, "[AcessoNegado-AUTENTICAPROCURADOR-010]", Motivo.CERTIFICADO),
        (403, "[AcessoNegado-AUTENTICAPROCURADOR-012]", Motivo.TERMO),
        (400, "[EntrataIncorreta-PROCURACOES-40004]", Motivo.ENTRADA),
    ],
)
def test_recusas(http: int, codigo: str, motivo: Motivo) -> None:
    veredito = julgar(bruta(http, com_codigo(codigo, http)), COMPROVANTE, AGORA)
    assert isinstance(veredito, Recusado)
    assert (veredito.motivo, veredito.codigo, veredito.http) == (motivo, codigo.strip("[]"), http)


@pytest.mark.parametrize(
    ("http", "codigo"),
    [
        (500, "[Erro-ICGERENCIADOR-002]"), (500, "[Erro-ICGERENCIADOR-023]"), (403, "[AcessoNegado-ICGERENCIADOR-031]"),
        (400, "[EntradaIncorreta-ICGERENCIADOR-030]"), (500, "Erro-PAGTOWEB-00099"), (503, "qualquer"),
        (500, "Erro-EVENTOSATUALIZACAO-003"), (200, "Erro-PAGTOWEB-00099"),
    ],
)  # fmt: skip
def test_mais_tarde(http: int, codigo: str) -> None:
    veredito = julgar(bruta(http, com_codigo(codigo, http)), COMPROVANTE, AGORA)
    assert isinstance(veredito, Indisponivel)
    assert veredito.codigo == codigo.strip("[]")


@pytest.mark.parametrize("numero", ["003", "013", "025", "037", "047"])
def test_jwt_ruim_pede_outro_token(numero: str) -> None:
    veredito = julgar(bruta(403, com_codigo(f"[AcessoNegado-ICGERENCIADOR-{numero}]", 403)), PAGAMENTOS, AGORA)
    assert isinstance(veredito, OutroToken)


def test_020_pede_outro_termo() -> None:
    veredito = julgar(bruta(403, com_codigo("[AcessoNegado-ICGERENCIADOR-020]", 403)), PAGAMENTOS, AGORA)
    assert isinstance(veredito, OutroTermo)


@pytest.mark.parametrize(
    "corpo",
    [b"", b'{"code":"900901","message":"x"}', b"<html>", b"<ams:fault><ams:code>900902</ams:code></ams:fault>"],
)
def test_401_em_todas_as_formas(corpo: bytes) -> None:
    assert isinstance(julgar(bruta(401, corpo), PAGAMENTOS, AGORA), OutroToken)


def test_http_e_status_precisam_ser_200() -> None:
    assert isinstance(julgar(bruta(200, resposta(status=500)), PAGAMENTOS, AGORA), Indisponivel)
    assert isinstance(julgar(bruta(500, resposta(status=200)), PAGAMENTOS, AGORA), Indisponivel)
    assert isinstance(julgar(bruta(200, resposta(status=None)), PAGAMENTOS, AGORA), Desconhecido)
    assert isinstance(julgar(bruta(200, resposta(status="200")), PAGAMENTOS, AGORA), Envelope)


def test_204_e_uma_resposta_vazia() -> None:
    veredito = julgar(bruta(204), PAGAMENTOS, AGORA)
    assert isinstance(veredito, Envelope)
    assert veredito.dados is None


@pytest.mark.parametrize("corpo", [b"", b"<html>proxy</html>", b'{"outra": "coisa"}', b'{"status": 200, "dados": "["}'])
def test_200_que_nao_se_entende_nunca_e_sucesso(corpo: bytes) -> None:
    assert isinstance(julgar(bruta(200, corpo), PAGAMENTOS, AGORA), Desconhecido)


@pytest.mark.parametrize(("http", "corpo"), [(500, b""), (502, b"<html>"), (504, b"x"), (500, b'{"code":"101504"}')])
def test_emissao_que_o_gateway_perdeu_de_vista_e_desconhecida(http: int, corpo: bytes) -> None:
    """The guide may exist, so it is never asked for again blindly."""
    assert isinstance(julgar(bruta(http, corpo), DAS, AGORA), Desconhecido)
    assert isinstance(julgar(bruta(http, corpo), PAGAMENTOS, AGORA), Indisponivel)


def test_emissao_que_o_servico_diz_que_falhou_pode_voltar() -> None:
    veredito = julgar(bruta(500, com_codigo("Erro-PGMEI-MSG_23001", 500)), DAS, AGORA)
    assert isinstance(veredito, Indisponivel)


def test_429_diz_quanto_esperar() -> None:
    veredito = julgar(bruta(429, b'{"code":"900800","message":"x"}', retry_after="120"), PAGAMENTOS, AGORA)
    assert isinstance(veredito, Indisponivel)
    assert (veredito.http, veredito.espera_s) == (429, 120.0)


@pytest.mark.parametrize(
    ("texto", "segundos"),
    [(None, None), ("30", 30.0), ("Fri, 20 Nov 2026 15:01:00 GMT", 60.0), ("Fri, 20 Nov 2026 14:00:00 GMT", 0.0),
     ("logo", None), ("", None), ("999999", 86400.0)],
)  # fmt: skip
def test_retry_after(texto: str | None, segundos: float | None) -> None:
    assert esperar_s(texto, AGORA) == segundos


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-04")
@pytest.mark.parametrize(
    ("texto", "lido"),
    [
        ("2019-09-30T00:00:00-03:00", date(2019, 9, 30)),
        ("2019-09-30T23:59:59-03:00", date(2019, 9, 30)),
        ("2019-09-30", date(2019, 9, 30)),
        ("20180220", date(2018, 2, 20)),
        (None, None),
        ("", None),
    ],
)
def test_a_data_nunca_muda_de_dia(texto: str | None, lido: date | None) -> None:
    assert env.dia({"d": texto}, "d") == lido


def test_data_torta() -> None:
    with pytest.raises(FormaError, match="não é uma data"):
        env.dia({"d": "30/09/2019"}, "d")


@pytest.mark.parametrize("valor", [True, [], {}, "abc", Decimal("Infinity"), 10**16])
def test_dinheiro_torto(valor: object) -> None:
    with pytest.raises(FormaError):
        env.dinheiro({"v": valor}, "v")


def test_dinheiro() -> None:
    lido = env.ler_json('{"a": 369176.53, "b": 40, "c": "12.5", "d": null}')
    assert [env.dinheiro(lido, n) for n in "abcd"] == [Decimal("369176.53"), Decimal(40), Decimal("12.5"), None]
    assert str(env.dinheiro(lido, "b")) == "40.00"


@pytest.mark.parametrize(("http", "motivo"), [(403, Motivo.NEGADO), (404, Motivo.DEFEITO), (415, Motivo.DEFEITO)])
def test_recusa_sem_corpo_e_recusa_e_pagina_de_proxy_nao(http: int, motivo: Motivo) -> None:
    veredito = julgar(bruta(http), PAGAMENTOS, AGORA)
    assert isinstance(veredito, Recusado)
    assert veredito.motivo is motivo
    assert isinstance(julgar(bruta(http, b"<html>bloqueado</html>"), PAGAMENTOS, AGORA), Desconhecido)


def test_403_do_gateway_da_frente_e_de_credencial() -> None:
    veredito = julgar(bruta(403, b'{"code":"900908","message":"Resource forbidden"}'), PAGAMENTOS, AGORA)
    assert isinstance(veredito, Recusado)
    assert (veredito.motivo, veredito.codigo) == (Motivo.CREDENCIAL, "900908")
