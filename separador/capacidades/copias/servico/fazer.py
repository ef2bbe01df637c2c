"""Makes one copy of the installation while the service works: the database first, the files after it.

A row of the database always comes before its file. So the files are gathered after the database was copied, and
whatever the copied rows name is there. Files that are written once are copied when they are new, and not read again.
"""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from separador import __version__
from separador.acesso.banco.auditoria import SELO
from separador.banco.instante import texto_de
from separador.capacidades.copias.dominio import manifesto
from separador.capacidades.copias.dominio.manifesto import Fatos, Guardado, Manifesto, nome_da_copia
from separador.capacidades.copias.dominio.poda import Regra
from separador.capacidades.copias.servico import banco, configuracao, de_fora, destino, estado, fontes
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.cofre import COPIA_DO_COFRE, fechar_cofre
from separador.capacidades.copias.servico.destino import DADOS, FAZENDO, CopiaError
from separador.configuracao import Configuracao
from separador.nucleo.texto.quantidade import milhar
from separador.pastas.criacao import dar_ao_dono
from separador.pastas.disco import PROPRIA
from separador.pastas.erros import FalhaDePasta, SemEspaco
from separador.pastas.posse import instalacao

SEM_PODA = Regra()
TRAVA = ".separador-copia.trava"
_AVULSOS = (SELO, instalacao.ARQUIVO, "cofre/geracao")
_ESPERA_S = 5.0
"""How long a file that a copied row names may take to come to its place: the service moves it after the commit."""


@dataclass(slots=True)
class Feita:
    """The copy that was made: its name, its files, how many of them are new in the common folder, what pruning
    removed, whether the vault is there as a file of its own. `avisos`: what is not in it, and why (Portuguese).
    `sem_manifesto`: the copies before it that are damaged, after the last one that is not."""

    nome: str
    arquivos: int
    novos: int
    com_frase: bool
    podadas: list[str] = field(default_factory=list)
    avisos: list[str] = field(default_factory=list)
    sem_manifesto: list[str] = field(default_factory=list)


def fazer(
    config: Configuracao,
    pasta: Path,
    agora: datetime,
    *,
    frase: bytes | None = None,
    regra: Regra = SEM_PODA,
    recomecar: bool = False,
    ambiente: Mapping[str, str] = os.environ,
    esperar: Callable[[float], None] = time.sleep,
) -> Feita:
    """Makes a copy in the folder, then prunes. Raises `CopiaError`, `banco.SemBancoError`, `FalhaDePasta`,
    sqlite3.Error, OSError; the copies that were there stay as they were."""
    esta = instalacao.ler(config.dados)
    if esta is None:
        raise CopiaError(f"{config.dados} ainda não é de uma instalação; ligue o serviço uma vez antes de copiar.")
    with _so_uma(config.dados), _abrir_destino(config.dados, pasta, esta.id, recomecar) as arvore:
        arvore.apagar(FAZENDO)
        try:
            obra = _Obra(config, arvore, agora, esperar)
            feita = obra.executar(esta.id, frase, ambiente)
        except SemEspaco:
            arvore.apagar(FAZENDO)
            raise
        finally:
            banco.limpar(config.dados)
        feita.podadas = destino.podar(arvore, regra)
        arvore.firmar()
    estado.anotar(config.dados, pasta, feita=texto_de(agora), copia=feita.nome)
    return feita


@contextmanager
def _so_uma(dados: Path) -> Iterator[None]:
    """Lets one copy of the installation be made at a time. Raises `CopiaError`, OSError."""
    fd = os.open(dados / TRAVA, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    try:
        dar_ao_dono(fd, dados)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CopiaError("Outra cópia desta instalação está em andamento; espere que termine.") from None
        yield
    finally:
        os.close(fd)


@contextmanager
def _abrir_destino(dados: Path, pasta: Path, esta: str, recomecar: bool) -> Iterator[Arvore]:
    if not destino.raiz_existe(pasta):
        if estado.conhece(dados, pasta) and not recomecar:
            raise CopiaError(_sumiu(pasta))
        pasta.mkdir(mode=0o700)
    with Arvore(pasta) as arvore:
        dona = destino.da_instalacao(arvore)
        if dona is None:
            if estado.conhece(dados, pasta) and not recomecar:
                raise CopiaError(_sumiu(pasta))
            if arvore.listar(""):
                raise CopiaError(f"{pasta} não está vazia, e não é uma pasta de cópias; use outra, vazia.")
            destino.marcar(arvore, esta)
        elif dona != esta:
            raise CopiaError(f"{pasta} tem as cópias de outra instalação ({dona}; esta é {esta}); use outra pasta.")
        yield arvore


def _sumiu(pasta: Path) -> str:
    return (
        f"{pasta} já teve cópias desta instalação, e agora não tem a marca delas: o disco ou o compartilhamento pode "
        "ter caído. Monte-o de novo; se a pasta é mesmo nova, repita com --recomecar."
    )


class _Obra:
    """One copy while it is made."""

    def __init__(self, config: Configuracao, arvore: Arvore, agora: datetime, esperar: Callable[[float], None]) -> None:
        self.config, self.arvore, self.agora, self.esperar = config, arvore, agora, esperar
        self.arquivos: dict[str, Guardado] = {}
        self.avisos: list[str] = []
        self.novos = 0
        antes, self.sem_manifesto = destino.ultima(arvore)
        self.antes = antes.arquivos if antes is not None else {}
        self.nome = _livre(agora, destino.nomes(arvore))

    def executar(self, esta: str, frase: bytes | None, ambiente: Mapping[str, str]) -> Feita:
        reunida = configuracao.reunir(self.config)
        copiado = banco.copiar(self.config.dados, self.esperar)
        self._avulso(f"{DADOS}{banco.ARQUIVO}", copiado)
        with banco.lendo(copiado) as c:
            documentos = banco.documentos(c)
            processados = [caminho for _, caminho, _ in banco.processados(c) if caminho is not None]
            fora = list(de_fora.pastas(c, self.config, relativa=reunida.relativa))
        if frase is not None:
            cofre = fechar_cofre(copiado, self.config.dados, frase, texto_de(self.agora), ambiente)
            self._bytes(COPIA_DO_COFRE, cofre)
        banco.limpar(self.config.dados)
        self._bytes(configuracao.ARQUIVO, reunida.texto)
        for caminho, arquivo in reunida.arquivos.items():
            self._avulso(caminho, arquivo)
        for nome in _AVULSOS:
            self._avulso(f"{DADOS}{nome}", self.config.dados / nome)
        for pasta in banco.PASTAS:
            self._de_uma_vez(pasta)
        self._completar(processados)
        for onde in fora:
            self._de_fora(onde)
            if onde.externa:
                reunida.externos[onde.prefixo] = str(onde.raiz)
        fatos = Fatos(
            instalacao=esta, feita_em=texto_de(self.agora), versao=__version__, origem=str(self.config.dados),
            relativa=reunida.relativa, dados=reunida.dados, com_frase=frase is not None, ocultos=reunida.ocultos,
            externos=reunida.externos, documentos=documentos,
        )  # fmt: skip
        self._terminar(fatos)
        return Feita(
            self.nome, len(self.arquivos), self.novos, frase is not None,
            avisos=self.avisos, sem_manifesto=self.sem_manifesto,
        )  # fmt: skip

    def _terminar(self, fatos: Fatos) -> None:
        """Writes the manifest when all it names is durable, and only then gives the copy its name."""
        self.arvore.firmar()
        self.arvore.gravar(
            f"{FAZENDO}/{manifesto.ARQUIVO}", iter([manifesto.escrever(Manifesto(fatos, self.arquivos))])
        )
        self.arvore.firmar()
        self.arvore.renomear(FAZENDO, f"{destino.COPIAS}/{self.nome}")

    # --- files that may change -----------------------------------------------------------------------------------

    def _bytes(self, caminho: str, dados: bytes) -> None:
        sha256 = self.arvore.gravar(f"{FAZENDO}/{caminho}", iter([dados]))
        self.arquivos[caminho] = Guardado(sha256, len(dados), 0, avulso=True)

    def _avulso(self, caminho: str, arquivo: Path) -> None:
        self._gravar(f"{FAZENDO}/{caminho}", caminho, arquivo, avulso=True)

    # --- files that are written once -----------------------------------------------------------------------------

    def _de_uma_vez(self, pasta: str) -> None:
        """Takes every file of a folder of the data folder, and of those in it."""
        try:
            with os.scandir(self.config.dados / pasta) as itens:
                achados = sorted(itens, key=lambda i: i.name)
        except FileNotFoundError:
            return
        la = {nome for nome, e_pasta in self.arvore.listar(destino.no_acervo(f"{DADOS}{pasta}")) if not e_pasta}
        dentro = []
        for item in achados:
            if item.name.startswith(PROPRIA):
                continue
            if item.is_dir(follow_symlinks=False):
                dentro.append(item.name)
            elif item.is_file(follow_symlinks=False):
                self._um(f"{DADOS}{pasta}/{item.name}", Path(item.path), no_acervo=item.name in la)
        for nome in dentro:
            self._de_uma_vez(f"{pasta}/{nome}")

    def _de_fora(self, pasta: de_fora.Pasta) -> None:
        """Takes the named files of a folder outside of the data folder. One that cannot be reached is told, and does
        not keep the rest from being copied."""
        try:
            with Arvore(pasta.raiz) as fonte:
                for relativo in pasta.caminhos:
                    caminho, visto = f"{pasta.prefixo}/{relativo}", fonte.olhar(relativo)
                    antes = self.antes.get(caminho)
                    if visto is None or not stat.S_ISREG(visto.st_mode):
                        self.avisos.append(f"{pasta.raiz / relativo} não está lá.")
                    elif antes is not None and fontes.o_mesmo(antes, visto):
                        self.arquivos[caminho] = antes
                    else:
                        sha256 = self.arvore.gravar(
                            destino.no_acervo(caminho), fonte.blocos(relativo), mtime_ns=visto.st_mtime_ns
                        )
                        self.arquivos[caminho] = Guardado(sha256, visto.st_size, visto.st_mtime_ns, avulso=False)
                        self.novos += 1
        except FalhaDePasta as falha:
            if falha.pasta != pasta.raiz:
                raise
            self.avisos.append(f"{falha.mensagem}.")

    def _um(self, caminho: str, arquivo: Path, *, no_acervo: bool) -> None:
        try:
            visto = os.lstat(arquivo)
        except FileNotFoundError:
            return  # retention removed it meanwhile
        antes = self.antes.get(caminho)
        if no_acervo and antes is not None and not antes.avulso and fontes.o_mesmo(antes, visto):
            self.arquivos[caminho] = antes
        elif no_acervo:
            self._ja_no_acervo(caminho, arquivo)
        else:
            self._gravar(destino.no_acervo(caminho), caminho, arquivo, avulso=False)
            self.novos += 1

    def _ja_no_acervo(self, caminho: str, arquivo: Path) -> None:
        """Takes a file whose name the common folder has, and the copy before does not: left there by a copy that was
        cut short, or another content, which then goes into this copy alone."""
        la = destino.no_acervo(caminho)
        sha256 = self.arvore.resumo(la)
        lido = fontes.resumo(arquivo)
        if lido is not None and lido[0] == sha256:
            self.arquivos[caminho] = Guardado(sha256, lido[1].st_size, lido[1].st_mtime_ns, avulso=False)
        elif lido is not None:
            self._avulso(caminho, arquivo)

    def _gravar(self, onde: str, caminho: str, arquivo: Path, *, avulso: bool) -> None:
        """Copies one file. One that is not there (any more) is left out. Raises `CopiaError` when it keeps changing."""
        for _ in range(3):
            aberto = fontes.abrir(arquivo)
            if aberto is None:
                return
            try:
                visto = os.fstat(aberto)
                sha256 = self.arvore.gravar(onde, fontes.blocos(aberto), mtime_ns=visto.st_mtime_ns)
                depois = os.fstat(aberto)
            finally:
                os.close(aberto)
            if (visto.st_size, visto.st_mtime_ns) == (depois.st_size, depois.st_mtime_ns):
                self.arquivos[caminho] = Guardado(sha256, visto.st_size, visto.st_mtime_ns, avulso)
                return
        raise CopiaError(f"{arquivo} mudou enquanto era copiado, três vezes.")

    def _completar(self, processados: list[str]) -> None:
        """Waits for the processed documents that the copied rows name and that were not in their place yet."""
        faltam = [c for c in processados if DADOS + c not in self.arquivos]
        limite_s = _ESPERA_S
        while faltam:
            for caminho in faltam:
                if (self.config.dados / caminho).is_file():
                    self._um(DADOS + caminho, self.config.dados / caminho, no_acervo=False)
            faltam = [c for c in faltam if DADOS + c not in self.arquivos]
            if faltam and limite_s <= 0:
                quais = f"{milhar(len(faltam))}, por exemplo {faltam[0]}"
                raise CopiaError(f"O banco diz que há documentos processados que não estão na pasta de dados: {quais}.")
            if faltam:
                self.esperar(0.1)
                limite_s -= 0.1


def _livre(agora: datetime, tomados: list[str]) -> str:
    """Returns the name of a copy of now, or of the first second after it that no copy has."""
    while (nome := nome_da_copia(agora)) in tomados:
        agora += timedelta(seconds=1)
    return nome
