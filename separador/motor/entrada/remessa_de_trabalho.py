"""Puts files in the form that a worker gets, and says which other devices they use."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from separador.banco import arquivos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item
from separador.motor.trabalho.parecer import ArquivoATratar, Parecer, Resultado
from separador.nucleo import capacidade
from separador.nucleo.rota import Envio, Rota, Transmissao
from separador.pastas import faixas
from separador.pastas.tomada import Tomado


def de_fora(pares: Iterable[tuple[Path, Path | None]]) -> list[Path]:
    """Returns, of the folders that a group uses, those on other devices than ours, each device once."""
    pastas = dict.fromkeys(p for par in pares for p in par if p is not None)
    discos = {d: p for p in pastas if (d := faixas.dispositivo(p)) is not None}
    return list(discos.values())


def primeiros(da_rota: Sequence[Item], limite: int) -> list[Item]:
    """Returns, of the files of one route, the first alone when it may be the one that kills; else a group."""
    if da_rota[0].tentativas:
        limite = 1
    suspeito = next((n for n, i in enumerate(da_rota) if i.tentativas and n), len(da_rota))
    return list(da_rota[: min(limite, suspeito)])


def a_tratar(item: Item) -> ArquivoATratar:
    """Returns the item in the form that a worker gets."""
    return ArquivoATratar(
        item.caminho,
        item.rota.regra,
        item.nome,
        item.pasta,
        item.provisorio,
        item.rota.tamanho_maximo_bytes,
        item.material,
    )


def pareceres(resultado: Resultado, itens: Sequence[Item]) -> list[Parecer]:
    """Returns the findings, one for each file."""
    if not isinstance(resultado, list) or len(resultado) != len(itens):
        raise ValueError("resposta de tamanho errado do processo de trabalho")
    return resultado


def pasta_a_encenar(rota: Rota) -> Path | None:
    """Returns the folder where a worker may stage at once. None: a person decides, or there is nothing to stage."""
    regra = capacidade.regra(rota.regra)
    automatica = rota.envio is Envio.AUTOMATICO and rota.transmissao is Transmissao.PASTA
    return rota.destino if regra.encena or (regra.encena_se_automatica and automatica) else None


def item_do_tomado(contexto: Contexto, trabalho: Path, tomado: Tomado, rota: Rota) -> Item:
    """Returns an item for a claim that is in the work folder already."""
    linha = arquivos.por_nome(contexto.banco, tomado.lote, tomado.nome)
    quando = linha["tomado_em"] if linha is not None else contexto.quando()
    tentativas = linha["tentativas"] if linha is not None else 0
    return Item(tomado, trabalho, rota, quando, tentativas=tentativas, repetido=True)
