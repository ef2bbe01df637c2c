"""Decides values and taxation of the services: components, and the one tax treatment that all share (EMIS-07, 08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.dinheiro import CEM, por_cento
from separador.fiscal.emissao.no import No, Valor
from separador.nucleo.texto.quantidade import quantos

_SN = ("1", "4")
"""CRT whose only group is ICMSSN: the other fields are ignored."""
_SEM_ALIQUOTA = ("40", "41", "51")
COMPONENTE = "FRETE VALOR"
_NOMES = {"cst": "CST", "aliquota": "alíquota", "reducao": "redução de base", "cfop": "CFOP"}


@dataclass(frozen=True, slots=True)
class Tributacao:
    """What all services of a CT-e share. `cst` two digits; `dita` as written; empty texts: nobody gave it."""

    dita: str = ""
    cst: str = ""
    aliquota: Decimal | None = None
    reducao: Decimal | None = None
    cfop: str = ""
    natureza: str = ""
    ibscbs: No | None = None


@dataclass(frozen=True, slots=True)
class Prestacao:
    """The services. `componentes`: name → value, summed, in order of appearance."""

    total: Decimal
    componentes: Mapping[str, Decimal]
    tributacao: Tributacao


@dataclass(frozen=True, slots=True)
class Circunstancia:
    """What decides beside the services: the states of issuer and taker, the issuer's regime. `natureza_dada`: the
    places give CFOP and nature, and nobody has to. `os`: the layout of the CT-e OS, which has no retained tax and no
    invoices."""

    ufs: tuple[str, str]
    crt: str
    natureza_dada: bool = False
    os: bool = False


@dataclass(frozen=True, slots=True)
class _Servico:
    componente: str
    valor: Decimal
    tributacao: Tributacao


def decidir(caso: Caso, valor_das_notas: Decimal, c: Circunstancia) -> Prestacao | None:
    """Returns the services as one. None: one is incomplete, or they differ (told)."""
    depositante = _depositante(caso)
    nos = caso.cte.nos("servicos")
    if "servicos" in caso.cte.ruins or (depositante is None and caso.cte.dado("depositante") and not nos):
        return None
    frete = caso.cte.numero("frete")  # of a sheet
    if not nos:
        if depositante is None and frete is None:
            fazer = "Liste os serviços, ou diga o depositante, cujo frete está no cadastro."
            caso.errar("SEP-EMIS-07", "servicos", "O CT-e não tem serviços nem depositante.", fazer)
            return None
        valores: dict[str, Valor] = {"componente": (depositante or No()).texto("componente", COMPONENTE)}
        valores |= {"valor": frete} if frete is not None else {}
        nos = (No(f"{caso.cte.em('servicos')}[1]", valores),)
    notas = None if c.os or len(nos) > 1 else valor_das_notas
    feitos = [_um(caso, no, depositante, c, notas) for no in nos]
    lidos = [f for f in feitos if f is not None]
    if len(lidos) < len(feitos) or not iguais(caso, [s.tributacao for s in lidos]):
        return None
    componentes: dict[str, Decimal] = {}
    for servico in lidos:
        componentes[servico.componente] = componentes.get(servico.componente, Decimal(0)) + servico.valor
    total = sum(componentes.values(), Decimal(0))
    somados = ", ".join(f"{n} {v:.2f}" for n, v in componentes.items())
    caso.decidir(
        "componentes", somados, f"{quantos(len(lidos), 'serviço somado', 'serviços somados')} por componente", "EMIS-07"
    )
    return Prestacao(total, componentes, lidos[0].tributacao)


def _depositante(caso: Caso) -> No | None:
    """Returns the record of `depositantes`; an entity without one gives nothing, and lacks everything."""
    dito = caso.cte.texto("depositante")
    if not dito or "depositante" in caso.cte.ruins:
        return None
    entidade = caso.cadastros.achar("entidades", dito).registro
    if entidade is None:
        return None
    codigo = entidade.texto("codigo")
    achado = caso.cadastros.achar("depositantes", codigo).registro
    if achado is None and entidade.texto("documento"):
        achado = caso.cadastros.achar("depositantes", entidade.texto("documento")).registro
    return achado or No("depositantes", {"entidade": codigo})


def _um(caso: Caso, no: No, depositante: No | None, c: Circunstancia, notas: Decimal | None) -> _Servico | None:
    registro = caso.registro("servicos", no.texto("codigo"), no.em("codigo")) if "codigo" in no else None
    if no.dado("codigo") and registro is None:
        return None
    cadastro = registro or No()
    valor = _valor(caso, no, depositante, notas)
    componente = no.texto("componente") or cadastro.texto("componente")
    if not componente and "componente" not in no.ruins:
        nome = no.texto("descricao") or cadastro.texto("descricao") or no.texto("codigo") or "sem descrição"
        fazer = f"Diga o componente do serviço, ou preencha-o em {caso.cadastros.onde('servicos')}."
        caso.achados.errar("SEP-EMIS-07", no.em("componente"), f"O serviço {nome} não tem componente.", fazer)
    tributacao = _tributacao(caso, no, cadastro, depositante, c)
    if valor is None or not componente or tributacao is None:
        return None
    return _Servico(componente, valor, tributacao)


def _valor(caso: Caso, no: No, depositante: No | None, notas: Decimal | None) -> Decimal | None:
    """Returns the service's own value, else the percentage of the invoices of the depositante."""
    valor = no.numero("valor")
    if valor is not None or "valor" in no.ruins:
        return valor
    if depositante is None or notas is None:
        fazer = "Diga o valor do serviço; com mais de um, o de cada um."
        caso.achados.errar("SEP-EMIS-07", no.em("valor"), "O serviço não tem valor.", fazer)
        return None
    taxa = depositante.numero("percentual_frete")
    if taxa is None:
        _faltar(caso, depositante, "percentual_frete")
        return None
    feito = por_cento(notas, taxa)
    caso.decidir("valor", f"{feito:.2f}", f"{taxa}% de {notas:.2f}, do depositante", "CAD-02")
    return feito


_FISCAIS = frozenset(("tributacao", "aliquota", "reducao", "base_icms", "cfop", "natureza", "ibscbs"))


def _tributacao(caso: Caso, no: No, cadastro: No, depositante: No | None, c: Circunstancia) -> Tributacao | None:
    """Returns the tax fields by rank: the CT-e's, the load's service, the registry's row, its service, depositante."""
    impostos = caso.cte.no("impostos") or No(caso.cte.em("impostos"))
    ordem = [impostos, no, *_das_ufs(cadastro, c.ufs), cadastro, _como_servico(depositante)]
    if "impostos" in caso.cte.ruins or any(_FISCAIS & o.ruins for o in ordem):
        return None
    geral = caso.ambiente.parametros
    cfop = _primeiro(ordem, "cfop") or geral.cfop_estadual
    natureza = _primeiro(ordem, "natureza") or geral.descricao_cfop_estadual
    completa = True
    for valor, campo in ((cfop, "cfop_estadual"), (natureza, "descricao_cfop_estadual")):
        if not valor and not c.natureza_dada:
            caso.achados.faltar("configuração", "emissao", campo, f"emissao.{campo} em config/separador.yaml")
            completa = False
    ibscbs = next((i for o in ordem if (i := o.no("ibscbs")) is not None), None)
    completa &= ibscbs is None or not ibscbs.ruins
    dita = _primeiro(ordem, "tributacao")
    if c.crt in _SN:
        return Tributacao(dita, "SN", None, None, cfop, natureza, ibscbs) if completa else None
    if not dita:
        _faltar_ou_errar(caso, no, depositante, "tributacao", "tributacao")
        return None
    cst = dita[-2:]
    if not _aceita(caso, no, impostos, dita, c):
        return None
    aliquota, reducao = _numero(ordem, "aliquota"), _reducao(ordem)
    if cst not in _SEM_ALIQUOTA:
        if aliquota is None:
            completa &= _faltar_ou_errar(caso, no, depositante, "aliquota_icms", "aliquota")
        if reducao is None:
            completa &= _faltar_ou_errar(caso, no, depositante, "base_aliquota_icms", "base_icms")
    if not completa:
        return None
    return Tributacao(dita, cst, aliquota, reducao, cfop, natureza, ibscbs)


_SEM_GRUPO = {"10": "00 ou 60", "30": "40", "50": "40 ou 51", "70": "20 ou 60"}


def _aceita(caso: Caso, no: No, impostos: No, dita: str, c: Circunstancia) -> bool:
    """Refuses what the configuration refuses, and a CST that has no group in the layout."""
    onde = impostos if "tributacao" in impostos else no
    cst = dita[-2:]
    recusada = any(
        dita == r or (len(dita) == 2 and r[-2:] == dita) for r in caso.ambiente.parametros.tributacoes_recusadas
    )
    if not recusada and cst in ("00", "20", "40", "41", "51", "90", *(() if c.os else ("60",))):
        return True
    leiaute = "CT-e OS" if c.os else "CT-e"
    porque = "está em emissao.tributacoes_recusadas" if recusada else f"não tem grupo no {leiaute} 4.00"
    dica = f" (talvez {_SEM_GRUPO[cst]})" if cst in _SEM_GRUPO else ""
    mensagem = f"A situação tributária {dita} {porque}."
    caso.achados.errar("SEP-EMIS-08", onde.em("tributacao"), mensagem, f"Corrija a tributação{dica}.")
    return False


def _das_ufs(cadastro: No, ufs: tuple[str, str]) -> list[No]:
    """Returns the rows of the issuer's and the taker's state, those with more matching states first: each field comes
    from the first that has it. A row that names another state is none of them."""
    linhas = [(no, (no.texto("uf_empresa"), no.texto("uf_tomador"))) for no in cadastro.nos("impostos")]
    servem = [(no, sum(map(bool, p))) for no, p in linhas if all(d in ("", uf) for d, uf in zip(p, ufs, strict=True))]
    return [no for no, _ in sorted(servem, key=lambda par: -par[1])]


def _como_servico(depositante: No | None) -> No:
    """Returns the defaults of a depositante under the names of a service."""
    if depositante is None:
        return No()
    nomes = {"tributacao": "tributacao", "aliquota_icms": "aliquota", "base_aliquota_icms": "base_icms"}
    valores: dict[str, Valor] = {b: depositante.valores[a] for a, b in nomes.items() if a in depositante}
    return No(depositante.campo, valores)


def _primeiro(ordem: list[No], nome: str) -> str:
    return next((o.texto(nome) for o in ordem if nome in o), "")


def _numero(ordem: list[No], nome: str) -> Decimal | None:
    return next((o.numero(nome) for o in ordem if nome in o), None)


def _reducao(ordem: list[No]) -> Decimal | None:
    for o in ordem:
        reducao, base = o.numero("reducao"), o.numero("base_icms")
        if reducao is not None:
            return reducao
        if base is not None:
            return CEM - base
    return None


def _faltar(caso: Caso, depositante: No, campo: str) -> None:
    caso.achados.faltar("depositantes", depositante.texto("entidade"), campo, caso.cadastros.onde("depositantes"))


def _faltar_ou_errar(caso: Caso, no: No, depositante: No | None, do_depositante: str, do_servico: str) -> bool:
    """Tells a missing tax field where its lowest rank is: in the depositante, else in the service. Returns False."""
    if depositante is not None:
        _faltar(caso, depositante, do_depositante)
    elif "codigo" in no:
        caso.achados.faltar("servicos", no.texto("codigo"), do_servico, caso.cadastros.onde("servicos"))
    else:
        mensagem = f"O serviço não tem {do_servico}, e o CT-e não tem depositante que a dê."
        caso.achados.errar("SEP-EMIS-08", no.em(do_servico), mensagem, "Preencha o campo no serviço.")
    return False


def iguais(caso: Caso, tributacoes: Sequence[Tributacao], campo: str = "servicos") -> bool:
    """Says whether services share one tax treatment; what differs is told at a field."""
    diferem = [nome for campo, nome in _NOMES.items() if len({getattr(t, campo) for t in tributacoes}) > 1]
    if diferem:
        mensagem = f"Os serviços do CT-e diferem em: {', '.join(diferem)}."
        caso.errar("SEP-EMIS-08", campo, mensagem, "Um CT-e tem uma tributação só: separe em dois, ou iguale.")
    return not diferem
