"""Finds whether the number of an export belongs to another document already."""

from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.servico.rede import fila as fila_da_rede
from separador.fiscal.resumo import Resumo
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.capacidade import de_cada
from separador.nucleo.erro import Erro
from separador.nucleo.situacao import Situacao


def numero_tomado(grupo: Grupo, rota_id: int, chave: str, r: Resumo) -> Erro | None:
    """Returns why an export cannot have its number, or None when it can."""
    return _numero_dado(grupo, chave, r) or _numero_em_transmissao(grupo, rota_id, chave, r)


def _numero_dado(grupo: Grupo, chave: str, r: Resumo) -> Erro | None:
    """Refuses a number that was given to a document which is being made here, and is not registered yet."""
    achados = (achar(grupo.banco, r.emitente, r.tp_amb, r.modelo, r.serie, r.numero) for achar in de_cada("numeros"))
    dono = next((achada for achada in achados if achada not in (None, chave)), None)
    return numero_dado(r.numero, r.serie, dono) if dono is not None else None


def numero_dado(numero: str, serie: str, dono: str) -> Erro:
    """Returns the refusal of a number that a CT-e made here has."""
    return Erro(
        "SEP-NUMERO-DADO",
        "SEP",
        f"O número {numero} (série {serie}) já foi dado ao CT-e {dono}, de uma carga.",
        "Use outro número, ou outra série para o que o WMS numera; os números dados: separador carga numeracao",
        tag="nCT",
    )


def _numero_em_transmissao(grupo: Grupo, rota_id: int, chave: str, r: Resumo) -> Erro | None:
    """Refuses another key for a number that was transmitted and has no answer yet.

    The first key may be authorised already. A contingency document above all must take another number.
    """
    if not fila_da_rede.pela_rede(grupo.contexto, rota_id):
        return None
    outros = documentos.outros_no_numero(grupo.banco, chave, r.emitente, r.modelo, r.serie, r.numero)
    esperam = [d["chave"] for d in outros if d["situacao"] == Situacao.AGUARDANDO_RETORNO.value]
    if not esperam:
        return None
    return Erro(
        "SEP-NUMERO-EM-TRANSMISSAO",
        "SEP",
        f"O número {r.numero} (série {r.serie}) já foi transmitido sob a chave {esperam[0]}; o retorno ainda não veio.",
        "Espere o retorno do primeiro. Um número já transmitido não se refaz em contingência: use outro número.",
        tag="nCT",
    )
