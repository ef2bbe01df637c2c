"""Gives orders on guides: locate, receipt, link, approve, refuse, reopen, number.

An order is checked at once by the function that the service uses too. One that cannot be carried out is refused with
nothing recorded.
"""

import json
import sqlite3
from pathlib import Path

import click

from separador.acesso.dominio import Direito
from separador.capacidades.ecac.banco import leitura as ecac_consultas
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.banco.leitura import FiltroGuias
from separador.capacidades.ecac.cli.ecac import limpar
from separador.capacidades.ecac.cli.guias import com_guia, tabela
from separador.capacidades.ecac.dominio.arrecadacao import canonico, completo
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico.vista.guias import em_dicionario
from separador.cli.base import autorizacao, chamada, leitura, pedidos
from separador.cli.base.arquivos import ArquivoDeSaida
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair

argumento_guia = click.argument("guia", metavar="GUIA")


# --- decisions -------------------------------------------------------------------------------------------------------


def _decidir(opcoes: Opcoes, pedido: str, guia: str, dito: str = "") -> None:
    from separador.capacidades.ecac.servico import decisoes  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    with com_guia(dados, guia) as (banco, linha):
        negativa = decisoes.avaliar(banco, pedido, str(linha["id"]), dito)
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    pedidos.dar(dados, [pedidos.NovoPedido(pedido, str(linha["id"]), dito)])


@click.command(
    options_metavar="[OPÇÕES]",
    help="Liga à mão a GUIA ao PAGAMENTO (número do documento pago), ou ao pagamento de uma ocorrência. A guia fica "
    "baixada, e o comprovante vem na próxima importação.",
)
@argumento_guia
@click.argument("pagamento", metavar="[PAGAMENTO]", required=False)
@click.option("--ocorrencia", type=int, metavar="ID", help="O pagamento é o desta ocorrência.")
@passar_opcoes
def ligar(opcoes: Opcoes, guia: str, pagamento: str | None, ocorrencia: int | None) -> None:
    """Links a payment without guide to a guide without payment, because a person says that they belong together."""
    if (pagamento is None) == (ocorrencia is None):
        raise click.UsageError("Diga o PAGAMENTO ou a ocorrência (--ocorrencia ID), um dos dois.")
    numero = pagamento or _pagamento_da(opcoes, ocorrencia or 0)
    _decidir(opcoes, "ecac-ligar", guia, completo(numero))


def _pagamento_da(opcoes: Opcoes, ocorrencia: int) -> str:
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linha = ocorrencias.por_id(banco, ocorrencia) if banco is not None else None
    if linha is None or linha["pagamento"] is None:
        sair(Saida.RECUSADO, f"A ocorrência {ocorrencia} não existe ou não é de um pagamento.")
    return str(linha["pagamento"])


@click.command(options_metavar="[OPÇÕES]", help="Aprova a sugestão de baixa da GUIA sem número.")
@argumento_guia
@passar_opcoes
def aprovar(opcoes: Opcoes, guia: str) -> None:
    """Approves a suggestion. A guide without number is only settled by a person: the match is never certain."""
    _decidir(opcoes, "ecac-aprovar", guia)


@click.command(options_metavar="[OPÇÕES]", help="Recusa a sugestão de baixa da GUIA; ela não é proposta de novo.")
@argumento_guia
@passar_opcoes
def recusar(opcoes: Opcoes, guia: str) -> None:
    """Refuses the suggestion. The pair is remembered as refused."""
    _decidir(opcoes, "ecac-recusar", guia)


@click.command(
    options_metavar="[OPÇÕES]", help="Desfaz a baixa da GUIA. O comprovante arquivado fica; o motivo vai ao histórico."
)
@argumento_guia
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que a baixa está errada.")
@passar_opcoes
def reabrir(opcoes: Opcoes, guia: str, motivo: str) -> None:
    """Reopens the guide. Only a person undoes a settlement."""
    _decidir(opcoes, "ecac-reabrir", guia, motivo)


@click.command(options_metavar="[OPÇÕES]", help="Informa o NÚMERO do documento da GUIA que foi registrada sem ele.")
@argumento_guia
@click.argument("numero", metavar="NÚMERO")
@passar_opcoes
def numerar(opcoes: Opcoes, guia: str, numero: str) -> None:
    """Gives the guide its number. From then on it is matched by number."""
    _decidir(opcoes, "ecac-numerar", guia, numero)


# --- receipt ---------------------------------------------------------------------------------------------------------


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra onde está o comprovante da GUIA; se ainda não veio, pede-o agora. O que já está arquivado nunca é "
    "pedido de novo.",
)
@argumento_guia
@click.option("--copiar", type=ArquivoDeSaida(), metavar="ARQ", help="Copia o PDF para ARQ.")
@passar_opcoes
def comprovante(opcoes: Opcoes, guia: str, copiar: Path | None) -> None:
    """Shows the filed receipt; one that is filed is never asked for again.

    A file that is not what was filed is reported (exit 1).
    """
    config = opcoes.configuracao()
    with com_guia(config.dados, guia) as (_, linha):
        pass
    if linha["recibo_estado"] != "arquivado":
        pedidos.dar(config.dados, [pedidos.NovoPedido("ecac-comprovante", str(linha["id"]))])
    _mostrar_arquivado(Bases(config.dados, config.raiz), linha, copiar)


def _mostrar_arquivado(bases: Bases, linha: sqlite3.Row, copiar: Path | None) -> None:
    from separador.capacidades.ecac.servico.vista.recibo import ler_comprovante  # noqa: PLC0415 -- folders

    pdf = ler_comprovante(bases, linha)
    if isinstance(pdf, str):
        sair(Saida.RECUSADO, pdf)
    if copiar is not None:
        _copiar(copiar, pdf)
    click.echo(bases.arquivo(linha["raiz"], linha["caminho"]))


def _copiar(alvo: Path, dados: bytes) -> None:
    if chamada.entregar(alvo, dados, novo=True):
        return
    if alvo.exists():
        sair(Saida.RECUSADO, f"{alvo} já existe; escolha outro nome.")
    alvo.write_bytes(dados)


# --- locate ----------------------------------------------------------------------------------------


@click.command(
    options_metavar="[OPÇÕES]",
    help="Localizar Guia: a partir de uma OCORRÊNCIA (ou de --empresa), lista as guias geradas para a empresa, as que "
    "ainda não foram baixadas primeiro. Com --receita ANO, antes pergunta à Receita que DAS existem nesse ano.",
)
@click.argument("ocorrencia", metavar="[OCORRÊNCIA]", type=int, required=False)
@click.option("--empresa", metavar="CNPJ", help="As guias desta empresa.")
@click.option("--receita", type=click.IntRange(2018, 2100), metavar="ANO", help="Busca os DAS do ano na Receita.")
@opcao_json
@autorizacao.muda_as_vezes
@passar_opcoes
def localizar(opcoes: Opcoes, ocorrencia: int | None, empresa: str | None, receita: int | None, em_json: bool) -> None:
    """Lists the guides. Then `ligar` links one by hand, or `gerar` makes a new one."""
    if (ocorrencia is None) == (empresa is None):
        raise click.UsageError("Diga a OCORRÊNCIA ou a empresa (--empresa CNPJ), uma das duas.")
    config = opcoes.configuracao()
    dados = config.dados
    with leitura.lendo(dados) as banco:
        dona = ocorrencias.por_id(banco, ocorrencia) if banco is not None and ocorrencia is not None else None
    if ocorrencia is not None and dona is None:
        sair(Saida.RECUSADO, f"Não há ocorrência {ocorrencia}.")
    cnpj = dona["contribuinte"] if dona is not None else limpar(empresa) or ""
    if receita is not None:
        autorizacao.exigir(Direito.OPERAR)
        for resposta in pedidos.pedir(dados, [pedidos.NovoPedido("ecac-indice", cnpj, json.dumps({"ano": receita}))]):
            click.echo(str(resposta["mensagem"]), err=True)
            if resposta["estado"] != "feita":
                sair(Saida.RECUSADO)
    _mostrar_guias(Bases(dados, config.raiz), cnpj, dona, em_json)


def _mostrar_guias(bases: Bases, cnpj: str, ocorrencia: sqlite3.Row | None, em_json: bool) -> None:
    with leitura.lendo(bases.dados) as banco:
        linhas = ecac_consultas.guias(banco, FiltroGuias(cnpj)) if banco is not None else []
    guias = sorted((em_dicionario(g, bases) for g in linhas), key=lambda g: bool(g["baixada"]))
    if em_json:
        mostrar_json(guias)
        return
    if not guias:
        click.echo(f"Nenhuma guia registrada para {cnpj}.")
    else:
        tabela(guias)
    if ocorrencia is not None and ocorrencia["pagamento"] is not None:
        numero = completo(canonico(ocorrencia["pagamento"]))
        click.echo(f"\nPagamento {numero}: {ocorrencia['detalhe']}")
        click.echo(f"Para ligar: separador ecac guias ligar GUIA --ocorrencia {ocorrencia['id']}")
    click.echo("Para gerar outra: separador ecac guias gerar --ajuda")
