"""The guide that a payment settled is found by an index: by its number, by its receipt, or while it waits for one."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.ecac.banco import comprovantes, guias, leitura
from separador.capacidades.ecac.banco.comprovantes import NovoComprovante
from separador.capacidades.ecac.banco.guias import NovaGuia
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento, TipoDocumento, Valores

pytestmark = pytest.mark.requisito("PAINEL-01", "ECAC-06")
EMPRESA, OUTRA, NUMERO, DELA = "11222333000181", "99888777000161", "07202631400000054", "07202631400000062"
QUANDO = "2026-11-28T12:00:00.000Z"
CEM = Valores(total=Decimal(100))
PAGO = Pagamento(NUMERO.lstrip("0"), "04", "DARF", date(2026, 11, 28), None, None, None, None, CEM, Valores())


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    with closing(abrir(tmp_path)) as aberto:
        yield aberto


@pytest.mark.parametrize("numero", [NUMERO, DELA, None])
def test_a_guia_de_um_pagamento(banco: Banco, numero: str | None) -> None:
    nova = NovaGuia(EMPRESA, TipoDocumento.DARF, numero, CEM)
    with banco.transacao():
        guia = guias.registrar(banco, nova, "eu", QUANDO).id
        guias.registrar(banco, replace(nova, contribuinte=OUTRA), "eu", QUANDO)
    assert guias.do_pagamento(banco, EMPRESA, PAGO.canonico) is None
    with banco.transacao():
        guias.baixar(banco, guia, PAGO, "eu", QUANDO, divergente=False)
    achada = guias.do_pagamento(banco, EMPRESA, PAGO.canonico)
    assert achada is not None
    assert achada["id"] == guia
    assert leitura.historico(banco, guia)[-1]["detalhe"] == f"documento {NUMERO}, arrecadado em 28/11/2026"
    with banco.transacao():
        novo = NovoComprovante(EMPRESA, "04", PAGO.canonico, "0" * 64, 1, "r", "c", "2026-11-28", "100.00", "api")
        recibo = comprovantes.por_id(banco, comprovantes.registrar(banco, novo, QUANDO))
        assert recibo is not None
        guias.comprovar(banco, guia, recibo, "eu", QUANDO)
    achada = guias.do_pagamento(banco, EMPRESA, PAGO.canonico)
    assert achada is not None
    assert (achada["id"], achada["estado"]) == (guia, "paga")
    assert guias.do_pagamento(banco, OUTRA, PAGO.canonico) is None
