"""Tests a rule whose file goes to a worker in more than one round, with a commit of the loop in between.

The rule is the test's own: it wants two rounds after the first, and says at the end what each brought.
"""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from separador.fiscal.preparo import ContextoPreparo
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.entrada.rodadas import JUNTOS, Rodadas
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Parecer
from separador.motor.trabalho.trabalhador_local import TrabalhadorLocal
from separador.motor.trabalho.um_trabalhador import FUNDO, Trabalhador
from separador.motor.trabalho.um_trabalhador import Grupo as GrupoEnviado
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Capacidade, RegraDeRota
from separador.nucleo.etapa import Desfecho
from tests.apoio.instalacao import Instalacao

AQUI = "tests.integracao.motor.test_rodadas"
ROTAS = (
    {"id": 1, "ativo": True, "regra": "rodadas", "origem": "inbox/r1", "destino": "outbox/r1", "arquivo": ".txt"},
    {"id": 2, "ativo": True, "regra": "mover", "origem": "inbox/r2", "destino": "outbox/r2", "arquivo": ".txt"},
)
RODADAS = 3

ditos: list[str] = []
"""What happened, in order."""


def ler(arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> tuple[str, object]:
    """Returns the text, and what this round brought."""
    if dados == b"QUEBRA NA SEGUNDA" and arquivo.material is not None:
        raise ValueError("quebrou")
    return dados.decode(), arquivo.material or contexto.equipamento.get("rodadas")


def seguir(contexto: Contexto, item: Item, parecer: Parecer) -> object:
    """Asks for one round after the other. The first file of all of them is noted."""
    texto, trazido = parecer.conteudo  # type: ignore[misc]
    ditos.append(f"{texto}: {trazido}")
    if texto == "QUEBRA NO LAÇO":
        raise ValueError("quebrou")
    feitas = trazido if isinstance(trazido, int) else 0
    return feitas + 1 if texto != "UMA SÓ" and feitas < RODADAS else None


def decidir(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Ends the file."""
    grupo.terminar(item, Desfecho.ENTREGUE, motivo=str(parecer.conteudo))


@pytest.fixture
def instalacao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instalacao]:
    ditos.clear()
    nova = Capacidade(
        "rodadas",
        regras=(RegraDeRota("rodadas", 15, decidir=f"{AQUI}:decidir", ler=f"{AQUI}:ler", seguir=f"{AQUI}:seguir"),),
    )
    monkeypatch.setattr(capacidade, "_registradas", capacidade._registradas | {"rodadas": nova})
    capacidade._por_nome.cache_clear()
    with Instalacao(tmp_path, rotas=ROTAS, empresas=()) as feita:
        yield feita
    monkeypatch.undo()
    capacidade._por_nome.cache_clear()


def test_o_arquivo_vai_de_novo_com_o_que_o_laco_juntou(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "a.txt", b"A")
    assert ditos == ["A: None", "A: 1", "A: 2", "A: 3"]
    assert instalacao.desfecho("a.txt") == "entregue"
    assert instalacao.arquivo("a.txt")["motivo"] == "('A', 3)"


def test_uma_regra_pode_decidir_na_primeira(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "a.txt", b"UMA S\xc3\x93")
    assert ditos == ["UMA SÓ: None"]
    assert instalacao.desfecho("a.txt") == "entregue"


def test_as_rodadas_se_revezam_com_arquivos_novos(instalacao: Instalacao) -> None:
    instalacao.por(1, "a.txt", b"A")
    instalacao.por(2, "b.txt", b"B")
    instalacao.rodar()
    ids = [instalacao.arquivo(n)["id"] for n in ("b.txt", "a.txt")]
    fins = instalacao.banco.todas("SELECT id FROM arquivo ORDER BY terminado_em, id")
    assert {r["id"] for r in fins} == set(ids)
    entregues = [x["arquivo"] for x in instalacao.diario.linhas if x.get("acao") == "entregue"]
    assert entregues == ["b.txt", "a.txt"], "o arquivo de uma rodada só não espera as quatro do outro"


@pytest.mark.parametrize("texto", ["QUEBRA NA SEGUNDA", "QUEBRA NO LAÇO"])
def test_um_erro_entre_as_rodadas_e_do_arquivo_so(instalacao: Instalacao, texto: str) -> None:
    instalacao.por(1, "a.txt", texto.encode())
    instalacao.por(1, "b.txt", b"B")
    instalacao.rodar()
    assert instalacao.desfecho("b.txt") == "entregue"
    assert instalacao.falhas() == ["SEP-INCIDENTE"]
    instalacao.passar(31)
    instalacao.passar(31)
    assert instalacao.desfecho("a.txt") == "quarentena"


def test_o_que_estava_entre_duas_rodadas_comeca_de_novo(instalacao: Instalacao) -> None:
    instalacao.por(1, "a.txt", b"A")
    instalacao.ponteiros.passar(1.1)
    while "A: 1" not in ditos:
        instalacao.ciclo.passo()
        instalacao.ponteiros.passar(0.1)
    instalacao.reabrir()
    instalacao.rodar()
    assert ditos == ["A: None", "A: 1", "A: None", "A: 1", "A: 2", "A: 3"]
    assert instalacao.desfecho("a.txt") == "entregue"


def test_o_equipamento_chega_ao_leitor(instalacao: Instalacao) -> None:
    instalacao.ciclo.contexto.equipamento["rodadas"] = 2
    instalacao.ciclo.equipar()
    instalacao.soltar(1, "a.txt", b"A")
    assert ditos == ["A: 2", "A: 3"]


# --- what is larger than a pipe ---------------------------------------------------------------------------------------


class _Tubo:
    """Stands for the pipe to a worker."""

    def __init__(self) -> None:
        self.enviados: list[object] = []

    def send(self, recado: object) -> None:
        self.enviados.append(recado)


def _trabalhador() -> tuple[Trabalhador, _Tubo]:
    tubo = _Tubo()
    return Trabalhador(None, tubo, None, None, 0.0), tubo  # type: ignore[arg-type]


def test_um_trabalhador_ocupado_recebe_o_equipamento_antes_do_grupo_seguinte() -> None:
    trabalhador, tubo = _trabalhador()
    grupo = GrupoEnviado(1, None, [], 1, False, 60.0)  # type: ignore[arg-type]
    trabalhador.fila[1] = grupo
    assert trabalhador.cabe(grupo)
    novos = RecursosEnviados("2", {})
    trabalhador.equipar(novos)
    assert tubo.enviados == []
    assert not trabalhador.cabe(grupo), "nada se põe atrás do que ele tem: o equipamento vem antes"
    trabalhador.fila.clear()
    assert trabalhador.cabe(grupo)
    trabalhador.dizer_novos()
    trabalhador.dizer_novos()
    assert tubo.enviados == [novos]
    trabalhador.fila.update(dict.fromkeys(range(FUNDO - 1), grupo))
    assert trabalhador.cabe(grupo)


def test_um_trabalhador_livre_recebe_o_equipamento_na_hora() -> None:
    trabalhador, tubo = _trabalhador()
    trabalhador.equipar(RecursosEnviados("2", {}, equipamento={"x": 1}))
    assert tubo.enviados == [RecursosEnviados("2", {}, equipamento={"x": 1})]


def test_o_trabalhador_local_monta_o_equipamento() -> None:
    local = TrabalhadorLocal(RecursosEnviados("2", {}, equipamento={"x": 1}))
    try:
        assert local._recursos.equipamento == {"x": 1}
    finally:
        local.encerrar()


def test_uma_rodada_leva_so_tanto_trabalho() -> None:
    """Many files that bring little go together; of those that bring much, few; one that brings more goes alone."""

    def levados(*pesos: int) -> int:
        itens = [SimpleNamespace(rota_id=1, material=SimpleNamespace(peso=p)) for p in pesos]
        rodadas = Rodadas(itens)  # type: ignore[arg-type]
        feitos = len(rodadas.tirar(SimpleNamespace(id=1)))  # type: ignore[arg-type]
        assert len(rodadas.seguintes) == len(pesos) - feitos
        return feitos

    assert levados(30, 30, 30) == 2
    assert levados(500, 1) == 1
    assert levados(*[1] * 100) == JUNTOS
