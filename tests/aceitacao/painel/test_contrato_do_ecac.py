"""What an outsider reads in the contract of the panel about the e-CAC and the movement: in a browser, by name."""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest

from separador.acesso.dominio import Nivel
from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import empresas, ocorrencias
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.motor.trava import Trava, tomar
from separador.pedidos.escrita import escrevendo
from tests.aceitacao.linha_de_comando import CONSULTA, NIVEIS, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, desligar, ligar
from tests.apoio import chromium
from tests.apoio.casa_do_ecac import DITO_MAU, NOME_MAU, montada
from tests.apoio.chromium import Aba
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.apoio.maquina import SENHA as SENHA_DO_PFX
from tests.integracao.usuarios import com_senha

pytestmark = [pytest.mark.requisito("PAINEL-01", "PAINEL-02", "ECAC-08"), pytest.mark.timeout(600), pytest.mark.longo]
SEMANA = "/movimento?de=2026-11-14&ate=2026-11-20"
OCORRENCIAS = ["Nº", "Ocorrência", "Empresa", "Guia", "Valor", "Detalhe", "Status", "Desde"]
GUIAS = ["Número", "Tipo", "Empresa", "Período", "Vencimento", "Valor", "Situação", "Comprovante de pag. e-CAC"]
GRAFICOS = ("Documentos por {}", "Tempo até a autorização", "Recusas mais comuns", "Guias baixadas por {}")


@dataclass
class Casa:
    """The house, its panel, and one browser in which an operator and somebody of level consulta are in."""

    instalacao: InstalacaoEcac
    porta: int
    navegador: Any
    operador: Aba
    consulta: Aba

    @property
    def endereco(self) -> str:
        return f"http://127.0.0.1:{self.porta}"

    def um(self, sql: str) -> Any:
        (linha,) = self.instalacao.banco.execute(sql).fetchone()
        return linha

    def http(self, quem: str = OPERADOR) -> Navegador:
        """Returns a browser without pages, in as somebody: it has the cookie of the other one."""
        aba = self.operador if quem == OPERADOR else self.consulta
        biscoito = next(b for b in aba.pagina.context.cookies() if b["name"] == "separador_sessao")
        return Navegador(self.porta, f"separador_sessao={biscoito['value']}")

    def cumprir(self, endereco: str) -> None:
        """Carries out the orders that an address names."""
        numeros = re.search(r"ordem=([\d,]+)", endereco)
        assert numeros is not None, endereco
        for numero in numeros[1].split(","):
            self.instalacao.cumprir(int(numero))

    def trilha(self) -> list[tuple[str, str, str]]:
        linhas = self.instalacao.banco.execute("SELECT quem, alvo, acao, resultado FROM auditoria ORDER BY id")
        return [(r["quem"], r["alvo"] or r["acao"], r["resultado"]) for r in linhas]


@pytest.fixture(scope="module")
def casa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casa]:
    with montada(tmp_path_factory.mktemp("ecac")) as instalacao, chromium.aberto() as navegador:
        with escrevendo(instalacao.dados) as banco:
            for email, nivel in NIVEIS.items():
                com_senha(banco, email, Nivel(nivel), senha=SENHA)
        maquina = SimpleNamespace(config=instalacao.config, env=os.environ | {"SEPARADOR_SENHA": SENHA_DO_PFX})
        painel = ligar(SimpleNamespace(maquina=maquina))  # type: ignore[arg-type]  # what it asks of a house
        endereco = f"http://127.0.0.1:{painel.porta}"
        try:
            with chromium.aba(navegador, endereco) as operador, chromium.aba(navegador, endereco) as consulta:
                operador.pagina.set_default_timeout(20_000)
                chromium.entrar(operador, OPERADOR, SENHA)
                chromium.entrar(consulta, CONSULTA, SENHA)
                yield Casa(instalacao, painel.porta, navegador, operador, consulta)
                assert operador.ditos == []
                assert consulta.ditos == []
        finally:
            assert desligar(painel) == 0


@pytest.fixture
def aba(casa: Casa) -> Iterator[Aba]:
    """Yields the operator's page, and closes what a test left open."""
    yield casa.operador
    casa.operador.pagina.keyboard.press("Escape")


@pytest.fixture
def ligado(casa: Casa) -> Iterator[None]:
    """Holds the lock, as a service does that runs."""
    trava = tomar(casa.instalacao.dados, agora=datetime(2020, 1, 1, tzinfo=UTC))
    assert isinstance(trava, Trava)
    with trava:
        yield


def ids(casa: Casa) -> dict[str, int]:
    """Returns an open occurrence about a payment, a guide that is not settled, and one with its receipt, of one company
    where that matters."""
    o = casa.instalacao.banco.execute(
        "SELECT o.id, g.id AS guia FROM ecac_ocorrencia o JOIN ecac_guia g ON g.contribuinte = o.contribuinte"
        " WHERE o.especie = 'pago-sem-guia' AND o.status = 'aberta' AND g.pagamento IS NULL AND g.numero NOT NULL"
    ).fetchone()
    return {
        "ocorrencia": o["id"],
        "aberta": o["guia"],
        "paga": casa.um("SELECT min(id) FROM ecac_guia WHERE comprovante_id NOT NULL"),
    }


def colunas(tabela: Any) -> list[str]:
    """Returns the names of the columns of the one header row."""
    assert tabela.locator("tr").filter(has=tabela.page.locator("th[scope=col]")).count() == 1
    return [c.strip() for c in tabela.get_by_role("columnheader").all_inner_texts()]


def opcoes(onde: Any, nome: str) -> dict[str, str]:
    """Returns value and label of each option of a choice."""
    lidas = onde.get_by_role("combobox", name=nome, exact=True).locator("option")
    return {o.get_attribute("value"): o.inner_text().strip() for o in lidas.all()}


def test_titulos_e_um_h1_por_pagina(casa: Casa, aba: Aba) -> None:
    sobre = ids(casa)
    numero = casa.um(f"SELECT numero FROM ecac_guia WHERE id = {sobre['aberta']}")
    for caminho, h1 in {
        "/ecac": "Central e-CAC",
        "/ecac/guias": "Gerenciar Guias",
        f"/ecac/guias/{sobre['aberta']}": f"Guia {numero}",
        f"/ecac/ocorrencias/{sobre['ocorrencia']}": f"Detalhes da ocorrência {sobre['ocorrencia']}",
        f"/ecac/ocorrencias/{sobre['ocorrencia']}/localizar": "Localizar Guia",
        "/ecac/importar": "Importar agora",
        "/movimento": "Movimento",
    }.items():
        assert aba.ir(caminho).status == 200, caminho
        assert aba.pagina.get_by_role("heading", level=1).all_inner_texts() == [h1], caminho
        assert re.fullmatch(rf"(\(\d+\) )?{re.escape(h1)} · separador", aba.pagina.title()), caminho
    for caminho in ("/ecac", "/movimento"):
        aba.ir(caminho)
        aqui = aba.pagina.get_by_role("navigation", name="Principal").locator("[aria-current=page]")
        assert aqui.inner_text() == {"/ecac": "Central e-CAC", "/movimento": "Movimento"}[caminho]


def test_a_central_tem_os_seus_controles_e_o_historico_agrupa(casa: Casa, aba: Aba) -> None:
    p = aba.pagina
    aba.ir("/ecac")
    p.get_by_role("link", name="Gerenciar Guias", exact=True).wait_for()
    p.get_by_role("button", name="Importar agora", exact=True).wait_for()
    p.get_by_role("heading", name="Histórico de Ocorrências", exact=True, level=2).wait_for()
    agrupar = opcoes(p, "Agrupar")
    assert agrupar == {"": "sem agrupar", "ocorrencia": "por ocorrência", "empresa": "por empresa"}
    assert set(opcoes(p, "Ocorrência")) == {"", *Especie}
    assert set(opcoes(p, "Status")) == {"aberta", "resolvida", "dispensada", "todas"}
    assert {e.cnpj for e in casa.instalacao.ciclo.contexto.config.empresas} <= set(opcoes(p, "Empresa"))
    tabela = p.get_by_role("table", name="Ocorrências", exact=True)
    assert colunas(tabela) == OCORRENCIAS
    abertas = casa.um("SELECT count(*) FROM ecac_ocorrencia WHERE status = 'aberta'")
    assert tabela.locator("tbody tr").count() == abertas > 3
    for nome in ("Detalhes", "Localizar Guia"):
        assert tabela.get_by_role("link", name=nome, exact=True).count() == abertas
    for valor, coluna in (("empresa", 2), ("ocorrencia", 1)):
        p.get_by_role("combobox", name="Agrupar").select_option(agrupar[valor])
        p.get_by_role("button", name="Filtrar", exact=True).click()
        p.wait_for_url(f"**/ecac?agrupar={valor}&*")
        tabelas = p.get_by_role("table")
        grupos = {t.locator("caption").inner_text(): t for t in tabelas.all()}
        assert len(grupos) == tabelas.count() > 1
        linhas = 0
        for grupo, dela in grupos.items():
            assert p.get_by_role("table", name=grupo, exact=True).count() == 1
            assert colunas(dela) == OCORRENCIAS
            for linha in dela.locator("tbody tr").all():
                assert linha.locator("td").nth(coluna).inner_text().strip() in grupo
                linhas += 1
        assert linhas == abertas
    aba.ir("/ecac?especie=saldo-residual&status=dispensada")
    p.get_by_text("Nenhuma ocorrência.", exact=True).wait_for()
    assert p.get_by_role("table").count() == 0


def test_a_planilha_tem_as_linhas_e_o_agrupamento_da_pagina(casa: Casa, aba: Aba) -> None:
    aba.ir("/ecac?agrupar=empresa&status=todas")
    numeros = aba.pagina.locator("table tbody tr td:first-child").all_inner_texts()
    veio = aba.pagina.request.get(
        aba.pagina.get_by_role("link", name="Exportar para Excel", exact=True).get_attribute("href")
    )
    assert veio.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert veio.headers["content-disposition"].startswith("attachment")
    folhas = openpyxl.load_workbook(io.BytesIO(veio.body())).worksheets[1:]
    grupos = aba.pagina.locator("caption").all_inner_texts()
    assert len(folhas) == len(grupos)
    na_planilha = [str(r[0]) for f in folhas for r in f.iter_rows(min_row=2, values_only=True) if isinstance(r[0], int)]
    assert na_planilha == [n.strip() for n in numeros]
    for celula in (c for f in folhas for r in f for c in r if c.value in (NOME_MAU, DITO_MAU)):
        assert celula.data_type == "s"


def test_o_que_veio_de_fora_e_texto_nas_paginas_e_nos_desenhos(casa: Casa, aba: Aba) -> None:
    for caminho in ("/ecac", "/ecac?agrupar=empresa", "/ecac/guias", "/ecac/importar", SEMANA, f"{SEMANA}&por=hora"):
        aba.ir(caminho)
        assert aba.pagina.locator("main script, main [onload]").count() == 0, caminho
        assert "script>" in aba.pagina.content() or NOME_MAU in aba.pagina.locator("main").inner_text(), caminho
    aba.ir("/ecac?especie=inconclusivo")
    aba.pagina.get_by_role("cell").filter(has_text=DITO_MAU).wait_for()
    aba.pagina.get_by_role("cell", name=NOME_MAU, exact=True).wait_for()


def test_uma_ocorrencia_leva_a_sua_guia_e_se_dispensa(casa: Casa, aba: Aba) -> None:
    p, sobre = aba.pagina, ids(casa)
    aba.ir("/ecac?especie=pago-sem-guia")
    linha = p.locator(f"#ocorrencia-{sobre['ocorrencia']}")
    linha.get_by_role("link", name="Detalhes", exact=True).click()
    p.get_by_role("table", name="Histórico", exact=True).wait_for()
    p.get_by_role("link", name="Localizar Guia", exact=True).click()
    tabela = p.get_by_role("table", name="Guias da empresa", exact=True)
    p.get_by_role("link", name="Gerar nova guia", exact=True).wait_for()
    assert tabela.get_by_role("button", name="Ligar", exact=True).count() == tabela.locator("tbody tr").count() > 0
    paga = tabela.locator("tbody tr").filter(has=p.locator("button:disabled")).first
    botao = paga.get_by_role("button", name="Ligar", exact=True)
    assert botao.is_disabled()
    assert "já está baixada" in p.evaluate(
        "no => document.getElementById(no.getAttribute('aria-describedby')).textContent", botao.element_handle()
    )
    antes = casa.um("SELECT count(*) FROM tarefa")
    ligar_esta = tabela.locator(f"#guia-{sobre['aberta']}").get_by_role("button", name="Ligar", exact=True)
    ligar_esta.click()
    dialogo = p.get_by_role("dialog", name="Ligar guia", exact=True)
    dialogo.get_by_role("button", name=re.compile("desistir")).click()
    dialogo.wait_for(state="detached")
    ligar_esta.click()
    dialogo.wait_for()
    p.keyboard.press("Escape")
    dialogo.wait_for(state="detached")
    assert casa.um("SELECT count(*) FROM tarefa") == antes
    ligar_esta.click()
    dialogo.get_by_role("button", name="Ligar", exact=True).click()
    p.wait_for_url("**/localizar?ordem=*")
    resultado = p.get_by_role("status", name="Resultado", exact=True)
    numero = re.search(r"ordem=(\d+)", p.url)
    assert numero is not None
    assert resultado.inner_text().startswith(f"Ordem nº {numero[1]}: esperando o serviço")
    casa.cumprir(p.url)
    resultado.get_by_text(re.compile("baixada com o documento")).wait_for(timeout=5000)
    assert casa.trilha()[-1][:2] == (OPERADOR, "ecac guias ligar")
    aba.ir(f"/ecac/ocorrencias/{sobre['ocorrencia']}")
    assert p.get_by_role("button", name="Dispensar", exact=True).is_disabled()
    outra = casa.um("SELECT id FROM ecac_ocorrencia WHERE assunto = 'mau'")
    aba.ir(f"/ecac/ocorrencias/{outra}")
    p.get_by_role("button", name="Dispensar", exact=True).click()
    dialogo = p.get_by_role("dialog")
    dialogo.get_by_role("textbox", name="Motivo", exact=True).fill("de outra filial")
    dialogo.get_by_role("button", name="Dispensar", exact=True).click()
    p.wait_for_url("**?ordem=*")
    casa.cumprir(p.url)
    resultado.get_by_text("dispensada").wait_for(timeout=5000)
    historico = p.get_by_role("table", name="Histórico", exact=True)
    historico.get_by_text("de outra filial").wait_for(timeout=5000)


def test_as_guias_tem_a_lista_e_o_comprovante(casa: Casa, aba: Aba) -> None:
    p, sobre = aba.pagina, ids(casa)
    aba.ir("/ecac/guias")
    tabela = p.get_by_role("table", name="Guias", exact=True)
    assert colunas(tabela) == GUIAS
    assert tabela.locator("tbody tr").count() == min(50, casa.um("SELECT count(*) FROM ecac_guia"))
    with_pdf = tabela.get_by_role("link", name="Comprovante", exact=True)
    sem = tabela.get_by_role("button", name="Gerar Comprovante", exact=True)
    assert with_pdf.count() + sem.count() == tabela.locator("tbody tr").count()
    assert with_pdf.count() > 0 < sem.count()
    caminho = with_pdf.first.get_attribute("href")
    assert re.fullmatch(r"/ecac/guias/\d+/comprovante\.pdf", caminho)
    for fim, como in (("", "attachment"), ("?ver=1", "inline")):
        veio = p.request.get(f"{caminho}{fim}")
        assert veio.headers["content-type"] == "application/pdf"
        assert veio.headers["content-disposition"].startswith(como)
        assert veio.body().startswith(b"%PDF")
    numero = casa.um(f"SELECT numero FROM ecac_guia WHERE id = {sobre['paga']}")
    p.get_by_role("link", name=numero, exact=True).click()
    assert p.get_by_role("heading", level=1).inner_text() == f"Guia {numero}"
    p.get_by_role("link", name="Comprovante", exact=True).wait_for()
    aba.ir("/ecac/guias?empresa=00000000000191")
    p.get_by_text("Nenhuma guia.", exact=True).wait_for()
    assert p.get_by_role("table").count() == 0
    assert casa.http().abrir(f"/ecac/guias/{sobre['aberta']}/comprovante.pdf").estado == 404


def test_importar_agora_mostra_o_andamento_sem_mexer_no_que_se_escreve(casa: Casa, aba: Aba, ligado: None) -> None:
    p, banco = aba.pagina, casa.instalacao.banco
    aba.ir("/ecac?agrupar=empresa")
    p.get_by_role("button", name="Importar agora", exact=True).click()
    dialogo = p.get_by_role("dialog", name="Importar agora", exact=True)
    dialogo.get_by_role("button", name="Importar", exact=True).click()
    p.wait_for_url("**/ecac?agrupar=empresa&ordem=*")
    assert p.get_by_role("progressbar", name="Importação").count() == 0
    status = p.get_by_role("combobox", name="Status")
    status.select_option("todas")
    status.focus()
    with banco.transacao():
        numero = empresas.iniciar(
            banco, motivo="comando", quem="x", empresa=None, a3=False, tarefa_id=None, quando=texto_de(AGORA)
        )
        empresas.progredir(banco, numero, fase="pagamentos", total=40, feitas=7, quando=texto_de(AGORA))
    barra = p.get_by_role("progressbar", name="Importação", exact=True)
    barra.wait_for(timeout=5000)
    assert (barra.get_attribute("value"), barra.get_attribute("max")) == ("7", "40")
    with banco.transacao():
        o = Ocorrencia(
            Especie.INCONCLUSIVO, casa.um("SELECT min(contribuinte) FROM ecac_guia"), "nova", "Chegou agora."
        )
        ocorrencias.abrir(banco, o, texto_de(AGORA), por="serviço")
        empresas.terminar(banco, numero, empresas.CONCLUIDA, "3 empresas consultadas", texto_de(AGORA))
    p.get_by_text("Chegou agora.").wait_for(timeout=5000)
    barra.wait_for(state="detached")
    assert status.input_value() == "todas"
    assert p.evaluate("document.activeElement.getAttribute('aria-label')") == "Status"
    casa.cumprir(p.url)
    p.get_by_role("status", name="Resultado").get_by_text(re.compile("consultada")).wait_for(timeout=5000)
    assert casa.trilha()[-1][:2] == (OPERADOR, "ecac importar")


def test_voltar_e_reenviar_nao_gera_a_guia_duas_vezes(casa: Casa, aba: Aba) -> None:
    """What "back" shows has the same token, and is the same order; made anew it has its own, and the service knows."""
    p = aba.pagina
    empresa = casa.um("SELECT min(contribuinte) FROM ecac_guia")
    aba.ir(f"/ecac/guias/nova?empresa={empresa}")
    assert p.get_by_role("heading", level=1).inner_text() == "Gerar nova guia"
    p.get_by_role("combobox", name="Tipo", exact=True).select_option("das")
    p.get_by_role("textbox", name="Período", exact=True).fill("05/2026")
    p.get_by_role("button", name="Conferir", exact=True).click()
    p.wait_for_url("**/ecac/guias/nova?conferir=1&*")
    enderecos, conferir = [], p.url
    for n in range(3):
        if n == 2:  # an equal order that waits is one order, too
            casa.cumprir(enderecos[0])
            aba.ir("/ecac")
            p.goto(conferir)
        p.get_by_role("button", name="Gerar guia", exact=True).click()
        p.wait_for_url("**/ecac/guias?ordem=*")
        enderecos.append(p.url)
        p.go_back()
        p.wait_for_url("**/ecac/guias/nova?*")
    assert enderecos[0] == enderecos[1] != enderecos[2]
    casa.cumprir(enderecos[2])
    assert casa.um(f"SELECT count(*) FROM ecac_geracao WHERE contribuinte = '{empresa}'") == 1
    p.goto(enderecos[2])
    assert "já foi gerada" in p.get_by_role("status", name="Resultado").inner_text()


def test_o_movimento_tem_cada_desenho_com_a_sua_tabela(casa: Casa, aba: Aba) -> None:
    p = aba.pagina
    for por, unidade in (("dia", "dia"), ("hora", "hora")):
        aba.ir(f"{SEMANA}&por={por}")
        for titulo in (g.format(unidade) for g in GRAFICOS):
            desenho = p.get_by_role("img", name=titulo, exact=True)
            tabela = p.get_by_role("table", name=titulo, exact=True)
            assert desenho.count() == tabela.count() == 1, titulo
            assert desenho.evaluate("no => no.tagName") == "svg"
            assert desenho.bounding_box()["y"] < tabela.bounding_box()["y"]
            assert len(desenho.evaluate("no => no.outerHTML").encode()) <= 60_000
            assert len(colunas(tabela)) > 1
    form = p.get_by_role("form", name="Período", exact=True)
    assert opcoes(form, "Por") == {"dia": "dia", "hora": "hora"}
    assert "" in opcoes(form, "Empresa")
    form.get_by_label("De", exact=True).fill("2026-01-01")
    form.get_by_label("Até", exact=True).fill("2026-01-02")
    form.get_by_role("combobox", name="Por").select_option("dia")
    form.get_by_role("button", name="Mostrar", exact=True).click()
    p.get_by_text("Sem movimento no período.", exact=True).wait_for()
    assert re.search(r"\?de=2026-01-01&ate=2026-01-02&empresa=&por=dia$", p.url)
    assert p.get_by_role("img").count() == 0


def test_quem_so_consulta_ve_e_nao_age_e_a_recusa_fica_na_trilha(casa: Casa) -> None:
    p, sobre, n = casa.consulta.pagina, ids(casa), casa.http(CONSULTA)
    guia, outra = sobre["aberta"], casa.um("SELECT max(id) FROM ecac_ocorrencia")
    for caminho in (
        "/ecac",
        "/ecac/guias",
        f"/ecac/ocorrencias/{outra}",
        f"/ecac/ocorrencias/{outra}/localizar",
        SEMANA,
    ):
        assert casa.consulta.ir(caminho).status == 200, caminho
        for nome in ("Importar agora", "Gerar Comprovante", "Ligar", "Dispensar"):
            assert p.get_by_role("button", name=nome, exact=True).count() == 0, (caminho, nome)
        assert p.get_by_role("link", name="Gerar nova guia").count() == 0
    for caminho, acao in (
        ("/ecac/importar", "ecac importar"),
        (f"/ecac/ocorrencias/{outra}/dispensar", "ecac ocorrencias dispensar"),
        (f"/ecac/guias/{guia}/ligar", "ecac guias ligar"),
        (f"/ecac/guias/{guia}/gerar-comprovante", "ecac guias comprovante"),
        ("/ecac/guias/nova", "ecac guias gerar"),
    ):
        for visto in (n.enviar(caminho, {}), n.abrir(caminho)):
            assert visto.estado == 403
            assert re.search(r'role="alert"[^>]*>[^<]*operador', visto.texto)
            assert casa.trilha()[-1] == (CONSULTA, acao, "recusado")


def test_sem_sessao_de_fora_e_o_que_nao_ha(casa: Casa) -> None:
    fora, n, sobre = Navegador(casa.porta), casa.http(), ids(casa)
    visto = fora.abrir("/ecac?agrupar=empresa")
    assert (visto.estado, visto.para) == (303, "/entrar?depois=/ecac%3Fagrupar%3Dempresa")
    for caminho in ("/ecac/ocorrencias.xlsx", f"/ecac/guias/{sobre['paga']}/comprovante.pdf", "/movimento"):
        assert fora.abrir(caminho).para.startswith("/entrar?depois="), caminho
    antes = casa.um("SELECT count(*) FROM tarefa")
    assert fora.enviar("/ecac/importar", {}).estado == 401
    assert n.enviar("/ecac/importar", {}, Sec_Fetch_Site="cross-site").estado == 403
    assert n.enviar("/ecac/importar", {"empresa": "123"}).estado == 422
    paga = f"/ecac/guias/{sobre['paga']}"
    assert n.enviar(f"{paga}/ligar", {"pagamento": "1"}).estado == 409
    visto = n.enviar(f"/ecac/guias/{sobre['aberta']}/ligar", {"pagamento": "abc"})
    assert visto.estado == 422
    assert 'role="alert"' in visto.texto
    assert 'value="abc"' in visto.texto
    assert casa.um("SELECT count(*) FROM tarefa") == antes
    for caminho in (
        *("/ecac/guias/999999", "/ecac/guias/x", "/ecac/ocorrencias/999999", "/ecac/ocorrencias/0/localizar"),
        *("/ecac/guias/999999/comprovante.pdf", "/ecac/nada", "/ecac/guias/1/nada"),
    ):
        assert n.abrir(caminho).estado == 404, caminho
    for caminho in ("/ecac", "/movimento", "/ecac/ocorrencias.xlsx", f"{paga}/comprovante.pdf", "/ecac/guias/x"):
        cabecalhos = n.abrir(caminho).cabecalhos
        assert cabecalhos["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src"), (
            caminho
        )
        assert cabecalhos["cache-control"] == "no-store", caminho
        assert cabecalhos["x-content-type-options"] == "nosniff", caminho
        assert "server" not in cabecalhos


def test_sem_script_se_importa_e_se_acha_a_guia(casa: Casa) -> None:
    with chromium.aba(casa.navegador, casa.endereco, java_script_enabled=False) as aba:
        p = aba.pagina
        chromium.entrar(aba, OPERADOR, SENHA)
        aba.ir("/ecac?agrupar=empresa")
        p.get_by_role("button", name="Importar agora", exact=True).click()
        assert p.get_by_role("heading", level=1).inner_text() == "Importar agora"
        p.get_by_role("button", name="Voltar (desistir)", exact=True).click()
        assert p.url.endswith("/ecac?agrupar=empresa")
        p.get_by_role("button", name="Importar agora", exact=True).click()
        p.get_by_role("button", name="Importar", exact=True).click()
        assert "Ordem nº" in p.get_by_role("status", name="Resultado").inner_text()
        assert "/ecac?agrupar=empresa&ordem=" in p.url
        casa.cumprir(p.url)
        p.reload()
        assert "consultada" in p.get_by_role("status", name="Resultado").inner_text()
        p.get_by_role("link", name="Localizar Guia", exact=True).first.click()
        p.get_by_role("heading", name="Localizar Guia", level=1).wait_for()
        aba.ir(SEMANA)
        assert p.get_by_role("img").count() == 4


ALTURAS = "linhas => linhas.map(x => x.getBoundingClientRect().height)"


@pytest.mark.parametrize("como", ["claro", "escuro no telefone"])
def test_axe_largura_e_papel(casa: Casa, como: str) -> None:
    dados = {} if como == "claro" else {"color_scheme": "dark", "viewport": chromium.DO_TELEFONE}
    localizar = f"/ecac/ocorrencias/{ids(casa)['ocorrencia']}/localizar"
    paginas = ("/ecac?agrupar=empresa&status=todas", "/ecac/guias", SEMANA, localizar)
    faltas: dict[str, list[str]] = {}
    with chromium.aba(casa.navegador, casa.endereco, **dados) as aba:
        p = aba.pagina
        chromium.entrar(aba, OPERADOR, SENHA)
        for caminho in paginas:
            aba.ir(caminho)
            faltas[caminho] = aba.violacoes()
            assert aba.largura() <= p.viewport_size["width"], caminho
            # Sentences are wide, and rows short, on a phone too.
            assert all(n < 130 for n in p.locator("tr:has(td.prosa)").evaluate_all(ALTURAS)), caminho
            assert p.locator("table").evaluate_all(
                "nos => nos.every(no => no.closest('[tabindex=\"0\"][role=region]'))"
            )
            p.emulate_media(media="print")
            for papel in ("navigation", "button", "search", "combobox"):
                assert p.get_by_role(papel).count() == 0, (caminho, papel)
            p.emulate_media(media="screen")
        aba.ir("/ecac")
        p.get_by_role("button", name="Importar agora", exact=True).click()
        p.get_by_role("dialog").wait_for()
        faltas["diálogo"] = aba.violacoes()
        assert aba.ditos == []
    assert {c: f for c, f in faltas.items() if f} == {}
