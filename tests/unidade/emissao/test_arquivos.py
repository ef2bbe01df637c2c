"""Files as they come: not YAML, not JSON, of another encoding, too deep, with keys twice; lines of errors; notices."""

import codecs
import json
from typing import Any

import pytest

from separador.capacidades.emissao.dominio.valores import CargaJulgada, CargaRecusada
from tests.apoio.emissao import AGORA, carga, em_yaml, julgar

BOA = em_yaml(carga(AGORA))
EM_JSON = json.dumps(carga(AGORA)).encode()


def _codigos(dados: bytes, nome: bytes = b"1-carga.yaml") -> list[tuple[str, str, int | None]]:
    julgada = julgar(dados, nome=nome)
    return [(x.codigo, x.campo, x.linha) for x in julgada.erros] if isinstance(julgada, CargaRecusada) else []


def _fundo(n: int) -> str:
    return "{a: " * n + "1" + "}" * n


@pytest.mark.requisito("CARGA-01")
@pytest.mark.parametrize(
    ("dados", "nome"),
    [
        (b"", b"1-carga.yaml"),
        (b"   \n# nada\n", b"1-carga.yaml"),
        (b"- uma\n- lista\n", b"1-carga.yaml"),
        (b"carga: [1\n", b"1-carga.yaml"),
        (b"carga: '1\n", b"1-carga.yaml"),
        (b"\x00\x01\x02", b"1-carga.yaml"),
        (BOA.decode().encode("utf-16"), b"1-carga.yaml"),
        (BOA.replace(b"PESO BRUTO", "PESO LÍQUIDO".encode("latin-1")), b"1-carga.yaml"),
        (BOA.replace(b"notas:", b"x: &a 1\ny: *a\nnotas:"), b"1-carga.yaml"),
        (BOA + f"obs: {_fundo(21)}\n".encode(), b"1-carga.yaml"),
        (b"", b"1-carga.json"),
        (b"{", b"1-carga.json"),
        (b"[1]", b"1-carga.json"),
        (EM_JSON + b"x", b"1-carga.json"),
        (EM_JSON.decode().encode("utf-16"), b"1-carga.json"),
        (b'{"a":' * 21 + b"1" + b"}" * 21, b"1-carga.json"),
        (BOA, b"1-carga.json"),
    ],
)
def test_o_que_nao_e_uma_carga_e_um_erro_so(dados: bytes, nome: bytes) -> None:
    ((codigo, campo, _),) = _codigos(dados, nome)
    assert (codigo, campo) == ("SEP-CARGA-ARQUIVO", "")


@pytest.mark.parametrize("dados", [BOA, codecs.BOM_UTF8 + BOA, BOA.replace(b"\n", b"\r\n"), b"---\n" + BOA])
def test_o_que_e_uma_carga(dados: bytes) -> None:
    assert isinstance(julgar(dados), CargaJulgada)


def test_bom_num_json() -> None:
    assert _codigos(codecs.BOM_UTF8 + EM_JSON, b"1-carga.json") == []


def test_chave_repetida_em_yaml_e_em_json() -> None:
    assert _codigos(BOA + b'carga: "2"\n') == [("SEP-CARGA-ESQUEMA", "carga", BOA.count(b"\n") + 1)]
    (achado,) = _codigos(EM_JSON[:-1] + b', "carga": "2"}', b"1-carga.json")
    assert achado[:2] == ("SEP-CARGA-ESQUEMA", "carga")


@pytest.mark.parametrize("vazio", ["null", "''", "[]", "{}", "~", ""])
def test_vazio_e_o_mesmo_que_ausente(vazio: str) -> None:
    """For a text, a list, a group: nothing was given, and the load is the same load."""
    campos = ("observacao", "seguros", "complemento", "lacres", "terceiros", "impostos", "retira")
    linhas = "".join(f"  {c}: {vazio}\n" for c in campos)
    dados = BOA.replace(b"padrao:\n", f"padrao:\n{linhas}".encode())
    com, sem = julgar(dados), julgar(BOA)
    assert isinstance(com, CargaJulgada), com
    assert isinstance(sem, CargaJulgada)
    assert com.conteudo == sem.conteudo


def test_a_versao_do_formato_nao_e_conteudo() -> None:
    com, sem = julgar(b"versao: 1\nrefazer: nao\n" + BOA), julgar(BOA)
    assert isinstance(com, CargaJulgada)
    assert isinstance(sem, CargaJulgada)
    assert com.conteudo == sem.conteudo


def test_o_nome_mais_parecido_e_a_linha() -> None:
    dados = BOA.replace(b"  destinatario: DEST-RJ", b"  destinatrio: DEST-RJ")
    julgada = julgar(dados)
    assert isinstance(julgada, CargaRecusada)
    desconhecido, falta = julgada.erros
    assert (desconhecido.codigo, desconhecido.campo) == ("SEP-CARGA-ESQUEMA", "notas[1].destinatrio")
    assert "destinatario" in desconhecido.mensagem
    assert dados.splitlines()[(desconhecido.linha or 0) - 1].strip() == b"destinatrio: DEST-RJ"
    assert (falta.codigo, falta.campo) == ("470", "notas[1].destinatario")


def test_todos_os_erros_de_uma_vez_cada_um_com_a_sua_linha() -> None:
    """Schema, values, rules and registries in one answer."""
    conteudo = carga(AGORA)
    conteudo["notas"][0] |= {"valor": "mil", "destinatario": "NINGUEM", "pin": "0"}
    conteudo["padrao"] |= {"lotacao": "sim", "serie": "890", "produto": "X"}
    dados = em_yaml(conteudo)
    achados = _codigos(dados)
    assert [(codigo, campo) for codigo, campo, _ in achados] == [
        ("SEP-CARGA-VALOR", "notas[1].valor"),
        ("SEP-CARGA-TEXTO", "notas[1].pin"),
        ("SEP-CARGA-ESQUEMA", "padrao.produto"),
        ("SEP-CARGA-REFERENCIA", "notas[1].destinatario"),
        ("SEP-EMIS-03", "notas[1].lotacao"),
        ("SEP-EMIS-22", "notas[1].serie"),
    ]
    linhas = dados.decode().splitlines()
    escritas = [linhas[linha - 1].strip() for _, _, linha in achados if linha is not None]
    assert escritas[:4] == ["valor: mil", "pin: '0'", "produto: X", "destinatario: NINGUEM"]
    assert all(x.startswith("- chave:") for x in escritas[4:]), "o que veio de padrao é dito na nota"


@pytest.mark.parametrize(
    ("mudanca", "codigo", "campo"),
    [
        ({"observacao": "“Frágil”"}, "SEP-CARGA-TEXTO-LIMPO", "conhecimentos[1].observacao"),
        ({"observacao": "A  B"}, "SEP-CARGA-TEXTO-LIMPO", "conhecimentos[1].observacao"),
        ({"valor_averbacao": "R$ 5,00"}, "SEP-CARGA-VALOR-LIDO", "conhecimentos[1].valor_averbacao"),
        ({"remetente": "DEST-SP"}, "SEP-NOTA-DE-OUTRO-EMITENTE", "conhecimentos[1].notas[1].chave"),
    ],
)
def test_o_que_passa_e_e_avisado(mudanca: dict[str, Any], codigo: str, campo: str) -> None:
    nota = carga(AGORA)["notas"][0]
    cte = {n: nota[n] for n in ("depositante", "destinatario", "medidas")} | {
        "notas": [{n: nota[n] for n in ("chave", "valor")}]
    }
    conteudo = {n: v for n, v in carga(AGORA).items() if n != "notas"} | {"conhecimentos": [cte | mudanca]}
    julgada = julgar(conteudo)
    assert isinstance(julgada, CargaJulgada), julgada
    assert [(a.codigo, a.campo) for a in julgada.avisos] == [(codigo, campo)]


def test_o_frete_sem_nota_e_avisado() -> None:
    conteudo = carga(AGORA) | {"fretes": [{"grupo": {"depositante": "DEST-SP"}, "servicos": [{"codigo": "FRETE"}]}]}
    julgada = julgar(conteudo)
    assert isinstance(julgada, CargaJulgada), julgada
    assert [(a.codigo, a.campo) for a in julgada.avisos] == [("SEP-FRETE-SEM-NOTA", "fretes[1]")]
