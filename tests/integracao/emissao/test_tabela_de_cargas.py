"""The products of the table of good loads: signed, good for an independent program, authorised by the local SEFAZ."""

import os
import re
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from separador.capacidades.emissao.arquivos.leitura import assinar
from separador.capacidades.emissao.dominio.valores import AAssinar, Assinados
from separador.demonstracao.empresas import EMITENTE, REMETENTE_SP
from separador.fiscal.preparo import ContextoPreparo
from tests.apoio.certificados import assinador_demo
from tests.apoio.emissao import AGORA, EMISSAO, ROTA_DA_CARGA, em_yaml
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.apoio.tabela_de_cargas import CASOS, PALAVRAS, conteudo_de, julgada, registros_de

XMLSEC1 = ("xmlsec1", "--verify", "--insecure", "--enabled-key-data", "x509,rsa", "--id-attr:Id", "infCte")


@pytest.mark.requisito("CTE-14")
@pytest.mark.timeout(400)
def test_o_xmlsec1_aceita_cada_assinatura(tmp_path: Path) -> None:
    if shutil.which("xmlsec1") is None:
        if os.environ.get("CI"):
            pytest.fail("falta xmlsec1")
        pytest.skip("FALTA xmlsec1")
    assinador = assinador_demo(AGORA)
    contexto = ContextoPreparo("2", AGORA, dict.fromkeys((EMITENTE.cnpj, REMETENTE_SP.cnpj), assinador))
    for n, (nome, caso) in enumerate(CASOS.items()):
        (documento,) = julgada(caso).documentos
        feito = assinar(AAssinar(((1, documento.chave, documento.xml),)), contexto)
        assert isinstance(feito, Assinados), (nome, feito)
        (tmp_path / f"{n}.xml").write_bytes(zlib.decompress(feito.documentos[0].comprimido))
    # one process for all: each start costs more than a verification
    arquivos = [str(tmp_path / f"{n}.xml") for n in range(len(CASOS))]
    visto = subprocess.run([*XMLSEC1, *arquivos], capture_output=True, timeout=300, check=False)
    certos = re.findall(rb"^(?:Verification status: )?OK\b", visto.stdout + visto.stderr, re.MULTILINE)
    assert visto.returncode == 0, visto.stderr
    assert len(certos) == len(arquivos)


MODELOS = {"pessoas": "67", "valores": "67", "bagagem": "67", "gtve": "64"}


def _comum(caso: dict[str, Any]) -> bool:
    """Says whether a case needs neither registries nor a configuration of its own, nor a CT-e that SEFAZ knows."""
    cte = caso.get("cte", {})
    proprio = {"empresa", "emissao", "registros"} & caso.keys()
    da_base = caso.get("parte_de") != "complementar"
    return not proprio and da_base and not {"cte_complementados", "cte_substituido"} & cte.keys()


def _autorizada(i: InstalacaoEmRede, nome: str, base: str) -> None:
    resposta = i.json(ROTA_DA_CARGA, f"{base}-ret.json")
    assert resposta["resultado"] == "gerada", (nome, resposta["erros"])
    (documento,) = resposta["documentos"]
    assert i.situacao(documento["chave"]) == AUTORIZADO, (nome, dict(i.doc(documento["chave"])))


@pytest.mark.requisito("CARGA-01", "SEFAZ-09")
def test_a_sefaz_local_autoriza_cada_uma(fazer: Callable[..., InstalacaoEmRede]) -> None:
    """Those that need nothing of their own, dropped at once into one installation."""
    i = fazer()
    comuns = {nome: caso for nome, caso in CASOS.items() if _comum(caso)}
    for n, caso in enumerate(comuns.values()):
        i.por(ROTA_DA_CARGA, f"T{n}-carga.yaml", em_yaml(conteudo_de(caso) | {"carga": f"T{n}"}))
    i.rodar()
    i.passar(10)
    for n, nome in enumerate(comuns):
        _autorizada(i, nome, f"T{n}")
    da_serie = [nome for nome, c in comuns.items() if "serie" not in c.get("cte", {})]
    modelos = Counter(MODELOS.get(comuns[nome].get("parte_de", ""), "57") for nome in da_serie)
    proximos = i.banco.todas("SELECT modelo, proximo FROM numeracao WHERE serie = 1")
    assert {s["modelo"]: s["proximo"] - 1 for s in proximos} == modelos


@pytest.mark.longo
@pytest.mark.parametrize("nome", [n for n, c in CASOS.items() if not _comum(c)])
def test_a_sefaz_local_autoriza_as_de_cadastro_proprio(fazer: Callable[..., InstalacaoEmRede], nome: str) -> None:
    caso = CASOS[nome]
    conteudo = conteudo_de(caso)
    if any(PALAVRAS[p] in str(conteudo).replace(" ", "") for p in ("ANTERIOR-NOSSO", "OS-NOSSO")):
        pytest.skip("refere um CT-e que a SEFAZ não conhece; o complementar tem o seu teste")
    emissao = caso.get("emissao", {})
    i = fazer(
        registros_de(caso),
        emissao=EMISSAO | {"cadastros": "config/cadastros"} | emissao,
        empresas=(EMITENTE, REMETENTE_SP),
        ajustes={"svc": emissao.get("tipo_emissao") == "svc"},
    )
    i.soltar(ROTA_DA_CARGA, "T-carga.yaml", em_yaml(conteudo))
    i.passar(10)
    _autorizada(i, nome, "T")


@pytest.mark.requisito("EMIS-22")
def test_o_complementar_de_um_cte_autorizado(fazer: Callable[..., InstalacaoEmRede]) -> None:
    """SEFAZ knows the CT-e that is complemented: another load had it authorised."""
    i = fazer()
    chaves = []
    for nome, caso in (("A", CASOS["SP a RJ"]), ("B", CASOS["complementar"])):
        conteudo = conteudo_de(caso) | {"carga": nome}
        if chaves:
            conteudo["conhecimentos"][0]["cte_complementados"] = chaves
        i.soltar(ROTA_DA_CARGA, f"{nome}-carga.yaml", em_yaml(conteudo))
        resposta = i.json(ROTA_DA_CARGA, f"{nome}-ret.json")
        assert resposta["resultado"] == "gerada", resposta["erros"]
        chaves = [resposta["documentos"][0]["chave"]]
        assert i.situacao(chaves[0]) == AUTORIZADO, dict(i.doc(chaves[0]))
