"""Stands for `systemctl` and the manager behind it: runs ExecStart of the unit with its user, groups, mask, environment
and view of the disk, and waits for READY. Knows only what the unit of the service uses; standard library only.

It is a program of its own, because it runs as root inside another mount namespace.
"""

import contextlib
import grp
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

UNIDADE = "separador.service"
PASTA = Path("/etc/systemd/system")
ESTADO = Path("/run/separador-teste")
LISTAS = {"Environment", "ReadWritePaths", "SupplementaryGroups", "ExecStart"}
SO_LEITURA = ("/etc", "/opt", "/usr", "/var", "/srv", "/root", "/home", "/")


def main(argumentos: list[str]) -> int:
    """Carries out one verb and returns the exit code."""
    palavras = [a for a in argumentos if not a.startswith("-")]
    verbo = palavras[0]
    agora = "--now" in argumentos
    ESTADO.mkdir(exist_ok=True)
    if verbo == "daemon-reload":
        return 0
    if palavras[1].removesuffix(".service") != "separador":
        return _nao(f"Unit {palavras[1]} not found.")
    if verbo in ("stop", "restart") or (verbo == "disable" and agora):
        _parar()
    if verbo in ("start", "restart") or (verbo == "enable" and agora):
        return _ligar()
    if verbo in ("status", "is-active"):
        print("active" if _pid() else "inactive")
        return 0 if _pid() else 3
    return 0 if verbo in ("stop", "enable", "disable") else _nao(f"verbo desconhecido: {verbo}")


def _nao(texto: str) -> int:
    sys.stderr.write(texto + "\n")
    return 1


def chaves() -> dict[str, list[str]]:
    """Returns the keys of the unit and its drop-ins; an empty value begins a list again."""
    lidas: dict[str, list[str]] = {}
    for arquivo in [PASTA / UNIDADE, *sorted((PASTA / f"{UNIDADE}.d").glob("*.conf"))]:
        for linha in arquivo.read_text(encoding="utf-8").splitlines():
            if "=" not in linha or linha.startswith("#"):
                continue
            nome, valor = linha.split("=", 1)
            if not valor:
                lidas[nome] = []
            elif nome in LISTAS:
                lidas.setdefault(nome, []).extend([valor] if nome == "ExecStart" else shlex.split(valor))
            else:
                lidas[nome] = [valor]
    return lidas


def _ligar() -> int:
    if _pid():
        return 0
    unidade = chaves()
    conta = pwd.getpwnam(unidade["User"][0])
    grupos = [grp.getgrnam(g).gr_gid for g in unidade["SupplementaryGroups"]]
    estado = Path("/var/lib") / unidade["StateDirectory"][0]
    if not estado.is_dir():
        estado.mkdir(mode=int(unidade["StateDirectoryMode"][0], 8))
        os.chown(estado, conta.pw_uid, conta.pw_gid)
    endereco = ESTADO / "notify"
    endereco.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ouvinte, (ESTADO / "saida").open("ab") as saida:
        ouvinte.bind(str(endereco))
        endereco.chmod(0o777)
        ouvinte.settimeout(1)
        ambiente = {
            **dict(p.split("=", 1) for p in unidade["Environment"]),
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
            "LANG": "C.UTF-8",
            "HOME": conta.pw_dir,
            "USER": conta.pw_name,
            "NOTIFY_SOCKET": str(endereco),
        }
        filho = subprocess.Popen(
            _linha(unidade, conta, grupos, estado),
            env=ambiente,
            umask=int(unidade["UMask"][0], 8),
            stdin=subprocess.DEVNULL,
            stdout=saida,
            stderr=saida,
            start_new_session=True,
        )
        return _esperar(filho, ouvinte, int(unidade["TimeoutStartSec"][0]))


def _linha(unidade: dict[str, list[str]], conta: pwd.struct_passwd, grupos: list[int], estado: Path) -> list[str]:
    """Returns the command: a mount namespace in which only the folders of the unit can be written, then the account."""
    escreve = [str(estado), *(p.removeprefix("-") for p in unidade.get("ReadWritePaths", []))]
    passos = [f"mount --bind {shlex.quote(p)} {shlex.quote(p)}" for p in escreve if Path(p).exists()]
    passos += [f"mount -o remount,bind,ro {p} 2>/dev/null || :" for p in SO_LEITURA]
    passos += ["mount -t tmpfs -o mode=1777 privado /tmp", f"cd {shlex.quote(unidade['WorkingDirectory'][0])}"]
    executa = [p.replace("%%", "%").replace("$$", "$") for p in shlex.split(unidade["ExecStart"][-1])]
    como = ["setpriv", f"--reuid={conta.pw_uid}", f"--regid={conta.pw_gid}", f"--groups={_numeros(conta, grupos)}"]
    como += ["--no-new-privs", "--inh-caps=-all,+lease", "--ambient-caps=-all,+lease", "--bounding-set=-all,+lease"]
    roteiro = "; ".join(passos) + f"; exec {shlex.join([*como, *executa])}"
    return ["unshare", "-m", "--propagation", "private", "bash", "-c", roteiro]


def _numeros(conta: pwd.struct_passwd, grupos: list[int]) -> str:
    return ",".join(str(g) for g in sorted({*os.getgrouplist(conta.pw_name, conta.pw_gid), *grupos}))


def _esperar(filho: "subprocess.Popen[bytes]", ouvinte: socket.socket, prazo_s: int) -> int:
    fim = time.monotonic() + prazo_s
    while time.monotonic() < fim:
        if filho.poll() is not None:
            texto = (ESTADO / "saida").read_text(encoding="utf-8", errors="replace")
            return _nao(f"Job for {UNIDADE} failed (código {filho.returncode}).\n{texto[-3000:]}")
        with contextlib.suppress(TimeoutError):
            if b"READY=1" in ouvinte.recv(4096):
                (ESTADO / "pid").write_text(str(filho.pid), encoding="ascii")
                return 0
    filho.kill()
    return _nao(f"Job for {UNIDADE} timed out.")


def _pid() -> int:
    """Returns the process of the service; 0 when it does not run."""
    try:
        pid = int((ESTADO / "pid").read_text(encoding="ascii"))
        estado = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return 0
    return pid if estado != "Z" else 0


def _parar() -> None:
    fim = time.monotonic() + 100
    while (pid := _pid()) and time.monotonic() < fim:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if time.monotonic() < fim - 5 else signal.SIGKILL)
        espera = time.monotonic() + 90
        while _pid() and time.monotonic() < espera:
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
