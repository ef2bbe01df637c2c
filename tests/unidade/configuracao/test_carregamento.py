"""Tests that the file becomes frozen values, or every error in it is told."""

import os
from pathlib import Path

import pytest

from separador.configuracao import (
    Ambiente,
    Conferida,
    Configuracao,
    Invalida,
    MeioSenha,
    Perfil,
    carregar,
    conferir,
    interpretar,
)
from separador.nucleo.rota import Envio

RAIZ = Path(__file__).parents[3]
EXEMPLO = RAIZ / "config" / "separador.yaml"
ARQUIVO = Path("/srv/conf/separador.yaml")
COM_SENHA = "empresas:\n  - {{cnpj: 11222333000181, nome: F, uf: SP, certificado: {{arquivo: c.pfx, senha: {}}}}}\n"


def ler(texto: str, *, nucleos: int = 2) -> Configuracao:
    lida = interpretar(texto.encode(), ARQUIVO, nucleos=nucleos)
    assert isinstance(lida, Conferida), [str(e) for e in lida.erros]
    return lida.configuracao


def erros(texto: str | bytes) -> list[str]:
    lida = interpretar(texto if isinstance(texto, bytes) else texto.encode(), ARQUIVO, nucleos=2)
    assert isinstance(lida, Invalida)
    return [str(e) for e in lida.erros]


@pytest.mark.requisito("SEP-01", "SEP-03")
def test_o_exemplo_entregue_vale_como_esta() -> None:
    lida = carregar(EXEMPLO)
    assert isinstance(lida, Configuracao)
    assert (lida.raiz, lida.dados) == (RAIZ, RAIZ / "var")
    assert (lida.tempo_leitura_s, lida.tempo_quieto_s, lida.prazo_retorno_s) == (10, 1.0, 1800)
    assert [r.regra for r in lida.rotas] == [
        *("cte-envio", "cte-retorno", "pedido"),
        *("mover", "cte-validar", "carga"),
    ]
    assert lida.rotas[0].sufixos == ("-cte.xml", "-ped-eve.xml")
    assert lida.rotas[0].origem == RAIZ / "inbox" / "cte"
    assert lida.empresas[0].certificado is not None
    assert lida.empresa("11222333000181") is lida.empresas[0]
    assert lida.empresa("0" * 14) is None


def test_o_modelo_que_o_init_grava_e_o_exemplo_entregue() -> None:
    assert (RAIZ / "separador" / "configuracao" / "modelo.yaml").read_bytes() == EXEMPLO.read_bytes()


@pytest.mark.requisito("SEP-03", "NOM-01")
def test_valores_padrao() -> None:
    lida = ler("dados: var\n", nucleos=16)
    assert lida.raiz == Path("/srv/conf")
    assert lida.tempo_leitura_s == 10
    assert lida.tempo_quieto_s is None
    assert (lida.perfil_nomes, lida.ambiente, lida.ambiente.tp_amb) == (Perfil.PADRAO, Ambiente.HOMOLOGACAO, "2")
    assert lida.trabalhadores == 4
    assert lida.retencao_dias == 365
    assert (lida.empresas, lida.rotas) == ((), ())


@pytest.mark.parametrize(
    ("texto", "nucleos", "esperado"), [("auto", 1, 1), ("auto", 8, 4), ("0", 8, 0), ("7", 2, 7), ("1", 2, 1)]
)
def test_trabalhadores(texto: str, nucleos: int, esperado: int) -> None:
    assert ler(f"trabalhadores: {texto}\n", nucleos=nucleos).trabalhadores == esperado


@pytest.mark.parametrize(
    ("raiz", "esperada"), [("..", "/srv"), (".", "/srv/conf"), ("/x/../y", "/y"), ("a", "/srv/conf/a")]
)
def test_raiz_conta_da_pasta_do_arquivo(raiz: str, esperada: str) -> None:
    lida = ler(f"raiz: {raiz}\ndados: d\n")
    assert (str(lida.raiz), str(lida.dados)) == (esperada, f"{esperada}/d")


def test_caminhos_nao_dependem_da_pasta_atual(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(EXEMPLO.parent)
    relativa = carregar(Path("separador.yaml"))
    monkeypatch.chdir(tmp_path)
    assert relativa == carregar(EXEMPLO)


@pytest.mark.requisito("SEP-01")
def test_rota_com_todas_as_chaves() -> None:
    rota = ler("""
rotas:
  - {ativo: não, regra: cte-retorno, origem: a, destino: b, arquivo: [TXT, "*-Ret.XML", .txt], envio: manual,
     retorno: c, prazo_coleta: 60, marcador: .ok, tamanho_maximo_mb: 2, autorizados: d, copia_processado: sim}
""").rotas[0]
    assert (rota.id, rota.ativo, rota.envio) == (None, False, Envio.MANUAL)
    assert rota.sufixos == (".txt", "-ret.xml")
    assert rota.pastas() == tuple(Path("/srv/conf") / p for p in "abcd")
    assert (rota.prazo_coleta_s, rota.marcador, rota.tamanho_maximo_bytes) == (60, ".ok", 2 * 1024 * 1024)
    assert rota.copia_processado is True


def test_so_a_regra_mover_nao_tem_limite_de_tamanho() -> None:
    comum = "origem: a{0}, destino: b, arquivo: .x"
    texto = "rotas:\n" + "".join(
        f"  - {{regra: {r}, {comum.format(i)}}}\n" for i, r in enumerate(("mover", "cte-envio", "pedido"))
    )
    assert [r.tamanho_maximo_bytes for r in ler(texto).rotas] == [None, 10 << 20, 10 << 20]


@pytest.mark.parametrize("cnpj", ['"11222333000181"', "11222333000181", "11.222.333/0001-81", '"12ABC34501DE35"'])
def test_cnpj_com_ou_sem_aspas_e_com_letras(cnpj: str) -> None:
    empresa = ler(f"empresas:\n  - {{cnpj: {cnpj}, nome: Fictícia, uf: sp}}\n").empresas[0]
    assert len(empresa.cnpj) == 14
    assert (empresa.uf, empresa.certificado) == ("SP", None)


@pytest.mark.parametrize(
    ("senha", "meio", "valor"),
    [
        ("{env: SENHA_X}", MeioSenha.ENV, "SENHA_X"),
        ("{arquivo: segredo.txt}", MeioSenha.ARQUIVO, "/srv/conf/segredo.txt"),
        ("{credencial: pfx-senha}", MeioSenha.CREDENCIAL, "pfx-senha"),
    ],
)
def test_onde_esta_a_senha(senha: str, meio: MeioSenha, valor: str) -> None:
    texto = (
        f"empresas:\n  - {{cnpj: 11222333000181, nome: F, uf: SP, certificado: {{arquivo: c.pfx, senha: {senha}}}}}\n"
    )
    certificado = ler(texto).empresas[0].certificado
    assert certificado is not None
    assert certificado.senha is not None
    assert (certificado.senha.meio, certificado.senha.valor) == (meio, valor)


@pytest.mark.parametrize(
    "senha", ["segredo123", "12345678", "[segredo123]", "{env: [segredo123]}", "{env: 'segredo 123'}"]
)
def test_senha_aberta_e_recusada_e_nao_aparece_na_mensagem(senha: str) -> None:
    texto = (
        f"empresas:\n  - {{cnpj: 11222333000181, nome: F, uf: SP, certificado: {{arquivo: c.pfx, senha: {senha}}}}}\n"
    )
    achados = erros(texto)
    assert achados
    assert all("segredo" not in e and "12345678" not in e for e in achados)


ERROS_DE_UMA_LINHA = [
    ("tempo_leitur: 5", '(você quis dizer "tempo_leitura"?)'),
    ("zzz: 5", "as chaves daqui são: raiz, tempo_leitura"),
    ("tempo_leitura: 0", "no mínimo 1"),
    ("tempo_leitura: 1.5", "número inteiro"),
    ("tempo_leitura: [1]", "valor simples"),
    ("tempo_quieto: -1", "número de segundos"),
    ("tempo_quieto: .nan", "número de segundos"),
    ("ambiente: simulada", 'você quis dizer "simulado"'),
    ("ambiente: producão", '(você quis dizer "producao"?)'),
    ("perfil_nomes: unifne", '(você quis dizer "uninfe"?)'),
    ("trabalhadores: muitos", "número inteiro"),
    ("trabalhadores: -1", "no mínimo 0"),
    ("rotas: a", "deve ser uma lista"),
    ("rotas: [a]", "rotas[1]: deve ser um grupo"),
    ("empresas: {a: b}", "deve ser uma lista"),
    ("rotas: [{regra: movr, origem: a, destino: b, arquivo: .x}]", '(você quis dizer "mover"?)'),
    ("rotas: [{regra: carga, origem: a, destino: b, arquivo: .x}]", "precisa de uma rota cte-envio ativa"),
    ("rotas: [{regra: mover, origem: a, destino: b}]", "arquivo"),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: '*'}]", "sem curingas"),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: a/b}]", "não um caminho"),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: [{a: b}]}]", "texto ou uma lista"),
    ("rotas: [{regra: mover, destino: b, arquivo: .x}]", 'falta a chave "origem"'),
    ("rotas: [{regra: mover, origem: ~, destino: b, arquivo: .x}]", 'falta a chave "origem"'),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: .x, ativo: talvez}]", "true ou false"),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: .x, id: 0}]", "no mínimo 1"),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: .x, marcador: ok}]", '".ok"'),
    ("rotas: [{regra: mover, origem: a, destino: b, arquivo: .x, prazo: 1}]", '(você quis dizer "prazo_coleta"?)'),
    ('rotas: [{regra: mover, origem: "a\\0b", destino: b, arquivo: .x}]', "caracteres de controle"),
    ("raiz: ~/x", "caminho completo"),
    ("rotas: [{regra: mover, origem: ~/x, destino: b, arquivo: .x}]", "caminho completo"),
    ("rotas: [{regra: mover, origem: var/x, destino: b, arquivo: .x}]", "dentro da pasta de dados"),
    ("rotas: [{regra: mover, origem: a, destino: a, arquivo: .x}]", "sem fim"),
    ("empresas: [{nome: a, uf: SP}]", 'falta a chave "cnpj"'),
    ("empresas: [{cnpj: 11222333000182, nome: a, uf: SP}]", "dígitos verificadores"),
    ("empresas: [{cnpj: 11222333000181, nome: a, uf: SX}]", "sigla de um estado"),
    ("empresas: [{cnpj: 11222333000181, nome: a, uf: SP, certificado: c.pfx}]", "certificado: deve ser um grupo"),
    ("empresas: [{cnpj: 11222333000181, nome: a, uf: SP, certificado: {senha: {env: A}}}]", 'falta a chave "arquivo"'),
    (
        "empresas: [{cnpj: 11222333000181, nome: a, uf: SP, certificado: {arquivo: c, senha: {env: A, arquivo: b}}}]",
        "uma só origem",
    ),
    ("a: [", "não é YAML válido"),
    ("a: &x b", "chave desconhecida"),
    ("a: &x [b]\nb: *x", "apelidos do YAML"),
    ("- a", "lista de 'chave: valor'"),
    ("? [a]\n: b", "nome simples"),
    ("", "vazio"),
    ("# só comentário", "vazio"),
    ("[" * 5000, "níveis demais"),
    ("a: !!python/object/apply:os.system [ls]", "chave desconhecida"),
]


@pytest.mark.parametrize(("texto", "trecho"), ERROS_DE_UMA_LINHA, ids=range(len(ERROS_DE_UMA_LINHA)))
def test_cada_erro_do_arquivo_tem_sua_mensagem(texto: str, trecho: str) -> None:
    achados = erros(texto)
    assert len(achados) == 1
    assert trecho in achados[0]
    assert "linha 1" in achados[0] or "linha 2" in achados[0] or "vazio" in achados[0]


def test_todos_os_erros_de_uma_vez_na_ordem_das_linhas() -> None:
    achados = erros("tempo_leitura: 0\nperfil_nomes: x\nrotas:\n  - {regra: mover}\n  - 7\ntempo_leitura: 2\n")
    assert [e.split(":")[0] for e in achados] == [
        *("linha 1", "linha 2", "linha 4", "linha 4", "linha 4", "linha 5", "linha 6")
    ]


@pytest.mark.requisito("SEP-06")
def test_regras_iguais_na_mesma_origem() -> None:
    achados = erros("""
rotas:
  - {id: 1, regra: mover, origem: a, destino: b, arquivo: .TXT}
  - {id: 2, regra: mover, origem: ./x/../a, destino: c, arquivo: [txt, .csv]}
""")
    assert len(achados) == 1
    assert 'linha 4: rotas[2]: a regra de arquivo ".txt" já é da rota 1' in achados[0]


def test_empresa_repetida() -> None:
    empresa = "  - {cnpj: 11222333000181, nome: a, uf: SP}\n"
    assert "já está em outra empresa" in erros(f"empresas:\n{empresa}{empresa}")[0]


@pytest.mark.parametrize(
    ("conteudo", "trecho"), [(b"a: \xe7", "UTF-8"), (b"a: b\n" * 2_000_000, "8 MiB"), (b"a: \x00", "YAML")]
)
def test_bytes_que_nao_sao_configuracao(tmp_path: Path, conteudo: bytes, trecho: str) -> None:
    alvo = tmp_path / "x.yaml"
    alvo.write_bytes(conteudo)
    lida = carregar(alvo)
    assert isinstance(lida, Invalida)
    assert trecho in str(lida.erros[0])


def test_arquivo_que_nao_existe_pasta_e_fifo(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for alvo, trecho in (
        (tmp_path / "nada", "não existe"),
        (tmp_path, "não é um arquivo"),
        (tmp_path / "fifo", "não é"),
    ):
        lida = carregar(alvo)
        assert isinstance(lida, Invalida)
        assert trecho in str(lida.erros[0])


def test_pasta_que_nao_existe_nao_e_erro_do_arquivo() -> None:
    assert ler("rotas:\n  - {regra: mover, origem: /nao/existe, destino: /nem/esta, arquivo: .x}\n").rotas[0].id is None


def test_conferir_diz_a_origem_de_cada_valor() -> None:
    lida = conferir(EXEMPLO)
    assert isinstance(lida, Conferida)
    por_chave = {v.chave: v for v in lida.valores}
    assert por_chave["tempo_leitura"].valor == "10"
    assert por_chave["tempo_leitura"].linha is not None
    assert por_chave["tempo_leitura"].origem.endswith(f"linha {por_chave['tempo_leitura'].linha}")
    assert por_chave["rotas[1].marcador"].origem == "padrão"
    assert por_chave["empresas[1].certificado.senha"].valor == "(oculta; env: SEPARADOR_SENHA)"


@pytest.mark.requisito("DACTE-05")
def test_o_logotipo_da_empresa_e_um_caminho() -> None:
    empresa = "empresas: [{cnpj: 11222333000181, nome: F, uf: SP%s}]\n"
    assert ler(empresa % "").empresas[0].logo is None
    assert str(ler(empresa % ", logo: /srv/marca.png").empresas[0].logo) == "/srv/marca.png"
    assert "logo" in erros(empresa % ", logo: [a]")[0]
    assert "~" in erros(empresa % ", logo: ~/marca.png")[0]
