"""Decides IBS and CBS: by the rates of the day, never guessed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from separador.fiscal.emissao.ambiente import Aliquotas
from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.dinheiro import CEM, arredondar, por_cento
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Emitente
from separador.fiscal.emissao.regras.icms import Icms
from separador.fiscal.emissao.regras.servicos import Tributacao
from separador.nucleo import fuso

_OBRIGADOS = ("2", "3")
_QUATRO = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Aliquota:
    """One of the three taxes: rate, the rate after reduction (None: no reduction), value."""

    taxa: Decimal
    efetiva: Decimal | None
    valor: Decimal


@dataclass(frozen=True, slots=True)
class IbsCbs:
    """The group. `base` None: only CST and classification are written."""

    cst: str
    classificacao: str
    base: Decimal | None = None
    reducao: Decimal | None = None
    uf: Aliquota | None = None
    mun: Aliquota | None = None
    cbs: Aliquota | None = None


def decidir(
    caso: Caso, emitente: Emitente, total: Decimal, icms: Icms, t: Tributacao, dia: date
) -> IbsCbs | None:  # fmt: skip
    """Returns the group. None: the issuer has none (CRT 1, 4), or it cannot be decided (told)."""
    if emitente.crt not in _OBRIGADOS or emitente.pis is None or emitente.cofins is None:
        caso.decidir("IBSCBS", "não há", f"CRT {emitente.crt}")
        return None
    dado, p = t.ibscbs or No(), caso.ambiente.parametros
    cst = dado.texto("cst", p.ibscbs_cst)
    classificacao = dado.texto("classificacao", p.ibscbs_classificacao)
    if cst == "410":
        caso.decidir("IBSCBS", f"{cst} {classificacao}", "sem incidência: só CST e classificação")
        return IbsCbs(cst, classificacao)
    reducao = dado.numero("reducao") if dado.dado("reducao") else p.ibscbs_reducao if cst == p.ibscbs_cst else None
    if cst not in ("000", "200") or (cst == "200" and reducao is None):
        porque = "exige a redução" if cst == "200" else "ainda não é emitido aqui: 000, 200 (com redução) e 410 são"
        fazer = "Corrija impostos.ibscbs da carga, do serviço ou emissao.ibscbs da configuração."
        caso.errar("SEP-IBSCBS-CST", "impostos", f"O CST {cst} do IBS e da CBS {porque}.", fazer)
        return None
    linha = _da_data(caso, dia)
    if linha is None:
        return None
    livre = total - icms.subtrai
    base = livre - por_cento(livre, emitente.pis) - por_cento(livre, emitente.cofins)
    aplicada = reducao if cst == "200" else None
    trio = [_aliquota(base, taxa, aplicada) for taxa in (linha.ibs_uf, linha.ibs_mun, linha.cbs)]
    motivo = (
        f"CRT {emitente.crt}; alíquotas de {linha.de} a {linha.ate}; base {base:.2f} = prestação − ICMS − PIS − COFINS"
    )
    caso.decidir("IBSCBS", f"{cst} {classificacao}", motivo)
    return IbsCbs(cst, classificacao, base, aplicada, *trio)


def _da_data(caso: Caso, dia: date) -> Aliquotas | None:
    achada = next((a for a in caso.ambiente.parametros.aliquotas if a.de <= dia <= a.ate), None)
    if achada is None:
        fazer = "Preencha emissao.aliquotas_ibscbs na configuração, com as alíquotas que a lei der."
        mensagem = f"Não há alíquotas de IBS e CBS para {fuso.dia(dia)}."
        caso.achados.errar("SEP-IBSCBS-VIGENCIA", caso.cte.campo or "carga", mensagem, fazer)
    return achada


def _aliquota(base: Decimal, taxa: Decimal, reducao: Decimal | None) -> Aliquota:
    if reducao is None:
        return Aliquota(taxa, None, por_cento(base, taxa))
    efetiva = arredondar(taxa * (CEM - reducao) / CEM, _QUATRO)
    return Aliquota(taxa, efetiva, por_cento(base, efetiva))
