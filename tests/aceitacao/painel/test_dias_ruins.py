"""Bad days: odd requests, slow browsers, a database that is locked, of another program, or gone."""

import http.client
import shutil
import socket
import sqlite3
from contextlib import closing

import pytest

from tests.aceitacao.painel.conftest import Navegador, Painel

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.longo]


@pytest.mark.parametrize("metodo", ["OPTIONS", "TRACE", "DELETE", "BREW"])
def test_um_metodo_que_nenhuma_pagina_tem_e_recusado(admin: Navegador, metodo: str) -> None:
    visto = admin.pedir(metodo, "/cte")
    assert visto.estado == 405
    assert "Traceback" not in visto.texto


def test_so_os_cabecalhos_de_uma_pagina(admin: Navegador) -> None:
    visto = admin.pedir("HEAD", "/cte")
    assert (visto.estado, visto.texto) == (200, "")


def test_cabecalhos_sem_fim_nao_derrubam_o_painel(painel: Painel, admin: Navegador) -> None:
    with socket.create_connection(("127.0.0.1", painel.porta), timeout=20) as tomada:
        try:
            tomada.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1024 * 1024 + b"\r\n\r\n")
            assert b" 4" in tomada.recv(200)[:16]
        except ConnectionError:
            pass  # it may close before all of it came
    assert admin.abrir("/saude").estado == 200


def test_um_formulario_grande_demais_e_recusado_sem_ser_guardado(admin: Navegador) -> None:
    grande = "motivo=" + "a" * (1024 * 1024 + 1)
    visto = admin.pedir("POST", "/falhas/1/dispensar", grande, Sec_Fetch_Site="same-origin")
    assert visto.estado == 413


def test_navegadores_lentos_nao_param_os_outros(painel: Painel, admin: Navegador) -> None:
    lentos = [socket.create_connection(("127.0.0.1", painel.porta), timeout=20) for _ in range(64)]
    try:
        for lento in lentos:
            lento.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-")
        assert admin.abrir("/saude").estado in (200, 503)
    finally:
        for lento in lentos:
            lento.close()
    for _ in range(100):
        if admin.abrir("/saude").estado == 200:
            return
    raise AssertionError("os outros não voltaram a ser atendidos")


def test_banco_trancado_de_outra_versao_ou_ausente(painel: Painel, operador: Navegador) -> None:
    arquivo, chave = painel.cenario.maquina.dados / "separador.db", painel.cenario.enviado
    with closing(sqlite3.connect(arquivo, isolation_level=None)) as outro:
        outro.execute("BEGIN IMMEDIATE")
        assert operador.abrir("/cte").estado == 200
        trancado = operador.enviar("/cte/consultar", {"chave": chave})
        outro.execute("ROLLBACK")
        assert trancado.estado == 503
        assert "Tente de novo" in trancado.texto
        antes = outro.execute("SELECT escrita_por, versao_minima FROM instalacao").fetchone()
        outro.execute("UPDATE instalacao SET escrita_por = '999.0.0', versao_minima = '999.0.0'")
        novo = operador.enviar("/cte/consultar", {"chave": chave})
        outro.execute("UPDATE instalacao SET escrita_por = ?, versao_minima = ?", antes)
        assert novo.estado == 503
        assert "versão mais nova" in novo.texto
        assert outro.execute("SELECT count(*) FROM tarefa").fetchone()[0] == 0
    guardado = arquivo.with_name("guardado.db")
    shutil.move(arquivo, guardado)
    try:
        ausente = operador.abrir("/cte")
        assert (ausente.estado, ausente.para) == (303, "/primeiro-acesso")
    finally:
        shutil.move(guardado, arquivo)
    assert operador.abrir("/cte").estado == 200


def test_o_painel_nao_manda_nada_a_quem_nao_fala_http(painel: Painel, admin: Navegador) -> None:
    with socket.create_connection(("127.0.0.1", painel.porta), timeout=20) as tomada:
        tomada.sendall(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
        assert b"Traceback" not in tomada.recv(2000)
    conexao = http.client.HTTPConnection("127.0.0.1", painel.porta, timeout=20)
    conexao.putrequest("GET", "/entrar", skip_host=True)
    conexao.endheaders()
    assert conexao.getresponse().status == 400
    conexao.close()
    assert admin.abrir("/saude").estado == 200
