"""Opens the kept form of raw answers, and makes it small.

Every answer has the same envelope and the same tags: they are in a dictionary that both sides of zlib begin with, and a
third is left. A stream names its dictionary by its checksum (RFC 1950, DICTID). So a dictionary is never changed nor
removed: a better one comes before it.
"""

import zlib

_COM_DICIONARIO = 0x20
"""Bit of the second byte of a stream: four bytes that name the dictionary follow."""
_2026 = (
    b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http:'
    b'//www.w3.org/TR/2001/REC-xml-c14n-20010315"/><SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig'
    b'#rsa-sha1"/><Reference URI="#"><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#envelop'
    b'ed-signature"/><Transform Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></Transforms><Diges'
    b'tMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/><DigestValue></DigestValue></Reference></Signe'
    b"dInfo><SignatureValue></SignatureValue><KeyInfo><X509Data><X509Certificate></X509Certificate></X509Data></"
    b"KeyInfo></Signature><cStat>539</cStat><xMotivo>Rejei\xc3\xa7\xc3\xa3o: Duplicidade de CT-e, com diferen\xc3"
    b"\xa7a na Chave de Acesso [chCTe:] [nProt:] [dhAut:]</xMotivo><cStat>204</cStat><xMotivo>Rejei\xc3\xa7\xc3\xa3"
    b"o: Duplicidade de CT-e<cStat>217</cStat><xMotivo>Rejei\xc3\xa7\xc3\xa3o: CT-e n\xc3\xa3o consta na base de"
    b' dados da SEFAZ</xMotivo><retConsStatServCTe versao="4.00" xmlns="http://www.portalfiscal.inf.br/cte"><cSt'
    b"at>107</cStat><xMotivo>Servi\xc3\xa7o em Opera\xc3\xa7\xc3\xa3o</xMotivo><tMed>1</tMed></retConsStatServCT"
    b'e><procEventoCTe><eventoCTe><retConsSitCTe><retEventoCTe versao="4.00" xmlns="http://www.portalfiscal.inf.'
    b'br/cte"><infEvento Id="ID"><cOrgao></cOrgao><cStat>135</cStat><xMotivo>Evento registrado e vinculado a CT-'
    b"e</xMotivo><chCTe></chCTe><tpEvento>110111</tpEvento><xEvento>Cancelamento</xEvento><nSeqEvento>1</nSeqEve"
    b'nto><dhRegEvento></dhRegEvento></infEvento></retEventoCTe><?xml version="1.0" encoding="UTF-8"?><env:Envel'
    b'ope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body><cteConsultaCTResult xmlns="http://www.p'
    b'ortalfiscal.inf.br/cte/wsdl/CTeConsultaV4"><cteStatusServicoCTResult xmlns="http://www.portalfiscal.inf.br'
    b'/cte/wsdl/CTeStatusServicoV4"><cteRecepcaoEventoResult xmlns="http://www.portalfiscal.inf.br/cte/wsdl/CTeR'
    b'ecepcaoEventoV4"><cteRecepcaoOSResult xmlns="http://www.portalfiscal.inf.br/cte/wsdl/CTeRecepcaoOSV4"><?xm'
    b'l version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope" xmln'
    b's:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
    b'<cteRecepcaoResult xmlns="http://www.portalfiscal.inf.br/cte/wsdl/CTeRecepcaoSincV4"><retCTe xmlns="http:/'
    b'/www.portalfiscal.inf.br/cte" versao="4.00"><tpAmb>1</tpAmb><cUF>35</cUF><verAplic>SP-CTe-</verAplic><cSta'
    b't>100</cStat><xMotivo>Autorizado o uso do CT-e</xMotivo><protCTe versao="4.00"><infProt Id="CTe13526000000'
    b'0000"><tpAmb>1</tpAmb><verAplic>SP-CTe-</verAplic><chCTe>3526</chCTe><dhRecbto>2026-00:00-03:00</dhRecbto>'
    b"<nProt>135260000000000</nProt><digVal>=</digVal><cStat>100</cStat><xMotivo>Autorizado o uso do CT-e</xMoti"
    b"vo></infProt></protCTe></retCTe></cteRecepcaoResult></soap:Body></soap:Envelope>"
)
_DICIONARIOS = (_2026,)
"""The first makes; all open."""
_POR_SOMA = {zlib.adler32(d): d for d in _DICIONARIOS}


def fechar(bruto: bytes) -> bytes:
    """Returns an answer in its small form."""
    compressor = zlib.compressobj(6, zdict=_DICIONARIOS[0])
    return compressor.compress(bruto) + compressor.flush()


def abrir(guardado: bytes) -> bytes:
    """Returns an answer as it came. Raises zlib.error, LookupError for a broken database."""
    if not guardado[1:2] or not guardado[1] & _COM_DICIONARIO:
        return zlib.decompress(guardado)  # of before there was a dictionary
    aberto = zlib.decompressobj(zdict=_POR_SOMA[int.from_bytes(guardado[2:6], "big")])
    dados = aberto.decompress(guardado) + aberto.flush()
    if not aberto.eof:
        raise zlib.error("a resposta guardada não está inteira")
    return dados
