"""Starts and stops the service as a process: by systemctl, or detached by this program."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from separador.motor.trava import Detentor, quem_detem
from separador.pastas.criacao import criar_nossas
from separador.pedidos.dono import em_nome_do_dono
from separador.pedidos.saida import Saida

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

UNIDADE = "separador.service"
PASTAS_DE_UNIDADES = tuple(
    Path(p)
    for p in ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/lib/systemd/system")
)
ESPERA_INICIO_S = 10.0
ESPERA_PARADA_S = 90.0
_PASSO_S = 0.05
ESTADO = "estado.json"

Resposta = tuple[int, str]


def do_systemd(arquivo: Path) -> bool:
    """Says whether systemd runs this machine and its unit runs THIS configuration.

    A service with another configuration is not systemd's: this program starts and stops it.
    """
    if not Path("/run/systemd/system").is_dir() or shutil.which("systemctl") is None:
        return False
    unidades = [p / UNIDADE for p in PASTAS_DE_UNIDADES if (p / UNIDADE).is_file()]
    ajustes = [a for p in PASTAS_DE_UNIDADES for a in sorted((p / f"{UNIDADE}.d").glob("*.conf"))]
    if not unidades:
        return False
    return any(str(arquivo) in u.read_text(encoding="utf-8", errors="replace") for u in (*unidades, *ajustes))


def systemctl(verbo: str) -> Resposta:
    """Runs `systemctl VERB separador`, which waits for READY or for the end, as the unit says."""
    feito = subprocess.run(  # noqa: S603 -- fixed words only
        [shutil.which("systemctl") or "systemctl", verbo, UNIDADE], capture_output=True, text=True, check=False
    )
    if feito.returncode == 0:
        return Saida.FEITO, ""
    detalhe = feito.stderr.strip() or f"código {feito.returncode}"
    return Saida.SEM_SERVICO, f"O systemd não completou o pedido: {detalhe}\nVeja: journalctl -u separador -n 50"


def iniciar_solto(configuracao: "Configuracao", espera_s: float = ESPERA_INICIO_S) -> Resposta:
    """Starts `executar` in a session of its own and waits until it is ready."""
    dados = configuracao.dados
    detentor = quem_detem(dados) if dados.is_dir() else None
    if detentor is not None:
        return Saida.FEITO if detentor.daqui else Saida.OCUPADO, f"Já está funcionando: {detentor}."
    partida = dados / "log" / "partida.txt"
    with em_nome_do_dono(dados):
        criar_nossas(partida.parent)
        (dados / ESTADO).unlink(missing_ok=True)  # left by a dead service, perhaps with the pid that the new one gets
        erros = partida.open("wb")
    comando = [sys.executable, "-m", "separador", "--config", str(configuracao.arquivo), "executar"]
    with erros:
        filho = subprocess.Popen(  # noqa: S603 -- our own interpreter; `executar` leaves root by itself
            comando,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=erros,
            cwd="/",
            start_new_session=True,
        )
    return _esperar_pronto(filho, dados, partida, espera_s)


def _esperar_pronto(filho: "subprocess.Popen[bytes]", dados: Path, partida: Path, espera_s: float) -> Resposta:
    limite = time.monotonic() + espera_s
    while time.monotonic() < limite:
        codigo = filho.poll()
        if codigo is not None:
            with em_nome_do_dono(dados):
                dito = partida.read_text(encoding="utf-8", errors="replace").strip()
            dito = dito or "O serviço terminou logo ao ligar."
            return codigo if codigo > 0 else Saida.SEM_SERVICO, dito
        if pronto(dados):
            filho.returncode = 0  # it goes on without us: no warning that it was not waited for
            return Saida.FEITO, f"Serviço ligado (pid {filho.pid})."
        time.sleep(_PASSO_S)
    filho.returncode = 0
    return Saida.SEM_SERVICO, f"O serviço não ficou pronto em {espera_s:.0f} s; veja: separador log"


def pronto(dados: Path) -> bool:
    """Says whether the holder of the lock reports that it is ready."""
    detentor = quem_detem(dados) if dados.is_dir() else None
    try:
        estado = json.loads((dados / ESTADO).read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return (
        detentor is not None
        and isinstance(estado, dict)
        and estado.get("pronto") is True
        and estado.get("pid") == detentor.pid
    )


def parar_solto(dados: Path, espera_s: float = ESPERA_PARADA_S) -> Resposta:
    """Sends SIGTERM to the holder of the lock, and waits until it releases the lock."""
    detentor = quem_detem(dados) if dados.is_dir() else None
    if detentor is None:
        return Saida.FEITO, "O serviço não está funcionando."
    if detentor.pid is None or not detentor.daqui:
        return Saida.OCUPADO, f"A pasta de dados está em uso ({detentor}); pare-o lá."
    try:
        os.kill(detentor.pid, signal.SIGTERM)
    except PermissionError:
        return Saida.RECUSADO, "Só o administrador ou o usuário do serviço pode pará-lo."
    except ProcessLookupError:
        return Saida.SEM_SERVICO, f"{detentor} não é visível daqui (outro contêiner?); pare-o lá.".capitalize()
    if _esperar_soltar(dados, detentor, espera_s):
        return Saida.FEITO, "Serviço desligado."
    return Saida.SEM_SERVICO, f"O serviço ainda termina o que tem em andamento depois de {espera_s:.0f} s."


def _esperar_soltar(dados: Path, detentor: Detentor, espera_s: float) -> bool:
    limite = time.monotonic() + espera_s
    while time.monotonic() < limite:
        atual = quem_detem(dados)
        if atual is None or (atual.pid is not None and atual.pid != detentor.pid):
            return True
        time.sleep(_PASSO_S)
    return False
