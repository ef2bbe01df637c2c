"""Tests the facts and the invoices that the database keeps."""

import pytest

from separador.fiscal.leitura import reler
from separador.fiscal.resumo import Nota, notas, resumir, resumir_evento
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import EMITENTE, HOMOLOGACAO, NS, REMETENTE, chave_cte, chave_nfe, cte


def do_cte(documentos: str) -> list[Nota]:
    return notas(reler(cte(documentos=documentos).encode()), Tipo.CTE)


def test_fatos_do_cte() -> None:
    r = resumir(reler(cte(numero=7).encode()), Tipo.CTE)
    assert (r.chave, r.modelo, r.serie, r.numero) == (chave_cte(7), "57", "1", "7")
    assert (r.emitente, r.emitente_nome, r.uf) == (EMITENTE, "TRANSPORTADORA FICTICIA LTDA", "SP")
    assert (r.tp_emis, r.tp_amb, r.tp_cte, r.valor) == ("1", "2", "0", "1000.00")
    assert r.dh_emi == "2026-11-20T10:00:00-03:00"
    assert (r.tomador, r.tomador_nome) == (REMETENTE, HOMOLOGACAO)


def test_tomador_declarado() -> None:
    toma4 = "<toma4><toma>4</toma><CPF>11144477735</CPF><xNome>FULANO</xNome></toma4>"
    xml = cte().replace("<toma3><toma>0</toma></toma3>", toma4)
    r = resumir(reler(xml.encode()), Tipo.CTE)
    assert (r.tomador, r.tomador_nome) == ("11144477735", "FULANO")


@pytest.mark.requisito("CTE-11")
def test_nfe_diz_tudo_pela_chave_menos_o_valor() -> None:
    assert do_cte(f"<infNFe><chave>{chave_nfe(10)}</chave></infNFe>") == [
        Nota(chave_nfe(10), "55", "10", "1", None, REMETENTE)
    ]


@pytest.mark.requisito("CTE-11")
def test_nota_em_papel() -> None:
    nf = (
        "<infNF><mod>01</mod><serie>2</serie><nDoc>123</nDoc><dEmi>2026-11-01</dEmi><vBC>0.00</vBC><vICMS>0.00</vICMS>"
        "<vBCST>0.00</vBCST><vST>0.00</vST><vProd>9.00</vProd><vNF>10.00</vNF><nCFOP>5102</nCFOP></infNF>"
    )
    assert do_cte(nf * 2) == [Nota(None, "01", "123", "2", "10.00", REMETENTE)] * 2


@pytest.mark.requisito("CTE-11")
def test_outros_e_dce() -> None:
    assert do_cte("<infOutros><tpDoc>99</tpDoc><nDoc>5</nDoc><vDocFisc>1.50</vDocFisc></infOutros>") == [
        Nota(None, "99", "5", None, "1.50", REMETENTE)
    ]
    dce = chave_nfe(3)[:20] + "99" + chave_nfe(3)[22:]
    assert do_cte(f"<infDCe><chave>{dce}</chave></infDCe>")[0].modelo == "99"
    assert do_cte("<infNFe><chave>123</chave></infNFe>") == [Nota("123", None, None, None, None, None)]


@pytest.mark.requisito("CTE-11")
def test_simplificado_os_e_gtve() -> None:
    simp = f'<CTeSimp xmlns="{NS}"><infCte Id="CTe1"><toma><CNPJ>{REMETENTE}</CNPJ><xNome>T</xNome></toma>'
    simp += "".join(f"<det nItem='{n}'><infNFe><chNFe>{chave_nfe(n)}</chNFe></infNFe></det>" for n in (1, 2))
    raiz = reler((simp + "<total><vTPrest>5.00</vTPrest></total></infCte></CTeSimp>").encode())
    assert [n.numero for n in notas(raiz, Tipo.CTE_SIMP)] == ["1", "2"]
    resumo = resumir(raiz, Tipo.CTE_SIMP)
    assert (resumo.valor, resumo.tomador) == ("5.00", REMETENTE)
    ref = "<infDocRef><nDoc>8</nDoc><serie>1</serie><dEmi>2026-11-01</dEmi><vDoc>3.00</vDoc></infDocRef>"
    bpe = f"<infDocRef><chBPe>{chave_nfe(4)}</chBPe></infDocRef>"
    os = f'<CTeOS xmlns="{NS}"><infCte><infCTeNorm>{ref}{bpe}</infCTeNorm></infCte></CTeOS>'
    assert [(n.numero, n.valor) for n in notas(reler(os.encode()), Tipo.CTE_OS)] == [("8", "3.00"), ("4", None)]
    gtve = (
        f'<GTVe xmlns="{NS}"><infCte><ide><tomaTerceiro><CNPJ>{REMETENTE}</CNPJ></tomaTerceiro></ide></infCte></GTVe>'
    )
    assert notas(reler(gtve.encode()), Tipo.GTVE) == []
    assert resumir(reler(gtve.encode()), Tipo.GTVE).tomador == REMETENTE


def test_2000_notas() -> None:
    assert len(do_cte("".join(f"<infNFe><chave>{chave_nfe(n)}</chave></infNFe>" for n in range(1, 2001)))) == 2000


@pytest.mark.parametrize("xml", [f'<CTe xmlns="{NS}"/>', "<CTe/>", f'<CTe xmlns="{NS}"><infCte><ide/></infCte></CTe>'])
def test_arvore_quebrada_da_vazios(xml: str) -> None:
    for tipo in (Tipo.CTE, Tipo.CTE_OS, Tipo.CTE_SIMP, Tipo.GTVE):
        assert resumir(reler(xml.encode()), tipo).chave == ""
        assert notas(reler(xml.encode()), tipo) == []
    assert resumir_evento(reler(xml.encode())).n_seq == 0
