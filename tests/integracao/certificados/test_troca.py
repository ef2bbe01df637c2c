"""Tests certificates that the running service takes up, and that are replaced or expire in the middle."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from separador.banco.conexao import abrir, texto_de
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.servico.instalacao import Instalado, remover, trocar_padrao
from separador.capacidades.certificados.servico.nomes import VALIDADE
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.demonstracao import exportacoes as ex
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import AGORA, CNPJ, Emitido, emitir
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre, certificado_de


def soltar(com_cofre: InstalacaoComCofre, numeros: range) -> list[str]:
    """Drops that many exports and returns their keys."""
    chaves = []
    for n in numeros:
        e = ex.cte(n, agora=com_cofre.instalacao.agora, variante="uma-nota")
        com_cofre.instalacao.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    return chaves


def conferir(com_cofre: InstalacaoComCofre, chave: str, *validos: Emitido) -> int:
    """Checks that the output is there and verifies. Returns the position of its certificate among `validos`."""
    dados = com_cofre.instalacao.ler(1, f"{chave}-cte.xml")
    lida = verificar(dados)
    assert not isinstance(lida, Recusa), lida
    return [e.der for e in validos].index(certificado_de(dados))


@pytest.mark.requisito("CERT-01", "CERT-04")
def test_instalado_e_adotado_sem_reinicio(com_cofre: InstalacaoComCofre) -> None:
    chaves = soltar(com_cofre, range(1, 4))
    com_cofre.instalacao.rodar()
    assert com_cofre.instalacao.nomes(1) == [], "sem certificado os documentos esperam"
    assert "SEP-SEM-CERTIFICADO" in com_cofre.instalacao.falhas()
    e = emitir()
    com_cofre.instalado(e, "matriz")
    com_cofre.instalacao.rodar()
    assert [conferir(com_cofre, c, e) for c in chaves] == [0, 0, 0]
    assert com_cofre.instalacao.falhas() == []


def _meio(com_cofre: InstalacaoComCofre, total: int) -> None:
    antigo, novo = emitir(qual=0), emitir(qual=2)
    com_cofre.instalado(antigo, "2026")
    com_cofre.instalacao.rodar()
    antes = soltar(com_cofre, range(1, total // 2 + 1))
    for _ in range(3):
        com_cofre.instalacao.ciclo.passo()
    com_cofre.instalado(novo, "2027")
    depois = soltar(com_cofre, range(total // 2 + 1, total + 1))
    com_cofre.instalacao.rodar()
    usados = [conferir(com_cofre, c, antigo, novo) for c in (*antes, *depois)]
    assert usados[len(antes) :] == [1] * len(depois), "o que veio depois da troca sai com o novo"
    assert len(com_cofre.instalacao.nomes(1)) == total, "nenhum perdido"
    assert com_cofre.instalacao.falhas() == []
    assert {com_cofre.instalacao.situacao(c) for c in (*antes, *depois)} == {"AGUARDANDO RETORNO"}


@pytest.mark.requisito("CERT-04")
def test_troca_de_chave_no_meio_de_200(com_cofre: InstalacaoComCofre) -> None:
    _meio(com_cofre, 200)


@pytest.mark.longo
@pytest.mark.requisito("CERT-04")
def test_troca_de_chave_no_meio_de_500(com_cofre: InstalacaoComCofre) -> None:
    _meio(com_cofre, 500)


@pytest.mark.requisito("CERT-05")
def test_vence_no_meio_os_documentos_esperam_e_seguem(fazer: Callable[..., InstalacaoComCofre]) -> None:
    com_cofre = fazer(prazo_retorno=10**6)
    velho = emitir(dias=2)  # from yesterday until tomorrow
    com_cofre.instalado(velho, "velho")
    com_cofre.instalacao.rodar()
    antes = soltar(com_cofre, range(1, 21))
    com_cofre.instalacao.rodar()
    com_cofre.instalacao.passar(86400)
    durante = soltar(com_cofre, range(21, 41))
    com_cofre.instalacao.passar(60)
    assert [conferir(com_cofre, c, velho) for c in antes] == [0] * 20
    assert not any(f"{c}-cte.xml" in com_cofre.instalacao.nomes(1) for c in durante), "vencido não assina"
    assert {com_cofre.instalacao.desfecho(n) for n in _nomes(durante, com_cofre)} == {None}, (
        "esperam, não são recusados"
    )
    assert "SEP-SEM-CERTIFICADO" in com_cofre.instalacao.falhas()
    novo = emitir(qual=2, de=com_cofre.instalacao.agora - timedelta(hours=1))
    com_cofre.instalado(novo, "novo")
    resposta = com_cofre.instalacao.ordenar(VALIDADE, "")
    assert resposta["estado"] == "feita", resposta["mensagem"]
    assert "em uso" in resposta["mensagem"]
    com_cofre.instalacao.rodar()
    assert [conferir(com_cofre, c, novo) for c in durante] == [0] * 20
    assert com_cofre.instalacao.falhas() == []


def _nomes(chaves: list[str], com_cofre: InstalacaoComCofre) -> list[bytes]:
    linhas = com_cofre.instalacao.banco.todas("SELECT nome, chave FROM arquivo WHERE chave IS NOT NULL")
    return [bytes(r["nome"]) for r in linhas if r["chave"] in chaves]


@pytest.mark.requisito("CERT-05")
def test_validade_diz_que_nao_ha(com_cofre: InstalacaoComCofre) -> None:
    resposta = com_cofre.instalacao.ordenar(VALIDADE, "")
    assert "sem certificado em vigor" in resposta["mensagem"]


@pytest.mark.requisito("CERT-01", "CERT-04")
def test_um_padrao_so_e_o_que_nao_e_padrao_nao_e_adotado(com_cofre: InstalacaoComCofre) -> None:
    um, dois = emitir(qual=0), emitir(qual=2)
    assert com_cofre.instalado(um, "um").padrao, "sem dizer, é o padrão"
    assert not com_cofre.instalado(dois, "dois", padrao=False).padrao
    [chave] = soltar(com_cofre, range(1, 2))
    com_cofre.instalacao.rodar()
    assert conferir(com_cofre, chave, um, dois) == 0
    with closing(abrir(com_cofre.instalacao.dados)) as outro:
        assert trocar_padrao(outro, CNPJ, "DOIS", com_cofre.instalacao.agora) is None
        assert [r["apelido"] for r in tabela.padroes(outro)] == ["dois"]
        assert trocar_padrao(outro, CNPJ, "nenhum", com_cofre.instalacao.agora) is not None
    [chave] = soltar(com_cofre, range(2, 3))
    com_cofre.instalacao.rodar()
    assert conferir(com_cofre, chave, um, dois) == 1


@pytest.mark.requisito("CERT-01")
def test_certificado_de_outro_uso_nao_deixa_a_empresa_sem_assinar(com_cofre: InstalacaoComCofre) -> None:
    com_cofre.instalado(emitir(), "matriz")
    outro = com_cofre.instalado(emitir("33444555000181", qual=2), "contador", uso=Uso.PROCURADOR)
    assert not outro.padrao
    assert "continua" in outro.avisos[-1]
    assert com_cofre.padrao() == "matriz"
    dito = com_cofre.instalado(emitir("33444555000181", qual=2), "contador2", uso=Uso.TRANSMISSAO, padrao=True)
    assert dito.padrao
    assert "vão esperar" in dito.avisos[-1]


@pytest.mark.requisito("CERT-01")
def test_o_antigo_fica_ate_o_novo_assinar(com_cofre: InstalacaoComCofre) -> None:
    um, dois = emitir(qual=0), emitir(qual=2)
    com_cofre.instalado(um, "um")
    com_cofre.instalado(dois, "dois")
    assert _remover(com_cofre, "dois") == "SEP-CERT-PADRAO"
    assert _remover(com_cofre, "um") == "SEP-CERT-AINDA-NECESSARIO"
    soltar(com_cofre, range(1, 2))
    com_cofre.instalacao.passar(60)
    assert com_cofre.linha("dois")["assinou_em"] is not None
    segredo = com_cofre.linha("um")["segredo_id"]
    assert _remover(com_cofre, "um") is None
    assert com_cofre.instalacao.banco.uma("SELECT 1 FROM segredo WHERE id = ?", segredo) is None, "a chave foi apagada"
    assert com_cofre.linha("um") is None


def _remover(com_cofre: InstalacaoComCofre, apelido: str) -> str | None:
    with closing(abrir(com_cofre.instalacao.dados)) as outro:
        cofre = abrir_cofre(com_cofre.instalacao.dados, outro, {})
        assert not isinstance(cofre, Recusa)
        recusa = remover(outro, cofre, CNPJ, apelido, com_cofre.instalacao.agora, forcar=False)
    return recusa.erros[0].codigo if recusa is not None else None


@pytest.mark.requisito("CERT-02")
def test_recusa_nao_muda_nada(com_cofre: InstalacaoComCofre) -> None:
    com_cofre.instalado(emitir(), "matriz")
    antes = [tuple(r) for r in com_cofre.instalacao.banco.todas("SELECT * FROM certificado")]
    segredos = [tuple(r) for r in com_cofre.instalacao.banco.todas("SELECT * FROM segredo")]
    for ruim, apelido in (
        (emitir(dias=0.5), "x"), (emitir("33444555000181"), "x"), (emitir(qual=2), "Matriz"), (emitir(bits=2048), " "),
    ):  # fmt: skip
        assert isinstance(com_cofre.instalar(ruim, apelido), Recusa)
    assert [tuple(r) for r in com_cofre.instalacao.banco.todas("SELECT * FROM certificado")] == antes
    assert [tuple(r) for r in com_cofre.instalacao.banco.todas("SELECT * FROM segredo")] == segredos


def test_relogio_atras_do_registro_nao_instala(com_cofre: InstalacaoComCofre) -> None:
    com_cofre.instalado(emitir(de=AGORA - timedelta(days=30)), "matriz")
    com_cofre.instalacao.ponteiros.agora -= timedelta(days=5)
    recusa = com_cofre.instalar(emitir(qual=2, de=AGORA - timedelta(days=30)), "outro")
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == "SEP-CERT-RELOGIO"


@pytest.mark.requisito("CERT-05", "CERT-06")
@pytest.mark.parametrize("como", ["perdida", "errada", "frouxa"])
def test_chave_mestra_perdida_os_documentos_esperam(fazer: Callable[..., InstalacaoComCofre], como: str) -> None:
    """Nothing is changed and nothing is lost. When the key is back, all goes on."""
    com_cofre = fazer()
    e = emitir()
    com_cofre.instalado(e, "matriz")
    com_cofre.instalacao.fechar()
    arquivo = chave_mestra.caminho(com_cofre.instalacao.dados)
    certa = arquivo.read_bytes()
    if como == "perdida":
        arquivo.unlink()
    elif como == "errada":
        arquivo.write_text(chave_mestra.escrever(chave_mestra.gerar()))
    else:
        arquivo.chmod(0o644)
    com_cofre.instalacao.abrir()
    chaves = soltar(com_cofre, range(1, 4))
    com_cofre.instalacao.rodar()
    esperado = {"perdida": "SEM-CHAVE", "errada": "CHAVE-ERRADA", "frouxa": "CHAVE-FROUXA"}[como]
    assert f"SEP-COFRE-{esperado}" in com_cofre.instalacao.falhas()
    assert com_cofre.instalacao.nomes(1) == []
    arquivo.unlink(missing_ok=True)
    arquivo.write_bytes(certa)
    arquivo.chmod(0o600)
    com_cofre.instalacao.passar(61)
    assert [conferir(com_cofre, c, e) for c in chaves] == [0, 0, 0]
    assert com_cofre.instalacao.falhas() == []


def test_banco_de_copia_mais_antiga_e_mostrado(fazer: Callable[..., InstalacaoComCofre]) -> None:
    com_cofre = fazer()
    com_cofre.instalacao.fechar()
    banco = com_cofre.instalacao.dados / "separador.db"
    antes = banco.read_bytes()
    com_cofre.instalacao.abrir()
    com_cofre.instalado(emitir(), "um")
    com_cofre.instalado(emitir(qual=2), "dois")
    com_cofre.instalacao.rodar()
    com_cofre.instalacao.fechar()
    banco.write_bytes(antes)
    for resto in ("-wal", "-shm"):
        (com_cofre.instalacao.dados / f"separador.db{resto}").unlink(missing_ok=True)
    com_cofre.instalacao.abrir()
    com_cofre.instalado(emitir(), "um")
    com_cofre.instalacao.rodar()
    assert "SEP-COFRE-BANCO-ANTIGO" in com_cofre.instalacao.falhas()


@pytest.mark.requisito("CERT-02")
def test_o_mesmo_certificado_duas_vezes(com_cofre: InstalacaoComCofre) -> None:
    e = emitir()
    com_cofre.instalado(e, "um")
    repetido = com_cofre.instalar(e, "dois")
    assert isinstance(repetido, Recusa)
    assert repetido.erros[0].codigo == "SEP-CERT-REPETIDO"


def test_configuracao_vale_onde_o_cofre_nao_tem_padrao(com_cofre: InstalacaoComCofre) -> None:
    """The .pfx of the configuration goes on working. The vault's default takes precedence over it."""
    com_cofre.instalacao.por_certificado()
    [chave] = soltar(com_cofre, range(1, 2))
    com_cofre.instalacao.rodar()
    assert f"{chave}-cte.xml" in com_cofre.instalacao.nomes(1)
    e = emitir(qual=2)
    com_cofre.instalado(e, "cofre")
    [chave] = soltar(com_cofre, range(2, 3))
    com_cofre.instalacao.rodar()
    assert conferir(com_cofre, chave, e) == 0


def test_instantes_gravados_sao_utc(com_cofre: InstalacaoComCofre) -> None:
    feito = com_cofre.instalar(emitir(), "matriz")
    assert isinstance(feito, Instalado)
    assert com_cofre.linha("matriz")["instalado_em"] == texto_de(com_cofre.instalacao.agora)
