"""Records what follows for a document when a file about it is visible."""

from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.cte.banco import documentos, eventos
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.situacao import Situacao

_QUEM_ENTREGA = frozenset({Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value})


def _efeito(contexto: Contexto, linha: Row, quando: str) -> None:
    if linha["tipo"] == saidas.DOCUMENTO:
        quem = _quem(contexto, linha)
        documentos.enviado(contexto.banco, linha["documento_id"], quando, quem, linha["arquivo_id"])
    elif linha["tipo"] == saidas.EVENTO:
        evento = eventos.por_id(contexto.banco, linha["evento_id"])
        if evento["estado"] == eventos.PRONTO:
            eventos.marcar(contexto.banco, evento["id"], eventos.PUBLICADO, quando)
        if linha["documento_id"] is not None:
            documentos.aguardar_desde(contexto.banco, linha["documento_id"], quando)
    elif linha["tipo"] == saidas.CONSULTA:
        documentos.aguardar_desde(contexto.banco, linha["documento_id"], quando)


def _quem(contexto: Contexto, linha: Row) -> str:
    if linha["tarefa_id"] is not None:
        tarefa = tabela_de_pedidos.por_id(contexto.banco, linha["tarefa_id"])
        return str(tarefa["quem"]) if tarefa is not None else "serviço"
    return f"arquivo:{mostrar(bytes(linha['arquivo_nome']))}" if linha["arquivo_id"] is not None else "serviço"
