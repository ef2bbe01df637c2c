"""Tests thousands of companies: in the vault, with files of the configuration, one swapped while the service works."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from separador.banco.conexao import Banco, abrir
from separador.capacidades.certificados.servico import em_uso
from separador.capacidades.certificados.servico.parte import AO_LIGAR, CertificadosEmUso
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.motor.trabalho import leitura
from separador.motor.trabalho.leitura import Assinadores, RecursosEnviados
from tests.apoio.autoridade import emitir
from tests.apoio.instalacao import Instalacao
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre

pytestmark = pytest.mark.requisito("OPS-13")
CPU_S = 5
ARQUIVOS = [pytest.param(200, id="200"), pytest.param(1_000, id="1000", marks=pytest.mark.longo)]
NO_COFRE = 3_000
TURNO_S, LIGAR_S = 0.1, 15.0


def digitos(base: str) -> str:
    """Returns the two check digits of a CNPJ of figures."""
    for _ in range(2):
        pesos = [2 + n % 8 for n in range(len(base))][::-1]
        resto = sum(int(c) * p for c, p in zip(base, pesos, strict=True)) % 11
        base += "0" if resto < 2 else str(11 - resto)
    return base[-2:]


def outras(quantas: int) -> list[Empresa]:
    return [
        replace(EMITENTE, cnpj=(base := f"{20_000_000 + n}0001") + digitos(base), nome=f"Filial {n} Ltda")
        for n in range(quantas)
    ]


class Contadas:
    """Counts what is loaded, in the order in which it is."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, nome: str, quem: Callable[..., str], onde: ModuleType = em_uso
    ) -> None:
        self.feitas: list[str] = []
        verdadeira: Callable[..., object] = getattr(onde, nome)

        def contada(*args: object) -> object:
            self.feitas.append(quem(*args))
            return verdadeira(*args)

        monkeypatch.setattr(onde, nome, contada)


@pytest.mark.parametrize("quantas", ARQUIVOS)
def test_arquivos_da_configuracao(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quantas: int) -> None:
    """The one that a file waits for comes before all others, and nothing is shown as wrong meanwhile."""
    todas = (*outras(quantas - 1), EMITENTE)
    with Instalacao(tmp_path, empresas=todas, com_certificado=False, aberta=False) as i:
        i.por_certificado(EMITENTE)
        contadas = Contadas(monkeypatch, "carregar", lambda empresa, *_: empresa.cnpj)
        i.abrir()
        assert len(contadas.feitas) == AO_LIGAR
        e = ex.cte(1, agora=i.agora, variante="uma-nota")
        i.por(1, e.nome, e.dados)
        for _ in range(60):
            antes = len(contadas.feitas)
            i.ciclo.passo()
            i.ponteiros.passar(0.5)
            assert len(contadas.feitas) - antes <= 1, "um turno abre um arquivo, e não mais"
            assert i.falhas(e.chave) == []
            if i.nomes(1):
                break
        assert i.nomes(1) == [f"{e.chave}-cte.xml"]
        assert contadas.feitas.index(EMITENTE.cnpj) < AO_LIGAR + 20
        parte = i.ciclo.parte(CertificadosEmUso)
        for _ in range(2 * quantas):
            if not parte.pode_mover():
                break
            i.ciclo.passo()
            i.ponteiros.passar(0.5)
        assert sorted(set(contadas.feitas)) == sorted(emp.cnpj for emp in todas)
        boas = len(contadas.feitas)
        (i.config.parent / f"{EMITENTE.cnpj}.pfx").touch()
        for _ in range(4):
            i.ciclo.passo()
            i.ponteiros.passar(0.5)
        assert EMITENTE.cnpj in contadas.feitas[boas:]
        assert contadas.feitas[boas:].count(EMITENTE.cnpj) == 1


def encher_cofre(dados: Path, banco: Banco, empresas: list[Empresa], modelo: str) -> None:
    """Gives each company a certificate of its own with the key of the model's."""
    cofre = abrir_cofre(dados, banco, {})
    assert isinstance(cofre, Cofre)
    linha = banco.uma("SELECT * FROM certificado WHERE apelido = ?", modelo)
    assert linha is not None
    chave = cofre.ler(linha["segredo_id"])
    colunas = [c for c in linha.keys() if c not in ("id", "empresa", "apelido", "segredo_id")]  # noqa: SIM118
    lista = ", ".join(colunas)
    with banco.transacao():
        for n, empresa in enumerate(empresas):
            segredo = cofre.guardar(f"chave:milhar-{n}", chave)
            banco.execute(
                f"INSERT INTO certificado (empresa, apelido, segredo_id, {lista})"
                f" SELECT ?, ?, ?, {lista} FROM certificado WHERE id = ?",
                (empresa.cnpj, f"milhar-{n}", segredo, linha["id"]),
            )


def test_no_cofre_uma_chave_sob_muitos_certificados(
    fazer: Callable[..., InstalacaoComCofre], monkeypatch: pytest.MonkeyPatch
) -> None:
    empresas = outras(NO_COFRE)
    com_cofre = fazer(empresas=(EMITENTE, *empresas))
    i = com_cofre.instalacao
    com_cofre.instalado(emitir(), "modelo")
    i.fechar()
    with closing(abrir(i.dados)) as banco:
        encher_cofre(i.dados, banco, empresas, "modelo")
    contadas = Contadas(monkeypatch, "do_cofre", lambda linha, *_: linha["empresa"])
    i.abrir()
    assert len(contadas.feitas) == NO_COFRE + 1
    assert len(i.ciclo.contexto.certificados) == NO_COFRE + 1
    antes = i.ciclo._recursos_enviados()
    contadas.feitas.clear()
    olhados = Contadas(monkeypatch, "_estado", lambda arquivo: arquivo.name)
    i.ciclo.passo()
    assert set(olhados.feitas) == {chave_mestra.ARQUIVO}, "o arquivo de quem tem padrão no cofre não é olhado"
    restauradas = Contadas(monkeypatch, "restaurar", lambda _: "", onde=leitura)
    com_cofre.instalado(emitir(qual=2), "novo", padrao=True)
    e = ex.cte(1, agora=i.agora, variante="uma-nota")
    i.por(1, e.nome, e.dados)
    i.rodar()
    assert contadas.feitas == [EMITENTE.cnpj], "só o que mudou é carregado de novo"
    assert i.nomes(1) == [f"{e.chave}-cte.xml"]
    assert len(restauradas.feitas) == 1, "de milhares de chaves, só a que assina"
    mudanca = i.ciclo._recursos_enviados().desde(antes)
    assert list(mudanca.segredos) == [EMITENTE.cnpj], "os processos recebem só o que mudou"
    assert mudanca.sem == ()


def test_um_processo_restaura_uma_chave_quando_ela_assina(monkeypatch: pytest.MonkeyPatch) -> None:
    segredos = {e.cnpj: emitir().certificado for e in outras(3)}
    restauradas: list[object] = []
    monkeypatch.setattr(leitura, "restaurar", restauradas.append)
    monkeypatch.setattr(leitura, "Assinador", lambda c: c)
    tudo = RecursosEnviados("2", segredos)  # type: ignore[arg-type]
    recursos = tudo.montar()
    assert len(recursos.assinadores) == 3
    assert restauradas == []
    um, dois, tres = segredos
    assert um in recursos.assinadores
    _ = recursos.assinadores[um], recursos.assinadores[um]
    assert len(restauradas) == 1
    depois = RecursosEnviados("2", {um: segredos[um], dois: segredos[tres]})  # type: ignore[dict-item]
    feitos = depois.desde(tudo).montar(recursos)
    assert isinstance(feitos.assinadores, Assinadores)
    assert feitos.assinadores.segredos == depois.segredos
    assert tres not in feitos.assinadores


def test_config_conferir_de_tres_mil_empresas(tmp_path: Path) -> None:
    """The process may use five seconds of CPU, and dies if it wants more."""
    empresas = [
        {"cnpj": e.cnpj, "nome": e.nome, "uf": e.uf, "certificado": {"arquivo": f"{e.cnpj}.pfx", "senha": {"env": "S"}}}
        for e in outras(3_000)
    ]
    rota = {"id": 1, "ativo": True, "regra": "mover", "origem": "e", "destino": "s", "arquivo": ".txt"}
    config = tmp_path / "separador.yaml"
    tudo = {"raiz": ".", "dados": "var", "ambiente": "homologacao", "empresas": empresas, "rotas": [rota]}
    config.write_text(yaml.safe_dump(tudo, allow_unicode=True, sort_keys=False), encoding="utf-8")
    feito = subprocess.run(
        [sys.executable, "-m", "separador", "--config", str(config), "config", "conferir"],
        env=os.environ | {"S": "x"}, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S)),
    )  # fmt: skip
    assert feito.returncode == 0, feito.stderr[-500:]


@pytest.mark.longo
def test_nenhum_turno_passa_de_cem_milesimos(fazer: Callable[..., InstalacaoComCofre]) -> None:
    empresas = outras(NO_COFRE)
    com_cofre = fazer(empresas=(EMITENTE, *empresas))
    i = com_cofre.instalacao
    com_cofre.instalado(emitir(), "modelo")
    i.fechar()
    with closing(abrir(i.dados)) as banco:
        encher_cofre(i.dados, banco, empresas, "modelo")
    inicio = time.process_time()
    i.abrir()
    assert time.process_time() - inicio < LIGAR_S
    demorados: list[float] = []
    for n in range(40):
        if n == 10:
            com_cofre.instalado(emitir(qual=2), "novo", padrao=True)
        e = ex.cte(n + 1, agora=i.agora, variante="uma-nota")
        i.por(1, e.nome, e.dados)
        antes = time.process_time()
        i.ciclo.passo()
        demorados.append(time.process_time() - antes)
        i.ponteiros.passar(0.5)
    assert max(demorados) < TURNO_S, sorted(demorados)[-5:]
