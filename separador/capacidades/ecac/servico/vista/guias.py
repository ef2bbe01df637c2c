"""Tells a guide as commands and pages show it."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import NOMES_TIPO, TipoDocumento, completo
from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.raiz import Bases


def em_dicionario(g: sqlite3.Row, bases: Bases) -> dict[str, Any]:
    """Returns one guide as `--json` shows it. Amounts are text, in reais."""
    estado = Estado(g["estado"])
    arquivado = g["recibo_estado"] == "arquivado"
    lados = [n for n, c in (("valor divergente", "divergente"), ("quarentena", "quarentena")) if g[c]]
    lados += ["sem número"] if g["numero"] is None else []
    lados += ["sem procuração"] if g["sem_procuracao"] and not estado.baixada else []
    return {
        "id": g["id"],
        "empresa": g["contribuinte"],
        "tipo": NOMES_TIPO[TipoDocumento(g["tipo"])],
        "numero": g["numero"],
        "receita": g["receita"],
        "periodo_de": g["periodo_de"],
        "periodo_ate": g["periodo_ate"],
        "vencimento": g["vencimento"],
        "principal": g["principal"],
        "multa": g["multa"],
        "juros": g["juros"],
        "valor": g["total"] or g["principal"],
        "estado": estado.value,
        "situacao": "baixada" if estado.baixada else estado.value,
        "baixada": estado.baixada,
        "lados": lados,
        "pagamento": completo(g["pagamento"]) if g["pagamento"] else None,
        "arrecadacao": g["arrecadacao"],
        "valor_pago": g["pago_total"],
        "comprovante": bases.arquivo(g["raiz"], g["caminho"]) if arquivado else None,
        "comprovante_sha256": g["recibo_sha256"] if arquivado else None,
        "consultada_em": g["consultada_em"],
        "origem": g["origem"],
        "atualizada_em": g["atualizada_em"],
    }


def dia(iso: str | None) -> str:
    """Turns `2026-06-19` into `19/06/2026`. A date is never moved by a time zone."""
    return "" if not iso else f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"


def situacao(g: Mapping[str, Any]) -> str:
    """Returns the state of a guide (`em_dicionario`) in words, with what is beside it."""
    lados = [x for x in g["lados"] if x != "sem número"]
    return f"{g['situacao']} ({', '.join(lados)})" if lados else str(g["situacao"])
