"""The page of the audit trail: who did what, and whether the record is whole."""

from separador.acesso.banco import auditoria as trilha
from separador.nucleo.texto.quantidade import quantos
from separador.painel.base.resposta import Pagina, Resposta
from separador.painel.base.visita import Visita

POR_PAGINA = 50
CONFERIDAS = 20_000
"""Rows of the chain that a page looks at; a longer one is looked at whole by the command."""


def auditoria(v: Visita) -> Resposta:
    """Shows the newest rows, by person and refusals, and the verdict about the chain."""
    quem, recusas = v.consulta.um("quem").strip(), bool(v.consulta.um("recusas"))
    dito = v.consulta.um("depois")
    antes_de = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    linhas = trilha.listar(v.banco, quem=quem or None, recusados=recusas, limite=POR_PAGINA + 1, antes_de=antes_de)
    mais = linhas[POR_PAGINA - 1]["id"] if len(linhas) > POR_PAGINA else None
    valores = {
        "linhas": linhas[:POR_PAGINA],
        "quem": quem,
        "recusas": recusas,
        "proximas": v.consulta.com(depois=str(mais)).endereco("/auditoria") if mais is not None else None,
        "veredito": _veredito(v),
    }
    return Pagina("painel/auditoria.html", "Auditoria", valores)


def _veredito(v: Visita) -> tuple[bool | None, str]:
    conferencia = trilha.Conferencia(v.banco, v.dados)
    conferencia.continuar(CONFERIDAS)
    if conferencia.problemas:
        return False, "A auditoria NÃO confere: " + " ".join(conferencia.problemas)
    if not conferencia.terminada:
        return None, "A auditoria é longa; confira-a inteira com: separador auditoria conferir"
    return True, f"A auditoria confere: {quantos(conferencia.quantas, 'linha', 'linhas')}."
