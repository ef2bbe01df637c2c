"""Tests the reading of real folders: no file is missed, and nothing in the folder upsets the reader."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from separador.pastas import tomada
from separador.pastas.erros import PastaSumiu, SemPermissao
from separador.pastas.saude import conferir

XML = b"<CTe>x</CTe>"


def _ignorados(leitura) -> dict[bytes, str]:
    return {i.nome: i.motivo for i in leitura.ignorados}


@pytest.mark.requisito("SEP-03")
def test_so_a_varredura_basta(caixa) -> None:
    assert caixa.prontos() == []
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos() == [b"a.xml"]


def test_rajada_inteira_sai_em_grupos(caixa) -> None:
    for n in range(300):
        (caixa.pasta / f"{n:03d}.xml").write_bytes(XML)
    saidos: list[bytes] = []
    while True:
        leitura = caixa.ler(limite=64)
        if not leitura.prontos:
            break
        assert len(leitura.prontos) <= 64
        for candidato in leitura.prontos:
            os.unlink(os.fsencode(caixa.pasta) + b"/" + candidato.nome)
        caixa.varredura.esquecer(c.nome for c in leitura.prontos)
        saidos += [c.nome for c in leitura.prontos]
    assert len(saidos) == len(set(saidos)) == 300
    assert leitura.proximo_exame_s is None


def test_o_que_sobra_do_limite_pede_nova_leitura_ja(caixa) -> None:
    for n in range(10):
        (caixa.pasta / f"{n}.xml").write_bytes(XML)
    assert caixa.ler(limite=4).proximo_exame_s == caixa.relogio()


def test_ninguem_fica_para_tras_atras_de_arquivos_parados(caixa) -> None:
    for n in range(100):
        (caixa.pasta / f"a{n:03d}.xml").touch()  # empty: they wait for ever
    (caixa.pasta / "z.xml").write_bytes(XML)
    vistos: list[bytes] = []
    for _ in range(20):
        vistos += caixa.prontos(limite=2)
    assert vistos == [b"z.xml"]


def test_mesmo_nome_de_novo_e_outro_arquivo(caixa, trabalho: Path) -> None:
    for lote in ("l1", "l2", "l3"):
        (caixa.pasta / "a.xml").write_bytes(XML)
        candidatos = caixa.candidatos()
        tomada.tomar(caixa.pasta, candidatos, trabalho, lote, agora_s=0)
        caixa.varredura.esquecer([c.nome for c in candidatos])
    assert len(tomada.listar_tomados(trabalho)) == 3


def test_tomado_sem_avisar_o_vigia(caixa, trabalho: Path) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    tomada.tomar(caixa.pasta, caixa.candidatos(), trabalho, "l1", agora_s=0)
    assert caixa.prontos() == []
    assert caixa.varredura.contagem() == 0


@pytest.mark.requisito("SEP-02")
def test_montagem_que_some_nao_e_pasta_vazia(fazer_caixa, montar) -> None:
    caixa = fazer_caixa()
    (caixa.pasta / "a.xml").touch()
    caixa.ler()
    assert conferir(caixa.pasta, "u-entrada", escrita=True) == []
    montar("entrada", "-t", "tmpfs", "-o", "size=64k", "tmpfs", ponto=caixa.pasta)
    problemas = conferir(caixa.pasta, "u-entrada", escrita=True)
    assert [p.codigo for p in problemas] == ["marca-sumiu"]
    subprocess.run(["umount", str(caixa.pasta)], check=True)
    assert conferir(caixa.pasta, "u-entrada", escrita=True) == []
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos(indicados=[b"a.xml"]) == [b"a.xml"]


@pytest.mark.requisito("SEP-02")
def test_pasta_apagada_e_falha_e_nao_perde_o_que_se_sabia(caixa) -> None:
    (caixa.pasta / "a.xml").touch()
    caixa.ler()
    os.rename(caixa.pasta, caixa.pasta.with_name("fora"))
    with pytest.raises(PastaSumiu) as falha:
        caixa.ler()
    assert "não está acessível" in falha.value.mensagem
    assert caixa.varredura.contagem() == 1


def test_extensao_em_maiusculas(caixa) -> None:
    (caixa.pasta / "A.XML").write_bytes(XML)
    assert caixa.prontos() == [b"A.XML"]


def test_data_antiga_nao_esconde(caixa) -> None:
    (caixa.pasta / "novo.xml").write_bytes(XML)
    assert caixa.prontos() == [b"novo.xml"]
    (caixa.pasta / "antigo.xml").write_bytes(XML)
    os.utime(caixa.pasta / "antigo.xml", (0, 0))
    assert caixa.prontos() == [b"antigo.xml"]


@pytest.mark.requisito("SEP-05", "SEP-06")
def test_sem_regra_aparece_com_desde_quando(caixa) -> None:
    (caixa.pasta / "foto.jpg").write_bytes(b"x")
    caixa.relogio.passar(10**6)
    assert caixa.prontos() == []
    (pendencia,) = caixa.varredura.pendencias()
    assert (pendencia.nome, pendencia.rota, pendencia.motivo.name) == (b"foto.jpg", None, "SEM_REGRA")
    assert pendencia.motivo.value == "nenhuma rota desta pasta aceita este nome"
    os.unlink(caixa.pasta / "foto.jpg")
    caixa.ler()
    assert caixa.varredura.pendencias() == []


def test_subpasta_nao_e_lida_e_e_dita_uma_vez(caixa) -> None:
    (caixa.pasta / "sub").mkdir()
    (caixa.pasta / "sub" / "a.xml").write_bytes(XML)
    assert _ignorados(caixa.ler()) == {b"sub": "subpasta não é lida"}
    assert _ignorados(caixa.ler()) == {}
    assert caixa.prontos() == []


def test_nome_em_latin1_com_quebra_de_linha(caixa, trabalho: Path) -> None:
    nome = b"nota_\xe7\xe3o\n.xml"
    with open(os.fsencode(caixa.pasta) + b"/" + nome, "wb") as arquivo:
        arquivo.write(XML)
    assert caixa.prontos(indicados=[nome]) == [nome]
    caixa.relogio.passar(1)
    tomados = tomada.tomar(caixa.pasta, caixa.candidatos(), trabalho, "l1", agora_s=0)
    assert tomada.listar_tomados(trabalho) == list(tomados.tomados)
    (tomado,) = tomados.tomados
    assert (trabalho / tomado.lote / os.fsdecode(tomado.nome)).read_bytes() == XML


def test_gemeos_nfc_e_nfd_sao_dois_arquivos(caixa, trabalho: Path) -> None:
    nomes = {"ação.xml".encode(), "ac\u0327a\u0303o.xml".encode()}
    for nome in nomes:
        with open(os.fsencode(caixa.pasta) + b"/" + nome, "wb") as arquivo:
            arquivo.write(XML)
    tomados = tomada.tomar(caixa.pasta, caixa.candidatos(), trabalho, "l1", agora_s=0)
    assert {t.nome for t in tomados.tomados} == nomes


@pytest.mark.requisito("SEP-05")
def test_um_arquivo_sem_permissao_nao_para_os_outros(caixa, como_ninguem) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    (caixa.pasta / "a.xml").chmod(0)
    (caixa.pasta / "b.txt").write_bytes(b"dados")

    def ler() -> tuple:
        primeira = caixa.prontos()
        caixa.relogio.passar(1)
        return primeira, caixa.prontos(), {p.nome: (p.motivo.name, p.detalhe) for p in caixa.varredura.pendencias()}

    primeira, segunda, motivos = como_ninguem(ler)
    assert (primeira, segunda) == ([], [b"b.txt"])
    assert motivos[b"a.xml"] == ("ILEGIVEL", "sem permissão")


def test_pasta_sem_permissao_de_leitura(caixa, como_ninguem) -> None:
    caixa.pasta.chmod(0o300)

    def ler() -> str:
        try:
            caixa.ler()
        except SemPermissao as falha:
            return falha.codigo
        return "leu"

    assert como_ninguem(ler) == "sem-permissao"


def test_arquivos_de_sistema_ditos_uma_vez(caixa) -> None:
    for nome in ("Thumbs.db", "._a.xml", "desktop.ini"):
        (caixa.pasta / nome).write_bytes(XML)
    (caixa.pasta / "@eaDir").mkdir()
    assert set(_ignorados(caixa.ler())) == {b"Thumbs.db", b"._a.xml", b"desktop.ini", b"@eaDir"}
    caixa.relogio.passar(100)
    assert caixa.ler().ignorados == ()
    assert caixa.varredura.pendencias() == []


def test_nada_alem_de_arquivos_comuns(caixa, tmp_path: Path) -> None:
    (tmp_path / "alvo.xml").write_bytes(XML)
    os.symlink(tmp_path / "alvo.xml", caixa.pasta / "atalho.xml")
    os.symlink("nada", caixa.pasta / "quebrado.xml")
    os.mkfifo(caixa.pasta / "fila.xml")
    tomada_de_rede = socket.socket(socket.AF_UNIX)
    tomada_de_rede.bind(str(caixa.pasta / "soquete.xml"))
    tomada_de_rede.close()
    ignorados = _ignorados(caixa.ler())
    assert set(ignorados) == {b"atalho.xml", b"quebrado.xml", b"fila.xml", b"soquete.xml"}
    assert ignorados[b"atalho.xml"] == "link simbólico não é seguido"
    caixa.relogio.passar(100)
    assert caixa.prontos(indicados=list(ignorados)) == []


@pytest.mark.requisito("BORDA-01")
def test_arquivo_com_segundo_nome_espera(caixa, tmp_path: Path) -> None:
    """By its other name it could be changed while we read it."""
    (caixa.pasta / "a.xml").write_bytes(XML)
    os.link(caixa.pasta / "a.xml", tmp_path / "outra")
    assert caixa.candidatos() == []
    assert caixa.motivos() == {b"a.xml": "LIGADO"}
    caixa.relogio.passar(100)
    assert caixa.candidatos() == []
    os.unlink(tmp_path / "outra")
    caixa.relogio.passar(10)
    assert [c.nome for c in caixa.candidatos()] == [b"a.xml"]


def test_trocado_por_atalho_entre_exame_e_tomada(caixa, trabalho: Path, tmp_path: Path) -> None:
    (caixa.pasta / "a.xml").write_bytes(XML)
    candidatos = caixa.candidatos()
    os.unlink(caixa.pasta / "a.xml")
    os.symlink("/etc/hostname", caixa.pasta / "a.xml")
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0)
    assert tomados.tomados == tomados.ainda_mudando == ()
    assert [r.nome for r in tomados.recusados] == [b"a.xml"]
    assert (caixa.pasta / "a.xml").is_symlink()


def test_nome_que_era_pasta_e_virou_arquivo(caixa) -> None:
    (caixa.pasta / "a.xml").mkdir()
    caixa.ler()
    (caixa.pasta / "a.xml").rmdir()
    (caixa.pasta / "a.xml").write_bytes(XML)
    assert caixa.prontos() == [b"a.xml"]


def test_aviso_com_nome_que_sai_da_pasta_nao_e_seguido(caixa, tmp_path: Path) -> None:
    (tmp_path / "fora.xml").write_bytes(XML)
    assert caixa.prontos(indicados=[b"../fora.xml", b"", b"a/b"]) == []
    assert caixa.varredura.contagem() == 0


def test_salto_do_relogio_de_parede_nao_muda_nada(fazer_caixa) -> None:
    caixa = fazer_caixa(arrendar=False)
    (caixa.pasta / "a.txt").write_bytes(b"x")
    caixa.ler()
    os.utime(caixa.pasta / "a.txt", (4 * 10**9, 4 * 10**9))
    caixa.relogio.passar(1)
    assert caixa.prontos() == []
    caixa.relogio.passar(1)
    assert caixa.prontos() == [b"a.txt"]
