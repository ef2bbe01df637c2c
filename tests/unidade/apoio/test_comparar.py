"""The comparison of two benches names what is worse, and only what is worse by more than it spreads."""

import pytest

from tests.bench.comparar import comparar, tabela


def quadro(docs_s: float, situacao: float, medidas: list[float]) -> dict[str, object]:
    return {"entrada_docs_s": docs_s, "cli_situacao_ms": situacao, "notas": {"cli": {"medidas_ms": medidas}}}


@pytest.mark.requisito("DES-08")
def test_menos_por_segundo_e_mais_tempo_sao_piores() -> None:
    antes, depois = quadro(100, 200, [199, 200, 201]), quadro(90, 300, [299, 300, 301])
    assert {d.linha.chave for d in comparar(antes, depois) if d.conta} == {"entrada_docs_s", "cli_situacao_ms"}
    assert [d for d in comparar(depois, antes) if d.conta] == []
    assert "✗" in tabela(comparar(antes, depois))


@pytest.mark.requisito("DES-08")
def test_dentro_do_proprio_espalhamento_nada_piorou() -> None:
    antes, depois = quadro(100, 200, [150, 200, 290]), quadro(97, 240, [200, 240, 260])
    assert [d.linha.chave for d in comparar(antes, depois) if d.conta] == []


@pytest.mark.requisito("DES-08")
def test_so_o_que_as_duas_medem_se_compara() -> None:
    assert comparar({"memoria_mb": 1.0}, {"partida_ms": 2.0}) == []
