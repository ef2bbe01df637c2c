"""The pages that start and stop the service."""

import os
import threading
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from separador.acesso.banco import auditoria
from separador.banco.instante import texto_de
from separador.motor.trava import quem_detem
from separador.painel.base.campos import Campos
from separador.painel.base.resposta import CONFLITO, Ir, Pagina, Resposta
from separador.painel.base.servico import DESLIGADO, estado
from separador.painel.base.visita import Visita
from separador.pedidos import processo
from separador.pedidos.processo import Resposta as Feito
from separador.pedidos.saida import Saida

PARADA_S = 8.0
"""How long a page waits for the end of the service, which goes on ending by itself."""
_SISTEMA = {"iniciar": "start", "parar": "stop", "reiniciar": "restart"}
_EFEITOS = {
    "iniciar": "O serviço é ligado: as pastas passam a ser lidas, e as ordens registradas são cumpridas.",
    "parar": "O serviço é desligado depois de terminar o que tem em mãos. Nada mais é lido nem enviado até ser ligado.",
    "reiniciar": "O serviço termina o que tem em mãos, é desligado e ligado de novo.",
}
FEITO = {
    "iniciar": "O serviço foi ligado.",
    "parar": "O serviço foi desligado. O que for pedido fica registrado até ele ser ligado de novo.",
    "parando": "O serviço termina o que tem em mãos, e desliga em seguida.",
    "reiniciar": "O serviço foi desligado e ligado de novo.",
}
"""What the first page says after it."""
_TITULOS = {"iniciar": "INICIAR SERVIÇO", "parar": "FINALIZAR SERVIÇO", "reiniciar": "REINICIAR SERVIÇO"}


def iniciar(v: Visita) -> Resposta:
    """Starts the service."""
    return _confirmar(v, "iniciar")


def finalizar(v: Visita) -> Resposta:
    """Stops the service."""
    return _confirmar(v, "parar")


def reiniciar(v: Visita) -> Resposta:
    """Stops and starts the service."""
    return _confirmar(v, "reiniciar")


def _confirmar(v: Visita, acao: str) -> Resposta:
    avisos: tuple[str, ...] = ()
    if v.enviada:
        saida, mensagem = _fazer(v, acao)
        feito = saida == Saida.FEITO or (acao == "parar" and saida == Saida.SEM_SERVICO)
        _anotar(v, acao, mensagem, feito=feito)
        if feito:
            return Ir(_dizendo(v, "parando" if saida == Saida.SEM_SERVICO else acao))
        avisos = (mensagem or "O serviço não respondeu a tempo; veja o log.",)
    valores = {"efeito": _EFEITOS[acao], "volta": v.volta("/"), "em_maos": _em_maos(v)}
    return Pagina("painel/servico.html", _TITULOS[acao], valores, CONFLITO if avisos else 200, avisos)


def _dizendo(v: Visita, o_que: str) -> str:
    """Returns the page to go back to; the first page says what was done."""
    volta = urlsplit(v.volta("/"))
    return Campos(tuple(parse_qsl(volta.query))).com(servico=o_que).endereco(volta.path)


def _em_maos(v: Visita) -> int | None:
    """Returns how many files the service has in hand; None when it does not run."""
    if estado(v) == DESLIGADO:
        return None
    sql = "SELECT count(*) FROM arquivo INDEXED BY arquivo_aberto WHERE desfecho IS NULL"
    return int(v.banco.execute(sql).fetchone()[0])


def _fazer(v: Visita, acao: str) -> Feito:
    if processo.do_systemd(v.configuracao.arquivo):
        return processo.systemctl(_SISTEMA[acao])
    if acao == "iniciar":
        return _ligar(v)
    saida, mensagem = processo.parar_solto(v.dados, PARADA_S)
    return _ligar(v) if acao == "reiniciar" and saida == Saida.FEITO else (saida, mensagem)


def _ligar(v: Visita) -> Feito:
    feito = processo.iniciar_solto(v.configuracao)
    detentor = quem_detem(v.dados)
    if detentor is not None and detentor.daqui and detentor.pid is not None:
        threading.Thread(target=_acompanhar, args=(detentor.pid,), daemon=True).start()
    return feito


def _acompanhar(pid: int) -> None:
    """Waits for the end of a service that this process started, so that it does not stay as a dead entry."""
    with suppress(ChildProcessError):  # somebody else started it
        os.waitpid(pid, 0)


def _anotar(v: Visita, acao: str, detalhe: str, *, feito: bool) -> None:
    with v.escrevendo() as banco, banco.transacao():
        resultado = auditoria.FEITO if feito else auditoria.RECUSADO
        auditoria.registrar(
            banco, texto_de(v.agora), v.quem, "comando", acao, resultado=resultado, detalhe=detalhe.partition("\n")[0]
        )
