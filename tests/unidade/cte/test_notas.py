"""The invoices of a document that was issued here: what the record does not say is read from the key."""

import pytest

from separador.capacidades.cte.arquivos.notas import notas_de
from separador.nucleo.chave import compor

CHAVE = compor(
    uf="35", aamm="2611", cnpj="11222333000181", modelo="55", serie=12, numero=3456, tp_emis="1", codigo="7"
)  # fmt: skip


@pytest.mark.requisito("PAINEL-01")
def test_modelo_numero_e_serie_vem_da_chave_onde_o_registro_nao_os_diz() -> None:
    de_papel = {"chave": None, "modelo": "01", "numero": "9", "serie": "1", "valor": "2.00"}
    notas = [{"chave": CHAVE, "valor": "10.00"}, {"chave": CHAVE, "serie": "890"}, de_papel]
    so_chave, com_serie, papel = notas_de(None, "cte", {"registro": {"notas": notas}}) or []
    assert so_chave == {
        "chave": CHAVE, "modelo": "55", "numero": "3456", "serie": "12", "valor": "10.00", "emitente": "11222333000181",
    }  # fmt: skip
    assert (com_serie["numero"], com_serie["serie"]) == ("3456", "890")
    assert papel == de_papel | {"emitente": None}
