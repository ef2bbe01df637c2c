"""Tests what is said about a value: which letter, where, what is right, what to do."""

import pytest

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, enxertar
from separador.fiscal.leitura import reler
from separador.fiscal.mensagens.padroes import PADROES, TEXTO
from separador.fiscal.mensagens.tipo_simples import TipoSimples
from separador.fiscal.mensagens.valor import descrever, exemplo, frase, serve
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import cte

NO_XOBS = "DIVERSOS"
LIVRE = TipoSimples(padroes=((TEXTO,),), minimo=1, maximo=2000)


def erros_com(antes: str, depois: str) -> list[Erro]:
    assert antes in cte()
    return esquema.validar(reler(enxertar(cte().replace(antes, depois).encode(), MOLDE)), Tipo.CTE)


LETRAS = {
    "travessao": ("FRETE — SP", "na posição 7 há travessão — U+2014", "troque por hífen (-)"),
    "til_solto": ("SA\u0303O", "na posição 3 há acento solto (til U+0303): grave o texto em NFC", "em NFC"),
    "cedilha_e_til": ("AC\u0327A\u0303O", "acento solto (cedilha U+0327): grave o texto em NFC (e mais 1", "«AÇÃO»"),
    "quebra": ("LINHA 1\nLINHA 2", "o valor «LINHA 1↵LINHA 2»: na posição 8 há quebra de linha (U+000A)", "espaço"),
    "tabulacao": ("A\tB", "na posição 2 há tabulação (U+0009)", "«A B»"),
    "aspas": ("\u201cA\u201d", "na posição 1 há aspas curvas de abertura “ U+201C (e mais 1", '«"A"»'),
    "euro": ("\u20ac 10", "na posição 1 há sinal de euro € U+20AC", "troque por EUR"),
    "invisivel": ("A\u200bB", "na posição 2 há espaço sem largura (U+200B)", "apague esta letra"),
    "emoji": ("OK \U0001f69a", "na posição 4 há símbolo 🚚 U+1F69A", "apague"),
    "cirilico": ("\u0416", "letra de fora do alfabeto latino da SEFAZ Ж U+0416", "troque"),
    "perdida": ("S\ufffdO", "letra perdida em conversão", "UTF-8"),
    "espaco_no_fim": ("RUA ", "na posição 4 há um espaço, no fim do valor", "«RUA»"),
    "espaco_no_inicio": (" RUA", "na posição 1 há um espaço, no início do valor", "«RUA»"),
}


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", LETRAS, ids=str)
def test_letra_que_o_texto_nao_aceita(caso: str) -> None:
    valor, dito, o_que_fazer = LETRAS[caso]
    mensagem, conselho = descrever(valor, LIVRE)
    assert dito in mensagem
    assert o_que_fazer in conselho
    assert "O certo: texto em uma linha" in mensagem
    assert not serve(valor, LIVRE)


@pytest.mark.requisito("USO-01")
def test_letra_perdida_num_texto_comprido() -> None:
    """The part around the fault is shown, not the beginning."""
    mensagem, _ = descrever("ABCD " * 200 + "SEGURO — FRETE" + " ABCD" * 160, LIVRE)
    assert "no trecho «… ABCD ABCD SEGURO — FRETE ABCD ABCD A…»: na posição 1.008 de 1.814 há travessão" in mensagem
    assert len(mensagem) < 400


VALORES = {
    "cnpj": ("[A-Z0-9]{12}[0-9]{2}", "99.887.766/0001-05", "na posição 3 há um ponto (.)", "«99887766000105»"),
    "minusculas": ("[A-Z0-9]{12}[0-9]{2}", "12abc34501de35", "na posição 3 há a letra minúscula a", "«12ABC34501DE35»"),
    "zeros": ("0|[1-9]{1}[0-9]{0,2}", "01", "devia acabar na posição 1", "«1»"),
    "virgula": (
        "0|0\\.[0-9]{2}|[1-9]{1}[0-9]{0,12}(\\.[0-9]{2})?",
        "1.234,50",
        "na posição 6 há uma vírgula (,)",
        "«1234.50»",
    ),
    "curto": ("[0-9]{8}|ISENTO", "123", "acaba cedo demais: tem só 3 caracteres", "Corrija"),
    "travessao": ("[0-9]{8}", "01001—000", "na posição 6 há travessão — U+2014", "«01001000»"),
}


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize("caso", VALORES, ids=str)
def test_valor_fora_da_forma(caso: str) -> None:
    padrao, valor, dito, o_que_fazer = VALORES[caso]
    mensagem, conselho = descrever(valor, TipoSimples(padroes=((padrao,),)))
    assert f"o valor «{valor}»" in mensagem
    assert dito in mensagem
    assert f"O certo: {PADROES[padrao].frase}, por exemplo «" in mensagem
    assert o_que_fazer in conselho


@pytest.mark.requisito("USO-01")
@pytest.mark.parametrize(
    ("valor", "assim"),
    [
        ("29/11/2026 13:00:00", "2026-11-29T13:00:00-03:00"),
        ("2026-11-29 13:00", "2026-11-29T13:00:00-03:00"),
        ("2026-11-29T13:00:00Z", "2026-11-29T13:00:00+00:00"),
        ("2026-11-29T13:00:00.123-0300", "2026-11-29T13:00:00-03:00"),
    ],
)
def test_data_e_hora_de_outra_forma(valor: str, assim: str) -> None:
    achado = erros_com("<dhEmi>", f"<dhEmi>{valor}</dhEmi><dhEmi>")[0]
    assert achado.mensagem.startswith(
        f"Data e hora de emissão do CT-e (tag dhEmi(1), em CTe/infCte/ide): o valor «{valor}»"
    )
    assert achado.o_que_fazer.endswith(f"Assim serve: «{assim}».")


@pytest.mark.requisito("USO-01")
def test_uma_data_que_nao_existe_nao_ganha_sugestao() -> None:
    data = next(p for p, q in PADROES.items() if q.exemplo == "2026-12-02")
    mensagem, conselho = descrever("2026-02-30", TipoSimples(padroes=((data,),)))
    assert "data que existe" in mensagem
    assert "Assim serve" not in conselho


@pytest.mark.requisito("USO-01")
def test_noca_nao_e_um_cpf() -> None:
    modal = "<aereo><nOCA>123-4567890</nOCA><dPrevAereo>2026-12-24</dPrevAereo><natCarga/></aereo>"
    xml = cte().replace("<modal>01<", "<modal>02<").replace("<rodo><RNTRC>12345678</RNTRC></rodo>", modal)
    achado = next(e for e in esquema.validar(reler(enxertar(xml.encode(), MOLDE)), Tipo.CTE) if e.tag == "nOCA")
    assert achado.mensagem.startswith("Número Operacional do Conhecimento Aéreo (tag nOCA, em CTe/infCte/infCTeNorm/")
    assert "infModal/aereo): o valor «123-4567890»: na posição 4 há um hífen (-)" in achado.mensagem
    assert "CPF" not in achado.mensagem


@pytest.mark.requisito("USO-01")
def test_o_algoritmo_da_assinatura_e_dito_com_o_valor() -> None:
    molde = MOLDE.replace(b"xmldsig#rsa-sha1", b"xmldsig#rsa-sha256")
    achado = esquema.validar(reler(enxertar(cte().encode(), molde)), Tipo.CTE)[0]
    assert "(atributo Algorithm, em CTe/Signature/SignedInfo/SignatureMethod): o valor «" in achado.mensagem
    assert "O certo: sempre «http://www.w3.org/2000/09/xmldsig#rsa-sha1»." in achado.mensagem


@pytest.mark.requisito("USO-01")
def test_qual_das_notas_esta_errada() -> None:
    chave = PADROES["[0-9]{6}[A-Z0-9]{12}[0-9]{26}"].exemplo
    notas = "".join(f"<infNFe><chave>{c}</chave></infNFe>" for c in (chave, f"{chave[:20]} {chave[20:]}"))
    i, j = cte().index("<infDoc>"), cte().index("</infDoc>")
    achado = erros_com(cte()[i:j], f"<infDoc>{notas}")[0]
    assert "em CTe/infCte/infCTeNorm/infDoc/infNFe(2))" in achado.mensagem
    assert achado.o_que_fazer.endswith(f"Assim serve: «{chave}».")


@pytest.mark.requisito("USO-01")
def test_tag_com_o_nome_trocado_diz_a_parecida() -> None:
    achado = erros_com("<nCT>", "<nCt>1</nCt><nCT>")[0]
    assert "(não existe dentro de <ide>; parece <nCT>)" in achado.mensagem


@pytest.mark.requisito("USO-01")
def test_duas_mil_notas_erradas_custam_pouco() -> None:
    """A path of 2,000 siblings is walked once for each, never from the first."""
    notas = "<infNFe><chave>1</chave></infNFe>" * 2000
    i, j = cte().index("<infDoc>"), cte().index("</infDoc>")
    achados = erros_com(cte()[i:j], f"<infDoc>{notas}")
    assert len(achados) == 2000
    assert "infNFe(2000))" in achados[-1].mensagem


def test_exemplo_e_frase_de_um_texto_com_limites() -> None:
    justificativa = TipoSimples(padroes=((TEXTO,),), minimo=15, maximo=255)
    assert exemplo(justificativa) == "ENTREGA COM AGENDAMENTO PREVIO NA CENTRAL"
    assert frase(justificativa).endswith("sem espaço no início ou no fim, de 15 a 255 caracteres")
