"""Handles events that are due: sends the same bytes again after 108/109/999, and shows events without answer.

This is for events handed on by folder. By network the queue of transmissions does both.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from sqlite3 import Row

from separador.banco import falhas
from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import eventos
from separador.capacidades.cte.banco.leitura_de_eventos import assinado as bytes_do_evento
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import bloqueios
from separador.fiscal.evento.detalhe import autor_do_evento
from separador.fiscal.nomes import com_declaracao
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.motor.desfecho.transacao import em_grupo_proprio
from separador.motor.log.log import registrar_incidente
from separador.nucleo.nome_de_saida import evento_assinado
from separador.pastas.erros import FalhaDePasta

_PAUSA = timedelta(minutes=1)


def vencidos(contexto: Contexto) -> int:
    """Hands on once more the events that are due. Returns how many there were."""
    linhas = eventos.devidos(contexto.banco, contexto.quando())
    for evento in linhas:
        em_grupo_proprio(
            contexto,
            partial(_de_novo, evento=evento),
            sem_pasta=partial(_mais_tarde, contexto, evento),
            incidente=partial(_adiar, contexto, evento),
        )
    return len(linhas)


def _adiar(contexto: Contexto, evento: Row, erro: Exception) -> None:
    """Keeps what nobody foresaw for a person, and tries again in a minute."""
    numero = registrar_incidente(contexto.dados, erro, {"chave": evento["chave"]}, contexto.agora())
    _mais_tarde(contexto, evento)
    contexto.log.error("o reenvio não pôde ser feito agora", acao="reenvio", chave=evento["chave"], incidente=numero)


def _de_novo(grupo: Grupo, evento: Row) -> None:
    """Hands on the same event, if it still waits for its answer. It may have been reversed meanwhile."""
    assunto, chave = f"doc:{evento['chave']}", evento["chave"]
    if evento["estado"] != eventos.PUBLICADO:
        eventos.agendar(grupo.banco, evento["id"], None)
        return
    rota = grupo.contexto.rota_de_envio(evento["rota_id"])
    if rota is None:  # the route was removed or switched off: that is shown, and looked at again
        grupo.falhar(grupo.falha_da_chave(chave, "SEP-SEM-ROTA", rota=evento["rota_id"]))
        eventos.agendar(grupo.banco, evento["id"], texto_de(grupo.agora + _PAUSA))
        return
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, assunto, grupo.quando, "há rota de novo", "SEP-SEM-ROTA")
    ate = bloqueios.vigente(grupo.banco, bloqueios.EVENTO, grupo.quando)
    if ate is not None:  # 678: nothing goes to that service for an hour
        eventos.agendar(grupo.banco, evento["id"], ate)
        return
    eventos.agendar(grupo.banco, evento["id"], None)
    dados = bytes_do_evento(evento)
    if fila.pela_rede(grupo.contexto, evento["rota_id"]):
        fila.enfileirar_evento(grupo, evento["id"], "serviço", cnpj=autor_do_evento(dados))
    else:
        grupo.publicar(
            Saida(
                saidas.EVENTO,
                rota.destino,
                evento_assinado(chave, evento["tp_evento"], evento["n_seq"]),
                dados=com_declaracao(dados),
                documento_id=evento["documento_id"],
                evento_id=evento["id"],
            )
        )
    grupo.linhas.append({"event": "entregue de novo para transmissão", "acao": "reenvio", "chave": chave})


def _mais_tarde(contexto: Contexto, evento: Row, _falha: FalhaDePasta | None = None) -> None:
    with contexto.banco.transacao():
        eventos.agendar(contexto.banco, evento["id"], texto_de(contexto.agora() + _PAUSA))


def atrasados(contexto: Contexto, limite: str) -> list[Row]:
    """Returns the events handed on by folder before `limite`, without answer and not yet shown.

    The cancellation is left out, because its document shows it.
    """
    linhas = eventos.sem_retorno_desde(contexto.banco, limite, CANCELAMENTO)
    if not linhas:
        return []
    conhecidas = {assunto for assunto, _ in falhas.assuntos(contexto.banco, "evento:")}
    por_pasta = [e for e in linhas if not fila.pela_rede(contexto, e["rota_id"])]
    return [e for e in por_pasta if _assunto(e) not in conhecidas]


def mostrar(grupo: Grupo, evento: Row) -> None:
    """Shows an event that got no answer in time, until the answer comes."""
    detalhe = f"Evento {evento['tp_evento']} nº {evento['n_seq']}, entregue em {evento['atualizado_em']}."
    falha = grupo.falha_da_chave(evento["chave"], "SEP-PRAZO-RETORNO", detalhe=detalhe, rota=evento["rota_id"])
    grupo.falhar(replace(falha, assunto=_assunto(evento)))


def _assunto(evento: Row) -> str:
    return f"evento:{evento['id']}"
