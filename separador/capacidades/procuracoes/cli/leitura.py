"""Holds the reading commands of `separador procuracao`: `listar`, `ver`, `escritorios`."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from separador.acesso.banco import escritorios as tabela
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.usuario import limpar
from separador.nucleo.fuso import dia
from separador.nucleo.negativa import Negativa
from separador.nucleo.texto.rotulo import rotulo

if TYPE_CHECKING:
    from separador.capacidades.procuracoes.servico.procuracoes import Estado


@click.command(options_metavar="[OPÇÕES]", help="Lista os escritórios.")
@opcao_json
@passar_opcoes
def escritorios(opcoes: Opcoes, em_json: bool) -> None:
    """Shows CNPJ and name of the offices."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linhas = tabela.escritorios(banco) if banco is not None else []
    if em_json:
        mostrar_json([{"cnpj": r["cnpj"], "nome": r["nome"]} for r in linhas])
    else:
        mostrar_tabela(("CNPJ", "nome"), [(r["cnpj"], r["nome"]) for r in linhas])


@click.command(options_metavar="[OPÇÕES]", help="Lista os acessos, com a validade e se podem ser usados agora.")
@click.option("--escritorio", metavar="CNPJ", help="Só deste escritório.")
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, escritorio: str | None, em_json: bool) -> None:
    """Lists the accesses. It shows no secret to anybody, only whether there is one."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415
    from separador.capacidades.procuracoes.servico import vista  # noqa: PLC0415

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        todos = servico.estados(banco, leitura.agora_utc()) if banco is not None else []
    escolhidos = [e for e in todos if escritorio is None or e.acesso.escritorio == limpar(escritorio)]
    if em_json:
        mostrar_json([vista.em_dicionario(e) for e in escolhidos])
    elif not escolhidos:
        click.echo("Nenhum acesso cadastrado.")
    else:
        mostrar_tabela(
            ("nome", "escritório", "esfera", "órgão", "tipo", "vale até", "pode ser usado"),
            [_linha(e) for e in escolhidos],
        )


def _linha(e: "Estado") -> tuple[object, ...]:
    ate = dia(e.vencimento) if e.vencimento else ""
    a = e.acesso
    return (
        a.nome,
        a.escritorio,
        a.esfera,
        a.orgao or "",
        a.tipo,
        ate,
        "sim" if e.recusa is None else f"não: {e.recusa}",
    )


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra tudo do acesso NOME, menos os segredos: quem o guarda, até quando vale, quem é consultado por ele e "
    "quando foi usado. Código 1: não pode ser usado.",
)
@click.argument("nome", metavar="NOME")
@click.option("--escritorio", metavar="CNPJ", help="De qual escritório, se mais de um tem esse nome.")
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, nome: str, escritorio: str | None, em_json: bool) -> None:
    """Exits with 1 when the access may not be used now, with the reason."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415
    from separador.capacidades.procuracoes.servico import vista  # noqa: PLC0415

    config, agora = opcoes.configuracao(), leitura.agora_utc()
    with leitura.lendo(config.dados) as banco:
        if banco is None:
            sair(Saida.RECUSADO, "Nenhum acesso cadastrado.")
        linha = servico.um(banco, nome, limpar(escritorio))
        if isinstance(linha, Negativa):
            autorizacao.recusar(linha)
        estado = servico.estado(banco, linha, agora)
        em_uso = [
            u for u in servico.usos_de_agora(banco, config, agora) if u.acesso_id == estado.id and u.segura is None
        ]
        fatos = vista.em_dicionario(estado) | vista.guarda(banco, estado) | vista.usos(banco, estado, em_uso)
    if em_json:
        mostrar_json(fatos)
    else:
        _mostrar(fatos)
    sair(Saida.FEITO if estado.recusa is None else Saida.RECUSADO)


def _mostrar(fatos: dict[str, Any]) -> None:
    usos, antes = fatos.pop("em_uso_por"), fatos.pop("usado_antes_por")
    ultimo = fatos.pop("ultimo_uso")
    for campo, valor in fatos.items():
        if valor not in (None, []):
            texto = _poucos(valor) if isinstance(valor, list) else _legivel(valor)
            click.echo(f"{_NOMES.get(campo) or rotulo(campo)}: {texto}")
    click.echo(f"último uso: {leitura.hora_local(ultimo) if ultimo else 'nenhum'}")
    if not usos:
        click.echo("em uso por: ninguém")
    else:
        quem = [f"{u['nome']} ({u['uso']}, {leitura.hora_local(u['ultimo']) or 'ainda não usado'})" for u in usos]
        click.echo(f"em uso por: {_poucos(quem)}")
    if antes:
        quem = [f"{u['cliente']} ({u['uso']}, {leitura.hora_local(u['ultimo'])})" for u in antes]
        click.echo(f"usado antes por: {_poucos(quem)}")


_QUANTOS = 20
_NOMES = {"senha_por": "senha guardada por", "para_que": "para quê"}


def _poucos(textos: list[str]) -> str:
    mais = f" e mais {len(textos) - _QUANTOS}" if len(textos) > _QUANTOS else ""
    return ", ".join(textos[:_QUANTOS]) + mais


def _legivel(valor: object) -> str:
    if isinstance(valor, bool):
        return "sim" if valor else "não"
    return dia(valor) if isinstance(valor, date) else str(valor)
