"""Decides the CFOP and the nature of the operation (CAD-03, EMIS-09)."""

from dataclasses import dataclass

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.regras.locais import Percurso
from separador.fiscal.emissao.regras.servicos import Tributacao
from separador.fiscal.regras.valores import CFOPS

INICIADO_FORA = "TRANSPORTE INICIADO EM UF DIVERSA DA DO PRESTADOR"
_EXTERIOR = "7358"


@dataclass(frozen=True, slots=True)
class Natureza:
    """CFOP and natOp."""

    cfop: str
    texto: str


def iniciado_fora(percurso: Percurso, uf_emitente: str) -> bool:
    """Says whether the places alone give CFOP and nature: the service starts in another state (EMIS-09)."""
    return bool(uf_emitente) and not percurso.exterior and percurso.inicio.uf != uf_emitente


def decidir(caso: Caso, tributacao: Tributacao, percurso: Percurso, uf_emitente: str) -> Natureza:
    """Returns the CFOP: the first digit by the places; then the conversion of a service that starts elsewhere."""
    cfop, natureza, motivo, regra = tributacao.cfop, tributacao.natureza, "", "CAD-03"
    inicio, fim = percurso.inicio, percurso.fim
    if fim.exterior:
        cfop = f"7{cfop[1:]}" if f"7{cfop[1:]}" in CFOPS else _EXTERIOR
        motivo = "termina no exterior"
    elif inicio.uf == fim.uf:
        cfop, motivo = f"5{cfop[1:]}", f"começa e termina em {inicio.uf}"
    else:
        cfop, motivo = f"6{cfop[1:]}", f"de {inicio.uf} para {fim.uf}"
    if iniciado_fora(percurso, uf_emitente):
        cfop = "5932" if inicio.uf == fim.uf else "6932"
        natureza, regra = INICIADO_FORA, "EMIS-09"
        motivo = f"começa em {inicio.uf}, e o emitente é de {uf_emitente}"
    caso.decidir("CFOP", cfop, motivo, regra)
    caso.decidir("natureza", natureza, motivo if regra == "EMIS-09" else "a do serviço ou da configuração", regra)
    return Natureza(cfop, natureza)
