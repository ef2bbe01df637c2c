"""Tests the local SEFAZ with nfelib, a client that others wrote.

nfelib runs in an environment of its own, because it pins old versions. NFELIB_PYTHON names the interpreter of one that
is ready. Without it one is made, which needs the package registry.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import exportacoes as ex
from tests.apoio.cliente_soap import pfx_de
from tests.apoio.sefaz_local import SefazEmFio

PROGRAMA = Path(__file__).with_name("nfelib_cliente.py")
pytestmark = [pytest.mark.longo, pytest.mark.timeout(900), pytest.mark.requisito("SEFAZ-09", "SEFAZ-01")]


@pytest.fixture(scope="module")
def python_do_nfelib(tmp_path_factory: pytest.TempPathFactory) -> str:
    if pronto := os.environ.get("NFELIB_PYTHON"):
        return pronto
    onde = tmp_path_factory.mktemp("nfelib")
    subprocess.run([sys.executable, "-m", "venv", str(onde)], check=True)
    python = str(onde / "bin" / "python")
    feito = subprocess.run(
        [python, "-m", "pip", "install", "-q", "nfelib[soap]==3.2.0"], capture_output=True, text=True
    )
    if feito.returncode != 0:
        pytest.skip(f"o nfelib não pôde ser instalado; a interoperação não foi provada: {feito.stderr[-300:]}")
    return python


def test_nfelib(python_do_nfelib: str, tmp_path: Path) -> None:
    (tmp_path / "c.pfx").write_bytes(pfx_de())
    feito = ex.cte(5, agora=datetime.now(UTC), variante="uma-nota")
    (tmp_path / "cte.xml").write_bytes(feito.dados)
    with SefazEmFio(tmp_path / "sefaz") as sefaz:
        argumentos = [sefaz.endereco, str(sefaz.ca), str(tmp_path / "c.pfx"), "s", str(tmp_path / "cte.xml")]
        dito = subprocess.run(
            [python_do_nfelib, str(PROGRAMA), *argumentos], capture_output=True, text=True, timeout=300,
            env=os.environ | {"REQUESTS_CA_BUNDLE": str(sefaz.ca)},
        )  # fmt: skip
        assert dito.returncode == 0, dito.stderr
        passos = json.loads(dito.stdout)
        documento = sefaz.documento(feito.chave)

    # With what the manual asks for, its transport, its bindings and its own signature do the whole round.
    assert passos["manual"] == {"status": "107", "recepcao": "100 Autorizado o uso do CT-e", "consulta": "100"}
    assert documento is not None
    assert documento["autorizacoes"] == 1

    # As it is, it speaks SOAP 1.1 (text/xml). The manual and the WSDL say 1.2 (MOC 4.00, Visão Geral, 3.2.2).
    assert all("SOAP 1.2" in texto for texto in passos["dele"].values()), passos["dele"]

    # With SOAP 1.2, its status leaves out cUF, which the schema demands (215). Its reception sends the XML as it is,
    # and the manual wants base64 of gzip (244). Its consultation is right; the document is not there yet (217).
    assert passos["soap12"] == {"status": "215", "consulta": "217", "recepcao": "244"}
