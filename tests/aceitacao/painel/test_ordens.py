"""Orders that wait for a stopped service are seen, and withdrawn, by page and by command; what was done is said."""

import re
import sqlite3
from contextlib import closing

import pytest

from tests.aceitacao.linha_de_comando import CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel

pytestmark = pytest.mark.requisito("PAINEL-01")
MOTIVO = "ERRO NA DIGITACAO DO VALOR"
ESPERAM = "<caption>Ordens à espera</caption>"


def test_uma_ordem_a_espera_se_ve_e_se_retira(painel: Painel, operador: Navegador, consulta: Navegador) -> None:
    m, chave = painel.cenario.maquina, painel.cenario.autorizado
    assert ESPERAM not in operador.abrir("/").texto
    assert operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO}).estado == 303
    (ordem,) = m.json("ordens", "listar")
    assert (ordem["pedido"], ordem["chave"], ordem["quem"]) == ("cancelar", chave, OPERADOR)
    retirar = f"/ordens/{ordem['id']}/retirar"
    for pagina in ("/", f"/cte/{chave}"):
        assert ESPERAM in operador.abrir(pagina).texto
        assert f'href="{retirar}?volta=' in operador.abrir(pagina).texto
        assert retirar not in consulta.abrir(pagina).texto
    assert "1 ordem espera: o serviço está desligado" in consulta.abrir("/").texto
    assert consulta.abrir(retirar).estado == consulta.enviar(retirar, {}).estado == 403
    assert chave in operador.abrir(retirar).texto

    feito = operador.enviar(retirar, {"volta": f"/cte/{chave}"})
    assert (feito.estado, feito.para) == (303, f"/cte/{chave}?ordem={ordem['id']}")
    visto = operador.abrir(feito.para).texto
    assert f"Ordem nº {ordem['id']}: <bdi>A ordem foi retirada por {OPERADOR}" in visto
    assert ESPERAM not in visto
    assert operador.enviar(retirar, {}).estado == operador.abrir(retirar).estado == 409
    assert operador.abrir("/ordens/99999/retirar").estado == operador.abrir("/ordens/x/retirar").estado == 404
    linha = m.json("auditoria", "listar")[0]
    assert (linha["quem"], linha["alvo"], linha["resultado"]) == (OPERADOR, "ordens retirar", "feito")
    assert f"ordem nº {ordem['id']}: cancelar {chave}" in linha["detalhe"]

    m.uma_vez()
    assert m.json("cte", "ver", chave)["situacao"] == "AUTORIZADO PELA SEFAZ"


def test_quem_pediu_senha_nao_se_ve_nem_depois_de_cumprida(painel: Painel, operador: Navegador) -> None:
    m = painel.cenario.maquina
    with closing(sqlite3.connect(m.dados / "separador.db")) as banco, banco:
        banco.execute(
            "INSERT INTO tarefa (pedido, chave, quem, estado, criada_em, terminada_em)"
            " VALUES ('senha', 'eva@x.com', 'painel', 'feita', '2026-11-30T12:00:00.000Z', '2026-11-30T12:00:01.000Z')"
        )
        (numero,) = banco.execute("SELECT max(id) FROM tarefa").fetchone()
    for visto in (operador.abrir(f"/ordens/{numero}/retirar"), operador.enviar(f"/ordens/{numero}/retirar", {})):
        assert (visto.estado, "eva@x.com" in visto.texto) == (404, False)


def test_o_comando_retira_o_que_espera_e_nada_mais(painel: Painel) -> None:
    m, como = painel.cenario.maquina, ("--usuario", OPERADOR, "--senha-stdin")
    chave = painel.cenario.autorizado
    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO, *como, entrada=f"{SENHA}\n", codigo=3)
    numero = str(m.json("ordens", "listar")[0]["id"])
    assert f"{numero} · cancelar {chave} · de {OPERADOR}" in m.exigir("ordens", "listar").stdout
    assert "retirada" in m.exigir("ordens", "retirar", numero, *como, entrada=f"{SENHA}\n").stdout
    assert m.json("ordens", "listar") == []
    dito = m.exigir("ordens", "retirar", numero, *como, entrada=f"{SENHA}\n", codigo=1).stderr
    assert "já não espera" in dito
    assert "Não há ordem" in m.exigir("ordens", "retirar", "99999", *como, entrada=f"{SENHA}\n", codigo=1).stderr


def test_depois_de_ligar_e_desligar_a_pagina_o_diz(admin: Navegador) -> None:
    feito = admin.enviar("/servico/finalizar", {})
    assert (feito.estado, feito.para.partition("?")[0]) == (303, "/")
    visto = admin.abrir(feito.para).texto
    assert 'aria-label="Resultado"' in visto
    assert "O serviço foi desligado." in visto
    assert "servico=" not in visto.partition('<section id="falhas"')[2]


def test_um_usuario_novo_ainda_nao_entra_e_a_pagina_diz_o_que_falta(admin: Navegador) -> None:
    nome = {"nome": "Bia <b>", "nivel": "consulta", "ativo": "1"}
    feito = admin.enviar("/usuarios/novo", {"email": "bia@exemplo.com.br"} | nome)
    assert (feito.estado, feito.para.partition("?")[0]) == (303, "/usuarios")
    visto = admin.abrir(feito.para).texto
    assert (
        "Bia &lt;b&gt; está entre os usuários. Ainda sem senha, não entra: abra o nome na lista e use Gerar código"
        in visto
    )
    mudado = admin.abrir(admin.enviar("/usuarios/bia@exemplo.com.br", nome | {"nivel": "operador"}).para).texto
    assert "alteração feita" in mudado


def test_a_senha_errada_em_minha_conta_nao_e_uma_entrada(painel: Painel, consulta: Navegador) -> None:
    ditas = {"senha_atual": "outra", "senha_nova": "uma frase bem comprida", "repita": "uma frase bem comprida"}
    assert consulta.enviar("/conta", ditas).estado == 422
    linha = painel.cenario.maquina.json("auditoria", "listar")[0]
    assert (linha["quem"], linha["acao"], linha["alvo"], linha["resultado"]) == (
        CONSULTA, "senha", "usuario trocar-senha", "recusado",
    )  # fmt: skip


def test_a_pagina_de_entrada_leva_a_quem_tem_um_codigo(painel: Painel) -> None:
    assert '<a href="/senha/definir">Definir senha</a>' in painel.navegador().abrir("/entrar").texto


def test_uma_empresa_da_configuracao_tem_o_seu_nome_ao_lado_do_cnpj(painel: Painel, consulta: Navegador) -> None:
    chave = painel.cenario.autorizado
    empresa = '<bdi>[^<]+</bdi> <span class="chave"><span>11</span><span>222</span><span>333</span>'
    for pagina in ("/cte", f"/cte/{chave}"):
        assert re.search(empresa, consulta.abrir(pagina).texto), pagina
