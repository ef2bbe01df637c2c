"""Gives the sheets of each company its logo, read anew for each batch: whoever changes the file need not tell us."""

from collections.abc import Sequence
from dataclasses import replace

from separador.capacidades.dacte.banco import DOCUMENTO
from separador.capacidades.dacte.servico.folhas import Folha
from separador.configuracao import Configuracao


def cnpj_do_emitente(chave: str) -> str:
    """Returns the CNPJ in a key."""
    return chave[6:20]


class Logos:
    """The logos of one batch."""

    def __init__(self, config: Configuracao) -> None:
        """Reads nothing yet."""
        self._arquivos = {e.cnpj: e.logo for e in config.empresas if e.logo is not None}
        self._lidos: dict[str, bytes | str] = {}

    def do_emitente(self, cnpj: str) -> bytes | str:
        """Returns the bytes of a company's logo (none: empty), or the reason why they could not be read."""
        arquivo = self._arquivos.get(cnpj)
        if arquivo is None:
            return b""
        if cnpj not in self._lidos:
            from separador.capacidades.dacte.papel.logo import ler_arquivo  # noqa: PLC0415 -- not for the start

            self._lidos[cnpj] = ler_arquivo(arquivo)
        return self._lidos[cnpj]

    def nas_folhas(self, folhas: Sequence[Folha], chaves: Sequence[str]) -> list[Folha]:
        """Returns the sheets with the logo of their issuer. Those of events have none."""
        return [self._com_logo(f, cnpj_do_emitente(c)) for f, c in zip(folhas, chaves, strict=True)]

    def _com_logo(self, folha: Folha, cnpj: str) -> Folha:
        lido = self.do_emitente(cnpj) if folha.qual[0] == DOCUMENTO else b""
        return replace(folha, logo=lido) if isinstance(lido, bytes) else replace(folha, sem_logo=lido)
