"""Tests the sheet of an event."""

import re

import pytest

from separador.capacidades.dacte.papel import imprimir_evento
from separador.nucleo.erro import Recusa
from tests.apoio import pdf_lido
from tests.apoio.amostras import ouro


def impresso(dados: bytes) -> bytes:
    pdf = imprimir_evento(dados)
    assert isinstance(pdf, bytes), pdf
    return pdf


@pytest.mark.requisito("DACTE-06")
def test_o_cancelamento() -> None:
    pdf = impresso(ouro("procEventoCTe.xml"))
    lido = "\n".join(t for f in pdf_lido.textos(pdf) for t in f)
    for trecho in (
        "CANCELAMENTO",
        "3526 1111 2223 3300 0181 5700 1000 0000 0111 2345 6781",
        "Motivo do cancelamento: ERRO NA DIGITACAO DO VALOR",
        "11.222.333/0001-81",
        "20/11/2026 11:00:03",
        "135 - Evento registrado e vinculado a CT-e",
        "FOLHA 1/1",
        "ÓRGÃO\nSP",
        "SEM VALOR FISCAL",
    ):
        assert trecho in lido
    assert "CODE-128:35261111222333000181570010000000011123456781" in pdf_lido.codigos(pdf, 150)


@pytest.mark.requisito("DACTE-06", "DACTE-02", "DACTE-03")
def test_uma_carta_com_cem_correcoes() -> None:
    correcoes = "".join(
        f"<infCorrecao><grupoAlterado>compl</grupoAlterado><campoAlterado>xObs</campoAlterado>"
        f"<valorAlterado>{'W' * 490}{i:03d}</valorAlterado><nroItemAlterado>{i % 99 + 1}</nroItemAlterado>"
        "</infCorrecao>"
        for i in range(100)
    )
    carta = f"<evCCeCTe><descEvento>Carta de Correcao</descEvento>{correcoes}<xCondUso>Regras</xCondUso></evCCeCTe>"
    dados = ouro("procEventoCTe.xml").decode().replace("<tpEvento>110111<", "<tpEvento>110110<")
    dados = re.sub(r"<evCancCTe>.*</evCancCTe>", carta, dados).replace("<tpAmb>2<", "<tpAmb>1<")
    pdf = impresso(dados.encode())
    folhas = pdf_lido.textos(pdf)
    assert len(folhas) > 3
    assert "CONTINUA NA FOLHA 2" in "".join(folhas[0])
    lido = re.sub(r"\s+", "", "".join(t for f in folhas for t in f if t.startswith(("W", "Cor")) or t[-3:].isdigit()))
    assert [i for i in range(100) if f"W{i:03d}" not in lido] == []
    assert pdf_lido.por_cima(pdf) == []


@pytest.mark.parametrize("dados", [b"", b"<a/>", b"<procEventoCTe/>", ouro("cteProc.xml")])
def test_o_que_nao_e_evento_processado_e_recusado(dados: bytes) -> None:
    assert isinstance(imprimir_evento(dados), Recusa)
