"""Makes documents for the tests of `fiscal`: one good CT-e with options, and any number of odd ones, by seed.

All companies are fictitious. The odd documents are meant for signatures: most of them break the schema on purpose.
"""

import random
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from separador.nucleo.chave import compor, dv11

NS = "http://www.portalfiscal.inf.br/cte"
EMITENTE = "11222333000181"
AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HOMOLOGACAO = "CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
URL_SP = "https://homologacao.nfe.fazenda.sp.gov.br/CTeConsulta/qrCode"


def cnpj(base: str) -> str:
    """Returns a base of 12 with its check digits."""
    com_um = f"{base}{dv11(base)}"
    return f"{com_um}{dv11(com_um)}"


REMETENTE, DESTINATARIO = cnpj("12ABC34501DE"), cnpj("998877660001")


def chave_cte(numero: int = 1, tp_emis: str = "1") -> str:
    return compor(
        uf="35", aamm="2611", cnpj=EMITENTE, modelo="57", serie=1, numero=numero, tp_emis=tp_emis, codigo="12345678"
    )


def chave_nfe(numero: int = 10) -> str:
    return compor(
        uf="35", aamm="2611", cnpj=REMETENTE, modelo="55", serie=1, numero=numero, tp_emis="1", codigo="87654321"
    )


def _endereco(tag: str, municipio: str, nome: str, uf: str) -> str:
    return (
        f"<{tag}><xLgr>RUA TESTE</xLgr><nro>1</nro><xBairro>CENTRO</xBairro><cMun>{municipio}</cMun>"
        f"<xMun>{nome}</xMun><CEP>01001000</CEP><UF>{uf}</UF></{tag}>"
    )


def cte(
    *,
    numero: int = 1,
    tp_emis: str = "1",
    tp_amb: str = "2",
    obs: str | None = None,
    qr: str | None = "normal",
    documentos: str | None = None,
    contingencia: str = "",
    modal: str = '<infModal versaoModal="4.00"><rodo><RNTRC>12345678</RNTRC></rodo></infModal>',
    raiz: str = f'<CTe xmlns="{NS}">',
) -> str:
    """Returns a CT-e 57 that passes schema and rules at AGORA, in one line, without declaration. `qr` None leaves
    infCTeSupl out."""
    chave = chave_cte(numero, tp_emis)
    docs = documentos if documentos is not None else f"<infNFe><chave>{chave_nfe()}</chave></infNFe>"
    url = f"{URL_SP}?chCTe={chave}&amp;tpAmb={tp_amb}" if qr == "normal" else qr
    suplemento = f"<infCTeSupl><qrCodCTe>{url}</qrCodCTe></infCTeSupl>" if url is not None else ""
    compl = f"<compl><xObs>{obs}</xObs></compl>" if obs is not None else ""
    return (
        f'{raiz}<infCte versao="4.00" Id="CTe{chave}"><ide><cUF>35</cUF><cCT>12345678</cCT><CFOP>6353</CFOP>'
        f"<natOp>PRESTACAO DE SERVICO DE TRANSPORTE</natOp><mod>57</mod><serie>1</serie><nCT>{numero}</nCT>"
        f"<dhEmi>2026-11-20T10:00:00-03:00</dhEmi><tpImp>1</tpImp><tpEmis>{tp_emis}</tpEmis><cDV>{chave[-1]}</cDV>"
        f"<tpAmb>{tp_amb}</tpAmb><tpCTe>0</tpCTe><procEmi>0</procEmi><verProc>teste 1.0</verProc>"
        "<cMunEnv>3550308</cMunEnv><xMunEnv>SAO PAULO</xMunEnv><UFEnv>SP</UFEnv><modal>01</modal><tpServ>0</tpServ>"
        "<cMunIni>3550308</cMunIni><xMunIni>SAO PAULO</xMunIni><UFIni>SP</UFIni><cMunFim>3304557</cMunFim>"
        "<xMunFim>RIO DE JANEIRO</xMunFim><UFFim>RJ</UFFim><retira>1</retira><indIEToma>9</indIEToma>"
        f"<toma3><toma>0</toma></toma3>{contingencia}</ide>{compl}"
        f"<emit><CNPJ>{EMITENTE}</CNPJ><IE>110042490114</IE><xNome>TRANSPORTADORA FICTICIA LTDA</xNome>"
        f"{_endereco('enderEmit', '3550308', 'SAO PAULO', 'SP')}<CRT>3</CRT></emit>"
        f"<rem><CNPJ>{REMETENTE}</CNPJ><xNome>{HOMOLOGACAO}</xNome>"
        f"{_endereco('enderReme', '3550308', 'SAO PAULO', 'SP')}</rem>"
        f"<dest><CNPJ>{DESTINATARIO}</CNPJ><xNome>{HOMOLOGACAO}</xNome>"
        f"{_endereco('enderDest', '3304557', 'RIO DE JANEIRO', 'RJ')}</dest>"
        "<vPrest><vTPrest>1000.00</vTPrest><vRec>1000.00</vRec>"
        "<Comp><xNome>FRETE VALOR</xNome><vComp>1000.00</vComp></Comp></vPrest>"
        "<imp><ICMS><ICMS00><CST>00</CST><vBC>1000.00</vBC><pICMS>12.00</pICMS><vICMS>120.00</vICMS></ICMS00></ICMS>"
        "</imp><infCTeNorm><infCarga><vCarga>50000.00</vCarga><proPred>DIVERSOS</proPred>"
        "<infQ><cUnid>01</cUnid><tpMed>PESO BRUTO</tpMed><qCarga>1000.0000</qCarga></infQ></infCarga>"
        f"<infDoc>{docs}</infDoc>{modal}</infCTeNorm></infCte>{suplemento}</CTe>"
    )


def indentado(xml: str) -> bytes:
    """Returns the same document as an exporter formats it: BOM, declaration, comments, two spaces per level."""
    saida, nivel = [], 0
    for pedaco in xml.replace("><", ">\0<").split("\0"):
        if pedaco.startswith("</"):
            nivel -= 1
        saida.append("  " * nivel + pedaco)
        if not pedaco.startswith("</") and "</" not in pedaco and not pedaco.endswith("/>"):
            nivel += 1
    corpo = "\r\n".join(saida)
    return b"\xef\xbb\xbf" + f'<?xml version="1.0" encoding="utf-8"?>\r\n<!-- exportado -->\r\n{corpo}\r\n'.encode()


_ALFABETO = "ABCabc áéíõçÃÜÿ&<>\"'=/:;-.,[]{}()#%@!?*+|~^`\\ºª§£\t\n"
_NOMES = ("xObs", "xNome", "xTexto", "vCarga", "infQ", "CNPJ", "xCaracAd", "Comp")


def documento_estranho(semente: int) -> bytes:
    """Returns a well-formed, unprefixed document with one infCte (or an event), in all writings that C14N evens out."""
    r = random.Random(semente)
    evento = r.random() < 0.2
    raiz, assinado = ("eventoCTe", "infEvento") if evento else (r.choice(("CTe", "CTeOS", "CTeSimp", "GTVe")), "infCte")
    identificador = f"ID110111{chave_cte(semente + 1)}001" if evento else f"CTe{chave_cte(semente + 1)}"
    filhos = "".join(_elemento(r, 3) for _ in range(r.randint(1, 8)))
    suplemento = f"<infCTeSupl>{_folha(r, 'qrCodCTe')}</infCTeSupl>" if not evento and r.random() < 0.7 else ""
    atributos = _atributos(r, [("versao", "4.00"), ("Id", identificador)])
    redundante = f' xmlns="{NS}"' if r.random() < 0.2 else ""
    da_raiz = _atributos(r, [("xmlns", NS), *([("versao", "4.00")] if r.random() < 0.5 else [])])
    espaco = r.choice(("", "", " ", "\n\t"))
    return (
        f"<{raiz}{da_raiz}><{assinado}{redundante}{atributos}{espaco}>{filhos}</{assinado}>{suplemento}</{raiz}>"
    ).encode()


def _atributos(r: random.Random, pares: list[tuple[str, str]]) -> str:
    """Returns the attributes in any order, with either quote."""
    r.shuffle(pares)
    return "".join(f" {n}={q}{v}{q}" for n, v in pares for q in [r.choice("\"'")])


def _elemento(r: random.Random, fundo: int) -> str:
    if fundo and r.random() < 0.4:
        nome = r.choice(_NOMES)
        extra = _atributos(
            r, [("nItem", str(r.randint(1, 99))), ("a", escape(_texto(r), {'"': "&quot;", "'": "&#39;"}))]
        )
        return f"<{nome}{extra}>" + "".join(_elemento(r, fundo - 1) for _ in range(r.randint(0, 4))) + f"</{nome}>"
    return _folha(r, r.choice(_NOMES))


def _folha(r: random.Random, nome: str) -> str:
    forma = r.randrange(6)
    if forma == 0:
        return r.choice((f"<{nome}/>", f"<{nome} />", f"<{nome}></{nome}>"))
    texto = _texto(r)
    if forma == 1:
        return f"<{nome}><![CDATA[{texto.replace(']]>', '')}]]></{nome}>"
    if forma == 2:
        return f"<{nome}>{''.join(f'&#{ord(c)};' if r.random() < 0.5 else f'&#x{ord(c):X};' for c in texto)}</{nome}>"
    if forma == 3:
        return f"<{nome}>{escape(texto)}<![CDATA[<b>&amp;</b>]]>{escape(_texto(r))}</{nome}>"
    if forma == 4:
        return f"<{nome}>  {escape(texto)}\r\n&#13;&#10; </{nome}>"
    return f"<{nome}>{escape(texto)}</{nome}>"


def _texto(r: random.Random) -> str:
    return "".join(r.choice(_ALFABETO) for _ in range(r.randint(0, 40)))
