"""Tests which callers get in, and what HTTP a caller may speak."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from separador.nucleo.tipo import Tipo
from separador.simulador import autoridade
from tests.apoio import autoridade as ac
from tests.apoio.certificados import certificado_ficticio
from tests.apoio.cliente_soap import SERVICOS, ClienteSoap, envelope, pem_de, pfx_de
from tests.apoio.sefaz_local import SefazEmFio
from tests.integracao.simulador.conftest import SefazSimulada

pytestmark = pytest.mark.requisito("SEFAZ-09")
AGORA = datetime.now(UTC)


def _cliente(sefaz: SefazEmFio, pfx: bytes, pasta: Path, senha: bytes) -> ClienteSoap:
    return ClienteSoap(sefaz.endereco, sefaz.ca, pem_de(pfx, pasta, senha))


def _recusado(cliente: ClienteSoap) -> None:
    with pytest.raises(OSError):  # an alert, or the reset that follows it: whichever the client reads first
        cliente.status()


def test_sem_certificado_ninguem_entra(simulada: SefazSimulada) -> None:
    antes = len(simulada.sefaz.chamadas("status"))
    _recusado(ClienteSoap(simulada.sefaz.endereco, simulada.sefaz.ca, None))
    assert len(simulada.sefaz.chamadas("status")) == antes
    prazo = time.monotonic() + 10  # the client may read the alert before the server's thread has noted it
    while not simulada.sefaz.ocorrencias and time.monotonic() < prazo:
        time.sleep(0.02)
    assert any("não apresentou certificado" in o.texto for o in simulada.sefaz.ocorrencias)


def test_certificado_vencido(simulada: SefazSimulada, tmp_path: Path) -> None:
    pfx, senha = certificado_ficticio(de=AGORA - timedelta(days=30), ate=AGORA - timedelta(days=1))
    _recusado(_cliente(simulada.sefaz, pfx, tmp_path, senha))


def test_certificado_de_qualquer_autoridade(simulada: SefazSimulada, tmp_path: Path) -> None:
    emitido = ac.emitir(de=AGORA - timedelta(days=1))
    cliente = _cliente(simulada.sefaz, emitido.pfx(), tmp_path, ac.SENHA.encode())
    assert cliente.status().cstat == "107"
    cliente.fechar()


def test_certificado_sem_cnpj_nem_cpf(simulada: SefazSimulada, tmp_path: Path) -> None:
    pfx, senha = certificado_ficticio(None, de=AGORA - timedelta(days=1), ate=AGORA + timedelta(days=1))
    cliente = _cliente(simulada.sefaz, pfx, tmp_path, senha)
    assert cliente.status().cstat == "282"
    cliente.fechar()


def test_so_as_autoridades_que_se_diz(tmp_path: Path) -> None:
    raiz = tmp_path / "raiz.pem"
    raiz.write_bytes(ac.raiz()[0].public_bytes(Encoding.PEM) + ac.intermediaria()[0].public_bytes(Encoding.PEM))
    emitido = ac.emitir(de=AGORA - timedelta(days=1))
    with SefazEmFio(tmp_path / "sefaz", ca_clientes=raiz) as sefaz:
        _recusado(ClienteSoap(sefaz.endereco, sefaz.ca, pem_de(pfx_de(), tmp_path)))
        cliente = _cliente(sefaz, emitido.pfx(), tmp_path, ac.SENHA.encode())
        assert cliente.status().cstat == "107"
        cliente.fechar()


def test_a_chave_privada_tem_de_estar_com_quem_chama(simulada: SefazSimulada, tmp_path: Path) -> None:
    """A certificate alone, taken from somebody's signature, opens nothing."""
    pem = pem_de(pfx_de(), tmp_path)
    outra = pem_de(
        ac.emitir(qual=3, de=AGORA - timedelta(days=1), autoassinado=True).pfx(), tmp_path, ac.SENHA.encode()
    )
    misto = tmp_path / "misto.pem"
    certificado = pem.read_bytes().partition(b"-----BEGIN PRIVATE")[0]
    misto.write_bytes(certificado + b"-----BEGIN PRIVATE" + outra.read_bytes().partition(b"-----BEGIN PRIVATE")[2])
    with pytest.raises(ssl.SSLError):
        ClienteSoap(simulada.sefaz.endereco, simulada.sefaz.ca, misto)


def test_nem_tls_13_nem_texto_claro(simulada: SefazSimulada, tmp_path: Path) -> None:
    contexto = ssl.create_default_context(cafile=str(simulada.sefaz.ca))
    contexto.load_cert_chain(pem_de(pfx_de(), tmp_path))
    contexto.minimum_version = ssl.TLSVersion.TLSv1_3
    porta = int(simulada.sefaz.endereco.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", porta), 10) as tomada, pytest.raises(ssl.SSLError):
        contexto.wrap_socket(tomada, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", porta), 10) as tomada:
        tomada.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert tomada.recv(100)[:1] in (b"", b"\x15")
    assert simulada.cliente.status().cstat == "107"


def test_http_o_que_nao_e_de_servico_nenhum(simulada: SefazSimulada) -> None:
    assert simulada.cliente.pedir("GET", "/")[0] == 404
    assert simulada.cliente.pedir("POST", "/ws/CTeInutilizacaoV4", b"x")[0] == 404
    assert simulada.cliente.pedir("POST", "/ws/CTeDistribuicaoDFe", b"x")[0] == 404, "só no ambiente nacional"
    assert simulada.cliente.pedir("POST", "/an/CTeStatusServicoV4", b"x")[0] == 404
    assert simulada.cliente.pedir("GET", "/ws/CTeStatusServicoV4")[0] == 405
    assert simulada.cliente.pedir("POST", "/ws/CTeStatusServicoV4", b"x", Content_Type="text/xml")[0] == 415


def test_http_envelope_errado_e_soap_fault(simulada: SefazSimulada) -> None:
    servico, operacao = SERVICOS[Tipo.STATUS]
    outro = envelope("CTeConsultaV4", "<x/>")
    for corpo in (b"", b"nada", outro, b'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>'):
        resposta = simulada.cliente.chamar(servico, operacao, corpo)
        assert resposta.estado in (400, 500)
        assert b"<soap:Fault>" in resposta.corpo
    resposta = simulada.cliente.chamar(servico, "cteOutraCoisa", envelope(servico, "<x/>"))
    assert b"SOAPAction" in resposta.corpo


def test_http_corpo_em_pedacos_e_expect_continue(simulada: SefazSimulada) -> None:
    """Other programs send chunked bodies, 100-continue, two requests at once, or one byte at a time."""
    servico, _ = SERVICOS[Tipo.CONSULTA]
    pedido = envelope(
        servico,
        '<consSitCTe xmlns="http://www.portalfiscal.inf.br/cte" versao="4.00"><tpAmb>2</tpAmb><xServ>CONSULTAR</xServ>'
        "<chCTe>35261111222333000181570010000999991123456789</chCTe></consSitCTe>",
    )
    pedacos = (pedido[i : i + 100] for i in range(0, len(pedido), 100))
    estado, corpo = simulada.cliente.pedir("POST", f"/ws/{servico}", pedacos, Content_Type="application/soap+xml")
    assert (estado, b"<cStat>236<" in corpo) == (200, True)
    tomada = simulada.cliente.conexao.sock
    cabeca = f"POST /ws/{servico} HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml\r\nContent-Length: "
    bruto = f"{cabeca}{len(pedido)}\r\n".encode()
    tomada.sendall(bruto + b"Expect: 100-continue\r\n\r\n")
    assert tomada.recv(1000).startswith(b"HTTP/1.1 100 ")
    tomada.sendall(pedido)
    assert b"<cStat>236<" in _ler(tomada, 1)
    tomada.sendall((bruto + b"\r\n" + pedido) * 2)
    assert _ler(tomada, 2).count(b"<cStat>236<") == 2
    for byte in bruto + b"\r\n" + pedido:
        tomada.sendall(bytes([byte]))
    assert b"<cStat>236<" in _ler(tomada, 1)


def _ler(tomada: socket.socket, respostas: int) -> bytes:
    lido = b""
    while lido.count(b"</soap:Envelope>") < respostas:
        lido += tomada.recv(65536)
    return lido


def test_http_cabecalhos_impossiveis(simulada: SefazSimulada, tmp_path: Path) -> None:
    for bruto in (b"LIXO\r\n\r\n", b"POST /ws/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"A" * 70_000):
        cliente = ClienteSoap(simulada.sefaz.endereco, simulada.sefaz.ca, pem_de(pfx_de(), tmp_path))
        cliente.conexao.connect()
        cliente.conexao.sock.sendall(bruto)
        assert cliente.conexao.sock.recv(1000).startswith(b"HTTP/1.1 4")
        cliente.fechar()
    assert simulada.cliente.status().cstat == "107"


def test_a_autoridade_fica_na_pasta_e_e_refeita_quando_estraga(tmp_path: Path) -> None:
    feita = autoridade.preparar(tmp_path, AGORA)
    antes = (feita.ca.read_bytes(), feita.servidor.read_bytes())
    assert feita.servidor.stat().st_mode & 0o077 == 0
    autoridade.preparar(tmp_path, AGORA)
    assert (feita.ca.read_bytes(), feita.servidor.read_bytes()) == antes
    feita.servidor.write_bytes(antes[1][:200])
    autoridade.preparar(tmp_path, AGORA)
    assert feita.ca.read_bytes() != antes[0]
    novo = feita.ca.read_bytes()
    autoridade.preparar(tmp_path, AGORA + timedelta(days=3640))
    assert feita.ca.read_bytes() != novo
