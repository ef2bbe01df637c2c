"""The meaning of a refusal's code, whoever refused."""

import pytest

from separador.capacidades.movimento.dominio import DA_SEFAZ
from separador.capacidades.movimento.telas.movimento import _significado
from separador.capacidades.sefaz.dominio.cstat import TABELA

pytestmark = pytest.mark.requisito("PAINEL-01")


@pytest.mark.parametrize("codigo", ["215", "243", "252", "675"])
def test_o_codigo_da_sefaz_recusado_aqui_tem_significado(codigo: str) -> None:
    assert _significado("separador", codigo) == TABELA[codigo].significado == _significado(DA_SEFAZ, codigo)


def test_os_nossos_tem_o_seu_e_o_que_ninguem_conhece_fica_vazio() -> None:
    assert _significado("separador", "SEP-CERTIFICADO")
    assert not _significado("separador", "SEP-NADA")
    assert not _significado(DA_SEFAZ, "99999")
