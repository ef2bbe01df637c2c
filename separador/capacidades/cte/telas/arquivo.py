"""The page of one file."""

from separador.capacidades.cte.banco import rastro
from separador.nucleo.nome_de_arquivo import mostrar
from separador.painel.base.resposta import NAO_HA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita


def arquivo(v: Visita) -> Resposta:
    """Shows the life of one file."""
    dito = v.partes["id"]
    linha = rastro.arquivo(v.banco, int(dito)) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    if linha is None:
        raise Erro(NAO_HA, "Não há arquivo com este número.")
    valores = {
        "linha": linha,
        "nome": mostrar(bytes(linha["nome"])),
        "passos": rastro.do_arquivo(v.banco, linha),
        "guardado_em": mostrar(bytes(linha["guardado_em"])) if linha["guardado_em"] is not None else None,
    }
    return Pagina("cte/arquivo.html", f"Arquivo {linha['id']}", valores)
