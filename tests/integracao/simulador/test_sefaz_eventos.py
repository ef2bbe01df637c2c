"""Tests that the local SEFAZ judges events by the manual's rules (MOC 4.00, Visão Geral, chapters 5 and 6)."""

import base64
import gzip
import importlib.util
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from separador.demonstracao import eventos as ev
from separador.demonstracao.empresas import EMITENTE, REMETENTE_SP
from separador.demonstracao.exportacoes import Exportacao
from separador.demonstracao.pedacos_de_xml import dh
from separador.fiscal import esquema, processado
from separador.nucleo.chave import dv11
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz.razao import Razao
from tests.apoio.cliente_soap import Resposta, assinador_de, assinar, cliente_de
from tests.integracao.simulador.conftest import SefazSimulada

pytestmark = pytest.mark.requisito("SEFAZ-09", "SEFAZ-02")
_HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


def comprovante(
    mesa: SefazSimulada,
    chave: str,
    nprot: str,
    *,
    notas: tuple[str, ...],
    n_seq: int = 1,
    quando: datetime | None = None,
) -> Exportacao:
    hora = dh(quando or mesa.agora)
    entregas = "".join(f"<infEntrega><chNFe>{n}</chNFe></infEntrega>" for n in notas)
    detalhe = (
        f"<evCECTe><descEvento>Comprovante de Entrega do CT-e</descEvento><nProt>{nprot}</nProt><dhEntrega>{hora}"
        f"</dhEntrega><nDoc>12345678909</nDoc><xNome>FULANO</xNome><hashEntrega>{_HASH}</hashEntrega>"
        f"<dhHashEntrega>{hora}</dhHashEntrega>{entregas}</evCECTe>"
    )
    return ev.evento(chave, "110180", detalhe, agora=mesa.agora, n_seq=n_seq)


def desfazer(mesa: SefazSimulada, chave: str, nprot: str, alvo: str, n_seq: int = 1) -> Exportacao:
    detalhe = (
        "<evCancCECTe><descEvento>Cancelamento do Comprovante de Entrega do CT-e</descEvento>"
        f"<nProt>{nprot}</nProt><nProtCE>{alvo}</nProtCE></evCancCECTe>"
    )
    return ev.evento(chave, "110181", detalhe, agora=mesa.agora, n_seq=n_seq)


def desacordo(mesa: SefazSimulada, chave: str, autor: str, n_seq: int = 1) -> Exportacao:
    detalhe = (
        "<evPrestDesacordo><descEvento>Prestacao do Servico em Desacordo</descEvento>"
        "<indDesacordoOper>1</indDesacordoOper><xObs>SERVICO NAO PRESTADO COMO COMBINADO</xObs></evPrestDesacordo>"
    )
    return ev.evento(chave, "610110", detalhe, agora=mesa.agora, n_seq=n_seq, autor=autor)


def _notas(mesa: SefazSimulada, chave: str) -> tuple[str, ...]:
    razao = Razao(mesa.sefaz.pasta, so_leitura=True)
    documento = razao.documento(chave)
    razao.fechar()
    assert documento is not None
    return tuple(re.findall(r"<infNFe><chave>([0-9A-Z]{44})<", documento.xml.decode()))


def _ok(resposta: Resposta) -> str:
    assert resposta.cstat == "135", resposta.texto("xMotivo")
    return resposta.texto("nProt") or ""


@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_cancelamento(mesa: SefazSimulada, tipo: Tipo) -> None:
    chave, nprot = mesa.autorizado(tipo)
    resposta = mesa.cancelar(chave, nprot)
    assert (resposta.raiz, resposta.cstat, resposta.texto("chCTe")) == ("retEventoCTe", "135", chave)
    assert resposta.texto("nProt") not in (None, nprot)
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, Tipo.RET_EVENTO) == []
    assert mesa.cancelar(chave, nprot).cstat == "631"
    assert mesa.cliente.consultar(chave).cstat == "101"


def test_proc_evento_que_se_monta_e_valido(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    evento = assinar(ev.cancelamento(chave, nprot, agora=mesa.agora).dados, agora=mesa.agora)
    corpo = mesa.cliente.evento(evento).corpo
    ret = corpo[corpo.index(b"<retEventoCTe") : corpo.index(b"</retEventoCTe>") + 15]
    assert processado.validar_arquivo(processado.montar_evento(evento, ret)) == []


def test_cancelamento_com_outro_protocolo(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    assert mesa.cancelar(chave, f"{int(nprot) + 7}").cstat == "222"


def test_cancelamento_fora_do_prazo(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    mesa.relogio.adiante = timedelta(hours=168, minutes=1)
    assert mesa.cancelar(chave, nprot).cstat == "220"
    mesa.relogio.adiante = timedelta(hours=167)
    assert mesa.cancelar(chave, nprot).cstat == "135"


def test_cancelamento_de_gtve_tem_45_dias(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado(Tipo.GTVE)
    mesa.relogio.adiante = timedelta(days=46)
    assert mesa.cancelar(chave, nprot).cstat == "876"
    mesa.relogio.adiante = timedelta(days=44)
    assert mesa.cancelar(chave, nprot).cstat == "135"


def test_cancelamento_do_que_nao_ha(mesa: SefazSimulada) -> None:
    feito, _ = mesa.documento()
    resposta = mesa.cancelar(feito.chave, "135260000099999")
    assert resposta.cstat == "217"
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, Tipo.RET_EVENTO) == []


def test_carta_de_correcao_impede_o_cancelamento(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    _ok(mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora)))
    assert mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora)).cstat == "631"
    _ok(mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora, n_seq=2)))
    assert mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora, n_seq=21)).cstat == "636"
    assert mesa.cancelar(chave, nprot).cstat == "523"


def test_carta_de_correcao_de_campo_proibido(mesa: SefazSimulada) -> None:
    chave, _ = mesa.autorizado()
    proibida = ev.carta_de_correcao(chave, agora=mesa.agora)
    dados = proibida.dados.replace(b">xCaracAd<", b">vTPrest<").replace(b">compl<", b">vPrest<")
    assert mesa.evento(Exportacao(proibida.nome, dados, chave)).cstat == "681"


def test_comprovante_impede_o_cancelamento_ate_ser_cancelado(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado(variante="uma-nota")
    notas = _notas(mesa, chave)
    feito = _ok(mesa.evento(comprovante(mesa, chave, nprot, notas=notas)))
    assert mesa.evento(comprovante(mesa, chave, nprot, notas=notas, n_seq=2)).cstat == "870"
    assert mesa.cancelar(chave, nprot).cstat == "862"
    assert mesa.evento(desfazer(mesa, chave, nprot, "135260000999999")).cstat == "866"
    _ok(mesa.evento(desfazer(mesa, chave, nprot, feito)))
    assert mesa.evento(desfazer(mesa, chave, nprot, feito, 2)).cstat == "866"
    assert mesa.cancelar(chave, nprot).cstat == "135"


def test_comprovante_confere_as_notas_e_as_datas(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado(variante="uma-nota")
    notas = _notas(mesa, chave)
    outra, _ = mesa.documento(variante="uma-nota")
    alheia = notas[0][:25] + "000099999" + notas[0][34:43]
    assert mesa.evento(comprovante(mesa, chave, nprot, notas=())).cstat == "865"
    assert mesa.evento(comprovante(mesa, chave, nprot, notas=(*notas, *notas))).cstat == "861"
    assert mesa.evento(comprovante(mesa, chave, nprot, notas=(f"{alheia}{dv11(alheia)}",))).cstat == "864"
    antes = mesa.agora - timedelta(days=1)
    assert mesa.evento(comprovante(mesa, chave, nprot, notas=notas, quando=antes)).cstat == "872"
    assert mesa.evento(comprovante(mesa, outra.chave, nprot, notas=notas)).cstat == "217"


def test_desacordo_e_do_tomador(mesa: SefazSimulada) -> None:
    chave, _ = mesa.autorizado()
    assert mesa.evento(desacordo(mesa, chave, EMITENTE.cnpj)).cstat == "755"
    assert mesa.evento(desacordo(mesa, chave, REMETENTE_SP.cnpj), REMETENTE_SP).cstat == "135"
    mesa.relogio.adiante = timedelta(days=46)
    assert mesa.evento(desacordo(mesa, chave, REMETENTE_SP.cnpj, 2), REMETENTE_SP).cstat == "787"


def test_evento_de_autor_que_nao_e_o_emitente(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    feito = ev.cancelamento(chave, nprot, agora=mesa.agora)
    alheio = feito.dados.replace(EMITENTE.cnpj.encode() + b"</CNPJ>", REMETENTE_SP.cnpj.encode() + b"</CNPJ>")
    assinado = assinador_de(REMETENTE_SP).assinar(alheio, Tipo.EVENTO).dados
    assert mesa.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat == "632"


def test_evento_depois_do_cancelamento(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    mesa.cancelar(chave, nprot)
    resposta = mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora))
    assert resposta.cstat == "218"
    assert "[dhCanc:" in (resposta.texto("xMotivo") or "")


def test_evento_adulterado_ou_fora_do_esquema(mesa: SefazSimulada) -> None:
    chave, nprot = mesa.autorizado()
    assinado = assinar(ev.cancelamento(chave, nprot, agora=mesa.agora).dados, agora=mesa.agora)
    assert mesa.cliente.evento(assinado.replace(b"DIGITADO", b"ESCRITO0")).cstat == "297"
    assert mesa.cliente.evento(assinado.replace(b"<xJust>", b"<xJus>").replace(b"</xJust>", b"</xJus>")).cstat == "630"
    assert mesa.cliente.evento(assinado.replace(b"<tpAmb>2", b"<tpAmb>9")).cstat == "215"


def test_evento_do_futuro_e_anterior_a_emissao(mesa: SefazSimulada) -> None:
    chave, _ = mesa.autorizado()
    futuro = ev.carta_de_correcao(chave, agora=mesa.agora + timedelta(hours=1))

    def enviar(e: Exportacao) -> str:
        assinado = assinador_de().assinar(e.dados, Tipo.EVENTO).dados
        return mesa.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat

    assert enviar(futuro) == "635"
    assert enviar(ev.carta_de_correcao(chave, agora=mesa.agora - timedelta(hours=1))) == "634"


def test_carta_de_correcao_so_do_57_e_do_67(mesa: SefazSimulada) -> None:
    chave, _ = mesa.autorizado(Tipo.GTVE)
    carta = ev.carta_de_correcao(chave, agora=mesa.agora)
    assinado = assinador_de().assinar(carta.dados, Tipo.EVENTO).dados
    assert mesa.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat == "595"


def _gtv(mesa: SefazSimulada, chave: str, *numeros: int, n_seq: int = 1) -> Resposta:
    parte = "<UF>SP</UF><xNome>BANCO FICTICIO</xNome>"
    gtvs = "".join(
        f"<infGTV><nDoc>{n}</nDoc><id>AIDF1</id><dEmi>{mesa.agora:%Y-%m-%d}</dEmi><nDV>1</nDV><qCarga>3.0000</qCarga>"
        f"<infEspecie><tpEspecie>1</tpEspecie><vEspecie>100.00</vEspecie></infEspecie>"
        f"<rem><CNPJ>{EMITENTE.cnpj}</CNPJ>{parte}</rem><dest><CNPJ>{EMITENTE.cnpj}</CNPJ>{parte}</dest></infGTV>"
        for n in numeros
    )
    detalhe = f"<evGTV><descEvento>Informacoes da GTV</descEvento>{gtvs}</evGTV>"
    return mesa.evento(ev.evento(chave, "110170", detalhe, agora=mesa.agora, n_seq=n_seq))


def test_informacoes_da_gtv(mesa: SefazSimulada) -> None:
    de_pessoas, _ = mesa.autorizado(Tipo.CTE_OS)
    assert _gtv(mesa, de_pessoas, 10).cstat == "889"
    feito, _ = mesa.documento(Tipo.CTE_OS)
    dados = re.sub(rb"<infModal .*</infModal>", b"", feito.dados.replace(b"<tpServ>6<", b"<tpServ>7<"))
    assert mesa.cliente.receber(assinar(dados, agora=mesa.agora), Tipo.CTE_OS).cstat == "100"
    assert _gtv(mesa, feito.chave, 10, 10).cstat == "618"
    assert _gtv(mesa, feito.chave, 10, 11).cstat == "135"
    assert _gtv(mesa, feito.chave, 12, 11, n_seq=2).cstat == "619"
    assert _gtv(mesa, feito.chave, 12, n_seq=100).cstat == "636"


@pytest.mark.requisito("SEFAZ-07")
class TestDistribuicao:
    def test_documentos_e_eventos_de_interesse(self, mesa: SefazSimulada) -> None:
        chave, nprot = mesa.autorizado()
        mesa.cancelar(chave, nprot)
        tomador = cliente_de(mesa.sefaz.endereco, mesa.sefaz.ca, REMETENTE_SP)
        vistos, ult = [], 0
        while True:
            resposta = tomador.distribuir(REMETENTE_SP.cnpj, ult)
            assert resposta.cstat == "138", resposta.corpo
            zips = resposta.todos("docZip")
            vistos += [(z.get("schema"), gzip.decompress(base64.b64decode(z.text or ""))) for z in zips]
            ult, maximo = int(resposta.texto("ultNSU") or 0), int(resposta.texto("maxNSU") or 0)
            if ult >= maximo:
                break
        deste = [(e, x) for e, x in vistos if chave.encode() in x]
        assert [e for e, _ in deste] == ["procCTe_v4.00.xsd", "procEventoCTe_v4.00.xsd"]
        assert all(processado.validar_arquivo(x) == [] for _, x in deste)
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult, um=True).cstat == "138"
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult + 5).cstat == "589"
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult).cstat == "137"
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult).cstat == "656"
        mesa.relogio.adiante = timedelta(hours=1, minutes=1)
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult).cstat == "137"
        tomador.fechar()

    def test_so_do_proprio_cnpj(self, mesa: SefazSimulada) -> None:
        assert mesa.cliente.distribuir(REMETENTE_SP.cnpj, 0).cstat == "593"

    def test_a_resposta_obedece_ao_esquema(self, mesa: SefazSimulada) -> None:
        spec = importlib.util.find_spec("nfelib")
        assert spec is not None
        assert spec.submodule_search_locations
        pasta = Path(spec.submodule_search_locations[0]) / "cte_dist_dfe" / "schemas" / "v1_0"
        regra = etree.XMLSchema(etree.parse(str(pasta / "retDistDFeInt_v1.00.xsd")))
        resposta = mesa.cliente.distribuir(EMITENTE.cnpj, 0)
        assert resposta.xml is not None
        regra.assertValid(resposta.xml)


@pytest.mark.requisito("SEFAZ-05")
class TestConsumoIndevido:
    def test_consultas_demais_da_mesma_chave(self, mesa: SefazSimulada) -> None:
        chave, _ = mesa.autorizado()
        outra, _ = mesa.autorizado()
        mesa.sefaz.roteiro(limites={"consultas_da_chave": 3})
        assert [mesa.cliente.consultar(chave).cstat for _ in range(4)] == ["100", "100", "100", "678"]
        assert mesa.cliente.consultar(outra).cstat == "678", "o serviço inteiro fica bloqueado para a empresa"
        assert mesa.cliente.status().cstat == "107", "os outros serviços não"
        mesa.relogio.adiante = timedelta(minutes=61)
        assert mesa.cliente.consultar(outra).cstat == "100"

    def test_o_mesmo_cte_rejeitado_demais(self, mesa: SefazSimulada) -> None:
        feito, assinado = mesa.documento()
        ruim = assinado.replace(b"<natOp>P", b"<natOp>Q")
        mesa.sefaz.roteiro(limites={"rejeicoes_do_cte": 2, "bloqueio_s": 600})
        assert [mesa.cliente.receber(ruim).cstat for _ in range(3)] == ["297", "297", "678"]
        assert mesa.cliente.receber(assinado).cstat == "678", feito.chave
        mesa.relogio.adiante = timedelta(minutes=11)
        mesa.sefaz.roteiro(limites=False)
        assert mesa.cliente.receber(assinado).cstat == "100"

    def test_status_demais(self, mesa: SefazSimulada) -> None:
        mesa.relogio.adiante = timedelta(days=2)
        mesa.sefaz.roteiro(limites={"status": 2, "bloqueio_s": 60})
        assert [mesa.cliente.status().cstat for _ in range(3)] == ["107", "107", "678"]


def _substituto(mesa: SefazSimulada, alvo: str) -> bytes:
    feito, _ = mesa.documento(variante="uma-nota")
    dados = feito.dados.replace(b"<tpCTe>0<", b"<tpCTe>3<")
    troca = f"<infCteSub><chCte>{alvo}</chCte></infCteSub></infCTeNorm>"
    return assinar(dados.replace(b"</infCTeNorm>", troca.encode()), agora=mesa.agora)


def _complemento(mesa: SefazSimulada, alvo: str) -> bytes:
    feito, _ = mesa.documento(variante="uma-nota")
    dados = feito.dados.replace(b"<tpCTe>0<", b"<tpCTe>1<")
    comp = f"<infCteComp><chCTe>{alvo}</chCTe></infCteComp>".encode()
    return assinar(re.sub(rb"<infCTeNorm>.*</infCTeNorm>", comp, dados), agora=mesa.agora)


class TestDocumentosQueReferemOutros:
    """MOC rules G079 to G084, G165 and G166, and their effect on the cancellation (MOC rules O11 to O13)."""

    def test_substituicao(self, mesa: SefazSimulada) -> None:
        chave, nprot = mesa.autorizado()
        fora, _ = mesa.documento()
        assert mesa.cliente.receber(_substituto(mesa, fora.chave)).cstat == "568"
        assert mesa.cliente.receber(_substituto(mesa, chave)).cstat == "739", "falta o desacordo do tomador"
        desacordado = mesa.evento(desacordo(mesa, chave, REMETENTE_SP.cnpj), REMETENTE_SP)
        assert desacordado.cstat == "135"
        substituto = _substituto(mesa, chave)
        autorizado = mesa.cliente.receber(substituto)
        assert autorizado.cstat == "100", autorizado.texto("xMotivo")
        assert mesa.cliente.receber(_substituto(mesa, chave)).cstat == "570"
        assert mesa.cancelar(chave, nprot).cstat == "576"
        novo = autorizado.texto("chCTe") or ""
        assert mesa.cancelar(novo, autorizado.texto("nProt") or "").cstat == "574"
        assert mesa.evento(ev.carta_de_correcao(chave, agora=mesa.agora)).cstat == "664"

    def test_complemento(self, mesa: SefazSimulada) -> None:
        chave, nprot = mesa.autorizado()
        complemento = mesa.cliente.receber(_complemento(mesa, chave))
        assert complemento.cstat == "100", complemento.texto("xMotivo")
        assert mesa.cancelar(chave, nprot).cstat == "660"
        assert mesa.cancelar(complemento.texto("chCTe") or "", complemento.texto("nProt") or "").cstat == "135"
        assert mesa.cancelar(chave, nprot).cstat == "135"
        assert mesa.cliente.receber(_complemento(mesa, chave)).cstat == "655", "o complementado foi cancelado"
