"""Writes a decided CT-e Simplificado (57, root CTeSimp)."""

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.especies.simplificado import Entrega
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.ibscbs import Aliquota, IbsCbs
from separador.fiscal.emissao.xml.cobranca import cobr
from separador.fiscal.emissao.xml.comuns import (
    autorizados,
    cabeca,
    compl,
    componentes,
    emit,
    envio,
    pagador,
    programa,
    retirada,
)  # fmt: skip
from separador.fiscal.emissao.xml.cte57 import carga, modal, previsao_de, substituicao, unidades_de
from separador.fiscal.emissao.xml.impostos import ibscbs, imp
from separador.fiscal.emissao.xml.pedacos import dinheiro, grupo, tag


def corpo(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    """Returns what is inside of infCte."""
    t = c.tomador
    return (
        grupo(
            "ide",
            cabeca(c, chave, numero, tp_amb) + programa() + envio(c),
            tag("UFIni", c.percurso.inicio.uf) + tag("UFFim", c.percurso.fim.uf) + retirada(c),
        )
        + compl(c)
        + emit(c)
        + (pagador(c, "toma", tag("toma", t.papel) + tag("indIEToma", t.ind_ie), fantasia=False, suframa=True)
           if t is not None else "")
        + carga(c)
        + "".join(_entrega(c, e, i) for i, e in enumerate(c.entregas, 1))
        + modal(c)
        + cobr(c.cobranca, numero)
        + substituicao(c)
        + imp(c, com_ibscbs=False)
        + _total(c)
        + autorizados(c)
    )  # fmt: skip


def _entrega(c: Conhecimento, e: Entrega, item: int) -> str:
    if e.prestacao is None:
        raise ValueError("uma entrega sem serviços não se escreve")
    dentro = (
        tag("cMunIni", e.inicio.codigo) + tag("xMunIni", e.inicio.nome)
        + tag("cMunFim", e.fim.codigo) + tag("xMunFim", e.fim.nome)
        + tag("vPrest", escrito(e.prestacao.total)) + tag("vRec", escrito(e.receber)) + componentes(e.prestacao)
        + ibscbs(e.ibscbs)
        + "".join(_nota(c, n) for n in e.notas)
        + "".join(_anterior(n) for n in e.no.nos("documentos_anteriores"))
    )  # fmt: skip
    return f'<det nItem="{item}">{dentro}</det>'


def _nota(c: Conhecimento, n: No) -> str:
    return grupo(
        "infNFe", tag("chNFe", n.texto("chave")), tag("PIN", n.texto("pin")), previsao_de(c, n), unidades_de(n)
    )


def _anterior(n: No) -> str:
    parciais = (grupo("infNFeTranspParcial", tag("chNFe", chave)) for chave in n.textos("notas"))
    prestacao = "2" if n.sim("parcial") else "1"
    return grupo("infDocAnt", tag("chCTe", n.texto("chave")), tag("tpPrest", prestacao), *parciais)


def _total(c: Conhecimento) -> str:
    total = escrito(c.prestacao.total)
    return grupo(
        "total",
        tag("vTPrest", total) + tag("vTRec", escrito(c.receber)),
        _soma_do_ibscbs(c.ibscbs),
        tag("vTotDFe", total) if c.ibscbs is not None else "",
    )


def _soma_do_ibscbs(i: IbsCbs | None) -> str:
    if i is None or i.base is None or i.uf is None or i.mun is None or i.cbs is None:
        return ""
    return grupo(
        "IBSCBSTot",
        dinheiro("vBCIBSCBS", i.base),
        grupo("gIBS", _somado("IBSUF", i.uf), _somado("IBSMun", i.mun), dinheiro("vIBS", i.uf.valor + i.mun.valor)),
        _somado("CBS", i.cbs),
    )


def _somado(nome: str, a: Aliquota) -> str:
    return grupo(f"g{nome}", "<vDif>0.00</vDif><vDevTrib>0.00</vDevTrib>", dinheiro(f"v{nome}", a.valor))
