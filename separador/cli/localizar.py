"""Finds by whatever a person has in hand (`separador localizar`): every capability looks among its own."""

from typing import Any

import click

from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.lista.colunas import Coluna, instante
from separador.cli.base.lista.saida import celulas, mostrar_lista_json
from separador.motor.log.texto import uma_linha
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Achado

DE_CADA = 10
"""Most that one place gives."""
NAO = "Não procuro dentro dos arquivos: nome de cliente, valor, número de NF-e, placa ou motivo não se acham aqui."


@click.command(
    options_metavar="[OPÇÕES]",
    help="Procura TEXTO: chave de CT-e ou de NF-e de uma carga (ou as primeiras 20 posições dela), número, protocolo, "
    "carga, CNPJ do emitente ou do tomador, número de guia, nome de arquivo recebido ou entregue (ou o começo do "
    f"nome). Mostra até {DE_CADA} de cada lugar, e como ver cada um. Não procura dentro dos arquivos.",
)
@click.argument("texto", metavar="TEXTO")
@opcao_json
@passar_opcoes
def localizar(opcoes: Opcoes, texto: str, em_json: bool) -> None:
    """Exits with 1 when there is nothing; then the JSON is an empty list."""
    if not texto.strip():
        raise click.BadParameter("diga o que procurar.", param_hint="TEXTO")
    achados: list[Achado] = []
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        if banco is not None:
            achados = [a for achar in capacidade.de_cada("localizar") for a in achar(banco, texto, DE_CADA)]
    if em_json:
        mostrar_lista_json(_em_dicionario(a) for a in achados)
    elif achados:
        mostrar_tabela([c.titulo for c in _COLUNAS], celulas(_COLUNAS, achados))
    if not achados:
        sair(
            Saida.RECUSADO,
            f"Não encontrei {uma_linha(texto)} entre documentos, cargas, guias e nomes de arquivos. {NAO}",
        )


def _o_que(a: Achado) -> str:
    return f"{a.titulo}, {a.detalhe}"


_COLUNAS = (
    Coluna("achado por", lambda a: a.por),
    Coluna("o quê", _o_que),
    Coluna("quando", lambda a: instante(a.quando)),
    Coluna("para ver", lambda a: f"separador {a.ver}"),
)


def _em_dicionario(a: Achado) -> dict[str, Any]:
    return {"por": a.por, "o_que": _o_que(a), "chave": a.chave, "quando": a.quando, "ver": a.ver}
