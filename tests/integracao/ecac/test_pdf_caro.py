"""Tests PDFs made to cost: small files whose pages ask for much work together."""

import time
import zlib
from collections.abc import Sequence
from datetime import date

import pytest

from separador.capacidades.ecac.arquivos import comprovantes, leitura_de_pdf, orcamento_de_pdf
from separador.capacidades.ecac.arquivos.orcamento_de_pdf import (
    LIMITE_CPU_S,
    LIMITE_OPERADORES,
    LIMITE_RECORTES,
    Orcamento,
)
from separador.capacidades.ecac.arquivos.pdf import PdfIlegivelError, abrir
from separador.nucleo.erro import Recusa
from separador.simulador.serpro import contribuintes, pdfs

TRABALHO = "o PDF dá trabalho demais para ser lido; divida-o"
LETRA = b"BT /F1 1 Tf (a) Tj ET\n"


def fluxo(conteudo: bytes, cabeca: bytes = b"") -> bytes:
    c = zlib.compress(conteudo, 9)
    return b"<< %b /Length %d /Filter /FlateDecode >>\nstream\n" % (cabeca, len(c)) + c + b"\nendstream"


def pdf(conteudo: bytes, paginas: int = 1, formas: Sequence[tuple[bytes, bytes]] = ()) -> bytes:
    """Returns a PDF whose pages share one stream. Forms: (content, name of the form that it may draw itself)."""
    base = 5 + paginas
    nomes = b" ".join(b"/X%d %d 0 R" % (i, base + i) for i in range(len(formas)))
    objetos = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (paginas, b" ".join(b"%d 0 R" % (5 + i) for i in range(paginas))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        fluxo(conteudo),
    ]
    recursos = b"/Resources << /Font << /F1 3 0 R >> /XObject << %b >> >>" % nomes
    pagina = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %b >>" % recursos
    objetos += [pagina] * paginas
    objetos += [
        fluxo(c, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /Font << /F1 3 0 R >> %b >>" % outra)
        for c, outra in formas
    ]
    saida, lugares = b"%PDF-1.4\n", []
    for i, objeto in enumerate(objetos, 1):
        lugares.append(len(saida))
        saida += b"%d 0 obj\n" % i + objeto + b"\nendobj\n"
    fim = len(saida)
    saida += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objetos) + 1)
    saida += b"".join(b"%010d 00000 n \n" % p for p in lugares)
    return saida + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objetos) + 1, fim)


def recusa(dados: bytes) -> str:
    comeco = time.thread_time()
    with pytest.raises(PdfIlegivelError) as erro:
        abrir(dados)
    assert time.thread_time() - comeco < 10, "a recusa também custa"
    return str(erro.value)


@pytest.mark.requisito("BORDA-08")
def test_paginas_que_repetem_um_conteudo_grande_sao_pesadas_antes_de_lidas() -> None:
    bomba = pdf(LETRA * 100_000, 300)
    assert len(bomba) < 60_000
    assert recusa(bomba) == TRABALHO
    lido = leitura_de_pdf.comprovantes_de(bomba)
    assert isinstance(lido, Recusa)
    assert lido.erros[0].codigo == "SEP-RECIBO-ARQUIVO"


@pytest.mark.requisito("BORDA-08")
def test_forma_desenhada_muitas_vezes_conta_cada_vez(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orcamento_de_pdf, "LIMITE_CONTEUDO", 200_000)
    forma = b"[" + b"(a) " * 5_000 + b"] TJ\n"  # one operator only, of 20 kB
    assert recusa(pdf(b"/X0 Do\n" * 50, 1, [(forma, b"")])) == TRABALHO
    assert abrir(pdf(b"/X0 Do\n" * 5, 1, [(forma, b"")])).textos[0].count("a") == 25_000
    dentro = pdf(b"/X0 Do\n" * 20, 1, [(b"/X1 Do\n" * 20, b"/XObject << /X1 7 0 R >>"), (forma, b"")])
    assert recusa(dentro) == TRABALHO, "também de dentro de outra forma"


@pytest.mark.requisito("BORDA-08")
def test_dez_mil_paginas_vazias() -> None:
    assert recusa(pdf(b"", 10_000)) == "o PDF tem mais de 2000 páginas; divida-o"
    mil = comprovantes.ler(pdf(b"", 500))
    assert (len(mil.comprovantes), len(mil.recusadas)) == (0, 500)


@pytest.mark.requisito("BORDA-08")
def test_limites_do_que_as_contas_nao_veem() -> None:
    agora = [5.0]
    orcamento = Orcamento(lambda: agora[0])
    agora[0] += LIMITE_CPU_S
    orcamento.conferir()
    agora[0] += 0.1
    for _ in range(2):
        with pytest.raises(PdfIlegivelError, match="trabalho demais"):
            orcamento.conferir()
    orcamento = Orcamento(lambda: 0.0)
    for _ in range(LIMITE_OPERADORES):
        orcamento.operador()
    with pytest.raises(PdfIlegivelError, match="trabalho demais"):
        orcamento.operador()


@pytest.mark.requisito("BORDA-08")
def test_recortes_que_somam_demais_sao_recusados_pagina_a_pagina() -> None:
    cenario = contribuintes.gerar(3, 4, 4, hoje=date(2026, 11, 20))
    dados = pdfs.comprovantes(tuple((d, "EMPRESA FICTICIA LTDA") for d in cenario.documentos))
    paginas = abrir(dados)
    paginas.orcamento.recorte(LIMITE_RECORTES - 10)
    with pytest.raises(PdfIlegivelError, match="grandes demais"):
        paginas.recortar(0, 0)
