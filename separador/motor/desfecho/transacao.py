"""Carries a group through: opens it, decides in one transaction, stages, commits, makes visible, archives.

Order of effects, which every crash test leans on: (1) staged files durable, (2) commit: rows and the intent to publish,
(3) renames, folders flushed, (4) commit: published, transitions, outcomes, (5) originals to the archive.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from separador.banco import arquivos, falhas
from separador.banco.conexao import texto_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.motor.desfecho.contagem import contar
from separador.motor.desfecho.entrega import publicar_pendentes
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Remessa
from separador.motor.log.log import registrar_varias
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta
from separador.pastas.posse.plano import anotar_no_canto

T = TypeVar("T")


def em_grupo(contexto: Contexto, decidir: Callable[[Grupo], T]) -> T:
    """Carries a group of one decision to its end. Whatever `decidir` raises goes on, with nothing written."""
    grupo, feito = decidido(contexto, decidir)
    finalizar(contexto, grupo)
    return feito


def em_grupo_proprio(
    contexto: Contexto,
    decidir: Callable[[Grupo], None],
    *,
    sem_pasta: Callable[[FalhaDePasta], None],
    incidente: Callable[[Exception], None],
) -> None:
    """Does the same around one document or order, whose failure must cost no other.

    A folder that failed is shown and handed to `sem_pasta`; what nobody foresaw goes to `incidente`. What fails after
    the commit goes on to the caller: it is the loop's.
    """
    try:
        grupo, _ = decidido(contexto, decidir)
    except FalhaDePasta as falha:
        avisar_pasta(contexto, falha)
        sem_pasta(falha)
    except Exception as erro:  # noqa: BLE001 - around one document
        incidente(erro)
    else:
        finalizar(contexto, grupo)


def decidido(contexto: Contexto, decidir: Callable[[Grupo], T]) -> tuple[Grupo, T]:
    """Opens a group, decides and commits. `finalizar` must follow. What was staged for a failed group is removed.

    What a worker staged stays: each file is decided again, and its record will name it. Were it gone, the file would
    pass for published.
    """
    grupo = _abrir(contexto)
    try:
        with contexto.banco.transacao():
            feito = decidir(grupo)
            grupo.remessa.encenar(grupo.banco, grupo.quando)
            _anotar_imediatos(grupo)
            contar(grupo.banco, [ficha.id for ficha in grupo.imediatos])
    except BaseException:
        grupo.remessa.descartar()
        raise
    return grupo, feito


def _anotar_imediatos(grupo: Grupo) -> None:
    """Notes the claims that are decided with nothing to publish, or that no other installation may run again, before
    the commit. What the commit begins may reach SEFAZ. Raises FalhaDePasta."""
    por_lote: dict[tuple[str, str], dict[bytes, None]] = {}
    for ficha in (*grupo.imediatos, *grupo.sem_volta):
        por_lote.setdefault((ficha.trabalho, ficha.lote), {})[ficha.nome] = None
    for (trabalho, lote), nomes in por_lote.items():
        faixas.fazer(Path(trabalho), anotar_no_canto, Path(trabalho), lote, nomes)


def _abrir(contexto: Contexto) -> Grupo:
    """Makes a group about to be decided. Its instant is one for all its rows."""
    agora = contexto.agora()
    quando = texto_de(agora)
    return Grupo(
        contexto,
        Remessa(contexto.prefixo(), contexto.cantos),
        agora,
        quando,
        havia_falhas=falhas.existem(contexto.banco),
        havia_retidos=arquivos.ha_retidos(contexto.banco),
        bloqueado_ate=contexto.limite_do_envio(contexto.banco, quando),
    )


def finalizar(contexto: Contexto, grupo: Grupo) -> None:
    """Tells, makes visible and archives, after the commit."""
    registrar_varias(contexto.log, grupo.linhas)
    for pasta, provisorio in grupo.sobras:
        saidas.descartar(pasta, provisorio)
    if len(grupo.remessa):
        publicar_pendentes(contexto)
    arquivar_terminados(contexto, [Original(f.trabalho, f.lote, f.nome, f.guardado_em or b"") for f in grupo.imediatos])
