"""Tests accesses through the database and the vault: registered, kept secret, warned of, refused when expired."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from separador.acesso.banco import auditoria, escritorios
from separador.banco.conexao import Banco
from separador.banco.instante import texto_de
from separador.capacidades.procuracoes import banco as tabela
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade
from separador.capacidades.procuracoes.servico import procuracoes
from separador.capacidades.procuracoes.servico.procuracoes import Estado
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.nucleo.negativa import Negativa
from tests.apoio.instalacao import Instalacao
from tests.integracao.usuarios import AGORA

CNPJ, OUTRO, CPF = "11222333000181", "11444777000161", "52998224725"
SEGREDO = "Sefaz#Mato-Grosso-9431"
CODIGO = "codigo-834512"
LOGIN = Acesso(CNPJ, "ACESSO SEFAZ-MT", Esfera.ESTADUAL, TipoAcesso.LOGIN, login="joao", clientes=(OUTRO, CPF),
               orgao="SEFAZ-MT")  # fmt: skip
POR_CODIGO = Acesso(CNPJ, "SIMPLES", Esfera.FEDERAL, TipoAcesso.CODIGO, titular=CPF)
POR_CERTIFICADO = Acesso(CNPJ, "e-CAC", Esfera.FEDERAL, TipoAcesso.CERTIFICADO, certificado="matriz")
HOJE = date(2026, 11, 20)


@pytest.fixture
def cofre(banco: Banco, tmp_path: Path) -> Cofre:
    chave_mestra.criar_arquivo(tmp_path, chave_mestra.gerar())
    aberto = abrir_cofre(tmp_path, banco, {})
    assert isinstance(aberto, Cofre), aberto
    return aberto


@pytest.fixture
def escritorio(banco: Banco) -> str:
    for cnpj, nome in ((CNPJ, "Escritório Modelo"), (OUTRO, "Filial")):
        assert procuracoes.gravar_escritorio(banco, cnpj, nome, quem="so:teste", agora=AGORA) is None
    return CNPJ


def incluir(banco: Banco, a: Acesso) -> int | Negativa:
    return procuracoes.incluir(banco, a, quem="so:teste", agora=AGORA)


def guardar(
    banco: Banco, cofre: Cofre, nome: str, partes: dict[str, str], *, em: date = HOJE, agora: datetime = AGORA
) -> Negativa | None:
    linha = procuracoes.um(banco, nome)
    assert not isinstance(linha, Negativa), linha
    return procuracoes.guardar_segredo(banco, cofre, linha, partes, trocada_em=em, quem="so:teste", agora=agora)


def exigir(banco: Banco, nome: str, *, depois: timedelta = timedelta(0), de: str | None = None) -> Estado | Negativa:
    """Returns the access, or why it may not be used."""
    linha = procuracoes.um(banco, nome, de)
    if isinstance(linha, Negativa):
        return linha
    estado = procuracoes.estado(banco, linha, AGORA + depois)
    return estado if estado.recusa is None else Negativa("", estado.recusa)


def segredo(banco: Banco, cofre: Cofre, nome: str) -> object:
    """Returns what the vault keeps of an access."""
    linha = procuracoes.um(banco, nome)
    assert not isinstance(linha, Negativa)
    return json.loads(cofre.ler(linha["segredo_id"]))


# --- registry --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-01")
def test_varios_escritorios_com_os_seus_acessos(banco: Banco, escritorio: str) -> None:
    for a in (LOGIN, POR_CODIGO, POR_CERTIFICADO, replace(LOGIN, escritorio=OUTRO)):
        assert isinstance(incluir(banco, a), int)
    lidos = [e.acesso for e in procuracoes.estados(banco, AGORA)]
    assert [(a.escritorio, a.nome) for a in lidos] == [
        (CNPJ, "ACESSO SEFAZ-MT"), (CNPJ, "e-CAC"), (CNPJ, "SIMPLES"), (OUTRO, "ACESSO SEFAZ-MT"),
    ]  # fmt: skip
    assert lidos[0] == replace(LOGIN, validade=Validade(meses=3))  # known for SEFAZ-MT, and not given
    assert lidos[2] == POR_CODIGO


@pytest.mark.requisito("PROC-01")
@pytest.mark.parametrize(("acesso", "trecho"), [
    (replace(LOGIN, nome="  acesso   sefaz-mt "), "já tem um acesso"),
    (replace(LOGIN, nome="X", escritorio="11222333000180"), "não confere"),
    (replace(LOGIN, nome="X", escritorio="12ABC34501DE35"), "Não há escritório"),
    (replace(LOGIN, nome="X", login=None), "Falta o login"),
])  # fmt: skip
def test_inclusao_recusada_nao_muda_nada(banco: Banco, escritorio: str, acesso: Acesso, trecho: str) -> None:
    incluir(banco, LOGIN)
    linhas = len(auditoria.listar(banco))
    feito = incluir(banco, acesso)
    assert isinstance(feito, Negativa)
    assert trecho in feito.mensagem
    assert feito.mensagem.endswith("Nada foi mudado.")
    assert len(tabela.listar(banco)) == 1
    assert len(auditoria.listar(banco)) == linhas


@pytest.mark.requisito("PROC-01")
def test_alterar_e_desativar(banco: Banco, escritorio: str) -> None:
    numero = incluir(banco, LOGIN)
    assert isinstance(numero, int)
    novo = replace(LOGIN, nome="SEFAZ MT 2", clientes=(OUTRO,), ativo=False, validade=Validade(dias=60))
    assert procuracoes.alterar(banco, numero, novo, quem="so:teste", agora=AGORA) is None
    assert procuracoes.estados(banco, AGORA)[0].acesso == novo
    feito = exigir(banco, "sefaz mt 2")
    assert isinstance(feito, Negativa)
    assert "desativado" in feito.mensagem
    incluir(banco, LOGIN)
    tomado = procuracoes.alterar(banco, numero, replace(novo, nome=LOGIN.nome), quem="so:teste", agora=AGORA)
    assert tomado is not None


def test_escritorio_ruim(banco: Banco) -> None:
    for cnpj, nome in (("123", "x"), (CNPJ, " "), (CNPJ, "a\nb")):
        assert procuracoes.gravar_escritorio(banco, cnpj, nome, quem="q", agora=AGORA) is not None
    assert escritorios.escritorios(banco) == []


# --- secrets ---------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-02", "PROC-01")
def test_o_segredo_fica_cifrado_e_so_o_servico_o_le(
    banco: Banco, cofre: Cofre, escritorio: str, tmp_path: Path
) -> None:
    incluir(banco, LOGIN)
    incluir(banco, POR_CODIGO)
    assert guardar(banco, cofre, LOGIN.nome, {"senha": SEGREDO}) is None
    assert guardar(banco, cofre, "SIMPLES", {"codigo": CODIGO, "senha": SEGREDO}) is None
    for nome, partes in ((LOGIN.nome, {"senha": SEGREDO}), ("SIMPLES", {"codigo": CODIGO, "senha": SEGREDO})):
        liberado = exigir(banco, nome)
        assert isinstance(liberado, Estado)
        assert segredo(banco, cofre, nome) == partes
        assert SEGREDO not in repr(liberado)
    banco.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    tudo = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert LOGIN.nome.encode() in tudo
    for secreto in (SEGREDO, CODIGO):
        assert secreto.encode() not in tudo


@pytest.mark.requisito("PROC-02")
@pytest.mark.parametrize(("acesso", "partes", "em", "trecho"), [
    (LOGIN, {}, HOJE, "Falta dizer a senha"),
    (LOGIN, {"senha": ""}, HOJE, "Falta dizer a senha"),
    (LOGIN, {"senha": "x", "codigo": "y"}, HOJE, "Falta dizer"),
    (POR_CODIGO, {"senha": "x"}, HOJE, "o código e a senha"),
    (POR_CERTIFICADO, {"senha": "x"}, HOJE, "não tem senha própria"),
    (LOGIN, {"senha": "x"}, HOJE + timedelta(days=1), "no futuro; confira a data e o relógio"),
])  # fmt: skip
def test_segredo_recusado_nao_muda_nada(
    banco: Banco, cofre: Cofre, escritorio: str, acesso: Acesso, partes: dict[str, str], em: date, trecho: str
) -> None:
    incluir(banco, acesso)
    feito = guardar(banco, cofre, acesso.nome, partes, em=em)
    assert feito is not None
    assert trecho in feito.mensagem
    assert banco.uma("SELECT 1 FROM segredo") is None
    assert tabela.listar(banco)[0]["senha_em"] is None


@pytest.mark.requisito("PROC-02")
def test_sem_a_chave_mestra_nada_se_le_e_nada_se_perde(
    banco: Banco, cofre: Cofre, escritorio: str, tmp_path: Path
) -> None:
    from separador.nucleo.erro import Recusa

    incluir(banco, LOGIN)
    guardar(banco, cofre, LOGIN.nome, {"senha": SEGREDO})
    arquivo = chave_mestra.caminho(tmp_path)
    guardada = arquivo.read_bytes()
    arquivo.unlink()
    assert isinstance(abrir_cofre(tmp_path, banco, {}), Recusa)
    outra = {chave_mestra.VARIAVEL: chave_mestra.escrever(chave_mestra.gerar())}
    assert isinstance(abrir_cofre(tmp_path, banco, outra), Recusa)
    arquivo.write_bytes(guardada)
    os.chmod(arquivo, 0o600)
    de_novo = abrir_cofre(tmp_path, banco, {})
    assert isinstance(de_novo, Cofre)
    liberado = exigir(banco, LOGIN.nome)
    assert isinstance(liberado, Estado)
    assert segredo(banco, de_novo, LOGIN.nome) == {"senha": SEGREDO}


# --- validity --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-03")
def test_o_vencido_nao_se_usa_e_a_troca_da_senha_recomeca(banco: Banco, cofre: Cofre, escritorio: str) -> None:
    incluir(banco, LOGIN)
    feito = exigir(banco, LOGIN.nome)
    assert isinstance(feito, Negativa)
    assert "ainda não tem senha" in feito.mensagem
    guardar(banco, cofre, LOGIN.nome, {"senha": SEGREDO})
    assert isinstance(exigir(banco, LOGIN.nome, depois=timedelta(days=92)), Estado)  # 20/02/2027, its last day
    feito = exigir(banco, LOGIN.nome, depois=timedelta(days=93))
    assert isinstance(feito, Negativa)
    assert feito.mensagem.startswith(f"O acesso ACESSO SEFAZ-MT (escritório {CNPJ}) venceu em 20/02/2027.")
    depois = AGORA + timedelta(days=93)
    assert guardar(banco, cofre, LOGIN.nome, {"senha": "nova"}, em=depois.date(), agora=depois) is None
    assert isinstance(exigir(banco, LOGIN.nome, depois=timedelta(days=93)), Estado)


@pytest.mark.requisito("PROC-03")
def test_o_dia_e_o_de_brasilia(banco: Banco) -> None:
    assert procuracoes.hoje_de(datetime(2026, 11, 21, 2, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert procuracoes.hoje_de(datetime(2026, 11, 21, 3, 0, tzinfo=UTC)) == date(2026, 11, 21)


def instalar(banco: Banco, apelido: str, ate: datetime) -> None:
    """Inserts a certificate's row with the fields that an access looks at."""
    banco.execute(
        "INSERT INTO certificado (empresa, apelido, uso, tipo, padrao, der, cadeia, sha256, titular, validade_de,"
        " validade_ate, token, instalado_em, instalado_por, origem) VALUES (?, ?, 'procurador', 'A3', 0, x'00', x'00',"
        " 's', 't', ?, ?, '{}', ?, 'q', 'o')",
        (CNPJ, apelido, texto_de(AGORA), texto_de(ate), texto_de(AGORA)),
    )


@pytest.mark.requisito("PROC-02", "PROC-03")
def test_o_acesso_por_certificado_vale_o_que_o_certificado_vale(banco: Banco, escritorio: str) -> None:
    incluir(banco, POR_CERTIFICADO)
    feito = exigir(banco, "e-CAC")
    assert isinstance(feito, Negativa)
    assert "matriz, que não está instalado" in feito.mensagem
    instalar(banco, "Matriz", AGORA + timedelta(days=10))
    assert isinstance(exigir(banco, "e-CAC"), Estado)
    assert isinstance(exigir(banco, "e-CAC", depois=timedelta(days=11)), Negativa)


def test_nome_que_dois_escritorios_usam(banco: Banco, escritorio: str) -> None:
    incluir(banco, POR_CERTIFICADO)
    incluir(banco, replace(POR_CERTIFICADO, escritorio=OUTRO, certificado_cnpj=CNPJ))
    instalar(banco, "matriz", AGORA + timedelta(days=10))
    feito = exigir(banco, "E-CAC")
    assert isinstance(feito, Negativa)
    assert "diga qual" in feito.mensagem
    assert isinstance(exigir(banco, "e-cac", de=OUTRO), Estado)
    assert isinstance(exigir(banco, "nenhum"), Negativa)


# --- warnings --------------------------------------------------------------------------------------------------------


@pytest.fixture
def instalacao(tmp_path: Path) -> Instalacao:
    return Instalacao(tmp_path, agora=AGORA)


@pytest.mark.requisito("PROC-03", "CERT-03")
def test_cada_degrau_e_avisado_uma_vez_e_a_renovacao_tira_o_aviso(instalacao: Instalacao) -> None:
    def ditos() -> int:
        return len(
            [x for x in instalacao.diario.linhas if "ACESSO SEFAZ-MT" in x["event"] and x.get("acao") == "validade"]
        )

    with instalacao:
        procuracoes.gravar_escritorio(instalacao.banco, CNPJ, "Modelo", quem="q", agora=AGORA)
        ate = HOJE + timedelta(days=31)
        numero = incluir(instalacao.banco, replace(LOGIN, validade=Validade(ate=ate)))
        assert isinstance(numero, int)
        vistos = []
        for dia in range(40):
            instalacao.passar(86400 if dia else 0)
            vistos.append(ditos())
        novos = [dia for dia in range(1, 40) if vistos[dia] > vistos[dia - 1]]
        assert novos == [2, 17, 25, 29, 31, 32]  # 30, 15, 7, 3, 1 days before its last moment, and after
        falha = instalacao.falha("SEP-VENCIDO")
        assert "O acesso ACESSO SEFAZ-MT (escritório 11222333000181) venceu em 21/12/2026." in falha["motivo"]
        assert "--valida-ate" in falha["o_que_fazer"]
        antes = ditos()
        instalacao.reabrir()
        instalacao.passar(31)
        assert ditos() == antes  # not again after a restart
        novo = replace(LOGIN, validade=Validade(ate=ate + timedelta(days=365)))
        procuracoes.alterar(instalacao.banco, numero, novo, quem="q", agora=instalacao.agora)
        instalacao.passar(31)
        assert [f for f in instalacao.falhas() if f == "SEP-VENCIDO"] == []


@pytest.mark.requisito("PROC-03")
def test_acesso_desativado_nao_e_avisado(instalacao: Instalacao) -> None:
    with instalacao:
        procuracoes.gravar_escritorio(instalacao.banco, CNPJ, "Modelo", quem="q", agora=AGORA)
        incluir(instalacao.banco, replace(LOGIN, validade=Validade(ate=HOJE), ativo=False))
        instalacao.passar(31)
        assert instalacao.falhas() == []
