"""Lists the capabilities of this program, and imports none: whoever starts a process registers them.

A capability goes out of the program by taking its line out. The order is that of the rules in messages, of the checks
of `separador verificar`, and of steps that share a place.
"""

NOMES = (
    "separador.capacidades.avisos.capacidade",
    "separador.capacidades.movimento.capacidade",
    "separador.capacidades.certificados.capacidade",
    "separador.capacidades.sefaz.capacidade",
    "separador.capacidades.dacte.capacidade",
    "separador.capacidades.cte.capacidade",
    "separador.capacidades.emissao.capacidade",
    "separador.capacidades.procuracoes.capacidade",
    "separador.capacidades.distribuicao.capacidade",
    "separador.capacidades.ecac.capacidade",
    "separador.capacidades.copias.capacidade",
)
