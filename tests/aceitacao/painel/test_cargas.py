"""The pages of loads: the list, one load, what a held one lacks, and a CT-e by hand."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from markupsafe import escape

from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import ADMIN, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import GERADA, RETIDA, Navegador, Painel, desligar, ligar, povoar, semear_cargas
from tests.apoio.emissao import ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, nfe
from tests.apoio.maquina import Maquina

pytestmark = [pytest.mark.requisito("PAINEL-01", "CARGA-02"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def cenario(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cenario]:
    """An installation with an issued load of three invoices, and one that is held."""
    pasta = tmp_path_factory.mktemp("cargas")
    with Maquina(pasta) as m:
        m.env["XDG_STATE_HOME"] = str(pasta / "estado")
        m.env.pop("SUDO_USER", None)
        c = Cenario(m, datetime.now(UTC), "", "", "")
        semear_cargas(c)
        (c.autorizado,) = [d["chave"] for d in m.json("cte", "listar", "--carga", GERADA)]
        yield c


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
    assert consulta.abrir(f"/localizar?q={RETIDA}").para == f"/cargas/{RETIDA}"
    assert consulta.abrir("/cargas/nenhuma").estado == 404


def test_os_botoes_da_carga_voltam_a_ela(painel: Painel, operador: Navegador) -> None:
    chave = painel.cenario.autorizado
    ido = operador.abrir(f"/cte?carga={GERADA}&volta=/cargas/{GERADA}&fazer=enviar&chave={chave}")
    assert ido.para == f"/cte/enviar?chave={chave}&volta=%2Fcargas%2F{GERADA}"
    assert operador.abrir(f"/cte?carga={GERADA}&volta=/cargas/{GERADA}&fazer=enviar").estado == 422
    retida = operador.abrir(f"/cargas/{RETIDA}").texto
    assert f'action="/cargas/{RETIDA}/complementar"' in retida
    assert '<a href="/cargas" aria-current="true">Cargas</a>' in retida
    assert 'name="fazer"' not in retida, "sem documentos, sem botões deles"
    assert 'name="fazer" value="enviar"' in operador.abrir(f"/cargas/{GERADA}").texto


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


# --- what a held load lacks ------------------------------------------------------------------------------------------

COMPLEMENTAR = f"/cargas/{RETIDA}/complementar"


def test_quem_so_ve_nao_complementa(consulta: Navegador) -> None:
    assert consulta.abrir(COMPLEMENTAR).estado == 403
    assert consulta.enviar(COMPLEMENTAR, {"forma_pagamento": "PAGO"}).estado == 403
    pagina = consulta.abrir(f"/cargas/{RETIDA}").texto
    assert "/complementar" not in pagina
    assert "Faltam informações complementares da carga" in pagina
    inicio = consulta.abrir("/").texto
    assert 'href="/cargas?situacao=AGUARDANDO+INFORMA%C3%87%C3%95ES&amp;volta=' in inicio
    assert f'href="/cargas/{RETIDA}"' in consulta.abrir("/cargas?situacao=AGUARDANDO+INFORMA%C3%87%C3%95ES").texto
    assert "Nenhuma carga." in consulta.abrir("/cargas?situacao=AGUARDANDO+CERTIFICADO").texto
    assert '<form method="get" action="/cte" class="em-linha">' in pagina


@pytest.mark.parametrize(
    ("campos", "dito"),
    [
        ([], "Diga o que completar"),
        ([("apolice", "123")], "Diga quem responde pelo seguro da apólice 123"),
        ([("forma_pagamento", "FIADO")], "forma_pagamento: "),
        ([("responsavel", "emitente"), ("apolice", "<b>" + "9" * 30)], "seguros[1].apolice: "),
    ],
)
def test_o_que_nao_serve_volta_com_o_que_se_escreveu(
    painel: Painel, operador: Navegador, campos: list[tuple[str, str]], dito: str
) -> None:
    visto = operador.enviar(COMPLEMENTAR, campos)
    assert visto.estado == 422
    alerta = visto.texto[visto.texto.index('role="alert"') :]
    assert dito in alerta
    for _, x in campos:
        assert f'value="{escape(x)}"' in visto.texto or x == "FIADO"
    assert "<b>" not in visto.texto
    assert feitas(painel, "carga complementar") == []


def feitas(painel: Painel, acao: str) -> list[str]:
    """Who did an action, by the audit trail."""
    linhas = painel.cenario.maquina.json("auditoria", "listar")
    return [r["quem"] for r in linhas if (r["alvo"], r["resultado"]) == (acao, "feito")]


def test_a_carga_retida_se_completa_e_segue(painel: Painel, operador: Navegador) -> None:
    m = painel.cenario.maquina
    so_a_forma = operador.enviar(COMPLEMENTAR, [("forma_pagamento", "PAGO"), ("ficha", "d" * 20)])
    m.uma_vez()
    assert "foi complementada; ainda falta: o responsável pelo seguro." in operador.abrir(so_a_forma.para).texto
    assert m.json("carga", "ver", RETIDA)["situacao"] == "AGUARDANDO INFORMAÇÕES"
    campos = [("forma_pagamento", "A PAGAR"), ("responsavel", "emitente"), ("apolice", "77")]
    campos += [("ficha", "c" * 20), ("volta", f"/cargas/{RETIDA}")]
    visto = [operador.enviar(COMPLEMENTAR, campos) for _ in range(2)]
    assert [x.estado for x in visto] == [303, 303]
    assert visto[0].para == visto[1].para
    assert visto[0].para.startswith(f"/cargas/{RETIDA}?ordem=")
    assert "esperando o serviço" in operador.abrir(visto[0].para).texto
    m.uma_vez()
    assert "foi complementada; o separador a confere de novo" in operador.abrir(visto[0].para).texto
    vista = m.json("carga", "ver", RETIDA)
    assert vista["situacao"] == "GERADA"
    (seguro,) = vista["itens"][0]["registro"]["seguros"]
    assert (seguro["responsavel"], seguro["apolice"]) == ("emitente", "77")
    assert vista["itens"][0]["registro"]["forma_pagamento"] == "A PAGAR"
    assert feitas(painel, "carga complementar") == [OPERADOR] * 2


def test_a_que_ja_foi_gerada_nao_se_completa(operador: Navegador) -> None:
    """It was held while the form was open."""
    for nome in (GERADA, RETIDA):
        for visto in (
            operador.abrir(f"/cargas/{nome}/complementar"),
            operador.enviar(f"/cargas/{nome}/complementar", {"forma_pagamento": "PAGO"}),
        ):
            assert (visto.estado, "não espera por informações" in visto.texto) == (409, True)
            assert ">Salvar<" not in visto.texto
    assert operador.enviar("/cargas/nenhuma/complementar", {"forma_pagamento": "PAGO"}).estado == 404


def test_o_que_o_formulario_nao_mostra_do_seguro_fica(painel: Painel, operador: Navegador) -> None:
    """The insurer and the averbação that the file gives, when only the number of the policy is corrected."""
    m = painel.cenario.maquina
    com_seguro = carga(datetime.now(UTC), "COM-SEGURO", primeira=31)
    com_seguro["informacoes_complementares"] = {
        "retira": "sim",
        "seguros": [
            {"responsavel": "emitente", "seguradora": "SEG-1", "apolice": "1", "averbacao_numero": "AV-9"}
        ],
    }  # fmt: skip
    m.soltar(ROTA_DA_CARGA, "c-carga.yaml", em_yaml(com_seguro))
    com_fob = carga(datetime.now(UTC), "COM-FOB", primeira=32, informacoes_complementares={"cif_fob": "FOB"})
    m.soltar(ROTA_DA_CARGA, "d-carga.yaml", em_yaml(com_fob))
    m.uma_vez()
    assert m.json("carga", "ver", "COM-SEGURO")["situacao"] == "AGUARDANDO INFORMAÇÕES"
    pagina = operador.abrir("/cargas/COM-SEGURO/complementar").texto
    assert 'type="checkbox" value="1" checked' in pagina
    assert 'name="apolice" type="text" maxlength="20" value="1"' in pagina
    assert '<option value="A PAGAR" selected>' in operador.abrir("/cargas/COM-FOB/complementar").texto
    campos = [("forma_pagamento", "A PAGAR"), ("responsavel", "emitente"), ("apolice", "2")]
    assert operador.enviar("/cargas/COM-SEGURO/complementar", campos).estado == 303
    m.uma_vez()
    vista = m.json("carga", "ver", "COM-SEGURO")
    (seguro,) = vista["informacoes_complementares"]["seguros"]
    assert (seguro["apolice"], seguro["responsavel"], seguro.get("averbacao_numero")) == ("2", "emitente", "AV-9")
    assert vista["informacoes_complementares"]["retira"] == "não"


# --- a CT-e by hand --------------------------------------------------------------------------------------------------


def um_cte(nome: str, nota: int, **outros: str) -> list[tuple[str, str]]:
    """The fields of the form for a CT-e that is good. The first row of the invoices is empty."""
    simples = {
        "carga": nome, "depositante": "REM-SP", "destinatario": "DEST-RJ", "produto_predominante": "AUTOPECAS",
        "forma_pagamento": "PAGO", "lotacao": "1", "veiculo": "HEO2144", "volta": "/cargas",
        "ficha": nome.ljust(20, "-"),
    } | outros  # fmt: skip
    return [
        *simples.items(),
        *(("notas.chave", ""), ("notas.valor", "")),
        *(("notas.chave", nfe(nota, datetime.now(UTC))), ("notas.valor", "1.000,00")),
        *(("medidas.unidade", "KG"), ("medidas.tipo", "PESO BRUTO"), ("medidas.quantidade", "10,5")),
        *(("motoristas", ""), ("motoristas", "MOTORISTA-1")),
        *(("seguros.responsavel", "emitente"), ("seguros.seguradora", "SEG-1"), ("seguros.apolice", "55")),
    ]


def guardados(painel: Painel) -> list[str]:
    pasta = painel.cenario.maquina.dados / "entrada"
    return sorted(p.name for p in pasta.iterdir()) if pasta.is_dir() else []


def test_um_cte_se_faz_a_mao_e_duas_vezes_e_um_so(painel: Painel, operador: Navegador) -> None:
    """The service is off: it says so, and the file goes in when it is on."""
    m = painel.cenario.maquina
    pagina = operador.abrir("/cargas/nova").texto
    assert "O serviço está desligado" in pagina
    assert re.findall(r"<legend>([^<]+)<", pagina) == [
        "Partes", "Notas fiscais", "Serviços", "Medidas", "Transporte", "Seguro",
    ]  # fmt: skip
    transportadora = pagina[pagina.index('<select id="transportadora"') :].partition("</select>")[0]
    assert transportadora.count("<option") == 2
    assert transportadora.count(" selected>") == 1, "a única já vem escolhida"
    assert 'aria-describedby="servicos-0-base_icms-dica"' in pagina
    assert '<span id="servicos-0-base_icms-dica" class="fraco">em %, 100 quando cheia</span>' in pagina
    campos = um_cte("MAO/1", 101)
    conferida = operador.enviar("/cargas/nova/conferir", campos)
    assert (conferida.estado, "Sem erros: sai um CT-e" in conferida.texto) == (200, True)
    assert guardados(painel) == []
    visto = [operador.enviar("/cargas/nova", campos) for _ in range(2)]
    assert [x.estado for x in visto] == [303, 303]
    assert visto[0].para == visto[1].para
    assert visto[0].para.startswith("/cargas?ordem=")
    assert len(guardados(painel)) == 1
    assert "ele está desligado" in operador.abrir(visto[0].para).texto
    m.uma_vez()
    assert "O arquivo entrou na origem da rota" in operador.abrir(visto[0].para).texto
    vista = m.json("carga", "ver", "MAO/1")
    assert (vista["situacao"], vista["arquivo"], vista["notas"]) == ("GERADA", "MAO-1-carga.json", 1)
    registro = vista["itens"][0]["registro"]
    assert (registro["lotacao"], [x["placa"] for x in registro["veiculos"]]) == (True, ["HEO2144"])
    assert registro["seguros"][0]["apolice"] == "55"
    assert feitas(painel, "carga emitir") == [OPERADOR]
    assert operador.abrir("/cargas/MAO/1").estado == 200
    m.uma_vez()
    assert guardados(painel) == []
    de_novo = operador.enviar("/cargas/nova/conferir", um_cte("MAO/2", 101)).texto
    assert f"A NF-e já está no CT-e {vista['itens'][0]['chave']}, da carga MAO/1." in de_novo
    assert "Notas fiscais, 2ª linha: " in de_novo, "a primeira está vazia"


def test_com_erros_nada_se_gera_e_o_que_se_escreveu_fica(painel: Painel, operador: Navegador) -> None:
    mau = '"><script>alert(1)</script>'
    campos = um_cte("RUIM", 102, destinatario="NINGUEM", produto_predominante=mau * 5, cod_cid_fim="123")
    campos += [("notas.chave", "123"), ("notas.valor", "dez"), ("servicos.base_icms", "1.250,00")]
    visto = operador.enviar("/cargas/nova", campos)
    assert visto.estado == 422
    alerta = visto.texto[visto.texto.index('role="alert"') :]
    assert alerta.startswith('role="alert" class="aviso">Nada foi gerado: há ')
    for dito in ('<a href="#destinatario">', '<a href="#notas-2-chave">', '<a href="#notas-2-valor">'):
        assert dito in visto.texto, dito
    assert "</a>: <bdi>a chave deve ter 44 posições e tem 3. Copie a chave inteira.<" in visto.texto
    assert "</a>: <bdi>«1.250,00» é grande demais: cabem 3 algarismos. Corrija o valor.<" in visto.texto
    assert '<option value="NINGUEM" selected>' in visto.texto
    assert f'value="{escape(mau * 5)}"' in visto.texto
    assert "<script>alert" not in visto.texto
    assert 'name="notas.valor" type="text" inputmode="decimal" autocomplete="off" value="dez"' in visto.texto
    assert guardados(painel) == []


def test_o_nome_de_uma_carga_que_ja_ha_se_recusa(operador: Navegador, painel: Painel) -> None:
    visto = operador.enviar("/cargas/nova", um_cte(GERADA, 103))
    assert (visto.estado, f"Já há a carga {GERADA}" in visto.texto) == (422, True)
    assert guardados(painel) == []


def test_mais_linhas_sem_script_e_o_que_se_escreveu_fica(operador: Navegador) -> None:
    visto = operador.enviar("/cargas/nova/conferir", [*um_cte("LINHAS", 104), ("mais", "notas")])
    assert visto.estado == 200
    assert visto.texto.count('name="notas.chave"') == 13
    assert 'value="1.000,00"' in visto.texto


def test_conferir_nao_e_ordem_nem_linha_do_log(painel: Painel, operador: Navegador) -> None:
    """Nor is a form whose order was given before led away from it."""
    log = painel.cenario.maquina.dados / "log" / "painel.jsonl"
    antes = log.read_bytes()
    so_isto = operador.enviar("/cargas/nova/conferir", [*um_cte("MAO/1", 101), ("vivo", "1")])
    assert so_isto.estado == 200
    assert so_isto.texto.lstrip().startswith('<section id="decisoes"')
    assert log.read_bytes() == antes
    assert operador.abrir("/cargas/nova/conferir").para == "/cargas/nova"


def test_quem_so_ve_nao_faz_e_quem_perde_o_nivel_tambem_nao(painel: Painel, consulta: Navegador) -> None:
    m = painel.cenario.maquina
    assert consulta.abrir("/cargas/nova").estado == 403
    assert consulta.enviar("/cargas/nova", um_cte("NAO", 105)).estado == 403
    outro = painel.navegador().entrar(OPERADOR)
    assert outro.abrir("/cargas/nova").estado == 200
    como = ("--usuario", ADMIN, "--senha-stdin")
    m.exigir("usuario", "alterar", OPERADOR, "--nivel", "consulta", *como, entrada=f"{SENHA}\n")
    try:
        assert outro.enviar("/cargas/nova", um_cte("NAO", 105)).estado in (401, 403)
    finally:
        m.exigir("usuario", "alterar", OPERADOR, "--nivel", "operador", *como, entrada=f"{SENHA}\n")
    assert painel.navegador().enviar("/cargas/nova", um_cte("NAO", 105)).estado == 401
    assert guardados(painel) == []


def test_um_formulario_grande_demais_e_413(painel: Painel) -> None:
    n = painel.navegador().entrar(OPERADOR)
    assert n.enviar("/cargas/nova", [("observacao", "x" * 1_100_000)]).estado == 413
    assert n.enviar("/cargas/nova", [("notas.chave", "")] * 1001).estado == 413


def test_cadastros_ruins_vazios_ou_rota_inativa_se_dizem(painel: Painel) -> None:
    m, n = painel.cenario.maquina, painel.navegador().entrar(OPERADOR)
    pasta = m.pasta / "config" / "cadastros"
    era = {p: p.read_bytes() for p in pasta.iterdir()}
    try:
        com_mau = era[pasta / "entidades.yaml"] + b"- {codigo: MAU, nome: '<i>MAU & \"CIA'}\n"
        (pasta / "entidades.yaml").write_bytes(com_mau)
        assert "&lt;i&gt;MAU &amp; &#34;CIA (MAU)</option>" in n.abrir("/cargas/nova").texto
        (pasta / "entidades.yaml").write_text("entidades: [{codigo: '<i>X'}, {codigo: '<i>X'}]", encoding="utf-8")
        assert "Os cadastros não puderam ser lidos" in n.abrir("/cargas/nova").texto
        ruim = n.enviar("/cargas/nova", um_cte("SEM", 106))
        assert (ruim.estado, "<i>X" in ruim.texto) == (422, False)
        for p in era:
            p.unlink()
        vazia = n.abrir("/cargas/nova").texto
        assert "Não há transportadora nos cadastros" in vazia
        for nome in ("veiculo", "reboque_1", "motoristas", "servicos.codigo"):
            assert f'name="{nome}"><option value="">nenhum cadastrado</option>' in vazia, nome
        assert 'name="forma_pagamento"><option value=""></option>' in vazia
        assert n.enviar("/cargas/nova", um_cte("SEM", 106)).estado == 422
    finally:
        for p, dados in era.items():
            p.write_bytes(dados)
    rota = next(r for r in m.rotas if r["id"] == ROTA_DA_CARGA)
    try:
        rota["ativo"] = False
        m.gravar_config()
        inativa = n.enviar("/cargas/nova", um_cte("SEM", 106))
        assert (inativa.estado, "está inativa" in inativa.texto) == (409, True)
    finally:
        rota["ativo"] = True
        m.gravar_config()
    assert guardados(painel) == []
