"""Tests that a mistake in the YAML does not blind the operator while the service runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("BORDA-21")
ROTA = [{"id": 1, "ativo": True, "regra": "mover", "origem": "e", "destino": "s", "arquivo": ".txt"}]
CHAVE = "35260712ABC34501DE35570010000001231123456784"
COMANDOS = [
    ("situacao",), ("log",), ("rastrear", "a.txt"), ("rastrear", "nao-ha.txt"), ("cte", "listar"),
    ("cte", "ver", CHAVE), ("cte", "consultar", CHAVE), ("auditoria", "listar"), ("auditoria", "conferir"),
    ("falhas", "dispensar", "99", "--motivo", "x"),
]  # fmt: skip


@pytest.fixture
def m(tmp_path: Path) -> Iterator[Maquina]:
    with Maquina(tmp_path, rotas=ROTA, com_certificado=False, reserva_disco_mb=0) as maquina:
        maquina.executar()
        maquina.soltar(1, "a.txt", b"a")
        maquina.esperar(lambda: maquina.saida(1) == ["a.txt"])
        yield maquina


def estragar(m: Maquina) -> None:
    m.config.write_text(m.config.read_text(encoding="utf-8") + "rotas: [\n", encoding="utf-8")


def test_os_comandos_seguem_com_a_ultima_boa_e_os_mesmos_codigos(m: Maquina) -> None:
    antes = [m.cli(*c) for c in COMANDOS]
    estragar(m)
    for comando, feito in zip(COMANDOS, antes, strict=True):
        agora = m.cli(*comando)
        assert agora.returncode == feito.returncode, f"{comando}\n{feito.stderr}\n{agora.stderr}"
        extra, *resto = agora.stderr.splitlines()
        assert extra.startswith(f"Atenção: {m.config} tem um erro")
        assert "linha " in extra
        assert "\n".join(resto) == feito.stderr.strip()
    m.esperar(lambda: "SEP-CONFIGURACAO" in [f["codigo"] for f in m.json("falhas")])
    m.exigir("falhas", codigo=1)


def test_o_que_muda_a_configuracao_ou_liga_o_servico_continua_a_recusar(m: Maquina) -> None:
    estragar(m)
    for comando in (("config", "conferir"), ("rotas", "listar"), ("iniciar",), ("reiniciar",), ("verificar",)):
        assert "última configuração boa" not in m.exigir(*comando, codigo=2).stderr


def test_parar_para_e_depois_de_parado_nada_se_inventa(m: Maquina) -> None:
    estragar(m)
    m.exigir("parar")
    m.esperar(lambda: m.servico is not None and m.servico.poll() is not None)
    assert "última configuração boa" not in m.exigir("situacao", codigo=2).stderr
    m.exigir("uma-vez", codigo=2)


def test_os_direitos_valem_tambem_com_a_ultima_boa(m: Maquina) -> None:
    m.exigir("usuario", "incluir", "ana@x.com", "--nome", "Ana", "--nivel", "administrador")
    estragar(m)
    assert "Há usuários cadastrados" in m.exigir("parar", codigo=1).stderr
    assert m.servico is not None
    assert m.servico.poll() is None


def test_a_copia_acompanha_a_configuracao_que_o_servico_adota(m: Maquina) -> None:
    m.rotas.append(ROTA[0] | {"id": 2, "origem": "e2", "destino": "s2"})
    m.gravar_config()
    m.esperar(lambda: "e2" in (m.dados / "configuracao-boa.yaml").read_text(encoding="utf-8"))
    estragar(m)
    assert [r["id"] for r in m.json("situacao")["rotas"]] == [1, 2]


def test_o_arquivo_que_sumiu_tambem(m: Maquina) -> None:
    m.config.unlink()
    assert m.json("situacao")["servico"]["ativo"] is True
