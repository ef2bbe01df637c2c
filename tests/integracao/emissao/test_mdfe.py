"""Tests what a program of MDF-e gets of a load: exactly the fields of the contract, and none that is absent."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from separador.capacidades.emissao.arquivos.mdfe import outros_veiculos, partes
from separador.capacidades.emissao.banco.manifesto import ctes_da_carga
from separador.demonstracao import empresas as e
from tests.apoio.emissao import ROTA_DA_CARGA, cadastros, carga, em_yaml, entidade
from tests.apoio.instalacao_em_rede import InstalacaoEmRede
from tests.apoio.tabela_de_cargas import PALAVRAS

Fazer = Callable[..., InstalacaoEmRede]


def _instalacao(fazer: Fazer) -> InstalacaoEmRede:
    todos = cadastros()
    trator, reboque = todos["veiculos"]
    trator |= {
        "renavam": "12345678901", "tara": "9000", "capacidade_kg": "30000", "tipo_rodado": "03",
        "tipo_carroceria": "02",
    }  # fmt: skip
    reboque |= {"tara": "7000", "tipo_rodado": "06", "tipo_carroceria": "02"}
    todos["entidades"].append(entidade("PEDAGIO", e.OUTRA_TRANSPORTADORA))
    return fazer(todos)


def _mdfe(i: InstalacaoEmRede, conteudo: dict[str, Any]) -> list[dict[str, Any]]:
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(conteudo))
    resposta = i.json(ROTA_DA_CARGA, "45871-ret.json")
    assert resposta["resultado"] == "gerada", resposta["erros"]
    ctes = ctes_da_carga(i.banco.conn, "45871")
    assert ctes is not None
    return json.loads(json.dumps(partes("45871", ctes)))  # type: ignore[no-any-return]


@pytest.mark.requisito("EMIS-03", "EMIS-12", "EMIS-14", "EMIS-15", "EMIS-24")
def test_uma_carga_de_lotacao(fazer: Fazer) -> None:
    i = _instalacao(fazer)
    conteudo = carga(i.agora, notas=3)
    conteudo["notas"][1]["destinatario"] = conteudo["notas"][2]["destinatario"] = "DEST-SP"
    conteudo["notas"][2]["medidas"] = [
        {"unidade": "TON", "tipo": "PESO BRUTO", "quantidade": "1.5"},
        {"unidade": "KG", "tipo": "PESO CUBADO", "quantidade": "9999"},
    ]
    conteudo["notas"][0]["unidades"] = [{"tipo": "1", "identificacao": "HEO2144", "lacres": ["1999"]}]
    conteudo["padrao"] |= {
        "lotacao": "sim", "motoristas": ["MOTORISTA-1"], "veiculo": "HEO2144", "reboque_1": "ABC1D23",
        "lacres": ["1997", "1998"],
        "vales_pedagio": [{"pagante": "outro", "parceiro_pagante": "MOTORISTA-1", "fornecedor": "PEDAGIO",
                           "compra": "3557", "valor": "0.00"}],
    }  # fmt: skip
    (parte,) = _mdfe(i, conteudo)
    um, dois = (r["chave"] for r in i.banco.todas("SELECT chave FROM documento ORDER BY numero"))
    assert parte == {
        "carga": "45871",
        "transportadora": "11222333000181",
        "rntrc": "12345678",
        "veicTracao": {
            "placa": "HEO2144", "uf": "SP", "renavam": "12345678901", "tara": 9000, "capKG": 30000, "tpRod": "03",
            "tpCar": "02",
        },
        "veicReboque": [{"placa": "ABC1D23", "uf": "SP", "tara": 7000, "tpCar": "02"}],
        "condutor": [{"xNome": e.CONSUMIDOR_RJ.nome, "CPF": "52998224725"}],
        "valePed": [
            {"CNPJForn": e.OUTRA_TRANSPORTADORA.cnpj, "CPFPg": "52998224725", "nCompra": "3557", "vValePed": "0.00"}
        ],
        "seg": [
            {
                "respSeg": "emitente", "xSeg": "SEGUROS DE MENTIRA SA", "CNPJ": "22333444000181", "nApol": "5500123",
                "vAverb": "15000.00",
            }
        ],
        "lacRodo": [{"nLacre": "1999"}, {"nLacre": "1997"}, {"nLacre": "1998"}],
        "infMunDescarga": [
            {"cMun": "3303302", "xMun": "Niterói", "chCTe": [um]},
            {"cMun": e.DESTINATARIO_SP.c_mun, "xMun": "Santos", "chCTe": [dois]},
        ],
        "tot": {"qCTe": 2, "vCarga": "15000.00", "peso_kg": "4001.0000"},
    }  # fmt: skip


@pytest.mark.requisito("EMIS-24")
def test_o_que_nao_ha_fica_de_fora(instalacao: InstalacaoEmRede) -> None:
    """No vehicle, no driver, no seal: the keys are left out. A cancelled CT-e is, too."""
    conteudo = carga(instalacao.agora, notas=2)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    (parte,) = _mdfe(instalacao, conteudo)
    assert list(parte) == ["carga", "transportadora", "rntrc", "seg", "infMunDescarga", "tot"]
    assert parte["tot"]["qCTe"] == 2
    chave = instalacao.banco.todas("SELECT chave FROM documento")[0]["chave"]
    instalacao.ordenar("cancelar", chave, "CARGA DEVOLVIDA AO REMETENTE")
    instalacao.passar(5)
    ctes = ctes_da_carga(instalacao.banco.conn, "45871")
    assert ctes is not None
    assert chave not in json.dumps(partes("45871", ctes))
    assert ctes_da_carga(instalacao.banco.conn, "OUTRA") is None


@pytest.mark.requisito("EMIS-12", "EMIS-15")
def test_o_que_o_xml_nao_pode_dizer_vem_da_carga(instalacao: InstalacaoEmRede) -> None:
    """A redespacho intermediário names no documents: the seals of its units, and its values, are in the load."""
    nota = carga(instalacao.agora)["notas"][0]
    unidades = [{"tipo": "1", "identificacao": "HEO2144", "lacres": ["U1"], "cargas": [
        {"tipo": "1", "identificacao": "C1", "lacres": ["U2"]}]}]  # fmt: skip
    cte = {
        "tipo_operacao": "redespacho intermediario", "remetente": "REM-SP", "destinatario": "DEST-RJ",
        "expedidor": "TERMINAL-MG", "recebedor": "DEST-RJ", "tomador": "CARGAS-SP",
        "veiculo": "HEO2144", "lacres": ["L"],
        "documentos_anteriores": [{"emissor": "CARGAS-SP", "chave": PALAVRAS["ANTERIOR"]}],
        "seguros": [{"responsavel": "tomador", "averbacao_valor": "77.00", "averbacao_numero": "AV-1"}],
        "servicos": [{"descricao": "F", "componente": "FRETE VALOR", "valor": "10.00", "tributacao": "000",
                      "aliquota": "12", "base_icms": "100", "cfop": "5353"}],
        "notas": [{"chave": nota["chave"], "valor": "5000.00", "unidades": unidades}], "medidas": nota["medidas"],
    }  # fmt: skip
    conteudo = carga(instalacao.agora) | {"conhecimentos": [cte]}
    del conteudo["notas"]
    (parte,) = _mdfe(instalacao, conteudo)
    assert [x["nLacre"] for x in parte["lacRodo"]] == ["U1", "U2", "L"]
    assert parte["seg"] == [{"respSeg": "tomador", "nAver": "AV-1", "vAverb": "77.00"}]
    assert parte["tot"]["vCarga"] == "5000.00"
    ctes = ctes_da_carga(instalacao.banco.conn, "45871")
    assert ctes is not None
    assert outros_veiculos(parte, ctes) == []
