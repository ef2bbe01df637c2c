"""Plugs in copies of the installation: the commands, who may give them, how old the newest copy is."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="copias",
    comandos=(Comando("copia", "separador.capacidades.copias.cli.copia:copia", 212),),
    # The timer gives them, without a person. They need the rights of the service's account: the system decides.
    direitos={"livre": ("copia fazer", "copia conferir", "copia restaurar", "copia ensaio")},
    verificacoes="separador.capacidades.copias.cli.verificacoes:idade",
)
