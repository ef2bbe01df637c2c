"""Tests that a folder of returns understands what the network understands."""

import os
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

from separador.capacidades.cte.banco import rastro
from separador.demonstracao import retornos as rt
from separador.fiscal.leitura import Lido, ler
from tests.apoio.instalacao import Instalacao

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
    '<soap:Body><cteRecepcaoSincResult xmlns="http://www.portalfiscal.inf.br/cte/wsdl/CTeRecepcaoSincV4">{}'
    "</cteRecepcaoSincResult></soap:Body></soap:Envelope>"
)


def _declarando(codificacao: str, em: str) -> Callable[[str], bytes]:
    return lambda t: f'<?xml version="1.0" encoding="{codificacao}"?>{t}'.encode(em)


FORMAS: dict[str, Callable[[str], bytes]] = {
    "latin-1 declarado": _declarando("ISO-8859-1", "latin-1"),
    "latin-1 sem declaração": lambda t: t.encode("latin-1"),
    "windows-1252": _declarando("Windows-1252", "cp1252"),
    "utf-16 com bom": _declarando("UTF-16", "utf-16"),
    "declara utf-16 e é utf-8": _declarando("utf-16", "utf-8"),
    "nul no fim": lambda t: t.encode() + b"\0\0",
    "soap com cdata": lambda t: ENVELOPE.format(f'<![CDATA[<?xml version="1.0" encoding="UTF-8"?>{t}]]>').encode(),
    "soap com texto escapado": lambda t: ENVELOPE.format(escape(t)).encode(),
    "soap com cdata em latin-1": lambda t: ENVELOPE.format(f"<![CDATA[{t}]]>").encode("latin-1"),
    "entidade desconhecida": lambda t: t.replace("Autorizado", "&null; Autorizado").encode(),
}


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_o_retorno_e_aplicado(instalacao: Instalacao, forma: str) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora).dados.decode()
    texto = ret.partition("?>")[2].replace("Autorizado o uso", "Autorizado não há é o uso")
    dados = FORMAS[forma](texto)
    instalacao.soltar(2, "x.xml", dados)
    instalacao.passar(10)
    assert instalacao.desfecho("x.xml") == "aplicado", instalacao.falhas()
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    do_wms = ler(instalacao.ler(2, "p-pro-rec.xml"))
    assert isinstance(do_wms, Lido)
    assert do_wms.raiz_local == "retCTe"
    assert isinstance(ler(instalacao.ler(2, f"{e.chave}-procCTe.xml")), Lido)
    assert instalacao.falhas() == []
    guardado = [p for p in instalacao.recortes("arquivo") if p.read_bytes() == dados]
    assert guardado, "o original fica como veio"
    passos = [p.detalhe for p in rastro.da_chave(instalacao.banco, e.chave)]
    assert any("lido assim mesmo" in p for p in passos), passos


@pytest.mark.requisito("BORDA-14")
def test_o_que_decide_com_byte_estranho_nao_e_aplicado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora).dados
    instalacao.soltar(2, "x.xml", ret.replace(b"<cStat>100<", b"<cStat>10\xb2<"))
    assert instalacao.desfecho("x.xml") == "quarentena"
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas()
