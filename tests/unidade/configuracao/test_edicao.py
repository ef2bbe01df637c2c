"""Tests the editing of the file by command: comments and order stay, and an invalid result is never written."""

import os
from pathlib import Path

import pytest

from separador.configuracao import Invalida, carregar
from separador.configuracao.edicao import Editada, alterar_rota, definir, incluir_rota

EXEMPLO = Path(__file__).parents[3] / "config" / "separador.yaml"
NOVA = {"ativo": True, "regra": "mover", "origem": "inbox/novo", "destino": "outbox/novo", "arquivo": [".csv", ".tsv"]}


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    pasta = tmp_path / "config"
    pasta.mkdir()
    alvo = pasta / "separador.yaml"
    alvo.write_bytes(EXEMPLO.read_bytes())
    return alvo


def diferencas(antes: bytes, depois: bytes) -> list[tuple[bytes, bytes]]:
    return [(a, b) for a, b in zip(antes.splitlines(), depois.splitlines(), strict=True) if a != b]


@pytest.mark.requisito("SEP-03")
def test_definir_muda_uma_linha_e_so_ela(arquivo: Path) -> None:
    antes = arquivo.read_bytes()
    editada = definir(arquivo, "tempo_leitura", "7")
    assert isinstance(editada, Editada)
    assert editada.configuracao.tempo_leitura_s == 7
    assert diferencas(antes, arquivo.read_bytes()) == [(b"tempo_leitura: 10", b"tempo_leitura: 7")]


@pytest.mark.parametrize(("chave", "valor"), [("tempo_leitura", "0"), ("ambiente", "simulada"), ("tempo_quieto", "x")])
def test_resultado_invalido_nao_e_gravado(arquivo: Path, chave: str, valor: str) -> None:
    antes = arquivo.read_bytes()
    recusa = definir(arquivo, chave, valor)
    assert isinstance(recusa, Invalida)
    assert chave in str(recusa.erros[0])
    assert arquivo.read_bytes() == antes
    assert os.listdir(arquivo.parent) == ["separador.yaml"]


@pytest.mark.parametrize(
    ("chave", "trecho"), [("tempo_leitur", '"tempo_leitura"'), ("rotas", "rotas incluir"), ("empresas", "empresas")]
)
def test_chave_que_nao_se_define_diz_o_que_fazer(arquivo: Path, chave: str, trecho: str) -> None:
    recusa = definir(arquivo, chave, "5")
    assert isinstance(recusa, Invalida)
    assert trecho in str(recusa.erros[0])


def test_definir_chave_que_nao_estava_no_arquivo(arquivo: Path) -> None:
    arquivo.write_text("# minha\ntempo_leitura: 3\n", encoding="utf-8")
    assert isinstance(definir(arquivo, "tempo_quieto", "2,5"), Editada)
    assert arquivo.read_text(encoding="utf-8") == "# minha\ntempo_leitura: 3\ntempo_quieto: 2.5\n"


@pytest.mark.requisito("CAD-03")
def test_definir_a_chave_de_um_grupo(arquivo: Path) -> None:
    arquivo.write_text("# minha\ntempo_leitura: 3\n", encoding="utf-8")
    assert isinstance(definir(arquivo, "emissao.cfop_estadual", "5353"), Editada)
    assert isinstance(definir(arquivo, "emissao.modelo_conhecimento", "ELETRÔNICO"), Editada)
    assert arquivo.read_text(encoding="utf-8") == (
        "# minha\ntempo_leitura: 3\nemissao:\n  cfop_estadual: 5353\n  modelo_conhecimento: ELETRÔNICO\n"
    )
    assert isinstance(definir(arquivo, "sefaz.em_voo", "4"), Editada)
    assert arquivo.read_text(encoding="utf-8").endswith("sefaz:\n  em_voo: 4\n")


@pytest.mark.parametrize(
    ("chave", "valor"),
    [
        ("emissao.cfop_estadual", "9"),
        ("emissao.cfop", "5353"),
        ("emissao.", "5353"),
        ("tempo_leitura.x", "5"),
        ("rotas.1", "x"),
        ("empresas.11222333000181", "x"),
        ("empresas.99999999000191.nome", "X"),
        ("avisos.dias", "[x]"),
        ("emissao.imprimir_em_obs", "lotacao"),
    ],
)
def test_a_chave_de_um_grupo_que_nao_serve(arquivo: Path, chave: str, valor: str) -> None:
    antes = arquivo.read_bytes()
    assert isinstance(definir(arquivo, chave, valor), Invalida)
    assert arquivo.read_bytes() == antes


@pytest.mark.requisito("USO-08")
def test_definir_uma_lista(arquivo: Path) -> None:
    arquivo.write_text("# minha\ntempo_leitura: 3\n", encoding="utf-8")
    assert isinstance(definir(arquivo, "emissao.imprimir_em_obs", "[forma_pagamento, lotacao]"), Editada)
    editada = definir(arquivo, "emissao.imprimir_em_obs", " [lotacao] ")
    assert isinstance(editada, Editada)
    assert arquivo.read_text(encoding="utf-8") == (
        "# minha\ntempo_leitura: 3\nemissao:\n  imprimir_em_obs: [lotacao]\n"
    )
    editada = definir(arquivo, "avisos.dias", "[30, 7]")
    assert isinstance(editada, Editada)
    assert editada.configuracao.avisos.dias == (30, 7)
    assert isinstance(definir(arquivo, "avisos.para", "[]"), Editada)


@pytest.mark.requisito("USO-08")
def test_definir_a_chave_de_uma_empresa_pelo_cnpj(arquivo: Path) -> None:
    arquivo.write_text(
        'empresas:\n  - cnpj: "11.222.333/0001-81"  # matriz\n    nome: A\n    uf: SP\n', encoding="utf-8"
    )
    editada = definir(arquivo, "empresas.11222333000181.nome", "B & C")
    assert isinstance(editada, Editada)
    assert [e.nome for e in editada.configuracao.empresas] == ["B & C"]
    assert "# matriz" in arquivo.read_text(encoding="utf-8")


def test_os_zeros_da_frente_ficam(arquivo: Path) -> None:
    arquivo.write_text("tempo_leitura: 3\n", encoding="utf-8")
    assert isinstance(definir(arquivo, "sefaz.responsavel_tecnico.id_csrt", "001"), Invalida)  # the rest is missing
    assert isinstance(definir(arquivo, "emissao.descricao_cfop_estadual", "007"), Editada)
    assert "descricao_cfop_estadual: '007'" in arquivo.read_text(encoding="utf-8")


def test_definir_conserta_um_arquivo_invalido(arquivo: Path) -> None:
    arquivo.write_text("tempo_leitura: 0 # errado\n", encoding="utf-8")
    assert isinstance(definir(arquivo, "tempo_leitura", "4"), Editada)
    assert arquivo.read_text(encoding="utf-8") == "tempo_leitura: 4 # errado\n"


@pytest.mark.requisito("SEP-01")
def test_incluir_da_o_proximo_id_e_mantem_as_outras_linhas(arquivo: Path) -> None:
    antes = arquivo.read_bytes()
    editada = incluir_rota(arquivo, NOVA, {})
    assert isinstance(editada, Editada)
    assert editada.rota == 7
    depois = arquivo.read_bytes()
    assert depois.startswith(antes)
    assert b"- {id: 7, ativo: true, regra: mover, origem: inbox/novo" in depois
    assert editada.configuracao.rotas[-1].sufixos == (".csv", ".tsv")


@pytest.mark.requisito("SEP-01")
def test_id_que_o_banco_conhece_nunca_e_reaproveitado(arquivo: Path) -> None:
    editada = incluir_rota(arquivo, NOVA, {41: "mover /antiga .dat"})
    assert isinstance(editada, Editada)
    assert editada.rota == 42


def test_id_deixa_lugar_para_rotas_sem_id(arquivo: Path) -> None:
    arquivo.write_text("rotas:\n- regra: mover\n  origem: a\n  destino: b\n  arquivo: .txt\n", encoding="utf-8")
    editada = incluir_rota(arquivo, NOVA, {})
    assert isinstance(editada, Editada)
    assert editada.rota == 2
    texto = arquivo.read_text(encoding="utf-8")
    assert texto.startswith("rotas:\n- regra: mover\n  origem: a\n")
    assert "\n- id: 2\n  ativo: true\n" in texto


def test_incluir_em_arquivo_sem_rotas(arquivo: Path) -> None:
    arquivo.write_text("tempo_leitura: 3\n", encoding="utf-8")
    assert isinstance(incluir_rota(arquivo, NOVA, {}), Editada)
    carregada = carregar(arquivo)
    assert not isinstance(carregada, Invalida)
    assert [r.id for r in carregada.rotas] == [1]


def test_incluir_rota_em_conflito_e_recusado(arquivo: Path) -> None:
    antes = arquivo.read_bytes()
    recusa = incluir_rota(arquivo, {**NOVA, "origem": "inbox/geral", "arquivo": [".TXT"]}, {})
    assert isinstance(recusa, Invalida)
    assert "rota 4" in recusa.erros[0].mensagem
    assert arquivo.read_bytes() == antes


@pytest.mark.parametrize("caminho", ["C:\\notas", "d:/notas", "\\\\servidor\\pasta", "C:"])
def test_um_caminho_de_windows_e_recusado_ao_editar(arquivo: Path, caminho: str) -> None:
    antes = arquivo.read_bytes()
    for recusa in (
        incluir_rota(arquivo, {**NOVA, "origem": caminho}, {}),
        alterar_rota(arquivo, 4, {"destino": caminho}, {}),
    ):
        assert isinstance(recusa, Invalida)
        assert "é um caminho de Windows" in recusa.erros[0].mensagem
    assert arquivo.read_bytes() == antes


def test_um_caminho_de_windows_que_ja_esta_no_arquivo_e_lido(arquivo: Path) -> None:
    rota = "rotas:\n  - {id: 1, regra: mover, origem: 'C:\\notas', destino: b, arquivo: .txt}\n"
    arquivo.write_text(rota, encoding="utf-8")
    assert not isinstance(carregar(arquivo), Invalida)
    assert isinstance(alterar_rota(arquivo, 1, {"ativo": False}, {}), Editada)


@pytest.mark.requisito("SEP-01")
def test_alterar_e_desativar_mexem_numa_linha(arquivo: Path) -> None:
    antes = arquivo.read_bytes()
    editada = alterar_rota(arquivo, 4, {"ativo": False, "destino": "outbox/outro"}, {})
    assert isinstance(editada, Editada)
    assert len(diferencas(antes, arquivo.read_bytes())) == 1
    quarta = editada.configuracao.rotas[3]
    assert (quarta.ativo, quarta.destino.name, quarta.sufixos) == (False, "outro", (".txt",))


def test_alterar_rota_sem_id_escreve_o_id_que_ela_tinha(arquivo: Path) -> None:
    arquivo.write_text("rotas:\n  - {regra: mover, origem: a, destino: b, arquivo: .txt}\n", encoding="utf-8")
    carregada = carregar(arquivo)
    assert not isinstance(carregada, Invalida)
    conhecidos = {9: carregada.rotas[0].assinatura}
    editada = alterar_rota(arquivo, 9, {"origem": "c"}, conhecidos)
    assert isinstance(editada, Editada)
    assert (editada.configuracao.rotas[0].id, editada.configuracao.rotas[0].origem.name) == (9, "c")


def test_alterar_rota_que_nao_existe(arquivo: Path) -> None:
    recusa = alterar_rota(arquivo, 99, {"ativo": False}, {})
    assert isinstance(recusa, Invalida)
    assert "99" in recusa.erros[0].mensagem


def test_tirar_uma_chave(arquivo: Path) -> None:
    editada = alterar_rota(arquivo, 1, {"envio": None}, {})
    assert isinstance(editada, Editada)
    assert b"envio: automatico}" not in arquivo.read_bytes()


def test_modo_dono_e_link_simbolico_ficam(arquivo: Path) -> None:
    arquivo.chmod(0o604)
    link = arquivo.parent.parent / "link.yaml"
    link.symlink_to(arquivo)
    assert isinstance(definir(link, "tempo_leitura", "8"), Editada)
    assert link.is_symlink()
    assert arquivo.stat().st_mode & 0o777 == 0o604
    assert b"tempo_leitura: 8" in arquivo.read_bytes()


def test_fim_de_linha_do_windows_fica(arquivo: Path) -> None:
    arquivo.write_bytes(arquivo.read_bytes().replace(b"\n", b"\r\n"))
    assert isinstance(definir(arquivo, "tempo_leitura", "8"), Editada)
    assert arquivo.read_bytes().count(b"\r\n") == arquivo.read_bytes().count(b"\n")


def test_disco_cheio_deixa_o_arquivo_como_estava(arquivo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    antes = arquivo.read_bytes()

    def cheio(_descritor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", cheio)
    with pytest.raises(OSError, match="No space"):
        definir(arquivo, "tempo_leitura", "8")
    assert arquivo.read_bytes() == antes
    assert os.listdir(arquivo.parent) == ["separador.yaml"]


def test_yaml_quebrado_e_recusado(arquivo: Path) -> None:
    arquivo.write_text("rotas: [\n", encoding="utf-8")
    recusa = definir(arquivo, "tempo_leitura", "8")
    assert isinstance(recusa, Invalida)
    assert "YAML" in recusa.erros[0].mensagem
