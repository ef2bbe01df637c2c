"""Tests the client against the local SERPRO, over real TLS: every kind of answer and fault that the simulator knows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from separador.capacidades.ecac.arquivos import comprovantes, pdf
from separador.capacidades.ecac.dominio.arrecadacao import Valores
from separador.capacidades.ecac.dominio.texto_do_pdf import TextoComprovante, ler_comprovante
from separador.capacidades.ecac.integra.cliente import Cliente
from separador.capacidades.ecac.integra.porta import Desconhecido, Impedido, Indisponivel, Motivo, Ok, Preco, Recusado
from separador.capacidades.ecac.integra.valores import Filtro, Partes
from separador.simulador.serpro.cenario import Documento, Falha, Parte
from tests.apoio.serpro_local import SerproEmFio
from tests.integracao.ecac.conftest import (
    ABERTO,
    CONTRATANTE,
    DARF,
    DAS,
    DE_OUTRA,
    EMPRESA,
    SEM_PROCURACAO,
    Caderno,
    NovoCliente,
    Relogio,
)

PAGAMENTOS, COMPROVANTE = "PAGAMENTOS71", "COMPARRECADACAO72"


def servicos(chamadas: Iterable[Any]) -> list[tuple[str, int]]:
    return [(c.servico, c.http) for c in chamadas]


@pytest.mark.requisito("ECAC-04")
def test_darf_com_desmembramentos_e_das_com_seis(cliente: Cliente, partes: Partes) -> None:
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Ok)
    por_numero = {p.canonico: p for p in r.valor}
    assert set(por_numero) == {DARF.lstrip("0"), DAS.lstrip("0")}
    darf, das = por_numero[DARF.lstrip("0")], por_numero[DAS.lstrip("0")]
    assert (len(darf.numero), darf.tipo, len(darf.desmembramentos)) == (16, "04", 2)
    assert darf.valores == Valores(Decimal("1250.00"), Decimal("18.15"), Decimal("2.50"), Decimal("1270.65"))
    assert [d.receita.codigo for d in darf.desmembramentos] == ["1082", "0561"]
    assert darf.desmembramentos[0].receita.extensao == "01"
    assert (das.tipo, das.tipo_nome, len(das.desmembramentos)) == ("09", "DAS", 6)


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("numero", [DARF, DAS, "07.16.26157.0000002-7", DARF.lstrip("0")])
def test_comprovante_verificado(cliente: Cliente, partes: Partes, numero: str) -> None:
    r = cliente.comprovante(partes, numero)
    assert isinstance(r, Ok)
    assert comprovantes.conferir(r.valor.pdf, EMPRESA, r.valor.numero) is None
    lido = ler_comprovante("\n".join(pdf.abrir(r.valor.pdf).textos))
    assert isinstance(lido, TextoComprovante)
    assert (lido.contribuinte, lido.numero) == (EMPRESA, r.valor.numero)


@pytest.mark.parametrize("faz", ["dados-colchetes", "dados-vazio", "dados-nulo", "204"])
def test_lista_vazia_nas_quatro_formas(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Ok)
    assert r.valor == ()


def muitos(hoje: date, quantos: int) -> list[Documento]:
    parte = (Parte("0561", "IRRF", Decimal("10.00")),)
    vencimento = date(2026, 6, 19)
    return [
        Documento(
            EMPRESA, f"{7990000000000 + n:016d}0", "04", date(2026, 5, 31), vencimento, parte, vencimento, hoje, hoje
        )
        for n in range(quantos)
    ]


@pytest.mark.requisito("ECAC-04")
def test_pagina_de_100_e_depois_uma_curta(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, relogio: Relogio
) -> None:
    for documento in muitos(relogio.hoje, 130):
        serpro.arquivo.emitir(documento)
    paginas = [cliente.pagamentos(partes, Filtro(primeiro=n)) for n in (0, 100, 200)]
    assert [len(p.valor) for p in paginas if isinstance(p, Ok)] == [100, 32, 0]
    contagem = cliente.contar_pagamentos(partes, Filtro())
    assert isinstance(contagem, Ok)
    assert contagem.valor == 132


def test_a_mesma_pagina_de_novo_e_a_mesma_lista(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, relogio: Relogio
) -> None:
    """A caller that reads page by page stops when a page brings nothing new."""
    for documento in muitos(relogio.hoje, 130):
        serpro.arquivo.emitir(documento)
    serpro.falhas(Falha("mesma-pagina", PAGAMENTOS, vezes=9))
    primeira, segunda = (cliente.pagamentos(partes, Filtro(primeiro=n)) for n in (0, 100))
    assert isinstance(primeira, Ok)
    assert isinstance(segunda, Ok)
    assert primeira.valor == segunda.valor


def test_filtros(cliente: Cliente, partes: Partes, relogio: Relogio) -> None:
    ontem = relogio.hoje - timedelta(days=1)
    for filtro, quantos in (
        (Filtro(numeros=(DARF,)), 1),
        (Filtro(numeros=(DARF, DAS, ABERTO)), 2),
        (Filtro(tipos=("09",)), 1),
        (Filtro(receitas=("1082",)), 1),
        (Filtro(inicio=ontem, fim=ontem), 2),
        (Filtro(inicio=ontem - timedelta(days=9), fim=ontem - timedelta(days=1)), 0),
        (Filtro(valor_de=Decimal("1270.65"), valor_ate=Decimal("1270.65")), 1),
    ):
        r = cliente.pagamentos(partes, filtro)
        assert isinstance(r, Ok)
        assert len(r.valor) == quantos, filtro


# --- tokens ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
@pytest.mark.parametrize("faz", ["401", "401-xml", "403-013"])
def test_401_e_depois_bom(serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Ok)
    assert [c.http for c in r.chamadas] == [403 if faz == "403-013" else 401, 200]
    assert len(serpro.chamadas("AUTENTICAR")) == 2
    assert [c.cobrada for c in caderno.chamadas] == [faz == "403-013", True]


@pytest.mark.parametrize("faz", ["401", "403-013"])
def test_dois_401_seguidos_param(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS, vezes=9))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Recusado)
    assert r.motivo is Motivo.CREDENCIAL
    assert len(serpro.chamadas(PAGAMENTOS)) == 2


def test_token_longo(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    serpro.falhas(Falha("token-longo", "AUTENTICAR"))
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)


def test_um_token_serve_para_muitas_chamadas(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    for _ in range(5):
        assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)
    assert len(serpro.chamadas("AUTENTICAR")) == 1


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_403_022_e_lembrado_por_um_dia(
    serpro: SerproEmFio, cliente: Cliente, relogio: Relogio, caderno: Caderno
) -> None:
    partes = Partes(CONTRATANTE, SEM_PROCURACAO)
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Recusado)
    assert (r.motivo, r.codigo, r.http) == (Motivo.SEM_PROCURACAO, "AcessoNegado-ICGERENCIADOR-022", 403)
    assert r.lembrada_ate is not None
    assert r.lembrada_ate - relogio() > timedelta(hours=23, minutes=59)
    assert caderno.chamadas[-1].cobrada, "a 403 is charged"
    for outra in (cliente.pagamentos(partes, Filtro()), cliente.comprovante(partes, DARF)):
        assert isinstance(outra, Impedido)
        assert outra.memoria is not None
        assert outra.memoria.codigo == r.codigo
    assert len(serpro.chamadas(PAGAMENTOS)) == 1, "nothing was asked again"
    assert isinstance(cliente.pagamentos(Partes(CONTRATANTE, EMPRESA), Filtro()), Ok), "another company goes on"
    relogio.desvio = timedelta(hours=24, minutes=1)
    assert isinstance(cliente.pagamentos(partes, Filtro()), Recusado)
    assert [c.http for c in serpro.chamadas(PAGAMENTOS)] == [403, 200, 401, 403], "a day later, with a new token"


@pytest.mark.requisito("ECAC-07")
def test_a_recusa_lembrada_atravessa_um_reinicio(novo_cliente: NovoCliente, serpro: SerproEmFio) -> None:
    from separador.capacidades.ecac.integra.negadas import Negada

    partes = Partes(CONTRATANTE, SEM_PROCURACAO)
    r = novo_cliente().pagamentos(partes, Filtro())
    assert isinstance(r, Recusado)
    assert r.lembrada_ate is not None
    outro = novo_cliente(negadas=[Negada(CONTRATANTE, SEM_PROCURACAO, "PAGTOWEB", r.lembrada_ate, r)])
    assert isinstance(outro.pagamentos(partes, Filtro()), Impedido)
    outro.esquecer(contribuinte=EMPRESA)
    assert isinstance(outro.pagamentos(partes, Filtro()), Impedido)
    outro.esquecer(contribuinte=SEM_PROCURACAO)
    assert isinstance(outro.pagamentos(partes, Filtro()), Recusado)


@pytest.mark.requisito("ECAC-01")
def test_procuracao_vencida_no_meio(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)
    serpro.arquivo.revogar(EMPRESA)
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Recusado)
    assert r.motivo is Motivo.SEM_PROCURACAO


@pytest.mark.parametrize(
    ("faz", "motivo"),
    [
        ("403-019", Motivo.TERMO), ("403-020", Motivo.TERMO), ("403-016", Motivo.CREDENCIAL),
        ("400-00001", Motivo.ENTRADA), ("200-00002", Motivo.DE_OUTRO), ("400-055", Motivo.DESCONTINUADO),
        ("404", Motivo.DEFEITO),
    ],
)  # fmt: skip
def test_recusas_nao_se_repetem(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str, motivo: Motivo
) -> None:
    serpro.falhas(Falha(faz, COMPROVANTE, vezes=9))
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Recusado)
    assert r.motivo is motivo
    assert len(serpro.chamadas(COMPROVANTE)) == 1


@pytest.mark.requisito("ECAC-06")
def test_documento_de_outro_contribuinte(cliente: Cliente, partes: Partes) -> None:
    r = cliente.comprovante(partes, DE_OUTRA)
    assert isinstance(r, Recusado)
    assert (r.motivo, r.codigo) == (Motivo.DE_OUTRO, "EntradaIncorreta-PAGTOWEB-00002")


@pytest.mark.requisito("ECAC-04")
def test_nao_pago_e_inconclusivo(cliente: Cliente, partes: Partes) -> None:
    """No answer says "not paid"."""
    r = cliente.comprovante(partes, ABERTO)
    assert isinstance(r, Indisponivel)
    assert r.codigo == "Erro-PAGTOWEB-00099"


def test_numero_que_nao_e_numero_nao_sai_da_maquina(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    r = cliente.comprovante(partes, "sem número")
    assert isinstance(r, Recusado)
    assert (r.motivo, r.http) == (Motivo.ENTRADA, 0)
    assert serpro.chamadas() == []


# --- not now ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faz", ["500", "502", "503", "503-vazio", "500-002", "500-00099", "429", "status-500", "202"])
def test_mais_tarde_uma_tentativa_so(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS, vezes=9))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Indisponivel)
    assert r.enviada
    assert len(serpro.chamadas(PAGAMENTOS)) == 1


def test_503_duas_vezes_e_depois_bom(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    serpro.falhas(Falha("503", PAGAMENTOS, vezes=2))
    tipos = [type(cliente.pagamentos(partes, Filtro())) for _ in range(3)]
    assert tipos == [Indisponivel, Indisponivel, Ok]


def test_429_diz_quanto_esperar(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    serpro.falhas(Falha("429", PAGAMENTOS, segundos=120))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Indisponivel)
    assert (r.http, r.espera_s) == (429, 120.0)


# --- liberties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faz", ["status-texto", "mensagens-nulas", "colchetes", "dados-objeto", "lenta"])
def test_liberdades_que_se_aceitam(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Ok)
    assert len(r.valor) == 2


@pytest.mark.parametrize("faz", ["html", "vazio", "dados-tortos", "dados-outros", "html-403"])
def test_o_que_nao_se_entende_e_desconhecido(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, PAGAMENTOS))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Desconhecido)


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("faz", ["pdf-base64", "pdf-cortado", "pdf-nao-e", "pdf-nenhum", "eco-outro", "dados-vazio"])
def test_comprovante_ruim_nunca_e_aceito(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    serpro.falhas(Falha(faz, COMPROVANTE))
    assert isinstance(cliente.comprovante(partes, DARF), Desconhecido)


@pytest.mark.requisito("ECAC-04")
def test_resposta_de_outro_contribuinte_nao_vale_para_ninguem(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes
) -> None:
    serpro.falhas(Falha("eco-outro", vezes=99))
    for r in (
        cliente.pagamentos(partes, Filtro()), cliente.contar_pagamentos(partes, Filtro()),
        cliente.procuracoes(partes), cliente.indice_das(partes, 2026), cliente.gerar_das(partes, "202604"),
    ):  # fmt: skip
        assert isinstance(r, Desconhecido)
        assert "outro contribuinte" in r.motivo


@pytest.mark.requisito("ECAC-05")
def test_pdf_de_outro_cnpj_e_recusado_pelo_texto(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    serpro.falhas(Falha("pdf-de-outro", COMPROVANTE))
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Ok), "the echo is right, only the text tells"
    assert comprovantes.conferir(r.valor.pdf, EMPRESA, DARF) == f"o comprovante não é do contribuinte {EMPRESA}"


# --- no answer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faz", ["silencio", "corta"])
def test_caiu_depois_de_processar(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno, faz: str
) -> None:
    serpro.falhas(Falha(faz, COMPROVANTE))
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Indisponivel)
    assert r.enviada
    assert caderno.chamadas[-1].cobrada, "what may have been charged counts as charged"
    assert isinstance(cliente.comprovante(partes, DARF), Ok)


def test_prazo_vencido_depois_de_processar(novo_cliente: NovoCliente, serpro: SerproEmFio, partes: Partes) -> None:
    from separador.capacidades.ecac.integra.cliente import do_simulador
    from separador.capacidades.ecac.integra.transporte import Prazos

    cliente = novo_cliente(caminho=do_simulador(serpro.endereco, serpro.ca, Prazos(5, 0.2, 10)))
    serpro.falhas(Falha("demora", COMPROVANTE, segundos=1.0))
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Indisponivel)
    assert (r.enviada, r.http) == (True, None)
    assert "prazo" in r.motivo


def test_resposta_que_pinga_tem_fim(novo_cliente: NovoCliente, serpro: SerproEmFio, partes: Partes) -> None:
    from separador.capacidades.ecac.integra.cliente import do_simulador
    from separador.capacidades.ecac.integra.transporte import Prazos

    cliente = novo_cliente(caminho=do_simulador(serpro.endereco, serpro.ca, Prazos(5, 5, 0.15)))
    serpro.falhas(Falha("lenta", COMPROVANTE))
    r = cliente.comprovante(partes, DARF)
    assert isinstance(r, Indisponivel)
    assert "não terminou" in r.motivo


def test_servidor_fora_do_ar(serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno) -> None:
    assert isinstance(cliente.credenciar(), Ok)
    serpro.parar()
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Indisponivel)
    assert not r.enviada
    assert [(c.enviada, c.cobrada) for c in caderno.chamadas] == [(False, False)]
    serpro.ligar()
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)


# --- ledger ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_o_livro_e_o_do_serpro(serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno) -> None:
    serpro.falhas(Falha("503", PAGAMENTOS), Falha("401", COMPROVANTE), Falha("200-00002", COMPROVANTE))
    for _ in range(2):
        cliente.pagamentos(partes, Filtro())
        cliente.comprovante(partes, DARF)
    cliente.procuracoes(partes)
    cliente.pagamentos(Partes(CONTRATANTE, SEM_PROCURACAO), Filtro())
    deles = [(c.etiqueta, c.servico, c.http, c.cobrada) for c in serpro.chamadas() if c.servico != "AUTENTICAR"]
    assert [(c.etiqueta, c.servico, c.http, c.cobrada) for c in caderno.chamadas] == deles
    assert [i.etiqueta for i in caderno.intencoes] == [e for e, *_ in deles]
    assert {c.preco for c in caderno.chamadas} == {Preco.CONSULTA, Preco.EMISSAO}


@pytest.mark.requisito("ECAC-07")
def test_sem_orcamento_nada_sai(serpro: SerproEmFio, cliente: Cliente, partes: Partes, caderno: Caderno) -> None:
    caderno.proibir = "orçamento do dia esgotado"
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, Impedido)
    assert (r.motivo, r.memoria) == ("orçamento do dia esgotado", None)
    assert serpro.chamadas(PAGAMENTOS) == []


# --- events ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_eventos_em_dois_tempos(serpro: SerproEmFio, cliente: Cliente, relogio: Relogio, caderno: Caderno) -> None:
    pedido = cliente.pedir_eventos([EMPRESA, SEM_PROCURACAO])
    assert isinstance(pedido, Ok)
    assert pedido.valor.espera_ms >= 0
    r = cliente.obter_eventos(pedido.valor)
    assert isinstance(r, Ok)
    assert [(e.contribuinte, e.dia, e.negado) for e in r.valor] == [
        (EMPRESA, relogio.hoje, False), (SEM_PROCURACAO, None, True)
    ]  # fmt: skip
    assert {c.cobrada for c in caderno.chamadas} == {False}
    assert {c.preco for c in caderno.chamadas} == {Preco.GRATIS}
    assert caderno.chamadas[0].contribuinte == "lote de 2"


def test_protocolo_vencido(cliente: Cliente, relogio: Relogio) -> None:
    pedido = cliente.pedir_eventos([EMPRESA])
    assert isinstance(pedido, Ok)
    relogio.desvio = timedelta(minutes=6)
    r = cliente.obter_eventos(pedido.valor)
    assert isinstance(r, Recusado)
    assert r.codigo == "EntradaIncorreta-EVENTOSATUALIZACAO-006"
    assert isinstance(cliente.obter_eventos(replace(pedido.valor, protocolo="outro")), Recusado)


def test_limite_diario_de_eventos(serpro: SerproEmFio, cliente: Cliente) -> None:
    serpro.falhas(Falha("429-004", "SOLICEVENTOSPJ132"))
    r = cliente.pedir_eventos([EMPRESA])
    assert isinstance(r, Recusado)
    assert r.motivo is Motivo.LIMITE
