"""Any load that the rules accept gives valid XML, and nothing of it is lost: loads are drawn from the description that
the reader itself uses."""

import json
import re
import zlib
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada, Equipamento, Provisorio
from separador.fiscal.emissao.formato.listas import UNIDADE
from separador.fiscal.emissao.formato.tipos import comparavel
from tests.apoio.cargas_sorteadas import VALOR, campos_de, campos_do_formato, cargas, registros
from tests.apoio.emissao import AGORA, carga, equipamento, julgar, nfe, planejar


def _todas(cte: dict[str, Any], nome: str) -> list[Any]:
    """Returns a list of a CT-e with that of its orders, equal entries of these once."""
    juntas = list(cte.get(nome, []))
    for pedido in cte.get("pedidos", []):
        for x in pedido.get(nome, []):
            if x not in juntas:
                juntas.append(x)
    return juntas


def _textos(xml: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}>([^<]*)</{tag}>", xml)


def _conferir(cte: dict[str, Any], documento: Provisorio) -> None:
    """Tests that invoices, values, components and measures of the load are those of the document, to the cent."""
    xml = zlib.decompress(documento.xml).decode()
    notas = [*_todas(cte, "notas"), *(n for x in cte.get("entregas", []) for n in x.get("notas", []))]
    chaves = [n["chave"] for n in notas if "chave" in n]
    sem_lugar = "<tpServ>3" in xml or "<tpServ>4" in xml
    dos_bens = re.sub(r"<(emiDocAnt|infCTeMultimodal|infDocAnt).*?</\1>", "", xml)
    assert _textos(dos_bens, "chave") + _textos(dos_bens, "chNFe") == ([] if sem_lugar else chaves)
    assert documento.resumo["notas"] == len(notas)
    if documento.modelo == "64":
        assert _textos(xml, "vEspecie") == [x["valor"] for x in cte["gtv"]["especies"]]
        return
    total = Decimal(_textos(xml, "vTPrest")[-1])
    assert sum(map(Decimal, _textos(re.sub(r"<infGTVe>.*?</infGTVe>", "", xml), "vComp"))) == total
    if "entregas" in cte:
        assert sum(Decimal(s["valor"]) for x in cte["entregas"] for s in x["servicos"]) == total
        for det, da_soma in (("vBC", "vBCIBSCBS"), ("vIBSUF", "vIBSUF"), ("vCBS", "vCBS")):
            das_entregas = re.findall(rf"<det .*?<gIBSCBS>.*?<{det}>([^<]*)<", xml)
            assert sum(map(Decimal, das_entregas)) == Decimal(_textos(xml, da_soma)[-1])
    if "servicos" in cte:
        assert total == sum(Decimal(s["valor"]) for s in cte["servicos"])
    if "<infCarga>" not in xml:
        return
    assert Decimal(_textos(xml, "vCarga")[0]) == sum(Decimal(n["valor"]) for n in notas)
    medidas: Counter[tuple[str, str]] = Counter()
    for m in (*_todas(cte, "medidas"), *(m for n in notas for m in n.get("medidas", []))):
        medidas[UNIDADE.opcoes[comparavel(str(m["unidade"]))], m["tipo"]] += Decimal(m["quantidade"])  # type: ignore[assignment]
    escritas = re.findall(r"<infQ><cUnid>(\d+)</cUnid><tpMed>([^<]*)</tpMed><qCarga>([^<]*)</qCarga>", xml)
    assert sorted((u, Decimal(q)) for u, _, q in escritas) == sorted((u, Decimal(q)) for (u, _), q in medidas.items())


def _uma(conteudo: dict[str, Any], com: Equipamento, vistos: set[str], contadas: Counter[str]) -> None:
    if planejar(conteudo, com).erros:
        contadas["recusadas pelas regras"] += 1
        return
    feita = julgar(conteudo, com)
    if isinstance(feita, CargaRecusada):
        # a rule of the manual, which judges the whole document, may still refuse it; the schema may not
        assert [x for x in feita.erros if x.regra == "XSD"] == [], feita.erros
        contadas["recusadas pelo manual"] += 1
        return
    contadas["aceitas"] += 1
    vistos.update(campos_de(conteudo["conhecimentos"][0]))
    em_json = julgar(json.dumps(conteudo).encode(), com, nome=b"1-carga.json")
    assert isinstance(em_json, CargaJulgada)
    assert (em_json.conteudo, em_json.documentos) == (feita.conteudo, feita.documentos)
    for documento in feita.documentos:
        _conferir(conteudo["conhecimentos"][0], documento)


@pytest.mark.requisito("CARGA-01")
@pytest.mark.parametrize("quantas", [60, pytest.param(3000, marks=[pytest.mark.longo, pytest.mark.timeout(3600)])])
def test_o_que_as_regras_aceitam_o_esquema_aceita(capsys: pytest.CaptureFixture[str], quantas: int) -> None:
    """JSON gives what YAML gives; nothing is lost; among many, every field of the format is in one that is accepted."""
    com, vistos, contadas = equipamento(registros()), set[str](), Counter[str]()

    @settings(max_examples=quantas, suppress_health_check=list(HealthCheck))
    @given(cargas())
    def uma(conteudo: dict[str, Any]) -> None:
        _uma(conteudo, com, vistos, contadas)

    uma()
    todos = set(campos_do_formato())
    faltam = sorted(todos - vistos)
    with capsys.disabled():
        print(f"\ncargas sorteadas: {dict(contadas)}; campos: {len(todos) - len(faltam)} de {len(todos)}, sem {faltam}")
    assert contadas["aceitas"] > quantas / 10
    if quantas > 1000:
        assert faltam == []


_SOLTA = st.fixed_dictionaries(
    {"valor": VALOR, "destinatario": st.sampled_from(["DEST-RJ", "DEST-SP"]), "especie": st.sampled_from("NM")},
    optional={"depositante": st.sampled_from(["REM-SP", "12ABC34501DE35"]), "remetente": st.just("REM-SP")},
)
_FRETE = st.fixed_dictionaries(
    {"servicos": st.lists(st.fixed_dictionaries({"codigo": st.just("FRETE"), "valor": VALOR}), min_size=1, max_size=2)},
    optional={
        "grupo": st.fixed_dictionaries(
            {}, optional={"destinatario": st.just("DEST-RJ"), "depositante": st.just("REM-SP")}
        )
    },
)


@pytest.mark.requisito("CARGA-01")
@settings(max_examples=80)
@given(st.lists(_SOLTA, min_size=1, max_size=12), st.lists(_FRETE, max_size=3), st.randoms())
def test_cada_nota_solta_esta_num_cte_e_o_frete_soma(
    soltas: list[dict[str, Any]], fretes: list[dict[str, Any]], sorteio: Any
) -> None:
    """Whatever the order of the keys; the values of a frete that somebody has are shared to the cent."""
    conteudo = carga(AGORA) | {"fretes": fretes, "notas": []}
    conteudo["padrao"] |= {"depositante": "REM-SP", "medidas": carga(AGORA)["notas"][0]["medidas"]}
    for n, solta in enumerate(soltas, 1):
        nota = {k: v for k, v in solta.items() if k != "especie"}
        if solta["especie"] == "N":
            nota["chave"] = nfe(n, AGORA)
        else:
            nota |= {"modelo": "1", "numero": str(n), "serie": "1", "emissao": "2026-11-01", "valor_produtos": "1"}
            nota["cfop"] = "5102"
        chaves = list(nota)
        sorteio.shuffle(chaves)
        conteudo["notas"].append({k: nota[k] for k in chaves})
    plano = planejar(conteudo)
    assert plano.erros == ()
    onde = [campo for d in plano.decididos for campo in d.notas]
    assert sorted(onde) == sorted(f"notas[{n}]" for n in range(1, len(soltas) + 1))
    grupos = [{(soltas[i]["destinatario"], soltas[i]["especie"]) for i in _indices(d.notas)} for d in plano.decididos]
    assert all(len(g) == 1 for g in grupos)
    assert len(grupos) == len({next(iter(g)) for g in grupos})
    primeiros = [_indices(d.notas)[0] for d in plano.decididos]
    assert primeiros == sorted(primeiros)
    sem_nota = {a.campo for a in plano.avisos if a.codigo == "SEP-FRETE-SEM-NOTA"}
    usados = [f for i, f in enumerate(fretes, 1) if f"fretes[{i}]" not in sem_nota]
    dos_fretes = sum((Decimal(s["valor"]) for f in usados for s in f["servicos"]), Decimal(0))
    com_frete = [d for d in plano.documentos if "servicos" in d.cte]
    assert sum((d.prestacao.total for d in com_frete), Decimal(0)) == dos_fretes


def _indices(campos: tuple[str, ...]) -> list[int]:
    return [int(c[6:-1]) - 1 for c in campos]
