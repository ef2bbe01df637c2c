"""Talks to the running service by its socket: one request, one answer. Its own account hands secrets in here."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from separador.nucleo.texto.razao import razao
from separador.pedidos.saida import Saida

if TYPE_CHECKING:
    from separador.motor.soquete.quadro import Especie

VARIAVEL = "SEPARADOR_SOQUETE"
"""Names the socket where the unit, and so its folder below /run, has another name."""

_LIGAR_S, _RESPOSTA_S = 5.0, 90.0
_NAO_HA = (FileNotFoundError, NotADirectoryError, ConnectionRefusedError)


@dataclass(frozen=True, slots=True)
class Entregue:
    """The answer. `codigo` 0: done, and `valor` is what came of it; else `frases` say why nothing was changed.

    `de_regra`: the reasons are the capability's, each with what to do.
    """

    codigo: int
    valor: Mapping[str, Any] = field(default_factory=dict)
    frases: tuple[str, ...] = ()
    de_regra: bool = False


def arquivo() -> Path:
    """Returns the path of the socket that people ask."""
    from separador.motor.soquete.lugar import DO_SISTEMA, NOME  # noqa: PLC0415

    dito = os.environ.get(VARIAVEL)
    return Path(dito) if dito else DO_SISTEMA / NOME


def entregar(dados: Path, especie: str, conteudo: Mapping[str, object]) -> Entregue | None:
    """Hands a secret to the running service of this data folder. Returns what it answers; None: no service listens.

    Nothing is sent before the other end proved to be the owner of the folder.
    """
    from separador.motor.soquete.lugar import NOME  # noqa: PLC0415
    from separador.motor.soquete.quadro import Especie, QuadroError  # noqa: PLC0415

    pedido = {"entregar": especie, "instalacao": os.path.realpath(dados), "dados": dict(conteudo)}
    for onde in (dados / NOME, arquivo()):
        try:
            resposta = trocar(onde, Especie.ENTREGA, pedido, dono=dados.stat().st_uid)
        except (*_NAO_HA, PermissionError):
            continue
        except QuadroError as erro:
            return Entregue(Saida.RECUSADO, frases=(f"O que foi dado {erro}. Nada foi mudado.",))
        except (OSError, ValueError) as erro:
            porque = razao(erro) if isinstance(erro, OSError) else "resposta que não se entende"
            frase = f"O serviço não respondeu ({porque}); confira o que foi feito antes de repetir."
            return Entregue(Saida.SEM_SERVICO, frases=(frase,))
        if resposta["codigo"] != Saida.OCUPADO:  # else it is the service of another installation
            return _entendida(resposta)
    return None


def _entendida(resposta: Mapping[str, Any]) -> Entregue:
    codigo, valor = int(resposta["codigo"]), dict(resposta.get("valor") or {})
    if codigo == Saida.FEITO:
        return Entregue(codigo, valor)
    ditas = [f"{mensagem} {o_que_fazer}" for mensagem, o_que_fazer in valor.get("erros", ())]
    ditas += [texto.rstrip("\n") for _, texto in resposta["saida"]]
    return Entregue(codigo, frases=tuple(ditas), de_regra="erros" in valor)


def trocar(onde: Path, especie: "Especie", pedido: Mapping[str, object], *, dono: int | None) -> dict[str, Any]:
    """Sends a request and returns the answer. `dono`: the account that must be at the other end.

    Raises QuadroError (the request is too large), OSError (nobody there, not allowed, no answer), ValueError (an answer
    that cannot be understood).
    """
    from separador.motor.soquete import lugar, quadro  # noqa: PLC0415

    conteudo = json.dumps(pedido).encode("ascii")
    with lugar.ligado(onde, _LIGAR_S) as ponta:
        if dono is not None and lugar.quem_esta(ponta).uid != dono:
            raise ConnectionRefusedError(f"{onde} não é do dono da pasta de dados")
        quadro.enviar(ponta, especie, conteudo, _LIGAR_S)
        try:
            _, resposta = quadro.receber(ponta, _RESPOSTA_S)
        except quadro.QuadroError as erro:
            raise ValueError(str(erro)) from erro
    lida = json.loads(resposta)
    if not isinstance(lida, dict):
        raise ValueError("resposta que não se entende")  # noqa: TRY004 -- what came is at fault, not its type
    return lida
