"""What a worker says of one file when the disk under it goes away (B6, W11)."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.dominio.rota import Regra
from separador.servico.operario import Bancada, Encargo, Incidente, PastaFalhou
from separador.servico.turno import trabalhar

AGORA = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.requisito("SEP-02", "SEP-08")
def test_B6_disco_do_trabalho_sumiu_nao_e_culpa_do_arquivo(tmp_path: Path) -> None:
    sumido = Encargo(os.fsencode(tmp_path / "lote" / "a-cte.xml"), Regra.CTE_ENVIO, b"a-cte.xml")
    (parecer,) = trabalhar(Bancada("2", {}), AGORA, [sumido])
    assert isinstance(parecer.conteudo, PastaFalhou)
    assert parecer.conteudo.pasta == tmp_path


def test_W11_um_arquivo_apagado_e_incidente_so_dele(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"{}")
    encargos = [Encargo(os.fsencode(tmp_path / nome), Regra.PEDIDO, nome.encode()) for nome in ("a.json", "b.json")]
    apagado, bom = trabalhar(Bancada("2", {}), AGORA, encargos)
    assert isinstance(apagado.conteudo, Incidente)
    assert bom.sha256
