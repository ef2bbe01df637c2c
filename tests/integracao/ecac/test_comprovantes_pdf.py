"""Tests receipts and guides as PDF: saved by hand, one or many per file, whole or broken."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from separador.capacidades.ecac.arquivos import comprovantes, guia_pdf
from separador.capacidades.ecac.arquivos.pdf import PdfIlegivelError
from separador.simulador.serpro import contribuintes, pdfs
from separador.simulador.serpro.cenario import Documento, Parte

HOJE = date(2026, 11, 20)
CENARIO = contribuintes.gerar(3, 12, 12, hoje=HOJE)
PAGOS = CENARIO.documentos
NOME = "EMPRESA FICTICIA LTDA"


def juntos(*documentos: Documento) -> bytes:
    return pdfs.comprovantes(tuple((d, NOME) for d in documentos))


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("d", PAGOS[:6], ids=lambda d: d.numero)
def test_conferir_o_que_a_api_deu(d: Documento) -> None:
    pdf = pdfs.comprovante(d, NOME)
    outro = next(o for o in PAGOS if o.ni != d.ni)
    assert comprovantes.conferir(pdf, d.ni, d.numero) is None
    assert comprovantes.conferir(pdf, outro.ni, d.numero) == f"o comprovante não é do contribuinte {outro.ni}"
    assert comprovantes.conferir(pdf, d.ni, outro.numero) == f"o comprovante não é do documento {outro.numero}"


@pytest.mark.requisito("ECAC-05")
def test_conferir_o_que_nao_e_comprovante() -> None:
    d = PAGOS[0]
    bom = pdfs.comprovante(d, NOME)
    assert comprovantes.conferir(b"<html>", d.ni, d.numero) == "o arquivo não é um PDF"
    assert comprovantes.conferir(bom[: len(bom) // 2], d.ni, d.numero) == "o PDF está incompleto (foi cortado)"
    guia = pdfs.guia(d, NOME, HOJE)
    assert comprovantes.conferir(guia, d.ni, d.numero) == "o PDF não é um comprovante de arrecadação"


@pytest.mark.requisito("ECAC-02")
def test_um_arquivo_com_muitos_e_separado_por_pagina() -> None:
    lidos = comprovantes.ler(juntos(*PAGOS))
    assert [r.pagina for r in lidos.comprovantes] == list(range(1, 13))
    assert [r.texto.numero for r in lidos.comprovantes] == [d.numero for d in PAGOS]
    assert [r.texto.total for r in lidos.comprovantes] == [d.total for d in PAGOS]
    assert [r.texto.arrecadacao for r in lidos.comprovantes] == [d.arrecadacao for d in PAGOS]
    assert lidos.recusadas == ()
    for r, d in zip(lidos.comprovantes, PAGOS, strict=True):
        assert comprovantes.conferir(r.pdf, d.ni, d.numero) is None
        assert len(PdfReader(io.BytesIO(r.pdf)).pages) == 1


@pytest.mark.requisito("ECAC-02")
def test_um_so_fica_byte_por_byte() -> None:
    pdf = juntos(PAGOS[0])
    (r,) = comprovantes.ler(pdf).comprovantes
    assert r.pdf == pdf


@pytest.mark.requisito("ECAC-02")
def test_recortar_duas_vezes_da_os_mesmos_bytes() -> None:
    pdf = juntos(*PAGOS[:2])
    assert [r.pdf for r in comprovantes.ler(pdf).comprovantes] == [r.pdf for r in comprovantes.ler(pdf).comprovantes]


@pytest.mark.requisito("ECAC-02")
def test_um_comprovante_de_duas_paginas() -> None:
    partes = tuple(Parte("0561", f"RECEITA NUMERO {i}", Decimal("1.00")) for i in range(60))
    longo = replace(PAGOS[0], partes=partes)
    pdf = juntos(PAGOS[1], longo, PAGOS[2])
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 4
    lidos = comprovantes.ler(pdf)
    assert [(r.pagina, r.texto.numero) for r in lidos.comprovantes] == [
        (1, PAGOS[1].numero), (2, longo.numero), (4, PAGOS[2].numero)
    ]  # fmt: skip
    assert len(PdfReader(io.BytesIO(lidos.comprovantes[1].pdf)).pages) == 2
    assert lidos.comprovantes[1].texto.total == Decimal("60.00")


@pytest.mark.requisito("ECAC-02")
def test_paginas_que_nao_sao_comprovantes_sao_ditas() -> None:
    escritor = PdfWriter(clone_from=io.BytesIO(juntos(PAGOS[0])))
    branca = FPDF()
    branca.add_page()
    guia = pdfs.guia(PAGOS[1], NOME, HOJE)
    for pedaco in (bytes(branca.output()), juntos(PAGOS[2]), juntos(replace(PAGOS[3], ni="11111111111111"))):
        escritor.append(io.BytesIO(pedaco))
    escritor.insert_page(PdfReader(io.BytesIO(guia)).pages[0], 0)
    saida = io.BytesIO()
    escritor.write(saida)
    lidos = comprovantes.ler(saida.getvalue())
    assert [r.texto.numero for r in lidos.comprovantes] == [PAGOS[0].numero, PAGOS[2].numero]
    assert [(p.pagina, p.motivo) for p in lidos.recusadas] == [
        (1, "não é um comprovante de arrecadação"),
        (3, "a página não tem texto (é uma imagem?)"),
        (5, "o comprovante não traz um CNPJ ou CPF, ou traz mais de um"),
    ]


def trancado(pdf: bytes, senha: str) -> bytes:
    escritor = PdfWriter(clone_from=io.BytesIO(pdf))
    escritor.encrypt(senha, algorithm="RC4-128")
    saida = io.BytesIO()
    escritor.write(saida)
    return saida.getvalue()


@pytest.mark.parametrize(
    ("dados", "motivo"),
    [
        (b"", "não é um PDF"),
        (b"PK\x03\x04", "não é um PDF"),
        (b"%PDF-1.4\n", "incompleto"),
        (b"%PDF-1.4\nlixo\n%%EOF", "danificado"),
    ],
)
def test_arquivos_ruins(dados: bytes, motivo: str) -> None:
    for ler in (comprovantes.ler, guia_pdf.ler):
        with pytest.raises(PdfIlegivelError, match=motivo):
            ler(dados)


def test_pdf_com_senha() -> None:
    with pytest.raises(PdfIlegivelError, match="senha"):
        comprovantes.ler(trancado(juntos(PAGOS[0]), "segredo"))
    assert len(comprovantes.ler(trancado(juntos(PAGOS[0]), "")).comprovantes) == 1, "only restricted, not locked"


BOM = juntos(*PAGOS[:2])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(BOM) - 1), st.integers(0, 255)), max_size=12), st.integers(0, 400))
def test_bytes_trocados_dao_comprovantes_certos_ou_recusa(trocas: list[tuple[int, int]], corte: int) -> None:
    """No other exception comes, and each receipt accepted is a PDF. (A digit changed inside is read as it stands.)"""
    estragado = bytearray(BOM)
    for onde, valor in trocas:
        estragado[onde] = valor
    del estragado[200 : 200 + corte]
    try:
        lidos = comprovantes.ler(bytes(estragado))
    except PdfIlegivelError:
        return
    for r in lidos.comprovantes:
        assert r.pdf.startswith(b"%PDF-")
        assert len(r.texto.numero) == 17


# --- guides ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize("d", PAGOS, ids=lambda d: d.numero)
def test_guia_em_pdf(d: Documento) -> None:
    limite = d.vencimento + timedelta(days=3)
    g = guia_pdf.ler(pdfs.guia(d, NOME, limite))
    assert (g.contribuinte, g.tipo, g.numero) == (d.ni, d.tipo, d.numero)
    assert (g.valor, g.vencimento, g.limite, g.motivos) == (d.total, d.vencimento, limite, ())
    assert g.periodo is not None
    assert g.periodo.contem(d.periodo)


@pytest.mark.requisito("ECAC-03")
def test_comprovante_na_pasta_das_guias() -> None:
    with pytest.raises(PdfIlegivelError, match="solte-o na pasta dos comprovantes"):
        guia_pdf.ler(juntos(PAGOS[0]))


@pytest.mark.requisito("ECAC-03")
def test_guia_que_e_imagem() -> None:
    branca = FPDF()
    branca.add_page()
    with pytest.raises(PdfIlegivelError, match="imagem"):
        guia_pdf.ler(bytes(branca.output()))
