"""Tests when a file is complete: the pure rule, with samples made by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.nucleo.arquivo_completo import (
    PRONTO,
    Amostra,
    Esperar,
    Motivo,
    Ocupacao,
    conteudo_fechado,
    decidir,
    referencia,
)

pytestmark = pytest.mark.requisito("SEP-07")
BASE = Amostra(tamanho=10, mtime_ns=5, ctime_ns=7, inode=1, visto_em_s=100.0)


def _decidir(
    anterior: Amostra | None,
    nova: Amostra,
    ocupacao: Ocupacao = Ocupacao.DESCONHECIDO,
    fechado: bool | None = None,
    *,
    prometido: bool = False,
) -> object:
    return decidir(
        anterior, nova, ocupacao=ocupacao, fechado=fechado, tempo_quieto_s=1.0, tempo_aberto_s=5.0, prometido=prometido
    )


def _mais_tarde(segundos: float) -> Amostra:
    return replace(BASE, visto_em_s=BASE.visto_em_s + segundos)


def test_livre_e_fechado_e_completo_na_hora() -> None:
    assert _decidir(None, BASE, Ocupacao.LIVRE, True) == PRONTO


def test_sem_arrendamento_espera_o_tempo_quieto() -> None:
    assert _decidir(None, BASE, fechado=True) == Esperar(101.0, Motivo.MUDANDO)
    assert _decidir(BASE, _mais_tarde(0.9), fechado=True) == Esperar(101.0, Motivo.MUDANDO)
    assert _decidir(BASE, _mais_tarde(1.0), fechado=True) == PRONTO


@given(
    st.sampled_from(["tamanho", "mtime_ns", "ctime_ns", "inode"]),
    st.integers(1, 10**6),
    st.floats(0, 1e6),
    st.sampled_from([Ocupacao.LIVRE, Ocupacao.DESCONHECIDO]),
)
def test_qualquer_mudanca_recomeca_o_tempo(campo: str, delta: int, passou_s: float, uso: Ocupacao) -> None:
    nova = replace(_mais_tarde(passou_s), **{campo: getattr(BASE, campo) + delta})
    assert isinstance(_decidir(BASE, nova, uso), Esperar)
    assert referencia(BASE, nova) is nova


@given(st.floats(0, 1e9), st.sampled_from([True, False, None]), st.booleans())
def test_aberto_para_gravacao_nunca_esta_pronto(passou_s: float, fechado: bool | None, prometido: bool) -> None:
    decisao = _decidir(BASE, _mais_tarde(passou_s), Ocupacao.EM_USO, fechado, prometido=prometido)
    assert isinstance(decisao, Esperar)
    assert decisao.motivo is Motivo.EM_USO


@given(st.floats(0, 1e9), st.sampled_from(list(Ocupacao)), st.booleans())
def test_vazio_nunca_esta_pronto(passou_s: float, uso: Ocupacao, prometido: bool) -> None:
    vazio = replace(BASE, tamanho=0)
    decisao = _decidir(vazio, replace(vazio, visto_em_s=100.0 + passou_s), uso, prometido=prometido)
    assert isinstance(decisao, Esperar)
    assert decisao.motivo is Motivo.VAZIO


def test_fechado_e_reaberto_conta_de_novo() -> None:
    reaberto = replace(_mais_tarde(0.9), ctime_ns=8)
    base = referencia(BASE, reaberto)
    assert _decidir(base, replace(reaberto, visto_em_s=101.5)) == Esperar(pytest.approx(101.9), Motivo.MUDANDO)


def test_o_tempo_quieto_e_de_quem_chama() -> None:
    assert decidir(BASE, _mais_tarde(2.9), ocupacao=Ocupacao.DESCONHECIDO, fechado=True, tempo_quieto_s=3.0) == Esperar(
        103.0, Motivo.MUDANDO
    )


def test_conteudo_inacabado_espera_mais() -> None:
    assert _decidir(BASE, _mais_tarde(1.5), Ocupacao.LIVRE, False) == Esperar(105.0, Motivo.INACABADO)
    assert _decidir(BASE, _mais_tarde(5.0), Ocupacao.LIVRE, False) == PRONTO


def test_marcador_promete_que_acabou() -> None:
    assert _decidir(None, BASE, fechado=None, prometido=True) == PRONTO


def test_relogio_que_volta_recomeca() -> None:
    assert _decidir(BASE, replace(BASE, visto_em_s=50.0)) == Esperar(51.0, Motivo.MUDANDO)


@pytest.mark.parametrize(
    ("dados", "fechado"),
    [
        (b"<CTe><a/></CTe>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><CTe xmlns='y'><a/></CTe>\n<!-- fim -->\n", True),
        (b"<CTe/>", True),
        (b"<CTe a='1' />\n", True),
        (b"<n:CTe xmlns:n='y'>x</n:CTe >", True),
        (b"<CTe><a/>", False),
        (b"<CTe><a>1</a></CT", False),
        (b"<cteProc><CTe></CTe>", False),
        (b"<a><a></a>", False),
        (b"<?xml version='1.0'?>", False),
        (b"<", False),
        (b"<!DOCTYPE x><x></x>", None),
        (b'{"a": [1]}', True),
        (b'{"a": [1]', False),
        (b"[1,2]\n", True),
        (b"[" * 100_000, None),
        (b"texto", None),
        (b"", None),
        (b"\xff\xfe<\0C\0", None),
    ],
)
def test_conteudo_fechado(dados: bytes, fechado: bool | None) -> None:
    assert conteudo_fechado(dados) is fechado


@given(st.integers(1, 200))
def test_xml_cortado_nunca_parece_fechado(corte: int) -> None:
    inteiro = (
        b"<?xml version='1.0' encoding='UTF-8'?><CTe xmlns='http://x'><infCte Id='1'>"
        + b"<x>1</x>" * 15
        + b"</infCte></CTe>"
    )
    assert conteudo_fechado(inteiro) is True
    assert conteudo_fechado(inteiro[: max(1, len(inteiro) - corte)]) is False


@given(st.binary(max_size=300))
def test_qualquer_conteudo_tem_resposta(dados: bytes) -> None:
    assert conteudo_fechado(dados) in (True, False, None)
    assert conteudo_fechado(b"<" + dados) in (True, False, None)
    assert conteudo_fechado(b"{" + dados) in (True, False, None)
