"""Tests an update of the database and the way back, as an administrator does both (`separador banco`)."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from separador import __version__
from separador.banco.conexao import ARQUIVO
from tests.apoio import banco_anterior
from tests.apoio.banco_anterior import migracoes
from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("OPS-02")
ROTA = [{"id": 1, "ativo": True, "regra": "mover", "origem": "e", "destino": "s", "arquivo": ".txt"}]
COPIA = f"{ARQUIVO}.antes-de-{__version__}"
DEIXADO = f"{ARQUIVO}.antes-de-voltar"
ANTES = "m0015_painel"


@pytest.fixture
def m(tmp_path: Path) -> Maquina:
    """An installation whose database was one migration behind, and was updated by `uma-vez`."""
    maquina = Maquina(tmp_path, rotas=ROTA, com_certificado=False, reserva_disco_mb=0)
    banco_anterior.fazer(maquina.dados, "m0016_versoes")
    assert migracoes(maquina.dados / ARQUIVO)[-1] == ANTES
    maquina.exigir("uma-vez")
    assert migracoes(maquina.dados / COPIA)[-1] == ANTES
    return maquina


def ultima(m: Maquina) -> str:
    return migracoes(m.dados / ARQUIVO)[-1]


def test_versao_mostra_programa_banco_e_copias(m: Maquina) -> None:
    dito = m.exigir("banco", "versao").stdout
    assert f"Programa: {__version__}." in dito
    assert f"gravado pelo separador {__version__}, abre da versão 0.1.0 em diante; forma m0016_versoes" in dito
    assert f"Cópia: {COPIA}, de " in dito
    visto = m.json("banco", "versao")
    assert visto["por_migrar"] == []
    assert [c["antes_de"] for c in visto["copias"]] == [__version__]


def test_volta_sem_perda_e_atualiza_de_novo(m: Maquina) -> None:
    feito = m.exigir("banco", "voltar")
    assert f"o de agora ficou em {DEIXADO}" in feito.stdout
    assert f"a anterior à {__version__}" in feito.stdout
    assert ultima(m) == ANTES
    assert migracoes(m.dados / DEIXADO)[-1] == "m0016_versoes"
    assert "Por migrar, quando o serviço ligar: m0016_versoes" in m.exigir("banco", "versao").stdout
    assert m.json("auditoria", "listar")[0]["acao"] == "banco voltou"
    m.exigir("auditoria", "conferir")
    m.exigir("banco", "voltar", codigo=1)  # it is that already
    m.exigir("uma-vez")
    assert ultima(m) == "m0016_versoes"
    m.exigir("verificar")


def test_o_que_veio_depois_e_listado_e_recusado_sem_aceitar(m: Maquina) -> None:
    m.soltar(1, "nota-1.txt", b"1")
    m.soltar(1, "nota-2.txt", b"2")
    m.uma_vez()
    m.exigir("procuracao", "escritorio", "11222333000181", "--nome", "E")
    feito = m.exigir("banco", "voltar", codigo=1)
    assert "2 arquivos tomados (nota-1.txt, nota-2.txt)" in feito.stdout
    assert "escritório gravado 11222333000181" in feito.stdout
    assert "--aceitar-perda" in feito.stderr
    assert ultima(m) == "m0016_versoes"
    feito = m.exigir("banco", "voltar", "--aceitar-perda")
    assert "separador copia reconstruir" in feito.stdout
    assert ultima(m) == ANTES
    (linha,) = [r for r in m.json("auditoria", "listar") if r["acao"] == "banco voltou"]
    assert "nota-1.txt" in linha["detalhe"]
    m.exigir("auditoria", "conferir")  # the trail went along, and its seal is true
    m.uma_vez()
    assert "SEP-BANCO-ANTIGO" in [f["codigo"] for f in m.json("falhas")]


def test_o_que_estava_em_maos_na_copia_e_terminou_conta(m: Maquina) -> None:
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c, closing(sqlite3.connect(m.dados / COPIA)) as antes:
        for banco, desfecho in ((c, "entregue"), (antes, None)):
            banco.execute(
                "INSERT INTO arquivo (lote, nome, trabalho, rota_id, regra, tomado_em, etapa, desfecho)"
                " VALUES ('l', x'61', 't', 1, 'mover', '2026', 'recebido', ?)",
                (desfecho,),
            )
            banco.commit()
    assert "1 arquivo que estava em mãos" in m.exigir("banco", "voltar", codigo=1).stdout


def test_a_versao_anterior_acha_o_caminho_de_volta_que_ela_mesma_diz(m: Maquina) -> None:
    """The database says that this program must not open it, as it finds it when the package was put back first."""
    with closing(sqlite3.connect(m.dados / ARQUIVO)) as c:
        c.execute("UPDATE instalacao SET versao_minima = '99.0.0', escrita_por = '99.0.0'")
        c.commit()
    (m.dados / COPIA).rename(m.dados / f"{ARQUIVO}.antes-de-99.0.0")
    assert "separador banco voltar" in m.exigir("uma-vez", codigo=2).stderr
    assert "99.0.0" in m.exigir("banco", "versao", codigo=2).stdout
    m.exigir("banco", "voltar")
    m.exigir("uma-vez")
    assert m.exigir("banco", "versao").returncode == 0


@pytest.mark.parametrize(("dano", "dito"), [("cortada", "está danificada"), ("outra", "é de outra instalação")])
def test_copia_que_nao_serve_e_recusada(m: Maquina, dano: str, dito: str) -> None:
    copia = m.dados / COPIA
    if dano == "cortada":
        copia.write_bytes(copia.read_bytes()[: copia.stat().st_size // 2])
    else:
        with closing(sqlite3.connect(copia)) as c:
            c.execute("UPDATE instalacao SET id = 'outra'")
            c.commit()
    antes = (m.dados / ARQUIVO).read_bytes()
    feito = m.exigir("banco", "voltar", "--aceitar-perda", codigo=2)
    assert dito in feito.stderr
    assert len(feito.stderr.strip().splitlines()) == 1
    assert (m.dados / ARQUIVO).read_bytes() == antes


def test_uma_copia_cortada_posta_no_lugar_do_banco_nao_liga(m: Maquina) -> None:
    inteira = (m.dados / COPIA).read_bytes()
    for parte in m.dados.glob(f"{ARQUIVO}*"):
        parte.unlink()
    (m.dados / ARQUIVO).write_bytes(inteira[: len(inteira) // 2])
    feito = m.exigir("executar", codigo=2)
    assert "está danificado" in feito.stderr
    assert (m.dados / ARQUIVO).read_bytes() == inteira[: len(inteira) // 2]


def test_com_o_servico_ligado_ou_sem_copia_nao_volta(m: Maquina) -> None:
    m.exigir("banco", "voltar", "--copia", "0.0.1", codigo=1)
    with m:
        m.executar()
        m.exigir("banco", "voltar", codigo=4)
    (m.dados / COPIA).unlink()
    assert "separador banco versao" in m.exigir("banco", "voltar", codigo=1).stderr


def test_sem_a_copia_o_servico_nao_migra_e_diz_por_que(tmp_path: Path) -> None:
    maquina = Maquina(tmp_path, rotas=ROTA, com_certificado=False, reserva_disco_mb=0)
    banco_anterior.fazer(maquina.dados, "m0016_versoes")
    provisoria = maquina.dados / f".{ARQUIVO}.antes-de"
    provisoria.mkdir()  # the copy cannot be made
    feito = maquina.exigir("uma-vez", codigo=2)
    assert re.search(r"A cópia do banco antes da atualização não pôde ser feita .* nada foi migrado", feito.stderr)
    assert ultima(maquina) == ANTES
    shutil.rmtree(provisoria)
    maquina.exigir("uma-vez")
