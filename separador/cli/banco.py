"""Looks after the database: whose it is, how large it is, how to make it smaller (`separador banco`)."""

import shutil
from datetime import datetime, timedelta

import click

from separador.acesso.banco import auditoria
from separador.banco.leitura import ARQUIVO
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.motor.trava import quem_detem
from separador.nucleo.fuso import para_pessoas
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao


@click.group(cls=Grupo, name="banco", help="O banco de dados desta instalação.")
def banco() -> None:
    """Groups the commands of the database."""


@banco.command(
    options_metavar="[OPÇÕES]",
    help="Aceita como desta instalação o banco que está na pasta de dados, embora seja de outra. Só com o serviço "
    "desligado; fica registrado na auditoria.",
)
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que o banco é este; fica registrado.")
@passar_opcoes
def adotar(opcoes: Opcoes, motivo: str) -> None:
    """Exits with 1 when there is nothing to accept, with 4 while a service uses the database."""
    from separador.banco import procedencia  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    if not motivo.strip():
        sair(Saida.RECUSADO, "Diga o motivo; nada foi mudado.")
    if not (dados / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há banco em {dados}.")
    if quem_detem(dados) is not None:
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    try:
        esta = instalacao.adotar(dados, leitura.agora_utc()).id
    except (instalacao.Ilegivel, OSError) as erro:
        sair(Saida.RECUSADO, f"Não consegui saber que instalação é esta: {razao(erro)}.")
    with autorizacao.escrevendo(dados, migrar=True) as aberto:
        dona = procedencia.dono(aberto)
        if dona == esta:
            sair(Saida.RECUSADO, "O banco já é desta instalação: não há o que adotar.")
        with aberto.transacao():
            quando = texto_de(leitura.agora_utc())
            procedencia.tomar(aberto, esta, quando)
            detalhe = f"{motivo.strip()} (era de {dona or 'nenhuma'})"
            auditoria.registrar(aberto, quando, autorizacao.quem(), "banco adotado", esta, detalhe=detalhe)
    click.echo(f"O banco é agora desta instalação ({esta}).")


_MB = 1_000_000
_DIAS = 30
"""Days whose pace tells how soon the disk is full."""
_MESES = 6
_LONGE = 3_650
_COMPACTADOS = 500
_FOLGA = 1.05
"""Of the size now: what is needed beside it."""


@banco.command(
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


@banco.command(
    options_metavar="[OPÇÕES]",
    help="Reescreve o banco menor: guarda os XML assinados na forma pequena e devolve ao disco o que não tem uso. Só "
    "com o serviço desligado; precisa, ao lado, de tanto espaço quanto o banco ocupa, e diz quanto antes de começar.",
)
@passar_opcoes
def compactar(opcoes: Opcoes) -> None:
    """Exits with 1 without room, or when the new database is not what the old one is; with 4 while a service runs."""
    from separador.banco import assinados, compactacao  # noqa: PLC0415
    from separador.motor import trava  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    if not (dados / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há banco em {dados}.")
    with em_nome_do_dono(dados):
        tomada = trava.tomar(dados, agora=leitura.agora_utc())
    if not isinstance(tomada, trava.Trava):
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    with tomada:
        preciso = int((dados / ARQUIVO).stat().st_size * _FOLGA)
        livres = shutil.disk_usage(dados).free
        click.echo(f"Preciso de {preciso / _MB:.0f} MB livres em {dados}; há {livres / _MB:.0f} MB.")
        if livres < preciso:
            sair(Saida.RECUSADO, "Não cabe; nada foi mudado.")
        with autorizacao.escrevendo(dados, migrar=True) as aberto:
            while assinados.compactar(aberto, _COMPACTADOS):
                pass
        try:
            with em_nome_do_dono(dados):
                antes, depois = compactacao.compactar(dados)
        except compactacao.NaoConfereError as erro:
            sair(Saida.RECUSADO, f"Não troquei o banco: {erro}. Ele está como estava.")
    click.echo(f"O banco tinha {antes / _MB:.1f} MB e tem {depois / _MB:.1f} MB.")
