"""Gives the WSDL of each service, as its address with `?wsdl` shows it: the official files that nfelib carries."""

import functools
import importlib.util
import re
from pathlib import Path
from xml.sax.saxutils import quoteattr

from separador.simulador.sefaz.contrato import Contrato, Grupo

_ENDERECO = re.compile(rb'(<soap12:address\s+location=)"[^"]*"')


def wsdl(contrato: Contrato, endereco: str) -> bytes:
    """Returns the service's WSDL, its address replaced by ours."""
    return _ENDERECO.sub(rb"\g<1>" + quoteattr(endereco).encode(), _original(contrato))


@functools.cache
def _original(contrato: Contrato) -> bytes:
    if contrato.grupo is Grupo.DISTRIBUICAO:
        return _distribuicao(contrato)
    spec = importlib.util.find_spec("nfelib")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("o pacote nfelib, que traz os WSDL oficiais, não está instalado")
    pasta = Path(spec.submodule_search_locations[0]) / "cte" / "wsdl" / "v4_0"
    return (pasta / f"{contrato.nome.lower()}.wsdl").read_bytes()


def _distribuicao(contrato: Contrato) -> bytes:
    """Returns the WSDL of the distribution. nfelib has none.

    This one follows NT 2015.002, in the shape of the others.
    """
    ns, op = contrato.namespace, contrato.operacao
    return f"""<?xml version="1.0" encoding="utf-8"?>
<wsdl:definitions xmlns:s="http://www.w3.org/2001/XMLSchema" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" \
xmlns:tns="{ns}" targetNamespace="{ns}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
  <wsdl:types>
    <s:schema elementFormDefault="qualified" targetNamespace="{ns}">
      <s:element name="{op}"><s:complexType><s:sequence><s:element minOccurs="0" name="cteDadosMsg"><s:complexType \
mixed="true"><s:sequence><s:any /></s:sequence></s:complexType></s:element></s:sequence></s:complexType></s:element>
      <s:element name="{op}Response"><s:complexType><s:sequence><s:element minOccurs="0" name="{op}Result">\
<s:complexType mixed="true"><s:sequence><s:any /></s:sequence></s:complexType></s:element></s:sequence>\
</s:complexType></s:element>
    </s:schema>
  </wsdl:types>
  <wsdl:message name="{op}SoapIn"><wsdl:part name="parameters" element="tns:{op}" /></wsdl:message>
  <wsdl:message name="{op}SoapOut"><wsdl:part name="parameters" element="tns:{op}Response" /></wsdl:message>
  <wsdl:portType name="{contrato.nome}Soap">
    <wsdl:operation name="{op}"><wsdl:input message="tns:{op}SoapIn" /><wsdl:output message="tns:{op}SoapOut" />\
</wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="{contrato.nome}Soap12" type="tns:{contrato.nome}Soap">
    <soap12:binding transport="http://schemas.xmlsoap.org/soap/http" />
    <wsdl:operation name="{op}">
      <soap12:operation soapAction="{contrato.acao}" style="document" />
      <wsdl:input><soap12:body use="literal" /></wsdl:input><wsdl:output><soap12:body use="literal" /></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="{contrato.nome}">
    <wsdl:port name="{contrato.nome}Soap12" binding="tns:{contrato.nome}Soap12">
      <soap12:address location="" />
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
""".encode()
