"""Writes the groups that all kinds of documents have: the head, the observations, the issuer, the values."""

from datetime import date, datetime

from separador.fiscal.emissao.ambiente import PROGRAMA
from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.formato.listas import COMPLEMENTO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import local_do_codigo
from separador.fiscal.emissao.regras.servicos import Prestacao
from separador.fiscal.emissao.xml.pedacos import do_leiaute, documento, endereco, grupo, municipio, tag, texto
from separador.fiscal.regras.documentos_id import ZEROS


def cabeca(c: Conhecimento, chave: str, numero: int, tp_amb: str) -> str:
    """Returns the fields of `ide` up to tpCTe."""
    return (
        tag("cUF", chave[:2]) + tag("cCT", chave[35:43]) + tag("CFOP", c.natureza.cfop) + tag("natOp", c.natureza.texto)
        + f"<mod>{c.operacao.modelo}</mod><serie>{c.serie}</serie><nCT>{numero}</nCT>"
        + tag("dhEmi", instante(c, c.emissao))
        + f"<tpImp>1</tpImp><tpEmis>{chave[34]}</tpEmis><cDV>{chave[43]}</cDV><tpAmb>{tp_amb}</tpAmb>"
        + f"<tpCTe>{c.operacao.tp_cte}</tpCTe>"
    )  # fmt: skip


def programa() -> str:
    """Returns procEmi and verProc."""
    return f"<procEmi>0</procEmi>{versao()}"


def versao() -> str:
    """Returns verProc."""
    return tag("verProc", PROGRAMA)


def envio(c: Conhecimento) -> str:
    """Returns the place of the issuer, the mode and the service."""
    local = municipio("Env", local_do_codigo(c.emitente.endereco.local.codigo))
    return f"{local}<modal>{c.modal.codigo}</modal><tpServ>{c.operacao.tp_serv}</tpServ>"


def retirada(c: Conhecimento) -> str:
    """Returns whether the receiver fetches the goods."""
    return f"<retira>{0 if c.cte.sim('retira') else 1}</retira>" + tag("xDetRetira", c.cte.texto("detalhe_retira"))


def instante(c: Conhecimento, quando: date | None) -> str:
    """Returns an instant as the layout writes it; one without offset is at the issuer's."""
    if not isinstance(quando, datetime):
        return ""
    com_fuso = quando if quando.tzinfo is not None else quando.replace(tzinfo=c.emissao.tzinfo)
    return com_fuso.isoformat(timespec="seconds")


def pagador(c: Conhecimento, nome: str, antes: str = "", *, fantasia: bool = True, suframa: bool = False) -> str:
    """Returns the group of a taker that has one of its own."""
    if c.tomador is None:
        return ""
    t, p = c.tomador, c.tomador.pessoa
    return grupo(
        nome,
        antes + documento(p.documento) + tag("IE", "" if p.documento == ZEROS else t.ie),
        tag("xNome", p.nome) + (tag("xFant", p.fantasia) if fantasia else ""),
        tag("ISUF", p.suframa) if suframa else "",
        tag("fone", p.fone),
        endereco("enderToma", p.endereco) + tag("email", p.email),
    )


def compl(c: Conhecimento) -> str:
    """Returns the observations."""
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


def emit(c: Conhecimento, *, crt: bool = True) -> str:
    """Returns the issuer."""
    e = c.emitente
    return grupo(
        "emit",
        documento(e.cnpj) + tag("IE", e.ie) + tag("IEST", c.iest) + tag("xNome", e.nome) + tag("xFant", e.fantasia),
        endereco("enderEmit", e.endereco, pais=False, fone=e.fone),
        (tag("CRT", e.crt) if crt else "") + tag("ISUFEmit", e.suframa),
    )


def prestacao(c: Conhecimento) -> str:
    """Returns the values of the service."""
    return grupo(
        "vPrest", tag("vTPrest", escrito(c.prestacao.total)), tag("vRec", escrito(c.receber)), componentes(c.prestacao)
    )


def componentes(p: Prestacao) -> str:
    """Returns the components of a value."""
    return "".join(grupo("Comp", tag("xNome", n), tag("vComp", escrito(v))) for n, v in p.componentes.items())


def autorizados(c: Conhecimento) -> str:
    """Returns who may fetch the document."""
    return "".join(grupo("autXML", documento(d)) for d in c.autorizados)
