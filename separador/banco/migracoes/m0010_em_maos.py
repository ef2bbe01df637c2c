"""Records that files in hand lie in our corner of each origin, `.separador/<installation>-<epoch>/trabalho`. Frozen.

They lay elsewhere before, and nothing else of the database changed with that. The program before it would open the
database, look for claims where it kept its own, and find none of ours: the files would lie there, and nobody would be
told. No query reads the column. A program that does not know this migration refuses the database, and says why: that is
what it is for.
"""

ROTEIRO = """
ALTER TABLE instalacao ADD COLUMN em_maos TEXT NOT NULL DEFAULT 'canto';
"""
