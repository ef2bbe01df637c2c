"""The page that finds anything by what stands on paper: every capability looks among its own."""

from separador.nucleo import capacidade
from separador.nucleo.capacidade import Achado
from separador.painel.base.resposta import Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

LIMITE = 50


def localizar(v: Visita) -> Resposta:
    """Shows what was found; one hit leads straight there."""
    texto = v.consulta.um("q").strip()
    achados: list[Achado] = [a for achar in capacidade.de_cada("localizar") for a in achar(v.banco, texto, LIMITE)]
    if len(achados) == 1:
        return Ir(achados[0].caminho)
    grupos = {g: [a for a in achados if a.grupo == g] for g in dict.fromkeys(a.grupo for a in achados)}
    return Pagina("painel/localizar.html", "Localizar", {"texto": texto, "grupos": grupos})
