"""Creates the table of events that are registered and whose sheet is still to be printed. Frozen.

Its own table: a row of `impressao` is known by its document, and a document may have many events.
"""

ROTEIRO = """
CREATE TABLE impressao_de_evento (
    evento_id INTEGER PRIMARY KEY REFERENCES evento (id),
    pasta TEXT NOT NULL,
    tentativas INTEGER NOT NULL DEFAULT 0,
    criada_em TEXT NOT NULL
);
"""
