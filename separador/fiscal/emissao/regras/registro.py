"""Decides what the layout 4.00 has no place for, and is kept in the record of the document (EMIS-03…05, 12, 14, 15, 18,
21, 24)."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from separador.fiscal.emissao.caso import Caso
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.partes import Partes
from separador.fiscal.emissao.regras.pedidos import caminho, ilegivel

_CIF_FOB = {"CIF": "PAGO", "FOB": "A PAGAR"}
_VEICULOS = ("veiculo", "reboque_1", "reboque_2", "reboque_3")
LIMITE_DE_OBS = 2000
Registro = Mapping[str, object]


def forma_de_pagamento(caso: Caso) -> str:
    """Returns the form of payment, from CIF or FOB when it is not given (EMIS-04). Empty: neither is given."""
    forma = caso.cte.texto("forma_pagamento")
    if forma:
        caso.decidir("forma_pagamento", forma, "a que a carga diz; vai para o registro", "EMIS-04")
        return forma
    forma = _CIF_FOB.get(caso.cte.texto("cif_fob"), "")
    if forma:
        caso.decidir("forma_pagamento", forma, f"{caso.cte.texto('cif_fob')}; vai para o registro", "EMIS-04")
    return forma


def decidir(
    caso: Caso, partes: Partes, listas: Mapping[str, Sequence[No | str]], notas: Sequence[No], emitente: str
) -> Registro:
    """Returns the record, in the words of the contract. `emitente`: its CNPJ."""
    cte = caso.cte
    lotacao = cte.sim("lotacao")
    veiculos = [v for nome in _VEICULOS if nome in cte and (v := _veiculo(caso, nome)) is not None]
    motoristas = [m for ref in listas["motoristas"] if (m := _motorista(caso, str(ref))) is not None]
    if lotacao:
        _exigir_lotacao(caso, motoristas=bool(listas["motoristas"]))
    return {
        "forma_pagamento": forma_de_pagamento(caso),
        "lotacao": lotacao,
        "veiculos": veiculos,
        "motoristas": motoristas,
        "seguros": [_seguro(caso, s) for s in nos(listas["seguros"])],
        "vales_pedagio": [_vale(caso, v, partes, emitente) for v in nos(listas["vales_pedagio"])],
        "lacres": [str(x) for x in listas["lacres"]],
        "coleta_entrega": [_coleta(c, partes) for c in cte.nos("coleta_entrega")],
        "notas": [_nota(n) for n in notas],
    }


def nos(lista: Sequence[No | str]) -> list[No]:
    """Returns the groups of a list."""
    return [x for x in lista if isinstance(x, No)]


def _exigir_lotacao(caso: Caso, *, motoristas: bool) -> None:
    """Demands driver and vehicle together (EMIS-03): one message."""
    faltam = [n for n, ha in (("motorista", motoristas), ("veículo de tração", caso.cte.dado("veiculo"))) if not ha]
    if faltam and not ilegivel(caso.cte, "motoristas"):
        mensagem = f"Lotação exige motorista e veículo de tração; falta: {' e '.join(faltam)}."
        caso.errar("SEP-EMIS-03", "lotacao", mensagem, "Preencha motoristas e veiculo, ou retire lotacao.")


def _veiculo(caso: Caso, nome: str) -> dict[str, object] | None:
    registro = caso.registro("veiculos", caso.cte.texto(nome), caso.cte.em(nome))
    if registro is None:
        return None
    faltam = [n for n in ("placa", "uf") if not registro.dado(n)]
    for falta in faltam:
        caso.achados.faltar("veiculos", registro.texto("codigo"), falta, caso.cadastros.onde("veiculos"))
    campos = {n: _simples(registro, n) for n in ("placa", "uf", "renavam", "tara", "capacidade_kg", "capacidade_m3")}
    campos |= {n: _simples(registro, n) for n in ("tipo_rodado", "tipo_carroceria")}
    campos["placa"] = str(campos["placa"] or "").replace("-", "")
    return {"campo": nome, "codigo": registro.texto("codigo"), **{n: v for n, v in campos.items() if v is not None}}


def _simples(no: No, nome: str) -> str | int | None:
    numero = no.numero(nome)
    return int(numero) if numero is not None else no.texto(nome) or None


def _motorista(caso: Caso, referencia: str) -> dict[str, object] | None:
    campo = caminho(caso.cte, "motoristas", referencia)
    registro = caso.registro("entidades", referencia, campo)
    if registro is None:
        return None
    if not registro.sim("motorista"):
        mensagem = f"{registro.texto('codigo')} não está cadastrado como motorista."
        fazer = f"Marque motorista: sim em {caso.cadastros.onde('entidades')}, ou corrija o motorista."
        caso.achados.errar("SEP-EMIS-21", campo, mensagem, fazer)
    return {"codigo": registro.texto("codigo"), "nome": registro.texto("nome"), "cpf": registro.texto("documento")}


def _seguro(caso: Caso, no: No) -> dict[str, object]:
    if not no.dado("responsavel"):
        caso.achados.errar("SEP-EMIS-12", no.em("responsavel"), "Falta o responsável pelo seguro.", "Preencha o campo.")
    dita = no.texto("seguradora")
    registro = caso.cadastros.achar("seguradoras", dita).registro if dita else None
    if dita and registro is None and len(dita) > 30:
        mensagem = f"O nome da seguradora tem {len(dita)} posições; o limite é 30."
        caso.achados.errar("SEP-CARGA-TEXTO", no.em("seguradora"), mensagem, "Encurte, ou cadastre a seguradora.")
    seguro: dict[str, object] = {"responsavel": no.texto("responsavel")}
    seguro |= {"seguradora": registro.texto("nome") if registro is not None else dita}
    if registro is not None and "cnpj" in registro:
        seguro["cnpj"] = registro.texto("cnpj")
    valor = no.numero("averbacao_valor")
    seguro |= {"apolice": no.texto("apolice"), "averbacao_numero": no.texto("averbacao_numero")}
    seguro["averbacao_valor"] = f"{valor:.2f}" if valor is not None else ""
    return {n: v for n, v in seguro.items() if v != ""}


def _vale(caso: Caso, no: No, partes: Partes, emitente: str) -> dict[str, object]:
    pagante, parceiro = no.texto("pagante"), no.texto("parceiro_pagante")
    outro = pagante == "outro"
    if "pagante" not in no.ruins and outro != bool(parceiro) and "parceiro_pagante" not in no.ruins:
        mensagem = "Com pagante outro, diga o parceiro." if outro else "O parceiro pagante só vai com pagante outro."
        caso.achados.errar("SEP-EMIS-14", no.em("parceiro_pagante"), mensagem, "Corrija pagante ou parceiro_pagante.")
    if pagante not in ("", "outro", "emitente") and not caso.cte.dado(pagante) and partes.papel(pagante) is None:
        mensagem = f"O pagante é o {pagante}, que o CT-e não tem."
        caso.achados.errar("SEP-EMIS-14", no.em("pagante"), mensagem, "Corrija o pagante.")
    fornecedor = _documento(caso, no, "fornecedor")
    pessoa = partes.papel(pagante) if pagante else None
    quem = pessoa.documento if pessoa is not None else emitente if pagante == "emitente" else ""
    valor = no.numero("valor")
    vale = {
        "pagante": pagante,
        "pagante_documento": _documento(caso, no, "parceiro_pagante") if outro else quem,
        "fornecedor": fornecedor,
        "compra": no.texto("compra"),
        "valor": f"{valor:.2f}" if valor is not None else "",
    }
    return {n: v for n, v in vale.items() if v}


def _documento(caso: Caso, no: No, nome: str) -> str:
    """Returns the document of a party that a field names, empty when the field is absent or nobody is found (told)."""
    if nome not in no:
        return ""
    registro = caso.registro("entidades", no.texto(nome), no.em(nome))
    return registro.texto("documento") if registro is not None else ""


def _coleta(no: No, partes: Partes) -> dict[str, object]:
    tipo = no.texto("tipo", "coleta")
    papel = "remetente" if tipo == "coleta" else "destinatario"
    dito = no.texto("parceiro")
    pessoa = partes.papel(papel)
    parceiro = dito or (pessoa.codigo if pessoa is not None else "")
    return {"tipo": tipo, "tipo_transporte": "rodoviario", "parceiro": parceiro}


def _nota(no: No) -> dict[str, object]:
    valor, emissao = no.numero("valor") or Decimal(0), no.data("emissao")
    nota = {n: no.texto(n) for n in ("chave", "modelo", "numero", "serie", "descricao") if n in no}
    return {**nota, **({"emissao": emissao.isoformat()} if emissao is not None else {}), "valor": f"{valor:.2f}"}


# --- what is printed of it -------------------------------------------------------------------------------------------


def texto_para_obs(registro: Registro, imprimir: Sequence[str]) -> list[str]:
    """Returns the parts of the record that the configuration wants in xObs, in the order of the contract."""
    vales = dicionarios(registro["vales_pedagio"]) if registro["lotacao"] else []
    partes = {
        "forma_pagamento": [f"FORMA DE PAGAMENTO: {f}"] if (f := registro["forma_pagamento"]) else [],
        "lotacao": ["LOTACAO: SIM"] if registro["lotacao"] else [],
        "veiculos": _juntos("VEICULOS", registro["veiculos"], lambda v: f"{v['placa']}/{v['uf']}"),
        "motoristas": _juntos("MOTORISTAS", registro["motoristas"], lambda m: f"{m['nome']} {m['cpf']}"),
        "seguros": [_escrito(s) for s in dicionarios(registro["seguros"])],
        "vale_pedagio": [_vale_escrito(v) for v in vales],
        "lacres": _lacres(registro),
    }
    return [texto for nome, textos in partes.items() if nome in imprimir for texto in textos]


def dicionarios(valor: object) -> list[dict[str, object]]:
    """Returns the groups of a list of the record."""
    return [v for v in valor if isinstance(v, dict)] if isinstance(valor, list) else []


def _juntos(titulo: str, valor: object, escrever: Callable[[dict[str, object]], str]) -> list[str]:
    textos = [escrever(v) for v in dicionarios(valor)]
    return [f"{titulo}: {', '.join(textos)}"] if textos else []


def _escrito(s: Mapping[str, object]) -> str:
    apolice = f" APOLICE {s['apolice']}" if "apolice" in s else ""
    seguradora = f" {s['seguradora']}" if "seguradora" in s else ""
    return f"SEGURO: {str(s.get('responsavel', '')).upper()}{seguradora}{apolice}"


def _vale_escrito(v: Mapping[str, object]) -> str:
    campos = (("FORNECEDOR", "fornecedor"), ("COMPRA", "compra"), ("PAGANTE", "pagante_documento"), ("VALOR", "valor"))
    return "VALE-PEDAGIO: " + " ".join(f"{t} {str(v[n]).upper()}" for t, n in campos if n in v)


def _lacres(registro: Registro) -> list[str]:
    lacres = registro["lacres"]
    return ["LACRES: " + "\\".join(lacres)] if registro["lotacao"] and isinstance(lacres, list) and lacres else []
