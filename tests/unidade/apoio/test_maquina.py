"""Tests the test installation: the product accepts its configuration, and its folders are those of the routes."""

from pathlib import Path

import pytest
import yaml

from separador.configuracao import Configuracao, carregar
from separador.demonstracao.empresas import EMITENTE
from tests.apoio.maquina import ROTAS, SENHA, Maquina


def test_configuracao_tem_as_cinco_rotas_e_as_opcoes(tmp_path: Path) -> None:
    m = Maquina(tmp_path, trabalhadores=1, tempo_quieto=0.2, perfil_nomes="uninfe", init=False)
    lido = yaml.safe_load(m.config.read_text("utf-8"))
    assert [r["regra"] for r in lido["rotas"]] == ["cte-envio", "cte-retorno", "pedido", "mover", "cte-validar"]
    assert (lido["trabalhadores"], lido["tempo_quieto"], lido["perfil_nomes"]) == (1, 0.2, "uninfe")
    assert lido["empresas"][0]["certificado"]["senha"] == {"env": "SEPARADOR_SENHA"}
    assert (tmp_path / lido["empresas"][0]["certificado"]["arquivo"]).is_file()
    assert m.env["SEPARADOR_SENHA"] == SENHA
    m.gravar_config(tempo_leitura=7)
    assert yaml.safe_load(m.config.read_text("utf-8"))["tempo_leitura"] == 7


def test_o_produto_aceita_a_configuracao(tmp_path: Path) -> None:
    m = Maquina(tmp_path, tempo_quieto=0.2, prazo_retorno=60, init=False)
    lida = carregar(m.config)
    assert isinstance(lida, Configuracao), lida
    assert lida.dados == m.dados
    assert [r.origem for r in lida.rotas] == [m.origem(n) for n in range(1, 6)]


def test_empresa_sem_certificado(tmp_path: Path) -> None:
    m = Maquina(tmp_path, com_certificado=False, init=False)
    (empresa,) = yaml.safe_load(m.config.read_text("utf-8"))["empresas"]
    assert empresa == {"cnpj": EMITENTE.cnpj, "nome": EMITENTE.nome, "uf": "SP"}


def test_pastas_por_id_ou_por_caminho(tmp_path: Path) -> None:
    m = Maquina(tmp_path, init=False)
    assert m.origem(1) == m.origem("inbox/cte") == tmp_path / "inbox" / "cte"
    assert m.destino(2) == tmp_path / "outbox" / "wms"
    with pytest.raises(KeyError):
        m.origem(99)
    assert m.saida(1) == []
    m.origem(4).mkdir(parents=True)
    m.soltar(4, "a.txt", b"x")
    assert m.listar(m.origem(4)) == ["a.txt"]


def test_esperar_conta_o_que_faltou(tmp_path: Path) -> None:
    m = Maquina(tmp_path, init=False)
    assert m.esperar(lambda: 3) == 3
    with pytest.raises(AssertionError, match="nunca em 0"):
        m.esperar(lambda: False, prazo_s=0, motivo="nunca")


def test_rotas_do_modulo_nao_sao_compartilhadas(tmp_path: Path) -> None:
    m = Maquina(tmp_path, init=False)
    m.rotas[0]["ativo"] = False
    assert ROTAS[0]["ativo"] is True
