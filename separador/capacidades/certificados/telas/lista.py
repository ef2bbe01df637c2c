"""The page of the certificates: whose they are, until when, which one signs; and the orders about one of them."""

import sqlite3
from datetime import timedelta
from typing import Any

from separador.banco.instante import instante_de
from separador.capacidades.certificados.banco import ativos_lidos, em_uso_lido, em_uso_lidos
from separador.capacidades.certificados.servico.nomes import PADRAO, REMOVER, VALIDADE, dias
from separador.nucleo import fuso
from separador.painel.base import ordens
from separador.painel.base.campos import Campos
from separador.painel.base.escolhas import empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

_LISTA = "/certificados"
_PERTO = timedelta(days=30)
_POR_PAGINA = 50


def lista(v: Visita) -> Resposta:
    """Shows the certificates of all companies, or of one; has the service look at their validity now."""
    if v.enviada:
        return ordens.dar(v, [NovoPedido(VALIDADE, "")], _LISTA)
    empresa = v.consulta.um("empresa")
    if empresa:
        linhas, proxima = ativos_lidos(v.banco, empresa), None
    else:
        linhas, proxima = em_uso_lidos(v.banco, v.consulta.um("a_partir"), _POR_PAGINA)
    nomes = {e.cnpj: e.nome for e in v.configuracao.empresas}
    valores: dict[str, Any] = {
        "linhas": [_linha(v, r, nomes.get(r["empresa"], "")) for r in linhas],
        "proximos": Campos((("a_partir", proxima),)).endereco(_LISTA) if proxima is not None else None,
        "empresas": empresas(v, empresa),
        "empresa": empresa,
        "aqui": v.consulta.com(ordem=None, feito=None).endereco(_LISTA),
    }
    return Pagina("certificados/lista.html", "Certificados", valores, ditos=_feito(v))


def _linha(v: Visita, r: sqlite3.Row, nome: str) -> dict[str, Any]:
    ate = instante_de(r["validade_ate"])
    classe = "mal" if ate < v.agora else "meio" if ate - v.agora <= _PERTO else ""
    return {"c": r, "nome": nome, "prazo": dias(ate, v.agora), "classe": classe, "impede": _contra(v, PADRAO, r)}


def _feito(v: Visita) -> tuple[str, ...]:
    achado = _por_id(v, v.consulta.um("feito"))
    if achado is None:
        return ()
    papel = "é agora o padrão da empresa" if achado["padrao"] else "não é o padrão da empresa"
    return (f'Certificado "{achado["apelido"]}" instalado; {papel} {achado["empresa"]}.',)


def _por_id(v: Visita, dito: str) -> sqlite3.Row | None:
    return em_uso_lido(v.banco, int(dito)) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None


def padrao(v: Visita) -> Resposta:
    """Makes a certificate the default of its company."""
    frases = (
        "Os próximos documentos da empresa são assinados com este certificado; o serviço o adota sozinho.",
        "O padrão de agora fica guardado, e pode voltar a ser o padrão.",
    )
    return _confirmar(v, "Tornar padrão", PADRAO, frases)


def remover(v: Visita) -> Resposta:
    """Takes a certificate out of use."""
    frases = (
        "O certificado sai de uso e a chave dele é apagada do cofre: só volta se for instalado de novo.",
        "O serviço recusa enquanto ele for o padrão de uma empresa que tem outro, ou o novo ainda não tiver assinado.",
    )
    return _confirmar(v, "Remover", REMOVER, frases)


def _confirmar(v: Visita, botao: str, pedido: str, frases: tuple[str, ...]) -> Resposta:
    achado = _por_id(v, v.partes["id"])
    if achado is None:
        raise Erro(NAO_HA, "Não há certificado em uso com este número.")
    contra = _contra(v, pedido, achado)
    if v.enviada and contra is None:
        return ordens.dar(v, [NovoPedido(pedido, str(achado["id"]))], _LISTA)
    dona = v.configuracao.empresa(achado["empresa"])
    valores: dict[str, Any] = {
        **_linha(v, achado, dona.nome if dona is not None else ""),
        "botao": botao,
        "frases": frases,
        "pode": contra is None,
        "volta": v.volta(_LISTA),
    }
    titulo = f"{botao} certificado" if pedido == REMOVER else f"{botao} o certificado"
    avisos = (contra,) if contra is not None else ()
    return Pagina("certificados/confirmar.html", titulo, valores, ACHADA if contra is None else CONFLITO, avisos)


def _contra(v: Visita, pedido: str, achado: sqlite3.Row) -> str | None:
    if pedido == REMOVER:
        return None
    if achado["padrao"]:
        return f'"{achado["apelido"]}" já é o padrão da empresa.'
    ate = instante_de(achado["validade_ate"])
    if ate < v.agora:
        return f'O certificado "{achado["apelido"]}" está vencido desde {fuso.dia(ate)}.'
    return None
