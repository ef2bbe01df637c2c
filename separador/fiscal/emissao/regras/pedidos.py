"""Joins the sales orders that are billed into one CT-e (EMIS-18)."""

from collections.abc import Mapping

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No, Valor, folhas

LISTAS = ("medidas", "notas", "seguros", "motoristas", "documentos_anteriores", "vales_pedagio", "lacres")
"""What is copied of a sales order, and nothing else."""
_PARTES = ("remetente", "destinatario")


def juntar(caso: Caso) -> Mapping[str, list[No | str]]:
    """Returns the seven lists: the CT-e's own entries, then those of the orders; entries equal in every field once.

    A CT-e without remetente or destinatário gets the first order's.
    """
    pedidos = caso.cte.nos("pedidos")
    for papel in _PARTES:
        _conferir_parte(caso, papel, pedidos)
    listas = {nome: _juntas(caso.cte, nome) for nome in LISTAS}
    if not pedidos:
        return listas
    numeros = ", ".join(p.texto("numero") for p in pedidos if "numero" in p)
    caso.decidir("pedidos", numeros, "faturados neste CT-e: listas copiadas, entradas iguais uma vez", "EMIS-18")
    return listas


def notas(cte: No) -> list[No]:
    """Returns the invoices of a CT-e: its own, and those of its orders, entries equal in every field once."""
    return [n for n in _juntas(cte, "notas") if isinstance(n, No)]


def ilegivel(cte: No, nome: str) -> bool:
    """Says whether one of the lists was given and could not be read, here or in an order: then it is not missing."""
    return bool({nome, "pedidos"} & cte.ruins) or any(nome in p.ruins for p in cte.nos("pedidos"))


def caminho(cte: No, nome: str, valor: str) -> str:
    """Returns the path of a text in one of the lists: that of the CT-e, else of the order that brings it."""
    for onde in (cte, *cte.nos("pedidos")):
        textos = onde.textos(nome)
        if valor in textos:
            return f"{onde.em(nome)}[{textos.index(valor) + 1}]"
    return cte.em(nome)


def _juntas(cte: No, nome: str) -> list[No | str]:
    """Returns the entries of a list: the CT-e's as they are, then those of the orders that are not there yet."""
    lista = _lista(cte.valores.get(nome))
    if "pedidos" not in cte:
        return lista
    vistas = {_conteudo(x) for x in lista}
    for pedido in cte.nos("pedidos"):
        for entrada in _lista(pedido.valores.get(nome)):
            if _conteudo(entrada) not in vistas:
                vistas.add(_conteudo(entrada))
                lista.append(entrada)
    return lista


def _lista(valor: Valor | None) -> list[No | str]:
    return [v for v in valor if isinstance(v, No | str)] if isinstance(valor, tuple) else []


def _conteudo(entrada: No | str) -> tuple[tuple[str, str], ...]:
    return tuple(folhas(entrada))


def _conferir_parte(caso: Caso, papel: str, pedidos: tuple[No, ...]) -> None:
    proprio = caso.cte.texto(papel)
    primeiro = next((p.texto(papel) for p in pedidos if papel in p), "")
    if not proprio and primeiro:
        caso.cte = caso.cte.com(**{papel: primeiro})
    certo = caso.cte.texto(papel)
    for pedido in pedidos:
        dito = pedido.texto(papel)
        if dito and not caso.mesma(dito, certo):
            mensagem = f"O pedido é de outro {papel} ({dito}); o do CT-e é {certo}."
            caso.achados.errar("SEP-EMIS-18", pedido.em(papel), mensagem, "Separe em dois CT-e, ou corrija.")
