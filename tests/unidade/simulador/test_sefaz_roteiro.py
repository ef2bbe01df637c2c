"""Tests scripts of faults: what is understood, and what is said of the rest."""

from datetime import timedelta
from typing import Any

import pytest

from separador.simulador.sefaz.contrato import Autorizador, Contrato, Grupo, localizar
from separador.simulador.sefaz.falhas import EXPLICACOES, POR_NUMERO, Regra, RoteiroInvalidoError, Tipo, ler_roteiro
from separador.simulador.sefaz.mensagens import MOTIVOS, motivo, sem_acentos

pytestmark = pytest.mark.requisito("SEFAZ-09")


def test_roteiro_vazio_e_sem_falhas() -> None:
    for nada in (None, {}, {"falhas": None}):
        roteiro = ler_roteiro(nada)
        assert roteiro.regras == ()
        assert roteiro.ajustes.limites.consultas_da_chave == 10


def test_roteiro_inteiro() -> None:
    roteiro = ler_roteiro(
        {
            "semente": 3, "svc": True, "conferir": False, "relogio_s": 300, "limites": {"status": 5, "bloqueio_s": 10},
            "falhas": [{"falha": "cstat", "cstat": 108, "servico": "evento", "autorizador": "svc", "vezes": 2}],
        }
    )  # fmt: skip
    assert roteiro.ajustes.relogio == timedelta(minutes=5)
    assert (roteiro.ajustes.svc, roteiro.ajustes.conferir) == (True, False)
    assert (roteiro.ajustes.limites.status, roteiro.ajustes.limites.bloqueio) == (5, timedelta(seconds=10))
    assert roteiro.regras == (
        Regra(Tipo.CSTAT, servico=Grupo.EVENTO, autorizador=Autorizador.SVC, cstat="108", vezes=2),
    )
    assert ler_roteiro({"limites": False}).ajustes.limites.status == 0


@pytest.mark.parametrize(
    ("dados", "dito"),
    [
        ([], "lista de chaves"),
        ({"falha": []}, "chave desconhecida falha"),
        ({"falhas": [{"servico": "evento"}]}, "item 1: falta a chave falha"),
        ({"falhas": ["queda"]}, "item 1"),
        ({"falhas": [{"falha": "explosao"}]}, "item 1: a chave falha não aceita «explosao»; aceitos: atraso, "),
        ({"falhas": [{"falha": "cstat"}]}, "pede a chave cstat"),
        ({"falhas": [{"falha": "atraso", "atrazo_ms": 3}]}, "chave desconhecida atrazo_ms"),
        ({"falhas": [{"falha": "atraso", "vezes": "muitas"}]}, "item 1: a chave vezes não aceita «muitas»$"),
        ({"limites": {"tudo": 1}}, "chave desconhecida tudo"),
        ({"limites": 3}, "limites deve ser"),
    ],
)
def test_roteiro_errado_diz_o_que(dados: Any, dito: str) -> None:
    with pytest.raises(RoteiroInvalidoError, match=dito):
        ler_roteiro(dados)


def test_cada_falha_tem_explicacao_e_numero() -> None:
    assert set(EXPLICACOES) == set(Tipo)
    assert set(POR_NUMERO.values()) == set(Tipo) - {Tipo.CSTAT, Tipo.QUEDA_DURANTE}


@pytest.mark.parametrize(
    ("caminho", "achado"),
    [
        ("/ws/CTeConsultaV4/CTeConsultaV4.asmx", ("CTeConsultaV4", "normal")),
        ("/cte/services/CTeRecepcaoOSV4", ("CTeRecepcaoOSV4", "normal")),
        ("/CTeWS/WS/ctestatusservicov4.asmx", ("CTeStatusServicoV4", "normal")),
        ("/svc-rs/ws/CTeRecepcaoEventoV4", ("CTeRecepcaoEventoV4", "svc")),
        ("/an/CTeDistribuicaoDFe/CTeDistribuicaoDFe.asmx", ("CTeDistribuicaoDFe", "an")),
        ("/CTeDistribuicaoDFe", None),
        ("/an/CTeConsultaV4", None),
        ("/ws/CTeInutilizacao", None),
        ("/", None),
    ],
)
def test_enderecos(caminho: str, achado: tuple[str, str] | None) -> None:
    onde = localizar(caminho)
    assert (onde and (onde[0].nome, str(onde[1]))) == achado


def test_acoes_e_namespaces() -> None:
    onde = localizar("/CTeRecepcaoSincV4")
    assert onde is not None
    contrato: Contrato = onde[0]
    assert contrato.acao == "http://www.portalfiscal.inf.br/cte/wsdl/CTeRecepcaoSincV4/cteRecepcao"


def test_motivos_cabem_no_esquema() -> None:
    for codigo in (*MOTIVOS, "321"):
        texto = motivo(codigo, "x" * 300)
        assert len(texto) <= 255
        assert texto.isascii()
    assert sem_acentos("Ação – “ímpar”\n fim ") == 'Acao - "impar" fim'
