"""Tests the keys `smtp` and `avisos`: no password in the file, no plain address, every error told."""

from pathlib import Path

import pytest

from separador.configuracao import Avisos, Conferida, Invalida, MeioSenha, OrigemSenha, Smtp, Tls, interpretar

ARQUIVO = Path("/etc/separador/separador.yaml")


def ler(texto: str) -> Conferida:
    lida = interpretar(texto.encode(), ARQUIVO, nucleos=1)
    assert isinstance(lida, Conferida), [str(e) for e in lida.erros]
    return lida


def erros(texto: str) -> str:
    lida = interpretar(texto.encode(), ARQUIVO, nucleos=1)
    assert isinstance(lida, Invalida)
    return "\n".join(map(str, lida.erros))


@pytest.mark.requisito("CERT-03")
def test_sem_as_chaves_valem_os_degraus_do_requisito() -> None:
    config = ler("dados: var\n").configuracao
    assert (config.smtp, config.avisos) == (None, Avisos((30, 15, 7, 3, 1), (), None))


@pytest.mark.requisito("CERT-03")
def test_tudo_configurado() -> None:
    conferida = ler(
        "smtp: {servidor: s.invalid, usuario: u, senha: {credencial: smtp}, de: a@b.invalid}\n"
        "avisos: {dias: [2, 60, 2], para: [x@y.invalid], webhook: 'https://h.invalid/segredo-da-url'}\n"
    )
    config = conferida.configuracao
    senha = OrigemSenha(MeioSenha.CREDENCIAL, "smtp")
    assert config.smtp == Smtp("s.invalid", 587, Tls.STARTTLS, "u", senha, "a@b.invalid")
    assert config.avisos == Avisos((60, 2), ("x@y.invalid",), "https://h.invalid/segredo-da-url")
    assert "segredo-da-url" not in repr(conferida.valores), "config conferir não mostra o caminho do webhook"
    assert ler("smtp: {servidor: s, tls: direto, de: a@b.c}\n").configuracao.smtp == Smtp(
        "s", 465, Tls.DIRETO, None, None, "a@b.c"
    )


@pytest.mark.requisito("CERT-03", "CERT-06")
@pytest.mark.parametrize(
    ("texto", "diz"),
    [
        ("smtp: {servidor: s, usuario: u, senha: aberta, de: a@b.c}", "não pode ficar escrita"),
        ("smtp: {servidor: s, usuario: u, de: a@b.c}", "vêm juntos"),
        ("smtp: {de: a@b.c}", 'falta a chave "servidor"'),
        ("smtp: {servidor: s, de: nada}", "não é um endereço"),
        ("smtp: {servidor: s, de: a@b.c, tls: nenhum}", "não existe"),
        ("avisos: {para: [x@y.z]}", "smtp"),
        ("avisos: {dias: [0]}", "lista de dias"),
        ("avisos: {dias: [muitos]}", "lista de dias"),
        ("avisos: {webhook: 'http://fora.invalid/x'}", "https"),
        ("avisos: {webhok: x}", 'quis dizer "webhook"'),
    ],
)
def test_erros(texto: str, diz: str) -> None:
    assert diz in erros(texto + "\n")


def test_webhook_desta_maquina_pode_ser_http() -> None:
    assert ler("avisos: {webhook: 'http://127.0.0.1:8080/x'}\n").configuracao.avisos.webhook is not None
