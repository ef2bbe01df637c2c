"""Answer codes: those of fatos/cte.md section 5 each in the class that the sheet gives it, and unknown ones in none."""

import pytest

from separador.dominio import cstat as c

# fatos/cte.md 5.1 and 5.2, by what is done on them
CLASSES = {
    "AUTORIZADO": ("AUTORIZADO", "100 150"),
    "CANCELADO": ("CANCELADO", "101"),
    "evento aceito": ("EVENTO_ACEITO", "134 135 136 155"),
    "consultar": ("CONSULTAR", "204 216 217 218 539 600 631 640 641"),
    "tentar depois": ("TENTAR_DEPOIS", "108 109 997 999"),
    "consumo indevido": ("CONSUMO_INDEVIDO", "678 656"),
    "certificado da conexão": ("CERTIFICADO", "280 281 282 283 284 285 286 296"),
    "denegado": ("DENEGADO", "110 205 301 302 303"),
    "rejeições de recepção": (
        "REJEICOES",
        (
            "236 410 513 252 247 515 516 517 203 209 229 230 231 585 214 215 239 243 244 402 404 598 599 579 580"
            " 290 291 292 293 294 295 297 298 213 212 228 1051 1052 1053"
        ),
    ),
    "rejeições de evento": (
        "REJEICOES",
        (
            "220 876 698 219 523 528 574 576 660 862 888 222 628 629 630 636 632 755 634 637 635 653 680 530 638 639"
            " 695 664 677 681 522 525 866 595 721 732 875"
        ),
    ),
}
CONJUNTOS = (
    "AUTORIZADO", "CANCELADO", "EVENTO_ACEITO", "CONSULTAR", "TENTAR_DEPOIS", "CONSUMO_INDEVIDO", "CERTIFICADO",
    "DENEGADO", "REJEICOES",
)  # fmt: skip


@pytest.mark.requisito("CTE-03", "CTE-04", "CTE-06")
@pytest.mark.parametrize("classe", sorted(CLASSES))
def test_codigos_da_secao_5(classe: str) -> None:
    conjunto, codigos = CLASSES[classe]
    for codigo in codigos.split():
        onde = [n for n in CONJUNTOS if codigo in getattr(c, n)]
        assert onde == [conjunto], codigo
        assert c.conhecido(codigo)


@pytest.mark.parametrize("codigo", "102 103 104 105 106 107 113 114 137 138 139 000 1 9999 1054 2000 600A".split())
def test_o_que_nao_decide_nada_aqui_e_desconhecido(codigo: str) -> None:
    """Status, distribution and lot codes, and what no table has: never a rejection, never an authorisation."""
    assert not c.conhecido(codigo)


def test_os_conjuntos_nao_se_cruzam() -> None:
    for i, a in enumerate(CONJUNTOS):
        for b in CONJUNTOS[i + 1 :]:
            assert not getattr(c, a) & getattr(c, b), (a, b)


@pytest.mark.parametrize("codigo", "204 216 218 539 600 631 640 108 109 678 999 280 281 282 283 284 285 286".split())
def test_codigos_que_nada_decidem_nunca_sao_rejeicao(codigo: str) -> None:
    """contratos.md, "Codes that decide nothing"."""
    assert codigo not in c.REJEICOES
    assert codigo not in c.AUTORIZADO
