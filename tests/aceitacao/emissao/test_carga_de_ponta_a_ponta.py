"""Has a whole installation issue from loads by its commands: what an operator without a WMS does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.apoio.maquina import Maquina


@pytest.fixture
def maquina(tmp_path: Path) -> Iterator[Maquina]:
    gravar_cadastros(tmp_path / "config" / "cadastros")
    emissao = EMISSAO | {"cadastros": "config/cadastros"}
    with Maquina(tmp_path, rotas=ROTAS_COM_CARGA, trabalhadores=1, tempo_quieto=0.1, emissao=emissao) as m:
        yield m


def _gravar(m: Maquina, conteudo: dict[str, Any], nome: str = "minha.yaml") -> str:
    arquivo = m.pasta / nome
    arquivo.write_bytes(em_yaml(conteudo))
    return str(arquivo)


def _emitir(m: Maquina, arquivo: str, codigo: int = 0) -> dict[str, Any]:
    feito: dict[str, Any] = json.loads(m.exigir("carga", "emitir", arquivo, "--json", codigo=codigo).stdout)
    return feito


@pytest.mark.requisito("CARGA-01", "CARGA-03", "EMIS-24")
def test_emitir_ver_e_repetir(maquina: Maquina) -> None:
    """The record of the CT-e has what the layout lost; the same file again issues nothing."""
    conteudo = carga(datetime.now(UTC))
    conteudo["padrao"] |= {"lotacao": "sim", "veiculo": "HEO2144", "motoristas": ["MOTORISTA-1"], "lacres": ["1997"]}
    arquivo = _gravar(maquina, conteudo)
    maquina.exigir("carga", "emitir", arquivo, codigo=3)
    assert maquina.listar(maquina.origem(ROTA_DA_CARGA)) == [], "sem o serviço nada é solto"
    maquina.executar()
    feita = _emitir(maquina, arquivo)
    assert (feita["resultado"], feita["arquivo"]) == ("gerada", "minha-carga.yaml")
    (chave,) = [d["chave"] for d in feita["documentos"]]
    visto = maquina.json("cte", "ver", chave)
    assert (visto["carga"], visto["tp_emis"]) == ("45871", "1")
    assert visto["impostos"] == {
        "cst": "00", "base": "250.00", "aliquota": "12.00", "valor": "30.00", "ibs": "0.21", "cbs": "1.91",
    }  # fmt: skip
    registro = visto["registro"]
    assert (registro["lotacao"], registro["lacres"], registro["forma_pagamento"]) == (True, ["1997"], "A PAGAR")
    assert [v["placa"] for v in registro["veiculos"]] == ["HEO2144"]
    notas = maquina.json("cte", "notas", chave)
    assert [n["chave"] for n in notas] == [conteudo["notas"][0]["chave"]]
    assert [d["chave"] for d in maquina.json("cte", "listar", "--carga", "45871")] == [chave]
    assert [c["situacao"] for c in maquina.json("carga", "listar")] == ["GERADA"]
    assert [s["proximo"] for s in maquina.json("carga", "numeracao")] == [2]
    repetida = _emitir(maquina, _gravar(maquina, conteudo, "de-novo.yaml"))
    assert repetida["codigo"] == "SEP-CARGA-REPETIDA"
    assert maquina.parar() == 0


@pytest.mark.requisito("CARGA-02")
def test_a_carga_retida_se_completa_por_comando(maquina: Maquina) -> None:
    sem = carga(datetime.now(UTC))
    del sem["informacoes_complementares"]
    maquina.executar()
    retida = _emitir(maquina, _gravar(maquina, sem), codigo=1)
    assert (retida["resultado"], retida["codigo"]) == ("retida", "SEP-CARGA-COMPLEMENTAR")
    assert [c["situacao"] for c in maquina.json("carga", "listar")] == ["AGUARDANDO INFORMAÇÕES"]
    maquina.exigir("carga", "complementar", "45871", "--forma-pagamento", "FIADO", codigo=1)
    maquina.exigir("carga", "complementar", "OUTRA", "--forma-pagamento", "PAGO", codigo=1)
    ordem = ("carga", "complementar", "45871", "--forma-pagamento", "PAGO", "--seguro", "emitente:5500123:SEG-1")
    assert maquina.json(*ordem)["resultado"] == "feito"
    maquina.esperar(lambda: maquina.saida(ROTA_DA_CARGA) == ["minha-ret.json"], motivo="a carga não seguiu")
    feita = maquina.json("carga", "ver", "45871")
    assert feita["situacao"] == "GERADA"
    assert feita["itens"][0]["registro"]["seguros"][0]["apolice"] == "5500123"
    maquina.exigir("carga", "complementar", "45871", "--forma-pagamento", "PAGO", codigo=1)
    assert maquina.parar() == 0


def test_a_numeracao_se_define_e_nao_volta(maquina: Maquina) -> None:
    maquina.executar()
    definir = ("carga", "numeracao", "definir", "11.222.333/0001-81", "--modelo", "57", "--serie", "1", "--proximo")
    maquina.exigir(*definir, "900")
    feita = _emitir(maquina, _gravar(maquina, carga(datetime.now(UTC))))
    assert [d["numero"] for d in feita["documentos"]] == [900]
    maquina.exigir(*definir, "900", codigo=1)
    assert [s["proximo"] for s in maquina.json("carga", "numeracao")] == [901]
    assert maquina.parar() == 0


def test_uma_carga_com_erro_diz_todos_e_termina_com_1(maquina: Maquina) -> None:
    ruim = carga(datetime.now(UTC))
    ruim["notas"][0]["destinatario"] = "NINGUEM"
    ruim["padrao"].pop("produto_predominante")
    maquina.executar()
    feita = _emitir(maquina, _gravar(maquina, ruim), codigo=1)
    codigos = {e["codigo"] for e in feita["erros"]}
    assert codigos >= {"SEP-CARGA-REFERENCIA", "SEP-EMIS-22"}
    assert maquina.json("carga", "numeracao") == []
    assert maquina.parar() == 0
