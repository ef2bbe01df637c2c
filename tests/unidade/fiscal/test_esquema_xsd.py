"""Tests the official schema's findings: code, line, tag, and a sentence that a person understands."""

import pytest

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, enxertar
from separador.fiscal.leitura import reler
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import Tipo
from tests.apoio.amostras import ouro
from tests.unidade.fiscal.gerador import NS, chave_cte, cte, indentado


def erros(xml: str, tipo: Tipo = Tipo.CTE) -> list[Erro]:
    return esquema.validar(reler(enxertar(xml.encode(), MOLDE)), tipo)


def um(xml: str, tipo: Tipo = Tipo.CTE) -> Erro:
    achados = erros(xml, tipo)
    assert len(achados) == 1, achados
    return achados[0]


@pytest.mark.requisito("CTE-14")
def test_documento_bom_nao_tem_erros() -> None:
    assert erros(cte()) == []


MENSAGENS = {
    "padrao": ("<serie>1<", "<serie>01<", "serie", "215", "o valor «01»: devia acabar na posição 1"),
    "falta_no_meio": ("<serie>1</serie>", "", "nCT", "215", "aqui era esperada <serie> (Série"),
    "desconhecida": ("<serie>1</serie>", "<serie>1</serie><foo/>", "foo", "215", "aqui era esperada <nCT>"),
    "falta_no_fim": ("<CRT>3</CRT>", "", "emit", "215", "em CTe/infCte): falta <CRT> (Código do"),
    "enumeracao": ("<UFIni>SP<", "<UFIni>XX<", "UFIni", "215", "O certo: um destes valores: «AC», «AL»"),
    "comprido": ("<proPred>DIVERSOS<", f"<proPred>{'X' * 61}<", "proPred", "215", "tem 61 caracteres; o máximo é 60"),
    "vazio": ("<proPred>DIVERSOS<", "<proPred><", "proPred", "215", "tem 0 caracteres; o mínimo é 1"),
    "travessao": ("DIVERSOS", "A – B", "proPred", "215", "na posição 3 há meia-risca – U+2013"),
    "virgula": ("<vRec>1000.00<", "<vRec>1000,00<", "vRec", "215", "na posição 5 há uma vírgula (,)"),
    "versao": ('versao="4.00" Id', 'versao="3.00" Id', "versao", "239", "o valor «3.00»"),
    "falta_atributo": (' versao="4.00" Id', " Id", "infCte", "215", "em CTe/infCte): falta este atributo"),
    "atributo_a_mais": ('versao="4.00" Id', 'versao="4.00" foo="1" Id', "foo", "215", "o valor «1», não existe"),
    "texto_solto": ("<ide>", "<ide>oi", "ide", "215", "texto solto entre as tags de dentro: «oi»"),
    "escolha": ("<infDoc>", "<nada/><infDoc>", "nada", "215", "uma destas: <"),
    "modal_versao": ('versaoModal="4.00"', 'versaoModal="4.01"', "infModal", "579", "é «4.01»; a aceita é 4.00"),
    "modal_conteudo": ("<RNTRC>12345678<", "<RNTRC>123<", "RNTRC", "580", "o valor «123»: acaba cedo demais"),
    "modal_trocado": ("<modal>01<", "<modal>02<", "infModal", "580", "tem <rodo>; o modal «02» pede <aereo>"),
    "modal_vazio": ("<rodo><RNTRC>12345678</RNTRC></rodo>", "", "infModal", None, "falta"),
}  # fmt: skip


@pytest.mark.requisito("CTE-14", "NOM-03")
@pytest.mark.parametrize("caso", MENSAGENS, ids=str)
def test_mensagem_em_portugues(caso: str) -> None:
    de, para, tag, codigo, trecho = MENSAGENS[caso]
    assert de in cte()
    achados = erros(cte().replace(de, para))
    assert achados
    primeiro = achados[0]
    if codigo is not None:
        assert (primeiro.codigo, primeiro.tag, primeiro.linha) == (codigo, tag, 1)
        assert trecho in primeiro.mensagem
    assert all(not any(p in e.mensagem for p in ("Element", "facet", "expected", "{http")) for e in achados)
    assert all(e.o_que_fazer for e in achados)


def test_um_achado_por_valor_errado() -> None:
    """libxml2 reports the same wrong value twice (length and pattern). It is told once."""
    assert um(cte().replace("<proPred>DIVERSOS<", "<proPred><")).tag == "proPred"


def test_linha_do_arquivo_formatado() -> None:
    formatado = indentado(cte().replace("<serie>1<", "<serie>01<"))
    achado = esquema.validar(reler(enxertar(formatado, MOLDE)), Tipo.CTE)[0]
    assert achado.linha == 1 + formatado[: formatado.index(b"<serie>")].count(b"\n")


def test_sem_assinatura_o_esquema_oficial_reclama() -> None:
    achados = esquema.validar(reler(cte().encode()), Tipo.CTE)
    assert [e.tag for e in achados] == ["CTe"]
    assert "<Signature>" in achados[0].mensagem


def evento(tipo: str, detalhe: str, versao: str = "4.00") -> str:
    chave = chave_cte()
    return (
        f'<eventoCTe xmlns="{NS}" versao="4.00"><infEvento Id="ID{tipo}{chave}001"><cOrgao>35</cOrgao><tpAmb>2</tpAmb>'
        f"<CNPJ>11222333000181</CNPJ><chCTe>{chave}</chCTe><dhEvento>2026-11-20T11:00:00-03:00</dhEvento>"
        f'<tpEvento>{tipo}</tpEvento><nSeqEvento>1</nSeqEvento><detEvento versaoEvento="{versao}">{detalhe}</detEvento>'
        "</infEvento></eventoCTe>"
    )


CANC = (
    "<evCancCTe><descEvento>Cancelamento</descEvento><nProt>135260000000001</nProt>"
    "<xJust>ERRO NA DIGITACAO DO VALOR</xJust></evCancCTe>"
)


def test_evento_bom() -> None:
    assert erros(evento("110111", CANC), Tipo.EVENTO) == []


@pytest.mark.parametrize(
    ("xml", "codigo", "trecho"),
    [
        (evento("110111", CANC.replace("135260000000001", "1")), "630", "nProt"),
        (
            evento("110111", CANC.replace("ERRO NA DIGITACAO DO VALOR", "CURTO")),
            "630",
            "tem 5 caracteres; o mínimo é 15",
        ),
        (evento("110110", CANC), "630", "pede <evCCeCTe>"),
        (evento("110111", CANC, "4.01"), "630", "4.01"),
        (evento("999999", CANC), "629", "999999"),
        (evento("110111", CANC).replace("<cOrgao>35<", "<cOrgao>99<"), "215", "cOrgao"),
        (evento("110111", CANC).replace('versao="4.00"><inf', 'versao="3.00"><inf'), "239", "versao"),
    ],
)
def test_evento_ruim(xml: str, codigo: str, trecho: str) -> None:
    achado = um(xml, Tipo.EVENTO)
    assert achado.codigo == codigo
    assert trecho in achado.mensagem


@pytest.mark.parametrize(
    ("nome", "tipo"),
    [
        ("cte.xml", Tipo.CTE),
        ("cteProc.xml", Tipo.PROC_CTE),
        ("eventoCTe.xml", Tipo.EVENTO),
        ("procEventoCTe.xml", Tipo.PROC_EVENTO),
        ("retCTe.xml", Tipo.RET_CTE),
        ("retEventoCTe.xml", Tipo.RET_EVENTO),
    ],
)
def test_conjunto_de_ouro_e_valido(nome: str, tipo: Tipo) -> None:
    assert esquema.validar(reler(ouro(nome)), tipo) == []


def test_consulta_nao_se_valida_contra_o_xsd() -> None:
    with pytest.raises(ValueError, match="retConsSitCTe"):
        esquema.validar(reler(ouro("retConsSitCTe.xml")), Tipo.RET_CONSULTA)


def test_nfelib_nao_e_importado() -> None:
    """Its bindings cost 150 ms, and only the folder of the schemas is needed."""
    import subprocess
    import sys

    codigo = "import sys; from separador.fiscal import esquema; esquema.precarregar(); print('nfelib' in sys.modules)"
    saida = subprocess.run([sys.executable, "-c", codigo], capture_output=True, text=True, check=True)
    assert saida.stdout.strip() == "False"
