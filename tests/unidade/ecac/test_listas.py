"""The page of occurrences finds what is open, however much came after it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.ecac.banco import listas
from separador.capacidades.ecac.banco.listas import JANELA, POUCAS, FiltroOcorrencias

pytestmark = pytest.mark.requisito("PAINEL-01", "ECAC-06")
_OCORRENCIAS = """
WITH RECURSIVE conta (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < ?2)
INSERT INTO ecac_ocorrencia (id, especie, contribuinte, assunto, detalhe, status, desde, atualizada_em, por)
SELECT n, iif(n % 2, 'sugestao', 'inconclusivo'), '11222333000181', printf('a%d', n), 'd', ?3,
  '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', 'serviço' FROM conta
"""


@pytest.fixture(scope="module")
def banco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Banco]:
    with closing(abrir(tmp_path_factory.mktemp("listas"))) as aberto:
        with aberto.transacao():
            aberto.execute(_OCORRENCIAS, (1, 101, "aberta"))
            aberto.execute(_OCORRENCIAS, (101, JANELA + 2001, "resolvida"))
        yield aberto


def ids(pagina: listas.Pagina) -> list[int]:
    return [o["id"] for o in pagina.linhas]


def test_as_abertas_mais_velhas_do_que_a_janela_aparecem(banco: Banco) -> None:
    primeira = listas.ocorrencias(banco, FiltroOcorrencias("aberta"), 50)
    assert ids(primeira) == list(range(100, 50, -1))
    assert not primeira.incompleta
    resto = listas.ocorrencias(banco, FiltroOcorrencias("aberta"), 50, primeira.proxima)
    assert ids(resto) == list(range(50, 0, -1))
    assert resto.proxima is None
    so_uma = listas.ocorrencias(banco, FiltroOcorrencias("aberta", None, "sugestao"), 60)
    assert ids(so_uma) == list(range(99, 0, -2))


def test_onde_ha_muitas_se_olham_as_mais_novas(banco: Banco) -> None:
    assert JANELA > POUCAS
    assert ids(listas.ocorrencias(banco, FiltroOcorrencias("resolvida"), 2)) == [JANELA + 2000, JANELA + 1999]
    assert listas.ocorrencias(banco, FiltroOcorrencias("dispensada"), 2) == listas.Pagina([])
