"""Tests every event of the table over the network, judged and recorded by the local SEFAZ."""

import base64
import json
import os
import re
from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos as om
from separador.demonstracao.empresas import EMITENTE, REMETENTE_SP
from separador.fiscal.evento.tabela import POR_NOME
from separador.nucleo.chave import compor
from tests.apoio.casa_de_rede import AUTORIZADO, CANCELADO, CasaDeRede
from tests.apoio.casa_de_teste import MOTIVO

Fazer = Callable[..., CasaDeRede]
CARTA = {"correcoes": [{"grupo": "compl", "campo": "xObs", "valor": "CARGA REFRIGERADA"}]}
OBSERVACAO = "O valor cobrado não é o contratado"


def pedir(casa: CasaDeRede, evento: str, chave: str, dados: dict[str, Any], base: str) -> dict[str, Any]:
    corpo = {"pedido": "evento", "evento": evento, "chave": chave, "dados": dados}
    casa.soltar(3, f"{base}.json", json.dumps(corpo, ensure_ascii=False).encode())
    return casa.json(3, f"{base}-ret.json")


def estados(casa: CasaDeRede, chave: str) -> list[tuple[str, int, str, str]]:
    todas = casa.banco.todas("SELECT * FROM evento WHERE chave = ? ORDER BY id", chave)
    return [(e["tp_evento"], e["n_seq"], e["estado"], e["cstat"]) for e in todas]


def aceito(casa: CasaDeRede, evento: str, chave: str, dados: dict[str, Any], n_seq: int = 1) -> None:
    """Orders an event that SEFAZ records. Checks that its processed event and its return are published."""
    tp = POR_NOME[evento].tp
    casa.limpar(2)
    resposta = pedir(casa, evento, chave, dados, f"{evento}-{n_seq}")
    assert (resposta["resultado"], resposta["n_seq"]) == ("feito", n_seq), resposta
    casa.passar(5)
    assert (tp, n_seq, "aceito", "135") in estados(casa, chave), (estados(casa, chave), casa.falhas())
    assert {f"{chave}_{tp}_{n_seq:03d}-procEventoCTe.xml", f"{evento}-{n_seq}-eve.xml"} <= set(casa.nomes(2))
    assert casa.nomes(1) == []
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-02", "CTE-15")
def test_os_eventos_do_emitente(casa: CasaDeRede) -> None:
    e = casa.exportar(1)
    agora = casa.agora.isoformat(timespec="seconds")
    aceito(casa, "carta-correcao", e.chave, CARTA)
    aceito(casa, "carta-correcao", e.chave, CARTA | {"repetir_anteriores": True}, 2)
    entrega = {"entrega_em": agora, "documento": "123456", "nome": "FULANO", "todas_as_notas": True}
    aceito(casa, "comprovante", e.chave, entrega | {"imagem": base64.b64encode(b"foto").decode()})
    aceito(casa, "cancelar-comprovante", e.chave, {})
    aceito(
        casa, "insucesso", e.chave, {"tentativa_em": agora, "motivo": "2", "latitude": "-23.5", "longitude": "-46.6"}
    )
    aceito(casa, "cancelar-insucesso", e.chave, {})
    pagamento = {
        "numero": "1",
        "transacao": "PIX1",
        "meio": "17",
        "recebedor": EMITENTE.cnpj,
        "instituicao": "12345678",
    }
    aceito(casa, "pagamento", e.chave, pagamento)
    aceito(casa, "cancelar-pagamento", e.chave, {})
    assert casa.situacao(e.chave) == AUTORIZADO
    assert len(casa.na_sefaz(e.chave)["eventos"]) == 8


@pytest.mark.requisito("SEFAZ-02", "EMIS-17")
def test_os_eventos_do_tomador_com_o_certificado_dele(fazer_casa: Fazer) -> None:
    casa = fazer_casa(empresas=(EMITENTE, REMETENTE_SP))
    e = casa.exportar(1)
    aceito(casa, "desacordo", e.chave, {"observacao": OBSERVACAO})
    enviada = casa.chamadas(e.chave, "evento")[-1]
    assert enviada["cnpj"] == REMETENTE_SP.cnpj
    aceito(casa, "cancelar-desacordo", e.chave, {})
    aceito(casa, "desacordo", e.chave, {"observacao": OBSERVACAO}, 2)
    aceito(
        casa, "credito-presumido", e.chave, {"base": "1000", "codigo": "01", "ibs_percentual": "1", "ibs_valor": "10"}
    )


@pytest.mark.requisito("SEFAZ-02", "CTE-05")
def test_cancelamento_como_evento(casa: CasaDeRede) -> None:
    e = casa.exportar(1)
    assert pedir(casa, "cancelamento", e.chave, {"motivo": MOTIVO}, "canc")["resultado"] == "feito"
    casa.passar(5)
    assert casa.situacao(e.chave) == CANCELADO


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04", "CTE-12")
def test_queda_depois_de_registrar_e_um_evento_so(casa: CasaDeRede) -> None:
    """The answer was lost. The look-up brings our own event back, and it is accepted with its protocol."""
    e = casa.exportar(1)
    casa.sefaz.roteiro({"falha": "queda-depois", "servico": "evento", "vezes": 1})
    pedir(casa, "carta-correcao", e.chave, CARTA, "carta")
    casa.passar(600)
    assert estados(casa, e.chave) == [("110110", 1, "aceito", "135")]
    assert len(casa.na_sefaz(e.chave)["eventos"]) == 1
    assert f"{e.chave}_110110_001-procEventoCTe.xml" in casa.nomes(2)


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_queda_antes_de_registrar_manda_os_mesmos_bytes(casa: CasaDeRede) -> None:
    e = casa.exportar(1)
    casa.sefaz.roteiro({"falha": "queda-antes", "servico": "evento", "vezes": 1})
    pedir(casa, "carta-correcao", e.chave, CARTA, "carta")
    for _ in range(20):
        casa.passar(300)
    assert estados(casa, e.chave) == [("110110", 1, "aceito", "135")]


@pytest.mark.requisito("SEFAZ-02")
def test_recusa_da_sefaz_fica_na_lista_e_libera_o_numero(casa: CasaDeRede) -> None:
    e = casa.exportar(1)
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "681", "servico": "evento", "vezes": 1})
    casa.limpar(2)
    pedir(casa, "carta-correcao", e.chave, CARTA, "carta")
    casa.passar(5)
    assert estados(casa, e.chave) == [("110110", 1, "recusado", "681")]
    assert "carta-eve.xml" in casa.nomes(2)
    assert pedir(casa, "carta-correcao", e.chave, CARTA, "outra")["n_seq"] == 1
    casa.passar(5)
    assert estados(casa, e.chave)[-1] == ("110110", 1, "aceito", "135")


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_631_de_outro_programa(casa: CasaDeRede) -> None:
    """The number belongs to another program's event. Ours is refused, theirs is filed, and the next number is free."""
    e = casa.exportar(1)
    aceito(casa, "carta-correcao", e.chave, CARTA)
    with casa.banco.transacao():  # as if another program had registered it
        casa.banco.execute("DELETE FROM publicacao WHERE evento_id IS NOT NULL")
        casa.banco.execute("DELETE FROM transmissao WHERE evento_id IS NOT NULL")
        casa.banco.execute("DELETE FROM evento")
    casa.limpar(2)
    nossa = {"correcoes": [{"grupo": "rem", "campo": "xNome", "valor": "NOME CERTO"}]}
    assert pedir(casa, "carta-correcao", e.chave, nossa, "nossa")["n_seq"] == 1
    for _ in range(5):
        casa.passar(120)
    assert estados(casa, e.chave) == [("110110", 1, "recusado", "631"), ("110110", 1, "aceito", "135")]
    assert casa.falhas(e.chave) == ["SEP-EVENTO-ALHEIO"]
    assert casa.json(2, "nossa-ped-eve.json")["codigo"] == "631"
    assert b"CARGA REFRIGERADA" in casa.ler(2, f"{e.chave}_110110_001-procEventoCTe.xml")
    assert pedir(casa, "carta-correcao", e.chave, nossa | {"repetir_anteriores": True}, "de-novo")["n_seq"] == 2
    casa.passar(5)
    assert estados(casa, e.chave)[-1] == ("110110", 2, "aceito", "135")


def esquecer(casa: CasaDeRede, chave: str) -> None:
    """Removes what this installation knows of a document, as if another installation had issued it."""
    casa.banco.execute("DROP TRIGGER documento_fica")
    with casa.banco.transacao():
        for tabela in ("transmissao", "assinado", "publicacao"):
            casa.banco.execute(f"DELETE FROM {tabela} WHERE documento_id IS NOT NULL")
        casa.banco.execute("DELETE FROM documento WHERE chave = ?", (chave,))
    assert not casa.tem(chave)


@pytest.mark.requisito("EMIS-17")
def test_desacordo_de_documento_de_outra_instalacao(fazer_casa: Fazer) -> None:
    """The document was authorised elsewhere: only SEFAZ knows it, and the taker's company has to be named."""
    casa = fazer_casa(empresas=(EMITENTE, REMETENTE_SP))
    e = casa.exportar(1)
    esquecer(casa, e.chave)
    recusa = pedir(casa, "desacordo", e.chave, {"observacao": OBSERVACAO}, "sem-empresa")
    assert recusa["codigo"] == "SEP-EVENTO-EMPRESA"
    aceito(casa, "desacordo", e.chave, {"observacao": OBSERVACAO, "empresa": REMETENTE_SP.cnpj})


@pytest.mark.requisito("EMIS-17", "SEFAZ-07")
def test_desacordo_do_que_a_distribuicao_trouxe(fazer_casa: Fazer) -> None:
    """The document filed by the distribution tells who the taker is, and when the 45 days begin."""
    sefaz = {"distribuicao": {"destino": "outbox/terceiros"}}
    casa = fazer_casa(empresas=(EMITENTE, REMETENTE_SP), sefaz_config=sefaz)
    e = casa.exportar(1)
    casa.passar(4200)
    assert [p.name for p in (casa.pasta / "outbox/terceiros").glob("*/*.xml")] == [f"{e.chave}-procCTe.xml"]
    esquecer(casa, e.chave)
    aceito(casa, "desacordo", e.chave, {"observacao": OBSERVACAO})
    assert casa.chamadas(e.chave, "evento")[-1]["cnpj"] == REMETENTE_SP.cnpj
    casa.ponteiros.passar(46 * 86400)
    assert pedir(casa, "desacordo", e.chave, {"observacao": OBSERVACAO}, "tarde")["codigo"] == "787"


@pytest.mark.requisito("EMIS-17", "SEFAZ-04")
def test_desacordo_de_chave_que_a_sefaz_nao_tem(casa: CasaDeRede) -> None:
    chave = compor(
        uf="35", aamm="2611", cnpj="99887766000105", modelo="57", serie=1, numero=5, tp_emis="1", codigo="12345678"
    )
    assert pedir(casa, "desacordo", chave, {"observacao": OBSERVACAO}, "desacordo")["resultado"] == "feito"
    casa.passar(5)
    assert estados(casa, chave) == [("610110", 1, "recusado", "217")]
    assert casa.nomes(2) == ["desacordo-eve.xml", "desacordo-ret.json"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-02")
def test_registro_do_multimodal(casa: CasaDeRede) -> None:
    e = ex.cte(1, agora=casa.agora, variante="uma-nota")
    rodo = re.compile(rb"<rodo>.*?</rodo>", re.DOTALL)
    dados = e.dados.replace(b"<modal>01</modal>", b"<modal>06</modal>")
    dados = rodo.sub(b"<multimodal><COTM>OTM123</COTM><indNegociavel>0</indNegociavel></multimodal>", dados)
    casa.soltar(1, os.fsdecode(e.nome), dados)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    aceito(casa, "multimodal", e.chave, {"registro": "Conhecimento aquaviário 123 emitido pela armadora"})
    aceito(casa, "multimodal", e.chave, {"registro": "Conhecimento ferroviário 9", "documento": "9" * 44}, 2)


@pytest.mark.requisito("SEFAZ-02")
def test_informacoes_da_gtv_e_carta_de_um_cte_os(casa: CasaDeRede) -> None:
    e = om.cte_os(1, agora=casa.agora)
    dados = e.dados.replace(b"<tpServ>6</tpServ>", b"<tpServ>7</tpServ>")
    dados = re.sub(rb"<infModal .*?</infModal>", b"", dados)
    casa.soltar(1, os.fsdecode(e.nome), dados)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    gtv = {
        "numero": "10", "identificador": "AIDF1", "emissao": "20/11/2026", "digito": "1", "volumes": "3",
        "especies": [{"tipo": "1", "valor": "250000,00"}, {"tipo": "2"}],
        "rem_cnpj": EMITENTE.cnpj, "rem_uf": "SP", "rem_nome": "BANCO FICTICIO",
        "dest_cpf": "52998224725", "dest_uf": "RJ", "dest_nome": "FULANO DE TAL", "placa": "ABC1D23", "uf": "SP",
    }  # fmt: skip
    aceito(casa, "gtv", e.chave, {"gtvs": [gtv]})
    assert pedir(casa, "gtv", e.chave, {"gtvs": [gtv]}, "repetida")["codigo"] == "619"
    aceito(casa, "gtv", e.chave, {"gtvs": [gtv | {"numero": "11"}]}, 2)
    servico = {"grupo": "infServico", "campo": "xDescServ", "valor": "TRANSPORTE DE VALORES"}
    aceito(casa, "carta-correcao", e.chave, {"correcoes": [servico]})
