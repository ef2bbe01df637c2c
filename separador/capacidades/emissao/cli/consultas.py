"""Shows numbers, registries, the format, and what a load would become (`separador carga …`)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.emissao.banco import leitura as cargas
from separador.cli.base import leitura
from separador.cli.base.arquivos import ArquivoDeEntrada
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.lista.saida import mostrar_lista_json
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from separador.capacidades.emissao.servico.explicacao import Explicada

LIMITE_NA_TELA = 50


@click.group(
    cls=Grupo,
    invoke_without_command=True,
    subcommand_metavar="[COMANDO] [ARGUMENTOS]...",
    preguicosos={"definir": "separador.capacidades.emissao.cli.ordens:definir"},
    help="Mostra a numeração de cada série: o primeiro número, o próximo, e os devolvidos por cargas abandonadas, que "
    "são os próximos a usar.",
)
@opcao_json
@click.pass_context
def numeracao(ctx: click.Context, em_json: bool) -> None:
    """Reads without disturbing the service."""
    if ctx.invoked_subcommand is not None:
        return
    from separador.capacidades.emissao.banco import numeracao as tabela  # noqa: PLC0415 -- heavy, only here

    opcoes = ctx.ensure_object(Opcoes)
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        series = tabela.listar(banco) if banco is not None else []
    if em_json:
        mostrar_json(series)
        return
    titulos = ("empresa", "ambiente", "modelo", "série", "primeiro", "próximo", "devolvidos")
    linhas = [[" ".join(map(str, v)) if isinstance(v, list) else v for v in s.values()] for s in series]
    mostrar_tabela(titulos, linhas)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra a forma do arquivo de carga: o JSON Schema que o próprio leitor usa.",
)
@click.option("--csv", "em_csv", is_flag=True, help="Em vez disso, as colunas da carga em CSV.")
def esquema(em_csv: bool) -> None:
    """Needs no configuration."""
    if em_csv:
        from separador.fiscal.emissao.formato.colunas import COLUNAS  # noqa: PLC0415
        from separador.fiscal.emissao.formato.esquema import descrito  # noqa: PLC0415

        campos = COLUNAS.values()
        mostrar_json([{"coluna": c.nome, "valor": descrito(c.tipo), "sobre": c.sobre} for c in campos])
        return
    from separador.fiscal.emissao.formato.carga import CARGA  # noqa: PLC0415 -- the format is not for the other commands
    from separador.fiscal.emissao.formato.esquema import esquema_de  # noqa: PLC0415

    mostrar_json(esquema_de(CARGA, "Carga do separador, versão 1"))


@click.command(
    options_metavar="[OPÇÕES]",
    help="Diz que CT-e sairiam da carga em ARQUIVO, e por quê: cada decisão com o valor, o motivo e a regra. Não emite "
    "nada e não toma número.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=ArquivoDeEntrada())
@opcao_json
@passar_opcoes
def explicar(opcoes: Opcoes, arquivo: Path, em_json: bool) -> None:
    """Exits with 1 when the load has errors."""
    from separador.capacidades.emissao.servico import explicacao  # noqa: PLC0415 -- the rules are not for the other commands

    feita = explicacao.explicar(
        opcoes.configuracao(), os.fsencode(arquivo.name), arquivo.read_bytes(), leitura.agora_utc()
    )
    if em_json:
        mostrar_json(explicacao.em_json(feita))
    else:
        _mostrar(feita)
    sair(Saida.RECUSADO if feita.erros else Saida.FEITO)


def _mostrar(feita: "Explicada") -> None:
    for d in feita.decididos:
        notas = f" ({quantos(len(d.notas), 'nota', 'notas')})" if d.notas else ""
        click.echo(f"{d.campo}{notas}")
        mostrar_tabela(
            ("  decisão", "valor", "motivo", "regra"),
            [(f"  {x.campo}", x.valor, x.motivo, x.regra) for x in d.decisoes],
        )
        click.echo()
    for e in feita.erros:
        onde = f"linha {e.linha}, " if e.linha else ""
        click.echo(f"{e.codigo} {onde}{e.campo}: {e.mensagem} {e.o_que_fazer}")
    for a in feita.avisos:
        click.echo(f"aviso {a.codigo} {a.campo}: {a.mensagem}")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Lista os registros dos cadastros de emissão (config/cadastros), cada um com o que falta nele para emitir.",
)
@opcao_json
@passar_opcoes
def cadastros(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 1 when something is wrong."""
    from separador.capacidades.emissao.servico import explicacao  # noqa: PLC0415

    linhas, erros = explicacao.cadastros(opcoes.configuracao())
    if em_json:
        mostrar_json(linhas)
    else:
        mostrar_tabela(("cadastro", "código", "nome", "falta"), [_linha(r) for r in linhas])
    for e in erros:
        click.echo(f"{e.arquivo}, linha {e.linha}: {e.campo}: {e.mensagem}", err=True)
    sair(Saida.RECUSADO if erros or any(r["faltam"] for r in linhas) else Saida.FEITO)


def _linha(r: dict[str, object]) -> list[object]:
    faltam = r["faltam"]
    return [r["cadastro"], r["codigo"], r["nome"], ", ".join(faltam) if isinstance(faltam, list) else ""]


@click.command(
    options_metavar="[OPÇÕES]",
    help="Lista as cargas, a mais nova primeiro: as geradas, com os seus CT-e por situação, e as que esperam.",
)
@click.option("--situacao", type=click.Choice(cargas.SITUACOES, case_sensitive=False), help="Só as desta situação.")
@click.option(
    "--limite",
    type=click.IntRange(1, 10**9),
    metavar="N",
    help=f"No máximo N. Sem esta opção: {LIMITE_NA_TELA} na tela; todas em JSON.",
)
@click.option(
    "--depois",
    type=click.IntRange(1, cargas.ULTIMA),
    metavar="N",
    help="Continua a lista onde a página anterior parou.",
)
@opcao_json
@passar_opcoes
def listar(opcoes: Opcoes, situacao: str | None, limite: int | None, depois: int | None, em_json: bool) -> None:
    """Reads without disturbing the service."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        if em_json:
            mostrar_lista_json(cargas.todas(banco, situacao, limite) if banco is not None else ())
            return
        inicio, quantas = depois or cargas.ULTIMA, limite or LIMITE_NA_TELA
        feitas, proxima = cargas.pagina(banco, situacao, quantas, inicio) if banco is not None else ([], None)
    nomes = ("carga", "situacao", "arquivo", "recebida_em", "notas", "documentos", "valor")
    linhas = [[leitura.hora_local(str(f[n])) if n == "recebida_em" else f[n] for n in nomes] for f in feitas]
    mostrar_tabela(("carga", "situação", "arquivo", "recebida", "notas", "CT-e", "valor"), linhas)
    if proxima is not None:
        click.echo(f"Há mais. Para continuar: --depois {proxima}")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra uma carga: cada CT-e com a situação; em JSON, também o que o leiaute não tem (registro).",
)
@click.argument("nome", metavar="CARGA")
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, nome: str, em_json: bool) -> None:
    """Exits with 1 when there is no such load."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        feita = cargas.ver(banco, nome) if banco is not None else None
    if feita is None:
        sair(Saida.RECUSADO, f"Não há a carga {nome}; as que há: separador carga listar")
    if em_json:
        mostrar_json(feita)
        return
    click.echo(f"{feita['carga']}: {feita['situacao']}, {feita['documentos']} CT-e, {feita['valor']}")
    itens = feita["itens"]
    nomes = ("chave", "destinatario", "notas", "valor", "situacao")
    linhas = [[i[n] for n in nomes] for i in itens] if isinstance(itens, list) else []
    mostrar_tabela(("chave", "destinatário", "notas", "valor", "situação"), linhas)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o que um emissor de MDF-e precisa dos CT-e da CARGA, um bloco por transportadora: veículos, "
    "condutores, vale-pedágio, seguros, lacres, municípios de descarga, totais. Fica de fora o que foi cancelado.",
)
@click.argument("nome", metavar="CARGA")
@opcao_json
@passar_opcoes
def mdfe(opcoes: Opcoes, nome: str, em_json: bool) -> None:
    """Exits with 1 when there is no such load."""
    from separador.capacidades.emissao.arquivos.mdfe import outros_veiculos, partes  # noqa: PLC0415 -- lxml
    from separador.capacidades.emissao.banco.manifesto import ctes_da_carga  # noqa: PLC0415 -- lxml

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        ctes = ctes_da_carga(banco, nome) if banco is not None else None
    if ctes is None:
        sair(Saida.RECUSADO, f"Não há a carga {nome}; as que há: separador carga listar")
    feitas = partes(nome, ctes)
    for parte in feitas:
        for placa in outros_veiculos(parte, ctes):
            click.echo(f"Há CT-e com outro veículo de tração, {placa}: um MDF-e leva um só.", err=True)
    if em_json:
        mostrar_json(feitas)
        return
    for parte in feitas:
        mostrar_tabela(("campo", "valor"), [(n, str(v)) for n, v in parte.items()])
