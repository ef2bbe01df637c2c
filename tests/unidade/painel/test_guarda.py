"""What the guard of the panel decides from values alone: hosts, origins, cookies, paths, addresses."""

import pytest

from separador.configuracao.painel import da_maquina, partes_da_escuta
from separador.configuracao.tipos import ConfigPainel
from separador.painel import guarda
from separador.painel.base.campos import Campos, ler_campos
from separador.painel.base.visita import daqui

pytestmark = pytest.mark.requisito("PAINEL-01")
LOCAL = ConfigPainel()
DE_FORA = ConfigPainel(url="https://painel.exemplo:8443")


@pytest.mark.parametrize(
    ("host", "config", "aceito"),
    [
        ("127.0.0.1:8090", LOCAL, True),
        ("localhost", LOCAL, True),
        ("[::1]:8090", LOCAL, True),
        ("painel.exemplo:8443", DE_FORA, True),
        ("painel.exemplo", LOCAL, False),
        ("outro.exemplo", DE_FORA, False),
        ("", LOCAL, False),
        (None, LOCAL, False),
        ("localhost:porta", LOCAL, False),
        ("localhost/evil", LOCAL, False),
        ("evil@localhost", LOCAL, False),
    ],
)
def test_host(host: str | None, config: ConfigPainel, aceito: bool) -> None:
    assert guarda.host_aceito(host, config) is aceito


@pytest.mark.parametrize(
    ("cabecalhos", "config", "daqui"),
    [
        ({"sec-fetch-site": "same-origin"}, LOCAL, True),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8090"}, LOCAL, False),
        ({"sec-fetch-site": "none"}, LOCAL, False),
        ({"origin": "http://127.0.0.1:8090"}, LOCAL, True),
        ({"origin": "https://127.0.0.1:8090"}, LOCAL, False),
        ({"origin": "https://painel.exemplo:8443"}, DE_FORA, True),
        ({"origin": "https://painel.exemplo"}, DE_FORA, False),
        ({"origin": "https://painel.exemplo"}, ConfigPainel(url="https://Painel.Exemplo:443"), True),
        ({"origin": "http://painel.exemplo"}, ConfigPainel(url="https://painel.exemplo"), False),
        ({"origin": "https://painel.exemplo:porta"}, DE_FORA, False),
        ({"origin": "null"}, LOCAL, False),
        ({}, LOCAL, False),
    ],
)
def test_origem(cabecalhos: dict[str, str], config: ConfigPainel, daqui: bool) -> None:
    entrada = guarda.Entrada({"host": "127.0.0.1:8090", **cabecalhos}, "http")
    assert guarda.mesma_origem(entrada, config) is daqui


def test_cookie_por_https_e_seguro_e_so_deste_nome() -> None:
    assert guarda.cookie(DE_FORA, "f", 1).startswith("__Host-separador_sessao=f; HttpOnly; SameSite=Lax; Path=/")
    assert guarda.cookie(DE_FORA, "f", 1).endswith("; Secure")
    assert "Secure" not in guarda.cookie(LOCAL, "f", 1)
    assert guarda.ficha(["separador_sessao=a"], LOCAL) == "a"
    assert guarda.ficha(["separador_sessao=a"], DE_FORA) is None
    assert guarda.ficha(["separador_sessao=a; outro=b", "separador_sessao=a"], LOCAL) == "a"
    assert guarda.ficha(["separador_sessao=a; separador_sessao=b"], LOCAL) is None


@pytest.mark.parametrize("caminho", ["//x", "/\\x", "x", "https://x", "javascript:x", "/a b", "/ç", "/a\nb", ""])
def test_so_um_caminho_deste_painel_e_seguido(caminho: str) -> None:
    assert daqui(caminho) is None
    assert daqui("/cte?serie=1") == "/cte?serie=1"


@pytest.mark.parametrize(
    ("escuta", "partes", "daqui"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0), True),
        ("[::1]:80", ("::1", 80), True),
        ("localhost:1", ("localhost", 1), True),
        ("0.0.0.0:8090", ("0.0.0.0", 8090), False),
        ("painel.exemplo:443", ("painel.exemplo", 443), False),
        ("127.0.0.1", None, True),
        ("127.0.0.1:65536", None, True),
        ("http://x:1", None, True),
    ],
)
def test_escuta(escuta: str, partes: tuple[str, int] | None, daqui: bool) -> None:
    assert partes_da_escuta(escuta) == partes
    assert da_maquina(escuta) is daqui


def test_campos_repetidos_ficam_e_demais_sao_recusados() -> None:
    lidos = ler_campos("chave=1&chave=2&chave=1&motivo=a%0D%0Ab&vazio=")
    assert lidos is not None
    assert lidos.todos("chave") == ["1", "2"]
    assert lidos.um("motivo") == "a\nb"
    assert lidos.com(chave="3", motivo=None).endereco("/x") == "/x?chave=3"
    assert ler_campos("&".join("a=1" for _ in range(2000))) is None
    assert Campos().endereco("/x") == "/x"
