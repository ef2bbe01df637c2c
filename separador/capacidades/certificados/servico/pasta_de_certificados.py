"""Reads the watched folder of certificates: rule `certificado`.

It takes a `.pfx`/`.p12` with a `.senha` beside it (`matriz.pfx` + `matriz.senha` or `matriz.pfx.senha`), or whose
password was registered before. A file is taken once nothing changed between two readings. Then both files are
overwritten and removed. A refused file stays where it is, untouched, and is judged again when it changes. The original
never goes to the archive.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from separador.banco import falhas, rotas
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.leitura.pfx import LIMITE_PFX, Aberto, abrir_pfx
from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido, instalar_a1
from separador.cofre.abertura import abrir_cofre
from separador.cofre.banco import TabelaDeSegredos, geracao
from separador.cofre.cofre import Cofre
from separador.motor.contexto import Contexto
from separador.motor.log.log import registrar_incidente
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import Falha, como_erro
from separador.nucleo.nome_de_arquivo import comparavel, mostrar
from separador.nucleo.rota import Rota
from separador.pastas import publicacao, saude
from separador.pastas.disco import juntar, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, codigo_da_falha
from separador.pastas.publicacao import NomeOcupado

SENHA = b".senha"
_LIMITE_SENHA = 4096
_PREFIXO = "senha-pfx:"
Visto = tuple[object, ...]


REGRA = "certificado"


def nome_da_senha(cnpj: str) -> str:
    """Returns the name of the secret that opens certificates of a company which come without `.senha`."""
    return f"{_PREFIXO}{cnpj}"


@dataclass(frozen=True, slots=True)
class Chegado:
    """One certificate file in the folder, and the file with its password if there is one."""

    nome: bytes
    arquivo: bytes
    senha: bytes | None
    visto: Visto


@dataclass(slots=True)
class PastaDeCertificados:
    """Remembers what was seen and judged: a file is taken only when quiet, and refused only once per content."""

    _vistos: dict[bytes, Visto] = field(default_factory=dict)
    _julgados: dict[bytes, Visto] = field(default_factory=dict)

    _proxima_s: float = 0.0

    @property
    def pendente(self) -> bool:
        """Says whether a file was seen and not judged yet (`uma-vez` waits for it)."""
        return any(self._julgados.get(a) != v for a, v in self._vistos.items())

    def ler(self, contexto: Contexto, ambiente: Mapping[str, str], agora_s: float) -> None:
        """Reads every active route `certificado` once, when it is time for it."""
        if agora_s < self._proxima_s:
            return
        self._proxima_s = agora_s + contexto.config.tempo_leitura_s
        for rota in contexto.rotas:
            if rota.ativo and rota.regra == REGRA:
                self._ler_rota(contexto, ambiente, rota)

    def _ler_rota(self, contexto: Contexto, ambiente: Mapping[str, str], rota: Rota) -> None:
        marcas, cantos = rotas.marcas(contexto.banco), contexto.cantos
        problemas = [
            p
            for pasta in rota.pastas()
            for p in saude.conferir(pasta, marcas.get(str(pasta)), escrita=True, cantos=cantos)
        ]
        _mostrar(
            contexto,
            f"rota:{rota.id}:",
            [Falha(f"rota:{rota.id}:", codigo_da_falha(p.codigo), p.mensagem, p.o_que_fazer) for p in problemas],
        )
        if problemas:
            return
        try:
            chegados = list(_chegados(rota, geracao(contexto.banco)))
        except OSError:  # it was well a moment ago: the next look at the folder says what is wrong
            return
        self._esquecer({c.arquivo for c in chegados}, os.fsencode(rota.origem))
        abertas = {a for a, _ in falhas.assuntos(contexto.banco, _assunto(rota, b""))}
        idos = abertas - {_assunto(rota, c.nome) for c in chegados}
        for assunto in idos:
            with contexto.banco.transacao():
                falhas.encerrar(contexto.banco, assunto, contexto.quando(), "o arquivo saiu da pasta")
        for chegado in chegados:
            if self._vistos.get(chegado.arquivo) != chegado.visto:
                self._vistos[chegado.arquivo] = chegado.visto
            elif self._julgados.get(chegado.arquivo) != chegado.visto:
                self._julgados[chegado.arquivo] = chegado.visto
                _receber(contexto, ambiente, rota, chegado)

    def _esquecer(self, presentes: set[bytes], pasta: bytes) -> None:
        for lembrados in (self._vistos, self._julgados):
            for arquivo in [a for a in lembrados if os.path.dirname(a) == pasta and a not in presentes]:
                del lembrados[arquivo]


def _chegados(rota: Rota, versao_do_cofre: int) -> Iterator[Chegado]:
    """Yields regular files only. A link, or a file that vanishes meanwhile, is left for another reading."""
    pasta = os.fsencode(rota.origem)
    with os.scandir(pasta) as itens:
        nomes = {i.name: i for i in itens if i.is_file(follow_symlinks=False)}
    for nome, item in sorted(nomes.items()):
        if not any(comparavel(nome).endswith(s) for s in rota.sufixos) or comparavel(nome).endswith(".senha"):
            continue
        base = nome.rsplit(b".", 1)[0]
        ao_lado = next((s for s in (base + SENHA, nome + SENHA) if s in nomes), None)
        with suppress(FileNotFoundError):
            partes = [item.stat(follow_symlinks=False)]
            if ao_lado is not None:
                partes.append(nomes[ao_lado].stat(follow_symlinks=False))
            # The vault's generation counts too: a password registered, or a certificate removed, is a reason to look
            # again.
            visto: Visto = (versao_do_cofre, *((p.st_ino, p.st_size, p.st_mtime_ns, p.st_ctime_ns) for p in partes))
            senha = juntar(rota.origem, ao_lado) if ao_lado is not None else None
            yield Chegado(nome, juntar(rota.origem, nome), senha, visto)


def _receber(contexto: Contexto, ambiente: Mapping[str, str], rota: Rota, chegado: Chegado) -> None:
    """Installs the certificate and removes the files, or says why not. An unreadable file counts as refused."""
    try:
        feito, apelido = _instalar(contexto, ambiente, chegado)
    except Exception as erro:  # noqa: BLE001 - around one file
        feito, apelido = _nao_deu(contexto, chegado, erro), ""
    if isinstance(feito, Recusa) and feito.erros[0].codigo != "SEP-CERT-REPETIDO":
        _recusar(contexto, rota, chegado, feito)
        return
    sobrou = _remover(chegado)
    with contexto.banco.transacao():
        falhas.encerrar(contexto.banco, _assunto(rota, chegado.nome), contexto.quando(), "o certificado foi instalado")
    if sobrou is not None:
        _recusar(contexto, rota, chegado, sobrou)
    elif isinstance(feito, Instalado):
        papel = "padrão da empresa" if feito.padrao else "não é o padrão da empresa"
        texto = " ".join((f'Instalado com o apelido "{apelido}" ({papel}).', *feito.avisos))
        contexto.log.info(texto, acao="certificado instalado", arquivo=mostrar(chegado.nome), rota=rota.id)
        _responder(contexto, rota, chegado, {"resultado": "feito", "codigo": "SEP-CERT-INSTALADO", "mensagem": texto})


def _nao_deu(contexto: Contexto, chegado: Chegado, erro: Exception) -> Recusa:
    """Returns the refusal of a file that could not be read, or failed unforeseen.

    It stays, and the details are kept.
    """
    if isinstance(erro, OSError):
        mensagem = f"Não consegui ler o arquivo: {os.strerror(erro.errno or 0)}."
        return _recusa("LEITURA", mensagem, "Dê ao usuário do serviço permissão de ler e apagar o arquivo.")
    numero = registrar_incidente(contexto.dados, erro, {"arquivo": mostrar(chegado.nome)}, contexto.agora())
    mensagem = f"O certificado não pôde ser examinado (incidente {numero})."
    return _recusa("INCIDENTE", mensagem, "Instale-o por comando, ou envie o incidente a quem mantém o separador.")


def _instalar(contexto: Contexto, ambiente: Mapping[str, str], chegado: Chegado) -> tuple[Instalado | Recusa, str]:
    cofre = abrir_cofre(contexto.dados, contexto.banco, ambiente)
    if isinstance(cofre, Recusa):
        return cofre, ""
    aberto = _abrir(contexto, cofre, chegado)
    if isinstance(aberto, Recusa):
        return aberto, ""
    empresa = _empresa(contexto, aberto)
    if empresa is None:
        quem = aberto.certificado.cnpj or aberto.certificado.cpf
        mensagem = f"O certificado é de {aberto.certificado.titular} ({quem}), que não está em `empresas`."
        return _recusa("EMPRESA", mensagem, "Inclua a empresa na configuração, ou instale-o por comando."), ""
    apelido = _apelido_livre(contexto, empresa, chegado, aberto)
    pedido = Pedido(empresa, apelido, Uso.ASSINATURA, None, "serviço", "pasta vigiada")
    return instalar_a1(contexto.banco, cofre, contexto.config, pedido, aberto, contexto.agora()), apelido


def _abrir(contexto: Contexto, cofre: Cofre, chegado: Chegado) -> Aberto | Recusa:
    dados = _ler(chegado.arquivo, LIMITE_PFX)
    ultima = Recusa((como_erro("SEP-CERT-SEM-SENHA"),))
    for senha in _senhas(contexto, cofre, chegado):
        aberto = abrir_pfx(dados, senha)
        if isinstance(aberto, Aberto) or aberto.erros[0].codigo != "SEP-CERT-SENHA":
            return aberto
        ultima = aberto
    return ultima


def _senhas(contexto: Contexto, cofre: Cofre, chegado: Chegado) -> Iterator[bytes]:
    """Yields the password beside the file, else every registered one."""
    if chegado.senha is not None:
        yield _ler(chegado.senha, _LIMITE_SENHA).removesuffix(b"\n").removesuffix(b"\r")
        return
    for lacrado in TabelaDeSegredos(contexto.banco).todos():
        if lacrado.nome.startswith(_PREFIXO):
            yield cofre.ler(lacrado.id)


def _ler(arquivo: bytes, limite: int) -> bytes:
    fd = os.open(arquivo, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as aberto:
        return aberto.read(limite)


def _empresa(contexto: Contexto, aberto: Aberto) -> str | None:
    """Returns the configured company of the certificate: the very CNPJ, else the same base."""
    cnpj = aberto.certificado.cnpj or ""
    cnpjs = [e.cnpj for e in contexto.config.empresas]
    return next((c for c in cnpjs if c == cnpj), None) or next((c for c in cnpjs if cnpj and c[:8] == cnpj[:8]), None)


def _apelido_livre(contexto: Contexto, empresa: str, chegado: Chegado, aberto: Aberto) -> str:
    """Returns the file's name. When it is taken, the year of expiry and then a number are added."""
    base = mostrar(chegado.nome.rsplit(b".", 1)[0])[:40] or "certificado"
    usados = {r["apelido"].casefold() for r in tabela.ativos(contexto.banco, empresa)}
    ano = f"{base}-{aberto.certificado.validade_ate:%Y}"
    candidatos = (base, ano, *(f"{ano}-{n}" for n in range(2, 1000)))
    return next(c for c in candidatos if c.casefold() not in usados)


def _remover(chegado: Chegado) -> Recusa | None:
    """Overwrites and deletes what was taken in, the password first. The certificate is safe in the vault by now."""
    try:
        for arquivo in (chegado.senha, chegado.arquivo):
            if arquivo is not None:
                _apagar(arquivo)
        sincronizar_pasta(Path(os.fsdecode(os.path.dirname(chegado.arquivo))))
    except (OSError, FalhaDePasta) as erro:
        motivo = os.strerror(erro.errno or 0) if isinstance(erro, OSError) else erro.mensagem
        mensagem = f"O certificado foi instalado, mas não consegui apagar o arquivo: {motivo}."
        return _recusa("SOBRA", mensagem, "Apague da pasta o .pfx e o .senha.")
    return None


def _apagar(arquivo: bytes) -> None:
    fd = os.open(arquivo, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        dono = os.fstat(fd)
        if stat.S_ISREG(dono.st_mode):
            os.write(fd, bytes(min(dono.st_size, LIMITE_PFX)))
            os.fsync(fd)
    finally:
        os.close(fd)
    os.unlink(arquivo)


def _recusar(contexto: Contexto, rota: Rota, chegado: Chegado, recusa: Recusa) -> None:
    erro = recusa.erros[0]
    motivo = " ".join(e.mensagem for e in recusa.erros)
    nome = mostrar(chegado.nome)
    falha = Falha(_assunto(rota, chegado.nome), erro.codigo, motivo, erro.o_que_fazer, nome, rota.id)
    _mostrar(contexto, falha.assunto, [falha])
    contexto.log.warning(motivo, acao="certificado recusado", arquivo=nome, rota=rota.id, o_que_fazer=erro.o_que_fazer)
    _responder(contexto, rota, chegado, {"resultado": "recusado", "codigo": erro.codigo, "mensagem": motivo})


def _mostrar(contexto: Contexto, assunto: str, atuais: list[Falha]) -> None:
    """Opens these failures and closes the others of the subject."""
    abertas = falhas.assuntos(contexto.banco, assunto)
    if not atuais and not abertas:
        return
    quando = contexto.quando()
    with contexto.banco.transacao():
        for falha in atuais:
            falhas.abrir(contexto.banco, falha, quando)
        for velho, codigo in abertas - {(f.assunto, f.codigo) for f in atuais}:
            falhas.encerrar(contexto.banco, velho, quando, "a causa passou", codigo)


def _responder(contexto: Contexto, rota: Rota, chegado: Chegado, corpo: dict[str, str]) -> None:
    """Writes `<base>-ret.json` in the destination, as an order file gets. A folder that fails costs only the answer."""
    corpo |= {"arquivo": mostrar(chegado.nome), "quando": contexto.quando()}
    dados = json.dumps(corpo, ensure_ascii=False, indent=2).encode() + b"\n"
    base = chegado.nome.rsplit(b".", 1)[0]
    provisorio = contexto.cantos.prefixo(rota.destino) + f"{contexto.prefixo()}.cert".encode()
    try:
        publicacao.preparar(rota.destino, dados, provisorio)
        for n in range(1, 1000):
            final = base + (b"" if n == 1 else f"~{n}".encode()) + b"-ret.json"
            if not isinstance(publicacao.publicar(rota.destino, provisorio, final), NomeOcupado):
                break
        sincronizar_pasta(rota.destino)
    except FalhaDePasta as falha:
        contexto.log.warning(falha.mensagem, acao="resposta não gravada", rota=rota.id, o_que_fazer=falha.o_que_fazer)


def _assunto(rota: Rota, nome: bytes) -> str:
    return f"certificado-arquivo:{rota.id}:{mostrar(nome) if nome else ''}"


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer),))
