"""What of the refusals no row of the table tells: errors that list, third parties, dates without rates, raw files."""

from typing import Any

import pytest

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada
from separador.demonstracao import empresas as e
from tests.apoio.emissao import AGORA, cadastros, carga, empresa, equipamento, julgar
from tests.apoio.tabela_de_cargas import BASES, PALAVRAS, conteudo_de

CTE_ANTERIOR = PALAVRAS["ANTERIOR"]
C = "conhecimentos[1]"


def erros_de(conteudo: dict[str, Any], **opcoes: Any) -> list[tuple[str, str]]:
    """Returns code and field of every error."""
    com = equipamento(**opcoes) if opcoes else None
    julgada = julgar(conteudo, com)
    return [(x.codigo, x.campo) for x in julgada.erros] if isinstance(julgada, CargaRecusada) else []


@pytest.mark.parametrize("base", [*BASES, "soltas"])
def test_as_cargas_de_que_os_casos_partem_sao_boas(base: str) -> None:
    julgada = julgar(conteudo_de({"parte_de": base}))
    assert isinstance(julgada, CargaJulgada), julgada


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


def test_uma_data_sem_aliquota_e_recusada_pelo_nome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.apoio.emissao.AGORA", AGORA.replace(year=2027, month=1, day=2))
    assert erros_de(conteudo_de({}), aliquotas_ibscbs=[]) == [("SEP-IBSCBS-VIGENCIA", C)]
    proprias = [{"de": "2027-01-01", "ate": "2027-12-31", "ibs_uf": "0.05", "ibs_mun": "0.05", "cbs": "8.5"}]
    assert erros_de(conteudo_de({}), aliquotas_ibscbs=proprias) == []


@pytest.mark.requisito("EMIS-08", "EMIS-19")
def test_o_que_o_manual_diz_do_documento_leva_o_requisito() -> None:
    """SEFAZ's codes that are cases of a requirement name it, though the built document is what they are found in."""
    julgada = julgar(conteudo_de({"cte": {"impostos": {"cfop": "5101"}}}))
    assert isinstance(julgada, CargaRecusada)
    assert [(x.codigo, x.regra) for x in julgada.erros] == [("676", "EMIS-08")]
    errada = cadastros(empresas=[empresa(iest={"RJ": "85123460"})])
    julgada = julgar(conteudo_de({"cte": {"impostos": {"tributacao": "060"}}}), equipamento(errada))
    assert isinstance(julgada, CargaRecusada)
    assert [(x.codigo, x.regra) for x in julgada.erros] == [("614", "EMIS-19")]
