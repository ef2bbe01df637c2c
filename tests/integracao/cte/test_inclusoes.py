"""Tests what the configuration puts into exports, through the running service."""

import json
from pathlib import Path

import pytest

from separador.banco import falhas
from separador.demonstracao import exportacoes as ex
from tests.apoio.instalacao import AGORA, Instalacao

QUEM = {"cnpj": "11222333000181", "contato": "Fulana", "email": "s@exemplo.com.br", "fone": "1133334444"}


def sem_responsavel(numero: int) -> tuple[bytes, bytes]:
    e = ex.cte(numero, agora=AGORA)
    inicio, fim = e.dados.find(b"<infRespTec>"), e.dados.find(b"</infRespTec>")
    return e.nome, e.dados[:inicio] + e.dados[fim + len(b"</infRespTec>") :]


@pytest.mark.requisito("CTE-14")
def test_responsavel_tecnico_entra_e_fica_no_rastro(tmp_path: Path) -> None:
    segredo = tmp_path / "csrt"
    segredo.write_text("segredo-de-mentira\n")
    tecnico = QUEM | {"id_csrt": "1", "csrt": {"arquivo": str(segredo)}}
    with Instalacao(tmp_path, sefaz={"responsavel_tecnico": tecnico}) as instalacao:
        nome, dados = sem_responsavel(1)
        instalacao.soltar(1, nome, dados)
        (saiu,) = instalacao.destino(1).glob("*-cte.xml")
        assert b"<idCSRT>001</idCSRT><hashCSRT>" in saiu.read_bytes()
        linha = instalacao.banco.uma("SELECT notas FROM arquivo WHERE regra = 'cte-envio'")
        assert linha is not None
        assert "infRespTec" in json.loads(linha["notas"])[-1]
        assert "segredo-de-mentira" not in str(instalacao.diario.linhas)


def test_csrt_que_falta_e_mostrado_e_o_documento_segue(tmp_path: Path) -> None:
    segredo = tmp_path / "csrt"
    tecnico = QUEM | {"id_csrt": "1", "csrt": {"arquivo": str(segredo)}}
    with Instalacao(tmp_path, sefaz={"responsavel_tecnico": tecnico}) as instalacao:
        assert [f["codigo"] for f in falhas.abertas(instalacao.banco)] == ["SEP-CSRT"]
        nome, dados = sem_responsavel(1)
        instalacao.soltar(1, nome, dados)
        (saiu,) = instalacao.destino(1).glob("*-cte.xml")
        assert b"<infRespTec>" in saiu.read_bytes()
        assert b"CSRT" not in saiu.read_bytes()
        segredo.write_text("chegou")
        instalacao.passar(31.0)
        assert not falhas.abertas(instalacao.banco)
        nome, dados = sem_responsavel(2)
        instalacao.soltar(1, nome, dados)
        assert sum(b"hashCSRT" in p.read_bytes() for p in instalacao.destino(1).glob("*-cte.xml")) == 1
