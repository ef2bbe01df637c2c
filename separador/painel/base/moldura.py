"""Gathers what stands on every page around its own content: the menu, the service, failures, what orders became."""

from typing import Any

from separador.banco import leitura
from separador.configuracao import Ambiente
from separador.nucleo import capacidade
from separador.painel.base import estatico
from separador.painel.base.modelos import ambiente
from separador.painel.base.ordens import resultados
from separador.painel.base.resposta import Pagina
from separador.painel.base.servico import estado, versao
from separador.painel.base.visita import Visita

_AMBIENTES = {Ambiente.PRODUCAO: "PRODUÇÃO", Ambiente.HOMOLOGACAO: "HOMOLOGAÇÃO", Ambiente.SIMULADO: "SIMULADO"}


_VENCIMENTOS = 5


def desenhar(v: Visita, pagina: Pagina) -> str:
    """Returns the HTML of a page."""
    return ambiente().get_template(pagina.modelo).render(**_em_volta(v, pagina), **pagina.valores)


def solta(titulo: str, mensagem: str) -> str:
    """Returns a page without session, for what ends before one is looked at."""
    valores = {
        "titulo": titulo,
        "mensagem": mensagem,
        "estilo": estatico.endereco("painel.css"),
        "icone": estatico.endereco("icone.svg"),
    }
    return ambiente().get_template("painel/solta.html").render(**valores)


def _em_volta(v: Visita, pagina: Pagina) -> dict[str, Any]:
    com_sessao = v.autor is not None
    return {
        "titulo": pagina.titulo,
        "avisos": pagina.avisos,
        "ditos": pagina.ditos,
        "estilo": estatico.endereco("painel.css"),
        "icone": estatico.endereco("icone.svg"),
        "morfo": estatico.endereco("idiomorph.min.js"),
        "roteiro": estatico.endereco("painel.js"),
        "v": v,
        "agora": v.agora,
        "aviso_da_configuracao": v.casa.aviso,
        "banco_antigo": com_sessao and v.aberto is not None and not leitura.tem_fichas(v.aberto),
        "ambiente": _AMBIENTES[v.configuracao.ambiente],
        "producao": v.configuracao.ambiente is Ambiente.PRODUCAO,
        "menu": menu(v) if com_sessao else [],
        "servico": estado(v),
        "versao": versao(v),
        "falhas": falhas_abertas(v) if com_sessao else 0,
        "vencimentos": vencimentos(v) if com_sessao else [],
        "resultados": resultados(v) if com_sessao else [],
    }


def menu(v: Visita) -> list[tuple[str, str, str]]:
    """Returns text, path and what `aria-current` says, for each entry that the person may open."""
    entradas = sorted((t for t in capacidade.telas() if t.menu is not None), key=lambda t: t.lugar)
    podem = (t for t in entradas if t.acao and v.pode(t.acao) and v.ha(t))
    return [(t.menu or "", t.caminho, _atual(t.caminho, v.caminho)) for t in podem]


def _atual(entrada: str, caminho: str) -> str:
    """Says whether an entry leads to the page that is shown, or to one above it."""
    if entrada == caminho:
        return "page"
    return "true" if entrada != "/" and caminho.startswith(f"{entrada}/") else ""


def vencimentos(v: Visita) -> list[tuple[str, bool, str]]:
    """Returns what ends soon or has ended, the ended first: its sentence, whether it has ended, and the page for it.
    The service looks after it and keeps it among the failures."""
    if v.aberto is None:
        return []
    sql = (
        "SELECT assunto, codigo, motivo FROM falha WHERE encerrada_em IS NULL AND assunto >= 'validade:'"
        " AND assunto < 'validade;' ORDER BY codigo = 'SEP-VENCIDO' DESC, desde LIMIT ?"
    )
    return [
        (r["motivo"], r["codigo"] == "SEP-VENCIDO", _pagina_de(r["assunto"]) or f"/?codigo={r['codigo']}")
        for r in v.aberto.execute(sql, (_VENCIMENTOS,))
    ]


def _pagina_de(assunto: str) -> str | None:
    """Returns the page that renews what a failure `validade:<first word>:…` is about."""
    palavra = assunto.split(":")[1]
    paginas = (c.paginas_de_validade.get(palavra) for c in capacidade.todas())
    return next((p for p in paginas if p is not None), None)


def falhas_abertas(v: Visita) -> int:
    """Returns how many failures are open."""
    if v.aberto is None:
        return 0
    aberto = v.aberto
    sql = "SELECT count(*) FROM falha WHERE encerrada_em IS NULL"
    return v.casa.contada("falhas", v.marca, lambda: int(aberto.execute(sql).fetchone()[0]))
