"""Reads a processed document or event of the folder `fiscal`, and writes its rows. Nothing is believed unverified."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.capacidades.copias.servico.reconstruir import originais
from separador.capacidades.cte.arquivos.leitura import entender_resposta
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.documentos import Achado, Mudanca, NovoDocumento
from separador.capacidades.cte.dominio.colunas import colunas
from separador.capacidades.cte.dominio.retorno import CANCELAMENTO
from separador.capacidades.sefaz.banco import fila
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.resumo import Resumo, resumir
from separador.fiscal.retornos import Resposta, Retorno
from separador.fiscal.verificacao import verificar
from separador.motor.contexto import Contexto
from separador.nucleo.erro import Recusa
from separador.nucleo.etapa import Etapa
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.situacao import Causa, Situacao, permitida
from separador.nucleo.tipo import Tipo

_FIM_DE_EVENTO = b"-procEventoCTe"
_ABERTAS = frozenset({Situacao.NAO_ENVIADO, Situacao.AGUARDANDO_RETORNO, Situacao.REJEITADO})


@dataclass(frozen=True, slots=True)
class Documento:
    """A verified processed document."""

    sha256: str
    resposta: Resposta
    tipo: Tipo
    resumo: Resumo
    digest: str
    assinado: bytes


@dataclass(frozen=True, slots=True)
class Evento:
    """A verified processed event."""

    sha256: str
    resposta: Resposta
    chave: str
    tp_evento: str
    n_seq: int
    digest: str
    assinado: bytes


def e_evento(nome: bytes) -> bool:
    """Says whether the name is that of a processed event."""
    return _FIM_DE_EVENTO in nome


def e_cancelamento(nome: bytes) -> bool:
    """Says whether the name is that of a registered cancellation."""
    return e_evento(nome) and nome[45:51] == CANCELAMENTO.encode()


def entender(dados: bytes, nome: bytes) -> Documento | Evento | str:
    """Returns what the file is, or why it cannot be believed (Portuguese)."""
    lido = entender_resposta(dados).conteudo
    if not isinstance(lido, Retorno):
        return f"não pôde ser lido: {lido.erros[0].mensagem}" if isinstance(lido, Recusa) else "não é um processado"
    x = lido.respostas[0]
    if x.defeito is not None:
        return f"a assinatura não confere: {x.defeito.mensagem}"
    if x.documento is None or x.chave is None or not nome.startswith(x.chave.encode()):
        return "não traz o documento que o nome dele diz"
    verificada = verificar(x.documento)
    if isinstance(verificada, Recusa):
        return f"a assinatura não confere: {verificada.erros[0].mensagem}"
    sha256, digest = hashlib.sha256(dados).hexdigest(), verificada.digest_value
    if x.especie == "evento":
        if x.tp_evento is None or x.n_seq is None:
            return "o evento não diz de que tipo é"
        return Evento(sha256, x, x.chave, x.tp_evento, x.n_seq, digest, x.documento)
    if x.especie != "autorizacao" or (x.digest is not None and x.digest != digest):
        return "o protocolo é de outro conteúdo (digest diferente)"
    inteiro = ler(x.documento)
    if not isinstance(inteiro, Lido) or inteiro.tipo is None:
        return "o documento dentro dele não pôde ser lido"
    resumo = resumir(inteiro.raiz, inteiro.tipo)
    if resumo.chave != x.chave:
        return "o protocolo é de outra chave"
    return Documento(sha256, x, inteiro.tipo, resumo, digest, x.documento)


@dataclass(slots=True)
class Escrita:
    """Writes rows, inside the open transaction. `achados`: originals by key; `cancelados`: keys with a registered
    cancellation among the files."""

    contexto: Contexto
    quando: str
    quem: str
    achados: Mapping[str, Sequence[originais.Original]]
    cancelados: set[str]

    def documento(self, d: Documento) -> tuple[int | None, bool]:
        """Returns the id of the document and whether it is new here; (None, False) when the database has another
        content under its key."""
        banco, x = self.contexto.banco, d.resposta
        doc = documentos.por_chave(banco, d.resumo.chave)
        em = _instante(x.quando, d.resumo.chave[:2])
        if doc is None:
            situacao = Situacao.CANCELADO if d.resumo.chave in self.cancelados else Situacao.AUTORIZADO
            achado = Achado(situacao, x.cstat, x.motivo, x.protocolo, em)
            novo = self.novo(d.tipo, d.resumo, d.digest)
            return documentos.reconstruir(
                banco, novo, achado, zlib.compress(d.assinado, 1), self.quando, self.quem
            ), True
        de = Situacao(doc["situacao"])
        if d.digest not in documentos.digests(banco, doc["id"]):
            if de not in _ABERTAS:
                return None, False
            # A corrected export of after the copy: the version that SEFAZ authorised is not in this database.
            documentos.guardar_versao(banco, doc["id"], d.digest, zlib.compress(d.assinado, 1), self.quando)
        if de in _ABERTAS:
            causa = Causa.RETORNO_AUTORIZADO
            if not permitida(de, causa, Situacao.AUTORIZADO):
                causa = Causa.RETORNO_SEM_PEDIDO
            documentos.transitar(banco, doc, self._mudanca(causa, Situacao.AUTORIZADO, x))
            documentos.agendar(banco, doc["id"], None, None)
            fila.retirar_pendentes(banco, doc["id"], fila.DOCUMENTO, self.quando)
        if doc["protocolo"] is None:
            documentos.autorizar(banco, doc["id"], x.protocolo, em, d.digest)
        return int(doc["id"]), False

    def novo(self, tipo: Tipo, r: Resumo, digest: str) -> NovoDocumento:
        """Returns the row of a document that is not here, with the original that is found of it."""
        original = next(iter(self.achados.get(r.chave, [])[-1:]), None)
        rota = originais.rota_de(self.contexto, original.nome if original is not None else None, r.emitente)
        return NovoDocumento(
            chave=r.chave,
            tipo=tipo.value,
            modelo=r.modelo,
            serie=r.serie,
            numero=r.numero,
            emitente=r.emitente,
            tp_amb=r.tp_amb,
            digest=digest,
            carga=None,
            rota_id=rota.id or 0,
            base=original.base if original is not None else r.chave.encode(),
            arquivo_id=originais.registrar(self.contexto, original, r.chave, rota, self.quando),
            colunas=colunas(dh_emi=r.dh_emi, tomador=r.tomador, fim=r.fim, valor=r.valor),
        )

    def evento(self, e: Evento) -> int:
        """Returns the id of the event, which is accepted now. A cancellation cancels its document."""
        banco, x = self.contexto.banco, e.resposta
        doc = documentos.por_chave(banco, e.chave)
        vigente = eventos.vigente(banco, e.chave, e.tp_evento, e.n_seq)
        if vigente is None:
            rota = int(doc["rota_id"]) if doc is not None else originais.rota_padrao(self.contexto).id or 0
            novo = eventos.NovoEvento(
                e.chave, e.tp_evento, e.n_seq, e.digest, e.assinado, doc["id"] if doc is not None else None, rota,
                e.chave.encode(),
            )  # fmt: skip
            evento_id = eventos.inserir(banco, novo, self.quando)
        else:
            evento_id = int(vigente["id"])
        if vigente is None or vigente["estado"] != eventos.ACEITO:
            eventos.marcar(
                banco, evento_id, eventos.ACEITO, self.quando, cstat=x.cstat, motivo=x.motivo, protocolo=x.protocolo
            )
        if doc is not None and e.tp_evento == CANCELAMENTO and doc["situacao"] != Situacao.CANCELADO:
            self._cancelar(doc, x)
        return evento_id

    def _mudanca(self, causa: Causa, para: Situacao, x: Resposta) -> Mudanca:
        return Mudanca(causa, para, self.quando, self.quem, None, Etapa.CONCLUIDO, x.cstat, x.motivo, x.protocolo)

    def _cancelar(self, doc: Row, x: Resposta) -> None:
        causa = Causa.CANCELAMENTO_ACEITO
        if not permitida(Situacao(doc["situacao"]), causa, Situacao.CANCELADO):
            causa = Causa.CANCELAMENTO_DA_SEFAZ
        documentos.transitar(self.contexto.banco, doc, self._mudanca(causa, Situacao.CANCELADO, x))
        documentos.agendar(self.contexto.banco, doc["id"], None, None)
        for alvo in (fila.DOCUMENTO, fila.EVENTO):
            fila.retirar_pendentes(self.contexto.banco, doc["id"], alvo, self.quando)


def _instante(texto: str | None, uf: str) -> str | None:
    """Returns dhRecbto as stored. A time without offset is in the state's legal time."""
    try:
        quando = datetime.fromisoformat(texto or "")
    except ValueError:
        return None
    return texto_de(quando if quando.tzinfo else quando.replace(tzinfo=fuso_da_uf(uf)))
