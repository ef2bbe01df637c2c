"""Writes a sample file that passes, to be dropped (`separador exemplo`)."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.banco import assinados
from separador.cli.base import leitura
from separador.cli.base.arquivos import gravando
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.nucleo.rota import Transmissao
from separador.nucleo.situacao import Situacao

if TYPE_CHECKING:
    from separador.configuracao import Configuracao
    from separador.demonstracao.exportacoes import Exportacao

ESPECIES = ("cte", "cte-os", "gtve", "simplificado", "evento", "guia", "retorno")
_DE_TESTE = "2"
"""tpAmb of the test environment."""
_VEZES = 50
"""Numbers that are tried."""
_OLHADOS = 20_000
"""Newest documents that are looked at."""


@click.command(
    options_metavar="[OPÇÕES]",
    help=f"Grava um arquivo de exemplo que passa, para soltar numa pasta vigiada: {', '.join(ESPECIES)}. O documento é "
    "da empresa da configuração, com endereço e inscrição de exemplo, sempre para homologação: nunca vale como "
    "documento fiscal. O evento é de um documento autorizado aqui; o retorno, de um que espera o seu, e só serve onde "
    "a transmissão é por pasta (pela rede, quem responde é a SEFAZ).",
)
@click.argument("especie", metavar="ESPÉCIE", type=click.Choice(ESPECIES, case_sensitive=False))
@click.option(
    "--em",
    "pasta",
    metavar="PASTA",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A pasta onde gravar, que já deve existir. Sem ela: esta.",
)
@click.option("--empresa", metavar="CNPJ", help="De qual empresa. Sem ela: a primeira da configuração que emite.")
@passar_opcoes
def exemplo(opcoes: Opcoes, especie: str, pasta: Path | None, empresa: str | None) -> None:
    """Exits with 1 when there is no document that an event or a return could be about."""
    from separador.demonstracao import exemplos  # noqa: PLC0415 -- the help of all commands must be quick

    config, agora = opcoes.configuracao(), leitura.agora_utc()
    cnpj, nome = _empresa(config, empresa)
    feitos: Iterable[Exportacao]
    if especie == "evento":
        feitos = [exemplos.evento(str(_um(config, Situacao.AUTORIZADO, cnpj)[0]), agora=agora)]
    elif especie == "retorno":
        _exigir_pasta(config)
        _, base, assinado = _um(config, Situacao.AGUARDANDO_RETORNO, cnpj)
        feitos = [exemplos.retorno(assinado, base + b"-cte.xml", agora=agora)]
    else:
        feitos = _deste_instante(especie, agora, cnpj, nome)
    click.echo(f"Gravado: {_gravar(pasta or Path(), feitos)}")


def _deste_instante(especie: str, agora: datetime, cnpj: str, nome: str) -> Iterator["Exportacao"]:
    """Yields the sample, then the same with the next numbers: another one made at this instant has the first."""
    from separador.demonstracao import exemplos  # noqa: PLC0415 -- as above

    for vez in range(_VEZES):
        quando = agora + vez * exemplos.PASSO
        if especie == "guia":
            yield exemplos.guias(agora=quando, cnpj=cnpj)
        else:
            yield exemplos.documento(especie, agora=quando, cnpj=cnpj, nome=nome)


def _empresa(config: "Configuracao", pedida: str | None) -> tuple[str, str]:
    from separador.configuracao.tipos import Papel  # noqa: PLC0415 -- YAML, which the help of all commands does without

    limpa = "".join(letra for letra in pedida if letra.isalnum()).upper() if pedida else None
    servem = (e for e in config.empresas if e.cnpj == limpa or (limpa is None and e.papel in (None, Papel.EMITE)))
    achada = next(servem, None)
    if achada is None:
        qual = f"a empresa {limpa}" if limpa is not None else "empresa que emita"
        sair(Saida.RECUSADO, f"Não há {qual} em `empresas` na configuração.")
    return achada.cnpj, achada.nome


def _exigir_pasta(config: "Configuracao") -> None:
    """Ends the command (1) where no return ever comes by a folder."""
    if not any(r.transmite and r.transmissao is Transmissao.PASTA for r in config.rotas):
        sair(
            Saida.RECUSADO,
            "O retorno de exemplo só serve onde a transmissão é por pasta; aqui nenhuma rota transmite assim: pela "
            "rede, quem responde é a SEFAZ.",
        )


def _um(config: "Configuracao", situacao: Situacao, cnpj: str) -> tuple[str, bytes, bytes]:
    """Returns the newest document of a situação in the test environment, its key, base and signed bytes, or ends the
    command."""
    with leitura.lendo(config.dados) as banco:
        linha: sqlite3.Row | None = (
            banco.execute(
                "SELECT d.chave, d.base, a.* FROM documento d JOIN assinado a"
                " ON a.documento_id = d.id AND a.digest = d.digest WHERE d.id IN (SELECT id FROM documento"
                " INDEXED BY documento_situacao WHERE situacao = ? ORDER BY atualizado_em DESC LIMIT ?)"
                " AND d.tp_amb = ? AND d.emitente = ? ORDER BY d.atualizado_em DESC LIMIT 1",
                (situacao.value, _OLHADOS, _DE_TESTE, cnpj),
            ).fetchone()
            if banco is not None
            else None
        )
        dados = assinados.abrir(banco, linha) if banco is not None and linha is not None else b""
    if linha is None:
        sair(
            Saida.RECUSADO,
            f"Não há documento {situacao.value} em homologação da empresa {cnpj}; solte antes um exemplo de cte.",
        )
    return str(linha["chave"]), bytes(linha["base"]), dados


def _gravar(pasta: Path, feitos: Iterable["Exportacao"]) -> Path:
    """Writes the first one whose name is free, whole: the folder may be one that the service watches. Never over a
    file: without a free name the command ends (1)."""
    ocupado = ""
    for feito in feitos:
        alvo = pasta / os.fsdecode(feito.nome)
        try:
            with gravando(alvo, novo=True) as saida:
                saida.write(feito.dados)
        except FileExistsError:
            ocupado = str(alvo)
        else:
            return alvo
    return sair(Saida.RECUSADO, f"Já há {ocupado}; nada foi sobreposto.")
