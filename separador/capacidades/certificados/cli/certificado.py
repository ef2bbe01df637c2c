"""Installs and shows the companies' certificates in the vault, A1 and A3 (`separador certificado`). Shows no key."""

import base64
from dataclasses import replace
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING

import click

from separador.capacidades.certificados.cli.comum import achar, ativos, empresa_de, opcao_empresa
from separador.capacidades.certificados.cli.token import instalar_a3, pin, token
from separador.capacidades.certificados.servico.nomes import CERTIFICADO, SENHA, USOS, VALIDADE, dias
from separador.cli.base import autorizacao, terminal
from separador.cli.base.cofre_aberto import com_cofre, opcao_senha_stdin, recusar
from separador.cli.base.comum import Opcoes, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes
from separador.cli.base.grupo import Grupo
from separador.cli.base.leitura import agora_utc
from separador.nucleo.erro import Recusa
from separador.nucleo.texto.rotulo import rotulo

if TYPE_CHECKING:
    from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido
    from separador.configuracao import Configuracao


@click.group(cls=Grupo, name="certificado", help="Os certificados das empresas: instalar, trocar, ver a validade.")
def certificado() -> None:
    """Groups the certificates' commands."""


@certificado.command(
    options_metavar="[OPÇÕES]",
    help="Instala um certificado A1 (ARQUIVO .pfx ou .p12) no cofre; a senha é perguntada (linha vazia: não "
    "tem). Com --a3, o do token. O "
    "serviço em funcionamento passa a usá-lo sozinho. Depois o ARQUIVO não é mais necessário.",
)
@click.argument(
    "arquivo", metavar="[ARQUIVO]", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@click.option("--apelido", required=True, metavar="NOME", help="Como chamar este certificado; um só na empresa.")
@opcao_empresa
@click.option("--uso", type=click.Choice(USOS), default="assinatura", show_default=True, help="Para que serve.")
@click.option(
    "--padrao/--nao-padrao", "padrao", default=None, help="Se passa a ser o padrão da empresa; sem dizer, passa."
)
@click.option("--a3", is_flag=True, help="O certificado está em um token A3; o PIN é perguntado.")
@click.option("--modulo", metavar="CAMINHO", help="Com --a3: a biblioteca PKCS#11 do fabricante (.so).")
@click.option("--token", "rotulo", metavar="NOME", help="Com --a3: o token, quando há mais de um.")
@click.option("--guardar-pin", is_flag=True, help="Com --a3: guarda o PIN no cofre, para ligar o serviço sozinho.")
@opcao_senha_stdin
@passar_opcoes
def instalar(
    opcoes: Opcoes,
    arquivo: Path | None,
    apelido: str,
    empresa: str | None,
    uso: str,
    padrao: bool | None,
    a3: bool,
    modulo: str | None,
    rotulo: str | None,
    guardar_pin: bool,
    senha_stdin: bool,
) -> None:
    """Exits with 1, every reason and nothing changed, when the certificate may not be installed."""
    from separador.capacidades.certificados.dominio import Uso  # noqa: PLC0415
    from separador.capacidades.certificados.servico.instalacao import Pedido  # noqa: PLC0415

    config = opcoes.configuracao()
    if a3 == (arquivo is not None) or a3 != (modulo is not None):
        raise click.UsageError("Diga o ARQUIVO .pfx, ou --a3 com --modulo CAMINHO.")
    origem = "comando"
    # Without a company: the only one, or the one that the certificate itself names.
    pelo_certificado = empresa is None and arquivo is not None and len(config.empresas) > 1
    cnpj = "" if pelo_certificado else empresa_de(config, empresa)
    pedido = Pedido(cnpj, apelido.strip(), Uso(uso), padrao, autorizacao.quem(), origem)
    if arquivo is not None:
        pedido, feito = _instalar_a1(config, pedido, arquivo, senha_stdin=senha_stdin)
    else:
        feito = instalar_a3(config, pedido, modulo or "", rotulo, senha_stdin=senha_stdin, guardar=guardar_pin)
    for aviso in feito.avisos:
        click.echo(f"Aviso: {aviso}")
    papel = "é agora o padrão da empresa" if feito.padrao else "não é o padrão da empresa"
    click.echo(f'Certificado "{pedido.apelido}" instalado; {papel} {pedido.empresa}.')


def _instalar_a1(
    config: "Configuracao", pedido: "Pedido", arquivo: Path, *, senha_stdin: bool
) -> "tuple[Pedido, Instalado]":
    from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez  # noqa: PLC0415
    from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX  # noqa: PLC0415
    from separador.capacidades.certificados.servico.instalacao import Instalado, instalar_a1  # noqa: PLC0415
    from separador.cli.base.soquete.entrega import entregar  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415

    sem_despejo()
    with arquivo.open("rb") as aberto:
        dados = aberto.read(LIMITE_PFX)
    senha = terminal.pedir_senha(
        "Senha do certificado (vazia, se não tem)", pela_entrada=senha_stdin, pode_ser_vazia=True
    )
    autorizacao.conferir_de_novo(config.dados)
    if not pedido.empresa:
        pedido = replace(pedido, empresa=_do_certificado(config, dados, senha))
    recebido = entregar(
        config.dados,
        CERTIFICADO,
        {
            "pfx": base64.b64encode(dados).decode("ascii"), "senha": senha, "empresa": pedido.empresa,
            "apelido": pedido.apelido, "uso": pedido.uso.value, "padrao": pedido.padrao, "quem": pedido.quem,
        },
    )  # fmt: skip
    if recebido is not None:
        return pedido, Instalado(recebido["id"], recebido["padrao"], tuple(recebido["avisos"]))
    lido = abrir_uma_vez(dados, senha.encode())
    if isinstance(lido, Recusa):
        recusar(lido)
    with com_cofre(config) as (banco, cofre):
        feito = instalar_a1(banco, cofre, config, pedido, lido, agora_utc())
    if isinstance(feito, Recusa):
        recusar(feito)
    return pedido, feito


def _do_certificado(config: "Configuracao", dados: bytes, senha: str) -> str:
    """Returns the configured company whose CNPJ the certificate bears, or the only one of its base; else ends the
    command (2)."""
    from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez  # noqa: PLC0415

    lido = abrir_uma_vez(dados, senha.encode())
    if isinstance(lido, Recusa):
        recusar(lido)
    cnpj = lido.certificado.cnpj or ""
    cnpjs = [e.cnpj for e in config.empresas]
    da_base = [c for c in cnpjs if c[:8] == cnpj[:8]]
    if cnpj not in cnpjs and len(da_base) != 1:
        raise click.UsageError(f"O certificado é de {cnpj or 'ninguém com CNPJ'}: diga a empresa com --empresa CNPJ.")
    return cnpj if cnpj in cnpjs else da_base[0]


@certificado.command(options_metavar="[OPÇÕES]", help="Mostra os certificados instalados, o padrão de cada empresa "
                     "primeiro.")  # fmt: skip
@opcao_empresa
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, empresa: str | None, em_json: bool) -> None:
    """Lists the certificates; shows nothing secret."""
    config = opcoes.configuracao()
    linhas = ativos(config, empresa_de(config, empresa) if empresa else None)
    if em_json:
        mostrar_json([_em_json(linha) for linha in linhas])
        return
    if not linhas:
        click.echo("Nenhum certificado no cofre. Instale: separador certificado instalar ARQUIVO --apelido NOME")
        return
    mostrar_tabela(
        ("empresa", "apelido", "padrão", "tipo", "uso", "titular", "vale até", "situação"),
        [
            [
                *(r["empresa"], r["apelido"], "sim" if r["padrao"] else "não", r["tipo"], r["uso"], r["titular"]),
                *(_dia(r["validade_ate"]), _prazo(r)),
            ]
            for r in linhas
        ],
    )


@certificado.command(options_metavar="[OPÇÕES]", help="Mostra tudo de um certificado: titular, cadeia, usos, datas.")
@click.argument("apelido", metavar="APELIDO")
@opcao_empresa
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, apelido: str, empresa: str | None, em_json: bool) -> None:
    """Exits with 1 when there is no such certificate."""
    from separador.capacidades.certificados import dominio as regras  # noqa: PLC0415

    config = opcoes.configuracao()
    linha = achar(config, apelido, empresa)
    der = bytes(linha["der"])
    dados = _em_json(linha) | {
        "pessoa": f"e-CNPJ {linha['cnpj']}" if linha["cnpj"] else f"e-CPF {linha['cpf']}",
        "cadeia": regras.cadeia_em_ordem(der, regras.desempacotar(bytes(linha["cadeia"]))),
        "autoassinado": regras.autoassinado(der),
        "usos_da_chave": list(regras.usos_da_chave(der) or ()),
        "finalidades": list(regras.finalidades(der)),
    }
    if em_json:
        mostrar_json(dados)
        return
    for nome, valor in dados.items():
        click.echo(f"{rotulo(nome):<16} {_texto(nome, valor)}")


@certificado.command(options_metavar="[OPÇÕES]", help="Torna o certificado APELIDO o padrão da empresa, de uma vez.")
@click.argument("apelido", metavar="APELIDO")
@opcao_empresa
@passar_opcoes
def padrao(opcoes: Opcoes, apelido: str, empresa: str | None) -> None:
    """Changes the standard certificate. The running service takes it up by itself."""
    from separador.capacidades.certificados.servico.instalacao import trocar_padrao  # noqa: PLC0415

    config = opcoes.configuracao()
    cnpj = empresa_de(config, empresa)
    with autorizacao.escrevendo(config.dados, migrar=True) as banco:
        recusa = trocar_padrao(banco, cnpj, apelido, agora_utc())
    if recusa is not None:
        recusar(recusa)
    click.echo(f'O padrão da empresa {cnpj} agora é "{apelido}".')


@certificado.command(
    options_metavar="[OPÇÕES]",
    help="Tira de uso o certificado APELIDO e apaga a chave dele do cofre. O antigo só sai depois que o novo assinou.",
)
@click.argument("apelido", metavar="APELIDO")
@opcao_empresa
@click.option("--forcar", is_flag=True, help="Mesmo que seja o padrão, ou que o novo ainda não tenha assinado.")
@passar_opcoes
def remover(opcoes: Opcoes, apelido: str, empresa: str | None, forcar: bool) -> None:
    """Exits with 1 while the certificate is still needed."""
    from separador.capacidades.certificados.servico.instalacao import remover as tirar  # noqa: PLC0415

    config = opcoes.configuracao()
    with com_cofre(config) as (banco, cofre):
        recusa = tirar(banco, cofre, empresa_de(config, empresa), apelido, agora_utc(), forcar=forcar)
    if recusa is not None:
        recusar(recusa)
    click.echo(f'O certificado "{apelido}" saiu de uso e a chave dele foi apagada do cofre.')


@certificado.command(
    options_metavar="[OPÇÕES]",
    help="Confere agora a validade de todos e faz o serviço adotar já o que estiver instalado (use depois de um "
    "vencimento). Os documentos que esperavam seguem.",
)
@passar_opcoes
def validade(opcoes: Opcoes) -> None:
    """Exits with 0: the service has looked; 1: a company has no certificate in force; 3: recorded, service stopped."""
    from separador.cli.base.pedidos import NovoPedido, dar  # noqa: PLC0415

    config = opcoes.configuracao()
    for linha in ativos(config, None):
        marca = " (padrão)" if linha["padrao"] else ""
        click.echo(f"{linha['empresa']} {linha['apelido']}{marca}: até {_dia(linha['validade_ate'])}, {_prazo(linha)}.")
    dar(config.dados, [NovoPedido(VALIDADE, "")])


@certificado.command(
    options_metavar="[OPÇÕES]",
    help="Guarda no cofre uma senha de certificado, para os .pfx que chegarem à pasta vigiada sem .senha ao lado.",
)
@opcao_empresa
@opcao_senha_stdin
@passar_opcoes
def senha(opcoes: Opcoes, empresa: str | None, senha_stdin: bool) -> None:
    """Keeps the password; it replaces the one that the company had."""
    from separador.capacidades.certificados.servico.recebimento import guardar_senha  # noqa: PLC0415
    from separador.cli.base.soquete.entrega import entregar  # noqa: PLC0415

    config = opcoes.configuracao()
    cnpj = empresa_de(config, empresa)
    dita = terminal.pedir_senha("Senha do certificado que vai chegar", pela_entrada=senha_stdin, de_novo=True)
    autorizacao.conferir_de_novo(config.dados)
    if entregar(config.dados, SENHA, {"empresa": cnpj, "senha": dita}) is None:
        with com_cofre(config) as (banco, cofre):
            guardar_senha(banco, cofre, cnpj, dita.encode())
    click.echo(f"Senha guardada no cofre para os certificados da empresa {cnpj} que chegarem à pasta vigiada.")


def _em_json(linha: Row) -> dict[str, object]:
    campos = (
        *("empresa", "apelido", "uso", "tipo", "titular", "cnpj", "cpf", "validade_de", "validade_ate", "sha256"),
        *("instalado_em", "instalado_por", "origem", "padrao_desde", "assinou_em"),
    )
    return {c: linha[c] for c in campos} | {"padrao": bool(linha["padrao"]), "situacao": _prazo(linha)}


def _texto(nome: str, valor: object) -> str:
    if isinstance(valor, list):
        return (" → " if nome == "cadeia" else ", ").join(map(str, valor)) or "-"
    return ("sim" if valor else "não") if isinstance(valor, bool) else str(valor or "-")


def _prazo(linha: Row) -> str:
    from separador.banco.instante import instante_de  # noqa: PLC0415

    return dias(instante_de(linha["validade_ate"]), agora_utc())


def _dia(texto: str) -> str:
    return f"{texto[8:10]}/{texto[5:7]}/{texto[:4]}"


certificado.add_command(pin)
certificado.add_command(token)
