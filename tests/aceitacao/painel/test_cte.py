"""The documents on the panel: found, ordered about by confirmation, each order recorded as the command records it."""

import html
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.aceitacao.linha_de_comando import OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel

MOTIVO = "ERRO NA DIGITACAO DO VALOR"


@pytest.mark.requisito("PAINEL-01", "CTE-02")
def test_a_lista_mostra_os_documentos_e_o_filtro_fica_no_endereco(painel: Painel, consulta: Navegador) -> None:
    c = painel.cenario
    tudo = consulta.abrir("/cte").texto
    for chave in (c.autorizado, c.rejeitado, c.enviado):
        assert f'id="cte-{chave}"' in tudo
    assert "ENVIAR CT-e" not in tudo
    so = consulta.abrir("/cte?situacao=REJEITADO+PELA+SEFAZ").texto
    assert f'id="cte-{c.rejeitado}"' in so
    assert f'id="cte-{c.autorizado}"' not in so
    assert "Nenhum documento." in consulta.abrir("/cte?numero=999999").texto
    assert f'id="cte-{c.autorizado}"' in consulta.abrir("/cte?depois=quebrada").texto


@pytest.mark.requisito("PAINEL-01")
def test_os_botoes_da_lista_levam_a_confirmacao_com_o_que_foi_escolhido(painel: Painel, operador: Navegador) -> None:
    chave, outra = painel.cenario.autorizado, painel.cenario.rejeitado
    sem = operador.abrir("/cte?fazer=enviar")
    assert sem.estado == 422
    assert "Selecione" in sem.texto
    um = operador.abrir(f"/cte?serie=1&fazer=cancelar&chave={chave}")
    assert um.para == f"/cte/{chave}/cancelar?volta=%2Fcte%3Fserie%3D1"
    assert operador.abrir(f"/cte?fazer=cancelar&chave={chave}&chave={outra}").estado == 422
    dois = operador.abrir(f"/cte?fazer=consultar&chave={chave}&chave={outra}")
    assert dois.para == f"/cte/consultar?chave={chave}&chave={outra}&volta=%2Fcte"


@pytest.mark.requisito("PAINEL-01", "CTE-05", "CTE-06", "CTE-07", "CTE-08")
def test_um_cancelamento_passa_pela_confirmacao_e_fica_registrado(painel: Painel, operador: Navegador) -> None:
    m, chave = painel.cenario.maquina, painel.cenario.autorizado
    assert "MOTIVO DO CANCELAMENTO" in operador.abrir(f"/cte/{chave}/cancelar").texto
    curto = operador.enviar(f"/cte/{chave}/cancelar", {"motivo": "curto", "volta": "/cte"})
    assert curto.estado == 422
    assert "15 a 255 caracteres" in curto.texto
    assert operador.enviar(f"/cte/{painel.cenario.rejeitado}/cancelar", {"motivo": MOTIVO}).estado == 409
    antes = len(m.json("auditoria", "listar"))
    feito = operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO, "volta": "/cte?serie=1"})
    assert feito.estado == 303
    assert feito.para.startswith("/cte?serie=1&ordem=")
    de_novo = operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO, "volta": "//evil.example"})
    assert de_novo.para == feito.para.replace("/cte?serie=1&", f"/cte/{chave}?")
    assert "esperando o serviço" in operador.abrir(feito.para).texto
    novas = m.json("auditoria", "listar")[: -antes or None]
    assert [(r["quem"], r["acao"], r["alvo"]) for r in novas] == [(OPERADOR, "pedido cancelar", "cte cancelar")]
    m.uma_vez()
    assert m.json("cte", "ver", chave)["situacao"] == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert "esperando o serviço" not in operador.abrir(feito.para).texto


@pytest.mark.requisito("PAINEL-01", "PAINEL-02")
def test_o_que_veio_de_fora_e_texto(painel: Painel, operador: Navegador) -> None:
    chave = painel.cenario.rejeitado
    mau = '<script>alert(1)</script>" onerror="x'
    for visto in (
        operador.enviar(f"/cte/{chave}/cancelar", {"motivo": mau}),
        operador.abrir("/localizar?q=%3Cscript%3Ealert(1)%3C/script%3E"),
        operador.abrir("/cte?carga=%22%3E%3Cscript%3Ealert(1)"),
        operador.abrir(f"/cte/{chave}/cancelar?volta=/cte%22%3E%3Cscript%3E"),
    ):
        assert "<script>alert" not in visto.texto
        assert '" onerror' not in visto.texto
        assert '"><script>' not in visto.texto


@pytest.mark.requisito("PAINEL-01")
def test_o_desacordo_e_julgado_na_hora_com_as_frases_do_comando(painel: Painel, operador: Navegador) -> None:
    chave = painel.cenario.enviado
    assert "Transmitir" in operador.abrir("/cte/desacordo").texto
    curta = operador.enviar("/cte/desacordo", {"chave": "curta", "observacao": MOTIVO})
    assert curta.estado == 422
    feito = operador.enviar("/cte/desacordo", {"chave": chave, "observacao": MOTIVO})
    dito = painel.cenario.maquina.exigir(
        *("cte", "evento", "desacordo", chave, "--observacao", MOTIVO, "--usuario", OPERADOR, "--senha-stdin"),
        codigo=1,
        entrada=f"{SENHA}\n",
    ).stderr
    assert feito.estado == 409
    for frase in dito.strip().splitlines():
        assert frase in html.unescape(feito.texto)


@pytest.mark.requisito("PAINEL-01", "CTE-11")
def test_a_vida_de_um_documento_esta_numa_pagina(painel: Painel, consulta: Navegador) -> None:
    chave = painel.cenario.autorizado
    pagina = consulta.abrir(f"/cte/{chave}").texto
    for passo in painel.cenario.maquina.json("rastrear", chave)["passos"]:
        assert f"<strong>{passo['passo']}</strong>" in pagina
    assert "DACTE" in pagina
    xml = consulta.abrir(f"/cte/{chave}/assinado.xml")
    assert xml.cabecalhos["content-disposition"].startswith("attachment")
    assert xml.cabecalhos["content-type"] == "application/xml"
    assert chave in xml.texto
    pdf = consulta.abrir(f"/cte/{chave}/dacte.pdf?ver=1")
    assert (pdf.estado, pdf.texto[:5]) == (200, "%PDF-")
    assert pdf.cabecalhos["content-disposition"].startswith("inline")
    assert "Nota" in consulta.abrir(f"/cte/{chave}/notas").texto
    assert consulta.abrir("/cte/" + "3" * 44).estado == 404
    assert consulta.abrir(f"/localizar?q={chave[:20]}+{chave[20:]}").para == f"/cte/{chave}"


@pytest.mark.requisito("PAINEL-01", "PAINEL-02")
def test_a_primeira_pagina_mostra_o_que_falha_e_o_operador_dispensa(painel: Painel, operador: Navegador) -> None:
    m = painel.cenario.maquina
    falha = m.json("falhas")[0]
    inicio = operador.abrir("/").texto
    assert f"({len(m.json('falhas'))}) SEPARADOR DE ARQUIVOS · separador" in inicio
    assert "data-alerta" in inicio
    assert falha["codigo"] in inicio
    vazio = operador.enviar(f"/falhas/{falha['id']}/dispensar", {"motivo": "  "})
    assert vazio.estado == 422
    feito = operador.enviar(f"/falhas/{falha['id']}/dispensar", {"motivo": "já tratado", "volta": "/"})
    assert feito.para.startswith("/?ordem=")
    m.uma_vez()
    assert falha["id"] not in [f["id"] for f in m.json("falhas")]
    assert operador.enviar(f"/falhas/{falha['id']}/dispensar", {"motivo": "de novo"}).estado == 409
    assert os.listdir(m.dados / "incidentes") == [] if (m.dados / "incidentes").is_dir() else True


@pytest.mark.requisito("PAINEL-01")
def test_um_formulario_enviado_outra_vez_e_a_mesma_ordem(painel: Painel, operador: Navegador) -> None:
    """A double click, "back", a browser that sends again: also after the order was carried out."""
    m, chave = painel.cenario.maquina, painel.cenario.autorizado
    if m.json("cte", "ver", chave)["situacao"] == "AUTORIZADO PELA SEFAZ":
        operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO})
        m.uma_vez()
    achada = re.search(r'name="ficha" value="([^"]+)"', operador.abrir(f"/cte/{chave}/estornar").texto)
    assert achada is not None
    campos = {"volta": "/cte", "ficha": achada[1]}
    with ThreadPoolExecutor(4) as fios:
        feitos = list(fios.map(lambda _: operador.enviar(f"/cte/{chave}/estornar", campos), range(4)))
    assert {f.estado for f in feitos} == {303}
    assert len({f.para for f in feitos}) == 1
    m.uma_vez()
    assert m.json("cte", "ver", chave)["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert operador.enviar(f"/cte/{chave}/estornar", campos).para == feitos[0].para
    assert operador.enviar(f"/cte/{chave}/estornar", campos | {"ficha": "outra"}).estado == 409
    assert achada[1] not in operador.abrir(f"/cte/{chave}/cancelar").texto
