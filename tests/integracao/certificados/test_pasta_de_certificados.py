"""Tests certificates dropped in the watched folder."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.certificados.leitura.abridor import Abridor
from separador.capacidades.certificados.servico.pasta import arquivos_da_pasta
from separador.capacidades.certificados.servico.pasta.arquivos_da_pasta import senha_ao_lado
from separador.capacidades.certificados.servico.senhas import nome_da_senha
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from tests.apoio.autoridade import CNPJ, SENHA, em_ber, emitir
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre, tudo_em


@pytest.fixture
def com_pasta(fazer: Callable[..., InstalacaoComCofre]) -> InstalacaoComCofre:
    return fazer(pasta_de_certificados=True)


def pasta(com_pasta: InstalacaoComCofre) -> Path:
    return com_pasta.instalacao.origem(9)


def nomes(com_pasta: InstalacaoComCofre) -> list[str]:
    return sorted(p.name for p in pasta(com_pasta).iterdir() if p.is_file())


@pytest.mark.requisito("CERT-02", "CERT-04", "CERT-06")
@pytest.mark.parametrize("nome_senha", ["matriz.senha", "matriz.pfx.senha"])
def test_tomado_com_senha_ao_lado(com_pasta: InstalacaoComCofre, nome_senha: str) -> None:
    e = emitir()
    (pasta(com_pasta) / "matriz.pfx").write_bytes(em_ber(e.pfx()))
    (pasta(com_pasta) / nome_senha).write_text(SENHA + "\r\n")
    com_pasta.instalacao.passar(5)
    assert nomes(com_pasta) == [], "os dois saem da pasta"
    assert com_pasta.padrao() == "matriz"
    assert com_pasta.instalacao.falhas() == []
    resposta = com_pasta.instalacao.json(9, "matriz-ret.json")
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-CERT-INSTALADO")
    com_pasta.instalacao.fechar()
    for arquivo, dados in tudo_em(com_pasta.instalacao.pasta):
        assert SENHA.encode() not in dados, arquivo
        assert e.pkcs8 not in dados, arquivo
        assert e.pfx()[:50] not in dados, "nem o original vai para o arquivo morto"


@pytest.mark.requisito("CERT-06")
def test_sobrescritos_antes_de_apagados(com_pasta: InstalacaoComCofre, monkeypatch: pytest.MonkeyPatch) -> None:
    vistos: dict[str, bytes] = {}
    verdadeiro = os.unlink

    def espia(arquivo: bytes) -> None:
        vistos[os.path.basename(os.fsdecode(arquivo))] = Path(os.fsdecode(arquivo)).read_bytes()
        verdadeiro(arquivo)

    monkeypatch.setattr(arquivos_da_pasta.os, "unlink", espia)
    (pasta(com_pasta) / "matriz.pfx").write_bytes(emitir().pfx())
    (pasta(com_pasta) / "matriz.senha").write_text(SENHA)
    com_pasta.instalacao.passar(5)
    dela = {n: v for n, v in vistos.items() if n.startswith("matriz") and "ret" not in n}
    assert set(dela) == {"matriz.pfx", "matriz.senha"}
    assert all(set(v) == {0} for v in dela.values())


@pytest.mark.requisito("CERT-02")
def test_senha_registrada_antes(com_pasta: InstalacaoComCofre) -> None:
    (pasta(com_pasta) / "nova.p12").write_bytes(emitir().pfx())
    com_pasta.instalacao.passar(5)
    assert "SEP-CERT-SEM-SENHA" in com_pasta.instalacao.falhas()
    assert nomes(com_pasta) == ["nova.p12"], "fica onde está"
    with closing(abrir(com_pasta.instalacao.dados)) as banco:
        cofre = abrir_cofre(com_pasta.instalacao.dados, banco, {})
        assert isinstance(cofre, Cofre)
        cofre.guardar(nome_da_senha(CNPJ), SENHA.encode())
    com_pasta.instalacao.passar(5)
    assert nomes(com_pasta) == []
    assert com_pasta.padrao() == "nova"
    assert com_pasta.instalacao.falhas() == []


@pytest.mark.requisito("CERT-02")
@pytest.mark.parametrize(
    ("dados", "senha", "codigo"),
    [
        (emitir().pfx(), "errada", "SEP-CERT-SENHA"),
        (emitir().pfx()[:900], SENHA, "SEP-CERT-TRUNCADO"),
        (b"nada", SENHA, "SEP-CERT-FORMATO"),
        (emitir("33444555000181").pfx(), SENHA, "SEP-CERT-EMPRESA"),
        (emitir(dias=0.5).pfx(), SENHA, "SEP-CERT-VENCIDO"),
    ],
)
def test_recusado_fica_na_pasta_intocado(com_pasta: InstalacaoComCofre, dados: bytes, senha: str, codigo: str) -> None:
    com_pasta.instalado(emitir(qual=2), "atual")
    (pasta(com_pasta) / "x.pfx").write_bytes(dados)
    (pasta(com_pasta) / "x.senha").write_text(senha)
    for _ in range(3):
        com_pasta.instalacao.passar(5)
    assert codigo in com_pasta.instalacao.falhas()
    assert nomes(com_pasta) == ["x.pfx", "x.senha"]
    assert (pasta(com_pasta) / "x.pfx").read_bytes() == dados
    assert com_pasta.padrao() == "atual"
    assert len([n for n in com_pasta.instalacao.nomes(9) if n.startswith("x")]) == 1, "recusado uma vez só"
    (pasta(com_pasta) / "x.pfx").unlink()
    com_pasta.instalacao.passar(5)
    assert codigo not in com_pasta.instalacao.falhas()


@pytest.mark.requisito("CERT-04")
def test_renovacao_com_o_mesmo_nome_de_arquivo(com_pasta: InstalacaoComCofre) -> None:
    for qual in (0, 2, 3):
        (pasta(com_pasta) / "matriz.pfx").write_bytes(emitir(qual=qual).pfx())
        (pasta(com_pasta) / "matriz.senha").write_text(SENHA)
        com_pasta.instalacao.passar(5)
    apelidos = [r["apelido"] for r in com_pasta.instalacao.banco.todas("SELECT apelido FROM certificado ORDER BY id")]
    assert apelidos == ["matriz", "matriz-2027", "matriz-2027-2"], "lado a lado, nunca por cima"
    assert com_pasta.padrao() == "matriz-2027-2"


def test_ligacao_simbolica_nao_e_seguida(com_pasta: InstalacaoComCofre, tmp_path: Path) -> None:
    alvo = tmp_path / "alvo.pfx"
    alvo.write_bytes(emitir().pfx())
    (pasta(com_pasta) / "x.pfx").symlink_to(alvo)
    (pasta(com_pasta) / "x.senha").write_text(SENHA)
    com_pasta.instalacao.passar(5)
    assert alvo.read_bytes() == emitir().pfx()[:0] + alvo.read_bytes()
    assert com_pasta.padrao() is None


def test_a_pasta_dos_certificados_e_so_deles() -> None:
    from separador.nucleo.rota import Rota, conflitos

    def rota(i: int, regra: str, sufixo: str) -> Rota:
        return Rota(i, True, regra, Path("/a"), Path(f"/d{i}"), (sufixo,))

    achados = conflitos([rota(1, "certificado", ".pfx"), rota(2, "mover", ".txt")], Path("/v"))
    assert "só deles" in achados[0].mensagem


def test_arquivo_que_derruba_o_leitor_nao_derruba_o_servico(
    com_pasta: InstalacaoComCofre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Abridor, "abrir", explode)
    (pasta(com_pasta) / "x.pfx").write_bytes(emitir().pfx())
    (pasta(com_pasta) / "x.senha").write_text(SENHA)
    com_pasta.instalacao.passar(5)
    assert "SEP-CERT-INCIDENTE" in com_pasta.instalacao.falhas()
    assert nomes(com_pasta) == ["x.pfx", "x.senha"]


def test_queda_depois_de_instalar_e_antes_de_apagar(com_pasta: InstalacaoComCofre) -> None:
    """The file is found again at the next reading. It is known to be installed, so only the removal is left."""
    e = emitir()
    com_pasta.instalado(e, "matriz")
    (pasta(com_pasta) / "matriz.pfx").write_bytes(e.pfx())
    (pasta(com_pasta) / "matriz.senha").write_text(SENHA)
    com_pasta.instalacao.passar(5)
    assert nomes(com_pasta) == []
    assert len(com_pasta.instalacao.banco.todas("SELECT 1 FROM certificado")) == 1
    assert com_pasta.instalacao.falhas() == []


@pytest.mark.requisito("BORDA-23")
@pytest.mark.parametrize(
    ("nome", "nome_senha"), [("C.PFX", "C.SENHA"), ("c.pfx", "C.Senha"), ("C.PFX", "c.pfx.senha"), ("a.P12", "A.senha")]
)
def test_a_senha_vale_em_qualquer_caixa(com_pasta: InstalacaoComCofre, nome: str, nome_senha: str) -> None:
    (pasta(com_pasta) / nome).write_bytes(emitir().pfx())
    (pasta(com_pasta) / nome_senha).write_text(SENHA)
    com_pasta.instalacao.passar(5)
    assert com_pasta.instalacao.falhas() == []
    assert nomes(com_pasta) == [], "os dois saem da pasta"


@pytest.mark.requisito("BORDA-23")
@pytest.mark.parametrize("codificacao", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_senha_escrita_pelo_bloco_de_notas(com_pasta: InstalacaoComCofre, codificacao: str) -> None:
    (pasta(com_pasta) / "matriz.pfx").write_bytes(emitir().pfx())
    (pasta(com_pasta) / "matriz.senha").write_bytes((SENHA + "\r\n").encode(codificacao))
    com_pasta.instalacao.passar(5)
    assert com_pasta.instalacao.falhas() == []
    assert com_pasta.padrao() == "matriz"


@pytest.mark.requisito("BORDA-23")
def test_entre_duas_senhas_parecidas_nenhuma_e_escolhida() -> None:
    ao_lado = senha_ao_lado
    assert ao_lado(b"C.pfx", [b"c.SENHA", b"c.Senha"]) is None
    assert ao_lado(b"C.pfx", [b"c.SENHA", b"C.senha"]) == b"C.senha", "a grafia exata vem antes"
    assert ao_lado(b"C.pfx", [b"D.senha"]) is None


# --- answers and audit -----------------------------------------------------------------------------------------------


def trilha(com_pasta: InstalacaoComCofre) -> list[tuple[str, str, str]]:
    linhas = com_pasta.instalacao.banco.todas("SELECT acao, alvo, resultado FROM auditoria ORDER BY id")
    return [(r["acao"], r["alvo"], r["resultado"]) for r in linhas if r["acao"].startswith("certificado")]


def soltar(com_pasta: InstalacaoComCofre, nome: str, dados: bytes, senha: str = SENHA) -> None:
    (pasta(com_pasta) / f"{nome}.senha").write_text(senha)
    (pasta(com_pasta) / f"{nome}.pfx").write_bytes(dados)
    com_pasta.instalacao.passar(5)


@pytest.mark.requisito("BORDA-20")
def test_o_par_solto_de_novo_tem_resposta_e_fica_na_auditoria(com_pasta: InstalacaoComCofre) -> None:
    e = emitir()
    soltar(com_pasta, "matriz", e.pfx())
    soltar(com_pasta, "matriz", e.pfx())
    assert nomes(com_pasta) == []
    resposta = com_pasta.instalacao.json(9, "matriz-ret.json")
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-CERT-REPETIDO")
    assert "foram apagados" in resposta["mensagem"]
    assert trilha(com_pasta) == [
        ("certificado instalado", "matriz.pfx", "feito"), ("certificado já instalado", "matriz.pfx", "feito"),
    ]  # fmt: skip


@pytest.mark.requisito("BORDA-20")
def test_a_resposta_antiga_nao_contradiz_a_nova(com_pasta: InstalacaoComCofre) -> None:
    soltar(com_pasta, "matriz", emitir().pfx(), senha="errada")
    assert com_pasta.instalacao.json(9, "matriz-ret.json")["codigo"] == "SEP-CERT-SENHA"
    soltar(com_pasta, "matriz", emitir().pfx())
    assert com_pasta.instalacao.nomes(9) == ["matriz-ret.json"]
    assert com_pasta.instalacao.json(9, "matriz-ret.json")["resultado"] == "feito"
    assert trilha(com_pasta) == [
        ("certificado recusado", "matriz.pfx", "recusado"), ("certificado instalado", "matriz.pfx", "feito"),
    ]  # fmt: skip


@pytest.mark.requisito("BORDA-20")
@pytest.mark.parametrize(
    "conteudo", ['{"pedido": "cancelar", "resultado": "feito"}', '{"codigo": "SEP-CERT-SENHA"}', "nada", ""]
)
def test_a_resposta_de_outro_no_mesmo_nome_fica(com_pasta: InstalacaoComCofre, conteudo: str) -> None:
    alheia = com_pasta.instalacao.destino(9) / "matriz-ret.json"
    alheia.write_text(conteudo)
    soltar(com_pasta, "matriz", emitir().pfx(), senha="errada")
    soltar(com_pasta, "matriz", emitir().pfx())
    assert alheia.read_text() == conteudo
    assert com_pasta.instalacao.nomes(9) == ["matriz-ret.json", "matriz~2-ret.json"]
    assert com_pasta.instalacao.json(9, "matriz~2-ret.json")["resultado"] == "feito"


@pytest.mark.requisito("BORDA-20")
def test_uma_recusa_julgada_de_novo_depois_de_religar_nao_e_outra_linha(com_pasta: InstalacaoComCofre) -> None:
    soltar(com_pasta, "x", emitir().pfx(), senha="errada")
    com_pasta.instalacao.reabrir()
    com_pasta.instalacao.passar(5)
    assert trilha(com_pasta) == [("certificado recusado", "x.pfx", "recusado")]
    assert com_pasta.instalacao.nomes(9) == ["x-ret.json"]
    (pasta(com_pasta) / "x.senha").write_text("outra errada")  # a person tried again
    com_pasta.instalacao.passar(5)
    assert len(trilha(com_pasta)) == 2
    detalhes = com_pasta.instalacao.banco.todas("SELECT detalhe FROM auditoria")
    assert all("outra errada" not in r["detalhe"] for r in detalhes)
