"""The index of DAS that PGDAS-D keeps: what was generated, by whomever (ECAC-03; fatos/ecac.md 5.2)."""

from typing import Any

from separador.banco import ecac_empresas, ecac_guias
from separador.banco.ecac_guias import NovaGuia
from separador.configuracao import Empresa
from separador.dominio.arrecadacao import TipoDocumento, Valores, completo
from separador.dominio.guia import ler_periodo
from separador.ecac.porta import Resultado
from separador.ecac.valores import DasIndice, Partes
from separador.motor.resposta import Resposta
from separador.servico.ecac_obra import ObraEcac
from separador.servico.ecac_pagamentos import autor_de


def ler_indice(obra: ObraEcac, empresa: Empresa, ano: int) -> Resultado[tuple[DasIndice, ...]]:
    """CONSDECLARACAO13."""
    partes = Partes(autor_de(empresa), empresa.cnpj)
    return obra.perguntar(lambda: obra.porta.indice_das(partes, ano))


def nao_veio(r: Resultado[Any]) -> Resposta:
    """Any result but Ok, for the person who waits."""
    texto = getattr(r, "mensagem", None) or getattr(r, "motivo", "")
    return Resposta("recusado", "SEP-ECAC-SEM-RESPOSTA", f"A Receita não deu a resposta: {texto}.")


def registrar_indice(obra: ObraEcac, empresa: Empresa, das: tuple[DasIndice, ...], quem: str) -> int:
    """Register the DAS of an index; one that it says is paid and we have open makes the company be asked about."""
    novas = 0
    with obra.banco.transacao():
        for d in das:
            nova = NovaGuia(
                empresa.cnpj,
                TipoDocumento.DAS,
                completo(d.numero),
                Valores(),
                periodo=ler_periodo(d.periodo),
                origem="api",
            )
            registrada = ecac_guias.registrar(obra.banco, nova, quem, obra.quando)
            novas += registrada.nova
            guia = ecac_guias.por_id(obra.banco, registrada.id)
            if d.pago is True and guia is not None and guia["pagamento"] is None:
                ecac_empresas.marcar(obra.banco, [empresa.cnpj])
    return novas
