"""Runs the local Integra Contador, for demonstration, training and tests (`separador simulador serpro`)."""

import json
import os
import signal
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from separador.cli.base.comum import Saida, opcao_json, sair
from separador.nucleo.fuso import hora
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.simulador.serpro.cenario import Cenario
    from separador.simulador.serpro.estado import Chamada

PORTA = 8444
PASTA = Path("var/simulador-serpro")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Um SERPRO local: o endereço de autenticação (certificado de cliente) e o gateway do Integra Contador, na "
    "mesma porta, com pagamentos, comprovantes em PDF, eventos, procurações, emissão de DARF e DAS, termo de "
    "autorização e memória própria. Mostra uma linha por chamada.\n\n"
    "O que ele sabe vem de um cenário em YAML (--ajuda-cenario), ou é inventado: --massa EMPRESAS,GUIAS,PAGAS.",
)
@click.option("--porta", metavar="N", type=click.IntRange(0, 65535), default=PORTA, help="Porta (8444); 0: qualquer.")
@click.option(
    "--pasta",
    metavar="PASTA",
    type=click.Path(path_type=Path, file_okay=False),
    default=PASTA,
    help="Onde ficam a memória, o certificado do servidor e ca.pem, em que o cliente deve confiar "
    "(var/simulador-serpro).",
)
@click.option("--cenario", metavar="ARQ.yaml", type=click.Path(path_type=Path, dir_okay=False), help="O que ele sabe.")
@click.option("--massa", metavar="E,G,P", help="Inventa E empresas com G guias, das quais P pagas.")
@click.option(
    "--razao", metavar="PASTA", type=click.Path(path_type=Path, file_okay=False), help="Mostra as chamadas e termina."
)
@click.option(
    "--pagar",
    "pagar",
    metavar="NUMERO",
    help="Paga hoje um documento que está na memória da pasta e termina; serve com o simulador no ar.",
)
@click.option("--ajuda-cenario", is_flag=True, help="Explica o cenário e as falhas e termina.")
@opcao_json
def serpro(
    porta: int,
    pasta: Path,
    cenario: Path | None,
    massa: str | None,
    razao: Path | None,
    pagar: str | None,
    ajuda_cenario: bool,
    em_json: bool,
) -> None:
    """Runs until interrupted (0).

    Exits with 1: nothing there, or not payable; 2: scenario, port or folder cannot be used.
    """
    if ajuda_cenario:
        _ensinar()
    elif razao is not None:
        _mostrar_razao(razao, em_json)
    elif pagar is not None:
        _pagar(pasta, pagar)
    else:
        _servir(porta, pasta, _cenario(cenario, massa), em_json)


def _cenario(arquivo: Path | None, massa: str | None) -> "Cenario":
    from separador.simulador.serpro import contribuintes as inventada  # noqa: PLC0415 -- the help must be quick
    from separador.simulador.serpro.cenario import Cenario, CenarioError, ler  # noqa: PLC0415

    if arquivo is not None and massa is not None:
        sair(Saida.USO, "Use --cenario ou --massa, não os dois.")
    if massa is not None:
        quantos = [int(n) for n in massa.split(",") if n.strip().isdecimal()]
        if len(quantos) != 3 or not 0 < quantos[0] <= quantos[1] or quantos[2] > quantos[1]:
            sair(Saida.USO, "--massa quer três números, como 20,100,60: empresas, guias, e quantas delas pagas.")
        return inventada.gerar(*quantos, hoje=date.today())  # noqa: DTZ011 -- the day of whoever looks on
    try:
        return ler(arquivo) if arquivo is not None else Cenario()
    except (OSError, CenarioError) as erro:
        sair(Saida.USO, f"O cenário {arquivo} não pode ser usado: {erro}")


def _servir(porta: int, pasta: Path, cenario: "Cenario", em_json: bool) -> None:
    from separador.simulador.serpro.cenario import CenarioError  # noqa: PLC0415
    from separador.simulador.serpro.local import SerproLocal  # noqa: PLC0415

    try:
        local = SerproLocal(pasta, cenario, _narrador(em_json))
    except CenarioError as erro:
        sair(Saida.USO, f"O cenário não pode ser usado: {erro}.")
    except OSError as erro:
        sair(Saida.USO, f"O simulador não pode usar {erro.filename or pasta}: {razao(erro)}.")
    for sinal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sinal, lambda _n, _q: local.servidor.parar())
    try:
        local.servir(porta, lambda endereco: _dizer_pronto(endereco, local.ca, cenario, em_json))
    except OSError as erro:
        sair(Saida.USO, f"O simulador não pode escutar na porta {porta}: {razao(erro)}.")
    finally:
        local.fechar()


def _dizer_pronto(endereco: str, ca: Path, cenario: "Cenario", em_json: bool) -> None:
    if em_json:
        campos = {"endereco": endereco, "ca": str(ca.absolute()), "contratante": cenario.contratante}
        _linha({"evento": "pronto", **campos, "pid": os.getpid()})
    else:
        click.echo(f"SERPRO local em {endereco} (certificado do servidor assinado por {ca}). Ctrl+C termina.")
        click.echo(f"Contratante {cenario.contratante}; chave {cenario.chave}; segredo {cenario.segredo}.")
    sys.stdout.flush()


def _narrador(em_json: bool) -> Any:
    def narrar(chamada: "Chamada") -> None:
        if em_json:
            _linha({"evento": "chamada", **_campos(chamada)})
        else:
            click.echo(_frase(chamada))

    return narrar


def _campos(c: "Chamada") -> dict[str, Any]:
    return {**asdict(c), "quando": c.quando.isoformat()}


def _frase(c: "Chamada") -> str:
    partes = (
        hora(c.quando, segundos=True),
        c.servico or c.caminho,
        c.contribuinte[:60],
        c.numero,
        f"HTTP {c.http}",
    )
    cobrada, falha = (" cobrada" if c.cobrada else ""), (f" (falha: {c.falha})" if c.falha else "")
    return " ".join(p for p in (*partes, c.codigo) if p) + cobrada + falha


def _linha(campos: dict[str, Any]) -> None:
    click.echo(json.dumps(campos, ensure_ascii=False))


def _mostrar_razao(pasta: Path, em_json: bool) -> None:
    from separador.simulador.serpro.estado import ARQUIVO, Arquivo  # noqa: PLC0415

    if not (pasta / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há razão de um SERPRO local em {pasta}.")
    arquivo = Arquivo(pasta, so_leitura=True)
    try:
        chamadas = arquivo.chamadas()
    finally:
        arquivo.fechar()
    if em_json:
        click.echo(json.dumps([_campos(c) for c in chamadas], ensure_ascii=False, indent=2))
        return
    for chamada in chamadas:
        click.echo(_frase(chamada))
    click.echo(f"{len(chamadas)} chamadas, {sum(c.cobrada for c in chamadas)} cobradas")


def _pagar(pasta: Path, numero: str) -> None:
    from separador.capacidades.ecac.dominio.arrecadacao import completo  # noqa: PLC0415
    from separador.simulador.serpro.estado import ARQUIVO, Arquivo  # noqa: PLC0415

    if not (pasta / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há memória de um SERPRO local em {pasta}.")
    arquivo = Arquivo(pasta)
    try:
        feito = arquivo.pagar(completo(numero), date.today())  # noqa: DTZ011 -- the day of whoever pays
    finally:
        arquivo.fechar()
    if not feito:
        sair(Saida.RECUSADO, f"O documento {numero} não está na memória, ou já foi pago.")
    sair(Saida.FEITO, f"O documento {completo(numero)} foi pago hoje.")


_EXEMPLO = """
Cenário (YAML; tudo é opcional):
  contratante: "11222333000181"
  chave: chave-do-consumidor
  segredo: segredo-do-consumidor
  token_s: 2008           # quanto dura um token
  semente: 7              # o mesmo dia ruim, de novo
  contribuintes:
    - ni: "77000000000116"
      nome: EMPRESA FICTICIA LTDA
      procuracoes: [{ate: 2027-12-31, sistemas: ["00004", "00146"]}]   # outorgado: o contratante, se não for dito
      documentos:
        - {numero: "07202615700000015", tipo: "09", periodo: 2026-05-01, vencimento: 2026-06-22,
           arrecadacao: 2026-06-19, partes: [{receita: "1001", descricao: IRPJ, principal: 58.15}]}
  falhas:                 # vale a primeira que servir
    - {faz: "503", servico: PAGAMENTOS71, vezes: 2}
    - {faz: silencio, servico: COMPARRECADACAO72, numero: "07202615700000015"}
    - {faz: "500", chance: 0.05, vezes: 1000}
Quem escolhe: servico, contribuinte, numero; quando: pular, vezes, chance; segundos: demora, ou Retry-After."""


def _ensinar() -> None:
    from separador.simulador.serpro.falhas import EXPLICACOES  # noqa: PLC0415

    click.echo("Falhas (faz):")
    for nome, texto in EXPLICACOES.items():
        click.echo(f"  {nome:<16} {texto}")
    click.echo(_EXEMPLO)
