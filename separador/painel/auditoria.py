"""The page of the audit trail: who did what, and whether the record is whole."""

from separador.acesso.banco import auditoria as trilha
from separador.nucleo.texto.quantidade import milhar, quantos
from separador.painel.base.resposta import Pagina, Resposta
from separador.painel.base.visita import Visita

POR_PAGINA = 50
OLHADAS = 20_000
"""Rows that a filter looks at, at a time: no index serves it."""
CONFERIDAS = 1_000
"""Rows of the chain that a page looks at. The service looks at all of a longer one, at its start and every day."""
_ALTERADA = "SELECT motivo FROM falha WHERE encerrada_em IS NULL AND assunto = ?"


def auditoria(v: Visita) -> Resposta:
    """Shows the newest rows, by person and refusals, and the verdict about the chain."""
    quem, recusas = v.consulta.um("quem").strip(), bool(v.consulta.um("recusas"))
    dito = v.consulta.um("depois")
    antes_de = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else trilha.ultimo_numero(v.banco) + 1
    desde = max(0, antes_de - OLHADAS) if quem or recusas else 0
    linhas = trilha.listar(
        v.banco, quem=quem or None, recusados=recusas, limite=POR_PAGINA + 1, antes_de=antes_de, desde=desde
    )
    mais = linhas[POR_PAGINA - 1]["id"] if len(linhas) > POR_PAGINA else None
    valores = {
        "linhas": linhas[:POR_PAGINA],
        "quem": quem,
        "recusas": recusas,
        "proximas": _em(v, mais),
        "continuar": _em(v, desde) if mais is None and desde > 1 else None,
        "veredito": _veredito(v),
    }
    return Pagina("painel/auditoria.html", "Auditoria", valores)


def _em(v: Visita, numero: int | None) -> str | None:
    return v.consulta.com(depois=str(numero)).endereco("/auditoria") if numero is not None else None


def _veredito(v: Visita) -> tuple[bool | None, str]:
    aberta = v.banco.execute(_ALTERADA, (trilha.ASSUNTO,)).fetchone()
    if aberta is not None:
        return False, f"A auditoria NÃO confere: {aberta['motivo']}"
    conferencia = trilha.Conferencia(v.banco, v.dados)
    conferencia.continuar(CONFERIDAS)
    if conferencia.problemas:
        return False, "A auditoria NÃO confere: " + " ".join(conferencia.problemas)
    if not conferencia.terminada:
        return None, (
            f"São mais de {milhar(CONFERIDAS)} linhas: o serviço confere todas ao ligar e a cada dia, e entre as "
            "falhas não há nenhuma da auditoria. Para conferir agora: separador auditoria conferir"
        )
    return True, f"A auditoria confere: {quantos(conferencia.quantas, 'linha', 'linhas')}."
