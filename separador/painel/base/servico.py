"""Says the state of the service in the words of the panel."""

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
