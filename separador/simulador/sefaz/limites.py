"""Keeps the limits of use (MOC, Visão Geral 8.2): a company that asks too often gets 678.

The distribution answers 656 instead.
"""

from datetime import timedelta

from separador.simulador.sefaz import consultas, resposta
from separador.simulador.sefaz.contrato import Grupo
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import motivo
from separador.simulador.sefaz.orgao import Limites, Orgao
from separador.simulador.sefaz.resposta import Decisao

_HORA = timedelta(hours=1)
_CINCO_MINUTOS = timedelta(minutes=5)
_DIA = timedelta(days=1)


def barrar(m: Mensagem, orgao: Orgao) -> Decisao | None:
    """Returns 678 while the company is blocked in this service, and when this call is one too many.

    None: the call may pass. A service whose limit is switched off blocks nobody. The distribution has its own limit
    (656), which depends on the NSU asked for.
    """
    limite = _limite(m, orgao.ajustes.limites)
    if not limite or not m.chamador.quem:
        return None
    quem, servico = m.chamador.quem, str(m.contrato.grupo)
    ate = orgao.razao.bloqueio(quem, servico)
    if ate is None or m.quando >= ate:
        if _vezes(m, orgao) < limite:
            return None
        orgao.razao.bloquear(quem, servico, m.quando + orgao.ajustes.limites.bloqueio)
    return _678(m, orgao)


def _limite(m: Mensagem, limites: Limites) -> int:
    return {
        Grupo.RECEPCAO: limites.rejeicoes_do_cte,
        Grupo.EVENTO: limites.rejeicoes_do_evento,
        Grupo.CONSULTA: limites.consultas_da_chave,
        Grupo.STATUS: limites.status,
        Grupo.DISTRIBUICAO: 0,
    }[m.contrato.grupo]


def _vezes(m: Mensagem, orgao: Orgao) -> int:
    """Counts the calls or rejections of MOC rules CI01 to CI04 in the ledger."""
    campos = {"servico": str(m.contrato.grupo), "cnpj": m.chamador.quem}
    if m.contrato.grupo is Grupo.STATUS:
        return orgao.razao.chamadas_desde(m.quando - _CINCO_MINUTOS, campos)
    if not m.chave:
        return 0
    campos |= {"chave": m.chave}
    if m.contrato.grupo is Grupo.CONSULTA:
        return orgao.razao.chamadas_desde(m.quando - _HORA, campos)
    if m.contrato.grupo is Grupo.EVENTO:
        campos |= {"tp_evento": m.tp_evento}
    return orgao.razao.rejeicoes_desde(m.quando - _DIA, campos)


def _678(m: Mensagem, orgao: Orgao) -> Decisao:
    tp_amb, texto = orgao.ajustes.tp_amb, motivo("678")
    match m.contrato.grupo:
        case Grupo.RECEPCAO:
            xml = resposta.ret_recepcao(m.contrato.retorno, tp_amb, m.uf, "678", texto)
        case Grupo.EVENTO:
            xml = resposta.ret_evento(tp_amb, m.uf, "678", texto, None, m.chave)
        case Grupo.STATUS:
            return consultas.status_de(m, orgao, "678", texto)
        case _:
            xml = resposta.ret_consulta(tp_amb, m.uf, "678", texto, "", [])
    return Decisao("678", texto, xml)
