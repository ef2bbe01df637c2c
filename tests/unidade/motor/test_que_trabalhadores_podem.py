"""Tests which workers may take a group, by the devices that the group and their own groups use."""

from multiprocessing import Pipe
from pathlib import Path
from typing import cast

import pytest

from separador.motor.trabalho.um_trabalhador import Grupo, Trabalhador, que_podem
from separador.motor.trabalho.vez import Vez
from tests.apoio.instalacao import AGORA

pytestmark = pytest.mark.requisito("BORDA-06")
REDE = (Path("/rede"),)


def trabalhador(*grupos: tuple[Path, ...]) -> Trabalhador:
    fila = {n: Grupo(n, AGORA, [], n, False, 180.0, fora) for n, fora in enumerate(grupos)}
    retorno, envio = Pipe(duplex=False)
    return Trabalhador(cast("object", None), envio, retorno, cast("Vez", None), 0.0, fila)  # type: ignore[arg-type]


def test_o_de_outro_disco_deixa_um_livre() -> None:
    a, b = trabalhador(REDE), trabalhador(())
    assert que_podem(REDE, [a, b], todos=2) == [a]
    assert que_podem((), [a, b], todos=2) == [b]


def test_com_dois_livres_o_de_outro_disco_pode_ir_a_qualquer_um() -> None:
    a, b, c = trabalhador(REDE), trabalhador(()), trabalhador()
    assert que_podem(REDE, [a, b, c], todos=3) == [a, b, c]


def test_o_ultimo_livre_nao_e_dado_quando_os_outros_estao_presos() -> None:
    livre = trabalhador()
    assert que_podem(REDE, [livre], todos=2) == []
    assert que_podem((), [livre], todos=2) == [livre]


def test_um_so_atende_a_todos() -> None:
    a = trabalhador(REDE)
    assert que_podem((), [a], todos=1) == que_podem(REDE, [a], todos=1) == [a]
