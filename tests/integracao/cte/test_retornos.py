"""Tests answers that are applied, held, repeated, believed and not believed."""

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.pedacos_de_xml import NS, dh
from separador.fiscal import esquema
from separador.fiscal.leitura import ler
from separador.fiscal.verificacao import verificar
from separador.motor.desfecho import saidas
from separador.nucleo.erro import Recusa
from tests.apoio.casa_de_teste import CasaDeTeste
from tests.apoio.maquina import ROTAS

Fazer = Callable[..., CasaDeTeste]
DIGEST = re.compile(rb"<digVal>[^<]*</digVal>")


def trocar_cstat(dados: bytes, novo: str) -> bytes:
    return re.sub(rb"<cStat>\d+<", b"<cStat>%s<" % novo.encode(), dados)


@pytest.mark.requisito("CTE-03", "CTE-15", "NOM-02")
def test_autorizado(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="pedido-cte.xml")
    retorno = casa.autorizar(e)
    doc = casa.doc(e.chave)
    assert (doc["situacao"], doc["etapa"], doc["cstat"]) == ("AUTORIZADO PELA SEFAZ", "concluido", "100")
    assert doc["protocolo"] == rt.protocolo(e.chave, agora=casa.agora)
    assert casa.desfecho(retorno.nome) == "aplicado"
    assert casa.ler(2, "pedido-pro-rec.xml") == retorno.dados, "o retorno sai como veio"
    proc = casa.ler(2, f"{e.chave}-procCTe.xml")
    prot = re.search(rb"<protCTe.*</protCTe>", retorno.dados)
    assert prot is not None
    assinado = re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados)
    assert proc == (
        b'<?xml version="1.0" encoding="UTF-8"?><cteProc xmlns="%s" versao="4.00">%s%s</cteProc>'
        % (NS.encode(), assinado, prot[0])
    )
    lido = ler(proc)
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []
    (fiscal,) = casa.recortes("fiscal")
    assert (fiscal.parent.name, fiscal.name, fiscal.read_bytes()) == ("2026-11", f"{e.chave}-procCTe.xml", proc)
    h = casa.historico(e.chave)[-1]
    assert (h["causa"], h["cstat"], h["protocolo"]) == ("retorno de autorização", "100", doc["protocolo"])
    assert h["quem"] == f"arquivo:{os.fsdecode(retorno.nome)}"
    assert casa.falhas() == []


@pytest.mark.requisito("NOM-02")
def test_processado_fica_visivel_antes_do_retorno(casa: CasaDeTeste, monkeypatch: pytest.MonkeyPatch) -> None:
    ordem: list[bytes] = []
    original = saidas.publicacao.publicar

    def espiar(pasta, provisorio, nome):  # type: ignore[no-untyped-def]
        ordem.append(nome)
        return original(pasta, provisorio, nome)

    e = casa.enviado(1, nome="p-cte.xml")
    monkeypatch.setattr(saidas.publicacao, "publicar", espiar)
    casa.autorizar(e)
    proc = f"{e.chave}-procCTe.xml".encode()
    assert ordem == [proc, proc, b"p-pro-rec.xml"], "cópia fiscal, cópia do WMS, retorno"


@pytest.mark.requisito("CTE-04", "NOM-02")
@pytest.mark.parametrize("com_prot", [True, False])
def test_rejeitado(casa: CasaDeTeste, com_prot: bool) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    retorno = casa.rejeitar(e, "209", com_prot=com_prot)
    doc = casa.doc(e.chave)
    assert (doc["situacao"], doc["cstat"], doc["protocolo"]) == ("REJEITADO PELA SEFAZ", "209", None)
    assert doc["motivo"] == "Rejeicao: IE do emitente invalida"
    assert casa.nomes(2) == ["p-pro-rec.xml"]
    assert casa.ler(2, "p-pro-rec.xml") == retorno.dados
    assert casa.recortes("fiscal") == []


@pytest.mark.requisito("CTE-12")
def test_retorno_repetido_nada_muda(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    retorno = casa.autorizar(e)
    primeiro = casa.arquivo(retorno.nome)["id"]
    antes, nomes = casa.caminho(e.chave), casa.nomes(2)
    casa.soltar(2, retorno.nome, retorno.dados)
    casa.soltar(2, "outro-nome.xml", retorno.dados)
    assert casa.caminho(e.chave) == antes
    assert casa.nomes(2) == nomes
    for nome in (retorno.nome, b"outro-nome.xml"):
        assert (casa.desfecho(nome), casa.arquivo(nome)["duplicado_de"]) == ("duplicado", primeiro)
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_o_mesmo_dito_com_outros_bytes_tambem_nada_muda(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    retorno = casa.autorizar(e)
    nomes = casa.nomes(2)
    casa.soltar(2, "x.xml", retorno.dados.replace(b"SEFAZ_DEMO_1.0", b"SEFAZ_DEMO_2.0"))
    assert casa.desfecho("x.xml") == "duplicado"
    assert casa.nomes(2) == nomes


@pytest.mark.requisito("CTE-12", "CTE-15")
@pytest.mark.parametrize("especie", ["cteProc", "protCTe", "consulta", "com prefixo", "soap"])
def test_outras_formas_da_mesma_autorizacao(casa: CasaDeTeste, especie: str) -> None:
    """Neither the transmitting program nor the name of the file matters."""
    e = casa.enviado(1, nome="p-cte.xml")
    nome = os.fsencode(e.nome)
    ret = rt.autorizado(e.dados, nome, agora=casa.agora)
    prot = re.search(rb"<protCTe.*</protCTe>", ret.dados)
    assert prot is not None
    corpo = re.sub(rb"^<\?xml[^>]*\?>", b"", ret.dados)
    com_prefixo = re.sub(rb"<(/?)(\w)", rb"<\1c:\2", corpo).replace(b"xmlns=", b"xmlns:c=")
    dados = {
        "cteProc": rt.processado(e.dados, nome, agora=casa.agora).dados,
        "protCTe": prot[0].replace(b"<protCTe ", b'<protCTe xmlns="%s" ' % NS.encode()),
        "consulta": rt.consulta(e.dados, nome, agora=casa.agora).dados,
        "com prefixo": com_prefixo,
        "soap": b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><cteRecepcaoResult>'
        + corpo
        + b"</cteRecepcaoResult></s:Body></s:Envelope>",
    }[especie]
    casa.soltar(2, "retorno-de-alguem.xml", dados)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ", casa.falhas()
    assert casa.desfecho("retorno-de-alguem.xml") == "aplicado"
    esperados = {"p-pro-rec.xml", f"{e.chave}-procCTe.xml"} | ({"p-sit.xml"} if especie == "consulta" else set())
    assert set(casa.nomes(2)) == esperados
    lido = ler(casa.ler(2, f"{e.chave}-procCTe.xml"))
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []


@pytest.mark.requisito("CTE-12", "SEP-08", "SEP-05")
def test_retorno_sem_documento_espera_por_ele(casa: CasaDeTeste, fazer_casa: Fazer) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.fechar()
    outra = fazer_casa(aberta=False, dados="outros-dados")
    outra.abrir()
    outra.soltar(2, ret.nome, ret.dados)
    assert outra.desfecho(ret.nome) is None
    assert outra.arquivo(ret.nome)["etapa"] == "retido"
    falha = outra.falha("SEP-RET-ORFAO")
    assert (falha["chave"], falha["arquivo"]) == (e.chave, os.fsdecode(ret.nome))
    outra.reabrir()
    outra.passar(600)
    assert outra.desfecho(ret.nome) is None
    outra.soltar(1, "p-cte.xml", e.exportacao.dados)
    outra.rodar()
    assert outra.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ"]
    assert outra.desfecho(ret.nome) == "aplicado"
    assert outra.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_dois_retornos_sem_documento_entram_em_ordem(casa: CasaDeTeste, fazer_casa: Fazer) -> None:
    c = casa.cancelando(1)
    autorizacao = rt.autorizado(c.dados, os.fsencode(c.nome), agora=casa.agora)
    evento = rt.evento_processado(c.evento, agora=casa.agora)
    casa.fechar()
    outra = fazer_casa(aberta=False, dados="outros-dados")
    outra.abrir()
    outra.soltar(2, autorizacao.nome, autorizacao.dados)
    outra.soltar(2, evento.nome, evento.dados)
    outra.soltar(1, "p-cte.xml", c.exportacao.dados)
    outra.rodar()
    assert outra.caminho(c.chave) == [
        "NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ", "CANCELADO",
    ]  # fmt: skip
    assert outra.falhas(c.chave) == ["SEP-CANCELADO-NA-SEFAZ"]


@pytest.mark.requisito("CTE-16")
def test_autorizacao_sem_pedido_nosso(fazer_casa: Fazer) -> None:
    """The document is NÃO ENVIADO (manual), and another program sent the very same content."""
    casa = fazer_casa(rotas=[dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]])
    boa = ex.cte(1, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, "p-cte.xml", boa.dados)
    ret = rt.autorizado(casa.assinado(boa.chave), b"p-cte.xml", agora=casa.agora)
    casa.soltar(2, ret.nome, ret.dados)
    assert casa.caminho(boa.chave) == ["NÃO ENVIADO", "AUTORIZADO PELA SEFAZ"]
    assert casa.historico(boa.chave)[-1]["causa"] == "retorno sem pedido"
    assert casa.falhas(boa.chave) == ["SEP-RET-SEM-PEDIDO"]
    assert sorted(casa.nomes(2)) == sorted(["p-pro-rec.xml", f"{boa.chave}-procCTe.xml"])
    assert casa.pedir("enviar", boa.chave)["codigo"] == "SEP-SITUACAO"


@pytest.mark.requisito("CTE-16")
def test_rejeicao_e_cancelamento_sem_pedido_nosso(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=[dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]])
    boas = [ex.cte(n, agora=casa.agora, variante="uma-nota") for n in (1, 2)]
    for b in boas:
        casa.soltar(1, b.nome, b.dados)
    um, dois = (casa.assinado(b.chave) for b in boas)
    rejeicao = rt.rejeitado(um, boas[0].nome, agora=casa.agora, c_stat="209", com_prot=True)
    casa.soltar(2, rejeicao.nome, rejeicao.dados)
    assert casa.caminho(boas[0].chave) == ["NÃO ENVIADO", "REJEITADO PELA SEFAZ"]
    assert casa.falhas(boas[0].chave) == ["SEP-RET-SEM-PEDIDO", "209"]
    consulta = rt.consulta(dois, boas[1].nome, agora=casa.agora, c_stat="101")
    casa.soltar(2, consulta.nome, consulta.dados)
    assert casa.situacao(boas[1].chave) == "CANCELADO"
    assert "SEP-CANCELADO-NA-SEFAZ" in casa.falhas(boas[1].chave)


@pytest.mark.requisito("CTE-16", "CTE-04")
def test_autorizacao_tardia_de_rejeitado(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    casa.rejeitar(e, "209")
    casa.autorizar(e)
    assert casa.caminho(e.chave)[-2:] == ["REJEITADO PELA SEFAZ", "AUTORIZADO PELA SEFAZ"]
    assert casa.falhas(e.chave) == ["SEP-RET-SEM-PEDIDO"]
    assert f"{e.chave}-procCTe.xml" in casa.nomes(2)


@pytest.mark.requisito("CTE-16", "CTE-15")
def test_autorizacao_da_versao_anterior_vale_com_os_bytes_dela(casa: CasaDeTeste) -> None:
    """The document was rejected, corrected and sent. Then SEFAZ authorises the *first* version. Its bytes were kept."""
    e = casa.enviado(1, nome="p-cte.xml")
    casa.rejeitar(e, "209")
    casa.soltar(1, "p-cte.xml", e.exportacao.dados.replace(b"CARGA SECA", b"CARGA FRIA"))
    casa.pegar(1, e.nome)
    casa.autorizar(e)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert b"CARGA SECA" in casa.ler(2, f"{e.chave}-procCTe.xml")
    assert casa.doc(e.chave)["digest"] == rt.ler(e.dados).digest


@pytest.mark.requisito("CTE-03")
@pytest.mark.parametrize("estado", ["AGUARDANDO RETORNO", "REJEITADO PELA SEFAZ", "AUTORIZADO PELA SEFAZ"])
def test_digest_diferente_e_incidente_e_nada_e_juntado(casa: CasaDeTeste, estado: str) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    if estado == "REJEITADO PELA SEFAZ":
        casa.rejeitar(e)
    elif estado == "AUTORIZADO PELA SEFAZ":
        casa.autorizar(e)
    casa.limpar(2)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    casa.soltar(2, "x.xml", ret.dados)
    assert casa.situacao(e.chave) == estado
    assert casa.nomes(2) == []
    assert [f for f in casa.falhas(e.chave) if f != "209"] == ["SEP-RET-DIGEST"]
    assert casa.desfecho("x.xml") == "quarentena"
    assert [p.read_bytes() for p in casa.recortes("quarentena")] == [ret.dados]


@pytest.mark.requisito("CTE-03", "SEP-05")
def test_incidente_de_digest_sai_com_a_autorizacao_do_nosso_conteudo_e_nao_com_uma_rejeicao(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    outro = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    casa.soltar(2, "outro.xml", outro.dados)
    casa.rejeitar(e, "209", com_prot=True)
    assert casa.falhas(e.chave) == ["SEP-RET-DIGEST", "209"]
    casa.soltar(1, "p-cte.xml", e.exportacao.dados)
    casa.autorizar(e)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-03")
def test_consulta_com_digest_diferente_nao_autoriza_pela_porta_dos_fundos(casa: CasaDeTeste) -> None:
    """The situation 100 of a consultation has no digest of its own. The digest of its protCTe decides."""
    e = casa.enviado(1, nome="p-cte.xml")
    ret = rt.consulta(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.soltar(2, "x.xml", DIGEST.sub(b"<digVal>b3V0cm8gY29udGV1ZG8gYXF1aT0=</digVal>", ret.dados))
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert f"{e.chave}-procCTe.xml" not in casa.nomes(2)


@pytest.mark.requisito("CTE-03")
def test_sem_digest_autoriza_com_aviso(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="")
    casa.soltar(2, ret.nome, ret.dados)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas(e.chave) == ["SEP-RET-SEM-DIGEST"]
    casa.consultado(e, "100")
    assert casa.falhas() == [], "a consulta trouxe o protocolo inteiro"


@pytest.mark.requisito("CTE-03")
def test_sem_digest_depois_de_outra_fonte_mostrar_um_diferente(casa: CasaDeTeste) -> None:
    """Without digest the document is authorised with a warning, unless another source shows a different digest."""
    e = casa.enviado(1, nome="p-cte.xml")
    outro = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    casa.soltar(2, "outro.xml", outro.dados)
    sem = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="")
    casa.soltar(2, "sem.xml", sem.dados)
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.nomes(2) == []
    assert "SEP-RET-DIGEST" in casa.falhas(e.chave)


@pytest.mark.requisito("CTE-16")
def test_sem_digest_nao_autoriza_o_que_nao_foi_enviado_daqui(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    casa.rejeitar(e)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora, dig_val="")
    casa.soltar(2, "x.xml", ret.dados)
    assert casa.situacao(e.chave) == "REJEITADO PELA SEFAZ"
    assert casa.falhas() == ["209", "SEP-RET-NAO-VERIFICADO"]
    assert casa.arquivo("x.xml")["etapa"] == "retido"


def test_retorno_de_outro_ambiente_e_incidente(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.soltar(2, "x.xml", ret.dados.replace(b"<tpAmb>2", b"<tpAmb>1"))
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas(e.chave) == ["SEP-RET-AMBIENTE"]


def test_outro_protocolo_para_o_que_ja_esta_autorizado(casa: CasaDeTeste) -> None:
    e = casa.autorizado(1)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    protocolo = casa.doc(e.chave)["protocolo"]
    casa.soltar(2, "x.xml", ret.dados.replace(protocolo.encode(), b"135260000099999"))
    assert casa.doc(e.chave)["protocolo"] == protocolo
    assert casa.falhas(e.chave) == ["SEP-RET-PROTOCOLO"]


@pytest.mark.requisito("CTE-14")
def test_processado_com_assinatura_adulterada_nao_e_acreditado(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    proc = rt.processado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.soltar(2, "x.xml", proc.dados.replace(b"CARGA SECA", b"CARGA SECa"))
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.desfecho("x.xml") == "quarentena"
    assert casa.falhas() == ["297"]
    assert casa.nomes(2) == []


@pytest.mark.requisito("CTE-14")
def test_a_assinatura_do_que_entra_e_conferida(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    assert not isinstance(verificar(re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados)), Recusa)


@pytest.mark.requisito("CTE-12")
def test_retorno_sem_chave_e_ligado_pelo_nome(casa: CasaDeTeste) -> None:
    """A retCTe without protCTe names no document. The name under which we published does."""
    a, b = casa.enviado(1, nome="a-cte.xml"), casa.enviado(2, nome="b-cte.xml")
    ret = rt.rejeitado(a.dados, os.fsencode(a.nome), agora=casa.agora, c_stat="215")
    assert a.chave.encode() not in ret.dados
    casa.soltar(2, ret.nome, ret.dados)
    assert (casa.situacao(a.chave), casa.situacao(b.chave)) == ("REJEITADO PELA SEFAZ", "AGUARDANDO RETORNO")
    mesmo = rt.rejeitado(b.dados, os.fsencode(b.nome), agora=casa.agora, c_stat="215")
    assert mesmo.dados == ret.dados, "os mesmos bytes são de outro documento: só o nome distingue"
    casa.soltar(2, mesmo.nome, mesmo.dados)
    assert casa.situacao(b.chave) == "REJEITADO PELA SEFAZ"


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_retorno_sem_chave_e_sem_nome_conhecido_e_retido(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    ret = rt.rejeitado(e.dados, b"sei-la-cte.xml", agora=casa.agora, c_stat="215")
    casa.soltar(2, "sei-la-pro-rec.xml", ret.dados)
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas() == ["SEP-RET-SEM-CHAVE"]
    assert casa.desfecho("sei-la-pro-rec.xml") is None


@pytest.mark.requisito("CTE-12", "SEP-08")
def test_retorno_tardio_que_nao_cabe_e_retido_e_mostrado(casa: CasaDeTeste) -> None:
    e = casa.autorizado(1)
    ret = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=casa.agora, c_stat="209", com_prot=True)
    casa.soltar(2, "tarde.xml", ret.dados)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas() == ["SEP-RET-TARDIO"]
    assert (casa.desfecho("tarde.xml"), casa.arquivo("tarde.xml")["etapa"]) == (None, "retido")


@pytest.mark.requisito("SEP-05", "CTE-12")
@pytest.mark.parametrize(("nome", "dados", "codigo"), [
    ("lixo.xml", b"isto nao e xml", "243"),
    ("nfe.xml", b'<NFe xmlns="http://www.portalfiscal.inf.br/nfe"></NFe>', "SEP-RET-TIPO"),
    ("sem-cstat.xml", b'<retCTe xmlns="http://www.portalfiscal.inf.br/cte"><tpAmb>2</tpAmb></retCTe>', "SEP-RET-CSTAT"),
    ("dtd.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><retCTe>&b;</retCTe>', "SEP-XML-DTD"),
])  # fmt: skip
def test_G5_retorno_ilegivel_fica_guardado_e_aparece(casa: CasaDeTeste, nome: str, dados: bytes, codigo: str) -> None:
    casa.por(2, nome, dados)
    casa.passar(6)
    casa.rodar()
    assert casa.desfecho(nome) == "quarentena"
    assert casa.falhas() == [codigo]
    assert [p.read_bytes() for p in casa.recortes("quarentena")] == [dados]


def test_F8_data_estranha_no_protocolo_nao_impede(casa: CasaDeTeste) -> None:
    """A wrong or missing offset in dhRecbto (seen from old authorisers) must not lose an authorisation."""
    for numero, data in enumerate(["2026-11-20T12:00:00", "2026-11-20T12:00:00-03:00-03:00", "ontem"], 1):
        e = casa.enviado(numero)
        ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora)
        estranho = ret.dados.replace(dh(casa.agora).encode(), data.encode())
        casa.soltar(2, f"{numero}.xml", estranho)
        assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.banco.uma("SELECT 1 FROM documento WHERE autorizado_em = '2026-11-20T15:00:00.000Z'")


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_prazo_do_retorno(fazer_casa: Fazer) -> None:
    casa = fazer_casa(prazo_retorno=600)
    e = casa.enviado(1)
    casa.passar(500)
    assert casa.falhas() == []
    casa.passar(200)
    assert casa.falhas(e.chave) == ["SEP-PRAZO-RETORNO"]
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO", "é uma falha, nunca uma situação"
    casa.autorizar(e)
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_transmissor_no_ar_com_autorizacao_apos_dias(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    casa.passar(timedelta(days=3).total_seconds())
    casa.autorizar(e)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-15")
def test_processado_que_nao_passa_no_esquema_sai_e_e_avisado(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.soltar(2, "x.xml", ret.dados.replace(b"<verAplic>SEFAZ_DEMO_1.0</verAplic><chCTe>", b"<chCTe>"))
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas(e.chave) == ["SEP-PROCESSADO-INVALIDO"]


@pytest.mark.requisito("CTE-16")
def test_marca_de_denegado_e_de_substituido(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    consulta = rt.consulta(e.dados, os.fsencode(e.nome), agora=casa.agora, c_stat="217")
    casa.soltar(2, "x.xml", trocar_cstat(consulta.dados, "302").replace(
        b"</retConsSitCTe>", b"<chCTe>%s</chCTe></retConsSitCTe>" % e.chave.encode()))  # fmt: skip
    doc = casa.doc(e.chave)
    assert (doc["situacao"], doc["marca"]) == ("AGUARDANDO RETORNO", "denegado")
    assert casa.falhas(e.chave) == ["SEP-DENEGADO"]


def test_status_passa_adiante(casa: CasaDeTeste) -> None:
    dados = (
        f'<retConsStatServCTe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><verAplic>x</verAplic><cStat>107</cStat>'
        "<xMotivo>Servico em Operacao</xMotivo><cUF>35</cUF></retConsStatServCTe>"
    ).encode()
    casa.soltar(2, "manha-sta.xml", dados)
    assert casa.ler(2, "manha-sta.xml") == dados
    assert casa.desfecho("manha-sta.xml") == "aplicado"
