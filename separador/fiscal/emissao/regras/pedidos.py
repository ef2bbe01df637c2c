"""Joins the sales orders that are billed into one CT-e (EMIS-18)."""

from collections.abc import Mapping

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No, Valor, folhas
from separador.fiscal.emissao.regras.registro import LISTAS_DO_PEDIDO

_PARTES = ("remetente", "destinatario")


def juntar(caso: Caso) -> Mapping[str, list[No | str]]:
    """Returns the seven lists: the CT-e's own entries, then those of the orders; entries equal in every field once.

    A CT-e without remetente or destinatário gets the first order's.
    """
    listas = {nome: _lista(caso.cte.valores.get(nome)) for nome in LISTAS_DO_PEDIDO}
    pedidos = caso.cte.nos("pedidos")
    for papel in _PARTES:
        _conferir_parte(caso, papel, pedidos)
    if not pedidos:
        return listas
    for nome, lista in listas.items():
        vistas = {_conteudo(x) for x in lista}
        for pedido in pedidos:
            for entrada in _lista(pedido.valores.get(nome)):
                # An invoice that comes again is told as repeated; the other lists only keep one of two equal entries.
                if _conteudo(entrada) not in vistas:
                    vistas.add(_conteudo(entrada))
                    lista.append(entrada)
    numeros = ", ".join(p.texto("numero") for p in pedidos if "numero" in p)
    caso.decidir("pedidos", numeros, "faturados neste CT-e: listas copiadas, entradas iguais uma vez", "EMIS-18")
    return listas


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
        if dito and not _mesma(caso, dito, certo):
            mensagem = f"O pedido é de outro {papel} ({dito}); o do CT-e é {certo}."
            caso.achados.errar("SEP-EMIS-18", pedido.em(papel), mensagem, "Separe em dois CT-e, ou corrija.")


def _mesma(caso: Caso, uma: str, outra: str) -> bool:
    if uma == outra:
        return True
    registros = [caso.cadastros.achar("entidades", r).registro for r in (uma, outra)]
    return registros[0] is not None and registros[0] == registros[1]
