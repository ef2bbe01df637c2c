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
    simulada: SefazSimulada,
    chave: str,
    nprot: str,
    *,
    notas: tuple[str, ...],
    n_seq: int = 1,
    quando: datetime | None = None,
) -> Exportacao:
    hora = dh(quando or simulada.agora)
    entregas = "".join(f"<infEntrega><chNFe>{n}</chNFe></infEntrega>" for n in notas)
    detalhe = (
        f"<evCECTe><descEvento>Comprovante de Entrega do CT-e</descEvento><nProt>{nprot}</nProt><dhEntrega>{hora}"
        f"</dhEntrega><nDoc>12345678909</nDoc><xNome>FULANO</xNome><hashEntrega>{_HASH}</hashEntrega>"
        f"<dhHashEntrega>{hora}</dhHashEntrega>{entregas}</evCECTe>"
    )
    return ev.evento(chave, "110180", detalhe, agora=simulada.agora, n_seq=n_seq)


def desfazer(simulada: SefazSimulada, chave: str, nprot: str, alvo: str, n_seq: int = 1) -> Exportacao:
    detalhe = (
        "<evCancCECTe><descEvento>Cancelamento do Comprovante de Entrega do CT-e</descEvento>"
        f"<nProt>{nprot}</nProt><nProtCE>{alvo}</nProtCE></evCancCECTe>"
    )
    return ev.evento(chave, "110181", detalhe, agora=simulada.agora, n_seq=n_seq)


def desacordo(simulada: SefazSimulada, chave: str, autor: str, n_seq: int = 1) -> Exportacao:
    detalhe = (
        "<evPrestDesacordo><descEvento>Prestacao do Servico em Desacordo</descEvento>"
        "<indDesacordoOper>1</indDesacordoOper><xObs>SERVICO NAO PRESTADO COMO COMBINADO</xObs></evPrestDesacordo>"
    )
    return ev.evento(chave, "610110", detalhe, agora=simulada.agora, n_seq=n_seq, autor=autor)


def _notas(simulada: SefazSimulada, chave: str) -> tuple[str, ...]:
    razao = Razao(simulada.sefaz.pasta, so_leitura=True)
    documento = razao.documento(chave)
    razao.fechar()
    assert documento is not None
    return tuple(re.findall(r"<infNFe><chave>([0-9A-Z]{44})<", documento.xml.decode()))


def _ok(resposta: Resposta) -> str:
    assert resposta.cstat == "135", resposta.texto("xMotivo")
    return resposta.texto("nProt") or ""


@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_cancelamento(simulada: SefazSimulada, tipo: Tipo) -> None:
    chave, nprot = simulada.autorizado(tipo)
    resposta = simulada.cancelar(chave, nprot)
    assert (resposta.raiz, resposta.cstat, resposta.texto("chCTe")) == ("retEventoCTe", "135", chave)
    assert resposta.texto("nProt") not in (None, nprot)
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, Tipo.RET_EVENTO) == []
    assert simulada.cancelar(chave, nprot).cstat == "631"
    assert simulada.cliente.consultar(chave).cstat == "101"


def test_proc_evento_que_se_monta_e_valido(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    evento = assinar(ev.cancelamento(chave, nprot, agora=simulada.agora).dados, agora=simulada.agora)
    corpo = simulada.cliente.evento(evento).corpo
    ret = corpo[corpo.index(b"<retEventoCTe") : corpo.index(b"</retEventoCTe>") + 15]
    assert processado.validar_arquivo(processado.montar_evento(evento, ret)) == []


def test_cancelamento_com_outro_protocolo(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    assert simulada.cancelar(chave, f"{int(nprot) + 7}").cstat == "222"


def test_cancelamento_fora_do_prazo(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    simulada.relogio.adiante = timedelta(hours=168, minutes=1)
    assert simulada.cancelar(chave, nprot).cstat == "220"
    simulada.relogio.adiante = timedelta(hours=167)
    assert simulada.cancelar(chave, nprot).cstat == "135"


def test_cancelamento_de_gtve_tem_45_dias(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado(Tipo.GTVE)
    simulada.relogio.adiante = timedelta(days=46)
    assert simulada.cancelar(chave, nprot).cstat == "876"
    simulada.relogio.adiante = timedelta(days=44)
    assert simulada.cancelar(chave, nprot).cstat == "135"


def test_cancelamento_do_que_nao_ha(simulada: SefazSimulada) -> None:
    feito, _ = simulada.documento()
    resposta = simulada.cancelar(feito.chave, "135260000099999")
    assert resposta.cstat == "217"
    assert resposta.xml is not None
    assert esquema.validar(resposta.xml, Tipo.RET_EVENTO) == []


def test_carta_de_correcao_impede_o_cancelamento(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    _ok(simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora)))
    assert simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora)).cstat == "631"
    _ok(simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora, n_seq=2)))
    assert simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora, n_seq=21)).cstat == "636"
    assert simulada.cancelar(chave, nprot).cstat == "523"


def test_carta_de_correcao_de_campo_proibido(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado()
    proibida = ev.carta_de_correcao(chave, agora=simulada.agora)
    dados = proibida.dados.replace(b">xCaracAd<", b">vTPrest<").replace(b">compl<", b">vPrest<")
    assert simulada.evento(Exportacao(proibida.nome, dados, chave)).cstat == "681"


def test_comprovante_impede_o_cancelamento_ate_ser_cancelado(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado(variante="uma-nota")
    notas = _notas(simulada, chave)
    feito = _ok(simulada.evento(comprovante(simulada, chave, nprot, notas=notas)))
    assert simulada.evento(comprovante(simulada, chave, nprot, notas=notas, n_seq=2)).cstat == "870"
    assert simulada.cancelar(chave, nprot).cstat == "862"
    assert simulada.evento(desfazer(simulada, chave, nprot, "135260000999999")).cstat == "866"
    _ok(simulada.evento(desfazer(simulada, chave, nprot, feito)))
    assert simulada.evento(desfazer(simulada, chave, nprot, feito, 2)).cstat == "866"
    assert simulada.cancelar(chave, nprot).cstat == "135"


def test_comprovante_confere_as_notas_e_as_datas(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado(variante="uma-nota")
    notas = _notas(simulada, chave)
    outra, _ = simulada.documento(variante="uma-nota")
    alheia = notas[0][:25] + "000099999" + notas[0][34:43]
    assert simulada.evento(comprovante(simulada, chave, nprot, notas=())).cstat == "865"
    assert simulada.evento(comprovante(simulada, chave, nprot, notas=(*notas, *notas))).cstat == "861"
    assert simulada.evento(comprovante(simulada, chave, nprot, notas=(f"{alheia}{dv11(alheia)}",))).cstat == "864"
    antes = simulada.agora - timedelta(days=1)
    assert simulada.evento(comprovante(simulada, chave, nprot, notas=notas, quando=antes)).cstat == "872"
    assert simulada.evento(comprovante(simulada, outra.chave, nprot, notas=notas)).cstat == "217"


def test_desacordo_e_do_tomador(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado()
    assert simulada.evento(desacordo(simulada, chave, EMITENTE.cnpj)).cstat == "755"
    assert simulada.evento(desacordo(simulada, chave, REMETENTE_SP.cnpj), REMETENTE_SP).cstat == "135"
    simulada.relogio.adiante = timedelta(days=46)
    assert simulada.evento(desacordo(simulada, chave, REMETENTE_SP.cnpj, 2), REMETENTE_SP).cstat == "787"


def test_evento_de_autor_que_nao_e_o_emitente(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    feito = ev.cancelamento(chave, nprot, agora=simulada.agora)
    alheio = feito.dados.replace(EMITENTE.cnpj.encode() + b"</CNPJ>", REMETENTE_SP.cnpj.encode() + b"</CNPJ>")
    assinado = assinador_de(REMETENTE_SP).assinar(alheio, Tipo.EVENTO).dados
    assert simulada.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat == "632"


def test_evento_depois_do_cancelamento(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    simulada.cancelar(chave, nprot)
    resposta = simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora))
    assert resposta.cstat == "218"
    assert "[dhCanc:" in (resposta.texto("xMotivo") or "")


def test_evento_adulterado_ou_fora_do_esquema(simulada: SefazSimulada) -> None:
    chave, nprot = simulada.autorizado()
    assinado = assinar(ev.cancelamento(chave, nprot, agora=simulada.agora).dados, agora=simulada.agora)
    assert simulada.cliente.evento(assinado.replace(b"DIGITADO", b"ESCRITO0")).cstat == "297"
    assert (
        simulada.cliente.evento(assinado.replace(b"<xJust>", b"<xJus>").replace(b"</xJust>", b"</xJus>")).cstat == "630"
    )
    assert simulada.cliente.evento(assinado.replace(b"<tpAmb>2", b"<tpAmb>9")).cstat == "215"


def test_evento_do_futuro_e_anterior_a_emissao(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado()
    futuro = ev.carta_de_correcao(chave, agora=simulada.agora + timedelta(hours=1))

    def enviar(e: Exportacao) -> str:
        assinado = assinador_de().assinar(e.dados, Tipo.EVENTO).dados
        return simulada.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat

    assert enviar(futuro) == "635"
    assert enviar(ev.carta_de_correcao(chave, agora=simulada.agora - timedelta(hours=1))) == "634"


def test_carta_de_correcao_so_do_57_e_do_67(simulada: SefazSimulada) -> None:
    chave, _ = simulada.autorizado(Tipo.GTVE)
    carta = ev.carta_de_correcao(chave, agora=simulada.agora)
    assinado = assinador_de().assinar(carta.dados, Tipo.EVENTO).dados
    assert simulada.cliente.evento(assinado[assinado.index(b"<eventoCTe") :]).cstat == "595"


def _gtv(simulada: SefazSimulada, chave: str, *numeros: int, n_seq: int = 1) -> Resposta:
    parte = "<UF>SP</UF><xNome>BANCO FICTICIO</xNome>"
    gtvs = "".join(
        f"<infGTV><nDoc>{n}</nDoc><id>AIDF1</id><dEmi>{simulada.agora:%Y-%m-%d}</dEmi><nDV>1</nDV><qCarga>3.0000</qCarga>"
        f"<infEspecie><tpEspecie>1</tpEspecie><vEspecie>100.00</vEspecie></infEspecie>"
        f"<rem><CNPJ>{EMITENTE.cnpj}</CNPJ>{parte}</rem><dest><CNPJ>{EMITENTE.cnpj}</CNPJ>{parte}</dest></infGTV>"
        for n in numeros
    )
    detalhe = f"<evGTV><descEvento>Informacoes da GTV</descEvento>{gtvs}</evGTV>"
    return simulada.evento(ev.evento(chave, "110170", detalhe, agora=simulada.agora, n_seq=n_seq))


def test_informacoes_da_gtv(simulada: SefazSimulada) -> None:
    de_pessoas, _ = simulada.autorizado(Tipo.CTE_OS)
    assert _gtv(simulada, de_pessoas, 10).cstat == "889"
    feito, _ = simulada.documento(Tipo.CTE_OS)
    dados = re.sub(rb"<infModal .*</infModal>", b"", feito.dados.replace(b"<tpServ>6<", b"<tpServ>7<"))
    assert simulada.cliente.receber(assinar(dados, agora=simulada.agora), Tipo.CTE_OS).cstat == "100"
    assert _gtv(simulada, feito.chave, 10, 10).cstat == "618"
    assert _gtv(simulada, feito.chave, 10, 11).cstat == "135"
    assert _gtv(simulada, feito.chave, 12, 11, n_seq=2).cstat == "619"
    assert _gtv(simulada, feito.chave, 12, n_seq=100).cstat == "636"


@pytest.mark.requisito("SEFAZ-07")
class TestDistribuicao:
    def test_documentos_e_eventos_de_interesse(self, simulada: SefazSimulada) -> None:
        chave, nprot = simulada.autorizado()
        simulada.cancelar(chave, nprot)
        tomador = cliente_de(simulada.sefaz.endereco, simulada.sefaz.ca, REMETENTE_SP)
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
        simulada.relogio.adiante = timedelta(hours=1, minutes=1)
        assert tomador.distribuir(REMETENTE_SP.cnpj, ult).cstat == "137"
        tomador.fechar()

    def test_so_do_proprio_cnpj(self, simulada: SefazSimulada) -> None:
        assert simulada.cliente.distribuir(REMETENTE_SP.cnpj, 0).cstat == "593"

    def test_a_resposta_obedece_ao_esquema(self, simulada: SefazSimulada) -> None:
        spec = importlib.util.find_spec("nfelib")
        assert spec is not None
        assert spec.submodule_search_locations
        pasta = Path(spec.submodule_search_locations[0]) / "cte_dist_dfe" / "schemas" / "v1_0"
        regra = etree.XMLSchema(etree.parse(str(pasta / "retDistDFeInt_v1.00.xsd")))
        resposta = simulada.cliente.distribuir(EMITENTE.cnpj, 0)
        assert resposta.xml is not None
        regra.assertValid(resposta.xml)


@pytest.mark.requisito("SEFAZ-05")
class TestConsumoIndevido:
    def test_consultas_demais_da_mesma_chave(self, simulada: SefazSimulada) -> None:
        chave, _ = simulada.autorizado()
        outra, _ = simulada.autorizado()
        simulada.sefaz.roteiro(limites={"consultas_da_chave": 3})
        assert [simulada.cliente.consultar(chave).cstat for _ in range(4)] == ["100", "100", "100", "678"]
        assert simulada.cliente.consultar(outra).cstat == "678", "o serviço inteiro fica bloqueado para a empresa"
        assert simulada.cliente.status().cstat == "107", "os outros serviços não"
        simulada.relogio.adiante = timedelta(minutes=61)
        assert simulada.cliente.consultar(outra).cstat == "100"

    def test_o_mesmo_cte_rejeitado_demais(self, simulada: SefazSimulada) -> None:
        feito, assinado = simulada.documento()
        ruim = assinado.replace(b"<natOp>P", b"<natOp>Q")
        simulada.sefaz.roteiro(limites={"rejeicoes_do_cte": 2, "bloqueio_s": 600})
        assert [simulada.cliente.receber(ruim).cstat for _ in range(3)] == ["297", "297", "678"]
        assert simulada.cliente.receber(assinado).cstat == "678", feito.chave
        simulada.relogio.adiante = timedelta(minutes=11)
        simulada.sefaz.roteiro(limites=False)
        assert simulada.cliente.receber(assinado).cstat == "100"

    def test_status_demais(self, simulada: SefazSimulada) -> None:
        simulada.relogio.adiante = timedelta(days=2)
        simulada.sefaz.roteiro(limites={"status": 2, "bloqueio_s": 60})
        assert [simulada.cliente.status().cstat for _ in range(3)] == ["107", "107", "678"]


def _substituto(simulada: SefazSimulada, alvo: str) -> bytes:
    feito, _ = simulada.documento(variante="uma-nota")
    dados = feito.dados.replace(b"<tpCTe>0<", b"<tpCTe>3<")
    troca = f"<infCteSub><chCte>{alvo}</chCte></infCteSub></infCTeNorm>"
    return assinar(dados.replace(b"</infCTeNorm>", troca.encode()), agora=simulada.agora)


def _complemento(simulada: SefazSimulada, alvo: str) -> bytes:
    feito, _ = simulada.documento(variante="uma-nota")
    dados = feito.dados.replace(b"<tpCTe>0<", b"<tpCTe>1<")
    comp = f"<infCteComp><chCTe>{alvo}</chCTe></infCteComp>".encode()
    return assinar(re.sub(rb"<infCTeNorm>.*</infCTeNorm>", comp, dados), agora=simulada.agora)


class TestDocumentosQueReferemOutros:
    """MOC rules G079 to G084, G165 and G166, and their effect on the cancellation (MOC rules O11 to O13)."""

    def test_substituicao(self, simulada: SefazSimulada) -> None:
        chave, nprot = simulada.autorizado()
        fora, _ = simulada.documento()
        assert simulada.cliente.receber(_substituto(simulada, fora.chave)).cstat == "568"
        assert simulada.cliente.receber(_substituto(simulada, chave)).cstat == "739", "falta o desacordo do tomador"
        desacordado = simulada.evento(desacordo(simulada, chave, REMETENTE_SP.cnpj), REMETENTE_SP)
        assert desacordado.cstat == "135"
        substituto = _substituto(simulada, chave)
        autorizado = simulada.cliente.receber(substituto)
        assert autorizado.cstat == "100", autorizado.texto("xMotivo")
        assert simulada.cliente.receber(_substituto(simulada, chave)).cstat == "570"
        assert simulada.cancelar(chave, nprot).cstat == "576"
        novo = autorizado.texto("chCTe") or ""
        assert simulada.cancelar(novo, autorizado.texto("nProt") or "").cstat == "574"
        assert simulada.evento(ev.carta_de_correcao(chave, agora=simulada.agora)).cstat == "664"

    def test_complemento(self, simulada: SefazSimulada) -> None:
        chave, nprot = simulada.autorizado()
        complemento = simulada.cliente.receber(_complemento(simulada, chave))
        assert complemento.cstat == "100", complemento.texto("xMotivo")
        assert simulada.cancelar(chave, nprot).cstat == "660"
        assert simulada.cancelar(complemento.texto("chCTe") or "", complemento.texto("nProt") or "").cstat == "135"
        assert simulada.cancelar(chave, nprot).cstat == "135"
        assert simulada.cliente.receber(_complemento(simulada, chave)).cstat == "655", "o complementado foi cancelado"
