"""Tests the answer of a worker about one file when the disk fails under it."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.capacidades.cte.arquivos import leitura as leitura_cte
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.preparo import ContextoPreparo, Preparado
from separador.motor.trabalho.etapas import trabalhar
from separador.motor.trabalho.leitura import Recursos
from separador.motor.trabalho.parecer import ArquivoATratar, Incidente, Parecer, PastaFalhou
from separador.nucleo.erro import Recusa
from separador.pastas.saude import inicializar
from tests.apoio.certificados import carregar_pfx, chave_rsa
from tests.apoio.posse import QUEM, P

AGORA = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.requisito("SEP-02", "SEP-08")
def test_disco_do_trabalho_sumiu_nao_e_culpa_do_arquivo(tmp_path: Path) -> None:
    sumido = ArquivoATratar(os.fsencode(tmp_path / "lote" / "a-cte.xml"), "cte-envio", b"a-cte.xml")
    (parecer,) = trabalhar(Recursos("2", {}), AGORA, [sumido])
    assert isinstance(parecer.conteudo, PastaFalhou)
    assert parecer.conteudo.pasta == tmp_path


def test_um_arquivo_apagado_e_incidente_so_dele(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"{}")
    arquivos = [ArquivoATratar(os.fsencode(tmp_path / nome), "pedido", nome.encode()) for nome in ("a.json", "b.json")]
    apagado, bom = trabalhar(Recursos("2", {}), AGORA, arquivos)
    assert isinstance(apagado.conteudo, Incidente)
    assert bom.sha256


def _recursos() -> Recursos:
    certificado = carregar_pfx(gerar_pfx("x", agora=AGORA, empresa=EMITENTE, chave=chave_rsa()), b"x")
    assert isinstance(certificado, Certificado)
    return Recursos("2", {EMITENTE.cnpj: Assinador(certificado)})


def _grupo(pasta: Path, destino: Path) -> list[ArquivoATratar]:
    """Writes a group of seventy good exports, except that one is no XML, one breaks the program, and one is gone."""
    arquivos = []
    for n in range(70):
        dados = {20: b"<CTe", 40: ex.cte(n, agora=AGORA).dados.replace(b"CARGA SECA", b"VENENO")}.get(n)
        (pasta / f"{n}-cte.xml").write_bytes(dados or ex.cte(n + 1, agora=AGORA).dados)
        caminho = os.fsencode(pasta / f"{n}-cte.xml")
        arquivos.append(ArquivoATratar(caminho, "cte-envio", b"%d-cte.xml" % n, destino, P + b"p%d" % n))
    (pasta / "60-cte.xml").unlink()
    return arquivos


@pytest.mark.parametrize("com_ajudante", [False, True])
def test_grupo_grande_com_e_sem_ajudante(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, com_ajudante: bool) -> None:
    destino = tmp_path / "saida"
    inicializar(destino, "u", AGORA, "rota 1", QUEM)
    iniciar = leitura_cte.iniciar

    def cair(dados: bytes, contexto: ContextoPreparo) -> object:
        if b"VENENO" in dados:
            raise RuntimeError("defeito de mentira")
        return iniciar(dados, contexto)

    monkeypatch.setattr(leitura_cte, "iniciar", cair)
    arquivos = _grupo(tmp_path, destino)
    with ThreadPoolExecutor(1) as fio:
        pareceres = trabalhar(_recursos(), AGORA, arquivos, fio if com_ajudante else None)
    especies = [type(p.conteudo) for p in pareceres]
    esperadas = {20: Recusa, 40: Incidente, 60: Incidente}
    assert especies == [esperadas.get(n, Preparado) for n in range(70)]
    for arquivo, parecer in zip(arquivos, pareceres, strict=True):
        _conferir(arquivo, parecer, destino)


def _conferir(arquivo: ArquivoATratar, parecer: Parecer, destino: Path) -> None:
    """Checks that each answer is about its own file, and that the staged file is what it says."""
    encenado = destino / os.fsdecode(arquivo.provisorio)
    if not isinstance(parecer.conteudo, Preparado):
        assert not encenado.exists()
        return
    assert encenado.read_bytes().endswith(parecer.assinado)
    assert parecer.conteudo.chave.encode() in parecer.assinado
    assert int(parecer.conteudo.chave[25:34]) == int(arquivo.nome.partition(b"-")[0]) + 1
    assert parecer.conteudo.assinado == b""


def test_nenhum_descritor_fica_aberto(tmp_path: Path) -> None:
    destino = tmp_path / "saida"
    inicializar(destino, "u", AGORA, "rota 1", QUEM)
    antes = set(os.listdir("/proc/self/fd"))
    trabalhar(_recursos(), AGORA, _grupo(tmp_path, destino))
    assert len(set(os.listdir("/proc/self/fd")) - antes) <= 1
