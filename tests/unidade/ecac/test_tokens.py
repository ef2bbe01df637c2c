"""Tests tokens of the contractor and of procuradores, with a clock that the test moves."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.integra.autorizacao import data_http, de_200, de_304, meia_noite
from separador.capacidades.ecac.integra.credencial import MARGEM_S, PAUSA_RECUSA_S, Credenciais, Tokens
from separador.capacidades.ecac.integra.envelope import Envelope, FormaError
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Motivo, Recusado
from separador.capacidades.ecac.integra.termos import Termos
from separador.capacidades.ecac.integra.transporte import Bruta, SemResposta

pytestmark = pytest.mark.requisito("ECAC-01")
AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
BRASILIA = timezone(timedelta(hours=-3))
BOM = {"expires_in": 2008, "access_token": "a" * 36, "jwt_token": "j.w.t", "jwt_pucomex": None, "novo": [1]}


@dataclass
class Remetente:
    """Gives the answers that it was told, and records the requests."""

    respostas: list[Bruta | SemResposta] = field(default_factory=list)
    pedidos: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def enviar(self, url: str, cabecalhos: dict[str, str], corpo: bytes) -> Bruta | SemResposta:
        self.pedidos.append((url, cabecalhos, corpo))
        return self.respostas.pop(0) if self.respostas else bruta(200, BOM)


def bruta(http: int, corpo: Any, **cabecalhos: str) -> Bruta:
    return Bruta(http, cabecalhos, corpo if isinstance(corpo, bytes) else json.dumps(corpo).encode(), 1.0)


class Contexto:
    """Holds credentials with a clock that the test moves."""

    def __init__(self, *respostas: Bruta | SemResposta) -> None:
        self.relogio_s = 1000.0
        self.remetente = Remetente(list(respostas))
        self.credenciais = Credenciais(
            self.remetente, "https://x/authenticate", "chave", "sêgredo", relogio_s=lambda: self.relogio_s,
            agora=lambda: AGORA,
        )  # fmt: skip


def test_o_pedido_e_exato() -> None:
    instalacao = Contexto()
    assert isinstance(instalacao.credenciais.obter(), Tokens)
    ((url, cabecalhos, corpo),) = instalacao.remetente.pedidos
    assert (url, corpo) == ("https://x/authenticate", b"grant_type=client_credentials")
    assert cabecalhos == {
        "Authorization": "Basic " + base64.b64encode("chave:sêgredo".encode()).decode(),
        "Role-Type": "TERCEIROS",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_vale_ate_a_margem_do_fim_que_foi_dito() -> None:
    instalacao = Contexto()
    primeiro = instalacao.credenciais.obter()
    instalacao.relogio_s += 2008 - MARGEM_S - 1
    assert instalacao.credenciais.obter() is primeiro
    instalacao.relogio_s += 1
    assert instalacao.credenciais.obter() is not primeiro
    assert len(instalacao.remetente.pedidos) == 2


@pytest.mark.parametrize("vida", [None, "muito", -5, 0, 10, 1e99, True, 10**30])
def test_vida_que_nao_se_entende_e_curta(vida: object) -> None:
    instalacao = Contexto(bruta(200, BOM | {"expires_in": vida}))
    tokens = instalacao.credenciais.obter()
    assert isinstance(tokens, Tokens)
    assert tokens.fim_s == instalacao.relogio_s + 5


def test_o_recusado_nao_e_dado_de_novo_e_o_renovado_e_de_todos() -> None:
    instalacao = Contexto()
    velho = instalacao.credenciais.obter()
    assert isinstance(velho, Tokens)
    novo = instalacao.credenciais.obter(velho)
    assert novo is not velho
    assert instalacao.credenciais.obter(velho) is novo, (
        "whoever comes late with the same 401 gets what the first one got"
    )
    assert len(instalacao.remetente.pedidos) == 2


def test_recusa_e_lembrada_por_minutos() -> None:
    instalacao = Contexto(bruta(401, {"status": 401, "message": "Credenciais inválidas.", "trackerId": "x7"}))
    recusa = instalacao.credenciais.obter()
    assert isinstance(recusa, Recusado)
    assert (recusa.motivo, "[x7]" in recusa.mensagem) == (Motivo.CREDENCIAL, True)
    instalacao.relogio_s += PAUSA_RECUSA_S - 1
    assert instalacao.credenciais.obter() is recusa
    instalacao.relogio_s += 1
    assert isinstance(instalacao.credenciais.obter(), Tokens)


def test_indisponivel_nao_e_lembrado() -> None:
    instalacao = Contexto(
        bruta(503, b"", **{"retry-after": "7"}), SemResposta("caiu", True, 1.0), SemResposta("nada", False, 1.0)
    )
    primeiro, segundo, terceiro = (instalacao.credenciais.obter() for _ in range(3))
    assert isinstance(primeiro, Indisponivel)
    assert primeiro.espera_s == 7.0
    assert isinstance(segundo, Indisponivel)
    assert isinstance(terceiro, Indisponivel)
    assert (segundo.enviada, terceiro.enviada) == (True, False)
    assert isinstance(instalacao.credenciais.obter(), Tokens)


@pytest.mark.parametrize(
    ("http", "motivo"), [(400, Motivo.CREDENCIAL), (403, Motivo.CREDENCIAL), (415, Motivo.DEFEITO)]
)
def test_recusas(http: int, motivo: Motivo) -> None:
    recusa = Contexto(bruta(http, b"<html>")).credenciais.obter()
    assert isinstance(recusa, Recusado)
    assert recusa.motivo is motivo


@pytest.mark.parametrize(
    "corpo",
    [b"", b"<html>", b"[]", b"null", {}, BOM | {"access_token": ""}, BOM | {"jwt_token": None}, BOM | {"jwt_token": 1},
     BOM | {"access_token": "a\r\nX: 1"}, BOM | {"access_token": "ção"}],
)  # fmt: skip
def test_200_que_nao_da_tokens(corpo: Any) -> None:
    assert isinstance(Contexto(bruta(200, corpo)).credenciais.obter(), Desconhecido)


def test_os_tokens_nao_aparecem_em_textos() -> None:
    tokens = Contexto().credenciais.obter()
    assert "j.w.t" not in repr(tokens)
    meio = Contexto(bruta(200, {"access_token": "segredo-x"})).credenciais.obter()
    assert "segredo-x" not in repr(meio)
    assert isinstance(meio, Desconhecido)
    assert b"segredo-x" not in meio.bruto


@given(st.binary(max_size=200), st.integers(100, 599))
def test_qualquer_resposta_tem_um_desfecho(corpo: bytes, http: int) -> None:
    assert Contexto(bruta(http, corpo)).credenciais.obter() is not None


# --- termo -----------------------------------------------------------------------------------------------------------

TOKEN = "ab87df0B-6d08-3d78-13d2-d474b90b05f3"


@pytest.mark.parametrize(
    ("texto", "lido"),
    [
        ("Sat, 15 Oct 2022 00:00:01 GMT", datetime(2022, 10, 15, 0, 0, 1, tzinfo=UTC)),
        ("sab, 15 out 2022 21:10:49 GMT", datetime(2022, 10, 15, 21, 10, 49, tzinfo=UTC)),
        ("sáb, 5 dez 2026 01:02:03 GMT", datetime(2026, 12, 5, 1, 2, 3, tzinfo=UTC)),
        ("sáb., 05 dez. 2026 01:02:03 GMT", datetime(2026, 12, 5, 1, 2, 3, tzinfo=UTC)),
        ("Fri, 20 Feb 2026 10:00:00 GMT", datetime(2026, 2, 20, 10, tzinfo=UTC)),
        ("sex, 20 fev 2026 10:00:00 GMT", datetime(2026, 2, 20, 10, tzinfo=UTC)),
        ("", None),
        ("amanhã", None),
        ("Sat, 32 Oct 2022 00:00:01 GMT", None),
        ("Sat, 15 Xyz 2022 00:00:01 GMT", None),
    ],
)
def test_datas_em_ingles_e_portugues(texto: str, lido: datetime | None) -> None:
    assert data_http(texto) == lido


@pytest.mark.parametrize(
    "etag",
    [f'"autenticar_procurador_token:{TOKEN}"', f"autenticar_procurador_token:{TOKEN}",
     f'W/"autenticar_procurador_token:{TOKEN}"', f' "autenticar_procurador_token: {TOKEN} " '],
)  # fmt: skip
def test_304_em_todas_as_formas(etag: str) -> None:
    lido = de_304({"etag": etag, "expires": "Sat, 21 Nov 2026 03:00:00 GMT"}, AGORA)
    assert (lido.token, lido.expira_em) == (TOKEN, datetime(2026, 11, 21, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    "etag", ["", '""', "outra:coisa", "autenticar_procurador_token:", '"autenticar_procurador_token:é"']
)
def test_304_sem_token(etag: str) -> None:
    with pytest.raises(FormaError):
        de_304({"etag": etag} if etag else {}, AGORA)


@pytest.mark.parametrize("expires", [None, "amanhã cedo"])
def test_sem_data_vale_ate_a_meia_noite_de_brasilia(expires: str | None) -> None:
    cabecalhos = {"etag": f"autenticar_procurador_token:{TOKEN}"} | ({"expires": expires} if expires else {})
    assert de_304(cabecalhos, AGORA).expira_em == datetime(2026, 11, 21, tzinfo=BRASILIA)
    assert meia_noite(datetime(2026, 11, 21, 2, 59, tzinfo=UTC)) == datetime(2026, 11, 21, tzinfo=BRASILIA)


def test_200_do_termo() -> None:
    def envelope(dados: object) -> Envelope:
        return Envelope(200, dados, (), None, {})

    dados = {"autenticar_procurador_token": TOKEN, "data_hora_expiracao": "2026-11-21T00:00:00"}
    lido = de_200(envelope(dados), AGORA)
    assert (lido.token, lido.expira_em) == (TOKEN, datetime(2026, 11, 21, tzinfo=BRASILIA))
    com_zona = de_200(envelope(dados | {"data_hora_expiracao": "2026-11-21T00:00:00Z"}), AGORA)
    assert com_zona.expira_em == datetime(2026, 11, 21, tzinfo=UTC)
    sem = de_200(envelope({"autenticar_procurador_token": f"autenticar_procurador_token:{TOKEN}"}), AGORA)
    assert (sem.token, sem.expira_em) == (TOKEN, datetime(2026, 11, 21, tzinfo=BRASILIA))
    with pytest.raises(FormaError):
        de_200(envelope({}), AGORA)


def test_outro_termo_acaba_com_o_token_do_anterior() -> None:
    termos = Termos()
    termos.guardar("1", b"um")
    termos.anotar("1", de_304({"etag": f"autenticar_procurador_token:{TOKEN}"}, AGORA))
    assert termos.token("1", AGORA) is not None
    termos.guardar("1", b"um")
    assert termos.token("1", AGORA) is not None
    assert termos.token("1", AGORA + timedelta(hours=12)) is None
    termos.guardar("1", b"outro")
    assert termos.token("1", AGORA) is None


@pytest.mark.parametrize("http", [429, 500, 502, 599])
def test_autenticacao_que_nao_responde_agora(http: int) -> None:
    r = Contexto(bruta(http, b"")).credenciais.obter()
    assert isinstance(r, Indisponivel)
    assert (r.http, r.codigo) == (http, f"AUTH-{http}")
