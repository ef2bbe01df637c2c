"""Puts calls to SEFAZ in the queue."""

from separador.banco.conexao import instante_de, texto_de
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.banco.fila import NovaTransmissao
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.rede.porta import Servico
from separador.motor.desfecho.grupo import Grupo

NOVIDADE = "fila"
"""Name that a group leaves in `Contexto.novidades`, so that the queue is looked at in the same turn."""


def enfileirar(grupo: Grupo, nova: NovaTransmissao) -> int:
    """Queues one call in the open transaction. It goes by itself when its turn comes. Returns the row's id.

    Two calls of one `fila` never run at the same time, and go in the order in which they were queued. A call whose
    kind (`alvo`) is neither "documento" nor "evento" must be harmless to repeat: it is made again after a failure.
    """
    grupo.contexto.novidades.add(NOVIDADE)
    # A look-up for an unknown outcome asks in the environment of that call, whatever the configuration says by now.
    de = tabela.por_id(grupo.banco, nova.de_id) if nova.de_id is not None else None
    nova.ambiente = de["ambiente"] if de is not None else grupo.contexto.config.ambiente.value
    return tabela.inserir(grupo.banco, nova, grupo.quando)


def fila_do_status(autorizador: str, uf: str, tp_amb: str) -> str:
    """Returns the queue's name for status queries of one authoriser about one state (IBGE code)."""
    return f"status:{autorizador}:{uf}:{tp_amb}"


def enfileirar_status(
    grupo: Grupo,
    cnpj: str,
    autorizador: str,
    uf: str,
    quem: str,
    *,
    base: bytes | None = None,
    rota_id: int | None = None,
    arquivo_id: int | None = None,
    tarefa_id: int | None = None,
) -> int:
    """Queues a status query, not earlier than three minutes after the last one. `uf`: IBGE code. Returns the row's id.

    `base`: the answer is published as `<base>-sta.xml` in the return folder of the route `rota_id`.
    """
    tp_amb = grupo.contexto.config.ambiente.tp_amb
    fila = fila_do_status(autorizador, uf, tp_amb)
    ultima = tabela.ultimo_status(grupo.banco, autorizador, fila)
    em = max(grupo.agora, instante_de(ultima) + decisoes.STATUS) if ultima is not None else grupo.agora
    nova = NovaTransmissao(
        alvo=tabela.STATUS,
        servico=Servico.STATUS,
        autorizador=autorizador,
        cnpj=cnpj,
        tp_amb=tp_amb,
        fila=fila,
        quem=quem,
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
        rota_id=rota_id,
        base=base,
        proxima_em=texto_de(em) if em > grupo.agora else None,
    )
    return enfileirar(grupo, nova)
