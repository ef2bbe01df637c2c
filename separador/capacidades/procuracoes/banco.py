"""Keeps the accesses of the offices. No secret is here, only its number."""

from datetime import date
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso, Validade


def nome_unico(nome: str) -> str:
    """Returns the form in which names are compared: `Acesso  SEFAZ-MT` is the same as `ACESSO SEFAZ-MT`."""
    return " ".join(nome.casefold().split())


def achar(c: Conexao, nome: str, escritorio_cnpj: str | None = None) -> list[Row]:
    """Returns the accesses of that name. One office has one at most."""
    return c.execute(
        "SELECT * FROM procuracao WHERE nome_unico = ?1 AND (?2 IS NULL OR escritorio = ?2) ORDER BY escritorio",
        (nome_unico(nome), escritorio_cnpj),
    ).fetchall()


def por_id(c: Conexao, numero: int) -> Row | None:
    """Returns one access."""
    linha: Row | None = c.execute("SELECT * FROM procuracao WHERE id = ?", (numero,)).fetchone()
    return linha


def listar(c: Conexao, escritorio: str | None = None) -> list[Row]:
    """Returns all accesses, or those of one office, by office and name."""
    if escritorio is None:
        return c.execute("SELECT * FROM procuracao ORDER BY escritorio, nome_unico").fetchall()
    return c.execute("SELECT * FROM procuracao WHERE escritorio = ? ORDER BY nome_unico", (escritorio,)).fetchall()


def quantos(c: Conexao) -> dict[str, int]:
    """Returns how many accesses each office has."""
    sql = "SELECT escritorio, count(*) AS n FROM procuracao GROUP BY escritorio"
    return {r["escritorio"]: int(r["n"]) for r in c.execute(sql).fetchall()}


def do_cliente(c: Conexao, documento: str) -> list[Row]:
    """Returns the accesses that cover a client, of whatever office, kind and state."""
    return c.execute(
        "SELECT p.* FROM procuracao_cliente k JOIN procuracao p ON p.id = k.procuracao_id WHERE k.documento = ?"
        " ORDER BY p.escritorio, p.nome_unico",
        (documento,),
    ).fetchall()


def acesso(c: Conexao, linha: Row) -> Acesso:
    """Returns a row as the value that the domain works with."""
    clientes = c.execute(
        "SELECT documento FROM procuracao_cliente WHERE procuracao_id = ? ORDER BY documento", (linha["id"],)
    )
    return acesso_com(linha, tuple(r["documento"] for r in clientes.fetchall()))


def acesso_com(linha: Row, clientes: tuple[str, ...]) -> Acesso:
    """Returns a row with these clients: one access may have thousands, and who asks for one needs no other."""
    ate, senha = linha["valida_ate"], linha["senha_em"]
    return Acesso(
        escritorio=linha["escritorio"],
        nome=linha["nome"],
        esfera=Esfera(linha["esfera"]),
        tipo=TipoAcesso(linha["tipo"]),
        login=linha["login"],
        titular=linha["titular"],
        certificado=linha["certificado"],
        certificado_cnpj=linha["certificado_cnpj"],
        validade=Validade(date.fromisoformat(ate) if ate else None, linha["validade_dias"], linha["validade_meses"]),
        senha_em=date.fromisoformat(senha) if senha else None,
        clientes=clientes,
        ativo=bool(linha["ativo"]),
        orgao=linha["orgao"] if "orgao" in linha.keys() else None,  # noqa: SIM118 -- a Row has no `in`
    )


def inserir(c: Conexao, a: Acesso, quando: str) -> int:
    """Registers, without secret. Returns the id. Raises sqlite3.IntegrityError when the office has one of that name."""
    cursor = c.execute(
        "INSERT INTO procuracao (escritorio, nome, nome_unico, esfera, tipo, orgao, login, titular, certificado,"
        " certificado_cnpj, valida_ate, validade_dias, validade_meses, senha_em, ativo, criada_em, alterada_em)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (a.escritorio, *_valores(a), quando, quando),
    )
    numero = int(cursor.lastrowid or 0)
    _gravar_clientes(c, numero, a.clientes)
    return numero


def alterar(c: Conexao, numero: int, a: Acesso, quando: str) -> None:
    """Changes everything but office and secret."""
    c.execute(
        "UPDATE procuracao SET nome = ?, nome_unico = ?, esfera = ?, tipo = ?, orgao = ?, login = ?, titular = ?,"
        " certificado = ?, certificado_cnpj = ?, valida_ate = ?, validade_dias = ?, validade_meses = ?, senha_em = ?,"
        " ativo = ?, alterada_em = ? WHERE id = ?",
        (*_valores(a), quando, numero),
    )
    _gravar_clientes(c, numero, a.clientes)


def _valores(a: Acesso) -> tuple[object, ...]:
    v = a.validade
    datas = (v.ate.isoformat() if v.ate else None, v.dias, v.meses, a.senha_em.isoformat() if a.senha_em else None)
    quem = (a.login, a.titular, a.certificado, a.certificado_cnpj)
    return (a.nome, nome_unico(a.nome), a.esfera.value, a.tipo.value, a.orgao, *quem, *datas, int(a.ativo))


def _gravar_clientes(c: Conexao, numero: int, clientes: tuple[str, ...]) -> None:
    c.execute("DELETE FROM procuracao_cliente WHERE procuracao_id = ?", (numero,))
    for documento in clientes:
        c.execute("INSERT INTO procuracao_cliente VALUES (?, ?)", (numero, documento))


def ligar_segredo(c: Conexao, numero: int, segredo_id: int, senha_em: str, quem: str, quando: str) -> None:
    """Records under which number the vault keeps its secret, and who gave it. The validity starts again at `senha_em`
    (ISO date)."""
    c.execute(
        "UPDATE procuracao SET segredo_id = ?, senha_em = ?, senha_por = ?, alterada_em = ? WHERE id = ?",
        (segredo_id, senha_em, quem, quando, numero),
    )


def excluir(c: Conexao, numero: int) -> None:
    """Deletes an access with its clients and its uses. The caller deletes its secret."""
    for tabela in ("procuracao_uso", "procuracao_cliente"):
        c.execute(f"DELETE FROM {tabela} WHERE procuracao_id = ?", (numero,))  # noqa: S608 -- names of this module
    c.execute("DELETE FROM procuracao WHERE id = ?", (numero,))


def certificado(c: Conexao, empresa: str, apelido: str) -> Row | None:
    """Returns holder and validity of the certificate of that nickname: the installed one, else the last that was."""
    linha: Row | None = c.execute(
        "SELECT cnpj, cpf, tipo, validade_ate, removido_em FROM certificado WHERE empresa = ? AND apelido = ? COLLATE"
        " NOCASE ORDER BY removido_em IS NOT NULL, removido_em DESC LIMIT 1",
        (empresa, apelido),
    ).fetchone()
    return linha


# --- what it was used for --------------------------------------------------------------------------------------------


def anotar_uso(c: Conexao, numero: int, uso: str, cliente: str, quando: str) -> None:
    """Notes the last time that something went by the access for a client."""
    c.execute(
        "INSERT INTO procuracao_uso (procuracao_id, uso, cliente, usada_em) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (procuracao_id, uso, cliente) DO UPDATE SET usada_em = ?4",
        (numero, uso, cliente, quando),
    )


def usos(c: Conexao, numero: int) -> list[Row]:
    """Returns what the access was used for, the latest first; nothing in a database that is older than that."""
    if c.execute("SELECT 1 FROM sqlite_master WHERE name = 'procuracao_uso'").fetchone() is None:
        return []
    sql = "SELECT uso, cliente, usada_em FROM procuracao_uso WHERE procuracao_id = ? ORDER BY usada_em DESC, cliente"
    return c.execute(sql, (numero,)).fetchall()
