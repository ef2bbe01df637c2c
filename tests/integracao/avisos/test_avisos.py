"""Tests warnings of expiry: each step once, in log and failures view, by e-mail and webhook."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from separador.capacidades.avisos.dominio import DEPOIS, degrau
from separador.capacidades.avisos.rede import Email, Webhook
from separador.capacidades.avisos.servico import Avisos
from separador.correio.envio import CorreioError
from tests.apoio.autoridade import AGORA, emitir
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre

SMTP = {"servidor": "smtp.exemplo.invalid", "porta": 587, "de": "separador@exemplo.invalid"}
DIA_S = 86400


class Porta:
    """A way out that records what would be sent. With `defeito` it raises, and nothing goes out."""

    def __init__(self) -> None:
        self.idos: list[tuple[Any, ...]] = []
        self.defeito: Exception | None = None

    def __call__(self, *args: Any, **_: Any) -> None:
        if self.defeito is not None:
            raise self.defeito
        self.idos.append(args)


@pytest.fixture
def portas() -> tuple[Porta, Porta]:
    return Porta(), Porta()


@pytest.fixture
def avisada(fazer: Callable[..., InstalacaoComCofre], portas: tuple[Porta, Porta]) -> InstalacaoComCofre:
    com_cofre = fazer(
        prazo_retorno=10**7,
        smtp=SMTP,
        avisos={"para": ["fiscal@exemplo.invalid"], "webhook": "https://avisos.exemplo.invalid/segredo-da-url"},
    )
    _ligar(com_cofre, portas)
    return com_cofre


def _ligar(com_cofre: InstalacaoComCofre, portas: tuple[Porta, Porta]) -> None:
    avisador = com_cofre.instalacao.ciclo.parte(Avisos).avisador
    avisador.canais = (Email(portas[0]), Webhook(portas[1]))


def passar(com_cofre: InstalacaoComCofre, segundos: float) -> None:
    """Lets time go by, and waits until what was sent in it has arrived."""
    for _ in range(2):
        com_cofre.instalacao.passar(segundos / 2)
        com_cofre.instalacao.ciclo.parte(Avisos).avisador.esperar()
    com_cofre.instalacao.passar(31)
    com_cofre.instalacao.ciclo.parte(Avisos).avisador.esperar()
    com_cofre.instalacao.passar(31)


@pytest.mark.requisito("CERT-03")
@pytest.mark.parametrize(
    ("restam", "esperado"),
    [(31, None), (30, 30), (29.9, 30), (15.5, 30), (15, 15), (7, 7), (3, 3), (2, 3), (1, 1), (0.1, 1), (0, DEPOIS),
     (-5, DEPOIS)],
)  # fmt: skip
def test_degraus(restam: float, esperado: int | None) -> None:
    assert degrau(AGORA + timedelta(days=restam), AGORA, (30, 15, 7, 3, 1)) == esperado


@pytest.mark.requisito("CERT-03")
def test_cada_degrau_uma_vez_por_via(avisada: InstalacaoComCofre, portas: tuple[Porta, Porta]) -> None:
    avisada.instalado(emitir(de=AGORA - timedelta(days=1), dias=41), "matriz")
    passar(avisada, 60)
    assert portas[0].idos == portas[1].idos == [], "a 40 dias, silêncio"
    degraus = ((30, "30 dias"), (15, "15 dias"), (7, "7 dias"), (3, "3 dias"), (1, "1 dia"), (-1, "venceu"))
    for esperados, (ate, texto) in enumerate(degraus, 1):
        falta = (AGORA + timedelta(days=40 - ate) - avisada.instalacao.agora).total_seconds()
        passar(avisada, falta - 3600)
        passar(avisada, 3600)
        assert [len(p.idos) for p in portas] == [esperados] * 2, texto
        for _ in range(3):
            passar(avisada, 600)
        assert [len(p.idos) for p in portas] == [esperados] * 2, "uma vez por degrau, não por volta"
    _, para, assunto, corpo = portas[0].idos[-1]
    assert para == ("fiscal@exemplo.invalid",)
    assert "venceu" in assunto
    assert "separador certificado instalar" in corpo, "diz como renovar"
    url, json = portas[1].idos[0]
    assert url.startswith("https://")
    assert json["tipo"] == "validade"
    assert "SEP-VENCIDO" in avisada.instalacao.falhas()
    avisos = [linha for linha in avisada.instalacao.diario.linhas if linha.get("acao") == "validade"]
    assert len(avisos) == 6
    assert "segredo-da-url" not in repr(avisada.instalacao.diario.linhas)


@pytest.mark.requisito("CERT-03")
def test_nem_o_reinicio_repete_e_a_renovacao_encerra(avisada: InstalacaoComCofre, portas: tuple[Porta, Porta]) -> None:
    avisada.instalado(emitir(dias=11), "matriz")
    passar(avisada, 60)
    assert len(portas[0].idos) == 1
    avisada.instalacao.reabrir()
    _ligar(avisada, portas)
    passar(avisada, 60)
    assert len(portas[0].idos) == 1
    assert "SEP-VENCENDO" in avisada.instalacao.falhas()
    avisada.instalado(emitir(qual=2), "nova")
    passar(avisada, 60)
    assert "SEP-VENCENDO" not in avisada.instalacao.falhas()


@pytest.mark.requisito("CERT-03")
def test_rede_fora_tenta_mais_tarde(avisada: InstalacaoComCofre, portas: tuple[Porta, Porta]) -> None:
    portas[0].defeito = CorreioError("não consegui falar com o servidor de e-mail")
    avisada.instalado(emitir(dias=6), "matriz")
    passar(avisada, 60)
    assert "SEP-AVISO" in avisada.instalacao.falhas()
    assert len(portas[1].idos) == 1, "uma via não espera pela outra"
    portas[0].defeito = None
    passar(avisada, 900)
    assert len(portas[0].idos) == 1
    assert "SEP-AVISO" not in avisada.instalacao.falhas()


@pytest.mark.requisito("CERT-03")
def test_dias_configuraveis(fazer: Callable[..., InstalacaoComCofre]) -> None:
    com_cofre = fazer(avisos={"dias": [60]})
    com_cofre.instalado(emitir(dias=50), "matriz")
    com_cofre.instalacao.passar(60)
    assert "SEP-VENCENDO" in com_cofre.instalacao.falhas()
