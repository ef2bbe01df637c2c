"""Is a client of SEFAZ that shares no code with the product's. It uses the standard library only, and writes the SOAP
1.2 envelopes by hand."""

import base64
import functools
import gzip
import http.client
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from lxml import etree

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.preparo import ContextoPreparo, Preparado, preparar
from separador.nucleo.tipo import Tipo
from tests.apoio.certificados import carregar_pfx, chave_rsa

WSDL = "http://www.portalfiscal.inf.br/cte/wsdl/"
CTE = "http://www.portalfiscal.inf.br/cte"
PRAZO_S = 20.0
SERVICOS = {
    Tipo.CTE: ("CTeRecepcaoSincV4", "cteRecepcao"),
    Tipo.CTE_SIMP: ("CTeRecepcaoSimpV4", "cteRecepcaoSimp"),
    Tipo.CTE_OS: ("CTeRecepcaoOSV4", "cteRecepcaoOS"),
    Tipo.GTVE: ("CTeRecepcaoGTVeV4", "cteRecepcaoGTVe"),
    Tipo.EVENTO: ("CTeRecepcaoEventoV4", "cteRecepcaoEvento"),
    Tipo.CONSULTA: ("CTeConsultaV4", "cteConsultaCT"),
    Tipo.STATUS: ("CTeStatusServicoV4", "cteStatusServicoCT"),
}
DISTRIBUICAO = ("CTeDistribuicaoDFe", "cteDistDFeInteresse")


@dataclass(frozen=True)
class Resposta:
    """An answer. `xml` is the return message cut out of the envelope, or None when there was none."""

    estado: int
    corpo: bytes
    xml: etree._Element | None

    @property
    def cstat(self) -> str:
        """Returns the deciding code: the one of infProt when there is one."""
        assert self.xml is not None, self.corpo
        achados = [e.text for e in self.xml.iter(f"{{{CTE}}}cStat")]
        prot = self.xml.findtext(f"{{{CTE}}}protCTe/{{{CTE}}}infProt/{{{CTE}}}cStat")
        return prot if prot and self.raiz != "retConsSitCTe" else achados[0] or ""

    @property
    def raiz(self) -> str:
        assert self.xml is not None, self.corpo
        return etree.QName(self.xml).localname

    def texto(self, nome: str) -> str | None:
        """Returns the text of the first element of that local name."""
        assert self.xml is not None, self.corpo
        return next((e.text for e in self.xml.iter(f"{{{CTE}}}{nome}")), None)

    def todos(self, nome: str) -> list[etree._Element]:
        assert self.xml is not None, self.corpo
        return list(self.xml.iter(f"{{{CTE}}}{nome}"))


@functools.cache
def pfx_de(empresa: Empresa = EMITENTE, dias: int = 365) -> bytes:
    return gerar_pfx("s", agora=datetime.now(UTC), empresa=empresa, dias=dias, chave=chave_rsa())


def assinador_de(empresa: Empresa = EMITENTE) -> Assinador:
    """Returns a signer with the same certificate that opens the connection."""
    certificado = carregar_pfx(pfx_de(empresa), b"s")
    assert isinstance(certificado, Certificado)
    return Assinador(certificado)


def pem_de(pfx: bytes, pasta: Path, senha: bytes = b"s") -> Path:
    """Writes certificate and key in the form that ssl wants."""
    chave, certificado, _ = pkcs12.load_key_and_certificates(pfx, senha)
    assert chave is not None
    assert certificado is not None
    arquivo = pasta / f"{certificado.serial_number}.pem"
    privada = chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    arquivo.write_bytes(certificado.public_bytes(Encoding.PEM) + privada)
    return arquivo


def assinar(dados: bytes, *, agora: datetime, empresa: Empresa = EMITENTE) -> bytes:
    """Makes a document or event ready, with the product's own preparation."""
    feito = preparar(dados, ContextoPreparo("2", agora, {empresa.cnpj: assinador_de(empresa)}))
    assert isinstance(feito, Preparado), feito
    return feito.assinado


def envelope(servico: str, conteudo: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soap12:Envelope xmlns:soap12="http://www.w3.org/2003/05/soap-envelope">'
        f'<soap12:Body><cteDadosMsg xmlns="{WSDL}{servico}">{conteudo}</cteDadosMsg></soap12:Body></soap12:Envelope>'
    ).encode()


def compactado(assinado: bytes) -> str:
    return base64.b64encode(gzip.compress(assinado)).decode()


class ClienteSoap:
    """One connection, kept open. `pem` holds certificate and key; with None, no certificate is shown."""

    def __init__(self, endereco: str, ca: Path, pem: Path | None) -> None:
        self._porta = int(endereco.rpartition(":")[2])
        self._contexto = ssl.create_default_context(cafile=str(ca))
        if pem is not None:
            self._contexto.load_cert_chain(pem)
        self.conexao = self._nova()

    def _nova(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self._porta, context=self._contexto, timeout=PRAZO_S)

    def fechar(self) -> None:
        self.conexao.close()

    def pedir(self, metodo: str, caminho: str, corpo: Any = None, **cabecalhos: str) -> tuple[int, bytes]:
        """Makes any request. A connection that broke is opened again by the next request."""
        try:
            self.conexao.request(metodo, caminho, corpo, {k.replace("_", "-"): v for k, v in cabecalhos.items()})
            resposta = self.conexao.getresponse()
            return resposta.status, resposta.read()
        except (OSError, http.client.HTTPException):
            self.conexao.close()
            raise

    def chamar(self, servico: str, operacao: str, corpo: bytes, autorizador: str = "ws") -> Resposta:
        acao = f'application/soap+xml; charset=utf-8; action="{WSDL}{servico}/{operacao}"'
        estado, recebido = self.pedir("POST", f"/{autorizador}/{servico}", corpo, Content_Type=acao)
        return Resposta(estado, recebido, _cortar(recebido, f"{operacao}Result"))

    def receber(self, assinado: bytes, tipo: Tipo = Tipo.CTE, autorizador: str = "ws") -> Resposta:
        servico, operacao = SERVICOS[tipo]
        return self.chamar(servico, operacao, envelope(servico, compactado(assinado)), autorizador)

    def evento(self, assinado: bytes, autorizador: str = "ws") -> Resposta:
        servico, operacao = SERVICOS[Tipo.EVENTO]
        return self.chamar(servico, operacao, envelope(servico, assinado.decode()), autorizador)

    def consultar(self, chave: str, autorizador: str = "ws", tp_amb: str = "2") -> Resposta:
        servico, operacao = SERVICOS[Tipo.CONSULTA]
        pedido = (
            f'<consSitCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><xServ>CONSULTAR</xServ>'
            f"<chCTe>{chave}</chCTe></consSitCTe>"
        )
        return self.chamar(servico, operacao, envelope(servico, pedido), autorizador)

    def status(self, autorizador: str = "ws", uf: str = "35", mais: str = "") -> Resposta:
        servico, operacao = SERVICOS[Tipo.STATUS]
        pedido = (
            f'<consStatServCTe xmlns="{CTE}" versao="4.00"><tpAmb>2</tpAmb><cUF>{uf}</cUF><xServ>STATUS</xServ>{mais}'
            "</consStatServCTe>"
        )
        return self.chamar(servico, operacao, envelope(servico, pedido), autorizador)

    def distribuir(self, cnpj: str, ult_nsu: int, *, um: bool = False) -> Resposta:
        servico, operacao = DISTRIBUICAO
        grupo, tag = ("consNSU", "NSU") if um else ("distNSU", "ultNSU")
        nsu = f"<{grupo}><{tag}>{ult_nsu:015d}</{tag}></{grupo}>"
        pedido = (
            f'<distDFeInt xmlns="{CTE}" versao="1.00"><tpAmb>2</tpAmb><cUFAutor>35</cUFAutor><CNPJ>{cnpj}</CNPJ>{nsu}'
            "</distDFeInt>"
        )
        corpo = (
            '<soap12:Envelope xmlns:soap12="http://www.w3.org/2003/05/soap-envelope"><soap12:Body>'
            f'<{operacao} xmlns="{WSDL}{servico}"><cteDadosMsg>{pedido}</cteDadosMsg></{operacao}>'
            "</soap12:Body></soap12:Envelope>"
        )
        return self.chamar(servico, operacao, corpo.encode(), "an")


def cliente_de(endereco: str, ca: Path, empresa: Empresa = EMITENTE) -> ClienteSoap:
    """Opens a client with a company's throw-away certificate."""
    with tempfile.TemporaryDirectory() as pasta:
        return ClienteSoap(endereco, ca, pem_de(pfx_de(empresa), Path(pasta)))


def _cortar(corpo: bytes, resultado: str) -> etree._Element | None:
    try:
        raiz = etree.fromstring(corpo)
    except etree.XMLSyntaxError:
        return None
    achado = next((e for e in raiz.iter("{*}*") if etree.QName(e).localname == resultado), None)
    return next(achado.iterchildren(etree.Element), None) if achado is not None else None
