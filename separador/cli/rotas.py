"""Lists, adds, changes, activates and deactivates routes, and tries a name (`separador rotas`)."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from separador.cli.base.comum import (
    F,
    Opcoes,
    Saida,
    ids_conhecidos,
    mostrar_erros,
    mostrar_json,
    mostrar_tabela,
    opcao_json,
    passar_opcoes,
    sair,
)
from separador.cli.base.grupo import Grupo
from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Envio, Rota, Transmissao, atribuir_ids
from separador.pedidos.rotas import Escolha, escolhas

if TYPE_CHECKING:
    from separador.configuracao.edicao import Editada
    from separador.configuracao.tipos import Invalida

_ADOCAO = "O serviço em funcionamento adota a mudança sozinho."


@click.group(cls=Grupo, help="Lista e muda as rotas. Uma rota diz de que pasta, quais arquivos, o que fazer e aonde.")
def rotas() -> None:
    """Groups the routes' commands."""


def _rotas_com_id(opcoes: Opcoes) -> tuple[Rota, ...]:
    """Returns the routes of the file. One without id has the id that the service gave, or would give, it."""
    configuracao = opcoes.configuracao()
    return atribuir_ids(configuracao.rotas, ids_conhecidos(configuracao.dados))


def em_dicionario(rota: Rota) -> dict[str, Any]:
    """Returns the route as `--json` shows it, with the keys of the file."""
    return {
        "id": rota.id,
        "ativo": rota.ativo,
        "regra": str(rota.regra),
        "origem": str(rota.origem),
        "destino": str(rota.destino),
        "arquivo": list(rota.sufixos),
        "envio": str(rota.envio),
        "retorno": str(rota.retorno) if rota.retorno else None,
        "prazo_coleta": rota.prazo_coleta_s,
        "marcador": rota.marcador,
        "tamanho_maximo_mb": rota.tamanho_maximo_bytes // 2**20 if rota.tamanho_maximo_bytes else None,
        "autorizados": str(rota.autorizados) if rota.autorizados else None,
        "copia_processado": rota.copia_processado,
        "transmissao": str(rota.transmissao) if rota.transmite else None,
        "dacte": rota.dacte,
    }


@rotas.command(options_metavar="[OPÇÕES]", help="Lista as rotas.")
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, em_json: bool) -> None:
    """Lists all routes, in the order of the file."""
    todas = _rotas_com_id(opcoes)
    if em_json:
        mostrar_json([em_dicionario(r) for r in todas])
    elif not todas:
        click.echo("Nenhuma rota. Inclua uma com: separador rotas incluir")
    else:
        linhas = [(r.id, "sim" if r.ativo else "não", r.regra, " ".join(r.sufixos), r.origem, r.destino) for r in todas]
        mostrar_tabela(("id", "ativa", "regra", "arquivo", "origem", "destino"), linhas)


def _opcoes_de_rota(*, obrigatorias: bool) -> Callable[[F], F]:
    """Returns the options shared by `incluir` and `alterar`."""
    opcoes = (
        click.option(
            "--regra", required=obrigatorias, metavar="REGRA", help=f"O que fazer: {', '.join(capacidade.regras())}."
        ),
        click.option("--origem", required=obrigatorias, metavar="PASTA", help="Pasta de onde os arquivos são tomados."),
        click.option("--destino", required=obrigatorias, metavar="PASTA", help="Pasta para onde vão."),
        click.option(
            "--arquivo",
            required=obrigatorias,
            multiple=True,
            metavar="FINAL",
            help='Final do nome, como ".txt" ou "-cte.xml". Pode vir mais de uma vez.',
        ),
        click.option("--envio", metavar="MODO", help=f"Entrega de CT-e: {' ou '.join(Envio)}."),
        click.option("--retorno", metavar="PASTA", help="Pasta dos .err, .json e retornos desta rota."),
        click.option("--prazo-coleta", type=int, metavar="SEGUNDOS", help="Avisa do que ficar parado no destino."),
        click.option("--marcador", metavar="FINAL", help='Final do arquivo que diz que o outro está pronto (".ok").'),
        click.option("--tamanho-maximo-mb", type=int, metavar="MB", help="Maior arquivo aceito."),
        click.option("--autorizados", metavar="PASTA", help="Perfil uninfe: pasta dos documentos processados."),
        click.option(
            "--copia-processado/--sem-copia-processado",
            default=None,
            help="Perfil uninfe: cópia do processado também ao lado do retorno.",
        ),
        click.option("--transmissao", metavar="MEIO", help=f"Quem transmite o CT-e: {' ou '.join(Transmissao)}."),
        click.option("--dacte/--sem-dacte", default=None, help="DACTE em PDF ao lado do documento processado."),
    )

    def juntar(comando: F) -> F:
        for opcao in reversed(opcoes):
            comando = opcao(comando)
        return comando

    return juntar


def _campos(dados: dict[str, Any]) -> dict[str, Any]:
    """Turns the options given into keys of the file."""
    return {n: list(v) if isinstance(v, tuple) else v for n, v in dados.items() if v is not None and v != ()}


@rotas.command(
    options_metavar="[OPÇÕES]",
    help="Inclui uma rota com o próximo id. Caminhos relativos contam a partir da raiz da configuração.",
)
@_opcoes_de_rota(obrigatorias=True)
@click.option("--inativa", is_flag=True, help="Inclui sem ativar.")
@passar_opcoes
def incluir(opcoes: Opcoes, /, inativa: bool, **dados: Any) -> None:
    """Exits with 1, and the file untouched, when the routes would not work together."""
    from separador.configuracao.edicao import incluir_rota  # noqa: PLC0415 -- heavy, only for editing

    campos = {"ativo": not inativa, **_campos(dados)}
    _dizer(incluir_rota(opcoes.arquivo, campos, _conhecidos(opcoes)), f"incluída. {_ADOCAO}")


@rotas.command(options_metavar="[OPÇÕES]", help="Altera a rota ID; o que não for dado fica como está.")
@click.argument("numero", metavar="ID", type=int)
@_opcoes_de_rota(obrigatorias=False)
@click.option("--retirar", multiple=True, metavar="CHAVE", help="Tira uma chave da rota (volta ao padrão).")
@passar_opcoes
def alterar(opcoes: Opcoes, /, numero: int, retirar: tuple[str, ...], **dados: Any) -> None:
    """Exits with 1, and the file untouched, when the routes would not work together."""
    campos = {**_campos(dados), **dict.fromkeys(retirar)}
    if not campos:
        raise click.UsageError("Diga o que alterar.")
    _alterar(opcoes, numero, campos, f"alterada. {_ADOCAO}")


@rotas.command(options_metavar="[OPÇÕES]", help="Ativa a rota ID.")
@click.argument("numero", metavar="ID", type=int)
@passar_opcoes
def ativar(opcoes: Opcoes, numero: int) -> None:
    """Exits with 1 when the route conflicts with another active one."""
    _alterar(opcoes, numero, {"ativo": True}, f"ativada. {_ADOCAO}")


@rotas.command(options_metavar="[OPÇÕES]", help="Desativa a rota ID: ela deixa de ser lida e escrita.")
@click.argument("numero", metavar="ID", type=int)
@passar_opcoes
def desativar(opcoes: Opcoes, numero: int) -> None:
    """Deactivates the route. Files that were already taken are finished."""
    _alterar(opcoes, numero, {"ativo": False}, f"desativada. {_ADOCAO} O que já foi tomado é terminado.")


def _alterar(opcoes: Opcoes, numero: int, campos: dict[str, Any], feito: str) -> None:
    from separador.configuracao.edicao import alterar_rota  # noqa: PLC0415 -- heavy, only for editing

    _dizer(alterar_rota(opcoes.arquivo, numero, campos, _conhecidos(opcoes)), feito)


def _dizer(resultado: "Editada | Invalida", feito: str) -> None:
    """Says what was done with the route, and what the machine still needs. Ends the command (1) when nothing was."""
    from separador.cli.ajuste_systemd import dizer_o_que_falta  # noqa: PLC0415
    from separador.configuracao.tipos import Invalida  # noqa: PLC0415

    if isinstance(resultado, Invalida):
        mostrar_erros(resultado)
        sair(Saida.RECUSADO, "Nada foi mudado.")
    click.echo(f"Rota {resultado.rota} {feito}")
    dizer_o_que_falta(resultado.configuracao)


def _conhecidos(opcoes: Opcoes) -> dict[int, str]:
    """Returns the ids ever used.

    An invalid file has no data folder to ask, but the edit may be the one that corrects it.
    """
    from separador.configuracao import Invalida, carregar  # noqa: PLC0415

    if not opcoes.arquivo.exists():
        opcoes.configuracao()
    lida = carregar(opcoes.arquivo)
    return {} if isinstance(lida, Invalida) else ids_conhecidos(lida.dados)


@rotas.command(
    options_metavar="[OPÇÕES]",
    help="Põe cada ARQUIVO na origem da rota ID, sem sobrepor nada: o serviço o faz, e daí em diante ele segue como os "
    "outros. O ARQUIVO fica onde está.",
)
@click.argument("numero", metavar="ID", type=int)
@click.argument(
    "arquivos", metavar="ARQUIVO", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@passar_opcoes
def soltar(opcoes: Opcoes, numero: int, arquivos: tuple[Path, ...]) -> None:
    """Exits as every order: 0 all are in the origin, 1 one was refused, 3 recorded, service stopped."""
    from separador.cli.base.pedidos import dar  # noqa: PLC0415
    from separador.pedidos import soltos  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    configuracao, todas = opcoes.configuracao(), _rotas_com_id(opcoes)
    rota = next((r for r in todas if r.id == numero), None)
    if rota is None:
        sair(Saida.RECUSADO, f"Não há rota com o id {numero}; veja as que existem com: separador rotas listar")
    negativas = soltos.julgar([os.fsencode(a.name) for a in arquivos], rota, todas)
    if negativas:
        sair(Saida.RECUSADO, "\n".join([*negativas, "Nada foi mudado."]))
    deposito = soltos.Deposito(configuracao.dados, configuracao.reserva_disco_mb * 2**20)
    try:
        for arquivo in arquivos:
            with arquivo.open("rb") as aberto, em_nome_do_dono(configuracao.dados):
                deposito.receber(os.fsencode(arquivo.name), aberto)
        deposito.firmar()
    except (OSError, soltos.SemLugarError) as erro:
        deposito.largar()
        sair(Saida.RECUSADO, f"{erro} Nada foi mudado.")
    dar(configuracao.dados, soltos.pedidos(deposito.guardados, rota))


@rotas.command(options_metavar="[OPÇÕES]", help="Diz que rota tomaria um arquivo com o nome NOME, e por quê.")
@click.argument("nome", metavar="NOME")
@click.option("--origem", metavar="PASTA", help="Só esta origem. Sem ela, todas.")
@opcao_json
@passar_opcoes
def testar(opcoes: Opcoes, nome: str, origem: str | None, em_json: bool) -> None:
    """Exits with 1 when no route would take it."""
    from separador.configuracao.leitura import ancorar  # noqa: PLC0415

    todas = _rotas_com_id(opcoes)
    escolhida = ancorar(opcoes.configuracao().raiz, origem) if origem else None
    em_bytes = os.fsencode(Path(nome).name)
    respostas = [_resposta(e) for e in escolhas(em_bytes, todas, escolhida)]
    if not respostas:
        sair(Saida.RECUSADO, "Nenhuma rota lê essa origem." if escolhida else "Não há rotas.")
    if em_json:
        mostrar_json(respostas)
    else:
        _contar(mostrar(em_bytes), respostas, detalhar=escolhida is not None)
    sair(Saida.FEITO if any(r["rota"] for r in respostas) else Saida.RECUSADO)


def _resposta(e: Escolha) -> dict[str, Any]:
    return {
        "origem": str(e.origem),
        "rota": e.rota.id if e.rota else None,
        "regra": str(e.rota.regra) if e.rota else None,
        "destino": str(e.rota.destino) if e.rota else None,
        "motivo": e.motivo,
    }


def _contar(nome: str, respostas: list[dict[str, Any]], *, detalhar: bool) -> None:
    tomam = [r for r in respostas if r["rota"] is not None]
    for resposta in respostas if detalhar or not tomam else tomam:
        if resposta["rota"] is None:
            click.echo(f"Em {resposta['origem']}: nenhuma rota; {resposta['motivo']}.")
        else:
            click.echo(
                f"Em {resposta['origem']}: rota {resposta['rota']} ({resposta['regra']}), para {resposta['destino']}; "
                f"{resposta['motivo']}."
            )
    if not tomam:
        click.echo(f"Nenhuma rota tomaria {nome}.")
