"""The ledgers of NSU, counted without reading every document that ever came."""

from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.banco.leitura import abrir_leitura
from separador.capacidades.sefaz.banco import leitura

AGORA = "2026-11-20T15:00:00.000Z"


@pytest.mark.requisito("DES-06")
def test_os_documentos_de_um_livro_contam_se_ate_dez_mil(tmp_path: Path) -> None:
    banco = abrir(tmp_path)
    muitos, poucos = "1" * 14, "2" * 14
    banco.conn.executemany("INSERT INTO nsu (cnpj, ambiente) VALUES (?, '2')", [(muitos,), (poucos,)])
    banco.conn.executemany(
        "INSERT INTO distribuido (cnpj, ambiente, nsu, esquema, sha256, pasta, nome, estado, recebido_em)"
        " VALUES (?, '2', ?, 'procCTe', '', '', x'', 'arquivado', ?)",
        [(muitos, n, AGORA) for n in range(leitura.EXATO + 500)] + [(poucos, n, AGORA) for n in range(3)],
    )
    banco.conn.executemany(
        "INSERT INTO nsu_falta (cnpj, ambiente, nsu, estado) VALUES (?, '2', ?, ?)",
        [(poucos, 10, "aberta"), (poucos, 11, "preenchida")],
    )
    banco.close()
    lido = abrir_leitura(tmp_path)
    assert lido is not None
    try:
        contados = [(r["cnpj"], r["documentos"], r["faltas"]) for r in leitura.livros(lido)]
    finally:
        lido.close()
    assert contados == [(muitos, leitura.EXATO + 1, 0), (poucos, 3, 1)]
