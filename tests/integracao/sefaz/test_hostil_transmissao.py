"""Tests days on which one thing goes wrong. It must be shown, and must not hold up the others."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import wait
from typing import Any

import pytest

from separador.capacidades.cte.servico.rede import tipos
from separador.capacidades.sefaz.rede.porta import Chamada, Resultado, Servico
from separador.capacidades.sefaz.servico.chamadores import ChamadaAFazer, Chamadores
from separador.capacidades.sefaz.servico.passo import Transmissao
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE, OUTRA_TRANSPORTADORA
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]

DUAS_ROTAS: list[dict[str, Any]] = [
    {"id": i, "ativo": True, "regra": "cte-envio", "origem": f"in{i}", "destino": f"out{i}", "arquivo": ["-cte.xml"],
     "retorno": f"ret{i}", "transmissao": "rede"}
    for i in (1, 2)
]  # fmt: skip


@pytest.mark.requisito("SEFAZ-04", "SEP-05")
@pytest.mark.parametrize("falhas", [
    [{"falha": "http", "http": 500, "servico": "recepcao"}],
    [{"falha": "queda-depois", "servico": "recepcao"}, {"falha": "outra-chave", "servico": "consulta"}],
    [{"falha": "queda-depois", "servico": "recepcao"}, {"falha": "raiz-errada", "servico": "consulta"}],
])  # fmt: skip
def test_o_que_nao_tem_desfecho_por_muito_tempo_aparece(fazer_instalacao: Fazer, falhas: list[dict[str, Any]]) -> None:
    instalacao = fazer_instalacao(*falhas)
    e = instalacao.exportar(11)
    for _ in range(20):
        instalacao.passar(300)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert "SEP-SEM-DESFECHO" in instalacao.falhas(e.chave)
    instalacao.sefaz.roteiro()
    instalacao.ate(e.chave, AUTORIZADO)
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04", "CTE-04")
def test_recusado_no_reenvio_e_conferido_porque_o_primeiro_pode_ter_valido(fazer_instalacao: Fazer) -> None:
    """The first sending was authorised and its answer lost. SEFAZ shows it late, and refuses the second by its date."""
    instalacao = fazer_instalacao(
        {"falha": "queda-depois", "servico": "recepcao", "total": 1},
        {"falha": "cstat", "cstat": "217", "servico": "consulta", "total": 2},
        {"falha": "cstat", "cstat": "228", "servico": "recepcao", "total": 1},
    )
    e = instalacao.exportar(11)
    instalacao.ate(e.chave, "REJEITADO PELA SEFAZ")
    instalacao.ate(e.chave, AUTORIZADO)
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1
    assert "228" not in instalacao.falhas(e.chave)


@pytest.mark.requisito("SEFAZ-06", "SEP-05")
@pytest.mark.parametrize("ambiente", ["producao", "homologacao"])
def test_o_que_espera_de_outro_ambiente_nao_sai_e_aparece(fazer_instalacao: Fazer, ambiente: str) -> None:
    """The local SEFAZ and homologation share one tpAmb. What was for training must never reach the real one."""
    instalacao = fazer_instalacao()
    instalacao.sefaz.parar()
    e = instalacao.exportar(11)
    instalacao.sefaz.ligar()
    instalacao.gravar_config(ambiente=ambiente)
    instalacao.passar(600)
    assert instalacao.chamadas(e.chave)[0]["tentativas"] == 1
    assert "SEP-FILA-AMBIENTE" in instalacao.falhas()
    instalacao.gravar_config(ambiente="simulado")
    instalacao.passar(600)
    instalacao.passar(60)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_consultas_de_um_servico_que_morre_sempre_contam(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "queda-depois", "servico": "recepcao"},
                                  {"falha": "atraso", "atraso_ms": 150, "servico": "consulta"})  # fmt: skip
    e = instalacao.exportar(11)
    for _ in range(14):
        instalacao.ponteiros.passar(3)
        for _ in range(10):
            instalacao.ciclo.passo()
        time.sleep(0.25)
        linha = instalacao.ciclo.parte(Transmissao)._linha
        instalacao.morrer()
        linha.fechar()
        instalacao.abrir()
    assert 5 <= instalacao.sefaz.razao()["chamadas"]["consulta"]["total"] <= 10
    instalacao.ate(e.chave, AUTORIZADO, passo_s=300)


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_pasta_de_uma_rota_nao_prende_as_respostas_das_outras(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=DUAS_ROTAS)
    instalacao.sefaz.parar()
    da_uma = [ex.cte(n, agora=instalacao.agora, variante="uma-nota") for n in range(1, 41)]
    for e in da_uma:
        instalacao.por(1, e.nome, e.dados)
    instalacao.rodar()
    da_outra = ex.cte(100, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(2, da_outra.nome, da_outra.dados)
    (instalacao.pasta / "ret1").rename(instalacao.pasta / "fora")
    instalacao.sefaz.ligar()
    instalacao.ponteiros.passar(400)
    limite_s = time.monotonic() + 60
    while instalacao.situacao(da_outra.chave) != AUTORIZADO:
        assert time.monotonic() < limite_s, instalacao.falhas()
        if not instalacao.ciclo.passo():
            wait([instalacao.ciclo.sinal.fileno()], timeout=0.02)
            instalacao.ponteiros.passar(0.1)
    (instalacao.pasta / "fora").rename(instalacao.pasta / "ret1")
    instalacao.passar(100)
    instalacao.passar(100)
    assert {instalacao.situacao(e.chave) for e in da_uma} == {AUTORIZADO}
    assert len(instalacao.nomes(instalacao.pasta / "ret1")) == 80


@pytest.mark.requisito("SEFAZ-06")
def test_empresa_que_nao_pode_perguntar_nao_prende_a_volta_da_sefaz(fazer_instalacao: Fazer) -> None:
    """The company whose document waits the longest asks whether SEFAZ is back. Then its certificate goes."""
    instalacao = fazer_instalacao(empresas=(EMITENTE, OUTRA_TRANSPORTADORA))
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "108"})
    instalacao.exportar(1, emitente=OUTRA_TRANSPORTADORA)
    b = instalacao.exportar(2)
    while instalacao.banco.uma("SELECT 1 FROM transmissao WHERE alvo = 'status' AND estado = 'pendente'") is None:
        instalacao.passar(10)
    (instalacao.config.parent / f"{OUTRA_TRANSPORTADORA.cnpj}.pfx").unlink()
    instalacao.passar(1)
    instalacao.sefaz.roteiro()
    for _ in range(10):
        instalacao.passar(120)
    assert instalacao.situacao(b.chave) == AUTORIZADO


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-07", "BORDA-12")
@pytest.mark.parametrize("falha", ["http", "pagina"])
@pytest.mark.parametrize("http", [302, 403, 404, 429, 503])
def test_distribuicao_barrada_no_caminho_nao_para_o_resto(fazer_instalacao: Fazer, http: int, falha: str) -> None:
    instalacao = fazer_instalacao({"falha": falha, "http": http, "servico": "distribuicao"},
                                  sefaz_config={"distribuicao": {"destino": "outbox/terceiros"}})  # fmt: skip
    instalacao.passar(1)
    chaves = [instalacao.exportar(n).chave for n in range(1, 5)]
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    instalacao.passar(30)
    assert instalacao.falhas() == ["SEP-DIST-ILEGIVEL"]
    assert ("«Request Rejected»" in instalacao.falha("SEP-DIST-ILEGIVEL")["motivo"]) == (falha == "pagina")
    instalacao.sefaz.roteiro()
    instalacao.passar(900)
    instalacao.passar(900)
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEP-05")
def test_o_que_nao_se_consegue_montar_aparece(fazer_instalacao: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    instalacao = fazer_instalacao()
    with monkeypatch.context() as m:
        m.setattr(tipos.DOCUMENTO.__class__, "envelope", _quebrado)
        e = instalacao.exportar(11)
        assert instalacao.falhas(e.chave) == ["SEP-INCIDENTE"]
    instalacao.passar(400)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


def _quebrado(*_: object) -> bytes:
    raise LookupError("os bytes assinados não estão no banco")


@pytest.mark.requisito("SEFAZ-08")
def test_chamada_para_a_qual_nao_ha_fio_volta_a_fila(monkeypatch: pytest.MonkeyPatch) -> None:
    t = Chamadores(lambda: None, lambda: datetime.now(UTC))
    with monkeypatch.context() as m:
        m.setattr(threading.Thread, "start", _sem_fio)
        t.dar(ChamadaAFazer(1, ("11222333000181", "SP"), _Muda(), CHAMADA), 8)
    assert [e.resultado for e in t.recolher()] == [None]
    assert t.em_voo == 0


CHAMADA = Chamada(Servico.STATUS, "https://sefaz.invalid", b"", "11222333000181")


class _Muda:
    def chamar(self, _chamada: Chamada) -> Resultado:
        raise AssertionError("não devia ser chamada")


def _sem_fio(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
