"""Takes up what the fence of a takeover took from a folder's former owner (`separador init --rota N --assumir`).

A claim of which nothing was published goes back to its origin, and is taken like a new file. One that was published
goes to the archive. What cannot be told goes to quarantine, and stands in the failures view. What was ours before the
former owner's is no stranger's: `retomada` goes on with it first.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from separador.banco import falhas, publicacoes
from separador.motor.contexto import Contexto
from separador.motor.desfecho import retomada
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo import capacidade
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas import faixas
from separador.pastas.arquivo_de_originais import arquivar
from separador.pastas.disco import mover_para_livre, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.posse.cerca import DONO, PRONTA, pasta_da_tomada
from separador.pastas.posse.marca import TRABALHO, VIDA, Marca, ler_marca
from separador.pastas.posse.plano import PREFIXO, Encenado, Plano, interpretar, lote_da_nota
from separador.pastas.saude import SONDA, SONDA_DE_COMANDO

CODIGO = "SEP-TOMADA"
_DE_TRABALHADOR = re.compile(rb".*\.e\d+\Z", re.DOTALL)
"""Name of a file that a worker staged. Its claim is somewhere: it is given up only after it was published."""


_SEM_CONTEUDO = frozenset({DONO, PRONTA, VIDA, SONDA})
_DE_PASSAGEM = (PREFIXO, SONDA_DE_COMANDO)
"""Beginnings of the names of files that mean nothing any more when the rest is taken up."""


class Juizo(StrEnum):
    """What becomes of a claim."""

    DEVOLVER = "devolver"
    ARQUIVAR = "arquivar"
    QUARENTENA = "quarentena"


def julgar(
    nome: bytes,
    plano: Plano | None,
    presentes: Iterable[Encenado],
    tomadas: Iterable[str],
    *,
    repetivel: bool = True,
) -> Juizo:
    """Decides about one claim. `plano`: the note of its lot, None when there is none. `presentes`: the staged files
    that the fence found. `tomadas`: the uuids of the folders that were taken.

    Only staged files of folders that were taken can tell anything: of another folder nobody knows what happened there.
    `repetivel`: what comes of the file is the same wherever it is decided; else what its owner decided may be on its
    way to SEFAZ, though nothing was published.
    """
    if plano is None or nome not in plano:
        return Juizo.DEVOLVER
    encenados = plano[nome]
    if encenados is None:
        return Juizo.QUARENTENA
    pastas, achados = set(tomadas), set(presentes)
    la = {e in achados for e in encenados if e[0] in pastas}
    if la == {True}:
        return Juizo.DEVOLVER if repetivel else Juizo.QUARENTENA
    return Juizo.ARQUIVAR if la == {False} else Juizo.QUARENTENA


@dataclass(slots=True)
class _Tomada:
    """One folder that was taken, and what the fence found in it. Paths are of the files now."""

    pasta: Path
    marca: Marca
    lugar: Path
    tomados: list[tuple[Path, bytes]] = field(default_factory=list)
    """(lot, name) of the claims."""
    planos: dict[Path, Plano] = field(default_factory=dict)
    """By the path of the lot."""
    ilegiveis: set[Path] = field(default_factory=set)
    """Lots whose note cannot be read."""
    encenados: list[Path] = field(default_factory=list)


def adotar(contexto: Contexto) -> int:
    """Takes up everything that was taken over and not taken up yet. Returns the number of files.

    What our own database knows is left to `retomada`, also while that cannot go on with it.
    """
    retomada.retomar(contexto)
    prontas = _prontas(contexto)
    if not prontas:
        return 0
    _poupar(contexto, prontas)
    uuids = {t.marca.uuid for t in prontas}
    planejados = {e for t in prontas for p in t.planos.values() for es in p.values() for e in es or ()}
    feitos = 0
    try:
        presentes = {(t.marca.uuid, n) for t in prontas for n in faixas.fazer(t.pasta, _nao_publicados, t)}
        for tomada in prontas:
            feitos += _claims(contexto, tomada, presentes, uuids)
        # The staged files go last: while they are there, they say that nothing of their claims was published.
        for tomada in prontas:
            feitos += _encenados(contexto, tomada, planejados)
        for tomada in prontas:
            faixas.fazer(tomada.pasta, _encerrar, tomada)
    except FalhaDePasta as falha:
        avisar_pasta(contexto, falha)
    if feitos:
        contexto.log.info("pastas assumidas de outra instalação", acao="pasta assumida", arquivos=feitos)
    return feitos


def _prontas(contexto: Contexto) -> list[_Tomada]:
    """Returns the folders that were taken over, each with what is still to be taken up there."""
    prontas = []
    for pasta, canto in contexto.cantos.conhecidos():
        with suppress(OSError, FalhaDePasta):
            pronta = faixas.fazer(pasta, _pronta, pasta, canto)
            if pronta is not None:
                prontas.append(pronta)
    return prontas


def _poupar(contexto: Contexto, prontas: Iterable[_Tomada]) -> None:
    """Leaves out what is ours by the database, and could not be gone on with."""
    encenados = {os.path.basename(bytes(p["provisorio"] or b"")) for p in publicacoes.pendentes(contexto.banco)}
    for tomada in prontas:
        tomada.encenados = [e for e in tomada.encenados if os.fsencode(e.name) not in encenados]
        tomada.tomados = [
            (lote, nome) for lote, nome in tomada.tomados if retomada.registrado(contexto, lote.name, nome) is None
        ]


def _pronta(pasta: Path, canto: str) -> _Tomada | None:
    marca = ler_marca(pasta)
    if marca is None or marca.canto != canto:
        return None
    lugar = abertos.abrir(pasta_da_tomada(pasta, marca))
    return _ler(pasta, marca, lugar.caminho) if (lugar.caminho / PRONTA).is_file() else None


def _ler(pasta: Path, marca: Marca, aberta: Path) -> _Tomada:
    tomada = _Tomada(pasta, marca, pasta_da_tomada(pasta, marca))
    for raiz, _, nomes in os.walk(aberta):
        for nome in sorted(nomes):
            _classificar(tomada, tomada.lugar / Path(raiz).relative_to(aberta), nome)
    return tomada


def _classificar(tomada: _Tomada, aqui: Path, nome: str) -> None:
    if aqui.parent.name == TRABALHO:
        tomada.tomados.append((aqui, os.fsencode(nome)))
    elif aqui.name == TRABALHO and nome.startswith(PREFIXO):
        lote = aqui / lote_da_nota(nome)
        texto = _sem_seguir(abertos.em(aqui, os.fsencode(nome)))
        if texto is None:
            tomada.ilegiveis.add(lote)
        else:
            tomada.planos[lote] = interpretar(texto, tomada.planos.get(lote))
    elif nome not in _SEM_CONTEUDO and not nome.startswith(SONDA_DE_COMANDO):
        tomada.encenados.append(aqui / nome)


def _sem_seguir(caminho: bytes) -> bytes | None:
    """Returns the content of a file; None when it cannot be read. A link is not followed."""
    try:
        with open(os.open(caminho, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as arquivo:
            return arquivo.read()
    except OSError:
        return None


def _claims(contexto: Contexto, tomada: _Tomada, presentes: set[Encenado], uuids: set[str]) -> int:
    rota = next((r for r in contexto.rotas if r.origem == tomada.pasta), None)
    repetivel = rota is None or capacidade.regra(rota.regra).repetivel
    for lote, nome in tomada.tomados:
        de = os.fsencode(lote) + b"/" + nome
        juizo = julgar(nome, tomada.planos.get(lote), presentes, uuids, repetivel=repetivel)
        if lote in tomada.ilegiveis:
            juizo = Juizo.QUARENTENA
        contexto.log.info(
            "arquivo que a outra instalação tinha em mãos",
            acao="pasta assumida",
            arquivo=mostrar(nome),
            pasta=tomada.pasta,
            feito=juizo.value,
        )
        if juizo is Juizo.DEVOLVER:
            with traduzindo(tomada.pasta):
                faixas.fazer(tomada.pasta, _devolver, tomada.pasta, de, nome)
        else:
            _guardar(contexto, tomada.pasta, de, nome, quarentena=juizo is Juizo.QUARENTENA)
    if tomada.tomados:
        faixas.fazer(tomada.pasta, sincronizar_pasta, tomada.pasta)
    return len(tomada.tomados)


def _devolver(pasta: Path, de: bytes, nome: bytes) -> None:
    mover_para_livre(abertos.onde(de), abertos.em(pasta, b""), nome)


def _encenados(contexto: Contexto, tomada: _Tomada, planejados: set[Encenado]) -> int:
    guardados = 0
    for caminho in tomada.encenados:
        nome = os.fsencode(caminho.name)
        do_plano = (tomada.marca.uuid, caminho.name) in planejados
        with traduzindo(tomada.pasta):
            sabido = do_plano or _DE_TRABALHADOR.match(nome) is not None
            if faixas.fazer(tomada.pasta, _descartado, caminho, sabido=sabido):
                continue
        _guardar(contexto, tomada.pasta, os.fsencode(caminho), nome, quarentena=True)
        guardados += 1
    return guardados


def _nao_publicados(tomada: _Tomada) -> list[str]:
    with traduzindo(tomada.pasta):
        return [e.name for e in tomada.encenados if os.lstat(_aberto(e)).st_nlink == 1]


def _descartado(caminho: Path, *, sabido: bool) -> bool:
    """Removes a staged file that is known to be needed no more, or that has another name besides."""
    aberto = _aberto(caminho)
    if not sabido and os.lstat(aberto).st_nlink == 1:
        return False
    with suppress(FileNotFoundError):
        os.unlink(aberto)
    return True


def _aberto(caminho: Path) -> bytes:
    return abertos.em(caminho.parent, os.fsencode(caminho.name))


def _guardar(contexto: Contexto, tomada: Path, de: bytes, nome: bytes, *, quarentena: bool) -> None:
    """Moves a file to the archive, or to quarantine with a line in the failures view. The line comes first: a file in
    quarantine that nobody is told of would be lost."""
    if quarentena:
        motivo, fazer = descrever(CODIGO, f"Arquivo {mostrar(nome)}.")
        with contexto.banco.transacao():
            falha = Falha(f"tomada:{tomada}/{mostrar(nome)}", CODIGO, motivo, fazer, mostrar(nome))
            falhas.abrir(contexto.banco, falha, contexto.quando())
        pasta = contexto.dados / "quarentena"
    else:
        pasta = contexto.dados / "arquivo" / contexto.agora().strftime("%Y/%m/%d")
    onde = Path(os.fsdecode(os.path.dirname(de)))
    faixas.fazer(onde, arquivar, de, pasta, b"tomada_" + nome[-(255 - 7) :])
    sincronizar_pasta(pasta)


def _encerrar(tomada: _Tomada) -> None:
    """Removes what is empty now, and the sign that there is something to take up."""
    with traduzindo(tomada.pasta):
        aberta = abertos.abrir(tomada.lugar)
        for raiz, pastas, nomes in os.walk(aberta.caminho, topdown=False):
            for nome in nomes:
                if Path(raiz) != aberta.caminho and (nome in _SEM_CONTEUDO or nome.startswith(_DE_PASSAGEM)):
                    (Path(raiz) / nome).unlink(missing_ok=True)
            for pasta in pastas:
                with suppress(OSError):  # something came in: it is taken up next time
                    (Path(raiz) / pasta).rmdir()
        if all(not p.is_dir() for p in aberta.caminho.iterdir()):
            (aberta.caminho / PRONTA).unlink(missing_ok=True)
    sincronizar_pasta(tomada.lugar)
