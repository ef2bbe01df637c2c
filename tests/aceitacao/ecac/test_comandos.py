"""Tests `separador ecac` as an operator uses it: against the local SERPRO, with the service running."""

import csv
import dataclasses
import io
import json
import os
import pty
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from separador.capacidades.ecac.dominio.arrecadacao import mascarado
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import CHAVE, CONTRATANTE, SEGREDO, Cenario, Outorga
from tests.apoio.instalacao_ecac import csv_de, empresa
from tests.apoio.maquina_ecac import MaquinaEcac
from tests.apoio.serpro_local import SerproEmFio

HOJE: date = (datetime.now(UTC) - timedelta(hours=3)).date()


def _cenario() -> Cenario:
    """Returns four companies. The last gave no procuração that is still valid."""
    base = contribuintes.gerar(4, 16, 10, hoje=HOJE)
    sem = base.contribuintes[3].ni
    outorgas = (*(o for o in base.outorgas if o.outorgante != sem), Outorga(sem, CONTRATANTE, HOJE - timedelta(days=9)))
    return dataclasses.replace(base, outorgas=outorgas)


@pytest.fixture(scope="module")
def cenario() -> Cenario:
    return _cenario()


@pytest.fixture(scope="module")
def maquina(tmp_path_factory: pytest.TempPathFactory, cenario: Cenario) -> Iterator[MaquinaEcac]:
    """Registers the guides of all but one paid document, and does one import. So one payment has no guide."""
    pasta = tmp_path_factory.mktemp("ecac")
    extras = [
        empresa("66777888000181", "MANUAL LTDA", acesso="código de acesso", procurador=None),
        empresa("60701190000104", "TOKEN LTDA", acesso="certificado A3", procurador=None),
        empresa("33000167000101", "NUVEM LTDA", acesso="certificado A3", implantacao="nuvem"),
    ]
    dadas = [empresa(c.ni, c.nome) for c in cenario.contribuintes] + extras
    with SerproEmFio(pasta / "serpro", cenario) as serpro:
        m = MaquinaEcac(pasta / "maquina", cenario, serpro, empresas_ecac=dadas)
        pago = next(d for d in cenario.documentos if d.arrecadacao is not None)
        arquivo = m.pasta / "guias.csv"
        arquivo.write_bytes(csv_de(d for d in cenario.documentos if d is not pago))
        with m:
            feito = m.exigir("ecac", "guias", "importar", str(arquivo))
            assert feito.stdout.strip() == "15 guias registradas, 0 já estavam, 0 erros."
            m.executar()
            importado = m.exigir("ecac", "importar", prazo_s=120, codigo=1)  # the last company is refused
            assert "guias baixadas" in importado.stdout
            yield m


def _esperadas(cenario: Cenario) -> tuple[int, int]:
    """Returns the expected numbers (settled guides, guides)."""
    sem = cenario.contribuintes[3].ni
    pagos = [d for d in cenario.documentos if d.arrecadacao is not None]
    return len([d for d in pagos[1:] if d.ni != sem]), len(cenario.documentos) - 1


@pytest.mark.requisito("ECAC-03", "ECAC-04")
def test_listar_com_a_coluna_do_comprovante(maquina: MaquinaEcac, cenario: Cenario) -> None:
    texto = maquina.exigir("ecac", "guias", "listar").stdout
    assert "Comprovante de pag. e-CAC" in texto.splitlines()[0]
    assert "baixada" in texto
    lista = maquina.json("ecac", "guias", "listar")
    baixadas, guias = _esperadas(cenario)
    assert (len(lista), sum(g["baixada"] for g in lista)) == (guias, baixadas)
    for g in lista:
        assert bool(g["comprovante"]) == (g["estado"] == "paga")
        assert g["comprovante"] is None or Path(g["comprovante"]).is_file()
    so_baixadas = maquina.json("ecac", "guias", "listar", "--situacao", "baixada")
    assert len(so_baixadas) == baixadas
    cnpj = cenario.contribuintes[0].ni
    assert {g["empresa"] for g in maquina.json("ecac", "guias", "listar", "--empresa", cnpj)} == {cnpj}


@pytest.mark.requisito("USO-04")
def test_o_pe_soma_tudo_o_que_o_filtro_acha(maquina: MaquinaEcac, cenario: Cenario) -> None:
    inteira = maquina.exigir("ecac", "guias", "listar").stdout.splitlines()[-1]
    *_, pe, mais = maquina.exigir("ecac", "guias", "listar", "--limite", "2").stdout.splitlines()
    assert pe == inteira
    assert pe.startswith(f"{_esperadas(cenario)[1]} guias, R$ ")
    assert mais == "Há mais; estas são as 2 que vencem por último (veja --limite)."
    uma = maquina.exigir("ecac", "guias", "listar", "--limite", "1").stdout
    assert uma.splitlines()[-1] == "Há mais; esta é a que vence por último (veja --limite)."


@pytest.mark.requisito("USO-04")
def test_um_filtro_que_nada_pode_achar_e_dito(maquina: MaquinaEcac) -> None:
    for filtro, dito in (("--empresa", "112"), ("--empresa", "99887766000106"), ("--de", "ontem")):
        assert dito in maquina.exigir("ecac", "guias", filtro, dito, codigo=2).stderr
    de_outra = maquina.exigir("ecac", "guias", "--empresa", "99.887.766/0001-05").stdout
    assert de_outra == "Nenhuma guia da empresa 99887766000105, que não está na configuração.\n"


@pytest.mark.requisito("USO-04")
def test_o_valor_divergente_e_uma_coluna_da_planilha(maquina: MaquinaEcac) -> None:
    texto = maquina.exigir("ecac", "guias", "listar", "--csv").stdout
    em_csv = {
        linha["guia"]: linha["valor divergente"] for linha in csv.DictReader(io.StringIO(texto[1:]), delimiter=";")
    }
    ditas = maquina.json("ecac", "guias", "listar")
    assert em_csv == {str(g["id"]): "sim" if "valor divergente" in g["lados"] else "não" for g in ditas}


@pytest.mark.requisito("ECAC-03", "ECAC-05")
def test_ver_e_comprovante_por_id_ou_numero_com_mascara(maquina: MaquinaEcac, tmp_path: Path) -> None:
    guia = maquina.json("ecac", "guias", "listar", "--situacao", "paga")[0]
    fatos = maquina.json("ecac", "guias", "ver", mascarado(guia["numero"]))
    assert [h["para"] for h in fatos["historico"]][-1] == "paga"
    assert fatos["partes"]
    assert "Histórico" in maquina.exigir("ecac", "guias", "ver", str(guia["id"])).stdout
    copia = tmp_path / "copia.pdf"
    onde = maquina.exigir("ecac", "guias", "comprovante", str(guia["id"]), "--copiar", str(copia)).stdout.strip()
    assert onde == guia["comprovante"]
    assert copia.read_bytes() == Path(onde).read_bytes()
    arquivado = Path(onde)
    inteiro = arquivado.read_bytes()
    arquivado.chmod(0o600)
    arquivado.write_bytes(inteiro + b"x")
    try:
        assert "não é mais o que foi arquivado" in maquina.exigir(
            "ecac", "guias", "comprovante", str(guia["id"]), codigo=1
        ).stderr  # fmt: skip
    finally:
        arquivado.write_bytes(inteiro)
    assert "Não há guia 999999" in maquina.exigir("ecac", "guias", "ver", "999999", codigo=1).stderr


@pytest.mark.requisito("ECAC-06")
def test_ocorrencias_agrupadas_e_planilha_com_o_que_se_ve(maquina: MaquinaEcac, tmp_path: Path) -> None:
    lista = maquina.json("ecac", "ocorrencias")
    especies = [o["ocorrencia"] for o in lista]
    assert sorted(especies) == ["Pago sem guia", "Sem procuração"]
    grupos = maquina.json("ecac", "ocorrencias", "--agrupar", "empresa")
    assert sum(len(x) for x in grupos.values()) == len(lista)
    arquivo = tmp_path / "ocorrencias.xlsx"
    maquina.exigir("ecac", "ocorrencias", "--agrupar", "ocorrencia", "--excel", str(arquivo))
    livro = openpyxl.load_workbook(arquivo)
    assert livro.sheetnames == ["Resumo", *dict.fromkeys(especies)]
    _conferir_folha(livro["Pago sem guia"], [o for o in lista if o["ocorrencia"] == "Pago sem guia"])
    por_empresa = tmp_path / "por-empresa.xlsx"
    maquina.exigir("ecac", "ocorrencias", "--agrupar", "empresa", "--excel", str(por_empresa))
    assert len(openpyxl.load_workbook(por_empresa).sheetnames) == 1 + len(grupos)
    assert "Veja" in maquina.exigir("ecac", "ocorrencias", "--excel", "x.pdf", codigo=2).stderr
    um = maquina.json("ecac", "ocorrencias", "ver", str(lista[0]["id"]))
    assert um["historico"][0]["status"] == "aberta"
    assert "Histórico" in maquina.exigir("ecac", "ocorrencias", "ver", str(lista[0]["id"])).stdout
    assert "Não há ocorrência" in maquina.exigir("ecac", "ocorrencias", "ver", "99999", codigo=1).stderr


def _conferir_folha(folha: Any, linhas: list[dict[str, Any]]) -> None:
    titulos = [c.value for c in folha[1]]
    assert titulos[:6] == ["Nº", "Ocorrência", "Empresa", "CNPJ", "Guia", "Valor (R$)"]
    assert folha.auto_filter.ref is not None
    assert folha.freeze_panes == "A2"
    for n, linha in enumerate(linhas, start=2):
        valores = dict(zip(titulos, [c.value for c in folha[n]], strict=True))
        assert valores["Nº"] == linha["id"]
        assert (valores["CNPJ"], folha.cell(n, 4).data_type) == (linha["cnpj"], "s")
        assert isinstance(valores["Desde"], datetime)
        assert folha.cell(n, titulos.index("Desde") + 1).number_format == "dd/mm/yyyy hh:mm"
        assert valores["Valor (R$)"] == pytest.approx(float(linha["valor"]))
    fim = len(linhas) + 2
    assert folha.cell(fim, 1).value == "Total"
    assert str(folha.cell(fim, 6).value).startswith("=SUBTOTAL(109")


@pytest.mark.longo
@pytest.mark.requisito("ECAC-06")
def test_a_planilha_abre_no_libreoffice(maquina: MaquinaEcac, tmp_path: Path) -> None:
    programa = shutil.which("soffice") or shutil.which("libreoffice")
    if programa is None:
        pytest.skip("FALTA libreoffice-calc-nogui (apt-get install libreoffice-calc-nogui): a planilha não é provada")
    arquivo = tmp_path / "ocorrencias.xlsx"
    maquina.exigir("ecac", "ocorrencias", "--agrupar", "ocorrencia", "--excel", str(arquivo))
    subprocess.run(
        [programa, f"-env:UserInstallation=file://{tmp_path}/perfil", "--headless", "--convert-to",
         "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2", "--outdir", str(tmp_path),
         str(arquivo)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    (csv,) = tmp_path.glob("*.csv")
    texto = csv.read_text("utf-8")
    lista = maquina.json("ecac", "ocorrencias")
    primeira = lista[0]["ocorrencia"]
    iguais = [o for o in lista if o["ocorrencia"] == primeira]
    assert all(o["cnpj"] in texto for o in iguais)
    assert f"Total,{len(iguais)}" in texto  # the formula was computed


@pytest.mark.requisito("ECAC-01", "ECAC-02", "ECAC-08")
def test_empresas_com_o_seu_modo_e_as_recusas(maquina: MaquinaEcac) -> None:
    feito = maquina.cli("ecac", "empresas", "--json")
    assert feito.returncode == 1  # one was refused
    por_nome = {e["nome"]: e for e in json.loads(feito.stdout)}
    assert por_nome["MANUAL LTDA"]["modo"] == "importação manual"
    assert "ecac-comprovantes" in por_nome["MANUAL LTDA"]["aviso"]
    assert por_nome["TOKEN LTDA"]["modo"] == "sob demanda (A3)"
    assert por_nome["NUVEM LTDA"]["modo"] == "recusado"
    assert "token precisa estar ligado" in por_nome["NUVEM LTDA"]["recusa"]
    texto = maquina.cli("ecac", "empresas")
    assert "Recusado, NUVEM LTDA" in texto.stderr
    conferido = maquina.cli("config", "conferir")
    assert conferido.returncode == 1
    assert "Recusado" in conferido.stderr
    assert "Aviso" in conferido.stdout


@pytest.mark.requisito("ECAC-02", "ECAC-08")
@pytest.mark.parametrize(
    ("args", "o_que"),
    [
        (("--empresa", "66777888000181"), "importação manual"),
        (("--empresa", "60701190000104"), "importar --a3 --empresa 60701190000104"),
        (("--empresa", "33000167000101"), "token precisa estar ligado"),
        (("--empresa", "11444777000161"), "não está na configuração"),
        (("--a3", "--empresa", "66777888000181"), "importação manual"),
        (("--a3",), "Não há certificado A3 de 60701190000104"),
    ],
)
def test_importar_recusa_o_que_nao_pode_ser(maquina: MaquinaEcac, args: tuple[str, ...], o_que: str) -> None:
    assert o_que in maquina.exigir("ecac", "importar", *args, codigo=1).stderr


def test_sem_terminal_ha_uma_linha_por_passo(capsys: pytest.CaptureFixture[str]) -> None:
    from separador.capacidades.ecac.cli.importar import _mostrar

    ultimo = ""
    for feitas in range(101):
        ultimo = _mostrar({"fase": "comprovantes", "feitas": feitas, "total": 100}, ultimo)  # type: ignore[arg-type]
    linhas = capsys.readouterr().err.splitlines()
    assert linhas[0] == "comprovantes: 0 de 100"
    assert linhas[-1] == "comprovantes: 100 de 100"
    assert len(linhas) == 11


def test_em_um_terminal_ha_uma_barra(maquina: MaquinaEcac) -> None:
    mestre, escravo = pty.openpty()
    comando = [*maquina.comando, "ecac", "importar"]
    feito = subprocess.Popen(comando, env=maquina.env, cwd=maquina.pasta, stdout=subprocess.DEVNULL, stderr=escravo)
    os.close(escravo)
    visto = b""
    try:
        while parte := os.read(mestre, 4096):
            visto += parte
    except OSError:
        pass  # the other end is closed: it is over
    finally:
        os.close(mestre)
    assert feito.wait(60) == 1  # the last company is refused
    assert "\r\x1b[K" in visto.decode()
    assert "eventos" in visto.decode() or "pagamentos" in visto.decode() or visto.decode().strip("\r\x1b[K") == ""


@pytest.mark.requisito("ECAC-02")
def test_verificar_olha_o_contratante_e_os_segredos(maquina: MaquinaEcac) -> None:
    achadas = [c["mensagem"] for c in maquina.json("verificar") if c["verificacao"] == "e-CAC"]
    assert any("Há e-CNPJ A1 do contratante" in c for c in achadas)
    assert any("segredo do consumidor" in c for c in achadas)
    assert any("NUVEM LTDA" in c for c in achadas)


@pytest.mark.requisito("ECAC-07")
def test_custo_com_o_que_resta(maquina: MaquinaEcac) -> None:
    r = maquina.json("ecac", "custo", "--chamadas")
    assert r["cobradas_hoje"] == sum(c["cobrada"] for c in r["chamadas"])
    assert r["cobradas_hoje"] > 0
    assert r["orcamento_dia"] == 100_000
    assert {d["servico"] for d in r["dias"]} >= {"PAGAMENTOS71", "COMPARRECADACAO72", "SOLICEVENTOSPJ132"}
    texto = maquina.exigir("ecac", "custo").stdout
    assert "chamadas cobradas" in texto
    assert "não é uma data" in maquina.exigir("ecac", "custo", "--de", "ontem", codigo=2).stderr


@pytest.mark.requisito("ECAC-03", "ECAC-06")
def test_localizar_ligar_e_reabrir(maquina: MaquinaEcac, cenario: Cenario) -> None:
    (ocorrencia,) = [o for o in maquina.json("ecac", "ocorrencias") if o["ocorrencia"] == "Pago sem guia"]
    texto = maquina.exigir("ecac", "guias", "localizar", str(ocorrencia["id"])).stdout
    assert f"--ocorrencia {ocorrencia['id']}" in texto
    abertas = [g for g in maquina.json("ecac", "guias", "localizar", str(ocorrencia["id"])) if not g["baixada"]]
    if not abertas:
        pytest.skip("o cenário não deixou guia aberta nessa empresa")
    guia = str(abertas[0]["id"])
    ligada = maquina.exigir("ecac", "guias", "ligar", guia, "--ocorrencia", str(ocorrencia["id"]))
    assert "baixada" in ligada.stdout
    assert "já está baixada" in maquina.exigir(
        "ecac", "guias", "ligar", guia, "--ocorrencia", str(ocorrencia["id"]), codigo=1
    ).stderr  # fmt: skip
    maquina.exigir("ecac", "guias", "reabrir", guia, "--motivo", "liguei a guia errada")
    assert maquina.json("ecac", "guias", "ver", guia)["estado"] == "aberta"
    assert "não tem sugestão" in maquina.exigir("ecac", "guias", "aprovar", guia, codigo=1).stderr
    assert maquina.exigir("ecac", "guias", "gerar", "das", "--empresa", cenario.contribuintes[0].ni, "--periodo",
                          "2026", codigo=2).stderr  # fmt: skip


@pytest.mark.requisito("ECAC-03")
def test_gerar_uma_guia_e_nao_de_novo(maquina: MaquinaEcac, cenario: Cenario) -> None:
    ni = cenario.contribuintes[0].ni
    feita = maquina.exigir("ecac", "guias", "gerar", "das", "--empresa", ni, "--periodo", "05/2024")
    assert "gerada" in feita.stdout
    caminho = feita.stdout.split("PDF: ")[1].strip()
    assert Path(caminho).read_bytes().startswith(b"%PDF-")
    de_novo = maquina.exigir("ecac", "guias", "gerar", "das", "--empresa", ni, "--periodo", "202405", codigo=1)
    assert "já foi gerada" in de_novo.stderr
    darf = ["--receita", "0190", "--valor", "1.000,00", "--municipio", "7107", "--periodo", "12/2025"]
    feita = maquina.exigir("ecac", "guias", "gerar", "darf", "--empresa", ni, *darf, "--vencimento", "2026-01-30")
    assert "gerada" in feita.stdout
    assert "--valor" in maquina.exigir("ecac", "guias", "gerar", "darf", "--empresa", ni, "--periodo", "12/2025",
                                       "--receita", "0190", codigo=2).stderr  # fmt: skip


def test_servico_desligado_registra_e_diz(tmp_path: Path, cenario: Cenario) -> None:
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro)
        assert m.exigir("ecac", "guias", "listar").stdout.strip() == "Nenhuma guia."
        assert m.exigir("ecac", "ocorrencias").stdout.strip() == "Nenhuma ocorrência."
        (m.pasta / "g.csv").write_bytes(csv_de(cenario.documentos[:1]))
        m.exigir("ecac", "guias", "importar", "g.csv")
        assert "desligado" in m.exigir("ecac", "importar", codigo=3).stderr
        m.exigir("uma-vez", prazo_s=120)
        assert m.json("ecac", "ocorrencias")  # the order was carried out


@pytest.mark.requisito("ECAC-02")
def test_as_credenciais_vao_para_o_cofre(tmp_path: Path, cenario: Cenario) -> None:
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        segredos = {"chave_consumidor": {"cofre": "ecac-chave"}, "segredo_consumidor": {"cofre": "ecac-segredo"}}
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro, **segredos)
        m.exigir("cofre", "chave", codigo=0)
        m.exigir("ecac", "credenciais", "--stdin", entrada=f"{CHAVE}\n{SEGREDO}\n")
        with m:
            m.executar()
            assert "empresas consultadas" in m.exigir("ecac", "importar", prazo_s=120, codigo=1).stdout
        tudo = b"".join(p.read_bytes() for p in m.pasta.rglob("*") if p.is_file() and "config/" not in str(p))
        assert SEGREDO.encode() not in tudo


def test_init_cria_a_pasta_dos_comprovantes_que_nao_e_de_rota(tmp_path: Path, cenario: Cenario) -> None:
    with SerproEmFio(tmp_path / "serpro", cenario) as serpro:
        m = MaquinaEcac(tmp_path / "maquina", cenario, serpro, destino="recibos")
        marca = m.pasta / "recibos" / ".separador" / "marca"
        assert marca.is_file()
        assert "já existia" in m.exigir("init").stdout
        (m.pasta / "g.csv").write_bytes(csv_de(cenario.documentos))
        m.exigir("ecac", "guias", "importar", "g.csv")
        m.exigir("uma-vez", prazo_s=120)
        assert len(list((m.pasta / "recibos").rglob("*.pdf"))) == _esperadas(cenario)[0] + 1
        marca.unlink()
        assert "a marca dela sumiu" in m.exigir("init", codigo=1).stderr
