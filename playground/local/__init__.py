"""A real language model on this computer: set up once, served on loopback, small and often wrong."""
