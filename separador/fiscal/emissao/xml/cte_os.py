"""Writes a decided CT-e OS (67)."""

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.especies.os import Os
from separador.fiscal.emissao.formato.especies import FEDERAIS
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.xml.cobranca import cobr
from separador.fiscal.emissao.xml.comuns import (
    autorizados,
    cabeca,
    compl,
    emit,
    envio,
    instante,
    pagador,
    prestacao,
    programa,
)  # fmt: skip
from separador.fiscal.emissao.xml.cte57 import complementados
from separador.fiscal.emissao.xml.impostos import imp
from separador.fiscal.emissao.xml.pedacos import dia, dinheiro, grupo, municipio, tag

_FRETAMENTO = {"eventual": "1", "continuo": "2"}
_NAO_CONTRIBUINTE = "9"


def corpo(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    """Returns what is inside of infCte."""
    if c.os is None:
        raise ValueError("não é um CT-e OS")
    return (
        _ide(c, c.os, chave, numero, tp_amb)
        + compl(c)
        + emit(c)
        + pagador(c, "toma")
        + prestacao(c)
        + imp(c, federais=_federais(c.os.dados))
        + (complementados(c) if c.operacao.complementar else _normal(c, c.os, numero))
        + autorizados(c)
    )


def _ide(c: Conhecimento, os: Os, chave: str, numero: int, tp_amb: str) -> str:
    return grupo(
        "ide",
        cabeca(c, chave, numero, tp_amb) + programa() + envio(c),
        tag("indIEToma", c.tomador.ind_ie if c.tomador is not None else _NAO_CONTRIBUINTE),
        municipio("Ini", c.percurso.inicio) + municipio("Fim", c.percurso.fim),
        *(grupo("infPercurso", tag("UFPer", uf)) for uf in os.dados.textos("percurso")),
    )


def _federais(os: No) -> str:
    tributos = os.no("tributos_federais") or No()
    return grupo("infTribFed", *(dinheiro(f"v{nome.upper()}", tributos.numero(nome)) for nome in FEDERAIS))


def _normal(c: Conhecimento, os: Os, numero: int) -> str:
    dados = os.dados
    substituido = c.cte.no("cte_substituido") or No()
    return grupo(
        "infCTeNorm",
        grupo(
            "infServico",
            tag("xDescServ", dados.texto("descricao")),
            grupo("infQ", dinheiro("qCarga", dados.numero("quantidade"), 4)),
        ),
        *(_referenciado(no) for no in dados.nos("documentos_referenciados")),
        *(grupo("seg", tag("respSeg", r), tag("xSeg", s), tag("nApol", a)) for r, s, a in os.seguros),
        _modal(c, os) if os.com_modal else "",
        grupo("infCteSub", tag("chCte", substituido.texto("chave"))),
        tag("refCTeCanc", dados.texto("cte_cancelado")),
        cobr(c.cobranca, numero),
        *(_guia(guia) for guia in os.guias),
    )


def _referenciado(no: No) -> str:
    if "chave_bpe" in no:
        return grupo("infDocRef", tag("chBPe", no.texto("chave_bpe")))
    return grupo(
        "infDocRef",
        tag("nDoc", no.texto("numero")) + tag("serie", no.texto("serie")) + tag("subserie", no.texto("subserie")),
        tag("dEmi", dia(no.data("emissao"))) + dinheiro("vDoc", no.numero("valor")),
    )


def _modal(c: Conhecimento, os: Os) -> str:
    dados, v = os.dados, os.veiculo
    fretamento = dados.no("fretamento") or No()
    rodo = grupo(
        "rodoOS",
        tag("TAF", dados.texto("taf")) + tag("NroRegEstadual", dados.texto("registro_estadual")),
        grupo("veic", tag("placa", v.placa), tag("RENAVAM", v.renavam), tag("UF", v.uf)) if v is not None else "",
        grupo(
            "infFretamento",
            tag("tpFretamento", _FRETAMENTO.get(fretamento.texto("tipo"), "")),
            tag("dhViagem", instante(c, fretamento.data("viagem"))),
        ),
    )
    return f'<infModal versaoModal="4.00">{rodo}</infModal>'


def _guia(guia: No) -> str:
    componentes = (
        grupo(
            "Comp",
            tag("tpComp", x.texto("tipo"))
            + dinheiro("vComp", x.numero("valor"))
            + tag("xComp", x.texto("complemento")),
        )
        for x in guia.nos("componentes")
    )
    return grupo("infGTVe", tag("chCTe", guia.texto("chave")), *componentes)
