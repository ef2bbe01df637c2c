"""Tests the DACTE, read back from the PDF."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from separador.capacidades.dacte.dominio import letreiro
from separador.capacidades.dacte.papel import Extras, Pedagio, codigos, imprimir
from separador.capacidades.dacte.papel.registro import extras_de
from separador.demonstracao import exportacoes, outros_modelos
from separador.demonstracao.exportacoes import EMITENTE, Exportacao
from separador.demonstracao.variantes import NOMES
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.fiscal.processado import montar_documento
from separador.nucleo.erro import Recusa
from tests.apoio import pdf_lido
from tests.apoio.amostras import ouro
from tests.apoio.certificados import assinador_demo

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PROTOCOLO = "135260000000077"
OUTROS = [outros_modelos.cte_simp, outros_modelos.cte_os, outros_modelos.gtve]


def processado(e: Exportacao, tp_amb: str = "2") -> bytes:
    p = preparar(e.dados, ContextoPreparo(tp_amb, AGORA, {EMITENTE.cnpj: assinador_demo(AGORA)}))
    assert isinstance(p, Preparado), p
    prot = (
        f'<protCTe xmlns="http://www.portalfiscal.inf.br/cte" versao="4.00"><infProt><tpAmb>{tp_amb}</tpAmb>'
        f"<verAplic>S</verAplic><chCTe>{p.chave}</chCTe><dhRecbto>2026-11-20T12:00:01-03:00</dhRecbto>"
        f"<nProt>{PROTOCOLO}</nProt><digVal>{p.digest}</digVal><cStat>100</cStat>"
        "<xMotivo>Autorizado o uso do CT-e</xMotivo></infProt></protCTe>"
    )
    return montar_documento(p.assinado, prot.encode(), p.tipo)


def folhas(dados: bytes, extras: Extras | None = None) -> list[str]:
    pdf = imprimir(dados, extras) if extras is not None else imprimir(dados)
    assert isinstance(pdf, bytes), pdf
    assert pdf.startswith(b"%PDF")
    return [f.extract_text() for f in PdfReader(io.BytesIO(pdf)).pages]


def texto(dados: bytes, extras: Extras | None = None) -> str:
    return "\n".join(folhas(dados, extras))


def junto(t: str) -> str:
    """Returns the text without blanks, because a line may be broken anywhere."""
    return re.sub(r"\s+", "", t)


def em_blocos(chave: str) -> str:
    return " ".join(chave[i : i + 4] for i in range(0, 44, 4))


@pytest.mark.requisito("SEFAZ-10")
@pytest.mark.parametrize("variante", NOMES)
def test_ct_e_de_cada_feitio(variante: str) -> None:
    e = exportacoes.cte(5, agora=AGORA, variante=variante)
    lido = texto(processado(e))
    assert em_blocos(e.chave) in lido
    assert f"{PROTOCOLO} 20/11/2026 12:00:01" in lido
    assert "TP DOC" in lido
    assert EMITENTE.nome in lido


@pytest.mark.requisito("SEFAZ-10")
@pytest.mark.parametrize("modelo", OUTROS, ids=lambda f: f.__name__)
def test_os_outros_modelos_tem_folha_propria(modelo: Callable[..., Exportacao]) -> None:
    e = modelo(7, agora=AGORA)
    lido = texto(processado(e))
    assert em_blocos(e.chave) in lido
    assert f"{PROTOCOLO} 20/11/2026 12:00:01" in lido
    assert "1/1" in lido
    proprio = {"cte_simp": "NITEROI", "cte_os": "TRANSPORTE DE TURISTAS", "gtve": "NUMERÁRIO"}[modelo.__name__]
    assert proprio in lido


@pytest.mark.requisito("SEFAZ-10")
@pytest.mark.parametrize(
    ("variante", "linha"),
    [
        ("uma-nota", r"55 \d{6}[0-9A-Z]{12}\d{26} 001/0*\d+"),
        ("nf-papel", r"01 [0-9A-Z.]{10}/[0-9A-Z]{4}-\d\d 1/\d+"),
        ("outros-documentos", r"00 DECLARACAO \d+"),
    ],
)
def test_tp_doc_mostra_00_99_ou_o_modelo(variante: str, linha: str) -> None:
    assert re.search(linha, texto(processado(exportacoes.cte(5, agora=AGORA, variante=variante))))


def test_tp_doc_99_com_a_descricao() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA, variante="outros-documentos"))
    outro = re.sub(
        rb"<tpDoc>00</tpDoc>(<descOutros>[^<]*</descOutros>)?",
        b"<tpDoc>99</tpDoc><descOutros>VALE 7</descOutros>",
        dados,
    )
    assert re.search(r"99 VALE 7 \d+", texto(outro))


@pytest.mark.requisito("SEFAZ-10")
def test_todas_as_notas_em_quantas_folhas_for_preciso() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA, variante="muitas-notas"))
    paginas = folhas(dados)
    chaves = re.findall(rb"<infNFe><chave>([^<]+)", dados)
    assert len(chaves) == 300
    lido = "\n".join(paginas)
    assert [c for c in chaves if lido.count(c.decode()) != 1] == []
    assert all(f"{i}/{len(paginas)}" in p for i, p in enumerate(paginas, 1))


@pytest.mark.requisito("EMIS-05", "SEFAZ-10")
@pytest.mark.parametrize("tamanho", [10, 400, 2000])
@pytest.mark.parametrize("modelo", [exportacoes.cte, *OUTROS], ids=lambda f: f.__name__)
def test_observacoes_inteiras(modelo: Callable[..., Exportacao], tamanho: int) -> None:
    observacao = " ".join(f"PALAVRA{i}" for i in range(300))[:tamanho].strip()
    pares = "".join(f'<ObsCont xCampo="CAMPO {i}"><xTexto>{"T" * 150}{i}</xTexto></ObsCont>' for i in range(10))
    dados = processado(modelo(5, agora=AGORA)).decode()
    dados = re.sub(r"<xObs>.*?</xObs>(<ObsCont.*</ObsCont>)?", f"<xObs>{observacao}</xObs>{pares}", dados)
    lido = junto("".join(folhas(dados.encode()))).replace("(CONTINUANAPRÓXIMAFOLHA)", "")
    faltam = [i for i in range(10) if f"CAMPO{i}:{'T' * 150}{i}" not in lido]
    assert [i for i in faltam if lido.count(f"CAMPO{i}:") != 1] == []  # one may be cut by a sheet's header
    palavras = observacao.split()
    assert [p for p in palavras if p not in lido] == []


@pytest.mark.requisito("EMIS-14", "EMIS-15")
@pytest.mark.parametrize("modelo", [exportacoes.cte, *OUTROS], ids=lambda f: f.__name__)
def test_pedagio_e_lacres_so_de_lotacao(modelo: Callable[..., Exportacao]) -> None:
    dados = processado(modelo(5, agora=AGORA))
    extras = Extras(
        lotacao=True, lacres=("LACRE1", "LACRE2"), pedagios=(Pedagio("11.222.333/0001-81", "987", "0,00", "EMITENTE"),)
    )
    lido = junto(texto(dados, extras))
    assert "LACRES:LACRE1\\LACRE2" in lido
    assert "comprovante987" in lido
    fracionada = texto(dados, Extras(lotacao=False, lacres=extras.lacres, pedagios=extras.pedagios))
    assert "LACRE1" not in fracionada
    assert "VALE-PED" not in fracionada


@pytest.mark.requisito("EMIS-15")
def test_lacres_do_xml_entram_com_os_do_registro() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA, variante="uma-nota"))
    unidade = (
        b"</chave><infUnidTransp><tpUnidTransp>1</tpUnidTransp><idUnidTransp>ABC1D23</idUnidTransp>"
        b"<lacUnidTransp><nLacre>DOXML</nLacre></lacUnidTransp></infUnidTransp>"
    )
    dados = dados.replace(b"</chave>", unidade, 1)
    assert "LACRES:DOXML\\MEU" in junto(texto(dados, Extras(lotacao=True, lacres=("MEU", "DOXML"))))
    assert "DOXML" not in texto(dados)


@pytest.mark.requisito("EMIS-14", "EMIS-15", "EMIS-24")
def test_o_registro_de_um_cte_emitido_aqui_vai_para_o_papel() -> None:
    vale = {"pagante": "outro", "pagante_documento": "77665544000105", "compra": "3557", "valor": "0.00"}
    registro = {"lotacao": True, "lacres": ["1997", "1998"], "vales_pedagio": [vale | {"fornecedor": "98765432000198"}]}
    dados = processado(exportacoes.cte(5, agora=AGORA, variante="uma-nota"))
    lido = junto(texto(dados, extras_de(registro)))
    assert "LACRES:1997\\1998" in lido
    assert "3557" in lido
    assert "1997" not in texto(dados, extras_de(registro | {"lotacao": False}))
    assert extras_de(None) == Extras()


@pytest.mark.requisito("SEFAZ-10")
@pytest.mark.parametrize("modelo", [exportacoes.cte, *OUTROS], ids=lambda f: f.__name__)
def test_homologacao_producao_e_cancelado(modelo: Callable[..., Exportacao]) -> None:
    teste = texto(processado(modelo(5, agora=AGORA)))
    assert "EMITIDO EM AMBIENTE DE HOMOLOGAÇÃO - SEM VALOR FISCAL" in teste
    de_verdade = processado(modelo(5, agora=AGORA, tp_amb="1"), "1")
    assert "SEM VALOR FISCAL" not in texto(de_verdade)
    assert "CANCELADO" not in texto(de_verdade)
    assert "CANCELADO" in texto(de_verdade, Extras(cancelado=True))


def test_a_amostra_de_referencia() -> None:
    assert "12.ABC.345/01DE-35" in texto(ouro("cteProc.xml"))


@pytest.mark.parametrize(
    "dados", [b"", b"<a/>", b'<retCTe xmlns="http://www.portalfiscal.inf.br/cte"/>', b"<cteProc/>", b"%PDF-1.4"]
)
def test_o_que_nao_e_documento_processado_e_recusado(dados: bytes) -> None:
    assert isinstance(imprimir(dados), Recusa)


@pytest.mark.parametrize(
    ("de", "para"), [(rb'Id="CTe[^"]+"', b'Id="CTe123"'), (rb"<qrCodCTe>[^<]+", b"<qrCodCTe>" + b"h" * 1001)]
)
def test_chave_ou_qr_code_que_nao_sao_de_cte_sao_recusados(de: bytes, para: bytes) -> None:
    assert isinstance(imprimir(re.sub(de, para, processado(exportacoes.cte(5, agora=AGORA)))), Recusa)


def test_um_comentario_no_meio_do_texto_nao_o_corta() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA))
    assert "ANTESDEPOIS" in texto(re.sub(rb"<xObs>.*?</xObs>", b"<xObs>ANTES<!-- n -->DEPOIS</xObs>", dados))


def test_o_documento_assinado_sem_protocolo_e_recusado() -> None:
    recusa = imprimir(exportacoes.cte(5, agora=AGORA).dados)
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == "SEP-DACTE"


def test_o_qr_code_tem_nivel_m_e_25_mm() -> None:
    """Level M of this many letters needs 41 modules a side. Level L would do with 37."""
    url = "https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode?chCTe=" + "3" * 44 + "&tpAmb=2"
    assert len(url) > 84
    assert codigos.qr(url)[1] == 41
    assert codigos.lado_do_qr(url) >= 25


@pytest.mark.requisito("DACTE-04")
def test_palavras_em_vez_de_codigos() -> None:
    simp = texto(processado(outros_modelos.cte_simp(7, agora=AGORA)))
    assert "CUBAGEM DA NF-e" in simp
    os = texto(processado(outros_modelos.cte_os(7, agora=AGORA)))
    assert re.search(r"TIPO DE FRETAMENTO\s+EVENTUAL", os)
    assert "tpFretamento" not in os
    assert re.search(r"VALOR DO INSS\s+36,90", os)


@pytest.mark.requisito("DACTE-02")
def test_icms_de_outra_uf_e_por_substituicao() -> None:
    """The boxes of base, rate and value read every tag that the manual names for them."""
    outra = junto(texto(processado(exportacoes.cte(5, agora=AGORA, variante="inicio-outra-uf"))))
    assert "ICMSDEVIDOÀUFDEORIGEM" in outra
    assert re.search(r"BASEDECÁLCULO[1-9][\d.]*,\d\dALÍQUOTADOICMS\(%\)12,00VALORDOICMS[1-9]", outra)
    st = junto(texto(processado(exportacoes.cte(5, agora=AGORA, variante="icms60"))))
    assert re.search(r"BASEDECÁLCULO[1-9][\d.]*,\d\dALÍQUOTADOICMS\(%\)12,00VALORDOICMS[1-9]", st)


@pytest.mark.requisito("DACTE-02")
def test_o_que_um_esquema_mais_novo_trouxer_nao_some() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA))
    lido = texto(dados.replace(b"</ide>", b"<xNovo>DE OUTRO ESQUEMA</xNovo></ide>"))
    assert "DEMAIS CAMPOS DO DOCUMENTO" in lido
    assert "xNovo: DE OUTRO ESQUEMA" in lido


@pytest.mark.requisito("DACTE-05")
def test_fora_do_ct_e_fica_em_quadro_proprio() -> None:
    dados = processado(exportacoes.cte(5, agora=AGORA))
    assert "INFORMAÇÕES FORA DO CT-E" not in texto(dados)
    assert re.search(r"INFORMAÇÕES FORA DO CT-E\s+DOCUMENTO CANCELADO", texto(dados, Extras(cancelado=True)))


@pytest.mark.requisito("DACTE-03", "DACTE-05")
@pytest.mark.parametrize("dito", ["CANCELADO", "SEM VALOR FISCAL"])
def test_a_marca_dagua_e_desenho_e_nao_texto(dito: str) -> None:
    """Every letter has a shape. As text it would lie over other texts, and break what is copied from the sheet."""
    for letra in set(dito) - {" "}:
        assert letreiro.caminho(letra)
    pdf = imprimir(processado(exportacoes.cte(5, agora=AGORA)), Extras(cancelado=dito == "CANCELADO"))
    assert isinstance(pdf, bytes)
    assert pdf_lido.por_cima(pdf) == []
    sem = imprimir(processado(exportacoes.cte(5, agora=AGORA, tp_amb="1"), "1"))
    assert isinstance(sem, bytes)
    assert letreiro.caminho(dito).encode() in PdfReader(io.BytesIO(pdf)).pages[0].get_contents().get_data()
    assert b"0.96 0.85 0.85 rg" not in PdfReader(io.BytesIO(sem)).pages[0].get_contents().get_data()


@pytest.mark.parametrize("xml", ["<xObs>cano — “aço” €</xObs>", "<xObs>cano — “ac\u0327o” €</xObs>"])
def test_letras_de_fora_do_leiaute(xml: str) -> None:
    """What Windows-1252 has is kept, decomposed letters are put together, and the rest is a question mark."""
    dados = processado(exportacoes.cte(5, agora=AGORA)).decode()
    lido = texto(re.sub(r"<xObs>.*?</xObs>", xml.replace("€", "€ Ω"), dados).encode())
    assert "cano — “aço” € ?" in lido


@pytest.mark.requisito("DACTE-02", "DACTE-07")
def test_duas_mil_notas_de_modelo_1() -> None:
    """Each with everything that infNF has. What it costs is in the bench (`dacte`)."""
    dados = processado(exportacoes.cte(5, agora=AGORA, variante="nf-papel"))
    inicio, fim = dados.index(b"<infNF>"), dados.rindex(b"</infNF>") + len(b"</infNF>")
    nota = dados[inicio : dados.index(b"</infNF>") + len(b"</infNF>")]
    muitas = b"".join(re.sub(rb"<nDoc>[^<]+", b"<nDoc>%d" % (700_000 + i), nota) for i in range(2000))
    pdf = imprimir(dados[:inicio] + muitas + dados[fim:])
    assert isinstance(pdf, bytes)
    lido = "\n".join(t for f in pdf_lido.textos(pdf) for t in f)
    assert [i for i in range(2000) if f"1/{700_000 + i}" not in lido] == []
