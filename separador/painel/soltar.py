"""The page by which files come in: kept in the data folder as they come, put into the origin by the service."""

from typing import Any

from separador.nucleo.rota import atribuir_ids
from separador.painel.base import ordens
from separador.painel.base.casa import Casa
from separador.painel.base.envio import MIB, Limites
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, OCUPADO, RECUSADA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos import soltos
from separador.pedidos.rotas import assinaturas

_NENHUM = "Escolha ao menos um arquivo."
LIMITES = Limites(arquivo=64 * MIB, arquivos=100, total=256 * MIB)


class NoDisco(soltos.Deposito):
    """Takes the files of one form (`envio.Guarda`)."""

    limites = LIMITES


def guarda(casa: Casa) -> NoDisco:
    """Returns where the files go."""
    return NoDisco(casa.dados, casa.em_uso.reserva_disco_mb * MIB)


def soltar(v: Visita) -> Resposta:
    """Shows the form; has the service put the files into the origin."""
    rotas = atribuir_ids(v.configuracao.rotas, assinaturas(v.banco))
    rota = next((r for r in rotas if str(r.id) == v.partes["id"]), None)
    if rota is None:
        raise Erro(NAO_HA, f"Não há rota com o id {v.partes['id']}.")
    avisos: tuple[str, ...] = ()
    if v.enviada:
        deposito = v.arquivos if isinstance(v.arquivos, NoDisco) else None
        guardados = deposito.guardados if deposito is not None else []
        avisos = tuple(soltos.julgar([g.nome for g in guardados], rota, rotas))
        if deposito is not None and guardados and not avisos:
            try:
                deposito.firmar()
            except soltos.SemLugarError as erro:
                raise Erro(OCUPADO, f"{erro} Nada entrou.") from erro
            dada = ordens.dar(v, soltos.pedidos(guardados, rota), v.caminho)
            deposito.assumir()
            return dada
        avisos = (*avisos, "Nada entrou: tire estes e solte os outros de novo.") if guardados else (_NENHUM,)
    elif not rota.ativo:
        avisos = (f"A rota {rota.id} está inativa: nada entra por ela.",)
    valores: dict[str, Any] = {"rota": rota, "limites": LIMITES, "mib": MIB}
    estado = ACHADA if not v.enviada else RECUSADA if rota.ativo else CONFLITO
    return Pagina("painel/soltar.html", f"Soltar arquivos na rota {rota.id}", valores, estado, avisos)
