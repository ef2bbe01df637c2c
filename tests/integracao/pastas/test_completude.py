"""Tests on real folders when a file is complete."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.nucleo.arquivo_completo import Ocupacao
from separador.pastas import tomada
from separador.pastas.quem_tem_aberto import ABERTURA, ocupacao
from separador.pastas.varredura import Varredura

pytestmark = pytest.mark.requisito("SEP-07")
AGORA = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
XML = b"<?xml version='1.0'?><CTe><infCte Id='1'>x</infCte></CTe>"


def test_livre_e_fechado_sai_na_primeira_leitura(caixa) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos() == [b"a.xml"]


def test_escritor_lento_de_verdade(tmp_path: Path, fazer_caixa, trabalho: Path) -> None:
    caixa = fazer_caixa()
    varredura = Varredura(caixa.pasta, rota_de=lambda _: "1", tempo_quieto_s=0.2)
    codigo = (
        "import sys, time\n"
        "with open(sys.argv[1], 'wb', buffering=0) as f:\n"
        f"    for b in {XML!r}:\n"
        "        f.write(bytes([b])); time.sleep(0.01)\n"
    )
    escritor = subprocess.Popen([sys.executable, "-c", codigo, str(caixa.pasta / "a.xml")])
    prontos: tuple = ()
    try:
        while not prontos:
            prontos = varredura.examinar(AGORA, limite=10).prontos
            time.sleep(0.005)
        tomados = tomada.tomar(caixa.pasta, prontos, trabalho, "l1", agora_s=0)
    finally:
        escritor.wait()
    (tomado,) = tomados.tomados
    assert (trabalho / tomado.lote / os.fsdecode(tomado.nome)).read_bytes() == XML


def test_crescendo_sem_arrendamento(fazer_caixa) -> None:
    caixa = fazer_caixa(arrendar=False)
    for pedaco in (b"<CTe>", b"<a/>", b"</CTe>"):
        with open(caixa.pasta / "a.xml", "ab") as arquivo:
            arquivo.write(pedaco)
        assert caixa.prontos() == []
        caixa.relogio.passar(0.9)
        assert caixa.prontos() == []
    for _ in range(2):
        caixa.relogio.passar(1.0)
        prontos = caixa.prontos()
    assert prontos == [b"a.xml"]


def test_fecha_e_reabre(caixa) -> None:
    alvo = caixa.pasta / "a.xml"
    for parte in (b"<CTe>", b"<b/>"):
        with open(alvo, "ab") as arquivo:
            arquivo.write(parte)
        caixa.relogio.passar(2.0)  # closed and quiet for long, yet its root is open
        assert caixa.prontos(indicados=[b"a.xml", b"a.xml"]) == []
    assert caixa.motivos() == {b"a.xml": "INACABADO"}
    with open(alvo, "ab") as arquivo:
        arquivo.write(b"</CTe>")
        assert caixa.prontos(indicados=[b"a.xml"]) == []
        assert caixa.motivos() == {b"a.xml": "INACABADO"} or caixa.motivos() == {b"a.xml": "EM_USO"}
    assert caixa.prontos(listar=False, indicados=[b"a.xml", b"a.xml"]) == [b"a.xml"]


def test_inacabado_acaba_tomado_como_esta(caixa) -> None:
    (caixa.pasta / "a.xml").write_bytes(b"<CTe>")
    assert caixa.prontos() == []
    caixa.relogio.passar(5.0)
    assert caixa.prontos() == [b"a.xml"]


def test_data_forjada_nao_envelhece(fazer_caixa) -> None:
    caixa = fazer_caixa(arrendar=False, tempo_quieto_s=3.0)
    alvo = caixa.pasta / "a.txt"
    for n in range(4):
        with open(alvo, "ab") as arquivo:
            arquivo.write(b"x")
        os.utime(alvo, ns=(10**9, 10**9))
        assert caixa.prontos() == [], n
        caixa.relogio.passar(2.9)
    os.utime(alvo, ns=(5, 5))  # the copier restores the date last of all
    assert caixa.prontos() == []
    caixa.relogio.passar(3.0)
    assert caixa.prontos() == [b"a.txt"]


def test_recusado_agora_volta_depois(caixa) -> None:
    with open(caixa.pasta / "a.txt", "wb") as arquivo:
        arquivo.write(b"dados")
        arquivo.flush()
        for _ in range(50):
            assert caixa.prontos() == []
            caixa.relogio.passar(10.0)
        assert caixa.motivos() == {b"a.txt": "EM_USO"}
    caixa.relogio.passar(60.0)
    assert caixa.prontos() == [b"a.txt"]  # same sample for ten minutes, and nobody has it open now
    assert caixa.motivos() == {}


def test_pronto_e_nao_tomado_volta_a_ser_oferecido(caixa) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos() == [b"a.xml"]
    assert caixa.prontos() == []
    caixa.relogio.passar(1.0)
    assert caixa.prontos() == [b"a.xml"]


def test_segunda_mudanca_no_mesmo_segundo(fazer_caixa) -> None:
    caixa = fazer_caixa(arrendar=False)
    alvo = caixa.pasta / "a.txt"
    alvo.write_bytes(b"um")
    os.utime(alvo, ns=(10**18, 10**18))
    assert caixa.prontos() == []
    os.utime(alvo, ns=(10**18 + 1, 10**18 + 1))
    caixa.relogio.passar(1.0)
    assert caixa.prontos() == []


def test_partida_durante_uma_copia(fazer_caixa) -> None:
    caixa = fazer_caixa()
    with open(caixa.pasta / "a.xml", "wb", buffering=0) as arquivo:
        arquivo.write(XML[:20])
        os.utime(caixa.pasta / "a.xml", ns=(0, 0))
        assert caixa.prontos() == []  # the very first look of this process
        arquivo.write(XML[20:])
        assert caixa.prontos() == []
    assert caixa.prontos(indicados=[b"a.xml"]) == [b"a.xml"]


def test_nome_temporario_espera_o_nome_final(caixa) -> None:
    (caixa.pasta / "a.xml.filepart").write_bytes(XML)
    caixa.relogio.passar(3600)
    assert caixa.prontos() == []
    assert caixa.motivos() == {b"a.xml.filepart": "TEMPORARIO"}
    os.rename(caixa.pasta / "a.xml.filepart", caixa.pasta / "a.xml")
    assert caixa.prontos() == [b"a.xml"]
    assert caixa.motivos() == {}


def test_vazio_espera_e_aparece(caixa) -> None:
    (caixa.pasta / "a.xml").touch()
    for _ in range(20):
        assert caixa.prontos() == []
        caixa.relogio.passar(60)
    assert caixa.motivos() == {b"a.xml": "VAZIO"}
    assert caixa.varredura.pendencias()[0].desde == AGORA
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos(indicados=[b"a.xml"]) == [b"a.xml"]


def test_escritor_que_segue_gravando_depois_da_tomada(caixa, trabalho: Path) -> None:
    alvo = caixa.pasta / "a.xml"
    alvo.write_bytes(XML)
    candidatos = caixa.candidatos()
    arquivo = open(alvo, "ab", buffering=0)  # noqa: SIM115 - it stays open over the claim
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=caixa.relogio())
    assert [t.nome for t in tomados.ainda_mudando] == [b"a.xml"]
    assert tomados.tomados == ()
    assentamento = tomada.AindaMudando(trabalho, 1.0)
    assentamento.acolher(tomados.ainda_mudando[0])
    arquivo.write(b"<!-- mais -->")
    assert assentamento.examinar(caixa.relogio()) == []
    arquivo.close()
    assert assentamento.examinar(caixa.relogio()) == [(trabalho, t) for t in tomados.ainda_mudando]
    assert assentamento.pendentes() == []


def test_mudou_entre_o_exame_e_a_tomada(caixa, trabalho: Path) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    candidatos = caixa.candidatos()
    (caixa.pasta / "a.xml").write_bytes(XML + b"\n")
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    assert [t.nome for t in tomados.ainda_mudando] == [b"a.xml"]


def test_erro_ao_examinar_e_ainda_nao(caixa, monkeypatch: pytest.MonkeyPatch) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)

    def falhar(*_: object) -> bytes:
        raise OSError(5, "erro de leitura")

    with monkeypatch.context() as so_aqui:
        so_aqui.setattr(os, "pread", falhar)
        assert caixa.prontos() == []
        assert caixa.motivos() == {b"a.xml": "ILEGIVEL"}
    caixa.relogio.passar(2.0)
    assert caixa.prontos() == [b"a.xml"]


def test_marcador_e_tomado_junto(fazer_caixa, trabalho: Path) -> None:
    caixa = fazer_caixa(marcador=b".ok", arrendar=False)
    (caixa.pasta / "a.txt").write_bytes(b"dados")
    (caixa.pasta / "b.txt.ok").touch()
    caixa.relogio.passar(100)
    assert caixa.prontos() == []
    assert caixa.motivos() == {b"a.txt": "SEM_MARCADOR", b"b.txt.ok": "MARCADOR_SO"}
    (caixa.pasta / "a.txt.ok").touch()
    candidatos = caixa.candidatos()
    assert [(c.nome, c.marcador) for c in candidatos] == [(b"a.txt", b"a.txt.ok")]
    tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    caixa.varredura.esquecer([b"a.txt"])
    assert sorted(p.name for p in (trabalho / "l1").iterdir()) == ["a.txt", "a.txt.ok"]
    assert caixa.ler().prontos == ()
    assert caixa.motivos() == {b"b.txt.ok": "MARCADOR_SO"}


def test_o_nucleo_diz_quem_grava(tmp_path: Path) -> None:
    alvo = tmp_path / "a"
    alvo.write_bytes(b"x")
    fd = os.open(alvo, ABERTURA)
    try:
        assert ocupacao(fd) is Ocupacao.LIVRE
        with open(alvo, "ab"):
            assert ocupacao(fd) is Ocupacao.EM_USO
            os.rename(alvo, tmp_path / "b")
            assert ocupacao(fd) is Ocupacao.EM_USO
        with open(tmp_path / "b", "rb"):
            assert ocupacao(fd) is Ocupacao.LIVRE
    finally:
        os.close(fd)


def test_sem_preparar_o_processo_nao_se_arrenda(tmp_path: Path) -> None:
    import signal

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    alvo = tmp_path / "a"
    alvo.write_bytes(b"x")
    fd = os.open(alvo, ABERTURA)
    assert ocupacao(fd) is Ocupacao.DESCONHECIDO
    os.close(fd)


def test_quem_nao_e_dono_nao_sabe(tmp_path: Path, outro_usuario) -> None:
    alvo = tmp_path / "a"
    alvo.write_bytes(b"x")

    def perguntar() -> Ocupacao:
        fd = os.open(alvo, ABERTURA)
        return ocupacao(fd)

    assert outro_usuario(perguntar) is Ocupacao.DESCONHECIDO


@pytest.mark.requisito("BORDA-23")
def test_marcador_em_qualquer_caixa(fazer_caixa, trabalho: Path) -> None:
    caixa = fazer_caixa(marcador=b".ok", arrendar=False)
    (caixa.pasta / "b.txt").write_bytes(b"x")
    (caixa.pasta / "b.txt.OK").touch()
    (caixa.pasta / "c.txt.Ok").touch()
    candidatos = caixa.candidatos()
    assert [(c.nome, c.marcador) for c in candidatos] == [(b"b.txt", b"b.txt.OK")]
    assert caixa.motivos() == {b"c.txt.Ok": "MARCADOR_SO"}
    (caixa.pasta / "c.txt").write_bytes(b"x")
    assert caixa.prontos() == [b"c.txt"]
    tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    caixa.varredura.esquecer([b"b.txt"])
    assert sorted(p.name for p in (trabalho / "l1").iterdir()) == ["b.txt", "b.txt.OK"]
    (caixa.pasta / "b.txt").write_bytes(b"outro")
    caixa.relogio.passar(100)
    assert b"b.txt" not in caixa.prontos(), "o marcador do primeiro não vale para o segundo"
