"""Reads `config/separador.yaml` into a `Configuracao`, or returns every error in it."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from yaml.nodes import ScalarNode

from separador.configuracao.avisos import ler_avisos, ler_smtp
from separador.configuracao.distribuicao import conferir_empresas
from separador.configuracao.ecac import ler_ecac
from separador.configuracao.empresas import CHAVES_EMPRESA, ler_empresas
from separador.configuracao.leitura import Leitor, ancorar
from separador.configuracao.painel import ler_painel
from separador.configuracao.rotas import CHAVES_ROTA, ler_rotas
from separador.configuracao.sefaz import ler_sefaz
from separador.configuracao.tipos import (
    Ambiente,
    Conferida,
    ConfigEmissao,
    Configuracao,
    ErroConfig,
    Invalida,
    Perfil,
)
from separador.configuracao.yaml_seguro import Mapa, compor, ler_bytes, mapear
from separador.nucleo.fuso import FUSO_PADRAO, ler_fuso
from separador.nucleo.rota import Transmissao

CHAVES = (
    *("raiz", "tempo_leitura", "tempo_quieto", "dados", "perfil_nomes", "ambiente", "trabalhadores", "fuso"),
    *("transmissao", "prazo_retorno", "retencao_dias", "reserva_disco_mb", "sefaz", "ecac", "smtp", "avisos", "painel"),
    *("emissao", "empresas", "rotas"),
)
__all__ = ["CHAVES", "CHAVES_EMPRESA", "CHAVES_ROTA", "carregar", "conferir", "interpretar"]

_TRABALHADORES_AUTO = 4


def nucleos_daqui() -> int:
    """Returns how many cores this process may use (a container's share, not the machine's)."""
    return len(os.sched_getaffinity(0))


_FUSOS_DO_BRASIL = (
    *("America/Sao_Paulo", "America/Manaus", "America/Cuiaba", "America/Campo_Grande", "America/Porto_Velho"),
    *("America/Boa_Vista", "America/Rio_Branco", "America/Fortaleza", "America/Noronha"),
)


def carregar(arquivo: Path, *, nucleos: int | None = None) -> Configuracao | Invalida:
    """Reads and checks the file. No folder is looked at: a bad one pauses its routes and is no error of the file.

    `nucleos`: cores for `trabalhadores: auto`; None = those of this process.
    """
    conferida = conferir(arquivo, nucleos=nucleos)
    return conferida.configuracao if isinstance(conferida, Conferida) else conferida


def conferir(arquivo: Path, *, nucleos: int | None = None, dia: date | None = None) -> Conferida | Invalida:
    """Reads and checks as `carregar` does, and adds the origin of every effective value.

    `dia`: today, for a person who configures: a start that is still to come is then refused.
    """
    conteudo = ler_bytes(arquivo)
    if isinstance(conteudo, ErroConfig):
        return Invalida(arquivo, (conteudo,))
    return interpretar(conteudo, arquivo, nucleos=nucleos, dia=dia)


def interpretar(
    conteudo: bytes, arquivo: Path, *, nucleos: int | None = None, dia: date | None = None
) -> Conferida | Invalida:
    """Interprets `conteudo` as if it were in `arquivo`. From `arquivo` only its folder is used, to anchor `raiz`."""
    arvore = compor(conteudo)
    if isinstance(arvore, ErroConfig):
        return Invalida(arquivo, (arvore,))
    leitor = Leitor(arquivo, raiz=Path(os.path.abspath(arquivo.parent)), dia=dia)
    mapa = mapear(arvore, "", leitor.erros)
    leitor.conhecer(mapa, CHAVES)
    configuracao = _montar(leitor, mapa, nucleos_daqui() if nucleos is None else nucleos)
    if leitor.erros:
        return Invalida(arquivo, tuple(sorted(leitor.erros, key=lambda e: e.linha or 0)))
    return Conferida(configuracao, tuple(leitor.valores), tuple(leitor.recusas), tuple(leitor.avisos))


def _montar(leitor: Leitor, mapa: Mapa, nucleos: int) -> Configuracao:
    leitor.raiz = leitor.caminho(mapa, "raiz", ".") or leitor.raiz
    dados = leitor.caminho(mapa, "dados", "var") or leitor.raiz / "var"
    ambiente = leitor.escolha(mapa, "ambiente", Ambiente, Ambiente.HOMOLOGACAO)
    configuracao = Configuracao(
        arquivo=Path(os.path.abspath(leitor.arquivo)),
        raiz=leitor.raiz,
        dados=dados,
        tempo_leitura_s=leitor.inteiro(mapa, "tempo_leitura", 10, 1, 86400) or 10,
        tempo_quieto_s=leitor.segundos(mapa, "tempo_quieto"),
        perfil_nomes=leitor.escolha(mapa, "perfil_nomes", Perfil, Perfil.PADRAO),
        ambiente=ambiente,
        transmissao=leitor.escolha(mapa, "transmissao", Transmissao, _transmissao_padrao(ambiente)),
        trabalhadores=_trabalhadores(leitor, mapa, nucleos),
        prazo_retorno_s=leitor.inteiro(mapa, "prazo_retorno", 1800, 1) or 1800,
        retencao_dias=_ou(leitor.inteiro(mapa, "retencao_dias", 365, 0, 36500), 365),
        reserva_disco_mb=_ou(leitor.inteiro(mapa, "reserva_disco_mb", 200, 0), 200),
        empresas=(),
        rotas=(),
        fuso=_fuso(leitor, mapa),
    )
    _anotar_gerais(leitor, mapa, configuracao)
    return _com_listas(leitor, mapa, configuracao)


def _ou(valor: int | None, padrao: int) -> int:
    return padrao if valor is None else valor


def _com_listas(leitor: Leitor, mapa: Mapa, base: Configuracao) -> Configuracao:
    empresas = ler_empresas(leitor, mapa)
    rotas = ler_rotas(leitor, mapa, base.dados, base.transmissao)
    sefaz = ler_sefaz(leitor, mapa)
    conferir_empresas(leitor, mapa, sefaz.distribuicao, empresas)
    return replace(
        base,
        smtp=ler_smtp(leitor, mapa),
        painel=ler_painel(leitor, mapa),
        avisos=ler_avisos(leitor, mapa),
        empresas=empresas,
        sefaz=sefaz,
        rotas=rotas,
        ecac=ler_ecac(leitor, mapa, rotas, empresas, base.dados),
        emissao=_emissao(leitor, mapa),
    )


def _emissao(leitor: Leitor, mapa: Mapa) -> ConfigEmissao:
    """Returns what CT-e are made with. The description of the format is loaded only where the key is used."""
    padrao = ConfigEmissao(ancorar(leitor.raiz, str(ConfigEmissao().cadastros)))
    if "emissao" not in mapa.nos:
        return padrao
    from separador.configuracao.emissao.chave import ler_emissao  # noqa: PLC0415 -- 0.1 s for those who do not issue

    return ler_emissao(leitor, mapa, padrao)


def _transmissao_padrao(ambiente: Ambiente) -> Transmissao:
    """Returns the default of `transmissao`. No other program transmits to the simulated SEFAZ of this machine."""
    return Transmissao.REDE if ambiente is Ambiente.SIMULADO else Transmissao.PASTA


def _fuso(leitor: Leitor, mapa: Mapa) -> str:
    """Returns the name of the zone in which people read times."""
    texto = leitor.escalar(mapa, "fuso")
    if texto is None:
        return FUSO_PADRAO
    try:
        ler_fuso(texto)
    except ValueError:
        mensagem = f'"{texto}" não é um fuso; um destes serve: {", ".join(_FUSOS_DO_BRASIL)}'
        leitor.errar(mensagem, mapa.nos["fuso"], mapa.chave("fuso"))
        return FUSO_PADRAO
    return texto


def _trabalhadores(leitor: Leitor, mapa: Mapa, nucleos: int) -> int:
    no = mapa.nos.get("trabalhadores")
    auto = min(nucleos, _TRABALHADORES_AUTO)
    if no is None or (isinstance(no, ScalarNode) and str(no.value).strip() == "auto"):
        return auto
    return _ou(leitor.inteiro(mapa, "trabalhadores", auto, 0, 64), auto)


def _anotar_gerais(leitor: Leitor, mapa: Mapa, c: Configuracao) -> None:
    quieto = "1 (3 em pasta de rede)" if c.tempo_quieto_s is None else f"{c.tempo_quieto_s:g}"
    for chave, valor in (
        ("raiz", c.raiz),
        ("tempo_leitura", c.tempo_leitura_s),
        ("tempo_quieto", quieto),
        ("dados", c.dados),
        ("perfil_nomes", c.perfil_nomes),
        ("ambiente", c.ambiente),
        ("transmissao", c.transmissao),
        ("trabalhadores", c.trabalhadores),
        ("fuso", c.fuso),
        ("prazo_retorno", c.prazo_retorno_s),
        ("retencao_dias", c.retencao_dias),
        ("reserva_disco_mb", c.reserva_disco_mb),
    ):
        leitor.anotar(mapa, chave, valor)
