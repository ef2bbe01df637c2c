"""Tests the matching of payments to guides."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.dominio.arrecadacao import Desmembramento, Pagamento, Receita, TipoDocumento, Valores
from separador.capacidades.ecac.dominio.conciliacao import conciliar, reais, sumidos, valor_confere
from separador.capacidades.ecac.dominio.guia import Estado, Guia, ler_periodo
from separador.capacidades.ecac.dominio.ocorrencia import NOMES, O_QUE_FAZER, Especie

pytestmark = pytest.mark.requisito("ECAC-04", "ECAC-06")

EMPRESA, OUTRA = "11222333000181", "99888777000161"
N1, N2, N3 = "07202615700000015", "07162615700000027", "07012615700000039"


def guia(id_: int = 1, numero: str | None = N1, valor: str = "100.00", **mudar: object) -> Guia:
    base = Guia(
        id=id_, contribuinte=EMPRESA, tipo=TipoDocumento.DARF, numero=numero, receita="0561",
        periodo=ler_periodo("05/2026"), vencimento=date(2026, 6, 19), valores=Valores(total=Decimal(valor)),
    )  # fmt: skip
    return replace(base, **mudar)  # type: ignore[arg-type]


def pago(numero: str = N1, valor: str = "100.00", **mudar: object) -> Pagamento:
    base = Pagamento(
        numero=numero.lstrip("0"), tipo="04", tipo_nome="DARF", arrecadacao=date(2026, 6, 17),
        periodo_apuracao=date(2026, 5, 31), vencimento=date(2026, 6, 19), receita=Receita("0561", "IRRF"),
        referencia=None, valores=Valores(principal=Decimal(valor), total=Decimal(valor)), saldo=Valores(),
    )  # fmt: skip
    return replace(base, **mudar)  # type: ignore[arg-type]


def especies(r: object) -> list[Especie]:
    return [o.especie for o in r.ocorrencias]  # type: ignore[attr-defined]


def test_numero_igual_sem_o_zero_e_com_mascara_baixa() -> None:
    r = conciliar(EMPRESA, [guia(numero="07.20.26157.0000001-5")], [pago()])
    assert [(b.guia.id, b.divergente) for b in r.baixas] == [(1, False)]
    assert not r.ocorrencias
    assert not r.sugestoes


def test_valor_diferente_baixa_e_avisa() -> None:
    r = conciliar(EMPRESA, [guia(valor="90.00")], [pago()])
    assert r.baixas[0].divergente
    (o,) = r.ocorrencias
    assert (o.especie, o.guia, o.assunto) == (Especie.VALOR_DIVERGENTE, 1, "guia:1")
    assert "R$ 90,00" in o.detalhe
    assert "R$ 100,00" in o.detalhe


@pytest.mark.parametrize(
    ("da_guia", "pagos", "confere"),
    [
        (Valores(total=Decimal(100)), Valores(total=Decimal(100)), True),
        (
            Valores(total=Decimal(100)),
            Valores(Decimal(100), Decimal("7.26"), Decimal(1), Decimal("108.26")),
            True,
        ),
        (
            Valores(principal=Decimal(100), total=Decimal(104)),
            Valores(Decimal(100), Decimal("7.26"), None, Decimal("107.26")),
            True,
        ),
        (Valores(total=Decimal(100)), Valores(total=Decimal("108.26")), False),
        (Valores(total=Decimal(100)), Valores(Decimal(90), Decimal(7), None, Decimal(97)), False),
        (Valores(), Valores(total=Decimal(1)), True),
        (Valores(total=Decimal(100)), Valores(), True),
    ],
)
def test_multa_e_juros_nao_sao_divergencia(da_guia: Valores, pagos: Valores, confere: bool) -> None:
    assert valor_confere(da_guia, pagos) is confere


def test_guia_de_outra_empresa_com_o_mesmo_numero_nao_e_baixada() -> None:
    r = conciliar(EMPRESA, [guia(contribuinte=OUTRA)], [pago()])
    assert not r.baixas
    assert especies(r) == [Especie.PAGO_SEM_GUIA]


def test_duas_guias_com_um_numero_nao_baixam_nenhuma() -> None:
    r = conciliar(EMPRESA, [guia(1), guia(2)], [pago()])
    assert not r.baixas
    assert especies(r) == [Especie.NUMERO_REPETIDO]


def test_sem_numero_um_candidato_e_sugestao_nunca_baixa() -> None:
    r = conciliar(EMPRESA, [guia(numero=None)], [pago()])
    assert not r.baixas
    assert [(s.guia.id, s.pagamento.numero) for s in r.sugestoes] == [(1, N1.lstrip("0"))]
    assert especies(r) == [Especie.SUGESTAO]


@pytest.mark.parametrize(
    "outra",
    [
        guia(numero=None, receita="1082"),
        guia(numero=None, periodo=ler_periodo("04/2026")),
        guia(numero=None, valor="100.01"),
        guia(numero=None, tipo=TipoDocumento.DAS),
        guia(numero=None, periodo=None),
        guia(numero=None, receita=None),
    ],
)
def test_sem_numero_qualquer_diferenca_nao_e_sugestao(outra: Guia) -> None:
    r = conciliar(EMPRESA, [outra], [pago()])
    assert not r.sugestoes
    assert especies(r) == [Especie.PAGO_SEM_GUIA]


def test_dois_candidatos_sao_uma_pergunta() -> None:
    r = conciliar(EMPRESA, [guia(numero=None)], [pago(N1), pago(N2)])
    assert not r.sugestoes
    assert Especie.CANDIDATOS in especies(r)
    assert Especie.PAGO_EM_DUPLICIDADE in especies(r)


def test_duas_guias_iguais_disputam_um_pagamento() -> None:
    r = conciliar(EMPRESA, [guia(1, None), guia(2, None)], [pago()])
    assert not r.sugestoes
    assert especies(r).count(Especie.CANDIDATOS) == 2


def test_pagamento_com_guia_propria_nao_e_candidato() -> None:
    r = conciliar(EMPRESA, [guia(1), guia(2, None)], [pago()])
    assert [b.guia.id for b in r.baixas] == [1]
    assert not r.sugestoes


def test_sugestao_recusada_nao_volta() -> None:
    r = conciliar(EMPRESA, [guia(numero=None)], [pago()], frozenset({(1, N1.lstrip("0"))}))
    assert not r.sugestoes


def test_das_sem_receita_e_sugerido_pelo_periodo_e_valor() -> None:
    sem = guia(numero=None, tipo=TipoDocumento.DAS, receita=None)
    r = conciliar(EMPRESA, [sem], [pago(tipo="09", receita=Receita("1001"), periodo_apuracao=date(2026, 5, 1))])
    assert len(r.sugestoes) == 1


def test_dois_documentos_do_mesmo_periodo_e_receita() -> None:
    r = conciliar(EMPRESA, [guia(1, N1), guia(2, N2)], [pago(N1), pago(N2)])
    assert {b.guia.id for b in r.baixas} == {1, 2}
    assert especies(r) == [Especie.PAGO_EM_DUPLICIDADE]


def test_imoveis_diferentes_nao_sao_duplicidade() -> None:
    def parte(cib: str) -> tuple[Desmembramento, ...]:
        return (Desmembramento("1", Receita("1070"), None, None, Valores(), Valores(), cib),)

    pagos = [pago(N1, desmembramentos=parte("A")), pago(N2, desmembramentos=parte("B")), pago(N3, referencia="7")]
    r = conciliar(EMPRESA, [guia(1, N1), guia(2, N2), guia(3, N3)], pagos)
    assert not r.ocorrencias


def test_um_numero_pago_duas_vezes() -> None:
    r = conciliar(EMPRESA, [guia()], [pago(), pago(arrecadacao=date(2026, 6, 25))])
    assert len(r.baixas) == 1
    assert r.baixas[0].pagamento.arrecadacao == date(2026, 6, 17)
    assert especies(r) == [Especie.PAGO_EM_DUPLICIDADE]


def test_a_mesma_pagina_duas_vezes_nao_e_pagar_duas_vezes() -> None:
    assert not conciliar(EMPRESA, [guia()], [pago(), pago()]).ocorrencias


def test_ligada_por_pessoa_toma_o_seu_pagamento() -> None:
    ligada = guia(numero=None, estado=Estado.PAGA, pagamento=N1.lstrip("0"))
    r = conciliar(EMPRESA, [ligada], [pago()])
    assert not r.baixas
    assert not r.ocorrencias


def test_guia_baixada_nao_e_baixada_de_novo() -> None:
    paga = guia(estado=Estado.PAGA, pagamento=N1.lstrip("0"))
    assert not conciliar(EMPRESA, [paga], [pago()]).baixas


def test_pagamento_que_sumiu_e_dito_e_nada_se_desfaz() -> None:
    paga = guia(estado=Estado.PAGA, pagamento=N1.lstrip("0"))
    (o,) = sumidos(EMPRESA, [paga, guia(2, N2)], [])
    assert (o.especie, o.guia) == (Especie.PAGAMENTO_SUMIU, 1)
    assert not sumidos(EMPRESA, [paga], [pago()])


NUMEROS = st.sampled_from([N1, N2, N3, "07182615700000042"])


@given(
    st.lists(st.tuples(NUMEROS | st.none(), st.sampled_from(["10.00", "20.00"])), max_size=6),
    st.lists(st.tuples(NUMEROS, st.sampled_from(["10.00", "20.00"]), st.integers(1, 3)), max_size=6),
)
def test_nada_e_baixado_sem_o_seu_numero_nem_duas_vezes(
    guias: list[tuple[str | None, str]], pagos: list[tuple[str, str, int]]
) -> None:
    registradas = [guia(i, n, v) for i, (n, v) in enumerate(guias)]
    feitos = [pago(n, v, arrecadacao=date(2026, 6, d)) for n, v, d in pagos]
    r = conciliar(EMPRESA, registradas, feitos)
    assert all(b.guia.canonico == b.pagamento.canonico for b in r.baixas)
    assert len({b.guia.id for b in r.baixas}) == len(r.baixas)
    assert not {b.guia.id for b in r.baixas} & {s.guia.id for s in r.sugestoes}
    assert len({(o.especie, o.assunto) for o in r.ocorrencias}) == len(r.ocorrencias)
    tratados = {b.pagamento.canonico for b in r.baixas} | {o.pagamento for o in r.ocorrencias}
    tratados |= {s.pagamento.canonico for s in r.sugestoes}
    com_guia = {g.canonico for g in registradas if g.canonico}
    assert {p.canonico for p in feitos} <= tratados | com_guia, "no payment is silent"


@given(st.permutations([pago(N1), pago(N2), pago(N3, "5.00")]))
def test_a_ordem_dos_pagamentos_nao_importa(pagos: list[Pagamento]) -> None:
    guias = [guia(1, N1), guia(2, None, "5.00", receita="0561")]
    r = conciliar(EMPRESA, guias, pagos)
    assert {b.guia.id for b in r.baixas} == {1}
    assert {s.guia.id for s in r.sugestoes} == {2}
    assert {o.especie for o in r.ocorrencias} >= {Especie.PAGO_SEM_GUIA, Especie.SUGESTAO}


def test_toda_especie_tem_nome_e_o_que_fazer() -> None:
    assert set(NOMES) == set(O_QUE_FAZER) == set(Especie)


def test_reais() -> None:
    assert reais(Decimal("1458.3")) == "R$ 1.458,30"
    assert reais(Decimal(1234567)) == "R$ 1.234.567,00"
    assert reais(None) == "valor não informado"
