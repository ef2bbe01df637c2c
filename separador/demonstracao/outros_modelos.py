"""Makes unsigned CT-e Simplificado, CT-e OS (people) and GTV-e, valid and repeatable as those of `exportacoes.cte`."""

from datetime import datetime, timedelta

from separador.demonstracao import empresas as e
from separador.demonstracao import pedacos_de_xml as p
from separador.demonstracao.exportacoes import (
    EMITENTE,
    Exportacao,
    cabecalho,
    chave_cte,
    suplemento,
    valor_prestacao,
)

_TOMADOR = e.REMETENTE_SP
_ENTREGAS = (e.DESTINATARIO_RJ, e.REMETENTE_RJ, e.CONSUMIDOR_RJ)


def cte_simp(
    numero: int, *, agora: datetime, tp_amb: str = "2", emitente: e.Empresa = EMITENTE, serie: int = 1
) -> Exportacao:
    """Returns a CT-e Simplificado (tpCTe 5).

    It has one taker, three deliveries in one state, and IBS/CBS in each delivery and in the total.
    """
    chave = chave_cte(numero, agora=agora, emitente=emitente, serie=serie)
    parcela = valor_prestacao(numero) // 3
    total = parcela * 3
    grupo, _ = p.icms("00", total)
    corpo = (
        f"<ide>{cabecalho(numero, chave, agora, '6353', 'TRANSPORTE DE CARGA', serie)}<tpAmb>{tp_amb}</tpAmb>"
        "<tpCTe>5</tpCTe><procEmi>0</procEmi><verProc>WMS FICTICIO 9.1</verProc>"
        f"{p.municipio('Env', emitente)}<modal>01</modal><tpServ>0</tpServ><UFIni>SP</UFIni><UFFim>RJ</UFFim>"
        f"<retira>1</retira></ide><compl><xObs>ENTREGAS FRACIONADAS DO EMBARQUE {numero}</xObs></compl>"
        f"{p.emitente(emitente, '3')}{_toma_simp(tp_amb)}"
        f"<infCarga><vCarga>{p.reais(total * 20)}</vCarga><proPred>PRODUTOS DIVERSOS</proPred>"
        "<infQ><cUnid>01</cUnid><tpMed>00</tpMed><qCarga>9000.0000</qCarga></infQ></infCarga>"
        + "".join(_det(i, numero, agora, parcela) for i in range(1, 4))
        + '<infModal versaoModal="4.00"><rodo><RNTRC>12345678</RNTRC></rodo></infModal>'
        f"<imp>{grupo}</imp><total><vTPrest>{p.reais(total)}</vTPrest><vTRec>{p.reais(total)}</vTRec>"
        f"{_total_ibscbs(parcela)}<vTotDFe>{p.reais(total)}</vTotDFe></total>{p.AUTORIZADOS}{p.RESPONSAVEL}"
    )
    return _fechar("CTeSimp", "", chave, corpo, emitente, tp_amb)


def cte_os(
    numero: int, *, agora: datetime, tp_amb: str = "2", emitente: e.Empresa = EMITENTE, serie: int = 1
) -> Exportacao:
    """Returns a CT-e OS of people (tpServ 6), chartered, from São Paulo to Belo Horizonte.

    The states are neighbours, so there is no infPercurso.
    """
    chave = chave_cte(numero, agora=agora, emitente=emitente, serie=serie, modelo="67")
    total = valor_prestacao(numero)
    grupo, devido = p.icms("00", total)
    corpo = (
        f"<ide>{cabecalho(numero, chave, agora, '6357', 'TRANSPORTE DE PESSOAS', serie)}<tpAmb>{tp_amb}</tpAmb>"
        "<tpCTe>0</tpCTe><procEmi>0</procEmi><verProc>WMS FICTICIO 9.1</verProc>"
        f"{p.municipio('Env', emitente)}<modal>01</modal><tpServ>6</tpServ><indIEToma>1</indIEToma>"
        f"{p.municipio('Ini', emitente)}{p.municipio('Fim', e.DESTINATARIO_MG)}</ide>"
        f"<compl><xObs>FRETAMENTO EVENTUAL {numero}</xObs></compl>{p.emitente(emitente, '3')}"
        f"{p.participante('toma', 'enderToma', e.DESTINATARIO_MG, tp_amb)}"
        f"<vPrest><vTPrest>{p.reais(total)}</vTPrest><vRec>{p.reais(total)}</vRec>"
        f"<Comp><xNome>FRETAMENTO</xNome><vComp>{p.reais(total)}</vComp></Comp></vPrest>"
        f"<imp>{grupo}<infTribFed><vINSS>{p.reais(p.porcento(total, 350))}</vINSS></infTribFed>"
        f"{p.ibscbs(p.base_ibscbs(total, devido))}<vTotDFe>{p.reais(total)}</vTotDFe></imp>"
        "<infCTeNorm><infServico><xDescServ>TRANSPORTE DE TURISTAS</xDescServ><infQ><qCarga>42.0000</qCarga></infQ>"
        "</infServico><seg><respSeg>5</respSeg><xSeg>SEGURADORA DE MENTIRA</xSeg><nApol>123456</nApol></seg>"
        f'<infModal versaoModal="4.00">{_rodo_os(agora)}</infModal></infCTeNorm>{p.AUTORIZADOS}{p.RESPONSAVEL}'
    )
    return _fechar("CTeOS", ' versao="4.00"', chave, corpo, emitente, tp_amb)


def gtve(
    numero: int, *, agora: datetime, tp_amb: str = "2", emitente: e.Empresa = EMITENTE, serie: int = 1
) -> Exportacao:
    """Returns a GTV-e (valuables in transit), inside São Paulo state."""
    chave = chave_cte(numero, agora=agora, emitente=emitente, serie=serie, modelo="64")
    saida, chegada = p.dh(agora), p.dh(agora + timedelta(hours=2))
    corpo = (
        f"<ide>{cabecalho(numero, chave, agora, '5949', 'TRANSPORTE DE VALORES', serie)}<tpAmb>{tp_amb}</tpAmb>"
        f"<tpCTe>4</tpCTe><verProc>WMS FICTICIO 9.1</verProc>{p.municipio('Env', emitente)}<modal>01</modal>"
        f"<tpServ>9</tpServ><indIEToma>1</indIEToma><dhSaidaOrig>{saida}</dhSaidaOrig>"
        f"<dhChegadaDest>{chegada}</dhChegadaDest><toma><toma>0</toma></toma></ide>"
        f"<compl><xObs>MALOTES LACRADOS {numero}</xObs></compl>{p.emitente(emitente, '')}"
        f"{p.participante('rem', 'enderReme', e.REMETENTE_SP, tp_amb)}"
        f"{p.participante('dest', 'enderDest', e.DESTINATARIO_SP, tp_amb)}"
        f"{p.endereco('origem', e.REMETENTE_SP)}{p.endereco('destino', e.DESTINATARIO_SP)}"
        f"<detGTV><infEspecie><tpEspecie>1</tpEspecie><vEspecie>{p.reais(valor_prestacao(numero) * 10)}</vEspecie>"
        "<tpNumerario>1</tpNumerario></infEspecie><qCarga>4.0000</qCarga>"
        "<infVeiculo><placa>ABC1D23</placa><UF>SP</UF><RNTRC>12345678</RNTRC></infVeiculo></detGTV>"
        f"{p.AUTORIZADOS}{p.RESPONSAVEL}"
    )
    return _fechar("GTVe", ' versao="4.00"', chave, corpo, emitente, tp_amb)


def _fechar(raiz: str, versao: str, chave: str, corpo: str, emitente: e.Empresa, tp_amb: str) -> Exportacao:
    texto = (
        f'{p.DECLARACAO}<{raiz} xmlns="{p.NS}"{versao}><infCte versao="4.00" Id="CTe{chave}">{corpo}</infCte>'
        f"{suplemento(chave, emitente.uf, tp_amb)}</{raiz}>"
    )
    return Exportacao(f"{chave}-cte.xml".encode(), texto.encode(), chave)


def _toma_simp(tp_amb: str) -> str:
    t = _TOMADOR
    nome = e.HOMOLOGACAO if tp_amb == "2" else t.nome
    return (
        f"<toma><toma>0</toma><indIEToma>1</indIEToma>{t.documento}<IE>{t.ie}</IE><xNome>{nome}</xNome>"
        f"{p.endereco('enderToma', t)}</toma>"
    )


def _base_da_entrega(parcela: int) -> int:
    return p.base_ibscbs(parcela, p.porcento(parcela, p.ALIQUOTA))


def _det(item: int, numero: int, agora: datetime, parcela: int) -> str:
    valor = p.reais(parcela)
    chaves = (p.chave_nfe(_TOMADOR, numero * 500 + item * 100 + i, agora) for i in range(10))
    notas = "".join(f"<infNFe><chNFe>{c}</chNFe></infNFe>" for c in chaves)
    tributos = p.ibscbs(_base_da_entrega(parcela))
    return (
        f'<det nItem="{item}">{p.municipio("Ini", _TOMADOR, com_uf=False)}'
        f"{p.municipio('Fim', _ENTREGAS[item - 1], com_uf=False)}<vPrest>{valor}</vPrest><vRec>{valor}</vRec>"
        f"<Comp><xNome>FRETE VALOR</xNome><vComp>{valor}</vComp></Comp>{tributos}{notas}</det>"
    )


def _total_ibscbs(parcela: int) -> str:
    base = _base_da_entrega(parcela)
    ibs, cbs = p.tributos_ibscbs(base)
    zeros = "<vDif>0.00</vDif><vDevTrib>0.00</vDevTrib>"
    return (
        f"<IBSCBSTot><vBCIBSCBS>{p.reais(base * 3)}</vBCIBSCBS><gIBS>"
        f"<gIBSUF>{zeros}<vIBSUF>{p.reais(ibs * 3)}</vIBSUF></gIBSUF>"
        f"<gIBSMun>{zeros}<vIBSMun>0.00</vIBSMun></gIBSMun><vIBS>{p.reais(ibs * 3)}</vIBS></gIBS>"
        f"<gCBS>{zeros}<vCBS>{p.reais(cbs * 3)}</vCBS></gCBS></IBSCBSTot>"
    )


def _rodo_os(agora: datetime) -> str:
    viagem = p.dh(agora + timedelta(days=2))
    return (
        "<rodoOS><TAF>123456789012</TAF><veic><placa>ABC1D23</placa><RENAVAM>123456789</RENAVAM><UF>SP</UF></veic>"
        f"<infFretamento><tpFretamento>1</tpFretamento><dhViagem>{viagem}</dhViagem></infFretamento></rodoOS>"
    )
