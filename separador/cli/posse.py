"""Does the part of `separador init` about ownership: the id of the installation, the corners in the folders."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Saida, sair
from separador.nucleo.capacidade import PastaDaSecao, pastas_das_secoes

if TYPE_CHECKING:
    from separador.cli.base.pastas_de_troca import Preparo
    from separador.configuracao import Configuracao
    from separador.nucleo.rota import Rota
    from separador.pastas.posse.cerca import Assumida
    from separador.pastas.posse.instalacao import Quem

SE_FOR_DESTA = "Use outra pasta, ou desligue a outra instalação. Se esta deve ficar com a pasta"


def desta_instalacao(dados: Path) -> "Quem":
    """Returns this installation, made when the data folder has none. Call it under the account of the service.

    Ends the command when the data folder is not where it was made, because two services with one id would take each
    other's files.
    """
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    try:
        nossa = instalacao.adotar(dados, datetime.now(UTC))
        difere = instalacao.diferenca(dados, nossa)
    except instalacao.Ilegivel:
        sair(Saida.USO, f"{instalacao.ilegivel(dados)} {instalacao.SAIDA}")
    if difere is not None:
        sair(Saida.USO, f"{instalacao.estranha(dados, difere)} {instalacao.SAIDA}")
    return instalacao.quem(nossa)


def exigir_sozinha(*, mesma: bool, nova: bool, outras: bool) -> None:
    """Refuses the two confirmations of an installation together, and one of them with options for other work. Raises
    `click.UsageError`."""
    if mesma and nova:
        raise click.UsageError("--mesma-instalacao e --nova-instalacao não valem juntas: ou foi mudada, ou é cópia.")
    if (mesma or nova) and outras:
        qual = "--nova-instalacao" if nova else "--mesma-instalacao"
        raise click.UsageError(f"{qual} vale sozinha: rode-a antes, e depois init com as outras opções.")


def confirmar_instalacao(dados: Path, *, nova: bool) -> None:
    """Records that the data folder was moved here, or that it is a copy and so another installation. Ends the
    command."""
    from separador.motor import trava  # noqa: PLC0415
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    if not dados.is_dir():
        sair(Saida.RECUSADO, f"A pasta de dados {dados} não existe; crie-a com: separador init")
    agora = datetime.now(UTC)
    posse = trava.tomar(dados, agora=agora)
    if isinstance(posse, trava.Detentor):
        sair(Saida.OCUPADO, f"A pasta de dados está em uso: {posse}.")
    with posse:
        if nova:
            feita = instalacao.renovar(dados, agora)
            _tomar_o_banco(dados, feita.id, agora)
        else:
            feita = instalacao.reafirmar(dados, agora, lambda: _dona_do_banco(dados))
    if nova:
        texto = (
            f"Esta pasta de dados é agora a instalação {feita.id}. As pastas das rotas continuam da outra; "
            "para ficar com as de uma rota: separador init --rota N --assumir"
        )
    else:
        texto = f"Esta pasta de dados é a instalação {feita.id}, neste lugar."
    sair(Saida.FEITO, texto)


def _dona_do_banco(dados: Path) -> str | None:
    """Returns the installation that the database names; None when it names none that could be one, or there is none."""
    from separador.cli.base import leitura  # noqa: PLC0415
    from separador.pastas.posse.instalacao import id_valido  # noqa: PLC0415

    with leitura.lendo(dados) as banco:
        if banco is None or not banco.execute("SELECT 1 FROM sqlite_master WHERE name = 'instalacao'").fetchone():
            return None
        linha = banco.execute("SELECT id FROM instalacao").fetchone()
    return str(linha[0]) if linha is not None and id_valido(str(linha[0] or "")) else None


def _tomar_o_banco(dados: Path, nova: str, agora: datetime) -> None:
    """Makes the database that was copied with the data folder the new installation's own, else it is refused. Who did
    it stands in the audit trail."""
    from separador.acesso.banco import auditoria  # noqa: PLC0415
    from separador.banco import procedencia  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.banco.leitura import ARQUIVO  # noqa: PLC0415
    from separador.cli.base import autorizacao  # noqa: PLC0415

    if not (dados / ARQUIVO).is_file():
        return
    quando = texto_de(agora)
    with autorizacao.escrevendo(dados, migrar=True) as banco, banco.transacao():
        era = procedencia.dono(banco)
        procedencia.tomar(banco, nova, quando)
        detalhe = f"cópia da instalação {era}" if era is not None else ""
        auditoria.registrar(banco, quando, autorizacao.quem(), "nova instalação", nova, detalhe=detalhe)


def das_rotas(rotas: "Sequence[Rota]") -> list[Path]:
    """Returns the folders of the routes. The origins come last: what lay in the others tells which of their claims were
    published."""
    origens = {r.origem for r in rotas}
    todas = dict.fromkeys(p for r in rotas for p in reversed(r.pastas()))
    return sorted(todas, key=lambda p: p in origens)


def da_secao(config: "Configuracao", secao: str) -> PastaDaSecao:
    """Returns the folder of a section. Ends the command (1) when the configuration names none."""
    achadas = {p.secao: p for p in pastas_das_secoes(config)}
    if secao not in achadas:
        outras = ", ".join(achadas) or "nenhuma"
        sair(Saida.RECUSADO, f"A configuração não tem a pasta {secao}; as de seções que ela tem: {outras}.")
    return achadas[secao]


def das_secoes(configuracao: "Configuracao") -> list[PastaDaSecao]:
    """Returns the folders of sections that the command makes, when they are no route's folder."""
    das_rotas = {p for r in configuracao.rotas for p in r.pastas()}
    return [p for p in pastas_das_secoes(configuracao) if p.criada_no_init and p.pasta not in das_rotas]


def criar_da_secao(
    configuracao: "Configuracao", preparo: "Preparo", da_secao: PastaDaSecao, *, forcar: bool = False
) -> int:
    """Creates and marks the folder. Returns 1 when it could not be created, with the reason on stderr; else 0. With
    `forcar` a sentinel that is gone or another's of ours, and a corner that is gone, are right so.

    A share that does not answer is one more failure, not a command that hangs.
    """
    from separador.pastas import faixas  # noqa: PLC0415
    from separador.pastas.erros import SemResposta  # noqa: PLC0415

    try:
        return faixas.fazer(da_secao.pasta, _criar_da_secao, configuracao, preparo, da_secao, forcar=forcar)
    except SemResposta as falha:
        click.echo(f"{da_secao.nome}: {falha.mensagem}. {falha.o_que_fazer}", err=True)
        return 1


def _criar_da_secao(configuracao: "Configuracao", preparo: "Preparo", da_secao: PastaDaSecao, *, forcar: bool) -> int:
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415
    from separador.pastas.criacao import Recusado  # noqa: PLC0415
    from separador.pastas.erros import FalhaDePasta, PastaDeOutra  # noqa: PLC0415
    from separador.pastas.posse.marca import de_outra  # noqa: PLC0415
    from separador.pastas.saude import inicializar, ler_marca  # noqa: PLC0415

    pasta, nome = da_secao.pasta, da_secao.nome
    with preparo.como_o_servico():
        quem = desta_instalacao(configuracao.dados)
        esperada = marcas_conhecidas(configuracao.dados).get(str(pasta))
    try:
        preparo.conferir(pasta)
        atual = ler_marca(pasta)
        if esperada is not None and not forcar and (atual is None or atual.uuid != esperada):
            texto = (
                f"{nome}: {pasta} já era usada e a marca dela sumiu, ou é de outra; monte-a de novo. "
                f"Se a troca foi de propósito: separador init --secao {da_secao.secao}"
            )
            click.echo(texto, err=True)
            return 1
        if atual is not None and atual.de_outra(quem):
            raise de_outra(pasta, atual)
        preparo.criar(pasta)
        with preparo.como_o_servico():
            epoca = epoca_livre(configuracao.dados) if forcar else 1
            novo = esperada or str(uuid.uuid4())
            marca = inicializar(pasta, novo, datetime.now(UTC), nome, quem, refazer=forcar, epoca=epoca)
        if marca.de_outra(quem):
            raise de_outra(pasta, marca)
    except PastaDeOutra as falha:
        texto = f"{nome}: {falha.mensagem}. {SE_FOR_DESTA}: separador init --secao {da_secao.secao} --assumir"
        click.echo(texto, err=True)
        return 1
    except FalhaDePasta as falha:
        click.echo(f"{nome}: {falha.mensagem}. {falha.o_que_fazer}", err=True)
        return 1
    except Recusado as recusado:
        click.echo(f"{nome}: {recusado}.", err=True)
        return 1
    except OSError as erro:
        click.echo(f"{nome}: não consegui usar {pasta}: {razao(erro)}", err=True)
        return 1
    click.echo(f"{nome}: {pasta} {'criada' if atual is None else 'já existia'}.")
    if esperada not in (None, marca.uuid):
        with preparo.como_o_servico():
            anotar_troca(configuracao.dados, {str(pasta): marca.uuid})
    return 0


def assumir_pastas(preparo: "Preparo", pastas: "Sequence[Path]") -> None:
    """Takes folders over from another installation, in this order. Ends the command when one cannot be taken. All is
    done under the account of the service."""
    from separador.pastas import faixas  # noqa: PLC0415
    from separador.pastas.criacao import Recusado  # noqa: PLC0415
    from separador.pastas.erros import FalhaDePasta  # noqa: PLC0415
    from separador.pastas.posse import cerca  # noqa: PLC0415

    dados = preparo.config.dados
    faixas.usar(dados)
    with preparo.como_o_servico():
        quem = desta_instalacao(dados)
    assumidas = []
    try:
        for pasta in pastas:
            feita = faixas.fazer(pasta, _assumir, preparo, pasta, quem)
            if feita is None:
                continue
            assumidas.append(feita)
            click.echo(f"{pasta} assumida (época {feita.marca.epoca}); arquivos da outra instalação: {feita.levados}.")
        for feita in assumidas:
            with preparo.como_o_servico():
                faixas.fazer(feita.pasta, cerca.concluir, [feita])
    except FalhaDePasta as falha:
        sair(Saida.RECUSADO, f"{falha.mensagem}. {falha.o_que_fazer}")
    except Recusado as recusado:
        sair(Saida.RECUSADO, f"{recusado}.")
    if any(a.levados for a in assumidas):
        click.echo("O que ela tinha em mãos segue quando o serviço desta instalação estiver ligado.")


def _assumir(preparo: "Preparo", pasta: Path, quem: "Quem") -> "Assumida | None":
    """Takes one folder over; None when it is not another's. Done again it goes on where it was."""
    from separador.pastas.posse import cerca  # noqa: PLC0415
    from separador.pastas.posse.marca import ler_marca  # noqa: PLC0415

    preparo.conferir(pasta)
    with preparo.como_o_servico():
        marca = ler_marca(pasta)
        if marca is None or not (marca.de_outra(quem) or cerca.incompleta(pasta, marca, quem)):
            return None
        return cerca.assumir(pasta, quem, datetime.now(UTC))


def marcas_conhecidas(dados: Path) -> dict[str, str]:
    """Returns folder → sentinel as the service remembers them; empty before its first start."""
    from separador.banco.leitura import ARQUIVO  # noqa: PLC0415

    if not (dados / ARQUIVO).is_file():
        return {}
    from separador.banco.conexao import abrir  # noqa: PLC0415 -- only an installation in use has a database
    from separador.banco.rotas import marcas  # noqa: PLC0415

    with closing(abrir(dados, migrar=False)) as banco:
        return marcas(banco)


def epoca_livre(dados: Path) -> int:
    """Returns the epoch for a folder that is made anew."""
    from separador.banco.leitura import ARQUIVO  # noqa: PLC0415

    if not (dados / ARQUIVO).is_file():
        return 1
    from separador.banco.conexao import abrir  # noqa: PLC0415
    from separador.motor.desfecho import epocas  # noqa: PLC0415

    with closing(abrir(dados, migrar=False)) as banco:
        return epocas.epoca_livre(banco)


def anotar_troca(dados: Path, trocadas: dict[str, str]) -> None:
    """Records that the sentinel found is the right one from now on (`--rota N`)."""
    from separador.banco.conexao import abrir  # noqa: PLC0415
    from separador.banco.rotas import marcar  # noqa: PLC0415

    with closing(abrir(dados, migrar=False)) as banco, banco.transacao():
        for pasta, marca in trocadas.items():
            marcar(banco, pasta, marca)
    click.echo(f"Troca anotada: {', '.join(trocadas)}.")
