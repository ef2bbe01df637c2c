"""Describes the form of one CT-e, reads what was typed into it, and makes the load file of that."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from separador.capacidades.emissao.telas.palavras import FORMAS, PAPEIS, RESPONSAVEIS, UNIDADES
from separador.nucleo.chave import FORMATO_CHAVE
from separador.painel.base.campos import Campos

MAIS, MAXIMO = 10, 200
"""Rows that a button adds to a list, and up to how many it does."""


@dataclass(frozen=True, slots=True)
class Campo:
    """One field. `de`: the registry that it is chosen from; `opcoes`: words that it is chosen from, before those.
    `tipo`: of the control; `dica`: said under it."""

    nome: str
    rotulo: str
    de: str = ""
    opcoes: tuple[tuple[str, str], ...] = ()
    tipo: str = "text"
    tamanho: int = 60
    dica: str = ""


@dataclass(frozen=True, slots=True)
class Lista:
    """Rows of fields. `simples`: the file has a list of values, and not of groups. `linhas`: at first."""

    nome: str
    campos: tuple[Campo, ...]
    linhas: int
    mais: str = ""
    simples: bool = False


@dataclass(frozen=True, slots=True)
class Grupo:
    """One part of the form."""

    titulo: str
    campos: tuple[Campo, ...] = ()
    lista: Lista | None = None
    frase: str = ""


_ENTIDADES, _VEICULOS = "entidades", "veiculos"
GRUPOS = (
    Grupo(
        "Partes",
        (
            Campo("transportadora", "Transportadora", "empresas"),
            Campo("depositante", "Depositante", _ENTIDADES),
            Campo("remetente", "Remetente", _ENTIDADES),
            Campo("destinatario", "Destinatário", _ENTIDADES),
            Campo("expedidor", "Expedidor", _ENTIDADES),
            Campo("recebedor", "Recebedor", _ENTIDADES),
            Campo("tomador", "Tomador", _ENTIDADES, PAPEIS),
            Campo("tipo_operacao", "Tipo operação", "operacoes", (("normal", "normal"),)),
        ),
        frase="Sem remetente, é o depositante; sem tomador, paga o depositante, ou o remetente.",
    ),
    Grupo(
        "Notas fiscais",
        lista=Lista(
            "notas",
            (
                Campo("chave", "Chave", tipo="chave", tamanho=60),
                Campo("valor", "Valor", tipo="decimal", tamanho=20),
            ),
            3,
            "Mais notas",
        ),
    ),
    Grupo(
        "Serviços",
        (Campo("forma_pagamento", "Forma de pagamento", opcoes=tuple((f, f) for f in FORMAS)),),
        Lista(
            "servicos",
            (
                Campo("codigo", "Código", "servicos"),
                Campo("descricao", "Descrição"),
                Campo("componente", "Componente", tamanho=15),
                Campo("valor", "Valor", tipo="decimal", tamanho=20),
                Campo("tributacao", "Tributação", tamanho=3),
                Campo("aliquota", "Alíquota", tipo="decimal", tamanho=7),
                Campo("base_icms", "Base ICMS", tipo="decimal", tamanho=7, dica="em %, 100 quando cheia"),
                Campo("cfop", "CFOP", tamanho=4),
            ),
            1,
            "Mais serviços",
        ),
        "Sem serviço nenhum, o frete é o percentual do depositante sobre o valor das notas.",
    ),
    Grupo(
        "Medidas",
        (Campo("produto_predominante", "Produto predominante"),),
        Lista(
            "medidas",
            (
                Campo("unidade", "Unidade", opcoes=tuple((u, u) for u in UNIDADES)),
                Campo("tipo", "Tipo", tamanho=20),
                Campo("quantidade", "Quantidade", tipo="decimal", tamanho=20),
            ),
            2,
            "Mais medidas",
        ),
    ),
    Grupo(
        "Transporte",
        (
            Campo("lotacao", "Lotação", tipo="checkbox"),
            Campo("veiculo", "Veículo", _VEICULOS),
            *(Campo(f"reboque_{i}", f"Reboque {i}", _VEICULOS) for i in (1, 2, 3)),
            Campo("cod_cid_inicio", "Cidade do início (código)", tamanho=7),
            Campo("cod_cid_fim", "Cidade do fim (código)", tamanho=7),
            Campo("previsao_entrega", "Previsão entrega", tipo="date"),
            Campo("observacao", "Observação", tipo="textarea", tamanho=2000),
        ),
        Lista("motoristas", (Campo("", "Motoristas", "motoristas"),), 2, simples=True),
        "Sem os códigos do IBGE, início e fim são os municípios das partes.",
    ),
    Grupo(
        "Seguro",
        lista=Lista(
            "seguros",
            (
                Campo("responsavel", "Responsável", opcoes=RESPONSAVEIS),
                Campo("seguradora", "Seguradora", "seguradoras"),
                Campo("apolice", "Apólice", tamanho=20),
            ),
            2,
        ),
    ),
)
SIMPLES = {c.nome: c for g in GRUPOS for c in g.campos}
LISTAS = {g.lista.nome: g.lista for g in GRUPOS if g.lista is not None}
CARGA = Campo("carga", "Carga", tamanho=40)
Linha = dict[str, str]


def nome_em(lista: Lista, campo: Campo) -> str:
    """Returns the name of a control in a row."""
    return f"{lista.nome}.{campo.nome}" if campo.nome else lista.nome


@dataclass(frozen=True, slots=True)
class Formulario:
    """What was typed. `linhas`: list → its rows, the empty ones too."""

    carga: str
    simples: Mapping[str, str] = field(default_factory=dict)
    linhas: Mapping[str, Sequence[Linha]] = field(default_factory=dict)

    def dadas(self, lista: str) -> list[int]:
        """Returns which rows of a list have something in them."""
        return [i for i, linha in enumerate(self.linhas[lista]) if any(linha.values())]


def ler(c: Campos, sugerida: str) -> Formulario:
    """Reads the fields of a form; `sugerida` names a load that has no name yet."""
    simples = {n: c.um(n).strip() for n in SIMPLES}
    mais = c.um("mais")
    linhas = {n: _linhas(c, lista, MAIS if n == mais else 0) for n, lista in LISTAS.items()}
    return Formulario(c.um("carga", sugerida).strip(), simples, linhas)


def _linhas(c: Campos, lista: Lista, mais: int) -> list[Linha]:
    colunas = {f.nome: [x.strip() for n, x in c.pares if n == nome_em(lista, f)] for f in lista.campos}
    vieram = max(lista.linhas, *map(len, colunas.values()))
    quantas = max(vieram, min(vieram + mais, MAXIMO))  # what came is never cut
    return [{n: v[i] if i < len(v) else "" for n, v in colunas.items()} for i in range(quantas)]


def em_arquivo(f: Formulario) -> bytes:
    """Returns the load of one CT-e. JSON: what was typed stays a text, whatever it looks like."""
    cte: dict[str, object] = {n: _valor(SIMPLES[n], x) for n, x in f.simples.items() if x}
    for nome, lista in LISTAS.items():
        dadas = [{n: x for n, x in f.linhas[nome][i].items() if x} for i in f.dadas(nome)]
        if dadas:
            cte[nome] = [linha[""] for linha in dadas] if lista.simples else dadas
    return json.dumps({"carga": f.carga, "conhecimentos": [cte]}, ensure_ascii=False, indent=1).encode()


def nfes(f: Formulario) -> list[tuple[str, str]]:
    """Returns field and key of each NF-e that was typed."""
    linhas = [f.linhas["notas"][i] for i in f.dadas("notas")]
    chaves = [re.sub(r"[^0-9A-Z]", "", linha.get("chave", "").upper()).removeprefix("NFE") for linha in linhas]
    return [(f"conhecimentos[1].notas[{n}].chave", c) for n, c in enumerate(chaves, 1) if FORMATO_CHAVE.fullmatch(c)]


def _valor(campo: Campo, dito: str) -> str:
    return "sim" if campo.tipo == "checkbox" else dito


_CAMINHO = re.compile(r"conhecimentos\[1\]\.([a-z_0-9]+)(?:\[([0-9]+)\])?(?:\.([a-z_0-9]+))?.*")


def onde(f: Formulario, campo: str) -> tuple[str, str]:
    """Returns the id of the control that an error names, and its words; no id where the form has no such field."""
    if campo == "carga":
        return CARGA.nome, CARGA.rotulo
    achado = _CAMINHO.fullmatch(campo)
    if achado is None:
        return "", "" if campo == "conhecimentos[1]" else campo
    nome, posicao, dentro = achado.groups()
    if nome in SIMPLES:
        return nome, SIMPLES[nome].rotulo
    if nome not in LISTAS:
        return "", campo.partition(".")[2]
    return _na_lista(f, LISTAS[nome], int(posicao or 0), dentro or "")


def mensagem(campo: str, dita: str, fazer: str = "") -> str:
    """Returns an error as sentences, without the name of its field, which stands before it in people's words."""
    dita = dita.removeprefix(f"{campo.rpartition('.')[2]}: ")
    fim = "" if not fazer or dita.endswith((".", "!", "?", ":", ";")) else "."
    return f"{dita}{fim} {fazer}".strip()


def _na_lista(f: Formulario, lista: Lista, posicao: int, dentro: str) -> tuple[str, str]:
    """`posicao`: in the file, from 1, where empty rows are not; 0: the list as a whole."""
    titulo = next(g.titulo for g in GRUPOS if g.lista is lista)
    dadas = f.dadas(lista.nome)
    linha = dadas[posicao - 1] if 0 < posicao <= len(dadas) else 0
    campo = next((c for c in lista.campos if c.nome == dentro), None)
    rotulo = f"{titulo}, {linha + 1}ª linha" if posicao else titulo
    if campo is not None and campo.nome:
        rotulo = f"{rotulo}: {campo.rotulo}"
    return f"{lista.nome}-{linha}-{(campo or lista.campos[0]).nome}", rotulo
