"""Brings prepared files to their outcomes: decide, stage, commit, make visible, commit, archive.

The effects have this order, and every crash test relies on it:
  1. staged files durable   2. commit: rows and the intent to publish   3. renames, folders flushed
  4. commit: published, transitions, outcomes   5. originals to the archive.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from separador.banco import arquivos
from separador.banco.conexao import texto_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.transacao import decidido, finalizar
from separador.motor.log.log import registrar_incidente
from separador.motor.trabalho.parecer import Incidente, Inquieto, Parecer, PastaFalhou
from separador.nucleo import capacidade
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.etapa import Desfecho
from separador.pastas.erros import FalhaDePasta

TENTATIVAS = 3
ESPERA_INCIDENTE = timedelta(seconds=30)
_COM_INCIDENTE = "Guarde também o incidente, que está na pasta de incidentes."


class TrabalhadorError(Exception):
    """An unexpected error in a worker. Its text is the traceback from there."""


@dataclass(slots=True)
class Balanco:
    """The result of a group. `represados` wait for a folder; `falhas` says which."""

    represados: list[Item] = field(default_factory=list)
    falhas: list[PastaFalhou] = field(default_factory=list)
    concluidos: int = 0


def concluir(contexto: Contexto, pares: Sequence[tuple[Item, Parecer]]) -> Balanco:
    """Brings one group to its end. A folder that fails holds back only the files that need it."""
    balanco = Balanco()
    bons: list[tuple[Item, Parecer]] = []
    for item, parecer in pares:
        if isinstance(parecer.conteudo, PastaFalhou):
            balanco.represados.append(item)
            balanco.falhas.append(parecer.conteudo)
        elif isinstance(parecer.conteudo, Inquieto):
            item.inquieto = True
            balanco.represados.append(item)
        else:
            bons.append((item, parecer))
    if not bons:
        return balanco
    for parte in _partes(bons):
        try:
            _decidir_grupo(contexto, parte)
            balanco.concluidos += len(parte)
        except FalhaDePasta as falha:
            _isolar(contexto, parte, falha, balanco)
    return balanco


def _partes(pares: list[tuple[Item, Parecer]]) -> list[list[tuple[Item, Parecer]]]:
    """Cuts the group into what is decided together.

    Order files go one by one: each must find done, and visible, what the one before it ordered.
    """
    if any(capacidade.regra(item.rota.regra).um_a_um for item, _ in pares):
        return [[par] for par in pares]
    return [pares]


def _isolar(contexto: Contexto, pares: Sequence[tuple[Item, Parecer]], falha: FalhaDePasta, balanco: Balanco) -> None:
    """Decides the files of a group that could not be staged one by one: only those that need the failed folder wait."""
    if len(pares) == 1:
        item = pares[0][0]
        if item.pasta is not None and item.provisorio:
            saidas.descartar(item.pasta, item.provisorio)
        balanco.represados.append(item)
        balanco.falhas.append(PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer))
        return
    for par in pares:
        par[0].ficha, par[0].repetido = None, True
        try:
            _decidir_grupo(contexto, [par])
            balanco.concluidos += 1
        except FalhaDePasta as outra:
            _isolar(contexto, [par], outra, balanco)


class _Quebrou(Exception):  # noqa: N818 - never leaves this module
    """One file of the group broke the program."""


def _decidir_grupo(contexto: Contexto, pares: Sequence[tuple[Item, Parecer]]) -> None:
    """Decides all in one transaction. If one breaks the program, all are decided again, each in its own savepoint."""
    try:
        grupo, _ = decidido(contexto, partial(_todos if len(pares) > 1 else _um_a_um, pares=pares))
    except _Quebrou:
        for item, _ in pares:
            item.ficha, item.repetido = None, True
        grupo, _ = decidido(contexto, partial(_um_a_um, pares=pares))
    _descartar_sobras(grupo, pares)
    finalizar(contexto, grupo)


def _todos(grupo: Grupo, pares: Sequence[tuple[Item, Parecer]]) -> None:
    try:
        for item, parecer in pares:
            _decidir(grupo, item, parecer)
    except FalhaDePasta:
        raise
    except Exception as erro:
        raise _Quebrou from erro


def _um_a_um(grupo: Grupo, pares: Sequence[tuple[Item, Parecer]]) -> None:
    for item, parecer in pares:
        _um(grupo, item, parecer)


def _descartar_sobras(grupo: Grupo, pares: Sequence[tuple[Item, Parecer]]) -> None:
    """Removes what a worker staged and the decision did not use (duplicates, refused files)."""
    for item, parecer in pares:
        if parecer.saida_sha256 is not None and item.pasta is not None and item.provisorio not in grupo.usados:
            saidas.descartar(item.pasta, item.provisorio)


def _um(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    marca, decididos, linhas, fins = (
        grupo.remessa.marca(),
        len(grupo.decididos),
        len(grupo.linhas),
        len(grupo.imediatos),
    )
    sobras = len(grupo.sobras)
    try:
        with grupo.banco.ponto():
            _decidir(grupo, item, parecer)
    except FalhaDePasta:
        raise
    except Exception as erro:  # noqa: BLE001 - around one document
        grupo.remessa.voltar(marca)
        grupo.usados.discard(item.provisorio)
        del grupo.decididos[decididos:], grupo.linhas[linhas:], grupo.imediatos[fins:], grupo.sobras[sobras:]
        item.ficha, item.repetido = None, True
        numero = registrar_incidente(grupo.contexto.dados, erro, {"arquivo": item.nome}, grupo.agora)
        _incidente(grupo, item, parecer, numero)


def _decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    grupo.registrar(item, parecer)
    c = parecer.conteudo
    if isinstance(c, Incidente):
        numero = registrar_incidente(
            grupo.contexto.dados, TrabalhadorError(c.rastro), {"arquivo": item.nome}, grupo.agora
        )
        _incidente(grupo, item, parecer, numero)
    elif isinstance(c, PastaFalhou):
        raise TypeError("pasta que falhou não chega à decisão")
    elif isinstance(c, Recusa):
        _recusar(grupo, item, c)
    else:
        _da_regra(item, "decidir")(grupo, item, parecer)


def _recusar(grupo: Grupo, item: Item, r: Recusa) -> None:
    if capacidade.regra(item.rota.regra).recusar is None:
        grupo.recusar(item, r)
    else:
        _da_regra(item, "recusar")(grupo, item, r)


def _da_regra(item: Item, o_que: str) -> Callable[[Grupo, Item, Any], None]:
    """Returns a function of the route's rule. Raises LookupError when it has none: its files never come here."""
    referencia = getattr(capacidade.regra(item.rota.regra), o_que)
    if referencia is None:
        raise LookupError(f"a regra {item.rota.regra} não tem {o_que}")
    funcao: Callable[[Grupo, Item, Any], None] = capacidade.resolver(referencia)
    return funcao


def _incidente(grupo: Grupo, item: Item, parecer: Parecer, numero: str) -> None:
    """Holds a file that met an unexpected error, to be tried again a little later. The third time: quarantine."""
    grupo.registrar(item, parecer)
    if item.ficha is not None:
        arquivos.gravar(grupo.banco, item.ficha)
    if arquivos.contar_tentativa(grupo.banco, item.arquivo_id) >= TENTATIVAS:
        quarentena(grupo, item, f"Incidente {numero}.")
        return
    falha = grupo.falha_do(item, "SEP-INCIDENTE", detalhe=f"Incidente {numero}.")
    grupo.reter(item, "incidente", texto_de(grupo.agora + ESPERA_INCIDENTE), falha)


def quarentena(grupo: Grupo, item: Item, detalhe: str) -> None:
    """Gives up on a file that breaks the program. It is kept, shown, and answered where somebody waits.

    `detalhe` names the incident, if any.
    """
    falha = grupo.falha_do(item, "SEP-QUARENTENA", detalhe=detalhe)
    if detalhe:
        falha = replace(falha, o_que_fazer=f"{falha.o_que_fazer} {_COM_INCIDENTE}")
    grupo.falhar(falha)
    _responder_quarentena(grupo, item, Recusa((Erro(falha.codigo, "SEP", falha.motivo, falha.o_que_fazer),)))
    grupo.terminar(item, Desfecho.QUARENTENA, codigo=falha.codigo, motivo=falha.motivo)


def _responder_quarentena(grupo: Grupo, item: Item, r: Recusa) -> None:
    """Publishes the terminal answer of a request that is given up. Plain files and returns are no requests."""
    regra = capacidade.regra(item.rota.regra)
    if regra.responder is not None:
        _da_regra(item, "responder")(grupo, item, r)
    elif regra.ler is not None and not regra.recebe_retornos:
        grupo.responder_recusa(item, r)
