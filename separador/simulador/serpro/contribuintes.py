"""Makes many fictitious taxpayers with many documents, for demonstration, training and load.

The same seed always gives the same ones.
"""

import random
from datetime import date, timedelta
from decimal import Decimal

from separador.nucleo.chave import dv11
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Contribuinte, Documento, Outorga, Parte

_DARF = (
    ("0561", "IRRF - Rendimentos do trabalho assalariado"),
    ("1082", "Contrib Previd Descontada de Segurados"),
    ("2089", "IRPJ - Lucro Presumido"),
    ("2172", "COFINS"),
    ("8109", "PIS - Faturamento"),
)
_DAS = (("1001", "IRPJ"), ("1002", "CSLL"), ("1004", "COFINS"), ("1005", "PIS"), ("1006", "INSS"), ("1010", "ISS"))
_ATE = date(2099, 12, 31)


def cnpj(n: int) -> str:
    """Returns the n-th fictitious CNPJ."""
    corpo = f"{77000000 + n:08d}0001"
    primeiro = dv11(corpo)
    return f"{corpo}{primeiro}{dv11(f'{corpo}{primeiro}')}"


def gerar(
    empresas: int, guias: int, pagas: int, *, hoje: date, semente: int = 1, contratante: str = CONTRATANTE
) -> Cenario:
    """Spreads `guias` documents over `empresas`; `pagas` of them are paid in the 40 days before `hoje`.

    Every company grants a procuração to the contratante.
    """
    sorteio = random.Random(semente)  # noqa: S311 -- fictitious data, no secret
    nis = [cnpj(i) for i in range(empresas)]
    documentos = [_documento(i, nis[i % empresas], i // empresas, sorteio, hoje) for i in range(guias)]
    escolhidas = set(sorteio.sample(range(guias), pagas))
    feitos = tuple(_pago(d, sorteio, hoje) if i in escolhidas else d for i, d in enumerate(documentos))
    return Cenario(
        contratante=contratante,
        contribuintes=tuple(Contribuinte(ni, f"EMPRESA FICTICIA {i:04d} LTDA") for i, ni in enumerate(nis)),
        outorgas=tuple(Outorga(ni, contratante, _ATE) for ni in nis),
        documentos=feitos,
        semente=semente,
    )


def _documento(i: int, ni: str, ordem: int, sorteio: random.Random, hoje: date) -> Documento:
    """Makes the `ordem`-th document of its taxpayer.

    Months go back, so that no two have the same period and receita.
    """
    das = ordem % 2 == 0
    mes = hoje.year * 12 + hoje.month - 2 - ordem
    periodo = date(mes // 12, mes % 12 + 1, 1)
    proximo = (periodo + timedelta(days=32)).replace(day=1)
    emitido = hoje - timedelta(days=45)
    if das:
        partes = tuple(Parte(codigo, nome, _valor(sorteio)) for codigo, nome in _DAS)
    else:
        partes = tuple(Parte(codigo, nome, _valor(sorteio)) for codigo, nome in sorteio.sample(_DARF, 2))
    corpo = f"07{'20' if das else '16'}{emitido:%y}{emitido.timetuple().tm_yday:03d}{i + 1:07d}"
    return Documento(
        ni=ni,
        numero=f"{corpo}{dv11(corpo)}",
        tipo="09" if das else "04",
        periodo=periodo if das else proximo - timedelta(days=1),
        vencimento=proximo.replace(day=20),
        partes=partes,
        emitido=emitido,
    )


def _pago(d: Documento, sorteio: random.Random, hoje: date) -> Documento:
    pago = hoje - timedelta(days=sorteio.randrange(1, 40))
    return Documento(
        d.ni, d.numero, d.tipo, d.periodo, d.vencimento, d.partes, d.emitido, pago, min(pago + timedelta(days=1), hoje)
    )


def _valor(sorteio: random.Random) -> Decimal:
    return Decimal(sorteio.randrange(1000, 500000)) / 100
