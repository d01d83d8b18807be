"""The chats that people exported from chat products, and what the same conversations cost as API calls.

files (zips, folders) → records (one conversation at a time) → a product's reader → Chat → calls → dollars
"""
