"""Reads the registries, `config/cadastros/*.yaml`, whole: a wrong file is told with every error and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from separador.configuracao.emissao.arvore import Ramo, Serie, de_yaml
from separador.configuracao.emissao.leitura import Leitura, vazio
from separador.configuracao.tipos import ErroConfig
from separador.configuracao.yaml_seguro import ler_bytes
from separador.fiscal.emissao.achados import ErroDeCarga
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.dinheiro import CEM
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS, CHAVE_DO_REGISTRO
from separador.fiscal.emissao.no import No

CODIGO = "SEP-CADASTRO"


@dataclass(frozen=True, slots=True)
class CadastrosLidos:
    """The registries as read. With errors `cadastros` is None: nothing of them is taken up."""

    cadastros: Cadastros | None
    erros: tuple[ErroDeCarga, ...] = ()
    linhas: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(key, path of the record) → line."""


def assinatura(pasta: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Returns what changes when a file of the registries does."""
    vistos = []
    for nome in ARQUIVOS:
        try:
            visto = (pasta / f"{nome}.yaml").stat()
        except OSError:
            continue
        vistos.append((nome, visto.st_mtime_ns, visto.st_size, visto.st_ino))
    return tuple(vistos)


def ler_cadastros(pasta: Path) -> CadastrosLidos:
    """Reads every file there is. One that is not there is an empty registry."""
    registros: dict[str, tuple[No, ...]] = {}
    arquivos: dict[str, str] = {}
    erros: list[ErroDeCarga] = []
    linhas: dict[tuple[str, str], int] = {}
    for nome, chaves in ARQUIVOS.items():
        caminho = pasta / f"{nome}.yaml"
        arquivos |= dict.fromkeys(chaves, str(caminho))
        if not caminho.exists():
            continue
        leitura = Leitura(str(caminho))
        ramo = _arvore(caminho, leitura)
        if ramo is not None:
            _ler(ramo, nome, leitura, registros)
        linhas |= {(campo.partition("[")[0], campo): n for campo, n in leitura.linhas.items() if campo.endswith("]")}
        erros += leitura.erros
    return CadastrosLidos(None if erros else Cadastros(registros, arquivos), tuple(erros), linhas)


def _arvore(caminho: Path, leitura: Leitura) -> Ramo | None:
    conteudo = ler_bytes(caminho)
    if isinstance(conteudo, ErroConfig):
        leitura.errar(CODIGO, "", None, conteudo.mensagem, "Corrija o arquivo.")
        return None
    sem_comentarios = [
        linha for linha in conteudo.splitlines() if linha.strip() and not linha.lstrip().startswith(b"#")
    ]
    if not sem_comentarios:
        return Ramo({})
    ramo = de_yaml(conteudo)
    if isinstance(ramo, ErroConfig):
        leitura.errar(CODIGO, "", ramo.linha, ramo.mensagem, "Corrija o arquivo.")
        return None
    return ramo


def _ler(ramo: Ramo, nome: str, leitura: Leitura, registros: dict[str, tuple[No, ...]]) -> None:
    chaves = ARQUIVOS[nome]
    for chave, linha in ramo.repetidas:
        leitura.errar(CODIGO, chave, linha, f"a chave {chave} aparece mais de uma vez", "Deixe uma só.")
    for chave, galho in ramo.pares.items():
        if chave not in chaves:
            fazer = f"As chaves deste arquivo são: {', '.join(chaves)}."
            leitura.errar(CODIGO, chave, galho.linha, f"a chave {chave} não existe aqui", fazer)
            continue
        itens = galho.itens if isinstance(galho, Serie) else []
        if not isinstance(galho, Serie) and not vazio(galho):
            leitura.errar(CODIGO, chave, galho.linha, f"{chave} deve ser uma lista", "Escreva um registro por '-'.")
        lidos = [leitura.valor(item, chaves[chave], f"{chave}[{i}]") for i, item in enumerate(itens, 1)]
        registros[chave] = tuple(no for no in lidos if isinstance(no, No))
        _conferir_unicos(chave, registros[chave], leitura)
        for no in registros[chave]:
            _conferir_parcelas(no, leitura)


def _conferir_unicos(chave: str, nos: tuple[No, ...], leitura: Leitura) -> None:
    nome = CHAVE_DO_REGISTRO.get(chave, "codigo")
    vistos: dict[str, str] = {}
    for no in nos:
        dito = no.texto(nome)
        primeiro = vistos.setdefault(dito, no.campo) if dito else no.campo
        if primeiro != no.campo:
            linha = leitura.linhas.get(no.em(nome))
            leitura.errar(CODIGO, no.em(nome), linha, f"{nome} «{dito}» já é de {primeiro}", "Use outro código.")


def _conferir_parcelas(no: No, leitura: Leitura) -> None:
    """Tests that the instalments of a negotiation are the whole."""
    parcelas = no.nos("parcelas")
    soma = sum((p.numero("percentual") or Decimal(0) for p in parcelas), Decimal(0))
    if parcelas and soma != CEM and not any(p.ruins for p in parcelas):
        campo = no.em("parcelas")
        mensagem = f"os percentuais das parcelas somam {soma}, e não 100"
        leitura.errar(CODIGO, campo, leitura.linhas.get(campo), mensagem, "Corrija os percentuais.")
