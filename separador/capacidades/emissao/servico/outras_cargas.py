"""Tells of invoices that are in another load already."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from separador.capacidades.emissao.banco import cargas
from separador.fiscal.emissao.achados import Aviso

if TYPE_CHECKING:
    from separador.banco.conexao import Linhas


def de_outras_cargas(banco: "Linhas", carga_id: int, nfes: Iterable[tuple[str, str]]) -> list[Aviso]:
    """Tells of each NF-e that a CT-e of another load, not cancelled, has already.

    `nfes`: field and key of each; `carga_id`: the load that has them, 0 when it is none yet.
    """
    pares = list(nfes)
    outras = cargas.em_outras_cargas(banco, carga_id, (nfe for _, nfe in pares))
    return [
        Aviso(
            "SEP-NOTA-EM-OUTRA-CARGA",
            campo,
            f"A NF-e já está no CT-e {outras[nfe]['chave']}, da carga {outras[nfe]['carga']}.",
        )
        for campo, nfe in pares
        if nfe in outras
    ]
