"""Whole tables: kind of service × parties × previous documents; places × issuer × kind; CST × CRT × reduction."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from separador.capacidades.emissao.arquivos import leitura
from separador.demonstracao import empresas as e
from separador.fiscal.emissao.plano import planejar
from separador.fiscal.preparo import ContextoPreparo
from separador.fiscal.regras.valores import CFOPS
from separador.nucleo.chave import compor
from tests.apoio.emissao import AGORA, cadastros, carga, em_yaml, empresa, equipamento, nfe
from tests.apoio.emissao import planejar as planejar_escrita

ANTERIOR = compor(
    uf="35", aamm="2611", cnpj=e.OUTRA_TRANSPORTADORA.cnpj, modelo="57", serie=7, numero=77, tp_emis="1",
    codigo="10806413",
)  # fmt: skip
SERVICOS = ("normal", "subcontratacao", "redespacho", "redespacho intermediario", "multimodal")
SERVICO = {"codigo": "FRETE", "valor": "100.00"}


def _carga(cte: dict[str, Any]) -> dict[str, Any]:
    solta = carga(AGORA)
    base = {
        "notas": [{"chave": nfe(1, AGORA), "valor": "1000.00"}], "servicos": [SERVICO],
        "medidas": [{"unidade": "KG", "tipo": "PESO BRUTO", "quantidade": "10"}],
    }  # fmt: skip
    inteira = {n: solta[n] for n in ("carga", "informacoes_complementares", "padrao")}
    return inteira | {"conhecimentos": [base | cte]}


def _erros(plano: Any) -> set[tuple[str, str]]:
    return {(x.codigo, x.campo.removeprefix("conhecimentos[1].").partition("[")[0]) for x in plano.erros}


def _devidos(serv: int, papeis: dict[str, bool], anterior: str) -> Iterator[tuple[str, str]]:
    """Yields what the contract says of a row (7: tpServ × parties; EMIS-13)."""
    if serv < 3:
        yield from (("469", "remetente"),) if not papeis["remetente"] else ()
        yield from (("470", "destinatario"),) if not papeis["destinatario"] else ()
    if papeis["expedidor"] and serv < 2:
        yield "SEP-EMIS-01", "expedidor"
    if not papeis["expedidor"] and serv >= 2:
        yield "SEP-EMIS-01" if serv == 2 else "474", "expedidor"
    if papeis["recebedor"] and serv < 3:
        yield "SEP-EMIS-01", "recebedor"
    if not papeis["recebedor"] and serv >= 3:
        yield "475", "recebedor"
    if serv in (1, 2, 3) and not anterior:
        yield "521", "documentos_anteriores"
    if serv == 0 and anterior:
        yield "747", "documentos_anteriores"


@pytest.mark.requisito("EMIS-01", "EMIS-13")
def test_servico_por_participantes_por_documentos_anteriores() -> None:
    quem = {"remetente": "REM-SP", "destinatario": "DEST-RJ", "expedidor": "CARGAS-SP", "recebedor": "DEST-SP"}
    documentos = {
        "": None,
        "chave": [{"emissor": "CARGAS-SP", "chave": ANTERIOR}],
        "papel": [{"emissor": "CARGAS-SP", "tipo": "07", "serie": "1", "numero": "5", "emissao": "2026-11-01"}],
    }
    vistos = 0
    for serv, *ha, anterior in product(range(5), *[(True, False)] * 4, documentos):
        papeis = dict(zip(quem, ha, strict=True))
        cte = {n: quem[n] for n, tem in papeis.items() if tem} | {
            "tipo_operacao": SERVICOS[serv], "tomador": "CARGAS-SP", "documentos_anteriores": documentos[anterior],
            "cte_multimodal": [ANTERIOR] if serv == 4 else None,
        }  # fmt: skip
        plano = planejar_escrita(_carga(cte))
        assert _erros(plano) == set(_devidos(serv, papeis, anterior)), (serv, papeis, anterior)
        vistos += not plano.erros
    assert vistos == 1 + 2 + 2 + 4 * 2 + 4 * 3, "os que passam"


LUGARES = {
    "SP": ("3550308", "3509502"),
    "RJ": ("3304557", "3303302"),
    "MG": ("3106200", "3170206"),
    "EX": ("9999999",) * 2,
}


def _cfop(dito: str, inicio: str, fim: str, emitente: str) -> str:
    """Returns what the contract says (7: CFOP; EMIS-09)."""
    if fim == "EX":
        return f"7{dito[1:]}" if f"7{dito[1:]}" in CFOPS else "7358"
    if inicio not in ("EX", emitente):
        return "5932" if inicio == fim else "6932"
    return f"{5 if inicio == fim else 6}{dito[1:]}"


@pytest.mark.requisito("EMIS-02", "EMIS-09", "CAD-03")
def test_cfop_de_cada_par_de_lugares_por_emitente_por_especie() -> None:
    especies: tuple[dict[str, Any], ...] = (
        {},
        {"tipo_operacao": "complementar", "cte_complementados": [ANTERIOR], "notas": None, "medidas": None},
        {"tipo_operacao": "substituicao", "cte_substituido": {"chave": ANTERIOR}},
        {
            "tipo_operacao": "redespacho", "expedidor": "CARGAS-SP", "tomador": "CARGAS-SP",
            "documentos_anteriores": [{"emissor": "CARGAS-SP", "chave": ANTERIOR}],
        },
    )  # fmt: skip
    do_rj = empresa(endereco={"logradouro": "RUA", "numero": "1", "bairro": "CENTRO", "codigo_municipio": "3304557"})
    equipamentos = {"SP": equipamento(), "RJ": equipamento(cadastros(empresas=[do_rj]))}
    for dito, emitente, especie, inicio, fim in product(
        ("5353", "5949", "6352"), equipamentos, especies, LUGARES, LUGARES
    ):
        cte = {
            "remetente": "REM-SP", "destinatario": "DEST-RJ", "cod_cid_inicio": LUGARES[inicio][0],
            "cod_cid_fim": LUGARES[fim][1], "servicos": [SERVICO | {"cfop": dito}],
        }  # fmt: skip
        plano = planejar_escrita(_carga(cte | especie), equipamentos[emitente])
        assert plano.erros == (), plano.erros
        (documento,) = plano.documentos
        assert documento.natureza.cfop == _cfop(dito, inicio, fim, emitente), (dito, emitente, inicio, fim)
        convertida = documento.natureza.cfop in ("5932", "6932")
        assert (documento.natureza.texto == "TRANSPORTE INICIADO EM UF DIVERSA DA DO PRESTADOR") == convertida


GRUPOS = {
    "00": "ICMS00",
    "20": "ICMS20",
    "40": "ICMS45",
    "41": "ICMS45",
    "51": "ICMS45",
    "60": "ICMS60",
    "90": "ICMS90",
}


def _grupo(cst: str, crt: str, reducao: str) -> str:
    """Returns what the contract says (7: tributação), or nothing where it is refused."""
    if crt in ("1", "4"):
        return "ICMSSN"
    if GRUPOS.get(cst) == "ICMS45":
        return "ICMS45"
    quanto = Decimal(reducao)
    recusada = quanto > 100 or (cst == "20" and not quanto) or (cst == "00" and quanto)
    return "" if recusada else GRUPOS.get(cst, "")


@pytest.mark.requisito("EMIS-08")
def test_grupo_do_icms_de_cada_cst_por_crt_por_reducao() -> None:
    com = {crt: equipamento(cadastros(empresas=[empresa(crt=crt)])) for crt in "1234"}
    csts = ("00", "10", "20", "30", "40", "41", "50", "51", "60", "70", "90", "99")
    for cst, crt, reducao, origem in product(csts, "1234", ("0", "20", "100", "100.01"), ("", "0", "2")):
        servico = SERVICO | {"tributacao": origem + cst, "reducao": reducao}
        cte = {"remetente": "REM-SP", "destinatario": "DEST-RJ", "servicos": [servico]}
        plano = planejar_escrita(_carga(cte), com[crt])
        devido = _grupo(cst, crt, reducao)
        assert [d.icms.grupo for d in plano.documentos] == ([devido] if devido else []), (cst, crt, reducao)
        assert {x.codigo for x in plano.erros} == (set() if devido else {"SEP-EMIS-08"}), (cst, crt, reducao)
        if devido in ("ICMS00", "ICMS20", "ICMS60", "ICMS90"):
            icms = plano.documentos[0].icms
            assert icms.base == Decimal(100) - Decimal(reducao)
            assert icms.valor == (Decimal(100) - Decimal(reducao)) * 12 / 100


def test_a_mesma_carga_da_o_mesmo_plano() -> None:
    """The rules change nothing: a plan made twice of what was read once is equal."""
    no, _ = leitura.ler(b"1-carga.yaml", em_yaml(carga(AGORA, notas=3)))
    assert no is not None
    ambiente = leitura.ambiente(ContextoPreparo("2", AGORA, {}), equipamento())
    assert planejar(no, ambiente) == planejar(no, ambiente)
