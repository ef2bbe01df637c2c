"""Makes valid base documents of the four kinds, and the small changes that break (or vary) them.

Companies, keys and certificate are fictitious. Only what the rules read is here: the schema has tests of its own.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.nucleo.chave import compor, dv11
from separador.nucleo.tipo import FAMILIAS, Tipo

NS = "http://www.portalfiscal.inf.br/cte"
DS = "http://www.w3.org/2000/09/xmldsig#"
AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CONTEXTO = ContextoRegras("2", AGORA)
HOMOLOGACAO = "CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
Mudanca = Callable[[etree._Element], None]


def cnpj(base: str) -> str:
    """Returns a CNPJ from its first 12 characters."""
    primeiro = dv11(base)
    return f"{base}{primeiro}{dv11(f'{base}{primeiro}')}"


EMIT, REM, DEST = cnpj("112223330001"), cnpj("12ABC34501DE"), cnpj("998877660001")
EXPED, RECEB, OUTRO = cnpj("445566770001"), cnpj("334455660001"), cnpj("778899000001")
CPF, CPF_ERRADO = "52998224725", "52998224726"
IE_SP, IE_RJ = "110042490114", "78045612"


def chave(doc: str = REM, modelo: str = "55", numero: int = 10, aamm: str = "2611", tp_emis: str = "1") -> str:
    """Returns a valid key of some other document."""
    return compor(
        uf="35", aamm=aamm, cnpj=doc, modelo=modelo, serie=1, numero=numero, tp_emis=tp_emis, codigo="87654321"
    )


CHAVE_RUIM = chave()[:-1] + str((int(chave()[-1]) + 1) % 10)


def ruim(modelo: str, doc: str = EMIT) -> str:
    """Returns a key with the wrong check digit."""
    boa = chave(doc, modelo)
    return boa[:-1] + str((int(boa[-1]) + 1) % 10)


def _ender(tag: str, mun: str, uf: str) -> str:
    return (
        f"<{tag}><xLgr>RUA A</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>{mun}</cMun><xMun>CIDADE</xMun>"
        f"<UF>{uf}</UF></{tag}>"
    )


SP, RJ = ("3550308", "SP"), ("3304557", "RJ")
ENDER = {"rem": "enderReme", "dest": "enderDest", "exped": "enderExped", "receb": "enderReceb"}


def parte(papel: str, doc: str, ie: str, onde: tuple[str, str]) -> str:
    """Returns one party's group."""
    return (
        f"<{papel}><CNPJ>{doc}</CNPJ><IE>{ie}</IE><xNome>{HOMOLOGACAO}</xNome>{_ender(ENDER[papel], *onde)}</{papel}>"
    )


_EMIT = (
    f"<emit><CNPJ>{EMIT}</CNPJ><IE>{IE_SP}</IE><IEST>{IE_SP}</IEST><xNome>FICTICIA</xNome>"
    f"{_ender('enderEmit', *SP)}<CRT>3</CRT></emit>"
)
_ICMS = "<ICMS><ICMS00><CST>00</CST><vBC>1000.00</vBC><pICMS>12.00</pICMS><vICMS>120.00</vICMS></ICMS00></ICMS>"
_FIM = (
    f"<autXML><CNPJ>{OUTRO}</CNPJ></autXML><autXML><CPF>{CPF}</CPF></autXML>"
    f"<infRespTec><CNPJ>{OUTRO}</CNPJ><xContato>A B</xContato><email>a@b.c</email><fone>1133334444</fone></infRespTec>"
)
_TOTAIS = "<vTPrest>1000.00</vTPrest><vRec>1000.00</vRec>"


def _ide(tipo: Tipo, resto: str) -> str:
    modelo, tp_cte = FAMILIAS[tipo].modelo, {Tipo.CTE_SIMP: "5", Tipo.GTVE: "4"}.get(tipo, "0")
    return (
        f"<ide><cUF>35</cUF><cCT>12345678</cCT><CFOP>6357</CFOP><natOp>TRANSPORTE</natOp><mod>{modelo}</mod>"
        f"<serie>1</serie><nCT>7</nCT><dhEmi>2026-11-21T08:00:00-03:00</dhEmi><tpImp>1</tpImp><tpEmis>1</tpEmis>"
        f"<cDV>0</cDV><tpAmb>2</tpAmb><tpCTe>{tp_cte}</tpCTe><cMunEnv>3550308</cMunEnv><xMunEnv>SAO PAULO</xMunEnv>"
        f"<UFEnv>SP</UFEnv><modal>01</modal>{resto}</ide>"
    )


_TRECHO = (
    "<cMunIni>3550308</cMunIni><xMunIni>A</xMunIni><UFIni>SP</UFIni>"
    "<cMunFim>3304557</cMunFim><xMunFim>B</xMunFim><UFFim>RJ</UFFim>"
)


def _cte() -> str:
    return (
        _ide(
            Tipo.CTE,
            f"<tpServ>0</tpServ>{_TRECHO}<retira>1</retira><indIEToma>1</indIEToma><toma3><toma>0</toma></toma3>",
        )
        + _EMIT
        + parte("rem", REM, IE_SP, SP)
        + parte("exped", EXPED, IE_SP, SP)
        + parte("receb", RECEB, IE_RJ, RJ)
        + parte("dest", DEST, IE_RJ, RJ)
        + f"<vPrest>{_TOTAIS}</vPrest><imp>{_ICMS}</imp>"
        + "<infCTeNorm><infCarga><vCarga>5000.00</vCarga><proPred>X</proPred></infCarga><infDoc>"
        + f"<infNFe><chave>{chave(numero=1)}</chave></infNFe><infNFe><chave>{chave(numero=2)}</chave></infNFe></infDoc>"
        + '<infModal versaoModal="4.00"><rodo><RNTRC>12345678</RNTRC></rodo></infModal></infCTeNorm>'
        + _FIM
    )


def _toma(indicador: str = "") -> str:
    return f"<toma>{indicador}<CNPJ>{REM}</CNPJ><IE>{IE_SP}</IE><xNome>TOMADOR</xNome>{_ender('enderToma', *SP)}</toma>"


def _det(item: int) -> str:
    return (
        f'<det nItem="{item}"><cMunIni>3550308</cMunIni><xMunIni>A</xMunIni><cMunFim>3304557</cMunFim>'
        f"<xMunFim>B</xMunFim><vPrest>500.00</vPrest><vRec>500.00</vRec>"
        f"<infNFe><chNFe>{chave(numero=item)}</chNFe></infNFe></det>"
    )


def _simp() -> str:
    return (
        _ide(Tipo.CTE_SIMP, "<tpServ>0</tpServ><UFIni>SP</UFIni><UFFim>RJ</UFFim><retira>1</retira>")
        + _EMIT
        + _toma("<toma>4</toma><indIEToma>1</indIEToma>")
        + "<infCarga><vCarga>5000.00</vCarga></infCarga>"
        + _det(1)
        + _det(2)
        + '<infModal versaoModal="4.00"><rodo><RNTRC>12345678</RNTRC></rodo></infModal>'
        + f"<imp>{_ICMS}</imp><total><vTPrest>1000.00</vTPrest><vTRec>1000.00</vTRec></total>"
        + _FIM
    )


def _os() -> str:
    return (
        _ide(Tipo.CTE_OS, f"<tpServ>6</tpServ><indIEToma>1</indIEToma>{_TRECHO}")
        + _EMIT
        + _toma()
        + f"<vPrest>{_TOTAIS}</vPrest><imp>{_ICMS}<infTribFed><vINSS>11.00</vINSS></infTribFed></imp>"
        + "<infCTeNorm><infServico><xDescServ>X</xDescServ></infServico>"
        + '<infModal versaoModal="4.00"><rodoOS><TAF>123456789012</TAF><infFretamento><tpFretamento>1</tpFretamento>'
        + "<dhViagem>2026-11-30T08:00:00-03:00</dhViagem></infFretamento></rodoOS></infModal></infCTeNorm>"
        + _FIM
    )


def _gtve() -> str:
    return (
        _ide(Tipo.GTVE, "<tpServ>9</tpServ><indIEToma>1</indIEToma><toma><toma>0</toma></toma>")
        + _EMIT
        + parte("rem", REM, IE_SP, SP)
        + parte("dest", DEST, IE_RJ, RJ)
        + _ender("origem", *SP)
        + _ender("destino", *RJ)
        + _FIM
    )


_BASES = {Tipo.CTE: _cte, Tipo.CTE_SIMP: _simp, Tipo.CTE_OS: _os, Tipo.GTVE: _gtve}


def documento(tipo: Tipo, *mudancas: Mudanca, depois: tuple[Mudanca, ...] = ()) -> etree._Element:
    """Returns the base document with `mudancas`, its key and QR code made anew, and then `depois`."""
    inf = f'<infCte versao="4.00" Id="CTe">{_BASES[tipo]()}</infCte>'
    raiz = etree.fromstring(f'<{tipo.value} xmlns="{NS}">{inf}</{tipo.value}>')
    for mudanca in mudancas:
        mudanca(raiz)
    _recompor(raiz)
    for mudanca in depois:
        mudanca(raiz)
    return etree.fromstring(etree.tostring(raiz))  # as read from a file: with line numbers


def _recompor(raiz: etree._Element) -> None:
    inf = achar(raiz, "")
    ide = {no.tag.rpartition("}")[2]: no.text or "" for no in achar(raiz, "ide")}
    emissor = next((no.text for no in achar(raiz, "emit") if no.tag.endswith(("}CNPJ", "}CPF"))), None)
    nova = compor(
        uf=ide["cUF"],
        aamm=ide["dhEmi"][2:4] + ide["dhEmi"][5:7],
        cnpj=emissor or EMIT,
        modelo=ide["mod"],
        serie=int(ide["serie"]),
        numero=int(ide["nCT"]),
        tp_emis=ide["tpEmis"],
        codigo=ide["cCT"],
    )
    inf.set("Id", f"CTe{nova}")
    achar(raiz, "ide/cDV").text = nova[43]
    assinado = f"&sign={assinar(nova)}" if ide["tpEmis"] in "245" else ""
    qr = f"{url_qrcode(ide['cUF'], ide['tpAmb'])}?chCTe={nova}&tpAmb={ide['tpAmb']}{assinado}"
    suplemento = etree.SubElement(raiz, f"{{{NS}}}infCTeSupl")
    etree.SubElement(suplemento, f"{{{NS}}}qrCodCTe").text = qr
    if assinado:
        assinatura = etree.SubElement(raiz, f"{{{DS}}}Signature")
        etree.SubElement(assinatura, f"{{{DS}}}X509Certificate").text = certificado()


@cache
def _chave_privada() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def certificado() -> str:
    """Returns a throw-away certificate, base64 of its DER."""
    nome = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "FICTICIA")])
    feito = (
        x509.CertificateBuilder()
        .subject_name(nome)
        .issuer_name(nome)
        .public_key(_chave_privada().public_key())
        .serial_number(1)
        .not_valid_before(AGORA)
        .not_valid_after(AGORA + timedelta(days=1))
        .sign(_chave_privada(), SHA256())
    )
    return b64encode(feito.public_bytes(Encoding.DER)).decode()


def assinar(texto: str) -> str:
    """Returns the RSA-SHA1 signature of a text, base64."""
    return b64encode(_chave_privada().sign(texto.encode(), padding.PKCS1v15(), SHA1())).decode()


def achar(raiz: etree._Element, caminho: str) -> etree._Element:
    """Returns the element at `caminho`: local names from infCte on, or from the root with "/" in front."""
    no = raiz if caminho.startswith("/") else raiz.find(f"{{{NS}}}infCte")
    assert no is not None
    for passo in filter(None, caminho.split("/")):
        no = no.find(f"{{*}}{passo}")
        assert no is not None, caminho
    return no


def poe(caminho: str, texto: str) -> Mudanca:
    """Changes a text."""

    def mudar(raiz: etree._Element) -> None:
        achar(raiz, caminho).text = texto

    return mudar


def tira(caminho: str) -> Mudanca:
    """Removes an element."""

    def mudar(raiz: etree._Element) -> None:
        no = achar(raiz, caminho)
        pai = no.getparent()
        assert pai is not None
        pai.remove(no)

    return mudar


def inclui(caminho: str, xml: str) -> Mudanca:
    """Appends the content of `xml` to an element."""

    def mudar(raiz: etree._Element) -> None:
        achar(raiz, caminho).extend(list(etree.fromstring(f'<x xmlns="{NS}">{xml}</x>')))

    return mudar


def atributo(caminho: str, nome: str, valor: str) -> Mudanca:
    """Changes an attribute."""

    def mudar(raiz: etree._Element) -> None:
        achar(raiz, caminho).set(nome, valor)

    return mudar
