"""Tests the findings of `verificar` about things that a test machine does not have."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from separador.capacidades.certificados.cli import verificacoes as verificacoes_certificados
from separador.cli import verificacoes
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.configuracao import Configuracao, carregar
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.pastas import faixas, sistema
from separador.pastas.posse import instalacao
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import inicializar
from tests.apoio.certificados import chave_rsa

AGORA = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AMBIENTE = {"SENHA": "x"}


@pytest.fixture
def config(tmp_path: Path) -> Configuracao:
    (tmp_path / "var").mkdir()
    for pasta in ("a", "b"):
        (tmp_path / pasta).mkdir()
    (tmp_path / "c.pfx").write_bytes(gerar_pfx("x", agora=AGORA, empresa=EMITENTE, dias=100, chave=chave_rsa()))
    arquivo = tmp_path / "separador.yaml"
    arquivo.write_text(
        "raiz: .\ndados: var\nempresas:\n"
        f'  - {{cnpj: "{EMITENTE.cnpj}", nome: E, uf: SP, certificado: {{arquivo: c.pfx, senha: {{env: SENHA}}}}}}\n'
        "rotas:\n  - {id: 1, ativo: true, regra: mover, origem: a, destino: b, arquivo: .txt}\n",
        encoding="utf-8",
    )
    lida = carregar(arquivo)
    assert isinstance(lida, Configuracao)
    return lida


def estados(achados: list[Constatacao]) -> list[str]:
    return [a.estado for a in achados]


def test_banco_na_rede_e_erro_e_pasta_na_rede_e_aviso(config: Configuracao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _pasta: "cifs")
    dados, *pastas = list(verificacoes.pastas(config, {str(config.raiz / p): "u" for p in "ab"}))
    assert (dados.estado, "disco local" in dados.o_que_fazer) == (ERRO, True)
    assert estados(pastas) == [ERRO, ERRO]  # no marker of that uuid
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert estados(pastas) == [AVISO, AVISO]
    for p in "ab":
        (config.raiz / p / ".separador").mkdir()
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert [("na rede (cifs)" in p.mensagem, p.estado) for p in pastas] == [(True, AVISO)] * 2


def test_pasta_de_dados_que_nao_ha(config: Configuracao) -> None:
    config.dados.rmdir()
    assert next(iter(verificacoes.pastas(config, {}))).o_que_fazer == "Rode: separador init"


def test_conferir_nao_deixa_nada_nas_pastas(config: Configuracao) -> None:
    list(verificacoes.pastas(config, {}))
    assert [list((config.raiz / p).iterdir()) for p in ("a", "b", "var")] == [[], [], []]


@pytest.mark.parametrize(
    ("dias", "estado", "trecho"),
    [(0, CERTO, "vale mais"), (80, AVISO, "vale mais"), (101, ERRO, "vale de"), (-2, ERRO, "vale de")],
)
def test_validade_do_certificado(config: Configuracao, dias: int, estado: str, trecho: str) -> None:
    (achado,) = verificacoes_certificados.certificados(
        Exame(config, None, AMBIENTE, AGORA + timedelta(days=dias), False)
    )
    assert achado.estado == estado
    assert trecho in achado.mensagem


def test_senha_que_so_o_servico_tem_nao_e_erro_com_ele_ligado(config: Configuracao) -> None:
    assert estados(list(verificacoes_certificados.certificados(Exame(config, None, {}, AGORA, ligado=False)))) == [ERRO]
    assert estados(list(verificacoes_certificados.certificados(Exame(config, None, {}, AGORA, ligado=True)))) == [AVISO]


@pytest.mark.parametrize("ano", [1970, 2100])
def test_ano_sem_sentido(ano: int) -> None:
    primeiro = next(iter(verificacoes.relogio(AGORA.replace(year=ano), None)))
    assert primeiro.estado == ERRO


@pytest.mark.requisito("BORDA-01")
def test_na_rede_direito_de_outros_na_propria_e_aviso(config: Configuracao, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _pasta: "nfs")
    for p in "ab":
        (config.raiz / p / ".separador").mkdir()
    (config.raiz / "a/.separador").chmod(0o770)
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert estados(pastas) == [AVISO] * 3
    assert [a.verificacao for a in pastas if "outros podem gravar" in a.mensagem] == [f"pasta {config.raiz / 'a'}"]


@pytest.mark.requisito("BORDA-01")
def test_em_disco_local_direito_de_outros_na_propria_e_erro(config: Configuracao) -> None:
    for p in "ab":
        (config.raiz / p / ".separador").mkdir()
    (config.raiz / "a/.separador").chmod(0o770)
    _, *pastas = list(verificacoes.pastas(config, {str(config.raiz / p): "u" for p in "ab"}))
    (achado,) = (a for a in pastas if a.verificacao == f"pasta {config.raiz / 'a'}")
    assert ("não é só desta instalação" in achado.mensagem, achado.estado) == (True, ERRO)


OUTRA = Quem("a" * 16, "outra-maquina")


def vista(pasta: Path) -> dict[str, tuple[int, int]]:
    """Returns what stands in `.separador` of a folder: path, time of change of the content and of the entry."""
    propria = pasta / ".separador"
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_ctime_ns) for p in (propria, *propria.rglob("*"))}


@pytest.mark.requisito("FRO-01")
@pytest.mark.parametrize("conhecida", [False, True], ids=["antes de init", "depois"])
def test_na_pasta_de_outra_instalacao_nada_e_gravado(config: Configuracao, conhecida: bool) -> None:
    if conhecida:
        instalacao.criar(config.dados, AGORA)
    for p in "ab":
        inicializar(config.raiz / p, "u", AGORA, "rota 1", OUTRA)
    antes = [vista(config.raiz / p) for p in "ab"]
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert [("é de outra instalação" in a.mensagem, a.estado) for a in pastas] == [(True, ERRO)] * 2
    assert [vista(config.raiz / p) for p in "ab"] == antes


@pytest.mark.requisito("FRO-01")
def test_pasta_que_outra_toma_no_meio_da_conferencia_nao_e_provada(
    config: Configuracao, monkeypatch: pytest.MonkeyPatch
) -> None:
    for p in "ab":
        inicializar(config.raiz / p, "u", AGORA, "rota 1", OUTRA)
    antes = [vista(config.raiz / p) for p in "ab"]
    monkeypatch.setattr(faixas, "conferir", lambda *_a, **_k: [])
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert estados(pastas) == [ERRO, ERRO]
    assert [vista(config.raiz / p) for p in "ab"] == antes


@pytest.mark.requisito("FRO-01")
@pytest.mark.parametrize("ilegivel", [False, True])
def test_com_os_dados_copiados_nada_e_gravado_nas_pastas_da_original(config: Configuracao, ilegivel: bool) -> None:
    original = config.raiz / "original"
    original.mkdir()
    quem = instalacao.quem(instalacao.criar(original, AGORA))
    (config.dados / instalacao.ARQUIVO).write_bytes(b"" if ilegivel else (original / instalacao.ARQUIVO).read_bytes())
    for p in "ab":
        inicializar(config.raiz / p, "u", AGORA, "rota 1", quem)
    antes = [vista(config.raiz / p) for p in "ab"]
    _, *achados = list(verificacoes.pastas(config, {}))
    assert estados(achados) == [ERRO]
    assert "--mesma-instalacao" in achados[0].o_que_fazer
    assert "--nova-instalacao" in achados[0].o_que_fazer
    assert [vista(config.raiz / p) for p in "ab"] == antes


@pytest.mark.requisito("FRO-01")
def test_na_nossa_pasta_a_prova_e_no_nosso_canto(config: Configuracao) -> None:
    quem = instalacao.quem(instalacao.criar(config.dados, AGORA))
    for p in "ab":
        inicializar(config.raiz / p, "u", AGORA, "rota 1", quem)
    propria = config.raiz / "a/.separador"
    antes, canto = propria.stat().st_mtime_ns, (propria / f"{quem.instalacao}-1").stat().st_mtime_ns
    _, *pastas = list(verificacoes.pastas(config, {}))
    assert estados(pastas) == [CERTO, CERTO]
    assert propria.stat().st_mtime_ns == antes
    assert (propria / f"{quem.instalacao}-1").stat().st_mtime_ns > canto
