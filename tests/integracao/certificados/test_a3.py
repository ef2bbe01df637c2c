"""Tests CT-e and events signed with a token (SoftHSM2), and every case in which a token refuses."""

import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.certificados.dominio import Pretensao, Tipo, Uso
from separador.capacidades.certificados.leitura import token as modulo_token
from separador.capacidades.certificados.leitura.token import AssinanteDoToken, NoToken, Referencia, TokenError, procurar
from separador.capacidades.certificados.servico import assinatura_no_token
from separador.capacidades.certificados.servico.em_uso import nome_do_pin
from separador.capacidades.certificados.servico.escolha_no_token import escolher_no_token
from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido, instalar_a3
from separador.capacidades.certificados.servico.nomes import PIN as ORDEM_PIN
from separador.capacidades.certificados.servico.nomes import PIN as PELO_SOQUETE
from separador.capacidades.certificados.servico.recebimento import PinDado
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.configuracao import Invalida, carregar
from separador.demonstracao import exportacoes as ex
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Segredo, restaurar
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo as TipoDocumento
from tests.apoio.autoridade import CNPJ, Emitido, emitir
from tests.apoio.emissao import EMISSAO, ROTA_DA_CARGA, ROTAS_COM_CARGA, carga, em_yaml, gravar_cadastros
from tests.apoio.instalacao import MOTIVO
from tests.apoio.instalacao_com_cofre import InstalacaoComCofre, certificado_de, tudo_em
from tests.apoio.token_de_teste import PIN, TokenDeTeste


@pytest.fixture
def t(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenDeTeste:
    feito = TokenDeTeste.em(tmp_path / "softhsm", monkeypatch)
    feito.iniciar()
    return feito


@pytest.fixture
def e(t: TokenDeTeste) -> Emitido:
    emitido = emitir()
    t.por(emitido, "01")
    return emitido


def achar_no_token(t: TokenDeTeste, cnpj: str = CNPJ) -> NoToken:
    achado = escolher_no_token(procurar(t.modulo), cnpj, None, Uso.ASSINATURA)
    assert isinstance(achado, NoToken), achado
    return achado


def instalar(com_cofre: InstalacaoComCofre, t: TokenDeTeste, *, guardar: str | None = None) -> int:
    achado = achar_no_token(t)
    config = carregar(com_cofre.instalacao.config)
    assert not isinstance(config, Invalida)
    pedido = Pedido(CNPJ, "a3", Uso.ASSINATURA, None, "so:teste", "comando")
    p = Pretensao(CNPJ, "a3", Uso.ASSINATURA, Tipo.A3, achado.der, (), achado.identidade)
    with closing(abrir(com_cofre.instalacao.dados)) as banco, banco.transacao():
        feito = instalar_a3(banco, config, pedido, p, achado.referencia.json(), com_cofre.instalacao.agora)
        assert isinstance(feito, Instalado), feito
        if guardar is not None:
            cofre = abrir_cofre(com_cofre.instalacao.dados, banco, {})
            assert isinstance(cofre, Cofre)
            cofre.guardar(nome_do_pin(feito.id), guardar.encode())
    return feito.id


def dizer(com_cofre: InstalacaoComCofre, numero: int, pin: str) -> None:
    """Leaves a PIN for the loop, as the thread of the socket does."""
    com_cofre.instalacao.ciclo.contexto.recebidos.deixar(PELO_SOQUETE, PinDado(numero, pin))


@pytest.mark.requisito("CERT-07")
def test_assinatura_igual_a_da_chave_em_arquivo(t: TokenDeTeste, e: Emitido) -> None:
    achado = achar_no_token(t)
    assinante = AssinanteDoToken(achado.referencia, achado.der, PIN)
    por_arquivo = restaurar(Segredo(e.der, e.pkcs8))
    try:
        for texto in (b"", b"a", b"x" * 100_000):
            assert assinante.assinar(texto) == por_arquivo.assinar(texto)
        boa = ex.cte(1, agora=_agora(), variante="uma-nota").dados
        xml = boa[boa.index(b"<CTe") :]
        um, outro = (Assinador(a).assinar(xml, TipoDocumento.CTE).dados for a in (assinante, por_arquivo))
        assert um == outro
    finally:
        assinante.fechar()


def _agora() -> Any:
    from tests.apoio.instalacao import AGORA

    return AGORA


@pytest.mark.requisito("CERT-07")
def test_cte_e_evento_assinados_pelo_token_o_xmlsec1_aceita(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido, tmp_path: Path
) -> None:
    com_cofre = fazer()
    numero = instalar(com_cofre, t)
    enviadas = [ex.cte(n, agora=com_cofre.instalacao.agora, variante="uma-nota") for n in range(1, 6)]
    for x in enviadas:
        com_cofre.instalacao.por(1, x.nome, x.dados)
    com_cofre.instalacao.rodar()
    assert com_cofre.instalacao.nomes(1) == [], "sem o PIN os documentos esperam"
    assert "SEP-TOKEN-SEM-PIN" in com_cofre.instalacao.falhas()
    dizer(com_cofre, numero, PIN)
    resposta = com_cofre.instalacao.ordenar(ORDEM_PIN, str(numero))
    assert resposta["estado"] == "feita", resposta["mensagem"]
    com_cofre.instalacao.rodar()
    for x in enviadas:
        dados = com_cofre.instalacao.ler(1, f"{x.chave}-cte.xml")
        assert not isinstance(verificar(dados), Recusa)
        assert certificado_de(dados) == e.der
        _xmlsec1(dados, tmp_path, "infCte", "http://www.portalfiscal.inf.br/cte")
    assert com_cofre.instalacao.falhas() == []
    autorizado = com_cofre.instalacao.autorizado(50)
    assert com_cofre.instalacao.pedir("cancelar", autorizado.chave, MOTIVO)["resultado"] == "feito"
    evento = com_cofre.instalacao.ler(1, f"{autorizado.chave}_110111_001-ped-eve.xml")
    assert certificado_de(evento) == e.der
    assert not isinstance(verificar(evento), Recusa)
    com_cofre.instalacao.fechar()
    for arquivo, dados in tudo_em(com_cofre.instalacao.pasta):
        assert PIN.encode() not in dados, arquivo


def _xmlsec1(dados: bytes, pasta: Path, elemento: str, espaco: str) -> None:
    if shutil.which("xmlsec1") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("falta xmlsec1")
        pytest.skip("FALTA xmlsec1")
    arquivo = pasta / "assinado.xml"
    arquivo.write_bytes(dados)
    comando = [
        "xmlsec1",
        "--verify",
        "--enabled-key-data",
        "x509",
        "--insecure",
        "--id-attr:Id",
        f"{espaco}:{elemento}",
    ]
    feito = subprocess.run([*comando, str(arquivo)], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if feito.returncode != 0 and "insecure" in feito.stderr:
        comando.remove("--insecure")
        feito = subprocess.run([*comando, str(arquivo)], capture_output=True, text=True)
    assert feito.returncode == 0, feito.stdout + feito.stderr


@pytest.mark.requisito("CERT-07")
def test_pin_recusado_nao_e_tentado_de_novo_nem_depois_de_reiniciar(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido, monkeypatch: pytest.MonkeyPatch
) -> None:
    tentativas: list[str] = []
    verdadeiro = modulo_token._entrar

    def contar(token: Any, pin: str) -> Any:
        tentativas.append(pin)
        return verdadeiro(token, pin)

    monkeypatch.setattr(modulo_token, "_entrar", contar)
    com_cofre = fazer()
    numero = instalar(com_cofre, t, guardar="pin-errado-0000")
    x = ex.cte(1, agora=com_cofre.instalacao.agora, variante="uma-nota")
    com_cofre.instalacao.por(1, x.nome, x.dados)
    for _ in range(5):
        com_cofre.instalacao.passar(120)
    assert tentativas == ["pin-errado-0000"]
    assert "SEP-TOKEN-PIN" in com_cofre.instalacao.falhas()
    assert com_cofre.instalacao.nomes(1) == []
    for _ in range(3):
        com_cofre.instalacao.reabrir()
        com_cofre.instalacao.passar(120)
    assert tentativas == ["pin-errado-0000"], "nem o reinício tenta outra vez"
    dizer(com_cofre, numero, "outro-errado")
    resposta = com_cofre.instalacao.ordenar(ORDEM_PIN, str(numero))
    assert (resposta["estado"], resposta["codigo"]) == ("recusada", "SEP-TOKEN-PIN")
    com_cofre.instalacao.passar(120)
    assert tentativas == ["pin-errado-0000", "outro-errado"]
    dizer(com_cofre, numero, PIN)
    assert com_cofre.instalacao.ordenar(ORDEM_PIN, str(numero))["estado"] == "feita"
    com_cofre.instalacao.rodar()
    assert com_cofre.instalacao.nomes(1) == [f"{x.chave}-cte.xml"]


@pytest.mark.requisito("CERT-07")
def test_pin_guardado_por_vontade_do_administrador(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido
) -> None:
    com_cofre = fazer()
    instalar(com_cofre, t, guardar=PIN)
    x = ex.cte(1, agora=com_cofre.instalacao.agora, variante="uma-nota")
    com_cofre.instalacao.soltar(1, x.nome, x.dados)
    assert certificado_de(com_cofre.instalacao.ler(1, f"{x.chave}-cte.xml")) == e.der
    com_cofre.instalacao.reabrir()
    assert com_cofre.instalacao.falhas() == []
    com_cofre.instalacao.fechar()
    for arquivo, dados in tudo_em(com_cofre.instalacao.pasta):
        assert PIN.encode() not in dados, arquivo


@pytest.mark.requisito("CERT-07")
def test_token_arrancado_os_documentos_esperam(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido, monkeypatch: pytest.MonkeyPatch
) -> None:
    com_cofre = fazer()
    instalar(com_cofre, t, guardar=PIN)
    com_cofre.instalacao.rodar()
    assinante = com_cofre.instalacao.ciclo.contexto.assinadores._posses[CNPJ].assinante
    assert assinante is not None
    import pkcs11

    class Morta:
        def sign(self, *_: object, **__: object) -> bytes:
            raise pkcs11.exceptions.DeviceRemoved

    assinante._chave = Morta()
    x = ex.cte(1, agora=com_cofre.instalacao.agora, variante="uma-nota")
    com_cofre.instalacao.soltar(1, x.nome, x.dados)
    assert com_cofre.instalacao.desfecho(x.nome) is None, "espera; não é recusado nem vai para a quarentena"
    com_cofre.instalacao.passar(5)
    assert "SEP-TOKEN-AUSENTE" in com_cofre.instalacao.falhas()
    com_cofre.instalacao.passar(120)
    assert com_cofre.instalacao.nomes(1) == [f"{x.chave}-cte.xml"], (
        "o token voltou: o mesmo PIN, que estava certo, serve"
    )
    assert com_cofre.instalacao.falhas() == []


@pytest.mark.requisito("CERT-07")
def test_token_ausente_cheio_de_outras_chaves_e_sem_modulo(t: TokenDeTeste) -> None:
    t.por(emitir("33444555000181", nome="CARGAS DE FAZ DE CONTA", qual=2), "01")
    t.por(emitir(None, cpf="52998224725", nome="FULANO DE TAL", qual=3), "02")
    recusa = escolher_no_token(procurar(t.modulo), CNPJ, None, Uso.ASSINATURA)
    assert isinstance(recusa, Recusa)
    assert "CARGAS DE FAZ DE CONTA (e-CNPJ 33444555000181)" in recusa.erros[0].mensagem
    assert "FULANO DE TAL (e-CPF 52998224725)" in recusa.erros[0].mensagem
    with pytest.raises(TokenError, match="não existe nesta máquina") as sem:
        procurar("/nao/ha/lib.so")
    assert "nuvem" in sem.value.o_que_fazer
    with pytest.raises(TokenError) as ruim:
        procurar("/etc/hostname")
    assert ruim.value.codigo == "SEP-TOKEN-MODULO"
    ref = Referencia(t.modulo, "0000", "sumido", "01")
    with pytest.raises(TokenError, match="não está nesta máquina") as ausente:
        AssinanteDoToken(ref, emitir().der, PIN)
    assert "nuvem" in ausente.value.o_que_fazer


@pytest.mark.requisito("CERT-07")
def test_sem_token_nenhum_a_mensagem_fala_da_nuvem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vazio = TokenDeTeste.em(tmp_path / "vazio", monkeypatch)
    with pytest.raises(TokenError, match="Nenhum token") as erro:
        procurar(vazio.modulo)
    assert "nuvem" in erro.value.o_que_fazer


@pytest.mark.requisito("CERT-07")
def test_pin_bloqueado_e_ultima_tentativa_nao_sao_gastos() -> None:
    import pkcs11

    class Falso:
        label = "token"

        def __init__(self, *flags: pkcs11.TokenFlag) -> None:
            self.flags = set(flags)

        def open(self, **_: object) -> None:
            raise pkcs11.exceptions.PinLocked

    for token, codigo in (
        (Falso(pkcs11.TokenFlag.USER_PIN_LOCKED), "SEP-TOKEN-BLOQUEADO"),
        (Falso(pkcs11.TokenFlag.USER_PIN_FINAL_TRY), "SEP-TOKEN-ULTIMA"),
        (Falso(), "SEP-TOKEN-BLOQUEADO"),
    ):
        with pytest.raises(TokenError) as erro:
            modulo_token._entrar(token, PIN)
        assert erro.value.codigo == codigo
        assert PIN not in str(erro.value) + erro.value.o_que_fazer


@pytest.mark.requisito("CERT-07")
def test_chave_que_nao_e_a_do_certificado(t: TokenDeTeste, e: Emitido) -> None:
    achado = achar_no_token(t)
    with pytest.raises(TokenError) as erro:
        AssinanteDoToken(achado.referencia, emitir(qual=5).der, PIN)
    assert erro.value.codigo == "SEP-TOKEN-OUTRA-CHAVE"
    sumida = Referencia(achado.referencia.modulo, achado.referencia.serie, achado.referencia.rotulo, "ff")
    with pytest.raises(TokenError) as erro:
        AssinanteDoToken(sumida, e.der, PIN)
    assert erro.value.codigo == "SEP-TOKEN-SEM-CHAVE"


def test_sem_o_extra_a_mensagem_diz_como_instalar(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(TokenError, match="não tem suporte") as erro:
        modulo_token._biblioteca("/usr/lib/x.so")
    assert "separador[a3]" in erro.value.o_que_fazer


@pytest.mark.requisito("CERT-07")
def test_token_lento_assina_o_grupo_em_varias_voltas(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of a group goes back and comes again. The loop is never held, and nothing is lost or done twice."""
    monkeypatch.setattr(assinatura_no_token, "PRAZO_S", -1.0)
    com_cofre = fazer()
    instalar(com_cofre, t, guardar=PIN)
    enviadas = [ex.cte(n, agora=com_cofre.instalacao.agora, variante="uma-nota") for n in range(1, 9)]
    for x in enviadas:
        com_cofre.instalacao.por(1, x.nome, x.dados)
    com_cofre.instalacao.rodar()
    for _ in range(12):
        com_cofre.instalacao.passar(1)
    assert com_cofre.instalacao.nomes(1) == sorted(f"{x.chave}-cte.xml" for x in enviadas)
    assert {com_cofre.instalacao.desfecho(x.nome) for x in enviadas} == {"entregue"}
    assert com_cofre.instalacao.falhas() == []


@pytest.mark.requisito("CERT-07", "CARGA-01")
def test_a_carga_de_uma_empresa_com_token(
    fazer: Callable[..., InstalacaoComCofre], t: TokenDeTeste, e: Emitido
) -> None:
    """Without the PIN the load is held, and has no number; with it its documents are signed a few at a time."""
    com_cofre = fazer(rotas=ROTAS_COM_CARGA, emissao=EMISSAO | {"cadastros": "config/cadastros"})
    i = com_cofre.instalacao
    gravar_cadastros(i.pasta / "config" / "cadastros")
    i.passar(1)
    numero = instalar(com_cofre, t)
    conteudo = carga(i.agora, notas=5)
    for nota, destino in zip(
        conteudo["notas"], ("DEST-RJ", "DEST-SP", "TOMADOR-PR", "TERMINAL-MG", "FORA"), strict=True
    ):
        nota["destinatario"] = destino
    i.soltar(ROTA_DA_CARGA, "45871-carga.yaml", em_yaml(conteudo))
    assert {"SEP-SEM-CERTIFICADO", "SEP-TOKEN-SEM-PIN"} <= set(i.falhas())
    assert i.banco.todas("SELECT 1 FROM numeracao") == []
    dizer(com_cofre, numero, PIN)
    assert i.ordenar(ORDEM_PIN, str(numero))["estado"] == "feita"
    i.rodar()
    i.passar(1)
    resposta = i.json(ROTA_DA_CARGA, "45871-ret.json")
    assert [d["numero"] for d in resposta["documentos"]] == [1, 2, 3, 4, 5], resposta["erros"]
    for documento in resposta["documentos"]:
        dados = i.ler(1, f"{documento['chave']}-cte.xml")
        assert not isinstance(verificar(dados), Recusa)
        assert certificado_de(dados) == e.der
    assert i.falhas() == []
