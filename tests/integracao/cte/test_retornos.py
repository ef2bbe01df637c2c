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
from tests.apoio.instalacao import Instalacao
from tests.apoio.maquina import ROTAS
from tests.apoio.posse import largar

Fazer = Callable[..., Instalacao]
DIGEST = re.compile(rb"<digVal>[^<]*</digVal>")


def trocar_cstat(dados: bytes, novo: str) -> bytes:
    return re.sub(rb"<cStat>\d+<", b"<cStat>%s<" % novo.encode(), dados)


@pytest.mark.requisito("CTE-03", "CTE-15", "NOM-02")
def test_autorizado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="pedido-cte.xml")
    retorno = instalacao.autorizar(e)
    doc = instalacao.doc(e.chave)
    assert (doc["situacao"], doc["etapa"], doc["cstat"]) == ("AUTORIZADO PELA SEFAZ", "concluido", "100")
    assert doc["protocolo"] == rt.protocolo(e.chave, agora=instalacao.agora)
    assert instalacao.desfecho(retorno.nome) == "aplicado"
    assert instalacao.ler(2, "pedido-pro-rec.xml") == retorno.dados, "o retorno sai como veio"
    proc = instalacao.ler(2, f"{e.chave}-procCTe.xml")
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
    (fiscal,) = instalacao.recortes("fiscal")
    assert (fiscal.parent.name, fiscal.name, fiscal.read_bytes()) == ("2026-11", f"{e.chave}-procCTe.xml", proc)
    h = instalacao.historico(e.chave)[-1]
    assert (h["causa"], h["cstat"], h["protocolo"]) == ("retorno de autorização", "100", doc["protocolo"])
    assert h["quem"] == f"arquivo:{os.fsdecode(retorno.nome)}"
    assert instalacao.falhas() == []


@pytest.mark.requisito("NOM-02")
def test_processado_fica_visivel_antes_do_retorno(instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch) -> None:
    ordem: list[bytes] = []
    original = saidas.publicacao.publicar

    def espiar(pasta, provisorio, nome):  # type: ignore[no-untyped-def]
        ordem.append(nome)
        return original(pasta, provisorio, nome)

    e = instalacao.enviado(1, nome="p-cte.xml")
    monkeypatch.setattr(saidas.publicacao, "publicar", espiar)
    instalacao.autorizar(e)
    proc = f"{e.chave}-procCTe.xml".encode()
    assert ordem == [proc, proc, b"p-pro-rec.xml"], "cópia fiscal, cópia do WMS, retorno"


@pytest.mark.requisito("CTE-04", "NOM-02")
@pytest.mark.parametrize("com_prot", [True, False])
def test_rejeitado(instalacao: Instalacao, com_prot: bool) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    retorno = instalacao.rejeitar(e, "209", com_prot=com_prot)
    doc = instalacao.doc(e.chave)
    assert (doc["situacao"], doc["cstat"], doc["protocolo"]) == ("REJEITADO PELA SEFAZ", "209", None)
    assert doc["motivo"] == "Rejeicao: IE do emitente invalida"
    assert instalacao.nomes(2) == ["p-pro-rec.xml"]
    assert instalacao.ler(2, "p-pro-rec.xml") == retorno.dados
    assert instalacao.recortes("fiscal") == []


@pytest.mark.requisito("CTE-12")
def test_retorno_repetido_nada_muda(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    retorno = instalacao.autorizar(e)
    primeiro = instalacao.arquivo(retorno.nome)["id"]
    antes, nomes = instalacao.caminho(e.chave), instalacao.nomes(2)
    instalacao.soltar(2, retorno.nome, retorno.dados)
    instalacao.soltar(2, "outro-nome.xml", retorno.dados)
    assert instalacao.caminho(e.chave) == antes
    assert instalacao.nomes(2) == nomes
    for nome in (retorno.nome, b"outro-nome.xml"):
        assert (instalacao.desfecho(nome), instalacao.arquivo(nome)["duplicado_de"]) == ("duplicado", primeiro)
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_o_mesmo_dito_com_outros_bytes_tambem_nada_muda(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    retorno = instalacao.autorizar(e)
    nomes = instalacao.nomes(2)
    instalacao.soltar(2, "x.xml", retorno.dados.replace(b"SEFAZ_DEMO_1.0", b"SEFAZ_DEMO_2.0"))
    assert instalacao.desfecho("x.xml") == "duplicado"
    assert instalacao.nomes(2) == nomes


@pytest.mark.requisito("CTE-12", "CTE-15")
@pytest.mark.parametrize("especie", ["cteProc", "protCTe", "consulta", "com prefixo", "soap"])
def test_outras_formas_da_mesma_autorizacao(instalacao: Instalacao, especie: str) -> None:
    """Neither the transmitting program nor the name of the file matters."""
    e = instalacao.enviado(1, nome="p-cte.xml")
    nome = os.fsencode(e.nome)
    ret = rt.autorizado(e.dados, nome, agora=instalacao.agora)
    prot = re.search(rb"<protCTe.*</protCTe>", ret.dados)
    assert prot is not None
    corpo = re.sub(rb"^<\?xml[^>]*\?>", b"", ret.dados)
    com_prefixo = re.sub(rb"<(/?)(\w)", rb"<\1c:\2", corpo).replace(b"xmlns=", b"xmlns:c=")
    dados = {
        "cteProc": rt.processado(e.dados, nome, agora=instalacao.agora).dados,
        "protCTe": prot[0].replace(b"<protCTe ", b'<protCTe xmlns="%s" ' % NS.encode()),
        "consulta": rt.consulta(e.dados, nome, agora=instalacao.agora).dados,
        "com prefixo": com_prefixo,
        "soap": b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><cteRecepcaoResult>'
        + corpo
        + b"</cteRecepcaoResult></s:Body></s:Envelope>",
    }[especie]
    instalacao.soltar(2, "retorno-de-alguem.xml", dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ", instalacao.falhas()
    assert instalacao.desfecho("retorno-de-alguem.xml") == "aplicado"
    esperados = {"p-pro-rec.xml", f"{e.chave}-procCTe.xml"} | ({"p-sit.xml"} if especie == "consulta" else set())
    assert set(instalacao.nomes(2)) == esperados
    lido = ler(instalacao.ler(2, f"{e.chave}-procCTe.xml"))
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []


@pytest.mark.requisito("CTE-12", "SEP-08", "SEP-05")
def test_retorno_sem_documento_espera_por_ele(instalacao: Instalacao, fazer_instalacao: Fazer) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.fechar()
    outra = fazer_instalacao(aberta=False, dados="outros-dados")
    largar(outra.pasta)
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
def test_dois_retornos_sem_documento_entram_em_ordem(instalacao: Instalacao, fazer_instalacao: Fazer) -> None:
    c = instalacao.cancelando(1)
    autorizacao = rt.autorizado(c.dados, os.fsencode(c.nome), agora=instalacao.agora)
    evento = rt.evento_processado(c.evento, agora=instalacao.agora)
    instalacao.fechar()
    outra = fazer_instalacao(aberta=False, dados="outros-dados")
    largar(outra.pasta)
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
def test_autorizacao_sem_pedido_nosso(fazer_instalacao: Fazer) -> None:
    """The document is NÃO ENVIADO (manual), and another program sent the very same content."""
    instalacao = fazer_instalacao(rotas=[dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]])
    boa = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, "p-cte.xml", boa.dados)
    ret = rt.autorizado(instalacao.assinado(boa.chave), b"p-cte.xml", agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.caminho(boa.chave) == ["NÃO ENVIADO", "AUTORIZADO PELA SEFAZ"]
    assert instalacao.historico(boa.chave)[-1]["causa"] == "retorno sem pedido"
    assert instalacao.falhas(boa.chave) == ["SEP-RET-SEM-PEDIDO"]
    assert sorted(instalacao.nomes(2)) == sorted(["p-pro-rec.xml", f"{boa.chave}-procCTe.xml"])
    assert instalacao.pedir("enviar", boa.chave)["codigo"] == "SEP-SITUACAO"


@pytest.mark.requisito("CTE-16")
def test_rejeicao_e_cancelamento_sem_pedido_nosso(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=[dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]])
    boas = [ex.cte(n, agora=instalacao.agora, variante="uma-nota") for n in (1, 2)]
    for b in boas:
        instalacao.soltar(1, b.nome, b.dados)
    um, dois = (instalacao.assinado(b.chave) for b in boas)
    rejeicao = rt.rejeitado(um, boas[0].nome, agora=instalacao.agora, c_stat="209", com_prot=True)
    instalacao.soltar(2, rejeicao.nome, rejeicao.dados)
    assert instalacao.caminho(boas[0].chave) == ["NÃO ENVIADO", "REJEITADO PELA SEFAZ"]
    assert instalacao.falhas(boas[0].chave) == ["SEP-RET-SEM-PEDIDO", "209"]
    consulta = rt.consulta(dois, boas[1].nome, agora=instalacao.agora, c_stat="101")
    instalacao.soltar(2, consulta.nome, consulta.dados)
    assert instalacao.situacao(boas[1].chave) == "CANCELADO"
    assert "SEP-CANCELADO-NA-SEFAZ" in instalacao.falhas(boas[1].chave)


@pytest.mark.requisito("CTE-16", "CTE-04")
def test_autorizacao_tardia_de_rejeitado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    instalacao.rejeitar(e, "209")
    instalacao.autorizar(e)
    assert instalacao.caminho(e.chave)[-2:] == ["REJEITADO PELA SEFAZ", "AUTORIZADO PELA SEFAZ"]
    assert instalacao.falhas(e.chave) == ["SEP-RET-SEM-PEDIDO"]
    assert f"{e.chave}-procCTe.xml" in instalacao.nomes(2)


@pytest.mark.requisito("CTE-16", "CTE-15")
def test_autorizacao_da_versao_anterior_vale_com_os_bytes_dela(instalacao: Instalacao) -> None:
    """The document was rejected, corrected and sent. Then SEFAZ authorises the *first* version. Its bytes were kept."""
    e = instalacao.enviado(1, nome="p-cte.xml")
    instalacao.rejeitar(e, "209")
    instalacao.soltar(1, "p-cte.xml", e.exportacao.dados.replace(b"CARGA SECA", b"CARGA FRIA"))
    instalacao.pegar(1, e.nome)
    instalacao.autorizar(e)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert b"CARGA SECA" in instalacao.ler(2, f"{e.chave}-procCTe.xml")
    assert instalacao.doc(e.chave)["digest"] == rt.ler(e.dados).digest


@pytest.mark.requisito("CTE-03")
@pytest.mark.parametrize("estado", ["AGUARDANDO RETORNO", "REJEITADO PELA SEFAZ", "AUTORIZADO PELA SEFAZ"])
def test_digest_diferente_e_incidente_e_nada_e_juntado(instalacao: Instalacao, estado: str) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    if estado == "REJEITADO PELA SEFAZ":
        instalacao.rejeitar(e)
    elif estado == "AUTORIZADO PELA SEFAZ":
        instalacao.autorizar(e)
    instalacao.limpar(2)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    instalacao.soltar(2, "x.xml", ret.dados)
    assert instalacao.situacao(e.chave) == estado
    assert instalacao.nomes(2) == []
    assert [f for f in instalacao.falhas(e.chave) if f != "209"] == ["SEP-RET-DIGEST"]
    assert instalacao.desfecho("x.xml") == "quarentena"
    assert [p.read_bytes() for p in instalacao.recortes("quarentena")] == [ret.dados]


@pytest.mark.requisito("CTE-03", "SEP-05")
def test_incidente_de_digest_sai_com_a_autorizacao_do_nosso_conteudo_e_nao_com_uma_rejeicao(
    instalacao: Instalacao,
) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    outro = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    instalacao.soltar(2, "outro.xml", outro.dados)
    instalacao.rejeitar(e, "209", com_prot=True)
    assert instalacao.falhas(e.chave) == ["SEP-RET-DIGEST", "209"]
    instalacao.soltar(1, "p-cte.xml", e.exportacao.dados)
    instalacao.autorizar(e)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-03")
def test_consulta_com_digest_diferente_nao_autoriza_pela_porta_dos_fundos(instalacao: Instalacao) -> None:
    """The situation 100 of a consultation has no digest of its own. The digest of its protCTe decides."""
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.consulta(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, "x.xml", DIGEST.sub(b"<digVal>b3V0cm8gY29udGV1ZG8gYXF1aT0=</digVal>", ret.dados))
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert f"{e.chave}-procCTe.xml" not in instalacao.nomes(2)


@pytest.mark.requisito("CTE-03")
def test_sem_digest_autoriza_com_aviso(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="")
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas(e.chave) == ["SEP-RET-SEM-DIGEST"]
    instalacao.consultado(e, "100")
    assert instalacao.falhas() == [], "a consulta trouxe o protocolo inteiro"


@pytest.mark.requisito("CTE-03")
def test_sem_digest_depois_de_outra_fonte_mostrar_um_diferente(instalacao: Instalacao) -> None:
    """Without digest the document is authorised with a warning, unless another source shows a different digest."""
    e = instalacao.enviado(1, nome="p-cte.xml")
    outro = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="b3V0cm8gY29udGV1ZG8gYXF1aT0=")
    instalacao.soltar(2, "outro.xml", outro.dados)
    sem = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="")
    instalacao.soltar(2, "sem.xml", sem.dados)
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.nomes(2) == []
    assert "SEP-RET-DIGEST" in instalacao.falhas(e.chave)


@pytest.mark.requisito("CTE-16")
def test_sem_digest_nao_autoriza_o_que_nao_foi_enviado_daqui(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    instalacao.rejeitar(e)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, dig_val="")
    instalacao.soltar(2, "x.xml", ret.dados)
    assert instalacao.situacao(e.chave) == "REJEITADO PELA SEFAZ"
    assert instalacao.falhas() == ["209", "SEP-RET-NAO-VERIFICADO"]
    assert instalacao.arquivo("x.xml")["etapa"] == "retido"


def test_retorno_de_outro_ambiente_e_incidente(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, "x.xml", ret.dados.replace(b"<tpAmb>2", b"<tpAmb>1"))
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas(e.chave) == ["SEP-RET-AMBIENTE"]


def test_outro_protocolo_para_o_que_ja_esta_autorizado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    protocolo = instalacao.doc(e.chave)["protocolo"]
    instalacao.soltar(2, "x.xml", ret.dados.replace(protocolo.encode(), b"135260000099999"))
    assert instalacao.doc(e.chave)["protocolo"] == protocolo
    assert instalacao.falhas(e.chave) == ["SEP-RET-PROTOCOLO"]


@pytest.mark.requisito("CTE-14")
def test_processado_com_assinatura_adulterada_nao_e_acreditado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    proc = rt.processado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, "x.xml", proc.dados.replace(b"CARGA SECA", b"CARGA SECa"))
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.desfecho("x.xml") == "quarentena"
    assert instalacao.falhas() == ["297"]
    assert instalacao.nomes(2) == []


@pytest.mark.requisito("CTE-14")
def test_a_assinatura_do_que_entra_e_conferida(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    assert not isinstance(verificar(re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados)), Recusa)


@pytest.mark.requisito("CTE-12")
def test_retorno_sem_chave_e_ligado_pelo_nome(instalacao: Instalacao) -> None:
    """A retCTe without protCTe names no document. The name under which we published does."""
    a, b = instalacao.enviado(1, nome="a-cte.xml"), instalacao.enviado(2, nome="b-cte.xml")
    ret = rt.rejeitado(a.dados, os.fsencode(a.nome), agora=instalacao.agora, c_stat="215")
    assert a.chave.encode() not in ret.dados
    instalacao.soltar(2, ret.nome, ret.dados)
    assert (instalacao.situacao(a.chave), instalacao.situacao(b.chave)) == (
        "REJEITADO PELA SEFAZ",
        "AGUARDANDO RETORNO",
    )
    mesmo = rt.rejeitado(b.dados, os.fsencode(b.nome), agora=instalacao.agora, c_stat="215")
    assert mesmo.dados == ret.dados, "os mesmos bytes são de outro documento: só o nome distingue"
    instalacao.soltar(2, mesmo.nome, mesmo.dados)
    assert instalacao.situacao(b.chave) == "REJEITADO PELA SEFAZ"


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_retorno_sem_chave_e_sem_nome_conhecido_e_retido(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    ret = rt.rejeitado(e.dados, b"sei-la-cte.xml", agora=instalacao.agora, c_stat="215")
    instalacao.soltar(2, "sei-la-pro-rec.xml", ret.dados)
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas() == ["SEP-RET-SEM-CHAVE"]
    assert instalacao.desfecho("sei-la-pro-rec.xml") is None


@pytest.mark.requisito("CTE-12", "SEP-08")
def test_retorno_tardio_que_nao_cabe_e_retido_e_mostrado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    ret = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, c_stat="209", com_prot=True)
    instalacao.soltar(2, "tarde.xml", ret.dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == ["SEP-RET-TARDIO"]
    assert (instalacao.desfecho("tarde.xml"), instalacao.arquivo("tarde.xml")["etapa"]) == (None, "retido")


@pytest.mark.requisito("SEP-05", "CTE-12")
@pytest.mark.parametrize(("nome", "dados", "codigo"), [
    ("lixo.xml", b"isto nao e xml", "243"),
    ("nfe.xml", b'<NFe xmlns="http://www.portalfiscal.inf.br/nfe"></NFe>', "SEP-RET-TIPO"),
    ("sem-cstat.xml", b'<retCTe xmlns="http://www.portalfiscal.inf.br/cte"><tpAmb>2</tpAmb></retCTe>', "SEP-RET-CSTAT"),
    ("dtd.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><retCTe>&b;</retCTe>', "SEP-XML-DTD"),
])  # fmt: skip
def test_retorno_ilegivel_fica_guardado_e_aparece(instalacao: Instalacao, nome: str, dados: bytes, codigo: str) -> None:
    instalacao.por(2, nome, dados)
    instalacao.passar(6)
    instalacao.rodar()
    assert instalacao.desfecho(nome) == "quarentena"
    assert instalacao.falhas() == [codigo]
    assert [p.read_bytes() for p in instalacao.recortes("quarentena")] == [dados]


def test_data_estranha_no_protocolo_nao_impede(instalacao: Instalacao) -> None:
    """A wrong or missing offset in dhRecbto (seen from old authorisers) must not lose an authorisation."""
    for numero, data in enumerate(["2026-11-20T12:00:00", "2026-11-20T12:00:00-03:00-03:00", "ontem"], 1):
        e = instalacao.enviado(numero)
        ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
        estranho = ret.dados.replace(dh(instalacao.agora).encode(), data.encode())
        instalacao.soltar(2, f"{numero}.xml", estranho)
        assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.banco.uma("SELECT 1 FROM documento WHERE autorizado_em = '2026-11-20T15:00:00.000Z'")


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_prazo_do_retorno(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(prazo_retorno=600)
    e = instalacao.enviado(1)
    instalacao.passar(500)
    assert instalacao.falhas() == []
    instalacao.passar(200)
    assert instalacao.falhas(e.chave) == ["SEP-PRAZO-RETORNO"]
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO", "é uma falha, nunca uma situação"
    instalacao.autorizar(e)
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_transmissor_no_ar_com_autorizacao_apos_dias(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.passar(timedelta(days=3).total_seconds())
    instalacao.autorizar(e)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-15")
def test_processado_que_nao_passa_no_esquema_sai_e_e_avisado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    ret = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, "x.xml", ret.dados.replace(b"<verAplic>SEFAZ_DEMO_1.0</verAplic><chCTe>", b"<chCTe>"))
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas(e.chave) == ["SEP-PROCESSADO-INVALIDO"]


@pytest.mark.requisito("CTE-16")
def test_marca_de_denegado_e_de_substituido(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    consulta = rt.consulta(e.dados, os.fsencode(e.nome), agora=instalacao.agora, c_stat="217")
    instalacao.soltar(2, "x.xml", trocar_cstat(consulta.dados, "302").replace(
        b"</retConsSitCTe>", b"<chCTe>%s</chCTe></retConsSitCTe>" % e.chave.encode()))  # fmt: skip
    doc = instalacao.doc(e.chave)
    assert (doc["situacao"], doc["marca"]) == ("AGUARDANDO RETORNO", "denegado")
    assert instalacao.falhas(e.chave) == ["SEP-DENEGADO"]


def test_status_passa_adiante(instalacao: Instalacao) -> None:
    dados = (
        f'<retConsStatServCTe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><verAplic>x</verAplic><cStat>107</cStat>'
        "<xMotivo>Servico em Operacao</xMotivo><cUF>35</cUF></retConsStatServCTe>"
    ).encode()
    instalacao.soltar(2, "manha-sta.xml", dados)
    assert instalacao.ler(2, "manha-sta.xml") == dados
    assert instalacao.desfecho("manha-sta.xml") == "aplicado"
