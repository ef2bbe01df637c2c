"""Makes and restores the encrypted backup. A copy is proven before anything of it is written."""

import sqlite3
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import load_der_x509_certificate

from separador.banco.conexao import Banco
from separador.cofre.cofre import Cofre
from separador.cofre.copia_cifrada import Conteudo, Linha
from separador.fiscal.certificado import Segredo, restaurar
from separador.nucleo import capacidade
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.texto.razao import razao


@dataclass(frozen=True, slots=True)
class Prova:
    """The proof of a copy: how many secrets opened, and how many certificates have the right key."""

    segredos: int
    certificados: int


def reunir(banco: Banco, cofre: Cofre, quando: str) -> Conteudo:
    """Returns the content of a copy, all of one instant."""
    with banco.transacao():
        nomes = banco.todas("SELECT id, nome FROM segredo ORDER BY id")
        segredos = tuple((int(r["id"]), str(r["nome"]), cofre.ler(r["id"])) for r in nomes)
        tabelas = {t: [dict(r) for r in banco.todas(f"SELECT * FROM {t}")] for t in _existentes(banco)}  # noqa: S608
    return Conteudo(quando, segredos, tabelas)


def _existentes(banco: Banco) -> list[str]:
    """Returns the registries of a copy, in the order in which they may be written: those of the capabilities, then the
    users, who name offices. A table that this version does not have is left out."""
    linhas = banco.todas("SELECT name FROM sqlite_master WHERE type = 'table'")
    nomes = {str(r["name"]) for r in linhas}
    das_capacidades = [t for tabelas in capacidade.de_cada("copia") for t in tabelas]
    return [t for t in (*das_capacidades, "usuario") if t in nomes]


def provar(conteudo: Conteudo) -> Prova | Recusa:
    """Checks that the copy is whole in itself: every A1 certificate's key is there and is the right one.

    Returns the proof, or why the copy cannot be used.
    """
    segredos = {i: segredo for i, _, segredo in conteudo.segredos}
    certos = 0
    for linha in conteudo.tabelas.get("certificado", []):
        if "segredo_id" not in linha or not isinstance(linha.get("der"), bytes):
            return _recusa(
                "DANIFICADA", "Na cópia, falta parte de um certificado.", "Use outra cópia. Nada foi mudado."
            )
        if linha["segredo_id"] is None:
            continue
        if not _confere(linha, segredos.get(linha["segredo_id"])):
            mensagem = f"Na cópia, a chave do certificado {linha.get('apelido')} não é a dele."
            return _recusa("DANIFICADA", mensagem, "Use outra cópia. Nada foi mudado.")
        certos += 1
    return Prova(len(segredos), certos)


def _confere(linha: Linha, pkcs8: bytes | None) -> bool:
    if pkcs8 is None:
        return False
    try:
        par = restaurar(Segredo(linha["der"], pkcs8))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return load_der_x509_certificate(par.der).public_key() == par.chave.public_key()


def devolver(banco: Banco, cofre: Cofre, conteudo: Conteudo) -> Prova | Recusa:
    """Writes a proven copy into an empty vault, all or nothing, and reads every secret again from what was written."""
    provada = provar(conteudo)
    if isinstance(provada, Recusa):
        return provada
    try:
        return _escrever(banco, cofre, conteudo, provada)
    except sqlite3.IntegrityError as erro:
        mensagem = f"Os cadastros da cópia não cabem uns com os outros ({razao(erro)})."
        return _recusa("DANIFICADA", mensagem, "Use outra cópia. Nada foi mudado.")


def _escrever(banco: Banco, cofre: Cofre, conteudo: Conteudo, provada: Prova) -> Prova | Recusa:
    with banco.transacao():
        ocupadas = [t for t in ("segredo", *_existentes(banco)) if banco.uma(f"SELECT 1 FROM {t} LIMIT 1")]  # noqa: S608
        if ocupadas:
            return _ocupado(ocupadas)
        novos = {i: cofre.guardar(nome, segredo) for i, nome, segredo in conteudo.segredos}
        for tabela in _existentes(banco):
            for linha in conteudo.tabelas.get(tabela, []):
                _inserir(banco, tabela, _com_segredos(linha, novos))
        for antigo, nome, segredo in conteudo.segredos:
            if cofre.ler(novos[antigo]) != segredo:
                raise sqlite3.DatabaseError(f"o segredo {nome} não voltou igual")
    return provada


def _com_segredos(linha: Linha, novos: dict[int, int]) -> Linha:
    """Returns the row with the numbers that its secrets have here now, in every column that ends in `segredo_id`."""
    return {c: novos.get(v, v) if c.endswith("segredo_id") and v is not None else v for c, v in linha.items()}


def _inserir(banco: Banco, tabela: str, linha: Linha) -> None:
    colunas = [str(r["name"]) for r in banco.todas(f"PRAGMA table_info({tabela})")]
    usadas = [c for c in colunas if c in linha]
    if not usadas:
        raise sqlite3.IntegrityError(f"uma linha de {tabela} não tem nada")
    banco.execute(
        f"INSERT INTO {tabela} ({', '.join(usadas)}) VALUES ({', '.join('?' * len(usadas))})",  # noqa: S608 - own names
        [linha[c] for c in usadas],
    )


def _ocupado(ocupadas: list[str]) -> Recusa:
    mensagem = f"O cofre desta instalação não está vazio (há registros em: {', '.join(ocupadas)})."
    fazer = (
        "Restaure em uma instalação nova (outra pasta de dados, depois de separador init); para só provar a cópia: "
        "separador cofre restaurar ARQUIVO --conferir"
    )
    return _recusa("OCUPADO", mensagem, fazer)


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-COPIA-{codigo}", "SEP", mensagem, o_que_fazer),))
