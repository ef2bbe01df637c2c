"""Writes the drop-in of `init --systemd`: the unit sees the disk read-only, except the folders named in it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Saida, sair
from separador.nucleo.capacidade import pastas_das_secoes
from separador.pedidos.processo import PASTAS_DE_UNIDADES, UNIDADE, do_systemd

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

PASTA_DO_AJUSTE = Path("/etc/systemd/system/separador.service.d")
ARQUIVO = "pastas.conf"
PASTA_DO_SERVICO = Path("/var/lib/separador")
_PESSOAIS = (Path("/home"), Path("/root"), Path("/run/user"))
_PROVISORIAS = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 -- named to warn about them


def escrever_ajuste(configuracao: "Configuracao", destino: Path | None) -> None:
    """Writes the drop-in and says what to do next. Exit 1 when it cannot be written."""
    from separador.configuracao.gravacao import gravar  # noqa: PLC0415
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415

    pasta = destino or PASTA_DO_AJUSTE
    pastas = pastas_do_servico(configuracao)
    try:
        pasta.mkdir(parents=True, exist_ok=True)
        gravar(pasta / ARQUIVO, texto_do_ajuste(configuracao, pastas).encode(), modo=0o644)
    except OSError as erro:
        sair(
            Saida.RECUSADO,
            f"Não consegui escrever em {pasta}: {razao(erro)}. Use sudo.",
        )
    click.echo(f"Ajuste do systemd escrito em {pasta / ARQUIVO}.")
    for caminho in pastas:
        if any(caminho.is_relative_to(p) for p in _PROVISORIAS):
            click.echo(f"Atenção: o serviço tem /tmp próprio e não verá {caminho}; use outra pasta.", err=True)
    click.echo("Agora: sudo systemctl daemon-reload && sudo systemctl enable --now separador")


def dizer_o_que_falta(configuracao: "Configuracao") -> None:
    """Says that the unit of this configuration does not let the service write to a folder that was just configured."""
    if not do_systemd(configuracao.arquivo):
        return
    ajustes = (a for p in PASTAS_DE_UNIDADES for a in sorted((p / f"{UNIDADE}.d").glob("*.conf")))
    fora = fora_do_ajuste(configuracao, "\n".join(a.read_text(encoding="utf-8", errors="replace") for a in ajustes))
    if fora:
        click.echo(
            f"O systemd ainda não deixa o serviço escrever em {', '.join(map(str, fora))}. Falta: sudo separador init "
            "--systemd && sudo systemctl daemon-reload && sudo systemctl restart separador"
        )


def fora_do_ajuste(configuracao: "Configuracao", escrito: str) -> list[Path]:
    """Returns the folders that the service needs, and that the drop-ins as they are do not name."""
    linhas = set(escrito.splitlines())
    return [p for p in pastas_do_servico(configuracao) if not any(_linha(q) in linhas for q in (p, *p.parents))]


def pastas_do_servico(configuracao: "Configuracao") -> list[Path]:
    """Returns every configured folder outside the unit's own StateDirectory, each once.

    A folder inside another one is covered by it.
    """
    das_rotas = (p for r in configuracao.rotas for p in r.pastas())
    todas = {configuracao.dados, *das_rotas, *(p.pasta for p in pastas_das_secoes(configuracao))}
    fora = [p for p in sorted(todas) if not p.is_relative_to(PASTA_DO_SERVICO)]
    return [p for p in fora if not any(p != q and p.is_relative_to(q) for q in fora)]


def texto_do_ajuste(configuracao: "Configuracao", pastas: list[Path]) -> str:
    """Returns the drop-in.

    A leading `-` lets the service start when a folder is missing: that only pauses its routes.
    """
    linhas = [
        "# Escrito por: separador init --systemd. Repita o comando quando mudar as pastas das rotas.",
        "[Service]",
    ]
    linhas += ["ExecStart=", f"ExecStart={_comando(configuracao.arquivo)}"]
    linhas += [_linha(p) for p in pastas]
    if any(p.is_relative_to(q) for p in (*pastas, configuracao.arquivo) for q in _PESSOAIS):
        linhas += [
            "# Há pasta em /home: o resto de lá fica visível, mas só para leitura.",
            "ProtectHome=read-only",
        ]
    return "\n".join(linhas) + "\n"


def _linha(pasta: Path) -> str:
    return f"ReadWritePaths=-{_entre_aspas(pasta)}"


def _comando(configuracao: Path) -> str:
    return f"{_entre_aspas(sys.executable)} -m separador --config {_entre_aspas(configuracao)} executar"


def _entre_aspas(caminho: Path | str) -> str:
    r"""Quotes as systemd does: `%` starts a specifier, `$` a variable, `\` an escape."""
    texto = str(caminho).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{texto}"' if any(c in texto for c in " '\\;") else texto
