"""Tests that one part of an answer does not take the others with it, and that none gets lost."""

import os
import re

import pytest
from lxml import etree

from separador.demonstracao import retornos as rt
from separador.demonstracao.pedacos_de_xml import NS
from separador.fiscal import esquema
from separador.fiscal.leitura import Lido, ler
from tests.apoio.instalacao import Enviado, Instalacao

NAO_VERIFICADO = "SEP-EVENTO-NAO-VERIFICADO"
AUTORIZADO, AGUARDANDO = "AUTORIZADO PELA SEFAZ", "AGUARDANDO RETORNO"


def autorizacao(instalacao: Instalacao, e: Enviado) -> bytes:
    return rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora).dados


def protocolo(instalacao: Instalacao, e: Enviado) -> bytes:
    achado = re.search(rb"<protCTe.*</protCTe>", autorizacao(instalacao, e))
    assert achado is not None
    return achado[0]


def valido(dados: bytes) -> bool:
    lido = ler(dados)
    return isinstance(lido, Lido) and lido.tipo is not None and esquema.validar(lido.raiz, lido.tipo) == []


def indentado(dados: bytes) -> bytes:
    """Returns the XML as an editor writes it: indented, in UTF-8 with a mark."""
    raiz = etree.fromstring(dados, etree.XMLParser(remove_blank_text=True))
    etree.indent(raiz)
    return b"\xef\xbb\xbf" + etree.tostring(raiz, encoding="utf-8")


def evento_do_fisco(chave: str, tp: str = "310610") -> bytes:
    return (
        f'<procEventoCTe xmlns="{NS}" versao="4.00"><eventoCTe xmlns="{NS}" versao="4.00">'
        f'<infEvento Id="ID{tp}{chave}001">'
        f"<cOrgao>35</cOrgao><tpAmb>2</tpAmb><CNPJ>33444555000181</CNPJ><chCTe>{chave}</chCTe>"
        f"<dhEvento>2026-11-20T12:00:00-03:00</dhEvento><tpEvento>{tp}</tpEvento><nSeqEvento>1</nSeqEvento>"
        '<detEvento versaoEvento="4.00"><evX><descEvento>X</descEvento></evX></detEvento></infEvento></eventoCTe>'
        f'<retEventoCTe xmlns="{NS}" versao="4.00"><infEvento><tpAmb>2</tpAmb><verAplic>X</verAplic><cOrgao>35</cOrgao>'
        f"<cStat>135</cStat><xMotivo>Evento registrado</xMotivo><chCTe>{chave}</chCTe><tpEvento>{tp}</tpEvento>"
        "<nSeqEvento>1</nSeqEvento><dhRegEvento>2026-11-20T12:00:00-03:00</dhRegEvento><nProt>135260000010041</nProt>"
        "</infEvento></retEventoCTe></procEventoCTe>"
    ).encode()


def consulta(instalacao: Instalacao, e: Enviado, *eventos: bytes) -> bytes:
    return (
        b'<retConsSitCTe xmlns="%b" versao="4.00"><tpAmb>2</tpAmb><verAplic>X</verAplic><cStat>100</cStat>'
        b"<xMotivo>ok</xMotivo><cUF>35</cUF>%b%b</retConsSitCTe>"
        % (NS.encode(), protocolo(instalacao, e), b"".join(eventos))
    )


# --- two protocols in one return --------------------------------------------------------------------------------


@pytest.mark.requisito("BORDA-15")
def test_cada_protocolo_vai_ao_seu_documento(instalacao: Instalacao) -> None:
    a, b = instalacao.enviado(1, nome="a-cte.xml"), instalacao.enviado(2, nome="b-cte.xml")
    dados = autorizacao(instalacao, a).replace(b"</protCTe>", b"</protCTe>" + protocolo(instalacao, b))
    instalacao.soltar(2, "retorno.xml", dados)
    assert instalacao.desfecho("retorno.xml") == "aplicado"
    for e, nome in ((a, "a"), (b, "b")):
        assert instalacao.situacao(e.chave) == AUTORIZADO
        assert instalacao.doc(e.chave)["protocolo"].encode() in protocolo(instalacao, e)
        ret = instalacao.ler(2, f"{nome}-pro-rec.xml")
        assert ret.count(b"<protCTe") == 1
        assert e.chave.encode() in ret
        assert valido(ret)
        assert valido(instalacao.ler(2, f"{e.chave}-procCTe.xml"))
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-15")
def test_com_um_deles_desconhecido_o_arquivo_espera(instalacao: Instalacao) -> None:
    a, b = instalacao.enviado(1), instalacao.enviado(2)
    do_outro = protocolo(instalacao, b).replace(b.chave.encode(), (b.chave[:25] + "000009999" + b.chave[34:]).encode())
    dados = autorizacao(instalacao, a).replace(b"</protCTe>", b"</protCTe>" + do_outro)
    instalacao.soltar(2, "retorno.xml", dados)
    assert instalacao.arquivo("retorno.xml")["etapa"] == "retido"
    assert instalacao.situacao(a.chave) == AGUARDANDO
    assert instalacao.falhas() == ["SEP-RET-ORFAO"]
    assert "000009999" in str(instalacao.arquivo("retorno.xml")["espera_por"])


@pytest.mark.requisito("BORDA-15")
def test_um_rejeitado_e_um_autorizado(instalacao: Instalacao) -> None:
    a, b = instalacao.enviado(1), instalacao.enviado(2)
    recusa = rt.rejeitado(b.dados, os.fsencode(b.nome), agora=instalacao.agora, c_stat="209", com_prot=True).dados
    do_outro = re.search(rb"<protCTe.*</protCTe>", recusa)
    assert do_outro is not None
    dados = autorizacao(instalacao, a).replace(b"</protCTe>", b"</protCTe>" + do_outro[0])
    instalacao.soltar(2, "retorno.xml", dados)
    assert (instalacao.situacao(a.chave), instalacao.situacao(b.chave)) == (AUTORIZADO, "REJEITADO PELA SEFAZ")


# --- a document that came altered -------------------------------------------------------------------------------


@pytest.mark.requisito("BORDA-15")
def test_processado_indentado_e_refeito_com_os_bytes_daqui(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    dados = indentado(rt.processado(e.dados, os.fsencode(e.nome), agora=instalacao.agora).dados)
    instalacao.soltar(2, "x.xml", dados)
    assert instalacao.desfecho("x.xml") == "aplicado", instalacao.falhas()
    assert instalacao.situacao(e.chave) == AUTORIZADO
    feito = instalacao.ler(2, f"{e.chave}-procCTe.xml")
    assert valido(feito)
    assert re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados) in feito, "os bytes assinados aqui"
    assert valido(instalacao.ler(2, "p-pro-rec.xml"))
    assert instalacao.falhas() == []
    assert "valem os bytes daqui" in str(instalacao.arquivo("x.xml")["notas"])


@pytest.mark.requisito("BORDA-15")
@pytest.mark.parametrize("caso", ["outro digest", "sem digest", "desconhecido", "outro texto"])
def test_processado_alterado_sem_prova_fica_em_quarentena(instalacao: Instalacao, caso: str) -> None:
    e = instalacao.enviado(1)
    dados = indentado(rt.processado(e.dados, os.fsencode(e.nome), agora=instalacao.agora).dados)
    if caso == "outro digest":
        dados = re.sub(rb"<digVal>[^<]*", b"<digVal>AAAAAAAAAAAAAAAAAAAAAAAAAAA=", dados)
    elif caso == "outro texto":
        dados = dados.replace(b"CARGA SECA", b"CARGA SECa")
    elif caso == "sem digest":
        dados = re.sub(rb"<digVal>[^<]*</digVal>", b"", dados)
    else:
        dados = re.sub(rb"<chCTe>[^<]*", b"<chCTe>" + (e.chave[:25] + "000009999" + e.chave[34:]).encode(), dados)
    instalacao.soltar(2, "x.xml", dados)
    assert instalacao.desfecho("x.xml") == "quarentena"
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas() == ["297"]


# --- an event that cannot be verified ---------------------------------------------------------------------------


@pytest.mark.requisito("BORDA-15")
@pytest.mark.parametrize("tp", ["310610", "110111"])
def test_o_protocolo_da_consulta_vale_e_o_evento_fica_a_parte(instalacao: Instalacao, tp: str) -> None:
    e = instalacao.enviado(1)
    estranho = evento_do_fisco(e.chave, tp)
    dados = consulta(instalacao, e, estranho)
    instalacao.soltar(2, "x-sit.xml", dados)
    assert instalacao.desfecho("x-sit.xml") == "aplicado"
    assert instalacao.situacao(e.chave) == AUTORIZADO  # an event that nobody can verify cancels nothing
    assert instalacao.falhas(e.chave) == [NAO_VERIFICADO]
    (guardado,) = instalacao.recortes("quarentena/eventos")
    assert re.search(rb"<infEvento Id.*</eventoCTe>", estranho)[0] in guardado.read_bytes()  # type: ignore[index]
    assert str(guardado.parent) in instalacao.falha(NAO_VERIFICADO)["motivo"]


@pytest.mark.requisito("BORDA-15")
def test_o_mesmo_evento_de_novo_nao_avisa_de_novo(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.soltar(2, "x-sit.xml", consulta(instalacao, e, evento_do_fisco(e.chave)))
    instalacao.banco.execute("UPDATE falha SET encerrada_em = 'agora' WHERE codigo = ?", (NAO_VERIFICADO,))
    instalacao.soltar(2, "y-sit.xml", consulta(instalacao, e, evento_do_fisco(e.chave)) + b"\n")
    assert instalacao.falhas() == []
    assert len(instalacao.recortes("quarentena/eventos")) == 1


@pytest.mark.requisito("BORDA-15")
def test_os_outros_eventos_da_consulta_valem(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    nome = next(n for n in instalacao.nomes(1) if "110111" in n)
    bom = rt.evento_processado(instalacao.pegar(1, nome), agora=instalacao.agora).dados
    bom = re.sub(rb"^.*?(?=<procEventoCTe)", b"", bom, flags=re.DOTALL)
    instalacao.soltar(2, "x-sit.xml", consulta(instalacao, e, evento_do_fisco(e.chave), bom))
    assert instalacao.situacao(e.chave) == "CANCELADO", instalacao.falhas()
    assert instalacao.falhas() == [NAO_VERIFICADO]


@pytest.mark.requisito("BORDA-15")
def test_o_nosso_evento_indentado_vale_com_os_bytes_daqui(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    nome = next(n for n in instalacao.nomes(1) if "110111" in n)
    enviado = instalacao.pegar(1, nome)
    processado = rt.evento_processado(enviado, agora=instalacao.agora).dados
    instalacao.soltar(2, "x.xml", indentado(processado))
    assert instalacao.situacao(e.chave) == "CANCELADO", instalacao.falhas()
    feito = instalacao.ler(2, f"{e.chave}_110111_001-procEventoCTe.xml")
    assert re.sub(rb"^<\?xml[^>]*\?>", b"", enviado) in feito
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-15")
def test_evento_sozinho_que_nao_se_verifica_fica_em_quarentena(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(2, "x.xml", evento_do_fisco(e.chave))
    assert instalacao.desfecho("x.xml") == "quarentena"
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas()
