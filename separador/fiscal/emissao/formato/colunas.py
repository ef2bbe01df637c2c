"""Describes the load as a sheet (CSV): one loose invoice in each row, and what of it is said of the whole load."""

from separador.fiscal.emissao.formato import listas as ls
from separador.fiscal.emissao.formato.carga import CARGA, DO_CONHECIMENTO
from separador.fiscal.emissao.formato.tipos import DINHEIRO, QUANTIDADE, Campo, Grupo, Lista

_POR_NOME = {c.nome: c for c in (*DO_CONHECIMENTO, *ls.NOTA.campos, *CARGA.campos)}
_SEGURO = {c.nome: c for c in ls.SEGURO.campos}
DE_LINHA = (
    *(_POR_NOME[n] for n in ls.CHAVES_DO_GRUPO),
    Campo("tomador", _POR_NOME["tomador"].tipo, "quem paga o frete das linhas do mesmo CT-e"),
    *(_POR_NOME[n] for n in ("modelo", "chave", "numero", "serie", "emissao", "valor")),
    Campo("frete", DINHEIRO, "frete da nota, somado no CT-e; o componente é o do depositante"),
    Campo("peso", QUANTIDADE, "peso bruto, em KG"),
    Campo("volumes", QUANTIDADE, "volumes, em UNIDADE"),
    Campo("pedido", _POR_NOME["pedido"].tipo, "número do pedido"),
)
"""What each row says of its invoice."""
MEDIDAS = {"peso": ("01", "PESO BRUTO"), "volumes": ("03", "VOLUMES")}
"""Column → unit and kind of the measure."""
DE_TODAS = (
    _POR_NOME["produto_predominante"],
    _POR_NOME["forma_pagamento"],
    _POR_NOME["cif_fob"],
    Campo("responsavel_seguro", _SEGURO["responsavel"].tipo, "quem responde pelo seguro"),
    Campo("apolice", _SEGURO["apolice"].tipo, "número da apólice"),
)
"""What the first row that has it says of the whole load."""
COLUNAS = {c.nome: c for c in (_POR_NOME["carga"], *DE_LINHA, *DE_TODAS)}
NOTA = Grupo((*ls.NOTA.campos, *(c for c in DE_LINHA if c.nome in ("frete", "tomador"))))
"""An invoice of a sheet, with what a file that has groups says elsewhere."""
GUARDADA = Grupo(tuple(Campo("notas", Lista(NOTA)) if c.nome == "notas" else c for c in CARGA.campos))
"""A load as it is kept, whatever file it came in."""
