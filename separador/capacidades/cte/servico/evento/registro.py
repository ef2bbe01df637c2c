"""Carries out orders for events other than the cancellation: checks, builds, signs and hands them on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import Banco, instante_de
from separador.capacidades.certificados.servico.por_que_nao_assina import ao_assinar_evento
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.leitura_de_eventos import assinado as bytes_do_evento
from separador.capacidades.cte.dominio.falhas_encerradas import Remedio
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.cte.servico.encerramento import encerrar_por
from separador.capacidades.cte.servico.evento import terceiros
from separador.capacidades.cte.servico.rede import fila
from separador.capacidades.sefaz.banco import bloqueios
from separador.fiscal.evento.campos import Valores
from separador.fiscal.evento.carta_correcao import CARTA
from separador.fiscal.evento.conteudo_do_documento import campos_do_layout, ler_conteudo
from separador.fiscal.evento.detalhe import ler_detalhe
from separador.fiscal.evento.envelope import montar_evento
from separador.fiscal.evento.fatos import Anterior, Conhecido, Fatos, Terceiro
from separador.fiscal.evento.plano import Plano, conferir_pronto, planejar
from separador.fiscal.evento.tabela import POR_TIPO, EventoFiscal
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.fiscal.resumo import ResumoEvento
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.nucleo.erro import Erro, Recusa, sobre_evento
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.negativa import Negativa
from separador.nucleo.nome_de_saida import evento_assinado
from separador.nucleo.rota import Rota
from separador.nucleo.situacao import Situacao
from separador.nucleo.tipo import Tipo


@dataclass(frozen=True, slots=True)
class PedidoDeEvento:
    """An order as it was given. `base` gives the answer its name; with None the name follows the event.

    `arquivo_id`: the file of an order by file. `tarefa_id`: the row that records the order, whoever gave it.
    """

    evento: EventoFiscal
    chave: str
    dados: Mapping[str, object]
    quem: str
    base: bytes | None = None
    arquivo_id: int | None = None
    tarefa_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decidido:
    """The result of an order. `erros` is empty when it was done."""

    mensagem: str = ""
    erros: tuple[Negativa, ...] = field(default=())
    n_seq: int | None = None


def reunir(banco: Banco, chave: str, evento: EventoFiscal, agora: datetime, empresas: tuple[str, ...]) -> Fatos:
    """Returns everything that an order for this event can depend on. `empresas` holds the configured CNPJs."""
    doc = documentos.por_chave(banco, chave)
    tipo = Tipo(doc["tipo"]) if doc is not None else None
    return Fatos(
        chave=chave,
        agora=agora,
        fuso=fuso_da_uf(chave[:2]),
        documento=_conhecido(banco, doc) if doc is not None else None,
        anteriores=tuple(_anterior(e) for e in eventos.em_vigor(banco, chave)),
        layout=campos_do_layout(tipo) if tipo is not None and evento.tp == CARTA else frozenset(),
        empresas=empresas,
        terceiro=(doc is None and terceiros.conhecer(banco, chave)) or Terceiro(),
    )


def _conhecido(banco: Banco, doc: Row) -> Conhecido:
    return Conhecido(
        Situacao(doc["situacao"]),
        ler_conteudo(documentos.assinado(banco, doc["id"], doc["digest"]), Tipo(doc["tipo"])),
        doc["protocolo"],
        instante_de(doc["autorizado_em"]) if doc["autorizado_em"] else None,
        doc["marca"],
    )


def _anterior(e: Row) -> Anterior:
    valores: Valores = ler_detalhe(bytes_do_evento(e)) if e["tp_evento"] in POR_TIPO else {}
    return Anterior(e["tp_evento"], e["n_seq"], e["estado"] != eventos.ACEITO, e["protocolo"], valores)


def recusas_do_arquivo(grupo: Grupo, r: ResumoEvento, dados: bytes) -> Recusa | None:
    """Returns what SEFAZ is known to refuse in an event that came as a file, when its document is known here."""
    evento = POR_TIPO.get(r.tp_evento)
    if evento is None or r.tp_evento == CANCELAMENTO:
        return None
    f = reunir(grupo.banco, r.chave, evento, grupo.agora, ())
    negativas = [
        *_nao_contratado(grupo.contexto, r.autor, r.tp_evento),
        *conferir_pronto(evento, ler_detalhe(dados), r.n_seq, r.autor, f),
    ]
    fazer = "Corrija o evento no sistema que o fez; nada foi enviado."
    erros = tuple(Erro(n.codigo, "SEP", n.mensagem, fazer) for n in negativas)
    return Recusa(erros, r.chave, sobre_evento(r.tp_evento)) if erros else None


def executar(grupo: Grupo, recebido: PedidoDeEvento) -> Decidido:
    """Carries out one order, or returns everything that speaks against it. In that case nothing is recorded."""
    empresas = tuple(e.cnpj for e in grupo.contexto.config.empresas)
    plano = planejar(
        recebido.evento, recebido.dados, reunir(grupo.banco, recebido.chave, recebido.evento, grupo.agora, empresas)
    )
    if not isinstance(plano, Plano):
        return Decidido(erros=tuple(plano))
    faltas = _nao_contratado(grupo.contexto, plano.autor, plano.evento.tp)
    if faltas:
        return Decidido(erros=tuple(faltas))
    doc = documentos.por_chave(grupo.banco, recebido.chave)
    rota = grupo.contexto.rota_de_envio(doc["rota_id"] if doc is not None else 0)
    negativa = _impedido(grupo, rota)
    if negativa is not None or rota is None:
        return Decidido(erros=(negativa,) if negativa is not None else ())
    tp_amb = doc["tp_amb"] if doc is not None else grupo.contexto.config.ambiente.tp_amb
    p = _assinar(grupo.contexto, plano, tp_amb)
    if isinstance(p, SemCertificado):
        mensagem = ao_assinar_evento(grupo.contexto, p.cnpj)
        return Decidido(erros=(Negativa("SEP-SEM-CERTIFICADO", mensagem),))
    if isinstance(p, Recusa):
        return Decidido(erros=tuple(Negativa(e.codigo, e.mensagem) for e in p.erros))
    _entregar(grupo, recebido, plano, p, doc, rota)
    return Decidido(f"Evento {plano.evento.nome} nº {plano.n_seq} entregue para transmissão.", n_seq=plano.n_seq)


def _nao_contratado(contexto: Contexto, autor: str, tp_evento: str) -> list[Negativa]:
    """Returns why the company whose certificate signs may not have this event: it did not contract the service.

    A branch that is not configured has what its company has: the certificate of any of the same base signs for it.
    """
    propria = contexto.config.empresa(autor)
    donas = [propria] if propria is not None else [e for e in contexto.config.empresas if e.cnpj[:8] == autor[:8]]
    recusas = ((e, e.ecac.recusa_do_evento(tp_evento)) for e in donas)
    return [Negativa("SEP-NAO-CONTRATADO", f"{e.nome}: {falta}.") for e, falta in recusas if falta is not None][:1]


def _impedido(grupo: Grupo, rota: Rota | None) -> Negativa | None:
    if rota is None:
        return Negativa("SEP-SEM-ROTA", "Não há rota cte-envio ativa para entregar ao transmissor.")
    ate = bloqueios.vigente(grupo.banco, bloqueios.EVENTO, grupo.quando)
    if ate is not None and not fila.pela_rede(grupo.contexto, rota.id or 0):
        mensagem = f"A SEFAZ bloqueou este serviço por consumo indevido (678); peça depois de {ate}."
        return Negativa("SEP-BLOQUEIO", mensagem)
    return None


def _assinar(contexto: Contexto, plano: Plano, tp_amb: str) -> Preparado | Recusa | SemCertificado:
    agora = contexto.agora()
    xml = montar_evento(
        plano.evento,
        plano.valores,
        chave=plano.chave,
        n_seq=plano.n_seq,
        autor=plano.autor,
        tp_amb=tp_amb,
        quando=agora.astimezone(fuso_da_uf(plano.chave[:2])).replace(microsecond=0),
    )
    assinador = contexto.assinador(plano.autor)
    assinadores = {plano.autor: assinador} if assinador is not None else {}
    return preparar(xml, ContextoPreparo(tp_amb, agora, assinadores))


def _entregar(grupo: Grupo, recebido: PedidoDeEvento, plano: Plano, p: Preparado, doc: Row | None, rota: Rota) -> None:
    """Records the event and hands it on: into the queue of the network, or into the destino of the route."""
    tp, chave = plano.evento.tp, plano.chave
    documento_id = doc["id"] if doc is not None else None
    rota_id = rota.id or 0
    novo = eventos.NovoEvento(
        chave=chave,
        tp_evento=tp,
        n_seq=plano.n_seq,
        digest=p.digest,
        dados=p.assinado,
        documento_id=documento_id,
        rota_id=rota_id,
        base=recebido.base or f"{chave}_{tp}_{plano.n_seq:03d}".encode(),
        arquivo_id=recebido.arquivo_id,
        tarefa_id=recebido.tarefa_id,
    )
    evento_id = eventos.inserir(grupo.banco, novo, grupo.quando)
    foi_de_novo(grupo, chave, tp)
    if fila.pela_rede(grupo.contexto, rota_id):
        fila.enfileirar_evento(
            grupo,
            evento_id,
            recebido.quem,
            cnpj=plano.autor,
            arquivo_id=recebido.arquivo_id,
            tarefa_id=recebido.tarefa_id,
        )
        return
    grupo.publicar(
        Saida(
            saidas.EVENTO,
            rota.destino,
            evento_assinado(chave, tp, plano.n_seq),
            dados=com_declaracao(p.assinado),
            arquivo_id=recebido.arquivo_id,
            tarefa_id=recebido.tarefa_id if recebido.arquivo_id is None else None,
            documento_id=documento_id,
            evento_id=evento_id,
        )
    )


def foi_de_novo(grupo: Grupo, chave: str, tp_evento: str) -> None:
    """Closes the failures of the event refused before, here or by SEFAZ: an event of this type goes again."""
    encerrar_por(grupo, chave, Remedio.EVENTO_ENTREGUE, tp_evento=tp_evento)
