"""Draws what heads every sheet: issuer, number, sheet, codes, key, protocol (MOC 4.00, Anexo II, 2.6, 2.12, 2.19)."""

from separador.capacidades.dacte.dominio.caixas import Modelo
from separador.capacidades.dacte.dominio.contingencia import dados_do_cte
from separador.capacidades.dacte.dominio.formas import chave_em_blocos, imprimivel
from separador.capacidades.dacte.dominio.modelos import CABECALHO
from separador.capacidades.dacte.papel import codigos
from separador.capacidades.dacte.papel.arvore import valor
from separador.capacidades.dacte.papel.conteudo import HOMOLOGACAO, Conteudo
from separador.capacidades.dacte.papel.faixas import RECUO, ROTULO_PT, Celula, Faixa, Risco, escrever, fila
from separador.capacidades.dacte.papel.medida import largura, linha, quebrar
from separador.capacidades.dacte.papel.pagina import MARGEM, Papel

PORTAL = "https://www.cte.fazenda.gov.br/portal"
_MEIO_MM = 92.0
"""Least width of the middle: the bar code with its quiet zones (2.17), and a rule on each side."""
_TITULO_MM = 9.0
_BARRAS_MM = codigos.ALTURA_MM + 2.0
_FOLHA = "0/0"
"""Stands where the number of the sheet is written at the end, when it is known how many there are."""
_LOGO_MM = (9.0, 18.0)
"""Least and greatest height of the logo: it takes what the texts of the issuer leave free, and never their place."""
_SOB_O_LOGO_MM = 1.0


class Cabecalho:
    """The head of the sheets of one document: measured once, drawn on each."""

    def __init__(self, conteudo: Conteudo, modelo: Modelo, util: float) -> None:
        """Reads its boxes and decides where the codes go."""
        self.conteudo = conteudo
        self.modelo = modelo
        self.util = util
        self.ditos = {nome: valor(conteudo.inf, caixa) for nome, caixa in CABECALHO.items()}
        self.lado = codigos.lado_do_qr(conteudo.qr) if conteudo.qr else 0.0
        self.barras = codigos.largura_das_barras(conteudo.chave) if conteudo.chave else 0.0
        self.adicional = dados_do_cte(conteudo.inf) if conteudo.contingencia else ""
        meio = max(_MEIO_MM, self.barras + 2)
        self.ao_lado = meio + self.lado <= util * 0.66
        """Whether the codes fit beside the issuer; longer ones have a band of their own below."""
        self.direita = max(meio + self.lado, util * 0.62) if self.ao_lado else util * 0.62
        self.esquerda = util - self.direita
        self._emitente = self._do_emitente()
        self._campos = self._dos_campos()
        self._altura_da_direita = _TITULO_MM + self._campos.altura + self._altura_dos_codigos() * self.ao_lado
        self._logo = self._do_logo()
        self._folha = next(e for e in self._campos.escritos if e.texto == _FOLHA)
        self._campos.escritos.remove(self._folha)
        self._lugares: list[tuple[float, float]] = []

    def desenhar(self, papel: Papel) -> float:
        """Draws it on the sheet, from the margin. Returns where the next block begins."""
        papel.marcar(self.conteudo.marca)
        y = self._quadro(papel, papel.y_do_cabecalho)
        for faixa in self._filas():
            papel.por(faixa, MARGEM, y)
            papel.moldura(MARGEM, y, self.util, faixa.altura)
            y += faixa.altura
        return y

    def _quadro(self, papel: Papel, y: float) -> float:
        """Draws the box with the issuer on the left and the document on the right."""
        x = MARGEM + self.esquerda
        alto = _TITULO_MM + self._campos.altura
        codigos_mm = self._altura_dos_codigos()
        do_logo = self._logo[1] + _SOB_O_LOGO_MM if self._logo[1] else 0.0
        altura = max(self._emitente.altura + do_logo, self._altura_da_direita)
        if self.ao_lado:
            self._codigos(papel, x, y + alto, self.direita, altura - alto)
        else:
            self._codigos(papel, MARGEM, y + altura, self.util, codigos_mm)
            papel.moldura(MARGEM, y + altura, self.util, codigos_mm)
        papel.moldura(MARGEM, y, self.util, altura)
        papel.riscar(x, y, x, y + altura)
        if self.conteudo.extras.logo is not None:
            papel.logo(self.conteudo.extras.logo, MARGEM + RECUO, y + _SOB_O_LOGO_MM, *self._logo)
        papel.por(self._emitente, MARGEM, y + do_logo)
        self._titulo(papel, x, y)
        papel.por(self._campos, x, y + _TITULO_MM)
        self._lugares.append((x + self._folha.x, y + _TITULO_MM + self._folha.y))
        papel.riscar(x, y + _TITULO_MM, x + self.direita, y + _TITULO_MM)
        papel.riscar(x, y + alto, x + self.direita, y + alto)
        return y + altura + (0.0 if self.ao_lado else codigos_mm)

    def _titulo(self, papel: Papel, x: float, y: float) -> None:
        modal = self.ditos["modal"]
        do_modal = max(30.0, largura(modal, 8, True) + 4)
        espaco = self.direita - do_modal
        papel.escrever(x + (espaco - largura(self.modelo.titulo, 11, True)) / 2, y + 0.4, self.modelo.titulo, 11, True)
        em = y + 0.4 + linha(11)
        for dita in quebrar(self.modelo.subtitulo, espaco - 2, 6):
            papel.escrever(x + (espaco - largura(dita, 6)) / 2, em, dita, 6)
            em += linha(6)
        papel.riscar(x + espaco, y, x + espaco, y + _TITULO_MM)
        papel.escrever(x + espaco + RECUO, y + 0.4, "MODAL", ROTULO_PT)
        papel.escrever(x + espaco + (do_modal - largura(modal, 8, True)) / 2, y + 3.2, modal, 8, True)

    def _do_logo(self) -> tuple[float, float]:
        """Returns width and height of the logo, over the texts of the issuer; (0, 0) without one."""
        logo = self.conteudo.extras.logo
        if logo is None:
            return (0.0, 0.0)
        livre = self._altura_da_direita - self._emitente.altura - _SOB_O_LOGO_MM
        altura = min(max(livre, _LOGO_MM[0]), _LOGO_MM[1])
        largura = min(altura * logo.proporcao, self.esquerda - 2 * RECUO)
        return (largura, largura / logo.proporcao)

    def _do_emitente(self) -> Faixa:
        d = self.ditos
        espaco = self.esquerda - 2 * RECUO
        faixa = Faixa(0.0)
        y = escrever(faixa, RECUO, 0.8, quebrar(d["nome"], espaco, 9, True), 9, True) + 0.5
        rotulados = (("CNPJ/CPF", d["cnpj"]), ("IE", d["ie"]), ("FONE", d["fone"]))
        linhas = (
            d["fantasia"] if d["fantasia"] != d["nome"] else "",
            d["endereco"],
            d["bairro"],
            d["municipio"] + (f"  CEP {d['cep']}" if d["cep"] else ""),
            *(f"{rotulo} {dito}" for rotulo, dito in rotulados if dito),
            "  ".join(
                f"{rotulo} {dito}".strip()
                for rotulo, dito in (
                    ("IE DE SUBSTITUTO", d["iest"]),
                    ("SUFRAMA", d["suframa_emit"]),
                    ("", d["crt"]),
                )
                if dito
            ),
        )
        for dita in linhas:
            y = escrever(faixa, RECUO, y, quebrar(dita, espaco, 7), 7)
        faixa.altura = y + 0.5
        return faixa

    def numerar(self, papel: Papel) -> None:
        """Writes number and total of every sheet (2.21.2), when all are drawn."""
        for n, (x, y) in enumerate(self._lugares, 1):
            papel.voltar_a(n)
            papel.escrever(x, y, f"{n}/{len(self._lugares)}", self._folha.tamanho, True)

    def _dos_campos(self) -> Faixa:
        d = self.ditos
        celulas = [
            Celula("MODELO", d["modelo"], 3, True),
            Celula("SÉRIE", d["serie"], 3, True),
            Celula("NÚMERO", d["numero"], 6, True),
            Celula("FOLHA", _FOLHA, 4, True),
            Celula("DATA E HORA DE EMISSÃO", d["emissao"], 10, True),
        ]
        if d["suframa"]:
            celulas.append(Celula("INSC. SUFRAMA DO DESTINATÁRIO", d["suframa"], 9, True))
        return fila(celulas, self.direita)

    def _altura_dos_codigos(self) -> float:
        texto = 2 * linha(ROTULO_PT) + linha(8) + 1.0
        adicional = _BARRAS_MM if self.adicional else 0.0
        return max(self.lado, _BARRAS_MM + texto + adicional)

    def _codigos(self, papel: Papel, x: float, y: float, espaco: float, altura: float) -> None:
        """Draws bar code and key on the left, the QR code on the right."""
        c = self.conteudo
        meio = espaco - self.lado
        if self.lado:
            papel.qr(c.qr, x + meio, y + (altura - self.lado) / 2)
        if not c.chave:
            return
        papel.barras(c.chave, x + (meio - self.barras) / 2, y + 1.0, codigos.ALTURA_MM)
        em = y + _BARRAS_MM
        rotulo = "CHAVE DE ACESSO"
        papel.escrever(x + (meio - largura(rotulo, ROTULO_PT)) / 2, em, rotulo, ROTULO_PT)
        em += linha(ROTULO_PT)
        chave = chave_em_blocos(c.chave)
        papel.escrever(x + (meio - largura(chave, 8, True)) / 2, em, chave, 8, True)
        em += linha(8)
        if self.adicional:
            adicional = codigos.largura_das_barras(self.adicional)
            papel.barras(self.adicional, x + (meio - adicional) / 2, em + 1.0, codigos.ALTURA_MM)

    def _filas(self) -> list[Faixa]:
        """Returns the three fields of variable content (2.19), CFOP and nature, and the words of homologação."""
        c = self.conteudo
        consulta = f"Consulte a autenticidade pela chave de acesso em {PORTAL} ou no site da SEFAZ autorizadora"
        campos = [Celula("CONSULTA", consulta, 12, tamanho=6.5)]
        if self.adicional:
            campos = [Celula("DADOS DO CT-E", chave_em_blocos(self.adicional), 12, True)]
        campos.append(Celula("PROTOCOLO DE AUTORIZAÇÃO DE USO", c.autorizacao, 9, True))
        filas = [
            fila(campos, self.util),
            fila([Celula("CFOP - NATUREZA DA PRESTAÇÃO", self.ditos["natureza"], 24)], self.util),
        ]
        if c.homologacao:
            texto = imprimivel(HOMOLOGACAO)
            faixa = Faixa(linha(8) + 0.6)
            escrever(faixa, (self.util - largura(texto, 8, True)) / 2, 0.3, [texto], 8, True)
            filas.append(faixa)
        return filas


_CANHOTO = (
    "DECLARO QUE RECEBI OS VOLUMES DESTE CONHECIMENTO EM PERFEITO ESTADO PELO QUE DOU POR CUMPRIDO O PRESENTE CONTRATO"
    " DE TRANSPORTE"
)


def canhoto(cabecalho: Cabecalho) -> Faixa:
    """Returns the stub of the first sheet, with the line where it is torn off (2.10 and 2.21.5)."""
    util, d = cabecalho.util, cabecalho.ditos
    faixa = Faixa(0.0)
    y = escrever(faixa, RECUO, 0.3, quebrar(_CANHOTO, util - 2 * RECUO, 6), 6) + 0.2
    faixa.riscos.append(Risco(0, y, util, y))
    colunas = (0.25, 0.15, 0.22, 0.13, 0.13, 0.12)
    rotulos = (
        "NOME",
        "RG",
        "ASSINATURA / CARIMBO",
        "CHEGADA DATA/HORA",
        "SAÍDA DATA/HORA",
        cabecalho.modelo.no_canhoto,
    )
    x = 0.0
    for parte, rotulo in zip(colunas, rotulos, strict=True):
        escrever(faixa, x + RECUO, y + 0.2, [rotulo], ROTULO_PT)
        x += parte * util
        if x < util - 1:
            faixa.riscos.append(Risco(x, y, x, y + 9.5))
    ultimo = (1 - colunas[-1]) * util + RECUO
    escrever(faixa, ultimo, y + 3.0, [f"Nº {d['numero']}", f"SÉRIE {d['serie']}"], 7, True)
    y += 9.5
    faixa.riscos += [Risco(0, 0, util, 0), Risco(0, 0, 0, y), Risco(util, 0, util, y), Risco(0, y, util, y)]
    faixa.riscos.append(Risco(0, y + 1.2, util, y + 1.2, tracejado=True))
    faixa.altura = y + 2.4
    return faixa
