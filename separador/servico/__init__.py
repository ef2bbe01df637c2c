"""The shell: the loop, recovery, steps, returns, schedule, supervision. It sequences everything and decides nothing."""
