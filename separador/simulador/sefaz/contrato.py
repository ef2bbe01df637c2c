"""Holds the services with their operations, and finds the service of an address (MOC, Visão Geral 3; NT 2015.002).

It was written from the manual and shares nothing with the product's client.
"""

from dataclasses import dataclass
from enum import StrEnum

_WSDL = "http://www.portalfiscal.inf.br/cte/wsdl/"


class Autorizador(StrEnum):
    """The body that answers, by the prefix of the path."""

    NORMAL = "normal"
    SVC = "svc"
    AN = "an"


class Grupo(StrEnum):
    """The name of a service in a script of faults."""

    RECEPCAO = "recepcao"
    EVENTO = "evento"
    CONSULTA = "consulta"
    STATUS = "status"
    DISTRIBUICAO = "distribuicao"


@dataclass(frozen=True, slots=True)
class Contrato:
    """One service. `raiz`: the payload's root; `retorno`: the answer's; `compactado`: base64 of gzip."""

    nome: str
    operacao: str
    grupo: Grupo
    raiz: str
    retorno: str
    compactado: bool = False

    @property
    def namespace(self) -> str:
        """Returns the namespace of the message and of the result."""
        return _WSDL + self.nome

    @property
    def acao(self) -> str:
        """Returns the soapAction."""
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
    """Returns the service of a path such as `/svc/ws/CTeConsultaV4/CTeConsultaV4.asmx`; None: there is none (404).

    Any path that ends in the service's name is accepted, because every authoriser has its own. Only the national body
    has the distribution, and it has nothing else.
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
