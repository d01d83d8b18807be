"""Classes and teams: a key that stays on the server is spent by others, each within a budget, a list of models and an end."""
