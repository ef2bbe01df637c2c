"""Checks our signatures with an independent program: xmlsec1 (Debian package xmlsec1)."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from separador.fiscal.assinatura import Assinador
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.fiscal.retornos import Retorno, interpretar
from tests.apoio.amostras import ouro
from tests.unidade.fiscal.gerador import cte, documento_estranho, indentado

PROGRAMA = shutil.which("xmlsec1")


@pytest.fixture(autouse=True)
def _com_xmlsec1() -> None:
    if PROGRAMA is None and os.environ.get("CI") == "true":
        pytest.fail("xmlsec1 ausente: no CI ele é obrigatório (apt-get install xmlsec1)")
    if PROGRAMA is None:
        pytest.skip("xmlsec1 ausente: instale o pacote xmlsec1 para conferir as assinaturas de forma independente")


def confere(dados: bytes, arquivo: Path) -> bool:
    arquivo.write_bytes(dados)
    comando = [str(PROGRAMA), "--verify", "--insecure", "--enabled-key-data", "x509,rsa"]
    comando += ["--id-attr:Id", "infCte", "--id-attr:Id", "infEvento", str(arquivo)]
    return subprocess.run(comando, capture_output=True, timeout=60).returncode == 0


@pytest.mark.requisito("CTE-14")
@pytest.mark.parametrize("lote", range(4))
def test_200_documentos_gerados(lote: int, assinador: Assinador, tmp_path: Path) -> None:
    falhas = []
    for semente in range(lote * 50, lote * 50 + 50):
        documento = documento_estranho(semente)
        lido = ler(documento)
        assert isinstance(lido, Lido)
        assert lido.tipo is not None
        assinado = assinador.assinar(documento, lido.tipo)
        if not confere(assinado.dados, tmp_path / "a.xml"):
            falhas.append(semente)
    assert falhas == []


@pytest.mark.requisito("CTE-14")
@pytest.mark.parametrize("dados", [cte().encode(), indentado(cte(qr=None, obs="Ação <![CDATA[&]]> fim"))])
def test_o_que_sai_do_preparo(dados: bytes, contexto: ContextoPreparo, tmp_path: Path) -> None:
    p = preparar(dados, contexto)
    assert isinstance(p, Preparado)
    assert confere(com_declaracao(p.assinado), tmp_path / "a.xml")
    assert not confere(com_declaracao(p.assinado).replace(b"DIVERSOS", b"DIVERSAS"), tmp_path / "b.xml")


@pytest.mark.parametrize("nome", ["cteProc.xml", "procEventoCTe.xml"])
def test_documento_tirado_do_processado(nome: str, tmp_path: Path) -> None:
    retorno = interpretar(ouro(nome))
    assert isinstance(retorno, Retorno)
    documento = retorno.respostas[0].documento
    assert documento is not None
    assert confere(documento, tmp_path / "a.xml")
