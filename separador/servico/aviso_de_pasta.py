"""A folder that fails is told once, and shown until it works again (SEP-05)."""

from separador.banco import falhas
from separador.dominio.falha import Falha
from separador.pastas.erros import FalhaDePasta
from separador.servico.casa import Casa
from separador.servico.operario import PastaFalhou


def avisar_pasta(casa: Casa, falha: FalhaDePasta | PastaFalhou) -> None:
    """One line in the failures view for a folder, until it works again."""
    with casa.banco.transacao():
        nova = Falha(f"pasta:{falha.pasta}", f"SEP-{falha.codigo.upper()}", falha.mensagem, falha.o_que_fazer)
        if falhas.abrir(casa.banco, nova, casa.quando()):
            casa.log.error(falha.mensagem, acao="pasta falhou", codigo=falha.codigo, o_que_fazer=falha.o_que_fazer)
