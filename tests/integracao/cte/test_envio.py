"""Tests exports coming in: registered, signed, handed on; repeated, corrected, refused; of every model."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from separador.demonstracao import empresas
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos as om
from separador.demonstracao import retornos as rt
from separador.demonstracao.exportacoes import Exportacao
from separador.demonstracao.exportacoes_com_erro import RECUSADAS, ruim
from separador.fiscal import esquema
from separador.fiscal.leitura import ler
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.instalacao import Instalacao
from tests.apoio.maquina import ROTAS
from tests.apoio.posse import largar, restos

MANUAL = [dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]]
Fazer = Callable[..., Instalacao]


def corrigida(e: Exportacao, texto: str = "CARGA GERAL") -> Exportacao:
    """Returns other content under the same key."""
    return replace(e, dados=e.dados.replace(b"CARGA SECA", texto.encode()))


def conferir_valido(dados: bytes) -> None:
    lido = ler(dados)
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []


@pytest.mark.requisito("CTE-01", "CTE-02", "CTE-14", "SEP-08")
def test_exportacao_assinada_valida_e_entregue(instalacao: Instalacao) -> None:
    boa = ex.cte(1, agora=instalacao.agora)
    instalacao.soltar(1, "pedido-1-cte.xml", boa.dados)
    assert instalacao.nomes(1) == [f"{boa.chave}-cte.xml"]
    assinado = instalacao.ler(1, f"{boa.chave}-cte.xml")
    assert not isinstance(verificar(assinado), Recusa)
    conferir_valido(assinado)
    assert instalacao.caminho(boa.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    doc = instalacao.doc(boa.chave)
    assert (doc["modelo"], doc["serie"], doc["numero"], doc["emitente"]) == ("57", "1", "1", "11222333000181")
    assert doc["etapa"] == "publicado"
    linha = instalacao.arquivo("pedido-1-cte.xml")
    assert (linha["desfecho"], linha["chave"]) == ("entregue", boa.chave)
    assert instalacao.falhas() == []
    (original,) = instalacao.recortes("arquivo")
    assert original.read_bytes() == boa.dados
    assert original.name == f"{linha['id']}_pedido-1-cte.xml"
    assert restos(instalacao.origem(1)) == []
    assert instalacao.nomes(instalacao.origem(1)) == []


@pytest.mark.requisito("CTE-01")
def test_dez_de_uma_vez_cada_um_na_sua(instalacao: Instalacao) -> None:
    boas = [ex.cte(n, agora=instalacao.agora, variante=ex.VARIANTES["uma-nota"]) for n in range(1, 11)]
    for b in boas:
        instalacao.por(1, b.nome, b.dados)
    instalacao.rodar()
    assert instalacao.nomes(1) == sorted(f"{b.chave}-cte.xml" for b in boas)
    assert {instalacao.situacao(b.chave) for b in boas} == {"AGUARDANDO RETORNO"}


@pytest.mark.requisito("CTE-02")
def test_rota_manual_registra_e_espera_a_ordem(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=MANUAL)
    boas = [ex.cte(n, agora=instalacao.agora, variante="uma-nota") for n in (1, 2, 3)]
    for b in boas:
        instalacao.por(1, b.nome, b.dados)
    instalacao.rodar()
    assert instalacao.nomes(1) == []
    assert {instalacao.situacao(b.chave) for b in boas} == {"NÃO ENVIADO"}
    assert instalacao.desfecho(boas[0].nome) == "entregue"
    assert instalacao.doc(boas[0].chave)["etapa"] == "pronto"
    tarefa = instalacao.ordenar("enviar", boas[0].chave)
    assert (tarefa["estado"], tarefa["codigo"]) == ("feita", "SEP-ENVIADO")
    assert instalacao.pedir("enviar", boas[1].chave)["situacao"] == "AGUARDANDO RETORNO"
    assert instalacao.nomes(1) == sorted(f"{b.chave}-cte.xml" for b in boas[:2])
    assert [instalacao.situacao(b.chave) for b in boas] == ["AGUARDANDO RETORNO", "AGUARDANDO RETORNO", "NÃO ENVIADO"]
    assert instalacao.historico(boas[0].chave)[-1]["quem"] == "operador"


@pytest.mark.requisito("CTE-02")
def test_manual_substituida_antes_de_enviar(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(rotas=MANUAL)
    boa = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, "a-cte.xml", boa.dados)
    instalacao.soltar(1, "b-cte.xml", corrigida(boa).dados)
    assert instalacao.caminho(boa.chave) == ["NÃO ENVIADO", "NÃO ENVIADO"]
    instalacao.ordenar("enviar", boa.chave)
    assert b"CARGA GERAL" in instalacao.ler(1, f"{boa.chave}-cte.xml")
    instalacao.soltar(1, "c-cte.xml", corrigida(boa).dados)
    assert instalacao.desfecho("c-cte.xml") == "duplicado"


@pytest.mark.requisito("CTE-14", "NOM-02", "SEP-08")
def test_repetido_com_o_mesmo_nome_aponta_o_primeiro(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="a-cte.xml")
    instalacao.soltar(1, "a-cte.xml", e.exportacao.dados)
    assert instalacao.desfecho("a-cte.xml") == "duplicado"
    assert instalacao.nomes(1) == []
    assert instalacao.nomes(2) == ["a-cte.json"]
    json_ = instalacao.json(2, "a-cte.json")
    assert (json_["codigo"], json_["chave"]) == ("SEP-DUPLICADO", e.chave)
    assert instalacao.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    primeiro = instalacao.banco.uma("SELECT id FROM arquivo ORDER BY id LIMIT 1")
    assert primeiro is not None
    assert instalacao.arquivo("a-cte.xml")["duplicado_de"] == primeiro["id"]
    assert instalacao.falhas() == []
    assert [p.name for p in instalacao.recortes("duplicados")] == [f"{instalacao.arquivo('a-cte.xml')['id']}_a-cte.xml"]


@pytest.mark.requisito("CTE-14", "NOM-02")
def test_repetido_com_outro_nome_recebe_tambem_um_err(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1, nome="a-cte.xml")
    instalacao.limpar(2)
    instalacao.soltar(1, "b-cte.xml", e.exportacao.dados)
    assert instalacao.nomes(2) == ["b-cte.err", "b-cte.json"]
    mensagem = instalacao.json(2, "b-cte.json")["mensagem"]
    assert "a-cte.xml" in mensagem
    assert str(instalacao.doc(e.chave)["protocolo"]) in mensagem
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-04")
@pytest.mark.parametrize("estado", ["AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ", "CANCELADO"])
def test_outro_conteudo_na_mesma_chave_e_erro_proprio(instalacao: Instalacao, estado: str) -> None:
    e = instalacao.enviado(1, nome="a-cte.xml")
    if estado != "AGUARDANDO RETORNO":
        instalacao.autorizar(e)
    if estado == "CANCELADO":
        instalacao.consultado(e, "101")
    assert instalacao.situacao(e.chave) == estado
    antes = instalacao.caminho(e.chave)
    instalacao.soltar(1, "b-cte.xml", corrigida(e.exportacao).dados)
    assert instalacao.desfecho("b-cte.xml") == "recusado"
    json_ = instalacao.json(2, "b-cte.json")
    assert json_["codigo"] == "SEP-CHAVE-OUTRO-CONTEUDO"
    assert estado in json_["mensagem"]
    assert instalacao.caminho(e.chave) == antes
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("CTE-04")
def test_rejeitado_vai_de_novo_igual(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="a-cte.xml")
    instalacao.rejeitar(e, "209")
    instalacao.soltar(1, "de-novo-cte.xml", e.exportacao.dados)
    assert instalacao.caminho(e.chave)[-2:] == ["REJEITADO PELA SEFAZ", "AGUARDANDO RETORNO"]
    de_novo = instalacao.pegar(1, e.nome)
    assert de_novo == e.dados, "os mesmos bytes assinados"
    instalacao.autorizar(e)
    assert "de-novo-pro-rec.xml" in instalacao.nomes(2), "a resposta sai pelo nome mais novo"


@pytest.mark.requisito("CTE-04")
def test_rejeitado_vai_de_novo_corrigido_com_o_mesmo_numero(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="a-cte.xml")
    instalacao.rejeitar(e, "209")
    assert instalacao.falhas() == ["209"], "um caminhão está parado: o operador vê, com o que fazer"
    assert "IE do emitente" in instalacao.falha("209")["motivo"]
    assert (instalacao.doc(e.chave)["cstat"], "IE do emitente" in instalacao.doc(e.chave)["motivo"]) == ("209", True)
    novo = corrigida(e.exportacao)
    instalacao.soltar(1, "a-cte.xml", novo.dados)
    assert instalacao.caminho(e.chave)[2:] == ["REJEITADO PELA SEFAZ", "NÃO ENVIADO", "AGUARDANDO RETORNO"]
    assert instalacao.falhas() == [], "o documento seguiu"
    corrigido = instalacao.pegar(1, e.nome)
    assert b"CARGA GERAL" in corrigido
    instalacao.autorizar(replace(e, dados=corrigido))
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert b"CARGA GERAL" in instalacao.ler(2, f"{e.chave}-procCTe.xml")


@pytest.mark.requisito("CTE-04")
def test_rejeitado_enviado_de_novo_por_ordem(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.rejeitar(e)
    assert instalacao.ordenar("enviar", e.chave)["estado"] == "feita"
    assert instalacao.pegar(1, e.nome) == e.dados
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-14", "CTE-15")
@pytest.mark.parametrize(("fazer", "processado"), [
    (ex.cte, "cteProc"), (om.cte_simp, "cteSimpProc"), (om.cte_os, "cteOSProc"), (om.gtve, "GTVeProc"),
])  # fmt: skip
def test_ida_e_volta_de_cada_modelo(instalacao: Instalacao, fazer: Callable[..., Exportacao], processado: str) -> None:
    e = instalacao.enviar(fazer(7, agora=instalacao.agora))
    instalacao.autorizar(e)
    assert instalacao.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ"]
    proc = instalacao.ler(2, f"{e.chave}-procCTe.xml")
    conferir_valido(proc)
    assert etree.QName(etree.fromstring(proc)).localname == processado
    assinado = re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados)
    assert assinado in proc, "o que foi assinado está inteiro, byte a byte"
    assert instalacao.nomes(2) == [f"{e.base}-pro-rec.xml", f"{e.chave}-procCTe.xml"]


@pytest.mark.requisito("CTE-14")
def test_assinado_de_fora_e_conferido_e_nunca_tocado(instalacao: Instalacao, fazer_instalacao: Fazer) -> None:
    e = instalacao.enviado(1)
    instalacao.fechar()
    outra = fazer_instalacao(aberta=False, dados="outros-dados")
    largar(outra.pasta)
    outra.abrir()
    outra.soltar(1, "assinado-cte.xml", e.dados)
    assert outra.ler(1, e.nome) == e.dados
    adulterado = e.dados.replace(b"CARGA SECA", b"CARGA SECa")
    outra.soltar(1, "adulterado-cte.xml", adulterado)
    assert outra.desfecho("adulterado-cte.xml") == "recusado"
    assert outra.json(2, "adulterado-cte.json")["codigo"] == "297"


@pytest.mark.requisito("CTE-14")
def test_normalizacao_anotada(instalacao: Instalacao) -> None:
    boa = ex.cte(1, agora=instalacao.agora, variante="indentado-sem-qr")
    instalacao.soltar(1, "a-cte.xml", boa.dados)
    assert instalacao.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assinado = instalacao.ler(1, f"{boa.chave}-cte.xml")
    assert b"<qrCodCTe>" in assinado
    assert not re.search(rb">\s+<", assinado)
    notas = " ".join(json.loads(instalacao.arquivo("a-cte.xml")["notas"]))
    assert "BOM" in notas
    assert "QR" in notas


@pytest.mark.requisito("NOM-02", "CTE-14")
@pytest.mark.parametrize("especie", RECUSADAS)
def test_cada_exportacao_ruim_tem_err_e_json_com_os_codigos(instalacao: Instalacao, especie: str) -> None:
    r = ruim(especie, 9, agora=instalacao.agora)
    evento = especie.startswith("evento")
    nome = "ruim-ped-eve.xml" if evento else "ruim-cte.xml"
    instalacao.por(1, nome, r.exportacao.dados)
    instalacao.passar(6)  # a file that was cut off is taken as it is after five quiet times
    base = nome.removesuffix(".xml")
    assert instalacao.desfecho(nome) == "recusado"
    assert instalacao.nomes(2) == [f"{base}.err", f"{base}.json"]
    corpo = instalacao.json(2, f"{base}.json")
    assert set(r.codigos) <= {erro["codigo"] for erro in corpo["erros"]}
    assert corpo["arquivo"] == nome
    assert list(corpo) == ["codigo", "mensagem", "arquivo", "chave", "erros"]
    for erro in corpo["erros"]:
        assert list(erro) == ["codigo", "regra", "linha", "tag", "mensagem", "o_que_fazer"]
        assert erro["mensagem"]
        assert erro["o_que_fazer"]
    assert instalacao.nomes(1) == []
    assert instalacao.falhas() == [corpo["codigo"]]
    assert not instalacao.tem(r.exportacao.chave)
    assert not (instalacao.dados / "incidentes").exists()


@pytest.mark.requisito("SEP-05")
def test_a_falha_sai_quando_o_mesmo_nome_da_certo(instalacao: Instalacao) -> None:
    r = ruim("ie-emitente", 1, agora=instalacao.agora)
    instalacao.soltar(1, "a-cte.xml", r.exportacao.dados)
    assert instalacao.falhas() == ["209"]
    instalacao.soltar(1, "a-cte.xml", ex.cte(1, agora=instalacao.agora).dados)
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-14")
def test_ambiente_252(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(ambiente="producao")
    instalacao.soltar(1, "hom-cte.xml", ex.cte(1, agora=instalacao.agora, tp_amb="2").dados)
    instalacao.soltar(1, "prod-cte.xml", ex.cte(2, agora=instalacao.agora, tp_amb="1").dados)
    assert instalacao.json(2, "hom-cte.json")["codigo"] == "252"
    assert instalacao.desfecho("prod-cte.xml") == "entregue"


@pytest.mark.requisito("CTE-14", "NOM-02")
def test_empresa_que_nao_esta_na_configuracao(instalacao: Instalacao) -> None:
    instalacao.soltar(1, "x-cte.xml", ex.cte(1, agora=instalacao.agora, emitente=empresas.OUTRA_TRANSPORTADORA).dados)
    assert instalacao.desfecho("x-cte.xml") == "recusado"
    assert instalacao.json(2, "x-cte.json")["codigo"] == "SEP-EMPRESA"


@pytest.mark.requisito("CTE-14", "SEP-05", "SEP-08")
def test_empresa_sem_certificado_espera_e_segue_sozinha(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(com_certificado=False)
    boa = ex.cte(1, agora=instalacao.agora)
    instalacao.soltar(1, "a-cte.xml", boa.dados)
    assert instalacao.desfecho("a-cte.xml") is None
    assert instalacao.arquivo("a-cte.xml")["etapa"] == "retido"
    assert instalacao.nomes(1) == []
    assert set(instalacao.falhas()) == {"SEP-SEM-CERTIFICADO"}
    instalacao.passar(300)
    assert instalacao.desfecho("a-cte.xml") is None
    instalacao.por_certificado()
    instalacao.passar(1)
    assert instalacao.desfecho("a-cte.xml") == "entregue"
    assert instalacao.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-14", "SEP-08")
def test_retido_por_certificado_atravessa_reinicio(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(com_certificado=False)
    instalacao.soltar(1, "a-cte.xml", ex.cte(1, agora=instalacao.agora).dados)
    instalacao.reabrir()
    instalacao.rodar()
    assert instalacao.desfecho("a-cte.xml") is None
    instalacao.por_certificado()
    instalacao.reabrir()
    instalacao.passar(120)
    assert instalacao.desfecho("a-cte.xml") == "entregue"


@pytest.mark.requisito("SEP-08")
def test_nome_em_latin1_e_com_quebra_de_linha_da_a_volta_inteira(instalacao: Instalacao) -> None:
    """The return for the WMS has the very bytes of the input's name."""
    boa = ex.cte(1, agora=instalacao.agora, variante="uma-nota")
    nome = b"nota_\xe7\xe3o\n1-cte.xml"
    instalacao.soltar(1, nome, boa.dados)
    assert instalacao.desfecho(nome) == "entregue"
    retorno = rt.autorizado(
        instalacao.pegar(1, f"{boa.chave}-cte.xml"), f"{boa.chave}-cte.xml".encode(), agora=instalacao.agora
    )
    instalacao.soltar(2, retorno.nome, retorno.dados)
    assert (instalacao.destino(2) / b"nota_\xe7\xe3o\n1-pro-rec.xml".decode("utf-8", "surrogateescape")).exists()
