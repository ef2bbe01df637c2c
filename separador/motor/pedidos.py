"""What is due by the clock: handing on again, deadlines of returns, retention (CTE-12; contratos.md)."""

from sqlite3 import Row

from separador.acesso.banco import auditoria
from separador.acesso.servico import autorizacao
from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.certificados.servico import pedidos as validade
from separador.capacidades.cte.servico import pedidos
from separador.capacidades.cte.servico.consulta import pedido
from separador.capacidades.cte.servico.evento import pedidos as pedidos_evento
from separador.capacidades.distribuicao.servico import agenda
from separador.capacidades.ecac.servico import decisoes
from separador.capacidades.ecac.servico import pedidos as pedidos_do_ecac
from separador.motor.contexto import Contexto
from separador.motor.desfecho import dispensa
from separador.motor.desfecho.conclusao import abrir_grupo, fechar, finalizar
from separador.motor.desfecho.grupo import Grupo
from separador.motor.log.log import registrar_incidente
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas.erros import FalhaDePasta


def ordens(contexto: Contexto) -> int:
    """Carry out the orders recorded by command or panel, each in its own group. Returns how many."""
    pendentes = tabela_de_pedidos.pendentes(contexto.banco)
    for linha in pendentes:
        grupo = abrir_grupo(contexto)
        try:
            with contexto.banco.transacao():
                _um_pedido(grupo, linha)
                fechar(grupo)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
            _pedido_sem_pasta(contexto, linha, falha)
        except Exception as erro:  # noqa: BLE001 - around one document (W11)
            grupo.remessa.descartar()
            _pedido_falhou(contexto, linha, erro)
        else:
            finalizar(contexto, grupo)
    return len(pendentes)


_ORDENS = {
    dispensa.PEDIDO: dispensa.da_tarefa,
    validade.VALIDADE: validade.conferir,
    validade.PIN: validade.do_pin,
    agenda.PEDIDO: agenda.da_tarefa,
    pedido.STATUS: pedido.do_status,
    pedidos_evento.PEDIDO: pedidos_evento.da_tarefa,
    **dict.fromkeys(decisoes.DECISOES, decisoes.da_tarefa),
    **dict.fromkeys(pedidos_do_ecac.LONGAS, pedidos_do_ecac.aceitar),
}
"""Orders that `pedidos` does not carry out."""


def _um_pedido(grupo: Grupo, linha: Row) -> None:
    negativa = autorizacao.ordem_negada(grupo.banco, linha, grupo.agora)
    if negativa is None:
        _ORDENS.get(linha["pedido"], pedidos.da_tarefa)(grupo, linha)
        return
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, negativa.codigo, negativa.mensagem, grupo.quando
    )
    grupo.linhas.append(
        {"event": negativa.mensagem, "acao": "pedido recusado", "chave": linha["chave"], "quem": linha["quem"]}
    )


def _pedido_sem_pasta(contexto: Contexto, linha: Row, falha: FalhaDePasta) -> None:
    mensagem = f"A ordem não pôde ser cumprida: {falha.mensagem}. {falha.o_que_fazer} Depois dê a ordem de novo."
    with contexto.banco.transacao():
        codigo = f"SEP-{falha.codigo.upper()}"
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, codigo, mensagem, contexto.quando()
        )
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], codigo=codigo)


def _pedido_falhou(contexto: Contexto, linha: Row, erro: Exception) -> None:
    numero = registrar_incidente(
        contexto.dados, erro, {"tarefa": linha["id"], "chave": linha["chave"]}, contexto.agora()
    )
    mensagem = f"A ordem não pôde ser cumprida agora (incidente {numero}); nada foi alterado. Tente de novo."
    with contexto.banco.transacao():
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-INCIDENTE", mensagem, contexto.quando()
        )
    contexto.log.error(mensagem, acao="ordem", chave=linha["chave"], incidente=numero)


def selo(contexto: Contexto) -> None:
    """The audit trail's end is noted outside the database (PROC-05)."""
    auditoria.selar(contexto.banco, contexto.dados)
