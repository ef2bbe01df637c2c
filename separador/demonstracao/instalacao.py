"""Builds the installation of `separador demo`.

It has folders, configuration, certificate, local SEFAZ, local SERPRO and service.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from separador.demonstracao import cargas
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.ecac.parte import CHAVE, CLIENTE, SEGREDO, SEM_PROCURACAO
from separador.demonstracao.empresas import EMITENTE

MARCA = ".demonstracao"
ESPERA_PARADA_S = 15.0

_CONFIGURACAO = f"""\
# Configuração da demonstração: as pastas ficam todas dentro desta.
raiz: ..
tempo_leitura: 1
dados: var
ambiente: simulado
sefaz: {{simulador: "SIMULADOR", ca: sefaz/ca.pem}}
ecac:
  contratante: "{EMITENTE.cnpj}"
  chave_consumidor: {{arquivo: config/chave.txt}}
  segredo_consumidor: {{arquivo: config/segredo.txt}}
  simulador: "SERPRO"
  ca: serpro/ca.pem
empresas:
  - cnpj: "{EMITENTE.cnpj}"
    nome: Transportadora Fictícia Ltda
    uf: SP
    certificado: {{arquivo: config/certificado.pfx, senha: {{arquivo: config/senha.txt}}}}
    ecac: {{utiliza: true, inicio: 2026-01-01, acesso: certificado A1}}
  - cnpj: "{CLIENTE.cnpj}"
    nome: Cliente do Escritório
    uf: SP
    ecac: {{utiliza: true, inicio: 2026-01-01, acesso: certificado A1}}
  - cnpj: "{SEM_PROCURACAO.cnpj}"
    nome: Cliente sem Procuração
    uf: PR
    ecac: {{utiliza: true, inicio: 2026-01-01, acesso: certificado A1, procurador: "{EMITENTE.cnpj}"}}
{cargas.EMISSAO}rotas:
  - id: 1
    regra: cte-envio
    origem: inbox/cte
    destino: outbox/sefaz
    arquivo: [-cte.xml, -ped-eve.xml]
    dacte: true
  - {{id: 2, regra: cte-retorno, origem: inbox/retorno, destino: outbox/wms,      arquivo: [".xml", ".err"]}}
  - {{id: 3, regra: pedido,      origem: inbox/pedidos, destino: outbox/wms,      arquivo: ".json"}}
  - {{id: 4, regra: mover,       origem: inbox/geral,   destino: outbox/geral,    arquivo: ".txt"}}
  - {{id: 5, regra: cte-validar, origem: inbox/validar, destino: outbox/validado, arquivo: ".xml"}}
  - {{id: 6, regra: ecac-guias,  origem: inbox/guias,   destino: outbox/guias,    arquivo: [.csv, .json, .pdf]}}
  - {{id: 7, regra: ecac-comprovantes, origem: inbox/comprovantes, destino: outbox/ecac, arquivo: .pdf}}
  - {{id: 8, regra: carga,       origem: inbox/cargas,  destino: outbox/wms,      arquivo: [-carga.yaml, -carga.json]}}
"""


class InstalacaoOcupada(Exception):  # noqa: N818 -- a word, not an error of the program
    """The folder holds something that is not a demonstration; the text is for the operator."""


class Instalacao:
    """Is the demonstration's installation. `pasta` is emptied and filled anew.

    Raises InstalacaoOcupada rather than remove files that are not ours.
    """

    def __init__(self, pasta: Path, ambiente: Mapping[str, str]) -> None:
        self.pasta = pasta
        self.config = pasta / "config" / "separador.yaml"
        fora = {"SEPARADOR_CONFIG", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS"}
        self._ambiente = {n: v for n, v in ambiente.items() if n not in fora} | {"PYTHONUNBUFFERED": "1"}
        self._servico: subprocess.Popen[str] | None = None
        self._sefaz: subprocess.Popen[str] | None = None
        self._serpro: subprocess.Popen[str] | None = None
        self._painel: subprocess.Popen[str] | None = None
        self.endereco = ""

    def montar(
        self, agora: datetime, roteiro: Mapping[str, Any], atraso_ms: int, cenario: Mapping[str, Any]
    ) -> tuple[IO[str], IO[str]]:
        """Makes the folder anew, SEFAZ with its script, SERPRO with its scenario, configuration, certificate, secrets.

        Returns the outputs of SEFAZ and SERPRO. Raises RuntimeError when one of them does not start.
        """
        self._esvaziar()
        (self.pasta / MARCA).touch()
        self.config.parent.mkdir()
        da_sefaz = self._ligar_sefaz(roteiro, atraso_ms)
        do_serpro, serpro = self._ligar_serpro(cenario)
        texto = _CONFIGURACAO.replace("SIMULADOR", self.endereco).replace("SERPRO", serpro)
        self.config.write_text(texto, encoding="utf-8")
        cargas.gravar_cadastros(self.config.parent / "cadastros")
        self._por_certificado(agora)
        return da_sefaz, do_serpro

    def _por_certificado(self, agora: datetime) -> None:
        senha = secrets.token_urlsafe(12)
        segredos = {
            "senha.txt": senha.encode(),
            "certificado.pfx": gerar_pfx(senha, agora=agora),
            "chave.txt": CHAVE.encode(),
            "segredo.txt": SEGREDO.encode(),
        }
        for nome, dados in segredos.items():
            arquivo = self.config.parent / nome
            arquivo.touch(mode=0o600)
            arquivo.write_bytes(dados)

    def _ligar_sefaz(self, roteiro: Mapping[str, Any], atraso_ms: int) -> IO[str]:
        pasta = self.pasta / "sefaz"
        pasta.mkdir()
        falhas = pasta / "falhas.yaml"
        falhas.write_text(json.dumps(roteiro, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML
        argumentos = ("--json", "--porta", "0", "--atraso-ms", str(atraso_ms), "--pasta", str(pasta))
        self._sefaz = self._lancar("sefaz.err", "simulador", "sefaz", *argumentos, "--falhas", str(falhas))
        falas = _saida(self._sefaz)
        pronto = falas.readline()
        try:
            self.endereco = str(json.loads(pronto)["endereco"])
        except ValueError:
            raise RuntimeError(f"a SEFAZ local não começou: {self.queixa('sefaz.err')}") from None
        return falas

    def _ligar_serpro(self, cenario: Mapping[str, Any]) -> tuple[IO[str], str]:
        """Starts SERPRO. Returns its output and its address."""
        pasta = self.pasta / "serpro"
        pasta.mkdir()
        arquivo = pasta / "cenario.yaml"
        arquivo.write_text(json.dumps(cenario, ensure_ascii=False, indent=1), encoding="utf-8")  # JSON is YAML
        argumentos = ("--json", "--porta", "0", "--pasta", str(pasta), "--cenario", str(arquivo))
        self._serpro = self._lancar("serpro.err", "simulador", "serpro", *argumentos)
        falas = _saida(self._serpro)
        try:
            return falas, str(json.loads(falas.readline())["endereco"])
        except ValueError:
            raise RuntimeError(f"o SERPRO local não começou: {self.queixa('serpro.err')}") from None

    def razao(self) -> Any:
        """Returns SEFAZ's ledger, chave by chave."""
        return self.json("simulador", "sefaz", "--razao", str(self.pasta / "sefaz"))

    def _esvaziar(self) -> None:
        if self.pasta.is_dir() and any(self.pasta.iterdir()):
            if not (self.pasta / MARCA).is_file():
                raise InstalacaoOcupada(
                    f"{self.pasta} não está vazia e não é de uma demonstração; escolha outra pasta."
                )
            shutil.rmtree(self.pasta)
        self.pasta.mkdir(parents=True, exist_ok=True)

    def comando(self, *argumentos: str, entrada: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command of separador until it ends. `entrada`: what it reads from its standard input."""
        return subprocess.run(  # noqa: S603 -- our own interpreter
            self._linha(*argumentos), capture_output=True, text=True, env=self._ambiente, check=False, timeout=60,
            input=entrada,
        )  # fmt: skip

    def cadastrar_acesso(self, nome: str, cliente: str) -> str:
        """Registers the office and its access to the e-CAC, with the certificate of the demonstration, which covers a
        client. Returns the answer of the command, or its complaint."""
        feito = self.comando("procuracao", "escritorio", EMITENTE.cnpj, "--nome", "Escritório Fictício")
        if feito.returncode == 0:
            pasta = self.config.parent
            feito = self.comando(
                "procuracao", "incluir", nome, "--escritorio", EMITENTE.cnpj, "--esfera", "federal", "--tipo",
                "certificado", "--pfx", str(pasta / "certificado.pfx"), "--cliente", cliente, "--senha-stdin",
                entrada=(pasta / "senha.txt").read_text(encoding="utf-8") + "\n",
            )  # fmt: skip
        return " ".join((feito.stdout if feito.returncode == 0 else feito.stderr).split())

    def json(self, *argumentos: str) -> Any:
        """Returns the answer of a reading command with `--json`.

        Raises RuntimeError with its complaint when it has none.
        """
        feito = self.comando(*argumentos, "--json")
        try:
            return json.loads(feito.stdout)
        except ValueError:
            queixa = feito.stderr.strip() or f"código {feito.returncode}"
            raise RuntimeError(f"separador {' '.join(argumentos)} não respondeu: {queixa}") from None

    def ligar(self) -> IO[str]:
        """Starts `executar` and returns its log, one JSON document per line.

        The service is in a session of its own, so that Ctrl+C reaches only this program.
        """
        self._servico = self._lancar("servico.err", "executar")
        return _saida(self._servico)

    def ligar_painel(self, escuta: str = "127.0.0.1:0") -> str:
        """Starts the panel. Returns the line with its address; "" when it ended instead."""
        self._painel = self._lancar("painel.err", "painel", "--escuta", escuta)
        return _saida(self._painel).readline().strip()

    def esperar_painel(self) -> None:
        """Waits until the panel ends, which it does by a signal only, and ends it when this program is interrupted."""
        try:
            if self._painel is not None:
                self._painel.wait()
        finally:
            self.desligar_painel()

    def desligar_painel(self) -> None:
        """Ends the panel."""
        _encerrar(self._painel)

    def _lancar(self, erros: str, *argumentos: str) -> "subprocess.Popen[str]":
        with (self.pasta / erros).open("wb") as arquivo:
            return subprocess.Popen(  # noqa: S603 -- our own interpreter
                self._linha(*argumentos),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=arquivo,
                text=True,
                encoding="utf-8",
                env=self._ambiente,
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """Returns the process of the service; None when it is not running."""
        return self._servico.pid if self._servico is not None and self._servico.poll() is None else None

    def queixa(self, nome: str = "servico.err") -> str:
        """Returns what the service (or SEFAZ, "sefaz.err") wrote outside its log."""
        arquivo = self.pasta / nome
        return arquivo.read_text(encoding="utf-8", errors="replace").strip() if arquivo.is_file() else ""

    def desligar(self) -> int:
        """Sends SIGTERM to the service, as an administrator does, then to SEFAZ and SERPRO.

        Returns the service's exit code.
        """
        codigo = _encerrar(self._servico)
        _encerrar(self._sefaz)
        _encerrar(self._serpro)
        return codigo

    def desmontar(self) -> None:
        """Removes everything. The service must have ended."""
        shutil.rmtree(self.pasta)

    def _linha(self, *argumentos: str) -> list[str]:
        return [sys.executable, "-m", "separador", "--config", str(self.config), *argumentos]


def _saida(processo: "subprocess.Popen[str]") -> IO[str]:
    if processo.stdout is None:
        raise RuntimeError("o processo não tem saída")
    return processo.stdout


def _encerrar(processo: "subprocess.Popen[str] | None") -> int:
    """Ends a process and returns its exit code. One that does not end is killed with its group."""
    if processo is None:
        return 0
    if processo.poll() is None:
        processo.terminate()
    try:
        return processo.wait(ESPERA_PARADA_S)
    except subprocess.TimeoutExpired:
        os.killpg(processo.pid, signal.SIGKILL)
        return processo.wait()
