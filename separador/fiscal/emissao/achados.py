"""Collects what the rules find in a load: errors, notices, and the decisions with their reasons."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Falta:
    """A registry field that a document needs. `cadastro`: the key of the file; `onde`: where to fill it in."""

    cadastro: str
    codigo: str
    campo: str
    onde: str


@dataclass(frozen=True, slots=True)
class ErroDeCarga:
    """One error of a load. `regra`: the requirement, where there is one. `arquivo`: empty = the load itself."""

    codigo: str
    campo: str
    mensagem: str
    o_que_fazer: str
    regra: str = "SEP"
    tag: str | None = None
    linha: int | None = None
    arquivo: str = ""
    faltam: tuple[Falta, ...] = ()


@dataclass(frozen=True, slots=True)
class Aviso:
    """Something that passes, and that somebody may want to know."""

    codigo: str
    campo: str
    mensagem: str


@dataclass(frozen=True, slots=True)
class Decisao:
    """One decision about a document: what was decided, why, and by which rule."""

    campo: str
    valor: str
    motivo: str
    regra: str = ""


@dataclass(slots=True)
class Achados:
    """Everything found so far, each once, in order: a load may have a finding for each of very many invoices."""

    erros: dict[ErroDeCarga, None] = field(default_factory=dict)
    avisos: dict[Aviso, None] = field(default_factory=dict)
    faltas: dict[Falta, None] = field(default_factory=dict)

    def errar(
        self, codigo: str, campo: str, mensagem: str, o_que_fazer: str, *, regra: str = "", tag: str | None = None
    ) -> None:
        """Adds an error. The rule follows from a code of ours that names one."""
        self.erros[ErroDeCarga(codigo, campo, mensagem, o_que_fazer, regra or regra_do_codigo(codigo), tag)] = None

    def avisar(self, codigo: str, campo: str, mensagem: str) -> None:
        """Adds a notice."""
        self.avisos[Aviso(codigo, campo, mensagem)] = None

    def faltar(self, cadastro: str, codigo: str, campo: str, onde: str) -> None:
        """Adds a registry field that is missing. All of them make one error (`erro_das_faltas`)."""
        self.faltas[Falta(cadastro, codigo, campo, onde)] = None

    def erro_das_faltas(self) -> ErroDeCarga | None:
        """Returns the one error that tells every missing registry field (CAD-04)."""
        if not self.faltas:
            return None
        faltam = tuple(self.faltas)
        lista = "; ".join(f"{f.cadastro} {f.codigo}: {f.campo}" for f in faltam)
        onde = "; ".join(dict.fromkeys(f.onde for f in faltam))
        return ErroDeCarga(
            "SEP-CAD-04",
            "cadastros",
            f"Faltam dados nos cadastros: {lista}.",
            f"Preencha em: {onde}. Depois solte a carga de novo.",
            "CAD-04",
            faltam=faltam,
        )


def regra_do_codigo(codigo: str) -> str:
    """Returns the requirement that a code of ours names (`SEP-EMIS-07` → `EMIS-07`); else `SEP`."""
    resto = codigo.removeprefix("SEP-")
    return resto if resto.startswith(("EMIS-", "CAD-")) else "SEP"
