"""Types the commands of loads that were issued: build one CT-e anew, what a program of MDF-e gets, the columns of a
sheet."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.apoio.emissao import (
    EMISSAO,
    ROTA_DA_CARGA,
    ROTAS_COM_CARGA,
    cadastros,
    carga,
    em_yaml,
    gravar_cadastros,
)
from tests.apoio.maquina import Maquina

_COLUNAS = (
    "carga transportadora depositante remetente destinatario tomador modelo chave numero serie emissao valor frete "
    "peso volumes pedido produto_predominante forma_pagamento cif_fob responsavel_seguro apolice"
)
"""The contract's (`carga.md` 3), word for word."""


@pytest.fixture(scope="module")
def maquina(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maquina]:
    """Returns a running service whose loads wait for the order to be sent."""
    pasta = tmp_path_factory.mktemp("comandos-da-carga")
    gravar_cadastros(pasta / "config" / "cadastros")
    rotas = [*ROTAS_COM_CARGA[:-1], ROTAS_COM_CARGA[-1] | {"envio": "manual"}]
    emissao = EMISSAO | {"cadastros": "config/cadastros"}
    with Maquina(pasta, rotas=rotas, trabalhadores=1, tempo_quieto=0.1, emissao=emissao) as m:
        m.executar()
        yield m
        assert m.parar() == 0


def _arquivo(m: Maquina, conteudo: dict[str, Any], nome: str) -> str:
    (m.pasta / nome).write_bytes(em_yaml(conteudo))
    return str(m.pasta / nome)


def _gerada(m: Maquina, nome: str, primeira: int, **padrao: Any) -> tuple[dict[str, Any], list[str]]:
    """Issues a load of two documents. Returns it, and their keys."""
    conteudo = carga(datetime.now(UTC), nome, notas=2, primeira=primeira)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    conteudo["padrao"] |= padrao
    feita = m.json("carga", "emitir", _arquivo(m, conteudo, f"{nome}.yaml"))
    assert feita["resultado"] == "gerada", feita
    return conteudo, [d["chave"] for d in feita["documentos"]]


def _itens(m: Maquina, nome: str) -> list[tuple[str, int, str]]:
    return [(d["chave"], d["numero"], d["valor"]) for d in m.json("carga", "ver", nome)["itens"]]


@pytest.mark.requisito("CARGA-03")
def test_refazer_com_os_cadastros_de_agora_e_com_um_arquivo(maquina: Maquina) -> None:
    conteudo, (um, dois) = _gerada(maquina, "REFEITA", 1)
    antes = _itens(maquina, "REFEITA")
    registros = cadastros()
    registros["depositantes"][0]["percentual_frete"] = "10"
    gravar_cadastros(maquina.config.parent / "cadastros", registros)
    maquina.esperar(
        lambda: (
            maquina.json("carga", "refazer", um)["resultado"] == "feito"
            and _itens(maquina, "REFEITA")[0][2] == "500.00"
        ),
        motivo="os cadastros de agora não valeram",
    )
    assert _itens(maquina, "REFEITA")[1] == antes[1], "só um foi pedido"
    gravar_cadastros(maquina.config.parent / "cadastros")

    conteudo["notas"][1]["valor"] = "6000.00"
    corrigida = _arquivo(maquina, conteudo, "corrigida.yaml")
    feito = maquina.json("carga", "refazer", dois, corrigida)
    assert (feito["carga"], feito["chave"], feito["resultado"], feito["codigo"], feito["situacao"]) == (
        "REFEITA", dois, "feito", "SEP-CARGA-REFEITA", "NÃO ENVIADO",
    )  # fmt: skip
    assert "mesmo número" in feito["mensagem"]
    assert _itens(maquina, "REFEITA")[1] in [(dois, antes[1][1], "300.00"), (dois, antes[1][1], "600.00")]
    assert [s["proximo"] for s in maquina.json("carga", "numeracao")] == [max(n for _, n, _ in antes) + 1]


@pytest.mark.requisito("CARGA-03")
def test_refazer_o_que_nao_se_pode_termina_com_1_e_diz_por_que(maquina: Maquina) -> None:
    conteudo, (um, dois) = _gerada(maquina, "NEGADA", 11)
    antes = _itens(maquina, "NEGADA")
    sem_dono = um[:43] + ("0" if um[43] != "0" else "1")
    for chave in ("123", sem_dono):
        assert maquina.cli("carga", "refazer", chave).returncode in {1, 2}
    outra = _arquivo(maquina, conteudo | {"carga": "OUTRA"}, "outra.yaml")
    assert "é da carga OUTRA" in maquina.exigir("carga", "refazer", um, outra, codigo=1).stderr
    conteudo["notas"][1]["valor"] = "1.00"
    negado = maquina.json("carga", "refazer", um, _arquivo(maquina, conteudo, "as-duas.yaml"))
    assert (negado["resultado"], negado["codigo"]) == ("recusado", "SEP-CARGA-DIFERENTE")
    assert dois in negado["mensagem"]
    maquina.exigir("carga", "refazer", um, str(maquina.pasta / "nao-ha.yaml"), codigo=2)
    assert _itens(maquina, "NEGADA") == antes


@pytest.mark.requisito("CARGA-03")
def test_o_entregue_ao_transmissor_nao_se_refaz(maquina: Maquina) -> None:
    _, (um, _) = _gerada(maquina, "ENVIADA", 21)
    maquina.exigir("cte", "enviar", um)
    maquina.esperar(lambda: f"{um}-cte.xml" in maquina.saida(1), motivo="o documento não saiu")
    assert "só se refaz o que está NÃO ENVIADO" in maquina.exigir("carga", "refazer", um, codigo=1).stderr


@pytest.mark.requisito("EMIS-03", "EMIS-15", "EMIS-24")
def test_mdfe_de_uma_carga(maquina: Maquina) -> None:
    dados = {"lotacao": "sim", "veiculo": "HEO2144", "motoristas": ["MOTORISTA-1"], "lacres": ["1997"]}
    _, chaves = _gerada(maquina, "MDFE", 31, **dados)
    (parte,) = json.loads(maquina.exigir("carga", "mdfe", "MDFE", "--json").stdout)
    assert (parte["carga"], parte["transportadora"]) == ("MDFE", "11222333000181")
    assert parte["veicTracao"] == {"placa": "HEO2144", "uf": "SP"}
    assert [c["CPF"] for c in parte["condutor"]] == ["52998224725"]
    assert parte["lacRodo"] == [{"nLacre": "1997"}]
    assert [c for m in parte["infMunDescarga"] for c in m["chCTe"]] == chaves
    assert parte["tot"] == {"qCTe": 2, "vCarga": "10000.00", "peso_kg": "2501.0000"}
    texto = maquina.exigir("carga", "mdfe", "MDFE").stdout
    assert "HEO2144" in texto
    assert "infMunDescarga" in texto
    assert "Não há a carga NENHUMA" in maquina.exigir("carga", "mdfe", "NENHUMA", codigo=1).stderr


@pytest.mark.requisito("CARGA-01")
def test_as_colunas_da_planilha_servem_para_escrever_uma(maquina: Maquina) -> None:
    """The columns are the contract's, and a sheet with all of them as its title line is taken."""
    colunas = [c["coluna"] for c in json.loads(maquina.exigir("carga", "esquema", "--csv").stdout)]
    assert colunas == _COLUNAS.split()
    nota = carga(datetime.now(UTC), primeira=41)["notas"][0]
    ditos = {
        "carga": "PLANILHA", "depositante": "REM-SP", "destinatario": "DEST-RJ", "chave": nota["chave"],
        "valor": "5.000,00", "peso": "1250,5", "produto_predominante": "AUTOPECAS", "forma_pagamento": "A PAGAR",
        "responsavel_seguro": "emitente",
    }  # fmt: skip
    linhas = [";".join(colunas), ";".join(ditos.get(c, "") for c in colunas)]
    arquivo = maquina.pasta / "planilha.csv"
    arquivo.write_bytes("\r\n".join(linhas).encode("cp1252"))
    feita = maquina.json("carga", "emitir", str(arquivo))
    assert (feita["resultado"], feita["arquivo"]) == ("gerada", "planilha-carga.csv"), feita
    assert [d["valor"] for d in feita["documentos"]] == ["250.00"]
    assert maquina.listar(maquina.origem(ROTA_DA_CARGA)) == []
