"""Registers the users of the program, and gives the one-time codes for their passwords (`separador usuario`)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from separador.acesso.banco import usuarios
from separador.acesso.dominio import Nivel, email_normal
from separador.banco.instante import texto_de
from separador.cli.base import autorizacao, leitura, terminal
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.soquete.passagem import Antes, antes
from separador.nucleo.texto.quantidade import quantos
from separador.pedidos import painel

if TYPE_CHECKING:
    from separador.acesso.servico.usuarios import Codigo
    from separador.configuracao import Configuracao

_NIVEIS = click.Choice([n.value for n in Nivel])
_NEUTRA = "Se houver um usuário ativo com este e-mail, o código foi enviado a ele."
_SO_ADMINISTRADOR = (
    "Sem servidor de e-mail configurado (smtp), o código aparece aqui, e só para um administrador ou para o dono da "
    "pasta de dados. Peça a um deles."
)


@click.group(
    cls=Grupo,
    help="Cadastra os usuários e seus níveis: administrador (tudo), operador (ordens sobre documentos e falhas), "
    "consulta (só ver). Enquanto não há nenhum, vale a conta do sistema operacional.",
)
def usuario() -> None:
    """Groups the users' commands."""


@usuario.command(options_metavar="[OPÇÕES]", help="Lista os usuários.")
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, em_json: bool) -> None:
    """Lists the users without passwords, only whether there is one."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        linhas = usuarios.listar(banco) if banco is not None and usuarios.ha_usuarios(banco) else []
    campos = ("email", "nome", "nivel", "ativo", "escritorio", "tem_senha", "bloqueado_ate", "criado_em")
    if em_json:
        mostrar_json([{c: bool(r[c]) if c in ("ativo", "tem_senha") else r[c] for c in campos} for r in linhas])
    elif not linhas:
        click.echo("Nenhum usuário: vale a conta do sistema. Inclua o primeiro com: separador usuario incluir")
    else:
        mostrar_tabela(
            ("e-mail", "nome", "nível", "ativo", "senha"),
            [(r["email"], r["nome"], r["nivel"], _sim(r["ativo"]), _estado_da_senha(r)) for r in linhas],
        )


def _sim(valor: object) -> str:
    return "sim" if valor else "não"


def _estado_da_senha(r: Any) -> str:
    return "definida" if r["tem_senha"] else "por definir"


@usuario.command(
    options_metavar="[OPÇÕES]",
    help="Inclui o usuário E-MAIL, sem senha: ele mesmo a define, com o código de separador usuario recuperar. O "
    "primeiro deve ser administrador; a partir dele, todo comando que muda alguma coisa pergunta quem é.",
)
@click.argument("email", metavar="E-MAIL")
@click.option("--nome", required=True, metavar="NOME", help="Nome da pessoa.")
@click.option("--nivel", type=_NIVEIS, required=True, metavar="NÍVEL", help="administrador, operador ou consulta.")
@click.option("--escritorio", metavar="CNPJ", help="Escritório a que pertence.")
@click.option("--inativo", is_flag=True, help="Fica cadastrado e não entra até separador usuario ativar.")
@passar_opcoes
def incluir(opcoes: Opcoes, email: str, nome: str, nivel: str, escritorio: str | None, inativo: bool) -> None:
    """Exits with 1 when the e-mail exists or is not one."""
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415 -- argon2

    dados = opcoes.configuracao().dados
    with autorizacao.escrevendo(dados, migrar=True) as banco:
        feito = servico.incluir(
            banco, email, nome, Nivel(nivel), limpar(escritorio), ativo=not inativo, quem=autorizacao.quem(),
            agora=leitura.agora_utc(),
        )  # fmt: skip
    if not isinstance(feito, str):
        autorizacao.recusar(feito)
    if inativo:
        click.echo(f"Usuário {feito} incluído ({nivel}), inativo. Para ativá-lo: separador usuario ativar {feito}")
        return
    click.echo(f"Usuário {feito} incluído ({nivel}), sem senha. Para defini-la: separador usuario recuperar {feito}")


def limpar(documento: str | None) -> str | None:
    """Returns a CNPJ or CPF without punctuation; None stays None."""
    return None if documento is None else "".join(c for c in documento if c.isalnum()).upper()


@usuario.command(options_metavar="[OPÇÕES]", help="Altera o usuário E-MAIL; o que não for dado fica como está.")
@click.argument("email", metavar="E-MAIL")
@click.option("--nome", metavar="NOME", help="Nome da pessoa.")
@click.option("--nivel", type=_NIVEIS, metavar="NÍVEL", help="administrador, operador ou consulta.")
@click.option("--escritorio", metavar="CNPJ", help='Escritório a que pertence; "" para nenhum.')
@passar_opcoes
def alterar(opcoes: Opcoes, email: str, nome: str | None, nivel: str | None, escritorio: str | None) -> None:
    """Exits with 1 when nobody would be left to administer."""
    if nome is None and nivel is None and escritorio is None:
        raise click.UsageError("Diga o que alterar.")
    _mudar(opcoes, email, "alterado", nome=nome, nivel=Nivel(nivel) if nivel else None, escritorio=limpar(escritorio))


@usuario.command(options_metavar="[OPÇÕES]", help="Ativa o usuário E-MAIL.")
@click.argument("email", metavar="E-MAIL")
@passar_opcoes
def ativar(opcoes: Opcoes, email: str) -> None:
    """Activates the user. The password is as it was."""
    _mudar(opcoes, email, "ativado", ativo=True)


@usuario.command(
    options_metavar="[OPÇÕES]", help="Desativa o usuário E-MAIL: as sessões dele terminam e a senha deixa de valer."
)
@click.argument("email", metavar="E-MAIL")
@passar_opcoes
def desativar(opcoes: Opcoes, email: str) -> None:
    """Deactivates the user. Users are never deleted: the history names them."""
    _mudar(opcoes, email, "desativado", ativo=False)


def _mudar(opcoes: Opcoes, email: str, feito: str, **mudancas: Any) -> None:
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415

    with autorizacao.escrevendo(_com_usuarios(opcoes)) as banco:
        mudanca = servico.Mudanca(**mudancas)
        negativa = servico.alterar(banco, email, mudanca, quem=autorizacao.quem(), agora=leitura.agora_utc())
    if negativa is not None:
        autorizacao.recusar(negativa)
    click.echo(f"Usuário {email} {feito}.")


def _com_usuarios(opcoes: Opcoes) -> Path:
    """Returns the data folder of an installation that has users; else ends the command (1)."""
    dados = opcoes.configuracao().dados
    if not autorizacao.ha_usuarios(dados):
        sair(Saida.RECUSADO, "Ainda não há usuários cadastrados; inclua o primeiro com: separador usuario incluir")
    return dados


@usuario.command(
    options_metavar="[OPÇÕES]",
    help="Gera um código de uso único, com prazo, para o usuário E-MAIL definir a senha (a primeira ou uma nova). Vai "
    "por e-mail quando há servidor configurado (smtp); senão aparece aqui, só para um administrador ou para o dono da "
    "pasta de dados. Um código novo anula os anteriores.",
)
@click.argument("email", metavar="E-MAIL")
@passar_opcoes
def recuperar(opcoes: Opcoes, email: str) -> None:
    """Exits with 1 when there is nobody to give a code to, or no way to deliver it."""
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415

    configuracao = opcoes.configuracao()
    dados = _com_usuarios(opcoes)
    por_email = configuracao.smtp is not None
    if not por_email and not _pode_ver(opcoes, dados):
        from separador.acesso.servico.autorizacao import anotar_recusa  # noqa: PLC0415

        with autorizacao.escrevendo(dados) as banco:
            anotar_recusa(banco, autorizacao.quem(), "usuario recuperar", _SO_ADMINISTRADOR, leitura.agora_utc())
        sair(Saida.RECUSADO, _SO_ADMINISTRADOR)
    with autorizacao.escrevendo(dados) as banco:
        codigo = servico.emitir_codigo(banco, email, quem=autorizacao.quem(), agora=leitura.agora_utc())
    if not isinstance(codigo, servico.Codigo):
        if por_email:  # the person who asks is not told who has an account
            sair(Saida.FEITO, _NEUTRA)
        autorizacao.recusar(codigo)
    if por_email:
        _enviar(configuracao, codigo)
        click.echo(_NEUTRA)
    else:
        click.echo(codigo.texto(_endereco(configuracao)))


def _pode_ver(opcoes: Opcoes, dados: Path) -> bool:
    """Says whether the code may be shown to this person.

    A person who sees it could take the account. So it must be an administrator, or the owner of the data, who could do
    that anyway.
    """
    opcoes.autor = autorizacao.da_sessao(dados)
    if opcoes.autor is not None:
        return opcoes.autor.nivel is Nivel.ADMINISTRADOR
    return autorizacao.dono_dos_dados(dados)


def _endereco(configuracao: "Configuracao") -> str | None:
    """Returns how the panel is reached: as the configuration says, else where it listens now."""
    return configuracao.painel.url or painel.endereco(configuracao.dados)


def _enviar(configuracao: "Configuracao", codigo: "Codigo") -> None:
    from separador.configuracao.senha import SenhaAusenteError  # noqa: PLC0415
    from separador.correio.envio import enviar_email  # noqa: PLC0415
    from separador.correio.servidor import CorreioError, servidor_de  # noqa: PLC0415

    try:
        servidor = servidor_de(configuracao, os.environ)
        if servidor is not None:
            assunto = "separador: código para definir a senha"
            enviar_email(
                servidor, [codigo.email], assunto, codigo.texto(_endereco(configuracao)), agora=leitura.agora_utc()
            )
    except (CorreioError, SenhaAusenteError) as erro:
        sair(Saida.RECUSADO, f"O código não pôde ser enviado: {erro}. Corrija e peça outro.")


def _perguntar(ditos: dict[str, Any]) -> Antes:
    pela_entrada = ditos["senha_stdin"]
    codigo = terminal.pedir_senha("Código recebido", pela_entrada=pela_entrada)
    senha = terminal.pedir_senha("Senha nova", pela_entrada=pela_entrada, de_novo=True)
    return Antes(() if pela_entrada else ("--senha-stdin",), f"{codigo}\n{senha}\n")


@usuario.command(
    "definir-senha",
    options_metavar="[OPÇÕES]",
    help="Define a senha de quem recebeu o código de uso único. Pergunta o código e a senha nova, sem mostrá-los.",
)
@click.option("--senha-stdin", is_flag=True, help="Lê da entrada padrão: o código na 1ª linha, a senha na 2ª.")
@antes(_perguntar)
@passar_opcoes
def definir_senha(opcoes: Opcoes, senha_stdin: bool) -> None:
    """Exits with 1 when the code is not good or the password not accepted. The code is never an argument."""
    from separador.acesso.senhas import Senhas  # noqa: PLC0415
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415

    dados = _com_usuarios(opcoes)
    codigo = terminal.pedir_senha("Código recebido", pela_entrada=senha_stdin)
    senha = terminal.pedir_senha("Senha nova", pela_entrada=senha_stdin, de_novo=True)
    with autorizacao.escrevendo(dados) as banco:
        feito = servico.definir_senha(banco, Senhas(), codigo, senha, leitura.agora_utc())
    if not isinstance(feito, str):
        autorizacao.recusar(feito)
    click.echo(f"Senha de {feito} definida. As sessões abertas com a anterior terminaram.")


@usuario.command(options_metavar="[OPÇÕES]", help="Lista as sessões abertas, de todos ou só do usuário E-MAIL.")
@click.argument("email", metavar="[E-MAIL]", required=False)
@opcao_json
@passar_opcoes
def sessoes(opcoes: Opcoes, email: str | None, em_json: bool) -> None:
    """Lists open sessions, of commands and of the panel."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        ha = banco is not None and usuarios.ha_usuarios(banco)
        donos = usuarios.listar(banco) if banco is not None and ha else []
        agora = texto_de(leitura.agora_utc())
        abertas = [
            {
                "email": dono["email"],
                "onde": "painel" if s["conta_so"] == usuarios.CONTA_DO_PAINEL else "comandos",
                "desde": s["criada_em"],
                "ate": s["expira_em"],
            }
            for dono in donos
            if banco is not None and (email is None or dono["email"] == email_normal(email))
            for s in usuarios.sessoes_abertas(banco, dono["id"], agora)
        ]
    if em_json:
        mostrar_json(abertas)
    elif not abertas:
        click.echo("Nenhuma sessão aberta.")
    else:
        mostrar_tabela(
            ("e-mail", "onde", "desde", "até"),
            [(s["email"], s["onde"], leitura.hora_local(s["desde"]), leitura.hora_local(s["ate"])) for s in abertas],
        )


@usuario.command(
    "encerrar-sessoes", options_metavar="[OPÇÕES]", help="Encerra as sessões do usuário E-MAIL; a senha fica como está."
)
@click.argument("email", metavar="E-MAIL")
@passar_opcoes
def encerrar_sessoes(opcoes: Opcoes, email: str) -> None:
    """Exits with 1 when nobody has the e-mail."""
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415

    with autorizacao.escrevendo(_com_usuarios(opcoes)) as banco:
        feito = servico.encerrar_sessoes(banco, email, quem=autorizacao.quem(), agora=leitura.agora_utc())
    if not isinstance(feito, int):
        autorizacao.recusar(feito)
    click.echo(f"{quantos(feito, 'sessão encerrada', 'sessões encerradas')}.")


def _perguntar_as_duas(ditos: dict[str, Any]) -> Antes:
    pela_entrada = ditos["senha_stdin"]
    atual = terminal.pedir_senha("Senha atual", pela_entrada=pela_entrada)
    nova = terminal.pedir_senha("Senha nova", pela_entrada=pela_entrada, de_novo=True)
    return Antes(() if pela_entrada else ("--senha-stdin",), f"{atual}\n{nova}\n")


@usuario.command(
    "trocar-senha",
    options_metavar="[OPÇÕES]",
    help="Troca a senha do usuário E-MAIL, que sabe a de agora. Pergunta as duas, sem mostrá-las; as sessões terminam.",
)
@click.argument("email", metavar="E-MAIL")
@click.option("--senha-stdin", is_flag=True, help="Lê da entrada padrão: a senha atual na 1ª linha, a nova na 2ª.")
@antes(_perguntar_as_duas)
@passar_opcoes
def trocar_senha(opcoes: Opcoes, email: str, senha_stdin: bool) -> None:
    """Exits with 1 when the password of now is not that, or the new one not accepted."""
    from separador.acesso.senhas import Senhas  # noqa: PLC0415
    from separador.acesso.servico import usuarios as servico  # noqa: PLC0415

    dados = _com_usuarios(opcoes)
    atual = terminal.pedir_senha("Senha atual", pela_entrada=senha_stdin)
    autor = autorizacao.autenticar(dados, email, atual)
    nova = terminal.pedir_senha("Senha nova", pela_entrada=senha_stdin, de_novo=True)
    with autorizacao.escrevendo(dados) as banco:
        negativa = servico.trocar_senha(banco, Senhas(), autor, nova, leitura.agora_utc())
    if negativa is not None:
        autorizacao.recusar(negativa)
    click.echo(f"Senha de {autor.quem} trocada. As sessões abertas terminaram.")
