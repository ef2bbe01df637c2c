"""Calls each service of the local SEFAZ with curl and a client certificate."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos as om
from separador.demonstracao.empresas import EMITENTE
from tests.apoio.cliente_soap import CTE, assinar, pem_de, pfx_de
from tests.apoio.sefaz_local import SefazEmFio

ROTEIRO = Path(__file__).with_name("sefaz_curl.sh")
pytestmark = [
    pytest.mark.requisito("SEFAZ-09", "SEFAZ-01"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="sem curl nesta máquina: a interoperação não foi provada"),
]


def _preparar(pasta: Path, agora: datetime) -> str:
    feitos = {
        "cte": ex.cte(1, agora=agora), "ctesimp": om.cte_simp(2, agora=agora), "cteos": om.cte_os(3, agora=agora),
        "gtve": om.gtve(4, agora=agora),
    }  # fmt: skip
    for nome, feito in feitos.items():
        (pasta / f"{nome}.xml").write_bytes(assinar(feito.dados, agora=agora))
    chave = feitos["cte"].chave
    (pasta / "sta.xml").write_text(
        f'<consStatServCTe xmlns="{CTE}" versao="4.00"><tpAmb>2</tpAmb><cUF>35</cUF>'
        "<xServ>STATUS</xServ></consStatServCTe>"
    )
    (pasta / "sit.xml").write_text(
        f'<consSitCTe xmlns="{CTE}" versao="4.00"><tpAmb>2</tpAmb><xServ>CONSULTAR</xServ>'
        f"<chCTe>{chave}</chCTe></consSitCTe>"
    )
    (pasta / "dist.xml").write_text(
        f'<distDFeInt xmlns="{CTE}" versao="1.00"><tpAmb>2</tpAmb><cUFAutor>35</cUFAutor><CNPJ>{EMITENTE.cnpj}</CNPJ>'
        "<distNSU><ultNSU>000000000000000</ultNSU></distNSU></distDFeInt>"
    )
    return chave


def test_curl_em_cada_servico(tmp_path: Path) -> None:
    agora = datetime.now(UTC)
    chave = _preparar(tmp_path, agora)
    with SefazEmFio(tmp_path / "sefaz") as sefaz:

        def rodar() -> dict[str, str]:
            comando = [str(ROTEIRO), sefaz.endereco, str(sefaz.ca), str(pem_de(pfx_de(), tmp_path)), str(tmp_path)]
            feito = subprocess.run(comando, capture_output=True, text=True, timeout=60)
            assert feito.returncode == 0, feito.stderr
            return dict(linha.split(" ", 1) for linha in feito.stdout.splitlines())

        assert rodar() == {
            "CTeStatusServicoV4": "107",
            "CTeRecepcaoSincV4": "100",
            "CTeRecepcaoSimpV4": "100",
            "CTeRecepcaoOSV4": "100",
            "CTeRecepcaoGTVeV4": "100",
            "CTeConsultaV4": "100",
            "CTeDistribuicaoDFe": "137",
            "WSDL": "cteConsultaCT",
        }
        documento = sefaz.documento(chave)
        assert documento is not None
        cancelamento = ev.cancelamento(chave, documento["nprot"], agora=datetime.now(UTC))
        (tmp_path / "evento.xml").write_bytes(assinar(cancelamento.dados, agora=datetime.now(UTC)))
        assert rodar() == {"CTeRecepcaoEventoV4": "135", "CTeConsultaV4": "135"}, "a consulta acaba no evento"
        assert b"<cStat>101<" in (tmp_path / "sit.xml.ret").read_bytes()
        assert len(sefaz.razao()["documentos"]) == 4
