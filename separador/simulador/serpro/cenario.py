"""Reads the scenario of the local SERPRO from YAML: its data at the start, and its faults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from separador.capacidades.ecac.dominio.arrecadacao import completo

CONTRATANTE = "11222333000181"
CHAVE, SEGREDO = "chave-do-consumidor", "segredo-do-consumidor"
COMPROVANTE, PGDASD = "00004", "00146"
NOMES_SISTEMA = {
    COMPROVANTE: "Pagamentos - Comprovante de Arrecadação",
    PGDASD: "PGDAS-D - a partir de 01/2018",
    "00006": "Caixa Postal - Mensagens",
}


@dataclass(frozen=True, slots=True)
class Contribuinte:
    """A taxpayer. `ni`: CPF or CNPJ without mask."""

    ni: str
    nome: str


@dataclass(frozen=True, slots=True)
class Outorga:
    """A procuração. `ate` is its last day; `sistemas`: codes (00004…)."""

    outorgante: str
    outorgado: str
    ate: date
    sistemas: tuple[str, ...] = (COMPROVANTE, PGDASD)


@dataclass(frozen=True, slots=True)
class Parte:
    """One part of a document (desmembramento)."""

    receita: str
    descricao: str
    principal: Decimal
    multa: Decimal = Decimal(0)
    juros: Decimal = Decimal(0)
    extensao: str | None = None

    @property
    def total(self) -> Decimal:
        """Returns principal, multa and juros together."""
        return self.principal + self.multa + self.juros


@dataclass(frozen=True, slots=True)
class Documento:
    """A DARF or DAS. `arrecadacao` None = issued and not paid. `registrado`: the day it entered the base (E0701)."""

    ni: str
    numero: str
    tipo: str
    periodo: date
    vencimento: date
    partes: tuple[Parte, ...]
    emitido: date
    arrecadacao: date | None = None
    registrado: date | None = None
    referencia: str | None = None

    @property
    def total(self) -> Decimal:
        """Returns the total of all parts."""
        return sum((p.total for p in self.partes), Decimal(0))


@dataclass(frozen=True, slots=True)
class Falha:
    """A fault, for requests that fit: `servico`, `contribuinte`, `numero` None = any.

    `pular` fitting requests go well first, then `vezes` go wrong, each by `chance` (0 to 1). `faz`: see `falhas.TODAS`.
    """

    faz: str
    servico: str | None = None
    contribuinte: str | None = None
    numero: str | None = None
    pular: int = 0
    vezes: int = 1
    chance: float = 1.0
    segundos: float = 0.0


@dataclass(frozen=True, slots=True)
class Cenario:
    """A whole scenario. `token_s`: life of a token. `limite_eventos`: requests for events a day and kind."""

    contratante: str = CONTRATANTE
    chave: str = CHAVE
    segredo: str = SEGREDO
    contribuintes: tuple[Contribuinte, ...] = ()
    outorgas: tuple[Outorga, ...] = ()
    documentos: tuple[Documento, ...] = ()
    falhas: tuple[Falha, ...] = field(default=())
    token_s: int = 2008
    limite_eventos: int = 1000
    semente: int = 1


class CenarioError(ValueError):
    """The file is no scenario; the text (Portuguese) says where."""


def ler(arquivo: Path) -> Cenario:
    """Reads a YAML file (`separador simulador serpro --ajuda-cenario`). Raises CenarioError, OSError."""
    try:
        lido = yaml.safe_load(arquivo.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as erro:
        raise CenarioError(f"{arquivo.name} {_onde(erro)}") from None
    return de_objeto(lido)


def de_objeto(lido: object) -> Cenario:
    """Returns a scenario from what YAML gives. Raises CenarioError."""
    raiz = _mapa(lido, "o cenário")
    contribuintes = [_mapa(c, "contribuinte") for c in raiz.get("contribuintes") or ()]
    contratante = str(raiz.get("contratante", CONTRATANTE))
    try:
        return Cenario(
            contratante=contratante,
            chave=str(raiz.get("chave", CHAVE)),
            segredo=str(raiz.get("segredo", SEGREDO)),
            contribuintes=tuple(
                Contribuinte(str(c["ni"]), str(c.get("nome", "EMPRESA FICTICIA"))) for c in contribuintes
            ),
            outorgas=tuple(_outorga(c, o, contratante) for c in contribuintes for o in c.get("procuracoes") or ()),
            documentos=tuple(_documento(str(c["ni"]), d) for c in contribuintes for d in c.get("documentos") or ()),
            falhas=tuple(_falha(f) for f in raiz.get("falhas") or ()),
            token_s=int(raiz.get("token_s", 2008)),
            limite_eventos=int(raiz.get("limite_eventos", 1000)),
            semente=int(raiz.get("semente", 1)),
        )
    except KeyError as erro:
        raise CenarioError(f"falta {erro.args[0]} no cenário") from None
    except (TypeError, ValueError, ArithmeticError) as erro:
        raise CenarioError(f"valor inválido no cenário: {_lido(erro)}") from None


def _onde(erro: Exception) -> str:
    """Says where a file is no YAML. The reader's own words are English."""
    marca = getattr(erro, "problem_mark", None)
    return (
        "não está em UTF-8"
        if isinstance(erro, UnicodeDecodeError)
        else (
            "não é YAML"
            if marca is None
            else f"não é YAML: o erro está na linha {marca.line + 1}, coluna {marca.column + 1}"
        )
    )


def _lido(erro: Exception) -> str:
    """Returns the value that an error of Python's quotes: its own words are English. Those of ours are Portuguese."""
    citados = [] if isinstance(erro, ArithmeticError) else re.findall(r"'([^']*)'", str(erro))
    return f"«{citados[-1]}»" if citados else "confira os números e as datas"


def _mapa(valor: object, o_que: str) -> Mapping[str, Any]:
    if not isinstance(valor, Mapping):
        raise CenarioError(f"{o_que} deve ser um mapa")
    return valor


def _falha(bruta: object) -> Falha:
    f = {**_mapa(bruta, "falha")}
    return Falha(**{**f, "faz": str(f["faz"])})  # 503 without quotes is a number to YAML


def _outorga(contribuinte: Mapping[str, Any], bruta: object, contratante: str) -> Outorga:
    o = _mapa(bruta, "procuração")
    sistemas = tuple(str(s) for s in o.get("sistemas") or (COMPROVANTE, PGDASD))
    return Outorga(str(contribuinte["ni"]), str(o.get("outorgado", contratante)), _dia(o["ate"]), sistemas)


def _documento(ni: str, bruto: object) -> Documento:
    d = _mapa(bruto, "documento")
    vencimento = _dia(d["vencimento"])
    pago = _dia(d["arrecadacao"]) if d.get("arrecadacao") else None
    partes = tuple(_parte(p) for p in d.get("partes") or [d])
    return Documento(
        ni=ni,
        numero=completo(str(d["numero"])),
        tipo=str(d.get("tipo", "04")).zfill(2),
        periodo=_dia(d["periodo"]),
        vencimento=vencimento,
        partes=partes,
        emitido=_dia(d["emitido"]) if d.get("emitido") else vencimento,
        arrecadacao=pago,
        registrado=_dia(d["registrado"]) if d.get("registrado") else pago,
        referencia=str(d["referencia"]) if d.get("referencia") else None,
    )


def _parte(bruta: object) -> Parte:
    p = _mapa(bruta, "parte")
    principal, multa, juros = (Decimal(str(p.get(n, 0))) for n in ("principal", "multa", "juros"))
    extensao = str(p["extensao"]) if p.get("extensao") else None
    return Parte(str(p["receita"]).zfill(4), str(p.get("descricao", "")), principal, multa, juros, extensao)


def _dia(valor: object) -> date:
    return valor if isinstance(valor, date) else date.fromisoformat(str(valor))
