"""Makes one command per event from the table of events, and lists the attempts (`separador cte evento`)."""

import re
from typing import Any

import click

from separador.capacidades.cte.cli import evento_opcoes
from separador.capacidades.cte.cli.espera import espera
from separador.capacidades.cte.cli.evento_imprimir import imprimir
from separador.cli.base import leitura, pedidos
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.espera import parametro_esperar
from separador.cli.base.grupo import Grupo
from separador.fiscal.evento.tabela import EVENTOS, POR_NOME, Autor, EventoFiscal
from separador.nucleo.negativa import Negativa

LIMITE_NA_TELA = 50
_QUEM = {Autor.EMITENTE: "o emitente", Autor.TOMADOR: "a empresa tomadora"}


@click.group(
    cls=Grupo,
    name="cte evento",
    help="Registra eventos dos documentos (carta de correção, comprovante de entrega, prestação em desacordo e outros) "
    "e lista os que houve.",
)
def evento() -> None:
    """Groups the events' commands."""


def _ajuda(e: EventoFiscal) -> str:
    partes = [f"{e.titulo} ({e.tp}) do documento CHAVE. Autor: {_QUEM[e.autor]}."]
    partes += [f"Prazo: {p.escrito} da autorização, modelo {_ou(p.modelos)} ({p.codigo})." for p in e.prazos]
    partes.append(f"Modelo {_ou(e.modelos)}; até {e.max_seq} por documento.")
    partes += [f"Só com --dados: {lista}." for lista in evento_opcoes.so_no_arquivo(e)]
    if e.nt is not None:
        partes.append(f"Da {e.nt}, conhecida aqui só pelo esquema oficial.")
    return " ".join(partes)


def _ou(modelos: frozenset[str]) -> str:
    return " ou ".join(sorted(modelos))


def _comando(e: EventoFiscal) -> click.Command:
    @passar_opcoes
    def registrar(opcoes: Opcoes, /, chave: str, **dados_do_evento: Any) -> None:
        _registrar(opcoes, e, chave, dados_do_evento)

    chave = click.Argument(["chave"], metavar="CHAVE", callback=evento_opcoes.ler_chave)
    campos = list(evento_opcoes.opcoes(e))
    return click.Command(
        e.nome,
        callback=registrar,
        params=[chave, *campos, parametro_esperar()],
        help=_ajuda(e),
        options_metavar="[OPÇÕES]",
    )


for _e in EVENTOS:
    evento.add_command(_comando(_e))


def _registrar(opcoes: Opcoes, e: EventoFiscal, chave: str, dados_do_evento: dict[str, Any]) -> None:
    """Checks the order at once. One that would be refused is refused with nothing recorded (exit 1)."""
    from separador.capacidades.cte.servico.evento.pedidos import PEDIDO, json_do_pedido  # noqa: PLC0415 -- lxml and the database

    configuracao = opcoes.configuracao()
    esperar_s = dados_do_evento.pop("esperar_s")
    dados = evento_opcoes.dados_do_pedido(e, chave, dados_do_evento)
    empresas = tuple(x.cnpj for x in configuracao.empresas)
    negativas = evento_opcoes.avaliar(configuracao.dados, e, chave, dados, empresas)
    if negativas:
        sair(Saida.RECUSADO, "\n".join(_da_linha(n) for n in negativas))
    pedido = pedidos.NovoPedido(PEDIDO, chave, dados=json_do_pedido(e.nome, dados))
    pedidos.dar(configuracao.dados, [pedido], espera=espera(configuracao.dados, esperar_s))


def _da_linha(n: Negativa) -> str:
    """Returns the message, with each field under the name of its option."""
    if m := re.match(r"([^\W\d]\w*)(?=: | \([^()]*\): )", n.mensagem):
        return f"--{evento_opcoes.nome_da_opcao(m[1])}{n.mensagem[m.end() :]}"
    return re.sub(r"\b(repetir_anteriores|todas_as_notas)\b", lambda m: "--" + m[0].replace("_", "-"), n.mensagem)


@evento.command(
    options_metavar="[OPÇÕES]",
    help="Mostra os campos de um evento: os de um pedido por arquivo e de --dados, com o nome no leiaute.",
)
@click.argument("nome", metavar="EVENTO", type=click.Choice([e.nome for e in EVENTOS]))
@opcao_json
def campos(nome: str, em_json: bool) -> None:
    """Shows the fields from the table of events itself, so that they cannot differ."""
    e = POR_NOME[nome]
    todos = list(evento_opcoes.campos(e.do_pedido))
    if em_json:
        mostrar_json(
            {"evento": e.nome, "tp_evento": e.tp, "titulo": e.titulo, "autor": e.autor.value,
             "modelos": sorted(e.modelos), "maior_sequencia": e.max_seq, "nota_tecnica": e.nt, "campos": todos}
        )  # fmt: skip
        return
    click.echo(f"{e.titulo} ({e.tp})\n")
    cabecalho = ("campo", "no leiaute", "forma", "obrigatório", "o que é")
    linhas = [(c["nome"], c["tag"], c["forma"], "sim" if c["obrigatorio"] else "", c["texto"]) for c in todos]
    mostrar_tabela(cabecalho, linhas)


@evento.command(
    options_metavar="[OPÇÕES]",
    help="Lista cada tentativa de evento e o que houve com ela, a última primeiro: aceitos, recusados pela SEFAZ, à "
    "espera de resposta e os recusados aqui.",
)
@click.option("--chave", metavar="CHAVE", callback=evento_opcoes.ler_chave, help="Só os deste documento.")
@click.option(
    "--tipo",
    metavar="EVENTO",
    type=click.Choice([e.nome for e in EVENTOS]),
    help=f"Só os deste tipo: {', '.join(POR_NOME)}.",
)
@click.option(
    "--limite",
    type=click.IntRange(1, 10**9),
    metavar="N",
    help=f"No máximo N. Sem esta opção: {LIMITE_NA_TELA} na tela, todos com --json.",
)
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, chave: str | None, tipo: str | None, limite: int | None, em_json: bool) -> None:
    """Lists the attempts.

    An attempt refused when the command was given is recorded nowhere, so it is not in the list.
    """
    maximo = limite if limite is not None or em_json else LIMITE_NA_TELA
    tentativas = evento_opcoes.tentativas(opcoes.configuracao().dados, chave, tipo, maximo)
    if em_json:
        mostrar_json(tentativas)
    elif not tentativas:
        click.echo("Nenhum evento.")
    else:
        cabecalho = ("quando", "chave", "evento", "nº", "situação", "código", "protocolo", "quem")
        campos = ("chave", "evento", "n_seq", "estado", "codigo", "protocolo", "quem")
        mostrar_tabela(cabecalho, [(leitura.hora_local(t["criado_em"]), *(t[c] for c in campos)) for t in tentativas])


evento.add_command(imprimir)
