"""Tests commands of real accounts against a running service: an operator, somebody from outside, root, the service's.

The service has the folders that its unit gives it: data 0750, `/run/…` with the operators' group, files of the
administrator that nobody else reads.
"""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from separador.acesso.dominio import Direito
from separador.cli.base.soquete.passagem import SESSOES
from separador.demonstracao import exportacoes as ex
from separador.motor.soquete import quadro
from separador.pedidos.acoes import direito_de
from tests.aceitacao.acesso.test_direitos import TODOS, argumentos
from tests.apoio.autoridade import SENHA, emitir
from tests.apoio.contas_de_operador import (
    DE_FORA,
    GRUPO_DE_OPERADORES,
    OPERADOR,
    OUTRO_OPERADOR,
    ROOT,
    SERVICO,
    Conta,
    ambiente,
    precisa_de_contas,
    programa,
    rodar,
)

pytestmark = [precisa_de_contas, pytest.mark.requisito("BORDA-05")]
SEGREDO_DO_AMBIENTE = "segredo-que-ninguem-pode-ver"
MARCA_DA_CHAVE = "chave-mestra"
NAO_TOCAM_OU_TEM_TESTE_PROPRIO = (
    *("executar", "demo", "parar", "iniciar", "reiniciar", "uma-vez", "painel"),
    *("simulador executar", "simulador sefaz", "simulador serpro"),
)
TODO_DIA = frozenset(
    (
        "init",
        "certificado pin",
        "cofre copia",
        "falhas",
        "cte dacte",
        "ecac guias importar",
        "falhas dispensar",
        "regras",
    )
)


def cada(serve: Callable[[str], bool]) -> list[Any]:
    """Returns the commands, by name. The everyday run takes a few of them."""
    nomes = sorted(n for n in TODOS if serve(n))
    return [pytest.param(n, marks=[] if n in TODO_DIA else [pytest.mark.longo]) for n in nomes]


@dataclass
class Local:
    """An installation as the unit has it, and whoever gives commands from outside of it."""

    pasta: Path
    servico: "subprocess.Popen[bytes] | None" = None

    @property
    def dados(self) -> Path:
        return self.pasta / "var"

    @property
    def soquete(self) -> Path:
        return self.pasta / "run" / "pedidos.sock"

    @property
    def config(self) -> Path:
        return self.pasta / "login" / "config" / "separador.yaml"

    def montar(self) -> None:
        """Makes the folders. `login` is where people stand: the configuration there is closed, as /etc/separador is."""
        self.pasta.chmod(0o755)
        for nome, modo in (("var", 0o750), ("in", 0o750), ("out", 0o750), ("ret", 0o750), ("wms", 0o750)):
            (self.pasta / nome).mkdir()
            os.chown(self.pasta / nome, SERVICO.uid, SERVICO.gid)
            (self.pasta / nome).chmod(modo)
        (self.pasta / "run").mkdir()
        os.chown(self.pasta / "run", SERVICO.uid, GRUPO_DE_OPERADORES)
        (self.pasta / "run").chmod(0o2750)
        (self.pasta / "login").mkdir(mode=0o755)
        (self.pasta / "login").chmod(0o777)
        self.config.parent.mkdir()
        self.config.write_text(
            yaml.safe_dump(
                {
                    "raiz": "../..", "dados": "var", "tempo_leitura": 1, "trabalhadores": 0, "reserva_disco_mb": 0,
                    "ambiente": "homologacao", "empresas": [{"cnpj": "11222333000181", "nome": "Testes", "uf": "SP"}],
                    "rotas": [
                        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "in", "destino": "out",
                         "arquivo": ["-cte.xml"]},
                        {"id": 2, "ativo": True, "regra": "cte-retorno", "origem": "ret", "destino": "wms",
                         "arquivo": [".xml"]},
                    ],
                }
            ),
            encoding="utf-8",
        )  # fmt: skip
        for arquivo, modo in ((self.config.parent, 0o750), (self.config, 0o640)):
            os.chown(arquivo, 0, SERVICO.gid)
            arquivo.chmod(modo)
        self.exigir(SERVICO, "init")

    def ligar(self) -> None:
        env = self.env(SERVICO, RUNTIME_DIRECTORY=str(self.soquete.parent), SEPARADOR_SENHA=SEGREDO_DO_AMBIENTE)
        self.servico = subprocess.Popen(
            SERVICO.comando(programa("--config", str(self.config), "executar")), env=env, cwd="/", umask=0o027,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        limite = time.monotonic() + 60
        while not (self.dados / "estado.json").exists():
            assert self.servico.poll() is None, self.servico.stderr and self.servico.stderr.read()
            assert time.monotonic() < limite
            time.sleep(0.05)

    def desligar(self) -> None:
        if self.servico is not None:
            self.servico.send_signal(signal.SIGTERM)
            assert self.servico.wait(60) == 0
            assert self.servico.stderr is not None
            self.servico.stderr.close()
            self.servico = None

    def env(self, conta: Conta, **mais: str) -> dict[str, str]:
        estado = self.pasta / f"estado-{conta.uid}"
        if not estado.exists():
            estado.mkdir()
            os.chown(estado, conta.uid, conta.gid)
        return ambiente(SEPARADOR_SOQUETE=str(self.soquete), XDG_STATE_HOME=str(estado), **mais)

    def dar(self, conta: Conta, *args: str, entrada: str = "", **mais: str) -> "subprocess.CompletedProcess[str]":
        """Gives a command from the login folder. The service's account and root name the configuration."""
        com = ("--config", str(self.config)) if conta in (SERVICO, ROOT) else ()
        return rodar(
            conta, programa(*com, *args), env=self.env(conta, **mais), cwd=self.pasta / "login", entrada=entrada
        )

    def exigir(self, conta: Conta, *args: str, codigo: int = 0, entrada: str = "", **mais: str) -> str:
        feito = self.dar(conta, *args, entrada=entrada, **mais)
        assert feito.returncode == codigo, f"{args}: {feito.returncode}\n{feito.stdout}\n{feito.stderr}"
        return feito.stdout + feito.stderr


@pytest.fixture(scope="module")
def local() -> Iterator[Local]:
    """Not below pytest's own folder, which other accounts may not enter."""
    with tempfile.TemporaryDirectory(prefix="separador-contas-") as raiz:
        c = Local(Path(raiz))
        c.montar()
        c.ligar()
        try:
            yield c
        finally:
            c.desligar()


# --- the socket ------------------------------------------------------------------------------------------------------


def test_o_soquete_tem_o_grupo_da_pasta_e_o_servico_nao_da_nada_a_ninguem(local: Local) -> None:
    visto = local.soquete.lstat()
    assert stat.S_ISSOCK(visto.st_mode)
    assert (visto.st_uid, visto.st_gid, stat.S_IMODE(visto.st_mode)) == (SERVICO.uid, GRUPO_DE_OPERADORES, 0o660)


# --- an operator -----------------------------------------------------------------------------------------------------


def test_o_operador_le_como_quem_pode_abrir_os_dados(local: Local) -> None:
    daqui = json.loads(local.exigir(SERVICO, "situacao", "--json"))
    pelo_soquete = json.loads(local.exigir(OPERADOR, "situacao", "--json"))
    assert pelo_soquete["servico"] == daqui["servico"]
    assert pelo_soquete["servico"]["ativo"] is True
    assert [r["id"] for r in pelo_soquete["rotas"]] == [1, 2]
    assert local.exigir(OPERADOR, "rotas", "listar") == local.exigir(SERVICO, "rotas", "listar")
    assert local.dar(OPERADOR, "falhas").returncode == local.dar(SERVICO, "falhas").returncode
    assert "serviço pronto" in local.exigir(OPERADOR, "log", "-n", "1000")


def test_a_ordem_do_operador_leva_o_login_dele(local: Local) -> None:
    exportado = ex.cte(1, agora=_agora(), variante="uma-nota")
    arquivo = local.pasta / "in" / os.fsdecode(exportado.nome)
    provisorio = local.pasta / "in" / ".novo"
    provisorio.write_bytes(exportado.dados)
    os.chown(provisorio, SERVICO.uid, SERVICO.gid)
    provisorio.rename(arquivo)
    _esperar(lambda: "SEP-SEM-CERTIFICADO" in local.dar(OPERADOR, "falhas").stdout)
    falha = next(f for f in json.loads(local.dar(OPERADOR, "falhas", "--json").stdout) if f["codigo"])
    local.exigir(OPERADOR, "falhas", "dispensar", str(falha["id"]), "--motivo", "resolvido por telefone")
    trilha = json.loads(local.exigir(OPERADOR, "auditoria", "listar", "--todas", "--json"))
    assert [t["quem"] for t in trilha if t["acao"] == "pedido dispensar"] == [f"so:{OPERADOR.uid}"]


def test_a_recusa_e_o_uso_errado_tem_os_mesmos_codigos_de_saida(local: Local) -> None:
    chave = "35260712ABC34501DE35570010000001231123456784"
    assert local.exigir(OPERADOR, "cte", "enviar", chave, codigo=1) == local.exigir(
        SERVICO, "cte", "enviar", chave, codigo=1
    )
    assert "não é uma chave" in local.exigir(OPERADOR, "cte", "ver", "1", codigo=2)
    assert "não existe" in local.exigir(OPERADOR, "cte", "ouvir", codigo=2)


@pytest.mark.parametrize("nome", cada(lambda n: direito_de(n) is Direito.ADMINISTRAR))
def test_o_operador_nao_da_nenhum_comando_de_administrador(local: Local, nome: str) -> None:
    """Neither by the command, nor by a request of its own making: the socket is asked without the command's help."""
    args = argumentos(nome, str(local.pasta / "nao-ha"))
    codigo, texto = _direto(local, OPERADOR, args)
    assert codigo == 1, texto
    assert "administrador" in texto


@pytest.mark.parametrize("nome", cada(lambda n: direito_de(n) in (Direito.LER, Direito.OPERAR)))
def test_o_operador_e_atendido_em_cada_comando_de_ler_e_operar(local: Local, nome: str) -> None:
    """Each is run by the service, and none ends in an incident, or in a sentence about rights in the data folder."""
    args = argumentos(nome, str(local.pasta / "nao-ha"))
    codigo, texto = _direto(local, OPERADOR, args)
    assert codigo in (0, 1, 2, 3), texto
    for frase in ("incidente", "readonly", "Permission denied", "Traceback", "Não consegui"):
        assert frase not in texto, (nome, texto)


@pytest.mark.parametrize("nome", cada(lambda n: direito_de(n) is Direito.LIVRE and n not in SESSOES))
def test_o_que_nao_precisa_da_instalacao_nao_roda_no_servico(local: Local, nome: str) -> None:
    codigo, texto = _direto(local, OPERADOR, argumentos(nome, str(local.pasta / "nao-ha")))
    assert codigo == 1, texto


def test_o_operador_nao_alcanca_segredos(local: Local, tmp_path: Path) -> None:
    chave = (local.dados / "cofre" / MARCA_DA_CHAVE).read_text().split()[0]
    cofre = str(local.dados / "cofre" / MARCA_DA_CHAVE)
    textos = []
    for args in (
        ["cte", "evento", "carta-correcao", "1" * 44, "--dados", cofre],
        ["ecac", "guias", "importar", cofre],
        ["cte", "evento", "comprovante", "1" * 44, "--imagem", cofre],
        ["--config", cofre, "config", "conferir"],
        ["certificado", "token", "--modulo", cofre],
        ["cofre", "copia", str(tmp_path / "x")],
        ["rastrear", cofre],
        ["rotas", "testar", "x", "--origem", str(local.dados / "cofre")],
        ["config", "conferir"], ["verificar"], ["certificado", "listar", "--json"], ["log", "-n", "100000"],
        ["usuario", "recuperar", "ana@x.com"], ["cofre", "chave"], ["log", "-f"],
        ["cadastro", "exportar"], ["procuracao", "listar", "--json"], ["auditoria", "listar", "--todas"],
    ):  # fmt: skip
        _, texto = _direto(local, OPERADOR, args)
        textos.append(texto)
        assert SEGREDO_DO_AMBIENTE not in texto
        assert chave not in texto, args
    assert textos[3].startswith("Pelo serviço, os comandos usam a configuração dele")
    assert textos[4].startswith("O comando certificado token abre arquivos desta máquina")


def test_o_operador_nao_escreve_com_os_direitos_do_servico(local: Local) -> None:
    for args in (
        ["ecac", "ocorrencias", "--excel", str(local.dados / "plantado.xlsx")],
        ["cadastro", "exportar", str(local.dados / "separador.db")],
    ):
        antes = {p: p.stat().st_mtime_ns for p in (local.dados / "cofre").iterdir()}
        _direto(local, OPERADOR, args)
        feito = local.dar(OPERADOR, *args)
        assert feito.returncode == 1, feito.stdout
        assert "Não consegui gravar" in feito.stderr
        assert not (local.dados / "plantado.xlsx").exists()
        assert {p: p.stat().st_mtime_ns for p in (local.dados / "cofre").iterdir()} == antes
    assert "íntegro" in local.dar(SERVICO, "verificar").stdout


def test_o_que_o_operador_pede_em_arquivo_e_dele(local: Local) -> None:
    alvo = local.pasta / "login" / "cadastro.yaml"
    assert "sem segredos" in local.exigir(OPERADOR, "cadastro", "exportar", "cadastro.yaml")
    assert alvo.stat().st_uid == OPERADOR.uid
    guias = local.pasta / "login" / "guias.csv"
    guias.write_text("isto;não;é;uma;guia\n")
    guias.chmod(0o600)
    os.chown(guias, OPERADOR.uid, OPERADOR.gid)
    texto = local.dar(OPERADOR, "ecac", "guias", "importar", str(guias)).stderr
    assert "Permission" not in texto
    assert "não veio com o pedido" not in texto
    guias.write_bytes(b"x" * (quadro.LIMITE + 1))
    assert "passa de 2 MiB" in local.exigir(OPERADOR, "ecac", "guias", "importar", str(guias), codigo=2)


def test_o_operador_nao_entrega_pin_senha_nem_certificado(local: Local) -> None:
    for especie in ("certificado-pin", "certificado", "certificado-senha"):
        pedido = {"entregar": especie, "instalacao": str(local.dados), "dados": {"certificado": 1, "pin": "1"}}
        codigo, texto = _mandar(local, OPERADOR, quadro.Especie.ENTREGA, json.dumps(pedido).encode())
        assert (codigo, "Só o administrador" in texto) == (1, True), texto


# --- people of the program -------------------------------------------------------------------------------------------


def test_com_usuarios_o_operador_entra_e_sai_pelo_soquete(local: Local) -> None:
    """In an order of its own: from here on, orders need a user."""
    local.exigir(SERVICO, "usuario", "incluir", "ana@x.com", "--nome", "Ana", "--nivel", "administrador")
    codigo = re.search(r"(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}", local.exigir(SERVICO, "usuario", "recuperar", "ana@x.com"))
    assert codigo is not None
    senha = "cavalo bateria grampo"
    local.exigir(OPERADOR, "usuario", "definir-senha", "--senha-stdin", entrada=f"{codigo[0]}\n{senha}\n")
    ordem = ("cte", "consultar", "35260712ABC34501DE35570010000001231123456784")
    assert "diga quem é" in local.exigir(OPERADOR, *ordem, codigo=1)
    errada = local.exigir(OPERADOR, *ordem, "--usuario", "ana@x.com", "--senha-stdin", entrada="errada\n", codigo=1)
    assert "Nada foi mudado" in errada
    assert "entrou como ana@x.com" in local.exigir(
        OPERADOR, "entrar", "--usuario", "ana@x.com", "--senha-stdin", entrada=f"{senha}\n"
    )
    ficha = next((local.pasta / f"estado-{OPERADOR.uid}" / "separador").iterdir())
    assert (ficha.stat().st_uid, stat.S_IMODE(ficha.stat().st_mode)) == (OPERADOR.uid, 0o600)
    local.dar(OPERADOR, *ordem)
    outra = _pedido(local, ["cte", "consultar", ordem[2]], ficha=ficha.read_text().strip())
    assert "sess" in _mandar(local, OUTRO_OPERADOR, quadro.Especie.COMANDO, outra)[1].lower(), "de outra conta não vale"
    local.exigir(OPERADOR, "sair")
    assert not ficha.exists()
    trilha = json.loads(local.exigir(OPERADOR, "auditoria", "listar", "--todas", "--json"))
    assert next(t["quem"] for t in trilha if t["acao"] == "pedido consultar") == "ana@x.com"


# --- somebody from outside, root -------------------------------------------------------------------------------------


def test_quem_e_de_fora_nao_chega_ao_servico(local: Local) -> None:
    for args in (("falhas",), ("cte", "enviar", "1" * 44), ("entrar", "--usuario", "a@x.com", "--senha-stdin")):
        texto = local.exigir(DE_FORA, *args, codigo=1, entrada="x\n")
        assert "não está no grupo separador-operador" in texto
    assert "é do administrador" in local.exigir(DE_FORA, "parar", codigo=1)


def test_o_certificado_que_so_root_le_e_instalado_pelo_servico(local: Local) -> None:
    pfx = local.pasta / "matriz.pfx"
    pfx.write_bytes(emitir().pfx())
    pfx.chmod(0o600)
    args = ("certificado", "instalar", str(pfx), "--apelido", "matriz", "--senha-stdin", *_como_ana(local))
    assert "instalado" in local.exigir(ROOT, *args, entrada=_senha_da_ana(local) + SENHA + "\n")
    assert "já está instalado" in local.exigir(ROOT, *args, entrada=_senha_da_ana(local) + SENHA + "\n", codigo=1)
    de_root = [p for p in local.dados.rglob("*") if p.lstat().st_uid == 0]
    assert de_root == []
    assert "matriz" in local.exigir(OPERADOR, "certificado", "listar")


@pytest.mark.parametrize("nome", cada(lambda n: n not in NAO_TOCAM_OU_TEM_TESTE_PROPRIO))
def test_root_em_cada_comando_nao_deixa_nada_de_root_nos_dados(local: Local, nome: str) -> None:
    """Root gives each command with odd arguments; whatever comes of it, the data folder stays the service's."""
    args = argumentos(nome, str(local.pasta / "nao-ha"))
    local.dar(ROOT, *args)
    assert [p for p in local.dados.rglob("*") if p.lstat().st_uid == 0] == []


def test_o_painel_que_root_abre_nao_deixa_nada_de_root_nos_dados(local: Local) -> None:
    """It shows its pages as the owner of the data folder, until Ctrl+C."""
    painel = programa("--config", str(local.config), "painel", "--escuta", "127.0.0.1:0")
    comando = ("timeout", "--signal=INT", "8", *painel)
    feito = rodar(ROOT, comando, env=local.env(ROOT), cwd=local.pasta / "login")
    assert "http://127.0.0.1:" in feito.stdout + feito.stderr
    assert [p for p in local.dados.rglob("*") if p.lstat().st_uid == 0] == []


def test_o_soquete_pequeno_e_os_de_fora_nao_param_o_servico(local: Local) -> None:
    """A peer that says nothing, one with half a frame, one with rubbish: the operator is served all the same."""
    pontas = []
    for comeco in (b"", b"\0\0\0\x05", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xffC"):
        ponta = socket.socket(socket.AF_UNIX)
        ponta.connect(str(local.soquete))
        ponta.sendall(comeco)
        pontas.append(ponta)
    assert "id  ativa" in local.exigir(OPERADOR, "rotas", "listar")
    for ponta in pontas:
        ponta.close()


# --- stopped ---------------------------------------------------------------------------------------------------------


def test_zz_desligado_e_dito_e_nada_e_registrado(local: Local) -> None:
    local.desligar()
    assert not local.soquete.exists()
    banco = local.dados / "separador.db"
    antes = banco.stat().st_mtime_ns
    for args in (("falhas",), ("cte", "consultar", "35260712ABC34501DE35570010000001231123456784")):
        texto = local.exigir(OPERADOR, *args, codigo=3)
        assert "desligado" in texto
        assert "Nada foi registrado" in texto
    assert banco.stat().st_mtime_ns == antes


def test_zz_root_liga_o_servico_como_o_dono_da_pasta(local: Local) -> None:
    local.desligar()
    try:
        pid = int(
            re.search(r"pid (\d+)", local.exigir(ROOT, "iniciar", *_como_ana(local), entrada=_senha_da_ana(local)))[1]
        )  # type: ignore[index]
        assert _uids(pid) == {SERVICO.uid}
        proprio = local.dados / "pedidos.sock"
        assert (proprio.lstat().st_uid, stat.S_IMODE(proprio.lstat().st_mode)) == (SERVICO.uid, 0o600)
        local.exigir(ROOT, "reiniciar", *_como_ana(local), entrada=_senha_da_ana(local))
        novo = json.loads(local.exigir(ROOT, "situacao", "--json"))["servico"]["pid"]
        assert novo != pid
        assert _uids(novo) == {SERVICO.uid}
        assert [p for p in local.dados.rglob("*") if p.lstat().st_uid == 0] == []
    finally:
        local.dar(ROOT, "parar", *_como_ana(local), entrada=_senha_da_ana(local))


def _uids(pid: int) -> set[int]:
    linha = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("Uid:"))
    return {int(n) for n in linha.split()[1:]}


# --- help ------------------------------------------------------------------------------------------------------------


def _agora():  # type: ignore[no-untyped-def]
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _esperar(pronto, prazo_s: float = 30) -> None:  # type: ignore[no-untyped-def]
    limite = time.monotonic() + prazo_s
    while not pronto():
        assert time.monotonic() < limite
        time.sleep(0.2)


def _como_ana(local: Local) -> tuple[str, ...]:
    return ("--usuario", "ana@x.com", "--senha-stdin") if _ha_ana(local) else ()


def _senha_da_ana(local: Local) -> str:
    return "cavalo bateria grampo\n" if _ha_ana(local) else ""


def _ha_ana(local: Local) -> bool:
    return "ana@x.com" in local.exigir(SERVICO, "usuario", "listar")


def _pedido(local: Local, args: list[str], **mais: object) -> bytes:
    return json.dumps({"argumentos": args, **mais}).encode()


def _direto(local: Local, conta: Conta, args: list[str]) -> tuple[int, str]:
    return _mandar(local, conta, quadro.Especie.COMANDO, _pedido(local, args))


_MANDAR = """
import sys
from pathlib import Path
from separador.motor.soquete import lugar, quadro
with lugar.ligado(Path(sys.argv[1]), 5) as ponta:
    quadro.enviar(ponta, quadro.Especie(sys.argv[2].encode()), sys.stdin.buffer.read(), 5)
    sys.stdout.buffer.write(quadro.receber(ponta, 90)[1])
"""


def _mandar(local: Local, conta: Conta, especie: quadro.Especie, conteudo: bytes) -> tuple[int, str]:
    """Sends a request of somebody's own making."""
    comando = [programa()[0], "-c", _MANDAR, str(local.soquete), especie.value.decode()]
    feito = rodar(conta, comando, env=local.env(conta), cwd=local.pasta / "login", entrada=conteudo.decode())
    assert feito.returncode == 0, feito.stderr
    lida = json.loads(feito.stdout)
    return lida["codigo"], "".join(t for _, t in lida["saida"])


def test_as_contas_sao_outras() -> None:
    assert len({c.uid for c in (ROOT, SERVICO, OPERADOR, OUTRO_OPERADOR, DE_FORA)}) == 5
    assert isinstance(TODOS["falhas"], click.Group)
