"""Tests the good samples: official XSD, distinct keys, same bytes each time, real size, and the product's answer."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import nfelib
import pytest
from lxml import etree

from separador.demonstracao import empresas, eventos, outros_modelos
from separador.demonstracao.empresas import DESTINATARIO_MG, DESTINATARIO_RJ, EMITENTE, TOMADOR_PR
from separador.demonstracao.exportacoes import Exportacao, chave_cte, cte, indentar
from separador.demonstracao.variantes import NOMES
from separador.fiscal.assinatura import Assinador
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.nucleo.chave import chave_valida, cnpj_valido, cpf_valido
from separador.nucleo.erro import Recusa
from tests.apoio.certificados import assinador_demo

AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
XSD = Path(nfelib.__file__).parent / "cte" / "schemas" / "v4_0"
OUTROS = {
    "CTeSimp": (outros_modelos.cte_simp, "cteSimp", "cteModalRodoviario"),
    "CTeOS": (outros_modelos.cte_os, "cteOS", "cteModalRodoviarioOS"),
    "GTVe": (outros_modelos.gtve, "GTVe", None),
}
MOLDE = (
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
    '<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    '<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/><Reference URI="#{ident}"><Transforms>'
    '<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>'
    '<Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></Transforms>'
    '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue>AAAA</DigestValue></Reference>'
    "</SignedInfo><SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data><X509Certificate>AAAA</X509Certificate>"
    "</X509Data></KeyInfo></Signature>"
)
"""Is a throw-away Signature of the right shape, because the official schema asks for one."""


@cache
def esquema(nome: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(XSD / f"{nome}_v4.00.xsd"))


def com_molde(dados: bytes) -> etree._Element:
    limpo = etree.XMLParser(remove_blank_text=True, remove_comments=True)
    raiz = etree.fromstring(dados, limpo)
    ident = raiz[0].get("Id") or ""
    raiz.append(etree.fromstring(MOLDE.format(ident=ident)))
    return etree.fromstring(etree.tostring(raiz))


def exigir_valido(raiz: etree._Element, nome: str) -> None:
    x = esquema(nome)
    assert x.validate(raiz), [e.message for e in x.error_log]


def boas(numero: int = 7) -> dict[str, Exportacao]:
    todas = {n: cte(numero, agora=AGORA, variante=n) for n in NOMES}
    return todas | {n: f(numero, agora=AGORA) for n, (f, _, _) in OUTROS.items()}


@pytest.mark.parametrize("nome", NOMES)
def test_cada_variante_vale_contra_o_xsd_oficial(nome: str) -> None:
    raiz = com_molde(cte(7, agora=AGORA, variante=nome).dados)
    exigir_valido(raiz, "cte")
    exigir_valido(raiz.find(".//{*}infModal/{*}rodo"), "cteModalRodoviario")


@pytest.mark.parametrize("nome", OUTROS)
def test_cada_modelo_vale_contra_o_xsd_oficial(nome: str) -> None:
    fazer, xsd, modal = OUTROS[nome]
    for numero in (1, 8, 123_456_789):
        raiz = com_molde(fazer(numero, agora=AGORA).dados)
        assert etree.QName(raiz).localname == nome
        exigir_valido(raiz, xsd)
        if modal:
            exigir_valido(raiz.find(".//{*}infModal")[0], modal)


@pytest.mark.parametrize("tp_amb", ["1", "2"])
def test_os_dois_ambientes_e_outros_emitentes(tp_amb: str) -> None:
    for emitente in (EMITENTE, TOMADOR_PR, DESTINATARIO_MG):
        boa = cte(3, agora=AGORA, tp_amb=tp_amb, emitente=emitente, serie=12)
        exigir_valido(com_molde(boa.dados), "cte")
        assert f"tpAmb={tp_amb}".encode() in boa.dados
        assert boa.chave[6:20] == emitente.cnpj


def test_chave_bate_com_id_nome_e_campos() -> None:
    for boa in boas().values():
        assert chave_valida(boa.chave)
        assert boa.nome == f"{boa.chave}-cte.xml".encode()
        assert f'Id="CTe{boa.chave}"'.encode() in boa.dados
        assert f"<cDV>{boa.chave[-1]}</cDV>".encode() in boa.dados


def test_chaves_unicas_e_notas_unicas() -> None:
    exportacoes = [cte(n, agora=AGORA) for n in range(1, 2001)]
    assert len({e.chave for e in exportacoes}) == 2000
    notas = re.findall(rb"<infNFe><chave>(\w{44})", b"".join(e.dados for e in exportacoes[:50]))
    assert len(notas) == len(set(notas)) == 50 * 34


def test_mesma_entrada_mesmos_bytes() -> None:
    assert boas() == boas()


def test_tamanho_de_documento_real() -> None:
    """The bench measures with documents of about 8 kB."""
    assert 7_500 <= len(cte(1, agora=AGORA).dados) <= 8_500


def test_empresas_sao_validas() -> None:
    todas = [v for v in vars(empresas).values() if isinstance(v, empresas.Empresa) and v.uf != "EX"]
    assert len(todas) >= 10
    assert all((cnpj_valido if len(v.cnpj) == 14 else cpf_valido)(v.cnpj) for v in todas)
    assert cpf_valido(empresas.CONTADOR_CPF)
    assert cnpj_valido(empresas.CONTADOR_CNPJ)
    assert cnpj_valido(empresas.RESPONSAVEL_CNPJ)


def test_indentar_so_mexe_entre_marcas() -> None:
    compacto = cte(5, agora=AGORA, variante="sem-declaracao").dados.decode()
    bonito = indentar(compacto)
    assert "\r\n    <ide>" in bonito
    assert re.sub(r">\s+<", "><", bonito) == compacto


def test_eventos_valem_contra_o_xsd_oficial() -> None:
    chave = chave_cte(7, agora=AGORA)
    for evento, detalhe in (
        (eventos.cancelamento(chave, "135260000000001", agora=AGORA), "evCancCTe"),
        (eventos.carta_de_correcao(chave, agora=AGORA, n_seq=2), "evCCeCTe"),
    ):
        raiz = com_molde(evento.dados)
        exigir_valido(raiz, "eventoCTe")
        exigir_valido(raiz.find(".//{*}detEvento")[0], detalhe)
        assert evento.nome.startswith(chave.encode())


def test_pedido_e_arquivo_comum() -> None:
    assert eventos.pedido("cancelar", "35", motivo="não").dados == (
        '{"pedido": "cancelar", "chave": "35", "motivo": "não"}'.encode()
    )
    assert eventos.pedido("enviar", "35").nome == b"enviar-35.json"
    assert len(eventos.comum(9, tamanho=1000).dados) == 1000


@pytest.fixture(scope="module")
def assinador() -> Assinador:
    return assinador_demo(AGORA)


def julgar(
    dados: bytes, assinador: Assinador, emitente: empresas.Empresa = EMITENTE, tp_amb: str = "2"
) -> Preparado | Recusa | SemCertificado:
    contexto = ContextoPreparo(tp_amb=tp_amb, agora=AGORA, assinadores={emitente.cnpj: assinador})
    return preparar(dados, contexto)


def exigir_aceita(
    dados: bytes, assinador: Assinador, emitente: empresas.Empresa = EMITENTE, tp_amb: str = "2"
) -> Preparado:
    resultado = julgar(dados, assinador, emitente, tp_amb)
    erros = [(e.codigo, e.regra, e.mensagem) for e in resultado.erros] if isinstance(resultado, Recusa) else resultado
    assert isinstance(resultado, Preparado), erros
    return resultado


@pytest.mark.requisito("CTE-01", "CTE-14")
@pytest.mark.parametrize("nome", [*NOMES, *OUTROS])
def test_produto_aceita_e_assina_cada_boa(nome: str, assinador: Assinador) -> None:
    boa = boas()[nome]
    assert exigir_aceita(boa.dados, assinador).chave == boa.chave


@pytest.mark.parametrize("emitente", [EMITENTE, TOMADOR_PR, DESTINATARIO_MG, DESTINATARIO_RJ], ids=lambda e: e.uf)
def test_produto_aceita_todas_as_variantes_de_outros_emitentes(
    emitente: empresas.Empresa, assinador: Assinador
) -> None:
    for tp_amb in ("1", "2"):
        for nome in NOMES:
            boa = cte(5, agora=AGORA, tp_amb=tp_amb, emitente=emitente, variante=nome)
            exigir_aceita(boa.dados, assinador, emitente, tp_amb)


def test_produto_aceita_uma_longa_sequencia(assinador: Assinador) -> None:
    """Amounts, keys and roundings vary with the number."""
    for numero in [*range(1, 120), 999_999_999]:
        exigir_aceita(cte(numero, agora=AGORA, variante=NOMES[numero % len(NOMES)]).dados, assinador)


def test_produto_aceita_e_assina_os_eventos(assinador: Assinador) -> None:
    chave = chave_cte(7, agora=AGORA)
    for evento in (
        eventos.cancelamento(chave, "135260000000001", agora=AGORA),
        eventos.carta_de_correcao(chave, agora=AGORA),
    ):
        exigir_aceita(evento.dados, assinador)
