"""Runs a whole installation in a temporary folder as a subprocess, as an operator has it.

Everything goes through the command line and the folders. Of the product, only the generator of the demonstration is
imported.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import yaml

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa
from tests.apoio import partida
from tests.apoio.certificados import chave_rsa
from tests.apoio.transmissor import Modo, Transmissor, Veredito, autoriza_tudo, soltar

SENHA = "senha-de-teste"
ROTAS: tuple[dict[str, Any], ...] = (
    {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "inbox/cte", "destino": "outbox/sefaz",
     "arquivo": ["-cte.xml", "-ped-eve.xml"], "envio": "automatico"},
    {"id": 2, "ativo": True, "regra": "cte-retorno", "origem": "inbox/retorno", "destino": "outbox/wms",
     "arquivo": [".xml", ".err"]},
    {"id": 3, "ativo": True, "regra": "pedido", "origem": "inbox/pedidos", "destino": "outbox/wms",
     "arquivo": ".json"},
    {"id": 4, "ativo": True, "regra": "mover", "origem": "inbox/geral", "destino": "outbox/geral", "arquivo": ".txt"},
    {"id": 5, "ativo": True, "regra": "cte-validar", "origem": "inbox/validar", "destino": "outbox/validado",
     "arquivo": ".xml"},
)  # fmt: skip
"""Holds the five usual routes, one per rule that most installations use."""


class Maquina:
    """An installation under `pasta`. `opcoes` are keys of the configuration (tempo_leitura, perfil_nomes, ...).

    The companies in `empresas` have their certificates. With `com_certificado` off, the configuration gives them none.
    """

    def __init__(
        self,
        pasta: Path,
        *,
        trabalhadores: int | str = 0,
        tempo_leitura: int = 1,
        tempo_quieto: float | None = None,
        rotas: Sequence[dict[str, Any]] = ROTAS,
        empresas: Sequence[Empresa] = (EMITENTE,),
        com_certificado: bool = True,
        init: bool = True,
        **opcoes: Any,
    ) -> None:
        self.pasta = pasta
        self.config = pasta / "config" / "separador.yaml"
        self.dados = pasta / str(opcoes.get("dados", "var"))
        self.env = os.environ | {"SEPARADOR_SENHA": SENHA, "PYTHONUNBUFFERED": "1"}
        self.servico: subprocess.Popen[bytes] | None = None
        self.rotas = [dict(r) for r in rotas]
        self.opcoes: dict[str, Any] = {
            "raiz": "..", "tempo_leitura": tempo_leitura, "dados": "var", "perfil_nomes": "padrao",
            "ambiente": "homologacao", "trabalhadores": trabalhadores,
        } | ({} if tempo_quieto is None else {"tempo_quieto": tempo_quieto}) | opcoes  # fmt: skip
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self._empresas = [self._empresa(e, com_certificado=com_certificado) for e in empresas]
        self.gravar_config()
        if init:
            self.exigir("init")

    # --- configuration and folders -------------------------------------------------------------------------------

    def gravar_config(self, **mudancas: Any) -> None:
        """Writes the configuration; a change given here stays. For routes, change `self.rotas` first."""
        self.opcoes |= mudancas
        tudo = self.opcoes | {"empresas": self._empresas, "rotas": self.rotas}
        texto = yaml.safe_dump(tudo, allow_unicode=True, sort_keys=False)
        temporario = self.config.with_suffix(".tmp")
        temporario.write_text(texto, encoding="utf-8")
        temporario.replace(self.config)

    def origem(self, rota: int | str) -> Path:
        """Returns the origin folder of a route, by id or by the folder's own relative path."""
        return self._lado(rota, "origem")

    def destino(self, rota: int | str) -> Path:
        """Returns the destination folder of a route, by id or by the folder's own relative path."""
        return self._lado(rota, "destino")

    def soltar(self, rota_origem: int | str, nome: bytes | str, dados: bytes, *, modo: Modo = "atomico") -> Path:
        """Drops a file into a route's origin, atomically unless told otherwise."""
        return soltar(self.origem(rota_origem), os.fsencode(nome), dados, modo=modo)

    def listar(self, pasta: Path) -> list[str]:
        """Returns the names of the visible files of a folder, sorted."""
        if not pasta.is_dir():
            return []
        return sorted(p.name for p in pasta.iterdir() if p.is_file() and not p.name.startswith("."))

    def saida(self, rota: int | str) -> list[str]:
        """Returns the names of what is in a route's destination now."""
        return self.listar(self.destino(rota))

    def transmissor(self, veredito: Veredito = autoriza_tudo, **opcoes: Any) -> Transmissor:
        """Returns the other program, between routes 1 and 2. It is not started."""
        guarda = self.pasta / "transmissor"
        return Transmissor(self.destino(1), self.origem(2), guarda, veredito=veredito, **opcoes)

    # --- commands ------------------------------------------------------------------------------------------------

    @property
    def comando(self) -> list[str]:
        return [sys.executable, "-m", "separador", "--config", str(self.config)]

    def cli(
        self, *args: str, prazo_s: float = 60.0, entrada: str | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end, whatever its exit code is."""
        todo = self.env | (env or {})
        if partida.serve(todo):
            argumentos = ["--config", str(self.config), *args]
            feito = partida.rodar(argumentos, env=todo, pasta=self.pasta, prazo_s=prazo_s, entrada=entrada)
            if feito is not None:
                return feito
        return subprocess.run(
            [*self.comando, *args], env=todo, cwd=self.pasta, capture_output=True, text=True,
            encoding="utf-8", timeout=prazo_s, input=entrada, check=False,
        )  # fmt: skip

    def exigir(self, *args: str, codigo: int = 0, **opcoes: Any) -> subprocess.CompletedProcess[str]:
        """Runs one command and demands its exit code, showing both outputs when it differs."""
        feito = self.cli(*args, **opcoes)
        assert feito.returncode == codigo, (
            f"{' '.join(args)}: saiu com {feito.returncode}, esperado {codigo}\n{feito.stdout}\n{feito.stderr}"
        )
        return feito

    def json(self, *args: str, **opcoes: Any) -> Any:
        """Runs a reading command with `--json` and parses its one document. `situacao`, `falhas` may exit 1."""
        feito = self.cli(*args, "--json", **opcoes)
        try:
            return json.loads(feito.stdout)
        except json.JSONDecodeError as erro:
            saida = f"{' '.join(args)} --json: saiu com {feito.returncode}\n{feito.stdout}\n{feito.stderr}"
            raise AssertionError(saida) from erro

    def uma_vez(self, prazo_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Runs `uma-vez`: one pass until nothing can move. Demands exit 0 or 1 (1: failures exist)."""
        feito = self.cli("uma-vez", prazo_s=prazo_s)
        assert feito.returncode in {0, 1}, f"uma-vez: {feito.returncode}\n{feito.stdout}\n{feito.stderr}"
        return feito

    # --- service -------------------------------------------------------------------------------------------------

    def executar(
        self,
        *,
        pronto: bool = True,
        prefixo: Sequence[str] = (),
        env: dict[str, str] | None = None,
        prazo_s: float = 30.0,
    ) -> subprocess.Popen[bytes]:
        """Starts `executar` in a process group of its own. Output goes to servico.log. Waits until it is ready.

        `prefixo` is a program to run it under (strace, prlimit, ...).
        """
        assert self.servico is None or self.servico.poll() is not None, "o serviço já está rodando"
        with (self.pasta / "servico.log").open("ab") as saida:
            self.servico = subprocess.Popen(
                [*prefixo, *self.comando, "executar"], env=self.env | (env or {}), cwd=self.pasta,
                stdin=subprocess.DEVNULL, stdout=saida, stderr=saida, start_new_session=True,
            )  # fmt: skip
        if pronto:
            self.esperar(self._pronto, prazo_s, "o serviço não ficou pronto")
        return self.servico

    def parar(self, prazo_s: float = 90.0, sinal: int = signal.SIGTERM) -> int:
        """Asks the service to stop and returns its exit code."""
        assert self.servico is not None, "o serviço não foi iniciado"
        if self.servico.poll() is None:
            self.servico.send_signal(sinal)
        codigo = self.servico.wait(prazo_s)
        self.servico = None
        return codigo

    def matar(self) -> None:
        """Sends SIGKILL to the whole process group, service and workers at once."""
        assert self.servico is not None, "o serviço não foi iniciado"
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.servico.pid, signal.SIGKILL)
        self.servico.wait()
        self.servico = None

    def esperar(self, cond: Callable[[], Any], prazo_s: float = 30.0, motivo: str = "a condição não veio") -> Any:
        """Waits until `cond()` is true and returns its value. Raises AssertionError with the end of the log.

        It asks a third of the time at most: a condition that runs a command costs as much as the service does.
        """
        limite = time.monotonic() + prazo_s
        while True:
            desde = time.monotonic()
            valor = cond()
            if valor:
                return valor
            agora = time.monotonic()
            if agora > limite:
                raise AssertionError(f"{motivo} em {prazo_s} s\n{self.fim_do_log()}")
            time.sleep(min(0.5, max(0.02, 2 * (agora - desde))))

    def fim_do_log(self, linhas: int = 40) -> str:
        """Returns the end of what the service wrote."""
        arquivo = self.pasta / "servico.log"
        if not arquivo.exists():
            return "(sem log)"
        return "\n".join(arquivo.read_text("utf-8", "replace").splitlines()[-linhas:])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.servico is not None and self.servico.poll() is None:
            self.matar()

    # --- inside --------------------------------------------------------------------------------------------------

    def _pronto(self) -> bool:
        """Says whether it runs: `situacao --json` must say active, with a pid of our process group."""
        assert self.servico is not None
        codigo = self.servico.poll()
        assert codigo is None, f"o serviço terminou com {codigo}\n{self.fim_do_log()}"
        feito = self.cli("situacao", "--json")
        if not feito.stdout.strip():
            return False
        servico = json.loads(feito.stdout).get("servico", {})
        pid = servico.get("pid")
        return bool(servico.get("ativo")) and pid is not None and _mesmo_grupo(int(pid), self.servico.pid)

    def _lado(self, rota: int | str, lado: str) -> Path:
        for r in self.rotas:
            if rota in {r["id"], r["origem"], r["destino"]}:
                return self.pasta / str(r[lado])
        raise KeyError(rota)

    def _empresa(self, empresa: Empresa, *, com_certificado: bool) -> dict[str, Any]:
        item: dict[str, Any] = {"cnpj": empresa.cnpj, "nome": empresa.nome, "uf": empresa.uf}
        if not com_certificado:
            return item
        arquivo = self.config.parent / f"{empresa.cnpj}.pfx"
        arquivo.write_bytes(gerar_pfx(SENHA, agora=datetime.now(UTC), empresa=empresa, chave=chave_rsa()))
        arquivo.chmod(0o600)
        return item | {
            "certificado": {"arquivo": f"config/{arquivo.name}", "senha": {"env": "SEPARADOR_SENHA"}},
        }


def _mesmo_grupo(pid: int, grupo: int) -> bool:
    try:
        return os.getpgid(pid) == grupo
    except ProcessLookupError:
        return False
