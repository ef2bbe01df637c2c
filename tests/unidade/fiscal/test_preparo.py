"""Tests the one function that the workers run: every way in, every way out."""

import pickle
import re
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.evento.envelope import montar_cancelamento
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, assinador_de, preparar
from separador.fiscal.resumo import Resumo, ResumoEvento
from separador.fiscal.verificacao import Verificada, verificar
from separador.motor.trabalho.leitura import EmVigor
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio.certificados import carregar_pfx, certificado_ficticio
from tests.unidade.fiscal.gerador import AGORA, EMITENTE, NS, chave_cte, chave_nfe, cte, indentado

BRASILIA = timezone(timedelta(hours=-3))


def pronto(dados: bytes, contexto: ContextoPreparo) -> Preparado:
    resultado = preparar(dados, contexto)
    assert isinstance(resultado, Preparado), resultado
    return resultado


def codigos(dados: bytes | str, contexto: ContextoPreparo) -> list[str]:
    resultado = preparar(dados if isinstance(dados, bytes) else dados.encode(), contexto)
    assert isinstance(resultado, Recusa), resultado
    return [e.codigo for e in resultado.erros]


@pytest.fixture(scope="module")
def cancelamento() -> bytes:
    xml = montar_cancelamento(
        chave=chave_cte(),
        protocolo="135260000000001",
        justificativa="Erro na digitação do valor",
        cnpj=EMITENTE,
        tp_amb="2",
        quando=AGORA.astimezone(BRASILIA),
    )
    assert isinstance(xml, bytes)
    return xml


@pytest.mark.requisito("CTE-01", "CTE-14")
def test_exportacao_boa_sai_assinada_e_conferida(contexto: ContextoPreparo) -> None:
    p = pronto(cte().encode(), contexto)
    conferida = verificar(p.assinado, cnpj_esperado=EMITENTE, quando=AGORA)
    assert isinstance(conferida, Verificada)
    assert (p.digest, p.chave, p.tipo) == (conferida.digest_value, chave_cte(), Tipo.CTE)
    assert (p.ja_assinado, p.notas_normalizacao) == (False, ())
    assert isinstance(p.resumo, Resumo)


@pytest.mark.requisito("CTE-14")
def test_formatada_e_compacta_dao_o_mesmo_documento(contexto: ContextoPreparo) -> None:
    compacta, formatada = pronto(cte().encode(), contexto), pronto(indentado(cte(qr=None)), contexto)
    assert formatada.assinado == compacta.assinado
    assert formatada.digest == compacta.digest
    assert "QR Code (infCTeSupl) incluído" in formatada.notas_normalizacao


@pytest.mark.requisito("CTE-14")
def test_assinada_de_fora_nao_e_tocada(contexto: ContextoPreparo) -> None:
    assinado = pronto(cte(obs="<![CDATA[a & b]]>").encode(), contexto).assinado
    p = pronto(b'\xef\xbb\xbf<?xml version="1.0"?>\n' + assinado + b"\n", contexto)
    assert p.assinado == assinado
    assert p.ja_assinado


@pytest.mark.parametrize(
    ("estrago", "esperado"),
    [
        (lambda x: x.replace("<ide>", "<ide>\n"), ["599", "297"]),
        (lambda x: x.replace("DIVERSOS", "DIVERSAS"), ["297"]),
        (lambda x: re.sub(r"<SignatureValue>.*?<", "<SignatureValue>AAAA<", x), ["297"]),
        (lambda x: x.replace("rsa-sha1", "rsa-sha256"), ["298", "215"]),
    ],
)
def test_assinada_de_fora_ruim(estrago: object, esperado: list[str], contexto: ContextoPreparo) -> None:
    assinado = pronto(cte().encode(), contexto).assinado.decode()
    achados = codigos(estrago(assinado), contexto)  # type: ignore[operator]
    assert achados[: len(esperado)] == esperado


def test_assinada_por_outra_empresa_213(contexto: ContextoPreparo) -> None:
    outro = carregar_pfx(*certificado_ficticio("99888777000162"))
    assert isinstance(outro, Certificado)
    assinado = Assinador(outro).assinar(cte().encode(), Tipo.CTE).dados
    assert codigos(assinado, contexto) == ["213"]


def test_assinada_sem_qr_850(assinador: Assinador, contexto: ContextoPreparo) -> None:
    assinado = assinador.assinar(cte(qr=None).encode(), Tipo.CTE).dados
    assert "850" in codigos(assinado, contexto)


@pytest.mark.requisito("CTE-14")
def test_evento_assinado_e_conferido(cancelamento: bytes, contexto: ContextoPreparo) -> None:
    p = pronto(cancelamento, contexto)
    assert isinstance(p.resumo, ResumoEvento)
    assert (p.resumo.tp_evento, p.resumo.n_seq, p.chave) == ("110111", 1, chave_cte())
    assert pronto(p.assinado, contexto).ja_assinado


def test_252_ambiente_de_documento_e_de_evento(cancelamento: bytes, contexto: ContextoPreparo) -> None:
    producao = replace(contexto, tp_amb="1")
    assert "252" in codigos(cte(), producao)
    assert codigos(cancelamento, producao) == ["252"]


class TestNamespaces:
    @pytest.mark.requisito("CTE-14")
    def test_404_prefixo_em_tag_do_cte(self, contexto: ContextoPreparo) -> None:
        prefixado = cte().replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
        assert codigos(prefixado.replace("xmlns=", "xmlns:n="), contexto) == ["404"]

    @pytest.mark.requisito("CTE-14")
    def test_598_namespace_estranho_em_tag(self, contexto: ContextoPreparo) -> None:
        assert codigos(cte().replace("<rodo>", '<rodo xmlns="urn:x">'), contexto) == ["598"]

    def test_598_namespace_estranho_so_declarado(self, contexto: ContextoPreparo) -> None:
        assert codigos(cte(raiz=f'<CTe xmlns="{NS}" xmlns:xsi="urn:x">'), contexto) == ["598"]

    def test_404_prefixo_declarado_para_o_proprio_namespace(self, contexto: ContextoPreparo) -> None:
        assert codigos(cte(raiz=f'<CTe xmlns="{NS}" xmlns:n="{NS}">'), contexto) == ["404"]

    def test_404_e_598_prefixo_estranho(self, contexto: ContextoPreparo) -> None:
        achados = codigos(cte().replace("<ide>", '<x:a xmlns:x="urn:x"/><ide>'), contexto)
        assert sorted(achados) == ["404", "598"]

    def test_598_sem_namespace(self, contexto: ContextoPreparo) -> None:
        assert codigos(cte(raiz="<CTe>"), contexto) == ["598"]

    def test_404_atributo_xml(self, contexto: ContextoPreparo) -> None:
        assert codigos(cte().replace("<ide>", '<ide xml:lang="pt">'), contexto) == ["404"]

    def test_404_prefixo_ds_na_assinatura(self, contexto: ContextoPreparo) -> None:
        assinado = pronto(cte().encode(), contexto).assinado.decode()
        inicio = assinado.index("<Signature")
        ds = assinado[inicio:-6].replace("</", "</ds:").replace("<", "<ds:").replace("<ds:/ds:", "</ds:")
        assert codigos(assinado[:inicio] + ds.replace("xmlns=", "xmlns:ds=") + "</CTe>", contexto) == ["404"]

    def test_namespace_repetido_e_aceito(self, contexto: ContextoPreparo) -> None:
        """The same default namespace declared again is no other namespace. The digest is the same."""
        repetido = cte().replace("<rodo>", f'<rodo xmlns="{NS}">')
        assert pronto(repetido.encode(), contexto).digest == pronto(cte().encode(), contexto).digest


def test_instrucao_de_processamento(contexto: ContextoPreparo) -> None:
    for xml in (cte().replace("<ide>", "<?a b?><ide>"), "<?xml-stylesheet href='a'?>" + cte(), cte() + "<?fim?>"):
        assert "SEP-XML-PI" in codigos(xml, contexto)


def test_tipo_desconhecido_nomeia_a_raiz(contexto: ContextoPreparo) -> None:
    recusa = preparar(b'<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe"/>', contexto)
    assert isinstance(recusa, Recusa)
    assert "<nfeProc>" in recusa.erros[0].mensagem
    assert codigos(f'<cteProc xmlns="{NS}"/>', contexto) == ["SEP-XML-TIPO"]


@pytest.mark.requisito("NOM-03")
def test_todos_os_erros_de_uma_vez_com_as_linhas_do_original(contexto: ContextoPreparo) -> None:
    ruim = (
        cte()
        .replace("<serie>1<", "<serie>01<")
        .replace("<RNTRC>12345678<", "<RNTRC>1<")
        .replace(">35</cUF>", ">33</cUF>")
    )
    arquivo = indentado(ruim)
    recusa = preparar(arquivo, contexto)
    assert isinstance(recusa, Recusa)
    assert recusa.chave == chave_cte()
    por_tag = {e.tag: e for e in recusa.erros}
    assert {"215", "580", "227"} <= {e.codigo for e in recusa.erros}
    for tag in ("serie", "RNTRC"):
        linha = 1 + arquivo[: arquivo.index(f"<{tag}>".encode())].count(b"\n")
        assert por_tag[tag].linha == linha
    assert [e.regra for e in recusa.erros].index("XSD") == 0


def test_214_documento_grande(contexto: ContextoPreparo) -> None:
    """The document of 600 KB is valid but for its size. The layout's 2,000 invoices fit; more data in each do not."""
    unidade = "<infUnidTransp><tpUnidTransp>1</tpUnidTransp><idUnidTransp>AAA0000</idUnidTransp></infUnidTransp>"
    notas = "".join(f"<infNFe><chave>{chave_nfe(n)}</chave>{unidade * 3}</infNFe>" for n in range(1, 1501))
    assert codigos(cte(documentos=notas), contexto) == ["214"]


class TestSemCertificado:
    def test_documento_bom_espera(self, contexto: ContextoPreparo) -> None:
        sem = replace(contexto, assinadores={})
        assert preparar(cte(qr=None).encode(), sem) == SemCertificado(EMITENTE, chave_cte())

    def test_documento_ruim_nao_espera(self, contexto: ContextoPreparo) -> None:
        sem = replace(contexto, assinadores={})
        assert "215" in codigos(cte().replace("<CRT>3</CRT>", ""), sem)

    def test_contingencia_sem_qr_espera(self, contexto: ContextoPreparo) -> None:
        justificada = "<dhCont>2026-11-20T09:00:00-03:00</dhCont><xJust>SEM COMUNICACAO COM A SEFAZ</xJust>"
        xml = cte(qr=None, tp_emis="5", contingencia=justificada)
        resultado = preparar(xml.encode(), replace(contexto, assinadores={}))
        assert not (isinstance(resultado, Recusa) and {e.codigo for e in resultado.erros} & {"850", "853"})

    def test_filial_assina_com_o_certificado_da_matriz(self, assinador: Assinador, contexto: ContextoPreparo) -> None:
        assert assinador_de("11222333000262", contexto.assinadores) is assinador
        assert assinador_de("99888777000162", contexto.assinadores) is None
        assert assinador_de("11222333", contexto.assinadores) is None

    def test_o_vencido_nao_serve_e_outro_da_mesma_base_serve(self, assinador: Assinador) -> None:
        filial = "11222333000262"
        antigo = carregar_pfx(*certificado_ficticio(ate=AGORA - timedelta(days=1)))
        assert isinstance(antigo, Certificado)
        vencido = Assinador(antigo)
        em_vigor = EmVigor({filial: vencido, EMITENTE: assinador}, AGORA)
        assert assinador_de(filial, em_vigor) is assinador
        assert assinador_de(filial, EmVigor({filial: vencido}, AGORA)) is None
        assert filial not in em_vigor


def test_291_certificado_vencido(contexto: ContextoPreparo) -> None:
    assert "291" in codigos(cte(), replace(contexto, agora=AGORA.replace(year=2041)))


def test_sem_id_o_esquema_explica(contexto: ContextoPreparo) -> None:
    assert "215" in codigos(re.sub(r' Id="CTe[^"]*"', "", cte()), contexto)
    assert codigos(f'<CTe xmlns="{NS}"/>', contexto)
    assert codigos(f'<eventoCTe xmlns="{NS}"/>', contexto)


def test_resultado_atravessa_o_processo(contexto: ContextoPreparo) -> None:
    for dados in (cte().encode(), b"<x/>"):
        resultado = preparar(dados, contexto)
        assert pickle.loads(pickle.dumps(resultado)) == resultado
