"""Names the orders and the secrets of this capability, and says how long something lasts. It loads nothing heavy."""

from datetime import datetime

from separador.nucleo.texto.quantidade import quantos

VALIDADE, PIN = "certificado-validade", "certificado-pin"
PADRAO, REMOVER = "certificado-padrao", "certificado-remover"
"""Kinds of orders."""
CERTIFICADO, SENHA, EXAME = "certificado", "certificado-senha", "certificado-exame"
"""Kinds of secrets that are handed in; a PIN has the name of its order."""
USOS = ("assinatura", "transmissao", "procurador", "contratante")


def dias(ate: datetime, agora: datetime) -> str:
    """Returns in words how long the certificate lasts."""
    restam = (ate - agora).days
    if ate < agora:
        return f"vencido há {quantos((agora - ate).days, 'dia', 'dias')}"
    return "vence hoje" if restam == 0 else "vence amanhã" if restam == 1 else f"mais {quantos(restam, 'dia', 'dias')}"
