"""Checks the certificates for `separador verificar`."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from separador.banco import leitura as leitura_do_banco
from separador.capacidades.certificados.servico.papeis import que_emitem
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.configuracao import Empresa
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.nucleo.fuso import dia
from separador.nucleo.texto.quantidade import quantos

VENCE_EM_DIAS = 30


def certificados(exame: Exame) -> Iterator[Constatacao]:
    """Checks the certificate of each company: there, opened by its password, of its CNPJ, in force and for how long."""
    config, ambiente, agora, ligado = exame.config, exame.ambiente, exame.agora, exame.ligado
    if not config.empresas:
        yield Constatacao(
            "certificados",
            AVISO,
            "Nenhuma empresa na configuração: nenhum documento pode ser assinado.",
            "Inclua a empresa em `empresas` e instale o certificado dela: separador certificado instalar",
        )
    padroes = _padroes_do_cofre(config.dados)
    emitem = que_emitem(config, exame.banco)
    for empresa in config.empresas:
        if empresa.cnpj not in emitem:
            continue
        padrao = padroes.get(empresa.cnpj)
        if padrao is None:
            yield _certificado(empresa, ambiente, agora, ligado=ligado)
        else:
            yield _do_cofre(empresa, padrao, agora)


def _padroes_do_cofre(dados: Path) -> dict[str, sqlite3.Row]:
    """Returns the default certificate of each company in the vault; none before its tables exist."""
    banco = None
    try:
        banco = leitura_do_banco.abrir_leitura(dados)
        if banco is None or not banco.execute("SELECT 1 FROM sqlite_master WHERE name = 'certificado'").fetchone():
            return {}
        return {r["empresa"]: r for r in banco.execute("SELECT * FROM certificado WHERE padrao = 1")}
    except sqlite3.Error:
        return {}  # `banco_de_dados` says what is wrong with it
    finally:
        leitura_do_banco.fechar(banco)


def _do_cofre(empresa: Empresa, linha: sqlite3.Row, agora: datetime) -> Constatacao:
    """Checks the dates only. Only the service opens the key, and `separador cofre conferir` proves it."""
    onde = f"certificado de {empresa.nome}"
    ate = datetime.fromisoformat(linha["validade_ate"])
    renovar = "Instale o renovado: separador certificado instalar ARQUIVO --apelido NOME."
    if linha["uso"] != "assinatura":
        fazer = "Torne padrão um de assinatura: separador certificado padrao APELIDO."
        return Constatacao(onde, ERRO, f'O padrão no cofre, "{linha["apelido"]}", é de {linha["uso"]}.', fazer)
    if ate < agora:
        return Constatacao(onde, ERRO, f'"{linha["apelido"]}", no cofre, venceu em {dia(ate)}.', renovar)
    dias = (ate - agora).days
    restam = quantos(dias, "dia", "dias")
    texto = f'{linha["titular"]}, "{linha["apelido"]}" no cofre ({linha["tipo"]}), vale mais {restam}'
    return Constatacao(onde, AVISO, texto, renovar) if dias < VENCE_EM_DIAS else Constatacao(onde, CERTO, texto)


def _certificado(empresa: Empresa, ambiente: Mapping[str, str], agora: datetime, *, ligado: bool) -> Constatacao:
    from separador.capacidades.certificados.servico.em_uso import carregar  # noqa: PLC0415
    from separador.fiscal.certificado import Certificado, fora_da_validade  # noqa: PLC0415 -- cryptography

    onde = f"certificado de {empresa.nome}"
    if empresa.certificado is None:
        fazer = (
            f"Instale-o: separador certificado instalar ARQUIVO --empresa {empresa.cnpj} --apelido NOME; os documentos "
            "seguem sozinhos. Se ela não emite, diga papel: cliente."
        )
        return Constatacao(onde, AVISO, "Não há certificado: os documentos desta empresa esperam.", fazer)
    try:
        ler_senha(empresa.certificado.senha, ambiente)
    except SenhaAusenteError as erro:
        fazer = "Defina a senha como a configuração diz e repita esta conferência no mesmo ambiente do serviço."
        return Constatacao(onde, AVISO if ligado else ERRO, f"Não conferido: {erro}.", fazer)
    lido = carregar(empresa, ambiente)
    if not isinstance(lido, Certificado):
        return Constatacao(onde, ERRO, f"{lido}.", "Corrija o arquivo, a senha ou o CNPJ na configuração.")
    fora = fora_da_validade(lido.identidade, agora)
    if fora is not None:
        return Constatacao(onde, ERRO, fora.mensagem, fora.o_que_fazer)
    dias = (lido.identidade.validade_ate - agora).days
    restam = quantos(dias, "dia", "dias")
    texto = f"{lido.identidade.titular}, vale mais {restam} (até {dia(lido.identidade.validade_ate)})"
    if dias < VENCE_EM_DIAS:
        return Constatacao(onde, AVISO, texto, "Renove o certificado antes do vencimento.")
    return Constatacao(onde, CERTO, texto)
