"""Pure rules of governance: no I/O, no clock, no await, standard library only."""
