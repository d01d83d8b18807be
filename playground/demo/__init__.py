"""A loopback server that speaks the providers' wire protocols: simulated, offline, with faults on demand."""
