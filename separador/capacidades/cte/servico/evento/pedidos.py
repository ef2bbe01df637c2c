"""Takes orders for events: `{"pedido": "evento", …}` in a file, and what commands record."""

import json
from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.cte.arquivos.leitura import PedidoLido
from separador.capacidades.cte.dominio.pedido import TipoDePedido
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico import pedidos
from separador.capacidades.cte.servico import resposta_de_pedido as respostas
from separador.capacidades.cte.servico.evento import registro
from separador.capacidades.cte.servico.evento.registro import Decidido, PedidoDeEvento
from separador.fiscal.evento.tabela import POR_NOME, POR_TIPO
from separador.motor import resposta
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.etapa import Desfecho
from separador.nucleo.negativa import Negativa
from separador.nucleo.texto.enumeracao import curto, enumerar
from separador.nucleo.texto.json_lido import JsonInvalidoError, ler_json

PEDIDO = respostas.EVENTO
_CAMPOS = {"pedido", "evento", "chave", "dados"}


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `pedido`."""
    if not isinstance(parecer.conteudo, PedidoLido):
        raise TypeError(f"a regra {item.rota.regra} não decide {type(parecer.conteudo).__name__}")
    por_arquivo(grupo, item, parecer.conteudo)


def por_arquivo(grupo: Grupo, item: Item, lido: PedidoLido) -> None:
    """Carries out an order file of any kind. Orders for events are read here."""
    corpo = _corpo(lido.dados)
    if corpo is None or corpo.get("pedido") != PEDIDO:
        pedidos.por_arquivo(grupo, item, lido)
        return
    recebido = ler_pedido(corpo, item.quem, item.base, item.arquivo_id)
    feito = Decidido(erros=tuple(recebido)) if isinstance(recebido, list) else _do_arquivo(grupo, recebido)
    chave = recebido.chave if isinstance(recebido, PedidoDeEvento) else None
    resposta = _resposta(feito)
    mais = _mais(corpo, recebido, feito)
    respostas.publicar(grupo, item, respostas.em_json(grupo, PEDIDO, chave, resposta, item.base, mais))
    desfecho = Desfecho.RECUSADO if feito.erros else Desfecho.ENTREGUE
    grupo.terminar(item, desfecho, codigo=resposta.codigo, motivo=resposta.mensagem, chave=chave)


def _corpo(dados: bytes) -> dict[str, object] | None:
    try:
        corpo = ler_json(dados)
    except JsonInvalidoError:
        return None
    return corpo if isinstance(corpo, dict) else None


def ler_pedido(
    corpo: dict[str, object], quem: str, base: bytes | None, arquivo_id: int | None
) -> PedidoDeEvento | list[Negativa]:
    """Returns the order in a file (`{"pedido": "evento", "evento", "chave", "dados": {…}}`), or every wrong field."""
    estranhos = set(corpo) - _CAMPOS
    erros = [f"{enumerar(estranhos)}: campo desconhecido no pedido."] if estranhos else []
    nome, chave, dados = corpo.get("evento"), corpo.get("chave"), corpo.get("dados", {})
    evento = POR_NOME.get(nome) or POR_TIPO.get(nome) if isinstance(nome, str) else None
    if evento is None:
        erros.append(f"evento: deve ser um destes: {', '.join(POR_NOME)}.")
    if not isinstance(dados, dict):
        erros.append("dados: deve ser um objeto com os campos do evento.")
    codigo = "SEP-PEDIDO"
    chave = limpar_chave(chave) if isinstance(chave, str) else chave
    if not isinstance(chave, str) or not FORMATO_CHAVE.fullmatch(chave):
        erros.append("chave: deve ter as 44 posições da chave de acesso.")
        codigo = "SEP-CHAVE" if len(erros) == 1 else codigo
    if erros or evento is None or not isinstance(dados, dict):
        return [Negativa(codigo, e) for e in erros]
    return PedidoDeEvento(evento, str(chave), dados, quem, base, arquivo_id)


def _do_arquivo(grupo: Grupo, recebido: PedidoDeEvento) -> Decidido:
    """Carries out an order by file.

    It leaves the same trace as one by command, so that the list of attempts has both.
    """
    dados = json_do_pedido(recebido.evento.nome, dict(recebido.dados))
    tarefa_id = tabela_de_pedidos.registrar(
        grupo.banco, PEDIDO, recebido.chave, None, recebido.quem, grupo.quando, recebido.arquivo_id, dados=dados
    )
    feito = _executar(grupo, _com_tarefa(recebido, tarefa_id))
    resposta = _resposta(feito)
    estado = tabela_de_pedidos.RECUSADA if feito.erros else tabela_de_pedidos.FEITA
    tabela_de_pedidos.encerrar(grupo.banco, tarefa_id, estado, resposta.codigo, resposta.mensagem, grupo.quando)
    return feito


def _com_tarefa(o: PedidoDeEvento, tarefa_id: int) -> PedidoDeEvento:
    return PedidoDeEvento(o.evento, o.chave, o.dados, o.quem, o.base, o.arquivo_id, tarefa_id)


def json_do_pedido(evento: str, dados: dict[str, object]) -> str:
    """Returns the text of `tarefa.dados`. The image is not kept, because only its hash goes into the event."""
    sem_imagem = {n: v for n, v in dados.items() if n != "imagem"}
    return json.dumps({"evento": evento, "dados": sem_imagem}, ensure_ascii=False, sort_keys=True)


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out an order recorded by command. The waiting command reads its result."""
    gravado = json.loads(linha["dados"])
    evento = POR_NOME[gravado["evento"]]
    recebido = PedidoDeEvento(evento, linha["chave"], gravado["dados"], linha["quem"], tarefa_id=linha["id"])
    antes = grupo.remessa.marca()
    feito = _executar(grupo, recebido)
    resposta = _resposta(feito)
    estado = tabela_de_pedidos.RECUSADA if feito.erros else tabela_de_pedidos.FEITA
    if grupo.remessa.marca() > antes:  # told only when the file is visible
        tabela_de_pedidos.decidir(grupo.banco, linha["id"], estado, resposta.codigo, resposta.mensagem)
    else:
        tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, resposta.codigo, resposta.mensagem, grupo.quando)
    grupo.linhas.append(
        {
            "event": resposta.mensagem,
            "acao": f"pedido {PEDIDO} {evento.nome}",
            "chave": recebido.chave,
            "quem": recebido.quem,
            "resultado": resposta.resultado,
        }
    )


def _executar(grupo: Grupo, recebido: PedidoDeEvento) -> Decidido:
    """Executes the order. A cancellation goes through `pedidos`, because it moves the situação."""
    if recebido.evento.tp != CANCELAMENTO:
        return registro.executar(grupo, recebido)
    motivo = recebido.dados.get("motivo", recebido.dados.get("xJust", ""))
    base = recebido.base or f"{recebido.chave}_cancelar".encode()
    tarefa_id = recebido.tarefa_id if recebido.arquivo_id is None else None
    resposta = pedidos.executar(
        grupo,
        pedidos.PedidoRecebido(
            TipoDePedido.CANCELAR, recebido.chave, str(motivo), recebido.quem, base, recebido.arquivo_id, tarefa_id
        ),
    )
    if not resposta.feita:
        return Decidido(erros=(Negativa(resposta.codigo, resposta.mensagem),))
    return Decidido(resposta.mensagem, n_seq=1)


def _resposta(feito: Decidido) -> resposta.Resposta:
    if feito.erros:
        mensagem = " ".join(e.mensagem for e in feito.erros)
        return resposta.Resposta("recusado", feito.erros[0].codigo, mensagem)
    return resposta.Resposta("feito", "SEP-EVENTO-PEDIDO", feito.mensagem)


def _mais(corpo: dict[str, object], recebido: PedidoDeEvento | list[Negativa], feito: Decidido) -> dict[str, object]:
    """Returns what the answer has beyond that of any order: the event, its number, and each error apart."""
    tipo = recebido.evento if isinstance(recebido, PedidoDeEvento) else None
    nome = corpo.get("evento")
    return {
        "evento": tipo.nome if tipo is not None else curto(nome) if isinstance(nome, str) else None,
        "tp_evento": tipo.tp if tipo is not None else None,
        "n_seq": feito.n_seq,
        "erros": [{"codigo": e.codigo, "mensagem": e.mensagem} for e in feito.erros],
    }
