"""Says which rights the exchange folders should have, makes them with these, and names what is otherwise."""

import contextlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.nucleo.capacidade import pastas_das_secoes
from separador.pastas import contas, criacao, faixas
from separador.pastas.contas import Conta
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import FalhaDePasta, SemResposta
from separador.pastas.sistema import modos_de_outrem

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

MODO_DA_ORIGEM = 0o3770
"""The group drops, mends and withdraws its own files. The sticky bit keeps it from renaming `.separador`, and one
member from touching the files of another; the service, owner of the folder, takes any file."""
MODO_DE_COLETA = 0o2770
"""Others collect here what the service published: with the sticky bit nobody but the service could remove it."""


def modos(config: "Configuracao") -> dict[Path, int]:
    """Returns the mode of each exchange folder of the active routes and of the sections. A folder that others collect
    from has the mode of collection, also when it is an origin besides."""
    ativas = [r for r in config.rotas if r.ativo]
    coleta = [p for r in ativas for p in r.pastas()[1:]]
    coleta += [p.pasta for p in pastas_das_secoes(config)]
    return {r.origem: MODO_DA_ORIGEM for r in ativas} | dict.fromkeys(coleta, MODO_DE_COLETA)


def diferenca(visto: os.stat_result, uid: int, troca: int, modo: int) -> str:
    """Returns how a folder differs from what is recommended ("dono wms, …"); empty when it does not."""
    partes = []
    if visto.st_uid != uid:
        partes.append(f"dono {contas.nome_do_usuario(visto.st_uid)}, e não {contas.nome_do_usuario(uid)}")
    if visto.st_gid != troca:
        partes.append(f"grupo {contas.nome_do_grupo(visto.st_gid)}, e não {contas.nome_do_grupo(troca)}")
    if stat.S_IMODE(visto.st_mode) != modo:
        partes.append(f"modo {stat.S_IMODE(visto.st_mode):04o}, e não {modo:04o}")
    return "; ".join(partes)


def diferencas(config: "Configuracao", uid: int) -> Iterator[tuple[Path, str, str]]:
    """Yields folder, difference and what to do, for each folder whose rights are not the recommended ones.

    Nothing where the machine has no group of exchange, and nothing where rights are the server's or the mount's.
    """
    troca = contas.gid_de_troca()
    if troca is None:
        return
    for pasta, modo in modos(config).items():
        # A share that does not answer is told by who looks at its folder.
        with contextlib.suppress(SemResposta):
            yield from faixas.fazer(pasta, _da_pasta, pasta, modo, uid, troca)


def _da_pasta(pasta: Path, modo: int, uid: int, troca: int) -> list[tuple[Path, str, str]]:
    try:
        if modos_de_outrem(pasta):
            return []
        visto, propria = os.stat(pasta), os.lstat(pasta / PROPRIA)
    except (OSError, FalhaDePasta):  # a folder that is not there is told by who looks for it
        return []
    texto = diferenca(visto, uid, troca, modo)
    if texto:
        dono = f"{contas.nome_do_usuario(uid)}:{contas.nome_do_grupo(troca)}"
        acerto = f"sudo chown {dono} '{pasta}' && sudo chmod {modo:04o} '{pasta}' && sudo separador init"
        return [(pasta, texto, f"Funciona assim; para acertar: {acerto}")]
    if (propria.st_gid, propria.st_mode & stat.S_ISGID) != (troca, stat.S_ISGID):
        # what is staged there would be published with a group that others are not in
        texto = f"a {PROPRIA} é do grupo {contas.nome_do_grupo(propria.st_gid)}, e não do da pasta"
        return [(pasta, texto, "Para acertar: sudo separador init")]
    return []


@dataclass(frozen=True, slots=True)
class Preparo:
    """Holds what `init` needs to make folders with the right owner, group and mode."""

    config: "Configuracao"
    conta: Conta

    @classmethod
    def de(cls, config: "Configuracao") -> "Preparo":
        """Returns it for this configuration and caller."""
        from separador.configuracao.busca import DO_SISTEMA  # noqa: PLC0415 -- YAML, which the help does without

        do_sistema = config.arquivo == DO_SISTEMA
        return cls(config, contas.conta_do_servico(config.dados, do_sistema=do_sistema))

    def como_o_servico(self) -> AbstractContextManager[None]:
        """Does a block under the account of the service, when the caller is root."""
        return contas.agindo_como(self.conta)

    def criar_dados(self) -> None:
        """Makes the data folder. Raises `Recusado`, OSError."""
        self.criar_interna(self.config.dados)

    def criar_interna(self, pasta: Path) -> None:
        """Makes a folder that nobody exchanges files by, 0750 like what is missing above it. Raises `Recusado`,
        OSError."""
        modo = criacao.MODO_DOS_DADOS
        criacao.criar(pasta, modo, self.conta, grupo=self.conta.gid, modo_do_caminho=modo)

    def conferir(self, pasta: Path) -> None:
        """Finds that what is in the folder's `.separador` may be read, and says when others could write it until now.
        Raises `Recusado`, `FalhaDePasta`, OSError."""
        tirados = criacao.conferir_propria(pasta, self.conta)
        if tirados:
            texto = (
                f"Atenção: outros podiam gravar na {pasta / PROPRIA}. Tirei esse direito (g-w,o-w) dela e do que é da "
                f"conta do serviço nela ({tirados}); nada foi apagado. Quem muda os modos da pasta deve poupá-la."
            )
            click.echo(texto, err=True)

    def criar(self, pasta: Path) -> bool:
        """Makes an exchange folder and its `.separador`. Says whether it was missing. Raises `Recusado`,
        `FalhaDePasta`, OSError."""
        modo = modos(self.config).get(pasta, MODO_DE_COLETA) if self.conta.define_modos else 0o777
        do_caminho = criacao.MODO_DO_CAMINHO if self.conta.define_modos else 0o777
        nova = criacao.criar(pasta, modo, self.conta, grupo=self.conta.troca, modo_do_caminho=do_caminho)
        criacao.preparar_propria(pasta, self.conta)
        return nova

    def dizer_diferencas(self) -> None:
        """Names the folders whose rights are not the recommended ones. They work, and stay as they are."""
        for pasta, texto, fazer in diferencas(self.config, self.conta.uid):
            click.echo(f"Atenção: {pasta}: {texto}. {fazer}", err=True)
