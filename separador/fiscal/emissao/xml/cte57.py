"""Writes a decided CT-e 57: text in the order of the layout, no blank between tags."""

from decimal import Decimal
from itertools import groupby

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.documentos import MODELO1, NFE55, especie
from separador.fiscal.emissao.regras.operacao import SEM_DOCUMENTOS
from separador.fiscal.emissao.regras.tomador import PROPRIO
from separador.fiscal.emissao.xml.cobranca import cobr
from separador.fiscal.emissao.xml.comuns import (
    autorizados,
    cabeca,
    compl,
    emit,
    envio,
    pagador,
    prestacao,
    programa,
    retirada,
)  # fmt: skip
from separador.fiscal.emissao.xml.impostos import imp
from separador.fiscal.emissao.xml.pedacos import dia, do_leiaute, documento, grupo, municipio, participante, tag


def corpo(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    """Returns what is inside of infCte."""
    p = c.partes
    return (
        _ide(c, chave, numero, tp_amb)
        + compl(c)
        + emit(c)
        + participante("rem", "enderReme", p.remetente, tp_amb)
        + participante("exped", "enderExped", p.expedidor, tp_amb)
        + participante("receb", "enderReceb", p.recebedor, tp_amb)
        + participante("dest", "enderDest", p.destinatario, tp_amb)
        + prestacao(c)
        + imp(c)
        + _normal_ou_complemento(c, numero)
        + autorizados(c)
    )


def _ide(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    return grupo(
        "ide",
        cabeca(c, chave, numero, tp_amb) + programa(),
        "<indGlobalizado>1</indGlobalizado>" if "globalizado" in c.cte else "",
        envio(c),
        municipio("Ini", c.percurso.inicio) + municipio("Fim", c.percurso.fim),
        retirada(c) + _tomador(c),
    )


def _tomador(c: Conhecimento) -> str:
    t = c.tomador
    if t is None:
        return ""
    ind_ie = tag("indIEToma", t.ind_ie)
    if t.papel != PROPRIO:
        return f"{ind_ie}<toma3><toma>{t.papel}</toma></toma3>"
    return ind_ie + pagador(c, "toma4", "<toma>4</toma>")


def _normal_ou_complemento(c: Conhecimento, numero: int) -> str:
    if c.operacao.complementar:
        return complementados(c)
    vinculados = c.cte.textos("cte_multimodal")
    return grupo(
        "infCTeNorm",
        carga(c),
        "" if c.operacao.tp_serv in SEM_DOCUMENTOS else grupo("infDoc", *(_nota(c, n) for n in c.notas)),
        _anteriores(c),
        modal(c),
        "".join(do_leiaute("veicNovos", v) for v in c.cte.nos("veiculos_novos")),
        cobr(c.cobranca, numero),
        substituicao(c),
        grupo("infGlobalizado", tag("xObs", c.cte.texto("globalizado"))),
        grupo("infServVinc", *(grupo("infCTeMultimodal", tag("chCTeMultimodal", x)) for x in vinculados)),
    )


def complementados(c: Conhecimento) -> str:
    """Returns the documents whose value this one adds to."""
    return "".join(grupo("infCteComp", tag("chCTe", chave)) for chave in c.cte.textos("cte_complementados"))


def substituicao(c: Conhecimento) -> str:
    """Returns the CT-e that this one replaces."""
    substituido = c.cte.no("cte_substituido") or No()
    altera = "1" if substituido.sim("altera_tomador") else ""
    return grupo("infCteSub", tag("chCte", substituido.texto("chave")), tag("indAlteraToma", altera))


def carga(c: Conhecimento) -> str:
    """Returns the goods."""
    m = c.mercadoria
    if m is None:
        return ""
    return grupo(
        "infCarga",
        tag("vCarga", escrito(m.valor)) + tag("proPred", m.produto) + tag("xOutCat", m.outras),
        *(grupo("infQ", tag("cUnid", u), tag("tpMed", t), tag("qCarga", escrito(q, 4))) for u, t, q in m.medidas),
        tag("vCargaAverb", escrito(m.averbacao)) if m.averbacao is not None else "",
    )


def modal(c: Conhecimento) -> str:
    """Returns the mode of transport: the road's group as the rules decide it, another as the load gives it."""
    if c.modal.dados is not None:
        dentro = do_leiaute(c.modal.grupo, c.modal.dados)
    else:
        ordens = "".join(do_leiaute("occ", v) for v in c.cte.nos("ordens_coleta"))
        dentro = grupo("rodo", tag("RNTRC", c.emitente.rntrc), ordens)
    return f'<infModal versaoModal="4.00">{dentro}</infModal>'


def previsao_de(c: Conhecimento, nota: No) -> str:
    """Returns when an invoice is to be delivered: its own date, else the CT-e's."""
    return tag("dPrev", dia(nota.data("previsao_entrega") or c.cte.data("previsao_entrega")))


def _nota(c: Conhecimento, n: No) -> str:
    previsao = previsao_de(c, n)
    unidades = unidades_de(n)
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


def unidades_de(nota: No) -> str:
    """Returns the units of transport of an invoice."""
    return "".join(_unidade(u) for u in nota.nos("unidades"))


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
