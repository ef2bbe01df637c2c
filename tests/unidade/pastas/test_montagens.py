"""Tests which device a path lies on, by the table of mounts."""

import os
from pathlib import Path

import pytest

from separador.pastas.montagens import Montagens, ler_tabela, montagem_de

pytestmark = pytest.mark.requisito("BORDA-06")

TABELA = rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 8:2 / /var rw - ext4 /dev/sda2 rw
31 22 0:50 / /mnt/rede rw - nfs4 servidor:/a rw
32 31 0:51 / /mnt/rede/dentro rw - cifs //s/b rw
33 22 0:52 /x /mnt/com\040espa\303\247o rw - fuse bindfs rw
34 22 0:50 /sub /srv/outro rw - nfs4 servidor:/a rw
35 22 8:2 /bind /srv/nosso rw - ext4 /dev/sda2 rw
uma linha de outra forma
"""


@pytest.mark.parametrize(
    ("caminho", "dispositivo"),
    [
        ("/", "8:1"),
        ("/srv/in", "8:1"),
        ("/var/lib/separador", "8:2"),
        ("/variavel", "8:1"),
        ("/mnt/rede", "0:50"),
        ("/mnt/rede/cte/entrada", "0:50"),
        ("/mnt/rede/dentro/x", "0:51"),
        ("/mnt/rede/dentrox", "0:50"),
        ("/mnt/com espaço/e1", "0:52"),
        ("/srv/outro/e", "0:50"),
        ("/srv/nosso/e", "8:2"),
    ],
)
def test_o_prefixo_mais_longo(caminho: str, dispositivo: str) -> None:
    achada = montagem_de(os.fsencode(caminho), ler_tabela(TABELA))
    assert achada is not None
    assert achada.dispositivo == dispositivo


def test_vale_a_montagem_de_cima_e_nao_a_que_ficou_escondida() -> None:
    """A second mount on one point hides the first, and everything that was mounted below it."""
    tabela = ler_tabela(TABELA + b"40 31 0:60 / /mnt/rede rw - tmpfs tmpfs rw\n")
    achada = montagem_de(b"/mnt/rede/dentro/x", tabela)
    assert achada is not None
    assert achada.dispositivo == "0:60"


def test_sem_raiz_na_tabela_acha_o_que_houver() -> None:
    tabela = ler_tabela(b"31 22 0:50 / /mnt/rede rw - nfs4 s:/a rw\n")
    assert montagem_de(b"/srv", tabela) is None
    achada = montagem_de(b"/mnt/rede/x", tabela)
    assert achada is not None
    assert achada.dispositivo == "0:50"


def test_tabela_ilegivel_nao_diz_nada(tmp_path: Path) -> None:
    assert Montagens(str(tmp_path / "nenhuma")).dispositivo(tmp_path) is None


def _com_tabela(tmp_path: Path, linhas: str) -> Montagens:
    arquivo = tmp_path / "mountinfo"
    arquivo.write_text(linhas, encoding="utf-8")
    return _Arquivo(str(arquivo))


class _Arquivo(Montagens):
    """A table in a plain file, which cannot be polled: it is read every time."""

    def tabela(self) -> tuple[object, ...]:  # type: ignore[override]
        return ler_tabela(Path(self._arquivo).read_bytes())


def test_uma_ligacao_no_nosso_disco_leva_ao_compartilhamento(tmp_path: Path) -> None:
    """Links are followed as the kernel does: absolute, relative, through `..`, to a folder below a link."""
    rede = tmp_path / "rede"
    montagens = _com_tabela(
        tmp_path, f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 22 0:50 / {rede} rw - nfs4 servidor:/a rw\n"
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "absoluta").symlink_to(rede / "e1")
    (tmp_path / "a/relativa").symlink_to("../rede")
    (tmp_path / "em-volta").symlink_to("em-volta")
    assert montagens.dispositivo(tmp_path / "absoluta") == "0:50"
    assert montagens.dispositivo(tmp_path / "a/relativa/e2") == "0:50"
    assert montagens.dispositivo(tmp_path / "a/../rede/x") == "0:50"
    assert montagens.dispositivo(tmp_path / "a/sem-ligacao") == "8:1"
    assert montagens.dispositivo(tmp_path / "em-volta/x") == "8:1"


def test_nada_do_compartilhamento_e_olhado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on the share itself is not read: to read it is to wait for the share."""
    rede = tmp_path / "rede"
    rede.mkdir()
    (rede / "ligacao").symlink_to("/")
    montagens = _com_tabela(
        tmp_path, f"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n31 22 0:50 / {rede} rw - nfs4 servidor:/a rw\n"
    )
    lidos: list[bytes] = []
    de_verdade = os.readlink
    monkeypatch.setattr(os, "readlink", lambda c: lidos.append(c) or de_verdade(c))
    assert montagens.dispositivo(rede / "ligacao/x") == "0:50"
    assert not [c for c in lidos if c.startswith(os.fsencode(rede))]


def test_a_tabela_do_sistema_diz_o_mesmo_que_o_stat() -> None:
    """The real table: the device of the root folder is found in it."""
    montagens = Montagens()
    achado = montagens.dispositivo(Path("/proc/self"))
    assert achado is not None
    assert os.makedev(*map(int, achado.split(":"))) == os.stat("/proc/self").st_dev
