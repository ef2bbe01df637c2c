"""Tests what is loaded of thousands of certificates: only what changed, a portion at a time, who waits first."""

import threading
from collections.abc import Callable
from typing import cast

import pytest

from separador.capacidades.certificados.servico.carregados import ADIANTE, Achado, Carregados, Fonte
from separador.fiscal.certificado import Certificado

pytestmark = pytest.mark.requisito("OPS-13")
MILHARES = 3_000


class Livro:
    """Counts what is opened, and on which thread."""

    def __init__(self) -> None:
        self.abertos: list[str] = []
        self.fios: set[int] = set()

    def fonte(self, cnpj: str, versao: int = 0, *, peso: int = 1, ao_lado: bool = False) -> Fonte:
        return Fonte((cnpj, versao), self._abrir(cnpj), peso, ao_lado)

    def _abrir(self, cnpj: str) -> Callable[[], Achado]:
        def abrir() -> Achado:
            self.abertos.append(cnpj)
            self.fios.add(threading.get_ident())
            return cast("Certificado", object.__new__(Certificado))

        return abrir


def cnpj(n: int) -> str:
    return f"{n:08d}000199"


@pytest.fixture
def livro() -> Livro:
    return Livro()


def do_cofre(livro: Livro, mudou: tuple[int, ...] = ()) -> dict[str, Fonte]:
    return {cnpj(n): livro.fonte(cnpj(n), 1 if n in mudou else 0) for n in range(MILHARES)}


def test_um_turno_faz_uma_porcao_e_nao_mais(livro: Livro) -> None:
    c = Carregados(ao_lado=False, acordar=lambda: None)
    c.rever(do_cofre(livro))
    turnos = 0
    while c.pendentes:
        antes = len(livro.abertos)
        c.continuar(400)
        assert len(livro.abertos) - antes <= 400
        turnos += 1
    assert turnos == -(-MILHARES // 400)
    assert len(livro.abertos) == len(c.achados()) == MILHARES


def test_so_o_que_mudou_e_carregado_de_novo(livro: Livro) -> None:
    c = Carregados(ao_lado=False, acordar=lambda: None)
    c.rever(do_cofre(livro))
    c.primeiros(0)
    livro.abertos.clear()
    c.rever(do_cofre(livro))
    assert not c.pendentes
    fontes = do_cofre(livro, mudou=(1_234,))
    del fontes[cnpj(7)]
    c.rever(fontes)
    assert c.continuar(400) == {cnpj(1_234)}
    assert livro.abertos == [cnpj(1_234)]
    assert cnpj(7) not in c.achados()


def test_um_arquivo_por_turno_onde_nao_ha_outro_fio(livro: Livro) -> None:
    c = Carregados(ao_lado=False, acordar=lambda: None)
    c.rever({cnpj(n): livro.fonte(cnpj(n), peso=850, ao_lado=True) for n in range(20)})
    for turno in range(1, 21):
        c.continuar(400)
        assert len(livro.abertos) == turno
    assert not c.pendentes


def test_ao_lado_nada_e_aberto_no_fio_do_laco_e_quem_se_espera_vem_antes(livro: Livro) -> None:
    acordado = threading.Event()
    c = Carregados(ao_lado=True, acordar=acordado.set)
    c.rever({cnpj(n): livro.fonte(cnpj(n), peso=850, ao_lado=True) for n in range(1_000)})
    assert c.por_abrir == {cnpj(n) for n in range(1_000)}
    c.adiantar({cnpj(777)[:8]})
    novos: set[str] = set()
    while cnpj(777) not in novos:
        acordado.clear()
        novos |= c.continuar(400)
        assert len(livro.abertos) <= len(novos) + ADIANTE
        if cnpj(777) not in novos:
            acordado.wait(10)
    assert livro.abertos[0] == cnpj(777)
    assert threading.get_ident() not in livro.fios
    assert len(livro.abertos) <= 2 * ADIANTE, "os outros não são abertos por causa dele"
    c.encerrar()


def test_o_antigo_fica_em_uso_ate_o_novo_chegar(livro: Livro) -> None:
    c = Carregados(ao_lado=True, acordar=lambda: None)
    c.rever({cnpj(1): livro.fonte(cnpj(1), ao_lado=True)})
    c.primeiros(8)
    antigo = c.achados()[cnpj(1)]
    c.rever({cnpj(1): livro.fonte(cnpj(1), 1, ao_lado=True)})
    assert c.por_abrir == frozenset()
    assert c.achados()[cnpj(1)] is antigo
    while not c.continuar(400):
        pass
    assert c.achados()[cnpj(1)] is not antigo
    c.encerrar()


def test_o_que_nao_abriu_e_tentado_de_novo_quando_se_olha(livro: Livro) -> None:
    ditos: list[Achado] = ["não consegui ler", None]
    fonte = Fonte(("x",), lambda: ditos.pop(0))
    c = Carregados(ao_lado=False, acordar=lambda: None)
    c.rever({cnpj(1): fonte})
    c.primeiros(0)
    assert c.achados() == {cnpj(1): "não consegui ler"}
    assert not c.pendentes  # it is not tried in a circle
    c.rever({cnpj(1): fonte})
    c.continuar(1)
    assert c.achados() == {cnpj(1): None}


def test_o_que_mudou_enquanto_era_aberto_nao_conta(livro: Livro) -> None:
    porta = threading.Event()
    c = Carregados(ao_lado=True, acordar=lambda: None)
    c.rever({cnpj(1): Fonte(("velha",), lambda: porta.wait(10) and None, ao_lado=True)})
    c.continuar(1)
    c.rever({cnpj(1): Fonte(("nova",), lambda: "a nova", ao_lado=True)})
    porta.set()
    while not c.continuar(1):
        pass
    assert c.achados() == {cnpj(1): "a nova"}
    c.encerrar()


def test_o_que_foi_retirado_sai_antes_de_centenas_de_arquivos(livro: Livro) -> None:
    c = Carregados(ao_lado=True, acordar=lambda: None)
    fontes = {cnpj(n): livro.fonte(cnpj(n), peso=850, ao_lado=True) for n in range(100)} | {
        cnpj(500): livro.fonte(cnpj(500))
    }
    c.rever(fontes)
    c.primeiros(0)
    c.rever(fontes | {cnpj(500): Fonte(("nada",), lambda: None)})
    c.continuar(400)
    assert c.achados()[cnpj(500)] is None
    c.encerrar()


def test_quem_nao_pode_esperar_tem_o_seu_agora(livro: Livro) -> None:
    porta = threading.Event()
    c = Carregados(ao_lado=True, acordar=lambda: None)
    presa = {cnpj(0): Fonte(("presa",), lambda: porta.wait(10) and None, ao_lado=True)}
    c.rever(presa | {cnpj(n): livro.fonte(cnpj(n), ao_lado=True) for n in range(1, 50)})
    c.continuar(400)
    assert c.agora(cnpj(30)[:8]) == {cnpj(30)}
    assert livro.abertos == [cnpj(30)]
    assert isinstance(c.achados()[cnpj(30)], Certificado)
    porta.set()
    assert c.agora(cnpj(0)[:8]) == {cnpj(0)}
    assert c.agora("99999999") == frozenset()
    c.encerrar()
