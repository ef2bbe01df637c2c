"""Defines the kinds of call for documents: the document itself, an event, a look-up by key, a status query."""

from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.capacidades.cte.banco import documentos, eventos
from separador.capacidades.cte.banco.leitura_de_eventos import assinado as bytes_do_evento
from separador.capacidades.cte.servico.rede import fila, respostas, sem_desfecho, sem_resposta
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.rede.envelope import (
    envelope_consulta,
    envelope_evento,
    envelope_recepcao,
    envelope_status,
)
from separador.capacidades.sefaz.rede.porta import Desconhecida, NaoEnviada
from separador.capacidades.sefaz.servico.tipos_de_chamada import TipoDeChamada
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Situacao
from separador.nucleo.tipo import Tipo

_TRANSMITEM = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value, Situacao.AGUARDANDO_RETORNO.value})


class _ComResposta(TipoDeChamada):
    """A call whose answer is read like a return."""

    def aplicar(self, grupo: Grupo, linha: Row) -> None:
        """Applies the answer to the document, event or query."""
        respostas.aplicar(grupo, linha)


class _QueMuda(_ComResposta):
    """A call that changes something at SEFAZ: an unknown outcome is looked up before anything else is sent."""

    def de_volta(self, grupo: Grupo, linha: Row) -> None:
        """Notes that the document is ready again."""
        if linha["documento_id"] is not None:
            documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.PRONTO)

    def sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida, detalhe: str) -> None:
        """Keeps the outcome as unknown, and looks it up."""
        sem_desfecho.abrir(grupo, linha, d.motivo, detalhe=detalhe, bruto=d.bruto, http=d.http)

    def interrompida(self, grupo: Grupo, linha: Row) -> None:
        """Plans a look-up for now, because the call may have arrived."""
        sem_desfecho.abrir(grupo, linha, "o serviço parou durante a transmissão", em=grupo.agora)


class _Documento(_QueMuda):
    def querida(self, grupo: Grupo, linha: Row) -> bool:
        """Says whether the document is still open and this is its version."""
        doc = documentos.por_id(grupo.banco, linha["documento_id"])
        aberto = doc["situacao"] in _TRANSMITEM and doc["protocolo"] is None
        return bool(aberto and doc["digest"] == linha["digest"])

    def envelope(self, grupo: Grupo, linha: Row) -> bytes:
        """Returns the kept signed bytes in their envelope."""
        assinado = documentos.assinado(grupo.banco, linha["documento_id"], linha["digest"])
        if assinado is None:
            raise LookupError(f"os bytes assinados de {linha['chave']} não estão no banco")
        doc = documentos.por_id(grupo.banco, linha["documento_id"])
        return envelope_recepcao(Tipo(doc["tipo"]), assinado)

    def a_caminho(self, grupo: Grupo, linha: Row) -> None:
        """Records the document as sent: from now on it awaits its return."""
        documentos.enviado(grupo.banco, linha["documento_id"], grupo.quando, linha["quem"], linha["arquivo_id"])
        documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.ENVIANDO)


class _Evento(_QueMuda):
    def querida(self, grupo: Grupo, linha: Row) -> bool:
        """Says whether the event is still wanted. A reversed one is not."""
        evento = eventos.por_id(grupo.banco, linha["evento_id"])
        return evento["estado"] in (eventos.PRONTO, eventos.PUBLICADO)

    def envelope(self, grupo: Grupo, linha: Row) -> bytes:
        """Returns the kept signed bytes in their envelope."""
        return envelope_evento(bytes_do_evento(eventos.por_id(grupo.banco, linha["evento_id"])))

    def a_caminho(self, grupo: Grupo, linha: Row) -> None:
        """Marks the event as handed on. Its document waits from now."""
        eventos.marcar(grupo.banco, linha["evento_id"], eventos.PUBLICADO, grupo.quando)
        if linha["documento_id"] is not None:
            documentos.aguardar_desde(grupo.banco, linha["documento_id"], grupo.quando)
            documentos.definir_etapa(grupo.banco, linha["documento_id"], Etapa.ENVIANDO)


class _Consulta(_ComResposta):
    def nao_antes(self, grupo: Grupo, linha: Row) -> datetime:
        """Returns when the hour's budget of the key allows the look-up."""
        return fila.dentro_do_orcamento(grupo, linha["chave"], grupo.agora)

    def envelope(self, grupo: Grupo, linha: Row) -> bytes:  # noqa: ARG002
        """Returns the question."""
        return envelope_consulta(linha["chave"], linha["tp_amb"])

    def sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida, detalhe: str) -> None:
        """Counts the look-up as made, and asks again later."""
        sem_resposta.consulta(grupo, linha, d.motivo, detalhe)


class _Status(_ComResposta):
    def envelope(self, grupo: Grupo, linha: Row) -> bytes:
        """Returns the question. One that came with its own bytes keeps them."""
        if linha["pedido"] is not None:
            return super().envelope(grupo, linha)
        return envelope_status(linha["fila"].split(":")[2], linha["tp_amb"])

    def nao_saiu(self, grupo: Grupo, linha: Row, n: NaoEnviada) -> None:
        """Ends a question that no file waits for; another one waits and goes again."""
        if linha["base"] is None:
            tabela.aplicar(grupo.banco, linha["id"], n.motivo, n.detalhe, grupo.quando)
        else:
            super().nao_saiu(grupo, linha, n)

    def sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida, detalhe: str) -> None:
        """Asks again when a file waits for the answer; else the question ends."""
        if linha["base"] is None:
            tabela.aplicar(grupo.banco, linha["id"], d.motivo, detalhe, grupo.quando)
        else:
            sem_resposta.mostrar(grupo, linha, detalhe)
            em = texto_de(grupo.agora + decisoes.STATUS)
            tabela.de_novo(grupo.banco, linha["id"], d.motivo, detalhe, em)


DOCUMENTO, EVENTO, CONSULTA, STATUS = _Documento(), _Evento(), _Consulta(), _Status()
