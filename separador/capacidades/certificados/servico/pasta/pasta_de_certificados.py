"""Reads the watched folder of certificates: rule `certificado`.

It takes a `.pfx`/`.p12` with a `.senha` beside it (`matriz.pfx` + `matriz.senha` or `matriz.pfx.senha`), or whose
password was registered before. A file is taken once nothing changed between two readings. Then both files are
overwritten and removed. A refused file stays where it is, untouched, and is judged again when it changes. The original
never goes to the archive.
"""

import os
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from separador.banco import falhas, rotas
from separador.capacidades.certificados.dominio import Uso
from separador.capacidades.certificados.leitura.abridor import NaoIniciouError
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.certificados.servico.aberturas import Aberturas, Resultado
from separador.capacidades.certificados.servico.apelido_livre import apelido_livre, empresa_de
from separador.capacidades.certificados.servico.instalacao import Instalado, Pedido, instalar_a1
from separador.capacidades.certificados.servico.pasta import resposta_da_pasta
from separador.capacidades.certificados.servico.pasta.arquivos_da_pasta import (
    Chegado,
    Visto,
    chegados,
    ler,
    o_mesmo,
    remover,
)
from separador.capacidades.certificados.servico.senhas import senhas_de
from separador.cofre.abertura import abrir_cofre
from separador.cofre.banco import geracao
from separador.motor.contexto import Contexto
from separador.motor.log.log import registrar_incidente
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import Falha, como_erro
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.nucleo.texto.razao import do_sistema
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta, SemResposta, codigo_da_falha

REGRA = "certificado"


@dataclass(slots=True)
class PastaDeCertificados:
    """Remembers what was seen and judged: a file is taken only when quiet, and refused only once per content."""

    aberturas: Aberturas[tuple[Rota, Chegado]]
    _vistos: dict[bytes, Visto] = field(default_factory=dict)
    _julgados: dict[bytes, Visto] = field(default_factory=dict)
    _recusados: set[bytes] = field(default_factory=set)
    """Files that this process refused before: a further refusal is another try of a person's."""

    _proxima_s: float = 0.0
    _fila: deque[tuple[Rota, Chegado]] = field(default_factory=deque)
    _a_caminho: set[bytes] = field(default_factory=set)
    """Files that wait to be opened, or are being opened."""

    @property
    def pendente(self) -> bool:
        """Says whether a file was seen and not judged yet (`uma-vez` waits for it)."""
        return bool(self._fila or self.aberturas) or any(self._julgados.get(a) != v for a, v in self._vistos.items())

    def ler(self, contexto: Contexto, ambiente: Mapping[str, str], agora_s: float) -> None:
        """Takes in what was opened, and reads every active route `certificado` once, when it is time for it."""
        if agora_s >= self._proxima_s:
            self._proxima_s = agora_s + contexto.config.tempo_leitura_s
            for rota in contexto.rotas:
                if rota.ativo and rota.regra == REGRA:
                    self._ler_rota(contexto, rota)
        self._andar(contexto, ambiente)

    def _andar(self, contexto: Contexto, ambiente: Mapping[str, str]) -> None:
        """Concludes what was opened, and begins with what waits: nothing is opened in this thread."""
        while True:
            while (pronta := self.aberturas.proxima()) is not None:
                (rota, chegado), resultado = pronta
                self._concluir(contexto, ambiente, rota, chegado, resultado)
            if not self._fila or self.aberturas.cheia:
                self.aberturas.descansar()
                return
            rota, chegado = self._fila.popleft()
            self._comecar(contexto, ambiente, rota, chegado)

    def _comecar(self, contexto: Contexto, ambiente: Mapping[str, str], rota: Rota, chegado: Chegado) -> None:
        try:
            if not o_mesmo(chegado):
                self._largar(chegado)
                return
            negado = _preparar(contexto, ambiente, self.aberturas, rota, chegado)
        except SemResposta:
            self._adiar(chegado)
            return
        except Exception as erro:  # noqa: BLE001 - around one file
            negado = _nao_deu(contexto, chegado, erro)
        if negado is not None:
            self._a_caminho.discard(chegado.arquivo)
            self._negar(contexto, rota, chegado, negado)

    def _negar(self, contexto: Contexto, rota: Rota, chegado: Chegado, negado: Recusa) -> None:
        """Refuses the file. After a restart it is only judged once more, which is no row of the audit trail."""
        if _recusar(contexto, rota, chegado, negado) or chegado.arquivo in self._recusados:
            motivo = negado.erros[0].mensagem
            resposta_da_pasta.anotar(contexto, rota, chegado.nome, "certificado recusado", motivo, recusado=True)
        self._recusados.add(chegado.arquivo)

    def _largar(self, chegado: Chegado) -> None:
        """Lets a file be judged anew: it changed meanwhile, or nothing was found out about it."""
        self._a_caminho.discard(chegado.arquivo)
        self._julgados.pop(chegado.arquivo, None)

    def _adiar(self, chegado: Chegado) -> None:
        """Lets a file be seen anew, and judged, when its folder answers again. Until then nothing of it is pending."""
        self._largar(chegado)
        self._vistos.pop(chegado.arquivo, None)

    def _esperar_a_pasta(self, pasta: bytes) -> None:
        """Forgets what was seen in a folder that is not well, and not judged: nothing of it is pending now."""
        for arquivo in [a for a in self._vistos if os.path.dirname(a) == pasta]:
            if self._julgados.get(arquivo) != self._vistos[arquivo]:
                del self._vistos[arquivo]

    def _concluir(
        self,
        contexto: Contexto,
        ambiente: Mapping[str, str],
        rota: Rota,
        chegado: Chegado,
        resultado: Resultado,
    ) -> None:
        """Judges what was opened, unless the files are not those that were opened any more: then they are new."""
        try:
            mudou = not o_mesmo(chegado)
        except SemResposta:
            self._adiar(chegado)
            return
        if mudou:
            self._largar(chegado)
            return
        self._a_caminho.discard(chegado.arquivo)
        try:
            negado = _receber(contexto, ambiente, rota, chegado, resultado)
        except NaoIniciouError as erro:
            self._largar(chegado)
            motivo = f"o processo que abre certificados não inicia: {erro}"
            contexto.log.error(motivo, acao="certificado", rota=rota.id)
            return
        if negado is not None:
            self._negar(contexto, rota, chegado, negado)

    def _ler_rota(self, contexto: Contexto, rota: Rota) -> None:
        marcas, cantos = rotas.marcas(contexto.banco), contexto.cantos
        problemas = [
            p
            for pasta in rota.pastas()
            for p in faixas.conferir(pasta, marcas.get(str(pasta)), escrita=True, cantos=cantos)
        ]
        _mostrar(
            contexto,
            f"rota:{rota.id}:",
            [Falha(f"rota:{rota.id}:", codigo_da_falha(p.codigo), p.mensagem, p.o_que_fazer) for p in problemas],
        )
        if problemas:
            self._esperar_a_pasta(os.fsencode(rota.origem))
            return
        try:
            presentes = chegados(rota, geracao(contexto.banco))
        except (OSError, FalhaDePasta):  # it was well a moment ago: the next look at the folder says what is wrong
            self._esperar_a_pasta(os.fsencode(rota.origem))
            return
        self._esquecer({c.arquivo for c in presentes}, os.fsencode(rota.origem))
        abertas = {a for a, _ in falhas.assuntos(contexto.banco, _assunto(rota, b""))}
        idos = abertas - {_assunto(rota, c.nome) for c in presentes}
        for assunto in idos:
            with contexto.banco.transacao():
                falhas.encerrar(contexto.banco, assunto, contexto.quando(), "o arquivo saiu da pasta")
        for chegado in presentes:
            if self._vistos.get(chegado.arquivo) != chegado.visto:
                self._vistos[chegado.arquivo] = chegado.visto
            elif self._julgados.get(chegado.arquivo) != chegado.visto and chegado.arquivo not in self._a_caminho:
                self._julgados[chegado.arquivo] = chegado.visto
                self._a_caminho.add(chegado.arquivo)
                self._fila.append((rota, chegado))

    def _esquecer(self, presentes: set[bytes], pasta: bytes) -> None:
        for lembrados in (self._vistos, self._julgados):
            for arquivo in [a for a in lembrados if os.path.dirname(a) == pasta and a not in presentes]:
                del lembrados[arquivo]
        self._recusados -= {a for a in self._recusados if os.path.dirname(a) == pasta and a not in presentes}


def _preparar(
    contexto: Contexto,
    ambiente: Mapping[str, str],
    aberturas: Aberturas[tuple[Rota, Chegado]],
    rota: Rota,
    chegado: Chegado,
) -> Recusa | None:
    """Begins to open the file with every password that may fit. Returns the refusal of one that is not opened."""
    cofre = abrir_cofre(contexto.dados, contexto.banco, ambiente)
    if isinstance(cofre, Recusa):
        return cofre
    dados, senhas = ler(chegado.arquivo, LIMITE_PFX), list(senhas_de(contexto, cofre, chegado))
    if not senhas:
        return Recusa((como_erro("SEP-CERT-SEM-SENHA"),))
    aberturas.comecar((rota, chegado), dados, senhas)
    return None


def _receber(
    contexto: Contexto,
    ambiente: Mapping[str, str],
    rota: Rota,
    chegado: Chegado,
    resultado: Resultado,
) -> Recusa | None:
    """Installs the certificate and removes the files, or returns why not. An unreadable file counts as refused.

    Raises NaoIniciouError.
    """
    try:
        feito, apelido = _instalar(contexto, ambiente, rota, chegado, resultado())
    except NaoIniciouError:
        raise
    except Exception as erro:  # noqa: BLE001 - around one file
        feito, apelido = _nao_deu(contexto, chegado, erro), ""
    if isinstance(feito, Recusa) and feito.erros[0].codigo != "SEP-CERT-REPETIDO":
        return feito
    sobrou = remover(chegado)
    with contexto.banco.transacao():
        falhas.encerrar(contexto.banco, _assunto(rota, chegado.nome), contexto.quando(), "o certificado foi instalado")
    if sobrou is not None:
        _recusar(contexto, rota, chegado, sobrou)
    elif isinstance(feito, Instalado):
        papel = "padrão da empresa" if feito.padrao else "não é o padrão da empresa"
        texto = " ".join((f'Instalado com o apelido "{apelido}" ({papel}).', *feito.avisos))
        contexto.log.info(texto, acao="certificado instalado", arquivo=mostrar(chegado.nome), rota=rota.id)
        resposta_da_pasta.responder(
            contexto, rota, chegado.nome, {"resultado": "feito", "codigo": "SEP-CERT-INSTALADO", "mensagem": texto}
        )
    else:
        texto = f"{feito.erros[0].mensagem} Nada foi mudado; os arquivos foram apagados da pasta."
        resposta_da_pasta.anotar(contexto, rota, chegado.nome, "certificado já instalado", texto)
        contexto.log.info(texto, acao="certificado repetido", arquivo=mostrar(chegado.nome), rota=rota.id)
        resposta_da_pasta.responder(
            contexto, rota, chegado.nome, {"resultado": "feito", "codigo": "SEP-CERT-REPETIDO", "mensagem": texto}
        )
    return None


def _nao_deu(contexto: Contexto, chegado: Chegado, erro: Exception) -> Recusa:
    """Returns the refusal of a file that could not be read, or failed unforeseen.

    It stays, and the details are kept.
    """
    if isinstance(erro, OSError):
        mensagem = f"Não consegui ler o arquivo: {do_sistema(erro.errno)}."
        return _recusa("LEITURA", mensagem, "Dê ao usuário do serviço permissão de ler e apagar o arquivo.")
    numero = registrar_incidente(contexto.dados, erro, {"arquivo": mostrar(chegado.nome)}, contexto.agora())
    mensagem = f"O certificado não pôde ser examinado (incidente {numero})."
    return _recusa("INCIDENTE", mensagem, "Instale-o por comando, ou envie o incidente a quem mantém o separador.")


def _instalar(
    contexto: Contexto, ambiente: Mapping[str, str], rota: Rota, chegado: Chegado, aberto: Aberto | Recusa
) -> tuple[Instalado | Recusa, str]:
    if isinstance(aberto, Recusa):
        return aberto, ""
    cofre = abrir_cofre(contexto.dados, contexto.banco, ambiente)
    if isinstance(cofre, Recusa):
        return cofre, ""
    empresa = empresa_de(contexto, aberto)
    if empresa is None:
        quem = aberto.certificado.cnpj or aberto.certificado.cpf
        mensagem = f"O certificado é de {aberto.certificado.titular} ({quem}), que não está em `empresas`."
        return _recusa("EMPRESA", mensagem, "Inclua a empresa na configuração, ou instale-o por comando."), ""
    apelido = apelido_livre(contexto, empresa, chegado.nome, aberto)
    pedido = Pedido(empresa, apelido, Uso.ASSINATURA, None, "serviço", "pasta vigiada")
    with contexto.banco.transacao():
        feito = instalar_a1(contexto.banco, cofre, contexto.config, pedido, aberto, contexto.agora())
        if isinstance(feito, Instalado):
            detalhe = f'"{apelido}" da empresa {empresa}'
            resposta_da_pasta.anotar(contexto, rota, chegado.nome, "certificado instalado", detalhe)
    return feito, apelido


def _recusar(contexto: Contexto, rota: Rota, chegado: Chegado, recusa: Recusa) -> bool:
    """Shows and answers the refusal. Returns False when it stood there already, in these words."""
    erro = recusa.erros[0]
    motivo = " ".join(e.mensagem for e in recusa.erros)
    nome = mostrar(chegado.nome)
    falha = Falha(_assunto(rota, chegado.nome), erro.codigo, motivo, erro.o_que_fazer, nome, rota.id)
    sql = "SELECT 1 FROM falha WHERE assunto = ? AND codigo = ? AND motivo = ? AND encerrada_em IS NULL"
    nova = contexto.banco.uma(sql, falha.assunto, falha.codigo, falha.motivo) is None
    _mostrar(contexto, falha.assunto, [falha])
    contexto.log.warning(motivo, acao="certificado recusado", arquivo=nome, rota=rota.id, o_que_fazer=erro.o_que_fazer)
    resposta_da_pasta.responder(
        contexto, rota, chegado.nome, {"resultado": "recusado", "codigo": erro.codigo, "mensagem": motivo}
    )
    return nova


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


def _assunto(rota: Rota, nome: bytes) -> str:
    return f"certificado-arquivo:{rota.id}:{mostrar(nome) if nome else ''}"


def _recusa(codigo: str, mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro(f"SEP-CERT-{codigo}", "SEP", mensagem, o_que_fazer),))
