"""Tests signatures from outside: what is accepted, and that nothing else is (wrapping, algorithms, places, owners)."""

import base64
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio.certificados import carregar_pfx, certificado_ficticio
from tests.unidade.fiscal.gerador import AGORA, EMITENTE, NS, chave_cte, cte

DS = "http://www.w3.org/2000/09/xmldsig#"


@pytest.fixture(scope="module")
def assinado(assinador: Assinador) -> str:
    return assinador.assinar(cte().encode(), Tipo.CTE).dados.decode()


def codigos(xml: str, **opcoes: object) -> list[str]:
    resultado = verificar(xml.encode(), **opcoes)  # type: ignore[arg-type]
    return [e.codigo for e in resultado.erros] if isinstance(resultado, Recusa) else []


@pytest.mark.requisito("CTE-14")
def test_boa_assinatura_diz_de_quem_e(assinado: str, certificado: Certificado) -> None:
    conferida = verificar(assinado.encode(), cnpj_esperado=EMITENTE, quando=AGORA)
    assert isinstance(conferida, Verificada)
    assert conferida.cnpj == EMITENTE
    assert conferida.certificado_der == certificado.der
    assert conferida.id == f"CTe{chave_cte()}"


def test_filial_da_mesma_base_serve(assinado: str) -> None:
    assert codigos(assinado, cnpj_esperado="11222333000262") == []


def test_213_certificado_de_outra_empresa(assinado: str) -> None:
    assert codigos(assinado, cnpj_esperado="99888777000162") == ["213"]


@pytest.mark.parametrize("quando", [datetime(2019, 12, 31, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)])
def test_291_fora_da_validade(assinado: str, quando: datetime) -> None:
    assert codigos(assinado, quando=quando) == ["291"]


def test_certificado_vencido_confere_sem_data(assinador: Assinador) -> None:
    """A document of the past has a certificate that was valid then. Without an instant the dates are not judged."""
    vencido = carregar_pfx(*certificado_ficticio(ate=datetime(2021, 1, 1, tzinfo=UTC)))
    assert isinstance(vencido, Certificado)
    xml = Assinador(vencido).assinar(cte().encode(), Tipo.CTE).dados.decode()
    assert codigos(xml) == []
    assert codigos(xml, quando=AGORA) == ["291"]


def test_297_conteudo_alterado(assinado: str) -> None:
    assert codigos(assinado.replace("1000.00", "9000.00")) == ["297"]


def test_297_espaco_entre_tags_depois_de_assinar(assinado: str) -> None:
    assert codigos(assinado.replace("<ide>", "<ide>\n")) == ["297"]


def test_297_digest_trocado_junto(assinado: str, assinador: Assinador) -> None:
    """Content and DigestValue are changed together. The digest matches; the signature over SignedInfo does not."""
    outro = assinador.assinar(cte().replace("1000.00", "9000.00").encode(), Tipo.CTE)
    forjado = assinado.replace("1000.00", "9000.00")
    forjado = re.sub(r"<DigestValue>.*?<", f"<DigestValue>{outro.digest_value}<", forjado)
    assert codigos(forjado) == ["297"]


def test_297_signature_value_de_outro_documento(assinado: str, assinador: Assinador) -> None:
    outro = assinador.assinar(cte(numero=2).encode(), Tipo.CTE)
    assert codigos(re.sub(r"<SignatureValue>.*?<", f"<SignatureValue>{outro.signature_value}<", assinado)) == ["297"]


def test_297_certificado_de_outra_chave(assinado: str) -> None:
    outro = carregar_pfx(*certificado_ficticio(bits=3072))
    assert isinstance(outro, Certificado)
    x509 = base64.b64encode(outro.der).decode()
    assert codigos(re.sub(r"<X509Certificate>.*?<", f"<X509Certificate>{x509}<", assinado)) == ["297"]


def test_290_certificado_ilegivel(assinado: str) -> None:
    assert codigos(re.sub(r"<X509Certificate>.*?<", "<X509Certificate>AAAA<", assinado)) == ["290"]


@pytest.mark.parametrize("bits", [None, 2048])
def test_290_chave_que_nao_e_rsa(assinado: str, bits: int | None) -> None:
    pfx, senha = certificado_ficticio(curva=bits is None)
    _, x509, _ = pkcs12.load_key_and_certificates(pfx, senha)
    assert x509 is not None
    der = x509.public_bytes(Encoding.DER)
    if bits is not None:  # RSA, under an algorithm identifier that nobody knows
        der = der.replace(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", b"\x2a\x86\x48\xbd\x37\x0d\x01\x01\x01")
    trocado = base64.b64encode(der).decode()
    assert codigos(re.sub(r"<X509Certificate>.*?<", f"<X509Certificate>{trocado}<", assinado)) == ["290"]


def test_298_texto_solto_na_assinatura(assinado: str) -> None:
    assert codigos(assinado.replace("<KeyInfo>", "oi<KeyInfo>")) == ["298"]


def _assinatura(xml: str) -> str:
    return re.search(r"<Signature .*</Signature>", xml)[0]  # type: ignore[index]


def _infcte(xml: str) -> str:
    return re.search(r"<infCte .*</infCte>", xml)[0]  # type: ignore[index]


def _sem(xml: str, parte: str) -> str:
    return xml.replace(parte, "")


FORA_DO_PERFIL = {
    "sem assinatura": lambda x: _sem(x, _assinatura(x)),
    "duas assinaturas": lambda x: x.replace("</CTe>", _assinatura(x) + "</CTe>"),
    "assinatura dentro do infCte": lambda x: _sem(x, _assinatura(x)).replace("</infCte>", _assinatura(x) + "</infCte>"),
    "assinatura antes do infCTeSupl": lambda x: _sem(x, _assinatura(x)).replace(
        "<infCTeSupl>", _assinatura(x) + "<infCTeSupl>"
    ),
    "sha256 no digest": lambda x: x.replace(f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256"),
    "rsa-sha256": lambda x: x.replace(f"{DS}rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"),
    "hmac": lambda x: x.replace(f"{DS}rsa-sha1", f"{DS}hmac-sha1"),
    "c14n exclusivo": lambda x: x.replace(
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2001/10/xml-exc-c14n#"
    ),
    "um transform so": lambda x: re.sub(r"<Transform Algorithm=\"[^\"]*enveloped-signature\"></Transform>", "", x),
    "tres transforms": lambda x: x.replace("</Transforms>", f'<Transform Algorithm="{DS}base64"/></Transforms>'),
    "referencia vazia": lambda x: re.sub(r'URI="[^"]*"', 'URI=""', x),
    "referencia a outro Id": lambda x: re.sub(r'URI="[^"]*"', 'URI="#CTe123"', x),
    "referencia externa": lambda x: re.sub(r'URI="[^"]*"', 'URI="http://exemplo.invalid/a"', x),
    "duas referencias": lambda x: re.sub(r"(<Reference .*</Reference>)", r"\1\1", x),
    "chave a vista": lambda x: x.replace("<X509Data>", "<KeyValue/><X509Data>"),
    "dois certificados": lambda x: re.sub(r"(<X509Certificate>.*</X509Certificate>)", r"\1\1", x),
    "objeto dentro": lambda x: x.replace("</Signature>", "<Object/></Signature>"),
    "base64 invalido": lambda x: re.sub(r"<SignatureValue>.*?<", "<SignatureValue>***<", x),
    "digest vazio": lambda x: re.sub(r"<DigestValue>.*?<", "<DigestValue><", x),
    "sem Id": lambda x: re.sub(r' Id="CTe[^"]*"', "", x, count=1),
    "raiz que nao se assina": lambda x: x.replace("<CTe ", "<cteProc ").replace("</CTe>", "</cteProc>"),
}


@pytest.mark.parametrize("caso", FORA_DO_PERFIL, ids=str)
def test_298_fora_do_perfil(caso: str, assinado: str) -> None:
    estragado = FORA_DO_PERFIL[caso](assinado)
    assert estragado != assinado
    assert codigos(estragado) == ["298"]


def falso(x: str) -> str:
    return _infcte(x).replace("1000.00", "9000.00")


EMBRULHOS = {
    "falso primeiro, verdadeiro depois": lambda x: x.replace(_infcte(x), falso(x) + _infcte(x)),
    "falso com outro Id, verdadeiro dentro do suplemento": lambda x: x.replace(
        _infcte(x), falso(x).replace("CTe3526", "CTe9926")
    ).replace("</infCTeSupl>", _infcte(x) + "</infCTeSupl>"),
    "verdadeiro escondido no falso": lambda x: x.replace(
        _infcte(x), falso(x).replace("</infCte>", _infcte(x) + "</infCte>")
    ),
    "verdadeiro dentro de Object": lambda x: x.replace(_infcte(x), falso(x)).replace(
        "</Signature>", f"<Object>{_infcte(x)}</Object></Signature>"
    ),
    "mesmo Id em outro elemento": lambda x: x.replace("<infCTeSupl>", f'<infCTeSupl Id="CTe{chave_cte()}">'),
    "mesmo Id em minusculas": lambda x: x.replace("<infCTeSupl>", f'<infCTeSupl id="CTe{chave_cte()}">'),
    "falso em namespace nenhum": lambda x: x.replace(_infcte(x), falso(x).replace("<infCte ", '<infCte xmlns="" ', 1)),
    "verdadeiro fora da raiz do documento": lambda x: (
        f'<CTe xmlns="{NS}">{falso(x)}{x.replace("<CTe ", "<infCTeSupl ").replace("</CTe>", "</infCTeSupl>")}</CTe>'
    ),
}


@pytest.mark.requisito("CTE-14")
@pytest.mark.parametrize("caso", EMBRULHOS, ids=str)
def test_embrulho_de_assinatura_e_recusado(caso: str, assinado: str) -> None:
    forjado = EMBRULHOS[caso](assinado)
    assert forjado != assinado
    assert codigos(forjado)


def test_xml_hostil_nem_chega_ao_signxml() -> None:
    assert codigos("<!DOCTYPE a><CTe/>") == ["SEP-XML-DTD"]
