"""Draws loads from the description of the format that the reader itself uses: every optional field, now and then.

The description says the fields and their kinds; `PROPRIAS` says what a field must be so that it fits the others.
"""

import string
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from separador.demonstracao import empresas as e
from separador.fiscal.emissao.formato import listas as ls
from separador.fiscal.emissao.formato import tipos as t
from separador.fiscal.emissao.formato.carga import CONHECIMENTO
from separador.nucleo.chave import compor
from tests.apoio import cargas_de_outras_especies as outras
from tests.apoio.emissao import AGORA, cadastros, carga, entidade, nfe

LETRAS = string.ascii_letters + string.digits + " -./áéíóúãõçÁÉÍÓÚÃÕÇ&<>'\""
CODIGOS = {
    "entidades": ("REM-SP", "DEST-RJ", "DEST-SP", "TERMINAL-MG", "TOMADOR-PR", "CARGAS-SP"),
    "empresas": (e.EMITENTE.cnpj,),
    "servicos": ("FRETE", "COLETA"),
    "veiculos": ("HEO2144", "ABC1D23"),
    "seguradoras": ("SEG-1",),
}


def registros() -> dict[str, list[dict[str, Any]]]:
    """Returns registries with what every drawn load may name."""
    compra = {"codigo": "COMPRA", "movimento": "compra", "cte": "Terceiros"}
    metades = [{"dias": d, "percentual": 50} for d in (30, 60)]
    feitos = cadastros(operacoes=[compra], negociacoes=[{"codigo": "30-60", "parcelas": metades}])
    feitos["entidades"].append(entidade("NOS", e.EMITENTE))
    return feitos


def _cte(dono: e.Empresa, numero: int = 77) -> str:
    return compor(
        uf="35", aamm="2611", cnpj=dono.cnpj, modelo="57", serie=7, numero=numero, tp_emis="1", codigo="10806413"
    )  # fmt: skip


# --- the fields that are expected ------------------------------------------------------------------------------------

_CHAVES_DA_NOTA = tuple(ls.CHAVES_DO_GRUPO)


def campos_do_formato(grupo: t.Grupo = CONHECIMENTO, antes: str = "") -> Iterator[str]:
    """Yields the path of every field of one CT-e that this version has; lists without their places."""
    for campo in grupo.campos:
        caminho = f"{antes}{campo.nome}"
        yield caminho
        if caminho in ("entregas.notas", "entregas.servicos"):
            continue  # the same groups as those of the CT-e
        tipo = campo.tipo.item if isinstance(campo.tipo, t.Lista) else campo.tipo
        if isinstance(tipo, t.Grupo):
            yield from campos_do_formato(tipo, f"{caminho}.")


def campos_de(valor: Any, antes: str = "") -> Iterator[str]:
    """Yields the path of every field of a load that is given."""
    for nome, dentro in valor.items():
        yield f"{antes}{nome}"
        for um in dentro if isinstance(dentro, list) else [dentro]:
            if isinstance(um, dict):
                yield from campos_de(um, f"{antes}{nome}.")


# --- values ----------------------------------------------------------------------------------------------------------

VALOR = st.integers(1, 10**6).map(lambda n: f"{n / 100:.2f}")
CIDADES = ("3550308", "3304557", "4106902", "3106200")


def _texto(tipo: t.Texto) -> st.SearchStrategy[Any]:
    if tipo.forma:
        return st.from_regex(f"(?:{tipo.forma})", fullmatch=True).filter(lambda x: x == x.strip())
    escrito = st.text(LETRAS, min_size=tipo.minimo, max_size=min(tipo.maximo, 40))
    return escrito.map(lambda x: " ".join(x.split())).filter(lambda x: len(x) >= tipo.minimo)


_FEITAS: dict[tuple[int, str], st.SearchStrategy[Any]] = {}
"""Strategies by kind and path: to make one, above all of a pattern, takes longer than to draw from it."""


def um(tipo: t.Tipo, caminho: str) -> st.SearchStrategy[Any]:
    """Returns values of a field: its own, else those of its kind."""
    if caminho in PROPRIAS:
        return PROPRIAS[caminho]
    chave = (id(tipo), caminho)
    if chave not in _FEITAS:
        _FEITAS[chave] = _da_especie(tipo, caminho)
    return _FEITAS[chave]


def _da_especie(tipo: t.Tipo, caminho: str) -> st.SearchStrategy[Any]:
    match tipo:
        case t.Texto():
            return _texto(tipo)
        case t.Numero():
            casas = min(tipo.decimais, 2)
            return st.integers(1, 10 ** min(tipo.inteiros + casas, 5)).map(lambda n: f"{n / 10**casas:.{casas}f}")
        case t.Inteiro():
            return st.integers(tipo.minimo, min(tipo.maximo, tipo.minimo + 50))
        case t.Referencia():
            return st.sampled_from(CODIGOS[tipo.cadastro])
        case t.Palavra():
            return st.sampled_from(list(tipo.opcoes.values()))
        case t.Lista():
            return st.lists(um(tipo.item, caminho), min_size=1, max_size=2)
        case t.Grupo():
            return _grupo(tipo, caminho)
        case _:
            return _SIMPLES.get(type(tipo), st.nothing())


_SIMPLES: dict[type, st.SearchStrategy[Any]] = {
    t.Data: st.sampled_from(["2026-12-05", "05/12/2026", "20261205"]),
    t.Documento: st.sampled_from(["52998224725", "11.444.777/0001-61"]),
    t.Logico: st.sampled_from(["sim", "não", True, False]),
    t.Municipio: st.sampled_from(CIDADES),
}
EXIGIDOS = {
    "medidas": ("unidade", "tipo", "quantidade"),
    "seguros": ("responsavel",),
    "obs_contribuinte": ("campo", "texto"),
    "obs_fisco": ("campo", "texto"),
    "unidades": ("tipo", "identificacao"),
    "cargas": ("tipo", "identificacao"),
    "terceiros": ("chave", "emissao", "valor"),
    "cte_substituido": ("chave",),
}
"""Group → the fields that it has always."""


@st.composite
def _grupo(draw: st.DrawFn, grupo: t.Grupo, caminho: str) -> dict[str, Any]:
    exigidos = EXIGIDOS.get(caminho.rpartition(".")[2], ())
    feito = {}
    for campo in grupo.campos:
        if campo.nome in exigidos or draw(st.integers(0, 9)) < 4:
            feito[campo.nome] = draw(um(campo.tipo, f"{caminho}.{campo.nome}"))
    return feito


_ANTERIORES = st.lists(
    st.sampled_from(
        [
            {"emissor": "CARGAS-SP", "chave": _cte(e.OUTRA_TRANSPORTADORA, 77)},
            {"emissor": "CARGAS-SP", "chave": _cte(e.OUTRA_TRANSPORTADORA, 78)},
            {
                "emissor": "CARGAS-SP", "tipo": "07", "serie": "1", "subserie": "2", "numero": "5",
                "emissao": "2026-11-01",
            },
        ]
    ),
    min_size=1,
    max_size=2,
    unique_by=str,
)  # fmt: skip
_VALES = st.sampled_from(
    [
        [{"pagante": "remetente", "fornecedor": "DEST-SP", "compra": "55", "valor": "10.00"}],
        [{"pagante": "Outro", "parceiro_pagante": "TOMADOR-PR", "fornecedor": "DEST-SP", "valor": "0"}],
        [{"pagante": "emitente"}],
    ]
)
_FISCAIS = st.one_of(
    st.fixed_dictionaries(
        {"tributacao": st.sampled_from(["00", "000", "040", "41", "051"]), "aliquota": st.sampled_from(["7", "18.00"])}
    ),
    st.fixed_dictionaries(
        {"tributacao": st.sampled_from(["020", "90", "060"]), "reducao": st.integers(1, 99).map(str)},
        optional={"cfop": st.sampled_from(["5352", "6353"])},
    ),
    st.fixed_dictionaries({"tributacao": st.sampled_from(["20", "190"]), "base_icms": st.integers(1, 99).map(str)}),
)


@st.composite
def _servicos(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draws services of one taxation."""
    fiscais = draw(st.one_of(st.just({}), _FISCAIS))
    proprio = st.fixed_dictionaries({"descricao": st.just("GRIS"), "componente": st.sampled_from(["GRIS", "PEDAGIO"])})
    do_cadastro = st.fixed_dictionaries({"codigo": st.sampled_from(CODIGOS["servicos"])})
    quais = draw(st.lists(do_cadastro if not fiscais else st.one_of(do_cadastro, proprio), min_size=1, max_size=3))
    cheios = {"aliquota": "12", "base_icms": "100", "cfop": "5353"} if any("codigo" not in q for q in quais) else {}
    if "reducao" in fiscais:
        cheios.pop("base_icms", None)
    return [q | {"valor": draw(VALOR)} | cheios | fiscais for q in quais]


_IMPOSTOS = st.one_of(
    _FISCAIS,
    st.fixed_dictionaries(
        {"natureza": st.just("TRANSPORTE"), "valor_tributos": VALOR},
        optional={
            "aliquota": st.just("12"),
            "ibscbs": st.sampled_from(
                [{"cst": "200", "classificacao": "200052", "reducao": "60"}, {"cst": "000", "classificacao": "000001"}]
            ),
        },
    ),
    st.just({"tributacao": "060", "credito": "5.00"}),
    st.just({"tributacao": "040", "valor_desonerado": "5.00", "codigo_beneficio": "SP123456"}),
)
_DITA = {
    "fatura": {"valor_original": "0.03", "desconto": "0.02"},
    "duplicatas": [{"numero": "D-1", "vencimento": "2026-12-20", "valor": "0.01", "tipo_titulo": "BOLETO"}],
}
"""Goes with the value that `_cte` then gives."""
PROPRIAS: dict[str, st.SearchStrategy[Any]] = {
    "serie": st.sampled_from([1, 2, 889, 900, 919, 970, 999]),
    "valor_receber": st.just("0.01"),
    "tomador": st.sampled_from(["remetente", "destinatario", "depositante", "TOMADOR-PR", "CONSUMIDOR-RJ", "FORA"]),
    "servicos": _servicos(),
    "impostos": _IMPOSTOS,
    "complemento": st.just({"xCaracAd": "FRAGIL", "xEmi": "FULANO"}),
    "ordens_coleta": st.just(
        [
            {
                "nOcc": "7", "dEmi": "2026-11-10",
                "emiOcc": {"CNPJ": e.EMITENTE.cnpj, "IE": e.EMITENTE.ie, "UF": "SP"},
            }
        ]
    ),
    "veiculos_novos": st.just(
        [{"chassi": "9BWZZZ377VT004251", "cCor": "BRA1", "xCor": "BRANCA", "cMod": "012345", "vUnit": "1000.00",
          "vFrete": "10.00"}]
    ),
    "vales_pedagio": _VALES,
    "motoristas": st.just(["MOTORISTA-1"]),
    "coleta_entrega": st.lists(
        st.fixed_dictionaries(
            {"tipo": st.sampled_from(["coleta", "entrega"])},
            optional={"tipo_transporte": st.just("Rodoviário"), "parceiro": st.just("DEST-SP")},
        ),
        min_size=1,
        max_size=2,
    ),
    "cobranca": st.sampled_from(
        [
            {"tipo_negociacao": "30-60"},
            {"fatura": {"numero": "F-1"}},
            {"fatura": {"numero": "F-2", "desconto": "1.00"}},
            _DITA,
        ]
    ),
    "autorizados": st.sampled_from([["52998224725"], ["52998224725", "11.444.777/0001-61"]]),
    "cif_fob": st.sampled_from(["CIF", "FOB"]),
    "documentos_anteriores": _ANTERIORES,
    "terceiros.chave": st.just(_cte(e.OUTRA_TRANSPORTADORA)),
    "cte_substituido.chave": st.just(_cte(e.EMITENTE)),
}  # fmt: skip
"""Fields whose values must fit others, by path."""


# --- invoices --------------------------------------------------------------------------------------------------------

_DA_NOTA = {c.nome: c for c in ls.NOTA.campos}
_REPETE = {"depositante": "REM-SP", "destinatario": "DEST-RJ", "transportadora": e.EMITENTE.cnpj}


@st.composite
def _nota(draw: st.DrawFn, especie: str, numero: int) -> dict[str, Any]:
    def talvez(*nomes: str) -> dict[str, Any]:
        return {n: draw(um(_DA_NOTA[n].tipo, f"notas.{n}")) for n in nomes if draw(st.integers(0, 9)) < 4}

    comuns = {"valor": draw(VALOR), **talvez("medidas", "previsao_entrega", "unidades")}
    comuns |= {n: v for n, v in _REPETE.items() if draw(st.integers(0, 9)) < 3}
    comuns |= {"remetente": "REM-SP"} if draw(st.booleans()) else {}
    if especie == "NF-e":
        ditos = {"modelo": "55", "numero": str(numero), "serie": "1", "emissao": "20/11/2026"}
        ditos = {n: v for n, v in ditos.items() if draw(st.integers(0, 9)) < 3}
        return comuns | {"chave": nfe(numero, AGORA)} | ditos | talvez("pin")
    if especie == "modelo 1":
        exigidos = {
            "modelo": draw(st.sampled_from(["1", "04"])), "numero": str(numero), "serie": "1", "emissao": "2026-11-01",
            "valor_produtos": "1.00", "cfop": "5102",
        }  # fmt: skip
        return comuns | exigidos | talvez(
            "base_icms", "valor_icms", "base_st", "valor_st", "peso", "pedido", "romaneio", "pin"
        )  # fmt: skip
    modelo = draw(st.sampled_from(["00", "99"]))
    descricao = {"descricao": "MOSTRUARIO"} if modelo == "99" else talvez("descricao")
    return comuns | {"modelo": modelo, "numero": str(numero)} | descricao | talvez("emissao")


@st.composite
def _pedido(draw: st.DrawFn, especie: str, numero: int, anteriores: bool) -> dict[str, Any]:
    feito = draw(_grupo(ls.PEDIDO, "pedidos"))
    for nome in ("remetente", "destinatario", "notas", "documentos_anteriores"):
        feito.pop(nome, None)
    if draw(st.booleans()):
        feito["notas"] = [draw(_nota(especie, numero))]
    if draw(st.booleans()):
        feito |= {"remetente": "REM-SP", "destinatario": "DEST-RJ"}
    if anteriores and draw(st.booleans()):
        feito["documentos_anteriores"] = draw(_ANTERIORES)
    return feito


PROPRIAS |= {f"pedidos.{n}": PROPRIAS[n] for n in ("motoristas", "vales_pedagio")}

# --- kinds of CT-e ---------------------------------------------------------------------------------------------------

_ANTES = {"tomador": "CARGAS-SP"}
_TRECHO = {"expedidor": "CARGAS-SP", "recebedor": "DEST-RJ", "tomador": "CARGAS-SP"}
MEDIDAS = {"medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": "10"}]}
ESPECIES: dict[str, dict[str, Any]] = {
    "normal": {"remetente": "REM-SP"},
    "subcontratação": _ANTES,
    "redespacho": _ANTES | {"expedidor": "CARGAS-SP"},
    "redespacho intermediário": _TRECHO,
    "multimodal": _TRECHO | {"cte_multimodal": [_cte(e.OUTRA_TRANSPORTADORA)]},
    "substituição": {},
    "complementar": {"cte_complementados": [_cte(e.EMITENTE)], "servicos": [{"codigo": "FRETE", "valor": "1.00"}]},
    "globalizado": {"destinatario": "NOS", "tomador": "remetente"},
    "COMPRA": {"cod_cid_inicio": CIDADES[0], "cod_cid_fim": CIDADES[1]},
    **{especie: {} for especie in outras.OUTRAS},
}
"""Kind → what it must have."""
_COM_ANTERIORES = ("subcontratação", "redespacho", "redespacho intermediário")
_SO_DE_UMA = {
    *("expedidor", "recebedor", "documentos_anteriores", "cte_complementados", "cte_substituido", "cte_multimodal"),
    *("globalizado", "terceiros", "tipo_operacao", "notas", "pedidos", "remetente", "depositante", "destinatario"),
    *("modal", "dados_modal", "os", "gtve", "entregas", "gtv"),
}
"""Fields that the drawing of a kind gives by itself."""
_DO_COMPLEMENTO = {
    *("tomador", "serie", "cod_cid_inicio", "cod_cid_fim", "observacao", "servicos", "impostos", "obs_contribuinte"),
    *("obs_fisco", "complemento", "autorizados", "informacao_fisco", "retira", "detalhe_retira"),
}


@st.composite
def cargas(draw: st.DrawFn) -> dict[str, Any]:
    """Draws a load of one CT-e of any kind; each optional field with p ≥ 0.3."""
    especie = draw(st.sampled_from([*ESPECIES, "normal", "normal", "normal"]))
    cte = draw(_cte_de(especie))
    solta = carga(AGORA)
    return {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")} | {"conhecimentos": [cte]}


def _tipo_de(nome: str) -> t.Tipo:
    return next(c.tipo for c in CONHECIMENTO.campos if c.nome == nome)


@st.composite
def _cte_de(draw: st.DrawFn, especie: str) -> dict[str, Any]:
    if especie == "COMPRA":
        return {"tipo_operacao": especie, "terceiros": draw(um(_tipo_de("terceiros"), "terceiros"))} | ESPECIES[especie]
    if especie in outras.OUTRAS:
        return draw(_de_outra(especie))
    cte: dict[str, Any] = {"depositante": "REM-SP", "destinatario": "DEST-RJ"}
    if especie == "globalizado":
        notas = [{"chave": nfe(n, AGORA), "valor": "1.00"} for n in range(1, 6)]
        cte |= {"globalizado": "CT-e globalizado conforme convênio fictício", "notas": notas} | MEDIDAS
    elif especie != "complementar":
        cte |= MEDIDAS | draw(_bens(especie))
    for campo in CONHECIMENTO.campos:
        if _tem(especie, campo.nome) and draw(st.integers(0, 9)) < 3:
            cte[campo.nome] = draw(um(campo.tipo, campo.nome))
    cte |= {"valor_receber": "0.01"} if cte.get("cobranca") is _DITA else {}
    if especie not in ("normal", "globalizado") or (especie == "normal" and draw(st.booleans())):
        cte["tipo_operacao"] = especie
    if especie == "substituição":
        cte["cte_substituido"] = draw(um(_tipo_de("cte_substituido"), "cte_substituido"))
    if especie in _COM_ANTERIORES:
        cte["documentos_anteriores"] = draw(_ANTERIORES)
    cte |= ESPECIES[especie]
    if cte.get("lotacao") in ("sim", True):
        cte |= {"veiculo": "HEO2144", "motoristas": ["MOTORISTA-1"]}
    if especie == "normal" and draw(st.integers(0, 4)) == 0:
        cte |= draw(outras.modal())
        cte.pop("ordens_coleta", None)
    return cte


_COMUNS = ("serie", "observacao", "obs_contribuinte", "obs_fisco", "autorizados", "lacres", "forma_pagamento")


@st.composite
def _de_outra(draw: st.DrawFn, especie: str) -> dict[str, Any]:
    """Draws a CT-e OS, a Simplificado or a GTV-e, with some fields that all kinds have."""
    cte: dict[str, Any] = {"tipo_operacao": especie, "tomador": "TOMADOR-PR"}
    cte |= {n: draw(um(_tipo_de(n), n)) for n in _COMUNS if draw(st.integers(0, 9)) < 3}
    if especie != "gtve" and draw(st.booleans()):
        cte["cobranca"] = {"tipo_negociacao": "30-60"}
    proprios = {"simplificado": outras.simplificado, "gtve": outras.gtve}
    return cte | draw(proprios[especie]() if especie in proprios else outras.os(especie))


def _tem(especie: str, nome: str) -> bool:
    """Says whether a field is drawn for a kind."""
    if nome in _SO_DE_UMA or (especie == "globalizado" and nome.startswith("cod_cid")):
        return False
    return especie != "complementar" or nome in _DO_COMPLEMENTO


@st.composite
def _bens(draw: st.DrawFn, especie: str) -> dict[str, Any]:
    """Draws the invoices of a CT-e, its own and those of sales orders."""
    da_nota = draw(st.sampled_from(["NF-e", "NF-e", "modelo 1", "outros"]))
    notas = [draw(_nota(da_nota, n)) for n in range(1, 1 + draw(st.integers(1, 3)))]
    if draw(st.integers(0, 9)) >= 4:
        return {"notas": notas}
    anteriores = especie in _COM_ANTERIORES
    pedidos = [draw(_pedido(da_nota, 10 + n, anteriores)) for n in range(draw(st.integers(1, 2)))]
    return {"notas": notas, "pedidos": pedidos}
