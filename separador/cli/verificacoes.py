"""Holds the checks of `separador verificar`. Each yields findings: the thing looked at, its state, one fix."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from separador.banco import leitura as leitura_do_banco
from separador.banco.instante import instante_de
from separador.cli.base import pastas_de_troca
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao
from separador.configuracao import Configuracao
from separador.nucleo.fuso import dia, dia_e_hora, para_pessoas
from separador.nucleo.rota import nome_da_rota
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao
from separador.pastas import faixas, saude, sistema
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import FalhaDePasta, SemResposta, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.lugar.juizo import DE_OUTROS
from separador.pastas.posse import instalacao
from separador.pastas.posse.cantos import Cantos
from separador.pastas.posse.instalacao import NINGUEM, Quem
from separador.pastas.posse.marca import de_outra, ler_marca
from separador.pastas.saude import SONDA_DE_COMANDO

ANOS_SENSATOS = range(2024, 2100)
ADIANTADO = timedelta(minutes=2)


def pastas(config: Configuracao, marcas: Mapping[str, str]) -> Iterator[Constatacao]:
    """Checks the data folder and the folders of the active routes.

    They are there, they are ours, a file can be written in them, they have space, their disk is suitable. Nothing is
    written in a folder of another installation, and in none at all when the data folder is not where it was.
    """
    faixas.usar(config.dados)
    yield from _dados(config)
    quem = _quem(config.dados)
    if isinstance(quem, Constatacao):
        yield quem
        return
    reserva_bytes = config.reserva_disco_mb * 2**20
    cantos = Cantos(quem)
    donos: dict[Path, list[str]] = {}
    for rota in config.rotas:
        for pasta in rota.pastas() if rota.ativo else ():
            donos.setdefault(pasta, []).append(nome_da_rota(rota))
    for pasta, rotas in donos.items():
        onde = f"pasta {pasta}"
        achados = faixas.conferir(
            pasta, marcas.get(str(pasta)), escrita=False, reserva_bytes=reserva_bytes, cantos=cantos
        )
        if achados:
            for p in achados:
                yield Constatacao(onde, ERRO, f"{p.mensagem} ({', '.join(rotas)})", p.o_que_fazer)
            continue
        try:
            yield from faixas.fazer(pasta, _listar, onde, pasta, quem, proprias=str(pasta) in marcas)
        except SemResposta as falha:
            yield Constatacao(onde, ERRO, falha.mensagem, falha.o_que_fazer)
    if config.dados.is_dir():
        for pasta, texto, fazer in pastas_de_troca.diferencas(config, config.dados.stat().st_uid):
            yield Constatacao(f"pasta {pasta}", AVISO, f"Os direitos não são os recomendados: {texto}.", fazer)


def _quem(dados: Path) -> Quem | Constatacao:
    """Returns whose the folders must be; what is wrong when the data folder is not the one that this installation
    knows."""
    onde, calado = f"instalação em {dados}", "As pastas das rotas não foram conferidas."
    try:
        nossa = instalacao.ler(dados)
        difere = instalacao.diferenca(dados, nossa) if nossa is not None else None
    except instalacao.Ilegivel:
        return Constatacao(onde, ERRO, f"{instalacao.ilegivel(dados)} {calado}", instalacao.SAIDA)
    except OSError as erro:
        fazer = "Rode como o usuário do serviço, ou dê a ele direito de ler a pasta de dados."
        return Constatacao(onde, ERRO, f"{instalacao.ilegivel(dados)[:-1]}: {razao(erro)}. {calado}", fazer)
    if difere is not None:
        return Constatacao(onde, ERRO, f"{instalacao.estranha(dados, difere)} {calado}", instalacao.SAIDA)
    return instalacao.quem(nossa) if nossa is not None else NINGUEM


def _listar(onde: str, pasta: Path, quem: Quem, *, proprias: bool) -> list[Constatacao]:
    try:
        with traduzindo(pasta):
            prova = _onde_provar(pasta, quem)
    except FalhaDePasta as falha:
        return [Constatacao(onde, ERRO, falha.mensagem, falha.o_que_fazer)]
    return list(_escrita_e_disco(onde, pasta, prova, proprias=proprias))


def _onde_provar(pasta: Path, quem: Quem) -> Path:
    """Returns where a file is written for proof: our corner; `.separador` when it names no owner; else the folder
    itself. Raises `PastaDeOutra`, or as `ler_marca`."""
    marca = ler_marca(pasta)
    if marca is not None and marca.de_outra(quem):
        raise de_outra(pasta, marca)
    if marca is not None and marca.instalacao:
        return pasta / PROPRIA / marca.canto
    return pasta / PROPRIA if abertos.existe(pasta / PROPRIA) else pasta


def _escrita_e_disco(onde: str, pasta: Path, prova: Path, *, proprias: bool) -> Iterator[Constatacao]:
    impedimento = _impedimento_de_escrita(pasta, prova)
    if impedimento is not None:
        fazer = "Dê ao usuário do serviço o direito de ler, gravar e apagar na pasta (chown ou chmod)."
        yield Constatacao(onde, ERRO, f"Não consegui gravar na pasta: {impedimento}.", fazer)
        return
    if not proprias and not abertos.existe(pasta / PROPRIA):
        yield Constatacao(onde, AVISO, "A pasta ainda não foi preparada.", "Rode: separador init")
        return
    try:
        tipo = sistema.tipo_de_sistema(pasta)
    except FalhaDePasta as falha:
        yield Constatacao(onde, ERRO, falha.mensagem, falha.o_que_fazer)
        return
    if tipo in sistema.REDE:
        yield Constatacao(
            onde,
            AVISO,
            f"A pasta está na rede ({tipo}): cada arquivo espera mais até estar quieto, e não há avisos imediatos.",
            "Funciona assim; para mais rapidez, use uma pasta local, ou que quem grava renomeie o arquivo ao terminar.",
        )
        yield from _direitos(onde, pasta, _NA_REDE)
    else:
        yield Constatacao(onde, CERTO, f"existe, aceita gravação, tem espaço ({tipo})")
        if tipo in sistema.DA_MONTAGEM:
            yield from _direitos(onde, pasta, (f"em {tipo} quem decide é a montagem", _NA_MONTAGEM))


_NA_REDE = ("na rede quem decide é o servidor", "Confira no servidor que só a conta do serviço grava ali.")
_NA_MONTAGEM = "Monte o disco com as opções uid= (a conta do serviço) e umask=0027, ou use um disco local comum."


def _direitos(onde: str, pasta: Path, quem: tuple[str, str]) -> Iterator[Constatacao]:
    """Owner and mode are the server's or the mount's: what they say is told, and nothing stops for it. `quem`: who
    decides, and what to do."""
    with suppress(OSError, FalhaDePasta):
        if abertos.abrir(pasta / PROPRIA).visto.st_mode & DE_OUTROS:
            texto = f"Pelos modos, outros podem gravar na {PROPRIA} dela; {quem[0]}."
            yield Constatacao(onde, AVISO, texto, quem[1])


def _impedimento_de_escrita(pasta: Path, onde: Path) -> str | None:
    """Creates and removes a file, and returns why that failed; None when it did not.

    The name is this process's own, because the service's probe may be at work at the same moment.
    """
    try:
        sonda = abertos.em(onde, f"{SONDA_DE_COMANDO}{os.getpid()}".encode())
        if not os.access(pasta, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            return "permissão negada"
        descritor = os.open(sonda, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(descritor, b"separador\n")
        finally:
            os.close(descritor)
            os.unlink(sonda)
    except OSError as erro:
        return razao(erro)
    except FalhaDePasta as falha:
        return falha.mensagem
    return None


def _dados(config: Configuracao) -> Iterator[Constatacao]:
    onde = f"pasta de dados {config.dados}"
    if not config.dados.is_dir():
        yield Constatacao(onde, ERRO, "A pasta de dados não existe.", "Rode: separador init")
        return
    try:
        tipo = sistema.tipo_de_sistema(config.dados)
    except FalhaDePasta as falha:
        yield Constatacao(onde, ERRO, falha.mensagem, falha.o_que_fazer)
        return
    if tipo in sistema.REDE:
        fazer = "Mude a chave `dados` da configuração para um disco local."
        yield Constatacao(onde, ERRO, f"A pasta de dados está na rede ({tipo}); o banco não é seguro ali.", fazer)
        return
    achados = saude.conferir(config.dados, None, escrita=False, reserva_bytes=config.reserva_disco_mb * 2**20)
    for p in achados:
        yield Constatacao(onde, ERRO, p.mensagem, p.o_que_fazer)
    impedimento = _impedimento_de_escrita(config.dados, config.dados) if not achados else None
    if impedimento is not None:
        fazer = "Rode como o usuário do serviço, ou dê a ele direito de gravar na pasta de dados."
        yield Constatacao(onde, ERRO, f"Não consegui gravar na pasta de dados: {impedimento}.", fazer)
    elif not achados:
        yield Constatacao(onde, CERTO, f"existe, aceita gravação, tem espaço ({tipo})")


def relogio(agora: datetime, banco: sqlite3.Connection | None) -> Iterator[Constatacao]:
    """Checks the clock: its year, that it is not behind what was recorded already."""
    acertar = "Acerte o relógio e ligue a sincronização: sudo timedatectl set-ntp true"
    gravado = leitura_do_banco.instante_mais_novo(banco) if banco is not None else None
    if agora.year not in ANOS_SENSATOS:
        yield Constatacao("relógio", ERRO, f"O relógio da máquina marca {dia(agora)}.", acertar)
    elif gravado is not None and instante_de(gravado) - agora > ADIANTADO:
        visto = dia_e_hora(instante_de(gravado))
        texto = f"O relógio está atrás do que já foi registrado ({visto})."
        yield Constatacao("relógio", ERRO, texto, acertar)
    else:
        # Whoever compares it with another clock must not have to guess the zone.
        yield Constatacao("relógio", CERTO, f"{dia_e_hora(agora)} {para_pessoas(agora):%z}")


def esquemas() -> Constatacao:
    """Checks that the official schemas load."""
    from lxml import etree  # noqa: PLC0415

    from separador.fiscal.esquema import precarregar  # noqa: PLC0415

    try:
        precarregar()
    except (etree.LxmlError, OSError, RuntimeError) as erro:
        fazer = "Reinstale o programa: os esquemas oficiais vêm no pacote nfelib."
        return Constatacao("esquemas oficiais", ERRO, f"Não puderam ser carregados: {razao(erro)}.", fazer)
    return Constatacao("esquemas oficiais", CERTO, "carregados")


def falhas_abertas(banco: sqlite3.Connection | None) -> Iterator[Constatacao]:
    """Counts the open failures. `separador falhas` shows what the service itself found wrong."""
    quantas = len(leitura_do_banco.falhas_abertas(banco)) if banco is not None else 0
    if quantas:
        texto = f"Há {quantos(quantas, 'falha', 'falhas')} em aberto."
        yield Constatacao("falhas", AVISO, texto, "Veja o que fazer em cada uma: separador falhas")
