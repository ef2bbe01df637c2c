"""Says what is wrong with a value: which letter at which position, what is right, what to do."""

import base64
import functools
import re
from dataclasses import dataclass, field

from separador.fiscal.mensagens.automato import Automato, automato
from separador.fiscal.mensagens.padroes import BASES, DOS_PEDIDOS, PADROES, TEXTO, TEXTOS, Padrao
from separador.fiscal.mensagens.sugestoes import sugerir
from separador.fiscal.mensagens.tipo_simples import TipoSimples
from separador.nucleo.texto.letras import aconselhar, latina, mostrar, nomear, solto, trecho
from separador.nucleo.texto.quantidade import milhar, quantos

INTEIRO_ATE = 60
"""A value up to here is shown whole; of a longer one, the part around the fault."""
_MAIS_ACEITOS = 40
_CORRIJA = "Corrija o valor no sistema emissor e gere o arquivo de novo."
_DAS_BASES = {
    "integer": "-?[0-9]+",
    "positiveInteger": "[0-9]+",
    "nonNegativeInteger": "[0-9]+",
    "gYearMonth": "[0-9]{4}-(0[1-9]|1[0-2])",
}
"""Patterns of kinds of value for which the schema gives none of its own."""


@dataclass(slots=True)
class Veredito:
    """What was found in a value. `onde`: the first place (from 0), None when no single letter is to blame."""

    achados: list[str] = field(default_factory=list)
    onde: int | None = None
    conselho: str = ""

    def nota(self, achado: str, onde: int | None = None, conselho: str = "") -> None:
        """Adds a finding. The first place and the first advice stay."""
        self.achados.append(achado)
        self.onde = onde if self.onde is None else self.onde
        self.conselho = self.conselho or conselho


def descrever(valor: str, tipo: TipoSimples) -> tuple[str, str]:
    """Returns what is wrong and right about a value that the schema refuses, and what to do."""
    veredito = _julgar(valor, tipo)
    return _dito(valor, tipo, veredito), _conselho(valor, tipo, veredito)


def descrever_no_pedido(valor: str, tipo: TipoSimples) -> str:
    """Returns the same in one text about a value that somebody gave in an order, without a sender's system."""
    veredito = _julgar(valor, tipo)
    conselho = f" {veredito.conselho[0].upper()}{veredito.conselho[1:]}." if veredito.conselho else ""
    return _dito(valor, tipo, veredito) + conselho + _assim(valor, tipo)


def _dito(valor: str, tipo: TipoSimples, veredito: Veredito) -> str:
    achados = "; ".join(veredito.achados) or "não é um valor do leiaute"
    return f"{dito_do_valor(valor, veredito.onde)}: {achados}. O certo: {certo(tipo)}."


def certo(tipo: TipoSimples) -> str:
    """Returns what is right, with an example."""
    por_exemplo = "" if tipo.aceitos or tipo.fixo is not None else f", por exemplo «{exemplo(tipo)}»"
    return f"{frase(tipo)}{por_exemplo}"


def serve(valor: str, tipo: TipoSimples) -> bool:
    """Says whether a value fits. It follows the schema for the kinds of value that have a sentence here."""
    return not _julgar(valor, tipo).achados


@functools.cache
def frase(tipo: TipoSimples) -> str:
    """Returns what is right, in words."""
    if tipo.fixo is not None:
        return f"sempre «{tipo.fixo}»"
    if tipo.aceitos:
        sobra = f" e mais {len(tipo.aceitos) - _MAIS_ACEITOS}" if len(tipo.aceitos) > _MAIS_ACEITOS else ""
        rotulo = "sempre" if len(tipo.aceitos) == 1 else "um destes valores:"
        return f"{rotulo} {', '.join(f'«{a}»' for a in tipo.aceitos[:_MAIS_ACEITOS])}{sobra}"
    partes = [" ou ".join(dict.fromkeys(_padrao(p).frase for p in degrau)) for degrau in _degraus(tipo)]
    texto = ", e ".join(partes) or (BASES.get(tipo.base) or BASES["string"]).frase
    # Where the patterns tell the length themselves, "de 0 a 14 caracteres" would contradict them.
    conta = tipo.minimo == 0 and bool(_degraus(tipo)) and not serve("", tipo)
    return texto if conta else texto + _limites(tipo)


@functools.cache
def exemplo(tipo: TipoSimples) -> str:
    """Returns a value that fits. The field's own examples come first; a text is one of its length."""
    if tipo.fixo is not None:
        return tipo.fixo
    if tipo.base == "base64Binary":
        return BASES[tipo.base].exemplo if tipo.maximo is None else _em_base64(tipo.maximo)
    dados = (*tipo.aceitos[:1], *(_padrao(p).exemplo for degrau in _degraus(tipo) for p in degrau), *TEXTOS)
    base = (BASES.get(tipo.base) or BASES["string"]).exemplo
    escolhido = next((e for e in (base, *dados) if tipo.base != "string" and serve(e, tipo)), None)
    return escolhido or next((e for e in dados if serve(e, tipo)), None) or _esticado(tipo, dados[0])


def _esticado(tipo: TipoSimples, molde: str) -> str:
    tamanho = tipo.minimo or tipo.maximo or len(molde)
    return (molde * (tamanho // len(molde) + 1))[:tamanho]


def _em_base64(quantos: int) -> str:
    return base64.b64encode(bytes(range(quantos))).decode()


def _degraus(tipo: TipoSimples) -> list[tuple[str, ...]]:
    """Returns the patterns that say something: the plain text says nothing where a narrower one follows."""
    outros = [d for d in tipo.padroes if d != (TEXTO,)]
    return outros or list(tipo.padroes[:1])


def _padrao(padrao: str) -> Padrao:
    return PADROES.get(padrao) or DOS_PEDIDOS.get(padrao) or Padrao("outra forma, que o leiaute 4.00 descreve", "")


def _limites(tipo: TipoSimples) -> str:
    if tipo.base == "base64Binary":
        return f", com {_quantos((tipo.maximo + 2) // 3 * 4)}" if tipo.maximo is not None else ""
    if tipo.menor is not None:
        return f" a partir de {tipo.menor}"
    if tipo.maximo is None:
        return f", com pelo menos {_quantos(tipo.minimo)}" if tipo.minimo > 1 else ""
    if tipo.minimo == tipo.maximo:
        return f", com {_quantos(tipo.maximo)}"
    return f", de {tipo.minimo} a {_quantos(tipo.maximo)}"


def _quantos(numero: int) -> str:
    return quantos(numero, "caractere", "caracteres")


# --- what is wrong ------------------------------------------------------------------------------------------------


def _julgar(valor: str, tipo: TipoSimples) -> Veredito:
    veredito = Veredito()
    if tipo.fixo is not None:
        if valor != tipo.fixo:
            veredito.nota("não é o valor fixo deste campo")
        return veredito
    if tipo.base != "string":
        valor = " ".join(valor.split())  # the schema does so before it looks
    _letras(veredito, valor, tipo)
    if tipo.base == "base64Binary":
        _base64(veredito, "".join(valor.split()), tipo)
        return veredito
    _tamanho(veredito, valor, tipo)
    if veredito.achados:
        return veredito
    if tipo.aceitos and valor not in tipo.aceitos:
        veredito.nota("não está entre os valores aceitos")
    for degrau in tipo.padroes:
        _pelo_padrao(veredito, valor, degrau)
    if not veredito.achados:
        _pela_base(veredito, valor, tipo)
    return veredito


def _letras(veredito: Veredito, valor: str, tipo: TipoSimples) -> None:
    """Finds what no free text may have: letters outside Latin-1, and blanks at the ends."""
    aceitas = "".join(tipo.aceitos)  # a fixed text of the manual may have letters that free text may not
    fora = [i for i, letra in enumerate(valor) if not latina(letra) and letra not in aceitas]
    if fora:
        mais = f" (e mais {len(fora) - 1} fora do aceito)" if len(fora) > 1 else ""
        letra = valor[fora[0]]
        conselho = aconselhar(letra, valor)
        logo = f": {conselho}" if solto(letra) else ""
        veredito.nota(f"{_na_posicao(valor, fora[0])} há {nomear(letra)}{logo}{mais}", fora[0], conselho)
    elif (TEXTO,) in tipo.padroes and valor != valor.strip(" "):
        inicio = valor.startswith(" ")
        onde = 0 if inicio else len(valor.rstrip(" "))
        ponta = "início" if inicio else "fim"
        veredito.nota(
            f"{_na_posicao(valor, onde)} há um espaço, no {ponta} do valor", onde, f"apague o espaço do {ponta}"
        )


def _tamanho(veredito: Veredito, valor: str, tipo: TipoSimples) -> None:
    tem = f"tem {_quantos(len(valor))}"
    if tipo.maximo is not None and len(valor) > tipo.maximo:
        relacao = "o certo é" if tipo.minimo == tipo.maximo else "o máximo é"
        sobra = mostrar(valor[tipo.maximo :][:INTEIRO_ATE])
        achado = f"{tem}; {relacao} {tipo.maximo}: passa do limite a partir de «{sobra}»"
        veredito.nota(achado, tipo.maximo, f"encurte o valor para {_quantos(tipo.maximo)}")
    elif len(valor) < tipo.minimo:
        relacao = "o certo é" if tipo.minimo == tipo.maximo else "o mínimo é"
        veredito.nota(
            f"{tem}; {relacao} {tipo.minimo}", None, "" if valor else "preencha o campo, ou retire a tag vazia"
        )


def _pelo_padrao(veredito: Veredito, valor: str, degrau: tuple[str, ...]) -> None:
    tentativas = [(automato(p), automato(p).percorrer(valor)) for p in degrau]
    if any(passeio.lidas == len(valor) and passeio.aceita for _, passeio in tentativas):
        return
    feito, passeio = max(tentativas, key=lambda t: t[1].lidas)
    onde = passeio.lidas
    estranha = next((i for i, letra in enumerate(valor) if not any(a.usa(letra) for a, _ in tentativas)), None)
    if estranha is not None:
        veredito.nota(
            f"{_na_posicao(valor, estranha)} há {nomear(valor[estranha])}, que este campo não aceita", estranha
        )
        veredito.conselho = veredito.conselho or _do_sinal(feito, valor[estranha])
    elif not valor:
        veredito.nota("está vazio", None, "preencha o campo, ou retire a tag vazia")
    elif onde == len(valor):
        veredito.nota(f"acaba cedo demais: tem só {_quantos(onde)}")
    elif passeio.aceita and not passeio.cabe:
        veredito.nota(f"devia acabar na posição {onde}, mas depois há {nomear(valor[onde])}", onde)
    else:
        veredito.nota(f"{_na_posicao(valor, onde)} há {nomear(valor[onde])}, que não cabe ali", onde)


def _do_sinal(feito: Automato, letra: str) -> str:
    if letra == "," and feito.usa("."):
        return "troque a vírgula por ponto, sem ponto de milhar"
    if letra == "/" and feito.usa("-"):
        return "escreva a data como no exemplo"
    if letra.islower() and feito.usa(letra.upper()):
        return "use letras maiúsculas"
    if letra.isascii() and not letra.isalnum() and not feito.usa(letra):
        return "retire os sinais e espaços que o campo não aceita"
    return ""


def _pela_base(veredito: Veredito, valor: str, tipo: TipoSimples) -> None:
    if (padrao := _DAS_BASES.get(tipo.base)) is not None:
        _pelo_padrao(veredito, valor, (padrao,))
    if not veredito.achados and tipo.menor is not None and _antes(valor, tipo.menor):
        veredito.nota(f"é menor que {tipo.menor}")


def _antes(valor: str, menor: str) -> bool:
    return int(valor) < int(menor) if menor.isdigit() else valor < menor


def _base64(veredito: Veredito, valor: str, tipo: TipoSimples) -> None:
    """Judges a text in base64. Its limits count the bytes that it stands for."""
    estranha = re.search(r"[^A-Za-z0-9+/=]", valor)
    if estranha:
        if not veredito.achados:
            veredito.nota(f"{_na_posicao(valor, estranha.start())} há {nomear(estranha[0])}", estranha.start())
        return
    try:
        bytes_ = len(base64.b64decode(valor, validate=True))
    except ValueError:
        veredito.nota(f"não é um texto completo em base64 ({_quantos(len(valor))})")
        return
    if not tipo.minimo <= bytes_ <= (bytes_ if tipo.maximo is None else tipo.maximo):
        veredito.nota(f"tem {_quantos(len(valor))}", None, "" if valor else "preencha o campo, ou retire a tag vazia")


# --- in words -----------------------------------------------------------------------------------------------------


def _na_posicao(valor: str, onde: int) -> str:
    return (
        f"na posição {onde + 1}"
        if len(valor) <= INTEIRO_ATE
        else f"na posição {milhar(onde + 1)} de {milhar(len(valor))}"
    )


def dito_do_valor(valor: str, onde: int | None) -> str:
    """Returns a value in words: whole, or of a long one the part around a place."""
    if not valor:
        return "o valor vazio («»)"
    if len(valor) <= INTEIRO_ATE:
        return f"o valor «{mostrar(valor)}»"
    return f"o valor, no trecho {trecho(valor, onde or 0)}"


def _assim(valor: str, tipo: TipoSimples) -> str:
    sugestao = sugerir(valor, lambda outro: serve(outro, tipo)) if valor.strip() and len(valor) <= INTEIRO_ATE else None
    return f" Assim serve: «{sugestao}»." if sugestao is not None else ""


def _conselho(valor: str, tipo: TipoSimples, veredito: Veredito) -> str:
    assim = _assim(valor, tipo)
    if not veredito.conselho:
        return _CORRIJA + assim
    return f"No sistema emissor, {veredito.conselho}, e gere o arquivo de novo.{assim}"
