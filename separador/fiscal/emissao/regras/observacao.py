"""Decides the texts of a CT-e: xObs, ObsCont, ObsFisco (EMIS-05, EMIS-24)."""

import re
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.formato.modelo_de_texto import CAMPO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.documentos import dia
from separador.fiscal.emissao.regras.registro import LIMITE_DE_OBS, Registro, texto_para_obs
from separador.nucleo import fuso

Pares = tuple[tuple[str, str], ...]
_LIMITE_DE_PARES, _LIMITE_DO_TEXTO = 10, 160


def observacao(caso: Caso, registro: Registro) -> str:
    """Returns xObs: the load's text, then what the configuration wants printed. Longer than the limit: told."""
    imprimir = caso.ambiente.parametros.imprimir_em_obs
    impressos = texto_para_obs(registro, imprimir)
    texto = " | ".join([t for t in (caso.cte.texto("observacao"), *impressos) if t])
    if len(texto) > LIMITE_DE_OBS:
        mensagem = f"xObs teria {len(texto)} posições com o que emissao.imprimir_em_obs acrescenta; o limite é 2000."
        caso.errar("SEP-EMIS-05", "observacao", mensagem, "Encurte a observação, ou imprima menos.")
    if impressos:
        caso.decidir("xObs", " | ".join(impressos), "emissao.imprimir_em_obs", "EMIS-24")
    return texto


def do_contribuinte(caso: Caso) -> Pares:
    """Returns ObsCont: the load's pairs, then those of the configuration's template."""
    proprios = _pares(caso, "obs_contribuinte")
    pares = list(proprios)
    for campo, modelo in caso.ambiente.parametros.consulta_inf_adicional:
        texto = _preencher(caso, modelo)
        if texto is None:
            mensagem = f"{campo}: o que o modelo pede está vazio nesta carga; o par foi omitido."
            caso.achados.avisar("SEP-INF-ADICIONAL-VAZIA", caso.cte.em("obs_contribuinte"), mensagem)
            continue
        if len(texto) > _LIMITE_DO_TEXTO:
            mensagem = f"{campo} teria {len(texto)} posições; o limite é {_LIMITE_DO_TEXTO}."
            caso.errar("SEP-EMIS-05", "obs_contribuinte", mensagem, "Encurte emissao.consulta_inf_adicional.")
        pares.append((campo, texto))
    if len(pares) > _LIMITE_DE_PARES >= len(proprios):  # of the load alone the reader tells
        mensagem = f"São {len(pares)} observações do contribuinte; o limite é {_LIMITE_DE_PARES}."
        caso.errar("SEP-EMIS-05", "obs_contribuinte", mensagem, "Retire o que sobra.")
    return tuple(pares)


def do_fisco(caso: Caso) -> Pares:
    """Returns ObsFisco."""
    return _pares(caso, "obs_fisco")


def _pares(caso: Caso, lista: str) -> Pares:
    """Returns the pairs of the load. Half a pair is told, never left out."""
    for no in caso.cte.nos(lista):
        for nome in ("campo", "texto"):
            if not no.dado(nome):
                mensagem = f"Falta {nome} da observação."
                caso.achados.errar("SEP-EMIS-05", no.em(nome), mensagem, "Preencha campo e texto, ou retire o par.")
    return tuple((n.texto("campo"), n.texto("texto")) for n in caso.cte.nos(lista))


def _preencher(caso: Caso, modelo: str) -> str | None:
    """Returns the template with the load's values; None when one of them is empty."""
    vazio = False

    def valor(achado: re.Match[str]) -> str:
        nonlocal vazio
        dito = _do_campo(caso, achado[1])
        vazio |= not dito
        return dito

    texto = CAMPO.sub(valor, modelo)
    return None if vazio else texto


def _do_campo(caso: Caso, caminho: str) -> str:
    nome, _, resto = caminho.partition(".")
    no = caso.cte.no(nome)
    if resto and no is None and nome in caso.cte:
        cadastro = "veiculos" if nome == "veiculo" or nome.startswith("reboque") else "entidades"
        no = caso.cadastros.achar(cadastro, caso.cte.texto(nome)).registro
    if resto:
        return _escrito(no, resto) if no is not None else ""
    return _escrito(caso.cte, nome)


def _escrito(no: No, nome: str) -> str:
    valor = no.valores.get(nome)
    if isinstance(valor, bool):
        return "SIM" if valor else "NAO"
    if isinstance(valor, Decimal):
        return f"{valor}"
    if textos := no.textos(nome):
        return ", ".join(textos)
    data = no.data(nome)
    return fuso.dia(dia(data)) if data is not None else no.texto(nome)
