"""Puts a month together for the accountant (`separador cte exportar`): processed documents, events, an index."""

import io
import os
import sqlite3
import zipfile
from collections.abc import Generator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click

from separador.capacidades.cte.banco import lista, mes
from separador.capacidades.cte.banco.lista import em_dia
from separador.cli.base import chamada, leitura
from separador.cli.base.arquivos import ArquivoDeSaida, gravando
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.lista.colunas import Coluna, em_reais, instante
from separador.cli.base.lista.filtros import cnpj
from separador.cli.base.lista.periodo import limites
from separador.cli.base.lista.planilha import escrever_csv, escrever_excel
from separador.fiscal.evento.nomes import rotular
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from separador.configuracao import Configuracao


class _Linha(NamedTuple):
    """One line of the index. `dentro`: the name in the archive, None when the file is not there; `dacte`: that of the
    printed document."""

    o_que: str
    linha: sqlite3.Row
    dentro: str | None
    dacte: str | None = None


INDICE = (
    Coluna("o quê", lambda x: x.o_que, 28),
    Coluna("chave", lambda x: x.linha["chave"], 48),
    Coluna("série", lambda x: _de(x, "serie"), 6),
    Coluna("número", lambda x: _de(x, "numero"), 10),
    Coluna("data", lambda x: instante(_de(x, "emitido_em") or _de(x, "criado_em")), 19),
    Coluna("emitente", lambda x: _de(x, "emitente") or x.linha["chave"][6:20], 16),
    Coluna("tomador", lambda x: _de(x, "tomador"), 16),
    Coluna("destino", lambda x: _de(x, "fim"), 24),
    Coluna("valor", lambda x: em_reais(_de(x, "valor")), 14),
    Coluna("situação", lambda x: _de(x, "situacao"), 26),
    Coluna("vale", lambda x: _vale(_de(x, "situacao")), 6),
    Coluna("protocolo", lambda x: x.linha["protocolo"], 17),
    Coluna("arquivo", lambda x: x.dentro or "FALTA", 60),
)


_DACTE = Coluna("DACTE", lambda x: x.dacte, 60)


def _vale(situacao: str | None) -> str | None:
    """Says whether a document counts: until its cancellation was registered, it does."""
    if situacao is None:
        return None
    return "não" if situacao == Situacao.CANCELADO.value else "sim"


def _de(x: _Linha, campo: str) -> Any:
    return x.linha[campo] if campo in x.linha.keys() else None  # noqa: SIM118 -- a Row is no mapping


def _mes(texto: str) -> date:
    """Reads a month, written 2026-11 or 11/2026, as its first day."""
    partes = texto.strip().replace("/", "-").split("-")
    try:
        ano, numero = (int(p) for p in (partes if len(partes[0]) == len("2026") else reversed(partes)))
        return date(ano, numero, 1)
    except ValueError as erro:
        raise click.BadParameter(f"{texto}: escreva o mês como 2026-11") from erro


@click.command(
    options_metavar="--mes AAAA-MM [OPÇÕES]",
    help="Grava em SAIDA.zip o mês para a contabilidade: os documentos processados emitidos nele, os eventos feitos "
    "nele, e um índice em CSV e em Excel.",
)
@click.argument("saida", metavar="SAIDA.zip", type=ArquivoDeSaida())
@click.option("--mes", "qual", type=_mes, required=True, metavar="AAAA-MM", help="O mês da emissão.")
@click.option("--empresa", type=cnpj, metavar="CNPJ", help="Só os desta empresa.")
@click.option("--dacte", "com_dacte", is_flag=True, help="Também o DACTE de cada documento, em PDF (leva tempo).")
@click.option("--substituir", is_flag=True, help="Grava por cima de SAIDA.zip, se já existir.")
@passar_opcoes
def exportar(opcoes: Opcoes, saida: Path, qual: date, empresa: str | None, com_dacte: bool, substituir: bool) -> None:
    """Exits with 1 when the month has nothing, or when a processed file is not where it was kept."""
    if saida.suffix.lower() != ".zip":
        raise click.BadParameter("o nome deve terminar em .zip", param_hint="SAIDA.zip")
    if not substituir and chamada.atual() is None and saida.exists():
        sair(Saida.RECUSADO, _ja_existe(saida))
    ultimo = (qual.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    config = opcoes.configuracao()
    with leitura.lendo(config.dados) as banco:
        if banco is not None and not em_dia(banco):
            sair(Saida.RECUSADO, "O banco ainda é o da versão anterior, sem a emissão: reinicie o serviço e repita.")
        por_ler = banco is not None and lista.ha_por_ler(banco)
        feito = (
            _exportar(config, banco, saida, limites(qual, ultimo), empresa, com_dacte=com_dacte, novo=not substituir)
            if banco is not None
            else None
        )
    if por_ler:
        click.echo(
            "Atenção: há documentos antigos cuja emissão o serviço ainda não leu; os deste mês podem não estar todos.",
            err=True,
        )
    if feito is None or feito == (0, 0, 0):
        conhecida = empresa is None or config.empresa(empresa) is not None
        de_quem = "" if conhecida else f" da empresa {empresa}, que não está na configuração"
        sair(Saida.RECUSADO, f"Não há documentos autorizados de {qual:%m/%Y}{de_quem}; nada foi gravado.")
    documentos, eventos, faltam = feito
    ditos = f"{quantos(documentos, 'documento', 'documentos')} e {quantos(eventos, 'evento', 'eventos')}"
    click.echo(f"Gravado: {saida}, {ditos} de {qual:%m/%Y}.")
    if faltam:
        sair(
            Saida.RECUSADO,
            f"{quantos(faltam, 'arquivo processado não está', 'arquivos processados não estão')} onde deveriam; "
            "o índice diz FALTA. Veja: separador verificar",
        )


def _ja_existe(saida: Path) -> str:
    """Returns the sentence that refuses to write over a file."""
    return f"{saida} já existe; dê outro nome, ou repita com --substituir. Nada foi gravado."


def _exportar(
    config: "Configuracao",
    banco: sqlite3.Connection,
    saida: Path,
    periodo: tuple[str | None, str | None],
    empresa: str | None,
    *,
    com_dacte: bool,
    novo: bool,
) -> tuple[int, int, int] | None:
    """Writes the archive; it appears whole. Returns documents, events, missing files; None when there are none."""
    banco.execute("BEGIN")  # what is authorised meanwhile is in all the parts, or in none
    with closing(_linhas(banco, periodo, empresa)) as linhas:
        if next(linhas, None) is None:
            return None
    if chamada.atual() is not None:
        memoria = io.BytesIO()
        feito = _escrever(config, banco, memoria, periodo, empresa, com_dacte=com_dacte)
        chamada.entregar(saida, memoria.getvalue(), novo=novo)
        return feito
    try:
        with gravando(saida, novo=novo) as aberto:
            return _escrever(config, banco, aberto, periodo, empresa, com_dacte=com_dacte)
    except FileExistsError:
        sair(Saida.RECUSADO, _ja_existe(saida))


def _escrever(
    config: "Configuracao",
    banco: sqlite3.Connection,
    saida: IO[bytes],
    periodo: tuple[str | None, str | None],
    empresa: str | None,
    *,
    com_dacte: bool,
) -> tuple[int, int, int]:
    documentos, eventos, faltam, impressos = 0, 0, set[str](), set[str]()
    colunas = (*INDICE, _DACTE) if com_dacte else INDICE
    with (
        zipfile.ZipFile(saida, "w", zipfile.ZIP_DEFLATED) as pacote,
        closing(_linhas(banco, periodo, empresa)) as linhas,
    ):
        for x in linhas:
            e_documento = "situacao" in x.linha.keys()  # noqa: SIM118 -- a Row is no mapping
            documentos, eventos = documentos + e_documento, eventos + (not e_documento)
            dados = _ler(x)
            if dados is None or x.dentro is None:
                faltam.add(x.dentro or x.linha["chave"])
                continue
            pacote.writestr(x.dentro, dados)
            if com_dacte and e_documento:
                pdf = _imprimir(config, x.linha, dados)
                if pdf is not None:
                    pacote.writestr(_nome_do_dacte(x), pdf)
                    impressos.add(x.linha["chave"])
        texto = io.TextIOWrapper(pacote.open("indice.csv", "w"), encoding="utf-8-sig", newline="")
        with texto, closing(_indice(banco, periodo, empresa, faltam, impressos)) as indice:
            escrever_csv(texto, colunas, indice)
        planilha = io.BytesIO()
        with closing(_indice(banco, periodo, empresa, faltam, impressos)) as indice:
            escrever_excel(planilha, colunas, indice)
        pacote.writestr("indice.xlsx", planilha.getvalue())
    return documentos, eventos, len(faltam)


def _linhas(
    banco: sqlite3.Connection, periodo: tuple[str | None, str | None], empresa: str | None
) -> Generator[_Linha, None, None]:
    de, ate = periodo[0] or "", periodo[1] or "9"
    for d in mes.documentos(banco, de, ate, empresa):
        yield _Linha(d["tipo"], d, f"documentos/{os.fsdecode(bytes(d['nome']))}" if d["nome"] is not None else None)
    for e in mes.eventos(banco, de, ate, empresa):
        yield _Linha(f"evento {rotular(e['tp_evento'])}", e, f"eventos/{os.fsdecode(bytes(e['nome']))}")


def _indice(
    banco: sqlite3.Connection,
    periodo: tuple[str | None, str | None],
    empresa: str | None,
    faltam: set[str],
    impressos: set[str],
) -> Generator[_Linha, None, None]:
    with closing(_linhas(banco, periodo, empresa)) as linhas:
        for x in linhas:
            dacte = _nome_do_dacte(x) if _de(x, "situacao") and x.linha["chave"] in impressos else None
            yield x._replace(dentro=None if x.dentro in faltam else x.dentro, dacte=dacte)


def _nome_do_dacte(x: _Linha) -> str:
    return f"dacte/{x.linha['chave']}-dacte.pdf"


def _ler(x: _Linha) -> bytes | None:
    if x.dentro is None:
        return None
    try:
        return (Path(x.linha["pasta"]) / os.fsdecode(bytes(x.linha["nome"]))).read_bytes()
    except OSError:
        return None


def _imprimir(config: "Configuracao", linha: sqlite3.Row, dados: bytes) -> bytes | None:
    from separador.capacidades.cte.cli.dacte import logo_do_emitente  # noqa: PLC0415 -- lxml
    from separador.capacidades.dacte.papel import Extras, imprimir  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    cancelado = linha["situacao"] == Situacao.CANCELADO.value
    feito = imprimir(dados, Extras(cancelado=cancelado, logo=logo_do_emitente(config, linha["chave"])))
    return None if isinstance(feito, Recusa) else feito
