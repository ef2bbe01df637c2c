"""Tests invoice and instalments of a CT-e that comes out of a load, with its number, and edited until it is sent."""

import re
from collections.abc import Callable

import pytest

from separador.capacidades.emissao.banco import leitura
from tests.apoio.emissao import ROTA_DA_CARGA, cadastros, carga, em_yaml
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
PARCELAS = [
    {"dias": "30", "percentual": "50", "tipo_titulo": "BOLETO"},
    {"dias": "60", "percentual": "50", "tipo_titulo": "CHEQUE"},
]


@pytest.mark.requisito("EMIS-23")
def test_a_cobranca_leva_o_numero_do_cte_e_se_refaz_ate_o_envio(fazer: Fazer) -> None:
    i = fazer(cadastros(negociacoes=[{"codigo": "A", "parcelas": PARCELAS}]))
    i.fechar()
    i.rotas[-1]["envio"] = "manual"
    i.gravar_config()
    i.abrir()
    conteudo = carga(i.agora, notas=2)
    conteudo["notas"][1]["destinatario"] = "DEST-SP"
    conteudo["padrao"]["cobranca"] = {"tipo_negociacao": "A"}
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(conteudo))
    resposta = i.json(ROTA_DA_CARGA, "45871-ret.json")
    assert resposta["resultado"] == "gerada", resposta["erros"]
    um, dois = (d["chave"] for d in resposta["documentos"])
    xml = i.assinado(dois).decode()
    assert "<nFat>2</nFat><vOrig>250.00</vOrig><vLiq>250.00</vLiq>" in xml
    assert re.findall("<nDup>(.*?)</nDup>.*?<vDup>(.*?)</vDup>", xml) == [("2-1", "125.00"), ("2-2", "125.00")]
    item = leitura.ver(i.banco.conn, "45871")["itens"][1]  # type: ignore[index,union-attr]
    assert [c["tipo_titulo"] for c in item["registro"]["cobranca"]] == ["BOLETO", "CHEQUE"]
    negociacoes = i.pasta / "config" / "cadastros" / "operacoes.yaml"
    negociacoes.write_text(negociacoes.read_text("utf-8").replace("dias: '30'", "dias: '45'"), encoding="utf-8")
    i.passar(5)
    assert i.ordenar("carga-refazer", dois)["estado"] == "feita"
    assert i.assinado(dois).decode().count("<nFat>2</nFat>") == 1
    assert re.findall("<dVenc>(.*?)</dVenc>", i.assinado(dois).decode()) != re.findall("<dVenc>(.*?)</dVenc>", xml)
    for chave in (um, dois):
        i.ordenar("enviar", chave)
        assert i.situacao(chave) == AUTORIZADO, i.falhas()
    assert i.ordenar("carga-refazer", dois)["codigo"] == "SEP-CARGA-DIFERENTE"
