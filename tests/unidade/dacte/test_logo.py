"""Tests the logo: drawn on every sheet, over nothing; and refused in words when it is not what it should be."""

import io
import os
import socket
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from separador.capacidades.dacte.papel import Extras, imprimir
from separador.capacidades.dacte.papel.logo import LIMITE_BYTES, Logo, ler_arquivo, preparar
from separador.nucleo.tipo import Tipo
from tests.apoio import logos, pdf_lido
from tests.apoio.documento_cheio import Cheio, processado

BONS = {
    "png": logos.png(),
    "png em tons de cinza": logos.png(modo="L"),
    "png com paleta": logos.png(modo="P"),
    "png alto": logos.png(60, 200),
    "png largo": logos.png(1400, 100),
    "svg": logos.SVG,
}
RUINS = {
    "vazio": (b"", "vazio"),
    "texto": (b"isto nao e uma imagem", "não é PNG nem SVG"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(200), "não é PNG nem SVG"),
    "pdf": (b"%PDF-1.4\n<</Type/Catalog>>", "não é um SVG que se possa ler"),
    "outro xml": (b"<a/>", "não é um SVG: começa por <a>"),
    "html": (b'<svg onload="x()"/>', "não é um SVG"),
    "png cortado": (logos.png()[:200], "é um PNG com defeito"),
    "png que diz ser enorme": (logos.png_que_mente(60_000, 60_000), "60000 × 60000 pontos"),
    "png que mente o tamanho": (logos.png_que_mente(1_000, 1_000), "é um PNG com defeito"),
    "png transparente": (logos.png(cor=(0, 0, 0, 0)), "todo branco"),
    "png branco": (logos.png(cor=(255, 255, 255, 255)), "todo branco"),
    "faixa": (logos.png(2_000, 20), "estreito"),
    "script": (logos.svg("<script>alert(1)</script>"), "tem um script"),
    "script no evento": (logos.svg("", 'onload="alert(1)"'), "tem um script (onload)"),
    "imagem por endereço": (logos.svg('<image href="http://exemplo.com/a.png"/>'), "imagem por endereço"),
    "imagem do disco": (logos.svg('<image xlink:href="file:///etc/passwd"/>'), "imagem por endereço"),
    "imagem dentro": (logos.svg('<image href="data:image/png;base64,AAAA"/>'), "imagem por endereço"),
    "link": (logos.svg('<a href="http://exemplo.com"><rect/></a>'), "tem um link"),
    "gradiente de fora": (logos.svg('<linearGradient id="g" xlink:href="http://x/y#g"/>'), "endereço (href)"),
    "endereço na cor": (logos.svg('<rect fill="url(http://exemplo.com/x#y)"/>'), "endereço (fill)"),
    "endereço no estilo": (logos.svg("<rect style=\"fill:url('file:///etc/passwd')\"/>"), "endereço (style)"),
    "folha de estilo de fora": (logos.svg("<style>@import 'http://x/y.css';</style>"), "endereço no estilo"),
    "endereço escondido": (logos.svg("<style>.a{fill:u\\72l(http://x)}</style>"), "endereço no estilo"),
    "página dentro": (logos.svg("<foreignObject><b/></foreignObject>"), "foreignObject"),
    "repetição": (logos.svg('<g id="a"/><use href="#a"/>'), "uma referência (use)"),
    "animação": (logos.svg('<animate attributeName="x"/>'), "<animate>"),
    "texto em letras": (logos.svg("<text>Transportes</text>"), "converta as letras em curvas"),
    "muitos elementos": (logos.svg("<rect/>" * 2_001), "complexo demais"),
    "contorno sem fim": (logos.svg(f'<path d="M0 0{"L1.5.5-3.25.25" * 2_000}"/>'), "complexo demais"),
    "grupos sem fim": (logos.svg("<g>" * 60 + "</g>" * 60), "um dentro do outro"),
    "sem tamanho": (b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>', "tamanho"),
    "contorno errado": (logos.svg('<path d="M x y"/>'), "é um SVG com defeito"),
    "cor errada": (logos.svg('<rect fill="#zz"/>'), "é um SVG com defeito"),
    "entidade": (
        b'<!DOCTYPE svg [<!ENTITY a "1111"><!ENTITY b "&a;&a;&a;&a;">]>' + logos.svg("<title>&b;</title>"),
        "não é um SVG que se possa ler",
    ),
    "arquivo por entidade": (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + logos.svg("<title>&a;</title>"),
        "não é um SVG que se possa ler",
    ),
}


def documento(tipo: Tipo, imp: str = "1", **mais: int) -> bytes:
    plano = Cheio(fixos={"tpEmis": "1", "modal": "01", "tpImp": imp}, **mais)  # type: ignore[arg-type]
    plano.ramos = {"infCte": "infCTeNorm"}
    return processado(tipo, plano)


def lugares(pdf: bytes) -> list[pdf_lido.Retangulo]:
    """Returns where each sheet shows the picture, in points from the upper left corner."""
    achados: list[pdf_lido.Retangulo] = []
    for pagina in PdfReader(io.BytesIO(pdf)).pages:
        alto = float(pagina.mediabox.height)
        matriz = [0.0] * 6
        conteudo = pagina.get_contents()
        assert conteudo is not None
        for operandos, operador in ContentStream(conteudo, None).operations:
            if operador == b"cm":
                matriz = [float(o) for o in operandos]
            elif operador == b"Do":
                w, _, _, h, x, y = matriz
                achados.append(pdf_lido.Retangulo(x, alto - y - h, x + w, alto - y))
    return achados


@pytest.mark.requisito("DACTE-05")
@pytest.mark.parametrize("nome", BONS)
def test_o_logotipo_sai_em_cada_folha_e_os_textos_ficam(nome: str) -> None:
    dados = documento(Tipo.CTE)
    logo = preparar(BONS[nome])
    assert isinstance(logo, Logo), logo
    sem, com = imprimir(dados), imprimir(dados, Extras(logo=logo))
    assert isinstance(sem, bytes)
    assert isinstance(com, bytes)
    assert pdf_lido.corrido(com) == pdf_lido.corrido(sem)
    assert pdf_lido.por_cima(com) == []
    assert len(pdf_lido.codigos(com, 150)) == 2


@pytest.mark.requisito("DACTE-03", "DACTE-05")
@pytest.mark.parametrize("imp", ["1", "2"])
@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
@pytest.mark.parametrize("vezes", [0, 2])
def test_o_logotipo_nao_fica_sobre_nada(tipo: Tipo, imp: str, vezes: int) -> None:
    logo = preparar(BONS["png"])
    assert isinstance(logo, Logo)
    pdf = imprimir(documento(tipo, imp, vezes=vezes), Extras(logo=logo))
    assert isinstance(pdf, bytes)
    folhas = pdf_lido.palavras(pdf)
    quadros = lugares(pdf)
    assert len(quadros) == len(folhas)
    for quadro, palavras, riscos in zip(quadros, folhas, pdf_lido.riscos(pdf), strict=True):
        assert quadro.x2 - quadro.x1 > 70  # points: 25 mm
        for outro in (*palavras, *riscos):
            apartado = outro.x1 >= quadro.x2 or outro.x2 <= quadro.x1 or outro.y1 >= quadro.y2 or outro.y2 <= quadro.y1
            assert apartado, outro


@pytest.mark.requisito("DACTE-05")
@pytest.mark.parametrize("nome", RUINS)
def test_o_que_nao_e_logotipo_e_recusado_com_o_motivo(nome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def sem_rede(*_: object, **__: object) -> None:
        raise AssertionError("abriu uma conexão")

    monkeypatch.setattr(socket, "socket", sem_rede)
    monkeypatch.setattr(socket, "getaddrinfo", sem_rede)
    dados, trecho = RUINS[nome]
    dito = preparar(dados)
    assert isinstance(dito, str), dito
    assert trecho in dito
    assert "Error" not in dito or "com defeito" in dito


@pytest.mark.requisito("DACTE-05")
def test_um_arquivo_de_20_mb_nao_e_lido(tmp_path: Path) -> None:
    arquivo = tmp_path / "logo.png"
    arquivo.write_bytes(logos.png())
    with open(arquivo, "r+b") as aberto:
        aberto.truncate(20 * 2**20)
    assert ler_arquivo(arquivo) == "tem 20,0 MB, e o máximo é 1 MB"
    assert preparar(logos.png() + bytes(LIMITE_BYTES)) == "o arquivo é grande demais"


def test_o_que_nao_e_arquivo_comum_nao_faz_esperar(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fila")
    assert ler_arquivo(tmp_path / "fila") == "não é um arquivo comum"
    assert ler_arquivo(tmp_path / "nada.png") == "o arquivo ou a pasta não existe"
    assert isinstance(ler_arquivo(tmp_path), str)
    (tmp_path / "bom.png").write_bytes(logos.png())
    assert ler_arquivo(tmp_path / "bom.png") == logos.png()


def test_o_mesmo_desenho_sai_igual_em_cada_documento() -> None:
    """The state of a drawing is not shared: the second document is as the first."""
    dados = documento(Tipo.GTVE)
    for nome in ("png", "svg"):
        logo = preparar(BONS[nome])
        assert isinstance(logo, Logo)
        assert imprimir(dados, Extras(logo=logo)) == imprimir(dados, Extras(logo=logo))
