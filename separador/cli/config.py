"""`separador config`: what is in force and where it comes from; one key changed at a time."""

import click

from separador.cli.comum import Contexto, Grupo, Saida, mostrar_erros, mostrar_json, opcao_json, passar_contexto, sair


@click.group(cls=Grupo, help="Mostra e muda a configuração.")
def config() -> None:
    """Group of the configuration's commands."""


@config.command(options_metavar="[OPÇÕES]", help="Confere o arquivo e mostra cada valor em vigor e de onde ele vem.")
@opcao_json
@passar_contexto
def conferir(contexto: Contexto, em_json: bool) -> None:
    """Exit 2 with every error when the file is not valid."""
    from separador.configuracao import Invalida  # noqa: PLC0415 -- PyYAML only where it is needed
    from separador.configuracao import conferir as conferir_arquivo  # noqa: PLC0415

    conferida = conferir_arquivo(contexto.arquivo)
    if isinstance(conferida, Invalida):
        if em_json:
            erros = [{"linha": e.linha, "chave": e.chave, "mensagem": e.mensagem} for e in conferida.erros]
            mostrar_json({"arquivo": str(contexto.arquivo), "valores": [], "erros": erros})
        else:
            mostrar_erros(conferida)
        sair(Saida.USO)
    valores = conferida.valores
    if em_json:
        lista = [{"chave": v.chave, "valor": v.valor, "origem": v.origem, "linha": v.linha} for v in valores]
        mostrar_json({"arquivo": str(contexto.arquivo), "valores": lista, "erros": []})
        return
    click.echo(f"Configuração em {contexto.arquivo}: sem erros.\n")
    largura = max(len(v.chave) for v in valores)
    for v in valores:
        click.echo(f"{v.chave:<{largura}}  {v.valor}  ({f'linha {v.linha}' if v.linha else 'padrão'})")


@config.command(
    options_metavar="[OPÇÕES]",
    help="Muda o valor de uma CHAVE no arquivo, mantendo os comentários. O serviço em funcionamento adota a mudança "
    "sozinho. Exemplo: separador config definir tempo_leitura 5",
)
@click.argument("chave", metavar="CHAVE")
@click.argument("valor", metavar="VALOR")
@passar_contexto
def definir(contexto: Contexto, chave: str, valor: str) -> None:
    """Exit 1, with the file untouched, when the result would not be valid."""
    from separador.configuracao import Invalida  # noqa: PLC0415
    from separador.configuracao.edicao import definir as definir_no_arquivo  # noqa: PLC0415

    arquivo = contexto.arquivo
    if not arquivo.exists():
        contexto.configuracao()
    editada = definir_no_arquivo(arquivo, chave, valor)
    if isinstance(editada, Invalida):
        mostrar_erros(editada)
        sair(Saida.RECUSADO, "Nada foi mudado.")
    click.echo(f"{chave} agora é {valor}, em {arquivo}.")
