"""Plugs in the simulators: their commands."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="simulador",
    comandos=(Comando("simulador", "separador.simulador.cli.simulador:simulador", 260),),
    direitos={"livre": ("simulador sefaz", "simulador serpro", "simulador executar")},
)
