"""Bad answers and bad lines, each one a day that really comes (issue 3; confiabilidade.md G): never two authorisations,
never a lost protocol, nothing sent blindly."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.dominio.chave import dv11
from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, CANCELADO, REJEITADO, CasaDeRede
from tests.apoio.casa_de_teste import MOTIVO

Fazer = Callable[..., CasaDeRede]

PROCESSADAS = ["queda-depois", "meia-resposta", "vazia", "raiz-errada", "outra-chave"]
NAO_PROCESSADAS = ["queda-antes", "queda-durante", "html", "soap-fault", "http"]
LEGIVEIS = ["prefixo", "texto-escapado", "data-sem-fuso", "nprot-17"]


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", PROCESSADAS)
def test_G1_resposta_perdida_e_consultada_e_nunca_reenviada(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = casa.exportar(11)
    assert (casa.situacao(e.chave), casa.etapa(e.chave)) == (AGUARDANDO, "desfecho desconhecido")
    casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    na_sefaz = casa.na_sefaz(e.chave)
    assert (na_sefaz["recepcoes"], na_sefaz["consultas"]) == (1, 1)
    assert casa.doc(e.chave)["protocolo"] == na_sefaz["nprot"]
    assert casa.nomes(2) == [f"{e.chave}-pro-rec.xml", f"{e.chave}-procCTe.xml"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", NAO_PROCESSADAS)
def test_G1_o_que_a_sefaz_nao_tem_vai_de_novo_igual(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = casa.exportar(12)
    assert casa.etapa(e.chave) == "desfecho desconhecido"
    casa.ate(e.chave, AUTORIZADO)
    na_sefaz = casa.na_sefaz(e.chave)
    assert na_sefaz["autorizacoes"] == 1
    assert na_sefaz["consultas"] == 2  # twice 217, then the same bytes
    assert na_sefaz["digest"] == casa.doc(e.chave)["digest"]
    primeira = casa.chamadas(e.chave, "documento")[0]
    assert primeira["tentativas"] == 2
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_G5_bruto_guardado_antes_de_lido(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "raiz-errada", "servico": "recepcao", "vezes": 1})
    e = casa.exportar(13)
    linha = casa.chamadas(e.chave, "documento")[0]
    assert linha["bruto"] is not None
    assert linha["estado"] == "desconhecida"


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("falha", LEGIVEIS)
def test_G5_o_que_se_le_se_aplica(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao"})
    e = casa.exportar(14)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    assert casa.na_sefaz(e.chave)["consultas"] == 0
    assert casa.doc(e.chave)["autorizado_em"].startswith("2026-11-20T15:0")


@pytest.mark.requisito("SEFAZ-04")
def test_G2_digest_diferente_e_incidente(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "digest-diferente", "servico": "recepcao"})
    e = casa.exportar(15)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert casa.nomes(2) == []


@pytest.mark.requisito("SEFAZ-03")
def test_cstat_de_quatro_algarismos_e_desconhecido(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "1051", "servico": "recepcao", "chave": "", "numero": 16},
                      {"falha": "cstat", "cstat": "9876", "servico": "recepcao", "numero": 17})  # fmt: skip
    assert casa.situacao(casa.exportar(16).chave) == REJEITADO
    e = casa.exportar(17)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-CSTAT-DESCONHECIDO"]


# --- the line -----------------------------------------------------------------------------------------------------


@pytest.mark.requisito("SEFAZ-06")
def test_conexao_recusada_espera_em_ordem_e_segue_sozinha(fazer_casa: Fazer) -> None:
    casa = fazer_casa(sefaz_config={"em_voo": 1})
    casa.sefaz.parar()
    chaves = [casa.exportar(n).chave for n in range(20, 25)]
    casa.passar(600)
    assert casa.falhas() == ["SEP-SEFAZ-FORA"]  # one line, not one per document
    assert {casa.situacao(c) for c in chaves} <= {"NÃO ENVIADO", AGUARDANDO}
    casa.sefaz.ligar()
    casa.passar(300)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert [d["chave"] for d in sorted(casa.sefaz.razao()["documentos"], key=lambda d: d["nprot"])] == chaves
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-06")
def test_nome_que_nao_se_resolve(casa: CasaDeRede) -> None:
    bom = casa.opcoes["sefaz"]["simulador"]
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"simulador": "https://sefaz.invalid:8443"})
    casa.passar(1)
    e = casa.exportar(26)
    assert casa.falhas() == ["SEP-SEFAZ-FORA"]
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"simulador": bom})
    casa.passar(300)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_G6_servidor_que_nao_se_conhece(casa: CasaDeRede) -> None:
    ca = casa.opcoes["sefaz"].pop("ca")
    casa.gravar_config()
    casa.passar(1)
    e = casa.exportar(27)
    assert casa.falhas(), "o TLS tem de ser verificado"
    assert casa.chamadas(e.chave)[0]["estado"] == "pendente"
    casa.gravar_config(sefaz=casa.opcoes["sefaz"] | {"ca": ca})
    casa.passar(900)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_vencido_espera_pelo_novo(casa: CasaDeRede) -> None:
    casa.sefaz.parar()
    e = casa.exportar(28)
    vencido_em = casa.agora + timedelta(days=366)
    casa.ponteiros.agora = vencido_em
    casa.passar(700)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    assert casa.situacao(e.chave) == AGUARDANDO


@pytest.mark.requisito("SEFAZ-04")
def test_muitos_sem_resposta_contam_como_fora_do_ar(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "queda-antes"}, sefaz_config={"em_voo": 2})
    chaves = []
    for n in range(30, 50):
        e = ex.cte(n, agora=casa.agora, variante="uma-nota")
        casa.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    casa.rodar()
    assert "SEP-SEFAZ-FORA" in casa.falhas()
    enviadas = [c for c in chaves if casa.chamadas(c, "documento")[0]["tentativas"]]
    assert len(enviadas) <= 6  # the others wait instead of becoming unknown one by one
    casa.sefaz.roteiro()
    for _ in range(60):
        casa.passar(60)
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert all(d["autorizacoes"] == 1 for d in casa.sefaz.razao()["documentos"])
    assert casa.falhas() == []


# --- codes that do not decide -------------------------------------------------------------------------------------


@pytest.mark.requisito("SEFAZ-06")
@pytest.mark.parametrize("codigo", ["108", "109"])
def test_sefaz_parada_e_de_volta(fazer_casa: Fazer, codigo: str) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": codigo})
    chaves = [casa.exportar(n).chave for n in range(50, 54)]
    assert casa.falhas() == ["SEP-SEFAZ-PARADA"]
    for _ in range(20):
        casa.passar(60)
    recepcoes = casa.sefaz.razao()["chamadas"]["recepcao"]["total"]
    assert recepcoes == 1  # the others waited; asked for by status, at most each three minutes
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
    """A first attempt under another key was authorised and its answer lost; the second gets 539 and leads to it."""
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
    """Ours is six minutes ahead: 212 is an answer like any other, and a person corrects the clock."""
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
    """tpEmis 7 of a SP document goes to the SVC of RS; while that is not active it waits there, and others do not."""
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


@pytest.mark.requisito("SEFAZ-01", "CERT-05")
def test_certificado_que_some_e_volta(casa: CasaDeRede) -> None:
    casa.sefaz.parar()
    e = casa.exportar(95)
    arquivo = casa.config.parent / "11222333000181.pfx"
    dados = arquivo.read_bytes()
    arquivo.unlink()
    casa.passar(30)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    casa.sefaz.ligar()
    arquivo.write_bytes(dados)
    casa.passar(30)
    casa.passar(300)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "SEFAZ-04")
def test_certificado_que_o_servidor_recusa(casa: CasaDeRede, tmp_path: Path) -> None:
    """In TLS 1.3 the refusal comes when the request was written: looked up, like anything that may have arrived."""
    casa.sefaz.parar()
    outra = tmp_path / "outra-ca.pem"
    outra.write_bytes(casa.sefaz.ca.read_bytes())
    casa.sefaz._ca_clientes = outra
    casa.sefaz.ligar()
    e = casa.exportar(96)
    assert "SEP-TRANSMISSAO-CERTIFICADO" in casa.falhas()
    assert casa.situacao(e.chave) == AGUARDANDO
    casa.sefaz.parar()
    casa.sefaz._ca_clientes = None
    casa.sefaz.ligar()
    casa.ate(e.chave, AUTORIZADO, passo_s=120)
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01")
def test_certificado_de_outra_filial_da_mesma_empresa_serve(casa: CasaDeRede) -> None:
    linha = casa.ciclo.transmissao._linha
    assert linha.dono("11222333000181") == "11222333000181"
    assert linha.dono("11222333000262") == "11222333000181"  # 213: the same base
    assert linha.dono("99888777000166") is None
    assert "A1" in linha.porque_sem_certificado("99888777000166")


@pytest.mark.requisito("NOM-01", "NOM-02")
def test_perfil_uninfe_pela_rede(fazer_casa: Fazer) -> None:
    rotas = [
        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "Envio", "destino": "nada",
         "arquivo": ["-cte.xml", "-ped-eve.xml"], "autorizados": "Enviados/Autorizados", "retorno": "Retorno"},
        {"id": 3, "ativo": True, "regra": "pedido", "origem": "Pedidos", "destino": "Retorno", "arquivo": ".json"},
    ]  # fmt: skip
    casa = fazer_casa(perfil_nomes="uninfe", rotas=rotas)
    e = ex.cte(97, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, "nota97-cte.xml", e.dados)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    assert casa.nomes(casa.pasta / "Retorno") == ["nota97-pro-rec.xml"]
    assert casa.nomes(casa.pasta / "Enviados" / "Autorizados" / "202611") == [f"{e.chave}-procCTe.xml"]
    assert casa.nomes(1) == []
