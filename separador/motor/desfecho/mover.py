"""Decides the plain rule `mover`: the file goes to its destination under its own name."""

from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_saida import Nome


def mover(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Publishes a plain file under its own name."""
    ponto = item.nome.rfind(b".")
    corte = ponto if ponto > 0 else len(item.nome)
    grupo.publicar(
        Saida(
            saidas.COPIA,
            item.rota.destino,
            Nome(item.nome[:corte], item.nome[corte:]),
            provisorio=item.provisorio,
            sha256=parecer.saida_sha256 or "",
            arquivo_id=item.arquivo_id,
        )
    )
    grupo.terminar(item, Desfecho.ENTREGUE)
