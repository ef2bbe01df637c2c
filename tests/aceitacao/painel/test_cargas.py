"""The pages of loads: the list, one load, what a held one lacks, and a CT-e by hand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.aceitacao.cenario import Cenario
from tests.aceitacao.painel.conftest import Navegador, Painel, desligar, ligar, povoar
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.requisito("PAINEL-01", "CARGA-02"), pytest.mark.timeout(300)]
GERADA, RETIDA = "45871", "2026/45872"


def sem_informacoes(quando: datetime, nome: str, **outros: Any) -> dict[str, Any]:
    """A load that will be held: nobody says how it is paid, nor who insures it."""
    feita = carga(quando, nome, **outros)
    del feita["informacoes_complementares"]
    return feita


@pytest.fixture(scope="module")
def cenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cenario]:
    """An installation with an issued load of three invoices, and one that is held."""
    pasta = tmp_path_factory.mktemp("cargas")
    gravar_cadastros(pasta / "config" / "cadastros")
    with Maquina(pasta, rotas=ROTAS_COM_CARGA, emissao=EMISSAO | {"cadastros": "config/cadastros"}) as m:
        m.env["XDG_STATE_HOME"] = str(pasta / "estado")
        m.env.pop("SUDO_USER", None)
        agora = datetime.now(UTC)
        m.soltar(ROTA_DA_CARGA, "a-carga.yaml", em_yaml(carga(agora, GERADA, notas=3)))
        m.soltar(ROTA_DA_CARGA, "b-carga.yaml", em_yaml(sem_informacoes(agora, RETIDA, primeira=11)))
        m.uma_vez()
        (chave,) = [d["chave"] for d in m.json("cte", "listar", "--carga", GERADA)]
        yield Cenario(m, agora, chave, chave, chave)


@pytest.fixture(scope="module")
def painel(cenario: Cenario) -> Iterator[Painel]:
    povoar(cenario)
    ligado = ligar(cenario)
    yield ligado
    assert desligar(ligado) == 0


def test_a_lista_e_a_carga_mostram_o_que_o_comando_mostra(painel: Painel, consulta: Navegador) -> None:
    lista = consulta.abrir("/cargas").texto
    assert "<h1>GERENCIAR CARGAS</h1>" in lista
    assert '<a href="/cargas" aria-current="page">Cargas</a>' in lista
    assert "+Novo" not in lista
    assert lista.index(f'href="/cargas/{RETIDA}"') < lista.index(f'href="/cargas/{GERADA}"')
    uma = consulta.abrir(f"/cargas/{GERADA}").texto
    assert f"<h1>Carga {GERADA}</h1>" in uma
    assert f'id="cte-{painel.cenario.autorizado}"' in uma
    vista = painel.cenario.maquina.json("carga", "ver", GERADA)
    assert f"<dt>Notas</dt><dd>{vista['notas']}</dd>" in uma
    assert f"<dt>Documentos</dt><dd>{vista['documentos']}</dd>" in uma
    assert "<dd>750,00</dd>" in uma
    assert vista["valor"] == "750.00"


def test_a_coluna_carga_e_a_busca_levam_a_carga(painel: Painel, consulta: Navegador) -> None:
    assert f'<a href="/cargas/{GERADA}">' in consulta.abrir("/cte").texto
    assert f'<a href="/cargas/{GERADA}">' in consulta.abrir(f"/cte/{painel.cenario.autorizado}").texto
    assert f'href="/cargas/{RETIDA}"' in consulta.abrir(f"/localizar?q={RETIDA}").texto or (
        consulta.abrir(f"/localizar?q={RETIDA}").para == f"/cargas/{RETIDA}"
    )
    assert consulta.abrir("/cargas/nenhuma").estado == 404


def test_os_botoes_da_carga_voltam_a_ela(painel: Painel, operador: Navegador) -> None:
    chave = painel.cenario.autorizado
    ido = operador.abrir(f"/cte?carga={GERADA}&volta=/cargas/{GERADA}&fazer=enviar&chave={chave}")
    assert ido.para == f"/cte/enviar?chave={chave}&volta=%2Fcargas%2F{GERADA}"
    assert operador.abrir(f"/cte?carga={GERADA}&volta=/cargas/{GERADA}&fazer=enviar").estado == 422
    assert f'action="/cargas/{RETIDA}/complementar"' in operador.abrir(f"/cargas/{RETIDA}").texto


def test_sem_rota_de_carga_nao_ha_paginas_nem_links(painel: Painel, operador: Navegador) -> None:
    m = painel.cenario.maquina
    era = m.config.read_text("utf-8")
    m.rotas = [r for r in m.rotas if r["id"] != ROTA_DA_CARGA]
    try:
        m.gravar_config()
        for caminho in ("/cargas", f"/cargas/{GERADA}", f"/cargas/{RETIDA}/complementar", "/cargas/nova"):
            assert operador.abrir(caminho).estado == 404, caminho
        assert operador.enviar("/cargas/nova", {}).estado == 404
        for caminho in ("/", "/cte", f"/cte/{painel.cenario.autorizado}", f"/localizar?q={RETIDA}"):
            assert 'href="/cargas' not in operador.abrir(caminho).texto, caminho
    finally:
        m.rotas = [dict(r) for r in ROTAS_COM_CARGA]
        m.config.write_text(era, "utf-8")
