"""Keeps the registry of guides. States change only through `transitar`; the triggers of the database check them too."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from sqlite3 import Row

from separador.acesso.banco.auditoria import Conexao
from separador.capacidades.ecac.banco.movimento import GUIAS
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento, TipoDocumento, Valores, canonico, completo
from separador.capacidades.ecac.dominio.guia import Estado, Fato, Guia, Periodo, transitar
from separador.capacidades.movimento.banco import contar_novos
from separador.nucleo.fuso import dia


@dataclass(frozen=True, slots=True)
class NovaGuia:
    """A guide to be registered. `numero` has 17 digits. With None only a suggestion can settle the guide.

    `origem`: where it comes from, for people (`arquivo:guias.csv`, `api`, `comando`).
    """

    contribuinte: str
    tipo: TipoDocumento
    numero: str | None
    valores: Valores
    vencimento: date | None = None
    receita: str | None = None
    periodo: Periodo | None = None
    origem: str = ""
    arquivo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Registrada:
    """The result of a registration. `conflitos`: fields in which the guide already there says something else."""

    id: int
    nova: bool
    conflitos: tuple[str, ...] = ()


def texto(valor: Decimal | None) -> str | None:
    """Returns an amount as stored."""
    return None if valor is None else f"{valor:.2f}"


def decimal(guardado: str | None) -> Decimal | None:
    """Returns a stored amount as a number."""
    return None if guardado is None else Decimal(guardado)


def _dia(guardado: str | None) -> date | None:
    return None if guardado is None else date.fromisoformat(guardado)


def _iso(quando: date | None) -> str | None:
    return None if quando is None else quando.isoformat()


def guia_de(linha: Row) -> Guia:
    """Returns a row as the matching sees it."""
    periodo = None
    if linha["periodo_de"] is not None:
        periodo = Periodo(date.fromisoformat(linha["periodo_de"]), date.fromisoformat(linha["periodo_ate"]))
    return Guia(
        id=linha["id"],
        contribuinte=linha["contribuinte"],
        tipo=TipoDocumento(linha["tipo"]),
        numero=linha["numero"],
        receita=linha["receita"],
        periodo=periodo,
        vencimento=_dia(linha["vencimento"]),
        valores=Valores(*(decimal(linha[c]) for c in ("principal", "multa", "juros", "total"))),
        estado=Estado(linha["estado"]),
        pagamento=linha["pagamento"],
    )


def registrar(c: Conexao, n: NovaGuia, quem: str, quando: str) -> Registrada:
    """Registers a guide, or finds that it is there. A guide without number is the same as an equal one without
    number."""
    igual = _igual(c, n)
    if igual is not None:
        return Registrada(igual["id"], nova=False, conflitos=_conflitos(igual, n))
    periodo = (_iso(n.periodo.inicio), _iso(n.periodo.fim)) if n.periodo is not None else (None, None)
    v = n.valores
    cursor = c.execute(
        "INSERT INTO ecac_guia (contribuinte, tipo, numero, receita, periodo_de, periodo_ate, vencimento, principal,"
        " multa, juros, total, estado, origem, arquivo_id, causa, causa_quem, criada_em, atualizada_em)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'registrada', ?, ?, ?)",
        (
            *(n.contribuinte, n.tipo.value, n.numero, n.receita, *periodo, _iso(n.vencimento)),
            *(texto(v.principal), texto(v.multa), texto(v.juros), texto(v.total)),
            *(Estado.ABERTA.value, n.origem, n.arquivo_id, quem, quando, quando),
        ),
    )
    return Registrada(int(cursor.lastrowid or 0), nova=True)


def _igual(c: Conexao, n: NovaGuia) -> Row | None:
    if n.numero is not None:
        sql = "SELECT * FROM ecac_guia WHERE contribuinte = ? AND tipo = ? AND numero = ?"
        linha: Row | None = c.execute(sql, (n.contribuinte, n.tipo.value, n.numero)).fetchone()
        return linha
    sql = (
        "SELECT * FROM ecac_guia WHERE contribuinte = ? AND tipo = ? AND numero IS NULL AND receita IS ?"
        " AND periodo_de IS ? AND vencimento IS ? AND total IS ? AND principal IS ?"
    )
    de = _iso(n.periodo.inicio) if n.periodo is not None else None
    valores = (texto(n.valores.total), texto(n.valores.principal))
    achada: Row | None = c.execute(
        sql, (n.contribuinte, n.tipo.value, n.receita, de, _iso(n.vencimento), *valores)
    ).fetchone()
    return achada


_COMPARADOS = ("receita", "vencimento", "total", "principal", "multa", "juros", "periodo_de", "periodo_ate")


def _conflitos(linha: Row, n: NovaGuia) -> tuple[str, ...]:
    """Returns the fields that both give, with different values. A field that one of them leaves out is no conflict."""
    v, p = n.valores, n.periodo
    novos = (
        *(n.receita, _iso(n.vencimento), texto(v.total), texto(v.principal), texto(v.multa), texto(v.juros)),
        *((_iso(p.inicio), _iso(p.fim)) if p is not None else (None, None)),
    )
    pares = zip(_COMPARADOS, novos, strict=True)
    return tuple(nome for nome, novo in pares if novo is not None and linha[nome] not in (None, novo))


def de_mesmo_numero(c: Conexao, n: NovaGuia) -> list[Row]:
    """Returns other guides with the same number: of another taxpayer, or of another kind."""
    if n.numero is None:
        return []
    sql = "SELECT * FROM ecac_guia WHERE numero = ? AND NOT (contribuinte = ? AND tipo = ?)"
    return c.execute(sql, (n.numero, n.contribuinte, n.tipo.value)).fetchall()


def por_id(c: Conexao, guia_id: int) -> Row | None:
    """Returns one guide."""
    linha: Row | None = c.execute("SELECT * FROM ecac_guia WHERE id = ?", (guia_id,)).fetchone()
    return linha


def por_numero(c: Conexao, numero: str) -> list[Row]:
    """Returns the guides of a number (17 digits), of any taxpayer."""
    return c.execute("SELECT * FROM ecac_guia WHERE numero = ? ORDER BY id", (numero,)).fetchall()


SEM_COMPROVANTE = 1_000
"""Settled guides of one taxpayer without a receipt, the newest, among which the one of a payment is looked for."""


def do_pagamento(c: Conexao, contribuinte: str, pagamento: str) -> Row | None:
    """Returns the guide that a payment settled: by its own number, by its receipt, or among those that wait for one."""
    pago = canonico(pagamento)
    pelo_numero = (
        "SELECT * FROM ecac_guia INDEXED BY ecac_guia_numero WHERE numero = ? AND contribuinte = ? AND pagamento = ?"
        " ORDER BY id LIMIT 1"
    )
    pelo_recibo = (
        "SELECT g.* FROM ecac_comprovante r CROSS JOIN ecac_guia g INDEXED BY ecac_guia_comprovante"
        " ON g.comprovante_id = r.id WHERE r.contribuinte = ? AND r.numero = ? ORDER BY g.id LIMIT 1"
    )
    sem_recibo = (
        "SELECT * FROM (SELECT * FROM ecac_guia INDEXED BY ecac_guia_estado WHERE estado = 'paga sem comprovante'"
        " AND contribuinte = ? ORDER BY id DESC LIMIT ?) WHERE pagamento = ? ORDER BY id LIMIT 1"
    )
    achada: Row | None = (
        c.execute(pelo_numero, (completo(pago), contribuinte, pago)).fetchone()
        or c.execute(pelo_recibo, (contribuinte, pago)).fetchone()
        or c.execute(sem_recibo, (contribuinte, SEM_COMPROVANTE, pago)).fetchone()
    )
    return achada


def de(c: Conexao, contribuinte: str) -> list[Row]:
    """Returns all guides of a taxpayer, oldest first."""
    return c.execute("SELECT * FROM ecac_guia WHERE contribuinte = ? ORDER BY id", (contribuinte,)).fetchall()


def baixar(c: Conexao, guia_id: int, p: Pagamento, quem: str, quando: str, *, divergente: bool) -> None:
    """Settles a guide with the payment found. The receipt is still to come."""
    detalhe = f"documento {completo(p.numero)}, arrecadado em {dia(p.arrecadacao)}"
    _mudar(c, guia_id, Fato.PAGAMENTO, quem, quando, detalhe, (
        ("pagamento", p.canonico), ("arrecadacao", p.arrecadacao.isoformat()),
        ("pago_total", texto(p.valores.total)), ("divergente", int(divergente)), ("recibo_em", None),
    ))  # fmt: skip


def comprovar(
    c: Conexao, guia_id: int, comprovante: Row, quem: str, quando: str, *, divergente: bool | None = None
) -> None:
    """Joins the filed receipt to the guide, as the evidence of the payment."""
    campos = [
        ("comprovante_id", comprovante["id"]), ("pagamento", comprovante["numero"]),
        ("arrecadacao", comprovante["arrecadacao"]),
        ("quarentena", 0), ("erros_recibo", 0),
    ]  # fmt: skip
    if comprovante["total"] is not None:
        campos.append(("pago_total", comprovante["total"]))
    if divergente is not None:
        campos.append(("divergente", int(divergente)))
    detalhe = f"{comprovante['caminho']}, sha256 {comprovante['sha256']}"
    _mudar(c, guia_id, Fato.COMPROVANTE, quem, quando, detalhe, tuple(campos))


def reabrir(c: Conexao, guia_id: int, quem: str, quando: str, motivo: str) -> None:
    """Takes the settlement back, by a person's decision. The payment is not tried again for this guide."""
    linha = por_id(c, guia_id)
    if linha is not None and linha["pagamento"] is not None:
        recusar(c, guia_id, linha["pagamento"], quem, quando)
    _mudar(c, guia_id, Fato.REABERTURA, quem, quando, motivo, (
        ("pagamento", None), ("arrecadacao", None), ("pago_total", None), ("comprovante_id", None), ("divergente", 0),
        ("quarentena", 0), ("erros_recibo", 0), ("recibo_em", None),
    ))  # fmt: skip


def consultada(c: Conexao, contribuinte: str, quando: str) -> None:
    """Notes that a complete answer did not have the open guides of a taxpayer. That is inconclusive and never means
    "not paid"."""
    c.execute(
        "UPDATE ecac_guia SET estado = ?, consultada_em = ?, causa = ?, causa_quem = 'serviço', causa_detalhe = NULL,"
        " atualizada_em = ? WHERE contribuinte = ? AND estado IN (?, ?)",
        (
            *(Estado.CONSULTADA.value, quando, Fato.CONSULTA_VAZIA.value, quando, contribuinte),
            *(Estado.ABERTA.value, Estado.CONSULTADA.value),
        ),
    )


def _mudar(
    c: Conexao, guia_id: int, fato: Fato, quem: str, quando: str, detalhe: str, campos: tuple[tuple[str, object], ...]
) -> None:
    """Makes one step of the table, with its evidence. A fact that says nothing new changes nothing."""
    linha = por_id(c, guia_id)
    if linha is None:
        raise LookupError(f"não há guia {guia_id}")
    de_, para = Estado(linha["estado"]), transitar(Estado(linha["estado"]), fato)
    if de_ is para:
        return
    nomes = "".join(f", {nome} = ?" for nome, _ in campos)
    c.execute(
        "UPDATE ecac_guia SET estado = ?, causa = ?, causa_quem = ?, causa_detalhe = ?, atualizada_em = ?"  # noqa: S608
        f"{nomes} WHERE id = ?",
        (para.value, fato.value, quem, detalhe, quando, *(v for _, v in campos), guia_id),
    )
    if para.baixada and not de_.baixada:
        contar_novos(c, "guia", GUIAS)


def recusar(c: Conexao, guia_id: int, pagamento: str, quem: str, quando: str) -> None:
    """Records a person's word that this payment is not of this guide: it is never proposed and never settles it
    again."""
    c.execute("INSERT OR IGNORE INTO ecac_recusada VALUES (?, ?, ?, ?)", (guia_id, pagamento, quando, quem))


def aceitar(c: Conexao, guia_id: int, pagamento: str) -> None:
    """Takes such a refusal back, when the person links or approves the payment after all."""
    c.execute("DELETE FROM ecac_recusada WHERE guia_id = ? AND pagamento = ?", (guia_id, pagamento))


def recusadas(c: Conexao, contribuinte: str) -> frozenset[tuple[int, str]]:
    """Returns the (guide, payment) pairs that a person refused."""
    sql = "SELECT r.* FROM ecac_recusada r JOIN ecac_guia g ON g.id = r.guia_id WHERE g.contribuinte = ?"
    return frozenset((r["guia_id"], r["pagamento"]) for r in c.execute(sql, (contribuinte,)).fetchall())


def numerar(c: Conexao, guia_id: int, numero: str, quando: str) -> None:
    """Gives a number to a guide that had none. Raises sqlite3.IntegrityError when another guide has it."""
    c.execute("UPDATE ecac_guia SET numero = ?, atualizada_em = ? WHERE id = ?", (numero, quando, guia_id))


def marcar_sem_procuracao(c: Conexao, contribuinte: str, sem: bool, quando: str) -> None:
    """Sets the side state of every guide of a taxpayer that is not settled."""
    c.execute(
        "UPDATE ecac_guia SET sem_procuracao = ?1, atualizada_em = ?2 WHERE contribuinte = ?3 AND sem_procuracao <> ?1"
        " AND estado <> 'paga'",
        (int(sem), quando, contribuinte),
    )


def errar_comprovante(c: Conexao, guia_id: int, proxima_em: str, *, quarentena: bool) -> None:
    """Notes that the receipt did not come: when to ask again, or that a person has to look first (`quarentena`)."""
    c.execute(
        "UPDATE ecac_guia SET erros_recibo = erros_recibo + 1, recibo_em = ?, quarentena = ? WHERE id = ?",
        (proxima_em, int(quarentena), guia_id),
    )


def sem_comprovante(c: Conexao, quando: str, contribuinte: str | None = None) -> list[Row]:
    """Returns the settled guides whose receipt is due now, by taxpayer."""
    sql = (
        "SELECT * FROM ecac_guia WHERE estado = 'paga sem comprovante' AND quarentena = 0 AND (recibo_em IS NULL OR"
        " recibo_em <= ?1) AND (?2 IS NULL OR contribuinte = ?2) ORDER BY contribuinte, id"
    )
    return c.execute(sql, (quando, contribuinte)).fetchall()
