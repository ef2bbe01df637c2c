"""Tests the keys `ecac`: who asks, what may be spent, which companies and how."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from separador.configuracao import Conferida, Configuracao, Invalida, MeioSenha, interpretar
from separador.configuracao.uso_do_ecac import (
    SERVICOS,
    AcessoEcac,
    Implantacao,
    Modo,
    ServicoContratado,
    Utilizacao,
)

ARQUIVO = Path("/srv/conf/separador.yaml")
SECAO = 'ecac: {contratante: "11.222.333/0001-81", chave_consumidor: {cofre: c}, segredo_consumidor: {env: S}}\n'


def _empresa(ecac: str, cnpj: str = "11222333000181") -> str:
    return f'empresas:\n  - {{cnpj: "{cnpj}", nome: F, uf: SP, ecac: {{{ecac}}}}}\n'


def _conferida(texto: str) -> Conferida:
    lida = interpretar(texto.encode(), ARQUIVO, nucleos=2)
    assert isinstance(lida, Conferida), [str(e) for e in lida.erros]
    return lida


def _ler(texto: str) -> Configuracao:
    return _conferida(texto).configuracao


def _erros(texto: str) -> str:
    lida = interpretar(texto.encode(), ARQUIVO, nucleos=2)
    assert isinstance(lida, Invalida)
    return "\n".join(str(e) for e in lida.erros)


@pytest.mark.requisito("ECAC-07")
def test_a_secao_com_os_padroes() -> None:
    ecac = _ler(SECAO).ecac
    assert ecac is not None
    assert ecac.contratante == "11222333000181"
    assert ecac.chave_consumidor is not None
    assert ecac.chave_consumidor.meio is MeioSenha.COFRE
    assert (ecac.orcamento_dia, ecac.orcamento_mes) == (500, 5000)
    assert (ecac.horario, ecac.repetir_s) == (time(6, 30), 14400)
    assert ecac.destino == Path("/srv/conf/outbox/ecac")


def test_o_destino_e_o_da_rota_de_comprovantes() -> None:
    rotas = "rotas:\n  - {id: 1, regra: ecac-comprovantes, origem: in, destino: out/recibos, arquivo: .pdf}\n"
    ecac = _ler(SECAO + rotas).ecac
    assert ecac is not None
    assert ecac.destino == Path("/srv/conf/out/recibos")


def test_sem_a_secao_nada_se_pergunta() -> None:
    assert _ler("raiz: .\n").ecac is None
    assert _ler("raiz: .\n" + _empresa("utiliza: false")).ecac is None


@pytest.mark.parametrize(
    ("texto", "o_que"),
    [
        ("ecac: {contratante: 123, chave_consumidor: {env: A}, segredo_consumidor: {env: B}}\n", "não é um CNPJ"),
        ('ecac: {contratante: "11222333000181"}\n', 'falta a chave "chave_consumidor"'),
        (SECAO.replace("{cofre: c}", "abc"), "não pode ficar escrita"),
        (SECAO.replace("{cofre: c}", "{cofre: c, env: D}"), "uma só origem"),
        (SECAO.replace("}\n", ', horario: "25:00"}\n'), "hora do dia"),
        (SECAO.replace("}\n", ", orcamento_dia: -1}\n"), "orcamento_dia"),
        (SECAO.replace("}\n", ", simulador: http://x}\n"), "https://"),
        (SECAO.replace("}\n", ", destino: var/recibos}\n"), "dentro da pasta de dados"),
        (SECAO.replace("}\n", ", orcamento: 1}\n"), 'quis dizer "orcamento_'),
    ],
)
def test_erros_da_secao(texto: str, o_que: str) -> None:
    assert o_que in _erros(texto)


@pytest.mark.requisito("ECAC-01")
def test_a_data_de_inicio_e_obrigatoria() -> None:
    assert 'falta a chave "inicio"' in _erros(SECAO + _empresa("utiliza: true"))
    assert "deve ser uma data" in _erros(SECAO + _empresa("utiliza: true, inicio: 31/01/2026"))
    assert "deve ser uma data" in _erros(SECAO + _empresa("utiliza: true, inicio: 2026-02-30"))


@pytest.mark.requisito("ECAC-09")
@pytest.mark.parametrize(("inicio", "recusas"), [("2026-11-20", 0), ("2026-11-21", 1)])
def test_um_inicio_no_futuro_e_recusado_a_quem_configura(inicio: str, recusas: int) -> None:
    """The service, which has no person before it, reads the same file and waits for the day."""
    texto = (SECAO + _empresa(f"utiliza: true, inicio: {inicio}")).encode()
    lida = interpretar(texto, ARQUIVO, nucleos=2, dia=date(2026, 11, 20))
    assert isinstance(lida, Conferida)
    assert len(lida.recusas) == recusas
    assert all("a data de início está no futuro" in str(r) for r in lida.recusas)
    assert _conferida(texto.decode()).recusas == ()


@pytest.mark.requisito("ECAC-01")
def test_a_utilizacao_de_uma_empresa() -> None:
    texto = 'utiliza: sim, inicio: 2026-01-31, acesso: A1, procurador: "11.222.333/0001-81", servicos: [e-cac]'
    uso = _ler(SECAO + _empresa(texto)).empresas[0].ecac
    assert uso.inicio == date(2026, 1, 31)
    assert uso.acesso is AcessoEcac.A1
    assert uso.procurador == "11222333000181"
    assert uso.servicos == (ServicoContratado.ECAC,)
    assert uso.implantacao is Implantacao.LOCAL
    assert uso.modo is Modo.AUTOMATICO


@pytest.mark.requisito("ECAC-01")
def test_sem_marcar_nao_e_consultada() -> None:
    assert _ler(_empresa("inicio: 2026-01-01")).empresas[0].ecac.modo is Modo.NAO_UTILIZA


@pytest.mark.requisito("ECAC-02")
@pytest.mark.parametrize(
    ("acesso", "modo"),
    [
        ("certificado A1", Modo.AUTOMATICO),
        ("certificado A3", Modo.SOB_DEMANDA),
        ("código de acesso", Modo.MANUAL),
        ("codigo de acesso", Modo.MANUAL),
    ],
)
def test_cada_acesso_tem_o_seu_modo(acesso: str, modo: Modo) -> None:
    texto = SECAO + _empresa(f"utiliza: true, inicio: 2026-01-01, acesso: {acesso}")
    assert _ler(texto).empresas[0].ecac.modo is modo


@pytest.mark.requisito("ECAC-02")
def test_codigo_de_acesso_e_explicado_ao_configurar_e_dispensa_a_secao() -> None:
    lida = _conferida(_empresa("utiliza: true, inicio: 2026-01-01, acesso: código de acesso"))
    assert lida.recusas == ()
    (aviso,) = lida.avisos
    assert "importação manual" in str(aviso)
    assert "ecac-comprovantes" in str(aviso)


def test_certificado_sem_a_secao_e_erro() -> None:
    assert "falta a chave ecac" in _erros(_empresa("utiliza: true, inicio: 2026-01-01"))


@pytest.mark.requisito("ECAC-08")
@pytest.mark.parametrize(
    ("ecac", "o_que"),
    [
        ("utiliza: true, inicio: 2026-01-01, servicos: [desacordo]", "não está contratado"),
        ("utiliza: true, inicio: 2026-01-01, acesso: certificado A3, implantacao: nuvem", "não funciona com"),
    ],
)
def test_o_que_nao_pode_ser_e_recusado_e_o_resto_segue(ecac: str, o_que: str) -> None:
    outra = '  - {cnpj: "60701190000104", nome: G, uf: SP, ecac: {utiliza: true, inicio: 2026-01-01}}\n'
    lida = _conferida(SECAO + _empresa(ecac) + outra)
    (recusa,) = lida.recusas
    assert o_que in str(recusa)
    recusada, livre = lida.configuracao.empresas
    assert recusada.ecac.modo is Modo.RECUSADO
    assert livre.ecac.modo is Modo.AUTOMATICO


@pytest.mark.requisito("ECAC-08")
def test_um_servico_que_nao_existe_e_erro() -> None:
    assert "os serviços são" in _erros(SECAO + _empresa("utiliza: false, servicos: [ecac]"))


@pytest.mark.requisito("ECAC-10")
def test_uma_tabela_diz_o_que_falta_sem_cada_servico() -> None:
    tudo, so_ecac, so_desacordo = (
        Utilizacao(servicos=s)
        for s in (tuple(ServicoContratado), (ServicoContratado.ECAC,), (ServicoContratado.DESACORDO,))
    )
    assert set(SERVICOS) == set(ServicoContratado)
    assert [tudo.falta(s) for s in ServicoContratado] == [None, None]
    assert tudo.recusa_do_evento("610110") is None
    for tp in ("610110", "610111"):
        recusa = so_ecac.recusa_do_evento(tp)
        assert recusa is not None
        assert "o serviço desacordo não está contratado" in recusa
    assert so_ecac.recusa_do_evento("110110") is None
    assert "ela não é consultada" in (replace(so_desacordo, utiliza=True).recusa or "")
