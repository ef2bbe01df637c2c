"""The page of the day, the week, the month in pictures: all from the summary, and each chart with its table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from separador.capacidades.movimento import banco as tabela
from separador.capacidades.movimento.dominio import (
    DA_SEFAZ,
    TEMPOS_S,
    Contado,
    Movimento,
    horas,
    juntar,
    por_dia,
    por_hora,
    por_mes,
)
from separador.capacidades.movimento.telas.grafico import Grafico, barras
from separador.nucleo import capacidade
from separador.nucleo.falha import descrever
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.quantidade import milhar
from separador.painel.base.escolhas import empresas
from separador.painel.base.modelos import dinheiro
from separador.painel.base.resposta import ACHADA, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.tempo import entre_dias

_TITULO = "Movimento"
DIAS = 7
"""Days of the period when none is given: the week."""
_MESES_DE = 93
"""Days from which a period is shown by months: more bars than that are no picture."""
RECUSAS = 10
_TRES = (("autorizado", "autorizados"), ("rejeitado", "rejeitados"), ("cancelado", "cancelados"))
_UM = (("autorizado", "autorizados"),)
_UMA = (("autorizado", "guias baixadas"),)
_CONTADOS = (
    ("arquivos", "Arquivos"),
    ("autorizados", "Autorizados"),
    ("rejeitados", "Rejeitados"),
    ("cancelados", "Cancelados"),
    ("recusados", "Recusados aqui"),
)


@dataclass(frozen=True, slots=True)
class Quadro:
    """A chart and the table below it. `numericas`: columns of the table, from this one on, that hold numbers."""

    grafico: Grafico
    colunas: tuple[str, ...]
    linhas: tuple[tuple[str, ...], ...]
    depois: str = ""
    numericas: int = 1


def movimento(v: Visita) -> Resposta:
    """Shows what passed in a period, of all companies or of one."""
    hoje = para_pessoas(v.agora).date()
    ate = _dia(v.consulta.um("ate")) or hoje
    de = _dia(v.consulta.um("de")) or ate - timedelta(days=DIAS - 1)
    empresa, por = v.consulta.um("empresa").strip(), "hora" if v.consulta.um("por") == "hora" else "dia"
    aviso = "" if de <= ate else "O primeiro dia do período é depois do último."
    ha = not aviso and tabela.existe(v.banco)
    quadros = _quadros(v, de, ate, empresa, por) if ha else []
    passado = tabela.passado(v.banco) if tabela.existe(v.banco) else None
    valores: dict[str, Any] = {
        "filtro": {"de": de.isoformat(), "ate": ate.isoformat(), "empresa": empresa, "por": por},
        "empresas": empresas(v, empresa),
        "quadros": quadros,
        "falta": passado.falta if passado is not None else False,
    }
    return Pagina(
        "movimento/movimento.html", _TITULO, valores, RECUSADA if aviso else ACHADA, (aviso,) if aviso else ()
    )


def _dia(texto: str) -> date | None:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        return None


def _quadros(v: Visita, de: date, ate: date, empresa: str, por: str) -> list[Quadro]:
    inicio, fim = entre_dias(de, ate)
    if inicio is None or fim is None:
        return []
    periodo = horas(inicio, fim)
    linhas = list(tabela.por_hora(v.banco, *periodo, empresa or None))
    if not linhas:
        return []
    recusas = tabela.recusas(v.banco, *periodo, empresa or None, RECUSAS)
    return list(_todos(linhas, recusas, de, ate, por))


def _todos(
    linhas: Sequence[Contado], recusas: Sequence[tuple[str, str, int]], de: date, ate: date, por: str
) -> Iterable[Quadro]:
    nomes, juntos, unidade = _em_grupos(linhas, de, ate, por)
    yield _documentos(nomes, juntos, unidade)
    yield _tempos(linhas)
    yield _das_recusas(recusas)
    yield _guias(nomes, juntos, unidade)


def _em_grupos(
    linhas: Sequence[Contado], de: date, ate: date, por: str
) -> tuple[list[tuple[str, str, str]], dict[str, Movimento], str]:
    """Returns the groups (as keyed, as told, as told in little room), what passed in each, and what a group is."""
    if por == "hora":
        juntos = juntar(linhas, por_hora(para_pessoas))
        return [(f"{h:02}h", f"{h:02}h", f"{h}h") for h in range(24)], juntos, "hora"
    if (ate - de).days >= _MESES_DE:
        juntos = juntar(linhas, por_mes(para_pessoas))
        nomes = sorted(juntos)
        return [(n, f"{n[5:]}/{n[:4]}", f"{n[5:]}/{n[2:4]}") for n in nomes], juntos, "mês"
    dias = [de + timedelta(days=i) for i in range((ate - de).days + 1)]
    juntos = juntar(linhas, por_dia(para_pessoas))
    return [(d.isoformat(), f"{d:%d/%m/%Y}", f"{d:%d/%m}") for d in dias], juntos, "dia"


def _documentos(nomes: Sequence[tuple[str, str, str]], juntos: dict[str, Movimento], unidade: str) -> Quadro:
    nada = Movimento()
    grupos = [(dito, curto, juntos.get(nome, nada)) for nome, dito, curto in nomes]
    desenho = [(dito, curto, (m.autorizados, m.rejeitados, m.cancelados)) for dito, curto, m in grupos]
    tabelada = tuple(
        (
            dito,
            *(milhar(n) for n in (m.arquivos, m.autorizados, m.rejeitados, m.cancelados, m.recusados)),
            _reais(m.valor),
        )
        for dito, _, m in grupos
    )
    soma = Movimento()
    for m in juntos.values():
        soma.juntar(m)
    return Quadro(
        barras(f"Documentos por {unidade}", _TRES, desenho),
        (
            unidade.capitalize(),
            "Arquivos",
            "Autorizados",
            "Rejeitados",
            "Cancelados",
            "Recusados aqui",
            "Valor autorizado (R$)",
        ),
        tabelada,
        f"Ao todo: {milhar(soma.arquivos)} arquivos, {milhar(soma.autorizados)} autorizados (R$ {_reais(soma.valor)}),"
        f" {milhar(soma.rejeitados)} rejeitados, {milhar(soma.cancelados)} cancelados.",
    )


def _tempos(linhas: Sequence[Contado]) -> Quadro:
    soma = juntar(linhas, lambda _: "tudo").get("tudo", Movimento())
    nomes = [*(f"até {_segundos(t)}" for t in TEMPOS_S), f"mais de {_segundos(TEMPOS_S[-1])}"]
    curtos = [*(_segundos(t) for t in TEMPOS_S), f"> {_segundos(TEMPOS_S[-1])}"]
    desenho = [(nome, curto, (n,)) for nome, curto, n in zip(nomes, curtos, soma.tempos, strict=True)]
    tabelada = tuple((nome, milhar(n)) for nome, n in zip(nomes, soma.tempos, strict=True))
    return Quadro(
        barras("Tempo até a autorização", _UM, desenho),
        ("Do arquivo à autorização", "CT-e"),
        tabelada,
        f"Metade (p50) {_ate(soma, 0.5)}; 99 de cada 100 (p99) {_ate(soma, 0.99)}." if sum(soma.tempos) else "",
    )


def _ate(m: Movimento, parte: float) -> str:
    limite = m.ate_s(parte)
    return f"em mais de {_segundos(TEMPOS_S[-1])}" if limite is None else f"em até {_segundos(limite)}"


def _segundos(s: float) -> str:
    if s >= 3600:
        return f"{s / 3600:g} h"
    return f"{s / 60:g} min" if s >= 60 else f"{s:g} s".replace(".", ",")


def _das_recusas(recusas: Sequence[tuple[str, str, int]]) -> Quadro:
    desenho = [(codigo, codigo.removeprefix("SEP-"), (n,)) for _, codigo, n in recusas]
    return Quadro(
        barras("Recusas mais comuns", (("rejeitado", "recusas"),), desenho),
        ("Código", "De quem", "Significado", "Vezes"),
        tuple((codigo, quem, _significado(quem, codigo), milhar(n)) for quem, codigo, n in recusas),
        numericas=3,
    )


def _significado(quem: str, codigo: str) -> str:
    """Returns what a code says, as its authority's table has it."""
    if quem == DA_SEFAZ:
        ditos = (dizer(codigo) for dizer in capacidade.de_cada("significado"))
        return next((dito for dito in ditos if dito), "")
    try:
        return descrever(codigo)[0]
    except KeyError:
        return ""


def _guias(nomes: Sequence[tuple[str, str, str]], juntos: dict[str, Movimento], unidade: str) -> Quadro:
    nada = Movimento()
    grupos = [(dito, curto, juntos.get(nome, nada).guias) for nome, dito, curto in nomes]
    return Quadro(
        barras(
            f"Guias baixadas por {unidade}", (("autorizado", "guias baixadas"),), [(d, c, (n,)) for d, c, n in grupos]
        ),
        (unidade.capitalize(), "Guias baixadas"),
        tuple((dito, milhar(n)) for dito, _, n in grupos),
    )


def _reais(centavos: int) -> str:
    return dinheiro(Decimal(centavos) / 100)
