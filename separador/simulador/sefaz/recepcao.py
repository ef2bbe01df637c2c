"""Receives the four kinds of document (MOC, Visão Geral 4.1; Anexo I): synchronous, one document per call."""

from separador.fiscal import esquema
from separador.fiscal.nomes import q
from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.motor import verificar_visao
from separador.fiscal.regras.visao import Visao
from separador.fiscal.restricoes import verificar_forma
from separador.fiscal.resumo import Resumo, resumir_visao
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz import resposta
from separador.simulador.sefaz.assinatura import conferir
from separador.simulador.sefaz.contrato import Autorizador
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import MOTIVOS, motivo, sem_acentos
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.razao import Documento
from separador.simulador.sefaz.resposta import Decisao, Protocolo, dh

_ATORES = ("rem", "exped", "receb", "dest", "toma", "autXML", "det/rem", "det/dest")
_NFF = "3"
_SVC = frozenset("78")
_NORMAIS = ("0", "5")
"""tpCTe that an SVC takes. The Simplificado has no 0, and its schema has the kinds of emission of an SVC."""
FISCO = "Recomendacao do fisco: confira o cadastro do destinatario (mensagem de exemplo)"
_COM_AVISO = 7  # numbers that end in it get infFisco

Falha = tuple[str, str]
"""(cStat, detail appended to its text)"""


def julgar(m: Mensagem, orgao: Orgao) -> Decisao:
    """Authorises and records, or refuses."""
    forma = _forma(m, orgao)
    if forma is not None:
        return _recusar(m, orgao, forma, com_prot=False)
    if m.lido is None:
        raise ValueError("documento sem árvore")
    contexto = ContextoRegras(tp_amb=orgao.ajustes.tp_amb, agora=m.quando)
    visao = Visao(m.lido.raiz, Tipo(m.contrato.raiz), contexto)
    falha = _conteudo(m, orgao, visao)
    if falha is not None:
        return _recusar(m, orgao, falha, com_prot=bool(m.chave))
    return _autorizar(m, orgao, resumir_visao(visao))


def texto_de(erro: Erro) -> Falha:
    """Returns the finding of one of our rules in SEFAZ's words: the manual's text, and the place."""
    detalhe = sem_acentos(erro.mensagem)
    if erro.codigo in MOTIVOS:
        return erro.codigo, f"[Det: {detalhe}]" if erro.codigo in {"215", "580", "630"} else ""
    return erro.codigo, detalhe


def _forma(m: Mensagem, orgao: Orgao) -> Falha | None:
    """Checks groups A to C of the MOC's rules: those before the content is known."""
    if not m.chamador.quem:
        return "282", ""
    if m.lido is None:
        return m.erro or ("243", "")
    if m.lido.raiz_local != m.contrato.raiz:
        return "215", f"[Det: elemento raiz {m.lido.raiz_local}; o servico recebe {m.contrato.raiz}]"
    if not orgao.ajustes.conferir:
        return None
    erros = verificar_forma(m.lido, assinado=True)
    return texto_de(_o_pior(erros) or erros[0]) if erros else _esquema(m)


def _o_pior(erros: list[Erro]) -> Erro | None:
    return next((e for codigo in ("598", "404", "599") for e in erros if e.codigo == codigo), None)


def _esquema(m: Mensagem) -> Falha | None:
    """Checks the schema. Errors inside infModal come last: they belong to the second stage (580)."""
    erros = esquema.validar(m.lido.raiz, Tipo(m.contrato.raiz)) if m.lido else []
    primeiro = next((e for e in erros if e.codigo not in {"579", "580"}), None) or next(iter(erros), None)
    if primeiro is None:
        return None
    return texto_de(primeiro) if primeiro.codigo.isdigit() else ("215", f"[Det: {sem_acentos(primeiro.mensagem)}]")


def _conteudo(m: Mensagem, orgao: Orgao, visao: Visao) -> Falha | None:
    if not orgao.ajustes.conferir:
        return _ambiente(m, orgao, visao) or _no_banco(m, orgao)
    return (
        _ambiente(m, orgao, visao)
        or _assinatura(m, visao)
        or next((texto_de(e) for e in verificar_visao(visao)), None)
        or _no_banco(m, orgao)
    )


def _ambiente(m: Mensagem, orgao: Orgao, visao: Visao) -> Falha | None:
    """Checks normal environment or SVC (MOC rules C09, G011, G012, H007)."""
    if m.autorizador is Autorizador.SVC:
        if not orgao.ajustes.svc:
            return "114", ""
        if visao.tp_emis not in _SVC:
            return "516", ""
        return ("517", "") if visao.tp_cte not in _NORMAIS else None
    return ("515", "") if visao.tp_emis in _SVC else None


def _assinatura(m: Mensagem, visao: Visao) -> Falha | None:
    """Checks groups D and E of the MOC's rules."""
    if m.lido is None:
        return None
    cnpj = None if visao.tp_emis == _NFF else visao.emit.dados["CNPJ"] or None
    erro = conferir(m.lido, visao.tipo, cnpj=cnpj, quando=m.quando)
    return texto_de(erro) if erro else None


def _no_banco(m: Mensagem, orgao: Orgao) -> Falha | None:
    """Checks MOC rules G157 to G159, and the rules that depend on other documents."""
    achado = orgao.razao.pelo_numero(m.natural, m.autorizador)
    if achado is None:
        return _referidos(m, orgao)
    if achado.chave != m.chave:
        return "539", f"[chCTe:{achado.chave}]{_protocolado(achado)}"
    if achado.situacao == "cancelado":
        evento = next(e for e in orgao.razao.eventos(achado.chave) if e.tp_evento == "110111")
        return "218", f"[nProt:{evento.nprot}][dhCanc:{dh(evento.quando)}]"
    return "204", _protocolado(achado)


def _protocolado(d: Documento) -> str:
    return f"[nProt:{d.nprot}][dhAut:{dh(d.dh_recbto)}]"


def _referidos(m: Mensagem, orgao: Orgao) -> Falha | None:
    """Checks complement (MOC rules G165, G166) and substitution (MOC rules G079 to G084).

    These rules are about the documents referred to.
    """
    if m.texto("infCte", "ide", "tpCTe") == "3":
        return _substituto(referidas(m)[0], orgao) if referidas(m) else None
    for chave in referidas(m):
        alvo = orgao.razao.documento(chave)
        if alvo is None or alvo.situacao != "autorizado":
            return "655", ""
        if any(d.tp_cte == "3" for d in orgao.razao.que_referem(chave)):
            return "657", ""
    return None


def _substituto(chave: str, orgao: Orgao) -> Falha | None:
    alvo = orgao.razao.documento(chave)
    if alvo is None:
        return "568", ""
    if alvo.situacao != "autorizado":
        return "569", ""
    outros = orgao.razao.que_referem(chave)
    if any(d.tp_cte == "3" for d in outros):
        return "570", ""
    if any(d.tp_cte == "1" for d in outros):
        return "659", ""
    eventos = orgao.razao.eventos(chave)
    desfeitos = {e.alvo for e in eventos if e.tp_evento == "610111"}
    return None if any(e.tp_evento == "610110" and e.nprot not in desfeitos for e in eventos) else ("739", "")


def referidas(m: Mensagem) -> list[str]:
    """Returns the keys that this document complements or replaces."""
    if m.lido is None:
        return []
    caminhos = (
        ("infCte", "infCteComp", "chCTe"),
        ("infCte", "infCTeNorm", "infCteSub", "chCte"),
        ("infCte", "infCteSub", "chCte"),
    )
    return [n.text or "" for c in caminhos for n in m.lido.raiz.iterfind("/".join(q(x) for x in c))]


def _autorizar(m: Mensagem, orgao: Orgao, resumo: Resumo) -> Decisao:
    nprot = orgao.protocolo(m)
    fisco = FISCO if m.numero % 10 == _COM_AVISO else None
    documento = _documento(m, resumo, nprot, fisco)
    orgao.razao.guardar(documento, referidas(m), m.gzip)
    orgao.razao.distribuir(documento.atores.split(), m.chave)
    xml = resposta.ret_recepcao(
        m.contrato.retorno, orgao.ajustes.tp_amb, m.uf, "100", motivo("100"), protocolo(documento, orgao.ajustes.tp_amb)
    )
    return Decisao("100", motivo("100"), xml, nprot)


def _documento(m: Mensagem, resumo: Resumo, nprot: str, fisco: str | None) -> Documento:
    return Documento(
        chave=m.chave, tipo=m.contrato.raiz, natural=m.natural, autorizador=m.autorizador, tp_cte=resumo.tp_cte,
        tomador=resumo.tomador, atores=" ".join(atores(m)), dh_emi=resumo.dh_emi, valor=resumo.valor, digest=m.digest,
        nprot=nprot, dh_recbto=m.quando, situacao="autorizado", fisco=fisco, xml=m.dados,
    )  # fmt: skip


def atores(m: Mensagem) -> list[str]:
    """Returns CNPJ and CPF of everybody in the document but its issuer, each once.

    They may fetch it by distribution.
    """
    inf = m.lido.raiz.find(q("infCte")) if m.lido is not None else None
    if inf is None:
        return []
    caminhos = [*_ATORES, "ide/toma4", "ide/tomaTerceiro"]
    grupos = [g for c in caminhos for g in inf.iterfind("/".join(q(x) for x in c.split("/")))]
    numeros = [g.findtext(q("CNPJ")) or g.findtext(q("CPF")) or "" for g in grupos]
    return list(dict.fromkeys(n for n in numeros if n))


def protocolo(d: Documento, tp_amb: str) -> str:
    """Returns protCTe of an authorised document, the same each time it is asked for."""
    return resposta.prot_cte(Protocolo(d.chave, d.dh_recbto, "100", motivo("100"), d.nprot, d.digest, d.fisco), tp_amb)


def _recusar(m: Mensagem, orgao: Orgao, falha: Falha, *, com_prot: bool) -> Decisao:
    cstat, detalhe = falha
    texto = motivo(cstat, detalhe) if cstat in MOTIVOS else f"Rejeicao: {detalhe}"[:255]
    prot = resposta.prot_cte(Protocolo(m.chave, m.quando, cstat, texto), orgao.ajustes.tp_amb) if com_prot else ""
    xml = resposta.ret_recepcao(m.contrato.retorno, orgao.ajustes.tp_amb, m.uf, cstat, texto, prot)
    return Decisao(cstat, texto, xml)
