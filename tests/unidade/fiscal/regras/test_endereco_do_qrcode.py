"""Tests rule 851: an address that the state's portal may well have passes with a note."""

import pytest

from separador.fiscal.leitura import reler
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.motor import anotar
from separador.fiscal.regras.qrcode import endereco
from separador.fiscal.regras.visao import Visao
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import AGORA, cte

DE_SP = "https://homologacao.nfe.fazenda.sp.gov.br/CTeConsulta/qrCode"


def com_endereco(url: str) -> str:
    assert DE_SP in cte()
    return cte().replace(DE_SP, url)


def visao(uf: str, url: str) -> Visao:
    xml = com_endereco(url).replace("<cUF>35<", f"<cUF>{uf}<")
    return Visao(reler(xml.encode()), Tipo.CTE, ContextoRegras("2", AGORA))


@pytest.mark.requisito("USO-02")
@pytest.mark.parametrize(
    ("uf", "url"),
    [
        ("31", "https://cte.fazenda.mg.gov.br/portalcte/sistema/qrcode.xhtml"),
        ("31", "https://hcte.fazenda.mg.gov.br/portalcte/sistema/qrcode.xhtml"),
        ("31", "https://PORTALCTE.fazenda.mg.gov.br/portalcte/sistema/outro.xhtml"),
        ("35", "https://cte.fazenda.sp.gov.br/CTeConsulta/qrCode"),
        ("52", "https://nfe.sefaz.go.gov.br/cte/qrcode"),
        ("52", "https://www.svrs.rs.gov.br/cte/qrcode"),
    ],
)
def test_outro_endereco_da_mesma_uf_passa_com_nota(uf: str, url: str) -> None:
    v = visao(uf, url)
    assert endereco(v) == ()
    (nota,) = anotar(v)
    assert url in nota
    assert "quem recusa é a SEFAZ (851)" in nota


@pytest.mark.requisito("USO-02")
@pytest.mark.parametrize(
    ("uf", "url"),
    [
        ("35", "https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode"),
        ("31", DE_SP),
        ("31", "https://exemplo.com.br/portalcte/sistema/qrcode.xhtml"),
        ("31", "https://fazenda.mg.gov.br.exemplo.com/qrcode"),
        ("31", "https://falsamg.gov.br/qrcode"),
    ],
)
def test_endereco_de_outro_ambiente_ou_de_outros_e_recusado(uf: str, url: str) -> None:
    v = visao(uf, url)
    assert len(endereco(v)) == 1
    assert anotar(v) == ()


@pytest.mark.requisito("USO-02")
def test_o_endereco_da_tabela_nao_tem_nota() -> None:
    v = visao("35", DE_SP)
    assert (endereco(v), anotar(v)) == ((), ())


@pytest.mark.requisito("USO-02")
def test_a_nota_vai_com_o_documento(contexto: ContextoPreparo) -> None:
    url = "https://cte.fazenda.sp.gov.br/CTeConsulta/qrCode"
    anotado = preparar(com_endereco(url).encode(), contexto)
    assert isinstance(anotado, Preparado), anotado
    assert any("foi aceito" in nota for nota in anotado.notas_normalizacao)
    outra_vez = preparar(anotado.assinado, contexto)
    assert isinstance(outra_vez, Preparado), outra_vez
    assert outra_vez.ja_assinado
    assert any("foi aceito" in nota for nota in outra_vez.notas_normalizacao)
