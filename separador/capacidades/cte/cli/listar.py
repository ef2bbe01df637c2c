"""Lists the documents (`separador cte listar`): on the screen by pages, to programs and spreadsheets all of them."""

import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from separador.banco.instante import texto_de
from separador.capacidades.cte.banco import lista
from separador.capacidades.cte.banco.lista import Filtro, Pagina, Ponto, Totais
from separador.capacidades.cte.dominio.colunas import reais as em_texto
from separador.capacidades.movimento import banco as movimento
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, ids_conhecidos, mostrar_tabela, passar_opcoes, sair
from separador.cli.base.lista.colunas import Coluna, em_reais, instante, reais
from separador.cli.base.lista.filtros import algarismos, cadastro
from separador.cli.base.lista.periodo import dia, limites
from separador.cli.base.lista.saida import celulas, entregar, opcoes_de_saida, so_uma
from separador.cli.base.lista.tela import paginada
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.quantidade import milhar, quantos

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

LIMITE_NA_TELA = 50
_ANO, _CADASTROS = 365, (11, 14)
CAMPOS = (
    *("chave", "situacao", "etapa", "modelo", "serie", "numero", "emitente", "emitido_em", "tomador", "fim", "valor"),
    *("protocolo", "cstat", "motivo", "carga", "atualizado_em"),
)
COLUNAS = (
    Coluna("chave", lambda d: d["chave"], 48),
    Coluna("situação", lambda d: d["situacao"], 26),
    Coluna("série", lambda d: d["serie"], 6),
    Coluna("número", lambda d: d["numero"], 10),
    Coluna("emitido em", lambda d: instante(d["emitido_em"]), 19),
    Coluna("tomador", lambda d: d["tomador"], 16),
    Coluna("destino", lambda d: d["fim"], 24),
    Coluna("valor", lambda d: em_reais(d["valor"]), 14),
    Coluna("cStat", lambda d: d["cstat"], 6),
    Coluna("mudou em", lambda d: instante(d["atualizado_em"]), 19),
)
DE_PLANILHA = (
    *COLUNAS[:8],
    Coluna("emitente", lambda d: d["emitente"], 16),
    Coluna("protocolo", lambda d: d["protocolo"], 17),
    Coluna("cStat", lambda d: d["cstat"], 6),
    Coluna("motivo", lambda d: d["motivo"], 50),
    Coluna("carga", lambda d: d["carga"], 16),
    Coluna("rota", lambda d: d["rota_id"], 6),
    COLUNAS[-1],
)


def _ponto(texto: str) -> Ponto:
    """Reads where a page begins: what the page before it named."""
    lido = lista.ler_ponto(texto)
    if lido is None:
        raise click.BadParameter(f"{texto}: copie o que a página anterior mostrou depois de --depois")
    return lido


@click.command(options_metavar="[OPÇÕES]", help="Lista os documentos, o que mudou por último primeiro.")
@click.option("--de", type=dia, metavar="DIA", help="Emitidos deste dia em diante (2026-11-30 ou 30/11/2026).")
@click.option("--ate", type=dia, metavar="DIA", help="Emitidos até este dia, inclusive.")
@click.option("--emitente", type=cadastro, metavar="CNPJ", help="Só os deste emitente, ou dos que começam assim.")
@click.option(
    "--tomador", type=cadastro, metavar="CNPJ", help="Só os deste tomador (CNPJ ou CPF), ou dos que começam assim."
)
@click.option("--numero", type=algarismos(9), metavar="N", help="Só os deste número.")
@click.option("--serie", type=algarismos(3), metavar="N", help="Só os desta série.")
@click.option(
    "--situacao",
    metavar="SITUAÇÃO",
    type=click.Choice([s.value for s in Situacao], case_sensitive=False),
    help=f"Só os desta situação: {', '.join(Situacao)}.",
)
@click.option("--carga", metavar="CARGA", help="Só os desta carga.")
@click.option(
    "--cstat", type=algarismos(4), metavar="CÓDIGO", help="Só os que a SEFAZ respondeu por último com este código."
)
@click.option("--rota", type=click.IntRange(1, 2**31), metavar="ID", help="Só os desta rota.")
@click.option(
    "--limite",
    type=click.IntRange(1, 10**9),
    metavar="N",
    help=f"No máximo N. Sem esta opção: {LIMITE_NA_TELA} na tela; todos em JSON, CSV e Excel.",
)
@click.option("--depois", type=_ponto, metavar="PONTO", help="Continua a lista onde a página anterior parou.")
@opcoes_de_saida
@passar_opcoes
def listar(
    opcoes: Opcoes,
    /,
    de: date | None,
    ate: date | None,
    limite: int | None,
    depois: Ponto | None,
    em_json: bool,
    em_csv: bool,
    excel: Path | None,
    **filtros: Any,
) -> None:
    """Lists the documents. Programs get each with the fields of `CAMPOS`."""
    inteira = so_uma(em_json=em_json, em_csv=em_csv, excel=excel)
    inicio, fim = limites(de, ate)
    filtro = Filtro(**filtros, de=inicio, ate=fim)
    config = opcoes.configuracao()
    _exigir_rota(config, filtro.rota)
    with leitura.lendo(config.dados) as banco:
        if banco is not None:
            _conferir(banco, filtro)
        if inteira:
            linhas = lista.todos(banco, filtro, limite) if banco is not None else iter(())
            entregar(DE_PLANILHA, linhas, _em_dicionario, em_csv=em_csv, excel=excel)
            return
        pagina = lista.pagina(banco, filtro, limite or LIMITE_NA_TELA, depois) if banco is not None else Pagina([])
        totais = lista.somar(banco, filtro) if pagina.linhas and banco is not None else Totais()
        do_resumo = _do_resumo(banco, filtro) if totais.documentos > lista.EXATO and banco is not None else None
        por_ler = (de or ate) is not None and banco is not None and lista.ha_por_ler(banco)
    with paginada():
        _mostrar(pagina, totais, do_resumo, _desconhecida(config, filtro.emitente))
    if por_ler:
        click.echo("Há documentos antigos cuja emissão ainda não foi lida; o serviço os lê aos poucos, quando ocioso.")


def _exigir_rota(config: "Configuracao", rota: int | None) -> None:
    """Ends the command (2) when there is no such route, and never was: its list would be empty for ever."""
    if rota is None:
        return
    conhecidas = sorted({r.id for r in config.rotas if r.id is not None} | ids_conhecidos(config.dados).keys())
    if rota not in conhecidas:
        raise click.BadParameter(
            f"não há rota {rota}; as rotas são: {', '.join(map(str, conhecidas))}.", param_hint="--rota"
        )


def _desconhecida(config: "Configuracao", emitente: str | None) -> str:
    """Returns what explains an empty list: that no company of the configuration begins so."""
    if emitente is None or any(e.cnpj.startswith(emitente) for e in config.empresas):
        return ""
    return f" da empresa {emitente}, que não está na configuração"


def _conferir(banco: sqlite3.Connection, filtro: Filtro) -> None:
    """Ends the command when the database does not have yet what the filter asks for."""
    if (filtro.tomador or filtro.de or filtro.ate) and not lista.em_dia(banco):
        _por_migrar()


def _por_migrar() -> NoReturn:
    sair(Saida.RECUSADO, "O banco ainda é o da versão anterior, sem emissão e tomador: reinicie o serviço e repita.")


def _em_dicionario(d: sqlite3.Row) -> dict[str, Any]:
    return {c: d[c] for c in CAMPOS} | {"valor": em_texto(d["valor"])}


def _do_resumo(banco: sqlite3.Connection, f: Filtro) -> str | None:
    """Returns the sums of the last year from the summary, where what is asked for is what the summary knows."""
    conhecidos = replace(f, emitente=None, rota=None, cstat=None, situacao=None) == Filtro()
    de_um_emitente = f.emitente is None or len(f.emitente) in _CADASTROS
    if not (conhecidos and de_um_emitente and f.situacao in (None, Situacao.AUTORIZADO.value)):
        return None
    desde = texto_de(leitura.agora_utc() - timedelta(days=_ANO))[:13]
    quantos_, centavos = movimento.autorizados(banco, desde, f.emitente, f.rota, f.cstat)
    if not quantos_:
        return None
    return f"No último ano: {quantos(quantos_, 'autorização', 'autorizações')}, R$ {reais(Decimal(centavos) / 100)}."


def _mostrar(pagina: Pagina, totais: Totais, do_resumo: str | None, de_quem: str) -> None:
    if pagina.linhas:
        mostrar_tabela([c.titulo for c in COLUNAS], celulas(COLUNAS, pagina.linhas))
        click.echo("\n" + " ".join(texto for texto in (_pe(totais), do_resumo) if texto))
    elif not pagina.incompleta:
        click.echo(f"Nenhum documento{de_quem}.")
    if pagina.incompleta:
        click.echo(
            f"Procurei só em {quantos(lista.JANELA, 'documento', 'documentos')}: nenhum índice serve a este filtro."
        )
    if pagina.proxima is not None:
        click.echo(f"Há mais. Para continuar: --depois {pagina.proxima}")


def _pe(totais: Totais) -> str:
    """Returns the sums at the foot of the list."""
    partes = [
        f"{situacao}: {milhar(n)} (R$ {reais(Decimal(valor) / 100)})"
        for situacao, (n, valor) in totais.por_situacao.items()
    ]
    if not totais.completos:
        if totais.documentos > lista.EXATO:
            return f"Mais de {quantos(lista.EXATO, 'documento', 'documentos')}."
        return f"Entre os procurados: {'; '.join(partes)}."
    soma = f"{quantos(totais.documentos, 'documento', 'documentos')}, R$ {reais(Decimal(totais.centavos) / 100)}"
    return f"{soma}." if len(partes) < 2 else f"{soma}. {'; '.join(partes)}."
