"""A load of very many documents goes through in portions: no turn of the loop does more than a portion of them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.cte.servico import agenda
from separador.capacidades.emissao.arquivos import leitura
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, gravar_cadastros
from tests.apoio.instalacao import Instalacao, pasta_rapida
from tests.bench.cargas import em_json

NO_TURNO = 64
"""Documents of one load with which one turn may do the same thing."""


@pytest.fixture
def por_pasta(tmp_path: Path) -> Iterator[Callable[[], Instalacao]]:
    """Returns what makes an installation that hands its documents on by a folder, with everything in one process."""
    with pasta_rapida(tmp_path) as pasta, ExitStack() as pilha:

        def fazer() -> Instalacao:
            gravar_cadastros(pasta / "config" / "cadastros")
            emissao = EMISSAO | {"cadastros": "config/cadastros"}
            return pilha.enter_context(Instalacao(pasta, rotas=ROTAS_COM_CARGA, emissao=emissao))

        yield fazer


def _contar(feitos: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, for each document: decided, judged, signed, handed on."""

    def em_volta(modulo: Any, nome: str, quantos: Callable[..., int]) -> None:
        funcao = getattr(modulo, nome)

        def contada(*args: Any, **outros: Any) -> Any:
            feitos[nome] += quantos(*args)
            return funcao(*args, **outros)

        monkeypatch.setattr(modulo, nome, contada)

    planejando = leitura.planejando

    def decididos(*args: Any) -> Iterator[Any]:
        for plano in planejando(*args):
            feitos["planejando"] += plano is None
            yield plano

    monkeypatch.setattr(leitura, "planejando", decididos)
    em_volta(leitura, "_julgar_fatia", lambda fatia, *_: len(fatia))
    em_volta(leitura, "assinar", lambda material, *_: len(material.documentos))
    em_volta(agenda, "encaminhar", lambda *_: 1)


@pytest.mark.requisito("CARGA-01")
@pytest.mark.parametrize("documentos", [400, pytest.param(2000, marks=pytest.mark.longo)])
def test_uma_carga_de_muitos_documentos_nao_faz_esperar_outra_rota(
    por_pasta: Callable[[], Instalacao], monkeypatch: pytest.MonkeyPatch, documentos: int
) -> None:
    i, feitos = por_pasta(), Counter[str]()
    _contar(feitos, monkeypatch)
    i.por(ROTA_DA_CARGA, "A-carga.json", em_json("A", documentos, 1, i.agora))
    outro_no_turno = carga_no_turno = 0
    for turno in range(1, 20 * documentos):
        i.ponteiros.passar(0.2)
        antes = feitos.copy()
        moveu = i.ciclo.passo()
        maior = max((feitos - antes).values(), default=0)
        assert maior <= NO_TURNO, (turno, feitos - antes)
        if feitos["planejando"] and not antes["planejando"]:
            i.por(4, "outro.txt", b"de outra rota")  # dropped while the load is in hand
        if not outro_no_turno and i.nomes(4):
            outro_no_turno = turno
        if not carga_no_turno and i.nomes(ROTA_DA_CARGA):
            carga_no_turno = turno
        if not moveu and carga_no_turno and i.ciclo.nada_a_mover():
            break
    assert feitos == dict.fromkeys(("planejando", "_julgar_fatia", "assinar", "encaminhar"), documentos)
    assert 0 < outro_no_turno < carga_no_turno
    assert i.desfecho("A-carga.json") == "entregue"
    assert len(i.nomes(1)) == documentos


def test_morto_depois_de_registrar_entrega_o_que_falta(por_pasta: Callable[[], Instalacao]) -> None:
    """The load is answered, and some of its documents are out: the next start hands on the others, each once."""
    i = por_pasta()
    i.por(ROTA_DA_CARGA, "A-carga.json", em_json("A", 150, 1, i.agora))
    i.ponteiros.passar(1.1)
    while not i.nomes(1):
        i.ciclo.passo()
        i.ponteiros.passar(0.1)
    sairam = i.nomes(1)
    assert 0 < len(sairam) < 150
    i.banco.close()
    i._ciclo = i._banco = None  # what SIGKILL leaves
    i.abrir()
    i.rodar()
    chaves = [d["chave"] for d in i.json(ROTA_DA_CARGA, "A-ret.json")["documentos"]]
    assert i.nomes(1) == sorted(f"{c}-cte.xml" for c in chaves)
    assert {d["situacao"] for d in i.banco.todas("SELECT situacao FROM documento")} == {"AGUARDANDO RETORNO"}
    assert {d["etapa"] for d in i.banco.todas("SELECT etapa FROM documento")} == {"publicado"}


def test_os_que_a_pasta_nao_aceita_juntos_vao_um_a_um(
    por_pasta: Callable[[], Instalacao], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks while documents are handed on together is no document's end: each is tried by itself, a minute on."""
    i = por_pasta()
    with monkeypatch.context() as m:
        m.setattr(agenda, "encaminhar", lambda *_: 1 / 0)
        i.soltar(ROTA_DA_CARGA, "A-carga.json", em_json("A", 3, 1, i.agora))
    assert i.desfecho("A-carga.json") == "entregue"
    assert i.nomes(1) == []
    i.passar(61)
    assert len(i.nomes(1)) == 3
