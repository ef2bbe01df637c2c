"""The installation of `separador demo`: folders, configuration, throw-away certificate, and the service."""

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

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE

MARCA = ".demonstracao"
ESPERA_PARADA_S = 15.0

_CONFIGURACAO = f"""\
# Configuração da demonstração: as pastas ficam todas dentro desta.
raiz: ..
tempo_leitura: 1
dados: var
ambiente: homologacao
empresas:
  - cnpj: "{EMITENTE.cnpj}"
    nome: Transportadora Fictícia Ltda
    uf: SP
    certificado: {{arquivo: config/certificado.pfx, senha: {{arquivo: config/senha.txt}}}}
rotas:
  - {{id: 1, regra: cte-envio,   origem: inbox/cte,     destino: outbox/sefaz,    arquivo: [-cte.xml, -ped-eve.xml]}}
  - {{id: 2, regra: cte-retorno, origem: inbox/retorno, destino: outbox/wms,      arquivo: [".xml", ".err"]}}
  - {{id: 3, regra: pedido,      origem: inbox/pedidos, destino: outbox/wms,      arquivo: ".json"}}
  - {{id: 4, regra: mover,       origem: inbox/geral,   destino: outbox/geral,    arquivo: ".txt"}}
  - {{id: 5, regra: cte-validar, origem: inbox/validar, destino: outbox/validado, arquivo: ".xml"}}
"""


class PalcoOcupado(Exception):  # noqa: N818 -- a word, not an error of the program
    """The folder holds something that is not a demonstration; the text is for the operator."""


class Palco:
    """`pasta` is emptied and filled anew. Raises PalcoOcupado rather than remove what is not ours."""

    def __init__(self, pasta: Path, ambiente: Mapping[str, str]) -> None:
        self.pasta = pasta
        self.config = pasta / "config" / "separador.yaml"
        fora = {"SEPARADOR_CONFIG", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS"}
        self._ambiente = {n: v for n, v in ambiente.items() if n not in fora} | {"PYTHONUNBUFFERED": "1"}
        self._servico: subprocess.Popen[str] | None = None

    def montar(self, agora: datetime) -> None:
        """The folder made anew, with configuration and certificate."""
        self._esvaziar()
        (self.pasta / MARCA).touch()
        self.config.parent.mkdir()
        self.config.write_text(_CONFIGURACAO, encoding="utf-8")
        senha = secrets.token_urlsafe(12)
        for nome, dados in (("senha.txt", senha.encode()), ("certificado.pfx", gerar_pfx(senha, agora=agora))):
            arquivo = self.config.parent / nome
            arquivo.touch(mode=0o600)
            arquivo.write_bytes(dados)

    def _esvaziar(self) -> None:
        if self.pasta.is_dir() and any(self.pasta.iterdir()):
            if not (self.pasta / MARCA).is_file():
                raise PalcoOcupado(f"{self.pasta} não está vazia e não é de uma demonstração; escolha outra pasta.")
            shutil.rmtree(self.pasta)
        self.pasta.mkdir(parents=True, exist_ok=True)

    def comando(self, *argumentos: str) -> subprocess.CompletedProcess[str]:
        """A command of separador, ended."""
        return subprocess.run(  # noqa: S603 -- our own interpreter
            self._linha(*argumentos), capture_output=True, text=True, env=self._ambiente, check=False, timeout=60
        )

    def json(self, *argumentos: str) -> Any:
        """What a reading command says with `--json`. Raises RuntimeError with its complaint when it says none."""
        feito = self.comando(*argumentos, "--json")
        try:
            return json.loads(feito.stdout)
        except ValueError:
            queixa = feito.stderr.strip() or f"código {feito.returncode}"
            raise RuntimeError(f"separador {' '.join(argumentos)} não respondeu: {queixa}") from None

    def ligar(self) -> IO[str]:
        """Start `executar`; returns its log, one JSON document per line. In a session of its own: Ctrl+C is ours."""
        with (self.pasta / "servico.err").open("wb") as erros:
            self._servico = subprocess.Popen(  # noqa: S603 -- our own interpreter
                self._linha("executar"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=erros,
                text=True,
                encoding="utf-8",
                env=self._ambiente,
                start_new_session=True,
            )
        if self._servico.stdout is None:
            raise RuntimeError("o serviço não tem saída")
        return self._servico.stdout

    @property
    def pid(self) -> int | None:
        """Process of the service; None when it is not running."""
        return self._servico.pid if self._servico is not None and self._servico.poll() is None else None

    def queixa(self) -> str:
        """What the service said outside its log."""
        arquivo = self.pasta / "servico.err"
        return arquivo.read_text(encoding="utf-8", errors="replace").strip() if arquivo.is_file() else ""

    def desligar(self) -> int:
        """SIGTERM, as an administrator does; returns the exit code. One that does not end is killed with its group."""
        if self._servico is None:
            return 0
        if self._servico.poll() is None:
            self._servico.terminate()
        try:
            return self._servico.wait(ESPERA_PARADA_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._servico.pid, signal.SIGKILL)
            return self._servico.wait()

    def desmontar(self) -> None:
        """Remove everything. The service must have ended."""
        shutil.rmtree(self.pasta)

    def _linha(self, *argumentos: str) -> list[str]:
        return [sys.executable, "-m", "separador", "--config", str(self.config), *argumentos]
