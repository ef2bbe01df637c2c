"""Says which version the database is of, and goes back to the copy made before an update (`separador banco`)."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador import __version__
from separador.acesso.banco import auditoria
from separador.acesso.dominio import Direito
from separador.banco import leitura as leitura_do_banco
from separador.banco.versoes import marca
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.nucleo import capacidade
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.banco.versoes.copia import Copia
    from separador.banco.versoes.volta import Perda

_MB = 1_000_000
_SEM_PERDA = frozenset({"parar", "iniciar", "reiniciar", "uma-vez", "init", "cofre copia", "auditoria selar"})
"""Recorded commands that leave nothing in the database but their record, which goes along."""
_SO_ENTRARAM = frozenset({"entrada", "saída"})
_COMANDO, _PEDIDO = "comando", "pedido "
_ACAO = "banco voltou"


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra que versão gravou o banco, a partir de qual ele abre, o que falta migrar e as cópias feitas antes de "
    "cada atualização.",
)
@opcao_json
@passar_opcoes
def versao(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 1 when there is no database, with 2 when this program must not open it."""
    from separador.banco.migracoes.conjunto import nomes_das_migracoes  # noqa: PLC0415 -- sqlite-utils
    from separador.banco.versoes import copia as copias_do_banco  # noqa: PLC0415
    from separador.banco.versoes import volta  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    arquivo = _exigir_banco(dados)
    try:
        aplicadas, lida = volta.migracoes(arquivo), volta.marca_de(arquivo)
    except sqlite3.Error as erro:
        leitura.nao_li(dados, erro)
    faltam = [nome for nome in nomes_das_migracoes() if nome not in aplicadas]
    copias = copias_do_banco.copias(dados)
    if em_json:
        mostrar_json(
            {
                "programa": __version__,
                "escrita_por": lida.escrita_por if lida is not None else None,
                "versao_minima": lida.minima if lida is not None else None,
                "migracoes": list(aplicadas),
                "por_migrar": faltam,
                "copias": [_em_json(c) for c in copias],
            }
        )
    else:
        click.echo(f"Programa: {__version__}.")
        ultima = aplicadas[-1] if aplicadas else "nenhuma migração"
        click.echo(f"Banco: {lida or 'de antes de o banco dizer a sua versão'}; forma {ultima}.")
        if faltam:
            click.echo(f"Por migrar, quando o serviço ligar: {', '.join(faltam)}.")
        for c in copias:
            click.echo(f"Cópia: {c.arquivo.name}, de {dia_e_hora(c.feita_em)}, {c.tamanho / _MB:.1f} MB.")
        if not copias:
            click.echo("Cópias: nenhuma; o serviço faz uma antes de cada migração.")
    try:
        marca.exigir(lida)
    except marca.BancoRecusadoError as erro:
        sair(Saida.USO, str(erro))


def _em_json(c: "Copia") -> dict[str, object]:
    from separador.banco.instante import texto_de  # noqa: PLC0415

    return {
        "arquivo": str(c.arquivo),
        "antes_de": c.antes_de,
        "feita_em": texto_de(c.feita_em),
        "bytes": c.tamanho,
    }


@click.command(
    options_metavar="[OPÇÕES]",
    help="Volta o banco à cópia feita antes de uma atualização, para ligar a versão anterior. Mostra o que veio depois "
    "dela e, se algo veio, só volta com --aceitar-perda. Só com o serviço desligado; o banco de agora fica guardado ao "
    "lado, e a auditoria vai junto.",
)
@click.option("--copia", "antes_de", metavar="VERSÃO", help="A cópia feita antes desta versão. Sem ela: a mais nova.")
@click.option("--aceitar-perda", is_flag=True, help="Volta mesmo que o banco não conheça mais o que veio depois.")
@passar_opcoes
@autorizacao.muda_as_vezes
def voltar(opcoes: Opcoes, antes_de: str | None, aceitar_perda: bool) -> None:
    """Exits with 1 when it would lose something or there is no copy, with 2 for a copy that must not be used, with 4
    while a service runs."""
    from separador.banco.versoes import copia as copias_do_banco  # noqa: PLC0415
    from separador.motor import trava  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    _exigir_banco(dados)
    _exigir_quem(dados)
    copias = [c for c in copias_do_banco.copias(dados) if antes_de in (None, c.antes_de)]
    if not copias:
        sair(Saida.RECUSADO, f"Não há essa cópia em {dados}; veja as que há: separador banco versao")
    with em_nome_do_dono(dados):
        tomada = trava.tomar(dados, agora=leitura.agora_utc())
    if not isinstance(tomada, trava.Trava):
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    with tomada, em_nome_do_dono(dados):
        _voltar(dados, copias[0], aceitar_perda=aceitar_perda)


def _voltar(dados: Path, copia: "Copia", *, aceitar_perda: bool) -> None:
    from separador.banco import troca  # noqa: PLC0415
    from separador.banco.versoes import volta  # noqa: PLC0415

    try:
        volta.exigir_boa(copia, _desta(dados))
        if _ja_e(dados, copia):
            sair(Saida.RECUSADO, f"O banco já tem a forma de {copia.arquivo.name}: não há o que voltar.")
        perdas = _perdas(dados, copia)
        for dito in perdas:
            click.echo(dito)
        if perdas and not aceitar_perda:
            sair(
                Saida.RECUSADO,
                "Não voltei: o banco deixaria de conhecer o que está acima. Para voltar mesmo assim: separador banco "
                "voltar --aceitar-perda",
            )
        volta.voltar(dados, copia, lambda agora, antes: _levar(agora, antes, copia, "; ".join(perdas)))
        with closing(sqlite3.connect(dados / leitura_do_banco.ARQUIVO)) as c:
            c.row_factory = sqlite3.Row
            if auditoria.existe(c):
                auditoria.selar(c, dados)
            c.commit()
        quem = volta.marca_de(copia.arquivo)
    except marca.BancoRecusadoError as erro:
        sair(Saida.USO, str(erro))
    except (sqlite3.Error, OSError, troca.EmUsoError) as erro:
        sair(Saida.RECUSADO, f"Não voltei ({razao(erro)}); confira com: separador banco versao")
    instalar = f"a {quem.escrita_por}" if quem is not None and quem.escrita_por else f"a anterior à {copia.antes_de}"
    click.echo(f"O banco voltou ao de {dia_e_hora(copia.feita_em)}; o de agora ficou em {volta.DEIXADO}.")
    click.echo(f"Antes de ligar, instale a versão que o gravou ({instalar}): esta o migraria de novo.")
    if perdas:
        click.echo(
            "O que foi tomado depois da cópia está em arquivo/ e fiscal/; quando atualizar de novo, traga-o de "
            "volta ao banco: separador copia reconstruir"
        )


def _exigir_banco(dados: Path) -> Path:
    arquivo = dados / leitura_do_banco.ARQUIVO
    if not arquivo.is_file():
        sair(Saida.RECUSADO, f"Não há banco em {dados}.")
    return arquivo


def _exigir_quem(dados: Path) -> None:
    """Lets an administrator go on. Of a database that this program must not open, or cannot, nobody can ask who is one:
    then it takes the account that could replace the file anyway."""
    try:
        leitura_do_banco.fechar(leitura_do_banco.abrir_leitura(dados))
    except sqlite3.DatabaseError:
        if not autorizacao.dono_dos_dados(dados):
            sair(Saida.RECUSADO, "Só o dono da pasta de dados, ou root, volta um banco que este programa não abre.")
        return
    autorizacao.exigir(Direito.ADMINISTRAR)


def _desta(dados: Path) -> str | None:
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    try:
        esta = instalacao.ler(dados)
    except instalacao.Ilegivel:
        return None
    return esta.id if esta is not None else None


def _ja_e(dados: Path, copia: "Copia") -> bool:
    """Says whether no migration came since the copy: then it would only take away."""
    from separador.banco.versoes import volta  # noqa: PLC0415

    try:
        return volta.migracoes(dados / leitura_do_banco.ARQUIVO) == volta.migracoes(copia.arquivo)
    except sqlite3.Error:
        return False


def _perdas(dados: Path, copia: "Copia") -> list[str]:
    """Returns what would be lost, a line each. What cannot be known counts as lost."""
    from separador.banco.versoes import volta  # noqa: PLC0415

    try:
        return [_dita(p) for p in volta.perdas(dados, copia, _palavras())] + _comandos(dados, copia)
    except sqlite3.Error as erro:
        return [f"O banco de agora não pôde ser lido ({razao(erro)}): não se sabe o que veio depois da cópia."]


def _palavras() -> Mapping[str, tuple[str, str]]:
    return {tabela: ditas for c in capacidade.todas() for tabela, ditas in c.perdas.items()}


def _dita(p: "Perda") -> str:
    exemplos = ", ".join(p.exemplos)
    mais = f" e mais {p.quantos - len(p.exemplos)}" if p.exemplos and p.quantos > len(p.exemplos) else ""
    return f"Veio depois da cópia: {quantos(p.quantos, p.um, p.varios)}{f' ({exemplos}{mais})' if exemplos else ''}"


def _comandos(dados: Path, copia: "Copia") -> list[str]:
    """Returns the acts of people since the copy that it does not have: a user who was switched off is on again."""
    from separador.banco.versoes import volta  # noqa: PLC0415

    with closing(volta.ler(copia.arquivo)) as antes:
        numero = auditoria.ultimo_numero(antes) if auditoria.existe(antes) else 0
    with closing(volta.ler(dados / leitura_do_banco.ARQUIVO)) as agora:
        linhas = auditoria.desde_a_linha(agora, numero) if auditoria.existe(agora) else []
    feitos = [_ato(linha["acao"], linha["alvo"]) for linha in linhas if _conta(linha["acao"], linha["alvo"])]
    if not feitos:
        return []
    ditos = ", ".join(dict.fromkeys(feitos))
    return [f"Veio depois da cópia: {quantos(len(feitos), 'ato de gente', 'atos de gente')} ({ditos})"]


def _conta(acao: str, alvo: str) -> bool:
    if acao in _SO_ENTRARAM or acao.startswith(_PEDIDO) or acao == _ACAO:  # orders are counted by themselves
        return False
    return not (acao == _COMANDO and alvo in _SEM_PERDA)


def _ato(acao: str, alvo: str) -> str:
    return alvo if acao == _COMANDO else f"{acao} {alvo}".strip()


def _levar(agora: sqlite3.Connection, antes: sqlite3.Connection, copia: "Copia", perdas: str) -> None:
    """Brings the audit trail over, and adds to it what is done now."""
    from separador.banco.instante import texto_de  # noqa: PLC0415

    auditoria.levar(agora, antes)
    if auditoria.existe(antes):
        quando = texto_de(leitura.agora_utc())
        auditoria.registrar(antes, quando, autorizacao.quem(), _ACAO, copia.arquivo.name, detalhe=perdas)
