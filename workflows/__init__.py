"""What happens, in order. Deterministic: no clock, no uuid, no random, no I/O."""
