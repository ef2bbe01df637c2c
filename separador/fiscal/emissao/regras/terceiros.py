"""Checks a CT-e of third parties, which a load brings to be recorded: it is never issued, and takes no number."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.no import No

DESDE = date(2018, 1, 1)
"""From this day on the municipalities are demanded."""
_CIDADES = ("cod_cid_inicio", "cod_cid_fim")


@dataclass(frozen=True, slots=True)
class Terceiro:
    """A CT-e of somebody else that the load brings."""

    campo: str
    chave: str
    emissao: date
    valor: Decimal


def decidir(caso: Caso) -> Terceiro | None:
    """Returns the CT-e as it is recorded. None: something is wrong with it (told)."""
    no = caso.cte.no("terceiros")
    if no is None:
        return None
    faltam = [nome for nome in ("chave", "emissao", "valor") if not no.dado(nome)]
    for nome in faltam:
        caso.achados.errar("SEP-EMIS-22", no.em(nome), f"Falta {nome} no CT-e de terceiros.", "Preencha o campo.")
    operacao = _operacao(caso)
    chave, emissao, valor = no.texto("chave"), no.data("emissao"), no.numero("valor")
    if emissao is not None and operacao is not None:
        _conferir_cidades(caso, emissao, terceiros=comparavel(operacao.texto("cte")) == "terceiros")
    if not chave or emissao is None or valor is None:
        return None
    caso.decidir("terceiros", chave, "CT-e de terceiros: só é registrado", "EMIS-02")
    return Terceiro(caso.cte.campo, chave, emissao, valor)


def _operacao(caso: Caso) -> No | None:
    """Returns the record of the operation, which must be a purchase."""
    dito = caso.cte.texto("tipo_operacao")
    registro = caso.cadastros.achar("operacoes", dito).registro if dito else None
    if registro is None or registro.texto("movimento") != "compra":
        fazer = f"Use uma operação com movimento: compra, de {caso.cadastros.onde('operacoes')}."
        caso.errar("SEP-EMIS-22", "tipo_operacao", "Um CT-e de terceiros exige uma operação de compra.", fazer)
        return None
    return registro


def _conferir_cidades(caso: Caso, emissao: date, *, terceiros: bool) -> None:
    """Demands both municipalities of an operation whose CT-e is of third parties, else one of them."""
    faltam = [nome for nome in _CIDADES if not caso.cte.dado(nome)]
    if emissao < DESDE or not faltam:
        return
    if terceiros:
        for nome in faltam:
            mensagem = f"Falta {nome}: um CT-e de terceiros tem os dois municípios."
            caso.errar("SEP-EMIS-02", nome, mensagem, "Preencha o campo com o código do IBGE.")
    elif len(faltam) == len(_CIDADES):
        mensagem = "Falta o município de início ou o de fim do CT-e de terceiros."
        caso.errar("SEP-EMIS-02", "cod_cid_inicio", mensagem, "Preencha um dos dois com o código do IBGE.")
