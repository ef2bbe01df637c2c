"""Tests names: bytes to display, suffixes, numbering, and the names that are never taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.nucleo.nome_de_arquivo import (
    LIMITE,
    comparavel,
    compor,
    ignorado,
    metadado,
    mostrar,
    numerar,
    separar_sufixo,
    temporario,
)

NOMES = st.binary(min_size=1, max_size=255).filter(lambda b: b"/" not in b and b"\0" not in b)


@pytest.mark.parametrize(
    ("nome", "visto"),
    [
        (b"cte-1.xml", "cte-1.xml"),
        ("emissão nº 1.xml".encode(), "emissão nº 1.xml"),
        (b"nota_\xe7\xe3o.xml", r"nota_\xe7\xe3o.xml"),
        (b"a\nb.xml", r"a\x0ab.xml"),
        (b"a\\b", r"a\\b"),
        ("x\u202etxt.xml".encode(), r"x\u202etxt.xml"),
        ("x\U000e0001.xml".encode(), r"x\U000e0001.xml"),
    ],
)
def test_nome_em_uma_linha_imprimivel(nome: bytes, visto: str) -> None:
    assert mostrar(nome) == visto


@given(NOMES)
def test_qualquer_nome_da_uma_linha(nome: bytes) -> None:
    visto = mostrar(nome)
    assert visto.isprintable()
    assert visto.encode("utf-8")


@given(NOMES, NOMES)
def test_nomes_diferentes_nunca_parecem_iguais(um: bytes, outro: bytes) -> None:
    assert (mostrar(um) == mostrar(outro)) == (um == outro)


def test_gemeos_nfc_nfd_comparam_iguais() -> None:
    composto, decomposto = "emissão.XML".encode(), "emissa\u0303o.xml".encode()
    assert composto != decomposto
    assert comparavel(composto) == comparavel(decomposto)
    assert comparavel(b"\xe7\xe3o.xml") != comparavel("ção.xml".encode())


@pytest.mark.requisito("SEP-07")
@pytest.mark.parametrize(
    "nome",
    [
        b"a.part",
        b"a.xml.filepart",
        b"A.TMP",
        b"a.crdownload",
        b"~$a.xlsx",
        b".a.xml.Xk2",
        b"a.xml.swp",
        b"a.xml~",
        b"a.xml.partial",
    ],
)
def test_nome_temporario(nome: bytes) -> None:
    assert temporario(nome)
    assert ignorado(nome)


@pytest.mark.parametrize(
    "nome",
    [
        b"._cte.xml",
        b"@eaDir",
        b"Thumbs.db",
        b"DESKTOP.INI",
        b".DS_Store",
        b"__MACOSX",
        b".nfs00000000abc",
        b".separador",
    ],
)
def test_arquivos_de_sistema(nome: bytes) -> None:
    assert metadado(nome)
    assert ignorado(nome)


@pytest.mark.parametrize(
    "nome", [b"cte.xml", b"part.xml", b"a.tmp.xml", b"thumbs.db.xml", "título.xml".encode(), b"x\n.xml"]
)
def test_nomes_comuns_passam(nome: bytes) -> None:
    assert ignorado(nome) is None


@pytest.mark.requisito("SEP-06")
@pytest.mark.parametrize(
    ("nome", "regra", "casa"),
    [
        (b"1-CTE.XML", "-cte.xml", True),
        (b"1-cte.xml", ".XML", True),
        (b"1-cte.xm", ".xml", False),
        (b"xml", "-cte.xml", False),
        ("a-AÇÃO.xml".encode(), "-ação.xml", True),
        ("a-ac\u0327a\u0303o.xml".encode(), "-ação.xml", True),
        (b"1.xml", "", False),
    ],
)
def test_sufixo_sem_ligar_para_maiusculas(nome: bytes, regra: str, casa: bool) -> None:
    achado = separar_sufixo(nome, [regra])[1]
    assert (comparavel(achado) == comparavel(regra.encode())) is casa


@pytest.mark.requisito("SEP-06")
def test_sufixo_composto_mais_longo_ganha() -> None:
    assert separar_sufixo(b"1-Ped-Eve.XML", [".xml", "-ped-eve.xml"]) == (b"1", b"-Ped-Eve.XML")
    assert separar_sufixo(b"1.tar.gz", []) == (b"1.tar", b".gz")
    assert separar_sufixo(b"semponto", [".xml"]) == (b"semponto", b"")


def test_numero_antes_do_sufixo_composto() -> None:
    assert numerar(b"base-pro-rec.xml", 2, "-pro-rec.xml") == b"base~2-pro-rec.xml"
    assert numerar(b"base.txt", 3) == b"base~3.txt"
    assert numerar(b"base.txt", 1) == b"base.txt"
    assert numerar(b"base", 2) == b"base~2"


@given(NOMES, st.integers(2, 9999))
def test_numerado_cabe_e_difere(nome: bytes, n: int) -> None:
    if len(separar_sufixo(nome, ())[1]) > 200:
        return
    novo = numerar(nome, n)
    assert novo != nome
    assert len(novo) <= LIMITE
    assert b"/" not in novo
    assert b"\0" not in novo
    assert novo not in (b".", b"..")


def test_limite_corta_entre_caracteres() -> None:
    longo = compor("ç".encode() * 200, b"-pro-rec.xml")
    assert len(longo) <= LIMITE
    assert longo.decode("utf-8").endswith("ç-pro-rec.xml")
    with pytest.raises(ValueError, match="não cabe"):
        compor(b"a", b"x" * 255)
