"""Shows the address of each call of the configured companies, for firewalls and for checking."""

from typing import TYPE_CHECKING

import click

from separador.capacidades.sefaz.rede.enderecos import Enderecos, EnderecosError
from separador.capacidades.sefaz.rede.porta import Servico
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

NACIONAL = "AN"


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra os endereços em uso: de quem autoriza em cada UF das empresas, da contingência dela e da distribuição "
    "nacional, no ambiente da configuração. São os que o firewall precisa liberar (porta 443).",
)
@click.option("--todos", is_flag=True, help="De todos os autorizadores.")
@opcao_json
@passar_opcoes
def enderecos(opcoes: Opcoes, todos: bool, em_json: bool) -> None:
    """Only reads."""
    config = opcoes.configuracao()
    try:
        tabela = _tabela(config)
    except EnderecosError as erro:
        sair(Saida.USO, f"{erro}.")
    linhas = [
        {"autorizador": quem, "servico": str(servico), "url": url}
        for quem in (sorted(tabela.tabela) if todos else _das_empresas(config, tabela))
        for servico in Servico
        if (url := tabela.url(servico, quem, config.ambiente.tp_amb)) is not None
    ]
    if em_json:
        mostrar_json(linhas)
        return
    mostrar_tabela(("autorizador", "serviço", "endereço"), [list(linha.values()) for linha in linhas])


def _tabela(config: "Configuracao") -> Enderecos:
    from separador.configuracao import Ambiente  # noqa: PLC0415 -- the package is slow to import

    simulador = config.sefaz.simulador if config.ambiente is Ambiente.SIMULADO else None
    return Enderecos.carregar(config.sefaz.enderecos, simulador=simulador)


def _das_empresas(config: "Configuracao", tabela: Enderecos) -> list[str]:
    quem = [a for e in config.empresas for a in (tabela.autorizador(e.uf), tabela.svc(e.uf))]
    return [a for a in dict.fromkeys((*quem, NACIONAL)) if a in tabela.tabela]
