"""Defines what travels while CT-e of a load that was issued are built anew, and which of them may be."""

from dataclasses import dataclass
from datetime import datetime

from separador.capacidades.cte.dominio.pedido import sucessor
from separador.capacidades.emissao.dominio.conteudo import Conteudo
from separador.capacidades.emissao.dominio.valores import Equipamento
from separador.fiscal.emissao.achados import Aviso
from separador.fiscal.emissao.regras.terceiros import Terceiro
from separador.fiscal.preparo import ContextoPreparo
from separador.nucleo.etapa import Etapa
from separador.nucleo.situacao import Situacao

REFAZIVEIS = (Situacao.NAO_ENVIADO.value, Situacao.REJEITADO.value)
_A_CAMINHO = (Etapa.PUBLICANDO.value, Etapa.ENVIANDO.value, Etapa.DESCONHECIDO.value)


def nao_se_refaz(situacao: str, etapa: str, marca: str | None) -> str:
    """Returns why a document is not built anew, in words that follow its key; empty when it may be."""
    if sucessor(marca):
        return f"foi {marca}"
    if situacao not in REFAZIVEIS:
        return f"está {situacao}: só se refaz o que está {' ou '.join(REFAZIVEIS)}"
    return "está a caminho do transmissor: espere o retorno" if etapa in _A_CAMINHO else ""


@dataclass(frozen=True, slots=True)
class PedeRefazer:
    """A load that says `refazer`. It is judged as any other where there is nothing to build anew (`SemRefazer`)."""

    carga: str


@dataclass(frozen=True, slots=True)
class SemRefazer:
    """The material of a further round: the load is a first one."""


@dataclass(frozen=True, slots=True)
class Existente:
    """A CT-e of the load as it is: its order, its path in the kept load, its key, when it was issued."""

    ordem: int
    campo: str
    chave: str
    emissao: datetime


@dataclass(frozen=True, slots=True)
class ARefazer:
    """The material of a further round: the load as it was issued and its CT-e. `ordenados`: what
    was ordered about it (JSON). `alvo`: the key of the one CT-e that is built anew; empty: those that changed."""

    conteudo: Conteudo
    ordenados: str
    existentes: tuple[Existente, ...]
    alvo: str = ""


@dataclass(frozen=True, slots=True)
class Pedida:
    """What an order for one CT-e of a load is judged by. `conteudo`: zlib of the file that was given; without one
    (`nome` is empty) the load as it is kept. `como_esta`: what there was of the load when the order was taken up."""

    tarefa_id: int
    carga: str
    nome: bytes
    conteudo: bytes
    como_esta: ARefazer
    contexto: ContextoPreparo
    equipamento: Equipamento


@dataclass(frozen=True, slots=True)
class Refeito:
    """One CT-e of the load as it is now. `antes`: its key so far. `xml`: zlib of the unsigned document under `chave`;
    empty: it did not change."""

    ordem: int
    antes: str
    chave: str
    campo: str
    xml: bytes
    resumo: dict[str, object]
    registro: dict[str, object]
    nfes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CargaRefeita:
    """A load of which some CT-e are built anew, and passed every test."""

    carga: str
    conteudo: Conteudo
    documentos: tuple[Refeito, ...]
    avisos: tuple[Aviso, ...]
    terceiros: tuple[Terceiro, ...]

    @property
    def mudados(self) -> tuple[Refeito, ...]:
        """Returns the CT-e that are built anew."""
        return tuple(d for d in self.documentos if d.xml)
