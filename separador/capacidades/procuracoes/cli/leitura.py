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

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        todos = servico.estados(banco, leitura.agora_utc()) if banco is not None else []
    escolhidos = [e for e in todos if escritorio is None or e.acesso.escritorio == limpar(escritorio)]
    if em_json:
        mostrar_json([_em_dicionario(e) for e in escolhidos])
    elif not escolhidos:
        click.echo("Nenhum acesso cadastrado.")
    else:
        mostrar_tabela(
            ("nome", "escritório", "esfera", "tipo", "vale até", "pode ser usado"), [_linha(e) for e in escolhidos]
        )


def _linha(e: "Estado") -> tuple[object, ...]:
    ate = dia(e.vencimento) if e.vencimento else ""
    a = e.acesso
    return (a.nome, a.escritorio, a.esfera, a.tipo, ate, "sim" if e.recusa is None else f"não: {e.recusa}")


def _em_dicionario(e: "Estado") -> dict[str, Any]:
    a, v = e.acesso, e.acesso.validade
    return {
        "nome": a.nome,
        "escritorio": a.escritorio,
        "esfera": a.esfera.value,
        "tipo": a.tipo.value,
        "login": a.login,
        "titular": a.titular,
        "certificado": a.certificado,
        "certificado_empresa": a.certificado_cnpj,
        "clientes": list(a.clientes),
        "ativo": a.ativo,
        "tem_senha": e.tem_segredo,
        "senha_em": a.senha_em,
        "valida_ate": v.ate,
        "validade_dias": v.dias,
        "validade_meses": v.meses,
        "vencimento": e.vencimento,
        "recusa": e.recusa,
    }


@click.command(
    options_metavar="[OPÇÕES]", help="Mostra tudo do acesso NOME, menos os segredos. Código 1: não pode ser usado."
)
@click.argument("nome", metavar="NOME")
@click.option("--escritorio", metavar="CNPJ", help="De qual escritório, se mais de um tem esse nome.")
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, nome: str, escritorio: str | None, em_json: bool) -> None:
    """Exits with 1 when the access may not be used now, with the reason."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        if banco is None:
            sair(Saida.RECUSADO, "Nenhum acesso cadastrado.")
        linha = servico.um(banco, nome, limpar(escritorio))
        if isinstance(linha, Negativa):
            autorizacao.recusar(linha)
        estado = next(e for e in servico.estados(banco, leitura.agora_utc()) if e.id == linha["id"])
    if em_json:
        mostrar_json(_em_dicionario(estado))
    else:
        for campo, valor in _em_dicionario(estado).items():
            if valor not in (None, []):
                texto = ", ".join(valor) if isinstance(valor, list) else _legivel(valor)
                click.echo(f"{rotulo(campo)}: {texto}")
    sair(Saida.FEITO if estado.recusa is None else Saida.RECUSADO)


def _legivel(valor: object) -> str:
    if isinstance(valor, bool):
        return "sim" if valor else "não"
    return dia(valor) if isinstance(valor, date) else str(valor)
