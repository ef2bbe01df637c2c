"""Plugs in the demonstration: its command."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="demonstracao",
    comandos=(
        Comando("demo", "separador.demonstracao.cli.demo:demo", 270),
        Comando("exemplo", "separador.demonstracao.cli.exemplo:exemplo", 275),
    ),
    direitos={"livre": ("demo", "exemplo")},
)
