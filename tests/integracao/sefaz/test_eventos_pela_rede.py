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
from tests.apoio.instalacao import MOTIVO
from tests.apoio.instalacao_em_rede import AUTORIZADO, CANCELADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
CARTA = {"correcoes": [{"grupo": "compl", "campo": "xObs", "valor": "CARGA REFRIGERADA"}]}
OBSERVACAO = "O valor cobrado não é o contratado"


def pedir(instalacao: InstalacaoEmRede, evento: str, chave: str, dados: dict[str, Any], base: str) -> dict[str, Any]:
    corpo = {"pedido": "evento", "evento": evento, "chave": chave, "dados": dados}
    instalacao.soltar(3, f"{base}.json", json.dumps(corpo, ensure_ascii=False).encode())
    return instalacao.json(3, f"{base}-ret.json")


def estados(instalacao: InstalacaoEmRede, chave: str) -> list[tuple[str, int, str, str]]:
    todas = instalacao.banco.todas("SELECT * FROM evento WHERE chave = ? ORDER BY id", chave)
    return [(e["tp_evento"], e["n_seq"], e["estado"], e["cstat"]) for e in todas]


def aceito(instalacao: InstalacaoEmRede, evento: str, chave: str, dados: dict[str, Any], n_seq: int = 1) -> None:
    """Orders an event that SEFAZ records. Checks that its processed event and its return are published."""
    tp = POR_NOME[evento].tp
    instalacao.limpar(2)
    resposta = pedir(instalacao, evento, chave, dados, f"{evento}-{n_seq}")
    assert (resposta["resultado"], resposta["n_seq"]) == ("feito", n_seq), resposta
    instalacao.passar(5)
    assert (tp, n_seq, "aceito", "135") in estados(instalacao, chave), (estados(instalacao, chave), instalacao.falhas())
    assert {f"{chave}_{tp}_{n_seq:03d}-procEventoCTe.xml", f"{evento}-{n_seq}-eve.xml"} <= set(instalacao.nomes(2))
    assert instalacao.nomes(1) == []
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-02", "CTE-15")
def test_os_eventos_do_emitente(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(1)
    agora = instalacao.agora.isoformat(timespec="seconds")
    aceito(instalacao, "carta-correcao", e.chave, CARTA)
    aceito(instalacao, "carta-correcao", e.chave, CARTA | {"repetir_anteriores": True}, 2)
    entrega = {"entrega_em": agora, "documento": "123456", "nome": "FULANO", "todas_as_notas": True}
    aceito(instalacao, "comprovante", e.chave, entrega | {"imagem": base64.b64encode(b"foto").decode()})
    aceito(instalacao, "cancelar-comprovante", e.chave, {})
    aceito(
        instalacao,
        "insucesso",
        e.chave,
        {"tentativa_em": agora, "motivo": "2", "latitude": "-23.5", "longitude": "-46.6"},
    )
    aceito(instalacao, "cancelar-insucesso", e.chave, {})
    pagamento = {
        "numero": "1",
        "transacao": "PIX1",
        "meio": "17",
        "recebedor": EMITENTE.cnpj,
        "instituicao": "12345678",
    }
    aceito(instalacao, "pagamento", e.chave, pagamento)
    aceito(instalacao, "cancelar-pagamento", e.chave, {})
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert len(instalacao.na_sefaz(e.chave)["eventos"]) == 8


@pytest.mark.requisito("SEFAZ-02", "EMIS-17")
def test_os_eventos_do_tomador_com_o_certificado_dele(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(empresas=(EMITENTE, REMETENTE_SP))
    e = instalacao.exportar(1)
    aceito(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO})
    enviada = instalacao.chamadas(e.chave, "evento")[-1]
    assert enviada["cnpj"] == REMETENTE_SP.cnpj
    aceito(instalacao, "cancelar-desacordo", e.chave, {})
    aceito(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO}, 2)
    aceito(
        instalacao,
        "credito-presumido",
        e.chave,
        {"base": "1000", "codigo": "01", "ibs_percentual": "1", "ibs_valor": "10"},
    )


@pytest.mark.requisito("SEFAZ-02", "CTE-05")
def test_cancelamento_como_evento(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(1)
    assert pedir(instalacao, "cancelamento", e.chave, {"motivo": MOTIVO}, "canc")["resultado"] == "feito"
    instalacao.passar(5)
    assert instalacao.situacao(e.chave) == CANCELADO


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04", "CTE-12")
def test_queda_depois_de_registrar_e_um_evento_so(instalacao: InstalacaoEmRede) -> None:
    """The answer was lost. The look-up brings our own event back, and it is accepted with its protocol."""
    e = instalacao.exportar(1)
    instalacao.sefaz.roteiro({"falha": "queda-depois", "servico": "evento", "vezes": 1})
    pedir(instalacao, "carta-correcao", e.chave, CARTA, "carta")
    instalacao.passar(600)
    assert estados(instalacao, e.chave) == [("110110", 1, "aceito", "135")]
    assert len(instalacao.na_sefaz(e.chave)["eventos"]) == 1
    assert f"{e.chave}_110110_001-procEventoCTe.xml" in instalacao.nomes(2)


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_queda_antes_de_registrar_manda_os_mesmos_bytes(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(1)
    instalacao.sefaz.roteiro({"falha": "queda-antes", "servico": "evento", "vezes": 1})
    pedir(instalacao, "carta-correcao", e.chave, CARTA, "carta")
    for _ in range(20):
        instalacao.passar(300)
    assert estados(instalacao, e.chave) == [("110110", 1, "aceito", "135")]


@pytest.mark.requisito("SEFAZ-02")
def test_recusa_da_sefaz_fica_na_lista_e_libera_o_numero(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(1)
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "681", "servico": "evento", "vezes": 1})
    instalacao.limpar(2)
    pedir(instalacao, "carta-correcao", e.chave, CARTA, "carta")
    instalacao.passar(5)
    assert estados(instalacao, e.chave) == [("110110", 1, "recusado", "681")]
    assert "carta-eve.xml" in instalacao.nomes(2)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA, "outra")["n_seq"] == 1
    instalacao.passar(5)
    assert estados(instalacao, e.chave)[-1] == ("110110", 1, "aceito", "135")


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_631_de_outro_programa(instalacao: InstalacaoEmRede) -> None:
    """The number belongs to another program's event. Ours is refused, theirs is filed, and the next number is free."""
    e = instalacao.exportar(1)
    aceito(instalacao, "carta-correcao", e.chave, CARTA)
    with instalacao.banco.transacao():  # as if another program had registered it
        instalacao.banco.execute("DELETE FROM publicacao WHERE evento_id IS NOT NULL")
        instalacao.banco.execute("DELETE FROM transmissao WHERE evento_id IS NOT NULL")
        instalacao.banco.execute("DELETE FROM evento")
    instalacao.limpar(2)
    nossa = {"correcoes": [{"grupo": "rem", "campo": "xNome", "valor": "NOME CERTO"}]}
    assert pedir(instalacao, "carta-correcao", e.chave, nossa, "nossa")["n_seq"] == 1
    for _ in range(5):
        instalacao.passar(120)
    assert estados(instalacao, e.chave) == [("110110", 1, "recusado", "631"), ("110110", 1, "aceito", "135")]
    assert instalacao.falhas(e.chave) == ["SEP-EVENTO-ALHEIO"]
    assert instalacao.json(2, "nossa-ped-eve.json")["codigo"] == "631"
    assert b"CARGA REFRIGERADA" in instalacao.ler(2, f"{e.chave}_110110_001-procEventoCTe.xml")
    assert pedir(instalacao, "carta-correcao", e.chave, nossa | {"repetir_anteriores": True}, "de-novo")["n_seq"] == 2
    instalacao.passar(5)
    assert estados(instalacao, e.chave)[-1] == ("110110", 2, "aceito", "135")


def esquecer(instalacao: InstalacaoEmRede, chave: str) -> None:
    """Removes what this installation knows of a document, as if another installation had issued it."""
    instalacao.banco.execute("DROP TRIGGER documento_fica")
    with instalacao.banco.transacao():
        for tabela in ("transmissao", "assinado", "publicacao"):
            instalacao.banco.execute(f"DELETE FROM {tabela} WHERE documento_id IS NOT NULL")
        instalacao.banco.execute("DELETE FROM documento WHERE chave = ?", (chave,))
    assert not instalacao.tem(chave)


@pytest.mark.requisito("EMIS-17")
def test_desacordo_de_documento_de_outra_instalacao(fazer_instalacao: Fazer) -> None:
    """The document was authorised elsewhere: only SEFAZ knows it, and the taker's company has to be named."""
    instalacao = fazer_instalacao(empresas=(EMITENTE, REMETENTE_SP))
    e = instalacao.exportar(1)
    esquecer(instalacao, e.chave)
    recusa = pedir(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO}, "sem-empresa")
    assert recusa["codigo"] == "SEP-EVENTO-EMPRESA"
    aceito(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO, "empresa": REMETENTE_SP.cnpj})


@pytest.mark.requisito("EMIS-17", "SEFAZ-07")
def test_desacordo_do_que_a_distribuicao_trouxe(fazer_instalacao: Fazer) -> None:
    """The document filed by the distribution tells who the taker is, and when the 45 days begin."""
    sefaz = {"distribuicao": {"destino": "outbox/terceiros"}}
    instalacao = fazer_instalacao(empresas=(EMITENTE, REMETENTE_SP), sefaz_config=sefaz)
    e = instalacao.exportar(1)
    instalacao.passar(4200)
    assert [p.name for p in (instalacao.pasta / "outbox/terceiros").glob("*/*.xml")] == [f"{e.chave}-procCTe.xml"]
    esquecer(instalacao, e.chave)
    aceito(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO})
    assert instalacao.chamadas(e.chave, "evento")[-1]["cnpj"] == REMETENTE_SP.cnpj
    instalacao.ponteiros.passar(46 * 86400)
    assert pedir(instalacao, "desacordo", e.chave, {"observacao": OBSERVACAO}, "tarde")["codigo"] == "787"


@pytest.mark.requisito("EMIS-17", "SEFAZ-04", "BORDA-19")
def test_desacordo_de_chave_que_a_sefaz_nao_tem(instalacao: InstalacaoEmRede) -> None:
    chave = compor(
        uf="35", aamm="2611", cnpj="99887766000105", modelo="57", serie=1, numero=5, tp_emis="1", codigo="12345678"
    )
    assert pedir(instalacao, "desacordo", chave, {"observacao": OBSERVACAO}, "desacordo")["resultado"] == "feito"
    instalacao.passar(5)
    assert estados(instalacao, chave) == [("610110", 1, "recusado", "217")]
    assert instalacao.nomes(2) == ["desacordo-eve.xml", "desacordo-ret.json"]
    assert instalacao.falhas() == ["217"], "quem pediu o desacordo não tem outro lugar onde saber que não valeu"


@pytest.mark.requisito("SEFAZ-02")
def test_registro_do_multimodal(instalacao: InstalacaoEmRede) -> None:
    e = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    rodo = re.compile(rb"<rodo>.*?</rodo>", re.DOTALL)
    dados = e.dados.replace(b"<modal>01</modal>", b"<modal>06</modal>")
    dados = rodo.sub(b"<multimodal><COTM>OTM123</COTM><indNegociavel>0</indNegociavel></multimodal>", dados)
    instalacao.soltar(1, os.fsdecode(e.nome), dados)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    aceito(instalacao, "multimodal", e.chave, {"registro": "Conhecimento aquaviário 123 emitido pela armadora"})
    aceito(instalacao, "multimodal", e.chave, {"registro": "Conhecimento ferroviário 9", "documento": "9" * 44}, 2)


@pytest.mark.requisito("SEFAZ-02")
def test_informacoes_da_gtv_e_carta_de_um_cte_os(instalacao: InstalacaoEmRede) -> None:
    e = om.cte_os(1, agora=instalacao.agora)
    dados = e.dados.replace(b"<tpServ>6</tpServ>", b"<tpServ>7</tpServ>")
    dados = re.sub(rb"<infModal .*?</infModal>", b"", dados)
    instalacao.soltar(1, os.fsdecode(e.nome), dados)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    gtv = {
        "numero": "10", "identificador": "AIDF1", "emissao": "20/11/2026", "digito": "1", "volumes": "3",
        "especies": [{"tipo": "1", "valor": "250000,00"}, {"tipo": "2"}],
        "rem_cnpj": EMITENTE.cnpj, "rem_uf": "SP", "rem_nome": "BANCO FICTICIO",
        "dest_cpf": "52998224725", "dest_uf": "RJ", "dest_nome": "FULANO DE TAL", "placa": "ABC1D23", "uf": "SP",
    }  # fmt: skip
    aceito(instalacao, "gtv", e.chave, {"gtvs": [gtv]})
    assert pedir(instalacao, "gtv", e.chave, {"gtvs": [gtv]}, "repetida")["codigo"] == "619"
    aceito(instalacao, "gtv", e.chave, {"gtvs": [gtv | {"numero": "11"}]}, 2)
    servico = {"grupo": "infServico", "campo": "xDescServ", "valor": "TRANSPORTE DE VALORES"}
    aceito(instalacao, "carta-correcao", e.chave, {"correcoes": [servico]})
