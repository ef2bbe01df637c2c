"""Makes, of the CT-e of a load, what a program of MDF-e needs: one part for each carrier (EMIS-03, 12, 14, 15, 24)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from lxml import etree

from separador.capacidades.emissao.dominio.do_cte import Dito, DoCte
from separador.fiscal.leitura import ler
from separador.nucleo.erro import Recusa

_KG, _TON = "01", "02"
_BRUTOS = ("PESO BRUTO", "03", "02")
"""Gross weight in a CT-e, and in a Simplificado, where the kind is a code."""
_ZERO = Decimal(0)
_VEICULO = {
    **{n: n for n in ("placa", "uf", "renavam", "tara")},
    "capKG": "capacidade_kg",
    "capM3": "capacidade_m3",
    "tpRod": "tipo_rodado",
    "tpCar": "tipo_carroceria",
}
"""Name in the MDF-e → name in the record."""


def partes(carga: str, ctes: Iterable[DoCte]) -> list[dict[str, object]]:
    """Returns one part for each carrier, in order of its first CT-e. A complement carries nothing, and is left out."""
    lidos = [_Lido(c, lido.raiz) for c in ctes if not isinstance(lido := ler(c.xml), Recusa)]
    ordem = {c.cte.emitente: i for i, c in reversed(list(enumerate(lidos)))}
    levam = sorted((c for c in lidos if c.leva), key=lambda c: ordem[c.cte.emitente])
    return [_parte(carga, cnpj, list(dele)) for cnpj, dele in groupby(levam, key=lambda c: c.cte.emitente)]


@dataclass(frozen=True, slots=True)
class _Lido:
    """A CT-e, read."""

    cte: DoCte
    raiz: etree._Element

    @property
    def leva(self) -> bool:
        return self.raiz.find(".//{*}infCarga") is not None

    def texto(self, caminho: str) -> str:
        return self.raiz.findtext(f".//{caminho}") or ""

    def textos(self, caminho: str) -> list[str]:
        return [no.text or "" for no in self.raiz.iterfind(f".//{caminho}")]

    def ditos(self, nome: str) -> list[Dito]:
        """Returns a list of the record."""
        lista = self.cte.registro.get(nome)
        return [x for x in lista if isinstance(x, dict)] if isinstance(lista, list) else []

    def lacres(self) -> tuple[list[str], list[str]]:
        """Returns the seals of units, and the others."""
        das_unidades = self.textos("{*}lacUnidTransp/{*}nLacre") + self.textos("{*}lacUnidCarga/{*}nLacre")
        outros = self.cte.registro.get("lacres")
        return das_unidades or list(self.cte.unidades), [str(x) for x in outros] if isinstance(outros, list) else []

    def das_notas(self) -> Decimal:
        """Returns the sum of its invoices."""
        return sum((Decimal(str(n["valor"])) for n in self.ditos("notas")), _ZERO)

    def peso(self) -> Decimal:
        """Returns its gross weight in kg (of a Simplificado: as measured, else as the invoices say); of another kind,
        where there is no gross weight: the first."""
        pesos = []
        for no in self.raiz.iterfind(".//{*}infQ"):
            unidade, tipo = no.findtext("{*}cUnid"), no.findtext("{*}tpMed")
            quantidade = Decimal(no.findtext("{*}qCarga") or 0) * (1000 if unidade == _TON else 1)
            if unidade in (_KG, _TON):
                pesos.append((tipo, quantidade))
        for bruto in _BRUTOS:
            if brutos := [q for tipo, q in pesos if tipo == bruto]:
                return sum(brutos, _ZERO)
        return pesos[0][1] if pesos else _ZERO

    def municipios(self) -> list[tuple[str, str]]:
        """Returns where it unloads: at its end, or at that of each delivery."""
        onde = self.raiz.findall(".//{*}det") or self.raiz.findall(".//{*}ide")
        return list(dict.fromkeys((no.findtext("{*}cMunFim") or "", no.findtext("{*}xMunFim") or "") for no in onde))


def _parte(carga: str, cnpj: str, ctes: Sequence[_Lido]) -> dict[str, object]:
    veiculos = [v for c in ctes for v in c.ditos("veiculos")]
    tracao = next((_veiculo(v) for v in veiculos if v["campo"] == "veiculo"), {})
    reboques = [_veiculo(v, "tpRod") for v in veiculos if v["campo"] != "veiculo"]
    lacres = [c.lacres() for c in ctes]
    dos_lacres = [x for das_unidades, _ in lacres for x in das_unidades] + [x for _, outros in lacres for x in outros]
    condutores = _de_cada(ctes, "motoristas", {"xNome": "nome", "CPF": "cpf"})
    feita = {
        "carga": carga,
        "transportadora": cnpj,
        "rntrc": next((r for c in ctes if (r := c.texto("{*}rodo/{*}RNTRC"))), ""),
        "veicTracao": tracao,
        "veicReboque": _uma_vez(reboques),
        "condutor": condutores,
        "valePed": _uma_vez(_vale(v) for c in ctes for v in c.ditos("vales_pedagio")),
        "seg": _seguros(ctes),
        "lacRodo": [{"nLacre": x} for x in dict.fromkeys(dos_lacres)],
        "infMunDescarga": _descargas(ctes),
        "tot": {
            "qCTe": len(ctes),
            "vCarga": f"{sum((Decimal(c.texto('{*}infCarga/{*}vCarga') or 0) for c in ctes), _ZERO):.2f}",
            "peso_kg": f"{sum((c.peso() for c in ctes), _ZERO):.4f}",
        },
    }
    return {n: v for n, v in feita.items() if v}


def outros_veiculos(parte: Mapping[str, object], ctes: Iterable[DoCte]) -> list[str]:
    """Returns the plates of further tractors of a carrier's CT-e: an MDF-e has one."""
    deles = (c.registro.get("veiculos") for c in ctes if c.emitente == parte["transportadora"])
    placas = [v["placa"] for lista in deles if isinstance(lista, list) for v in lista if v["campo"] == "veiculo"]
    return list(dict.fromkeys(placas))[1:]


def _veiculo(v: Dito, *fora: str) -> dict[str, object]:
    return {n: v[campo] for n, campo in _VEICULO.items() if campo in v and n not in fora}


def _uma_vez(ditos: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Returns what is there, each once, in order."""
    return list({tuple(d.items()): d for d in ditos if d}.values())


def _de_cada(ctes: Sequence[_Lido], lista: str, nomes: Mapping[str, str]) -> list[dict[str, object]]:
    return _uma_vez({n: d[campo] for n, campo in nomes.items() if d.get(campo)} for c in ctes for d in c.ditos(lista))


def _vale(v: Dito) -> dict[str, object]:
    pagante = str(v.get("pagante_documento", ""))
    nome = "CPFPg" if len(pagante) == len("52998224725") else "CNPJPg"
    campos = {"CNPJForn": v.get("fornecedor"), nome: pagante, "nCompra": v.get("compra"), "vValePed": v.get("valor")}
    return {n: x for n, x in campos.items() if x}


def _seguros(ctes: Sequence[_Lido]) -> list[dict[str, object]]:
    """Returns the insurances, equal ones once. Without a value of its own, one has that of the invoices of its CT-e."""
    nomes = {"respSeg": "responsavel", "xSeg": "seguradora", "CNPJ": "cnpj", "nApol": "apolice"}
    nomes |= {"nAver": "averbacao_numero", "vAverb": "averbacao_valor"}
    feitos: dict[tuple[tuple[str, object], ...], Decimal] = {}
    for c in ctes:
        dele = _uma_vez({n: s[campo] for n, campo in nomes.items() if s.get(campo)} for s in c.ditos("seguros"))
        for seguro in dele:
            itens = tuple(seguro.items())
            feitos[itens] = feitos.get(itens, _ZERO) + c.das_notas()
    return [dict(itens) | {"vAverb": dict(itens).get("vAverb", f"{soma:.2f}")} for itens, soma in feitos.items()]


def _descargas(ctes: Sequence[_Lido]) -> list[dict[str, object]]:
    por_municipio: dict[tuple[str, str], list[str]] = {}
    for c in ctes:
        for municipio in c.municipios():
            por_municipio.setdefault(municipio, []).append(c.cte.chave)
    return [{"cMun": codigo, "xMun": nome, "chCTe": chaves} for (codigo, nome), chaves in por_municipio.items()]
