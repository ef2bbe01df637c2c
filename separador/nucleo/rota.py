"""Defines the routes, chooses the route of a file, and finds routes that cannot work together.

Paths here are absolute and lexically normal. Nothing in this module looks at the disk.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from separador.nucleo import capacidade
from separador.nucleo.nome_de_arquivo import PASTA_PROPRIA, comparavel

_PASTA_PROPRIA = PASTA_PROPRIA.decode()


class Transmissao(StrEnum):
    """The way to SEFAZ: another program, through the folder `destino`, or this service, over the network."""

    PASTA = "pasta"
    REDE = "rede"


class Envio(StrEnum):
    """The time when accepted documents are handed on: at once, or by the order `enviar`."""

    AUTOMATICO = "automatico"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Rota:
    """One route of the configuration.

    `id` is None only between reading the file and the caller's assignment. `sufixos` are normalised (see
    `normalizar_sufixo`), never empty. `prazo_coleta_s`: time after which a file still in `destino` is shown as not
    collected. `marcador`: a file `X` is ready only when `X + marcador` exists too. `tamanho_maximo_bytes`: None = the
    limit of the rule. `autorizados`: the folder of processed documents in the profile uninfe, by AAAAMM;
    `copia_processado`: then also a copy beside the return. `transmissao`: counts only where the rule transmits.
    `dacte`: the PDF is printed beside the processed document, on authorisation.
    """

    id: int | None
    ativo: bool
    regra: str
    origem: Path
    destino: Path
    sufixos: tuple[str, ...]
    envio: Envio = Envio.AUTOMATICO
    retorno: Path | None = None
    prazo_coleta_s: int | None = None
    marcador: str | None = None
    tamanho_maximo_bytes: int | None = None
    autorizados: Path | None = None
    copia_processado: bool = False
    transmissao: Transmissao = Transmissao.PASTA
    dacte: bool = False

    @property
    def transmite(self) -> bool:
        """Says whether documents of the route go to SEFAZ."""
        return capacidade.regra(self.regra).transmite

    def pastas(self) -> tuple[Path, ...]:
        """Returns every folder that the route names, origin first, each once."""
        nomeadas = (self.origem, self.destino, self.retorno, self.autorizados)
        return tuple(dict.fromkeys(p for p in nomeadas if p is not None))

    @property
    def assinatura(self) -> str:
        """Returns a text that tells a route without an `id` in the file from the others, across restarts."""
        return f"{self.regra} {self.origem} {' '.join(sorted(self.sufixos))}"


@dataclass(frozen=True, slots=True)
class Conflito:
    """A reason why the routes cannot work together; `posicao` is the index of the route to correct."""

    posicao: int
    mensagem: str


def normalizar_sufixo(texto: str) -> str:
    """Returns a suffix in its one form: `*.TXT`, `txt` and `.txt` are `.txt`; `-cte.xml` stays, in lower case.

    Raises ValueError, with the sentence for the operator, when the text is no file rule.
    """
    sufixo = comparavel(texto.strip().removeprefix("*").encode("utf-8", "surrogateescape"))
    if not sufixo or "*" in sufixo or "?" in sufixo:
        raise ValueError('deve ser uma extensão (".txt") ou um final de nome ("-cte.xml"), sem curingas')
    if any(c in "/\\" or ord(c) < 32 for c in sufixo):
        raise ValueError(
            "é um final de nome de arquivo, não um caminho: não pode ter barras nem caracteres de controle"
        )
    return f".{sufixo}" if sufixo.isalnum() else sufixo


def _tamanho_do_final(nome: bytes, rota: Rota) -> int:
    """Returns the length of the longest suffix of the route that the name ends with; 0 = none."""
    final = comparavel(nome)
    return max((len(s) for s in rota.sufixos if final.endswith(s)), default=0)


def candidatas(nome: bytes, rotas: Iterable[Rota]) -> list[Rota]:
    """Returns the routes with a matching suffix, the most specific first; of two equal ones the active first."""
    casadas = [(_tamanho_do_final(nome, r), r) for r in rotas]
    return [r for n, r in sorted(casadas, key=lambda par: (-par[0], not par[1].ativo)) if n]


def escolher(nome: bytes, rotas: Iterable[Rota]) -> Rota | None:
    """Returns the route that takes the file, among routes of ONE origin; None = the file stays where it is.

    A name that belongs to an inactive route is not given to a broader active one: a person who switched CT-e off did
    not ask that CT-e be moved by the rule `.xml`. The file waits, and is shown in the failures view.
    """
    melhor = next(iter(candidatas(nome, rotas)), None)
    return melhor if melhor is not None and melhor.ativo else None


def pasta_de_retorno(rota: Rota, rotas: Sequence[Rota]) -> Path:
    """Returns the folder for the route's `.err`, `.json` and returns (docs/desenvolvimento/contratos.md, section 2).

    On routes of orders and of validation `destino` is the folder of the answers. So only a route that transmits looks
    for the first active route that receives returns.
    """
    if rota.retorno is not None:
        return rota.retorno
    if not rota.transmite:
        return rota.destino
    return next((r.destino for r in rotas if r.ativo and capacidade.regra(r.regra).recebe_retornos), rota.destino)


def conflitos(rotas: Sequence[Rota], dados: Path) -> list[Conflito]:
    """Returns every reason why these routes cannot work together, kind by kind, each with its route.

    Only active routes clash, except by their ids.
    """
    return [
        *_ids_repetidos(rotas),
        *_regras_repetidas(rotas),
        *_marcadores_diferentes(rotas),
        *_origem_do_cofre(rotas),
        *_pastas_proibidas(rotas, dados),
        *_voltas(rotas),
        *_sem_transmissao(rotas),
    ]


def atribuir_ids(rotas: Sequence[Rota], conhecidos: Mapping[int, str]) -> tuple[Rota, ...]:
    """Returns the same routes, each with an id. An id that was ever used is never given to another route.

    `conhecidos`: every id ever used → the signature it was used with. A route without id gets back the one it had, else
    the next after all.
    """
    tomados = {r.id for r in rotas if r.id is not None}
    livres = {assinatura: i for i, assinatura in conhecidos.items() if i not in tomados}
    proximo = max((*tomados, *conhecidos), default=0) + 1
    com_id: list[Rota] = []
    for rota in rotas:
        novo = rota.id if rota.id is not None else livres.pop(rota.assinatura, None)
        if novo is None:
            novo, proximo = proximo, proximo + 1
        com_id.append(replace(rota, id=novo))
    return tuple(com_id)


def nome_da_rota(rota: Rota) -> str:
    """Returns the name of a route in messages, with or without an id yet."""
    return f"rota {rota.id}" if rota.id is not None else f"rota {rota.regra} de {rota.origem}"


def _ids_repetidos(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    vistos: set[int] = set()
    for i, rota in enumerate(rotas):
        if rota.id is None:
            continue
        if rota.id in vistos:
            yield Conflito(i, f"o id {rota.id} já é de outra rota; cada rota tem o seu, e nenhum é reaproveitado")
        vistos.add(rota.id)


def _regras_repetidas(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    donos: dict[tuple[Path, str], Rota] = {}
    for i, rota in enumerate(rotas):
        for sufixo in rota.sufixos if rota.ativo else ():
            dono = donos.setdefault((rota.origem, sufixo), rota)
            if dono is not rota:
                yield Conflito(
                    i,
                    f'a regra de arquivo "{sufixo}" já é da {nome_da_rota(dono)} na mesma origem {rota.origem}; '
                    "mude a regra, mude a origem ou desative uma das duas",
                )


def _sem_transmissao(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    """Yields routes whose documents no active route would transmit."""
    if any(r.ativo and r.transmite for r in rotas):
        return
    quais = " ou ".join(nome for nome, regra in capacidade.regras().items() if regra.transmite)
    for i, rota in enumerate(rotas):
        if rota.ativo and capacidade.regra(rota.regra).pede_transmissao:
            yield Conflito(i, f"a regra {rota.regra} precisa de uma rota {quais} ativa, por onde vão os documentos")


def _marcadores_diferentes(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    """Yields routes of one origin with different markers: an origin is read as a whole, with one marker or none."""
    primeiras: dict[Path, Rota] = {}
    for i, rota in enumerate(rotas):
        primeira = primeiras.setdefault(rota.origem, rota) if rota.ativo else rota
        if primeira.marcador != rota.marcador:
            yield Conflito(i, f"o marcador deve ser o mesmo da {nome_da_rota(primeira)}, que lê a mesma origem")


def _origem_do_cofre(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    """Yields origins of certificates that another route reads too.

    A folder where certificates are dropped is read in its own way, and few people should have rights on it.
    """
    ativas = [r for r in rotas if r.ativo]
    for i, rota in enumerate(rotas):
        outra = next((r for r in ativas if r is not rota and r.origem == rota.origem), None)
        if rota.ativo and capacidade.regra(rota.regra).pasta_propria and outra is not None:
            yield Conflito(
                i, f"a origem dos certificados é só deles, e {rota.origem} também é da {nome_da_rota(outra)}"
            )


def _pastas_proibidas(rotas: Sequence[Rota], dados: Path) -> Iterator[Conflito]:
    for i, rota in enumerate(rotas):
        for pasta in rota.pastas() if rota.ativo else ():
            if pasta.is_relative_to(dados):
                yield Conflito(i, f"a pasta {pasta} fica dentro da pasta de dados do serviço ({dados})")
            elif _PASTA_PROPRIA in pasta.parts:
                yield Conflito(i, f"a pasta {pasta} fica dentro de uma {_PASTA_PROPRIA}, de uso interno do serviço")


def _escritas(rota: Rota, rotas: Sequence[Rota]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yields (folder, endings of names) that the route may write: enough to see a file coming back to its origin."""
    regra = capacidade.regra(rota.regra)
    yield rota.destino, (*regra.grava, *(rota.sufixos if regra.mesmo_nome else ()))
    if regra.transmite:
        pela_rede = rota.transmissao is Transmissao.REDE
        yield pasta_de_retorno(rota, rotas), regra.grava_no_retorno_pela_rede if pela_rede else regra.grava_no_retorno
    elif regra.recebe_retornos:
        for outra in rotas:
            if outra.ativo and outra.transmite:
                yield pasta_de_retorno(outra, rotas), regra.grava
    elif rota.retorno is not None:
        yield rota.retorno, regra.grava


def _alimenta(a: Rota, b: Rota, rotas: Sequence[Rota]) -> bool:
    """Says whether `b` would take something that `a` writes."""
    return any(
        pasta == b.origem and any(o.endswith(s) or s.endswith(o) for o in finais for s in b.sufixos)
        for pasta, finais in _escritas(a, rotas)
    )


def _voltas(rotas: Sequence[Rota]) -> Iterator[Conflito]:
    """Yields routes that would take back what they wrote, through any number of others, without end."""
    ativas = [i for i, r in enumerate(rotas) if r.ativo]
    seguintes = {i: [j for j in ativas if _alimenta(rotas[i], rotas[j], rotas)] for i in ativas}
    acusadas: set[int] = set()
    for inicio in ativas:
        volta = _caminho_de_volta(inicio, seguintes)
        if volta and not acusadas & set(volta):
            acusadas |= set(volta)
            nomes = " → ".join(nome_da_rota(rotas[i]) for i in (*volta, inicio))
            yield Conflito(inicio, f"o que a rota escreve voltaria para ela mesma, sem fim: {nomes}")


def _caminho_de_volta(inicio: int, seguintes: dict[int, list[int]]) -> list[int]:
    """Returns the indexes of one cycle through `inicio`, starting there; empty when there is none."""
    pilha = [[inicio]]
    vistos: set[int] = set()
    while pilha:
        caminho = pilha.pop()
        for proxima in seguintes[caminho[-1]]:
            if proxima == inicio:
                return caminho
            if proxima not in vistos:
                vistos.add(proxima)
                pilha.append([*caminho, proxima])
    return []
