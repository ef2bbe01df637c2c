"""Limits of use (MOC 8.2; fatos/cte.md 3.6): whoever asks too often is answered 678, or 656 by the distribution."""

from datetime import timedelta

from separador.simulador.sefaz import consultas, resposta
from separador.simulador.sefaz.contrato import Grupo
from separador.simulador.sefaz.mensagem import Mensagem
from separador.simulador.sefaz.mensagens import motivo
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.resposta import Decisao

_HORA = timedelta(hours=1)
_CINCO_MINUTOS = timedelta(minutes=5)
_DIA = timedelta(days=1)


def barrar(m: Mensagem, orgao: Orgao) -> Decisao | None:
    """678 while the company is blocked in this service, and when this call is one too many. None: let it pass.

    The distribution has its own (656), which needs to know what is asked for.
    """
    if m.contrato.grupo is Grupo.DISTRIBUICAO or not m.chamador.quem:
        return None
    quem, servico = m.chamador.quem, str(m.contrato.grupo)
    ate = orgao.razao.bloqueio(quem, servico)
    if ate is None or m.quando >= ate:
        if not _demais(m, orgao):
            return None
        orgao.razao.bloquear(quem, servico, m.quando + orgao.ajustes.limites.bloqueio)
    return _678(m, orgao)


def _demais(m: Mensagem, orgao: Orgao) -> bool:
    """CI01 to CI04, counted in the ledger."""
    limites, razao = orgao.ajustes.limites, orgao.razao
    comuns = {"servico": str(m.contrato.grupo), "cnpj": m.chamador.quem}
    match m.contrato.grupo:
        case Grupo.CONSULTA:
            limite, desde, campos = limites.consultas_da_chave, _HORA, {"chave": m.chave}
        case Grupo.STATUS:
            limite, desde, campos = limites.status, _CINCO_MINUTOS, {}
        case Grupo.RECEPCAO:
            limite, desde, campos = limites.rejeicoes_do_cte, _DIA, {"chave": m.chave}
        case _:
            campos = {"chave": m.chave, "tp_evento": m.tp_evento}
            limite, desde = limites.rejeicoes_do_evento, _DIA
    if not limite or (m.contrato.grupo is not Grupo.STATUS and not m.chave):
        return False
    if m.contrato.grupo in (Grupo.RECEPCAO, Grupo.EVENTO):
        return razao.rejeicoes_desde(m.quando - desde, comuns | campos) >= limite
    return razao.chamadas_desde(m.quando - desde, comuns | campos) >= limite


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
