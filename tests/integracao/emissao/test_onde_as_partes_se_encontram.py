"""Tests what holds for every kind and mode of a load: built anew, with an invoice, and for an MDF-e."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from separador.capacidades.emissao.arquivos.mdfe import partes
from separador.capacidades.emissao.banco.manifesto import ctes_da_carga
from tests.apoio.cargas_de_outras_especies import MODAIS
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, em_yaml
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.apoio.tabela_de_cargas import conteudo_de
from tests.integracao.emissao.test_outras_especies import ESPECIES, com_entregas, de_tudo, sinal_confere

Fazer = Callable[..., InstalacaoEmRede]
NAO_ENVIADO = "NÃO ENVIADO"
PARCELAS = [{"vencimento": "2027-01-20", "valor": "50.00"}, {"vencimento": "2027-02-20", "valor": "50.00"}]
COBRADA = {"valor_receber": "100.00", "cobranca": {"duplicatas": PARCELAS}}
OUTRA_OBSERVACAO = "ENTREGAR NA PORTARIA DOS FUNDOS"


@pytest.fixture
def manual(fazer: Fazer) -> InstalacaoEmRede:
    return _manual(fazer)


def _manual(fazer: Fazer, **outros: Any) -> InstalacaoEmRede:
    """Returns an installation whose loads wait for the order to be sent."""
    i = fazer(**outros)
    i.fechar()
    i.rotas[-1]["envio"] = "manual"
    i.gravar_config()
    i.abrir()
    return i


def _soltar(i: InstalacaoEmRede, conteudo: dict[str, Any], nome: str = "T") -> dict[str, Any]:
    i.soltar(ROTA_DA_CARGA, f"{nome}-carga.yaml", em_yaml(conteudo))
    i.passar(10)
    resposta: dict[str, Any] = i.json(ROTA_DA_CARGA, f"{nome}-ret.json")
    return resposta


def _enviar_tudo(i: InstalacaoEmRede, documentos: list[dict[str, Any]]) -> None:
    for d in documentos:
        assert i.ordenar("enviar", d["chave"])["estado"] == "feita"
        assert i.situacao(d["chave"]) == AUTORIZADO, dict(i.doc(d["chave"]))


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_um_documento_de_cada_especie_e_modal_e_refeito_pelo_arquivo(manual: InstalacaoEmRede) -> None:
    conteudo = de_tudo()
    antes = _soltar(manual, conteudo)
    assert antes["resultado"] == "gerada", antes["erros"]
    chaves = [d["chave"] for d in antes["documentos"]]
    intactos = {c: manual.assinado(c) for c in chaves}
    for cte in conteudo["conhecimentos"]:
        cte["observacao"] = OUTRA_OBSERVACAO
    depois = _soltar(manual, conteudo | {"refazer": "sim"}, "OUTRA")
    assert depois["resultado"] == "gerada", depois["erros"]
    assert [d["chave"] for d in depois["documentos"]] == chaves, "o número e o cCT são os mesmos"
    for chave in chaves:
        assert manual.assinado(chave) != intactos[chave]
        assert OUTRA_OBSERVACAO.encode() in manual.assinado(chave)
        assert manual.situacao(chave) == NAO_ENVIADO
    _enviar_tudo(manual, depois["documentos"])
    assert _soltar(manual, conteudo, "MAIS")["resultado"] == "ja gerada"


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_o_que_nao_mudou_nas_outras_especies_fica(manual: InstalacaoEmRede) -> None:
    conteudo = de_tudo()
    chaves = [d["chave"] for d in _soltar(manual, conteudo)["documentos"]]
    intactos = [manual.assinado(c) for c in chaves]
    conteudo["conhecimentos"][1]["dados_modal"] = MODAIS["aereo"] | {"tarifa": {"CL": "G", "vTar": "9.50"}}
    depois = _soltar(manual, conteudo | {"refazer": "sim"}, "OUTRA")
    assert depois["mensagem"] == "1 CT-e refeito.", depois["erros"]
    agora = [manual.assinado(c) for c in chaves]
    assert [a == b for a, b in zip(agora, intactos, strict=True)] == [i != 1 for i in range(len(chaves))]


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_por_ordem_da_carga_guardada(manual: InstalacaoEmRede) -> None:
    """What is kept of a load is enough for every kind: the registries of now go into each document."""
    documentos = _soltar(manual, de_tudo())["documentos"]
    arquivo = manual.pasta / "config" / "cadastros" / "empresas.yaml"
    texto = arquivo.read_text("utf-8")
    arquivo.write_text(re.sub(r"(?m)^( *(?:- )?)rntrc: .*$", r"\g<0>\n  fantasia: NOVA FANTASIA", texto), "utf-8")
    manual.passar(5)
    for d in documentos:
        linha = manual.ordenar("carga-refazer", d["chave"])
        assert (linha["estado"], linha["codigo"]) == ("feita", "SEP-CARGA-REFEITA"), (d, linha["mensagem"])
        assert b"<xFant>NOVA FANTASIA</xFant>" in manual.assinado(d["chave"])
    _enviar_tudo(manual, documentos)


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_um_documento_nao_muda_de_modelo(manual: InstalacaoEmRede) -> None:
    conteudo = de_tudo()
    chaves = [d["chave"] for d in _soltar(manual, conteudo)["documentos"]]
    intactos = [manual.assinado(c) for c in chaves]
    de, para = (len(chaves) - len(ESPECIES) + ESPECIES.index(e) for e in ("valores", "gtve"))
    conteudo["conhecimentos"][de] = copy.deepcopy(conteudo["conhecimentos"][para])
    resposta = _soltar(manual, conteudo | {"refazer": "sim"}, "OUTRA")
    assert resposta["resultado"] == "recusada"
    assert {(e["codigo"], e["campo"]) for e in resposta["erros"]} == {
        ("SEP-CARGA-DIFERENTE", f"conhecimentos[{de + 1}]")
    }
    assert [manual.assinado(c) for c in chaves] == intactos


@pytest.mark.requisito("CARGA-03", "SEFAZ-09")
def test_a_gtve_em_contingencia_refeita_leva_o_sinal_da_sua_chave(fazer: Fazer) -> None:
    i = _manual(
        fazer, emissao=EMISSAO | {"cadastros": "config/cadastros", "tipo_emissao": "svc"}, ajustes={"svc": True}
    )
    conteudo = conteudo_de({"parte_de": "gtve"})
    (antes,) = _soltar(i, conteudo)["documentos"]
    conteudo["conhecimentos"][0]["gtv"] = conteudo["conhecimentos"][0]["gtv"] | {"quantidade": "5"}
    depois = _soltar(i, conteudo | {"refazer": "sim"}, "OUTRA")
    assert depois["mensagem"] == "1 CT-e refeito.", depois["erros"]
    xml = i.assinado(antes["chave"]).decode()
    assert "<qCarga>5.0000</qCarga>" in xml
    assert sinal_confere(xml)
    _enviar_tudo(i, depois["documentos"])


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_o_que_ficaria_grande_demais_nao_se_refaz(manual: InstalacaoEmRede) -> None:
    (antes,) = _soltar(manual, com_entregas(2))["documentos"]
    intacto = manual.assinado(antes["chave"])
    resposta = _soltar(manual, com_entregas(900) | {"refazer": "sim"}, "OUTRA")
    assert [(e["codigo"], e["campo"]) for e in resposta["erros"]] == [("214", "conhecimentos[1]")]
    assert manual.assinado(antes["chave"]) == intacto


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_o_erro_do_grupo_do_modal_e_dito_nele_tambem_ao_refazer(manual: InstalacaoEmRede) -> None:
    conteudo = de_tudo()
    _soltar(manual, conteudo)
    conteudo["conhecimentos"][1]["dados_modal"] = {"natCarga": {"cInfManu": ["99"]}}
    resposta = _soltar(manual, conteudo | {"refazer": "sim"}, "OUTRA")
    assert {(e["codigo"], e["campo"]) for e in resposta["erros"]} == {("580", "conhecimentos[2].dados_modal")}


@pytest.mark.requisito("EMIS-23")
def test_a_cobranca_das_especies_que_a_tem(fazer: Fazer) -> None:
    i = fazer()
    conteudo = de_tudo()
    for cte in conteudo["conhecimentos"][:-1]:
        cte.update(copy.deepcopy(COBRADA))
    conteudo["padrao"]["cobranca"] = {"fatura": {"numero": "NUNCA"}}
    resposta = _soltar(i, conteudo)
    assert resposta["resultado"] == "gerada", resposta["erros"]
    for d in resposta["documentos"][:-1]:
        xml = i.assinado(d["chave"]).decode()
        assert i.situacao(d["chave"]) == AUTORIZADO
        assert re.findall(r"<nFat>(.*?)</nFat>", xml) == [str(d["numero"])]
        assert re.findall(r"<nDup>(.*?)</nDup><dVenc>(.*?)</dVenc><vDup>(.*?)</vDup>", xml) == [
            (f"{d['numero']}-1", "2027-01-20", "50.00"), (f"{d['numero']}-2", "2027-02-20", "50.00"),
        ]  # fmt: skip
    assert b"<cobr>" not in i.assinado(resposta["documentos"][-1]["chave"]), "a GTV-e não cobra nada"


@pytest.mark.requisito("EMIS-23")
def test_a_cobranca_numa_gtve_e_recusada(fazer: Fazer) -> None:
    conteudo = de_tudo()
    conteudo["conhecimentos"] = conteudo["conhecimentos"][-1:]
    conteudo["conhecimentos"][0]["cobranca"] = {"fatura": {"numero": "F"}}
    resposta = _soltar(fazer(), conteudo)
    assert [(e["codigo"], e["campo"]) for e in resposta["erros"]] == [
        ("SEP-CARGA-ESQUEMA", "conhecimentos[1].cobranca")
    ]


@pytest.mark.requisito("EMIS-03", "EMIS-24")
def test_o_mdfe_leva_os_ct_e_e_cada_entrega_do_simplificado(fazer: Fazer) -> None:
    """A CT-e OS and a GTV-e are in no MDF-e of goods; a Simplificado unloads where each of its deliveries ends."""
    i = fazer()
    conteudo = de_tudo()
    simplificado = conteudo["conhecimentos"][-2]
    simplificado["entregas"][1]["cod_cid_fim"] = "3304557"
    simplificado["medidas"] = [
        {"unidade": "KG", "tipo": "02", "quantidade": "90"}, {"unidade": "TON", "tipo": "03", "quantidade": "0.1"},
    ]  # fmt: skip
    documentos = _soltar(i, conteudo)["documentos"]
    ctes = ctes_da_carga(i.banco.conn, conteudo["carga"])
    assert ctes is not None
    (parte,) = json.loads(json.dumps(partes(conteudo["carga"], ctes)))
    do_57 = [d["chave"] for d in documentos if d["modelo"] == "57"]
    o_simplificado = documentos[-2]["chave"]
    onde = {x["cMun"]: x["chCTe"] for x in parte["infMunDescarga"]}
    assert onde == {"3303302": do_57, "3304557": [o_simplificado]}
    assert parte["tot"]["qCTe"] == len(do_57)
    pesos = [i.assinado(c).decode() for c in do_57[:-1]]
    dos_outros = sum(float(re.findall(r"<qCarga>(.*?)</qCarga>", x)[0]) for x in pesos)
    assert float(parte["tot"]["peso_kg"]) == pytest.approx(dos_outros + 100)
