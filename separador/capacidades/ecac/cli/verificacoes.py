"""Checks, for `separador verificar`, what the import of the e-CAC needs."""

import errno
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime

from separador.banco.instante import texto_de
from separador.capacidades.certificados import banco as certificados
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico.pasta_de_comprovantes import ler
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.configuracao import ConfigEcac, Configuracao, MeioSenha, OrigemSenha
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.configuracao.uso_do_ecac import Modo
from separador.nucleo.texto.razao import do_sistema
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta

Ambiente = Mapping[str, str]
_O_QUE = "e-CAC"


def ecac(exame: Exame) -> Iterator[Constatacao]:
    """Checks what the import needs. Nothing where nobody uses it."""
    config, banco, ambiente, agora, ligado = exame.config, exame.banco, exame.ambiente, exame.agora, exame.ligado
    for e in config.empresas:
        if e.ecac.recusa is not None:
            yield Constatacao(_O_QUE, ERRO, f"{e.nome}: {e.ecac.recusa}.", "As outras empresas seguem.")
    if exame.completo and banco is not None:
        yield from _comprovantes(banco, Bases(config.dados, config.raiz))
    secao = config.ecac
    if secao is None:
        return
    yield _certificado(config, secao, banco, agora)
    for nome, origem in (("chave", secao.chave_consumidor), ("segredo", secao.segredo_consumidor)):
        yield _segredo(nome, origem, banco, ambiente, ligado=ligado)
    modos = [e.ecac.modo for e in config.empresas]
    partes = [f"{modos.count(m)} {m}" for m in Modo if m in modos and m is not Modo.NAO_UTILIZA]
    yield Constatacao(_O_QUE, CERTO if partes else AVISO, f"Empresas: {', '.join(partes) or 'nenhuma utiliza'}.")


def _comprovantes(banco: sqlite3.Connection, bases: Bases) -> Iterator[Constatacao]:
    """Compares each receipt that stands in its place with its sha256."""
    quantos, problemas = 0, []
    for linha in banco.execute("SELECT raiz, caminho, sha256 FROM ecac_comprovante WHERE estado = 'arquivado'"):
        quantos += 1
        try:
            raiz = bases.achada(linha["raiz"])
            pdf = faixas.fazer(raiz, ler, raiz, linha["caminho"])
        except FalhaDePasta as falha:
            problemas.append(f"{linha['caminho']} não pôde ser lido ({falha.detalhe})")
            continue
        if pdf is None:
            problemas.append(f"{linha['caminho']} não pôde ser lido ({do_sistema(errno.ENOENT)})")
            continue
        resumo = hashlib.sha256(pdf).hexdigest()
        if resumo != linha["sha256"]:
            problemas.append(f"{linha['caminho']} foi alterado")
    if problemas:
        fazer = "Restaure o comprovante da cópia de segurança da pasta."
        texto = "; ".join(problemas[:5]) + (f"; e mais {len(problemas) - 5}" if len(problemas) > 5 else "")
        yield Constatacao("comprovantes", ERRO, f"{texto}.", fazer)
    elif quantos:
        yield Constatacao("comprovantes", CERTO, f"{quantos} comprovantes, cada um com o seu sha256")


def _certificado(
    config: Configuracao, secao: ConfigEcac, banco: sqlite3.Connection | None, agora: datetime
) -> Constatacao:
    """Checks the contractor's e-CNPJ A1, in the vault or in a file of the configuration."""
    quando = texto_de(agora)
    linhas = certificados.ativos_lidos(banco) if banco is not None else []
    do_cofre = [r for r in linhas if r["cnpj"] == secao.contratante and r["tipo"] == "A1"]
    em_vigor = [r for r in do_cofre if r["validade_de"] <= quando <= r["validade_ate"]]
    dona = config.empresa(secao.contratante)
    if em_vigor or (dona is not None and dona.certificado is not None):
        return Constatacao(_O_QUE, CERTO, f"Há e-CNPJ A1 do contratante {secao.contratante}.")
    fazer = f"separador certificado instalar ARQUIVO --empresa {secao.contratante} --uso contratante --apelido NOME"
    motivo = "está vencido" if do_cofre else "não está no cofre"
    return Constatacao(_O_QUE, ERRO, f"O e-CNPJ A1 do contratante {secao.contratante} {motivo}.", fazer)


def _segredo(
    nome: str,
    origem: OrigemSenha | None,
    banco: sqlite3.Connection | None,
    ambiente: Ambiente,
    *,
    ligado: bool,
) -> Constatacao:
    o_que = f"{nome} do consumidor"
    if origem is None:
        return Constatacao(_O_QUE, ERRO, f"Falta a indicação de onde está: {o_que}.", "Veja a chave ecac.")
    if origem.meio is MeioSenha.COFRE:
        sql = "SELECT 1 FROM segredo WHERE nome = ?"
        if banco is not None and banco.execute(sql, (origem.valor,)).fetchone() is not None:
            return Constatacao(_O_QUE, CERTO, f"No cofre: {o_que}.")
        fazer = "Guarde com: separador ecac credenciais"
        return Constatacao(_O_QUE, ERRO, f"O cofre não tem {origem.valor} ({o_que}).", fazer)
    try:
        ler_senha(origem, ambiente)
    except SenhaAusenteError as erro:
        estado = AVISO if ligado and origem.meio is not MeioSenha.ARQUIVO else ERRO
        return Constatacao(_O_QUE, estado, f"{o_que}: {erro}.", "Confira a chave ecac e o ambiente do serviço.")
    return Constatacao(_O_QUE, CERTO, f"Lida de onde a configuração diz: {o_que}.")
