"""Groups loose invoices into CT-e, and shares the values of a frete over them (CARGA-01)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from separador.fiscal.emissao.achados import Achados
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.dinheiro import CENTAVO, ratear
from separador.fiscal.emissao.formato.listas import CHAVES_DO_GRUPO
from separador.fiscal.emissao.heranca import herdar
from separador.fiscal.emissao.no import No, Valor
from separador.fiscal.emissao.regras.documentos import LIMITE, avulsa, dono, especie, soma

_QUANTO = {"servicos": ("valor", CENTAVO), "medidas": ("quantidade", Decimal("0.0001"))}


@dataclass(slots=True)
class Solto:
    """One CT-e of loose invoices: its fields so far, named at the first invoice; which invoices it has. `grupo`: what
    these have in common, and which part of the group it is."""

    cte: No
    notas: list[No]
    frete: No | None = None
    grupo: tuple[str, ...] = ()

    @property
    def campos(self) -> tuple[str, ...]:
        """Returns the paths of its invoices."""
        return tuple(n.campo for n in self.notas)


def agrupar(carga: No, cadastros: Cadastros, achados: Achados) -> list[Solto]:
    """Returns the CT-e of the loose invoices, in order of first invoice; parts of one group follow each other."""
    padrao = carga.no("padrao") or No("padrao")
    grupos: dict[tuple[str, ...], list[No]] = {}
    for nota in carga.nos("notas"):
        ditas = {n: _do_grupo(nota, padrao, n) for n in CHAVES_DO_GRUPO}
        chaves = tuple(_identidades(_completas(ditas, cadastros), cadastros).values())
        grupos.setdefault((*chaves, especie(nota)), []).append(nota)
    soltos = []
    for chaves, juntas in grupos.items():
        for i in range(0, len(juntas), LIMITE):
            notas = juntas[i : i + LIMITE]
            cte = _cte(notas, padrao, cadastros, achados)
            soltos.append(Solto(cte, notas, grupo=(*chaves, str(i // LIMITE))))
    _dar_fretes(carga, cadastros, soltos, padrao, achados)
    return soltos


def _do_grupo(nota: No, padrao: No, nome: str) -> str:
    """Returns the reference of a key: the invoice's own, else that of `padrao`; the remetente else by the key."""
    dita = nota.texto(nome) or ("" if nome in nota.ruins else padrao.texto(nome))
    chave = nota.texto("chave")
    if not dita and nome == "remetente" and chave and not avulsa(chave):
        return dono(chave)
    return dita


def _completas(ditas: Mapping[str, str], cadastros: Cadastros) -> dict[str, str]:
    """Returns the keys with who it is when nobody says: the only company that issues, and the depositante."""
    transportadora = ditas["transportadora"]
    if not transportadora and (unica := cadastros.unica_transportadora()) is not None:
        transportadora = unica.texto("cnpj")
    remetente = ditas["remetente"] or ditas["depositante"]
    return {**ditas, "transportadora": transportadora, "remetente": remetente}


def _identidade(cadastros: Cadastros, nome: str, referencia: str) -> str:
    """Returns what two references to one record share; a reference that leads nowhere stands for itself."""
    cadastro = "empresas" if nome == "transportadora" else "entidades"
    registro = cadastros.achar(cadastro, referencia).registro if referencia else None
    return referencia if registro is None else f"={registro.texto('cnpj' if cadastro == 'empresas' else 'codigo')}"


def _cte(notas: Sequence[No], padrao: No, cadastros: Cadastros, achados: Achados) -> No:
    """Returns the fields of a group: its keys and its invoices, named at the first of them."""
    primeira = notas[0]
    valores: dict[str, Valor] = {"notas": tuple(notas)}
    for nome in CHAVES_DO_GRUPO:
        dita = next((d for n in notas if (d := _do_grupo(n, padrao, nome))), "")
        if dita:
            valores[nome] = dita
    ruins = primeira.ruins & frozenset(CHAVES_DO_GRUPO)
    return No(primeira.campo, {**valores, **_das_linhas(notas, cadastros, achados)}, ruins)


def _das_linhas(notas: Sequence[No], cadastros: Cadastros, achados: Achados) -> dict[str, Valor]:
    """Returns what the rows of a sheet say of their CT-e: the sum of their freights, and who pays it."""
    feitos: dict[str, Valor] = {}
    fretes = [f for n in notas if (f := n.numero("frete")) is not None]
    if fretes:
        feitos["frete"] = sum(fretes, Decimal(0))
    com_tomador = [n for n in notas if "tomador" in n]
    if not com_tomador:
        return feitos
    quem = com_tomador[0].texto("tomador")
    for nota in com_tomador:
        outro = nota.texto("tomador")
        if _identidade(cadastros, "tomador", outro) != _identidade(cadastros, "tomador", quem):
            mensagem = f"O tomador é {outro}, e o das outras linhas do mesmo CT-e é {quem}."
            achados.errar("SEP-EMIS-01", nota.em("tomador"), mensagem, "Um CT-e tem um tomador só: corrija a linha.")
    return feitos | {"tomador": quem}


def _dar_fretes(
    carga: No, cadastros: Cadastros, soltos: list[Solto], padrao: No, achados: Achados
) -> None:  # fmt: skip
    """Gives each CT-e the frete with most matching keys, then the first; values and quantities are shared."""
    fretes = carga.nos("fretes")
    grupos = [(frete, _identidades(_textos(frete.no("grupo") or No()), cadastros)) for frete in fretes]
    for solto in soltos:
        melhor = -1
        suas = _identidades(_completas({n: solto.cte.texto(n) for n in CHAVES_DO_GRUPO}, cadastros), cadastros)
        for frete, pedidas in grupos:
            pontos = len(pedidas) if pedidas.items() <= suas.items() else -1
            if pontos > melhor:
                melhor, solto.frete = pontos, frete
    for frete in fretes:
        seus = [s for s in soltos if s.frete is frete]
        if not seus:
            achados.avisar("SEP-FRETE-SEM-NOTA", frete.campo, "Nenhuma nota solta é deste frete.")
            continue
        pesos = [soma(s.notas) for s in seus]
        for i, parte in enumerate(_partilhas(frete.sem("grupo"), pesos)):
            seus[i].cte = herdar(_com_frete(seus[i].cte, parte), padrao, cadastros, achados)
    for solto in soltos:
        if solto.frete is None:
            solto.cte = herdar(solto.cte, padrao, cadastros, achados)


def _textos(grupo: No) -> dict[str, str]:
    return {n: grupo.texto(n) for n in grupo.valores}


def _identidades(ditas: Mapping[str, str], cadastros: Cadastros) -> dict[str, str]:
    """Returns whom the keys of a group name."""
    return {n: _identidade(cadastros, n, dita) for n, dita in ditas.items()}


def _partilhas(frete: No, pesos: Sequence[Decimal]) -> list[No]:
    """Returns the frete once for each CT-e, with its share of values and quantities."""
    partes = [frete] * len(pesos)
    if len(pesos) == 1:
        return partes
    for lista, (nome, casa) in _QUANTO.items():
        itens = frete.nos(lista)
        if not itens:
            continue
        rateios = [ratear(v, pesos, casa) if (v := item.numero(nome)) is not None else None for item in itens]
        for i, parte in enumerate(partes):
            novos = tuple(
                item if rateio is None else item.com(**{nome: rateio[i]})
                for item, rateio in zip(itens, rateios, strict=True)
            )
            partes[i] = parte.com(**{lista: novos})
    return partes


def _com_frete(cte: No, frete: No) -> No:
    """Returns the fields of a group with those of its frete, which are named at the frete."""
    proprios = {n: v for n, v in frete.valores.items() if n not in cte or n not in CHAVES_DO_GRUPO}
    origens = {n: frete.em(n) for n in (*proprios, *frete.ruins)}
    return No(cte.campo, {**proprios, **cte.valores}, cte.ruins | frete.ruins, origens)
