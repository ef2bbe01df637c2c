"""Handles events that are due: sends the same bytes again after 108/109/999, and shows events without answer.

This is for events handed on by folder. By network the queue of transmissions does both.
"""

from dataclasses import replace
from datetime import timedelta
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import eventos
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import bloqueios
from separador.fiscal.evento.detalhe import autor_do_evento
from separador.fiscal.nomes import com_declaracao
from separador.motor.contexto import Casa
from separador.motor.desfecho import saidas
from separador.motor.desfecho.conclusao import abrir_obra, fechar, finalizar
from separador.motor.desfecho.grupo import Obra
from separador.motor.desfecho.saidas import Saida
from separador.motor.log.log import registrar_incidente
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo.nome_de_saida import evento_assinado
from separador.pastas.erros import FalhaDePasta

_PAUSA = timedelta(minutes=1)


def vencidos(casa: Casa) -> int:
    """Hands on once more the events that are due. Returns how many there were."""
    linhas = eventos.devidos(casa.banco, casa.quando())
    for evento in linhas:
        obra = abrir_obra(casa)
        try:
            with casa.banco.transacao():
                _de_novo(obra, evento)
                fechar(obra)
        except FalhaDePasta as falha:
            avisar_pasta(casa, falha)
            _mais_tarde(casa, evento)
        except Exception as erro:  # noqa: BLE001 - around one event
            obra.remessa.descartar()
            numero = registrar_incidente(casa.dados, erro, {"chave": evento["chave"]}, casa.agora())
            _mais_tarde(casa, evento)
            casa.log.error(
                "o reenvio não pôde ser feito agora", acao="reenvio", chave=evento["chave"], incidente=numero
            )
        else:
            finalizar(casa, obra)
    return len(linhas)


def _de_novo(obra: Obra, evento: Row) -> None:
    """Hands on the same event, if it still waits for its answer. It may have been reversed meanwhile."""
    assunto, chave = f"doc:{evento['chave']}", evento["chave"]
    if evento["estado"] != eventos.PUBLICADO:
        eventos.agendar(obra.banco, evento["id"], None)
        return
    rota = obra.casa.rota_de_envio(evento["rota_id"])
    if rota is None:  # the route was removed or switched off: that is shown, and looked at again
        obra.falhar(obra.falha_da_chave(chave, "SEP-SEM-ROTA", rota=evento["rota_id"]))
        eventos.agendar(obra.banco, evento["id"], texto_de(obra.agora + _PAUSA))
        return
    if obra.havia_falhas:
        falhas.encerrar(obra.banco, assunto, obra.quando, "há rota de novo", "SEP-SEM-ROTA")
    ate = bloqueios.vigente(obra.banco, bloqueios.EVENTO, obra.quando)
    if ate is not None:  # 678: nothing goes to that service for an hour
        eventos.agendar(obra.banco, evento["id"], ate)
        return
    eventos.agendar(obra.banco, evento["id"], None)
    dados = bytes(evento["dados"])
    if fila.pela_rede(obra.casa, evento["rota_id"]):
        fila.enfileirar_evento(obra, evento["id"], "serviço", cnpj=autor_do_evento(dados))
    else:
        obra.publicar(
            Saida(
                saidas.EVENTO,
                rota.destino,
                evento_assinado(chave, evento["tp_evento"], evento["n_seq"]),
                dados=com_declaracao(dados),
                documento_id=evento["documento_id"],
                evento_id=evento["id"],
            )
        )
    obra.linhas.append({"event": "entregue de novo para transmissão", "acao": "reenvio", "chave": chave})


def _mais_tarde(casa: Casa, evento: Row) -> None:
    with casa.banco.transacao():
        eventos.agendar(casa.banco, evento["id"], texto_de(casa.agora() + _PAUSA))


def atrasados(casa: Casa, limite: str) -> list[Row]:
    """Returns the events handed on by folder before `limite`, without answer and not yet shown.

    The cancellation is left out, because its document shows it.
    """
    linhas = eventos.sem_retorno_desde(casa.banco, limite, CANCELAMENTO)
    if not linhas:
        return []
    conhecidas = {assunto for assunto, _ in falhas.assuntos(casa.banco, "evento:")}
    por_pasta = [e for e in linhas if not fila.pela_rede(casa, e["rota_id"])]
    return [e for e in por_pasta if _assunto(e) not in conhecidas]


def mostrar(obra: Obra, evento: Row) -> None:
    """Shows an event that got no answer in time, until the answer comes."""
    detalhe = f"Evento {evento['tp_evento']} nº {evento['n_seq']}, entregue em {evento['atualizado_em']}."
    falha = obra.falha_da_chave(evento["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=evento["rota_id"])
    obra.falhar(replace(falha, assunto=_assunto(evento)))


def _assunto(evento: Row) -> str:
    return f"evento:{evento['id']}"
