"""Fetches the documents of third parties and shows their numbers (`separador sefaz`).

The status of each state and the addresses are in modules of their own.
"""

import sqlite3
from pathlib import Path

import click

from separador.cli.base import leitura, pedidos
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.espera import Espera, Fim, opcao_esperar
from separador.cli.base.grupo import Grupo
from separador.nucleo.texto.quantidade import milhar


@click.group(
    cls=Grupo,
    preguicosos={
        "status": "separador.capacidades.sefaz.cli.status:status",
        "enderecos": "separador.capacidades.sefaz.cli.enderecos:enderecos",
    },
    help="A SEFAZ pela rede: se o serviço está no ar, e os documentos de terceiros que o Ambiente Nacional distribui.",
)
def sefaz() -> None:
    """Groups the commands of SEFAZ."""


@sefaz.command(
    options_metavar="[OPÇÕES]",
    help="Busca agora, no Ambiente Nacional, os CT-e e eventos de interesse das empresas (ou só da EMPRESA), a partir "
    "do último NSU recebido. O Ambiente Nacional exige uma hora entre duas buscas que nada acham; antes disso a ordem "
    "é recusada. Os documentos vão para o destino da distribuição, por ano e mês.",
)
@click.option("--empresa", metavar="CNPJ", help="Só desta empresa.")
@opcao_esperar
@passar_opcoes
def distribuir(opcoes: Opcoes, empresa: str | None, esperar_s: int | None) -> None:
    """Exits with 1 when no company may ask now."""
    config = opcoes.configuracao()
    cnpj = limpar_cnpj(empresa) if empresa is not None else ""
    if cnpj and config.empresa(cnpj) is None:
        sair(Saida.RECUSADO, f"Não há empresa com o CNPJ {empresa} na configuração.")
    espera = _espera(config.dados, {cnpj} if cnpj else {e.cnpj for e in config.empresas}, esperar_s)
    (resposta,) = pedidos.pedir(config.dados, [pedidos.NovoPedido("distribuir", cnpj)])
    if espera is not None and resposta["estado"] == "feita":
        click.echo(resposta["mensagem"])
        pedidos.sair_pelo_fim(config.dados, resposta, espera)
    sair(Saida.FEITO if resposta["estado"] == "feita" else Saida.RECUSADO, resposta["mensagem"])


def _espera(dados: Path, cnpjs: set[str], segundos: int | None) -> Espera | None:
    """Returns how the command waits for the first answer to each company's search."""
    from separador.capacidades.sefaz.banco import leitura as leitura_da_sefaz  # noqa: PLC0415 -- not for the other commands
    from separador.capacidades.sefaz.dominio.cstat import HA_DOCUMENTOS, NADA_NOVO  # noqa: PLC0415 -- a long table

    if segundos is None:
        return None
    with leitura.lendo(dados) as banco:
        desde = leitura_da_sefaz.ultima_transmissao(banco) if banco is not None else 0

    def olhar(c: sqlite3.Connection, _tarefa: sqlite3.Row) -> Fim | None:
        faltam, respondidas = leitura_da_sefaz.buscas(c, cnpjs, desde)
        if faltam or not respondidas:
            return None
        frases = (f"{r['cnpj']}: {r['cstat']} {r['motivo'] or ''}".strip() for r in respondidas)
        return Fim(all(r["cstat"] in (HA_DOCUMENTOS, NADA_NOVO) for r in respondidas), "\n".join(frases))

    return Espera(segundos, olhar)


@sefaz.command(
    options_metavar="[OPÇÕES]",
    help="Mostra, por empresa, até que número (NSU) os documentos da distribuição foram recebidos, o maior que existe, "
    "quantos faltam no meio, a última resposta e quando será a próxima busca.",
)
@opcao_json
@passar_opcoes
def nsu(opcoes: Opcoes, em_json: bool) -> None:
    """Only reads: the service need not run."""
    from separador.capacidades.sefaz.banco import leitura as leitura_da_sefaz  # noqa: PLC0415 -- not for the other commands

    config = opcoes.configuracao()
    with leitura.lendo(config.dados) as banco:
        linhas = leitura_da_sefaz.livros(banco) if banco is not None else []
    nomes = {e.cnpj: e.nome for e in config.empresas}
    if em_json:
        campos = (
            "cnpj",
            "ult_nsu",
            "max_nsu",
            "documentos",
            "faltas",
            "cstat",
            "motivo",
            "consultada_em",
            "proxima_em",
        )
        demais = [{"documentos": None} if r["documentos"] > leitura_da_sefaz.EXATO else {} for r in linhas]
        mostrar_json(
            [
                {c: r[c] for c in campos} | {"empresa": nomes.get(r["cnpj"]), "ambiente": r["ambiente"]} | outro
                for r, outro in zip(linhas, demais, strict=True)
            ]
        )
    elif not linhas:
        click.echo(
            "Nenhuma busca ainda. Para buscar sempre: a chave sefaz.distribuicao; agora: separador sefaz distribuir"
        )
    else:
        mostrar_tabela(
            ("CNPJ", "empresa", "NSU", "máximo", "documentos", "faltam", "resposta", "próxima busca"),
            [
                (
                    *(
                        r["cnpj"],
                        nomes.get(r["cnpj"], "")[:30],
                        r["ult_nsu"],
                        r["max_nsu"],
                        _contados(r["documentos"], leitura_da_sefaz.EXATO),
                        r["faltas"],
                    ),
                    *(r["cstat"] or "", leitura.hora_local(r["proxima_em"])),
                )
                for r in linhas
            ],
        )


def _contados(quantos_: int, exato: int) -> str:
    return milhar(quantos_) if quantos_ <= exato else f"mais de {milhar(exato)}"


def limpar_cnpj(texto: str) -> str:
    """Returns the CNPJ without punctuation."""
    return texto.strip().upper().translate(str.maketrans("", "", "./-"))
