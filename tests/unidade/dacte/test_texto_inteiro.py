"""Tests that nothing is lost and nothing lies over anything, for documents filled to their greatest length."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from separador.fiscal import esquema
from separador.nucleo.tipo import Tipo
from tests.apoio import pdf_lido
from tests.apoio.amostra import do_dia
from tests.apoio.documento_cheio import Cheio, Simples, maior_texto, processado
from tests.apoio.papel_inteiro import conferir, impresso

TODOS = [
    *((Tipo.CTE, m) for m in ("01", "02", "03", "04", "05", "06")),
    *((Tipo.CTE_SIMP, m) for m in ("01", "02", "03")),
    (Tipo.CTE_OS, "01"),
    (Tipo.GTVE, "01"),
    (Tipo.GTVE, "06"),
]
DO_DIA = [(t, m) if m == "01" else pytest.param(t, m, marks=pytest.mark.longo, id=f"{t}-{m}") for t, m in TODOS]
"""Each kind every day; its other modes, where a test takes long, in the long run."""


def cheio(modal: str, imp: str, volta: int = 0, **mais: object) -> Cheio:
    fixos = {"tpEmis": "1", "modal": modal, "tpImp": imp}
    return Cheio(volta=volta, fixos=fixos, ramos={"infCte": "infCTeNorm"}, **mais)  # type: ignore[arg-type]


@pytest.mark.requisito("DACTE-01", "DACTE-02", "DACTE-03")
@pytest.mark.parametrize("imp", ["1", "2"], ids=["retrato", "paisagem"])
@pytest.mark.parametrize(("tipo", "modal"), do_dia(TODOS, 3))
def test_tudo_no_maior_tamanho(tipo: Tipo, modal: str, imp: str) -> None:
    conferir(processado(tipo, cheio(modal, imp, uma_palavra=imp == "2")))


@pytest.mark.requisito("DACTE-02", "DACTE-03")
@pytest.mark.parametrize("volta", do_dia(range(1, 8), 3))
@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_cada_ramo_das_escolhas(tipo: Tipo, volta: int) -> None:
    """Each turn takes another branch of every choice: the eight groups of ICMS, the kinds of documents carried…"""
    conferir(processado(tipo, cheio("01", "1", volta, uma_palavra=volta % 2 == 1)))


@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_OS])
def test_o_complemento(tipo: Tipo) -> None:
    plano = Cheio(fixos={"tpEmis": "1", "modal": "01", "tpCTe": "1"}, ramos={"infCte": "infCteComp"})
    conferir(processado(tipo, plano))


@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_os_documentos_das_provas_valem_no_esquema(tipo: Tipo) -> None:
    for volta in range(8):
        raiz = etree.fromstring(processado(tipo, cheio("01", "1", volta)))
        assert [e for e in esquema.validar(raiz[0], tipo) if "Signature" not in e.mensagem] == []


@pytest.mark.requisito("DACTE-02")
@pytest.mark.parametrize(("tipo", "modal"), do_dia(TODOS, 3))
def test_nenhum_campo_opcional(tipo: Tipo, modal: str) -> None:
    """What is absent is blank, never 0,00."""
    dados = processado(tipo, cheio(modal, "1", vezes=0))
    pdf = impresso(dados)
    conferir(dados)
    assert b"<vBC>" in dados or "0,00" not in pdf_lido.corrido(pdf)


@pytest.mark.requisito("DACTE-02")
def test_muitos_de_tudo() -> None:
    """120 components, 60 earlier documents, 40 containers: over as many sheets as they need."""
    muitos = {"Comp": 120, "idDocAntEle": 60, "detCont": 40, "pass": 80, "infQ": 30, "veicNovos": 50, "dup": 60}
    conferir(processado(Tipo.CTE, cheio("03", "1", 1, quantidades=muitos)))


class Sorteado:
    """Fills a document as Hypothesis draws."""

    def __init__(self, data: st.DataObject, modal: str, imp: str) -> None:
        self.data = data
        self.fixos = {"tpEmis": "1", "modal": modal, "tpImp": imp, "@versaoModal": "4.00"}
        self.acaso = data.draw(st.randoms(use_true_random=False))
        self.conta = 0

    def quantos(self, caminho: str, menor: int, maior: int | None) -> int:
        return self.acaso.randint(menor, max(menor, min(3, maior if maior is not None else 3)))

    def qual(self, caminho: str, opcoes: list[str]) -> int:
        return self.acaso.randrange(len(opcoes))

    def texto(self, caminho: str, tipo: Simples) -> str:
        nome = caminho.rsplit("/", 1)[-1]
        if nome in self.fixos:
            return self.fixos[nome]
        self.conta += 1
        if tipo.valores:
            return self.acaso.choice(tipo.valores)
        if not tipo.padroes or "[ -ÿ]" in tipo.padroes[0]:
            return self._livre(max(1, tipo.menor), tipo.maior or 60)
        return maior_texto(tipo, self.acaso.randrange(10_000))

    def _livre(self, menor: int, maior: int) -> str:
        """Any letter of the layout but the control characters of Latin-1 and the soft hyphen, which have no shape."""
        letras = [chr(i) for i in (*range(0x21, 0x7F), *range(0xA1, 0x100)) if i != 0xAD]
        tamanho = self.acaso.randint(menor, maior)
        dito = "".join(self.acaso.choice([*letras, " "]) for _ in range(tamanho))
        return "X" + dito[1:-1] + "X" if tamanho > 1 else "X"


@pytest.mark.requisito("DACTE-02", "DACTE-03")
@pytest.mark.parametrize("quantos", [5, pytest.param(60, marks=pytest.mark.longo)])
def test_documentos_ao_acaso(quantos: int) -> None:
    @settings(
        max_examples=quantos,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(data=st.data(), caso=st.sampled_from(TODOS), imp=st.sampled_from("12"))
    def um(data: st.DataObject, caso: tuple[Tipo, str], imp: str) -> None:
        conferir(processado(caso[0], Sorteado(data, caso[1], imp)))

    um()
