"""Creates folders with their sentinels, the data folder, a first configuration (`separador init`).

Folders are created for the active routes. A folder that the service knows and that lost its sentinel is never
re-created by a plain `init`: an empty mount point would be taken for the share. With `--rota N` the administrator says
that it is right.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Opcoes, Saida, ids_conhecidos, passar_opcoes, sair
from separador.cli.chave_do_cofre import criar_chave
from separador.cli.posse import (
    SE_FOR_DESTA,
    anotar_troca,
    assumir_pastas,
    confirmar_instalacao,
    criar_da_secao,
    da_secao,
    das_rotas,
    das_secoes,
    desta_instalacao,
    epoca_livre,
    exigir_sozinha,
    marcas_conhecidas,
)
from separador.nucleo import capacidade
from separador.nucleo.rota import Rota, atribuir_ids

if TYPE_CHECKING:
    from separador.cli.base.pastas_de_troca import Preparo
    from separador.configuracao import Configuracao
    from separador.pastas.erros import FalhaDePasta
    from separador.pastas.posse.instalacao import Quem


@click.command(
    options_metavar="[OPÇÕES]",
    help="Cria a configuração e as pastas. O que já existe fica como está: pode ser repetido. São criadas a "
    "configuração de exemplo, se não houver nenhuma, a pasta de dados e as pastas das rotas ativas.",
)
@click.option(
    "--rota",
    "numero",
    type=int,
    metavar="N",
    help="Só a rota N, e mesmo que as pastas dela já fossem conhecidas e tenham sumido.",
)
@click.option(
    "--assumir",
    is_flag=True,
    help="Com --rota ou --secao: fica com as pastas que são de outra instalação, e com o que ela tinha em mãos nelas. "
    "Desligue a outra antes; o que ela fizer depois não vale mais.",
)
@click.option(
    "--secao",
    metavar="NOME",
    help="No lugar de --rota: só a pasta que uma seção da configuração nomeia, e mesmo que ela já fosse conhecida e "
    "tenha sumido. Um NOME que não há mostra os que há.",
)
@click.option(
    "--mesma-instalacao",
    "mesma",
    is_flag=True,
    help="Sozinha: a pasta de dados foi mudada de lugar ou de máquina, e é a mesma instalação.",
)
@click.option(
    "--nova-instalacao",
    "nova",
    is_flag=True,
    help="Sozinha: a pasta de dados é uma cópia, e a original continua: esta passa a ser outra instalação.",
)
@click.option("--systemd", is_flag=True, help="Também escreve o ajuste do systemd com as pastas configuradas.")
@click.option(
    "--destino",
    type=click.Path(path_type=Path),
    metavar="PASTA",
    help="Com --systemd: onde escrever o ajuste. Sem ela: /etc/systemd/system/separador.service.d.",
)
@click.option("--e-executa", "executa", is_flag=True, hidden=True, help="Quem chama liga o serviço em seguida.")
@passar_opcoes
def init(
    opcoes: Opcoes,
    /,
    numero: int | None,
    assumir: bool,
    secao: str | None,
    mesma: bool,
    nova: bool,
    systemd: bool,
    destino: Path | None,
    executa: bool,
) -> None:
    """Exits with 1 when a folder could not be created; the others are created all the same."""
    from separador.cli.base.pastas_de_troca import Preparo  # noqa: PLC0415 -- the help of the program needs no folder

    if destino is not None and not systemd:
        raise click.UsageError("--destino só vale com --systemd.")
    exigir_sozinha(mesma=mesma, nova=nova, outras=systemd or assumir or (numero, secao) != (None, None))
    if assumir and (numero, secao) == (None, None):
        raise click.UsageError("--assumir só vale com --rota N, ou com --secao.")
    if None not in (numero, secao):
        raise click.UsageError("--rota e --secao não valem juntas: rode uma, e depois a outra.")
    _configuracao_inicial(opcoes.arquivo)
    configuracao = opcoes.configuracao()
    preparo = Preparo.de(configuracao)
    if mesma or nova:
        with preparo.como_o_servico():
            confirmar_instalacao(configuracao.dados, nova=nova)
    _criar_dados(preparo)
    with preparo.como_o_servico():
        conhecidos = ids_conhecidos(configuracao.dados)
    rotas = atribuir_ids(configuracao.rotas, conhecidos)
    escolhidas = [r for r in rotas if r.ativo and secao is None and numero in (None, r.id)]
    if numero is not None and not escolhidas:
        sair(Saida.RECUSADO, f"Não há rota ativa com o id {numero}; veja as que existem com: separador rotas listar")
    secoes = [da_secao(configuracao, secao)] if secao else das_secoes(configuracao) if numero is None else []
    if assumir:
        assumir_pastas(preparo, [s.pasta for s in secoes] if secao else das_rotas(escolhidas))
    falhas = _criar_pastas(configuracao, preparo, escolhidas, forcar=numero is not None)
    falhas += sum(criar_da_secao(configuracao, preparo, s, forcar=secao is not None) for s in secoes)
    criar_chave(preparo)
    if (numero, secao) == (None, None):
        falhas += _criar_cadastros(preparo)
    preparo.dizer_diferencas()
    if systemd:
        from separador.cli.ajuste_systemd import escrever_ajuste  # noqa: PLC0415

        escrever_ajuste(configuracao, destino)
    elif falhas:
        click.echo("Corrija e repita: separador init")
    elif not executa:
        click.echo(_como_ligar(configuracao))
    sair(Saida.RECUSADO if falhas else Saida.FEITO)


def _como_ligar(configuracao: "Configuracao") -> str:
    """Returns the last line. The simulated environment has its SEFAZ and its certificates only beside the service."""
    from separador.configuracao import Ambiente  # noqa: PLC0415 -- YAML, which the help does without

    if configuracao.ambiente is Ambiente.SIMULADO:
        return (
            "Pronto. O ambiente é o simulado. Para ligar a SEFAZ local, o serviço e o painel neste terminal:"
            " separador simulador executar"
        )
    return "Pronto. Para ligar: separador iniciar"


def _configuracao_inicial(arquivo: Path) -> None:
    """Copies the shipped example when there is no file. An existing one is never touched."""
    if arquivo.exists():
        return
    from importlib.resources import files  # noqa: PLC0415

    from separador.configuracao.busca import DO_SISTEMA  # noqa: PLC0415
    from separador.configuracao.gravacao import gravar  # noqa: PLC0415

    modelo = files("separador.configuracao").joinpath("modelo.yaml").read_bytes()
    if arquivo.absolute() == DO_SISTEMA:
        modelo = modelo.replace(b"\nraiz: ..\n", b"\nraiz: /srv/separador\n", 1)
        modelo = modelo.replace(b"\ndados: var\n", b"\ndados: /var/lib/separador\n", 1)
        modelo = modelo.replace(b" ca: var/", b" ca: /var/lib/separador/", 1)
    elif arquivo.absolute().parent.name != "config":
        modelo = modelo.replace(b"\nraiz: ..\n", b"\nraiz: .\n", 1)
    arquivo.parent.mkdir(parents=True, exist_ok=True)
    gravar(arquivo, modelo)
    click.echo(f"Configuração de exemplo criada em {arquivo}; ajuste-a antes de ligar o serviço.")


def _criar_dados(preparo: "Preparo") -> None:
    """Creates the data folder, or ends the command (1)."""
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415
    from separador.pastas.criacao import Recusado  # noqa: PLC0415

    dados = preparo.config.dados
    try:
        preparo.criar_dados()
    except Recusado as recusado:
        sair(Saida.RECUSADO, f"Não criei a pasta de dados {dados}: {recusado}.")
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui criar a pasta de dados {dados}: {razao(erro)}.")


def _criar_cadastros(preparo: "Preparo") -> int:
    """Writes the files of the registries that are missing, where a route issues. Returns how many failed."""
    if not any(capacidade.regra(r.regra).pede_transmissao for r in preparo.config.rotas):
        return 0
    from separador.configuracao.emissao import modelos  # noqa: PLC0415 -- the format, only for those who issue
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415
    from separador.pastas.criacao import Recusado  # noqa: PLC0415

    pasta = preparo.config.emissao.cadastros
    try:
        preparo.criar_interna(pasta)
        with preparo.como_o_servico():
            novos = modelos.faltam(pasta)
            for arquivo in novos:
                modelos.escrever(arquivo)
    except Recusado as recusado:
        click.echo(f"Não criei os cadastros em {pasta}: {recusado}.", err=True)
        return 1
    except OSError as erro:
        click.echo(f"Não consegui criar os cadastros em {pasta}: {razao(erro)}.", err=True)
        return 1
    if novos:
        nomes = ", ".join(n.name for n in novos)
        click.echo(f"Cadastros vazios criados em {pasta}: {nomes}. Preencha-os antes de soltar cargas.")
    return 0


def _criar_pastas(configuracao: "Configuracao", preparo: "Preparo", rotas: list[Rota], *, forcar: bool) -> int:
    """Creates the folders and returns how many could not be created, each with its reason on stderr."""
    from separador.pastas import faixas  # noqa: PLC0415

    faixas.usar(configuracao.dados)
    with preparo.como_o_servico():
        quem = desta_instalacao(configuracao.dados)
        marcas = marcas_conhecidas(configuracao.dados)
    trocadas: dict[str, str] = {}
    falhas = 0
    for rota in rotas:
        for pasta in rota.pastas():
            feita = _na_faixa(preparo, quem, rota, pasta, marcas.get(str(pasta)), forcar=forcar)
            if feita.problema:
                falhas += 1
                click.echo(f"Rota {rota.id}: {feita.problema}", err=True)
                continue
            click.echo(f"Rota {rota.id}: {pasta} {feita.situacao}.")
            if marcas.get(str(pasta), feita.marca) != feita.marca:
                trocadas[str(pasta)] = feita.marca
    if trocadas:
        with preparo.como_o_servico():
            anotar_troca(configuracao.dados, trocadas)
    return falhas


@dataclass(frozen=True, slots=True)
class _Feita:
    """The result for one folder: a problem (Portuguese), or its sentinel and how it was found."""

    problema: str = ""
    marca: str = ""
    situacao: str = ""


def _na_faixa(
    preparo: "Preparo", quem: "Quem", rota: Rota, pasta: Path, esperada: str | None, *, forcar: bool
) -> _Feita:
    """Does as `_criar`. A share that does not answer is one more problem, not a command that hangs."""
    from separador.pastas import faixas  # noqa: PLC0415
    from separador.pastas.erros import SemResposta  # noqa: PLC0415

    try:
        return faixas.fazer(pasta, _criar, preparo, quem, rota, pasta, esperada, forcar=forcar)
    except SemResposta as falha:
        return _Feita(f"{falha.mensagem}. {falha.o_que_fazer}")


def _criar(preparo: "Preparo", quem: "Quem", rota: Rota, pasta: Path, esperada: str | None, *, forcar: bool) -> _Feita:
    """Creates one folder and its sentinel. `esperada`: the one the service remembers, None for a folder new to it."""
    from separador.nucleo.texto.razao import razao  # noqa: PLC0415
    from separador.pastas.criacao import Recusado  # noqa: PLC0415
    from separador.pastas.erros import FalhaDePasta  # noqa: PLC0415
    from separador.pastas.posse.marca import de_outra  # noqa: PLC0415
    from separador.pastas.saude import inicializar, ler_marca  # noqa: PLC0415

    try:
        preparo.conferir(pasta)
        atual = ler_marca(pasta)
        if atual is not None and atual.de_outra(quem):
            return _Feita(_de_outra(rota, de_outra(pasta, atual)))
        if esperada is not None and not forcar and (atual is None or atual.uuid != esperada):
            return _Feita(_por_que_nao(rota, pasta, sumiu=atual is None))
        nova = preparo.criar(pasta)
        with preparo.como_o_servico():
            agora = datetime.now(UTC)
            epoca = epoca_livre(preparo.config.dados) if forcar else 1
            marca = inicializar(
                pasta, esperada or str(uuid.uuid4()), agora, f"rota {rota.id}", quem, refazer=forcar, epoca=epoca
            )
        if marca.de_outra(quem):
            return _Feita(_de_outra(rota, de_outra(pasta, marca)))
    except FalhaDePasta as falha:
        return _Feita(f"{falha.mensagem}. {falha.o_que_fazer}")
    except Recusado as recusado:
        return _Feita(f"{recusado}.")
    except OSError as erro:
        return _Feita(f"não consegui usar {pasta}: {razao(erro)}")
    return _Feita(
        marca=marca.uuid,
        situacao="já existia" if atual else "criada" if nova else "já existia; a marca foi posta",
    )


def _de_outra(rota: Rota, falha: "FalhaDePasta") -> str:
    return f"{falha.mensagem}. {SE_FOR_DESTA}: separador init --rota {rota.id} --assumir"


def _por_que_nao(rota: Rota, pasta: Path, *, sumiu: bool) -> str:
    if sumiu:
        return (
            f"{pasta} já era usada e a marca dela sumiu; o compartilhamento pode ter caído. "
            f"Monte-o de novo. Se a pasta deve mesmo ser recriada: separador init --rota {rota.id}"
        )
    return f"{pasta} tem a marca de outra pasta. Se a troca foi de propósito: separador init --rota {rota.id}"
