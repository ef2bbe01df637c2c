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
from tests.apoio.casa_de_teste import CasaDeTeste
from tests.apoio.maquina import ROTAS

MANUAL = [dict(ROTAS[0]) | {"envio": "manual"}, *ROTAS[1:]]
Fazer = Callable[..., CasaDeTeste]


def corrigida(e: Exportacao, texto: str = "CARGA GERAL") -> Exportacao:
    """Returns other content under the same key."""
    return replace(e, dados=e.dados.replace(b"CARGA SECA", texto.encode()))


def conferir_valido(dados: bytes) -> None:
    lido = ler(dados)
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []


@pytest.mark.requisito("CTE-01", "CTE-02", "CTE-14", "SEP-08")
def test_exportacao_assinada_valida_e_entregue(casa: CasaDeTeste) -> None:
    boa = ex.cte(1, agora=casa.agora)
    casa.soltar(1, "pedido-1-cte.xml", boa.dados)
    assert casa.nomes(1) == [f"{boa.chave}-cte.xml"]
    assinado = casa.ler(1, f"{boa.chave}-cte.xml")
    assert not isinstance(verificar(assinado), Recusa)
    conferir_valido(assinado)
    assert casa.caminho(boa.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    doc = casa.doc(boa.chave)
    assert (doc["modelo"], doc["serie"], doc["numero"], doc["emitente"]) == ("57", "1", "1", "11222333000181")
    assert doc["etapa"] == "publicado"
    linha = casa.arquivo("pedido-1-cte.xml")
    assert (linha["desfecho"], linha["chave"]) == ("entregue", boa.chave)
    assert casa.falhas() == []
    (original,) = casa.recortes("arquivo")
    assert original.read_bytes() == boa.dados
    assert original.name == f"{linha['id']}_pedido-1-cte.xml"
    assert list((casa.dados / "trabalho").iterdir()) == []
    assert casa.nomes(casa.origem(1)) == []


@pytest.mark.requisito("CTE-01")
def test_dez_de_uma_vez_cada_um_na_sua(casa: CasaDeTeste) -> None:
    boas = [ex.cte(n, agora=casa.agora, variante=ex.VARIANTES["uma-nota"]) for n in range(1, 11)]
    for b in boas:
        casa.por(1, b.nome, b.dados)
    casa.rodar()
    assert casa.nomes(1) == sorted(f"{b.chave}-cte.xml" for b in boas)
    assert {casa.situacao(b.chave) for b in boas} == {"AGUARDANDO RETORNO"}


@pytest.mark.requisito("CTE-02")
def test_rota_manual_registra_e_espera_a_ordem(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=MANUAL)
    boas = [ex.cte(n, agora=casa.agora, variante="uma-nota") for n in (1, 2, 3)]
    for b in boas:
        casa.por(1, b.nome, b.dados)
    casa.rodar()
    assert casa.nomes(1) == []
    assert {casa.situacao(b.chave) for b in boas} == {"NÃO ENVIADO"}
    assert casa.desfecho(boas[0].nome) == "entregue"
    assert casa.doc(boas[0].chave)["etapa"] == "pronto"
    tarefa = casa.ordenar("enviar", boas[0].chave)
    assert (tarefa["estado"], tarefa["codigo"]) == ("feita", "SEP-ENVIADO")
    assert casa.pedir("enviar", boas[1].chave)["situacao"] == "AGUARDANDO RETORNO"
    assert casa.nomes(1) == sorted(f"{b.chave}-cte.xml" for b in boas[:2])
    assert [casa.situacao(b.chave) for b in boas] == ["AGUARDANDO RETORNO", "AGUARDANDO RETORNO", "NÃO ENVIADO"]
    assert casa.historico(boas[0].chave)[-1]["quem"] == "operador"


@pytest.mark.requisito("CTE-02")
def test_manual_substituida_antes_de_enviar(fazer_casa: Fazer) -> None:
    casa = fazer_casa(rotas=MANUAL)
    boa = ex.cte(1, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, "a-cte.xml", boa.dados)
    casa.soltar(1, "b-cte.xml", corrigida(boa).dados)
    assert casa.caminho(boa.chave) == ["NÃO ENVIADO", "NÃO ENVIADO"]
    casa.ordenar("enviar", boa.chave)
    assert b"CARGA GERAL" in casa.ler(1, f"{boa.chave}-cte.xml")
    casa.soltar(1, "c-cte.xml", corrigida(boa).dados)
    assert casa.desfecho("c-cte.xml") == "duplicado"


@pytest.mark.requisito("CTE-14", "NOM-02", "SEP-08")
def test_repetido_com_o_mesmo_nome_aponta_o_primeiro(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="a-cte.xml")
    casa.soltar(1, "a-cte.xml", e.exportacao.dados)
    assert casa.desfecho("a-cte.xml") == "duplicado"
    assert casa.nomes(1) == []
    assert casa.nomes(2) == ["a-cte.json"]
    json_ = casa.json(2, "a-cte.json")
    assert (json_["codigo"], json_["chave"]) == ("SEP-DUPLICADO", e.chave)
    assert casa.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    primeiro = casa.banco.uma("SELECT id FROM arquivo ORDER BY id LIMIT 1")
    assert primeiro is not None
    assert casa.arquivo("a-cte.xml")["duplicado_de"] == primeiro["id"]
    assert casa.falhas() == []
    assert [p.name for p in casa.recortes("duplicados")] == [f"{casa.arquivo('a-cte.xml')['id']}_a-cte.xml"]


@pytest.mark.requisito("CTE-14", "NOM-02")
def test_C7_repetido_com_outro_nome_recebe_tambem_um_err(casa: CasaDeTeste) -> None:
    e = casa.autorizado(1, nome="a-cte.xml")
    casa.limpar(2)
    casa.soltar(1, "b-cte.xml", e.exportacao.dados)
    assert casa.nomes(2) == ["b-cte.err", "b-cte.json"]
    mensagem = casa.json(2, "b-cte.json")["mensagem"]
    assert "a-cte.xml" in mensagem
    assert str(casa.doc(e.chave)["protocolo"]) in mensagem
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-04")
@pytest.mark.parametrize("estado", ["AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ", "CANCELADO"])
def test_outro_conteudo_na_mesma_chave_e_erro_proprio(casa: CasaDeTeste, estado: str) -> None:
    e = casa.enviado(1, nome="a-cte.xml")
    if estado != "AGUARDANDO RETORNO":
        casa.autorizar(e)
    if estado == "CANCELADO":
        casa.consultado(e, "101")
    assert casa.situacao(e.chave) == estado
    antes = casa.caminho(e.chave)
    casa.soltar(1, "b-cte.xml", corrigida(e.exportacao).dados)
    assert casa.desfecho("b-cte.xml") == "recusado"
    json_ = casa.json(2, "b-cte.json")
    assert json_["codigo"] == "SEP-CHAVE-OUTRO-CONTEUDO"
    assert estado in json_["mensagem"]
    assert casa.caminho(e.chave) == antes
    assert casa.nomes(1) == []


@pytest.mark.requisito("CTE-04")
def test_rejeitado_vai_de_novo_igual(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="a-cte.xml")
    casa.rejeitar(e, "209")
    casa.soltar(1, "de-novo-cte.xml", e.exportacao.dados)
    assert casa.caminho(e.chave)[-2:] == ["REJEITADO PELA SEFAZ", "AGUARDANDO RETORNO"]
    de_novo = casa.pegar(1, e.nome)
    assert de_novo == e.dados, "os mesmos bytes assinados"
    casa.autorizar(e)
    assert "de-novo-pro-rec.xml" in casa.nomes(2), "a resposta sai pelo nome mais novo"


@pytest.mark.requisito("CTE-04")
def test_rejeitado_vai_de_novo_corrigido_com_o_mesmo_numero(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="a-cte.xml")
    casa.rejeitar(e, "209")
    assert casa.falhas() == ["209"], "um caminhão está parado: o operador vê, com o que fazer"
    assert "IE do emitente" in casa.falha("209")["motivo"]
    assert (casa.doc(e.chave)["cstat"], "IE do emitente" in casa.doc(e.chave)["motivo"]) == ("209", True)
    novo = corrigida(e.exportacao)
    casa.soltar(1, "a-cte.xml", novo.dados)
    assert casa.caminho(e.chave)[2:] == ["REJEITADO PELA SEFAZ", "NÃO ENVIADO", "AGUARDANDO RETORNO"]
    assert casa.falhas() == [], "o documento seguiu"
    corrigido = casa.pegar(1, e.nome)
    assert b"CARGA GERAL" in corrigido
    casa.autorizar(replace(e, dados=corrigido))
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert b"CARGA GERAL" in casa.ler(2, f"{e.chave}-procCTe.xml")


@pytest.mark.requisito("CTE-04")
def test_rejeitado_enviado_de_novo_por_ordem(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    casa.rejeitar(e)
    assert casa.ordenar("enviar", e.chave)["estado"] == "feita"
    assert casa.pegar(1, e.nome) == e.dados
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-14", "CTE-15")
@pytest.mark.parametrize(("fazer", "processado"), [
    (ex.cte, "cteProc"), (om.cte_simp, "cteSimpProc"), (om.cte_os, "cteOSProc"), (om.gtve, "GTVeProc"),
])  # fmt: skip
def test_ida_e_volta_de_cada_modelo(casa: CasaDeTeste, fazer: Callable[..., Exportacao], processado: str) -> None:
    e = casa.enviar(fazer(7, agora=casa.agora))
    casa.autorizar(e)
    assert casa.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ"]
    proc = casa.ler(2, f"{e.chave}-procCTe.xml")
    conferir_valido(proc)
    assert etree.QName(etree.fromstring(proc)).localname == processado
    assinado = re.sub(rb"^<\?xml[^>]*\?>", b"", e.dados)
    assert assinado in proc, "o que foi assinado está inteiro, byte a byte"
    assert casa.nomes(2) == [f"{e.base}-pro-rec.xml", f"{e.chave}-procCTe.xml"]


@pytest.mark.requisito("CTE-14")
def test_assinado_de_fora_e_conferido_e_nunca_tocado(casa: CasaDeTeste, fazer_casa: Fazer) -> None:
    e = casa.enviado(1)
    casa.fechar()
    outra = fazer_casa(aberta=False, dados="outros-dados")
    outra.abrir()
    outra.soltar(1, "assinado-cte.xml", e.dados)
    assert outra.ler(1, e.nome) == e.dados
    adulterado = e.dados.replace(b"CARGA SECA", b"CARGA SECa")
    outra.soltar(1, "adulterado-cte.xml", adulterado)
    assert outra.desfecho("adulterado-cte.xml") == "recusado"
    assert outra.json(2, "adulterado-cte.json")["codigo"] == "297"


@pytest.mark.requisito("CTE-14")
def test_normalizacao_anotada(casa: CasaDeTeste) -> None:
    boa = ex.cte(1, agora=casa.agora, variante="indentado-sem-qr")
    casa.soltar(1, "a-cte.xml", boa.dados)
    assert casa.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assinado = casa.ler(1, f"{boa.chave}-cte.xml")
    assert b"<qrCodCTe>" in assinado
    assert not re.search(rb">\s+<", assinado)
    notas = " ".join(json.loads(casa.arquivo("a-cte.xml")["notas"]))
    assert "BOM" in notas
    assert "QR" in notas


@pytest.mark.requisito("NOM-02", "CTE-14")
@pytest.mark.parametrize("especie", RECUSADAS)
def test_cada_exportacao_ruim_tem_err_e_json_com_os_codigos(casa: CasaDeTeste, especie: str) -> None:
    r = ruim(especie, 9, agora=casa.agora)
    evento = especie.startswith("evento")
    nome = "ruim-ped-eve.xml" if evento else "ruim-cte.xml"
    casa.por(1, nome, r.exportacao.dados)
    casa.passar(6)  # a file that was cut off is taken as it is after five quiet times
    base = nome.removesuffix(".xml")
    assert casa.desfecho(nome) == "recusado"
    assert casa.nomes(2) == [f"{base}.err", f"{base}.json"]
    corpo = casa.json(2, f"{base}.json")
    assert set(r.codigos) <= {erro["codigo"] for erro in corpo["erros"]}
    assert corpo["arquivo"] == nome
    assert list(corpo) == ["codigo", "mensagem", "arquivo", "chave", "erros"]
    for erro in corpo["erros"]:
        assert list(erro) == ["codigo", "regra", "linha", "tag", "mensagem", "o_que_fazer"]
        assert erro["mensagem"]
        assert erro["o_que_fazer"]
    assert casa.nomes(1) == []
    assert casa.falhas() == [corpo["codigo"]]
    assert not casa.tem(r.exportacao.chave)
    assert not (casa.dados / "incidentes").exists()


@pytest.mark.requisito("SEP-05")
def test_a_falha_sai_quando_o_mesmo_nome_da_certo(casa: CasaDeTeste) -> None:
    r = ruim("ie-emitente", 1, agora=casa.agora)
    casa.soltar(1, "a-cte.xml", r.exportacao.dados)
    assert casa.falhas() == ["209"]
    casa.soltar(1, "a-cte.xml", ex.cte(1, agora=casa.agora).dados)
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-14")
def test_ambiente_252(fazer_casa: Fazer) -> None:
    casa = fazer_casa(ambiente="producao")
    casa.soltar(1, "hom-cte.xml", ex.cte(1, agora=casa.agora, tp_amb="2").dados)
    casa.soltar(1, "prod-cte.xml", ex.cte(2, agora=casa.agora, tp_amb="1").dados)
    assert casa.json(2, "hom-cte.json")["codigo"] == "252"
    assert casa.desfecho("prod-cte.xml") == "entregue"


@pytest.mark.requisito("CTE-14", "NOM-02")
def test_empresa_que_nao_esta_na_configuracao(casa: CasaDeTeste) -> None:
    casa.soltar(1, "x-cte.xml", ex.cte(1, agora=casa.agora, emitente=empresas.OUTRA_TRANSPORTADORA).dados)
    assert casa.desfecho("x-cte.xml") == "recusado"
    assert casa.json(2, "x-cte.json")["codigo"] == "SEP-EMPRESA"


@pytest.mark.requisito("CTE-14", "SEP-05", "SEP-08")
def test_empresa_sem_certificado_espera_e_segue_sozinha(fazer_casa: Fazer) -> None:
    casa = fazer_casa(com_certificado=False)
    boa = ex.cte(1, agora=casa.agora)
    casa.soltar(1, "a-cte.xml", boa.dados)
    assert casa.desfecho("a-cte.xml") is None
    assert casa.arquivo("a-cte.xml")["etapa"] == "retido"
    assert casa.nomes(1) == []
    assert set(casa.falhas()) == {"SEP-SEM-CERTIFICADO"}
    casa.passar(300)
    assert casa.desfecho("a-cte.xml") is None
    casa.por_certificado()
    casa.passar(1)
    assert casa.desfecho("a-cte.xml") == "entregue"
    assert casa.situacao(boa.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-14", "SEP-08")
def test_retido_por_certificado_atravessa_reinicio(fazer_casa: Fazer) -> None:
    casa = fazer_casa(com_certificado=False)
    casa.soltar(1, "a-cte.xml", ex.cte(1, agora=casa.agora).dados)
    casa.reabrir()
    casa.rodar()
    assert casa.desfecho("a-cte.xml") is None
    casa.por_certificado()
    casa.reabrir()
    casa.passar(120)
    assert casa.desfecho("a-cte.xml") == "entregue"


@pytest.mark.requisito("SEP-08")
def test_nome_em_latin1_e_com_quebra_de_linha_da_a_volta_inteira(casa: CasaDeTeste) -> None:
    """The return for the WMS has the very bytes of the input's name."""
    boa = ex.cte(1, agora=casa.agora, variante="uma-nota")
    nome = b"nota_\xe7\xe3o\n1-cte.xml"
    casa.soltar(1, nome, boa.dados)
    assert casa.desfecho(nome) == "entregue"
    retorno = rt.autorizado(casa.pegar(1, f"{boa.chave}-cte.xml"), f"{boa.chave}-cte.xml".encode(), agora=casa.agora)
    casa.soltar(2, retorno.nome, retorno.dados)
    assert (casa.destino(2) / b"nota_\xe7\xe3o\n1-pro-rec.xml".decode("utf-8", "surrogateescape")).exists()
