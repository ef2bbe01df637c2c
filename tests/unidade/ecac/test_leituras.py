"""Tests the answers of each service read into values, in their official shapes and in varied ones."""

import base64
import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.dominio.arrecadacao import Receita, Valores
from separador.capacidades.ecac.integra import consultas, guias, pagamentos
from separador.capacidades.ecac.integra.envelope import Envelope, FormaError, abrir
from separador.capacidades.ecac.integra.porta import Mensagem
from separador.capacidades.ecac.integra.valores import DasIndice, Evento, Filtro, PedidoDarf

CNPJ = "77000000000116"
PDF = b"%PDF-1.4\nconteudo\n%%EOF\n"

OFICIAL = """[ { "numeroDocumento":"9999999999",
    "tipo":{"codigo":"4","descricao":"DOCUMENTO DE ARRECADAÇÃO DE RECEITAS FEDERAIS","descricaoAbreviada":"DARF"},
    "periodoApuracao":"2019-09-30T00:00:00-03:00",
    "dataArrecadacao":"2019-09-30T00:00:00-03:00",
    "dataVencimento":"2019-09-30T00:00:00-03:00",
    "receitaPrincipal":{"codigo":"481","descricao":"IRRF - Juros","extensaoReceita":null},
    "referencia":null,
    "valorTotal":369176.53,"valorPrincipal":369176.53,"valorMulta":null,"valorJuros":null,
    "valorSaldoTotal":null,"valorSaldoPrincipal":null,"valorSaldoMulta":null,"valorSaldoJuros":null,
    "desmembramentos":[ { "sequencial":"1",
        "receitaPrincipal":{"codigo":"481","descricao":"x","extensaoReceita":{"codigo":"1","descricao":"y"}},
        "periodoApuracao":"2019-09-30T00:00:00-03:00","dataVencimento":"2019-09-30T00:00:00-03:00",
        "valorTotal":null,"valorPrincipal":null,"valorMulta":null,"valorJuros":null,
        "valorSaldoTotal":null,"valorSaldoPrincipal":null,"valorSaldoMulta":null,"valorSaldoJuros":null } ] } ]"""


def envelope(dados: Any, *codigos: str, eco: dict[str, Any] | None = None) -> Envelope:
    """Returns an envelope as the parser gives it (money as Decimal)."""
    texto = dados if isinstance(dados, str) else json.dumps(dados)
    mensagens = [{"codigo": c, "texto": "t"} for c in codigos or ("Sucesso-PAGTOWEB-00000",)]
    corpo = {"status": 200, "dados": texto, "mensagens": mensagens, **(eco or {})}
    aberto = abrir(json.dumps(corpo).encode())
    assert isinstance(aberto, Envelope)
    return aberto


@pytest.mark.requisito("ECAC-04")
def test_pagamento_da_amostra_oficial() -> None:
    (p,) = pagamentos.ler_pagamentos(envelope(OFICIAL))
    assert (p.numero, p.tipo, p.tipo_nome) == ("9999999999", "04", "DARF")
    assert p.arrecadacao == p.periodo_apuracao == p.vencimento == date(2019, 9, 30)
    assert p.receita == Receita("0481", "IRRF - Juros", None)
    assert p.valores == Valores(Decimal("369176.53"), None, None, Decimal("369176.53"))
    assert p.saldo == Valores()
    assert p.desmembramentos[0].receita == Receita("0481", "x", "1")


@pytest.mark.parametrize("dados", ["[]", "", "null"])
def test_lista_vazia(dados: str) -> None:
    assert pagamentos.ler_pagamentos(envelope(dados)) == ()


@pytest.mark.parametrize(
    "mudar",
    [{"numeroDocumento": None}, {"numeroDocumento": ""}, {"numeroDocumento": "000"}, {"dataArrecadacao": None},
     {"dataArrecadacao": "ontem"}, {"tipo": None}, {"tipo": {}}, {"valorTotal": "muito"}, {"desmembramentos": {}},
     {"receitaPrincipal": {"descricao": "x"}}],
)  # fmt: skip
def test_pagamento_torto_e_desconhecido(mudar: dict[str, Any]) -> None:
    oficial = json.loads(OFICIAL)
    with pytest.raises(FormaError):
        pagamentos.ler_pagamentos(envelope([oficial[0] | mudar]))


def test_filtros_do_pedido() -> None:
    f = Filtro(
        numeros=("7202615700000015", "07.16.26157.0000002-7"), inicio=date(2026, 1, 1), fim=date(2026, 3, 31),
        valor_de=Decimal(6000), valor_ate=Decimal("13000.55"), receitas=("561",), tipos=("04",), primeiro=100,
        tamanho=50,
    )  # fmt: skip
    assert pagamentos.pedir_pagamentos(f) == {
        "numeroDocumentoLista": ["07202615700000015", "07162615700000027"],
        "codigoReceitaLista": ["0561"],
        "intervaloDataArrecadacao": {"dataInicial": "2026-01-01", "dataFinal": "2026-03-31"},
        "intervaloValorTotalDocumento": {"valorInicial": 6000.0, "valorFinal": 13000.55},
        "codigoTipoDocumentoLista": ["04"],
        "primeiroDaPagina": 100,
        "tamanhoDaPagina": 50,
    }
    assert pagamentos.pedir_pagamentos(Filtro()) == {"primeiroDaPagina": 0, "tamanhoDaPagina": 100}


@pytest.mark.parametrize("f", [Filtro(tamanho=101), Filtro(tamanho=0), Filtro(primeiro=-1)])
def test_pagina_fora_do_limite(f: Filtro) -> None:
    with pytest.raises(ValueError, match="página"):
        pagamentos.pedir_pagamentos(f)


@pytest.mark.parametrize(("dados", "n"), [('"1"', 1), ("7", 7), ("0", 0)])
def test_contagem(dados: str, n: int) -> None:
    assert pagamentos.ler_contagem(envelope(dados)) == n


@pytest.mark.parametrize("dados", ['"x"', "true", "{}", "-1", ""])
def test_contagem_torta(dados: str) -> None:
    with pytest.raises(FormaError):
        pagamentos.ler_contagem(envelope(dados))


# --- receipts --------------------------------------------------------------------------------------------------------

NUMERO = "07202615700000015"
ECO = {
    "contribuinte": {"numero": CNPJ, "tipo": 2},
    "pedidoDados": {"dados": json.dumps({"numeroDocumento": NUMERO})},
}


def comprovante(pdf: bytes | str = PDF, *codigos: str, eco: dict[str, Any] | None = None) -> bytes:
    em_base64 = pdf if isinstance(pdf, str) else base64.b64encode(pdf).decode()
    return pagamentos.ler_comprovante(
        envelope({"pdf": em_base64}, *codigos, eco=ECO if eco is None else eco), CNPJ, NUMERO
    ).pdf


@pytest.mark.requisito("ECAC-05")
def test_comprovante() -> None:
    assert comprovante() == PDF
    sem_zeros = {
        "contribuinte": {"numero": int(CNPJ)},
        "pedidoDados": {"dados": '{"numeroDocumento": "7202615700000015"}'},
    }
    assert comprovante(eco=sem_zeros) == PDF


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize("numero", ["07.20.26157.0000001-5", "7202615700000015", NUMERO])
def test_o_comprovante_e_pedido_so_com_digitos(numero: str) -> None:
    """SERPRO answers a number with punctuation with 500."""
    assert pagamentos.pedir_comprovante(numero) == {"numeroDocumento": NUMERO}


@pytest.mark.parametrize("numero", ["", "0", "abc", "123456789012345678", "1²3"])
def test_numero_que_nao_se_pede(numero: str) -> None:
    with pytest.raises(ValueError, match="número de documento"):
        pagamentos.pedir_comprovante(numero)


@pytest.mark.requisito("ECAC-05")
@pytest.mark.parametrize(
    ("pdf", "codigos", "eco"),
    [
        ("QUJD@@", (), ECO),
        (b"%PDF-1.4 cortado", (), ECO),
        (b"<html></html>", (), ECO),
        ("", (), ECO),
        (PDF, ("Sucesso-PAGTOWEB-00000", "Aviso-PAGTOWEB-00003"), ECO),
        (PDF, (), ECO | {"contribuinte": {"numero": "99888777000161"}}),
        (PDF, (), ECO | {"pedidoDados": {"dados": '{"numeroDocumento":"07162615700000027"}'}}),
        (PDF, (), ECO | {"pedidoDados": {"dados": "{"}}),
        (PDF, (), ECO | {"contribuinte": None}),
        (PDF, (), {"pedidoDados": None}),
    ],
)
def test_comprovante_que_nao_se_aceita(pdf: bytes | str, codigos: tuple[str, ...], eco: dict[str, Any]) -> None:
    with pytest.raises(FormaError):
        comprovante(pdf, *codigos, eco=eco)


# --- events ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_eventos() -> None:
    dados = [
        ["00000000000000", ""],
        ["11111111111111", "230327"],
        ["33333333333333", "x"],
        ["4", "999999"],
        ["5", None],
    ]
    assert consultas.ler_eventos(envelope(dados)) == (
        Evento("00000000000000", None),
        Evento("11111111111111", date(2023, 3, 27)),
        Evento("33333333333333", None, negado=True),
        Evento("4", None, negado=True),
        Evento("5", None),
    )
    for torto in ([["1"]], [], "", [1]):
        with pytest.raises(FormaError):
            consultas.ler_eventos(envelope(torto))


def test_protocolo_de_eventos() -> None:
    p = consultas.ler_protocolo(envelope({"protocolo": "p", "TempoEsperaMedioEmMs": 277, "TempoLimiteEmMin": 5}), "PJ")
    assert (p.protocolo, p.pessoas, p.espera_ms, p.validade_min) == ("p", "PJ", 277, 5)
    outro = consultas.ler_protocolo(envelope({"protocolo": "p", "tempoEsperaMedioEmMs": "300"}), "PF")
    assert (outro.espera_ms, outro.validade_min) == (300, 5)
    with pytest.raises(FormaError):
        consultas.ler_protocolo(envelope({"TempoEsperaMedioEmMs": 1}), "PJ")


def test_lote_de_eventos() -> None:
    pessoas, ni = consultas.lote(["00000000000000", CNPJ])
    assert (pessoas, ni.numero, ni.tipo) == ("PJ", f"00000000000000,{CNPJ}", 4)
    assert consultas.lote(["52998224725"])[1].tipo == 3
    for errado in ([], [CNPJ, "52998224725"], [CNPJ] * 1001):
        with pytest.raises(ValueError, match="lote"):
            consultas.lote(errado)


# --- index of DAS ----------------------------------------------------------------------------------------------------

INDICE = {
    "anoCalendario": 2018,
    "periodos": [
        {
            "periodoApuracao": 201801,
            "operacoes": [
                {"tipoOperacao": "Original", "indiceDeclaracao": {"numeroDeclaracao": "1"}, "indiceDas": None},
                {
                    "tipoOperacao": "Geração de DAS",
                    "indiceDeclaracao": None,
                    "indiceDas": {
                        "numeroDas": "07202215764027873", "datahoraEmissaoDas": "20220606033456", "dasPago": False
                    },
                },
            ],
        }
    ],
    "mensagens": None,
}  # fmt: skip


@pytest.mark.requisito("ECAC-03")
def test_indice_de_das() -> None:
    emissao = datetime(2022, 6, 6, 3, 34, 56, tzinfo=timezone(timedelta(hours=-3)))
    esperado = DasIndice("07202215764027873", "201801", emissao, False, "Geração de DAS")
    assert consultas.ler_indice(envelope(INDICE)) == (esperado,)
    por_periodo = {"periodo": INDICE["periodos"][0]}  # type: ignore[index]
    assert consultas.ler_indice(envelope(por_periodo)) == (esperado,)
    assert consultas.ler_indice(envelope({"anoCalendario": 2018, "periodos": []})) == ()


@pytest.mark.parametrize("dados", ["", "[]", "{}", '[{"numeroDocumento": "1"}]', '{"anoCalendario": 2018}'])
def test_indice_sem_periodos_nao_e_um_indice_vazio(dados: str) -> None:
    """A caller that looks for a guide that may have been issued would otherwise issue another."""
    with pytest.raises(FormaError):
        consultas.ler_indice(envelope(dados))


@pytest.mark.parametrize("valor", ["true", 1, None, "sim"])
def test_so_um_booleano_diz_se_foi_pago(valor: object) -> None:
    texto = json.dumps(INDICE).replace('"dasPago": false', f'"dasPago": {json.dumps(valor)}')
    assert consultas.ler_indice(envelope(texto))[0].pago is None


def test_data_de_emissao_com_outra_grafia() -> None:
    texto = json.dumps(INDICE).replace("datahoraEmissaoDas", "dataHoraEmissaoDas")
    assert consultas.ler_indice(envelope(texto))[0].emissao is not None


# --- procurações -----------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-01")
def test_procuracoes() -> None:
    dados = [
        {"dtexpiracao": "20270414", "nrsistemas": 1, "sistemas": ["PAGAMENTOS -  Comprovante de Arrecadacao"]},
        {"dtexpiracao": "20271231", "nrsistemas": 1, "sistemas": ["PGDAS-D - a partir de 01/2018"]},
        {"dtexpiracao": "20281231", "nrsistemas": 1, "sistemas": ["Todos os serviços existentes"]},
    ]
    lidas = consultas.ler_procuracoes(envelope(dados, "[Sucesso-PROCURACOES]", "[Aviso-PROCURACOES-20001]"))
    assert [(p.validade, p.comprovante, p.pgdasd) for p in lidas] == [
        (date(2027, 4, 14), True, False), (date(2027, 12, 31), False, True), (date(2028, 12, 31), True, True)
    ]  # fmt: skip


def test_sem_procuracao_ativa() -> None:
    assert consultas.ler_procuracoes(envelope("", "[Sucesso-PROCURACOES]", "[Aviso-PROCURACOES-40400]")) == ()
    with pytest.raises(FormaError):
        consultas.ler_procuracoes(envelope("", "[Sucesso-PROCURACOES]"))


def test_pedido_de_procuracao() -> None:
    assert consultas.pedir_procuracoes("52998224725", CNPJ) == {
        "outorgante": CNPJ, "tipoOutorgante": "2", "outorgado": "52998224725", "tipoOutorgado": "1"
    }  # fmt: skip


# --- generators ------------------------------------------------------------------------------------------------------

DETALHE = {
    "periodoApuracao": "201801", "numeroDocumento": "07202215764027873", "dataVencimento": "20180220",
    "dataLimiteAcolhimento": "20220831", "valores": {"principal": 40.00, "multa": 8.00, "juros": 10.15, "total": 58.15},
    "observacao1": "NÃO OPTANTE", "observacao2": "",
}  # fmt: skip
DAS: dict[str, Any] = {"pdf": base64.b64encode(PDF).decode(), "cnpjCompleto": CNPJ}


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize(
    "dados",
    [
        [DAS | {"detalhamentoDas": DETALHE}],
        DAS | {"detalhamentoDas": DETALHE},
        [DAS | {"detalhamento": DETALHE}],
        [DAS | {"detalhamento": [DETALHE]}],
    ],
)
def test_das_em_todas_as_formas(dados: object) -> None:
    g = guias.ler_das(envelope(dados), CNPJ)
    assert (g.numero, g.tipo, g.periodo) == ("07202215764027873", "09", "201801")
    assert (g.vencimento, g.limite) == (date(2018, 2, 20), date(2022, 8, 31))
    assert g.valores == Valores(Decimal(40), Decimal(8), Decimal("10.15"), Decimal("58.15"))
    assert (g.pdf, g.observacoes) == (PDF, ("NÃO OPTANTE",))


def test_das_de_outro_contribuinte() -> None:
    with pytest.raises(FormaError, match="outro contribuinte"):
        guias.ler_das(envelope([DAS | {"detalhamentoDas": DETALHE}]), "99888777000161")


PEDIDO = PedidoDarf("SP", "7107", "0190", "01", "ME", "12/2017", Decimal(1000), date(2022, 8, 8), date(2018, 1, 31))


@pytest.mark.requisito("ECAC-03")
def test_darf() -> None:
    dados = {
        "consolidado": {
            "valorPrincipalMoedaCorrente": 1000.00, "valorTotalConsolidado": 1458.30, "valorMultaMora": 200.00,
            "valorJuros": 258.30, "dataValidadeCalculo": "2022-08-31T00:00:00",
        },
        "darf": base64.b64encode(PDF).decode(), "numeroDocumento": "7012331301905642",
    }  # fmt: skip
    g = guias.ler_darf(envelope(dados), PEDIDO)
    assert (g.numero, g.limite) == ("07012331301905642", date(2022, 8, 31))
    assert g.valores == Valores(Decimal(1000), Decimal(200), Decimal("258.30"), Decimal("1458.30"))


def test_pedido_de_darf() -> None:
    assert guias.pedir_darf(PEDIDO) == {
        "uf": "SP", "municipio": "7107", "codigoReceita": "0190", "codigoReceitaExtensao": "01", "tipoPA": "ME",
        "dataPA": "12/2017", "vencimento": "2018-01-31T00:00:00", "valorImposto": "1000.00",
        "dataConsolidacao": "2022-08-08T00:00:00",
    }  # fmt: skip
    assert guias.pedir_das("202605", date(2026, 6, 30)) == {"periodoApuracao": "202605", "dataConsolidacao": "20260630"}


CAMPOS = (
    *(*DETALHE, *DAS, "numeroDocumento", "tipo", "codigo", "dataArrecadacao", "periodos", "operacoes", "indiceDas"),
    *("numeroDas", "protocolo", "dtexpiracao"),
)
VALORES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("20260101"),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(CAMPOS), x, max_size=5),
    max_leaves=12,
)


@given(VALORES)
def test_qualquer_conteudo_e_lido_ou_e_fora_do_contrato(dados: object) -> None:
    e = Envelope(200, dados, (Mensagem("Sucesso-PAGTOWEB-00000", ""),), None, ECO)
    leitores = (
        pagamentos.ler_pagamentos, pagamentos.ler_contagem, consultas.ler_eventos, consultas.ler_indice,
        consultas.ler_procuracoes, lambda e: guias.ler_das(e, CNPJ), lambda e: guias.ler_darf(e, PEDIDO),
        lambda e: pagamentos.ler_comprovante(e, CNPJ, NUMERO), lambda e: consultas.ler_protocolo(e, "PJ"),
    )  # fmt: skip
    for ler in leitores:
        try:
            ler(e)
        except FormaError:
            continue
