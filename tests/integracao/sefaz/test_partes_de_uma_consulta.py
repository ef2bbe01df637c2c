"""Tests look-ups by network that bring an event which nobody can verify."""

from collections.abc import Callable

import pytest

from separador.simulador.sefaz import respostas_defeituosas
from tests.apoio.instalacao_em_rede import AUTORIZADO, CANCELADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
NAO_VERIFICADO = "SEP-EVENTO-NAO-VERIFICADO"


@pytest.mark.requisito("BORDA-15")
def test_o_protocolo_e_aplicado_e_o_evento_e_dito(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(
        {"falha": "queda-depois", "servico": "recepcao"}, {"falha": "evento-do-fisco", "servico": "consulta"}
    )
    e = instalacao.exportar(11)
    instalacao.passar(10)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.na_sefaz(e.chave)["consultas"] == 1
    assert instalacao.falhas(e.chave) == [NAO_VERIFICADO]
    assert len(instalacao.recortes("quarentena/eventos")) == 1


@pytest.mark.requisito("BORDA-15")
def test_o_nosso_evento_entre_outros_e_achado(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao()
    e = instalacao.exportar(11)
    instalacao.sefaz.roteiro({"falha": "queda-depois", "servico": "evento"},
                             {"falha": "evento-do-fisco", "servico": "consulta"})  # fmt: skip
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    instalacao.passar(10)
    assert instalacao.situacao(e.chave) == CANCELADO, instalacao.falhas()
    assert instalacao.falhas(e.chave) == [NAO_VERIFICADO]


@pytest.mark.requisito("BORDA-15", "SEFAZ-04")
def test_evento_com_o_numero_do_nosso_que_nao_se_verifica_nao_e_ausencia(
    fazer_instalacao: Fazer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEFAZ has something under that number. To send ours again would be blind: a person decides."""
    feito = respostas_defeituosas._evento_do_fisco
    monkeypatch.setattr(respostas_defeituosas, "_evento_do_fisco", lambda m: feito(m).replace(b"310610", b"110111"))
    instalacao = fazer_instalacao()
    e = instalacao.exportar(11)
    instalacao.sefaz.roteiro({"falha": "queda-antes", "servico": "evento"},
                             {"falha": "evento-do-fisco", "servico": "consulta"})  # fmt: skip
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    for _ in range(20):
        instalacao.passar(300)
    assert len([c for c in instalacao.sefaz.chamadas("evento") if c.get("chave") == e.chave]) == 1
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.falhas(e.chave) == [NAO_VERIFICADO, "SEP-SEM-DESFECHO"]
