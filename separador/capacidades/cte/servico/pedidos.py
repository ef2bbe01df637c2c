"""Carries out orders on documents, which come as files or are recorded by commands."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.acesso.servico import autorizacao
from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.certificados.servico.por_que_nao_assina import ao_assinar_evento
from separador.capacidades.cte.arquivos.leitura import PedidoLido
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.dominio.pedido import TipoDePedido, avaliar
from separador.capacidades.cte.servico import cancelamento
from separador.capacidades.cte.servico import resposta_de_pedido as respostas
from separador.capacidades.cte.servico.consulta import pedido as consulta_pedido
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import bloqueios
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import SemCertificado
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.saidas import Saida
from separador.motor.resposta import Resposta
from separador.nucleo.chave import FORMATO_CHAVE, chave_valida, limpar_chave
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Desfecho, Etapa
from separador.nucleo.falha import descrever
from separador.nucleo.negativa import Aval
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import Nome, documento_assinado
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.enumeracao import enumerar
from separador.nucleo.texto.json_lido import JsonInvalidoError, ler_json

_S = Situacao
LIMITE_MOTIVO = 4096


@dataclass(frozen=True, slots=True)
class PedidoRecebido:
    """An order as it was given. The answers of its event are named after `base`.

    `confirmada_por`: the user who gave the password for this very order.
    """

    pedido: TipoDePedido
    chave: str
    motivo: str
    quem: str
    base: bytes
    arquivo_id: int | None = None
    tarefa_id: int | None = None
    confirmada_por: str | None = None


def _negada(codigo: str, mensagem: str) -> Resposta:
    return Resposta("recusado", codigo, mensagem)


def _feito(codigo: str) -> Resposta:
    return Resposta("feito", codigo, descrever(codigo)[0])


def ler_pedido(dados: bytes, item: Item) -> PedidoRecebido | Resposta:
    """Reads the order in a file: `{"pedido", "chave", "motivo"}` and nothing else. Refuses any other form."""
    try:
        corpo = ler_json(dados)
    except JsonInvalidoError as erro:
        return _negada("SEP-PEDIDO", f"O arquivo {erro}.")
    if not isinstance(corpo, dict) or not all(isinstance(v, str) for v in corpo.values()):
        return _negada("SEP-PEDIDO", 'O pedido deve ser um objeto de textos: {"pedido": "...", "chave": "..."}.')
    estranhos = set(corpo) - {"pedido", "chave", "motivo"}
    if estranhos:
        return _negada("SEP-PEDIDO", f"Campos desconhecidos no pedido: {enumerar(estranhos)}.")
    if corpo.get("pedido") not in list(TipoDePedido):
        return _negada("SEP-PEDIDO", f"O campo pedido deve ser um destes: {', '.join([*TipoDePedido, 'evento'])}.")
    chave = limpar_chave(corpo.get("chave", ""))
    if not FORMATO_CHAVE.fullmatch(chave):
        return _negada("SEP-CHAVE", descrever("SEP-CHAVE")[0])
    motivo = corpo.get("motivo", "")[:LIMITE_MOTIVO]
    quem = f"arquivo:{mostrar(item.nome)}"
    return PedidoRecebido(TipoDePedido(corpo["pedido"]), chave, motivo, quem, item.base, item.arquivo_id)


def por_arquivo(grupo: Grupo, item: Item, lido: PedidoLido) -> None:
    """Carries out an order file, and answers it by `<base>-ret.json`."""
    recebido = ler_pedido(lido.dados, item)
    resposta = recebido if isinstance(recebido, Resposta) else executar(grupo, recebido)
    pedido = recebido.pedido.value if isinstance(recebido, PedidoRecebido) else None
    chave = recebido.chave if isinstance(recebido, PedidoRecebido) else None
    respostas.publicar(grupo, item, respostas.em_json(grupo, pedido, chave, resposta, item.base))
    desfecho = Desfecho.ENTREGUE if resposta.feita else Desfecho.RECUSADO
    grupo.terminar(item, desfecho, codigo=resposta.codigo, motivo=resposta.mensagem, chave=chave)


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out an order recorded by a command, which waits for its result."""
    chave = linha["chave"]
    base = f"{chave}_{linha['pedido']}".encode()
    recebido = PedidoRecebido(
        TipoDePedido(linha["pedido"]), chave, linha["motivo"] or "", linha["quem"], base,
        tarefa_id=linha["id"], confirmada_por=linha["confirmada_por"],
    )  # fmt: skip
    antes = grupo.remessa.marca()
    resposta = executar(grupo, recebido)
    estado = tabela_de_pedidos.FEITA if resposta.feita else tabela_de_pedidos.RECUSADA
    if grupo.remessa.marca() > antes:
        # The command learns of it only when the files are visible.
        tabela_de_pedidos.decidir(grupo.banco, linha["id"], estado, resposta.codigo, resposta.mensagem)
    else:
        tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, resposta.codigo, resposta.mensagem, grupo.quando)
    grupo.linhas.append(
        {
            "event": resposta.mensagem,
            "acao": f"pedido {recebido.pedido}",
            "chave": chave,
            "quem": recebido.quem,
            "resultado": resposta.resultado,
        }
    )


def executar(grupo: Grupo, recebido: PedidoRecebido) -> Resposta:
    """Carries out one order, or says why not. The check is the one that the command made before recording the order."""
    doc = documentos.por_chave(grupo.banco, recebido.chave)
    if doc is None and recebido.pedido is TipoDePedido.CONSULTAR and chave_valida(recebido.chave):
        feita, codigo, frase = consulta_pedido.de_terceiros(
            grupo, recebido.chave, recebido.quem, arquivo_id=recebido.arquivo_id, tarefa_id=recebido.tarefa_id
        )
        return Resposta("feito" if feita else "recusado", codigo, frase)
    if doc is None:
        return _negada("SEP-CHAVE-DESCONHECIDA", f"Não há documento com a chave {recebido.chave}.")
    fatos = cancelamento.fatos_do_pedido(grupo.banco, doc)
    negativa = avaliar(recebido.pedido, fatos, agora=grupo.agora, motivo=recebido.motivo, aval=_aval(grupo, recebido))
    if negativa is not None:
        return _negada(negativa.codigo, negativa.mensagem)
    if recebido.pedido is not TipoDePedido.ESTORNAR and grupo.contexto.rota_de_envio(doc["rota_id"]) is None:
        return _negada("SEP-SEM-ROTA", "Não há rota cte-envio ativa para entregar ao transmissor.")
    servico = {TipoDePedido.CANCELAR: bloqueios.EVENTO, TipoDePedido.CONSULTAR: bloqueios.CONSULTA}.get(recebido.pedido)
    if fila.pela_rede(grupo.contexto, doc["rota_id"]):
        servico = None  # the queue keeps its own limits, and what is ordered waits in it
    ate = bloqueios.vigente(grupo.banco, servico, grupo.quando) if servico is not None else None
    if ate is not None:
        mensagem = f"A SEFAZ bloqueou este serviço por consumo indevido (678); peça depois de {ate}."
        return _negada("SEP-BLOQUEIO", mensagem)
    acao = {
        TipoDePedido.ENVIAR: _enviar,
        TipoDePedido.CANCELAR: _cancelar,
        TipoDePedido.ESTORNAR: _estornar,
        TipoDePedido.CONSULTAR: _consultar,
    }[recebido.pedido]
    return acao(grupo, doc, recebido)


def _aval(grupo: Grupo, recebido: PedidoRecebido) -> Aval:
    """Returns what supports a further reversal. It is looked up now, because the user may be inactive by now."""
    if recebido.arquivo_id is not None:
        return Aval.ARQUIVO
    return autorizacao.aval(grupo.banco, recebido.confirmada_por)


def _enviar(grupo: Grupo, doc: Row, recebido: PedidoRecebido) -> Resposta:
    if _S(doc["situacao"]) is _S.CANCELAMENTO_REJEITADO:
        cancelamento.pedir_autorizacao(
            grupo, doc, recebido.quem, arquivo_id=recebido.arquivo_id, tarefa_id=recebido.tarefa_id
        )
        return Resposta("feito", "SEP-CONSULTA", "A SEFAZ será consultada pela chave; o documento não é retransmitido.")
    repetida = fila.repetida(grupo, doc)
    if repetida is not None:
        return _negada("SEP-RECUSADO-DEMAIS", repetida)
    encerrar_por(grupo, doc["chave"], Remedio.ENVIADO)
    if fila.pela_rede(grupo.contexto, doc["rota_id"]):
        fila.enfileirar_documento(
            grupo, doc["id"], recebido.quem, arquivo_id=recebido.arquivo_id, tarefa_id=recebido.tarefa_id
        )
        return _feito("SEP-NA-FILA")
    ate = grupo.bloqueado_ate
    if ate is not None:
        documentos.agendar(grupo.banco, doc["id"], "enviar", ate)
        return Resposta("feito", "SEP-BLOQUEIO", f"Bloqueio por consumo indevido (678); será entregue depois de {ate}.")
    publicar_documento(grupo, doc, arquivo_id=recebido.arquivo_id, tarefa_id=recebido.tarefa_id)
    return _feito("SEP-ENVIADO")


def publicar_documento(grupo: Grupo, doc: Row, *, arquivo_id: int | None = None, tarefa_id: int | None = None) -> None:
    """Hands on the kept signed bytes, unchanged. Raises LookupError when they are gone."""
    if fila.pela_rede(grupo.contexto, doc["rota_id"]):
        fila.enfileirar_documento(grupo, doc["id"], "serviço", arquivo_id=arquivo_id, tarefa_id=tarefa_id)
        return
    nome = documento_assinado(doc["chave"], bytes(doc["base"]), uninfe=grupo.contexto.uninfe)
    saida = assinado_do(grupo, doc, nome, arquivo_id=arquivo_id, tarefa_id=tarefa_id)
    documentos.definir_etapa(grupo.banco, doc["id"], Etapa.PUBLICANDO)
    grupo.publicar(saida)


def assinado_do(
    grupo: Grupo, doc: Row, nome: Nome, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> Saida:
    """Returns the file for the transmitter's folder: the kept signed bytes. Raises LookupError when they are gone."""
    assinado = documentos.assinado(grupo.banco, doc["id"], doc["digest"])
    if assinado is None:
        raise LookupError(f"os bytes assinados de {doc['chave']} não estão no banco")
    return Saida(
        saidas.DOCUMENTO,
        cancelamento.destino(grupo.contexto, doc),
        nome,
        dados=com_declaracao(assinado),
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
        documento_id=doc["id"],
    )


def _cancelar(grupo: Grupo, doc: Row, recebido: PedidoRecebido) -> Resposta:
    p = cancelamento.montar(grupo.contexto, doc, recebido.motivo)
    if isinstance(p, SemCertificado):
        return _negada("SEP-SEM-CERTIFICADO", ao_assinar_evento(grupo.contexto, p.cnpj))
    if isinstance(p, Recusa):
        return _negada(p.erros[0].codigo, p.erros[0].mensagem)
    cancelamento.publicar_evento(
        grupo,
        doc,
        p,
        base=recebido.base,
        quem=recebido.quem,
        arquivo_id=recebido.arquivo_id,
        tarefa_id=recebido.tarefa_id,
    )
    return _feito("SEP-CANCELAMENTO-PEDIDO")


def _estornar(grupo: Grupo, doc: Row, recebido: PedidoRecebido) -> Resposta:
    mensagem = cancelamento.estornar(grupo, doc, recebido.quem, recebido.arquivo_id)
    return Resposta("feito", "SEP-ESTORNADO", mensagem)


def _consultar(grupo: Grupo, doc: Row, recebido: PedidoRecebido) -> Resposta:
    cancelamento.publicar_consulta(grupo, doc, arquivo_id=recebido.arquivo_id, tarefa_id=recebido.tarefa_id)
    return Resposta("feito", "SEP-CONSULTA", "Consulta da chave entregue para transmissão.")


def agendado(grupo: Grupo, doc: Row) -> None:
    """Does what is due on a document: the same bytes go again after 108/109/999, or after a block."""
    documentos.agendar(grupo.banco, doc["id"], None, None)
    if _S(doc["situacao"]) not in (_S.NAO_ENVIADO, _S.AGUARDANDO_RETORNO, _S.REJEITADO):
        return
    if doc["protocolo"] is not None:  # it is never transmitted again (204): SEFAZ is asked what it has
        cancelamento.publicar_consulta(grupo, doc)
    else:
        publicar_documento(grupo, doc)
