"""Tests the claim, its recovery and the archive: nothing is lost and nothing is covered."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from separador.pastas import arquivo_de_originais, disco, tomada
from separador.pastas.erros import FalhaDeDisco, FalhaDePasta, PastaSumiu, SemEspaco, SomenteLeitura
from separador.pastas.lugar import abertos
from separador.pastas.posse import plano
from separador.pastas.tomada import Tomado

XML = b"<CTe>x</CTe>"


def _conteudo(nome: str) -> bytes:
    return b"<CTe>" + nome.encode() + b"</CTe>"


def _encher(caixa, *nomes: str) -> None:
    for nome in nomes:
        (caixa.pasta / nome).write_bytes(_conteudo(nome))


def _de_fora(caixa, *nomes: str):
    _encher(caixa, *nomes)
    return [c for c in caixa.candidatos() if c.nome.decode() in nomes]


@pytest.fixture
def sem_renameat2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plays a filesystem that has no rename without clobber."""

    def recusar(origem: bytes, destino: bytes) -> None:
        raise OSError(errno.EINVAL, "sem suporte")

    monkeypatch.setattr(disco, "renomear_sem_sobrepor", recusar)


def test_tomada_sai_da_origem_e_fica_na_lista(caixa, trabalho: Path) -> None:
    tomados = tomada.tomar(caixa.pasta, _de_fora(caixa, "a.xml", "b.xml"), trabalho, "l1", agora_s=0)
    assert tomados.tomados == (Tomado("l1", b"a.xml"), Tomado("l1", b"b.xml"))
    assert tomada.listar_tomados(trabalho) == list(tomados.tomados)
    assert [p.name for p in caixa.pasta.iterdir()] == [".separador"]


@pytest.mark.requisito("FRO-03")
def test_o_nome_da_nota_e_duravel_com_o_do_lote(caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later only its content is flushed: a flush less before each file becomes visible."""
    vistos: list[list[str]] = []
    original = tomada.sincronizar_pasta

    def sincronizar(pasta: Path) -> None:
        if pasta == trabalho:
            vistos.append(sorted(p.name for p in trabalho.iterdir()))
        original(pasta)

    monkeypatch.setattr(tomada, "sincronizar_pasta", sincronizar)
    tomada.tomar(caixa.pasta, _de_fora(caixa, "a.xml"), trabalho, "l1", agora_s=0)
    assert vistos[0] == ["decidido-l1", "l1"]
    firmados: list[str] = []
    for chamada in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, chamada, lambda fd: firmados.append(os.readlink(f"/proc/self/fd/{fd}")))
    plano.anotar(trabalho, "l1", {b"a.xml": None})
    assert [Path(f).name for f in firmados] == ["decidido-l1"]


def test_nota_que_nao_se_pode_fazer_nao_deixa_lote(caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def recusar(onde: Path, lote: str) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(plano, "comecar", recusar)
    with pytest.raises(SemEspaco):
        tomada.tomar(caixa.pasta, _de_fora(caixa, "a.xml"), trabalho, "l1", agora_s=0)
    assert list(trabalho.iterdir()) == []
    assert (caixa.pasta / "a.xml").exists()


def test_o_que_sumiu_e_o_que_recusa_nao_param_o_grupo(caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    candidatos = _de_fora(caixa, "a.xml", "b.xml", "c.xml")
    (caixa.pasta / "b.xml").unlink()
    de_verdade = os.rename

    def rename(de: bytes, para: bytes) -> None:
        if de.endswith(b"c.xml"):
            raise PermissionError(errno.EPERM, "imutável")
        de_verdade(de, para)

    monkeypatch.setattr(os, "rename", rename)
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0)
    assert [t.nome for t in tomados.tomados] == [b"a.xml"]
    assert tomados.sumidos == (b"b.xml",)
    assert [r.nome for r in tomados.recusados] == [b"c.xml"]
    assert tomados.falha is None


def test_nada_tomado_nao_deixa_pasta(caixa, trabalho: Path) -> None:
    candidatos = _de_fora(caixa, "a.xml")
    (caixa.pasta / "a.xml").unlink()
    assert tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0).sumidos == (b"a.xml",)
    assert tomada.listar_lotes(trabalho) == []


def test_origem_que_some_no_meio(caixa, trabalho: Path) -> None:
    candidatos = _de_fora(caixa, "a.xml")
    os.rename(caixa.pasta, caixa.pasta.with_name("fora"))
    with pytest.raises(PastaSumiu):
        tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0)
    assert tomada.listar_lotes(trabalho) == []


@pytest.mark.requisito("SEP-02")
def test_disco_cheio_no_meio_guarda_o_que_ja_foi_tomado(caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    candidatos = _de_fora(caixa, "a.xml", "b.xml", "c.xml")
    de_verdade, vezes = os.rename, []

    def rename(de: bytes, para: bytes) -> None:
        vezes.append(de)
        if len(vezes) == 2:
            raise OSError(errno.ENOSPC, "cheio")
        de_verdade(de, para)

    monkeypatch.setattr(os, "rename", rename)
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0)
    assert [t.nome for t in tomados.tomados] == [b"a.xml"]
    assert isinstance(tomados.falha, SemEspaco)
    assert (caixa.pasta / "b.xml").exists()
    assert (caixa.pasta / "c.xml").exists()
    vezes.clear()
    vezes.append(b"")
    with pytest.raises(SemEspaco):
        tomada.tomar(caixa.pasta, candidatos[1:], trabalho, "l2", agora_s=0)


@pytest.mark.requisito("SEP-02")
@pytest.mark.parametrize("numero", [errno.EMFILE, errno.EIO, errno.ESTALE], ids=errno.errorcode.get)
def test_pasta_que_nao_se_deixa_ver_no_meio_nao_faz_esquecer_o_tomado(
    caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch, numero: int
) -> None:
    """The second file is gone, and whether the folder is there cannot be told: the first is in our hands all the
    same."""
    candidatos = _de_fora(caixa, "a.xml", "b.xml", "c.xml")
    rename, abrir, sumiu = os.rename, os.open, []

    def renomear(de: bytes, para: bytes) -> None:
        if de.endswith(b"b.xml"):
            sumiu.append(de)
            raise FileNotFoundError(errno.ENOENT, "sumiu")
        rename(de, para)

    def abrir_ou_nao(nome: str, *args: Any, **opcoes: Any) -> int:
        if nome == "l1" and len(sumiu) == 1:
            raise OSError(numero, "não deu")
        return abrir(nome, *args, **opcoes)

    monkeypatch.setattr(os, "rename", renomear)
    monkeypatch.setattr(os, "open", abrir_ou_nao)
    sumiu.append(b"")
    with pytest.raises(FalhaDePasta):
        abertos.existe(trabalho / "l1")
    sumiu.clear()
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    assert [t.nome for t in (*tomados.tomados, *tomados.ainda_mudando)] == [b"a.xml"]
    assert isinstance(tomados.falha, FalhaDePasta)
    assert tomados.falha.errno == numero
    assert (caixa.pasta / "c.xml").exists()


@pytest.mark.requisito("SEP-02")
def test_marcador_que_nao_vem_nao_faz_esquecer_o_arquivo(
    fazer_caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caixa = fazer_caixa(marcador=b".ok", arrendar=False)
    for nome in ("a.txt", "a.txt.ok", "b.txt", "b.txt.ok"):
        (caixa.pasta / nome).write_bytes(b"x")
    candidatos = caixa.candidatos()
    assert len(candidatos) == 2
    rename = os.rename

    def renomear(de: bytes, para: bytes) -> None:
        if de.endswith(b".ok"):
            raise OSError(errno.EIO, "não deu")
        rename(de, para)

    monkeypatch.setattr(os, "rename", renomear)
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    levados = [t.nome for t in (*tomados.tomados, *tomados.ainda_mudando)]
    assert levados == [t.nome for t in tomada.listar_tomados(trabalho)] == [candidatos[0].nome]
    assert isinstance(tomados.falha, FalhaDeDisco)


@pytest.mark.requisito("SEP-02")
def test_o_que_nao_pode_ser_devolvido_fica_em_maos(caixa, trabalho: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thing that was swapped for a link between the look and the claim goes back; where it cannot, the rest of the
    group is not forgotten with it."""
    candidatos = _de_fora(caixa, "a.xml", "b.xml")
    (caixa.pasta / "a.xml").unlink()
    (caixa.pasta / "a.xml").symlink_to("b.xml")

    def devolver(*_: object) -> bytes:
        raise SemEspaco(caixa.pasta)

    monkeypatch.setattr(tomada, "devolver", devolver)
    tomados = tomada.tomar(caixa.pasta, candidatos, trabalho, "l1", agora_s=0, arrendar=False)
    assert {t.nome for t in (*tomados.tomados, *tomados.ainda_mudando)} == {b"a.xml", b"b.xml"}
    assert isinstance(tomados.falha, SemEspaco)


def test_origem_so_de_leitura(fazer_caixa, trabalho: Path, montar) -> None:
    caixa = fazer_caixa()
    candidatos = _de_fora(caixa, "a.xml")
    montar("entrada", "--bind", str(caixa.pasta), ponto=caixa.pasta)
    montar("entrada", "-o", "remount,ro,bind", ponto=caixa.pasta)
    interna = caixa.pasta / ".separador"
    with pytest.raises(FalhaDePasta) as falha:
        tomada.tomar(caixa.pasta, candidatos, interna, "l1", agora_s=0)
    assert isinstance(falha.value, SomenteLeitura)


def test_lote_repetido_nao_mistura(caixa, trabalho: Path) -> None:
    (trabalho / "l1").mkdir()
    with pytest.raises(FalhaDePasta):
        tomada.tomar(caixa.pasta, _de_fora(caixa, "a.xml"), trabalho, "l1", agora_s=0)
    assert (caixa.pasta / "a.xml").exists()


def test_devolver_nao_cobre_o_que_chegou_depois(caixa, trabalho: Path) -> None:
    tomados = tomada.tomar(caixa.pasta, _de_fora(caixa, "a-cte.xml"), trabalho, "l1", agora_s=0)
    (caixa.pasta / "a-cte.xml").write_bytes(b"outro")
    nome = tomada.devolver(trabalho, tomados.tomados[0], caixa.pasta)
    assert nome == b"a-cte~2.xml"
    assert (caixa.pasta / "a-cte.xml").read_bytes() == b"outro"
    assert (caixa.pasta / "a-cte~2.xml").read_bytes() == _conteudo("a-cte.xml")
    assert tomada.limpar_lote(trabalho, "l1")
    assert tomada.limpar_lote(trabalho, "l1")


def test_limpar_nunca_apaga_um_arquivo(caixa, trabalho: Path) -> None:
    tomada.tomar(caixa.pasta, _de_fora(caixa, "a.xml"), trabalho, "l1", agora_s=0)
    assert not tomada.limpar_lote(trabalho, "l1")
    assert tomada.listar_lotes(trabalho) == ["l1"]


def test_pasta_de_trabalho_que_some_nao_e_lista_vazia(trabalho: Path) -> None:
    trabalho.rmdir()
    with pytest.raises(PastaSumiu):
        tomada.listar_tomados(trabalho)


def _original(pasta: Path, dados: bytes = XML) -> bytes:
    (pasta / "orig").write_bytes(dados)
    return os.fsencode(pasta / "orig")


@pytest.mark.requisito("SEP-08")
def test_arquivar_no_mesmo_disco(tmp_path: Path) -> None:
    origem, dia = _original(tmp_path), tmp_path / "arquivo" / "2026" / "08" / "01"
    assert arquivo_de_originais.arquivar(origem, dia, b"1_a.xml") == b"1_a.xml"
    assert (dia / "1_a.xml").read_bytes() == XML
    assert arquivo_de_originais.arquivar(origem, dia, b"1_a.xml") is None  # done before


def test_arquivar_nao_cobre(tmp_path: Path, sem_renameat2: None) -> None:
    dia = tmp_path / "dia"
    dia.mkdir()
    (dia / "1_a.xml").write_bytes(b"outro")
    assert arquivo_de_originais.arquivar(_original(tmp_path), dia, b"1_a.xml") == b"1_a~2.xml"
    assert (dia / "1_a.xml").read_bytes() == b"outro"
    assert not (tmp_path / "orig").exists()


@pytest.mark.requisito("SEP-08")
def test_arquivar_em_outro_disco_copia_compara_e_so_entao_remove(disco_pequeno: Path, tmp_path: Path) -> None:
    origem = _original(disco_pequeno)
    resto = tmp_path / "dia" / f".separador-{os.stat(origem).st_ino}"
    resto.parent.mkdir()
    resto.write_bytes(b"metade")  # an earlier copy was cut short
    assert arquivo_de_originais.arquivar(origem, tmp_path / "dia", b"1_a.xml") == b"1_a.xml"
    assert [p.name for p in (tmp_path / "dia").iterdir()] == ["1_a.xml"]
    assert (tmp_path / "dia" / "1_a.xml").read_bytes() == XML
    assert not os.path.exists(origem)


def test_arquivamento_interrompido_antes_de_remover(disco_pequeno: Path, tmp_path: Path) -> None:
    (tmp_path / "1_a.xml").write_bytes(XML)  # the copy is there, the original was not removed yet
    origem = _original(disco_pequeno)
    assert arquivo_de_originais.arquivar(origem, tmp_path, b"1_a.xml") == b"1_a.xml"
    assert not os.path.exists(origem)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["1_a.xml"]


def test_arquivo_de_guarda_cheio_deixa_o_original(disco_pequeno: Path, tmp_path: Path) -> None:
    origem = _original(tmp_path, b"x" * 400_000)
    with pytest.raises(SemEspaco):
        arquivo_de_originais.arquivar(origem, disco_pequeno, b"1_a.xml")
    assert os.path.getsize(origem) == 400_000
    assert list(disco_pequeno.iterdir()) == []
