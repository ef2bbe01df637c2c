"""Tests the vault as an administrator uses it: commands, the running service, and nothing secret anywhere."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from separador.demonstracao import exportacoes as ex
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.autoridade import CNPJ, Emitido, emitir
from tests.apoio.instalacao_com_cofre import ROTA_DE_CERTIFICADOS, certificado_de, tudo_em
from tests.apoio.maquina import ROTAS, Maquina
from tests.apoio.maquina import SENHA as SENHA_DO_AMBIENTE
from tests.apoio.token_de_teste import PIN, TokenDeTeste

S1, S2, S3, FRASE = "senha-um-58213", "senha-dois-91744", "senha-tres-33071", "frase da copia 40518"
ONTEM = datetime.now(UTC) - timedelta(days=1)


def novo(qual: int, **opcoes: object) -> Emitido:
    return emitir(qual=qual, de=ONTEM, **opcoes)  # type: ignore[arg-type]


@pytest.fixture
def m(tmp_path: Path) -> Iterator[Maquina]:
    with Maquina(tmp_path, com_certificado=False, rotas=[*ROTAS, ROTA_DE_CERTIFICADOS]) as maquina:
        yield maquina


def instalar(m: Maquina, e: Emitido, apelido: str, senha: str, *opcoes: str, codigo: int = 0) -> str:
    """Installs from a file that is removed afterwards, as an administrator does."""
    pfx = m.pasta / f"{apelido.strip() or 'x'}.pfx"
    pfx.write_bytes(e.pfx(senha))
    try:
        feito = m.exigir("certificado", "instalar", str(pfx), "--apelido", apelido, "--senha-stdin", *opcoes,
                         entrada=senha + "\n", codigo=codigo)  # fmt: skip
    finally:
        pfx.unlink()
    return feito.stdout + feito.stderr


def soltar(m: Maquina, numeros: range) -> list[str]:
    enviadas = [ex.cte(n, agora=datetime.now(UTC), variante="uma-nota") for n in numeros]
    for e in enviadas:
        m.soltar(1, e.nome, e.dados)
    return [e.chave for e in enviadas]


def qual_assinou(m: Maquina, chave: str, *emitidos: Emitido) -> int:
    dados = (m.destino(1) / f"{chave}-cte.xml").read_bytes()
    lida = verificar(dados)
    assert not isinstance(lida, Recusa), lida
    return [e.der for e in emitidos].index(certificado_de(dados))


def saiu(m: Maquina, chaves: list[str]) -> bool:
    return {f"{c}-cte.xml" for c in chaves} <= set(m.saida(1))


@pytest.mark.requisito("CERT-01", "CERT-02")
def test_instalar_listar_ver_trocar_remover(m: Maquina) -> None:
    assert "é agora o padrão" in instalar(m, novo(0), "2026", S1)
    instalar(m, novo(2), "2027", S2, "--nao-padrao")
    lista = m.json("certificado", "listar")
    assert [(c["apelido"], c["padrao"]) for c in lista] == [("2026", True), ("2027", False)]
    visto = m.json("certificado", "ver", "2027")
    assert visto["pessoa"] == f"e-CNPJ {CNPJ}"
    assert visto["cadeia"][1:] == ["AC FICTICIA", "AC FICTICIA RAIZ"]
    assert "assinatura digital" in visto["usos_da_chave"]
    m.exigir("certificado", "padrao", "2027")
    assert [c["apelido"] for c in m.json("certificado", "listar") if c["padrao"]] == ["2027"]
    recusa = m.exigir("certificado", "remover", "2026", codigo=1)
    assert "ainda não assinou" in recusa.stderr
    m.exigir("certificado", "remover", "2026", "--forcar")
    assert [c["apelido"] for c in m.json("certificado", "listar")] == ["2027"]
    assert "não tem certificado" in m.exigir("certificado", "ver", "nenhum", codigo=1).stderr


@pytest.mark.requisito("CERT-02")
def test_recusas_por_comando_dizem_o_motivo_e_nada_muda(m: Maquina) -> None:
    instalar(m, novo(0), "matriz", S1)
    antes = m.json("certificado", "listar")
    pfx = m.pasta / "x.pfx"
    pfx.write_bytes(novo(2).pfx(S2))
    errada = m.exigir("certificado", "instalar", str(pfx), "--apelido", "x", "--senha-stdin", entrada="e\n", codigo=1)
    assert "senha do certificado está errada" in errada.stderr
    pfx.write_bytes(novo(2).pfx(S2)[:700])
    corte = m.exigir(
        "certificado", "instalar", str(pfx), "--apelido", "x", "--senha-stdin", entrada=S2 + "\n", codigo=1
    )
    assert "incompleto" in corte.stderr
    for e, apelido, diz in (
        (emitir(de=ONTEM, dias=0.5), "x", "venceu"),
        (emitir(de=datetime.now(UTC) + timedelta(days=3)), "x", "só vale a partir"),
        (emitir("33444555000181", de=ONTEM), "x", "de outra empresa"),
        (novo(2), "MATRIZ", "já tem um certificado com o apelido"),
        (emitir(None, cpf="52998224725", de=ONTEM), "x", "e-CPF"),
        (emitir(curva=True, de=ONTEM), "x", "RSA"),
        (emitir(qual=1, bits=1024, de=ONTEM), "x", "1024 bits"),
    ):
        saida = instalar(m, e, apelido, S2, codigo=1)
        assert diz in saida
        assert "Nada foi mudado." in saida
    assert m.json("certificado", "listar") == antes
    m.gravar_config(ambiente="producao")
    assert "autoassinado" in instalar(m, novo(2, autoassinado=True), "x", S2, codigo=1)


@pytest.mark.requisito("CERT-04", "CERT-05", "CERT-06")
def test_servico_adota_a_troca_e_nenhum_segredo_aparece(m: Maquina) -> None:
    """Workers run, certificates are replaced while documents flow and through the watched folder, and the key is
    rotated. Then everything is searched."""
    m.gravar_config(trabalhadores=2)
    antigo, meio, ultimo = novo(0), novo(2), novo(3)
    m.executar()
    assert m.servico is not None
    chaves = soltar(m, range(1, 41))
    m.esperar(lambda: len([f for f in m.json("falhas") if f["codigo"] == "SEP-SEM-CERTIFICADO"]) > 1)
    instalar(m, antigo, "2026", S1)
    m.esperar(lambda: saiu(m, chaves), 60)
    assert {qual_assinou(m, c, antigo, meio) for c in chaves} == {0}
    durante = soltar(m, range(41, 81))
    instalar(m, meio, "2027", S2)
    feito = m.exigir("certificado", "validade")
    assert "em uso o de TRANSPORTADORA FICTICIA" in feito.stdout
    depois = soltar(m, range(81, 121))
    m.esperar(lambda: saiu(m, durante + depois), 60)
    assert {qual_assinou(m, c, antigo, meio) for c in depois} == {1}
    assert {qual_assinou(m, c, antigo, meio) for c in durante} <= {0, 1}
    m.exigir("cofre", "girar-chave")
    (m.origem(9) / "2028.pfx").write_bytes(ultimo.pfx(S3))
    (m.origem(9) / "2028.senha").write_text(S3)
    m.esperar((m.destino(9) / "2028-ret.json").exists, 30)
    assert m.listar(m.origem(9)) == []
    m.exigir("certificado", "validade")
    [chave] = soltar(m, range(121, 122))
    m.esperar(lambda: saiu(m, [chave]))
    assert qual_assinou(m, chave, antigo, meio, ultimo) == 2
    assert m.json("falhas") == []
    copia = m.pasta / "copia.cofre"
    m.exigir("cofre", "copia", str(copia), "--senha-stdin", entrada=FRASE + "\n")
    _procurar_nos_processos(m.servico.pid, (S1, S2, S3, FRASE))
    m.parar()
    segredos = [s.encode() for s in (S1, S2, S3, FRASE)] + [e.pkcs8 for e in (antigo, meio, ultimo)]
    primos = [e.chave.private_numbers().p for e in (antigo, meio, ultimo)]  # type: ignore[union-attr]
    segredos += [p.to_bytes(128) for p in primos]
    for arquivo, dados in tudo_em(m.pasta):
        for segredo in segredos:
            assert segredo not in dados, arquivo


def _procurar_nos_processos(pid: int, segredos: tuple[str, ...]) -> None:
    """Searches the command line and environment of the service and of every process of its group."""
    vistos = 0
    for proc in Path("/proc").iterdir():
        if not proc.name.isdigit():
            continue
        try:
            if os.getpgid(int(proc.name)) != pid:
                continue
            texto = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        except (ProcessLookupError, FileNotFoundError, PermissionError):
            continue
        vistos += 1
        for segredo in segredos:
            assert segredo.encode() not in texto
    assert vistos >= (1 if os.geteuid() == 0 else 0)


@pytest.mark.requisito("CERT-06")
def test_sem_despejo_de_memoria(m: Maquina) -> None:
    instalar(m, novo(0), "matriz", S1)
    m.executar()
    assert m.servico is not None
    limites = Path(f"/proc/{m.servico.pid}/limits").read_text()
    [linha] = [x for x in limites.splitlines() if x.startswith("Max core file size")]
    assert linha.split()[4:6] == ["0", "0"]
    assert Path(f"/proc/{m.servico.pid}").stat().st_uid == 0, "não despejável: o /proc é do root"
    m.parar()


@pytest.mark.requisito("CERT-05")
def test_validade_com_o_servico_desligado(m: Maquina) -> None:
    instalar(m, emitir(de=ONTEM, dias=3), "curto", S1)
    feito = m.exigir("certificado", "validade", codigo=3)
    assert "curto (padrão)" in feito.stdout
    assert "vence amanhã" in feito.stdout


@pytest.mark.requisito("CERT-06")
def test_copia_restaurada_em_instalacao_nova_assina(m: Maquina, tmp_path_factory: pytest.TempPathFactory) -> None:
    e = novo(0)
    instalar(m, e, "matriz", S1)
    copia = m.pasta / "copia.cofre"
    m.exigir("cofre", "copia", str(copia), "--senha-stdin", entrada=FRASE + "\n")
    assert copia.stat().st_mode & 0o777 == 0o600
    m.exigir("cofre", "copia", str(copia), "--senha-stdin", entrada=FRASE + "\n", codigo=1)
    ocupado = m.exigir("cofre", "restaurar", str(copia), "--senha-stdin", entrada=FRASE + "\n", codigo=1)
    assert "não está vazio" in ocupado.stderr
    with Maquina(tmp_path_factory.mktemp("nova"), com_certificado=False) as outra:
        errada = outra.exigir("cofre", "restaurar", str(copia), "--senha-stdin", entrada="x" * 12 + "\n", codigo=1)
        assert "não abre esta cópia" in errada.stderr
        outra.exigir("cofre", "restaurar", str(copia), "--conferir", "--senha-stdin", entrada=FRASE + "\n")
        assert outra.json("certificado", "listar") == []
        feito = outra.exigir("cofre", "restaurar", str(copia), "--senha-stdin", entrada=FRASE + "\n")
        assert "1 certificado com chave" in feito.stdout
        chaves = soltar(outra, range(1, 3))
        outra.uma_vez()
        assert [qual_assinou(outra, c, e) for c in chaves] == [0, 0]


@pytest.mark.requisito("CERT-06")
def test_chave_mestra_por_variavel_e_a_troca_dela(m: Maquina) -> None:
    arquivo = m.dados / "cofre" / "chave-mestra"
    assert arquivo.stat().st_mode & 0o777 == 0o600, "feita pelo init"
    arquivo.unlink()
    k1 = m.exigir("cofre", "chave").stdout.strip()
    k2 = m.exigir("cofre", "chave").stdout.strip()
    recusa = instalar(m, novo(0), "matriz", S1, codigo=1)
    assert "Não há chave mestra" in recusa
    m.env["SEPARADOR_COFRE_CHAVE"] = k1
    instalar(m, novo(0), "matriz", S1)
    m.exigir("init")
    assert not arquivo.exists(), "com a variável o init não faz outra"
    assert "só o administrador muda" in m.exigir("cofre", "girar-chave", codigo=1).stderr
    m.env["SEPARADOR_COFRE_CHAVE"] = f"{k2} {k1}"
    m.exigir("cofre", "girar-chave")
    m.env["SEPARADOR_COFRE_CHAVE"] = k2
    assert "1 segredo conferido" in m.exigir("cofre", "conferir").stdout
    m.env["SEPARADOR_COFRE_CHAVE"] = k1
    assert "não abre o cofre" in m.exigir("cofre", "conferir", codigo=1).stderr
    del m.env["SEPARADOR_COFRE_CHAVE"]
    assert "sem ela eles não se abrem" in m.exigir("init").stderr
    assert not arquivo.exists(), "o init não esconde que a chave se perdeu"


@pytest.mark.requisito("CERT-07", "CERT-06")
def test_token_a3_por_comando(m: Maquina, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    t = TokenDeTeste.em(tmp_path / "softhsm", monkeypatch)
    t.iniciar()
    e = novo(4)
    t.por(e, "0a")
    m.gravar_config(trabalhadores=2)
    m.env["SOFTHSM2_CONF"] = os.environ["SOFTHSM2_CONF"]
    visto = m.json("certificado", "token", "--modulo", t.modulo)
    assert visto[0]["pessoa"] == f"e-CNPJ {CNPJ}"
    base = ("certificado", "instalar", "--a3", "--modulo", t.modulo, "--apelido", "Token da Matriz", "--senha-stdin")
    errado = m.exigir(*base, entrada="0000-errado\n", codigo=1)
    assert "não será tentado de novo" in errado.stderr
    m.exigir(*base, entrada=PIN + "\n")
    m.executar()
    assert m.servico is not None
    chaves = soltar(m, range(1, 6))
    m.esperar(lambda: any(f["codigo"] == "SEP-TOKEN-SEM-PIN" for f in m.json("falhas")))
    m.exigir("certificado", "pin", "token da matriz", "--senha-stdin", entrada=PIN + "\n")
    m.esperar(lambda: saiu(m, chaves))
    assert {qual_assinou(m, c, e) for c in chaves} == {0}
    _procurar_nos_processos(m.servico.pid, (PIN,))
    assert m.json("falhas") == []
    m.parar()
    parado = m.exigir("certificado", "pin", "token da matriz", "--senha-stdin", entrada=PIN + "\n", codigo=3)
    assert "desligado" in parado.stderr
    for arquivo, dados in tudo_em(m.pasta):
        if "softhsm" not in arquivo.parts:
            assert PIN.encode() not in dados, arquivo


@pytest.mark.requisito("CERT-06")
def test_a_senha_nunca_e_argumento(m: Maquina) -> None:
    """No option takes a password as its value."""
    for comando in (("certificado", "instalar"), ("certificado", "pin"), ("certificado", "senha"), ("cofre", "copia")):
        ajuda = m.exigir(*comando, "--ajuda").stdout
        assert "--senha " not in ajuda
        assert "--pin " not in ajuda
    assert SENHA_DO_AMBIENTE in m.env["SEPARADOR_SENHA"], "só o que o administrador escolheu passar pelo ambiente"


@pytest.mark.requisito("CERT-03")
def test_verificar_conhece_o_certificado_do_cofre(m: Maquina) -> None:
    instalar(m, emitir(de=ONTEM, dias=20), "curto", S1)
    texto = m.cli("verificar").stdout
    assert '"curto" no cofre (A1), vale mais 18 dias' in texto
    assert "Não há certificado" not in texto


@pytest.mark.requisito("CERT-06")
@pytest.mark.parametrize("momento", ["antes do banco", "depois do banco"])
def test_queda_no_meio_da_troca_da_chave(m: Maquina, momento: str) -> None:
    """The file holds both keys at either point. The vault opens, and repeating the command finishes the rotation."""
    instalar(m, novo(0), "matriz", S1)
    arquivo = m.dados / "cofre" / "chave-mestra"
    velha = arquivo.read_text()
    nova = m.exigir("cofre", "chave").stdout.strip()
    linhas = [x for x in velha.splitlines() if not x.startswith("#")]
    if momento == "depois do banco":
        arquivo.write_text("\n".join([nova, *linhas]) + "\n")
        m.exigir("cofre", "girar-chave")
        assert len([x for x in arquivo.read_text().splitlines() if not x.startswith("#")]) == 1
    arquivo.write_text("\n".join([nova, *linhas]) + "\n")
    assert "1 segredo conferido" in m.exigir("cofre", "conferir").stdout
    m.exigir("cofre", "girar-chave")
    assert "1 segredo conferido" in m.exigir("cofre", "conferir").stdout
    restantes = [x for x in arquivo.read_text().splitlines() if not x.startswith("#")]
    assert restantes == [nova]
    arquivo.write_text(velha)
    assert "não abre o cofre" in m.exigir("cofre", "conferir", codigo=1).stderr


@pytest.mark.requisito("CERT-02", "CERT-06")
def test_senha_guardada_por_comando_para_a_pasta_vigiada(m: Maquina) -> None:
    m.exigir("certificado", "senha", "--senha-stdin", entrada=S2 + "\n")
    m.exigir("certificado", "senha", "--senha-stdin", entrada=S3 + "\n")
    (m.origem(9) / "matriz.p12").write_bytes(novo(2).pfx(S3))
    m.uma_vez()
    assert m.listar(m.origem(9)) == []
    assert [c["apelido"] for c in m.json("certificado", "listar")] == ["matriz"]


@pytest.mark.requisito("BORDA-23")
def test_pfx_sem_senha_instala_por_comando(m: Maquina) -> None:
    """An empty line is an answer. No line at all is none, and with a password that exists it is a wrong one."""
    e = novo(0)
    pfx = m.pasta / "vazia.pfx"
    pfx.write_bytes(
        pkcs12.serialize_key_and_certificates(b"a1", e.chave, e.certificado, list(e.cadeia), NoEncryption())
    )
    comando = ("certificado", "instalar", str(pfx), "--apelido", "vazia", "--senha-stdin")
    assert "não veio nada" in m.exigir(*comando, entrada="", codigo=2).stderr
    assert 'Certificado "vazia" instalado' in m.exigir(*comando, entrada="\n").stdout
    pfx.write_bytes(novo(2).pfx(S2))
    assert "está errada" in m.exigir(*comando, entrada="\n", codigo=1).stderr
