"""Makes visible what is recorded, flushes it, and confirms it: steps 3 and 4 of a group (see `conclusao`)."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from sqlite3 import Row

from separador.banco import arquivos, publicacoes, rotas
from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.contagem import contar
from separador.motor.desfecho.grupo import guardado_em
from separador.motor.log.log import registrar_varias
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo import capacidade
from separador.pastas import faixas, provisorios
from separador.pastas.erros import FalhaDePasta
from separador.pastas.posse.cantos import dona
from separador.pastas.posse.plano import anotar_no_canto


def publicar_pendentes(contexto: Contexto) -> bool:
    """Makes visible everything that is recorded and not known to be visible. Returns True when nothing is left.

    It does so in the same way for this group, for one that a folder stopped, and for a run that died.
    """
    linhas = publicacoes.pendentes(contexto.banco)
    prontas: list[Row] = []
    antigos: list[tuple[Path, bytes]] = []
    parados: set[tuple[str, int]] = set()
    falharam: set[str] = set()
    parados |= _anotar_planos(contexto, linhas)
    for linha in linhas:
        donos = _donos(linha)
        if donos & parados or linha["pasta"] in falharam:
            parados |= donos
            continue  # something that must become visible before it is not visible yet
        try:
            efeito = saidas.publicar(contexto.banco, linha, contexto.cantos.quem.instalacao)
        except FalhaDePasta as falha:
            parados |= donos
            falharam.add(linha["pasta"])
            avisar_pasta(contexto, falha)
            continue
        prontas.append(linha)
        if efeito.antigo is not None:
            antigos.append(efeito.antigo)
    firmes = _firmar(contexto, prontas)
    _guardar_antigos(contexto, antigos)
    visiveis = {linha["id"] for linha in firmes}
    restantes = {dono for linha in linhas if linha["id"] not in visiveis for dono in _donos(linha)}
    _confirmar(contexto, firmes, restantes)
    return len(firmes) == len(linhas)


def _anotar_planos(contexto: Contexto, linhas: Sequence[Row]) -> set[tuple[str, int]]:
    """Notes beside the claims what is about to become visible (`pastas.posse.plano`), before any of it is.

    Returns the files whose note could not be written: nothing of them may become visible.
    """
    if not linhas:
        return set()
    marcas = rotas.marcas(contexto.banco)
    por_lote: dict[tuple[str, str], dict[int, tuple[bytes, list[tuple[str, str]]]]] = {}
    for linha in linhas:
        if linha["arquivo_id"] is None or linha["id"] in contexto.planejadas:
            continue
        do_lote = por_lote.setdefault((linha["trabalho"], linha["lote"]), {})
        _, encenados = do_lote.setdefault(linha["arquivo_id"], (bytes(linha["arquivo_nome"]), []))
        provisorio = bytes(linha["provisorio"] or b"")
        uuid = marcas.get(str(dona(Path(linha["pasta"]), provisorio)), "")
        encenados.append((uuid, os.fsdecode(os.path.basename(provisorio))))
    parados: set[tuple[str, int]] = set()
    for (trabalho, lote), decididos in por_lote.items():
        try:
            faixas.fazer(Path(trabalho), anotar_no_canto, Path(trabalho), lote, dict(decididos.values()))
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
            parados |= {("arquivo", i) for i in decididos}
    contexto.planejadas = {linha["id"] for linha in linhas if ("arquivo", linha["arquivo_id"]) not in parados}
    return parados


def _donos(linha: Row) -> set[tuple[str, int]]:
    pares = {("arquivo", linha["arquivo_id"]), ("tarefa", linha["tarefa_id"])}
    if linha["arquivo_id"] is None:
        pares.add(("documento", linha["documento_id"]))  # answer by network: processed document first, then return
    return {(n, i) for n, i in pares if i is not None}


def _firmar(contexto: Contexto, linhas: Sequence[Row]) -> list[Row]:
    """Flushes each folder once, and returns the rows of those that did not fail.

    The others are not confirmed. They are found published next time.
    """
    falharam = saidas.firmar([(Path(linha["pasta"]), bytes(linha["provisorio"] or b"")) for linha in linhas])
    for falha in falharam.values():
        avisar_pasta(contexto, falha)
    return [linha for linha in linhas if Path(linha["pasta"]) not in falharam]


def _guardar_antigos(contexto: Contexto, antigos: Iterable[tuple[Path, bytes]]) -> None:
    """Moves returns that were replaced (profile uninfe) to the archive. They are never deleted."""
    for pasta, provisorio in antigos:
        destino = contexto.dados / "arquivo" / contexto.agora().strftime("%Y/%m/%d") / "substituidos"
        try:
            faixas.fazer(pasta, provisorios.guardar_provisorio, pasta, provisorio, destino)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)


def _confirmar(contexto: Contexto, linhas: Sequence[Row], restantes: set[tuple[str, int]]) -> None:
    """Makes the second commit: records what is visible, with everything that follows from it.

    `restantes`: files and orders of which something is still to become visible.
    """
    if not linhas:
        return
    quando = contexto.quando()
    originais: dict[int, Original] = {}
    situacoes: list[str | None] = []
    with contexto.banco.transacao():
        publicacoes.concluir(contexto.banco, [linha["id"] for linha in linhas], quando)
        for linha in linhas:
            situacoes.append(_efeito(contexto, linha, quando))
            arquivo_id, tarefa_id = linha["arquivo_id"], linha["tarefa_id"]
            if arquivo_id is not None and ("arquivo", arquivo_id) not in restantes and arquivo_id not in originais:
                originais[arquivo_id] = _original(linha, quando)
            if tarefa_id is not None and ("tarefa", tarefa_id) not in restantes:
                tabela_de_pedidos.concluir(contexto.banco, tarefa_id, quando)
        arquivos.terminar(contexto.banco, [(i, o.guardado_em) for i, o in originais.items()], quando)
        contar(contexto.banco, list(originais))
    registrar_varias(contexto.log, [_dito(linha, situacao) for linha, situacao in zip(linhas, situacoes, strict=True)])
    arquivar_terminados(contexto, list(originais.values()))


def _efeito(contexto: Contexto, linha: Row, quando: str) -> str | None:
    """Records what follows when a file of this kind is visible. Returns the situação of the document it is about."""
    efeito = capacidade.referencia("entregas", linha["tipo"])
    mudada: str | None = efeito(contexto, linha, quando) if efeito is not None else None
    return mudada or linha["situacao"]


def _dito(linha: Row, situacao: str | None) -> dict[str, object]:
    """Makes the log line of one file that became visible, with what it changed."""
    return {
        "event": "publicado",
        "acao": "publicado",
        "id": linha["arquivo_id"],
        "chave": linha["chave"],
        "arquivo": bytes(linha["nome"]),
        "pasta": linha["pasta"],
        "situacao": situacao,
    }


def _original(linha: Row, quando: str) -> Original:
    nome = bytes(linha["arquivo_nome"])
    destino = guardado_em(linha["arquivo_id"], nome, linha["resultado"], quando)
    return Original(linha["trabalho"], linha["lote"], nome, destino)
