"""Signs by an A3 token, on a person's order, the termo of who asks the Receita for a company; good for that day only.

The command signs in its own process. What the panel sends comes here by the service's socket, the PIN with it: from
memory to memory, never on disk.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from sqlite3 import Connection, Row
from typing import Any

from separador.acesso.banco.auditoria import Conexao
from separador.banco.conexao import Banco, abrir
from separador.banco.instante import texto_de
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.certificados.leitura.token import Referencia, TokenError
from separador.capacidades.certificados.leitura.token_a_parte import TokenAParte
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.integra.termo import AssinanteTermo, TermoInvalidoError
from separador.capacidades.ecac.servico import autoria
from separador.capacidades.ecac.servico.autores import assinar_termo
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.vista.importar import SEM_A_CHAVE, escolher
from separador.cofre.chave_mestra import PASTA
from separador.configuracao import Configuracao, Empresa
from separador.motor.contexto import Contexto
from separador.motor.recebidos import Recebido

FEITO, RECUSADO = 0, 1


def autores(c: Conexao, config: Configuracao, empresas: Iterable[Empresa], agora: datetime) -> list[str]:
    """Returns who must sign a termo for the companies: their authors, but the contractor."""
    contratante = config.ecac.contratante if config.ecac is not None else None
    do_arquivo = autoria.com_arquivo(config.empresas)
    achados = {autoria.de(c, e, contratante, agora, do_arquivo).autor for e in empresas}
    return sorted(a for a in achados if a not in (None, contratante))


def certificado_de(c: Connection, autor: str) -> Row | str:
    """Returns the installed A3 certificate of an author, or the sentence that refuses."""
    do_autor = [r for r in certificados.ativos_lidos(c) if r["tipo"] == "A3" and autor in (r["cnpj"], r["cpf"])]
    return do_autor[0] if do_autor else sem_certificado(autor)


def sem_certificado(autor: str) -> str:
    """Returns what a person is told where no token is known that signs for an author."""
    return f"Não há certificado A3 de {autor} instalado: separador certificado instalar --a3 (veja a ajuda)."


def assinar(config: Configuracao, autor: str, token: AssinanteTermo, agora: datetime) -> tuple[bytes, date]:
    """Returns the termo of an author and its last day, which is today. Raises TokenError, TermoInvalidoError."""
    if config.ecac is None:
        raise TermoInvalidoError(SEM_A_CHAVE)
    empresas = {e.cnpj: e for e in config.empresas}
    return assinar_termo(config.ecac, empresas, autor, token, hoje(agora), timedelta())


def guardar(banco: Banco, autor: str, xml: bytes, ate: date, agora: datetime) -> None:
    """Keeps the termo for the import of today."""
    with banco.transacao():
        ecac_empresas.guardar_termo(banco, autor, xml, ate.isoformat(), a3=True, quando=texto_de(agora))


def nao_pode_ser_assinado(erro: TermoInvalidoError) -> str:
    """Returns what a person is told of a termo that would be refused."""
    return f"O termo de autorização não pôde ser assinado: {erro}."


def receber(contexto: Contexto, _ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Signs what the import of one company by its token needs. The PIN is tried once, and kept nowhere."""
    config, agora = contexto.config, contexto.agora()
    escolhidas = escolher(config, str(dados["empresa"]), hoje(agora), a3=True)
    if config.ecac is None or isinstance(escolhidas, str):
        return _recusado(SEM_A_CHAVE if config.ecac is None else str(escolhidas))
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        do_arquivo = autoria.com_arquivo(config.empresas)
        for e in escolhidas:
            recusa = autoria.de(banco, e, config.ecac.contratante, agora, do_arquivo).recusa
            if recusa is not None:
                return _recusado(f"{e.nome} não pode ser consultada: {recusa.removesuffix('.')}.")
        for autor in autores(banco, config, escolhidas, agora):
            linha = certificado_de(banco.conn, autor)
            if isinstance(linha, str):
                return _recusado(linha)
            referencia, der = Referencia.de_json(linha["token"]), bytes(linha["der"])
            token = TokenAParte(referencia, der, str(dados["pin"]), contexto.dados / PASTA)
            try:
                xml, ate = assinar(config, autor, token, agora)
            except TokenError as erro:
                return _recusado(erro.mensagem, erro.o_que_fazer)
            except TermoInvalidoError as erro:
                return _recusado(nao_pode_ser_assinado(erro))
            guardar(banco, autor, xml, ate, agora)
    return Recebido(FEITO)


def _recusado(mensagem: str, o_que_fazer: str = "") -> Recebido:
    return Recebido(RECUSADO, {"erros": [[mensagem, f"{o_que_fazer} Nada foi importado.".strip()]]})
