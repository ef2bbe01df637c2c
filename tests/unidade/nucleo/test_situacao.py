"""Tests the table of situações against one written by hand: every (from, cause, to) of the whole cube."""

import re
from itertools import product

import pytest

from separador.nucleo.situacao import TRANSICOES, Causa, Situacao, destinos, diagrama, permitida

# one line per arrow; "–" is a document that does not exist yet
TABELA = """
–                                  | exportação aceita                          | NÃO ENVIADO
–                                  | reconstrução                               | AUTORIZADO PELA SEFAZ
–                                  | reconstrução                               | CANCELADO
–                                  | reconstrução                               | NÃO ENVIADO
NÃO ENVIADO                        | exportação corrigida substitui a anterior  | NÃO ENVIADO
NÃO ENVIADO                        | entregue para transmissão                  | AGUARDANDO RETORNO
AGUARDANDO RETORNO                 | retorno de autorização                     | AUTORIZADO PELA SEFAZ
AGUARDANDO RETORNO                 | retorno de rejeição                        | REJEITADO PELA SEFAZ
AGUARDANDO RETORNO                 | consulta respondeu cancelado               | CANCELADO
REJEITADO PELA SEFAZ               | exportação corrigida depois de rejeição    | NÃO ENVIADO
REJEITADO PELA SEFAZ               | entregue para transmissão                  | AGUARDANDO RETORNO
REJEITADO PELA SEFAZ               | retorno sem pedido                         | AUTORIZADO PELA SEFAZ
NÃO ENVIADO                        | retorno sem pedido                         | AUTORIZADO PELA SEFAZ
NÃO ENVIADO                        | retorno sem pedido                         | REJEITADO PELA SEFAZ
AUTORIZADO PELA SEFAZ              | pedido de cancelamento                     | AGUARDANDO RETORNO DE CANCELAMENTO
AGUARDANDO RETORNO DE CANCELAMENTO | cancelamento registrado                    | CANCELADO
AGUARDANDO RETORNO DE CANCELAMENTO | cancelamento recusado                      | CANCELAMENTO REJEITADO
AGUARDANDO RETORNO DE CANCELAMENTO | estorno do pedido de cancelamento          | AUTORIZADO PELA SEFAZ
CANCELAMENTO REJEITADO             | pedido de cancelamento                     | AGUARDANDO RETORNO DE CANCELAMENTO
CANCELAMENTO REJEITADO             | autorização pedida de novo                 | AGUARDANDO RETORNO
NÃO ENVIADO                        | cancelamento informado pela SEFAZ          | CANCELADO
AGUARDANDO RETORNO                 | cancelamento informado pela SEFAZ          | CANCELADO
AUTORIZADO PELA SEFAZ              | cancelamento informado pela SEFAZ          | CANCELADO
REJEITADO PELA SEFAZ               | cancelamento informado pela SEFAZ          | CANCELADO
AGUARDANDO RETORNO DE CANCELAMENTO | cancelamento informado pela SEFAZ          | CANCELADO
CANCELAMENTO REJEITADO             | cancelamento informado pela SEFAZ          | CANCELADO
"""
ESPERADAS = {tuple(c.strip() for c in linha.split("|")) for linha in TABELA.strip().splitlines()}
SITUACOES = (
    "NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ", "REJEITADO PELA SEFAZ",
    "AGUARDANDO RETORNO DE CANCELAMENTO", "CANCELADO", "CANCELAMENTO REJEITADO",
)  # fmt: skip
CAUSAS = {c for _, c, _ in ESPERADAS}
CUBO = list(product(("–", *SITUACOES), sorted(CAUSAS), SITUACOES))


@pytest.mark.requisito("CTE-13")
def test_os_sete_nomes_sao_exatamente_estes() -> None:
    assert tuple(s.value for s in Situacao) == SITUACOES


@pytest.mark.requisito("CTE-13")
def test_nao_ha_causa_alem_das_da_tabela() -> None:
    assert {c.value for c in Causa} == CAUSAS


@pytest.mark.requisito("CTE-01", "CTE-02", "CTE-13", "CTE-16")
@pytest.mark.parametrize("causa", sorted(CAUSAS))
def test_cada_par_de_situacao_e_causa(causa: str) -> None:
    for de, c, para in CUBO:
        if c != causa:
            continue
        origem = None if de == "–" else Situacao(de)
        assert permitida(origem, Causa(c), Situacao(para)) is ((de, c, para) in ESPERADAS), (de, c, para)


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("de", ["–", *SITUACOES])
def test_destinos_de_cada_situacao(de: str) -> None:
    for causa in CAUSAS:
        esperados = {p for d, c, p in ESPERADAS if (d, c) == (de, causa)}
        assert destinos(None if de == "–" else Situacao(de), Causa(causa)) == {Situacao(p) for p in esperados}


@pytest.mark.requisito("CTE-08")
def test_de_cancelado_nao_se_sai() -> None:
    assert not [t for t in TRANSICOES if t[0] is Situacao.CANCELADO]


@pytest.mark.requisito("CTE-07")
def test_quem_tem_protocolo_nao_chega_a_rejeitado() -> None:
    """Only situações in which a document can be without protocol lead to REJEITADO."""
    assert {d for d, _, p in TRANSICOES if p is Situacao.REJEITADO} == {
        Situacao.NAO_ENVIADO,
        Situacao.AGUARDANDO_RETORNO,
    }


@pytest.mark.requisito("CTE-13")
def test_nenhuma_linha_repetida() -> None:
    assert len(TRANSICOES) == len(set(TRANSICOES)) == len(ESPERADAS)


@pytest.mark.requisito("CTE-13")
def test_diagrama_mermaid_e_a_tabela() -> None:
    linhas = diagrama().splitlines()
    assert linhas[0] == "stateDiagram-v2"
    apelidos = dict(m.groups() for linha in linhas if (m := re.fullmatch(r'    state "(.+)" as (\w+)', linha)))
    nomes = {apelido: nome for nome, apelido in apelidos.items()} | {"[*]": "–"}
    setas = [m.groups() for linha in linhas if (m := re.fullmatch(r"    (\S+) --> (\w+): (.+)", linha))]
    assert {(nomes[de], causa, nomes[para]) for de, para, causa in setas} == ESPERADAS
    assert len(linhas) == 1 + len(SITUACOES) + len(ESPERADAS)
