"""Sample files pass: dropped where they belong, each is taken as what it is."""

from pathlib import Path

import pytest

from tests.aceitacao.cenario import Cenario, cenario

__all__ = ["cenario"]


def soltar_exemplo(c: Cenario, especie: str, rota: int) -> Path:
    """Has a sample written into the folder of a route, and lets the service take it."""
    antes = {d["chave"] for d in c.maquina.json("cte", "listar")}
    dito = c.maquina.exigir("exemplo", especie, "--em", str(c.maquina.origem(rota))).stdout
    c.maquina.uma_vez()
    gravado = Path(dito.removeprefix("Gravado: ").strip())
    assert not gravado.exists()
    novas = {d["chave"] for d in c.maquina.json("cte", "listar")} - antes
    assert bool(novas) is (especie not in ("evento", "retorno"))
    return gravado


@pytest.mark.requisito("USO-07")
@pytest.mark.parametrize("especie", ["cte", "cte-os", "gtve", "simplificado"])
def test_um_documento_de_exemplo_e_assinado_e_entregue(cenario: Cenario, especie: str) -> None:
    antes = {f["id"] for f in cenario.maquina.json("falhas")}
    gravado = soltar_exemplo(cenario, especie, 1)
    vida = cenario.maquina.json("rastrear", gravado.name)
    assert vida["chave"] == gravado.name.removesuffix("-cte.xml")
    assert (cenario.maquina.destino(1) / gravado.name).is_file()
    assert {f["id"] for f in cenario.maquina.json("falhas")} <= antes


@pytest.mark.requisito("USO-07")
def test_o_retorno_e_o_evento_de_exemplo_sao_dos_documentos_daqui(cenario: Cenario) -> None:
    m = cenario.maquina
    soltar_exemplo(cenario, "retorno", 2)
    assert m.json("cte", "ver", cenario.enviado)["situacao"] == "AUTORIZADO PELA SEFAZ"
    evento = soltar_exemplo(cenario, "evento", 1)
    assert [e["tp_evento"] for e in m.json("cte", "ver", evento.name[:44])["eventos"]] == ["110110"]
    assert "solte antes um exemplo de cte" in m.exigir("exemplo", "retorno", codigo=1).stderr
    assert "Não há a empresa" in m.exigir("exemplo", "cte", "--empresa", "9" * 14, codigo=1).stderr


@pytest.mark.requisito("USO-07")
def test_a_guia_de_exemplo_se_le(cenario: Cenario, tmp_path: Path) -> None:
    from separador.capacidades.ecac.arquivos.tabela_de_guias import ler
    from separador.nucleo.erro import Recusa

    pasta = tmp_path / "exemplos"
    pasta.mkdir()
    cenario.maquina.exigir("exemplo", "guia", "--em", str(pasta))
    (gravado,) = pasta.iterdir()
    lidas = ler(gravado.read_bytes())
    assert not isinstance(lidas, Recusa)
    assert (len(lidas.guias), lidas.erros) == (1, ())
