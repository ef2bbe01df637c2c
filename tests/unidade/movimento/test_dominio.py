"""The sums of the summary: days and hours of people, shares of the time, what counts as what."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from separador.capacidades.movimento.dominio import POR, TEMPOS_S, Contado, Movimento, horas, juntar, por_dia, por_hora

BRASILIA = timezone(timedelta(hours=-3))


def zona(instante: datetime) -> datetime:
    return instante.astimezone(BRASILIA)


def contado(hora: str, desfecho: str, quantos: int = 1, *, valor: int = 0, classe: int = 0, **mais: str) -> Contado:
    tempos = tuple(quantos if i == classe and desfecho == "autorizado" else 0 for i in range(len(TEMPOS_S) + 1))
    return Contado(
        hora,
        mais.get("empresa", "1"),
        1,
        mais.get("autorizador", ""),
        desfecho,
        mais.get("cstat", ""),
        quantos,
        valor,
        tempos,
    )


@pytest.mark.requisito("USO-06")
def test_dias_sao_os_das_pessoas() -> None:
    linhas = [contado("2026-11-30T02", "entregue", 2), contado("2026-11-30T03", "entregue", 5)]
    dias = juntar(linhas, por_dia(zona))
    assert {d: m.arquivos for d, m in dias.items()} == {"2026-11-29": 2, "2026-11-30": 5}
    assert list(juntar(linhas, por_hora(zona))) == ["23h", "00h"]


@pytest.mark.requisito("USO-06")
def test_cada_desfecho_conta_no_seu_lugar() -> None:
    m = Movimento()
    for linha in (
        contado("h", "autorizado", 3, valor=900, classe=2),
        contado("h", "rejeitado", 2),
        contado("h", "cancelado"),
        contado("h", "recusado", 4),
        contado("h", "duplicado"),
        contado("h", "guia baixada", 7, valor=5),
        contado("h", "cancelamento rejeitado"),
    ):
        m.mais(linha)
    assert (m.arquivos, m.autorizados, m.valor, m.rejeitados, m.cancelados, m.recusados, m.guias) == (
        5,
        3,
        900,
        2,
        1,
        4,
        7,
    )
    assert m.tempos[2] == 3


@pytest.mark.requisito("USO-06")
def test_metade_e_noventa_e_cinco_por_cento() -> None:
    m = Movimento()
    assert m.ate_s(0.5) is None
    m.tempos = [90, 0, 5, *[0] * 8, 5]
    assert (m.ate_s(0.5), m.ate_s(0.95), m.ate_s(0.96)) == (0.5, 2.0, None)


@pytest.mark.requisito("USO-06")
def test_o_que_nao_tem_o_grupo_fica_fora() -> None:
    linhas = [contado("h", "autorizado", cstat="100"), contado("h", "entregue")]
    assert set(juntar(linhas, POR["cstat"])) == {"100"}
    assert set(juntar(linhas, POR["rota"])) == {"1"}
    assert juntar(linhas, POR["autorizador"]) == {}


@pytest.mark.requisito("USO-06")
def test_as_horas_de_um_periodo() -> None:
    dia = (datetime(2026, 11, 30, tzinfo=BRASILIA), datetime(2026, 12, 1, tzinfo=BRASILIA))
    inicio, fim = (f"{d.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z" for d in dia)
    assert horas(inicio, fim) == ("2026-11-30T03", "2026-12-01T03")
