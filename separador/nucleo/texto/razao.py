"""Says in Portuguese why the system, the network, TLS or SQLite refused. Their own words are English, or follow LANG.

An error of this program speaks Portuguese already: its own words are kept. Where there is no phrase, the name of the
error says what to look up; never a sentence in another language.
"""

import errno
import sys
from collections.abc import Mapping
from typing import Any

_DO_SISTEMA: Mapping[int, str] = {
    errno.ENOENT: "o arquivo ou a pasta não existe",
    errno.ENOTDIR: "um pedaço do caminho não é uma pasta",
    errno.EISDIR: "é uma pasta, não um arquivo",
    errno.EEXIST: "já existe",
    errno.ENOTEMPTY: "a pasta não está vazia",
    errno.EACCES: "sem permissão",
    errno.EPERM: "operação não permitida",
    errno.EROFS: "o disco está só para leitura",
    errno.ENOSPC: "o disco está cheio",
    errno.EDQUOT: "a cota de disco acabou",
    errno.EFBIG: "o arquivo é grande demais para este disco",
    errno.EIO: "erro de leitura ou gravação no disco",
    errno.ENODEV: "o dispositivo não existe",
    errno.ENXIO: "o dispositivo não existe",
    errno.ENOMEM: "a memória acabou",
    errno.ELOOP: "link simbólico onde não pode haver, ou em círculo",
    errno.ENAMETOOLONG: "o nome é longo demais",
    errno.EILSEQ: "o nome tem bytes que o disco não aceita",
    errno.EINVAL: "o sistema não aceita este pedido, ou este nome, aqui",
    errno.ENOSYS: "o sistema não tem esta função",
    errno.EOPNOTSUPP: "este disco não aceita a operação",
    errno.ENOLCK: "este disco não tem mais travas",
    errno.EAGAIN: "ocupado; tente de novo",
    errno.EINTR: "interrompido",
    errno.EMFILE: "arquivos abertos demais neste processo",
    errno.ENFILE: "arquivos abertos demais no sistema",
    errno.EMLINK: "links demais",
    errno.ESTALE: "o compartilhamento de rede caiu",
    errno.EREMOTEIO: "erro do servidor do compartilhamento",
    errno.EHOSTDOWN: "o servidor não responde",
    errno.EHOSTUNREACH: "não há caminho de rede até o servidor",
    errno.ENETUNREACH: "não há caminho de rede até o servidor",
    errno.ENETDOWN: "a rede está fora do ar",
    errno.ETIMEDOUT: "não respondeu a tempo",
    errno.ECONNREFUSED: "a conexão foi recusada",
    errno.ECONNRESET: "a conexão caiu",
    errno.ECONNABORTED: "a conexão caiu",
    errno.EPIPE: "quem lia fechou a ligação",
    errno.ENOTCONN: "não está conectado",
    errno.EADDRINUSE: "a porta já está em uso",
    errno.EADDRNOTAVAIL: "este endereço não é desta máquina",
    errno.ETXTBSY: "o arquivo está em execução",
    errno.EBUSY: "em uso",
    errno.EXDEV: "fica em outro disco",
    errno.EBADF: "o arquivo já estava fechado",
    errno.ENOEXEC: "não é um programa que esta máquina execute",
    errno.ESRCH: "o processo não existe",
    errno.ECHILD: "o processo não existe",
}
_DO_DNS: Mapping[int, str] = {
    -2: "o nome do servidor não existe (DNS)",
    -3: "o DNS não respondeu",
    -4: "o DNS respondeu com erro",
}
"""EAI_NONAME, EAI_AGAIN, EAI_FAIL. The modules of the network are not imported here: commands must start quickly."""
_DO_CERTIFICADO: Mapping[int, str] = {
    9: "o certificado ainda não vale",
    10: "o certificado venceu",
    18: "o certificado é autoassinado",
    19: "a cadeia acaba em um certificado autoassinado que não é de confiança",
    20: "falta a autoridade que emitiu o certificado",
    21: "falta a autoridade que emitiu o certificado",
    23: "o certificado foi revogado",
    62: "o certificado é de outro nome de servidor",
    64: "o certificado é de outro endereço",
}
_DO_TLS: tuple[tuple[str, str], ...] = (
    ("WRONG_VERSION_NUMBER", "o servidor não fala TLS nesta porta"),
    ("HTTP_REQUEST", "o servidor não fala TLS nesta porta"),
    ("UNSUPPORTED_PROTOCOL", "o servidor só fala versões antigas de TLS"),
    ("PROTOCOL_VERSION", "o servidor não aceita a versão de TLS"),
    ("NO_SHARED_CIPHER", "não há cifra de TLS em comum com o servidor"),
    ("HANDSHAKE_FAILURE", "o servidor recusou a conexão segura"),
    ("UNKNOWN_CA", "o servidor não conhece quem emitiu o certificado"),
    ("CERTIFICATE_EXPIRED", "o servidor diz que o certificado venceu"),
    ("CERTIFICATE_REVOKED", "o servidor diz que o certificado foi revogado"),
    ("CERTIFICATE_REQUIRED", "o servidor pede um certificado"),
    ("BAD_CERTIFICATE", "o servidor recusou o certificado"),
    ("CERTIFICATE", "o servidor recusou o certificado"),
    ("KEY_VALUES_MISMATCH", "a chave não é a do certificado"),
    ("NO_CERTIFICATE_OR_CRL_FOUND", "o arquivo não tem certificado"),
    ("EE_KEY_TOO_SMALL", "a chave do certificado é curta demais"),
    ("PEM", "o arquivo não está em PEM"),
    ("EOF", "a conexão segura caiu no meio"),
)
_DO_SQLITE: tuple[tuple[str, str], ...] = (
    ("SQLITE_BUSY", "o banco está ocupado por outro processo"),
    ("SQLITE_LOCKED", "o banco está ocupado por outro processo"),
    ("SQLITE_READONLY", "este usuário só pode ler o banco"),
    ("SQLITE_PERM", "este usuário não pode usar o banco"),
    ("SQLITE_AUTH", "este usuário não pode usar o banco"),
    ("SQLITE_CANTOPEN", "o arquivo do banco não pode ser aberto"),
    ("SQLITE_NOTADB", "o arquivo não é um banco SQLite"),
    ("SQLITE_CORRUPT", "o banco está danificado"),
    ("SQLITE_FULL", "o disco está cheio"),
    ("SQLITE_IOERR", "erro de leitura ou gravação no disco do banco"),
    ("SQLITE_NOMEM", "a memória acabou"),
    ("SQLITE_INTERRUPT", "a consulta foi interrompida"),
    ("SQLITE_CONSTRAINT", "o banco não aceita este valor"),
    ("SQLITE_TOOBIG", "o valor é grande demais para o banco"),
    ("SQLITE_SCHEMA", "as tabelas do banco mudaram durante a consulta"),
    ("SQLITE_MISUSE", "o banco já estava fechado"),
    ("SQLITE_ERROR", "o banco não tem as tabelas que deveria, ou não aceita a consulta"),
)


def do_sistema(numero: int | None) -> str:
    """Returns why the system refused, by its number."""
    numero = numero or 0
    return _DO_SISTEMA.get(numero) or f"erro {errno.errorcode.get(numero, numero)} do sistema"


def razao(erro: BaseException) -> str:
    """Returns a short phrase for the operator."""
    if type(erro).__module__.partition(".")[0] == "separador":
        return str(erro)
    if _e(erro, "sqlite3", "Error"):
        return _do_sqlite(erro)
    if _e(erro, "ssl", "SSLError"):
        return _do_tls(erro)
    if _e(erro, "socket", "gaierror"):
        return _DO_DNS.get(getattr(erro, "errno", None) or 0, "o nome do servidor não foi encontrado (DNS)")
    if isinstance(erro, TimeoutError):
        return _DO_SISTEMA[errno.ETIMEDOUT]
    if isinstance(erro, UnicodeError):
        return "o texto não está em UTF-8"
    if isinstance(erro, MemoryError):
        return _DO_SISTEMA[errno.ENOMEM]
    if isinstance(erro, OSError) and erro.errno is not None:
        return do_sistema(erro.errno)
    return f"erro {type(erro).__name__}"


def _e(erro: BaseException, modulo: str, classe: str) -> bool:
    """Says whether an error is of a class of a module, without importing it: it could not have raised unimported."""
    return isinstance(erro, getattr(sys.modules.get(modulo), classe, ()))


def _do_tls(erro: Any) -> str:
    if _e(erro, "ssl", "SSLCertVerificationError"):
        return _DO_CERTIFICADO.get(erro.verify_code, f"o certificado não é de confiança (código {erro.verify_code})")
    if _e(erro, "ssl", "SSLEOFError") or _e(erro, "ssl", "SSLZeroReturnError"):
        return "a conexão segura caiu no meio"
    dito = erro.reason or ""
    achada = next((frase for parte, frase in _DO_TLS if parte in dito), None)
    return achada or f"a conexão segura (TLS) falhou {dito}".strip()


def _do_sqlite(erro: BaseException) -> str:
    nome = getattr(erro, "sqlite_errorname", None) or ""
    achada = next((frase for inicio, frase in _DO_SQLITE if nome.startswith(inicio)), None)
    return achada or f"erro {nome or type(erro).__name__} do banco"
