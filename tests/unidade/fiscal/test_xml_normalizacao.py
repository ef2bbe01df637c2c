"""Tests the normalising of an unsigned export: formatting goes, values stay, each change is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from separador.fiscal.assinatura import Assinador
from separador.fiscal.leitura import Lido, ler, reler
from separador.fiscal.normalizacao import Normalizado
from separador.nucleo.tipo import Tipo
from tests.apoio.normalizacao import normalizar
from tests.unidade.fiscal.gerador import NS, URL_SP, chave_cte, cte, documento_estranho, indentado


def norm(dados: bytes, url: str | None = None, assinador: Assinador | None = None) -> Normalizado:
    lido = ler(dados)
    assert isinstance(lido, Lido)
    assert lido.tipo is not None
    return normalizar(lido, lido.tipo, url, assinador.assinar_texto if assinador else None)


def c14n(raiz: etree._Element) -> bytes:
    return etree.tostring(raiz, method="c14n", with_comments=False)


@pytest.mark.requisito("CTE-14")
def test_formatado_vira_uma_linha_igual_ao_original() -> None:
    limpo = norm(indentado(cte()))
    assert limpo.xml == cte().encode()
    assert [n.split()[0] for n in limpo.notas] == ["BOM", "comentários", "espaços"]


def test_compacto_sai_byte_por_byte_sem_notas() -> None:
    original = b'<?xml version="1.0" encoding="UTF-8"?>' + cte().encode()
    assert norm(original) == Normalizado(cte().encode(), norm(original).raiz, ()) or norm(original).notas == ()
    assert norm(original).xml == cte().encode()


def test_valor_de_folha_nunca_muda() -> None:
    dados = f'<CTe xmlns="{NS}">\n <a> </a>\n <b>  x  </b><c>1<!-- 2 -->3</c><d><![CDATA[ <&> ]]></d></CTe>'.encode()
    limpo = norm(dados)
    esperado = f'<CTe xmlns="{NS}"><a> </a><b>  x  </b><c>13</c><d> &lt;&amp;&gt; </d></CTe>'
    assert limpo.xml == esperado.encode()
    assert "comentários retirados" in limpo.notas


def test_texto_solto_nao_some() -> None:
    """The text is not blank, so it is not formatting. It stays, and the schema refuses the document."""
    assert b"solto" in norm(f'<CTe xmlns="{NS}">\n<a>1</a> solto <b/></CTe>'.encode()).xml


@pytest.mark.parametrize("semente", range(60))
def test_bytes_e_arvore_dizem_o_mesmo(semente: int) -> None:
    limpo = norm(documento_estranho(semente).replace(b"><", b">\n <"))
    assert c14n(reler(limpo.xml)) == c14n(limpo.raiz)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=40))
def test_normalizar_duas_vezes_e_o_mesmo_que_uma(texto: str) -> None:
    folha = etree.Element("xObs")
    folha.text = texto
    xml = etree.tostring(folha, encoding="UTF-8", xml_declaration=False)
    uma = norm(f'<CTe xmlns="{NS}"> <infCte Id="a">'.encode() + xml + b"</infCte>\n</CTe>").xml
    duas = norm(uma)
    assert duas.xml == uma
    assert duas.raiz[0][0].text == (texto or None)


def test_linhas_do_original_ficam() -> None:
    limpo = norm(indentado(cte()))
    serie = limpo.raiz.find(f".//{{{NS}}}serie")
    assert serie is not None
    assert b"<serie>" in indentado(cte()).split(b"\n")[serie.sourceline - 1]


class TestQr:
    def test_faltando_e_incluido(self) -> None:
        limpo = norm(cte(qr=None).encode(), URL_SP)
        assert limpo.xml == cte().encode()
        assert limpo.notas == ("QR Code (infCTeSupl) incluído",)
        assert c14n(reler(limpo.xml)) == c14n(limpo.raiz)

    def test_existente_nao_e_tocado(self) -> None:
        assert norm(cte(qr="http://x").encode(), URL_SP).xml == cte(qr="http://x").encode()

    def test_sem_endereco_nada_entra(self) -> None:
        assert norm(cte(qr=None).encode(), None).xml == cte(qr=None).encode()

    def test_contingencia_leva_sign_com_o_mesmo_certificado(self, assinador: Assinador) -> None:
        limpo = norm(cte(qr=None, tp_emis="5").encode(), URL_SP, assinador)
        texto = limpo.raiz.findtext(f"{{{NS}}}infCTeSupl/{{{NS}}}qrCodCTe") or ""
        assert texto.endswith(f"&sign={assinador.assinar_texto(chave_cte(tp_emis='5').encode())}")
        assert len(texto.rpartition("&sign=")[2]) == 344

    def test_contingencia_sem_chave_nao_inventa(self) -> None:
        assert norm(cte(qr=None, tp_emis="5").encode(), URL_SP).xml == cte(qr=None, tp_emis="5").encode()

    def test_svc_nao_leva_sign(self, assinador: Assinador) -> None:
        limpo = norm(cte(qr=None, tp_emis="8").encode(), URL_SP, assinador)
        assert b"sign=" not in limpo.xml
        assert b"qrCodCTe" in limpo.xml

    def test_chave_ruim_nao_gera_qr(self) -> None:
        ruim = cte(qr=None).replace(f"CTe{chave_cte()}", "CTe123").encode()
        assert norm(ruim, URL_SP).xml == ruim


def test_evento_nao_leva_qr() -> None:
    evento = f'<eventoCTe xmlns="{NS}" versao="4.00"><infEvento Id="ID1"/></eventoCTe>'.encode()
    lido = ler(evento)
    assert isinstance(lido, Lido)
    assert normalizar(lido, Tipo.EVENTO, URL_SP).xml == evento
