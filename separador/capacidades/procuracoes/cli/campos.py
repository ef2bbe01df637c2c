"""Holds the parts that the commands of `separador procuracao` share: dates, options and secrets of an access."""

from datetime import date, datetime
from typing import Any

import click

from separador.capacidades.procuracoes import banco as tabela
from separador.capacidades.procuracoes.dominio import (
    Acesso,
    Esfera,
    TipoAcesso,
    Validade,
    orgao_normal,
    orgaos_com_prazo,
)
from separador.cli.base import leitura, terminal
from separador.cli.base.comum import F, Opcoes
from separador.cli.usuario import limpar
from separador.nucleo.fuso import dia

_DATAS = ("%d/%m/%Y", "%Y-%m-%d")


class Data(click.ParamType):  # type: ignore[type-arg]
    """A date as people write it: DD/MM/AAAA, or AAAA-MM-DD."""

    name = "data"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Returns the date. Raises a usage error for a text that is no date."""
        if isinstance(value, date):
            return value
        for formato in _DATAS:
            try:
                return datetime.strptime(value, formato).date()  # noqa: DTZ007 - a day of the calendar has no zone
            except ValueError:
                continue
        return self.fail(f"{value!r} não é uma data; escreva DD/MM/AAAA.", param, ctx)


def campos(comando: F) -> F:
    """Adds the options shared by `incluir` and `alterar`."""
    opcoes = (
        click.option("--orgao", metavar="ÓRGÃO", help="Dono do portal, por exemplo SEFAZ-MT; dá a validade habitual."),
        click.option("--login", metavar="LOGIN", help="Login (acesso por login e senha)."),
        click.option("--titular", metavar="CPF|CNPJ", help="Titular do código de acesso."),
        click.option("--certificado", metavar="APELIDO", help="Certificado instalado que dá o acesso."),
        click.option(
            "--certificado-empresa", metavar="CNPJ", help="Empresa desse certificado. Sem ela: o próprio escritório."
        ),
        click.option(
            "--cliente", "clientes", multiple=True, metavar="CNPJ|CPF", help="Cliente coberto; pode vir várias vezes."
        ),
        click.option("--valida-ate", type=Data(), metavar="DATA", help="Último dia (por exemplo, da procuração)."),
        click.option("--validade-dias", type=int, metavar="N", help="Vale N dias desde a última troca de senha."),
        click.option("--validade-meses", type=int, metavar="N", help="Vale N meses desde a última troca de senha."),
    )
    for opcao in reversed(opcoes):
        comando = opcao(comando)
    return comando


def dados_do_acesso(dados: dict[str, Any]) -> dict[str, Any]:
    """Turns the options given into fields of `Acesso`. An option not given is left out."""
    ditos = {
        "login": dados["login"],
        "titular": limpar(dados["titular"]),
        "certificado": dados["certificado"],
        "certificado_cnpj": limpar(dados["certificado_empresa"]),
        "orgao": orgao_normal(dados["orgao"]) if dados["orgao"] else None,
        "clientes": tuple(limpar(c) or "" for c in dados["clientes"]) or None,
        "esfera": Esfera(dados["esfera"]) if dados.get("esfera") else None,
    }
    validade = Validade(dados["valida_ate"], dados["validade_dias"], dados["validade_meses"])
    ditos["validade"] = validade if validade != Validade() else None
    return {k: v for k, v in ditos.items() if v is not None}


def perguntar(tipo: TipoAcesso, *, pela_entrada: bool, obrigatorio: bool) -> dict[str, str]:
    """Asks for the secret parts of an access of that type.

    Returns an empty mapping when the type has none, or when there is nobody to ask.
    """
    if tipo is TipoAcesso.CERTIFICADO or not (obrigatorio or pela_entrada or terminal.ha()):
        return {}
    partes = {}
    if tipo is TipoAcesso.CODIGO:
        partes["codigo"] = terminal.pedir_senha("Código de acesso", pela_entrada=pela_entrada)
    partes["senha"] = terminal.pedir_senha("Senha do acesso", pela_entrada=pela_entrada, de_novo=True)
    return partes


def dizer_validade(opcoes: Opcoes, nome: str, escritorio: str | None) -> None:
    """Says until when an access is good, or what gives it an end."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

        todos = servico.estados(banco, leitura.agora_utc()) if banco is not None else []
    unico = tabela.nome_unico(nome)
    for e in todos:
        if tabela.nome_unico(e.acesso.nome) == unico and escritorio in (None, e.acesso.escritorio):
            click.echo(f"Vale até {dia(e.vencimento)}." if e.vencimento else _sem_vencimento(e.acesso))


def _sem_vencimento(a: Acesso) -> str:
    """Says how to be warned: by an organ whose term is known, or by a validity."""
    if a.validade.renovavel:
        return "O prazo conta da próxima troca de senha."
    orgaos = " ou ".join(f"--orgao {o}" for o in orgaos_com_prazo(a.tipo) if o != a.orgao)
    do_orgao = f"o órgão, se é um de prazo conhecido ({orgaos}), ou " if orgaos else ""
    opcoes = "--valida-ate" if a.tipo is TipoAcesso.CERTIFICADO else "--valida-ate, --validade-dias ou --validade-meses"
    return f"Sem vencimento conhecido: diga {do_orgao}a validade ({opcoes}), para ser avisado dele."
