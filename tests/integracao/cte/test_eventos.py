"""Tests events by order and by folder: built, published, answered, filed, and refused with every reason."""

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from separador.capacidades.cte.banco.leitura_de_eventos import assinado
from separador.capacidades.cte.servico.evento.pedidos import json_do_pedido
from separador.demonstracao import eventos as ev
from separador.demonstracao import retornos as rt
from separador.demonstracao.empresas import EMITENTE
from separador.fiscal.evento.tabela import POR_NOME
from separador.fiscal.processado import validar_arquivo
from separador.nucleo.chave import cnpj_valido, compor
from tests.apoio.instalacao import MOTIVO, Enviado, Instalacao

XOBS = {"grupo": "compl", "campo": "xObs", "valor": "CARGA REFRIGERADA"}
CARTA: dict[str, Any] = {"correcoes": [XOBS]}
OBSERVACAO = "O valor cobrado não é o contratado"
DE_TERCEIRO = compor(
    uf="43", aamm="2611", cnpj="99887766000105", modelo="57", serie=1, numero=77, tp_emis="1", codigo="12345678"
)


def pedir(instalacao: Instalacao, evento: str, chave: str, dados: dict[str, Any], **mais: Any) -> dict[str, Any]:
    """Drops an order file and returns its answer."""
    instalacao.contador = getattr(instalacao, "contador", 0) + 1  # type: ignore[attr-defined]
    base = f"evento{instalacao.contador:03d}"  # type: ignore[attr-defined]
    corpo = {"pedido": "evento", "evento": evento, "chave": chave, "dados": dados} | mais
    instalacao.soltar(3, f"{base}.json", json.dumps(corpo, ensure_ascii=False).encode())
    return instalacao.json(3, f"{base}-ret.json")


def ordenar(instalacao: Instalacao, evento: str, chave: str, dados: dict[str, Any]) -> Any:
    """Records an order as the command does."""
    with closing(abrir(instalacao.dados, migrar=False)) as outro:
        numero = tabela_de_pedidos.registrar(
            outro, "evento", chave, None, "operador", texto_de(instalacao.agora), dados=json_do_pedido(evento, dados)
        )
    instalacao.rodar()
    return tabela_de_pedidos.por_id(instalacao.banco, numero)


def tomar(instalacao: Instalacao, chave: str, evento: str, n_seq: int = 1) -> tuple[str, bytes]:
    nome = f"{chave}_{POR_NOME[evento].tp}_{n_seq:03d}-ped-eve.xml"
    return nome, instalacao.pegar(1, nome)


def responder(instalacao: Instalacao, nome: str, dados: bytes, c_stat: str = "135", **opcoes: Any) -> None:
    r = rt.evento_respondido(dados, os.fsencode(nome), agora=instalacao.agora, c_stat=c_stat, **opcoes)
    instalacao.soltar(2, r.nome, r.dados)


def registrar(instalacao: Instalacao, evento: str, chave: str, dados: dict[str, Any], n_seq: int = 1) -> bytes:
    """Orders an event, which the transmitter takes and SEFAZ accepts. Returns the signed event."""
    resposta = pedir(instalacao, evento, chave, dados)
    assert resposta["resultado"] == "feito", resposta
    nome, xml = tomar(instalacao, chave, evento, n_seq)
    responder(instalacao, nome, xml)
    return xml


def linhas(instalacao: Instalacao, chave: str) -> list[tuple[str, int, str]]:
    todas = instalacao.banco.todas("SELECT * FROM evento WHERE chave = ? ORDER BY id", chave)
    return [(e["tp_evento"], e["n_seq"], e["estado"]) for e in todas]


def comprovante(instalacao: Instalacao, e: Enviado, **mais: Any) -> dict[str, Any]:
    """Returns every field that a proof of delivery of this document needs."""
    agora = instalacao.agora.isoformat(timespec="seconds")
    return {
        "entrega_em": agora, "documento": "12345678", "nome": "FULANO FICTICIO", "todas_as_notas": True,
        "imagem": base64.b64encode(b"assinatura").decode(),
    } | mais  # fmt: skip


@pytest.mark.requisito("SEFAZ-02", "CTE-14", "CTE-15", "NOM-02")
def test_carta_de_correcao_do_pedido_ao_evento_processado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    resposta = pedir(instalacao, "carta-correcao", e.chave, CARTA)
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-EVENTO-PEDIDO")
    assert (resposta["evento"], resposta["tp_evento"], resposta["n_seq"]) == ("carta-correcao", "110110", 1)
    assert resposta["erros"] == []
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    assert b"<valorAlterado>CARGA REFRIGERADA</valorAlterado>" in xml
    instalacao.limpar(2)
    responder(instalacao, nome, xml)
    assert instalacao.nomes(2) == [f"{e.chave}_110110_001-procEventoCTe.xml", "evento001-eve.xml"]
    assert validar_arquivo(instalacao.ler(2, f"{e.chave}_110110_001-procEventoCTe.xml")) == []
    assert any(p.name.endswith("_110110_001-procEventoCTe.xml") for p in instalacao.recortes("fiscal"))
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert linhas(instalacao, e.chave) == [("110110", 1, "aceito")]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-02")
def test_segunda_carta_repete_ou_e_recusada(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    registrar(instalacao, "carta-correcao", e.chave, CARTA)
    nova = {"correcoes": [{"grupo": "enderReme", "campo": "xLgr", "valor": "RUA CERTA"}]}
    recusa = pedir(instalacao, "carta-correcao", e.chave, nova)
    assert recusa["codigo"] == "SEP-CCE-INCOMPLETA"
    assert "compl/xObs" in recusa["mensagem"]
    assert pedir(instalacao, "carta-correcao", e.chave, nova | {"repetir_anteriores": True})["n_seq"] == 2
    _, xml = tomar(instalacao, e.chave, "carta-correcao", 2)
    assert xml.count(b"<infCorrecao>") == 2
    assert b"<nSeqEvento>2</nSeqEvento>" in xml


@pytest.mark.requisito("SEFAZ-02")
def test_cada_campo_errado_e_nomeado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    resposta = pedir(instalacao, "comprovante", e.chave, {"nome": "X", "latitude": "91", "outro": 1, "notas": ["123"]})
    assert (resposta["resultado"], resposta["codigo"]) == ("recusado", "SEP-EVENTO-DADOS")
    ditos = {re.split(r" \(|:", m["mensagem"])[0] for m in resposta["erros"]}
    assert ditos == {"nome", "latitude", "outro", "notas[1].chave", "entrega_em", "documento"}
    assert instalacao.nomes(1) == []
    assert instalacao.desfecho("evento001.json") == "recusado"


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize(
    ("corpo", "trecho"),
    [
        ({"evento": "outro"}, "evento: deve ser um destes"),
        ({"chave": "123"}, "chave: deve ter as 44"),
        ({"dados": "x"}, "dados: deve ser um objeto"),
        ({"motivo": "x"}, "motivo: campo desconhecido"),
    ],
)
def test_pedido_malfeito_e_respondido(instalacao: Instalacao, corpo: dict[str, Any], trecho: str) -> None:
    certo = {"pedido": "evento", "evento": "carta-correcao", "chave": DE_TERCEIRO, "dados": {}}
    instalacao.soltar(3, "ruim.json", json.dumps(certo | corpo).encode())
    resposta = instalacao.json(3, "ruim-ret.json")
    assert resposta["resultado"] == "recusado"
    assert trecho in resposta["mensagem"]


@pytest.mark.requisito("SEFAZ-02", "CTE-05")
def test_comprovante_com_imagem_e_seu_cancelamento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    xml = registrar(instalacao, "comprovante", e.chave, comprovante(instalacao, e))
    imagem = base64.b64encode(b"assinatura").decode()
    esperado = base64.b64encode(hashlib.sha1(f"{e.chave}{imagem}".encode()).digest())
    assert b"<hashEntrega>" + esperado + b"</hashEntrega>" in xml
    assert xml.count(b"<infEntrega>") == 1
    outro = pedir(instalacao, "comprovante", e.chave, comprovante(instalacao, e, documento="9999"))
    assert [m["codigo"] for m in outro["erros"]] == ["870", "863"]
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "862"
    registrar(instalacao, "cancelar-comprovante", e.chave, {})
    protocolo = instalacao.banco.uma("SELECT protocolo FROM evento WHERE tp_evento = '110180'")
    cancelado = instalacao.banco.uma("SELECT dados FROM evento WHERE tp_evento = '110181'")
    assert protocolo is not None
    assert cancelado is not None
    assert f"<nProtCE>{protocolo['protocolo']}</nProtCE>".encode() in assinado(cancelado)
    assert pedir(instalacao, "cancelar-comprovante", e.chave, {})["codigo"] == "866"
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["resultado"] == "feito"


@pytest.mark.requisito("SEFAZ-02")
def test_insucesso_e_seu_cancelamento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    dados = {"tentativa_em": instalacao.agora.isoformat(timespec="seconds"), "motivo": "4", "tentativa": "001"}
    assert "justificativa: falta" in pedir(instalacao, "insucesso", e.chave, dados)["mensagem"]
    registrar(instalacao, "insucesso", e.chave, dados | {"justificativa": "Rua interditada pela prefeitura"})
    registrar(instalacao, "cancelar-insucesso", e.chave, {})
    assert linhas(instalacao, e.chave) == [("110190", 1, "aceito"), ("110191", 1, "aceito")]


@pytest.mark.requisito("SEFAZ-02")
def test_vinculacao_do_pagamento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    dados = {"numero": "1", "transacao": "PIX0001", "meio": "17", "recebedor": EMITENTE.cnpj, "instituicao": "12345678"}
    xml = registrar(instalacao, "pagamento", e.chave, dados)
    assert b'<pgto nPag="1" idTransacao="PIX0001">' in xml
    registrar(instalacao, "cancelar-pagamento", e.chave, {})


@pytest.mark.requisito("SEFAZ-02", "CTE-05")
def test_cancelamento_como_evento_anda_pela_situacao(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    assert pedir(instalacao, "cancelamento", e.chave, {"motivo": "curto"})["codigo"] == "SEP-MOTIVO"
    assert pedir(instalacao, "cancelamento", e.chave, {"motivo": MOTIVO})["resultado"] == "feito"
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    nome, xml = tomar(instalacao, e.chave, "cancelamento")
    responder(instalacao, nome, xml)
    assert instalacao.situacao(e.chave) == "CANCELADO"


@pytest.mark.requisito("SEFAZ-02")
def test_de_documento_nao_autorizado_ou_desconhecido_nada_sai(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["codigo"] == "SEP-SITUACAO"
    assert pedir(instalacao, "carta-correcao", DE_TERCEIRO, CARTA)["codigo"] == "SEP-CHAVE-DESCONHECIDA"
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("SEFAZ-02")
def test_recusado_pela_sefaz_deixa_o_numero_livre(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, "681", com_chave=False)
    assert linhas(instalacao, e.chave) == [("110110", 1, "recusado")]
    assert instalacao.falhas(e.chave) == ["681"]
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["n_seq"] == 1
    assert instalacao.falhas(e.chave) == []


@pytest.mark.requisito("SEFAZ-02")
def test_um_de_cada_vez_a_nao_ser_que_se_diga_o_numero(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["codigo"] == "SEP-EVENTO-ABERTO"
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA | {"sequencia": 1})["codigo"] == "631"
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA | {"sequencia": 21})["codigo"] == "636"
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA | {"sequencia": "2"})["n_seq"] == 2


@pytest.mark.requisito("EMIS-17", "SEFAZ-02")
def test_desacordo_de_documento_de_terceiro(instalacao: Instalacao) -> None:
    """The taker's event is about a CT-e that is not known here. The certificate of the configured company signs it."""
    resposta = pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    assert (resposta["resultado"], resposta["n_seq"]) == ("feito", 1)
    assert resposta["situacao"] is None
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    assert f"<CNPJ>{EMITENTE.cnpj}</CNPJ>".encode() in xml
    assert b"<descEvento>Prestacao do Servico em Desacordo</descEvento>" in xml
    assert b"<indDesacordoOper>1</indDesacordoOper>" in xml
    instalacao.limpar(2)
    responder(instalacao, nome, xml)
    assert instalacao.nomes(2) == [f"{DE_TERCEIRO}_610110_001-procEventoCTe.xml", "evento001-eve.xml"]
    assert pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})["n_seq"] == 2
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo", 2)
    responder(instalacao, nome, xml, "664")
    assert instalacao.falhas(DE_TERCEIRO) == ["664"]
    registrar(instalacao, "cancelar-desacordo", DE_TERCEIRO, {})
    assert linhas(instalacao, DE_TERCEIRO) == [
        ("610110", 1, "aceito"),
        ("610110", 2, "recusado"),
        ("610111", 1, "aceito"),
    ]


@pytest.mark.requisito("ECAC-10")
def test_sem_o_servico_contratado_o_desacordo_e_recusado(instalacao: Instalacao) -> None:
    instalacao.empresas[0]["ecac"] = {"servicos": ["e-CAC"]}
    instalacao.gravar_config()
    instalacao.rodar()
    recusado = pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    assert recusado["codigo"] == "SEP-NAO-CONTRATADO"
    assert "o serviço desacordo não está contratado" in recusado["mensagem"]
    assert instalacao.nomes(1) == []
    e = instalacao.autorizado(1)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["resultado"] == "feito"


@pytest.mark.requisito("ECAC-10")
def test_a_filial_que_nao_esta_na_configuracao_nao_contorna_o_servico(instalacao: Instalacao) -> None:
    instalacao.empresas[0]["ecac"] = {"servicos": ["e-CAC"]}
    instalacao.gravar_config()
    instalacao.rodar()
    candidatas = (f"{EMITENTE.cnpj[:8]}0002{d:02d}" for d in range(100))
    filial = next(c for c in candidatas if cnpj_valido(c))
    recusado = pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO, "empresa": filial})
    assert recusado["codigo"] == "SEP-NAO-CONTRATADO"
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("EMIS-17")
def test_desacordo_fora_do_prazo_curto_ou_de_outra_empresa(instalacao: Instalacao) -> None:
    tarde = (instalacao.agora - timedelta(days=46)).isoformat(timespec="seconds")
    dados = {"observacao": OBSERVACAO}
    assert pedir(instalacao, "desacordo", DE_TERCEIRO, dados | {"autorizado_em": tarde})["codigo"] == "787"
    assert pedir(instalacao, "desacordo", DE_TERCEIRO, dados | {"empresa": "99887766000105"})["codigo"] == "755"
    assert (
        "o valor «curta»: tem 5 caracteres"
        in pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": "curta"})["mensagem"]
    )
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("SEFAZ-02", "CTE-13")
def test_por_comando_a_resposta_espera_o_arquivo(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    feita = ordenar(instalacao, "carta-correcao", e.chave, CARTA)
    assert (feita["estado"], feita["codigo"]) == ("feita", "SEP-EVENTO-PEDIDO")
    assert instalacao.nomes(1) == [f"{e.chave}_110110_001-ped-eve.xml"]
    negada = ordenar(instalacao, "carta-correcao", e.chave, {"correcoes": [XOBS | {"grupo": "ide", "campo": "modal"}]})
    assert (negada["estado"], negada["codigo"]) == ("recusada", "681")


def test_sem_rota_de_envio_ou_sem_certificado(fazer_instalacao: Callable[..., Instalacao]) -> None:
    instalacao = fazer_instalacao(com_certificado=False)
    assert pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})["codigo"] == "SEP-SEM-CERTIFICADO"


@pytest.mark.requisito("SEFAZ-02")
def test_alerta_134_pede_a_consulta_do_documento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, "134")
    instalacao.rodar()
    assert linhas(instalacao, e.chave) == [("110110", 1, "aceito")]
    assert instalacao.nomes(1) == [f"{e.chave}-ped-sit.xml"]


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_631_com_o_nosso_conteudo_e_sucesso(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, "631")
    assert linhas(instalacao, e.chave) == [("110110", 1, "publicado")]
    assert instalacao.falhas(e.chave) == ["SEP-CONSULTAR"]
    instalacao.consultado(e, evento=xml)
    assert linhas(instalacao, e.chave) == [("110110", 1, "aceito")]
    assert f"{e.chave}_110110_001-procEventoCTe.xml" in instalacao.nomes(2)


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-04")
def test_631_de_outro_libera_o_proximo_numero(instalacao: Instalacao) -> None:
    """Somebody else registered number 1. Ours was not registered, theirs is filed, and the next order takes 2."""
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, "631")
    alheio = assinado_por_outro(instalacao, e.chave)
    instalacao.limpar(2)
    instalacao.consultado(e, evento=alheio)
    assert linhas(instalacao, e.chave) == [("110110", 1, "recusado"), ("110110", 1, "aceito")]
    processado = instalacao.ler(2, f"{e.chave}_110110_001-procEventoCTe.xml")
    assert b"DE OUTRO SISTEMA" in processado
    assert "evento001-ped-eve.err" in instalacao.nomes(2)
    assert instalacao.json(2, "evento001-ped-eve.json")["codigo"] == "631"
    assert instalacao.falhas(e.chave) == ["SEP-EVENTO-ALHEIO"]
    resposta = pedir(instalacao, "carta-correcao", e.chave, CARTA)
    assert resposta["codigo"] == "SEP-CCE-INCOMPLETA"
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA | {"repetir_anteriores": "sim"})["n_seq"] == 2


def assinado_por_outro(instalacao: Instalacao, chave: str) -> bytes:
    """Returns a letter of the same number, signed with the same certificate by another program."""
    from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar

    xml = ev.carta_de_correcao(chave, agora=instalacao.agora, valor="DE OUTRO SISTEMA").dados
    assinador = instalacao.ciclo.contexto.assinador(EMITENTE.cnpj)
    assert assinador is not None
    feito = preparar(xml, ContextoPreparo("2", instalacao.agora, {EMITENTE.cnpj: assinador}))
    assert isinstance(feito, Preparado)
    return feito.assinado


@pytest.mark.requisito("EMIS-17", "SEFAZ-04")
def test_631_de_documento_de_terceiro_decide_pelo_evento_processado(instalacao: Instalacao) -> None:
    """After 631, the processed event that is dropped among the returns tells whose event SEFAZ registered."""
    pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    responder(instalacao, nome, xml, "631")
    assert instalacao.falhas(DE_TERCEIRO) == ["SEP-CONSULTAR"]
    nosso = rt.evento_processado(xml, agora=instalacao.agora)
    instalacao.soltar(2, nosso.nome, nosso.dados)
    assert linhas(instalacao, DE_TERCEIRO) == [("610110", 1, "aceito")]
    assert instalacao.falhas(DE_TERCEIRO) == []
    instalacao.soltar(2, "de-novo.xml", nosso.dados + b"\n")
    assert linhas(instalacao, DE_TERCEIRO) == [("610110", 1, "aceito")]


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize(
    ("c_stat", "falha"), [("217", "SEP-NAO-CONSTA"), ("218", "SEP-CONSULTAR"), ("600", "SEP-CONSULTAR")]
)
def test_recusa_por_causa_do_documento(instalacao: Instalacao, c_stat: str, falha: str) -> None:
    """The event is refused. A failure says that SEFAZ does not have the document as we have it, and it is looked up."""
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, c_stat, com_chave=False)
    instalacao.rodar()
    assert linhas(instalacao, e.chave) == [("110110", 1, "recusado")]
    assert instalacao.falhas(e.chave) == [falha]
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.nomes(1) == ([f"{e.chave}-ped-sit.xml"] if c_stat == "218" else [])


@pytest.mark.requisito("SEFAZ-02")
def test_evento_em_arquivo_que_a_sefaz_recusaria_nao_sai(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    proibida = (
        ev.carta_de_correcao(e.chave, agora=instalacao.agora)
        .dados.replace(b"compl", b"ide")
        .replace(b"xCaracAd", b"dhEmi")
    )
    instalacao.soltar(1, "proibida-ped-eve.xml", proibida)
    assert instalacao.json(2, "proibida-ped-eve.json")["codigo"] == "681"
    instalacao.soltar(1, "demais-ped-eve.xml", ev.carta_de_correcao(e.chave, agora=instalacao.agora, n_seq=21).dados)
    assert instalacao.json(2, "demais-ped-eve.json")["codigo"] == "636"
    instalacao.soltar(1, "boa-ped-eve.xml", ev.carta_de_correcao(e.chave, agora=instalacao.agora, n_seq=3).dados)
    assert instalacao.nomes(1) == [f"{e.chave}_110110_003-ped-eve.xml"]
    assert (
        pedir(instalacao, "carta-correcao", e.chave, CARTA | {"repetir_anteriores": True})["codigo"]
        == "SEP-EVENTO-ABERTO"
    )
    instalacao.pegar(1, f"{e.chave}_110110_003-ped-eve.xml")


@pytest.mark.requisito("SEFAZ-02")
def test_depois_de_um_arquivo_o_numero_seguinte(instalacao: Instalacao) -> None:
    """Numbers given by the issuer's own system count, and ours go on from them."""
    e = instalacao.autorizado(1)
    instalacao.soltar(1, "deles-ped-eve.xml", ev.carta_de_correcao(e.chave, agora=instalacao.agora, n_seq=3).dados)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao", 3)
    responder(instalacao, nome, xml)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA | {"repetir_anteriores": True})["n_seq"] == 4
    _, xml = tomar(instalacao, e.chave, "carta-correcao", 4)
    assert xml.count(b"<infCorrecao>") == 2


@pytest.mark.requisito("EMIS-17", "SEFAZ-06")
def test_108_os_mesmos_bytes_de_novo_ate_de_terceiro(instalacao: Instalacao) -> None:
    pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    responder(instalacao, nome, xml, "108")
    assert instalacao.falhas(DE_TERCEIRO) == ["SEP-SEFAZ-PARADA"]
    instalacao.passar(600)
    de_novo = instalacao.pegar(1, nome)
    assert de_novo == xml
    responder(instalacao, nome, de_novo)
    assert linhas(instalacao, DE_TERCEIRO) == [("610110", 1, "aceito")]
    assert instalacao.falhas() == []
    instalacao.passar(3600)
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("SEFAZ-02", "SEFAZ-06")
def test_108_de_dois_eventos_do_mesmo_documento(instalacao: Instalacao) -> None:
    """Each is handed on again by itself."""
    e = instalacao.autorizado(1)
    agora = instalacao.agora.isoformat(timespec="seconds")
    nomes = []
    for n, dados in enumerate(({"motivo": "1"}, {"motivo": "2"}), 1):
        pedir(instalacao, "insucesso", e.chave, {"tentativa_em": agora} | dados)
        nome, xml = tomar(instalacao, e.chave, "insucesso", n)
        responder(instalacao, nome, xml, "108", com_chave=n == 2)
        nomes.append(nome)
    instalacao.passar(600)
    assert instalacao.nomes(1) == nomes


@pytest.mark.requisito("EMIS-17", "SEFAZ-05")
def test_678_para_os_eventos_por_uma_hora(instalacao: Instalacao) -> None:
    pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    responder(instalacao, nome, xml, "678")
    e = instalacao.autorizado(1)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["codigo"] == "SEP-BLOQUEIO"
    instalacao.passar(3601)
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["resultado"] == "feito"


@pytest.mark.requisito("EMIS-17", "SEP-05")
def test_evento_sem_resposta_no_prazo_e_mostrado(instalacao: Instalacao) -> None:
    pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    instalacao.passar(1790)
    assert instalacao.falhas() == []
    instalacao.passar(120)
    assert instalacao.falhas(DE_TERCEIRO) == ["SEP-PRAZO-RETORNO"]
    assert "Evento 610110 nº 1" in instalacao.falha("SEP-PRAZO-RETORNO")["motivo"]
    responder(instalacao, nome, xml)
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-02")
def test_multimodal_so_do_modal_06(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    assert pedir(instalacao, "multimodal", e.chave, {"registro": "Conhecimento aéreo 123 anexado"})["codigo"] == "679"
