"""Brings guides in by command (`separador ecac guias gerar` and `importar`)."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.ecac.cli.ecac import limpar
from separador.cli.base import autorizacao, leitura, pedidos
from separador.cli.base.arquivos import ArquivoDeEntrada
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, opcao_json, passar_opcoes, sair
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from separador.nucleo.erro import Erro

_LIMITE_ARQUIVO = 10 * 1024 * 1024


@click.command(
    options_metavar="[OPÇÕES]",
    help="Gera uma guia nova na Receita. TIPO: das (PGDAS-D), das-mei ou darf (Sicalc). Cada geração dá um número "
    "novo: a mesma guia não é pedida duas vezes sem --de-novo, e a que ficou sem resposta é antes procurada no índice.",
)
@click.argument("tipo", metavar="TIPO", type=click.Choice(("das", "das-mei", "darf")))
@click.option("--empresa", required=True, metavar="CNPJ", help="De quem é a guia.")
@click.option(
    "--periodo", required=True, metavar="PERÍODO", help="DAS: AAAAMM. DARF: como o tipo de período pede (mm/aaaa)."
)
@click.option("--pagamento", metavar="AAAA-MM-DD", help="Data em que será paga. Sem ela: hoje.")
@click.option("--receita", metavar="CÓDIGO", help="(darf) Código da receita.")
@click.option("--extensao", default="01", metavar="NN", help="(darf) Extensão da receita; sem ela, 01.")
@click.option("--valor", metavar="VALOR", help="(darf) Valor do imposto, como 1.000,00.")
@click.option("--vencimento", metavar="AAAA-MM-DD", help="(darf) Vencimento do imposto.")
@click.option("--tipo-periodo", default="ME", metavar="XX", help="(darf) AN, TR, ME, QZ, DC, SM ou DI; sem ela, ME.")
@click.option("--uf", metavar="UF", help="(darf) Estado; sem ela, o da empresa.")
@click.option("--municipio", metavar="TOM", help="(darf) Código TOM do município, sem o dígito.")
@click.option("--referencia", metavar="NÚMERO", help="(darf) Número de referência, se a receita pede.")
@click.option("--de-novo", is_flag=True, help="Pede mesmo que já tenha sido pedida.")
@passar_opcoes
def gerar(opcoes: Opcoes, /, tipo: str, empresa: str, de_novo: bool, **campos: str | None) -> None:
    """Records an order; the service asks the Receita once."""
    from separador.capacidades.ecac.servico.vista import guia_nova  # noqa: PLC0415 -- what generates

    config = opcoes.configuracao()
    cnpj = limpar(empresa) or ""
    dona = config.empresa(cnpj)
    if dona is None:
        sair(Saida.RECUSADO, f"A empresa {cnpj} não está na configuração.")
    lidos = guia_nova.ler(tipo, campos, dona.uf)
    if isinstance(lidos, guia_nova.Incompleto):
        ditas = f": {', '.join(f'--{n}' for n in lidos.faltam)}." if lidos.faltam else ""
        raise click.UsageError(f"{lidos.mensagem}{ditas}")
    dados = guia_nova.dados_da_ordem(tipo, lidos, de_novo=de_novo)
    pedidos.dar(config.dados, [pedidos.NovoPedido("ecac-gerar", cnpj, dados)])


@click.command(
    options_metavar="[OPÇÕES]",
    help="Registra as guias de um ARQUIVO (CSV, JSON ou o PDF da guia), como a pasta da regra ecac-guias faz. As "
    "linhas boas são registradas; as outras são mostradas. O CSV tem uma linha de títulos: empresa, tipo (DARF ou "
    "DAS), numero, vencimento (31/12/2026 ou 2026-12-31), valor (1.458,30), receita, periodo (05/2026), e se houver "
    "principal, multa, juros e linha digitavel; separado por ; ou , e salvo pelo Excel como está. O JSON é uma lista "
    "de objetos com os mesmos nomes, ou {guias: [...]}. Sem numero, a guia precisa de receita, periodo e valor, e só é "
    "baixada por sugestão.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=ArquivoDeEntrada())
@opcao_json
@passar_opcoes
def importar(opcoes: Opcoes, arquivo: Path, em_json: bool) -> None:
    """Exits with 1 when a row was refused."""
    from separador.acesso.banco import auditoria  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.capacidades.ecac.arquivos import leitura as ecac_leitura  # noqa: PLC0415
    from separador.capacidades.ecac.arquivos.guia import GuiasLidas  # noqa: PLC0415
    from separador.capacidades.ecac.servico import arquivos_recebidos  # noqa: PLC0415
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    config = opcoes.configuracao()
    if arquivo.stat().st_size > _LIMITE_ARQUIVO:
        sair(Saida.RECUSADO, f"{arquivo} tem mais de 10 MB; divida-o.")
    lidas = ecac_leitura.ler_guias(arquivo.read_bytes())
    erros: list[Erro] = []
    feitas: list[dict[str, object]] = []
    if isinstance(lidas, Recusa):
        erros = list(lidas.erros)
    elif isinstance(lidas, GuiasLidas):
        empresas = frozenset(e.cnpj for e in config.empresas)
        with autorizacao.escrevendo(config.dados, migrar=True) as banco, banco.transacao():
            quando = texto_de(leitura.agora_utc())
            feitas, novos = arquivos_recebidos.registrar(banco, lidas.guias, empresas, autorizacao.quem(), quando, None)
            auditoria.registrar(
                banco, quando, autorizacao.quem(), "guias importadas", arquivo.name, detalhe=str(len(feitas))
            )
        erros = sorted([*lidas.erros, *novos], key=lambda e: e.linha or 0)
    _dizer_importadas(feitas, erros, em_json)


def _dizer_importadas(feitas: list[dict[str, object]], erros: "list[Erro]", em_json: bool) -> None:
    novas = sum(bool(f["nova"]) for f in feitas)
    if em_json:
        lista = [
            {"linha": e.linha, "campo": e.tag, "mensagem": e.mensagem, "o_que_fazer": e.o_que_fazer} for e in erros
        ]
        mostrar_json({"registradas": novas, "ja_registradas": len(feitas) - novas, "guias": feitas, "erros": lista})
    else:
        for e in erros:
            onde = f"linha {e.linha}: " if e.linha else ""
            click.echo(f"{onde}{e.mensagem} {e.o_que_fazer}", err=True)
        registradas = quantos(novas, "guia registrada", "guias registradas")
        estavam = quantos(len(feitas) - novas, "já estava", "já estavam")
        click.echo(f"{registradas}, {estavam}, {quantos(len(erros), 'erro', 'erros')}.")
    sair(Saida.RECUSADO if erros else Saida.FEITO)
