"""The companies' certificates, from where the configuration says: loaded at start, on change, and when they appear."""

import os
from collections.abc import Mapping
from pathlib import Path

from separador.banco import falhas
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.dominio.erro import Recusa
from separador.dominio.falha import Falha
from separador.fiscal.certificado import Certificado, carregar_pfx, fora_da_validade
from separador.servico.casa import Casa

LIMITE_PFX = 1024 * 1024


def carregar(empresa: Empresa, ambiente: Mapping[str, str]) -> Certificado | str | None:
    """The certificate; the reason in Portuguese when it cannot be used; None when none is configured."""
    if empresa.certificado is None:
        return None
    arquivo = empresa.certificado.arquivo
    try:
        senha = ler_senha(empresa.certificado.senha, ambiente)
        dados = _ler(arquivo)
    except SenhaAusenteError as erro:
        return str(erro)
    except OSError as erro:
        return f"não consegui ler {arquivo}: {os.strerror(erro.errno or 0)}"
    lido = carregar_pfx(dados, senha or b"")
    if isinstance(lido, Recusa):
        return lido.erros[0].mensagem
    if lido.cnpj is not None and lido.cnpj[:8] != empresa.cnpj[:8]:
        return f"o certificado {arquivo} é do CNPJ {lido.cnpj}, não da empresa {empresa.cnpj}"
    return lido


def _ler(arquivo: Path) -> bytes:
    with arquivo.open("rb") as aberto:
        return aberto.read(LIMITE_PFX)


def assinatura_dos_arquivos(config: Configuracao) -> tuple[object, ...]:
    """Changes when any certificate file does: cheap enough for every reading."""
    return tuple(_estado(e.certificado.arquivo) for e in config.empresas if e.certificado is not None)


def _estado(arquivo: Path) -> tuple[int, int, int] | None:
    try:
        dono = arquivo.stat()
    except OSError:
        return None
    return dono.st_ino, dono.st_size, dono.st_mtime_ns


def atualizar(casa: Casa, ambiente: Mapping[str, str]) -> None:
    """Load them all, and bring the failures view up to date with what is wrong."""
    problemas: list[Falha] = []
    novos: dict[str, Certificado] = {}
    for empresa in casa.config.empresas:
        achado = carregar(empresa, ambiente)
        if isinstance(achado, Certificado):
            novos[empresa.cnpj] = achado
            fora = fora_da_validade(achado.identidade, casa.agora())
            if fora is not None:
                problemas.append(_falha(empresa, fora.mensagem))
        elif achado is not None:
            problemas.append(_falha(empresa, f"Certificado de {empresa.nome}: {achado}."))
    casa.certificados = novos
    _mostrar(casa, problemas)


def _falha(empresa: Empresa, motivo: str) -> Falha:
    fazer = "Instale o certificado ou defina a senha (separador verificar); os documentos esperam e seguem sozinhos."
    return Falha(f"certificado:{empresa.cnpj}", "SEP-SEM-CERTIFICADO", motivo, fazer)


def _mostrar(casa: Casa, problemas: list[Falha]) -> None:
    atuais = {(f.assunto, f.codigo) for f in problemas}
    abertas = falhas.assuntos(casa.banco, "certificado:")
    if not atuais and not abertas:
        return
    quando = casa.quando()
    with casa.banco.transacao():
        for falha in problemas:
            if falhas.abrir(casa.banco, falha, quando):
                casa.log.warning(falha.motivo, acao="certificado", o_que_fazer=falha.o_que_fazer)
        for assunto, codigo in abertas - atuais:
            falhas.encerrar(casa.banco, assunto, quando, "o certificado está em ordem", codigo)
