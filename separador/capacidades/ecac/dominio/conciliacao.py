"""Matches payments to guides. It is pure: findings are returned as values; the service acts on them.

1. The same canonical number and the same taxpayer: the guide is settled.
2. The value is compared afterwards. A different value still settles the guide, and is reported.
3. A guide without number: same receita, same period and same value to the cent. A single candidate is a suggestion for
a person.
4. Two documents for the same period and receita: both are kept, and reported.
5. Nothing is ever unsettled here. A payment that is gone is reported.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from separador.capacidades.ecac.dominio.arrecadacao import (
    NOMES_TIPO,
    Pagamento,
    TipoDocumento,
    Valores,
    canonico,
    completo,
)
from separador.capacidades.ecac.dominio.guia import Guia
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.nucleo.fuso import dia

T = TypeVar("T")
_ZERO = Decimal(0)

DA_CONCILIACAO = (
    *(Especie.PAGO_SEM_GUIA, Especie.VALOR_DIVERGENTE, Especie.PAGO_EM_DUPLICIDADE, Especie.SUGESTAO),
    *(Especie.CANDIDATOS, Especie.NUMERO_REPETIDO, Especie.SEM_NUMERO),
)
"""The open occurrences of these kinds are exactly what the matching finds; the service adds SEM_NUMERO."""


@dataclass(frozen=True, slots=True)
class Baixa:
    """A guide and the payment that settles it. `divergente`: the value is not the guide's (there is an occurrence)."""

    guia: Guia
    pagamento: Pagamento
    divergente: bool = False


@dataclass(frozen=True, slots=True)
class Sugestao:
    """A guide without number and its only candidate. A person approves or refuses it."""

    guia: Guia
    pagamento: Pagamento


@dataclass(frozen=True, slots=True)
class Conciliado:
    """Everything that was found. The occurrences of suggestions and of differing values are among `ocorrencias`."""

    baixas: tuple[Baixa, ...]
    sugestoes: tuple[Sugestao, ...]
    ocorrencias: tuple[Ocorrencia, ...]


def conciliar(
    contribuinte: str,
    guias: Sequence[Guia],
    pagamentos: Iterable[Pagamento],
    recusadas: frozenset[tuple[int, str]] = frozenset(),
) -> Conciliado:
    """Matches the payments of one taxpayer with its guides, settled ones included (they claim their payments).

    `recusadas`: (guide, canonical payment number) pairs that a person refused; they are never suggested again. A guide
    of another taxpayer is ignored.
    """
    proprias = [g for g in guias if g.contribuinte == contribuinte]
    pagos = sem_repetidos(pagamentos)
    por_numero = _agrupar((g for g in proprias if g.canonico), lambda g: g.canonico)
    repetidas = {n: gs for n, gs in por_numero.items() if len(gs) > 1}
    baixas = [
        Baixa(por_numero[p.canonico][0], p, divergente=not valor_confere(por_numero[p.canonico][0].valores, p.valores))
        for p in _um_por_numero(pagos)
        if p.canonico in por_numero and p.canonico not in repetidas
    ]
    livres = _livres(_um_por_numero(pagos), proprias)
    sugestoes, duvidas = _sugerir(contribuinte, proprias, livres, recusadas)
    novas = tuple(b for b in baixas if not b.guia.estado.baixada)
    ocorrencias = (
        *(_repetido(contribuinte, n, gs) for n, gs in repetidas.items()),
        *(_divergente(b) for b in baixas if b.divergente),
        *(_sugerido(s) for s in sugestoes),
        *duvidas,
        *_em_duplicidade(contribuinte, pagos),
        *_sem_guia(contribuinte, livres, sugestoes),
    )
    return Conciliado(novas, tuple(sugestoes), ocorrencias)


def sem_repetidos(pagamentos: Iterable[Pagamento]) -> list[Pagamento]:
    """Returns each payment once, in order. A page that came twice (its offset was misread) adds nothing."""
    return list(dict.fromkeys(pagamentos))


def sumidos(contribuinte: str, guias: Sequence[Guia], pagamentos: Iterable[Pagamento]) -> tuple[Ocorrencia, ...]:
    """Returns an occurrence per settled guide whose payment is no longer there.

    To be called only after a complete answer to a query that asked for their numbers.
    """
    presentes = {p.canonico for p in pagamentos}
    return tuple(
        Ocorrencia(
            Especie.PAGAMENTO_SUMIU,
            contribuinte,
            f"guia:{g.id}",
            f"A guia foi baixada com o documento {completo(g.pagamento)}, que não está mais entre os pagamentos.",
            g.id,
            g.pagamento,
        )
        for g in guias
        if g.contribuinte == contribuinte and g.estado.baixada and g.pagamento and g.pagamento not in presentes
    )


def valor_confere(guia: Valores, pago: Valores) -> bool:
    """Says whether the values agree: equal totals, or the guide's principal plus fine and interest.

    Returns True when there is nothing to compare with.
    """
    if pago.total is None or (guia.total is None and guia.principal is None):
        return True
    if guia.total is not None and pago.total == guia.total:
        return True
    base = guia.principal if guia.principal is not None else guia.total
    encargos = (pago.multa or _ZERO) + (pago.juros or _ZERO)
    return base is not None and encargos > 0 and base == pago.total - encargos


def _agrupar(itens: Iterable[T], chave: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    grupos: dict[Hashable, list[T]] = defaultdict(list)
    for item in itens:
        grupos[chave(item)].append(item)
    return dict(grupos)


def _um_por_numero(pagos: Iterable[Pagamento]) -> list[Pagamento]:
    """Returns the first payment of each number, which settles.

    A second one of the same number is reported as paid twice.
    """
    return list({p.canonico: p for p in reversed(list(pagos))}.values())[::-1]


def _livres(pagos: Iterable[Pagamento], guias: Iterable[Guia]) -> list[Pagamento]:
    """Returns the payments that no guide claims by its number, and with which no person settled a guide."""
    tomados = {g.canonico for g in guias if g.canonico} | {canonico(g.pagamento) for g in guias if g.pagamento}
    return [p for p in pagos if p.canonico not in tomados]


def _sugerir(
    contribuinte: str, guias: Sequence[Guia], livres: Sequence[Pagamento], recusadas: frozenset[tuple[int, str]]
) -> tuple[list[Sugestao], list[Ocorrencia]]:
    """Returns the suggestions and the questions.

    A single candidate, wanted by one guide only, is a suggestion. Anything else is a question.
    """
    sem_numero = [g for g in guias if not g.canonico and not g.estado.baixada]
    candidatos = {
        g.id: [p for p in livres if _parece(g, p) and (g.id, p.canonico) not in recusadas] for g in sem_numero
    }
    pretendentes = _agrupar((p.canonico for ps in candidatos.values() for p in ps), lambda n: n)
    sugestoes, duvidas = [], []
    for guia in sem_numero:
        achados = candidatos[guia.id]
        if len(achados) == 1 and len(pretendentes[achados[0].canonico]) == 1:
            sugestoes.append(Sugestao(guia, achados[0]))
        elif achados:
            duvidas.append(_duvida(contribuinte, guia, achados))
    return sugestoes, duvidas


def _parece(guia: Guia, pago: Pagamento) -> bool:
    """Says whether kind, receita, period and total (to the cent) are equal.

    An unknown value on either side means False.
    """
    if guia.tipo != pago.tipo or guia.periodo is None or pago.periodo_apuracao is None:
        return False
    total = guia.valores.total if guia.valores.total is not None else guia.valores.principal
    mesma_receita = guia.receita is not None and pago.receita is not None and guia.receita == pago.receita.codigo
    # A DAS is one guide for all its taxes: it has no revenue code of its own.
    if not mesma_receita and not (guia.tipo is TipoDocumento.DAS and guia.receita is None):
        return False
    return total is not None and total == pago.valores.total and guia.periodo.contem(pago.periodo_apuracao)


def _em_duplicidade(contribuinte: str, pagos: Sequence[Pagamento]) -> list[Ocorrencia]:
    """Finds payments of the same period and receita, and one number paid on two days.

    Payments also differ by property or reference, where there is one.
    """
    grupos = _agrupar((p for p in pagos if p.periodo_apuracao is not None), _sobre_o_que)
    iguais = _agrupar(pagos, lambda p: p.canonico)
    achados = (_duplicado(contribuinte, g) for g in [*grupos.values(), *iguais.values()] if len(g) > 1)
    return list({o.assunto: o for o in achados}.values())


def _sobre_o_que(p: Pagamento) -> Hashable:
    receita = (p.receita.codigo, p.receita.extensao) if p.receita else None
    return p.tipo, receita, p.periodo_apuracao, p.referencia, tuple(d.cib for d in p.desmembramentos)


def _duplicado(contribuinte: str, grupo: Sequence[Pagamento]) -> Ocorrencia:
    primeiro = min(grupo, key=lambda p: (p.arrecadacao, p.canonico))
    lista = "; ".join(f"{completo(p.numero)} em {dia(p.arrecadacao)}, {reais(p.valores.total)}" for p in grupo)
    receita = f" receita {primeiro.receita.codigo}" if primeiro.receita else ""
    periodo = f" período {dia(primeiro.periodo_apuracao)}" if primeiro.periodo_apuracao else ""
    assunto = "duplicidade:" + ",".join(sorted({p.canonico for p in grupo}))
    detalhe = f"{_nome(primeiro)}{receita}{periodo}: {len(grupo)} pagamentos ({lista})."
    return Ocorrencia(Especie.PAGO_EM_DUPLICIDADE, contribuinte, assunto, detalhe, None, primeiro.canonico)


def _sem_guia(contribuinte: str, livres: Sequence[Pagamento], sugestoes: Sequence[Sugestao]) -> list[Ocorrencia]:
    sugeridos = {s.pagamento.canonico for s in sugestoes}
    return [
        Ocorrencia(
            Especie.PAGO_SEM_GUIA,
            contribuinte,
            f"pagamento:{p.canonico}",
            f"{_nome(p)} {completo(p.numero)} pago em {dia(p.arrecadacao)}, {reais(p.valores.total)}, "
            "sem guia correspondente.",
            None,
            p.canonico,
        )
        for p in livres
        if p.canonico not in sugeridos
    ]


def _repetido(contribuinte: str, numero: Hashable, guias: Sequence[Guia]) -> Ocorrencia:
    ids = ", ".join(str(g.id) for g in guias)
    detalhe = f"As guias {ids} têm o mesmo número {completo(str(numero))}; nenhuma é baixada enquanto for assim."
    return Ocorrencia(Especie.NUMERO_REPETIDO, contribuinte, f"numero:{numero}", detalhe, guias[0].id, str(numero))


def _divergente(b: Baixa) -> Ocorrencia:
    valor = b.guia.valores.total if b.guia.valores.total is not None else b.guia.valores.principal
    detalhe = f"Guia {b.guia.nome}, de {reais(valor)}, documento {completo(b.pagamento.numero)} pago por "
    detalhe += f"{reais(b.pagamento.valores.total)}."
    especie = Especie.VALOR_DIVERGENTE
    return Ocorrencia(especie, b.guia.contribuinte, f"guia:{b.guia.id}", detalhe, b.guia.id, b.pagamento.canonico)


def _sugerido(s: Sugestao) -> Ocorrencia:
    detalhe = (
        f"A guia {s.guia.id} não tem número; o documento {completo(s.pagamento.numero)}, pago em "
        f"{dia(s.pagamento.arrecadacao)}, tem a mesma receita, o mesmo período e o mesmo valor "
        f"({reais(s.pagamento.valores.total)})."
    )
    assunto = f"guia:{s.guia.id}"
    return Ocorrencia(Especie.SUGESTAO, s.guia.contribuinte, assunto, detalhe, s.guia.id, s.pagamento.canonico)


def _duvida(contribuinte: str, guia: Guia, achados: Sequence[Pagamento]) -> Ocorrencia:
    numeros = ", ".join(completo(p.numero) for p in achados)
    detalhe = f"A guia {guia.id} não tem número, e o pagamento não é certo; possíveis: {numeros}."
    return Ocorrencia(Especie.CANDIDATOS, contribuinte, f"guia:{guia.id}", detalhe, guia.id)


def _nome(p: Pagamento) -> str:
    tipo = next((t for t in TipoDocumento if t == p.tipo), None)
    return NOMES_TIPO[tipo] if tipo else p.tipo_nome or f"Documento tipo {p.tipo}"


def reais(valor: Decimal | None) -> str:
    """Returns an amount as people write it: `R$ 1.458,30`."""
    if valor is None:
        return "valor não informado"
    return "R$ " + f"{valor:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
