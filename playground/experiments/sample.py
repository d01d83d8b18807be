"""A spec that teaches by being run: small, for the simulation as it is, and worth changing."""

from __future__ import annotations

SAMPLE = """\
# An experiment: every prompt × every case × every model × repeats. Change it and look at what is said below.
name: first experiment
description: Which model answers short questions best, how fast, at what cost?

prompts:
  - label: bare
    text: "{{ question }}"
  - label: in one sentence
    text: "Answer in one sentence. {{ question }}"

models:
  - openai:gpt-6.1-sol
  - anthropic:claude-sonnet-5-5
  - gemini:gemini-3.8-flash

cases: # values for the variables, and what an answer must hold
  - vars: { question: What is a token? }
    checks:
      - { type: icontains, value: token }
  - vars: { question: What is a context window? }
    checks:
      - { type: icontains, value: window }
  - vars: { question: Why does an API have no memory? }
    checks:
      - { type: icontains-any, value: [again, each request, stateless] }

defaults: # checks of every case
  checks:
    - { type: not-is-refusal }
    - { type: word-count, value: { max: 80 } }

repeats: 4
warm_up: 1 # a call a model that is in no figure
budget: 0.50 # US dollars: it stops before more
"""
