"""Tests the move of originals into the archive when something of it is gone."""

from pathlib import Path

import pytest

from separador.motor.desfecho import arquivamento
from separador.motor.desfecho.arquivamento import Original, arquivar_terminados
from separador.pastas.erros import FalhaDeDisco
from tests.apoio.instalacao import Instalacao

pytestmark = pytest.mark.requisito("SEP-08")
ROTAS = [{"id": 1, "ativo": True, "regra": "mover", "origem": "entrada", "destino": "saida", "arquivo": ".txt"}]


def _original(a: Instalacao, nome: bytes) -> Original:
    return Original(str(a.dados / "trabalho"), "1-x", nome, b"arquivo/2026/11/20/1_" + nome)


def test_original_que_nao_esta_mais_la_nao_leva_a_pasta_do_dia(tmp_path: Path) -> None:
    """Somebody removed `.separador` with the claim in it: the folder of the day was never made, and is not flushed."""
    with Instalacao(tmp_path, rotas=ROTAS) as a:
        arquivar_terminados(a.ciclo.contexto, [_original(a, b"a.txt")])
        assert not (a.dados / "arquivo").exists()
        assert a.falhas() == []


def test_pasta_do_dia_que_nao_vai_a_fundo_e_dita_e_nao_para_o_servico(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def falhar(pasta: Path) -> None:
        raise FalhaDeDisco(pasta)

    with Instalacao(tmp_path, rotas=ROTAS) as a:
        original = _original(a, b"a.txt")
        (a.dados / "trabalho/1-x").mkdir(parents=True)
        (a.dados / "trabalho/1-x/a.txt").write_bytes(b"a")
        monkeypatch.setattr(arquivamento, "sincronizar_pasta", falhar)
        arquivar_terminados(a.ciclo.contexto, [original])
        assert (a.dados / "arquivo/2026/11/20/1_a.txt").read_bytes() == b"a"
        assert a.falhas() == ["SEP-FALHA-DE-DISCO"]
