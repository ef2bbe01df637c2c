"""Reads what a person says of a guide to be generated, as the order for it carries that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from separador.capacidades.ecac.arquivos import campos
from separador.capacidades.ecac.servico.geracao_de_guias import DARF

_DO_DARF = ("receita", "valor", "municipio")


@dataclass(frozen=True, slots=True)
class Incompleto:
    """Says what is wrong. `faltam`: fields that a DARF needs too."""

    mensagem: str
    faltam: tuple[str, ...] = ()


Ditos = Mapping[str, str | None]


def ler(especie: str, ditos: Ditos, uf: str) -> dict[str, str] | Incompleto:
    """Reads the fields. `uf`: of the company, where none is said."""
    try:
        return _do_darf(ditos, uf) if especie == DARF else _do_das(ditos)
    except campos.CampoError as erro:
        return Incompleto(f"{erro.mensagem} {erro.o_que_fazer}")


def dados_da_ordem(especie: str, lidos: Mapping[str, str], *, de_novo: bool) -> str:
    """Returns what the order carries: the same guide asked for again is the same text."""
    return json.dumps({"especie": especie, "campos": dict(lidos), "de_novo": de_novo}, sort_keys=True)


def _do_das(c: Ditos) -> dict[str, str] | Incompleto:
    dito = c.get("periodo") or ""
    periodo = "".join(x for x in dito if x.isascii() and x.isdigit())
    if len(periodo) == 6 and "/" in dito:
        periodo = periodo[2:] + periodo[:2]
    if len(periodo) != 6 or not "01" <= periodo[4:] <= "12":
        return Incompleto("O período de um DAS é AAAAMM, como 202605.")
    return {"periodo": periodo} | ({"consolidacao": _data(c["pagamento"])} if c.get("pagamento") else {})


def _do_darf(c: Ditos, uf: str) -> dict[str, str] | Incompleto:
    faltam = tuple(n for n in _DO_DARF if not c.get(n))
    if faltam:
        return Incompleto("Um DARF precisa também de", faltam)
    valor, receita = campos.ler_valor(c["valor"] or ""), campos.ler_receita(c["receita"] or "")
    lidos: dict[str, str | None] = {
        "uf": c.get("uf") or uf,
        "municipio": c["municipio"],
        "receita": receita,
        "extensao": c.get("extensao"),
        "tipo_pa": c.get("tipo_periodo"),
        "periodo": c.get("periodo"),
        "valor": f"{valor:.2f}",
        "referencia": c.get("referencia"),
        "vencimento": _data(c["vencimento"]) if c.get("vencimento") else None,
        "consolidacao": _data(c["pagamento"]) if c.get("pagamento") else None,
    }
    return {n: v for n, v in lidos.items() if v is not None}


def _data(texto: str | None) -> str:
    return campos.ler_dia(texto or "").isoformat()
