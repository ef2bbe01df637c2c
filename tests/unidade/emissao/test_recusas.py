"""Every rule's failing example: code, field, and nothing else told. Each case changes one thing of a good load."""

from collections.abc import Callable
from typing import Any

import pytest

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada
from separador.demonstracao import empresas as e
from separador.nucleo.chave import compor
from tests.apoio.emissao import AGORA, cadastros, carga, empresa, entidade, equipamento, julgar, nfe

Mudar = Callable[[dict[str, Any]], None]
SERVICO = {"descricao": "FRETE", "componente": "FRETE VALOR", "valor": "100.00"}
CTE_ANTERIOR = compor(
    uf="35",
    aamm="2611",
    cnpj=e.OUTRA_TRANSPORTADORA.cnpj,
    modelo="57",
    serie=7,
    numero=77,
    tp_emis="1",
    codigo="10806413",
)


def explicita(**outros: Any) -> dict[str, Any]:
    """Returns a load of one conhecimento."""
    solta = carga(AGORA)
    nota = {"chave": nfe(1, AGORA), "valor": "5000.00"}
    cte = {
        "depositante": "REM-SP", "destinatario": "DEST-RJ", "notas": [nota],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": 10}],
    }  # fmt: skip
    return {
        "carga": "1",
        "informacoes_complementares": solta["informacoes_complementares"],
        "padrao": solta["padrao"],
        "conhecimentos": [cte | outros],
    }


def redespacho(**outros: Any) -> dict[str, Any]:
    """Returns a load of one redespacho, which begins at a terminal in the issuer's state."""
    base = {
        "tipo_operacao": "redespacho", "expedidor": "CARGAS-SP", "tomador": "expedidor",
        "documentos_anteriores": [{"emissor": "CARGAS-SP", "chave": CTE_ANTERIOR}],
    }  # fmt: skip
    return explicita(**(base | outros))


def erros_de(conteudo: dict[str, Any], **opcoes: Any) -> list[tuple[str, str]]:
    """Returns code and field of every error."""
    com = equipamento(**opcoes) if opcoes else None
    julgada = julgar(conteudo, com)
    return [(x.codigo, x.campo) for x in julgada.erros] if isinstance(julgada, CargaRecusada) else []


C = "conhecimentos[1]"
CASOS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    # --- EMIS-01: parties
    "sem destinatario": (explicita(destinatario=None), [("470", f"{C}.destinatario")]),
    "sem remetente": (
        explicita(depositante=None, servicos=[SERVICO | {"tributacao": "40", "cfop": "5353"}]),
        [("469", f"{C}.remetente")],
    ),
    "expedidor num normal": (explicita(expedidor="CARGAS-SP"), [("SEP-EMIS-01", f"{C}.expedidor")]),
    "recebedor num normal": (explicita(recebedor="CARGAS-SP"), [("SEP-EMIS-01", f"{C}.recebedor")]),
    "redespacho sem expedidor": (
        redespacho(expedidor=None, tomador="CARGAS-SP"),
        [("SEP-EMIS-01", f"{C}.expedidor")],
    ),
    "intermediario sem expedidor": (
        redespacho(tipo_operacao="redespacho intermediário", expedidor=None, recebedor="DEST-SP", tomador="CARGAS-SP"),
        [("474", f"{C}.expedidor")],
    ),
    "intermediario sem recebedor": (
        redespacho(tipo_operacao="redespacho intermediário"),
        [("475", f"{C}.recebedor")],
    ),
    "parte desconhecida": (explicita(destinatario="NINGUEM"), [("SEP-CARGA-REFERENCIA", f"{C}.destinatario")]),
    "tomador que o CT-e nao tem": (explicita(tomador="recebedor"), [("SEP-EMIS-01", f"{C}.tomador")]),
    "transportadora desconhecida": (
        explicita(transportadora="55666777000181"),
        [("SEP-CARGA-REFERENCIA", f"{C}.transportadora")],
    ),
    # --- EMIS-02
    "municipio que nao existe": (explicita(cod_cid_inicio="3500000"), [("SEP-CARGA-MUNICIPIO", f"{C}.cod_cid_inicio")]),
    "coleta por avião": (
        explicita(coleta_entrega=[{"tipo": "coleta", "tipo_transporte": "aereo"}]),
        [("SEP-EMIS-02", f"{C}.coleta_entrega[1].tipo_transporte")],
    ),
    # --- EMIS-03, 21
    "lotacao sem motorista nem veiculo": (explicita(lotacao="sim"), [("SEP-EMIS-03", f"{C}.lotacao")]),
    "lotacao sem motorista": (explicita(lotacao="sim", veiculo="HEO2144"), [("SEP-EMIS-03", f"{C}.lotacao")]),
    "motorista que nao e motorista": (explicita(motoristas=["DEST-RJ"]), [("SEP-EMIS-21", f"{C}.motoristas[1]")]),
    # --- EMIS-05
    "observacao de 2001": (explicita(observacao="A" * 2001), [("SEP-EMIS-05", f"{C}.observacao")]),
    "onze observacoes": (
        explicita(obs_contribuinte=[{"campo": f"C{i}", "texto": "T"} for i in range(11)]),
        [("SEP-EMIS-05", f"{C}.obs_contribuinte")],
    ),
    "campo de 21": (
        explicita(obs_contribuinte=[{"campo": "A" * 21, "texto": "T"}]),
        [("SEP-EMIS-05", f"{C}.obs_contribuinte[1].campo")],
    ),
    # --- EMIS-06
    "tomador isento em SP": (
        explicita(tomador="ISENTO-SP"),
        [("SEP-CARGA-REFERENCIA", f"{C}.tomador")],
    ),
    # --- EMIS-07, 08
    "servico sem componente": (
        explicita(servicos=[{"descricao": "GRIS", "valor": "10.00"}]),
        [("SEP-EMIS-07", f"{C}.servicos[1].componente")],
    ),
    "servicos que diferem": (
        explicita(servicos=[SERVICO, SERVICO | {"aliquota": "7"}]),
        [("SEP-EMIS-08", f"{C}.servicos")],
    ),
    "tributacao recusada": (
        explicita(servicos=[SERVICO | {"tributacao": "070"}]),
        [("SEP-EMIS-08", f"{C}.servicos[1].tributacao")],
    ),
    "20 sem reducao": (
        explicita(servicos=[SERVICO | {"tributacao": "020", "reducao": "0"}]),
        [("SEP-EMIS-08", f"{C}.servicos")],
    ),
    "00 com reducao": (
        explicita(servicos=[SERVICO | {"tributacao": "000", "reducao": "20"}]),
        [("SEP-EMIS-08", f"{C}.servicos")],
    ),
    # --- EMIS-10, 22
    "sem medidas": (explicita(medidas=None), [("SEP-EMIS-10", f"{C}.medidas")]),
    "serie reservada": (explicita(serie="890"), [("SEP-EMIS-22", f"{C}.serie")]),
    # --- EMIS-11
    "sem notas": (explicita(notas=None, servicos=[SERVICO]), [("SEP-EMIS-11", f"{C}.notas")]),
    "55 com 99": (
        explicita(
            notas=[
                {"chave": nfe(1, AGORA), "valor": "1"},
                {"modelo": "99", "descricao": "OUTRO", "valor": "1"},
            ]
        ),
        [("SEP-EMIS-11", f"{C}.notas")],
    ),
    "99 sem descricao": (
        explicita(notas=[{"modelo": "99", "valor": "1"}]),
        [("SEP-EMIS-11", f"{C}.notas[1].descricao")],
    ),
    "modelo 1 sem CFOP": (
        explicita(
            notas=[{"modelo": 1, "numero": 1, "serie": 1, "emissao": "2026-11-01", "valor": 1, "valor_produtos": 1}]
        ),
        [("SEP-EMIS-11", f"{C}.notas[1].cfop")],
    ),
    "numero que nao e o da chave": (
        explicita(notas=[{"chave": nfe(1, AGORA), "valor": "1", "numero": "999"}]),
        [("SEP-EMIS-11", f"{C}.notas[1].numero")],
    ),
    "mes que nao e o da chave": (
        explicita(notas=[{"chave": nfe(1, AGORA), "valor": "1", "emissao": "2026-01-01"}]),
        [("SEP-EMIS-11", f"{C}.notas[1].emissao")],
    ),
    "nfe repetida": (
        explicita(notas=[{"chave": nfe(1, AGORA), "valor": "1"}] * 2),
        [("527", f"{C}.notas[2].chave")],
    ),
    "dois emitentes": (
        explicita(
            notas=[{"chave": nfe(1, AGORA), "valor": "1"}, {"chave": nfe(2, AGORA, e.DESTINATARIO_SP), "valor": "1"}]
        ),
        [("SEP-EMIS-11", f"{C}.notas")],
    ),
    # --- EMIS-12, 14
    "seguro sem responsavel": (
        explicita(seguros=[{"apolice": "1"}]),
        [("SEP-EMIS-12", f"{C}.seguros[1].responsavel")],
    ),
    "outro sem parceiro": (
        explicita(vales_pedagio=[{"pagante": "Outro", "compra": "1"}]),
        [("SEP-EMIS-14", f"{C}.vales_pedagio[1].parceiro_pagante")],
    ),
    "parceiro sem outro": (
        explicita(vales_pedagio=[{"pagante": "remetente", "parceiro_pagante": "DEST-SP"}]),
        [("SEP-EMIS-14", f"{C}.vales_pedagio[1].parceiro_pagante")],
    ),
    "pagante que o CT-e nao tem": (
        explicita(vales_pedagio=[{"pagante": "recebedor"}]),
        [("SEP-EMIS-14", f"{C}.vales_pedagio[1].pagante")],
    ),
    # --- EMIS-13
    "redespacho sem anterior": (redespacho(documentos_anteriores=None), [("521", f"{C}.documentos_anteriores")]),
    "normal com anterior": (
        explicita(tomador="CARGAS-SP", documentos_anteriores=[{"emissor": "CARGAS-SP", "chave": CTE_ANTERIOR}]),
        [("747", f"{C}.documentos_anteriores")],
    ),
    "anterior repetido": (
        redespacho(documentos_anteriores=[{"emissor": "CARGAS-SP", "chave": CTE_ANTERIOR}] * 2),
        [("543", f"{C}.documentos_anteriores[2].chave")],
    ),
    "anterior de outro": (
        redespacho(documentos_anteriores=[{"emissor": "DEST-SP", "chave": CTE_ANTERIOR}]),
        [("733", f"{C}.documentos_anteriores[1].chave"), ("745", f"{C}.documentos_anteriores[1].emissor")],
    ),
    # --- EMIS-18
    "pedido de outro destinatario": (
        explicita(pedidos=[{"numero": "1", "destinatario": "DEST-SP"}]),
        [("SEP-EMIS-18", f"{C}.pedidos[1].destinatario")],
    ),
    "campo que o pedido nao copia": (
        explicita(pedidos=[{"numero": "1", "observacao": "X"}]),
        [("SEP-EMIS-18", f"{C}.pedidos[1].observacao")],
    ),
    # --- what comes later
    "cobranca": (explicita(cobranca={"tipo_negociacao": "30"}), [("SEP-CARGA-ESQUEMA", f"{C}.cobranca")]),
    "outro modal": (explicita(modal="aereo"), [("SEP-CARGA-ESQUEMA", f"{C}.modal")]),
    "CT-e OS": (explicita(tipo_operacao="valores"), [("SEP-CARGA-ESQUEMA", f"{C}.tipo_operacao")]),
    "refazer": (explicita() | {"refazer": "sim"}, [("SEP-CARGA-ESQUEMA", "refazer")]),
    # --- the file
    "campo desconhecido": (explicita(tomadro="remetente"), [("SEP-CARGA-ESQUEMA", f"{C}.tomadro")]),
    "nem notas nem conhecimentos": ({"carga": "1"}, [("SEP-EMIS-11", "notas")]),
    "sem identificacao": ({k: v for k, v in explicita().items() if k != "carga"}, [("SEP-CARGA-ESQUEMA", "carga")]),
    "recebe mais do que a prestacao": (explicita(valor_receber="999.99"), [("531", f"{C}.valor_receber")]),
}


@pytest.mark.requisito(
    *("EMIS-01", "EMIS-02", "EMIS-03", "EMIS-05", "EMIS-06", "EMIS-07", "EMIS-08", "EMIS-10", "EMIS-11", "EMIS-12"),
    *("EMIS-13", "EMIS-14", "EMIS-18", "EMIS-21", "EMIS-22"),
)
@pytest.mark.parametrize("caso", CASOS)
def test_a_carga_e_recusada_no_campo_certo(caso: str) -> None:
    conteudo, esperados = CASOS[caso]
    assert erros_de(conteudo) == esperados


@pytest.mark.parametrize("conteudo", [explicita(), redespacho(), carga(AGORA)], ids=["normal", "redespacho", "soltas"])
def test_as_cargas_de_que_os_casos_partem_sao_boas(conteudo: dict[str, Any]) -> None:
    julgada = julgar(conteudo)
    assert isinstance(julgada, CargaJulgada), julgada


@pytest.mark.requisito("EMIS-06")
@pytest.mark.parametrize(
    ("opcoes", "codigo"),
    [
        ({}, "617"),
        ({"ufs_sem_tomador_isento": ["AM"], "ufs_tomador_isento": ["RJ"]}, "SEP-EMIS-06"),
    ],
)
def test_tomador_isento_onde_nao_pode(opcoes: dict[str, Any], codigo: str) -> None:
    registros = cadastros()
    registros["entidades"].append(entidade("ISENTO-SP", e.DESTINATARIO_SP, ie="ISENTO"))
    registros["entidades"] = [r for r in registros["entidades"] if r["codigo"] != "DEST-SP"]
    conteudo = explicita(tomador="ISENTO-SP")
    assert erros_de(conteudo, registros=registros, **opcoes) == [(codigo, f"{C}.tomador")]


@pytest.mark.requisito("CAD-04")
def test_tudo_o_que_falta_nos_cadastros_vem_num_erro_so() -> None:
    registros = cadastros(empresas=[empresa(rntrc=None, aliquota_pis=None)], depositantes=[{"entidade": "REM-SP"}])
    for r in registros["entidades"]:
        if r["codigo"] == "DEST-RJ":
            del r["nome"]
    registros = {k: [{n: v for n, v in r.items() if v is not None} for r in lista] for k, lista in registros.items()}
    julgada = julgar(carga(AGORA), equipamento(registros))
    assert isinstance(julgada, CargaRecusada)
    (erro,) = julgada.erros
    assert (erro.codigo, erro.campo, erro.regra) == ("SEP-CAD-04", "cadastros", "CAD-04")
    assert {(f.cadastro, f.codigo, f.campo) for f in erro.faltam} == {
        ("empresas", e.EMITENTE.cnpj, "rntrc"),
        ("empresas", e.EMITENTE.cnpj, "aliquota_pis"),
        ("entidades", "DEST-RJ", "nome"),
        ("depositantes", "REM-SP", "percentual_frete"),
        ("depositantes", "REM-SP", "tributacao"),
    }


@pytest.mark.requisito("CAD-05")
def test_sem_o_modelo_eletronico_nada_e_emitido() -> None:
    assert erros_de(carga(AGORA), modelo_conhecimento="PAPEL") == [("SEP-CAD-05", "emissao.modelo_conhecimento")]


COMPRAS = [
    {"codigo": "COMPRA", "movimento": "compra", "cte": "Terceiros"},
    {"codigo": "OUTRA-COMPRA", "movimento": "compra", "cte": "Próprio"},
    {"codigo": "VENDA", "movimento": "venda"},
]


def de_terceiros(operacao: str = "COMPRA", emissao: str = "2026-11-02", **outros: Any) -> dict[str, Any]:
    """Returns a load that only brings a CT-e of third parties."""
    terceiros = {"chave": CTE_ANTERIOR, "emissao": emissao, "valor": "100.00"}
    return {"carga": "1", "conhecimentos": [{"tipo_operacao": operacao, "terceiros": terceiros} | outros]}


@pytest.mark.requisito("EMIS-02")
@pytest.mark.parametrize(
    ("conteudo", "esperados"),
    [
        (de_terceiros(), [("SEP-EMIS-02", f"{C}.cod_cid_inicio"), ("SEP-EMIS-02", f"{C}.cod_cid_fim")]),
        (de_terceiros(cod_cid_inicio="3550308"), [("SEP-EMIS-02", f"{C}.cod_cid_fim")]),
        (de_terceiros(cod_cid_inicio="3550308", cod_cid_fim="3304557"), []),
        (de_terceiros("OUTRA-COMPRA"), [("SEP-EMIS-02", f"{C}.cod_cid_inicio")]),
        (de_terceiros("OUTRA-COMPRA", cod_cid_fim="3304557"), []),
        (de_terceiros(emissao="2017-12-31"), []),
        (de_terceiros("VENDA"), [("SEP-EMIS-22", f"{C}.tipo_operacao")]),
        (de_terceiros("normal"), [("SEP-EMIS-22", f"{C}.tipo_operacao")]),
    ],
)
def test_o_cte_de_terceiros(conteudo: dict[str, Any], esperados: list[tuple[str, str]]) -> None:
    assert erros_de(conteudo, registros=cadastros(operacoes=COMPRAS)) == esperados


def test_o_cte_de_terceiros_que_falta_dizer() -> None:
    conteudo = de_terceiros(terceiros={"chave": CTE_ANTERIOR})
    achados = erros_de(conteudo, registros=cadastros(operacoes=COMPRAS))
    assert achados == [("SEP-EMIS-22", f"{C}.terceiros.emissao"), ("SEP-EMIS-22", f"{C}.terceiros.valor")]


@pytest.mark.requisito("EMIS-01")
def test_empresa_que_nao_e_transportadora() -> None:
    registros = cadastros(empresas=[empresa(transportadora="não")])
    assert erros_de(carga(AGORA), registros=registros) == [("SEP-EMIS-01", "notas[1].transportadora")]


def test_uma_data_sem_aliquota_e_recusada_pelo_nome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.apoio.emissao.AGORA", AGORA.replace(year=2027, month=1, day=2))
    assert erros_de(explicita(), aliquotas_ibscbs=[]) == [("SEP-IBSCBS-VIGENCIA", C)]
    proprias = [{"de": "2027-01-01", "ate": "2027-12-31", "ibs_uf": "0.05", "ibs_mun": "0.05", "cbs": "8.5"}]
    assert erros_de(explicita(), aliquotas_ibscbs=proprias) == []
