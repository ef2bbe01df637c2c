"""What is served where: services, operations, addresses (fatos/cte.md 3.2, 3.5, 11).

Written from the manual, not shared with the product's client.
"""

from dataclasses import dataclass
from enum import StrEnum

_WSDL = "http://www.portalfiscal.inf.br/cte/wsdl/"


class Autorizador(StrEnum):
    """Who answers, by the prefix of the path."""

    NORMAL = "normal"
    SVC = "svc"
    AN = "an"


class Grupo(StrEnum):
    """What a script of faults calls a service by."""

    RECEPCAO = "recepcao"
    EVENTO = "evento"
    CONSULTA = "consulta"
    STATUS = "status"
    DISTRIBUICAO = "distribuicao"


@dataclass(frozen=True, slots=True)
class Contrato:
    """One service. `raiz` the payload's root, `retorno` the answer's; `compactado`: base64 of gzip."""

    nome: str
    operacao: str
    grupo: Grupo
    raiz: str
    retorno: str
    compactado: bool = False

    @property
    def namespace(self) -> str:
        """Of the message and of the result."""
        return _WSDL + self.nome

    @property
    def acao(self) -> str:
        """soapAction."""
        return f"{self.namespace}/{self.operacao}"


CONTRATOS = {
    c.nome.lower(): c
    for c in (
        Contrato("CTeRecepcaoSincV4", "cteRecepcao", Grupo.RECEPCAO, "CTe", "retCTe", compactado=True),
        Contrato("CTeRecepcaoSimpV4", "cteRecepcaoSimp", Grupo.RECEPCAO, "CTeSimp", "retCTeSimp", compactado=True),
        Contrato("CTeRecepcaoOSV4", "cteRecepcaoOS", Grupo.RECEPCAO, "CTeOS", "retCTeOS", compactado=True),
        Contrato("CTeRecepcaoGTVeV4", "cteRecepcaoGTVe", Grupo.RECEPCAO, "GTVe", "retGTVe", compactado=True),
        Contrato("CTeRecepcaoEventoV4", "cteRecepcaoEvento", Grupo.EVENTO, "eventoCTe", "retEventoCTe"),
        Contrato("CTeConsultaV4", "cteConsultaCT", Grupo.CONSULTA, "consSitCTe", "retConsSitCTe"),
        Contrato("CTeStatusServicoV4", "cteStatusServicoCT", Grupo.STATUS, "consStatServCTe", "retConsStatServCTe"),
        Contrato("CTeDistribuicaoDFe", "cteDistDFeInteresse", Grupo.DISTRIBUICAO, "distDFeInt", "retDistDFeInt"),
    )
}


def localizar(caminho: str) -> tuple[Contrato, Autorizador] | None:
    """The service behind a path such as `/svc/ws/CTeConsultaV4/CTeConsultaV4.asmx`; None: there is none (404).

    Any path ending in the service's name will do, as every authoriser has its own. The distribution is of the national
    body alone, and has nothing else.
    """
    partes = [p.lower() for p in caminho.split("/") if p]
    contrato = CONTRATOS.get(partes[-1].removesuffix(".asmx")) if partes else None
    if contrato is None:
        return None
    autorizador = _autorizador(partes[0])
    if (contrato.grupo is Grupo.DISTRIBUICAO) is not (autorizador is Autorizador.AN):
        return None
    return contrato, autorizador


def _autorizador(primeira: str) -> Autorizador:
    if primeira == Autorizador.AN:
        return Autorizador.AN
    return Autorizador.SVC if primeira.startswith(Autorizador.SVC) else Autorizador.NORMAL
