"""Reads the key `ecac`: who has the contract with SERPRO, how many calls may be paid, when the imports run."""

import re
from collections.abc import Iterable
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

from separador.configuracao.empresas import ler_origem_da_senha
from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import ConfigEcac, Empresa, MeioSenha, OrigemSenha
from separador.configuracao.uso_do_ecac import Modo
from separador.configuracao.yaml_seguro import Mapa
from separador.nucleo.chave import cnpj_valido
from separador.nucleo.rota import Rota

CHAVES_ECAC = (
    *("contratante", "chave_consumidor", "segredo_consumidor", "orcamento_dia", "orcamento_mes", "horario"),
    *("repetir_s", "destino", "simulador", "ca"),
)
_DESTINO = "outbox/ecac"
_SEMANA_S = 7 * 86400


def ler_ecac(
    leitor: Leitor, topo: Mapa, rotas: Iterable[Rota], empresas: Iterable[Empresa], dados: Path
) -> ConfigEcac | None:
    """Returns the section; None when there is none. Errors are noted in `leitor`."""
    mapa = leitor.submapa(topo, "ecac")
    if mapa is None:
        _exigir_secao(leitor, empresas)
        return None
    leitor.conhecer(mapa, CHAVES_ECAC)
    padrao = ConfigEcac(contratante="", chave_consumidor=None, segredo_consumidor=None, destino=Path())
    lida = ConfigEcac(
        contratante=_contratante(leitor, mapa),
        chave_consumidor=_segredo(leitor, mapa, "chave_consumidor"),
        segredo_consumidor=_segredo(leitor, mapa, "segredo_consumidor"),
        destino=leitor.caminho(mapa, "destino") or _destino(leitor, rotas),
        orcamento_dia=_inteiro(leitor, mapa, "orcamento_dia", padrao.orcamento_dia, 0),
        orcamento_mes=_inteiro(leitor, mapa, "orcamento_mes", padrao.orcamento_mes, 0),
        horario=_horario(leitor, mapa, padrao.horario),
        repetir_s=_inteiro(leitor, mapa, "repetir_s", padrao.repetir_s, 60, _SEMANA_S),
        simulador=_simulador(leitor, mapa),
        ca=leitor.caminho(mapa, "ca"),
    )
    _conferir_destino(leitor, mapa, lida.destino, dados)
    _anotar(leitor, mapa, lida)
    return lida


def _conferir_destino(leitor: Leitor, mapa: Mapa, destino: Path, dados: Path) -> None:
    """Refuses a folder inside the data folder. Receipts are the company's; the data folder is the service's own."""
    if destino.is_relative_to(dados):
        mensagem = f"a pasta {destino} fica dentro da pasta de dados do serviço ({dados})"
        leitor.errar(mensagem, mapa.nos.get("destino", mapa.linha), mapa.chave("destino"))


def _exigir_secao(leitor: Leitor, empresas: Iterable[Empresa]) -> None:
    for e in empresas:
        if e.ecac.modo in (Modo.AUTOMATICO, Modo.SOB_DEMANDA):
            mensagem = (
                f"a empresa {e.cnpj} utiliza o e-CAC com certificado, e falta a chave ecac (contratante e segredos)"
            )
            leitor.errar(mensagem, None, "ecac")
            return


def _contratante(leitor: Leitor, mapa: Mapa) -> str:
    texto = leitor.escalar(mapa, "contratante", obrigatoria=True)
    if texto is None:
        return ""
    cnpj = re.sub(r"[./-]", "", texto).upper()
    if not cnpj_valido(cnpj):
        mensagem = f'"{texto}" não é um CNPJ: o contratante é a empresa que tem o contrato com o SERPRO'
        leitor.errar(mensagem, mapa.nos["contratante"], mapa.chave("contratante"))
    return cnpj


def _segredo(leitor: Leitor, mapa: Mapa, nome: str) -> OrigemSenha | None:
    if nome not in mapa.nos:
        mensagem = (
            f'falta a chave "{nome}": {{cofre: NOME}}, {{credencial: NOME}}, {{env: NOME}} ou {{arquivo: CAMINHO}}'
        )
        leitor.errar(mensagem, mapa.linha, mapa.caminho)
        return None
    return ler_origem_da_senha(leitor, mapa, nome, tuple(MeioSenha))


REGRA_DOS_COMPROVANTES = "ecac-comprovantes"
"""The rule of routes where people drop receipts."""


def _destino(leitor: Leitor, rotas: Iterable[Rota]) -> Path:
    """Returns the folder of the receipts saved by hand, so that all receipts end in the same place."""
    da_rota = (r.destino for r in rotas if r.ativo and r.regra == REGRA_DOS_COMPROVANTES)
    return next(da_rota, leitor.raiz / _DESTINO)


def _inteiro(leitor: Leitor, mapa: Mapa, nome: str, padrao: int, minimo: int, maximo: int = 10**9) -> int:
    valor = leitor.inteiro(mapa, nome, padrao, minimo, maximo)
    return padrao if valor is None else valor


def _horario(leitor: Leitor, mapa: Mapa, padrao: time) -> time:
    texto = leitor.escalar(mapa, "horario")
    if texto is None:
        return padrao
    if re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", texto):
        hora, minuto = texto.split(":")
        return time(int(hora), int(minuto))
    mensagem = f'deve ser uma hora do dia entre aspas, como "06:30" (no fuso da chave fuso), e está "{texto}"'
    leitor.errar(mensagem, mapa.nos["horario"], mapa.chave("horario"))
    return padrao


def _simulador(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "simulador")
    if texto is None:
        return None
    try:
        partes = urlsplit(texto)
        valida = partes.scheme == "https" and bool(partes.hostname) and (partes.port or 1) > 0
    except ValueError:  # a port that is no number, brackets that do not close
        valida = False
    if not valida:
        leitor.errar("deve ser https://servidor:porta", mapa.nos["simulador"], mapa.chave("simulador"))
        return None
    return texto.rstrip("/")


def _anotar(leitor: Leitor, mapa: Mapa, c: ConfigEcac) -> None:
    for chave, valor in (
        ("contratante", c.contratante),
        ("chave_consumidor", _oculto(c.chave_consumidor)),
        ("segredo_consumidor", _oculto(c.segredo_consumidor)),
        ("orcamento_dia", c.orcamento_dia),
        ("orcamento_mes", c.orcamento_mes),
        ("horario", f"{c.horario:%H:%M}"),
        ("repetir_s", c.repetir_s),
        ("destino", c.destino),
        ("simulador", c.simulador or "(não usa)"),
        ("ca", c.ca or "(autoridades do sistema)"),
    ):
        leitor.anotar(mapa, chave, valor)


def _oculto(origem: OrigemSenha | None) -> str:
    return f"(oculto; {origem.meio}: {origem.valor})" if origem else "(falta)"
