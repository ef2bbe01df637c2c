"""Tests keys of the transmission by network: `transmissao`, `ambiente: simulado`, `sefaz`."""

from dataclasses import astuple
from pathlib import Path

import pytest

from separador.configuracao import Conferida, Configuracao, Invalida, interpretar
from separador.configuracao.tipos import Ambiente, ConfigSefaz, MeioSenha, OrigemSenha, ResponsavelTecnico
from separador.nucleo.rota import Transmissao

ARQUIVO = Path("/srv/conf/separador.yaml")
MODELO = Path(__file__).parents[3] / "config" / "separador.yaml"
COM_CSRT = (
    "sefaz: {{responsavel_tecnico: {{cnpj: 11222333000181, contato: Fu, email: a@b.c, fone: 1133334, id_csrt: 1{}}}}}"
)
DUAS_ROTAS = """
rotas:
  - {regra: cte-envio, origem: a, destino: b, arquivo: .x}
  - {regra: cte-envio, origem: c, destino: d, arquivo: .x, transmissao: pasta, dacte: sim}
"""


def conferida(texto: str) -> Conferida:
    lida = interpretar(texto.encode(), ARQUIVO)
    assert isinstance(lida, Conferida), lida
    return lida


def ler(texto: str) -> Configuracao:
    return conferida(texto).configuracao


def test_sem_as_chaves_valem_os_padroes() -> None:
    lida = ler("tempo_leitura: 10\n")
    assert lida.transmissao is Transmissao.PASTA
    assert lida.sefaz == ConfigSefaz()
    assert lida.sefaz.simulador == "https://127.0.0.1:8443"


@pytest.mark.parametrize(
    ("topo", "todas"),
    [
        ("ambiente: homologacao", Transmissao.PASTA),
        ("ambiente: simulado", Transmissao.REDE),
        ("transmissao: rede", Transmissao.REDE),
        ("{ambiente: simulado, transmissao: pasta", Transmissao.PASTA),
    ],
)
def test_a_rota_segue_o_topo_e_pode_ter_a_sua(topo: str, todas: Transmissao) -> None:
    lida = ler(topo.strip("{").replace(", ", "\n") + DUAS_ROTAS)
    assert lida.transmissao is todas
    assert [r.transmissao for r in lida.rotas] == [todas, Transmissao.PASTA]
    assert [r.dacte for r in lida.rotas] == [False, True]


def test_o_simulado_e_o_ambiente_2() -> None:
    lida = ler("ambiente: simulado\n")
    assert lida.ambiente is Ambiente.SIMULADO
    assert lida.ambiente.tp_amb == "2"


def test_a_regra_cte_consulta() -> None:
    rota = ler("rotas: [{regra: cte-consulta, origem: a, destino: b, arquivo: [-ped-sit.xml, -ped-sta.xml]}]").rotas[0]
    assert rota.regra == "cte-consulta"


def test_todas_as_chaves_da_secao() -> None:
    sefaz = ler("""
sefaz:
  em_voo: 32
  prazo_conexao: 2,5
  prazo_resposta: 90
  ca: ca.pem
  proxy: http://proxy.interno:3128/
  enderecos: outros.yaml
  simulador: https://localhost:9000
  responsavel_tecnico: {cnpj: 11.222.333/0001-81, contato: Fulana, email: a@b.c, fone: (11) 3333-4444, id_csrt: 1,
    csrt: {env: CSRT}}
""").sefaz
    responsavel = ResponsavelTecnico(
        "11222333000181", "Fulana", "a@b.c", "1133334444", "001", OrigemSenha(MeioSenha.ENV, "CSRT")
    )
    raiz = Path("/srv/conf")
    esperada = ConfigSefaz(
        *(32, 2.5, 90.0, raiz / "ca.pem", "http://proxy.interno:3128", raiz / "outros.yaml"),
        *("https://localhost:9000", responsavel),
    )
    assert astuple(sefaz) == astuple(esperada)


def test_a_origem_de_cada_valor() -> None:
    valores = {v.chave: v for v in conferida("ambiente: simulado\nsefaz: {em_voo: 3}\n" + DUAS_ROTAS).valores}
    assert (valores["transmissao"].valor, valores["transmissao"].origem) == ("rede", "padrão")
    assert (valores["sefaz.em_voo"].valor, valores["sefaz.em_voo"].linha) == ("3", 2)
    assert valores["sefaz.prazo_resposta"].origem == "padrão"
    assert valores["rotas[2].transmissao"].valor == "pasta"


@pytest.mark.parametrize(
    ("texto", "trecho"),
    [
        ("transmissao: red", 'você quis dizer "rede"'),
        ("sefaz: {em_vo: 3}", 'você quis dizer "em_voo"'),
        ("sefaz: {em_voo: 0}", "no mínimo 1"),
        ("sefaz: {prazo_conexao: 0}", "maior que zero"),
        ("sefaz: {prazo_resposta: 601}", "no máximo 600"),
        ("sefaz: {proxy: 'http://eu:segredo@p:1'}", "não podem ficar escritos"),
        ("sefaz: {proxy: 'ftp://p'}", "http://servidor:porta"),
        ("sefaz: {proxy: 'http://p:porta'}", "http://servidor:porta"),
        ("sefaz: {simulador: 'http://127.0.0.1:8443'}", "https://servidor:porta"),
        ("sefaz: {simulador: 'https://127.0.0.1:8443/ws'}", "sem caminho"),
        ("sefaz: {verificar: false}", "chave desconhecida"),
        ("sefaz: 1", "deve ser um grupo"),
        ("sefaz: {responsavel_tecnico: {cnpj: 11222333000181, contato: Fu, email: a@b.c}}", 'falta a chave "fone"'),
        ("sefaz: {responsavel_tecnico: {cnpj: 11222333000181, contato: Fu, email: ab, fone: 11333344}}", "endereço"),
        (COM_CSRT.format(""), "vêm juntos"),
        (COM_CSRT.format(", csrt: ABC123"), "não pode ficar escrita"),
        (
            "rotas: [{regra: cte-envio, origem: a, destino: b, arquivo: .x, dact: true}]",
            'você quis dizer "dacte"',
        ),
        (
            "rotas: [{regra: cte-envio, origem: a, destino: b, arquivo: .x, transmissao: internet}]",
            "os valores são: pasta, rede",
        ),
    ],
)
def test_cada_erro_tem_sua_mensagem(texto: str, trecho: str) -> None:
    lida = interpretar(texto.encode(), ARQUIVO)
    assert isinstance(lida, Invalida)
    assert len(lida.erros) == 1
    assert trecho in str(lida.erros[0])
    assert "segredo" not in str(lida.erros[0])
    assert "ABC123" not in str(lida.erros[0])


def test_o_exemplo_comentado_do_arquivo_distribuido_vale() -> None:
    """A person uncomments these lines, so they must be right."""
    linhas = MODELO.read_text(encoding="utf-8").splitlines()
    inicio = linhas.index("sefaz:")
    fim = next(i for i in range(inicio + 1, len(linhas)) if not linhas[i].startswith(("#", " ")))
    texto = "\n".join(linha.removeprefix("#") for linha in linhas[inicio:fim])
    assert ler(texto).sefaz.responsavel_tecnico is not None
