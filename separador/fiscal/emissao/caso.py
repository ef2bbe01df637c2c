"""Holds one CT-e while it is decided: its fields, what the rules know, and what they find."""

from dataclasses import dataclass, field

from separador.fiscal.emissao.achados import Achados, Decisao
from separador.fiscal.emissao.ambiente import Ambiente
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.formato.cadastros import CHAVE_DO_REGISTRO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import Pessoa, pessoa


@dataclass(slots=True)
class Caso:
    """One CT-e. `cte`: all its fields, those of `padrao` and of the frete too, named as its own."""

    cte: No
    ambiente: Ambiente
    achados: Achados
    decisoes: list[Decisao] = field(default_factory=list)

    @property
    def cadastros(self) -> Cadastros:
        """Returns the registries."""
        return self.ambiente.cadastros

    def decidir(self, campo: str, valor: str, motivo: str, regra: str = "") -> None:
        """Notes a decision."""
        self.decisoes.append(Decisao(campo, valor, motivo, regra))

    def errar(self, codigo: str, nome: str, mensagem: str, fazer: str, *, regra: str = "") -> None:
        """Notes an error on a field of the CT-e, unless that field could not be read: then its error is told."""
        if nome not in self.cte.ruins:
            self.achados.errar(codigo, self.cte.em(nome), mensagem, fazer, regra=regra)

    def registro(self, cadastro: str, referencia: str, campo: str) -> No | None:
        """Returns the record that a field names. None: there is none, or several (told)."""
        achado = self.cadastros.achar(cadastro, referencia)
        if achado.registro is None:
            onde = self.cadastros.onde(cadastro)
            if achado.quantos > 1:
                mensagem = f"«{referencia}» é o documento de {achado.quantos} registros de {cadastro}."
                fazer = f"Use o código do registro; os registros estão em {onde}."
            else:
                mensagem = f"«{referencia}» não está no cadastro {cadastro}."
                fazer = f"Inclua o registro em {onde}, ou corrija a referência."
            self.achados.errar("SEP-CARGA-REFERENCIA", campo, mensagem, fazer)
        return achado.registro

    def mesma(self, uma: str, outra: str, cadastro: str = "entidades") -> bool:
        """Says whether two references name one record."""
        if uma == outra:
            return True
        nome = CHAVE_DO_REGISTRO.get(cadastro, "codigo")
        registros = [self.cadastros.achar(cadastro, r).registro if r else None for r in (uma, outra)]
        codigos = [r.texto(nome) if r is not None else "" for r in registros]
        return bool(codigos[0]) and codigos[0] == codigos[1]

    def pessoa(self, referencia: str, campo: str) -> Pessoa | None:
        """Returns the party that a field names. None: not found, or incomplete (told)."""
        antes = self.ambiente.feitos.get(("entidades", referencia))
        if isinstance(antes, Pessoa):
            return antes
        registro = self.registro("entidades", referencia, campo)
        feita = pessoa(registro, self.cadastros.onde("entidades"), self.achados) if registro is not None else None
        self.ambiente.feitos["entidades", referencia] = feita
        return feita
