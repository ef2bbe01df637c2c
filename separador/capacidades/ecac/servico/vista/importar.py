"""Says which companies an import asked for by a person is about, or why it cannot be."""

import json
from datetime import date

from separador.configuracao import Configuracao, Empresa
from separador.configuracao.uso_do_ecac import AcessoEcac, Modo
from separador.nucleo import fuso

PEDIDO = "ecac-importar"
TERMO = "ecac-termo"
"""The kind of order, and of what is handed in with a PIN."""
SEM_A_CHAVE = "Falta a chave ecac na configuração: sem ela nada é perguntado à Receita."
_RECUSAS = {
    Modo.NAO_UTILIZA: "não utiliza o e-CAC (utiliza: false); ela nunca é consultada",
    Modo.MANUAL: "é de importação manual, por código de acesso: solte os PDFs na pasta da regra ecac-comprovantes",
}


def dados_da_ordem(*, a3: bool) -> str:
    """Returns what the order carries."""
    return json.dumps({"a3": a3})


def escolher(config: Configuracao, cnpj: str | None, dia: date, *, a3: bool) -> list[Empresa] | str:
    """Returns the companies of an import on a day, or the sentence that refuses it. `cnpj` None: all."""
    modo = Modo.SOB_DEMANDA if a3 else Modo.AUTOMATICO
    if cnpj is None:
        escolhidas = [e for e in config.empresas if e.ecac.modo is modo]
        com = "certificado A3" if a3 else "certificado A1"
        return escolhidas or f"Nenhuma empresa utiliza o e-CAC com {com}."
    dona = config.empresa(cnpj)
    if dona is None:
        return f"A empresa {cnpj} não está na configuração."
    recusa = _contra(dona, modo, dia)
    return [dona] if recusa is None else recusa


def a3(config: Configuracao) -> list[Empresa]:
    """Returns the companies that are imported by their token."""
    return [e for e in config.empresas if e.ecac.modo is Modo.SOB_DEMANDA]


def por_que_sem_a3(config: Configuracao) -> str | None:
    """Returns why the company that asks for a token cannot be imported by it. None: one can, or none asks for it."""
    pedem = [e for e in config.empresas if e.ecac.utiliza and e.ecac.acesso is AcessoEcac.A3]
    if a3(config) or not pedem:
        return None
    return next((f"{e.nome}: {e.ecac.recusa}." for e in pedem if e.ecac.recusa is not None), None)


def _contra(e: Empresa, modo: Modo, dia: date) -> str | None:
    if e.ecac.recusa is not None:
        return f"{e.nome}: {e.ecac.recusa}."
    if e.ecac.modo is Modo.SOB_DEMANDA and modo is not Modo.SOB_DEMANDA:
        return f"{e.nome} usa certificado A3: separador ecac importar --a3 --empresa {e.cnpj}"
    if e.ecac.modo is not modo:
        return f"{e.nome} {_RECUSAS.get(e.ecac.modo, 'usa certificado A1, que é importado sem --a3')}."
    if e.ecac.comeca_depois_de(dia):
        return f"{e.nome} começa a ser consultada em {fuso.dia(e.ecac.inicio or dia)} (chave inicio)."
    return None
