"""Routes, files in and certificates in a real browser: by name and role, by drag and drop, judged by axe."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from tests.aceitacao.linha_de_comando import ADMIN, SENHA
from tests.aceitacao.painel.conftest import Painel
from tests.apoio import chromium
from tests.apoio.certificados import chave_rsa
from tests.apoio.chromium import Aba

pytestmark = [pytest.mark.requisito("PAINEL-01", "PAINEL-02"), pytest.mark.timeout(600)]
SENHA_PFX = "senha-do-pfx"


@pytest.fixture(scope="module")
def navegador() -> Iterator[Any]:
    with chromium.aberto() as aberto:
        yield aberto


@pytest.fixture
def admin(navegador: Any, painel: Painel) -> Iterator[Aba]:
    with chromium.aba(navegador, f"http://127.0.0.1:{painel.porta}") as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        yield aba
        assert aba.ditos == []


def conferir(aba: Aba) -> None:
    """Judges the page light and dark, and on a phone."""
    for modo in ("dark", "light"):
        aba.pagina.emulate_media(color_scheme=modo)
        assert aba.violacoes() == []
    aba.pagina.set_viewport_size(chromium.DO_TELEFONE)
    assert aba.largura() <= 390
    assert aba.violacoes() == []
    aba.pagina.set_viewport_size({"width": 1280, "height": 720})


def test_uma_rota_nova_e_um_arquivo_arrastado_para_ela(painel: Painel, admin: Aba) -> None:
    p, m = admin.pagina, painel.cenario.maquina
    admin.ir("/")
    p.get_by_role("link", name="CONFIGURAÇÃO").click()
    conferir(admin)
    p.get_by_role("link", name="Novo", exact=True).click()
    assert p.get_by_role("checkbox", name="ATIVO").is_checked()
    p.get_by_role("combobox", name="REGRA", exact=True).select_option("mover")
    p.get_by_role("textbox", name="DIRETÓRIO DE ORIGEM").fill("inbox/planilhas")
    p.get_by_role("textbox", name="DIRETÓRIO DE DESTINO").fill("outbox/planilhas")
    p.get_by_role("textbox", name="REGRA DE ARQUIVO").fill(".csv")
    p.get_by_role("textbox", name="Testar um nome de arquivo").fill("maio.csv")
    p.get_by_role("button", name="Testar").click()
    p.get_by_role("status", name="Teste").get_by_text("esta rota").wait_for()
    conferir(admin)
    p.get_by_role("button", name="Salvar").click()
    p.get_by_role("table", name="Rotas").get_by_text("inbox/planilhas").wait_for()
    rota = max(r["id"] for r in m.json("rotas", "listar"))
    m.uma_vez()
    admin.ir(f"/rotas/{rota}/soltar")
    conferir(admin)
    dado = p.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File(['a;b'], 'maio.csv')); return d; }"
    )
    p.get_by_role("region", name="Solte arquivos aqui").dispatch_event("drop", {"dataTransfer": dado})
    resultado = p.get_by_role("status", name="Resultado")
    resultado.get_by_text("esperando o serviço").wait_for()
    m.uma_vez()
    resultado.get_by_text("entrou na origem").wait_for()
    assert (m.config.parent.parent / "outbox/planilhas/maio.csv").read_bytes() == b"a;b"


def test_escolher_arquivos_e_ouvir_por_que_um_nao_serve(admin: Aba, tmp_path: Path) -> None:
    p = admin.pagina
    (tmp_path / "nota.txt").write_bytes(b"1")
    (tmp_path / "foto.jpg").write_bytes(b"2")
    admin.ir("/")
    p.get_by_role("link", name="Soltar arquivos", exact=True).nth(3).click()
    p.get_by_label("Arquivos", exact=True).set_input_files([str(tmp_path / n) for n in ("nota.txt", "foto.jpg")])
    p.get_by_role("button", name="Soltar", exact=True).click()
    p.get_by_role("alert").get_by_text("foto.jpg").wait_for()
    admin.ditos.clear()  # the browser itself tells of the 422


@pytest.mark.requisito("CERT-02")
def test_um_certificado_do_arquivo_ao_padrao(painel: Painel, admin: Aba, tmp_path: Path) -> None:
    p, m = admin.pagina, painel.cenario.maquina
    arquivo = tmp_path / "empresa.pfx"
    arquivo.write_bytes(gerar_pfx(SENHA_PFX, agora=datetime.now(UTC), dias=20, chave=chave_rsa()))
    m.executar()
    try:
        admin.ir("/certificados")
        conferir(admin)
        p.get_by_role("link", name="Adicionar", exact=True).click()
        conferir(admin)
        grupo = p.get_by_role("group", name="Certificado Padrão")
        assert grupo.get_by_role("radio", name="Sim").is_checked()
        p.get_by_role("combobox", name="Empresa", exact=True).select_option(EMITENTE.cnpj)
        p.get_by_role("textbox", name="Apelido").fill("de 2027")
        p.get_by_label("Senha", exact=True).fill(SENHA_PFX)
        p.get_by_label("Arquivo PFX", exact=True).set_input_files(str(arquivo))
        p.get_by_role("button", name="Salvar").click()
        p.get_by_text("Ainda nada foi guardado").wait_for()
        assert EMITENTE.cnpj in p.get_by_role("main").inner_text()
        conferir(admin)
        p.get_by_role("button", name="Salvar").click()
        linha = p.get_by_role("table", name="Certificados").get_by_role("row").filter(has_text="de 2027")
        linha.wait_for()
        assert re.search(r"! mais (18|19|20) dias", linha.inner_text())
        conferir(admin)
        linha.get_by_role("button", name="Remover").click()
        dialogo = p.get_by_role("dialog", name="Remover certificado")
        dialogo.wait_for()
        assert admin.violacoes() == []
        p.keyboard.press("Escape")
        dialogo.wait_for(state="detached")
        p.get_by_role("button", name="Validade Certificado").click()
        p.get_by_role("status", name="Resultado").get_by_text("em uso o de").wait_for()
    finally:
        m.parar()
