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
    Movimento,
    horas,
    juntar,
    por_dia,
    por_hora,
)
from separador.capacidades.movimento.telas.grafico import Deitado, Grafico, barras, deitadas
from separador.capacidades.movimento.telas.meses import Contagem, contar
from separador.nucleo import capacidade
from separador.nucleo.falha import descrever
from separador.nucleo.fuso import dia, para_pessoas
from separador.nucleo.texto.quantidade import milhar, quantos
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.modelos import dinheiro
from separador.painel.base.resposta import ACHADA, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.tempo import entre_dias

_TITULO = "Movimento"
DIAS = 7
"""Days of the period when none is given: the week."""
MESES_DE = 93
"""Days from which a period is shown by months: more bars than that are no picture."""
MESES = 121
"""More months than ten years have are shown by years."""
_HORA, _MES = "hora", "mês"
RECUSAS = 10
_TRES = (("autorizado", "autorizados"), ("rejeitado", "rejeitados"), ("cancelado", "cancelados"))
_UM = (("autorizado", "autorizados"),)


@dataclass(frozen=True, slots=True)
class Quadro:
    """A chart and the table below it. `numericas`: columns of the table, from this one on, that hold numbers."""

    grafico: Grafico | Deitado
    colunas: tuple[str, ...]
    linhas: tuple[tuple[str, ...], ...]
    depois: str = ""
    numericas: int = 1


def movimento(v: Visita) -> Resposta:
    """Shows what passed in a period, of all companies or of one."""
    hoje = para_pessoas(v.agora).date()
    ate = _dia(v.consulta.um("ate")) or hoje
    de = _dia(v.consulta.um("de")) or date.fromordinal(max(ate.toordinal() - DIAS + 1, 1))
    empresa, por = cnpj(v.consulta.um("empresa")), "hora" if v.consulta.um("por") == "hora" else "dia"
    aviso = "" if de <= ate else "O primeiro dia do período é depois do último."
    ha = not aviso and tabela.existe(v.banco)
    contagem = _juntar(v, de, ate, empresa, por) if ha else None
    passado = tabela.passado(v.banco) if tabela.existe(v.banco) else None
    valores: dict[str, Any] = {
        "filtro": {"de": de.isoformat(), "ate": ate.isoformat(), "empresa": empresa, "por": por},
        "empresas": empresas(v, empresa),
        "quadros": list(_todos(contagem, de, ate, por)) if contagem is not None and contagem.grupos else [],
        "faltam": contagem.faltam if contagem is not None else 0,
        "aqui": v.consulta.endereco(v.caminho),
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


def _juntar(v: Visita, de: date, ate: date, empresa: str, por: str) -> Contagem | None:
    """Returns what passed in the period, or None where nothing did. A long one is counted month by month."""
    inicio, fim = entre_dias(de, ate)
    if inicio is None or fim is None:
        return None
    if (ate - de).days >= MESES_DE:
        return contar(v, de, ate, empresa or None, _HORA if por == "hora" else _MES)
    periodo = horas(inicio, fim)
    linhas = list(tabela.por_hora(v.banco, *periodo, empresa or None))
    if not linhas:
        return None
    como = por_hora if por == "hora" else por_dia
    return Contagem(juntar(linhas, como(para_pessoas)), tabela.recusas(v.banco, *periodo, empresa or None, RECUSAS))


def _todos(c: Contagem, de: date, ate: date, por: str) -> Iterable[Quadro]:
    nomes, juntos, unidade = _em_grupos(c.grupos, de, ate, por)
    soma = Movimento()
    for m in c.grupos.values():
        soma.juntar(m)
    yield _documentos(nomes, juntos, unidade, soma)
    yield _tempos(soma)
    yield _das_recusas(c.recusas[:RECUSAS])
    yield _guias(nomes, juntos, unidade)


def _em_grupos(
    grupos: dict[str, Movimento], de: date, ate: date, por: str
) -> tuple[list[tuple[str, str, str]], dict[str, Movimento], str]:
    """Returns the groups (as keyed, as told, as told in little room), what passed in each, and what a group is."""
    if por == "hora":
        return [(f"{h:02}h", f"{h:02}h", f"{h}h") for h in range(24)], grupos, "hora"
    if (ate - de).days < MESES_DE:
        dias = [de + timedelta(days=i) for i in range((ate - de).days + 1)]
        return [(d.isoformat(), dia(d), dia(d)[:5]) for d in dias], grupos, "dia"
    if len(grupos) <= MESES:
        return [(n, f"{n[5:]}/{n[:4]}", f"{n[5:]}/{n[2:4]}") for n in sorted(grupos)], grupos, "mês"
    anos: dict[str, Movimento] = {}
    for nome, m in grupos.items():
        anos.setdefault(nome[:4], Movimento()).juntar(m)
    return [(a, a, a) for a in sorted(anos)], anos, "ano"


def _documentos(
    nomes: Sequence[tuple[str, str, str]], juntos: dict[str, Movimento], unidade: str, soma: Movimento
) -> Quadro:
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
        f"Ao todo: {quantos(soma.arquivos, 'arquivo', 'arquivos')},"
        f" {quantos(soma.autorizados, 'autorizado', 'autorizados')} (R$ {_reais(soma.valor)}),"
        f" {quantos(soma.rejeitados, 'rejeitado', 'rejeitados')},"
        f" {quantos(soma.cancelados, 'cancelado', 'cancelados')}.",
    )


def _tempos(soma: Movimento) -> Quadro:
    nomes = [*(f"até {_segundos(t)}" for t in TEMPOS_S), f"mais de {_segundos(TEMPOS_S[-1])}"]
    curtos = [*(_segundos(t) for t in TEMPOS_S), f"> {_segundos(TEMPOS_S[-1])}"]
    desenho = [(nome, curto, (n,)) for nome, curto, n in zip(nomes, curtos, soma.tempos, strict=True)]
    tabelada = tuple((nome, milhar(n)) for nome, n in zip(nomes, soma.tempos, strict=True))
    return Quadro(
        barras("Tempo até a autorização", _UM, desenho),
        ("Do arquivo à autorização", "CT-e"),
        tabelada,
        f"Metade (p50) {_ate(soma, 0.5)}; 99 de cada 100 (p99) {_ate(soma, 0.99)}, pelas faixas abaixo. Conta desde a"
        " entrada do arquivo: também o tempo em que ele esperou por uma pessoa."
        if sum(soma.tempos)
        else "",
    )


def _ate(m: Movimento, parte: float) -> str:
    limite = m.ate_s(parte)
    return f"em mais de {_segundos(TEMPOS_S[-1])}" if limite is None else f"em até {_segundos(limite)}"


def _segundos(s: float) -> str:
    if s >= 3600:
        return f"{s / 3600:g} h"
    return f"{s / 60:g} min" if s >= 60 else f"{s:g} s".replace(".", ",")


def _das_recusas(recusas: Sequence[tuple[str, str, int]]) -> Quadro:
    desenho = [(codigo, codigo, n) for _, codigo, n in recusas]
    return Quadro(
        deitadas("Recusas mais comuns", "rejeitado", desenho),
        ("Código", "De quem", "Significado", "Vezes"),
        tuple((codigo, quem, _significado(quem, codigo), milhar(n)) for quem, codigo, n in recusas),
        "" if recusas else "Nenhuma recusa no período.",
        numericas=3,
    )


def _significado(quem: str, codigo: str) -> str:
    """Returns what a code says, as its authority's table has it. What is refused here often has SEFAZ's code."""
    ditos = (dizer(codigo) for dizer in capacidade.de_cada("significado"))
    dito = next((dito for dito in ditos if dito), "")
    if dito or quem == DA_SEFAZ:
        return dito
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
