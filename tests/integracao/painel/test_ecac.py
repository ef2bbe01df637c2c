"""The pages of the e-CAC over an installation that talks to the local SERPRO: what they show, what each order does."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import openpyxl
import pytest
from starlette.responses import Response

from separador.acesso.banco import usuarios
from separador.acesso.banco.usuarios import CONTA_DO_PAINEL, NovoUsuario
from separador.acesso.dominio import Nivel
from separador.acesso.servico.autorizacao import Autor, entrar
from separador.banco.conexao import abrir
from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import empresas, ocorrencias
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.motor.trava import Trava, tomar
from separador.nucleo import capacidade
from separador.painel.atendimento import Atendente, Chegada
from separador.painel.base import casa as casas
from separador.painel.base.campos import Campos, ler_campos
from separador.painel.base.casa import Casa
from separador.simulador.serpro import contribuintes
from separador.simulador.serpro.cenario import Cenario
from tests.apoio.instalacao_ecac import AGORA, InstalacaoEcac
from tests.apoio.serpro_local import SerproEmFio
from tests.integracao.painel.test_passos import _partes

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02", "ECAC-08")
HOJE = date(2026, 11, 20)
MAU = "<script>alert(1)</script>"


class Telas:
    """The panel of an installation, spoken to without a socket."""

    def __init__(self, instalacao: InstalacaoEcac) -> None:
        self.instalacao = instalacao
        aberta = casas.abrir(instalacao.config)
        assert isinstance(aberta, Casa)
        self.atendente = Atendente(aberta)
        self.fichas = {}
        with closing(abrir(instalacao.dados)) as banco:
            for nivel in Nivel:
                novo = NovoUsuario(f"{nivel.value}@x.com", nivel.value, nivel)
                with banco.transacao():
                    usuarios.inserir(banco, novo, texto_de(AGORA))
                self.fichas[nivel] = entrar(banco, Autor(novo.email, nivel, com_senha=True), CONTA_DO_PAINEL, AGORA)

    def pedir(self, endereco: str, campos: dict[str, str] | None = None, nivel: Nivel = Nivel.OPERADOR) -> Response:
        partes = urlsplit(endereco)
        tela, achadas = next((t, p) for t in capacidade.telas() if (p := _partes(t.caminho, partes.path)) is not None)
        chegada = Chegada(
            tela, AGORA, partes.path, campos is not None, achadas, ler_campos(partes.query) or Campos(),
            ficha=self.fichas[nivel],
        )  # fmt: skip
        if campos is not None:
            chegada.campos = ler_campos(urlencode(campos)) or Campos()
        return self.atendente.atender(chegada)

    def texto(self, endereco: str, estado: int = 200, nivel: Nivel = Nivel.OPERADOR) -> str:
        veio = self.pedir(endereco, nivel=nivel)
        assert veio.status_code == estado, bytes(veio.body).decode()
        return bytes(veio.body).decode()

    def ordenar(self, endereco: str, campos: dict[str, str] | None = None) -> str:
        """Opens a confirmation, sends it, lets the service answer. Returns what it said."""
        ficha = re.search(r'name="ficha" value="([^"]+)"', self.texto(endereco))
        assert ficha is not None
        veio = self.pedir(endereco, (campos or {}) | {"ficha": ficha[1]})
        assert veio.status_code == 303, bytes(veio.body).decode()
        (numero,) = re.findall(r"ordem=(\d+)", veio.headers["Location"])
        self.instalacao.cumprir(int(numero))
        return self.instalacao.banco.todas("SELECT mensagem FROM tarefa WHERE id = ?", int(numero))[0]["mensagem"]

    def ordens(self) -> int:
        return int(self.instalacao.banco.todas("SELECT count(*) AS n FROM tarefa")[0]["n"])


def tabelas(texto: str) -> dict[str, list[list[str]]]:
    """Returns the cells of each table, by caption; marks are taken out."""
    achadas = re.findall(r"<caption>(.*?)</caption>(.*?)</table>", texto, re.DOTALL)
    return {_limpo(c): [[_limpo(x) for x in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r, re.DOTALL)]
                        for r in re.findall(r"<tr[^>]*>(.*?)</tr>", t, re.DOTALL)] for c, t in achadas}  # fmt: skip


def _limpo(texto: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", texto)).strip()


@pytest.fixture(scope="module")
def cenario() -> Cenario:
    return contribuintes.gerar(3, 12, 7, hoje=HOJE)


@pytest.fixture
def telas(tmp_path: Path, cenario: Cenario) -> Iterator[Telas]:
    """Two payments have no guide, and a third one only a guide without its number."""
    pagas = [d for d in cenario.documentos if d.arrecadacao is not None]
    with SerproEmFio(tmp_path / "serpro", cenario, agora=lambda: AGORA) as serpro, InstalacaoEcac(
        tmp_path / "instalacao", cenario, serpro
    ) as instalacao:  # fmt: skip
        instalacao.soltar_guias(
            cenario.documentos[:1] if not pagas else [d for d in cenario.documentos if d not in pagas[:3]]
        )
        darf = next((d for d in pagas[:3] if d.tipo == "04"), pagas[0])
        instalacao.soltar_guias([darf], "sem.csv", numero="")
        instalacao.importar()
        yield Telas(instalacao)


def test_o_historico_agrupa_como_se_pede_e_a_planilha_tem_as_mesmas_linhas(telas: Telas) -> None:
    inteira = tabelas(telas.texto("/ecac?status=todas"))["Ocorrências"]
    assert inteira[0] == ["Nº", "Ocorrência", "Empresa", "Guia", "Valor", "Detalhe", "Status", "Desde"]
    assert len(inteira) > 3
    for agrupar, coluna in (("empresa", 2), ("ocorrencia", 1)):
        grupos = tabelas(telas.texto(f"/ecac?status=todas&agrupar={agrupar}"))
        assert sum(len(linhas) - 1 for linhas in grupos.values()) == len(inteira) - 1
        assert all(linha[coluna] in nome for nome, linhas in grupos.items() for linha in linhas[1:])
        veio = telas.pedir(f"/ecac/ocorrencias.xlsx?status=todas&agrupar={agrupar}", nivel=Nivel.CONSULTA)
        assert veio.status_code == 200
        assert veio.headers["Content-Disposition"].startswith("attachment")
        livro = openpyxl.load_workbook(io.BytesIO(bytes(veio.body)))
        folhas = livro.worksheets[1:]
        assert len(folhas) == len(grupos)
        for folha, linhas in zip(folhas, grupos.values(), strict=True):
            numeros = [r[0] for r in folha.iter_rows(min_row=2, values_only=True) if isinstance(r[0], int)]
            assert numeros == [int(x[0]) for x in linhas[1:]]


def test_da_ocorrencia_a_guia_que_o_pagamento_baixou(telas: Telas) -> None:
    banco = telas.instalacao.banco
    sem_guia = banco.todas("SELECT * FROM ecac_ocorrencia WHERE especie = 'pago-sem-guia' AND status = 'aberta'")
    o = next(x for x in sem_guia if telas.instalacao.guias("contribuinte = ? AND pagamento IS NULL", x["contribuinte"]))
    (guia, *_) = telas.instalacao.guias("contribuinte = ? AND pagamento IS NULL", o["contribuinte"])
    detalhe = telas.texto(f"/ecac/ocorrencias/{o['id']}")
    assert "Histórico" in tabelas(detalhe)
    pagina = telas.texto(f"/ecac/ocorrencias/{o['id']}/localizar")
    assert tabelas(pagina)["Guias da empresa"][1:]
    _diz_se_alguma_bate(telas, o, pagina)
    assert "Ligar</button>" not in telas.texto(f"/ecac/ocorrencias/{o['id']}/localizar", nivel=Nivel.CONSULTA)
    ligar = f"/ecac/guias/{guia['id']}/ligar?ocorrencia={o['id']}"
    assert tabelas(telas.texto(ligar))["Guia e pagamento"]
    assert "baixada com o documento" in telas.ordenar(ligar)
    depois = telas.texto(f"/ecac/guias/{guia['id']}")
    assert "baixada" in depois
    assert telas.pedir(ligar, {}).status_code == 409
    assert telas.texto(f"/ecac/ocorrencias/{o['id']}/dispensar", 409)
    _diz_a_guia(telas, o["id"], guia)


def _diz_se_alguma_bate(telas: Telas, o: sqlite3.Row, pagina: str) -> None:
    """Checks that a payment whose value no open guide has is not left to guesses."""
    nenhuma = "Nenhuma guia em aberto desta empresa tem este valor"
    pago = telas.instalacao.banco.uma(
        "SELECT * FROM ecac_pagamento WHERE contribuinte = ? AND numero = ?", o["contribuinte"], o["pagamento"]
    )
    assert pago is not None
    abertas = telas.instalacao.guias("contribuinte = ? AND pagamento IS NULL", o["contribuinte"])
    batem = [g for g in abertas if (g["total"] or g["principal"]) == pago["total"]]
    assert (nenhuma in pagina) == (not batem)
    assert "<dt>Pago em</dt>" in pagina


def _diz_a_guia(telas: Telas, ocorrencia: int, guia: sqlite3.Row) -> None:
    """Checks that a settled occurrence names the guide everywhere, and that its payment can be linked to no other."""
    dita = guia["numero"] or f"guia {guia['id']}"
    linha = next(x for x in tabelas(telas.texto("/ecac?status=todas"))["Ocorrências"] if x[0] == str(ocorrencia))
    assert (linha[3], linha[6]) == (dita, "resolvida")
    folha = openpyxl.load_workbook(io.BytesIO(bytes(telas.pedir("/ecac/ocorrencias.xlsx?status=todas").body)))
    assert (ocorrencia, dita) in [(r[0], r[4]) for r in folha.worksheets[1].iter_rows(values_only=True)]
    ligada = f'<a href="/ecac/guias/{guia["id"]}">'
    assert f"<dt>Guia</dt><dd>{ligada}{dita}</a>" in telas.texto(f"/ecac/ocorrencias/{ocorrencia}")
    localizar = telas.texto(f"/ecac/ocorrencias/{ocorrencia}/localizar")
    assert f"Ele já baixou a guia {ligada}" in localizar
    assert "Escolha a guia" not in localizar
    botoes = re.findall(r"<button[^>]*>Ligar</button>", localizar)
    motivo = f'title="O pagamento já baixou a guia {guia["numero"] or guia["id"]}."'
    assert botoes
    assert all(" disabled aria-describedby=" in b and motivo in b for b in botoes)


def test_dispensar_pede_o_motivo(telas: Telas) -> None:
    (o, *_) = telas.instalacao.banco.todas("SELECT * FROM ecac_ocorrencia WHERE status = 'aberta'")
    endereco = f"/ecac/ocorrencias/{o['id']}/dispensar"
    assert telas.pedir(endereco, {"motivo": "x"}).status_code == 422
    assert "dispensada" in telas.ordenar(endereco, {"motivo": "é de outra filial"})
    assert "é de outra filial" in telas.texto(f"/ecac/ocorrencias/{o['id']}")
    assert telas.pedir(endereco, {"motivo": "de novo"}).status_code == 409


def test_o_comprovante_e_o_arquivado_e_nunca_outro(telas: Telas) -> None:
    linhas = tabelas(telas.texto("/ecac/guias"))["Guias"]
    assert linhas[0][-1] == "Comprovante de pag. e-CAC"
    (guia, *_) = telas.instalacao.guias("comprovante_id IS NOT NULL")
    veio = telas.pedir(f"/ecac/guias/{guia['id']}/comprovante.pdf", nivel=Nivel.CONSULTA)
    assert bytes(veio.body).startswith(b"%PDF")
    assert veio.media_type == "application/pdf"
    assert telas.pedir(f"/ecac/guias/{guia['id']}/gerar-comprovante", {}).status_code == 409
    achado = next(p for p in telas.instalacao.comprovantes() if p.read_bytes() == bytes(veio.body))
    achado.chmod(0o600)
    achado.write_bytes(b"%PDF outro")
    assert "não é mais o que foi arquivado" in telas.texto(f"/ecac/guias/{guia['id']}/comprovante.pdf", 503)
    (aberta, *_) = telas.instalacao.guias("comprovante_id IS NULL AND pagamento IS NULL")
    telas.texto(f"/ecac/guias/{aberta['id']}/comprovante.pdf", 404)
    assert "Ainda não há comprovante" in telas.ordenar(f"/ecac/guias/{aberta['id']}/gerar-comprovante")


def test_uma_sugestao_se_ve_ao_lado_do_pagamento_e_se_aprova_ou_recusa(telas: Telas) -> None:
    (o,) = telas.instalacao.banco.todas("SELECT * FROM ecac_ocorrencia WHERE especie = 'sugestao'")
    guia = f"/ecac/guias/{o['guia_id']}"
    pagina = telas.texto(guia)
    assert tabelas(pagina)["Sugestão de baixa"][0] == ["Campo", "Guia", "Pagamento"]
    assert "Aprovar" not in telas.texto(guia, nivel=Nivel.CONSULTA)
    assert telas.pedir(f"{guia}/aprovar", {"sugerido": "1"}).status_code == 409, "outro pagamento, que ninguém viu"
    assert f'name="sugerido" value="{o["pagamento"]}"' in telas.texto(f"{guia}/aprovar")
    assert "baixada" in telas.ordenar(f"{guia}/aprovar", {"sugerido": o["pagamento"]})
    telas.texto(f"{guia}/recusar", 409)
    assert telas.pedir(f"{guia}/reabrir", {"motivo": ""}).status_code == 422
    assert "reaberta" in telas.ordenar(f"{guia}/reabrir", {"motivo": "era de outra guia"})
    assert telas.pedir(f"{guia}/numerar", {"numero": "abc"}).status_code == 422


def test_uma_guia_gerada_duas_vezes_por_voltar_e_reenviar_e_uma_so(telas: Telas, cenario: Cenario) -> None:
    empresa = telas.instalacao.guias()[0]["contribuinte"]
    conferir = f"/ecac/guias/nova?conferir=1&tipo=das&periodo=05/2026&empresa={empresa}"
    pagina = telas.texto(conferir)
    assert "202605" in pagina
    ficha = re.search(r'name="ficha" value="([^"]+)"', pagina)
    assert ficha is not None
    campos = {"tipo": "das", "periodo": "05/2026", "empresa": empresa, "ficha": ficha[1]}
    antes = telas.ordens()
    primeira = telas.pedir("/ecac/guias/nova", campos)
    numero = int(re.findall(r"ordem=(\d+)", primeira.headers["Location"])[0])
    telas.instalacao.cumprir(numero)
    segunda = telas.pedir("/ecac/guias/nova", campos)
    assert segunda.status_code == 303
    assert f"ordem={numero}" in segunda.headers["Location"]
    assert telas.ordens() == antes + 1
    assert telas.pedir("/ecac/guias/nova", campos, Nivel.CONSULTA).status_code == 403
    assert "Um DARF precisa também de: Receita, Valor" in telas.texto(
        f"/ecac/guias/nova?conferir=1&tipo=darf&periodo=05/2026&empresa={empresa}", 422
    )
    telas.texto("/ecac/guias/nova?conferir=1&periodo=05/2026&empresa=123", 422)


def test_importar_agora_mostra_o_andamento_e_o_que_sobrou_de_um_servico_morto(telas: Telas) -> None:
    assert "conclu" in telas.texto("/ecac")
    assert re.search(r"\d+ empresas? consultadas?", telas.ordenar("/ecac/importar"))
    banco = telas.instalacao.banco
    with banco.transacao():
        numero = empresas.iniciar(
            banco, motivo="comando", quem="ana@x.com", empresa=None, a3=False, tarefa_id=None, quando=texto_de(AGORA)
        )
        empresas.progredir(banco, numero, fase="pagamentos", total=40, feitas=7, quando=texto_de(AGORA))
    trava = tomar(telas.instalacao.dados, agora=AGORA)
    assert isinstance(trava, Trava)
    with trava:
        pagina = telas.texto("/ecac")
    assert re.search(r'<progress aria-label="Importação" max="40" value="7">', pagina)
    with banco.transacao():
        empresas.interrompidas(banco, texto_de(AGORA))
    pagina = telas.texto("/ecac")
    assert "<progress" not in pagina
    assert "interrompida" in pagina
    assert telas.pedir("/ecac/importar", {"empresa": "123"}).status_code == 422


def test_o_que_veio_de_fora_e_texto_na_pagina_e_na_planilha(telas: Telas) -> None:
    banco = telas.instalacao.banco
    formula = '=HYPERLINK("http://mau","x")'
    with banco.transacao():
        for i, dito in enumerate((MAU, formula)):
            o = Ocorrencia(Especie.INCONCLUSIVO, telas.instalacao.guias()[0]["contribuinte"], f"mau:{i}", dito)
            ocorrencias.abrir(banco, o, texto_de(AGORA), por=dito)
    pagina = telas.texto("/ecac?especie=inconclusivo")
    assert "&lt;script&gt;alert(1)" in pagina
    assert "<script>alert" not in pagina
    veio = telas.pedir("/ecac/ocorrencias.xlsx?especie=inconclusivo&agrupar=")
    celulas = [c for f in openpyxl.load_workbook(io.BytesIO(bytes(veio.body))).worksheets[1:] for r in f for c in r]
    (achada,) = [c for c in celulas if c.value == formula]
    assert achada.data_type == "s"


def test_um_filtro_sem_sentido_e_uma_pagina(telas: Telas) -> None:
    for consulta in ("status=x&especie=y&agrupar=z&depois=abc", "empresa=' OR 1=1", "depois=/99999999999999999999"):
        telas.texto(f"/ecac?{urlencode(dict(p.split('=', 1) for p in consulta.split('&')))}")
    for consulta in ("situacao=x", "depois=2026-13-99/5", "empresa=%27"):
        telas.texto(f"/ecac/guias?{consulta}")
    for endereco in ("/ecac/guias/0", "/ecac/guias/abc", "/ecac/ocorrencias/999", "/ecac/guias/1/ligar?ocorrencia=999"):
        telas.texto(endereco, 404)
