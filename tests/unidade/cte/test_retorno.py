"""Tests what each answer does to a document in each situação. The table is written by hand, not taken from the code."""

from dataclasses import replace

import pytest

from separador.capacidades.cte.dominio.retorno import Decisao, Documento, Efeito, Resposta, decidir
from separador.nucleo.situacao import Causa, Situacao, permitida

NE, AR, AU, RJ, AC, CA, CR = (
    Situacao("NÃO ENVIADO"), Situacao("AGUARDANDO RETORNO"), Situacao("AUTORIZADO PELA SEFAZ"),
    Situacao("REJEITADO PELA SEFAZ"), Situacao("AGUARDANDO RETORNO DE CANCELAMENTO"), Situacao("CANCELADO"),
    Situacao("CANCELAMENTO REJEITADO"),
)  # fmt: skip
SIGLAS = {"NE": NE, "AR": AR, "AU": AU, "RJ": RJ, "AC": AC, "CA": CA, "CR": CR}
PROT = "135260000000001"
DOCUMENTOS = {
    "NE": Documento(NE, "dig", "2"),
    "AR": Documento(AR, "dig", "2"),
    "AU": Documento(AU, "dig", "2", protocolo=PROT, cstat="100"),
    "RJ": Documento(RJ, "dig", "2", cstat="209"),
    "AC": Documento(AC, "dig", "2", protocolo=PROT, cstat="100"),
    "CA": Documento(CA, "dig", "2", protocolo=PROT, cstat="135"),
    "CR": Documento(CR, "dig", "2", protocolo=PROT, cstat="528"),
}
AUTORIZACAO = Resposta("autorizacao", "100", "2", PROT, "dig")
EVENTO = Resposta("evento", "135", "2", "135260000000002", None, "110111")
RESPOSTAS = {
    "100": AUTORIZACAO,
    "150": replace(AUTORIZACAO, cstat="150"),
    "100 sem digest": replace(AUTORIZACAO, digest=None),
    "100 outro digest": replace(AUTORIZACAO, digest="outro"),
    "100 outro ambiente": replace(AUTORIZACAO, tp_amb="1"),
    "209": Resposta("autorizacao", "209", "2"),
    "217": Resposta("consulta", "217", "2"),
    "101": Resposta("consulta", "101", "2"),
    "302": Resposta("consulta", "302", "2"),
    "108": Resposta("autorizacao", "108", "2"),
    "109": Resposta("autorizacao", "109", "2"),
    "999": Resposta("autorizacao", "999", "2"),
    "678": Resposta("autorizacao", "678", "2"),
    **{n: Resposta("autorizacao", n, "2") for n in ("204", "216", "218", "539", "600", "631", "640")},
    **{n: Resposta("autorizacao", n, "2") for n in ("280", "281", "282", "283", "284", "285", "286")},
    "7777": Resposta("autorizacao", "7777", "2"),
    "evento 135": EVENTO,
    "evento 134": replace(EVENTO, cstat="134"),
    "evento 136": replace(EVENTO, cstat="136"),
    "evento 155 com protocolo": replace(EVENTO, cstat="155"),
    "evento 155 sem protocolo": replace(EVENTO, cstat="155", protocolo=None),
    "evento 218": replace(EVENTO, cstat="218", protocolo=None),
    "evento 220": replace(EVENTO, cstat="220", protocolo=None),
    "evento 631": replace(EVENTO, cstat="631", protocolo=None),
    "evento 108": replace(EVENTO, cstat="108", protocolo=None),
    "evento 678": replace(EVENTO, cstat="678", protocolo=None),
    "evento 7777": replace(EVENTO, cstat="7777", protocolo=None),
    "evento outro ambiente": replace(EVENTO, tp_amb="1"),
    "carta 135": replace(EVENTO, tp_evento="110110"),
    "carta 681": replace(EVENTO, tp_evento="110110", cstat="681", protocolo=None),
    "carta 631": replace(EVENTO, tp_evento="110110", cstat="631", protocolo=None),
    "substituição 135": replace(EVENTO, tp_evento="240140"),
}
# Each line: answer; then one cell for each situação NE AR AU RJ AC CA CR.
#   >XX        the situação becomes XX          =      repeated: nothing changes      R:code  held, shown with this code
#   I:code     incident: not joined             N:code nothing decided               rec     recorded, state stays
#   a !code after > is a notice (failures view); a + means the processed document is joined
TABELA = """
100                      | >AU+!SEM-PEDIDO     | >AU+             | =                   | >AU+!SEM-PEDIDO     | =    | = | =
150                      | >AU+!SEM-PEDIDO     | >AU+             | =                   | >AU+!SEM-PEDIDO     | =    | = | =
100 sem digest           | R:NAO-VERIFICADO    | >AU+!SEM-DIGEST  | =                   | R:NAO-VERIFICADO    | =    | = | =
100 outro digest         | I:DIGEST | I:DIGEST | I:DIGEST | I:DIGEST | I:DIGEST | I:DIGEST | I:DIGEST
100 outro ambiente       | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE
209                      | >RJ!SEM-PEDIDO      | >RJ              | R:TARDIO            | =                   | R:TARDIO | R:TARDIO | R:TARDIO
101                      | >CA!CANCELADO       | >CA              | >CA!CANCELADO       | >CA!CANCELADO       | >CA  | = | >CA!CANCELADO
217                      | N:NAO-CONSTA | N:NAO-CONSTA | N:NAO-CONSTA | N:NAO-CONSTA | N:NAO-CONSTA | N:NAO-CONSTA | N:NAO-CONSTA
302                      | N:DENEGADO | N:DENEGADO | N:DENEGADO | N:DENEGADO | N:DENEGADO | N:DENEGADO | N:DENEGADO
108                      | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA
109                      | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA
999                      | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA
678                      | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO
204                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
216                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
218                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
539                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
600                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
631                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
640                      | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
280                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
281                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
282                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
283                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
284                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
285                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
286                      | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO | N:CERTIFICADO
7777                     | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO
evento 135               | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+ | =+ | >CA+!CANCELADO
evento 134               | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+ | =+ | >CA+!CANCELADO
evento 136               | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+ | =+ | >CA+!CANCELADO
evento 155 com protocolo | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+!CANCELADO | >CA+ | =+ | >CA+!CANCELADO
evento 155 sem protocolo | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO
evento 218               | >CA!CANCELADO  | >CA!CANCELADO  | >CA!CANCELADO  | >CA!CANCELADO  | >CA!SEM-EVENTO | = | >CA!CANCELADO
evento 220               | R:TARDIO | R:TARDIO | R:TARDIO | R:TARDIO | >CR | R:TARDIO | R:TARDIO
evento 631               | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
evento 108               | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA | N:PARADA
evento 678               | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO | N:CONSUMO
evento 7777              | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO | N:DESCONHECIDO
evento outro ambiente    | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE | I:AMBIENTE
carta 135                | rec+ | rec+ | rec+ | rec+ | rec+ | rec+ | rec+
carta 681                | rec | rec | rec | rec | rec | rec | rec
carta 631                | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR | N:CONSULTAR
substituição 135         | rec+ | rec+ | rec+ | rec+ | rec+ | rec+ | rec+
"""  # noqa: E501 - a table
FALHAS = {
    "SEM-PEDIDO": "SEP-RET-SEM-PEDIDO",
    "SEM-DIGEST": "SEP-RET-SEM-DIGEST",
    "NAO-VERIFICADO": "SEP-RET-NAO-VERIFICADO",
    "DIGEST": "SEP-RET-DIGEST",
    "AMBIENTE": "SEP-RET-AMBIENTE",
    "TARDIO": "SEP-RET-TARDIO",
    "CANCELADO": "SEP-CANCELADO-NA-SEFAZ",
    "SEM-EVENTO": "SEP-CANC-SEM-EVENTO",
    "NAO-CONSTA": "SEP-NAO-CONSTA",
    "DENEGADO": "SEP-DENEGADO",
    "PARADA": "SEP-SEFAZ-PARADA",
    "CONSUMO": "SEP-CONSUMO-INDEVIDO",
    "CONSULTAR": "SEP-CONSULTAR",
    "CERTIFICADO": "SEP-CERTIFICADO-TRANSMISSAO",
    "DESCONHECIDO": "SEP-CSTAT-DESCONHECIDO",
}
CASOS = [
    (linha.split("|")[0].strip(), sigla, celula.strip())
    for linha in TABELA.strip().splitlines()
    for sigla, celula in zip(SIGLAS, linha.split("|")[1:], strict=True)
]
NADA = {Efeito.NADA_DECIDE, Efeito.TENTAR_DEPOIS, Efeito.BLOQUEIO}


def _ler(d: Decisao) -> str:
    """Returns a decision in the notation of the table."""
    falha = next((n for n, c in FALHAS.items() if c == d.falha), d.falha or "")
    mais = "+" if d.juntar else ""
    if d.efeito is Efeito.APLICAR:
        para = next(s for s, v in SIGLAS.items() if v is d.para)
        return f">{para}{mais}" + (f"!{falha}" if falha else "")
    if d.efeito is Efeito.REPETIDO:
        return f"={mais}"
    if d.efeito is Efeito.REGISTRAR:
        return f"rec{mais}"
    letra = {Efeito.RETER: "R", Efeito.INCIDENTE: "I"}.get(d.efeito, "N")
    return f"{letra}:{falha}"


def test_a_tabela_tem_cada_resposta() -> None:
    assert {r for r, _, _ in CASOS} == set(RESPOSTAS)


@pytest.mark.requisito("CTE-03", "CTE-04", "CTE-06", "CTE-07", "CTE-10", "CTE-12", "CTE-16")
@pytest.mark.parametrize("nome", list(RESPOSTAS))
def test_cada_resposta_em_cada_situacao(nome: str) -> None:
    for resposta, sigla, esperado in CASOS:
        if resposta == nome:
            assert _ler(decidir(DOCUMENTOS[sigla], RESPOSTAS[nome])) == esperado, (nome, sigla)


@pytest.mark.requisito("CTE-13")
@pytest.mark.parametrize("sigla", list(SIGLAS))
def test_toda_mudanca_decidida_esta_na_tabela_de_situacoes(sigla: str) -> None:
    for nome, resposta in RESPOSTAS.items():
        d = decidir(DOCUMENTOS[sigla], resposta)
        if d.para is not None:
            assert d.causa is not None
            assert permitida(SIGLAS[sigla], d.causa, d.para), nome
            assert d.terminal, nome


@pytest.mark.parametrize("nome", list(RESPOSTAS))
def test_o_que_nada_decide_nao_termina_nem_muda_nada(nome: str) -> None:
    for documento in DOCUMENTOS.values():
        d = decidir(documento, RESPOSTAS[nome])
        if d.efeito in NADA | {Efeito.RETER, Efeito.INCIDENTE, Efeito.REPETIDO}:
            assert (d.para, d.causa, d.terminal) == (None, None, False)


@pytest.mark.requisito("CTE-16")
@pytest.mark.parametrize(("sigla", "nome", "causa"), [
    ("NE", "100", Causa.RETORNO_SEM_PEDIDO),
    ("RJ", "100", Causa.RETORNO_SEM_PEDIDO),
    ("NE", "209", Causa.RETORNO_SEM_PEDIDO),
    ("AR", "100", Causa.RETORNO_AUTORIZADO),
    ("AR", "209", Causa.RETORNO_REJEITADO),
    ("AR", "101", Causa.RETORNO_CANCELADO),
    ("AC", "101", Causa.CANCELAMENTO_ACEITO),
    ("AC", "evento 135", Causa.CANCELAMENTO_ACEITO),
    ("AC", "evento 218", Causa.CANCELAMENTO_ACEITO),
    ("AC", "evento 220", Causa.CANCELAMENTO_RECUSADO),
    ("AU", "101", Causa.CANCELAMENTO_DA_SEFAZ),
    ("AU", "evento 135", Causa.CANCELAMENTO_DA_SEFAZ),
    ("CR", "evento 135", Causa.CANCELAMENTO_DA_SEFAZ),
    ("NE", "evento 135", Causa.CANCELAMENTO_DA_SEFAZ),
])  # fmt: skip
def test_causa_de_cada_mudanca(sigla: str, nome: str, causa: Causa) -> None:
    assert decidir(DOCUMENTOS[sigla], RESPOSTAS[nome]).causa is causa


@pytest.mark.requisito("CTE-06", "CTE-10")
def test_recusa_depois_do_estorno_e_registrada_e_a_situacao_fica() -> None:
    estornado = replace(DOCUMENTOS["AU"], estornos=1)
    assert _ler(decidir(estornado, RESPOSTAS["evento 220"])) == "rec"
    assert _ler(decidir(estornado, RESPOSTAS["evento 135"])) == ">CA+!CANCELADO"


@pytest.mark.requisito("CTE-07")
def test_documento_com_protocolo_nunca_vira_rejeitado() -> None:
    perguntado = replace(DOCUMENTOS["AR"], protocolo=PROT)
    assert _ler(decidir(perguntado, RESPOSTAS["209"])) == "R:TARDIO"
    assert _ler(decidir(perguntado, RESPOSTAS["100"])) == ">AU+"
    assert _ler(decidir(perguntado, RESPOSTAS["101"])) == ">CA"


@pytest.mark.requisito("CTE-12")
def test_a_mesma_recusa_repetida_nada_muda_e_outra_e_retida() -> None:
    assert _ler(decidir(DOCUMENTOS["RJ"], Resposta("autorizacao", "215", "2"))) == "R:TARDIO"
    assert _ler(decidir(DOCUMENTOS["CR"], replace(EVENTO, cstat="528", protocolo=None))) == "="


def test_outra_versao_assinada_aqui_tambem_e_nossa() -> None:
    doc = replace(DOCUMENTOS["AR"], outros_digests=frozenset({"outro"}))
    assert _ler(decidir(doc, RESPOSTAS["100 outro digest"])) == ">AU+"


@pytest.mark.requisito("CTE-03")
def test_sem_digest_nao_autoriza_quando_outra_fonte_mostrou_um_diferente() -> None:
    doc = replace(DOCUMENTOS["AR"], contestado=True)
    assert _ler(decidir(doc, RESPOSTAS["100 sem digest"])) == "I:DIGEST"
    assert _ler(decidir(doc, RESPOSTAS["100"])) == ">AU+"


def test_outro_protocolo_para_autorizado_e_incidente() -> None:
    d = decidir(DOCUMENTOS["AU"], replace(AUTORIZACAO, protocolo="135260000000999"))
    assert (d.efeito, d.falha) == (Efeito.INCIDENTE, "SEP-RET-PROTOCOLO")


@pytest.mark.requisito("CTE-16")
def test_marcas_ao_lado_da_situacao() -> None:
    assert decidir(DOCUMENTOS["AU"], RESPOSTAS["substituição 135"]).marca == "substituído"
    assert decidir(DOCUMENTOS["AU"], RESPOSTAS["302"]).marca == "denegado"
    assert decidir(DOCUMENTOS["AU"], RESPOSTAS["carta 135"]).marca is None


def test_evento_sem_tipo_e_tido_pelo_de_cancelamento() -> None:
    """A refused retEventoCTe has no tpEvento. The caller that knows the event gives it."""
    assert _ler(decidir(DOCUMENTOS["AC"], Resposta("evento", "220", "2"))) == ">CR"
