"""What is due by the clock: handing on again, deadlines of returns, retention (CTE-12; contratos.md)."""

from sqlite3 import Row

from separador.acesso.banco import auditoria
from separador.acesso.servico import autorizacao
from separador.banco import pedidos as tarefas
from separador.capacidades.certificados.servico import pedidos as validade
from separador.capacidades.cte.servico import pedidos
from separador.capacidades.cte.servico.consulta import pedido
from separador.capacidades.cte.servico.evento import pedidos as pedidos_evento
from separador.capacidades.distribuicao.servico import agenda
from separador.capacidades.ecac.servico import decisoes
from separador.capacidades.ecac.servico import pedidos as ecac_ordens
from separador.motor.contexto import Casa
from separador.motor.desfecho import dispensa
from separador.motor.desfecho.conclusao import abrir_obra, fechar, finalizar
from separador.motor.desfecho.grupo import Obra
from separador.motor.log.log import registrar_incidente
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas.erros import FalhaDePasta


def ordens(casa: Casa) -> int:
    """Carry out the orders recorded by command or panel, each in its own group. Returns how many."""
    pendentes = tarefas.pendentes(casa.banco)
    for linha in pendentes:
        obra = abrir_obra(casa)
        try:
            with casa.banco.transacao():
                _ordem(obra, linha)
                fechar(obra)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            _ordem_sem_pasta(casa, linha, falha)
        except Exception as erro:  # noqa: BLE001 - around one document (W11)
            obra.remessa.descartar()
            _ordem_falhou(casa, linha, erro)
        else:
            finalizar(casa, obra)
    return len(pendentes)


_ORDENS = {
    dispensa.PEDIDO: dispensa.da_tarefa,
    validade.VALIDADE: validade.conferir,
    validade.PIN: validade.do_pin,
    agenda.PEDIDO: agenda.da_tarefa,
    pedido.STATUS: pedido.do_status,
    pedidos_evento.PEDIDO: pedidos_evento.da_tarefa,
    **dict.fromkeys(decisoes.DECISOES, decisoes.da_tarefa),
    **dict.fromkeys(ecac_ordens.LONGAS, ecac_ordens.aceitar),
}
"""Orders that `pedidos` does not carry out."""


def _ordem(obra: Obra, linha: Row) -> None:
    negativa = autorizacao.ordem_negada(obra.banco, linha, obra.agora)
    if negativa is None:
        _ORDENS.get(linha["pedido"], pedidos.da_tarefa)(obra, linha)
        return
    tarefas.encerrar(obra.banco, linha["id"], tarefas.RECUSADA, negativa.codigo, negativa.mensagem, obra.quando)
    obra.linhas.append(
        {"event": negativa.mensagem, "acao": "pedido recusado", "chave": linha["chave"], "quem": linha["quem"]}
    )


def _ordem_sem_pasta(casa: Casa, linha: Row, falha: FalhaDePasta) -> None:
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} Depois dê a ordem de novo."
    with casa.banco.transacao():
        codigo = f"SEP-{falha.codigo.upper()}"
        tarefas.encerrar(casa.banco, linha["id"], tarefas.RECUSADA, codigo, mensagem, casa.quando())
    casa.log.error(mensagem, acao="ordem", chave=linha["chave"], codigo=codigo)


def _ordem_falhou(casa: Casa, linha: Row, erro: Exception) -> None:
    numero = registrar_incidente(casa.dados, erro, {"tarefa": linha["id"], "chave": linha["chave"]}, casa.agora())
    mensagem = f"A ordem não pôde ser cumprida agora (incidente {numero}); nada foi alterado. Tente de novo."
    with casa.banco.transacao():
        tarefas.encerrar(casa.banco, linha["id"], tarefas.RECUSADA, "SEP-INCIDENTE", mensagem, casa.quando())
    casa.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)


def selo(casa: Casa) -> None:
    """The audit trail's end is noted outside the database (PROC-05)."""
    auditoria.selar(casa.banco, casa.dados)
