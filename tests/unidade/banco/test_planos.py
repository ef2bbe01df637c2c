"""No statement's cost grows with the years: the plan of each one in the source is looked at, on the newest schema.

A table that grows is never read whole. What is open is read through a partial index of it, which is as small as what is
open. `EXCECOES` are the statements that read a table whole all the same, each with the greatest size of that table.
"""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import separador
from separador.banco.conexao import abrir
from separador.capacidades.cte.banco import achados, lista
from separador.capacidades.cte.banco.lista import Filtro
from separador.capacidades.ecac.banco import listas as guias
from separador.capacidades.emissao.banco import leitura as cargas
from separador.capacidades.movimento import banco as resumo
from separador.capacidades.movimento.servico import fontes
from separador.capacidades.sefaz.banco.fila import ENVIANDO, RESPONDIDA
from tests.apoio.instrucoes import Instrucao, instrucoes

RAIZ = Path(separador.__file__).parent
CRESCEM = {
    *("arquivo", "documento", "assinado", "evento", "publicacao", "transmissao", "historico", "tarefa", "falha"),
    *("auditoria", "distribuido", "ecac_guia", "ecac_guia_historico", "ecac_pagamento", "ecac_comprovante"),
    *(
        "resumo",
        "dicionario",
        "ecac_recusada",
        "ecac_ocorrencia",
        "ecac_ocorrencia_historico",
        "ecac_chamada",
        "ecac_importacao",
    ),
    *("ecac_geracao", "carga", "carga_documento", "carga_nota"),
}
"""Every other table is as large as the configuration, or as what stands still."""
ABERTOS = {
    *("arquivo_aberto", "arquivo_em_maos", "arquivo_devido", "falha_desde"),
    *("documento_agenda", "documento_a_espera", "documento_a_ler"),
    *("publicacao_preparada", "tarefa_pendente", "tarefa_aceita", "falha_aberta", "evento_devido", "evento_publicado"),
    *("transmissao_vez", "transmissao_consulta", "transmissao_em_voo", "transmissao_a_aplicar", "transmissao_fila"),
    *("transmissao_distribuida", "distribuido_aberto", "ecac_comprovante_recebido", "ecac_importacao_aberta"),
    *("ecac_geracao_aberta", "carga_situacao"),
}
"""Partial indexes of what is open. They may be read whole."""
EXCECOES = {
    "separador.banco.compactacao:_conferir": 5_000_000,
    "separador.capacidades.cte.banco.leitura_de_eventos:pedidos_sem_evento": 100_000,
    "separador.capacidades.ecac.banco.chamadas:ultimo_dia": 500_000,
    "separador.capacidades.ecac.banco.leitura:guias": 200_000,
    "separador.capacidades.ecac.banco.leitura:contagem_por_empresa": 200_000,
    "separador.capacidades.ecac.banco.ocorrencias:listar": 50_000,
    "separador.capacidades.ecac.banco.comprovantes:mudar_raiz": 200_000,
    "separador.capacidades.ecac.banco.comprovantes:raizes": 200_000,
    "separador.capacidades.ecac.cli.verificacoes:_comprovantes": 200_000,
}
"""Statement → the greatest number of rows that its table has in ten years of the largest company. The first belongs to
`banco compactar`, which writes all of them anew with the service stopped."""
MAXIMO_DE_EXCECOES = 9
_LE_A_ULTIMA_LINHA = "auditoria_so_cresce"
"""A trigger that reads one row from the end of its table; the plan shows that as if it read the table whole."""
_LARGOS = {("arquivo_feito", "(rota_id=?)")}
"""Searches that find a share of the table, and not a few rows."""

_FILTROS = (
    Filtro(),
    Filtro(situacao="REJEITADO PELA SEFAZ"),
    Filtro(situacao="AUTORIZADO PELA SEFAZ", cstat="100"),
    Filtro(carga="C", emitente="1"),
    Filtro(numero="1", serie="1"),
    Filtro(emitente="1" * 14, serie="1"),
    Filtro(tomador="1" * 14),
    Filtro(tomador="1"),
    Filtro(de="2026", ate="2027"),
    Filtro(ate="2027", rota=1),
)
"""What people ask the list of documents for: each index, alone and with what it does not serve."""


def _da_lista(f: Filtro) -> dict[str, object]:
    como = lista.caminho(f)
    onde, _ = lista._condicoes(como.servidas, lista.Ponto("", 1), como.ordem)
    resto, _ = lista._resto(como)
    campos = ", ".join((*lista.CAMPOS, *lista.NOVOS))
    return {"como": como, "onde": onde, "resto": resto, "campos": campos, "valor": "valor"} | {
        "indexado": f"INDEXED BY {como.indice}"
    }


LOCAIS: dict[str, tuple[dict[str, object], ...]] = {
    "separador.banco.leitura:feitos_desde": ({"marcas": "?, ?, ?"},),
    "separador.banco.compactacao:_conferir": ({"tabela": "documento"},),
    "separador.banco.publicacoes:ultima": ({"coluna": "documento_id"}, {"coluna": "evento_id"}),
    **{
        f"separador.capacidades.cte.banco.lista:{funcao}": tuple(_da_lista(f) for f in _FILTROS)
        for funcao in ("_ler", "_fim_da_janela", "somar")
    },
    "separador.capacidades.cte.banco.achados:_de_documentos": tuple({"condicao": c} for c in achados._POR.values()),
    "separador.capacidades.cte.banco.leitura_de_eventos:eventos": (
        {"condicoes": "e.id > ?"},
        {"condicoes": "e.id > ? AND e.chave = ?"},
        {"condicoes": "e.id > ? AND e.tp_evento = ?"},
    ),
    "separador.capacidades.cte.banco.leitura_do_desfecho:_fim": tuple(
        {"tabela": t} for t in ("historico", "publicacao", "transmissao")
    ),
    "separador.capacidades.cte.banco.leitura_do_desfecho:_mudou": ({"marcas": "?, ?, ?, ?"},),
    "separador.capacidades.cte.banco.leitura_do_desfecho:_recusada": ({"marcas": "?, ?, ?, ?"},),
    "separador.capacidades.cte.banco.rastro:_publicados": ({"coluna": "arquivo_id"}, {"coluna": "documento_id"}),
    "separador.capacidades.dacte.banco:processado": (
        {"filtro": "documento_id = ? AND evento_id IS NULL"},
        {"filtro": "evento_id = ?"},
    ),
    "separador.capacidades.movimento.banco:_somar": tuple(
        {"linhas": linhas}
        for linhas in (resumo._TERMINADOS, resumo._DO_PASSADO, *(f.linhas for f in fontes().values()))
    ),
    "separador.capacidades.ecac.banco.chamadas:ultimo_dia": ({"marcas": "?, ?"},),
    "separador.capacidades.ecac.banco.guias:_mudar": ({"nomes": ""}, {"nomes": ", pagamento = ?"}),
    "separador.capacidades.ecac.banco.leitura:guias": (
        {"condicoes": "1"},
        {"condicoes": "g.contribuinte = ? AND g.estado = ? AND g.vencimento >= ?"},
    ),
    "separador.capacidades.ecac.banco.listas:_da_faixa": tuple(
        {"indice": indice, "de_quem": de_quem, "faixa": faixa}
        for indice, de_quem in (("ecac_guia_vencimento", ""), ("ecac_guia_contribuinte", "contribuinte = ? AND"))
        for faixa in (guias._DO_DIA, guias._ANTES, guias._SEM_DIA)
    ),
    "separador.capacidades.ecac.banco.listas:ocorrencias": ({"marcas": "?, ?"},),
    "separador.capacidades.emissao.banco.leitura:registrados": ({"campos": "d.id"},),
    "separador.pedidos.espera:ordens": ({"so": ""}, {"so": " AND chave = ?"}),
    "separador.capacidades.emissao.banco.leitura:resumidas": tuple(
        {"indice": "INDEXED BY carga_situacao" if s in (cargas.INFORMACOES, cargas.CERTIFICADO) else "", "situacao": s}
        for s in cargas._DAS
    ),
    "separador.capacidades.emissao.banco.leitura:pagina": tuple({"situacao": s} for s in cargas._DAS),
    "separador.capacidades.certificados.banco:ha_em_vigor": ({"coluna": "cnpj"}, {"coluna": "cpf"}),
    "separador.capacidades.procuracoes.banco:excluir": ({"tabela": "procuracao_uso"}, {"tabela": "procuracao_cliente"}),
    "separador.capacidades.sefaz.banco.leitura:buscas": ({"marcas": "?, ?"},),
    "separador.painel.lista_de_falhas:_olhar": ({"apos": ""}, {"apos": "AND (f.desde, f.id) > (?, ?)"}),
    "separador.cofre.copias:_inserir": ({"tabela": "segredo", "usadas": ("nome",)},),
    "separador.cofre.copias:_escrever": ({"t": "segredo"},),
    "separador.cofre.copias:reunir": ({"t": "segredo"},),
} | {
    f"separador.capacidades.dacte.banco:{funcao}": (
        {"tabela": "impressao", "coluna": "documento_id"},
        {"tabela": "impressao_de_evento", "coluna": "evento_id"},
    )
    for funcao in ("pedir", "contar_tentativa", "encerrar")
}
"""Place → the values of the local names in its statement."""
VALORES: dict[str, tuple[tuple[object, ...], ...]] = {
    "separador.capacidades.sefaz.banco.fila:com_estado": ((RESPONDIDA, 1), (ENVIANDO, 1)),
}
"""Place → what its callers give to a statement that needs to be told."""


@pytest.fixture(scope="module")
def todas() -> list[Instrucao]:
    achadas = instrucoes(RAIZ, LOCAIS)
    return [replace(i, valores=v) for i in achadas for v in VALORES.get(i.onde, (i.valores,))]


@pytest.fixture(scope="module")
def banco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    aberto = abrir(tmp_path_factory.mktemp("planos"))
    yield aberto.conn
    aberto.close()


def _plano(banco: sqlite3.Connection, i: Instrucao) -> list[str]:
    assert i.sql is not None, f"{i.onde}: um nome local sem valor; diga-o em LOCAIS"
    valores = i.valores
    for _ in range(2):
        try:
            return [str(linha[3]) for linha in banco.execute(f"EXPLAIN QUERY PLAN {i.sql}", valores)]
        except sqlite3.Error as erro:
            quantos = re.search(r"uses (\d+)", str(erro))
            if quantos is None:
                pytest.fail(f"{i.onde}: {erro}: {i.sql}")
            valores = ("",) * int(quantos[1])
    pytest.fail(f"{i.onde}: {i.sql}")


def _lidas_inteiras(sql: str, plano: list[str]) -> list[str]:
    """Returns the steps of a plan that read a growing table whole."""
    apelidos = {a or t: t for t, a in re.findall(r"(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?:\s+(?:AS\s+)?([a-z]\w*))?", sql)}
    achados = []
    for passo in plano:
        m = re.match(r"(SCAN|SEARCH) (\w+)(?: USING (.*))?$", passo)
        if m is None or apelidos.get(m[2], m[2]) not in CRESCEM:
            continue
        indice = re.search(r"INDEX (\w+)", m[3] or "")
        aberto = indice is not None and indice[1] in ABERTOS
        largo = indice is not None and any(indice[1] == i and passo.endswith(f" {c}") for i, c in _LARGOS)
        # SEARCH without a condition reads all, but for the end of a key.
        sem_condicao = m[1] == "SEARCH" and "(" not in passo and not re.search(r"(max|min)\((row)?id\)", sql)
        if (m[1] == "SCAN" and not aberto) or largo or sem_condicao or "AUTOMATIC" in passo:
            achados.append(passo)
    return achados


@pytest.mark.requisito("DES-06")
def test_nenhuma_instrucao_le_inteira_uma_tabela_que_cresce(todas: list[Instrucao], banco: sqlite3.Connection) -> None:
    achadas: dict[str, list[str]] = {}
    for i in todas:
        passos = _lidas_inteiras(i.sql or "", _plano(banco, i))
        if passos:
            achadas.setdefault(i.onde, []).extend(passos)
    assert {onde: passos for onde, passos in achadas.items() if onde not in EXCECOES} == {}
    assert set(EXCECOES) - set(achadas) == set(), "exceções que já não são precisas"
    assert len(EXCECOES) <= MAXIMO_DE_EXCECOES


@pytest.mark.requisito("OPS-13")
@pytest.mark.parametrize(
    "onde",
    [
        "separador.capacidades.certificados.banco:padroes",
        "separador.capacidades.certificados.banco:que_nao_assinaram",
        "separador.capacidades.certificados.banco:com_padrao",
        "separador.capacidades.certificados.banco:com_validade",
        "separador.cofre.banco:por_chave",
    ],
)
def test_o_que_olha_milhares_de_certificados_nao_le_as_linhas(
    todas: list[Instrucao], banco: sqlite3.Connection, onde: str
) -> None:
    """In the rows stand keys and chains, kilobytes of each."""
    [i] = [i for i in todas if i.onde == onde]
    assert " USING COVERING INDEX " in _plano(banco, i)[0]


@pytest.mark.requisito("DES-06")
def test_nenhuma_instrucao_fica_fora_da_conta(todas: list[Instrucao]) -> None:
    lugares = {i.onde for i in todas}
    assert set(LOCAIS) | set(VALORES) <= lugares, "lugares que já não têm instrução"
    escritas = sum(
        len(re.findall(r"""(?m)^(?!\s*#).*?["](?:SELECT|INSERT|UPDATE|DELETE) """, p.read_text(encoding="utf-8")))
        for p in RAIZ.rglob("*.py")
        if not {"simulador", "migracoes"} & set(p.relative_to(RAIZ).parts)
    )
    assert len({(i.onde, i.sql) for i in todas}) >= escritas > 300


@pytest.mark.requisito("DES-06")
def test_os_gatilhos_tambem_procuram_por_chave(banco: sqlite3.Connection) -> None:
    sql_dos_gatilhos = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name <> ?"
    gatilhos = banco.execute(sql_dos_gatilhos, (_LE_A_ULTIMA_LINHA,)).fetchall()
    for nome, sql in gatilhos:
        condicao = re.search(r"\bWHEN (.*?)\bBEGIN\b", sql, re.DOTALL)
        if condicao is not None:
            pergunta = "SELECT " + re.sub(r"\b(NEW|OLD)\.\w+", "?", condicao[1])
            i = Instrucao(str(nome), pergunta, ("",) * pergunta.count("?"))
            assert _lidas_inteiras(pergunta, _plano(banco, i)) == [], nome
