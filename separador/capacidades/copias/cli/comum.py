"""Says in one sentence what can go wrong with a copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from separador.cli.base.comum import Saida, sair
from separador.nucleo.texto.razao import razao


@contextmanager
def dizendo() -> Iterator[None]:
    """Ends the command with one sentence for each thing that can go wrong: 3 when a share does not answer, else 1."""
    from separador.capacidades.copias.servico.banco import SemBancoError  # noqa: PLC0415
    from separador.capacidades.copias.servico.destino import CopiaError  # noqa: PLC0415
    from separador.pastas.erros import FalhaDePasta, SemResposta  # noqa: PLC0415

    try:
        yield
    except SemResposta as falha:
        sair(Saida.SEM_SERVICO, f"{falha.mensagem}. {falha.o_que_fazer}")
    except FalhaDePasta as falha:
        sair(Saida.RECUSADO, f"{falha.mensagem}. {falha.o_que_fazer}")
    except (CopiaError, SemBancoError) as erro:
        sair(Saida.RECUSADO, str(erro))
    except sqlite3.Error as erro:
        sair(Saida.RECUSADO, f"O banco de dados não pôde ser lido ou gravado: {razao(erro)}.")
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui: {razao(erro)}.")
