"""The words of a load's choices, as forms offer them."""

FORMAS = ("PAGO", "A PAGAR", "OUTROS")
RESPONSAVEIS = (
    ("remetente", "remetente"),
    ("expedidor", "expedidor"),
    ("recebedor", "recebedor"),
    ("destinatario", "destinatário"),
    ("emitente", "emitente do CT-e"),
    ("tomador", "tomador de serviço"),
)
UNIDADES = ("KG", "M3", "TON", "UNIDADE", "LITROS", "MMBTU")
PAPEIS = (
    ("remetente", "o remetente"),
    ("expedidor", "o expedidor"),
    ("recebedor", "o recebedor"),
    ("destinatario", "o destinatário"),
    ("depositante", "o depositante"),
)
