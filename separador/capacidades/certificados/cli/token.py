"""Holds the commands of `separador certificado` that are only for A3 tokens.

A PIN is asked, or read from standard input.
"""

from typing import TYPE_CHECKING

import click

from separador.capacidades.certificados.cli.comum import achar, opcao_empresa
from separador.cli.base import autorizacao, terminal
from separador.cli.base.cofre_aberto import com_cofre, opcao_senha_stdin, recusar
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.leitura import agora_utc
from separador.nucleo.erro import Recusa
from separador.nucleo.fuso import dia

if TYPE_CHECKING:
    from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido
    from separador.configuracao import Configuracao


def instalar_a3(
    config: "Configuracao", pedido: "Pedido", modulo: str, rotulo: str | None, *, senha_stdin: bool, guardar: bool
) -> "Instalado":
    """Finds the certificate in the token, proves its key with the PIN and stores its place.

    Ends the command (1) when it cannot.
    """
    from separador.capacidades.certificados.dominio import Pretensao, Tipo  # noqa: PLC0415
    from separador.capacidades.certificados.leitura.token import AssinanteDoToken, TokenError, procurar  # noqa: PLC0415
    from separador.capacidades.certificados.servico.em_uso import nome_do_pin  # noqa: PLC0415
    from separador.capacidades.certificados.servico.escolha_no_token import escolher_no_token  # noqa: PLC0415
    from separador.capacidades.certificados.servico.instalacao import instalar_a3 as gravar  # noqa: PLC0415
    from separador.cofre.chave_mestra import PASTA  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415

    try:
        achado = escolher_no_token(procurar(modulo), pedido.empresa, rotulo, pedido.uso)
        if isinstance(achado, Recusa):
            recusar(achado)
        sem_despejo()
        pin = terminal.pedir_senha("PIN do token", pela_entrada=senha_stdin)
        with com_cofre(config) as (banco, cofre):  # after the wait: the person may still do it
            AssinanteDoToken(achado.referencia, achado.der, pin, config.dados / PASTA).fechar()
            pretensao = Pretensao(
                pedido.empresa, pedido.apelido, pedido.uso, Tipo.A3, achado.der, (), achado.identidade
            )
            with banco.transacao():
                feito = gravar(banco, config, pedido, pretensao, achado.referencia.json(), agora_utc())
                if isinstance(feito, Recusa):
                    recusar(feito)
                if guardar:
                    cofre.guardar(nome_do_pin(feito.id), pin.encode())
    except TokenError as erro:
        sair(Saida.RECUSADO, f"{erro.mensagem} {erro.o_que_fazer} Nada foi mudado.")
    return feito


@click.command(
    options_metavar="[OPÇÕES]",
    help="Informa ao serviço em funcionamento o PIN do token A3, que vale até ele ser desligado. É tentado uma vez só.",
)
@click.argument("apelido", metavar="APELIDO")
@opcao_empresa
@click.option("--guardar", is_flag=True, help="Também guarda o PIN no cofre, para as próximas vezes.")
@opcao_senha_stdin
@passar_opcoes
def pin(opcoes: Opcoes, apelido: str, empresa: str | None, guardar: bool, senha_stdin: bool) -> None:
    """Exits with 0: the token is open; 1: it refused, or is not there; 3: there is no service to tell."""
    from separador.capacidades.certificados.servico.em_uso import nome_do_pin  # noqa: PLC0415
    from separador.capacidades.certificados.servico.nomes import PIN  # noqa: PLC0415
    from separador.cli.base.pedidos import NovoPedido, dar  # noqa: PLC0415
    from separador.cli.base.soquete.entrega import entregar  # noqa: PLC0415

    config = opcoes.configuracao()
    linha = achar(config, apelido, empresa)
    if linha["tipo"] != "A3":
        sair(Saida.RECUSADO, f'O certificado "{apelido}" é A1: não tem PIN. Nada foi mudado.')
    dito = terminal.pedir_senha("PIN do token", pela_entrada=senha_stdin)
    if guardar:
        with com_cofre(config) as (banco, cofre), banco.transacao():
            numero = cofre.achar(nome_do_pin(linha["id"]))
            if numero is None:
                cofre.guardar(nome_do_pin(linha["id"]), dito.encode())
            else:
                cofre.trocar(numero, dito.encode())
    autorizacao.conferir_de_novo(config.dados)
    if entregar(config.dados, PIN, {"certificado": linha["id"], "pin": dito}) is None:
        sair(Saida.SEM_SERVICO, "O serviço está desligado; ligue-o (separador iniciar) e repita.")
    dar(config.dados, [NovoPedido(PIN, str(linha["id"]))])


@click.command(
    options_metavar="[OPÇÕES]", help="Mostra os certificados que estão nos tokens A3 ligados a esta máquina."
)
@click.option(
    "--modulo",
    required=True,
    metavar="CAMINHO",
    type=click.Path(),
    help="A biblioteca PKCS#11 do fabricante (.so).",
)
@opcao_json
def token(modulo: str, em_json: bool) -> None:
    """Needs no PIN: shows only what the token shows to anybody."""
    from separador.capacidades.certificados.dominio import pessoa  # noqa: PLC0415
    from separador.capacidades.certificados.leitura.token import TokenError, procurar  # noqa: PLC0415

    try:
        achados = procurar(modulo)
    except TokenError as erro:
        sair(Saida.RECUSADO, f"{erro.mensagem} {erro.o_que_fazer}")
    linhas = [
        (a.referencia.rotulo, a.referencia.serie, i.titular, pessoa(i), dia(i.validade_ate))
        for a in achados
        for i in (a.identidade,)
    ]
    if em_json:
        campos = ("token", "serie", "titular", "pessoa", "vale_ate")
        mostrar_json([dict(zip(campos, linha, strict=True)) for linha in linhas])
    elif not linhas:
        click.echo("Há token, mas nenhum certificado nele.")
    else:
        mostrar_tabela(("token", "série", "titular", "pessoa", "vale até"), linhas)
