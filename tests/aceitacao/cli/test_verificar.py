"""Tests `verificar`: one finding per line, one fix each, exit 1 when something is wrong."""

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from tests.apoio import logos
from tests.apoio.maquina import Maquina

SO_ROOT = os.getuid() == 0


def achados(m: Maquina, **opcoes: Any) -> dict[str, dict[str, str]]:
    lista = m.json("verificar", **opcoes)
    assert all(list(c) == ["verificacao", "estado", "mensagem", "o_que_fazer"] for c in lista)
    assert all(c["o_que_fazer"] for c in lista if c["estado"] != "certo")
    return {c["verificacao"]: c for c in lista}


@pytest.mark.requisito("SEP-02")
def test_instalacao_boa_nao_tem_erro(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.uma_vez()
    dito = achados(m)
    assert not [c for c in dito.values() if c["estado"] == "erro"]
    for verificacao in ("banco de dados", "relógio", "esquemas oficiais", f"pasta {m.origem(1)}"):
        assert dito[verificacao]["estado"] == "certo", dito[verificacao]
    assert dito["serviço"]["o_que_fazer"] == "Ligue com: separador iniciar"
    gente = m.exigir("verificar").stdout
    assert "certo  banco de dados: íntegro" in gente
    assert gente.endswith("Nada errado.\n")


def test_com_o_servico_ligado_nada_e_perturbado(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        m.executar()
        assert achados(m)["serviço"]["estado"] == "certo"
        assert m.json("falhas") == []


@pytest.mark.requisito("SEP-02")
def test_pasta_que_sumiu_marca_trocada_e_senha_errada_sao_erros_com_conserto(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.uma_vez()
    m.origem(4).rename(tmp_path / "outro-lugar")
    marca = m.destino(1) / ".separador" / "marca"
    marca.unlink()
    m.env["SEPARADOR_SENHA"] = "outra"
    assert m.cli("verificar").returncode == 1
    dito = achados(m)
    assert dito[f"pasta {m.origem(4)}"]["estado"] == "erro"
    assert "separador init --rota" in dito[f"pasta {m.destino(1)}"]["o_que_fazer"]
    (certificado,) = (c for n, c in dito.items() if n.startswith("certificado"))
    assert certificado["estado"] == "erro"
    assert not m.origem(4).exists()


def test_senha_ausente_certificado_ausente_e_empresa_sem_certificado(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    del m.env["SEPARADOR_SENHA"]
    dito = {n: c for n, c in achados(m).items() if n.startswith("certificado")}
    assert [c["estado"] for c in dito.values()] == ["erro"]
    assert "SEPARADOR_SENHA" in next(iter(dito.values()))["mensagem"]
    lido = yaml.safe_load(m.config.read_text(encoding="utf-8"))
    del lido["empresas"][0]["certificado"]
    m.config.write_text(yaml.safe_dump(lido), encoding="utf-8")
    dito = {n: c for n, c in achados(m).items() if n.startswith("certificado")}
    assert [c["estado"] for c in dito.values()] == ["aviso"]
    assert m.cli("verificar").returncode == 0


def test_relogio_que_voltou_e_visto(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.soltar(4, "a.txt", b"a")
    m.uma_vez()
    with sqlite3.connect(m.dados / "separador.db") as banco:
        banco.execute("UPDATE arquivo SET tomado_em = '2199-01-01T00:00:00.000Z'")
    relogio = achados(m)["relógio"]
    assert relogio["estado"] == "erro"
    assert "timedatectl" in relogio["o_que_fazer"]


@pytest.mark.parametrize("inicio", [0, 4096])
def test_banco_danificado_e_erro_sem_rastro(tmp_path: Path, inicio: int) -> None:
    m = Maquina(tmp_path)
    m.uma_vez()
    arquivo = m.dados / "separador.db"
    with arquivo.open("r+b") as aberto:
        aberto.seek(inicio)
        aberto.write(b"\xa5" * 8192)
    banco = achados(m)["banco de dados"]
    assert banco["estado"] == "erro"
    assert m.exigir("verificar", codigo=1).stderr == ""


def test_configuracao_errada_sai_com_2(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.config.write_text("tempo_leitur: 1\n", encoding="utf-8")
    assert "tempo_leitura" in m.exigir("verificar", codigo=2).stderr


def test_espaco_abaixo_da_reserva_e_erro(tmp_path: Path) -> None:
    m = Maquina(tmp_path, reserva_disco_mb=10**9)
    dito = achados(m)
    assert dito[f"pasta de dados {m.dados}"]["estado"] == "erro"
    assert "Disco cheio" in dito[f"pasta {m.destino(1)}"]["mensagem"]


@pytest.mark.skipif(SO_ROOT, reason="o administrador grava em qualquer pasta")
def test_pasta_sem_direito_de_gravar_e_erro(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.destino(4).chmod(0o500)
    try:
        assert achados(m)[f"pasta {m.destino(4)}"]["estado"] == "erro"
    finally:
        m.destino(4).chmod(0o700)


def test_agora_em_utc_e_so_aviso(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    for da_maquina in ("UTC", "Asia/Tokyo"):  # what people read does not follow the machine
        dita = achados(m, env={"TZ": da_maquina})["relógio"]["mensagem"]
        lida = datetime.strptime(dita, "%d/%m/%Y %H:%M:%S %z")
        assert lida.utcoffset() == datetime.now(ZoneInfo("America/Sao_Paulo")).utcoffset()
        assert abs(datetime.now(UTC) - lida) < timedelta(hours=1)


@pytest.mark.requisito("SEFAZ-01")
def test_rede_enderecos_e_autoridades(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    m.uma_vez()
    assert not [v for v in achados(m) if "SEFAZ" in v or "autoridades" in v], "por pasta nada disso conta"
    m.gravar_config(transmissao="rede")
    dito = achados(m)
    assert dito["endereços da SEFAZ"]["mensagem"] == "tabela do programa"
    assert dito["autoridades da conexão"]["estado"] == "certo"
    (tmp_path / "ruim.yaml").write_text("estados: {SP: SPX}\n")
    (tmp_path / "ruim.pem").write_text("isto não é um certificado\n")
    m.gravar_config(sefaz={"enderecos": "ruim.yaml", "ca": "ruim.pem"})
    dito = achados(m)
    assert "SPX" in dito["endereços da SEFAZ"]["mensagem"]
    assert dito["autoridades da conexão"]["estado"] == "erro"
    m.gravar_config(sefaz={"ca": "nao-ha.pem"})
    assert "não existe" in achados(m)["autoridades da conexão"]["mensagem"]
    m.gravar_config(sefaz={}, ambiente="simulado")
    assert achados(m)["endereços da SEFAZ"]["estado"] == "aviso"


@pytest.mark.requisito("DACTE-05")
def test_o_logotipo_que_nao_serve_e_dito_antes(tmp_path: Path) -> None:
    m = Maquina(tmp_path)
    logo = m.config.parent / "logo.svg"
    lida = yaml.safe_load(m.config.read_text(encoding="utf-8"))
    lida["empresas"][0]["logo"] = "config/logo.svg"
    m.config.write_text(yaml.safe_dump(lida, allow_unicode=True), encoding="utf-8")
    m.uma_vez()
    for dados, estado, trecho in (
        (logos.SVG, "certo", "pronto para o DACTE"),
        (logos.svg('<image href="http://exemplo.com/a.png"/>'), "aviso", "imagem por endereço"),
    ):
        logo.write_bytes(dados)
        (achado,) = (c for n, c in achados(m).items() if n.startswith("logotipo de"))
        assert (achado["estado"], trecho in achado["mensagem"]) == (estado, True)
    logo.unlink()
    (achado,) = (c for n, c in achados(m).items() if n.startswith("logotipo de"))
    assert "não existe" in achado["mensagem"]
