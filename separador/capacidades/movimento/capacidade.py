"""Plugs in the summary of what passed through: its commands, and what it counts in the commit of each outcome."""

from separador.nucleo.capacidade import Capacidade, Comando, Tela

CAPACIDADE = Capacidade(
    nome="movimento",
    comandos=(
        Comando(
            "estatisticas", "separador.capacidades.movimento.cli.estatisticas:estatisticas", 97, com_a_ultima_boa=True
        ),
    ),
    direitos={"ler": ("estatisticas",), "operar": ("estatisticas refazer",)},
    telas=(
        Tela(
            "/movimento",
            "separador.capacidades.movimento.telas.movimento:movimento",
            acao="estatisticas",
            menu="Movimento",
            lugar=80,
        ),
    ),
    desfechos="separador.capacidades.movimento.servico:contar",
)
