"""Tests the client against real TLS servers on loopback: every bad answer and bad day of the network."""

import base64
import gzip
import logging
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.capacidades.sefaz.rede.cliente import Cliente, Credencial, Opcoes
from separador.capacidades.sefaz.rede.envelope import envelope_consulta, envelope_recepcao, envelope_status
from separador.capacidades.sefaz.rede.porta import Chamada, Desconhecida, NaoEnviada, Respondida, Resultado, Servico
from separador.fiscal.certificado import Certificado, Segredo, restaurar
from separador.nucleo.tipo import Tipo
from tests.apoio.autoridade import AGORA, CNPJ, SENHA, Emitido, emitir
from tests.apoio.servidor_tls import Comportamento, Conexao, Servidor, contexto_servidor, identidade, servir

OUTRO_CNPJ = "99888777000163"
CHAVE = "35261111222333000181570010000001231123456780"
NS = "http://www.portalfiscal.inf.br/cte"
RET = f'<retCTe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><cStat>100</cStat><xMotivo>Autorizado</xMotivo></retCTe>'
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
OPCOES = Opcoes(prazo_conexao_s=5, prazo_resposta_s=5)


def embrulhado(conteudo: str, operacao: str = "cteRecepcaoResult") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
        f'<soap:Body><{operacao} xmlns="{NS}/wsdl/CTeRecepcaoSincV4">{conteudo}</{operacao}></soap:Body>'
        "</soap:Envelope>"
    ).encode()


BOA = embrulhado(RET)


def certificado(emitido: Emitido) -> Certificado:
    return restaurar(Segredo(emitido.der, emitido.pkcs8))


def credencial(emitido: Emitido) -> Credencial:
    return Credencial.de(certificado(emitido))


@contextmanager
def cliente(
    pasta: Path, credenciais: dict[str, Credencial] | None = None, opcoes: Opcoes = OPCOES
) -> Iterator[Cliente]:
    feitas = {CNPJ: credencial(emitir())} if credenciais is None else credenciais
    aberto = Cliente(feitas, replace(opcoes, ca=opcoes.ca or pasta / "ca.pem"), lambda: AGORA)
    try:
        yield aberto
    finally:
        aberto.fechar()


def chamada(porta: int, corpo: bytes | None = None, servidor: str = "127.0.0.1") -> Chamada:
    url = f"https://{servidor}:{porta}/ws/CTeRecepcaoSincV4"
    return Chamada(Servico.RECEPCAO_CTE, url, corpo or envelope_recepcao(Tipo.CTE, b"<CTe>segredo</CTe>"), CNPJ)


def chamar(pasta: Path, comportamento: Comportamento, *, versao: ssl.TLSVersion = TLS13, **mais: object) -> Resultado:
    """Makes one call to a server that behaves so."""
    with servir(pasta, comportamento, versao=versao) as servidor, cliente(pasta, **mais) as c:  # type: ignore[arg-type]
        return c.chamar(chamada(servidor.porta))


def boa(conexao: Conexao) -> None:
    while conexao.requisicao():
        conexao.responder(BOA)


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("versao", [TLS12, TLS13])
def test_uma_chamada_que_da_certo(tmp_path: Path, versao: ssl.TLSVersion) -> None:
    with servir(tmp_path, boa, versao=versao) as servidor, cliente(tmp_path) as c:
        resposta = c.chamar(chamada(servidor.porta))
    assert isinstance(resposta, Respondida), resposta
    assert (resposta.bruto, resposta.xml.decode()) == (BOA, RET)
    assert resposta.duracao_ms > 0
    cabecalhos = servidor.cabecalhos[0].decode().split("\r\n")
    assert cabecalhos[0] == "POST /ws/CTeRecepcaoSincV4 HTTP/1.1"
    assert f"Host: 127.0.0.1:{servidor.porta}" in cabecalhos
    acao = f"{NS}/wsdl/CTeRecepcaoSincV4/cteRecepcao"
    assert f'Content-Type: application/soap+xml; charset=utf-8; action="{acao}"' in cabecalhos
    assert servidor.corpos == [envelope_recepcao(Tipo.CTE, b"<CTe>segredo</CTe>")]
    dentro = servidor.corpos[0].split(b'SincV4">')[1].split(b"</cteDadosMsg>")[0]
    assert gzip.decompress(base64.b64decode(dentro)) == b"<CTe>segredo</CTe>"


@pytest.mark.requisito("SEFAZ-01")
def test_a_conexao_e_usada_de_novo(tmp_path: Path) -> None:
    with servir(tmp_path, boa) as servidor, cliente(tmp_path) as c:
        for _ in range(5):
            assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
    assert servidor.conexoes == 1


def test_muitas_ao_mesmo_tempo(tmp_path: Path) -> None:
    with servir(tmp_path, boa) as servidor, cliente(tmp_path) as c:
        respostas: list[Resultado] = []
        fios = [
            threading.Thread(target=lambda: respostas.extend(c.chamar(chamada(servidor.porta)) for _ in range(5)))
            for _ in range(8)
        ]
        for fio in fios:
            fio.start()
        for fio in fios:
            fio.join()
    assert len(respostas) == 40
    assert all(isinstance(r, Respondida) for r in respostas)
    assert servidor.conexoes <= 8


# --- answers that are none -----------------------------------------------------------------------------------------

HTML = b"<!DOCTYPE html><html><head><title>Proxy</title></head><body>Acesso bloqueado<br></body></html>"
FALHA = (
    b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault><soap:Code>'
    b"<soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason><soap:Text>Server was unable to process request"
    b"</soap:Text></soap:Reason></soap:Fault></soap:Body></soap:Envelope>"
)
RUINS = [
    (BOA[: len(BOA) // 2], "ilegivel"),
    (HTML, "html"),
    (b"<html><body>Fora do ar</body></html>", "html"),
    (FALHA, "soap-fault"),
    (embrulhado(f'<retConsSitCTe xmlns="{NS}"/>'), "raiz-inesperada"),
    (embrulhado(""), "raiz-inesperada"),
    (embrulhado("&lt;outro/&gt;"), "raiz-inesperada"),
    (embrulhado("&lt;retCTe&gt;&lt;cStat&gt;"), "ilegivel"),
    (embrulhado("&lt;retCTe&gt;&lt;cStat&gt;&lt;/retCTe&gt;"), "ilegivel"),
    (b"", "vazia"),
    (b"\xff\xfe<\x00", "ilegivel"),
    (b'<!DOCTYPE x [<!ENTITY a "b">]><retCTe>&a;</retCTe>', "ilegivel"),
]


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize(("corpo", "motivo"), RUINS, ids=range(len(RUINS)))
def test_resposta_que_nao_se_entende_e_desfecho_desconhecido(tmp_path: Path, corpo: bytes, motivo: str) -> None:
    def ruim(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(corpo)

    resultado = chamar(tmp_path, ruim)
    assert isinstance(resultado, Desconhecida), resultado
    assert (resultado.motivo, resultado.bruto, resultado.http) == (motivo, corpo, 200)
    assert resultado.detalhe
    assert "segredo" not in resultado.detalhe


@pytest.mark.requisito("SEFAZ-04", "BORDA-12")
@pytest.mark.parametrize(
    ("http", "corpo", "motivo", "definitivo"),
    [
        ("500 Erro", FALHA, "soap-fault", False),
        ("500 Erro", HTML, "http-500", False),
        ("502 Gateway", HTML, "http-502", False),
        ("503 Fora", b"", "http-503", False),
        ("403 Negado", HTML, "http-403", False),
        ("403 Negado", b"", "http-403", False),
        ("403 Negado", FALHA, "acesso-negado", True),
        ("401 Quem", b"", "http-401", False),
        ("401 Quem", FALHA, "acesso-negado", True),
        ("404 Nada", HTML, "http-404", False),
        ("404 Nada", FALHA, "endereco-errado", True),
        ("302 Procure", HTML, "redirecionada", False),
        ("429 Calma", b"", "http-429", False),
        ("429 Calma", HTML, "http-429", False),
    ],
)
def test_status_http_que_nao_e_200(tmp_path: Path, http: str, corpo: bytes, motivo: str, definitivo: bool) -> None:
    def ruim(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(corpo, http)

    resultado = chamar(tmp_path, ruim)
    assert isinstance(resultado, Desconhecida)
    assert (resultado.motivo, resultado.bruto, resultado.definitivo) == (motivo, corpo, definitivo)
    assert resultado.http == int(http[:3])
    assert ("«Proxy»" in resultado.detalhe) == (corpo == HTML)  # the page's title is the best hint there is


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("http", ["500 Erro", "403 Negado", "202 Aceito"])
def test_o_corpo_certo_decide_seja_qual_for_o_status(tmp_path: Path, http: str) -> None:
    def erra_o_status(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(BOA, http)

    resultado = chamar(tmp_path, erra_o_status)
    assert isinstance(resultado, Respondida)
    assert (resultado.bruto, resultado.http) == (BOA, int(http[:3]))
    assert resultado.notas == (f"veio com HTTP {http[:3]}",)


def test_redirecionamento_nao_e_seguido(tmp_path: Path) -> None:
    def manda_embora(conexao: Conexao) -> None:
        while conexao.requisicao():
            conexao.responder(b"", "302 Procure", "Location: /outro")

    with servir(tmp_path, manda_embora) as servidor, cliente(tmp_path) as c:
        resultado = c.chamar(chamada(servidor.porta))
    assert isinstance(resultado, Desconhecida)
    assert (resultado.motivo, resultado.http, len(servidor.corpos)) == ("redirecionada", 302, 1)


@pytest.mark.parametrize(
    "corpo",
    [
        embrulhado(f'<x:retCTe xmlns:x="{NS}"><x:cStat>100</x:cStat></x:retCTe>'),
        embrulhado('<retCTe xmlns=""><cStat>100</cStat></retCTe>'),
        embrulhado(f'<errado:retCTe xmlns:errado="{NS}/outro"><errado:cStat>100</errado:cStat></errado:retCTe>'),
        embrulhado(RET.replace("<", "&lt;").replace(">", "&gt;")),
        embrulhado(f'<![CDATA[<?xml version="1.0"?>{RET}]]>'),
        embrulhado(RET, "outro"),
        b"\xef\xbb\xbf" + BOA,
        RET.encode(),
    ],
    ids=range(8),
)
def test_le_por_nome_local_com_qualquer_prefixo_ou_texto_escapado(tmp_path: Path, corpo: bytes) -> None:
    from separador.fiscal.leitura import Lido, ler

    def responde(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(corpo)

    resultado = chamar(tmp_path, responde)
    assert isinstance(resultado, Respondida), resultado
    lido = ler(resultado.xml)
    assert isinstance(lido, Lido)
    assert (lido.tipo, lido.raiz.findtext("{*}cStat")) == (Tipo.RET_CTE, "100")
    assert resultado.bruto == corpo


# --- the network fails ---------------------------------------------------------------------------------------------


def porta_fechada() -> int:
    with socket.create_server(("127.0.0.1", 0)) as tomada:
        numero: int = tomada.getsockname()[1]
    return numero


@pytest.mark.requisito("SEFAZ-06")
def test_conexao_recusada_nao_foi_enviada(tmp_path: Path) -> None:
    identidade(tmp_path)
    with cliente(tmp_path) as c:
        resultado = c.chamar(chamada(porta_fechada()))
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo) == ("conexao-recusada", False)


def test_dns_que_falha_nao_foi_enviada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nao_acha(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    identidade(tmp_path)
    monkeypatch.setattr(socket, "getaddrinfo", nao_acha)
    with cliente(tmp_path) as c:
        resultado = c.chamar(chamada(443, servidor="sefaz.exemplo.invalid"))
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo) == ("dns", False)


def test_endereco_que_nao_e_endereco_nao_foi_enviada(tmp_path: Path) -> None:
    identidade(tmp_path)
    with cliente(tmp_path) as c:
        resultados = [c.chamar(replace(chamada(1), url=u)) for u in ("https://", "https://[::", "ftp://x/y", "x\x00y")]
    assert all(isinstance(r, NaoEnviada) for r in resultados), resultados


def derruba_antes(conexao: Conexao) -> None:
    conexao.derrubar()


def derruba_no_meio_do_aperto(conexao: Conexao) -> None:
    conexao.cru.recv(10)
    conexao.derrubar()


def nao_e_tls(conexao: Conexao) -> None:
    conexao.cru.recv(10)
    conexao.cru.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("comportamento", [derruba_antes, derruba_no_meio_do_aperto, nao_e_tls])
def test_queda_antes_de_enviar_nao_foi_enviada(tmp_path: Path, comportamento: Comportamento) -> None:
    resultado = chamar(tmp_path, comportamento)
    assert isinstance(resultado, NaoEnviada), resultado
    assert resultado.motivo in ("conexao-caiu", "tls", "conexao-recusada")


def derruba_durante(conexao: Conexao) -> None:
    conexao.tls().recv(1)
    conexao.derrubar()


def derruba_depois(conexao: Conexao) -> None:
    conexao.requisicao()
    conexao.derrubar()


def fecha_depois(conexao: Conexao) -> None:
    conexao.requisicao()


def meia_resposta(conexao: Conexao) -> None:
    conexao.requisicao()
    conexao.tls().sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + BOA)


def meio_cabecalho(conexao: Conexao) -> None:
    conexao.requisicao()
    conexao.tls().sendall(b"HTTP/1.1 200 OK\r\nContent-Le")


def nao_e_http(conexao: Conexao) -> None:
    conexao.requisicao()
    conexao.tls().sendall(b"\x00\x01\x02 isto nao e HTTP\r\n\r\n")


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("versao", [TLS12, TLS13])
@pytest.mark.parametrize(
    ("comportamento", "motivos"),
    [
        (derruba_durante, {"conexao-caiu"}),
        (derruba_depois, {"conexao-caiu"}),
        (fecha_depois, {"conexao-caiu", "tls"}),
        (meia_resposta, {"cortada"}),
        (meio_cabecalho, {"conexao-caiu", "http-invalido"}),
        (nao_e_http, {"http-invalido"}),
    ],
)
def test_queda_durante_ou_depois_de_enviar_e_desconhecida(
    tmp_path: Path, comportamento: Comportamento, motivos: set[str], versao: ssl.TLSVersion
) -> None:
    with servir(tmp_path, comportamento, versao=versao) as servidor, cliente(tmp_path) as c:
        # The body has many TLS records. Some are still being written when the connection goes.
        resultado = c.chamar(chamada(servidor.porta, os.urandom(2_000_000)))
    assert isinstance(resultado, Desconhecida), resultado
    assert resultado.motivo in motivos
    assert resultado.detalhe
    assert servidor.conexoes == 1  # nobody tried again


def test_o_que_chegou_de_uma_resposta_cortada_e_guardado(tmp_path: Path) -> None:
    resultado = chamar(tmp_path, meia_resposta)
    assert isinstance(resultado, Desconhecida)
    assert (resultado.bruto, resultado.http) == (BOA, 200)


def test_resposta_enorme_e_cortada_no_limite(tmp_path: Path) -> None:
    def enorme(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.tls().sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            conexao.tls().sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    resultado = chamar(tmp_path, enorme, opcoes=replace(OPCOES, limite_bytes=200_000))
    assert isinstance(resultado, Desconhecida)
    assert (resultado.motivo, len(resultado.bruto or b"")) == ("resposta-enorme", 200_000)


# --- slow servers --------------------------------------------------------------------------------------------------

CURTO = Opcoes(prazo_conexao_s=0.3, prazo_resposta_s=0.3)


def test_aperto_de_maos_que_nao_anda_nao_foi_enviada(tmp_path: Path) -> None:
    fim = threading.Event()

    def calado(_: Conexao) -> None:
        fim.wait(20)

    with servir(tmp_path, calado) as servidor, cliente(tmp_path, opcoes=CURTO) as c:
        resultado = c.chamar(chamada(servidor.porta))
        fim.set()
    assert isinstance(resultado, NaoEnviada), resultado
    assert resultado.motivo == "prazo-conexao"


def _gotejar(conexao: Conexao, pedaco: bytes, fim: threading.Event) -> None:
    while not fim.wait(0.05):
        conexao.tls().sendall(pedaco)


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize(
    "inicio", [None, b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)
def test_resposta_lenta_e_desconhecida_mesmo_gota_a_gota(tmp_path: Path, inicio: bytes | None) -> None:
    fim = threading.Event()

    def lento(conexao: Conexao) -> None:
        conexao.requisicao()
        if inicio is None:
            fim.wait(20)
        else:
            conexao.tls().sendall(inicio)
            _gotejar(conexao, b"x", fim)

    with servir(tmp_path, lento) as servidor, cliente(tmp_path, opcoes=CURTO) as c:
        resultado = c.chamar(chamada(servidor.porta))
        fim.set()
    assert isinstance(resultado, Desconhecida), resultado
    assert resultado.motivo == "prazo-resposta"


def test_conexao_guardada_que_o_servidor_fechou(tmp_path: Path) -> None:
    """The server closes before the next request. The client notices, opens another connection, and loses nothing."""

    def uma_so(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(BOA)

    with servir(tmp_path, uma_so) as servidor, cliente(tmp_path) as c:
        assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
        servidor._fios[0].join(5)
        assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
    assert (servidor.conexoes, len(servidor.corpos)) == (2, 2)


def test_conexao_guardada_que_cai_quando_se_escreve_e_desconhecida_e_nao_se_repete(tmp_path: Path) -> None:
    """The server closes the kept connection just when the next request is on its way. This race is always possible."""

    def some_na_segunda(conexao: Conexao) -> None:
        conexao.requisicao()
        conexao.responder(BOA)
        conexao.requisicao()
        conexao.derrubar()

    with servir(tmp_path, some_na_segunda) as servidor, cliente(tmp_path) as c:
        assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
        resultado = c.chamar(chamada(servidor.porta))
    assert isinstance(resultado, Desconhecida)
    assert (servidor.conexoes, len(servidor.corpos)) == (1, 2)


# --- certificates --------------------------------------------------------------------------------------------------


def test_o_certificado_do_servidor_e_sempre_conferido(tmp_path: Path) -> None:
    outra = tmp_path / "outra"
    outra.mkdir()
    identidade(outra, "sefaz.exemplo")  # another key pair would do as well: this one names another host
    with servir(tmp_path, boa) as servidor:
        (tmp_path / "ca.pem").write_bytes((outra / "ca.pem").read_bytes())
        with cliente(tmp_path) as c:
            resultado = c.chamar(chamada(servidor.porta))
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo) == ("certificado-da-sefaz", True)
    assert servidor.corpos == []


@pytest.mark.parametrize(("nomes", "vencida"), [(("sefaz.exemplo",), False), ((), True)])
def test_servidor_de_outro_nome_ou_vencido(tmp_path: Path, nomes: tuple[str, ...], vencida: bool) -> None:
    pem, _ = identidade(tmp_path, *nomes, vencida=vencida)
    servidor = Servidor(contexto_servidor(pem, versao=TLS13), boa)
    try:
        with cliente(tmp_path) as c:
            resultado = c.chamar(chamada(servidor.porta))
    finally:
        servidor.fechar()
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo) == ("certificado-da-sefaz", True)


def test_a_conferencia_nao_se_desliga() -> None:
    """No such option exists, and the context verifies from the start."""
    from separador.fiscal.tls import contexto_cliente

    contexto = contexto_cliente()
    assert contexto.verify_mode is ssl.CERT_REQUIRED
    assert contexto.check_hostname
    assert contexto.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert not {f for f in Opcoes.__dataclass_fields__ if "verif" in f or "insegur" in f}


def test_o_ambiente_nao_escolhe_proxy_nem_autoridade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fechada = porta_fechada()
    for nome in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(nome, f"http://127.0.0.1:{fechada}")
    with servir(tmp_path, boa) as servidor, cliente(tmp_path) as c:
        assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        vazia = tmp_path / "vazia"
        vazia.mkdir()
        identidade(vazia, "outro")
        with cliente(tmp_path, opcoes=replace(OPCOES, ca=vazia / "ca.pem")) as desconfiado:
            resultado = desconfiado.chamar(chamada(servidor.porta))
    assert isinstance(resultado, NaoEnviada)
    assert resultado.motivo == "certificado-da-sefaz"


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("versao", [TLS12, TLS13])
def test_certificado_da_empresa_que_o_servidor_recusa(tmp_path: Path, versao: ssl.TLSVersion) -> None:
    """In TLS 1.2 the handshake refuses it, and nothing was sent. In 1.3 it is known during the writing of the request,
    or after."""
    estranho = {CNPJ: credencial(emitir(autoassinado=True))}
    with servir(tmp_path, boa, versao=versao) as servidor, cliente(tmp_path, estranho) as c:
        resultado = c.chamar(chamada(servidor.porta))
    assert isinstance(resultado, NaoEnviada if versao is TLS12 else NaoEnviada | Desconhecida), resultado
    assert resultado.motivo in ("certificado-recusado", "conexao-caiu")
    assert resultado.definitivo is (resultado.motivo == "certificado-recusado")
    assert servidor.corpos == []


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("versao", [TLS12, TLS13])
def test_as_autoridades_do_pfx_vao_com_o_certificado(tmp_path: Path, versao: ssl.TLSVersion) -> None:
    """A server that knows only the root must be sent the certificates up to it."""
    emitido = emitir()
    aberto = abrir_pfx(emitido.pfx(), SENHA.encode())
    assert isinstance(aberto, Aberto)
    com, sem = Credencial.de(aberto.certificado), credencial(emitido)
    assert len(com.apresentado.cadeia) == 1, "a intermediária; a raiz o servidor tem"
    pem, _ = identidade(tmp_path)
    servidor = Servidor(contexto_servidor(pem, so_a_raiz=True, versao=versao), boa)
    try:
        with cliente(tmp_path, {CNPJ: com}) as c:
            aceita = c.chamar(chamada(servidor.porta))
        with cliente(tmp_path, {CNPJ: sem}) as c:
            recusada = c.chamar(chamada(servidor.porta))
    finally:
        servidor.fechar()
    assert isinstance(aceita, Respondida), aceita
    assert isinstance(recusada, NaoEnviada | Desconhecida)


def test_certificado_vencido_nem_e_apresentado(tmp_path: Path) -> None:
    vencido = credencial(emitir(de=AGORA - timedelta(days=400), dias=30))
    with servir(tmp_path, boa) as servidor, cliente(tmp_path, {CNPJ: vencido}) as c:
        resultado = c.chamar(chamada(servidor.porta))
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo, servidor.conexoes) == ("certificado-vencido", True, 0)


def test_empresa_sem_certificado(tmp_path: Path) -> None:
    with cliente(tmp_path, {OUTRO_CNPJ: credencial(emitir(OUTRO_CNPJ))}) as c:
        resultado = c.chamar(chamada(1))
    assert isinstance(resultado, NaoEnviada)
    assert (resultado.motivo, resultado.definitivo) == ("sem-certificado", True)


def test_certificado_de_outro_cnpj_e_negado_pela_sefaz(tmp_path: Path) -> None:
    def confere_o_cnpj(conexao: Conexao) -> None:
        conexao.requisicao()
        nome = dict(p[0] for p in conexao.tls().getpeercert()["subject"])["commonName"]  # type: ignore[index,misc]
        conexao.responder(BOA if nome.endswith(CNPJ) else FALHA, "200 OK" if nome.endswith(CNPJ) else "403 Negado")

    alheio = {CNPJ: credencial(emitir(OUTRO_CNPJ, qual=1))}
    with servir(tmp_path, confere_o_cnpj) as servidor, cliente(tmp_path, alheio) as c:
        recusada = c.chamar(chamada(servidor.porta))
        c.trocar({CNPJ: credencial(emitir())})
        aceita = c.chamar(chamada(servidor.porta))
    assert isinstance(recusada, Desconhecida)
    assert (recusada.motivo, recusada.definitivo) == ("acesso-negado", True)
    assert isinstance(aceita, Respondida)


def test_trocar_o_certificado_no_meio_de_uma_chamada_nao_a_derruba(tmp_path: Path) -> None:
    chegou, pode = threading.Event(), threading.Event()

    def devagar(conexao: Conexao) -> None:
        while conexao.requisicao():
            chegou.set()
            pode.wait(5)
            conexao.responder(BOA)

    with servir(tmp_path, devagar) as servidor, cliente(tmp_path) as c:
        resultados: list[Resultado] = []
        fio = threading.Thread(target=lambda: resultados.append(c.chamar(chamada(servidor.porta))))
        fio.start()
        assert chegou.wait(5)
        c.trocar({CNPJ: credencial(emitir(qual=1))})
        pode.set()
        fio.join(5)
        assert isinstance(resultados[0], Respondida)
        assert isinstance(c.chamar(chamada(servidor.porta)), Respondida)
    assert servidor.conexoes == 2


@pytest.mark.parametrize("conteudo", [None, b"isto nao e PEM"])
def test_arquivo_de_autoridades_que_nao_serve(tmp_path: Path, conteudo: bytes | None) -> None:
    ca = tmp_path / "minhas.pem"
    if conteudo is not None:
        ca.write_bytes(conteudo)
    with cliente(tmp_path, opcoes=replace(OPCOES, ca=ca)) as c:
        resultado = c.chamar(chamada(1))
    assert isinstance(resultado, NaoEnviada)
    assert resultado.definitivo
    assert ("não existe" in resultado.detalhe) is (conteudo is None)


def test_a_chave_nao_fica_em_disco_nem_aberta(tmp_path: Path) -> None:
    with servir(tmp_path, boa) as servidor, cliente(tmp_path) as c:
        c.chamar(chamada(servidor.porta))
        abertos = [d for n in os.listdir("/proc/self/fd") if (d := _aberto(n)) is not None]
    assert [d for d in abertos if "socket:" in d]
    assert not [d for d in abertos if "memfd" in d]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ca.pem", "servidor.pem"]


def _aberto(numero: str) -> str | None:
    try:
        return os.readlink(f"/proc/self/fd/{numero}")
    except OSError:
        return None


# --- proxy, log ----------------------------------------------------------------------------------------------------


def _por(proxy: Servidor) -> Opcoes:
    return replace(OPCOES, proxy=f"http://127.0.0.1:{proxy.porta}")


def _proxy(conexao: Conexao) -> None:
    """Plays a CONNECT proxy that refuses."""
    conexao.cru.recv(65536)
    conexao.cru.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


def test_proxy_configurado_que_recusa_nao_foi_enviada(tmp_path: Path) -> None:
    with servir(tmp_path, _proxy) as proxy, cliente(tmp_path, opcoes=_por(proxy)) as c:
        resultado = c.chamar(chamada(443, servidor="sefaz.exemplo.invalid"))
    assert isinstance(resultado, NaoEnviada), resultado
    assert resultado.motivo == "proxy"


def test_proxy_configurado_que_leva_ate_la(tmp_path: Path) -> None:
    with servir(tmp_path, boa) as sefaz:

        def leva(conexao: Conexao) -> None:
            conexao.cru.recv(65536)
            conexao.cru.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with socket.create_connection(("127.0.0.1", sefaz.porta)) as destino:
                ida = threading.Thread(target=_copiar, args=(conexao.cru, destino), daemon=True)
                ida.start()
                _copiar(destino, conexao.cru)

        with _so_tcp(tmp_path, leva) as proxy, cliente(tmp_path, opcoes=_por(proxy)) as c:
            resultado = c.chamar(chamada(sefaz.porta))
    assert isinstance(resultado, Respondida), resultado


@contextmanager
def _so_tcp(pasta: Path, comportamento: Comportamento) -> Iterator[Servidor]:
    """Runs a server for the TCP part only. The identity of `pasta` stays as it is."""
    feito = Servidor(contexto_servidor(pasta / "servidor.pem", versao=TLS13), comportamento)
    try:
        yield feito
    finally:
        feito.fechar()


def _copiar(de: socket.socket, para: socket.socket) -> None:
    try:
        while dados := de.recv(65536):
            para.sendall(dados)
        para.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_o_conteudo_nunca_vai_para_o_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    corpo = b"<CTe>conteudo-sigiloso</CTe>"
    with servir(tmp_path, boa) as servidor, cliente(tmp_path) as c:
        chamadas = [chamada(servidor.porta, corpo), replace(chamada(1), corpo=corpo)]
        resultados = [c.chamar(x) for x in chamadas]
    tudo = caplog.text + "".join(map(repr, [*chamadas, *resultados])) + repr(credencial(emitir()))
    assert "sigiloso" not in tudo
    assert "Autorizado" not in tudo
    assert "PRIVATE KEY" not in tudo


def test_as_consultas_vao_inteiras(tmp_path: Path) -> None:
    sit = embrulhado(f'<retConsSitCTe xmlns="{NS}"><cStat>217</cStat></retConsSitCTe>', "cteConsultaCTResult")

    def responde(conexao: Conexao) -> None:
        while conexao.requisicao():
            conexao.responder(sit)

    with servir(tmp_path, responde) as servidor, cliente(tmp_path) as c:
        base = f"https://127.0.0.1:{servidor.porta}/ws/"
        consulta = c.chamar(Chamada(Servico.CONSULTA, f"{base}CTeConsultaV4", envelope_consulta(CHAVE, "2"), CNPJ))
        status = c.chamar(Chamada(Servico.STATUS, f"{base}CTeStatusServicoV4", envelope_status("35", "2"), CNPJ))
    assert isinstance(consulta, Respondida)
    assert isinstance(status, Desconhecida)
    assert status.motivo == "raiz-inesperada"
