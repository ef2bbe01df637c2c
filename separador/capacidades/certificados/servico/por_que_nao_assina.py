"""Says of a company that nobody can sign for now which certificate ended, when, and what helps."""

from dataclasses import dataclass, replace
from datetime import datetime

from separador.banco.instante import instante_de
from separador.capacidades.certificados import banco as tabela
from separador.motor.contexto import Contexto
from separador.nucleo.falha import Falha
from separador.nucleo.fuso import dia_e_hora

_FAZER = (
    "Instale o renovado: separador certificado instalar ARQUIVO --apelido NOME. Se já está instalado: separador "
    "certificado validade. Os documentos esperam e seguem sozinhos."
)


@dataclass(frozen=True, slots=True)
class Motivo:
    """Why nobody signs, and what to do (Portuguese)."""

    texto: str
    o_que_fazer: str


def por_que_nao_assina(contexto: Contexto, cnpj: str) -> Motivo | None:
    """Returns the reason for a company, or for another of its establishments. None: no certificate of it ended."""
    agora = contexto.agora()
    nomes = {e.cnpj: e.nome for e in contexto.config.empresas}
    for linha in tabela.padroes(contexto.banco):
        ate = instante_de(linha["validade_ate"])
        if linha["empresa"][:8] == cnpj[:8] and ate < agora:
            nome = nomes.get(linha["empresa"], linha["empresa"])
            return Motivo(vencido(f'O certificado "{linha["apelido"]}" de {nome}', ate), _FAZER)
    for dona, certificado in contexto.certificados.items():
        if dona[:8] == cnpj[:8] and certificado.validade_ate < agora:
            o_que = f"O certificado de {nomes.get(dona, dona)} (arquivo da configuração, de {certificado.titular})"
            return Motivo(vencido(o_que, certificado.validade_ate), _FAZER)
    return None


def dizer_vencido(contexto: Contexto, cnpj: str, falha: Falha) -> Falha:
    """Returns the failure of a held document with the certificate that ended, where one did."""
    motivo = por_que_nao_assina(contexto, cnpj)
    if motivo is None:
        return falha
    return replace(falha, motivo=f"{motivo.texto} O documento espera.", o_que_fazer=motivo.o_que_fazer)


def ao_assinar_evento(contexto: Contexto, cnpj: str) -> str:
    """Returns the sentence for an order that needs a signature of this company."""
    motivo = por_que_nao_assina(contexto, cnpj)
    if motivo is None:
        return f"Não há certificado utilizável do CNPJ {cnpj} para assinar o evento."
    return f"{motivo.texto} {motivo.o_que_fazer}"


def vencido(o_que: str, ate: datetime) -> str:
    """Returns the sentence, with the day and the time in the zone of people."""
    return f"{o_que} venceu em {dia_e_hora(ate)}."
