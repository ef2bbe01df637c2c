"""Reads a request as strictly as the gateway does, and makes the envelopes of the answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import completo
from separador.simulador.requisicao import Resposta
from separador.simulador.serpro.falhas import JSON

SUCESSO = "Requisição efetuada com sucesso."


@dataclass(frozen=True, slots=True)
class PedidoDados:
    """A whole request. `dados` None = the empty string.

    `contribuinte`: in a request for events, the taxpayers separated by commas.
    """

    operacao: str
    contratante: str
    autor: str
    contribuinte: str
    tipo: int
    sistema: str
    servico: str
    versao: str
    dados: Mapping[str, Any] | None
    bruto: Mapping[str, Any] = field(repr=False)
    etiqueta: str = ""

    @property
    def numero(self) -> str:
        """Returns the number of the document that it asks about, 17 digits, or ""."""
        valor = (self.dados or {}).get("numeroDocumento")
        return completo(valor) if isinstance(valor, str) else ""


class Recusa(Exception):  # noqa: N818 -- what the gateway says, not a failure of this program
    """An answer that is no success."""

    def __init__(self, http: int, codigo: str, texto: str) -> None:
        super().__init__(codigo)
        self.http, self.codigo, self.texto = http, codigo, texto


def ler(corpo: bytes, operacao: str, etiqueta: str) -> PedidoDados:
    """Reads a request. Raises Recusa (400) for a request that the gateway would not accept."""
    torto = Recusa(400, "[EntradaIncorreta-ICGERENCIADOR-012]", "Corpo da requisição inválido.")
    try:
        bruto = json.loads(corpo)
        quem = [bruto[n] for n in ("contratante", "autorPedidoDados", "contribuinte")]
        pedido = {"versaoSistema": "1.0", **bruto["pedidoDados"]}
        sistema, servico, versao, dados = (pedido[n] for n in ("idSistema", "idServico", "versaoSistema", "dados"))
        contratante, autor, contribuinte = (q["numero"] for q in quem)
        lidos = json.loads(dados) if dados != "" else None
    except (ValueError, KeyError, TypeError):
        raise torto from None
    textos = (sistema, servico, versao, dados, contratante, autor, contribuinte)
    if not all(isinstance(t, str) for t in textos) or not isinstance(lidos, dict | None):
        raise torto
    _conferir_tipos(quem)
    tipo = quem[2]["tipo"]
    return PedidoDados(
        operacao, contratante, autor, contribuinte, tipo, sistema, servico, versao, lidos, bruto, etiqueta
    )


def _conferir_tipos(quem: list[Any]) -> None:
    for nome, q in zip(("Contratante", "AutorPedidoDados", "Contribuinte"), quem, strict=True):
        digitos, tipo = q["numero"], q.get("tipo")
        certo = (
            {1: 11, 2: 14}.get(tipo) == len(digitos) if tipo in (1, 2) else nome == "Contribuinte" and tipo in (3, 4)
        )
        if not certo or (nome == "Contratante" and tipo != 2):
            raise Recusa(400, "[EntradaIncorreta-ICGERENCIADOR-012]", f"{nome}: Tipo de NI inválido.")


def envelope(
    p: PedidoDados, status: int, dados: object, codigo: str, texto: str = SUCESSO, *, extras: bool = False
) -> dict[str, Any]:
    """Returns the echo with the answer.

    `dados` is encoded once here (it is a string in the envelope); None stays empty.
    """
    codificados = "" if dados is None else json.dumps(dados, ensure_ascii=False)
    feito = {**p.bruto, "status": status, "dados": codificados, "mensagens": [{"codigo": codigo, "texto": texto}]}
    if extras:
        feito |= {"responseId": f"local-{p.etiqueta or 'sem-etiqueta'}", "responseDateTime": "2026-01-01T00:00:00.000Z"}
    return feito


def resposta(corpo: Mapping[str, Any], http: int | None = None) -> Resposta:
    """Returns the answer as JSON. The HTTP status is the envelope's unless another is given."""
    estado = http if http is not None else int(corpo["status"])
    return Resposta(estado, json.dumps(corpo, ensure_ascii=False).encode(), JSON)


def recusa(r: Recusa, p: PedidoDados | None) -> Resposta:
    """Returns the refusal as an envelope, or alone when the request could not be read."""
    base = dict(p.bruto) if p else {"pedidoDados": {}}
    corpo = {**base, "status": r.http, "dados": "", "mensagens": [{"codigo": r.codigo, "texto": r.texto}]}
    return resposta(corpo, r.http)
