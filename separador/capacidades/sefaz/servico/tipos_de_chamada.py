"""Defines what the queue asks of a kind of call (`transmissao.alvo`). Capabilities register theirs under `chamadas`."""

from datetime import datetime
from sqlite3 import Row

from separador.banco.conexao import texto_de
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.dominio import decisoes
from separador.capacidades.sefaz.rede.porta import Desconhecida, NaoEnviada
from separador.capacidades.sefaz.servico.conteudo import conteudo
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo import capacidade


class TipoDeChamada:
    """A kind of call that is harmless to repeat. One that is not overrides what differs.

    Every method runs in the open transaction of `grupo`, and gets the row of the call.
    """

    def nao_antes(self, grupo: Grupo, linha: Row) -> datetime | None:  # noqa: ARG002 -- the signature of all kinds
        """Returns when the call may be made, if that is later than now."""
        return None

    def querida(self, grupo: Grupo, linha: Row) -> bool:  # noqa: ARG002
        """Says whether somebody still wants the call. One that nobody wants is withdrawn."""
        return True

    def envelope(self, grupo: Grupo, linha: Row) -> bytes:  # noqa: ARG002
        """Returns the bytes to send: always made of what is kept, so that what goes twice is the same twice.

        Raises LookupError when what is kept is gone.
        """
        return tabela.pedido(linha)

    def a_caminho(self, grupo: Grupo, linha: Row) -> None:
        """Records that the call may be on its way. It runs in the commit of the intent."""

    def de_volta(self, grupo: Grupo, linha: Row) -> None:
        """Records that the call did not leave: it waits again."""

    def nao_saiu(self, grupo: Grupo, linha: Row, n: NaoEnviada) -> None:
        """Takes up a call that surely did not reach SEFAZ."""
        tabela.nao_saiu(grupo.banco, linha["id"], n.motivo, n.detalhe, None)

    def sem_desfecho(self, grupo: Grupo, linha: Row, d: Desconhecida, detalhe: str) -> None:
        """Takes up a call of which nobody knows whether SEFAZ has it."""
        pausa = decisoes.espera_consulta(int(linha["tentativas"]), grupo.contexto.relogio.sorteio())
        tabela.de_novo(grupo.banco, linha["id"], d.motivo, detalhe, texto_de(grupo.agora + pausa))

    def interrompida(self, grupo: Grupo, linha: Row) -> None:
        """Takes up a call that was in flight when an earlier run ended."""
        tabela.de_novo(grupo.banco, linha["id"], None, "o serviço parou durante a chamada", None)

    def aplicar(self, grupo: Grupo, linha: Row) -> None:
        """Carries the stored answer to its end. The row leaves the state `respondida` in any case."""
        self.ler(grupo, linha, conteudo(linha))
        if tabela.por_id(grupo.banco, linha["id"])["estado"] == tabela.RESPONDIDA:
            tabela.aplicar(grupo.banco, linha["id"], None, "", grupo.quando)

    def ler(self, grupo: Grupo, linha: Row, xml: bytes) -> None:
        """Reads the answer, where `aplicar` is not overridden. An error that it raises is this row's own incident."""
        raise NotImplementedError(f"{type(self).__name__} não lê respostas")


def tipo_de(linha: Row) -> TipoDeChamada:
    """Returns the kind of a row. Raises LookupError when no capability of this program registered it."""
    tipo: TipoDeChamada | None = capacidade.referencia("chamadas", linha["alvo"])
    if tipo is None:
        raise LookupError(f"nenhuma capacidade faz a chamada {linha['alvo']}")
    return tipo
