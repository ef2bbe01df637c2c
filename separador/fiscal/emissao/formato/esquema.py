"""Makes the JSON Schema (2020-12) of a load from the description that the reader itself uses."""

from separador.fiscal.emissao.formato import tipos as t

RASCUNHO = "https://json-schema.org/draft/2020-12/schema"
Esquema = dict[str, object]


def esquema_de(grupo: t.Grupo, titulo: str) -> Esquema:
    """Returns the schema of a whole file. Empty values are absent ones, so each field may be one."""
    return {"$schema": RASCUNHO, "title": titulo, **_grupo(grupo)}


def _grupo(grupo: t.Grupo) -> Esquema:
    exigidos = [c.nome for c in grupo.campos if c.obrigatorio]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {c.nome: {"description": c.sobre, **_ou_vazio(_tipo(c.tipo))} for c in grupo.campos},
        **({"required": exigidos} if exigidos else {}),
    }


def _ou_vazio(esquema: Esquema) -> Esquema:
    return {"anyOf": [esquema, {"enum": [None, "", [], {}]}]}


def _tipo(tipo: t.Tipo) -> Esquema:
    match tipo:
        case t.Grupo():
            return _grupo(tipo)
        case t.Lista():
            limite = {"maxItems": tipo.maximo} if tipo.maximo is not None else {}
            return {"type": "array", "items": _ou_vazio(_tipo(tipo.item)), **limite}
        case t.Mapeado():
            return {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Z]{2}$"},
                "additionalProperties": _tipo(tipo.item),
            }
        case t.Leiaute():
            so_estas = {"properties": {tag: {} for tag in tipo.tags}, "additionalProperties": False}
            return {"type": "object", **(so_estas if tipo.tags else {})}
        case _:
            return _simples(tipo)


def _simples(tipo: t.Tipo) -> Esquema:
    match tipo:
        case t.Texto():
            forma = {"pattern": f"^(?:{tipo.forma})$"} if tipo.forma else {}
            return {"type": ["string", "number"], "minLength": tipo.minimo, "maxLength": tipo.maximo, **forma}
        case t.Numero():
            return {"type": ["number", "string"], "minimum": 0}
        case t.Inteiro():
            return {"type": ["integer", "string"], "minimum": tipo.minimo, "maximum": tipo.maximo}
        case t.Logico():
            return {"type": ["boolean", "string"]}
        case t.Palavra():
            return {"type": ["string", "number"], "examples": list(dict.fromkeys(tipo.opcoes.values()))}
        case t.Referencia():
            return {"type": ["string", "number"], "description": f"código ou documento de {tipo.cadastro}"}
        case _:
            return {"type": ["string", "number"]}


def linhas_da_tabela(grupo: t.Grupo) -> list[tuple[str, str, str]]:
    """Returns (field, kind, what it is) of every field of a group, for the manual."""
    return [(c.nome, descrito(c.tipo), c.sobre) for c in grupo.campos]


_NOMES = {t.Logico: "sim ou não", t.Municipio: "código do IBGE", t.Grupo: "grupo"}


def descrito(tipo: t.Tipo) -> str:
    """Returns a kind in words."""
    match tipo:
        case t.Texto():
            return f"texto({tipo.maximo})"
        case t.Data():
            return "data e hora" if tipo.momento else "data"
        case t.Numero():
            return f"número, {tipo.inteiros} + {tipo.decimais} casas"
        case t.Inteiro():
            return f"inteiro, {tipo.minimo} a {tipo.maximo}"
        case t.Documento():
            return "CNPJ" if tipo.so_cnpj else "CNPJ ou CPF"
        case t.Chave():
            modelos = " ou ".join(m for m in (tipo.modelo, tipo.outro) if m)
            return f"chave do modelo {modelos}" if modelos else "chave"
        case t.Referencia():
            return f"referência a {tipo.cadastro}"
        case t.Palavra():
            return ", ".join(dict.fromkeys(tipo.opcoes.values()))
        case t.Lista():
            return f"lista de {descrito(tipo.item)}"
        case t.Mapeado():
            return f"UF → {descrito(tipo.item)}"
        case _:
            return _NOMES.get(type(tipo), "tags do leiaute")
