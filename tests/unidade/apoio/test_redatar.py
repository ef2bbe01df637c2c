"""Tests re-dating: new date, key, Id, check digit and QR code, and everything else as it was."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao.eventos import cancelamento
from separador.demonstracao.exportacoes import cte
from separador.nucleo.chave import chave_valida
from tests.apoio.amostras import OURO
from tests.apoio.fora_do_repositorio import PUBLICAS, exigir
from tests.apoio.redatar import redatar, redatar_com_chave, trocar_chave

ANTES = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)
AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_so_mudam_data_e_chave() -> None:
    velha = cte(9, agora=ANTES, variante="uma-nota")
    nova, chave = redatar_com_chave(velha.dados, agora=AGORA)
    assert chave == cte(9, agora=AGORA).chave
    desfeito = trocar_chave(nova, chave, velha.chave).replace(b"2026-11-21T09:00:00", b"2024-03-05T09:00:00")
    assert re.sub(rb"<cDV>\d", f"<cDV>{velha.chave[43]}".encode(), desfeito) == velha.dados


def test_formatado_e_qr_em_cdata() -> None:
    for variante in ("indentado", "cdata"):
        nova, chave = redatar_com_chave(cte(9, agora=ANTES, variante=variante).dados, agora=AGORA)
        assert nova.count(chave.encode()) == 2
        assert chave_valida(chave)


def test_evento_guarda_a_chave() -> None:
    evento = cancelamento(cte(9, agora=ANTES).chave, "135260000000001", agora=ANTES)
    assert redatar(evento.dados, agora=AGORA) == evento.dados.replace(b"2024-03-05", b"2026-11-21")


def test_sem_id_e_erro() -> None:
    with pytest.raises(ValueError, match="Id"):
        redatar(b"<CTe/>", agora=AGORA)


@pytest.mark.parametrize("pasta", [OURO, PUBLICAS], ids=["ouro", "publicas"])
def test_amostras_ganham_chave_valida_e_perdem_a_assinatura(pasta: Path) -> None:
    vistos = 0
    for arquivo in sorted(exigir(pasta, "a data nova nas amostras").iterdir()):
        dados = arquivo.read_bytes()
        if re.search(rb"<(CTe|CTeSimp|CTeOS|GTVe)[\s>]", dados) is None or b"protCTe" in dados:
            continue
        nova, chave = redatar_com_chave(dados, agora=AGORA)
        assert chave_valida(chave), arquivo.name
        assert chave[2:6] == "2611"
        assert b"<Signature" not in nova
        vistos += 1
    assert vistos
