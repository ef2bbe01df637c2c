"""Walks through the office's day by commands, against the local SERPRO and SEFAZ: accesses that are used, companies
that are told apart, words that are true."""

import copy
import dataclasses
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import EMITENTE
from separador.nucleo.chave import compor
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CONTRATANTE, Cenario, Outorga
from tests.apoio.autoridade import SENHA, emitir
from tests.apoio.instalacao_ecac import csv_de, empresa
from tests.apoio.maquina import Maquina
from tests.apoio.maquina_ecac import MaquinaEcac
from tests.apoio.sefaz_local import SefazEmFio
from tests.apoio.serpro_local import SerproEmFio

AGORA = datetime.now(UTC)
HOJE: date = (AGORA - timedelta(hours=3)).date()
ESCRITORIO, OUTRO_ESCRITORIO = "66777888000181", "60701190000104"
PARA_SEMPRE = date(2099, 12, 31)
DE_TERCEIRO = compor(
    uf="43", aamm=f"{HOJE:%y%m}", cnpj="99887766000105", modelo="57", serie=1, numero=77, tp_emis="1",
    codigo="12345678",
)  # fmt: skip
SEGREDO = "Sefaz#Mato-Grosso-9431"
RESTA_S = 10
"""Bounds the command that installs a certificate before it ends. The second at which the words change is proven with
the clock of the test (tests/integracao/certificados/test_vencido.py)."""


def _cenario(quantas: int, *outorgados: str, pagas: int = 4) -> Cenario:
    """Returns companies that gave their procuração to each of `outorgados`, two guides each."""
    base = contribuintes.gerar(quantas, 2 * quantas, pagas, hoje=HOJE)
    dadas = tuple(Outorga(c.ni, quem, PARA_SEMPRE) for c in base.contribuintes for quem in outorgados)
    return dataclasses.replace(base, outorgas=dadas)


@contextmanager
def _maquina(
    pasta: Path, cenario: Cenario, dadas: list[dict[str, Any]], **ecac: Any
) -> Iterator[tuple[MaquinaEcac, SerproEmFio]]:
    with SerproEmFio(pasta / "serpro", cenario) as serpro:
        m = MaquinaEcac(pasta / "maquina", cenario, serpro, empresas_ecac=dadas, **ecac)
        (m.pasta / "g.csv").write_bytes(csv_de(cenario.documentos))
        m.exigir("ecac", "guias", "importar", "g.csv")
        with m:
            yield m, serpro


def _pfx(m: Maquina, cnpj: str, nome: str, *, dias: float = 90, qual: int = 0) -> str:
    arquivo = m.pasta / f"{nome.replace(' ', '-')}.pfx"
    arquivo.write_bytes(emitir(cnpj, nome=nome, de=AGORA - timedelta(days=1), dias=dias, qual=qual).pfx())
    return str(arquivo)


def _acesso(m: Maquina, nome: str, *clientes: str, de: str = ESCRITORIO, **certificado: Any) -> None:
    """Registers the office and its access, certificate and all, in one step."""
    m.exigir("procuracao", "escritorio", de, "--nome", f"Escritório {de[:2]}")
    m.exigir(
        "procuracao", "incluir", nome, "--escritorio", de, "--esfera", "federal", "--tipo", "certificado", "--pfx",
        _pfx(m, de, nome, **certificado), *(x for c in clientes for x in ("--cliente", c)), "--senha-stdin",
        entrada=f"{SENHA}\n",
    )  # fmt: skip


def _importar(m: MaquinaEcac, codigo: int) -> dict[str, dict[str, Any]]:
    """Imports, and demands the exit code. Returns what came of each company."""
    feito = m.exigir("ecac", "importar", "--json", codigo=codigo, prazo_s=120)
    return {e["cnpj"]: e for e in json.loads(feito.stdout)["empresas"]}


def _empresas(m: MaquinaEcac) -> dict[str, dict[str, Any]]:
    return {e["cnpj"]: e for e in m.json("ecac", "empresas")}


def _perguntas(serpro: SerproEmFio) -> set[tuple[str, str]]:
    """Returns (author, company) of every question about payments."""
    return {(c.autor, c.contribuinte) for c in serpro.chamadas("PAGAMENTOS71")}


@pytest.mark.requisito("PROC-06", "ECAC-09")
def test_1_um_acesso_cadastrado_e_usado(tmp_path: Path) -> None:
    cenario = _cenario(3, ESCRITORIO, OUTRO_ESCRITORIO, CONTRATANTE)
    um, outro, do_yaml = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "UM", procurador=None), empresa(outro, "OUTRO", procurador=None), empresa(do_yaml, "YAML")]
    with _maquina(tmp_path, cenario, dadas) as (m, serpro):
        _acesso(m, "CERT ECAC", um, outro, do_yaml)
        m.executar()
        feitas = _importar(m, 0)
        do_acesso = f"o acesso CERT ECAC (escritório {ESCRITORIO})"
        assert {e["por"] for c, e in feitas.items() if c != do_yaml} == {do_acesso}
        assert _perguntas(serpro) == {(ESCRITORIO, um), (ESCRITORIO, outro), (CONTRATANTE, do_yaml)}
        vistas = _empresas(m)
        assert (vistas[um]["por"], vistas[um]["por_ate"][:4]) == (do_acesso, f"{AGORA + timedelta(days=89):%Y}")
        assert vistas[do_yaml]["por"] == "o procurador da configuração"
        assert f"e não {do_acesso}" in vistas[do_yaml]["aviso_do_acesso"]
        assert "CERT ECAC" in m.exigir("ecac", "empresas").stdout
        acesso = m.json("procuracao", "ver", "CERT ECAC")
        assert {u["cliente"]: u["ultimo"] is not None for u in acesso["em_uso_por"]} == {um: True, outro: True}
        assert acesso["ultimo_uso"] is not None
        assert "em uso por: UM (e-CAC, " in m.exigir("procuracao", "ver", "CERT ECAC").stdout
        _acesso(m, "LONGO", um, de=OUTRO_ESCRITORIO, dias=200, qual=1)
        um_agora = _empresas(m)[um]
        assert um_agora["por"] == f"o acesso LONGO (escritório {OUTRO_ESCRITORIO})"
        assert "mais de um acesso serve; vale o de prazo maior" in um_agora["aviso_do_acesso"]


@pytest.mark.requisito("PROC-06", "PROC-08")
def test_1_e_3_de_um_login_se_guarda_e_se_avisa_e_nao_se_entra(tmp_path: Path) -> None:
    cenario = _cenario(1, CONTRATANTE, pagas=1)
    with _maquina(tmp_path, cenario, [empresa(cenario.contribuintes[0].ni, "UM")]) as (m, serpro):
        m.exigir("procuracao", "escritorio", ESCRITORIO, "--nome", "Escritório")
        incluido = m.exigir(
            "procuracao", "incluir", "MT CLIENTE X", "--escritorio", ESCRITORIO, "--esfera", "estadual", "--tipo",
            "login", "--login", "fulano", "--orgao", "sefaz/mt", "--cliente", cenario.contribuintes[0].ni,
            "--senha-stdin", entrada=f"{SEGREDO}\n",
        )  # fmt: skip
        assert "Vale até " in incluido.stdout
        m.executar()
        _importar(m, 0)
        assert {c.autor for c in serpro.chamadas("PAGAMENTOS71")} == {CONTRATANTE}
        texto = m.exigir("procuracao", "ver", "MT CLIENTE X").stdout
        for trecho in (f"quem guarda: Escritório ({ESCRITORIO})", "não entra sozinho no portal", "em uso por: ninguém"):
            assert trecho in texto
        assert SEGREDO not in texto
        assert m.json("procuracao", "ver", "MT CLIENTE X")["validade_meses"] == 3
        desconhecido = m.exigir(
            "procuracao", "incluir", "X", "--escritorio", ESCRITORIO, "--esfera", "federal", "--tipo", "certificado",
            "--certificado", "nenhum", codigo=1,
        )  # fmt: skip
        assert "não tem certificado com o apelido nenhum" in desconhecido.stderr


@pytest.mark.requisito("PROC-07", "ECAC-09")
def test_2_desativar_so_tira_o_que_dependia_do_acesso(tmp_path: Path) -> None:
    cenario = _cenario(2, ESCRITORIO)
    com_a1, sem_nada = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(com_a1, "COM A1", procurador=None), empresa(sem_nada, "SEM NADA", procurador=None)]
    with _maquina(tmp_path, cenario, dadas) as (m, serpro):
        m._empresas[0]["ecac"] = {"utiliza": True, "inicio": "2026-01-01", "acesso": "certificado A1"}
        m.gravar_config()
        proprio = _pfx(m, com_a1, "proprio", qual=1)
        m.exigir("certificado", "instalar", proprio, "--empresa", com_a1, "--apelido", "proprio", "--senha-stdin",
                 entrada=f"{SENHA}\n")  # fmt: skip
        _acesso(m, "CERT ECAC", CONTRATANTE, com_a1, sem_nada)
        assert "está em uso por" in m.exigir("procuracao", "excluir", "CERT ECAC", codigo=1).stderr
        m.exigir("procuracao", "desativar", "CERT ECAC")
        m.executar()
        feitas = _importar(m, 1)
        assert {c for c, e in feitas.items() if e["falhou"]} == {sem_nada}
        assert feitas[sem_nada]["situacao"] == "sem acesso"
        assert "desativado" in feitas[sem_nada]["detalhe"]
        assert _perguntas(serpro) == {(CONTRATANTE, CONTRATANTE), (com_a1, com_a1)}
        assert _empresas(m)[sem_nada]["situacao"] == "sem acesso"
        assert [o["ocorrencia"] for o in m.json("ecac", "ocorrencias")] == ["Acesso desativado"]
        assert "excluído" in m.exigir("procuracao", "excluir", "CERT ECAC").stdout
        assert "procuração excluída" in m.exigir("auditoria", "listar").stdout


@pytest.mark.requisito("PROC-07")
def test_2_tirar_o_cliente_de_um_acesso_desativado_diz_quem_volta(tmp_path: Path) -> None:
    cenario = _cenario(2, ESCRITORIO)
    um, outro = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(um, "UM", procurador=ESCRITORIO), empresa(outro, "OUTRO", procurador=None)]
    with _maquina(tmp_path, cenario, dadas) as (m, _):
        _acesso(m, "CERT ECAC", um, outro)
        m.exigir("procuracao", "desativar", "CERT ECAC")
        assert _empresas(m)[um]["autor"] is None
        so_o_nome = m.exigir("procuracao", "alterar", "CERT ECAC", "--novo-nome", "CERT").stdout
        assert so_o_nome.strip() == "Acesso CERT alterado."
        tirado = m.exigir("procuracao", "alterar", "CERT", "--cliente", outro).stdout
        assert f"vale de novo o procurador da configuração ({ESCRITORIO}) para UM (e-CAC): só este acesso" in tirado
        assert _empresas(m)[um]["autor"] == ESCRITORIO
        assert "OUTRO" not in tirado
        assert m.exigir("procuracao", "alterar", "CERT", "--sem-clientes").stdout.strip() == "Acesso CERT alterado."


@pytest.mark.requisito("ECAC-09", "ECAC-10")
def test_4_a_importacao_diz_de_cada_empresa(tmp_path: Path) -> None:
    cenario = _cenario(5, ESCRITORIO, OUTRO_ESCRITORIO)
    boa, negada, desligada, sem_servico, futura = (c.ni for c in cenario.contribuintes)
    dadas = [empresa(c.ni, f"EMPRESA {i}", procurador=None) for i, c in enumerate(cenario.contribuintes)]
    dadas[3]["ecac"]["servicos"] = ["desacordo"]
    dadas[4]["ecac"]["inicio"] = (HOJE + timedelta(days=30)).isoformat()
    with _maquina(tmp_path, cenario, dadas) as (m, serpro):
        _acesso(m, "CERT ECAC", boa, negada, sem_servico, futura)
        _acesso(m, "OUTRO", desligada, de=OUTRO_ESCRITORIO, qual=1)
        m.exigir("procuracao", "desativar", "OUTRO")
        serpro.arquivo.revogar(negada)
        m.executar()
        esperado = {
            negada: "bloqueada", desligada: "sem acesso", sem_servico: "recusada na configuração",
            futura: "início no futuro",
        }  # fmt: skip
        feitas = _importar(m, 1)
        ditas = {c: e["situacao"] for c, e in feitas.items()}
        assert ditas[boa] in {"consultada", "sem movimento"}  # the service may have asked by itself just before
        assert ditas == esperado | {boa: ditas[boa]}
        assert {c for c, e in feitas.items() if e["falhou"]} == {negada, desligada}
        assert {c: e["situacao"] for c, e in _empresas(m).items()} == ditas
        de_novo = m.exigir("ecac", "importar", codigo=1, prazo_s=120).stdout
        for trecho in ("sem movimento", "será consultada de novo depois de", "está desativado", "não está contratado"):
            assert trecho in de_novo
        assert _perguntas(serpro) == {(ESCRITORIO, boa), (ESCRITORIO, negada)}
        conferido = m.exigir("config", "conferir", codigo=1).stderr
        assert "a data de início está no futuro" in conferido


@pytest.mark.requisito("ECAC-09")
def test_4_quem_ficou_sem_vez_pelo_orcamento(tmp_path: Path) -> None:
    cenario = _cenario(2, CONTRATANTE)
    dadas = [empresa(c.ni, c.nome) for c in cenario.contribuintes]
    with _maquina(tmp_path, cenario, dadas, orcamento_dia=0) as (m, _):
        m.executar()
        feitas = _importar(m, 1)
        assert {e["situacao"] for e in feitas.values()} == {"orçamento esgotado"}
        assert all(e["falhou"] for e in feitas.values())


@pytest.mark.requisito("ECAC-10")
def test_5_sem_o_servico_contratado_o_desacordo_nao_sai(tmp_path: Path) -> None:
    desacordo = ("cte", "evento", "desacordo", DE_TERCEIRO, "--observacao", "O valor cobrado não é o contratado")
    with SefazEmFio(tmp_path / "sefaz") as sefaz:
        secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca)}
        with Maquina(tmp_path / "maquina", ambiente="simulado", sefaz=secao) as m:
            m._empresas[0]["ecac"] = {"servicos": ["e-CAC"]}
            m.gravar_config()
            m.executar()
            assert "o serviço desacordo não está contratado" in m.exigir(*desacordo, codigo=1).stderr
            assert sefaz.chamadas("evento") == []
            m._empresas[0]["ecac"] = {"servicos": ["e-CAC", "desacordo"]}
            m.gravar_config()
            m.esperar(lambda: m.cli(*desacordo).returncode == 0, motivo="o contratado não foi adotado")
            m.esperar(lambda: sefaz.chamadas("evento"), motivo="o evento não chegou à SEFAZ")


@pytest.mark.requisito("ECAC-11")
def test_6_quem_e_so_cliente_nao_e_avisado_de_certificado(tmp_path: Path) -> None:
    cenario = _cenario(1, CONTRATANTE, pagas=1)
    cliente = cenario.contribuintes[0].ni
    with _maquina(tmp_path, cenario, [empresa(cliente, "CLIENTE LTDA")]) as (m, _):
        m.executar()
        assert not [c for c in m.json("verificar") if c["verificacao"] == "certificado de CLIENTE LTDA"]
        assert "CLIENTE LTDA" not in m.exigir("certificado", "validade").stdout
        assert m.cli("falhas").stdout.strip() == "Nenhuma falha."
        m._empresas[1]["papel"] = "emite"
        m.gravar_config()
        (avisada,) = [c for c in m.json("verificar") if c["verificacao"] == "certificado de CLIENTE LTDA"]
        assert "separador certificado instalar" in avisada["o_que_fazer"]
        m.esperar(lambda: "CLIENTE LTDA: sem certificado" in m.exigir("certificado", "validade").stdout)


@pytest.mark.requisito("CERT-08")
def test_7_vencido_e_chamado_de_vencido(tmp_path: Path) -> None:
    """The certificate ends while the service runs; a CT-e that comes after says which one it waits for."""
    with SefazEmFio(tmp_path / "sefaz") as sefaz:
        secao = {"simulador": sefaz.endereco, "ca": str(sefaz.ca)}
        with Maquina(tmp_path / "maquina", com_certificado=False, ambiente="simulado", sefaz=secao) as m:
            m.executar()
            de = datetime.now(UTC) - timedelta(days=1)
            fim = datetime.now(UTC) + timedelta(seconds=RESTA_S)
            (m.pasta / "m.pfx").write_bytes(emitir(EMITENTE.cnpj, de=de, dias=(fim - de) / timedelta(days=1)).pfx())
            m.exigir("certificado", "instalar", "m.pfx", "--apelido", "matriz", "--senha-stdin", entrada=f"{SENHA}\n")
            vencida = m.esperar(
                lambda: [f for f in m.json("falhas") if f["codigo"] == "SEP-VENCIDO"], 100, "o vencido não foi dito"
            )
            assert '"matriz"' in vencida[0]["motivo"]
            assert not [f for f in m.json("falhas") if f["codigo"] == "SEP-VENCENDO"]
            e = ex.cte(1, agora=datetime.now(UTC), variante="uma-nota")
            m.soltar(1, e.nome, e.dados)
            (retido,) = m.esperar(lambda: [f for f in m.json("falhas") if f.get("chave") == e.chave])
            assert 'O certificado "matriz" de ' in retido["motivo"]
            assert "venceu em " in retido["motivo"]
            assert "separador certificado instalar" in retido["o_que_fazer"]
            assert sefaz.chamadas("recepcao") == []


@pytest.mark.requisito("ECAC-05")
def test_8_uma_copia_mostra_o_seu_proprio_comprovante(tmp_path: Path) -> None:
    cenario = _cenario(1, CONTRATANTE, pagas=1)
    with _maquina(tmp_path, cenario, [empresa(cenario.contribuintes[0].ni, "UM")]) as (m, _):
        m.executar()
        _importar(m, 0)
        (guia,) = m.json("ecac", "guias", "listar", "--situacao", "paga")
        assert m.parar() == 0
        copia = copy.copy(m)
        copia.pasta = tmp_path / "em-outro-lugar" / "copia"
        shutil.copytree(m.pasta, copia.pasta)
        copia.config, copia.dados = copia.pasta / "config" / "separador.yaml", copia.pasta / "var"
        dela = copia.pasta / Path(guia["comprovante"]).relative_to(m.pasta)
        assert copia.exigir("ecac", "guias", "comprovante", str(guia["id"])).stdout.strip() == str(dela)
        assert copia.json("ecac", "guias", "listar", "--situacao", "paga")[0]["comprovante"] == str(dela)
        dela.unlink()
        assert str(dela) in copia.exigir("ecac", "guias", "comprovante", str(guia["id"]), codigo=1).stderr
        assert Path(m.exigir("ecac", "guias", "comprovante", str(guia["id"])).stdout.strip()).is_file()


@pytest.mark.requisito("ECAC-05")
def test_8_so_a_pasta_de_dados_muda_de_lugar_e_o_comprovante_e_achado(tmp_path: Path) -> None:
    cenario = _cenario(1, CONTRATANTE, pagas=1)
    with _maquina(tmp_path, cenario, [empresa(cenario.contribuintes[0].ni, "UM")]) as (m, _):
        m.executar()
        _importar(m, 0)
        (guia,) = m.json("ecac", "guias", "listar", "--situacao", "paga")
        assert m.parar() == 0
        longe = tmp_path / "outro-disco" / "fundo" / "var"
        shutil.copytree(m.dados, longe)
        shutil.rmtree(m.dados)
        m.config.write_text(m.config.read_text().replace("dados: var", f"dados: {longe}"))
        achado = m.exigir("ecac", "guias", "comprovante", str(guia["id"])).stdout.strip()
        assert achado == guia["comprovante"]


@pytest.mark.requisito("PROC-05")
def test_8_a_pasta_que_sumiu_e_dita_em_portugues(tmp_path: Path) -> None:
    with Maquina(tmp_path) as m:
        m.executar()
        shutil.rmtree(m.origem(4))
        (falha,) = m.esperar(lambda: [f for f in m.json("falhas") if f["codigo"] == "SEP-PASTA-SUMIU"], 60)
        assert "No such file" not in falha["motivo"]
        assert "a pasta não existe" in falha["motivo"]
