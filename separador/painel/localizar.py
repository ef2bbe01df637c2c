"""The page that finds anything by what stands on paper: every capability looks among its own."""

from dataclasses import replace

from separador.nucleo import capacidade
from separador.nucleo.capacidade import Achado
from separador.painel.base.resposta import Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

DE_CADA = 50
"""Most that one place gives."""


def localizar(v: Visita) -> Resposta:
    """Shows what was found; one hit, or the document of a whole key, leads straight there."""
    texto = v.consulta.um("q").strip()
    achados: list[Achado] = [
        replace(a, caminho=v.caminho_que_ha(a.caminho))
        for achar in capacidade.de_cada("localizar")
        for a in achar(v.banco, texto, DE_CADA)
    ]
    caminhos = {a.caminho for a in achados if a.por == "chave"} or {a.caminho for a in achados}
    unico = next(iter(caminhos)) if len(caminhos) == 1 else None
    if unico is not None:
        return Ir(unico)
    grupos = {g: [a for a in achados if a.grupo == g] for g in dict.fromkeys(a.grupo for a in achados)}
    return Pagina("painel/localizar.html", "Localizar", {"texto": texto, "grupos": grupos})
