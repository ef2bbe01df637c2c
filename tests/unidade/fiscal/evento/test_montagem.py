"""Tests every event of the table, built from any values that pass: valid by both schemas, and read back equal."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, Assinador, enxertar
from separador.fiscal.evento.campos import Grupo, Item, Valores, conferir
from separador.fiscal.evento.conteudo_do_documento import campos_do_layout, ler_conteudo
from separador.fiscal.evento.detalhe import autor_do_evento, digest_do_evento, ler_detalhe
from separador.fiscal.evento.entrega import hash_da_imagem
from separador.fiscal.evento.envelope import montar_evento
from separador.fiscal.evento.fatos import PROTOCOLO_DO_EVENTO, Anterior, Conhecido, Conteudo, Fatos
from separador.fiscal.evento.leitores import Campo, Forma, Origem
from separador.fiscal.evento.plano import Plano, planejar
from separador.fiscal.evento.regras import verificar_evento
from separador.fiscal.evento.tabela import EVENTOS, POR_NOME, Autor, EventoFiscal
from separador.fiscal.leitura import reler
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.nucleo.chave import compor, dv11
from separador.nucleo.fuso import fuso_da_uf
from separador.nucleo.situacao import Situacao
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import AGORA, EMITENTE, chave_nfe, cte

FUSO = fuso_da_uf("35")
QUANDO = AGORA.astimezone(FUSO)
PROTOCOLO = "135260000000001"


def chave(modelo: str) -> str:
    return compor(uf="35", aamm="2611", cnpj=EMITENTE, modelo=modelo, serie=1, numero=1, tp_emis="1", codigo="12345678")


def cnpj(base: int) -> str:
    corpo = f"{base:012d}"
    um = f"{corpo}{dv11(corpo)}"
    return f"{um}{dv11(um)}"


CNPJS = st.integers(1, 10**12 - 1).map(cnpj)
TEXTO = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=("Cc",)), max_size=40)


def valor(c: Campo) -> st.SearchStrategy[Any]:
    """Draws anything that this field's reader takes."""
    if c.forma is Forma.TEXTO:
        return TEXTO.map(lambda t: " ".join((t.replace("\xa0", " ") + "x" * c.minimo).split())[: c.maximo].strip())
    if c.nome.endswith("_cpf"):
        return st.just("52998224725")
    if "cnpj" in c.nome or c.nome in ("recebedor", "empresa"):
        return CNPJS
    if c.forma is Forma.CODIGO:
        return st.from_regex(re.compile(c.padrao, re.ASCII), fullmatch=True)
    if c.forma is Forma.ESCOLHA:
        return st.sampled_from([v for v, _ in c.escolhas])
    if c.forma is Forma.INSTANTE:
        return st.integers(1, 119).map(lambda m: f"2026-11-20T{10 + m // 60}:{m % 60:02d}:00")
    if c.forma is Forma.DATA:
        return st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(str)
    if c.forma is Forma.DECIMAL:
        return st.decimals(0, 10 ** min(c.maximo, 9) - 1, places=c.casas).map(str)
    if c.forma is Forma.COORDENADA:
        return st.decimals(-c.limite, c.limite, places=6).map(str)
    if c.forma is Forma.CHAVE:
        return st.integers(1, 10**9 - 1).map(chave_nfe)
    return st.integers(c.minimo, c.maximo)


def objeto(itens: tuple[Item, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Draws what an order may say: everything compulsory, any of the rest, groups whole."""
    sempre: dict[str, st.SearchStrategy[Any]] = {}
    talvez: dict[str, st.SearchStrategy[Any]] = {}
    partes: list[st.SearchStrategy[dict[str, Any]]] = []
    for item in itens:
        if isinstance(item, Grupo) and not item.nome:
            dentro = objeto(item.itens)
            if item.um_de:
                dentro = st.tuples(dentro, st.sampled_from(item.um_de)).map(
                    lambda par, g=item: {n: v for n, v in par[0].items() if n not in g.um_de or n == par[1]}
                )
            partes.append(dentro if item.obrigatorio else st.one_of(st.just({}), dentro))
        elif isinstance(item, Grupo):
            lista = st.lists(objeto(item.itens), min_size=1 if item.obrigatorio else 0, max_size=3)
            (sempre if item.obrigatorio else talvez)[item.nome] = lista
        elif item.origem is Origem.INFORMADO or (item.origem is Origem.IMAGEM and item.obrigatorio):
            um_de = item.nome.endswith(("_cnpj", "_cpf"))
            (sempre if item.obrigatorio or um_de else talvez)[item.nome] = valor(item)
    partes.append(st.fixed_dictionaries(sempre, optional=talvez))
    return st.tuples(*partes).map(lambda ds: {n: v for d in ds for n, v in d.items()})


def fatos(evento: EventoFiscal, dados: dict[str, Any]) -> Fatos:
    """Returns facts of a document for which the event is right."""
    notas = [n["chave"] for n in dados.get("notas", [])]
    conteudo = Conteudo(
        EMITENTE, EMITENTE, datetime(2026, 11, 20, 10, 0, tzinfo=FUSO), "0",
        "7" if evento.tp == "110170" else "0", "1", "06" if evento.tp == "110160" else "01", notas=tuple(notas),
    )  # fmt: skip
    modelo = min(evento.modelos - {"64"})
    anteriores = (Anterior(evento.cancela, 1, aberto=False, protocolo=PROTOCOLO),) if evento.cancela else ()
    doc = Conhecido(Situacao.AUTORIZADO, conteudo, PROTOCOLO, datetime(2026, 11, 20, 13, 0, tzinfo=UTC))
    return Fatos(chave(modelo), AGORA, FUSO, doc, anteriores, empresas=(EMITENTE,))


def plano_de(evento: EventoFiscal, dados: dict[str, Any], f: Fatos | None = None) -> Plano:
    feito = planejar(evento, dados, f or fatos(evento, dados))
    assert isinstance(feito, Plano), feito
    return feito


def montar(p: Plano, n_seq: int | None = None) -> bytes:
    return montar_evento(
        p.evento, p.valores, chave=p.chave, n_seq=n_seq or p.n_seq, autor=p.autor, tp_amb="2", quando=QUANDO
    )


def sem_repetir(dados: dict[str, Any]) -> dict[str, Any]:
    """Removes repetitions from the data. The rules against them (618, 861) are tested elsewhere."""
    if "notas" in dados:
        dados["notas"] = list({n["chave"]: n for n in dados["notas"]}.values())
    if "gtvs" in dados:
        dados["gtvs"] = list({(g["numero"], g["identificador"]): g for g in dados["gtvs"]}.values())
    if "correcoes" in dados:
        dados["correcoes"] = list({(c["grupo"], c["campo"], c.get("item")): c for c in dados["correcoes"]}.values())
    if "motivo" in dados and "justificativa" in dados:
        dados["motivo"] = "4"
    elif dados.get("motivo") == "4":
        dados["motivo"] = "1"
    return dados


@pytest.mark.requisito("SEFAZ-02")
@pytest.mark.parametrize("evento", EVENTOS, ids=lambda e: e.nome)
def test_todo_evento_montado_vale_no_esquema_e_nas_regras(evento: EventoFiscal) -> None:
    @settings(max_examples=25, deadline=None)
    @given(objeto(evento.itens).map(sem_repetir), st.integers(1, evento.max_seq))
    def vale(dados: dict[str, Any], n_seq: int) -> None:
        p = plano_de(evento, dados)
        xml = montar(p, n_seq)
        raiz = reler(enxertar(xml, MOLDE))
        assert esquema.validar(raiz, Tipo.EVENTO) == []
        assert verificar_evento(raiz, "2", AGORA) == []
        assert ler_detalhe(xml) == p.valores

    vale()


@pytest.mark.requisito("SEFAZ-02", "CTE-14")
@pytest.mark.parametrize("evento", EVENTOS, ids=lambda e: e.nome)
def test_assinado_por_preparar(evento: EventoFiscal, contexto: ContextoPreparo) -> None:
    dados = {c.nome: exemplo(c) for c in evento.itens if isinstance(c, Campo) and c.pedido}
    dados |= EXEMPLOS.get(evento.nome, {})
    p = plano_de(evento, dados)
    preparado = preparar(montar(p), contexto)
    assert isinstance(preparado, Preparado), preparado
    assert digest_do_evento(preparado.assinado) == preparado.digest
    assert autor_do_evento(preparado.assinado) == EMITENTE
    assert (p.evento.autor is Autor.TOMADOR) == (evento.tp[0] in "26")


EXEMPLOS: dict[str, dict[str, Any]] = {
    "carta-correcao": {"correcoes": [{"grupo": "compl", "campo": "xObs", "valor": "CARGA & <REFRIGERADA>"}]},
    "comprovante": {"imagem": "aGVsbG8="},
    "gtv": {"gtvs": [{
        "numero": "1", "identificador": "A1", "emissao": "20/11/2026", "digito": "3", "volumes": "2",
        "especies": [{"tipo": "1", "valor": "1000,50"}],
        "rem_cnpj": EMITENTE, "rem_uf": "SP", "rem_nome": "Banco Fictício",
        "dest_cpf": "52998224725", "dest_uf": "RJ", "dest_nome": "Fulano Fictício",
    }]},
    "pagamento": {
        "numero": 1, "transacao": 'TX"1', "meio": "17", "recebedor": EMITENTE, "instituicao": "12345678",
    },
}  # fmt: skip


def exemplo(c: Campo) -> Any:
    if c.forma is Forma.TEXTO:
        return ("texto com acentuação, D'ÁVILA & CIA. ")[: c.maximo].ljust(c.minimo, "x")
    return {
        Forma.INSTANTE: "2026-11-20T11:00:00", Forma.ESCOLHA: c.escolhas[0][0] if c.escolhas else "",
        Forma.CODIGO: "01", Forma.DECIMAL: "10,5",
    }.get(c.forma, "1")  # fmt: skip


def _oferecidos(elemento: str, tag: str) -> list[str]:
    """Returns the literals that the official schema of an event offers for a tag."""
    raiz = etree.parse(str(esquema.pasta() / f"{elemento}_v4.00.xsd")).getroot()
    achado = next(e for e in raiz.iter("{*}element") if e.get("name") == tag)
    return [str(e.get("value")) for e in achado.iter("{*}enumeration")]


FIXOS = [(e, i) for e in EVENTOS for i in e.itens if isinstance(i, Campo) and i.origem is Origem.FIXO]


@pytest.mark.requisito("BORDA-17")
@pytest.mark.parametrize(("evento", "campo"), FIXOS, ids=[f"{e.tp}-{c.tag}" for e, c in FIXOS])
def test_o_literal_sem_acento_onde_o_esquema_oferece_os_dois(evento: EventoFiscal, campo: Campo) -> None:
    oferecidos = _oferecidos(evento.elemento, campo.tag)
    assert campo.valor in oferecidos
    sem_letra_acentuada = [t for t in oferecidos if not any(c.isalpha() and not c.isascii() for c in t)]
    assert not sem_letra_acentuada or campo.valor in sem_letra_acentuada


@pytest.mark.requisito("BORDA-17")
def test_os_eventos_de_que_o_esquema_oferece_as_duas_formas() -> None:
    """Were the schemas read wrongly, the test above would pass with nothing to choose from."""
    duas = {e.tp for e, c in FIXOS if len(_oferecidos(e.elemento, c.tag)) > 1}
    assert duas == {"110110", "110170", "110300", "110301", "211110", "610110", "610111"}


def test_acentos_e_escapes_como_no_xsd(contexto: ContextoPreparo) -> None:
    p = plano_de(POR_NOME["carta-correcao"], EXEMPLOS["carta-correcao"])
    xml = montar(p).decode()
    assert "<descEvento>Carta de Correcao</descEvento>" in xml
    assert "CONVENIO/SINIEF 06/89" in xml
    assert "CARGA &amp; &lt;REFRIGERADA&gt;" in xml
    assert re.search(r'Id="ID110110[0-9]{44}001"', xml)
    assert "<nSeqEvento>1</nSeqEvento>" in xml


def test_hash_da_imagem_e_o_do_manual() -> None:
    """The hash is SHA-1 of key + base64(image), in base64: 28 characters. Line breaks of the base64 do not count."""
    h = hash_da_imagem(chave("57"), "aGVs\nbG8=")
    assert h == hash_da_imagem(chave("57"), "aGVsbG8=")
    assert len(h) == 28
    assert h != hash_da_imagem(chave("67"), "aGVsbG8=")


def test_hash_e_data_do_hash_preenchidos() -> None:
    p = plano_de(
        POR_NOME["comprovante"],
        {"entrega_em": "2026-11-20T11:00:00", "documento": "123", "nome": "Fulano", "imagem": "aGVsbG8="},
    )
    assert p.valores["hash"] == hash_da_imagem(p.chave, "aGVsbG8=")
    assert p.valores["hash_em"] == "2026-11-20T12:00:00-03:00"
    assert p.valores["nProt"] == PROTOCOLO
    assert "imagem" not in p.valores


def test_leitura_do_conteudo_do_documento(assinador: Assinador) -> None:
    c = ler_conteudo(assinador.assinar(cte().encode(), Tipo.CTE).dados, Tipo.CTE)
    assert (c.emitente, c.tp_cte, c.tp_serv, c.tp_emis, c.modal) == (EMITENTE, "0", "0", "1", "01")
    assert c.notas == (chave_nfe(),)
    assert c.tomador != ""
    assert c.emitido_em == datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    assert not c.globalizado
    assert not c.com_gtve
    assert ler_conteudo(b"<nada", Tipo.CTE) == ler_conteudo(None, Tipo.CTE) == Conteudo()


def test_campos_do_layout_por_modelo() -> None:
    carga, servicos = campos_do_layout(Tipo.CTE), campos_do_layout(Tipo.CTE_OS)
    assert {("compl", "xObs"), ("enderReme", "xLgr"), ("rodo", "RNTRC"), ("infNFe", "chave"), ("infCte", "Id")} <= carga
    assert ("infServico", "xDescServ") in servicos
    assert ("infServico", "xDescServ") not in carga
    assert ("compl", "xLgr") not in carga
    assert ("det", "vPrest") in campos_do_layout(Tipo.CTE_SIMP)
    assert ("detGTV", "qCarga") in campos_do_layout(Tipo.GTVE)


@given(st.binary(max_size=60))
def test_ler_detalhe_de_qualquer_coisa(dados: bytes) -> None:
    assert ler_detalhe(dados) == {}
    assert digest_do_evento(dados) is None
    assert autor_do_evento(dados) is None


@given(st.dictionaries(st.sampled_from(["observacao", "xObs", "sequencia", "outro"]), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.text(max_size=3)),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
)))  # fmt: skip
def test_conferir_nunca_levanta(dados: dict[str, Any]) -> None:
    """Everything in an order file is read or named in an error."""
    for evento in EVENTOS:
        lidos = conferir(evento.do_pedido, dados, FUSO)
        assert all(": " in e for e in lidos.erros)


def test_prazo_da_tabela_e_o_da_regra() -> None:
    assert {(p.codigo, p.tempo) for e in EVENTOS for p in e.prazos} == {
        ("220", timedelta(hours=168)), ("876", timedelta(days=45)), ("787", timedelta(days=45)),
    }  # fmt: skip


def test_o_protocolo_do_cancelado_tem_um_nome_so() -> None:
    for e in EVENTOS:
        campos = [c for c in e.itens if isinstance(c, Campo) and c.origem is Origem.CANCELADO]
        assert [c.nome for c in campos] == ([PROTOCOLO_DO_EVENTO] if e.cancela else [])


def test_valores_sao_texto() -> None:
    v: Valores = plano_de(POR_NOME["gtv"], EXEMPLOS["gtv"]).valores
    assert v["gtvs"][0]["volumes"] == "2.0000"  # type: ignore[index]
    assert v["gtvs"][0]["emissao"] == "2026-11-20"  # type: ignore[index]
