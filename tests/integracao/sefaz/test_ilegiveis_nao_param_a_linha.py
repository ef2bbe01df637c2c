"""Tests that an answer which cannot be read, and a page of a box in between, are the trouble of their own document."""

from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.exportacoes import Exportacao
from separador.fiscal.evento.envelope import montar_status
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, CANCELADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
SEM_DESFECHO = "SEP-SEM-DESFECHO"


def dropar(instalacao: InstalacaoEmRede, *numeros: int) -> list[Exportacao]:
    """Drops exports together, and runs."""
    feitas = [ex.cte(n, agora=instalacao.agora, variante="uma-nota") for n in numeros]
    for e in feitas:
        instalacao.por(1, e.nome, e.dados)
    instalacao.rodar()
    return feitas


def envenenar(*numeros: int, falha: str = "ilegivel", **mais: Any) -> list[dict[str, Any]]:
    return [{"falha": falha, "numero": n, "servico": s} | mais for n in numeros for s in ("recepcao", "consulta")]


@pytest.mark.requisito("BORDA-11", "BORDA-16")
@pytest.mark.parametrize("falha", ["ilegivel", "vazia", "raiz-errada", "soap-fault", "pagina", "outra-chave"])
def test_quatro_sem_resposta_legivel_e_os_bons_seguem(fazer_instalacao: Fazer, falha: str) -> None:
    ruins = (505, 506, 507, 510)
    instalacao = fazer_instalacao(*envenenar(*ruins, falha=falha, http=403))
    envenenados = dropar(instalacao, *ruins)
    for _ in range(30):
        instalacao.passar(60)
    assert "SEP-SEFAZ-FORA" not in instalacao.falhas()
    bons = dropar(instalacao, 601, 602, 603)
    assert {instalacao.situacao(e.chave) for e in bons} == {AUTORIZADO}, instalacao.falhas()
    assert {instalacao.situacao(e.chave) for e in envenenados} == {AGUARDANDO}
    for e in envenenados:
        assert instalacao.falhas(e.chave) == [SEM_DESFECHO]
    instalacao.sefaz.roteiro()
    for e in envenenados:
        instalacao.ate(e.chave, AUTORIZADO, passo_s=120)
        assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-11")
@pytest.mark.parametrize("falha", ["queda-depois", "http"])
def test_a_tentativa_depois_da_pausa_nao_e_de_um_que_ja_falhou(fazer_instalacao: Fazer, falha: str) -> None:
    """Four documents whose calls always end in silence. The line stands still, and a good one opens it again."""
    ruins = (505, 506, 507, 510)
    instalacao = fazer_instalacao(*envenenar(*ruins, falha=falha))
    dropar(instalacao, *ruins)
    instalacao.passar(20)
    assert "SEP-SEFAZ-FORA" in instalacao.falhas()
    bons = dropar(instalacao, 601, 602, 603)
    for _ in range(30):
        instalacao.passar(10)
    assert {instalacao.situacao(e.chave) for e in bons} == {AUTORIZADO}, instalacao.falhas()


@pytest.mark.requisito("BORDA-16")
@pytest.mark.parametrize("falha", ["ilegivel", "queda-antes", "pagina"])
def test_aparece_depois_da_primeira_consulta_que_falha(fazer_instalacao: Fazer, falha: str) -> None:
    instalacao = fazer_instalacao(
        {"falha": "queda-depois", "servico": "recepcao"}, {"falha": falha, "servico": "consulta", "http": 403}
    )
    e = instalacao.exportar(11)
    assert instalacao.falhas(e.chave) == []
    instalacao.passar(5)
    assert len([c for c in instalacao.chamadas(e.chave, "consulta") if c["enviada_em"]]) == 1
    assert instalacao.falhas(e.chave) == [SEM_DESFECHO]
    instalacao.sefaz.roteiro()
    instalacao.ate(e.chave, AUTORIZADO)
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-12")
@pytest.mark.parametrize("falha", ["pagina", "http"])
@pytest.mark.parametrize("http", [302, 403, 429, 503])
def test_uma_vez_na_recepcao_e_na_consulta(fazer_instalacao: Fazer, http: int, falha: str) -> None:
    instalacao = fazer_instalacao(
        {"falha": falha, "http": http, "servico": "recepcao", "total": 1},
        {"falha": falha, "http": http, "servico": "consulta", "total": 1},
    )
    e = instalacao.exportar(11)
    outros = dropar(instalacao, 12, 13, 14)
    assert {instalacao.situacao(o.chave) for o in outros} == {AUTORIZADO}, instalacao.falhas()
    instalacao.passar(5)
    assert instalacao.falhas() == [SEM_DESFECHO]
    motivo = instalacao.falha(SEM_DESFECHO)["motivo"]
    assert f"HTTP {http}" in motivo
    assert ("«Request Rejected»" in motivo) == (falha == "pagina")
    instalacao.ate(e.chave, AUTORIZADO)
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-12")
@pytest.mark.parametrize("http", [302, 403, 429, 503])
def test_sempre_e_depois_passa(fazer_instalacao: Fazer, http: int) -> None:
    """Everything is barred. What waits goes by itself once it is not, each document once."""
    instalacao = fazer_instalacao({"falha": "pagina", "http": http})
    chaves = [e.chave for e in dropar(instalacao, *range(11, 51))]
    for _ in range(10):
        instalacao.passar(60)
    assert "SEP-TRANSMISSAO-CERTIFICADO" not in instalacao.falhas()
    assert "SEP-SEFAZ-FORA" in instalacao.falhas()
    assert "«Request Rejected»" in instalacao.falha("SEP-SEFAZ-FORA")["motivo"]
    foram = [c for c in chaves if instalacao.chamadas(c, "documento")[0]["tentativas"]]
    assert len(foram) < len(chaves)  # the others wait instead of becoming unknown one by one
    instalacao.sefaz.roteiro()
    for chave in chaves:
        instalacao.ate(chave, AUTORIZADO, passo_s=120)
        assert instalacao.na_sefaz(chave)["autorizacoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-12", "BORDA-16")
@pytest.mark.parametrize("http", [302, 403, 429, 503])
def test_no_evento(fazer_instalacao: Fazer, http: int) -> None:
    instalacao = fazer_instalacao()
    e = instalacao.exportar(11)
    barrar = [{"falha": "pagina", "http": http, "servico": s, "total": 1} for s in ("evento", "consulta")]
    instalacao.sefaz.roteiro(*barrar)
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    instalacao.passar(5)
    assert instalacao.falhas() == [SEM_DESFECHO]
    assert "«Request Rejected»" in instalacao.falha(SEM_DESFECHO)["motivo"]
    instalacao.ate(e.chave, CANCELADO)
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-12", "BORDA-16")
@pytest.mark.parametrize("http", [302, 403, 503])
def test_a_consulta_que_alguem_pediu_diz_porque_nao_vem(fazer_instalacao: Fazer, http: int) -> None:
    instalacao = fazer_instalacao()
    e = instalacao.exportar(11)
    instalacao.sefaz.roteiro({"falha": "pagina", "http": http, "servico": "consulta"})
    instalacao.ordenar("consultar", e.chave)
    instalacao.passar(1)
    assert instalacao.falhas() == ["SEP-SEFAZ-SEM-RESPOSTA"]
    assert "«Request Rejected»" in instalacao.falha("SEP-SEFAZ-SEM-RESPOSTA")["motivo"]
    instalacao.sefaz.roteiro()
    instalacao.passar(120)
    instalacao.passar(120)
    assert instalacao.falhas() == []
    assert instalacao.situacao(e.chave) == AUTORIZADO


@pytest.mark.requisito("BORDA-12", "BORDA-16")
@pytest.mark.parametrize("falha", ["pagina", "http", "ilegivel"])
@pytest.mark.parametrize("http", [302, 403, 429, 503])
def test_no_status_pedido_por_arquivo(fazer_instalacao: Fazer, http: int, falha: str) -> None:
    instalacao = fazer_instalacao({"falha": falha, "http": http, "servico": "status"})
    instalacao.soltar(1, "uma-cte.xml", montar_status("35", "2"))
    instalacao.passar(1)
    assert instalacao.falhas() == ["SEP-SEFAZ-SEM-RESPOSTA"]
    motivo = instalacao.falha("SEP-SEFAZ-SEM-RESPOSTA")["motivo"]
    assert ("«Request Rejected»" in motivo) == (falha == "pagina")
    e = instalacao.exportar(11)
    assert instalacao.situacao(e.chave) == AUTORIZADO  # the other services go on
    instalacao.sefaz.roteiro()
    instalacao.passar(200)
    assert instalacao.falhas() == []
    assert "uma-sta.xml" in instalacao.nomes(2)
