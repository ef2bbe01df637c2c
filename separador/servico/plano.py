"""The two plain rules: `mover` (the file, same name) and `cte-validar` (sign and check, never send; NOM-03)."""

from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_saida import Nome
from separador.servico import saidas
from separador.servico.obra import Item, Obra
from separador.servico.operario import Parecer
from separador.servico.saidas import Saida


def mover(obra: Obra, item: Item, parecer: Parecer) -> None:
    """A plain file to its destination under the same name."""
    ponto = item.nome.rfind(b".")
    corte = ponto if ponto > 0 else len(item.nome)
    obra.publicar(
        Saida(
            saidas.COPIA,
            item.rota.destino,
            Nome(item.nome[:corte], item.nome[corte:]),
            provisorio=item.provisorio,
            sha256=parecer.saida_sha256 or "",
            arquivo_id=item.arquivo_id,
        )
    )
    obra.terminar(item, Desfecho.ENTREGUE)
