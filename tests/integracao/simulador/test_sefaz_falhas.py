"""Tests that every fault of a script does what `--ajuda-falhas` says of it, and leaves the right record in the
ledger."""

import contextlib
import http.client
import re
import time
from typing import Any

import pytest

from separador.demonstracao import eventos as ev
from separador.fiscal.retornos import interpretar
from separador.simulador.sefaz.falhas import POR_NUMERO, SERIE_DAS_FALHAS, Tipo
from tests.apoio.cliente_soap import assinar
from tests.integracao.simulador.conftest import SefazSimulada

pytestmark = pytest.mark.requisito("SEFAZ-09")
CORTADA = (OSError, http.client.HTTPException)


def _gravado(simulada: SefazSimulada, chave: str) -> bool:
    return simulada.sefaz.documento(chave) is not None


@pytest.mark.parametrize(
    ("falha", "gravado"),
    [(Tipo.QUEDA_ANTES, False), (Tipo.QUEDA_DURANTE, False), (Tipo.QUEDA_DEPOIS, True), (Tipo.MEIA_RESPOSTA, True)],
)
def test_conexao_cortada(simulada: SefazSimulada, falha: Tipo, gravado: bool) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": str(falha), "servico": "recepcao", "vezes": 1})
    with pytest.raises(CORTADA):
        simulada.cliente.receber(assinado)
    assert _gravado(simulada, feito.chave) is gravado
    assert simulada.cliente.receber(assinado).cstat == ("204" if gravado else "100")


def test_fora_do_ar_recusa_conexoes_e_volta(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "fora-do-ar", "segundos": 0.4, "vezes": 1})
    with pytest.raises(CORTADA):
        simulada.cliente.receber(assinado)
    with pytest.raises(ConnectionRefusedError):
        simulada.cliente.receber(assinado)
    assert not _gravado(simulada, feito.chave)
    limite, codigo = time.monotonic() + 20, "não voltou"
    while time.monotonic() < limite:
        try:
            codigo = simulada.cliente.receber(assinado).cstat
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    assert codigo == "100"


@pytest.mark.parametrize(
    ("item", "estado", "trecho"),
    [
        ({"falha": "html"}, 502, b"<!DOCTYPE html>"),
        ({"falha": "soap-fault"}, 500, b"<soap:Fault>"),
        ({"falha": "http"}, 503, b""),
        ({"falha": "http", "http": 403}, 403, b""),
    ],
)
def test_respostas_que_nao_sao_da_sefaz(
    simulada: SefazSimulada, item: dict[str, Any], estado: int, trecho: bytes
) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro(item | {"vezes": 1})
    resposta = simulada.cliente.receber(assinado)
    assert resposta.estado == estado
    assert trecho in resposta.corpo
    assert not _gravado(simulada, feito.chave)
    assert simulada.cliente.receber(assinado).cstat == "100"


def test_resposta_vazia_depois_de_gravar(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "vazia"})
    assert (simulada.cliente.receber(assinado).corpo, _gravado(simulada, feito.chave)) == (b"", True)


def test_respostas_tortas(simulada: SefazSimulada) -> None:
    """Each document is recorded. The product's own reader gets from the answer what the kind of fault asks for."""

    def pedir(falha: Tipo) -> tuple[str, bytes]:
        feito, assinado = simulada.documento()
        simulada.sefaz.roteiro({"falha": str(falha)})
        corpo = simulada.cliente.receber(assinado).corpo
        assert _gravado(simulada, feito.chave), falha
        return feito.chave, corpo

    assert b"<retOutraCoisa" in pedir(Tipo.RAIZ_ERRADA)[1]
    chave, corpo = pedir(Tipo.PREFIXO)
    ret = corpo[corpo.index(b"<ns2:retCTe") : corpo.index(b"</ns2:retCTe>") + 13]
    lido: Any = interpretar(ret)
    assert (lido.respostas[0].cstat, lido.respostas[0].chave) == ("100", chave)
    assert b"&lt;retCTe" in pedir(Tipo.TEXTO_ESCAPADO)[1]
    chave, corpo = pedir(Tipo.OUTRA_CHAVE)
    assert chave.encode() not in corpo
    assert re.search(rb"<chCTe>[0-9A-Z]{44}</chCTe>", corpo)
    assert b"<digVal>AAAAAAAAAAAAAAAAAAAAAAAAAAA=<" in pedir(Tipo.DIGEST_DIFERENTE)[1]
    assert b"<digVal>" not in pedir(Tipo.SEM_DIGEST)[1]
    assert re.search(rb"<dhRecbto>[-0-9T:]{19}<", pedir(Tipo.DATA_SEM_FUSO)[1])
    assert re.search(rb"<nProt>\d{17}<", pedir(Tipo.NPROT_17)[1])


def test_prefixo_na_consulta_nao_toca_no_evento_assinado(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    simulada.cancelar(chave, nprot)
    simulada.sefaz.roteiro({"falha": "prefixo", "servico": "consulta"})
    corpo = simulada.cliente.consultar(chave).corpo
    assert b"<ns2:retConsSitCTe" in corpo
    assert b"<eventoCTe xmlns" in corpo
    ret = corpo[corpo.index(b"<ns2:retConsSitCTe") : corpo.index(b"</ns2:retConsSitCTe>") + 20]
    lido: Any = interpretar(ret)
    assert [r.cstat for r in lido.respostas] == ["100", "101", "135"]


@pytest.mark.parametrize("cstat", ["108", "109", "114", "678", "999", "203", "1053", "216", "600", "640", "217"])
def test_um_codigo_qualquer_sem_processar(simulada: SefazSimulada, cstat: str) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": cstat, "vezes": 1})
    resposta = simulada.cliente.receber(assinado)
    assert (resposta.cstat, _gravado(simulada, feito.chave)) == (cstat, False)
    assert simulada.cliente.receber(assinado).cstat == "100"


def test_204_nossa_e_de_ninguem(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": "204", "processar": True, "vezes": 1})
    resposta = simulada.cliente.receber(assinado)
    documento = simulada.sefaz.documento(feito.chave)
    assert documento is not None
    assert resposta.cstat == "204"
    assert f"[nProt:{documento['nprot']}]" in (resposta.texto("xMotivo") or "")
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": "204"})
    assert simulada.cliente.receber(assinado).cstat == "204"
    assert simulada.cliente.consultar(feito.chave).cstat == "204", "sem `servico`, vale para todos"
    simulada.sefaz.roteiro()
    assert simulada.cliente.consultar(feito.chave).cstat == "217"


def test_codigos_em_cada_servico(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": "108"})
    assert {
        simulada.cliente.status().cstat,
        simulada.cancelar(chave, nprot).cstat,
        simulada.cliente.consultar(chave).cstat,
    } == {"108"}
    assert simulada.cliente.status().texto("dhRetorno")
    assert simulada.cliente.distribuir("11222333000181", 0).cstat == "108"
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": "631", "servico": "evento", "processar": True, "vezes": 1})
    assert simulada.cancelar(chave, nprot).cstat == "631"
    assert simulada.cliente.consultar(chave).cstat == "101"


def test_atraso_e_lentidao_respondem_certo(simulada: SefazSimulada) -> None:
    for item in ({"falha": "atraso", "atraso_ms": 300}, {"falha": "lenta"}):
        _, assinado = simulada.documento()
        simulada.sefaz.roteiro(item)
        antes = time.monotonic()
        assert simulada.cliente.receber(assinado).cstat == "100"
        assert time.monotonic() - antes > 0.1  # a lower bound: no busy machine fails it


@pytest.mark.parametrize("codigo", [c for c, t in POR_NUMERO.items() if t not in (Tipo.ATRASO, Tipo.FORA_DO_AR)])
def test_falhas_pelo_numero(simulada: SefazSimulada, codigo: int) -> None:
    """One number means one fault, once. The second attempt is answered as it should be."""
    feito, assinado = simulada.documento(numero=codigo, serie=SERIE_DAS_FALHAS)
    antes = len(simulada.sefaz.chamadas("recepcao"))
    with contextlib.suppress(CORTADA):
        simulada.cliente.receber(assinado)
    assert simulada.sefaz.chamadas("recepcao")[antes]["falha"] == POR_NUMERO[codigo], feito.chave
    assert simulada.cliente.receber(assinado).cstat in {"100", "204"}


def test_numero_que_pede_um_codigo_duas_vezes_e_o_evento(simulada: SefazSimulada) -> None:
    _, assinado = simulada.documento(numero=2108, serie=SERIE_DAS_FALHAS)
    assert [simulada.cliente.receber(assinado).cstat for _ in range(3)] == ["108", "108", "100"]
    _, assinado = simulada.documento(numero=99, serie=SERIE_DAS_FALHAS)
    assert [simulada.cliente.receber(assinado).cstat for _ in range(2)] == ["1053", "100"]
    chave, nprot = simulada.autorizado(numero=19528, serie=SERIE_DAS_FALHAS)
    assert [simulada.cancelar(chave, nprot).cstat for _ in range(3)] == ["528"] * 3
    chave, _ = simulada.autorizado(numero=20217, serie=SERIE_DAS_FALHAS)
    assert [simulada.cliente.consultar(chave).cstat for _ in range(2)] == ["217", "100"]


def test_acaso_com_semente_e_o_mesmo_dia_de_novo(simulada: SefazSimulada) -> None:
    item = {"falha": "cstat", "cstat": "108", "servico": "status", "probabilidade": 0.5}
    dias = []
    for semente in (7, 7, 8):
        simulada.sefaz.roteiro(item, semente=semente)
        dias.append([simulada.cliente.status().cstat for _ in range(12)])
    assert dias[0] == dias[1] != dias[2]
    assert set(dias[0]) == {"107", "108"}


def test_depois_de_e_total(simulada: SefazSimulada) -> None:
    simulada.sefaz.roteiro({"falha": "cstat", "cstat": "109", "servico": "status", "depois_de": 1, "total": 2})
    assert [simulada.cliente.status().cstat for _ in range(5)] == ["107", "109", "109", "107", "107"]


def test_o_razao_conta_chave_por_chave(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    simulada.sefaz.roteiro({"falha": "queda-depois", "servico": "recepcao", "vezes": 1})
    with pytest.raises(CORTADA):
        simulada.cliente.receber(assinado)
    simulada.cliente.receber(assinado)
    simulada.cliente.consultar(feito.chave)
    nprot = simulada.cliente.consultar(feito.chave).texto("nProt") or ""
    evento = assinar(ev.cancelamento(feito.chave, nprot, agora=simulada.agora).dados, agora=simulada.agora)
    simulada.cliente.evento(evento)
    documento = simulada.sefaz.documento(feito.chave)
    assert documento is not None
    assert (documento["autorizacoes"], documento["recepcoes"], documento["consultas"]) == (1, 2, 2)
    assert (documento["situacao"], [e["tp_evento"] for e in documento["eventos"]]) == ("cancelado", ["110111"])
    recusado, ruim = simulada.documento()
    simulada.sefaz.roteiro()
    simulada.cliente.receber(ruim.replace(b"<natOp>P", b"<natOp>Q"))
    achado = next(d for d in simulada.sefaz.razao()["nao_autorizados"] if d["chave"] == recusado.chave)
    assert achado["codigos"] == ["297"]


def test_relogio_dela_adiantado_e_atrasado(simulada: SefazSimulada) -> None:
    """Five minutes are forgiven; more are not (212)."""
    for segundos, codigo in ((-240, "100"), (-900, "212"), (300, "100")):
        _, assinado = simulada.documento()
        simulada.sefaz.roteiro(relogio_s=segundos)
        assert simulada.cliente.receber(assinado).cstat == codigo
    simulada.sefaz.roteiro(relogio_s=0)
