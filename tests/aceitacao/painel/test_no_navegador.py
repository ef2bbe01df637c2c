"""The panel as a person has it: in a real browser, with its script, its dialogs, by name and role."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from separador.demonstracao import painel as demonstrado
from separador.demonstracao.empresas import EMITENTE
from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import ESCRITORIO, GERADA, RETIDA, Painel, desligar, ligar, semear_cargas
from tests.apoio import chromium, figuras_do_painel
from tests.apoio.chromium import Aba
from tests.apoio.emissao import nfe

pytestmark = [pytest.mark.requisito("PAINEL-02"), pytest.mark.timeout(600)]
MOTIVO = "ERRO NA DIGITACAO DO VALOR"


@pytest.fixture(scope="module")
def navegador() -> Iterator[Any]:
    with chromium.aberto() as aberto:
        yield aberto


@pytest.fixture(scope="module", autouse=True)
def cargas(cenario: Cenario) -> None:
    semear_cargas(cenario)


@pytest.fixture
def endereco(painel: Painel) -> str:
    return f"http://127.0.0.1:{painel.porta}"


@pytest.fixture
def operador(navegador: Any, endereco: str) -> Iterator[Aba]:
    with chromium.aba(navegador, endereco) as aba:
        chromium.entrar(aba, OPERADOR, SENHA)
        yield aba
        assert aba.ditos == []


def paginas(painel: Painel) -> list[str]:
    """Every page that an administrator can open."""
    c = painel.cenario
    falha = c.maquina.json("falhas")[0]["id"]
    return [
        *("/", "/cte", f"/cte/{c.autorizado}", f"/cte/{c.autorizado}/notas", f"/cte/{c.autorizado}/cancelar"),
        *(f"/cte/enviar?chave={c.rejeitado}", f"/cte/consultar?chave={c.enviado}", "/cte/desacordo"),
        *(f"/falhas/{falha}/dispensar", "/servico/iniciar", "/localizar?q=nada", "/arquivos/1", "/conta"),
        *(
            "/usuarios",
            "/usuarios/novo",
            f"/usuarios/{ADMIN}",
            "/auditoria",
            "/movimento",
            *("/rotas", "/rotas/nova", "/rotas/4?nome=lista.txt", "/rotas/4/soltar"),
            *("/certificados", "/certificados/novo"),
            "/ecac",
            "/ecac/guias",
            "/ecac/guias/nova",
            *("/ecac/importar", "/ecac/importar-a3", "/ecac/empresas", f"/ecac/empresas/{EMITENTE.cnpj}"),
            *("/escritorios", f"/escritorios/{ESCRITORIO}/certificados"),
            *(f"/escritorios/{ESCRITORIO}/certificados/{fim}" for fim in ("novo", "1", "1/excluir")),
            *("/ecac?agrupar=empresa", "/ecac/ocorrencias/1", "/ecac/ocorrencias/1/localizar", "/ecac/guias/2"),
            *("/ecac/ocorrencias/1/dispensar", "/ecac/guias/1/ligar?ocorrencia=1", "/ecac/guias/2/numerar"),
            *("/cargas", f"/cargas/{GERADA}", f"/cargas/{RETIDA}", f"/cargas/{RETIDA}/complementar", "/cargas/nova"),
            "/cte/" + "3" * 44,
        ),
    ]


SEM_SESSAO = ("/entrar", "/senha/recuperar", "/senha/definir")


@pytest.mark.requisito("PAINEL-01", "CTE-05", "CTE-08")
def test_um_cancelamento_do_comeco_ao_fim_sem_sair_da_lista(painel: Painel, operador: Aba) -> None:
    p, m, chave = operador.pagina, painel.cenario.maquina, painel.cenario.autorizado
    p.keyboard.press("Tab")
    assert p.evaluate("document.activeElement.textContent") == "Ir para o conteúdo"
    p.get_by_role("navigation", name="Principal").get_by_role("link", name="CT-e", exact=True).click()
    numero = str(m.json("cte", "ver", chave)["numero"])
    caixa = p.get_by_role("checkbox", name=re.compile(rf"^Selecionar {numero} série "))
    caixa.check()
    p.get_by_role("button", name="CANCELAR CT-E").click()
    dialogo = p.get_by_role("dialog", name="MOTIVO DO CANCELAMENTO")
    dialogo.get_by_role("textbox", name="Informe o motivo").fill("curto")
    assert "ainda não serve" in dialogo.locator("#tamanho").inner_text()
    p.keyboard.press("Escape")
    dialogo.wait_for(state="detached")
    assert caixa.is_checked()
    p.get_by_role("button", name="CANCELAR CT-E").click()
    dialogo.get_by_role("textbox", name="Informe o motivo").fill(MOTIVO)
    dialogo.get_by_role("button", name="Pedir o cancelamento").click()
    resultado = p.get_by_role("status", name="Resultado")
    resultado.get_by_text("esperando o serviço").wait_for()
    assert "/cte?ordem=" in p.url
    m.uma_vez()
    resultado.get_by_text("esperando o serviço").wait_for(state="detached")
    linha = p.locator(f"#cte-{chave}")
    assert "AGUARDANDO RETORNO DE CANCELAMENTO" in linha.inner_text()
    linha.get_by_role("link").click()
    assert p.get_by_role("status", name="Situação").inner_text() == "AGUARDANDO RETORNO DE CANCELAMENTO"
    p.get_by_role("button", name="ESTORNAR SOLICITAÇÃO DE CANCELAMENTO").click()
    p.get_by_role("dialog").get_by_role("button", name="Estornar", exact=True).click()
    resultado.wait_for()
    m.uma_vez()
    p.get_by_role("status", name="Situação").get_by_text("AUTORIZADO PELA SEFAZ").wait_for()


def test_o_que_se_escreve_fica_quando_a_pagina_se_renova(painel: Painel, operador: Aba) -> None:
    p = operador.pagina
    operador.ir("/cte")
    carga = p.get_by_role("textbox", name="Carga", exact=True)
    carga.fill("a meio de escrever")
    caixa = p.locator(f"#cte-{painel.cenario.enviado}").get_by_role("checkbox")
    caixa.check()
    painel.cenario.maquina.exigir(
        *("cte", "cancelar", painel.cenario.autorizado, "--motivo", MOTIVO, "--usuario", OPERADOR, "--senha-stdin"),
        codigo=3,
        entrada=f"{SENHA}\n",
    )
    painel.cenario.maquina.uma_vez()
    p.locator(f"#cte-{painel.cenario.autorizado}").get_by_text("AGUARDANDO RETORNO DE CANCELAMENTO").wait_for()
    p.locator("#novidade").wait_for(state="attached")
    assert carga.input_value() == "a meio de escrever"
    assert caixa.is_checked()
    assert p.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Selecionar ")


def test_a_selecao_que_falta_se_diz_sem_sair_da_pagina_e_o_clique_duplo_abre_um_dialogo(operador: Aba) -> None:
    p = operador.pagina
    operador.ir("/cte?serie=1")
    antes = p.url
    for nome in ("ENVIAR CT-e", "Consultar", "NOTAS FISCAIS", "CANCELAR CT-E"):
        p.get_by_role("button", name=nome, exact=True).click()
        assert "Selecione" in p.get_by_role("alert").inner_text()
        assert p.url == antes
    p.get_by_role("checkbox", name="Selecionar todos desta página").check()
    p.get_by_role("button", name="CANCELAR CT-E").click()
    assert "só um documento" in p.get_by_role("alert").inner_text()
    p.get_by_role("button", name="Consultar", exact=True).dblclick()
    p.get_by_role("dialog", name="Consultar na SEFAZ").wait_for()
    p.wait_for_load_state("networkidle")
    assert p.get_by_role("dialog").count() == 1


def test_as_decisoes_acompanham_o_que_se_escreve(painel: Painel, operador: Aba) -> None:
    """A CT-e by hand, without a look at any other page; what is typed stays, and nothing is kept before `Gerar`."""
    p, m = operador.pagina, painel.cenario.maquina
    operador.ir("/cargas")
    p.get_by_role("link", name="+Novo").click()
    decisoes, ruim = p.get_by_role("region", name="Decisões"), "Notas fiscais, 1ª linha: Chave"
    notas = p.get_by_role("group", name="Notas fiscais")
    notas.get_by_label("Chave").first.fill("123")
    decisoes.get_by_role("link", name=ruim).wait_for()
    assert operador.violacoes() == []
    notas.get_by_label("Chave").first.fill(nfe(501, painel.cenario.agora))
    notas.get_by_label("Valor").first.fill("1.000,00")
    decisoes.get_by_role("link", name=ruim).wait_for(state="detached")
    partes, medidas = p.get_by_role("group", name="Partes"), p.get_by_role("group", name="Medidas")
    partes.get_by_label("Depositante").select_option("REM-SP")
    partes.get_by_label("Destinatário").select_option("DEST-RJ")
    medidas.get_by_label("Produto predominante").fill("AUTOPECAS")
    medidas.get_by_label("Unidade").first.select_option("KG")
    medidas.get_by_label("Tipo").first.fill("PESO BRUTO")
    medidas.get_by_label("Quantidade").first.fill("10,5")
    decisoes.get_by_text("Sem erros: sai um CT-e.").wait_for()
    assert decisoes.get_by_role("cell", name="6353").count() == 1
    assert "fica retida" in decisoes.inner_text()
    p.get_by_label("Forma de pagamento").select_option("PAGO")
    p.get_by_role("group", name="Seguro").get_by_label("Responsável").first.select_option("emitente")
    decisoes.get_by_text("fica retida").wait_for(state="detached")
    p.get_by_label("Carga", exact=True).fill("DO-NAVEGADOR")
    p.get_by_role("button", name="Gerar").click()
    p.get_by_role("status", name="Resultado").get_by_text("esperando o serviço").wait_for()
    m.uma_vez()
    p.get_by_role("table", name="Cargas").get_by_role("link", name="DO-NAVEGADOR").click()
    assert p.get_by_role("table", name="Conhecimentos").get_by_role("row").count() == 2


def test_nenhuma_pagina_tem_falta_grave_de_acessibilidade(painel: Painel, navegador: Any, endereco: str) -> None:
    faltas: dict[str, list[str]] = {}
    with chromium.aba(navegador, endereco) as aba:
        for caminho in SEM_SESSAO:
            aba.ir(caminho)
            faltas[caminho] = aba.violacoes()
        chromium.entrar(aba, ADMIN, SENHA)
        for caminho in paginas(painel):
            aba.ir(caminho)
            assert aba.pagina.get_by_role("heading", level=1).count() == 1, caminho
            faltas[caminho] = aba.violacoes()
    assert {c: f for c, f in faltas.items() if f} == {}


@pytest.fixture
def com_token(painel: Painel) -> Iterator[None]:
    """The company of the configuration is imported by a token; afterwards the file is as it was."""
    arquivo = painel.cenario.maquina.config
    antes = arquivo.read_bytes()
    lido = yaml.safe_load(antes)
    lido["empresas"][0]["ecac"] = {"utiliza": True, "inicio": "2026-01-01", "acesso": "certificado A3"}
    segredos = {n: {"env": "SEGREDO_DO_SERPRO"} for n in ("chave_consumidor", "segredo_consumidor")}
    lido["ecac"] = {"contratante": EMITENTE.cnpj} | segredos
    arquivo.write_text(yaml.safe_dump(lido, allow_unicode=True, sort_keys=False))
    yield
    arquivo.write_bytes(antes)


@pytest.mark.usefixtures("com_token")
def test_a_empresa_do_ecac_e_o_pin_se_acham_por_nome(painel: Painel, navegador: Any, endereco: str) -> None:
    faltas = {}
    with chromium.aba(navegador, endereco) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        p = aba.pagina
        aba.ir("/ecac")
        p.get_by_role("button", name="Importar pelo certificado A3", exact=True).click()
        dialogo = p.get_by_role("dialog", name="Importar pelo certificado A3")
        assert dialogo.get_by_role("combobox", name="Empresa", exact=True).input_value() == EMITENTE.cnpj
        assert dialogo.get_by_role("button", name="Importar", exact=True).is_enabled()
        faltas["diálogo"] = aba.violacoes()
        dialogo.get_by_label("PIN do token", exact=True).fill("1234")
        dialogo.get_by_role("button", name="Importar", exact=True).click()
        assert "Ligue o serviço" in p.locator("main").get_by_role("alert").inner_text()
        assert p.get_by_label("PIN do token", exact=True).input_value() == ""
        faltas["recusada"] = aba.violacoes()
        aba.ir("/ecac")
        p.get_by_role("link", name="Configurar empresas", exact=True).click()
        p.get_by_role("table", name="Empresas").get_by_role("link", name=EMITENTE.nome, exact=True).click()
        acessos = p.get_by_role("group", name="Tipos de Acesso e-CAC")
        assert acessos.get_by_role("radio", name="Certificado Digital A3", exact=True).is_checked()
        acessos.get_by_role("radio", name="Certificado Digital A1", exact=True).check()
        procurador = p.get_by_role("textbox", name="CNPJ ou CPF do procurador", exact=True)
        assert procurador.is_disabled()
        p.get_by_role("checkbox", name="Certificado é procuração digital", exact=True).check()
        procurador.fill(ESCRITORIO)
        servicos = p.get_by_role("group", name="Serviços contratados")
        assert servicos.get_by_role("checkbox", name="e-CAC", exact=True).is_checked()
        servicos.get_by_role("checkbox", name="Desacordo", exact=True).uncheck()
        p.get_by_label("Data de início de utilização", exact=True).fill("2026-02-28")
        p.get_by_role("combobox", name="Implantação", exact=True).select_option("nuvem")
        p.get_by_role("button", name="Salvar", exact=True).click()
        p.get_by_text("Configuração gravada.").wait_for()
        faltas["gravada"] = aba.violacoes()
        assert p.get_by_role("checkbox", name="Utiliza e-CAC", exact=True).is_checked()
    gravado = yaml.safe_load(painel.cenario.maquina.config.read_text())["empresas"][0]["ecac"]
    assert (gravado["acesso"], gravado["procurador"]) == ("certificado A1", ESCRITORIO)
    assert (gravado["servicos"], gravado["implantacao"]) == (["e-CAC"], "nuvem")
    assert str(gravado["inicio"]) == "2026-02-28"
    assert {c: f for c, f in faltas.items() if f} == {}


@pytest.mark.longo
@pytest.mark.parametrize("esquema", ["light", "dark"])
@pytest.mark.parametrize("telefone", [False, True])
def test_no_escuro_no_telefone_e_com_dialogos(
    painel: Painel, navegador: Any, endereco: str, esquema: str, telefone: bool
) -> None:
    como = {"color_scheme": esquema} | ({"viewport": chromium.DO_TELEFONE} if telefone else {})
    faltas: dict[str, object] = {}
    with chromium.aba(navegador, endereco, **como) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        for caminho in paginas(painel):
            aba.ir(caminho)
            faltas[caminho] = aba.violacoes()
            if telefone:
                assert aba.largura() <= 390, caminho
        aba.ir("/")
        aba.pagina.get_by_role("link", name="Dispensar", exact=True).first.click()
        aba.pagina.get_by_role("dialog").wait_for()
        faltas["diálogo"] = aba.violacoes()
        aba.pagina.keyboard.press("Escape")
        aba.pagina.get_by_role("dialog").wait_for(state="detached")
        aba.pagina.keyboard.press("?")
        aba.pagina.get_by_role("dialog", name="Teclas").wait_for()
        faltas["teclas"] = aba.violacoes()
    assert {c: f for c, f in faltas.items() if f} == {}


def test_no_telefone_uma_tabela_cortada_se_ve_que_continua(navegador: Any, endereco: str) -> None:
    with chromium.aba(navegador, endereco, viewport=chromium.DO_TELEFONE) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        aba.ir("/cte?serie=1")
        sombra = "n => getComputedStyle(n).backgroundAttachment"
        tabela = aba.pagina.get_by_role("region", name="Tabela de conhecimentos")
        assert tabela.evaluate("n => n.scrollWidth > n.clientWidth")
        assert tabela.evaluate(sombra) == "local, scroll"  # the first covers the second at the end of the table
        aba.pagina.emulate_media(forced_colors="active")
        assert tabela.evaluate("n => getComputedStyle(n).borderRightStyle") == "dotted"


@pytest.mark.longo
def test_impressa_a_lista_esta_inteira_e_sem_botoes(navegador: Any, endereco: str) -> None:
    with chromium.aba(navegador, endereco) as aba:
        chromium.entrar(aba, ADMIN, SENHA)
        aba.ir("/cte?serie=1")
        aba.pagina.emulate_media(media="print")
        assert aba.pagina.get_by_role("table", name="Conhecimentos").is_visible()
        assert aba.pagina.get_by_text("filtro serie: 1").is_visible()
        for papel in ("navigation", "button", "search"):
            assert aba.pagina.get_by_role(papel).count() == 0, papel


@pytest.mark.longo
def test_sem_script_tudo_vai_por_formularios_e_paginas(painel: Painel, navegador: Any, endereco: str) -> None:
    chave, m = painel.cenario.enviado, painel.cenario.maquina
    with chromium.aba(navegador, endereco, java_script_enabled=False) as aba:
        p = aba.pagina
        chromium.entrar(aba, OPERADOR, SENHA)
        aba.ir("/cte")
        p.locator(f"#cte-{chave}").get_by_role("checkbox").check()
        p.get_by_role("button", name="Consultar", exact=True).click()
        assert p.get_by_role("heading", level=1).inner_text() == "Consultar na SEFAZ"
        p.get_by_role("button", name="Voltar (desistir)").click()
        assert p.get_by_role("heading", level=1).inner_text() == "Conhecimento de Transporte Eletrônico"
        p.locator(f"#cte-{chave}").get_by_role("checkbox").check()
        p.get_by_role("button", name="Consultar", exact=True).click()
        p.get_by_role("button", name="Consultar", exact=True).click()
        assert "Ordem nº" in p.get_by_role("status", name="Resultado").inner_text()
        m.uma_vez()
        p.reload()
        assert "esperando o serviço" not in p.get_by_role("status", name="Resultado").inner_text()


@pytest.mark.longo
def test_o_painel_que_some_e_volta_e_dito_e_a_pagina_se_refaz(painel: Painel, navegador: Any) -> None:
    outro = ligar(painel.cenario)
    porta = outro.porta
    with chromium.aba(navegador, f"http://127.0.0.1:{porta}") as aba:
        chromium.entrar(aba, OPERADOR, SENHA)
        assert desligar(outro) == 0
        alerta = aba.pagina.get_by_role("alert").filter(has_text="Sem contato com o painel desde")
        alerta.wait_for()
        outro = ligar(painel.cenario, "--escuta", f"127.0.0.1:{porta}")
        alerta.wait_for(state="detached", timeout=60_000)
        assert aba.pagina.get_by_role("heading", level=1).inner_text() == "SEPARADOR DE ARQUIVOS"
    assert desligar(outro) == 0


@pytest.mark.longo
def test_as_figuras_do_manual_se_fazem(tmp_path: Path, navegador: Any) -> None:
    """The pages of the demonstration, from its own folders; the manual's are of the same size."""
    with (
        figuras_do_painel.demonstrada(tmp_path / "demo") as (no_ar, senha, instalacao),
        chromium.aba(navegador, no_ar, viewport=figuras_do_painel.TELA) as aba,
    ):
        chromium.entrar(aba, demonstrado.EMAIL, senha)
        feitas = figuras_do_painel.fotografar(aba, instalacao, tmp_path)
        assert aba.ditos == []
    for feita in feitas:
        with Image.open(feita) as nova, Image.open(figuras_do_painel.PASTA / feita.name) as do_manual:
            assert nova.size == do_manual.size
