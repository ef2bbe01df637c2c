"""Creates the one row that says whose database this is, and whether its audit trail has a seal. Frozen.

`id` NULL: no installation has taken the database yet. `selada` 0: the trail never had a seal.
"""

ROTEIRO = """
CREATE TABLE instalacao (
    um INTEGER PRIMARY KEY CHECK (um = 1),
    id TEXT,
    adotada_em TEXT,
    selada INTEGER NOT NULL DEFAULT 0
);
INSERT INTO instalacao (um) VALUES (1);
CREATE TRIGGER instalacao_fica BEFORE DELETE ON instalacao
BEGIN SELECT RAISE(ABORT, 'instalação: não se apaga'); END;
"""
