"""Tests what speaks for a database that is older than the files beside it."""

import os
import time
from pathlib import Path

import pytest

from separador.banco import ao_lado
from separador.banco.ao_lado import AoLado, indicios, olhar, vestigios
from separador.banco.conexao import Banco
from tests.unidade.banco.conftest import CHAVE, QUANDO

pytestmark = pytest.mark.requisito("BORDA-22")
DIA = "arquivo/2026/11/20"


def guardado(banco: Banco, numero: int, nome: str, pasta: str = DIA) -> None:
    """Records a file with its outcome."""
    banco.execute(
        "INSERT INTO arquivo (id, lote, nome, trabalho, rota_id, regra, tomado_em, etapa, guardado_em)"
        " VALUES (?, 'l', ?, 't', 1, 'mover', ?, 'concluido', ?)",
        (numero, f"{numero}_{nome}".encode(), QUANDO, f"{pasta}/{numero}_{nome}".encode()),
    )


def solto(dados: Path, pasta: str, *nomes: str) -> None:
    (dados / pasta).mkdir(parents=True, exist_ok=True)
    for nome in nomes:
        (dados / pasta / nome).write_bytes(b"x")


def test_nada_ao_lado_nao_e_indicio(banco: Banco, tmp_path: Path) -> None:
    assert indicios(olhar(banco, tmp_path, None)) == ()
    assert vestigios(tmp_path, None) == ()


def test_o_que_o_banco_conhece_nao_e_indicio(banco: Banco, tmp_path: Path) -> None:
    guardado(banco, 1, "a.txt")
    guardado(banco, 2, "b.txt")
    solto(tmp_path, DIA, "1_a.txt", "2_b~2.txt", "sem-numero.txt", ".separador-7")
    assert indicios(olhar(banco, tmp_path, (0, time.time()))) == ()


def test_so_o_dia_mais_novo_conta_e_cada_desconhecido_e_dito(banco: Banco, tmp_path: Path) -> None:
    guardado(banco, 1, "a.txt")
    solto(tmp_path, "arquivo/2026/11/19", "77_velho.txt")
    solto(tmp_path, DIA, "1_a.txt", "2_b.txt", "3_c.txt")
    assert olhar(banco, tmp_path, None).arquivo == (DIA, ("3_c.txt", "2_b.txt"))
    solto(tmp_path, "arquivo/2026/12/01")  # an empty day says nothing
    assert olhar(banco, tmp_path, None).arquivo[0] == DIA


def test_o_mesmo_numero_com_outro_nome_e_de_outro_banco(banco: Banco, tmp_path: Path) -> None:
    guardado(banco, 1, "a.txt")
    solto(tmp_path, DIA, "1_z.txt")
    assert olhar(banco, tmp_path, None).arquivo == (DIA, ("1_z.txt",))


def test_processado_que_o_banco_nao_conhece(banco: Banco, tmp_path: Path, autorizado: int) -> None:
    nome = f"{CHAVE}-procCTe.xml"
    banco.execute(
        "INSERT INTO publicacao (documento_id, tipo, pasta, nome, sha256, estado, criada_em)"
        " VALUES (?, 'fiscal', ?, ?, '', 'publicada', ?)",
        (autorizado, str(tmp_path / "fiscal/2026-11"), nome.encode(), QUANDO),
    )
    solto(tmp_path, "fiscal/2026-11", nome, "leia-me.txt")
    assert indicios(olhar(banco, tmp_path, None)) == ()
    solto(tmp_path, "fiscal/2026-11", f"{CHAVE}_110111_001-procEventoCTe.xml")
    assert olhar(banco, tmp_path, None).fiscal == ("fiscal/2026-11", (f"{CHAVE}_110111_001-procEventoCTe.xml",))


def test_o_selo_a_frente_e_indicio(banco: Banco, tmp_path: Path) -> None:
    assert indicios(olhar(banco, tmp_path, (7, time.time()))) == ("a auditoria já teve 7 linhas e ele tem 0",)


def test_o_que_uma_pessoa_dispensou_nao_volta_e_o_que_veio_depois_sim(banco: Banco, tmp_path: Path) -> None:
    solto(tmp_path, DIA, "2_b.txt")
    depois = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 60))
    banco.execute(
        "INSERT INTO falha (assunto, codigo, motivo, o_que_fazer, desde, encerrada_em, encerrada_por)"
        " VALUES ('banco', ?, 'm', 'f', ?, ?, 'dispensada por so:ana: visto')",
        (ao_lado.CODIGO, QUANDO, depois),
    )
    assert olhar(banco, tmp_path, (9, time.time())) == AoLado((DIA, ()), ("", ()), 0, 0)
    banco.execute("UPDATE falha SET encerrada_em = '2026-01-01T00:00:00.000Z'")
    assert olhar(banco, tmp_path, None).arquivo == (DIA, ("2_b.txt",))


def test_no_maximo_mil_nomes_e_os_mais_novos_entre_eles(banco: Banco, tmp_path: Path) -> None:
    solto(tmp_path, DIA, *(f"{n}_a.txt" for n in range(1, 1201)))
    vistos = olhar(banco, tmp_path, None).arquivo[1]
    assert len(vistos) == ao_lado.NOMES
    assert vistos[0] == "1200_a.txt"


def test_um_link_no_lugar_da_pasta_nao_e_seguido(banco: Banco, tmp_path: Path) -> None:
    solto(tmp_path, "fora/2026/11/20", "5_x.txt")
    os.symlink(tmp_path / "fora" / "2026", tmp_path / "2026")
    (tmp_path / "arquivo").mkdir()
    os.symlink(tmp_path / "fora" / "2026", tmp_path / "arquivo" / "2026")
    assert indicios(olhar(banco, tmp_path, None)) == ()
