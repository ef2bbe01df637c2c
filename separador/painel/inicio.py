"""The first page: what fails, oldest first, with what to do; below it the progress of each route."""

from typing import Any

from separador.painel.base.ordens import a_espera
from separador.painel.base.resposta import Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.painel.lista_de_falhas import listar
from separador.painel.servico import FEITO
from separador.pedidos import quadro


def inicio(v: Visita) -> Resposta:
    """Shows failures and progress."""
    falhas = listar(v)
    ordens, quantas = a_espera(v)
    tudo = quadro.montar(v.configuracao, v.banco, v.agora, v.vivo(), v.casa.feitos)
    valores: dict[str, Any] = {
        "linhas": falhas.linhas,
        "proximas": v.consulta.com(**falhas.proximas, **_SEM).endereco("/") if falhas.proximas else None,
        "continua": falhas.continua,
        "rotas": tudo["rotas"],
        "filtro": {n: v.consulta.um(n).strip() for n in ("rota", "codigo", "texto")},
        "codigos": [r["codigo"] for r in v.banco.execute(_CODIGOS)],
        "ids": [r["id"] for r in tudo["rotas"]],
        "aqui": v.consulta.com(**_SEM).endereco("/"),
        "ordens": ordens,
        "quantas": quantas,
    }
    ditos = (FEITO[dito],) if (dito := v.consulta.um("servico")) in FEITO else ()
    return Pagina("painel/inicio.html", "SEPARADOR DE ARQUIVOS", valores, ditos=ditos)


_SEM = {"ordem": None, "servico": None}
"""What the address says of what was just done: no link carries it on."""
_CODIGOS = "SELECT DISTINCT codigo FROM falha INDEXED BY falha_aberta WHERE encerrada_em IS NULL ORDER BY codigo"
