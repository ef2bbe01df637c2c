"""Files come in by the panel: kept as they come, put into the origin by the service, never over another."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aceitacao.linha_de_comando import CONSULTA, OPERADOR, SENHA
from tests.aceitacao.painel.conftest import Navegador, Painel, com_arquivos

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.timeout(300)]
MIB = 1024 * 1024


@pytest.fixture
def entrada(painel: Painel) -> Iterator[Path]:
    """The folder of what waits; afterwards nothing waits."""
    pasta = painel.cenario.maquina.dados / "entrada"
    yield pasta
    painel.cenario.maquina.uma_vez()


def guardados(pasta: Path) -> list[Path]:
    return sorted(pasta.iterdir()) if pasta.is_dir() else []


def test_dois_arquivos_entram_e_seguem_o_caminho_de_sempre(painel: Painel, operador: Navegador, entrada: Path) -> None:
    m = painel.cenario.maquina
    visto = operador.soltar("/rotas/4/soltar", {}, [(b"um.txt", b"um"), ("ação 2.TXT".encode(), b"dois")])
    assert visto.estado == 303, visto.texto
    assert visto.para.startswith("/rotas/4/soltar?ordem=")
    assert len(guardados(entrada)) == 2
    assert {p.stat().st_mode & 0o777 for p in guardados(entrada)} == {0o640}
    assert "esperando o serviço" in operador.abrir(visto.para).texto
    m.uma_vez()
    assert (m.destino(4) / "um.txt").read_bytes() == b"um"
    assert (m.destino(4) / "ação 2.TXT").read_bytes() == b"dois"
    assert operador.abrir(visto.para).texto.count("O arquivo entrou na origem da rota") == 2
    linhas = [r for r in m.json("auditoria", "listar") if r["alvo"] == "rotas soltar"]
    assert [(r["quem"], r["resultado"]) for r in linhas[:2]] == [(OPERADOR, "feito")] * 2
    m.uma_vez()
    assert guardados(entrada) == []


def test_o_que_ja_esta_na_origem_nao_e_sobreposto(painel: Painel, operador: Navegador, entrada: Path) -> None:
    m = painel.cenario.maquina
    ocupado = m.origem(4) / "ocupado.txt"
    ocupado.mkdir()  # a name that nobody takes away meanwhile
    (ocupado / "dentro").write_bytes(b"de outro")
    visto = operador.soltar("/rotas/4/soltar", {}, [(b"ocupado.txt", b"meu")])
    m.uma_vez()
    assert "nada foi sobreposto" in operador.abrir(visto.para).texto
    assert (ocupado / "dentro").read_bytes() == b"de outro"
    assert list(m.origem(4).rglob("*.solto")) == []
    assert [p.name for p in guardados(entrada) if p.suffix] == []
    (ocupado / "dentro").unlink()
    ocupado.rmdir()
    for resto in guardados(entrada):  # it goes by itself when it is old
        resto.unlink()


RUINS = {
    "barra": b"../fora.txt",
    "barra-ao-contrario": b"..\\fora.txt",
    "nulo": b"a\x00b.txt",
    "ponto": b".escondido.txt",
    "longo": b"x" * 252 + b".txt",
    "outra-regra": b"planilha.csv",
    "temporario": b"nota.txt.tmp",
}


@pytest.mark.parametrize("nome", RUINS.values(), ids=RUINS)
def test_um_nome_que_nao_serve_e_dito_e_nada_entra(operador: Navegador, entrada: Path, nome: bytes) -> None:
    antes = guardados(entrada)
    visto = operador.soltar("/rotas/4/soltar", {}, [(b"bom.txt", b"1"), (nome, b"2")])
    assert visto.estado == 422, visto.texto
    assert "Nada entrou" in visto.texto
    assert guardados(entrada) == antes


def test_o_mesmo_nome_duas_vezes_e_nenhum_arquivo(operador: Navegador, entrada: Path) -> None:
    antes = guardados(entrada)
    duas = operador.soltar("/rotas/4/soltar", {}, [(b"a.txt", b"1"), (b"a.txt", b"2")])
    assert (duas.estado, "veio duas vezes" in duas.texto) == (422, True)
    assert operador.soltar("/rotas/4/soltar", {}, []).estado == 422
    assert operador.enviar("/rotas/4/soltar", {}).estado == 422
    assert guardados(entrada) == antes


def test_um_arquivo_vazio_entra_como_veio(painel: Painel, operador: Navegador, entrada: Path) -> None:
    visto = operador.soltar("/rotas/4/soltar", {}, [(b"vazio.txt", b"")])
    assert visto.estado == 303, visto.texto
    assert [p.stat().st_size for p in guardados(entrada)][-1] == 0
    painel.cenario.maquina.uma_vez()
    assert "entrou na origem" in operador.abrir(visto.para).texto


def test_o_que_passa_dos_limites_e_413_e_nada_fica(operador: Navegador, entrada: Path) -> None:
    antes = guardados(entrada)
    cem = operador.soltar("/rotas/4/soltar", {}, [(f"{i}.txt".encode(), b"x") for i in range(101)])
    assert (cem.estado, "mais de 100 arquivos" in cem.texto) == (413, True)
    assert operador.soltar("/rotas/4/soltar", {}, [(b"g.txt", bytes(65 * MIB))]).estado == 413
    assert guardados(entrada) == antes


def test_cortado_no_meio_nao_deixa_nada(painel: Painel, operador: Navegador, entrada: Path) -> None:
    antes = guardados(entrada)
    tipo, corpo = com_arquivos({}, [(b"meio.txt", b"x" * MIB * 3)])
    cabeca = (
        f"POST /rotas/4/soltar HTTP/1.1\r\nHost: 127.0.0.1:{painel.porta}\r\nCookie: {operador.biscoito}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: {tipo}\r\nContent-Length: {len(corpo)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", painel.porta), timeout=10) as ponta:
        ponta.sendall(cabeca.encode() + corpo[: 2 * MIB])
        painel.cenario.maquina.esperar(lambda: len(guardados(entrada)) > len(antes), 20)
    painel.cenario.maquina.esperar(lambda: guardados(entrada) == antes, 20)


def test_o_mesmo_formulario_duas_vezes_e_um_arquivo_so(painel: Painel, operador: Navegador, entrada: Path) -> None:
    visto = [operador.soltar("/rotas/4/soltar", {"ficha": "a" * 20}, [(b"so-um.txt", b"1")]) for _ in range(2)]
    assert visto[0].para.partition("?")[2] == visto[1].para.partition("?")[2]
    assert len(guardados(entrada)) == 1
    painel.cenario.maquina.uma_vez()
    assert (painel.cenario.maquina.destino(4) / "so-um.txt").read_bytes() == b"1"


def test_varios_arquivos_do_mesmo_formulario_entram_uma_vez(painel: Painel, operador: Navegador, entrada: Path) -> None:
    """As the page sends them: with its one-time token, about one and the same route."""
    varios = [(b"varios-%d.txt" % i, b"%d" % i) for i in range(100)]
    visto = [operador.soltar("/rotas/4/soltar", {"ficha": "b" * 20}, varios) for _ in range(2)]
    assert [v.estado for v in visto] == [303, 303], visto[0].texto
    assert visto[0].para.partition("?")[2] == visto[1].para.partition("?")[2]
    assert len(guardados(entrada)) == 100
    pagina = operador.abrir(visto[0].para).texto
    assert all(f"<bdi>varios-{i}.txt: esperando o serviço" in pagina for i in range(100))
    painel.cenario.maquina.uma_vez()
    assert (painel.cenario.maquina.destino(4) / "varios-99.txt").read_bytes() == b"99"


def test_quem_so_ve_nao_solta_e_o_corpo_nem_se_le(painel: Painel, entrada: Path) -> None:
    antes = guardados(entrada)
    n = painel.navegador().entrar(CONSULTA)
    assert n.abrir("/rotas/4/soltar").estado == 403
    assert n.soltar("/rotas/4/soltar", {}, [(b"a.txt", b"1")]).estado == 403
    assert painel.navegador().soltar("/rotas/4/soltar", {}, [(b"a.txt", b"1")]).estado == 401
    assert n.soltar("/rotas/4/soltar", {}, [(b"a.txt", b"1")], Sec_Fetch_Site="cross-site").estado == 403
    assert guardados(entrada) == antes
    assert ">Soltar arquivos<" not in n.abrir("/").texto


def test_a_primeira_pagina_leva_a_soltar(operador: Navegador) -> None:
    assert 'href="/rotas/4/soltar"' in operador.abrir("/").texto
    assert operador.abrir("/rotas/999/soltar").estado == 404


def test_o_comando_faz_o_mesmo(painel: Painel, entrada: Path, tmp_path: Path) -> None:
    m, como = painel.cenario.maquina, ("--usuario", OPERADOR, "--senha-stdin")
    (tmp_path / "do-comando.txt").write_bytes(b"pelo comando")
    (tmp_path / "nada.csv").write_bytes(b"")
    negado = m.cli("rotas", "soltar", "4", str(tmp_path / "nada.csv"), *como, entrada=f"{SENHA}\n")
    assert (negado.returncode, "não combina" in negado.stderr) == (1, True)
    m.exigir("rotas", "soltar", "4", str(tmp_path / "do-comando.txt"), *como, entrada=f"{SENHA}\n", codigo=3)
    assert len(guardados(entrada)) == 1
    m.uma_vez()
    assert (m.destino(4) / "do-comando.txt").read_bytes() == b"pelo comando"


def memoria_mib(pid: int) -> int:
    """Returns the memory of a process, its share of what is shared."""
    linhas = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(x for x in linhas if x.startswith("Pss:")).split()[1]) // 1024


@pytest.mark.longo
def test_256_mib_passam_pelo_painel_sem_ficar_na_memoria(painel: Painel, operador: Navegador, entrada: Path) -> None:
    tipo, corpo = com_arquivos({}, [(f"grande-{i}.txt".encode(), bytes(64 * MIB)) for i in range(4)])
    maior = 0
    conexao = http.client.HTTPConnection("127.0.0.1", painel.porta, timeout=120)
    conexao.putrequest("POST", "/rotas/4/soltar")
    for nome, valor in {
        "Cookie": operador.biscoito, "Sec-Fetch-Site": "same-origin", "Content-Type": tipo,
        "Content-Length": str(len(corpo)),
    }.items():  # fmt: skip
        conexao.putheader(nome, valor)
    conexao.endheaders()
    for i in range(0, len(corpo), 8 * MIB):
        conexao.send(corpo[i : i + 8 * MIB])
        maior = max(maior, memoria_mib(painel.processo.pid))
    assert conexao.getresponse().status == 303
    conexao.close()
    assert sum(p.stat().st_size for p in guardados(entrada)) == 256 * MIB
    assert maior <= 90
    painel.cenario.maquina.uma_vez()


def test_sem_espaco_nada_se_guarda_e_a_pagina_o_diz(painel: Painel, operador: Navegador, entrada: Path) -> None:
    config, antes = painel.cenario.maquina.config, guardados(entrada)
    era = config.read_bytes()
    config.write_bytes(era + b"\nreserva_disco_mb: 99999999\n")
    try:
        visto = operador.soltar("/rotas/4/soltar", {}, [(b"a.txt", b"1")])
    finally:
        config.write_bytes(era)
    assert (visto.estado, "cheio" in visto.texto) == (503, True)
    assert guardados(entrada) == antes
