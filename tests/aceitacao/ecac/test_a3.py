"""Tests the import by the A3 certificate: the token signs the termo, on demand and never by schedule."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CONTRATANTE
from tests.apoio.autoridade import SENHA, emitir
from tests.apoio.instalacao_ecac import csv_de, empresa
from tests.apoio.maquina_ecac import MaquinaEcac
from tests.apoio.serpro_local import SerproEmFio
from tests.apoio.token_de_teste import PIN, TokenDeTeste

ESCRITORIO = "66777888000181"


@pytest.mark.requisito("ECAC-01", "ECAC-02")
def test_o_token_assina_o_termo_so_quando_se_pede(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agora = datetime.now(UTC)
    base = contribuintes.gerar(2, 8, 6, hoje=(agora - timedelta(hours=3)).date())
    da_a3, da_a1 = (c.ni for c in base.contribuintes)
    cenario = dataclasses.replace(base, outorgas=tuple(o for o in base.outorgas if o.outorgante == da_a1))
    token = TokenDeTeste.em(tmp_path / "softhsm", monkeypatch)
    token.iniciar()
    token.por(emitir(cnpj=da_a3, nome="EMPRESA DO TOKEN LTDA", de=agora - timedelta(days=1)), "01")
    dadas = [
        empresa(da_a3, "EMPRESA DO TOKEN LTDA", acesso="certificado A3", procurador=None),
        empresa(da_a1, "EMPRESA DO ESCRITORIO LTDA"),
    ]
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro, empresas_ecac=dadas)
        m.exigir("cofre", "chave")
        m.exigir(
            "certificado", "instalar", "--a3", "--modulo", token.modulo, "--apelido", "token", "--empresa", da_a3,
            "--senha-stdin", entrada=PIN + "\n",
        )  # fmt: skip
        (tmp_path / "guias.csv").write_bytes(csv_de(cenario.documentos))
        m.exigir("ecac", "guias", "importar", str(tmp_path / "guias.csv"))
        with m:
            m.executar()
            m.exigir("ecac", "importar", prazo_s=120)
            pagas = {g["empresa"] for g in m.json("ecac", "guias", "listar", "--situacao", "paga")}
            assert pagas == {da_a1}
            assert not any(da_a3 in c.contribuinte for c in serpro.chamadas())
            errado = m.exigir("ecac", "importar", "--a3", "--pin-stdin", codigo=1, entrada="errado\n")
            assert "Nada foi mudado" in errado.stderr
            feito = m.exigir("ecac", "importar", "--a3", "--pin-stdin", prazo_s=120, entrada=PIN + "\n")
            assert "assinado pelo token" in feito.stderr
            pagas = {g["empresa"] for g in m.json("ecac", "guias", "listar", "--situacao", "paga")}
            assert pagas == {da_a1, da_a3}
        assert {c.http for c in serpro.chamadas("ENVIOXMLASSINADO81")} == {200}
        assert {c.autor for c in serpro.chamadas("PAGAMENTOS71")} == {da_a3, CONTRATANTE}
        tudo = b"".join(p.read_bytes() for p in m.pasta.rglob("*") if p.is_file())
        assert PIN.encode() not in tudo


@pytest.mark.requisito("PROC-06", "ECAC-09")
def test_um_acesso_a1_nao_toma_o_lugar_do_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's access covers the company of the token. `--a3` still asks for the PIN, and asks by the company."""
    agora = datetime.now(UTC)
    cenario = contribuintes.gerar(1, 4, 3, hoje=(agora - timedelta(hours=3)).date())
    (cnpj,) = (c.ni for c in cenario.contribuintes)
    token = TokenDeTeste.em(tmp_path / "softhsm", monkeypatch)
    token.iniciar()
    token.por(emitir(cnpj=cnpj, nome="EMPRESA DO TOKEN LTDA", de=agora - timedelta(days=1)), "01")
    dada = empresa(cnpj, "EMPRESA DO TOKEN LTDA", acesso="certificado A3", procurador=None)
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro, empresas_ecac=[dada])
        m.exigir("cofre", "chave")
        m.exigir(
            "certificado", "instalar", "--a3", "--modulo", token.modulo, "--apelido", "token", "--empresa", cnpj,
            "--senha-stdin", entrada=PIN + "\n",
        )  # fmt: skip
        (m.pasta / "e.pfx").write_bytes(emitir(ESCRITORIO, nome="E", de=agora - timedelta(days=1), qual=1).pfx())
        m.exigir("procuracao", "escritorio", ESCRITORIO, "--nome", "E")
        m.exigir(
            "procuracao", "incluir", "CERT ECAC", "--escritorio", ESCRITORIO, "--esfera", "federal", "--tipo",
            "certificado", "--pfx", str(m.pasta / "e.pfx"), "--cliente", cnpj, "--senha-stdin", entrada=SENHA + "\n",
        )  # fmt: skip
        with m:
            m.executar()
            feito = m.exigir("ecac", "importar", "--a3", "--pin-stdin", entrada=PIN + "\n", prazo_s=120)
            assert f"Termo de autorização de {cnpj} assinado pelo token" in feito.stderr
            assert {(c.autor, c.contribuinte) for c in serpro.chamadas("PAGAMENTOS71")} == {(cnpj, cnpj)}
