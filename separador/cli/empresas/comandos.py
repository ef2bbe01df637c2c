"""Lists and changes the companies of the configuration, with its comments and order (`separador empresas`)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from separador.cli.base.comum import Opcoes, Saida, mostrar_erros, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.lista.filtros import cnpj as cnpj_inteiro
from separador.cli.base.lista.saida import mostrar_lista_json
from separador.configuracao.tipos import Invalida, Papel

if TYPE_CHECKING:
    from separador.configuracao import Empresa
    from separador.configuracao.edicao import Editada

_ADOCAO = "O serviço em funcionamento adota a mudança sozinho."


def cnpj_dito(texto: str) -> str:
    """Returns a CNPJ as people type it, without punctuation; whether it is one is for the configuration to say."""
    return "".join(letra for letra in texto if letra.isalnum()).upper()


def _uf(_ctx: click.Context, _param: click.Parameter, dita: str | None) -> str | None:
    from separador.configuracao.empresas import UFS  # noqa: PLC0415 -- YAML, which the help of all commands does without

    if dita is not None and dita.strip().upper() not in UFS:
        raise click.BadParameter(f"{dita!r} não é a sigla de um estado.")
    return dita.strip().upper() if dita is not None else None


@click.command(options_metavar="[OPÇÕES]", help="Lista as empresas da configuração.")
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, em_json: bool) -> None:
    """Lists the companies in the order of the file."""
    linhas = [_em_dicionario(e) for e in opcoes.configuracao().empresas]
    if em_json:
        mostrar_lista_json(linhas)
    elif not linhas:
        click.echo("Nenhuma empresa.")
    else:
        campos = ("cnpj", "nome", "uf", "papel", "e_cac")
        mostrar_tabela(("CNPJ", "nome", "UF", "papel", "importada"), [[_palavra(e[c]) for c in campos] for e in linhas])


def _em_dicionario(e: "Empresa") -> dict[str, Any]:
    return {
        "cnpj": e.cnpj,
        "nome": e.nome,
        "uf": e.uf,
        "papel": e.papel.value if e.papel is not None else None,
        "logo": e.logo,
        "e_cac": e.ecac.utiliza,
    }


def _palavra(valor: object) -> object:
    return {True: "sim", False: "não", None: "—"}.get(valor, valor) if isinstance(valor, bool | None) else valor


def _opcoes_de_empresa(*, obrigatorias: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    opcoes = (
        click.option("--nome", required=obrigatorias, metavar="NOME", help="A razão social."),
        click.option("--uf", required=obrigatorias, callback=_uf, metavar="UF", help="A sigla do estado."),
        click.option(
            "--papel",
            type=click.Choice([p.value for p in Papel], case_sensitive=False),
            metavar="PAPEL",
            help=f"O que ela é aqui: {' ou '.join(Papel)}. Sem esta opção: o que se vê pelo uso.",
        ),
        click.option("--logo", metavar="ARQUIVO", help="O logotipo do DACTE, PNG ou SVG."),
    )

    def juntar(comando: Callable[..., Any]) -> Callable[..., Any]:
        for opcao in reversed(opcoes):
            comando = opcao(comando)
        return comando

    return juntar


@click.command(options_metavar="[OPÇÕES]", help="Inclui a empresa CNPJ na configuração.")
@click.argument("cnpj", metavar="CNPJ", type=cnpj_inteiro)
@_opcoes_de_empresa(obrigatorias=True)
@passar_opcoes
def incluir(opcoes: Opcoes, /, cnpj: str, **campos: Any) -> None:
    """Exits with 1, and the file untouched, when the result would not be valid."""
    from separador.configuracao.edicao import incluir_empresa  # noqa: PLC0415 -- heavy, only for editing

    editada = exigir_editada(incluir_empresa(opcoes.arquivo, cnpj, {n: v for n, v in campos.items() if v is not None}))
    click.echo(f"Empresa {cnpj} incluída. {_ADOCAO} Falta o certificado: separador certificado instalar")
    _avisar_do_logo(editada, cnpj)


@click.command(options_metavar="[OPÇÕES]", help="Altera a empresa CNPJ; o que não for dado fica como está.")
@click.argument("cnpj", metavar="CNPJ", type=cnpj_dito)
@_opcoes_de_empresa(obrigatorias=False)
@click.option("--retirar", multiple=True, metavar="CHAVE", help="Tira uma chave da empresa (volta ao padrão).")
@passar_opcoes
def alterar(opcoes: Opcoes, /, cnpj: str, retirar: tuple[str, ...], **campos: Any) -> None:
    """Exits with 1, and the file untouched, when the result would not be valid."""
    from separador.configuracao.edicao import alterar_empresa  # noqa: PLC0415 -- heavy, only for editing

    dados = {n: v for n, v in campos.items() if v is not None} | dict.fromkeys(retirar)
    if not dados:
        raise click.UsageError("Diga o que alterar.")
    editada = exigir_editada(alterar_empresa(opcoes.arquivo, cnpj, dados))
    click.echo(f"Empresa {cnpj} alterada. {_ADOCAO}")
    if "logo" in dados:
        _avisar_do_logo(editada, cnpj)


def _avisar_do_logo(editada: "Editada", cnpj: str) -> None:
    """Says at once that a logo is not there: the sheet itself would be printed without it."""
    empresa = editada.configuracao.empresa(cnpj)
    if empresa is not None and empresa.logo is not None and not empresa.logo.is_file():
        click.echo(f"Atenção: {empresa.logo} não existe; o DACTE sai sem logotipo até que exista.", err=True)


def exigir_editada(resultado: "Editada | Invalida") -> "Editada":
    """Returns what was written. Ends the command (1) when the file was not changed."""
    if isinstance(resultado, Invalida):
        mostrar_erros(resultado)
        sair(Saida.RECUSADO, "Nada foi mudado.")
    return resultado
