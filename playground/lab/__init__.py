"""The experiments that explain: what a chat product adds, how a conversation grows, what it costs."""
