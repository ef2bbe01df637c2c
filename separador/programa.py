"""The command `separador`: one module per noun, imported only when its command is used (start in tens of ms)."""

from pathlib import Path

import click

from separador import __version__
from separador.cli.base.comum import NOMES_DA_AJUDA, PROGRAMA, Opcoes
from separador.cli.base.grupo import Grupo

_COMANDOS = {
    "init": "separador.cli.init:init",
    "executar": "separador.cli.servico:executar",
    "uma-vez": "separador.cli.servico:uma_vez",
    "iniciar": "separador.cli.servico:iniciar",
    "parar": "separador.cli.servico:parar",
    "reiniciar": "separador.cli.servico:reiniciar",
    "situacao": "separador.cli.situacao:situacao",
    "falhas": "separador.cli.falhas:falhas",
    "rastrear": "separador.capacidades.cte.cli.rastrear:rastrear",
    "rotas": "separador.cli.rotas:rotas",
    "cte": "separador.capacidades.cte.cli.cte:cte",
    "sefaz": "separador.capacidades.sefaz.cli.sefaz:sefaz",
    "ecac": "separador.capacidades.ecac.cli.ecac:ecac",
    "entrar": "separador.cli.entrar:entrar",
    "sair": "separador.cli.entrar:sair_da_sessao",
    "usuario": "separador.cli.usuario:usuario",
    "procuracao": "separador.capacidades.procuracoes.cli.procuracao:procuracao",
    "auditoria": "separador.cli.auditoria:auditoria",
    "cadastro": "separador.capacidades.procuracoes.cli.cadastro:cadastro",
    "certificado": "separador.capacidades.certificados.cli.certificado:certificado",
    "cofre": "separador.cli.cofre:cofre",
    "regras": "separador.capacidades.cte.cli.regras:regras",
    "verificar": "separador.cli.verificar:verificar",
    "config": "separador.cli.config:config",
    "log": "separador.cli.log:log",
    "simulador": "separador.simulador.cli.simulador:simulador",
    "demo": "separador.demonstracao.cli.demo:demo",
}


@click.group(
    name=PROGRAMA,
    cls=Grupo,
    preguicosos=_COMANDOS,
    context_settings={"help_option_names": NOMES_DA_AJUDA, "max_content_width": 100},
    help="Separador de arquivos fiscais: vigia pastas, assina e confere CT-e, entrega e aplica os retornos.",
)
@click.option(
    "--config",
    "arquivo",
    metavar="ARQUIVO",
    type=click.Path(path_type=Path, dir_okay=True),
    help="Arquivo de configuração. Sem esta opção: a variável SEPARADOR_CONFIG, config/separador.yaml ou "
    "/etc/separador/separador.yaml, o primeiro que houver.",
)
@click.version_option(__version__, "--versao", "--version", prog_name="separador")
@click.pass_context
def grupo(ctx: click.Context, arquivo: Path | None) -> None:
    """Keep what the options say for the command."""
    ctx.obj = Opcoes(arquivo)


def main() -> None:
    """Entry point of the installed command and of `python -m separador`."""
    grupo(prog_name=PROGRAMA)
