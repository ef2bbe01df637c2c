"""Makes the rows of occurrences that lists and spreadsheets show, and groups them."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from separador.capacidades.ecac.banco import guias, pagamentos
from separador.capacidades.ecac.dominio.ocorrencia import NOMES, O_QUE_FAZER, Especie, Status

EMPRESA, OCORRENCIA = "empresa", "ocorrencia"
"""What rows are grouped by."""


@dataclass(frozen=True, slots=True)
class LinhaOcorrencia:
    """One row, as lists show it. `valor` is in reais, where the occurrence is about a guide or a payment."""

    id: int
    ocorrencia: str
    empresa: str
    cnpj: str
    detalhe: str
    status: str
    desde: datetime
    atualizada_em: datetime
    guia: str | None
    guia_id: int | None
    valor: Decimal | None
    o_que_fazer: str


def linha(banco: sqlite3.Connection, o: sqlite3.Row, nomes: Mapping[str, str]) -> LinhaOcorrencia:
    """Returns the row of an occurrence. `nomes`: of the companies, by CNPJ."""
    guia = _guia(banco, o)
    especie = Especie(o["especie"])
    return LinhaOcorrencia(
        id=o["id"],
        ocorrencia=NOMES[especie],
        empresa=nomes.get(o["contribuinte"], o["contribuinte"]),
        cnpj=o["contribuinte"],
        detalhe=o["detalhe"],
        status=o["status"],
        desde=datetime.fromisoformat(o["desde"]),
        atualizada_em=datetime.fromisoformat(o["atualizada_em"]),
        guia=(guia["numero"] or f"guia {guia['id']}") if guia is not None else None,
        guia_id=guia["id"] if guia is not None else None,
        valor=_valor(banco, o, guia),
        o_que_fazer=O_QUE_FAZER[especie],
    )


def _guia(banco: sqlite3.Connection, o: sqlite3.Row) -> sqlite3.Row | None:
    """Returns the guide that it is about; once it is closed, the one that its payment settled."""
    if o["guia_id"] is not None:
        return guias.por_id(banco, o["guia_id"])
    if o["pagamento"] is None or o["status"] == Status.ABERTA:
        return None
    return guias.do_pagamento(banco, o["contribuinte"], o["pagamento"])


def _valor(banco: sqlite3.Connection, o: sqlite3.Row, guia: sqlite3.Row | None) -> Decimal | None:
    if o["pagamento"] is not None:
        pago = pagamentos.por_numero(banco, o["contribuinte"], o["pagamento"])
        if pago is not None:
            return pago.valores.total
    texto = (guia["total"] or guia["principal"]) if guia is not None else None
    return None if texto is None else Decimal(texto)


def agrupar(linhas: Sequence[LinhaOcorrencia], por: str | None) -> dict[str, list[LinhaOcorrencia]]:
    """Groups the rows, in the order in which groups first appear.

    There is one group, "Ocorrências", when they are not grouped.
    """
    grupos: dict[str, list[LinhaOcorrencia]] = {} if por is not None or linhas else {"Ocorrências": []}
    for x in linhas:
        nome = "Ocorrências" if por is None else x.ocorrencia if por == OCORRENCIA else f"{x.empresa} {x.cnpj}"
        grupos.setdefault(nome, []).append(x)
    return grupos
