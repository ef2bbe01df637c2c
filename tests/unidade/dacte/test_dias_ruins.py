"""Tests what other programs write: letters outside of the layout, the same XML in other forms, wrong fields."""

import re
import time
import unicodedata

import pytest

from separador.capacidades.dacte.dominio.blocos import NAO_IMPRESSAS
from separador.capacidades.dacte.dominio.formas import imprimivel
from separador.capacidades.dacte.papel import Extras, imprimir, imprimir_evento
from separador.capacidades.dacte.papel.medida import largura, quebrar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio import pdf_lido
from tests.apoio.amostras import ouro
from tests.apoio.documento_cheio import Cheio, Simples, processado

ESTRANHAS = {
    "tabulação e quebra de linha": ("A\tB\nC\rD", "A B C D"),
    "controle de Latin-1": ("A\x96B\x80C\x85D", "A–B€C D"),
    "controle sem forma": ("A\x81B", "A?B"),
    "NFD": (unicodedata.normalize("NFD", "SÃO JOÃO ÇÁ"), "SÃO JOÃO ÇÁ"),
    "acento sem letra": ("A \u0303B", "A B"),
    "travessão e aspas": ("“A” — B…", "“A” — B…"),
    "hífen que não quebra": ("A\u2011B\u00adC", "A-B-C"),
    "fora de Latin-1": ("Kovač Łódź ½ ﬁm Ａ", "Kovac ?ódz ½ fim A"),
    "outra escrita": ("Иван 東京 🚚", "???? ?? ?"),
    "sem largura": ("A\u200bB\ufeffC\u202eD", "ABCD"),
    "espaço duro": ("A\u00a0B\u3000C", "A B C"),
}


@pytest.mark.requisito("DACTE-02", "DACTE-04")
@pytest.mark.parametrize("nome", ESTRANHAS)
def test_cada_letra_tem_forma(nome: str) -> None:
    entra, sai = ESTRANHAS[nome]
    assert imprimivel(entra) == sai


@pytest.mark.requisito("DACTE-02")
def test_toda_letra_do_esquema_tem_desenho() -> None:
    """The texts of the schemas hold the letters of Latin-1: each is in the font, at its own width."""
    for i in (*range(0x20, 0x7F), *range(0xA0, 0x100)):
        if i not in (0xA0, 0xAD):
            assert imprimivel(f"a{chr(i)}a").replace(" ", "") == f"a{chr(i)}a".replace(" ", "")
        assert largura(chr(i), 7) > 0
        assert largura(chr(i), 7, True) > 0


def test_nenhuma_linha_passa_da_largura_e_nada_se_perde() -> None:
    for texto in ("W" * 300, "A B " * 90, "X" * 59 + " " + "Y" * 3, "á" * 60, "i"):
        linhas = quebrar(texto, 20.0, 7)
        assert "".join(linhas).replace(" ", "") == texto.replace(" ", "")
        assert all(largura(linha, 7) <= 20.0 + 1e-6 for linha in linhas)


class ComEstranhas(Cheio):
    """Puts a strange text into every free text of a document."""

    estranho = ""
    marcas: list[str]

    def texto(self, caminho: str, tipo: Simples) -> str:
        livre = not tipo.valores and (not tipo.padroes or "[ -ÿ]" in tipo.padroes[0])
        partes = caminho.split("/")
        marca = f"Q{len(self.marcas)}Z"
        cabe = len(marca) + len(self.estranho) <= (tipo.maior or 60)
        if livre and cabe and not {*partes} & {*NAO_IMPRESSAS, *self.fixos} and "TEmail" not in tipo.nomes:
            self.marcas.append(marca)
            return f"{marca}{self.estranho}"
        return super().texto(caminho, tipo)


@pytest.mark.requisito("DACTE-02", "DACTE-03")
@pytest.mark.parametrize("nome", ESTRANHAS)
@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_textos_estranhos_em_todos_os_campos(tipo: Tipo, nome: str) -> None:
    plano = ComEstranhas(fixos={"tpEmis": "1", "modal": "01", "tpImp": "1"}, ramos={"infCte": "infCTeNorm"})
    plano.estranho, plano.marcas = ESTRANHAS[nome][0], []
    pdf = imprimir(processado(tipo, plano))
    assert isinstance(pdf, bytes), pdf
    lido = pdf_lido.corrido(pdf)
    dito = re.sub(r"\s", "", ESTRANHAS[nome][1])
    assert len(plano.marcas) > 20
    assert [m for m in plano.marcas if f"{m}{dito}" not in lido] == []
    assert pdf_lido.por_cima(pdf) == []


def outra_forma(nome: str, dados: bytes) -> bytes:
    texto = dados.decode()
    if nome == "com BOM e declaração":
        return b"\xef\xbb\xbf" + b'<?xml version="1.0" encoding="UTF-8"?>' + dados
    if nome == "com prefixo":
        com = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1cte:", texto)
        return com.replace("xmlns=", "xmlns:cte=").encode()
    if nome == "recuado":
        return re.sub(r">(?=<)", ">\n\t  ", texto).encode()
    if nome == "com CDATA":
        return re.sub(r"<xObs>(.*?)</xObs>", r"<xObs><![CDATA[\1]]></xObs>", texto).encode()
    if nome == "com comentários":
        return re.sub(r"(<xNome>)", r"<!-- outro programa -->\1", texto).encode()
    return re.sub(r"(<dhEmi>[^<]*?)(-03:00)", r"\1.000\2", texto).encode()


@pytest.mark.requisito("DACTE-02")
@pytest.mark.parametrize(
    "nome",
    ["com BOM e declaração", "com prefixo", "recuado", "com CDATA", "com comentários", "com fração de segundo"],
)
def test_documento_processado_de_outro_programa(nome: str) -> None:
    plano = Cheio(fixos={"tpEmis": "1", "modal": "01", "tpImp": "1"}, ramos={"infCte": "infCTeNorm"}, volta=1)
    dados = re.sub(rb"&[a-z]+;", b"E", processado(Tipo.CTE, plano))
    pdf, outro = imprimir(dados), imprimir(outra_forma(nome, dados))
    assert isinstance(pdf, bytes)
    assert isinstance(outro, bytes), outro
    assert pdf_lido.corrido(outro) == pdf_lido.corrido(pdf)


@pytest.mark.requisito("DACTE-07")
@pytest.mark.parametrize(
    ("de", "para"),
    [
        (rb"<dhEmi>[^<]*", b"<dhEmi>ontem"),
        (rb"<dhRecbto>[^<]*", b"<dhRecbto>2026-02-31T99:00:00"),
        (rb"<vTPrest>[^<]*", b"<vTPrest>1.234,56"),
        (rb"<qCarga>[^<]*", b"<qCarga>1e400"),
        (rb"<CNPJ>[^<]*", b"<CNPJ>1"),
        (rb"<CEP>[^<]*", b"<CEP>"),
        (rb"<modal>[^<]*", b"<modal>99"),
        (rb"<tpImp>[^<]*", b"<tpImp>9"),
        (rb"<nProt>[^<]*</nProt>", b""),
        (rb"<qrCodCTe>[^<]*</qrCodCTe>", b""),
        (rb' Id="[^"]*"', b""),
        (rb"<emit>.*</emit>", b""),
        (rb"<ide>.*</ide>", b"<ide/>"),
        (rb"<xObs>[^<]*", b"<xObs>" + b"a" * 100_000),
    ],
)
def test_um_campo_errado_nao_derruba_a_impressao(de: bytes, para: bytes) -> None:
    plano = Cheio(fixos={"tpEmis": "1", "modal": "01", "tpImp": "1"}, ramos={"infCte": "infCTeNorm"})
    dados = re.sub(de, para, processado(Tipo.CTE, plano), flags=re.DOTALL)
    comeco = time.process_time()
    feito = imprimir(dados, Extras(cancelado=True))
    assert isinstance(feito, (bytes, Recusa))
    assert not isinstance(feito, bytes) or feito.startswith(b"%PDF")
    assert time.process_time() - comeco < 10  # a second at most: nothing of it grows with the square of a text


@pytest.mark.requisito("DACTE-06")
@pytest.mark.parametrize("nome", ESTRANHAS)
def test_textos_estranhos_na_folha_do_evento(nome: str) -> None:
    dados = ouro("procEventoCTe.xml").decode()
    trocado = re.sub(r"<xJust>[^<]*", f"<xJust>{ESTRANHAS[nome][0]}", dados)
    pdf = imprimir_evento(trocado.encode())
    assert isinstance(pdf, bytes), pdf
    lido = " ".join(t for f in pdf_lido.textos(pdf) for t in f)
    assert imprimivel(ESTRANHAS[nome][0]) in lido
