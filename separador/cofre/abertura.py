"""Opens the vault of a data folder for service and commands, and checks that key and secrets belong together."""

from collections.abc import Mapping
from pathlib import Path

from separador.banco.conexao import Banco
from separador.cofre import chave_mestra
from separador.cofre.banco import TabelaDeSegredos
from separador.cofre.cofre import Cofre, abrir
from separador.nucleo.erro import Recusa


def abrir_cofre(dados: Path, banco: Banco, ambiente: Mapping[str, str]) -> Cofre | Recusa:
    """Returns the vault, or why it does not open (no key, key readable by others, wrong key, database from before).

    `ambiente` is the process environment. Nothing is created or changed.
    """
    mestra = chave_mestra.obter(dados, ambiente)
    return mestra if isinstance(mestra, Recusa) else abrir(TabelaDeSegredos(banco), mestra)
