"""Creates the tables of the vault and of the certificates. Frozen. Keys and passwords are only in `segredo`, encrypted."""

ROTEIRO = """
CREATE TABLE segredo (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nome TEXT NOT NULL UNIQUE,
    chave_id TEXT NOT NULL,
    nonce BLOB NOT NULL UNIQUE,
    cifra BLOB NOT NULL
);
CREATE TABLE certificado (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    empresa TEXT NOT NULL,
    apelido TEXT NOT NULL,
    uso TEXT NOT NULL CHECK (uso IN ('assinatura', 'transmissao', 'procurador', 'contratante')),
    tipo TEXT NOT NULL CHECK (tipo IN ('A1', 'A3')),
    padrao INTEGER NOT NULL CHECK (padrao IN (0, 1)),
    der BLOB NOT NULL,
    cadeia BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    titular TEXT NOT NULL,
    cnpj TEXT,
    cpf TEXT,
    validade_de TEXT NOT NULL,
    validade_ate TEXT NOT NULL,
    segredo_id INTEGER REFERENCES segredo (id),
    token TEXT,
    instalado_em TEXT NOT NULL,
    instalado_por TEXT NOT NULL,
    origem TEXT NOT NULL,
    padrao_desde TEXT,
    assinou_em TEXT,
    pin_recusado_em TEXT,
    removido_em TEXT,
    CHECK (padrao = 0 OR removido_em IS NULL),
    CHECK (removido_em IS NOT NULL OR (tipo = 'A1' AND segredo_id IS NOT NULL) OR (tipo = 'A3' AND token IS NOT NULL))
);
CREATE UNIQUE INDEX certificado_padrao ON certificado (empresa) WHERE padrao = 1;
CREATE UNIQUE INDEX certificado_apelido ON certificado (empresa, apelido COLLATE NOCASE) WHERE removido_em IS NULL;
CREATE INDEX certificado_impressao ON certificado (sha256);
CREATE TABLE aviso_validade (
    assunto TEXT NOT NULL,
    validade_ate TEXT NOT NULL,
    degrau INTEGER NOT NULL,
    via TEXT NOT NULL,
    feito_em TEXT NOT NULL,
    PRIMARY KEY (assunto, validade_ate, degrau, via)
);
CREATE TABLE cofre_geracao (
    unica INTEGER PRIMARY KEY CHECK (unica = 1),
    numero INTEGER NOT NULL
);
INSERT INTO cofre_geracao VALUES (1, 0);
CREATE TRIGGER segredo_novo AFTER INSERT ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER segredo_mudou AFTER UPDATE ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER segredo_saiu AFTER DELETE ON segredo
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_novo AFTER INSERT ON certificado
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_mudou AFTER UPDATE OF padrao, removido_em, segredo_id ON certificado
BEGIN UPDATE cofre_geracao SET numero = numero + 1; END;
CREATE TRIGGER certificado_fica BEFORE DELETE ON certificado
BEGIN SELECT RAISE(ABORT, 'certificado: não se apaga, só se retira'); END;
"""
