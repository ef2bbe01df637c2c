"""Carries out the orders that ask the Receita: import, receipt of one guide, index of DAS, a new guide.

The loop accepts them. The e-CAC's thread carries them out, one after the other.
"""

import json
from sqlite3 import Row
from typing import Any

from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.ecac.banco import comprovantes, empresas, guias
from separador.capacidades.ecac.banco.pedidos import COMPROVANTE, INDICE
from separador.capacidades.ecac.dominio.guia import Estado, nome_da_guia
from separador.capacidades.ecac.integra.porta import Ok
from separador.capacidades.ecac.integra.valores import Partes
from separador.capacidades.ecac.servico import busca_de_comprovantes, geracao_de_guias, pagamentos
from separador.capacidades.ecac.servico.autores import Certificados, liberar
from separador.capacidades.ecac.servico.execucao import Execucao, ParadaError
from separador.capacidades.ecac.servico.importacao import PedidoImportacao
from separador.capacidades.ecac.servico.indice_do_das import ler_indice, nao_veio, registrar_indice
from separador.configuracao import Empresa
from separador.motor.desfecho.grupo import Grupo
from separador.motor.resposta import Resposta
from separador.nucleo.texto.quantidade import milhar, quantos

_FEITO, _RECUSADO = "feito", "recusado"


def aceitar(grupo: Grupo, linha: Row) -> None:
    """Hands an order to the e-CAC's thread. Without the configuration there is nobody to ask."""
    if grupo.contexto.config.ecac is None:
        mensagem = "Falta a chave ecac na configuração: sem ela nada é perguntado à Receita."
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-ECAC-ACESSO", mensagem, grupo.quando
        )
        return
    tabela_de_pedidos.aceitar(grupo.banco, linha["id"])


def pedido_de(linha: Row, motivo: str) -> PedidoImportacao:
    """Returns the import that an order asks for; `chave` is the company, or `*`."""
    opcoes: dict[str, Any] = json.loads(linha["motivo"] or "{}")
    empresa = None if linha["chave"] == "*" else linha["chave"]
    return PedidoImportacao(motivo, linha["quem"], empresa, bool(opcoes.get("a3")), linha["id"])


def cumprir(execucao: Execucao, linha: Row, certificados: Certificados) -> Resposta:
    """Carries out one order, in the thread. What stops a run ends the order with that answer."""
    try:
        if linha["pedido"] == COMPROVANTE:
            return _comprovante(execucao, int(linha["chave"]), certificados)
        empresa = execucao.empresas.get(linha["chave"])
        if empresa is None:
            return Resposta(_RECUSADO, "SEP-EMPRESA", f"A empresa {linha['chave']} não está na configuração.")
        autoria = liberar(execucao, empresa, certificados)
        if autoria.autor is None:
            return Resposta(_RECUSADO, "SEP-ECAC-ACESSO", autoria.recusa or "sem acesso")
        opcoes: dict[str, Any] = json.loads(linha["motivo"] or "{}")
        if linha["pedido"] == INDICE:
            return _indice(execucao, empresa, autoria.autor, int(opcoes["ano"]), linha["quem"])
        return geracao_de_guias.gerar(execucao, empresa, autoria.autor, opcoes, linha["quem"])
    except ParadaError as parada:
        return Resposta(_RECUSADO, "SEP-ECAC-PARADA", f"Não foi possível agora: {parada.motivo}.")


def _comprovante(execucao: Execucao, guia_id: int, certificados: Certificados) -> Resposta:
    """Answers with the receipt of one guide: filed before, or looked for now, once."""
    guia = guias.por_id(execucao.banco, guia_id)
    if guia is None:
        return Resposta(_RECUSADO, "SEP-GUIA-DESCONHECIDA", f"Não há guia {guia_id}.")
    empresa = execucao.empresas.get(guia["contribuinte"])
    if empresa is None:
        return Resposta(_RECUSADO, "SEP-EMPRESA", f"A empresa {guia['contribuinte']} não está na configuração.")
    if guia["comprovante_id"] is None:
        autoria = liberar(execucao, empresa, certificados)
        if autoria.autor is None:
            return Resposta(_RECUSADO, "SEP-ECAC-ACESSO", autoria.recusa or "sem acesso")
        _procurar(execucao, empresa, autoria.autor, guia)
    return _resposta_do_comprovante(execucao, guia_id)


def _procurar(execucao: Execucao, empresa: Empresa, autor: str, guia: Row) -> None:
    if not Estado(guia["estado"]).baixada:
        with execucao.banco.transacao():
            empresas.marcar(execucao.banco, [empresa.cnpj])
        pagamentos.consultar(execucao, empresa, autor)
    depois = guias.por_id(execucao.banco, guia["id"])
    if depois is not None and depois["estado"] == Estado.PAGA_SEM_COMPROVANTE:
        busca_de_comprovantes.preparar(execucao)
        busca_de_comprovantes.baixar_um(execucao, depois, autor)


def _resposta_do_comprovante(execucao: Execucao, guia_id: int) -> Resposta:
    guia = guias.por_id(execucao.banco, guia_id)
    if guia is not None and guia["comprovante_id"] is not None:
        comprovante = comprovantes.por_id(execucao.banco, guia["comprovante_id"])
        if comprovante is not None:
            onde = execucao.bases.arquivo(comprovante["raiz"], comprovante["caminho"])
            return Resposta(_FEITO, "SEP-COMPROVANTE", onde)
    estado = guia["estado"] if guia is not None else "desconhecida"
    nome = nome_da_guia(guia_id, guia["numero"]) if guia is not None else str(guia_id)
    texto = f"Ainda não há comprovante da guia {nome} ({estado}); veja: separador ecac ocorrencias."
    return Resposta(_RECUSADO, "SEP-SEM-COMPROVANTE", texto)


# --- index of DAS ----------------------------------------------------------------------------------------------------


def _indice(execucao: Execucao, empresa: Empresa, autor: str, ano: int, quem: str) -> Resposta:
    """Registers the DAS that the Receita knows of a year and that we did not know."""
    r = ler_indice(execucao, Partes(autor, empresa.cnpj), ano)
    if not isinstance(r, Ok):
        return nao_veio(r)
    novas = registrar_indice(execucao, empresa, r.valor, quem)
    novidade = quantos(novas, "guia nova registrada", "guias novas registradas")
    texto = f"{milhar(len(r.valor))} DAS de {ano} no índice da Receita; {novidade}."
    return Resposta(_FEITO, "SEP-INDICE", texto)
