"""Checks everything that the service needs, from outside, with one fix per finding (`separador verificar`)."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.motor.log.texto import uma_linha
from separador.nucleo import capacidade

if TYPE_CHECKING:
    from separador.cli.base.constatacao import Constatacao
    from separador.configuracao import Configuracao

_CORES = {"aviso": "yellow", "erro": "red"}


@click.command(
    options_metavar="[OPÇÕES]",
    help="Confere o que o serviço precisa: pastas, direitos, espaço, tipo de disco, relógio, certificados, rede, "
    "esquemas oficiais, banco de dados e o próprio serviço. Diz o que fazer em cada problema. O código de saída é 1 "
    "quando algo está errado. Rode com o usuário do serviço.",
)
@click.option(
    "--completo",
    is_flag=True,
    help="Confere também o que demora: cada página do banco, a auditoria inteira, cada segredo do cofre, cada "
    "documento processado e cada comprovante.",
)
@opcao_json
@passar_opcoes
def verificar(opcoes: Opcoes, completo: bool, em_json: bool) -> None:
    """Exits with 1 when something is wrong, with 2 when the configuration is not valid."""
    configuracao = opcoes.configuracao()
    achadas = list(_todas(configuracao, leitura.agora_utc(), completo=completo))
    if em_json:
        mostrar_json([asdict(c) for c in achadas])
    else:
        for c in achadas:
            click.secho(f"{c.estado:<5}  {c.verificacao}: {uma_linha(c.mensagem)}", fg=_CORES.get(c.estado))
            if c.o_que_fazer:
                click.echo(f"       → {c.o_que_fazer}")
    erros = sum(c.estado == "erro" for c in achadas)
    if not em_json:
        click.echo(f"\n{erros} {'erro' if erros == 1 else 'erros'}." if erros else "\nNada errado.")
    sair(Saida.RECUSADO if erros else Saida.FEITO)


def _todas(configuracao: "Configuracao", agora: datetime, *, completo: bool) -> Iterator["Constatacao"]:
    from separador.banco import leitura as leitura_do_banco  # noqa: PLC0415
    from separador.cli import verificacoes, verificacoes_do_banco  # noqa: PLC0415
    from separador.cli.base.constatacao import CERTO, Constatacao, Exame  # noqa: PLC0415

    yield Constatacao("configuração", CERTO, str(configuracao.arquivo))
    ligado, servico = _servico(configuracao, agora)
    yield servico
    banco, constatacao = verificacoes_do_banco.banco_de_dados(configuracao.dados)
    try:
        yield constatacao
        exame = Exame(configuracao, banco, os.environ, agora, ligado, completo)
        yield from verificacoes_do_banco.procedencia(exame)
        if completo:
            yield from verificacoes_do_banco.por_dentro(exame)
        yield from verificacoes.pastas(configuracao, leitura_do_banco.marcas(banco) if banco is not None else {})
        yield from verificacoes.relogio(agora, banco)
        for verificar_capacidade in capacidade.de_cada("verificacoes"):
            yield from verificar_capacidade(exame)
        yield verificacoes.esquemas()
        yield from verificacoes.falhas_abertas(banco)
    finally:
        leitura_do_banco.fechar(banco)


def _servico(configuracao: "Configuracao", agora: datetime) -> tuple[bool, "Constatacao"]:
    """Returns whether the service runs, and the finding that says who holds the data folder."""
    from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao  # noqa: PLC0415

    vivo = leitura.servico_vivo(configuracao.dados, agora)
    if vivo.detentor is None:
        return False, Constatacao("serviço", AVISO, "Está desligado.", "Ligue com: separador iniciar")
    if not vivo.detentor.daqui and vivo.detentor.pid is not None:
        texto = f"A pasta de dados está em uso: {vivo.detentor}."
        return True, Constatacao("serviço", ERRO, texto, "Use uma pasta de dados para cada máquina.")
    estado = "ligado" if vivo.ativo else "iniciando"
    return True, Constatacao("serviço", CERTO, f"{estado} (pid {vivo.pid or '?'}){_dono(vivo.pid)}")


def _dono(pid: int | None) -> str:
    """Returns a note when the service runs as another user: then these checks prove little about its rights."""
    try:
        dono = os.stat(f"/proc/{pid}").st_uid if pid is not None else os.getuid()
    except FileNotFoundError:
        return ""
    return "" if dono == os.getuid() else f", como outro usuário (uid {dono}): os direitos conferidos aqui são os seus"
