"""Builds the envelopes of the Integra Contador and reads its answers.

Real answers vary more than SERPRO's documentation says: see docs/desenvolvimento/fontes.md.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import tipo_ni
from separador.capacidades.ecac.integra.porta import Mensagem
from separador.nucleo.texto import json_lido

Objeto = Mapping[str, Any]
_FAULT_XML = re.compile(rb"<(?:\w+:)?code>\s*(\d{6})\s*</(?:\w+:)?code>")
_FAULT_TEXTO = re.compile(rb"<(?:\w+:)?message>\s*([^<]{0,300}?)\s*</(?:\w+:)?message>")


class FormaError(ValueError):
    """The answer is not what the contract says; the text names the fault (Portuguese)."""


@dataclass(frozen=True, slots=True)
class Ni:
    """A person or company in an envelope. `tipo`: 1 CPF, 2 CNPJ, 3 and 4 lists of them."""

    numero: str
    tipo: int

    @classmethod
    def de(cls, numero: str) -> "Ni":
        """Builds it from one CPF or CNPJ."""
        return cls(numero, tipo_ni(numero))

    @property
    def um_so(self) -> bool:
        """Says whether it is one taxpayer, not a batch."""
        return self.tipo in (1, 2)

    def objeto(self) -> dict[str, object]:
        """Returns it as it stands in the envelope."""
        return {"numero": self.numero, "tipo": self.tipo}


@dataclass(frozen=True, slots=True)
class Servico:
    """One function: operation (last part of the path), ids, version."""

    operacao: str
    sistema: str
    servico: str
    versao: str = "1.0"
    repetivel: bool = True  # False: each success issues something new


@dataclass(frozen=True, slots=True)
class Envelope:
    """A whole answer. `dados`: decoded (object, list, number…), None when empty. `eco`: the outer object."""

    status: int | None
    dados: Any
    mensagens: tuple[Mensagem, ...]
    response_id: str | None
    eco: Objeto

    @property
    def codigo(self) -> str:
        """Returns the code of the principal message."""
        return self.principal.codigo

    @property
    def principal(self) -> Mensagem:
        """Returns the first message that is no success, else the first, else an empty one."""
        ruins = [m for m in self.mensagens if not m.codigo.startswith("Sucesso")]
        return next(iter([*ruins, *self.mensagens]), Mensagem("", ""))


@dataclass(frozen=True, slots=True)
class Defeito:
    """A fault of the gateway in front (WSO2): JSON or XML with a code of six digits, or JSON with a message only."""

    codigo: str
    texto: str


def montar(servico: Servico, contratante: str, autor: str, contribuinte: Ni, dados: Objeto | None) -> bytes:
    """Returns the request. `dados` goes in as a string of JSON; None = the empty string."""
    texto = "" if dados is None else json.dumps(dados, ensure_ascii=False, separators=(",", ":"))
    envelope = {
        "contratante": Ni.de(contratante).objeto(),
        "autorPedidoDados": Ni.de(autor).objeto(),
        "contribuinte": contribuinte.objeto(),
        "pedidoDados": {
            "idSistema": servico.sistema,
            "idServico": servico.servico,
            "versaoSistema": servico.versao,
            "dados": texto,
        },
    }
    return json.dumps(envelope, ensure_ascii=False).encode()


def abrir(corpo: bytes) -> Envelope | Defeito | None:
    """Returns the envelope or the fault; None for a body that is no answer of this API (a proxy's page, a cut text…).
    Raises FormaError when it is an envelope whose `dados` cannot be read."""
    try:
        lido = ler_json(corpo)
    except FormaError:
        return _fault_xml(corpo)
    if not isinstance(lido, dict):
        return None
    if "status" in lido and ("pedidoDados" in lido or "mensagens" in lido or "dados" in lido):
        return _envelope(lido)
    return _defeito(lido)


def ler_json(corpo: bytes | str) -> Any:
    """Reads JSON with money as Decimal. Raises FormaError on anything else, NaN and bottomless nesting included."""
    try:
        texto = corpo.decode("utf-8-sig") if isinstance(corpo, bytes) else corpo
        return json_lido.ler_json(texto, parse_float=Decimal, parse_constant=_sem_constantes)
    except ValueError as erro:
        raise FormaError(f"não é JSON ({type(erro).__name__})") from erro


def _sem_constantes(nome: str) -> object:
    raise ValueError(nome)


def _envelope(lido: dict[str, Any]) -> Envelope:
    responde = lido.get("responseId")
    mensagens = _mensagens(lido.get("mensagens"))
    status = _status(lido["status"])
    dados = _dados(lido.get("dados"), status)
    return Envelope(status, dados, mensagens, responde if isinstance(responde, str) else None, lido)


def _status(valor: object) -> int | None:
    texto = str(valor)
    return int(texto) if re.fullmatch(r"\d{3}", texto) else None


def _dados(valor: object, status: int | None) -> Any:
    """Reads `dados`, which is JSON inside JSON, but some systems answer the object itself. Those of an error are not
    needed."""
    if not isinstance(valor, str):
        return valor
    if not valor.strip():
        return None
    try:
        return ler_json(valor)
    except FormaError:
        if status != 200:
            return None
        raise


def _mensagens(valor: object) -> tuple[Mensagem, ...]:
    if not isinstance(valor, list):
        return ()
    return tuple(
        Mensagem(_codigo(m.get("codigo")), str(m.get("texto") or "").strip()) for m in valor if isinstance(m, dict)
    )


def _codigo(valor: object) -> str:
    return str(valor or "").strip(" []")


def _defeito(lido: dict[str, Any]) -> Defeito | None:
    """Reads a fault of WSO2 or of the authenticate host: `code` or `error`, with `message`."""
    aninhado = lido.get("fault")
    alvo = aninhado if isinstance(aninhado, dict) else lido
    codigo, texto = alvo.get("code", alvo.get("status")), alvo.get("message", alvo.get("error_description"))
    if codigo is None and not isinstance(texto, str):
        return None
    return Defeito(str(codigo or ""), str(texto or alvo.get("error") or ""))


def _fault_xml(corpo: bytes) -> Defeito | None:
    """Reads `<ams:fault>`. It is never parsed, only searched."""
    codigo = _FAULT_XML.search(corpo[:8192])
    if codigo is None:
        return None
    texto = _FAULT_TEXTO.search(corpo[:8192])
    return Defeito(codigo.group(1).decode(), texto.group(1).decode("utf-8", "replace") if texto else "")


def conferir_contribuinte(envelope: Envelope, contribuinte: str) -> None:
    """Checks that an answer is about this taxpayer: an echo of somebody else is refused (204 has none).

    Raises FormaError.
    """
    pessoa = envelope.eco.get("contribuinte")
    if isinstance(pessoa, Mapping) and _sem_zeros(str(pessoa.get("numero", ""))) != _sem_zeros(contribuinte):
        raise FormaError("a resposta é de outro contribuinte")


def _sem_zeros(ni: str) -> str:
    """Takes the leading zeros off: CPF and CNPJ may come as numbers, hence without them. Letters stay."""
    return "".join(c for c in ni.upper() if c.isalnum()).lstrip("0")


# --- reading values ----------------------------------------------------------------------------------------------


def objeto(valor: object, o_que: str) -> Objeto:
    """Returns an object, or the only item of a list of one (seen in production). Raises FormaError."""
    if isinstance(valor, list) and len(valor) == 1:
        valor = valor[0]
    if not isinstance(valor, dict):
        raise FormaError(f"{o_que} não é um objeto")
    return valor


def lista(valor: object, o_que: str) -> list[Any]:
    """Returns a list; None and "" are the empty one. Raises FormaError."""
    if valor is None or valor == "":
        return []
    if not isinstance(valor, list):
        raise FormaError(f"{o_que} não é uma lista")
    return valor


def texto(o: Objeto, nome: str) -> str:
    """Returns a text or whole number as text. Raises FormaError when it is missing, empty or something else."""
    valor = texto_ou_nada(o, nome)
    if valor is None:
        raise FormaError(f"falta {nome}")
    return valor


def texto_ou_nada(o: Objeto, nome: str) -> str | None:
    """Does as `texto`, but returns None when it is missing, null or empty."""
    valor = o.get(nome)
    if isinstance(valor, bool) or not isinstance(valor, str | int):
        return None
    return str(valor).strip() or None


def dinheiro(o: Objeto, nome: str) -> Decimal | None:
    """Returns reais; None when null or missing. Raises FormaError when it is no amount."""
    valor = o.get(nome)
    if valor is None:
        return None
    if isinstance(valor, bool) or not isinstance(valor, int | Decimal | str):
        raise FormaError(f"{nome} não é um valor")
    try:
        lido = Decimal(valor)
    except ArithmeticError:
        raise FormaError(f"{nome} não é um valor ({str(valor)[:20]})") from None
    if not lido.is_finite() or abs(lido) > 10**15:
        raise FormaError(f"{nome} não é um valor")
    return lido.quantize(Decimal("0.01")) if lido == lido.quantize(Decimal("0.01")) else lido


def dia(o: Objeto, nome: str) -> date | None:
    """Returns a date: the first 10 characters of an ISO text (never converted: `-03:00` would shift the day), or
    AAAAMMDD."""
    valor = texto_ou_nada(o, nome)
    if valor is None:
        return None
    try:
        return date.fromisoformat(valor if len(valor) == 8 else valor[:10])
    except ValueError:
        raise FormaError(f"{nome} não é uma data ({valor[:20]})") from None
