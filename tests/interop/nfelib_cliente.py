"""Calls the local SEFAZ with nfelib's client and SOAP bindings. It runs in nfelib's own environment, not in ours:

    python nfelib_cliente.py URL ca.pem cliente.pfx SENHA cte.xml

`cte.xml` is an unsigned CT-e. There are three passes: the client exactly as it is; the same client with SOAP 1.2;
nfelib's transport, bindings and signature with what the manual asks for. It prints one JSON document: for each call its
cStat, or what went wrong.
"""

import base64
import gzip
import json
import logging
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from brazil_fiscal_client.fiscal_client import FiscalClient  # noqa: E402
from nfelib.cte.bindings.v4_0.cons_sit_cte_v4_00 import ConsSitCte  # noqa: E402
from nfelib.cte.bindings.v4_0.cons_stat_serv_cte_v4_00 import ConsStatServCte  # noqa: E402
from nfelib.cte.bindings.v4_0.cte_v4_00 import Cte  # noqa: E402
from nfelib.cte.client.v4_0.cte import CteClient  # noqa: E402
from nfelib.cte.soap.v4_0.cteconsultav4 import CteConsultaV4Soap12CteConsultaCt  # noqa: E402
from nfelib.cte.soap.v4_0.cterecepcaosincv4 import CteRecepcaoSincV4Soap12CteRecepcao  # noqa: E402
from nfelib.cte.soap.v4_0.ctestatusservicov4 import CteStatusServicoV4Soap12CteStatusServicoCt  # noqa: E402

SOAP12 = "application/soap+xml; charset=utf-8"
_SERVICOS = {
    CteStatusServicoV4Soap12CteStatusServicoCt: "CTeStatusServicoV4",
    CteConsultaV4Soap12CteConsultaCt: "CTeConsultaV4",
    CteRecepcaoSincV4Soap12CteRecepcao: "CTeRecepcaoSincV4",
}


class DoJeitoDele(CteClient):
    """nfelib's client, with no change but the address of the service."""

    base = ""

    def _get_location(self, endpoint_type: Any) -> str:
        nome = {s.lower(): s for s in _SERVICOS.values()}[endpoint_type.name.lower()]
        return f"{self.base}/ws/{nome}/{nome}.asmx"


class ComSoap12(DoJeitoDele):
    """The same client, with the envelope and the Content-Type of SOAP 1.2."""

    def prepare_headers(self, headers: dict[str, str]) -> dict[str, str]:
        super().prepare_headers(headers)
        return {"content-type": SOAP12}


class DoJeitoDoManual(FiscalClient):
    """The transport and the bindings of nfelib, with what the manual asks for."""

    base = ""

    def chamar(self, acao: Any, conteudo: dict[str, Any]) -> Any:
        nome = _SERVICOS[acao]
        return self.send(acao, f"{self.base}/ws/{nome}/{nome}.asmx", {"Body": {"cteDadosMsg": conteudo}}).body

    def prepare_headers(self, headers: dict[str, str]) -> dict[str, str]:
        super().prepare_headers(headers)
        return {"content-type": SOAP12}


def _dizer(fazer: Any) -> str:
    try:
        return str(fazer())
    except Exception as erro:
        texto = getattr(getattr(erro, "response", None), "text", "") or str(erro)
        return f"{type(erro).__name__}: {' '.join(texto.split())[:900]}"


def main() -> None:
    url, ca, pfx, senha, arquivo = sys.argv[1:6]
    comum = {
        "ambiente": "2", "uf": "35", "pkcs12_data": Path(pfx).read_bytes(), "pkcs12_password": senha,
    }  # fmt: skip
    cte = Cte.from_path(arquivo)
    chave = cte.infCte.Id.removeprefix("CTe")
    dele, dele12 = DoJeitoDele(**comum), ComSoap12(**comum)
    dele12.soap12_envelope = True
    passos = {"dele": _dele(dele, url, ca, cte, chave), "soap12": _dele(dele12, url, ca, cte, chave)}
    print(json.dumps(passos | {"manual": _manual(url, ca, comum, cte, chave)}))


def _dele(cliente: DoJeitoDele, url: str, ca: str, cte: Cte, chave: str) -> dict[str, str]:
    cliente.base, cliente.transport.session.verify = url, ca
    return {
        "status": _dizer(lambda: cliente.status_servico().cStat),
        "consulta": _dizer(lambda: cliente.consulta_documento(chave).cStat),
        "recepcao": _dizer(lambda: cliente.envia_documento(cte).cStat),
    }


def _manual(url: str, ca: str, comum: dict[str, Any], cte: Cte, chave: str) -> dict[str, str]:
    cliente = DoJeitoDoManual(versao="4.00", service="cte", **comum)
    cliente.soap12_envelope, cliente.base, cliente.transport.session.verify = True, url, ca
    status = ConsStatServCte(tpAmb="2", cUF="35", versao="4.00")
    consulta = ConsSitCte(tpAmb="2", chCTe=chave, versao="4.00")
    chaves = {"pkcs12_data": base64.b64encode(comum["pkcs12_data"]), "pkcs12_password": comum["pkcs12_password"]}
    assinado = cte.to_xml(**chaves, doc_id=cte.infCte.Id)
    raiz = assinado[assinado.index("<CTe") :].strip()
    pacote = base64.b64encode(gzip.compress(raiz.encode())).decode()

    def receber() -> Any:
        corpo = cliente.chamar(CteRecepcaoSincV4Soap12CteRecepcao, {"value": pacote})
        ret = corpo.cteRecepcaoResult.content[0]
        return f"{ret.protCTe.infProt.cStat if ret.protCTe else ret.cStat} {ret.xMotivo}"

    return {
        "status": _dizer(
            lambda: (
                cliente.chamar(CteStatusServicoV4Soap12CteStatusServicoCt, {"content": [status]})
                .cteStatusServicoCTResult.content[0]
                .cStat
            )
        ),
        "recepcao": _dizer(receber),
        "consulta": _dizer(
            lambda: (
                cliente.chamar(CteConsultaV4Soap12CteConsultaCt, {"content": [consulta]})
                .cteConsultaCTResult.content[0]
                .cStat
            )
        ),
    }


if __name__ == "__main__":
    main()
