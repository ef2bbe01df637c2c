"""Loads the companies' certificates: the vault's default first, else the .pfx of the configuration.

Their places are looked at at start, when the vault or a file changes, and on order; only what changed is loaded again.
A company whose default is in the vault uses that one or none: another one in the configuration is not what the
administrator chose.
"""

import functools
import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm

from separador.banco import falhas
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Tipo, Uso, desempacotar
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.leitura.pfx import Aberto, abrir_pfx
from separador.capacidades.certificados.servico.carregados import Achado, Carregados, Fonte
from separador.capacidades.certificados.servico.papeis import que_emitem
from separador.capacidades.certificados.servico.por_que_nao_assina import por_que_nao_assina
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.cofre import chave_mestra, versao_vista
from separador.cofre.abertura import abrir_cofre
from separador.cofre.banco import geracao
from separador.cofre.cofre import Cofre, CofreError
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.senha import SenhaAusenteError, ler_senha
from separador.fiscal.certificado import Certificado, Segredo, fora_da_validade, restaurar
from separador.nucleo.erro import Recusa
from separador.nucleo.falha import Falha
from separador.nucleo.fuso import dia
from separador.nucleo.texto.razao import do_sistema, razao

if TYPE_CHECKING:
    from separador.motor.contexto import Contexto

Abrir = Callable[[bytes, bytes], Aberto | Recusa]
"""Opens a .pfx with a password."""
_CALADOS = 100
"""Certificates of one look that have not signed yet: a statement each."""
PESO_DO_ARQUIVO = 850
"""A .pfx costs 85 ms, one from the vault 0.1."""


def carregar(empresa: Empresa, ambiente: Mapping[str, str], abrir: Abrir = abrir_pfx) -> Achado:
    """Returns the certificate that the configuration names for a company."""
    if empresa.certificado is None:
        return None
    arquivo = empresa.certificado.arquivo
    try:
        senha = ler_senha(empresa.certificado.senha, ambiente)
        dados = _ler(arquivo)
    except SenhaAusenteError as erro:
        return str(erro)
    except OSError as erro:
        return f"não consegui ler {arquivo}: {do_sistema(erro.errno)}"
    lido = abrir(dados, senha or b"")
    if isinstance(lido, Recusa):
        return lido.erros[0].mensagem.removesuffix(".")
    certificado = lido.certificado
    if certificado.cnpj is not None and certificado.cnpj[:8] != empresa.cnpj[:8]:
        return f"o certificado {arquivo} é do CNPJ {certificado.cnpj}, não da empresa {empresa.cnpj}"
    return certificado


def fonte_do_arquivo(empresa: Empresa, ambiente: Mapping[str, str], abrir: Abrir) -> Fonte:
    """Returns where a company's certificate comes from, when the configuration names a file."""
    c = empresa.certificado
    if c is None:
        return Fonte(("nada",), lambda: None)
    try:
        senha: object = hashlib.sha256(ler_senha(c.senha, ambiente) or b"").digest()
    except SenhaAusenteError as erro:
        senha = str(erro)
    marca = ("arquivo", str(c.arquivo), _estado(c.arquivo), senha, empresa.cnpj)
    return Fonte(marca, functools.partial(carregar, empresa, ambiente, abrir), PESO_DO_ARQUIVO, ao_lado=True)


def _ler(arquivo: Path) -> bytes:
    with arquivo.open("rb") as aberto:
        return aberto.read(LIMITE_PFX)


class Lugares:
    """The places where certificates come from: the vault, its key, and the files of companies without a default there.
    Which these are changes with the vault and the configuration."""

    def __init__(self) -> None:
        self._de: tuple[int, Configuracao] | None = None
        self._arquivos: tuple[Path, ...] = ()

    def assinatura(self, contexto: "Contexto") -> tuple[object, ...]:
        """Returns a value that changes when a certificate file, the vault or its key changes.

        Cheap enough for every look.
        """
        numero = geracao(contexto.banco)
        if self._de is None or self._de[0] != numero or self._de[1] is not contexto.config:
            no_cofre = tabela.com_padrao(contexto.banco)
            empresas = [e for e in contexto.config.empresas if e.cnpj not in no_cofre]
            self._arquivos = tuple(e.certificado.arquivo for e in empresas if e.certificado is not None)
            self._de = (numero, contexto.config)
        arquivos = tuple(_estado(a) for a in self._arquivos)
        return (numero, _estado(chave_mestra.caminho(contexto.dados)), arquivos)


def _estado(arquivo: Path) -> tuple[int, int, int, int, int] | None:
    try:
        dono = arquivo.stat()
    except OSError:
        return None
    return dono.st_ino, dono.st_size, dono.st_mtime_ns, dono.st_mode, dono.st_ctime_ns


def rever(contexto: "Contexto", ambiente: Mapping[str, str], carregados: Carregados, abrir: Abrir = abrir_pfx) -> None:
    """Looks where the certificates come from now. What is wrong with the vault itself is shown by
    `mostrar`."""
    problemas: list[Falha] = []
    padroes = {r["empresa"]: r for r in tabela.padroes(contexto.banco)}
    cofre = _cofre(contexto, ambiente, problemas)
    _adotar_tokens(contexto, ambiente, cofre, padroes.values())
    chave = _estado(chave_mestra.caminho(contexto.dados))
    com_token = tokens_de(contexto).empresas()
    carregados.rever(
        {
            e.cnpj: fonte_do_cofre(contexto, padrao, cofre, chave)
            if (padrao := padroes.get(e.cnpj)) is not None
            else fonte_do_arquivo(e, ambiente, abrir)
            for e in contexto.config.empresas
            if e.cnpj not in com_token
        }
    )
    carregados.do_cofre = tuple(problemas)


def mostrar(contexto: "Contexto", carregados: Carregados) -> None:
    """Takes into use what is loaded, and brings the failures view up to date with what is wrong."""
    achados = carregados.achados()
    novos = {c: a for c, a in achados.items() if isinstance(a, Certificado)}
    _contar(contexto, novos)
    contexto.certificados = novos
    contexto.certificados_por_abrir = frozenset(c[:8] for c in carregados.por_abrir)
    problemas = [*carregados.do_cofre, *tokens_de(contexto).falhas(contexto.agora())]
    emitem = que_emitem(contexto.config, contexto.banco) if len(novos) < len(achados) else frozenset()
    for empresa in contexto.config.empresas:
        achado = achados.get(empresa.cnpj)
        if isinstance(achado, Certificado):
            fora = fora_da_validade(achado.identidade, contexto.agora())
            if fora is not None:
                vencida = por_que_nao_assina(contexto, empresa.cnpj)
                problemas.append(_falha(empresa, vencida.texto if vencida is not None else fora.mensagem))
        elif achado is not None and empresa.cnpj in emitem:
            problemas.append(_falha(empresa, f"Certificado de {empresa.nome}: {achado}."))
    _mostrar(contexto, problemas)


def _cofre(contexto: "Contexto", ambiente: Mapping[str, str], problemas: list[Falha]) -> Cofre | Recusa | None:
    """Returns the vault, open, or None while nothing was ever kept in it.

    A problem with it goes to the failures view.
    """
    if geracao(contexto.banco) == 0:
        return None
    antigo = versao_vista.conferir(contexto.dados, geracao(contexto.banco))
    if antigo is not None:
        problemas.append(Falha("cofre", antigo.codigo, antigo.mensagem, antigo.o_que_fazer))
    cofre = abrir_cofre(contexto.dados, contexto.banco, ambiente)
    if isinstance(cofre, Recusa):
        erro = cofre.erros[0]
        problemas.append(Falha("cofre", erro.codigo, erro.mensagem, erro.o_que_fazer))
    return cofre


def _adotar_tokens(
    contexto: "Contexto", ambiente: Mapping[str, str], cofre: Cofre | Recusa | None, padroes: Iterable[Row]
) -> None:
    """Opens the tokens that are defaults now. A PIN that a token refuses is recorded and stays so after this run."""
    configuradas = {e.cnpj for e in contexto.config.empresas}
    linhas = {
        r["empresa"]: inteira
        for r in padroes
        if r["tipo"] == Tipo.A3
        and r["uso"] == Uso.ASSINATURA
        and r["empresa"] in configuradas
        and (inteira := tabela.por_id(contexto.banco, r["id"])) is not None
    }
    guardado = functools.partial(pin_guardado, cofre=cofre, ambiente=ambiente)
    for certificado_id in tokens_de(contexto).adotar(linhas, guardado, agora_s=contexto.relogio.monotonico()):
        with contexto.banco.transacao():
            tabela.recusar_pin(contexto.banco, certificado_id, contexto.quando())


def pin_guardado(linha: Row, *, cofre: Cofre | Recusa | None, ambiente: Mapping[str, str]) -> str | None:
    """Returns the PIN that the administrator chose to keep: systemd credential `pin-<apelido>`, else the vault."""
    pasta = ambiente.get("CREDENTIALS_DIRECTORY")
    credencial = Path(pasta) / nome_da_credencial(linha["apelido"]) if pasta else None
    try:
        if credencial is not None and credencial.is_file():
            return credencial.read_text("utf-8").rstrip("\r\n")
        if isinstance(cofre, Cofre) and (numero := cofre.achar(nome_do_pin(linha["id"]))) is not None:
            return cofre.ler(numero).decode()
    except (OSError, UnicodeDecodeError, CofreError):
        return None  # shown as a token that waits for its PIN; a person can still give it
    return None


def nome_da_credencial(apelido: str) -> str:
    """Returns the name of the systemd credential that holds the PIN of a certificate."""
    return "pin-" + re.sub(r"[^a-z0-9]+", "-", apelido.casefold()).strip("-")


def nome_do_pin(certificado_id: int) -> str:
    """Returns the name of the secret that holds a PIN in the vault."""
    return f"pin:{certificado_id}"


def fonte_do_cofre(contexto: "Contexto", linha: Row, cofre: Cofre | Recusa | None, chave: object) -> Fonte:
    """Returns where a company's certificate comes from, when its default is in the vault. `chave`: state of the file of
    the master key."""
    aberto: object = isinstance(cofre, Cofre) or str(cofre)
    marca = ("cofre", linha["id"], linha["segredo_id"], linha["sha256"], linha["uso"], chave, aberto)

    def abrir() -> Achado:
        inteira = tabela.por_id(contexto.banco, linha["id"])
        return do_cofre(inteira, cofre) if inteira is not None else None

    return Fonte(marca, abrir)


def do_cofre(linha: Row, cofre: Cofre | Recusa | None) -> Achado:
    """Returns the company's default certificate with its key, or the reason why it cannot sign."""
    if linha["uso"] != Uso.ASSINATURA:
        return f"o padrão da empresa, {linha['apelido']}, é de {linha['uso']}, não de assinatura"
    if cofre is None or isinstance(cofre, Recusa):
        return "o cofre não abre" if cofre is None else cofre.erros[0].mensagem.removesuffix(".")
    try:
        certificado = restaurar(Segredo(bytes(linha["der"]), cofre.ler(linha["segredo_id"])))
        return replace(certificado, cadeia=desempacotar(bytes(linha["cadeia"] or b"")))
    except (CofreError, ValueError, TypeError, UnsupportedAlgorithm) as erro:
        return f"a chave de {linha['apelido']} não saiu do cofre: {razao(erro)}"


def _contar(contexto: "Contexto", novos: Mapping[str, Certificado]) -> None:
    """Writes in the log which certificate a company signs with from now on."""
    for cnpj, certificado in novos.items():
        antigo = contexto.certificados.get(cnpj)
        if antigo is not None and antigo.der != certificado.der:
            ate = dia(certificado.validade_ate)
            contexto.log.info(
                "certificado novo em uso", acao="certificado", empresa=cnpj, titular=certificado.titular, ate=ate
            )


def notar_assinaturas(contexto: "Contexto", desde: int = 0) -> int:
    """Records the first use of default certificates. The newest signed document shows that one has signed.

    Looks at some of those that have not, after the first `desde`. Returns where the next look begins.
    """
    calados = tabela.que_nao_assinaram(contexto.banco, Uso.ASSINATURA, _CALADOS, desde)
    if desde and not calados:
        return notar_assinaturas(contexto)
    for linha in calados:
        dados = tabela.ultimo_assinado(contexto.banco, linha["empresa"][:8], linha["padrao_desde"])
        inteira = tabela.por_id(contexto.banco, linha["id"]) if dados is not None else None
        if dados is not None and inteira is not None and b64encode(inteira["der"]) in dados:
            with contexto.banco.transacao():
                tabela.anotar_assinou(contexto.banco, linha["id"], contexto.quando())
    return desde + _CALADOS


def vencidos_agora(contexto: "Contexto") -> bool:
    """Says whether a certificate in hand went out of force since it was loaded; then the failures view must say so."""
    agora = contexto.agora()
    fora = [
        f"certificado:{cnpj}"
        for cnpj, c in contexto.certificados.items()
        if fora_da_validade(c.identidade, agora) is not None
    ]
    if not fora:
        return False
    abertas = {assunto for assunto, _ in falhas.assuntos(contexto.banco, "certificado:")}
    return any(assunto not in abertas for assunto in fora)


def _falha(empresa: Empresa, motivo: str) -> Falha:
    fazer = (
        "Instale o certificado (separador certificado instalar) ou defina a senha; os documentos esperam e seguem "
        "sozinhos."
    )
    return Falha(f"certificado:{empresa.cnpj}", "SEP-SEM-CERTIFICADO", motivo, fazer)


def _mostrar(contexto: "Contexto", problemas: list[Falha]) -> None:
    atuais = {(f.assunto, f.codigo) for f in problemas}
    abertas = falhas.assuntos(contexto.banco, "certificado:") | falhas.assuntos(contexto.banco, "cofre")
    if not atuais and not abertas:
        return
    quando = contexto.quando()
    with contexto.banco.transacao():
        for falha in problemas:
            if falhas.abrir(contexto.banco, falha, quando):
                contexto.log.warning(falha.motivo, acao="certificado", o_que_fazer=falha.o_que_fazer)
        for assunto, codigo in abertas - atuais:
            falhas.encerrar(contexto.banco, assunto, quando, "o certificado está em ordem", codigo)
