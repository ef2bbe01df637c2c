"""Writes the registries' files where there are none: empty, with a comment that names every field."""

from collections.abc import Iterator
from pathlib import Path

from separador.configuracao.gravacao import gravar
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS
from separador.fiscal.emissao.formato.tipos import Grupo, Lista, Mapeado, Tipo


def faltam(pasta: Path) -> list[Path]:
    """Returns the files of the registries that are not there."""
    return [caminho for nome in ARQUIVOS if not (caminho := pasta / f"{nome}.yaml").exists()]


def escrever(arquivo: Path) -> None:
    """Writes an empty file of a registry. Raises OSError."""
    gravar(arquivo, modelo(arquivo.stem).encode())


def intocado(arquivo: Path) -> bool:
    """Says whether a file of a registry is as it was written here. Raises OSError."""
    return arquivo.read_bytes() == modelo(arquivo.stem).encode()


def modelo(nome: str) -> str:
    """Returns the text of an empty file."""
    linhas = [
        f"# Cadastro de emissão: {nome}. O serviço lê de novo sozinho quando este arquivo muda.",
        "# Para conferir: separador carga cadastros. Exemplos: config/exemplos/cadastros, no código do programa.",
    ]
    for chave, grupo in ARQUIVOS[nome].items():
        linhas += ["#", f"# {chave}: uma lista; cada registro começa com um traço, e tem estes campos:"]
        largura = max(len(campo) for campo, _ in _campos(grupo))
        linhas += [f"#   {campo:<{largura}}  {sobre}" for campo, sobre in _campos(grupo)]
        linhas.append(f"{chave}: []")
    return "\n".join(linhas) + "\n"


def _campos(grupo: Grupo, antes: str = "") -> Iterator[tuple[str, str]]:
    for campo in grupo.campos:
        exigido = " (obrigatório)" if campo.obrigatorio else ""
        yield f"{antes}{campo.nome}", f"{campo.sobre}{exigido}"
        de_dentro = _de_dentro(campo.tipo)
        if de_dentro is not None:
            yield from _campos(de_dentro, f"{antes}  ")


def _de_dentro(tipo: Tipo) -> Grupo | None:
    """Returns the fields of a group, or of the items of a list."""
    if isinstance(tipo, Lista | Mapeado):
        return _de_dentro(tipo.item)
    return tipo if isinstance(tipo, Grupo) else None
