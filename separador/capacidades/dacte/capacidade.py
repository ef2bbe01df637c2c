"""Plugs in the printed form: one step of the loop."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo

CAPACIDADE = Capacidade(
    nome="dacte",
    passos=(Passo("separador.capacidades.dacte.servico:Impressora", Fase.DEPOIS_DA_COLHEITA, 30, fim=20),),
    falhas="separador.capacidades.dacte.falhas:TEXTOS",
)
