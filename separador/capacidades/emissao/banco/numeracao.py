"""Keeps the numbers: per company, environment, model and series, consecutive from the first, none twice."""

from dataclasses import dataclass
from sqlite3 import Row

from separador.banco.conexao import Banco, Linhas
from separador.fiscal.emissao.numero import MAXIMO

_TP_AMB = {"producao": "1"}
_DADO = (
    "SELECT chave, ambiente FROM carga_documento"
    " WHERE emitente = ? AND modelo = ? AND serie = ? AND numero = ? AND documento_id IS NULL"
)


@dataclass(frozen=True, slots=True)
class Serie:
    """One series of a company. `ambiente`: as in the configuration."""

    empresa: str
    ambiente: str
    modelo: str
    serie: int

    @property
    def tp_amb(self) -> str:
        """Returns tpAmb of the environment."""
        return _TP_AMB.get(self.ambiente, "2")

    @property
    def valores(self) -> tuple[str, str, str, int]:
        """Returns the columns of its key."""
        return (self.empresa, self.ambiente, self.modelo, self.serie)


class EsgotadaError(Exception):
    """The series has no number left."""


def tomar(banco: Banco, serie: Serie, quantos: int, primeiro: int) -> list[int]:
    """Takes numbers, inside the open transaction: those given back first, then the next ones.

    A number that a document known here has is passed over. `primeiro`: where a series that was never used begins.
    Raises EsgotadaError.
    """
    tomados: list[int] = []
    for devolvido in _devolvidos(banco, serie):
        if len(tomados) == quantos:
            break
        banco.execute(_USAR_DEVOLVIDO, (*serie.valores, devolvido["numero"]))
        if not _em_documento(banco, serie, devolvido["numero"]):
            tomados.append(int(devolvido["numero"]))
    linha = banco.uma(f"SELECT * FROM numeracao WHERE {_CHAVE}", *serie.valores)  # noqa: S608 - names of columns
    proximo = int(linha["proximo"]) if linha is not None else primeiro
    inicio = proximo
    while len(tomados) < quantos:
        if proximo > MAXIMO:
            raise EsgotadaError(f"a série {serie.serie} de {serie.empresa} não tem mais números")
        if not _em_documento(banco, serie, proximo):
            tomados.append(proximo)
        proximo += 1
    banco.execute(
        "INSERT INTO numeracao (empresa, ambiente, modelo, serie, primeiro, proximo) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (empresa, ambiente, modelo, serie) DO UPDATE SET proximo = excluded.proximo",
        (*serie.valores, inicio, proximo),
    )
    return tomados


_CHAVE = "empresa = ? AND ambiente = ? AND modelo = ? AND serie = ?"
_USAR_DEVOLVIDO = f"DELETE FROM numero_devolvido WHERE {_CHAVE} AND numero = ?"  # noqa: S608 - names of columns


def _devolvidos(banco: Linhas, serie: Serie) -> list[Row]:
    sql = f"SELECT numero FROM numero_devolvido WHERE {_CHAVE} ORDER BY numero"  # noqa: S608 - names of columns
    return list(banco.execute(sql, serie.valores))


def _em_documento(banco: Banco, serie: Serie, numero: int) -> bool:
    sql = "SELECT 1 FROM documento WHERE emitente = ? AND modelo = ? AND serie = ? AND numero = ? AND tp_amb = ?"
    valores = (serie.empresa, serie.modelo, str(serie.serie), str(numero), serie.tp_amb)
    return banco.uma(sql, *valores) is not None


def dado_a(banco: Linhas, emitente: str, tp_amb: str, modelo: str, serie: str, numero: str) -> str | None:
    """Returns the key that a number was given to, while its document is not registered."""
    linhas = banco.execute(_DADO, (emitente, modelo, int(serie), int(numero)))
    donos = (r["chave"] for r in linhas if Serie(emitente, r["ambiente"], modelo, int(serie)).tp_amb == tp_amb)
    return next(donos, None)


def devolver(banco: Banco, serie: Serie, numero: int) -> None:
    """Gives a number back: it is the next to be used."""
    banco.execute("INSERT OR IGNORE INTO numero_devolvido VALUES (?, ?, ?, ?, ?)", (*serie.valores, numero))


def listar(banco: Linhas) -> list[dict[str, object]]:
    """Returns every series, in the shape of `carga numeracao`."""
    feitas = []
    for linha in banco.execute("SELECT * FROM numeracao ORDER BY empresa, ambiente, modelo, serie"):
        serie = Serie(linha["empresa"], linha["ambiente"], linha["modelo"], linha["serie"])
        feitas.append({**dict(linha), "devolvidos": [r["numero"] for r in _devolvidos(banco, serie)]})
    return feitas


def definir(banco: Banco, serie: Serie, proximo: int) -> int | None:
    """Sets the next number. Returns None when it is set, else the number below which it must not be."""
    linha = banco.uma(f"SELECT proximo FROM numeracao WHERE {_CHAVE}", *serie.valores)  # noqa: S608 - names of columns
    if linha is not None and proximo < int(linha["proximo"]):
        return int(linha["proximo"])
    if linha is None:
        banco.execute("INSERT INTO numeracao VALUES (?, ?, ?, ?, ?, ?)", (*serie.valores, proximo, proximo))
    else:
        banco.execute(f"UPDATE numeracao SET proximo = ? WHERE {_CHAVE}", (proximo, *serie.valores))  # noqa: S608
    return None
