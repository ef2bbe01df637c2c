"""Tests tokens, termo, generators and TLS of the client on bad days."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from separador.capacidades.ecac.arquivos import guia_pdf
from separador.capacidades.ecac.integra.cliente import Cliente, do_simulador
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Motivo, Ok, Recusado
from separador.capacidades.ecac.integra.termo import DeA1, Parte, Termo, TermoInvalidoError, assinar
from separador.capacidades.ecac.integra.valores import Filtro, Partes, PedidoDarf
from separador.fiscal.certificado import Certificado
from separador.fiscal.tls import Apresentado, contexto_cliente
from separador.simulador.serpro.cenario import Falha, Outorga
from tests.apoio import autoridade, servidor_tls
from tests.apoio.certificados import carregar_pfx
from tests.apoio.serpro_local import SerproEmFio
from tests.integracao.ecac.conftest import CONTRATANTE, DARF, EMPRESA, PRAZOS, Caderno, NovoCliente, Relogio

PAGAMENTOS = "PAGAMENTOS71"
CPF = autoridade.CPF


# --- credentials -----------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-01")
@pytest.mark.parametrize(("faz", "codigo"), [("token-400", "AUTH-400"), ("token-401", "AUTH-401")])
def test_credencial_ruim_nao_e_martelada(
    serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str, codigo: str
) -> None:
    serpro.falhas(Falha(faz, "AUTENTICAR", vezes=99))
    for _ in range(5):
        r = cliente.pagamentos(partes, Filtro())
        assert isinstance(r, Recusado)
        assert (r.motivo, r.codigo) == (Motivo.CREDENCIAL, codigo)
        assert "jvBQVbAq" in r.mensagem, "support asks for the tracker"
    assert len(serpro.chamadas("AUTENTICAR")) == 1
    assert serpro.chamadas(PAGAMENTOS) == []
    serpro.sem_falhas()
    cliente.esquecer()
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)


@pytest.mark.requisito("ECAC-01")
def test_segredo_errado(novo_cliente: NovoCliente) -> None:
    r = novo_cliente(segredo="outro").credenciar()
    assert isinstance(r, Recusado)
    assert "chave ou segredo" in r.mensagem
    assert "Credenciais inválidas." in r.mensagem


@pytest.mark.requisito("ECAC-01")
def test_certificado_de_outra_empresa(novo_cliente: NovoCliente) -> None:
    outro = autoridade.emitir("99888777000161", de=datetime.now(UTC) - timedelta(days=1))
    r = novo_cliente(certificado=Apresentado(outro.der, outro.pkcs8)).credenciar()
    assert isinstance(r, Recusado)
    assert (r.motivo, r.http) == (Motivo.CREDENCIAL, 403)


@pytest.mark.parametrize(("faz", "tipo"), [("token-503", Indisponivel), ("token-html", Desconhecido),
                                           ("token-sem-jwt", Desconhecido)])  # fmt: skip
def test_autenticacao_fora_do_ar(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str, tipo: type) -> None:
    serpro.falhas(Falha(faz, "AUTENTICAR"))
    r = cliente.pagamentos(partes, Filtro())
    assert isinstance(r, tipo)
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)


def test_o_token_vencido_e_renovado_antes(serpro: SerproEmFio, novo_cliente: NovoCliente, partes: Partes) -> None:
    """The token lives shorter than the margin. Each need gets a new one, never an expired one."""
    serpro.parar()
    serpro.cenario = replace(serpro.cenario, token_s=3)
    serpro.ligar()
    cliente = novo_cliente()
    for _ in range(3):
        assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)
    assert {c.http for c in serpro.chamadas(PAGAMENTOS)} == {200}


@pytest.mark.requisito("ECAC-07")
def test_muitos_fios_um_so_renova(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    barreira = threading.Barrier(8)

    def perguntar() -> object:
        barreira.wait()
        return cliente.pagamentos(partes, Filtro())

    for _ in range(2):
        with ThreadPoolExecutor(8) as fios:
            respostas = [f.result() for f in [fios.submit(perguntar) for _ in range(8)]]
        assert all(isinstance(r, Ok) for r in respostas)
        serpro.arquivo.esquecer_tokens()  # all of them get 401 at once
    assert len(serpro.chamadas("AUTENTICAR")) == 2


# --- TLS -------------------------------------------------------------------------------------------------------------


def test_o_certificado_so_vai_para_a_autenticacao(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    """The simulator refuses with 403 a gateway request that shows a certificate."""
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)
    assert {c.codigo for c in serpro.chamadas(PAGAMENTOS)} == {"Sucesso-PAGTOWEB-00000"}


def test_servidor_que_nao_se_conhece_nao_recebe_nada(novo_cliente: NovoCliente, serpro: SerproEmFio) -> None:
    r = novo_cliente(caminho=do_simulador(serpro.endereco, None, PRAZOS)).credenciar()
    assert isinstance(r, Indisponivel)
    assert not r.enviada
    assert r.motivo.endswith("(falta a autoridade que emitiu o certificado)")
    assert serpro.chamadas() == []


def test_nome_do_servidor_errado(tmp_path: Path, novo_cliente: NovoCliente) -> None:
    servidor, ca = servidor_tls.identidade(tmp_path, "outro.exemplo")
    contexto = servidor_tls.contexto_servidor(
        servidor, pede_certificado=False, versao=servidor_tls.ssl.TLSVersion.TLSv1_3
    )
    recebidos: list[bytes] = []
    feito = servidor_tls.Servidor(contexto, lambda c: recebidos.append(c.requisicao()))
    try:
        r = novo_cliente(caminho=do_simulador(f"https://127.0.0.1:{feito.porta}", ca, PRAZOS)).credenciar()
    finally:
        feito.fechar()
    assert isinstance(r, Indisponivel)
    assert not r.enviada
    assert recebidos == []


def test_o_ambiente_da_maquina_nao_muda_o_caminho(
    monkeypatch: pytest.MonkeyPatch, cliente: Cliente, partes: Partes
) -> None:
    for nome in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(nome, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nao/existe.pem")
    assert isinstance(cliente.pagamentos(partes, Filtro()), Ok)


def test_proxy_que_nao_responde_nao_enviou_nada(novo_cliente: NovoCliente, serpro: SerproEmFio) -> None:
    caminho = replace(do_simulador(serpro.endereco, serpro.ca, PRAZOS), proxy="http://127.0.0.1:1")
    r = novo_cliente(caminho=caminho).credenciar()
    assert isinstance(r, Indisponivel)
    assert not r.enviada


def test_a_chave_nunca_vai_a_disco(monkeypatch: pytest.MonkeyPatch, apresentado: Apresentado) -> None:
    import builtins
    import os
    import tempfile

    def proibido(*_: object, **__: object) -> None:
        raise AssertionError("arquivo temporário")

    for modulo, nome in ((tempfile, "mkstemp"), (tempfile, "NamedTemporaryFile"), (builtins, "open")):
        monkeypatch.setattr(modulo, nome, proibido)
    abertos = set(os.listdir("/proc/self/fd"))
    contexto_cliente(apresentado)
    assert set(os.listdir("/proc/self/fd")) <= abertos | {max(abertos, key=int)}


def test_segredos_nao_aparecem_em_textos(novo_cliente: NovoCliente, apresentado: Apresentado) -> None:
    from separador.capacidades.ecac.integra.cliente import Contrato

    contrato = Contrato(CONTRATANTE, "chave-secreta", "segredo-secreto", apresentado)
    assert "secret" not in repr(contrato)
    assert "pkcs8" not in repr(apresentado)


# --- termo -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def do_cpf() -> Certificado:
    emitido = autoridade.emitir(None, cpf=CPF, nome="FULANA & FILHOS", qual=1, de=datetime.now(UTC) - timedelta(days=1))
    lido = carregar_pfx(emitido.pfx(), autoridade.SENHA.encode())
    assert isinstance(lido, Certificado)
    return lido


@pytest.fixture
def termo(relogio: Relogio, do_cpf: Certificado) -> bytes:
    partes = (Parte(CONTRATANTE, "ESCRITORIO LTDA"), Parte(CPF, 'FULANA & FILHOS <"Ção">'))
    return assinar(Termo(*partes, relogio.hoje, relogio.hoje + timedelta(days=30)), DeA1(do_cpf))


@pytest.fixture
def procurador(serpro: SerproEmFio) -> Partes:
    serpro.arquivo.outorgar(Outorga(EMPRESA, CPF, date(2099, 12, 31)))
    return Partes(CPF, EMPRESA)


@pytest.mark.requisito("ECAC-01")
def test_procurador_com_termo(
    serpro: SerproEmFio, cliente: Cliente, procurador: Partes, termo: bytes, relogio: Relogio
) -> None:
    r = cliente.autorizar(CPF, termo, contribuinte=EMPRESA)
    assert isinstance(r, Ok)
    assert relogio() < r.valor.expira_em <= relogio() + timedelta(days=1)
    for _ in range(3):
        assert isinstance(cliente.pagamentos(procurador, Filtro()), Ok)
    assert len(serpro.chamadas("ENVIOXMLASSINADO81")) == 1


@pytest.mark.requisito("ECAC-01")
def test_sem_termo_nada_sai(serpro: SerproEmFio, cliente: Cliente, procurador: Partes) -> None:
    r = cliente.pagamentos(procurador, Filtro())
    assert isinstance(r, Recusado)
    assert (r.motivo, r.http) == (Motivo.TERMO, 0)
    assert CPF in r.mensagem
    assert serpro.chamadas() == []


@pytest.mark.requisito("ECAC-01")
@pytest.mark.parametrize("faz", [None, "etag-sem-aspas", "expires-pt", "expires-torto"])
def test_304_do_termo_e_sucesso(
    serpro: SerproEmFio, novo_cliente: NovoCliente, procurador: Partes, termo: bytes, faz: str | None, relogio: Relogio
) -> None:
    assert isinstance(novo_cliente().autorizar(CPF, termo, contribuinte=EMPRESA), Ok)
    if faz:
        serpro.falhas(Falha(faz, "ENVIOXMLASSINADO81"))
    outro = novo_cliente()
    r = outro.autorizar(CPF, termo, contribuinte=EMPRESA)
    assert isinstance(r, Ok)
    assert [c.http for c in r.chamadas] == [304]
    assert relogio() < r.valor.expira_em <= relogio() + timedelta(days=1)
    assert isinstance(outro.pagamentos(procurador, Filtro()), Ok)


@pytest.mark.requisito("ECAC-01")
def test_token_do_termo_que_sumiu_e_pedido_de_novo(
    serpro: SerproEmFio, cliente: Cliente, procurador: Partes, termo: bytes
) -> None:
    cliente.autorizar(CPF, termo, contribuinte=EMPRESA)
    serpro.arquivo.esquecer_termos()
    r = cliente.pagamentos(procurador, Filtro())
    assert isinstance(r, Ok)
    assert [(c.servico, c.http) for c in r.chamadas] == [
        (PAGAMENTOS, 403), ("ENVIOXMLASSINADO81", 200), (PAGAMENTOS, 200)
    ]  # fmt: skip


def test_403_020_sem_fim_para_na_segunda(
    serpro: SerproEmFio, cliente: Cliente, procurador: Partes, termo: bytes
) -> None:
    cliente.autorizar(CPF, termo, contribuinte=EMPRESA)
    serpro.falhas(Falha("403-020", PAGAMENTOS, vezes=99))
    r = cliente.pagamentos(procurador, Filtro())
    assert isinstance(r, Recusado)
    assert r.motivo is Motivo.TERMO
    assert len(serpro.chamadas(PAGAMENTOS)) == 2


@pytest.mark.requisito("ECAC-01")
def test_no_dia_seguinte_o_mesmo_termo_e_enviado_de_novo(
    serpro: SerproEmFio, cliente: Cliente, procurador: Partes, termo: bytes, relogio: Relogio
) -> None:
    cliente.autorizar(CPF, termo, contribuinte=EMPRESA)
    relogio.desvio = timedelta(days=1)
    assert isinstance(cliente.pagamentos(procurador, Filtro()), Ok)
    assert [c.http for c in serpro.chamadas("ENVIOXMLASSINADO81")] == [200, 401, 200]


@pytest.mark.requisito("ECAC-01")
def test_termo_vencido_ou_mexido_e_recusado(
    cliente: Cliente, termo: bytes, relogio: Relogio, do_cpf: Certificado
) -> None:
    for estragado, numero in (
        (termo.replace(b"FULANA &amp; FILHOS", b"BELTRANA"), "033"),
        (termo.replace(b"ESCRITORIO", b"OUTRO"), "033"),
        (termo.replace(b"rsa-sha256", b"rsa-sha512"), "027"),
        (b" " + termo, "038"),
        (b"", "002"),
    ):
        r = cliente.autorizar(CPF, estragado, contribuinte=EMPRESA)
        assert isinstance(r, Recusado)
        assert r.codigo.endswith(f"AUTENTICAPROCURADOR-{numero}"), r
        assert r.motivo is Motivo.TERMO
    relogio.desvio = timedelta(days=31)
    r = cliente.autorizar(CPF, termo, contribuinte=EMPRESA)
    assert isinstance(r, Recusado)
    assert r.codigo.endswith("-017")


def test_termo_que_nao_se_assina(relogio: Relogio, do_cpf: Certificado) -> None:
    eu, contratante = Parte(CPF, "FULANA"), Parte(CONTRATANTE, "ESCRITORIO")
    ontem, hoje = relogio.hoje - timedelta(days=1), relogio.hoje
    for errado, texto in (
        (Termo(contratante, Parte("99888777000161", "OUTRA"), hoje, hoje), "e o certificado é de"),
        (Termo(eu, eu, hoje, hoje), "CNPJ"),
        (Termo(contratante, eu, hoje, ontem), "anterior"),
    ):
        with pytest.raises(TermoInvalidoError, match=texto):
            assinar(errado, DeA1(do_cpf))


# --- generators ------------------------------------------------------------------------------------------------------

PEDIDO = PedidoDarf("SP", "7107", "0190", "01", "ME", "04/2026", Decimal(1000), date(2026, 6, 30), date(2026, 5, 29))


@pytest.mark.requisito("ECAC-03")
def test_darf_gerado(cliente: Cliente, partes: Partes) -> None:
    r = cliente.gerar_darf(partes, PEDIDO)
    assert isinstance(r, Ok)
    g = r.valor
    assert (len(g.numero), g.tipo, g.valores.principal) == (17, "04", Decimal(1000))
    assert g.pdf is not None
    lida = guia_pdf.ler(g.pdf)
    assert (lida.numero, lida.contribuinte, lida.valor, lida.motivos) == (g.numero, EMPRESA, g.valores.total, ())


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize("faz", [None, "como-lista"])
def test_das_gerado(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str | None) -> None:
    if faz:
        serpro.falhas(Falha(faz, "GERARDAS12"))
    r = cliente.gerar_das(partes, "202604", date(2099, 1, 30))
    assert isinstance(r, Ok)
    assert r.valor.limite == date(2099, 1, 30)
    indice = cliente.indice_das(partes, 2026)
    assert isinstance(indice, Ok)
    assert (r.valor.numero, False) in {(d.numero, d.pago) for d in indice.valor}


@pytest.mark.requisito("ECAC-03")
def test_das_mei_e_o_aviso_de_que_ja_foi_pago(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    gerado = cliente.gerar_das_mei(partes, "202603")
    assert isinstance(gerado, Ok)
    serpro.arquivo.pagar(gerado.valor.numero, date(2026, 4, 20))
    r = cliente.gerar_das_mei(partes, "202603")
    assert isinstance(r, Recusado)
    assert (r.motivo, r.codigo) == (Motivo.AVISO, "Aviso-PGMEI-MSG_23018")


@pytest.mark.requisito("ECAC-03")
@pytest.mark.parametrize("faz", ["silencio", "corta", "502", "500", "html", "vazio", "dados-vazio", "202"])
def test_emissao_sem_resposta_e_desconhecida(serpro: SerproEmFio, cliente: Cliente, partes: Partes, faz: str) -> None:
    """Each success creates a new number, so what may have been issued is never asked for again blindly."""
    serpro.falhas(Falha(faz, "GERARDAS12"))
    r = cliente.gerar_das(partes, "202604")
    assert isinstance(r, Desconhecido)
    assert len(serpro.chamadas("GERARDAS12")) == 1


@pytest.mark.requisito("ECAC-03")
def test_emissao_com_401_nao_foi_feita_e_volta(serpro: SerproEmFio, cliente: Cliente, partes: Partes) -> None:
    serpro.falhas(Falha("401", "GERARDAS12"))
    assert isinstance(cliente.gerar_das(partes, "202604"), Ok)
    emitidos = [d for d in serpro.arquivo.documentos(EMPRESA) if d.periodo == date(2026, 4, 1)]
    assert len(emitidos) == 1


def test_entrada_recusada_pelo_gerador(cliente: Cliente, partes: Partes) -> None:
    r = cliente.gerar_das(partes, "abril")
    assert isinstance(r, Recusado)
    assert r.motivo is Motivo.ENTRADA
    r2 = cliente.gerar_darf(partes, replace(PEDIDO, valor=Decimal(5)))
    assert isinstance(r2, Recusado)
    assert "inferior a R$10,00" in r2.mensagem


# --- volume ----------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("ECAC-07")
def test_cinco_mil_empresas_em_cinco_perguntas(serpro: SerproEmFio, cliente: Cliente, caderno: Caderno) -> None:
    from separador.simulador.serpro.contribuintes import cnpj

    nis = [cnpj(n) for n in range(5000)]
    respondidas: set[str] = set()
    for inicio in range(0, 5000, 1000):
        pedido = cliente.pedir_eventos(nis[inicio : inicio + 1000])
        assert isinstance(pedido, Ok)
        r = cliente.obter_eventos(pedido.valor)
        assert isinstance(r, Ok)
        respondidas |= {e.contribuinte for e in r.valor}
    assert respondidas == set(nis)
    assert len(caderno.chamadas) == 10


def test_dois_comprovantes_do_mesmo_documento_sao_os_mesmos_bytes(cliente: Cliente, partes: Partes) -> None:
    um, outro = (cliente.comprovante(partes, DARF) for _ in range(2))
    assert isinstance(um, Ok)
    assert isinstance(outro, Ok)
    assert um.valor == outro.valor
