"""Takes orders for events: `{"pedido": "evento", …}` in a file, and what commands record."""

import json
from sqlite3 import Row

from separador.banco import pedidos as tarefas
from separador.capacidades.cte.dominio.pedido import Pedido
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico import pedidos
from separador.capacidades.cte.servico.evento import registro
from separador.capacidades.cte.servico.evento.registro import Feito, OrdemDeEvento
from separador.fiscal.evento.tabela import POR_NOME, POR_TIPO
from separador.motor import resposta
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Item, Obra
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.leitura import PedidoLido
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.etapa import Desfecho
from separador.nucleo.negativa import Negativa
from separador.nucleo.nome_de_saida import resposta_de_pedido
from separador.nucleo.rota import pasta_de_retorno

PEDIDO = "evento"
_CAMPOS = {"pedido", "evento", "chave", "dados"}


def por_arquivo(obra: Obra, item: Item, lido: PedidoLido) -> None:
    """Carries out an order file of any kind. Orders for events are read here."""
    corpo = _corpo(lido.dados)
    if corpo is None or corpo.get("pedido") != PEDIDO:
        pedidos.por_arquivo(obra, item, lido)
        return
    ordem = ler_ordem(corpo, item.quem, item.base, item.arquivo_id)
    feito = Feito(erros=tuple(ordem)) if isinstance(ordem, list) else _do_arquivo(obra, ordem)
    chave = ordem.chave if isinstance(ordem, OrdemDeEvento) else None
    resposta = _resposta(feito)
    obra.publicar(
        Saida(
            saidas.RESPOSTA,
            pasta_de_retorno(item.rota, obra.casa.rotas),
            resposta_de_pedido(item.nome),
            dados=pedidos.json_da_resposta(obra, PEDIDO, chave, resposta, _mais(corpo, ordem, feito)),
            substitui=obra.casa.uninfe,
            arquivo_id=item.arquivo_id,
        )
    )
    desfecho = Desfecho.RECUSADO if feito.erros else Desfecho.ENTREGUE
    obra.terminar(item, desfecho, codigo=resposta.codigo, motivo=resposta.mensagem, chave=chave)


def _corpo(dados: bytes) -> dict[str, object] | None:
    try:
        corpo = json.loads(dados)
    except (ValueError, RecursionError):
        return None
    return corpo if isinstance(corpo, dict) else None


def ler_ordem(
    corpo: dict[str, object], quem: str, base: bytes | None, arquivo_id: int | None
) -> OrdemDeEvento | list[Negativa]:
    """Returns the order in a file (`{"pedido": "evento", "evento", "chave", "dados": {…}}`), or every wrong field."""
    erros = [f"{nome}: campo desconhecido no pedido." for nome in sorted(set(corpo) - _CAMPOS)]
    nome, chave, dados = corpo.get("evento"), corpo.get("chave"), corpo.get("dados", {})
    evento = POR_NOME.get(nome) or POR_TIPO.get(nome) if isinstance(nome, str) else None
    if evento is None:
        erros.append(f"evento: deve ser um destes: {', '.join(POR_NOME)}.")
    if not isinstance(dados, dict):
        erros.append("dados: deve ser um objeto com os campos do evento.")
    codigo = "SEP-PEDIDO"
    if not isinstance(chave, str) or not FORMATO_CHAVE.fullmatch(chave):
        erros.append("chave: deve ter as 44 posições da chave de acesso.")
        codigo = "SEP-CHAVE" if len(erros) == 1 else codigo
    if erros or evento is None or not isinstance(dados, dict):
        return [Negativa(codigo, e) for e in erros]
    return OrdemDeEvento(evento, str(chave), dados, quem, base, arquivo_id)


def _do_arquivo(obra: Obra, ordem: OrdemDeEvento) -> Feito:
    """Carries out an order by file.

    It leaves the same trace as one by command, so that the list of attempts has both.
    """
    dados = json_da_ordem(ordem.evento.nome, dict(ordem.dados))
    tarefa_id = tarefas.registrar(
        obra.banco, PEDIDO, ordem.chave, None, ordem.quem, obra.quando, ordem.arquivo_id, dados=dados
    )
    feito = _executar(obra, _com_tarefa(ordem, tarefa_id))
    resposta = _resposta(feito)
    estado = tarefas.RECUSADA if feito.erros else tarefas.FEITA
    tarefas.encerrar(obra.banco, tarefa_id, estado, resposta.codigo, resposta.mensagem, obra.quando)
    return feito


def _com_tarefa(o: OrdemDeEvento, tarefa_id: int) -> OrdemDeEvento:
    return OrdemDeEvento(o.evento, o.chave, o.dados, o.quem, o.base, o.arquivo_id, tarefa_id)


def json_da_ordem(evento: str, dados: dict[str, object]) -> str:
    """Returns the text of `tarefa.dados`. The image is not kept, because only its hash goes into the event."""
    sem_imagem = {n: v for n, v in dados.items() if n != "imagem"}
    return json.dumps({"evento": evento, "dados": sem_imagem}, ensure_ascii=False, sort_keys=True)


def da_tarefa(obra: Obra, linha: Row) -> None:
    """Carries out an order recorded by command. The waiting command reads its result."""
    gravado = json.loads(linha["dados"])
    evento = POR_NOME[gravado["evento"]]
    ordem = OrdemDeEvento(evento, linha["chave"], gravado["dados"], linha["quem"], tarefa_id=linha["id"])
    antes = obra.remessa.marca()
    feito = _executar(obra, ordem)
    resposta = _resposta(feito)
    estado = tarefas.RECUSADA if feito.erros else tarefas.FEITA
    if obra.remessa.marca() > antes:  # told only when the file is visible
        tarefas.decidir(obra.banco, linha["id"], estado, resposta.codigo, resposta.mensagem)
    else:
        tarefas.encerrar(obra.banco, linha["id"], estado, resposta.codigo, resposta.mensagem, obra.quando)
    obra.linhas.append(
        {
            "event": resposta.mensagem,
            "acao": f"pedido {PEDIDO} {evento.nome}",
            "chave": ordem.chave,
            "quem": ordem.quem,
            "resultado": resposta.resultado,
        }
    )


def _executar(obra: Obra, ordem: OrdemDeEvento) -> Feito:
    """Executes the order. A cancellation goes through `pedidos`, because it moves the situação."""
    if ordem.evento.tp != CANCELAMENTO:
        return registro.executar(obra, ordem)
    motivo = ordem.dados.get("motivo", ordem.dados.get("xJust", ""))
    base = ordem.base or f"{ordem.chave}_cancelar".encode()
    tarefa_id = ordem.tarefa_id if ordem.arquivo_id is None else None
    resposta = pedidos.executar(
        obra,
        pedidos.Ordem(Pedido.CANCELAR, ordem.chave, str(motivo), ordem.quem, base, ordem.arquivo_id, tarefa_id),
    )
    if not resposta.feita:
        return Feito(erros=(Negativa(resposta.codigo, resposta.mensagem),))
    return Feito(resposta.mensagem, n_seq=1)


def _resposta(feito: Feito) -> resposta.Resposta:
    if feito.erros:
        mensagem = " ".join(e.mensagem for e in feito.erros)
        return resposta.Resposta("recusado", feito.erros[0].codigo, mensagem)
    return resposta.Resposta("feito", "SEP-EVENTO-PEDIDO", feito.mensagem)


def _mais(corpo: dict[str, object], ordem: OrdemDeEvento | list[Negativa], feito: Feito) -> dict[str, object]:
    """Returns what the answer has beyond that of any order: the event, its number, and each error apart."""
    tipo = ordem.evento if isinstance(ordem, OrdemDeEvento) else None
    nome = corpo.get("evento")
    return {
        "evento": tipo.nome if tipo is not None else nome if isinstance(nome, str) else None,
        "tp_evento": tipo.tp if tipo is not None else None,
        "n_seq": feito.n_seq,
        "erros": [{"codigo": e.codigo, "mensagem": e.mensagem} for e in feito.erros],
    }
