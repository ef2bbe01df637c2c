"""Tests the service as a process that is killed in the middle of the import: nothing is done twice or by half."""

import dataclasses
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from separador.capacidades.ecac.dominio.arrecadacao import canonico
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Falha, Outorga
from tests.apoio.instalacao_ecac import csv_de
from tests.apoio.maquina_ecac import MaquinaEcac
from tests.apoio.posse import restos
from tests.apoio.serpro_local import SerproEmFio

_FALHAS = (
    Falha("503", chance=0.02, vezes=10**6),
    Falha("silencio", servico="COMPARRECADACAO72", chance=0.01, vezes=10**6),
    Falha("silencio", servico="PAGAMENTOS71", chance=0.01, vezes=10**6),
    Falha("corta", servico="COMPARRECADACAO72", chance=0.01, vezes=10**6),
    Falha("pdf-cortado", servico="COMPARRECADACAO72", pular=5, vezes=1),
    Falha("pdf-de-outro", servico="COMPARRECADACAO72", pular=9, vezes=1),
    Falha("dados-tortos", servico="PAGAMENTOS71", pular=3, vezes=1),
    Falha("401", pular=15, vezes=1),
)


def _hoje() -> Any:
    return (datetime.now(UTC) - timedelta(hours=3)).date()


@pytest.mark.parametrize(
    ("empresas", "guias", "pagas"),
    [
        pytest.param(10, 60, 40, id="amostra"),
        pytest.param(200, 2000, 1400, id="inteiro", marks=[pytest.mark.longo, pytest.mark.timeout(3600)]),
    ],
)
@pytest.mark.requisito("ECAC-04", "ECAC-05", "ECAC-06", "ECAC-07")
def test_duas_quedas_e_falhas_ao_acaso(tmp_path: Path, empresas: int, guias: int, pagas: int) -> None:
    """Exactly the paid guides are settled, with one verified receipt each. Every irregularity is shown, and the ledgers
    are equal."""
    base = contribuintes.gerar(empresas, guias, pagas, hoje=_hoje())
    cenario, espera = _com_irregularidades(base)
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        maquina = MaquinaEcac(tmp_path / "maquina", cenario, serpro)
        with maquina:
            _importar_ate_o_fim(maquina, serpro, espera, pagas)
            maquina.parar()
        _conferir(maquina, serpro, cenario, espera, pagas)


class _Espera:
    """The results that the import must have."""

    def __init__(self, csv: bytes, sem_guia: int, divergentes: int, sem_procuracao: str) -> None:
        self.csv, self.sem_guia, self.divergentes, self.sem_procuracao = csv, sem_guia, divergentes, sem_procuracao


def _com_irregularidades(base: Cenario) -> tuple[Cenario, _Espera]:
    """Adds a company without procuração with a paid document, payments without guide, and guides of another value."""
    hoje = _hoje()
    extras = contribuintes.gerar(len(base.contribuintes) + 1, len(base.documentos) + 8, 0, hoje=hoje).documentos
    novos = [d for d in extras if d.numero not in {x.numero for x in base.documentos}][-8:]
    longe = timedelta(days=3650)  # a period of its own: no guide of another is about it
    sem_guia = [
        dataclasses.replace(
            d, ni=base.contribuintes[i].ni, periodo=d.periodo - longe, arrecadacao=hoje - timedelta(days=3),
            registrado=hoje - timedelta(days=2),
        )
        for i, d in enumerate(novos[:4])
    ]  # fmt: skip
    negada = contribuintes.cnpj(len(base.contribuintes) + 5)
    do_negado = dataclasses.replace(novos[-1], ni=negada)
    nomes = (*base.contribuintes, dataclasses.replace(base.contribuintes[0], ni=negada, nome="SEM PROCURACAO LTDA"))
    cenario = dataclasses.replace(
        base, contribuintes=nomes, documentos=(*base.documentos, *sem_guia, do_negado), falhas=_FALHAS,
        outorgas=(*base.outorgas, Outorga(negada, CONTRATANTE, hoje - timedelta(days=30))),
    )  # fmt: skip
    pagos = [d for d in base.documentos if d.arrecadacao is not None]
    diferentes = {d.numero for d in pagos[:3]}
    csv = csv_de(_com_outro_valor(d) if d.numero in diferentes else d for d in (*base.documentos, do_negado))
    return cenario, _Espera(csv, len(sem_guia), len(diferentes), negada)


def _com_outro_valor(d: Any) -> Any:
    primeira = dataclasses.replace(d.partes[0], principal=d.partes[0].principal + Decimal("10.00"))
    return dataclasses.replace(d, partes=(primeira, *d.partes[1:]))


def _importar_ate_o_fim(maquina: MaquinaEcac, serpro: SerproEmFio, espera: _Espera, pagas: int) -> None:
    guias = maquina.pasta / "guias.csv"
    guias.write_bytes(espera.csv)
    maquina.exigir("ecac", "guias", "importar", str(guias), prazo_s=120)
    maquina.executar()
    quedas = [pagas // 3, 2 * pagas // 3]
    for _ in range(30):
        numero = _ordem(maquina)
        while True:
            comprovantes = maquina.um("SELECT count(*) FROM ecac_comprovante WHERE estado = 'arquivado'")
            if quedas and comprovantes >= quedas[0]:
                quedas.pop(0)
                maquina.matar()
                maquina.executar()
            estado = maquina.todas(f"SELECT estado FROM tarefa WHERE id = {numero}")[0]["estado"]
            if estado in ("feita", "recusada"):
                break
            maquina.esperar(lambda: True, 1)
        prontas = maquina.um("SELECT count(*) FROM ecac_guia WHERE estado = 'paga'")
        pendentes = maquina.um("SELECT count(*) FROM ecac_empresa WHERE pendente = 1 AND negada_ate IS NULL")
        if prontas == pagas and not pendentes and not quedas:
            return
    raise AssertionError(f"não terminou\n{maquina.fim_do_log()}")


def _ordem(maquina: MaquinaEcac) -> int:
    """Records an import order, as the command does, without waiting for its progress."""
    from separador.banco.conexao import abrir, texto_de
    from separador.banco.pedidos import registrar

    banco = abrir(maquina.dados, migrar=False)
    try:
        with banco.transacao():
            return registrar(banco, "ecac-importar", "*", json.dumps({"a3": False}), "so:teste", texto_de(_agora()))
    finally:
        banco.close()


def _agora() -> datetime:
    return datetime.now(UTC)


def _conferir(maquina: MaquinaEcac, serpro: SerproEmFio, cenario: Cenario, espera: _Espera, pagas: int) -> None:
    _conferir_guias(maquina, cenario, espera, pagas)
    _conferir_comprovantes(maquina, cenario, pagas)
    _conferir_ocorrencias(maquina, espera)
    _conferir_razao(maquina, serpro, pagas)


def _conferir_guias(maquina: MaquinaEcac, cenario: Cenario, espera: _Espera, pagas: int) -> None:
    pagos = {d.numero: d for d in cenario.documentos if d.arrecadacao is not None}
    guias = maquina.todas("SELECT * FROM ecac_guia")
    baixadas = [g for g in guias if g["pagamento"] is not None]
    assert len(baixadas) == pagas
    assert all(g["estado"] == "paga" for g in baixadas)
    for g in baixadas:
        assert g["pagamento"] == canonico(g["numero"])
        assert g["arrecadacao"] == pagos[g["numero"]].arrecadacao.isoformat()
    em_aberto = {g["estado"] for g in guias if g["pagamento"] is None and g["contribuinte"] != espera.sem_procuracao}
    assert em_aberto <= {"consultada"}
    (negada,) = [g for g in guias if g["contribuinte"] == espera.sem_procuracao]
    assert (negada["estado"], negada["sem_procuracao"]) == ("aberta", 1)


def _conferir_comprovantes(maquina: MaquinaEcac, cenario: Cenario, pagas: int) -> None:
    raiz = maquina.pasta / "out" / "ecac"
    arquivos = sorted(p for p in raiz.rglob("*.pdf") if ".separador" not in p.parts)
    assert len(arquivos) == pagas
    linhas = {r["caminho"]: r for r in maquina.todas("SELECT * FROM ecac_comprovante")}
    assert len(linhas) == pagas
    for arquivo in arquivos:
        linha = linhas[str(arquivo.relative_to(raiz))]
        assert hashlib.sha256(arquivo.read_bytes()).hexdigest() == linha["sha256"]
    for arquivo in arquivos[:: max(1, len(arquivos) // 20)]:
        texto = PdfReader(arquivo).pages[0].extract_text()
        assert linhas[str(arquivo.relative_to(raiz))]["numero"] in texto
    assert restos(raiz) == []


def _conferir_ocorrencias(maquina: MaquinaEcac, espera: _Espera) -> None:
    abertas = Counter(r["especie"] for r in maquina.todas("SELECT * FROM ecac_ocorrencia WHERE status = 'aberta'"))
    assert abertas == {"pago-sem-guia": espera.sem_guia, "valor-divergente": espera.divergentes, "sem-procuracao": 1}
    vistas = {r["especie"] for r in maquina.todas("SELECT DISTINCT especie FROM ecac_ocorrencia")}
    assert {"recibo-recusado", "inconclusivo"} <= vistas  # the faults were shown, and are resolved


def _conferir_razao(maquina: MaquinaEcac, serpro: SerproEmFio, pagas: int) -> None:
    """Checks that every call that SERPRO saw is in our ledger with the same outcome. The others are unanswered
    there."""
    nossas = {r["etiqueta"]: r for r in maquina.todas("SELECT * FROM ecac_chamada WHERE enviada = 1")}
    deles = {c.etiqueta: c for c in serpro.chamadas() if c.caminho != "/authenticate" and c.servico}
    assert set(deles) <= set(nossas)
    assert all(not nossas[e]["respondida"] for e in set(nossas) - set(deles))
    for etiqueta, c in deles.items():
        if nossas[etiqueta]["respondida"]:
            assert (nossas[etiqueta]["http"], bool(nossas[etiqueta]["cobrada"])) == (c.http, c.cobrada), c
        elif c.caminho in ("/Consultar", "/Emitir"):
            assert nossas[etiqueta]["cobrada"]
    # No receipt that was delivered whole is asked for again. So there is at most one good answer per document, and for
    # each kill one more that was answered and not yet stored.
    boas = Counter(
        c.numero for c in deles.values() if c.servico == "COMPARRECADACAO72" and c.http == 200 and not c.falha
    )
    assert sum(n - 1 for n in boas.values()) <= 2, boas.most_common(3)


def test_parar_no_meio_e_continuar_ao_ligar(tmp_path: Path) -> None:
    """SIGTERM ends the import between two calls. The order is not answered, and goes on by itself at the next start."""
    base = contribuintes.gerar(3, 30, 25, hoje=_hoje())
    cenario = dataclasses.replace(
        base, falhas=(Falha("demora", servico="COMPARRECADACAO72", vezes=10**6, segundos=0.05),)
    )
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro, MaquinaEcac(tmp_path / "m", cenario, serpro) as maquina:
        guias = maquina.pasta / "guias.csv"
        guias.write_bytes(csv_de(cenario.documentos))
        maquina.exigir("ecac", "guias", "importar", str(guias))
        maquina.executar()
        numero = _ordem(maquina)
        arquivados = "SELECT count(*) FROM ecac_comprovante WHERE estado = 'arquivado'"
        maquina.esperar(lambda: maquina.um(arquivados) >= 5, 60)
        assert maquina.parar() == 0
        assert 5 <= maquina.um(arquivados) < 25
        maquina.executar()
        maquina.esperar(lambda: maquina.um(arquivados) == 25, 90)
        maquina.esperar(lambda: maquina.todas(f"SELECT * FROM tarefa WHERE id = {numero}")[0]["estado"] == "feita", 60)
        boas = Counter(c.numero for c in serpro.chamadas("COMPARRECADACAO72") if c.http == 200)
        assert set(boas.values()) == {1}
