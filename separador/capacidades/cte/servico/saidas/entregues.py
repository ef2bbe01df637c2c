"""Records what follows for a document when a file about it is visible."""

from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.cte.banco import documentos, eventos
from separador.motor.contexto import Contexto
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.situacao import Situacao

_QUEM_ENTREGA = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value})


def documento(contexto: Contexto, linha: Row, quando: str) -> str | None:
    """Moves a document that was handed on. Returns its situação when this changed it."""
    documentos.enviado(contexto.banco, linha["documento_id"], quando, _quem(contexto, linha), linha["arquivo_id"])
    return Situacao.AGUARDANDO_RETORNO.value if linha["situacao"] in _QUEM_ENTREGA else None


def evento(contexto: Contexto, linha: Row, quando: str) -> None:
    """Marks an event that was handed on; its document waits for the answer from now."""
    registrado = eventos.por_id(contexto.banco, linha["evento_id"])
    if registrado["estado"] == eventos.PRONTO:
        eventos.marcar(contexto.banco, registrado["id"], eventos.PUBLICADO, quando)
    if linha["documento_id"] is not None:
        documentos.aguardar_desde(contexto.banco, linha["documento_id"], quando)


def consulta(contexto: Contexto, linha: Row, quando: str) -> None:
    """Lets the document wait for the answer of a query from now."""
    documentos.aguardar_desde(contexto.banco, linha["documento_id"], quando)


def _quem(contexto: Contexto, linha: Row) -> str:
    if linha["tarefa_id"] is not None:
        tarefa = tabela_de_pedidos.por_id(contexto.banco, linha["tarefa_id"])
        return str(tarefa["quem"]) if tarefa is not None else "serviço"
    return f"arquivo:{mostrar(bytes(linha['arquivo_nome']))}" if linha["arquivo_id"] is not None else "serviço"
