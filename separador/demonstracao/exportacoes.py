"""Makes unsigned CT-e 57 as a WMS would drop them: valid against the official XSD and the MOC's rules.

The same number, variant and time give the same bytes: no file is read, and there is no clock and no chance. Plain
string formatting is used, because the bench and the run of 50,000 files make them by the thousand.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from separador.demonstracao import empresas as e
from separador.demonstracao import pedacos_de_xml as p
from separador.demonstracao.variantes import VARIANTES, Variante
from separador.nucleo.chave import compor

EMITENTE = e.EMITENTE

_COMPONENTES = ("FRETE VALOR", "PEDAGIO", "GRIS", "AD VALOREM", "TAXA DE COLETA", "TAXA ENTREGA")
_OBS = (
    "MERCADORIA CONFERIDA NO EMBARQUE E LACRADA NA PRESENCA DO MOTORISTA. ENTREGA SOMENTE COM AGENDAMENTO PREVIO PELA "
    "CENTRAL DE ATENDIMENTO, DE SEGUNDA A SEXTA-FEIRA, DAS 08H00 AS 17H00. PALETES RETORNAVEIS DEVEM SER DEVOLVIDOS NO "
    "ATO DA ENTREGA. AVARIAS DEVEM SER ANOTADAS NO VERSO DO DOCUMENTO, COM FOTOGRAFIA. SEGURO POR CONTA DO EMITENTE. "
    "NUMERO DO EMBARQUE NO SISTEMA DE ORIGEM "
)
_TEXTOS = {
    "acentos": "Descarga às 7 h: ação, coração, à vista, pão, Órgão, Ünico, nº 1ª via, 25 °C, ½ carga, ÿ, «frágil» ",
    "entidades": "SILVA &amp; FILHOS &lt;MATRIZ&gt; &quot;A&quot; &#39;B&#39; &#231;&#xE3;o > fim ",
    "cdata": "<![CDATA[SILVA & FILHOS <MATRIZ> \"A\" 'B' ação ]]>",
}
_NATUREZA = {
    "351": "PRESTACAO DE SERVICO DE TRANSPORTE DA MESMA NATUREZA",
    "353": "PRESTACAO DE SERVICO DE TRANSPORTE A COMERCIO",
    "357": "PRESTACAO DE SERVICO DE TRANSPORTE A NAO CONTRIBUINTE",
    "358": "PRESTACAO DE SERVICO DE TRANSPORTE",
    "932": "TRANSPORTE INICIADO EM UF DIVERSA DA DO PRESTADOR",
}


@dataclass(frozen=True, slots=True)
class Exportacao:
    """A file to drop. `nome` is its name in bytes, `chave` the key inside (empty where there is none to be read)."""

    nome: bytes
    dados: bytes
    chave: str = ""


def cte(
    numero: int,
    *,
    agora: datetime,
    tp_amb: str = "2",
    emitente: e.Empresa = EMITENTE,
    serie: int = 1,
    variante: str | Variante = "padrao",
) -> Exportacao:
    """Returns one CT-e 57, issued at `agora` (aware). `variante` is a name of `VARIANTES`, or one of your own.

    It has about 8 kB with the default variant, some 11 kB once signed. `numero`: 1 to 999,999,999.
    """
    v = VARIANTES[variante] if isinstance(variante, str) else variante
    chave = chave_cte(numero, agora=agora, emitente=emitente, serie=serie)
    total = valor_prestacao(numero)
    corpo = (
        _ide(numero, chave, agora, tp_amb, emitente, serie, v)
        + _compl(numero, v, agora)
        + p.emitente(emitente, "3" if v.ibscbs else "1")
        + p.participante("rem", "enderReme", v.remetente, tp_amb)
        + p.participante("dest", "enderDest", v.destinatario, tp_amb)
        + _prestacao(total)
        + _impostos(total, v)
        + _normal(numero, agora, v)
        + p.AUTORIZADOS
        + p.RESPONSAVEL
    )
    supl = _supl(chave, emitente, tp_amb, v)
    texto = f'<CTe xmlns="{p.NS}"><infCte versao="4.00" Id="CTe{chave}">{corpo}</infCte>{supl}</CTe>'
    return Exportacao(f"{chave}-cte.xml".encode(), _vestir(texto, v), chave)


def chave_cte(
    numero: int,
    *,
    agora: datetime,
    emitente: e.Empresa = EMITENTE,
    serie: int = 1,
    modelo: str = "57",
    tp_emis: str = "1",
) -> str:
    """Returns the key of the document of this number and time."""
    return compor(
        uf=e.CODIGO_UF[emitente.uf], aamm=p.aamm(agora), cnpj=emitente.cnpj, modelo=modelo, serie=serie, numero=numero,
        tp_emis=tp_emis, codigo=codigo(numero),
    )  # fmt: skip


def codigo(numero: int) -> str:
    """Returns cCT: eight digits that look random, always the same for one number."""
    return f"{(numero * 48_271 + 12_345_678) % 100_000_000:08d}"


def valor_prestacao(numero: int) -> int:
    """Returns vTPrest in cents, 500.00 to 9,499.99."""
    return 50_000 + numero * 7919 % 900_000


def suplemento(chave: str, uf: str, tp_amb: str, *, cdata: bool = False) -> str:
    """Returns `<infCTeSupl>`, its ampersand escaped or in a CDATA section."""
    url = p.url_qr(chave, uf, tp_amb)
    texto = f"<![CDATA[{url}]]>" if cdata else url.replace("&", "&amp;")
    return f"<infCTeSupl><qrCodCTe>{texto}</qrCodCTe></infCTeSupl>"


def cabecalho(numero: int, chave: str, agora: datetime, cfop: str, natureza: str, serie: int) -> str:
    """Returns the first fields of `<ide>`, the same in every model, up to tpEmis and cDV."""
    return (
        f"<cUF>{chave[:2]}</cUF><cCT>{codigo(numero)}</cCT><CFOP>{cfop}</CFOP><natOp>{natureza}</natOp>"
        f"<mod>{chave[20:22]}</mod><serie>{serie}</serie><nCT>{numero}</nCT><dhEmi>{p.dh(agora)}</dhEmi>"
        f"<tpImp>1</tpImp><tpEmis>{chave[34]}</tpEmis><cDV>{chave[-1]}</cDV>"
    )


def _supl(chave: str, emitente: e.Empresa, tp_amb: str, v: Variante) -> str:
    return "" if v.qr == "sem" else suplemento(chave, emitente.uf, tp_amb, cdata=v.qr == "cdata")


def _natureza(emitente: e.Empresa, v: Variante) -> str:
    """Returns the last digits of the CFOP.

    They are 932 exactly when the service begins outside the emitter's state (MOC rules G051 and G052).
    """
    if v.destinatario.uf == "EX":
        return v.natureza
    return v.natureza if emitente.uf == v.remetente.uf else "932"


def _cfop(natureza: str, v: Variante) -> str:
    """Puts the first digit by the places (MOC rule G050): 5 inside a state, 6 between states, 7 abroad."""
    if v.destinatario.uf == "EX":
        return "7" + natureza
    return ("5" if v.remetente.uf == v.destinatario.uf else "6") + natureza


def _ide(
    numero: int, chave: str, agora: datetime, tp_amb: str, emitente: e.Empresa, serie: int, v: Variante
) -> str:  # fmt: skip
    natureza = _natureza(emitente, v)
    return (
        f"<ide>{cabecalho(numero, chave, agora, _cfop(natureza, v), _NATUREZA[natureza], serie)}"
        f"<tpAmb>{tp_amb}</tpAmb><tpCTe>0</tpCTe><procEmi>0</procEmi><verProc>WMS FICTICIO 9.1</verProc>"
        f"{p.municipio('Env', emitente)}<modal>01</modal><tpServ>{v.tp_serv}</tpServ>"
        f"{p.municipio('Ini', v.remetente)}{p.municipio('Fim', v.destinatario)}<retira>1</retira>"
        f"<indIEToma>{v.ind_ie}</indIEToma>{_tomador(v)}</ide>"
    )


def _tomador(v: Variante) -> str:
    if v.terceiro is None:
        return f"<toma3><toma>{v.tomador}</toma></toma3>"
    t = v.terceiro
    return (
        f"<toma4><toma>4</toma>{t.documento}<IE>{t.ie}</IE><xNome>{t.nome}</xNome>"
        f"{p.endereco('enderToma', t)}<email>fiscal@exemplo.com.br</email></toma4>"
    )


def _compl(numero: int, v: Variante, agora: datetime) -> str:
    entrega = p.dh(agora + timedelta(days=3))[:10]
    obs = _TEXTOS.get(v.estilo, "") + _OBS + str(numero)
    campos = "".join(
        f'<ObsCont xCampo="CAMPO{i}"><xTexto>INFORMACAO {i} DO EMBARQUE {numero}</xTexto></ObsCont>'
        for i in range(1, 6)
    )
    return (
        "<compl><xCaracAd>CARGA SECA</xCaracAd><xCaracSer>FRACIONADA</xCaracSer><xEmi>EMISSOR WMS</xEmi>"
        f"<Entrega><comData><tpPer>2</tpPer><dProg>{entrega}</dProg></comData><semHora><tpHor>0</tpHor></semHora></Entrega>"
        f"<origCalc>{v.remetente.x_mun}</origCalc><destCalc>{v.destinatario.x_mun}</destCalc>"
        f"<xObs>{obs}</xObs>{campos}</compl>"
    )


def _prestacao(total: int) -> str:
    parte = total // len(_COMPONENTES)
    cortes = [parte * i for i in range(len(_COMPONENTES))] + [total]
    comps = "".join(
        f"<Comp><xNome>{nome}</xNome><vComp>{p.reais(b - a)}</vComp></Comp>"
        for nome, (a, b) in zip(_COMPONENTES, pairwise(cortes), strict=True)
    )
    return f"<vPrest><vTPrest>{p.reais(total)}</vTPrest><vRec>{p.reais(total)}</vRec>{comps}</vPrest>"


def _impostos(total: int, v: Variante) -> str:
    grupo, devido = p.icms(v.icms, total)
    rtc = p.ibscbs(p.base_ibscbs(total, devido)) + f"<vTotDFe>{p.reais(total)}</vTotDFe>" if v.ibscbs else ""
    parte_ecac = "<infAdFisco>SEM INFORMACOES AO FISCO</infAdFisco>"
    return f"<imp>{grupo}<vTotTrib>{p.reais(devido)}</vTotTrib>{parte_ecac}{rtc}</imp>"


def _normal(numero: int, agora: datetime, v: Variante) -> str:
    carga = valor_prestacao(numero) * 20
    return (
        f"<infCTeNorm><infCarga><vCarga>{p.reais(carga)}</vCarga><proPred>PRODUTOS DIVERSOS</proPred>"
        "<xOutCat>PALETIZADA</xOutCat>"
        "<infQ><cUnid>01</cUnid><tpMed>PESO BRUTO</tpMed><qCarga>12500.5000</qCarga></infQ>"
        "<infQ><cUnid>03</cUnid><tpMed>VOLUMES</tpMed><qCarga>320.0000</qCarga></infQ>"
        f"<vCargaAverb>{p.reais(carga)}</vCargaAverb></infCarga><infDoc>{_documentos(numero, agora, v)}</infDoc>"
        f'{_anterior(numero, agora, v)}<infModal versaoModal="4.00"><rodo><RNTRC>12345678</RNTRC></rodo></infModal>'
        f"{_cobranca(numero, agora)}</infCTeNorm>"
    )


def _documentos(numero: int, agora: datetime, v: Variante) -> str:
    vezes = range(numero * 500, numero * 500 + v.notas)
    hoje = p.dh(agora)[:10]
    if v.documentos == "nfe":
        chaves = (p.chave_nfe(v.remetente, n, agora) for n in vezes)
        previsao = p.dh(agora + timedelta(days=3))[:10]
        return "".join(f"<infNFe><chave>{c}</chave><dPrev>{previsao}</dPrev></infNFe>" for c in chaves)
    if v.documentos == "nf":
        return "".join(
            f"<infNF><nRoma>{n}</nRoma><nPed>P{n}</nPed><mod>01</mod><serie>1</serie><nDoc>{n}</nDoc><dEmi>{hoje}</dEmi>"
            "<vBC>100.00</vBC><vICMS>18.00</vICMS><vBCST>0.00</vBCST><vST>0.00</vST><vProd>100.00</vProd><vNF>100.00</vNF>"
            "<nCFOP>5102</nCFOP><nPeso>10.500</nPeso></infNF>"
            for n in vezes
        )
    return "".join(
        f"<infOutros><tpDoc>00</tpDoc><descOutros>DECLARACAO</descOutros><nDoc>{n}</nDoc><dEmi>{hoje}</dEmi>"
        "<vDocFisc>250.00</vDocFisc></infOutros>"
        for n in vezes
    )


def _anterior(numero: int, agora: datetime, v: Variante) -> str:
    """Returns docAnt: compulsory for tpServ 1 to 3 and forbidden for 0 (MOC rules G059 and G060)."""
    t = v.terceiro
    if v.tp_serv == "0" or t is None:
        return ""
    chave = chave_cte(numero, agora=agora, emitente=t, serie=7)
    return (
        f"<docAnt><emiDocAnt>{t.documento}<IE>{t.ie}</IE><UF>{t.uf}</UF><xNome>{t.nome}</xNome>"
        f"<idDocAnt><idDocAntEle><chCTe>{chave}</chCTe></idDocAntEle></idDocAnt></emiDocAnt></docAnt>"
    )


def _cobranca(numero: int, agora: datetime) -> str:
    total = p.reais(valor_prestacao(numero))
    vence = p.dh(agora + timedelta(days=28))[:10]
    return (
        f"<cobr><fat><nFat>{numero}</nFat><vOrig>{total}</vOrig><vLiq>{total}</vLiq></fat>"
        f"<dup><nDup>{numero}-1</nDup><dVenc>{vence}</dVenc><vDup>{total}</vDup></dup></cobr>"
    )


def _vestir(texto: str, v: Variante) -> bytes:
    """Returns the document as its exporter writes files: declaration, BOM, indentation, comments."""
    if v.estilo == "indentado":
        return b"\xef\xbb\xbf" + (p.DECLARACAO + "\r\n" + indentar(texto)).encode()
    if v.estilo == "comentado":
        texto = "<!-- exportado pelo WMS -->" + texto.replace("<emit>", "<!-- emitente -->\n<emit>", 1)
        return (p.DECLARACAO + "\n" + texto + "\n<!-- fim -->\n").encode()
    return ("" if v.estilo == "sem-declaracao" else p.DECLARACAO).encode() + texto.encode()


_MARCAS = re.compile(r"(<[^>]+>)")


def indentar(texto: str) -> str:
    """Pretty-prints with CRLF and two spaces a document without CDATA, comments or mixed content."""
    linhas: list[str] = []
    fundo = 0
    pedacos = [x for x in _MARCAS.split(texto) if x]
    aberto = False
    for x in pedacos:
        fecha = x.startswith("</")
        fundo -= fecha
        if x.startswith("<") and not (fecha and aberto):
            linhas.append("\r\n" + "  " * fundo)
        linhas.append(x)
        abre = x.startswith("<") and not fecha and not x.endswith("/>")
        fundo += abre
        aberto = abre or not x.startswith("<")
    return "".join(linhas).lstrip()
