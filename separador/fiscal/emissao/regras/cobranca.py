"""Decides invoice and instalments of a CT-e (EMIS-23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.dinheiro import CEM, ratear
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.numero import PROVISORIO
from separador.fiscal.emissao.regras.operacao import Operacao
from separador.nucleo import fuso
from separador.nucleo.texto.quantidade import quantos

CODIGO, LIMITE = "SEP-EMIS-23", 120
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Duplicata:
    """One instalment. `numero` empty: that of the CT-e, and which one it is."""

    numero: str
    vencimento: date
    valor: Decimal
    titulo: str = ""


@dataclass(frozen=True, slots=True)
class Cobranca:
    """The invoice. `numero` empty: that of the CT-e. `liquido` is what is received."""

    numero: str
    original: Decimal
    desconto: Decimal
    liquido: Decimal
    duplicatas: tuple[Duplicata, ...]

    @property
    def titulos(self) -> list[dict[str, str]]:
        """Returns the instalments as the record has them: the layout has no place for the kind of title."""
        campos = (("numero", "vencimento", "valor", "tipo_titulo"),) * len(self.duplicatas)
        valores = ((d.numero, d.vencimento.isoformat(), f"{d.valor:.2f}", d.titulo) for d in self.duplicatas)
        return [{n: v for n, v in zip(c, vs, strict=True) if v} for c, vs in zip(campos, valores, strict=True)]


def decidir(caso: Caso, operacao: Operacao, receber: Decimal, emissao: date) -> Cobranca | None:
    """Returns the invoice. None: there is none, or something is wrong with it (told)."""
    no = caso.cte.no("cobranca")
    if no is None:
        return None
    if not operacao.financeiro:
        fazer = "Retire a cobrança, ou use uma operação com financeiro: sim."
        caso.errar(CODIGO, "cobranca", "A operação não atualiza o financeiro: o CT-e não tem cobrança.", fazer)
        return None
    if not receber:
        caso.errar(CODIGO, "cobranca", "O CT-e não tem valor a receber: nada há que cobrar.", "Retire a cobrança.")
        return None
    fatura = no.no("fatura") or No(no.em("fatura"))
    _conferir_numero(caso, fatura)
    negociada = no.dado("tipo_negociacao")
    if negociada and (no.dado("fatura") or no.dado("duplicatas")):
        fazer = "Deixe tipo_negociacao, ou fatura e duplicatas."
        caso.achados.errar(CODIGO, no.em("tipo_negociacao"), "A cobrança é dita de dois modos.", fazer)
        return None
    if no.ruins or fatura.ruins:
        return None
    desconto = fatura.numero("desconto") or _ZERO
    original = fatura.numero("valor_original") or receber + desconto
    if original - desconto != receber:
        mensagem = f"A fatura dá {original - desconto:.2f}, e o valor a receber é {receber:.2f}."
        caso.achados.errar(CODIGO, fatura.em("valor_original"), mensagem, "Corrija o valor original, ou o desconto.")
        return None
    duplicatas = _negociadas(caso, no, receber, emissao) if negociada else _dadas(caso, no, receber, emissao)
    if duplicatas is None:
        return None
    motivo = f"{quantos(len(duplicatas), 'parcela', 'parcelas')}, que somam o valor a receber"
    caso.decidir("cobrança", f"{receber:.2f}", motivo, "EMIS-23")
    return Cobranca(fatura.texto("numero"), original, desconto, receber, tuple(duplicatas))


def _negociadas(caso: Caso, no: No, receber: Decimal, emissao: date) -> Sequence[Duplicata] | None:
    """Returns the instalments of a kind of negotiation: days from the issue, values by their percentages."""
    onde = no.em("tipo_negociacao")
    registro = caso.registro("negociacoes", no.texto("tipo_negociacao"), onde)
    if registro is None:
        return None
    parcelas = registro.nos("parcelas")
    partes = [p.numero("percentual") or _ZERO for p in parcelas]
    if sum(partes, _ZERO) != CEM:
        mensagem = f"As parcelas da negociação somam {sum(partes, _ZERO)}%, e não 100%."
        caso.achados.errar(CODIGO, onde, mensagem, f"Corrija a negociação em {caso.cadastros.onde('negociacoes')}.")
        return None
    if not _cabem(caso, onde, len(parcelas)):
        return None
    valores = ratear(receber, partes)
    if not all(valores):
        mensagem = f"O valor a receber, {receber:.2f}, não dá para {len(parcelas)} parcelas."
        caso.achados.errar(CODIGO, onde, mensagem, "Use outra negociação.")
        return None
    return [
        Duplicata("", emissao + timedelta(days=int(p.numero("dias") or 0)), valor, p.texto("tipo_titulo"))
        for p, valor in zip(parcelas, valores, strict=True)
    ]


def _dadas(caso: Caso, no: No, receber: Decimal, emissao: date) -> Sequence[Duplicata] | None:
    """Returns the instalments as they are given. None: one is incomplete, or they are not what is received (told)."""
    nos = no.nos("duplicatas")
    if not _cabem(caso, no.em("duplicatas"), len(nos)):
        return None
    feitas = [d for n in nos if (d := _dada(caso, n, emissao)) is not None]
    if len(feitas) < len(nos):
        return None
    soma = sum((d.valor for d in feitas), _ZERO)
    if nos and soma != receber:
        mensagem = f"As duplicatas somam {soma:.2f}, e o valor a receber é {receber:.2f}."
        caso.achados.errar(CODIGO, no.em("duplicatas"), mensagem, "Corrija os valores das duplicatas.")
        return None
    return feitas


def _dada(caso: Caso, no: No, emissao: date) -> Duplicata | None:
    for nome in ("vencimento", "valor"):
        if not no.dado(nome):
            caso.achados.errar(CODIGO, no.em(nome), f"Falta {nome} da duplicata.", "Preencha o campo.")
    _conferir_numero(caso, no)
    vencimento, valor = no.data("vencimento"), no.numero("valor")
    if valor == 0:
        caso.achados.errar(
            CODIGO, no.em("valor"), "A duplicata não tem valor.", "Diga um valor, ou retire a duplicata."
        )
    if vencimento is not None and vencimento < emissao:
        mensagem = f"A duplicata vence em {fuso.dia(vencimento)}, antes da emissão, {fuso.dia(emissao)}."
        caso.achados.errar(CODIGO, no.em("vencimento"), mensagem, "Corrija o vencimento.")
        return None
    if vencimento is None or not valor or no.ruins:
        return None
    return Duplicata(no.texto("numero"), vencimento, valor, no.texto("tipo_titulo"))


def _cabem(caso: Caso, onde: str, parcelas: int) -> bool:
    if parcelas > LIMITE:
        mensagem = f"São {parcelas} parcelas; o limite é {LIMITE}."
        caso.achados.errar(CODIGO, onde, mensagem, "Retire as que sobram.")
    return parcelas <= LIMITE


def _conferir_numero(caso: Caso, no: No) -> None:
    """Refuses the number that stands for the CT-e's own until it is known."""
    if no.texto("numero").partition("-")[0] == str(PROVISORIO):
        mensagem = f"O número {no.texto('numero')} não serve aqui."
        caso.achados.errar(CODIGO, no.em("numero"), mensagem, "Use outro número, ou nenhum: vale o do CT-e.")
