"""Tests the service on a device that hangs: at which step, what it costs the others, and what a late effect leaves.

A double hangs in the lane, before its effect or after it; the table of mounts of the test says whose device it is. The
same with a real file system that hangs is `tests/aceitacao/cli/test_compartilhamento_pendurado.py`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.desfecho import arquivamento, saidas
from separador.motor.entrada import soltos
from separador.motor.entrada.despacho import Despacho
from separador.motor.entrada.origem import Origem
from separador.motor.trabalho import leitura
from separador.pastas import faixa, faixas, provisorios, publicacao, saude, tomada
from separador.pastas.erros import SemEspaco
from separador.pastas.tomada import AindaMudando
from separador.pastas.varredura import Varredura
from separador.pedidos import espera
from tests.apoio.faixas import PRAZO_S, Trava, discos
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.apoio.maquina import ROTAS
from tests.apoio.posse import restos
from tests.integracao.motor.test_soltos import estado, guardar, registrar

pytestmark = pytest.mark.requisito("BORDA-06")

SEM_RESPOSTA = "SEP-PASTA-SEM-RESPOSTA"
OUTRA = {
    "id": 6,
    "ativo": True,
    "regra": "mover",
    "origem": "inbox/outra",
    "destino": "outbox/outra",
    "arquivo": ".txt",
}
VIZINHA = OUTRA | {"id": 7, "origem": "inbox/geral", "destino": "outbox/vizinha", "arquivo": ".dat"}
"""A route of its own, and one that shares the origin of route 4."""

Fazer = Callable[..., Instalacao]


@pytest.fixture
def fora(fazer_instalacao: Fazer) -> Iterator[Callable[..., Instalacao]]:
    """Returns a function that opens an installation. Its folders `onde` (path in it → device) are on other devices."""
    with ExitStack() as pilha:

        def abrir(onde: dict[str, str], **opcoes: Any) -> Instalacao:
            inst = fazer_instalacao(aberta=False, **{"rotas": [*ROTAS, OUTRA, VIZINHA]} | opcoes)
            pilha.enter_context(discos(inst.dados, {inst.pasta / p: d for p, d in onde.items()}))
            inst.abrir()
            return inst

        yield abrir


class Consumidor:
    """Takes every file of a folder as soon as it sees one, and counts."""

    def __init__(self, pasta: Path) -> None:
        self.pasta = pasta
        self.levados: list[str] = []

    def levar(self) -> None:
        for caminho in sorted(p for p in self.pasta.iterdir() if p.is_file()):
            self.levados.append(caminho.name)
            caminho.unlink()


def a_outra_rota_segue(inst: Instalacao, nome: str = "b.txt") -> None:
    inicio = time.monotonic()
    inst.soltar(6, nome, b"b")
    inst.passar(3)
    assert nome in inst.nomes(6), inst.falhas()
    assert time.monotonic() - inicio < 8 * PRAZO_S, "a outra rota não espera pelo disco calado"


def voltar(inst: Instalacao, trava: Trava, *, consumidor: Consumidor | None = None) -> None:
    """The device answers again. Time goes by, and the consumer takes what it sees."""
    trava.soltar()
    for _ in range(6):
        if consumidor is not None:
            consumidor.levar()
        inst.passar(5)


def uma_vez_so(inst: Instalacao, nome: str, destino: int, consumidor: Consumidor) -> None:
    consumidor.levar()
    assert consumidor.levados == [nome]
    assert inst.nomes(destino) == []
    linhas = inst.banco.todas("SELECT desfecho FROM arquivo WHERE nome = ?", nome.encode())
    assert [linha["desfecho"] for linha in linhas] == ["entregue"]
    assert inst.falhas() == []
    assert [p.name for p in inst.recortes("trabalho")] == []


def travar(monkeypatch: pytest.MonkeyPatch, alvo: object, nome: str, **opcoes: Any) -> Trava:
    """Puts a double that hangs in the place of a function, or of a method."""
    trava = Trava(getattr(alvo, nome), **opcoes)
    monkeypatch.setattr(alvo, nome, trava.metodo() if isinstance(alvo, type) else trava)
    return trava


# --- origin: look, claim, settling -----------------------------------------------------------------------------------


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
@pytest.mark.parametrize(
    ("alvo", "nome"),
    [(tomada, "tomar"), (Varredura, "examinar"), (saude, "conferir"), (tomada, "sincronizar_pasta")],
    ids=["tomada", "exame", "saude", "fsync-da-tomada"],
)
def test_a_origem_pendura(
    fora: Fazer, monkeypatch: pytest.MonkeyPatch, alvo: object, nome: str, *, depois: bool
) -> None:
    """The claim, the look or the health of an origin hangs. A claim that came late is adopted, and delivered once."""
    inst = fora({"inbox/geral": "a"})
    trava = travar(monkeypatch, alvo, nome, depois=depois)
    consumidor = Consumidor(inst.destino(4))
    inst.soltar(4, "a.txt", b"a")
    inst.passar(2)
    assert trava.preso.is_set(), "o duplo não foi chamado: o teste não prova nada"
    assert inst.nomes(4) == []
    assert inst.falhas() == [SEM_RESPOSTA]
    a_outra_rota_segue(inst)
    inst.passar(3600)
    assert inst.falhas() == [SEM_RESPOSTA], "uma hora depois, a mesma falha, uma vez"
    voltar(inst, trava, consumidor=consumidor)
    uma_vez_so(inst, "a.txt", 4, consumidor)


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
@pytest.mark.parametrize("nome", ["_copiar", "_publicar"])
def test_o_que_uma_pessoa_solta_espera_pelo_disco_e_entra_uma_vez(
    fora: Fazer, monkeypatch: pytest.MonkeyPatch, nome: str, *, depois: bool
) -> None:
    """Refused, it would be given again, and come in twice."""
    inst = fora({"inbox/geral": "a"})
    trava = travar(monkeypatch, soltos, nome, depois=depois)
    consumidor = Consumidor(inst.destino(4))
    guardar(inst, b"a")
    numero = registrar(inst)
    inst.passar(2)
    assert trava.preso.is_set(), "o duplo não foi chamado: o teste não prova nada"
    assert estado(inst, numero) == ("aceita", None)
    retirada = espera.contra_retirada(tabela_de_pedidos.por_id(inst.banco, numero), numero)
    assert retirada is not None, "o arquivo pode estar a caminho: retirada e dada de novo, entraria duas vezes"
    assert set(inst.falhas()) == {SEM_RESPOSTA}
    a_outra_rota_segue(inst)
    voltar(inst, trava, consumidor=consumidor)
    assert estado(inst, numero) == ("feita", "SEP-SOLTO")
    assert trava.chamadas == 1, "o que o disco disse por fim é a resposta"
    uma_vez_so(inst, "a.txt", 4, consumidor)


def test_o_que_um_disco_lento_disse_por_fim_e_a_resposta(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried again it would be as slow, and the loop would wait for it each time."""
    inst = fora({"inbox/geral": "a"})

    def cheio(*_: Any, **__: Any) -> None:
        raise SemEspaco(inst.origem(4))

    trava = Trava(cheio, depois=False)
    monkeypatch.setattr(soltos, "_copiar", trava)
    guardar(inst, b"a")
    numero = registrar(inst)
    inst.passar(2)
    assert trava.preso.is_set()
    assert estado(inst, numero) == ("aceita", None)
    voltar(inst, trava)
    assert estado(inst, numero)[0] == "recusada"
    assert trava.chamadas == 1


def test_o_que_espera_pelo_disco_nao_segura_as_ordens_depois_dele(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even when a whole look finds nothing else."""
    inst = fora({"inbox/geral": "a"})
    monkeypatch.setattr(tabela_de_pedidos, "LIMITE", 2)
    trava = travar(monkeypatch, soltos, "_copiar", depois=False)
    fichas = [f"{n:032x}" for n in range(1, 5)]
    for ficha in fichas:
        guardar(inst, b"x", ficha)
    numeros = [registrar(inst, f"{n}.txt", ficha) for n, ficha in enumerate(fichas)]
    guardar(inst, b"y", "f" * 32)
    outra = registrar(inst, "z.txt", "f" * 32, rota=6)
    inst.passar(3)
    assert estado(inst, outra)[0] == "feita"
    assert [estado(inst, n)[0] for n in numeros] == ["aceita"] * 4
    voltar(inst, trava)
    assert [estado(inst, n)[0] for n in numeros] == ["feita"] * 4


def test_o_que_assenta_na_pasta_de_trabalho_assenta_de_novo(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at a claim that settles comes late, when it has taken the claim off the list already: it is not lost."""
    inst = fora({"inbox/geral": "a"})
    trava = travar(monkeypatch, AindaMudando, "examinar", depois=True)
    consumidor = Consumidor(inst.destino(4))
    geral = next(o for o in inst.ciclo.origens.origens if o.pasta == inst.origem(4))
    assert geral.trabalho is not None
    assert geral.ainda_mudando is not None
    (geral.trabalho / "4-teste").mkdir()
    (geral.trabalho / "4-teste/a.txt").write_bytes(b"a")
    geral.ainda_mudando.acolher(tomada.Tomado("4-teste", b"a.txt"))
    inst.passar(5)
    inst.passar(1)
    assert trava.preso.is_set()
    assert inst.falhas() == [SEM_RESPOSTA]
    voltar(inst, trava, consumidor=consumidor)
    uma_vez_so(inst, "a.txt", 4, consumidor)


def test_o_exame_que_veio_tarde_e_aproveitado(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose listing takes longer than the deadline is seen in the end: the late result is used, not thrown
    away."""
    inst = fora({"inbox/geral": "a"})
    verdadeiro, vezes = Varredura.examinar, []

    def lento(self: Varredura, *args: Any, **kwargs: Any) -> Any:
        if faixas.em_faixa():
            vezes.append(1)
            time.sleep(1.5 * PRAZO_S)
        return verdadeiro(self, *args, **kwargs)

    monkeypatch.setattr(Varredura, "examinar", lento)
    inst.por(4, "a.txt", b"a")
    for _ in range(12):
        inst.passar(1)
        time.sleep(PRAZO_S)
        if inst.nomes(4):
            break
    assert inst.nomes(4) == ["a.txt"]


def test_a_tomada_lenta_que_acaba_antes_da_leitura_seguinte(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The device answers again before anybody looks: what the overdue claim took is adopted all the same, not in an
    hour."""
    inst = fora({"inbox/geral": "a"})
    tomar, despachar, vezes = tomada.tomar, Despacho.tomar, []

    def lenta(*args: Any, **kwargs: Any) -> Any:
        if faixas.em_faixa() and not vezes:
            vezes.append(1)
            time.sleep(1.5 * PRAZO_S)
        return tomar(*args, **kwargs)

    def despachar_e_demorar(self: Despacho, origem: Origem) -> bool:
        feito = despachar(self, origem)
        while faixas.presas():
            time.sleep(0.01)
        return feito

    monkeypatch.setattr(tomada, "tomar", lenta)
    monkeypatch.setattr(Despacho, "tomar", despachar_e_demorar)
    consumidor = Consumidor(inst.destino(4))
    inst.por(4, "a.txt", b"a")
    for _ in range(5):
        inst.passar(5)
        consumidor.levar()
    assert vezes
    uma_vez_so(inst, "a.txt", 4, consumidor)


def test_a_morte_no_meio_da_chamada_atrasada(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is killed while a late claim is done that it knows nothing of: the recovery adopts the claim."""
    inst = fora({"inbox/geral": "a"})
    trava = travar(monkeypatch, tomada, "tomar", depois=True)
    consumidor = Consumidor(inst.destino(4))
    inst.soltar(4, "a.txt", b"a")
    assert [p.name for p in inst.recortes("trabalho")] == ["a.txt"], "o efeito veio, e o laço não soube dele"
    trava.soltar()
    inst.reabrir()
    for _ in range(4):
        consumidor.levar()
        inst.passar(5)
    uma_vez_so(inst, "a.txt", 4, consumidor)


# --- destination: staging, flush, rename, confirmation, archive -----------------------------------------------------


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
@pytest.mark.parametrize(
    ("alvo", "nome"),
    [(publicacao, "preparar_copia"), (publicacao, "publicar"), (saidas, "sincronizar_pasta")],
    ids=["encenacao", "rename", "fsync"],
)
def test_o_destino_pendura(
    fora: Fazer, monkeypatch: pytest.MonkeyPatch, alvo: object, nome: str, *, depois: bool
) -> None:
    """The file is held, or its publication is pending. A rename that came late counts as the publication it was, also
    when the consumer took the file before the service knew. A neighbour in the same origin goes on."""
    inst = fora({"outbox/geral": "a"})
    trava = travar(monkeypatch, alvo, nome, depois=depois)
    consumidor = Consumidor(inst.destino(4))
    inst.soltar(4, "a.txt", b"a")
    inst.passar(2)
    assert trava.preso.is_set(), "o duplo não foi chamado: o teste não prova nada"
    assert SEM_RESPOSTA in inst.falhas()
    a_outra_rota_segue(inst)
    inst.soltar(7, "c.dat", b"c")
    inst.passar(3)
    assert inst.nomes(7) == ["c.dat"], "a rota vizinha, da mesma origem, segue"
    assert inst.arquivo("c.dat")["desfecho"] == "entregue"
    voltar(inst, trava, consumidor=consumidor)
    uma_vez_so(inst, "a.txt", 4, consumidor)
    inst.reabrir()
    assert restos(inst.destino(4)) == [], "o resto é varrido na partida"


@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
def test_a_resposta_de_um_pedido_espera_pela_pasta(
    fora: Fazer, monkeypatch: pytest.MonkeyPatch, *, depois: bool
) -> None:
    """What the loop itself stages, in its transaction: the order waits for the folder and is answered once."""
    inst = fora({"outbox/wms": "a"})
    trava = travar(monkeypatch, publicacao, "preparar", depois=depois)
    inst.soltar(3, "p.json", b"{}")
    inst.passar(2)
    assert trava.preso.is_set()
    assert inst.nomes(3) == []
    assert SEM_RESPOSTA in inst.falhas()
    a_outra_rota_segue(inst)
    voltar(inst, trava)
    assert len(inst.nomes(3)) == 1, inst.nomes(3)
    assert inst.desfecho("p.json") is not None


def test_o_arquivamento_pendura(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim lies on the device that hangs. The file was delivered already, and its original is archived later."""
    inst = fora({"inbox/geral": "a", "var/trabalho": "a"})
    trava = travar(monkeypatch, arquivamento, "arquivar", depois=True)
    consumidor = Consumidor(inst.destino(4))
    inst.soltar(4, "a.txt", b"a")
    consumidor.levar()
    assert trava.preso.is_set()
    assert consumidor.levados == ["a.txt"]
    assert SEM_RESPOSTA in inst.falhas()
    voltar(inst, trava, consumidor=consumidor)
    inst.passar(3600)
    uma_vez_so(inst, "a.txt", 4, consumidor)
    assert [p.name.partition("_")[2] for p in inst.recortes("arquivo")] == ["a.txt"]


def test_o_retorno_substituido_tarde_vai_para_o_arquivo_morto(
    uninfe_fora: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Profile uninfe: a replacement that came late must not lose the return that stood there before."""
    inst = uninfe_fora
    inst.soltar(3, "p.json", b"{}")
    inst.passar(2)
    antes = {n: inst.ler(3, n) for n in inst.nomes(3)}
    assert antes
    trava = travar(monkeypatch, publicacao, "substituir", depois=True)
    inst.soltar(3, "p.json", b'{"acao": "nenhuma"}')
    inst.passar(2)
    assert trava.preso.is_set()
    voltar(inst, trava)
    guardados = [p.read_bytes() for p in inst.recortes("arquivo") if p.parent.name == "substituidos"]
    assert sorted(guardados) == sorted(antes.values())
    assert inst.nomes(3) == sorted(antes)


@pytest.fixture
def uninfe_fora(fora: Fazer, rotas_uninfe: list[dict[str, Any]]) -> Instalacao:
    return fora({"Retorno": "a"}, perfil_nomes="uninfe", rotas=rotas_uninfe)


def test_o_estorno_que_veio_tarde_e_desfeito(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order by command is answered as not done; an event that was taken back too late is put back: it is not lost
    between the folder and the service."""
    inst = fora({"outbox/sefaz": "a"})
    e = inst.autorizado(1)
    assert inst.pedir("cancelar", e.chave, MOTIVO)["resultado"] == "feito"
    evento = f"{e.chave}_110111_001-ped-eve.xml"
    assert inst.nomes(1) == [evento]
    trava = travar(monkeypatch, provisorios, "retirar", depois=True)
    ordem = inst.ordenar("estornar", e.chave)
    assert trava.preso.is_set()
    assert ordem["resultado"] == "recusada" or ordem["codigo"] == SEM_RESPOSTA, dict(ordem)
    assert inst.nomes(1) == [], "a retirada teve efeito, tarde"
    voltar(inst, trava)
    assert inst.nomes(1) == [evento], "e foi desfeita"
    assert inst.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert inst.pedir("estornar", e.chave)["resultado"] == "feito"
    assert inst.nomes(1) == []


# --- start, stop, two at once ----------------------------------------------------------------------------------------


def test_liga_e_desliga_com_o_disco_calado(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    inst = fora({"inbox/geral": "a"})
    inst.fechar()
    inst.por(4, "a.txt", b"a")
    trava = travar(monkeypatch, faixa, "tocar", depois=False)
    inicio = time.monotonic()
    inst.abrir()
    assert time.monotonic() - inicio < 8 * PRAZO_S
    assert trava.preso.is_set()
    inst.passar(2)
    assert inst.falhas() == [SEM_RESPOSTA]
    a_outra_rota_segue(inst)
    inicio = time.monotonic()
    inst.reabrir()
    assert time.monotonic() - inicio < 8 * PRAZO_S, "parar e ligar de novo não esperam"
    consumidor = Consumidor(inst.destino(4))
    voltar(inst, trava, consumidor=consumidor)
    uma_vez_so(inst, "a.txt", 4, consumidor)


def test_dois_discos_calados_ao_mesmo_tempo(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    inst = fora({"inbox/geral": "a", "inbox/validar": "b"})
    trava = travar(monkeypatch, saude, "conferir", depois=False)
    inst.passar(2)
    assert inst.falhas() == [SEM_RESPOSTA, SEM_RESPOSTA]
    a_outra_rota_segue(inst)
    voltar(inst, trava)
    assert inst.falhas() == []
    inst.soltar(4, "a.txt", b"a")
    inst.passar(5)
    assert inst.nomes(4) == ["a.txt"]


def test_um_tempo_de_leitura_longo_nao_esconde_o_silencio(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices are asked each 10 s, however seldom the folders are read."""
    inst = fora({"inbox/geral": "a"}, tempo_leitura=3600)
    inst.passar(1)
    trava = travar(monkeypatch, faixa, "tocar", depois=False)
    inst.passar(11)
    assert trava.preso.is_set()
    assert inst.falhas() == [SEM_RESPOSTA]
    trava.soltar()


def test_uma_vez_termina_com_o_disco_calado(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """`rodar` ends only when `nada_a_mover` says so, as `uma-vez` does."""
    inst = fora({"inbox/geral": "a"})
    trava = travar(monkeypatch, saude, "conferir", depois=False)
    inst.soltar(4, "a.txt", b"a")
    assert trava.preso.is_set()
    assert inst.falhas() == [SEM_RESPOSTA]
    trava.soltar()


def test_o_disco_calado_nao_conta_tentativa(fora: Fazer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without workers the loop itself does the work, in the lane: no try is counted, however often it hangs."""
    inst = fora({"inbox/geral": "a", "outbox/geral": "a"})
    for vez in range(4):
        trava = travar(monkeypatch, leitura.publicacao, "preparar_copia", depois=False)
        if vez == 0:
            inst.por(4, "a.txt", b"a")
        inst.passar(120)
        assert trava.preso.is_set(), vez
        monkeypatch.undo()
        trava.soltar()
    for _ in range(4):
        inst.passar(120)
    assert inst.nomes(4) == ["a.txt"]
    assert inst.arquivo("a.txt")["tentativas"] == 0
    assert inst.desfecho("a.txt") == "entregue"
