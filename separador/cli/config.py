"""Shows the values in force and where each comes from, and changes one key at a time (`separador config`)."""

from typing import TYPE_CHECKING

import click

from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_erros, mostrar_json, opcao_json, passar_opcoes, sair
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao
from separador.cli.base.grupo import Grupo
from separador.nucleo import capacidade
from separador.nucleo.fuso import BRASILIA

if TYPE_CHECKING:
    from separador.configuracao import Configuracao
    from separador.configuracao.tipos import ErroConfig


@click.group(cls=Grupo, help="Mostra e muda a configuração.")
def config() -> None:
    """Groups the configuration's commands."""


@config.command(options_metavar="[OPÇÕES]", help="Confere o arquivo e mostra cada valor em vigor e de onde ele vem.")
@opcao_json
@passar_opcoes
def conferir(opcoes: Opcoes, em_json: bool) -> None:
    """Exits with 2 and every error when the file is not valid; with 1 when something that was asked for is refused."""
    from separador.configuracao import Invalida  # noqa: PLC0415 -- PyYAML only where it is needed
    from separador.configuracao import conferir as conferir_arquivo  # noqa: PLC0415

    conferida = conferir_arquivo(opcoes.arquivo, dia=leitura.agora_utc().astimezone(BRASILIA).date())
    achados = [] if isinstance(conferida, Invalida) else _das_capacidades(conferida.configuracao)
    if isinstance(conferida, Invalida):
        if em_json:
            mostrar_json({"arquivo": str(opcoes.arquivo), "valores": [], "erros": [_item(e) for e in conferida.erros]})
        else:
            mostrar_erros(conferida)
        sair(Saida.USO)
    valores = conferida.valores
    if em_json:
        lista = [{"chave": v.chave, "valor": v.valor, "origem": v.origem, "linha": v.linha} for v in valores]
        notas = {n: [_item(e) for e in v] for n, v in (("recusas", conferida.recusas), ("avisos", conferida.avisos))}
        for nota, estado in (("recusas", ERRO), ("avisos", AVISO)):
            notas[nota] += [{"linha": None, "chave": a.verificacao, "mensagem": a.dito} for a in achados if a.e(estado)]
        mostrar_json({"arquivo": str(opcoes.arquivo), "valores": lista, "erros": [], **notas})
        sair(Saida.RECUSADO if notas["recusas"] else Saida.FEITO)
    click.echo(f"Configuração em {opcoes.arquivo}: sem erros.\n")
    largura = max(len(v.chave) for v in valores)
    for v in valores:
        click.echo(f"{v.chave:<{largura}}  {v.valor}  ({f'linha {v.linha}' if v.linha else 'padrão'})")
    for aviso in conferida.avisos:
        click.echo(f"\nAviso: {aviso}.")
    for recusa in conferida.recusas:
        click.echo(f"\nRecusado: {recusa}. O resto funciona.", err=True)
    for achado in achados:
        click.echo(f"\n{_TITULOS[achado.estado]}{achado.dito}", err=achado.e(ERRO))
    sair(Saida.RECUSADO if conferida.recusas or any(a.e(ERRO) for a in achados) else Saida.FEITO)


_TITULOS = {CERTO: "", AVISO: "Aviso: ", ERRO: "Recusado: "}


def _das_capacidades(configuracao: "Configuracao") -> list[Constatacao]:
    """Returns what capabilities find in the files that their own keys name."""
    agora = leitura.agora_utc()
    return [achado for conferir in capacidade.de_cada("conferencias") for achado in conferir(configuracao, agora)]


def _item(erro: "ErroConfig") -> dict[str, object]:
    return {"linha": erro.linha, "chave": erro.chave, "mensagem": erro.mensagem}


@config.command(
    options_metavar="[OPÇÕES]",
    help="Muda o valor de uma CHAVE no arquivo, mantendo os comentários. O serviço em funcionamento adota a mudança "
    "sozinho. A chave de um grupo leva o nome dele e um ponto, a de uma empresa o CNPJ; uma lista vai entre colchetes. "
    "Exemplos: separador config definir tempo_leitura 5; separador config definir emissao.cfop_estadual 5353; "
    "separador config definir empresas.11222333000181.uf SP; separador config definir avisos.dias '[30, 7]'",
)
@click.argument("chave", metavar="CHAVE")
@click.argument("valor", metavar="VALOR")
@passar_opcoes
def definir(opcoes: Opcoes, chave: str, valor: str) -> None:
    """Exits with 1, and the file untouched, when the result would not be valid."""
    from separador.cli.ajuste_systemd import dizer_o_que_falta  # noqa: PLC0415
    from separador.configuracao import Invalida  # noqa: PLC0415
    from separador.configuracao.edicao import definir as definir_no_arquivo  # noqa: PLC0415

    arquivo = opcoes.arquivo
    if not arquivo.exists():
        opcoes.configuracao()
    editada = definir_no_arquivo(arquivo, chave, valor)
    if isinstance(editada, Invalida):
        mostrar_erros(editada)
        sair(Saida.RECUSADO, "Nada foi mudado.")
    click.echo(f"{chave} agora é {valor}, em {arquivo}.")
    if chave in ("raiz", "dados"):
        click.echo("A pasta de dados só muda com o serviço reiniciado: separador reiniciar")
    dizer_o_que_falta(editada.configuracao)
