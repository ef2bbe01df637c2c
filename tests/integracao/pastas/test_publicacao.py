"""Tests delivery: durable before visible, once, never over another's file."""

import contextlib
import errno
import hashlib
import os
import resource
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.pastas import disco, provisorios, publicacao
from separador.pastas.erros import (
    FalhaDeDisco,
    FalhaDePasta,
    LeituraRasgada,
    LimiteDoSistema,
    PastaSumiu,
    ProvisorioExiste,
    SemEspaco,
    SomenteLeitura,
)
from separador.pastas.posse.cantos import caminho_provisorio
from separador.pastas.publicacao import NomeOcupado, ProvisorioSumiu, Publicado, Substituido
from separador.pastas.saude import inicializar
from tests.apoio.posse import CANTO, QUEM, P

DADOS = b"<CTe>x</CTe>"
AGORA = datetime(2026, 8, 1, tzinfo=UTC)


def _copiar(pasta: Path, fonte: Path, provisorio: bytes) -> bytes:
    fd = os.open(fonte, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        return publicacao.preparar_copia(pasta, fd, os.fstat(fd), provisorio)
    finally:
        os.close(fd)


def _bytes(caminho: bytes) -> bytes:
    return Path(os.fsdecode(caminho)).read_bytes()


def _visiveis(pasta: Path) -> list[str]:
    return sorted(p.name for p in pasta.iterdir() if p.name != ".separador")


def _falhando(numero: int, depois: bool = False):
    """Returns a rename that reports an error, before or after doing its work."""
    de_verdade = disco.renomear_sem_sobrepor

    def renomear(origem: bytes, destino: bytes) -> None:
        if depois:
            de_verdade(origem, destino)
        raise OSError(numero, os.strerror(numero))

    return renomear


@pytest.fixture
def sem_renameat2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publicacao, "renomear_sem_sobrepor", _falhando(errno.EINVAL))


@pytest.fixture
def sem_link(monkeypatch: pytest.MonkeyPatch, sem_renameat2: None) -> None:
    def link(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "sem links")

    monkeypatch.setattr(os, "link", link)


def test_preparado_descarregado_publicado(destino: Path) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert _visiveis(destino) == []
    assert provisorios.existe_provisorio(destino, P + b"p1")
    publicacao.descarregar(destino, [caminho_provisorio(destino, P + b"p1")])
    disco.sincronizar_pasta(destino / ".separador" / CANTO)
    assert publicacao.publicar(destino, P + b"p1", b"a-cte.xml") == Publicado(b"a-cte.xml")
    disco.sincronizar_pasta(destino)
    assert (destino / "a-cte.xml").read_bytes() == DADOS
    assert not provisorios.existe_provisorio(destino, P + b"p1")


@pytest.mark.parametrize("modo", ["renameat2", "link", "reserva"])
def test_nome_de_outro_nunca_e_coberto(destino: Path, modo: str, request: pytest.FixtureRequest) -> None:
    if modo != "renameat2":
        request.getfixturevalue({"link": "sem_renameat2", "reserva": "sem_link"}[modo])
    (destino / "a.xml").write_bytes(b"de outro")
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == NomeOcupado(b"a.xml")
    assert (destino / "a.xml").read_bytes() == b"de outro"
    assert publicacao.publicar(destino, P + b"p1", b"a~2.xml") == Publicado(b"a~2.xml")
    assert _visiveis(destino) == ["a.xml", "a~2.xml"]
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_publicado_e_ja_recolhido_nao_sai_de_novo(destino: Path) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    publicacao.publicar(destino, P + b"p1", b"a.xml")
    (destino / "a.xml").unlink()  # the consumer took it
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == ProvisorioSumiu(P + b"p1")
    assert _visiveis(destino) == []


@pytest.mark.requisito("SEP-02")
def test_sem_a_marca_uma_ausencia_nao_prova_nada(destino: Path) -> None:
    (destino / ".separador" / "marca").unlink()
    with pytest.raises(PastaSumiu):
        publicacao.publicar(destino, P + b"p1", b"a.xml")
    with pytest.raises(PastaSumiu):
        provisorios.existe_provisorio(destino, P + b"p1")


def test_pasta_sumida_nao_e_recriada(tmp_path: Path) -> None:
    with pytest.raises(PastaSumiu):
        publicacao.preparar(tmp_path / "nada", DADOS, P + b"p1")
    assert not (tmp_path / "nada").exists()


def test_morte_entre_link_e_unlink(destino: Path, sem_renameat2: None) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    os.link(caminho_provisorio(destino, P + b"p1"), destino / "a.xml")
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == Publicado(b"a.xml")
    assert _visiveis(destino) == ["a.xml"]
    publicacao.preparar(destino, DADOS, P + b"p2")
    os.link(caminho_provisorio(destino, P + b"p2"), destino / "b.xml")
    os.rename(destino / "b.xml", destino / "levado")  # the consumer moved it already
    assert publicacao.publicar(destino, P + b"p2", b"b.xml") == Publicado(b"b.xml")
    assert _visiveis(destino) == ["a.xml", "levado"]


@pytest.mark.parametrize("numero", [errno.EIO, errno.ETIMEDOUT, errno.EEXIST])
def test_erro_de_um_rename_que_aconteceu(destino: Path, monkeypatch: pytest.MonkeyPatch, numero: int) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    monkeypatch.setattr(publicacao, "renomear_sem_sobrepor", _falhando(numero, depois=True))
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == Publicado(b"a.xml")
    assert _visiveis(destino) == ["a.xml"]


def test_erro_de_um_rename_que_nao_aconteceu(destino: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    monkeypatch.setattr(publicacao, "renomear_sem_sobrepor", _falhando(errno.EIO))
    with pytest.raises(FalhaDeDisco):
        publicacao.publicar(destino, P + b"p1", b"a.xml")
    assert provisorios.existe_provisorio(destino, P + b"p1")
    monkeypatch.undo()
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == Publicado(b"a.xml")


@pytest.mark.parametrize("recusa", [errno.EINVAL, errno.ENOSYS])
def test_sem_rename_exclusivo_usa_link(destino: Path, monkeypatch: pytest.MonkeyPatch, recusa: int) -> None:
    monkeypatch.setattr(publicacao, "renomear_sem_sobrepor", _falhando(recusa))
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == Publicado(b"a.xml")
    assert os.stat(destino / "a.xml").st_nlink == 1
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_sem_link_reserva_o_nome(destino: Path, sem_link: None) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.publicar(destino, P + b"p1", b"a.xml") == Publicado(b"a.xml")
    (destino / "b.xml").touch(mode=0o640)  # reserved by a run that died
    publicacao.preparar(destino, DADOS, P + b"p2")
    assert publicacao.publicar(destino, P + b"p2", b"b.xml") == Publicado(b"b.xml")
    assert (destino / "b.xml").read_bytes() == DADOS


def test_provisorio_de_nome_repetido_e_recusado(destino: Path) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    with pytest.raises(ProvisorioExiste):
        publicacao.preparar(destino, b"outro", P + b"p1")
    assert _bytes(caminho_provisorio(destino, P + b"p1")) == DADOS


def test_direitos_do_publicado(destino: Path) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    publicacao.preparar(destino, DADOS, P + b"p2", modo=0o600)
    assert os.stat(caminho_provisorio(destino, P + b"p1")).st_mode & 0o777 == 0o640
    assert os.stat(caminho_provisorio(destino, P + b"p2")).st_mode & 0o777 == 0o600


def test_disco_cheio_de_verdade_nao_deixa_metade(disco_pequeno: Path, tmp_path: Path) -> None:
    inicializar(disco_pequeno, "u", AGORA, "1", QUEM)
    (tmp_path / "grande").write_bytes(b"x" * 400_000)
    with pytest.raises(SemEspaco) as falha:
        publicacao.preparar(disco_pequeno, b"x" * 400_000, P + b"p1")
    assert falha.value.mensagem.startswith("Disco cheio: ")
    with pytest.raises(SemEspaco):
        _copiar(disco_pequeno, tmp_path / "grande", P + b"p2")
    assert provisorios.listar_provisorios(disco_pequeno, CANTO) == []
    publicacao.preparar(disco_pequeno, b"x" * 1000, P + b"p3")  # there is room again
    assert publicacao.publicar(disco_pequeno, P + b"p3", b"a.xml") == Publicado(b"a.xml")


def test_dev_full_ao_gravar(destino: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheio = os.open("/dev/full", os.O_WRONLY)
    de_verdade = os.write
    monkeypatch.setattr(os, "write", lambda fd, dados: de_verdade(cheio, dados))
    with pytest.raises(SemEspaco):
        publicacao.preparar(destino, DADOS, P + b"p1")
    monkeypatch.undo()
    os.close(cheio)
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_limite_de_tamanho_do_processo(destino: Path) -> None:
    import signal

    antes, sinal = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, antes[1]))
    try:
        with pytest.raises(LimiteDoSistema):
            publicacao.preparar(destino, b"x" * 20_000, P + b"p1")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, antes)
        signal.signal(signal.SIGXFSZ, sinal)
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_disco_somente_leitura(disco_pequeno: Path, montar) -> None:
    inicializar(disco_pequeno, "u", AGORA, "1", QUEM)
    publicacao.preparar(disco_pequeno, DADOS, P + b"p1")
    montar("disco", "-o", "remount,ro", ponto=disco_pequeno)
    with pytest.raises(SomenteLeitura):
        publicacao.preparar(disco_pequeno, DADOS, P + b"p2")
    with pytest.raises(SomenteLeitura):
        publicacao.publicar(disco_pequeno, P + b"p1", b"a.xml")
    with pytest.raises(SomenteLeitura):
        provisorios.descartar_provisorio(disco_pequeno, P + b"p1")


@pytest.mark.parametrize("chamada", ["fsync", "close"])
@pytest.mark.parametrize("com_fios", [False, True])
def test_erro_so_no_fsync_ou_ao_fechar(
    destino: Path, monkeypatch: pytest.MonkeyPatch, chamada: str, com_fios: bool
) -> None:
    caminhos = [caminho_provisorio(destino, P + b"p%d" % n) for n in range(20)]
    for n in range(20):
        publicacao.preparar(destino, DADOS, P + b"p%d" % n)
    de_verdade = getattr(os, chamada)
    falhou: list[int] = []

    def falhar(fd: int) -> None:
        nosso = fd in _abertos_abaixo_de(destino)
        de_verdade(fd)
        if nosso and not falhou:
            falhou.append(fd)
            raise OSError(errno.EIO, "só agora")

    with ThreadPoolExecutor(4) as fios, monkeypatch.context() as so_aqui:
        so_aqui.setattr(os, chamada, falhar)
        with pytest.raises(FalhaDeDisco):
            publicacao.descarregar(destino, caminhos, fios=fios if com_fios else None)
    assert falhou
    assert not _abertos_abaixo_de(destino)
    with ThreadPoolExecutor(4) as fios:
        publicacao.descarregar(destino, caminhos, fios=fios)
    with pytest.raises(PastaSumiu):
        publicacao.descarregar(destino, [*caminhos, b"/nada/nada"])
    assert not _abertos_abaixo_de(destino)


def _abertos_abaixo_de(pasta: Path) -> set[int]:
    """Returns the descriptors of this process whose file is `pasta` or below it. Those of other tests of the process
    come and go (the collector closes them at any time), so the number of all descriptors proves nothing."""
    nossos = set()
    for numero in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            if Path(os.readlink(f"/proc/self/fd/{numero}")).is_relative_to(pasta):
                nossos.add(int(numero))
    return nossos


def test_erro_ao_fechar_o_que_se_grava(destino: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    de_verdade = os.close

    def fechar(fd: int) -> None:
        de_um_arquivo = stat.S_ISREG(os.fstat(fd).st_mode)
        de_verdade(fd)
        if de_um_arquivo:
            raise OSError(errno.EDQUOT, "cota")

    with monkeypatch.context() as so_aqui:
        so_aqui.setattr(os, "close", fechar)
        with pytest.raises(SemEspaco):
            publicacao.preparar(destino, DADOS, P + b"p1")
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_fsync_de_pasta_aceita_EINVAL_nunca_EIO(destino: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def recusar(numero: int):
        def fsync(fd: int) -> None:
            raise OSError(numero, os.strerror(numero))

        return fsync

    monkeypatch.setattr(os, "fsync", recusar(errno.EINVAL))
    disco.sincronizar_pasta(destino)
    monkeypatch.setattr(os, "fsync", recusar(errno.EIO))
    with pytest.raises(FalhaDeDisco):
        disco.sincronizar_pasta(destino)


def test_copia_em_blocos_com_resumo(destino: Path, tmp_path: Path) -> None:
    dados = os.urandom(3_000_000)
    (tmp_path / "grande").write_bytes(dados)
    resumo = _copiar(destino, tmp_path / "grande", P + b"p1")
    assert resumo == hashlib.sha256(dados).digest() == disco.resumo_sha256(caminho_provisorio(destino, P + b"p1"))


def test_fonte_que_muda_durante_a_copia(destino: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonte = tmp_path / "grande"
    fonte.write_bytes(b"a" * 2_000_000)
    de_verdade = os.read

    def ler(fd: int, tamanho: int) -> bytes:
        dados = de_verdade(fd, tamanho)
        fonte.write_bytes(b"b" * 2_000_001)
        return dados

    monkeypatch.setattr(os, "read", ler)
    with pytest.raises(LeituraRasgada):
        _copiar(destino, fonte, P + b"p1")
    assert provisorios.listar_provisorios(destino, CANTO) == []


def test_fonte_ilegivel_e_erro_dela_nao_da_pasta(destino: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _copiar(destino, tmp_path / "nada", P + b"p1")


def test_substituir_guarda_o_antigo(destino: Path) -> None:
    (destino / "a.xml").write_bytes(b"antigo")
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.substituir(destino, P + b"p1", b"a.xml", P + b"g1") == Substituido(b"a.xml", P + b"g1")
    assert (destino / "a.xml").read_bytes() == DADOS
    assert _bytes(caminho_provisorio(destino, P + b"g1")) == b"antigo"
    assert publicacao.substituir(destino, P + b"p1", b"a.xml", P + b"g1") == ProvisorioSumiu(P + b"p1")


def test_substituir_quando_nao_havia_nada(destino: Path) -> None:
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.substituir(destino, P + b"p1", b"a.xml", P + b"g1") == Substituido(b"a.xml", None)


@pytest.mark.parametrize("links", [True, False])
def test_substituir_interrompido_depois_de_guardar(destino: Path, links: bool, request: pytest.FixtureRequest) -> None:
    (destino / "a.xml").write_bytes(b"antigo")
    publicacao.preparar(destino, DADOS, P + b"p1")
    os.link(destino / "a.xml", caminho_provisorio(destino, P + b"g1"))
    if not links:
        provisorios.descartar_provisorio(destino, P + b"g1")
        request.getfixturevalue("sem_link")
    assert publicacao.substituir(destino, P + b"p1", b"a.xml", P + b"g1") == Substituido(b"a.xml", P + b"g1")
    assert provisorios.listar_provisorios(destino, CANTO) == [b"g1"]
    assert _bytes(caminho_provisorio(destino, P + b"g1")) == b"antigo"


def test_substituir_nunca_perde_um_guardado_anterior(destino: Path) -> None:
    publicacao.preparar(destino, b"mais antigo", P + b"g1")
    (destino / "a.xml").write_bytes(b"antigo")
    publicacao.preparar(destino, DADOS, P + b"p1")
    assert publicacao.substituir(destino, P + b"p1", b"a.xml", P + b"g1") == Substituido(b"a.xml", P + b"g1~2")
    assert _bytes(caminho_provisorio(destino, P + b"g1")) == b"mais antigo"


def test_substituir_nunca_deixa_o_nome_vazio(destino: Path) -> None:
    alvo, parar, faltou = destino / "a.xml", threading.Event(), []
    alvo.write_bytes(b"0")

    def olhar() -> None:
        while not parar.is_set():
            if not alvo.exists():
                faltou.append(1)

    leitor = threading.Thread(target=olhar)
    leitor.start()
    for n in range(50):
        publicacao.preparar(destino, b"%d" % n, P + b"p%d" % n)
        publicacao.substituir(destino, P + b"p%d" % n, b"a.xml", P + b"g%d" % n)
    parar.set()
    leitor.join()
    assert faltou == []


def _publicado(destino: Path, dados: bytes = DADOS) -> bytes:
    publicacao.preparar(destino, dados, P + b"p1")
    publicacao.publicar(destino, P + b"p1", b"e-ped-eve.xml")
    return hashlib.sha256(DADOS).digest()


def test_retirar_o_que_ainda_esta_la(destino: Path) -> None:
    resumo = _publicado(destino)
    assert provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")
    assert _visiveis(destino) == []
    assert provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")  # again, after a crash
    assert provisorios.descartar_provisorio(destino, P + b"r1")
    assert not provisorios.descartar_provisorio(destino, P + b"r1")
    assert not provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")  # gone


def test_retirar_nunca_leva_o_de_outro(destino: Path) -> None:
    resumo = _publicado(destino, b"conteudo de outro")
    assert not provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")
    assert (destino / "e-ped-eve.xml").read_bytes() == b"conteudo de outro"


def test_retirar_do_que_o_outro_programa_esta_lendo(destino: Path) -> None:
    resumo = _publicado(destino)
    with open(destino / "e-ped-eve.xml", "rb"):
        assert not provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")
    assert _visiveis(destino) == ["e-ped-eve.xml"]
    assert provisorios.retirar(destino, b"e-ped-eve.xml", resumo, P + b"r1")


def test_descartar_em_pasta_sumida_e_inofensivo(destino: Path) -> None:
    assert isinstance(PastaSumiu(destino), FalhaDePasta)
    assert not provisorios.descartar_provisorio(destino, b"nunca-houve")


@pytest.mark.requisito("BORDA-24")
def test_copia_conserva_data_e_buracos(destino: Path, tmp_path: Path) -> None:
    fonte = tmp_path / "esparso"
    with fonte.open("wb") as f:
        f.write(b"inicio")
        f.seek(40 * 1024 * 1024)
        f.write(b"meio")
        f.truncate(80 * 1024 * 1024)
    os.utime(fonte, ns=(1, 1_000_000_000_000_000_001))
    assert fonte.stat().st_blocks * 512 < 2**20, "o disco do teste não faz arquivos esparsos"
    resumo = _copiar(destino, fonte, b"p1")
    copia = Path(os.fsdecode(caminho_provisorio(destino, b"p1")))
    assert resumo == disco.resumo_sha256(os.fsencode(copia)) == disco.resumo_sha256(os.fsencode(fonte))
    assert copia.stat().st_size == fonte.stat().st_size
    assert copia.stat().st_mtime_ns == 1_000_000_000_000_000_001
    assert copia.stat().st_blocks * 512 < 2**20, "os buracos continuam buracos"


@pytest.mark.requisito("BORDA-24")
def test_zeros_de_um_arquivo_inteiro_sao_escritos(destino: Path, tmp_path: Path) -> None:
    """A file without holes gets its space, so that nothing fails later for want of it."""
    (tmp_path / "zeros").write_bytes(bytes(3_000_001))
    _copiar(destino, tmp_path / "zeros", b"p1")
    copia = Path(os.fsdecode(caminho_provisorio(destino, b"p1")))
    assert copia.read_bytes() == bytes(3_000_001)
    assert copia.stat().st_blocks * 512 >= 3_000_000
