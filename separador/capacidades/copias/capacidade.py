"""Plugs in copies of the installation: the commands, who may give them, how old the newest copy is."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="copias",
    comandos=(Comando("copia", "separador.capacidades.copias.cli.copia:copia", 212),),
    # They read the installation, with the rights that the account has on it anyway, and change nothing in it.
    direitos={"ler": ("copia fazer", "copia conferir", "copia restaurar", "copia ensaio")},
    verificacoes="separador.capacidades.copias.cli.verificacoes:idade",
)
