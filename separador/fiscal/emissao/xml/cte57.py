"""Writes a decided CT-e 57 by road: text in the order of the layout, no blank between tags."""

from datetime import datetime
from decimal import Decimal
from itertools import groupby

from separador.fiscal.emissao.ambiente import PROGRAMA
from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.formato.listas import COMPLEMENTO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import local_do_codigo
from separador.fiscal.emissao.regras.documentos import MODELO1, NFE55, especie
from separador.fiscal.emissao.regras.operacao import SEM_DOCUMENTOS
from separador.fiscal.emissao.regras.tomador import PROPRIO
from separador.fiscal.emissao.xml.cobranca import cobr
from separador.fiscal.emissao.xml.impostos import imp
from separador.fiscal.emissao.xml.pedacos import (
    dia,
    do_leiaute,
    documento,
    endereco,
    grupo,
    municipio,
    participante,
    tag,
    texto,
)  # fmt: skip
from separador.fiscal.regras.documentos_id import ZEROS
from separador.fiscal.regras.ufs import CODIGO_UF, SVC
from separador.nucleo.chave import compor

NS = "http://www.portalfiscal.inf.br/cte"


def chave_de(c: Conhecimento, numero: int, codigo: str, *, svc: bool = False) -> str:
    """Returns the key of the CT-e under a number and cCT."""
    uf = c.emitente.endereco.local.uf
    return compor(
        uf=CODIGO_UF[uf], aamm=f"{c.emissao:%y%m}", cnpj=c.emitente.cnpj, modelo="57", serie=c.serie, numero=numero,
        tp_emis=SVC[uf] if svc else "1", codigo=codigo,
    )  # fmt: skip


def montar(c: Conhecimento, numero: int, codigo: str, tp_amb: str, *, svc: bool = False) -> str:
    """Returns the unsigned document, its root element alone."""
    chave = chave_de(c, numero, codigo, svc=svc)
    p = c.partes
    corpo = (
        _ide(c, chave, numero, tp_amb)
        + _compl(c)
        + _emit(c)
        + participante("rem", "enderReme", p.remetente, tp_amb)
        + participante("exped", "enderExped", p.expedidor, tp_amb)
        + participante("receb", "enderReceb", p.recebedor, tp_amb)
        + participante("dest", "enderDest", p.destinatario, tp_amb)
        + _prestacao(c)
        + imp(c)
        + _normal_ou_complemento(c, numero)
        + "".join(grupo("autXML", documento(d)) for d in c.autorizados)
    )
    return f'<CTe xmlns="{NS}"><infCte versao="4.00" Id="CTe{chave}">{corpo}</infCte></CTe>'


def _ide(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    retira = c.cte.sim("retira")
    return grupo(
        "ide",
        tag("cUF", chave[:2])
        + tag("cCT", chave[35:43])
        + tag("CFOP", c.natureza.cfop)
        + tag("natOp", c.natureza.texto),
        f"<mod>57</mod><serie>{c.serie}</serie><nCT>{numero}</nCT>" + tag("dhEmi", _instante(c.emissao)),
        f"<tpImp>1</tpImp><tpEmis>{chave[34]}</tpEmis><cDV>{chave[43]}</cDV><tpAmb>{tp_amb}</tpAmb>",
        f"<tpCTe>{c.operacao.tp_cte}</tpCTe><procEmi>0</procEmi>" + tag("verProc", PROGRAMA),
        "<indGlobalizado>1</indGlobalizado>" if "globalizado" in c.cte else "",
        municipio("Env", local_do_codigo(c.emitente.endereco.local.codigo)),
        f"<modal>01</modal><tpServ>{c.operacao.tp_serv}</tpServ>",
        municipio("Ini", c.percurso.inicio) + municipio("Fim", c.percurso.fim),
        f"<retira>{0 if retira else 1}</retira>" + tag("xDetRetira", c.cte.texto("detalhe_retira")),
        tag("indIEToma", c.tomador.ind_ie) + _tomador(c),
    )


def _instante(quando: datetime) -> str:
    return quando.isoformat(timespec="seconds")


def _tomador(c: Conhecimento) -> str:
    t, p = c.tomador, c.tomador.pessoa
    if t.papel != PROPRIO:
        return f"<toma3><toma>{t.papel}</toma></toma3>"
    return grupo(
        "toma4",
        "<toma>4</toma>" + documento(p.documento) + tag("IE", "" if p.documento == ZEROS else t.ie),
        tag("xNome", p.nome) + tag("xFant", p.fantasia) + tag("fone", p.fone),
        endereco("enderToma", p.endereco) + tag("email", p.email),
    )


def _compl(c: Conhecimento) -> str:
    dado = c.cte.no("complemento") or No()
    return grupo(
        "compl",
        *(do_leiaute(n, dado.valores[n]) for n in COMPLEMENTO.tags if n in dado),
        tag("xObs", c.observacao),
        *(_par("ObsCont", *par) for par in c.obs_contribuinte),
        *(_par("ObsFisco", *par) for par in c.obs_fisco),
    )


def _par(nome: str, campo: str, valor: str) -> str:
    return f'<{nome} xCampo="{texto(campo)}">{tag("xTexto", valor)}</{nome}>'


def _emit(c: Conhecimento) -> str:
    e = c.emitente
    return grupo(
        "emit",
        documento(e.cnpj) + tag("IE", e.ie) + tag("IEST", c.iest) + tag("xNome", e.nome) + tag("xFant", e.fantasia),
        endereco("enderEmit", e.endereco, pais=False, fone=e.fone),
        tag("CRT", e.crt) + tag("ISUFEmit", e.suframa),
    )


def _prestacao(c: Conhecimento) -> str:
    comps = (grupo("Comp", tag("xNome", n), tag("vComp", escrito(v))) for n, v in c.prestacao.componentes.items())
    return grupo("vPrest", tag("vTPrest", escrito(c.prestacao.total)), tag("vRec", escrito(c.receber)), *comps)


def _normal_ou_complemento(c: Conhecimento, numero: int) -> str:
    if c.operacao.complementar:
        chaves = c.cte.textos("cte_complementados")
        return "".join(grupo("infCteComp", tag("chCTe", chave)) for chave in chaves)
    substituido = c.cte.no("cte_substituido") or No()
    altera = "1" if substituido.sim("altera_tomador") else ""
    vinculados = c.cte.textos("cte_multimodal")
    return grupo(
        "infCTeNorm",
        _carga(c),
        "" if c.operacao.tp_serv in SEM_DOCUMENTOS else grupo("infDoc", *(_nota(c, n) for n in c.notas)),
        _anteriores(c),
        _modal(c),
        "".join(do_leiaute("veicNovos", v) for v in c.cte.nos("veiculos_novos")),
        cobr(c.cobranca, numero),
        grupo("infCteSub", tag("chCte", substituido.texto("chave")), tag("indAlteraToma", altera)),
        grupo("infGlobalizado", tag("xObs", c.cte.texto("globalizado"))),
        grupo("infServVinc", *(grupo("infCTeMultimodal", tag("chCTeMultimodal", x)) for x in vinculados)),
    )


def _carga(c: Conhecimento) -> str:
    m = c.mercadoria
    if m is None:
        return ""
    return grupo(
        "infCarga",
        tag("vCarga", escrito(m.valor)) + tag("proPred", m.produto) + tag("xOutCat", m.outras),
        *(grupo("infQ", tag("cUnid", u), tag("tpMed", t), tag("qCarga", escrito(q, 4))) for u, t, q in m.medidas),
        tag("vCargaAverb", escrito(m.averbacao)) if m.averbacao is not None else "",
    )


def _modal(c: Conhecimento) -> str:
    ordens = "".join(do_leiaute("occ", v) for v in c.cte.nos("ordens_coleta"))
    return f'<infModal versaoModal="4.00">{grupo("rodo", tag("RNTRC", c.emitente.rntrc), ordens)}</infModal>'


def _nota(c: Conhecimento, n: No) -> str:
    previsao = tag("dPrev", dia(n.data("previsao_entrega") or c.cte.data("previsao_entrega")))
    unidades = "".join(_unidade(u) for u in n.nos("unidades"))
    qual = especie(n)
    if qual == NFE55:
        return grupo("infNFe", tag("chave", n.texto("chave")), tag("PIN", n.texto("pin")), previsao, unidades)
    if qual == MODELO1:
        return grupo("infNF", _modelo1(n), previsao, unidades)
    valor = n.numero("valor")
    return grupo(
        "infOutros",
        tag("tpDoc", n.texto("modelo")) + tag("descOutros", n.texto("descricao")) + tag("nDoc", n.texto("numero")),
        tag("dEmi", dia(n.data("emissao"))) + (tag("vDocFisc", escrito(valor)) if valor else ""),
        previsao,
        unidades,
    )


_ZERO = Decimal(0)
_VALORES_DO_MODELO1 = (
    *(("vBC", "base_icms"), ("vICMS", "valor_icms"), ("vBCST", "base_st"), ("vST", "valor_st")),
    *(("vProd", "valor_produtos"), ("vNF", "valor")),
)


def _modelo1(n: No) -> str:
    valores = "".join(f"<{t}>{escrito(n.numero(nome) or _ZERO)}</{t}>" for t, nome in _VALORES_DO_MODELO1)
    peso = n.numero("peso")
    return (
        tag("nRoma", n.texto("romaneio")) + tag("nPed", n.texto("pedido")) + tag("mod", n.texto("modelo"))
        + tag("serie", n.texto("serie")) + tag("nDoc", n.texto("numero")) + tag("dEmi", dia(n.data("emissao")))
        + valores + tag("nCFOP", n.texto("cfop")) + (tag("nPeso", escrito(peso, 3)) if peso else "")
        + tag("PIN", n.texto("pin"))
    )  # fmt: skip


def _unidade(u: No) -> str:
    return grupo(
        "infUnidTransp",
        tag("tpUnidTransp", u.texto("tipo")) + tag("idUnidTransp", u.texto("identificacao")),
        *(grupo("lacUnidTransp", tag("nLacre", x)) for x in u.textos("lacres")),
        *(_unidade_de_carga(x) for x in u.nos("cargas")),
        _rateio(u),
    )


def _unidade_de_carga(u: No) -> str:
    return grupo(
        "infUnidCarga",
        tag("tpUnidCarga", u.texto("tipo")) + tag("idUnidCarga", u.texto("identificacao")),
        *(grupo("lacUnidCarga", tag("nLacre", x)) for x in u.textos("lacres")),
        _rateio(u),
    )


def _rateio(u: No) -> str:
    rateio = u.numero("rateio")
    return tag("qtdRat", escrito(rateio, 3)) if rateio is not None else ""


def _anteriores(c: Conhecimento) -> str:
    """Writes docAnt: by issuer, in order of appearance; of each, paper before keys."""
    ordem = {a.emissor.identificacao: i for i, a in reversed(list(enumerate(c.anteriores)))}
    juntos = sorted(c.anteriores, key=lambda a: ordem[a.emissor.identificacao])
    emissores = []
    for _, grupo_ in groupby(juntos, key=lambda a: a.emissor.identificacao):
        do_emissor = list(grupo_)
        e = do_emissor[0].emissor
        ie = e.ie if e.ie.isdigit() else ""
        papel = (
            grupo(
                "idDocAntPap", tag("tpDoc", a.tipo), tag("serie", a.serie), tag("subser", a.subserie),
                tag("nDoc", a.numero), tag("dEmi", dia(a.emissao)),
            )
            for a in do_emissor
            if not a.chave
        )  # fmt: skip
        chaves = (grupo("idDocAntEle", tag("chCTe", a.chave)) for a in do_emissor if a.chave)
        emissores.append(
            grupo(
                "emiDocAnt",
                documento(e.documento) + (tag("IE", ie) + tag("UF", e.endereco.local.uf) if ie else ""),
                tag("xNome", e.nome),
                grupo("idDocAnt", *papel),
                grupo("idDocAnt", *chaves),
            )
        )
    return grupo("docAnt", *emissores)
