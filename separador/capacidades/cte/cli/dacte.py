"""Prints an authorised document, at any time (`separador cte dacte`)."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.cte.banco import leitura as leitura_cte
from separador.capacidades.cte.banco import rastro
from separador.cli.base import chamada, leitura
from separador.cli.base.arquivos import ArquivoDeSaida
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.nomes import argumento_chave
from separador.cli.base.soquete.passagem import Antes, antes
from separador.nucleo.capacidade import registro_de
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.razao import do_sistema

if TYPE_CHECKING:
    from separador.capacidades.dacte.papel.logo import Logo
    from separador.configuracao import Configuracao

_PEDAGIO = "FORNECEDOR;COMPROVANTE;VALOR[;PAGANTE]"


@click.command(
    options_metavar="[OPÇÕES]",
    help="Imprime em PDF o DACTE do documento CHAVE (CT-e, CT-e Simplificado, CT-e OS, GTV-e), a partir do documento "
    "processado guardado. Em documento cancelado sai a marca CANCELADO. Vale-pedágio e lacres só saem com --lotacao; "
    "de um CT-e emitido aqui, de uma carga, tudo isso vem do registro dele, sem opções.",
)
@argumento_chave()
@click.option("--saida", metavar="ARQUIVO", type=ArquivoDeSaida(), help="Sem ela: CHAVE-dacte.pdf, aqui.")
@click.option("--lotacao", is_flag=True, help="A carga é de lotação.")
@click.option("--lacre", "lacres", multiple=True, metavar="LACRE", help="Lacre da carga. Pode vir mais de uma vez.")
@click.option("--pedagio", "pedagios", multiple=True, metavar=_PEDAGIO, help="Vale-pedágio. Pode vir mais de uma vez.")
@antes(lambda ditos: Antes() if ditos["saida"] else Antes(("--saida", f"{ditos['chave']}-dacte.pdf")))
@passar_opcoes
def dacte(
    opcoes: Opcoes,
    chave: str,
    saida: Path | None,
    lotacao: bool,
    lacres: tuple[str, ...],
    pedagios: tuple[str, ...],
) -> None:
    """Exits with 1 when there is no processed document, or it cannot be printed. Needs no service."""
    from separador.capacidades.dacte.papel import Extras, Pedagio, imprimir  # noqa: PLC0415 -- lxml
    from separador.capacidades.dacte.papel.registro import extras_de  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    vales = tuple(Pedagio(*_partes(p)) for p in pedagios)
    config = opcoes.configuracao()
    with leitura.lendo(config.dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
        copia = rastro.copia_fiscal(banco, chave) if banco is not None and doc is not None else None
        guardado = registro_de(banco, chave) if banco is not None and doc is not None else None
    if doc is None:
        sair(Saida.RECUSADO, f"Não há documento com a chave {chave}.")
    if copia is None:
        sair(Saida.RECUSADO, f"O documento está {doc['situacao']}: só há DACTE depois da autorização.")
    cancelado = doc["situacao"] == Situacao.CANCELADO.value
    de_la = extras_de(guardado["registro"] if guardado is not None else None)
    juntos = (lotacao or de_la.lotacao, de_la.pedagios + vales, de_la.lacres + lacres)
    feito = imprimir(ler_copia(copia), Extras(*juntos, cancelado, logo_do_emitente(config, chave)))
    if isinstance(feito, Recusa):
        sair(Saida.RECUSADO, f"{feito.erros[0].mensagem} {feito.erros[0].o_que_fazer}")
    alvo = saida or Path(f"{chave}-dacte.pdf")
    if not chamada.entregar(alvo, feito):
        gravar(alvo, feito)
    click.echo(f"DACTE impresso em {alvo}.")


def logo_do_emitente(config: "Configuracao", chave: str) -> "Logo | None":
    """Returns the logo of the issuer. One that cannot be used is told, and the sheet is printed without it."""
    from separador.capacidades.dacte.papel.logo import preparar  # noqa: PLC0415 -- lxml
    from separador.capacidades.dacte.servico.logos import Logos, cnpj_do_emitente  # noqa: PLC0415

    lido = Logos(config).do_emitente(cnpj_do_emitente(chave))
    if not lido:
        return None
    pronto = preparar(lido) if isinstance(lido, bytes) else lido
    if isinstance(pronto, str):
        click.echo(f"O DACTE sai sem o logotipo da empresa. Motivo: {pronto}.", err=True)
        return None
    return pronto


def _partes(texto: str) -> list[str]:
    partes = [p.strip() for p in texto.split(";")]
    if len(partes) not in (3, 4):
        raise click.UsageError(f"--pedagio deve ser {_PEDAGIO}, e veio {texto!r}.")
    return partes


def ler_copia(copia: Path) -> bytes:
    """Returns the bytes of a kept file. Ends the command (1) when they cannot be read."""
    try:
        return copia.read_bytes()
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui ler {copia}: {do_sistema(erro.errno)}.")


def gravar(alvo: Path, dados: bytes) -> None:
    """Writes the file whole or not at all: a PDF half written looks like a PDF."""
    try:
        descritor, nome = tempfile.mkstemp(prefix=".dacte.", dir=alvo.parent)
        try:
            with open(descritor, "wb") as provisorio:
                provisorio.write(dados)
            Path(nome).chmod(0o644)
            Path(nome).replace(alvo)
        except BaseException:
            Path(nome).unlink(missing_ok=True)
            raise
    except OSError as erro:
        sair(Saida.RECUSADO, f"Não consegui gravar {alvo}: {do_sistema(erro.errno)}.")
