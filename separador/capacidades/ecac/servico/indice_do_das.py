"""Reads the index of DAS that PGDAS-D keeps: every DAS generated, by whomever."""

from typing import Any

from separador.capacidades.ecac.banco import empresas, guias
from separador.capacidades.ecac.banco.guias import NovaGuia
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, Valores, completo
from separador.capacidades.ecac.dominio.guia import ler_periodo
from separador.capacidades.ecac.integra.porta import Resultado
from separador.capacidades.ecac.integra.valores import DasIndice, Partes
from separador.capacidades.ecac.servico.execucao import Execucao
from separador.configuracao import Empresa
from separador.motor.resposta import Resposta


def ler_indice(execucao: Execucao, partes: Partes, ano: int) -> Resultado[tuple[DasIndice, ...]]:
    """Asks for the index of a year (CONSDECLARACAO13)."""
    return execucao.perguntar(lambda: execucao.porta.indice_das(partes, ano))


def nao_veio(r: Resultado[Any]) -> Resposta:
    """Turns any result but Ok into an answer for the person who waits."""
    texto = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    return Resposta("recusado", "SEP-ECAC-SEM-RESPOSTA", f"A Receita não deu a resposta: {texto}.")


def registrar_indice(execucao: Execucao, empresa: Empresa, das: tuple[DasIndice, ...], quem: str) -> int:
    """Registers the DAS of an index. A DAS that is paid there and open here makes the company be asked about. Returns
    how many were new."""
    novas = 0
    with execucao.banco.transacao():
        for d in das:
            nova = NovaGuia(
                empresa.cnpj,
                TipoDocumento.DAS,
                completo(d.numero),
                Valores(),
                periodo=ler_periodo(d.periodo),
                origem="api",
            )
            registrada = guias.registrar(execucao.banco, nova, quem, execucao.quando)
            novas += registrada.nova
            guia = guias.por_id(execucao.banco, registrada.id)
            if d.pago is True and guia is not None and guia["pagamento"] is None:
                empresas.marcar(execucao.banco, [empresa.cnpj])
    return novas
