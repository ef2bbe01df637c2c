"""Gives orders about loads and numbers: `carga emitir`, `complementar`, `refazer`, `numeracao definir`."""

import json
from pathlib import Path
from typing import NoReturn

import click

from separador.cli.base import pedidos
from separador.cli.base.arquivos import ArquivoDeEntrada
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.cli.base.nomes import argumento_chave
from separador.nucleo.rota import Rota, escolher

COMPLEMENTAR, REFAZER, NUMERAR = "carga-complementar", "carga-refazer", "carga-numerar"


@click.command(
    options_metavar="[OPÇÕES]",
    help="Solta a carga em ARQUIVO na origem da primeira rota de cargas ativa, e espera 10 s pela resposta. Termina "
    "com 0 (gerada, ou já gerada), 1 (recusada, ou retida, e diz qual) ou 3 (sem o serviço, ou sem resposta em 10 s).",
)
@click.argument("arquivo", metavar="ARQUIVO", type=ArquivoDeEntrada())
@opcao_json
@passar_opcoes
def emitir(opcoes: Opcoes, arquivo: Path, em_json: bool) -> None:
    """Exits with 3, and nothing dropped, when no service runs."""
    from separador.capacidades.emissao.cli import entrega  # noqa: PLC0415 -- folders, only to drop a file

    config = opcoes.configuracao()
    rota = next((r for r in config.rotas if r.ativo and r.regra == "carga"), None)
    if rota is None:
        sair(Saida.RECUSADO, "Não há rota de cargas ativa; as rotas: separador rotas listar")
    nome = _nome(arquivo, rota, [r for r in config.rotas if r.origem == rota.origem])
    feita = entrega.entregar(config, rota, nome, arquivo.read_bytes())
    if em_json:
        mostrar_json(feita.corpo)
    else:
        _mostrar(feita.corpo)
    sair(Saida.FEITO if feita.certa else Saida.RECUSADO)


def _nome(arquivo: Path, rota: Rota, vizinhas: list[Rota]) -> str:
    """Returns the name under which the route takes the file: its own, or with the ending of loads."""
    finais = {"json": "-carga.json", "yml": "-carga.yml", "csv": "-carga.csv"}
    outro = f"{arquivo.stem}{finais.get(arquivo.suffix.lstrip('.').lower(), '-carga.yaml')}"
    nome = next((n for n in (arquivo.name, outro) if escolher(n.encode(), vizinhas) == rota), None)
    if nome is None:
        sair(Saida.RECUSADO, f"A rota {rota.id} não toma um arquivo de nome {arquivo.name}; dê-lhe um final da rota.")
    return nome


def _mostrar(corpo: dict[str, object]) -> None:
    click.echo(f"{corpo.get('carga') or corpo.get('arquivo')}: {corpo['resultado']}. {corpo['mensagem']}")
    documentos, erros, avisos = (corpo.get(n) for n in ("documentos", "erros", "avisos"))
    for d in documentos if isinstance(documentos, list) else []:
        click.echo(f"  {d['chave']} número {d['numero']}, {d['valor']}: {d['situacao']}")
    for e in erros if isinstance(erros, list) else []:
        onde = f"linha {e['linha']}, " if e.get("linha") else ""
        click.echo(f"  {e['codigo']} {onde}{e['campo']}: {e['mensagem']} {e['o_que_fazer']}")
    for a in avisos if isinstance(avisos, list) else []:
        click.echo(f"  aviso {a['codigo']} {a['campo']}: {a['mensagem']}")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Completa a CARGA retida com o que o arquivo não diz: forma de pagamento, retirada, seguros. Vale mais que as "
    "informações complementares do arquivo, e menos que padrao. Completa, a carga segue.",
)
@click.argument("carga", metavar="CARGA")
@click.option("--forma-pagamento", metavar="FORMA", help="PAGO, A PAGAR ou OUTROS.")
@click.option("--cif-fob", metavar="CIF|FOB", help="CIF (pago) ou FOB (a pagar).")
@click.option("--retira/--nao-retira", "retira", default=None, help="O recebedor retira, ou não.")
@click.option("--detalhe-retira", metavar="TEXTO", help="Detalhe da retirada.")
@click.option(
    "--seguro",
    "seguros",
    metavar="RESPONSAVEL[:APOLICE[:SEGURADORA]]",
    multiple=True,
    help="Seguro; a opção repete-se, uma vez para cada um.",
)
@opcao_json
@passar_opcoes
def complementar(
    opcoes: Opcoes, /, carga: str, em_json: bool, seguros: tuple[str, ...], **ditos: str | bool | None
) -> None:
    """Exits with 1 when the load is not held, or a value cannot be read."""
    campos: dict[str, object] = {n: v for n, v in ditos.items() if v is not None}
    if seguros:
        nomes = ("responsavel", "apolice", "seguradora")
        campos["seguros"] = [dict(zip(nomes, s.split(":", 2), strict=False)) for s in seguros]
    if not campos:
        raise click.UsageError("Diga o que completar: --forma-pagamento, --cif-fob, --seguro, …")
    dados = json.dumps(campos, ensure_ascii=False, sort_keys=True)
    _dar(opcoes, pedidos.NovoPedido(COMPLEMENTAR, carga, dados=dados), {"carga": carga}, em_json=em_json)


_MODELOS = ("57", "64", "67")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Refaz o CT-e CHAVE de uma carga, com o mesmo número, enquanto ele está NÃO ENVIADO ou REJEITADO PELA SEFAZ: "
    "com os cadastros de agora, e da carga como foi gerada ou, se dada, da carga corrigida em ARQUIVO, que não pode "
    "mudar outro CT-e. A emissão de mais de 168 h passa a ser agora; se o mês mudar, a chave muda.",
)
@argumento_chave()
@click.argument("arquivo", metavar="[ARQUIVO]", type=ArquivoDeEntrada(), required=False)
@opcao_json
@passar_opcoes
def refazer(opcoes: Opcoes, chave: str, arquivo: Path | None, em_json: bool) -> None:
    """Exits with 1 when the CT-e is in another state, or what would come out of it is wrong."""
    from separador.capacidades.emissao.cli import refeito  # noqa: PLC0415 -- zlib and the like, only here

    dados = opcoes.configuracao().dados
    porque = refeito.negado(dados, chave)
    if porque:
        sair(Saida.RECUSADO, f"O CT-e {chave} {porque}.")
    pedido = pedidos.NovoPedido(REFAZER, chave, dados=refeito.em_pedido(arquivo) if arquivo is not None else None)
    (feita,) = pedidos.pedir(dados, [pedido])
    certa = feita["estado"] == "feita"
    if em_json:
        resultado = {"resultado": "feito" if certa else "recusado", "codigo": feita["codigo"]}
        mostrar_json(refeito.agora(dados, chave) | resultado | {"mensagem": feita["mensagem"]})
    else:
        click.echo(feita["mensagem"], err=not certa)
    sair(Saida.FEITO if certa else Saida.RECUSADO)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Define o próximo número de uma série da empresa CNPJ, no ambiente da configuração. Não volta a um número já "
    "usado.",
)
@click.argument("cnpj", metavar="CNPJ")
@click.option("--modelo", required=True, type=click.Choice(_MODELOS), help="57 (CT-e), 67 (CT-e OS), 64 (GTV-e).")
@click.option("--serie", required=True, type=click.IntRange(0, 999), metavar="S", help="Série.")
@click.option("--proximo", required=True, type=click.IntRange(1, 999_999_999), metavar="N", help="Próximo número.")
@opcao_json
@passar_opcoes
def definir(opcoes: Opcoes, cnpj: str, modelo: str, serie: int, proximo: int, em_json: bool) -> None:
    """Exits with 1 when the number would go back."""
    limpo = "".join(c for c in cnpj.upper() if c.isalnum())
    if limpo not in {e.cnpj for e in opcoes.configuracao().empresas}:
        sair(Saida.RECUSADO, f"{cnpj} não está em empresas na configuração.")
    dados = json.dumps({"modelo": modelo, "serie": serie, "proximo": proximo})
    _dar(opcoes, pedidos.NovoPedido(NUMERAR, limpo, dados=dados), {"empresa": limpo}, em_json=em_json)


def _dar(opcoes: Opcoes, pedido: pedidos.NovoPedido, sobre: dict[str, str], *, em_json: bool) -> NoReturn:
    """Records an order, waits, shows its result and ends the command."""
    (feita,) = pedidos.pedir(opcoes.configuracao().dados, [pedido])
    certa = feita["estado"] == "feita"
    if em_json:
        resultado = {"resultado": "feito" if certa else "recusado", "codigo": feita["codigo"]}
        mostrar_json(sobre | resultado | {"mensagem": feita["mensagem"], "quando": feita["terminada_em"]})
    else:
        click.echo(feita["mensagem"], err=not certa)
    sair(Saida.FEITO if certa else Saida.RECUSADO)
