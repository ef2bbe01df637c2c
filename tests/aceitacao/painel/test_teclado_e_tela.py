"""The panel without a mouse, enlarged, in forced colours, and as a screen reader hears it."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Painel
from tests.apoio import chromium
from tests.apoio.chromium import Aba

pytestmark = [pytest.mark.requisito("PAINEL-02"), pytest.mark.longo, pytest.mark.timeout(600)]
MOTIVO = "ERRO NA DIGITACAO DO VALOR"
PARADAS = 200
"""Stops of Tab after which a control is held to be out of reach."""
COM_NOME = """() => {
  const e = document.activeElement;
  const rotulo = e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent;
  return (rotulo ?? '').trim().replace(/\\s+/g, ' ');
}"""


@pytest.fixture(scope="module")
def navegador() -> Iterator[Any]:
    with chromium.aberto() as aberto:
        yield aberto


@pytest.fixture
def endereco(painel: Painel) -> str:
    return f"http://127.0.0.1:{painel.porta}"


def _ate(aba: Aba, nome: str) -> None:
    """Presses Tab until the control of this name has the focus."""
    for _ in range(PARADAS):
        aba.pagina.keyboard.press("Tab")
        if re.fullmatch(nome, aba.pagina.evaluate(COM_NOME)):
            return
    raise AssertionError(f"{nome}: não se chega com Tab")


def _escolher(aba: Aba, painel: Painel, chave: str) -> None:
    doc = painel.cenario.maquina.json("cte", "ver", chave)
    aba.ir("/cte")
    _ate(aba, f"Selecionar {doc['numero']} série {doc['serie']}")
    aba.pagina.keyboard.press("Space")


def _confirmar(aba: Aba, botao: str, final: str, *, motivo: str | None = None) -> None:
    """Opens a confirmation by its button, fills the reason, and confirms."""
    _ate(aba, botao)
    aba.pagina.keyboard.press("Enter")
    aba.pagina.get_by_role("dialog").wait_for()
    if motivo is not None:
        _ate(aba, "(Informe o motivo|Motivo).*")
        aba.pagina.keyboard.type(motivo)
    _ate(aba, final)
    aba.pagina.keyboard.press("Enter")
    aba.pagina.get_by_role("status", name="Resultado").get_by_text("Ordem nº").first.wait_for()


def test_cada_ordem_se_da_so_com_o_teclado(painel: Painel, navegador: Any, endereco: str) -> None:
    c, m = painel.cenario, painel.cenario.maquina
    with chromium.aba(navegador, endereco) as aba:
        aba.ir("/entrar")
        _ate(aba, "E-mail")
        aba.pagina.keyboard.type(OPERADOR)
        _ate(aba, "Senha")
        aba.pagina.keyboard.type(SENHA)
        aba.pagina.keyboard.press("Enter")
        aba.pagina.get_by_role("heading", name="SEPARADOR DE ARQUIVOS").wait_for()
        _confirmar(aba, "Dispensar", "Dispensar", motivo="já tratado com o cliente")
        m.uma_vez()
        _escolher(aba, painel, c.enviado)
        _confirmar(aba, "Consultar", "Consultar")
        _escolher(aba, painel, c.rejeitado)
        _confirmar(aba, "ENVIAR CT-e", "Enviar")
        _escolher(aba, painel, c.autorizado)
        _confirmar(aba, "CANCELAR CT-E", "Pedir o cancelamento", motivo=MOTIVO)
        m.uma_vez()
        assert m.json("cte", "ver", c.autorizado)["situacao"] == "AGUARDANDO RETORNO DE CANCELAMENTO"
        _escolher(aba, painel, c.autorizado)
        _confirmar(aba, "ESTORNAR SOLICITAÇÃO DE CANCELAMENTO", "Estornar")
        m.uma_vez()
        assert m.json("cte", "ver", c.autorizado)["situacao"] == "AUTORIZADO PELA SEFAZ"
        _ate(aba, "Sair")
        aba.pagina.keyboard.press("Enter")
        aba.pagina.get_by_role("heading", name="Entrar").wait_for()
        assert aba.ditos == []


@pytest.mark.parametrize("como", ["zoom", "cores do sistema"])
def test_ampliado_e_em_cores_do_sistema_nada_se_perde(painel: Painel, navegador: Any, endereco: str, como: str) -> None:
    """A zoom of 200 % on 1280 × 800 is a page of 640 × 400 points."""
    opcoes: dict[str, Any] = (
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
        if como == "zoom"
        else {"forced_colors": "active"}
    )
    with chromium.aba(navegador, endereco, **opcoes) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        for caminho in ("/", "/cte", f"/cte/{painel.cenario.autorizado}", "/usuarios", "/auditoria", "/conta"):
            aba.ir(caminho)
            assert aba.largura() <= aba.pagina.viewport_size["width"], caminho
            assert aba.violacoes() == [], caminho
            for papel in ("navigation", "main", "banner", "search"):
                assert aba.pagina.get_by_role(papel).first.is_visible(), (caminho, papel)


ARVORES = {
    "/": """
      - link "Ir para o conteúdo"
      - banner:
        - search "Localizar":
          - searchbox "Chave, número, carga, protocolo, CNPJ ou arquivo"
          - button "Localizar"
        - button "Sair"
      - main:
        - heading "SEPARADOR DE ARQUIVOS" [level=1]
        - region "Falhas abertas":
          - region "Tabela de falhas":
            - table "Falhas":
              - rowgroup:
                - row:
                  - columnheader "Desde"
                  - columnheader "Motivo"
                  - columnheader "O que fazer"
        - region "Andamento":
          - region "Tabela do andamento":
            - table "Andamento das rotas"
    """,
    "/cte": """
      - main:
        - heading "Conhecimento de Transporte Eletrônico" [level=1]
        - form "Filtros":
          - combobox "Situação"
          - textbox "Carga"
          - textbox "Número"
          - button "Filtrar"
          - link "Limpar"
        - paragraph:
          - button "ENVIAR CT-e"
        - region "Tabela de conhecimentos":
          - table "Conhecimentos":
            - rowgroup:
              - row:
                - columnheader "Número"
    """,
    "documento": """
      - main:
        - heading /CT-e \\d+ série \\d+/ [level=1]
        - status "Situação"
        - paragraph:
          - button "Copiar chave"
        - region "Vida do documento":
          - heading "Linha do tempo" [level=2]
          - list "Linha do tempo":
            - listitem
    """,
}


def _falhar(painel: Painel) -> None:
    """Opens a failure: another test of the module may have dismissed the one of the scenario."""
    with closing(sqlite3.connect(painel.cenario.maquina.dados / "separador.db", isolation_level=None)) as banco:
        banco.execute(
            "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, desde) VALUES ('arquivo:x',"
            " 'SEP-SEM-REGRA', 'Nenhuma regra toma este arquivo.', 'Confira o nome.', 'x.txt', 4,"
            " '2026-01-01T00:00:00.000Z')"
        )


@pytest.mark.parametrize("pagina", ARVORES)
def test_quem_ouve_a_pagina_acha_o_que_ela_responde(painel: Painel, navegador: Any, endereco: str, pagina: str) -> None:
    from playwright.sync_api import expect

    caminho = f"/cte/{painel.cenario.autorizado}" if pagina == "documento" else pagina
    if pagina == "/" and not painel.cenario.maquina.json("falhas"):
        _falhar(painel)
    with chromium.aba(navegador, endereco) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        aba.ir(caminho)
        expect(aba.pagina.locator("body")).to_match_aria_snapshot(ARVORES[pagina])
