"""Shows the irregularities of the settlement (`separador ecac ocorrencias`).

They are grouped, have their history, and can be written as a spreadsheet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from separador.capacidades.ecac.banco import leitura as ecac_consultas
from separador.capacidades.ecac.banco import ocorrencias as ecac_ocorrencias
from separador.capacidades.ecac.cli.ecac import limpar
from separador.capacidades.ecac.dominio.arrecadacao import completo
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Status
from separador.capacidades.ecac.servico.vista.ocorrencias import LinhaOcorrencia
from separador.capacidades.ecac.servico.vista.ocorrencias import agrupar as em_grupos
from separador.capacidades.ecac.servico.vista.ocorrencias import linha as linha_dita
from separador.cli.base import chamada, leitura, pedidos
from separador.cli.base.arquivos import ArquivoDeSaida, gravando
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.leitura import hora_local
from separador.nucleo.texto.rotulo import rotulo

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

_TODAS = "todas"


@click.group(
    cls=Grupo,
    invoke_without_command=True,
    help="Lista as irregularidades encontradas (pago sem guia, valor divergente, sem procuração…). Sem comando: as "
    "abertas.",
)
@click.option("--empresa", metavar="CNPJ", help="Só as desta empresa.")
@click.option(
    "--especie", metavar="ESPÉCIE", type=click.Choice([e.value for e in Especie]), help="Só as desta espécie."
)
@click.option(
    "--status",
    metavar="STATUS",
    default=Status.ABERTA.value,
    type=click.Choice([*(s.value for s in Status), _TODAS]),
    help="aberta (sem esta opção), resolvida, dispensada ou todas.",
)
@click.option(
    "--agrupar",
    metavar="GRUPO",
    type=click.Choice(("empresa", "ocorrencia")),
    help="Agrupa por empresa ou por ocorrencia; o mesmo agrupamento vai para a planilha.",
)
@click.option("--excel", type=ArquivoDeSaida(), metavar="ARQ.xlsx", help="Grava a planilha.")
@opcao_json
@click.pass_context
def ocorrencias(
    ctx: click.Context,
    empresa: str | None,
    especie: str | None,
    status: str,
    agrupar: str | None,
    excel: Path | None,
    em_json: bool,
) -> None:
    """Lists the irregularities. Exactly the rows and the grouping shown go to the file."""
    if ctx.invoked_subcommand is not None:
        return
    config = ctx.ensure_object(Opcoes).configuracao()
    linhas = _ler(config, None if status == _TODAS else status, limpar(empresa), especie)
    grupos = em_grupos(linhas, agrupar)
    if excel is not None:
        _gravar(excel, grupos)
    if em_json:
        tudo = {g: [_em_json(x) for x in xs] for g, xs in grupos.items()}
        mostrar_json(tudo if agrupar else next(iter(tudo.values()), []))
    elif excel is not None:
        click.echo(f"{len(linhas)} ocorrências em {excel}.")
    else:
        _mostrar(grupos, agrupado=agrupar is not None)


def _ler(config: "Configuracao", status: str | None, empresa: str | None, especie: str | None) -> list[LinhaOcorrencia]:
    with leitura.lendo(config.dados) as banco:
        if banco is None or not ecac_consultas.existe(banco):
            return []
        achadas = ecac_ocorrencias.listar(banco, status=status, contribuinte=empresa, especie=especie)
        nomes = {e.cnpj: e.nome for e in config.empresas}
        return [linha_dita(banco, o, nomes) for o in achadas]


def _gravar(arquivo: Path, grupos: Mapping[str, Sequence[LinhaOcorrencia]]) -> None:
    from separador.capacidades.ecac.servico.vista.planilha import montar  # noqa: PLC0415 -- xlsxwriter

    if arquivo.suffix.lower() != ".xlsx":
        raise click.BadParameter("o nome deve terminar em .xlsx", param_hint="--excel")
    dados = montar(grupos)
    if chamada.entregar(arquivo, dados):
        return
    with gravando(arquivo) as saida:
        saida.write(dados)


def _em_json(x: LinhaOcorrencia) -> dict[str, Any]:
    return {**asdict(x), "desde": x.desde.isoformat(), "atualizada_em": x.atualizada_em.isoformat()}


def _mostrar(grupos: Mapping[str, Sequence[LinhaOcorrencia]], *, agrupado: bool) -> None:
    if not any(grupos.values()):
        click.echo("Nenhuma ocorrência.")
        return
    for grupo, linhas in grupos.items():
        if agrupado:
            click.echo(f"{grupo} ({len(linhas)})")
        mostrar_tabela(
            ("nº", "ocorrência", "empresa", "desde", "situação", "detalhe"),
            [(x.id, x.ocorrencia, x.empresa, hora_local(x.desde.isoformat()), x.status, x.detalhe) for x in linhas],
        )
        if agrupado:
            click.echo()


@ocorrencias.command(options_metavar="[OPÇÕES]", help="Detalhes da ocorrência ID: o que houve, o que fazer, histórico.")
@click.argument("ocorrencia", metavar="ID", type=int)
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, ocorrencia: int, em_json: bool) -> None:
    """Exits with 1 when it is unknown."""
    config = opcoes.configuracao()
    with leitura.lendo(config.dados) as banco:
        linha = None
        if banco is not None and ecac_consultas.existe(banco):
            linha = ecac_ocorrencias.por_id(banco, ocorrencia)
        if linha is None or banco is None:
            sair(Saida.RECUSADO, f"Não há ocorrência {ocorrencia}.")
        historico = [dict(h) for h in ecac_ocorrencias.historico(banco, ocorrencia)]
        fatos = _em_json(linha_dita(banco, linha, {e.cnpj: e.nome for e in config.empresas}))
    fatos |= {
        "especie": linha["especie"],
        "pagamento": completo(linha["pagamento"]) if linha["pagamento"] else None,
        "historico": [{c: h[c] for c in ("quando", "status", "detalhe", "por")} for h in historico],
    }
    if em_json:
        mostrar_json(fatos)
        return
    for campo in ("ocorrencia", "empresa", "cnpj", "status", "detalhe", "guia", "pagamento", "valor", "o_que_fazer"):
        if fatos[campo] is not None:
            click.echo(f"{rotulo(campo):<12} {fatos[campo]}")
    click.echo("\nHistórico:")
    for h in historico:
        click.echo(f"  {hora_local(h['quando'])}  {h['status']} ({h['por']}): {h['detalhe']}")


@ocorrencias.command(options_metavar="[OPÇÕES]", help="Dispensa a ocorrência ID; ela não é aberta de novo.")
@click.argument("ocorrencia", metavar="ID", type=int)
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que não há nada a fazer.")
@passar_opcoes
def dispensar(opcoes: Opcoes, ocorrencia: int, motivo: str) -> None:
    """Gives an order, as for every decision."""
    from separador.capacidades.ecac.servico import decisoes  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    with leitura.lendo(dados) as banco:
        if banco is None or not ecac_consultas.existe(banco):
            sair(Saida.RECUSADO, f"Não há ocorrência {ocorrencia}.")
        negativa = decisoes.avaliar(banco, decisoes.DISPENSAR, str(ocorrencia), motivo)
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    pedidos.dar(dados, [pedidos.NovoPedido(decisoes.DISPENSAR, str(ocorrencia), motivo)])
