"""Runs the commands in this process, on an installation and a session of their own, with cheap password hashes."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from separador.acesso import senhas
from separador.acesso.senhas import Custo
from separador.programa import grupo

SENHA = "cavalo bateria grampo"
CNPJ, OUTRO, CPF = "11222333000181", "11444777000161", "52998224725"
ADMIN, OPERADOR, CONSULTA = "ana@x.com", "leo@x.com", "bia@x.com"
NIVEIS = {ADMIN: "administrador", OPERADOR: "operador", CONSULTA: "consulta"}
CODIGO = re.compile(r"(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}")


@dataclass
class Cli:
    """One installation and its user."""

    pasta: Path

    @property
    def dados(self) -> Path:
        return self.pasta / "var"

    @property
    def config(self) -> Path:
        return self.pasta / "config" / "separador.yaml"

    def configurar(self, **mais: Any) -> None:
        self.config.parent.mkdir(exist_ok=True)
        rota = {"id": 1, "ativo": True, "regra": "mover", "origem": "in", "destino": "out", "arquivo": ".txt"}
        tudo = {"raiz": "..", "dados": "var", "empresas": [], "rotas": [rota]} | mais
        self.config.write_text(yaml.safe_dump(tudo, allow_unicode=True), encoding="utf-8")

    def rodar(self, *args: str, entrada: str | None = None) -> Result:
        return CliRunner().invoke(grupo, ["--config", str(self.config), *args], input=entrada)

    def exigir(self, *args: str, codigo: int = 0, entrada: str | None = None) -> str:
        """Runs a command, demands its exit code, and returns both outputs."""
        feito = self.rodar(*args, entrada=entrada)
        assert feito.exit_code == codigo, f"{args}: {feito.exit_code}\n{feito.output}"
        return feito.output

    def codigo(self, email: str) -> str:
        achado = CODIGO.search(self.exigir("usuario", "recuperar", email))
        assert achado is not None
        return achado.group()

    def definir(self, email: str, senha: str = SENHA) -> None:
        self.exigir("usuario", "definir-senha", "--senha-stdin", entrada=f"{self.codigo(email)}\n{senha}\n")

    def entrar(self, email: str, senha: str = SENHA) -> None:
        self.exigir("entrar", "--usuario", email, "--senha-stdin", entrada=f"{senha}\n")

    def povoar(self) -> None:
        """Registers one user of each level, with password. Nobody is logged in."""
        como: tuple[str, ...] = ()
        for email, nivel in NIVEIS.items():
            entrada = f"{SENHA}\n" if como else None
            nome = email.partition("@")[0].title()
            self.exigir("usuario", "incluir", email, "--nome", nome, "--nivel", nivel, *como, entrada=entrada)
            self.definir(email)
            como = ("--usuario", ADMIN, "--senha-stdin")


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "estado"))
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(senhas, "Custo", functools.partial(Custo, 1, 64, 1))
    c = Cli(tmp_path)
    c.configurar()
    c.exigir("init")
    return c
