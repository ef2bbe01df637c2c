"""Keeps the payments that the Receita answered, whole: they are the evidence of the settlements."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from separador.acesso.banco.auditoria import Conexao
from separador.capacidades.ecac.dominio.arrecadacao import Desmembramento, Pagamento, Receita, Valores


def gravar(c: Conexao, contribuinte: str, pagamentos: Iterable[Pagamento], quando: str) -> int:
    """Keeps the payments answered. One that came before gets what the Receita says now. Returns how many were not
    known."""
    novos = 0
    for p in pagamentos:
        dados = json.dumps(asdict(p), ensure_ascii=False, default=str)
        total = None if p.valores.total is None else f"{p.valores.total:.2f}"
        chave = (contribuinte, p.canonico, p.arrecadacao.isoformat())
        cursor = c.execute(
            "INSERT OR IGNORE INTO ecac_pagamento (contribuinte, numero, arrecadacao, tipo, total, dados, visto_em)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*chave, p.tipo, total, dados, quando),
        )
        novos += cursor.rowcount
        if not cursor.rowcount:
            c.execute(
                "UPDATE ecac_pagamento SET tipo = ?, total = ?, dados = ?, visto_em = ?"
                " WHERE contribuinte = ? AND numero = ? AND arrecadacao = ? AND dados <> ?",
                (p.tipo, total, dados, quando, *chave, dados),
            )
    return novos


def de(c: Conexao, contribuinte: str) -> list[Pagamento]:
    """Returns all known payments of a taxpayer, oldest first."""
    sql = "SELECT dados FROM ecac_pagamento WHERE contribuinte = ? ORDER BY arrecadacao, id"
    return [_ler(r["dados"]) for r in c.execute(sql, (contribuinte,)).fetchall()]


def por_numero(c: Conexao, contribuinte: str, canonico: str) -> Pagamento | None:
    """Returns the (first) payment of a number."""
    sql = "SELECT dados FROM ecac_pagamento WHERE contribuinte = ? AND numero = ? ORDER BY arrecadacao LIMIT 1"
    linha = c.execute(sql, (contribuinte, canonico)).fetchone()
    return _ler(linha["dados"]) if linha is not None else None


def _ler(texto: str) -> Pagamento:
    d: dict[str, Any] = json.loads(texto)
    return Pagamento(
        **{n: d[n] for n in ("numero", "tipo", "tipo_nome", "referencia")},
        arrecadacao=date.fromisoformat(d["arrecadacao"]),
        periodo_apuracao=_dia(d["periodo_apuracao"]),
        vencimento=_dia(d["vencimento"]),
        receita=_receita(d["receita"]) if d["receita"] is not None else None,
        valores=_valores(d["valores"]),
        saldo=_valores(d["saldo"]),
        desmembramentos=tuple(_desmembramento(x) for x in d["desmembramentos"]),
    )


def _desmembramento(d: dict[str, Any]) -> Desmembramento:
    return Desmembramento(
        sequencial=d["sequencial"],
        receita=_receita(d["receita"]),
        periodo_apuracao=_dia(d["periodo_apuracao"]),
        vencimento=_dia(d["vencimento"]),
        valores=_valores(d["valores"]),
        saldo=_valores(d["saldo"]),
        cib=d["cib"],
    )


def _receita(d: dict[str, Any]) -> Receita:
    return Receita(d["codigo"], d["descricao"], d["extensao"])


def _valores(d: dict[str, Any]) -> Valores:
    return Valores(**{n: None if d[n] is None else Decimal(d[n]) for n in ("principal", "multa", "juros", "total")})


def _dia(texto: str | None) -> date | None:
    return None if texto is None else date.fromisoformat(texto)
