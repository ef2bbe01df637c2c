"""Tests what an access must have, until when it is good, and when to warn."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.procuracoes import dominio as p
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade

HOJE = date(2026, 11, 20)
CNPJ, OUTRO, CPF = "11222333000181", "11444777000161", "52998224725"
LOGIN = Acesso(CNPJ, "ACESSO SEFAZ-MT", Esfera.ESTADUAL, TipoAcesso.LOGIN, login="joao")
CODIGO = Acesso(CNPJ, "SIMPLES", Esfera.FEDERAL, TipoAcesso.CODIGO, titular=CPF)
CERTIFICADO = Acesso(CNPJ, "e-CAC", Esfera.FEDERAL, TipoAcesso.CERTIFICADO, certificado="matriz")


@pytest.mark.requisito("PROC-01")
@pytest.mark.parametrize("acesso", [LOGIN, CODIGO, CERTIFICADO], ids=lambda a: a.tipo.value)
def test_cada_tipo_completo(acesso: Acesso) -> None:
    assert p.problemas(replace(acesso, clientes=(OUTRO, CPF))) == []


@pytest.mark.requisito("PROC-01")
@pytest.mark.parametrize(("acesso", "trecho"), [
    (replace(LOGIN, login=None), "Falta o login"),
    (replace(LOGIN, login=""), "Falta o login"),
    (replace(LOGIN, titular=CPF), "não leva o titular"),
    (replace(LOGIN, certificado="x"), "não leva o certificado"),
    (replace(CODIGO, titular=None), "CPF ou o CNPJ do titular"),
    (replace(CODIGO, titular="11111111111"), "CPF ou o CNPJ do titular"),
    (replace(CODIGO, login="x"), "não leva o login"),
    (replace(CERTIFICADO, certificado=None), "apelido do certificado"),
    (replace(CERTIFICADO, certificado_cnpj="123"), "empresa do certificado"),
    (replace(CERTIFICADO, validade=Validade(dias=90)), "é a do certificado"),
    (replace(LOGIN, escritorio="11222333000180"), "CNPJ do escritório"),
    (replace(LOGIN, clientes=("123",)), "não é um CNPJ nem um CPF"),
    (replace(LOGIN, clientes=(OUTRO, OUTRO)), "repetido"),
    (replace(LOGIN, nome=" "), "nome do acesso"),
    (replace(LOGIN, nome="a\nb"), "nome do acesso"),
    (replace(LOGIN, nome="x" * 81), "nome do acesso"),
    (replace(LOGIN, validade=Validade(ate=HOJE, dias=3)), "uma só validade"),
    (replace(LOGIN, validade=Validade(dias=0)), "de 1 a 3660"),
    (replace(LOGIN, validade=Validade(meses=121)), "de 1 a 120"),
])  # fmt: skip
def test_cadastro_que_nao_serve(acesso: Acesso, trecho: str) -> None:
    assert any(trecho in texto for texto in p.problemas(acesso))


def test_o_tipo_como_se_escreve() -> None:
    assert p.tipo_de("Código de Acesso") is p.tipo_de("codigo de acesso") is p.tipo_de("codigo") is TipoAcesso.CODIGO
    assert p.tipo_de(" LOGIN ") is TipoAcesso.LOGIN
    assert p.tipo_de("token") is None


@pytest.mark.requisito("PROC-03", "PROC-08")
def test_login_da_sefaz_mt_vale_tres_meses_desde_a_ultima_troca() -> None:
    for orgao in ("SEFAZ-MT", "Sefaz MT", " sefaz/mt "):
        assert p.validade_habitual(TipoAcesso.LOGIN, p.orgao_normal(orgao)) == Validade(meses=3)
    assert p.validade_habitual(TipoAcesso.LOGIN, "SEFAZ-MS") == Validade()
    assert p.validade_habitual(TipoAcesso.LOGIN, None) == Validade()
    assert p.validade_habitual(TipoAcesso.CODIGO, "SEFAZ-MT") == Validade()
    a = replace(LOGIN, validade=Validade(meses=3), senha_em=date(2026, 11, 30))
    assert p.vencimento(a) == date(2027, 2, 28)
    assert p.vencimento(replace(a, senha_em=date(2027, 1, 15))) == date(2027, 4, 15)  # each change starts it again
    assert p.vencimento(replace(a, senha_em=None)) is None


@pytest.mark.requisito("PROC-03")
def test_cada_forma_de_validade() -> None:
    assert p.vencimento(LOGIN) is None
    assert p.vencimento(replace(LOGIN, validade=Validade(ate=HOJE))) == HOJE
    assert p.vencimento(replace(LOGIN, validade=Validade(dias=90), senha_em=HOJE)) == date(2027, 2, 18)
    assert p.vencimento(CERTIFICADO, HOJE) == HOJE
    procuracao = replace(CERTIFICADO, validade=Validade(ate=date(2027, 1, 1)))
    assert p.vencimento(procuracao, HOJE) == HOJE  # the earlier of the two
    assert p.vencimento(procuracao, date(2030, 1, 1)) == date(2027, 1, 1)
    assert p.vencimento(replace(LOGIN, validade=Validade(ate=HOJE)), date(2020, 1, 1)) == HOJE


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_meses_caem_no_mes_certo(dia: date, meses: int) -> None:
    depois = p.mais_meses(dia, meses)
    assert (depois.year * 12 + depois.month) - (dia.year * 12 + dia.month) == meses
    assert depois.day == dia.day or (depois + timedelta(days=1)).day == 1


@pytest.mark.requisito("PROC-03")
def test_uso_de_acesso_vencido_e_recusado_com_o_nome() -> None:
    agora = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    fim = p.fim(replace(LOGIN, validade=Validade(ate=HOJE)))
    assert fim is not None
    assert p.uso_recusado(LOGIN, fim, fim, tem_segredo=True) is None  # good through the whole of its last day
    assert p.uso_recusado(LOGIN, fim, fim + timedelta(microseconds=1), tem_segredo=True) is not None
    assert p.uso_recusado(LOGIN, None, agora, tem_segredo=True) is None
    vencido = p.uso_recusado(LOGIN, fim - timedelta(days=1), agora, tem_segredo=True) or ""
    assert "ACESSO SEFAZ-MT" in vencido
    assert "venceu em 19/11/2026" in vencido
    desativado = p.uso_recusado(replace(LOGIN, ativo=False), None, agora, tem_segredo=True) or ""
    assert "desativado" in desativado
    assert "venceu" not in desativado
    assert "ainda não tem senha" in (p.uso_recusado(LOGIN, None, agora, tem_segredo=False) or "")
    assert "não está instalado" in (p.uso_recusado(CERTIFICADO, None, agora, tem_segredo=False) or "")


@pytest.mark.requisito("PROC-03", "PROC-08")
def test_um_certificado_vale_ate_o_seu_proprio_segundo() -> None:
    do_certificado = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    assert p.fim(CERTIFICADO, do_certificado) == do_certificado
    assert p.fim(replace(CERTIFICADO, validade=Validade(ate=HOJE)), do_certificado) == do_certificado
    assert p.fim(LOGIN, do_certificado) is None


def test_o_aviso_diz_como_renovar() -> None:
    assert "procuracao senha" in p.como_renovar(replace(LOGIN, validade=Validade(meses=3)))
    assert "certificado instalar" in p.como_renovar(CERTIFICADO)
    assert "--valida-ate" in p.como_renovar(replace(CERTIFICADO, validade=Validade(ate=HOJE)))
