"""What the form of a CT-e makes of what was typed, and where an error of the load is in it."""

import json

import pytest

from separador.capacidades.emissao.dominio.endereco import da_carga, ler
from separador.capacidades.emissao.telas import formulario
from separador.fiscal.emissao.formato.carga import CONHECIMENTO
from separador.fiscal.emissao.formato.tipos import Grupo, Lista
from separador.painel.base.campos import Campos

pytestmark = pytest.mark.requisito("PAINEL-01")


def lido(*pares: tuple[str, str]) -> formulario.Formulario:
    return formulario.ler(Campos(pares), "SUGERIDA")


@pytest.mark.parametrize(
    "nome", ["45871", "2026/45", "/x", "a//b", "nova", "nova/conferir", "x/complementar", "..", "."]
)
def test_cada_carga_tem_o_seu_endereco(nome: str) -> None:
    caminho = da_carga(nome)
    assert ler(caminho.removeprefix("/cargas/")) == nome
    assert {"nova", "complementar", ".", ".."}.isdisjoint(caminho.split("/"))


def test_cada_campo_do_formulario_e_um_campo_da_carga() -> None:
    for campo in formulario.SIMPLES.values():
        assert CONHECIMENTO.campo(campo.nome) is not None, campo.nome
    for lista in formulario.LISTAS.values():
        do_formato = CONHECIMENTO.campo(lista.nome)
        assert do_formato is not None
        assert isinstance(do_formato.tipo, Lista)
        item = do_formato.tipo.item
        assert isinstance(item, Grupo) is not lista.simples
        if isinstance(item, Grupo):
            assert all(item.campo(c.nome) is not None for c in lista.campos), lista.nome


def test_o_que_esta_vazio_nao_vai_e_o_que_se_escreveu_e_texto() -> None:
    f = lido(
        ("carga", " 12 "), ("destinatario", "000123"), ("lotacao", "1"), ("motoristas", ""), ("motoristas", "M"),
        ("notas.chave", ""), ("notas.valor", ""), ("notas.chave", "1.0"), ("notas.valor", "0x10"),
        ("notas.valor", "solto"),
    )  # fmt: skip
    assert json.loads(formulario.em_arquivo(f)) == {
        "carga": "12",
        "conhecimentos": [
            {
                "destinatario": "000123", "lotacao": "sim", "motoristas": ["M"],
                "notas": [{"chave": "1.0", "valor": "0x10"}, {"valor": "solto"}],
            }
        ],
    }  # fmt: skip


def test_um_erro_leva_ao_campo_da_linha_em_que_se_escreveu() -> None:
    f = lido(("notas.valor", ""), ("notas.valor", ""), ("notas.valor", "x"), ("seguros.apolice", "1"))
    ditos = {
        "carga": ("carga", "Carga"),
        "conhecimentos[1]": ("", ""),
        "conhecimentos[1].destinatario": ("destinatario", "Destinatário"),
        "conhecimentos[1].notas[1].valor": ("notas-2-valor", "Notas fiscais, 3ª linha: Valor"),
        "conhecimentos[1].notas": ("notas-0-chave", "Notas fiscais"),
        "conhecimentos[1].notas[7].valor": ("notas-0-valor", "Notas fiscais, 1ª linha: Valor"),
        "conhecimentos[1].seguros[1].averbacao_valor": ("seguros-0-responsavel", "Seguro, 1ª linha"),
        "conhecimentos[1].motoristas[1]": ("motoristas-0-", "Transporte, 1ª linha"),
        "conhecimentos[1].cobranca": ("", "cobranca"),
        "cadastros": ("", "cadastros"),
        "entidades[3].nome": ("", "entidades[3].nome"),
    }
    assert {campo: formulario.onde(f, campo) for campo in ditos} == ditos


def test_um_erro_se_diz_em_frases_e_sem_o_nome_do_campo() -> None:
    campo = "conhecimentos[1].servicos[1].base_icms"
    grande = formulario.mensagem(campo, "base_icms: «1.250,00» é grande demais", "Corrija o valor.")
    assert grande == "«1.250,00» é grande demais. Corrija o valor."
    assert formulario.mensagem("carga", "A carga não tem notas.", "Liste-as.") == "A carga não tem notas. Liste-as."
    assert formulario.mensagem("carga", "falta") == "falta"


def test_as_linhas_crescem_ate_o_limite() -> None:
    muitas = [("notas.chave", "1")] * 195
    assert len(lido(*muitas).linhas["notas"]) == 195
    assert len(lido(*muitas, ("mais", "notas")).linhas["notas"]) == formulario.MAXIMO
    assert len(lido(*muitas * 2, ("mais", "notas")).linhas["notas"]) == 390, "o que veio não se corta"
    assert len(lido(("mais", "medidas")).linhas["medidas"]) == 12
    assert lido().carga == "SUGERIDA"
