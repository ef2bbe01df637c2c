"""Tests files of guides, as people and spreadsheets write them."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.arquivos import campos
from separador.capacidades.ecac.arquivos.campos import CampoError
from separador.capacidades.ecac.arquivos.guia import GuiasLidas
from separador.capacidades.ecac.arquivos.tabela_de_guias import ler
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento
from separador.nucleo.erro import Recusa

CNPJ = "11222333000181"
TITULOS = "CNPJ;Tipo;Número do documento;Vencimento;Valor;Código da receita;Competência"
LINHA = "11.222.333/0001-81;DARF;07.16.26157.0000002-7;19/06/2026;1.250,00;1082;05/2026"


def _lidas(dados: bytes | str) -> GuiasLidas:
    lidas = ler(dados.encode() if isinstance(dados, str) else dados)
    assert isinstance(lidas, GuiasLidas), lidas
    return lidas


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize("codificacao", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("quebra", ["\n", "\r\n"])
def test_o_csv_como_o_excel_o_salva(codificacao: str, quebra: str) -> None:
    (guia,) = _lidas(quebra.join((TITULOS, LINHA, "")).encode(codificacao)).guias
    assert (guia.contribuinte, guia.tipo, guia.numero) == (CNPJ, TipoDocumento.DARF, "07162615700000027")
    assert (guia.valores.total, guia.vencimento, guia.receita) == (Decimal("1250.00"), date(2026, 6, 19), "1082")
    assert str(guia.periodo) == "05/2026"
    assert guia.linha == 2


def test_virgula_tabulacao_e_colunas_em_outra_ordem() -> None:
    for s in (",", "\t"):
        texto = s.join(("vencimento", "EMPRESA", "total", "numero", "tipo")) + "\n"
        texto += s.join(("2026-06-19", CNPJ, "1250.00", "7162615700000027", "darf")) + "\n"
        (guia,) = _lidas(texto).guias
        assert guia.numero == "07162615700000027"  # the spreadsheet dropped the zero


def test_json_lista_ou_objeto_com_a_linha_de_cada_guia() -> None:
    texto = '{"origem": "ERP", "guias": [\n {"empresa": "%s", "tipo": "DAS", "numero": 7202615700000015,\n'
    texto += '  "vencimento": "2026-07-20T00:00:00-03:00", "valor": 58.15},\n\n {"empresa": "x", "tipo": "DAS"}]}'
    lidas = _lidas(texto % CNPJ)
    (guia,) = lidas.guias
    assert (guia.linha, guia.numero, guia.valores.total) == (2, "07202615700000015", Decimal("58.15"))
    assert guia.vencimento == date(2026, 7, 20)
    assert {e.linha for e in lidas.erros} == {5}
    assert {e.tag for e in lidas.erros} == {"empresa", "vencimento", "valor", "numero"}
    (de_lista,) = _lidas(
        f'[{{"cnpj": "{CNPJ}", "tipo": "DAS", "numero": "07202615700000015", "vencimento": "2026-07-20",'
        ' "valor": "58,15"}]'
    ).guias
    assert de_lista.valores.total == Decimal("58.15")


def test_a_linha_digitavel_da_numero_e_valor() -> None:
    linha = "858600000004 581503282616 810720261579 000000150002"
    texto = f"empresa;tipo;vencimento;linha digitável\n{CNPJ};DAS;19/06/2026;{linha}\n"
    (guia,) = _lidas(texto).guias
    assert (guia.numero, guia.valores.total) == ("07202615700000015", Decimal("58.15"))
    outro = texto.replace(";DAS;", ";DARF;")
    assert [e.tag for e in _lidas(outro).erros] == ["tipo"]
    assert [e.tag for e in _lidas(texto.replace("581503", "581504")).erros] == ["barras"]


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize(
    ("de", "para", "campo"),
    [
        ("11.222.333/0001-81", "11.222.333/0001-82", "empresa"),
        ("DARF", "GPS", "tipo"),
        ("07.16.26157.0000002-7", "7,16262E+15", "numero"),
        ("07.16.26157.0000002-7", "8" * 44, "numero"),
        ("19/06/2026", "31/06/2026", "vencimento"),
        ("1.250,00", "1.250", "valor"),
        ("1.250,00", "-5,00", "valor"),
        ("1.250,00", "abc", "valor"),
        ("1.250,00", "", "valor"),
        ("1082", "10820", "receita"),
        ("05/2026", "13/2026", "periodo"),
    ],
)
def test_cada_erro_diz_linha_campo_e_o_que_fazer(de: str, para: str, campo: str) -> None:
    lidas = _lidas("\n".join((TITULOS, LINHA.replace(de, para))))
    (erro,) = lidas.erros
    assert (erro.linha, erro.tag) == (2, campo)
    assert erro.o_que_fazer
    assert lidas.guias == ()


def test_guia_sem_numero_precisa_do_resto() -> None:
    sem = LINHA.replace("07.16.26157.0000002-7", "")
    (guia,) = _lidas(f"{TITULOS}\n{sem}").guias
    assert guia.numero is None
    assert "sugestão" in guia.notas[0]
    assert [e.tag for e in _lidas("\n".join((TITULOS, sem.replace("1082", "")))).erros] == ["numero"]


def test_digito_verificador_e_so_um_aviso() -> None:
    (guia,) = _lidas("\n".join((TITULOS, LINHA.replace("0000002-7", "0000002-8")))).guias
    assert "dígito verificador" in guia.notas[0]


def test_a_mesma_guia_duas_vezes_no_arquivo() -> None:
    lidas = _lidas(f"{TITULOS}\n{LINHA}\n{LINHA}")
    assert len(lidas.guias) == 1
    assert lidas.erros[0].linha == 3


def test_principal_multa_e_juros() -> None:
    titulos = "empresa;tipo;numero;vencimento;principal;multa;juros;valor"
    linha = f"{CNPJ};DARF;07162615700000027;19/06/2026;1000,00;200,00;50,00;1250,00"
    (guia,) = _lidas(f"{titulos}\n{linha}").guias
    assert guia.valores.juros == Decimal("50.00")
    assert [e.tag for e in _lidas(f"{titulos}\n{linha.replace('50,00;1', '51,00;1')}").erros] == ["valor"]


@pytest.mark.parametrize(
    "dados",
    [
        b"",
        b"   \n",
        b"\0\1\2",
        b"a;b;c\n1;2;3\n",
        b"empresa;tipo;vencimento\n",
        b'{"guias": 1}',
        b"[1, 2]",
        b"[]",
        b'{"guias": [',
        b"[" * 100_000,
        b'empresa;tipo;vencimento\n"aberta',
        b"empresa;empresa;tipo;vencimento\n1;2;3;4\n",
    ],
)
def test_arquivo_que_nao_serve_e_recusado_inteiro(dados: bytes) -> None:
    lida = ler(dados)
    assert isinstance(lida, Recusa)
    assert all(e.o_que_fazer for e in lida.erros)


@given(st.binary(max_size=300))
def test_nenhum_arquivo_derruba_a_leitura(dados: bytes) -> None:
    assert isinstance(ler(dados), GuiasLidas | Recusa)


@given(st.decimals(0, 999_999_999, places=2))
def test_valores_como_no_brasil_e_como_em_programas(valor: Decimal) -> None:
    brasil = f"{valor:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    for texto in (f"{valor:.2f}", brasil, f"R$ {brasil}", f"{valor:,.2f}"):
        assert campos.ler_valor(texto) == valor


@given(st.text(max_size=40))
def test_nenhum_texto_derruba_um_campo(texto: str) -> None:
    for leitor in (
        *(campos.ler_empresa, campos.ler_tipo, campos.ler_numero, campos.ler_valor, campos.ler_dia),
        *(campos.ler_receita, campos.ler_competencia),
    ):
        with suppress(CampoError):
            leitor(texto)


@pytest.mark.requisito("BORDA-24")
@pytest.mark.parametrize("quebra", ["\r\n", "\n"])
@pytest.mark.parametrize("dita", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;;;", "\ufeffsep=;"])
def test_a_linha_do_separador_do_excel_e_pulada(dita: str, quebra: str) -> None:
    linhas = [dita, "empresa;tipo;numero;vencimento;valor", "11222333000181;DARF;07162631300000013;20/11/2026;1.250,00"]
    lidas = ler(quebra.join([*linhas, "11222333000181;DARF;;x;1"]).encode())
    assert isinstance(lidas, GuiasLidas)
    assert [g.numero for g in lidas.guias] == ["07162631300000013"]
    assert {e.linha for e in lidas.erros} == {4}, "as linhas contam como no arquivo"


@pytest.mark.requisito("BORDA-24")
def test_o_separador_dito_vale_mais_que_o_adivinhado() -> None:
    dados = b"sep=|\nempresa|tipo|numero|vencimento|valor\n11222333000181|DARF|07162631300000013|20/11/2026|1.250,00\n"
    lidas = ler(dados)
    assert isinstance(lidas, GuiasLidas)
    assert len(lidas.guias) == 1


@pytest.mark.requisito("BORDA-19")
def test_json_com_texto_cortado_e_recusado() -> None:
    recusa = ler(b'[{"empresa":"\\ud800","tipo":"DARF"}]')
    assert isinstance(recusa, Recusa)
    assert "cortado no meio de um caractere" in recusa.erros[0].mensagem
