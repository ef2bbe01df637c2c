"""Decides what is carried: measures, product, insured value (EMIS-10, EMIS-20, EMIS-22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras import pedidos
from separador.fiscal.emissao.regras.operacao import Operacao


@dataclass(frozen=True, slots=True)
class Mercadoria:
    """The goods. `medidas`: (unit, kind of measure, quantity), equal ones added up."""

    valor: Decimal
    produto: str
    outras: str
    medidas: tuple[tuple[str, str, Decimal], ...]
    averbacao: Decimal | None


def decidir(caso: Caso, operacao: Operacao, medidas: Sequence[No], valor: Decimal) -> Mercadoria | None:
    """Returns the goods. None: something is missing (told), or a document that has none: a complement, OS, GTV-e."""
    if operacao.complementar or operacao.modelo != "57":
        return None
    cte = caso.cte
    produto = cte.texto("produto_predominante")
    if not produto:
        mensagem = "Falta o produto predominante."
        caso.errar("SEP-EMIS-22", "produto_predominante", mensagem, "Diga o que é transportado.")
    somadas = somar(caso, medidas)
    nas_entregas = (n for e in cte.nos("entregas") for n in e.nos("notas"))
    das_notas = any("medidas" in n.ruins for n in (*pedidos.notas(cte), *nas_entregas))
    if not medidas and not das_notas and not pedidos.ilegivel(cte, "medidas"):
        mensagem = "Falta a quantidade da carga: ao menos uma medida."
        caso.errar("SEP-EMIS-10", "medidas", mensagem, "Diga unidade, tipo e quantidade, no CT-e ou nas notas.")
    if not produto or somadas is None or not somadas:
        return None
    averbacao = cte.numero("valor_averbacao") or None
    return Mercadoria(valor, produto, cte.texto("outras_caracteristicas"), somadas, averbacao)


def somar(caso: Caso, medidas: Sequence[No]) -> tuple[tuple[str, str, Decimal], ...] | None:
    """Adds up equal measures, in order of appearance. None: one is incomplete (told)."""
    somas: dict[tuple[str, str], Decimal] = {}
    inteira = True
    for no in medidas:
        for nome in ("unidade", "tipo", "quantidade"):
            if not no.dado(nome):
                mensagem = f"Falta {nome} da medida."
                caso.achados.errar("SEP-EMIS-10", no.em(nome), mensagem, "Preencha o campo.")
        quantidade = no.numero("quantidade")
        if "unidade" not in no or "tipo" not in no or quantidade is None:
            inteira = False
            continue
        par = (no.texto("unidade"), no.texto("tipo"))
        somas[par] = somas.get(par, Decimal(0)) + quantidade
    return tuple((u, t, q) for (u, t), q in somas.items()) if inteira else None
