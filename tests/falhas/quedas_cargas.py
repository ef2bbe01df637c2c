"""Holds the installations of the kill test that issue: loads, those that are corrected, orders to build anew."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import yaml

from separador.banco import pedidos
from separador.banco.conexao import abrir, texto_de
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.apoio.maquina import Maquina
from tests.apoio.tabela_de_cargas import conteudo_de

Entrada = tuple[int, bytes, bytes]
"""Is (route, name, bytes)."""


def _emissora(m: Maquina) -> None:
    """Gives an installation the route of loads and the registries."""
    gravar_cadastros(m.config.parent / "cadastros")
    m.rotas = [dict(r) for r in ROTAS_COM_CARGA]
    m.gravar_config(emissao=EMISSAO | {"cadastros": "config/cadastros"})
    m.exigir("init")
    m.uma_vez()


def _carga(nome: str, destinos: Sequence[str], primeira: int) -> Entrada:
    """Returns a load of one document for each addressee."""
    conteudo = carga(datetime.now(UTC), nome, notas=len(destinos), primeira=primeira)
    for nota, destino in zip(conteudo["notas"], destinos, strict=True):
        nota["destinatario"] = destino
    return (ROTA_DA_CARGA, b"%b-carga.yaml" % nome.encode(), em_yaml(conteudo))


def uma_carga(m: Maquina) -> list[Entrada]:
    """Brings a load of five documents: five numbers, each once, whatever dies."""
    _emissora(m)
    return [_carga("A", ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "CONSUMIDOR-RJ"), 1)]


def duas_cargas(m: Maquina) -> list[Entrada]:
    """Brings two loads at once, with numbers of one series."""
    _emissora(m)
    return [_carga("A", ("DEST-RJ", "DEST-SP"), 1), _carga("B", ("DEST-RJ", "DEST-SP"), 11)]


def _gerada(m: Maquina, *destinos: str) -> tuple[dict[str, Any], list[str]]:
    """Issues a load whose documents wait to be sent. Returns it, corrected, and their keys. The WMS took the answer."""
    _, _, dados = _carga("A", destinos, 1)
    chaves = _gerar(m, dados)
    corrigida: dict[str, Any] = yaml.safe_load(dados)
    for nota in corrigida["notas"]:
        nota["valor"] = "6000.00"
    return corrigida, chaves


def _gerar(m: Maquina, dados: bytes) -> list[str]:
    _emissora(m)
    m.rotas[-1]["envio"] = "manual"
    m.gravar_config()
    m.soltar(ROTA_DA_CARGA, b"A-carga.yaml", dados)
    m.uma_vez()
    (resposta,) = (m.destino(ROTA_DA_CARGA) / n for n in m.saida(ROTA_DA_CARGA))
    chaves = [d["chave"] for d in json.loads(resposta.read_bytes())["documentos"]]
    resposta.unlink()
    m.rotas[-1]["envio"] = "automatico"
    m.gravar_config()
    return chaves


def carga_refeita(m: Maquina) -> list[Entrada]:
    """Brings a load again, corrected: its documents keep their numbers, and each goes out once, as it is now."""
    corrigida, _ = _gerada(m, "DEST-RJ", "DEST-SP", "TOMADOR-PR")
    return [(ROTA_DA_CARGA, b"B-carga.yaml", em_yaml(corrigida | {"refazer": True}))]


def especies_refeitas(m: Maquina) -> list[Entrada]:
    """Does the same with one document of each other kind: numbers of three models."""
    conteudo = conteudo_de({})
    ctes = [conteudo_de({"parte_de": e})["conhecimentos"][0] for e in ("valores", "simplificado", "gtve")]
    _gerar(m, em_yaml(conteudo | {"conhecimentos": ctes}))
    corrigidos = [cte | {"observacao": "CORRIGIDO"} for cte in ctes]
    return [(ROTA_DA_CARGA, b"B-carga.yaml", em_yaml(conteudo | {"conhecimentos": corrigidos, "refazer": True}))]


def cte_refeito_por_ordem(m: Maquina) -> list[Entrada]:
    """Orders that one document of a load is built anew, with the registries of now. The order waits for the service."""
    _, chaves = _gerada(m, "DEST-RJ", "DEST-SP")
    depositantes = m.config.parent / "cadastros" / "depositantes.yaml"
    depositantes.write_text(depositantes.read_text("utf-8").replace("percentual_frete: '5'", "percentual_frete: '9'"))
    with closing(abrir(m.dados, migrar=False)) as banco:
        pedidos.registrar(banco, "carga-refazer", chaves[0], None, "operador", texto_de(datetime.now(UTC)))
    return []
