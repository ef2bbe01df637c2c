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
from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, CasaDeRede

Fazer = Callable[..., CasaDeRede]

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
def test_G1_o_que_nao_tem_desfecho_por_muito_tempo_aparece(fazer_casa: Fazer, falhas: list[dict[str, Any]]) -> None:
    casa = fazer_casa(*falhas)
    e = casa.exportar(11)
    for _ in range(20):
        casa.passar(300)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert "SEP-PRAZO-RETORNO" in casa.falhas(e.chave)
    casa.sefaz.roteiro()
    casa.ate(e.chave, AUTORIZADO)
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04", "CTE-04")
def test_G1_recusado_no_reenvio_e_conferido_porque_o_primeiro_pode_ter_valido(fazer_casa: Fazer) -> None:
    """The first sending was authorised and its answer lost. SEFAZ shows it late, and refuses the second by its date."""
    casa = fazer_casa(
        {"falha": "queda-depois", "servico": "recepcao", "total": 1},
        {"falha": "cstat", "cstat": "217", "servico": "consulta", "total": 2},
        {"falha": "cstat", "cstat": "228", "servico": "recepcao", "total": 1},
    )
    e = casa.exportar(11)
    casa.ate(e.chave, "REJEITADO PELA SEFAZ")
    casa.ate(e.chave, AUTORIZADO)
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1
    assert "228" not in casa.falhas(e.chave)


@pytest.mark.requisito("SEFAZ-06", "SEP-05")
@pytest.mark.parametrize("ambiente", ["producao", "homologacao"])
def test_o_que_espera_de_outro_ambiente_nao_sai_e_aparece(fazer_casa: Fazer, ambiente: str) -> None:
    """The local SEFAZ and homologation share one tpAmb. What was for training must never reach the real one."""
    casa = fazer_casa()
    casa.sefaz.parar()
    e = casa.exportar(11)
    casa.sefaz.ligar()
    casa.gravar_config(ambiente=ambiente)
    casa.passar(600)
    assert casa.chamadas(e.chave)[0]["tentativas"] == 1
    assert "SEP-FILA-AMBIENTE" in casa.falhas()
    casa.gravar_config(ambiente="simulado")
    casa.passar(600)
    casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_G3_consultas_de_um_servico_que_morre_sempre_contam(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "queda-depois", "servico": "recepcao"},
                      {"falha": "atraso", "atraso_ms": 150, "servico": "consulta"})  # fmt: skip
    e = casa.exportar(11)
    for _ in range(14):
        casa.ponteiros.passar(3)
        for _ in range(10):
            casa.ciclo.passo()
        time.sleep(0.25)
        linha = casa.ciclo.parte(Transmissao)._linha
        casa.morrer()
        linha.fechar()
        casa.abrir()
    assert 5 <= casa.sefaz.razao()["chamadas"]["consulta"]["total"] <= 10
    casa.ate(e.chave, AUTORIZADO, passo_s=300)


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_pasta_de_uma_rota_nao_prende_as_respostas_das_outras(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=DUAS_ROTAS)
    casa.sefaz.parar()
    da_uma = [ex.cte(n, agora=casa.agora, variante="uma-nota") for n in range(1, 41)]
    for e in da_uma:
        casa.por(1, e.nome, e.dados)
    casa.rodar()
    da_outra = ex.cte(100, agora=casa.agora, variante="uma-nota")
    casa.soltar(2, da_outra.nome, da_outra.dados)
    (casa.pasta / "ret1").rename(casa.pasta / "fora")
    casa.sefaz.ligar()
    casa.ponteiros.passar(400)
    limite_s = time.monotonic() + 60
    while casa.situacao(da_outra.chave) != AUTORIZADO:
        assert time.monotonic() < limite_s, casa.falhas()
        if not casa.ciclo.passo():
            wait([casa.ciclo.sinal.fileno()], timeout=0.02)
            casa.ponteiros.passar(0.1)
    (casa.pasta / "fora").rename(casa.pasta / "ret1")
    casa.passar(100)
    casa.passar(100)
    assert {casa.situacao(e.chave) for e in da_uma} == {AUTORIZADO}
    assert len(casa.nomes(casa.pasta / "ret1")) == 80


@pytest.mark.requisito("SEFAZ-06")
def test_empresa_que_nao_pode_perguntar_nao_prende_a_volta_da_sefaz(fazer_casa: Fazer) -> None:
    """The company whose document waits the longest asks whether SEFAZ is back. Then its certificate goes."""
    casa = fazer_casa(empresas=(EMITENTE, OUTRA_TRANSPORTADORA))
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "108"})
    casa.exportar(1, emitente=OUTRA_TRANSPORTADORA)
    b = casa.exportar(2)
    while casa.banco.uma("SELECT 1 FROM transmissao WHERE alvo = 'status' AND estado = 'pendente'") is None:
        casa.passar(10)
    (casa.config.parent / f"{OUTRA_TRANSPORTADORA.cnpj}.pfx").unlink()
    casa.passar(1)
    casa.sefaz.roteiro()
    for _ in range(10):
        casa.passar(120)
    assert casa.situacao(b.chave) == AUTORIZADO


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-07")
@pytest.mark.parametrize("http", [403, 404])
def test_servico_negado_nao_para_os_outros_da_empresa(fazer_casa: Fazer, http: int) -> None:
    casa = fazer_casa({"falha": "http", "http": http, "servico": "distribuicao"},
                      sefaz_config={"distribuicao": {"destino": "outbox/terceiros"}})  # fmt: skip
    casa.passar(1)
    chaves = [casa.exportar(n).chave for n in range(1, 5)]
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert casa.falhas() == ["SEP-TRANSMISSAO-CERTIFICADO"]
    casa.sefaz.roteiro()
    casa.passar(900)
    casa.passar(900)
    assert casa.falhas() == []


@pytest.mark.requisito("SEP-05")
def test_W11_o_que_nao_se_consegue_montar_aparece(fazer_casa: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    casa = fazer_casa()
    with monkeypatch.context() as m:
        m.setattr(tipos.DOCUMENTO.__class__, "envelope", _quebrado)
        e = casa.exportar(11)
        assert casa.falhas(e.chave) == ["SEP-INCIDENTE"]
    casa.passar(400)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


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
