"""Makes the tables of loads, their documents before they are registered, and the numbers of each series. Frozen.

The unique index over company, environment, model, series and number is what keeps a number from being given twice. A
row of `carga_documento` is written in the commit that takes its number, with the unsigned document that the number is
for: whatever dies later, the same document is signed.
"""

ROTEIRO = """
CREATE TABLE carga (
    id INTEGER PRIMARY KEY,
    carga TEXT NOT NULL UNIQUE,
    situacao TEXT NOT NULL CHECK (situacao IN ('retida', 'reservada', 'gerada')),
    arquivo_id INTEGER NOT NULL,
    recebida_em TEXT NOT NULL,
    gerada_em TEXT,
    conteudo BLOB NOT NULL,
    resumo TEXT NOT NULL DEFAULT '{}',
    avisos TEXT NOT NULL DEFAULT '[]',
    complementos TEXT NOT NULL DEFAULT '{}',
    terceiros TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX carga_arquivo ON carga (arquivo_id);
CREATE INDEX carga_situacao ON carga (situacao) WHERE situacao <> 'gerada';
CREATE TABLE carga_documento (
    id INTEGER PRIMARY KEY,
    carga_id INTEGER NOT NULL REFERENCES carga (id),
    ordem INTEGER NOT NULL,
    campo TEXT NOT NULL,
    chave TEXT NOT NULL UNIQUE,
    emitente TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    numero INTEGER NOT NULL CHECK (numero BETWEEN 1 AND 999999999),
    xml BLOB NOT NULL,
    resumo TEXT NOT NULL,
    registro TEXT NOT NULL,
    tipo TEXT,
    digest TEXT,
    assinado BLOB,
    documento_id INTEGER REFERENCES documento (id),
    UNIQUE (carga_id, ordem)
);
CREATE UNIQUE INDEX carga_documento_numero ON carga_documento (emitente, ambiente, modelo, serie, numero);
CREATE INDEX carga_documento_documento ON carga_documento (documento_id) WHERE documento_id IS NOT NULL;
CREATE TABLE carga_nota (
    chave TEXT NOT NULL,
    carga_id INTEGER NOT NULL REFERENCES carga (id),
    ordem INTEGER NOT NULL,
    PRIMARY KEY (chave, carga_id, ordem)
) WITHOUT ROWID;
CREATE INDEX carga_nota_carga ON carga_nota (carga_id);
CREATE TABLE numeracao (
    empresa TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    primeiro INTEGER NOT NULL,
    proximo INTEGER NOT NULL CHECK (proximo >= primeiro),
    PRIMARY KEY (empresa, ambiente, modelo, serie)
) WITHOUT ROWID;
CREATE TABLE numero_devolvido (
    empresa TEXT NOT NULL,
    ambiente TEXT NOT NULL,
    modelo TEXT NOT NULL,
    serie INTEGER NOT NULL,
    numero INTEGER NOT NULL,
    PRIMARY KEY (empresa, ambiente, modelo, serie, numero)
) WITHOUT ROWID;
"""
