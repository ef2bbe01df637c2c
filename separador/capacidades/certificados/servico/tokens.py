"""Holds the A3 tokens of the service: opened once per run, kept open, told apart from those that wait for a PIN.

A token is used in the service's own process only: a key that cannot be copied cannot go to the workers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING

from separador.capacidades.certificados.leitura.token import AssinanteDoToken, Referencia, TokenError
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import fora_da_validade
from separador.nucleo.falha import Falha

if TYPE_CHECKING:
    from separador.motor.contexto import Contexto

NOVA_TENTATIVA_S = 30.0
"""Time between two looks for a token that is not there. A PIN that was refused is not tried again."""


@dataclass(slots=True)
class _Posse:
    """One company's certificate in a token, and the state of its opening."""

    linha: Row
    assinante: AssinanteDoToken | None = None
    erro: TokenError | None = None
    tentar_em_s: float = 0.0


def _sem_pin(linha: Row) -> TokenError:
    return TokenError(
        "SEM-PIN",
        f"O token do certificado {linha['apelido']} espera o PIN.",
        f"Informe-o uma vez por execução: separador certificado pin {linha['apelido']} --empresa {linha['empresa']}.",
    )


@dataclass(slots=True)
class Tokens:
    """The tokens by CNPJ of the company.

    `travas` is the vault's folder, locked while a token works; None in tests without one.
    """

    travas: Path | None = None
    _posses: dict[str, _Posse] = field(default_factory=dict)
    _pins: dict[str, str] = field(default_factory=dict, repr=False)

    def adotar(
        self,
        linhas: Mapping[str, Row],
        pin_guardado: Callable[[Row], str | None] = lambda _: None,
        *,
        agora_s: float = 0.0,
    ) -> list[int]:
        """Adopts these certificates as the defaults. Returns the ids of those whose PIN the token refused just now.

        `pin_guardado` gives the PIN that the administrator chose to keep (credential or vault). It is not tried where
        the row says that it was refused before, nor after a refusal in this run: a person must give one.
        """
        for cnpj in [c for c, p in self._posses.items() if c not in linhas or linhas[c]["id"] != p.linha["id"]]:
            self._largar(cnpj)
        recusados = []
        for cnpj, linha in linhas.items():
            posse = self._posses.setdefault(cnpj, _Posse(linha))
            posse.linha = linha
            if self._conferir_queda(posse, agora_s) and self._abrir(posse, pin_guardado, agora_s):
                recusados.append(int(linha["id"]))
        return recusados

    def _conferir_queda(self, posse: _Posse, agora_s: float) -> bool:
        """Says whether the token must be opened now."""
        if posse.assinante is not None and posse.assinante.falha is not None:
            posse.erro, posse.tentar_em_s = posse.assinante.falha, agora_s + NOVA_TENTATIVA_S
            posse.assinante.fechar()
            posse.assinante = None
        if posse.assinante is not None:
            return False
        return posse.erro is None or posse.erro.codigo == "SEP-TOKEN-SEM-PIN" or agora_s >= posse.tentar_em_s

    def _abrir(self, posse: _Posse, pin_guardado: Callable[[Row], str | None], agora_s: float) -> bool:
        """Opens the token. Returns True when it refused the PIN."""
        ref = Referencia.de_json(posse.linha["token"])
        pin = self._pins.get(ref.token)
        recusado = posse.linha["pin_recusado_em"] is not None or (posse.erro is not None and posse.erro.recusou)
        if pin is None and not recusado:
            pin = pin_guardado(posse.linha)
        if pin is None:
            posse.erro = posse.erro if posse.erro is not None and posse.erro.do_pin else _sem_pin(posse.linha)
            return False
        try:
            posse.assinante = AssinanteDoToken(ref, bytes(posse.linha["der"]), pin, self.travas)
        except TokenError as erro:
            posse.erro, posse.tentar_em_s = erro, agora_s + NOVA_TENTATIVA_S
            if erro.do_pin:
                self._pins.pop(ref.token, None)
            return erro.codigo == "SEP-TOKEN-PIN"
        posse.erro = None
        self._pins[ref.token] = pin
        return False

    def receber_pin(self, certificado_id: int, pin: str) -> bool:
        """Takes the PIN that a person gave for this run. It is tried once, at the next `adotar`.

        Returns False when no token in use has this certificate.
        """
        for posse in self._posses.values():
            if posse.linha["id"] == certificado_id:
                self._pins[Referencia.de_json(posse.linha["token"]).token] = pin
                posse.erro, posse.tentar_em_s = None, 0.0
                return True
        return False

    def devidos(self, agora_s: float) -> bool:
        """Says whether a token fell, or one that was not there should be looked for again."""
        return any(
            (p.assinante is not None and p.assinante.falha is not None)
            or (p.erro is not None and not p.erro.do_pin and agora_s >= p.tentar_em_s)
            for p in self._posses.values()
        )

    def assinadores(self, agora: datetime) -> dict[str, Assinador]:
        """Returns the signers that can sign now, by CNPJ."""
        return {
            cnpj: Assinador(p.assinante)
            for cnpj, p in self._posses.items()
            if p.assinante is not None and p.assinante.falha is None
            if fora_da_validade(p.assinante.identidade, agora) is None
        }

    def problema(self, certificado_id: int) -> TokenError | None:
        """Returns the reason why that certificate does not sign now."""
        return next((p.erro for p in self._posses.values() if p.linha["id"] == certificado_id), None)

    def falhas(self, agora: datetime) -> list[Falha]:
        """Returns one failure for each company whose token does not sign."""
        lista = []
        for cnpj, p in self._posses.items():
            if p.erro is not None:
                lista.append(Falha(f"certificado:{cnpj}", p.erro.codigo, p.erro.mensagem, p.erro.o_que_fazer))
            elif p.assinante is not None and (fora := fora_da_validade(p.assinante.identidade, agora)) is not None:
                lista.append(Falha(f"certificado:{cnpj}", "SEP-SEM-CERTIFICADO", fora.mensagem, fora.o_que_fazer))
        return lista

    def empresas(self) -> set[str]:
        """Returns the companies that sign with a token."""
        return set(self._posses)

    def fechar(self) -> None:
        """Leaves all tokens and forgets the PINs."""
        for cnpj in list(self._posses):
            self._largar(cnpj)
        self._pins.clear()

    def _largar(self, cnpj: str) -> None:
        posse = self._posses.pop(cnpj)
        if posse.assinante is not None:
            posse.assinante.fechar()


def tokens_de(contexto: "Contexto") -> Tokens:
    """Returns the tokens of the service: this capability made them (`recursos`)."""
    if not isinstance(contexto.assinadores, Tokens):
        raise TypeError("o serviço foi montado sem os tokens dos certificados")
    return contexto.assinadores
