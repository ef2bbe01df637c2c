"""Holds the checks of the database for `separador verificar`: whose it is, how old, how whole.

With `--completo` every page, the whole audit chain and every secret of the vault are looked at.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from separador.acesso.banco import auditoria
from separador.banco import ao_lado, leitura
from separador.banco.versoes import marca
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.nucleo.falha import descrever
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import razao
from separador.pastas.posse import instalacao

ONDE = "banco de dados"
RESTAURAR = "Pare o serviço, guarde a pasta de dados como está e restaure a cópia de segurança do banco."


def banco_de_dados(dados: Path) -> tuple[sqlite3.Connection | None, Constatacao]:
    """Returns the database, opened for the other checks, and whether it is whole."""
    conexao = None
    try:
        conexao = leitura.abrir_leitura(dados)
        if conexao is None:
            return None, _ainda_nao_existe(dados)
        dito = leitura.integridade(conexao)
        lida = marca.ler(conexao)
    except marca.BancoMaisNovoError as erro:
        return None, Constatacao(ONDE, ERRO, erro.mensagem, erro.saida)
    except sqlite3.Error as erro:
        leitura.fechar(conexao)
        return None, Constatacao(ONDE, ERRO, f"Não pôde ser lido: {razao(erro)}.", RESTAURAR)
    if dito != "ok":
        leitura.fechar(conexao)
        return None, Constatacao(ONDE, ERRO, f"Está danificado: {dito[:300]}.", RESTAURAR)
    return conexao, Constatacao(ONDE, CERTO, f"íntegro; {lida}" if lida is not None else "íntegro")


def _ainda_nao_existe(dados: Path) -> Constatacao:
    """Says whether the database was never made, or is gone: what lies beside it tells."""
    restos = ao_lado.vestigios(dados, auditoria.selo_e_hora(dados))
    if restos:
        return Constatacao(ONDE, ERRO, f"O banco sumiu: a pasta de dados já tem {', '.join(restos)}.", RESTAURAR)
    return Constatacao(ONDE, AVISO, "Ainda não existe; o serviço o cria ao ligar.", "Nada a fazer.")


def procedencia(exame: Exame) -> Iterator[Constatacao]:
    """Says what is wrong with whose the database is: its version, its installation, its age, its schema."""
    from separador.banco import esquema  # noqa: PLC0415 -- sqlite-utils
    from separador.banco.migracoes.conjunto import nomes_das_migracoes  # noqa: PLC0415

    banco, dados = exame.banco, exame.config.dados
    if banco is None:
        return
    aplicadas = {str(r[0]) for r in banco.execute("SELECT name FROM _sqlite_migrations")}
    novas = sorted(aplicadas.difference(nomes_das_migracoes()))
    if novas and marca.ler(banco) is None:
        fazer = "Instale a versão que o gravou, ou restaure a cópia do banco feita antes da atualização."
        yield Constatacao(ONDE, ERRO, f"Foi gravado por uma versão mais nova ({', '.join(novas[:3])}).", fazer)
    diferencas = esquema.comparar(banco)
    if diferencas.faltam or diferencas.outras:
        ditas = ", ".join((*diferencas.faltam, *diferencas.outras)[:10])
        yield Constatacao(ONDE, ERRO, f"Não é como as migrações dele o fizeram: {ditas}.", RESTAURAR)
    if "m0009_instalacao" in aplicadas:
        yield from _dono(banco, dados)
    indicios = ao_lado.indicios(ao_lado.olhar(banco, dados, auditoria.selo_e_hora(dados)))
    if indicios:
        motivo, fazer = descrever(ao_lado.CODIGO, f"Visto: {'; '.join(indicios)}.")
        yield Constatacao(ONDE, ERRO, motivo, fazer)


def _dono(banco: sqlite3.Connection, dados: Path) -> Iterator[Constatacao]:
    linha = banco.execute("SELECT id FROM instalacao").fetchone()
    try:
        esta = instalacao.ler(dados)
    except (instalacao.Ilegivel, OSError):  # told by who looks at the data folder
        return
    if linha is not None and linha[0] is not None and esta is not None and linha[0] != esta.id:
        fazer = "Devolva o banco desta; se é este mesmo que deve ficar: separador banco adotar --motivo TEXTO"
        yield Constatacao(ONDE, ERRO, f"É de outra instalação ({linha[0]}; esta é {esta.id}).", fazer)


def por_dentro(exame: Exame) -> Iterator[Constatacao]:
    """Looks at every page, at the whole audit chain, and opens every secret (`--completo`)."""
    if exame.banco is None:
        return
    try:
        dito = leitura.integridade_inteira(exame.banco)
    except sqlite3.Error as erro:
        dito = razao(erro)
    if dito != "ok":
        yield Constatacao("banco de dados, inteiro", ERRO, f"Está danificado: {dito[:300]}.", RESTAURAR)
    else:
        yield Constatacao("banco de dados, inteiro", CERTO, "cada página e cada índice conferidos")
    quantas, problemas = auditoria.conferir(exame.banco, exame.config.dados)
    if problemas:
        fazer = "Descubra quem mexeu; veja: separador auditoria conferir"
        yield Constatacao("auditoria", ERRO, " ".join(problemas[:3]), fazer)
    else:
        yield Constatacao("auditoria", CERTO, f"{quantos(quantas, 'linha', 'linhas')}, a cadeia inteira confere")
    yield _cofre(exame, exame.banco)


def _cofre(exame: Exame, conexao: sqlite3.Connection) -> Constatacao:
    from separador.banco.conexao import Banco  # noqa: PLC0415
    from separador.cofre.abertura import abrir_cofre  # noqa: PLC0415 -- cryptography
    from separador.cofre.cofre import CofreError  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    guardados = int(conexao.execute("SELECT count(*) FROM segredo").fetchone()[0])
    if not guardados:
        return Constatacao("cofre", CERTO, "não guarda nenhum segredo")
    sem_despejo()
    aberto = abrir_cofre(exame.config.dados, Banco(conexao, execute_plugins=False), exame.ambiente)
    if isinstance(aberto, Recusa):
        return Constatacao("cofre", ERRO, aberto.erros[0].mensagem, aberto.erros[0].o_que_fazer)
    try:
        abertos = aberto.conferir()
    except CofreError as erro:
        return Constatacao("cofre", ERRO, f"{str(erro)[:1].upper()}{str(erro)[1:]}.", RESTAURAR)
    return Constatacao("cofre", CERTO, f"{quantos(abertos, 'segredo', 'segredos')}, cada um abre")
