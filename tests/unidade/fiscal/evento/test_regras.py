"""Tests each rule that is checked before an event leaves: once it passes, once it refuses (MOC 4.00, Visão Geral,
chapter 6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.fiscal.evento.campos import conferir, informaveis
from separador.fiscal.evento.carta_correcao import IMPEDIDOS
from separador.fiscal.evento.fatos import Anterior, Conhecido, Conteudo, Fatos, Terceiro
from separador.fiscal.evento.nomes import NOMES, nome_do_tipo, rotular
from separador.fiscal.evento.plano import Plano, conferir_pronto, planejar
from separador.fiscal.evento.tabela import EVENTOS, POR_NOME, POR_TIPO, EventoFiscal
from separador.nucleo.chave import compor
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.negativa import Negativa
from separador.nucleo.situacao import Situacao

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FUSO = fuso_da_uf("35")
EMITENTE, TOMADOR = "11222333000181", "99887766000105"
PROTOCOLO, DO_EVENTO = "135260000000001", "135260000000009"
OBSERVACAO = "O valor cobrado não é o contratado"


def chave(modelo: str = "57", numero: int = 1, **mais: Any) -> str:
    base: dict[str, Any] = {
        "uf": "35",
        "aamm": "2611",
        "cnpj": EMITENTE,
        "serie": 1,
        "tp_emis": "1",
        "codigo": "12345678",
    }
    return compor(**(base | {"modelo": modelo, "numero": numero} | mais))


NOTA, OUTRA_NOTA = chave("55", 10), chave("55", 11)
CONTEUDO = Conteudo(
    emitente=EMITENTE, tomador=TOMADOR, emitido_em=AGORA - timedelta(days=1), tp_cte="0", tp_serv="0", tp_emis="1",
    modal="01", notas=(NOTA,),
)  # fmt: skip
DOC = Conhecido(Situacao.AUTORIZADO, CONTEUDO, PROTOCOLO, AGORA - timedelta(hours=20))
FATOS = Fatos(chave(), AGORA, FUSO, DOC, empresas=(EMITENTE,), layout=frozenset({("compl", "xObs"), ("rem", "xNome")}))

CARTA = {"correcoes": [{"grupo": "compl", "campo": "xObs", "valor": "CERTO"}]}
COMPROVANTE: dict[str, Any] = {
    "entrega_em": "2026-11-20T11:00:00", "documento": "123", "nome": "FULANO", "imagem": "aGVsbG8=", "notas": [NOTA],
}  # fmt: skip
HASH = "Y7T8j8vDk1d4vI8m6S7q0oS1v4U="
INSUCESSO: dict[str, Any] = {"tentativa_em": "2026-11-20T11:00:00", "motivo": "1"}
GTV: dict[str, Any] = {
    "numero": "1", "identificador": "A1", "emissao": "2026-11-20", "digito": "3", "volumes": "2",
    "especies": [{"tipo": "1"}], "rem_cnpj": EMITENTE, "rem_uf": "SP", "rem_nome": "Banco Fictício",
    "dest_cpf": "52998224725", "dest_uf": "RJ", "dest_nome": "Fulano",
}  # fmt: skip


def com(f: Fatos = FATOS, *, doc: dict[str, Any] | None = None, **conteudo: Any) -> Fatos:
    """Returns the same facts with another document."""
    assert f.documento is not None
    outro = replace(f.documento, **(doc or {}), conteudo=replace(f.documento.conteudo, **conteudo))
    return replace(f, documento=outro)


def feito(
    tp: str, n_seq: int = 1, *, aberto: bool = False, protocolo: str | None = DO_EVENTO, **valores: Any
) -> Anterior:
    return Anterior(tp, n_seq, aberto, protocolo, valores)


def codigos(evento: str, dados: dict[str, Any], f: Fatos = FATOS) -> list[str]:
    """Returns the codes of the refusals; empty when the event may go."""
    plano = planejar(POR_NOME[evento], dados, f)
    return [] if isinstance(plano, Plano) else [n.codigo for n in plano]


def plano(evento: str, dados: dict[str, Any], f: Fatos = FATOS) -> Plano:
    p = planejar(POR_NOME[evento], dados, f)
    assert isinstance(p, Plano), p
    return p


SEM_DV = chave()[:-1] + str((int(chave()[-1]) + 1) % 10)
OS = replace(com(tp_serv="7"), chave=chave("67"))
MULTIMODAL = com(modal="06")
TERCEIRO = replace(FATOS, documento=None, chave=chave(cnpj="99887766000105"))

CASOS: list[tuple[str, str, dict[str, Any], Fatos, dict[str, Any], Fatos]] = [
    # (code, event, order that passes, facts, order that is refused, facts)
    ("236", "carta-correcao", CARTA, FATOS, CARTA, replace(FATOS, chave=SEM_DV)),
    ("595", "carta-correcao", CARTA, FATOS, CARTA, replace(FATOS, chave=chave("64"))),
    ("732", "comprovante", COMPROVANTE, FATOS, COMPROVANTE, replace(FATOS, chave=chave("67"))),
    ("721", "gtv", {"gtvs": [GTV]}, OS, {"gtvs": [GTV]}, replace(OS, chave=chave())),
    ("218", "carta-correcao", CARTA, FATOS, CARTA, com(doc={"situacao": Situacao.CANCELADO})),
    ("SEP-SITUACAO", "carta-correcao", CARTA, com(doc={"situacao": Situacao.CANCELAMENTO_REJEITADO}),
     CARTA, com(doc={"situacao": Situacao.AGUARDANDO_CANCELAMENTO})),
    ("SEP-SEM-PROTOCOLO", "comprovante", COMPROVANTE, FATOS, COMPROVANTE, com(doc={"protocolo": None})),
    ("SEP-CHAVE-DESCONHECIDA", "carta-correcao", CARTA, FATOS, CARTA, TERCEIRO),
    ("664", "carta-correcao", CARTA, FATOS, CARTA, com(doc={"marca": "substituído"})),
    ("205", "comprovante", COMPROVANTE, FATOS, COMPROVANTE, com(doc={"marca": "denegado"})),
    ("634", "carta-correcao", CARTA, com(emitido_em=AGORA + timedelta(minutes=5)),
     CARTA, com(emitido_em=AGORA + timedelta(minutes=6))),
    ("637", "carta-correcao", CARTA, com(doc={"autorizado_em": AGORA + timedelta(minutes=5)}),
     CARTA, com(doc={"autorizado_em": AGORA + timedelta(minutes=6)})),
    ("220", "cancelamento", {"motivo": OBSERVACAO}, com(doc={"autorizado_em": AGORA - timedelta(hours=168)}),
     {"motivo": OBSERVACAO}, com(doc={"autorizado_em": AGORA - timedelta(hours=168, seconds=1)})),
    ("876", "cancelamento", {"motivo": OBSERVACAO},
     replace(com(doc={"autorizado_em": AGORA - timedelta(days=45)}), chave=chave("64")),
     {"motivo": OBSERVACAO}, replace(com(doc={"autorizado_em": AGORA - timedelta(days=46)}), chave=chave("64"))),
    ("787", "desacordo", {"observacao": OBSERVACAO, "autorizado_em": "2026-10-07T12:00:00"}, TERCEIRO,
     {"observacao": OBSERVACAO, "autorizado_em": "2026-10-06T11:00:00"}, TERCEIRO),
    ("787", "desacordo", {"observacao": OBSERVACAO},
     replace(TERCEIRO, terceiro=Terceiro(EMITENTE, AGORA - timedelta(days=45))),
     {"observacao": OBSERVACAO, "autorizado_em": "2026-11-19T11:00:00"},
     replace(TERCEIRO, terceiro=Terceiro(EMITENTE, AGORA - timedelta(days=46)))),
    ("755", "desacordo", {"observacao": OBSERVACAO}, replace(TERCEIRO, terceiro=Terceiro(EMITENTE)),
     {"observacao": OBSERVACAO}, replace(TERCEIRO, terceiro=Terceiro(TOMADOR))),
    ("755", "desacordo", {"observacao": OBSERVACAO}, replace(FATOS, empresas=(TOMADOR,)),
     {"observacao": OBSERVACAO}, FATOS),
    ("755", "desacordo", {"observacao": OBSERVACAO, "empresa": TOMADOR}, replace(FATOS, empresas=(EMITENTE, TOMADOR)),
     {"observacao": OBSERVACAO, "empresa": EMITENTE}, replace(FATOS, empresas=(EMITENTE, TOMADOR))),
    ("SEP-EVENTO-EMPRESA", "desacordo", {"observacao": OBSERVACAO}, TERCEIRO,
     {"observacao": OBSERVACAO}, replace(TERCEIRO, empresas=(EMITENTE, TOMADOR))),
    ("636", "carta-correcao", CARTA | {"sequencia": 20}, FATOS, CARTA | {"sequencia": 21}, FATOS),
    ("636", "carta-correcao", CARTA, replace(FATOS, anteriores=(feito("110110", 19),)),
     CARTA, replace(FATOS, anteriores=(feito("110110", 20),))),
    ("631", "carta-correcao", CARTA | {"sequencia": 2}, replace(FATOS, anteriores=(feito("110110"),)),
     CARTA | {"sequencia": 1}, replace(FATOS, anteriores=(feito("110110"),))),
    ("SEP-EVENTO-ABERTO", "carta-correcao", CARTA, FATOS,
     CARTA, replace(FATOS, anteriores=(feito("110110", aberto=True, protocolo=None),))),
    ("681", "carta-correcao", CARTA, FATOS, {"correcoes": [{"grupo": "ide", "campo": "dhEmi", "valor": "x"}]}, FATOS),
    ("525", "carta-correcao", CARTA, FATOS, {"correcoes": [{"grupo": "compl", "campo": "xLgr", "valor": "x"}]}, FATOS),
    ("SEP-EVENTO-DADOS", "carta-correcao", {"correcoes": [CARTA["correcoes"][0] | {"item": "99"}]}, FATOS,
     {"correcoes": [CARTA["correcoes"][0] | {"item": "100"}]}, FATOS),  # 522
    ("SEP-EVENTO-DADOS", "carta-correcao", CARTA, FATOS, {"correcoes": CARTA["correcoes"] * 2}, FATOS),
    ("SEP-CCE-INCOMPLETA", "carta-correcao", CARTA,
     replace(FATOS, anteriores=(feito("110110", correcoes=CARTA["correcoes"]),)),
     {"correcoes": [{"grupo": "rem", "campo": "xNome", "valor": "CERTO"}]},
     replace(FATOS, anteriores=(feito("110110", correcoes=CARTA["correcoes"]),))),
    ("869", "comprovante", COMPROVANTE, FATOS, COMPROVANTE, com(tp_cte="1")),
    ("870", "comprovante", COMPROVANTE, com(replace(FATOS, anteriores=(feito("110180"),)), globalizado=True),
     COMPROVANTE, replace(FATOS, anteriores=(feito("110180"),))),
    ("870", "comprovante", COMPROVANTE,
     replace(FATOS, anteriores=(feito("110180"), feito("110181", protocolo_do_evento=DO_EVENTO, protocolo="1"))),
     COMPROVANTE,
     replace(FATOS, anteriores=(feito("110180"), feito("110181", protocolo_do_evento="outro", protocolo="1")))),
    ("865", "comprovante", COMPROVANTE, FATOS, COMPROVANTE | {"notas": []}, FATOS),
    ("871", "comprovante", COMPROVANTE | {"notas": []}, com(tp_serv="1"), COMPROVANTE, com(tp_serv="1")),
    ("871", "comprovante", COMPROVANTE, com(tp_serv="1", tp_emis="3"), COMPROVANTE, com(tp_serv="2", tp_emis="3")),
    ("872", "comprovante", COMPROVANTE | {"entrega_em": "2026-11-20T12:00:00"}, FATOS,
     COMPROVANTE | {"entrega_em": "2026-11-20T12:00:01"}, FATOS),
    ("872", "comprovante", COMPROVANTE | {"entrega_em": "2026-11-19T12:00:00"}, FATOS,
     COMPROVANTE | {"entrega_em": "2026-11-19T11:59:59"}, FATOS),
    ("873", "comprovante", COMPROVANTE | {"hash_em": "2026-11-20T12:00:00"}, FATOS,
     COMPROVANTE | {"hash_em": "2026-11-20T12:00:01"}, FATOS),
    ("860", "comprovante", COMPROVANTE, FATOS, COMPROVANTE | {"notas": [chave("57", 10)]}, FATOS),
    ("861", "comprovante", COMPROVANTE, FATOS, COMPROVANTE | {"notas": [NOTA, NOTA]}, FATOS),
    ("863", "comprovante", COMPROVANTE, com(replace(FATOS, anteriores=(feito("110180"),)), globalizado=True),
     COMPROVANTE,
     com(replace(FATOS, anteriores=(feito("110180", notas=[{"chave": NOTA}]),)), globalizado=True)),
    ("864", "comprovante", COMPROVANTE, FATOS, COMPROVANTE | {"notas": [OUTRA_NOTA]}, FATOS),
    ("SEP-EVENTO-DADOS", "comprovante", COMPROVANTE, FATOS,
     {n: v for n, v in COMPROVANTE.items() if n != "imagem"}, FATOS),
    ("SEP-EVENTO-DADOS", "comprovante", COMPROVANTE, FATOS, COMPROVANTE | {"hash": HASH}, FATOS),
    ("SEP-EVENTO-DADOS", "comprovante", COMPROVANTE | {"imagem": "aGVs\nbG8="}, FATOS,
     COMPROVANTE | {"imagem": "a"}, FATOS),
    ("866", "cancelar-comprovante", {}, replace(FATOS, anteriores=(feito("110180"),)), {}, FATOS),
    ("866", "cancelar-comprovante", {}, replace(FATOS, anteriores=(feito("110180"),)),
     {}, replace(FATOS, anteriores=(feito("110180"), feito("110181", protocolo_do_evento=DO_EVENTO)))),
    ("866", "cancelar-desacordo", {"protocolo_do_evento": PROTOCOLO}, TERCEIRO,
     {"protocolo_do_evento": DO_EVENTO},
     replace(TERCEIRO, anteriores=(feito("610110"), feito("610111", protocolo_do_evento=DO_EVENTO)))),
    ("SEP-EVENTO-DADOS", "cancelar-insucesso", {"sequencia_cancelada": 2},
     replace(FATOS, anteriores=(feito("110190"), feito("110190", 2, protocolo=PROTOCOLO))),
     {}, replace(FATOS, anteriores=(feito("110190"), feito("110190", 2, protocolo=PROTOCOLO)))),
    ("SEP-EVENTO-DADOS", "insucesso", INSUCESSO | {"motivo": "4", "justificativa": OBSERVACAO}, FATOS,
     INSUCESSO | {"motivo": "4"}, FATOS),
    ("SEP-EVENTO-DADOS", "insucesso", INSUCESSO, FATOS, INSUCESSO | {"justificativa": OBSERVACAO}, FATOS),
    ("SEP-EVENTO-DATA", "insucesso", INSUCESSO, FATOS, INSUCESSO | {"tentativa_em": "2026-11-21T11:00:00"}, FATOS),
    ("SEP-EVENTO-NOTA", "insucesso", INSUCESSO | {"notas": [NOTA]}, FATOS, INSUCESSO | {"notas": [OUTRA_NOTA]}, FATOS),
    ("679", "multimodal", {"registro": OBSERVACAO}, MULTIMODAL, {"registro": OBSERVACAO}, FATOS),
    ("889", "gtv", {"gtvs": [GTV]}, OS, {"gtvs": [GTV]}, com(OS, tp_serv="6")),
    ("890", "gtv", {"gtvs": [GTV]}, OS, {"gtvs": [GTV]}, com(OS, com_gtve=True)),
    ("618", "gtv", {"gtvs": [GTV, GTV | {"numero": "2"}]}, OS, {"gtvs": [GTV, GTV]}, OS),
    ("619", "gtv", {"gtvs": [GTV]}, replace(OS, anteriores=(feito("110170", gtvs=[GTV | {"numero": "2"}]),)),
     {"gtvs": [GTV]}, replace(OS, anteriores=(feito("110170", gtvs=[GTV]),))),
    ("415", "gtv", {"gtvs": [GTV | {"rem_cnpj": "0" * 14, "rem_uf": "EX"}]}, OS,
     {"gtvs": [GTV | {"rem_cnpj": "0" * 14}]}, OS),
    ("237", "gtv", {"gtvs": [GTV]}, OS, {"gtvs": [GTV | {"dest_cpf": "52998224726"}]}, OS),
]  # fmt: skip


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize(
    ("codigo", "evento", "bom", "fatos_bons", "ruim", "fatos_ruins"),
    CASOS,
    ids=[f"{c[0]}-{c[1]}-{i}" for i, c in enumerate(CASOS)],
)
def test_regra_passa_e_recusa(
    codigo: str, evento: str, bom: dict[str, Any], fatos_bons: Fatos, ruim: dict[str, Any], fatos_ruins: Fatos
) -> None:
    assert codigos(evento, bom, fatos_bons) == []
    assert codigo in codigos(evento, ruim, fatos_ruins)


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize(("modelo", "quantos"), [("57", 54), ("67", 42)])
def test_todo_campo_impedido_e_recusado(modelo: str, quantos: int) -> None:
    """Checks the fields of MOC 4.00, Visão Geral, chapter 13, in any capitals."""
    assert len(IMPEDIDOS[modelo]) >= quantos
    f = replace(FATOS, chave=chave(modelo), layout=frozenset())
    for grupo, campo in IMPEDIDOS[modelo]:
        assert codigos(
            "carta-correcao", {"correcoes": [{"grupo": grupo.upper(), "campo": campo, "valor": "x"}]}, f
        ) == ["681"]


def test_repetir_anteriores_junta_e_a_nova_vale_mais() -> None:
    antiga = {"grupo": "compl", "campo": "xObs", "valor": "ANTIGA"}
    outra = {"grupo": "rem", "campo": "xNome", "valor": "CERTO"}
    f = replace(FATOS, anteriores=(feito("110110", correcoes=[antiga, outra]),))
    p = plano("carta-correcao", CARTA | {"repetir_anteriores": "sim"}, f)
    assert p.valores["correcoes"] == [outra, CARTA["correcoes"][0]]
    assert p.n_seq == 2


def test_a_carta_anterior_e_a_de_numero_maior() -> None:
    """A number given by hand may have left the order of registration behind."""
    velha = feito("110110", 2, correcoes=[{"grupo": "rem", "campo": "xNome"}])
    f = replace(FATOS, anteriores=(feito("110110", 3, correcoes=CARTA["correcoes"]), velha))
    assert codigos("carta-correcao", CARTA, f) == []


def test_todas_as_notas_e_notas_nao_vao_juntas() -> None:
    dados = {n: v for n, v in COMPROVANTE.items() if n != "notas"} | {"todas_as_notas": True}
    assert plano("comprovante", dados).valores["notas"] == [{"chave": NOTA}]
    assert codigos("comprovante", COMPROVANTE | {"todas_as_notas": True}) == ["SEP-EVENTO-DADOS"]


def test_o_mesmo_pedido_de_novo_espera_o_primeiro() -> None:
    """When events are independent, another content may follow at once. The same order given twice may not."""
    primeiro = plano("insucesso", INSUCESSO)
    f = replace(FATOS, anteriores=(feito("110190", aberto=True, protocolo=None, **primeiro.valores),))
    assert codigos("insucesso", INSUCESSO, f) == ["SEP-EVENTO-ABERTO"]
    assert plano("insucesso", INSUCESSO | {"motivo": "2"}, f).n_seq == 2
    assert plano("insucesso", INSUCESSO | {"sequencia": 2}, f).n_seq == 2


def test_nome_do_leiaute_serve_e_duas_vezes_nao() -> None:
    assert plano("desacordo", {"xObs": OBSERVACAO}, TERCEIRO).valores["observacao"] == OBSERVACAO
    lidos = conferir(POR_NOME["desacordo"].do_pedido, {"xObs": OBSERVACAO, "observacao": OBSERVACAO}, FUSO)
    assert lidos.erros == ["observacao: veio duas vezes, com este nome e com o do leiaute."]


@pytest.mark.parametrize(
    ("campo", "evento", "valor", "escrito"),
    [
        ("latitude", "comprovante", "-23,55", "-23.550000"),
        ("latitude", "comprovante", "-0.0000001", "0.000000"),
        ("longitude", "comprovante", 180, "180.000000"),
        ("entrega_em", "comprovante", "2026-11-20T14:00:00Z", "2026-11-20T14:00:00+00:00"),
        ("entrega_em", "comprovante", "2026-11-20T11:00", "2026-11-20T11:00:00-03:00"),
        ("entrega_em", "comprovante", "2026-11-20T19:30:00+05:30", "2026-11-20T11:00:00-03:00"),
        ("base", "credito-presumido", "1.5", "1.50"),
        ("nome", "comprovante", " “João”\n da   Silva – ME ", '"João" da Silva - ME'),
        ("hash", "comprovante", "Y7T8j8vDk1d4vI8m6S7q0oS1v4U=", "Y7T8j8vDk1d4vI8m6S7q0oS1v4U="),
    ],
)
def test_valores_sao_postos_na_forma_do_leiaute(campo: str, evento: str, valor: object, escrito: str) -> None:
    assert conferir(POR_NOME[evento].do_pedido, {campo: valor}, FUSO).valores[campo] == escrito


@pytest.mark.parametrize(
    ("campo", "evento", "valor"),
    [
        ("latitude", "comprovante", "90.1"), ("latitude", "comprovante", "x"), ("longitude", "comprovante", "-181"),
        ("entrega_em", "comprovante", "ontem"), ("entrega_em", "comprovante", "1999-11-20T11:00:00"),
        ("base", "credito-presumido", "1.234"), ("base", "credito-presumido", "-1"),
        ("base", "credito-presumido", "1e3"), ("nome", "comprovante", "\U0001f69a caminhão"),
        ("nome", "comprovante", True),
        ("hash", "comprovante", "abc"), ("motivo", "insucesso", "5"), ("sequencia", "insucesso", "0"),
        ("todas_as_notas", "comprovante", "talvez"), ("notas", "comprovante", [1]),
        ("notas", "comprovante", [NOTA] * 2001),
        ("empresa", "desacordo", "123"), ("meio", "pagamento", "1"),
    ],
)  # fmt: skip
def test_valores_fora_da_forma_sao_nomeados(campo: str, evento: str, valor: object) -> None:
    erros = conferir(POR_NOME[evento].do_pedido, {campo: valor}, FUSO).erros
    assert any(e.startswith(campo) and "falta" not in e for e in erros), erros


def test_o_que_e_enorme_nao_se_repete_na_resposta() -> None:
    """It takes no long time either: a picture may come with megabytes of blanks."""
    for campo, valor in (("imagem", " " * 2_000_000 + "!"), ("latitude", "1" * 2_000_000), ("x" * 2_000_000, "1")):
        erros = conferir(POR_NOME["comprovante"].do_pedido, {campo: valor}, FUSO).erros
        assert all(len(e) < 400 for e in erros), campo


def test_grupo_opcional_comecado_vai_inteiro() -> None:
    base = {"base": "100", "codigo": "01"}
    assert plano("credito-presumido", base, TERCEIRO).valores["codigo"] == "01"
    assert codigos("credito-presumido", base | {"ibs_valor": "1"}, TERCEIRO) == ["SEP-EVENTO-DADOS"]


def test_recusas_de_documento_e_de_campos_vem_juntas() -> None:
    feito_ = planejar(POR_NOME["desacordo"], {"observacao": "curta"}, com(doc={"situacao": Situacao.CANCELADO}))
    assert isinstance(feito_, list)
    assert [n.codigo for n in feito_] == ["218", "SEP-EVENTO-DADOS"]
    assert all(isinstance(n, Negativa) for n in feito_)


def test_a_tabela_e_coerente() -> None:
    assert len(POR_NOME) == len(POR_TIPO) == len(EVENTOS)
    assert set(NOMES) == set(POR_TIPO)
    assert (rotular("610110"), rotular("310610")) == ("610110 (desacordo)", "310610")
    assert "110113" not in POR_TIPO  # extinct: received, never offered
    assert nome_do_tipo("610110") == "desacordo"
    assert nome_do_tipo("310610") == "310610"
    for e in EVENTOS:
        assert e.cancela is None or e.cancela in POR_TIPO
        assert 1 <= e.max_seq <= 999
        assert (e.nt is not None) == (e.tp in ("110300", "110301", "211110"))


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize(
    ("evento", "valores", "n_seq", "autor", "fatos", "esperados"),
    [
        ("carta-correcao", CARTA, 20, EMITENTE, FATOS, []),
        ("carta-correcao", CARTA, 21, EMITENTE, FATOS, ["636"]),
        ("carta-correcao", {"correcoes": [{"grupo": "compl", "campo": "novo"}]}, 1, EMITENTE, FATOS, []),
        ("carta-correcao", CARTA, 1, EMITENTE, com(doc={"situacao": Situacao.AGUARDANDO_RETORNO}), []),
        ("carta-correcao", CARTA, 1, EMITENTE, com(doc={"situacao": Situacao.CANCELADO}), ["218"]),
        ("carta-correcao", CARTA, 1, EMITENTE, replace(FATOS, documento=None), []),
        ("comprovante", {"nProt": "9" * 15, "notas": [{"chave": NOTA}]}, 1, EMITENTE, FATOS, ["222"]),
        ("cancelar-comprovante", {"protocolo_do_evento": DO_EVENTO}, 1, EMITENTE,
         replace(FATOS, anteriores=(feito("110180"), feito("110181", protocolo_do_evento=DO_EVENTO))), ["866"]),
        ("cancelar-comprovante", {"protocolo_do_evento": "7" * 15}, 1, EMITENTE, FATOS, []),
        ("insucesso", {"tentativa_em": "2026-11-20T10:00:00,03:00", "motivo": "1"}, 1, EMITENTE, FATOS, []),
        ("insucesso", {"tentativa_em": "2027-11-20T10:00:00-03:00", "motivo": "1"}, 1, EMITENTE, FATOS, []),
        ("comprovante", {"entrega_em": "2026-11-20T10:00:00,03:00", "notas": [{"chave": OUTRA_NOTA}] * 2}, 1, EMITENTE,
         FATOS, []),
        ("comprovante", {"entrega_em": "2027-11-20T10:00:00-03:00", "notas": [{"chave": NOTA}]}, 1, EMITENTE, FATOS,
         ["872"]),
        ("carta-correcao", {"correcoes": CARTA["correcoes"] * 2}, 1, EMITENTE, FATOS, []),
        ("desacordo", {}, 1, TOMADOR, FATOS, []),
        ("desacordo", {}, 1, EMITENTE, FATOS, ["755"]),
        ("desacordo", {}, 1, TOMADOR, com(doc={"autorizado_em": AGORA - timedelta(days=46)}), ["787"]),
    ],
)  # fmt: skip
def test_evento_que_veio_pronto(
    evento: str, valores: dict[str, Any], n_seq: int, autor: str, fatos: Fatos, esperados: list[str]
) -> None:
    assert [n.codigo for n in conferir_pronto(POR_NOME[evento], valores, n_seq, autor, fatos)] == esperados


@given(st.sampled_from(EVENTOS), st.dictionaries(st.sampled_from(sorted({
    n.nome for e in EVENTOS for n in informaveis(e.do_pedido)
})), st.one_of(st.integers(), st.text(max_size=30), st.booleans(), st.lists(st.dictionaries(
    st.sampled_from(["grupo", "campo", "valor", "chave", "numero"]), st.text(max_size=5), max_size=3), max_size=2)),
    max_size=8,
), st.sampled_from([FATOS, TERCEIRO, OS, MULTIMODAL]))  # fmt: skip
def test_planejar_e_total(evento: EventoFiscal, dados: dict[str, Any], f: Fatos) -> None:
    """Any order about any document gives a plan, or at least one reason why not."""
    feito_ = planejar(evento, dados, f)
    assert isinstance(feito_, Plano) or (feito_ and all(n.codigo and n.mensagem for n in feito_))
