"""Shows the panel over the folders of the demonstration, with a user of its own, until the person has seen enough."""

import re
import secrets
from typing import TYPE_CHECKING

from separador.demonstracao.tela import FORTE, FRACO

if TYPE_CHECKING:
    from separador.demonstracao.instalacao import Instalacao
    from separador.demonstracao.tela import Tela

EMAIL = "demo@exemplo.com.br"
_CODIGO = re.compile(r"(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}")


def mostrar(instalacao: "Instalacao", tela: "Tela") -> None:
    """Stays until Ctrl+C. Without the parts of the panel it says so and goes on."""
    senha = com_usuario(instalacao)
    linha = instalacao.ligar_painel()
    if senha is None or not linha:
        tela.texto(
            f"O painel não pôde ser mostrado: {instalacao.queixa('painel.err') or 'veja separador painel'}", FRACO
        )
        return
    tela.texto()
    tela.texto(linha, FORTE)
    tela.texto(f"Entre com {EMAIL} e a senha {senha}. Ctrl+C termina a demonstração.")
    try:
        instalacao.esperar_painel()
    except KeyboardInterrupt:
        tela.texto()


def com_usuario(instalacao: "Instalacao") -> str | None:
    """Registers an administrator with a password made now, and returns it; None when that did not work."""
    senha = secrets.token_hex(6)
    nivel = ("--nivel", "administrador")
    incluido = instalacao.comando("usuario", "incluir", EMAIL, "--nome", "Demonstração", *nivel)
    codigo = _CODIGO.search(instalacao.comando("usuario", "recuperar", EMAIL).stdout)
    if incluido.returncode != 0 or codigo is None:
        return None
    entrada = f"{codigo.group()}\n{senha}\n"
    definida = instalacao.comando("usuario", "definir-senha", "--senha-stdin", entrada=entrada)
    return senha if definida.returncode == 0 else None
