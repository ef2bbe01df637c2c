"""The pages of routes, files in, certificates and accesses against the contract of the panel, in a real browser.

Written from the contract alone: titles, roles, names, option values, columns, empty texts, levels, codes.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.simulador.serpro.contribuintes import cnpj
from tests.aceitacao.linha_de_comando import ADMIN, CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import ESCRITORIO, Navegador, Painel
from tests.apoio.certificados import chave_rsa
from tests.apoio.chromium import Aba, aba, aberto, entrar

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.timeout(300), pytest.mark.longo]
SENHA_PFX = "segredo-da-caixa"
POLITICA = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
ACESSOS = f"/escritorios/{ESCRITORIO}/certificados"
PAGINAS = {
    "/rotas": ("CONFIGURAÇÃO", CONSULTA),
    "/rotas/nova": ("Nova rota", ADMIN),
    "/rotas/4": ("Rota 4", ADMIN),
    "/rotas/4/soltar": ("Soltar arquivos na rota 4", OPERADOR),
    "/certificados": ("Certificados", CONSULTA),
    "/certificados/novo": ("Adicionar certificado", ADMIN),
    "/escritorios": ("ESCRITÓRIOS", CONSULTA),
    ACESSOS: ("CERTIFICADOS E PROCURAÇÕES", CONSULTA),
    f"{ACESSOS}/novo": ("Nova procuração", ADMIN),
}
"""What each page is called, and the lowest level that opens it."""
NIVEIS = (CONSULTA, OPERADOR, ADMIN)
NAO_HA = (
    *(
        "/rotas/99",
        "/rotas/x",
        "/rotas/99/soltar",
        "/certificados/99/padrao",
        "/escritorios/00000000000000/certificados",
    ),
    *("/escritorios/00000000000000/certificados/novo", f"{ACESSOS}/99", f"{ACESSOS}/x"),
)


@pytest.fixture(scope="module")
def abas(painel: Painel) -> Iterator[dict[str, Aba]]:
    """One tab for each level; "" is an administrator's without script."""
    endereco = f"http://127.0.0.1:{painel.porta}"
    with aberto() as navegador, ExitStack() as pilha:
        todas = {quem: pilha.enter_context(aba(navegador, endereco)) for quem in NIVEIS}
        todas[""] = pilha.enter_context(aba(navegador, endereco, java_script_enabled=False))
        for quem, uma in todas.items():
            entrar(uma, quem or ADMIN, SENHA)
        yield todas
        for quem, uma in todas.items():
            # the browser itself tells of a 422 or a 409
            assert [d for d in uma.ditos if "status of 4" not in d] == [], quem


@pytest.fixture(scope="module")
def ligado(painel: Painel) -> Iterator[Painel]:
    painel.cenario.maquina.executar()
    yield painel
    painel.cenario.maquina.parar()


@pytest.fixture(scope="module")
def de(painel: Painel) -> dict[str, Navegador]:
    """The three levels without a browser, for the codes of HTTP."""
    return {quem: painel.navegador().entrar(quem) for quem in NIVEIS}


def trilha(painel: Painel) -> list[tuple[str, str, str]]:
    return [(r["quem"], r["alvo"], r["resultado"]) for r in painel.cenario.maquina.json("auditoria", "listar")]


def colunas(p: Any, tabela: str) -> list[str]:
    achada = p.get_by_role("table", name=tabela, exact=True)
    assert achada.locator("tr:has(th[scope=col])").count() == 1, "one header row"
    return [x.strip() for x in achada.get_by_role("columnheader").all_inner_texts()]


def opcoes(p: Any, nome: str) -> list[str]:
    return list(p.get_by_role("combobox", name=nome, exact=True).evaluate("s => [...s.options].map(o => o.value)"))


def ha(p: Any, papel: str, nome: str, quantos: int = 1) -> Any:
    achados = p.get_by_role(papel, name=nome, exact=True)
    assert achados.count() == quantos, (papel, nome, achados.count())
    return achados


def senha(p: Any, rotulo: str) -> Any:
    campo = p.get_by_label(rotulo, exact=True).and_(p.locator("input[type=password]"))
    assert campo.count() == 1, rotulo
    return campo


def alertas(p: Any) -> str:
    return " ".join(p.get_by_role("alert").all_inner_texts())


def pfx(dias: int = 365) -> bytes:
    return gerar_pfx(SENHA_PFX, agora=datetime.now(UTC), dias=dias, chave=chave_rsa())


# --- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caminho", PAGINAS)
def test_cada_pagina_tem_o_titulo_o_nivel_e_o_cabecalho_do_contrato(
    caminho: str, painel: Painel, abas: dict[str, Aba], de: dict[str, Navegador]
) -> None:
    titulo, minimo = PAGINAS[caminho]
    for quem in NIVEIS:
        visto = de[quem].abrir(caminho)
        pode = NIVEIS.index(quem) >= NIVEIS.index(minimo)
        assert visto.estado == (200 if pode else 403), (quem, visto.estado)
        assert visto.cabecalhos["content-security-policy"] == POLITICA
        assert visto.cabecalhos["cache-control"] == "no-store"
        assert visto.cabecalhos["x-content-type-options"] == "nosniff"
        assert visto.cabecalhos["referrer-policy"] == "same-origin"
        assert visto.cabecalhos["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in visto.cabecalhos
        if not pode:
            assert 'role="alert"' in visto.texto
            assert {OPERADOR: "operador", ADMIN: "administrador"}[minimo] in visto.texto
    resposta = abas[ADMIN].ir(caminho)
    p = abas[ADMIN].pagina
    assert resposta.status == 200
    assert re.fullmatch(rf"(\(\d+\) )?{re.escape(titulo)} · separador", p.title())
    assert p.get_by_role("heading", level=1).all_inner_texts() == [titulo]
    assert p.locator("html").get_attribute("lang") == "pt-BR"
    ha(p.get_by_role("navigation", name="Principal", exact=True), "link", "Certificados")
    ha(p.get_by_role("navigation", name="Principal", exact=True), "link", "Procurações")
    estranho = painel.navegador()
    assert (estranho.abrir(caminho).estado, estranho.abrir(caminho).para) == (303, f"/entrar?depois={caminho}")
    assert estranho.enviar(caminho, {}).estado == 401


def test_o_que_nao_ha_e_404(de: dict[str, Navegador]) -> None:
    for caminho in NAO_HA:
        visto = de[ADMIN].abrir(caminho)
        assert visto.estado == 404, caminho
        assert "<h1>Não encontrado</h1>" in visto.texto or 'role="alert"' in visto.texto


def test_quem_nao_pode_mudar_tem_403_uma_linha_na_trilha_e_nenhum_botao(
    painel: Painel, abas: dict[str, Aba], de: dict[str, Navegador]
) -> None:
    antes = len(trilha(painel))
    envios = (
        ("/rotas", "config definir"), ("/rotas/nova", "rotas incluir"), ("/rotas/4", "rotas alterar"),
        ("/rotas/4/soltar", "rotas soltar"), ("/certificados/novo", "certificado instalar"),
        (f"{ACESSOS}/novo", "procuracao incluir"), (f"{ACESSOS}/1", "procuracao alterar"),
    )  # fmt: skip
    for caminho, _ in envios:
        visto = de[CONSULTA].enviar(caminho, {})
        assert visto.estado == 403, caminho
        assert 'role="alert"' in visto.texto
    assert list(reversed(trilha(painel)[: -antes or None])) == [(CONSULTA, acao, "recusado") for _, acao in envios]
    p = abas[CONSULTA].pagina
    for caminho, proibidos in {
        "/rotas": ("Novo", "Definir", "Soltar arquivos"),
        "/certificados": ("Adicionar", "Tornar padrão", "Remover"),
        "/escritorios": ("NOVO",),
        ACESSOS: ("NOVO",),
        f"{ACESSOS}/1": ("SALVAR", "Excluir"),
    }.items():
        abas[CONSULTA].ir(caminho)
        for nome in proibidos:
            ha(p, "button", nome, 0)
            ha(p, "link", nome, 0)


def test_de_outra_origem_nada_entra(de: dict[str, Navegador]) -> None:
    for caminho in ("/rotas", "/rotas/nova", "/rotas/4/soltar", "/certificados/novo", f"{ACESSOS}/novo"):
        assert de[ADMIN].enviar(caminho, {}, Sec_Fetch_Site="cross-site").estado == 403
        assert de[ADMIN].enviar(caminho, {}, Origin="http://127.0.0.1:1").estado == 403
        assert de[ADMIN].pedir("POST", caminho, "").estado == 403


# --- routes --------------------------------------------------------------------------------------------------------


def test_a_configuracao(painel: Painel, abas: dict[str, Aba]) -> None:
    p = abas[ADMIN].pagina
    abas[ADMIN].ir("/rotas")
    assert colunas(p, "Rotas") == [
        *("IDCONFIGURAÇÃO", "ATIVO", "REGRA", "DIRETÓRIO DE ORIGEM", "DIRETÓRIO DE DESTINO", "REGRA DE ARQUIVO"),
    ]
    assert p.get_by_role("table", name="Rotas", exact=True).locator("tbody tr").count() == 5
    ha(p, "link", "Novo")
    tempo = p.get_by_role("form", name="DEFINIR TEMPO DE LEITURA", exact=True)
    campo = ha(tempo, "spinbutton", "Tempo de Leitura em segundos")
    campo.fill("7")
    with p.expect_navigation():
        ha(tempo, "button", "Definir").click()
    assert "tempo_leitura: 7" in painel.cenario.maquina.config.read_text()
    assert ha(p, "spinbutton", "Tempo de Leitura em segundos").input_value() == "7"
    assert trilha(painel)[0] == (ADMIN, "config definir", "feito")


def test_um_tempo_de_leitura_que_nao_serve_e_422_e_fica_no_campo(painel: Painel, de: dict[str, Navegador]) -> None:
    for dito in ("0", "-1", "abc", "", "1e9", "99999999999999999999"):
        visto = de[ADMIN].enviar("/rotas", {"tempo_leitura": dito})
        assert visto.estado == 422, dito
        assert 'role="alert"' in visto.texto
        assert "<h1>CONFIGURAÇÃO</h1>" in visto.texto
        assert not dito or f'value="{dito}"' in visto.texto
    assert "tempo_leitura: 7" in painel.cenario.maquina.config.read_text()


def preencher_rota(p: Any, pasta: str, arquivo: str = ".prn") -> None:
    p.get_by_role("combobox", name="REGRA", exact=True).select_option("mover")
    p.get_by_role("textbox", name="DIRETÓRIO DE ORIGEM", exact=True).fill(f"inbox/{pasta}")
    p.get_by_role("textbox", name="DIRETÓRIO DE DESTINO", exact=True).fill(f"outbox/{pasta}")
    p.get_by_role("textbox", name="REGRA DE ARQUIVO", exact=True).fill(arquivo)


@pytest.mark.parametrize("quem", [ADMIN, ""])
def test_uma_rota_nova(quem: str, painel: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[quem], abas[quem].pagina
    nome = "com" if quem else "sem"
    uma.ir("/rotas")
    ha(p, "link", "Novo").click()
    p.wait_for_url("**/rotas/nova")
    assert ha(p, "checkbox", "ATIVO").is_checked()
    assert {"mover", "cte-envio", "cte-retorno", "pedido", "cte-validar"} <= set(opcoes_sem_script(p, "REGRA"))
    assert opcoes_sem_script(p, "Envio") == ["automatico", "manual"]
    preencher_rota(p, f"{nome} <b>espaço")
    ha(p, "textbox", "Testar um nome de arquivo").fill("a.prn")
    with p.expect_navigation():
        ha(p, "button", "Testar").click()
    assert p.get_by_role("heading", level=1).inner_text() == "Nova rota"
    assert p.get_by_role("textbox", name="REGRA DE ARQUIVO", exact=True).input_value() == ".prn"
    assert f"inbox/{nome} <b>espaço" in p.get_by_role("textbox", name="DIRETÓRIO DE ORIGEM", exact=True).input_value()
    assert "a.prn" in p.locator("main").inner_text()
    p.get_by_role("button", name="Salvar", exact=True).click()
    p.wait_for_url(lambda url: url.partition("?")[0].endswith("/rotas"))
    linha = p.get_by_role("row").filter(has_text=f"{nome} <b>espaço")
    assert linha.count() == 1
    assert p.locator("main b", has_text="espaço").count() == 0
    assert trilha(painel)[0] == (ADMIN, "rotas incluir", "feito")


def opcoes_sem_script(p: Any, nome: str) -> list[str]:
    achadas = p.get_by_role("combobox", name=nome, exact=True).locator("option")
    return [v for i in range(achadas.count()) if (v := achadas.nth(i).get_attribute("value"))]


def test_uma_rota_recusada_e_422_e_guarda_o_que_se_escreveu(painel: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[""], abas[""].pagina
    antes = painel.cenario.maquina.config.read_text()
    uma.ir("/rotas/nova")
    preencher_rota(p, "igual", "<i>/sem ponto")
    p.get_by_role("textbox", name="DIRETÓRIO DE DESTINO", exact=True).fill("inbox/igual")
    p.get_by_role("checkbox", name="ATIVO", exact=True).uncheck()
    p.get_by_role("combobox", name="Envio", exact=True).select_option("manual")
    with p.expect_response(lambda r: r.request.method == "POST") as veio:
        p.get_by_role("button", name="Salvar", exact=True).click()
    assert veio.value.status == 422
    assert alertas(p)
    assert p.get_by_role("combobox", name="REGRA", exact=True).input_value() == "mover"
    assert p.get_by_role("textbox", name="DIRETÓRIO DE ORIGEM", exact=True).input_value() == "inbox/igual"
    assert p.get_by_role("textbox", name="DIRETÓRIO DE DESTINO", exact=True).input_value() == "inbox/igual"
    assert p.get_by_role("textbox", name="REGRA DE ARQUIVO", exact=True).input_value() == "<i>/sem ponto"
    assert p.get_by_role("combobox", name="Envio", exact=True).input_value() == "manual"
    assert not p.get_by_role("checkbox", name="ATIVO", exact=True).is_checked()
    assert painel.cenario.maquina.config.read_text() == antes


def test_uma_rota_se_desliga_e_se_muda(painel: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[ADMIN], abas[ADMIN].pagina
    uma.ir("/rotas/5")
    p.get_by_role("checkbox", name="ATIVO", exact=True).uncheck()
    p.get_by_role("button", name="Salvar", exact=True).click()
    p.wait_for_url(lambda url: url.partition("?")[0].endswith("/rotas"))
    assert trilha(painel)[0] == (ADMIN, "rotas desativar", "feito")
    uma.ir("/rotas/5")
    p.get_by_role("checkbox", name="ATIVO", exact=True).check()
    p.get_by_role("textbox", name="REGRA DE ARQUIVO", exact=True).fill(".xml .XMLS")
    p.get_by_role("button", name="Salvar", exact=True).click()
    p.wait_for_url(lambda url: url.partition("?")[0].endswith("/rotas"))
    assert trilha(painel)[0] == (ADMIN, "rotas alterar", "feito")
    assert ".xmls" in p.get_by_role("row").filter(has_text="inbox/validar").inner_text().lower()


def test_na_primeira_pagina_se_chega_a_soltar(abas: dict[str, Aba]) -> None:
    p = abas[OPERADOR].pagina
    abas[OPERADOR].ir("/")
    linha = (
        p.get_by_role("table", name="Andamento das rotas", exact=True).get_by_role("row").filter(has_text="inbox/geral")
    )
    linha.get_by_role("link", name="Soltar arquivos", exact=True).click()
    p.wait_for_url("**/rotas/4/soltar*")


# --- certificates and accesses while the service is off ------------------------------------------------------------


def test_com_o_servico_desligado_o_certificado_pede_que_se_ligue(abas: dict[str, Aba]) -> None:
    p = abas[ADMIN].pagina
    abas[ADMIN].ir("/certificados/novo")
    assert "Ligue o serviço" in alertas(p)
    assert "separador certificado instalar" in alertas(p)


def test_com_o_servico_desligado_um_segredo_nao_entra(abas: dict[str, Aba], painel: Painel) -> None:
    uma, p = abas[""], abas[""].pagina
    uma.ir(f"{ACESSOS}/novo")
    p.get_by_role("combobox", name="Tipo de acesso", exact=True).select_option(label="Login")
    p.get_by_role("textbox", name="Nome", exact=True).fill("DESLIGADO <b>")
    p.get_by_role("textbox", name="LOGIN", exact=True).fill("maria")
    senha(p, "SENHA").fill("nao-fica-em-lugar-nenhum")
    with p.expect_response(lambda r: r.request.method == "POST") as veio:
        p.get_by_role("button", name="SALVAR", exact=True).click()
    assert veio.value.status == 409
    assert "Ligue o serviço" in alertas(p)
    assert p.get_by_role("textbox", name="Nome", exact=True).input_value() == "DESLIGADO <b>"
    assert p.get_by_role("textbox", name="LOGIN", exact=True).input_value() == "maria"
    assert senha(p, "SENHA").input_value() == ""
    assert "nao-fica" not in p.content()
    assert "DESLIGADO" not in str(painel.cenario.maquina.json("procuracao", "listar"))


def test_com_o_servico_desligado_os_arquivos_esperam(abas: dict[str, Aba]) -> None:
    uma, p = abas[""], abas[""].pagina
    uma.ir("/rotas/4/soltar")
    escolher(p, [("espera.txt", b"um")])
    p.get_by_role("button", name="Soltar", exact=True).click()
    p.wait_for_url("**ordem=*")
    resultado = p.get_by_role("status", name="Resultado", exact=True).inner_text()
    assert "Ordem nº" in resultado
    assert re.search(r"espera\.txt.*esperando o serviço", resultado)


def escolher(p: Any, arquivos: list[tuple[str, bytes]]) -> None:
    campo = p.get_by_label("Arquivos", exact=True)
    assert campo.get_attribute("type") == "file"
    assert campo.get_attribute("multiple") is not None
    campo.set_input_files([{"name": n, "mimeType": "text/plain", "buffer": dados} for n, dados in arquivos])


# --- files in ------------------------------------------------------------------------------------------------------


def test_cada_arquivo_tem_o_seu_resultado_que_vem_sozinho(ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[OPERADOR], abas[OPERADOR].pagina
    uma.ir("/rotas/4/soltar")
    escolher(p, [("um.txt", b"um"), ("dois.txt", b"dois")])
    ha(p, "button", "Soltar").click()
    p.wait_for_url("**ordem=*")
    resultado = p.get_by_role("status", name="Resultado", exact=True)
    for nome in ("um.txt", "dois.txt"):
        resultado.get_by_text(re.compile(rf"{nome}.*entrou|entrou.*{nome}")).first.wait_for(timeout=20_000)
    assert len(re.findall(r"Ordem nº \d+", resultado.inner_text())) == 2
    m = ligado.cenario.maquina
    m.esperar(lambda: {"um.txt", "dois.txt"} <= set(m.saida(4)), 30)
    assert trilha(ligado)[0] == (OPERADOR, "rotas soltar", "feito")


def test_solta_se_na_regiao(ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[OPERADOR], abas[OPERADOR].pagina
    uma.ir("/rotas/4/soltar")
    dados = p.evaluate_handle(
        "() => { const dt = new DataTransfer();"
        " for (const n of ['solto <b>.txt', 'ação.TXT']) dt.items.add(new File(['x'], n, {type: 'text/plain'}));"
        " return dt; }"
    )
    p.get_by_role("region", name="Solte arquivos aqui", exact=True).dispatch_event("drop", {"dataTransfer": dados})
    p.wait_for_url("**ordem=*")
    resultado = p.get_by_role("status", name="Resultado", exact=True)
    resultado.get_by_text("solto <b>.txt").first.wait_for(timeout=20_000)
    m = ligado.cenario.maquina
    m.esperar(lambda: {"solto <b>.txt", "ação.TXT"} <= set(m.saida(4)), 30)


def test_uma_pasta_arrastada_nao_entra_e_se_diz_por_que(ligado: Painel, abas: dict[str, Aba], tmp_path: Path) -> None:
    """By the events of the browser itself: what a script makes up is no folder."""
    uma, p = abas[OPERADOR], abas[OPERADOR].pagina
    (tmp_path / "pasta").mkdir()
    (tmp_path / "pasta" / "dentro.txt").write_bytes(b"x")
    uma.ir("/rotas/4/soltar")
    antes = trilha(ligado)
    caixa = p.get_by_role("region", name="Solte arquivos aqui", exact=True).bounding_box()
    onde = {"x": caixa["x"] + caixa["width"] / 2, "y": caixa["y"] + 10}
    sessao = p.context.new_cdp_session(p)
    for tipo in ("dragEnter", "dragOver", "drop"):
        dados = {"items": [], "files": [str(tmp_path / "pasta")], "dragOperationsMask": 1}
        sessao.send("Input.dispatchDragEvent", {"type": tipo, **onde, "data": dados})
    p.get_by_role("alert").get_by_text("Uma pasta não entra").wait_for()
    assert p.url.endswith("/rotas/4/soltar")
    assert trilha(ligado) == antes


def test_um_nome_que_a_rota_nao_toma_e_recusado_na_hora(abas: dict[str, Aba], painel: Painel) -> None:
    uma, p = abas[""], abas[""].pagina
    uma.ir("/rotas/4/soltar")
    escolher(p, [("serve.txt", b"1"), ("não <i>serve.pdf", b"2")])
    with p.expect_response(lambda r: r.request.method == "POST") as veio:
        p.get_by_role("button", name="Soltar", exact=True).click()
    assert veio.value.status == 422
    assert "não <i>serve.pdf" in alertas(p)
    assert "serve.txt:" not in alertas(p)


def test_os_limites_do_envio_sao_413(de: dict[str, Navegador]) -> None:
    visto = de[OPERADOR].soltar("/rotas/4/soltar", {}, [(b"%d.txt" % i, b"x") for i in range(101)])
    assert visto.estado == 413
    assert 'role="alert"' in visto.texto
    assert de[ADMIN].enviar("/rotas", {"tempo_leitura": "1" * (1024 * 1024 + 1)}).estado == 413
    assert de[ADMIN].enviar(f"{ACESSOS}/novo", {"nome": "x" * (1024 * 1024 + 1)}).estado == 413


def test_com_o_banco_ocupado_e_503_e_se_diz_o_que_fazer(painel: Painel, de: dict[str, Navegador]) -> None:
    with closing(sqlite3.connect(painel.cenario.maquina.dados / "separador.db", isolation_level=None)) as outro:
        outro.execute("BEGIN IMMEDIATE")
        visto = de[OPERADOR].soltar("/rotas/4/soltar", {}, [(b"ocupado.txt", b"x")])
        outro.execute("ROLLBACK")
    assert visto.estado == 503
    assert 'role="alert"' in visto.texto
    assert "Tente de novo" in visto.texto


# --- certificates --------------------------------------------------------------------------------------------------


def test_a_lista_de_certificados(painel: Painel, abas: dict[str, Aba]) -> None:
    p = abas[ADMIN].pagina
    abas[ADMIN].ir("/certificados")
    ha(p, "link", "Adicionar")
    ha(p, "button", "Validade Certificado")


@pytest.mark.parametrize("quem", [ADMIN, ""])
def test_um_certificado_entra(quem: str, ligado: Painel, abas: dict[str, Aba], tmp_path: Path) -> None:
    uma, p = abas[quem], abas[quem].pagina
    apelido = f"{'com' if quem else 'sem'} script <b>"
    uma.ir("/certificados")
    p.get_by_role("link", name="Adicionar", exact=True).click()
    p.wait_for_url("**/certificados/novo*")
    assert p.get_by_role("alert").count() == 0
    assert EMITENTE.cnpj in opcoes_sem_script(p, "Empresa")
    assert opcoes_sem_script(p, "Uso")[0] == "assinatura"
    grupo = p.get_by_role("group", name="Certificado Padrão", exact=True)
    assert ha(grupo, "radio", "Sim").is_checked()
    ha(grupo, "radio", "Não").check()
    p.get_by_role("combobox", name="Empresa", exact=True).select_option(EMITENTE.cnpj)
    p.get_by_role("textbox", name="Apelido", exact=True).fill(apelido)
    arquivo = p.get_by_label("Arquivo PFX", exact=True)
    assert arquivo.get_attribute("type") == "file"
    # a wrong password first: the form comes back with what was typed, and without the password
    senha(p, "Senha").fill("errada-e-nao-fica")
    arquivo.set_input_files([{"name": "empresa.pfx", "mimeType": "application/x-pkcs12", "buffer": pfx()}])
    with p.expect_response(lambda r: r.request.method == "POST") as veio:
        p.get_by_role("button", name="Salvar", exact=True).click()
    assert veio.value.status == 422
    assert alertas(p)
    assert p.get_by_role("textbox", name="Apelido", exact=True).input_value() == apelido
    assert p.get_by_role("group", name="Certificado Padrão", exact=True).get_by_label("Não", exact=True).is_checked()
    assert senha(p, "Senha").input_value() == ""
    assert "nao-fica" not in p.content()
    senha(p, "Senha").fill(SENHA_PFX)
    p.get_by_label("Arquivo PFX", exact=True).set_input_files(
        [{"name": "empresa.pfx", "mimeType": "application/x-pkcs12", "buffer": pfx()}]
    )
    with p.expect_navigation():
        p.get_by_role("button", name="Salvar", exact=True).click()
    dito = p.locator("main").inner_text()
    assert EMITENTE.nome in dito
    assert re.search(r"\d\d/\d\d/\d{4}", dito)
    assert p.get_by_role("heading", level=1).inner_text() == "Adicionar certificado"
    assert apelido not in str(ligado.cenario.maquina.json("certificado", "listar"))
    ha(p, "button", "Salvar").click()
    p.wait_for_url(lambda url: url.partition("?")[0].endswith("/certificados"))
    linha = p.get_by_role("table", name="Certificados", exact=True).get_by_role("row").filter(has_text=apelido)
    linha.wait_for()
    assert colunas(p, "Certificados") == [
        *("Empresa", "Apelido", "Certificado Padrão", "Tipo", "Uso", "Titular", "Validade", "Situação"),
    ]
    ha(linha, "button", "Tornar padrão")
    ha(linha, "button", "Remover")
    assert trilha(ligado)[0] == (ADMIN, "certificado instalar", "feito")


@pytest.mark.parametrize("quem", [ADMIN, ""])
def test_tornar_padrao_e_remover(quem: str, ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[quem], abas[quem].pagina
    uma.ir("/certificados")
    apelido = f"{'com' if quem else 'sem'} script <b>"
    linha = p.get_by_role("table", name="Certificados", exact=True).get_by_role("row").filter(has_text=apelido)
    ha(linha, "button", "Tornar padrão").click()
    if quem:
        dialogo = p.get_by_role("dialog")
        dialogo.wait_for()
        p.keyboard.press("Escape")
        dialogo.wait_for(state="detached")
        linha.get_by_role("button", name="Tornar padrão", exact=True).click()
        dialogo.get_by_role("button", name="Tornar padrão", exact=True).click()
    else:
        p.wait_for_url("**/padrao*")
        p.locator("main").get_by_role("button", name="Tornar padrão", exact=True).click()
    p.wait_for_url("**/certificados?*ordem=*")
    assert trilha(ligado)[0] == (ADMIN, "certificado padrao", "feito")
    m = ligado.cenario.maquina
    padrao = lambda: [r["apelido"] for r in m.json("certificado", "listar") if r["padrao"]]  # noqa: E731
    m.esperar(lambda: apelido in padrao(), 30)
    uma.ir("/certificados")
    botao = ha(linha, "button", "Tornar padrão")
    assert botao.is_disabled()
    assert "já é o padrão" in p.locator(f"[id='{botao.get_attribute('aria-describedby')}']").text_content()


def test_a_validade_se_confere_por_ordem(ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[OPERADOR], abas[OPERADOR].pagina
    uma.ir("/certificados")
    ha(p, "button", "Validade Certificado").click()
    p.wait_for_url("**ordem=*")
    p.get_by_role("status", name="Resultado", exact=True).get_by_text("Ordem nº").first.wait_for()


def test_o_que_vence_logo_e_dito_em_cada_pagina(ligado: Painel, abas: dict[str, Aba], de: dict[str, Navegador]) -> None:
    campos = {"empresa": EMITENTE.cnpj, "apelido": "perto <i>", "padrao": "sim", "uso": "assinatura"}
    veio = de[ADMIN].soltar("/certificados/novo", campos | {"senha": SENHA_PFX}, [(b"a.pfx", pfx(dias=10))])
    pendente = re.search(r'name="pendente" value="([^"]+)"', veio.texto)
    assert pendente is not None, veio.texto
    assert de[ADMIN].enviar("/certificados/novo", {"pendente": pendente[1]}).estado == 303
    uma, p = abas[CONSULTA], abas[CONSULTA].pagina
    for caminho in ("/", "/rotas", "/certificados", "/escritorios", "/auditoria"):
        uma.ir(caminho)
        aviso = p.get_by_role("status", name="Vencimentos", exact=True)
        aviso.wait_for()
        assert aviso.get_by_role("link").first.get_attribute("href").startswith("/certificados")


@pytest.fixture
def com_centenas(painel: Painel) -> Iterator[list[str]]:
    """More companies than a choice holds."""
    config = painel.cenario.maquina.config
    era, todas = config.read_bytes(), [cnpj(n) for n in range(400)]
    tudo = yaml.safe_load(era)
    tudo["empresas"] += [{"cnpj": c, "nome": f"VIAÇÃO {n:03d}", "uf": "SP"} for n, c in enumerate(todas)]
    config.write_text(yaml.safe_dump(tudo, allow_unicode=True), encoding="utf-8")
    yield todas
    config.write_bytes(era)


@pytest.mark.parametrize("quem", [ADMIN, ""])
def test_de_centenas_de_empresas_se_acha_a_que_nao_e_oferecida(
    quem: str, com_centenas: list[str], abas: dict[str, Aba]
) -> None:
    uma, p = abas[quem], abas[quem].pagina
    uma.ir("/certificados/novo")
    escolha = ha(p, "combobox", "Empresa")
    assert 200 <= escolha.locator("option").count() <= 202
    assert escolha.locator(f"option[value='{com_centenas[399]}']").count() == 0
    if quem:
        p.get_by_role("textbox", name="Apelido", exact=True).fill("fica")
    ha(p, "searchbox", "Procurar empresa").fill("viacao 399")
    if not quem:
        ha(p, "button", "Procurar").click()
    escolha.locator(f"option[value='{com_centenas[399]}']").wait_for(state="attached")
    assert escolha.locator("option").count() == 2
    escolha.select_option(com_centenas[399])
    assert p.get_by_role("textbox", name="Apelido", exact=True).input_value() == ("fica" if quem else "")
    uma.ir(f"/certificados?empresa={com_centenas[399]}")
    assert ha(p, "combobox", "Empresa").input_value() == com_centenas[399]
    assert quem == "" or uma.violacoes() == []


# --- accesses ------------------------------------------------------------------------------------------------------


def test_os_escritorios_e_os_seus_acessos(abas: dict[str, Aba]) -> None:
    uma, p = abas[ADMIN], abas[ADMIN].pagina
    uma.ir("/escritorios")
    linha = p.get_by_role("table", name="Escritórios", exact=True).get_by_role("row").filter(has_text="Modelo <b>")
    ha(p, "link", "NOVO")
    ha(linha, "link", "CERTIFICADOS").click()
    p.wait_for_url(f"**{ACESSOS}")
    assert colunas(p, "Procurações") == ["Nome", "ESFERA", "Tipo de acesso", "Clientes", "Validade", "Situação"]
    ha(p, "link", "NOVO")
    ha(p, "link", "ACESSO <i>").click()
    p.get_by_role("heading", level=1, name="ACESSO <i>", exact=True).wait_for()
    ha(p, "button", "Excluir")
    ha(p, "button", "SALVAR")


@pytest.mark.parametrize("quem", [ADMIN, ""])
def test_um_acesso_novo(quem: str, ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[quem], abas[quem].pagina
    nome = f"PORTAL {'COM' if quem else 'SEM'} <b>"
    uma.ir(f"{ACESSOS}/novo")
    tipos = p.get_by_role("combobox", name="Tipo de acesso", exact=True).locator("option").all_inner_texts()
    assert tipos == ["Login", "Código de acesso", "Certificado"]
    esferas = p.get_by_role("combobox", name="ESFERA", exact=True).locator("option").all_inner_texts()
    assert esferas == ["Federal", "Estadual", "Municipal"]
    assert ha(p, "textbox", "CNPJ do escritório").input_value() == ESCRITORIO
    assert ha(p, "checkbox", "Ativo").is_checked()
    p.get_by_role("combobox", name="Tipo de acesso", exact=True).select_option(label="Login")
    p.get_by_role("combobox", name="ESFERA", exact=True).select_option(label="Municipal")
    ha(p, "textbox", "Nome").fill(nome)
    ha(p, "textbox", "LOGIN").fill("joana")
    senha(p, "SENHA").fill("segredo-do-portal")
    ha(p, "textbox", "Órgão").fill("PREFEITURA")
    ha(p, "textbox", "Clientes").fill(EMITENTE.cnpj)
    ha(p, "spinbutton", "Validade em meses")
    p.get_by_label("Validade", exact=True).fill("2039-12-31")
    ha(p, "button", "SALVAR").click()
    p.wait_for_url(lambda url: "/novo" not in url)
    p.get_by_role("row").filter(has_text=nome).wait_for()
    assert trilha(ligado)[0] == (ADMIN, "procuracao incluir", "feito")


def test_o_codigo_de_acesso_e_o_certificado_tem_os_seus_campos(abas: dict[str, Aba]) -> None:
    uma, p = abas[ADMIN], abas[ADMIN].pagina
    uma.ir(f"{ACESSOS}/novo")
    p.get_by_role("combobox", name="Tipo de acesso", exact=True).select_option(label="Código de acesso")
    ha(p, "textbox", "Titular (CPF ou CNPJ)")
    senha(p, "Código de acesso")
    senha(p, "SENHA")
    p.get_by_role("combobox", name="Tipo de acesso", exact=True).select_option(label="Certificado")
    ha(p, "combobox", "Certificado")


def test_um_acesso_recusado_guarda_o_que_se_escreveu_menos_os_segredos(abas: dict[str, Aba]) -> None:
    uma, p = abas[""], abas[""].pagina
    uma.ir(f"{ACESSOS}/novo")
    p.get_by_role("combobox", name="Tipo de acesso", exact=True).select_option(label="Código de acesso")
    p.get_by_role("combobox", name="ESFERA", exact=True).select_option(label="Estadual")
    p.get_by_role("textbox", name="Nome", exact=True).fill("RECUSADO <b>")
    p.get_by_role("textbox", name="Titular (CPF ou CNPJ)", exact=True).fill("123")
    p.get_by_role("textbox", name="Clientes", exact=True).fill("999")
    p.get_by_role("checkbox", name="Ativo", exact=True).uncheck()
    senha(p, "Código de acesso").fill("codigo-que-nao-fica")
    senha(p, "SENHA").fill("senha-que-nao-fica")
    with p.expect_response(lambda r: r.request.method == "POST") as veio:
        p.get_by_role("button", name="SALVAR", exact=True).click()
    assert veio.value.status == 422
    assert alertas(p)
    assert p.get_by_role("heading", level=1).inner_text() == "Nova procuração"
    assert p.get_by_role("textbox", name="Nome", exact=True).input_value() == "RECUSADO <b>"
    assert p.get_by_role("textbox", name="Titular (CPF ou CNPJ)", exact=True).input_value() == "123"
    assert p.get_by_role("textbox", name="Clientes", exact=True).input_value() == "999"
    assert not p.get_by_role("checkbox", name="Ativo", exact=True).is_checked()
    assert "que-nao-fica" not in p.content()


def test_um_acesso_se_exclui_pela_confirmacao(ligado: Painel, abas: dict[str, Aba]) -> None:
    uma, p = abas[""], abas[""].pagina
    uma.ir(ACESSOS)
    p.get_by_role("link", name="PORTAL SEM <b>", exact=True).click()
    p.get_by_role("button", name="Excluir", exact=True).click()
    assert any("desistir" in x for x in p.locator("main").get_by_role("button").all_inner_texts())
    p.locator("main").get_by_role("button", name="Excluir", exact=True).click()
    p.wait_for_url(lambda url: url.partition("?")[0].endswith(ACESSOS))
    assert p.get_by_role("row").filter(has_text="PORTAL SEM <b>").count() == 0
    assert trilha(ligado)[0] == (ADMIN, "procuracao excluir", "feito")
