"""Tests dropped .pfx files that cost: opened in a process of their own, beside the loop, with counted attempts."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from separador.capacidades.certificados.leitura import abridor as modulo
from separador.capacidades.certificados.leitura.abridor import Abridor, NaoIniciouError, SemResposta
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_ITERACOES
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.certificados.servico import tentativas
from separador.capacidades.certificados.servico.configurados import Configurados
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import SENHA, emitir
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre
from tests.apoio.pfx_caro import com_iteracoes_no_mac

SENHA_B = SENHA.encode()


@pytest.fixture
def com_pasta(fazer: Callable[..., InstalacaoComCofre]) -> InstalacaoComCofre:
    return fazer(pasta_de_certificados=True, trabalhadores=1)


def soltar(com_pasta: InstalacaoComCofre, nome: str, pfx: bytes) -> None:
    (com_pasta.instalacao.origem(9) / f"{nome}.senha").write_text(SENHA)
    (com_pasta.instalacao.origem(9) / f"{nome}.pfx").write_bytes(pfx)


def lento() -> bytes:
    """Returns a file that may just be opened, and takes seconds."""
    return com_iteracoes_no_mac(emitir().pfx(), LIMITE_ITERACOES - 100_000)


@pytest.mark.requisito("BORDA-07")
def test_dois_bilhoes_de_iteracoes_sao_recusados_e_o_laco_segue(com_pasta: InstalacaoComCofre) -> None:
    instalacao = com_pasta.instalacao
    soltar(com_pasta, "bomba", com_iteracoes_no_mac(emitir().pfx(), 2_000_000_000))
    instalacao.rodar_com_processos(lambda: "SEP-CERTIFICADO-CUSTOSO" in instalacao.falhas())
    assert instalacao.json(9, "bomba-ret.json")["codigo"] == "SEP-CERTIFICADO-CUSTOSO"
    assert (instalacao.origem(9) / "bomba.pfx").exists()
    assert tentativas.ler(instalacao.dados) == {}, "foi respondido: nada a contar"


@pytest.mark.requisito("BORDA-07")
def test_cinquenta_na_pasta_entram_um_a_um_sem_parar_as_outras_rotas(com_pasta: InstalacaoComCofre) -> None:
    instalacao = com_pasta.instalacao
    for n in range(50):
        soltar(com_pasta, f"c{n:02}", emitir(qual=n % 2).pfx())
    instalacao.rodar_com_processos(lambda: instalacao.banco.uma("SELECT 1 FROM certificado") is not None)
    instalacao.por(4, "a.txt", b"1")
    instalacao.rodar_com_processos(lambda: instalacao.nomes(4) == ["a.txt"])
    assert any(instalacao.origem(9).glob("*.pfx")), "os outros ainda esperam"
    instalacao.rodar_com_processos(lambda: not any(instalacao.origem(9).glob("*.pfx")), 120)
    assert not [f for f in instalacao.falhas() if f.startswith("SEP-CERT-")]


@pytest.mark.requisito("BORDA-07")
def test_o_que_nao_abre_no_prazo_e_tentado_tres_vezes_ao_todo(
    com_pasta: InstalacaoComCofre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modulo.Abridor.__init__, "__defaults__", (0.3,))
    instalacao = com_pasta.instalacao
    abertos: list[int] = []
    verdadeiro = Abridor.abrir

    def contado(self: Abridor, dados: bytes, senhas: list[bytes]) -> Aberto | Recusa | SemResposta:
        abertos.append(len(dados))
        return verdadeiro(self, dados, senhas)

    monkeypatch.setattr(Abridor, "abrir", contado)
    soltar(com_pasta, "lento", lento())
    for vez in (1, 2, 3, 3, 3):
        instalacao.reabrir()
        instalacao.rodar_com_processos(lambda: not instalacao.ciclo.nada_a_mover())
        instalacao.rodar_com_processos(instalacao.ciclo.nada_a_mover)
        assert "SEP-CERTIFICADO-CUSTOSO" in instalacao.falhas()
        assert len(abertos) == vez
        assert list(tentativas.ler(instalacao.dados).values()) == [vez]


@pytest.mark.requisito("BORDA-07")
def test_parar_no_meio_e_logo_e_nao_conta_contra_o_arquivo(com_pasta: InstalacaoComCofre) -> None:
    instalacao = com_pasta.instalacao
    soltar(com_pasta, "lento", lento())
    instalacao.rodar_com_processos(lambda: bool(tentativas.ler(instalacao.dados)))
    comeco = time.monotonic()
    instalacao.fechar()
    assert time.monotonic() - comeco < 10
    assert tentativas.ler(instalacao.dados) == {}


@pytest.mark.requisito("BORDA-07")
def test_trocado_enquanto_era_aberto_o_novo_e_que_vale(
    com_pasta: InstalacaoComCofre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is removed must be what was opened."""
    instalacao = com_pasta.instalacao
    verdadeiro = Abridor.abrir
    trocas = [emitir(qual=2).pfx()]

    def trocando(self: Abridor, dados: bytes, senhas: list[bytes]) -> Aberto | Recusa | SemResposta:
        feito = verdadeiro(self, dados, senhas)
        if trocas:
            (instalacao.origem(9) / "matriz.pfx").write_bytes(trocas.pop())
        return feito

    monkeypatch.setattr(Abridor, "abrir", trocando)
    soltar(com_pasta, "matriz", emitir(qual=0).pfx())
    instalacao.rodar_com_processos(lambda: not any(instalacao.origem(9).glob("*.pfx")))
    (linha,) = instalacao.banco.todas("SELECT der FROM certificado")
    assert bytes(linha["der"]) != emitir(qual=0).der


@pytest.mark.requisito("BORDA-07")
def test_abridor_no_prazo_fora_dele_e_morto() -> None:
    abridor = Abridor(prazo_s=0.3)
    try:
        assert isinstance(abridor.abrir(lento(), [SENHA_B]), SemResposta)
        abridor._prazo_s = 60.0  # a busy machine may take longer for one that costs nothing, too
        pronto = abridor.abrir(emitir().pfx(), [b"errada", SENHA_B])
        assert isinstance(pronto, Aberto), "outro processo, e a segunda senha"
        assert pronto.certificado.der
        assert len(pronto.cadeia) == 2
        assert abridor._processo is not None
        os.killpg(abridor._processo._processo.pid, signal.SIGKILL)
        assert isinstance(abridor.abrir(emitir().pfx(), [SENHA_B]), SemResposta)
        errada = abridor.abrir(emitir().pfx(), [b"errada"])
        assert isinstance(errada, Recusa)
        assert errada.erros[0].codigo == "SEP-CERT-SENHA"
    finally:
        abridor.fechar()


def test_o_processo_adiantado_e_o_que_abre() -> None:
    abridor = Abridor()
    try:
        abridor.adiantar()
        adiantado = abridor._processo
        assert adiantado is not None
        abridor.adiantar()
        assert isinstance(abridor.abrir(emitir().pfx(), [SENHA_B]), Aberto)
        assert abridor._processo is adiantado
    finally:
        abridor.fechar()
    assert adiantado._processo.returncode is not None


@pytest.mark.parametrize("programa", ["/bin/false", "/nao/existe"])
def test_o_adiantado_que_nao_inicia_e_dito_ao_abrir(programa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as trocado:
        trocado.setattr(modulo.sys, "executable", programa)
        abridor = Abridor()
        abridor.adiantar()
        with pytest.raises(NaoIniciouError):
            abridor.abrir(emitir().pfx(), [SENHA_B])
    try:
        assert isinstance(abridor.abrir(emitir().pfx(), [SENHA_B]), Aberto), "o arquivo seguinte inicia outro"
    finally:
        abridor.fechar()


@pytest.mark.requisito("BORDA-07")
def test_o_da_configuracao_custa_uma_vez_so_por_execucao(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modulo.Abridor.__init__, "__defaults__", (0.3,))
    configurados = Configurados(em_processo=True)
    caro, bom = lento(), emitir().pfx()
    for dados, codigo in ((caro, "SEP-CERTIFICADO-CUSTOSO"), (bom, None)):
        feito = configurados.abrir(dados, SENHA_B)
        assert (feito.erros[0].codigo if isinstance(feito, Recusa) else None) == codigo
    configurados.terminar()

    def nunca(*_: object) -> None:
        raise AssertionError("foi aberto de novo")

    monkeypatch.setattr(Abridor, "abrir", nunca)
    assert isinstance(configurados.abrir(caro, SENHA_B), Recusa)
    assert isinstance(configurados.abrir(bom, SENHA_B), Aberto)


@pytest.mark.requisito("BORDA-07")
def test_por_comando_o_prazo_e_o_mesmo(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(modulo.abrir_uma_vez(emitir().pfx(), SENHA_B), Aberto)
    monkeypatch.setattr(modulo.Abridor.__init__, "__defaults__", (0.3,))
    for dados in (lento(), com_iteracoes_no_mac(emitir().pfx(), 2_000_000_000)):
        feito = modulo.abrir_uma_vez(dados, SENHA_B)
        assert isinstance(feito, Recusa)
        assert feito.erros[0].codigo == "SEP-CERTIFICADO-CUSTOSO"


@pytest.mark.requisito("BORDA-07")
def test_processo_que_nao_inicia_nao_diz_nada_do_arquivo(
    com_pasta: InstalacaoComCofre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modulo.sys, "executable", "/bin/false")
    with pytest.raises(NaoIniciouError):
        Abridor().abrir(emitir().pfx(), [SENHA_B])
    instalacao = com_pasta.instalacao
    soltar(com_pasta, "matriz", emitir().pfx())
    instalacao.rodar_com_processos(lambda: any("não inicia" in str(x["event"]) for x in instalacao.diario.linhas))
    assert tentativas.ler(instalacao.dados) == {}
    monkeypatch.undo()
    instalacao.rodar_com_processos(lambda: com_pasta.padrao() == "matriz")


@pytest.mark.requisito("BORDA-07")
def test_contagem_quebrada_ou_cheia_nao_atrapalha(tmp_path: Path) -> None:
    (tmp_path / tentativas.ARQUIVO).write_text("{nada")
    assert [tentativas.comecar(tmp_path, "a") for _ in range(4)] == [True, True, True, False]
    tentativas.desfazer(tmp_path, "a")
    assert tentativas.ler(tmp_path) == {"a": 2}
    for n in range(300):
        tentativas.comecar(tmp_path, f"n{n}")
    assert len(tentativas.ler(tmp_path)) == 200
    tentativas.terminar(tmp_path, "n299")
    assert "n299" not in tentativas.ler(tmp_path)
