"""Tests our signer against signxml, byte for byte, and every trap of lxml's C14N."""

import base64
import hashlib

import pytest
from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, Assinador, NaoAssinavelError, canonico_assinado, digerir, enxertar
from separador.fiscal.certificado import Certificado
from separador.fiscal.leitura import Lido, ler, reler
from separador.fiscal.nomes import CTE, com_declaracao
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import NS, chave_cte, cte, documento_estranho
from tests.unidade.fiscal.referencia_signxml import assinar as assinar_com_signxml

QUANTOS = 200


def tipo_de(dados: bytes) -> Tipo:
    lido = ler(dados)
    assert isinstance(lido, Lido)
    assert lido.tipo is not None
    return lido.tipo


@pytest.mark.requisito("CTE-14")
@pytest.mark.parametrize("semente", range(QUANTOS))
def test_valores_identicos_aos_do_signxml_e_verificados_por_ele(
    semente: int, assinador: Assinador, certificado: Certificado
) -> None:
    documento = documento_estranho(semente)
    nosso = assinador.assinar(documento, tipo_de(documento))
    digest, valor, _ = assinar_com_signxml(documento, certificado)
    assert (nosso.digest_value, nosso.signature_value) == (digest, valor)
    conferida = verificar(nosso.dados)
    assert isinstance(conferida, Verificada)
    assert (conferida.digest_value, conferida.id) == (nosso.digest_value, nosso.id)


@pytest.mark.parametrize("semente", range(40))
def test_documento_assinado_por_signxml_e_aceito(semente: int, certificado: Certificado) -> None:
    """Its base64 comes in lines, and is still in the manual's profile."""
    digest, _, assinado = assinar_com_signxml(documento_estranho(semente), certificado)
    conferida = verificar(assinado)
    assert isinstance(conferida, Verificada)
    assert conferida.digest_value == digest


@pytest.mark.parametrize("semente", range(40))
def test_so_a_assinatura_e_acrescentada(semente: int, assinador: Assinador) -> None:
    documento = documento_estranho(semente)
    assinado = assinador.assinar(documento, tipo_de(documento)).dados
    inicio, fim = assinado.index(b"<Signature xmlns="), assinado.index(b"</Signature>") + len(b"</Signature>")
    assert assinado[:inicio] + assinado[fim:] == documento


def test_mesma_entrada_mesmos_bytes(assinador: Assinador) -> None:
    assert assinador.assinar(cte().encode(), Tipo.CTE) == assinador.assinar(cte().encode(), Tipo.CTE)


def test_armadilha_do_c14n_de_subelemento(assinador: Assinador) -> None:
    """lxml's inclusive C14N of the sub-element writes xmlns="" on grandchildren. Ours must not."""
    raiz = reler(cte().encode())
    errado = etree.tostring(raiz[0], method="c14n", with_comments=False)
    certo = canonico_assinado(raiz, Tipo.CTE)
    assert b'xmlns=""' in errado
    assert b'xmlns=""' not in certo
    assert certo.startswith(f'<infCte xmlns="{CTE}" Id="CTe{chave_cte()}" versao="4.00"><ide><cUF>'.encode())
    assert digerir(raiz, Tipo.CTE) == base64.b64encode(hashlib.sha1(certo).digest()).decode()
    assert assinador.assinar(cte().encode(), Tipo.CTE).digest_value == digerir(raiz, Tipo.CTE)


def test_armadilha_dos_comentarios() -> None:
    """with_comments defaults to True in lxml. A comment must not change the digest."""
    com = cte(obs="a<!-- b -->c")
    assert digerir(reler(com.encode()), Tipo.CTE) == digerir(reler(cte(obs="ac").encode()), Tipo.CTE)


@pytest.mark.parametrize("molde", ["<!-- a -->{}", "{}<!-- b -->", "<!-- a -->\n{}\n<!-- b -->"])
def test_armadilha_do_comentario_ao_lado_da_raiz(molde: str, assinador: Assinador) -> None:
    """When the root has a sibling, lxml canonicalises a copy of it, with xmlns="" again."""
    vestido = molde.format(cte()).encode()
    assert digerir(reler(vestido), Tipo.CTE) == digerir(reler(cte().encode()), Tipo.CTE)
    assinado = assinador.assinar(cte().encode(), Tipo.CTE).dados.decode()
    assert isinstance(verificar(molde.format(assinado).encode()), Verificada)


def test_namespace_herdado_entra_no_digest_de_documento_alheio() -> None:
    """Inclusive C14N carries what the root declares. Only a foreign document has it, and its digest must be right."""
    raiz = reler(cte(raiz=f'<CTe xmlns="{NS}" xmlns:xsi="urn:x">').encode())
    assert canonico_assinado(raiz, Tipo.CTE).startswith(f'<infCte xmlns="{CTE}" xmlns:xsi="urn:x" Id='.encode())


def test_tag_assinada_dentro_de_texto_nao_confunde_o_corte(assinador: Assinador) -> None:
    truque = cte(obs="&lt;/infCte> <![CDATA[<infCte Id='x'></infCte>]]>")
    assinado = assinador.assinar(truque.encode(), Tipo.CTE)
    assert isinstance(verificar(assinado.dados), Verificada)


def test_perfil_do_manual_na_saida(assinador: Assinador) -> None:
    """The output has the right order, one-line base64, one certificate, and nothing else. The official schema, modal
    included, accepts it."""
    raiz = reler(assinador.assinar(cte().encode(), Tipo.CTE).dados)
    assert [e.tag.rpartition("}")[2] for e in raiz] == ["infCte", "infCTeSupl", "Signature"]
    assert all("\n" not in (e.text or "") for e in raiz[-1].iter())
    assert esquema.validar(raiz, Tipo.CTE) == []


def test_molde_tem_a_forma_do_esquema() -> None:
    raiz = reler(enxertar(cte().encode(), MOLDE))
    assert esquema.validar(raiz, Tipo.CTE) == []


def test_cauda_depois_da_raiz_cai(assinador: Assinador) -> None:
    com_cauda = cte().encode() + b"\n<!-- fim -->\n"
    assert assinador.assinar(com_cauda, Tipo.CTE).dados.endswith(b"</Signature></CTe>")


@pytest.mark.parametrize(
    "xml",
    [
        f'<CTe xmlns="{NS}"><a/></CTe>',
        f'<CTe xmlns="{NS}"><infCte versao="4.00"/></CTe>',
        f'<CTe xmlns="{NS}"><infCte Id="a"/><infCte Id="b"/></CTe>',
        f"<CTe xmlns=\"{NS}\"><infCte Id='a&quot;b'/></CTe>",
        "<CTe><infCte Id='a'/></CTe>",
    ],
)
def test_sem_o_que_assinar_nao_assina(xml: str, assinador: Assinador) -> None:
    with pytest.raises(NaoAssinavelError):
        assinador.assinar(xml.encode(), Tipo.CTE)


def test_declaracao_nao_afeta_a_assinatura(assinador: Assinador) -> None:
    arquivo = com_declaracao(assinador.assinar(cte().encode(), Tipo.CTE).dados)
    assert arquivo.startswith(b'<?xml version="1.0" encoding="UTF-8"?><CTe ')
    assert not isinstance(verificar(arquivo), Recusa)
