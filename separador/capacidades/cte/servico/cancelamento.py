"""Cancels a CT-e by folder or by network: the request, its reversal, and the question to SEFAZ about what it has."""

from functools import partial
from pathlib import Path
from sqlite3 import Row

from separador.banco import publicacoes
from separador.banco.conexao import Banco, instante_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.documentos import Mudanca
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.dominio.pedido import Fatos, TipoDePedido, avaliar
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.capacidades.cte.servico.saidas.retirados import sem_saber_do_evento
from separador.capacidades.sefaz.banco import fila
from separador.fiscal.evento.envelope import montar_cancelamento, montar_consulta
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.fiscal.resumo import resumir
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.etapa import Etapa
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.nome_de_saida import consulta, evento_assinado
from separador.nucleo.situacao import Causa, Situacao
from separador.nucleo.tipo import Tipo
from separador.pastas import faixas, provisorios

RETIRADO = b"retirado-"
"""Prefix of an event file taken back out of a destination, until the commit that records it."""


def fatos_do_pedido(banco: Banco, doc: Row) -> Fatos:
    """Returns the facts that decide whether an order on this document is allowed."""
    aceitos = banco.todas(
        "SELECT DISTINCT tp_evento FROM evento WHERE chave = ? AND estado = ?", doc["chave"], eventos.ACEITO
    )
    return Fatos(
        situacao=Situacao(doc["situacao"]),
        modelo=doc["modelo"],
        tp_cte=_tp_cte(banco, doc),
        cstat=doc["cstat"],
        protocolo=doc["protocolo"],
        autorizado_em=instante_de(doc["autorizado_em"]) if doc["autorizado_em"] else None,
        estornos=doc["estornos"],
        marca=doc["marca"],
        em_entrega=doc["etapa"] in (Etapa.PUBLICANDO, Etapa.ENVIANDO, Etapa.DESCONHECIDO),
        eventos=frozenset(r["tp_evento"] for r in aceitos),
    )


def _tp_cte(banco: Banco, doc: Row) -> str | None:
    dados = documentos.assinado(banco, doc["id"], doc["digest"])
    lido = ler(dados) if dados is not None else None
    if lido is None or isinstance(lido, Recusa):
        return None
    return resumir(lido.raiz, Tipo(doc["tipo"])).tp_cte


def recusado(grupo: Grupo, doc: Row, motivo: str) -> Erro | None:
    """Returns the reason why this cancellation would fail, when that is known here."""
    fatos = fatos_do_pedido(grupo.banco, doc)
    negativa = avaliar(TipoDePedido.CANCELAR, fatos, agora=grupo.agora, motivo=motivo)
    if negativa is None:
        return None
    fazer = f"Veja a situação do documento: separador cte ver {doc['chave']}."
    return Erro(negativa.codigo, "SEP", negativa.mensagem, fazer, tag="xJust" if "MOTIVO" in negativa.codigo else None)


def pedir(grupo: Grupo, doc: Row, quem: str, arquivo_id: int | None) -> None:
    """Sends the request out with this group: the document then awaits the return of its cancellation."""
    mudanca = Mudanca(
        Causa.PEDIDO_CANCELAMENTO, Situacao.AGUARDANDO_CANCELAMENTO, grupo.quando, quem, arquivo_id, Etapa.PUBLICANDO
    )
    documentos.transitar(grupo.banco, doc, mudanca)


def montar(contexto: Contexto, doc: Row, motivo: str) -> Preparado | Recusa | SemCertificado:
    """Returns event 110111 built, signed and validated like any event that comes as a file."""
    agora = contexto.agora()
    xml = montar_cancelamento(
        chave=doc["chave"],
        protocolo=doc["protocolo"],
        justificativa=motivo,
        cnpj=doc["emitente"],
        tp_amb=doc["tp_amb"],
        quando=agora.astimezone(fuso_da_uf(doc["chave"][:2])).replace(microsecond=0),
    )
    if isinstance(xml, Recusa):
        return xml
    assinador = contexto.assinador(doc["emitente"])
    assinadores = {doc["emitente"]: assinador} if assinador is not None else {}
    return preparar(xml, ContextoPreparo(doc["tp_amb"], agora, assinadores))


def publicar_evento(
    grupo: Grupo, doc: Row, p: Preparado, *, base: bytes, quem: str, arquivo_id: int | None, tarefa_id: int | None
) -> None:
    """Records the event and hands it on, by network or in the destino of the document's cte-envio route."""
    novo = eventos.NovoEvento(
        chave=doc["chave"],
        tp_evento=CANCELAMENTO,
        n_seq=1,
        digest=p.digest,
        dados=p.assinado,
        documento_id=doc["id"],
        rota_id=doc["rota_id"],
        base=base,
        arquivo_id=arquivo_id,
        tarefa_id=tarefa_id,
    )
    evento_id = eventos.inserir(grupo.banco, novo, grupo.quando)
    pedir(grupo, doc, quem, arquivo_id)
    encerrar_por(grupo, doc["chave"], Remedio.EVENTO_ENTREGUE, tp_evento=CANCELAMENTO)
    if fila_da_rede.pela_rede(grupo.contexto, doc["rota_id"]):
        fila_da_rede.enfileirar_evento(grupo, evento_id, quem, arquivo_id=arquivo_id, tarefa_id=tarefa_id)
        return
    grupo.publicar(
        Saida(
            saidas.EVENTO,
            destino(grupo.contexto, doc),
            evento_assinado(doc["chave"], CANCELAMENTO, 1),
            dados=com_declaracao(p.assinado),
            arquivo_id=arquivo_id,
            tarefa_id=tarefa_id,
            documento_id=doc["id"],
            evento_id=evento_id,
        )
    )


def destino(contexto: Contexto, doc: Row) -> Path:
    """Returns the folder where this document's transmitter collects.

    Raises LookupError when no route sends any more.
    """
    rota = contexto.rota_de_envio(doc["rota_id"])
    if rota is None:
        raise LookupError("não há rota cte-envio ativa para entregar ao transmissor")
    return rota.destino


def publicar_consulta(grupo: Grupo, doc: Row, *, arquivo_id: int | None = None, tarefa_id: int | None = None) -> None:
    """Publishes `<chave>-ped-sit.xml` for the transmitter or, by network, queues the question itself."""
    if fila_da_rede.pela_rede(grupo.contexto, doc["rota_id"]):
        base = bytes(doc["base"])
        fila_da_rede.enfileirar_consulta(
            grupo, doc["chave"], "operador", base=base, arquivo_id=arquivo_id, tarefa_id=tarefa_id
        )
        return
    grupo.publicar(
        Saida(
            saidas.CONSULTA,
            destino(grupo.contexto, doc),
            consulta(doc["chave"]),
            dados=com_declaracao(montar_consulta(doc["chave"], doc["tp_amb"])),
            arquivo_id=arquivo_id,
            tarefa_id=tarefa_id,
            documento_id=doc["id"],
        )
    )


def pedir_autorizacao(
    grupo: Grupo, doc: Row, quem: str, *, arquivo_id: int | None = None, tarefa_id: int | None = None
) -> None:
    """Asks SEFAZ what it has, after a refused cancellation.

    An authorised document is never transmitted anew: SEFAZ would refuse it as a duplicate (cStat 204).
    """
    mudanca = Mudanca(Causa.PEDIDO_AUTORIZACAO, Situacao.AGUARDANDO_RETORNO, grupo.quando, quem, arquivo_id)
    documentos.transitar(grupo.banco, doc, mudanca)
    publicar_consulta(grupo, doc, arquivo_id=arquivo_id, tarefa_id=tarefa_id)


def estornar(grupo: Grupo, doc: Row, quem: str, arquivo_id: int | None) -> str:
    """Reverses a request. Returns the message. The situação is AUTORIZADO PELA SEFAZ in any case."""
    evento = eventos.ultimo(grupo.banco, doc["chave"], CANCELAMENTO)
    retirado = evento is not None and _retirar(grupo, evento)
    if evento is not None:
        estado = eventos.RETIRADO if retirado else evento["estado"]
        eventos.marcar(grupo.banco, evento["id"], _fechado(estado), grupo.quando)
    mudanca = Mudanca(Causa.ESTORNO, Situacao.AUTORIZADO, grupo.quando, quem, arquivo_id, Etapa.CONCLUIDO)
    documentos.transitar(grupo.banco, doc, mudanca)
    grupo.banco.execute("UPDATE documento SET estornos = estornos + 1 WHERE id = ?", (doc["id"],))
    if not retirado and evento is not None and fila.do_evento(grupo.banco, evento["id"]) is not None:
        fila_da_rede.enfileirar_consulta(grupo, doc["chave"], "serviço")
        return (
            "Pedido de cancelamento estornado, mas o evento já tinha sido transmitido: a SEFAZ será consultada, e a"
            " palavra dela vale. Se ela cancelar, o documento passa a CANCELADO."
        )
    if retirado:
        return "Pedido de cancelamento estornado: o evento foi retirado antes de ser transmitido."
    sabido = "o evento já tinha sido levado pelo transmissor"
    if evento is not None and sem_saber_do_evento(grupo.banco, evento["id"]):
        sabido = "não se sabe se o evento chegou ao transmissor"
    return (
        f"Pedido de cancelamento estornado, mas {sabido}: a palavra da SEFAZ vale. Se ela cancelar, o documento passa a"
        " CANCELADO."
    )


def _fechado(estado: str) -> str:
    """Returns the state of a reversed event: it is not open any more, so another request may use the same number."""
    return eventos.ESTORNADO if estado in (eventos.PRONTO, eventos.PUBLICADO) else estado


def _retirar(grupo: Grupo, evento: Row) -> bool:
    """Takes our event back: out of the queue if it was not sent, out of the folder if nobody has collected it yet."""
    na_fila = fila.aberta_do_evento(grupo.banco, evento["id"])
    if na_fila is not None:
        return fila.retirar(grupo.banco, na_fila["id"], grupo.quando)
    publicada = publicacoes.ultima(grupo.banco, saidas.EVENTO, evento_id=evento["id"])
    if publicada is None:
        return False
    pasta = Path(publicada["pasta"])
    if publicada["estado"] == publicacoes.PREPARADA:
        # Removed after the commit: a staged file that is gone while its record says "preparada" means published.
        grupo.sobras.append((pasta, bytes(publicada["provisorio"])))
        publicacoes.retirada(grupo.banco, publicada["id"])
        return True
    guardado = faixas.prefixo(grupo.contexto.cantos, pasta) + RETIRADO + str(publicada["id"]).encode()
    # The rename comes before the commit. After a crash in between, the order is carried out again and finds the file
    # under the name `guardado`. Recovery leaves such names alone while their publication does not say "retirada".
    nome, sha256 = bytes(publicada["nome"]), bytes.fromhex(publicada["sha256"])
    # An order that could not wait for the folder is answered as not done, so what it does too late is taken back.
    retirar = partial(provisorios.retirar, pasta, nome, sha256, guardado)
    if not faixas.fazer_ou_desfazer(pasta, retirar, partial(provisorios.repor, pasta, nome, guardado)):
        return False
    grupo.sobras.append((pasta, guardado))
    publicacoes.retirada(grupo.banco, publicada["id"])
    return True


def em_retirada(contexto: Contexto, provisorio: bytes) -> bool:
    """Says whether this is an event file that was taken back and whose commit did not come.

    The order will be carried out again and needs to find it.
    """
    numero = provisorio.removeprefix(RETIRADO)
    if numero == provisorio or not numero.isdigit():
        return False
    linha = contexto.banco.uma("SELECT estado FROM publicacao WHERE id = ?", int(numero))
    return linha is not None and linha["estado"] == publicacoes.PUBLICADA
