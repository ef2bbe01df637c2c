"""Makes one sample file of each kind, for whoever has none yet to drop: a newcomer, the programmer of an ERP."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from separador.demonstracao import eventos, exportacoes, outros_modelos, retornos
from separador.demonstracao.ecac import parte as parte_ecac
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.demonstracao.exportacoes import Exportacao

DOCUMENTOS: Mapping[str, Callable[..., Exportacao]] = {
    "cte": exportacoes.cte,
    "cte-os": outros_modelos.cte_os,
    "gtve": outros_modelos.gtve,
    "simplificado": outros_modelos.cte_simp,
}
ESPECIES = (*DOCUMENTOS, "evento", "guia", "retorno")
_HA_POUCO = timedelta(minutes=2)
PASSO = timedelta(milliseconds=100)
_NUMERO_MAXIMO = 999_999_999


def numero_de(agora: datetime) -> int:
    """Returns a number that another sample made at another instant (`PASSO`) does not have."""
    return int(agora.timestamp() / PASSO.total_seconds()) % _NUMERO_MAXIMO + 1


def documento(especie: str, *, agora: datetime, cnpj: str, nome: str) -> Exportacao:
    """Returns an unsigned document of a company, for the test environment: no sample is ever a fiscal document. Its
    address and state registration are of the sample company."""
    return DOCUMENTOS[especie](numero_de(agora), agora=agora - _HA_POUCO, emitente=_emitente(cnpj, nome))


def evento(chave: str, *, agora: datetime) -> Exportacao:
    """Returns an unsigned correction letter for an authorised document."""
    return eventos.carta_de_correcao(chave, agora=agora - _HA_POUCO / 2, autor=chave[6:20])


def retorno(assinado: bytes, nome: bytes, *, agora: datetime) -> Exportacao:
    """Returns the return of authorisation that the transmitter would write for signed bytes."""
    return retornos.autorizado(assinado, nome, agora=agora)


def guias(*, agora: datetime, cnpj: str) -> Exportacao:
    """Returns a spreadsheet with one guide of a company."""
    return Exportacao(f"guias-exemplo-{numero_de(agora)}.csv".encode(), parte_ecac.uma_guia(agora, cnpj))


def _emitente(cnpj: str, nome: str) -> Empresa:
    return EMITENTE if cnpj == EMITENTE.cnpj else replace(EMITENTE, cnpj=cnpj, nome=nome.upper())
