"""The decisions by tables: parties, places, CFOP, ICMS, sharing, grouping, values as written."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from separador.configuracao.emissao.valores import Lido, Ruim, ler
from separador.demonstracao import empresas as e
from separador.fiscal.emissao.dinheiro import ratear
from separador.fiscal.emissao.formato import tipos as t
from separador.fiscal.emissao.formato.carga import CARGA
from separador.fiscal.emissao.formato.esquema import esquema_de
from separador.fiscal.emissao.numero import chave_com, renumerar
from separador.fiscal.emissao.plano import Plano
from separador.fiscal.emissao.xml.documento import chave_de, montar
from separador.nucleo.chave import chave_valida
from tests.apoio.emissao import AGORA, cadastros, carga, empresa, equipamento, nfe, planejar


def _valores(plano: Plano, campo: str) -> list[str]:
    assert plano.erros == ()
    return [x.valor for d in plano.decididos for x in d.decisoes if x.campo == campo]


def _um(**cte: Any) -> dict[str, Any]:
    base = {
        "depositante": "REM-SP", "destinatario": "DEST-RJ", "notas": [{"chave": nfe(1, AGORA), "valor": "1000.00"}],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": 10}],
    }  # fmt: skip
    solta = carga(AGORA)
    del solta["notas"]
    return solta | {"conhecimentos": [base | cte]}


@pytest.mark.requisito("EMIS-02", "EMIS-09", "CAD-03")
@pytest.mark.parametrize(
    ("inicio", "fim", "cfop"),
    [
        ("3550308", "3509502", "5353"),
        ("3550308", "3304557", "6353"),
        ("3304557", "3303302", "5932"),
        ("3304557", "3550308", "6932"),
        ("3550308", "9999999", "7358"),
        ("9999999", "3550308", "6353"),
    ],
)
def test_cfop_de_cada_par_de_lugares(inicio: str, fim: str, cfop: str) -> None:
    assert _valores(planejar(_um(cod_cid_inicio=inicio, cod_cid_fim=fim)), "CFOP") == [cfop]


@pytest.mark.requisito("EMIS-08")
@pytest.mark.parametrize(
    ("tributacao", "grupo"),
    [("000", "ICMS00"), ("040", "ICMS45"), ("41", "ICMS45"), ("051", "ICMS45"), ("060", "ICMS60"), ("90", "ICMS90")],
)
def test_grupo_de_cada_tributacao(tributacao: str, grupo: str) -> None:
    assert _valores(planejar(_um(impostos={"tributacao": tributacao})), "grupo ICMS") == [grupo]


@pytest.mark.requisito("EMIS-08")
def test_90_que_comeca_fora_da_uf_do_emitente() -> None:
    plano = planejar(_um(impostos={"tributacao": "90"}, cod_cid_inicio="3304557"))
    assert _valores(plano, "grupo ICMS") == ["ICMSOutraUF"]


@pytest.mark.requisito("EMIS-08")
@pytest.mark.parametrize("crt", ["1", "4"])
def test_o_simples_tem_um_grupo_so_e_nao_tem_ibscbs(crt: str) -> None:
    plano = planejar(_um(), equipamento(cadastros(empresas=[empresa(crt=crt)])))
    assert _valores(plano, "grupo ICMS") == ["ICMSSN"]
    assert _valores(plano, "IBSCBS") == ["não há"]
    assert [a.codigo for a in plano.avisos] == ["SEP-TRIBUTACAO-IGNORADA"]


@pytest.mark.requisito("EMIS-01", "EMIS-06")
@pytest.mark.parametrize(
    ("tomador", "papel", "ind"),
    [
        ("remetente", "0", "1"),
        ("destinatario", "3", "1"),
        ("DEST-RJ", "3", "1"),
        ("TOMADOR-PR", "4", "1"),
        ("ISENTO-RJ", "4", "2"),
        ("CONSUMIDOR-RJ", "4", "9"),
        ("FORA", "4", "9"),
    ],
)
def test_tomador(tomador: str, papel: str, ind: str) -> None:
    (c,) = planejar(_um(tomador=tomador)).documentos
    assert (c.tomador.papel, c.tomador.ind_ie) == (papel, ind)


@pytest.mark.requisito("EMIS-04")
@pytest.mark.parametrize(("campos", "forma"), [({"cif_fob": "CIF"}, "PAGO"), ({"cif_fob": "fob"}, "A PAGAR")])
def test_forma_de_pagamento_pelo_frete(campos: dict[str, str], forma: str) -> None:
    conteudo = _um(**campos)
    del conteudo["informacoes_complementares"]["forma_pagamento"]
    assert _valores(planejar(conteudo), "forma_pagamento") == [forma]


@pytest.mark.requisito("CARGA-01")
def test_o_agrupamento() -> None:
    conteudo = carga(AGORA, notas=4)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    conteudo["notas"][2]["destinatario"] = e.DESTINATARIO_RJ.cnpj  # the same record, named by its document
    conteudo["notas"][3] |= {"modelo": "99", "descricao": "MOSTRUARIO", "remetente": "REM-SP"}
    del conteudo["notas"][3]["chave"]
    plano = planejar(conteudo)
    assert plano.erros == ()
    assert [d.notas for d in plano.decididos] == [("notas[1]", "notas[3]"), ("notas[2]",), ("notas[4]",)]


@pytest.mark.requisito("CARGA-01")
def test_a_unica_transportadora_dita_ou_nao_e_o_mesmo_grupo() -> None:
    conteudo = carga(AGORA, notas=2, fretes=[{"grupo": {"transportadora": e.EMITENTE.cnpj}, "valor_averbacao": "9.00"}])
    conteudo["padrao"] = {"produto_predominante": "AUTOPECAS"}
    conteudo["notas"][1]["transportadora"] = e.EMITENTE.cnpj
    plano = planejar(conteudo)
    assert plano.erros == ()
    (documento,) = plano.documentos
    assert len(documento.notas) == 2
    assert documento.mercadoria is not None
    assert documento.mercadoria.averbacao == 9


@pytest.mark.requisito("CARGA-01")
def test_o_frete_do_remetente_que_so_o_depositante_diz() -> None:
    papel = {"modelo": "1", "numero": "1", "serie": "1", "emissao": "2026-11-01", "valor_produtos": "1", "cfop": "5102"}
    conteudo = carga(AGORA, fretes=[{"grupo": {"remetente": "REM-SP"}, "valor_averbacao": "9.00"}])
    conteudo["notas"][0] |= papel
    del conteudo["notas"][0]["chave"]
    plano = planejar(conteudo)
    assert plano.erros == ()
    assert plano.avisos == ()


@pytest.mark.requisito("EMIS-11")
@pytest.mark.parametrize(("outro", "repetida"), [("DEST-SP", False), (e.REMETENTE_SP.cnpj, True)])
def test_o_modelo_1_de_outro_remetente_e_outro_documento(outro: str, repetida: bool) -> None:
    nota = {"modelo": "1", "numero": "1", "serie": "1", "emissao": "2026-11-01", "valor": "1", "cfop": "5102"}
    nota["valor_produtos"] = "1"
    conteudo = _um(notas=[nota])
    (um,) = conteudo["conhecimentos"]
    conteudo["conhecimentos"] = [um, um | {"remetente": outro}]
    erros = [(x.codigo, x.campo) for x in planejar(conteudo).erros]
    assert erros == ([("SEP-EMIS-11", "conhecimentos[2].notas[1].numero")] if repetida else [])


@pytest.mark.requisito("EMIS-11")
def test_a_parte_dita_pelo_codigo_e_pelo_documento_e_a_mesma() -> None:
    """The load has a record of its own for a document that the registry has too."""
    endereco = {"logradouro": "RUA", "numero": "1", "bairro": "CENTRO", "codigo_municipio": "3303302"}
    novo = {"codigo": "NOVO", "documento": e.DESTINATARIO_RJ.cnpj, "ie": e.DESTINATARIO_RJ.ie, "nome": "OUTRO NOME"}
    notas = [{"chave": nfe(1, AGORA), "valor": "1", "destinatario": e.DESTINATARIO_RJ.cnpj}]
    plano = planejar(_um(destinatario="NOVO", notas=notas) | {"participantes": [novo | {"endereco": endereco}]})
    assert plano.erros == ()


@pytest.mark.requisito("CARGA-01")
def test_duas_mil_e_uma_notas_sao_dois_cte() -> None:
    plano = planejar(carga(AGORA, notas=2001))
    assert plano.erros == ()
    assert [len(d.notas) for d in plano.decididos] == [2000, 1]


@pytest.mark.parametrize("total", ["0.01", "100.00", "960.00", "0.00"])
@pytest.mark.parametrize("partes", [1, 3, 7, 2001])
def test_o_rateio_soma_o_que_se_rateou(total: str, partes: int) -> None:
    feitas = ratear(Decimal(total), [Decimal(i % 5) for i in range(partes)])
    assert sum(feitas) == Decimal(total)
    assert all(p >= 0 for p in feitas)
    if partes == 2001 and total == "0.01":
        assert sorted(set(feitas)) == [Decimal("0.00"), Decimal("0.01")]


def test_so_mudam_numero_codigo_digito_e_id() -> None:
    (c,) = planejar(carga(AGORA)).documentos
    antes = montar(c, 999_999_999, "00000000", "2")
    chave = chave_com(chave_de(c, 999_999_999, "00000000"), 7, "12345678")
    depois = renumerar(antes, chave)
    assert chave_valida(chave)
    assert depois == montar(c, 7, "12345678", "2")
    partes = [x.replace(">", ">\n").splitlines() for x in (antes, depois)]
    diferem = [a for a, b in zip(*partes, strict=True) if a != b]
    assert len(diferem) == 4


@pytest.mark.parametrize(
    ("tipo", "escrito", "valor"),
    [
        (t.DINHEIRO, "1.234,56", Decimal("1234.56")),
        (t.DINHEIRO, "R$ 5,00", Decimal("5.00")),
        (t.DINHEIRO, "5000.00", Decimal("5000.00")),
        (t.DINHEIRO, "9999999999999.99", Decimal("9999999999999.99")),
        (t.QUANTIDADE, "1250.5", Decimal("1250.5")),
        (t.Data(), "2026-12-05", date(2026, 12, 5)),
        (t.Data(), "05/12/2026", date(2026, 12, 5)),
        (t.Data(), "20261205", date(2026, 12, 5)),
        (t.Documento(), "11.444.777/0001-61", "11444777000161"),
        (t.Documento(), "12.abc.345/01de-35", "12ABC34501DE35"),
        (t.Documento(), "111.444.777-35", "11144477735"),
        (t.Logico(), "Não", False),
        (t.Texto(60), "  Rua\u00a0— “Nova”  ", 'Rua - "Nova"'),
        (t.Texto(60), "Sa\u0303o", "São"),
    ],
)
def test_o_que_se_le(tipo: t.Tipo, escrito: str, valor: object) -> None:
    lido = ler(tipo, escrito)
    assert isinstance(lido, Lido), lido
    assert lido.valor == valor


@pytest.mark.parametrize(
    ("tipo", "escrito", "codigo"),
    [
        (t.DINHEIRO, "12.345", "SEP-CARGA-VALOR"),
        (t.DINHEIRO, "-1", "SEP-CARGA-VALOR"),
        (t.DINHEIRO, "NaN", "SEP-CARGA-VALOR"),
        (t.DINHEIRO, "10000000000000", "SEP-CARGA-VALOR"),
        (t.DINHEIRO, ",", "SEP-CARGA-VALOR"),
        (t.Data(), "31/02/2026", "SEP-CARGA-VALOR"),
        (t.Data(), "05/12/26", "SEP-CARGA-VALOR"),
        (t.Documento(), "11444777000162", "SEP-CARGA-VALOR"),
        (t.Chave("55"), "3526", "SEP-CARGA-VALOR"),
        (t.Municipio(), "3500000", "SEP-CARGA-MUNICIPIO"),
        (t.Texto(60), "caixa 📦", "SEP-CARGA-TEXTO"),
        (t.Texto(5), "123456", "SEP-CARGA-TEXTO"),
        (t.Logico(), "talvez", "SEP-CARGA-ESQUEMA"),
    ],
)
def test_o_que_nao_se_le(tipo: t.Tipo, escrito: str, codigo: str) -> None:
    lido = ler(tipo, escrito)
    assert isinstance(lido, Ruim), lido
    assert lido.codigo == codigo


def test_o_esquema_tem_os_campos_que_o_leitor_le_e_mais_nenhum() -> None:
    esquema = esquema_de(CARGA, "x")
    propriedades = esquema["properties"]
    assert isinstance(propriedades, dict)
    assert set(propriedades) == {c.nome for c in CARGA.campos}
    assert esquema["required"] == ["carga"]


@pytest.mark.requisito("CARGA-03")
def test_cada_palavra_le_o_valor_que_ela_guarda() -> None:
    palavras = [x for x in _tipos(CARGA) if isinstance(x, t.Palavra)]
    assert palavras
    for tipo in palavras:
        assert {v: tipo.opcoes.get(t.comparavel(v)) for v in tipo.opcoes.values()} == {
            v: v for v in tipo.opcoes.values()
        }


def _tipos(tipo: t.Tipo) -> Iterator[t.Tipo]:
    """Yields every kind of value of a group, its lists and groups."""
    yield tipo
    dentro = (
        [c.tipo for c in tipo.campos] if isinstance(tipo, t.Grupo) else [tipo.item] if isinstance(tipo, t.Lista) else []
    )
    for um in dentro:
        yield from _tipos(um)


def test_a_ordem_das_chaves_do_grupo_nao_muda_os_grupos() -> None:
    um, outro = carga(AGORA, notas=6), carga(AGORA, notas=6)
    for i, (a, b) in enumerate(zip(um["notas"], outro["notas"], strict=True)):
        a["destinatario"] = b["destinatario"] = ("DEST-RJ", "DEST-SP")[i % 2]
    outro["notas"] = [dict(reversed(list(n.items()))) for n in outro["notas"]]
    grupos = [[d.notas for d in planejar(x).decididos] for x in (um, outro)]
    assert all(a == b for a, b in pairwise(grupos))
