"""Tests the folder that is ours again: taken over by another and taken back, or its corner made anew.

What is ours is known by our own database. Each file ends once at its reader, or stands in the failures view; no row
waits for ever; nothing is left in `.separador`.
"""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from separador.banco import rotas
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.empresas import EMITENTE
from separador.motor.desfecho.sem_saber import o_que_fazer
from separador.pastas.erros import FalhaDePasta
from separador.pastas.posse import nossos
from separador.programa import grupo
from tests.apoio.amostra import do_dia
from tests.apoio.instalacao import AGORA, MOTIVO, Instalacao
from tests.apoio.posse import canto, restos
from tests.integracao.motor.test_assumir import PONTOS, _parar_em, _Parou

pytestmark = [pytest.mark.requisito("FRO-03"), pytest.mark.requisito("FRO-04")]

REGRAS = ["mover", "cte-envio"]


def _rotas(comum: Path, regra: str) -> list[dict[str, object]]:
    sufixo = ".txt" if regra == "mover" else "-cte.xml"
    rota = {"id": 1, "ativo": True, "regra": regra, "arquivo": [sufixo]}
    return [rota | {"origem": str(comum / "entrada"), "destino": str(comum / "saida")}]


def _init(instalacao: Instalacao, *argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["--config", str(instalacao.config), "init", *argumentos])


def _assumir(instalacao: Instalacao) -> None:
    feito = _init(instalacao, "--rota", "1", "--assumir")
    assert feito.exit_code == 0, feito.output


def _morrer(instalacao: Instalacao) -> None:
    """Ends the service as a death does: nothing is finished."""
    assert instalacao._banco is not None
    instalacao._banco.close()
    instalacao._ciclo = instalacao._banco = None


def _entradas(regra: str, quantas: int = 5) -> dict[str, tuple[str, bytes]]:
    """Returns the names that go out → (name that comes in, content)."""
    if regra == "mover":
        return {f"{n}.txt": (f"{n}.txt", b"conteudo %d" % n) for n in range(quantas)}
    feitos = [ex.cte(n, agora=AGORA, variante="uma-nota") for n in range(1, quantas + 1)]
    return {f"{e.chave}-cte.xml": (os.fsdecode(e.nome), e.dados) for e in feitos}


def _parada(a: Instalacao, comum: Path, ponto: str, entradas: dict[str, tuple[str, bytes]]) -> None:
    """Gives A its files, and lets it die at the point."""
    a.rodar()
    for nome, dados in entradas.values():
        (comum / "entrada" / nome).write_bytes(dados)
    with pytest.MonkeyPatch.context() as so_aqui:
        _parar_em(ponto, so_aqui)
        with pytest.raises(_Parou):
            a.rodar()
    _morrer(a)


def _voltar(a: Instalacao) -> None:
    """Takes the folders back, and works until nothing moves; then once more after a start."""
    _assumir(a)
    _trabalhar(a)


def _trabalhar(a: Instalacao) -> None:
    a.abrir()
    a.passar(31)
    a.passar(31)
    a.reabrir()
    a.passar(31)


def _nada_pendente(a: Instalacao) -> None:
    assert a.banco.todas("SELECT * FROM publicacao WHERE estado = 'preparada'") == []
    assert a.banco.todas("SELECT * FROM arquivo WHERE desfecho IS NULL") == []
    assert a.banco.todas("SELECT * FROM documento WHERE etapa = 'publicando'") == []
    assert set(a.falhas()) <= {"SEP-TOMADA"}, [tuple(f) for f in a.banco.todas("SELECT * FROM falha")]


def _visiveis(pasta: Path) -> list[str]:
    return sorted(p.name for p in pasta.iterdir() if p.is_file())


def _coletar(pasta: Path) -> list[str]:
    nomes = _visiveis(pasta)
    for nome in nomes:
        (pasta / nome).unlink()
    return nomes


def _contar(a: Instalacao, comum: Path, entradas: dict[str, tuple[str, bytes]], coletados: list[str]) -> None:
    """Every file reached its reader once, or stands in the failures view; nothing is left half done."""
    vezes = Counter([*coletados, *_visiveis(comum / "saida")])
    ditos = {f["arquivo"] for f in a.banco.todas("SELECT arquivo FROM falha WHERE codigo = 'SEP-TOMADA'")}
    quarentena = [p.name for p in (a.dados / "quarentena").glob("*")]
    for saiu, (nome, _) in entradas.items():
        assert vezes[saiu] == 1 or (vezes[saiu] == 0 and nome in ditos), (saiu, vezes, ditos)
    assert set(vezes) <= set(entradas)
    assert {n.partition("_")[2] for n in quarentena} <= ditos
    assert _visiveis(comum / "entrada") == []
    assert restos(comum / "saida") == restos(comum / "entrada") == ["dono"]
    for pasta in ("saida", "entrada"):
        assert not (comum / pasta / ".separador/tomada-3/pronta").exists()
        assert [p.name for p in (comum / pasta / ".separador/tomada-3").iterdir()] == ["dono"]


# --- decisions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outras", "na_tomada", "pastas", "sim"),
    [
        (["bb-2"], None, False, True),
        ([], {"dono", "pronta", "bb-2"}, True, True),
        ([], {"dono", "bb-2"}, True, False),
        (["bb-2"], {"dono"}, False, False),
        (["tomada-2"], {"dono"}, False, False),
        ([], {"dono"}, False, True),
    ],
)
def test_assentada(outras: list[str], na_tomada: set[str] | None, pastas: bool, sim: bool) -> None:
    assert nossos.assentada(outras, na_tomada, pastas=pastas) is sim


def test_o_que_fazer() -> None:
    assert o_que_fazer([], "7_a.txt", de_arquivo=True).endswith(
        "se não saiu, solte-o de novo na origem. O original está em quarentena/7_a.txt."
    )
    assert o_que_fazer(["envie"], None, de_arquivo=True).endswith(
        "se não saiu, envie. O original não está mais com esta instalação."
    )
    assert o_que_fazer([], None, de_arquivo=False).endswith("Se saiu, dispense esta falha.")


# --- taken over, and taken back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("regra", REGRAS)
@pytest.mark.parametrize("coleta", do_dia((False, True), 2), ids=["fica", "coletado"])
@pytest.mark.parametrize("b_rodou", [False, True], ids=["b-parada", "b-rodou"])
@pytest.mark.parametrize("ponto", PONTOS)
def test_retomar_do_que_parou_em_um_ponto(tmp_path: Path, ponto: str, b_rodou: bool, coleta: bool, regra: str) -> None:
    comum, entradas = tmp_path / "comum", _entradas(regra)
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(comum, regra)) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(comum, regra), aberta=False) as b,
    ):
        _parada(a, comum, ponto, entradas)
        _assumir(b)
        if b_rodou:
            _trabalhar(b)
            b.fechar()
        coletados = _coletar(comum / "saida") if coleta else []
        _voltar(a)
        _nada_pendente(a)
        _contar(a, comum, entradas, coletados)
        if not b_rodou and ponto in ("tomado", "encenado", "decidido", "notado"):
            assert a.falhas() == [], "nada tinha saído, e nada foi levado por outra"
            assert _visiveis(comum / "saida") == sorted(entradas)
        if not coleta:
            assert a.falhas() == [], "o que está no destino saiu"


@pytest.mark.parametrize("ponto", ["notado", "meio"])
def test_retomar_em_outro_disco_depois_de_idas_e_voltas(tmp_path: Path, outra_pasta: Path, ponto: str) -> None:
    """What was taken lies one takeover deeper each time."""
    entradas, regra = _entradas("mover"), _rotas(outra_pasta, "mover")
    with (
        Instalacao(tmp_path / "a", rotas=regra) as a,
        Instalacao(tmp_path / "b", rotas=regra, aberta=False) as b,
    ):
        _parada(a, outra_pasta, ponto, entradas)
        for outra in (b, a, b, a):
            _assumir(outra)
        _trabalhar(a)
        _nada_pendente(a)
        assert (a.falhas(), _visiveis(outra_pasta / "saida")) == ([], sorted(entradas))
        assert restos(outra_pasta / "saida") == restos(outra_pasta / "entrada") == ["dono"]


@pytest.mark.parametrize("ponto", ["notado", "confirmado"])
def test_o_marcador_vai_com_o_arquivo(tmp_path: Path, ponto: str) -> None:
    comum, entradas = tmp_path / "comum", _entradas("mover")
    rotas = [r | {"marcador": ".ok"} for r in _rotas(comum, "mover")]
    with Instalacao(tmp_path / "a", rotas=rotas) as a, Instalacao(tmp_path / "b", rotas=rotas, aberta=False) as b:
        (comum / "entrada").mkdir(parents=True, exist_ok=True)
        marcadores = {f"{n}.OK": (f"{n}.OK", b"") for n in entradas}
        _parada(a, comum, ponto, entradas | marcadores)
        _assumir(b)
        _voltar(a)
        _nada_pendente(a)
        _contar(a, comum, entradas, [])
        assert a.falhas() == []


def test_retomar_com_o_servico_no_ar(tmp_path: Path) -> None:
    """The former owner was frozen, and goes on after its folders were taken and taken back."""
    comum, entradas = tmp_path / "comum", _entradas("mover")
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(comum, "mover")) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(comum, "mover"), aberta=False) as b,
    ):
        a.rodar()
        for nome, dados in entradas.values():
            (comum / "entrada" / nome).write_bytes(dados)
        with pytest.MonkeyPatch.context() as so_aqui:
            _parar_em("meio", so_aqui)
            with pytest.raises(_Parou):
                a.rodar()
        _assumir(b)
        a.ciclo.despacho.em_andamento.clear()
        a.passar(31)
        assert set(a.falhas()) == {"SEP-PASTA-DE-OUTRA"}, "também do canto em que ia anotar"
        _assumir(a)
        a.passar(31)
        a.passar(31)
        _nada_pendente(a)
        _contar(a, comum, entradas, [])
        assert a.falhas() == []


@pytest.mark.parametrize("regra", REGRAS)
def test_retomada_que_morre_continua(tmp_path: Path, regra: str) -> None:
    """It dies after the files were brought back and before the commit: they are found where they lie now."""
    comum, entradas = tmp_path / "comum", _entradas(regra)
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(comum, regra)) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(comum, regra), aberta=False) as b,
    ):
        _parada(a, comum, "notado", entradas)
        _assumir(b)
        _assumir(a)
        for onde in ("gravar", "firmar", "encenado"):

            def parar(*_: object) -> None:
                raise _Parou

            with pytest.MonkeyPatch.context() as so_aqui:
                so_aqui.setattr(f"separador.motor.desfecho.retomada._Retomada.{onde}", parar)
                with pytest.raises(_Parou):
                    a.abrir()
                _morrer(a)
        _trabalhar(a)
        _nada_pendente(a)
        _contar(a, comum, entradas, [])
        assert a.falhas() == []


def test_pasta_que_falha_no_meio_da_retomada_espera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was brought back and is not recorded yet is not swept as a leftover."""
    comum, entradas = tmp_path / "comum", _entradas("mover")
    with (
        Instalacao(tmp_path / "a", rotas=_rotas(comum, "mover")) as a,
        Instalacao(tmp_path / "b", rotas=_rotas(comum, "mover"), aberta=False) as b,
    ):
        _parada(a, comum, "notado", entradas)
        _assumir(b)
        _assumir(a)

        def falhar(nossa: nossos.Nossa) -> None:
            raise FalhaDePasta(nossa.pasta)

        with monkeypatch.context() as so_aqui:
            so_aqui.setattr(nossos, "firmar_encenados", falhar)
            a.abrir()
            a.passar(5)
            assert "SEP-PASTA-FALHOU" in a.falhas()
            assert _visiveis(comum / "saida") == []
        a.passar(31)
        a.passar(31)
        _nada_pendente(a)
        _contar(a, comum, entradas, [])
        assert a.falhas() == []


# --- what cannot be told ---------------------------------------------------------------------------------------------


def _ct_e_sem_saber(tmp_path: Path, a: Instalacao, b: Instalacao) -> tuple[str, str]:
    """A dies before it publishes a CT-e; B publishes it, and its reader takes it; A has the folders again."""
    comum, entradas = tmp_path / "comum", _entradas("cte-envio", 1)
    _parada(a, comum, "notado", entradas)
    _assumir(b)
    _trabalhar(b)
    b.fechar()
    _coletar(comum / "saida")
    _voltar(a)
    ((saiu, (nome, _)),) = entradas.items()
    return saiu.removesuffix("-cte.xml"), nome


def test_ct_e_de_que_nao_se_sabe_pode_ser_enviado_por_ordem(tmp_path: Path) -> None:
    comum = tmp_path / "comum"
    rotas = _rotas(comum, "cte-envio")
    with Instalacao(tmp_path / "a", rotas=rotas) as a, Instalacao(tmp_path / "b", rotas=rotas, aberta=False) as b:
        chave, nome = _ct_e_sem_saber(tmp_path, a, b)
        falha = a.falha("SEP-TOMADA")
        assert (falha["arquivo"], falha["chave"], falha["rota_id"]) == (nome, chave, 1)
        assert falha["assunto"] == f"tomada:{comum / 'entrada'}/1_{nome}"
        assert f"{chave}-cte.xml em {comum / 'saida'}" in falha["motivo"]
        assert f"separador cte enviar {chave}" in falha["o_que_fazer"]
        assert "dispense" in falha["o_que_fazer"]
        assert a.situacao(chave) == "NÃO ENVIADO"
        assert a.banco.todas("SELECT desfecho FROM arquivo WHERE desfecho <> 'quarentena'") == []
        feita = a.ordenar("enviar", chave)
        assert (feita["estado"], feita["codigo"]) == ("feita", "SEP-ENVIADO")
        assert a.situacao(chave) == "AGUARDANDO RETORNO"
        assert _visiveis(comum / "saida") == [f"{chave}-cte.xml"]
        _nada_pendente(a)
        assert a.falhas() == [], "foi enviado por ordem"


def test_cancelamento_de_que_nao_se_sabe_pode_ser_estornado_e_pedido_de_novo(tmp_path: Path) -> None:
    """The order waits for its file: it ends too, and what the state says has a way out."""
    with Instalacao(tmp_path / "a") as a:
        e = a.autorizado(1)
        a.limpar(1)
        with pytest.MonkeyPatch.context() as so_aqui:
            _parar_em("notado", so_aqui)
            with pytest.raises(_Parou):
                a.ordenar("cancelar", e.chave, MOTIVO)
        _morrer(a)
        shutil.rmtree(canto(a.destino(1)))
        assert _init(a, "--rota", "1").exit_code == 0
        _trabalhar(a)
        _nada_pendente(a)
        tarefa = a.banco.uma("SELECT * FROM tarefa ORDER BY id DESC LIMIT 1")
        assert tarefa is not None
        assert (tarefa["estado"], tarefa["codigo"]) == ("recusada", "SEP-TOMADA")
        assert f"separador cte estornar {e.chave}" in a.falha("SEP-TOMADA")["o_que_fazer"]
        estornada = a.ordenar("estornar", e.chave)
        assert "não se sabe se o evento chegou" in estornada["mensagem"]
        assert a.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
        assert a.ordenar("cancelar", e.chave, MOTIVO)["estado"] == "feita"
        assert a.nomes(1) == [f"{e.chave}_110111_001-ped-eve.xml"]


def test_ct_e_de_que_nao_se_sabe_pode_ser_solto_de_novo(tmp_path: Path) -> None:
    comum = tmp_path / "comum"
    rotas = _rotas(comum, "cte-envio")
    with Instalacao(tmp_path / "a", rotas=rotas) as a, Instalacao(tmp_path / "b", rotas=rotas, aberta=False) as b:
        chave, nome = _ct_e_sem_saber(tmp_path, a, b)
        a.soltar(1, nome, _entradas("cte-envio", 1)[f"{chave}-cte.xml"][1])
        a.passar(5)
        assert a.situacao(chave) == "AGUARDANDO RETORNO"
        assert _visiveis(comum / "saida") == [f"{chave}-cte.xml"]
        assert a.falhas() == [], "o mesmo nome deu certo"


# --- the corner made anew --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regra", REGRAS)
@pytest.mark.parametrize("onde", ["saida", "entrada", "saida entrada"])
@pytest.mark.parametrize("removida", do_dia(("canto", "separador", "marca"), 3))
@pytest.mark.parametrize("ponto", ["decidido", "meio", "confirmado"])
def test_o_canto_refeito_nao_deixa_nada_pendurado(
    tmp_path: Path, ponto: str, removida: str, onde: str, regra: str
) -> None:
    comum, entradas = tmp_path / "comum", _entradas(regra)
    with Instalacao(tmp_path / "a", rotas=_rotas(comum, regra)) as a:
        _parada(a, comum, ponto, entradas)
        antes = _visiveis(comum / "saida")
        for pasta in onde.split():
            propria = comum / pasta / ".separador"
            if removida == "marca":
                (propria / "marca").unlink()
            else:
                shutil.rmtree(propria if removida == "separador" else canto(comum / pasta))
        a.abrir()
        a.passar(31)
        assert a.falhas() != []
        a.fechar()
        feito = _init(a, "--rota", "1")
        assert feito.exit_code == 0, feito.output
        _trabalhar(a)
        _nada_pendente(a)
        agora = _visiveis(comum / "saida")
        assert set(antes) <= set(agora) <= set(entradas), "nada saiu duas vezes"
        ditos = {f["arquivo"] for f in a.banco.todas("SELECT arquivo FROM falha WHERE codigo = 'SEP-TOMADA'")}
        for saiu, (nome, _) in entradas.items():
            assert (saiu in agora) != (nome in ditos), (saiu, agora, ditos)
        if removida == "marca":
            assert agora == sorted(entradas), "o canto está lá: nada se perdeu"
        for pasta in ("saida", "entrada"):
            assert restos(comum / pasta) == []


@pytest.mark.parametrize("regra", REGRAS)
def test_o_que_nao_tem_linha_no_canto_de_antes_e_trabalhado(tmp_path: Path, regra: str) -> None:
    comum, entradas = tmp_path / "comum", _entradas(regra)
    with Instalacao(tmp_path / "a", rotas=_rotas(comum, regra)) as a:
        _parada(a, comum, "tomado", entradas)
        (comum / "entrada/.separador/marca").unlink()
        antigo = canto(comum / "entrada")
        antigo.rename(antigo.with_name(antigo.name.replace("-1", "-7")))
        assert _init(a, "--rota", "1").exit_code == 0
        _trabalhar(a)
        _nada_pendente(a)
        assert (a.falhas(), _visiveis(comum / "saida")) == ([], sorted(entradas))
        assert restos(comum / "entrada") == []


def test_retido_cujo_canto_sumiu_nao_fica_retido(tmp_path: Path) -> None:
    comum, entradas = tmp_path / "comum", _entradas("cte-envio", 1)
    with Instalacao(tmp_path / "a", rotas=_rotas(comum, "cte-envio"), com_certificado=False) as a:
        a.rodar()
        for nome, dados in entradas.values():
            a.soltar(1, nome, dados)
        a.passar(5)
        assert set(a.falhas()) == {"SEP-SEM-CERTIFICADO"}
        shutil.rmtree(comum / "entrada" / ".separador")
        a.passar(5)
        a.fechar()
        assert _init(a, "--rota", "1").exit_code == 0
        _trabalhar(a)
        assert a.banco.todas("SELECT * FROM arquivo WHERE desfecho IS NULL") == []
        assert "não está mais com esta instalação" in a.falha("SEP-TOMADA")["o_que_fazer"]


@pytest.mark.parametrize("removida", ["canto", "marca", "separador"])
def test_a_pasta_de_uma_secao_tem_saida(tmp_path: Path, removida: str) -> None:
    secao = {
        "destino": str(tmp_path / "comprovantes"),
        "contratante": EMITENTE.cnpj,
        "chave_consumidor": {"env": "K"},
        "segredo_consumidor": {"env": "S"},
    }
    with Instalacao(tmp_path / "a", rotas=_rotas(tmp_path / "comum", "mover"), ecac=secao) as a:
        raiz = tmp_path / "comprovantes"
        assert _init(a).exit_code == 0
        a.reabrir()
        a.passar(31)
        assert a.falhas() == []
        with a.banco.transacao():
            rotas.marcar(a.banco, str(raiz), json.loads((raiz / ".separador/marca").read_text())["uuid"])
        if removida == "marca":
            (raiz / ".separador/marca").unlink()
        else:
            shutil.rmtree(raiz / ".separador" if removida == "separador" else canto(raiz))
        a.reabrir()
        if removida != "canto":
            assert "init --secao comprovantes" in _init(a).stderr
        assert _init(a, "--secao", "comprovantes", "--rota", "1").exit_code == 2
        assert _init(a, "--secao", "outra").exit_code == 1
        feito = _init(a, "--secao", "comprovantes")
        assert feito.exit_code == 0, feito.output
        assert "Rota 1" not in feito.output, "só a pasta da seção"
        a.reabrir()
        a.passar(31)
        a.passar(31)
        assert a.falhas() == []
        assert (canto(raiz) / "vivo").is_file()


def test_pasta_por_data_refeita_nao_da_por_publicado_o_que_sumiu(tmp_path: Path) -> None:
    """The fiscal copies lie in the data folder. Their corner was removed with a copy that was not visible yet."""
    with Instalacao(tmp_path / "a") as a:
        e = a.enviado(1)
        a.autorizado(2)
        retorno = rt.autorizado(e.dados, os.fsencode(e.nome), agora=a.agora)
        with pytest.MonkeyPatch.context() as so_aqui:
            _parar_em("notado", so_aqui)
            with pytest.raises(_Parou):
                a.soltar(2, retorno.nome, retorno.dados)
        _morrer(a)
        shutil.rmtree(a.dados / "fiscal" / ".separador")
        _trabalhar(a)
        _nada_pendente(a)
        assert e.chave in a.falha("SEP-TOMADA")["motivo"]
        assert "fiscal" in a.falha("SEP-TOMADA")["motivo"]
        assert [p.name for p in (a.dados / "quarentena").iterdir()] == [
            a.falha("SEP-TOMADA")["o_que_fazer"].split("/")[-1][:-1]
        ]


def test_nota_orfa_sai_na_recuperacao(tmp_path: Path) -> None:
    comum = tmp_path / "comum"
    with Instalacao(tmp_path / "a", rotas=_rotas(comum, "mover")) as a:
        a.rodar()
        trabalho = canto(comum / "entrada") / "trabalho"
        (trabalho / "decidido-1-x").write_bytes(b"{}\n")
        a.reabrir()
        a.rodar()
        assert restos(comum / "entrada") == []


def test_assumir_sem_nada_em_maos_nao_diz_nada_no_log(tmp_path: Path) -> None:
    comum = tmp_path / "comum"
    rotas = _rotas(comum, "mover")
    with Instalacao(tmp_path / "a", rotas=rotas) as a, Instalacao(tmp_path / "b", rotas=rotas, aberta=False) as b:
        a.rodar()
        _morrer(a)
        _assumir(b)
        _voltar(a)
        assert [x for x in a.diario.linhas if x.get("acao") in ("pasta assumida", "pasta retomada")] == []
        assert restos(comum / "saida") == restos(comum / "entrada") == ["dono"]
