"""Bad days of the pages of routes, files in and accesses: too much, cut off, refused while it comes, a disk that fills
up, a level lost, a service that is off."""

import http.client
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from separador.acesso.dominio import Nivel
from separador.pedidos.escrita import escrevendo
from tests.aceitacao.linha_de_comando import CNPJ, SENHA
from tests.aceitacao.painel.conftest import CLIENTE, ESCRITORIO, Navegador, Painel, Visto, com_arquivos
from tests.integracao.usuarios import com_senha

pytestmark = [pytest.mark.requisito("PAINEL-01"), pytest.mark.timeout(300)]
MIB = 1024 * 1024
EVA = "eva@x.com"
ACESSOS = f"/escritorios/{ESCRITORIO}/certificados"
ACESSO = {"tipo": "login", "esfera": "estadual", "nome": "DE EVA", "login": "eva", "senha": "Segredo#De-Eva-11"}
ROTA = {"ativo": "1", "regra": "mover", "origem": "inbox/eva", "destino": "outbox/eva", "arquivo": ".eva"}
ESCREVEM: dict[str, Callable[[Navegador], Visto]] = {
    "config definir": lambda n: n.enviar("/rotas", {"tempo_leitura": "9"}),
    "rotas incluir": lambda n: n.enviar("/rotas/nova", ROTA),
    "rotas alterar": lambda n: n.enviar("/rotas/4", {"regra": "mover", "destino": "outbox/eva", "arquivo": ".txt"}),
    "rotas soltar": lambda n: n.soltar("/rotas/4/soltar", {}, [(b"de-eva.txt", b"x" * 3 * MIB)]),
    "certificado instalar": lambda n: n.soltar("/certificados/novo", {"empresa": CNPJ}, [(b"a.pfx", b"x")]),
    "procuracao escritorio": lambda n: n.enviar("/escritorios/novo", {"cnpj": CLIENTE, "nome": "De Eva"}),
    "procuracao incluir": lambda n: n.enviar(f"{ACESSOS}/novo", ACESSO),
    "procuracao alterar": lambda n: n.enviar(f"{ACESSOS}/1", ACESSO),
    "procuracao excluir": lambda n: n.enviar(f"{ACESSOS}/1/excluir", {}),
}
"""What each form sends, by the action that it is."""


@pytest.fixture
def entrada(painel: Painel) -> Path:
    return painel.cenario.maquina.dados / "entrada"


def guardados(pasta: Path) -> list[str]:
    return sorted(p.name for p in pasta.iterdir()) if pasta.is_dir() else []


def nivelar(painel: Painel, nivel: Nivel) -> None:
    with escrevendo(painel.cenario.maquina.dados) as banco, banco.transacao():
        banco.execute("UPDATE usuario SET nivel = ? WHERE email = ?", (nivel.value, EVA))


@pytest.fixture(scope="module")
def eva(painel: Painel) -> Navegador:
    """Somebody who was an administrator when the forms were opened."""
    with escrevendo(painel.cenario.maquina.dados) as banco:
        com_senha(banco, EVA, Nivel.ADMINISTRADOR, senha=SENHA)
    n = painel.navegador().entrar(EVA)
    for caminho in ("/rotas", "/rotas/nova", "/rotas/4", "/rotas/4/soltar", "/escritorios/novo", f"{ACESSOS}/novo"):
        assert n.abrir(caminho).estado == 200
    nivelar(painel, Nivel.CONSULTA)
    return n


@pytest.mark.parametrize("acao", ESCREVEM)
def test_quem_perde_o_nivel_com_o_formulario_aberto(painel: Painel, eva: Navegador, entrada: Path, acao: str) -> None:
    m = painel.cenario.maquina
    config, antes, linhas = m.config.read_bytes(), guardados(entrada), m.json("auditoria", "listar")
    visto = ESCREVEM[acao](eva)
    assert visto.estado == 403
    assert 'role="alert"' in visto.texto
    assert "consulta" in visto.texto
    assert ACESSO["senha"] not in visto.texto
    assert (m.config.read_bytes(), guardados(entrada)) == (config, antes)
    nova = m.json("auditoria", "listar")[: -len(linhas)]
    assert [(r["quem"], r["alvo"], r["resultado"]) for r in nova] == [(EVA, acao, "recusado")]


# --- what is refused while it comes --------------------------------------------------------------------------------


def test_a_recusa_de_um_envio_grande_chega_a_quem_ainda_envia(painel: Painel, consulta: Navegador) -> None:
    """The sockets do not hold so much: a server that closes before it has read leaves a broken connection."""
    grande = [(b"grande.txt", bytes(24 * MIB))]
    assert consulta.soltar("/rotas/4/soltar", {}, grande).estado == 403
    assert painel.navegador().soltar("/rotas/4/soltar", {}, grande).estado == 401


def test_um_formulario_grande_demais_e_413_inteiro(admin: Navegador) -> None:
    for caminho in ("/rotas", "/rotas/nova", f"{ACESSOS}/novo", "/escritorios/novo"):
        assert admin.enviar(caminho, {"nome": "x" * 24 * MIB}).estado == 413


@contextmanager
def enviando(painel: Painel, quem: Navegador, **cabecalhos: str) -> Iterator[http.client.HTTPConnection]:
    """Yields a connection over which a form with files is about to come."""
    conexao = http.client.HTTPConnection("127.0.0.1", painel.porta, timeout=120)
    conexao.putrequest("POST", "/rotas/4/soltar")
    tipo = com_arquivos({}, [])[0]
    todos = {"Cookie": quem.biscoito, "Sec-Fetch-Site": "same-origin", "Content-Type": tipo}
    for nome, valor in (todos | {n.replace("_", "-"): x for n, x in cabecalhos.items()}).items():
        conexao.putheader(nome, valor)
    conexao.endheaders()
    try:
        yield conexao
    finally:
        conexao.close()


def test_mais_de_256_mib_anunciados_nem_se_esperam(painel: Painel, operador: Navegador, entrada: Path) -> None:
    antes = guardados(entrada)
    with enviando(painel, operador, Content_Length=str(258 * MIB), Expect="100-continue") as conexao:
        veio = conexao.getresponse()
        texto = veio.read().decode()
    assert (veio.status, "passa de 256 MiB" in texto) == (413, True)
    assert guardados(entrada) == antes


def memoria_mib(pid: int) -> int:
    """Returns the memory of a process, its share of what is shared."""
    linhas = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(x for x in linhas if x.startswith("Pss:")).split()[1]) // 1024


@pytest.mark.longo
@pytest.mark.parametrize("anunciado", [True, False])
def test_257_mib_sao_413_e_passam_sem_ficar(
    painel: Painel, operador: Navegador, entrada: Path, anunciado: bool
) -> None:
    antes, maior = guardados(entrada), 0
    corpo = com_arquivos({}, [(b"%d.txt" % i, bytes(min(64, 257 - i * 64) * MIB)) for i in range(5)])[1]
    como = {"Content_Length": str(len(corpo))} if anunciado else {"Transfer_Encoding": "chunked"}
    with enviando(painel, operador, **como) as conexao:
        for i in range(0, len(corpo), 4 * MIB):
            parte = corpo[i : i + 4 * MIB]
            conexao.send(parte if anunciado else b"%x\r\n" % len(parte) + parte + b"\r\n")
            maior = max(maior, memoria_mib(painel.processo.pid))
        if not anunciado:
            conexao.send(b"0\r\n\r\n")
        assert conexao.getresponse().status == 413
    assert maior <= 90
    assert guardados(entrada) == antes


def test_um_disco_que_enche_no_meio(painel: Painel, operador: Navegador, entrada: Path) -> None:
    """The room ends while the second file comes: neither is kept, and the page says what to do."""
    antes, pid = guardados(entrada), painel.processo.pid
    era = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (24 * MIB, era[1]))
    try:
        visto = operador.soltar("/rotas/4/soltar", {}, [(b"cabe.txt", b"1"), (b"nao-cabe.txt", bytes(30 * MIB))])
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, era)
    assert visto.estado == 503
    assert "Não consegui gravar na pasta de dados" in visto.texto
    assert "Nada foi guardado" in visto.texto
    assert guardados(entrada) == antes
    assert operador.abrir("/rotas/4/soltar").estado == 200


def test_um_envio_malfeito_e_dito_e_nao_fica_nada(painel: Painel, operador: Navegador, entrada: Path) -> None:
    antes, inteiro = guardados(entrada), com_arquivos({}, [(b"a.txt", b"1" * 5000)])[1]
    for corpo in (b"", b"lixo", b"--outra\r\n\r\n", inteiro[:-12], inteiro[:60]):
        with enviando(painel, operador, Content_Length=str(len(corpo))) as conexao:
            conexao.send(corpo)
            veio = conexao.getresponse()
            assert veio.status == 400, corpo[:20]
            assert 'role="alert"' in veio.read().decode()
    assert guardados(entrada) == antes


def test_quem_corta_logo_no_comeco_nao_deixa_nada(painel: Painel, operador: Navegador, entrada: Path) -> None:
    antes = guardados(entrada)
    for _ in range(10):
        with enviando(painel, operador, Content_Length=str(10 * MIB)) as conexao:
            assert conexao.sock is not None
            conexao.sock.shutdown(socket.SHUT_RDWR)
    assert operador.abrir("/saude").estado == 200
    assert guardados(entrada) == antes


# --- the service is off --------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-02")
@pytest.mark.parametrize("caminho", [f"{ACESSOS}/novo", f"{ACESSOS}/1", f"{ACESSOS}/1/excluir"])
def test_com_o_servico_desligado_um_acesso_fica_como_estava(painel: Painel, admin: Navegador, caminho: str) -> None:
    antes = painel.cenario.maquina.json("procuracao", "listar")
    visto = admin.enviar(caminho, ACESSO | {"nome": "MUDADO <i>"})
    assert visto.estado == 409
    assert "Ligue o serviço" in visto.texto
    assert ACESSO["senha"] not in visto.texto
    assert "excluir" in caminho or 'value="MUDADO &lt;i&gt;"' in visto.texto
    assert painel.cenario.maquina.json("procuracao", "listar") == antes


# --- offices -------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-01")
def test_um_escritorio_novo_se_inclui_uma_vez(painel: Painel, admin: Navegador) -> None:
    m, novo = painel.cenario.maquina, "/escritorios/novo"
    assert "<h1>Novo escritório</h1>" in admin.abrir(novo).texto
    for ruim in ({"cnpj": "123", "nome": "<b>X"}, {"cnpj": CLIENTE, "nome": ""}, {"cnpj": "", "nome": ""}, {}):
        visto = admin.enviar(novo, ruim)
        assert visto.estado == 422, ruim
        assert 'role="alert"' in visto.texto
        assert f'value="{ruim.get("cnpj", "")}"' in visto.texto
    feito = admin.enviar(novo, {"cnpj": "11.444.777/0001-61", "nome": "Contábil <b>"})
    assert (feito.estado, feito.para) == (303, f"/escritorios/{CLIENTE}/certificados?feito=escritorio")
    assert {"cnpj": CLIENTE, "nome": "Contábil <b>"}.items() <= m.json("procuracao", "escritorios")[0].items()
    nova = m.json("auditoria", "listar")[0]
    assert (nova["alvo"], nova["resultado"]) == ("procuracao escritorio", "feito")
    repetido = admin.enviar(novo, {"cnpj": CLIENTE, "nome": "Outro nome"})
    assert repetido.estado == 409
    assert "Outro nome" not in str(m.json("procuracao", "escritorios"))
