"""Tests the text of receipts and guides: it is accepted only when it says one thing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, mascarado
from separador.capacidades.ecac.dominio.codigo_barras import compor, linha_digitavel
from separador.capacidades.ecac.dominio.texto_do_pdf import TextoComprovante, ler_comprovante, ler_guia

NUMERO = "07162615700000027"
CNPJ, OUTRO = "11.222.333/0001-81", "00.000.000/0001-91"

DARF = f"""Comprovante de Arrecadação
Comprovamos que consta nos sistemas da Receita Federal registro de arrecadação de DARF com os dados a seguir:
CNPJ
Razão Social
Período Apuração
Data de Vencimento
Número do Documento
{CNPJ} EMPRESA TESTE LTDA
31/05/2026 19/06/2026 {NUMERO}
Composição do Documento de Arrecadação
Código Descrição Total Juros Multa Principal
1082 Contrib Previd Descontada de Segurados 1.000,00 - - 1.000,00
01 - CP SEGURADOS - EMPREGADOS/AVULSO
0561 IRRF - Rendimentos do trabalho assalariado 250,00 - - 250,00
Totais 1.250,00 0,00 0,00 1.250,00
Banco
Data de Arrecadação
Agência Estabelecimento Valor Reservado/Restituído Referência
17/06/2026 999 - BANCO TESTE S.A.
0001 0002 0,00
Documento pago via INTERNET
Comprovante emitido às 10:20:30 de 01/07/2026 (horário de Brasília), sob o código de controle a1b2.c3d4
"""
DAS = (
    DARF.replace("de DARF com", "de DAS com")
    .replace("31/05/2026 19/06/2026", "05/2026 22/06/2026")
    .replace("Período Apuração", "Competência")
)


@pytest.mark.requisito("ECAC-05")
def test_comprovante_de_darf() -> None:
    assert ler_comprovante(DARF) == TextoComprovante(
        "11222333000181", TipoDocumento.DARF, NUMERO, date(2026, 6, 17), Decimal("1250.00"), date(2026, 5, 31),
        date(2026, 6, 19),
    )  # fmt: skip


@pytest.mark.requisito("ECAC-05")
def test_comprovante_de_das() -> None:
    lido = ler_comprovante(DAS)
    assert isinstance(lido, TextoComprovante)
    assert (lido.tipo, lido.periodo, lido.vencimento) == (TipoDocumento.DAS, date(2026, 5, 1), date(2026, 6, 22))


def test_a_ordem_das_colunas_nao_muda_o_total() -> None:
    lido = ler_comprovante(DARF.replace("1.250,00 0,00 0,00 1.250,00", "1.165,74 84,63 12,45 1.262,82"))
    assert isinstance(lido, TextoComprovante)
    assert lido.total == Decimal("1262.82")


def test_a_data_de_emissao_nao_e_a_do_pagamento() -> None:
    """This holds even when the extractor puts the date of issue first."""
    linhas = DARF.splitlines()
    embaralhado = "\n".join([*linhas[:16], linhas[-1], *linhas[16:-1]])
    lido = ler_comprovante(embaralhado)
    assert isinstance(lido, TextoComprovante)
    assert lido.arrecadacao == date(2026, 6, 17)


@pytest.mark.parametrize(
    ("trocar", "por", "motivo"),
    [
        ("Comprovante de Arrecadação", "Relatório", "não é um comprovante"),
        ("de DARF com", "de GNRE com", "de que documento é"),
        (CNPJ, "", "não traz um CNPJ ou CPF"),
        (CNPJ, "11.222.333/0001-80", "não traz um CNPJ ou CPF"),
        (CNPJ, f"{CNPJ} e {OUTRO}", "mais de um"),
        (NUMERO, "", "número do documento"),
        (NUMERO, f"{NUMERO} 07202615700000015", "número do documento"),
        ("Data de Arrecadação", "Data", "data de arrecadação"),
        ("17/06/2026", "31/06/2026", "data de arrecadação"),
    ],
)
def test_o_que_nao_se_pode_arquivar(trocar: str, por: str, motivo: str) -> None:
    lido = ler_comprovante(DARF.replace(trocar, por))
    assert isinstance(lido, str)
    assert motivo in lido


def test_outro_numero_de_17_digitos_sem_digito_certo_nao_atrapalha() -> None:
    lido = ler_comprovante(DARF.replace("0001 0002 0,00", "0001 0002 0,00 12345678901234567"))
    assert isinstance(lido, TextoComprovante)
    assert lido.numero == NUMERO


def test_cpf() -> None:
    lido = ler_comprovante(DARF.replace(CNPJ, "529.982.247-25"))
    assert isinstance(lido, TextoComprovante)
    assert lido.contribuinte == "52998224725"


# --- guides ----------------------------------------------------------------------------------------------------------

CODIGO = compor(valor=Decimal("1458.30"), orgao="0385", limite=date(2026, 6, 30), numero="07012615700000039")
LINHA = " ".join(linha_digitavel(CODIGO))
MASCARA = mascarado("07012615700000039")
GUIA = f"""Documento de Arrecadação de Receitas Federais
CNPJ Razão Social
{CNPJ} EMPRESA TESTE LTDA
Período de Apuração Data de Vencimento Número do Documento Pagar este documento até
31/05/2026 19/06/2026 {MASCARA} 30/06/2026
Valor Total do Documento
1.458,30
{LINHA}
Pague com o PIX
Número: {MASCARA}
"""

pytestmark = pytest.mark.requisito("ECAC-03")


def test_guia_de_darf() -> None:
    g = ler_guia(GUIA)
    assert (g.contribuinte, g.tipo, g.numero) == ("11222333000181", TipoDocumento.DARF, "07012615700000039")
    assert (g.valor, g.vencimento, g.limite) == (Decimal("1458.30"), date(2026, 6, 19), date(2026, 6, 30))
    assert (str(g.periodo), g.motivos) == ("31/05/2026", ())


@pytest.mark.parametrize("linha", [CODIGO, LINHA.replace(" ", ""), LINHA.replace(" ", "\n")])
def test_o_codigo_de_barras_em_outras_formas(linha: str) -> None:
    assert ler_guia(GUIA.replace(LINHA, linha)).numero == "07012615700000039"


def test_vencimento_depois_do_seu_rotulo() -> None:
    texto = GUIA.replace(f"31/05/2026 19/06/2026 {MASCARA} 30/06/2026", f"Vencimento: 18/06/2026\n{MASCARA}")
    assert ler_guia(texto).vencimento == date(2026, 6, 18)


@pytest.mark.parametrize(
    ("trocar", "por", "campo", "motivo"),
    [
        (LINHA, "", "numero", "código de barras válido"),
        (LINHA, LINHA[:-1] + str((int(LINHA[-1]) + 1) % 10), "numero", "código de barras válido"),
        (MASCARA, "", "numero", "não traz o número"),
        (f"Número: {MASCARA}", "Número: 07.20.26157.0000001-5", "numero", "não são todos o mesmo"),
        (MASCARA, "07.20.26157.0000001-5", "numero", "não é o do código de barras"),
        (MASCARA, f"1{MASCARA}", "numero", "não traz o número"),
        ("1.458,30", "1.458,31", "valor", "não está escrito"),
        ("19/06/2026", "01/07/2026", "vencimento", "posterior"),
        ("31/05/2026 19/06/2026 ", "", "vencimento", "data de vencimento"),
        (CNPJ, f"{CNPJ} {OUTRO}", "contribuinte", "mais de um"),
    ],
)
def test_o_que_nao_e_certo_fica_vazio_com_o_motivo(trocar: str, por: str, campo: str, motivo: str) -> None:
    """A wrong number would bring somebody else's receipt."""
    g = ler_guia(GUIA.replace(trocar, por))
    assert getattr(g, campo) is None
    assert any(motivo in m for m in g.motivos)


def test_dois_codigos_de_barras_nao_valem() -> None:
    outro = compor(valor=Decimal(1), orgao="0328", limite=date(2026, 6, 30), numero="07202615700000015")
    g = ler_guia(GUIA + outro)
    assert g.numero is None
    assert any("mais de um código de barras" in m for m in g.motivos)


@given(st.text(max_size=400))
def test_qualquer_texto_e_lido_sem_erro(texto: str) -> None:
    assert isinstance(ler_comprovante(texto), str)
    assert ler_guia(texto).numero is None


@given(st.permutations(GUIA.splitlines()))
def test_a_ordem_das_linhas_nao_muda_o_numero_nem_o_valor(linhas: list[str]) -> None:
    g = ler_guia("\n".join(linhas))
    assert (g.numero, g.valor, g.contribuinte) == ("07012615700000039", Decimal("1458.30"), "11222333000181")
    assert g.vencimento in (date(2026, 6, 19), None)


@given(st.permutations(DARF.splitlines()))
def test_a_ordem_das_linhas_nunca_da_outra_identidade_ao_comprovante(linhas: list[str]) -> None:
    lido = ler_comprovante("\n".join(linhas))
    if isinstance(lido, TextoComprovante):
        assert (lido.contribuinte, lido.numero, lido.tipo) == ("11222333000181", NUMERO, TipoDocumento.DARF)
        assert lido.arrecadacao == date(2026, 6, 17)


def test_rotulos_primeiro_e_valores_depois() -> None:
    linhas = DARF.splitlines()
    rotulos = [x for x in linhas if not any(c.isdigit() for c in x)]
    lido = ler_comprovante("\n".join([*rotulos, *(x for x in linhas if x not in rotulos)]))
    assert isinstance(lido, TextoComprovante)
    assert (lido.arrecadacao, lido.vencimento) == (date(2026, 6, 17), date(2026, 6, 19))


def test_banco_em_outra_linha_vale_a_primeira_data_depois_do_rotulo() -> None:
    lido = ler_comprovante(DARF.replace("17/06/2026 999 - BANCO TESTE S.A.", "17/06/2026\n999 BANCO TESTE S.A."))
    assert isinstance(lido, TextoComprovante)
    assert lido.arrecadacao == date(2026, 6, 17)


def test_pagamento_depois_da_emissao_nao_e_pagamento() -> None:
    assert "data de arrecadação" in str(ler_comprovante(DARF.replace("17/06/2026 999", "17/08/2026 999")))


# --- edges -----------------------------------------------------------------------------------------------------------


def test_comprovante_emitido_no_dia_do_pagamento() -> None:
    lido = ler_comprovante(DARF.replace("de 01/07/2026", "de 17/06/2026"))
    assert isinstance(lido, TextoComprovante)
    assert lido.arrecadacao == date(2026, 6, 17)


def test_numero_unico_vale_mesmo_com_digito_errado() -> None:
    """Older numbers have no such digit. A wrong one gives a warning, never a refusal."""
    lido = ler_comprovante(DARF.replace(NUMERO, "07162615700000028"))
    assert isinstance(lido, TextoComprovante)
    assert lido.numero == "07162615700000028"


def test_dois_bancos_dizem_duas_datas_vale_a_do_rotulo() -> None:
    linha = "17/06/2026 999 - BANCO TESTE S.A."
    lido = ler_comprovante(DARF.replace(linha, f"{linha}\n18/06/2026 998 - OUTRO BANCO"))
    assert isinstance(lido, TextoComprovante)
    assert lido.arrecadacao == date(2026, 6, 17)


@pytest.mark.parametrize(
    ("antes", "periodo", "vencimento"),
    [
        ("19/06/2026", None, date(2026, 6, 19)),
        ("05/2026", None, None),
        ("", None, None),
        ("01/01/2026 31/05/2026 19/06/2026", None, None),
        ("05/2026 22/06/2026", date(2026, 5, 1), date(2026, 6, 22)),
    ],
)
def test_periodo_e_vencimento_so_quando_certos(antes: str, periodo: date | None, vencimento: date | None) -> None:
    lido = ler_comprovante(DARF.replace("31/05/2026 19/06/2026", antes))
    assert isinstance(lido, TextoComprovante)
    assert (lido.periodo, lido.vencimento) == (periodo, vencimento)


def test_guia_que_vence_no_ultimo_dia_aceito() -> None:
    assert ler_guia(GUIA.replace("19/06/2026", "30/06/2026")).vencimento == date(2026, 6, 30)


@pytest.mark.parametrize("valor", ["0.00", "0.01"])
def test_valor_zero_nao_e_valor(valor: str) -> None:
    codigo = compor(valor=Decimal(valor), orgao="0385", limite=date(2026, 6, 30), numero="07012615700000039")
    texto = GUIA.replace(LINHA, codigo).replace("1.458,30", valor.replace(".", ","))
    assert ler_guia(texto).valor == (Decimal(valor) if valor == "0.01" else None)


def test_data_impossivel_nao_da_a_vez_a_outra() -> None:
    assert ler_guia(GUIA.replace(f"19/06/2026 {MASCARA}", f"31/06/2026 {MASCARA}")).vencimento is None
    lido = ler_comprovante(DARF.replace("31/05/2026 19/06/2026", "31/05/2026 31/06/2026"))
    assert isinstance(lido, TextoComprovante)
    assert (lido.periodo, lido.vencimento) == (None, None)
