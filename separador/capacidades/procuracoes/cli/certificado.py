"""Installs the certificate of an access in the same step as the access (`separador procuracao incluir --pfx`)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from separador.capacidades.procuracoes.dominio import Acesso
from separador.cli.base import terminal
from separador.cli.base.cofre_aberto import recusar
from separador.nucleo.erro import Recusa
from separador.nucleo.negativa import Negativa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco
    from separador.capacidades.certificados.leitura.pfx import Aberto
    from separador.cofre.cofre import Cofre
    from separador.configuracao import Configuracao


def abrir(arquivo: Path, *, pela_entrada: bool) -> "Aberto":
    """Asks for the password and opens the file; ends the command (1) when it does not open."""
    from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez  # noqa: PLC0415
    from separador.capacidades.certificados.leitura.pfx import LIMITE_PFX  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415

    sem_despejo()
    with arquivo.open("rb") as aberto:
        dados = aberto.read(LIMITE_PFX)
    texto = "Senha do certificado (vazia, se não tem)"
    senha = terminal.pedir_senha(texto, pela_entrada=pela_entrada, pode_ser_vazia=True)
    lido = abrir_uma_vez(dados, senha.encode())
    if isinstance(lido, Recusa):
        recusar(lido)
    return lido


def instalar(
    banco: "Banco", cofre: "Cofre", config: "Configuracao", a: Acesso, aberto: "Aberto", *, quem: str, agora: datetime
) -> Negativa | None:
    """Installs it for the use of a procurador, never as the default that signs. Run inside the access's transaction."""
    from separador.capacidades.certificados.dominio import Uso  # noqa: PLC0415
    from separador.capacidades.certificados.servico.instalacao import Pedido, instalar_a1  # noqa: PLC0415

    empresa, apelido = a.certificado_cnpj or a.escritorio, a.certificado or ""
    pedido = Pedido(empresa, apelido, Uso.PROCURADOR, False, quem, "comando")
    feito = instalar_a1(banco, cofre, config, pedido, aberto, agora)
    if not isinstance(feito, Recusa):
        return None
    motivos = " ".join(f"{e.mensagem} {e.o_que_fazer}" for e in feito.erros)
    return Negativa(feito.erros[0].codigo, f"{motivos} Nada foi mudado.")
