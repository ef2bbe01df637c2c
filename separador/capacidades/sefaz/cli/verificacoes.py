"""Checks, for `separador verificar`, what the transmission by network needs, without calling anybody."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Constatacao, Exame
from separador.configuracao import Ambiente, Configuracao
from separador.nucleo.rota import Transmissao


def rede(exame: Exame) -> Iterator[Constatacao]:
    """Checks addresses and authorities, where a route transmits by network. It makes no call."""
    config = exame.config
    usa = any(r.ativo and r.transmite and r.transmissao is Transmissao.REDE for r in config.rotas)
    if not usa:
        return
    yield _enderecos(config)
    yield _autoridades(config)


def _enderecos(config: Configuracao) -> Constatacao:
    from separador.capacidades.sefaz.rede.enderecos import Enderecos, EnderecosError  # noqa: PLC0415

    onde = "endereços da SEFAZ"
    simulador = config.sefaz.simulador if config.ambiente is Ambiente.SIMULADO else None
    try:
        Enderecos.carregar(config.sefaz.enderecos, simulador=simulador)
    except EnderecosError as erro:
        return Constatacao(onde, ERRO, f"{erro}.", "Corrija o arquivo da chave sefaz.enderecos, ou retire a chave.")
    if simulador is not None:
        fazer = "Nada a fazer em treino e testes; em serviço, use homologacao ou producao."
        return Constatacao(onde, AVISO, f"A SEFAZ é a simulada, em {simulador}: nada tem valor fiscal.", fazer)
    return Constatacao(onde, CERTO, str(config.sefaz.enderecos or "tabela do programa"))


def _autoridades(config: Configuracao) -> Constatacao:
    from separador.fiscal.tls import contexto_cliente  # noqa: PLC0415

    onde, ca = "autoridades da conexão", config.sefaz.ca
    try:
        opcoes = contexto_cliente(None, ca, alem_do_sistema=True)
    except FileNotFoundError:
        return Constatacao(onde, ERRO, f"O arquivo {ca} não existe.", "Corrija a chave sefaz.ca.")
    except (ssl.SSLError, OSError) as erro:
        motivo = getattr(erro, "reason", None) or erro
        return Constatacao(
            onde, ERRO, f"{ca} não pôde ser usado: {motivo}.", "Corrija o arquivo .pem da chave sefaz.ca."
        )
    if ca is None and not opcoes.cert_store_stats()["x509_ca"] and not _pasta_do_sistema():
        fazer = "Instale o pacote ca-certificates, ou indique as autoridades na chave sefaz.ca."
        return Constatacao(onde, ERRO, "Esta máquina não conhece nenhuma autoridade certificadora.", fazer)
    return Constatacao(onde, CERTO, f"as do sistema{f' e {ca}' if ca is not None else ''}")


def _pasta_do_sistema() -> bool:
    """Says whether the system has a folder of authorities, which are loaded only when a connection needs them."""
    pasta = Path(ssl.get_default_verify_paths().openssl_capath)
    return pasta.is_dir() and any(pasta.iterdir())
