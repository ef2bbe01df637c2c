"""Tests what is said about bytes that are no XML."""

import random
import re

import pytest

from separador.fiscal.leitura import ler
from separador.nucleo.erro import Erro, Recusa
from tests.unidade.fiscal.gerador import cte
from tests.unidade.fiscal.mensagens.test_todos_os_tipos import INGLES

DECLARADO = b'<?xml version="1.0" encoding="UTF-8"?><CTe><a b="1">texto</a></CTe>'


def erro_de(dados: bytes) -> Erro:
    lido = ler(dados)
    assert isinstance(lido, Recusa)
    return lido.erros[0]


CASOS = {
    "linha_antes": (b"\n" + DECLARADO, "antes da declaração <?xml … ?> há quebra de linha (U+000A)"),
    "espaco_antes": (b" " + DECLARADO, "antes da declaração <?xml … ?> há um espaço"),
    "segunda_declaracao": (DECLARADO.replace(b"texto", b"<?xml version='1.0'?>"), "no meio do arquivo"),
    "outra_tag": (DECLARADO.replace(b"</a>", b"</b>"), "a tag <a> é fechada como </b>; o certo é </a>"),
    "sem_maior": (DECLARADO[:-1], "falta o > que fecha a tag"),
    "cortado": (DECLARADO[:-6], "o arquivo acaba no meio"),
    "depois_do_fim": (DECLARADO + b"x", "há conteúdo depois do fim"),
    "e_comercial": (DECLARADO.replace(b"texto", b"A & B"), "há um & solto; o certo é &amp;, perto de «"),
    "entidade": (DECLARADO.replace(b"texto", b"&nbsp;"), "entidade &nbsp; desconhecida"),
    "sem_ponto_e_virgula": (DECLARADO.replace(b"texto", b"&amp "), "o certo é &amp;"),
    "duas_vezes": (DECLARADO.replace(b"<a b", b"<a b='2' b"), "o atributo b aparece duas vezes"),
    "prefixo": (DECLARADO.replace(b"<a ", b"<p:a ").replace(b"</a", b"</p:a"), "o prefixo p não foi declarado"),
    "controle": (DECLARADO.replace(b"texto", b"te\x01xto"), "caractere de controle"),
    "sem_aspas": (DECLARADO.replace(b'"1"', b"1"), "não está entre aspas"),
    "aspas_abertas": (DECLARADO.replace(b'"1"', b'"1'), "falta fechar aspas"),
    "menor_solto": (DECLARADO.replace(b"texto", b"1 < 2"), "no texto, o certo é &lt;"),
    "cdata": (DECLARADO.replace(b"texto", b"]]>"), "]]&gt;"),
    "comentario": (DECLARADO.replace(b"texto", b"<!-- a -- b -->"), "comentário"),
    "referencia": (DECLARADO.replace(b"texto", b"&#1;"), "referência"),
    "nao_e_xml": (b"isto nao e xml", "começa com a letra minúscula i, em «isto nao e xml»"),
    "latin1": (DECLARADO.replace(b"texto", "SÃO".encode("latin-1")), "há o byte C3, que em Windows-1252 é a letra"),
}  # fmt: skip


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", CASOS, ids=str)
def test_o_que_nao_e_xml_e_dito_em_portugues(caso: str) -> None:
    dados, trecho = CASOS[caso]
    erro = erro_de(dados)
    assert trecho in erro.mensagem
    assert not INGLES.search(erro.mensagem)
    assert erro.o_que_fazer
    assert erro.linha


@pytest.mark.requisito("USO-01")
def test_bytes_mexidos_ao_acaso_nunca_dao_ingles() -> None:
    """Bytes of a document, changed, left out or put in, by a fixed seed."""
    acaso = random.Random(12)
    inteiro = cte().encode()
    sem_valores = re.compile("«[^»]*»")
    pedacos = (*b"<>&\"'=/?!-:", 0, 11, 32)
    for _ in range(3000):
        onde = acaso.randrange(len(inteiro))
        pedaco = acaso.choice([*(bytes([p]) for p in pedacos), b"]]>", b"<?", b"<!", b"&#", b""])
        lido = ler(inteiro[:onde] + pedaco + inteiro[onde + acaso.randrange(2) :])
        for erro in lido.erros if isinstance(lido, Recusa) else ():
            assert not INGLES.search(sem_valores.sub("", erro.mensagem)), erro.mensagem
