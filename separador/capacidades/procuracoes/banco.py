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


def listar(c: Conexao) -> list[Row]:
    """Returns all accesses, by office and name."""
    return c.execute("SELECT * FROM procuracao ORDER BY escritorio, nome_unico").fetchall()


def acesso(c: Conexao, linha: Row) -> Acesso:
    """Returns a row as the value that the domain works with."""
    clientes = c.execute(
        "SELECT documento FROM procuracao_cliente WHERE procuracao_id = ? ORDER BY documento", (linha["id"],)
    )
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
        clientes=tuple(r["documento"] for r in clientes.fetchall()),
        ativo=bool(linha["ativo"]),
    )


def inserir(c: Conexao, a: Acesso, quando: str) -> int:
    """Registers, without secret. Returns the id. Raises sqlite3.IntegrityError when the office has one of that name."""
    cursor = c.execute(
        "INSERT INTO procuracao (escritorio, nome, nome_unico, esfera, tipo, login, titular, certificado,"
        " certificado_cnpj, valida_ate, validade_dias, validade_meses, senha_em, ativo, criada_em, alterada_em)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (a.escritorio, *_valores(a), quando, quando),
    )
    numero = int(cursor.lastrowid or 0)
    _gravar_clientes(c, numero, a.clientes)
    return numero


def alterar(c: Conexao, numero: int, a: Acesso, quando: str) -> None:
    """Changes everything but office and secret."""
    c.execute(
        "UPDATE procuracao SET nome = ?, nome_unico = ?, esfera = ?, tipo = ?, login = ?, titular = ?, certificado = ?,"
        " certificado_cnpj = ?, valida_ate = ?, validade_dias = ?, validade_meses = ?, senha_em = ?, ativo = ?,"
        " alterada_em = ? WHERE id = ?",
        (*_valores(a), quando, numero),
    )
    _gravar_clientes(c, numero, a.clientes)


def _valores(a: Acesso) -> tuple[object, ...]:
    v = a.validade
    datas = (v.ate.isoformat() if v.ate else None, v.dias, v.meses, a.senha_em.isoformat() if a.senha_em else None)
    quem = (a.login, a.titular, a.certificado, a.certificado_cnpj)
    return (a.nome, nome_unico(a.nome), a.esfera.value, a.tipo.value, *quem, *datas, int(a.ativo))


def _gravar_clientes(c: Conexao, numero: int, clientes: tuple[str, ...]) -> None:
    c.execute("DELETE FROM procuracao_cliente WHERE procuracao_id = ?", (numero,))
    for documento in clientes:
        c.execute("INSERT INTO procuracao_cliente VALUES (?, ?)", (numero, documento))


def ligar_segredo(c: Conexao, numero: int, segredo_id: int, senha_em: str, quando: str) -> None:
    """Records under which number the vault keeps its secret. The validity starts again at `senha_em` (ISO date)."""
    c.execute(
        "UPDATE procuracao SET segredo_id = ?, senha_em = ?, alterada_em = ? WHERE id = ?",
        (segredo_id, senha_em, quando, numero),
    )


def certificado_ate(c: Conexao, empresa: str, apelido: str) -> str | None:
    """Returns the end of the validity of the installed certificate of that nickname, as stored; None without one."""
    linha = c.execute(
        "SELECT validade_ate FROM certificado WHERE empresa = ? AND apelido = ? COLLATE NOCASE AND removido_em IS NULL",
        (empresa, apelido),
    ).fetchone()
    return str(linha["validade_ate"]) if linha is not None else None
