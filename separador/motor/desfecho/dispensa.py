"""Carries out `falhas dispensar`: a person dismisses a failure, and the held files that belong to it end too."""

from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.desfecho.grupo import Grupo, Item, nova_ficha
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.pastas.tomada import Tomado

PEDIDO = "dispensar"


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out one dismissal. The order's `chave` is the id of the failure."""
    falha = falhas.por_id(grupo.banco, int(linha["chave"]))
    if falha is None or falha["encerrada_em"] is not None:
        mensagem = f"A falha {linha['chave']} já não está na lista."
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-FALHA-ENCERRADA", mensagem, grupo.quando
        )
        return
    por = f"dispensada por {linha['quem']}: {linha['motivo']}"
    falhas.encerrar(grupo.banco, falha["assunto"], grupo.quando, por, falha["codigo"])
    soltos = [_encerrar(grupo, f, falha, por) for f in _retidos(grupo, falha)]
    mensagem = f"Falha {falha['id']} dispensada." + (" O arquivo retido foi para a quarentena." if soltos else "")
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-DISPENSADA", mensagem, grupo.quando
    )
    grupo.linhas.append(
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


def _retidos(grupo: Grupo, falha: Row) -> list[Row]:
    """Returns the files of the failure that are held for a document that may never come, or for nothing.

    One that waits for a certificate goes on waiting.
    """
    if falha["arquivo"] is None or falha["rota_id"] is None:
        return []
    return [
        linha
        for linha in arquivos.retidos_da_rota(grupo.banco, falha["rota_id"])
        if mostrar(bytes(linha["nome"])) == falha["arquivo"]
        and (linha["espera_por"] == "nada" or linha["espera_por"].startswith("documento:"))
    ]


def _encerrar(grupo: Grupo, linha: Row, falha: Row, por: str) -> Item:
    item = Item(
        Tomado(linha["lote"], bytes(linha["nome"])),
        Path(linha["trabalho"]),
        grupo.contexto.rota(linha["rota_id"]) or _rota_que_saiu(linha),
        linha["tomado_em"],
        repetido=True,
    )
    item.ficha = nova_ficha(grupo.contexto, item)
    item.ficha.tamanho, item.ficha.sha256, item.ficha.notas = linha["tamanho"], linha["sha256"], linha["notas"]
    grupo.terminar(item, Desfecho.QUARENTENA, codigo=falha["codigo"], motivo=por, chave=linha["chave"])
    return item


def _rota_que_saiu(linha: Row) -> Rota:
    """Stands for the file's route, which is no longer configured. Ending the file needs only its number."""
    nenhuma = Path(linha["trabalho"])
    return Rota(linha["rota_id"], ativo=False, regra=linha["regra"], origem=nenhuma, destino=nenhuma, sufixos=())
