"""Tests loads that come as sheets (CSV): what each column becomes, and what is wrong with a bad one."""

import zlib
from decimal import Decimal

import pytest

from separador.capacidades.emissao.arquivos.guardada import lida_de
from separador.capacidades.emissao.arquivos.leitura import ditas, ler
from separador.capacidades.emissao.dominio.conteudo import aberto, guardado
from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada
from separador.configuracao.emissao import planilha
from separador.configuracao.emissao.leitura import Leitura
from separador.fiscal.emissao.formato.colunas import COLUNAS
from tests.apoio.emissao import AGORA, julgar, nfe

NOME = b"45871-carga.csv"
TITULOS = (
    "carga;depositante;destinatario;chave;valor;frete;peso;volumes;"
    "produto_predominante;forma_pagamento;responsavel_seguro"
)
UMA = f"45871;REM-SP;DEST-RJ;{nfe(1, AGORA)};5.000,00;100,50;1250,5;3;AUTOPEÇAS;A PAGAR;emitente"
OUTRA = f"45871;REM-SP;DEST-RJ;{nfe(2, AGORA)};10,00;0,25;1,5;;;;"
BOA = f"{TITULOS}\r\n{UMA}\r\n{OUTRA}\r\n"


def _julgada(texto: str | bytes) -> CargaJulgada:
    feita = julgar(texto if isinstance(texto, bytes) else texto.encode(), nome=NOME)
    assert isinstance(feita, CargaJulgada), feita.erros
    return feita


def _erros(texto: str | bytes) -> list[tuple[str, str, int | None]]:
    feita = julgar(texto if isinstance(texto, bytes) else texto.encode(), nome=NOME)
    assert isinstance(feita, CargaRecusada)
    assert all(e.mensagem and e.o_que_fazer for e in feita.erros)
    return [(e.codigo, e.campo, e.linha) for e in feita.erros]


@pytest.mark.requisito("CARGA-01", "CARGA-02")
def test_as_linhas_de_um_grupo_sao_um_cte() -> None:
    """Freights are summed under the component of the depositante; weights and volumes are measures."""
    feita = _julgada(BOA)
    (documento,) = feita.documentos
    xml = zlib.decompress(documento.xml).decode()
    for pedaco in (
        "<vTPrest>100.75</vTPrest>",
        "<Comp><xNome>FRETE VALOR</xNome><vComp>100.75</vComp></Comp>",
        "<infQ><cUnid>01</cUnid><tpMed>PESO BRUTO</tpMed><qCarga>1252.0000</qCarga></infQ>",
        "<infQ><cUnid>03</cUnid><tpMed>VOLUMES</tpMed><qCarga>3.0000</qCarga></infQ>",
        "<vCarga>5010.00</vCarga><proPred>AUTOPEÇAS</proPred>",
    ):
        assert pedaco in xml, pedaco
    assert documento.registro["forma_pagamento"] == "A PAGAR"
    assert documento.registro["seguros"] == [{"responsavel": "emitente"}]
    assert feita.complementar == ()
    avisos = [(a.codigo, a.campo) for a in feita.avisos]
    assert avisos == [("SEP-CARGA-VALOR-LIDO", f"notas[1].{n}") for n in ("valor", "frete", "peso")], "um por coluna"


@pytest.mark.parametrize(
    "dados",
    [
        BOA.encode(),
        BOA.encode("utf-8-sig"),
        BOA.encode("cp1252"),
        BOA.encode("utf-16"),
        b"\xfe\xff" + BOA.encode("utf-16-be"),
        BOA.encode("utf-16-le"),
        BOA.encode("utf-16-be"),
        BOA.replace("\r\n", "\n").encode(),
        BOA.replace("\r\n", "\n").rstrip().encode(),
        BOA.replace(";", "\t").encode(),
        ("sep=;\r\n" + BOA).encode(),
        ("sep=;\r\n" + BOA).encode("utf-16"),
        ("sep=,\r\n" + BOA.replace(",", ".").replace("5.000.00", "5000.00").replace(";", ",")).encode(),
        BOA.replace(",", ".").replace("5.000.00", "5000.00").replace(";", ",").encode(),
        BOA.replace("\r\n", ";\r\n").encode(),
        ("\r\n" + BOA.replace("\r\n", "\r\n;;;\r\n")).encode(),
        BOA.replace("5.000,00", '"R$ 5.000,00"').encode(),
        BOA.replace("produto_predominante", "Produto Predominante").replace("carga;", "Carga ;").encode(),
    ],
)
def test_as_formas_de_uma_planilha_sao_a_mesma_carga(dados: bytes) -> None:
    assert _julgada(dados).conteudo == _julgada(BOA).conteudo


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        (f"{UMA}\n", ("SEP-CARGA-ESQUEMA", "", 1)),
        (BOA.replace("45871;REM-SP;DEST-RJ;" + nfe(2, AGORA), "45872;REM-SP;DEST-RJ;" + nfe(2, AGORA)),
         ("SEP-CARGA-ESQUEMA", "carga", 3)),
        (BOA.replace("A PAGAR;emitente", "A PAGAR;emitente;x"), ("SEP-CARGA-ESQUEMA", "notas[1]", 2)),
        (BOA.replace("volumes;", "volume;"), ("SEP-CARGA-ESQUEMA", "volume", 1)),
        (BOA.replace("volumes;", ";"), ("SEP-CARGA-ESQUEMA", "", 1)),
        (BOA.replace("volumes;", "peso;"), ("SEP-CARGA-ESQUEMA", "peso", 1)),
        (BOA.replace("carga;", "").replace("45871;", ""), ("SEP-CARGA-ESQUEMA", "carga", 1)),
        (BOA.replace("1250,5", "muito"), ("SEP-CARGA-VALOR", "notas[1].peso", 2)),
        (BOA.replace("A PAGAR", "FIADO"), ("SEP-CARGA-ESQUEMA", "forma_pagamento", 2)),
        (BOA.replace("AUTOPEÇAS", '"AUTO'), ("SEP-CARGA-ARQUIVO", "", 2)),
        (BOA.replace("AUTOPEÇAS", "A" * 140_000), ("SEP-CARGA-ARQUIVO", "", 2)),
        (BOA.replace("AUTOPEÇAS", "AUTO\0PECAS"), ("SEP-CARGA-TEXTO", "produto_predominante", 2)),
        (f"{TITULOS}\n", ("SEP-CARGA-ESQUEMA", "carga", 1)),
        ("\n\n", ("SEP-CARGA-ARQUIVO", "", None)),
        (b"carga;valor\n1;\x81\n", ("SEP-CARGA-ARQUIVO", "", None)),
        (BOA.replace(nfe(2, AGORA), nfe(1, AGORA)), ("527", "notas[2].chave", 3)),
    ],
)  # fmt: skip
def test_a_planilha_ruim_diz_a_linha(texto: str | bytes, esperado: tuple[str, str, int | None]) -> None:
    assert esperado in _erros(texto)


def test_dois_tomadores_num_cte() -> None:
    com = BOA.replace("carga;", "carga;tomador;").replace("45871;", "45871;remetente;", 1)
    certa = com.replace("\r\n45871;REM-SP", "\r\n45871;;REM-SP")
    assert zlib.decompress(_julgada(certa).documentos[0].xml).count(b"<toma3><toma>0</toma></toma3>") == 1
    errada = com.replace("\r\n45871;REM-SP", "\r\n45871;destinatario;REM-SP")
    assert ("SEP-EMIS-01", "notas[2].tomador", 3) in _erros(errada)


def test_a_planilha_guardada_e_a_mesma() -> None:
    conteudo = _julgada(BOA.replace("carga;", "carga;tomador;").replace("45871;", "45871;remetente;")).conteudo
    assert aberto(conteudo)["notas[1].frete"] == "100.5"
    assert guardado(ditas(lida_de(conteudo))) == conteudo


def test_a_planilha_e_lida_em_porcoes() -> None:
    linhas = [UMA.replace(nfe(1, AGORA), nfe(n, AGORA)) for n in range(1, 1201)]
    partes = planilha.lendo("\n".join([TITULOS, *linhas]).encode(), Leitura())
    vezes, lida = 0, None
    while lida is None:
        try:
            next(partes)
            vezes += 1
        except StopIteration as fim:
            lida = fim.value
    assert vezes == 1201 // planilha.PORCAO
    assert len(lida.nos("notas")) == 1200


def test_as_colunas_sao_as_do_contrato() -> None:
    assert " ".join(COLUNAS) == (
        "carga transportadora depositante remetente destinatario tomador modelo chave numero serie emissao valor frete"
        " peso volumes pedido produto_predominante forma_pagamento cif_fob responsavel_seguro apolice"
    )


def test_valores_iguais_sao_um_so() -> None:
    """A sheet of very many rows says the same again and again: it is kept once."""
    no, _ = ler(NOME, BOA.encode())
    assert no is not None
    uma, outra = no.nos("notas")
    assert uma.valores["depositante"] is outra.valores["depositante"]
    assert outra.numero("frete") == Decimal("0.25")
