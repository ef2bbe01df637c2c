"""Plugs in the notices: one step of the loop, their codes."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo

CAPACIDADE = Capacidade(
    nome="avisos",
    passos=(
        Passo("separador.capacidades.avisos.servico:Avisos", Fase.CADA_30S, 40, fim=50),
        Passo("separador.capacidades.avisos.servico:Avisos", Fase.DEPOIS_DOS_PEDIDOS, 70, metodo="vencer"),
    ),
    falhas="separador.capacidades.avisos.falhas:TEXTOS",
    copia=("aviso_validade",),
)
