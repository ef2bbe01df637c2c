"""Registers the offices' accesses to tax systems, with their secrets and validity (`separador procuracao`)."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING, Any

import click

from separador.capacidades.procuracoes.cli.campos import Data, campos, dados_do_acesso, dizer_validade, perguntar
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade, tipo_de
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, passar_opcoes
from separador.cli.base.grupo import Grupo
from separador.cli.usuario import limpar
from separador.nucleo.negativa import Negativa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco
    from separador.cofre.cofre import Cofre


@click.group(
    cls=Grupo,
    preguicosos={n: f"separador.capacidades.procuracoes.cli.leitura:{n}" for n in ("listar", "ver", "escritorios")},
    help="Cadastra as procurações e os acessos dos escritórios (login, código de acesso ou certificado), com a "
    "validade de cada um. Um acesso federal por certificado é o procurador dos seus clientes no e-CAC. As senhas ficam "
    "cifradas no cofre e não são mostradas a ninguém; o separador não entra em portais.",
)
def procuracao() -> None:
    """Groups the accesses' commands."""


# --- offices ---------------------------------------------------------------------------------------------------------


@procuracao.command(options_metavar="[OPÇÕES]", help="Inclui o escritório CNPJ, ou muda o nome dele.")
@click.argument("cnpj", metavar="CNPJ")
@click.option("--nome", required=True, metavar="NOME", help="Nome do escritório.")
@passar_opcoes
def escritorio(opcoes: Opcoes, cnpj: str, nome: str) -> None:
    """Exits with 1 when the CNPJ is not valid."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    limpo = limpar(cnpj) or ""
    with autorizacao.escrevendo(opcoes.configuracao().dados, migrar=True) as banco:
        negativa = servico.gravar_escritorio(banco, limpo, nome, quem=autorizacao.quem(), agora=leitura.agora_utc())
    if negativa is not None:
        autorizacao.recusar(negativa)
    click.echo(f"Escritório {limpo} gravado: {nome.strip()}.")


# --- accesses --------------------------------------------------------------------------------------------------------

_do_escritorio = click.option("--escritorio", metavar="CNPJ", help="De qual escritório, se mais de um tem esse nome.")
_nome = click.argument("nome", metavar="NOME")
_senha_stdin = click.option(
    "--senha-stdin",
    is_flag=True,
    help="Lê os segredos da entrada padrão, um por linha (código de acesso: o código e depois a senha).",
)


@procuracao.command(
    options_metavar="[OPÇÕES]",
    help="Inclui o acesso NOME (por exemplo ACESSO SEFAZ-MT). Em um terminal pergunta os segredos, sem mostrá-los; sem "
    "eles o acesso fica cadastrado, e falta separador procuracao senha. Com --tipo certificado, --esfera federal e "
    "clientes, as consultas deles ao e-CAC passam a ser por ele. Logins e códigos são guardados e avisados; o "
    "separador não entra sozinho no portal.",
)
@_nome
@click.option("--escritorio", required=True, metavar="CNPJ", help="Escritório do acesso, já cadastrado.")
@click.option(
    "--esfera",
    required=True,
    type=click.Choice([e.value for e in Esfera]),
    metavar="ESFERA",
    help=f"{', '.join(Esfera)}.",
)
@click.option("--tipo", required=True, metavar="TIPO", help=f"{', '.join(TipoAcesso)}.")
@campos
@click.option(
    "--pfx",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="ARQ",
    help="(certificado) Instala já este .pfx, com o apelido de --certificado ou o NOME; a senha é perguntada.",
)
@click.option(
    "--de-outro-titular",
    is_flag=True,
    help="(--pfx) O certificado é de outra pessoa que o escritório (ou --certificado-empresa), e é esse mesmo.",
)
@click.option("--trocada-em", type=Data(), metavar="DATA", help="Dia da última troca da senha. Sem ela: hoje.")
@_senha_stdin
@passar_opcoes
def incluir(
    opcoes: Opcoes, /, nome: str, escritorio: str, tipo: str, pfx: Path | None, senha_stdin: bool,
    de_outro_titular: bool, trocada_em: date | None, **dados: Any,
) -> None:  # fmt: skip
    """Does all or nothing: when the secrets or the certificate cannot be kept, nothing is registered."""
    from separador.capacidades.procuracoes.cli import certificado  # noqa: PLC0415
    from separador.capacidades.procuracoes.servico import certificado_do_acesso, gravacao  # noqa: PLC0415
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    qual = tipo_de(tipo)
    if qual is None:
        raise click.BadParameter(f"{tipo!r} não é um tipo; os tipos são: {', '.join(TipoAcesso)}.", param_hint="--tipo")
    ditos = {"esfera": None, **dados_do_acesso(dados)}
    acesso = Acesso(escritorio=limpar(escritorio) or "", nome=nome, tipo=qual, **ditos)
    if pfx is not None:
        acesso = _com_apelido(acesso)
    aberto = certificado.abrir(pfx, pela_entrada=senha_stdin) if pfx is not None else None
    if aberto is not None:
        certificado.exigir_o_titular(acesso, aberto, de_outro=de_outro_titular)
    segredos = perguntar(qual, pela_entrada=senha_stdin, obrigatorio=False)
    agora, quem, config = leitura.agora_utc(), autorizacao.quem(), opcoes.configuracao()

    def gravar(banco: "Banco") -> None:
        cofre = _cofre(config.dados, banco) if segredos or aberto is not None else None
        if aberto is not None and cofre is not None:
            _exigir(certificado_do_acesso.instalar(banco, cofre, config, acesso, aberto, quem=quem, agora=agora))
        dia = trocada_em or servico.hoje_de(agora)
        _exigir(gravacao.incluir(banco, cofre, acesso, segredos, trocada_em=dia, quem=quem, agora=agora))

    _gravar_tudo(opcoes, gravar)
    falta = "" if segredos or qual is TipoAcesso.CERTIFICADO else f' Falta a senha: separador procuracao senha "{nome}"'
    click.echo(f"Acesso {nome} incluído.{falta}")
    dizer_validade(opcoes, nome, acesso.escritorio)


def _com_apelido(a: Acesso) -> Acesso:
    """Gives the certificate that comes along the access's name, where no other nickname was said."""
    if a.tipo is not TipoAcesso.CERTIFICADO:
        raise click.UsageError("--pfx é de um acesso por certificado (--tipo certificado).")
    return replace(a, certificado=a.certificado or a.nome.strip())


class _Recusado(Exception):  # noqa: N818 - it only leaves the transaction
    """Takes back everything that the command wrote."""

    def __init__(self, negativa: Negativa) -> None:
        super().__init__(negativa.mensagem)
        self.negativa = negativa


def _exigir(feito: object) -> None:
    if isinstance(feito, Negativa):
        raise _Recusado(feito)


def _um(banco: "Banco", nome: str, escritorio: str | None) -> Row:
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    linha = servico.um(banco, nome, limpar(escritorio))
    if isinstance(linha, Negativa):
        raise _Recusado(linha)
    return linha


def _gravar_tudo(opcoes: Opcoes, gravar: "Callable[[Banco], None]") -> None:
    """Writes in one transaction. A refusal takes everything back and ends the command (1)."""
    try:
        with autorizacao.escrevendo(opcoes.configuracao().dados, migrar=True) as banco, banco.transacao():
            gravar(banco)
    except _Recusado as recusado:
        autorizacao.recusar(recusado.negativa)


def _cofre(dados: Path, banco: "Banco") -> "Cofre":
    from separador.cofre.abertura import abrir_cofre  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    aberto = abrir_cofre(dados, banco, os.environ)
    if isinstance(aberto, Recusa):
        erro = aberto.erros[0]
        raise _Recusado(Negativa(erro.codigo, f"{erro.mensagem} {erro.o_que_fazer} Nada foi mudado."))
    return aberto


@procuracao.command(
    options_metavar="[OPÇÕES]",
    help="Guarda a senha nova do acesso NOME no cofre; a validade recomeça. Não troca a senha no site do órgão.",
)
@_nome
@_do_escritorio
@click.option("--trocada-em", type=Data(), metavar="DATA", help="Dia em que a senha foi trocada. Sem ela: hoje.")
@_senha_stdin
@passar_opcoes
def senha(opcoes: Opcoes, nome: str, escritorio: str | None, trocada_em: date | None, senha_stdin: bool) -> None:
    """Exits with 1 for an access by certificate, which has no secret of its own."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    with _existentes(opcoes) as banco:
        linha = servico.um(banco, nome, limpar(escritorio))
        if isinstance(linha, Negativa):
            autorizacao.recusar(linha)
        tipo = TipoAcesso(linha["tipo"])
    segredos = perguntar(tipo, pela_entrada=senha_stdin, obrigatorio=True)
    agora, quem = leitura.agora_utc(), autorizacao.quem()

    def gravar(banco: "Banco") -> None:
        de_novo = _um(banco, nome, escritorio)
        dia = trocada_em or servico.hoje_de(agora)
        cofre = _cofre(dados, banco)
        _exigir(servico.guardar_segredo(banco, cofre, de_novo, segredos, trocada_em=dia, quem=quem, agora=agora))

    _gravar_tudo(opcoes, gravar)
    click.echo(f"Senha do acesso {nome} guardada no cofre.")
    dizer_validade(opcoes, nome, limpar(escritorio))


@contextmanager
def _existentes(opcoes: Opcoes) -> "Generator[Banco, None, None]":
    with autorizacao.escrevendo(opcoes.configuracao().dados, migrar=True) as banco:
        yield banco


@procuracao.command(options_metavar="[OPÇÕES]", help="Altera o acesso NOME; o que não for dado fica como está.")
@_nome
@_do_escritorio
@click.option("--novo-nome", metavar="NOME", help="Outro nome para o acesso.")
@click.option("--esfera", type=click.Choice([e.value for e in Esfera]), metavar="ESFERA", help=f"{', '.join(Esfera)}.")
@campos
@click.option("--sem-clientes", is_flag=True, help="Tira todos os clientes.")
@click.option("--sem-validade", is_flag=True, help="O acesso deixa de ter vencimento próprio.")
@passar_opcoes
def alterar(
    opcoes: Opcoes, /, nome: str, escritorio: str | None, novo_nome: str | None, sem_clientes: bool,
    sem_validade: bool, **dados: Any,
) -> None:  # fmt: skip
    """Changes the access. `--cliente` gives the whole list anew. The type cannot change: it would be another access."""
    ditos = dados_do_acesso(dados)
    ditos |= {"nome": novo_nome} if novo_nome else {}
    ditos |= {"clientes": ()} if sem_clientes else {}
    ditos |= {"validade": Validade()} if sem_validade else {}
    if not ditos:
        raise click.UsageError("Diga o que alterar.")
    volta = _alterar(opcoes, nome, escritorio, ditos)
    click.echo(f"Acesso {novo_nome or nome} alterado.{volta}")
    if {"orgao", "validade"} & ditos.keys():
        dizer_validade(opcoes, novo_nome or nome, limpar(escritorio))


@procuracao.command(options_metavar="[OPÇÕES]", help="Ativa o acesso NOME.")
@_nome
@_do_escritorio
@passar_opcoes
def ativar(opcoes: Opcoes, nome: str, escritorio: str | None) -> None:
    """Activates the access. Its validity, too, decides whether it may be used."""
    _alterar(opcoes, nome, escritorio, {"ativo": True})
    click.echo(f"Acesso {nome} ativado.")


@procuracao.command(
    options_metavar="[OPÇÕES]",
    help="Desativa o acesso NOME: não é mais usado nem avisado. Quem tem outro acesso, ou certificado próprio em "
    "vigor, continua a ser consultado por ele.",
)
@_nome
@_do_escritorio
@passar_opcoes
def desativar(opcoes: Opcoes, nome: str, escritorio: str | None) -> None:
    """Deactivates the access. It is kept, with its secret, so that it can be activated again."""
    _alterar(opcoes, nome, escritorio, {"ativo": False})
    click.echo(f"Acesso {nome} desativado.")


@procuracao.command(
    options_metavar="[OPÇÕES]",
    help="Exclui o acesso NOME e a senha dele. É recusado enquanto alguma empresa é consultada por ele, ou enquanto só "
    "ele impede de voltar um procurador da configuração; o certificado instalado fica (separador certificado remover).",
)
@_nome
@_do_escritorio
@passar_opcoes
def excluir(opcoes: Opcoes, nome: str, escritorio: str | None) -> None:
    """Exits with 1 while something goes by the access."""
    from separador.capacidades.procuracoes.servico import procuracoes as servico  # noqa: PLC0415

    config, agora = opcoes.configuracao(), leitura.agora_utc()

    def gravar(banco: "Banco") -> None:
        linha = _um(banco, nome, escritorio)
        cofre = _cofre(config.dados, banco) if linha["segredo_id"] is not None else None
        em_uso = servico.usos_de_agora(banco.conn, config, agora)
        _exigir(servico.excluir(banco, cofre, linha["id"], em_uso, quem=autorizacao.quem(), agora=agora))

    _gravar_tudo(opcoes, gravar)
    click.echo(f"Acesso {nome} excluído.")


def _alterar(opcoes: Opcoes, nome: str, escritorio: str | None, campos: dict[str, Any]) -> str:
    """Changes the access. Returns who is used again because of it, for a person to read; "" mostly."""
    from separador.capacidades.procuracoes.servico import gravacao  # noqa: PLC0415

    config, agora = opcoes.configuracao(), leitura.agora_utc()
    volta: list[str] = []

    def gravar(banco: "Banco") -> None:
        numero = _um(banco, nome, escritorio)["id"]
        feito = gravacao.alterar(banco, config, numero, campos, quem=autorizacao.quem(), agora=agora)
        _exigir(feito)
        volta.append(str(feito))

    _gravar_tudo(opcoes, gravar)
    return "".join(volta)
