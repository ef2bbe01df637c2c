"""Opens the .pfx files that the configuration names, in the process of the `Abridor`, and each only once."""

import hashlib

from separador.capacidades.certificados.leitura.abridor import (
    AberturaError,
    Abridor,
    NaoIniciouError,
    SemResposta,
    nao_deu,
)
from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.nucleo.erro import Recusa

LEMBRADOS = 256


class Configurados:
    """Remembers what each file brought, also that it did not open in time: a costly one costs once in a run."""

    def __init__(self, *, em_processo: bool, abridor: Abridor | None = None) -> None:
        """`em_processo` False: all is done in the service process (`trabalhadores: 0`)."""
        self._em_processo = em_processo
        self._abridor = abridor or Abridor()
        self._lembrados: dict[bytes, Aberto | Recusa] = {}

    def abrir(self, dados: bytes, senha: bytes) -> Aberto | Recusa:
        """Opens a file, or returns what it brought before."""
        if not self._em_processo:
            return abrir_pfx(dados, senha)
        resumo = hashlib.sha256(hashlib.sha256(dados).digest() + senha).digest()
        feito = self._lembrados.get(resumo)
        if feito is None:
            try:
                achado = self._abridor.abrir(dados, [senha])
            except (NaoIniciouError, AberturaError) as erro:
                return nao_deu(erro)
            feito = achado.como_recusa() if isinstance(achado, SemResposta) else achado
            if len(self._lembrados) >= LEMBRADOS:
                self._lembrados.clear()
            self._lembrados[resumo] = feito
        return feito

    def terminar(self) -> None:
        """Ends the process, until it is needed again."""
        self._abridor.fechar()
