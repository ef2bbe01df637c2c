"""Says how large the database is (`separador banco tamanho`)."""

import shutil
from datetime import datetime, timedelta

import click

from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.quantidade import quantos

_MB = 1_000_000
_DIAS = 30
"""Days whose pace tells how soon the disk is full."""
_MESES = 6
_LONGE = 3_650


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o tamanho do banco, por tabela e por mês, e em quantos dias o disco enche no passo dos últimos "
    f"{_DIAS}. Para medir as tabelas lê o banco inteiro.",
)
@opcao_json
@passar_opcoes
def tamanho(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 1 when there is no database."""
    from separador.banco import tamanho as medida  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415

    dados, agora = opcoes.configuracao().dados, leitura.agora_utc()
    with leitura.lendo(dados) as lido:
        if lido is None:
            sair(Saida.RECUSADO, f"Não há banco em {dados}.")
        todo, sem_uso = medida.total(lido)
        tabelas = medida.por_tabela(lido)
        cresce = medida.crescimento(lido, texto_de(agora - timedelta(days=_DIAS)))
        inicios = _inicios_de_meses(agora)
        meses = medida.por_mes(lido, [texto_de(inicio) for inicio in inicios])
    livres = shutil.disk_usage(dados).free
    dias = cresce.dias_ate_encher(livres, _DIAS)
    por_mes = {f"{inicio:%Y-%m}": quantos_ for inicio, quantos_ in zip(inicios, meses, strict=True)}
    if em_json:
        mostrar_json(
            {
                "bytes": todo,
                "sem_uso": sem_uso,
                "livres_no_disco": livres,
                "dias_ate_encher": dias,
                "tabelas": {nome: {"linhas": a, "indices": b} for nome, (a, b) in (tabelas or {}).items()},
                "arquivos_por_mes": por_mes,
            }
        )
        return
    for nome, (linhas, indices) in (tabelas or {}).items():
        if linhas + indices >= _MB // 10:
            click.echo(f"{nome:<24} {linhas / _MB:>10.1f} MB, índices {indices / _MB:>8.1f} MB")
    click.echo(f"\nBanco: {todo / _MB:.1f} MB, dos quais {sem_uso / _MB:.1f} sem uso (separador banco compactar).")
    for mes, quantos_ in por_mes.items():
        tamanho_mb = quantos_ * cresce.no_banco / _MB
        click.echo(
            f"{mes[5:]}/{mes[:4]}  {quantos(quantos_, 'arquivo', 'arquivos')}, cerca de {tamanho_mb:.1f} MB de banco"
        )
    longe = dias is None or dias > _LONGE
    cheio = "não enche em dez anos" if longe else f"enche em cerca de {quantos(dias or 0, 'dia', 'dias')}"
    click.echo(f"Disco: {livres / _MB:.0f} MB livres em {dados}; {cheio}.")


def _inicios_de_meses(agora: datetime) -> list[datetime]:
    """Returns the beginnings of the last months, by the clock of people, the oldest first."""
    inicio = para_pessoas(agora).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    inicios = [inicio]
    for _ in range(_MESES - 1):
        inicios.append((inicios[-1] - timedelta(days=1)).replace(day=1))
    return inicios[::-1]
