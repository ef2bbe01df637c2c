"""Makes the call of a queued row: checks that it is still wanted, builds the envelope, writes the intent."""

import hashlib
from datetime import datetime
from sqlite3 import Row

from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.rede.porta import Chamada, Servico
from separador.capacidades.sefaz.servico import enderecos
from separador.capacidades.sefaz.servico.tipos_de_chamada import tipo_de
from separador.motor.desfecho.grupo import Grupo


class SemEnderecoError(Exception):
    """The authoriser does not offer this service."""


class CedoDemaisError(Exception):
    """The call may not be made yet."""

    def __init__(self, em: datetime) -> None:
        super().__init__()
        self.em = em


def preparar(grupo: Grupo, linha: Row, cnpj: str) -> Chamada | None:
    """Returns the call of a row, with its intent written in the open transaction. None: nobody wants it any more.

    The document or event of the call changes in the commit of the intent, because from then on the call may be on its
    way. `cnpj`: the company whose certificate is presented (its own, or one of its base). Raises SemEnderecoError,
    CedoDemaisError, LookupError.
    """
    tipo = tipo_de(linha)
    em = tipo.nao_antes(grupo, linha)
    if em is not None and em > grupo.agora:
        raise CedoDemaisError(em)
    if not tipo.querida(grupo, linha):
        tabela.retirar(grupo.banco, linha["id"], grupo.quando)
        return None
    url = enderecos.url(grupo.contexto, linha["servico"], linha["autorizador"], linha["tp_amb"])
    if url is None:
        raise SemEnderecoError(f"{linha['autorizador']} não oferece o serviço {linha['servico']}")
    corpo = tipo.envelope(grupo, linha)
    tabela.intencao(grupo.banco, linha["id"], hashlib.sha256(corpo).hexdigest(), grupo.quando)
    tipo.a_caminho(grupo, linha)
    return Chamada(Servico(linha["servico"]), url, corpo, cnpj)
