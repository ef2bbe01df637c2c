"""Tests that the local SEFAZ keeps the manual's contract over real TLS: shapes, codes, duplicates, situation (MOC 4.00,
Visão Geral, chapter 4)."""

import base64
import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import REMETENTE_RJ
from separador.fiscal import esquema, processado
from separador.nucleo.chave import dv11
from separador.nucleo.tipo import FAMILIAS, Tipo
from tests.apoio.amostras import ouro
from tests.apoio.cliente_soap import CTE, SERVICOS, assinador_de, assinar, cliente_de, compactado, envelope
from tests.apoio.redatar import redatar_com_chave
from tests.apoio.sefaz_local import SefazEmFio
from tests.integracao.simulador.conftest import SefazSimulada

DH = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-03:00")
pytestmark = pytest.mark.requisito("SEFAZ-09")


def _outro_codigo(chave: str, *, dv_certo: bool = True) -> str:
    corpo = f"{chave[:35]}{(int(chave[35:43]) + 1) % 10**8:08d}"
    return f"{corpo}{dv11(corpo) if dv_certo else (dv11(corpo) + 1) % 10}"


@pytest.mark.parametrize("tipo", list(FAMILIAS))
def test_recepcao_de_cada_documento(simulada: SefazSimulada, tipo: Tipo) -> None:
    feito, assinado = simulada.documento(tipo)
    resposta = simulada.cliente.receber(assinado, tipo)
    assert (resposta.estado, resposta.raiz, resposta.cstat) == (200, FAMILIAS[tipo].retorno, "100")
    assert resposta.texto("chCTe") == feito.chave
    assert re.fullmatch(r"135\d{12}", resposta.texto("nProt") or "")
    assert DH.fullmatch(resposta.texto("dhRecbto") or "")
    assert f"<DigestValue>{resposta.texto('digVal')}<".encode() in assinado
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, FAMILIAS[tipo].retorno) == []


@pytest.mark.parametrize("tipo", list(FAMILIAS))
def test_o_processado_que_se_monta_com_a_resposta_e_valido(simulada: SefazSimulada, tipo: Tipo) -> None:
    _, assinado = simulada.documento(tipo)
    resposta = simulada.cliente.receber(assinado, tipo)
    prot = resposta.corpo[resposta.corpo.index(b"<protCTe") : resposta.corpo.index(b"</protCTe>") + 10]
    assert processado.validar_arquivo(processado.montar_documento(assinado, prot, tipo)) == []


def test_mensagem_ao_fisco_vem_em_alguns(simulada: SefazSimulada) -> None:
    com, sem = (simulada.cliente.receber(simulada.documento(numero=n)[1]) for n in (900_007, 900_008))
    assert com.texto("xMsg")
    assert sem.texto("xMsg") is None
    assert com.xml is not None
    assert esquema.validar(com.xml, Tipo.RET_CTE) == []


def test_duplicidades(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    nprot = simulada.cliente.receber(assinado).texto("nProt")
    repetido = simulada.cliente.receber(assinado)
    assert repetido.cstat == "204"
    assert re.search(rf"\[nProt:{nprot}\]\[dhAut:{DH.pattern}\]", repetido.texto("xMotivo") or "")
    assert repetido.texto("nProt") is None

    outro = feito.dados.replace(feito.chave.encode(), _outro_codigo(feito.chave).encode())
    outro = re.sub(rb"<cCT>\d+<", f"<cCT>{_outro_codigo(feito.chave)[35:43]}<".encode(), outro)
    outro = re.sub(rb"<cDV>\d<", f"<cDV>{_outro_codigo(feito.chave)[43]}<".encode(), outro)
    outro = simulada.cliente.receber(assinar(outro, agora=simulada.agora))
    assert outro.cstat == "539"
    assert f"[chCTe:{feito.chave}][nProt:{nprot}]" in (outro.texto("xMotivo") or "")

    assert simulada.cancelar(feito.chave, nprot or "").cstat == "135"
    cancelado = simulada.cliente.receber(assinado)
    assert cancelado.cstat == "218"
    assert "[dhCanc:" in (cancelado.texto("xMotivo") or "")


def test_consulta_acha_o_que_foi_autorizado(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    resposta = simulada.cliente.consultar(chave)
    assert (resposta.raiz, resposta.cstat, resposta.texto("nProt")) == ("retConsSitCTe", "100", nprot)
    assert resposta.todos("procEventoCTe") == []
    simulada.cancelar(chave, nprot)
    depois = simulada.cliente.consultar(chave)
    assert (depois.cstat, len(depois.todos("procEventoCTe"))) == ("101", 1)
    assert depois.todos("protCTe")[0].findtext(f"{{{CTE}}}infProt/{{{CTE}}}cStat") == "100"
    evento = depois.todos("procEventoCTe")[0]
    assert [etree.QName(e).localname for e in evento] == ["eventoCTe", "retEventoCTe"]


def test_consulta_do_que_nao_ha(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado()
    codigos = {
        "217": ex.chave_cte(999_999, agora=simulada.agora),
        "216": _outro_codigo(chave),
        "236": _outro_codigo(chave, dv_certo=False),
        "731": ex.chave_cte(5, agora=simulada.agora - timedelta(days=220)),
    }
    assert {c: simulada.cliente.consultar(chave).cstat for c, chave in codigos.items()} == {c: c for c in codigos}
    assert simulada.cliente.consultar(chave, tp_amb="1").cstat == "252"


def test_consulta_de_chave_com_mesmo_codigo_e_outra_data(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado()
    mes = simulada.agora - timedelta(days=40)
    corpo = f"{chave[:2]}{mes:%y%m}{chave[6:43]}"
    resposta = simulada.cliente.consultar(f"{corpo}{dv11(corpo)}")
    assert resposta.cstat == "600"
    assert f"[chCTe:{chave}]" in (resposta.texto("xMotivo") or "")


def test_status(simulada: SefazSimulada) -> None:
    assert simulada.cliente.status().cstat == "107"
    assert simulada.cliente.status("svc").cstat == "114"
    simulada.sefaz.roteiro(svc=True)
    assert simulada.cliente.status("svc").cstat == "113"
    assert simulada.cliente.status(mais="<tpEmis>1</tpEmis>").cstat == "215"


def test_svc(simulada: SefazSimulada) -> None:
    normal, assinado = simulada.documento()
    assert simulada.cliente.receber(assinado, autorizador="svc").cstat == "114"
    simulada.sefaz.roteiro(svc=True)
    assert simulada.cliente.receber(assinado, autorizador="svc").cstat == "516"
    na_svc, chave = redatar_com_chave(
        simulada.documento()[0].dados.replace(b"<tpEmis>1<", b"<tpEmis>7<"), agora=simulada.agora
    )
    na_svc = assinar(na_svc, agora=simulada.agora)
    assert simulada.cliente.receber(na_svc).cstat == "515"
    autorizado = simulada.cliente.receber(na_svc, autorizador="svc")
    assert (autorizado.cstat, (autorizado.texto("nProt") or "")[0]) == ("100", "7")
    assert simulada.cliente.consultar(chave).cstat == "217"
    assert simulada.cliente.consultar(chave, "svc").cstat == "100"
    simulada.sefaz.roteiro(svc=False)
    assert simulada.cancelar(chave, autorizado.texto("nProt") or "").cstat == "217"
    assert simulada.cancelar(chave, autorizado.texto("nProt") or "", "svc").cstat == "135"
    assert simulada.cliente.consultar(normal.chave).cstat == "217"


_GOLPES = {
    "243": lambda x: x[:-20],
    "297": lambda x: x.replace(b"<natOp>P", b"<natOp>Q"),
    "599": lambda x: x.replace(b"<ide>", b"<ide>\n"),
    "404": lambda x: x.replace(b"<CTe xmlns", b'<CTe xmlns:a="http://www.portalfiscal.inf.br/cte" xmlns'),
    "598": lambda x: x.replace(b"<CTe xmlns", b'<CTe xmlns:a="http://outro" xmlns'),
    "402": lambda x: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + x,
    "215": lambda x: x.replace(b"<modal>01</modal>", b""),
    "580": lambda x: x.replace(b"<RNTRC>", b"<RNTR>").replace(b"</RNTRC>", b"</RNTR>"),
    "214": lambda x: x.replace(b"</ide>", b"</ide>" + b" " * 600_000),
}


@pytest.mark.parametrize("codigo", list(_GOLPES))
def test_recusa_o_que_esta_errado(simulada: SefazSimulada, codigo: str) -> None:
    _, assinado = simulada.documento()
    resposta = simulada.cliente.receber(_GOLPES[codigo](assinado))
    assert resposta.cstat == codigo, resposta.texto("xMotivo")
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, Tipo.RET_CTE) == []


def test_recusa_o_que_nao_descompacta(simulada: SefazSimulada) -> None:
    servico, operacao = SERVICOS[Tipo.CTE]
    _, assinado = simulada.documento()
    texto = compactado(assinado)
    for ruim in (texto[:200], "não é base64", base64.b64encode(assinado).decode(), ""):
        assert simulada.cliente.chamar(servico, operacao, envelope(servico, ruim)).cstat == "244"
    bomba = base64.b64encode(gzip.compress(b" " * 50_000_000)).decode()
    assert simulada.cliente.chamar(servico, operacao, envelope(servico, bomba)).cstat == "214"


def test_regras_do_manual(simulada: SefazSimulada) -> None:
    velho, assinado = simulada.documento()
    simulada.relogio.adiante = timedelta(days=8)
    assert simulada.cliente.receber(assinado).cstat == "228"
    simulada.relogio.adiante = -timedelta(minutes=10)
    assert simulada.cliente.receber(assinado).cstat == "212"
    simulada.relogio.adiante = timedelta(0)
    assert simulada.cliente.receber(assinado).cstat == "100", velho.chave


def test_documento_assinado_por_outra_empresa(simulada: SefazSimulada) -> None:
    feito, _ = simulada.documento()
    alheio = assinador_de(REMETENTE_RJ).assinar(feito.dados, Tipo.CTE).dados
    assert simulada.cliente.receber(alheio[alheio.index(b"<CTe") :]).cstat == "213"


def test_sem_conferir_ainda_guarda_e_conhece_os_repetidos(simulada: SefazSimulada) -> None:
    feito, assinado = simulada.documento()
    ruim = assinado.replace(b"<natOp>P", b"<natOp>Q")
    assert simulada.cliente.receber(ruim).cstat == "297"
    simulada.sefaz.roteiro(conferir=False)
    assert [simulada.cliente.receber(ruim).cstat for _ in range(2)] == ["100", "204"]
    simulada.sefaz.roteiro(conferir=True)
    assert simulada.sefaz.documento(feito.chave) is not None


def test_documento_no_servico_de_outro(simulada: SefazSimulada) -> None:
    _, assinado = simulada.documento(Tipo.CTE_OS)
    resposta = simulada.cliente.receber(assinado, Tipo.CTE)
    assert (resposta.raiz, resposta.cstat) == ("retCTe", "215")


@pytest.mark.parametrize("tipo", [*SERVICOS])
def test_wsdl(simulada: SefazSimulada, tipo: Tipo) -> None:
    servico, operacao = SERVICOS[tipo]
    estado, corpo = simulada.cliente.pedir("GET", f"/ws/{servico}/{servico}.asmx?wsdl")
    assert estado == 200
    raiz = etree.fromstring(corpo)
    assert raiz.get("targetNamespace", "").endswith(servico)
    soap12 = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
    assert (
        next(raiz.iter(f"{soap12}address")).get("location") == f"{simulada.sefaz.endereco}/ws/{servico}/{servico}.asmx"
    )
    assert next(raiz.iter(f"{soap12}operation")).get("soapAction", "").endswith(f"/{operacao}")


class TestOuro:
    """The golden messages, as other programs write them."""

    INSTANTE = datetime(2026, 11, 20, 13, 0, 30, tzinfo=UTC)

    def test_o_envelope_de_ouro_e_autorizado_como_esta(self, tmp_path: Path) -> None:
        with SefazEmFio(tmp_path, agora=lambda: self.INSTANTE) as sefaz:
            cliente = cliente_de(sefaz.endereco, sefaz.ca)
            resposta = cliente.chamar(*SERVICOS[Tipo.CTE], ouro("soap_recepcao.xml"))
            cliente.fechar()
        assert resposta.cstat == "100", resposta.texto("xMotivo")
        de_ouro = etree.fromstring(ouro("retCTe.xml"))
        assert resposta.xml is not None
        assert [e.tag for e in resposta.xml.iter()] == [e.tag for e in de_ouro.iter()]
        assert resposta.texto("digVal") == de_ouro.findtext(f".//{{{CTE}}}digVal")

    def test_o_de_ouro_com_data_de_hoje(self, simulada: SefazSimulada) -> None:
        dados, chave = redatar_com_chave(ouro("cte.xml"), agora=simulada.agora)
        resposta = simulada.cliente.receber(assinar(dados, agora=simulada.agora))
        assert (resposta.cstat, resposta.texto("chCTe")) in {("100", chave), ("204", chave), ("539", chave)}
        assert simulada.cliente.consultar(chave).xml is not None
