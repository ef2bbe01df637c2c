"""Tests the watched folder of certificates on a device that hangs."""

from collections.abc import Callable

import pytest

from separador.capacidades.certificados.servico.pasta import arquivos_da_pasta, resposta_da_pasta
from tests.apoio.autoridade import SENHA, em_ber, emitir
from tests.apoio.faixas import Trava, discos
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre

SEM_RESPOSTA = "SEP-PASTA-SEM-RESPOSTA"


@pytest.mark.requisito("BORDA-06", "CERT-06")
@pytest.mark.parametrize("depois", [False, True], ids=["antes-do-efeito", "depois-do-efeito"])
@pytest.mark.parametrize(
    "nome",
    ["_listar", "_o_mesmo", "_ler", "_apagar", "_publicar"],
    ids=["lista", "comparacao", "leitura", "remocao", "resposta"],
)
def test_a_pasta_de_certificados_pendura(
    fazer: Callable[..., InstalacaoComCofre],
    monkeypatch: pytest.MonkeyPatch,
    nome: str,
    *,
    depois: bool,
) -> None:
    """The certificate is installed once, its files go, and the loop serves the other routes meanwhile."""
    com = fazer(pasta_de_certificados=True)
    inst = com.instalacao
    e = emitir()
    with discos(inst.dados, {inst.origem(9): "a", inst.destino(9): "a"}):
        modulo = resposta_da_pasta if nome == "_publicar" else arquivos_da_pasta
        trava = Trava(getattr(modulo, nome), depois=depois)
        monkeypatch.setattr(modulo, nome, trava)
        (inst.origem(9) / "matriz.pfx").write_bytes(em_ber(e.pfx()))
        (inst.origem(9) / "matriz.senha").write_text(SENHA)
        inst.passar(5)
        inst.passar(2)
        assert trava.preso.is_set(), "o duplo não foi chamado: o teste não prova nada"
        inst.soltar(4, "b.txt", b"b")
        inst.passar(2)
        assert "b.txt" in inst.nomes(4)
        assert SEM_RESPOSTA in inst.falhas()
        trava.soltar()
        for _ in range(5):
            inst.passar(5)
        assert com.padrao() == "matriz"
        if nome == "_apagar" and not depois:
            # The removal was given up before the file was touched, and happened late: the file is gone all the same.
            assert not (inst.origem(9) / "matriz.senha").exists()
        restos = [p.name for p in inst.origem(9).iterdir() if p.is_file()]
        codigos = inst.falhas()
        assert restos == [] or codigos == ["SEP-CERT-SOBRA"], (restos, codigos)
        if restos == []:
            assert codigos == []
