"""Runs the local SEFAZ (`separador simulador sefaz`)."""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from separador.cli.base.comum import Saida, opcao_json, sair
from separador.nucleo.fuso import hora
from separador.nucleo.texto.razao import razao

if TYPE_CHECKING:
    from separador.simulador.sefaz.atendimento import Ocorrencia
    from separador.simulador.sefaz.falhas import Roteiro

PORTA = 8443
PASTA = Path("var/simulador-sefaz")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Uma SEFAZ local: HTTPS com certificado de cliente, os serviços do manual, esquema, assinatura, regras, "
    "duplicidade, eventos e limites de uso, com memória própria. Mostra uma linha por mensagem recebida.\n\n"
    "Um documento da série 800 pede uma falha pelo número SVCCC: S o serviço (0 recepção, 1 evento, 2 consulta), V "
    "quantas vezes (0 = uma, 9 = sempre), CCC um cStat (de 100 em diante; 099 = um de quatro algarismos) ou um "
    "estrago (veja --ajuda-falhas).",
)
@click.option(
    "--porta", metavar="N", type=click.IntRange(0, 65535), default=PORTA, help="Porta (8443); 0: qualquer livre."
)
@click.option(
    "--pasta",
    metavar="PASTA",
    type=click.Path(path_type=Path, file_okay=False),
    default=PASTA,
    help="Onde ficam o razão, o certificado do servidor e ca.pem, em que o cliente deve confiar (var/simulador-sefaz).",
)
@click.option(
    "--falhas", metavar="ARQ.yaml", type=click.Path(path_type=Path, dir_okay=False), help="Roteiro de falhas."
)
@click.option("--atraso-ms", metavar="N", type=click.IntRange(0, 600_000), default=0, help="Demora de cada resposta.")
@click.option(
    "--ca-clientes",
    metavar="ARQ.pem",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Aceita só certificados destas autoridades. Sem esta opção: qualquer um em vigor que traga CNPJ.",
)
@click.option(
    "--razao", metavar="PASTA", type=click.Path(path_type=Path, file_okay=False), help="Mostra o razão e termina."
)
@click.option("--ajuda-falhas", is_flag=True, help="Explica as falhas e o roteiro e termina.")
@opcao_json
def sefaz(
    porta: int,
    pasta: Path,
    falhas: Path | None,
    atraso_ms: int,
    ca_clientes: Path | None,
    razao: Path | None,
    ajuda_falhas: bool,
    em_json: bool,
) -> None:
    """Runs until interrupted (0). Exits with 1: no ledger there; 2: script, port or certificates cannot be used."""
    if ajuda_falhas:
        _ensinar()
    elif razao is not None:
        _mostrar_razao(razao, em_json)
    else:
        _servir(porta, pasta, _roteiro(falhas), atraso_ms, ca_clientes, em_json)


def _roteiro(arquivo: Path | None) -> "Roteiro":
    import yaml  # noqa: PLC0415 -- the help of all commands must be quick

    from separador.simulador.sefaz.falhas import RoteiroInvalidoError, ler_roteiro  # noqa: PLC0415

    try:
        return ler_roteiro(yaml.safe_load(arquivo.read_text(encoding="utf-8")) if arquivo else None)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RoteiroInvalidoError) as erro:
        sair(Saida.USO, f"O roteiro de falhas {arquivo} não pode ser usado: {erro}")


def _servir(
    porta: int, pasta: Path, roteiro: "Roteiro", atraso_ms: int, ca_clientes: Path | None, em_json: bool
) -> None:
    from separador.simulador.sefaz.local import SefazLocal  # noqa: PLC0415

    try:
        local = SefazLocal(pasta, roteiro, _narrador(em_json), atraso_ms=atraso_ms, ca_clientes=ca_clientes)
    except OSError as erro:
        sair(Saida.USO, f"O simulador não pode usar {erro.filename or pasta}: {razao(erro)}.")
    for sinal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sinal, lambda _n, _q: local.servidor.parar())
    try:
        local.servir(porta, lambda endereco: _dizer_pronto(endereco, local.ca, em_json))
    except OSError as erro:
        sair(Saida.USO, f"O simulador não pode escutar na porta {porta}: {razao(erro)}.")
    finally:
        local.fechar()


def _dizer_pronto(endereco: str, ca: Path, em_json: bool) -> None:
    if em_json:
        _linha({"evento": "pronto", "endereco": endereco, "ca": str(ca.absolute()), "pid": os.getpid()})
    else:
        click.echo(f"SEFAZ local em {endereco} (certificado do servidor assinado por {ca}). Ctrl+C termina.")
    sys.stdout.flush()


def _narrador(em_json: bool) -> Any:
    def narrar(ocorrencia: "Ocorrencia") -> None:
        quando = datetime.now(UTC)
        if em_json:
            _linha({"evento": "chamada", "quando": quando.isoformat(), **ocorrencia.campos})
        else:
            click.echo(f"{hora(quando, segundos=True)} SEFAZ: {ocorrencia.texto}")

    return narrar


def _linha(campos: dict[str, Any]) -> None:
    click.echo(json.dumps(campos, ensure_ascii=False))


def _mostrar_razao(pasta: Path, em_json: bool) -> None:
    from separador.simulador.sefaz import relatorio  # noqa: PLC0415

    try:
        lido = relatorio.ler(pasta)
    except relatorio.SemRazaoError as erro:
        sair(Saida.RECUSADO, f"{erro}.".capitalize())
    if em_json:
        click.echo(json.dumps(lido, ensure_ascii=False, indent=2))
        return
    for d in lido["documentos"]:
        eventos = "".join(f", {e['tp_evento']}/{e['n_seq']} ({e['cstat']})" for e in d["eventos"])
        click.echo(f"{d['chave']} {d['situacao']}, protocolo {d['nprot']}, {d['recepcoes']} recepções{eventos}")
    for d in lido["nao_autorizados"]:
        click.echo(
            f"{d['chave']} não autorizado: {d['recepcoes']} recepções ({', '.join(d['codigos']) or 'sem resposta'})"
        )
    for servico, n in lido["chamadas"].items():
        click.echo(f"{servico}: {n['total']} chamadas, {n['com_falha']} com falha do roteiro")


_EXEMPLO = """
Roteiro (YAML; tudo é opcional):
  semente: 7              # o mesmo dia ruim, de novo
  relogio_s: 300          # o relógio dela adiantado
  svc: true               # contingência ativada (113)
  conferir: false         # nem esquema, nem assinatura, nem regras: para medir quem chama
  limites: false          # sem consumo indevido; ou {consultas_da_chave: 10, bloqueio_s: 3600, …}
  falhas:                 # vale a primeira que servir
    - {falha: queda-depois, servico: recepcao, vezes: 1}
    - {falha: cstat, cstat: "108", terminacao: "5", vezes: 2}
    - {falha: atraso, atraso_ms: 700, tp_evento: "110111"}
    - {falha: http, http: 503, probabilidade: 0.05}
Quem escolhe: servico (recepcao, evento, consulta, status, distribuicao), autorizador (normal, svc, an), chave, serie,
numero, terminacao, tp_evento, cnpj; quando: depois_de e vezes (por documento), total, probabilidade."""


def _ensinar() -> None:
    from separador.simulador.sefaz.falhas import EXPLICACOES, POR_NUMERO  # noqa: PLC0415

    codigos = {tipo: numero for numero, tipo in POR_NUMERO.items()}
    click.echo("Falhas (entre parênteses, o CCC que a pede pelo número de um documento da série 800):")
    for tipo, texto in EXPLICACOES.items():
        codigo = f"({codigos[tipo]:03d})" if tipo in codigos else ""
        click.echo(f"  {tipo:<17} {codigo:<6} {texto}")
    click.echo(_EXEMPLO)
