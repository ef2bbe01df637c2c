"""Reads the key `sefaz.distribuicao`: documents of third parties fetched from the Ambiente Nacional."""

from collections.abc import Sequence

from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import DESTINO_DISTRIBUICAO, INTERVALO_MINIMO_S, ConfigDistribuicao, Empresa
from separador.configuracao.yaml_seguro import Mapa
from separador.nucleo.chave import cnpj_valido

CHAVES_DISTRIBUICAO = ("ativo", "destino", "intervalo", "empresas")


def ler_distribuicao(leitor: Leitor, topo: Mapa) -> ConfigDistribuicao | None:
    """Returns None when nothing is fetched: the key is not there, or says `ativo: false`."""
    mapa = leitor.submapa(topo, "distribuicao")
    if mapa is None:
        return None
    leitor.conhecer(mapa, CHAVES_DISTRIBUICAO)
    ativo = leitor.booleano(mapa, "ativo", True)
    destino = leitor.caminho(mapa, "destino", DESTINO_DISTRIBUICAO)
    intervalo_s = leitor.inteiro(mapa, "intervalo", INTERVALO_MINIMO_S, INTERVALO_MINIMO_S) or INTERVALO_MINIMO_S
    lida = ConfigDistribuicao(destino or leitor.raiz / DESTINO_DISTRIBUICAO, intervalo_s, _empresas(leitor, mapa))
    leitor.anotar(mapa, "ativo", "true" if ativo else "false")
    leitor.anotar(mapa, "destino", lida.destino)
    leitor.anotar(mapa, "intervalo", lida.intervalo_s)
    leitor.anotar(mapa, "empresas", " ".join(lida.empresas) or "(todas)")
    return lida if ativo else None


def conferir_empresas(leitor: Leitor, topo: Mapa, lida: ConfigDistribuicao | None, empresas: Sequence[Empresa]) -> None:
    """Notes an error for each company that is not configured: nothing can be fetched for it."""
    conhecidas = {e.cnpj for e in empresas}
    for cnpj in lida.empresas if lida is not None else ():
        if cnpj not in conhecidas:
            mensagem = f"o CNPJ {cnpj} não está em empresas"
            leitor.errar(mensagem, topo.nos.get("sefaz"), "sefaz.distribuicao.empresas")


def _empresas(leitor: Leitor, mapa: Mapa) -> tuple[str, ...]:
    """Returns the CNPJ of the companies that fetch; empty = all."""
    lidos = []
    for texto, no in leitor.textos(mapa, "empresas"):
        cnpj = texto.strip().upper().translate(str.maketrans("", "", "./-"))
        if cnpj_valido(cnpj):
            lidos.append(cnpj)
        else:
            leitor.errar(f'"{texto}" não é um CNPJ', no, mapa.chave("empresas"))
    return tuple(dict.fromkeys(lidos))
