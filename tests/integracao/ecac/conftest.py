"""Runs a local SERPRO over real TLS, and makes the client that asks it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.ecac.integra.cliente import Caminho, Cliente, Contrato, do_simulador
from separador.capacidades.ecac.integra.porta import Chamada, Intencao
from separador.capacidades.ecac.integra.transporte import Prazos
from separador.capacidades.ecac.integra.valores import Partes
from separador.fiscal.tls import Apresentado
from separador.nucleo.fuso import BRASILIA
from separador.simulador.serpro.cenario import CHAVE, SEGREDO, Cenario, Contribuinte, Documento, Outorga, Parte
from tests.apoio import autoridade
from tests.apoio.serpro_local import SerproEmFio

CONTRATANTE = autoridade.CNPJ
EMPRESA, OUTRA, SEM_PROCURACAO = "77000000000116", "77000001000160", "77000002000105"
DARF, DAS, ABERTO = "07162615700000027", "07202615700000015", "07012615700000039"
DE_OUTRA = "07182615700000042"
PRAZOS = Prazos(conexao_s=5, resposta_s=5, total_s=10)


@dataclass
class Relogio:
    """The clock of simulator and client. The test moves it."""

    desvio: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.desvio

    @property
    def hoje(self) -> date:
        return self().astimezone(BRASILIA).date()


@dataclass
class Caderno:
    """A ledger that notes every call. `proibir` makes it refuse them."""

    intencoes: list[Intencao] = field(default_factory=list)
    chamadas: list[Chamada] = field(default_factory=list)
    proibir: str | None = None

    def antes(self, intencao: Intencao) -> str | None:
        if self.proibir is None:
            self.intencoes.append(intencao)
        return self.proibir

    def depois(self, chamada: Chamada) -> None:
        self.chamadas.append(chamada)


def documentos(hoje: date) -> tuple[Documento, ...]:
    """Returns a paid DARF of two parts, a paid DAS of six, an open DARF, and one document of the other company."""
    ontem = hoje - timedelta(days=1)
    maio = (date(2026, 5, 31), date(2026, 6, 19))
    duas = (
        Parte("1082", "Contrib Previd Descontada de Segurados", Decimal("1000.00"), extensao="01"),
        Parte("0561", "IRRF - Rendimentos do trabalho", Decimal("250.00"), Decimal("18.15"), Decimal("2.50")),
    )
    codigos = ("1001", "1002", "1004", "1005", "1006", "1010")
    seis = tuple(Parte(c, f"TRIBUTO {c}", Decimal(10 + i)) for i, c in enumerate(codigos))
    emitido = date(2026, 6, 6)
    return (
        Documento(EMPRESA, DARF, "04", *maio, duas, emitido, ontem, hoje),
        Documento(EMPRESA, DAS, "09", date(2026, 5, 1), date(2026, 6, 22), seis, emitido, ontem, hoje),
        Documento(EMPRESA, ABERTO, "04", *maio, duas[:1], emitido),
        Documento(OUTRA, DE_OUTRA, "04", *maio, duas[:1], emitido, ontem, hoje),
    )


@pytest.fixture
def relogio() -> Relogio:
    return Relogio()


@pytest.fixture
def caderno() -> Caderno:
    return Caderno()


@pytest.fixture
def serpro(tmp_path: Path, relogio: Relogio) -> Iterator[SerproEmFio]:
    nis = (EMPRESA, OUTRA, SEM_PROCURACAO)
    cenario = Cenario(
        contribuintes=tuple(Contribuinte(ni, f"EMPRESA FICTICIA {i} LTDA") for i, ni in enumerate(nis)),
        outorgas=tuple(Outorga(ni, CONTRATANTE, date(2099, 12, 31)) for ni in (EMPRESA, OUTRA)),
        documentos=documentos(relogio.hoje),
    )
    with SerproEmFio(tmp_path / "serpro", cenario, agora=relogio) as local:
        yield local


@pytest.fixture
def apresentado() -> Apresentado:
    emitido = autoridade.emitir(CONTRATANTE, de=datetime.now(UTC) - timedelta(days=1))
    return Apresentado(
        emitido.der, emitido.pkcs8, tuple(c.public_bytes(autoridade.Encoding.DER) for c in emitido.cadeia)
    )


NovoCliente = Callable[..., Cliente]


@pytest.fixture
def novo_cliente(
    serpro: SerproEmFio, relogio: Relogio, caderno: Caderno, apresentado: Apresentado
) -> Iterator[NovoCliente]:
    """Makes clients, and closes them at the end. Keywords replace parts of the contract or of the way."""
    feitos: list[Cliente] = []
    etiquetas = (f"teste-{n:026d}" for n in itertools.count(1))

    def novo(
        *, chave: str = CHAVE, segredo: str = SEGREDO, certificado: Apresentado = apresentado,
        caminho: Caminho | None = None, **resto: Any,
    ) -> Cliente:  # fmt: skip
        contrato = Contrato(CONTRATANTE, chave, segredo, certificado)
        caminho = caminho or do_simulador(serpro.endereco, serpro.ca, PRAZOS)
        opcoes = {"agora": relogio, "etiqueta": lambda: next(etiquetas), "livro": caderno} | resto
        feitos.append(Cliente(contrato, caminho, **opcoes))
        return feitos[-1]

    yield novo
    for cliente in feitos:
        cliente.fechar()


@pytest.fixture
def cliente(novo_cliente: NovoCliente) -> Cliente:
    return novo_cliente()


@pytest.fixture
def partes() -> Partes:
    return Partes(CONTRATANTE, EMPRESA)
