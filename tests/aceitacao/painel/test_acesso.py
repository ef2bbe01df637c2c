"""Who gets in, from where, and what every answer carries."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from separador.acesso.dominio import Direito
from separador.nucleo import capacidade
from separador.painel.aplicativo import CABECALHOS
from separador.painel.base import estatico
from separador.pedidos import acoes
from tests.aceitacao.acesso.test_direitos import TODOS
from tests.aceitacao.linha_de_comando import ADMIN, CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel, Visto

pytestmark = pytest.mark.requisito("PAINEL-01")
OUTRO = "eva@x.com"
"""Nobody else comes in as this one: wrong passwords lock it."""
CHAVE = "35" + "1" * 42
TELAS = capacidade.telas()
COM_SESSAO = [t for t in TELAS if acoes.direito_de(t.acao or t.muda or "") is not Direito.LIVRE]


def caminho(modelo: str) -> str:
    return modelo.replace("{chave}", CHAVE).replace("{id}", "1").replace("{email}", ADMIN)


def test_cada_pagina_cita_uma_acao_que_e_um_comando() -> None:
    """A page without one would ask for an administrator; none is to be forgotten."""
    for tela in TELAS:
        for acao in (tela.acao, tela.muda):
            assert acao is None or acao in TODOS, tela.caminho
    assert len({t.caminho for t in TELAS}) == len(TELAS)


def test_sem_sessao_uma_pagina_leva_a_entrada_e_um_envio_e_recusado(painel: Painel) -> None:
    n = painel.navegador()
    for tela in COM_SESSAO:
        if tela.acao is not None and tela.caminho != "/vivo":
            visto = n.abrir(caminho(tela.caminho))
            assert (visto.estado, visto.para.partition("=")[0]) == (303, "/entrar?depois"), tela.caminho
        if tela.muda is not None:
            assert n.enviar(caminho(tela.caminho), {}).estado == 401, tela.caminho
    assert n.abrir("/vivo").estado == 401


def test_a_consulta_e_recusada_em_cada_pagina_que_muda_alguma_coisa(painel: Painel, consulta: Navegador) -> None:
    antes = len(painel.cenario.maquina.json("auditoria", "listar"))
    pedidas = []
    for tela in COM_SESSAO:
        muda = tela.muda
        if muda is not None and acoes.direito_de(muda) in (Direito.OPERAR, Direito.ADMINISTRAR):
            visto = consulta.enviar(caminho(tela.caminho), {"motivo": "um motivo que basta para cancelar"})
            assert visto.estado == 403, tela.caminho
            assert 'role="alert"' in visto.texto
            pedidas.append(muda)
    novas = painel.cenario.maquina.json("auditoria", "listar")[: -antes or None]
    assert [(r["quem"], r["alvo"], r["resultado"]) for r in reversed(novas)] == [
        (CONSULTA, acao, "recusado") for acao in pedidas
    ]
    assert pedidas


@pytest.mark.parametrize(
    "cabecalhos",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Accept": "*/*"},
    ],
)
def test_um_envio_de_outra_pagina_e_recusado(operador: Navegador, painel: Painel, cabecalhos: dict[str, str]) -> None:
    chave = painel.cenario.autorizado
    visto = operador.enviar(f"/cte/{chave}/cancelar", {"motivo": "um motivo que basta"}, **cabecalhos)
    assert visto.estado == 403
    assert painel.cenario.maquina.json("cte", "ver", chave)["situacao"] == "AUTORIZADO PELA SEFAZ"
    ultima = painel.cenario.maquina.json("auditoria", "listar")[0]
    assert (ultima["quem"], ultima["alvo"], ultima["resultado"]) == (OPERADOR, "cte cancelar", "recusado")


def test_a_origem_propria_basta_onde_o_navegador_nao_diz_de_onde_vem(painel: Painel) -> None:
    n = painel.navegador()
    origem = f"http://127.0.0.1:{painel.porta}"
    assert n.enviar("/entrar", {"email": ADMIN, "senha": SENHA}, Origin=origem).estado == 303


@pytest.mark.parametrize(
    ("host", "estado"),
    [
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost:1", 200),
        ("[::1]", 200),
        ("a@localhost", 400),
    ],
)
def test_so_os_nomes_deste_painel_sao_atendidos(painel: Painel, host: str, estado: int) -> None:
    assert painel.navegador().abrir("/entrar", Host=host).estado == estado


def test_cada_resposta_leva_os_cabecalhos(painel: Painel, admin: Navegador) -> None:
    for visto in (admin.abrir("/"), admin.abrir("/nada"), painel.navegador().abrir("/cte"), admin.enviar("/cte", {})):
        for nome, valor in CABECALHOS.items():
            assert visto.cabecalhos[nome.lower()] == valor
        assert "server" not in visto.cabecalhos


@pytest.mark.parametrize("depois", ["//evil.example", "javascript:alert(1)", "https://evil.example", "/\\evil", "/a b"])
def test_a_entrada_so_leva_para_dentro(painel: Painel, depois: str) -> None:
    feito = painel.navegador().enviar("/entrar", {"email": ADMIN, "senha": SENHA, "depois": depois})
    assert (feito.estado, feito.para) == (303, "/")


@pytest.mark.requisito("PROC-04")
def test_a_sessao_e_do_painel_e_termina_em_sair(painel: Painel) -> None:
    n = painel.navegador().entrar(ADMIN)
    assert n.abrir("/").estado == 200
    guardado = n.biscoito
    assert n.enviar("/sair", {}).para == "/entrar"
    n.biscoito = guardado
    assert n.abrir("/").estado == 303
    dois = f"{painel.navegador().entrar(ADMIN).biscoito}; separador_sessao=outra"
    assert painel.navegador().abrir("/", Cookie=dois).estado == 303


def _ate_esperar(n: Navegador, email: str) -> list[Visto]:
    """Sends wrong passwords until one has to wait. On a slow machine the first wait is over when the next comes."""
    feitos = []
    for i in range(12):
        feitos.append(n.enviar("/entrar", {"email": email, "senha": f"errada {i}"}))
        if feitos[-1].estado == 429:
            return feitos
    pytest.fail("nenhuma senha errada fez esperar")


@pytest.mark.requisito("PROC-04")
def test_senhas_erradas_sao_contadas_e_a_espera_cresce(painel: Painel) -> None:
    como = ("--usuario", ADMIN, "--senha-stdin")
    painel.cenario.maquina.exigir(
        "usuario", "incluir", OUTRO, "--nome", "Eva", "--nivel", "consulta", *como, entrada=f"{SENHA}\n"
    )
    n = painel.navegador()
    estados = _ate_esperar(n, OUTRO)
    assert len(estados) >= 4
    assert {v.estado for v in estados[:-1]} == {422}
    assert "Usuário ou senha não conferem." in estados[0].texto
    assert "Senhas erradas demais: espere" in estados[-1].texto
    estranho = _ate_esperar(n, "ninguem@x.com")
    assert len(estranho) >= 4
    assert estranho[0].texto.replace("ninguem@x.com", OUTRO) == estados[0].texto
    assert "Senhas erradas demais: espere" in estranho[-1].texto
    ninguem = n.enviar("/entrar", {"email": "<script>@x.com", "senha": "errada"})
    assert ninguem.estado == 422
    assert "<script>@" not in ninguem.texto


@pytest.mark.requisito("PAINEL-02")
def test_o_estilo_e_os_roteiros_sao_daqui_e_pequenos(painel: Painel) -> None:
    pagina = painel.navegador().abrir("/entrar").texto
    nomes = re.findall(r'(?:src|href)="(/estatico/[^"]+)"', pagina)
    assert len(nomes) == 4
    assert "http://" not in pagina
    assert " style=" not in pagina
    tamanhos = {".css": 0, ".js": 0, ".svg": 0}
    for nome in nomes:
        visto = painel.navegador().abrir(nome)
        assert visto.cabecalhos["cache-control"] == "max-age=31536000, immutable"
        tamanhos[Path(nome).suffix] += len(visto.texto.encode())
    assert tamanhos[".js"] <= 25_000
    assert tamanhos[".css"] <= 30_000
    assert tamanhos[".svg"] <= 4_000


@pytest.mark.requisito("PAINEL-02")
def test_o_idiomorph_e_o_publicado() -> None:
    dados = (estatico.PASTA / "idiomorph.min.js").read_bytes()
    partes = Path(__file__).parents[3] / "docs" / "desenvolvimento" / "partes.md"
    assert f"sha256 `{hashlib.sha256(dados).hexdigest()}`" in partes.read_text(encoding="utf-8")


@pytest.mark.requisito("PAINEL-02")
def test_vivo_responde_304_ate_que_algo_mude(painel: Painel, operador: Navegador) -> None:
    visto = operador.abrir("/vivo")
    assert set(json.loads(visto.texto)) == {"versao", "servico", "falhas"}
    etiqueta = visto.cabecalhos["etag"]
    assert operador.abrir("/vivo", If_None_Match=etiqueta).estado == 304
    feito = operador.enviar("/cte/consultar", {"chave": painel.cenario.enviado})
    assert feito.estado == 303
    assert operador.abrir("/vivo", If_None_Match=etiqueta).estado == 200


def test_o_log_do_painel_diz_quem_fez_o_que_e_nada_secreto(painel: Painel) -> None:
    """After the other tests of the folder ran on it: no password, no token of a cookie, no query."""
    n = painel.navegador().entrar(OPERADOR)
    n.enviar("/usuarios/novo", {"email": "x@y.com"})
    n.abrir("/senha/definir?codigo=AAAA-BBBB")
    n.enviar("/senha/definir", {"codigo": "CCCC-DDDD", "senha": SENHA, "repita": SENHA})
    linhas = [json.loads(x) for x in (painel.cenario.maquina.dados / "log" / "painel.jsonl").read_text().splitlines()]
    ditas = [(x["acao"], x["quem"], x["estado"]) for x in linhas]
    assert ("entrar", OPERADOR, 303) in ditas
    assert ("usuario incluir", OPERADOR, 403) in ditas
    assert all(x["pagina"].startswith("/") and "?" not in x["pagina"] for x in linhas)
    ficha = n.biscoito.partition("=")[2]
    for arquivo in painel.cenario.maquina.dados.rglob("*"):
        dados = arquivo.read_bytes() if arquivo.is_file() else b""
        for segredo in (SENHA, ficha, "AAAA-BBBB", "CCCC-DDDD"):
            assert segredo.encode() not in dados, arquivo
