"""promptfoo's configurations become specs, and specs its configurations; code in them is named, never run."""
