"""Takes the public samples and the golden set through the service, as they are and re-dated. Every outcome is
explained.

The public samples stay outside the repository (tests/apoio/fora_do_repositorio.py). Only their issuers with a valid
CNPJ can be configured; a certificate is made for each.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.nucleo.chave import cnpj_valido
from tests.apoio.amostras import ouro
from tests.apoio.fora_do_repositorio import publica, publicas
from tests.apoio.instalacao import Instalacao, pasta_rapida
from tests.apoio.redatar import redatar

# beginning of the name → codes that must be among the refusal's (empty: signed and handed on), as it is | re-dated, and
# the reason
TABELA = {
    "17241000": ("207 228 229", "207 229", "emitente de CNPJ 99999999000199 (DV errado) sem IE, de 2024"),
    "51160624": ("207 227 228", "207", "partes com CNPJ zerado; chave de mês diferente de dhEmi, de 2016"),
    "CST_000": ("207 228 253", "207", "exemplo de IBS/CBS de emitente inventado; DV da chave não confere"),
    "CST_410": ("207 228 253", "207", "o mesmo, com destinatário no exterior"),
    "CTeOS_41": ("207 215 228 253", "207 215", "CT-e OS anterior ao leiaute: campos que o esquema não tem mais"),
    "canc50200206": ("236", "236", "chCTe de outro modelo, com DV errado"),
    "cancce41": ("236", "236", "chCTe com DV errado"),
    "cancdesacordo61": ("236 627", "236 627", "chCTe de 45 posições trocadas; autor de CNPJ errado"),
    "cancie41": ("", "", "cancelamento de insucesso, bem formado: passa com aviso, de documento desconhecido"),
    "cce3515": ("", "", "carta de correção, bem formada"),
    "desacordo41": ("236 677", "236 677", "órgão diferente da UF da chave, chave com DV errado"),
    "epec41": ("236 677", "236 677", "idem; e EPEC está extinto"),
    "eventoCTe_110300": ("236", "236", "chCTe de exemplo, sem DV"),
    "eventoCTe_110301": ("236", "236", "idem"),
    "ie41": ("", "", "insucesso na entrega, bem formado"),
}
CONSULTA = "50200106"
"""Is a consSitCTe. In a route of exports its root is recognised, and its invalid key refuses it."""


def amostra(prefixo: str) -> tuple[str, bytes]:
    arquivo = publica(prefixo)
    return arquivo.name, arquivo.read_bytes()


def emitentes() -> list[Empresa]:
    """Returns a company for every sample's author whose CNPJ is valid."""
    achados = set()
    for arquivo in publicas():
        texto = arquivo.read_bytes().decode("utf-8-sig", "replace")
        dono = re.search(r"<(?:emit|infEvento)\b.*?<CNPJ>(\w{14})<", texto, re.DOTALL)
        if dono and cnpj_valido(dono[1]):
            achados.add(dono[1])
    return [replace(EMITENTE, cnpj=c) for c in sorted(achados | {EMITENTE.cnpj})]


@pytest.fixture(scope="module")
def instalacao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instalacao]:
    with (
        pasta_rapida(tmp_path_factory.mktemp("amostras")) as pasta,
        Instalacao(pasta, empresas=emitentes()) as aberta,
    ):
        yield aberta


def passar(instalacao: Instalacao, nome: str, dados: bytes) -> tuple[str | None, set[str]]:
    """Returns outcome and codes of one sample dropped alone."""
    instalacao.limpar(1)
    instalacao.limpar(2)
    instalacao.soltar(1, nome, dados)
    respostas = [n for n in instalacao.nomes(2) if n.endswith(".json")]
    codigos = {e["codigo"] for n in respostas for e in instalacao.json(2, n)["erros"]}
    return instalacao.desfecho(nome), codigos


def test_a_tabela_tem_todas_as_amostras() -> None:
    prefixos = [*TABELA, CONSULTA]
    for arquivo in publicas():
        assert sum(arquivo.name.startswith(p) for p in prefixos) == 1, arquivo.name


@pytest.mark.requisito("CTE-14", "SEP-08", "NOM-02")
@pytest.mark.parametrize("modo", ["como é", "redatada"])
@pytest.mark.parametrize("prefixo", list(TABELA))
def test_amostra_publica(instalacao: Instalacao, prefixo: str, modo: str) -> None:
    nome, dados = amostra(prefixo)
    como_e, de_hoje, porque = TABELA[prefixo]
    esperados = set((como_e if modo == "como é" else de_hoje).split())
    if modo == "redatada":
        dados = redatar(dados, agora=instalacao.agora)
        nome = f"hoje-{nome}"
    desfecho, codigos = passar(instalacao, nome, dados)
    if esperados:
        assert desfecho == "recusado", porque
        assert esperados <= codigos, porque
        assert ("228" in codigos) is ("228" in esperados), "só a data de hoje tira o atraso"
    else:
        assert desfecho in {"entregue", "duplicado"}, (porque, codigos)
        assert desfecho == "duplicado" or len(instalacao.nomes(1)) == 1
    assert instalacao.nomes(instalacao.origem(1)) == []
    assert not (instalacao.dados / "incidentes").exists()


@pytest.mark.requisito("SEP-06", "SEP-08")
def test_consulta_na_pasta_de_exportacoes(instalacao: Instalacao) -> None:
    nome, dados = amostra(CONSULTA)
    (instalacao.origem(1) / nome).write_bytes(dados)
    instalacao.rodar()
    assert instalacao.nomes(instalacao.origem(1)) == [nome], "nenhuma regra aceita -ped-sit.xml: fica e aparece"
    assert "SEP-SEM-REGRA" in instalacao.falhas()
    (instalacao.origem(1) / nome).unlink()
    assert passar(instalacao, "consulta-cte.xml", dados)[1] == {"236"}, (
        "conhecida pela raiz; a chave da amostra é que é inválida"
    )


@pytest.mark.requisito("CTE-03", "CTE-06", "CTE-14", "CTE-15", "CTE-12")
def test_conjunto_de_ouro_da_exportacao_ao_cancelamento(tmp_path: Path) -> None:
    """The documents were signed elsewhere: they are verified, never touched. Around what was signed, the processed
    files are byte for byte the golden ones."""
    de_ouro = {n: ouro(f"{n}.xml") for n in (
        "cte", "retCTe", "cteProc", "eventoCTe", "retEventoCTe", "procEventoCTe", "retConsSitCTe")}  # fmt: skip
    achada = re.search(rb'Id="CTe(\w{44})"', de_ouro["cte"])
    assert achada is not None
    chave = achada[1].decode()
    with pasta_rapida(tmp_path) as pasta, Instalacao(pasta) as instalacao:
        instalacao.soltar(1, "ouro-cte.xml", de_ouro["cte"])
        assert instalacao.desfecho("ouro-cte.xml") == "entregue", instalacao.falhas()
        saiu = instalacao.pegar(1, f"{chave}-cte.xml")
        raiz = re.search(rb"<CTe .*</CTe>", de_ouro["cte"], re.DOTALL)
        assert raiz is not None
        assert raiz[0] in saiu
        instalacao.soltar(2, "ouro-pro-rec.xml", de_ouro["retCTe"])
        assert instalacao.situacao(chave) == "AUTORIZADO PELA SEFAZ", instalacao.falhas()
        proc = instalacao.ler(2, f"{chave}-procCTe.xml")
        assert _sem_declaracao(proc) == _sem_declaracao(de_ouro["cteProc"])
        instalacao.soltar(2, "de-novo.xml", de_ouro["cteProc"])
        assert instalacao.desfecho("de-novo.xml") == "duplicado"
        instalacao.soltar(1, "ouro-ped-eve.xml", de_ouro["eventoCTe"])
        assert instalacao.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO", instalacao.falhas()
        instalacao.soltar(2, "ouro-eve.xml", de_ouro["retEventoCTe"])
        assert instalacao.situacao(chave) == "CANCELADO", instalacao.falhas()
        (nome,) = [n for n in instalacao.nomes(2) if n.endswith("-procEventoCTe.xml")]
        assert _sem_declaracao(instalacao.ler(2, nome)) == _sem_declaracao(de_ouro["procEventoCTe"])
        antes = instalacao.caminho(chave)
        for n in ("procEventoCTe", "retConsSitCTe"):
            instalacao.soltar(2, f"{n}.xml", de_ouro[n])
            assert instalacao.caminho(chave) == antes
        assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-14")
def test_conjunto_de_ouro_redatado_e_assinado_aqui(tmp_path: Path) -> None:
    with pasta_rapida(tmp_path) as pasta, Instalacao(pasta) as instalacao:
        dados = redatar(ouro("cte.xml"), agora=instalacao.agora)
        assert b"<Signature" not in dados
        instalacao.soltar(1, "ouro-cte.xml", dados)
        assert instalacao.desfecho("ouro-cte.xml") == "entregue", instalacao.falhas()
        (nome,) = instalacao.nomes(1)
        assert b"<Signature" in instalacao.ler(1, nome)
        evento = redatar(ouro("eventoCTe.xml"), agora=instalacao.agora)
        instalacao.soltar(1, "ouro-ped-eve.xml", evento)
        assert instalacao.json(2, "ouro-ped-eve.json")["codigo"] == "SEP-SITUACAO", "ainda não foi autorizado"


def _sem_declaracao(dados: bytes) -> bytes:
    return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", dados).rstrip()
