"""Tests a service whose `.separador` is taken away and replaced, at each step between scan and archive.

Nothing of what was put there is read, moved or removed; the route says what is wrong; given back, the file goes on:
neither lost nor twice.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from separador.motor.desfecho import conclusao, entrega, saidas
from separador.motor.entrada import despacho
from separador.motor.trabalho import leitura
from separador.pastas import faixas, sistema, tomada
from tests.apoio.amostra import do_dia
from tests.apoio.contas import SERVICO, TROCA, WMS, como, separador, so_como_root
from tests.apoio.contas import lugar as lugar_de_todos
from tests.apoio.instalacao import Instalacao
from tests.apoio.posse import canto, restos

pytestmark = [pytest.mark.requisito("BORDA-01"), pytest.mark.timeout(120)]

ROTAS = [{"id": 1, "ativo": True, "regra": "mover", "origem": "entrada", "destino": "saida", "arquivo": ".txt"}]
PASSOS: dict[str, tuple[Any, str]] = {
    "varrido": (tomada, "tomar"),
    "tomado": (despacho.Despacho, "enviar"),
    "lido": (leitura.publicacao, "preparar_copia"),
    "encenado": (despacho, "concluir"),
    "decidido": (conclusao, "finalizar"),
    "a publicar": (saidas, "publicar"),
    "visivel": (entrega, "_confirmar"),
    "confirmado": (entrega, "arquivar_terminados"),
}


@dataclass
class Ataque:
    """Takes `.separador` of a folder away, and puts something else there."""

    pasta: Path
    isca: Path
    feito: bool = False

    @property
    def propria(self) -> Path:
        return self.pasta / ".separador"

    def tirar(self) -> None:
        """Takes it away. A folder of the attacker's looks the same, with a link to a secret where claims lie."""
        self.feito = True
        shutil.copytree(self.propria, self.isca, dirs_exist_ok=True)
        trabalho = canto(self.pasta) / "trabalho"
        isca = self.isca / trabalho.relative_to(self.propria)
        (isca / "1-x").symlink_to(self.isca.with_name("segredos"))
        self.propria.rename(self.pasta / ".x")

    def devolver(self) -> None:
        """Gives it back."""
        subprocess.run(["umount", "-q", self.propria], check=False)
        if self.propria.is_dir() and not self.propria.is_symlink():
            shutil.rmtree(self.propria)
        else:
            self.propria.unlink()
        (self.pasta / ".x").rename(self.propria)


def _link(a: Ataque) -> None:
    a.propria.symlink_to(a.isca)


def _fila(a: Ataque) -> None:
    os.mkfifo(a.propria)


def _arquivo(a: Ataque) -> None:
    a.propria.write_bytes(b"x")


def _de_outro(a: Ataque) -> None:
    if os.geteuid() != 0:
        pytest.skip("PULADO: só root dá pastas a outro dono")
    shutil.copytree(a.isca, a.propria, symlinks=True)
    subprocess.run(["chown", "-Rh", "61002:61002", a.propria], check=True)


def _de_todos(a: Ataque) -> None:
    shutil.copytree(a.isca, a.propria, symlinks=True)
    a.propria.chmod(0o777)


def _outro_disco(a: Ataque) -> None:
    a.propria.mkdir()
    montado = subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0750", "tmpfs", a.propria], capture_output=True)
    if montado.returncode != 0:
        pytest.skip("PULADO: este teste precisa montar um disco")
    shutil.copytree(a.isca, a.propria, symlinks=True, dirs_exist_ok=True)


def _igual(a: Ataque) -> None:
    subprocess.run(["cp", "-a", a.pasta / ".x", a.propria], check=True)


ATAQUES = [_link, _fila, _arquivo, _de_outro, _de_todos, _outro_disco, _igual]


@pytest.fixture
def segredos(tmp_path: Path) -> Iterator[Path]:
    pasta = tmp_path / "segredos"
    pasta.mkdir()
    (pasta / "chave-mestra.txt").write_bytes(b"segredo")
    yield pasta
    assert [p.name for p in pasta.iterdir()] == ["chave-mestra.txt"]


def _arvore(pasta: Path) -> list[str]:
    return sorted(str(p.relative_to(pasta)) for p in pasta.rglob("*"))


@pytest.mark.parametrize("lado", ["entrada", "saida"])
@pytest.mark.parametrize("por", ATAQUES, ids=lambda f: f.__name__.strip("_"))
@pytest.mark.parametrize("passo", do_dia(PASSOS, 2))
def test_trocada_em_cada_passo(
    tmp_path: Path,
    segredos: Path,
    monkeypatch: pytest.MonkeyPatch,
    passo: str,
    por: Callable[[Ataque], None],
    lado: str,
) -> None:
    # The disk of the tests may be an overlay, where a swap cannot be told from a number that changed.
    monkeypatch.setattr(sistema, "tipo_de_sistema", lambda _: "ext4")
    with Instalacao(tmp_path / "a", rotas=ROTAS) as a:
        ataque = Ataque(a.pasta / lado, tmp_path / "isca")
        modulo, nome = PASSOS[passo]
        de_verdade = getattr(modulo, nome)

        def atacar(*args: Any, **opcoes: Any) -> Any:
            if not ataque.feito:
                ataque.tirar()
                por(ataque)
            return de_verdade(*args, **opcoes)

        monkeypatch.setattr(modulo, nome, atacar)
        for n in range(3):
            (a.pasta / "entrada" / f"{n}.txt").write_bytes(b"%d" % n)
        try:
            a.rodar()
            assert ataque.feito
            antes = _arvore(ataque.isca)
            posta = _arvore(ataque.propria) if ataque.propria.is_dir() else None
            a.passar(5)
            a.passar(70)
            assert {"SEP-CANTO-ALHEIO", "SEP-CANTO-TROCADO"} & set(a.falhas()), a.falhas()
            assert _arvore(ataque.isca) == antes
            assert (_arvore(ataque.propria) if ataque.propria.is_dir() else None) == posta
        finally:
            ataque.devolver()
        a.passar(70)
        a.passar(70)
        assert sorted(a.nomes(1)) == ["0.txt", "1.txt", "2.txt"]
        guardados = [p.name.partition("_")[2] for p in (a.dados / "arquivo").rglob("*") if p.is_file()]
        assert sorted(guardados) == ["0.txt", "1.txt", "2.txt"]
        assert (a.falhas(), restos(a.pasta / "entrada"), restos(a.pasta / "saida")) == ([], [], [])


def test_na_partida_nada_do_que_foi_posto_e_tomado(tmp_path: Path, segredos: Path) -> None:
    """A claim put into a false corner while the service is off is not adopted at its start."""
    a = Instalacao(tmp_path / "a", rotas=ROTAS)
    a.rodar()
    a.fechar()
    ataque = Ataque(a.pasta / "entrada", tmp_path / "isca")
    ataque.tirar()
    _link(ataque)
    antes = _arvore(ataque.isca)
    a.abrir()
    a.rodar()
    assert a.falhas() == ["SEP-CANTO-ALHEIO"]
    assert (_arvore(ataque.isca), a.nomes(1)) == (antes, [])
    ataque.devolver()
    a.passar(2)
    assert a.falhas() == []
    a.fechar()


def test_segundo_nome_depois_de_tomado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of a file may give it another name also in our corner. It settles again, and is shown."""
    with Instalacao(tmp_path / "a", rotas=ROTAS) as a:
        de_verdade, feitos = despacho.Despacho.enviar, list[Path]()

        def ligar(self: despacho.Despacho, itens: Any, **opcoes: Any) -> None:
            if not feitos:
                feitos.append(tmp_path / "outro")
                os.link(itens[0].caminho, tmp_path / "outro")
            de_verdade(self, itens, **opcoes)

        monkeypatch.setattr(despacho.Despacho, "enviar", ligar)
        (a.pasta / "entrada/a.txt").write_bytes(b"a")
        a.rodar()
        assert (a.nomes(1), a.falhas()) == ([], [])
        a.passar(59)
        assert a.falhas() == []
        a.passar(5)
        a.passar(5)
        assert a.falhas() == ["SEP-LIGADO"]
        (tmp_path / "outro").unlink()
        a.passar(2)
        a.passar(2)
        assert (a.nomes(1), a.falhas()) == (["a.txt"], [])


def test_segundo_nome_na_origem_e_mostrado_depois_do_tempo_quieto_e_mais_um_minuto(tmp_path: Path) -> None:
    with Instalacao(tmp_path / "a", rotas=ROTAS, tempo_quieto=30) as a:
        (a.pasta / "entrada/a.txt").write_bytes(b"a")
        os.link(a.pasta / "entrada/a.txt", tmp_path / "outro")
        a.rodar()
        a.passar(85)
        assert a.falhas() == []
        a.passar(5)
        a.passar(5)
        assert (a.nomes(1), a.falhas()) == ([], ["SEP-LIGADO"])
        (tmp_path / "outro").unlink()
        a.passar(31)
        a.passar(31)
        a.passar(31)
        assert (a.nomes(1), a.falhas()) == (["a.txt"], [])


def test_pasta_do_mes_que_e_um_link_nao_recebe_nada(
    tmp_path: Path, fazer_instalacao: Callable[..., Instalacao]
) -> None:
    """Folders by month lie where others may write."""
    rotas = [
        {"id": 1, "ativo": True, "regra": "cte-envio", "origem": "Envio", "destino": "sefaz",
         "arquivo": ["-cte.xml"], "autorizados": "Autorizados"},
        {"id": 2, "ativo": True, "regra": "cte-retorno", "origem": "da-sefaz", "destino": "Retorno",
         "arquivo": [".xml"]},
    ]  # fmt: skip
    fora = tmp_path / "fora"
    fora.mkdir()
    with fazer_instalacao(perfil_nomes="uninfe", rotas=rotas) as a:
        e = a.enviado(1)
        (a.pasta / "Autorizados" / f"{a.agora:%Y%m}").symlink_to(fora)
        a.autorizar(e)
        a.passar(5)
        assert os.listdir(fora) == []
        assert "SEP-CANTO-ALHEIO" in a.falhas()
        (a.pasta / "Autorizados" / f"{a.agora:%Y%m}").unlink()
        a.passar(70)
        a.passar(70)
        assert len(os.listdir(a.pasta / "Autorizados" / f"{a.agora:%Y%m}")) == 1
        assert a.falhas() == []


@so_como_root
def test_quem_troca_a_propria_nao_chega_a_chave_mestra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member of the group puts a `.separador` of its own in the place of ours, with a link to the vault among the
    claims. The folder has no sticky bit, as a former version made it."""
    faixas.usar(None)
    with lugar_de_todos() as aqui:
        for pasta, modo in (("wms", 0o2770), ("var", 0o750), ("saida", 0o2770)):
            (aqui / pasta).mkdir()
            os.chown(aqui / pasta, SERVICO, TROCA if pasta != "var" else SERVICO)
            (aqui / pasta).chmod(modo)
        (aqui / "a.yaml").write_text(
            "dados: var\ntrabalhadores: 0\nreserva_disco_mb: 0\ntempo_leitura: 1\nrotas:\n"
            "  - {id: 1, regra: mover, origem: wms, destino: saida, arquivo: .txt}\n"
        )
        (aqui / "a.yaml").chmod(0o644)

        def servico(comando: str) -> subprocess.CompletedProcess[str]:
            return como(SERVICO, *separador(aqui / "a.yaml", comando), grupos=[TROCA])

        assert servico("init").returncode == 0
        assert servico("uma-vez").returncode == 0
        chave = aqui / "var/cofre/chave-mestra"
        assert chave.is_file()
        (nosso,) = [p.name for p in (aqui / "wms/.separador").iterdir() if "-" in p.name]
        ataque = (
            f"umask 0; cd {aqui}/wms && mv .separador .x && mkdir -p .separador/{nosso}/trabalho && "
            f"cp .x/marca .separador/marca; ln -s {aqui}/var/cofre .separador/{nosso}/trabalho/1-x; "
            f"chmod -R 777 .separador"
        )
        feito = como(WMS, "sh", "-c", ataque, grupos=[TROCA])
        assert (aqui / "wms/.separador" / nosso / "trabalho/1-x").is_symlink(), feito.stderr
        servico("uma-vez")
        assert chave.is_file()
        assert [p.name for p in (aqui / "saida").iterdir()] == [".separador"]
        assert list((aqui / "var/arquivo").rglob("*chave*")) == []
        falhas = servico("falhas")
        assert "não é só desta instalação" in falhas.stdout
