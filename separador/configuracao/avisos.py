"""Reads the keys `smtp` and `avisos`: who is told of what is about to expire, and by which way."""

import re
from urllib.parse import urlsplit

from separador.configuracao.empresas import ler_origem_da_senha
from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import AVISO_DIAS, Avisos, Smtp, Tls
from separador.configuracao.yaml_seguro import Mapa

CHAVES_SMTP = ("servidor", "porta", "tls", "usuario", "senha", "de")
CHAVES_AVISOS = ("dias", "para", "webhook")
_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_DESTA_MAQUINA = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTAS = {Tls.STARTTLS: 587, Tls.DIRETO: 465}


def ler_smtp(leitor: Leitor, topo: Mapa) -> Smtp | None:
    """Returns the mail server; None when none is configured."""
    mapa = leitor.submapa(topo, "smtp")
    if mapa is None:
        return None
    leitor.conhecer(mapa, CHAVES_SMTP)
    tls = leitor.escolha(mapa, "tls", Tls, Tls.STARTTLS)
    servidor = leitor.escalar(mapa, "servidor", obrigatoria=True) or ""
    porta = leitor.inteiro(mapa, "porta", _PORTAS[tls], 1, 65535) or _PORTAS[tls]
    usuario = leitor.escalar(mapa, "usuario")
    senha = ler_origem_da_senha(leitor, mapa)
    de = leitor.escalar(mapa, "de", obrigatoria=True) or ""
    if de:
        _conferir_email(leitor, mapa, "de", de)
    if (usuario is None) != (senha is None):
        leitor.errar("usuario e senha vêm juntos: um sem o outro não serve", mapa.linha, mapa.caminho)
    lido = Smtp(servidor, porta, tls, usuario, senha, de)
    for chave, valor in (("servidor", servidor), ("porta", porta), ("tls", tls), ("usuario", usuario), ("de", de)):
        leitor.anotar(mapa, chave, valor)
    leitor.anotar(mapa, "senha", f"(oculta; {senha.meio}: {senha.valor})" if senha else "(sem senha)")
    return lido


def ler_avisos(leitor: Leitor, topo: Mapa) -> Avisos:
    """Returns the days and the addressees; the days are `AVISO_DIAS` when the file does not give them."""
    mapa = leitor.submapa(topo, "avisos")
    if mapa is None:
        return Avisos()
    leitor.conhecer(mapa, CHAVES_AVISOS)
    avisos = Avisos(_dias(leitor, mapa), _para(leitor, mapa), _webhook(leitor, mapa))
    if avisos.para and "smtp" not in topo.nos:
        leitor.errar('para avisar por e-mail falta a chave "smtp" (o servidor)', mapa.nos["para"], mapa.chave("para"))
    leitor.anotar(mapa, "dias", " ".join(map(str, avisos.dias)))
    leitor.anotar(mapa, "para", " ".join(avisos.para) or "(ninguém por e-mail)")
    leitor.anotar(mapa, "webhook", _sem_segredo(avisos.webhook) or "(não usa)")
    return avisos


def _dias(leitor: Leitor, mapa: Mapa) -> tuple[int, ...]:
    dias: set[int] = set()
    for texto, no in leitor.textos(mapa, "dias"):
        if re.fullmatch(r"[0-9]{1,3}", texto.strip()) and int(texto) > 0:
            dias.add(int(texto))
        else:
            mensagem = f'deve ser uma lista de dias antes do vencimento, como [30, 15, 7, 3, 1], e tem "{texto}"'
            leitor.errar(mensagem, no, mapa.chave("dias"))
    return tuple(sorted(dias, reverse=True)) or AVISO_DIAS


def _para(leitor: Leitor, mapa: Mapa) -> tuple[str, ...]:
    enderecos = [texto.strip() for texto, _ in leitor.textos(mapa, "para")]
    for endereco in enderecos:
        _conferir_email(leitor, mapa, "para", endereco)
    return tuple(dict.fromkeys(enderecos))


def _conferir_email(leitor: Leitor, mapa: Mapa, chave: str, endereco: str) -> None:
    if not _EMAIL.fullmatch(endereco):
        leitor.errar(f'"{endereco}" não é um endereço de e-mail', mapa.nos[chave], mapa.chave(chave))


def _webhook(leitor: Leitor, mapa: Mapa) -> str | None:
    """Returns the URL. Only HTTPS is accepted; plain HTTP only to this machine."""
    texto = leitor.escalar(mapa, "webhook")
    if texto is None:
        return None
    partes = urlsplit(texto)
    if partes.scheme == "https" and partes.hostname:
        return texto
    if partes.scheme == "http" and partes.hostname in _DESTA_MAQUINA:
        return texto
    leitor.errar("deve ser um endereço https:// (http:// só para esta máquina)", mapa.nos["webhook"], "avisos.webhook")
    return None


def _sem_segredo(url: str | None) -> str | None:
    """Returns scheme and host only: the path of a webhook is often its password."""
    if url is None:
        return None
    partes = urlsplit(url)
    return f"{partes.scheme}://{partes.hostname}/…"
