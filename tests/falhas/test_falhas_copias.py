"""Tests copies on bad days: under load, restored too late, on a full disk, on a share that hangs."""

import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from separador.banco.ao_lado import CODIGO
from separador.banco.conexao import abrir
from separador.capacidades.copias.servico import banco as copiado
from separador.capacidades.copias.servico import conferir, destino
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.fazer import fazer
from separador.configuracao import Configuracao, carregar
from separador.demonstracao import exportacoes as ex
from separador.nucleo.texto.quantidade import milhar
from separador.pastas import faixas
from separador.pastas.erros import SemEspaco, SemResposta
from separador.programa import grupo
from tests.apoio.faixas import Trava, discos
from tests.apoio.instalacao import MOTIVO, SENHA, Instalacao, pasta_rapida
from tests.apoio.instalacao_em_rede import InstalacaoEmRede
from tests.falhas.test_falhas_disco import Montar, montar  # noqa: F401 -- a fixture

AUTORIZADO = "AUTORIZADO PELA SEFAZ"


def config_de(instalacao: Instalacao) -> Configuracao:
    lida = carregar(instalacao.config)
    assert isinstance(lida, Configuracao)
    return lida


def problemas(pasta: Path) -> list[str]:
    with Arvore(pasta) as arvore:
        return conferir.conferir(arvore, destino.escolher(arvore, None), None, None, {}).problemas


def comando(instalacao: Instalacao, *args: str) -> str:
    try:
        feito = CliRunner().invoke(grupo, ["--config", str(instalacao.config), *args], env={"SEPARADOR_SENHA": SENHA})
    finally:
        faixas.usar(None)
    assert feito.exit_code == 0, feito.output
    return feito.output


@pytest.fixture
def rapida(tmp_path: Path) -> Iterator[Path]:
    with pasta_rapida(tmp_path) as pasta:
        yield pasta


@pytest.mark.requisito("OPS-08", "OPS-11")
@pytest.mark.parametrize("quantos", [12, pytest.param(2000, marks=pytest.mark.longo)])
def test_restaurado_documentos_depois_os_livros_batem(rapida: Path, tmp_path: Path, quantos: int) -> None:
    """Half of the documents come after the copy. SEFAZ's ledger is the judge: none lost, none twice, nothing again."""
    with InstalacaoEmRede(rapida) as m:
        antes = _autorizados(m, range(1, quantos // 2 + 1))
        fazer(config_de(m), tmp_path / "copias", m.agora)
        depois = _autorizados(m, range(quantos // 2 + 1, quantos + 1))
        assert m.pedir("cancelar", depois[0], MOTIVO)["resultado"] == "feito"
        m.ate(depois[0], "CANCELADO")
        livro, chamadas = m.sefaz.razao()["documentos"], len(m.sefaz.chamadas())
        assert Counter(d["chave"] for d in livro) == Counter([*antes, *depois])
        publicados = {n: len(m.nomes(n)) for n in (1, 2, 3)}
        m.fechar()
        for resto in m.dados.glob("separador.db*"):
            resto.unlink()
        copia = next((tmp_path / "copias/copias").iterdir()) / "dados/separador.db"
        shutil.copyfile(copia, m.dados / "separador.db")
        m.abrir()
        m.rodar()
        assert CODIGO in m.falhas()
        m.fechar()
        assert f"{milhar(len(depois))} documentos, 1 evento" in comando(m, "copia", "reconstruir")
        m.abrir()
        m.passar(7200)
        esperado = dict.fromkeys((*antes, *depois), AUTORIZADO) | {depois[0]: "CANCELADO"}
        assert {c: m.situacao(c) for c in esperado} == esperado
        assert CODIGO not in m.falhas()
        assert m.sefaz.razao()["documentos"] == livro
        assert len(m.sefaz.chamadas()) == chamadas, "nada foi perguntado nem enviado: tudo tinha resposta"
        assert {n: len(m.nomes(n)) for n in (1, 2, 3)} == publicados, "nada é publicado de novo"
        assert m.pedir("cancelar", depois[1], MOTIVO)["resultado"] == "feito"
        m.ate(depois[1], "CANCELADO")


def _autorizados(m: Instalacao, numeros: range) -> list[str]:
    """Drops the exports all at once, and waits until each is authorised."""
    chaves = []
    for numero in numeros:
        e = ex.cte(numero, agora=m.agora, variante="uma-nota")
        m.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    m.rodar()
    while any(m.situacao(c) != AUTORIZADO for c in chaves if m.tem(c)) or not all(m.tem(c) for c in chaves):
        m.passar(30)
        assert m.falhas() == []
    return chaves


@pytest.mark.requisito("OPS-08")
@pytest.mark.parametrize("copias", [3, pytest.param(10, marks=pytest.mark.longo)])
def test_copias_enquanto_documentos_passam_conferem_sempre(rapida: Path, tmp_path: Path, copias: int) -> None:
    """Each copy is made in another thread while the service takes, signs, and applies answers without a pause."""
    with Instalacao(rapida) as m:
        config, feitas, erros = config_de(m), [], []

        def copiar() -> None:
            try:
                for _ in range(copias):
                    fazer(config, tmp_path / "copias", m.agora)
                    feitas.append(problemas(tmp_path / "copias"))
            except Exception as erro:
                erros.append(erro)

        fio = threading.Thread(target=copiar)
        fio.start()
        numero = 0
        while fio.is_alive():
            numero += 1
            m.autorizado(numero)
        fio.join()
        assert erros == []
        assert feitas == [[]] * copias
        assert numero > copias


@pytest.mark.requisito("OPS-08")
def test_quem_grava_nunca_espera_pela_copia_e_ela_nao_recomeca(tmp_path: Path) -> None:
    """Between any two steps of the copy a writer that would not wait at all commits, and the copy goes on."""
    with closing(abrir(tmp_path)) as banco:
        banco.execute("CREATE TABLE peso (x BLOB)")
        for _ in range(30):
            banco.execute("INSERT INTO peso VALUES (zeroblob(500000))")
        paginas = int(banco.execute("PRAGMA page_count").fetchone()[0])
        antes = int(banco.execute("SELECT count(*) FROM peso").fetchone()[0])
        passos = 0

        def gravar(_: float) -> None:
            nonlocal passos
            passos += 1
            with closing(sqlite3.connect(tmp_path / "separador.db", timeout=0, isolation_level=None)) as outro:
                outro.execute("INSERT INTO peso VALUES ('veio durante a cópia')")

        copia = copiado.copiar(tmp_path, gravar)
        assert passos >= paginas // copiado.PASSO_PAGINAS
        assert passos <= paginas // copiado.PASSO_PAGINAS + 2, "a cópia não recomeça a cada gravação"
        with copiado.lendo(copia) as c:
            assert c.execute("SELECT count(*) FROM peso").fetchone()[0] == antes, "é de um instante só"
        assert banco.execute("SELECT count(*) FROM peso").fetchone()[0] == antes + passos


@pytest.mark.requisito("OPS-08")
def test_disco_cheio_no_meio_da_copia_deixa_as_anteriores_e_passa(
    rapida: Path,
    tmp_path: Path,
    montar: Montar,  # noqa: F811 -- the fixture
) -> None:
    montar(tmp_path / "disco", "-o", "size=6m")
    pasta = tmp_path / "disco" / "copias"
    with Instalacao(rapida) as m:
        m.autorizado(1)
        fazer(config_de(m), pasta, m.agora)
        lastro = tmp_path / "disco" / "lastro"
        lastro.write_bytes(b"\0" * (shutil.disk_usage(tmp_path / "disco").free - 300_000))
        m.autorizado(2)
        with pytest.raises(SemEspaco):
            fazer(config_de(m), pasta, m.agora)
        assert len(list((pasta / "copias").iterdir())) == 1, "a parte feita devolve o espaço"
        assert problemas(pasta) == []
        assert not list(m.dados.glob(f"{copiado.PROVISORIO}*"))
        lastro.unlink()
        fazer(config_de(m), pasta, m.agora)
        assert problemas(pasta) == []
        assert m.situacao(m.autorizado(3).chave) == AUTORIZADO


@pytest.mark.requisito("OPS-08")
def test_compartilhamento_pendurado_a_copia_desiste_e_a_proxima_termina(
    rapida: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that hangs is one in the middle of the files. The service goes on meanwhile."""
    pasta = tmp_path / "rede" / "copias"
    (tmp_path / "rede").mkdir()
    with Instalacao(rapida) as m:
        m.autorizado(1)
        config = config_de(m)
        with discos(m.dados, {tmp_path / "rede": "rede"}):
            fazer(config, pasta, m.agora)
        m.autorizado(2)
        with discos(m.dados, {tmp_path / "rede": "rede"}):
            from separador.capacidades.copias.servico import arvore

            trava = Trava(arvore.escrever, depois=False)
            monkeypatch.setattr(arvore, "escrever", trava)
            with pytest.raises(SemResposta):
                fazer(config, pasta, m.agora)
            assert trava.preso.is_set()
            assert not list(m.dados.glob(f"{copiado.PROVISORIO}*"))
            trava.soltar()
            monkeypatch.undo()
        assert m.situacao(m.autorizado(3).chave) == AUTORIZADO
        with discos(m.dados, {tmp_path / "rede": "rede"}):
            fazer(config, pasta, m.agora)
            assert problemas(pasta) == []
        assert {p.stat().st_nlink for p in pasta.rglob("*") if p.is_file()} == {1}, (
            "sem hard links: qualquer disco serve"
        )


@pytest.mark.requisito("OPS-08", "OPS-09", "OPS-10")
@pytest.mark.parametrize("quantos", [20, pytest.param(2000, marks=pytest.mark.longo)])
def test_fazer_conferir_e_ensaiar_uma_instalacao_que_trabalha(rapida: Path, tmp_path: Path, quantos: int) -> None:
    with Instalacao(rapida) as m:
        for n in range(1, quantos + 1):
            m.autorizado(n)
        m.por(1, "depois-cte.xml", ex.cte(quantos + 1, agora=m.agora, variante="uma-nota").dados)
        comando(m, "copia", "fazer", str(tmp_path / "copias"))
        assert f"{quantos} documentos autorizados com o processado" in comando(
            m, "copia", "conferir", str(tmp_path / "copias")
        ).replace(".", "")
        assert "certo" in comando(m, "copia", "ensaio", str(tmp_path / "copias"), "--em", str(tmp_path))
