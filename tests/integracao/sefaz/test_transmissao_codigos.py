"""Tests codes that do not decide: the service waits, looks up or tells a person, and never concludes REJEITADO."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.nucleo.chave import dv11
from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, CANCELADO, REJEITADO, CasaDeRede
from tests.apoio.casa_de_teste import MOTIVO

Fazer = Callable[..., CasaDeRede]

PROCESSADAS = ["queda-depois", "meia-resposta", "vazia", "raiz-errada", "outra-chave"]
NAO_PROCESSADAS = ["queda-antes", "queda-durante", "html", "soap-fault", "http"]
LEGIVEIS = ["prefixo", "texto-escapado", "data-sem-fuso", "nprot-17"]


@pytest.mark.requisito("SEFAZ-06")
@pytest.mark.parametrize("codigo", ["108", "109"])
def test_sefaz_parada_e_de_volta(fazer_casa: Fazer, codigo: str) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": codigo})
    chaves = [casa.exportar(n).chave for n in range(50, 54)]
    assert casa.falhas() == ["SEP-SEFAZ-PARADA"]
    for _ in range(20):
        casa.passar(60)
    recepcoes = casa.sefaz.razao()["chamadas"]["recepcao"]["total"]
    assert recepcoes == 1  # the others waited; status was asked, at most each three minutes
    assert casa.sefaz.razao()["chamadas"]["status"]["total"] <= 8
    casa.sefaz.roteiro()
    for _ in range(20):
        casa.passar(60)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_113_e_dito_ao_operador_e_114_tambem(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "109", "servico": "recepcao"},
                      {"falha": "cstat", "cstat": "109", "servico": "status", "autorizador": "normal"},
                      ajustes={"svc": True})  # fmt: skip
    e = casa.exportar(55)
    casa.passar(200)
    assert set(casa.falhas()) == {"SEP-SEFAZ-PARADA", "SEP-SVC-ATIVA"}
    assert casa.situacao(e.chave) == AGUARDANDO
    casa.sefaz.roteiro(svc=False)
    for _ in range(30):
        casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_G2_204_do_nosso_documento(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "204", "servico": "recepcao", "processar": True})
    e = casa.exportar(56)
    casa.passar(5)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.na_sefaz(e.chave)["recepcoes"] == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_G2_204_de_outro_conteudo(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "204", "servico": "recepcao", "processar": True},
                      {"falha": "digest-diferente", "servico": "consulta"})  # fmt: skip
    e = casa.exportar(57)
    casa.passar(30)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert casa.na_sefaz(e.chave)["recepcoes"] == 1


@pytest.mark.requisito("SEFAZ-04")
def test_G2_204_que_a_consulta_desmente_nao_vai_pela_terceira_vez(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "204", "servico": "recepcao"})
    e = casa.exportar(58)
    for _ in range(30):
        casa.passar(120)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-SEM-DESFECHO"]
    assert casa.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("codigo", ["216", "539", "600"])
def test_numero_de_outra_chave_alheia(fazer_casa: Fazer, codigo: str) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": codigo, "servico": "recepcao"})
    e = casa.exportar(59)
    for _ in range(5):
        casa.passar(600)
    assert casa.situacao(e.chave) == AGUARDANDO  # never REJEITADO
    assert casa.falhas(e.chave) == ["SEP-NUMERO-OCUPADO"]
    assert casa.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1


@pytest.mark.requisito("SEFAZ-04", "SEFAZ-08")
def test_539_de_um_documento_nosso(casa: CasaDeRede) -> None:
    """A first attempt under another key was authorised, its answer lost. The second gets 539 and leads to the first."""
    casa.sefaz.roteiro({"falha": "queda-depois", "servico": "recepcao", "vezes": 1},
                       {"falha": "cstat", "cstat": "999", "servico": "consulta", "total": 1})  # fmt: skip
    primeiro = casa.exportar(60)
    assert casa.etapa(primeiro.chave) == "desfecho desconhecido"
    casa.ate(primeiro.chave, AUTORIZADO)
    casa.sefaz.roteiro()
    segundo = ex.cte(60, agora=casa.agora + timedelta(days=31), variante="uma-nota")
    casa.ponteiros.agora += timedelta(days=31)
    casa.soltar(1, segundo.nome, segundo.dados)
    assert segundo.chave != primeiro.chave
    assert casa.situacao(segundo.chave) == AGUARDANDO
    falha = casa.falha("SEP-NUMERO-OCUPADO")
    assert primeiro.chave in falha["motivo"]
    assert "desta instalação" in falha["motivo"]


@pytest.mark.requisito("SEFAZ-04")
def test_G4_numero_em_transmissao_nao_se_refaz_em_contingencia(casa: CasaDeRede) -> None:
    casa.sefaz.roteiro({"falha": "queda-antes", "servico": "recepcao", "vezes": 1})
    primeiro = casa.exportar(61)
    assert casa.etapa(primeiro.chave) == "desfecho desconhecido"
    outro = ex.cte(61, agora=casa.agora + timedelta(days=31), variante="uma-nota")
    casa.soltar(1, outro.nome, outro.dados)
    assert not casa.tem(outro.chave)
    assert casa.falhas(outro.chave) in (["SEP-NUMERO-EM-TRANSMISSAO"], ["212"]), casa.falhas()


@pytest.mark.requisito("SEFAZ-04")
def test_218_na_recepcao_vira_cancelado(casa: CasaDeRede) -> None:
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "218", "servico": "recepcao", "processar": True})
    e = casa.exportar(62)
    casa.passar(10)
    assert casa.situacao(e.chave) == AUTORIZADO  # the look-up decides, never the code alone


@pytest.mark.requisito("SEFAZ-04", "CTE-06")
@pytest.mark.parametrize("falha", [*PROCESSADAS[:-1], {"falha": "cstat", "cstat": "631", "processar": True},
                                   {"falha": "cstat", "cstat": "218", "processar": True}])  # fmt: skip
def test_G2_cancelamento_cuja_resposta_se_perdeu(casa: CasaDeRede, falha: Any) -> None:
    e = casa.exportar(63)
    regra = {"falha": falha} if isinstance(falha, str) else falha
    casa.sefaz.roteiro(regra | {"servico": "evento", "vezes": 1})
    casa.pedir("cancelar", e.chave, MOTIVO)
    casa.passar(120)
    assert casa.situacao(e.chave) == CANCELADO, (casa.falhas(), [tuple(r) for r in casa.chamadas(e.chave)])
    assert f"{e.chave}_110111_001-procEventoCTe.xml" in casa.nomes(2)
    assert len(casa.na_sefaz(e.chave)["eventos"]) == 1
    assert casa.sefaz.razao()["chamadas"]["evento"]["total"] == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04", "CTE-05")
@pytest.mark.parametrize("falha", NAO_PROCESSADAS)
def test_G1_cancelamento_que_se_perdeu_vai_de_novo_igual(casa: CasaDeRede, falha: str) -> None:
    e = casa.exportar(64)
    casa.sefaz.roteiro({"falha": falha, "servico": "evento", "vezes": 1})
    casa.pedir("cancelar", e.chave, MOTIVO)
    casa.ate(e.chave, CANCELADO)
    assert len(casa.na_sefaz(e.chave)["eventos"]) == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_G3_678_para_uma_hora_e_sobrevive_a_um_reinicio(casa: CasaDeRede) -> None:
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "678", "servico": "recepcao", "total": 1})
    chaves = [casa.exportar(n).chave for n in range(70, 74)]
    assert casa.falhas() == ["SEP-CONSUMO-INDEVIDO"]
    casa.passar(1800)
    casa.reabrir()
    casa.passar(1000)
    assert casa.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1
    casa.passar(1200)
    casa.passar(120)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_G3_678_de_novo_a_mesma_mensagem_nao_se_repete(casa: CasaDeRede) -> None:
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "678", "servico": "recepcao", "numero": 75})
    e = casa.exportar(75)
    outro = casa.exportar(76)
    for _ in range(40):
        casa.passar(600)
    assert casa.sefaz.razao()["chamadas"]["recepcao"]["total"] == 3  # 75 twice, 76 once
    assert casa.situacao(outro.chave) == AUTORIZADO
    assert casa.situacao(e.chave) == AGUARDANDO
    assert "SEP-CONSUMO-INDEVIDO" in casa.falhas(e.chave)
    casa.sefaz.roteiro()
    assert casa.ordenar("enviar", e.chave)["codigo"] == "SEP-NA-FILA"
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_G3_nunca_mais_de_dez_consultas_da_chave_por_hora(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "queda-antes", "servico": "recepcao"}, {"falha": "queda-antes", "servico": "consulta"},
                      ajustes={"limites": {}})  # fmt: skip
    e = casa.exportar(77)
    for _ in range(20):
        casa.pedir("consultar", e.chave)
        casa.passar(170)
    consultas = casa.sefaz.razao()["chamadas"]["consulta"]["total"]
    assert consultas <= 10
    casa.sefaz.roteiro(limites={})
    casa.ate(e.chave, AUTORIZADO, passo_s=300, limite_s=36000)
    assert "678" not in str(casa.sefaz.razao())
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1


@pytest.mark.requisito("SEFAZ-04")
def test_999_consulta_antes_de_cada_reenvio(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "999", "servico": "recepcao", "vezes": 1})
    e = casa.exportar(78)
    assert casa.falhas(e.chave) == ["SEP-SEFAZ-PARADA"]
    casa.ate(e.chave, AUTORIZADO)
    assert casa.na_sefaz(e.chave)["consultas"] == 2
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_280_para_o_certificado_e_nao_o_documento(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "280", "servico": "recepcao", "total": 1})
    e = casa.exportar(79)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas() == ["SEP-TRANSMISSAO-CERTIFICADO"]
    casa.passar(700)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_relogio_cinco_minutos_adiantado(fazer_casa: Fazer) -> None:
    """Our clock is more than six minutes ahead. 212 is an answer like any other, and a person corrects the clock."""
    casa = fazer_casa(ajustes={"relogio_s": -400})
    e = casa.exportar(80)
    assert casa.situacao(e.chave) == REJEITADO
    assert casa.doc(e.chave)["cstat"] == "212"


@pytest.mark.requisito("CTE-12")
def test_retorno_atrasado_e_consultado(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "9876", "servico": "recepcao", "processar": True})
    e = casa.exportar(81)
    assert casa.situacao(e.chave) == AGUARDANDO
    casa.passar(1900)
    casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO  # looked up by itself after prazo_retorno
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_G3_a_mesma_recusa_nao_se_repete_ate_o_bloqueio(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "209", "servico": "recepcao"})
    e = casa.exportar(82)
    for n in range(30):
        casa.soltar(1, f"de-novo-{n}-cte.xml", e.dados)
    assert casa.sefaz.razao()["chamadas"]["recepcao"]["total"] == 20
    assert casa.falhas(e.chave) == ["SEP-RECUSADO-DEMAIS"] * 11
    assert casa.ordenar("enviar", e.chave)["codigo"] == "SEP-RECUSADO-DEMAIS"


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_contingencia_vai_ao_svc_e_114_espera(fazer_casa: Fazer) -> None:
    """tpEmis 7 of a SP document goes to the SVC of RS. While that is not active it waits there, and others do not."""
    casa = fazer_casa(ajustes={"svc": False})
    e = _em_contingencia(casa, 83)
    assert casa.chamadas(e.chave)[0]["autorizador"] == "SVC-RS"
    assert casa.falhas() == ["SEP-SVC-DESATIVADA"]
    assert casa.situacao(casa.exportar(84).chave) == AUTORIZADO
    casa.sefaz.roteiro(svc=True)
    for _ in range(20):
        casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-03")
def test_203_para_a_fila_do_emitente(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "203", "servico": "recepcao"}, sefaz_config={"em_voo": 1})
    chaves = [casa.exportar(n).chave for n in range(90, 94)]
    assert set(casa.falhas()) == {"203", "SEP-EMITENTE-IRREGULAR"}
    assert [casa.situacao(c) for c in chaves] == [REJEITADO, *["NÃO ENVIADO"] * 3]
    casa.sefaz.roteiro()
    casa.passar(1000)
    assert casa.situacao(chaves[1]) == "NÃO ENVIADO"
    casa.passar(1000)
    casa.passar(10)
    assert [casa.situacao(c) for c in chaves] == [REJEITADO, *[AUTORIZADO] * 3]
    assert casa.falhas() == ["203"]  # of the first, which waits for its correction


def _em_contingencia(casa: CasaDeRede, numero: int) -> ex.Exportacao:
    normal = ex.cte(numero, agora=casa.agora, variante="uma-nota")
    corpo = normal.chave[:34] + "7" + normal.chave[35:43]
    chave = f"{corpo}{dv11(corpo)}"
    dados = normal.dados.replace(normal.chave.encode(), chave.encode())
    dados = dados.replace(b"<tpEmis>1</tpEmis>", b"<tpEmis>7</tpEmis>")
    dados = re.sub(rb"<cDV>\d</cDV>", b"<cDV>%b</cDV>" % chave[-1].encode(), dados)
    casa.soltar(1, f"{chave}-cte.xml", dados)
    return ex.Exportacao(f"{chave}-cte.xml".encode(), dados, chave)
