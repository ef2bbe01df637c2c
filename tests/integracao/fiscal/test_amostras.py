"""Takes the public samples and the golden set through `preparar` as they are. Every outcome is explained.

The public samples stay outside the repository (tests/apoio/fora_do_repositorio.py). Rules refuse old dates, invented
CNPJs and wrong check digits. Nothing is refused for its writing (BOM, upper-case suffix, formatting).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, Assinador, enxertar
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio.amostras import ouro
from tests.apoio.fora_do_repositorio import publica, publicas
from tests.apoio.normalizacao import normalizar
from tests.unidade.fiscal.gerador import EMITENTE

# Maps a sample (first characters of its name) to codes that its refusal must have. An empty set: it is prepared.
ESPERADO = {
    "17241000": {"228", "207"},
    "50200106": {"SEP-XML-TIPO"},
    "51160624": {"227", "228", "207"},
    "CST_000": {"253", "228", "646"},
    "CST_410": {"253", "228", "646"},
    "CTeOS_41": {"215", "253", "228"},
    "canc50200206": {"236"},
    "cancce41": {"236"},
    "cancdesacordo61": {"236", "627"},
    "cancie41": set(),
    "cce3515": set(),
    "desacordo41": {"236", "677"},
    "epec41": {"236", "677"},
    "eventoCTe_110300": {"236"},
    "eventoCTe_110301": {"236"},
    "ie41": set(),
}


class _Todos(Mapping[str, Assinador]):
    """One throw-away certificate that signs for every company."""

    def __init__(self, assinador: Assinador) -> None:
        self._assinador = assinador

    def __getitem__(self, chave: str) -> Assinador:
        return self._assinador

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.requisito("CTE-14", "NOM-03")
@pytest.mark.parametrize("prefixo", ESPERADO)
def test_amostra_publica_tem_desfecho_explicado(prefixo: str, contexto: ContextoPreparo, assinador: Assinador) -> None:
    resultado = preparar(publica(prefixo).read_bytes(), replace(contexto, assinadores=_Todos(assinador)))
    if ESPERADO[prefixo]:
        assert isinstance(resultado, Recusa)
        assert {e.codigo for e in resultado.erros} >= ESPERADO[prefixo]
        assert all(e.mensagem and e.o_que_fazer for e in resultado.erros)
        assert all(e.linha for e in resultado.erros if e.codigo != "SEP-XML-TIPO")
    else:
        assert isinstance(resultado, Preparado)


def test_nenhuma_amostra_ficou_de_fora() -> None:
    assert len(publicas()) == len(ESPERADO)


@pytest.mark.parametrize("prefixo", [p for p in ESPERADO if p not in ("50200106", "CTeOS_41")])
def test_amostra_publica_vale_no_esquema_oficial(prefixo: str) -> None:
    """Every public document and event follows the official schema, but for the CT-e OS, which lacks emit/CRT."""
    lido = ler(publica(prefixo).read_bytes())
    assert isinstance(lido, Lido)
    assert lido.tipo is not None
    normal = normalizar(lido, lido.tipo)
    relido = ler(enxertar(normal.xml, MOLDE))
    assert isinstance(relido, Lido)
    assert esquema.validar(relido.raiz, lido.tipo) == []


def test_cteos_so_falta_o_crt() -> None:
    lido = ler(publica("CTeOS_41").read_bytes())
    assert isinstance(lido, Lido)
    xml = normalizar(lido, Tipo.CTE_OS).xml.replace(b"</emit>", b"<CRT>3</CRT></emit>")
    relido = ler(enxertar(xml, MOLDE))
    assert isinstance(relido, Lido)
    assert esquema.validar(relido.raiz, Tipo.CTE_OS) == []


@pytest.mark.requisito("CTE-14")
def test_ouro_ja_assinado_passa_como_esta(contexto: ContextoPreparo) -> None:
    documento, evento = preparar(ouro("cte.xml"), contexto), preparar(ouro("eventoCTe.xml"), contexto)
    assert isinstance(documento, Preparado)
    assert isinstance(evento, Preparado)
    assert documento.assinado == ouro("cte.xml").partition(b"?>")[2]
    assert (documento.ja_assinado, documento.resumo.tp_amb) == (True, "2")
    assert EMITENTE in evento.chave
