"""Shows companies and cost of the e-CAC, and keeps its credentials (`separador ecac`).

The other commands of the group are in modules of their own.
"""

import sqlite3
import sys
from datetime import date, timedelta
from typing import Any

import click

from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import chamadas as ecac_chamadas
from separador.capacidades.ecac.banco import leitura as ecac_consultas
from separador.cli.base import leitura, terminal
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.leitura import agora_utc, hora_local
from separador.nucleo.fuso import dia


@click.group(
    cls=Grupo,
    preguicosos={
        "importar": "separador.capacidades.ecac.cli.importar:importar",
        "guias": "separador.capacidades.ecac.cli.guias:guias",
        "ocorrencias": "separador.capacidades.ecac.cli.ocorrencias:ocorrencias",
    },
    help="Comprovantes de DARF e DAS: o que foi pago, as guias baixadas, os PDFs arquivados, as irregularidades.",
)
def ecac() -> None:
    """Groups the e-CAC's commands."""


def limpar(documento: str | None) -> str | None:
    """Returns a CNPJ without punctuation; None stays None."""
    return None if documento is None else "".join(c for c in documento if c.isalnum()).upper()


# --- companies -------------------------------------------------------------------------------------------------------


@ecac.group(
    cls=Grupo,
    preguicosos={"configurar": "separador.capacidades.ecac.cli.empresas:configurar"},
    help="As empresas no e-CAC. Sem outro comando, lista.",
)
def empresas() -> None:
    """Groups the commands of the companies."""


@empresas.command(
    name="listar",
    options_metavar="[OPÇÕES]",
    help="Lista as empresas: como são importadas, por qual acesso e até quando, desde quando, e por que foram ou não "
    "consultadas.",
)
@click.option("--todas", is_flag=True, help="Também as que não utilizam o e-CAC.")
@opcao_json
@passar_opcoes
def listar_empresas(opcoes: Opcoes, todas: bool, em_json: bool) -> None:
    """Lists the configured companies with their state. Exits with 1 when the configuration of one is refused."""
    from separador.capacidades.ecac.cli import situacoes  # noqa: PLC0415 -- the vault, only where accesses are looked at

    config, agora = opcoes.configuracao(), agora_utc()
    escolhidas = [e for e in config.empresas if e.ecac.utiliza or todas]
    with leitura.lendo(config.dados) as banco:
        estados, (guias, abertas) = situacoes.estados(banco), _dos_bancos(banco)
        de_agora = situacoes.de_agora(config, banco, escolhidas, agora)
    linhas = []
    for s in de_agora:
        e = s.empresa
        u, estado, contadas = e.ecac, estados.get(e.cnpj), guias.get(e.cnpj)
        linhas.append(
            s.em_dicionario()
            | {
                "utiliza": u.utiliza,
                "inicio": u.inicio,
                "acesso": u.acesso.value,
                "procurador": u.procurador,
                "servicos": list(u.servicos),
                "implantacao": u.implantacao.value,
                "modo": u.modo.value,
                "recusa": u.recusa,
                "aviso": u.aviso,
                "consultada_em": estado["consultada_em"] if estado is not None else None,
                "ultimo_evento": estado["evento_dia"] if estado is not None else None,
                "negada_ate": estado["negada_ate"] if estado is not None else None,
                "negada_por": estado["negada_por"] if estado is not None else None,
                "negada_autor": estado["negada_autor"] if estado is not None else None,
                "guias": contadas["guias"] if contadas is not None else 0,
                "baixadas": contadas["baixadas"] if contadas is not None else 0,
                "comprovantes": contadas["com_comprovante"] if contadas is not None else 0,
                "ocorrencias": abertas.get(e.cnpj, 0),
            }
        )
    if em_json:
        mostrar_json(linhas)
    else:
        _mostrar_empresas(linhas)
    sair(Saida.RECUSADO if any(x["recusa"] for x in linhas) else Saida.FEITO)


def _dos_bancos(
    banco: sqlite3.Connection | None,
) -> tuple[dict[str, sqlite3.Row], dict[str, int]]:
    if banco is None or ecac_consultas.falta(banco):
        return {}, {}
    return ecac_consultas.contagem_por_empresa(banco), ecac_consultas.abertas_por_empresa(banco)


def _mostrar_empresas(linhas: list[dict[str, Any]]) -> None:
    if not linhas:
        click.echo("Nenhuma empresa utiliza o e-CAC (chave ecac de cada empresa, no arquivo de configuração).")
        return
    cabecalho = (
        "CNPJ", "empresa", "importação", "por", "até", "desde", "situação", "consultada em", "guias", "baixadas",
        "ocorrências",
    )  # fmt: skip
    mostrar_tabela(
        cabecalho,
        [
            (
                *(x["cnpj"], x["nome"], x["modo"], x["por"], _dia_do_fim(x["por_ate"])),
                *(dia(x["inicio"]) if x["inicio"] else "", x["situacao"] if x["utiliza"] else ""),
                *(hora_local(x["consultada_em"]), x["guias"], x["baixadas"], x["ocorrencias"]),
            )
            for x in linhas
        ],
    )
    for x in linhas:
        if not x["utiliza"]:
            continue
        if x["falhou"]:
            click.echo(f"\n{x['nome']} ({x['cnpj']}): {x['situacao']}: {x['detalhe'].removesuffix('.')}.")
        for campo, nome in (("aviso", "Aviso"), ("aviso_do_acesso", "Aviso"), ("recusa", "Recusado")):
            if x[campo]:
                click.echo(f"\n{nome}, {x['nome']} ({x['cnpj']}): {x[campo]}.", err=campo == "recusa")


def _dia_do_fim(instante: str | None) -> str:
    """Returns the day of an end as it was registered: the Receita's, in Brasília, whatever the zone of people."""
    from separador.capacidades.ecac.servico.livro_de_chamadas import (  # noqa: PLC0415 -- as above
        hoje as hoje_em_brasilia,
    )

    return dia(hoje_em_brasilia(instante_de(instante))) if instante else ""


# --- cost ------------------------------------------------------------------------------------------------------------


@ecac.command(options_metavar="[OPÇÕES]", help="Mostra as chamadas feitas, as cobradas, o que resta do orçamento.")
@click.option("--de", metavar="AAAA-MM-DD", help="Desde este dia. Sem ela: o primeiro do mês.")
@click.option("--ate", metavar="AAAA-MM-DD", help="Até este dia. Sem ela: hoje (Brasília).")
@click.option("--chamadas", is_flag=True, help="Cada chamada, e não a soma por dia.")
@opcao_json
@passar_opcoes
def custo(opcoes: Opcoes, de: str | None, ate: str | None, chamadas: bool, em_json: bool) -> None:
    """Shows the ledger of the calls. A call is charged by the rule of the contract; one without an answer counts."""
    config = opcoes.configuracao()
    hoje = (agora_utc() - timedelta(hours=3)).date()
    inicio, fim = _dia(de, hoje.replace(day=1)), _dia(ate, hoje)
    with leitura.lendo(config.dados) as banco:
        if banco is None or ecac_consultas.falta(banco):
            somas, linhas, gasto = [], [], ecac_chamadas.Gasto(0, 0)
        else:
            somas = ecac_chamadas.somar(banco, inicio.isoformat(), fim.isoformat())
            linhas = ecac_chamadas.listar(banco, inicio.isoformat(), fim.isoformat()) if chamadas else []
            gasto = ecac_chamadas.gasto(banco, hoje.isoformat())
    orcamento = config.ecac
    resumo: dict[str, Any] = {
        "de": inicio,
        "ate": fim,
        "cobradas_hoje": gasto.dia,
        "orcamento_dia": orcamento.orcamento_dia if orcamento is not None else None,
        "cobradas_no_mes": gasto.mes,
        "orcamento_mes": orcamento.orcamento_mes if orcamento is not None else None,
        "estimativa_reais": str(_estimativa(somas)),
        "dias": [dict(s) for s in somas],
    }
    if em_json:
        mostrar_json(resumo | ({"chamadas": [dict(x) for x in linhas]} if chamadas else {}))
        return
    _mostrar_custo(resumo, linhas)


def _dia(texto: str | None, padrao: date) -> date:
    if texto is None:
        return padrao
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise click.BadParameter(f'"{texto}" não é uma data; escreva AAAA-MM-DD.') from None


_FAIXAS = {
    "consulta": ((300, 24), (1000, 21), (3000, 18), (7000, 16), (15000, 14), (23000, 11), (30000, 9), (None, 6)),
    "emissao": ((500, 32), (5000, 29), (10000, 26), (15000, 22), (25000, 19), (35000, 16), (50000, 12), (None, 8)),
}
"""(up to, centavos each) per month, as in a contract with SERPRO of December 2025: an estimate, not a bill."""


def _estimativa(somas: list[sqlite3.Row]) -> str:
    """Returns reais for the charged calls of the span, as if it were one month."""
    centavos = 0
    for preco, faixas in _FAIXAS.items():
        resto, antes = sum(s["cobradas"] for s in somas if s["preco"] == preco), 0
        for ate, cada in faixas:
            cabem = resto if ate is None else min(resto, ate - antes)
            centavos += cabem * cada
            resto, antes = resto - cabem, ate or antes
    return f"{centavos // 100}.{centavos % 100:02d}"


def _mostrar_custo(r: dict[str, Any], linhas: list[sqlite3.Row]) -> None:
    de, ate = dia(r["de"]), dia(r["ate"])
    limite_dia, limite_mes = r["orcamento_dia"] or "sem orçamento", r["orcamento_mes"] or "sem orçamento"
    click.echo(f"Hoje: {r['cobradas_hoje']} chamadas cobradas, de {limite_dia}.")
    click.echo(f"No mês: {r['cobradas_no_mes']}, de {limite_mes}.")
    click.echo(f"De {de} a {ate}: cerca de R$ {r['estimativa_reais'].replace('.', ',')} (confira na fatura).\n")
    if linhas:
        mostrar_tabela(
            ("quando", "serviço", "contribuinte", "HTTP", "cobrada", "código", "etiqueta"),
            [
                (
                    *(hora_local(x["enviada_em"]), x["servico"], x["contribuinte"][:14], x["http"] or "sem resposta"),
                    *("sim" if x["cobrada"] else "não", x["codigo"], x["etiqueta"]),
                )
                for x in linhas
            ],
        )
    elif r["dias"]:
        mostrar_tabela(
            ("dia", "serviço", "medidor", "chamadas", "cobradas", "sem resposta"),
            [[d[c] for c in ("dia", "servico", "preco", "chamadas", "cobradas", "mudas")] for d in r["dias"]],
        )
    else:
        click.echo("Nenhuma chamada nesse período.")


# --- credentials -----------------------------------------------------------------------------------------------------


@ecac.command(
    options_metavar="[OPÇÕES]",
    help="Guarda no cofre a chave e o segredo do consumidor (área do cliente do SERPRO). São perguntados; com --stdin, "
    "uma linha cada, nessa ordem. O arquivo de configuração só diz o nome deles: {cofre: ecac-chave}.",
)
@click.option("--stdin", "pela_entrada", is_flag=True, help="Lê as duas da entrada padrão, uma linha cada.")
@passar_opcoes
def credenciais(opcoes: Opcoes, pela_entrada: bool) -> None:
    """Keeps them under the names that the configuration gives them, else `ecac-chave` and `ecac-segredo`."""
    from separador.cli.base.cofre_aberto import com_cofre  # noqa: PLC0415
    from separador.configuracao.tipos import MeioSenha, OrigemSenha  # noqa: PLC0415

    config = opcoes.configuracao()

    def nome(origem: OrigemSenha | None, padrao: str) -> str:
        return origem.valor if origem is not None and origem.meio is MeioSenha.COFRE else padrao

    secao = config.ecac
    nomes = (
        nome(secao.chave_consumidor if secao else None, "ecac-chave"),
        nome(secao.segredo_consumidor if secao else None, "ecac-segredo"),
    )
    ditos = [_perguntar(t, pela_entrada=pela_entrada) for t in ("Chave do consumidor", "Segredo do consumidor")]
    with com_cofre(config) as (banco, cofre), banco.transacao():
        for n, dito in zip(nomes, ditos, strict=True):
            numero = cofre.achar(n)
            if numero is None:
                cofre.guardar(n, dito.encode())
            else:
                cofre.trocar(numero, dito.encode())
    click.echo(f"Guardados no cofre como {nomes[0]} e {nomes[1]}.")


def _perguntar(texto: str, *, pela_entrada: bool) -> str:
    if pela_entrada:
        linha = sys.stdin.readline().strip()
        if not linha:
            raise click.UsageError(f"{texto}: não veio nada na entrada padrão.")
        return linha
    return terminal.pedir_senha(texto, pela_entrada=False)
