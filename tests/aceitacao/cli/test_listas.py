"""Lists as people ask for them: filters, sums, spreadsheets, a narrow terminal, what is found by what is in hand."""

import csv
import fcntl
import io
import os
import sqlite3
import struct
import subprocess
import termios
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from separador.nucleo.fuso import para_pessoas
from tests.aceitacao.cenario import Cenario
from tests.apoio.maquina import Maquina


def linhas_de(texto: str) -> list[dict[str, str]]:
    assert texto.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(texto[1:]), delimiter=";"))


def no_terminal(m: Maquina, *args: str, colunas: int, env: dict[str, str] | None = None) -> str:
    mestre, escravo = os.openpty()
    todo = {n: v for n, v in m.env.items() if n not in ("COLUMNS", "LINES")} | (env or {})  # pytest's workers have them
    try:
        fcntl.ioctl(escravo, termios.TIOCSWINSZ, struct.pack("HHHH", 200, colunas, 0, 0))
        subprocess.run([*m.comando, *args], env=todo, stdin=escravo, stdout=escravo, stderr=escravo, timeout=60)
        return os.read(mestre, 1 << 16).decode()
    finally:
        os.close(mestre)
        os.close(escravo)


@pytest.mark.requisito("USO-04")
def test_o_dia_em_que_foi_emitido_e_o_valor(quadro: Cenario) -> None:
    m = quadro.maquina
    hoje = f"{para_pessoas(quadro.agora):%Y-%m-%d}"
    dito = {d["chave"]: d for d in m.json("cte", "listar", "--de", hoje, "--ate", hoje)}
    assert set(dito) == {quadro.autorizado, quadro.rejeitado, quadro.enviado}
    um = dito[quadro.autorizado]
    assert um["valor"] is not None
    assert um["tomador"]
    assert "/" in um["fim"]
    assert m.json("cte", "listar", "--ate", "2020-01-01") == []
    assert len(m.json("cte", "listar", "--tomador", um["tomador"])) == 3
    assert [d["chave"] for d in m.json("cte", "listar", "--numero", um["numero"])] == [quadro.autorizado]
    pe = m.exigir("cte", "listar", "--rota", "1").stdout
    assert "3 documentos, R$ " in pe
    assert "REJEITADO PELA SEFAZ: 1 (R$ " in pe
    assert "acaba antes de começar" in m.exigir("cte", "listar", "--de", hoje, "--ate", "1/1/2020", codigo=2).stderr


@pytest.mark.requisito("USO-04")
def test_um_filtro_que_nada_pode_achar_e_erro_de_uso(quadro: Cenario) -> None:
    m = quadro.maquina
    dito = m.exigir("cte", "listar", "--situacao", "autorizado", codigo=2).stderr
    assert "'autorizado' não é um destes: NÃO ENVIADO, " in dito
    assert "Você quis dizer AUTORIZADO PELA SEFAZ?" in dito
    assert (
        "0 não vale aqui: é um número de 1 a 1.000.000.000."
        in m.exigir("cte", "listar", "--limite", "0", codigo=2).stderr
    )
    for filtro, valor in (
        *(("--tomador", "abc"), ("--tomador", "20111222000182"), ("--emitente", "1.2.3.4.5.6.7.8.9.0.1.2.3.4.5.6")),
        *(("--numero", "abc"), ("--serie", "1234"), ("--cstat", "cem"), ("--rota", "77")),
    ):
        assert valor in m.exigir("cte", "listar", filtro, valor, codigo=2).stderr, filtro
    dito = m.exigir("cte", "listar", "--emitente", "99887766000105").stdout
    assert dito == "Nenhum documento da empresa 99887766000105, que não está na configuração.\n"
    assert len(m.json("cte", "listar", "--emitente", "11.222.333", "--numero", "000000001")) <= 1


@pytest.mark.requisito("USO-04")
def test_a_pagina_seguinte_comeca_onde_a_anterior_parou(quadro: Cenario) -> None:
    m, vistas, mais = quadro.maquina, [], []
    for _ in range(3):
        texto = m.exigir("cte", "listar", "--limite", "1", *mais).stdout
        vistas.append(texto.splitlines()[1].split()[0])
        mais = texto.splitlines()[-1].rpartition(": ")[2].split() if "Há mais" in texto else []
    assert (sorted(vistas), mais) == (sorted({quadro.autorizado, quadro.rejeitado, quadro.enviado}), [])
    assert "copie o que a página anterior" in m.exigir("cte", "listar", "--depois", "x", codigo=2).stderr


@pytest.mark.requisito("USO-04")
def test_planilhas_trazem_chaves_inteiras_e_valores_que_somam(quadro: Cenario, tmp_path: Path) -> None:
    m = quadro.maquina
    valores = {d["chave"]: d["valor"] for d in m.json("cte", "listar")}
    em_csv = linhas_de(m.exigir("cte", "listar", "--csv").stdout)
    assert {linha["chave"]: linha["valor"].replace(",", ".") for linha in em_csv} == valores
    alvo = tmp_path / "lista.xlsx"
    m.exigir("cte", "listar", "--excel", str(alvo))
    titulos, *linhas = list(openpyxl.load_workbook(alvo).active.values)
    onde = {titulo: i for i, titulo in enumerate(titulos)}
    assert {x[onde["chave"]]: f"{x[onde['valor']]:.2f}" for x in linhas} == valores
    assert [p.name for p in tmp_path.iterdir()] == ["lista.xlsx"]
    assert "Escolha uma saída só" in m.exigir("cte", "listar", "--csv", "--json", codigo=2).stderr
    assert ".xlsx" in m.exigir("cte", "listar", "--excel", str(tmp_path / "a.xls"), codigo=2).stderr


@pytest.mark.requisito("USO-04")
def test_falhas_vao_para_a_planilha(quadro: Cenario) -> None:
    m = quadro.maquina
    ditas = m.json("falhas")
    em_csv = linhas_de(m.exigir("falhas", "--csv", codigo=1).stdout)
    assert [(x["nº"], x["código"]) for x in em_csv] == [(str(f["id"]), f["codigo"]) for f in ditas]
    assert m.json("falhas", "listar") == ditas
    assert "depois do comando" in m.exigir("falhas", "--csv", "listar", codigo=2).stderr


@pytest.mark.requisito("USO-04")
def test_localizar_acha_pelo_que_se_tem_em_maos(quadro: Cenario) -> None:
    m = quadro.maquina
    um = next(d for d in m.json("cte", "listar") if d["chave"] == quadro.autorizado)
    for texto, por in (
        (um["chave"], "chave"),
        (um["protocolo"], "protocolo"),
        (f"{um['tomador'][:2]}.{um['tomador'][2:]}", "tomador"),
        (um["numero"].zfill(9), "número"),
        ("ped0", "arquivo recebido"),
        (f"{um['chave']}-procCTe", "arquivo entregue"),
        (f"{um['chave']}-PROCCTE.xml", "arquivo entregue"),
        ("PED0-cTe", "arquivo recebido"),
        (f"CTe {um['chave'][:22]}", "começo da chave"),
        (um["chave"][:34], "começo da chave"),
    ):
        achados = m.json("localizar", texto)
        assert any(a["por"] == por and a["chave"] == quadro.autorizado for a in achados), (texto, achados)
        assert list(achados[0]) == ["por", "o_que", "chave", "quando", "ver"]
    assert m.exigir(*next(a["ver"] for a in m.json("localizar", "ped0")).split())
    nada = m.exigir("localizar", "nada-disso", "--json", codigo=1)
    assert nada.stdout.strip() == "[]"
    assert "Não procuro dentro dos arquivos" in nada.stderr
    for vazio in ("", "  "):
        assert "diga o que procurar" in m.exigir("localizar", vazio, codigo=2).stderr


@pytest.mark.requisito("USO-04")
def test_um_numero_que_e_de_arquivo_e_de_documento_pede_que_se_diga_qual(cenario: Cenario) -> None:
    m = cenario.maquina
    numero = str(m.json("rastrear", cenario.autorizado)["id"])
    with closing(sqlite3.connect(m.dados / "separador.db")) as c:
        for serie, chave in (("2", cenario.enviado), ("3", cenario.rejeitado)):
            c.execute("UPDATE documento SET numero = ?, serie = ? WHERE chave = ?", (numero, serie, chave))
        c.commit()
    texto = m.exigir("rastrear", numero, codigo=2).stderr
    assert f"separador rastrear arquivo:{numero} ou separador rastrear numero:{numero}" in texto
    assert m.json("rastrear", f"arquivo:{numero}")["chave"] == cenario.autorizado
    chaves = {v["chave"] for v in m.json("rastrear", f"numero:{numero}", "--todos")}
    assert {cenario.enviado, cenario.rejeitado} <= chaves
    assert [d["serie"] for d in m.json("cte", "listar", "--numero", numero, "--serie", "3")] == ["3"]
    m.exigir("rastrear", "numero:999999", codigo=1)


@pytest.mark.requisito("USO-09")
def test_num_terminal_estreito_cada_linha_vira_um_paragrafo(quadro: Cenario) -> None:
    m = quadro.maquina
    texto = no_terminal(m, "cte", "listar", colunas=50, env={"NO_COLOR": "1"})
    assert "situação AUTORIZADO PELA SEFAZ · série" in texto.replace("\r\n  ", " ")
    assert [linha for linha in texto.splitlines() if "·" in linha and len(linha) > 50] == []
    assert "\x1b" not in no_terminal(m, "falhas", colunas=80, env={"NO_COLOR": "1"})


@pytest.mark.requisito("USO-09")
def test_num_terminal_de_40_colunas_uma_chave_fica_inteira(quadro: Cenario) -> None:
    m = quadro.maquina
    texto = no_terminal(m, "localizar", quadro.autorizado, colunas=40)
    assert f"para ver separador cte ver {quadro.autorizado}" in " ".join(texto.split())
    assert [linha for linha in texto.splitlines() if quadro.autorizado in linha]
    assert "\x1b" not in texto  # no colour, and no end of one
    assert "\x1b[31m" in no_terminal(m, "falhas", colunas=40)


@pytest.mark.requisito("USO-04")
@pytest.mark.parametrize(
    "palavras",
    [
        *(["cte", "listar", "--csv"], ["cte", "listar", "--json"], ["cte", "listar"], ["falhas"], ["falhas", "--csv"]),
        *(["estatisticas"], ["localizar", "ped0"], ["situacao"], ["cte", "cstat"]),
    ],
    ids=" ".join,
)
def test_quem_le_pode_fechar_a_saida(quadro: Cenario, palavras: list[str]) -> None:
    m = quadro.maquina
    le, escreve = os.pipe()
    os.close(le)
    try:
        feito = subprocess.run([*m.comando, *palavras], env=m.env, stdout=escreve, stderr=subprocess.PIPE, timeout=60)
    finally:
        os.close(escreve)
    assert (feito.returncode, feito.stderr.decode()) == (0, "")


@pytest.mark.requisito("USO-06")
def test_como_foi_a_semana(quadro: Cenario) -> None:
    m = quadro.maquina
    (hoje,) = m.json("estatisticas")
    assert (hoje["dia"], hoje["arquivos"]) == (f"{para_pessoas(quadro.agora):%Y-%m-%d}", 5)
    assert (hoje["autorizados"], hoje["rejeitados"], hoje["recusados"]) == (1, 1, 0)
    (autorizado,) = m.json("cte", "listar", "--situacao", "autorizado pela sefaz")
    assert hoje["valor"] == autorizado["valor"]
    assert sum(hoje["tempos"]) == 1
    por_cstat = {x["cstat"]: x for x in m.json("estatisticas", "--por", "cstat")}
    assert (por_cstat["100"]["autorizados"], por_cstat["209"]["rejeitados"]) == (1, 1)
    assert {x["rota"] for x in m.json("estatisticas", "--por", "rota")} == {"1", "2"}
    assert m.json("estatisticas", "--ate", "2020-01-01") == []
    assert f"Ao todo: 5 arquivos, 1 autorizado, R$ {hoje['valor'].replace('.', ',')}, 1 rejeitado." in (
        m.exigir("estatisticas").stdout
    )
    pe = m.exigir("estatisticas", "--por", "autorizador").stdout.splitlines()[-1]
    assert "arquivo" not in pe
    assert "gráfico (autorizados)" in no_terminal(m, "estatisticas", colunas=250, env={"NO_COLOR": "1"})
    assert "Está tudo contado" in m.exigir("estatisticas", "refazer").stdout
    m.exigir("estatisticas", "refazer", "--tudo")
    assert m.json("estatisticas") == [hoje]


@pytest.mark.requisito("USO-05")
def test_o_mes_para_a_contabilidade(quadro: Cenario, tmp_path: Path) -> None:
    m, mes = quadro.maquina, f"{para_pessoas(quadro.agora):%Y-%m}"
    alvo = tmp_path / "mes.zip"
    assert "1 documento e 0 eventos" in m.exigir("cte", "exportar", str(alvo), "--mes", mes, "--dacte").stdout
    with zipfile.ZipFile(alvo) as pacote:
        nome = f"documentos/{quadro.autorizado}-procCTe.xml"
        assert set(pacote.namelist()) == {
            *(nome, f"dacte/{quadro.autorizado}-dacte.pdf", "indice.csv", "indice.xlsx"),
        }
        assert linhas_de(pacote.read("indice.csv").decode())[0]["DACTE"] in pacote.namelist()
        assert quadro.autorizado.encode() in pacote.read(nome)
        (linha,) = linhas_de(pacote.read("indice.csv").decode())
        assert (linha["chave"], linha["arquivo"], linha["vale"]) == (quadro.autorizado, nome, "sim")
        planilha = openpyxl.load_workbook(io.BytesIO(pacote.read("indice.xlsx"))).active
        assert [x[1] for x in planilha.values] == ["chave", quadro.autorizado]
    antes = alvo.read_bytes()
    assert "já existe" in m.exigir("cte", "exportar", str(alvo), "--mes", mes, codigo=1).stderr
    assert alvo.read_bytes() == antes
    m.exigir("cte", "exportar", str(alvo), "--mes", mes, "--substituir")
    with zipfile.ZipFile(alvo) as pacote:
        assert "DACTE" not in linhas_de(pacote.read("indice.csv").decode())[0]
    for comando in (
        ("cte", "exportar", "/nao/existe/a.zip", "--mes", mes),
        ("falhas", "--excel", "/nao/existe/a.xlsx"),
    ):
        dito = m.exigir(*comando, codigo=1).stderr
        assert "(/nao/existe)" in dito
        assert "parcial" not in dito
    vazio = tmp_path / "vazio.zip"
    dito = m.exigir("cte", "exportar", str(vazio), "--mes", "01/2020", codigo=1).stderr
    assert "Não há documentos autorizados de 01/2020" in dito
    dito = m.exigir("cte", "exportar", str(vazio), "--mes", mes, "--empresa", "99887766000105", codigo=1).stderr
    assert "da empresa 99887766000105, que não está na configuração; nada foi gravado." in dito
    m.exigir("cte", "exportar", str(vazio), "--mes", mes, "--empresa", "112", codigo=2)
    m.exigir("cte", "exportar", str(vazio), "--mes", "2020-13", codigo=2)
    assert [p.name for p in tmp_path.iterdir()] == ["mes.zip"]


@pytest.mark.requisito("USO-05")
def test_um_processado_que_falta_e_dito_no_indice(cenario: Cenario, tmp_path: Path) -> None:
    m, alvo = cenario.maquina, tmp_path / "mes.zip"
    (copia,) = (m.dados / "fiscal").rglob(f"{cenario.autorizado}-procCTe.xml")
    copia.rename(copia.with_suffix(".fora"))
    mes = f"{para_pessoas(cenario.agora):%Y-%m}"
    assert "1 arquivo processado não está" in m.exigir("cte", "exportar", str(alvo), "--mes", mes, codigo=1).stderr
    with zipfile.ZipFile(alvo) as pacote:
        (linha,) = linhas_de(pacote.read("indice.csv").decode())
    assert (linha["chave"], linha["arquivo"]) == (cenario.autorizado, "FALTA")
