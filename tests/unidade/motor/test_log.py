"""Tests the log: what is written, what never is, how it is shown and followed."""

import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from separador.cli.log import ultimas, ultimas_e_novas
from separador.motor.log.arquivo import NOME, ArquivoDeLog, antigos
from separador.motor.log.log import configurar, registrador, registrar_incidente, registrar_varias
from separador.motor.log.texto import humano, humano_de_json
from separador.programa import grupo

AGORA = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def hora() -> datetime:
    return AGORA


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def linhas(pasta: Path) -> list[dict[str, object]]:
    return [json.loads(linha) for linha in (pasta / "log" / NOME).read_text(encoding="utf-8").splitlines()]


@pytest.mark.requisito("SEP-10")
def test_json_no_arquivo_e_no_diario_texto_no_terminal(tmp_path: Path) -> None:
    terminal, diario = Terminal(), io.StringIO()
    for saida in (terminal, diario):
        arquivo = configurar(tmp_path, saida=saida, agora=hora)
        registrador(id=12, chave="3526").info("Arquivo recebido", acao="recebido", arquivo=b"nota_\xe7.xml\n")
        assert arquivo is not None
        arquivo.fechar()
    esperado = {
        "quando": "2026-03-01T12:00:00.123+00:00",
        "nivel": "info",
        "acao": "recebido",
        "mensagem": "Arquivo recebido",
        "id": 12,
        "chave": "3526",
        "arquivo": r"nota_\xe7.xml\x0a",
    }
    assert linhas(tmp_path) == [esperado, esperado]
    assert json.loads(diario.getvalue()) == esperado
    assert "Arquivo recebido" in terminal.getvalue()
    assert "{" not in terminal.getvalue()
    assert terminal.getvalue().count("\n") == 1


@pytest.mark.requisito("SEP-10")
def test_toda_linha_tem_acao_e_nenhuma_tem_segredo_nem_rastro(tmp_path: Path) -> None:
    saida = io.StringIO()
    configurar(None, saida=saida, agora=hora)
    try:
        {}["falta"]
    except KeyError:
        registrador().exception("Falhou", senha="abc", dados={"token": "t", "ok": 1}, certificado_senha="z", chave="35")
    linha = json.loads(saida.getvalue())
    assert linha["acao"] == "servico"
    assert linha["nivel"] == "error"
    assert (linha["senha"], linha["certificado_senha"], linha["dados"]) == (
        "(oculto)",
        "(oculto)",
        {"token": "(oculto)", "ok": 1},
    )
    assert linha["chave"] == "35"
    assert "Traceback" not in saida.getvalue()


def test_terminal_que_fecha_nao_para_o_servico(tmp_path: Path) -> None:
    saida = io.StringIO()
    configurar(tmp_path, saida=saida, agora=hora)
    saida.close()
    registrador().info("a")
    registrador().info("b")
    assert len(linhas(tmp_path)) == 2


def test_vira_por_tamanho_e_por_dia_e_apaga_o_velho(tmp_path: Path) -> None:
    momento = [datetime.now(UTC)]
    arquivo = ArquivoDeLog(tmp_path, lambda: momento[0], tamanho_maximo=50)
    for i in range(4):
        assert arquivo.escrever(f"linha {i} {'x' * 30}")
    assert len(antigos(tmp_path)) == 1
    momento[0] += timedelta(days=1)
    arquivo.escrever("amanhã")
    assert len(antigos(tmp_path)) == 2
    assert (tmp_path / NOME).read_text(encoding="utf-8") == "amanhã\n"
    velho = antigos(tmp_path)[0]
    os.utime(velho, (0, 0))
    momento[0] += timedelta(days=1)
    os.utime(tmp_path / NOME, (0, 0))
    arquivo.escrever("depois")
    assert velho not in antigos(tmp_path)
    arquivo.fechar()


def test_disco_cheio_perde_linhas_nunca_o_servico(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arquivo = ArquivoDeLog(tmp_path, hora)
    assert arquivo.escrever("antes")
    escrever = os.write

    def pela_metade(descritor: int, dados: bytes) -> int:
        return escrever(descritor, dados[:3])

    def cheio(_descritor: int, _dados: bytes) -> int:
        raise OSError(28, "cheio")

    monkeypatch.setattr(os, "write", pela_metade)
    assert not arquivo.escrever("cortada")
    monkeypatch.setattr(os, "write", cheio)
    assert not arquivo.escrever("perdida")
    monkeypatch.setattr(os, "write", escrever)
    assert arquivo.escrever("depois")
    arquivo.fechar()
    texto = (tmp_path / NOME).read_text(encoding="utf-8").splitlines()
    assert texto[:2] == ["antes", "cor"]
    assert "Linhas do log perdidas: 2" in texto[2]
    assert texto[3] == "depois"


def test_de_um_grupo_contam_as_linhas_que_faltaram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arquivo = ArquivoDeLog(tmp_path, hora)
    escrever = os.write
    monkeypatch.setattr(os, "write", lambda descritor, dados: escrever(descritor, dados[:9]))
    assert not arquivo.escrever("um", "dois", "tres", "quatro")
    monkeypatch.setattr(os, "write", escrever)
    assert arquivo.escrever("cinco", "seis")
    arquivo.fechar()
    texto = (tmp_path / NOME).read_text(encoding="utf-8").splitlines()
    assert texto[:3] == ["um", "dois", "t"]
    assert "Linhas do log perdidas: 2" in texto[3]
    assert texto[4:] == ["cinco", "seis"]


@pytest.mark.requisito("SEP-10")
def test_linhas_de_um_grupo_sao_as_mesmas_que_uma_a_uma(tmp_path: Path) -> None:
    eventos: list[dict[str, Any]] = [
        {"event": "entregue", "acao": "entregue", "id": 1, "arquivo": b"nota_\xe7.xml\n", "senha": "x"},
        {"event": "A pasta falhou", "acao": "falha", "nivel": "warning", "chave": None},
    ]
    diarios = []
    for em_grupo in (False, True):
        diario = io.StringIO()
        arquivo = configurar(tmp_path / str(em_grupo), saida=diario, agora=hora)
        if em_grupo:
            registrar_varias(registrador(), [dict(e) for e in eventos])
        else:
            registrador().info(**eventos[0])
            registrador().warning(**{k: v for k, v in eventos[1].items() if k != "nivel"})
        assert arquivo is not None
        arquivo.fechar()
        diarios.append(diario.getvalue())
    assert diarios[0] == diarios[1]
    assert linhas(tmp_path / "True") == linhas(tmp_path / "False")
    assert '"senha":"(oculto)"' in diarios[1]


def test_pasta_do_log_que_some_volta_sozinha(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("", encoding="utf-8")
    arquivo = ArquivoDeLog(tmp_path / "x", hora)
    assert not arquivo.escrever("a")
    (tmp_path / "x").unlink()
    assert arquivo.escrever("b")
    arquivo.fechar()


def test_incidente_guarda_o_rastro_so_na_pasta_dele(tmp_path: Path) -> None:
    try:
        {}["falta"]
    except KeyError as erro:
        numero = registrar_incidente(tmp_path, erro, {"arquivo": b"a\xe7", "senha": "abc"}, AGORA)
    guardado = next((tmp_path / "incidentes").iterdir())
    assert guardado.name == f"20260301T120000Z-{numero}.txt"
    texto = guardado.read_text(encoding="utf-8")
    assert "Traceback" in texto
    assert "senha: (oculto)" in texto
    assert r"arquivo: a\xe7" in texto


def test_incidente_sem_disco_ainda_tem_numero(tmp_path: Path) -> None:
    saida = io.StringIO()
    configurar(None, saida=saida, agora=hora)
    (tmp_path / "incidentes").write_text("", encoding="utf-8")
    numero = registrar_incidente(tmp_path, RuntimeError("x"), {}, AGORA)
    linha = json.loads(saida.getvalue())
    assert (linha["incidente"], linha["tipo"], linha["acao"]) == (numero, "RuntimeError", "incidente")


def test_texto_para_pessoas() -> None:
    evento = {"quando": AGORA.isoformat(), "nivel": "warning", "mensagem": "Pasta sumiu", "b": 1, "rota": 3, "id": None}
    assert humano(evento, fuso=UTC) == "2026-03-01 12:00:00  atenção: Pasta sumiu  (rota=3 b=1)"
    assert "\x1b[33m" in humano(evento, cores=True, fuso=UTC)
    assert humano({"mensagem": "a\x1b[2Jb\nc", "acao": "x"}).strip() == r"a\x1b[2Jb\nc"
    assert humano_de_json("cortada {") == "cortada {"
    assert humano_de_json("[1]") == "[1]"


@pytest.fixture
def pasta(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text("dados: .\n", encoding="utf-8")
    (tmp_path / "log").mkdir()
    return tmp_path


def test_comando_log(pasta: Path) -> None:
    def rodar(*argumentos: str) -> str:
        saida = CliRunner().invoke(grupo, ["--config", str(pasta / "a.yaml"), "log", *argumentos])
        assert saida.exit_code == 0
        return saida.output

    assert "Ainda não há log" in rodar()
    (pasta / "log" / f"{NOME}.20260101T000000-000").write_text('{"mensagem":"um"}\n{"mensagem":"dois"}\n')
    (pasta / "log" / NOME).write_text('{"mensagem":"tres"}\n')
    assert rodar("-n", "2").split() == ["dois", "tres"]
    assert rodar("--json").splitlines()[0] == '{"mensagem":"um"}'
    assert rodar("-n", "0") == ""


def test_seguir_passa_pelas_viradas_sem_perder_nem_repetir(tmp_path: Path) -> None:
    momento = [datetime.now(UTC)]
    arquivo = ArquivoDeLog(tmp_path, lambda: momento[0], tamanho_maximo=20)
    for i in range(5):
        arquivo.escrever(f"linha {i}")
    seguir = ultimas_e_novas(tmp_path, 3)
    vistas = [next(seguir) for _ in range(3)]
    for i in range(5, 30):
        momento[0] += timedelta(seconds=1)
        arquivo.escrever(f"linha {i}")
    vistas += [next(seguir) for _ in range(25)]
    arquivo.fechar()
    assert vistas == [f"linha {i}" for i in range(2, 30)]
    assert ultimas(tmp_path, 4) == [f"linha {i}" for i in range(26, 30)]


def test_seguir_antes_de_haver_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import separador.cli.log as modulo

    monkeypatch.setattr(modulo.time, "sleep", lambda _: (tmp_path / NOME).write_text("a\nb\n"))
    seguir = ultimas_e_novas(tmp_path, 3)
    assert [next(seguir), next(seguir)] == ["a", "b"]


def sem_pausa() -> Callable[[], datetime]:
    """A clock that is two seconds later each time, so that every write looks at the file's place."""
    agora = [AGORA]

    def hora_que_anda() -> datetime:
        agora[0] += timedelta(seconds=2)
        return agora[0]

    return hora_que_anda


@pytest.mark.requisito("BORDA-20")
@pytest.mark.parametrize("como", ["movido", "apagado", "pasta"])
def test_log_movido_comeca_outro_e_diz(tmp_path: Path, como: str) -> None:
    arquivo = ArquivoDeLog(tmp_path / "log", sem_pausa())
    assert arquivo.escrever("antes")
    if como == "movido":
        (tmp_path / "log" / NOME).rename(tmp_path / "levado")
    elif como == "apagado":
        (tmp_path / "log" / NOME).unlink()
    else:
        (tmp_path / "log").rename(tmp_path / "levada")
    assert arquivo.escrever("depois")
    arquivo.fechar()
    dito, linha = (tmp_path / "log" / NOME).read_text(encoding="utf-8").splitlines()
    assert "movido ou apagado" in json.loads(dito)["mensagem"]
    assert linha == "depois"
    assert len(arquivo.acontecidos) == 1
    if como == "movido":
        assert (tmp_path / "levado").read_text() == "antes\n"


@pytest.mark.requisito("BORDA-20")
@pytest.mark.parametrize("o_que", ["link", "pasta", "cano", "duas ligações"])
def test_o_que_nao_e_nosso_no_lugar_do_log_nao_e_tocado(tmp_path: Path, o_que: str) -> None:
    pasta, alheio = tmp_path / "log", tmp_path / "alheio"
    pasta.mkdir()
    alheio.write_text("de outro\n")
    if o_que == "link":
        (pasta / NOME).symlink_to(alheio)
    elif o_que == "pasta":
        (pasta / NOME).mkdir()
    elif o_que == "cano":
        os.mkfifo(pasta / NOME)
    else:
        os.link(alheio, pasta / NOME)
    arquivo = ArquivoDeLog(pasta, sem_pausa())
    assert arquivo.escrever("nosso")
    arquivo.fechar()
    assert alheio.read_text() == "de outro\n"
    assert [linha for linha in ultimas(pasta, 10) if "de outro" in linha] == []
    assert ultimas(pasta, 1) == ["nosso"]
    (afastado,) = [p.name for p in pasta.iterdir() if p.name != NOME]
    assert afastado.startswith("separador.log-alheio-")
    assert afastado in arquivo.acontecidos[0]


@pytest.mark.requisito("BORDA-20")
def test_o_que_nao_sai_do_lugar_fica_e_o_log_segue_ao_lado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / NOME).symlink_to(tmp_path / "nada")

    def nao(_de: Path, _para: Path) -> None:
        raise PermissionError(1, "imutável")

    monkeypatch.setattr(Path, "rename", nao)
    arquivo = ArquivoDeLog(tmp_path, sem_pausa())
    assert arquivo.escrever("um")
    assert arquivo.escrever("dois")
    arquivo.fechar()
    assert ultimas(tmp_path, 2) == ["um", "dois"]
    assert (tmp_path / NOME).is_symlink()
    assert "o log segue em separador.log.2026" in arquivo.acontecidos[0]


@pytest.mark.requisito("BORDA-20")
def test_outro_arquivo_posto_no_lugar_do_log_aberto(tmp_path: Path) -> None:
    arquivo = ArquivoDeLog(tmp_path, sem_pausa())
    arquivo.escrever("antes")
    (tmp_path / NOME).rename(tmp_path / "levado")
    (tmp_path / NOME).write_text("de outro\n")
    assert arquivo.escrever("depois")
    arquivo.fechar()
    assert "Outro arquivo está no lugar do log" in arquivo.acontecidos[0]
    assert (tmp_path / "levado").read_text() == "antes\n"
    assert ultimas(tmp_path, 1) == ["depois"]


@pytest.mark.requisito("BORDA-20")
def test_o_lugar_do_log_e_olhado_uma_vez_por_segundo(tmp_path: Path) -> None:
    arquivo = ArquivoDeLog(tmp_path, hora)  # this clock stands still
    arquivo.escrever("antes")
    (tmp_path / NOME).unlink()
    assert arquivo.escrever("na mesma hora")
    assert arquivo.acontecidos == []


@pytest.mark.requisito("BORDA-20")
def test_sumido_com_o_servico_desligado(tmp_path: Path) -> None:
    (tmp_path / f"{NOME}.20260101T000000-000").write_text("velho\n")
    arquivo = ArquivoDeLog(tmp_path, hora)
    arquivo.escrever("novo")
    assert arquivo.acontecidos == ["O arquivo do log não estava mais na pasta; começou outro."]
