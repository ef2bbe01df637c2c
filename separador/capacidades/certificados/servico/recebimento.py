"""Takes what root and the service's own account hand in by the socket: PINs, certificates, passwords of certificates.

Each runs in a thread of its own, with a database connection of its own. A PIN goes on to the loop, which has the
tokens: from memory to memory, never on disk.
"""

import base64
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from separador.banco.conexao import Banco, abrir
from separador.banco.instante import texto_de
from separador.capacidades.certificados.dominio import Uso, pessoa
from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.certificados.servico.instalacao import Pedido, instalar_a1, julgar_a1
from separador.capacidades.certificados.servico.nomes import PIN
from separador.capacidades.certificados.servico.senhas import nome_da_senha
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.motor.contexto import Contexto
from separador.motor.recebidos import Recebido
from separador.nucleo.erro import Recusa

FEITO, RECUSADO = 0, 1


@dataclass(frozen=True, slots=True)
class PinDado:
    """One PIN for one certificate."""

    certificado_id: int
    pin: str = field(repr=False)


def pin(contexto: Contexto, _ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Leaves the PIN for the loop, which tries it once."""
    contexto.recebidos.deixar(PIN, PinDado(int(dados["certificado"]), str(dados["pin"])))
    return Recebido(FEITO)


def certificado(contexto: Contexto, ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Installs a certificate A1 in the vault."""
    lido = _abrir(dados)
    if isinstance(lido, Recusa):
        return _recusado(lido)
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        cofre = abrir_cofre(contexto.dados, banco, ambiente)
        if isinstance(cofre, Recusa):
            return _recusado(cofre)
        feito = instalar_a1(banco, cofre, contexto.config, _pedido(dados), lido, contexto.agora())
    if isinstance(feito, Recusa):
        return _recusado(feito)
    return Recebido(FEITO, {"id": feito.id, "padrao": feito.padrao, "avisos": list(feito.avisos)})


def exame(contexto: Contexto, _ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Says whose certificate it is and until when, and whether it would be installed. Keeps and changes nothing."""
    lido = _abrir(dados)
    if isinstance(lido, Recusa):
        return _recusado(lido)
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        julgado = julgar_a1(banco, contexto.config, _pedido(dados), lido, contexto.agora())
    if isinstance(julgado, Recusa):
        return _recusado(julgado)
    quem = lido.certificado.identidade
    return Recebido(
        FEITO,
        {
            "titular": quem.titular,
            "pessoa": pessoa(quem),
            "de": texto_de(quem.validade_de),
            "ate": texto_de(quem.validade_ate),
            "avisos": list(julgado),
        },
    )


def _abrir(dados: Mapping[str, Any]) -> Aberto | Recusa:
    pfx = base64.b64decode(dados["pfx"], validate=True)[:LIMITE_PFX]
    return abrir_uma_vez(pfx, str(dados["senha"]).encode())


def _pedido(dados: Mapping[str, Any]) -> Pedido:
    return Pedido(
        str(dados["empresa"]), str(dados["apelido"]), Uso(dados["uso"]), dados["padrao"], str(dados["quem"]), "comando"
    )


def senha(contexto: Contexto, ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Keeps the password for the next certificate that comes to the watched folder without one."""
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        cofre = abrir_cofre(contexto.dados, banco, ambiente)
        if isinstance(cofre, Recusa):
            return _recusado(cofre)
        guardar_senha(banco, cofre, str(dados["empresa"]), str(dados["senha"]).encode())
    return Recebido(FEITO)


def guardar_senha(banco: Banco, cofre: Cofre, empresa: str, dita: bytes) -> None:
    """Keeps the password of a company's next certificate; it replaces the one that there was."""
    with banco.transacao():
        numero = cofre.achar(nome_da_senha(empresa))
        if numero is None:
            cofre.guardar(nome_da_senha(empresa), dita)
        else:
            cofre.trocar(numero, dita)


def _recusado(recusa: Recusa) -> Recebido:
    return Recebido(RECUSADO, {"erros": [[e.mensagem, e.o_que_fazer] for e in recusa.erros]})
