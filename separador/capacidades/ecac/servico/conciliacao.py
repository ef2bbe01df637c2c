"""Matches the payments of one taxpayer with its guides, over everything that is known of it.

It asks nothing over the network. It runs after an answer, after an import of guides and after a person's decision, and
gives the same result for the same data.
"""

from separador.banco.conexao import Banco
from separador.capacidades.ecac.banco import guias as ecac_guias
from separador.capacidades.ecac.banco import ocorrencias as ecac_ocorrencias
from separador.capacidades.ecac.banco import pagamentos
from separador.capacidades.ecac.banco.guias import guia_de
from separador.capacidades.ecac.dominio.arrecadacao import canonico
from separador.capacidades.ecac.dominio.conciliacao import DA_CONCILIACAO, conciliar
from separador.capacidades.ecac.dominio.guia import Guia
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.servico import comprovantes


def conciliar_empresa(banco: Banco, contribuinte: str, quem: str, quando: str) -> int:
    """Settles what matches and updates the occurrences. Returns how many guides were settled. Call it inside a
    transaction."""
    guias = [guia_de(r) for r in ecac_guias.de(banco, contribuinte)]
    pagos = pagamentos.de(banco, contribuinte)
    recusadas = ecac_guias.recusadas(banco, contribuinte)
    achado = conciliar(contribuinte, guias, pagos, recusadas)
    baixas = [b for b in achado.baixas if (b.guia.id, b.pagamento.canonico) not in recusadas]
    for baixa in baixas:
        ecac_guias.baixar(banco, baixa.guia.id, baixa.pagamento, quem, quando, divergente=baixa.divergente)
        comprovantes.comprovar(banco, contribuinte, baixa.pagamento.canonico, quando)
    dispensadas = {(g, n) for g, n in recusadas}
    ocorrencias = [o for o in achado.ocorrencias if (o.guia, canonico(o.pagamento or "")) not in dispensadas]
    ocorrencias += [_sem_numero(g) for g in guias if not g.canonico and not g.estado.baixada]
    ecac_ocorrencias.acertar(banco, contribuinte, DA_CONCILIACAO, ocorrencias, quando)
    return len(baixas)


def _sem_numero(guia: Guia) -> Ocorrencia:
    periodo = f" de {guia.periodo}" if guia.periodo is not None else ""
    detalhe = f"A guia {guia.id}{periodo} foi registrada sem o número do documento."
    return Ocorrencia(Especie.SEM_NUMERO, guia.contribuinte, f"guia:{guia.id}", detalhe, guia.id)
