"""Tests the takeover of folders: the former owner stopped at a point, the new one goes on. Nothing lost or doubled."""

import errno
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.demonstracao.empresas import EMITENTE
from separador.motor.desfecho.tomadas import Juizo, julgar
from separador.pastas.erros import FalhaDePasta, PastaSumiu, SemEspaco
from separador.pastas.posse import cerca, plano
from separador.pastas.posse.cerca import EmDisputa, assumir
from separador.pastas.posse.marca import inicializar, ler_marca
from separador.programa import grupo
from tests.apoio.instalacao import AGORA, Instalacao
from tests.apoio.posse import OUTRA, QUEM, canto, restos

pytestmark = pytest.mark.requisito("FRO-03")


def _rotas(pasta: Path) -> list[dict[str, object]]:
    comum = {"id": 1, "ativo": True, "regra": "mover", "arquivo": [".txt"]}
    return [comum | {"origem": str(pasta / "entrada"), "destino": str(pasta / "saida")}]


def _init(instalacao: Instalacao, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(instalacao.config), "init", *argumentos])


@contextmanager
def _fd(pasta: Path) -> Iterator[int]:
    fd = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield fd
    finally:
        os.close(fd)


# --- decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nota", "presentes", "juizo"),
    [
        (None, [], Juizo.DEVOLVER),
        ({}, [], Juizo.DEVOLVER),
        ({b"b": (("u", "1"),)}, [], Juizo.DEVOLVER),
        ({b"a": (("u", "1"),)}, [("u", "1")], Juizo.DEVOLVER),
        ({b"a": (("u", "1"),)}, [], Juizo.ARQUIVAR),
        ({b"a": (("u", "1"), ("u", "2"))}, [("u", "2")], Juizo.QUARENTENA),
        ({b"a": (("u", "1"), ("u", "2"))}, [("u", "1"), ("u", "2")], Juizo.DEVOLVER),
        ({b"a": (("x", "1"),)}, [], Juizo.QUARENTENA),
        ({b"a": (("x", "1"), ("u", "2"))}, [], Juizo.ARQUIVAR),
        ({b"a": None}, [], Juizo.QUARENTENA),
        ({b"a": ()}, [], Juizo.QUARENTENA),
    ],
)
def test_julgar(nota: plano.Plano | None, presentes: list[plano.Encenado], juizo: Juizo) -> None:
    assert julgar(b"a", nota, presentes, ["u"]) is juizo
    devolvida = juizo is Juizo.DEVOLVER and nota is not None and b"a" in nota
    assert julgar(b"a", nota, presentes, ["u"], repetivel=False) is (Juizo.QUARENTENA if devolvida else juizo)


def test_nota_de_um_lote(tmp_path: Path) -> None:
    plano.anotar(tmp_path, "1-x", {b"a\xff": None, b"b": [("u", "1")]})
    plano.anotar(tmp_path, "1-x", {b"a\xff": [("u", "2")]})
    plano.anotar(tmp_path, "1-x", {b"b": None})
    texto = (tmp_path / "decidido-1-x").read_bytes()
    assert plano.interpretar(texto) == {b"a\xff": (("u", "2"),), b"b": (("u", "1"),)}
    assert plano.interpretar(texto + b'{"c": [["u"') == plano.interpretar(texto), "linha pela metade não vale"
    assert plano.interpretar(b"nada\n[]\n1\n") == {}
    assert plano.interpretar(b'{"b": [["u", "3"]]}', plano.interpretar(texto))[b"b"] == (("u", "3"),)


def test_linha_que_o_disco_cortou_estraga_so_a_si(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk takes a part of a line first. Were that no error, the files would appear without their line."""
    plano.comecar(tmp_path, "1-x")
    gravar = os.write
    cabem = [7]

    def pouco(fd: int, dados: bytes) -> int:
        if not cabem[0]:
            raise OSError(errno.ENOSPC, "")
        feito = gravar(fd, bytes(dados)[: cabem[0]])
        cabem[0] -= feito
        return feito

    with monkeypatch.context() as trocado:
        trocado.setattr(os, "write", pouco)
        with pytest.raises(SemEspaco):
            plano.anotar(tmp_path, "1-x", {b"a": [("u", "1")]})
    plano.anotar(tmp_path, "1-x", {b"b": [("u", "2")]})
    assert plano.interpretar((tmp_path / "decidido-1-x").read_bytes()) == {b"b": (("u", "2"),)}


def test_a_nota_e_duravel_antes_de_alguma_coisa_aparecer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut keeps a name whose folder was flushed, and not the bytes of another file beside it."""
    firmados: list[str] = []
    for chamada in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, chamada, lambda fd: firmados.append(os.readlink(f"/proc/self/fd/{fd}")))
    plano.anotar(tmp_path, "1-x", {b"a": [("u", "1")]})
    assert firmados == [str(tmp_path), str(tmp_path / "decidido-1-x")]
    plano.anotar(tmp_path, "1-x", {b"b": [("u", "2")]})
    assert firmados[2:] == [str(tmp_path / "decidido-1-x")]
    plano.esquecer(tmp_path, "1-x")
    plano.esquecer(tmp_path, "1-x")
    assert list(tmp_path.iterdir()) == []


# --- the fence -------------------------------------------------------------------------------------------------------


def test_a_cerca_leva_tudo_e_a_epoca_sobe(tmp_path: Path) -> None:
    antiga = inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    da_outra = tmp_path / ".separador" / antiga.canto
    (da_outra / "trabalho" / "1-x").mkdir()
    (da_outra / "trabalho" / "1-x" / "a.txt").write_bytes(b"a")
    (da_outra / "p.e0").write_bytes(b"e")
    feita = assumir(tmp_path, QUEM, AGORA)
    assert (feita.levados, feita.marca.epoca, feita.marca.instalacao, feita.marca.uuid) == (2, 2, "aa", "u1")
    assert ler_marca(tmp_path) == feita.marca
    assert not da_outra.exists()
    assert sorted(str(p.relative_to(tmp_path / ".separador")) for p in tmp_path.rglob("*") if p.is_file()) == [
        "marca",
        "tomada-2/bb-1/p.e0",
        "tomada-2/bb-1/trabalho/1-x/a.txt",
        "tomada-2/dono",
    ]
    assert assumir(tmp_path, QUEM, AGORA).marca == feita.marca, "de novo, nada muda"
    volta = assumir(tmp_path, OUTRA, AGORA)
    assert (volta.marca.epoca, volta.marca.instalacao) == (3, "bb")
    assert (tmp_path / ".separador/tomada-3/tomada-2/bb-1/p.e0").exists(), "o que não foi retomado segue junto"


def test_quem_perdeu_nao_renomeia_nem_cria(tmp_path: Path) -> None:
    """Descriptors that the former owner still holds give and take no names either."""

    antiga = inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    da_outra = tmp_path / ".separador" / antiga.canto
    (da_outra / "p.e0").write_bytes(b"e")
    fd = os.open(da_outra, os.O_RDONLY | os.O_DIRECTORY)
    try:
        assumir(tmp_path, QUEM, AGORA)
        with pytest.raises(FileNotFoundError):
            os.rename("p.e0", tmp_path / "a.txt", src_dir_fd=fd)
        with pytest.raises(FileNotFoundError):
            os.open("novo", os.O_CREAT | os.O_WRONLY, dir_fd=fd)
        with pytest.raises(FileNotFoundError):
            os.mkdir("1-y", dir_fd=fd)
    finally:
        os.close(fd)


def test_a_nota_de_uma_volta_nao_cobre_a_da_volta_anterior(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner goes on between two rounds, and writes the note of the lot anew."""
    pasta = tmp_path / "entrada"
    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a:
        a.rodar()
    trabalho = canto(pasta) / "trabalho"
    (trabalho / "1-x").mkdir()
    for nome in ("um.txt", "dois.txt", "solto.txt"):
        (trabalho / "1-x" / nome).write_bytes(nome.encode())
    plano.anotar(trabalho, "1-x", {b"um.txt": [("u", "1")]})
    voltas: list[str] = []
    levar_pasta = cerca._levar_pasta

    def levar(nome: str, de: int, para: int) -> int:
        feito = levar_pasta(nome, de, para)
        if os.readlink(f"/proc/self/fd/{de}") == str(pasta / ".separador") and not voltas:
            voltas.append(nome)
            trabalho.mkdir()
            plano.anotar(trabalho, "1-x", {b"dois.txt": [("u", "2")]})
        return feito

    monkeypatch.setattr(cerca, "_levar_pasta", levar)
    with Instalacao(tmp_path / "b", rotas=_rotas(tmp_path)) as b:
        feito = _init(b, "--rota", "1", "--assumir")
        assert feito.exit_code == 0, feito.output
        assert voltas
        b.rodar()
        b.passar(5)
        b.passar(5)
        quarentena = sorted(p.name for p in (b.dados / "quarentena").iterdir())
        assert quarentena == ["tomada_dois.txt", "tomada_um.txt"], "os das duas notas"
        assert sorted(p.name for p in (tmp_path / "saida").iterdir() if p.is_file()) == ["solto.txt"]


def test_nota_que_nao_se_le_diz_quarentena(tmp_path: Path) -> None:
    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a:
        a.rodar()
    trabalho = canto(tmp_path / "entrada") / "trabalho"
    for lote in ("1-x", "1-y"):
        (trabalho / lote).mkdir()
        (trabalho / lote / f"{lote}.txt").write_bytes(b"um")
    (trabalho / "decidido-1-x").symlink_to(tmp_path / "nada")
    (trabalho / "decidido-1-y").touch()
    with Instalacao(tmp_path / "b", rotas=_rotas(tmp_path)) as b:
        assert _init(b, "--rota", "1", "--assumir").exit_code == 0
        b.rodar()
        b.passar(5)
        b.passar(5)
        assert [p.name for p in (b.dados / "quarentena").iterdir()] == ["tomada_1-x.txt"]
        assert [p.name for p in (tmp_path / "saida").iterdir() if p.is_file()] == ["1-y.txt"]
        assert "SEP-TOMADA" in b.falhas()


def test_de_dois_que_assumem_juntos_um_ganha(tmp_path: Path) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    propria = tmp_path / ".separador"
    with _fd(propria) as fd:
        cerca._ganhar(tmp_path, fd, 2, QUEM)
        with pytest.raises(EmDisputa):
            cerca._ganhar(tmp_path, fd, 2, OUTRA)
    assert sorted(p.name for p in propria.iterdir()) == ["bb-1", "marca", "tomada-2"]


def test_quem_assume_depois_passa_a_frente_de_quem_ficou_no_meio(tmp_path: Path) -> None:
    terceira = type(QUEM)("cc", "terceira")
    posta = inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    propria = tmp_path / ".separador"
    with _fd(propria) as fd:
        cerca._ganhar(tmp_path, fd, 2, QUEM)  # and it stops here
    feita = assumir(tmp_path, terceira, AGORA)
    assert (feita.marca.instalacao, feita.marca.epoca) == ("cc", 3)
    with _fd(propria) as fd, pytest.raises(EmDisputa):  # thawed, it goes on with its epoch
        cerca._por_marca(tmp_path, fd, type(posta)(posta.uuid, "", "", "aa", 2))
    assert ler_marca(tmp_path) == feita.marca


def test_dono_que_segue_trabalhando_impede(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inicializar(tmp_path, "u1", AGORA, "rota 1", OUTRA)
    monkeypatch.setattr(cerca, "VOLTAS", 3)
    monkeypatch.setattr(cerca, "_remover", lambda *_: False)
    with pytest.raises(EmDisputa):
        assumir(tmp_path, QUEM, AGORA)


@pytest.mark.requisito("BORDA-01")
def test_assumir_nao_segue_links(tmp_path: Path) -> None:
    """Whoever may write the folder puts links where the takeover works."""
    antiga = inicializar(tmp_path / "p", "u1", AGORA, "rota 1", OUTRA)
    alheia = tmp_path / "alheia"
    alheia.mkdir()
    (alheia / "segredo").write_bytes(b"x")
    propria = tmp_path / "p" / ".separador"
    (propria / antiga.canto / "1-x").symlink_to(alheia)
    (propria / "cc-1").symlink_to(alheia)
    (propria / "marca.aa-2").symlink_to(alheia / "segredo")
    feita = assumir(tmp_path / "p", QUEM, AGORA)
    assert (alheia / "segredo").read_bytes() == b"x"
    assert sorted(p.name for p in propria.iterdir()) == ["aa-2", "cc-1", "marca", "tomada-2"]
    assert (propria / "tomada-2/bb-1/1-x").is_symlink(), "o link foi levado como nome"
    cerca.concluir([feita])
    trocada = tmp_path / "q"
    trocada.mkdir()
    (trocada / ".separador").symlink_to(propria)
    with pytest.raises(FalhaDePasta):
        assumir(trocada, QUEM, AGORA)


def test_pasta_sem_marca_nao_se_assume(tmp_path: Path) -> None:
    (tmp_path / ".separador").mkdir()
    with pytest.raises(PastaSumiu):
        assumir(tmp_path, QUEM, AGORA)


# --- the whole -------------------------------------------------------------------------------------------------------

PONTOS = ["tomado", "encenado", "decidido", "notado", "meio", "visivel", "confirmado"]


class _Parou(BaseException):
    """The process is frozen here: nothing after this point is done."""


def _parar_em(ponto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the next group of the former owner stop at a point, as a frozen process does."""
    from separador.motor.desfecho import conclusao, entrega, saidas
    from separador.motor.entrada import despacho

    def parar(*_: object, **__: object) -> None:
        raise _Parou

    onde = {
        "tomado": (despacho.Despacho, "enviar"),
        "encenado": (despacho, "concluir"),
        "decidido": (conclusao, "finalizar"),
        "notado": (saidas, "publicar"),
        "visivel": (entrega, "_confirmar"),
        "confirmado": (entrega, "arquivar_terminados"),
    }
    if ponto == "meio":
        de_verdade, vezes = saidas.publicar, Counter[str]()

        def publicar(*args: object) -> object:
            vezes["x"] += 1
            return de_verdade(*args) if vezes["x"] < 3 else parar()  # type: ignore[arg-type]

        monkeypatch.setattr(saidas, "publicar", publicar)
    else:
        monkeypatch.setattr(*onde[ponto], parar)


@pytest.mark.requisito("FRO-04")
@pytest.mark.parametrize("outro_disco", [False, True])
@pytest.mark.parametrize("ponto", PONTOS)
def test_assumir_de_quem_parou_em_um_ponto(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ponto: str, outro_disco: bool, outra_pasta: Path
) -> None:
    comum = outra_pasta if outro_disco else tmp_path / "comum"
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(comum)) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(comum)) as b,
    ):
        a.rodar()
        for n in range(5):
            (comum / "entrada" / f"{n}.txt").write_bytes(b"%d" % n)
        with monkeypatch.context() as so_aqui:
            _parar_em(ponto, so_aqui)
            with pytest.raises(_Parou):
                a.rodar()
        b.rodar()
        assert set(b.falhas()) == {"SEP-PASTA-DE-OUTRA"}
        feito = _init(b, "--rota", "1", "--assumir")
        assert feito.exit_code == 0, feito.output
        b.passar(31)
        b.passar(31)
        b.reabrir()
        b.passar(31)
        assert b.falhas() == []
        # the former owner goes on
        a.ciclo.despacho.em_andamento.clear()
        a.passar(31)
        a.passar(31)
        assert "SEP-PASTA-DE-OUTRA" in a.falhas()
        assert sorted(p.name for p in (comum / "saida").iterdir() if p.is_file()) == [f"{n}.txt" for n in range(5)]
        assert [p.name for p in (comum / "entrada").iterdir()] == [".separador"]
        guardados = [p for i in (a, b) for p in (i.dados / "arquivo").rglob("*") if p.is_file()]
        assert sorted(p.name.rpartition("_")[2] for p in guardados) == [f"{n}.txt" for n in range(5)]
        assert restos(comum / "saida") == ["dono"]
        assert restos(comum / "entrada") == ["dono"]


def test_o_que_nao_se_sabe_vai_para_a_quarentena_com_o_nome(tmp_path: Path) -> None:
    comum = tmp_path / "comum"
    with Instalacao(tmp_path / "a", rotas=_rotas(comum)) as a, Instalacao(tmp_path / "b", rotas=_rotas(comum)) as b:
        a.rodar()
        lote = canto(comum / "entrada") / "trabalho" / "1-abc"
        lote.mkdir()
        (lote / "duvida.txt").write_bytes(b"?")
        plano.anotar(lote.parent, lote.name, {b"duvida.txt": None})
        (canto(comum / "saida") / "0123.s0").write_bytes(b"de uma resposta")
        (canto(comum / "saida") / "0123.e0").write_bytes(b"de um processo de trabalho")
        assert _init(b, "--rota", "1", "--assumir").exit_code == 0
        b.passar(31)
        b.passar(31)
        assert b.falhas() == ["SEP-TOMADA", "SEP-TOMADA"]
        assert sorted(p.name for p in (b.dados / "quarentena").iterdir()) == ["tomada_0123.s0", "tomada_duvida.txt"]
        assert {f["arquivo"] for f in b.banco.todas("SELECT arquivo FROM falha")} == {"0123.s0", "duvida.txt"}
        assert restos(comum / "saida") == ["dono"]


def test_assumir_pede_a_rota_e_nao_faz_nada_na_pasta_que_ja_e_nossa(tmp_path: Path) -> None:
    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path)) as a:
        a.rodar()
        assert _init(a, "--assumir").exit_code == 2
        antes = json.loads((tmp_path / "saida/.separador/marca").read_text())
        assert _init(a, "--rota", "1", "--assumir").exit_code == 0
        assert json.loads((tmp_path / "saida/.separador/marca").read_text()) == antes


def test_assumir_a_pasta_dos_comprovantes(tmp_path: Path, outra_pasta: Path) -> None:
    """It is no route's. What the former owner had in hand there is told by name."""
    secao = {
        "destino": str(outra_pasta / "comprovantes"),
        "contratante": EMITENTE.cnpj,
        "chave_consumidor": {"env": "K"},
        "segredo_consumidor": {"env": "S"},
    }
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(tmp_path / "a"), ecac=secao) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(tmp_path / "b"), ecac=secao) as b,
    ):
        raiz = outra_pasta / "comprovantes"
        assert _init(a).exit_code == 0
        a.reabrir()
        a.passar(11)
        assert (canto(raiz) / "vivo").is_file(), "o sinal de vida está também na pasta dos comprovantes"
        (canto(raiz) / "comprovantes").mkdir(mode=0o750)
        (canto(raiz) / "comprovantes" / ("0" * 64)).write_bytes(b"%PDF")
        recusa = _init(b)
        assert (recusa.exit_code, "init --secao comprovantes --assumir" in recusa.stderr) == (1, True)
        assert _init(b, "--secao", "comprovantes").exit_code == 1
        assert _init(b, "--secao", "distribuicao", "--assumir").exit_code == 1
        feito = _init(b, "--secao", "comprovantes", "--assumir")
        assert feito.exit_code == 0, feito.output
        b.reabrir()
        b.passar(31)
        b.passar(31)
        assert b.falhas() == ["SEP-TOMADA"]
        assert [p.name for p in (b.dados / "quarentena").iterdir()] == [f"tomada_{'0' * 64}"]


def test_a_nota_sai_com_o_lote(tmp_path: Path) -> None:
    with Instalacao(tmp_path) as instalacao:
        instalacao.soltar(4, "a.txt", b"1")
        assert instalacao.nomes(4) == ["a.txt"]
        assert restos(instalacao.origem(4)) == []


def test_sem_a_nota_nada_se_torna_visivel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Instalacao(tmp_path) as instalacao:
        instalacao.rodar()

        def falhar(trabalho: Path, *_: object) -> None:
            raise FalhaDePasta(trabalho)

        with monkeypatch.context() as so_aqui:
            so_aqui.setattr("separador.motor.desfecho.entrega.anotar_no_canto", falhar)
            instalacao.soltar(4, "a.txt", b"1")
            assert instalacao.nomes(4) == []
        instalacao.passar(61)
        assert instalacao.nomes(4) == ["a.txt"]
