"""Tests why the system, the network, TLS or SQLite refused, in Portuguese."""

import errno
import os
import re
import socket
import sqlite3
import ssl

import pytest

from separador.nucleo.texto.razao import do_sistema, razao
from separador.simulador.serpro.cenario import CenarioError

INGLES = re.compile(r"\b(such|file|or|directory|the|not|of|denied|locked|failed|error|device)\b", re.IGNORECASE)


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("numero", sorted(errno.errorcode))
def test_cada_numero_do_sistema_tem_frase_ou_nome(numero: int) -> None:
    dito = do_sistema(numero)
    assert not INGLES.search(dito), dito
    assert os.strerror(numero) not in dito


def erro_de(sql: str) -> sqlite3.Error:
    with pytest.raises(sqlite3.Error) as achado:
        sqlite3.connect(":memory:").executescript(sql)
    return achado.value


def certificado_vencido() -> ssl.SSLCertVerificationError:
    erro = ssl.SSLCertVerificationError(1, "certificate verify failed")
    erro.verify_code = 10
    return erro


CASOS: tuple[tuple[BaseException, str], ...] = (
    (FileNotFoundError(errno.ENOENT, "No such file or directory"), "o arquivo ou a pasta não existe"),
    (OSError(errno.ENOSPC, "No space left on device"), "o disco está cheio"),
    (OSError(errno.EUCLEAN, "Structure needs cleaning"), "erro EUCLEAN do sistema"),
    (OSError(99999, "Unknown error"), "erro 99999 do sistema"),
    (TimeoutError("timed out"), "não respondeu a tempo"),
    (UnicodeDecodeError("utf-8", b"\xc7", 0, 1, "invalid start byte"), "o texto não está em UTF-8"),
    (MemoryError(), "a memória acabou"),
    (socket.gaierror(-2, "Name or service not known"), "o nome do servidor não existe (DNS)"),
    (certificado_vencido(), "o certificado venceu"),
    (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "a conexão segura caiu no meio"),
    (KeyError("the key"), "erro KeyError"),
)


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize(("erro", "dito"), CASOS, ids=lambda v: type(v).__name__)
def test_as_palavras_dos_outros_ficam_de_fora(erro: BaseException, dito: str) -> None:
    assert razao(erro) == dito


@pytest.mark.requisito("USO-01")
def test_o_que_o_sqlite_recusa() -> None:
    assert razao(erro_de("SELECT * FROM nada")) == "o banco não tem as tabelas que deveria, ou não aceita a consulta"
    repetido = erro_de("CREATE TABLE t (a PRIMARY KEY); INSERT INTO t VALUES (1), (1)")
    assert razao(repetido) == "o banco não aceita este valor"


def test_um_erro_nosso_fala_por_si() -> None:
    assert razao(CenarioError("o cenário deve ser um mapa")) == "o cenário deve ser um mapa"
