"""The table of the issuing rules: every requirement of loads that this version has, and fields that there are."""

import pytest

from separador.fiscal.emissao.formato.cadastros import ARQUIVOS, EMISSAO
from separador.fiscal.emissao.formato.carga import CARGA, CONHECIMENTO
from separador.fiscal.emissao.regras.tabela import REGRAS, RegraDeEmissao

DEPOIS = {17}
"""EMIS-17 is an event."""


def test_a_tabela_tem_cada_regra_uma_vez() -> None:
    ids = [r.id for r in REGRAS]
    assert len(ids) == len(set(ids))
    assert {i for i in ids if i.startswith("EMIS")} == {f"EMIS-{n:02d}" for n in range(1, 25) if n not in DEPOIS}
    assert {i for i in ids if i.startswith("CAD")} == {f"CAD-{n:02d}" for n in range(1, 6)}


@pytest.mark.parametrize("regra", REGRAS, ids=lambda r: r.id)
def test_cada_regra_le_campos_que_ha(regra: RegraDeEmissao) -> None:
    grupos = {chave: g for chaves in ARQUIVOS.values() for chave, g in chaves.items()} | {"emissao": EMISSAO}
    for campo in regra.campos:
        de, _, nome = campo.rpartition(".")
        if de:
            assert grupos[de].campo(nome) is not None, campo
        else:
            assert campo == "cadastros" or CONHECIMENTO.campo(campo) is not None or CARGA.campo(campo) is not None, (
                campo
            )
