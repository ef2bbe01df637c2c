"""Tests who issues and who is only a client: known from keys, documents and routes, or said."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from separador.banco.conexao import Banco, abrir
from separador.capacidades.certificados.cli.verificacoes import certificados
from separador.capacidades.certificados.servico.papeis import que_emitem, sem_papel
from separador.cli.base.constatacao import Exame
from separador.configuracao import Conferida, Configuracao
from separador.configuracao.carregamento import interpretar

CARGA, CLIENTE, OUTRO = "11222333000181", "66777888000181", "60701190000104"
ECAC = {"utiliza": True, "inicio": "2026-01-01", "procurador": CARGA}
ROTA = {"id": 1, "regra": "cte-envio", "origem": "in", "destino": "out", "arquivo": "-cte.xml"}


def _config(*empresas: dict[str, object], rotas: tuple[dict[str, object], ...] = (ROTA,)) -> Configuracao:
    secao = {"contratante": CARGA, "chave_consumidor": {"cofre": "a"}, "segredo_consumidor": {"cofre": "b"}}
    tudo = {
        "raiz": ".",
        "empresas": [{"nome": "X", "uf": "SP"} | e for e in empresas],
        "rotas": list(rotas),
        "ecac": secao,
    }
    lida = interpretar(yaml.safe_dump(tudo).encode(), Path("/x/separador.yaml"))
    assert isinstance(lida, Conferida), lida
    return lida.configuracao


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    with closing(abrir(tmp_path)) as aberto:
        yield aberto


@pytest.mark.requisito("ECAC-11")
def test_o_cliente_do_ecac_nao_emite_quando_outra_emite(banco: Banco) -> None:
    carga = {"cnpj": CARGA, "certificado": {"arquivo": "a.pfx"}}
    assert que_emitem(_config(carga, {"cnpj": CLIENTE, "ecac": ECAC}), banco) == {CARGA}
    assert que_emitem(_config(carga, {"cnpj": CLIENTE}), banco) == {CARGA, CLIENTE}
    assert que_emitem(_config({"cnpj": CLIENTE, "ecac": ECAC}, rotas=()), None) == frozenset()
    # the only company of an installation that transmits must be warned, though it uses the e-CAC
    assert que_emitem(_config({"cnpj": CLIENTE, "ecac": ECAC}), banco) == {CLIENTE}


@pytest.mark.requisito("ECAC-11")
def test_o_papel_dito_vale_e_uma_empresa_pode_ser_os_dois(banco: Banco) -> None:
    ambos = {"cnpj": CLIENTE, "ecac": ECAC, "papel": "emite"}
    config = _config(ambos, {"cnpj": OUTRO, "papel": "cliente"})
    assert que_emitem(config, banco) == {CLIENTE}
    assert config.empresas[0].ecac.utiliza


@pytest.mark.requisito("ECAC-11")
def test_quem_tem_certificado_de_assinatura_no_cofre_emite(banco: Banco) -> None:
    config = _config({"cnpj": CARGA, "papel": "emite"}, {"cnpj": CLIENTE, "ecac": ECAC})
    for uso, emitem in (("procurador", {CARGA}), ("assinatura", {CARGA, CLIENTE})):
        banco.execute(
            "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, validade_de,"
            " validade_ate, token, instalado_em, instalado_por, origem) VALUES (?, ?, ?, 'A3', 0, x'00', x'00',"
            " 's', 't', '2026', '2027', '{}', '2026', 'q', 'o')",
            (CLIENTE, uso, uso),
        )
        assert que_emitem(config, banco) == emitem
    assert que_emitem(replace(config, empresas=()), sqlite3.connect(":memory:")) == frozenset()


@pytest.mark.requisito("ECAC-11")
def test_de_quem_nada_se_sabe_e_dito_e_do_cliente_nao(banco: Banco) -> None:
    propria = {"utiliza": True, "inicio": "2026-01-01"}
    carga = {"cnpj": CARGA, "papel": "emite"}
    nova = {"cnpj": OUTRO, "nome": "NOVA", "ecac": propria}
    config = _config(carga, nova, {"cnpj": CLIENTE, "ecac": ECAC})
    assert [e.cnpj for e in sem_papel(config, banco)] == [OUTRO]
    exame = Exame(config, banco.conn, {}, datetime(2026, 11, 20, tzinfo=UTC), ligado=False)
    (nota,) = [c for c in certificados(exame) if c.verificacao == "papel das empresas"]
    assert nota.mensagem == "Nada diz se emitem documentos: NOVA."
    assert "papel: emite" in nota.o_que_fazer
    for dito in ({"papel": "cliente"}, {"papel": "emite"}, {"ecac": propria | {"acesso": "código de acesso"}}):
        assert sem_papel(_config(carga, nova | dito), banco) == []
    assert sem_papel(_config(carga, nova, rotas=()), banco) == []
    com_logo = _config(carga, nova | {"logo": "logo.png"})
    assert (que_emitem(com_logo, banco), sem_papel(com_logo, banco)) == ({CARGA, OUTRO}, [])
    # the carrier that has nothing yet is no reason to warn its clients
    assert que_emitem(_config({"cnpj": OUTRO}, {"cnpj": CLIENTE, "ecac": ECAC}), banco) == {OUTRO}
