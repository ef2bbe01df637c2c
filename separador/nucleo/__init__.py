"""Words and rules that every room uses; pure, standard library only."""
