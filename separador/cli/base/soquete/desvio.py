"""Gives a command to the running service, when the person's account cannot open the data folder. The person does not
notice."""

import base64
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import click

from separador.acesso.dominio import Direito
from separador.banco.leitura import ARQUIVO
from separador.cli.base import chamada, terminal
from separador.cli.base.arquivos import ArquivoDeEntrada, ArquivoDeSaida
from separador.cli.base.comum import ARGUMENTOS, Opcoes, Saida, sair
from separador.cli.base.soquete.passagem import SESSOES, Antes, passa
from separador.nucleo.texto.razao import do_sistema, razao
from separador.pedidos.entrega import arquivo, trocar

_ENTRADA_MAXIMA = 64 * 1024
_DA_ENTRADA = ("senha_do_usuario", "senha_stdin", "pela_entrada", "pin_stdin")
"""Names of the flags that make a command read its standard input."""


def desviar(ctx: click.Context, caminho: str, direito: Direito, perguntar: Any) -> None:
    """Ends the command with what the service answers, when this account cannot open the data folder itself."""
    if chamada.atual() is not None or abre(ctx.ensure_object(Opcoes), muda=direito is not Direito.LER):
        return
    if not passa(caminho, direito):
        sair(
            Saida.RECUSADO,
            f"Esta conta não pode abrir os dados do separador, e {caminho} é do administrador: dê-o com sudo. "
            "Nada foi mudado.",
        )
    antes: Antes = perguntar(ctx.params) if perguntar is not None else Antes()
    _mostrar(_pedir(_pedido(ctx, direito, antes)), caminho, _saidas(ctx, antes))


def abre(opcoes: Opcoes, *, muda: bool) -> bool:
    """Says whether this account works on the installation by itself.

    Who names a configuration works with that one, and nobody else's rights.
    """
    from separador.configuracao.busca import VARIAVEL as DA_CONFIGURACAO  # noqa: PLC0415

    if os.geteuid() == 0 or opcoes.opcao is not None or os.environ.get(DA_CONFIGURACAO):
        return True
    try:
        opcoes.arquivo.stat()
    except PermissionError:
        return False
    except OSError:
        return not _ha_soquete()
    if not os.access(opcoes.arquivo, os.R_OK):
        return False
    dados = opcoes.dados_de_agora()
    return dados is None or _abre_os_dados(dados, muda=muda)


def _ha_soquete() -> bool:
    try:
        arquivo().lstat()
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _abre_os_dados(dados: Path, *, muda: bool) -> bool:
    try:
        dados.stat()
    except PermissionError:
        return False
    except OSError:
        return True  # there are none yet; the command itself says so
    direitos = os.R_OK | os.X_OK | (os.W_OK if muda else 0)
    banco = dados / ARQUIVO
    if not os.access(dados, direitos):
        return False
    return not os.path.lexists(banco) or os.access(banco, os.R_OK | (os.W_OK if muda else 0))


# --- a command -------------------------------------------------------------------------------------------------------


def _pedido(ctx: click.Context, direito: Direito, antes: Antes) -> dict[str, object]:
    from separador.acesso import sessao  # noqa: PLC0415

    argumentos = [*ctx.meta.get(ARGUMENTOS, ()), *antes.argumentos]
    entrada = antes.entrada
    if not entrada and any(ctx.params.get(n) or ctx.meta.get(f"separador.{n}") for n in _DA_ENTRADA):
        entrada = sys.stdin.read(_ENTRADA_MAXIMA)
    elif ctx.meta.get("separador.usuario") and not entrada:
        entrada = terminal.pedir_senha(f"Senha de {ctx.meta['separador.usuario']}", pela_entrada=False) + "\n"
        argumentos.append("--senha-stdin")
    try:
        le = direito is Direito.LER and not hasattr(ctx.command.callback, "muda_as_vezes")
        ficha = None if le else sessao.ler(sessao.caminho(arquivo(), os.environ))
    except (sessao.SessaoInseguraError, OSError) as erro:
        sair(Saida.RECUSADO, f"Não consegui ler o arquivo da sessão ({razao(erro)}). Nada foi mudado.")
    return {
        "argumentos": argumentos,
        "entrada": entrada,
        "anexos": _anexos(ctx),
        "ficha": ficha,
        "cores": sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
    }


def _anexos(ctx: click.Context) -> dict[str, str]:
    """Returns the files that the command reads, read with this account's rights."""
    from separador.motor.soquete.quadro import LIMITE  # noqa: PLC0415

    lidos: dict[str, str] = {}
    for p in ctx.command.params:
        caminho = ctx.params.get(p.name or "") if isinstance(p.type, ArquivoDeEntrada) else None
        if caminho is not None:
            with Path(caminho).open("rb") as aberto:
                lidos[str(caminho)] = base64.b64encode(aberto.read(LIMITE)).decode("ascii")
    return lidos


def _saidas(ctx: click.Context, antes: Antes) -> set[str]:
    """Returns the names that the answer may write to: those that the person, or this process, gave, and no other."""
    de_saida = [p for p in ctx.command.params if isinstance(p.type, ArquivoDeSaida)]
    ditos = {str(ctx.params[p.name]) for p in de_saida if p.name is not None and ctx.params.get(p.name) is not None}
    return ditos | ({str(Path(a)) for a in antes.argumentos} if de_saida else set())


def _pedir(pedido: dict[str, object]) -> dict[str, Any]:
    """Returns the answer, or ends the command: 3 when there is no service, 1 when this account may not ask it."""
    from separador.motor.soquete.quadro import Especie, QuadroError  # noqa: PLC0415

    try:
        return trocar(arquivo(), Especie.COMANDO, pedido, dono=None)
    except PermissionError:
        from separador.motor.soquete.lugar import GRUPO  # noqa: PLC0415

        sair(
            Saida.RECUSADO,
            f"Esta conta não está no grupo {GRUPO}: o administrador a inclui com sudo usermod -aG {GRUPO} "
            f"{chamada.conta().removeprefix('so:')}, e ela vale ao entrar de novo na máquina. Nada foi registrado.",
        )
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        sair(
            Saida.SEM_SERVICO,
            f"O serviço está desligado (não há quem atenda em {arquivo()}), e esta conta só dá comandos através dele. "
            "Nada foi registrado. Peça ao administrador: sudo separador iniciar",
        )
    except QuadroError as erro:
        sair(Saida.USO, f"O pedido {erro}. Nada foi registrado.")
    except (OSError, ValueError) as erro:
        porque = razao(erro) if isinstance(erro, OSError) else "resposta que não se entende"
        sair(
            Saida.SEM_SERVICO,
            f"O serviço não respondeu ({porque}). Se era uma ordem, veja se foi dada: separador situacao",
        )


def _mostrar(resposta: dict[str, Any], caminho: str, saidas: set[str]) -> NoReturn:
    """Writes the files that came, keeps or forgets the session, shows the text, and ends the command."""
    from separador.acesso import sessao  # noqa: PLC0415

    codigo = int(resposta["codigo"])
    _gravar(resposta.get("arquivos") or {}, saidas)
    da_sessao = sessao.caminho(arquivo(), os.environ)
    if resposta.get("ficha"):
        sessao.gravar(da_sessao, str(resposta["ficha"]))
    elif caminho == SESSOES[1] and codigo == Saida.FEITO:
        sessao.apagar(da_sessao)
    for qual, texto in resposta["saida"]:
        click.echo(str(texto).encode("utf-8", "surrogateescape"), nl=False, err=qual != 1)
    sair(codigo)


def _gravar(arquivos: Mapping[str, Any], saidas: set[str]) -> None:
    from separador.configuracao.gravacao import gravar  # noqa: PLC0415

    for nome, dito in arquivos.items():
        alvo = Path(nome)
        if nome not in saidas:
            sair(Saida.RECUSADO, f"O serviço mandou um arquivo que não foi pedido ({alvo}); ele não foi gravado.")
        if dito["novo"] and os.path.lexists(alvo):
            sair(Saida.RECUSADO, f"{alvo} já existe; escolha outro nome.")
        try:
            gravar(alvo, base64.b64decode(dito["dados"]), modo=int(dito["modo"]) & 0o666)
        except OSError as erro:
            sair(Saida.RECUSADO, f"Não consegui gravar {alvo}: {do_sistema(erro.errno)}.")
