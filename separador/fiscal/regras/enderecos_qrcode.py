"""Holds the address that each state's QR code points to.

The addresses and the authoriser of each state are those of nfelib (`cte/client/v4_0/servers.py`). There is one entry
per authoriser, because a state without one of its own uses the virtual SEFAZ's: a change is one line here.
"""

from separador.fiscal.regras.ufs import CODIGO_UF, SIGLA_UF

_PRODUCAO, _HOMOLOGACAO = "1", "2"
_POR_AUTORIZADOR: dict[str, dict[str, str]] = {
    "MG": {
        _PRODUCAO: "https://portalcte.fazenda.mg.gov.br/portalcte/sistema/qrcode.xhtml",
        _HOMOLOGACAO: "https://portalcte.fazenda.mg.gov.br/portalcte/sistema/qrcode.xhtml",
    },
    "MS": {
        _PRODUCAO: "http://www.dfe.ms.gov.br/cte/qrcode",
        _HOMOLOGACAO: "http://www.dfe.ms.gov.br/cte/qrcode",
    },
    "MT": {
        _PRODUCAO: "https://www.sefaz.mt.gov.br/cte/qrcode",
        _HOMOLOGACAO: "https://homologacao.sefaz.mt.gov.br/cte/qrcode",
    },
    "PR": {
        _PRODUCAO: "http://www.fazenda.pr.gov.br/cte/qrcode",
        _HOMOLOGACAO: "http://www.fazenda.pr.gov.br/cte/qrcode",
    },
    "RS": {
        _PRODUCAO: "https://dfe-portal.svrs.rs.gov.br/cte/qrCode",
        _HOMOLOGACAO: "https://dfe-portal.svrs.rs.gov.br/cte/qrCode",
    },
    "SP": {
        _PRODUCAO: "https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode",
        _HOMOLOGACAO: "https://homologacao.nfe.fazenda.sp.gov.br/CTeConsulta/qrCode",
    },
}
_SVSP = frozenset({"AP", "PE", "RR"})


def _autorizador(sigla: str) -> str:
    if sigla in _POR_AUTORIZADOR:
        return sigla
    return "SP" if sigla in _SVSP else "RS"


_URLS = {(uf, amb): url for uf in CODIGO_UF for amb, url in _POR_AUTORIZADOR[_autorizador(uf)].items()}


def url_qrcode(uf: str, tp_amb: str) -> str:
    """Returns the address (without the `?` and what follows) that the QR code of a document must have.

    `uf`: two letters ("SP") or the IBGE code ("35"). `tp_amb`: "1" or "2". Raises KeyError for anything else.
    """
    return _URLS[SIGLA_UF.get(uf, uf), tp_amb]
