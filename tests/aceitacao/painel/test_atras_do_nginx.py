"""The panel behind a real nginx, with the lines that the page of the installation gives, opened in a real browser."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.aceitacao.cenario import Cenario
from tests.aceitacao.linha_de_comando import OPERADOR, SENHA
from tests.aceitacao.painel.conftest import desligar, ligar, povoar
from tests.apoio import chromium, servidor_tls

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.longo]
NOME = "painel.exemplo"
MIB = 1024 * 1024
# `user`: run by root it would write large bodies as somebody who cannot enter the test's folder; else it is ignored.
PAGINA = Path(__file__).parents[3] / "docs" / "instalar.md"
EM_VOLTA = """
user root;
pid {pasta}/nginx.pid;
error_log {pasta}/erros.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {pasta}/corpo;
    proxy_temp_path {pasta}/proxy;
    fastcgi_temp_path {pasta}/f;
    uwsgi_temp_path {pasta}/u;
    scgi_temp_path {pasta}/s;
{servidor}
}}
"""


def _da_pagina(porta: int, do_painel: int, certificado: Path) -> str:
    """Returns the page's block for nginx, with the ports and the certificate of this test."""
    texto = PAGINA.read_text(encoding="utf-8")
    bloco = texto[texto.index("server {\n    listen 443 ssl;") :].partition("```")[0]
    trocas = {
        "listen 443 ssl;": f"listen 127.0.0.1:{porta} ssl;",
        "/etc/ssl/painel.crt": str(certificado),
        "/etc/ssl/painel.key": str(certificado),
        "http://127.0.0.1:8090": f"http://127.0.0.1:{do_painel}",
    }
    for da_pagina, daqui in trocas.items():
        assert bloco.count(da_pagina) == 1
        bloco = bloco.replace(da_pagina, daqui)
    return bloco


def _porta_livre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tomada:
        return int(tomada.getsockname()[1])


@pytest.fixture(scope="module")
def publico(cenario: Cenario, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yields the address of the panel as people have it."""
    tmp_path = tmp_path_factory.mktemp("nginx")
    programa = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if programa is None:
        pytest.skip("PULADO: o painel NÃO foi aberto atrás de um proxy, porque falta nginx (pacote nginx-light)")
    porta = _porta_livre()
    endereco = f"https://{NOME}:{porta}"
    povoar(cenario)
    cenario.maquina.gravar_config(painel={"url": endereco, "proxy": ["127.0.0.1"]})
    no_ar = ligar(cenario)
    config = tmp_path / "nginx.conf"
    certificado = servidor_tls.identidade(tmp_path, NOME)[0]
    config.write_text(EM_VOLTA.format(pasta=tmp_path, servidor=_da_pagina(porta, no_ar.porta, certificado)))
    with subprocess.Popen([programa, "-p", str(tmp_path), "-c", str(config), "-g", "daemon off;"]) as proxy:
        try:
            cenario.maquina.esperar(lambda: _atende(porta), 30)
            yield endereco
        finally:
            proxy.terminate()
    assert desligar(no_ar) == 0


def _atende(porta: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", porta), timeout=5):
        return True
    return False


@pytest.fixture(scope="module")
def navegador() -> Iterator[Any]:
    with chromium.aberto(f"--host-resolver-rules=MAP {NOME} 127.0.0.1") as aberto:
        yield aberto


def test_entrar_dar_uma_ordem_e_sair(publico: str, cenario: Cenario, navegador: Any) -> None:
    with chromium.aba(navegador, publico, ignore_https_errors=True) as aba:
        p = aba.pagina
        chromium.entrar(aba, OPERADOR, SENHA)
        (biscoito,) = p.context.cookies()
        assert (biscoito["name"], biscoito["secure"], biscoito["httpOnly"]) == ("__Host-separador_sessao", True, True)
        aba.ir(f"/cte/{cenario.enviado}")
        p.get_by_role("button", name="Consultar").click()
        p.get_by_role("dialog").get_by_role("button", name="Consultar", exact=True).click()
        resultado = p.get_by_role("status", name="Resultado")
        resultado.get_by_text("esperando o serviço").wait_for()
        cenario.maquina.uma_vez()
        resultado.get_by_text("esperando o serviço").wait_for(state="detached")
        assert p.url.startswith(f"{publico}/cte/")
        p.get_by_role("button", name="Sair").click()
        p.get_by_role("heading", name="Entrar").wait_for()
        assert p.context.cookies() == []
        assert aba.ditos == []


def test_soltar_o_que_o_nginx_por_si_nao_deixaria_passar(
    publico: str, cenario: Cenario, navegador: Any, tmp_path: Path
) -> None:
    """By itself nginx lets 1 MiB pass; the block of the page lets by what the panel takes, and the 413 is ours."""
    m, grande, demais = cenario.maquina, tmp_path / "grande.txt", tmp_path / "demais.txt"
    grande.write_bytes(bytes(60 * MIB))
    demais.write_bytes(bytes(65 * MIB))
    with chromium.aba(navegador, publico, ignore_https_errors=True) as aba:
        p = aba.pagina
        chromium.entrar(aba, OPERADOR, SENHA)
        aba.ir("/rotas/4/soltar")
        p.get_by_label("Arquivos", exact=True).set_input_files(str(demais))
        with p.expect_response(lambda r: r.request.method == "POST") as veio:
            p.get_by_role("button", name="Soltar", exact=True).click()
        assert veio.value.status == 413
        p.get_by_role("alert").get_by_text("passa de 64 MiB").wait_for()
        aba.ir("/rotas/4/soltar")
        p.get_by_label("Arquivos", exact=True).set_input_files([str(grande)])
        p.get_by_role("button", name="Soltar", exact=True).click()
        resultado = p.get_by_role("status", name="Resultado")
        resultado.get_by_text("esperando o serviço").wait_for()
        m.uma_vez()
        resultado.get_by_text("entrou na origem").wait_for()
    assert (m.destino(4) / "grande.txt").stat().st_size == 60 * MIB
