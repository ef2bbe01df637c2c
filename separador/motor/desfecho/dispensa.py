"""Carries out `falhas dispensar`: a person dismisses a failure, and the held files that belong to it end too."""

from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, falhas
from separador.banco import pedidos as tarefas
from separador.motor.desfecho.grupo import Item, Obra, nova_ficha
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Regra, Rota
from separador.pastas.tomada import Tomado

PEDIDO = "dispensar"


def da_tarefa(obra: Obra, linha: Row) -> None:
    """Carries out one dismissal. The order's `chave` is the id of the failure."""
    falha = falhas.por_id(obra.banco, int(linha["chave"]))
    if falha is None or falha["encerrada_em"] is not None:
        mensagem = f"A falha {linha['chave']} já não está na lista."
        tarefas.encerrar(obra.banco, linha["id"], tarefas.RECUSADA, "SEP-FALHA-ENCERRADA", mensagem, obra.quando)
        return
    por = f"dispensada por {linha['quem']}: {linha['motivo']}"
    falhas.encerrar(obra.banco, falha["assunto"], obra.quando, por, falha["codigo"])
    soltos = [_encerrar(obra, f, falha, por) for f in _retidos(obra, falha)]
    mensagem = f"Falha {falha['id']} dispensada." + (" O arquivo retido foi para a quarentena." if soltos else "")
    tarefas.encerrar(obra.banco, linha["id"], tarefas.FEITA, "SEP-DISPENSADA", mensagem, obra.quando)
    obra.linhas.append(
        {
            "event": mensagem,
            "acao": "falha dispensada",
            "codigo": falha["codigo"],
            "arquivo": falha["arquivo"],
            "chave": falha["chave"],
            "quem": linha["quem"],
            "motivo": linha["motivo"],
        }
    )


def _retidos(obra: Obra, falha: Row) -> list[Row]:
    """Returns files held for a document that may never come, or for nothing.

    One that waits for a certificate goes on waiting.
    """
    if falha["arquivo"] is None or falha["rota_id"] is None:
        return []
    return [
        linha
        for linha in arquivos.retidos_da_rota(obra.banco, falha["rota_id"])
        if mostrar(bytes(linha["nome"])) == falha["arquivo"]
        and (linha["espera_por"] == "nada" or linha["espera_por"].startswith("documento:"))
    ]


def _encerrar(obra: Obra, linha: Row, falha: Row, por: str) -> Item:
    item = Item(
        Tomado(linha["lote"], bytes(linha["nome"])),
        Path(linha["trabalho"]),
        obra.casa.rota(linha["rota_id"]) or _rota_que_saiu(linha),
        linha["tomado_em"],
        repetido=True,
    )
    item.ficha = nova_ficha(obra.casa, item)
    item.ficha.tamanho, item.ficha.sha256, item.ficha.notas = linha["tamanho"], linha["sha256"], linha["notas"]
    obra.terminar(item, Desfecho.QUARENTENA, codigo=falha["codigo"], motivo=por, chave=linha["chave"])
    return item


def _rota_que_saiu(linha: Row) -> Rota:
    """Stands for the file's route, which is no longer configured. Ending the file needs only its number."""
    nenhuma = Path(linha["trabalho"])
    return Rota(linha["rota_id"], ativo=False, regra=Regra(linha["regra"]), origem=nenhuma, destino=nenhuma, sufixos=())
