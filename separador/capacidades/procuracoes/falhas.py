"""Holds what the codes of the offices' accesses say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-PROCURACAO": (
        "O acesso ou a senha dele não pôde ser gravado; a mensagem diz o que falta.",
        "Corrija o que a mensagem diz e repita o comando.",
    ),
    "SEP-PROCURACAO-DESCONHECIDA": ("Não há acesso com este nome.", "Veja os que há: separador procuracao listar"),
    "SEP-PROCURACAO-AMBIGUA": ("Mais de um escritório tem um acesso com este nome.", "Diga qual com --escritorio CNPJ"),
    "SEP-PROCURACAO-EM-USO": (
        "O acesso não pode ser excluído: há empresas consultadas por ele; a mensagem diz quais.",
        "Tire os clientes dele, ou desative-o antes de excluí-lo.",
    ),
}
