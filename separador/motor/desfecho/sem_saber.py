"""Closes what cannot be told: files of ours that were about to be published in a folder that was not ours meanwhile.

The staged file is nowhere. It was published before, or whoever had the folder took it up, or somebody removed it. It is
neither counted as published nor published again: it stands in the failures view until a person looks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, falhas, publicacoes
from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.arquivamento import Original
from separador.motor.desfecho.contagem import contar
from separador.motor.desfecho.grupo import guardado_em
from separador.nucleo import capacidade
from separador.nucleo.etapa import Desfecho
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas.posse.cantos import origem_do_trabalho

CODIGO = "SEP-TOMADA"


@dataclass(slots=True)
class Perdido:
    """A file (None: a publication that belongs to none), and its publications that cannot be told. `ha`: its original
    is with us."""

    arquivo: Row | None
    publicacoes: list[Row]
    ha: bool = False


def fechar(contexto: Contexto, perdidos: Iterable[Perdido]) -> tuple[list[Original], list[dict[str, object]]]:
    """Closes them, inside the caller's transaction. Returns the originals to archive after it, and lines for the log.

    A file of which something else is still to become visible gets its outcome with that.
    """
    originais: list[Original] = []
    linhas: list[dict[str, object]] = []
    quando = contexto.quando()
    for perdido in perdidos:
        saidas = [_retirar(contexto, linha, quando) for linha in perdido.publicacoes]
        falha = _falha(perdido, [s for s in dict.fromkeys(saidas) if s is not None])
        falhas.abrir(contexto.banco, falha, quando)
        if perdido.arquivo is not None:
            originais += _terminar(contexto, perdido.arquivo, falha, quando)
        linhas.append(
            {"nivel": "warning", "event": falha.motivo, "acao": "não se sabe se saiu", "codigo": CODIGO,
             "arquivo": falha.arquivo, "chave": falha.chave, "o_que_fazer": falha.o_que_fazer}
        )  # fmt: skip
    return originais, linhas


def _retirar(contexto: Contexto, linha: Row, quando: str) -> str | None:
    """Withdraws one publication, with what follows from it. Returns the order that puts it out again, if there is
    one."""
    publicacoes.retirada(contexto.banco, linha["id"])
    if linha["tarefa_id"] is not None:
        motivo, _ = descrever(CODIGO)
        tabela_de_pedidos.encerrar(
            contexto.banco, linha["tarefa_id"], tabela_de_pedidos.RECUSADA, CODIGO, motivo, quando
        )
    efeito = capacidade.referencia("retiradas", linha["tipo"])
    fazer: str | None = efeito(contexto, linha, quando) if efeito is not None else None
    return fazer


def _terminar(contexto: Contexto, arquivo: Row, falha: Falha, quando: str) -> list[Original]:
    """Decides that the original goes to quarantine, now or with what is still to become visible."""
    arquivos.decidir_de_novo(contexto.banco, arquivo["id"], Desfecho.QUARENTENA, CODIGO, falha.motivo)
    falhas.encerrar(contexto.banco, f"retido:{arquivo['id']}", quando, "o arquivo tem desfecho")
    if arquivos.ha_a_publicar(contexto.banco, arquivo["id"]):
        return []
    nome = bytes(arquivo["nome"])
    destino = guardado_em(arquivo["id"], nome, Desfecho.QUARENTENA.value, quando)
    arquivos.terminar(contexto.banco, [(arquivo["id"], destino)], quando)
    contar(contexto.banco, [arquivo["id"]])
    trabalho = arquivos.por_id(contexto.banco, arquivo["id"])["trabalho"]
    return [Original(trabalho, arquivo["lote"], nome, destino)]


def _falha(perdido: Perdido, saidas: list[str]) -> Falha:
    """Words the line of one file: what to look at, and what to do then."""
    arquivo, primeira = perdido.arquivo, perdido.publicacoes[0] if perdido.publicacoes else None
    sairia = ", ".join(f"{mostrar(bytes(p['nome']))} em {p['pasta']}" for p in perdido.publicacoes)
    motivo, _ = descrever(CODIGO, f"Sairia {sairia}." if sairia else "Estava retido, e não está mais conosco.")
    if arquivo is None:
        nome, lugar, numero = bytes(primeira["nome"]) if primeira else b"", primeira["pasta"] if primeira else "", ""
    else:
        nome, numero = bytes(arquivo["nome"]), f"{arquivo['id']}_"
        lugar = origem_do_trabalho(Path(arquivo["trabalho"])) or arquivo["trabalho"]
    chave = primeira["chave"] if primeira is not None else arquivo["chave"] if arquivo is not None else None
    return Falha(
        f"tomada:{lugar}/{numero}{mostrar(nome)}",
        CODIGO,
        motivo,
        o_que_fazer(saidas, f"{numero}{mostrar(nome)}" if perdido.ha else None, de_arquivo=arquivo is not None),
        mostrar(nome),
        arquivo["rota_id"] if arquivo is not None else None,
        chave,
    )


def o_que_fazer(saidas: list[str], guardado: str | None, *, de_arquivo: bool) -> str:
    """Returns the advice. `saidas`: orders that put the file out again; `guardado`: name of the original in
    quarantine; `de_arquivo`: the file came from an origin, where it can be dropped again."""
    senao = list(saidas) + (["solte-o de novo na origem"] if de_arquivo and not saidas else [])
    partes = ["Confira no destino, e com quem coleta dele. Se saiu, dispense esta falha"]
    if senao:
        partes.append(f"; se não saiu, {', e '.join(senao)}")
    fim = ". O original não está mais com esta instalação." if de_arquivo else "."
    if guardado is not None:
        fim = f". O original está em quarentena/{guardado}."
    return "".join(partes) + fim
