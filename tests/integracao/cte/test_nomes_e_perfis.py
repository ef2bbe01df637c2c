"""Tests names, the profile uninfe, and the folder that only validates."""

import os
import re
from typing import Any

import pytest
from lxml import etree

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.exportacoes import Exportacao
from separador.demonstracao.exportacoes_com_erro import ruim
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.instalacao import MOTIVO, Instalacao


def pares(err: bytes) -> dict[str, str]:
    """Returns the lines that an ERP of UniNFe reads."""
    linhas = err.decode().split("\r\n")
    return dict(linha.split("|", 1) for linha in linhas if "|" in linha)


def exportar(instalacao: Instalacao, nome: str, numero: int = 1) -> tuple[Exportacao, bytes]:
    boa = ex.cte(numero, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, nome, boa.dados)
    assert instalacao.desfecho(nome) == "entregue", instalacao.falhas()
    return boa, instalacao.pegar(1, instalacao.nomes(1)[0])


# --- profile padrao ---------------------------------------------------------------------------------------------


@pytest.mark.requisito("NOM-01", "NOM-02")
@pytest.mark.parametrize("nome", ["Pedido 17-cte.xml", "PEDIDO-CTE.XML", "açúcar-cte.xml", "a.b.c-cte.xml"])
def test_resposta_tem_a_base_da_entrada(instalacao: Instalacao, nome: str) -> None:
    boa, assinado = exportar(instalacao, nome)
    ret = rt.autorizado(assinado, f"{boa.chave}-cte.xml".encode(), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    base = re.sub(r"-cte\.xml$", "", nome, flags=re.IGNORECASE)
    assert set(instalacao.nomes(2)) == {f"{base}-pro-rec.xml", f"{boa.chave}-procCTe.xml"}


@pytest.mark.requisito("NOM-02")
def test_nome_ja_ocupado_por_outro_recebe_numero_antes_do_sufixo(instalacao: Instalacao) -> None:
    boa = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    (instalacao.destino(1) / f"{boa.chave}-cte.xml").write_bytes(b"<de-outro/>")
    (instalacao.destino(2) / "p-pro-rec.xml").write_bytes(b"<de-outro/>")
    (instalacao.destino(2) / f"{boa.chave}-procCTe.xml").write_bytes(b"<de-outro/>")
    instalacao.soltar(1, "p-cte.xml", boa.dados)
    assert instalacao.nomes(1) == sorted([f"{boa.chave}-cte.xml", f"{boa.chave}~2-cte.xml"])
    assinado = instalacao.ler(1, f"{boa.chave}~2-cte.xml")
    ret = rt.autorizado(assinado, f"{boa.chave}~2-cte.xml".encode(), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert set(instalacao.nomes(2)) == {
        "p-pro-rec.xml", "p~2-pro-rec.xml", f"{boa.chave}-procCTe.xml", f"{boa.chave}~2-procCTe.xml",
    }  # fmt: skip
    assert instalacao.ler(2, "p-pro-rec.xml") == b"<de-outro/>"


@pytest.mark.requisito("NOM-02")
def test_dois_pedidos_com_o_mesmo_nome_nunca_se_cobrem(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    for _ in range(3):
        instalacao.soltar(3, "p.json", ev.pedido("consultar", e.chave).dados)
    assert [n for n in instalacao.nomes(3) if n.startswith("p")] == ["p-ret.json", "p~2-ret.json", "p~3-ret.json"]


@pytest.mark.requisito("NOM-02")
def test_cada_pedido_tem_exatamente_um_retorno_terminal(instalacao: Instalacao) -> None:
    """Document, event, order and refused export get one each. Plain files and returns get none."""
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c)
    instalacao.soltar(1, "ruim-cte.xml", ruim("ie-emitente", 2, agora=instalacao.agora).exportacao.dados)
    instalacao.soltar(4, "x.txt", b"oi\n")
    instalacao.passar(2)
    assert [n for n in instalacao.nomes(2) if n.endswith(("-pro-rec.xml", "-eve.xml", "-ret.json", ".err"))] == sorted(
        [f"{c.base}-pro-rec.xml", "pedido001-eve.xml", "pedido001-ret.json", "ruim-cte.err"]
    )
    assert instalacao.nomes(4) == ["x.txt"]


@pytest.mark.requisito("NOM-01", "NOM-02")
def test_err_tem_as_chaves_que_os_erps_leem(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "ruim-cte.xml", ruim("regras", 1, agora=instalacao.agora).exportacao.dados)
    err = instalacao.ler(2, "ruim-cte.err")
    lidos = pares(err)
    assert err.startswith("Versão ".encode())
    assert re.fullmatch(r"\d{10}", lidos["ErrorCode"])
    corpo = instalacao.json(2, "ruim-cte.json")
    assert lidos["Message"].startswith(f"{corpo['codigo']}: ")
    for erro in corpo["erros"]:
        assert erro["mensagem"] in err.decode()
        assert erro["regra"]
    assert b"Traceback" not in err


# --- profile uninfe ---------------------------------------------------------------------------------------------


@pytest.mark.requisito("NOM-01", "NOM-02", "CTE-15")
def test_uninfe_ida_e_volta(uninfe: Instalacao) -> None:
    boa = ex.cte(1, agora=uninfe.agora, variante="indentado")  # with BOM
    uninfe.soltar(1, "QUALQUER-CTE.XML", boa.dados)
    assert uninfe.nomes(1) == ["QUALQUER-cte.xml"]
    ret = rt.autorizado(uninfe.pegar(1, "QUALQUER-cte.xml"), b"QUALQUER-cte.xml", agora=uninfe.agora)
    uninfe.soltar(2, ret.nome, ret.dados)
    assert uninfe.nomes(2) == ["QUALQUER-pro-rec.xml"]
    autorizados = uninfe.pasta / "Enviados/Autorizados/202611"
    assert uninfe.nomes(autorizados) == [f"{boa.chave}-procCTe.xml"]
    assert uninfe.situacao(boa.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("NOM-01")
def test_uninfe_copia_ao_lado_do_retorno_se_pedida(fazer_instalacao: Any, rotas_uninfe: list[dict[str, Any]]) -> None:
    rotas_uninfe[0]["copia_processado"] = True
    instalacao = fazer_instalacao(perfil_nomes="uninfe", rotas=rotas_uninfe)
    boa, assinado = exportar(instalacao, "a-cte.xml")
    ret = rt.autorizado(assinado, b"a-cte.xml", agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert set(instalacao.nomes(2)) == {"a-pro-rec.xml", f"{boa.chave}-procCTe.xml"}
    assert instalacao.nomes(instalacao.pasta / "Enviados/Autorizados/202611") == [f"{boa.chave}-procCTe.xml"]


@pytest.mark.requisito("NOM-01")
@pytest.mark.parametrize(("especie", "nome"), [
    ("ie-emitente", "a-pro-rec"), ("esquema", "a-pro-rec"), ("nao-xml", "a-cte"), ("latin1", "a-cte"), ("dtd", "a-cte"),
])  # fmt: skip
def test_uninfe_onde_o_erp_procura_o_erro(uninfe: Instalacao, especie: str, nome: str) -> None:
    uninfe.por(1, "a-cte.xml", ruim(especie, 1, agora=uninfe.agora).exportacao.dados)
    uninfe.passar(6)
    assert uninfe.nomes(2) == [f"{nome}.err", f"{nome}.json"]
    lidos = pares(uninfe.ler(2, f"{nome}.err"))
    assert int(lidos["ErrorCode"]) == 7
    assert any(chave.startswith("Versão") for chave in lidos)
    assert lidos["Message"]


@pytest.mark.requisito("NOM-01")
def test_uninfe_erro_de_evento(uninfe: Instalacao) -> None:
    uninfe.soltar(1, "a-ped-eve.xml", ruim("evento-motivo-curto", 1, agora=uninfe.agora).exportacao.dados)
    assert uninfe.nomes(2) == ["a-eve.err", "a-eve.json"]


@pytest.mark.requisito("NOM-01", "NOM-02")
def test_uninfe_retorno_velho_e_guardado_e_trocado(uninfe: Instalacao) -> None:
    boa, assinado = exportar(uninfe, "a-cte.xml")
    rejeicao = rt.rejeitado(assinado, b"a-cte.xml", agora=uninfe.agora, c_stat="209")
    uninfe.soltar(2, rejeicao.nome, rejeicao.dados)
    uninfe.soltar(1, "a-cte.xml", boa.dados)
    ret = rt.autorizado(uninfe.pegar(1, "a-cte.xml"), b"a-cte.xml", agora=uninfe.agora)
    uninfe.soltar(2, ret.nome, ret.dados)
    assert uninfe.nomes(2) == ["a-pro-rec.xml"]
    assert uninfe.ler(2, "a-pro-rec.xml") == ret.dados
    guardados = [p for p in uninfe.recortes("arquivo") if p.parent.name == "substituidos"]
    assert [p.read_bytes() for p in guardados] == [rejeicao.dados]


@pytest.mark.requisito("NOM-01")
def test_uninfe_evento_e_cancelamento(uninfe: Instalacao) -> None:
    boa, assinado = exportar(uninfe, "a-cte.xml")
    ret = rt.autorizado(assinado, b"a-cte.xml", agora=uninfe.agora)
    uninfe.soltar(2, ret.nome, ret.dados)
    evento = ev.cancelamento(boa.chave, uninfe.doc(boa.chave)["protocolo"], agora=uninfe.agora)
    uninfe.soltar(1, "canc-ped-eve.xml", evento.dados)
    nome = f"{boa.chave}_110111_001-ped-eve.xml"
    resp = rt.evento_respondido(uninfe.pegar(1, nome), nome.encode(), agora=uninfe.agora)
    uninfe.soltar(2, resp.nome, resp.dados)
    assert uninfe.situacao(boa.chave) == "CANCELADO"
    assert uninfe.nomes(2) == ["a-pro-rec.xml", "canc-eve.xml"]
    assert f"{boa.chave}_110111_001-procEventoCTe.xml" in uninfe.nomes(uninfe.pasta / "Enviados/Autorizados/202611")


@pytest.mark.requisito("NOM-01")
def test_uninfe_o_documento_na_saida_de_mesmo_nome_nunca_e_coberto(uninfe: Instalacao) -> None:
    """Two documents have one base name. The one that the transmitter has not taken yet stays."""
    primeiro = ex.cte(1, agora=uninfe.agora, variante="uma-nota")
    segundo = ex.cte(2, agora=uninfe.agora, variante="uma-nota")
    uninfe.soltar(1, "a-cte.xml", primeiro.dados)
    uninfe.soltar(1, "a-cte.xml", segundo.dados)
    assert uninfe.nomes(1) == ["a-cte.xml", "a~2-cte.xml"]
    assert primeiro.chave.encode() in uninfe.ler(1, "a-cte.xml")


# --- validate only ----------------------------------------------------------------------------------------------


@pytest.mark.requisito("NOM-03", "CTE-14")
def test_validar_bom(instalacao: Instalacao) -> None:
    boa = ex.cte(1, agora=instalacao.agora)
    instalacao.soltar(5, "prova-cte.xml", boa.dados)
    assert instalacao.nomes(5) == ["prova-cte.xml", "prova-ret.json"]
    assert not isinstance(verificar(re.sub(rb"^<\?xml[^>]*\?>", b"", instalacao.ler(5, "prova-cte.xml"))), Recusa)
    corpo = instalacao.json(5, "prova-ret.json")
    assert (corpo["codigo"], corpo["chave"], corpo["erros"]) == ("SEP-VALIDO", boa.chave, [])
    assert not instalacao.tem(boa.chave), "nunca é enviado nem registrado"
    assert instalacao.nomes(1) == []
    assert instalacao.falhas() == []


@pytest.mark.requisito("NOM-03")
def test_validar_de_novo_responde_de_novo(instalacao: Instalacao) -> None:
    boa = ex.cte(1, agora=instalacao.agora)
    instalacao.soltar(5, "a-cte.xml", boa.dados)
    instalacao.limpar(5)
    instalacao.soltar(5, "a-cte.xml", boa.dados)
    assert instalacao.nomes(5) == ["a-cte.xml", "a-ret.json"]


@pytest.mark.requisito("NOM-03")
def test_validar_ruim_diz_cada_erro_com_linha_tag_e_regra(instalacao: Instalacao) -> None:
    r = ruim("regras", 1, agora=instalacao.agora)
    instalacao.soltar(5, "prova-cte.xml", ex.indentar(r.exportacao.dados.decode()).encode())
    assert instalacao.nomes(5) == ["prova-ret.json"]
    corpo = instalacao.json(5, "prova-ret.json")
    assert set(r.codigos) <= {e["codigo"] for e in corpo["erros"]}
    for erro in corpo["erros"]:
        assert erro["linha"]
        assert erro["tag"]
        assert erro["regra"]
    assert instalacao.desfecho("prova-cte.xml") == "recusado"
    assert instalacao.falhas() == [], "foi pedido para conferir; o que se achou não é falha da integração"


@pytest.mark.requisito("NOM-03")
def test_validar_sem_certificado_diz_o_que_pode(fazer_instalacao: Any) -> None:
    instalacao = fazer_instalacao(com_certificado=False)
    instalacao.soltar(5, "a-cte.xml", ex.cte(1, agora=instalacao.agora).dados)
    assert instalacao.json(5, "a-ret.json")["codigo"] == "SEP-SEM-CERTIFICADO"


@pytest.mark.requisito("NOM-03")
def test_validar_evento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(
        5, "x-ped-eve.xml", ev.cancelamento(e.chave, instalacao.doc(e.chave)["protocolo"], agora=instalacao.agora).dados
    )
    assert instalacao.nomes(5) == ["x-ped-eve.xml", "x-ret.json"]
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("NOM-03", "NOM-01")
def test_validar_no_perfil_uninfe_responde_tambem_em_xml(uninfe: Instalacao) -> None:
    uninfe.soltar(5, "bom-cte.xml", ex.cte(1, agora=uninfe.agora).dados)
    uninfe.soltar(5, "ruim-cte.xml", ruim("regras", 2, agora=uninfe.agora).exportacao.dados)
    assert uninfe.nomes(5) == ["bom-cte.xml", "bom-ret.json", "bom-ret.xml", "ruim-ret.json", "ruim-ret.xml"]
    bom, mau = (etree.fromstring(uninfe.ler(5, f"{n}-ret.xml")) for n in ("bom", "ruim"))
    assert (bom.tag, bom.findtext("cStat")) == ("Validacao", "1")
    assert mau.findtext("cStat") != "1"
    assert "209" in (mau.findtext("xMotivo") or "")


# --- order files ------------------------------------------------------------------------------------------------

CHAVE = "35261111222333000181570010000000011123939499"


@pytest.mark.requisito("NOM-02", "CTE-05")
@pytest.mark.parametrize(("dados", "codigo"), [
    (b"nao e json", "SEP-PEDIDO"),
    (b"[]", "SEP-PEDIDO"),
    (b"{}", "SEP-PEDIDO"),
    (b'{"pedido": "cancelar", "chave": 7}', "SEP-PEDIDO"),
    (b'{"pedido": "apagar", "chave": "x"}', "SEP-PEDIDO"),
    (b'{"pedido": "enviar", "chave": "123"}', "SEP-CHAVE"),
    (b'{"pedido": "enviar"}', "SEP-CHAVE"),
    (b'{"pedido": "enviar", "chave": "%s", "senha": "x"}' % CHAVE.encode(), "SEP-PEDIDO"),
    (b'{"pedido": "enviar", "chave": "%s"}' % CHAVE.encode(), "SEP-CHAVE-DESCONHECIDA"),
    (b'{"pedido": "enviar", "chave": "../../../etc/passwd"}', "SEP-CHAVE"),
    (b'\xff\xfe{"pedido"', "SEP-PEDIDO"),
    (b"[" * 60000, "SEP-PEDIDO"),
    (b'{"pedido": "enviar", "chave": "\\ud800"}', "SEP-PEDIDO"),
])  # fmt: skip
def test_pedido_mal_feito_tem_resposta(instalacao: Instalacao, dados: bytes, codigo: str) -> None:
    instalacao.por(3, "p.json", dados)
    instalacao.passar(6)
    assert instalacao.nomes(3) == ["p-ret.json"]
    corpo = instalacao.json(3, "p-ret.json")
    assert (corpo["resultado"], corpo["codigo"]) == ("recusado", codigo)
    assert corpo["mensagem"]
    assert instalacao.desfecho("p.json") == "recusado"
    assert not (instalacao.dados / "incidentes").exists()


@pytest.mark.requisito("NOM-02")
def test_pedido_com_bom_de_windows(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.soltar(3, "p.json", b"\xef\xbb\xbf" + ev.pedido("consultar", e.chave).dados)
    assert instalacao.json(3, "p-ret.json")["resultado"] == "feito"


@pytest.mark.requisito("NOM-02")
def test_pedido_enorme_e_recusado_com_json(instalacao: Instalacao) -> None:
    instalacao.por(3, "p.json", b'{"pedido": "enviar", "chave": "' + b"9" * 70_000 + b'"}')
    instalacao.rodar()
    assert instalacao.desfecho("p.json") == "recusado"
    assert [n for n in instalacao.nomes(3) if n.endswith(".json")]


@pytest.mark.requisito("CTE-02", "NOM-02")
def test_o_pedido_cumprido_e_respondido_depois_do_que_publicou(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    linhas = instalacao.banco.todas("SELECT nome FROM publicacao WHERE arquivo_id = ? ORDER BY id", instalacao.arquivo(
        "pedido001.json")["id"])  # fmt: skip
    assert [os.fsdecode(bytes(r["nome"])) for r in linhas] == [
        f"{e.chave}_110111_001-ped-eve.xml", "pedido001-ret.json",
    ]  # fmt: skip
