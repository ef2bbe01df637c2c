"""The page that asks for an import now."""

from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.vista.importar import PEDIDO, SEM_A_CHAVE, dados_da_ordem, escolher
from separador.painel.base import ordens
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

CENTRAL = "/ecac"


def importar(v: Visita) -> Resposta:
    """Says what is asked for, and records the order."""
    empresa = cnpj((v.campos if v.enviada else v.consulta).um("empresa"))
    escolhidas = escolher(v.configuracao, empresa or None, hoje(v.agora), a3=False)
    aviso = SEM_A_CHAVE if v.configuracao.ecac is None else escolhidas if isinstance(escolhidas, str) else None
    if aviso is None and v.enviada:
        return ordens.dar(v, [NovoPedido(PEDIDO, empresa or "*", dados_da_ordem(a3=False))], CENTRAL)
    estado = ACHADA if aviso is None else RECUSADA if empresa else CONFLITO
    valores = {
        "empresas": empresas(v, empresa),
        "empresa": empresa,
        "quantas": len(escolhidas),
        "pode": aviso is None or bool(empresa),
        "volta": v.volta(CENTRAL),
    }
    return Pagina("ecac/importar.html", "Importar agora", valores, estado, (aviso,) if aviso is not None else ())
