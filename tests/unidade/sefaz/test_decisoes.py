"""Tests the pure decisions of the transmission by network."""

from datetime import UTC, datetime, timedelta

import pytest

from separador.capacidades.sefaz.dominio import cstat
from separador.capacidades.sefaz.dominio import decisoes as t
from separador.capacidades.sefaz.dominio.decisoes import Resolucao, Rumo, SemDesfecho

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
CHAVE = "35261111222333000181570010000000011123939499"


@pytest.mark.requisito("SEFAZ-03", "SEFAZ-04", "SEFAZ-05", "SEFAZ-06")
@pytest.mark.parametrize(
    ("alvo", "codigo", "esperado"),
    [
        ("documento", "100", Rumo.APLICAR),
        ("documento", "209", Rumo.APLICAR),
        ("documento", "9999", Rumo.APLICAR),  # unknown: kept and raised where answers are applied
        ("documento", "108", Rumo.PARADA),
        ("consulta", "109", Rumo.PARADA),
        ("documento", "114", Rumo.PARADA),
        ("status", "114", Rumo.APLICAR),
        ("documento", "204", Rumo.CONSULTAR),
        ("documento", "218", Rumo.CONSULTAR),
        ("documento", "631", Rumo.CONSULTAR),
        ("documento", "640", Rumo.CONSULTAR),
        ("evento", "631", Rumo.CONSULTAR),
        ("evento", "218", Rumo.APLICAR),
        ("evento", "135", Rumo.APLICAR),
        ("documento", "539", Rumo.OUTRA_CHAVE),
        ("documento", "216", Rumo.OUTRA_CHAVE),
        ("documento", "600", Rumo.OUTRA_CHAVE),
        ("documento", "999", Rumo.CONSULTAR),
        ("consulta", "999", Rumo.DE_NOVO),
        ("documento", "997", Rumo.DE_NOVO),
        ("documento", "641", Rumo.DE_NOVO),
        ("documento", "286", Rumo.DE_NOVO),
        ("documento", "280", Rumo.CERTIFICADO),
        ("evento", "678", Rumo.CONSUMO),
        ("distribuicao", "656", Rumo.CONSUMO),
        ("consulta", "217", Rumo.APLICAR),
        ("evento", "217", Rumo.APLICAR),
    ],
)
def test_rumo_de_cada_codigo(alvo: str, codigo: str, esperado: Rumo) -> None:
    assert t.rumo(alvo, codigo) is esperado


@pytest.mark.requisito("SEFAZ-04")
def test_nenhum_codigo_que_nao_decide_chega_ao_documento() -> None:
    """These codes may never make a document REJEITADO. They are looked up or waited for."""
    for codigo in (cstat.CONSULTAR | cstat.TENTAR_DEPOIS | cstat.CONSUMO_INDEVIDO | cstat.CERTIFICADO) - {"217"}:
        assert t.rumo("documento", codigo) is not Rumo.APLICAR, codigo


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize(
    ("alvo", "codigo", "sem_desfecho", "esperado"),
    [
        ("documento", "100", SemDesfecho(aberta=False, ausencias=0, consultas=1), Resolucao.RESOLVIDA),
        ("documento", "217", SemDesfecho(aberta=True, ausencias=1, consultas=1), Resolucao.CONSULTAR),
        ("documento", "217", SemDesfecho(aberta=True, ausencias=2, consultas=2), Resolucao.REENVIAR),
        ("documento", "217", SemDesfecho(aberta=True, ausencias=2, consultas=2, ja_existe=True), Resolucao.DESISTIR),
        ("documento", "217", SemDesfecho(aberta=False, ausencias=0, consultas=1), Resolucao.RESOLVIDA),
        ("documento", "100", SemDesfecho(aberta=True, ausencias=0, consultas=1), Resolucao.DESISTIR),  # another content
        ("documento", "731", SemDesfecho(aberta=True, ausencias=0, consultas=1), Resolucao.CONSULTAR),
        ("documento", "731", SemDesfecho(aberta=True, ausencias=0, consultas=12), Resolucao.DESISTIR),
        (
            "evento",
            "100",
            SemDesfecho(aberta=True, ausencias=1, consultas=1),
            Resolucao.CONSULTAR,
        ),  # not among the events
        ("evento", "100", SemDesfecho(aberta=True, ausencias=2, consultas=2), Resolucao.REENVIAR),
        ("evento", "101", SemDesfecho(aberta=True, ausencias=0, consultas=1), Resolucao.DESISTIR),
    ],
)
def test_o_que_a_consulta_diz_de_um_desfecho(
    alvo: str, codigo: str, sem_desfecho: SemDesfecho, esperado: Resolucao
) -> None:
    assert t.resolver(alvo, codigo, sem_desfecho) is esperado


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize(
    ("motivo", "chave"),
    [
        (f"Duplicidade de CT-e, com diferenca na Chave de Acesso [chCTe:{CHAVE}][nProt:135260000000001]", CHAVE),
        (f"Chave de Acesso difere da existente em BD {CHAVE}", CHAVE),
        ("35261112ABC34501DE35570010000000011123939497 alfanumerica", "35261112ABC34501DE35570010000000011123939497"),
        (f"9{CHAVE} tem um algarismo a mais", None),
        ("sem chave", None),
    ],
)
def test_chave_citada_no_motivo(motivo: str, chave: str | None) -> None:
    assert t.chave_citada(motivo) == chave


@pytest.mark.requisito("SEFAZ-08")
def test_a_fila_e_do_numero_qualquer_que_seja_a_emissao() -> None:
    contingencia = CHAVE[:34] + "7" + CHAVE[35:]
    assert t.fila_da_chave(CHAVE) == t.fila_da_chave(contingencia) == "1122233300018157001000000001"


@pytest.mark.requisito("SEFAZ-05")
def test_nunca_mais_consultas_do_que_cabem_em_uma_hora() -> None:
    feitas: list[datetime] = []
    quando = AGORA
    for _ in range(40):
        quando = t.cabe_consulta(feitas, quando)
        feitas.append(quando)
        quando += timedelta(seconds=5)
    for i in feitas:
        assert sum(i - timedelta(hours=1) < j <= i for j in feitas) <= t.CONSULTAS_POR_HORA < 10


@pytest.mark.requisito("SEFAZ-05")
def test_as_consultas_de_um_desfecho_ficam_raras() -> None:
    esperas = [t.espera_consulta(n, 0.0) for n in range(10)]
    assert esperas == sorted(esperas)
    quando, na_hora = timedelta(), 0
    for n in range(20):
        quando += t.espera_consulta(n, 0.0)
        na_hora += quando <= timedelta(hours=1)
    assert na_hora <= t.CONSULTAS_POR_HORA


@pytest.mark.requisito("SEFAZ-06")
def test_ninguem_volta_no_mesmo_segundo() -> None:
    assert t.espera_conexao(3, 0.0) < t.espera_conexao(3, 0.9)
    assert t.espera_consulta(3, 0.0) < t.espera_consulta(3, 0.9)
    assert t.espera_conexao(99, 0.0) == t.espera_conexao(6, 0.0) == timedelta(seconds=180)


@pytest.mark.requisito("BORDA-11")
@pytest.mark.parametrize(
    ("motivo", "http", "silencio"),
    [
        ("conexao-caiu", None, True), ("prazo-resposta", None, True), ("cortada", 200, True), ("http-503", 503, True),
        ("http-502", 502, True), ("http-429", 429, True), ("ilegivel", 200, False), ("html", 200, False),
        ("http-403", 403, False), ("redirecionada", 302, False), ("soap-fault", 500, False), ("vazia", 200, False),
    ],
)  # fmt: skip
def test_o_que_e_silencio_da_linha(motivo: str, http: int | None, silencio: bool) -> None:
    assert t.sem_sinal(motivo, http) is silencio
