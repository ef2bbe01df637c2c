"""Gives one local SEFAZ per module, whose clock the test moves, and a client that is not the product's."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos as om
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.demonstracao.exportacoes import Exportacao
from separador.nucleo.tipo import Tipo
from tests.apoio.cliente_soap import ClienteSoap, Resposta, assinar, cliente_de
from tests.apoio.sefaz_local import SefazEmFio

_NUMEROS = count(1)
OUTROS = {Tipo.CTE_SIMP: om.cte_simp, Tipo.CTE_OS: om.cte_os, Tipo.GTVE: om.gtve}


@dataclass
class SefazSimulada:
    """A SEFAZ and its caller."""

    sefaz: SefazEmFio
    relogio: "Relogio"
    cliente: ClienteSoap

    @property
    def agora(self) -> datetime:
        return self.relogio.agora()

    def documento(self, tipo: Tipo = Tipo.CTE, numero: int | None = None, **opcoes: object) -> tuple[Exportacao, bytes]:
        """Returns (export, signed bytes) of a number that nobody used."""
        n = numero or next(_NUMEROS)
        fazer = ex.cte if tipo is Tipo.CTE else OUTROS[tipo]
        feito = fazer(n, agora=self.agora, **opcoes)  # type: ignore[operator]
        return feito, assinar(feito.dados, agora=self.agora)

    def autorizado(self, tipo: Tipo = Tipo.CTE, **opcoes: object) -> tuple[str, str]:
        """Returns (chave, nProt) of a new document."""
        feito, assinado = self.documento(tipo, **opcoes)
        resposta = self.cliente.receber(assinado, tipo)
        assert resposta.cstat == "100", resposta.corpo
        nprot = resposta.texto("nProt")
        assert nprot is not None
        return feito.chave, nprot

    def evento(self, feito: Exportacao, empresa: Empresa = EMITENTE, autorizador: str = "ws") -> Resposta:
        """Signs and sends an event."""
        return self.cliente.evento(assinar(feito.dados, agora=self.agora, empresa=empresa), autorizador)

    def cancelar(self, chave: str, nprot: str, autorizador: str = "ws") -> Resposta:
        return self.evento(ev.cancelamento(chave, nprot, agora=self.agora), autorizador=autorizador)


@dataclass
class Relogio:
    adiante: timedelta = field(default_factory=timedelta)

    def agora(self) -> datetime:
        return datetime.now(UTC) + self.adiante


@pytest.fixture(scope="module")
def _simulada(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SefazSimulada]:
    relogio = Relogio()
    pasta: Path = tmp_path_factory.mktemp("sefaz")
    with SefazEmFio(pasta, agora=relogio.agora) as sefaz:
        cliente = cliente_de(sefaz.endereco, sefaz.ca)
        yield SefazSimulada(sefaz, relogio, cliente)
        cliente.fechar()


@pytest.fixture
def simulada(_simulada: SefazSimulada) -> SefazSimulada:
    """Gives the SEFAZ without faults, and at the right time."""
    _simulada.relogio.adiante = timedelta(0)
    _simulada.sefaz.roteiro(svc=False, limites=False, conferir=True)
    return _simulada
