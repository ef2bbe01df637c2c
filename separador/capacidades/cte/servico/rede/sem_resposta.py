"""Takes up questions to SEFAZ (look-ups by key, status) that had no answer that can be read."""

from sqlite3 import Row

from separador.banco import falhas
from separador.capacidades.cte.servico.rede import fila, sem_desfecho
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.dominio import decisoes
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.falha import Falha, descrever

CODIGO = "SEP-SEFAZ-SEM-RESPOSTA"


def consulta(grupo: Grupo, linha: Row, motivo: str, detalhe: str) -> None:
    """Counts a look-up without an answer as made, and plans another one, later."""
    tabela.aplicar(grupo.banco, linha["id"], motivo, detalhe, grupo.quando)
    if linha["de_id"] is not None:
        de = tabela.por_id(grupo.banco, linha["de_id"])
        if de["estado"] == tabela.DESCONHECIDA:
            sem_desfecho.consultar(grupo, de, falhou=f"{motivo}: {detalhe}")
        return
    mostrar(grupo, linha, detalhe)
    em = grupo.agora + decisoes.espera_consulta(2, grupo.contexto.relogio.sorteio())
    base = bytes(linha["base"]) if linha["base"] is not None else None
    fila.enfileirar_consulta(
        grupo, linha["chave"], linha["quem"], cnpj=linha["cnpj"], base=base, rota_id=linha["rota_id"], em=em,
        arquivo_id=linha["arquivo_id"], tarefa_id=linha["tarefa_id"],
    )  # fmt: skip


def mostrar(grupo: Grupo, linha: Row, detalhe: str) -> None:
    """Shows that a question has no answer yet. It is asked again by itself, and its next answer closes the failure."""
    if linha["chave"] is not None:
        grupo.falhar(grupo.falha_da_chave(linha["chave"], CODIGO, detalhe=detalhe, rota=linha["rota_id"]))
        return
    motivo, fazer = descrever(CODIGO, f"Autorizador {linha['autorizador']}: {detalhe}")
    grupo.falhar(Falha(_assunto(linha), CODIGO, motivo, fazer, None, linha["rota_id"]))


def respondida(grupo: Grupo, linha: Row) -> None:
    """Closes the failure of a question that was answered."""
    falhas.encerrar(grupo.banco, _assunto(linha), grupo.quando, "a SEFAZ respondeu", CODIGO)


def _assunto(linha: Row) -> str:
    return f"doc:{linha['chave']}" if linha["chave"] is not None else f"status:{linha['autorizador']}"
