"""Reads, from the record of a CT-e that was issued here, what the layout has no place for and the DACTE shows."""

from collections.abc import Mapping
from typing import Any

from separador.capacidades.dacte.papel.conteudo import Extras, Pedagio


def extras_de(registro: Mapping[str, Any] | None) -> Extras:
    """Returns lotação, toll vouchers and seals. Without a record: nothing."""
    if registro is None:
        return Extras()
    vales = (
        Pedagio(v.get("fornecedor", ""), v.get("compra", ""), v.get("valor", ""), v.get("pagante_documento", ""))
        for v in registro.get("vales_pedagio", ())
    )
    return Extras(bool(registro.get("lotacao")), tuple(vales), tuple(registro.get("lacres", ())))
