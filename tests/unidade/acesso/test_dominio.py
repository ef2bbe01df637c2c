"""Tests the pure rules of levels and rights, lock-out, passwords, one-time codes and sessions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.acesso import dominio as acesso
from separador.acesso.dominio import Conta, Direito, Nivel

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
H = timedelta(hours=1)


@pytest.mark.requisito("PROC-04", "PROC-05")
@pytest.mark.parametrize(("nivel", "direitos"), [
    (Nivel.CONSULTA, {Direito.LIVRE, Direito.LER}),
    (Nivel.OPERADOR, {Direito.LIVRE, Direito.LER, Direito.OPERAR}),
    (Nivel.ADMINISTRADOR, {Direito.LIVRE, Direito.LER, Direito.OPERAR, Direito.ADMINISTRAR}),
])  # fmt: skip
def test_o_que_cada_nivel_pode(nivel: Nivel, direitos: set[Direito]) -> None:
    assert {d for d in Direito if acesso.pode(nivel, d)} == direitos


def test_a_recusa_diz_quem_o_que_e_o_que_falta() -> None:
    frase = acesso.sem_direito("bia@x.com", Nivel.CONSULTA, "cte enviar", Direito.OPERAR)
    assert frase == (
        "bia@x.com tem nível consulta, que não pode usar cte enviar: é preciso nível administrador ou operador. "
        "Nada foi mudado."
    )


@pytest.mark.parametrize(("texto", "normal"), [
    ("ana@x.com", "ana@x.com"), ("  Ana.Prado@Escritorio.COM.br ", "ana.prado@escritorio.com.br"),
    ("a+b@x-y.com", "a+b@x-y.com"),
    *((ruim, None) for ruim in (
        "", "ana", "ana@", "@x.com", "ana@x", "ana@x..com", "a na@x.com", "ana@-x.com", "ana@x.com\n\nBcc: y@z.com",
        "ána@x.com", ".ana@x.com", "a..b@x.com", "ana@x.com,b@x.com", "so:root", f"{'a' * 65}@x.com",
        "a" * 300 + "@x.com",
    )),
])  # fmt: skip
def test_email(texto: str, normal: str | None) -> None:
    assert acesso.email_normal(texto) == normal


@pytest.mark.requisito("PROC-04")
@pytest.mark.parametrize(("nivel", "ativo", "ultimo", "recusado"), [
    (Nivel.ADMINISTRADOR, True, True, False),
    (Nivel.ADMINISTRADOR, False, True, True),
    (Nivel.OPERADOR, True, True, True),
    (Nivel.OPERADOR, True, False, False),
    (Nivel.ADMINISTRADOR, False, False, False),
])  # fmt: skip
def test_alguem_deve_poder_administrar(nivel: Nivel, ativo: bool, ultimo: bool, recusado: bool) -> None:
    conta = Conta(Nivel.ADMINISTRADOR, ativo=True, ultimo_administrador=ultimo)
    assert (acesso.mudanca_recusada(conta, nivel, ativo) is not None) is recusado
    for outra in (Conta(Nivel.OPERADOR, True, ultimo), Conta(Nivel.ADMINISTRADOR, False, ultimo)):
        assert acesso.mudanca_recusada(outra, nivel, ativo) is None


@pytest.mark.requisito("PROC-04")
def test_a_espera_cresce_e_tem_limite() -> None:
    esperas = [acesso.espera_apos(n).total_seconds() for n in range(13)]
    assert esperas == [0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert acesso.espera_apos(10**9) == acesso.ESPERA_MAXIMA


def test_bloqueio_e_relogio_errado() -> None:
    assert acesso.bloqueio_restante(None, AGORA) == timedelta(0)
    assert acesso.bloqueio_restante(AGORA + timedelta(seconds=30), AGORA) == timedelta(seconds=30)
    assert acesso.bloqueio_restante(AGORA, AGORA) == timedelta(0)
    # a lock written while the clock was a year ahead does not last a year
    assert acesso.bloqueio_restante(AGORA + timedelta(days=365), AGORA) == timedelta(0)


@pytest.mark.requisito("PROC-04")
@pytest.mark.parametrize(("senha", "trecho"), [
    ("curta", "de 10 a 128"),
    ("x" * 129, "de 10 a 128"),
    ("aaaaaaaaaaaa", "repete"),
    ("abababababab", "repete"),
    ("senha12345", "adivinhar"),
    ("1234567890", "adivinhar"),
    ("qwertyuiop", "adivinhar"),
    ("Password2026!", "adivinhar"),
    ("maria.clara!99", "não pode conter"),
    ("o Prado é grande", "não pode conter"),
    ("cavalo\x00bateria", "controle"),
    ("cavalo\tbateria", "controle"),
    ("cavalo\udce9bateria", "controle"),
])  # fmt: skip
def test_senha_que_nao_se_aceita(senha: str, trecho: str) -> None:
    assert trecho in (acesso.senha_recusada(senha, "maria.clara@x.com", "Maria Prado") or "")


@pytest.mark.parametrize("senha", [
    "cavalo bateria grampo", "Tr0ub4dor&3x", "ação é à beça já", "9f!kQ2#zL0", "senha do portão azul",
    "  com espaços  x",
])  # fmt: skip
def test_senha_boa(senha: str) -> None:
    assert acesso.senha_recusada(senha, "maria@x.com", "Maria Prado") is None


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_julgar_senha_nunca_falha(senha: str, email: str, nome: str) -> None:
    motivo = acesso.senha_recusada(senha, email, nome)
    assert motivo is None or motivo.endswith(".")
    assert motivo is not None or len(acesso.normalizar_senha(senha)) >= acesso.SENHA_MINIMA


def test_acento_composto_ou_nao_e_a_mesma_senha() -> None:
    assert acesso.normalizar_senha("a\u0301gua") == acesso.normalizar_senha("água")


@pytest.mark.requisito("PROC-04")
def test_codigo_de_uso_unico() -> None:
    recusado = acesso.codigo_recusado
    assert recusado(AGORA, AGORA + H, None, AGORA) is None
    assert recusado(AGORA, AGORA + H, None, AGORA + H - timedelta(seconds=1)) is None
    assert "expirou" in (recusado(AGORA, AGORA + H, None, AGORA + H) or "")
    assert "já foi usado" in (recusado(AGORA, AGORA + H, AGORA, AGORA) or "")
    assert "expirou" in (recusado(AGORA, AGORA + H, None, AGORA - 24 * H) or "")  # the clock went back


def test_sessao() -> None:
    fim = AGORA + acesso.DURACAO_SESSAO
    assert acesso.DURACAO_SESSAO == 8 * H
    assert acesso.sessao_vale(AGORA, fim, None, AGORA)
    assert acesso.sessao_vale(AGORA, fim, None, fim - timedelta(seconds=1))
    assert not acesso.sessao_vale(AGORA, fim, None, fim)
    assert not acesso.sessao_vale(AGORA, fim, AGORA, AGORA)
    assert not acesso.sessao_vale(AGORA, fim, None, AGORA - 24 * H)
