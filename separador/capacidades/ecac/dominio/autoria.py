"""Decides by whose authority a company is asked about: the procurador of the configuration, a registered access that
covers it, or its own certificate. It is pure; `servico.autoria` fills it in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

PROPRIO = "o próprio certificado"
CONFIGURACAO = "o procurador da configuração"


@dataclass(frozen=True, slots=True)
class AcessoDoCliente:
    """A registered access that covers the company. `pessoa`: CNPJ or CPF of the holder of its certificate.

    `ate`: its last instant. `recusa`: why it may not be used now. `ativo`: False when a person switched it off.
    `assina`: False when its certificate cannot sign in the way in which the company is imported (a token signs by order
    only, and in an order by the token nothing else does).
    """

    id: int
    nome: str
    escritorio: str
    pessoa: str
    ate: datetime | None
    recusa: str | None
    ativo: bool = True
    assina: bool = True

    @property
    def titulo(self) -> str:
        """Returns its name in a sentence."""
        return f"o acesso {self.nome} (escritório {self.escritorio})"


@dataclass(frozen=True, slots=True)
class Autoria:
    """The authority by which a company is asked about now.

    `autor`: CNPJ or CPF; None while there is none, and `recusa` says why. `por`: by what, in Portuguese. `acesso_id`:
    the registered access that is used, `ate` its last instant. `aviso`: what a person should know of a choice between
    several. `desativada`: the access that would serve was switched off by a person, and did not end. `faltou`: why what
    comes before it in the order does not serve.
    """

    autor: str | None
    por: str
    acesso_id: int | None = None
    ate: datetime | None = None
    recusa: str | None = None
    aviso: str | None = None
    desativada: bool = False
    faltou: str | None = None


def decidir(cnpj: str, procurador: str | None, acessos: Sequence[AcessoDoCliente], *, tem_certificado: bool) -> Autoria:
    """Returns the authority.

    `procurador`: as the configuration says it; it wins over the registry, and an access of that same person is the
    record of its power: with every such access refused, the power is not used, and the company is asked about as if the
    configuration named nobody. Then a usable access that covers the company is its procurador, and the company's own
    certificate (`tem_certificado`) serves where none is usable.
    `acessos`: the usable ones first, the one that is good longest before the others.
    """
    if procurador is not None and not procurador_desligado(procurador, acessos):
        return _da_configuracao(procurador, acessos)
    de_antes = sorted(acessos, key=lambda a: a.pessoa != procurador)
    sem_procurador = procurador is not None
    servem = [a for a in acessos if a.assina]
    usaveis = [a for a in servem if a.recusa is None]
    if usaveis:
        autoria = _pelo_acesso(usaveis)
    elif not tem_certificado and (sem_procurador or servem):
        return _recusada(de_antes[0] if sem_procurador else servem[0])
    else:
        autoria = Autoria(cnpj, PROPRIO)
    return _em_lugar_de(autoria, de_antes if sem_procurador else servem, procurador)


def procurador_desligado(procurador: str, acessos: Sequence[AcessoDoCliente]) -> bool:
    """Says whether accesses are registered for the procurador of the configuration, and none of them may be used."""
    dele = [a for a in acessos if a.pessoa == procurador]
    return bool(dele) and all(a.recusa is not None for a in dele)


def _em_lugar_de(autoria: Autoria, antes: Sequence[AcessoDoCliente], procurador: str | None) -> Autoria:
    """Returns the authority with why the one before it does not serve; that of the configuration is told as a
    warning."""
    if not antes or antes[0].recusa is None:
        return autoria
    primeiro = antes[0]
    aviso = autoria.aviso
    if procurador is not None:
        dito = f"o procurador da configuração ({procurador}) não serve: {primeiro.recusa}"
        aviso = f"{dito}; {aviso}" if aviso else dito
    return replace(autoria, aviso=aviso, faltou=primeiro.recusa, desativada=not primeiro.ativo)


def _da_configuracao(procurador: str, acessos: Sequence[AcessoDoCliente]) -> Autoria:
    dele = [a for a in acessos if a.pessoa == procurador]
    if not dele:
        aviso = f"vale o procurador da configuração ({procurador}), e não {_todos(acessos)}" if acessos else None
        return Autoria(procurador, CONFIGURACAO, aviso=aviso)
    melhor = dele[0]
    return Autoria(procurador, f"{CONFIGURACAO}, com {melhor.titulo}", melhor.id, melhor.ate)


def _pelo_acesso(usaveis: Sequence[AcessoDoCliente]) -> Autoria:
    melhor, outros = usaveis[0], [a for a in usaveis[1:] if a.pessoa != usaveis[0].pessoa]
    aviso = f"mais de um acesso serve; vale o de prazo maior, {melhor.titulo}, e não {_todos(outros)}"
    return Autoria(melhor.pessoa, melhor.titulo, melhor.id, melhor.ate, aviso=aviso if outros else None)


def _recusada(a: AcessoDoCliente) -> Autoria:
    return Autoria(None, a.titulo, a.id, a.ate, a.recusa, desativada=not a.ativo)


def _todos(acessos: Sequence[AcessoDoCliente]) -> str:
    return ", nem ".join(a.titulo for a in acessos)
