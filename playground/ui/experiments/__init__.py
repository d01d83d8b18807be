"""The page Experiments: a spec, its run, and what it found."""
