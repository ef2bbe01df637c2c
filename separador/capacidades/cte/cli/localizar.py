"""Finds by whatever a person has in hand (`separador localizar`): a key, a number, a load, a CNPJ, a name."""

import click

from separador.capacidades.cte.banco import achados, lista
from separador.capacidades.cte.banco.achados import Achado
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.lista.colunas import Coluna, instante
from separador.cli.base.lista.saida import celulas, mostrar_lista_json
from separador.cli.base.nomes import nomes_possiveis
from separador.motor.log.texto import uma_linha
from separador.nucleo import capacidade
from separador.nucleo.chave import limpar_chave

_MENOR_NOME = 3
"""Letters that a file's name must be given by, so that it is a name and not a number."""
NAO = "Não procuro dentro dos arquivos: nome de cliente, valor, número de NF-e, placa ou motivo não se acham aqui."
COLUNAS = (
    Coluna("achado por", lambda a: a.por),
    Coluna("o quê", lambda a: a.o_que),
    Coluna("quando", lambda a: instante(a.quando)),
    Coluna("para ver", lambda a: f"separador {a.ver}"),
)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Procura TEXTO: chave de CT-e ou de NF-e de uma carga (ou as primeiras 20 posições dela), número, protocolo, "
    "carga, CNPJ do tomador, número de guia, nome de arquivo recebido ou entregue (ou o começo do nome). Mostra até "
    f"{achados.DE_CADA} de cada lugar, e como ver cada um. Não procura dentro dos arquivos.",
)
@click.argument("texto", metavar="TEXTO")
@opcao_json
@passar_opcoes
def localizar(opcoes: Opcoes, texto: str, em_json: bool) -> None:
    """Exits with 1 when there is nothing; then the JSON is an empty list."""
    limpo = texto.strip()
    if not limpo:
        raise click.BadParameter("diga o que procurar.", param_hint="TEXTO")
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        lista_de_achados: list[Achado] = []
        if banco is not None:
            sem_pontos = "".join(letra for letra in limpar_chave(limpo) if letra.isalnum())
            ditos = dict.fromkeys((limpo, sem_pontos))
            novas = lista.em_dia(banco)
            lista_de_achados = [a for dito in ditos for a in achados.de_documentos(banco, dito, novas)]
            de_outras = capacidade.de_cada("achados")
            lista_de_achados += [Achado(*a) for achar in de_outras for dito in ditos for a in achar(banco, dito)]
            if len(limpo) >= _MENOR_NOME:
                nomes = nomes_possiveis(limpo)
                lista_de_achados += [*achados.de_arquivos(banco, nomes), *achados.de_publicados(banco, nomes)]
    unicos = list(dict.fromkeys(lista_de_achados))
    if em_json:
        mostrar_lista_json(a._asdict() for a in unicos)
    elif unicos:
        mostrar_tabela([c.titulo for c in COLUNAS], celulas(COLUNAS, unicos))
    if not unicos:
        sair(
            Saida.RECUSADO,
            f"Não encontrei {uma_linha(texto)} entre documentos, cargas, guias e nomes de arquivos. {NAO}",
        )
