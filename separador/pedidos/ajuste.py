"""Says which folders the service needs, and which of them its unit of systemd does not let it write yet."""

from pathlib import Path
from typing import TYPE_CHECKING

from separador.nucleo.capacidade import pastas_das_secoes
from separador.pedidos.processo import PASTAS_DE_UNIDADES, UNIDADE, do_systemd

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

PASTA_DO_SERVICO = Path("/var/lib/separador")


def o_que_falta(configuracao: "Configuracao") -> str | None:
    """Returns what the machine still needs, where the unit of this configuration does not let the service write to a
    folder that is configured."""
    if not do_systemd(configuracao.arquivo):
        return None
    ajustes = (a for p in PASTAS_DE_UNIDADES for a in sorted((p / f"{UNIDADE}.d").glob("*.conf")))
    fora = fora_do_ajuste(configuracao, "\n".join(a.read_text(encoding="utf-8", errors="replace") for a in ajustes))
    if not fora:
        return None
    return (
        f"O systemd ainda não deixa o serviço escrever em {', '.join(map(str, fora))}. Falta: sudo separador init "
        "--systemd && sudo systemctl daemon-reload && sudo systemctl restart separador"
    )


def fora_do_ajuste(configuracao: "Configuracao", escrito: str) -> list[Path]:
    """Returns the folders that the service needs, and that the drop-ins as they are do not name."""
    linhas = set(escrito.splitlines())
    return [p for p in pastas_do_servico(configuracao) if not any(linha(q) in linhas for q in (p, *p.parents))]


def pastas_do_servico(configuracao: "Configuracao") -> list[Path]:
    """Returns every configured folder outside the unit's own StateDirectory, each once.

    A folder inside another one is covered by it.
    """
    das_rotas = (p for r in configuracao.rotas for p in r.pastas())
    todas = {configuracao.dados, *das_rotas, *(p.pasta for p in pastas_das_secoes(configuracao))}
    fora = [p for p in sorted(todas) if not p.is_relative_to(PASTA_DO_SERVICO)]
    return [p for p in fora if not any(p != q and p.is_relative_to(q) for q in fora)]


def linha(pasta: Path) -> str:
    """Returns the line of the drop-in that names a folder."""
    return f"ReadWritePaths=-{entre_aspas(pasta)}"


def entre_aspas(caminho: Path | str) -> str:
    r"""Quotes as systemd does: `%` starts a specifier, `$` a variable, `\` an escape."""
    texto = str(caminho).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{texto}"' if any(c in texto for c in " '\\;") else texto
