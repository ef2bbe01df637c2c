"""The list of certificates by pages: a company is on one page whole, the default first."""

from contextlib import closing
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.certificados.banco import em_uso_lidos

pytestmark = pytest.mark.requisito("CERT-01")


def por(banco: Banco, empresa: int, quantos: int) -> None:
    for n in range(quantos):
        banco.execute(
            "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, validade_de,"
            " validade_ate, token, instalado_em, instalado_por, origem) VALUES"
            " (?, ?, 'assinatura', 'A3', ?, x'', x'', ?, 'T', '2026-01-01', ?, '{}', '2026-01-01', 'x', 'comando')",
            (f"{empresa:014}", f"a{n}", int(n == 0), f"{empresa}-{n}", f"20{30 + n}-01-01"),
        )


def test_cada_empresa_esta_inteira_em_uma_pagina(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as banco:
        with banco.transacao():
            for empresa, quantos in ((1, 2), (2, 3), (3, 7), (4, 1)):
                por(banco, empresa, quantos)
        paginas, de = [], ""
        while True:
            linhas, proxima = em_uso_lidos(banco.conn, de, 4)
            paginas.append([(int(r["empresa"]), r["apelido"]) for r in linhas])
            if proxima is None:
                break
            de = proxima
    assert paginas[0] == [(1, "a0"), (1, "a1")]
    assert paginas[1] == [(2, "a0"), (2, "a2"), (2, "a1")]
    assert [e for e, _ in paginas[2]] == [3] * 7
    assert paginas[3] == [(4, "a0")]
    assert len(paginas) == 4
