"""Says the state of the service in the words of the panel, and the version of all that pages show."""

import hashlib

from separador.painel.base.visita import Visita

LIGADO, INICIANDO, SEM_SINAL, DESLIGADO = "ligado", "iniciando", "sem sinal", "desligado"


def estado(v: Visita) -> str:
    """Returns one of the four words."""
    vivo = v.vivo()
    if vivo.detentor is None:
        return DESLIGADO
    if not vivo.ativo:
        return INICIANDO
    return SEM_SINAL if vivo.parado(v.configuracao.tempo_leitura_s) else LIGADO


def versao(v: Visita) -> str:
    """Returns a text that changes when anything on a page may have changed."""
    return hashlib.sha256(repr((estado(v), v.marca)).encode()).hexdigest()[:16]
