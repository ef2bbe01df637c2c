"""Brings one written value to its one form, or says why it is none."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from separador.configuracao.leitura import BOOLEANOS, parecido
from separador.fiscal.emissao.formato import tipos as t
from separador.fiscal.emissao.no import Valor
from separador.fiscal.regras.documentos_id import ZEROS, cnpj_ok, cpf_ok
from separador.fiscal.regras.ibge import MUNICIPIO_EXTERIOR, municipio_existe
from separador.nucleo.chave import FORMATO_CHAVE, chave_valida
from separador.nucleo.texto_fiscal import estranho, limpar

VALOR, TEXTO, ESQUEMA = "SEP-CARGA-VALOR", "SEP-CARGA-TEXTO", "SEP-CARGA-ESQUEMA"
LIMPO, LIDO = "SEP-CARGA-TEXTO-LIMPO", "SEP-CARGA-VALOR-LIDO"


@dataclass(frozen=True, slots=True)
class Lido:
    """A value. `aviso`: code of the notice that it was rewritten, with what it was taken for."""

    valor: Valor
    aviso: str = ""
    dito: str = ""


@dataclass(frozen=True, slots=True)
class Ruim:
    """Why a text is no value of its kind, and what to do."""

    codigo: str
    mensagem: str
    fazer: str


def ler(tipo: t.Tipo, escrito: str) -> Lido | Ruim:
    """Returns the value of a text that is not empty."""
    match tipo:
        case t.Texto():
            return _texto(tipo, escrito)
        case t.Numero():
            return _numero(tipo, escrito)
        case t.Inteiro():
            return _inteiro(tipo, escrito)
        case t.Data():
            return _data(escrito, momento=tipo.momento)
        case t.Documento():
            return _documento(tipo, escrito)
        case t.Chave():
            return _chave(tipo, escrito)
        case t.Palavra():
            return _palavra(tipo, escrito)
        case t.Logico():
            return _logico(escrito)
        case t.Municipio():
            return _municipio(tipo, escrito)
        case _:
            return _texto(t.Texto(60), escrito)


def _texto(tipo: t.Texto, escrito: str) -> Lido | Ruim:
    limpo = limpar(unicodedata.normalize("NFC", escrito))
    fora = estranho(limpo)
    if fora is not None:
        codigo = f"U+{ord(fora):04X}"
        return Ruim(TEXTO, f"tem um caractere que o CT-e não aceita ({codigo})", "Troque esse caractere.")
    if len(limpo) > tipo.maximo:
        mensagem = f"tem {len(limpo)} posições; o limite é {tipo.maximo}"
        return Ruim(tipo.codigo, mensagem, "Encurte o texto: nada é cortado.")
    if len(limpo) < tipo.minimo:
        return Ruim(TEXTO, f"tem {len(limpo)} posições; o mínimo é {tipo.minimo}", "Escreva o texto por extenso.")
    if tipo.forma and re.fullmatch(tipo.forma, limpo) is None:
        como = f", como {tipo.exemplo}" if tipo.exemplo else ""
        return Ruim(VALOR, f"«{limpo}» não tem a forma deste campo{como}", "Corrija o valor.")
    return Lido(limpo, LIMPO if limpo != escrito.strip() else "", limpo)


_ESCRITO = re.compile(r"(?:R\$)?\s*([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)?(?:,([0-9]*))?")
_SIMPLES = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
"""As the number stands in the document: nothing is rewritten."""
_PONTO = re.compile(r"(?:R\$)?\s*([0-9]*)(?:\.([0-9]*))?")


def _numero(tipo: t.Numero, escrito: str) -> Lido | Ruim:
    texto = escrito.strip()
    simples = _SIMPLES.fullmatch(texto)
    achado = simples or (_ESCRITO if "," in texto else _PONTO).fullmatch(texto)
    if achado is None or not (achado[1] or achado[2]):
        fazer = "Escreva só o número, zero ou mais, como 1234.56 ou «1.234,56»."
        return Ruim(VALOR, f"«{texto}» não é um número aceito aqui", fazer)
    inteiros, decimais = (achado[1] or "0").replace(".", "").lstrip("0") or "0", achado[2] or ""
    if len(decimais) > tipo.decimais:
        mensagem = f"«{texto}» tem {len(decimais)} casas decimais; aqui cabem {tipo.decimais}"
        return Ruim(VALOR, mensagem, "Arredonde o valor na origem: nada é arredondado aqui.")
    if len(inteiros) > tipo.inteiros:
        return Ruim(VALOR, f"«{texto}» é grande demais: cabem {tipo.inteiros} algarismos", "Corrija o valor.")
    valor = Decimal(f"{inteiros}.{decimais or '0'}")
    return Lido(valor) if simples else Lido(valor, LIDO, f"{valor}")


def _inteiro(tipo: t.Inteiro, escrito: str) -> Lido | Ruim:
    texto = escrito.strip()
    if re.fullmatch(r"[0-9]{1,12}", texto) and tipo.minimo <= int(texto) <= tipo.maximo:
        return Lido(Decimal(int(texto)))
    return Ruim(VALOR, f"«{texto}» não é um número inteiro de {tipo.minimo} a {tipo.maximo}", "Corrija o valor.")


_DATAS = (
    re.compile(r"(?P<a>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    re.compile(r"(?P<d>[0-9]{2})/(?P<m>[0-9]{2})/(?P<a>[0-9]{4})"),
    re.compile(r"(?P<a>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
)
_HORA = re.compile(r"[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(Z|[+-][0-9]{2}:[0-9]{2})?")


def _data(escrito: str, *, momento: bool) -> Lido | Ruim:
    texto = escrito.strip()
    ruim = Ruim(VALOR, f"«{texto}» não é uma data", "Escreva AAAA-MM-DD ou DD/MM/AAAA.")
    for forma in _DATAS:
        achado = forma.match(texto)
        if achado is None:
            continue
        resto = texto[achado.end() :]
        hora = _HORA.fullmatch(resto) if resto else None
        if resto and hora is None:
            continue
        try:
            dia = date(int(achado["a"]), int(achado["m"]), int(achado["d"]))
            if hora is None:
                return ruim if momento else Lido(dia)
            desvio = "+00:00" if hora[4] == "Z" else hora[4] or ""
            return Lido(datetime.fromisoformat(f"{dia}T{hora[1]}:{hora[2]}:{hora[3] or '00'}{desvio}"))
        except ValueError:
            return ruim
    return ruim


def _documento(tipo: t.Documento, escrito: str) -> Lido | Ruim:
    texto = re.sub(r"[\s./-]", "", escrito).upper()
    if tipo.estrangeiro and texto == ZEROS:
        return Lido(texto)
    if cnpj_ok(texto) or (not tipo.so_cnpj and cpf_ok(texto)):
        return Lido(texto)
    nome = "CNPJ" if tipo.so_cnpj or len(texto) > 11 else "CPF"
    return Ruim(VALOR, f"«{escrito.strip()}» não é um {nome} válido", "Confira os dígitos.")


def _chave(tipo: t.Chave, escrito: str) -> Lido | Ruim:
    texto = escrito
    if FORMATO_CHAVE.fullmatch(texto) is None:
        texto = re.sub(r"^(NFE|CTE)", "", re.sub(r"[\s.]", "", escrito).upper())
    if FORMATO_CHAVE.fullmatch(texto) is None:
        return Ruim(VALOR, f"a chave deve ter {tipo.tamanho} posições e tem {len(texto)}", "Copie a chave inteira.")
    if not chave_valida(texto):
        return Ruim(VALOR, "o dígito verificador da chave não confere", "Confira a chave.")
    modelos = [m for m in (tipo.modelo, tipo.outro) if m]
    if modelos and texto[20:22] not in modelos:
        return Ruim(
            VALOR, f"a chave é do modelo {texto[20:22]}; aqui vai o {' ou o '.join(modelos)}", "Confira a chave."
        )
    return Lido(texto)


def _palavra(tipo: t.Palavra, escrito: str) -> Lido | Ruim:
    palavra = t.comparavel(escrito)
    valor = tipo.opcoes.get(palavra)
    if valor is None:
        validas = _escritas(tipo)
        dica = parecido(palavra, tipo.opcoes)
        mensagem = f"«{escrito.strip()}» não existe{dica}; os valores são: {', '.join(validas)}"
        return Ruim(ESQUEMA, mensagem, "Escreva um deles.")
    return Lido(valor)


def _escritas(tipo: t.Palavra) -> list[str]:
    """Returns each value as people write it: where words stand for codes, the word with its code."""
    palavras: dict[str, str] = {}
    for palavra, valor in tipo.opcoes.items():
        palavras.setdefault(valor, palavra)
    return [v if t.comparavel(v) == p else f"{p.upper()} ({v})" for v, p in palavras.items()]


def _logico(escrito: str) -> Lido | Ruim:
    valor = BOOLEANOS.get(escrito.strip().casefold())
    if valor is None:
        return Ruim(ESQUEMA, f"«{escrito.strip()}» não é sim nem não", "Escreva sim ou não.")
    return Lido(valor)


def _municipio(tipo: t.Municipio, escrito: str) -> Lido | Ruim:
    texto = escrito.strip()
    if municipio_existe(texto) and (tipo.exterior or texto != MUNICIPIO_EXTERIOR):
        return Lido(texto)
    mensagem = f"«{texto}» não está na tabela de municípios do IBGE"
    return Ruim("SEP-CARGA-MUNICIPIO", mensagem, "Confira o código, de 7 algarismos.")
