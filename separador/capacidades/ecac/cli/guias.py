"""Shows the guides and their settlement, with the column of the receipt (`separador ecac guias`)."""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from separador.capacidades.ecac.banco import leitura as ecac_consultas
from separador.capacidades.ecac.banco import ocorrencias, pagamentos
from separador.capacidades.ecac.banco.leitura import FiltroGuias
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento
from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico.vista import guias as vista
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.leitura import hora_local
from separador.cli.base.lista.colunas import Coluna
from separador.cli.base.lista.colunas import reais as em_texto
from separador.cli.base.lista.filtros import cnpj
from separador.cli.base.lista.periodo import dia as dia_dito
from separador.cli.base.lista.saida import entregar, opcoes_de_saida, so_uma
from separador.cli.base.lista.tela import paginada
from separador.nucleo.texto.quantidade import milhar, quantos
from separador.nucleo.texto.rotulo import rotulo

LIMITE_NA_TELA = 50
_EXATO = 10_000
"""Up to so many, guides are summed one by one."""
COMPROVANTE = "Comprovante de pag. e-CAC"
_ORDENS, _NOVAS = "separador.capacidades.ecac.cli.guias_pedidos", "separador.capacidades.ecac.cli.guias_novas"
_TIPOS = {"DARF": TipoDocumento.DARF, "DAS": TipoDocumento.DAS}
DE_PLANILHA = (
    Coluna("guia", lambda g: g["id"], 8),
    Coluna("empresa", lambda g: g["empresa"], 16),
    Coluna("tipo", lambda g: g["tipo"], 8),
    Coluna("número", lambda g: g["numero"], 20),
    Coluna("receita", lambda g: g["receita"], 8),
    Coluna("vencimento", lambda g: _dia_de(g["vencimento"]), 12),
    Coluna("valor", lambda g: _decimal(g["valor"]), 14),
    Coluna("situação", lambda g: g["situacao"], 22),
    Coluna("valor divergente", lambda g: "sim" if "valor divergente" in g["lados"] else "não", 16),
    Coluna("pago em", lambda g: _dia_de(g["arrecadacao"]), 12),
    Coluna("valor pago", lambda g: _decimal(g["valor_pago"]), 14),
    Coluna("comprovante", lambda g: g["comprovante"], 50),
)
SITUACOES = (*(e.value for e in Estado), "baixada", "em aberto")


@click.group(
    cls=Grupo,
    preguicosos={
        **{n: f"{_NOVAS}:{n}" for n in ("importar", "gerar")},
        **{
            n: f"{_ORDENS}:{n}"
            for n in ("localizar", "comprovante", "ligar", "aprovar", "recusar", "reabrir", "numerar")
        },
    },
    help="Guias de DARF e DAS: o que está em aberto, o que foi baixado e com que comprovante.",
)
def guias() -> None:
    """Groups the guides' commands."""


@guias.command(options_metavar="[OPÇÕES]", help="Lista as guias, as que vencem por último primeiro.")
@click.option("--empresa", type=cnpj, metavar="CNPJ", help="Só as desta empresa.")
@click.option(
    "--situacao",
    metavar="SITUAÇÃO",
    type=click.Choice(SITUACOES, case_sensitive=False),
    help=f"Só as desta situação: {', '.join(SITUACOES)}.",
)
@click.option("--tipo", metavar="TIPO", type=click.Choice(list(_TIPOS), case_sensitive=False), help="DARF ou DAS.")
@click.option("--de", type=dia_dito, metavar="DIA", help="Vencimento a partir deste dia (2026-11-30 ou 30/11/2026).")
@click.option("--ate", type=dia_dito, metavar="DIA", help="Vencimento até este dia, inclusive.")
@click.option("--limite", type=click.IntRange(1, 10**9), metavar="N", help=f"No máximo N; na tela, {LIMITE_NA_TELA}.")
@opcoes_de_saida
@passar_opcoes
def listar(
    opcoes: Opcoes,
    empresa: str | None,
    situacao: str | None,
    tipo: str | None,
    de: date | None,
    ate: date | None,
    limite: int | None,
    em_json: bool,
    em_csv: bool,
    excel: Path | None,
) -> None:
    """Lists the guides, with the column of the receipt."""
    inteira = so_uma(em_json=em_json, em_csv=em_csv, excel=excel)
    maximo = limite or LIMITE_NA_TELA
    filtro = FiltroGuias(
        contribuinte=empresa,
        estado=situacao if situacao in list(Estado) else None,
        tipo=_TIPOS[tipo.upper()].value if tipo is not None else None,
        baixada={"baixada": True, "em aberto": False}.get(situacao or ""),
        de=de.isoformat() if de is not None else None,
        ate=ate.isoformat() if ate is not None else None,
        limite=limite if inteira else max(maximo, _EXATO) + 1,
    )
    config = opcoes.configuracao()
    with leitura.lendo(config.dados) as banco:
        linhas = ecac_consultas.guias(banco, filtro) if banco is not None and ecac_consultas.existe(banco) else []
    bases = Bases(config.dados, config.raiz)
    mostradas = [vista.em_dicionario(g, bases) for g in (linhas if inteira else linhas[:maximo])]
    if inteira:
        entregar(DE_PLANILHA, mostradas, lambda g: g, em_csv=em_csv, excel=excel)
        return
    if not mostradas:
        conhecida = empresa is None or config.empresa(empresa) is not None
        click.echo(
            "Nenhuma guia." if conhecida else f"Nenhuma guia da empresa {empresa}, que não está na configuração."
        )
        return
    with paginada():
        tabela(mostradas)
        click.echo(f"\n{_soma(linhas)}")
        if len(linhas) > len(mostradas):
            varias = len(mostradas) > 1
            ditas = f"estas são as {milhar(len(mostradas))} que vencem" if varias else "esta é a que vence"
            click.echo(f"Há mais; {ditas} por último (veja --limite).")


def _soma(linhas: Sequence[sqlite3.Row]) -> str:
    """Returns the sum of all the guides that the filter finds, and of those that are settled."""
    if len(linhas) > _EXATO:
        return f"Mais de {quantos(_EXATO, 'guia', 'guias')}."
    valor = sum((Decimal(g["total"] or g["principal"] or 0) for g in linhas), Decimal(0))
    baixadas = [g for g in linhas if Estado(g["estado"]).baixada]
    pago = sum((Decimal(g["pago_total"] or 0) for g in baixadas), Decimal(0))
    ditas = f"{quantos(len(linhas), 'guia', 'guias')}, R$ {em_texto(valor)}"
    return f"{ditas}; {quantos(len(baixadas), 'baixada', 'baixadas')}, R$ {em_texto(pago)} pagos."


def tabela(linhas: list[dict[str, Any]]) -> None:
    """Shows guides as a table for people."""
    cabecalho = ("guia", "empresa", "tipo", "número", "vencimento", "valor", "situação", COMPROVANTE)
    mostrar_tabela(
        cabecalho,
        [
            (
                *(g["id"], g["empresa"], g["tipo"], g["numero"] or "sem número", vista.dia(g["vencimento"])),
                *(reais(g["valor"]), vista.situacao(g), _do_comprovante(g)),
            )
            for g in linhas
        ],
    )


def _dia_de(iso: str | None) -> date | None:
    return date.fromisoformat(iso[:10]) if iso else None


def _decimal(texto: str | None) -> Decimal | None:
    return Decimal(texto) if texto else None


def reais(texto: str | None) -> str:
    """Turns `1250.00` into `1.250,00`."""
    if texto is None:
        return ""
    inteiro, _, centavos = texto.partition(".")
    return f"{int(inteiro):,}".replace(",", ".") + f",{(centavos or '00').ljust(2, '0')}"


def _do_comprovante(g: dict[str, Any]) -> str:
    if g["comprovante"]:
        return f"arquivado, pago em {vista.dia(g['arrecadacao'])}"
    return f"a receber, pago em {vista.dia(g['arrecadacao'])}" if g["baixada"] else ""


@contextmanager
def com_guia(dados: Path, dito: str) -> Generator[tuple[sqlite3.Connection, sqlite3.Row], None, None]:
    """Yields the database for reading and the guide of an id or number, or ends the command (1)."""
    with leitura.lendo(dados) as banco:
        if banco is None or not ecac_consultas.existe(banco):
            sair(Saida.RECUSADO, f"Não há guia {dito}.")
        yield banco, _achar(banco, dito)


def _achar(banco: sqlite3.Connection, dito: str) -> sqlite3.Row:
    achadas = ecac_consultas.achar_guia(banco, dito)
    if not achadas:
        sair(Saida.RECUSADO, f"Não há guia {dito}.")
    if len(achadas) > 1:
        lista = ", ".join(f"{g['id']} ({g['contribuinte']})" for g in achadas)
        sair(Saida.RECUSADO, f"Há mais de uma guia com o número {dito}; diga qual pelo número da guia: {lista}.")
    return achadas[0]


@guias.command(
    options_metavar="[OPÇÕES]", help="Mostra tudo o que se sabe da GUIA (o seu id ou o número do documento)."
)
@click.argument("guia", metavar="GUIA")
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, guia: str, em_json: bool) -> None:
    """Exits with 1 when the guide is unknown."""
    config = opcoes.configuracao()
    with com_guia(config.dados, guia) as (banco, linha):
        fatos = vista.em_dicionario(linha, Bases(config.dados, config.raiz))
        fatos["historico"] = [
            {c: h[c] for c in ("quando", "de", "para", "causa", "quem", "detalhe")}
            for h in ecac_consultas.historico(banco, linha["id"])
        ]
        abertas = ocorrencias.listar(banco, contribuinte=linha["contribuinte"])
        fatos["ocorrencias"] = [
            {c: o[c] for c in ("id", "especie", "status", "detalhe")} for o in abertas if o["guia_id"] == linha["id"]
        ]
        pago = linha["pagamento"]
        achado = pagamentos.por_numero(banco, linha["contribuinte"], pago) if pago is not None else None
    fatos["partes"] = [
        {"receita": d.receita.codigo, "descricao": d.receita.descricao, "valor": d.valores.total}
        for d in (achado.desmembramentos if achado is not None else ())
    ]
    if em_json:
        mostrar_json(fatos)
    else:
        _mostrar(fatos)


def _mostrar(f: dict[str, Any]) -> None:
    for campo, valor in f.items():
        if valor in (None, [], "") or (isinstance(valor, list) and campo != "lados"):
            continue
        texto = ", ".join(valor) if isinstance(valor, list) else "sim" if valor is True else valor
        texto = "não" if valor is False else texto
        if campo in ("vencimento", "arrecadacao", "periodo_de", "periodo_ate"):
            texto = vista.dia(str(valor))
        elif campo.endswith("_em"):
            texto = hora_local(str(valor))
        elif campo in ("principal", "multa", "juros", "valor", "valor_pago"):
            texto = reais(str(valor))
        click.echo(f"{rotulo(campo):<19} {texto}")
    click.echo("\nHistórico:")
    for h in f["historico"]:
        detalhe = f": {h['detalhe']}" if h["detalhe"] else ""
        click.echo(f"  {hora_local(h['quando'])}  {h['para']} ({h['causa']}, por {h['quem']}){detalhe}")
    for titulo, campo in (("Composição do pagamento", "partes"), ("Ocorrências", "ocorrencias")):
        if f[campo]:
            click.echo(f"\n{titulo}:")
        for item in f[campo]:
            click.echo("  " + "  ".join(str(v) for v in item.values() if v is not None))
