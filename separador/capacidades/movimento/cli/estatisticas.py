"""Shows what passed through, from the summary (`separador estatisticas`), and counts what came before it."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from separador.capacidades.movimento import banco as tabela
from separador.capacidades.movimento.dominio import POR, Contado, Movimento, horas, juntar, por_dia, por_hora
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, mostrar_tabela, passar_opcoes
from separador.cli.base.grupo import Grupo
from separador.cli.base.lista.colunas import Coluna, reais
from separador.cli.base.lista.periodo import dia, limites
from separador.cli.base.lista.saida import celulas, entregar, opcoes_de_saida, so_uma
from separador.cli.base.lista.tela import paginada
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.quantidade import milhar, quantos

DIAS = 7
"""Days of the period when none is given: the week."""
_BARRA = 24
_AGRUPAR: dict[str, Callable[[Contado], str | None]] = {"dia": por_dia(para_pessoas), "hora": por_hora(para_pessoas)}
GRUPOS = {**_AGRUPAR, **POR}
Linha = tuple[str, Movimento]
_NO_PE = (
    ("arquivos", "arquivo", "arquivos"),
    ("autorizados", "autorizado", "autorizados"),
    ("rejeitados", "rejeitado", "rejeitados"),
    ("cancelados", "cancelado", "cancelados"),
    ("recusados", "recusado aqui", "recusados aqui"),
    ("guias", "guia baixada", "guias baixadas"),
)


@click.group(
    cls=Grupo,
    invoke_without_command=True,
    subcommand_metavar="[COMANDO] [ARGUMENTOS]...",
    help="Mostra quanto passou: arquivos, autorizados e seu valor, rejeitados, cancelados, recusados, guias baixadas "
    f"e o tempo do arquivo à autorização. Sem período: os últimos {DIAS} dias, contados os desfechos do dia.",
)
@click.option("--de", type=dia, metavar="DIA", help="Deste dia em diante (2026-11-30 ou 30/11/2026).")
@click.option("--ate", type=dia, metavar="DIA", help="Até este dia, inclusive. Sem esta opção: hoje.")
@click.option(
    "--por",
    type=click.Choice(list(GRUPOS), case_sensitive=False),
    default="dia",
    metavar="O QUÊ",
    help=f"Uma linha por {', '.join(GRUPOS)}. Sem esta opção: dia. A hora é a do dia, de todos os dias juntos.",
)
@opcoes_de_saida
@click.pass_context
def estatisticas(
    ctx: click.Context, de: date | None, ate: date | None, por: str, em_json: bool, em_csv: bool, excel: Path | None
) -> None:
    """Lists the sums of the period."""
    inteira = so_uma(em_json=em_json, em_csv=em_csv, excel=excel)
    if ctx.invoked_subcommand is not None:
        return
    configuracao = ctx.ensure_object(Opcoes).configuracao()
    hoje = para_pessoas(leitura.agora_utc()).date()
    ultimo = ate or hoje
    primeiro = de or ultimo - timedelta(days=DIAS - 1)
    linhas, passado = _linhas(configuracao.dados, primeiro, ultimo, por)
    if inteira:
        entregar(colunas(por), linhas, lambda linha: em_dicionario(por, linha), em_csv=em_csv, excel=excel)
        return
    with paginada():
        _mostrar(por, linhas)
    if passado.falta:
        parte = f"; {milhar(passado.feito)} de {milhar(passado.total)} já contados" if passado.feito else ""
        click.echo(f"O que houve antes desta versão não está aqui{parte}. Para contar: separador estatisticas refazer")


def _linhas(dados: Path, primeiro: date, ultimo: date, por: str) -> tuple[list[Linha], tabela.Passado]:
    inicio, fim = limites(primeiro, ultimo)
    with leitura.lendo(dados) as banco:
        if banco is None or not tabela.existe(banco):
            return [], tabela.Passado(0, 0)
        juntos = juntar(tabela.contados(banco, *horas(inicio or "", fim or "")), GRUPOS[por])
        return sorted(juntos.items()), tabela.passado(banco)


def colunas(por: str) -> Sequence[Coluna]:
    """Returns the columns, the group first."""
    return (
        Coluna(por, lambda linha: _grupo(por, linha[0]), 18),
        Coluna("arquivos", lambda linha: linha[1].arquivos, 10),
        Coluna("autorizados", lambda linha: linha[1].autorizados, 12),
        Coluna("valor", lambda linha: Decimal(linha[1].valor) / 100, 16),
        Coluna("rejeitados", lambda linha: linha[1].rejeitados, 10),
        Coluna("cancelados", lambda linha: linha[1].cancelados, 10),
        Coluna("recusados", lambda linha: linha[1].recusados, 10),
        Coluna("guias baixadas", lambda linha: linha[1].guias, 14),
        Coluna("metade em", lambda linha: _tempo(linha[1], 0.5), 12),
        Coluna("95 % em", lambda linha: _tempo(linha[1], 0.95), 12),
    )


def em_dicionario(por: str, linha: Linha) -> dict[str, Any]:
    """Returns one line for programs. Times are the upper bounds of their classes; null: longer, or none."""
    nome, m = linha
    return {
        por: nome,
        "arquivos": m.arquivos,
        "autorizados": m.autorizados,
        "valor": f"{Decimal(m.valor) / 100:.2f}",
        "rejeitados": m.rejeitados,
        "cancelados": m.cancelados,
        "recusados": m.recusados,
        "guias_baixadas": m.guias,
        "metade_s": m.ate_s(0.5),
        "p95_s": m.ate_s(0.95),
        "tempos": m.tempos,
    }


def _grupo(por: str, nome: str) -> date | str:
    return datetime.fromisoformat(nome).date() if por == "dia" else nome


def _tempo(m: Movimento, parte: float) -> str | None:
    if not sum(m.tempos):
        return None
    limite = m.ate_s(parte)
    return "mais de 1 h" if limite is None else f"{limite:g} s".replace(".", ",")


def _mostrar(por: str, linhas: list[Linha]) -> None:
    if not linhas:
        click.echo("Nada passou neste período.")
        return
    de_documentos = any(m.autorizados for _, m in linhas)
    medidas = [m.autorizados if de_documentos else m.arquivos for _, m in linhas]
    maior = max(medidas) or 1
    tabela_de_texto = celulas(colunas(por), linhas)
    titulos = [c.titulo for c in colunas(por)]
    if sys.stdout.isatty():
        titulos.append("gráfico (autorizados)" if de_documentos else "gráfico (arquivos)")
        for texto, medida in zip(tabela_de_texto, medidas, strict=True):
            texto.append("█" * round(_BARRA * medida / maior))
    mostrar_tabela(titulos, tabela_de_texto)
    click.echo(f"\n{_ao_todo(linhas)}")


def _ao_todo(linhas: list[Linha]) -> str:
    """Returns the sums at the foot. What this grouping knows nothing of is left out: a file, say, has no cStat."""
    ditas = []
    for campo, um, varios in _NO_PE:
        soma = sum(getattr(m, campo) for _, m in linhas)
        if soma:
            ditas.append(quantos(soma, um, varios))
            if campo == "autorizados":
                ditas.append(f"R$ {reais(Decimal(sum(m.valor for _, m in linhas)) / 100)}")
    return f"Ao todo: {', '.join(ditas) or 'nada'}."


@estatisticas.command(
    options_metavar="[OPÇÕES]",
    help="Conta o que houve antes desta versão, em partes, sem parar o serviço. Interrompido, continua de onde parou.",
)
@click.option("--tudo", is_flag=True, help="Apaga o resumo e conta tudo de novo.")
@passar_opcoes
def refazer(opcoes: Opcoes, tudo: bool) -> None:
    """Counts the past group by group. Each group is one short transaction, with where it ended."""
    from separador.capacidades.movimento.servico import fontes  # noqa: PLC0415
    from separador.cli.base import autorizacao  # noqa: PLC0415

    with autorizacao.escrevendo(opcoes.configuracao().dados, migrar=True) as banco:
        todas = fontes()
        if tudo:
            with banco.transacao():
                tabela.recomecar(banco, todas)
        total = tabela.passado(banco.conn)
        if not total.falta:
            click.echo("Está tudo contado.")
            return
        with click.progressbar(length=total.total, label="Contando", show_eta=True) as barra:
            barra.update(total.feito)
            antes = total.feito
            while tabela.contar_passado(banco, todas):
                feito = tabela.passado(banco.conn).feito
                barra.update(feito - antes)
                antes = feito
    click.echo(f"Contado: {milhar(total.total)} registros.")
