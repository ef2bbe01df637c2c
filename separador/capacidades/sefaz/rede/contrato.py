"""Holds the names of the web services 4.00 (MOC 4.00, sections 3 and 4)."""

from dataclasses import dataclass

from separador.capacidades.sefaz.rede.porta import Servico
from separador.nucleo.tipo import Tipo

NS_CTE = "http://www.portalfiscal.inf.br/cte"
NS_SOAP = "http://www.w3.org/2003/05/soap-envelope"
NS_WSDL = f"{NS_CTE}/wsdl/"


@dataclass(frozen=True, slots=True)
class Contrato:
    """One service. `nome`: of the WSDL, also the end of the namespace. `retorno`: local name of the answer's root."""

    nome: str
    operacao: str
    retorno: str

    @property
    def ns(self) -> str:
        """Returns the namespace of the body and of the result."""
        return NS_WSDL + self.nome

    @property
    def acao(self) -> str:
        """Returns the soapAction, a parameter of the Content-Type in SOAP 1.2."""
        return f"{self.ns}/{self.operacao}"


CONTRATOS = {
    Servico.RECEPCAO_CTE: Contrato("CTeRecepcaoSincV4", "cteRecepcao", "retCTe"),
    Servico.RECEPCAO_SIMP: Contrato("CTeRecepcaoSimpV4", "cteRecepcaoSimp", "retCTeSimp"),
    Servico.RECEPCAO_OS: Contrato("CTeRecepcaoOSV4", "cteRecepcaoOS", "retCTeOS"),
    Servico.RECEPCAO_GTVE: Contrato("CTeRecepcaoGTVeV4", "cteRecepcaoGTVe", "retGTVe"),
    Servico.EVENTO: Contrato("CTeRecepcaoEventoV4", "cteRecepcaoEvento", "retEventoCTe"),
    Servico.CONSULTA: Contrato("CTeConsultaV4", "cteConsultaCT", "retConsSitCTe"),
    Servico.STATUS: Contrato("CTeStatusServicoV4", "cteStatusServicoCT", "retConsStatServCTe"),
    Servico.DISTRIBUICAO: Contrato("CTeDistribuicaoDFe", "cteDistDFeInteresse", "retDistDFeInt"),
}

RECEPCOES = {
    Tipo.CTE: Servico.RECEPCAO_CTE,
    Tipo.CTE_SIMP: Servico.RECEPCAO_SIMP,
    Tipo.CTE_OS: Servico.RECEPCAO_OS,
    Tipo.GTVE: Servico.RECEPCAO_GTVE,
}
"""Kind of document → service that receives it."""
