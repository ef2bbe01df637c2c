"""Tests the service on folders that are another installation's, and on what a former version left."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from separador.demonstracao import exportacoes as ex
from separador.pastas.erros import PastaSumiu
from separador.pastas.posse import instalacao as posse
from separador.pastas.posse.marca import ler_marca
from separador.programa import grupo
from tests.apoio.instalacao import Instalacao
from tests.apoio.posse import canto, restos

pytestmark = pytest.mark.requisito("FRO-01", "FRO-02")


def _rotas(pasta: Path) -> list[dict[str, object]]:
    comum = {"id": 1, "ativo": True, "regra": "mover", "arquivo": [".txt"]}
    return [comum | {"origem": "entrada", "destino": str(pasta / "saida")}]


def test_segunda_instalacao_no_mesmo_destino_para_e_diz(tmp_path: Path) -> None:
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(tmp_path)) as b,
    ):
        a.soltar(1, "de-a.txt", b"a")
        b.soltar(1, "de-b.txt", b"b")
        assert a.falhas() == []
        assert b.falhas() == ["SEP-PASTA-DE-OUTRA"]
        assert [p.name for p in (tmp_path / "saida").iterdir() if p.is_file()] == ["de-a.txt"]
        assert [p.name for p in b.origem(1).iterdir() if p.is_file()] == ["de-b.txt"], "espera na origem"
        (motivo,) = [f["motivo"] for f in b.banco.todas("SELECT motivo FROM falha")]
        assert a.ciclo.contexto.cantos.quem.instalacao in motivo
        b.passar(30)
        assert restos(tmp_path / "saida") == []


def test_a_segunda_espera_e_segue_quando_a_pasta_e_livre(tmp_path: Path) -> None:
    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a:
        a.rodar()
    with Instalacao(tmp_path / "b", rotas=_rotas(tmp_path)) as b:
        b.soltar(1, "de-b.txt", b"b")
        assert b.falhas() == ["SEP-PASTA-DE-OUTRA"]
        shutil.rmtree(tmp_path / "saida")
        (tmp_path / "saida").mkdir()
        b.passar(5)
        b.passar(5)
        assert b.falhas() == []
        assert [p.name for p in (tmp_path / "saida").iterdir() if p.is_file()] == ["de-b.txt"]


def test_tomadas_da_versao_anterior_terminam_de_onde_estao(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as instalacao:
        instalacao.rodar()
        antigas = [
            instalacao.dados / "trabalho" / "4-0000000000000000",
            instalacao.origem(4) / ".separador" / "trabalho" / "4-0000000000000001",
        ]
        instalacao.fechar()
        for n, lote in enumerate(antigas):
            lote.mkdir(parents=True)
            (lote / f"antigo{n}.txt").write_bytes(b"%d" % n)
        instalacao.abrir()
        instalacao.passar(5)
        assert instalacao.nomes(4) == ["antigo0.txt", "antigo1.txt"]
        assert not any(lote.exists() for lote in antigas)
        instalacao.soltar(4, "novo.txt", b"n")
        assert str(canto(instalacao.origem(4)) / "trabalho") == instalacao.arquivo("novo.txt")["trabalho"]
        assert instalacao.falhas() == []


def test_encenado_da_versao_anterior_ainda_se_publica(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as instalacao:
        e = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
        instalacao.soltar(1, "a-cte.xml", e.dados)
        (publicada,) = instalacao.banco.todas("SELECT * FROM publicacao")
        destino = instalacao.destino(1)
        nome = bytes(publicada["nome"]).decode()
        instalacao.fechar()
        # as the former version leaves it between its first commit and the rename
        (destino / nome).rename(destino / ".separador" / "antigo.e0")
        marca = json.loads((destino / ".separador" / "marca").read_text())
        antiga = {c: marca[c] for c in ("uuid", "criada_em", "rota")}
        (destino / ".separador" / "marca").write_text(json.dumps(antiga), encoding="utf-8")
        shutil.rmtree(canto(destino))
        instalacao.abrir()
        with instalacao.banco.transacao():
            instalacao.banco.execute("UPDATE publicacao SET estado = 'preparada', provisorio = ?", (b"antigo.e0",))
        instalacao.reabrir()
        instalacao.rodar()
        assert instalacao.nomes(1) == [nome]
        assert instalacao.falhas() == []


def test_copia_dos_dados_nao_publica_o_que_e_da_original(tmp_path: Path) -> None:
    """A copied data folder has the rows of the original, and their staged files lie in the original's corners."""
    with Instalacao(tmp_path, rotas=_rotas(tmp_path)) as a:
        a.soltar(1, "um.txt", b"1")
        destino, do_original = tmp_path / "saida", canto(tmp_path / "saida")
        (publicada,) = a.banco.todas("SELECT * FROM publicacao")
        (destino / "um.txt").rename(do_original / "x.e0")
        with a.banco.transacao():
            encenado = f".separador/{do_original.name}/x.e0".encode()
            a.banco.execute("UPDATE publicacao SET estado = 'preparada', provisorio = ?", (encenado,))
        a.fechar()
        posse.renovar(a.dados, a.agora)
        a.abrir()
        a.rodar()
        assert (do_original / "x.e0").read_bytes() == b"1"
        assert "SEP-PASTA-DE-OUTRA" in a.falhas()
        (linha,) = a.banco.todas("SELECT estado FROM publicacao WHERE id = ?", publicada["id"])
        assert linha["estado"] == "preparada"


def test_sinal_de_vida_em_cada_pasta_a_cada_dez_segundos(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as instalacao:
        instalacao.passar(11)
        antes = {p: (canto(p) / "vivo").read_text() for p in (instalacao.origem(1), instalacao.destino(2))}
        instalacao.passar(11)
        assert all((canto(p) / "vivo").read_text() != texto for p, texto in antes.items())


def test_pastas_por_data_nao_tem_canto(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as instalacao:
        e = instalacao.enviado(1)
        instalacao.autorizar(e)
        (mes,) = [p for p in (instalacao.dados / "fiscal").iterdir() if p.name != ".separador"]
        assert not (mes / ".separador").exists()
        assert list(mes.iterdir()) != []
        marca = ler_marca(instalacao.dados / "fiscal")
        assert marca is not None
        assert marca.instalacao == instalacao.ciclo.contexto.cantos.quem.instalacao
        assert restos(instalacao.dados / "fiscal") == []


def test_pasta_que_init_refaz_nao_faz_passar_por_publicado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The staged file went with its folder. In a new one it is absent, too; that proves nothing."""

    def falhar(*_: object) -> None:
        raise PastaSumiu(tmp_path / "saida")

    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a:
        a.rodar()
        with monkeypatch.context() as so_aqui:
            so_aqui.setattr("separador.motor.desfecho.saidas.publicar", falhar)
            a.soltar(1, "um.txt", b"1")
        (pendente,) = a.banco.todas("SELECT * FROM publicacao WHERE estado = 'preparada'")
        a.fechar()
        shutil.rmtree(tmp_path / "saida")
        feito = CliRunner().invoke(grupo, ["--config", str(a.config), "init", "--rota", "1"])
        assert feito.exit_code == 0, feito.output
        a.abrir()
        a.passar(5)
        a.passar(5)
        (agora,) = a.banco.todas("SELECT * FROM publicacao WHERE id = ?", pendente["id"])
        assert agora["estado"] == "retirada"
        assert a.desfecho("um.txt") == "quarentena"
        assert a.falhas() == ["SEP-TOMADA"]
