"""A spec that teaches by being run: small, for the simulation as it is, and worth changing."""

from __future__ import annotations

SAMPLE = """\
# An experiment: every prompt × every case × every model × repeats. Change it: what it becomes is said below.
name: short answers
description: Which model answers best, how fast, at what cost? And does a limit of words help?

prompts:
  - label: bare
    text: "{{ question }}"
  - label: in 60 words
    text: "{{ question }} Answer in 60 words."

models:
  - openai:gpt-6.1-sol
  - anthropic:claude-haiku-5-5
  - gemini:gemini-3.8-flash

cases: # values for the variables, and what an answer must hold
  - vars: { question: What is a token? }
    checks: [{ type: icontains, value: token }]
  - vars: { question: What is a context window? }
    checks: [{ type: icontains, value: window }]
  - vars: { question: What is an API key? }
    checks: [{ type: icontains, value: key }]
  - vars: { question: What is streaming? }
    checks: [{ type: icontains, value: event }]
  - vars: { question: What is prompt caching? }
    checks: [{ type: icontains-any, value: [cache, prefix] }]
  - vars: { question: What is a rate limit? }
    checks: [{ type: icontains, value: minute }]
  - vars: { question: What is tool calling? }
    checks: [{ type: icontains, value: function }]
  - vars: { question: What is structured output? }
    checks: [{ type: icontains, value: schema }]

defaults: # checks of every case
  checks:
    - { type: not-is-refusal }
    - { type: word-count, value: { max: 120 } }

repeats: 2
warm_up: 1 # a call a model that is in no figure
budget: 0.50 # US dollars: it stops before more
"""
