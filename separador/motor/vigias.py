"""Watches what the service itself stands on: its database, as it was found at the start."""

from collections.abc import Sequence

from separador.acesso.banco import auditoria
from separador.banco import ao_lado, esquema, falhas
from separador.banco.conexao import Banco
from separador.motor.contexto import Contexto
from separador.motor.partes import Parte
from separador.nucleo.falha import Falha, descrever


class VigiaDoBanco(Parte):
    """Shows, at the start, a database that is older than the files beside it, or not as its migrations made it.

    Neither failure ends by itself: a person looks, and dismisses it.
    """

    def iniciar(self) -> None:
        """Looks once. It costs a few milliseconds."""
        contexto = self.contexto
        visto = ao_lado.olhar(contexto.banco, contexto.dados, auditoria.selo_e_hora(contexto.dados))
        abrir_se_nova(contexto, "banco", ao_lado.CODIGO, ao_lado.indicios(visto))
        outras = esquema.comparar(contexto.banco).outras
        abrir_se_nova(contexto, "banco", "SEP-BANCO-ESQUEMA", [", ".join(outras[:10])] if outras else [])


def abrir_se_nova(contexto: Contexto, assunto: str, codigo: str, ditos: Sequence[str]) -> bool:
    """Opens a failure about the service itself, when there is something to say. Returns True when it is new.

    One that a person dismissed with these very words does not come back.
    """
    if not ditos:
        return False
    motivo, fazer = descrever(codigo, f"Visto: {'; '.join(ditos)}.")
    falha = Falha(assunto, codigo, motivo, fazer)
    if _dispensada(contexto.banco, falha):
        return False
    with contexto.banco.transacao():
        nova = falhas.abrir(contexto.banco, falha, contexto.quando())
    if nova:
        contexto.log.error(motivo, acao="vigia", codigo=codigo, o_que_fazer=fazer)
    return nova


def _dispensada(banco: Banco, falha: Falha) -> bool:
    sql = (
        "SELECT 1 FROM falha WHERE assunto = ? AND codigo = ? AND motivo = ? AND encerrada_por LIKE 'dispensada por %'"
    )
    return banco.uma(sql, falha.assunto, falha.codigo, falha.motivo) is not None
