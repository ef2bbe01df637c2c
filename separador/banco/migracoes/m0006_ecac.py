"""Creates the tables of the e-CAC: guides, payments, receipts, occurrences, the ledger of calls, runs. Frozen.

Triggers refuse a change of a guide's state outside the table of that day, and write the histories. A guide is settled only with
the payment that settles it, and is `paga` only with its receipt. Amounts are decimal text in reais, dates are ISO, and
instants are as `texto_de` writes them.
"""

ROTEIRO = """
CREATE TABLE ecac_comprovante (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    tipo TEXT NOT NULL,
    numero TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    tamanho INTEGER NOT NULL,
    raiz TEXT NOT NULL,
    caminho TEXT NOT NULL,
    arrecadacao TEXT NOT NULL,
    total TEXT,
    origem TEXT NOT NULL CHECK (origem IN ('api', 'manual')),
    arquivo_id INTEGER,
    estado TEXT NOT NULL CHECK (estado IN ('recebido', 'arquivado')),
    recebido_em TEXT NOT NULL,
    arquivado_em TEXT,
    UNIQUE (contribuinte, numero)
);
CREATE INDEX ecac_comprovante_recebido ON ecac_comprovante (id) WHERE estado = 'recebido';
CREATE TRIGGER ecac_comprovante_fica BEFORE DELETE ON ecac_comprovante
BEGIN SELECT RAISE(ABORT, 'comprovante: não se apaga'); END;
CREATE TRIGGER ecac_comprovante_identidade BEFORE UPDATE OF id, contribuinte, tipo, numero, sha256 ON ecac_comprovante
BEGIN SELECT RAISE(ABORT, 'comprovante: não muda'); END;
CREATE TRIGGER ecac_comprovante_um BEFORE INSERT ON ecac_comprovante
WHEN EXISTS (SELECT 1 FROM ecac_comprovante WHERE id = NEW.id
             OR (contribuinte = NEW.contribuinte AND numero = NEW.numero))
BEGIN SELECT RAISE(ABORT, 'comprovante: um só por documento'); END;

CREATE TABLE ecac_guia (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    tipo TEXT NOT NULL,
    numero TEXT,
    receita TEXT,
    periodo_de TEXT,
    periodo_ate TEXT,
    vencimento TEXT,
    principal TEXT,
    multa TEXT,
    juros TEXT,
    total TEXT,
    estado TEXT NOT NULL,
    divergente INTEGER NOT NULL DEFAULT 0,
    sem_procuracao INTEGER NOT NULL DEFAULT 0,
    quarentena INTEGER NOT NULL DEFAULT 0,
    erros_recibo INTEGER NOT NULL DEFAULT 0,
    recibo_em TEXT,
    pagamento TEXT,
    arrecadacao TEXT,
    pago_total TEXT,
    comprovante_id INTEGER REFERENCES ecac_comprovante (id),
    consultada_em TEXT,
    origem TEXT NOT NULL,
    arquivo_id INTEGER,
    causa TEXT NOT NULL,
    causa_quem TEXT NOT NULL,
    causa_detalhe TEXT,
    criada_em TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    CHECK (pagamento IS NOT NULL OR estado NOT IN ('paga', 'paga sem comprovante')),
    CHECK (comprovante_id IS NOT NULL OR estado <> 'paga'),
    CHECK (estado IN ('paga', 'paga sem comprovante') OR pagamento IS NULL)
);
CREATE UNIQUE INDEX ecac_guia_identidade ON ecac_guia (contribuinte, tipo, numero) WHERE numero IS NOT NULL;
CREATE INDEX ecac_guia_numero ON ecac_guia (numero) WHERE numero IS NOT NULL;
CREATE INDEX ecac_guia_contribuinte ON ecac_guia (contribuinte, vencimento);
CREATE INDEX ecac_guia_estado ON ecac_guia (estado, contribuinte);
CREATE TABLE ecac_guia_historico (
    id INTEGER PRIMARY KEY,
    guia_id INTEGER NOT NULL,
    quando TEXT NOT NULL,
    de TEXT,
    para TEXT NOT NULL,
    causa TEXT NOT NULL,
    quem TEXT NOT NULL,
    detalhe TEXT
);
CREATE INDEX ecac_guia_historico_guia ON ecac_guia_historico (guia_id);

CREATE TABLE ecac_pagamento (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    numero TEXT NOT NULL,
    tipo TEXT NOT NULL,
    arrecadacao TEXT NOT NULL,
    total TEXT,
    dados TEXT NOT NULL,
    visto_em TEXT NOT NULL,
    UNIQUE (contribuinte, numero, arrecadacao)
);
CREATE TABLE ecac_recusada (
    guia_id INTEGER NOT NULL,
    pagamento TEXT NOT NULL,
    quando TEXT NOT NULL,
    quem TEXT NOT NULL,
    PRIMARY KEY (guia_id, pagamento)
);

CREATE TABLE ecac_ocorrencia (
    id INTEGER PRIMARY KEY,
    especie TEXT NOT NULL,
    contribuinte TEXT NOT NULL,
    assunto TEXT NOT NULL,
    detalhe TEXT NOT NULL,
    guia_id INTEGER,
    pagamento TEXT,
    status TEXT NOT NULL,
    desde TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    por TEXT NOT NULL,
    UNIQUE (especie, contribuinte, assunto)
);
CREATE INDEX ecac_ocorrencia_status ON ecac_ocorrencia (status, contribuinte);
CREATE TABLE ecac_ocorrencia_historico (
    id INTEGER PRIMARY KEY,
    ocorrencia_id INTEGER NOT NULL,
    quando TEXT NOT NULL,
    status TEXT NOT NULL,
    detalhe TEXT NOT NULL,
    por TEXT NOT NULL
);
CREATE INDEX ecac_ocorrencia_historico_de ON ecac_ocorrencia_historico (ocorrencia_id);

CREATE TABLE ecac_chamada (
    etiqueta TEXT PRIMARY KEY,
    importacao_id INTEGER,
    caminho TEXT NOT NULL,
    servico TEXT NOT NULL,
    autor TEXT NOT NULL,
    contribuinte TEXT NOT NULL,
    preco TEXT NOT NULL,
    dia TEXT NOT NULL,
    enviada_em TEXT NOT NULL,
    duracao_ms REAL,
    http INTEGER,
    cobrada INTEGER NOT NULL,
    enviada INTEGER NOT NULL DEFAULT 1,
    respondida INTEGER NOT NULL DEFAULT 0,
    codigo TEXT,
    response_id TEXT
);
CREATE INDEX ecac_chamada_dia ON ecac_chamada (dia, cobrada);
CREATE TRIGGER ecac_chamada_fica BEFORE DELETE ON ecac_chamada
BEGIN SELECT RAISE(ABORT, 'chamada: não se apaga'); END;

CREATE TABLE ecac_empresa (
    cnpj TEXT PRIMARY KEY,
    evento_dia TEXT,
    pendente INTEGER NOT NULL DEFAULT 0,
    consultada_em TEXT,
    consultada_dia TEXT,
    consultada_desde TEXT,
    proxima_em TEXT,
    negada_ate TEXT,
    negada_por TEXT,
    ultimo_erro TEXT
);
CREATE TABLE ecac_importacao (
    id INTEGER PRIMARY KEY,
    motivo TEXT NOT NULL,
    quem TEXT NOT NULL,
    empresa TEXT,
    a3 INTEGER NOT NULL DEFAULT 0,
    tarefa_id INTEGER,
    estado TEXT NOT NULL CHECK (estado IN ('em andamento', 'concluída', 'parada', 'interrompida')),
    fase TEXT NOT NULL,
    total INTEGER NOT NULL DEFAULT 0,
    feitas INTEGER NOT NULL DEFAULT 0,
    empresas INTEGER NOT NULL DEFAULT 0,
    pagamentos INTEGER NOT NULL DEFAULT 0,
    baixas INTEGER NOT NULL DEFAULT 0,
    comprovantes INTEGER NOT NULL DEFAULT 0,
    mensagem TEXT,
    iniciada_em TEXT NOT NULL,
    atualizada_em TEXT NOT NULL,
    terminada_em TEXT
);
CREATE TABLE ecac_geracao (
    id INTEGER PRIMARY KEY,
    contribuinte TEXT NOT NULL,
    especie TEXT NOT NULL,
    pedido TEXT NOT NULL,
    estado TEXT NOT NULL CHECK (estado IN ('pedindo', 'feita', 'recusada', 'desconhecida')),
    guia_id INTEGER,
    mensagem TEXT,
    quem TEXT NOT NULL,
    pedida_em TEXT NOT NULL,
    terminada_em TEXT
);
CREATE INDEX ecac_geracao_pedido ON ecac_geracao (contribuinte, especie, pedido);
CREATE TABLE ecac_termo (
    autor TEXT PRIMARY KEY,
    xml BLOB NOT NULL,
    vigencia TEXT NOT NULL,
    a3 INTEGER NOT NULL,
    assinado_em TEXT NOT NULL
);

CREATE TRIGGER ecac_guia_nasce BEFORE INSERT ON ecac_guia
WHEN NEW.estado <> 'aberta' OR EXISTS (SELECT 1 FROM ecac_guia WHERE id = NEW.id OR (NEW.numero IS
     NOT NULL AND contribuinte = NEW.contribuinte AND tipo = NEW.tipo AND numero = NEW.numero))
BEGIN SELECT RAISE(ABORT, 'guia: só nasce uma vez, e aberta'); END;
CREATE TRIGGER ecac_guia_muda BEFORE UPDATE OF estado ON ecac_guia
WHEN NEW.estado <> OLD.estado AND (OLD.estado, NEW.estado) NOT IN (VALUES ('aberta', 'consultada'), ('aberta', 'paga sem comprovante'), ('aberta', 'paga'), ('consultada', 'aberta'), ('consultada', 'paga sem comprovante'), ('consultada', 'paga'), ('paga sem comprovante', 'aberta'), ('paga sem comprovante', 'paga'), ('paga', 'aberta'))
BEGIN SELECT RAISE(ABORT, 'guia: mudança de estado fora da tabela'); END;
CREATE TRIGGER ecac_guia_identidade BEFORE UPDATE OF id, contribuinte, tipo, criada_em ON ecac_guia
BEGIN SELECT RAISE(ABORT, 'guia: a identidade não muda'); END;
CREATE TRIGGER ecac_guia_numero_fica BEFORE UPDATE OF numero ON ecac_guia
WHEN OLD.numero IS NOT NULL AND NEW.numero IS NOT OLD.numero
BEGIN SELECT RAISE(ABORT, 'guia: o número não muda'); END;
CREATE TRIGGER ecac_guia_fica BEFORE DELETE ON ecac_guia
BEGIN SELECT RAISE(ABORT, 'guia: não se apaga'); END;
CREATE TRIGGER ecac_guia_nasceu AFTER INSERT ON ecac_guia
BEGIN INSERT INTO ecac_guia_historico (guia_id, quando, de, para, causa, quem, detalhe)
VALUES (NEW.id, NEW.atualizada_em, NULL, NEW.estado, NEW.causa, NEW.causa_quem, NEW.causa_detalhe); END;
CREATE TRIGGER ecac_guia_mudou AFTER UPDATE OF estado ON ecac_guia WHEN NEW.estado <> OLD.estado
BEGIN INSERT INTO ecac_guia_historico (guia_id, quando, de, para, causa, quem, detalhe)
VALUES (NEW.id, NEW.atualizada_em, OLD.estado, NEW.estado, NEW.causa, NEW.causa_quem, NEW.causa_detalhe); END;
CREATE TRIGGER ecac_guia_historico_fica BEFORE DELETE ON ecac_guia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se apaga'); END;
CREATE TRIGGER ecac_guia_historico_nao_muda BEFORE UPDATE ON ecac_guia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se altera'); END;
CREATE TRIGGER ecac_ocorrencia_status BEFORE UPDATE OF status ON ecac_ocorrencia WHEN NEW.status NOT IN ('aberta', 'resolvida', 'dispensada')
BEGIN SELECT RAISE(ABORT, 'ocorrência: status desconhecido'); END;
CREATE TRIGGER ecac_ocorrencia_fica BEFORE DELETE ON ecac_ocorrencia
BEGIN SELECT RAISE(ABORT, 'ocorrência: não se apaga'); END;
CREATE TRIGGER ecac_ocorrencia_nasceu AFTER INSERT ON ecac_ocorrencia
BEGIN INSERT INTO ecac_ocorrencia_historico (ocorrencia_id, quando, status, detalhe, por)
VALUES (NEW.id, NEW.atualizada_em, NEW.status, NEW.detalhe, NEW.por); END;
CREATE TRIGGER ecac_ocorrencia_mudou AFTER UPDATE OF status, detalhe ON ecac_ocorrencia
WHEN NEW.status <> OLD.status OR NEW.detalhe <> OLD.detalhe
BEGIN INSERT INTO ecac_ocorrencia_historico (ocorrencia_id, quando, status, detalhe, por)
VALUES (NEW.id, NEW.atualizada_em, NEW.status, NEW.detalhe, NEW.por); END;
CREATE TRIGGER ecac_ocorrencia_historico_fica BEFORE DELETE ON ecac_ocorrencia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se apaga'); END;
CREATE TRIGGER ecac_ocorrencia_historico_nao_muda BEFORE UPDATE ON ecac_ocorrencia_historico
BEGIN SELECT RAISE(ABORT, 'histórico: não se altera'); END;
"""
