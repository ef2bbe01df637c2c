// The pages work without this script. With it they are live, and confirmations open in a dialog.
const CALMA_MS = 2000, PRESSA_MS = 500, PRESSA_DURA_MS = 15000, PAUSA_MAXIMA_MS = 15000, AVISO_MS = 10000, SAIDA_MS = 5000, PROCURA_MS = 300;
const um = (seletor, onde = document) => onde.querySelector(seletor);
const todos = (seletor, onde = document) => [...onde.querySelectorAll(seletor)];

// --- live ------------------------------------------------------------------------------------------------------

const IDADES_MS = 30000;
// The page says of which version it is, so that nothing between its making and the first question is missed.
let renovado = Date.now(), etiqueta = `"${document.body.dataset.vivo}"`, pausa = CALMA_MS, semContato = null, apressadoAte = Date.now() + PRESSA_DURA_MS, avisado = 0;
let saindoAte = 0, pergunta = null;

const DIGITADO = new Set(["value", "checked", "selected", "open"]);
const COMO = {
  ignoreActiveValue: true,
  // What a person typed, ticked or opened stays.
  callbacks: { beforeAttributeUpdated: (nome, no) => !(DIGITADO.has(nome) && no.matches("input,textarea,option,details")) },
};

function alerta(id, texto) {
  let no = document.getElementById(id);
  if (texto === null) return no?.remove();
  if (!no) {
    no = document.createElement("p");
    no.id = id;
    no.className = "aviso";
    no.setAttribute("role", "alert");
    um("h1").after(no);
  }
  if (no.textContent !== texto) no.textContent = texto;
}

function dizerQueMudou() {
  if (Date.now() - avisado < AVISO_MS) return;
  avisado = Date.now();
  let no = um("#novidade");
  if (!no) {
    no = document.createElement("p");
    no.id = "novidade";
    no.className = "so-ouvido";
    no.setAttribute("role", "status");
    document.body.append(no);
  }
  no.textContent = `A página mudou às ${new Date().toLocaleTimeString("pt-BR")}.`;
}

// Returns false when the panel is busy: it is asked again. A page that leads elsewhere by now stays as it is.
async function renovar(sinal) {
  renovado = Date.now();
  const veio = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual", signal: sinal });
  if (!veio.ok) return veio.status !== 503;
  const nova = new DOMParser().parseFromString(await veio.text(), "text/html");
  let mudou = false;
  for (const regiao of todos("[data-regiao], #servico, #resultado")) {
    const outra = regiao.id && nova.getElementById(regiao.id);
    if (!outra || outra.isEqualNode(regiao)) continue;
    window.Idiomorph.morph(regiao, outra, COMO);
    mudou = mudou || regiao.id !== "servico";
  }
  document.title = nova.title;
  if (mudou) dizerQueMudou();
  return true;
}

async function perguntar() {
  if (document.hidden || Date.now() < saindoAte) return CALMA_MS;
  const { signal } = (pergunta = new AbortController());
  try {
    const veio = await fetch("/vivo", { headers: { "If-None-Match": etiqueta }, cache: "no-store", signal });
    semContato = null;
    alerta("sem-contato", null);
    pausa = CALMA_MS;
    if (veio.status === 401) {
      alerta("sem-sessao", "A sessão terminou. Entre de novo em outra aba; o que está escrito aqui fica.");
      return PAUSA_MAXIMA_MS;
    }
    alerta("sem-sessao", null);
    if (veio.status === 200) {
      if (await renovar(signal)) etiqueta = veio.headers.get("ETag");
    } else if (Date.now() - renovado > IDADES_MS) await renovar(signal); // ages go on where nothing changes
  } catch {
    if (signal.aborted) return CALMA_MS;
    semContato ??= new Date();
    alerta("sem-contato", `Sem contato com o painel desde ${semContato.toLocaleTimeString("pt-BR")}`);
    pausa = Math.min(pausa * 1.5, PAUSA_MAXIMA_MS);
    return pausa;
  }
  return um("#resultado .espera") && Date.now() < apressadoAte ? PRESSA_MS : CALMA_MS;
}

async function viver() {
  setTimeout(viver, await perguntar());
}

// While a form or a link is under way nothing is asked: the session may have just ended, and that is no error.
function sair() {
  saindoAte = Date.now() + SAIDA_MS;
  pergunta?.abort();
}

if ("vivo" in document.body.dataset) {
  viver();
  addEventListener("pagehide", sair);
  document.addEventListener("visibilitychange", () => document.hidden || perguntar());
}

// --- confirmations ---------------------------------------------------------------------------------------------

let abrindo = false;

async function abrirDialogo(endereco) {
  if (abrindo || um("dialog[open]")) return; // a double click
  abrindo = true;
  let veio, nova;
  try {
    veio = await fetch(endereco, { headers: { Accept: "text/html" } });
    nova = new DOMParser().parseFromString(await veio.text(), "text/html");
  } catch {
    return void perguntar(); // says since when there is no contact
  } finally {
    abrindo = false;
  }
  const corpo = um(".confirmacao", nova);
  if (!corpo) return location.assign(endereco);
  const dialogo = document.createElement("dialog");
  const titulo = document.createElement("h2");
  titulo.textContent = um("h1", nova).textContent;
  dialogo.setAttribute("aria-label", titulo.textContent);
  dialogo.append(titulo, ...todos("main > [role=alert]", nova), corpo);
  for (const form of todos("form", dialogo)) {
    if (form.method === "post") form.action = veio.url;
    else form.addEventListener("submit", (e) => { e.preventDefault(); dialogo.close(); });
  }
  dialogo.addEventListener("close", () => dialogo.remove());
  document.body.append(dialogo);
  contar(dialogo);
  dialogo.showModal();
}

// Says what is wrong with a selection, as the server does where there is no script; null when nothing is.
function faltaNaSelecao(form, botao) {
  const quantos = todos('input[name="chave"]:checked', form).length;
  if (quantos === 0) return form.dataset.nenhum;
  return quantos > 1 && botao?.dataset.um !== undefined ? form.dataset.muitos : null;
}

document.addEventListener("submit", (e) => {
  const form = e.target, botao = e.submitter;
  if (e.defaultPrevented) return;
  if (form.dataset.nenhum !== undefined) {
    const falta = faltaNaSelecao(form, botao);
    alerta("falta", falta);
    if (falta) {
      e.preventDefault();
      return um("#falta").scrollIntoView({ block: "nearest" });
    }
  }
  if (form.dataset.dialogo === undefined || botao?.dataset.direto !== undefined) return sair();
  e.preventDefault();
  const campos = new URLSearchParams(new FormData(form, botao));
  abrirDialogo(`${new URL(form.action).pathname}?${campos}`);
});

document.addEventListener("click", async (e) => {
  const ligacao = e.target.closest("a[data-dialogo]");
  if (ligacao && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
    e.preventDefault();
    abrirDialogo(ligacao.href);
  }
  const copiar = e.target.closest("[data-copiar]");
  if (copiar) await navigator.clipboard?.writeText(copiar.dataset.copiar).catch(() => {}); // the browser may forbid it
});

// --- small helps -----------------------------------------------------------------------------------------------

document.addEventListener("change", (e) => {
  if (e.target.dataset?.todos !== undefined)
    for (const caixa of todos('input[name="chave"]', e.target.form)) caixa.checked = e.target.checked;
});

function contar(onde) {
  const campo = um("textarea[data-minimo]", onde), dito = um("#tamanho", onde);
  if (!campo || !dito) return;
  const { minimo, maximo } = campo.dataset;
  const mostrar = () => {
    const n = [...campo.value.trim()].length;
    dito.textContent = `${n} de ${minimo} a ${maximo} caracteres${n < minimo || n > maximo ? ": ainda não serve" : ""}.`;
  };
  campo.addEventListener("input", mostrar);
  mostrar();
}
contar(document);

// Without script such a field always takes a text, and the server says when it does not fit the box.
for (const caixa of todos("[data-habilita]:not(:disabled)")) {
  const mudar = () => { document.getElementById(caixa.dataset.habilita).disabled = !caixa.checked; };
  caixa.addEventListener("change", mudar);
  mudar();
}
// A choice that holds some of many: what is typed in its search narrows it at once.
let procurando = null;

document.addEventListener("input", (e) => {
  if (e.target.dataset?.procura === undefined) return;
  const campo = e.target, antes = campo.closest("label").previousElementSibling;
  const escolha = antes.matches("select") ? antes : um("select", antes);
  const quantas = (no) => no?.closest("label").nextElementSibling.nextElementSibling;
  clearTimeout(procurando);
  procurando = setTimeout(async () => {
    const endereco = new URL(campo.form.action || location.href);
    endereco.searchParams.set(campo.name, campo.value);
    endereco.searchParams.set(escolha.name, escolha.value);
    const veio = await fetch(endereco, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!veio?.ok) return;
    const nova = new DOMParser().parseFromString(await veio.text(), "text/html");
    const achadas = um(`select[name="${escolha.name}"]`, nova);
    if (achadas) escolha.replaceChildren(...achadas.options);
    const ditas = quantas(um(`[data-procura][name="${campo.name}"]`, nova));
    if (ditas) quantas(campo).textContent = ditas.textContent;
  }, PROCURA_MS);
});

const doFragmento = um("[data-do-fragmento]");
const codigo = new URLSearchParams(location.hash.slice(1)).get(doFragmento?.dataset.doFragmento ?? "");
if (doFragmento && codigo) {
  doFragmento.value = codigo;
  history.replaceState(null, "", location.pathname);
}

// --- a form that is looked at while it is written ---------------------------------------------------------------

const CONFERE_MS = 500;
const conferido = um("form[data-confere]");
if (conferido) {
  let espera = null, pedido = null;
  const conferir = async () => {
    pedido?.abort();
    const { signal } = (pedido = new AbortController());
    const corpo = new URLSearchParams(new FormData(conferido));
    corpo.set("vivo", "1");
    try {
      const veio = await fetch(conferido.dataset.confere, { method: "POST", body: corpo, signal });
      if (!veio.ok || veio.redirected) return;
      const nova = um("#decisoes", new DOMParser().parseFromString(await veio.text(), "text/html"));
      if (nova) window.Idiomorph.morph(um("#decisoes"), nova, COMO);
    } catch {
      if (!signal.aborted) perguntar(); // says since when there is no contact
    }
  };
  conferido.addEventListener("input", () => {
    clearTimeout(espera);
    espera = setTimeout(conferir, CONFERE_MS);
  });
  conferido.addEventListener("submit", () => {
    clearTimeout(espera);
    pedido?.abort();
  });
}

// --- files dropped on a page -----------------------------------------------------------------------------------

const solte = um("[data-solte]");
if (solte) {
  const realcar = (e, sobre) => {
    e.preventDefault();
    solte.classList.toggle("sobre", sobre);
  };
  solte.addEventListener("dragover", (e) => realcar(e, true));
  solte.addEventListener("dragleave", (e) => realcar(e, false));
  solte.addEventListener("drop", (e) => {
    realcar(e, false);
    const pasta = [...e.dataTransfer.items].some((i) => i.webkitGetAsEntry?.()?.isDirectory);
    alerta("falta", pasta ? "Uma pasta não entra: solte os arquivos que estão nela." : null);
    if (pasta || !e.dataTransfer.files.length) return;
    const campo = um('input[type="file"]', solte);
    campo.files = e.dataTransfer.files;
    campo.form.requestSubmit();
  });
}

const TECLAS = [
  ["/", "ir para a busca", () => um('input[type="search"]')?.focus()],
  ["g f", "falhas e andamento", () => location.assign("/")],
  ["g c", "CT-e", () => location.assign("/cte")],
  ["g e", "Central e-CAC", () => location.assign("/ecac")],
  ["?", "mostrar estas teclas", mostrarTeclas],
  ["Esc", "fechar sem mudar nada", null],
];
const comTeclas = () => localStorage.getItem("teclas") !== "nao";

function mostrarTeclas() {
  const dialogo = document.createElement("dialog");
  dialogo.setAttribute("aria-label", "Teclas");
  const titulo = document.createElement("h2"), lista = document.createElement("dl"), fechar = document.createElement("button");
  titulo.textContent = "Teclas";
  for (const [tecla, faz] of TECLAS) {
    const nome = document.createElement("dt"), dito = document.createElement("dd");
    nome.textContent = tecla;
    dito.textContent = faz;
    lista.append(nome, dito);
  }
  fechar.textContent = "Fechar";
  fechar.addEventListener("click", () => dialogo.close());
  dialogo.append(titulo, lista, fechar);
  dialogo.addEventListener("close", () => dialogo.remove());
  document.body.append(dialogo);
  dialogo.showModal();
}

let antes = "";
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input,textarea,select,dialog") || !comTeclas()) return;
  const feita = TECLAS.find(([tecla, , faz]) => faz && (tecla === e.key || tecla === `${antes} ${e.key}`));
  antes = e.key;
  if (!feita || !("vivo" in document.body.dataset)) return;
  e.preventDefault();
  feita[2]();
});

const escolha = um("[data-teclas]");
if (escolha) {
  escolha.closest("[hidden]").hidden = false;
  escolha.checked = comTeclas();
  escolha.addEventListener("change", () => localStorage.setItem("teclas", escolha.checked ? "sim" : "nao"));
}

// On a phone the menu begins folded.
if (matchMedia("(max-width: 40rem)").matches) um(".menu")?.removeAttribute("open");
