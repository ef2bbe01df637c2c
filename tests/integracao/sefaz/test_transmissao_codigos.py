"""Tests codes that do not decide: the service waits, looks up or tells a person, and never concludes REJEITADO."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.nucleo.chave import dv11
from tests.apoio.instalacao import MOTIVO
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, CANCELADO, REJEITADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]

PROCESSADAS = ["queda-depois", "meia-resposta", "vazia", "raiz-errada", "outra-chave"]
NAO_PROCESSADAS = ["queda-antes", "queda-durante", "html", "soap-fault", "http"]
LEGIVEIS = ["prefixo", "texto-escapado", "data-sem-fuso", "nprot-17"]


@pytest.mark.requisito("SEFAZ-06")
@pytest.mark.parametrize("codigo", ["108", "109"])
def test_sefaz_parada_e_de_volta(fazer_instalacao: Fazer, codigo: str) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": codigo})
    chaves = [instalacao.exportar(n).chave for n in range(50, 54)]
    assert instalacao.falhas() == ["SEP-SEFAZ-PARADA"]
    for _ in range(20):
        instalacao.passar(60)
    recepcoes = instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"]
    assert recepcoes == 1  # the others waited; status was asked, at most each three minutes
    assert instalacao.sefaz.razao()["chamadas"]["status"]["total"] <= 8
    instalacao.sefaz.roteiro()
    for _ in range(20):
        instalacao.passar(60)
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_113_e_dito_ao_operador_e_114_tambem(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "109", "servico": "recepcao"},
                                  {"falha": "cstat", "cstat": "109", "servico": "status", "autorizador": "normal"},
                                  ajustes={"svc": True})  # fmt: skip
    e = instalacao.exportar(55)
    instalacao.passar(200)
    assert set(instalacao.falhas()) == {"SEP-SEFAZ-PARADA", "SEP-SVC-ATIVA"}
    assert instalacao.situacao(e.chave) == AGUARDANDO
    instalacao.sefaz.roteiro(svc=False)
    for _ in range(30):
        instalacao.passar(60)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_204_do_nosso_documento(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "204", "servico": "recepcao", "processar": True})
    e = instalacao.exportar(56)
    instalacao.passar(5)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.na_sefaz(e.chave)["recepcoes"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_204_de_outro_conteudo(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "204", "servico": "recepcao", "processar": True},
                                  {"falha": "digest-diferente", "servico": "consulta"})  # fmt: skip
    e = instalacao.exportar(57)
    instalacao.passar(30)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert instalacao.na_sefaz(e.chave)["recepcoes"] == 1


@pytest.mark.requisito("SEFAZ-04")
def test_204_que_a_consulta_desmente_nao_vai_pela_terceira_vez(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "204", "servico": "recepcao"})
    e = instalacao.exportar(58)
    for _ in range(30):
        instalacao.passar(120)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas(e.chave) == ["SEP-SEM-DESFECHO"]
    assert instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("codigo", ["216", "539", "600"])
def test_numero_de_outra_chave_alheia(fazer_instalacao: Fazer, codigo: str) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": codigo, "servico": "recepcao"})
    e = instalacao.exportar(59)
    for _ in range(5):
        instalacao.passar(600)
    assert instalacao.situacao(e.chave) == AGUARDANDO  # never REJEITADO
    assert instalacao.falhas(e.chave) == ["SEP-NUMERO-OCUPADO"]
    assert instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1


@pytest.mark.requisito("SEFAZ-04", "SEFAZ-08")
def test_539_de_um_documento_nosso(instalacao: InstalacaoEmRede) -> None:
    """A first attempt under another key was authorised, its answer lost. The second gets 539 and leads to the first."""
    instalacao.sefaz.roteiro({"falha": "queda-depois", "servico": "recepcao", "vezes": 1},
                             {"falha": "cstat", "cstat": "999", "servico": "consulta", "total": 1})  # fmt: skip
    primeiro = instalacao.exportar(60)
    assert instalacao.etapa(primeiro.chave) == "desfecho desconhecido"
    instalacao.ate(primeiro.chave, AUTORIZADO)
    instalacao.sefaz.roteiro()
    segundo = ex.cte(60, agora=instalacao.agora + timedelta(days=31), variante="uma-nota")
    instalacao.ponteiros.agora += timedelta(days=31)
    instalacao.soltar(1, segundo.nome, segundo.dados)
    assert segundo.chave != primeiro.chave
    assert instalacao.situacao(segundo.chave) == AGUARDANDO
    falha = instalacao.falha("SEP-NUMERO-OCUPADO")
    assert primeiro.chave in falha["motivo"]
    assert "desta instalação" in falha["motivo"]


@pytest.mark.requisito("SEFAZ-04")
def test_numero_em_transmissao_nao_se_refaz_em_contingencia(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.roteiro({"falha": "queda-antes", "servico": "recepcao", "vezes": 1})
    primeiro = instalacao.exportar(61)
    assert instalacao.etapa(primeiro.chave) == "desfecho desconhecido"
    outro = ex.cte(61, agora=instalacao.agora + timedelta(days=31), variante="uma-nota")
    instalacao.soltar(1, outro.nome, outro.dados)
    assert not instalacao.tem(outro.chave)
    assert instalacao.falhas(outro.chave) in (["SEP-NUMERO-EM-TRANSMISSAO"], ["212"]), instalacao.falhas()


@pytest.mark.requisito("SEFAZ-04")
def test_218_na_recepcao_vira_cancelado(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "218", "servico": "recepcao", "processar": True})
    e = instalacao.exportar(62)
    instalacao.passar(10)
    assert instalacao.situacao(e.chave) == AUTORIZADO  # the look-up decides, never the code alone


@pytest.mark.requisito("SEFAZ-04", "CTE-06")
@pytest.mark.parametrize("falha", [*PROCESSADAS[:-1], {"falha": "cstat", "cstat": "631", "processar": True},
                                   {"falha": "cstat", "cstat": "218", "processar": True}])  # fmt: skip
def test_cancelamento_cuja_resposta_se_perdeu(instalacao: InstalacaoEmRede, falha: Any) -> None:
    e = instalacao.exportar(63)
    regra = {"falha": falha} if isinstance(falha, str) else falha
    instalacao.sefaz.roteiro(regra | {"servico": "evento", "vezes": 1})
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    instalacao.passar(120)
    assert instalacao.situacao(e.chave) == CANCELADO, (
        instalacao.falhas(),
        [tuple(r) for r in instalacao.chamadas(e.chave)],
    )
    assert f"{e.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)
    assert len(instalacao.na_sefaz(e.chave)["eventos"]) == 1
    assert instalacao.sefaz.razao()["chamadas"]["evento"]["total"] == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04", "CTE-05")
@pytest.mark.parametrize("falha", NAO_PROCESSADAS)
def test_cancelamento_que_se_perdeu_vai_de_novo_igual(instalacao: InstalacaoEmRede, falha: str) -> None:
    e = instalacao.exportar(64)
    instalacao.sefaz.roteiro({"falha": falha, "servico": "evento", "vezes": 1})
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    instalacao.ate(e.chave, CANCELADO)
    assert len(instalacao.na_sefaz(e.chave)["eventos"]) == 1
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_678_para_uma_hora_e_sobrevive_a_um_reinicio(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "678", "servico": "recepcao", "total": 1})
    chaves = [instalacao.exportar(n).chave for n in range(70, 74)]
    assert instalacao.falhas() == ["SEP-CONSUMO-INDEVIDO"]
    instalacao.passar(1800)
    instalacao.reabrir()
    instalacao.passar(1000)
    assert instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"] == 1
    instalacao.passar(1200)
    instalacao.passar(120)
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_678_de_novo_a_mesma_mensagem_nao_se_repete(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "678", "servico": "recepcao", "numero": 75})
    e = instalacao.exportar(75)
    outro = instalacao.exportar(76)
    for _ in range(40):
        instalacao.passar(600)
    assert instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"] == 3  # 75 twice, 76 once
    assert instalacao.situacao(outro.chave) == AUTORIZADO
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert "SEP-CONSUMO-INDEVIDO" in instalacao.falhas(e.chave)
    instalacao.sefaz.roteiro()
    assert instalacao.ordenar("enviar", e.chave)["codigo"] == "SEP-NA-FILA"
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_nunca_mais_de_dez_consultas_da_chave_por_hora(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "queda-antes", "servico": "recepcao"},
                                  {"falha": "queda-antes", "servico": "consulta"},
                                  ajustes={"limites": {}})  # fmt: skip
    e = instalacao.exportar(77)
    for _ in range(20):
        instalacao.pedir("consultar", e.chave)
        instalacao.passar(170)
    consultas = instalacao.sefaz.razao()["chamadas"]["consulta"]["total"]
    assert consultas <= 10
    instalacao.sefaz.roteiro(limites={})
    instalacao.ate(e.chave, AUTORIZADO, passo_s=300, limite_s=36000)
    assert "678" not in str(instalacao.sefaz.razao())
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1


@pytest.mark.requisito("SEFAZ-04")
def test_999_consulta_antes_de_cada_reenvio(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "999", "servico": "recepcao", "vezes": 1})
    e = instalacao.exportar(78)
    assert instalacao.falhas(e.chave) == ["SEP-SEFAZ-PARADA"]
    instalacao.ate(e.chave, AUTORIZADO)
    assert instalacao.na_sefaz(e.chave)["consultas"] == 2
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_280_para_o_certificado_e_nao_o_documento(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "280", "servico": "recepcao", "total": 1})
    e = instalacao.exportar(79)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas() == ["SEP-TRANSMISSAO-CERTIFICADO"]
    instalacao.passar(700)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_relogio_cinco_minutos_adiantado(fazer_instalacao: Fazer) -> None:
    """Our clock is more than six minutes ahead. 212 is an answer like any other, and a person corrects the clock."""
    instalacao = fazer_instalacao(ajustes={"relogio_s": -400})
    e = instalacao.exportar(80)
    assert instalacao.situacao(e.chave) == REJEITADO
    assert instalacao.doc(e.chave)["cstat"] == "212"


@pytest.mark.requisito("CTE-12")
def test_retorno_atrasado_e_consultado(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "9876", "servico": "recepcao", "processar": True})
    e = instalacao.exportar(81)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    instalacao.passar(1900)
    instalacao.passar(60)
    assert instalacao.situacao(e.chave) == AUTORIZADO  # looked up by itself after prazo_retorno
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-05")
def test_a_mesma_recusa_nao_se_repete_ate_o_bloqueio(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "209", "servico": "recepcao"})
    e = instalacao.exportar(82)
    for n in range(30):
        instalacao.soltar(1, f"de-novo-{n}-cte.xml", e.dados)
    assert instalacao.sefaz.razao()["chamadas"]["recepcao"]["total"] == 20
    assert instalacao.falhas(e.chave) == ["209"] + ["SEP-RECUSADO-DEMAIS"] * 11, "negar não conserta a rejeição"
    assert instalacao.ordenar("enviar", e.chave)["codigo"] == "SEP-RECUSADO-DEMAIS"


@pytest.mark.requisito("SEFAZ-06", "SEFAZ-08")
def test_contingencia_vai_ao_svc_e_114_espera(fazer_instalacao: Fazer) -> None:
    """tpEmis 7 of a SP document goes to the SVC of RS. While that is not active it waits there, and others do not."""
    instalacao = fazer_instalacao(ajustes={"svc": False})
    e = _em_contingencia(instalacao, 83)
    assert instalacao.chamadas(e.chave)[0]["autorizador"] == "SVC-RS"
    assert instalacao.falhas() == ["SEP-SVC-DESATIVADA"]
    assert instalacao.situacao(instalacao.exportar(84).chave) == AUTORIZADO
    instalacao.sefaz.roteiro(svc=True)
    for _ in range(20):
        instalacao.passar(60)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-03")
def test_203_para_a_fila_do_emitente(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "203", "servico": "recepcao"}, sefaz_config={"em_voo": 1})
    chaves = [instalacao.exportar(n).chave for n in range(90, 94)]
    assert set(instalacao.falhas()) == {"203", "SEP-EMITENTE-IRREGULAR"}
    assert [instalacao.situacao(c) for c in chaves] == [REJEITADO, *["NÃO ENVIADO"] * 3]
    instalacao.sefaz.roteiro()
    instalacao.passar(1000)
    assert instalacao.situacao(chaves[1]) == "NÃO ENVIADO"
    instalacao.passar(1000)
    instalacao.passar(10)
    assert [instalacao.situacao(c) for c in chaves] == [REJEITADO, *[AUTORIZADO] * 3]
    assert instalacao.falhas() == ["203"]  # of the first, which waits for its correction


def _em_contingencia(instalacao: InstalacaoEmRede, numero: int) -> ex.Exportacao:
    normal = ex.cte(numero, agora=instalacao.agora, variante="uma-nota")
    corpo = normal.chave[:34] + "7" + normal.chave[35:43]
    chave = f"{corpo}{dv11(corpo)}"
    dados = normal.dados.replace(normal.chave.encode(), chave.encode())
    dados = dados.replace(b"<tpEmis>1</tpEmis>", b"<tpEmis>7</tpEmis>")
    dados = re.sub(rb"<cDV>\d</cDV>", b"<cDV>%b</cDV>" % chave[-1].encode(), dados)
    instalacao.soltar(1, f"{chave}-cte.xml", dados)
    return ex.Exportacao(f"{chave}-cte.xml".encode(), dados, chave)
