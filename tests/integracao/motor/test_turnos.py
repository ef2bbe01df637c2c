"""The loop looks often and does a whole turn seldom while nothing is new, and misses nothing by that."""

import errno
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco import pedidos
from separador.banco.conexao import abrir, texto_de
from separador.capacidades.certificados.servico.nomes import PIN
from separador.motor.ciclo import PASSO_S, TURNO_S, Ciclo
from separador.motor.entrada.despacho import Despacho
from tests.apoio.instalacao import Instalacao


@pytest.fixture
def instalacao(tmp_path: Path) -> Iterator[Instalacao]:
    with Instalacao(tmp_path) as uma:
        uma.rodar()
        yield uma


@pytest.fixture
def turnos(monkeypatch: pytest.MonkeyPatch, instalacao: Instalacao) -> list[float]:
    """Notes when a whole turn is done. No folder falls due: that would be a reason for one."""
    feitos: list[float] = []
    original = Ciclo._turno

    def turno(ciclo: Ciclo, agora_s: float, *, todos: bool) -> bool:
        feitos.append(agora_s)
        return original(ciclo, agora_s, todos=todos)

    monkeypatch.setattr(Ciclo, "_turno", turno)
    for um in instalacao.ciclo.origens.origens:
        um.proxima_leitura_s += 1e6
    olhar(instalacao, 10)  # what the start left is done
    while len(feitos) == 0 or feitos[-1] != instalacao.ponteiros.monotonico_s:
        olhar(instalacao, 1)
    feitos.clear()
    return feitos


def olhar(instalacao: Instalacao, vezes: int, cada_s: float = PASSO_S) -> None:
    for _ in range(vezes):
        instalacao.ponteiros.passar(cada_s)
        instalacao.ciclo.passo()


@pytest.mark.requisito("BORDA-10")
def test_um_turno_que_falha_e_repetido_ate_passar(
    instalacao: Instalacao, turnos: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its failures are counted in a row: were the next look a short one, the service would never end by them."""

    def quebrar(_: Despacho) -> bool:
        raise OSError(errno.EMFILE, "")

    with monkeypatch.context() as trocado:
        trocado.setattr(Despacho, "colher", quebrar)
        olhar_ate_falhar = int(TURNO_S / PASSO_S) + 1
        with pytest.raises(OSError, match="24"):
            olhar(instalacao, olhar_ate_falhar)
        for _ in range(10):
            with pytest.raises(OSError, match="24"):
                olhar(instalacao, 1)
    turnos.clear()
    olhar(instalacao, 1)
    assert len(turnos) == 1, "what called before the failure is not forgotten"


def _ordem(instalacao: Instalacao) -> None:
    with closing(abrir(instalacao.dados, migrar=False)) as outro:
        pedidos.registrar(outro, "enviar", "0" * 44, None, "so:teste", texto_de(instalacao.agora))


def _escrita_nossa(instalacao: Instalacao) -> None:
    with instalacao.banco.transacao():
        instalacao.banco.execute("UPDATE pasta SET caminho = caminho")


def _pin(instalacao: Instalacao) -> None:
    instalacao.ciclo.contexto.recebidos.deixar(f"{PIN}-de-teste", object())


def _chamado(instalacao: Instalacao) -> None:
    instalacao.ciclo.acordar()


def _configuracao(instalacao: Instalacao) -> None:
    instalacao.gravar_config(tempo_leitura=7)


def test_parado_o_laco_olha_e_pouco_faz(instalacao: Instalacao, turnos: list[float]) -> None:
    olhar(instalacao, 40)
    assert 1 <= len(turnos) <= 40 * PASSO_S / TURNO_S + 1


@pytest.mark.parametrize("novidade", [_ordem, _escrita_nossa, _pin, _chamado, _configuracao])
def test_o_que_e_novo_e_visto_no_olhar_seguinte(
    instalacao: Instalacao, turnos: list[float], novidade: Callable[[Instalacao], None]
) -> None:
    olhar(instalacao, 1)
    assert turnos == []
    novidade(instalacao)
    olhar(instalacao, 1)
    assert len(turnos) == 1


def test_ordem_que_chega_com_um_chamado_nao_espera_pelo_turno_inteiro(
    instalacao: Instalacao, turnos: list[float]
) -> None:
    """A call makes a turn at once, but the steps that look for orders have their own time: none is forgotten."""
    _ordem(instalacao)
    instalacao.ciclo.acordar()
    instalacao.ciclo.sinal.set()
    olhar(instalacao, 1, 0.1)
    assert turnos != []
    instalacao.ciclo.sinal.clear()
    olhar(instalacao, 1, PASSO_S)
    (linha,) = instalacao.banco.todas("SELECT * FROM tarefa")
    assert linha["terminada_em"] is not None
