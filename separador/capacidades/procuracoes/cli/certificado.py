"""Opens the certificate of an access that is registered in the same step (`separador procuracao incluir --pfx`)."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.procuracoes.dominio import Acesso
from separador.cli.base import terminal
from separador.cli.base.cofre_aberto import recusar
from separador.cli.base.comum import Saida, sair
from separador.nucleo.erro import Recusa
from separador.nucleo.fuso import dia

if TYPE_CHECKING:
    from separador.capacidades.certificados.leitura.pfx import Aberto


def abrir(arquivo: Path, *, pela_entrada: bool) -> "Aberto":
    """Asks for the password and opens the file; ends the command (1) when it does not open."""
    from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez  # noqa: PLC0415
    from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX  # noqa: PLC0415
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


def exigir_o_titular(a: Acesso, aberto: "Aberto", *, de_outro: bool) -> None:
    """Says whose certificate it is. One that is not of the office, or of the company named, must be meant: the person
    says so, or the command ends (1)."""
    from separador.capacidades.procuracoes.servico.certificado_do_acesso import de_outro as dito_de_outro  # noqa: PLC0415

    quem = aberto.certificado.identidade
    pessoa = quem.cnpj or quem.cpf or ""
    click.echo(f"Certificado de {quem.titular} ({pessoa}), vale até {dia(quem.validade_ate)}.", err=True)
    aviso = dito_de_outro(a.certificado_cnpj or a.escritorio, aberto)
    if de_outro or aviso is None:
        return
    if terminal.ha():
        click.echo(aviso, err=True)
        dito: str = click.prompt("Usar assim mesmo? [s/N]", default="n", show_default=False, err=True)
        if dito.strip().lower() in ("s", "sim"):
            return
    sair(Saida.RECUSADO, f"{aviso} Se é isso mesmo, repita com --de-outro-titular. Nada foi mudado.")
