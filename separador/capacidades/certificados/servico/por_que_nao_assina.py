"""Says of a company that nobody can sign for now which certificate ended, when, and what helps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from separador.banco.instante import instante_de
from separador.capacidades.certificados import banco as tabela
from separador.nucleo.falha import Falha
from separador.nucleo.fuso import dia_e_hora

if TYPE_CHECKING:
    from separador.motor.contexto import Contexto

_FAZER = (
    "Instale o renovado: separador certificado instalar ARQUIVO --apelido NOME. Se já está instalado: separador "
    "certificado validade. Os documentos esperam e seguem sozinhos."
)


@dataclass(frozen=True, slots=True)
class Motivo:
    """Why nobody signs, and what to do (Portuguese)."""

    texto: str
    o_que_fazer: str


def por_que_nao_assina(contexto: "Contexto", cnpj: str) -> Motivo | None:
    """Returns the reason for a company, or for another of its establishments. None: no certificate of it ended.

    The establishment's own certificate comes first: it is the one that signed.
    """
    agora = contexto.agora()
    da_raiz = [v for v in _da_raiz(contexto, cnpj[:8]) if v[2] < agora]
    if not da_raiz:
        return None
    _, o_que, ate = min(da_raiz, key=lambda v: v[0] != cnpj)
    return Motivo(vencido(o_que, ate), _FAZER)


def _da_raiz(contexto: "Contexto", raiz: str) -> Iterator[tuple[str, str, datetime]]:
    """Yields the certificates that sign for a base: whose it is, what it is called, and its end. The vault's first."""
    nomes = {e.cnpj: e.nome for e in contexto.config.empresas}
    for linha in tabela.padroes(contexto.banco):
        dona: str = linha["empresa"]
        if dona[:8] == raiz:
            o_que = f'O certificado "{linha["apelido"]}" de {nomes.get(dona, dona)}'
            yield dona, o_que, instante_de(linha["validade_ate"])
    for dona, certificado in contexto.certificados.items():
        if dona[:8] == raiz:
            o_que = f"O certificado de {nomes.get(dona, dona)} (arquivo da configuração, de {certificado.titular})"
            yield dona, o_que, certificado.validade_ate


def dizer_vencido(contexto: "Contexto", cnpj: str, falha: Falha) -> Falha:
    """Returns the failure of a held document with the certificate that ended, where one did."""
    motivo = por_que_nao_assina(contexto, cnpj)
    if motivo is None:
        return falha
    return replace(falha, motivo=f"{motivo.texto} O documento espera.", o_que_fazer=motivo.o_que_fazer)


def ao_assinar_evento(contexto: "Contexto", cnpj: str) -> str:
    """Returns the sentence for an order that needs a signature of this company."""
    motivo = por_que_nao_assina(contexto, cnpj)
    if motivo is None:
        return f"Não há certificado utilizável do CNPJ {cnpj} para assinar o evento."
    return f"{motivo.texto} {motivo.o_que_fazer}"


def vencido(o_que: str, ate: datetime) -> str:
    """Returns the sentence, with the day and the time in the zone of people."""
    return f"{o_que} venceu em {dia_e_hora(ate)}."
