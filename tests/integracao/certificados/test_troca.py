"""Tests certificates that the running service takes up, and that are replaced or expire in the middle."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from separador.banco.conexao import abrir, texto_de
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.servico.instalacao import Instalado, remover, trocar_padrao
from separador.capacidades.certificados.servico.pedidos import VALIDADE
from separador.cofre import chave_mestra
from separador.cofre.abertura import abrir_cofre
from separador.demonstracao import exportacoes as ex
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import AGORA, CNPJ, Emitido, emitir
from tests.apoio.instalacao_com_cofre import CasaComCofre, certificado_de


def soltar(cc: CasaComCofre, numeros: range) -> list[str]:
    """Drops that many exports and returns their keys."""
    chaves = []
    for n in numeros:
        e = ex.cte(n, agora=cc.casa.agora, variante="uma-nota")
        cc.casa.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    return chaves


def conferir(cc: CasaComCofre, chave: str, *validos: Emitido) -> int:
    """Checks that the output is there and verifies. Returns the position of its certificate among `validos`."""
    dados = cc.casa.ler(1, f"{chave}-cte.xml")
    lida = verificar(dados)
    assert not isinstance(lida, Recusa), lida
    return [e.der for e in validos].index(certificado_de(dados))


@pytest.mark.requisito("CERT-01", "CERT-04")
def test_instalado_e_adotado_sem_reinicio(cc: CasaComCofre) -> None:
    chaves = soltar(cc, range(1, 4))
    cc.casa.rodar()
    assert cc.casa.nomes(1) == [], "sem certificado os documentos esperam"
    assert "SEP-SEM-CERTIFICADO" in cc.casa.falhas()
    e = emitir()
    cc.instalado(e, "matriz")
    cc.casa.rodar()
    assert [conferir(cc, c, e) for c in chaves] == [0, 0, 0]
    assert cc.casa.falhas() == []


def _meio(cc: CasaComCofre, total: int) -> None:
    antigo, novo = emitir(qual=0), emitir(qual=2)
    cc.instalado(antigo, "2026")
    cc.casa.rodar()
    antes = soltar(cc, range(1, total // 2 + 1))
    for _ in range(3):
        cc.casa.ciclo.passo()
    cc.instalado(novo, "2027")
    depois = soltar(cc, range(total // 2 + 1, total + 1))
    cc.casa.rodar()
    usados = [conferir(cc, c, antigo, novo) for c in (*antes, *depois)]
    assert usados[len(antes) :] == [1] * len(depois), "o que veio depois da troca sai com o novo"
    assert len(cc.casa.nomes(1)) == total, "nenhum perdido"
    assert cc.casa.falhas() == []
    assert {cc.casa.situacao(c) for c in (*antes, *depois)} == {"AGUARDANDO RETORNO"}


@pytest.mark.requisito("CERT-04")
def test_troca_de_chave_no_meio_de_200(cc: CasaComCofre) -> None:
    _meio(cc, 200)


@pytest.mark.longo
@pytest.mark.requisito("CERT-04")
def test_troca_de_chave_no_meio_de_500(cc: CasaComCofre) -> None:
    _meio(cc, 500)


@pytest.mark.requisito("CERT-05")
def test_vence_no_meio_os_documentos_esperam_e_seguem(fazer: Callable[..., CasaComCofre]) -> None:
    cc = fazer(prazo_retorno=10**6)
    velho = emitir(dias=2)  # from yesterday until tomorrow
    cc.instalado(velho, "velho")
    cc.casa.rodar()
    antes = soltar(cc, range(1, 21))
    cc.casa.rodar()
    cc.casa.passar(86400)
    durante = soltar(cc, range(21, 41))
    cc.casa.passar(60)
    assert [conferir(cc, c, velho) for c in antes] == [0] * 20
    assert not any(f"{c}-cte.xml" in cc.casa.nomes(1) for c in durante), "vencido não assina"
    assert {cc.casa.desfecho(n) for n in _nomes(durante, cc)} == {None}, "esperam, não são recusados"
    assert "SEP-SEM-CERTIFICADO" in cc.casa.falhas()
    novo = emitir(qual=2, de=cc.casa.agora - timedelta(hours=1))
    cc.instalado(novo, "novo")
    resposta = cc.casa.ordenar(VALIDADE, "")
    assert resposta["estado"] == "feita", resposta["mensagem"]
    assert "em uso" in resposta["mensagem"]
    cc.casa.rodar()
    assert [conferir(cc, c, novo) for c in durante] == [0] * 20
    assert cc.casa.falhas() == []


def _nomes(chaves: list[str], cc: CasaComCofre) -> list[bytes]:
    linhas = cc.casa.banco.todas("SELECT nome, chave FROM arquivo WHERE chave IS NOT NULL")
    return [bytes(r["nome"]) for r in linhas if r["chave"] in chaves]


@pytest.mark.requisito("CERT-05")
def test_validade_diz_que_nao_ha(cc: CasaComCofre) -> None:
    resposta = cc.casa.ordenar(VALIDADE, "")
    assert "sem certificado em vigor" in resposta["mensagem"]


@pytest.mark.requisito("CERT-01", "CERT-04")
def test_um_padrao_so_e_o_que_nao_e_padrao_nao_e_adotado(cc: CasaComCofre) -> None:
    um, dois = emitir(qual=0), emitir(qual=2)
    assert cc.instalado(um, "um").padrao, "sem dizer, é o padrão"
    assert not cc.instalado(dois, "dois", padrao=False).padrao
    [chave] = soltar(cc, range(1, 2))
    cc.casa.rodar()
    assert conferir(cc, chave, um, dois) == 0
    with closing(abrir(cc.casa.dados)) as outro:
        assert trocar_padrao(outro, CNPJ, "DOIS", cc.casa.agora) is None
        assert [r["apelido"] for r in tabela.padroes(outro)] == ["dois"]
        assert trocar_padrao(outro, CNPJ, "nenhum", cc.casa.agora) is not None
    [chave] = soltar(cc, range(2, 3))
    cc.casa.rodar()
    assert conferir(cc, chave, um, dois) == 1


@pytest.mark.requisito("CERT-01")
def test_certificado_de_outro_uso_nao_deixa_a_empresa_sem_assinar(cc: CasaComCofre) -> None:
    cc.instalado(emitir(), "matriz")
    outro = cc.instalado(emitir("33444555000181", qual=2), "contador", uso=Uso.PROCURADOR)
    assert not outro.padrao
    assert "continua" in outro.avisos[-1]
    assert cc.padrao() == "matriz"
    dito = cc.instalado(emitir("33444555000181", qual=2), "contador2", uso=Uso.TRANSMISSAO, padrao=True)
    assert dito.padrao
    assert "vão esperar" in dito.avisos[-1]


@pytest.mark.requisito("CERT-01")
def test_o_antigo_fica_ate_o_novo_assinar(cc: CasaComCofre) -> None:
    um, dois = emitir(qual=0), emitir(qual=2)
    cc.instalado(um, "um")
    cc.instalado(dois, "dois")
    assert _remover(cc, "dois") == "SEP-CERT-PADRAO"
    assert _remover(cc, "um") == "SEP-CERT-AINDA-NECESSARIO"
    soltar(cc, range(1, 2))
    cc.casa.passar(60)
    assert cc.linha("dois")["assinou_em"] is not None
    segredo = cc.linha("um")["segredo_id"]
    assert _remover(cc, "um") is None
    assert cc.casa.banco.uma("SELECT 1 FROM segredo WHERE id = ?", segredo) is None, "a chave foi apagada"
    assert cc.linha("um") is None


def _remover(cc: CasaComCofre, apelido: str) -> str | None:
    with closing(abrir(cc.casa.dados)) as outro:
        cofre = abrir_cofre(cc.casa.dados, outro, {})
        assert not isinstance(cofre, Recusa)
        recusa = remover(outro, cofre, CNPJ, apelido, cc.casa.agora, forcar=False)
    return recusa.erros[0].codigo if recusa is not None else None


@pytest.mark.requisito("CERT-02")
def test_recusa_nao_muda_nada(cc: CasaComCofre) -> None:
    cc.instalado(emitir(), "matriz")
    antes = [tuple(r) for r in cc.casa.banco.todas("SELECT * FROM certificado")]
    segredos = [tuple(r) for r in cc.casa.banco.todas("SELECT * FROM segredo")]
    for ruim, apelido in (
        (emitir(dias=0.5), "x"), (emitir("33444555000181"), "x"), (emitir(qual=2), "Matriz"), (emitir(bits=2048), " "),
    ):  # fmt: skip
        assert isinstance(cc.instalar(ruim, apelido), Recusa)
    assert [tuple(r) for r in cc.casa.banco.todas("SELECT * FROM certificado")] == antes
    assert [tuple(r) for r in cc.casa.banco.todas("SELECT * FROM segredo")] == segredos


def test_relogio_atras_do_registro_nao_instala(cc: CasaComCofre) -> None:
    cc.instalado(emitir(de=AGORA - timedelta(days=30)), "matriz")
    cc.casa.ponteiros.agora -= timedelta(days=5)
    recusa = cc.instalar(emitir(qual=2, de=AGORA - timedelta(days=30)), "outro")
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == "SEP-CERT-RELOGIO"


@pytest.mark.requisito("CERT-05", "CERT-06")
@pytest.mark.parametrize("como", ["perdida", "errada", "frouxa"])
def test_chave_mestra_perdida_os_documentos_esperam(fazer: Callable[..., CasaComCofre], como: str) -> None:
    """Nothing is changed and nothing is lost. When the key is back, all goes on."""
    cc = fazer()
    e = emitir()
    cc.instalado(e, "matriz")
    cc.casa.fechar()
    arquivo = chave_mestra.caminho(cc.casa.dados)
    certa = arquivo.read_bytes()
    if como == "perdida":
        arquivo.unlink()
    elif como == "errada":
        arquivo.write_text(chave_mestra.escrever(chave_mestra.gerar()))
    else:
        arquivo.chmod(0o644)
    cc.casa.abrir()
    chaves = soltar(cc, range(1, 4))
    cc.casa.rodar()
    esperado = {"perdida": "SEM-CHAVE", "errada": "CHAVE-ERRADA", "frouxa": "CHAVE-FROUXA"}[como]
    assert f"SEP-COFRE-{esperado}" in cc.casa.falhas()
    assert cc.casa.nomes(1) == []
    arquivo.unlink(missing_ok=True)
    arquivo.write_bytes(certa)
    arquivo.chmod(0o600)
    cc.casa.passar(61)
    assert [conferir(cc, c, e) for c in chaves] == [0, 0, 0]
    assert cc.casa.falhas() == []


def test_banco_de_copia_mais_antiga_e_mostrado(fazer: Callable[..., CasaComCofre]) -> None:
    cc = fazer()
    cc.casa.fechar()
    banco = cc.casa.dados / "separador.db"
    antes = banco.read_bytes()
    cc.casa.abrir()
    cc.instalado(emitir(), "um")
    cc.instalado(emitir(qual=2), "dois")
    cc.casa.rodar()
    cc.casa.fechar()
    banco.write_bytes(antes)
    for resto in ("-wal", "-shm"):
        (cc.casa.dados / f"separador.db{resto}").unlink(missing_ok=True)
    cc.casa.abrir()
    cc.instalado(emitir(), "um")
    cc.casa.rodar()
    assert "SEP-COFRE-BANCO-ANTIGO" in cc.casa.falhas()


@pytest.mark.requisito("CERT-02")
def test_o_mesmo_certificado_duas_vezes(cc: CasaComCofre) -> None:
    e = emitir()
    cc.instalado(e, "um")
    repetido = cc.instalar(e, "dois")
    assert isinstance(repetido, Recusa)
    assert repetido.erros[0].codigo == "SEP-CERT-REPETIDO"


def test_configuracao_vale_onde_o_cofre_nao_tem_padrao(cc: CasaComCofre) -> None:
    """The .pfx of the configuration goes on working. The vault's default takes precedence over it."""
    cc.casa.por_certificado()
    [chave] = soltar(cc, range(1, 2))
    cc.casa.rodar()
    assert f"{chave}-cte.xml" in cc.casa.nomes(1)
    e = emitir(qual=2)
    cc.instalado(e, "cofre")
    [chave] = soltar(cc, range(2, 3))
    cc.casa.rodar()
    assert conferir(cc, chave, e) == 0


def test_instantes_gravados_sao_utc(cc: CasaComCofre) -> None:
    feito = cc.instalar(emitir(), "matriz")
    assert isinstance(feito, Instalado)
    assert cc.linha("matriz")["instalado_em"] == texto_de(cc.casa.agora)
