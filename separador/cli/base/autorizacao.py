"""Finds out who gives a command, and lets the person in or refuses. Every command passes here before it does anything.

While nobody is registered, the operating-system account acts, as `so:<login>`. Afterwards every command that changes
something asks who it is: `--usuario E-MAIL` (password asked, or one line of standard input), or the session of
`entrar`. For reading, the rights of the operating system on the data folder decide. A command that no capability names
needs an administrator, so that a new one cannot be forgotten.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from separador.acesso.dominio import Direito
from separador.banco import leitura as leitura_do_banco
from separador.cli.base import chamada, escrita, leitura, terminal
from separador.cli.base.comum import DIREITO, F, Opcoes, Saida, sair
from separador.cli.base.em_vigor import sem_configuracao
from separador.cli.base.registro import Registro, registrando
from separador.cli.base.soquete import desvio, passagem
from separador.pedidos.acoes import conta_por_si, direito_de

if TYPE_CHECKING:
    from separador.acesso.servico.autorizacao import Autor
    from separador.banco.conexao import Banco
    from separador.nucleo.negativa import Negativa

_DO_SISTEMA = "uma-vez"
"""Timers run this command too, and nobody can be asked then. Without a user, the owner of the data (or root) may."""

_USUARIO, _SENHA_STDIN = "separador.usuario", "separador.senha_stdin"
QUEM_E = (
    "Há usuários cadastrados: diga quem é com --usuario E-MAIL, ou entre antes (separador entrar). Nada foi mudado."
)


def vigiar(comando: click.Command, caminho: str) -> None:
    """Puts the check before a command, once. `caminho`: its words, without the program's name.

    An account that cannot open the data folder is helped by the service instead, before anything is looked at here.
    """
    original, direito = comando.callback, direito_de(caminho)
    negada = passagem.recusa(comando, caminho, direito) if chamada.atual() is not None else None
    if negada is not None:
        sair(Saida.RECUSADO, negada)
    if original is None or hasattr(original, "vigiado"):
        return
    if direito is Direito.LIVRE and caminho not in passagem.SESSOES:
        return
    muda = direito not in (Direito.LIVRE, Direito.LER)
    if muda or hasattr(original, "muda_as_vezes"):
        propria = any(p.name == "senha_stdin" for p in comando.params)
        comando.params += _opcoes(com_stdin=not propria)

    @wraps(original)
    def vigiado(*args: Any, **opcoes: Any) -> Any:
        ctx = click.get_current_context()
        if ctx.invoked_subcommand is not None:  # a group that is a command, too: its subcommand is checked by itself
            return original(*args, **opcoes)
        desvio.desviar(ctx, caminho, direito, getattr(original, "antes_do_soquete", None))
        registro = _identificar(ctx, caminho) if muda else None
        if registro is None:
            return original(*args, **opcoes)
        with registrando(registro):
            return original(*args, **opcoes)

    vigiado.vigiado = True  # type: ignore[attr-defined]
    comando.callback = vigiado


def muda_as_vezes(funcao: F) -> F:
    """Marks a command that only reads, and changes something with one of its options: then it calls `exigir`."""
    funcao.muda_as_vezes = True  # type: ignore[attr-defined]
    return funcao


def exigir(direito: Direito) -> None:
    """Asks who gives the command, and lets the person go on with this right, or ends the command (1)."""
    ctx = click.get_current_context()
    opcoes, caminho = ctx.ensure_object(Opcoes), ctx.command_path.partition(" ")[2]
    dados = _pasta_de_dados(opcoes)
    if dados is None:
        sem_configuracao(opcoes.arquivo)
    if not ha_usuarios(dados):
        _sem_usuarios(ctx.meta.get(_USUARIO))
        return
    email = ctx.meta.get(_USUARIO)
    autor = _por_senha(ctx, dados, email) if email else da_sessao(dados)
    if autor is None:
        _recusar(dados, caminho, QUEM_E)
    from separador.acesso.servico.autorizacao import autorizar  # noqa: PLC0415

    with escrita.escrevendo(dados) as banco:
        negativa = autorizar(banco, autor, direito, caminho, leitura.agora_utc())
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    opcoes.autor, ctx.meta[DIREITO] = autor, direito


def _opcoes(*, com_stdin: bool) -> list[click.Parameter]:
    def guardar(ctx: click.Context, param: click.Parameter, valor: Any) -> None:
        ctx.meta[_USUARIO if param.name == "por_usuario" else _SENHA_STDIN] = valor

    usuario = click.Option(
        ["--usuario", "por_usuario"], metavar="E-MAIL", expose_value=False, callback=guardar,
        help="Quem dá o comando; a senha é perguntada. Sem ela: a sessão de separador entrar.",
    )  # fmt: skip
    entrada = click.Option(
        ["--senha-stdin", "senha_do_usuario"], is_flag=True, expose_value=False, callback=guardar,
        help="Lê a senha do usuário da entrada padrão, uma linha.",
    )  # fmt: skip
    return [usuario, entrada] if com_stdin else [usuario]


def quem() -> str:
    """Returns who acts, as orders and the audit trail record it."""
    ctx = click.get_current_context(silent=True)
    opcoes = ctx.find_object(Opcoes) if ctx is not None else None
    return opcoes.autor.quem if opcoes is not None and opcoes.autor is not None else chamada.conta()


def dono_dos_dados(dados: Path) -> bool:
    """Says whether this account could do anything with the data anyway: root, or the owner of the folder."""
    return chamada.uid() == 0 or (dados.exists() and dados.stat().st_uid == chamada.uid())


def ha_usuarios(dados: Path) -> bool:
    """Says whether anybody is registered in this installation."""
    from separador.acesso.banco import usuarios  # noqa: PLC0415 -- a command that only reads does not ask

    with leitura.lendo(dados) as banco:
        return banco is not None and usuarios.ha_usuarios(banco)


@contextmanager
def escrevendo(dados: Path, *, migrar: bool = False, explicar: bool = True) -> Generator["Banco", None, None]:
    """Yields the database for writing (`escrita`), if the person may still write: a command may have waited for a
    password, and its user was deactivated, or lost the right, in the meantime. Then it ends (1)."""
    with escrita.escrevendo(dados, migrar=migrar, explicar=explicar) as banco:
        ctx = click.get_current_context(silent=True)
        opcoes = ctx.find_object(Opcoes) if ctx is not None else None
        if ctx is not None and opcoes is not None and opcoes.autor is not None and opcoes.autor.nivel is not None:
            from separador.acesso.servico.autorizacao import anotar_recusa, usuario_com  # noqa: PLC0415

            autor, caminho = opcoes.autor.quem, ctx.command_path.partition(" ")[2]
            if not usuario_com(banco, autor, ctx.meta.get(DIREITO, Direito.LER)):
                mensagem = f"O usuário {autor} foi desativado, ou perdeu este direito, enquanto o comando esperava."
                anotar_recusa(banco, autor, caminho, mensagem, leitura.agora_utc())
                sair(Saida.RECUSADO, f"{mensagem} Nada foi mudado.")
        yield banco


def conferir_de_novo(dados: Path) -> None:
    """Ends the command (1) when the person may no longer do it. For a command that waited, and whose act writes nothing
    by `escrevendo`."""
    with escrevendo(dados):
        pass


# --- the check -------------------------------------------------------------------------------------------------------


def _identificar(ctx: click.Context, caminho: str) -> Registro | None:
    """Finds out who acts and lets the person in, or ends the command (1). Leaves the author in the context.

    Returns what to record of the command afterwards; None when nothing, because it records itself, or cannot yet.
    """
    opcoes = ctx.ensure_object(Opcoes)
    dados = _pasta_de_dados(opcoes)
    email = ctx.meta.get(_USUARIO)
    ctx.meta[DIREITO] = direito_de(caminho)
    if dados is None:
        if email is not None:
            sem_configuracao(opcoes.arquivo)
        return None
    if not (dados / leitura_do_banco.ARQUIVO).is_file():
        _sem_usuarios(email)
        return None
    if not ha_usuarios(dados):
        _sem_usuarios(email)
        return _registro(ctx, dados, caminho, obrigatorio=False)
    opcoes.autor = _por_senha(ctx, dados, email) if email else da_sessao(dados)
    if opcoes.autor is None:
        if caminho == _DO_SISTEMA and dono_dos_dados(dados):
            return None
        _recusar(dados, caminho, QUEM_E)
    from separador.acesso.servico.autorizacao import autorizar  # noqa: PLC0415

    with escrita.escrevendo(dados) as banco:
        negativa = autorizar(banco, opcoes.autor, direito_de(caminho), caminho, leitura.agora_utc())
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    return _registro(ctx, dados, caminho, obrigatorio=caminho != "parar")


def _pasta_de_dados(opcoes: Opcoes) -> Path | None:
    """Returns the data folder. None without a valid configuration: the command itself reports that, or corrects it.

    It is the very configuration that the command will work with.
    """
    return opcoes.dados_de_agora()


def _sem_usuarios(email: str | None) -> None:
    if email is not None:
        sair(Saida.RECUSADO, "Ainda não há usuários cadastrados; inclua o primeiro com: separador usuario incluir")


def _por_senha(ctx: click.Context, dados: Path, email: str) -> "Autor":
    pela_entrada = bool(ctx.meta.get(_SENHA_STDIN) or ctx.params.get("senha_stdin"))
    return autenticar(dados, email, terminal.pedir_senha(f"Senha de {email}", pela_entrada=pela_entrada))


def autenticar(dados: Path, email: str, senha: str) -> "Autor":
    """Returns the user of a password, or ends the command (1)."""
    from separador.acesso.senhas import Senhas  # noqa: PLC0415 -- argon2
    from separador.acesso.servico.autorizacao import Autor, autenticar  # noqa: PLC0415

    with escrevendo(dados) as banco:
        achado = autenticar(banco, Senhas(), email, senha, leitura.agora_utc())
    if not isinstance(achado, Autor):
        sair(Saida.RECUSADO, f"{achado.mensagem} Nada foi mudado.")
    return achado


def da_sessao(dados: Path) -> "Autor | None":
    """Returns the user of the session that is open for this account. None: there is no session.

    A session file that is not safe, or a session that is not good, ends the command (1).
    """
    from separador.acesso import sessao  # noqa: PLC0415
    from separador.acesso.servico.autorizacao import Autor, da_sessao  # noqa: PLC0415

    try:
        ficha = chamada.ficha(sessao.caminho(dados, os.environ))
    except (sessao.SessaoInseguraError, OSError) as erro:
        sair(Saida.RECUSADO, f"{erro} Nada foi mudado.")
    if ficha is None:
        return None
    with leitura.lendo(dados) as banco:
        if banco is None:
            return None
        achado = da_sessao(banco, ficha, chamada.uid(), leitura.agora_utc())
    if not isinstance(achado, Autor):
        sair(Saida.RECUSADO, f"{achado.mensagem} Nada foi mudado.")
    return achado


def confirmar(opcoes: Opcoes, dados: Path, caminho: str, motivo: str) -> str:
    """Returns the user who gives the password for this very command (`caminho`, all its words), or ends it (1). A
    session is not enough."""
    from separador.acesso.servico.autorizacao import autorizar  # noqa: PLC0415

    autor = opcoes.autor
    if autor is None or not autor.com_senha:
        if not terminal.ha():
            _recusar(dados, caminho, f"{motivo} Nada foi mudado.")
        click.echo(motivo, err=True)
        email = click.prompt("E-mail", default=autor.quem if autor is not None else None, err=True)
        autor = autenticar(dados, email, terminal.pedir_senha("Senha", pela_entrada=False))
        with escrevendo(dados) as banco:
            negativa = autorizar(banco, autor, Direito.OPERAR, caminho, leitura.agora_utc())
        if negativa is not None:
            sair(Saida.RECUSADO, negativa.mensagem)
        opcoes.autor = autor
    return autor.quem


def _recusar(dados: Path, caminho: str, mensagem: str) -> NoReturn:
    from separador.acesso.servico.autorizacao import anotar_recusa  # noqa: PLC0415

    with escrevendo(dados) as banco:
        anotar_recusa(banco, quem(), caminho, mensagem, leitura.agora_utc())
    sair(Saida.RECUSADO, mensagem)


def _registro(ctx: click.Context, dados: Path, caminho: str, *, obrigatorio: bool) -> Registro | None:
    """Returns what to record of a command that was let in; None when its own transaction does."""
    if conta_por_si(caminho):
        return None
    argumentos = [str(ctx.params.get(p.name or "")) for p in ctx.command.params if isinstance(p, click.Argument)]
    return Registro(dados, caminho, " ".join(argumentos), obrigatorio, quem)


def recusar(negativa: "Negativa") -> NoReturn:
    """Ends the command with a refusal (1)."""
    sair(Saida.RECUSADO, negativa.mensagem)
