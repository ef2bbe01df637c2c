"""Writes the root of a receipt so that it is found again where the data folder alone is moved, and where the whole
installation is copied or moved: a copy shows its own files. It is pure, and follows no link.

A root below the data folder is written relative to it. One below the installation's folder (`raiz` of the
configuration, which stays where it is when only the data folder moves) is written relative to that. Any other is
absolute: it comes with neither.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_DA_INSTALACAO = "raiz:"


@dataclass(frozen=True, slots=True)
class Bases:
    """The folders that roots are relative to: `dados`, and the installation's (`raiz` of the configuration)."""

    dados: Path
    instalacao: Path

    def anotada(self, raiz: Path) -> str:
        """Returns the root as it is recorded."""
        if raiz.is_relative_to(self.dados):
            return str(raiz.relative_to(self.dados))
        if self.instalacao != Path(os.sep) and raiz.is_relative_to(self.instalacao):
            return f"{_DA_INSTALACAO}{raiz.relative_to(self.instalacao)}"
        return str(raiz)

    def achada(self, dita: str) -> Path:
        """Returns the root that a record means in this installation. Records of former versions are absolute."""
        if dita.startswith(_DA_INSTALACAO):
            return Path(os.path.normpath(self.instalacao / dita.removeprefix(_DA_INSTALACAO)))
        return Path(os.path.normpath(self.dados / dita))

    def arquivo(self, dita: str, caminho: str) -> str:
        """Returns the place of a receipt, by its recorded root and the path below it."""
        return str(self.achada(dita) / caminho)
