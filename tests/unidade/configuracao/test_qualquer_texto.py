"""Tests that any text gives a configuration or a list of errors, never an exception."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from separador.configuracao import Conferida, Invalida, interpretar
from separador.configuracao.carregamento import CHAVES, CHAVES_EMPRESA, CHAVES_ROTA

EXEMPLO = (Path(__file__).parents[3] / "config" / "separador.yaml").read_bytes()
ARQUIVO = Path("/srv/conf/separador.yaml")
valores = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["~", "mover", "cte-envio", "11222333000181", "2026-01-01", "0x1F", "1:30", ".inf", "[]", "{}", "!!set {}"]
    ),
    st.integers().map(str),
    st.lists(st.text(max_size=5), max_size=3).map(str),
)


def conferir(conteudo: bytes) -> None:
    lida = interpretar(conteudo, ARQUIVO, nucleos=2)
    assert isinstance(lida, Conferida) or (isinstance(lida, Invalida) and lida.erros)


@given(st.binary(max_size=200))
def test_bytes_quaisquer(conteudo: bytes) -> None:
    conferir(conteudo)


@given(st.data())
@settings(max_examples=100)
def test_exemplo_com_um_pedaco_trocado(dados: st.DataObject) -> None:
    inicio = dados.draw(st.integers(0, len(EXEMPLO) - 1))
    fim = dados.draw(st.integers(inicio, min(inicio + 30, len(EXEMPLO))))
    conferir(EXEMPLO[:inicio] + dados.draw(st.binary(max_size=8)) + EXEMPLO[fim:])


@given(
    st.dictionaries(st.sampled_from(CHAVES), valores, max_size=5),
    st.dictionaries(st.sampled_from(CHAVES_ROTA), valores),
    st.dictionaries(st.sampled_from(CHAVES_EMPRESA), valores),
)
def test_chaves_conhecidas_com_valores_quaisquer(
    gerais: dict[str, str], rota: dict[str, str], empresa: dict[str, str]
) -> None:
    topo = "".join(f"{c}: {v}\n" for c, v in gerais.items() if c not in ("rotas", "empresas"))
    for nome, item in (("rotas", rota), ("empresas", empresa)):
        topo += f"{nome}:\n  -\n" + "".join(f"    {c}: {v}\n" for c, v in item.items())
    conferir(topo.encode("utf-8", "replace"))
