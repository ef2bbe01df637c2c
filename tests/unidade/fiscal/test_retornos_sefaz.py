"""Tests returns from any transmitter: what each shape says, and the variations that real ones have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.fiscal.leitura import reler
from separador.fiscal.retornos import ErroTransmissor, Resposta, Retorno, interpretar, interpretar_err
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.apoio.amostras import ouro
from tests.unidade.fiscal.gerador import NS, chave_cte

CHAVE = chave_cte()
PROT = (
    f'<protCTe versao="4.00"><infProt><tpAmb>2</tpAmb><verAplic>SP_TESTE</verAplic><chCTe>{CHAVE}</chCTe>'
    "<dhRecbto>2026-11-20T10:00:05-03:00</dhRecbto><nProt>135260000000001</nProt><digVal>VHiGH2Xg7Ij2z/WyBdqcJ/uHr2U=</digVal>"
    "<cStat>100</cStat><xMotivo>Autorizado o uso do CT-e</xMotivo></infProt></protCTe>"
)


def ret(corpo: str, raiz: str = "retCTe", c_stat: str = "100") -> bytes:
    return (
        f'<{raiz} xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><cUF>35</cUF><verAplic>SP</verAplic>'
        f"<cStat>{c_stat}</cStat><xMotivo>Motivo da raiz</xMotivo>{corpo}</{raiz}>"
    ).encode()


def lido(dados: bytes) -> Retorno:
    retorno = interpretar(dados)
    assert isinstance(retorno, Retorno), retorno
    return retorno


def unica(dados: bytes) -> Resposta:
    (resposta,) = lido(dados).respostas
    return resposta


@pytest.mark.requisito("CTE-12")
@pytest.mark.parametrize("raiz", ["retCTe", "retCTeSimp", "retCTeOS", "retGTVe"])
def test_autorizacao_de_qualquer_modelo(raiz: str) -> None:
    retorno = lido(ret(PROT, raiz))
    r = retorno.respostas[0]
    assert retorno.tipo == Tipo(raiz)
    assert (r.especie, r.cstat, r.chave, r.protocolo) == ("autorizacao", "100", CHAVE, "135260000000001")
    assert (r.digest, r.quando, r.tp_amb) == ("VHiGH2Xg7Ij2z/WyBdqcJ/uHr2U=", "2026-11-20T10:00:05-03:00", "2")
    assert r.prot == PROT.encode()


@pytest.mark.requisito("CTE-04")
def test_rejeicao_sem_prot() -> None:
    r = unica(ret("", c_stat="228"))
    assert (r.cstat, r.motivo, r.chave, r.prot) == ("228", "Motivo da raiz", None, None)


def test_o_prot_decide_e_nao_a_raiz() -> None:
    r = unica(ret(PROT.replace(">100<", ">204<").replace("Autorizado o uso do CT-e", "Duplicidade"), c_stat="104"))
    assert (r.cstat, r.motivo) == ("204", "Duplicidade")


def test_prot_sem_cstat_deixa_a_raiz_decidir() -> None:
    assert unica(ret("<protCTe><infProt/></protCTe>", c_stat="999")).cstat == "999"


def test_prot_sozinho() -> None:
    dados = PROT.replace("<protCTe", f'<protCTe xmlns="{NS}"').encode()
    r = unica(dados)
    assert (r.cstat, r.prot) == ("100", dados)


def test_cstat_de_4_algarismos_nprot_de_17_e_data_sem_fuso() -> None:
    prot = PROT.replace(">100<", ">1051<").replace("135260000000001", "13526000000000123").replace("-03:00<", "<")
    r = unica(ret(prot))
    assert (r.cstat, r.protocolo, r.quando) == ("1051", "13526000000000123", "2026-11-20T10:00:05")


def test_sem_digval() -> None:
    assert unica(ret(PROT.replace("<digVal>VHiGH2Xg7Ij2z/WyBdqcJ/uHr2U=</digVal>", ""))).digest is None


def test_mensagem_do_fisco() -> None:
    prot = PROT.replace("</infProt>", "</infProt><infFisco><cMsg>7</cMsg><xMsg>Regularize a IE</xMsg></infFisco>")
    assert unica(ret(prot)).msg_fisco == "7 Regularize a IE"


def test_prefixo_vira_copia_no_namespace_do_cte() -> None:
    com_prefixo = ret(PROT).decode().replace("</", "</n:").replace("<", "<n:").replace("<n:/n:", "</n:")
    r = unica(com_prefixo.replace('xmlns="', 'xmlns:n="').encode())
    assert (r.cstat, r.chave) == ("100", CHAVE)
    assert r.prot is not None
    assert b"n:" not in r.prot
    assert reler(r.prot).tag == f"{{{NS}}}protCTe"
    assert r.prot.replace(f' xmlns="{NS}"'.encode(), b"") == PROT.encode()


def test_assinatura_do_autorizador_com_prefixo_ds() -> None:
    """MG answers so. With the prefix declared on the signature itself, the exact bytes stay. With the prefix declared
    outside, the copy stands on its own."""
    ds = "http://www.w3.org/2000/09/xmldsig#"
    dentro = PROT.replace("</protCTe>", f'<ds:Signature xmlns:ds="{ds}"><ds:SignedInfo/></ds:Signature></protCTe>')
    assert unica(ret(dentro)).prot == dentro.encode()
    fora = ret(dentro.replace(f' xmlns:ds="{ds}"', "")).replace(b" versao", f' xmlns:ds="{ds}" versao'.encode(), 1)
    copia = unica(fora).prot
    assert copia is not None
    assert b"ds:" not in copia
    assert reler(copia)[-1].tag == f"{{{ds}}}Signature"


def test_xsi_na_raiz_nao_estraga_o_recorte() -> None:
    dados = ret(PROT).replace(b" versao", b' xmlns:xsi="urn:xsi" xsi:schemaLocation="a b" versao', 1)
    assert unica(dados).prot == PROT.encode()


@pytest.mark.parametrize(
    "envelope", ["http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"]
)
def test_envelope_soap_e_atravessado(envelope: str) -> None:
    dados = (
        f'<s:Envelope xmlns:s="{envelope}"><s:Body><cteRecepcaoResult xmlns="{NS}/wsdl/CTeRecepcaoSincV4">'
        f"{ret(PROT).decode()}</cteRecepcaoResult></s:Body></s:Envelope>"
    )
    retorno = lido(dados.encode())
    assert (retorno.tipo, retorno.respostas[0].prot) == (Tipo.RET_CTE, PROT.encode())


@pytest.mark.requisito("CTE-12", "CTE-15")
def test_processado_traz_o_documento_que_confere() -> None:
    r = unica(ouro("cteProc.xml"))
    assert r.documento is not None
    conferida = verificar(r.documento)
    assert isinstance(conferida, Verificada)
    assert conferida.digest_value == r.digest
    assert r.documento in ouro("cteProc.xml")


def test_documento_que_herda_o_namespace_ganha_o_dele() -> None:
    sem = ouro("cteProc.xml").replace(f'<CTe xmlns="{NS}">'.encode(), b"<CTe>")
    r = unica(sem)
    assert r.documento is not None
    assert isinstance(verificar(r.documento), Verificada)
    assert r.documento == unica(ouro("cteProc.xml")).documento


@pytest.mark.requisito("CTE-06")
def test_evento_registrado() -> None:
    r = unica(ouro("retEventoCTe.xml"))
    assert (r.especie, r.cstat, r.tp_evento, r.n_seq) == ("evento", "135", "110111", 1)
    assert r.protocolo == "135260000000002"


def test_evento_recusado_sem_chave() -> None:
    dados = (
        f'<retEventoCTe xmlns="{NS}" versao="4.00"><infEvento><tpAmb>2</tpAmb><verAplic>SP</verAplic>'
        "<cOrgao>35</cOrgao><cStat>220</cStat><xMotivo>Prazo superado</xMotivo></infEvento></retEventoCTe>"
    )
    r = unica(dados.encode())
    assert (r.cstat, r.chave, r.tp_evento, r.n_seq) == ("220", None, None, None)


def test_proc_de_evento() -> None:
    r = unica(ouro("procEventoCTe.xml"))
    assert r.documento is not None
    assert r.prot is not None
    assert isinstance(verificar(r.documento), Verificada)
    assert ouro("procEventoCTe.xml").count(r.documento + r.prot) == 1


def test_consulta_com_evento() -> None:
    retorno = lido(ouro("retConsSitCTe.xml"))
    assert [(r.especie, r.cstat) for r in retorno.respostas] == [
        ("autorizacao", "100"),
        ("consulta", "101"),
        ("evento", "135"),
    ]
    assert {r.chave for r in retorno.respostas} == {retorno.respostas[0].chave}
    documento = retorno.respostas[2].documento
    assert documento is not None
    assert isinstance(verificar(documento), Verificada)


def test_consulta_que_nao_achou() -> None:
    r = unica(ret("", "retConsSitCTe", "217"))
    assert (r.especie, r.cstat, r.chave) == ("consulta", "217", None)


def test_consulta_com_muitos_eventos() -> None:
    """Three hundred events, each with its own slice, must be linear work."""
    proc = ouro("procEventoCTe.xml").partition(b"?>")[2].decode()
    eventos = "".join(proc.replace("<nSeqEvento>1<", f"<nSeqEvento>{n}<") for n in range(1, 301))
    retorno = lido(ret(eventos, "retConsSitCTe"))
    assert [r.n_seq for r in retorno.respostas[1:]] == list(range(1, 301))
    assert all(f"<nSeqEvento>{r.n_seq}<".encode() in (r.documento or b"") for r in retorno.respostas[1:])


def test_status() -> None:
    r = unica(ret("", "retConsStatServCTe", "107"))
    assert (r.especie, r.cstat) == ("status", "107")


@pytest.mark.parametrize(
    ("dados", "codigo"),
    [
        (ret("").replace(b"<cStat>100</cStat>", b""), "SEP-RET-CSTAT"),
        (ret("", c_stat="abc"), "SEP-RET-CSTAT"),
        (b'<NFe xmlns="u"/>', "SEP-RET-TIPO"),
        (f'<CTe xmlns="{NS}"/>'.encode(), "SEP-RET-TIPO"),
        (f'<consSitCTe xmlns="{NS}"/>'.encode(), "SEP-RET-TIPO"),
        (b"<Envelope><Body/></Envelope>", "SEP-RET-TIPO"),
        (b"<html>erro 503</html>", "SEP-RET-TIPO"),
        (b"<retCTe>", "243"),
        (f'<cteProc xmlns="{NS}"/>'.encode(), "SEP-RET-CSTAT"),
    ],
)
def test_o_que_nao_decide_nada_e_recusado(dados: bytes, codigo: str) -> None:
    recusa = interpretar(dados)
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == codigo


@given(st.binary(max_size=200))
def test_bytes_quaisquer(dados: bytes) -> None:
    assert isinstance(interpretar(dados), Recusa | Retorno)
    assert isinstance(interpretar_err(dados), ErroTransmissor)


LINHAS = (
    "Versão UniNFe|5.1\r\nErrorCode|0000000005\r\nMessage|Falha de conexão\r\nStackTrace|em a|b\r\nem c\r\nSource|x\r\n"
)


@pytest.mark.requisito("CTE-12", "NOM-01")
@pytest.mark.parametrize("codificacao", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_err_do_transmissor_em_qualquer_codificacao(codificacao: str) -> None:
    assert interpretar_err(LINHAS.encode(codificacao)) == ErroTransmissor("5", "Falha de conexão")


@pytest.mark.parametrize(
    ("dados", "esperado"),
    [
        (LINHAS.replace("0000000005", "0000000000").encode(), ErroTransmissor(None, "Falha de conexão")),
        ("Não há conexão".encode("cp1252"), ErroTransmissor(None, "Não há conexão")),
        (b"<Validacao><cStat>2</cStat><xMotivo>Erro no XML</xMotivo></Validacao>", ErroTransmissor("2", "Erro no XML")),
        (b"<Validacao>", ErroTransmissor(None, "<Validacao>")),
        (b"", ErroTransmissor(None, "o arquivo de erro veio vazio")),
    ],
)
def test_err_nas_outras_formas(dados: bytes, esperado: ErroTransmissor) -> None:
    assert interpretar_err(dados) == esperado
