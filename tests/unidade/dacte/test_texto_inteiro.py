"""Tests that nothing is lost and nothing lies over anything, for documents filled to their greatest length."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from separador.capacidades.dacte.dominio.blocos import NAO_IMPRESSAS
from separador.capacidades.dacte.dominio.palavras import PALAVRAS
from separador.capacidades.dacte.papel import imprimir
from separador.fiscal import esquema
from separador.nucleo.tipo import Tipo
from tests.apoio import pdf_lido
from tests.apoio.documento_cheio import Cheio, Simples, maior_texto, processado

TODOS = [
    *((Tipo.CTE, m) for m in ("01", "02", "03", "04", "05", "06")),
    *((Tipo.CTE_SIMP, m) for m in ("01", "02", "03")),
    (Tipo.CTE_OS, "01"),
    (Tipo.GTVE, "01"),
    (Tipo.GTVE, "06"),
]
DO_DIA = [(t, m) if m == "01" else pytest.param(t, m, marks=pytest.mark.longo, id=f"{t}-{m}") for t, m in TODOS]
"""Each kind every day; its other modes, where a test takes long, in the long run."""
_PALAVRAS: dict[str, set[str]] = {}
for _tabela in PALAVRAS.values():
    for _codigo, _palavra in _tabela.items():
        _PALAVRAS.setdefault(_codigo, set()).add(re.sub(r"\s+", "", _palavra))


def sem_brancos(texto: str) -> str:
    return re.sub(r"\s+", "", texto)


def escritas(t: str) -> Iterator[str]:
    """Yields the ways in which a value may stand on paper. Written apart from the printer."""
    yield t
    if re.fullmatch(r"\d+(\.\d+)?", t):
        inteiro, _, fracao = t.partition(".")
        grupos = f"{int(inteiro):,}".replace(",", ".")
        yield from (f"{grupos},{fracao:0<2}", f"{grupos},{fracao:0<4}", grupos if not fracao else t)
    if m := re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d:\d\d))?", t):
        yield f"{m[3]}/{m[2]}/{m[1]}{m[4] or ''}"
    if len(t) == 14:
        yield f"{t[:2]}.{t[2:5]}.{t[5:8]}/{t[8:12]}-{t[12:]}"
    if len(t) == 11:
        yield f"{t[:3]}.{t[3:6]}.{t[6:9]}-{t[9:]}"
        yield f"({t[:2]}){t[2:7]}-{t[7:]}"
    if len(t) == 10:
        yield f"({t[:2]}){t[2:6]}-{t[6:]}"
    if len(t) == 8:
        yield f"{t[:5]}-{t[5:]}"


def folhas(no: etree._Element, caminho: str = "") -> Iterator[tuple[str, str]]:
    """Yields path and text of everything that must be on the paper."""
    nome = etree.QName(no).localname
    if nome in NAO_IMPRESSAS or nome == "tpEmis":
        return
    aqui = f"{caminho}/{nome}"
    for atributo, valor in no.attrib.items():
        if f"@{atributo}" not in NAO_IMPRESSAS:
            yield f"{aqui}/@{atributo}", str(valor)
    if not len(no) and no.text:
        yield aqui, no.text
    for filho in no:
        yield from folhas(filho, aqui)


def faltam(dados: bytes, pdf: bytes) -> list[tuple[str, str]]:
    lido = pdf_lido.corrido(pdf)
    inf = etree.fromstring(dados).find(".//{*}infCte")
    assert inf is not None
    return [
        (caminho, texto)
        for caminho, texto in folhas(inf)
        if not any(sem_brancos(e) in lido for e in escritas(texto))
        and not any(p in lido for p in _PALAVRAS.get(texto, ()))
    ]


def cheio(modal: str, imp: str, volta: int = 0, **mais: object) -> Cheio:
    fixos = {"tpEmis": "1", "modal": modal, "tpImp": imp}
    return Cheio(volta=volta, fixos=fixos, ramos={"infCte": "infCTeNorm"}, **mais)  # type: ignore[arg-type]


def impresso(dados: bytes) -> bytes:
    pdf = imprimir(dados)
    assert isinstance(pdf, bytes), pdf
    return pdf


def conferir(dados: bytes) -> None:
    pdf = impresso(dados)
    assert faltam(dados, pdf) == []
    assert pdf_lido.por_cima(pdf) == []
    assert pdf_lido.no_risco(pdf) == []
    assert "DEMAIS CAMPOS" not in "".join(t for f in pdf_lido.textos(pdf) for t in f)


@pytest.mark.requisito("DACTE-01", "DACTE-02", "DACTE-03")
@pytest.mark.parametrize("imp", ["1", "2"], ids=["retrato", "paisagem"])
@pytest.mark.parametrize(("tipo", "modal"), TODOS)
def test_tudo_no_maior_tamanho(tipo: Tipo, modal: str, imp: str) -> None:
    conferir(processado(tipo, cheio(modal, imp, uma_palavra=imp == "2")))


@pytest.mark.requisito("DACTE-02", "DACTE-03")
@pytest.mark.parametrize("volta", range(1, 8))
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
@pytest.mark.parametrize(("tipo", "modal"), TODOS)
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
