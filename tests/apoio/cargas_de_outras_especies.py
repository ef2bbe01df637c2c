"""Draws what the other kinds of documents and the other modes of transport have alone (`cargas_sorteadas`)."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from separador.demonstracao import empresas as e
from separador.nucleo.chave import compor
from tests.apoio.emissao import AGORA, nfe

OUTRAS = ("pessoas", "valores", "bagagem", "simplificado", "gtve")
VALOR = st.integers(1, 10**6).map(lambda n: f"{n / 100:.2f}")
_UF_DE = {"3550308": "SP", "3304557": "RJ", "4106902": "PR", "3106200": "MG"}
_FISCAIS = {"tributacao": "000", "aliquota": "12", "base_icms": "100", "cfop": "5357"}
MODAIS: dict[str, dict[str, Any]] = {
    "aereo": {
        "dPrevAereo": "2026-11-25", "natCarga": {"cInfManu": ["01", "99"]}, "tarifa": {"CL": "M", "vTar": "1.50"},
    },
    "aquaviario": {"vPrest": "1.00", "vAFRMM": "0.00", "xNavio": "NAVIO", "direc": "N", "irin": "123"},
    "ferroviario": {"tpTraf": "0", "fluxo": "F1"},
    "dutoviario": {"dIni": "2026-11-20", "dFim": "2026-11-21"},
    "multimodal": {"COTM": "123", "indNegociavel": "1"},
}  # fmt: skip


def _chave(modelo: str, numero: int = 77) -> str:
    return compor(
        uf="35", aamm="2611", cnpj=e.EMITENTE.cnpj, modelo=modelo, serie=7, numero=numero, tp_emis="1",
        codigo="10806413",
    )  # fmt: skip


@st.composite
def modal(draw: st.DrawFn, quais: tuple[str, ...] = tuple(MODAIS)) -> dict[str, Any]:
    """Draws a mode that is not the road, with its group."""
    qual = draw(st.sampled_from(quais))
    return {"modal": qual, "dados_modal": MODAIS[qual]}


@st.composite
def _partes_de(draw: st.DrawFn, total: Decimal) -> list[dict[str, Any]]:
    """Draws components that add up to a value."""
    primeira = draw(st.integers(0, int(total * 100)))
    valores = [Decimal(primeira) / 100, total - Decimal(primeira) / 100]
    tipos = [draw(st.sampled_from("12345")), "6"]
    return [
        {"tipo": tipo, "valor": f"{v:.2f}", **({"complemento": "ESTADIA"} if tipo == "6" else {})}
        for tipo, v in zip(tipos, valores, strict=True)
    ]


_FEDERAIS = st.fixed_dictionaries({"inss": VALOR}, optional=dict.fromkeys(("pis", "cofins", "ir", "csll"), VALOR))
_REFERIDOS = st.sampled_from(
    [
        [{"chave_bpe": _chave("63")}],
        [{"numero": "5", "serie": "1", "subserie": "2", "emissao": "2026-11-01", "valor": "9.00"}],
        [{"numero": "5", "emissao": "2026-11-01"}, {"chave_bpe": _chave("63")}],
    ]
)


@st.composite
def os(draw: st.DrawFn, especie: str) -> dict[str, Any]:
    """Draws what a CT-e OS must have, and some of what it may."""
    inicio, fim = draw(st.sampled_from(tuple(_UF_DE))), draw(st.sampled_from(tuple(_UF_DE)))
    total = Decimal(draw(VALOR))
    dados: dict[str, Any] = {"descricao": "SERVICO", "tributos_federais": draw(_FEDERAIS)}
    dados |= draw(st.fixed_dictionaries({}, optional={"quantidade": VALOR, "veiculo": st.just("ABC1D23")}))
    if especie != "valores":
        do_estado = _UF_DE[inicio] == _UF_DE[fim]
        dados |= {"registro_estadual": "1" * 25} if do_estado else {"taf": "123456789012"}
    if especie == "pessoas":
        eventual = {"tipo": "eventual", "viagem": "2026-12-25T08:00"}
        dados["fretamento"] = draw(st.sampled_from([{"tipo": "contínuo"}, eventual]))
        ufs = {_UF_DE[inicio], _UF_DE[fim]}
        if "PR" in ufs and ufs & {"RJ", "MG"}:
            dados["percurso"] = ["SP"]  # between them
    elif draw(st.booleans()):
        dados["cte_cancelado"] = _chave("67")
    if especie == "bagagem" or draw(st.booleans()):
        dados["documentos_referenciados"] = draw(_REFERIDOS)
    cte = {"cod_cid_inicio": inicio, "cod_cid_fim": fim, "os": dados}
    if especie == "valores" and draw(st.booleans()):
        cte["gtve"] = [{"chave": _chave("64"), "componentes": draw(_partes_de(total))}]
    servico = {"descricao": "SERVICO", "componente": "SERVICO", "valor": f"{total:.2f}"} | _FISCAIS
    return cte | {"servicos": [servico], "seguros": [{"responsavel": "tomador", "apolice": "1"}]}


_ANTERIORES = [
    {"chave": _chave("57", 77)},
    {"chave": _chave("57", 78), "parcial": "sim", "notas": [nfe(90, AGORA), nfe(91, AGORA)]},
]


@st.composite
def _entrega(draw: st.DrawFn, numero: int, inicio: str, fim: str) -> dict[str, Any]:
    quantos = draw(st.integers(1, 2))
    servicos = [{"codigo": draw(st.sampled_from(["FRETE", "COLETA"])), "valor": draw(VALOR)} for _ in range(quantos)]
    feita: dict[str, Any] = {"cod_cid_inicio": inicio, "cod_cid_fim": fim, "servicos": servicos}
    if numero == 1 and draw(st.booleans()):
        return feita | {"documentos_anteriores": _ANTERIORES}
    notas = [{"chave": nfe(numero * 10 + n, AGORA), "valor": draw(VALOR)} for n in range(draw(st.integers(1, 3)))]
    return feita | {"notas": notas}


@st.composite
def simplificado(draw: st.DrawFn) -> dict[str, Any]:
    """Draws what a Simplificado must have: deliveries between two states."""
    inicio, fim = draw(st.sampled_from(tuple(_UF_DE))), draw(st.sampled_from(tuple(_UF_DE)))
    entregas = [draw(_entrega(n, inicio, fim)) for n in range(1, 1 + draw(st.integers(1, 4)))]
    medidas = [{"unidade": "KG", "tipo": draw(st.sampled_from(["00", "15", "99"])), "quantidade": "10"}]
    proprio = draw(modal(("aereo", "aquaviario"))) if draw(st.integers(0, 3)) == 0 else {}
    return {"entregas": entregas, "medidas": medidas} | proprio


_LUGAR = {"logradouro": "RUA", "numero": "1", "bairro": "CENTRO"}
_MAIS = {"municipio": "CIDADE", "complemento": "FUNDOS", "cep": "01001000", "codigo_pais": "1058", "pais": "BRASIL"}


@st.composite
def _endereco(draw: st.DrawFn) -> dict[str, Any]:
    cidade = draw(st.sampled_from(tuple(_UF_DE)))
    mais = _MAIS | {"uf": _UF_DE[cidade]}
    return _LUGAR | {"codigo_municipio": cidade} | {n: v for n, v in mais.items() if draw(st.booleans())}


@st.composite
def gtve(draw: st.DrawFn) -> dict[str, Any]:
    """Draws what a GTV-e must have, and some of what it may."""
    especie = st.fixed_dictionaries(
        {"tipo": st.sampled_from(["numerário", "cheque", "moeda", "outros"]), "valor": VALOR},
        optional={"estrangeira": st.just("DOLAR")},
    )
    gtv = {
        "saida": "2026-11-20 14:00", "chegada": "2026-11-21T02:00-04:00", "quantidade": "4",
        "especies": draw(st.lists(especie, min_size=1, max_size=3)), "veiculos": ["ABC1D23", "HEO2144"],
    }  # fmt: skip
    gtv |= {nome: draw(_endereco()) for nome in ("origem", "destino") if draw(st.booleans())}
    return {"gtv": gtv, "depositante": "REM-SP", "destinatario": "DEST-RJ"}
