"""Bad days of the service and of the machine, as a browser sees them.

A service that hangs or is killed, a database that is busy or old, a proxy in front, ten people at once, ten thousand
failures.
"""

import json
import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from separador.acesso.dominio import Nivel
from separador.pedidos.escrita import escrevendo
from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel, desligar, ligar
from tests.integracao.usuarios import com_senha

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.longo]
MOTIVO = "ERRO NA DIGITACAO DO VALOR"
ALVO = "alvo@x.com"
"""Nobody else comes in as this one: wrong passwords lock it."""
_MIB = 1024 * 1024


def _servico(n: Navegador) -> str:
    return str(json.loads(n.abrir("/saude").texto)["servico"])


@pytest.fixture
def ligado(painel: Painel) -> Iterator[Painel]:
    """Yields the panel over a service that runs."""
    painel.cenario.maquina.executar()
    yield painel
    m = painel.cenario.maquina
    if m.servico is not None:
        m.servico.send_signal(signal.SIGCONT)
        assert m.parar() == 0


def test_um_servico_que_nao_da_sinal_e_dito_e_a_ordem_espera_por_ele(ligado: Painel, operador: Navegador) -> None:
    m, chave = ligado.cenario.maquina, ligado.cenario.enviado
    assert m.servico is not None
    assert _servico(operador) == "ligado"
    m.servico.send_signal(signal.SIGSTOP)
    visto = (m.dados / "estado.json").stat()
    os.utime(m.dados / "estado.json", (visto.st_atime - 3600, visto.st_mtime - 3600))
    assert _servico(operador) == "sem sinal"
    assert "Serviço sem sinal" in operador.abrir("/").texto
    feito = operador.enviar("/cte/consultar", {"chave": chave})
    assert feito.estado == 303
    assert "esperando o serviço" in operador.abrir(feito.para).texto
    m.servico.send_signal(signal.SIGCONT)
    m.esperar(lambda: "esperando o serviço" not in operador.abrir(feito.para).texto)
    m.esperar(lambda: _servico(operador) == "ligado")


def test_uma_ordem_sobrevive_ao_servico_morto_e_ao_painel_morto(ligado: Painel, operador: Navegador) -> None:
    m, chave = ligado.cenario.maquina, ligado.cenario.enviado
    assert m.servico is not None
    m.servico.send_signal(signal.SIGSTOP)
    feito = operador.enviar("/cte/consultar", {"chave": chave})
    m.matar()
    assert _servico(operador) == "desligado"
    assert "Serviço desligado" in operador.abrir(feito.para).texto
    outro = ligar(ligado.cenario)
    outro.processo.kill()
    outro.processo.communicate()
    de_volta = ligar(ligado.cenario)
    try:
        n = Navegador(de_volta.porta, operador.biscoito)
        assert "esperando o serviço" in n.abrir(feito.para).texto
        m.uma_vez()
        assert "esperando o serviço" not in n.abrir(feito.para).texto
    finally:
        assert desligar(de_volta) == 0


def test_o_documento_que_muda_antes_do_envio_e_dito_e_nada_se_registra(painel: Painel, operador: Navegador) -> None:
    m, chave = painel.cenario.maquina, painel.cenario.autorizado
    assert 'value="' in operador.abrir(f"/cte/{chave}/cancelar").texto
    outra = painel.navegador().entrar(OPERADOR)
    assert outra.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO}).estado == 303
    m.uma_vez()
    antes = len(m.json("auditoria", "listar"))
    tarde = operador.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO, "ficha": "a-minha"})
    assert tarde.estado == 409
    assert "AGUARDANDO RETORNO DE CANCELAMENTO" in tarde.texto
    assert len(m.json("auditoria", "listar")) == antes
    assert operador.enviar(f"/cte/{chave}/estornar", {}).estado == 303
    m.uma_vez()


def test_dois_que_cancelam_ao_mesmo_tempo_dao_uma_ordem(painel: Painel, operador: Navegador) -> None:
    m, chave = painel.cenario.maquina, painel.cenario.autorizado
    outra = painel.navegador().entrar(OPERADOR)
    with ThreadPoolExecutor(2) as fios:
        feitos = list(fios.map(lambda n: n.enviar(f"/cte/{chave}/cancelar", {"motivo": MOTIVO}), (operador, outra)))
    assert {f.estado for f in feitos} == {303}
    assert len({f.para for f in feitos}) == 1
    m.uma_vez()
    # From the document's second reversal on, with the password.
    assert operador.enviar(f"/cte/{chave}/estornar", {"email": OPERADOR, "senha": SENHA}).estado == 303
    m.uma_vez()


def test_dez_senhas_erradas_de_uma_vez_contam_dez_e_cabem_na_memoria(painel: Painel) -> None:
    def pico() -> int:
        texto = Path(f"/proc/{painel.processo.pid}/status").read_text(encoding="ascii")
        achado = re.search(r"VmHWM:\s+(\d+) kB", texto)
        assert achado is not None
        return int(achado[1]) * 1024

    with escrevendo(painel.cenario.maquina.dados) as banco:
        com_senha(banco, ALVO, Nivel.CONSULTA, senha=SENHA)
    painel.navegador().enviar("/entrar", {"email": "ninguem@x.com", "senha": "x"})
    antes = pico()
    with ThreadPoolExecutor(10) as fios:
        errar = {"email": ALVO, "senha": "errada"}
        estados = list(fios.map(lambda _: painel.navegador().enviar("/entrar", errar).estado, range(10)))
    assert set(estados) <= {422, 429, 503}
    assert estados.count(422) <= 3
    assert pico() - antes <= 130 * _MIB
    linhas = painel.cenario.maquina.json("auditoria", "listar", "--quem", ALVO, "--recusados")
    assert len(linhas) == 10 - estados.count(503)


def test_dez_mil_falhas_sao_uma_pagina_que_se_le(painel: Painel, operador: Navegador) -> None:
    arquivo = painel.cenario.maquina.dados / "separador.db"
    with closing(sqlite3.connect(arquivo, isolation_level=None)) as banco:
        banco.execute(
            "WITH RECURSIVE conta (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM conta WHERE n + 1 < 10000)"
            " INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, arquivo, rota_id, desde)"
            " SELECT 'arquivo:teste' || n, 'SEP-SEM-REGRA', iif(n < 9000, 'Nenhuma regra toma este arquivo.',"
            " 'motivo ' || n), 'Confira o nome.', 'f' || n || '.txt', 4,"
            " strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch') FROM conta"
        )
    try:
        visto = operador.abrir("/")
        assert visto.estado == 200
        assert len(visto.texto.encode()) <= 120_000
        assert "1000 ou mais arquivos" in visto.texto
        proximas = re.search(r'href="([^"]+)">Próximas', visto.texto)
        assert proximas is not None
        assert operador.abrir(proximas[1].replace("&amp;", "&")).estado == 200
        assert "(10" in visto.texto.partition("</title>")[0]
        assert json.loads(operador.abrir("/vivo").texto)["falhas"] >= 10_000
    finally:
        with closing(sqlite3.connect(arquivo, isolation_level=None)) as banco:
            banco.execute("DELETE FROM falha WHERE assunto GLOB 'arquivo:teste*'")


def test_um_banco_trancado_dez_segundos_e_lido_e_o_que_se_grava_espera_ou_e_dito(
    painel: Painel, operador: Navegador
) -> None:
    arquivo, chave = painel.cenario.maquina.dados / "separador.db", painel.cenario.enviado
    with closing(sqlite3.connect(arquivo, isolation_level=None)) as outro, ThreadPoolExecutor(4) as fios:
        outro.execute("BEGIN IMMEDIATE")
        gravar = [fios.submit(operador.enviar, "/cte/consultar", {"chave": chave}) for _ in range(3)]
        for caminho in ("/", "/cte", f"/cte/{chave}", "/vivo", "/saude"):
            assert operador.abrir(caminho).estado == 200, caminho
        estados = {g.result(60).estado for g in gravar}
        outro.execute("ROLLBACK")
    assert estados == {503}
    feito = operador.enviar("/cte/consultar", {"chave": chave})
    assert feito.estado == 303
    painel.cenario.maquina.uma_vez()


def test_um_banco_da_versao_anterior_e_lido_e_pede_que_o_servico_seja_reiniciado(
    painel: Painel, operador: Navegador
) -> None:
    dados = painel.cenario.maquina.dados
    with closing(sqlite3.connect(dados / "separador.db", isolation_level=None)) as banco:
        banco.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        banco.execute("DELETE FROM _sqlite_migrations WHERE name = 'm0015_painel'")
        banco.execute("DROP INDEX tarefa_ficha")
        banco.execute("ALTER TABLE tarefa DROP COLUMN ficha")
        for indice in ("documento_emitente", "arquivo_em_maos", "falha_desde"):
            banco.execute(f"DROP INDEX {indice}")
    for caminho in ("/", "/cte", "/cte?emitente=00000000000191", "/localizar?q=00000000000191", "/usuarios"):
        assert operador.abrir(caminho).estado == 200, caminho
    assert "reinicie o serviço" in operador.abrir("/").texto
    feito = operador.enviar("/cte/consultar", {"chave": painel.cenario.enviado, "ficha": "uma"})
    assert feito.estado == 303
    painel.cenario.maquina.uma_vez()
    depois = operador.abrir(feito.para).texto
    assert "esperando o serviço" not in depois
    assert "reinicie o serviço" not in depois


def test_a_pasta_de_uma_rota_que_sumiu_nao_derruba_a_primeira_pagina(painel: Painel, operador: Navegador) -> None:
    origem = painel.cenario.maquina.origem(4)
    origem.rename(origem.with_name("sumida"))
    try:
        assert operador.abrir("/").estado == 200
    finally:
        origem.with_name("sumida").rename(origem)


class TestAtrasDeUmProxy:
    """The panel behind nginx: another name, another port, TLS ended there."""

    @pytest.fixture
    def publico(self, painel: Painel, cenario: Cenario) -> Iterator[Painel]:
        povoado = cenario.maquina
        povoado.gravar_config(painel={"url": "https://painel.exemplo:8443", "proxy": ["127.0.0.1"]})
        no_ar = ligar(cenario)
        yield no_ar
        assert desligar(no_ar) == 0
        povoado.opcoes.pop("painel")
        povoado.gravar_config()

    def test_o_nome_publico_o_cookie_seguro_e_de_onde_veio(self, publico: Painel) -> None:
        n = publico.navegador()
        de_fora = {"Host": "painel.exemplo:8443", "X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "https"}
        assert n.abrir("/cte", **de_fora).para == "/entrar?depois=/cte"
        feito = n.enviar(
            "/entrar", {"email": OPERADOR, "senha": SENHA}, Origin="https://painel.exemplo:8443", **de_fora
        )
        assert feito.estado == 303
        assert feito.cabecalhos["set-cookie"].startswith("__Host-separador_sessao=")
        assert "; Secure" in feito.cabecalhos["set-cookie"]
        assert n.abrir("/cte", **de_fora).estado == 200
        linhas = (publico.cenario.maquina.dados / "log" / "painel.jsonl").read_text(encoding="utf-8").splitlines()
        assert json.loads(linhas[-1])["de"] == "203.0.113.9"
        assert n.abrir("/cte", Host="outro.exemplo", X_Forwarded_Proto="https").estado == 400

    def test_de_quem_nao_e_o_proxy_nada_se_acredita(self, painel: Painel) -> None:
        n = painel.navegador()
        n.enviar(
            "/entrar", {"email": "x@y.com", "senha": "x"}, Sec_Fetch_Site="same-origin", X_Forwarded_For="203.0.113.9"
        )
        linhas = (painel.cenario.maquina.dados / "log" / "painel.jsonl").read_text(encoding="utf-8").splitlines()
        assert json.loads(linhas[-1])["de"] == "127.0.0.1"
