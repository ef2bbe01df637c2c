"""Plugs in the printed form: one step of the loop, one check."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo

CAPACIDADE = Capacidade(
    nome="dacte",
    passos=(Passo("separador.capacidades.dacte.servico.impressora:Impressora", Fase.DEPOIS_DA_COLHEITA, 30, fim=20),),
    verificacoes="separador.capacidades.dacte.cli.verificacoes:dacte",
    falhas="separador.capacidades.dacte.falhas:TEXTOS",
)
