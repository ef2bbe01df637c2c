"""Installs the certificate of an access in the same step as the access (`separador procuracao incluir --pfx`)."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.certificados import banco as certificados
from separador.capacidades.procuracoes.dominio import Acesso
from separador.cli.base import terminal
from separador.cli.base.cofre_aberto import recusar
from separador.cli.base.comum import Saida, sair
from separador.nucleo.erro import Recusa
from separador.nucleo.fuso import dia
from separador.nucleo.negativa import Negativa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco
    from separador.capacidades.certificados.leitura.pfx import Aberto
    from separador.cofre.cofre import Cofre
    from separador.configuracao import Configuracao


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
    quem = aberto.certificado.identidade
    pessoa = quem.cnpj or quem.cpf or ""
    click.echo(f"Certificado de {quem.titular} ({pessoa}), vale até {dia(quem.validade_ate)}.", err=True)
    esperado = a.certificado_cnpj or a.escritorio
    if de_outro or (quem.cnpj is not None and quem.cnpj[:8] == esperado[:8]):
        return
    aviso = f"O certificado não é de {esperado}, e as consultas dos clientes seriam feitas em nome de {quem.titular}."
    if terminal.ha():
        click.echo(aviso, err=True)
        dito: str = click.prompt("Usar assim mesmo? [s/N]", default="n", show_default=False, err=True)
        if dito.strip().lower() in ("s", "sim"):
            return
    sair(Saida.RECUSADO, f"{aviso} Se é isso mesmo, repita com --de-outro-titular. Nada foi mudado.")


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
    if any(e.codigo == "SEP-CERT-REPETIDO" for e in feito.erros):
        igual = certificados.igual(banco, empresa, Uso.PROCURADOR, aberto.certificado.der)
        com = f'"{igual["apelido"]}"' if igual is not None else "APELIDO"
        mensagem = f"{feito.erros[0].mensagem} Dê este comando com --certificado {com}, sem --pfx. Nada foi mudado."
        return Negativa("SEP-CERT-REPETIDO", mensagem)
    motivos = " ".join(f"{e.mensagem} {e.o_que_fazer}" for e in feito.erros)
    return Negativa(feito.erros[0].codigo, f"{motivos} Nada foi mudado.")
