"""Builds the requests to PAGTOWEB and reads its answers. Pure: objects in, values out."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import (
    Desmembramento,
    Pagamento,
    Receita,
    Valores,
    canonico,
    completo,
    so_digitos,
)
from separador.capacidades.ecac.integra.envelope import (
    Envelope,
    FormaError,
    Objeto,
    Servico,
    conferir_contribuinte,
    dia,
    dinheiro,
    ler_json,
    lista,
    objeto,
    texto,
    texto_ou_nada,
)
from separador.capacidades.ecac.integra.valores import Comprovante, Filtro

PAGAMENTOS = Servico("Consultar", "PAGTOWEB", "PAGAMENTOS71")
CONTAGEM = Servico("Consultar", "PAGTOWEB", "CONTACONSDOCARRPG73")
COMPROVANTE = Servico("Emitir", "PAGTOWEB", "COMPARRECADACAO72")
MAIOR_PAGINA = 100


def pedir_pagamentos(f: Filtro) -> dict[str, object]:
    """Returns `dados` of PAGAMENTOS71. Raises ValueError for a page that the service does not allow."""
    if not 1 <= f.tamanho <= MAIOR_PAGINA or f.primeiro < 0:
        raise ValueError(f"página fora do limite: {f.primeiro}, {f.tamanho}")
    return {**pedir_contagem(f), "primeiroDaPagina": f.primeiro, "tamanhoDaPagina": f.tamanho}


def pedir_contagem(f: Filtro) -> dict[str, object]:
    """Returns `dados` of CONTACONSDOCARRPG73: the same filters, no page."""
    dados: dict[str, object] = {}
    if f.numeros:
        dados["numeroDocumentoLista"] = [completo(n) for n in f.numeros]
    if f.receitas:
        dados["codigoReceitaLista"] = [r.zfill(4) for r in f.receitas]
    if f.inicio is not None and f.fim is not None:
        dados["intervaloDataArrecadacao"] = {"dataInicial": f.inicio.isoformat(), "dataFinal": f.fim.isoformat()}
    if f.valor_de is not None and f.valor_ate is not None:
        dados["intervaloValorTotalDocumento"] = {"valorInicial": float(f.valor_de), "valorFinal": float(f.valor_ate)}
    if f.tipos:
        dados["codigoTipoDocumentoLista"] = list(f.tipos)
    return dados


def pedir_comprovante(numero: str) -> dict[str, object]:
    """Returns `dados` of COMPARRECADACAO72 with 17 digits: a mask would be answered with 500 (Erro-PAGTOWEB-00099).
    Raises ValueError when it is no number of a document."""
    digitos = so_digitos(numero)
    if digitos is None or not canonico(digitos) or len(completo(digitos)) > 17:
        raise ValueError(f"{numero!r} não é um número de documento")
    return {"numeroDocumento": completo(digitos)}


def ler_pagamentos(envelope: Envelope) -> tuple[Pagamento, ...]:
    """Reads one page; empty in all its shapes (`[]`, "", null, 204). Raises FormaError."""
    return tuple(_pagamento(objeto(d, "documento")) for d in lista(envelope.dados, "a lista de pagamentos"))


def ler_contagem(envelope: Envelope) -> int:
    """Reads a bare number, as number or text. Raises FormaError."""
    valor = envelope.dados
    if isinstance(valor, bool) or not str(valor).isdecimal():
        raise FormaError("a contagem não é um número")
    return int(valor)


def ler_comprovante(envelope: Envelope, contribuinte: str, numero: str) -> Comprovante:
    """Returns the PDF, when the answer is about that document of that taxpayer. Raises FormaError otherwise."""
    if any(m.codigo != "Sucesso-PAGTOWEB-00000" for m in envelope.mensagens):
        raise FormaError(f"o comprovante veio com a mensagem {envelope.codigo}")
    conferir_eco(envelope, contribuinte, numero)
    dados = envelope.dados
    if dados is None or (isinstance(dados, Mapping) and not dados.get("pdf")):
        raise FormaError("a resposta não traz o PDF do comprovante")
    return Comprovante(completo(numero), pdf_de(texto(objeto(dados, "o comprovante"), "pdf")))


def conferir_eco(envelope: Envelope, contribuinte: str, numero: str) -> None:
    """Checks that the echo repeats our question. A wrong number that exists fetches somebody else's receipt without any
    error. Raises FormaError."""
    pessoa = envelope.eco.get("contribuinte")
    pedido = envelope.eco.get("pedidoDados")
    if not isinstance(pessoa, Mapping) or not isinstance(pedido, Mapping):
        raise FormaError("a resposta não repete o pedido")
    conferir_contribuinte(envelope, contribuinte)
    dados = pedido.get("dados")
    pedidos = objeto(ler_json(dados) if isinstance(dados, str) else dados, "o eco do pedido")
    if canonico(str(pedidos.get("numeroDocumento", ""))) != canonico(numero):
        raise FormaError("a resposta é de outro documento")


def pdf_de(em_base64: str) -> bytes:
    """Decodes strict base64 of a whole PDF. Raises FormaError."""
    try:
        pdf = base64.b64decode(em_base64, validate=True)
    except (binascii.Error, ValueError):
        raise FormaError("o PDF não está em base64 válido") from None
    if not pdf.startswith(b"%PDF-"):
        raise FormaError("o conteúdo não é um PDF")
    if b"%%EOF" not in pdf[-1024:]:
        raise FormaError("o PDF está incompleto")
    return pdf


def _pagamento(o: Objeto) -> Pagamento:
    tipo = objeto(o.get("tipo"), "o tipo do documento")
    arrecadacao = dia(o, "dataArrecadacao")
    numero = so_digitos(texto(o, "numeroDocumento"))
    if arrecadacao is None or numero is None or not canonico(numero):
        raise FormaError("o pagamento não tem número ou data de arrecadação")
    return Pagamento(
        numero=numero,
        tipo=texto(tipo, "codigo").zfill(2),
        tipo_nome=texto_ou_nada(tipo, "descricaoAbreviada") or texto_ou_nada(tipo, "descricao") or "",
        arrecadacao=arrecadacao,
        periodo_apuracao=dia(o, "periodoApuracao"),
        vencimento=dia(o, "dataVencimento"),
        receita=_receita(o.get("receitaPrincipal")),
        referencia=texto_ou_nada(o, "referencia"),
        valores=_valores(o, "valor"),
        saldo=_valores(o, "valorSaldo"),
        desmembramentos=tuple(
            _desmembramento(objeto(d, "desmembramento")) for d in lista(o.get("desmembramentos"), "desmembramentos")
        ),
    )


def _desmembramento(o: Objeto) -> Desmembramento:
    receita = _receita(o.get("receitaPrincipal"))
    if receita is None:
        raise FormaError("desmembramento sem receita")
    return Desmembramento(
        sequencial=texto_ou_nada(o, "sequencial") or "",
        receita=receita,
        periodo_apuracao=dia(o, "periodoApuracao"),
        vencimento=dia(o, "dataVencimento"),
        valores=_valores(o, "valor"),
        saldo=_valores(o, "valorSaldo"),
        cib=texto_ou_nada(o, "cib"),
    )


def _receita(valor: Any) -> Receita | None:
    """Reads a receita. Its code loses its zeros on the way (`481`)."""
    if valor is None:
        return None
    o = objeto(valor, "a receita")
    extensao = o.get("extensaoReceita")
    return Receita(
        texto(o, "codigo").zfill(4),
        texto_ou_nada(o, "descricao") or "",
        texto_ou_nada(extensao, "codigo") if isinstance(extensao, Mapping) else None,
    )


def _valores(o: Objeto, prefixo: str) -> Valores:
    return Valores(*(dinheiro(o, prefixo + parte) for parte in ("Principal", "Multa", "Juros", "Total")))
