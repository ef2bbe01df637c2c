"""Any load that the rules accept gives valid XML: loads are drawn from the description that the reader itself uses."""

import json
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada
from separador.demonstracao import empresas as e
from separador.fiscal.emissao.formato import tipos as t
from separador.fiscal.emissao.formato.carga import CONHECIMENTO
from tests.apoio.emissao import AGORA, carga, equipamento, julgar, nfe, planejar

LETRAS = string.ascii_letters + string.digits + " -./áéíóúãõçÁÉÍÓÚÃÕÇ&<>'\""
CODIGOS = {
    "entidades": ("REM-SP", "DEST-RJ", "DEST-SP", "TERMINAL-MG", "TOMADOR-PR", "CARGAS-SP"),
    "empresas": (e.EMITENTE.cnpj,),
    "servicos": ("FRETE", "COLETA"),
    "veiculos": ("HEO2144", "ABC1D23"),
    "seguradoras": ("SEG-1",),
}
DE_OUTROS_TIPOS = {
    *("expedidor", "recebedor", "documentos_anteriores", "cte_complementados", "cte_substituido", "cte_multimodal"),
    *("globalizado", "terceiros", "tipo_operacao", "modal", "notas", "pedidos"),
}
"""Fields of other kinds of service than the normal one, and those that the drawing gives by itself."""


def _texto(tipo: t.Texto) -> st.SearchStrategy[Any]:
    if tipo.forma:
        return st.from_regex(f"(?:{tipo.forma})", fullmatch=True).filter(lambda x: x == x.strip())
    escrito = st.text(LETRAS, min_size=tipo.minimo, max_size=min(tipo.maximo, 40))
    return escrito.map(lambda x: " ".join(x.split())).filter(lambda x: len(x) >= tipo.minimo)


def _um(tipo: t.Tipo) -> st.SearchStrategy[Any]:
    """Returns values of a kind."""
    match tipo:
        case t.Texto():
            return _texto(tipo)
        case t.Numero():
            casas = min(tipo.decimais, 2)
            return st.integers(1, 10 ** min(tipo.inteiros + casas, 5)).map(lambda n: f"{n / 10**casas:.{casas}f}")
        case t.Inteiro():
            return st.integers(tipo.minimo, min(tipo.maximo, tipo.minimo + 50))
        case t.Data():
            return st.sampled_from(["2026-12-05", "05/12/2026", "20261205"])
        case t.Documento():
            return st.sampled_from(["52998224725", "11.444.777/0001-61"])
        case t.Referencia():
            return st.sampled_from(CODIGOS[tipo.cadastro])
        case t.Logico():
            return st.sampled_from(["sim", "não", True, False])
        case t.Palavra():
            return st.sampled_from([v for v in tipo.opcoes.values() if v not in tipo.futuras])
        case t.Municipio():
            return st.sampled_from(["3550308", "3304557", "4106902", "3106200"])
        case t.Lista():
            return st.lists(_um(tipo.item), min_size=1, max_size=2)
        case t.Grupo():
            return _grupo(tipo)
        case _:
            return st.nothing()


def _grupo(grupo: t.Grupo) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({c.nome: _um(c.tipo) for c in grupo.campos if not c.futuro})


_VALOR = st.integers(1, 10**6).map(lambda n: f"{n / 100:.2f}")
PROPRIAS: dict[str, st.SearchStrategy[Any]] = {
    "remetente": st.just("REM-SP"),
    "depositante": st.just("REM-SP"),
    "tomador": st.sampled_from(["remetente", "destinatario", "depositante", "TOMADOR-PR", "CONSUMIDOR-RJ", "FORA"]),
    "serie": st.sampled_from([1, 2, 889, 900, 919, 970, 999]),
    "valor_receber": st.just("0.01"),
    "servicos": st.lists(
        st.fixed_dictionaries({"codigo": st.sampled_from(CODIGOS["servicos"]), "valor": _VALOR}), min_size=1, max_size=3
    ),
    "impostos": st.one_of(
        st.fixed_dictionaries(
            {
                "tributacao": st.sampled_from(["00", "000", "040", "41", "051", "060", "090"]),
                "aliquota": st.sampled_from(["7", "12", "18.00"]),
                "natureza": st.just("TRANSPORTE"),
                "valor_tributos": _VALOR,
            }
        ),
        st.fixed_dictionaries({"tributacao": st.just("020"), "reducao": st.integers(1, 99).map(str)}),
    ),
    "complemento": st.fixed_dictionaries({"xCaracAd": st.just("FRAGIL"), "xEmi": st.just("FULANO")}),
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
    "vales_pedagio": st.just([{"pagante": "remetente", "fornecedor": "DEST-SP", "compra": "55", "valor": "10.00"}]),
    "motoristas": st.just(["MOTORISTA-1"]),
    "coleta_entrega": st.just([{"tipo": "coleta", "tipo_transporte": "rodoviario", "parceiro": "DEST-SP"}]),
    "seguros": st.just([{"responsavel": "emitente", "seguradora": "SEG-1", "apolice": "1"}]),
    "cif_fob": st.sampled_from(["CIF", "FOB"]),
}  # fmt: skip
"""Fields whose values must fit others."""


def _opcionais() -> dict[str, st.SearchStrategy[Any]]:
    campos = (c for c in CONHECIMENTO.campos if not c.futuro and c.nome not in DE_OUTROS_TIPOS)
    return {c.nome: PROPRIAS.get(c.nome, _um(c.tipo)) for c in campos}


OPCIONAIS = _opcionais()


@st.composite
def cargas(draw: st.DrawFn) -> dict[str, Any]:
    """Draws a load of one normal CT-e; each optional field with p = 0.3."""
    quantas = draw(st.integers(1, 3))
    cte: dict[str, Any] = {
        "depositante": "REM-SP", "destinatario": "DEST-RJ",
        "notas": [{"chave": nfe(n, AGORA), "valor": "100.00"} for n in range(1, quantas + 1)],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": 10}],
    }  # fmt: skip
    for nome, estrategia in OPCIONAIS.items():
        if draw(st.integers(0, 9)) < 3:
            cte[nome] = draw(estrategia)
    if cte.get("lotacao") in ("sim", True):
        cte |= {"veiculo": "HEO2144", "motoristas": ["MOTORISTA-1"]}
    solta = carga(AGORA)
    return {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")} | {"conhecimentos": [cte]}


@pytest.mark.requisito("CARGA-01")
def test_o_que_as_regras_aceitam_o_esquema_aceita(capsys: pytest.CaptureFixture[str]) -> None:
    """What the rules accept the official schema accepts, JSON gives what YAML gives, and every field is drawn."""
    com = equipamento()
    vistos: set[str] = set()
    contadas = {"aceitas": 0, "recusadas": 0}

    @settings(max_examples=250)
    @given(cargas())
    def uma(conteudo: dict[str, Any]) -> None:
        if planejar(conteudo, com).erros:
            contadas["recusadas"] += 1
            return
        feita = julgar(conteudo, com)
        if isinstance(feita, CargaRecusada):
            # a rule of the manual, which judges the whole document, may still refuse it; the schema may not
            assert [x for x in feita.erros if x.regra == "XSD"] == [], feita.erros
            contadas["recusadas"] += 1
            return
        contadas["aceitas"] += 1
        vistos.update(conteudo["conhecimentos"][0])
        em_json = julgar(json.dumps(conteudo).encode(), com, nome=b"1-carga.json")
        assert isinstance(em_json, CargaJulgada)
        assert (em_json.conteudo, em_json.documentos) == (feita.conteudo, feita.documentos)

    uma()
    faltam = OPCIONAIS.keys() - vistos
    with capsys.disabled():
        print(f"\ncargas sorteadas: {contadas}; campos sem uma carga aceita: {sorted(faltam) or 'nenhum'}")
    assert faltam == set()
