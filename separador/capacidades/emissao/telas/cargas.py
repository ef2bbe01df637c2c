"""The pages of loads: all of them, the newest first, and one with its documents."""

import sqlite3
from typing import Any

from separador.capacidades.cte.telas.lista import MUITOS, NENHUM, POR_PAGINA, da_pagina
from separador.capacidades.emissao.banco import cargas as tabela
from separador.capacidades.emissao.banco import leitura
from separador.capacidades.emissao.dominio.endereco import CAMINHO, da_carga, ler
from separador.painel.base.campos import Campos
from separador.painel.base.escolhas import nomes
from separador.painel.base.resposta import NAO_HA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

AVISOS = 50
"""Notices that the page shows; a load may have one for each of its invoices."""


def lista(v: Visita) -> Resposta:
    """Shows a page of the list."""
    aqui = v.consulta.com(ordem=None, volta=None)
    situacao, antes = aqui.um("situacao"), aqui.um("depois")
    achada = leitura.resumidas(
        v.banco, situacao if situacao in leitura.SITUACOES else None, POR_PAGINA, _ponto(antes) or leitura.ULTIMA
    )
    valores: dict[str, Any] = {
        "linhas": [c | {"caminho": da_carga(str(c["carga"]))} for c in achada.cargas],
        "situacoes": leitura.SITUACOES,
        "situacao": situacao,
        "proximas": aqui.com(depois=str(achada.proxima)).endereco(CAMINHO) if achada.proxima is not None else None,
        "primeiras": aqui.com(depois=None).endereco(CAMINHO) if antes else None,
    }
    return Pagina("emissao/lista.html", "GERENCIAR CARGAS", valores)


def _ponto(texto: str) -> int | None:
    return int(texto) if texto.isascii() and texto.isdigit() and len(texto) < 19 else None


def uma(v: Visita) -> Resposta:
    """Shows a load: what it is, and its documents as the list of documents shows them."""
    linha = achar(v)
    nome = str(linha["carga"])
    depois = _ponto(v.consulta.um("depois")) or 0
    achada = leitura.registrados(v.banco, linha["id"], POR_PAGINA, depois)
    aqui = da_carga(nome)
    seguinte = Campos().com(depois=str(achada.proxima)).endereco(aqui) if achada.proxima is not None else None
    retida = linha["situacao"] == tabela.RETIDA
    avisos, quantos = leitura.avisos(v.banco, linha["id"], AVISOS)
    valores: dict[str, Any] = {
        "c": leitura.resumida(linha),
        "arquivo_id": linha["arquivo_id"],
        "linhas": da_pagina(achada.linhas),
        "nomes": nomes(v),
        "marcadas": v.consulta.todos("chave"),
        "paginas": {nome: aqui},
        "aqui": aqui,
        "retida": retida,
        "espera": leitura.o_que_espera(v.banco, linha["arquivo_id"]) if retida else "",
        "complementar": f"{aqui}/complementar" if retida and v.pode("carga complementar") else None,
        "proximos": seguinte,
        "primeiros": aqui if depois else None,
        "avisos_da_carga": avisos,
        "mais_avisos": quantos - len(avisos),
        "nenhum": NENHUM,
        "muitos": MUITOS,
    }
    return Pagina("emissao/carga.html", f"Carga {nome}", valores)


def achar(v: Visita) -> sqlite3.Row:
    """Returns the load that the address names. Raises Erro."""
    linha = leitura.linha_de(v.banco, ler(v.partes["carga"]))
    if linha is None:
        raise Erro(NAO_HA, "Não há carga com este nome.")
    return linha
