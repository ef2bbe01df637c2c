"""Defines what the rules know beside the load: registries, the configuration's key `emissao`, environment, now."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from separador import __version__
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.formato.tipos import comparavel
from separador.fiscal.emissao.no import No
from separador.fiscal.regras.tomador import UFS_SEM_ISENTO
from separador.fiscal.regras.ufs import CODIGO_UF
from separador.nucleo import fuso

PROGRAMA = f"separador {__version__}"[:20]


@dataclass(frozen=True, slots=True)
class Aliquotas:
    """The rates of IBS and CBS between two days, both included."""

    de: date
    ate: date
    ibs_uf: Decimal
    ibs_mun: Decimal
    cbs: Decimal


ALIQUOTAS = (Aliquotas(date(2026, 1, 1), date(2026, 12, 31), Decimal("0.1"), Decimal(0), Decimal("0.9")),)
"""The shipped table (LC 214/2025, art. 343 and 346: the test year). What comes after is in no law yet: no row."""


ANTES_DO_FIM = timedelta(days=45)
"""How long before the last row of rates ends it is said."""


@dataclass(frozen=True, slots=True)
class Parametros:
    """The key `emissao` of the configuration."""

    modelo_conhecimento: str = ""
    cfop_estadual: str = ""
    descricao_cfop_estadual: str = ""
    ufs_sem_tomador_isento: frozenset[str] = UFS_SEM_ISENTO
    ufs_tomador_isento: frozenset[str] = frozenset(CODIGO_UF) - UFS_SEM_ISENTO
    tributacoes_recusadas: tuple[str, ...] = ("010", "030", "050", "070")
    consulta_inf_adicional: tuple[tuple[str, str], ...] = ()
    imprimir_em_obs: tuple[str, ...] = ()
    ibscbs_cst: str = "000"
    ibscbs_classificacao: str = "000001"
    ibscbs_reducao: Decimal | None = None
    aliquotas: tuple[Aliquotas, ...] = ALIQUOTAS
    svc: bool = False

    @property
    def eletronico(self) -> bool:
        """Says whether documents are issued at all (CAD-05)."""
        return comparavel(self.modelo_conhecimento) == "eletronico"

    def aliquotas_acabam(self, hoje: date) -> str:
        """Returns, from 45 days before the last row of rates ends, the sentence that says so; empty before that."""
        fim = max(a.ate for a in self.aliquotas)
        return f"As alíquotas de IBS e CBS só vão até {fuso.dia(fim)}." if hoje + ANTES_DO_FIM >= fim else ""


def parametros_de(no: No) -> Parametros:
    """Returns the values of the configuration's key, with the defaults of what it does not give."""
    padrao = Parametros()
    ibscbs = no.no("ibscbs") or No()
    linhas = tuple(a for item in no.nos("aliquotas_ibscbs") if (a := _aliquotas(item)) is not None)
    ufs: Callable[[str, frozenset[str]], frozenset[str]] = lambda nome, senao: (  # noqa: E731 -- two lines, used twice
        frozenset(no.textos(nome)) if no.dado(nome) else senao
    )
    recusadas = no.textos("tributacoes_recusadas") if no.dado("tributacoes_recusadas") else padrao.tributacoes_recusadas
    return Parametros(
        no.texto("modelo_conhecimento"),
        no.texto("cfop_estadual"),
        no.texto("descricao_cfop_estadual"),
        ufs("ufs_sem_tomador_isento", padrao.ufs_sem_tomador_isento),
        ufs("ufs_tomador_isento", padrao.ufs_tomador_isento),
        recusadas,
        tuple((n.texto("xcampo"), n.texto("xtexto")) for n in no.nos("consulta_inf_adicional")),
        no.textos("imprimir_em_obs"),
        ibscbs.texto("cst", padrao.ibscbs_cst),
        ibscbs.texto("classificacao", padrao.ibscbs_classificacao),
        ibscbs.numero("reducao"),
        (*linhas, *ALIQUOTAS),
        no.texto("tipo_emissao") == "svc",
    )


def _aliquotas(no: No) -> Aliquotas | None:
    de, ate = no.data("de"), no.data("ate")
    uf, mun, cbs = no.numero("ibs_uf"), no.numero("ibs_mun"), no.numero("cbs")
    if de is None or ate is None or uf is None or mun is None or cbs is None:
        return None
    return Aliquotas(de, ate, uf, mun, cbs)


@dataclass(frozen=True, slots=True)
class Ambiente:
    """The surroundings of a decision. `tp_amb`: "1" or "2". `agora`: aware, UTC. `empresas`: CNPJ of the
    configuration. `feitos`: what was made of a record for an earlier CT-e of the load, by registry and reference."""

    cadastros: Cadastros
    parametros: Parametros
    tp_amb: str
    agora: datetime
    empresas: frozenset[str] = field(default_factory=frozenset)
    feitos: dict[tuple[str, str], object] = field(default_factory=dict, compare=False)


_MENOS_CINCO, _MENOS_QUATRO = frozenset({"AC"}), frozenset("AM MS MT RO RR".split())


def desvio(uf: str) -> int:
    """Returns the offset from UTC of a state's legal time, in hours."""
    return -5 if uf in _MENOS_CINCO else -4 if uf in _MENOS_QUATRO else -3
