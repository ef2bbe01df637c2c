"""Runs the bench: it says which installations there are, what is measured on each, and in which order."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from separador.motor.entrada.origem import SEM_ARRENDAMENTO
from separador.motor.principal import SEM_AVISOS
from tests.bench import cargas, copia, crescimento, dacte, latencia, painel, repouso, transmissao, vazao
from tests.bench.hospedeiro import rsa_por_s
from tests.bench.planta import Planta

TRABALHADORES = 2


class Ensaio:
    """One run of the bench in a fresh folder. Each measure adds its figures to `dados` and how it got them to `notas`.

    `escala` 1.0 is the full size. Less is for a quick look; its figures must not be quoted.
    """

    def __init__(self, pasta: Path, escala: float, dizer: Callable[[str], None]) -> None:
        self.dados: dict[str, Any] = {}
        self.notas: dict[str, Any] = {}
        self._pasta, self._escala, self._dizer = pasta, escala, dizer
        self._plantas = ExitStack()
        self._principal: Planta | None = None
        self._rsa: list[float] = []

    def medir(self, nomes: list[str]) -> None:
        """Takes the measures of these names, in the order of `MEDIDAS`. The services are stopped at the end."""
        with self._plantas:
            self._rsa += [rsa_por_s() for _ in range(3)]
            for nome, medida in MEDIDAS.items():
                if nome in nomes:
                    self._uma(nome, medida)
            self._rsa += [rsa_por_s() for _ in range(3)]
        self.dados["rsa_limite"] = round(median(self._rsa))
        self.notas["rsa"] = {"medidas": [round(x) for x in self._rsa], "o_que": "assinatura PKCS#1 v1.5 com SHA-1"}

    def _uma(self, nome: str, medida: Callable[["Ensaio"], None]) -> None:
        self._dizer(f"{nome} …")
        inicio, carga = time.monotonic(), os.getloadavg()[0]
        medida(self)
        quadro = {"segundos": round(time.monotonic() - inicio, 1), "carga_antes": round(carga, 2)}
        self.notas[nome] = quadro | self.notas.get(nome, {})

    # --- installations -------------------------------------------------------------------------------------------

    def planta(self, nome: str, trabalhadores: int, tempo_leitura: int = 10) -> Planta:
        """Makes a new installation. If it still runs at the end, it is killed."""
        planta = Planta(self._pasta / nome, trabalhadores=trabalhadores, tempo_leitura=tempo_leitura)
        self._plantas.enter_context(planta.maquina)
        return planta

    def principal(self) -> Planta:
        """Returns the running installation that throughput, memory, idling, start and command share; it has two
        workers."""
        if self._principal is None:
            self._principal = self.planta("principal", TRABALHADORES)
            self.notas["partida_vazia_ms"] = round(self._principal.partir(), 1)
        return self._principal

    def cheia(self) -> Planta:
        """Returns the same installation with 20,000 files behind it."""
        planta = self.principal()
        falta = self.vezes(20_000) - planta.feitos
        if falta > 0:
            planta.passar(1, planta.gerar(falta))
        return planta

    def vezes(self, cheio: int) -> int:
        """Returns a count of the full size, scaled."""
        return max(20, int(cheio * self._escala))

    def anotar_rsa(self, feita: vazao.Vazao) -> None:
        """Adds the RSA bounds measured beside a round to those of the run."""
        self._rsa += feita.rsa

    # --- measures ------------------------------------------------------------------------------------------------

    def entrada(self) -> None:
        """Measures `entrada_docs_s` and `razao_entrada`."""
        feita = self._entrada(self.principal(), "entrada")
        self.dados |= {"entrada_docs_s": feita["docs_s"], "razao_entrada": feita["razao"]}

    def entrada_1(self) -> None:
        """Measures `razao_entrada_1`, with everything in one process."""
        planta = self.planta("um", 0)
        planta.partir()
        feita = self._entrada(planta, "entrada_1")
        planta.parar()
        self.dados |= {"entrada_1_docs_s": feita["docs_s"], "razao_entrada_1": feita["razao"]}

    def _entrada(self, planta: Planta, nome: str) -> dict[str, Any]:
        feita = vazao.entrada(planta, self.vezes(2000), 3)
        planta.conferir(documentos=planta.feitos)
        self.anotar_rsa(feita)
        self.notas[nome] = feita.resumo() | {
            "como": "2.000 CT-e de 8 kB gravados ao lado e renomeados para a entrada do serviço já pronto e aquecido;"
            " do primeiro ao último original no arquivo; saída, banco e arquivo conferidos; mediana de 3"
        }
        return feita.resumo()

    def retornos(self) -> None:
        """Measures `retornos_docs_s`, on the documents that the intake left."""
        planta = self.principal()
        quantos = self.vezes(2000)
        if planta.feitos < quantos:
            planta.passar(1, planta.gerar(quantos - planta.feitos))
        documentos = planta.feitos
        feita = vazao.retornos(planta, quantos)
        planta.conferir(documentos=documentos, autorizados=quantos)
        self.anotar_rsa(feita)
        resumo = feita.resumo()
        self.notas["retornos"] = resumo
        self.dados |= {"retornos_docs_s": resumo["docs_s"], "razao_retornos": resumo["razao"]}

    def transmissao(self) -> None:
        """Measures `transmissao_docs_s_…`, `transmissao_ideal_…`, `sobrecarga_ms_…`; the local SEFAZ is another
        process."""
        por_vaga = max(5, int(transmissao.POR_VAGA * self._escala))
        achado = transmissao.correr(self._pasta / "transmissao", transmissao.EM_VOO, por_vaga, self._dizer)
        self.notas["transmissao"] = {"rodadas": achado.pop("transmissao"), "espera_da_sefaz_ms": transmissao.ATRASO_MS}
        self.dados |= achado

    def dacte(self) -> None:
        """Measures `dacte_folhas_s`, `razao_dacte`, `dacte_duas_mil_notas_s`."""
        achado = dacte.medir(3, self.vezes(100))
        self.notas["dacte"] = achado
        self.dados |= {
            "dacte_folhas_s": achado["folhas_s"],
            "razao_dacte": achado["razao"],
            "dacte_duas_mil_notas_s": achado["duas_mil_notas_s"],
        }

    def cargas(self) -> None:
        """Measures `razao_carga_nucleo`, `razao_carga`, `carga_2000_vezes`, `carga_memoria_mb`, `carga_listar_ms`,
        `carga_csv_memoria_mb`, `carga_csv_espera_s`, `carga_refeita_docs_s`."""
        no_nucleo = cargas.nucleo(3, self.vezes(200))
        planta = cargas.planta(self._pasta / "cargas")
        self._plantas.enter_context(planta.maquina)
        planta.partir()
        cargas.servico(planta, {"AQUECE": self.vezes(200)})
        pelo_servico = cargas.servico(planta, {"C1": 1, "C100": 100, "C2000": self.vezes(2000)})
        na_memoria = cargas.memoria(planta, self.vezes(20_000))
        em_csv = cargas.planilha(planta, self.vezes(20_000))
        planta.parar()
        manual = cargas.planta(self._pasta / "refeitas", "manual")
        self._plantas.enter_context(manual.maquina)
        manual.partir()
        refeitas = cargas.refazer(manual, self.vezes(1000))
        manual.parar()
        lista = cargas.listar(planta, self.vezes(10_000))
        self.notas["cargas"] = {
            "nucleo": no_nucleo, "servico": pelo_servico, "memoria": na_memoria, "listar_ms": lista,
            "planilha": em_csv, "refazer": refeitas,
            "como": "JSON, CT-e de 10 notas; no serviço, trabalhadores: 0, da carga solta ao original no arquivo",
        }  # fmt: skip
        self.dados |= {
            "carga_nucleo_docs_s": no_nucleo["docs_s"],
            "razao_carga_nucleo": no_nucleo["razao"],
            "carga_2000_vezes": no_nucleo["vezes"],
            "carga_docs_s": pelo_servico["C2000"]["docs_s"],
            "razao_carga": pelo_servico["C2000"]["razao"],
            "carga_memoria_mb": na_memoria["pico_mb"],
            "carga_listar_ms": repouso.mediana(lista),
            "carga_csv_memoria_mb": em_csv["pico_mb"],
            "carga_csv_espera_s": em_csv["espera_s"],
            "carga_refeita_docs_s": refeitas["docs_s"],
        }

    def copia(self) -> None:
        """Measures `copia_entrada_pct`, `copia_escritor_ms`, `copia_escritor_sem_ms`."""
        planta = self.planta("copiada", TRABALHADORES)
        planta.partir()
        feita = copia.medir(planta, self.vezes(2000))
        planta.parar()
        planta.conferir(documentos=planta.feitos)
        self.notas["copia"] = feita
        self.dados |= {
            "copia_entrada_pct": feita["entrada_pct"],
            "copia_escritor_ms": feita["escritor_ms"],
            "copia_escritor_sem_ms": feita["escritor_sem_copia_ms"],
        }

    def memoria(self) -> None:
        """Measures `memoria_mb` after 20,000 files in all, its peak and its growth."""
        achado = vazao.memoria(self.principal(), self.vezes(20_000), self.vezes(2000))
        self.notas["memoria"] = achado
        self.dados |= {
            "memoria_mb": achado["mb"],
            "memoria_pico_mb": achado["pico_mb"],
            "memoria_crescimento_pct": achado["crescimento_pct"],
        }

    def cli(self) -> None:
        """Measures `cli_situacao_ms`."""
        medidas = repouso.situacao(self.cheia())
        self.notas["cli"] = {"medidas_ms": medidas}
        self.dados["cli_situacao_ms"] = repouso.mediana(medidas)

    def partida(self) -> None:
        """Measures `partida_ms` with the five routes, then with twenty."""
        planta = self.cheia()
        cinco = repouso.partida(planta, 5)
        self._vinte(planta)
        vinte = repouso.partida(planta, 3)
        self.notas["partida"] = {"medidas_ms": cinco, "medidas_20_rotas_ms": vinte}
        self.dados |= {"partida_ms": repouso.mediana(cinco), "partida_20_rotas_ms": repouso.mediana(vinte)}

    def ociosa(self) -> None:
        """Measures `ociosa_cpu_pct` with twenty routes."""
        planta = self.cheia()
        self._vinte(planta)
        achado = repouso.ociosa(planta, 30 if self._escala >= 1 else 10)
        self.notas["ociosa"] = achado | {"rotas": len(planta.maquina.rotas), "arquivos_no_arquivo": planta.feitos}
        self.dados["ociosa_cpu_pct"] = achado["pct"]

    def crescimento(self) -> None:
        """Measures an installation with millions of documents beside the same one empty."""
        tamanho = crescimento.tamanho(self._pasta / "tamanho", self.vezes(crescimento.PELA_REDE))
        self.dados["banco_por_documento_b"] = tamanho["arrumado"]
        achado = crescimento.medir(
            self.planta("anos", TRABALHADORES), self.vezes(crescimento.DOCUMENTOS), self.vezes(crescimento.ENTRADA)
        )
        self.notas["crescimento"] = achado | {"documentos": self.vezes(crescimento.DOCUMENTOS), "tamanho_b": tamanho}
        for nome, medido in achado["comandos_cheio"].items():
            self.dados[f"anos_{nome}_cpu_ms"] = medido
        self.dados["anos_partida_ms"] = repouso.mediana(achado["partida_cheio"])
        vazia, cheia = achado["entrada_vazio"]["docs_s"], achado["entrada_cheio"]["docs_s"]
        self.dados["anos_entrada_pct"] = round(100 * cheia / vazia, 1)

    def _vinte(self, planta: Planta) -> None:
        if len(planta.maquina.rotas) < 20:
            planta.parar()
            planta.vinte_rotas()
            planta.partir()

    def latencia(self) -> None:
        """Measures `latencia_ms_p50` and `_p99`, one file at a time."""
        self._latencia("latencia", "latencia_ms", None, {})

    def sem_arrendamento(self) -> None:
        """Measures the same without leases: the quiet time decides."""
        self._latencia("sem_arrendamento", "latencia_sem_arrendamento_ms", 0.1, {SEM_ARRENDAMENTO: "1"})

    def sondagem(self) -> None:
        """Measures the same without events: the reading each second finds the file."""
        self._latencia("sondagem", "latencia_sondagem_ms", 0.083, {SEM_AVISOS: "1"}, tempo_leitura=1)

    def painel(self) -> None:
        """Measures the panel with ten tabs open beside the service."""
        planta = self.planta("painel", TRABALHADORES)
        planta.partir()
        achado = painel.medir(planta, self._escala)
        self.notas["painel"] = achado.pop("notas")
        self.dados |= achado
        planta.parar()

    def _latencia(
        self, nome: str, chave: str, cadencia_s: float | None, env: dict[str, str], *, tempo_leitura: int = 10
    ) -> None:
        planta = self.planta(nome, TRABALHADORES, tempo_leitura)
        planta.partir(env=env)
        medidas = latencia.percentis(latencia.medir(planta, self.vezes(200), cadencia_s=cadencia_s))
        planta.parar()
        planta.conferir(documentos=planta.feitos)
        como = "um de cada vez" if cadencia_s is None else f"um a cada {cadencia_s * 1000:.0f} ms"
        self.notas[nome] = {"ms": medidas, "como": f"{como}; tempo_leitura {tempo_leitura} s, tempo_quieto padrão"}
        self.dados |= {f"{chave}_p50": medidas["p50"], f"{chave}_p99": medidas["p99"]}


MEDIDAS: dict[str, Callable[[Ensaio], None]] = {
    "entrada": Ensaio.entrada,
    "retornos": Ensaio.retornos,
    "entrada_1": Ensaio.entrada_1,
    "latencia": Ensaio.latencia,
    "sem_arrendamento": Ensaio.sem_arrendamento,
    "sondagem": Ensaio.sondagem,
    "painel": Ensaio.painel,
    "transmissao": Ensaio.transmissao,
    "dacte": Ensaio.dacte,
    "cargas": Ensaio.cargas,
    "copia": Ensaio.copia,
    "memoria": Ensaio.memoria,
    "cli": Ensaio.cli,
    "partida": Ensaio.partida,
    "ociosa": Ensaio.ociosa,
    "crescimento": Ensaio.crescimento,
}
"""Maps the names for `--so` to the measures, in the order of the run. Measures that fill the disk most come after those
that time single files."""
