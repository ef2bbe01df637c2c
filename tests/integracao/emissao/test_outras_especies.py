"""Loads of several kinds and modes in the service: numbered by model, signed, authorised, printed; GTV-e offline."""

import base64
import copy
import re
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509 import load_der_x509_certificate

from separador.capacidades.dacte.papel import imprimir
from separador.capacidades.emissao.banco import numeracao
from tests.apoio.cargas_de_outras_especies import MODAIS
from tests.apoio.emissao import AGORA, EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, cadastros, em_yaml, empresa, nfe
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.apoio.pdf_lido import corrido
from tests.apoio.tabela_de_cargas import BASES, conteudo_de

Fazer = Callable[..., InstalacaoEmRede]
ESPECIES = ("pessoas", "valores", "bagagem", "simplificado", "gtve")


def _cte(**caso: Any) -> dict[str, Any]:
    (cte,) = copy.deepcopy(conteudo_de(caso)["conhecimentos"])
    return cte  # type: ignore[no-any-return]


def de_tudo() -> dict[str, Any]:
    """Returns one load with a CT-e by road, one of each other mode, and one of each other kind."""
    conteudo = conteudo_de({})
    ctes = [_cte()]
    for n, (modal, dados) in enumerate(MODAIS.items(), 20):
        notas = [{"chave": nfe(n, AGORA), "valor": "5000.00"}]
        ctes.append(_cte(cte={"modal": modal, "dados_modal": dados, "notas": notas}))
    ctes += [_cte(parte_de=especie) for especie in ESPECIES]
    for n, entrega in enumerate(ctes[-2]["entregas"], 30):
        entrega["notas"][0]["chave"] = nfe(n, AGORA)
    return conteudo | {"conhecimentos": ctes}


def _soltar(i: InstalacaoEmRede, conteudo: dict[str, Any], nome: str = "T") -> dict[str, Any]:
    i.soltar(ROTA_DA_CARGA, f"{nome}-carga.yaml", em_yaml(conteudo))
    i.passar(10)
    return i.json(ROTA_DA_CARGA, f"{nome}-ret.json")


@pytest.mark.requisito("CARGA-01", "EMIS-12", "EMIS-16", "EMIS-22", "DACTE-01")
def test_uma_carga_de_todas_as_especies_e_modais(fazer: Fazer) -> None:
    i = fazer()
    resposta = _soltar(i, de_tudo())
    assert resposta["resultado"] == "gerada", resposta["erros"]
    documentos = resposta["documentos"]
    assert [(d["modelo"], d["numero"]) for d in documentos] == [
        *(("57", n) for n in range(1, 7)), *(("67", n) for n in range(1, 4)), ("57", 7), ("64", 1),
    ]  # fmt: skip
    series = {(s["modelo"], s["proximo"]) for s in numeracao.listar(i.banco)}
    assert series == {("57", 8), ("67", 4), ("64", 2)}
    assert [d["valor"] for d in documentos[6:]] == ["3000.00", "3000.00", "3000.00", "200.00", "0.00"]
    for d in documentos:
        assert i.situacao(d["chave"]) == AUTORIZADO, dict(i.doc(d["chave"]))
        pdf = imprimir(i.ler(2, f"{d['chave']}-procCTe.xml"))
        assert isinstance(pdf, bytes), pdf
        assert d["chave"] in corrido(pdf)
    assert i.falhas() == []


@pytest.mark.requisito("EMIS-16", "CARGA-01")
def test_com_um_erro_numa_especie_nenhuma_toma_numero(fazer: Fazer) -> None:
    i = fazer()
    conteudo = de_tudo()
    valores = next(c for c in conteudo["conhecimentos"] if c.get("tipo_operacao") == "valores")
    valores["gtve"].append(valores["gtve"][0])
    resposta = _soltar(i, conteudo)
    assert (resposta["resultado"], resposta["documentos"]) == ("recusada", [])
    assert [(x["codigo"], x["campo"], x["regra"]) for x in resposta["erros"]] == [
        ("887", "conhecimentos[8].gtve[2].chave", "EMIS-16")
    ]
    assert numeracao.listar(i.banco) == []


@pytest.mark.requisito("CARGA-03", "EMIS-22")
def test_cada_especie_se_refaz_com_o_seu_numero(fazer: Fazer) -> None:
    """By the corrected load all of them, then one by order: the code does not know of which kind a document is."""
    i = fazer(rotas=[*ROTAS_COM_CARGA[:-1], ROTAS_COM_CARGA[-1] | {"envio": "manual"}])
    conteudo = de_tudo()
    antes = [(d["chave"], d["modelo"], d["numero"]) for d in _soltar(i, conteudo)["documentos"]]
    for cte in conteudo["conhecimentos"]:
        cte["observacao"] = "CORRIGIDO"
    resposta = _soltar(i, conteudo | {"refazer": True}, "U")
    assert resposta.get("mensagem") == f"{len(antes)} CT-e refeitos.", resposta["erros"]
    assert [(d["chave"], d["modelo"], d["numero"]) for d in resposta["documentos"]] == antes
    for chave, _, _ in antes:
        assert b"CORRIGIDO" in i.assinado(chave)
        assert i.ordenar("carga-refazer", chave)["codigo"] == "SEP-CARGA-REFEITA"
        assert i.ordenar("enviar", chave)["estado"] == "feita"
    i.passar(10)
    assert {i.situacao(chave) for chave, _, _ in antes} == {AUTORIZADO}
    assert i.falhas() == []


@pytest.mark.requisito("CARGA-02")
def test_uma_gtve_nao_espera_informacoes_complementares(fazer: Fazer) -> None:
    i = fazer()
    conteudo = conteudo_de({"parte_de": "gtve"})
    del conteudo["informacoes_complementares"]
    assert _soltar(i, conteudo)["resultado"] == "gerada"
    pessoas = conteudo_de({"parte_de": "pessoas"}) | {"carga": "P"}
    del pessoas["informacoes_complementares"]
    i.soltar(ROTA_DA_CARGA, "P-carga.yaml", em_yaml(pessoas))
    assert i.desfecho("P-carga.yaml") is None  # it waits
    assert i.falhas() == ["SEP-CARGA-COMPLEMENTAR"]


def sinal_confere(xml: str) -> bool:
    """Verifies the parameter `sign` of the QR code with the document's own certificate."""
    chave = re.search(r'Id="CTe([^"]+)"', xml)
    sinal = re.search(r"&amp;sign=([^<]+)<", xml)
    certificado = re.search(r"<X509Certificate>([^<]+)<", xml)
    assert chave is not None
    assert sinal is not None
    assert certificado is not None
    publica = load_der_x509_certificate(base64.b64decode(certificado[1])).public_key()
    assert isinstance(publica, RSAPublicKey)
    publica.verify(base64.b64decode(sinal[1]), chave[1].encode(), PKCS1v15(), SHA1())
    return f"?chCTe={chave[1]}&amp;" in xml


@pytest.mark.requisito("EMIS-22", "SEFAZ-09")
def test_a_gtve_em_contingencia_leva_o_sinal_da_sua_chave(fazer: Fazer) -> None:
    """The key that is signed is the one with its number, and two of a load have two."""
    i = fazer(emissao=EMISSAO | {"cadastros": "config/cadastros", "tipo_emissao": "svc"}, ajustes={"svc": True})
    conteudo = conteudo_de({"parte_de": "gtve"})
    conteudo["conhecimentos"] *= 2
    resposta = _soltar(i, conteudo)
    assert resposta["resultado"] == "gerada", resposta["erros"]
    assert len(resposta["documentos"]) == 2
    for d in resposta["documentos"]:
        assert d["chave"][34] == "2"
        assert i.situacao(d["chave"]) == AUTORIZADO, dict(i.doc(d["chave"]))
        xml = i.assinado(d["chave"]).decode()
        assert sinal_confere(xml)
        assert "<xJust>CONTINGENCIA: AUTORIZADOR DA UF INDISPONIVEL</xJust>" in xml


def com_entregas(quantas: int) -> dict[str, Any]:
    conteudo = conteudo_de({"parte_de": "simplificado"})
    uma = BASES["simplificado"]["entregas"][0]
    conteudo["conhecimentos"][0]["entregas"] = [
        uma | {"notas": [{"chave": nfe(n, AGORA), "valor": "1.00"}]} for n in range(1, quantas + 1)
    ]
    return conteudo


@pytest.mark.requisito("EMIS-22")
def test_quantas_entregas_cabem(fazer: Fazer) -> None:
    """The list ends at 999; the pattern of nItem in the official schema ends at 990 already."""
    i = fazer(cadastros(empresas=[empresa(crt="1")]))
    (documento,) = _soltar(i, com_entregas(990))["documentos"]
    assert (documento["valor"], documento["notas"]) == ("99000.00", 990)
    assert i.situacao(documento["chave"]) == AUTORIZADO, dict(i.doc(documento["chave"]))
    assert i.assinado(documento["chave"]).count(b"<det ") == 990
    for quantas, codigo, campo in ((991, "215", ""), (1000, "SEP-CARGA-ESQUEMA", ".entregas")):
        resposta = _soltar(i, com_entregas(quantas) | {"carga": f"{quantas}"}, f"{quantas}")
        assert [(x["codigo"], x["campo"]) for x in resposta["erros"]] == [(codigo, f"conhecimentos[1]{campo}")]


@pytest.mark.requisito("EMIS-22")
def test_o_documento_grande_demais_nao_toma_numero(fazer: Fazer) -> None:
    i = fazer()
    resposta = _soltar(i, com_entregas(900))
    assert [(x["codigo"], x["campo"]) for x in resposta["erros"]] == [("214", "conhecimentos[1]")]
    assert numeracao.listar(i.banco) == []
