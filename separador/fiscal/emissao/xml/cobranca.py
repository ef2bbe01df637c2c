"""Writes invoice and instalments, numbered after the CT-e where they have no number of their own."""

from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.regras.cobranca import Cobranca
from separador.fiscal.emissao.xml.pedacos import dia, grupo, tag


def cobr(c: Cobranca | None, numero: int) -> str:
    """Returns the group; nothing where there is no invoice."""
    if c is None:
        return ""
    return grupo(
        "cobr",
        grupo(
            "fat",
            tag("nFat", c.numero or str(numero)) + tag("vOrig", escrito(c.original)),
            tag("vDesc", escrito(c.desconto)) if c.desconto else "",
            tag("vLiq", escrito(c.liquido)),
        ),
        *(
            grupo(
                "dup",
                tag("nDup", d.numero or f"{numero}-{i}"),
                tag("dVenc", dia(d.vencimento)),
                tag("vDup", escrito(d.valor)),
            )
            for i, d in enumerate(c.duplicatas, 1)
        ),
    )
