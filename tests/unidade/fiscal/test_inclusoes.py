"""Tests what the configuration puts into an unsigned document: infRespTec in the schema's place, the QR of
contingency."""

import base64
import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from separador.demonstracao import exportacoes, outros_modelos
from separador.fiscal import esquema
from separador.fiscal.inclusoes import NOTA_RESPONSAVEL, Inclusoes, ResponsavelTecnico, hash_csrt
from separador.fiscal.leitura import reler
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.chave import dv11
from separador.nucleo.erro import Recusa
from tests.unidade.fiscal.gerador import AGORA, EMITENTE, NS, chave_cte, cte, indentado

QUEM = ResponsavelTecnico(EMITENTE, "Fulana & Filhos", "suporte@exemplo.com.br", "1133334444")
COM_CSRT = replace(QUEM, id_csrt="001", csrt="segredo-de-mentira")
MODELOS = {
    "CTe": exportacoes.cte,
    "CTeSimp": outros_modelos.cte_simp,
    "CTeOS": outros_modelos.cte_os,
    "GTVe": outros_modelos.gtve,
}


def com(contexto: ContextoPreparo, inclusoes: Inclusoes) -> ContextoPreparo:
    return replace(contexto, inclusoes=inclusoes)


def sem_responsavel(dados: bytes) -> bytes:
    inicio, fim = dados.find(b"<infRespTec>"), dados.find(b"</infRespTec>")
    return dados[:inicio] + dados[fim + len(b"</infRespTec>") :]


def pronto(dados: bytes, contexto: ContextoPreparo) -> Preparado:
    resultado = preparar(dados, contexto)
    assert isinstance(resultado, Preparado), resultado
    return resultado


def filhos(assinado: bytes) -> list[str]:
    inf = reler(assinado)[0]
    return [etree.QName(f).localname for f in inf]


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("modelo", MODELOS)
def test_responsavel_entra_no_lugar_do_esquema_nos_quatro_modelos(modelo: str, contexto: ContextoPreparo) -> None:
    dados = sem_responsavel(MODELOS[modelo](7, agora=AGORA).dados)
    assert b"infRespTec" not in dados
    p = pronto(dados, com(contexto, Inclusoes(COM_CSRT)))
    assert p.notas_normalizacao[-1] == NOTA_RESPONSAVEL or NOTA_RESPONSAVEL in p.notas_normalizacao
    assert filhos(p.assinado)[-1] == "infRespTec"
    assert not esquema.validar(reler(p.assinado), p.tipo)
    conferida = verificar(p.assinado, cnpj_esperado=EMITENTE, quando=AGORA)
    assert isinstance(conferida, Verificada)
    assert conferida.digest_value == p.digest


def test_hash_do_csrt_e_sha1_do_segredo_com_a_chave(contexto: ContextoPreparo) -> None:
    p = pronto(cte().encode(), com(contexto, Inclusoes(COM_CSRT)))
    esperado = base64.b64encode(hashlib.sha1(b"segredo-de-mentira" + p.chave.encode()).digest()).decode()
    assert reler(p.assinado).findtext(f".//{{{NS}}}hashCSRT") == esperado == hash_csrt("segredo-de-mentira", p.chave)
    assert len(esperado) == 28
    assert b"segredo" not in p.assinado
    assert "segredo" not in repr(COM_CSRT)


def test_sem_csrt_o_par_nao_vai(contexto: ContextoPreparo) -> None:
    p = pronto(cte().encode(), com(contexto, Inclusoes(QUEM)))
    assert b"CSRT" not in p.assinado
    assert b"<xContato>Fulana &amp; Filhos</xContato>" in p.assinado


def test_o_que_ja_diz_de_quem_e_fica_como_esta(contexto: ContextoPreparo) -> None:
    dados = exportacoes.cte(7, agora=AGORA).dados
    assert b"<infRespTec>" in dados
    p = pronto(dados, com(contexto, Inclusoes(COM_CSRT)))
    assert p.assinado == pronto(dados, contexto).assinado
    assert NOTA_RESPONSAVEL not in p.notas_normalizacao


def test_antes_do_que_vem_depois_dele_no_esquema(contexto: ContextoPreparo) -> None:
    """infSolicNFF closes a CT-e of the simplified regime, and infRespTec goes before it."""
    resto = "<infSolicNFF><xSolic>PEDIDO</xSolic></infSolicNFF>"
    dados = cte().replace("</infCte>", f"{resto}</infCte>").encode()
    sem, com_ele = preparar(dados, contexto), preparar(dados, com(contexto, Inclusoes(QUEM)))
    assert isinstance(sem, Recusa)
    assert isinstance(com_ele, Recusa)
    assert [e.codigo for e in com_ele.erros] == [e.codigo for e in sem.erros] == ["902"]  # only the rule of tpEmis 3


def test_formatado_e_compacto_dao_o_mesmo(contexto: ContextoPreparo) -> None:
    aqui = com(contexto, Inclusoes(QUEM))
    assert pronto(indentado(cte(qr=None)), aqui).assinado == pronto(cte().encode(), aqui).assinado


def test_sem_configuracao_nada_entra(contexto: ContextoPreparo) -> None:
    assert b"infRespTec" not in pronto(cte().encode(), contexto).assinado


def test_assinado_de_fora_nao_ganha_nada(contexto: ContextoPreparo) -> None:
    assinado = pronto(cte().encode(), contexto).assinado
    assert pronto(assinado, com(contexto, Inclusoes(COM_CSRT))).assinado == assinado


class TestContingencia:
    def test_fora_da_gtve_so_com_a_chave_ligada(self, contexto: ContextoPreparo) -> None:
        dados = _offline()
        fechado = preparar(dados, contexto)
        assert isinstance(fechado, Recusa)
        assert [e.codigo for e in fechado.erros] == ["SEP-CONTINGENCIA-OFFLINE"]
        assinado = pronto(dados, com(contexto, Inclusoes(contingencia_offline=True))).assinado
        assert b"&amp;sign=" in assinado

    def test_com_qr_proprio_vale_o_que_veio(self, contexto: ContextoPreparo) -> None:
        assinado = pronto(_offline(), com(contexto, Inclusoes(contingencia_offline=True))).assinado
        sem_assinatura = assinado[: assinado.find(b"<Signature")] + b"</CTe>"
        assert pronto(sem_assinatura, contexto).assinado == assinado


@pytest.mark.parametrize(("modelo", "tp_emis"), [("CTe", "4"), ("CTe", "5"), ("CTeOS", "5"), ("GTVe", "2")])
def test_a_contingencia_recebida_leva_o_sign_do_certificado_que_assina(
    modelo: str, tp_emis: str, contexto: ContextoPreparo
) -> None:
    """Old EPEC and FS-DA, and the GTV-e, need no setting. Rejections 853 and 855 then judge what was put in."""
    dados = _em_contingencia(modelo, tp_emis)
    resultado = preparar(dados, contexto)
    codigos = {e.codigo for e in resultado.erros} if isinstance(resultado, Recusa) else set()
    assert not codigos & {"850", "851", "852", "853", "854", "855", "SEP-CONTINGENCIA-OFFLINE"}, codigos
    if isinstance(resultado, Preparado):
        texto = reler(resultado.assinado).findtext(f"{{{NS}}}infCTeSupl/{{{NS}}}qrCodCTe") or ""
        certificado = next(iter(contexto.assinadores.values()))
        assert texto.endswith(f"&sign={certificado.assinar_texto(resultado.chave.encode())}")
    assert isinstance(resultado, Preparado) or tp_emis != "2"


def _em_contingencia(modelo: str, tp_emis: str) -> bytes:
    """Returns the sample in another kind of emission, without QR code, with another key and check digit."""
    e = MODELOS[modelo](7, agora=AGORA)
    chave = e.chave[:34] + tp_emis + e.chave[35:43]
    chave += str(dv11(chave))
    texto = e.dados.decode().replace(e.chave, chave).replace(f"<cDV>{e.chave[-1]}</cDV>", f"<cDV>{chave[-1]}</cDV>")
    texto = texto.replace("<tpEmis>1</tpEmis>", f"<tpEmis>{tp_emis}</tpEmis>")
    contingencia = "<dhCont>2026-11-20T10:00:00-03:00</dhCont><xJust>SEM INTERNET NA EMPRESA</xJust>"
    texto = texto.replace("</ide>", f"{contingencia}</ide>")
    return (texto[: texto.find("<infCTeSupl>")] + texto[texto.find("</infCTeSupl>") + 13 :]).encode()


def _offline() -> bytes:
    dados = cte(
        qr=None,
        tp_emis="2",
        contingencia="<dhCont>2026-11-20T10:00:00-03:00</dhCont><xJust>SEM INTERNET NA EMPRESA</xJust>",
    )
    assert chave_cte(tp_emis="2") in dados
    return dados.encode()
