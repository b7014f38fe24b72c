"""The nouns: frozen, without behaviour that needs a clock, a socket or chance."""
