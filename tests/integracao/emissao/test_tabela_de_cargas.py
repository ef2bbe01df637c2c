"""The products of the table of good loads: signed, good for an independent program, authorised by the local SEFAZ."""

import os
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from separador.capacidades.emissao.arquivos.leitura import assinar
from separador.capacidades.emissao.dominio.valores import AAssinar, Assinados
from separador.demonstracao.empresas import EMITENTE, REMETENTE_SP
from separador.fiscal.preparo import ContextoPreparo
from tests.apoio.certificados import assinador_demo
from tests.apoio.emissao import AGORA, ROTA_DA_CARGA, em_yaml
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede
from tests.apoio.tabela_de_cargas import CASOS, conteudo_de, julgada

XMLSEC1 = ("xmlsec1", "--verify", "--insecure", "--enabled-key-data", "x509,rsa", "--id-attr:Id", "infCte")


@pytest.mark.requisito("CTE-14")
def test_o_xmlsec1_aceita_cada_assinatura(tmp_path: Path) -> None:
    if shutil.which("xmlsec1") is None:
        if os.environ.get("CI"):
            pytest.fail("falta xmlsec1")
        pytest.skip("FALTA xmlsec1")
    assinador = assinador_demo(AGORA)
    contexto = ContextoPreparo("2", AGORA, dict.fromkeys((EMITENTE.cnpj, REMETENTE_SP.cnpj), assinador))
    arquivo = tmp_path / "assinado.xml"
    for nome, caso in CASOS.items():
        (documento,) = julgada(caso).documentos
        feito = assinar(AAssinar(((1, documento.xml),)), contexto)
        assert isinstance(feito, Assinados), (nome, feito)
        arquivo.write_bytes(zlib.decompress(feito.documentos[0].comprimido))
        visto = subprocess.run([*XMLSEC1, str(arquivo)], capture_output=True, timeout=60, check=False)
        assert visto.returncode == 0, (nome, visto.stderr)


@pytest.mark.requisito("CARGA-01", "SEFAZ-09")
def test_a_sefaz_local_autoriza_cada_uma(fazer: Callable[..., InstalacaoEmRede]) -> None:
    """Those that need no registry or configuration of their own, dropped at once into one installation."""
    i = fazer()
    comuns = [
        c
        for c in CASOS.values()
        if not {"empresa", "emissao", "registros", "parte_de"} & c.keys()
        and not {"cte_complementados", "cte_substituido"} & c.get("cte", {}).keys()
    ]
    for n, caso in enumerate(comuns):
        conteudo = conteudo_de(caso) | {"carga": f"T{n}"}
        i.por(ROTA_DA_CARGA, f"T{n}-carga.yaml", em_yaml(conteudo))
    i.rodar()
    i.passar(10)
    for n, caso in enumerate(comuns):
        resposta = i.json(ROTA_DA_CARGA, f"T{n}-ret.json")
        assert resposta["resultado"] == "gerada", (caso["caso"], resposta["erros"])
        (documento,) = resposta["documentos"]
        assert i.situacao(documento["chave"]) == AUTORIZADO, (caso["caso"], dict(i.doc(documento["chave"])))
    assert [s["proximo"] for s in i.banco.todas("SELECT proximo FROM numeracao WHERE serie = 1")] == [
        1 + sum("serie" not in c.get("cte", {}) for c in comuns)
    ]


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
