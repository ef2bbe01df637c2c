"""Tests a copy made, proven and put back, on a real installation."""

import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.copias.dominio.manifesto import Guardado, ler
from separador.capacidades.copias.servico import arvore, fazer, fontes
from separador.capacidades.copias.servico.cofre import VARIAVEL
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.configuracao import Configuracao, carregar
from tests.apoio.instalacao import Instalacao
from tests.integracao.copias.conftest import Rodar

FRASE = "uma frase bem longa"


@pytest.fixture
def cheia(instalacao: Instalacao) -> Instalacao:
    """An installation with authorised, cancelled, rejected and open documents, and a vault with a secret."""
    for n in (1, 2):
        instalacao.autorizado(n)
    instalacao.responder_evento(instalacao.cancelando(3))
    instalacao.rejeitar(instalacao.enviado(4))
    instalacao.enviado(5)
    instalacao.soltar(4, "nota.txt", b"texto")
    chave_mestra.criar_arquivo(instalacao.dados, chave_mestra.gerar())
    with closing(abrir(instalacao.dados, migrar=False)) as banco:
        cofre = abrir_cofre(instalacao.dados, banco, {})
        assert isinstance(cofre, Cofre)
        cofre.guardar("senha-do-smtp", b"segredo-que-nao-aparece")
    return instalacao


def manifestos(destino: Path) -> list[dict[str, Guardado]]:
    lidos = [ler((p / "manifesto").read_bytes()) for p in sorted((destino / "copias").iterdir())]
    assert None not in lidos
    return [m.arquivos for m in lidos if m is not None]


def todos(pasta: Path) -> Iterator[Path]:
    yield from (p for p in pasta.rglob("*") if p.is_file())


@pytest.mark.requisito("OPS-08", "OPS-09")
def test_copia_com_o_servico_ligado_confere_e_volta_inteira(
    cheia: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path
) -> None:
    rodar("copia", "fazer", destino)
    conferida = rodar("copia", "conferir", destino)
    assert "está inteira" in conferida.output
    assert "1 segredo no cofre" in conferida.output
    volta = tmp_path / "volta"
    dito = rodar("copia", "restaurar", destino, "--em", volta).output
    assert "init --mesma-instalacao" in dito
    assert "init --nova-instalacao" in dito
    for pasta in ("fiscal", "arquivo"):
        nossos = {p.relative_to(cheia.dados): p.read_bytes() for p in cheia.recortes(pasta)}
        assert nossos == {p.relative_to(volta / "var"): p.read_bytes() for p in todos(volta / "var" / pasta)}
    dito = rodar("verificar", config=volta / "config/separador.yaml", codigo=1).output
    assert "não é a que esta instalação conhece" in dito  # nothing before `init`
    rodar("init", "--nova-instalacao", config=volta / "config/separador.yaml")
    assert "A auditoria confere" in rodar("auditoria", "conferir", config=volta / "config/separador.yaml").output
    linhas = json.loads(rodar("auditoria", "listar", "--json", config=volta / "config/separador.yaml").output)
    assert [li["acao"] for li in linhas if li["acao"] == "cópia restaurada"] == ["cópia restaurada"]
    antes, depois = (
        json.loads(rodar("cte", "listar", "--json", config=c).output) for c in (None, volta / "config/separador.yaml")
    )
    assert depois == antes
    assert len(antes) == 5


@pytest.mark.requisito("OPS-08")
def test_so_o_dono_le_a_copia_e_nela_nao_ha_chave_nem_segredo(
    cheia: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIAVEL, FRASE)
    cheia.gravar_config(avisos={"webhook": "https://avisos.exemplo/t0ken-secreto/x"})
    chave = (cheia.dados / "cofre/chave-mestra").read_bytes().splitlines()[1]
    rodar("copia", "fazer", destino)
    assert {stat.S_IMODE(p.stat().st_mode) for p in todos(destino)} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in destino.rglob("*") if p.is_dir()} == {0o700}
    for arquivo in todos(destino):
        dados = arquivo.read_bytes()
        for segredo in (chave, b"segredo-que-nao-aparece", b"t0ken-secreto", FRASE.encode()):
            assert segredo not in dados, arquivo
    assert not list(destino.rglob("*.pfx"))
    assert not list(destino.rglob("chave-mestra"))
    dito = rodar("copia", "restaurar", destino, "--em", destino.parent / "volta").output
    assert "avisos.webhook" in dito


@pytest.mark.requisito("OPS-08", "OPS-09")
def test_com_a_frase_o_cofre_abre_sem_a_chave_mestra(
    cheia: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIAVEL, FRASE)
    rodar("copia", "fazer", destino)
    sem_maquina = tmp_path / "outra" / "separador.yaml"  # another machine: neither configuration nor key
    rodar("copia", "conferir", destino, config=sem_maquina)
    monkeypatch.setenv(VARIAVEL, "outra frase bem longa")
    assert "cofre.copia" in rodar("copia", "conferir", destino, config=sem_maquina, codigo=1).output
    monkeypatch.delenv(VARIAVEL)
    assert "O cofre da cópia não abriu" in rodar("copia", "conferir", destino, config=sem_maquina, codigo=1).output
    rodar("copia", "conferir", destino)


@pytest.mark.requisito("OPS-08")
def test_a_segunda_copia_nao_le_de_novo_o_que_nao_mudou(
    cheia: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch
) -> None:
    rodar("copia", "fazer", destino)
    abertos: list[Path] = []
    original = fontes.abrir
    monkeypatch.setattr(fontes, "abrir", lambda a: (abertos.append(a), original(a))[1])
    assert " 0 novos no acervo" in rodar("copia", "fazer", destino).output
    assert [a for a in abertos if a.parts[-3:-1] != ("config", "cadastros")]
    assert not [a for a in abertos if {"fiscal", "arquivo"} & set(a.parts)]
    um, outro = manifestos(destino)
    assert um.keys() == outro.keys()
    rodar("copia", "conferir", destino)


@pytest.mark.requisito("OPS-09")
@pytest.mark.parametrize("qual", ["acervo/fiscal/*/*-procCTe.xml", "copias/*/dados/separador.db", "copias/*/manifesto"])
def test_um_byte_virado_na_copia_e_achado_pelo_nome(
    cheia: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path, qual: str
) -> None:
    rodar("copia", "fazer", destino)
    arquivo = min(destino.glob(qual))
    dados = bytearray(arquivo.read_bytes())
    dados[len(dados) // 2] ^= 1
    arquivo.write_bytes(dados)
    assert arquivo.name in rodar("copia", "conferir", destino, codigo=1).output
    recusa = rodar("copia", "restaurar", destino, "--em", tmp_path / "volta", codigo=1).output
    assert arquivo.name in recusa
    assert not (tmp_path / "volta" / "var").exists()


@pytest.mark.requisito("OPS-01", "OPS-09")
@pytest.mark.parametrize("qual", ["copias/*/dados/separador.db", "copias/*/manifesto"])
def test_uma_copia_cortada_ao_meio_e_recusada_com_a_sua_frase(
    cheia: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path, qual: str
) -> None:
    """The copy before it stays good, and the next one is made beside it."""
    rodar("copia", "fazer", destino)
    rodar("copia", "fazer", destino)
    antes, cortada = sorted(p.name for p in (destino / "copias").iterdir())
    (arquivo,) = (destino / "copias" / cortada).glob(qual.partition("/*/")[2])
    with arquivo.open("r+b") as aberto:
        aberto.truncate(arquivo.stat().st_size // 2)
    assert arquivo.name in rodar("copia", "conferir", destino, codigo=1).output
    assert arquivo.name in rodar("copia", "restaurar", destino, "--em", tmp_path / "volta", codigo=1).output
    assert not (tmp_path / "volta" / "var").exists()
    rodar("copia", "conferir", destino, "--copia", antes)
    sem_manifesto = arquivo.name == "manifesto"
    dito = rodar("copia", "fazer", destino, "--para-sempre", "2", codigo=int(sem_manifesto)).output
    assert (cortada in dito) is sem_manifesto
    rodar("copia", "conferir", destino)
    assert " 0 novos no acervo" in dito, "o que as outras têm em comum não sai, nem se lê de novo"
    shutil.rmtree(destino / "copias" / cortada)
    rodar("copia", "fazer", destino, "--para-sempre", "1")
    rodar("copia", "conferir", destino)


@pytest.mark.requisito("OPS-08", "OPS-09")
def test_em_um_disco_sem_hard_links(
    cheia: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on a FAT disk, or on a share that refuses them: made twice, pruned, proven and put back."""

    def recusar(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", recusar)
    for _ in range(2):
        rodar("copia", "fazer", destino, "--para-sempre", "1")
    assert len(list((destino / "copias").iterdir())) == 1
    rodar("copia", "conferir", destino)
    (tmp_path / "volta").mkdir()
    rodar("copia", "restaurar", destino, "--em", tmp_path / "volta")


@pytest.mark.requisito("OPS-09")
def test_um_byte_virado_em_um_documento_processado_da_instalacao_e_achado_pelo_nome(
    cheia: Instalacao, destino: Path, rodar: Rodar
) -> None:
    """The copy is the same as the installation, and still it is not right: the database knows what was published."""
    arquivo = next(p for p in cheia.recortes("fiscal") if p.name.endswith("-procCTe.xml"))
    dados = arquivo.read_bytes()
    arquivo.write_bytes(dados[:100] + bytes([dados[100] ^ 1]) + dados[101:])
    rodar("copia", "fazer", destino)
    autorizados = {arquivo.name for arquivo in cheia.recortes("fiscal")}
    assert arquivo.name in autorizados
    dito = rodar("copia", "conferir", destino, codigo=1).output
    assert f"{arquivo.name}: não é o documento processado que foi publicado" in dito


@pytest.mark.requisito("OPS-09")
def test_um_processado_que_falta_e_dito_por_quem_copia(cheia: Instalacao, destino: Path, rodar: Rodar) -> None:
    chave = next(p.name for p in cheia.recortes("fiscal") if p.name.endswith("-procCTe.xml"))
    next(p for p in cheia.recortes("fiscal") if p.name == chave).unlink()
    config = carregar(cheia.config)
    assert isinstance(config, Configuracao)
    with pytest.raises(fazer.CopiaError, match=chave):
        fazer.fazer(config, destino, cheia.agora, esperar=lambda _: None)


@pytest.mark.requisito("OPS-08")
def test_um_mes_de_copias_com_poda(
    instalacao: Instalacao, destino: Path, rodar: Rodar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every copy that stays is whole; what no copy names any more leaves the disk; retention goes on meanwhile."""
    config = carregar(instalacao.config)
    assert isinstance(config, Configuracao)
    for dia in range(31):
        instalacao.autorizado(dia + 1)
        if dia >= 5:
            shutil.rmtree(min((instalacao.dados / "arquivo/2026").glob("[0-9]*/[0-9]*")))  # retention, short
        regra = fazer.Regra(diaria=3, semanal=2, mensal=1)
        fazer.fazer(config, destino, instalacao.agora, regra=regra)
        instalacao.passar(86_400)
    ficaram = sorted(p.name for p in (destino / "copias").iterdir())
    assert 3 <= len(ficaram) <= 6
    for nome in ficaram:
        rodar("copia", "conferir", destino, "--copia", nome)
    citados = {c.removeprefix("dados/") for m in manifestos(destino) for c, g in m.items() if not g.avulso}
    assert {str(p.relative_to(destino / "acervo")) for p in todos(destino / "acervo")} == citados


@pytest.mark.requisito("OPS-08")
def test_pasta_de_outra_instalacao_pasta_com_outras_coisas_e_pasta_que_sumiu(
    cheia: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path
) -> None:
    rodar("copia", "fazer", destino)
    guardada = destino.rename(tmp_path / "desmontada")
    destino.mkdir()
    assert "pode ter caído" in rodar("copia", "fazer", destino, codigo=1).output
    rodar("copia", "fazer", destino, "--recomecar")
    marca = guardada / ".separador-copias"
    marca.write_text('{"instalacao": "abc"}', encoding="ascii")
    assert "outra instalação" in rodar("copia", "fazer", guardada, codigo=1).output
    (tmp_path / "cheia").mkdir()
    (tmp_path / "cheia/coisa.txt").write_bytes(b"x")
    assert "não está vazia" in rodar("copia", "fazer", tmp_path / "cheia", codigo=1).output
    assert "não está vazia" in rodar("copia", "restaurar", destino, "--em", tmp_path / "cheia", codigo=1).output


@pytest.mark.requisito("OPS-08")
def test_sem_banco_sem_copia_e_sem_pasta_ha_uma_frase(
    instalacao: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path
) -> None:
    assert "não existe" in rodar("copia", "conferir", destino, codigo=1).output
    (tmp_path / "vazia").mkdir()
    assert "Não há cópia" in rodar("copia", "conferir", tmp_path / "vazia", codigo=1).output
    rodar("copia", "fazer", destino)
    assert "Não há cópia 2020" in rodar("copia", "conferir", destino, "--copia", "2020", codigo=1).output
    instalacao.fechar()
    (instalacao.dados / "separador.db").unlink()
    for resto in instalacao.dados.glob("separador.db-*"):
        resto.unlink()
    assert "Não há banco" in rodar("copia", "fazer", destino, codigo=1).output
    assert not [n for n in os.listdir(instalacao.dados) if n.startswith(".separador-copia.db")]


@pytest.mark.requisito("OPS-08")
def test_um_link_no_lugar_de_uma_pasta_da_copia_nao_e_seguido(
    cheia: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path
) -> None:
    (destino / "acervo").mkdir(parents=True)
    fora = tmp_path / "fora"
    fora.mkdir()
    (destino / "acervo").rmdir()
    destino.rmdir()
    rodar("copia", "fazer", destino)
    shutil.rmtree(destino / "acervo/fiscal")
    (destino / "acervo/fiscal").symlink_to(fora)
    rodar("copia", "fazer", destino, codigo=1)
    assert list(fora.iterdir()) == []


def test_a_arvore_apaga_o_que_uma_morte_deixou(tmp_path: Path) -> None:
    (tmp_path / arvore.PROVISORIO).write_bytes(b"metade")
    with arvore.Arvore(tmp_path) as a:
        a.gravar("x", iter([b"inteiro"]))
        a.firmar()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"inteiro"
