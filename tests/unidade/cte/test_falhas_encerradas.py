"""Tests the table that says which outcome closes which failure."""

import re
from pathlib import Path

import pytest

import separador
from separador.capacidades.cte.dominio.falhas_encerradas import (
    DO_DOCUMENTO,
    Aberta,
    Acontecido,
    Remedio,
    encerra,
    remedio,
)
from separador.capacidades.cte.dominio.retorno import CONTESTADAS, DE_PESSOA, Decisao, Efeito
from separador.nucleo.falha import descrever
from separador.nucleo.situacao import Situacao

R = Remedio
CHAVE = "35261111222333000181570010000000011000000010"
CARTA, CANCELAMENTO = "110110", "110111"

DA_RECUSA = {R.ENTREGUE, R.ENVIADO, R.AUTORIZADO, R.CANCELADO}
DO_EVENTO = {R.EVENTO_ENTREGUE, R.EVENTO_REGISTRADO, R.CANCELADO}
DO_PRAZO = {R.AUTORIZADO, R.REJEITADO, R.CANCELADO, R.CANCELAMENTO_RECUSADO}
DE_RETORNO = DO_PRAZO | {R.EVENTO_REGISTRADO, R.EVENTO_RECUSADO}
CASOS: list[tuple[Aberta, set[Remedio]]] = [
    (Aberta("arquivo:1:nota.xml", "225", CHAVE, de_envio=True), DA_RECUSA),
    (Aberta("arquivo:2:nota-pro-rec.xml", "SEP-XML", CHAVE, de_retorno=True), DE_RETORNO),
    (Aberta("arquivo:6:pergunta.xml", "SEP-SEM-CERTIFICADO", CHAVE), {R.CONSULTA_ENTREGUE}),
    (Aberta("arquivo-consulta:1:pergunta.xml", "SEP-SEM-CERTIFICADO", CHAVE, de_envio=True), {R.CONSULTA_ENTREGUE}),
    (Aberta(f"arquivo-evento-{CARTA}:1:c.xml", "631", CHAVE, de_envio=True), DO_EVENTO),
    (Aberta(f"rejeicao:{CHAVE}", "209", CHAVE), DA_RECUSA),
    (Aberta(f"rejeicao:{CHAVE}:{CARTA}", "681", CHAVE), DO_EVENTO),
    (Aberta(f"doc:{CHAVE}", "SEP-PRAZO-RETORNO", CHAVE), DO_PRAZO),
    (Aberta(f"doc:{CHAVE}", "SEP-RET-DIGEST", CHAVE), {R.AUTORIZADO}),
    (Aberta(f"doc:{CHAVE}", "SEP-RET-SEM-PEDIDO", CHAVE), set()),
    (Aberta(f"doc:{CHAVE}", "SEP-QUE-NINGUEM-CONHECE", CHAVE), set()),
    (Aberta("retido:7", "SEP-RET-TARDIO", CHAVE), set()),
    (Aberta("dacte:7", "SEP-DACTE", CHAVE), set()),
    (Aberta("evento:7", "SEP-PRAZO-RETORNO", CHAVE), set()),
]  # fmt: skip


@pytest.mark.requisito("BORDA-18")
@pytest.mark.parametrize(("aberta", "fecham"), CASOS, ids=lambda v: v.assunto if isinstance(v, Aberta) else "")
def test_so_o_que_conserta_encerra(aberta: Aberta, fecham: set[Remedio]) -> None:
    fechou = {r for r in Remedio if encerra(Acontecido(r, CARTA, espera=True), aberta)}
    assert fechou == fecham


@pytest.mark.requisito("BORDA-18")
def test_evento_de_outro_tipo_nao_conserta_a_recusa_deste() -> None:
    for assunto in (f"rejeicao:{CHAVE}:{CARTA}", f"arquivo-evento-{CARTA}:1:c.xml"):
        aberta = Aberta(assunto, "681", CHAVE, de_envio=True)
        assert not encerra(Acontecido(R.EVENTO_ENTREGUE, CANCELAMENTO), aberta)
        assert not encerra(Acontecido(R.EVENTO_REGISTRADO, CANCELAMENTO), aberta)


@pytest.mark.requisito("BORDA-18")
def test_resposta_a_evento_so_fala_do_documento_que_nada_espera() -> None:
    prazo = Aberta(f"doc:{CHAVE}", "SEP-PRAZO-RETORNO", CHAVE)
    assert not encerra(Acontecido(R.EVENTO_REGISTRADO, CARTA, espera=True), prazo)
    assert encerra(Acontecido(R.EVENTO_REGISTRADO, CARTA), prazo)
    for codigo in (*DE_PESSOA, *CONTESTADAS, "SEP-PROCESSADO-INVALIDO"):
        assert not encerra(Acontecido(R.EVENTO_REGISTRADO, CARTA), Aberta(f"doc:{CHAVE}", codigo, CHAVE))


@pytest.mark.requisito("BORDA-18")
def test_cada_resposta_final_e_um_remedio() -> None:
    for situacao in (Situacao.AUTORIZADO, Situacao.REJEITADO, Situacao.CANCELADO, Situacao.CANCELAMENTO_REJEITADO):
        assert remedio(Decisao(Efeito.APLICAR, para=situacao, terminal=True)) in DO_PRAZO
    assert remedio(Decisao(Efeito.REGISTRAR, juntar=True)) is R.EVENTO_REGISTRADO
    assert remedio(Decisao(Efeito.REGISTRAR)) is R.EVENTO_RECUSADO


@pytest.mark.requisito("BORDA-18")
def test_toda_falha_de_documento_esta_na_tabela() -> None:
    """A code that the source opens about a document, and the table does not have, would stay open for ever unseen."""
    for codigo in DO_DOCUMENTO:
        assert descrever(codigo)
    pasta = Path(separador.__file__).parent / "capacidades"
    fontes = [p.read_text(encoding="utf-8") for p in pasta.rglob("*.py")]
    abertas = {c for t in fontes for c in re.findall(r'falha_da_chave\([^)]*?"(SEP-[A-Z-]+)"', t)}
    abertas |= {c for t in fontes for c in re.findall(r'Decisao\([^)]*?falha="(SEP-[A-Z-]+)"', t)}
    assert len(abertas) > 15, "a expressão já não acha as falhas no código"
    assert abertas <= DO_DOCUMENTO.keys()
