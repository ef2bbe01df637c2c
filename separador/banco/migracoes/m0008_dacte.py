"""Creates the table of documents that are authorised and whose DACTE is still to be printed. Frozen."""

ROTEIRO = """
CREATE TABLE impressao (
    documento_id INTEGER PRIMARY KEY REFERENCES documento (id),
    pasta TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    criada_em TEXT NOT NULL
);
"""
