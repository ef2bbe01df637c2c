"""Tests the rights of the folders with real accounts: the service, members of the exchange group, an outsider."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.pastas import contas
from separador.programa import grupo
from tests.apoio.contas import OUTRO, SERVICO, TROCA, WMS, ambiente, como, lugar, prefixo_da_conta, separador
from tests.apoio.contas import so_como_root as _so_como_root

pytestmark = [_so_como_root, pytest.mark.timeout(240)]
SENHA = "senha-de-teste"
ROTAS = [
    {"id": 1, "ativo": True, "regra": "mover", "origem": "troca/sai", "destino": "troca/chega", "arquivo": ".txt"},
    {"id": 2, "ativo": True, "regra": "cte-envio", "origem": "troca/cte", "destino": "troca/sefaz",
     "arquivo": "-cte.xml"},
    {"id": 3, "ativo": True, "regra": "cte-retorno", "origem": "troca/retorno", "destino": "troca/wms",
     "arquivo": ".xml"},
]  # fmt: skip


@pytest.fixture
def aqui(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation that root's `init` made: data folder and exchange folders are of the service."""
    monkeypatch.setattr(contas, "gid_de_troca", lambda: TROCA)
    monkeypatch.setenv("SENHA_DE_TESTE", SENHA)
    with lugar() as pasta:
        (pasta / "certificado.pfx").write_bytes(gerar_pfx(SENHA, agora=datetime.now(UTC)))
        certificado = {"arquivo": "certificado.pfx", "senha": {"env": "SENHA_DE_TESTE"}}
        empresa = {"cnpj": EMITENTE.cnpj, "nome": "T", "uf": "SP", "certificado": certificado}
        valores = {
            "dados": "var", "ambiente": "homologacao", "trabalhadores": trabalhadores(), "reserva_disco_mb": 0,
            "tempo_leitura": 1, "empresas": [empresa], "rotas": ROTAS,
        }  # fmt: skip
        (pasta / "a.yaml").write_text(yaml.safe_dump(valores), encoding="utf-8")
        (pasta / "var").mkdir(mode=0o750)
        os.chown(pasta / "var", SERVICO, SERVICO)
        feito = CliRunner().invoke(grupo, ["--config", str(pasta / "a.yaml"), "init"], catch_exceptions=False)
        assert feito.exit_code == 0, feito.output
        yield pasta


def trabalhadores() -> int:
    """Returns one worker, or none where the account may not start the interpreter itself (it is in root's home)."""
    return 1 if como(SERVICO, "test", "-x", sys.executable).returncode == 0 else 0


def membro(*comando: str) -> subprocess.CompletedProcess[str]:
    return como(WMS, *comando, grupos=[TROCA])


def soltar(destino: Path, dados: bytes) -> None:
    """Drops a file as the WMS does: written beside under a temporary name, then renamed."""
    feito = subprocess.run(
        [*prefixo_da_conta(WMS, [TROCA]), "sh", "-c", 'cat > "$1.tmp" && mv "$1.tmp" "$1"', "sh", str(destino)],
        input=dados, capture_output=True, timeout=30,
    )  # fmt: skip
    assert feito.returncode == 0, feito.stderr


def esperar(feito: Callable[[], bool], saida: Path) -> None:
    fim = time.monotonic() + 60
    while not feito():
        assert time.monotonic() < fim, saida.read_text(encoding="utf-8")
        time.sleep(0.05)


def arquivos(pasta: Path, final: str) -> list[Path]:
    return sorted(p for p in pasta.iterdir() if p.name.endswith(final) and p.is_file())


@pytest.fixture
def servico(aqui: Path) -> Iterator[Path]:
    """Runs `executar` as the unit does (account, groups, umask), watched by strace where there is one."""
    saida, traco = aqui / "saida.txt", aqui / "traco"
    espia = ["strace", "-f", "-qq", "-o", str(traco), "-e", "trace=/ch(own|mod)", "-e", "signal=none"]
    linha = [
        *(espia if shutil.which("strace") else []),
        *prefixo_da_conta(SERVICO, [TROCA]),
        *separador(aqui / "a.yaml", "executar"),
    ]
    with saida.open("wb") as aberta:
        processo = subprocess.Popen(
            linha, stdout=aberta, stderr=subprocess.STDOUT, umask=0o027, cwd="/", start_new_session=True,
            env=ambiente(),
        )  # fmt: skip
    try:
        esperar(lambda: "serviço pronto" in saida.read_text(encoding="utf-8"), saida)
        yield aqui
    finally:
        os.killpg(processo.pid, signal.SIGTERM)
        processo.wait(60)


@pytest.mark.requisito("BORDA-03")
def test_o_que_e_publicado_e_do_grupo_e_o_servico_nao_muda_donos_nem_modos(servico: Path) -> None:
    troca, saida = servico / "troca", servico / "saida.txt"
    e = ex.cte(1, agora=datetime.now(UTC), variante="uma-nota")
    soltar(troca / "sai" / "a.txt", b"ola")
    soltar(troca / "cte" / "x-cte.xml", e.dados)
    esperar(lambda: bool(arquivos(troca / "chega", ".txt") and arquivos(troca / "sefaz", "-cte.xml")), saida)
    assinado = arquivos(troca / "sefaz", "-cte.xml")[0]
    volta = rt.autorizado(assinado.read_bytes(), os.fsencode(assinado.name), agora=datetime.now(UTC))
    soltar(troca / "retorno" / os.fsdecode(volta.nome), volta.dados)
    esperar(lambda: len(arquivos(troca / "wms", ".xml")) >= 2, saida)
    publicados = [p for pasta in ("chega", "sefaz", "wms") for p in (troca / pasta).iterdir() if p.is_file()]
    assert len(publicados) >= 4
    for publicado in publicados:
        visto = publicado.stat()
        assert (visto.st_uid, visto.st_gid, stat.S_IMODE(visto.st_mode)) == (SERVICO, TROCA, 0o640), publicado
        assert membro("cat", str(publicado)).returncode == 0
    # Collecting: by removing, and by moving to a folder of one's own.
    os.mkdir(servico / "do-wms")
    os.chown(servico / "do-wms", WMS, WMS)
    assert membro("rm", str(publicados[0])).returncode == 0
    assert membro("mv", str(publicados[1]), str(servico / "do-wms")).returncode == 0
    assert como(OUTRO, "cat", str(publicados[2])).returncode != 0
    _dados_fechados(servico / "var")
    if not shutil.which("strace"):
        if os.environ.get("CI") == "true":
            pytest.fail("falta o strace")
        pytest.skip("SEM strace: NÃO foi conferido que o serviço não muda donos nem modos")
    _sem_mudar_donos(servico / "traco")


def _dados_fechados(dados: Path) -> None:
    """Nobody but the service opens the data folder: all of it is 0750 or less, 0640 or less."""
    for caminho in (dados, *dados.rglob("*")):
        visto = caminho.lstat()
        assert (visto.st_uid, visto.st_gid) == (SERVICO, SERVICO) or visto.st_uid == WMS, caminho
        demais = 0o027 if stat.S_ISDIR(visto.st_mode) else 0o037
        if visto.st_uid == SERVICO:
            assert stat.S_IMODE(visto.st_mode) & demais == 0, f"{caminho} {stat.S_IMODE(visto.st_mode):o}"
    assert membro("ls", str(dados)).returncode != 0
    assert membro("cat", str(dados / "separador.db")).returncode != 0
    assert membro("sh", "-c", f"echo x > {dados}/log/separador.log").returncode != 0
    assert membro("mv", str(dados / "arquivo"), str(dados / "arquivo2")).returncode != 0


def _sem_mudar_donos(traco: Path) -> None:
    chamadas = traco.read_text(encoding="utf-8", errors="replace").splitlines()
    donos = [c for c in chamadas if "chown" in c]
    assert donos == []
    modos = [re.search(r"chmod\w*\(.*?\b0([0-7]{4,})\b", c) for c in chamadas]
    assert [m[0] for m in modos if m is not None and int(m[1], 8) & 0o6000] == []


@pytest.mark.requisito("BORDA-03")
def test_na_origem_o_membro_solta_corrige_e_retira_o_que_e_seu(aqui: Path) -> None:
    origem = aqui / "troca" / "sai"
    meu = origem / "meu.txt"
    soltar(meu, b"errado")
    assert membro("sh", "-c", f"echo certo > {meu}").returncode == 0
    assert meu.read_text(encoding="utf-8") == "certo\n"
    assert membro("mv", str(meu), str(origem / "outro.txt")).returncode == 0
    soltar(meu, b"x")
    assert como(OUTRO, "rm", "-f", str(meu), grupos=[TROCA]).returncode != 0  # another member's file
    assert membro("rm", str(meu), str(origem / "outro.txt")).returncode == 0
    assert list(origem.glob("*.txt")) == []
    assert como(OUTRO, "touch", str(origem / "de-fora.txt")).returncode != 0


@pytest.mark.requisito("BORDA-03")
def test_na_origem_a_separador_nao_e_do_grupo(aqui: Path) -> None:
    propria = aqui / "troca" / "sai" / ".separador"
    for comando in (
        ["mv", str(propria), str(propria.with_name(".x"))],
        ["rmdir", str(propria)],
        ["touch", str(propria / "meu")],
        ["rm", "-f", str(propria / "marca")],
    ):
        assert membro(*comando).returncode != 0, comando
    assert (propria / "marca").is_file()


@pytest.mark.requisito("BORDA-03")
def test_o_servico_toma_da_origem_o_arquivo_de_outro_dono(aqui: Path) -> None:
    """The sticky bit does not hold the owner of the folder."""
    soltar(aqui / "troca" / "sai" / "a.txt", b"ola")
    feito = como(SERVICO, *separador(aqui / "a.yaml", "uma-vez"), grupos=[TROCA], umask=0o027)
    assert feito.returncode == 0, feito.stderr
    assert membro("cat", str(aqui / "troca" / "chega" / "a.txt")).stdout == "ola"
    assert list((aqui / "troca" / "sai").glob("*.txt")) == []


@pytest.mark.requisito("BORDA-03")
def test_umask_frouxa_nao_abre_a_pasta_de_dados(aqui: Path) -> None:
    """Started by hand, with the umask that the former unit had."""
    soltar(aqui / "troca" / "sai" / "a.txt", b"ola")
    feito = como(SERVICO, *separador(aqui / "a.yaml", "uma-vez"), grupos=[TROCA], umask=0o000)
    assert feito.returncode == 0, feito.stderr
    _dados_fechados(aqui / "var")
