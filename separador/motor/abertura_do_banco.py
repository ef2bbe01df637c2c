"""Opens the database for the service, after looking at what it is."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from separador.acesso.banco import auditoria
from separador.banco import esquema, leitura, procedencia
from separador.banco.conexao import Banco, BancoRecusadoError, abrir, texto_de
from separador.nucleo.texto.razao import razao
from separador.pastas.posse import instalacao

RESTAURAR = "Guarde a pasta de dados como está e restaure a cópia de segurança do banco."


def abrir_para_servir(
    dados: Path,
    agora: datetime,
    enquanto: Callable[[], object] = lambda: None,
    andamento: Callable[[], object] = lambda: None,
) -> Banco:
    """Returns the database of this installation, brought up to date.

    `enquanto` runs beside the look at what it is, which takes a while in a large one: it must write nothing, and touch
    no folder. Nothing is written before both are over and the database is found in order. `andamento` is called now and
    then while it is copied and brought up to date.

    Raises `BancoRecusadoError`, with one sentence, for a database that is damaged, that a newer version wrote, that is
    of another installation, or that lacks what its migrations made; sqlite3.Error for one that cannot be opened.
    """
    _exigir_inteiro(dados, enquanto)
    banco = abrir(dados, andamento=andamento)
    try:
        procedencia.exigir_a_mesma(banco, _desta(dados, agora), texto_de(agora))
        auditoria.selar(banco, dados)
    except BaseException:
        banco.close()
        raise
    return banco


def _exigir_inteiro(dados: Path, enquanto: Callable[[], object]) -> None:
    conexao = None
    try:
        # Only the look is another thread's. To open the database, and to close it, may make or remove files beside it.
        conexao = leitura.abrir_leitura(dados, so_este_fio=False)
        with ThreadPoolExecutor(1, thread_name_prefix="exame") as fio:
            exame = fio.submit(_examinar, conexao)
            enquanto()
        dito = exame.result()
    except sqlite3.OperationalError:
        raise  # locked, no right, no space: not the database's fault
    except BancoRecusadoError:
        raise
    except sqlite3.DatabaseError as erro:
        dito = razao(erro)
    finally:
        leitura.fechar(conexao)
    if dito != "ok":
        dito = " ".join(dito.split())[:200]
        raise BancoRecusadoError(f"O banco de dados em {dados} está danificado: {dito}. {RESTAURAR}")


def _examinar(conexao: sqlite3.Connection | None) -> str:
    dito = leitura.integridade(conexao) if conexao is not None else "ok"
    if conexao is not None and dito == "ok":
        _exigir_o_esquema(conexao)
    return dito


def _exigir_o_esquema(conexao: sqlite3.Connection) -> None:
    faltam = esquema.comparar(conexao).faltam
    if faltam:
        raise BancoRecusadoError(
            f"Falta no banco de dados o que as migrações dele deviam ter feito: {', '.join(faltam[:5])}. Foi feito por "
            f"outra versão do programa, ou mexido por fora. {RESTAURAR}"
        )


def _desta(dados: Path, agora: datetime) -> str:
    try:
        return instalacao.adotar(dados, agora).id
    except (instalacao.Ilegivel, OSError) as erro:
        raise BancoRecusadoError(f"Não consegui saber que instalação é esta: {razao(erro)}.") from erro
