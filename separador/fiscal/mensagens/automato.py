"""Follows a value through a pattern of the schema, letter by letter, to tell where it stops fitting.

It knows the part of XSD's regular expressions that the official schemas use: classes, groups, alternatives, repetition.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_SEM_FIM = 0x10FFFF
_QUALQUER = ((0, 9), (11, 12), (14, _SEM_FIM))
_ESCAPES = {"d": ((0x30, 0x39),), "n": ((10, 10),), "t": ((9, 9),), "r": ((13, 13),)}
_ABREVIADAS = {"?": (0, 1), "*": (0, None), "+": (1, None)}

Classe = tuple[tuple[int, int], ...]
"""Ranges of code points."""


@dataclass(frozen=True, slots=True)
class Passeio:
    """How far a value goes: `lidas` letters fit; `aceita`: those are a whole value; `cabe`: what could follow."""

    lidas: int
    aceita: bool
    cabe: tuple[Classe, ...]


@dataclass(slots=True)
class Automato:
    """A nondeterministic automaton. State 0 is the start, state 1 the end."""

    livres: list[list[int]] = field(default_factory=lambda: [[], []])
    passos: list[list[tuple[Classe, int]]] = field(default_factory=lambda: [[], []])

    def novo(self) -> int:
        """Adds a state."""
        self.livres.append([])
        self.passos.append([])
        return len(self.livres) - 1

    def percorrer(self, valor: str) -> Passeio:
        """Follows a value as far as it fits."""
        atuais = self._fecho((0,))
        for lidas, letra in enumerate(valor):
            seguintes = self._fecho(
                destino for e in atuais for classe, destino in self.passos[e] if contem(classe, letra)
            )
            if not seguintes:
                return self._passeio(lidas, atuais)
            atuais = seguintes
        return self._passeio(len(valor), atuais)

    def usa(self, letra: str) -> bool:
        """Says whether a letter has any place in the pattern."""
        return any(contem(classe, letra) for passos in self.passos for classe, _ in passos)

    def _passeio(self, lidas: int, estados: frozenset[int]) -> Passeio:
        return Passeio(lidas, 1 in estados, tuple({classe for e in sorted(estados) for classe, _ in self.passos[e]}))

    def _fecho(self, estados: Iterable[int]) -> frozenset[int]:
        vistos, pilha = set(), list(estados)
        while pilha:
            estado = pilha.pop()
            if estado not in vistos:
                vistos.add(estado)
                pilha += self.livres[estado]
        return frozenset(vistos)


def contem(classe: Classe, letra: str) -> bool:
    """Says whether a class has a letter."""
    codigo = ord(letra)
    return any(de <= codigo <= ate for de, ate in classe)


@functools.cache
def automato(padrao: str) -> Automato:
    """Returns the automaton of a pattern. Raises ValueError for what the official schemas do not use."""
    leitor = _Leitor(padrao)
    feito = Automato()
    leitor.alternativas()(feito, 0, 1)
    if leitor.i != len(padrao):
        raise ValueError(f"padrão não lido até o fim: {padrao}")
    return feito


_Peca = Callable[[Automato, int, int], None]
"""Writes a part of a pattern between two states."""


class _Leitor:
    """Reads a pattern from left to right."""

    def __init__(self, padrao: str) -> None:
        self.padrao, self.i = padrao, 0

    def alternativas(self) -> _Peca:
        ramos = [self._sequencia()]
        while self._vem("|"):
            ramos.append(self._sequencia())
        return _lado_a_lado(ramos)

    def _sequencia(self) -> _Peca:
        pecas: list[_Peca] = []
        while self.i < len(self.padrao) and self.padrao[self.i] not in "|)":
            pecas.append(self._repetida(self._atomo()))
        return _em_fila(pecas)

    def _repetida(self, peca: _Peca) -> _Peca:
        sinal = self.padrao[self.i : self.i + 1]
        if sinal in _ABREVIADAS:
            self.i += 1
            minimo, maximo = _ABREVIADAS[sinal]
        elif self._vem("{"):
            fim = self.padrao.index("}", self.i)
            menor, _, maior = self.padrao[self.i : fim].partition(",")
            minimo, maximo = int(menor), int(maior or menor)
            if "," in self.padrao[self.i : fim] and not maior:
                maximo = None
            self.i = fim + 1
        else:
            return peca
        sobras = [_estrela(peca)] if maximo is None else [_opcional(peca)] * (maximo - minimo)
        return _em_fila([peca] * minimo + sobras)

    def _atomo(self) -> _Peca:
        if self._vem("("):
            dentro = self.alternativas()
            if not self._vem(")"):
                raise ValueError(f"parêntese aberto: {self.padrao}")
            return dentro
        if self._vem("["):
            return _da_classe(self._classe())
        if self._vem("."):
            return _da_classe(_QUALQUER)
        return _da_classe(self._letra())

    def _classe(self) -> Classe:
        negada = self._vem("^")
        faixas: list[tuple[int, int]] = []
        while not self._vem("]"):
            letra = self._letra()
            if self.padrao[self.i] == "-" and self.padrao[self.i + 1] != "]":
                self.i += 1
                letra = ((letra[0][0], self._letra()[0][1]),)
            faixas += letra
        return _complemento(faixas) if negada else tuple(faixas)

    def _letra(self) -> Classe:
        letra = self.padrao[self.i]
        self.i += 1
        if letra != "\\":
            return ((ord(letra), ord(letra)),)
        escapada = self.padrao[self.i]
        self.i += 1
        return _ESCAPES.get(escapada) or ((ord(escapada), ord(escapada)),)

    def _vem(self, sinal: str) -> bool:
        vem = self.padrao.startswith(sinal, self.i)
        self.i += len(sinal) if vem else 0
        return vem


def _da_classe(classe: Classe) -> _Peca:
    return lambda a, de, ate: a.passos[de].append((classe, ate))


def _lado_a_lado(pecas: list[_Peca]) -> _Peca:
    def escrever(a: Automato, de: int, ate: int) -> None:
        for peca in pecas:
            peca(a, de, ate)

    return escrever


def _em_fila(pecas: list[_Peca]) -> _Peca:
    def escrever(a: Automato, de: int, ate: int) -> None:
        for peca in pecas:
            meio = a.novo()
            peca(a, de, meio)
            de = meio
        a.livres[de].append(ate)

    return escrever


def _opcional(peca: _Peca) -> _Peca:
    def escrever(a: Automato, de: int, ate: int) -> None:
        peca(a, de, ate)
        a.livres[de].append(ate)

    return escrever


def _estrela(peca: _Peca) -> _Peca:
    def escrever(a: Automato, de: int, ate: int) -> None:
        volta = a.novo()
        a.livres[de].append(volta)
        a.livres[volta].append(ate)
        peca(a, volta, volta)

    return escrever


def _complemento(faixas: list[tuple[int, int]]) -> Classe:
    livres, proxima = [], 0
    for de, ate in sorted(faixas):
        if proxima < de:
            livres.append((proxima, de - 1))
        proxima = max(proxima, ate + 1)
    return (*livres, (proxima, _SEM_FIM))
