"""Files that a person gave go into the origin once, wherever the pass before was cut short."""

import json
import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from separador.motor.entrada import soltos
from separador.nucleo.rota import Rota
from separador.pastas import faixas
from separador.pastas.erros import PastaSumiu
from tests.apoio.instalacao import Instalacao

pytestmark = pytest.mark.requisito("PAINEL-01")
FICHA = "0123456789abcdef" * 2


def guardar(c: Instalacao, dados: bytes = b"solto", ficha: str = FICHA) -> Path:
    pasta = c.dados / soltos.PASTA
    pasta.mkdir(exist_ok=True)
    (pasta / ficha).write_bytes(dados)
    return pasta / ficha


def registrar(c: Instalacao, nome: str = "a.txt", ficha: str = FICHA, rota: int = 4) -> int:
    dados = json.dumps({"nome": nome, "guardado": ficha, "tamanho": 5})
    with closing(abrir(c.dados, migrar=False)) as outro:
        return tabela_de_pedidos.registrar(
            outro, soltos.PEDIDO, str(rota), None, "operador", texto_de(c.agora), dados=dados
        )


def estado(c: Instalacao, numero: int) -> tuple[str, str]:
    linha = tabela_de_pedidos.por_id(c.banco, numero)
    assert linha is not None
    return linha["estado"], linha["codigo"]


def rota_4(c: Instalacao) -> Rota:
    rota = c.ciclo.contexto.rota(4)
    assert rota is not None
    return rota


def copiar(c: Instalacao, guardado: Path) -> tuple[soltos.Copia, Path]:
    """Does the first half, as a pass that was cut short did it."""
    origem = rota_4(c).origem
    prefixo = faixas.prefixo(c.ciclo.contexto.cantos, origem)
    copia, nota = soltos.Copia(origem, prefixo + FICHA.encode() + soltos.SUFIXO), soltos._nota(guardado)
    soltos._copiar(copia, guardado, nota)
    return copia, nota


def aceitar(c: Instalacao, numero: int) -> None:
    with closing(abrir(c.dados, migrar=False)) as outro:
        tabela_de_pedidos.aceitar(outro, numero)


def test_o_arquivo_entra_segue_e_a_guarda_fica_vazia(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardar(c)
        numero = registrar(c)
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        c.passar(10)
        assert c.ler(4, "a.txt") == b"solto"
        assert list((c.dados / soltos.PASTA).iterdir()) == []


@pytest.mark.parametrize("publicado", [False, True], ids=["antes-de-aparecer", "depois-de-aparecer"])
def test_um_passe_cortado_acaba_uma_vez_so(tmp_path: Path, publicado: bool) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        copia, nota = copiar(c, guardado)
        numero = registrar(c)
        if publicado:
            assert soltos._publicar(copia, nota, b"a.txt") == "SEP-SOLTO"
        c.reabrir()  # the recovery leaves the copy: its order will be carried out again
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        c.passar(10)
        assert c.nomes(4) == ["a.txt"]
        assert c.nomes(rota_4(c).origem) == []
        assert list((c.dados / soltos.PASTA).iterdir()) == []


@pytest.mark.parametrize("publicado", [False, True], ids=["antes-de-aparecer", "depois-de-aparecer"])
@pytest.mark.parametrize(
    ("como", "antiga"), [("inativa", False), ("inativa", True), ("removida", False), ("outra-origem", False)]
)
def test_a_rota_muda_com_a_copia_feita(tmp_path: Path, como: str, *, publicado: bool, antiga: bool) -> None:
    """What did not become visible is taken back; what did was delivered. It is neither lost nor given twice.

    `antiga`: the note is of an earlier version, which did not name the folder.
    """
    with Instalacao(tmp_path) as c:
        copia, nota = copiar(c, guardar(c))
        numero = registrar(c)
        aceitar(c, numero)
        if publicado:
            assert soltos._publicar(copia, nota, b"a.txt") == "SEP-SOLTO"
        if antiga:
            nota.write_bytes(copia.provisorio)
        rota = next(r for r in c.rotas if r["id"] == 4)
        if como == "inativa":
            rota["ativo"] = False
        elif como == "removida":
            c.rotas.remove(rota)
        else:
            (c.pasta / "inbox/nova").mkdir()
            rota["origem"] = "inbox/nova"
        c.gravar_config()
        c.reabrir()
        c.rodar()
        c.passar(10)
        na_antiga = [p.name for p in copia.origem.iterdir() if p.is_file()]
        if publicado:
            assert estado(c, numero) == ("feita", "SEP-SOLTO")
            assert na_antiga == ["a.txt"]
        elif como == "outra-origem":
            assert estado(c, numero) == ("feita", "SEP-SOLTO")
            assert na_antiga == []
            assert c.ler(4, "a.txt") == b"solto"
        else:
            assert estado(c, numero) == ("recusada", "SEP-SOLTAR-ROTA")
            assert na_antiga == []
        assert not list(copia.origem.rglob(f"*{soltos.SUFIXO.decode()}"))
        c.passar(timedelta(hours=2).total_seconds())
        assert [p.name for p in (c.dados / soltos.PASTA).iterdir() if p.suffix] == []


def test_uma_nota_que_nao_se_le_nao_para_o_servico(tmp_path: Path) -> None:
    """The order has an answer, and the routes go on."""
    with Instalacao(tmp_path) as c:
        _, nota = copiar(c, guardar(c))
        numero = registrar(c)
        nota.unlink()
        nota.mkdir()
        c.rodar()
        linha = tabela_de_pedidos.por_id(c.banco, numero)
        assert linha is not None
        assert (linha["estado"], linha["codigo"]) == ("recusada", "SEP-INCIDENTE")
        c.soltar(4, "b.txt", b"b")
        assert c.nomes(4) == ["b.txt"]


def test_uma_copia_feita_entra_ainda_que_a_guarda_se_perca(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        copiar(c, guardado)
        guardado.unlink()
        numero = registrar(c)
        c.rodar()
        c.passar(10)
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        assert c.ler(4, "a.txt") == b"solto"


def test_um_nome_que_nao_e_utf8_entra_uma_vez(tmp_path: Path) -> None:
    """As an old ERP writes it: its order is answered as what it came to, also when nobody waits any more."""
    with Instalacao(tmp_path) as c:
        guardar(c)
        guardar(c, ficha="1" * 32)
        nome = os.fsdecode(b"emiss\xe3o.txt")
        numero, outro = registrar(c, nome), registrar(c, nome, "1" * 32)
        c.ponteiros.passar(61)
        c.rodar()
        assert estado(c, numero) == ("feita", "SEP-SOLTO")
        assert estado(c, outro)[0] in ("feita", "recusada")
        assert "SEP-INCIDENTE" not in c.falhas()


def test_o_que_pode_ter_entrado_nao_e_mandado_de_novo_sem_olhar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is visible and its folder cannot be flushed: the answer does not say that nothing happened."""
    with Instalacao(tmp_path) as c:
        guardar(c)
        numero = registrar(c)
        verdadeiro = soltos.sincronizar_pasta

        def sem_descarga(pasta: Path) -> None:
            if pasta == rota_4(c).origem:
                raise PastaSumiu(pasta)
            verdadeiro(pasta)

        monkeypatch.setattr(soltos, "sincronizar_pasta", sem_descarga)
        c.rodar()
        linha = tabela_de_pedidos.por_id(c.banco, numero)
        assert linha is not None
        assert linha["estado"] == "recusada"
        assert linha["mensagem"].endswith("O arquivo pode ter entrado: confira a pasta antes de soltá-lo de novo.")


def test_uma_copia_pela_metade_e_feita_de_novo(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        copiar(c, guardado)[1].unlink()
        registrar(c)
        c.rodar()
        c.passar(10)
        assert c.ler(4, "a.txt") == b"solto"


def test_um_nome_ocupado_nao_e_sobreposto_nem_dado_por_feito(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        (c.origem(4) / "a.txt").mkdir()
        guardado = guardar(c)
        numero = registrar(c)
        c.rodar()
        assert estado(c, numero) == ("recusada", "SEP-NOME-OCUPADO")
        assert not soltos._nota(guardado).exists()
        assert not list(c.origem(4).rglob(f"*{soltos.SUFIXO.decode()}"))


def test_o_que_foi_recusado_sem_ninguem_a_espera_sai_das_falhas_quando_e_dado_de_novo(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        (c.origem(4) / "a.txt").mkdir()
        guardar(c)
        registrar(c)
        c.rodar()
        assert c.falhas() == [], "quem a deu estava à espera, e leu a resposta"
        guardar(c, ficha="1" * 32)
        registrar(c, ficha="1" * 32)
        c.ponteiros.passar(61)
        c.rodar()
        assert c.falhas() == ["SEP-ORDEM-NAO-CUMPRIDA"]
        (c.origem(4) / "a.txt").rmdir()
        guardar(c, ficha="2" * 32)
        registrar(c, ficha="2" * 32)
        c.rodar()
        assert c.falhas() == []


def test_sem_rota_e_sem_arquivo_a_ordem_e_recusada(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        sem_arquivo, sem_rota = registrar(c), registrar(c, rota=99)
        fora = registrar(c, ficha="../../etc/passwd")
        c.rodar()
        assert estado(c, sem_arquivo) == ("recusada", "SEP-SOLTAR-SUMIU")
        assert estado(c, sem_rota) == ("recusada", "SEP-SOLTAR-ROTA")
        assert estado(c, fora) == ("recusada", "SEP-SOLTAR-SUMIU")


def test_o_que_ninguem_pediu_sai_quando_fica_velho(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as c:
        guardado = guardar(c)
        c.rodar()
        assert guardado.exists()  # it may be one that is just coming in
        os.utime(guardado, (0, 0))
        c.passar(timedelta(hours=2).total_seconds())
        assert not guardado.exists()
