"""Tests the socket of the service: where it is made, what it answers, and peers that mean no good."""

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.certificados.servico.nomes import PIN
from separador.capacidades.certificados.servico.recebimento import PinDado
from separador.motor.partes import Mudanca
from separador.motor.soquete import atendimento, lugar, quadro, servidor
from separador.motor.soquete.lugar import NOME, Lugar, SemLugarError, escutar, ligado, quem_esta
from separador.motor.soquete.parte import Soquete
from separador.motor.soquete.quadro import Especie
from tests.apoio.instalacao import Instalacao, pasta_rapida

pytestmark = pytest.mark.requisito("BORDA-05")
AMBIENTE = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


@dataclass
class Laco:
    """What the part needs of the loop. It counts the times that the loop was asked for anything."""

    ambiente: Mapping[str, str]

    def acordar(self) -> None:
        raise AssertionError("ninguém acorda o laço")

    def mudou(self, o_que: Mudanca) -> None:
        raise AssertionError("nada mudou")


@pytest.fixture
def instalacao(tmp_path: Path) -> Iterator[Instalacao]:
    with pasta_rapida(tmp_path) as pasta, Instalacao(pasta, rotas=()) as feita:
        yield feita


@pytest.fixture
def parte(instalacao: Instalacao) -> Iterator[Soquete]:
    feita = Soquete(instalacao.ciclo.contexto, Laco(AMBIENTE))
    feita.iniciar()
    yield feita
    feita.encerrar(lambda: True)


def perguntar(arquivo: Path, *args: str, **mais: Any) -> tuple[int, str]:
    return trocar(arquivo, Especie.COMANDO, json.dumps({"argumentos": args, **mais}).encode())


def trocar(arquivo: Path, especie: Especie, conteudo: bytes, prazo_s: float = 60) -> tuple[int, str]:
    with ligado(arquivo, 5) as ponta:
        quadro.enviar(ponta, especie, conteudo, 5)
        lida = json.loads(quadro.receber(ponta, prazo_s)[1])
    return lida["codigo"], "".join(texto for _, texto in lida["saida"])


def entregar(instalacao: Instalacao, especie: str, **dados: Any) -> tuple[int, str]:
    pedido = {"entregar": especie, "instalacao": os.path.realpath(instalacao.dados), "dados": dados}
    return trocar(instalacao.dados / NOME, Especie.ENTREGA, json.dumps(pedido).encode())


# --- where it is -----------------------------------------------------------------------------------------------------


def test_sem_systemd_o_soquete_e_do_dono_e_some_com_o_servico(instalacao: Instalacao, parte: Soquete) -> None:
    arquivo = instalacao.dados / NOME
    visto = arquivo.lstat()
    assert stat.S_ISSOCK(visto.st_mode)
    assert stat.S_IMODE(visto.st_mode) == 0o600
    parte.encerrar(lambda: True)
    assert not arquivo.exists()


def test_um_caminho_de_trezentos_bytes_serve(tmp_path: Path) -> None:
    pasta = tmp_path / ("a" * 100) / ("b" * 100) / ("c" * 100)
    pasta.mkdir(parents=True)
    with ExitStack() as pilha:
        escuta = escutar(Lugar(pasta, so_do_dono=False))
        pilha.callback(escuta.fechar)
        assert stat.S_IMODE((pasta / NOME).lstat().st_mode) == 0o660
        with ligado(pasta / NOME, 1) as ponta:
            assert quem_esta(ponta).uid == os.geteuid()


def test_o_que_um_servico_morto_deixou_e_tirado_e_o_que_nao_e_soquete_fica(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as morto:
        morto.bind(str(tmp_path / NOME))
    escutar(Lugar(tmp_path, so_do_dono=True)).fechar()
    (tmp_path / NOME).write_text("de outro")
    with pytest.raises(SemLugarError, match="não é apagado"):
        escutar(Lugar(tmp_path, so_do_dono=True))
    assert (tmp_path / NOME).read_text() == "de outro"
    (tmp_path / NOME).unlink()
    alvo = tmp_path / "alvo"
    alvo.write_text("de outro")
    (tmp_path / NOME).symlink_to(alvo)
    with pytest.raises(SemLugarError):
        escutar(Lugar(tmp_path, so_do_dono=True))
    assert alvo.read_text() == "de outro"


def test_uma_pasta_onde_qualquer_um_escreve_nao_serve(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(SemLugarError, match="qualquer usuário"):
        escutar(Lugar(tmp_path, so_do_dono=True))


def test_o_lugar_e_o_que_o_systemd_deu(tmp_path: Path) -> None:
    assert lugar.lugar(tmp_path, {}) == Lugar(tmp_path, so_do_dono=True)
    assert lugar.lugar(tmp_path, {"RUNTIME_DIRECTORY": "/run/a:/run/b"}) == Lugar(Path("/run/a"), so_do_dono=False)
    assert lugar.lugar(tmp_path, {"RUNTIME_DIRECTORY": "relativo"}) == Lugar(tmp_path, so_do_dono=True)


def test_sem_lugar_a_falha_aparece_e_passa_sozinha(instalacao: Instalacao) -> None:
    (instalacao.dados / NOME).write_text("de outro")
    parte = Soquete(instalacao.ciclo.contexto, Laco(AMBIENTE))
    parte.iniciar()
    assert "SEP-SOQUETE" in instalacao.falhas()
    (instalacao.dados / NOME).unlink()
    parte.passo(0.0)
    assert "SEP-SOQUETE" not in instalacao.falhas()
    (instalacao.dados / NOME).unlink()
    parte.passo(0.0)
    assert perguntar(instalacao.dados / NOME, "rotas", "listar")[0] == 0, "apagado, foi refeito"
    parte.encerrar(lambda: True)


# --- what it answers -------------------------------------------------------------------------------------------------


def test_o_pin_vai_da_memoria_para_a_memoria(instalacao: Instalacao, parte: Soquete) -> None:
    codigo, _ = entregar(instalacao, "certificado-pin", certificado=7, pin="segredo-do-token")
    assert codigo == 0
    assert instalacao.ciclo.contexto.recebidos.tirar(PIN) == [PinDado(7, "segredo-do-token")]
    assert "segredo" not in repr(PinDado(7, "segredo-do-token"))
    for arquivo in (p for p in instalacao.pasta.rglob("*") if p.is_file()):
        assert b"segredo-do-token" not in arquivo.read_bytes(), arquivo


def test_o_que_nao_se_entrega_aqui_e_recusado(instalacao: Instalacao, parte: Soquete) -> None:
    assert entregar(instalacao, "outra-coisa")[0] == 1
    assert entregar(instalacao, "certificado-pin", certificado="x", pin=1)[0] == 1, "um incidente, e o serviço segue"
    de_outra = json.dumps({"entregar": "certificado-pin", "instalacao": "/outra", "dados": {}}).encode()
    assert trocar(instalacao.dados / NOME, Especie.ENTREGA, de_outra)[0] == 4
    for ruim in (b"", b"[]", b"{", b"[" * 100_000, b'{"entregar": 1}', b"\xff\xfe"):
        assert trocar(instalacao.dados / NOME, Especie.ENTREGA, ruim)[0] == 2
    assert instalacao.ciclo.contexto.recebidos.tirar(PIN) == []


def test_pedidos_de_comando_que_nao_se_entendem(instalacao: Instalacao, parte: Soquete) -> None:
    arquivo = instalacao.dados / NOME
    for ruim in (b"", b"[" * 100_000, b'{"argumentos": "falhas"}', b'{"argumentos": [1]}'):
        assert trocar(arquivo, Especie.COMANDO, ruim)[0] == 2, ruim[:30]
    assert perguntar(arquivo, "falhas", anexos={"a": "não é base64!"})[0] == 2
    assert perguntar(arquivo, "falhas", ficha="a\0b")[0] == 2
    assert perguntar(arquivo, *["x"] * 3000)[0] == 2
    assert trocar(arquivo, Especie.RESPOSTA, b"{}")[0] == 2


def test_a_resposta_que_nao_cabe_e_dita(instalacao: Instalacao, parte: Soquete) -> None:
    log = instalacao.dados / "log" / "separador.log"
    log.parent.mkdir(exist_ok=True)
    linha = json.dumps({"quando": "2026-11-20T15:00:00+00:00", "nivel": "info", "acao": "a", "mensagem": "m" * 900})
    log.write_text((linha + "\n") * 4000, encoding="utf-8")
    codigo, texto = perguntar(instalacao.dados / NOME, "log", "-n", "4000", "--json")
    assert codigo == 1
    assert texto.startswith("A resposta passa de 2 MiB; peça menos")
    assert perguntar(instalacao.dados / NOME, "log", "-n", "10", "--json")[0] == 0


# --- peers that mean no good -----------------------------------------------------------------------------------------


def test_lentos_enormes_e_sem_sentido_custam_um_fio_e_nada_mais(
    instalacao: Instalacao, parte: Soquete, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atendimento, "PRAZO_DO_PEDIDO_S", 0.5)
    arquivo = instalacao.dados / NOME
    for comeco, codigo in (
        (b"GET / HTTP/1.1\r\n\r\n", 2), (b"\xff\xff\xff\xffC", 2), (b"\0\0\0\x10C{", 3), (b"", 3), (b"\0\0", 3),
    ):  # fmt: skip
        with ligado(arquivo, 5) as ponta:
            ponta.sendall(comeco)
            desde = time.monotonic()
            lida = json.loads(quadro.receber(ponta, 5)[1])
            assert lida["codigo"] == codigo, comeco
            assert time.monotonic() - desde < 3
    with ligado(arquivo, 5) as ponta:  # drop by drop: the deadline is of the whole
        desde = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT012 -- any of the writes may be the first to fail
            for byte in b"\0\0\x01\0C" + b"x" * 256:
                ponta.sendall(bytes([byte]))
                time.sleep(0.05)
        assert time.monotonic() - desde < 5
    assert perguntar(arquivo, "rotas", "listar")[0] == 0


def test_quem_desliga_no_meio_nao_deixa_nada(instalacao: Instalacao, parte: Soquete) -> None:
    arquivo = instalacao.dados / NOME
    for corpo in (b"", b"\0\0\0\x10C{", quadro.montar(Especie.COMANDO, b'{"argumentos": ["falhas"]}')):
        with ligado(arquivo, 5) as ponta:
            ponta.sendall(corpo)
    assert perguntar(arquivo, "rotas", "listar")[0] == 0
    _ate(lambda: not [f for f in threading.enumerate() if f.name == "soquete-pedido"])


def test_muitos_de_uma_vez_sao_dispensados_e_o_laco_nem_nota(instalacao: Instalacao, parte: Soquete) -> None:
    """Here all of them are of the service's own account: all places are theirs, and not one more."""
    arquivo = instalacao.dados / NOME
    descritores = len(os.listdir("/proc/self/fd"))
    with ExitStack() as pilha:
        presos = [pilha.enter_context(ligado(arquivo, 5)) for _ in range(servidor.TODAS)]
        _ate(lambda: len([f for f in threading.enumerate() if f.name == "soquete-pedido"]) == servidor.TODAS)
        codigo, texto = perguntar(arquivo, "falhas")
        assert (codigo, "atendendo outros pedidos" in texto) == (3, True)
        desde = time.monotonic()
        instalacao.rodar()
        parte.passo(0.0)
        assert time.monotonic() - desde < 1
        assert len(presos) == servidor.TODAS
    _ate(lambda: len(os.listdir("/proc/self/fd")) <= descritores)
    assert perguntar(arquivo, "rotas", "listar")[0] == 0


def test_os_de_fora_nunca_tomam_todos_os_lugares(tmp_path: Path) -> None:
    escuta = escutar(Lugar(tmp_path, so_do_dono=True))
    s = servidor.Servidor(escuta, lambda ponta, par: None)
    assert [s._entrar(70001) for _ in range(5)] == [True] * servidor.POR_CONTA + [False] * 2
    assert [s._entrar(70002 + n) for n in range(5)] == [True] * 3 + [False] * 2
    assert s._entrar(0)
    assert s._entrar(os.geteuid())
    assert not s._entrar(0)
    s._sair(70001)
    assert s._entrar(0)
    escuta.fechar()
    os.close(s._parar)


def test_ao_desligar_quem_espera_recebe_resposta(
    instalacao: Instalacao, parte: Soquete, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command that runs when the service stops is ended, and the person is told."""
    from separador.motor.soquete import ajudante

    monkeypatch.setattr(ajudante, "PROGRAMA", "import time; time.sleep(60)")
    respostas: list[tuple[int, str]] = []
    fio = threading.Thread(target=lambda: respostas.append(perguntar(instalacao.dados / NOME, "falhas")))
    fio.start()
    _ate(lambda: bool(parte._ajudantes._filhos))
    desde = time.monotonic()
    parte.encerrar(lambda: True)
    fio.join(10)
    assert time.monotonic() - desde < 5
    assert respostas
    assert respostas[0][0] == 1
    assert "não conseguiu atender" in respostas[0][1]


def test_o_comando_que_nao_termina_e_morto(
    instalacao: Instalacao, parte: Soquete, monkeypatch: pytest.MonkeyPatch
) -> None:
    from separador.motor.soquete import ajudante

    monkeypatch.setattr(ajudante, "PROGRAMA", "import time; time.sleep(60)")
    monkeypatch.setattr(ajudante, "PRAZO_S", 1.0)
    codigo, texto = perguntar(instalacao.dados / NOME, "falhas")
    assert (codigo, "não terminou em 1 s" in texto) == (3, True)


def test_o_ajudante_nao_herda_segredo_nenhum(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a password of the environment, nor a descriptor of the service."""
    from separador.motor.soquete import ajudante

    ambiente = {**AMBIENTE, "SENHA_DO_CERTIFICADO": "x", "CREDENTIALS_DIRECTORY": "/x", "NOTIFY_SOCKET": "/x"}
    parte = Soquete(instalacao.ciclo.contexto, Laco(ambiente))
    parte.iniciar()
    programa = (
        "import json, os; "
        "print(json.dumps({'codigo': 0, 'saida': [[1, ' '.join([*os.environ, *os.listdir('/proc/self/fd')])]]}))"
    )
    monkeypatch.setattr(ajudante, "PROGRAMA", programa)
    _, texto = perguntar(instalacao.dados / NOME, "falhas")
    nomes = set(texto.split())
    assert not nomes & {"SENHA_DO_CERTIFICADO", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"}
    assert {n for n in nomes if n.isdigit()} <= {"0", "1", "2", "3"}
    parte.encerrar(lambda: True)


def _ate(pronto: Any, prazo_s: float = 15) -> None:
    limite = time.monotonic() + prazo_s
    while not pronto():
        assert time.monotonic() < limite
        time.sleep(0.02)
